//! Who works at the page, and what becomes of it when the record is locked.

use super::{Attention, Folder, Notice, Page};
use contract::{Codes, Failure, FirstAdmin, Right, SessionState, StartMode, Unlock, UnsentText};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// Typed words are kept when they rest for so long.
const REST: Duration = Duration::from_millis(600);
/// The desk is told that somebody is there at most so often, in milliseconds.
const TOLD: f64 = 10_000.0;

impl Page {
    /// Asks who has the record open, and begins or ends work accordingly.
    pub(crate) async fn look_at_session(self) {
        match self.backend().session().await {
            Ok(state) => self.enter(state).await,
            Err(f) => self.entry_failure.set(Some(f)),
        }
    }

    async fn enter(self, state: SessionState) {
        let open = matches!(state, SessionState::Open { .. });
        if !open {
            self.blank();
        }
        let was_open = self.is_open();
        self.session.set(Some(state));
        if open && !was_open {
            self.entry_failure.set(None);
            if let Ok(s) = self.backend().settings().await {
                self.settings.set(s);
            }
            self.refresh().await;
            self.open_first();
        }
    }

    /// True while the record is open.
    pub(crate) fn is_open(self) -> bool {
        self.session
            .with_untracked(|s| matches!(s, Some(SessionState::Open { .. })))
    }

    /// Whether the person may do something.
    pub(crate) fn may(self, right: Right) -> bool {
        self.session.with(|s| match s {
            Some(SessionState::Open { rights, .. }) => rights.contains(&right),
            _ => false,
        })
    }

    /// Nothing of the record stays on the page.
    fn blank(self) {
        self.queue.set(None);
        self.queue_failure.set(None);
        self.folder.set(Folder::Waiting);
        self.search.set(String::new());
        self.selected.set(None);
        self.opened.set(None);
        self.touched.set(false);
        self.text.set(String::new());
        self.mode.set(StartMode::Draft);
        self.base.set(None);
        self.unsent.set_value(HashMap::new());
        self.findings.set(Vec::new());
        self.checking.set(false);
        self.checked.set(HashSet::new());
        self.finding.set(None);
        self.compare.set(false);
        self.dialog.set(None);
        self.undo.set(None);
        self.notice.set(None);
        self.status.set(String::new());
        self.attention.set_value(Attention::default());
        self.kept.set_value(None);
    }

    /// Opens the record.
    pub(crate) fn unlock(self, with: Unlock) {
        self.entering(async move { self.backend().unlock(with).await });
    }

    /// Opens the sample without an account.
    pub(crate) fn open_demo(self) {
        self.entering(async move { self.backend().open_demo().await });
    }

    fn entering(
        self,
        answer: impl std::future::Future<Output = Result<SessionState, Failure>> + 'static,
    ) {
        self.busy.set(true);
        self.entry_failure.set(None);
        spawn_local(async move {
            match answer.await {
                Ok(state) => self.enter(state).await,
                Err(f) => self.entry_failure.set(Some(f)),
            }
            self.busy.set(false);
        });
    }

    /// Makes the record; the codes are shown before anything else.
    pub(crate) fn create_record(self, first: FirstAdmin, codes: RwSignal<Option<Codes>>) {
        self.busy.set(true);
        self.making.set(true);
        self.entry_failure.set(None);
        spawn_local(async move {
            match self.backend().create_record(first).await {
                Ok(made) => codes.set(Some(made)),
                Err(f) => {
                    self.making.set(false);
                    self.entry_failure.set(Some(f));
                }
            }
            self.busy.set(false);
        });
    }

    /// The codes are on paper: work begins.
    pub(crate) fn codes_noted(self) {
        self.making.set(false);
        spawn_local(self.look_at_session());
    }

    /// Locks the record. What is typed is kept first.
    pub(crate) fn lock(self) {
        if !self.is_open() {
            return;
        }
        spawn_local(async move {
            self.keep_now().await;
            match self.backend().lock().await {
                Ok(()) => self.look_at_session().await,
                Err(f) => self.notice.set(Some(Notice::Failure(f))),
            }
        });
    }

    /// Keeps the words in the editor once they rest.
    pub(super) fn keep_soon(self) {
        let text = self.text.get_untracked();
        set_timeout(
            move || {
                if self.is_open() && self.text.with_untracked(|t| *t == text) {
                    spawn_local(self.keep_now());
                }
            },
            REST,
        );
    }

    /// Keeps the words in the editor, unless they are kept as they are.
    async fn keep_now(self) {
        let Some(id) = self.opened.with_untracked(|o| {
            o.as_ref()
                .filter(|o| o.decision.is_none())
                .map(|o| o.message.id.clone())
        }) else {
            return;
        };
        if self.selected.get_untracked().as_ref() != Some(&id) {
            return;
        }
        let text = if self.touched.get_untracked() {
            self.text.get_untracked()
        } else {
            String::new()
        };
        let now = (id.clone(), text.clone());
        let known = self.kept.with_value(|k| match k {
            Some(k) => *k == now,
            None => text.is_empty(),
        });
        if known || self.busy.get_untracked() {
            return;
        }
        let unsent = UnsentText {
            text,
            start_mode: self.mode.get_untracked(),
        };
        // A failure is told by the next thing the person does; the words are still on the page.
        if self.backend().keep_unsent(&id, unsent).await.is_ok() {
            self.kept.set_value(Some(now));
        }
    }

    /// Tells the desk now and then that somebody is there.
    pub(crate) fn somebody_is_there(self) {
        let now = crate::words::now_ms();
        if self.is_open() && now - self.active_at.get_value() > TOLD {
            self.active_at.set_value(now);
            spawn_local(async move {
                let _ = self.backend().active().await;
            });
        }
    }
}
