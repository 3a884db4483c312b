//! Drafts made in this process, for comparing prompts.

use crate::drafter::{AT_ONCE, Drafts};
use contract::Failure;
use contract::frames::{DraftJob, Made};
use drafting::engine::{Engine, Event, Setup};
use drafting::prompt::PromptWords;
use std::collections::HashMap;
use std::path::Path;

/// An engine without the drafter's process and walls around it. It reads nothing
/// but the lines it is given, so it is for measuring and never for a record.
pub struct InProcess {
    engine: Engine,
    next_job: u64,
}

impl InProcess {
    /// Loads a model.
    ///
    /// # Errors
    /// The model's refusal.
    pub fn open(model: &Path) -> Result<Self, Failure> {
        Ok(Self {
            engine: Engine::open(model, None, Setup::default())?,
            next_job: 1,
        })
    }

    /// Takes another version of the prompt, from the text of its file.
    ///
    /// # Errors
    /// [`contract::Code::Internal`] with the line that cannot be read, or the engine's.
    pub fn use_words(&mut self, text: &str) -> Result<(), Failure> {
        self.engine.use_words(PromptWords::parse(text)?)?;
        Ok(())
    }

    /// Version of the prompt that is used.
    pub fn prompt_version(&self) -> &str {
        self.engine.prompt_version()
    }
}

impl Drafts for InProcess {
    fn all<T>(
        &mut self,
        mut next: impl FnMut() -> Result<Option<(DraftJob, T)>, Failure>,
        mut done: impl FnMut(T, Result<Made, Failure>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut under_way = HashMap::new();
        let mut more = true;
        loop {
            while more && under_way.len() < AT_ONCE {
                let Some((mut job, mark)) = next()? else {
                    more = false;
                    break;
                };
                job.job = self.next_job;
                self.next_job += 1;
                match self.engine.begin(&job) {
                    Ok(()) => {
                        under_way.insert(job.job, mark);
                    }
                    Err(e) => done(mark, Err(e.into()))?,
                }
            }
            if under_way.is_empty() {
                return Ok(());
            }
            for event in self.engine.step(&mut || false) {
                if let Event::Ended { job, result } = event
                    && let Some(mark) = under_way.remove(&job)
                {
                    done(mark, result.map(Made::from).map_err(Failure::from))?;
                }
            }
        }
    }
}
