//! Asking for drafts, choosing among them, and what the drafter is doing.

use super::{Notice, Page};
use crate::language::{t, t_with};
use crate::{keys, words};
use contract::{DraftState, DraftView, EngineState, Preset, StartMode};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::HashSet;

impl Page {
    /// Begins the reply from a draft that was chosen among several.
    pub(crate) fn use_draft(self, draft: DraftView) {
        self.dialog.set(None);
        self.keep_for_undo();
        self.mode.set(StartMode::Draft);
        self.checked.set(HashSet::new());
        self.touched.set(true);
        self.text.set(draft.text.clone());
        self.base.set(Some(draft));
        set_timeout(|| keys::focus("editor"), std::time::Duration::ZERO);
    }

    /// Shows draft and reply beside each other, or in one text.
    pub(crate) fn compare_beside(self) {
        let shown = self.compare.get_untracked();
        self.compare.set(true);
        self.beside.update(|b| *b = !(shown && *b));
    }

    /// Asks for a draft, or another one.
    pub(crate) fn redraft(self) {
        self.draft_as(None);
    }

    /// Asks for another draft and leaves the dialog where drafts are compared.
    pub(crate) fn make_another(self) {
        self.ask_for_draft(None);
    }

    /// Asks for a draft of some kind.
    pub(crate) fn draft_as(self, preset: Option<Preset>) {
        self.dialog.set(None);
        self.ask_for_draft(preset);
    }

    fn ask_for_draft(self, preset: Option<Preset>) {
        let Some(id) = self.selected.get_untracked() else {
            return;
        };
        // What the person wrote is not written over: the new draft is one key away (D).
        if !self.touched.get_untracked() {
            self.mode.set(StartMode::Draft);
        }
        spawn_local(async move {
            let seed = words::now_ms() as u64;
            if let Err(f) = self.backend().redraft(&id, seed, preset).await {
                self.notice.set(Some(Notice::Failure(f)));
            }
        });
    }

    /// Whether the draft of the message on screen is being written.
    pub(crate) fn writes_on_screen(self) -> bool {
        self.opened.with_untracked(|o| {
            o.as_ref()
                .is_some_and(|o| o.draft_state == DraftState::Writing)
        })
    }

    /// Stops the draft under way; what is written stays.
    pub(crate) fn stop(self) {
        spawn_local(async move {
            let _ = self.backend().stop_draft().await;
        });
    }

    /// Whether there is no model to draft with.
    pub(crate) fn no_model(self) -> bool {
        self.queue
            .with(|q| matches!(q.as_ref().map(|q| &q.engine), Some(EngineState::NoModel)))
    }

    /// Whether a message that waits for a draft can get one.
    pub(crate) fn drafting(self) -> bool {
        self.queue.with(|q| {
            !matches!(
                q.as_ref().map(|q| &q.engine),
                Some(EngineState::NoModel | EngineState::Failed { .. })
            )
        })
    }

    /// What the drafter is doing, in words.
    pub(crate) fn engine(self) -> (&'static str, String) {
        self.queue.with(|q| match q.as_ref().map(|q| &q.engine) {
            None => ("idle", String::new()),
            Some(EngineState::NoModel) => ("none", t("engine-none")),
            Some(EngineState::Loading { .. }) => ("busy", t("engine-loading")),
            Some(EngineState::Ready { waiting, .. }) => {
                let state = if *waiting == 0 { "ready" } else { "busy" };
                (
                    state,
                    t_with("engine-waiting", &[("count", (*waiting).into())]),
                )
            }
            Some(EngineState::Resting { .. }) => ("ready", t("engine-resting")),
            Some(EngineState::Failed { .. }) => ("failed", t("engine-failed")),
        })
    }
}
