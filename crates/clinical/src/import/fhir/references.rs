//! References between the resources of one file.

use super::id_of;
use super::words::{concept, human_name, list, text_at};
use serde_json::Value;
use std::collections::HashMap;

/// What the resources of one file know of each other.
#[derive(Default)]
pub(super) struct Neighbours {
    /// Full URL to id.
    urls: HashMap<String, String>,
    /// `Type/id` to a name for people.
    names: HashMap<String, String>,
}

impl Neighbours {
    pub(super) fn of<'a>(
        resources: impl IntoIterator<Item = (Option<&'a str>, &'a Value)>,
    ) -> Self {
        let mut n = Self::default();
        for (url, r) in resources {
            let (Some(kind), Some(id)) = (text_at(r, "/resourceType"), id_of(r, url)) else {
                continue;
            };
            let key = format!("{kind}/{id}");
            if let Some(url) = url {
                n.urls.insert(url.to_owned(), key.clone());
            }
            let name = match kind {
                "Medication" => r.get("code").and_then(concept),
                _ => human_name(r).or_else(|| text_at(r, "/name").map(str::to_owned)),
            };
            if let Some(name) = name {
                n.names.insert(key, name);
            }
        }
        n
    }

    /// A Reference as `Type/id`, where that can be told.
    pub(super) fn key(&self, reference: &Value) -> Option<String> {
        let text = text_at(reference, "/reference")?;
        if let Some(key) = self.urls.get(text) {
            return Some(key.clone());
        }
        let parts: Vec<&str> = text.split("/_history").next()?.rsplitn(3, '/').collect();
        match parts.as_slice() {
            [id, kind, ..] if kind.chars().all(|c| c.is_ascii_alphabetic()) => {
                Some(format!("{kind}/{id}"))
            }
            _ => text_at(reference, "/type").map(|kind| format!("{kind}/{}", last_segment(text))),
        }
    }

    pub(super) fn id_of(&self, reference: &Value) -> Option<String> {
        match self.key(reference) {
            Some(key) => key.split_once('/').map(|(_, id)| id.to_owned()),
            None => text_at(reference, "/reference").map(|t| last_segment(t).to_owned()),
        }
    }

    pub(super) fn kind_of(&self, reference: &Value) -> Option<String> {
        self.key(reference)
            .and_then(|k| k.split_once('/').map(|(kind, _)| kind.to_owned()))
    }

    pub(super) fn name_of(&self, reference: &Value, r: &Value) -> Option<String> {
        if let Some(d) = text_at(reference, "/display") {
            return Some(d.to_owned());
        }
        if let Some(local) = text_at(reference, "/reference").and_then(|t| t.strip_prefix('#')) {
            let contained = list(r, "/contained").find(|c| text_at(c, "/id") == Some(local))?;
            return contained
                .get("code")
                .and_then(concept)
                .or_else(|| human_name(contained));
        }
        self.names.get(&self.key(reference)?).cloned()
    }

    /// Whose chart a resource belongs to.
    pub(super) fn patient(&self, r: &Value) -> Result<String, String> {
        let reference = r
            .get("subject")
            .or_else(|| r.get("patient"))
            .or_else(|| {
                list(r, "/participant")
                    .filter_map(|p| p.get("actor"))
                    .find(|a| self.kind_of(a).as_deref() == Some("Patient"))
            })
            .ok_or("it names no patient")?;
        match self.kind_of(reference).as_deref() {
            Some("Patient") | None => self
                .id_of(reference)
                .ok_or_else(|| "it names no patient".into()),
            Some(_) => Err("its subject is not a patient".into()),
        }
    }
}

pub(super) fn last_segment(reference: &str) -> &str {
    let r = reference.split("/_history").next().unwrap_or(reference);
    r.rsplit(['/', ':']).next().unwrap_or(r)
}
