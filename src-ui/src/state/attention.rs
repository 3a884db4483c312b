//! How long a message was looked at. Every visit counts, and only what is spent on the message itself: nothing while the
//! window is left, while nobody is there, or while a dialog about something else lies over it.

use super::{Dialog, Page};
use crate::{keys, words};
use leptos::prelude::*;

/// Somebody is taken to be there for so long after the last key, click or turn of the wheel, in milliseconds: reading moves
/// nothing.
const THERE: f64 = 30_000.0;
/// Longest time between two looks at the clock that counts, in milliseconds: a computer that slept looked at nothing.
const LONGEST: f64 = 2_000.0;

/// How long a message was looked at, over all visits of a session.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Attention {
    /// Time that was counted before the first edit.
    pub(super) read_ms: Option<f64>,
    pub(super) focused_ms: f64,
    pub(super) edit_ms: f64,
    pub(crate) scrolled: bool,
    pub(crate) context: bool,
}

impl Dialog {
    /// Whether it is about the message on screen.
    fn is_about_message(self) -> bool {
        !matches!(
            self,
            Self::Palette
                | Self::Practised
                | Self::Results
                | Self::CloseOwedNone
                | Self::Help
                | Self::Settings
                | Self::Models
                | Self::People
                | Self::Passphrase
        )
    }
}

impl Page {
    /// Counts the time since the clock was read last, twice a second and before it is asked for.
    pub(super) fn tick(self) {
        let now = words::now_ms();
        let passed = (now - self.ticked_at.get_value()).clamp(0.0, LONGEST);
        self.ticked_at.set_value(now);
        let there = now - self.moved_at.get_value() < THERE;
        let focused = document().has_focus().unwrap_or(false);
        let elsewhere = self
            .dialog
            .with_untracked(|d| d.is_some_and(|d| !d.is_about_message()));
        if !there || !focused || elsewhere || self.selected.with_untracked(Option::is_none) {
            return;
        }
        let editing = keys::is_editing();
        self.attention.update_value(|a| {
            a.focused_ms += passed;
            if editing {
                a.edit_ms += passed;
            }
        });
    }

    /// Another message is looked at from now on: what was counted for this one waits for the next visit.
    pub(super) fn look_at(self, id: &str) {
        self.put_attention_by();
        let before = self.looked_at.with_value(|all| all.get(id).copied());
        self.attention.set_value(before.unwrap_or_default());
    }

    /// No message is looked at any more.
    pub(super) fn put_attention_by(self) {
        self.tick();
        if let Some(left) = self.selected.get_untracked() {
            let attention = self.attention.get_value();
            self.looked_at.update_value(|all| {
                all.insert(left, attention);
            });
        }
    }
}
