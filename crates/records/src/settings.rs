//! Settings of this workstation, as JSON by name.

use crate::audit::Event;
use crate::{Record, RecordError};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Serialize, de::DeserializeOwned};

impl Record {
    /// A setting, or its default when it was never set.
    ///
    /// # Errors
    /// The record's.
    pub fn setting<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T, RecordError> {
        let value: Option<String> = self
            .conn
            .prepare_cached("SELECT value FROM setting WHERE name = ?1")?
            .query_row([name], |r| r.get(0))
            .optional()?;
        Ok(match value {
            Some(v) => serde_json::from_str(&v)?,
            None => T::default(),
        })
    }

    /// Sets a setting.
    ///
    /// # Errors
    /// The record's.
    pub fn set_setting<T: Serialize>(&mut self, name: &str, value: &T) -> Result<(), RecordError> {
        put(&self.conn, name, value)
    }

    /// Sets a setting and puts it on the audit, in one transaction.
    ///
    /// # Errors
    /// The record's.
    pub fn change_setting<T: Serialize>(
        &mut self,
        name: &str,
        value: &T,
        what: (&str, &str, &str),
        detail: serde_json::Value,
    ) -> Result<(), RecordError> {
        let value = serde_json::to_value(value)?;
        self.change_settings(&[(name.to_owned(), value)], what, detail)
    }

    /// Sets settings that belong together, by name, with one row of the audit that is named by the first: all or none.
    ///
    /// # Errors
    /// The record's.
    pub fn change_settings(
        &mut self,
        settings: &[(String, serde_json::Value)],
        (at, actor, action): (&str, &str, &str),
        detail: serde_json::Value,
    ) -> Result<(), RecordError> {
        let event = Event {
            at,
            actor,
            action,
            subject_kind: "settings",
            subject_id: settings.first().map_or("", |(name, _)| name),
            detail,
        };
        self.audited(event, |tx, _| {
            settings
                .iter()
                .try_for_each(|(name, value)| put(tx, name, value))
        })
    }
}

pub(crate) fn put<T: Serialize>(
    conn: &Connection,
    name: &str,
    value: &T,
) -> Result<(), RecordError> {
    conn.prepare_cached("INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2")?
        .execute(params![name, serde_json::to_string(value)?])?;
    Ok(())
}
