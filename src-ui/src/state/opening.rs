//! A message comes on screen, and the words of the one before are put by.

use super::{Notice, Page};
use crate::language::{t, t_with};
use crate::{keys, words};
use contract::{DraftView, Gate, Opened, StartMode};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::HashSet;
use std::time::Duration;

/// For so long at most the message before stays drawn while the next one is asked for.
const HELD: Duration = Duration::from_millis(120);

/// A reply under way for a message that was left: nothing typed is lost.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Unsent {
    pub(super) text: String,
    pub(super) mode: StartMode,
    pub(super) base: Option<DraftView>,
    pub(super) checked: HashSet<String>,
    /// Whether it puts right what was sent.
    pub(super) correcting: bool,
}

impl Unsent {
    /// Nothing typed: the draft fills the editor when it comes.
    pub(super) fn nothing() -> Self {
        Self {
            text: String::new(),
            mode: StartMode::Draft,
            base: None,
            checked: HashSet::new(),
            correcting: false,
        }
    }
}

impl Page {
    /// Opens a message and begins its review.
    pub(crate) fn open(self, id: String) {
        spawn_local(self.opening(id));
    }

    /// Opens a message; the future ends when it is on the page.
    pub(super) fn opening(self, id: String) -> impl Future<Output = ()> {
        if self.selected.get_untracked().as_ref() != Some(&id) {
            // A dialog is about the message that is left.
            self.dialog.set(None);
            self.signing.set(None);
            self.keep_before_leaving();
            self.put_by();
            // The words that follow are not for the reply that is left, and the next chart begins at its top.
            keys::leave(".review");
            keys::to_top("chart");
            keys::to_top("editor");
            self.hold_screen(&id);
            self.opened.set(None);
            self.compare.set(false);
            self.nothing_found();
            self.finding.set(None);
            self.forget_edits();
            self.look_at(&id);
            let unsent = self
                .unsent
                .try_update_value(|all| all.remove(&id))
                .flatten();
            self.touched.set(unsent.is_some());
            self.kept.set_value(None);
            let Unsent {
                text,
                mode,
                base,
                checked,
                correcting,
            } = unsent.unwrap_or_else(Unsent::nothing);
            self.correcting.set(correcting);
            self.checked.set(checked);
            self.mode.set(mode);
            self.base.set(base);
            self.text.set(text);
        }
        self.selected.set(Some(id.clone()));
        self.loading(id)
    }

    /// Leaves what is drawn until the next message is there, or for [`HELD`]: a page that goes blank in between is drawn twice,
    /// and flickers. What can be done follows `opened`, and so waits for the next message.
    fn hold_screen(self, next: &str) {
        self.held.set(true);
        let next = next.to_owned();
        set_timeout(
            move || {
                // One that was gone on to since has a moment of its own.
                if self
                    .selected
                    .with_untracked(|s| s.as_ref().is_none_or(|s| *s == next))
                {
                    self.held.set(false);
                }
            },
            HELD,
        );
    }

    /// Keeps the words of the message that is left.
    pub(super) fn put_by(self) {
        if let Some(id) = self.selected.get_untracked()
            && self.touched.get_untracked()
            && self.deciding.with_value(|d| d.as_ref() != Some(&id))
            && self.text.with_untracked(|t| !t.trim().is_empty())
        {
            let unsent = self.in_editor();
            self.unsent.update_value(|all| {
                all.insert(id, unsent);
            });
        }
    }

    /// The reply as it stands in the editor.
    pub(super) fn in_editor(self) -> Unsent {
        Unsent {
            text: self.text.get_untracked(),
            mode: self.mode.get_untracked(),
            base: self.base.get_untracked(),
            checked: self.checked.get_untracked(),
            correcting: self.correcting.get_untracked(),
        }
    }

    /// Asks for everything about the message on screen.
    pub(super) fn load(self, id: String) {
        spawn_local(self.loading(id));
    }

    fn loading(self, id: String) -> impl Future<Output = ()> {
        let asked = self.backend().open_message(&id);
        async move {
            match asked.await {
                // A slower answer for a message that was left again is dropped.
                Ok(opened) if self.selected.get_untracked().as_ref() == Some(&id) => {
                    self.show(opened)
                }
                Ok(_) => {}
                Err(f) => {
                    self.notice.set(Some(Notice::Failure(f)));
                    // It may have been answered elsewhere, or a newer message took its place.
                    self.refresh().await;
                }
            }
        }
    }

    fn show(self, opened: Opened) {
        // Words from before a lock, a crash or a switch come back, on the draft they were typed over; those of a correction
        // beside what they put right.
        let decision = opened.decision.as_ref().map(|d| d.id);
        if let Some(unsent) = opened.unsent.clone().filter(|u| u.corrects == decision)
            && !self.touched.get_untracked()
            && self.opened.with_untracked(Option::is_none)
        {
            self.kept
                .set_value(Some((opened.message.id.clone(), unsent.clone())));
            self.mode.set(unsent.start_mode);
            let base = opened.unsent_draft.clone().or(opened.draft.clone());
            self.base.set(base.filter(|_| decision.is_none()));
            self.correcting.set(decision.is_some());
            self.touched.set(true);
            self.text.set(unsent.text);
        }
        if !self.touched.get_untracked() {
            let text = match (&opened.draft, &opened.partial) {
                (_, Some(partial)) => partial.clone(),
                (Some(d), None) => d.text.clone(),
                (None, None) => String::new(),
            };
            if opened.draft.is_none() && opened.partial.is_none() && opened.gate != Gate::Draft {
                self.mode.set(StartMode::Blank);
            }
            if opened.draft.is_some() || opened.partial.is_some() {
                // What the model wrote is a draft, whatever the editor began with.
                self.mode.set(StartMode::Draft);
            }
            self.base.set(opened.draft.clone());
            self.text.set(text);
        }
        if self.opened.with_untracked(Option::is_none) {
            self.say(self.told_of(&opened));
        }
        self.opened.set(Some(opened));
        self.held.set(false);
    }

    /// A message as it opens, in words: the keys leave the focus where it is, and nothing else would be heard.
    fn told_of(self, opened: &Opened) -> String {
        let subject = match opened.message.subject.as_str() {
            "" => t("no-subject"),
            subject => subject.to_owned(),
        };
        let state = match &opened.decision {
            Some(d) => words::decision(d.kind),
            None => words::draft_state(opened.draft_state),
        };
        let words = t_with(
            "say-opened",
            &[
                ("patient", opened.patient.name.as_str().into()),
                ("subject", subject.into()),
                ("urgency", words::urgency(opened.triage.urgency).into()),
                ("state", state.into()),
            ],
        );
        match self.place_of(&opened.message.id) {
            Some((place, total)) => {
                let place = t_with(
                    "say-place",
                    &[("number", place.into()), ("total", total.into())],
                );
                format!("{words} {place}")
            }
            None => words,
        }
    }
}
