//! Lines of charts.

use crate::{Record, RecordError};
use rusqlite::Connection;

/// A line of a chart on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Id as in the source.
    pub id: String,
    /// Whose chart.
    pub patient_id: String,
    /// Heading by name.
    pub heading: String,
    /// The line.
    pub text: String,
    /// FHIR date; empty when unknown.
    pub date: String,
    /// False for what is over.
    pub active: bool,
}

pub(crate) fn of(conn: &Connection, patient_id: &str) -> Result<Vec<Entry>, RecordError> {
    let mut stmt = conn.prepare_cached(
        "SELECT id, patient_id, heading, text, date, active FROM entry WHERE patient_id = ?1 ORDER BY id",
    )?;
    let rows = stmt.query_map([patient_id], |row| {
        Ok(Entry {
            id: row.get(0)?,
            patient_id: row.get(1)?,
            heading: row.get(2)?,
            text: row.get(3)?,
            date: row.get(4)?,
            active: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Record {
    /// Every line of a patient's chart.
    ///
    /// # Errors
    /// The record's.
    pub fn entries(&self, patient_id: &str) -> Result<Vec<Entry>, RecordError> {
        of(&self.conn, patient_id)
    }
}
