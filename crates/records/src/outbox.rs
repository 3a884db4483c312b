//! Replies on their way out. A reply is due when its undo window is over.

use crate::{Record, RecordError};
use rusqlite::{Transaction, params};

/// A reply of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// The decision it rests on.
    pub decision_id: i64,
    /// The message it answers.
    pub message_id: String,
    /// The text as it goes out.
    pub text: String,
    /// From when it may go out.
    pub due_at: String,
}

pub(crate) fn put(
    tx: &Transaction<'_>,
    decision_id: i64,
    message_id: &str,
    text: &str,
    due_at: &str,
) -> Result<(), RecordError> {
    tx.prepare_cached(
        "INSERT INTO outbox (decision_id, message_id, text, due_at) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![decision_id, message_id, text, due_at])?;
    Ok(())
}

pub(crate) fn take_back(tx: &Transaction<'_>, decision_id: i64) -> Result<(), RecordError> {
    tx.prepare_cached("DELETE FROM outbox WHERE decision_id = ?1")?
        .execute([decision_id])?;
    Ok(())
}

impl Record {
    /// The text of a decision as it goes out, with its words of disclosure.
    ///
    /// # Errors
    /// The record's.
    pub fn outgoing(&self, decision_id: i64) -> Result<Option<String>, RecordError> {
        use rusqlite::OptionalExtension;
        Ok(self
            .conn
            .prepare_cached("SELECT text FROM outbox WHERE decision_id = ?1")?
            .query_row([decision_id], |r| r.get(0))
            .optional()?)
    }

    /// Replies whose undo window is over at `now`, oldest first.
    ///
    /// # Errors
    /// The record's.
    pub fn due_replies(&self, now: &str) -> Result<Vec<OutboxRow>, RecordError> {
        let mut stmt = self.conn.prepare_cached(
            "SELECT decision_id, message_id, text, due_at FROM outbox WHERE due_at < ?1 ORDER BY decision_id",
        )?;
        let rows = stmt.query_map([now], |r| {
            Ok(OutboxRow {
                decision_id: r.get(0)?,
                message_id: r.get(1)?,
                text: r.get(2)?,
                due_at: r.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
