//! The record: everything that must not be lost, in one SQLite file.
//!
//! One file a table. What belongs together is written in one transaction: a
//! decision, its final text, its feedback and its audit row stand or fall as
//! one.
#![forbid(unsafe_code)]

mod accounts;
mod audit;
mod decisions;
mod drafts;
mod entries;
mod error;
mod feedback;
mod file;
mod imports;
pub mod measure;
mod outbox;
mod patients;
mod practice;
mod queue;
mod ratings;
mod reader;
mod reviews;
mod safety;
mod search;
mod settings;
mod threads;
mod unsent;

pub use accounts::Account;
pub use audit::{AuditBreak, AuditFilter, AuditHead, AuditRow, SignedHead};
pub use decisions::{Decision, NewDecision};
pub use drafts::{Draft, DraftOutcome, NewDraft};
pub use entries::Entry;
pub use error::RecordError;
pub use feedback::FeedbackRow;
pub use file::{check_plain, encrypt, is_plain};
pub use imports::{Import, Kept};
pub use outbox::OutboxRow;
pub use patients::Patient;
pub use practice::Practised;
pub use queue::{Counts, Page, QueuePage, QueueRow};
pub use reader::{Interrupt, Reader};
pub use reviews::DeidReview;
pub use safety::{NewSafetyReport, SafetyReport};
pub use threads::{Message, Open, Triager, Waiting};
pub use unsent::Unsent;

use audit::Chain;
use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};
use std::fs::File;
use std::path::{Path, PathBuf};

const MIGRATIONS: &[M<'static>] = &[
    M::up(include_str!("../migrations/0001_first.sql")),
    M::up(include_str!("../migrations/0002_waiting.sql")),
    M::up(include_str!("../migrations/0003_protected.sql")),
    M::up(include_str!("../migrations/0004_inbox.sql")),
    M::up(include_str!("../migrations/0005_front_desk.sql")),
    M::up(include_str!("../migrations/0006_leaving.sql")),
    M::up(include_str!("../migrations/0007_feedback.sql")),
    M::up(include_str!("../migrations/0008_practice.sql")),
    M::up(include_str!("../migrations/0009_no_draft.sql")),
    M::up(include_str!("../migrations/0010_safety.sql")),
    M::up(include_str!("../migrations/0011_correction.sql")),
    M::up(include_str!("../migrations/0012_unsent.sql")),
    M::up(include_str!("../migrations/0013_chart_search.sql")),
];

/// The oldest SQLite that is trusted: 3.51.3 mended a corruption when a
/// write-ahead log is reset.
const SQLITE_AT_LEAST: i32 = 3_051_003;

/// An open record. While it is open no other process can open it.
pub struct Record {
    conn: Connection,
    chain: Chain,
    /// None in memory.
    path: Option<PathBuf>,
    /// Held until the record is dropped, after its connection.
    _held: Option<File>,
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Record")
    }
}

/// How a record is opened.
pub struct Opening<'a> {
    /// Its key.
    pub key: &'a [u8; 32],
    /// By what the person works, for the audit: the window or the command line.
    pub route: &'static str,
    /// Whether the file may be made: only where a record begins.
    pub create: bool,
    /// Fills a slice with random bytes fit for keys.
    pub random: &'a mut dyn FnMut(&mut [u8]),
}

impl Record {
    /// Opens a record, making or migrating it as needed.
    ///
    /// # Errors
    /// [`RecordError::WrongKey`], [`RecordError::InUse`]; not readable, damaged, or made by a newer Countersign.
    pub fn open(path: &Path, opening: &mut Opening<'_>) -> Result<Self, RecordError> {
        let held = file::hold(path)?;
        let conn = file::connect(path, opening.key, opening.create)?;
        file::keep_private(path)?;
        let anchor = path.with_extension("head");
        let mut record = Self::prepared(conn, Some(held), Some(anchor), opening)?;
        record.path = Some(path.to_owned());
        record.hold_against_anchor()?;
        Ok(record)
    }

    /// A record in memory, for what must leave nothing on disk.
    ///
    /// # Errors
    /// As [`Record::open`].
    pub fn in_memory(opening: &mut Opening<'_>) -> Result<Self, RecordError> {
        Self::prepared(Connection::open_in_memory()?, None, None, opening)
    }

    fn prepared(
        mut conn: Connection,
        held: Option<File>,
        anchor: Option<PathBuf>,
        opening: &mut Opening<'_>,
    ) -> Result<Self, RecordError> {
        if rusqlite::version_number() < SQLITE_AT_LEAST {
            return Err(RecordError::OldSqlite(rusqlite::version().into()));
        }
        set_up(&conn)?;
        Migrations::from_slice(MIGRATIONS).to_latest(&mut conn)?;
        let chain = match Chain::open(&conn, anchor.clone(), opening.route)? {
            Some(chain) => chain,
            None => {
                audit::seal_all(&mut conn, opening.random)?;
                Chain::open(&conn, anchor, opening.route)?
                    .ok_or(RecordError::Unknown("the audit's key"))?
            }
        };
        Ok(Self {
            conn,
            chain,
            path: None,
            _held: held,
        })
    }
}

/// How every connection works.
fn set_up(conn: &Connection) -> Result<(), RecordError> {
    conn.busy_timeout(std::time::Duration::from_secs(10))?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "foreign_keys", "ON")?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "trusted_schema", "OFF")?;
    Ok(())
}

#[cfg(test)]
mod tests;
