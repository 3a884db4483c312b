//! Backups: the record and its key file, encrypted as they are, checked after writing.

use crate::desk::lock;
use crate::place::{Place, io_failure, private_folder};
use crate::{Clock, Desk};
use contract::{Code, Failure, Right, Unlock};
use records::AuditHead;
use std::fs;
use std::path::Path;

/// Files of a backup, by their names beside the record.
const FILES: [&str; 3] = ["record.db", "record.keys", "record.head"];

impl Desk {
    /// Writes a backup into a new folder. It opens with the passphrases of today, and holds no text in the clear.
    ///
    /// # Errors
    /// [`Code::Forbidden`], [`Code::Conflict`] when the folder holds something, or the disk's.
    pub fn backup(&self, folder: &Path) -> Result<AuditHead, Failure> {
        let mut record = self.record(Right::Backup)?;
        let key = record.key()?;
        if fs::read_dir(folder).is_ok_and(|mut d| d.next().is_some()) {
            return Err(Failure::new(
                Code::Conflict,
                "The folder for the backup is not empty. Choose a new one: a backup never replaces another.",
            )
            .at(folder.display().to_string()));
        }
        private_folder(folder)?;
        let actor = record.who().name.clone();
        // On the audit before the copy is made, so that the copy says so itself.
        record.note(
            &self.now_text(),
            &actor,
            "backup",
            ("record", ""),
            serde_json::json!({}),
        )?;
        let head = record.verify_audit(&[])?.map_err(|b| {
            Failure::new(
                Code::Audit,
                format!("The audit does not hold, so no backup was made: {}.", b.why),
            )
            .at(format!("row {}", b.seq))
        })?;
        self.copy_keys(folder)?;
        record.backup(&folder.join("record.db"), key.bytes())?;
        Ok(head)
    }

    /// Copies the slots and the anchor into a folder.
    pub(crate) fn copy_keys(&self, folder: &Path) -> Result<(), Failure> {
        for name in ["record.keys", "record.head"] {
            let (from, to) = (self.place.data.join(name), folder.join(name));
            if from.exists() {
                fs::copy(&from, &to)
                    .and_then(|_| fs::File::open(&to)?.sync_all())
                    .map_err(|e| io_failure(&to, &e))?;
            }
        }
        Ok(())
    }

    /// Puts a backup into a place that holds no record, after it opened with a passphrase of its own and proved sound.
    ///
    /// # Errors
    /// [`Code::Conflict`] when there is a record, [`Code::Unlock`], [`Code::Audit`], or the record's.
    pub fn restore(
        place: Place,
        from: &Path,
        with: &Unlock,
        clock: Clock,
        route: &'static str,
    ) -> Result<(AuditHead, Self), Failure> {
        let data = std::path::absolute(&place.data).map_err(|e| io_failure(&place.data, &e))?;
        let holds_something = fs::read_dir(&data).is_ok_and(|mut d| d.next().is_some());
        if holds_something || data.is_file() {
            return Err(Failure::new(
                Code::Conflict,
                "The place is not empty. Restore into a folder that is new or empty, with --data DIR; nothing is overwritten.",
            )
            .at(data.display().to_string()));
        }
        if !from.join("record.db").exists() || !from.join("record.keys").exists() {
            return Err(Failure::new(
                Code::NotFound,
                "The folder holds no backup: record.db and record.keys are expected in it.",
            )
            .at(from.display().to_string()));
        }
        // Opened beside its place first, in a folder of its own: what does not open or is not sound never gets
        // there, and what does gets there by one rename.
        let parent = data.parent().unwrap_or(&data);
        fs::create_dir_all(parent).map_err(|e| io_failure(parent, &e))?;
        let beside = tempfile::Builder::new()
            .prefix(".countersign-restore-")
            .tempdir_in(parent)
            .map_err(|e| io_failure(parent, &e))?;
        let there = Place {
            data: beside.path().to_owned(),
            models: place.models.clone(),
        };
        let head = Self::proved(&there, from, with, clock.clone(), route)?;
        let _ = fs::remove_dir(&data);
        fs::rename(beside.path(), &data).map_err(|e| io_failure(&data, &e))?;
        // Nothing is left to remove under its old name.
        let _ = beside.keep();
        let desk = Self::new(place, clock, route)?;
        desk.unlock(with)?;
        Ok((head, desk))
    }

    fn proved(
        beside: &Place,
        from: &Path,
        with: &Unlock,
        clock: Clock,
        route: &'static str,
    ) -> Result<AuditHead, Failure> {
        for name in FILES {
            let (from, to) = (from.join(name), beside.data.join(name));
            if from.exists() {
                fs::copy(&from, &to)
                    .and_then(|_| fs::File::open(&to)?.sync_all())
                    .map_err(|e| io_failure(&to, &e))?;
            }
        }
        let desk = Self::new(beside.clone(), clock, route)?;
        desk.unlock(with)?;
        let mut record = desk.record(Right::Backup)?;
        record.check_integrity()?;
        let actor = record.who().name.clone();
        let head = record.verify_audit(&[])?.map_err(|b| {
            Failure::new(
                Code::Audit,
                format!(
                    "The backup's audit does not hold: {}. Nothing was restored.",
                    b.why
                ),
            )
            .at(format!("row {}", b.seq))
        })?;
        record.note(
            &desk.now_text(),
            &actor,
            "restore",
            ("record", ""),
            serde_json::json!({ "backup_rows": head.rows }),
        )?;
        drop(record);
        lock(&desk.session).take();
        Ok(head)
    }
}
