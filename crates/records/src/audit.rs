//! The audit table: append-only, each row sealed to the one before.
//!
//! `hash` is SHA-256 over the previous hash and the row's fields, each with its
//! length, so that no two rows share an encoding.

use crate::{Record, RecordError};
use rusqlite::{Connection, Transaction, params};
use sha2::{Digest, Sha256};

/// Hash before the first row.
const GENESIS: &str = "countersign-audit-1";

/// The end of a chain that holds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AuditHead {
    /// How many rows there are.
    pub rows: u64,
    /// Hash of the last one.
    pub hash: String,
}

/// Where a chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AuditBreak {
    /// The row, by its number.
    pub seq: i64,
    /// What is wrong with it.
    pub why: &'static str,
}

/// Fields over which a row is sealed, in this order.
pub(crate) fn seal(prev_hash: &str, fields: &[&str]) -> String {
    let mut sha = Sha256::new();
    for field in std::iter::once(&prev_hash).chain(fields) {
        sha.update((field.len() as u64).to_le_bytes());
        sha.update(field.as_bytes());
    }
    sha.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

/// What happened, for one audit row. No patient text in `detail`.
pub(crate) struct Event<'a> {
    pub(crate) at: &'a str,
    pub(crate) actor: &'a str,
    pub(crate) action: &'a str,
    pub(crate) subject_kind: &'a str,
    pub(crate) subject_id: &'a str,
    pub(crate) detail: serde_json::Value,
}

/// Appends a row inside the caller's transaction.
pub(crate) fn append(tx: &Transaction<'_>, e: &Event<'_>) -> Result<(), RecordError> {
    let (last, prev_hash) = head(tx)?;
    let seq = last + 1;
    let detail = e.detail.to_string();
    let hash = seal(
        &prev_hash,
        &[
            &seq.to_string(),
            e.at,
            e.actor,
            e.action,
            e.subject_kind,
            e.subject_id,
            &detail,
        ],
    );
    tx.prepare_cached(
        "INSERT INTO audit (seq, at, actor, action, subject_kind, subject_id, detail, prev_hash, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![seq, e.at, e.actor, e.action, e.subject_kind, e.subject_id, detail, prev_hash, hash])?;
    Ok(())
}

fn head(conn: &Connection) -> Result<(i64, String), RecordError> {
    let mut stmt = conn.prepare_cached("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")?;
    let mut rows = stmt.query([])?;
    Ok(match rows.next()? {
        Some(row) => (row.get(0)?, row.get(1)?),
        None => (0, GENESIS.into()),
    })
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
        let tx = self.conn.transaction()?;
        append(
            &tx,
            &Event {
                at,
                actor,
                action,
                subject_kind: subject.0,
                subject_id: subject.1,
                detail,
            },
        )?;
        tx.commit()?;
        Ok(())
    }

    /// Walks the chain from its first row.
    ///
    /// # Errors
    /// The record's. A chain that does not hold is an answer, not an error.
    pub fn verify_audit(&self) -> Result<Result<AuditHead, AuditBreak>, RecordError> {
        let mut stmt = self.conn.prepare(
            "SELECT seq, at, actor, action, subject_kind, subject_id, detail, prev_hash, hash FROM audit ORDER BY seq",
        )?;
        let mut rows = stmt.query([])?;
        let (mut expected_seq, mut prev) = (1i64, GENESIS.to_owned());
        while let Some(row) = rows.next()? {
            let seq: i64 = row.get(0)?;
            let fields: Vec<String> = (1..=6).map(|i| row.get(i)).collect::<Result<_, _>>()?;
            let (prev_hash, hash): (String, String) = (row.get(7)?, row.get(8)?);
            let broken = |why| Ok(Err(AuditBreak { seq, why }));
            if seq != expected_seq {
                return broken("one or more rows before it are missing");
            }
            if prev_hash != prev {
                return broken("it does not follow the row before it");
            }
            let number = seq.to_string();
            let all: Vec<&str> = std::iter::once(number.as_str())
                .chain(fields.iter().map(String::as_str))
                .collect();
            if seal(&prev, &all) != hash {
                return broken("its content was changed");
            }
            prev = hash;
            expected_seq += 1;
        }
        Ok(Ok(AuditHead {
            rows: expected_seq.unsigned_abs() - 1,
            hash: prev,
        }))
    }
}
