//! The record's file: opened with its key, held by one process, copied and given a new key.

use crate::{Record, RecordError};
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How a plain SQLite file begins; an encrypted one begins with a random salt.
const PLAIN: &[u8] = b"SQLite format 3\0";
/// How long to wait for another Countersign to let go of the record.
const PATIENCE: Duration = Duration::from_secs(3);

/// A key as SQLCipher takes it: 256 raw bits, no passphrase of its own. The text is wiped after use.
fn quoted(key: &[u8; 32]) -> Zeroizing<String> {
    let digits = Zeroizing::new(hex::encode(key));
    Zeroizing::new(format!("\"x'{}'\"", *digits))
}

/// Holds the record for this process; let go of when dropped, or when the process ends however it ends.
pub(crate) fn hold(path: &Path) -> Result<File, RecordError> {
    let lock = path.with_extension("lock");
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&lock).map_err(RecordError::File)?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(40));
            }
            Err(TryLockError::WouldBlock) => return Err(RecordError::InUse),
            Err(TryLockError::Error(e)) => return Err(RecordError::File(e)),
        }
    }
}

/// A connection with its key, which opens or does not.
pub(crate) fn connect(
    path: &Path,
    key: &[u8; 32],
    create: bool,
) -> Result<Connection, RecordError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    } else if !path.exists() {
        return Err(RecordError::Missing);
    }
    let conn = Connection::open_with_flags(path, flags)?;
    // What goes wrong is an error of ours; SQLCipher's own words on standard error say nothing to a person.
    conn.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    let statement = Zeroizing::new(format!("PRAGMA key = {};", *quoted(key)));
    conn.execute_batch(&statement)?;
    let cipher: String = conn
        .query_row("PRAGMA cipher_version", [], |r| r.get(0))
        .map_err(|_| RecordError::NoCipher)?;
    if cipher.is_empty() {
        return Err(RecordError::NoCipher);
    }
    match conn.query_row("SELECT count(*) FROM sqlite_master", [], |r| {
        r.get::<_, i64>(0)
    }) {
        Ok(_) => Ok(conn),
        Err(e) if e.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => {
            Err(RecordError::WrongKey)
        }
        Err(e) => Err(e.into()),
    }
}

/// Nobody else on this machine reads the file, encrypted as it is.
pub(crate) fn keep_private(path: &Path) -> Result<(), RecordError> {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .map_err(RecordError::File)?;
    Ok(())
}

/// True for a record of the first version, which was not encrypted.
///
/// # Errors
/// When the file cannot be read.
pub fn is_plain(path: &Path) -> std::io::Result<bool> {
    use std::io::Read;
    let mut begin = Vec::new();
    match File::open(path) {
        Ok(f) => f.take(PLAIN.len() as u64).read_to_end(&mut begin)?,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(e),
    };
    Ok(begin == PLAIN)
}

/// Holds the audit of a record of the first version against its own chain, before anything is changed.
///
/// # Errors
/// [`RecordError::OldAudit`] with the row where it does not hold, or the record's.
pub fn check_plain(path: &Path) -> Result<(), RecordError> {
    if !is_plain(path).map_err(RecordError::File)? {
        return Ok(());
    }
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    crate::audit::check_first_version(&conn)
}

/// Encrypts a record of the first version. The encrypted copy is checked and takes the plain one's
/// place by one rename: a kill leaves the one or the other, whole.
///
/// # Errors
/// The record's; the plain file is then as it was.
pub fn encrypt(path: &Path, key: &[u8; 32]) -> Result<(), RecordError> {
    let _held = hold(path)?;
    if !is_plain(path).map_err(RecordError::File)? {
        return Ok(());
    }
    let conn = Connection::open(path)?;
    // What is still in the log goes into the file first, and so into the copy.
    conn.pragma_update(None, "journal_mode", "DELETE")?;
    replaced(conn, path, key)
}

/// Puts a copy under another key into a record's place: written beside it, checked, made durable, renamed.
/// Until the rename nothing of the record is touched, whatever fails; `PRAGMA rekey` rewrites the pages in
/// place instead, and leaves a file that no key opens when the disk is full.
fn replaced(conn: Connection, path: &Path, key: &[u8; 32]) -> Result<(), RecordError> {
    let new = path.with_extension("new");
    let copied = copied(&conn, &new, key);
    // The connection ends before the file under it does; its log is written back with it.
    drop(conn);
    if let Err(e) = copied {
        let _ = remove(&new);
        return Err(e);
    }
    // Whoever reads beside keeps the log, and under another key its pages would be read into the new file.
    if fs::metadata(path.with_extension("db-wal")).is_ok_and(|m| m.len() > 0) {
        let _ = remove(&new);
        return Err(RecordError::Conflict(
            "The record is being read beside, so its key was not changed. Try again in a moment.",
        ));
    }
    fs::rename(&new, path).map_err(RecordError::File)?;
    for ending in ["db-wal", "db-shm", "db-journal"] {
        remove(&path.with_extension(ending))?;
    }
    sync_folder(path)
}

fn copied(conn: &Connection, new: &Path, key: &[u8; 32]) -> Result<(), RecordError> {
    remove(new)?;
    // Made here, because a connection that may not make the record may not make its copy either.
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(new).map_err(RecordError::File)?;
    let version: i64 = conn.pragma_query_value(None, "user_version", |r| r.get(0))?;
    let name = path_literal(new);
    let statement = Zeroizing::new(format!(
        "ATTACH DATABASE {name} AS sealed KEY {};
         SELECT sqlcipher_export('sealed');
         PRAGMA sealed.user_version = {version};
         DETACH DATABASE sealed;",
        *quoted(key)
    ));
    conn.execute_batch(&statement)?;
    let copy = connect(new, key, false)?;
    sound(&copy)?;
    drop(copy);
    File::open(new)
        .and_then(|f| f.sync_all())
        .map_err(RecordError::File)
}

fn path_literal(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', "''"))
}

fn remove(path: &Path) -> Result<(), RecordError> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(RecordError::File(e)),
        _ => Ok(()),
    }
}

fn sync_folder(path: &Path) -> Result<(), RecordError> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)
            .and_then(|f| f.sync_all())
            .map_err(RecordError::File)?;
    }
    Ok(())
}

/// Every page's seal and every table's shape.
fn sound(conn: &Connection) -> Result<(), RecordError> {
    // The seals are read from the file itself. A page whose way from the log into it was cut off is no damage as long as
    // the log has it, so the log goes into the file first.
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    let mut stmt = conn.prepare("PRAGMA cipher_integrity_check")?;
    if stmt.query([])?.next()?.is_some() {
        return Err(RecordError::Damaged(
            "a page of the record does not hold against its seal",
        ));
    }
    let quick: String = conn.query_row("PRAGMA quick_check(1)", [], |r| r.get(0))?;
    if quick != "ok" {
        return Err(RecordError::Damaged("a table of the record is not sound"));
    }
    Ok(())
}

impl Record {
    /// Looks at every page and table of the record.
    ///
    /// # Errors
    /// [`RecordError::Damaged`], or the record's.
    pub fn check_integrity(&self) -> Result<(), RecordError> {
        sound(&self.conn)
    }

    /// Gives the file another key. A failure before the end leaves the file under the old key, whole; this
    /// record is closed then and must be opened again.
    ///
    /// # Errors
    /// The record's.
    pub fn rekey(&mut self, next: &[u8; 32]) -> Result<(), RecordError> {
        let path = self
            .path
            .clone()
            .ok_or(RecordError::Conflict("A record in memory has no key."))?;
        let conn = std::mem::replace(&mut self.conn, Connection::open_in_memory()?);
        replaced(conn, &path, next)?;
        self.conn = connect(&path, next, false)?;
        crate::set_up(&self.conn)?;
        Ok(())
    }

    /// Writes a copy of the record, encrypted with the same key, and checks it.
    ///
    /// # Errors
    /// The record's; no half copy is left behind.
    pub fn backup(&self, to: &Path, key: &[u8; 32]) -> Result<(), RecordError> {
        copy_into(&self.conn, to, key, &mut |_| Ok(()))
    }
}

/// Writes a copy under the same key, checks it, makes it durable, and gives it its name.
/// `proved` is given the copy before it is read, and asked once more before it gets its name.
pub(crate) fn copy_into(
    conn: &Connection,
    to: &Path,
    key: &[u8; 32],
    proved: &mut dyn FnMut(&Connection) -> Result<(), RecordError>,
) -> Result<(), RecordError> {
    let new: PathBuf = to.with_extension("new");
    remove(&new)?;
    let copied = conn
        .execute("VACUUM INTO ?1", [new.to_string_lossy().as_ref()])
        .map_err(RecordError::from)
        .and_then(|_| {
            let copy = connect(&new, key, false)?;
            proved(&copy)?;
            sound(&copy)
        });
    if let Err(e) = copied {
        let _ = remove(&new);
        return Err(e);
    }
    if let Err(e) = proved(conn) {
        let _ = remove(&new);
        return Err(e);
    }
    File::open(&new)
        .and_then(|f| f.sync_all())
        .map_err(RecordError::File)?;
    fs::rename(&new, to).map_err(RecordError::File)?;
    sync_folder(to)
}
