//! The desk itself: the open record, the rules, the clock and who listens.

use crate::giving_way::GivingWay;
use crate::keyring::{Keyring, NoKeyring};
use crate::rules::InForce;
use crate::session::{Locked, Session};
use crate::{Clock, Place};
use clinical::check::Checks;
use clinical::disclosure::Pack;
use clinical::practice::PracticeCase;
use contract::{Code, DeskEvent, EngineState, Failure, Right, Sampling, Settings};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use records::Interrupt;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// Is told what happens at the desk.
pub type Listener = Arc<dyn Fn(DeskEvent) + Send + Sync>;

/// The name under which the settings are kept.
pub(crate) const SETTINGS: &str = "settings";

/// A desk. Its record is closed until somebody unlocks it. Cheap to share: wrap it in an [`Arc`].
pub struct Desk {
    pub(crate) session: Mutex<Option<Session>>,
    pub(crate) locked: Mutex<Locked>,
    pub(crate) active_at: Mutex<Duration>,
    /// By what people work at it: the window or the command line.
    pub(crate) route: &'static str,
    pub(crate) triage: Mutex<InForce>,
    checks: Checks,
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
    /// [`Code::Internal`] for a damaged rule file.
    pub fn new(place: Place, clock: Clock, route: &'static str) -> Result<Self, Failure> {
        let started = (clock.elapsed)();
        Ok(Self {
            session: Mutex::new(None),
            locked: Mutex::new(Locked::default()),
            active_at: Mutex::new(started),
            route,
            triage: Mutex::new(InForce::built_in()?),
            checks: crate::checking::checks()?,
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

    pub(crate) fn checks(&self) -> &Checks {
        &self.checks
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

    /// Settings of this workstation.
    ///
    /// # Errors
    /// The record's.
    pub fn settings(&self) -> Result<Settings, Failure> {
        Ok(self.open_record()?.setting(SETTINGS)?)
    }

    /// Keeps settings, brought into their ranges. What concerns the whole clinic needs the right to it.
    ///
    /// # Errors
    /// [`Code::Forbidden`], or the record's.
    pub fn set_settings(&self, mut settings: Settings) -> Result<Settings, Failure> {
        self.allow(Right::Read)?;
        settings.undo_seconds = settings.undo_seconds.clamp(5, 30);
        settings.lock_minutes = settings.lock_minutes.clamp(1, 60);
        settings.backup_days = settings.backup_days.clamp(1, 31);
        settings.backups_kept = settings.backups_kept.clamp(2, 100);
        settings.sign_off = settings.sign_off.trim().chars().take(200).collect();
        let before = self.settings()?;
        settings.contact = settings.contact.trim().chars().take(200).collect();
        let known = self.packs.iter().any(|p| p.id == settings.jurisdiction);
        if !known || (settings.jurisdiction != "none" && settings.contact.is_empty()) {
            return Err(Failure::new(
                Code::Incomplete,
                "Choose a disclosure from the list, and say how a patient reaches a person. The settings stay as they were.",
            ));
        }
        let clinics = |s: &Settings| {
            (
                s.lock_minutes,
                s.audit_folder.clone(),
                s.jurisdiction.clone(),
                s.contact.clone(),
                (s.backup_folder.clone(), s.backup_days, s.backups_kept),
                s.keyring,
                (s.practice_every, s.model.clone()),
            )
        };
        if clinics(&settings) != clinics(&before) {
            self.allow(Right::Settings)?;
        }
        if settings.watched_folder != before.watched_folder {
            self.allow(Right::Import)?;
        }
        if settings.practice_every != 0 {
            let (fewest, most) = Settings::PRACTICE;
            settings.practice_every = settings.practice_every.clamp(fewest, most);
        }
        settings.unload_minutes = settings.unload_minutes.min(240);
        settings.draft_threads = settings.draft_threads.min(256);
        let (least, most) = Settings::PANE;
        settings.queue_percent = settings.queue_percent.clamp(least, most);
        settings.chart_percent = settings.chart_percent.clamp(least, most);
        if !Settings::TYPE_SIZES.contains(&settings.type_percent) {
            settings.type_percent = 100;
        }
        // What was kept before stands: nothing else may fail for it.
        if settings.keys != before.keys {
            sound_letters(&settings.keys)?;
        }
        settings.lines = short_lines(&settings.lines);
        if !is_language(&settings.language) {
            settings.language = Settings::default().language;
        }
        if settings != before {
            let all = |s: &Settings| {
                let mut all = serde_json::to_value(s).unwrap_or_default();
                // Somebody's own words are not for who reads the audit: how many lines, and whether they changed.
                let hash = hex::encode(Sha256::digest(all["lines"].to_string()));
                all["lines"] = serde_json::json!({ "count": s.lines.len(), "sha256": hash });
                all
            };
            let mut record = self.record(Right::Read)?;
            let who = record.who().name.clone();
            record.change_setting(
                SETTINGS,
                &settings,
                (&self.now_text(), &who, "change_settings"),
                serde_json::json!({ "before": all(&before), "after": all(&settings) }),
            )?;
        }
        if settings.model != before.model {
            // What somebody chose for now gives way to what the clinic drafts with.
            lock(&self.work).model = None;
        }
        if settings.draft_threads != before.draft_threads || settings.model != before.model {
            self.wake();
        }
        Ok(settings)
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

/// Whether a setting can be the code of a language (BCP 47: letters, then parts after hyphens) or `system`. Which languages
/// there are is for the page to know.
fn is_language(code: &str) -> bool {
    let mut parts = code.split('-');
    let letters = parts.next().unwrap_or_default();
    (2..=8).contains(&letters.len())
        && letters.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.clone().count() <= 3
        && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Refuses letters that could not be told from each other, or from the digits that say how a draft was.
fn sound_letters(keys: &BTreeMap<String, String>) -> Result<(), Failure> {
    let refused = |why: String| {
        let words = format!("{why} Give it another letter. The settings stay as they were.");
        Err(Failure::new(Code::Incomplete, words))
    };
    let mut taken = BTreeMap::new();
    for (command, key) in keys {
        let letter = key.to_uppercase();
        if letter.chars().count() != 1 || letter.chars().any(|c| c.is_numeric() || c == ' ') {
            return refused(format!(
                "“{command}” needs one letter or sign, and no digit."
            ));
        }
        if let Some(other) = taken.insert(letter, command) {
            return refused(format!(
                "“{command}” and “{other}” have the same letter, {key}."
            ));
        }
    }
    Ok(())
}

/// Lines for replies that somebody may want: none empty, none endless.
fn short_lines(lines: &[String]) -> Vec<String> {
    const MOST: usize = 100;
    const LONGEST: usize = 500;
    lines
        .iter()
        .map(|l| l.trim().chars().take(LONGEST).collect::<String>())
        .filter(|l| !l.is_empty())
        .take(MOST)
        .collect()
}
