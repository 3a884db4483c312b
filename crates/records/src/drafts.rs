//! Drafts and failed attempts, each with everything it was made from.

use crate::{Record, RecordError};
use contract::{Failure, FinishReason, Sampling, Timing};
use rusqlite::{OptionalExtension, Row, params};

/// A draft to keep.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDraft {
    /// The message it answers.
    pub message_id: String,
    /// The model's name.
    pub model: String,
    /// SHA-256 of the model file.
    pub model_sha256: String,
    /// Version of the prompt.
    pub prompt_version: String,
    /// How tokens were chosen.
    pub sampling: Sampling,
    /// The text, or why there is none.
    pub outcome: DraftOutcome,
    /// RFC 3339 in UTC.
    pub created_at: String,
}

/// What an attempt to draft gave.
#[derive(Debug, Clone, PartialEq)]
pub enum DraftOutcome {
    /// A text.
    Text {
        /// The text, sign-off included.
        text: String,
        /// Why it ended.
        finish: FinishReason,
        /// What it cost.
        timing: Timing,
        /// The prompt's system text.
        prompt_system: String,
        /// The prompt's user text.
        prompt_user: String,
        /// SHA-256 of the prompt's ids.
        context_hash: String,
        /// Words about the draft.
        notes: Vec<String>,
    },
    /// A failure.
    Failed(Failure),
}

impl DraftOutcome {
    /// The text, if there is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text { text, .. } => Some(text),
            Self::Failed(_) => None,
        }
    }
}

/// A draft on record.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Its id.
    pub id: i64,
    /// As it was kept.
    pub draft: NewDraft,
}

const COLUMNS: &str = "id, message_id, text, failure, model, model_sha256, prompt_version, sampling, finish, \
     prompt_tokens, draft_tokens, prefill_ms, decode_ms, prompt_system, prompt_user, context_hash, notes, created_at";

fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, i: usize) -> rusqlite::Result<T> {
    let text: String = row.get(i)?;
    serde_json::from_str(&text).map_err(|e| {
        rusqlite::Error::FromSqlConversionFailure(i, rusqlite::types::Type::Text, Box::new(e))
    })
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Draft> {
    let text: Option<String> = row.get(2)?;
    let outcome = match text {
        Some(text) => DraftOutcome::Text {
            text,
            finish: json(row, 8)?,
            timing: Timing {
                prompt_tokens: row.get(9)?,
                draft_tokens: row.get(10)?,
                prefill_ms: row.get(11)?,
                decode_ms: row.get(12)?,
            },
            prompt_system: row.get(13)?,
            prompt_user: row.get(14)?,
            context_hash: row.get(15)?,
            notes: json(row, 16)?,
        },
        None => DraftOutcome::Failed(json(row, 3)?),
    };
    Ok(Draft {
        id: row.get(0)?,
        draft: NewDraft {
            message_id: row.get(1)?,
            model: row.get(4)?,
            model_sha256: row.get(5)?,
            prompt_version: row.get(6)?,
            sampling: json(row, 7)?,
            outcome,
            created_at: row.get(17)?,
        },
    })
}

impl Record {
    /// What the newest draft of any message was made by, and what it cost; none where there is no draft.
    ///
    /// # Errors
    /// The record's.
    pub fn newest_made(&self) -> Result<Option<(String, Timing)>, RecordError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT model, prompt_tokens, draft_tokens, prefill_ms, decode_ms FROM draft
                 WHERE text IS NOT NULL ORDER BY id DESC LIMIT 1",
            )?
            .query_row([], |r| {
                Ok((
                    r.get(0)?,
                    Timing {
                        prompt_tokens: r.get::<_, Option<u32>>(1)?.unwrap_or(0),
                        draft_tokens: r.get::<_, Option<u32>>(2)?.unwrap_or(0),
                        prefill_ms: r.get::<_, Option<f64>>(3)?.unwrap_or(0.0),
                        decode_ms: r.get::<_, Option<f64>>(4)?.unwrap_or(0.0),
                    },
                ))
            })
            .optional()?)
    }

    /// Keeps a draft or a failed attempt; gives its id.
    ///
    /// # Errors
    /// The record's.
    pub fn keep_draft(&mut self, d: &NewDraft) -> Result<i64, RecordError> {
        let tx = self.conn.transaction()?;
        let sampling = serde_json::to_string(&d.sampling)?;
        match &d.outcome {
            DraftOutcome::Text {
                text,
                finish,
                timing,
                prompt_system,
                prompt_user,
                context_hash,
                notes,
            } => tx
                .prepare_cached(
                    "INSERT INTO draft (message_id, text, model, model_sha256, prompt_version, sampling, finish, prompt_tokens,
                       draft_tokens, prefill_ms, decode_ms, prompt_system, prompt_user, context_hash, notes, created_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
                )?
                .execute(params![
                    d.message_id, text, d.model, d.model_sha256, d.prompt_version, sampling,
                    serde_json::to_string(finish)?, timing.prompt_tokens, timing.draft_tokens, timing.prefill_ms,
                    timing.decode_ms, prompt_system, prompt_user, context_hash, serde_json::to_string(notes)?, d.created_at
                ])?,
            DraftOutcome::Failed(failure) => tx
                .prepare_cached(
                    "INSERT INTO draft (message_id, failure, model, model_sha256, prompt_version, sampling, notes, created_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, '[]', ?7)",
                )?
                .execute(params![
                    d.message_id, serde_json::to_string(failure)?, d.model, d.model_sha256, d.prompt_version, sampling,
                    d.created_at
                ])?,
        };
        let id = tx.last_insert_rowid();
        tx.commit()?;
        Ok(id)
    }

    /// The newest draft of a message, or, when no attempt gave a text, the newest failure.
    ///
    /// # Errors
    /// The record's.
    pub fn newest_draft(&self, message_id: &str) -> Result<Option<Draft>, RecordError> {
        Ok(self
            .conn
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM draft WHERE message_id = ?1 ORDER BY text IS NULL, id DESC LIMIT 1"
            ))?
            .query_row([message_id], from_row)
            .optional()?)
    }

    /// The newest drafts of a message that gave a text, newest first.
    ///
    /// # Errors
    /// The record's.
    pub fn drafts(&self, message_id: &str, most: u32) -> Result<Vec<Draft>, RecordError> {
        let mut stmt = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM draft WHERE message_id = ?1 AND text IS NOT NULL ORDER BY id DESC LIMIT ?2"
        ))?;
        let drafts = stmt.query_map(params![message_id, most], from_row)?;
        Ok(drafts.collect::<Result<_, _>>()?)
    }

    /// The texts of every draft of a message, oldest first.
    ///
    /// # Errors
    /// The record's.
    pub fn draft_texts(&self, message_id: &str) -> Result<Vec<String>, RecordError> {
        let mut stmt = self.conn.prepare_cached(
            "SELECT text FROM draft WHERE message_id = ?1 AND text IS NOT NULL ORDER BY id",
        )?;
        let texts = stmt.query_map([message_id], |r| r.get(0))?;
        Ok(texts.collect::<Result<_, _>>()?)
    }

    /// The draft of an id.
    ///
    /// # Errors
    /// [`RecordError::NotFound`], or the record's.
    pub fn draft(&self, id: i64) -> Result<Draft, RecordError> {
        self.conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM draft WHERE id = ?1"))?
            .query_row([id], from_row)
            .optional()?
            .ok_or(RecordError::NotFound("draft"))
    }
}
