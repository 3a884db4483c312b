//! The desk itself: the open record, the rules, the clock and who listens.

use crate::Place;
use clinical::check::Checks;
use clinical::triage::Rules;
use contract::{Code, DeskEvent, EngineState, Failure, Sampling, Settings};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use records::Record;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
/// Is told what happens at the desk.
pub type Listener = Arc<dyn Fn(DeskEvent) + Send + Sync>;

/// The name under which the settings are kept.
const SETTINGS: &str = "settings";

/// An open desk. Cheap to share: wrap it in an [`Arc`].
pub struct Desk {
    record: Mutex<Record>,
    rules: Rules,
    checks: Checks,
    clock: Clock,
    /// Where models and the record lie.
    pub place: Place,
    /// Who works here, as the audit names them.
    pub reviewer: String,
    listener: Mutex<Option<Listener>>,
    pub(crate) work: Mutex<Work>,
    pub(crate) wake: Condvar,
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
    /// Opens the desk on the record of a place.
    ///
    /// # Errors
    /// The record's, or [`Code::Internal`] for a damaged rule file.
    pub fn open(place: Place, reviewer: String, clock: Clock) -> Result<Self, Failure> {
        let record = Record::open(&place.record()?)?;
        Ok(Self {
            record: Mutex::new(record),
            rules: rules()?,
            checks: crate::checking::checks()?,
            clock,
            place,
            reviewer,
            listener: Mutex::new(None),
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
        })
    }

    /// Sets who is told of events; the window does so once.
    pub fn listen(&self, listener: Listener) {
        *lock(&self.listener) = Some(listener);
    }

    pub(crate) fn tell(&self, event: DeskEvent) {
        let listener = lock(&self.listener).clone();
        if let Some(listener) = listener {
            listener(event);
        }
    }

    pub(crate) fn record(&self) -> MutexGuard<'_, Record> {
        lock(&self.record)
    }

    pub(crate) fn checks(&self) -> &Checks {
        &self.checks
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Now as RFC 3339 in UTC, whole seconds: how the record keeps times.
    pub(crate) fn now_text(&self) -> String {
        whole_seconds(self.now()).to_string()
    }

    /// Today where the workstation stands.
    pub(crate) fn today(&self) -> Date {
        self.now().to_zoned(TimeZone::system()).date()
    }

    /// Settings of this workstation.
    ///
    /// # Errors
    /// The record's.
    pub fn settings(&self) -> Result<Settings, Failure> {
        Ok(self.record().setting(SETTINGS)?)
    }

    /// Keeps settings, brought into their ranges.
    ///
    /// # Errors
    /// The record's.
    pub fn set_settings(&self, mut settings: Settings) -> Result<Settings, Failure> {
        settings.undo_seconds = settings.undo_seconds.clamp(5, 30);
        settings.sign_off = settings.sign_off.trim().chars().take(200).collect();
        self.record().set_setting(SETTINGS, &settings)?;
        Ok(settings)
    }
}

/// The triage rules that are built in.
///
/// # Errors
/// [`Code::Internal`]: a test keeps the file sound.
pub(crate) fn rules() -> Result<Rules, Failure> {
    Rules::parse(include_str!("../../../assets/triage/rules.toml"))
        .map_err(|e| Failure::new(Code::Internal, e.to_string()))
}

/// A lock that a panic elsewhere does not take away: what it guards is only
/// ever changed by single assignments or whole transactions.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

pub(crate) fn whole_seconds(t: Timestamp) -> Timestamp {
    Timestamp::from_second(t.as_second()).unwrap_or(t)
}
