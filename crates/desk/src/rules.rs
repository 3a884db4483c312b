//! Triage at the desk: what is built in, and the clinic's own rules over it.

use crate::Desk;
use crate::desk::lock;
use crate::place::io_failure;
use clinical::triage::{Rules, Weights};
use contract::{Code, Failure, OwnRules, Right};
use records::Record;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
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

/// A clinic's rules over the built-in ones; none for an empty file.
fn over_built_in(clinic: &str) -> Result<Option<Arc<Rules>>, Failure> {
    if clinic.is_empty() {
        return Ok(None);
    }
    Ok(Some(Arc::new(with_clinic(clinic)?)))
}

/// The clinic's own rules over those that are built in.
#[derive(Default)]
pub(crate) struct InForce {
    /// Both together; none where the built-in ones hold alone.
    rules: Option<Arc<Rules>>,
    text: String,
    /// Why the file does not count.
    fault: Option<String>,
}

impl InForce {
    fn own(&self) -> OwnRules {
        let ids = self.rules.iter().flat_map(|r| r.own().map(str::to_owned));
        OwnRules {
            text: self.text.clone(),
            ids: ids.collect(),
            fault: self.fault.clone(),
        }
    }
}

impl Desk {
    /// The triage rules in force.
    ///
    /// # Errors
    /// [`Code::Internal`] for damaged rules: a test keeps them sound.
    pub(crate) fn rules(&self) -> Result<Arc<Rules>, Failure> {
        let own = lock(&self.triage).rules.clone();
        match own {
            Some(rules) => Ok(rules),
            None => self.built_in.get().cloned(),
        }
    }

    /// Puts the rules of a record that was just opened in force. A file that an
    /// older version took and this one does not is said in [`OwnRules::fault`];
    /// the built-in rules hold meanwhile.
    pub(crate) fn take_rules_of(&self, record: &Record) {
        let text: String = record.setting(CLINIC).unwrap_or_default();
        let mut triage = lock(&self.triage);
        // Compiling them takes longer than opening the record.
        if triage.text == text {
            return;
        }
        let (rules, fault) = match over_built_in(&text) {
            Ok(rules) => (rules, None),
            Err(f) => (None, Some(f.message)),
        };
        *triage = InForce { rules, text, fault };
    }

    /// What the clinic added to the built-in rules.
    ///
    /// # Errors
    /// [`Code::Forbidden`], [`Code::Locked`].
    pub fn own_rules(&self) -> Result<OwnRules, Failure> {
        self.allow(Right::Read)?;
        Ok(lock(&self.triage).own())
    }

    /// Puts the file at a path in force; see [`Desk::set_own_rules`].
    ///
    /// # Errors
    /// [`Code::Io`] with the path, or those of [`Desk::set_own_rules`].
    pub fn set_own_rules_from(&self, path: &Path) -> Result<OwnRules, Failure> {
        // One byte more than is taken is enough to refuse it.
        let most = Rules::MOST_CLINIC_BYTES as u64 + 1;
        let text = File::open(path)
            .and_then(|f| std::io::read_to_string(f.take(most)))
            .map_err(|e| io_failure(path, &e))?;
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
        let rules = over_built_in(text)?;
        let new = match &rules {
            Some(rules) => Arc::clone(rules),
            None => self.built_in.get().cloned()?,
        };
        let mut record = self.record(Right::Settings)?;
        let before: String = record.setting(CLINIC)?;
        let who = record.who().name.clone();
        record.change_rules(
            (CLINIC, text),
            &|w| self.triaged_by(&new, w),
            &who,
            &self.now_text(),
            serde_json::json!({
                "before": hex::encode(Sha256::digest(&before)),
                "after": hex::encode(Sha256::digest(text)),
            }),
        )?;
        let in_force = InForce {
            rules,
            text: text.to_owned(),
            fault: None,
        };
        let own = in_force.own();
        *lock(&self.triage) = in_force;
        drop(record);
        self.wake();
        Ok(own)
    }
}
