//! Exports without identifiers: what may leave is listed here, field by field, and everything else stays.
//!
//! Source: 45 CFR 164.514(b)(2), Safe Harbor. No id, name, hash of a text or place leaves; of a date its year; of an age
//! above 89 that it is (90+). Rows are numbered anew, in the order of years alone. Free text leaves as a named person
//! approved it (`crate::deid`), or not at all.

use super::learning::write_examples;
use super::{ExportFormat, ExportReport, device, from_a_model, label, table_failure, write_bundle};
use crate::Desk;
use crate::place::{io_failure, private_file};
use contract::{DecisionKind, Failure, Right};
use records::FeedbackRow;
use serde_json::{Map, Value, json};
use std::path::Path;

/// The columns of a feedback row that may leave as they are: measures, choices, and which model wrote.
const ALLOWED: [&str; 21] = [
    "decision",
    "start_mode",
    "model_sha256",
    "prompt_version",
    "lev_chars",
    "lev_norm",
    "rouge1_f",
    "words_draft",
    "words_final",
    "grade_draft",
    "grade_final",
    "pct_draft_kept",
    "read_ms",
    "edit_ms",
    "dwell_ms",
    "scrolled_to_end",
    "opened_context",
    "reasons",
    "stars",
    "rated_reasons",
    "is_seeded",
];

/// What may leave of a row besides its texts.
fn allowed(n: usize, row: &FeedbackRow) -> Map<String, Value> {
    let all = serde_json::to_value(row).unwrap_or_default();
    let mut out = Map::new();
    out.insert("row".into(), (n + 1).into());
    out.insert("year".into(), year(row).into());
    for name in ALLOWED {
        out.insert(name.into(), all.get(name).cloned().unwrap_or_default());
    }
    out
}

fn year(row: &FeedbackRow) -> String {
    row.created_at.chars().take(4).collect()
}

/// Rows in an order that tells no more than the years do.
fn shuffled(rows: &[FeedbackRow]) -> Vec<&FeedbackRow> {
    let mut rows: Vec<&FeedbackRow> = rows.iter().collect();
    // The hash is of the texts, and stays here.
    rows.sort_by_cached_key(|r| (year(r), r.hash.clone()));
    rows
}

impl Desk {
    pub(super) fn deidentified_csv(
        &self,
        rows: &[FeedbackRow],
        out: &Path,
        report: &mut ExportReport,
    ) -> Result<(), Failure> {
        let path = out.join("feedback.deidentified.csv");
        let mut table = csv::Writer::from_writer(private_file(&path)?);
        for (n, row) in shuffled(rows).into_iter().enumerate() {
            let mut fields = allowed(n, row);
            let (age, sex) = self.age_and_sex(row)?;
            fields.insert("age".into(), age.into());
            fields.insert("sex".into(), sex.into());
            if n == 0 {
                table.write_record(fields.keys()).map_err(table_failure)?;
            }
            let cells = fields.values().map(|v| match v {
                Value::Null => String::new(),
                Value::String(s) => super::inert(s),
                other => other.to_string(),
            });
            table.write_record(cells).map_err(table_failure)?;
        }
        table.flush().map_err(|e| io_failure(&path, &e))?;
        report.written = rows.len();
        report.files.push(path);
        Ok(())
    }

    /// Age in years when the decision was made, 90+ from ninety on, and administrative sex; empty when unknown.
    fn age_and_sex(&self, row: &FeedbackRow) -> Result<(String, String), Failure> {
        let record = self.record(Right::Export)?;
        let message = record.message(&row.message_id)?;
        let patient = record.patient(&message.patient_id)?;
        let day = row.created_at.get(..10).and_then(|d| d.parse().ok());
        let age = day
            .and_then(|day| clinical::age::in_years(&patient.birth_date, day))
            .map(|age| match age {
                90.. => "90+".to_owned(),
                age => age.to_string(),
            });
        // A word of the source that is none of FHIR's four might say anything.
        let sex = match patient.sex.as_str() {
            sex @ ("male" | "female" | "other") => sex,
            _ => "",
        };
        Ok((age.unwrap_or_default(), sex.to_owned()))
    }

    pub(super) fn deidentified_learning(
        &self,
        format: ExportFormat,
        rows: &[FeedbackRow],
        out: &Path,
        report: &mut ExportReport,
    ) -> Result<(), Failure> {
        let texts = self.approved_texts()?;
        let beside = |n: usize, row: &FeedbackRow| {
            let mut fields = allowed(n, row);
            fields.insert("deid_status".into(), "reviewed by a person".into());
            Value::Object(fields)
        };
        write_examples(
            format,
            shuffled(rows),
            |row| texts.of(self, row),
            beside,
            (out, &format!("{}.deidentified", format.name())),
            report,
        )
    }

    /// Replies as FHIR R4 Communications without subject, sender or day, labelled as such (v3-ObservationValue ANONYED).
    /// A Provenance would need the moment it was recorded, which may not leave.
    pub(super) fn deidentified_fhir(
        &self,
        rows: &[FeedbackRow],
        out: &Path,
        report: &mut ExportReport,
    ) -> Result<(), Failure> {
        let texts = self.approved_texts()?;
        let (mut devices, mut replies) = (std::collections::BTreeMap::new(), Vec::new());
        for row in shuffled(rows) {
            if !row.decision.sends_reply() {
                report.leave_out("no reply was sent");
                continue;
            }
            let text = match texts.of(self, row)? {
                Ok(texts) => texts.reply,
                Err(why) => {
                    report.leave_out(why);
                    continue;
                }
            };
            let mut labels = vec![label("ANONYED", "anonymized")];
            let mut reply = json!({
                "resourceType": "Communication",
                "id": format!("reply-{}", replies.len() + 1),
                "status": "completed",
                "sent": year(row),
                "payload": [{"contentString": text}],
            });
            if row.decision != DecisionKind::Rewritten {
                labels.push(from_a_model());
                if let Some(sha) = &row.model_sha256 {
                    let (id, resource) = device(sha);
                    reply["sender"] = json!({"reference": format!("Device/{id}")});
                    devices.insert(id, resource);
                }
            }
            reply["meta"] = json!({"security": labels});
            replies.push(reply);
        }
        report.written = replies.len();
        let resources = devices.into_values().chain(replies).collect();
        write_bundle(
            out.join("replies.deidentified.fhir.json"),
            resources,
            report,
        )
    }
}
