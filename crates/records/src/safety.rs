//! Reports of safety problems, each with what the draft was made from.

use crate::audit::{Event, seal, seal_columns};
use crate::{Record, RecordError};
use rusqlite::params;
use serde::Serialize;

/// A problem to report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSafetyReport {
    /// The message it is about; none when it is about the program.
    pub message_id: Option<String>,
    /// The draft that was on screen, if there was one.
    pub draft_id: Option<i64>,
    /// What is wrong, in the person's words.
    pub words: String,
    /// The reply as it stood in the editor.
    pub reply: String,
    /// Who reports.
    pub reporter_id: String,
    /// RFC 3339 in UTC.
    pub reported_at: String,
}

/// A report on record, with the draft's provenance.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(
    missing_docs,
    reason = "the columns are those of the draft and of the report"
)]
pub struct SafetyReport {
    pub id: i64,
    pub message_id: Option<String>,
    pub words: String,
    pub reply: String,
    pub reporter_id: String,
    pub reported_at: String,
    pub message: Option<String>,
    pub draft_id: Option<i64>,
    pub draft: Option<String>,
    pub model: Option<String>,
    pub model_sha256: Option<String>,
    pub prompt_version: Option<String>,
    pub prompt_system: Option<String>,
    pub prompt_user: Option<String>,
    pub context_hash: Option<String>,
    pub sampling: Option<serde_json::Value>,
    pub drafted_at: Option<String>,
}

/// The columns of a draft that say what it was made from: a report's row of the audit seals them.
pub(crate) const PROVENANCE: [&str; 12] = [
    "message_id",
    "text",
    "model",
    "model_sha256",
    "prompt_version",
    "sampling",
    "finish",
    "prompt_system",
    "prompt_user",
    "context_hash",
    "notes",
    "created_at",
];

/// [`PROVENANCE`] of the table `d`.
pub(crate) fn provenance_columns() -> String {
    PROVENANCE.map(|c| format!("d.{c}")).join(", ")
}

impl Record {
    /// Keeps a report; gives its number.
    ///
    /// # Errors
    /// [`RecordError::NotFound`] for a message that is not there, [`RecordError::Conflict`] for another message's draft.
    pub fn report_safety(&mut self, r: &NewSafetyReport) -> Result<i64, RecordError> {
        if let Some(id) = &r.message_id {
            self.message(id)?;
        }
        if let Some(id) = r.draft_id
            && Some(self.draft(id)?.draft.message_id) != r.message_id
        {
            return Err(RecordError::Conflict("This draft answers another message."));
        }
        let event = Event {
            at: &r.reported_at,
            actor: &r.reporter_id,
            action: "safety_report",
            subject_kind: if r.message_id.is_some() {
                "message"
            } else {
                "record"
            },
            subject_id: r.message_id.as_deref().unwrap_or_default(),
            detail: serde_json::json!({
                "draft": r.draft_id, "words_sha256": seal("text", &[&r.words]), "reply_sha256": seal("text", &[&r.reply]),
            }),
        };
        self.audited(event, |tx, event| {
            tx.execute(
                "INSERT INTO safety_report (message_id, draft_id, words, reply, reporter_id, reported_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![r.message_id, r.draft_id, r.words, r.reply, r.reporter_id, r.reported_at],
            )?;
            let id = tx.last_insert_rowid();
            let provenance = tx.query_row(
                &format!(
                    "SELECT {} FROM safety_report s LEFT JOIN draft d ON d.id = s.draft_id WHERE s.id = ?1",
                    provenance_columns()
                ),
                [id],
                |row| seal_columns(row, 0..PROVENANCE.len()),
            )?;
            event.detail["provenance_sha256"] = provenance.into();
            event.detail["report"] = id.into();
            Ok(id)
        })
    }

    /// Every report, oldest first.
    ///
    /// # Errors
    /// The record's.
    pub fn safety_reports(&self) -> Result<Vec<SafetyReport>, RecordError> {
        let mut stmt = self.conn.prepare(
            "SELECT s.id, s.message_id, s.words, s.reply, s.reporter_id, s.reported_at, m.body, s.draft_id, d.text, d.model,
               d.model_sha256, d.prompt_version, d.prompt_system, d.prompt_user, d.context_hash, d.sampling, d.created_at
             FROM safety_report s LEFT JOIN message m ON m.id = s.message_id LEFT JOIN draft d ON d.id = s.draft_id ORDER BY s.id",
        )?;
        let rows = stmt.query_map([], |r| {
            let sampling: Option<String> = r.get(15)?;
            Ok(SafetyReport {
                id: r.get(0)?,
                message_id: r.get(1)?,
                words: r.get(2)?,
                reply: r.get(3)?,
                reporter_id: r.get(4)?,
                reported_at: r.get(5)?,
                message: r.get(6)?,
                draft_id: r.get(7)?,
                draft: r.get(8)?,
                model: r.get(9)?,
                model_sha256: r.get(10)?,
                prompt_version: r.get(11)?,
                prompt_system: r.get(12)?,
                prompt_user: r.get(13)?,
                context_hash: r.get(14)?,
                sampling: sampling.and_then(|s| serde_json::from_str(&s).ok()),
                drafted_at: r.get(16)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
