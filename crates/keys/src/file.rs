//! The file of the slots.

use crate::{Kdf, KeyError, RecordKey, RecoveryCode, Slot, SlotKind};
use crypto_box::SecretKey;
use crypto_box::aead::rand_core::CryptoRngCore;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

/// Shortest passphrase, in characters (NIST SP 800-63B-4 asks for at least 8, and 15 where it stands alone; it stands
/// beside a machine's own log-in here).
const SHORTEST: usize = 10;
/// Largest key file that is read, in bytes.
const LARGEST: u64 = 1 << 20;
const VERSION: u32 = 1;
/// How the name of a record begins that is being made.
const MAKING: &str = "making-";

/// All slots of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotFile {
    version: u32,
    /// Random name of the record these slots belong to.
    pub record: String,
    slots: Vec<Slot>,
}

/// What a passphrase or a code opens.
#[derive(Debug)]
pub struct Unlocked {
    /// Whose slot it was.
    pub kind: SlotKind,
    /// The name of the slot.
    pub name: String,
    /// Public key of the slot, in hexadecimal.
    pub public_key: String,
    /// The record's key.
    pub key: RecordKey,
    /// Its next key, when a change of key was cut off.
    pub next: Option<RecordKey>,
}

impl SlotFile {
    /// No slots yet, for a new record.
    pub fn new(rng: &mut impl CryptoRngCore) -> Self {
        let mut id = [0; 16];
        rng.fill_bytes(&mut id);
        Self {
            version: VERSION,
            record: hex::encode(id),
            slots: Vec::new(),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`KeyError::Damaged`], [`KeyError::Io`].
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let io = |e| KeyError::Io(path.into(), e);
        let damaged = || KeyError::Damaged(path.into());
        let mut text = Vec::new();
        File::open(path)
            .and_then(|f| f.take(LARGEST + 1).read_to_end(&mut text))
            .map_err(io)?;
        if text.len() as u64 > LARGEST {
            return Err(damaged());
        }
        let file: Self = serde_json::from_slice(&text).map_err(|_| damaged())?;
        if file.version != VERSION {
            return Err(damaged());
        }
        Ok(file)
    }

    /// Writes the file over the one that is there: whole, durable and readable by this user alone, or not at all.
    ///
    /// # Errors
    /// [`KeyError::Io`].
    pub fn write(&self, path: &Path) -> Result<(), KeyError> {
        let io = |e| KeyError::Io(path.into(), e);
        self.beside(path)?.persist(path).map_err(|e| io(e.error))?;
        sync_folder(path).map_err(io)
    }

    /// Writes the file where there is none: of two who make a record at once, one does.
    ///
    /// # Errors
    /// [`KeyError::Io`], also when there is one.
    pub fn write_new(&self, path: &Path) -> Result<(), KeyError> {
        let io = |e| KeyError::Io(path.into(), e);
        self.beside(path)?
            .persist_noclobber(path)
            .map_err(|e| io(e.error))?;
        sync_folder(path).map_err(io)
    }

    fn beside(&self, path: &Path) -> Result<NamedTempFile, KeyError> {
        let io = |e| KeyError::Io(path.into(), e);
        let text =
            serde_json::to_vec_pretty(self).map_err(|_| KeyError::Crypto("writing the slots"))?;
        // Made with mode 0600.
        let mut file = NamedTempFile::new_in(path.parent().unwrap_or(path)).map_err(io)?;
        file.write_all(&text).map_err(io)?;
        file.as_file().sync_all().map_err(io)?;
        Ok(file)
    }

    /// True while the record of these slots is being made: until then its file may be missing or plain.
    /// The slots are bound to it, so the mark cannot be set on slots that are in use.
    pub fn is_making(&self) -> bool {
        self.record.starts_with(MAKING)
    }

    /// The slots of a record that is being made.
    pub fn making(rng: &mut impl CryptoRngCore) -> Self {
        let file = Self::new(rng);
        Self {
            record: format!("{MAKING}{}", file.record),
            ..file
        }
    }

    /// The slots.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Names of the users, in order.
    pub fn users(&self) -> Vec<String> {
        self.slots
            .iter()
            .filter(|s| s.kind == SlotKind::User)
            .map(|s| s.name.clone())
            .collect()
    }

    fn find(&self, kind: SlotKind, name: &str) -> Option<usize> {
        self.slots
            .iter()
            .position(|s| s.kind == kind && s.name == name)
    }

    /// Adds a user.
    ///
    /// # Errors
    /// [`KeyError::BadName`], [`KeyError::Exists`], [`KeyError::TooShort`].
    pub fn add_user(
        &mut self,
        name: &str,
        passphrase: &str,
        key: &RecordKey,
        rng: &mut impl CryptoRngCore,
    ) -> Result<&Slot, KeyError> {
        if !is_name(name) {
            return Err(KeyError::BadName);
        }
        if self.find(SlotKind::User, name).is_some() {
            return Err(KeyError::Exists(name.into()));
        }
        long_enough(passphrase)?;
        let slot = Slot::new(&self.record, SlotKind::User, name, passphrase, key, rng)?;
        self.slots.push(slot);
        Ok(&self.slots[self.slots.len() - 1])
    }

    /// Puts a new code into its slot; the old code opens nothing from then on.
    ///
    /// # Errors
    /// [`KeyError::Crypto`].
    pub fn new_code(
        &mut self,
        kind: SlotKind,
        key: &RecordKey,
        rng: &mut impl CryptoRngCore,
    ) -> Result<RecoveryCode, KeyError> {
        let code = RecoveryCode::random(rng);
        let name = code_name(kind);
        let slot = Slot::new(&self.record, kind, name, code.secret(), key, rng)?;
        self.slots.retain(|s| s.kind != kind);
        self.slots.push(slot);
        Ok(code)
    }

    /// Removes a user's slot.
    ///
    /// # Errors
    /// [`KeyError::NoUser`].
    pub fn remove_user(&mut self, name: &str) -> Result<(), KeyError> {
        let i = self
            .find(SlotKind::User, name)
            .ok_or_else(|| KeyError::NoUser(name.into()))?;
        self.slots.remove(i);
        Ok(())
    }

    /// Opens a user's slot. An unknown name costs as much time as a wrong passphrase.
    ///
    /// # Errors
    /// [`KeyError::Wrong`].
    pub fn unlock(&self, name: &str, passphrase: &str) -> Result<Unlocked, KeyError> {
        let Some(i) = self.find(SlotKind::User, name) else {
            let _ = Kdf::NOW.key(passphrase.as_bytes(), &[0; 16]);
            return Err(KeyError::Wrong);
        };
        self.open(&self.slots[i], passphrase)
    }

    /// Opens the slot of a code.
    ///
    /// # Errors
    /// [`KeyError::WrongCode`].
    pub fn unlock_with_code(&self, kind: SlotKind, typed: &str) -> Result<Unlocked, KeyError> {
        let code = RecoveryCode::read(typed)?;
        let slot = self
            .slots
            .iter()
            .find(|s| s.kind == kind)
            .ok_or(KeyError::WrongCode)?;
        self.open(slot, code.secret()).map_err(|e| match e {
            KeyError::Wrong => KeyError::WrongCode,
            e => e,
        })
    }

    /// The secret of a user's slot, for the operating system's keyring: it opens this slot until its passphrase is
    /// changed or the user is removed, and is another way to the same keys.
    ///
    /// # Errors
    /// [`KeyError::Wrong`].
    pub fn secret_to_keep(
        &self,
        name: &str,
        passphrase: &str,
    ) -> Result<Zeroizing<[u8; 32]>, KeyError> {
        let i = self.find(SlotKind::User, name).ok_or(KeyError::Wrong)?;
        let secret = self.slots[i].secret(&self.record, passphrase)?;
        Ok(Zeroizing::new(secret.to_bytes()))
    }

    /// Opens a user's slot with the secret that a keyring kept.
    ///
    /// # Errors
    /// [`KeyError::Wrong`] for a secret of another slot, or of this one before its passphrase was changed.
    pub fn unlock_with_secret(&self, name: &str, secret: &[u8]) -> Result<Unlocked, KeyError> {
        let i = self.find(SlotKind::User, name).ok_or(KeyError::Wrong)?;
        let secret = self.slots[i].kept(secret)?;
        Self::opened(&self.slots[i], &secret)
    }

    /// Says whether a keyring has a user's secret.
    pub fn set_remembered(&mut self, name: &str, remembered: bool) {
        if let Some(i) = self.find(SlotKind::User, name) {
            self.slots[i].remembered = remembered;
        }
    }

    /// Users for whom a keyring was given a secret.
    pub fn remembered(&self) -> Vec<String> {
        self.slots
            .iter()
            .filter(|s| s.kind == SlotKind::User && s.remembered)
            .map(|s| s.name.clone())
            .collect()
    }

    fn open(&self, slot: &Slot, passphrase: &str) -> Result<Unlocked, KeyError> {
        Self::opened(slot, &slot.secret(&self.record, passphrase)?)
    }

    fn opened(slot: &Slot, secret: &SecretKey) -> Result<Unlocked, KeyError> {
        let (key, next) = slot.keys(secret)?;
        Ok(Unlocked {
            kind: slot.kind,
            name: slot.name.clone(),
            public_key: slot.public_key(),
            key,
            next,
        })
    }

    /// True when a user's slot costs less than new ones do.
    pub fn is_weak(&self, name: &str) -> bool {
        self.find(SlotKind::User, name)
            .is_some_and(|i| self.slots[i].kdf.is_weak())
    }

    /// Raises the cost of a code's slot to that of new ones, with the code that opens it; true when it was lower. The code
    /// and what it opens stay.
    ///
    /// # Errors
    /// [`KeyError::WrongCode`].
    pub fn raise_code(
        &mut self,
        kind: SlotKind,
        typed: &str,
        rng: &mut impl CryptoRngCore,
    ) -> Result<bool, KeyError> {
        let i = self
            .find(kind, code_name(kind))
            .ok_or(KeyError::WrongCode)?;
        if !self.slots[i].kdf.is_weak() {
            return Ok(false);
        }
        let code = RecoveryCode::read(typed)?;
        self.set_cost(kind, code_name(kind), code.secret(), Kdf::NOW, rng)?;
        Ok(true)
    }

    /// Locks a slot anew at a cost, with what opens it: a passphrase, or the secret of a code
    /// ([`RecoveryCode::secret`]). What it opens stays.
    ///
    /// # Errors
    /// [`KeyError::Wrong`].
    pub fn set_cost(
        &mut self,
        kind: SlotKind,
        name: &str,
        opens: &str,
        cost: Kdf,
        rng: &mut impl CryptoRngCore,
    ) -> Result<(), KeyError> {
        let i = self.find(kind, name).ok_or(KeyError::Wrong)?;
        let record = self.record.clone();
        let secret = self.slots[i].secret(&record, opens)?;
        self.slots[i].lock_at(cost, &record, opens, &secret, rng)
    }

    /// Whether every slot costs what new ones do.
    pub fn is_up_to_date(&self) -> bool {
        self.slots.iter().all(|s| !s.kdf.is_weak())
    }

    /// Gives a user another passphrase (the same one raises the cost of an old slot).
    ///
    /// # Errors
    /// [`KeyError::Wrong`] for the old one, [`KeyError::TooShort`] for the new one.
    pub fn change_passphrase(
        &mut self,
        name: &str,
        old: &str,
        new: &str,
        rng: &mut impl CryptoRngCore,
    ) -> Result<(), KeyError> {
        let i = self.find(SlotKind::User, name).ok_or(KeyError::Wrong)?;
        let secret = self.slots[i].secret(&self.record, old)?;
        if old != new {
            long_enough(new)?;
        }
        let record = self.record.clone();
        self.slots[i].lock(&record, new, &secret, rng)
    }

    /// The slot of a kind and name.
    pub fn slot(&self, kind: SlotKind, name: &str) -> Option<&Slot> {
        self.find(kind, name).map(|i| &self.slots[i])
    }

    /// Drops the slots that `keep` does not know.
    pub fn retain(&mut self, keep: impl Fn(&Slot) -> bool) {
        self.slots.retain(keep);
    }

    /// Puts the record's next key beside the one in force, in every slot. Slots that the record does not know are
    /// dropped before ([`SlotFile::retain`]).
    ///
    /// # Errors
    /// [`KeyError::Crypto`].
    pub fn begin_rekey(
        &mut self,
        next: &RecordKey,
        rng: &mut impl CryptoRngCore,
    ) -> Result<(), KeyError> {
        for slot in &mut self.slots {
            slot.begin(next, rng)?;
        }
        Ok(())
    }

    /// Ends a change of key: `in_force` says which key the record has by now.
    pub fn settle_rekey(&mut self, in_force: bool) {
        for slot in &mut self.slots {
            slot.settle(in_force);
        }
    }
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn code_name(kind: SlotKind) -> &'static str {
    match kind {
        SlotKind::User => "user",
        SlotKind::Recovery => "recovery",
        SlotKind::BreakGlass => "break-glass",
    }
}

/// Names that are safe in a log, a file and a path.
fn is_name(name: &str) -> bool {
    // What the program does by itself is on the audit under its own name.
    !name.eq_ignore_ascii_case("countersign")
        && (1..=64).contains(&name.chars().count())
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@'))
}

fn long_enough(passphrase: &str) -> Result<(), KeyError> {
    if passphrase.chars().count() < SHORTEST {
        return Err(KeyError::TooShort(SHORTEST));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
