//! Drafting in the background: every waiting message, the one on screen first,
//! then the most urgent and oldest.

use crate::Desk;
use crate::desk::lock;
use crate::drafter::{Choice, DraftError, Drafter, DrafterCommand, Halt};
use clinical::gate;
use contract::{Code, DeskEvent, DraftState, EngineState, Failure, Gate, Sampling, Urgency};
use records::{DraftOutcome, NewDraft, Open, RecordError};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// Waits after the drafter's first, second and third sudden end; then it rests until asked.
const BACK_OFF: [Duration; 3] = [
    Duration::from_millis(200),
    Duration::from_secs(2),
    Duration::from_secs(10),
];

/// The running background thread; dropping it ends it and the drafter.
pub struct Background {
    desk: Arc<Desk>,
    thread: Option<JoinHandle<()>>,
}

impl Background {
    /// Starts drafting for a desk.
    ///
    /// # Errors
    /// [`Code::Internal`] when no thread can be had.
    pub fn start(desk: Arc<Desk>, command: DrafterCommand) -> Result<Self, Failure> {
        let own = Arc::clone(&desk);
        let thread = std::thread::Builder::new()
            .name("drafting".into())
            .spawn(move || Loop { desk: own, command }.run())
            .map_err(|e| {
                Failure::new(Code::Internal, format!("No thread could be started: {e}."))
            })?;
        Ok(Self {
            desk,
            thread: Some(thread),
        })
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        {
            let mut work = lock(&self.desk.work);
            work.shut = true;
            work.stop = true;
        }
        self.desk.wake();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Desk {
    /// Tells the background that something may have changed.
    pub(crate) fn wake(&self) {
        lock(&self.work).woken = true;
        self.wake.notify_all();
    }

    /// Stops the draft under way; what is written is kept.
    pub fn stop_draft(&self) {
        lock(&self.work).stop = true;
    }

    /// Asks for a draft, or for another one. A red flag gets none, whoever asks.
    ///
    /// # Errors
    /// [`Code::Conflict`] for an emergency or a decided message, or the record's.
    pub fn redraft(&self, message_id: &str, seed: u64) -> Result<(), Failure> {
        let open = self.record().open_message(message_id)?;
        if open.triage.urgency == Urgency::Emergency {
            return Err(Failure::new(
                Code::Conflict,
                "This message has a red flag: no draft is made. Call the patient, or send the fixed text.",
            ));
        }
        if self.record().decision_for(message_id)?.is_some() {
            return Err(Failure::new(
                Code::Conflict,
                "This message has already been decided.",
            ));
        }
        // The first draft is greedy; another one must be able to differ.
        let sampling = if self.record().newest_draft(message_id)?.is_some() {
            Sampling {
                temperature: 0.7,
                seed,
                ..Sampling::default()
            }
        } else {
            Sampling::default()
        };
        lock(&self.work)
            .wanted
            .push_back((message_id.to_owned(), sampling));
        self.wake();
        Ok(())
    }

    /// Chooses the model for drafts by name or path; `None` for the best installed one.
    pub fn choose_model(&self, model: Option<String>) {
        lock(&self.work).model = model;
        self.wake();
    }

    fn set_engine(&self, state: EngineState) {
        let changed = {
            let mut work = lock(&self.work);
            let changed = work.engine != state;
            work.engine = state.clone();
            changed
        };
        if changed {
            self.tell(DeskEvent::Engine { state });
        }
    }
}

struct Loop {
    desk: Arc<Desk>,
    command: DrafterCommand,
}

impl Loop {
    fn run(&self) {
        let mut drafter: Option<Drafter> = None;
        let mut ends = 0;
        // What was refused is not tried again until another model is chosen; memory may come free.
        let mut refused: Option<Choice> = None;
        while !lock(&self.desk.work).shut {
            lock(&self.desk.work).woken = false;
            let choice = match self.choice() {
                Ok(Some(c)) => c,
                Ok(None) => {
                    drafter = None;
                    self.desk.set_engine(EngineState::NoModel);
                    self.rest();
                    continue;
                }
                Err(failure) => {
                    drafter = None;
                    self.desk.set_engine(EngineState::Failed { failure });
                    self.rest();
                    continue;
                }
            };
            if refused.as_ref() == Some(&choice) {
                self.rest();
                continue;
            }
            if drafter.as_ref().is_none_or(|d| d.choice != choice) {
                drafter = None;
                self.desk.set_engine(EngineState::Loading {
                    model: choice.name.clone(),
                });
                let desk = Arc::clone(&self.desk);
                match Drafter::start(&self.command, choice.clone(), move || lock(&desk.work).shut) {
                    Ok(d) => drafter = Some(d),
                    Err(failure) => {
                        tracing::warn!(code = failure.code.as_str(), "the model was refused");
                        let for_good = failure.code != Code::ModelMemory;
                        self.desk.set_engine(EngineState::Failed { failure });
                        if for_good {
                            refused = Some(choice);
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
            match self.one(ready) {
                Ok(true) => ends = 0,
                Ok(false) => self.rest(),
                Err(failure) => {
                    tracing::warn!(code = failure.code.as_str(), "drafting failed");
                    drafter = None;
                    match BACK_OFF.get(ends) {
                        Some(pause) => self.pause(*pause),
                        None => {
                            self.desk.set_engine(EngineState::Failed { failure });
                            self.rest();
                            ends = 0;
                            continue;
                        }
                    }
                    ends += 1;
                }
            }
        }
    }

    fn choice(&self) -> Result<Option<Choice>, Failure> {
        let asked = lock(&self.desk.work).model.clone();
        self.desk.place.choose(asked.as_deref())
    }

    /// Waits for a time, unless the program ends.
    fn pause(&self, time: Duration) {
        let until = std::time::Instant::now() + time;
        let mut work = lock(&self.desk.work);
        while !work.shut {
            let left = until.saturating_duration_since(std::time::Instant::now());
            if left.is_zero() {
                return;
            }
            work = match self.desk.wake.wait_timeout(work, left) {
                Ok((work, _)) => work,
                Err(poisoned) => poisoned.into_inner().0,
            };
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

    /// Makes one draft; `false` when there is none to make.
    fn one(&self, drafter: &mut Drafter) -> Result<bool, Failure> {
        let waiting = self.desk.record().undrafted()?;
        let (wanted, on_screen) = {
            let mut work = lock(&self.desk.work);
            (work.wanted.pop_front(), work.on_screen.clone())
        };
        self.desk.set_engine(EngineState::Ready {
            model: drafter.choice.name.clone(),
            waiting: waiting.len(),
        });
        let next = wanted.or_else(|| {
            waiting
                .iter()
                .find(|r| on_screen.as_ref() == Some(&r.message_id))
                .or(waiting.first())
                .map(|r| (r.message_id.clone(), Sampling::default()))
        });
        let Some((message_id, sampling)) = next else {
            return Ok(false);
        };
        let Some(open) = self.draftable(&message_id)? else {
            return Ok(true);
        };
        let job = self.desk.job(&open, 0, sampling)?;
        {
            let mut work = lock(&self.desk.work);
            work.stop = work.shut;
            work.writing = Some((message_id.clone(), String::new()));
        }
        self.changed(&message_id, DraftState::Writing);
        let desk = Arc::clone(&self.desk);
        let id = message_id.clone();
        let on_text = move |text: String| {
            lock(&desk.work).writing = Some((id.clone(), text.clone()));
            desk.tell(DeskEvent::DraftText {
                message_id: id.clone(),
                text,
            });
        };
        let drafted = drafter.draft(job, on_text, || {
            let work = lock(&self.desk.work);
            match (work.shut, work.stop) {
                (true, _) => Halt::Leave,
                (false, true) => Halt::Keep,
                (false, false) => Halt::No,
            }
        });
        let shut = lock(&self.desk.work).shut;
        let sign_off = self.desk.settings()?.sign_off;
        let mut gone = None;
        let outcome = match drafted {
            // The program ends: the draft is made again next time.
            _ if shut => None,
            Ok(done) => Some(done.into_outcome(gate::same_day_advice(&open.triage), &sign_off)),
            Err(DraftError::Failed(failure)) => Some(DraftOutcome::Failed(failure)),
            // A message that ends the drafter must not end it for ever.
            Err(DraftError::Gone(failure)) => {
                gone = Some(failure.clone());
                Some(DraftOutcome::Failed(failure))
            }
        };
        // A red flag or a decision may have come in while the draft was made.
        let outcome = match self.draftable(&message_id)? {
            Some(_) => outcome,
            None => None,
        };
        let state = match &outcome {
            Some(DraftOutcome::Text { .. }) => DraftState::Ready,
            Some(DraftOutcome::Failed(_)) => DraftState::Failed,
            None => DraftState::Queued,
        };
        if let Some(outcome) = outcome {
            self.keep(drafter, &message_id, sampling, outcome)?;
        }
        lock(&self.desk.work).writing = None;
        self.changed(&message_id, state);
        match gone {
            Some(failure) if !shut => Err(failure),
            _ => Ok(true),
        }
    }

    /// The message, if it still waits and is no emergency.
    fn draftable(&self, message_id: &str) -> Result<Option<Open>, Failure> {
        let record = self.desk.record();
        let open = match record.open_message(message_id) {
            Ok(open) => open,
            Err(RecordError::NotFound(_)) => return Ok(None),
            Err(e) => return Err(e.into()),
        };
        let waits = record.decision_for(message_id)?.is_none();
        let emergency = matches!(gate::decide(&open.triage, ""), Gate::Emergency { .. });
        Ok((waits && !emergency).then_some(open))
    }

    fn keep(
        &self,
        drafter: &Drafter,
        message_id: &str,
        sampling: Sampling,
        outcome: DraftOutcome,
    ) -> Result<(), Failure> {
        self.desk.record().keep_draft(&NewDraft {
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
