//! Making, unlocking and recovering a record, and the sample.

use super::{Session, Who};
use crate::Desk;
use crate::desk::lock;
use crate::place::io_failure;
use crate::settings::SETTINGS;
use contract::{
    Code, Codes, DeskEvent, Failure, FirstAdmin, Licence, Role, SessionState, Settings, Unlock,
};
use keys::{OsRng, RecordKey, RngCore, SlotFile, SlotKind, Tries, Unlocked};
use records::{Account, Opening, Record, RecordError};
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;

/// The name under which the public keys of the codes are kept.
pub(super) const CODE_SLOTS: &str = "code_slots";
/// Set while a use of the break-glass code was told to nobody who looks after the record.
pub(crate) const GLASS_BROKEN: &str = "break_glass_untold";
/// In place of a name that nobody here has.
const UNKNOWN: &str = "#unknown";
/// Set while somebody was removed and the record still has the key they knew.
pub(super) const REKEY_DUE: &str = "rekey_due";

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
        // A history that does not hold is not taken over, and the plain file stays as it is.
        records::check_plain(&path)?;
        // Keys must never come from anything but the system, so this one randomness is not passed in.
        let rng = &mut OsRng;
        let key = RecordKey::random(rng);
        let mut making = SlotFile::making(rng);
        making.add_user(&first.user, &first.passphrase, &key, rng)?;
        // The key file first: a kill after it leaves a record that the passphrase opens, never one that nothing opens.
        making.write_new(&slots_path)?;
        let (record, codes) = self.make(first, &key, true)?;
        self.begin(
            record,
            who(&first.user, Role::Admin, first.licence),
            Some(key),
        );
        codes.ok_or_else(|| Failure::new(Code::Internal, "No codes were made."))
    }

    /// Makes what the key file already promises: the encrypted record, its first account, the slots in force.
    fn make(
        &self,
        first: &FirstAdmin,
        key: &RecordKey,
        with_codes: bool,
    ) -> Result<(Record, Option<Codes>), Failure> {
        let path = self.place.record()?;
        records::encrypt(&path, key.bytes())?;
        let mut record = self.opened(key, true)?;
        let rng = &mut OsRng;
        let mut slots = SlotFile::new(rng);
        let public_key = slots
            .add_user(&first.user, &first.passphrase, key, rng)?
            .public_key();
        let codes = if with_codes {
            Some(Codes {
                recovery: slots.new_code(SlotKind::Recovery, key, rng)?.shown().into(),
                break_glass: slots
                    .new_code(SlotKind::BreakGlass, key, rng)?
                    .shown()
                    .into(),
            })
        } else {
            None
        };
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
        slots.write(&self.place.slots())?;
        Ok((record, codes))
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
        let slots = SlotFile::read(&slots_path)?;
        let (unlocked, wrong_tries) = match with {
            Unlock::Passphrase { user, passphrase } => {
                // What is typed for a name may be a passphrase: only names that there are get written down.
                let known = slots.slot(SlotKind::User, user).is_some();
                self.tried(if known { user } else { UNKNOWN }, || {
                    slots.unlock(user, passphrase)
                })?
            }
            Unlock::Keyring { user } => (self.kept_by_keyring(&slots, user)?, 0),
            Unlock::BreakGlass { code, .. } => self.tried("#break-glass", || {
                slots.unlock_with_code(SlotKind::BreakGlass, code)
            })?,
        };
        let public_key = unlocked.public_key.clone();
        match with {
            Unlock::Passphrase { user, passphrase } if slots.is_making() => {
                // Its making was cut off; new codes are for its admin to make.
                let first = FirstAdmin {
                    user: user.clone(),
                    passphrase: passphrase.clone(),
                    licence: Licence::None,
                };
                let (record, _) = self.make(&first, &unlocked.key, false)?;
                self.begin(
                    record,
                    who(user, Role::Admin, Licence::None),
                    Some(unlocked.key),
                );
            }
            Unlock::Passphrase { user, .. } | Unlock::Keyring { user } => {
                let (mut record, key) = self.open_settled(unlocked)?;
                let by_keyring = matches!(with, Unlock::Keyring { .. });
                let settings: Settings = record.setting(SETTINGS)?;
                if by_keyring && !settings.keyring {
                    return Err(crate::keyring::refused(
                        "the clinic does not let it open the record any more",
                    ));
                }
                self.note_wrong_tries(&mut record, user)?;
                let account = record
                    .accounts()?
                    .into_iter()
                    .find(|a| a.name == *user && a.knows(&public_key));
                let Some(account) = account else {
                    // The file's slot opens the record, and the record does not know it: somebody put it there.
                    self.note_planted(&mut record, user)?;
                    return Err(keys::KeyError::Wrong.into());
                };
                // Read again: only who has the record open changes the slots.
                let mut slots = SlotFile::read(&slots_path)?;
                if let Unlock::Passphrase { passphrase, .. } = with
                    && slots.is_weak(user)
                {
                    slots.change_passphrase(user, passphrase, passphrase, &mut OsRng)?;
                    slots.write(&slots_path)?;
                }
                record.note(
                    &self.now_text(),
                    user,
                    "unlock",
                    ("session", ""),
                    json!({ "wrong_tries_before": wrong_tries, "keyring": by_keyring }),
                )?;
                let due: bool = record.setting(REKEY_DUE)?;
                self.begin(record, who(user, account.role, account.licence), Some(key));
                if due
                    && self.allow(contract::Right::Accounts).is_ok()
                    && let Err(failure) = self.rekey()
                {
                    // It stays due. The record is open, unless the change itself closed it.
                    self.tell(DeskEvent::Warning { failure });
                }
            }
            Unlock::BreakGlass { user, reason, code } => {
                let (mut record, key) = self.open_settled(unlocked)?;
                let name = format!("break-glass:{}", user.trim());
                self.note_wrong_tries(&mut record, &name)?;
                self.trust_code(&mut record, &public_key, "#break-glass")?;
                self.raise_code(SlotKind::BreakGlass, code)?;
                tracing::warn!("the record was opened with the break-glass code");
                record.set_setting(GLASS_BROKEN, &true)?;
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
        let slots = SlotFile::read(&slots_path)?;
        let (unlocked, wrong_tries) = self.tried("#recovery", || {
            slots.unlock_with_code(SlotKind::Recovery, code)
        })?;
        let code_key = unlocked.public_key.clone();
        let (mut record, key) = self.open_settled(unlocked)?;
        // Whoever has the code is not yet the person whose passphrase they replace.
        let by = format!("recovery-code:{user}");
        self.note_wrong_tries(&mut record, &by)?;
        self.trust_code(&mut record, &code_key, "#recovery")?;
        let account = record.account(user)?.ok_or(RecordError::NotFound("user"))?;
        self.raise_code(SlotKind::Recovery, code)?;
        let mut slots = SlotFile::read(&slots_path)?;
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
            &by,
            "recover",
        )?;
        slots.write(&slots_path)?;
        record.note(
            &self.now_text(),
            &by,
            "recovered",
            ("account", user),
            json!({ "wrong_tries_before": wrong_tries }),
        )?;
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
            create: true,
            random: &mut |b| OsRng.fill_bytes(b),
        })?;
        let mut demo = who("demo", Role::Clinician, Licence::None);
        demo.demo = true;
        self.begin(record, demo, None);
        self.import_demo()?;
        Ok(self.session_state())
    }

    /// Makes a try at a name, counted before it is made and not made before its time; gives how many wrong ones
    /// came before.
    pub(super) fn tried<T>(
        &self,
        name: &str,
        attempt: impl FnOnce() -> Result<T, keys::KeyError>,
    ) -> Result<(T, u32), Failure> {
        let path = self.place.tries();
        let io = |e: std::io::Error| io_failure(&path, &e);
        let mut tries = Tries::take(&path, name).map_err(io)?;
        let wait = tries.wait((self.clock.elapsed)());
        if wait > Duration::ZERO {
            let seconds = wait.as_secs().max(1);
            return Err(Failure::new(
                Code::Throttled,
                format!("Too many wrong tries. Wait {seconds} seconds, then try again."),
            )
            .at(format!("{seconds} s")));
        }
        let before = tries.wrong();
        tries
            .begin((self.clock.elapsed)(), &self.now_text())
            .map_err(io)?;
        let x = attempt()?;
        tries.right().map_err(io)?;
        Ok((x, before))
    }

    /// Refuses a code's slot that the record does not know: somebody put it into the file.
    fn trust_code(&self, record: &mut Record, public_key: &str, name: &str) -> Result<(), Failure> {
        let known: Vec<String> = record.setting(CODE_SLOTS)?;
        if known.iter().any(|k| k == public_key) {
            return Ok(());
        }
        self.note_planted(record, name)?;
        Err(keys::KeyError::WrongCode.into())
    }

    /// Raises what a code's slot costs to guess, where it was made by an older version.
    fn raise_code(&self, kind: SlotKind, code: &str) -> Result<(), Failure> {
        let path = self.place.slots();
        let mut slots = SlotFile::read(&path)?;
        if slots.raise_code(kind, code, &mut OsRng)? {
            slots.write(&path)?;
        }
        Ok(())
    }

    /// Puts it on the audit that the key file holds a slot that this record does not know.
    fn note_planted(&self, record: &mut Record, name: &str) -> Result<(), Failure> {
        tracing::warn!("the key file holds a slot that the record does not know");
        Ok(record.note(
            &self.now_text(),
            "countersign",
            "planted_slot",
            ("account", name),
            json!({}),
        )?)
    }

    /// Puts wrong tries on the audit, a row each: while the record was locked nothing could be written to it.
    fn note_wrong_tries(&self, record: &mut Record, who: &str) -> Result<(), Failure> {
        let path = self.place.tries();
        let io = |e: std::io::Error| io_failure(&path, &e);
        let mut tries = Tries::take(&path, "").map_err(io)?;
        let (log, dropped) = tries.wrong_tries();
        if log.is_empty() {
            return Ok(());
        }
        let mut rows: Vec<_> = log
            .into_iter()
            .map(|t| (t.name, json!({ "tried_at": t.at })))
            .collect();
        if dropped > 0 {
            rows.push((String::new(), json!({ "older_ones": dropped })));
        }
        record.note_each(&self.now_text(), who, ("unlock_failed", "account"), rows)?;
        tries.taken().map_err(io)
    }

    /// The open record of a key, ending a change of key that was cut off.
    fn open_settled(&self, unlocked: Unlocked) -> Result<(Record, RecordKey), Failure> {
        let (record, key, changed) = match (self.opened(&unlocked.key, false), unlocked.next) {
            (Ok(record), None) => return Ok((record, unlocked.key)),
            (Ok(record), Some(_)) => (record, unlocked.key, false),
            (Err(RecordError::WrongKey), Some(next)) => (self.opened(&next, false)?, next, true),
            (Err(e), _) => return Err(e.into()),
        };
        // Read again: only who has the record open changes the slots.
        let mut slots = SlotFile::read(&self.place.slots())?;
        slots.settle_rekey(changed);
        slots.write(&self.place.slots())?;
        Ok((record, key))
    }

    fn opened(&self, key: &RecordKey, create: bool) -> Result<Record, RecordError> {
        Record::open(
            &self.place.record_path(),
            &mut Opening {
                key: key.bytes(),
                route: self.route,
                create,
                random: &mut |b| OsRng.fill_bytes(b),
            },
        )
    }

    fn begin(&self, record: Record, who: Who, key: Option<RecordKey>) {
        self.active();
        self.take_rules_of(&record);
        *lock(&self.session) = Some(Session {
            record,
            who,
            key,
            viewed: String::new(),
            listed: HashSet::new(),
            searched: String::new(),
            told: false,
            practising: crate::practice::Practising::default(),
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
