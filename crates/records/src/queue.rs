//! The queue: threads with a message that waits, most urgent and oldest first.

use crate::{Record, RecordError};
use contract::{DecisionKind, MessageKind, Urgency};
use rusqlite::{OptionalExtension, Row};

/// One row of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueRow {
    /// The message that waits or was decided.
    pub message_id: String,
    /// The patient's name.
    pub patient: String,
    /// The sender's name.
    pub sender_name: String,
    /// Who wrote it.
    pub by_proxy: bool,
    /// Subject; may be empty.
    pub subject: String,
    /// Its first characters.
    pub preview: String,
    /// RFC 3339 in UTC.
    pub sent_at: String,
    /// Urgency of the thread.
    pub urgency: Urgency,
    /// Folder.
    pub kind: MessageKind,
    /// The decision in force.
    pub decision: Option<DecisionKind>,
    /// True when a draft holds text.
    pub has_draft: bool,
    /// True when a draft was tried, whether or not it gave a text.
    pub tried: bool,
}

const SELECT: &str = "
    SELECT m.id, p.name, m.sender_name, m.sender_role = 'proxy',
           CASE WHEN m.subject = '' THEN t.subject ELSE m.subject END,
           substr(m.body, 1, 160), m.sent_at, t.urgency, t.kind, d.kind,
           EXISTS (SELECT 1 FROM draft WHERE message_id = m.id AND text IS NOT NULL),
           EXISTS (SELECT 1 FROM draft WHERE message_id = m.id)
    FROM thread t
    JOIN message m ON m.id = t.open_message_id
    JOIN patient p ON p.id = t.patient_id
    LEFT JOIN decision d ON d.message_id = m.id AND d.undone_at IS NULL";

const ORDER: &str = "
    ORDER BY d.id IS NOT NULL,
             CASE t.urgency WHEN 'emergency' THEN 0 WHEN 'urgent' THEN 1 WHEN 'routine' THEN 2 ELSE 3 END,
             m.sent_at, m.id";

impl QueueRow {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let name = |i: usize| {
            row.get::<_, Option<String>>(i)
                .map(Option::unwrap_or_default)
        };
        Ok(Self {
            message_id: row.get(0)?,
            patient: row.get(1)?,
            sender_name: row.get(2)?,
            by_proxy: row.get(3)?,
            subject: row.get(4)?,
            preview: row.get(5)?,
            sent_at: row.get(6)?,
            // An unknown name must never make a message less urgent.
            urgency: Urgency::from_name(&name(7)?).unwrap_or(Urgency::Urgent),
            kind: MessageKind::from_name(&name(8)?).unwrap_or(MessageKind::Clinical),
            decision: DecisionKind::from_name(&name(9)?),
            has_draft: row.get(10)?,
            tried: row.get(11)?,
        })
    }
}

impl Record {
    /// The whole queue: waiting first, then what was decided since `done_since`.
    ///
    /// # Errors
    /// The record's.
    pub fn queue(&self, done_since: &str) -> Result<Vec<QueueRow>, RecordError> {
        let mut stmt = self.conn.prepare_cached(&format!(
            "{SELECT} WHERE d.id IS NULL OR d.decided_at >= ?1 {ORDER}"
        ))?;
        let rows = stmt.query_map([done_since], QueueRow::from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The message that waits first, if one does.
    ///
    /// # Errors
    /// The record's.
    pub fn first_waiting(&self) -> Result<Option<String>, RecordError> {
        // The queue's own order, without its columns: those of every row cost most of its time.
        Ok(self
            .conn
            .prepare_cached(&format!(
                "SELECT m.id FROM thread t JOIN message m ON m.id = t.open_message_id
                 LEFT JOIN decision d ON d.message_id = m.id AND d.undone_at IS NULL
                 WHERE d.id IS NULL {ORDER} LIMIT 1"
            ))?
            .query_row([], |r| r.get(0))
            .optional()?)
    }

    /// Messages that wait for a draft: no decision, no draft and no failed attempt, and not held back by the gate.
    ///
    /// # Errors
    /// The record's.
    pub fn undrafted(&self) -> Result<Vec<QueueRow>, RecordError> {
        let mut stmt = self.conn.prepare_cached(&format!(
            "{SELECT} WHERE d.id IS NULL AND t.urgency IN ('urgent', 'routine')
               AND NOT EXISTS (SELECT 1 FROM draft WHERE message_id = m.id) {ORDER}"
        ))?;
        let rows = stmt.query_map([], QueueRow::from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// True when no message was ever imported.
    ///
    /// # Errors
    /// The record's.
    pub fn is_empty(&self) -> Result<bool, RecordError> {
        Ok(self
            .conn
            .query_row("SELECT NOT EXISTS (SELECT 1 FROM message)", [], |r| {
                r.get(0)
            })?)
    }
}
