//! A disk that fails when it is told to: full, broken, or without power in the middle of a write.
//!
//! It passes everything on to real files, and keeps beside it what would be left of them if the power went: what was
//! synced, and of what was written since, any part, sector by sector.

use sqlite_vfs::wip::{WalIndex, WalIndexLock};
use sqlite_vfs::{DatabaseHandle, LockKind, OpenAccess, OpenKind, OpenOptions, Vfs};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{Error, ErrorKind, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Bytes that a disk writes as one.
const SECTOR: usize = 512;

/// How the disk fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No space from then on; what is there can be read.
    Full,
    /// One write, sync or removal fails.
    Once,
    /// From then on all of them fail.
    Broken,
    /// Nothing works any more, reading included.
    PowerCut,
}

/// What would be left of a file.
#[derive(Default, Clone)]
struct Image {
    synced: Vec<u8>,
    since: Vec<Change>,
}

#[derive(Clone)]
enum Change {
    Write(u64, Vec<u8>),
    Length(u64),
    Removed,
}

#[derive(Default)]
struct State {
    files: HashMap<String, Image>,
    steps: u64,
    fault: Option<(u64, Fault)>,
}

/// The disk. Clones are the same disk.
#[derive(Clone, Default)]
pub(crate) struct Disk(Arc<Mutex<State>>);

impl Disk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets all files, and fails at a step from now on: writes, syncs, changes of length and removals are counted.
    pub(crate) fn fail(&self, at: u64, fault: Fault) {
        *self.state() = State {
            fault: Some((at, fault)),
            ..State::default()
        };
    }

    /// Works from now on; gives how many steps there were.
    pub(crate) fn mend(&self) -> u64 {
        let mut state = self.state();
        state.fault = None;
        state.steps
    }

    /// Leaves on the real disk what is left after the power went: of each write that was not synced any sectors, chosen
    /// by `random`, which gives true for those that are there.
    pub(crate) fn settle(&self, mut random: impl FnMut() -> bool) -> std::io::Result<()> {
        let files = std::mem::take(&mut self.state().files);
        for (path, image) in files {
            let mut bytes = image.synced;
            let mut there = true;
            for change in image.since {
                match change {
                    Change::Write(offset, data) => {
                        there = true;
                        for (n, sector) in data.chunks(SECTOR).enumerate() {
                            if random() {
                                put(&mut bytes, offset as usize + n * SECTOR, sector);
                            }
                        }
                    }
                    Change::Length(length) if random() => bytes.resize(length as usize, 0),
                    Change::Removed if random() => {
                        bytes.clear();
                        there = false;
                    }
                    Change::Length(_) | Change::Removed => {}
                }
            }
            if there {
                fs::write(&path, bytes)?;
            } else {
                let _ = fs::remove_file(&path);
            }
        }
        Ok(())
    }

    /// Counts a step; fails when it is its turn.
    fn step(&self) -> Result<(), Error> {
        let mut state = self.state();
        state.steps += 1;
        match state.fault {
            Some((at, Fault::Once)) if state.steps == at => Err(ErrorKind::Other.into()),
            // sqlite-vfs takes this kind for "no space".
            Some((at, Fault::Full)) if state.steps >= at => Err(ErrorKind::WriteZero.into()),
            Some((at, Fault::Broken | Fault::PowerCut)) if state.steps >= at => {
                Err(ErrorKind::Other.into())
            }
            _ => Ok(()),
        }
    }

    fn powered(&self) -> Result<(), Error> {
        let state = self.state();
        match state.fault {
            Some((at, Fault::PowerCut)) if state.steps >= at => Err(ErrorKind::Other.into()),
            _ => Ok(()),
        }
    }

    /// A write that is being made when the power goes may be there in part.
    fn remember(&self, path: &str, change: Change) {
        let mut state = self.state();
        state
            .files
            .entry(path.to_owned())
            .or_default()
            .since
            .push(change);
    }
}

fn put(bytes: &mut Vec<u8>, at: usize, data: &[u8]) {
    if bytes.len() < at + data.len() {
        bytes.resize(at + data.len(), 0);
    }
    bytes[at..at + data.len()].copy_from_slice(data);
}

/// An open file.
pub(crate) struct Handle {
    disk: Disk,
    path: String,
    file: File,
    lock: LockKind,
    /// A journal that was made here: its first sync makes the folder's entries last, too (unixSync of SQLite's os_unix.c).
    new: bool,
}

impl DatabaseHandle for Handle {
    type WalIndex = Index;

    fn size(&self) -> Result<u64, Error> {
        self.disk.powered()?;
        Ok(self.file.metadata()?.len())
    }

    fn read_exact_at(&mut self, buf: &mut [u8], offset: u64) -> Result<(), Error> {
        self.disk.powered()?;
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.read_exact(buf)
    }

    fn write_all_at(&mut self, buf: &[u8], offset: u64) -> Result<(), Error> {
        let was_powered = self.disk.powered().is_ok();
        let step = self.disk.step();
        if was_powered && (step.is_ok() || self.disk.powered().is_err()) {
            self.disk
                .remember(&self.path, Change::Write(offset, buf.to_vec()));
        }
        step?;
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.write_all(buf)
    }

    fn sync(&mut self, _data_only: bool) -> Result<(), Error> {
        self.disk.step()?;
        let bytes = fs::read(&self.path)?;
        let mut state = self.disk.state();
        let image = state.files.entry(self.path.clone()).or_default();
        image.synced = bytes;
        image.since.clear();
        if std::mem::take(&mut self.new) {
            state
                .files
                .retain(|_, f| !matches!(f.since.last(), Some(Change::Removed)));
        }
        Ok(())
    }

    fn set_len(&mut self, size: u64) -> Result<(), Error> {
        self.disk.step()?;
        self.disk.remember(&self.path, Change::Length(size));
        self.file.set_len(size)
    }

    fn lock(&mut self, lock: LockKind) -> Result<bool, Error> {
        self.lock = lock;
        Ok(true)
    }

    fn reserved(&mut self) -> Result<bool, Error> {
        Ok(false)
    }

    fn current_lock(&self) -> Result<LockKind, Error> {
        Ok(self.lock)
    }

    fn wal_index(&self, _readonly: bool) -> Result<Index, Error> {
        Ok(Index)
    }
}

/// The index of a write-ahead log. A record has one connection, so it is shared with nobody.
pub(crate) struct Index;

impl WalIndex for Index {
    fn map(&mut self, _region: u32) -> Result<[u8; 32768], Error> {
        Ok([0; 32768])
    }

    fn lock(&mut self, _locks: Range<u8>, _lock: WalIndexLock) -> Result<bool, Error> {
        Ok(true)
    }

    fn delete(self) -> Result<(), Error> {
        Ok(())
    }
}

impl Vfs for Disk {
    type Handle = Handle;

    fn open(&self, db: &str, opts: OpenOptions) -> Result<Handle, Error> {
        self.powered()?;
        let mut options = File::options();
        options.read(true);
        match opts.access {
            OpenAccess::Read => {}
            OpenAccess::Write => {
                options.write(true);
            }
            OpenAccess::Create => {
                options.write(true).create(true);
            }
            OpenAccess::CreateNew => {
                options.write(true).create_new(true);
            }
        }
        let new = !fs::exists(db)? && matches!(opts.kind, OpenKind::Wal | OpenKind::MainJournal);
        let file = options.open(db)?;
        if !self.state().files.contains_key(db) {
            // What was there before the disk was watched is safe.
            let image = Image {
                synced: fs::read(db)?,
                since: Vec::new(),
            };
            self.state().files.insert(db.to_owned(), image);
        }
        Ok(Handle {
            disk: self.clone(),
            path: db.to_owned(),
            file,
            lock: LockKind::None,
            new,
        })
    }

    fn delete(&self, db: &str) -> Result<(), Error> {
        self.step()?;
        self.remember(db, Change::Removed);
        fs::remove_file(db)
    }

    fn exists(&self, db: &str) -> Result<bool, Error> {
        self.powered()?;
        fs::exists(db)
    }

    fn temporary_name(&self) -> String {
        format!("{}/never-made", std::env::temp_dir().display())
    }

    fn random(&self, buffer: &mut [i8]) {
        buffer.fill(42);
    }

    fn sleep(&self, duration: Duration) -> Duration {
        // SQLite asks its file system to wait, between tries at a lock.
        std::thread::sleep(duration);
        duration
    }
}
