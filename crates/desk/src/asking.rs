//! What people ask of the drafting: a draft, another one, an end to it, another model.

use crate::Desk;
use crate::desk::lock;
use clinical::gate;
use contract::{Code, DeskEvent, EngineState, Failure, Preset, Right, Sampling, Urgency};
use records::{Draft, DraftOutcome};

/// Drafts of a message that are looked at for one of the kind that is asked for.
const LOOKED_AT: u32 = 50;

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
        let greedy = Sampling {
            preset,
            ..Sampling::default()
        };
        let again = {
            let record = self.record(Right::Read)?;
            let newest = record.newest_draft(message_id)?;
            is_asked_again(
                gate::asked(greedy, &open.triage).preset,
                newest.as_ref(),
                &record.drafts(message_id, LOOKED_AT)?,
            )
        };
        let sampling = if again {
            Sampling {
                temperature: 0.7,
                seed,
                ..greedy
            }
        } else {
            greedy
        };
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

/// Whether a draft of this kind was made before, so that another one must be able
/// to differ; also after a failure, which would only come again. The first draft
/// of a kind takes the likeliest words: chance makes a small model careless.
fn is_asked_again(asked: Option<Preset>, newest: Option<&Draft>, drafts: &[Draft]) -> bool {
    newest.is_some_and(|d| matches!(d.draft.outcome, DraftOutcome::Failed(_)))
        || drafts.iter().any(|d| d.draft.sampling.preset == asked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::NewDraft;
    use std::slice::from_ref;

    fn draft(preset: Option<Preset>, outcome: DraftOutcome) -> Draft {
        Draft {
            id: 1,
            draft: NewDraft {
                message_id: "m".into(),
                model: "test".into(),
                model_sha256: String::new(),
                prompt_version: "test".into(),
                sampling: Sampling {
                    preset,
                    ..Sampling::default()
                },
                outcome,
                created_at: "2026-11-20T10:00:00Z".into(),
            },
        }
    }

    fn text() -> DraftOutcome {
        DraftOutcome::Text {
            text: "Please tell us more.".into(),
            finish: contract::FinishReason::EndOfTurn,
            timing: contract::Timing::default(),
            prompt_system: String::new(),
            prompt_user: String::new(),
            context_hash: String::new(),
            notes: Vec::new(),
        }
    }

    #[test]
    fn the_first_draft_of_a_kind_is_the_likeliest_and_the_next_may_differ() {
        let plain = draft(None, text());
        let shorter = Some(Preset::Shorter);
        assert!(!is_asked_again(None, None, &[]));
        assert!(is_asked_again(None, Some(&plain), from_ref(&plain)));
        assert!(!is_asked_again(shorter, Some(&plain), from_ref(&plain)));
        let short = draft(shorter, text());
        let both = [short.clone(), plain];
        assert!(is_asked_again(shorter, Some(&short), &both));
        assert!(is_asked_again(None, Some(&short), &both));
        let failed = Failure::new(Code::Drafter, "It ended.");
        let failed = draft(None, DraftOutcome::Failed(failed));
        assert!(is_asked_again(shorter, Some(&failed), &[]));
    }
}
