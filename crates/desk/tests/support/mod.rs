//! A desk in a folder and on clocks of the test's own.

#![allow(
    dead_code,
    reason = "every test file takes what it needs of this module"
)]

use contract::{DecisionKind, DecisionRequest, FirstAdmin, Licence, Unlock};
use desk::{Clock, Desk, ExportForm, Place};
use jiff::{Timestamp, ToSpan};
use keys::{OsRng, RngCore, SlotFile};
use records::{Opening, Record};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The passphrase of whoever made the record.
pub(crate) const PASSPHRASE: &str = "correct horse battery";

/// A wall clock that the test sets, and one that nobody sets back.
#[derive(Clone)]
pub(crate) struct Times {
    now: Arc<Mutex<Timestamp>>,
    elapsed: Arc<Mutex<Duration>>,
}

impl Times {
    pub(crate) fn new() -> Self {
        Self::at("2026-11-22T12:00:00Z")
    }

    pub(crate) fn at(now: &str) -> Self {
        Self {
            now: Arc::new(Mutex::new(now.parse().expect("a time"))),
            elapsed: Arc::new(Mutex::new(Duration::from_secs(1000))),
        }
    }

    pub(crate) fn clock(&self) -> Clock {
        let (now, elapsed) = (Arc::clone(&self.now), Arc::clone(&self.elapsed));
        Clock {
            now: Arc::new(move || *now.lock().expect("the clock")),
            elapsed: Arc::new(move || *elapsed.lock().expect("the clock")),
        }
    }

    /// The wall clock's time.
    pub(crate) fn now(&self) -> Timestamp {
        *self.now.lock().expect("the clock")
    }

    /// Sets the wall clock.
    pub(crate) fn set(&self, now: Timestamp) {
        *self.now.lock().expect("the clock") = now;
    }

    /// Lets time pass on the clock that nobody sets; the wall clock stands.
    pub(crate) fn pass(&self, seconds: u64) {
        *self.elapsed.lock().expect("the clock") += Duration::from_secs(seconds);
    }
}

pub(crate) fn place(dir: &Path) -> Place {
    Place::of_user(Some(dir.join("record")), Some(dir.join("models"))).expect("a place")
}

/// A desk that nobody has opened.
pub(crate) fn closed(dir: &Path, times: &Times) -> Desk {
    Desk::new(place(dir), times.clock(), "test").expect("a desk")
}

pub(crate) fn first(user: &str) -> FirstAdmin {
    FirstAdmin {
        user: user.into(),
        passphrase: PASSPHRASE.into(),
        licence: Licence::Physician,
    }
}

/// A desk with a new, empty record, open for the one who made it.
pub(crate) fn made(dir: &Path, times: &Times, user: &str) -> Desk {
    let desk = closed(dir, times);
    desk.create(&first(user)).expect("made");
    desk
}

/// A desk with the sample in-basket, and where and when it stands.
pub(crate) struct Bench {
    pub(crate) desk: Desk,
    pub(crate) times: Times,
    pub(crate) dir: tempfile::TempDir,
}

impl Bench {
    /// The sample in a record of its own.
    pub(crate) fn of_record() -> Self {
        let (dir, times) = (tempfile::tempdir().expect("a folder"), Times::new());
        let desk = made(dir.path(), &times, "tester");
        let summary = desk.import_sample().expect("imports");
        assert_eq!(summary.rejected_count, 0);
        Self { desk, times, dir }
    }

    /// The sample in memory, without an account.
    pub(crate) fn of_sample(now: &str) -> Self {
        let (dir, times) = (tempfile::tempdir().expect("a folder"), Times::at(now));
        let desk = closed(dir.path(), &times);
        desk.open_demo().expect("the sample");
        Self { desk, times, dir }
    }

    /// Locks the desk, lends its record, and opens the desk again: for what only the drafter puts on record.
    pub(crate) fn with_record<T>(&self, lent: impl FnOnce(&mut Record) -> T) -> T {
        self.desk.lock("test");
        let place = &self.desk.place;
        let slots = SlotFile::read(&place.slots()).expect("slots");
        let unlocked = slots.unlock("tester", PASSPHRASE).expect("opens");
        let mut record = Record::open(
            &place.record().expect("a place"),
            &mut Opening {
                key: unlocked.key.bytes(),
                route: "test",
                create: false,
                random: &mut |b| OsRng.fill_bytes(b),
            },
        )
        .expect("opens");
        let given = lent(&mut record);
        drop(record);
        let with = Unlock::Passphrase {
            user: "tester".into(),
            passphrase: PASSPHRASE.into(),
        };
        self.desk.unlock(&with).expect("opens");
        given
    }

    /// Moves the wall clock on.
    pub(crate) fn pass(&self, seconds: i64) {
        let then = self.times.now().checked_add(seconds.seconds());
        self.times.set(then.expect("a time"));
    }
}

/// A decision of somebody who took their time, with a text, if it has one.
pub(crate) fn request(message_id: &str, kind: DecisionKind, text: Option<&str>) -> DecisionRequest {
    DecisionRequest {
        final_text: text.map(str::to_owned),
        read_ms: Some(4000),
        edit_ms: Some(9000),
        dwell_ms: Some(20_000),
        scrolled_to_end: Some(true),
        opened_context: Some(false),
        ..DecisionRequest::of(message_id, kind)
    }
}

/// An export of what is on record, for a reason.
pub(crate) fn as_it_is() -> ExportForm {
    ExportForm::Identified {
        reason: "for a test".into(),
    }
}
