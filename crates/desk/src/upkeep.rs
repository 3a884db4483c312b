//! What the desk does by itself while the record is open: the audit's daily head, scheduled backups, and a daily check of
//! the whole record. None of it keeps the person waiting, and a lock ends it.

use crate::Desk;
use crate::desk::lock;
use crate::place::{io_failure, private_folder};
use crate::session::GLASS_BROKEN;
use crate::ticking::Ticking;
use contract::{Code, DeskEvent, Failure, Right, Settings};
use jiff::civil::Date;
use keys::RecordKey;
use records::{Reader, RecordError};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How often it looks whether something is due.
const LOOK: Duration = Duration::from_secs(60);
/// How the folder of a scheduled backup begins; its day follows.
const BACKUP: &str = "countersign-backup-";
/// The setting that holds the day of the last check.
const CHECKED: &str = "integrity_checked_on";
/// The setting that holds what the last check found wrong, until one finds nothing.
const FAULT: &str = "fault_found";
/// How long what failed rests.
const RETRY: Duration = Duration::from_secs(3600);
/// Who acts when the desk does something by itself.
const ITSELF: &str = "countersign";

/// The running thread; dropping it ends it, and what it reads.
pub struct Upkeep {
    thread: Ticking,
    desk: Arc<Desk>,
}

impl Upkeep {
    /// Starts looking after a desk.
    ///
    /// # Errors
    /// [`Code::Internal`] when no thread can be had.
    pub fn start(desk: Arc<Desk>) -> Result<Self, Failure> {
        let looked_after = Arc::clone(&desk);
        let thread = Ticking::start("upkeep", LOOK, move || {
            for failure in looked_after.upkeep() {
                tracing::warn!(code = failure.code.as_str(), "upkeep failed");
                looked_after.tell(DeskEvent::Warning { failure });
            }
        })?;
        Ok(Self { thread, desk })
    }
}

impl Drop for Upkeep {
    fn drop(&mut self) {
        self.thread.stop();
        self.desk.end_reading();
    }
}

impl Desk {
    /// Does what is due, and gives what went wrong with it, and what the person has to know once they opened the record.
    /// Nothing is due while the record is locked, nor for the sample.
    pub fn upkeep(&self) -> Vec<Failure> {
        let Ok(settings) = self.settings() else {
            return Vec::new();
        };
        let mut wrong = self.untold().unwrap_or_default();
        let mut done = |what: usize, outcome: &dyn Fn() -> Result<(), Failure>| {
            let now = (self.clock.elapsed)();
            if lock(&self.retry)[what] > now {
                return;
            }
            match outcome() {
                Ok(()) => {}
                // A lock in the middle is no failure: it is done when the record is open again.
                Err(f) if [Code::Locked, Code::Stopped].contains(&f.code) || !self.is_open() => {}
                Err(f) => {
                    lock(&self.retry)[what] = now + RETRY;
                    wrong.push(f);
                }
            }
        };
        if !settings.audit_folder.is_empty() {
            done(0, &|| self.write_head(Path::new(&settings.audit_folder)));
        }
        done(1, &|| self.scheduled_backup(&settings));
        done(2, &|| self.daily_check());
        wrong
    }

    /// What a person is told once after they opened the record: that it did not reach its anchor, that it is damaged, or,
    /// to those who look after it, that the sealed code was used.
    fn untold(&self) -> Result<Vec<Failure>, Failure> {
        let mut record = self.open_record()?;
        if record.who().demo || std::mem::replace(record.told(), true) {
            return Ok(Vec::new());
        }
        let mut untold = Vec::new();
        if record.has_mismatch()? {
            untold.push(Failure::new(
                Code::Audit,
                "The audit of this record does not reach as far as it did: rows were cut off, or an older record was put back. An admin says why with `countersign audit acknowledge`.",
            ));
        }
        untold.extend(record.setting::<Option<Failure>>(FAULT)?);
        let looks_after = record.who().may(Right::Accounts);
        if looks_after && record.setting(GLASS_BROKEN)? {
            untold.push(Failure::new(
                Code::Audit,
                "The record was opened with the break-glass code. Who, when and why: `countersign audit list --action break_glass`. Make new codes, and seal one again.",
            ));
            record.set_setting(GLASS_BROKEN, &false)?;
        }
        Ok(untold)
    }

    /// Writes today's signed head into a folder, unless it is there.
    fn write_head(&self, folder: &Path) -> Result<(), Failure> {
        let path = folder.join(format!("countersign-audit-{}.json", self.today()));
        if path.exists() {
            return Ok(());
        }
        let head = self.open_record()?.signed_head(ITSELF, &self.now_text())?;
        let text =
            serde_json::to_vec(&head).map_err(|e| Failure::new(Code::Internal, e.to_string()))?;
        let new = path.with_extension("new");
        fs::write(&new, text).map_err(|e| io_failure(&new, &e))?;
        fs::rename(&new, &path).map_err(|e| io_failure(&path, &e))
    }

    /// A reader beside the open record, which a lock ends; none for the sample.
    fn reader(&self) -> Result<Option<(Reader, RecordKey)>, Failure> {
        let record = self.open_record()?;
        if record.who().demo {
            return Ok(None);
        }
        let key = record.key()?;
        let Some(reader) = record.reader(key.bytes())? else {
            return Ok(None);
        };
        // While the session is held, so that a lock comes before it or finds it.
        *lock(&self.reading) = Some(reader.interrupt());
        Ok(Some((reader, key)))
    }

    /// Writes a backup into the clinic's folder when the last one is old enough, and removes those past its number.
    fn scheduled_backup(&self, settings: &Settings) -> Result<(), Failure> {
        if settings.backup_folder.is_empty() {
            return Ok(());
        }
        let (folder, today) = (Path::new(&settings.backup_folder), self.today());
        // One from the future is from a clock that was wrong, and says nothing.
        let newest = backups(folder)?
            .into_iter()
            .map(|(day, _)| day)
            .rfind(|day| *day <= today);
        let days = settings.backup_days.cast_signed();
        if newest.is_some_and(|day| (today - day).get_days() < days) {
            return Ok(());
        }
        self.back_up_into(folder, settings, ITSELF)
    }

    /// Writes today's backup into the clinic's folder now; one that was made today is replaced when the new one is whole.
    ///
    /// # Errors
    /// [`Code::Forbidden`], [`Code::Incomplete`] without a folder, or the disk's.
    pub fn back_up_now(&self) -> Result<(), Failure> {
        let who = self.record(Right::Backup)?.who().name.clone();
        let settings = self.settings()?;
        if settings.backup_folder.is_empty() {
            return Err(Failure::new(
                Code::Incomplete,
                "Choose a folder for backups first.",
            ));
        }
        self.back_up_into(Path::new(&settings.backup_folder), &settings, &who)
    }

    fn back_up_into(&self, folder: &Path, settings: &Settings, who: &str) -> Result<(), Failure> {
        let today = self.today();
        let _turn = lock(&self.turn);
        let Some((reader, key)) = self.reader()? else {
            return Ok(());
        };
        let to = folder.join(format!("{BACKUP}{today}"));
        // Written under another name and renamed when it is whole and proved.
        let new = folder.join(format!(".{BACKUP}{today}.new"));
        let _ = fs::remove_dir_all(&new);
        private_folder(&new)?;
        let written = self.copy_all(&reader, &key, &new, who);
        drop(reader);
        if let Err(e) = written {
            let _ = fs::remove_dir_all(&new);
            return Err(e);
        }
        // An earlier one of the day steps aside until the new one has its place.
        let aside = folder.join(format!(".{BACKUP}{today}.old"));
        let _ = fs::remove_dir_all(&aside);
        if to.exists() {
            fs::rename(&to, &aside).map_err(|e| io_failure(&to, &e))?;
        }
        fs::rename(&new, &to).map_err(|e| io_failure(&to, &e))?;
        let _ = fs::remove_dir_all(&aside);
        // While something is wrong with the record, older backups may be the last good ones.
        let sound = {
            let record = self.open_record()?;
            !record.has_mismatch()? && record.setting::<Option<Failure>>(FAULT)?.is_none()
        };
        if !sound {
            return Ok(());
        }
        let mut all = backups(folder)?;
        all.retain(|(_, path)| *path != to);
        // Those from the future go first: they are from a clock that was wrong.
        all.sort_by_key(|(day, _)| (*day <= today, *day));
        let past = (all.len() + 1).saturating_sub(settings.backups_kept as usize);
        for (_, old) in all.drain(..past) {
            fs::remove_dir_all(&old).map_err(|e| io_failure(&old, &e))?;
        }
        Ok(())
    }

    fn copy_all(
        &self,
        reader: &Reader,
        key: &RecordKey,
        to: &Path,
        who: &str,
    ) -> Result<(), Failure> {
        {
            // The slots and the anchor while nobody changes them; the record itself after, from its reader.
            let mut record = self.open_record()?;
            record.note(
                &self.now_text(),
                who,
                "backup",
                ("record", ""),
                json!({ "scheduled": who == ITSELF }),
            )?;
            self.copy_keys(to)?;
        }
        Ok(reader.copy_to(&to.join("record.db"), key.bytes())?)
    }

    /// Reads the whole record once a day.
    fn daily_check(&self) -> Result<(), Failure> {
        let today = self.today().to_string();
        {
            let record = self.open_record()?;
            let last: String = record.setting(CHECKED)?;
            if last == today || record.who().demo {
                return Ok(());
            }
        }
        let _turn = lock(&self.turn);
        let Some((reader, _key)) = self.reader()? else {
            return Ok(());
        };
        let begun = (self.clock.elapsed)();
        let found = reader.check().and_then(|()| reader.verify_audit());
        drop(reader);
        let wrong = match found {
            Ok(Ok(_)) => None,
            Ok(Err(b)) => Some(
                Failure::new(
                    Code::Audit,
                    format!("The audit chain does not hold: {}.", b.why),
                )
                .at(format!("row {}", b.seq)),
            ),
            Err(e @ RecordError::Damaged(_)) => Some(Failure::from(e)),
            Err(e) => return Err(e.into()),
        };
        let seconds = (self.clock.elapsed)().saturating_sub(begun).as_secs();
        let mut record = self.open_record()?;
        record.set_setting(FAULT, &wrong)?;
        record.change_setting(
            CHECKED,
            &today,
            (&self.now_text(), ITSELF, "check_record"),
            json!({ "sound": wrong.is_none(), "seconds": seconds, "found": wrong.as_ref().map(|f| &f.message) }),
        )?;
        wrong.map_or(Ok(()), Err)
    }
}

/// Scheduled backups of a folder by their day, oldest first.
fn backups(folder: &Path) -> Result<Vec<(Date, PathBuf)>, Failure> {
    let io = |e: std::io::Error| io_failure(folder, &e);
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        let name = entry.file_name();
        let day = name.to_str().and_then(|n| n.strip_prefix(BACKUP));
        // Only what this program wrote and finished is counted, and removed.
        if let Some(day) = day.and_then(|d| d.parse::<Date>().ok())
            && entry.path().join("record.db").exists()
        {
            all.push((day, entry.path()));
        }
    }
    all.sort();
    Ok(all)
}
