//! Training and practice messages.

use super::{Dialog, Notice, Page};
use contract::{PracticeOutcome, Right, SessionState};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How a practice message went, and what comes after it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Practised {
    pub(crate) outcome: PracticeOutcome,
    next: Option<String>,
}

impl Page {
    /// Whether this person may train now: in emergency access there is a patient who waits, and nothing else is offered.
    pub(crate) fn may_train(self) -> bool {
        self.session.with(|s| match s {
            Some(SessionState::Open {
                rights,
                break_glass: false,
                ..
            }) => rights.contains(&Right::Decide),
            _ => false,
        })
    }

    /// Begins training, from its first message.
    pub(crate) fn begin_training(self) {
        spawn_local(async move {
            match self.backend().begin_training().await {
                _ if !self.is_open() => {}
                Ok(first) => self.open(first),
                Err(f) => self.notice.set(Some(Notice::Failure(f))),
            }
        });
    }

    /// Leaves training for the real messages.
    pub(crate) fn end_training(self) {
        spawn_local(self.leave_training());
    }

    async fn leave_training(self) {
        let ended = self.backend().end_training().await;
        if !self.is_open() {
            return;
        }
        if let Err(f) = ended {
            self.notice.set(Some(Notice::Failure(f)));
        }
        self.leave_practice().await;
    }

    /// Nothing of a practice message stays on the page.
    async fn leave_practice(self) {
        self.touched.set(false);
        self.selected.set(None);
        self.opened.set(None);
        self.refresh().await;
        if self.is_open() {
            self.open_first();
        }
    }

    /// Says how a practice message went; what comes next waits until that was read.
    pub(super) fn show_outcome(self, outcome: PracticeOutcome, next: Option<String>) {
        self.practised.set(Some(Practised { outcome, next }));
        self.dialog.set(Some(Dialog::Practised));
    }

    /// Goes on once the outcome was read.
    pub(super) fn after_outcome(self) {
        let Some(read) = self.practised.get_untracked() else {
            return;
        };
        self.practised.set(None);
        match (read.next, read.outcome.training) {
            (Some(next), _) => {
                self.selected.set(None);
                spawn_local(async move {
                    self.refresh().await;
                    if self.is_open() {
                        self.open(next);
                    }
                });
            }
            // Training is over: how it went, then the real messages.
            (None, Some(_)) => spawn_local(async move {
                self.leave_training().await;
                if self.is_open() {
                    self.dialog.set(Some(Dialog::Results));
                }
            }),
            (None, None) => spawn_local(self.leave_practice()),
        }
    }
}
