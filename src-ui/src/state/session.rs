//! Who works at the page, and what becomes of it when the record is locked.

use super::{Attention, Notice, Page, inbox};
use contract::{Codes, Failure, FirstAdmin, Right, SessionState, StartMode, Unlock, UnsentText};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// Typed words are kept when they rest for so long.
const REST: Duration = Duration::from_millis(600);
/// And at the latest so long after the first that is not kept, however fast somebody types.
const LATEST: Duration = Duration::from_secs(2);
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
        let demo = matches!(state, SessionState::Open { demo: true, .. });
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
            if demo {
                crate::tour::offer(self);
            }
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
        self.query.set(inbox::first_rows());
        self.words.set(String::new());
        self.selected.set(None);
        self.opened.set(None);
        self.held.set(false);
        self.touched.set(false);
        self.text.set(String::new());
        self.mode.set(StartMode::Draft);
        self.base.set(None);
        self.unsent.set_value(HashMap::new());
        self.correcting.set(false);
        self.nothing_found();
        self.caret.set(0);
        self.practised.set(None);
        self.progress.set(None);
        self.forget_edits();
        self.checking.set(false);
        self.checked.set(HashSet::new());
        self.finding.set(None);
        self.compare.set(false);
        self.asking.set(None);
        self.tour.set(None);
        self.told.set(None);
        self.dialog.set(None);
        self.reporting.set(false);
        self.signing.set(None);
        self.undo.set(Vec::new());
        self.notice.set(None);
        self.said.set(Vec::new());
        self.attention.set_value(Attention::default());
        self.looked_at.set_value(HashMap::new());
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

    /// Locks the record. The page is blank at once, however long the desk takes; what is typed is kept first.
    pub(crate) fn lock(self) {
        if !self.is_open() {
            return;
        }
        let typed = self.to_keep();
        self.blank();
        self.session.set(None);
        spawn_local(async move {
            if let Some((id, unsent)) = typed
                && let Err(f) = self.backend().keep_unsent(&id, unsent).await
            {
                self.entry_failure.set(Some(f));
            }
            if let Err(f) = self.backend().lock().await {
                self.entry_failure.set(Some(f));
            }
            self.look_at_session().await;
        });
    }

    /// Keeps the words in the editor, whatever comes next: another message, or none.
    pub(super) fn keep_before_leaving(self) {
        if let Some((id, unsent)) = self.to_keep() {
            spawn_local(self.keep(id, unsent));
        }
    }

    /// Keeps the words in the editor when the window is left or closed.
    pub(super) fn keep_before_the_window_goes(self) {
        for event in ["visibilitychange", "pagehide"] {
            let handle = window_event_listener_untyped(event, move |_| {
                if self.is_open() {
                    self.keep_before_leaving();
                }
            });
            on_cleanup(move || handle.remove());
        }
    }

    /// Has the desk keep words; where it cannot, the person is told until it can.
    async fn keep(self, id: String, unsent: UnsentText) {
        let answer = self.backend().keep_unsent(&id, unsent.clone()).await;
        if !self.is_open() {
            return;
        }
        let told = self
            .notice
            .with_untracked(|n| matches!(n, Some(Notice::NotKept(_))));
        match answer {
            Ok(()) => {
                if self.selected.get_untracked().as_ref() == Some(&id) {
                    self.kept.set_value(Some((id, unsent)));
                }
                if told {
                    self.notice.set(None);
                }
            }
            Err(_) if told => {}
            Err(f) => self.notice.set(Some(Notice::NotKept(f))),
        }
    }

    /// The words in the editor and their message, unless they are kept as they are.
    fn to_keep(self) -> Option<(String, UnsentText)> {
        let (id, corrects) = self.opened.with_untracked(|o| {
            let o = o.as_ref()?;
            Some((o.message.id.clone(), o.decision.as_ref().map(|d| d.id)))
        })?;
        let on_screen = self.selected.get_untracked().as_ref() == Some(&id);
        let decided = self.deciding.with_value(|d| d.as_ref() == Some(&id));
        if !on_screen || decided || corrects.is_some() != self.correcting.get_untracked() {
            return None;
        }
        let text = if self.touched.get_untracked() {
            self.text.get_untracked()
        } else {
            String::new()
        };
        let unsent = UnsentText {
            text,
            start_mode: self.mode.get_untracked(),
            draft_id: self.base.with_untracked(|b| b.as_ref().map(|d| d.id)),
            corrects,
        };
        let known = self.kept.with_value(|k| match k {
            Some((of, kept)) if unsent.text.is_empty() => *of == id && kept.text.is_empty(),
            Some((of, kept)) => *of == id && *kept == unsent,
            None => unsent.text.is_empty(),
        });
        (!known).then_some((id, unsent))
    }

    /// Keeps the words in the editor once they rest, and while they are typed now and then.
    pub(super) fn keep_soon(self) {
        let text = self.text.get_untracked();
        if !self.keeps_soon.get_value() && self.to_keep().is_some() {
            self.keeps_soon.set_value(true);
            set_timeout(
                move || {
                    self.keeps_soon.set_value(false);
                    if self.is_open() {
                        self.keep_now();
                    }
                },
                LATEST,
            );
        }
        set_timeout(
            move || {
                if self.is_open() && self.text.with_untracked(|t| *t == text) {
                    self.keep_now();
                }
            },
            REST,
        );
    }

    /// Keeps the words in the editor now. While a decision is under way it ends them or not: they are looked at again after it.
    fn keep_now(self) {
        if self.busy.get_untracked() {
            self.keep_soon();
            return;
        }
        self.keep_before_leaving();
    }

    /// Tells the desk now and then that somebody is there.
    pub(crate) fn somebody_is_there(self) {
        let now = crate::words::now_ms();
        self.moved_at.set_value(now);
        if self.is_open() && now - self.active_at.get_value() > TOLD {
            self.active_at.set_value(now);
            spawn_local(async move {
                let _ = self.backend().active().await;
            });
        }
    }
}
