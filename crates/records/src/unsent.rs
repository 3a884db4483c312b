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
                "INSERT INTO unsent (message_id, reviewer_id, text, start_mode, kept_at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (message_id, reviewer_id) DO UPDATE SET text = ?3, start_mode = ?4, kept_at = ?5",
            )?
            .execute(params![message_id, reviewer, unsent.text, unsent.start_mode, now])?;
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
                "SELECT text, start_mode FROM unsent WHERE message_id = ?1 AND reviewer_id = ?2",
            )?
            .query_row([message_id, reviewer], |r| {
                Ok(Unsent {
                    text: r.get(0)?,
                    start_mode: r.get(1)?,
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
