//! Walking the chain.

use super::{Chain, GENESIS, SignedHead, anchor, head, purge, seal, sealed};
use crate::{Record, RecordError};
use rusqlite::Connection;
use std::collections::HashMap;

/// The end of a chain that holds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AuditHead {
    /// How many rows there ever were, purged ones included.
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

const SELECT: &str = "SELECT seq, at, actor, action, subject_kind, subject_id, detail, prev_hash, hash FROM audit ORDER BY seq";

impl Record {
    /// Walks the chain from its first row, holds its end against the anchor beside the record and against signed heads
    /// kept elsewhere, and holds every decision against the row that sealed it.
    ///
    /// # Errors
    /// The record's. A chain that does not hold is an answer, not an error.
    pub fn verify_audit(
        &self,
        heads: &[SignedHead],
    ) -> Result<Result<AuditHead, AuditBreak>, RecordError> {
        walk(&self.conn, &self.chain, heads)
    }
}

pub(crate) fn walk(
    conn: &Connection,
    chain: &Chain,
    heads: &[SignedHead],
) -> Result<Result<AuditHead, AuditBreak>, RecordError> {
    let broken = |seq, why| Ok(Err(AuditBreak { seq, why }));
    if let Err(seq) = purge::verify(conn, chain)? {
        return broken(seq, "the stub of purged rows was changed");
    }
    if let Some(seq) = anchor::open_mismatch(conn)? {
        return broken(
            seq,
            "when the record was opened here, its end was not the one written down beside it: rows were cut off, or an older record was put back",
        );
    }
    let (through, start) = purge::start(conn)?;
    for head in heads {
        let seq = head.rows.cast_signed();
        if let Err(why) = head::is_signed_here(conn, head)? {
            return broken(seq, why);
        }
        if seq <= through && purge::signed(conn, chain, seq)? != Some(head.hash.clone()) {
            return broken(
                seq,
                "the row that was signed was purged since, and it was not this one: the record was replaced by another history",
            );
        }
    }
    let signed: HashMap<i64, Vec<&str>> = heads.iter().fold(HashMap::new(), |mut all, h| {
        let of_row: &mut Vec<&str> = all.entry(h.rows.cast_signed()).or_default();
        of_row.push(&h.hash);
        all
    });
    let mut stmt = conn.prepare(SELECT)?;
    let mut rows = stmt.query([])?;
    let (mut expected_seq, mut prev) = (through + 1, start);
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        if seq != expected_seq {
            return broken(
                seq,
                "one or more rows before it are missing, or rows are out of order",
            );
        }
        let mut fields = [""; 6];
        for (i, field) in fields.iter_mut().enumerate() {
            *field = row.get_ref(i + 1)?.as_str().map_err(|e| {
                rusqlite::Error::FromSqlConversionFailure(
                    i + 1,
                    rusqlite::types::Type::Text,
                    e.into(),
                )
            })?;
        }
        let (prev_hash, hash): (String, String) = (row.get(7)?, row.get(8)?);
        if prev_hash != prev {
            return broken(seq, "it does not follow the row before it");
        }
        let number = seq.to_string();
        let [a, b, c, d, e, f] = fields;
        if chain.seal(&prev, &[&number, a, b, c, d, e, f])? != hash {
            return broken(seq, "its content was changed");
        }
        if signed
            .get(&seq)
            .is_some_and(|heads| heads.iter().any(|h| *h != hash))
        {
            return broken(
                seq,
                "it is not the row that was signed: the record was replaced by another history",
            );
        }
        prev = hash;
        expected_seq += 1;
    }
    let rows = expected_seq.unsigned_abs() - 1;
    if heads.iter().any(|h| h.rows > rows) {
        return broken(
            expected_seq,
            "rows that were signed are missing from here on: the end was cut off, or an older record was put back",
        );
    }
    match chain.anchored() {
        Ok(Some(anchor)) if anchor.rows > rows => broken(
            expected_seq,
            "rows are missing from here on: the end was cut off, or an older record was put back",
        ),
        Ok(Some(anchor)) if anchor.rows == rows && anchor.hash != prev => broken(
            expected_seq - 1,
            "it is not the row that was written last: the record was replaced by another history",
        ),
        Ok(_) => match sealed::first_wrong(conn, through, expected_seq - 1)? {
            Some((seq, why)) => broken(seq, why),
            None => Ok(Ok(AuditHead { rows, hash: prev })),
        },
        Err(why) => broken(expected_seq - 1, why),
    }
}

/// Walks a chain of the first version, which had no key. A record whose history
/// does not hold is not taken over silently.
pub(crate) fn first_version(conn: &Connection) -> Result<(), RecordError> {
    let mut stmt = conn.prepare(SELECT)?;
    let mut rows = stmt.query([])?;
    let (mut expected, mut prev) = (1i64, "countersign-audit-1".to_owned());
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        let fields: Vec<String> = (1..=6).map(|i| row.get(i)).collect::<Result<_, _>>()?;
        let number = seq.to_string();
        let all: Vec<&str> = std::iter::once(number.as_str())
            .chain(fields.iter().map(String::as_str))
            .collect();
        let hash: String = row.get(8)?;
        if seq != expected || seal(&prev, &all) != hash {
            return Err(RecordError::OldAudit(seq));
        }
        prev = hash;
        expected += 1;
    }
    Ok(())
}

/// The hash before the first row that was never purged.
pub(super) const fn genesis() -> &'static str {
    GENESIS
}
