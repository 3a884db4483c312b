//! Reviews of texts that are to leave without identifiers.

use crate::audit::Event;
use crate::{Record, RecordError};
use rusqlite::params;
use std::collections::HashMap;

/// What a person found when they read a decision's texts without identifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeidReview {
    /// The feedback row.
    pub feedback_id: i64,
    /// Whether the texts may leave.
    pub approved: bool,
    /// Who read them.
    pub reviewer_id: String,
    /// When, RFC 3339 in UTC.
    pub reviewed_at: String,
    /// Hash of the texts as they were read.
    pub text_hash: String,
    /// Words that were taken out besides.
    pub also: Vec<String>,
}

impl Record {
    /// All reviews, by feedback row.
    ///
    /// # Errors
    /// The record's.
    pub fn deid_reviews(&self) -> Result<HashMap<i64, DeidReview>, RecordError> {
        let mut stmt = self.conn.prepare_cached(
            "SELECT feedback_id, approved, reviewer_id, reviewed_at, text_hash, also FROM deid_review",
        )?;
        let mut rows = stmt.query([])?;
        let mut out = HashMap::new();
        while let Some(r) = rows.next()? {
            let also: String = r.get(5)?;
            let review = DeidReview {
                feedback_id: r.get(0)?,
                approved: r.get(1)?,
                reviewer_id: r.get(2)?,
                reviewed_at: r.get(3)?,
                text_hash: r.get(4)?,
                also: serde_json::from_str(&also)?,
            };
            out.insert(review.feedback_id, review);
        }
        Ok(out)
    }

    /// Keeps a review with its audit row; a newer one takes an older one's place.
    ///
    /// # Errors
    /// The record's.
    pub fn put_deid_review(&mut self, review: &DeidReview) -> Result<(), RecordError> {
        let id = review.feedback_id.to_string();
        let event = Event {
            at: &review.reviewed_at,
            actor: &review.reviewer_id,
            action: "review_deid",
            subject_kind: "feedback",
            subject_id: &id,
            // The words taken out are the patient's.
            detail: serde_json::json!({
                "approved": review.approved, "text_hash": review.text_hash, "also": review.also.len(),
            }),
        };
        let also = serde_json::to_string(&review.also)?;
        self.audited(event, |tx, _| {
            tx.prepare_cached(
                "INSERT INTO deid_review (feedback_id, approved, reviewer_id, reviewed_at, text_hash, also)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (feedback_id) DO UPDATE SET approved = ?2, reviewer_id = ?3, reviewed_at = ?4, text_hash = ?5, also = ?6",
            )?
            .execute(params![
                review.feedback_id,
                review.approved,
                review.reviewer_id,
                review.reviewed_at,
                review.text_hash,
                also
            ])?;
            Ok(())
        })
    }
}
