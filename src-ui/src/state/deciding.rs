//! Decisions: when they can be made, what is asked of the desk for them, and what comes next.

use super::{Dialog, Notice, Page, UndoBar, Unsent};
use crate::feedback::Asking;
use crate::keys;
use crate::language::{t, t_with};
use contract::{
    Decided, DecisionKind, DecisionRequest, DraftState, Gate, Opened, Reason, StartMode,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::HashSet;

impl Page {
    /// True when a reply can go out now.
    pub(crate) fn can_accept(self) -> bool {
        !self.busy.get()
            && self.unresolved() == 0
            && self.check_failure.with(Option::is_none)
            && !self.text.with(|t| t.trim().is_empty())
            && self.opened.with(|o| {
                o.as_ref().is_some_and(|o| {
                    self.selected.with(|s| s.as_ref() == Some(&o.message.id))
                        && self.may_write(o)
                        && (o.draft_state != DraftState::Writing || self.touched.get())
                })
            })
    }

    /// Whether a reply to a message may be written: it waits, or what went out is put right.
    fn may_write(self, opened: &Opened) -> bool {
        opened.decision.is_none() || self.correcting.get()
    }

    /// Whether what was sent of the message on screen can be put right: it is out.
    pub(crate) fn can_correct(self) -> bool {
        !self.correcting.get()
            && self.opened.with(|o| {
                let decision = o.as_ref().and_then(|o| o.decision.as_ref());
                decision.is_some_and(|d| d.kind.sends_reply() && !d.can_undo)
            })
    }

    /// Begins another message that puts right what was sent, or says why there is nothing to put right.
    pub(crate) fn correct(self) {
        if !untrack(|| self.can_correct()) {
            self.say(t("say-nothing-to-correct"));
            return;
        }
        self.correcting.set(true);
        self.forget_edits();
        self.base.set(None);
        self.checked.set(HashSet::new());
        self.mode.set(StartMode::Blank);
        self.text.set(String::new());
        self.touched.set(true);
        set_timeout(|| keys::focus("editor"), std::time::Duration::ZERO);
    }

    /// Leaves what was sent as it is.
    pub(crate) fn leave_correction(self) {
        self.text.set(String::new());
        self.keep_before_leaving();
        self.correcting.set(false);
        self.touched.set(false);
        keys::blur();
    }

    /// Shows what will go out, and how it was reviewed.
    pub(crate) fn accept(self) {
        if !untrack(|| self.can_accept()) {
            let open = untrack(|| self.unresolved());
            if self.check_failure.with_untracked(Option::is_some) {
                self.say(t("say-not-checked"));
            } else if open > 0 {
                self.say(t_with("say-resolve-first", &[("count", open.into())]));
            }
            return;
        }
        // The desk settles which of the three it is.
        let Some(request) = self.request(DecisionKind::Edited, Vec::new(), None) else {
            return;
        };
        spawn_local(async move {
            let shown = self.backend().sign_off(request.clone()).await;
            // What is on screen may have changed meanwhile: then nothing is shown, and nothing can be sent.
            let same = self.selected.get_untracked().as_ref() == Some(&request.message_id)
                && Some(self.text.get_untracked()) == request.final_text
                && self.dialog.get_untracked().is_none()
                && !self.reporting.get_untracked();
            match shown {
                Ok(shown) if same => {
                    let request = DecisionRequest {
                        shown: Some(shown.text.clone()),
                        ..request
                    };
                    self.signing.set(Some((shown, request)));
                    self.dialog.set(Some(Dialog::SignOff));
                }
                Ok(_) => {}
                Err(f) => self.notice.set(Some(Notice::Failure(f))),
            }
        });
    }

    /// Sends what was shown, and nothing else.
    pub(crate) fn send(self) {
        if let Some((_, request)) = self.signing.get_untracked() {
            self.signing.set(None);
            self.settle(request);
        }
    }

    /// Closes the message without a reply; a red flag only after asking.
    pub(crate) fn close(self) {
        let flagged = self.opened.with_untracked(|o| {
            o.as_ref()
                .is_some_and(|o| matches!(o.gate, Gate::Emergency { .. }))
        });
        if flagged {
            self.dialog.set(Some(Dialog::CloseFlag));
        } else {
            self.decide(DecisionKind::NoReplyNeeded, Vec::new(), None);
        }
    }

    /// What is asked of the desk for the message on screen; none when it is not to be decided now.
    fn request(
        self,
        kind: DecisionKind,
        reasons: Vec<Reason>,
        escalated_to: Option<String>,
    ) -> Option<DecisionRequest> {
        let opened = self.opened.get_untracked()?;
        // A key that comes before the next message is shown must not decide the one before it.
        let on_screen = self
            .selected
            .with_untracked(|s| s.as_ref() == Some(&opened.message.id));
        if self.busy.get_untracked() || !untrack(|| self.may_write(&opened)) || !on_screen {
            return None;
        }
        let corrects = opened.decision.as_ref().map(|d| d.id);
        self.tick();
        let a = self.attention.get_value();
        let scrolled = a.scrolled || !keys::can_scroll("reading");
        Some(DecisionRequest {
            message_id: opened.message.id.clone(),
            // The fixed text of a red flag rests on no draft, even where one was made before.
            draft_id: self
                .base
                .with_untracked(|b| b.as_ref().map(|d| d.id))
                .or(opened.draft.as_ref().map(|d| d.id))
                .filter(|_| corrects.is_none() && !matches!(opened.gate, Gate::Emergency { .. })),
            kind,
            start_mode: self.mode.get_untracked(),
            final_text: kind.sends_reply().then(|| self.text.get_untracked()),
            reasons,
            escalated_to,
            read_ms: Some(a.read_ms.unwrap_or(a.focused_ms) as i64),
            edit_ms: Some(a.edit_ms as i64),
            dwell_ms: Some(a.focused_ms as i64),
            scrolled_to_end: Some(scrolled),
            opened_context: Some(a.context),
            seen: opened
                .thread
                .iter()
                .map(|m| m.id.clone())
                .filter(|id| !id.starts_with("reply-"))
                .collect(),
            checked: self.checked.get_untracked().into_iter().collect(),
            shown: None,
            corrects,
        })
    }

    /// Records a decision and goes on to the next message.
    pub(crate) fn decide(
        self,
        kind: DecisionKind,
        reasons: Vec<Reason>,
        escalated_to: Option<String>,
    ) {
        if let Some(request) = self.request(kind, reasons, escalated_to) {
            self.settle(request);
        }
    }

    /// Has a decision recorded, if it is still about the message on screen.
    fn settle(self, request: DecisionRequest) {
        let Some(opened) = self.opened.get_untracked().filter(|o| {
            untrack(|| self.may_write(o))
                && o.message.id == request.message_id
                && self
                    .selected
                    .with_untracked(|s| s.as_ref() == Some(&o.message.id))
        }) else {
            self.dialog.set(None);
            return;
        };
        if self.busy.get_untracked() {
            return;
        }
        let mut words = self.in_editor();
        if !self.touched.get_untracked() {
            words.text = String::new();
        }
        let asked = self.backend().decide(request);
        self.busy.set(true);
        self.dialog.set(None);
        self.deciding.set_value(Some(opened.message.id.clone()));
        spawn_local(async move {
            let answer = asked.await;
            self.deciding.set_value(None);
            match answer {
                // It is on record; the page was locked meanwhile.
                _ if !self.is_open() => {}
                Ok(decided) => self.decided(decided, &opened, words).await,
                Err(f) => {
                    // Not decided after all: what was typed is there when the person returns.
                    if !self.is_at(&opened.message.id) && !words.text.is_empty() {
                        self.unsent.update_value(|all| {
                            all.insert(opened.message.id.clone(), words);
                        });
                    }
                    self.notice.set(Some(Notice::Failure(f)));
                }
            }
            self.busy.set(false);
        });
    }

    /// Whether a message is the one on screen. After an answer of the desk it may not be: the person has gone on to another,
    /// whose words and place are theirs.
    fn is_at(self, id: &str) -> bool {
        self.selected.with_untracked(|s| s.as_deref() == Some(id))
    }

    /// A decision is on record: it can be undone, and the next message comes.
    async fn decided(self, decided: Decided, of: &Opened, words: Unsent) {
        let id = of.message.id.as_str();
        let here = self.is_at(id);
        if here {
            // What was sent is not put by as unsent.
            self.touched.set(false);
        }
        if let Some(outcome) = decided.practice {
            if !here {
                self.refresh().await;
                return;
            }
            let below = untrack(|| self.next_after(id));
            // Among real messages the person goes on where they were.
            let next = match outcome.training {
                Some(_) => decided.next,
                None => below.or(decided.next),
            };
            self.show_outcome(outcome, next);
            return;
        }
        let bar = UndoBar {
            decisions: vec![decided.decision_id],
            of: Some((id.to_owned(), of.patient.name.clone())),
            kind: decided.kind,
            seconds: decided.undo_seconds,
            words,
        };
        if !here {
            self.refresh().await;
            self.show_undo(bar);
            return;
        }
        self.correcting.set(false);
        let what = ("what", bar.what().into());
        self.say(match untrack(|| self.letter("undo")) {
            Some(key) => t_with("say-decided", &[what, ("key", key.into())]),
            None => t_with("say-decided-no-key", &[what]),
        });
        self.show_undo(bar);
        let ask = decided.had_draft && self.settings.with_untracked(|s| s.ask_feedback);
        self.asking.set(ask.then(|| Asking {
            decision_id: decided.decision_id,
            patient: of.patient.name.clone(),
            chosen: decided.suggested.iter().copied().collect(),
            all: false,
        }));
        self.go_on(id, decided.next, decided.next_first).await;
    }

    /// Opens what comes after a message that was decided: what the desk says where that is to come first, else what stands
    /// below.
    async fn go_on(self, from: &str, next: Option<String>, next_first: bool) {
        let below = untrack(|| self.next_after(from));
        // What is below is opened at once, unless something is to come before it. The list comes after it: a person waits for
        // the message, and the desk reads one thing faster than two.
        if let Some(id) = below.clone().filter(|_| !next_first) {
            let opening = self.opening(id);
            keys::blur();
            spawn_local(async move {
                opening.await;
                self.refresh().await;
            });
            return;
        }
        self.refresh().await;
        if !self.is_at(from) {
            return;
        }
        // A practice message comes next only where its row is shown.
        let shown = |id: &String| untrack(|| self.shown()).iter().any(|r| r.message_id == *id);
        let (first, other) = if next_first {
            (next.filter(shown), None)
        } else {
            (None, next)
        };
        match first.or(below).or(other) {
            Some(id) => self.open(id),
            None => {
                self.put_attention_by();
                self.selected.set(None);
                self.opened.set(None);
            }
        }
        keys::blur();
    }
}
