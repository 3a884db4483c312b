//! A second connection, for long work beside the one that writes: with a write-ahead log it sees one moment of the
//! record and keeps nobody waiting.

use crate::audit::{self, Chain};
use crate::{AuditBreak, AuditHead, Record, RecordError, file};
use rusqlite::{Connection, InterruptHandle};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Reads a record that is open elsewhere in this process. While it lives the record takes no other key.
pub struct Reader {
    conn: Connection,
    chain: Chain,
    end: Interrupt,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reader")
    }
}

/// Ends a reader's work from another thread, for good.
#[derive(Clone, Default)]
pub struct Interrupt {
    ended: Arc<AtomicBool>,
    handles: Arc<Mutex<Vec<InterruptHandle>>>,
}

impl Interrupt {
    /// What the reader is doing ends with [`RecordError::Interrupted`], and so does what it would do next.
    pub fn now(&self) {
        self.ended.store(true, Ordering::SeqCst);
        for handle in &*self.handles.lock().unwrap_or_else(PoisonError::into_inner) {
            handle.interrupt();
        }
    }

    fn over(&self, conn: &Connection) -> Result<(), RecordError> {
        self.handles
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(conn.get_interrupt_handle());
        self.check()
    }

    fn check(&self) -> Result<(), RecordError> {
        if self.ended.load(Ordering::SeqCst) {
            return Err(RecordError::Interrupted);
        }
        Ok(())
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
        let end = Interrupt::default();
        end.over(&conn)?;
        Ok(Some(Reader {
            conn,
            chain: self.chain.clone(),
            end,
        }))
    }
}

impl Reader {
    /// A handle that ends what it is doing.
    pub fn interrupt(&self) -> Interrupt {
        self.end.clone()
    }

    /// Reads every page that holds anything, against its seal, and every table's and index's shape.
    ///
    /// # Errors
    /// [`RecordError::Damaged`], [`RecordError::Interrupted`], or the record's.
    pub fn check(&self) -> Result<(), RecordError> {
        self.end.check()?;
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

    /// Walks the audit chain, as [`Record::verify_audit`] does.
    ///
    /// # Errors
    /// [`RecordError::Interrupted`], or the record's.
    pub fn verify_audit(&self) -> Result<Result<AuditHead, AuditBreak>, RecordError> {
        self.end.check()?;
        // One moment of the record: the anchor is read after the rows, and may be ahead of them by then.
        let tx = self.conn.unchecked_transaction()?;
        let mut chain = self.chain.clone();
        chain.anchor = None;
        audit::walk(&tx, &chain, &[])
    }

    /// Writes a copy of the record as it is at this moment, encrypted with the same key, and checks it.
    ///
    /// # Errors
    /// [`RecordError::Interrupted`], or the record's; no half copy is left behind under its name.
    pub fn copy_to(&self, to: &Path, key: &[u8; 32]) -> Result<(), RecordError> {
        self.end.check()?;
        file::copy_into(&self.conn, to, key, &mut |copy| self.end.over(copy))
    }
}
