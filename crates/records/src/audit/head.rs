//! Signed heads: what a clinic keeps elsewhere, so that a cut or replaced record is found.

use super::chain::end;
use crate::{Record, RecordError};
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The end of the chain at a time, signed with Ed25519 (RFC 8032). It holds no patient text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedHead {
    /// How many rows there were.
    pub rows: u64,
    /// Hash of the last one.
    pub hash: String,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// The record's public key.
    pub public_key: String,
    /// Over the fields before.
    pub signature: String,
}

fn signed(rows: u64, hash: &str, at: &str) -> Vec<u8> {
    format!("countersign-head-1\n{rows}\n{hash}\n{at}").into_bytes()
}

/// The action of a row that was signed.
pub(super) const SIGN: &str = "sign_head";

impl Record {
    /// Signs the end of the chain.
    ///
    /// # Errors
    /// The record's.
    pub fn signed_head(&mut self, actor: &str, at: &str) -> Result<SignedHead, RecordError> {
        // Signing is a row itself, and that row is what is signed: a purge keeps the hashes of such rows.
        self.note(at, actor, SIGN, ("audit", ""), serde_json::json!({}))?;
        let (rows, hash) = end(&self.conn)?;
        let rows = rows.unsigned_abs();
        let key = signing_key(&self.conn)?;
        Ok(SignedHead {
            signature: hex::encode(key.sign(&signed(rows, &hash, at)).to_bytes()),
            public_key: hex::encode(key.verifying_key().as_bytes()),
            at: at.into(),
            rows,
            hash,
        })
    }
}

/// The key that heads are signed with.
fn signing_key(conn: &Connection) -> Result<SigningKey, RecordError> {
    let bytes: Zeroizing<Vec<u8>> =
        Zeroizing::new(conn.query_row("SELECT signing FROM audit_secret", [], |r| r.get(0))?);
    let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(
        bytes
            .as_slice()
            .try_into()
            .map_err(|_| RecordError::Unknown("the audit's signing key"))?,
    );
    Ok(SigningKey::from_bytes(&bytes))
}

/// Whether this record signed a head; why not, if it did not.
pub(super) fn is_signed_here(
    conn: &Connection,
    head: &SignedHead,
) -> Result<Result<(), &'static str>, RecordError> {
    let key = signing_key(conn)?.verifying_key();
    if head.public_key != hex::encode(key.as_bytes()) {
        return Ok(Err(
            "the signed head is of another record, or this record was replaced",
        ));
    }
    Ok(if holds(head, &key) {
        Ok(())
    } else {
        Err("the signed head was changed")
    })
}

fn holds(head: &SignedHead, key: &VerifyingKey) -> bool {
    hex::decode(&head.signature)
        .ok()
        .and_then(|s| Signature::from_slice(&s).ok())
        .is_some_and(|s| {
            key.verify(&signed(head.rows, &head.hash, &head.at), &s)
                .is_ok()
        })
}
