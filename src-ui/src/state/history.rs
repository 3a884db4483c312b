//! Undo and redo in the editor. The browser's own forgets everything when the app sets the text, as a new draft, a fixed text
//! or a blank start do; so the page keeps its own.

use super::Page;
use contract::{DraftView, StartMode};
use leptos::prelude::*;

/// Letters that are typed within this time, in milliseconds, are undone together.
const TOGETHER: f64 = 900.0;
/// Most states that are kept.
const MOST: usize = 200;

/// The editor at a moment.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moment {
    text: String,
    mode: StartMode,
    base: Option<DraftView>,
    touched: bool,
}

/// What was in the editor before, and what was undone.
#[derive(Debug, Default)]
pub(super) struct History {
    past: Vec<Moment>,
    undone: Vec<Moment>,
    typed_at: f64,
}

impl History {
    /// Keeps a state that is about to be left. Letters join those typed just before; a new word or line begins anew.
    fn keep(&mut self, now: Moment, typed: Option<(f64, bool)>) {
        let joins = typed.is_some_and(|(at, breaks)| at - self.typed_at < TOGETHER && !breaks)
            && self.undone.is_empty()
            && !self.past.is_empty();
        self.typed_at = typed.map_or(f64::NEG_INFINITY, |t| t.0);
        self.undone.clear();
        if joins || self.past.last() == Some(&now) {
            return;
        }
        self.past.push(now);
        if self.past.len() > MOST {
            self.past.remove(0);
        }
    }
}

impl Page {
    fn moment(self) -> Moment {
        Moment {
            text: self.text.get_untracked(),
            mode: self.mode.get_untracked(),
            base: self.base.get_untracked(),
            touched: self.touched.get_untracked(),
        }
    }

    /// Another text takes this one's place: it can be brought back.
    pub(crate) fn keep_for_undo(self) {
        let now = self.moment();
        self.history.update_value(|h| h.keep(now, None));
    }

    /// A letter is typed; `after` is the text with it.
    pub(super) fn keep_typed(self, at: f64, after: &str) {
        let now = self.moment();
        // The last word of an input method that is already there, letter by letter.
        if after == now.text {
            return;
        }
        // What comes or goes at once, such as a line or a word of an input method, is a step of its own.
        if after.chars().count().abs_diff(now.text.chars().count()) > 2 {
            self.history.update_value(|h| h.keep(now, None));
            return;
        }
        let grown = after.len() > now.text.len();
        // A sentence is one step: what follows it begins another.
        let ended = now.text.ends_with(['\n', '.', '?', '!']);
        let breaks = grown && ended && after.ends_with(char::is_whitespace);
        self.history
            .update_value(|h| h.keep(now, Some((at, breaks))));
    }

    /// Another message: what was typed before is not its.
    pub(super) fn forget_edits(self) {
        self.history.set_value(History::default());
    }

    /// Takes the last edit back.
    pub(crate) fn undo_edit(self) {
        self.go(|h, now| {
            let before = h.past.pop()?;
            h.undone.push(now);
            Some(before)
        });
    }

    /// Brings back what was taken back.
    pub(crate) fn redo_edit(self) {
        self.go(|h, now| {
            let after = h.undone.pop()?;
            h.past.push(now);
            Some(after)
        });
    }

    fn go(self, step: impl FnOnce(&mut History, Moment) -> Option<Moment>) {
        let now = self.moment();
        let to = self
            .history
            .try_update_value(|h| {
                h.typed_at = f64::NEG_INFINITY;
                step(h, now)
            })
            .flatten();
        if let Some(m) = to {
            // Half a draft that was on screen while it streamed is the person's own text now.
            let whole = m.base.as_ref().map(|d| d.text.as_str()) == Some(m.text.as_str());
            self.mode.set(m.mode);
            self.base.set(m.base);
            self.touched.set(m.touched || !whole);
            self.text.set(m.text);
        }
    }
}
