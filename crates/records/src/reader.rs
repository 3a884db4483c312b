//! A second connection, for long work beside the one that writes: with a write-ahead log it sees one moment of the
//! record and keeps nobody waiting.

use crate::{Record, RecordError, file};
use rusqlite::{Connection, InterruptHandle};
use std::path::Path;

/// Reads a record that is open elsewhere in this process.
pub struct Reader {
    conn: Connection,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reader")
    }
}

/// Ends a reader's work from another thread.
pub struct Interrupt(InterruptHandle);

impl Interrupt {
    /// What the reader is doing ends with an error; when it does nothing, nothing happens.
    pub fn now(&self) {
        self.0.interrupt();
    }
}

impl Record {
    /// A reader beside this connection; none for a record in memory.
    ///
    /// # Errors
    /// The record's.
    pub fn reader(&self, key: &[u8; 32]) -> Result<Option<Reader>, RecordError> {
        let Some(path) = &self.path else {
            return Ok(None);
        };
        let conn = file::connect(path, key, false)?;
        conn.busy_timeout(std::time::Duration::from_secs(10))?;
        conn.pragma_update(None, "temp_store", "MEMORY")?;
        conn.pragma_update(None, "query_only", "ON")?;
        Ok(Some(Reader { conn }))
    }
}

impl Reader {
    /// A handle that ends what it is doing.
    pub fn interrupt(&self) -> Interrupt {
        Interrupt(self.conn.get_interrupt_handle())
    }

    /// Reads every page that holds anything, against its seal, and every table's and index's shape.
    ///
    /// # Errors
    /// [`RecordError::Damaged`], or the record's, also when it was interrupted.
    pub fn check(&self) -> Result<(), RecordError> {
        let found: Result<String, rusqlite::Error> =
            self.conn
                .query_row("PRAGMA integrity_check(1)", [], |r| r.get(0));
        match found {
            Ok(words) if words == "ok" => Ok(()),
            Ok(_) => Err(RecordError::Damaged("a table of the record is not sound")),
            Err(e)
                if matches!(
                    e.sqlite_error_code(),
                    Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase)
                ) =>
            {
                Err(RecordError::Damaged(
                    "a page of the record does not hold against its seal",
                ))
            }
            Err(e) => Err(e.into()),
        }
    }

    /// Writes a copy of the record as it is at this moment, encrypted with the same key, and checks it.
    ///
    /// # Errors
    /// The record's; no half copy is left behind under its name.
    pub fn copy_to(&self, to: &Path, key: &[u8; 32]) -> Result<(), RecordError> {
        self.conn.pragma_update(None, "query_only", "OFF")?;
        file::copy_into(&self.conn, to, key)
    }
}
