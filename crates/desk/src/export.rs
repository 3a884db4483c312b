//! The record as files: for learning (SFT, DPO, KTO in TRL's fields), for the
//! chart (FHIR) and for spreadsheets (CSV).
//!
//! Only decisions whose undo window is over are exported. What must not teach
//! is left out: seeded checks, rows without consent, pairs without a
//! difference, and unedited acceptances that were too quick to have been read.

use crate::Desk;
use crate::place::{io_failure, private_folder};
use contract::frames::DraftJob;
use contract::{Code, DecisionKind, Failure, Right, Sampling};
use drafting::prompt::PromptWords;
use records::{DraftOutcome, FeedbackRow};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Words a second that nobody reads at: three times the mean of 238 a minute
/// (Brysbaert, 2019). Quicker than this is not review.
const UNREADABLE_WORDS_PER_SECOND: f64 = 12.0;

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

/// What an export wrote.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ExportReport {
    /// The files.
    pub files: Vec<PathBuf>,
    /// Rows or resources written.
    pub written: usize,
    /// Decisions left out, with the reasons and how often each.
    pub left_out: std::collections::BTreeMap<&'static str, usize>,
}

/// One decision with the prompt its draft was made from.
struct Case {
    row: FeedbackRow,
    prompt: Vec<Value>,
}

impl Desk {
    /// Writes an export into a folder.
    ///
    /// # Errors
    /// [`Code::Io`], or the record's.
    pub fn export(&self, format: ExportFormat, out: &Path) -> Result<ExportReport, Failure> {
        let rows = self.record(Right::Identified)?.feedback(&self.now_text())?;
        // On the audit before a word is written: a kill leaves no file that it does not know of.
        let name = format!("{format:?}").to_lowercase();
        self.note_here(
            "export",
            "record",
            "",
            json!({ "format": name, "rows": rows.len() }),
        )?;
        private_folder(out)?;
        let mut report = ExportReport {
            files: Vec::new(),
            written: 0,
            left_out: std::collections::BTreeMap::new(),
        };
        match format {
            ExportFormat::Csv => self.csv(&rows, out, &mut report)?,
            ExportFormat::Fhir => self.fhir(&rows, out, &mut report)?,
            learning => self.learning(learning, rows, out, &mut report)?,
        }
        self.note_here(
            "exported",
            "record",
            "",
            json!({ "format": name, "written": report.written }),
        )?;
        Ok(report)
    }

    fn learning(
        &self,
        format: ExportFormat,
        rows: Vec<FeedbackRow>,
        out: &Path,
        report: &mut ExportReport,
    ) -> Result<(), Failure> {
        let words = PromptWords::built_in()?;
        let mut lines = Vec::new();
        let mut beside = Vec::new();
        for row in rows {
            if let Some(why) = unfit(&row) {
                *report.left_out.entry(why).or_default() += 1;
                continue;
            }
            let prompt = self.prompt_of(&row, &words)?;
            let case = Case { row, prompt };
            let examples = match format {
                ExportFormat::Sft => sft(&case),
                ExportFormat::Dpo => dpo(&case),
                _ => kto(&case),
            };
            match examples {
                Ok(examples) => {
                    for e in examples {
                        lines.push(e);
                        beside.push(sidecar(&case.row));
                    }
                }
                Err(why) => *report.left_out.entry(why).or_default() += 1,
            }
        }
        let name = match format {
            ExportFormat::Sft => "sft",
            ExportFormat::Dpo => "dpo",
            _ => "kto",
        };
        report.written = lines.len();
        write_lines(&out.join(format!("{name}.jsonl")), &lines, report)?;
        write_lines(&out.join(format!("{name}.sidecar.jsonl")), &beside, report)
    }

    /// The prompt a draft was made from; for a reply without a draft, the prompt it would have had.
    fn prompt_of(&self, row: &FeedbackRow, words: &PromptWords) -> Result<Vec<Value>, Failure> {
        let kept = match row.draft_id {
            Some(id) => match self.record(Right::Identified)?.draft(id)?.draft.outcome {
                DraftOutcome::Text {
                    prompt_system,
                    prompt_user,
                    ..
                } => Some((prompt_system, prompt_user)),
                DraftOutcome::Failed(_) => None,
            },
            None => None,
        };
        let (system, user) = match kept {
            Some(p) => p,
            None => {
                let message = self.record(Right::Identified)?.message(&row.message_id)?;
                let kind = self.rules().kind(&message.subject, &message.body);
                let text = words.prompt(
                    &DraftJob {
                        job: 0,
                        thread: self.thread(&message)?,
                        chart: self.chart(&message.patient_id)?,
                        kind,
                        today: row.created_at.chars().take(10).collect(),
                        sampling: Sampling::default(),
                        awaited: false,
                    },
                    0,
                );
                (text.system, text.user)
            }
        };
        Ok(vec![
            json!({"role": "system", "content": system}),
            json!({"role": "user", "content": user}),
        ])
    }

    fn csv(
        &self,
        rows: &[FeedbackRow],
        out: &Path,
        report: &mut ExportReport,
    ) -> Result<(), Failure> {
        let replies = out.join("replies.csv");
        let failed =
            |e: csv::Error| Failure::new(Code::Io, format!("The table could not be written: {e}."));
        let mut table = csv::Writer::from_path(&replies).map_err(failed)?;
        table
            .write_record([
                "message_id",
                "thread_id",
                "patient_id",
                "sent_at",
                "sender_role",
                "recipient_pool",
                "subject",
                "body",
                "previous_message_id",
            ])
            .map_err(failed)?;
        for row in rows.iter().filter(|r| r.decision.sends_reply()) {
            // As it goes out, disclosure and all.
            let Some(text) = &self.record(Right::Identified)?.outgoing(row.decision_id)? else {
                continue;
            };
            let m = self.record(Right::Identified)?.message(&row.message_id)?;
            let id = format!("countersign-reply-{}", row.decision_id);
            let cells = [
                id.as_str(),
                &m.thread_id,
                &m.patient_id,
                &row.created_at,
                "clinician",
                "",
                &m.subject,
                text,
                &m.id,
            ];
            table.write_record(cells.map(inert)).map_err(failed)?;
        }
        table.flush().map_err(|e| io_failure(&replies, &e))?;
        let feedback = out.join("feedback.csv");
        let mut table = csv::Writer::from_path(&feedback).map_err(failed)?;
        let mut header = false;
        for row in rows {
            let Value::Object(fields) = serde_json::to_value(row)
                .map_err(|e| Failure::new(Code::Internal, e.to_string()))?
            else {
                continue;
            };
            if !header {
                table.write_record(fields.keys()).map_err(failed)?;
                header = true;
            }
            let cells = fields.values().map(|v| match v {
                Value::Null => String::new(),
                Value::String(s) => inert(s),
                other => other.to_string(),
            });
            table.write_record(cells).map_err(failed)?;
        }
        table.flush().map_err(|e| io_failure(&feedback, &e))?;
        report.written = rows.len();
        report.files.extend([replies, feedback]);
        Ok(())
    }

    /// Replies as FHIR R4: a Communication each, with its Provenance, and the
    /// model as a Device. A reply that began as a draft carries the AIAST label
    /// (v3-ObservationValue), as the AI transparency guide asks.
    fn fhir(
        &self,
        rows: &[FeedbackRow],
        out: &Path,
        report: &mut ExportReport,
    ) -> Result<(), Failure> {
        let mut resources = Vec::new();
        let mut devices = std::collections::BTreeSet::new();
        for row in rows.iter().filter(|r| r.decision.sends_reply()) {
            // As it goes out, disclosure and all.
            let Some(text) = &self.record(Right::Identified)?.outgoing(row.decision_id)? else {
                continue;
            };
            let m = self.record(Right::Identified)?.message(&row.message_id)?;
            let id = format!("countersign-reply-{}", row.decision_id);
            let drafted = row.decision != DecisionKind::Rewritten;
            let mut communication = json!({
                "resourceType": "Communication", "id": id, "status": "completed",
                "subject": {"reference": format!("Patient/{}", m.patient_id)},
                "inResponseTo": [{"reference": format!("Communication/{}", m.id)}],
                "partOf": [{"reference": format!("Communication/{}", m.thread_id)}],
                "recipient": [{"reference": format!("Patient/{}", m.patient_id)}],
                "sender": {"type": "Practitioner", "display": row.reviewer_id},
                "sent": row.created_at,
                "payload": [{"contentString": text}],
            });
            let reviewer = json!({"type": "Practitioner", "display": row.reviewer_id});
            let mut agents = vec![json!({
                "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
                    "code": if row.decision == DecisionKind::AcceptedUnedited { "verifier" } else { "author" }}]},
                "who": reviewer
            })];
            if drafted {
                communication["meta"] = json!({"security": [{
                    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "AIAST",
                    "display": "Artificial Intelligence asserted"}]});
                if let Some(sha) = &row.model_sha256 {
                    let device = format!("model-{}", &sha[..sha.len().min(32)]);
                    if devices.insert(device.clone()) {
                        resources.push(
                            json!({"resourceType": "Device", "id": device, "status": "active",
                            "type": {"text": "Language model on this workstation"},
                            "version": [{"value": format!("sha256:{sha}")}]}),
                        );
                    }
                    agents.insert(0, json!({
                        "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type", "code": "author"}]},
                        "who": {"reference": format!("Device/{device}")}
                    }));
                }
            }
            resources.push(communication);
            resources.push(json!({
                "resourceType": "Provenance", "id": format!("{id}-provenance"),
                "target": [{"reference": format!("Communication/{id}")}],
                "recorded": row.created_at,
                "agent": agents,
                "entity": [{"role": "source", "what": {"reference": format!("Communication/{}", m.id)}}],
            }));
            report.written += 1;
        }
        let entry: Vec<Value> = resources
            .into_iter()
            .map(|r| json!({"resource": r}))
            .collect();
        let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": entry});
        let path = out.join("replies.fhir.json");
        let text = serde_json::to_vec_pretty(&bundle)
            .map_err(|e| Failure::new(Code::Internal, e.to_string()))?;
        fs::write(&path, text).map_err(|e| io_failure(&path, &e))?;
        report.files.push(path);
        Ok(())
    }
}

/// Why a row must not teach, if so.
fn unfit(row: &FeedbackRow) -> Option<&'static str> {
    if row.is_seeded {
        return Some("seeded check");
    }
    if row.consent_train == Some(false) {
        return Some("no consent to learn from it");
    }
    if row.decision == DecisionKind::AcceptedUnedited {
        let words = row.words_draft.unwrap_or(0) as f64;
        let needed = words / UNREADABLE_WORDS_PER_SECOND * 1000.0;
        if row.dwell_ms.is_none_or(|ms| (ms as f64) < needed) {
            return Some("accepted unedited, too quickly to have been read");
        }
    }
    None
}

fn reply(row: &FeedbackRow) -> Option<&str> {
    row.final_text
        .as_deref()
        .filter(|_| row.decision.sends_reply())
}

fn said(text: &str) -> Value {
    json!([{"role": "assistant", "content": text}])
}

fn sft(case: &Case) -> Result<Vec<Value>, &'static str> {
    let text = reply(&case.row).ok_or("no reply was sent")?;
    let mut messages = case.prompt.clone();
    messages.push(json!({"role": "assistant", "content": text}));
    Ok(vec![json!({"messages": messages})])
}

fn dpo(case: &Case) -> Result<Vec<Value>, &'static str> {
    let chosen = reply(&case.row).ok_or("no reply was sent")?;
    let rejected = case.row.draft_text.as_deref().ok_or("there was no draft")?;
    if chosen.trim() == rejected.trim() {
        return Err("the reply is the draft");
    }
    Ok(vec![
        json!({"prompt": case.prompt, "chosen": said(chosen), "rejected": said(rejected)}),
    ])
}

fn kto(case: &Case) -> Result<Vec<Value>, &'static str> {
    let labelled = |text: &str, label: bool| json!({"prompt": case.prompt, "completion": said(text), "label": label});
    let mut out = Vec::new();
    if let Some(text) = reply(&case.row) {
        out.push(labelled(text, true));
    }
    // A draft that was thrown away, or replaced by hand, is one that was not wanted.
    if matches!(
        case.row.decision,
        DecisionKind::Discarded | DecisionKind::Rewritten
    ) && let Some(draft) = &case.row.draft_text
    {
        out.push(labelled(draft, false));
    }
    if out.is_empty() {
        Err("it says nothing about a text")
    } else {
        Ok(out)
    }
}

fn sidecar(row: &FeedbackRow) -> Value {
    json!({
        "feedback_id": row.id, "decision_id": row.decision_id, "message_id": row.message_id, "draft_id": row.draft_id,
        "decision": row.decision, "reasons": row.reasons, "reviewer_id": row.reviewer_id,
        "model_sha256": row.model_sha256, "prompt_version": row.prompt_version, "seed": row.seed,
        "context_hash": row.context_hash, "lev_norm": row.lev_norm, "pct_draft_kept": row.pct_draft_kept,
        "deid_status": row.deid_status.as_deref().unwrap_or("not reviewed: holds patient text"),
        "created_at": row.created_at, "hash": row.hash,
    })
}

fn write_lines(path: &Path, lines: &[Value], report: &mut ExportReport) -> Result<(), Failure> {
    let mut text = String::new();
    for line in lines {
        text.push_str(&line.to_string());
        text.push('\n');
    }
    fs::write(path, text).map_err(|e| io_failure(path, &e))?;
    report.files.push(path.to_owned());
    Ok(())
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
