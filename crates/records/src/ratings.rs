//! What people say of drafts after deciding.

use crate::audit::Event;
use crate::{Record, RecordError};
use contract::Rating;
use rusqlite::{OptionalExtension, params};

impl Record {
    /// Keeps what the person who decided says of the draft; a later word counts before an earlier one.
    ///
    /// # Errors
    /// [`RecordError::NotFound`] for a decision that is not there or was undone, [`RecordError::Conflict`] for somebody
    /// else's.
    pub fn rate(
        &mut self,
        decision_id: i64,
        rating: &Rating,
        reviewer: &str,
        now: &str,
    ) -> Result<(), RecordError> {
        let found: Option<(String, String)> = self
            .conn
            .query_row(
                "SELECT message_id, reviewer_id FROM decision WHERE id = ?1 AND undone_at IS NULL",
                [decision_id],
                |r| Ok((r.get(0)?, r.get(1)?)),
            )
            .optional()?;
        let (message_id, decided_by) = found.ok_or(RecordError::NotFound("decision"))?;
        if decided_by != reviewer {
            return Err(RecordError::Conflict(
                "Only who decided says how the draft was.",
            ));
        }
        let reasons = serde_json::to_string(&rating.reasons)?;
        let event = Event {
            at: now,
            actor: reviewer,
            action: "rate",
            subject_kind: "message",
            subject_id: &message_id,
            detail: serde_json::json!({
                "decision": decision_id, "stars": rating.stars, "reasons": rating.reasons,
            }),
        };
        self.audited(event, |tx, _| {
            tx.execute(
                "INSERT INTO rating (decision_id, stars, reasons, reviewer_id, rated_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![decision_id, rating.stars, reasons, reviewer, now],
            )?;
            Ok(())
        })
    }
}
