//! Who may work with the record.

use crate::audit::Event;
use crate::{Record, RecordError};
use contract::{Licence, Role};
use rusqlite::{OptionalExtension, Row, params};

/// A person on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The name they sign with.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Under which licence they practise.
    pub licence: Licence,
    /// Public key of their slot; two, apart by a space, while a passphrase is being changed.
    pub public_key: String,
    /// RFC 3339 in UTC.
    pub created_at: String,
}

impl Account {
    /// True when a slot's public key is this account's.
    pub fn knows(&self, public_key: &str) -> bool {
        self.public_key.split(' ').any(|k| k == public_key)
    }
}

const COLUMNS: &str = "name, role, licence, public_key, created_at";

fn from_row(r: &Row<'_>) -> rusqlite::Result<Account> {
    let (role, licence): (String, String) = (r.get(1)?, r.get(2)?);
    Ok(Account {
        name: r.get(0)?,
        // An unknown name must never give more rights than the least.
        role: Role::from_name(&role).unwrap_or(Role::Auditor),
        licence: Licence::from_name(&licence).unwrap_or(Licence::None),
        public_key: r.get(3)?,
        created_at: r.get(4)?,
    })
}

impl Record {
    /// Everyone who has not been removed, by name.
    ///
    /// # Errors
    /// The record's.
    pub fn accounts(&self) -> Result<Vec<Account>, RecordError> {
        let mut stmt = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM account WHERE removed_at IS NULL ORDER BY name"
        ))?;
        let rows = stmt.query_map([], from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A person who has not been removed.
    ///
    /// # Errors
    /// The record's.
    pub fn account(&self, name: &str) -> Result<Option<Account>, RecordError> {
        Ok(self
            .conn
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM account WHERE name = ?1 AND removed_at IS NULL"
            ))?
            .query_row([name], from_row)
            .optional()?)
    }

    /// Puts a person on record, with its audit row. One who was removed comes back.
    ///
    /// # Errors
    /// The record's.
    pub fn put_account(
        &mut self,
        a: &Account,
        actor: &str,
        action: &str,
    ) -> Result<(), RecordError> {
        let before = self
            .account(&a.name)?
            .map(|b| serde_json::json!({ "role": b.role, "licence": b.licence }));
        let event = Event {
            at: &a.created_at,
            actor,
            action,
            subject_kind: "account",
            subject_id: &a.name,
            detail: serde_json::json!({ "before": before, "role": a.role, "licence": a.licence }),
        };
        self.audited(event, |tx, _| {
            tx.prepare_cached(
                "INSERT INTO account (name, role, licence, public_key, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (name) DO UPDATE SET role = ?2, licence = ?3, public_key = ?4, removed_at = NULL",
            )?
            .execute(params![a.name, a.role.as_str(), a.licence.as_str(), a.public_key, a.created_at])?;
            Ok(())
        })
    }

    /// Takes a person's access away. Their name stays on what they did.
    ///
    /// # Errors
    /// [`RecordError::NotFound`], [`RecordError::Conflict`] for the last admin, or the record's.
    pub fn remove_account(
        &mut self,
        name: &str,
        actor: &str,
        now: &str,
    ) -> Result<(), RecordError> {
        let account = self.account(name)?.ok_or(RecordError::NotFound("user"))?;
        let admins = self
            .accounts()?
            .iter()
            .filter(|a| a.role == Role::Admin)
            .count();
        if account.role == Role::Admin && admins == 1 {
            return Err(RecordError::Conflict(
                "This is the last admin. Make another admin first; a record without one cannot be looked after.",
            ));
        }
        let event = Event {
            at: now,
            actor,
            action: "remove_user",
            subject_kind: "account",
            subject_id: name,
            detail: serde_json::json!({}),
        };
        self.audited(event, |tx, _| {
            tx.execute(
                "UPDATE account SET removed_at = ?2 WHERE name = ?1",
                params![name, now],
            )?;
            Ok(())
        })
    }
}
