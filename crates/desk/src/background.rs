//! Drafting in the background: many waiting messages at once, the most urgent
//! and oldest first. The one on screen goes before all others.

use crate::Desk;
use crate::back_off::{BACK_OFF, BackOff};
use crate::desk::lock;
use crate::drafter::{AT_ONCE, Choice, Drafter, DrafterCommand, Event};
use clinical::gate;
use contract::frames::Made;
use contract::{Code, DeskEvent, DraftState, EngineState, Failure, Right, Sampling, Urgency};
use records::{DraftOutcome, NewDraft, Open, RecordError};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

/// The running background thread; dropping it ends it and the drafter.
pub struct Background {
    desk: Arc<Desk>,
    threads: Vec<JoinHandle<()>>,
}

impl Background {
    /// Starts drafting for a desk.
    ///
    /// # Errors
    /// [`Code::Internal`] when no thread can be had.
    pub fn start(desk: Arc<Desk>, command: DrafterCommand) -> Result<Self, Failure> {
        let (own, way) = (Arc::clone(&desk), Arc::clone(&desk.way));
        // Dropped half started, it ends what runs.
        let mut started = Self {
            desk,
            threads: Vec::new(),
        };
        started.run("drafting", move || Loop { desk: own, command }.run())?;
        started.run("giving way", move || way.keep())?;
        Ok(started)
    }

    fn run(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
        let thread = std::thread::Builder::new().name(name.into()).spawn(work);
        self.threads.push(thread.map_err(|e| {
            Failure::new(Code::Internal, format!("No thread could be started: {e}."))
        })?);
        Ok(())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        {
            let mut work = lock(&self.desk.work);
            work.shut = true;
        }
        self.desk.wake();
        self.desk.way.shut();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// A draft that was asked for.
struct Asked {
    message_id: String,
    sampling: Sampling,
    /// Whether a person asked for it, beyond the first that every message gets.
    wanted: bool,
}

/// Drafts that were asked for.
struct UnderWay {
    /// By their numbers.
    asked: HashMap<u64, Asked>,
    /// How many may be under way: one after a sudden end, so that the message
    /// that caused it is found.
    at_once: usize,
    /// Whether there may be something new to ask for.
    look: bool,
    /// The draft that goes before the others.
    preferred: Option<u64>,
}

/// What a round came to.
#[derive(PartialEq, Eq)]
enum Round {
    /// There is nothing to do.
    Idle,
    /// Drafts are under way.
    Busy,
    /// A draft was made.
    Made,
}

impl UnderWay {
    fn has(&self, message_id: &str) -> bool {
        self.asked.values().any(|a| a.message_id == message_id)
    }
}

/// When a file was last written; none where it is gone.
fn written_at(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|m| m.modified()).ok()
}

/// How often a pause looks whether the record is still open.
const SLICE: Duration = Duration::from_millis(200);

struct Loop {
    desk: Arc<Desk>,
    command: DrafterCommand,
}

impl Loop {
    fn run(&self) {
        let mut drafter: Option<Drafter> = None;
        let mut under_way = UnderWay {
            asked: HashMap::new(),
            at_once: AT_ONCE,
            look: true,
            preferred: None,
        };
        let mut back_off = BackOff::default();
        // Since when nothing is to be drafted.
        let mut idle_since: Option<Duration> = None;
        // What was refused is not tried again until another model is chosen or its file is written anew.
        let mut refused: Option<(Choice, Option<SystemTime>)> = None;
        while !lock(&self.desk.work).shut {
            if drafter.is_none() {
                idle_since = None;
            }
            under_way.look |= std::mem::take(&mut lock(&self.desk.work).woken);
            // A locked record ends the drafter, and with it every word of a patient that it holds.
            if !self.desk.is_open() {
                drafter = None;
                under_way.asked.clear();
                self.take_back(&mut under_way);
                self.rest();
                continue;
            }
            // Looked up again when something may have changed, not for every token.
            let choice = match &drafter {
                Some(d) if !under_way.look && !under_way.asked.is_empty() => {
                    Ok(Some(d.choice.clone()))
                }
                _ => self.choice(),
            };
            let choice = match choice {
                Ok(Some(c)) => c,
                Ok(None) => {
                    drafter = None;
                    self.take_back(&mut under_way);
                    self.desk.set_engine(EngineState::NoModel);
                    self.rest();
                    continue;
                }
                Err(failure) => {
                    drafter = None;
                    self.take_back(&mut under_way);
                    self.desk.set_engine(EngineState::Failed { failure });
                    self.rest();
                    continue;
                }
            };
            // A model that rests comes back with something to draft.
            if drafter.is_none() && self.is_resting(&choice.name) && !self.has_work() {
                self.rest();
                continue;
            }
            if refused.as_ref() == Some(&(choice.clone(), written_at(&choice.path))) {
                self.rest();
                continue;
            }
            refused = None;
            if drafter.as_ref().is_none_or(|d| d.choice != choice) {
                drafter = None;
                self.take_back(&mut under_way);
                self.desk.set_engine(EngineState::Loading {
                    model: choice.name.clone(),
                });
                let desk = Arc::clone(&self.desk);
                let written = written_at(&choice.path);
                match Drafter::start(&self.command, choice.clone(), move || {
                    lock(&desk.work).shut || !desk.is_open()
                }) {
                    Ok(d) => drafter = Some(d.giving_way(&self.desk.way)),
                    Err(failure) => {
                        tracing::warn!(code = failure.code.as_str(), "the model was refused");
                        let for_good = !matches!(failure.code, Code::ModelMemory | Code::Drafter);
                        self.desk.set_engine(EngineState::Failed { failure });
                        if for_good {
                            refused = Some((choice, written));
                        } else {
                            self.rest();
                        }
                        continue;
                    }
                }
            }
            let Some(ready) = drafter.as_mut() else {
                continue;
            };
            match self.round(ready, &mut under_way) {
                Ok(Round::Made) => {
                    back_off.forget();
                    idle_since = None;
                }
                Ok(Round::Busy) => idle_since = None,
                Ok(Round::Idle) => {
                    let now = (self.desk.clock.elapsed)();
                    let since = *idle_since.get_or_insert(now);
                    if self.is_idle_for_long(now.saturating_sub(since)) {
                        let model = ready.choice.name.clone();
                        drafter = None;
                        self.desk.set_engine(EngineState::Resting { model });
                    }
                    self.rest();
                }
                Err(failure) => {
                    tracing::warn!(code = failure.code.as_str(), "drafting failed");
                    self.give_up(ready, &mut under_way, &failure);
                    drafter = None;
                    match back_off.next() {
                        Some(pause) => self.pause(pause),
                        None => {
                            self.desk.set_engine(EngineState::Failed { failure });
                            self.rest();
                        }
                    }
                }
            }
        }
    }

    /// Whether nothing was drafted for as long as the model may wait in memory.
    fn is_idle_for_long(&self, idle: Duration) -> bool {
        let minutes = self.desk.settings().map_or(0, |s| s.unload_minutes);
        minutes != 0 && idle >= Duration::from_secs(60 * u64::from(minutes))
    }

    fn is_resting(&self, name: &str) -> bool {
        matches!(&lock(&self.desk.work).engine, EngineState::Resting { model } if model == name)
    }

    /// Whether a person asked for a draft, or a message waits for its first one.
    fn has_work(&self) -> bool {
        if !lock(&self.desk.work).wanted.is_empty() {
            return true;
        }
        let on_screen = lock(&self.desk.work).on_screen.clone();
        self.desk.record(Right::Read).is_ok_and(|r| {
            let first = r.undrafted(1).is_ok_and(|(ids, _)| !ids.is_empty());
            first || on_screen.is_some_and(|id| r.is_undrafted(&id).unwrap_or(false))
        })
    }

    fn choice(&self) -> Result<Option<Choice>, Failure> {
        let settings = self.desk.settings().unwrap_or_default();
        let asked = lock(&self.desk.work).model.clone();
        // What this person chose for now, then what the clinic drafts with, then the best there is.
        // One that was removed since must not stop the drafting.
        let asked = asked.or_else(|| {
            let model = Some(settings.model.clone()).filter(|m| !m.is_empty())?;
            self.desk.place.installed(&model).ok().map(|_| model)
        });
        let threads = settings.draft_threads as usize;
        let choice = self.desk.place.choose(asked.as_deref())?;
        if let Some(choice) = &choice {
            self.desk.may_draft(choice)?;
        }
        Ok(choice.map(|c| Choice { threads, ..c }))
    }

    /// Waits for a time, unless the program ends or the record is locked: the drafter must not outlive that.
    fn pause(&self, time: Duration) {
        let until = std::time::Instant::now() + time;
        loop {
            let left = until.saturating_duration_since(std::time::Instant::now());
            if left.is_zero() || !self.desk.is_open() {
                return;
            }
            let work = lock(&self.desk.work);
            if work.shut {
                return;
            }
            let _ = self.desk.wake.wait_timeout(work, left.min(SLICE));
        }
    }

    /// Waits until something may have changed.
    fn rest(&self) {
        let work = lock(&self.desk.work);
        if !work.woken && !work.shut {
            // A minute at most: a model copied into the folder by hand is found, too.
            let _ = self.desk.wake.wait_timeout(work, Duration::from_secs(60));
        }
    }

    /// Asks for what is to be drafted and takes what came.
    ///
    /// # Errors
    /// The drafter's end. What goes wrong with one message stays with it.
    fn round(&self, drafter: &mut Drafter, under_way: &mut UnderWay) -> Result<Round, Failure> {
        if std::mem::take(&mut under_way.look) || under_way.asked.is_empty() {
            self.ask(drafter, under_way)?;
        }
        let stop = lock(&self.desk.work).stop.take();
        if under_way.asked.is_empty() {
            return Ok(Round::Idle);
        }
        let stopped = |a: &Asked| Some(&a.message_id) == stop.as_ref();
        if let Some((job, _)) = under_way.asked.iter().find(|(_, a)| stopped(a)) {
            drafter.stop(*job)?;
        }
        match drafter.event()? {
            Some(Event::Text { job, text, pace }) => {
                if let Some(u) = under_way.asked.get(&job) {
                    let message_id = u.message_id.clone();
                    // Held while the text is handed on, so that a lock comes before or after it.
                    let Ok(_open) = self.desk.record(Right::Read) else {
                        return Ok(Round::Busy);
                    };
                    let mut work = lock(&self.desk.work);
                    work.writing.insert(message_id.clone(), text.clone());
                    let shown = work.on_screen.as_ref() == Some(&message_id);
                    drop(work);
                    // The others' texts would only keep the window busy.
                    if shown {
                        self.desk.tell(DeskEvent::DraftText {
                            message_id,
                            text,
                            pace,
                        });
                    }
                }
                Ok(Round::Busy)
            }
            Some(Event::Ended { job, result }) => {
                if let Some(u) = under_way.asked.remove(&job)
                    && !lock(&self.desk.work).shut
                {
                    under_way.look = true;
                    under_way.at_once = (2 * under_way.at_once).min(AT_ONCE);
                    let message_id = u.message_id.clone();
                    if let Err(e) = self.ended(drafter, u, result.map(|d| *d)) {
                        tracing::warn!(code = e.code.as_str(), "a draft could not be kept");
                        lock(&self.desk.work).writing.remove(&message_id);
                        self.changed(&message_id, DraftState::Queued);
                        // The disk may be full: drafting on at full speed would help nobody.
                        if e.code != Code::Locked {
                            self.pause(BACK_OFF[2]);
                        }
                    }
                }
                Ok(Round::Made)
            }
            None => Ok(Round::Busy),
        }
    }

    /// Asks for drafts until enough are under way.
    fn ask(&self, drafter: &mut Drafter, under_way: &mut UnderWay) -> Result<(), Failure> {
        let waiting = self
            .desk
            .record(Right::Read)
            .and_then(|r| Ok(r.undrafted(2 * AT_ONCE as u32)?));
        let (waiting, all) = match waiting {
            Ok(found) => found,
            Err(failure) => {
                tracing::warn!(code = failure.code.as_str(), "the queue could not be read");
                (Vec::new(), 0)
            }
        };
        self.desk.set_engine(EngineState::Ready {
            model: drafter.choice.name.clone(),
            waiting: all,
        });
        // Those that a person waits for are asked for at once, whatever else is under
        // way; another draft of a message comes after the one that is being made.
        let mut later = Vec::new();
        loop {
            let Some((id, sampling)) = lock(&self.desk.work).wanted.pop_front() else {
                break;
            };
            if under_way.has(&id) {
                later.push((id, sampling));
            } else {
                self.submit(drafter, under_way, id, sampling, true)?;
            }
        }
        lock(&self.desk.work).wanted.extend(later);
        let on_screen = lock(&self.desk.work).on_screen.clone();
        if let Some(id) = on_screen.clone()
            && !under_way.has(&id)
            && self
                .desk
                .record(Right::Read)
                .and_then(|r| Ok(r.is_undrafted(&id)?))
                .unwrap_or(false)
        {
            self.submit(drafter, under_way, id, Sampling::default(), false)?;
        }
        let shown = under_way
            .asked
            .iter()
            .find(|(_, a)| Some(&a.message_id) == on_screen.as_ref())
            .map(|(job, _)| *job);
        if let Some(job) = shown
            && under_way.preferred != Some(job)
        {
            under_way.preferred = Some(job);
            drafter.prefer(job)?;
        }
        for id in waiting {
            if under_way.asked.len() >= under_way.at_once {
                break;
            }
            if !under_way.has(&id) {
                self.submit(drafter, under_way, id, Sampling::default(), false)?;
            }
        }
        Ok(())
    }

    /// Asks for one draft. A message that cannot be read gets a failed draft, so
    /// that it does not hold up those behind it.
    fn submit(
        &self,
        drafter: &mut Drafter,
        under_way: &mut UnderWay,
        message_id: String,
        sampling: Sampling,
        wanted: bool,
    ) -> Result<(), Failure> {
        let job = match self.draftable(&message_id) {
            Ok(None) => return Ok(()),
            Ok(Some(open)) => self.desk.job(&open, 0, sampling),
            Err(e) => Err(e),
        };
        // As it was asked for: an angry message asks by itself.
        let sampling = job.as_ref().map_or(sampling, |j| j.sampling);
        let number = match job.and_then(|job| drafter.submit(job)) {
            Ok(number) => number,
            Err(failure) if failure.code == Code::Drafter => {
                if wanted {
                    lock(&self.desk.work)
                        .wanted
                        .push_front((message_id, sampling));
                }
                return Err(failure);
            }
            Err(failure) => {
                self.failed(drafter, &message_id, sampling, failure);
                return Ok(());
            }
        };
        lock(&self.desk.work)
            .writing
            .insert(message_id.clone(), String::new());
        self.changed(&message_id, DraftState::Writing);
        under_way.asked.insert(
            number,
            Asked {
                message_id,
                sampling,
                wanted,
            },
        );
        Ok(())
    }

    fn failed(&self, drafter: &Drafter, message_id: &str, sampling: Sampling, failure: Failure) {
        let outcome = DraftOutcome::Failed(failure);
        if let Err(e) = self.keep(drafter, message_id, sampling, outcome) {
            tracing::warn!(code = e.code.as_str(), "a failed draft could not be kept");
        }
        self.changed(message_id, DraftState::Failed);
    }

    /// Nothing is under way any more; what a person asked for is asked for again.
    fn take_back(&self, under_way: &mut UnderWay) {
        (under_way.look, under_way.preferred) = (true, None);
        lock(&self.desk.work).writing.clear();
        for (_, asked) in under_way.asked.drain() {
            self.changed(&asked.message_id, DraftState::Queued);
            if asked.wanted {
                lock(&self.desk.work)
                    .wanted
                    .push_back((asked.message_id, asked.sampling));
            }
        }
    }

    /// Keeps what a draft became.
    fn ended(
        &self,
        drafter: &Drafter,
        asked: Asked,
        result: Result<Made, Failure>,
    ) -> Result<(), Failure> {
        let Asked {
            message_id,
            sampling,
            ..
        } = asked;
        // A red flag or a decision may have come in while the draft was made.
        let mut state = DraftState::Queued;
        if let Some(open) = self.draftable(&message_id)? {
            let sign_off = self.desk.settings()?.sign_off;
            let outcome = match result {
                Ok(done) => {
                    state = DraftState::Ready;
                    crate::drafter::outcome(done, gate::same_day_advice(&open.triage), &sign_off)
                }
                Err(failure) => {
                    state = DraftState::Failed;
                    DraftOutcome::Failed(failure)
                }
            };
            self.keep(drafter, &message_id, sampling, outcome)?;
        }
        lock(&self.desk.work).writing.remove(&message_id);
        self.changed(&message_id, state);
        Ok(())
    }

    /// The drafter is gone. The message that was alone in it gets no second try
    /// by itself, so that it cannot end drafters for ever; one of many does, alone.
    fn give_up(&self, drafter: &Drafter, under_way: &mut UnderWay, failure: &Failure) {
        under_way.at_once = 1;
        if under_way.asked.len() == 1
            && !lock(&self.desk.work).shut
            && let Some((_, asked)) = under_way.asked.drain().next()
        {
            lock(&self.desk.work).writing.clear();
            self.failed(drafter, &asked.message_id, asked.sampling, failure.clone());
        }
        self.take_back(under_way);
    }

    /// The message, if it still waits and is no emergency.
    fn draftable(&self, message_id: &str) -> Result<Option<Open>, Failure> {
        let record = self.desk.record(Right::Read)?;
        let open = match record.open_message(message_id) {
            Ok(open) => open,
            Err(RecordError::NotFound(_)) => return Ok(None),
            Err(e) => return Err(e.into()),
        };
        let waits = record.decision_for(message_id)?.is_none();
        let emergency = open.triage.urgency == Urgency::Emergency;
        Ok((waits && !emergency).then_some(open))
    }

    fn keep(
        &self,
        drafter: &Drafter,
        message_id: &str,
        sampling: Sampling,
        outcome: DraftOutcome,
    ) -> Result<(), Failure> {
        self.desk.record(Right::Read)?.keep_draft(&NewDraft {
            message_id: message_id.to_owned(),
            model: drafter.choice.name.clone(),
            model_sha256: drafter.choice.sha256.clone(),
            prompt_version: drafter.prompt_version.clone(),
            sampling,
            outcome,
            created_at: self.desk.now_text(),
        })?;
        Ok(())
    }

    fn changed(&self, message_id: &str, state: DraftState) {
        self.desk.tell(DeskEvent::DraftChanged {
            message_id: message_id.to_owned(),
            state,
        });
    }
}
