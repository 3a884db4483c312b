//! A way in that this computer's keyring keeps: only where the clinic lets it, for people who asked for it.

use crate::Desk;
use crate::desk::lock;
use crate::keyring::refused;
use contract::{Code, Failure};
use keys::{SlotFile, SlotKind, Unlocked};
use serde_json::json;

/// The name of a user's entry: records of several folders do not share one.
fn entry(slots: &SlotFile, user: &str) -> String {
    format!("{}/{user}", slots.record)
}

impl Desk {
    /// Lets the keyring open the record for the person at the desk, who proves once more who they are.
    ///
    /// # Errors
    /// [`Code::Forbidden`] where the clinic does not let it, [`Code::Unlock`], [`Code::Throttled`], [`Code::Keyring`].
    pub fn remember(&self, passphrase: &str) -> Result<(), Failure> {
        if !self.settings()?.keyring {
            return Err(Failure::new(
                Code::Forbidden,
                "The clinic does not let this computer's keyring open the record. A lead or an admin can change it in the settings.",
            ));
        }
        // The keyring may ask the person something: nothing is held meanwhile, so that a lock does not wait for it.
        let user = {
            let record = self.open_record()?;
            record.key()?;
            record.who().name.clone()
        };
        let slots = SlotFile::read(&self.place.slots())?;
        let (secret, _) = self.tried(&user, || slots.secret_to_keep(&user, passphrase))?;
        // On the audit first: what a kill leaves is a row too many, never a way in too many.
        self.note_here("remember_in_keyring", "account", &user, json!({}))?;
        self.keyring
            .set(&entry(&slots, &user), &*secret)
            .map_err(|why| refused(&why))?;
        self.mark(&user, true)
    }

    /// Takes the way in back from the keyring.
    ///
    /// # Errors
    /// [`Code::Locked`], [`Code::Keyring`], or the record's.
    pub fn forget(&self) -> Result<(), Failure> {
        let user = self.open_record()?.who().name.clone();
        let slots = SlotFile::read(&self.place.slots())?;
        self.keyring
            .remove(&entry(&slots, &user))
            .map_err(|why| refused(&why))?;
        self.mark(&user, false)?;
        self.note_here("forget_in_keyring", "account", &user, json!({}))
    }

    /// Says in the slots whether the keyring has a way in. Only who has the record open changes the slots.
    fn mark(&self, user: &str, remembered: bool) -> Result<(), Failure> {
        let _open = self.open_record()?;
        let mut slots = SlotFile::read(&self.place.slots())?;
        slots.set_remembered(user, remembered);
        Ok(slots.write(&self.place.slots())?)
    }

    /// What the keyring opens. Its failure is no wrong try: nobody guessed.
    pub(super) fn kept_by_keyring(
        &self,
        slots: &SlotFile,
        user: &str,
    ) -> Result<Unlocked, Failure> {
        if lock(&self.locked).after_open {
            return Err(refused(
                "it opens the record after a start, and this one was locked since",
            ));
        }
        let kept = self
            .keyring
            .get(&entry(slots, user))
            .map_err(|why| refused(&why))?
            .ok_or_else(|| refused("it keeps nothing for this record and name"))?;
        slots.unlock_with_secret(user, &kept).map_err(|_| {
            refused("what it keeps opens nothing any more, since the passphrase was changed")
        })
    }

    /// Whether the keyring was given a way in for a person, as the slots say.
    pub(super) fn is_remembered(&self, user: &str) -> bool {
        SlotFile::read(&self.place.slots())
            .is_ok_and(|s| s.slot(SlotKind::User, user).is_some_and(|s| s.remembered))
    }
}
