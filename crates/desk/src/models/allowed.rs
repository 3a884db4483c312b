//! Which models may draft for a record: those of the list, by their hash, and those that somebody who may lets in.

use super::Progress;
use crate::Desk;
use crate::drafter::Choice;
use contract::{Code, Failure, ModelLine, Right};
use serde_json::json;
use std::path::Path;

/// The setting that holds the hashes of models that are not on the list and may draft all the same.
const ALLOWED: &str = "allowed_models";

impl Desk {
    /// Ends with the reason unless a model may draft for the open record. The sample takes any: it holds no patient.
    pub(crate) fn may_draft(&self, choice: &Choice) -> Result<(), Failure> {
        let list = self.place.catalogue()?;
        if list.iter().any(|e| e.sha256 == choice.sha256) {
            return Ok(());
        }
        let record = self.open_record()?;
        let allowed: Vec<String> = record.setting(ALLOWED)?;
        if record.who().demo || allowed.contains(&choice.sha256) {
            return Ok(());
        }
        Err(Failure::new(
            Code::Forbidden,
            format!(
                "The model {0} is not on the list of known models, so nothing is drafted with it. An admin lets it in: import it in the window, or `countersign model allow {0}`.",
                choice.name
            ),
        ))
    }

    /// Lets a model draft for this record that is not on the list.
    ///
    /// # Errors
    /// [`Code::Forbidden`], [`Code::NotFound`], or the record's.
    pub fn allow_model(&self, name: &str) -> Result<ModelLine, Failure> {
        self.allow(Right::Accounts)?;
        let line = self.place.installed(name)?;
        self.let_in(&line, "allow_model")?;
        Ok(line)
    }

    /// Takes back that a model may draft for this record; the models of the list stay. Its drafts of before stay, too.
    ///
    /// # Errors
    /// [`Code::Forbidden`], [`Code::NotFound`] when none that was let in has this name or hash, or the record's.
    pub fn disallow_model(&self, name_or_hash: &str) -> Result<(), Failure> {
        let sha256 = self
            .place
            .list_models()?
            .into_iter()
            .find(|m| m.name == name_or_hash)
            .map_or_else(|| name_or_hash.to_owned(), |m| m.sha256);
        let mut record = self.record(Right::Accounts)?;
        let mut allowed: Vec<String> = record.setting(ALLOWED)?;
        let before = allowed.len();
        allowed.retain(|a| *a != sha256);
        if allowed.len() == before {
            return Err(Failure::new(
                Code::NotFound,
                "This model was not let in: it is on the list of known models, or it may not draft as it is.",
            ));
        }
        let who = record.who().name.clone();
        record.change_setting(
            ALLOWED,
            &allowed,
            (&self.now_text(), &who, "disallow_model"),
            json!({ "sha256": sha256 }),
        )?;
        drop(record);
        self.wake();
        Ok(())
    }

    /// Takes a model in from disk and chooses it. One that is not on the list of known models is let in where an admin asks
    /// for it; otherwise it lies on this machine until an admin lets it in.
    ///
    /// # Errors
    /// [`Code::Forbidden`], the refusals of the file, or the record's.
    pub fn take_in_model(&self, file: &Path, progress: Progress<'_>) -> Result<ModelLine, Failure> {
        self.allow(Right::Models)?;
        let line = self.place.import_model(file, None, progress)?;
        let known = self
            .place
            .catalogue()?
            .iter()
            .any(|e| e.sha256 == line.sha256);
        if !known {
            self.allow(Right::Accounts).map_err(|_| {
                Failure::new(
                    Code::Forbidden,
                    format!(
                        "The model is on this machine now, and not on the list of known models. An admin has to let it in: `countersign model allow {}`.",
                        line.name
                    ),
                )
            })?;
            self.let_in(&line, "import_model")?;
        }
        self.choose_model(Some(line.name.clone()));
        Ok(line)
    }

    /// Chooses an installed model by its name, for all who work here.
    ///
    /// # Errors
    /// [`Code::Forbidden`], [`Code::NotFound`], or the record's.
    pub fn choose_listed_model(&self, name: &str) -> Result<(), Failure> {
        // In the sample anyone may: nothing of it is kept.
        if !self.open_record()?.who().demo {
            self.allow(Right::Models)?;
        }
        self.place.installed(name)?;
        self.note_here("choose_model", "model", name, json!({}))?;
        self.choose_model(Some(name.to_owned()));
        Ok(())
    }

    fn let_in(&self, line: &ModelLine, action: &str) -> Result<(), Failure> {
        let mut record = self.record(Right::Accounts)?;
        let mut allowed: Vec<String> = record.setting(ALLOWED)?;
        if !allowed.contains(&line.sha256) {
            allowed.push(line.sha256.clone());
        }
        let who = record.who().name.clone();
        record.change_setting(
            ALLOWED,
            &allowed,
            (&self.now_text(), &who, action),
            json!({ "model": line.name, "sha256": line.sha256 }),
        )?;
        drop(record);
        // What was refused for it is tried again.
        self.wake();
        Ok(())
    }
}
