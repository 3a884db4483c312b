//! What people ask of the drafting: a draft, another one, an end to it, another model.

use crate::Desk;
use crate::desk::lock;
use contract::{Code, DeskEvent, EngineState, Failure, Preset, Right, Sampling, Urgency};

impl Desk {
    /// Tells the background that something may have changed.
    pub(crate) fn wake(&self) {
        lock(&self.work).woken = true;
        self.wake.notify_all();
    }

    /// Stops the draft of the message on screen; what is written is kept.
    pub fn stop_draft(&self) {
        let mut work = lock(&self.work);
        work.stop = work.on_screen.clone();
    }

    /// Asks for a draft, or for another one. A red flag gets none, whoever asks.
    ///
    /// # Errors
    /// [`Code::Conflict`] for an emergency or a decided message, or the record's.
    pub fn redraft(
        &self,
        message_id: &str,
        seed: u64,
        preset: Option<Preset>,
    ) -> Result<(), Failure> {
        self.not_in_practice(message_id)?;
        let open = self.record(Right::Read)?.open_message(message_id)?;
        if open.triage.urgency == Urgency::Emergency {
            return Err(Failure::new(
                Code::Conflict,
                "This message has a red flag: no draft is made. Call the patient, or send the fixed text.",
            ));
        }
        if self
            .record(Right::Read)?
            .decision_for(message_id)?
            .is_some()
        {
            return Err(Failure::new(
                Code::Conflict,
                "This message has already been decided.",
            ));
        }
        // The first draft is greedy; another one must be able to differ.
        let sampling = if self
            .record(Right::Read)?
            .newest_draft(message_id)?
            .is_some()
        {
            Sampling {
                temperature: 0.7,
                seed,
                ..Sampling::default()
            }
        } else {
            Sampling::default()
        };
        let sampling = Sampling { preset, ..sampling };
        let mut work = lock(&self.work);
        // A stop that came too late for the last draft is not meant for this one.
        work.stop = None;
        work.wanted.push_back((message_id.to_owned(), sampling));
        drop(work);
        self.wake();
        Ok(())
    }

    /// Chooses the model for drafts by name or path; `None` for the best installed one.
    pub fn choose_model(&self, model: Option<String>) {
        lock(&self.work).model = model;
        self.wake();
    }

    pub(crate) fn set_engine(&self, state: EngineState) {
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
