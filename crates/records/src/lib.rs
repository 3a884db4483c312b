//! The record: everything that must not be lost, in one SQLite file.
//!
//! One file a table. What belongs together is written in one transaction: a
//! decision, its final text, its feedback and its audit row stand or fall as
//! one.
#![forbid(unsafe_code)]

mod audit;
mod decisions;
mod drafts;
mod entries;
mod error;
mod feedback;
mod imports;
pub mod measure;
mod outbox;
mod patients;
mod queue;
mod settings;
mod threads;

pub use audit::{AuditBreak, AuditHead};
pub use decisions::{Decision, NewDecision};
pub use drafts::{Draft, DraftOutcome, NewDraft};
pub use entries::Entry;
pub use error::RecordError;
pub use feedback::FeedbackRow;
pub use imports::{Import, Kept};
pub use outbox::OutboxRow;
pub use patients::Patient;
pub use queue::QueueRow;
pub use threads::{Message, Open, Triager, Waiting};

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};
use std::path::Path;

const MIGRATIONS: &[M<'static>] = &[
    M::up(include_str!("../migrations/0001_first.sql")),
    M::up(include_str!("../migrations/0002_waiting.sql")),
];

/// The oldest SQLite that is trusted: 3.51.3 mended a corruption when a
/// write-ahead log is reset.
const SQLITE_AT_LEAST: i32 = 3_051_003;

/// An open record.
#[derive(Debug)]
pub struct Record {
    conn: Connection,
}

impl Record {
    /// Opens a record, making or migrating it as needed.
    ///
    /// # Errors
    /// [`RecordError`]: not readable, damaged, or made by a newer Countersign.
    pub fn open(path: &Path) -> Result<Self, RecordError> {
        Self::prepared(Connection::open(path)?)
    }

    /// A record in memory, for what needs none on disk.
    ///
    /// # Errors
    /// As [`Record::open`].
    pub fn in_memory() -> Result<Self, RecordError> {
        Self::prepared(Connection::open_in_memory()?)
    }

    fn prepared(mut conn: Connection) -> Result<Self, RecordError> {
        if rusqlite::version_number() < SQLITE_AT_LEAST {
            return Err(RecordError::OldSqlite(rusqlite::version().into()));
        }
        conn.busy_timeout(std::time::Duration::from_secs(10))?;
        conn.pragma_update(None, "journal_mode", "WAL")?;
        conn.pragma_update(None, "synchronous", "FULL")?;
        conn.pragma_update(None, "foreign_keys", "ON")?;
        conn.pragma_update(None, "temp_store", "MEMORY")?;
        conn.pragma_update(None, "trusted_schema", "OFF")?;
        Migrations::from_slice(MIGRATIONS).to_latest(&mut conn)?;
        Ok(Self { conn })
    }
}

#[cfg(test)]
mod tests;
