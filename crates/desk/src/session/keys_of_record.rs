//! The record's own key: changed, and handed to new codes.

use super::opening::{CODE_SLOTS, REKEY_DUE, code_keys};
use super::{OpenRecord, RecordKey};
use crate::Desk;
use crate::desk::lock;
use contract::{Code, Codes, Failure, Right};
use keys::{OsRng, SlotFile, SlotKind};
use serde_json::json;

impl OpenRecord<'_> {
    /// The record's key, for those who may give access.
    pub(crate) fn key(&self) -> Result<RecordKey, Failure> {
        self.session().key.clone().ok_or_else(|| {
            Failure::new(
                Code::Forbidden,
                "The sample lies in memory and has no key. Make a record of your own.",
            )
        })
    }
}

impl Desk {
    /// The open record, whatever its person may do: for what concerns themselves alone.
    pub(crate) fn open_record(&self) -> Result<OpenRecord<'_>, Failure> {
        let session = lock(&self.session);
        if session.is_none() {
            return Err(self.locked_failure());
        }
        Ok(OpenRecord(session))
    }

    /// Waits until nobody reads beside the session, and lets nobody begin: what reads is ended.
    pub(super) fn turn(&self) -> std::sync::MutexGuard<'_, ()> {
        loop {
            self.end_reading();
            match self.turn.try_lock() {
                Ok(turn) => return turn,
                Err(std::sync::TryLockError::Poisoned(p)) => return p.into_inner(),
                // A lock that is waited for says nothing of a reader that began after the last one was ended, so it
                // is looked again, and that one is ended, too.
                Err(std::sync::TryLockError::WouldBlock) => {
                    std::thread::sleep(std::time::Duration::from_millis(20));
                }
            }
        }
    }

    /// Gives the record a new key. A kill at any point leaves a record that every passphrase opens:
    /// the next key is in the slots before the file has it, and the old one leaves them after.
    ///
    /// # Errors
    /// [`Code::Forbidden`], or the record's.
    pub fn rekey(&self) -> Result<(), Failure> {
        self.allow(Right::Accounts)?;
        let _nobody_reads = self.turn();
        let mut record = self.record(Right::Accounts)?;
        record.key()?;
        let actor = record.who().name.clone();
        let next = RecordKey::random(&mut OsRng);
        let mut slots = SlotFile::read(&self.place.slots())?;
        let people = record.accounts()?;
        let codes: Vec<String> = record.setting(CODE_SLOTS)?;
        slots.retain(|s| match s.kind {
            SlotKind::User => people
                .iter()
                .any(|a| a.name == s.name && a.knows(&s.public_key())),
            _ => codes.contains(&s.public_key()),
        });
        let kept = code_keys(&slots);
        if slots.slot(SlotKind::User, &actor).is_none() || !codes.iter().all(|c| kept.contains(c)) {
            return Err(Failure::new(
                Code::Keys,
                "The key file is not the one this record knows: your own slot or a code's is missing in it. Nothing was changed. Restore record.keys from a backup, or make new codes.",
            ));
        }
        // On the audit before and after: what a kill cuts off is told, too.
        record.note(
            &self.now_text(),
            &actor,
            "begin_rekey",
            ("record", ""),
            json!({}),
        )?;
        slots.begin_rekey(&next, &mut OsRng)?;
        slots.write(&self.place.slots())?;
        if let Err(e) = record.rekey(next.bytes()) {
            // Which key the file has is settled when it is opened next.
            drop(record);
            self.lock("a change of key failed");
            return Err(e.into());
        }
        record.session_mut().key = Some(next);
        slots.settle_rekey(true);
        slots.write(&self.place.slots())?;
        record.set_setting(REKEY_DUE, &false)?;
        record.note(&self.now_text(), &actor, "rekey", ("record", ""), json!({}))?;
        Ok(())
    }

    /// Makes new codes; the old ones open nothing from then on.
    ///
    /// # Errors
    /// [`Code::Forbidden`], or the record's.
    pub fn new_codes(&self) -> Result<Codes, Failure> {
        let _turn = self.turn();
        let mut record = self.record(Right::Accounts)?;
        let key = record.key()?;
        let actor = record.who().name.clone();
        // On the audit first: codes that nobody saw are told of.
        record.note(
            &self.now_text(),
            &actor,
            "begin_new_codes",
            ("record", ""),
            json!({}),
        )?;
        let mut slots = SlotFile::read(&self.place.slots())?;
        let recovery = slots.new_code(SlotKind::Recovery, &key, &mut OsRng)?;
        let break_glass = slots.new_code(SlotKind::BreakGlass, &key, &mut OsRng)?;
        // Both the old and the new are known while the file changes.
        let mut known: Vec<String> = record.setting(CODE_SLOTS)?;
        known.extend(code_keys(&slots));
        record.set_setting(CODE_SLOTS, &known)?;
        slots.write(&self.place.slots())?;
        record.set_setting(CODE_SLOTS, &code_keys(&slots))?;
        record.note(
            &self.now_text(),
            &actor,
            "new_codes",
            ("record", ""),
            json!({}),
        )?;
        Ok(Codes {
            recovery: recovery.shown().into(),
            break_glass: break_glass.shown().into(),
        })
    }
}
