//! Why the record refuses.

use contract::{Code, Failure};

/// Everything that can go wrong with the record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// SQLite's own.
    #[error(
        "The record could not be read or written ({0}). Check the disk; nothing was half-done."
    )]
    Sqlite(rusqlite::Error),
    /// The schema is newer or broken.
    #[error(
        "The record was made by another version of Countersign, or is damaged ({0}). It was not changed."
    )]
    Migration(#[from] rusqlite_migration::Error),
    /// The SQLite in this program is too old to be trusted.
    #[error(
        "This program was built with SQLite {0}, which can lose data. Install a newer Countersign."
    )]
    OldSqlite(String),
    /// The program was built without SQLCipher.
    #[error(
        "This program was built without encryption, so it opens no record. Install another build."
    )]
    NoCipher,
    /// The key does not open the file.
    #[error(
        "The record does not open with this key: the file or its key file was replaced or damaged. Restore a backup."
    )]
    WrongKey,
    /// The file is gone.
    #[error(
        "The record's file is missing beside its key file. Restore a backup; nothing was made in its place."
    )]
    Missing,
    /// Another process holds the record.
    #[error(
        "Another Countersign has this record open. Lock or close its window, or wait until its command has ended."
    )]
    InUse,
    /// A file beside the record.
    #[error(
        "A file of the record could not be read or written ({0}). Check the disk; nothing was half-done."
    )]
    File(std::io::Error),
    /// Somebody ended the work: the record was locked.
    #[error("The work was ended before it was done, because the record was locked.")]
    Interrupted,
    /// What an integrity check found.
    #[error("The record is damaged: {0}. Stop working with it and restore a backup.")]
    Damaged(&'static str),
    /// The chain of a first version's audit does not hold.
    #[error(
        "The audit of this record was changed at row {0} before it was encrypted. It is not taken over; keep the file and ask who had access to it."
    )]
    OldAudit(i64),
    /// Nothing has this id.
    #[error("There is no {0} with this id on record.")]
    NotFound(&'static str),
    /// The request does not fit what is on record.
    #[error("{0}")]
    Conflict(&'static str),
    /// A stored value is not one of those this version knows.
    #[error("The record holds a value that this version does not know ({0}).")]
    Unknown(&'static str),
    /// JSON of our own.
    #[error("A stored value could not be read ({0}).")]
    Json(#[from] serde_json::Error),
}

impl From<rusqlite::Error> for RecordError {
    fn from(e: rusqlite::Error) -> Self {
        if e.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted) {
            return Self::Interrupted;
        }
        Self::Sqlite(e)
    }
}

impl From<RecordError> for Failure {
    fn from(e: RecordError) -> Self {
        let code = match &e {
            RecordError::NotFound(_) => Code::NotFound,
            RecordError::Conflict(_) => Code::Conflict,
            RecordError::InUse => Code::InUse,
            RecordError::Interrupted => Code::Stopped,
            RecordError::OldAudit(_) => Code::Audit,
            _ => Code::Record,
        };
        Failure::new(code, e.to_string())
    }
}
