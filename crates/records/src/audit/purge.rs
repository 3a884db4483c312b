//! Audit rows whose retention is over. What is left of them is a sealed stub:
//! how many there were, and the hash the rest follows.

use super::{Chain, Event, append, head::SIGN, verify::genesis};
use crate::{Record, RecordError};
use rusqlite::{Connection, OptionalExtension, params};

/// Number and hash that the first row in the table follows.
pub(super) fn start(conn: &Connection) -> Result<(i64, String), RecordError> {
    Ok(conn
        .prepare_cached(
            "SELECT through_seq, hash FROM audit_stub ORDER BY through_seq DESC LIMIT 1",
        )?
        .query_row([], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?
        .unwrap_or_else(|| (0, genesis().into())))
}

/// Holds every stub against its seal; gives the number of one that does not hold.
pub(super) fn verify(conn: &Connection, chain: &Chain) -> Result<Result<(), i64>, RecordError> {
    let mut stmt = conn.prepare(
        "SELECT through_seq, hash, purged_at, seal FROM audit_stub ORDER BY through_seq",
    )?;
    let mut rows = stmt.query([])?;
    while let Some(row) = rows.next()? {
        let through: i64 = row.get(0)?;
        let (hash, at, sealed): (String, String, String) = (row.get(1)?, row.get(2)?, row.get(3)?);
        if chain.seal("stub", &[&through.to_string(), &hash, &at])? != sealed {
            return Ok(Err(through));
        }
    }
    Ok(Ok(()))
}

/// The hash of a purged row that was signed; none when no such row is known, or somebody changed it.
pub(super) fn signed(
    conn: &Connection,
    chain: &Chain,
    seq: i64,
) -> Result<Option<String>, RecordError> {
    let found: Option<(String, String)> = conn
        .prepare_cached("SELECT hash, seal FROM audit_signed WHERE seq = ?1")?
        .query_row([seq], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?;
    Ok(match found {
        Some((hash, seal)) if chain.seal("signed", &[&seq.to_string(), &hash])? == seal => {
            Some(hash)
        }
        _ => None,
    })
}

impl Record {
    /// Removes the audit rows from before a time, and leaves a stub of them; gives how many went.
    /// The purge is itself on the audit.
    ///
    /// # Errors
    /// The record's.
    pub fn purge_audit(
        &mut self,
        before: &str,
        actor: &str,
        now: &str,
    ) -> Result<u64, RecordError> {
        let tx = self
            .conn
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // Rows go from the front only: up to the last one before the first that must stay.
        let last: Option<(i64, String)> = tx
            .query_row(
                "SELECT seq, hash FROM audit
                 WHERE seq < coalesce((SELECT min(seq) FROM audit WHERE at >= ?1), 9223372036854775807)
                 ORDER BY seq DESC LIMIT 1",
                [before],
                |r| Ok((r.get(0)?, r.get(1)?)),
            )
            .optional()?;
        let Some((through, hash)) = last else {
            return Ok(0);
        };
        let head = append(
            &tx,
            &self.chain,
            &Event {
                at: now,
                actor,
                action: "purge_audit",
                subject_kind: "audit",
                subject_id: &through.to_string(),
                detail: serde_json::json!({ "before": before, "last_hash": hash }),
            },
        )?;
        let sealed = self
            .chain
            .seal("stub", &[&through.to_string(), &hash, now])?;
        let signed: Vec<(i64, String)> = tx
            .prepare("SELECT seq, hash FROM audit WHERE action = ?1 AND seq <= ?2")?
            .query_map(params![SIGN, through], |r| Ok((r.get(0)?, r.get(1)?)))?
            .collect::<Result<_, _>>()?;
        for (seq, hash) in signed {
            let sealed = self.chain.seal("signed", &[&seq.to_string(), &hash])?;
            tx.prepare_cached("INSERT INTO audit_signed (seq, hash, seal) VALUES (?1, ?2, ?3)")?
                .execute(params![seq, hash, sealed])?;
        }
        tx.execute_batch("DROP TRIGGER audit_no_delete")?;
        let gone = tx.execute("DELETE FROM audit WHERE seq <= ?1", [through])?;
        tx.execute_batch(
            "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
             BEGIN SELECT RAISE(ABORT, 'the audit table is append-only'); END;",
        )?;
        tx.execute(
            "INSERT INTO audit_stub (through_seq, hash, purged_at, seal) VALUES (?1, ?2, ?3, ?4)",
            params![through, hash, now, sealed],
        )?;
        tx.commit()?;
        self.chain.anchor(&head);
        Ok(gone as u64)
    }
}
