//! Patients.

use crate::{Record, RecordError};
use rusqlite::{Connection, OptionalExtension, Row};

/// A patient on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patient {
    /// Id as in the source.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// FHIR date; empty when unknown.
    pub birth_date: String,
    /// Administrative gender; empty when unknown.
    pub sex: String,
    /// Language; empty when unknown.
    pub language: String,
    /// Made up from a message; a real one may replace it.
    pub stub: bool,
}

impl Patient {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            birth_date: row.get(2)?,
            sex: row.get(3)?,
            language: row.get(4)?,
            stub: row.get(5)?,
        })
    }
}

pub(crate) fn get(conn: &Connection, id: &str) -> Result<Patient, RecordError> {
    conn.prepare_cached(
        "SELECT id, name, birth_date, sex, language, stub FROM patient WHERE id = ?1",
    )?
    .query_row([id], Patient::from_row)
    .optional()?
    .ok_or(RecordError::NotFound("patient"))
}

impl Record {
    /// The patient of an id.
    ///
    /// # Errors
    /// [`RecordError::NotFound`], or the record's.
    pub fn patient(&self, id: &str) -> Result<Patient, RecordError> {
        get(&self.conn, id)
    }
}
