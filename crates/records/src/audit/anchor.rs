//! The anchor beside the record: held against the chain when the record is opened, before anything is written.

use super::{AuditHead, chain::end};
use crate::{Record, RecordError};
use rusqlite::{Connection, OptionalExtension};

/// A setting that says that an anchor was ever written: from then on a missing one is told.
const WRITTEN: &str = "anchor_written";
const MISMATCH: &str = "anchor_mismatch";
const ACKNOWLEDGED: &str = "anchor_acknowledged";

impl Record {
    /// Looks whether the chain reaches the anchor. If it does not, a row says so for good: the next
    /// anchor would otherwise hide what happened. The old anchor is kept aside.
    pub(crate) fn hold_against_anchor(&mut self) -> Result<(), RecordError> {
        let (rows, _) = end(&self.conn)?;
        let wrong = match self.chain.anchored() {
            Ok(Some(a)) if a.rows.cast_signed() > rows => Some("rows that were there are missing"),
            Ok(Some(a)) => {
                let there: Option<String> = self
                    .conn
                    .query_row(
                        "SELECT hash FROM audit WHERE seq = ?1",
                        [a.rows.cast_signed()],
                        |r| r.get(0),
                    )
                    .optional()?;
                // A row that was purged since is accounted for by its stub.
                there
                    .is_some_and(|hash| hash != a.hash)
                    .then_some("another history is in its place")
            }
            Ok(None) if self.setting::<bool>(WRITTEN)? => Some("the anchor is missing"),
            Ok(None) => None,
            Err(why) => Some(why),
        };
        if let Some(why) = wrong {
            tracing::warn!("the audit does not reach its anchor");
            if let Some(path) = &self.chain.anchor {
                let _ = std::fs::rename(path, path.with_extension("head.kept"));
            }
            let at = jiff::Timestamp::UNIX_EPOCH.to_string();
            let at = self.last_time()?.unwrap_or(at);
            self.note(
                &at,
                "countersign",
                MISMATCH,
                ("audit", ""),
                serde_json::json!({ "why": why }),
            )?;
        }
        if !self.setting::<bool>(WRITTEN)? {
            // Written before it is said to be there: what is cut off in between is no missing anchor.
            let (rows, hash) = end(&self.conn)?;
            self.chain.anchor(&AuditHead {
                rows: rows.unsigned_abs(),
                hash,
            });
            if matches!(self.chain.anchored(), Ok(Some(_))) {
                self.set_setting(WRITTEN, &true)?;
            }
        }
        Ok(())
    }

    /// Time of the last row: what is noted while opening has no clock of its own.
    fn last_time(&self) -> Result<Option<String>, RecordError> {
        Ok(self
            .conn
            .query_row("SELECT at FROM audit ORDER BY seq DESC LIMIT 1", [], |r| {
                r.get(0)
            })
            .optional()?)
    }

    /// Whether the record did not reach its anchor when it was opened, and nobody has said why.
    ///
    /// # Errors
    /// The record's.
    pub fn has_mismatch(&self) -> Result<bool, RecordError> {
        Ok(open_mismatch(&self.conn)?.is_some())
    }

    /// Says on the audit that a mismatch is known and why it came about, such as a restored disk.
    ///
    /// # Errors
    /// [`RecordError::Conflict`] when there is none, or the record's.
    pub fn acknowledge_mismatch(
        &mut self,
        reason: &str,
        actor: &str,
        now: &str,
    ) -> Result<(), RecordError> {
        if open_mismatch(&self.conn)?.is_none() {
            return Err(RecordError::Conflict("There is nothing to acknowledge."));
        }
        self.note(
            now,
            actor,
            ACKNOWLEDGED,
            ("audit", ""),
            serde_json::json!({ "reason": reason }),
        )
    }
}

/// The row of a mismatch that nobody has acknowledged.
pub(super) fn open_mismatch(conn: &Connection) -> Result<Option<i64>, RecordError> {
    Ok(conn
        .query_row(
            "SELECT seq FROM audit WHERE action = ?1
               AND seq > coalesce((SELECT max(seq) FROM audit WHERE action = ?2), 0) ORDER BY seq LIMIT 1",
            [MISMATCH, ACKNOWLEDGED],
            |r| r.get(0),
        )
        .optional()?)
}
