//! Triage at the desk: what is built in, and the clinic's own rules over it.

use crate::Desk;
use crate::desk::lock;
use crate::place::io_failure;
use clinical::triage::{Rules, Weights};
use contract::{Code, Failure, OwnRules, Right};
use records::Record;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;

/// Where the record keeps the clinic's file.
const CLINIC: &str = "clinic_rules";
const BUILT_IN: &str = include_str!("../../../assets/triage/rules.toml");

/// The triage that is built in: rules, and words weighed beside them.
///
/// # Errors
/// [`Code::Internal`]: a test keeps the files sound.
pub fn rules() -> Result<Rules, Failure> {
    with_clinic("")
}

/// The built-in triage with a clinic's own rules and texts over it.
///
/// # Errors
/// [`Code::Malformed`] with the line of the clinic's file that is wrong.
pub fn with_clinic(clinic: &str) -> Result<Rules, Failure> {
    let weights = Weights::parse(include_str!("../../../assets/triage/weights.tsv"))
        .map_err(|e| Failure::new(Code::Internal, e.to_string()))?;
    let rules = if clinic.is_empty() {
        Rules::parse(BUILT_IN).map_err(|e| Failure::new(Code::Internal, e.to_string()))?
    } else {
        Rules::with_clinic(BUILT_IN, clinic).map_err(|e| {
            Failure::new(
                Code::Malformed,
                format!("{e}. Nothing was changed: mend the line and choose the file again."),
            )
        })?
    };
    Ok(rules.weighing(weights))
}

impl Desk {
    /// The triage rules in force.
    pub(crate) fn rules(&self) -> Arc<Rules> {
        lock(&self.rules).clone()
    }

    /// Puts the rules of a record that was just opened in force. A file that an
    /// older version took and this one does not is said in [`OwnRules::fault`];
    /// the built-in rules hold meanwhile.
    pub(crate) fn take_rules_of(&self, record: &Record) {
        let clinic: String = record.setting(CLINIC).unwrap_or_default();
        // Compiling them takes longer than opening the record.
        if *lock(&self.rules_text) == clinic {
            return;
        }
        let (rules, fault) = match with_clinic(&clinic) {
            Ok(rules) => (Ok(rules), None),
            Err(f) => (rules(), Some(f.message)),
        };
        if let Ok(rules) = rules {
            *lock(&self.rules) = Arc::new(rules);
        }
        *lock(&self.rules_fault) = fault;
        *lock(&self.rules_text) = clinic;
    }

    /// What the clinic added to the built-in rules.
    ///
    /// # Errors
    /// The record's.
    pub fn own_rules(&self) -> Result<OwnRules, Failure> {
        let text: String = self.record(Right::Read)?.setting(CLINIC)?;
        let ids = self.rules().own().map(str::to_owned).collect();
        Ok(OwnRules {
            text,
            ids,
            fault: lock(&self.rules_fault).clone(),
        })
    }

    /// Puts the file at a path in force; see [`Desk::set_own_rules`].
    ///
    /// # Errors
    /// [`Code::Io`] with the path, or those of [`Desk::set_own_rules`].
    pub fn set_own_rules_from(&self, path: &Path) -> Result<OwnRules, Failure> {
        let text = std::fs::read_to_string(path).map_err(|e| io_failure(path, &e))?;
        self.set_own_rules(&text)
            .map_err(|f| f.at(path.display().to_string()))
    }

    /// Puts a clinic's file in force, in place of the one before; an empty one
    /// leaves the built-in rules. All that waits is triaged anew, and the
    /// change is audited.
    ///
    /// # Errors
    /// [`Code::Forbidden`]; [`Code::Malformed`] with the line, and then nothing is changed.
    pub fn set_own_rules(&self, text: &str) -> Result<OwnRules, Failure> {
        self.allow(Right::Settings)?;
        let rules = Arc::new(with_clinic(text)?);
        let before: String = {
            let mut record = self.record(Right::Settings)?;
            let before: String = record.setting(CLINIC)?;
            record.set_setting(CLINIC, &text)?;
            before
        };
        *lock(&self.rules) = rules;
        *lock(&self.rules_fault) = None;
        text.clone_into(&mut lock(&self.rules_text));
        let changed = self
            .record(Right::Settings)?
            .triage_again(&|w| self.triaged(w))?;
        self.note_here(
            "change_rules",
            "rules",
            "",
            serde_json::json!({
                "before": hex::encode(Sha256::digest(&before)),
                "after": hex::encode(Sha256::digest(text)),
                "threads": changed,
            }),
        )?;
        self.wake();
        self.own_rules()
    }
}
