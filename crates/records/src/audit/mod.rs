//! The audit table: append-only, each row sealed to the one before.
//!
//! `hash` is HMAC-SHA-256 (RFC 2104) under a key that lies in the encrypted
//! record, over the previous hash and the row's fields, each with its length, so
//! that no two rows share an encoding. Whoever lacks the key can neither change a
//! row nor make one up; a tail that is cut off is found by the anchor beside the
//! record, and by a signed head that the clinic keeps elsewhere.

mod anchor;
mod chain;
mod head;
mod list;
mod purge;
mod sealed;
mod verify;

pub(crate) use chain::{Chain, Event, append, seal_all};
pub use head::SignedHead;
pub use list::{AuditFilter, AuditRow};
pub(crate) use sealed::seal_columns;
pub use verify::{AuditBreak, AuditHead};
pub(crate) use verify::{first_version as check_first_version, walk};

use crate::{Record, RecordError};
use sha2::{Digest, Sha256};

/// Hash before the first row.
const GENESIS: &str = "countersign-audit-2";

/// SHA-256 over a name and fields, each with its length.
pub(crate) fn seal(prev_hash: &str, fields: &[&str]) -> String {
    let mut sha = Sha256::new();
    for field in std::iter::once(&prev_hash).chain(fields) {
        sha.update((field.len() as u64).to_le_bytes());
        sha.update(field.as_bytes());
    }
    hex::encode(sha.finalize())
}

impl Record {
    /// Writes an event that has no other row to go with, such as a view.
    ///
    /// # Errors
    /// The record's.
    pub fn note(
        &mut self,
        at: &str,
        actor: &str,
        action: &str,
        subject: (&str, &str),
        detail: serde_json::Value,
    ) -> Result<(), RecordError> {
        let event = Event {
            at,
            actor,
            action,
            subject_kind: subject.0,
            subject_id: subject.1,
            detail,
        };
        self.audited(event, |_, _| Ok(()))
    }

    /// Writes several events of one kind in one transaction: of each the subject's id, and what there is to say.
    ///
    /// # Errors
    /// The record's.
    pub fn note_each(
        &mut self,
        at: &str,
        actor: &str,
        (action, kind): (&str, &str),
        rows: Vec<(String, serde_json::Value)>,
    ) -> Result<(), RecordError> {
        let tx = self
            .conn
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let mut head = None;
        for (id, detail) in rows {
            let event = Event {
                at,
                actor,
                action,
                subject_kind: kind,
                subject_id: &id,
                detail,
            };
            head = Some(append(&tx, &self.chain, &event)?);
        }
        tx.commit()?;
        if let Some(head) = head {
            self.chain.anchor(&head);
        }
        Ok(())
    }

    /// Changes something and writes its event, in one transaction. The change may add to what the event says.
    pub(crate) fn audited<T>(
        &mut self,
        mut event: Event<'_>,
        change: impl FnOnce(&rusqlite::Transaction<'_>, &mut Event<'_>) -> Result<T, RecordError>,
    ) -> Result<T, RecordError> {
        let tx = self
            .conn
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let done = change(&tx, &mut event)?;
        let head = append(&tx, &self.chain, &event)?;
        tx.commit()?;
        self.chain.anchor(&head);
        Ok(done)
    }
}
