//! Who has the record open. Everything at the desk goes through
//! [`Desk::record`], which names the right it needs: a locked desk or a missing
//! right ends it there, whatever the page or a script asks.

mod accounts;
mod keys_of_record;
mod opening;
mod remembered;
mod watchdog;

pub(crate) use opening::GLASS_BROKEN;
pub use watchdog::Watchdog;

use crate::Desk;
use crate::desk::lock;
use crate::practice::Practising;
use contract::{Code, DeskEvent, Failure, Folder, Licence, Right, Role, SessionState};
use keys::RecordKey;
use records::Record;
use std::collections::HashSet;
use std::ops::{Deref, DerefMut};
use std::sync::MutexGuard;

/// A person at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Who {
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) licence: Licence,
    /// The sample without an account.
    pub(crate) demo: bool,
    /// The sealed code opened the record.
    pub(crate) break_glass: bool,
}

impl Who {
    pub(crate) fn may(&self, right: Right) -> bool {
        if self.demo {
            return matches!(right, Right::Read | Right::Decide);
        }
        self.role.may(right, self.licence)
    }
}

/// An open record. Dropping it closes the record and wipes its key.
pub(crate) struct Session {
    record: Record,
    who: Who,
    /// None for the sample, which lies in memory.
    key: Option<RecordKey>,
    /// The message whose view is on the audit already.
    viewed: String,
    /// Messages whose patient and first words a list showed, and that is on the audit already.
    listed: HashSet<String>,
    /// The words that were looked for last, so that a search that stands is one row.
    searched: String,
    /// Whether the person was told what they must know of the record.
    told: bool,
    /// What the person practises.
    practising: Practising,
}

/// What is remembered while the record is locked: no patient text.
#[derive(Debug, Default)]
pub(crate) struct Locked {
    red_flags: Option<usize>,
    last_user: String,
    /// The record was open in this process, and somebody or something locked it: from then on the keyring is not asked.
    after_open: bool,
}

/// The record of the session, held until dropped.
pub(crate) struct OpenRecord<'a>(MutexGuard<'a, Option<Session>>);

impl OpenRecord<'_> {
    fn session(&self) -> &Session {
        match &*self.0 {
            Some(session) => session,
            None => unreachable!("Desk::record gives it out for an open session only"),
        }
    }

    fn session_mut(&mut self) -> &mut Session {
        match &mut *self.0 {
            Some(session) => session,
            None => unreachable!("Desk::record gives it out for an open session only"),
        }
    }

    pub(crate) fn who(&self) -> &Who {
        &self.session().who
    }

    /// The person's licence was changed.
    pub(crate) fn licensed(&mut self, licence: Licence) {
        self.session_mut().who.licence = licence;
    }

    /// Whether the person was told what they must know.
    pub(crate) fn told(&mut self) -> &mut bool {
        &mut self.session_mut().told
    }

    /// What the person practises.
    pub(crate) fn practising(&mut self) -> &mut Practising {
        &mut self.session_mut().practising
    }

    /// Puts a view of a message on the audit, once for each time it is opened.
    pub(crate) fn viewed(&mut self, message_id: &str, now: &str) -> Result<(), Failure> {
        let session = self.session_mut();
        if session.viewed != message_id {
            session.record.note(
                now,
                &session.who.name,
                "view",
                ("message", message_id),
                serde_json::json!({}),
            )?;
            message_id.clone_into(&mut session.viewed);
        }
        Ok(())
    }

    /// Puts on the audit which messages a list showed, each once for the time that the record is open; a search for other
    /// words is a row even when it found nothing new. The words may name a patient, so they are not written down.
    pub(crate) fn listed<'a>(
        &mut self,
        folder: Folder,
        searched: &str,
        ids: impl Iterator<Item = &'a str>,
        now: &str,
    ) -> Result<(), Failure> {
        let session = self.session_mut();
        let shown: Vec<String> = ids
            .filter(|id| !session.listed.contains(*id))
            .map(str::to_owned)
            .collect();
        let anew = !searched.is_empty() && searched != session.searched;
        if shown.is_empty() && !anew {
            searched.clone_into(&mut session.searched);
            return Ok(());
        }
        let action = if searched.is_empty() {
            "list"
        } else {
            "search"
        };
        session.record.note(
            now,
            &session.who.name,
            action,
            ("inbox", ""),
            serde_json::json!({ "folder": folder, "shown": shown }),
        )?;
        session.listed.extend(shown);
        searched.clone_into(&mut session.searched);
        Ok(())
    }
}

impl Deref for OpenRecord<'_> {
    type Target = Record;
    fn deref(&self) -> &Record {
        &self.session().record
    }
}

impl DerefMut for OpenRecord<'_> {
    fn deref_mut(&mut self) -> &mut Record {
        &mut self.session_mut().record
    }
}

impl Desk {
    /// The open record, for somebody who may do what is asked.
    ///
    /// # Errors
    /// [`Code::NoRecord`], [`Code::Locked`], [`Code::Forbidden`].
    pub(crate) fn record(&self, right: Right) -> Result<OpenRecord<'_>, Failure> {
        let session = lock(&self.session);
        match &*session {
            None => Err(self.locked_failure()),
            Some(s) if s.who.may(right) => Ok(OpenRecord(session)),
            Some(s) => Err(forbidden(&s.who, right)),
        }
    }

    /// Ends with the reason unless the person may do what is asked.
    ///
    /// # Errors
    /// As [`Desk::record`].
    pub fn allow(&self, right: Right) -> Result<(), Failure> {
        self.record(right).map(|_| ())
    }

    pub(crate) fn is_open(&self) -> bool {
        lock(&self.session).is_some()
    }

    fn locked_failure(&self) -> Failure {
        if self.place.slots().exists() {
            Failure::new(Code::Locked, "The record is locked. Unlock it first.")
        } else {
            Failure::new(
                Code::NoRecord,
                "There is no record here yet. Make one in the window, or with `countersign init --user NAME --passphrase-file FILE`.",
            )
        }
    }

    /// Whether the record is open, and for whom.
    pub fn session_state(&self) -> SessionState {
        if let Some(s) = &*lock(&self.session) {
            return SessionState::Open {
                user: s.who.name.clone(),
                role: s.who.role,
                licence: s.who.licence,
                rights: RIGHTS.into_iter().filter(|r| s.who.may(*r)).collect(),
                demo: s.who.demo,
                break_glass: s.who.break_glass,
                remembered: !s.who.demo && self.is_remembered(&s.who.name),
            };
        }
        if !self.place.slots().exists() {
            return SessionState::NoRecord {
                plain: records::is_plain(&self.place.record_path()).unwrap_or(false),
            };
        }
        let locked = lock(&self.locked);
        let slots = keys::SlotFile::read(&self.place.slots());
        SessionState::Locked {
            remembered: slots
                .as_ref()
                .map(|f| f.remembered())
                .ok()
                .filter(|_| !locked.after_open)
                .unwrap_or_default(),
            users: slots.map(|f| f.users()).unwrap_or_default(),
            red_flags: locked.red_flags,
            last_user: locked.last_user.clone(),
        }
    }

    /// Puts something that the person at the desk does on the audit.
    ///
    /// # Errors
    /// [`Code::Locked`], or the record's.
    pub fn note_here(
        &self,
        action: &str,
        kind: &str,
        id: &str,
        detail: serde_json::Value,
    ) -> Result<(), Failure> {
        let mut record = self.open_record()?;
        let who = record.who().name.clone();
        Ok(record.note(&self.now_text(), &who, action, (kind, id), detail)?)
    }

    /// The person did something: the idle lock begins anew.
    pub fn active(&self) {
        *lock(&self.active_at) = (self.clock.elapsed)();
    }

    /// Ends what reads beside the session.
    pub(crate) fn end_reading(&self) {
        if let Some(reading) = lock(&self.reading).take() {
            reading.now();
        }
    }

    /// Closes the record: its key is wiped, drafting ends, the page goes blank.
    /// What was typed is on record already, encrypted.
    pub fn lock(&self, why: &'static str) {
        let closed = {
            let mut session = lock(&self.session);
            if let Some(s) = &mut *session {
                let red_flags = s.record.red_flags().ok();
                // The sample's red flags are invented.
                if !s.who.demo {
                    *lock(&self.locked) = Locked {
                        red_flags,
                        last_user: s.who.name.clone(),
                        after_open: true,
                    };
                }
                if let Err(e) = s.record.note(
                    &self.now_text(),
                    &s.who.name,
                    "lock",
                    ("session", ""),
                    serde_json::json!({ "why": why }),
                ) {
                    tracing::warn!(
                        "the lock could not be noted: {}",
                        Failure::from(e).code.as_str()
                    );
                }
            }
            session.take()
        };
        let Some(closed) = closed else { return };
        drop(closed);
        // Nobody begins to read beside a session that is gone.
        self.end_reading();
        self.forget_drafting();
        self.tell(DeskEvent::Session);
    }
}

const RIGHTS: [Right; 10] = [
    Right::Read,
    Right::Decide,
    Right::Import,
    Right::Export,
    Right::Identified,
    Right::Models,
    Right::Settings,
    Right::Audit,
    Right::Accounts,
    Right::Backup,
];

fn forbidden(who: &Who, right: Right) -> Failure {
    let why = if who.demo {
        "This is the sample without an account".to_owned()
    } else {
        format!("An account of the role {}", who.role.as_str())
    };
    let hint = if right == Right::Decide && who.role == Role::Admin {
        " An admin needs a clinical licence on their account for this."
    } else if who.demo {
        " Make a record of your own for real work."
    } else {
        " Ask somebody whose role does."
    };
    Failure::new(
        Code::Forbidden,
        format!("{why} does not allow you to {}.{hint}", right.words()),
    )
}
