//! Rows of the chain: their seals, and the anchor beside the record.

use super::{AuditHead, GENESIS};
use crate::RecordError;
use hmac::{Hmac, Mac};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use sha2::Sha256;
use std::io::{Read, Write};
use std::path::PathBuf;
use zeroize::Zeroizing;

type HmacSha256 = Hmac<Sha256>;

/// The chain's key, and where its end is written down.
#[derive(Clone)]
pub(crate) struct Chain {
    key: Zeroizing<Vec<u8>>,
    /// A file beside the record that says how far the chain has come.
    pub(crate) anchor: Option<PathBuf>,
    /// By what the person works: the window or the command line.
    pub(crate) route: &'static str,
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

impl Chain {
    /// The chain of a record; its keys are made when there are none.
    pub(crate) fn open(
        conn: &Connection,
        anchor: Option<PathBuf>,
        route: &'static str,
    ) -> Result<Option<Self>, RecordError> {
        let key: Option<Vec<u8>> = conn
            .query_row("SELECT chain FROM audit_secret", [], |r| r.get(0))
            .optional()?;
        Ok(key.map(|key| Self {
            key: Zeroizing::new(key),
            anchor,
            route,
        }))
    }

    /// The seal of fields that follow a hash.
    pub(crate) fn seal(&self, prev_hash: &str, fields: &[&str]) -> Result<String, RecordError> {
        let mut mac = HmacSha256::new_from_slice(&self.key)
            .map_err(|_| RecordError::Unknown("the audit's key"))?;
        for field in std::iter::once(&prev_hash).chain(fields) {
            mac.update(&(field.len() as u64).to_le_bytes());
            mac.update(field.as_bytes());
        }
        Ok(hex::encode(mac.finalize().into_bytes()))
    }

    /// Writes down how far the chain has come. It is a help against a restored
    /// older file, not the record itself: a disk that refuses it stops nothing.
    pub(crate) fn anchor(&self, head: &AuditHead) {
        let Some(path) = &self.anchor else { return };
        let rows = head.rows.to_string();
        let Ok(mac) = self.seal("anchor", &[&rows, &head.hash]) else {
            return;
        };
        // Of one length and written over in one call, never emptied first: a kill leaves the old line or the new one.
        let line = format!("{rows:>20} {} {mac}\n", head.hash);
        let written = std::fs::File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .and_then(|mut f| f.write_all(line.as_bytes()));
        if written.is_err() {
            tracing::warn!("the audit's anchor could not be written");
        }
    }

    /// The end of the chain as the anchor has it; `None` when there is no anchor, an error in words when
    /// it was not written by this record.
    pub(crate) fn anchored(&self) -> Result<Option<AuditHead>, &'static str> {
        let Some(path) = &self.anchor else {
            return Ok(None);
        };
        let mut text = String::new();
        match std::fs::File::open(path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(_) => return Err("the anchor beside the record cannot be read"),
            Ok(f) => {
                if f.take(512).read_to_string(&mut text).is_err() {
                    return Err("the anchor beside the record is damaged");
                }
            }
        }
        let mut words = text.split_whitespace();
        let (Some(rows), Some(hash), Some(mac)) = (words.next(), words.next(), words.next()) else {
            return Err("the anchor beside the record is damaged");
        };
        let sealed = self
            .seal("anchor", &[rows, hash])
            .map_err(|_| "the anchor beside the record could not be read")?;
        if hex::decode(mac).is_err() || sealed != mac {
            return Err("the anchor beside the record is damaged or of another record");
        }
        Ok(Some(AuditHead {
            rows: rows.parse().unwrap_or(0),
            hash: hash.to_owned(),
        }))
    }
}

/// Appends a row inside the caller's transaction; gives the chain's new end,
/// which the caller anchors after the commit.
pub(crate) fn append(
    tx: &Transaction<'_>,
    chain: &Chain,
    e: &Event<'_>,
) -> Result<AuditHead, RecordError> {
    let (last, prev_hash) = end(tx)?;
    let seq = last + 1;
    let mut detail = e.detail.clone();
    if let Some(detail) = detail.as_object_mut() {
        detail.insert("route".into(), chain.route.into());
    }
    let detail = detail.to_string();
    let hash = chain.seal(
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
    )?;
    tx.prepare_cached(
        "INSERT INTO audit (seq, at, actor, action, subject_kind, subject_id, detail, prev_hash, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![seq, e.at, e.actor, e.action, e.subject_kind, e.subject_id, detail, prev_hash, hash])?;
    Ok(AuditHead {
        rows: seq.unsigned_abs(),
        hash,
    })
}

/// Number and hash of the last row, purged ones included.
pub(super) fn end(conn: &Connection) -> Result<(i64, String), RecordError> {
    let mut stmt = conn.prepare_cached("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")?;
    let mut rows = stmt.query([])?;
    Ok(match rows.next()? {
        Some(row) => (row.get(0)?, row.get(1)?),
        None => super::purge::start(conn)?,
    })
}

/// Makes the audit's keys and seals every row with them: the rows of a record
/// of the first version were chained without a key. They are walked first.
pub(crate) fn seal_all(
    conn: &mut Connection,
    random: &mut dyn FnMut(&mut [u8]),
) -> Result<(), RecordError> {
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    super::verify::first_version(&tx)?;
    let mut keys = Zeroizing::new([0u8; 64]);
    random(&mut *keys);
    tx.execute(
        "INSERT INTO audit_secret (id, chain, signing) VALUES (1, ?1, ?2)",
        params![&keys[..32], &keys[32..]],
    )?;
    let chain = Chain {
        key: Zeroizing::new(keys[..32].to_vec()),
        anchor: None,
        route: "",
    };
    // One trigger stands in the way of this one rewriting; it comes back in the same transaction.
    tx.execute_batch("DROP TRIGGER audit_no_update")?;
    let rows: Vec<(i64, [String; 6])> = tx
        .prepare("SELECT seq, at, actor, action, subject_kind, subject_id, detail FROM audit ORDER BY seq")?
        .query_map([], |r| {
            Ok((r.get(0)?, [r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?, r.get(6)?]))
        })?
        .collect::<Result<_, _>>()?;
    let mut prev = GENESIS.to_owned();
    for (seq, fields) in rows {
        let number = seq.to_string();
        let all: Vec<&str> = std::iter::once(number.as_str())
            .chain(fields.iter().map(String::as_str))
            .collect();
        let hash = chain.seal(&prev, &all)?;
        tx.prepare_cached("UPDATE audit SET prev_hash = ?2, hash = ?3 WHERE seq = ?1")?
            .execute(params![seq, prev, hash])?;
        prev = hash;
    }
    tx.execute_batch(
        "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
         BEGIN SELECT RAISE(ABORT, 'the audit table is append-only'); END;",
    )?;
    tx.commit()?;
    Ok(())
}
