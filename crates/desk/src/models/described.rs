//! What a model is and needs, and how fast it is on this machine, before somebody chooses it.

use crate::Desk;
use crate::drafter::{Drafter, DrafterCommand, Event};
use contract::frames::DraftJob;
use contract::{
    About, Chart, Code, Failure, MessageKind, ModelCard, Right, Sampling, SenderRole, SpeedTest,
    ThreadMessage, Urgency,
};

/// An invented message: what is measured must not hang on who is in the in-basket.
const TRIAL: &str = "My knee is sore since the long walk on Sunday, and a little swollen in the evening. It is better in the \
    morning. Should I rest it, and when would you want to see it?";

impl Desk {
    /// What an installed model is and needs. Its file is read and hashed for it.
    ///
    /// # Errors
    /// [`Code::Locked`], [`Code::NotFound`], or the refusals of the file.
    pub fn describe_model(&self, name: &str) -> Result<ModelCard, Failure> {
        self.allow(Right::Read)?;
        let line = self.place.installed(name)?;
        let choice = self.place.choose(Some(name))?;
        let found = self.place.inspect_model(name)?;
        Ok(ModelCard {
            may_draft: choice.is_some_and(|c| self.may_draft(&c).is_ok()),
            context: found.context,
            memory: found.memory,
            memory_free: found.memory_free,
            line,
        })
    }

    /// Loads a model in a drafter of its own, has it answer an invented message, and says how long that took.
    ///
    /// # Errors
    /// [`Code::Locked`], [`Code::NotFound`], the refusals of the file, or [`Code::Drafter`].
    pub fn try_model(&self, name: &str, command: &DrafterCommand) -> Result<SpeedTest, Failure> {
        self.allow(Right::Read)?;
        // By its name: a path from the page is not taken.
        let line = self.place.installed(name)?;
        let mut choice = self
            .place
            .choose(Some(&line.name))?
            .ok_or_else(|| Failure::new(Code::NotFound, "This model is not on this machine."))?;
        choice.threads = self.settings()?.draft_threads as usize;
        // A lock ends it as it ends all drafting.
        let mut drafter = Drafter::start(command, choice, || self.allow(Right::Read).is_err())?;
        let load_seconds = drafter.load_ms / 1000.0;
        let today = self.today().to_string();
        let job = drafter.submit(DraftJob {
            job: 0,
            thread: vec![ThreadMessage {
                id: "trial".into(),
                sender_role: SenderRole::Patient,
                sender_name: String::new(),
                sent_at: self.now_text(),
                subject: "Knee".into(),
                body: TRIAL.into(),
            }],
            chart: Chart::default(),
            kind: MessageKind::Clinical,
            urgency: Urgency::Routine,
            today,
            sampling: Sampling::default(),
            awaited: true,
        })?;
        loop {
            self.allow(Right::Read)?;
            if let Some(Event::Ended { job: ended, result }) = drafter.event()?
                && ended == job
            {
                let timing = result?.timing;
                return Ok(SpeedTest {
                    load_seconds,
                    first_token_seconds: timing.prefill_ms / 1000.0,
                    reply_seconds: (timing.prefill_ms + timing.decode_ms) / 1000.0,
                    tokens_per_second: timing.tokens_per_second(),
                });
            }
        }
    }

    /// What this installation is and where its data lie.
    ///
    /// # Errors
    /// [`Code::Locked`].
    pub fn about(&self) -> Result<About, Failure> {
        self.allow(Right::Read)?;
        let words = |p: &std::path::Path| p.display().to_string();
        Ok(About {
            version: env!("CARGO_PKG_VERSION").into(),
            data_folder: words(&self.place.data),
            models_folder: words(&self.place.models),
        })
    }
}
