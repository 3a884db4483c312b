//! The desk itself: the open record, the rules, the clock and who listens.

use crate::ahead::Ahead;
use crate::giving_way::GivingWay;
use crate::keyring::{Keyring, NoKeyring};
use crate::rules::InForce;
use crate::session::{Locked, Session};
use crate::{Clock, Place};
use clinical::check::Checks;
use clinical::disclosure::Pack;
use clinical::practice::PracticeCase;
use clinical::triage::Rules;
use contract::{DeskEvent, EngineState, Failure, Sampling};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use records::Interrupt;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// Is told what happens at the desk.
pub type Listener = Arc<dyn Fn(DeskEvent) + Send + Sync>;

/// A desk. Its record is closed until somebody unlocks it. Cheap to share: wrap it in an [`Arc`].
pub struct Desk {
    pub(crate) session: Mutex<Option<Session>>,
    pub(crate) locked: Mutex<Locked>,
    pub(crate) active_at: Mutex<Duration>,
    /// By what people work at it: the window or the command line.
    pub(crate) route: &'static str,
    pub(crate) triage: Mutex<InForce>,
    /// The triage that is built in.
    pub(crate) built_in: Ahead<Arc<Rules>>,
    checks: Ahead<Checks>,
    packs: Vec<Pack>,
    practice: Vec<PracticeCase>,
    pub(crate) clock: Clock,
    /// Where models and the record lie.
    pub place: Place,
    listener: Mutex<Option<Listener>>,
    pub(crate) keyring: Box<dyn Keyring>,
    /// Ends long work beside the session when the record is locked.
    pub(crate) reading: Mutex<Option<Interrupt>>,
    /// Held while somebody reads beside the session: a change of key waits for it. Taken before the session.
    pub(crate) turn: Mutex<()>,
    /// When head, backup and check are tried again after they failed, on the clock that nobody sets.
    pub(crate) retry: Mutex<[Duration; 3]>,
    pub(crate) work: Mutex<Work>,
    pub(crate) wake: Condvar,
    pub(crate) way: Arc<GivingWay>,
}

/// What the background drafting is doing.
pub(crate) struct Work {
    pub(crate) engine: EngineState,
    /// The messages being drafted, and their texts so far.
    pub(crate) writing: HashMap<String, String>,
    /// The message on screen: drafted before the others.
    pub(crate) on_screen: Option<String>,
    /// Drafts asked for by a person.
    pub(crate) wanted: VecDeque<(String, Sampling)>,
    /// A message whose draft is to be ended early.
    pub(crate) stop: Option<String>,
    /// Set to end the background thread.
    pub(crate) shut: bool,
    /// Set when something may have changed.
    pub(crate) woken: bool,
    /// The model asked for by name or path; the best installed one otherwise.
    pub(crate) model: Option<String>,
}

impl Desk {
    /// A desk for the record of a place, which is not opened yet.
    ///
    /// # Errors
    /// [`contract::Code::Internal`] for damaged packs or practice messages.
    pub fn new(place: Place, clock: Clock, route: &'static str) -> Result<Self, Failure> {
        let started = (clock.elapsed)();
        Ok(Self {
            session: Mutex::new(None),
            locked: Mutex::new(Locked::default()),
            active_at: Mutex::new(started),
            route,
            triage: Mutex::default(),
            built_in: Ahead::begin(|| Ok(Arc::new(crate::rules::rules()?))),
            checks: Ahead::begin(crate::checking::checks),
            packs: crate::sign_off::packs()?,
            practice: crate::practice::built_in()?,
            clock,
            place,
            listener: Mutex::new(None),
            keyring: Box::new(NoKeyring),
            reading: Mutex::new(None),
            turn: Mutex::new(()),
            retry: Mutex::default(),
            work: Mutex::new(Work {
                engine: EngineState::NoModel,
                writing: HashMap::new(),
                on_screen: None,
                wanted: VecDeque::new(),
                stop: None,
                shut: false,
                woken: false,
                model: None,
            }),
            wake: Condvar::new(),
            way: Arc::default(),
        })
    }

    /// The same desk beside a keyring.
    #[must_use]
    pub fn with_keyring(self, keyring: impl Keyring + 'static) -> Self {
        Self {
            keyring: Box::new(keyring),
            ..self
        }
    }

    /// Sets who is told of events; the window does so once.
    pub fn listen(&self, listener: Listener) {
        *lock(&self.listener) = Some(listener);
    }

    /// A person waits for something: the drafter stands still for a moment, so that it is answered and drawn sooner.
    pub fn give_way(&self) {
        self.way.now();
    }

    pub(crate) fn tell(&self, event: DeskEvent) {
        let listener = lock(&self.listener).clone();
        if let Some(listener) = listener {
            listener(event);
        }
    }

    /// Tells whoever listens how far something long has come, from 0 to 1.
    pub fn progress(&self, what: &str, part: f64) {
        let what = what.to_owned();
        self.tell(DeskEvent::Progress { what, part });
    }

    /// # Errors
    /// [`contract::Code::Internal`] for damaged lists: a test keeps them sound.
    pub(crate) fn checks(&self) -> Result<&Checks, Failure> {
        self.checks.get()
    }

    /// The packs of disclosure words.
    pub(crate) fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// The practice messages.
    pub(crate) fn practice(&self) -> &[PracticeCase] {
        &self.practice
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock.now)()
    }

    /// Now as RFC 3339 in UTC, whole seconds: how the record keeps times.
    pub(crate) fn now_text(&self) -> String {
        whole_seconds(self.now()).to_string()
    }

    /// Today where the workstation stands.
    pub(crate) fn today(&self) -> Date {
        self.now().to_zoned(TimeZone::system()).date()
    }

    /// Nothing of what was being drafted stays: the record was locked.
    pub(crate) fn forget_drafting(&self) {
        {
            let mut work = lock(&self.work);
            work.writing.clear();
            work.wanted.clear();
            work.on_screen = None;
            work.stop = None;
        }
        self.wake();
    }
}

/// A lock that a panic elsewhere does not take away: what it guards is only
/// ever changed by single assignments or whole transactions.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

pub(crate) fn whole_seconds(t: Timestamp) -> Timestamp {
    Timestamp::from_second(t.as_second()).unwrap_or(t)
}
