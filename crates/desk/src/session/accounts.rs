//! People with an account.

use super::opening::REKEY_DUE;
use crate::Desk;
use contract::{AccountLine, Code, Failure, Licence, Right, Role};
use keys::{KeyError, OsRng, SlotFile};
use records::Account;

impl Desk {
    /// Everyone with an account.
    ///
    /// # Errors
    /// [`Code::Forbidden`] without the right, or the record's.
    pub fn accounts(&self) -> Result<Vec<AccountLine>, Failure> {
        Ok(self
            .record(Right::Accounts)?
            .accounts()?
            .into_iter()
            .map(|a| AccountLine {
                user: a.name,
                role: a.role,
                licence: a.licence,
                since: a.created_at,
            })
            .collect())
    }

    /// Adds a person with a first passphrase, which they change.
    ///
    /// # Errors
    /// [`Code::Forbidden`], [`Code::Conflict`] for a name that is taken, [`Code::Incomplete`].
    pub fn add_user(
        &self,
        user: &str,
        passphrase: &str,
        role: Role,
        licence: Licence,
    ) -> Result<(), Failure> {
        // A backup that is being written has its slots already.
        let _turn = self.turn();
        let mut record = self.record(Right::Accounts)?;
        let mut slots = SlotFile::read(&self.place.slots())?;
        if record.account(user)?.is_some() && slots.users().iter().any(|u| u == user) {
            return Err(KeyError::Exists(user.into()).into());
        }
        let key = record.key()?;
        // A slot that the record does not know is what a cut-off adding left.
        let _ = slots.remove_user(user);
        let public_key = slots
            .add_user(user, passphrase, &key, &mut OsRng)?
            .public_key();
        let actor = record.who().name.clone();
        // The record first: an account without a slot opens nothing, and adding can be done again.
        record.put_account(
            &Account {
                name: user.into(),
                role,
                licence,
                public_key,
                created_at: self.now_text(),
            },
            &actor,
            "add_user",
        )?;
        slots.write(&self.place.slots())?;
        Ok(())
    }

    /// Gives a person another role or licence. One's own role stays: nobody makes themselves what they are not.
    ///
    /// # Errors
    /// [`Code::Forbidden`], [`Code::NotFound`], [`Code::Conflict`] for one's own role or the last admin.
    pub fn change_user(&self, user: &str, role: Role, licence: Licence) -> Result<(), Failure> {
        let mut record = self.record(Right::Accounts)?;
        let actor = record.who().name.clone();
        let before = record
            .account(user)?
            .ok_or_else(|| Failure::from(KeyError::NoUser(user.into())))?;
        if actor == user && role != before.role {
            return Err(Failure::new(
                Code::Conflict,
                "Nobody changes their own role. Ask another admin.",
            ));
        }
        record.put_account(
            &Account {
                role,
                licence,
                created_at: self.now_text(),
                ..before
            },
            &actor,
            "change_user",
        )?;
        if actor == user {
            record.licensed(licence);
        }
        Ok(())
    }

    /// Takes a person's access away, and gives the record a new key, so that nothing they may have kept opens it.
    ///
    /// # Errors
    /// [`Code::Forbidden`], [`Code::NotFound`], [`Code::Conflict`] for the last admin or oneself.
    pub fn remove_user(&self, user: &str) -> Result<(), Failure> {
        // A backup that is being written has its slots already.
        let turn = self.turn();
        let mut record = self.record(Right::Accounts)?;
        let actor = record.who().name.clone();
        if actor == user {
            return Err(Failure::new(
                Code::Conflict,
                "Nobody removes themselves. Ask another admin.",
            ));
        }
        if record.account(user)?.is_none() {
            return Err(KeyError::NoUser(user.into()).into());
        }
        // The account first: from here on the passphrase opens nothing. What a kill leaves to do, the next admin's unlock does.
        record.set_setting(REKEY_DUE, &true)?;
        record.remove_account(user, &actor, &self.now_text())?;
        let mut slots = SlotFile::read(&self.place.slots())?;
        match slots.remove_user(user) {
            Ok(()) => slots.write(&self.place.slots())?,
            Err(KeyError::NoUser(_)) => {}
            Err(e) => return Err(e.into()),
        }
        drop(record);
        drop(turn);
        self.rekey()
    }

    /// Changes one's own passphrase. The slot gets new keys: an old passphrase with an old key file opens no later key.
    ///
    /// # Errors
    /// [`Code::Unlock`] for a wrong old one, [`Code::Throttled`], [`Code::Incomplete`] for a new one that will not do.
    pub fn change_passphrase(&self, old: &str, new: &str) -> Result<(), Failure> {
        // A backup that is being written has its slots already.
        let _turn = self.turn();
        let mut record = self.open_record()?;
        let user = record.who().name.clone();
        let key = record.key()?;
        let mut slots = SlotFile::read(&self.place.slots())?;
        self.tried(&user, || slots.unlock(&user, old))?;
        let account = record
            .account(&user)?
            .ok_or_else(|| KeyError::NoUser(user.clone()))?;
        slots.remove_user(&user)?;
        let public_key = slots.add_user(&user, new, &key, &mut OsRng)?.public_key();
        // Both keys are known while the file changes, so that a kill leaves one passphrase that opens.
        let with = |public_key| Account {
            public_key,
            created_at: self.now_text(),
            ..account.clone()
        };
        record.put_account(
            &with(format!("{} {public_key}", account.public_key)),
            &user,
            "change_passphrase",
        )?;
        slots.write(&self.place.slots())?;
        record.put_account(&with(public_key), &user, "changed_passphrase")?;
        Ok(())
    }
}
