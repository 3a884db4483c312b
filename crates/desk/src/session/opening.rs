//! Making, unlocking and recovering a record, and the sample.

use super::{Session, Who};
use crate::Desk;
use crate::desk::lock;
use crate::place::io_failure;
use contract::{Code, Codes, DeskEvent, Failure, FirstAdmin, Licence, Role, SessionState, Unlock};
use keys::{OsRng, RecordKey, RngCore, SlotFile, SlotKind, Tries, Unlocked, wait_after};
use records::{Account, Opening, Record, RecordError};
use serde_json::json;
use std::time::Duration;

/// The name under which the public keys of the codes are kept.
pub(super) const CODE_SLOTS: &str = "code_slots";

impl Desk {
    /// Makes a record and its first admin. A record of the first version that lies here is encrypted.
    /// The codes are shown once and kept nowhere.
    ///
    /// # Errors
    /// [`Code::Conflict`] when there is a record already, [`Code::Incomplete`] for a name or passphrase that will not do.
    pub fn create(&self, first: &FirstAdmin) -> Result<Codes, Failure> {
        let path = self.place.record()?;
        let slots_path = self.place.slots();
        if slots_path.exists() {
            return Err(Failure::new(
                Code::Conflict,
                "There is a record here already. Unlock it, or choose another folder with --data DIR.",
            ));
        }
        if path.exists() && !records::is_plain(&path).map_err(|e| io_failure(&path, &e))? {
            return Err(Failure::new(
                Code::Conflict,
                "There is an encrypted record here whose key file is missing. Restore record.keys from a backup; a new record would not open the old one.",
            )
            .at(path.display().to_string()));
        }
        // Keys must never come from anything but the system, so this one randomness is not passed in.
        let rng = &mut OsRng;
        let mut slots = SlotFile::new(rng);
        let key = RecordKey::random(rng);
        let public_key = slots
            .add_user(&first.user, &first.passphrase, &key, rng)?
            .public_key();
        let recovery = slots.new_code(SlotKind::Recovery, &key, rng)?;
        let break_glass = slots.new_code(SlotKind::BreakGlass, &key, rng)?;
        // The key file first: a kill after it leaves a record that the passphrase opens, never one that nothing opens.
        slots.write(&slots_path)?;
        records::encrypt(&path, key.bytes())?;
        let mut record = self.opened(&key)?;
        record.set_setting(CODE_SLOTS, &code_keys(&slots))?;
        record.put_account(
            &Account {
                name: first.user.clone(),
                role: Role::Admin,
                licence: first.licence,
                public_key,
                created_at: self.now_text(),
            },
            &first.user,
            "init",
        )?;
        self.begin(
            record,
            who(&first.user, Role::Admin, first.licence),
            Some(key),
        );
        Ok(Codes {
            recovery: recovery.shown(),
            break_glass: break_glass.shown(),
        })
    }

    /// Opens the record. Wrong tries make the next one wait, also after a restart.
    ///
    /// # Errors
    /// [`Code::NoRecord`], [`Code::Unlock`], [`Code::Throttled`], [`Code::InUse`], or the record's.
    pub fn unlock(&self, with: &Unlock) -> Result<SessionState, Failure> {
        if self.is_open() {
            return Err(Failure::new(
                Code::Conflict,
                "The record is open already. Lock it first.",
            ));
        }
        let slots_path = self.place.slots();
        if !slots_path.exists() {
            return Err(self.locked_failure());
        }
        if let Unlock::BreakGlass { user, reason, .. } = with
            && (user.trim().is_empty() || reason.trim().chars().count() < 5)
        {
            return Err(Failure::new(
                Code::Incomplete,
                "Say who you are and why you need the record now. Both go on the audit.",
            ));
        }
        let mut slots = SlotFile::read(&slots_path)?;
        let (unlocked, wrong_tries) = self.tried(|| match with {
            Unlock::Passphrase { user, passphrase } => slots.unlock(user, passphrase),
            Unlock::BreakGlass { code, .. } => slots.unlock_with_code(SlotKind::BreakGlass, code),
        })?;
        if let Unlock::Passphrase { user, passphrase } = with
            && slots.is_weak(user)
        {
            slots.change_passphrase(user, passphrase, passphrase, &mut OsRng)?;
            slots.write(&slots_path)?;
        }
        let (mut record, key) = self.open_settled(&mut slots, unlocked)?;
        match with {
            Unlock::Passphrase { user, .. } => {
                let who = self.known(&mut record, &slots, user)?;
                record.note(
                    &self.now_text(),
                    user,
                    "unlock",
                    ("session", ""),
                    json!({ "wrong_tries_before": wrong_tries }),
                )?;
                self.begin(record, who, Some(key));
            }
            Unlock::BreakGlass { user, reason, .. } => {
                let name = format!("break-glass:{}", user.trim());
                tracing::warn!("the record was opened with the break-glass code");
                record.note(
                    &self.now_text(),
                    &name,
                    "break_glass",
                    ("session", ""),
                    json!({ "reason": reason.trim(), "emergency_access": true, "wrong_tries_before": wrong_tries }),
                )?;
                let who = Who {
                    name,
                    role: Role::Clinician,
                    licence: Licence::None,
                    demo: false,
                    break_glass: true,
                };
                self.begin(record, who, Some(key));
            }
        }
        Ok(self.session_state())
    }

    /// Gives a user a new passphrase with the recovery code.
    ///
    /// # Errors
    /// [`Code::Unlock`] for another code, [`Code::NotFound`] for nobody of this name.
    pub fn recover(&self, code: &str, user: &str, passphrase: &str) -> Result<(), Failure> {
        let slots_path = self.place.slots();
        if !slots_path.exists() {
            return Err(self.locked_failure());
        }
        let mut slots = SlotFile::read(&slots_path)?;
        let (unlocked, _) = self.tried(|| slots.unlock_with_code(SlotKind::Recovery, code))?;
        let (mut record, key) = self.open_settled(&mut slots, unlocked)?;
        let account = record.account(user)?.ok_or(RecordError::NotFound("user"))?;
        // A user whose slot is gone can be recovered, too.
        let _ = slots.remove_user(user);
        let public_key = slots
            .add_user(user, passphrase, &key, &mut OsRng)?
            .public_key();
        record.put_account(
            &Account {
                public_key,
                created_at: self.now_text(),
                ..account
            },
            user,
            "recover",
        )?;
        slots.write(&slots_path)?;
        Ok(())
    }

    /// Opens the sample in-basket without an account. It lies in memory, takes nothing real and leaves nothing behind.
    ///
    /// # Errors
    /// [`Code::Conflict`] while a record is open.
    pub fn open_demo(&self) -> Result<SessionState, Failure> {
        if self.is_open() {
            return Err(Failure::new(Code::Conflict, "Lock the open record first."));
        }
        let record = Record::in_memory(&mut Opening {
            key: &[0; 32],
            route: self.route,
            random: &mut |b| OsRng.fill_bytes(b),
        })?;
        let mut demo = who("demo", Role::Clinician, Licence::None);
        demo.demo = true;
        self.begin(record, demo, None);
        self.import_demo()?;
        Ok(self.session_state())
    }

    /// Makes a try, counted before it is made and not made before its time; gives how many wrong ones came before.
    fn tried<T>(
        &self,
        mut attempt: impl FnMut() -> Result<T, keys::KeyError>,
    ) -> Result<(T, u32), Failure> {
        let path = self.place.tries();
        let io = |e: std::io::Error| io_failure(&path, &e);
        let mut tries = Tries::take(&path).map_err(io)?;
        let elapsed = (self.clock.elapsed)();
        let since = elapsed.saturating_sub(lock(&self.locked).tried.max(self.started));
        let wait = wait_after(tries.wrong()).saturating_sub(since);
        if wait > Duration::ZERO {
            return Err(Failure::new(
                Code::Throttled,
                format!(
                    "Too many wrong tries. Wait {} seconds, then try again.",
                    wait.as_secs().max(1)
                ),
            )
            .at(format!("{} s", wait.as_secs().max(1))));
        }
        let before = tries.wrong();
        tries.begin().map_err(io)?;
        match attempt() {
            Ok(x) => {
                tries.right().map_err(io)?;
                Ok((x, before))
            }
            Err(e) => {
                lock(&self.locked).tried = (self.clock.elapsed)();
                // Only a wrong answer counts; a damaged file is no guess.
                Err(e.into())
            }
        }
    }

    /// The open record of a key, ending a change of key that was cut off.
    fn open_settled(
        &self,
        slots: &mut SlotFile,
        unlocked: Unlocked,
    ) -> Result<(Record, RecordKey), Failure> {
        let path = self.place.record()?;
        let (key, changed) = match (self.opened_or_plain(&path, &unlocked.key), unlocked.next) {
            (Ok(record), None) => return Ok((record, unlocked.key)),
            (Ok(record), Some(_)) => ((record, unlocked.key), false),
            (Err(RecordError::WrongKey), Some(next)) => ((self.opened(&next)?, next), true),
            (Err(e), _) => return Err(e.into()),
        };
        slots.settle_rekey(changed);
        slots.write(&self.place.slots())?;
        Ok(key)
    }

    fn opened_or_plain(
        &self,
        path: &std::path::Path,
        key: &RecordKey,
    ) -> Result<Record, RecordError> {
        records::encrypt(path, key.bytes())?;
        self.opened(key)
    }

    fn opened(&self, key: &RecordKey) -> Result<Record, RecordError> {
        Record::open(
            &self.place.record_path(),
            &mut Opening {
                key: key.bytes(),
                route: self.route,
                random: &mut |b| OsRng.fill_bytes(b),
            },
        )
    }

    /// The account of an opened slot. A slot that the record does not know, or knows with another key, opens nothing.
    fn known(&self, record: &mut Record, slots: &SlotFile, user: &str) -> Result<Who, Failure> {
        let slot = slots
            .slots()
            .iter()
            .find(|s| s.kind == SlotKind::User && s.name == user)
            .ok_or(keys::KeyError::Wrong)?;
        let accounts = record.accounts()?;
        if accounts.is_empty() && slots.users().len() == 1 {
            // The making of this record was cut off after its key file was written.
            record.set_setting(CODE_SLOTS, &code_keys(slots))?;
            record.put_account(
                &Account {
                    name: user.into(),
                    role: Role::Admin,
                    licence: Licence::None,
                    public_key: slot.public_key(),
                    created_at: self.now_text(),
                },
                user,
                "init",
            )?;
            return Ok(who(user, Role::Admin, Licence::None));
        }
        let account = accounts
            .iter()
            .find(|a| a.name == user && a.public_key == slot.public_key())
            .ok_or(keys::KeyError::Wrong)?;
        let found = who(user, account.role, account.licence);
        // A removal that was cut off took the slot and left the account: it is ended now.
        for a in &accounts {
            if !slots.users().contains(&a.name) {
                match record.remove_account(&a.name, user, &self.now_text()) {
                    Ok(()) | Err(RecordError::Conflict(_)) => {}
                    Err(e) => return Err(e.into()),
                }
            }
        }
        Ok(found)
    }

    fn begin(&self, record: Record, who: Who, key: Option<RecordKey>) {
        self.active();
        *lock(&self.session) = Some(Session {
            record,
            who,
            key,
            viewed: String::new(),
        });
        self.wake();
        self.tell(DeskEvent::Session);
    }
}

fn who(name: &str, role: Role, licence: Licence) -> Who {
    Who {
        name: name.into(),
        role,
        licence,
        demo: false,
        break_glass: false,
    }
}

/// Public keys of the codes' slots.
pub(super) fn code_keys(slots: &SlotFile) -> Vec<String> {
    slots
        .slots()
        .iter()
        .filter(|s| s.kind != SlotKind::User)
        .map(keys::Slot::public_key)
        .collect()
}
