//! What people did with practice messages. It stands apart from decisions and feedback: nothing of it is sent, exported or
//! learned from.

use crate::audit::{Event, seal_columns};
use crate::{Record, RecordError};
use contract::{DecisionKind, Reason};
use rusqlite::params;

/// A decision on a practice message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Practised {
    /// The case.
    pub case_id: String,
    /// Whether it was in training, and not among real messages.
    pub training: bool,
    /// What the error is called.
    pub reason: Reason,
    /// What was decided.
    pub kind: DecisionKind,
    /// The reply that would have gone out.
    pub final_text: Option<String>,
    /// Whether the error would have been kept from the patient.
    pub caught: bool,
    /// Milliseconds it was open before a person who was there.
    pub dwell_ms: Option<i64>,
    /// Who.
    pub reviewer_id: String,
    /// RFC 3339 in UTC.
    pub decided_at: String,
}

/// The columns that a row of the audit seals.
pub(crate) const SEALED: &str = "case_id, training, reason, decision, final_text, caught, dwell_ms, reviewer_id, decided_at, salt";
/// How many they are.
pub(crate) const COLUMNS: usize = 10;

impl Record {
    /// Keeps a decision on a practice message. Its row of the audit says that somebody practised, and not how it went: that is
    /// for the person alone.
    ///
    /// # Errors
    /// The record's.
    pub fn practised(&mut self, p: &Practised) -> Result<(), RecordError> {
        let event = Event {
            at: &p.decided_at,
            actor: &p.reviewer_id,
            action: "practise",
            subject_kind: "practice",
            subject_id: &p.case_id,
            detail: serde_json::json!({ "training": p.training }),
        };
        self.audited(event, |tx, event| {
            tx.execute(
                "INSERT INTO practice (case_id, training, reason, decision, final_text, caught, dwell_ms, reviewer_id, decided_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    p.case_id, p.training, p.reason.as_str(), p.kind.as_str(), p.final_text, p.caught, p.dwell_ms,
                    p.reviewer_id, p.decided_at
                ],
            )?;
            let id = tx.last_insert_rowid();
            let sealed = tx.query_row(
                &format!("SELECT {SEALED} FROM practice WHERE id = ?1"),
                [id],
                |r| seal_columns(r, 0..COLUMNS),
            )?;
            event.detail["practice"] = id.into();
            event.detail["practice_sha256"] = sealed.into();
            Ok(())
        })
    }

    /// What one person did: the case, whether in training, what its error is called, and whether it was caught; oldest first.
    ///
    /// # Errors
    /// The record's.
    pub fn practice_of(
        &self,
        reviewer: &str,
    ) -> Result<Vec<(String, bool, Reason, bool)>, RecordError> {
        let mut stmt = self.conn.prepare_cached(
            "SELECT case_id, training, reason, caught FROM practice WHERE reviewer_id = ?1 ORDER BY id",
        )?;
        let mut rows = stmt.query([reviewer])?;
        let mut out = Vec::new();
        while let Some(r) = rows.next()? {
            let reason: String = r.get(2)?;
            // A reason of a later version is skipped, not guessed.
            if let Some(reason) = Reason::ALL.into_iter().find(|x| x.as_str() == reason) {
                out.push((r.get(0)?, r.get(1)?, reason, r.get(3)?));
            }
        }
        Ok(out)
    }
}
