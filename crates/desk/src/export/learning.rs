//! Decisions as examples to learn from, in TRL's fields.

use super::{ExportFormat, ExportReport, write_lines};
use crate::Desk;
use crate::deid::Texts;
use contract::frames::DraftJob;
use contract::{DecisionKind, Failure, Right, Sampling, Urgency};
use drafting::prompt::{PromptText, PromptWords};
use records::{DraftOutcome, FeedbackRow};
use serde_json::{Value, json};
use std::path::Path;

/// Words a second that nobody reads at: three times the mean of 238 a minute
/// (Brysbaert, 2019). Quicker than this is not review.
const UNREADABLE_WORDS_PER_SECOND: f64 = 12.0;

impl Desk {
    pub(super) fn learning(
        &self,
        format: ExportFormat,
        rows: &[FeedbackRow],
        out: &Path,
        report: &mut ExportReport,
    ) -> Result<(), Failure> {
        let words = PromptWords::built_in()?;
        let texts = |row: &FeedbackRow| {
            Ok(Ok(Texts {
                prompt: self.prompt_of(row, &words)?,
                draft: row.draft_text.clone(),
                reply: row.final_text.clone(),
            }))
        };
        let beside = |_: usize, row: &FeedbackRow| sidecar(row);
        write_examples(format, rows, texts, beside, (out, format.name()), report)
    }

    /// The prompt a draft was made from; for a reply without a draft, the prompt it would have had.
    pub(crate) fn prompt_of(
        &self,
        row: &FeedbackRow,
        words: &PromptWords,
    ) -> Result<PromptText, Failure> {
        if let Some(id) = row.draft_id
            && let DraftOutcome::Text {
                prompt_system,
                prompt_user,
                ..
            } = self.record(Right::Export)?.draft(id)?.draft.outcome
        {
            return Ok(PromptText {
                system: prompt_system,
                user: prompt_user,
            });
        }
        let message = self.record(Right::Export)?.message(&row.message_id)?;
        let kind = self.rules()?.kind(&message.subject, &message.body);
        Ok(words.prompt(
            &DraftJob {
                job: 0,
                thread: self.thread(&message)?,
                chart: self.chart(&message.patient_id)?,
                kind,
                urgency: Urgency::Routine,
                today: row.created_at.chars().take(10).collect(),
                sampling: Sampling::default(),
                awaited: false,
            },
            0,
        ))
    }
}

/// Writes the examples of rows, and beside each what is told of its row: files of this name in a folder.
pub(super) fn write_examples<'a>(
    format: ExportFormat,
    rows: impl IntoIterator<Item = &'a FeedbackRow>,
    texts: impl Fn(&FeedbackRow) -> Result<Result<Texts, &'static str>, Failure>,
    sidecar: impl Fn(usize, &FeedbackRow) -> Value,
    (out, name): (&Path, &str),
    report: &mut ExportReport,
) -> Result<(), Failure> {
    let (mut lines, mut beside) = (Vec::new(), Vec::new());
    for row in rows {
        let made = match unfit(row) {
            Some(why) => Err(why),
            None => texts(row)?.and_then(|texts| examples(format, row, &texts)),
        };
        match made {
            Ok(made) => {
                for example in made {
                    beside.push(sidecar(lines.len(), row));
                    lines.push(example);
                }
            }
            Err(why) => report.leave_out(why),
        }
    }
    report.written = lines.len();
    write_lines(&out.join(format!("{name}.jsonl")), &lines, report)?;
    write_lines(&out.join(format!("{name}.sidecar.jsonl")), &beside, report)
}

/// Why a row must not teach, if so.
pub(crate) fn unfit(row: &FeedbackRow) -> Option<&'static str> {
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

/// The examples that a decision gives, or why none.
fn examples(
    format: ExportFormat,
    row: &FeedbackRow,
    case: &Texts,
) -> Result<Vec<Value>, &'static str> {
    let prompt = json!([
        {"role": "system", "content": case.prompt.system},
        {"role": "user", "content": case.prompt.user},
    ]);
    let said = |text: &str| json!([{"role": "assistant", "content": text}]);
    let reply = case.reply.as_deref().filter(|_| row.decision.sends_reply());
    match format {
        ExportFormat::Sft => {
            let text = reply.ok_or("no reply was sent")?;
            let mut messages = prompt.as_array().cloned().unwrap_or_default();
            messages.push(json!({"role": "assistant", "content": text}));
            Ok(vec![json!({"messages": messages})])
        }
        ExportFormat::Dpo => {
            let chosen = reply.ok_or("no reply was sent")?;
            let rejected = case.draft.as_deref().ok_or("there was no draft")?;
            if chosen.trim() == rejected.trim() {
                return Err("the reply is the draft");
            }
            Ok(vec![
                json!({"prompt": prompt, "chosen": said(chosen), "rejected": said(rejected)}),
            ])
        }
        _ => {
            let labelled = |text: &str, label: bool| json!({"prompt": prompt, "completion": said(text), "label": label});
            let mut out: Vec<Value> = reply.map(|text| labelled(text, true)).into_iter().collect();
            // A draft that was thrown away, or replaced by hand, is one that was not wanted.
            if matches!(
                row.decision,
                DecisionKind::Discarded | DecisionKind::Rewritten
            ) && let Some(draft) = &case.draft
            {
                out.push(labelled(draft, false));
            }
            if out.is_empty() {
                Err("it says nothing about a text")
            } else {
                Ok(out)
            }
        }
    }
}

fn sidecar(row: &FeedbackRow) -> Value {
    json!({
        "feedback_id": row.id, "decision_id": row.decision_id, "message_id": row.message_id, "draft_id": row.draft_id,
        "decision": row.decision, "reasons": row.reasons, "stars": row.stars, "rated_reasons": row.rated_reasons, "reviewer_id": row.reviewer_id,
        "model_sha256": row.model_sha256, "prompt_version": row.prompt_version, "seed": row.seed,
        "context_hash": row.context_hash, "lev_norm": row.lev_norm, "pct_draft_kept": row.pct_draft_kept,
        "deid_status": "holds patient text",
        "created_at": row.created_at, "hash": row.hash,
    })
}
