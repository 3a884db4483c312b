//! Words that were typed and not decided on yet.

use crate::{Record, RecordError};
use rusqlite::{OptionalExtension, Transaction, params};

/// Typed words of one person on one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// The words.
    pub text: String,
    /// How the editor began, by name.
    pub start_mode: String,
    /// The draft that they began from.
    pub draft_id: Option<i64>,
    /// The decision whose reply they put right.
    pub corrects: Option<i64>,
}

impl Record {
    /// Keeps typed words; empty ones are forgotten.
    ///
    /// # Errors
    /// The record's.
    pub fn keep_unsent(
        &mut self,
        message_id: &str,
        reviewer: &str,
        unsent: &Unsent,
        now: &str,
    ) -> Result<(), RecordError> {
        if unsent.text.trim().is_empty() {
            self.conn
                .prepare_cached("DELETE FROM unsent WHERE message_id = ?1 AND reviewer_id = ?2")?
                .execute([message_id, reviewer])?;
            return Ok(());
        }
        self.conn
            .prepare_cached(
                "INSERT INTO unsent (message_id, reviewer_id, text, start_mode, kept_at, draft_id, corrects)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (message_id, reviewer_id)
                 DO UPDATE SET text = ?3, start_mode = ?4, kept_at = ?5, draft_id = ?6, corrects = ?7",
            )?
            .execute(params![
                message_id, reviewer, unsent.text, unsent.start_mode, now, unsent.draft_id, unsent.corrects
            ])?;
        Ok(())
    }

    /// What a person typed for a message.
    ///
    /// # Errors
    /// The record's.
    pub fn unsent(&self, message_id: &str, reviewer: &str) -> Result<Option<Unsent>, RecordError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT text, start_mode, draft_id, corrects FROM unsent WHERE message_id = ?1 AND reviewer_id = ?2",
            )?
            .query_row([message_id, reviewer], |r| {
                Ok(Unsent {
                    text: r.get(0)?,
                    start_mode: r.get(1)?,
                    draft_id: r.get(2)?,
                    corrects: r.get(3)?,
                })
            })
            .optional()?)
    }
}

/// A decision ends what its reviewer typed.
pub(crate) fn forget(
    tx: &Transaction<'_>,
    message_id: &str,
    reviewer: &str,
) -> Result<(), RecordError> {
    tx.prepare_cached("DELETE FROM unsent WHERE message_id = ?1 AND reviewer_id = ?2")?
        .execute([message_id, reviewer])?;
    Ok(())
}
