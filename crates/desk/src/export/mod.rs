//! The record as files: for learning (SFT, DPO, KTO in TRL's fields), for the
//! chart (FHIR) and for spreadsheets (CSV).
//!
//! Nothing leaves with identifiers unless a person who may asks for it and says why. Without them, a text leaves only
//! after a named person read what is left of it (`crate::deid`), and everything else by a list of what may.
//!
//! Only decisions whose undo window is over are exported. What must not teach
//! is left out: seeded checks, rows without consent, pairs without a
//! difference, and unedited acceptances that were too quick to have been read.

mod chart;
mod deidentified;
mod learning;

pub(crate) use learning::unfit;

use crate::Desk;
use crate::place::{io_failure, private_file, private_folder};
use contract::{Code, Failure, Right};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What to export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// Supervised examples: `messages`.
    Sft,
    /// Preference pairs: `prompt`, `chosen`, `rejected`.
    Dpo,
    /// Labelled completions: `prompt`, `completion`, `label`.
    Kto,
    /// A Bundle of replies with their provenance.
    Fhir,
    /// Replies and feedback as tables.
    Csv,
}

impl ExportFormat {
    fn name(self) -> &'static str {
        match self {
            Self::Sft => "sft",
            Self::Dpo => "dpo",
            Self::Kto => "kto",
            Self::Fhir => "fhir",
            Self::Csv => "csv",
        }
    }
}

/// With or without identifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportForm {
    /// Without the eighteen identifiers of 45 CFR 164.514(b)(2).
    Deidentified,
    /// As it is on record, for a reason that goes on the audit.
    Identified {
        /// Why.
        reason: String,
    },
}

/// What an export wrote.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ExportReport {
    /// Whether the files hold patient text as it is on record.
    pub identified: bool,
    /// The files.
    pub files: Vec<PathBuf>,
    /// Rows or resources written.
    pub written: usize,
    /// Decisions left out, with the reasons and how often each.
    pub left_out: BTreeMap<&'static str, usize>,
}

impl Desk {
    /// Writes an export into a folder.
    ///
    /// # Errors
    /// [`Code::Forbidden`], [`Code::Incomplete`] for an identified one without a reason, [`Code::Io`], or the record's.
    pub fn export(
        &self,
        format: ExportFormat,
        form: &ExportForm,
        out: &Path,
    ) -> Result<ExportReport, Failure> {
        let (right, reason) = match form {
            ExportForm::Deidentified => (Right::Export, None),
            ExportForm::Identified { reason } => {
                self.allow(Right::Identified)?;
                if reason.trim().chars().count() < 5 {
                    return Err(Failure::new(
                        Code::Incomplete,
                        "Say why patient text has to leave the record as it is. The reason goes on the audit.",
                    ));
                }
                (Right::Identified, Some(reason.trim()))
            }
        };
        let now = self.now_text();
        let rows = match (format, reason.is_some()) {
            // What goes into the chart is all that was sent.
            (ExportFormat::Csv | ExportFormat::Fhir, true) => {
                self.record(right)?.feedback_and_corrections(&now)?
            }
            _ => self.record(right)?.feedback(&now)?,
        };
        // On the audit before a word is written: a kill leaves no file that it does not know of.
        let mut said = json!({
            "format": format.name(), "identified": reason.is_some(), "reason": reason, "rows": rows.len(),
        });
        self.note_here("export", "record", "", said.clone())?;
        private_folder(out)?;
        let mut report = ExportReport {
            identified: reason.is_some(),
            files: Vec::new(),
            written: 0,
            left_out: BTreeMap::new(),
        };
        match (format, reason.is_some()) {
            (ExportFormat::Csv, true) => self.csv(&rows, out, &mut report)?,
            (ExportFormat::Fhir, true) => self.fhir(&rows, out, &mut report)?,
            (learning, true) => self.learning(learning, &rows, out, &mut report)?,
            (ExportFormat::Csv, false) => self.deidentified_csv(&rows, out, &mut report)?,
            (ExportFormat::Fhir, false) => self.deidentified_fhir(&rows, out, &mut report)?,
            (learning, false) => self.deidentified_learning(learning, &rows, out, &mut report)?,
        }
        said["written"] = report.written.into();
        self.note_here("exported", "record", "", said)?;
        Ok(report)
    }
}

impl ExportReport {
    fn leave_out(&mut self, why: &'static str) {
        *self.left_out.entry(why).or_default() += 1;
    }
}

fn write_lines(path: &Path, lines: &[Value], report: &mut ExportReport) -> Result<(), Failure> {
    let mut text = String::new();
    for line in lines {
        text.push_str(&line.to_string());
        text.push('\n');
    }
    private_file(path)?
        .write_all(text.as_bytes())
        .map_err(|e| io_failure(path, &e))?;
    report.files.push(path.to_owned());
    Ok(())
}

fn write_bundle(
    path: PathBuf,
    resources: Vec<Value>,
    report: &mut ExportReport,
) -> Result<(), Failure> {
    let entry: Vec<Value> = resources
        .into_iter()
        .map(|r| json!({"resource": r}))
        .collect();
    let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": entry});
    let text = serde_json::to_vec_pretty(&bundle)
        .map_err(|e| Failure::new(Code::Internal, e.to_string()))?;
    private_file(&path)?
        .write_all(&text)
        .map_err(|e| io_failure(&path, &e))?;
    report.files.push(path);
    Ok(())
}

fn table_failure(e: csv::Error) -> Failure {
    Failure::new(Code::Io, format!("The table could not be written: {e}."))
}

/// The model as a FHIR Device: its id, and the resource.
fn device(sha: &str) -> (String, Value) {
    let id = format!("model-{}", sha.chars().take(32).collect::<String>());
    let resource = json!({"resourceType": "Device", "id": id, "status": "active",
        "type": {"text": "Language model on this workstation"},
        "version": [{"value": format!("sha256:{sha}")}]});
    (id, resource)
}

/// A label of HL7's v3-ObservationValue.
fn label(code: &str, display: &str) -> Value {
    json!({"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": code, "display": display})
}

/// The label of what a model wrote, as the AI transparency guide asks.
fn from_a_model() -> Value {
    label("AIAST", "Artificial Intelligence asserted")
}

/// A cell that no spreadsheet takes for a formula (OWASP, CSV injection).
pub(crate) fn inert(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_cannot_be_formulas() {
        assert_eq!(inert("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(inert("Please rest."), "Please rest.");
    }
}
