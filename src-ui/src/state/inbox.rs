//! The queue on the page: which part of it is asked for, shown, and walked through.

use super::{Dialog, Notice, Page, UndoBar};
use crate::language::{t, t_with};
use contract::{Code, Folder, QueueItem, QueueQuery, QueueState, SessionState, Urgency};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::ops::Range;

/// Rows that are on the page at once.
const ROWS: u32 = 120;
/// Rows beyond those in sight that should be there already.
const AHEAD: u32 = 20;
/// Rest of the keyboard before a search is made.
const REST: std::time::Duration = std::time::Duration::from_millis(120);

impl Page {
    /// Asks for the rows anew.
    pub(crate) async fn refresh(self) {
        let number = self.asked.get_value() + 1;
        self.asked.set_value(number);
        let mut query = self.query.get_untracked();
        query.limit = ROWS;
        let answer = self.backend().queue(query).await;
        // An answer that comes after a lock is for nobody, and one that a later question overtook is old.
        if !self.is_open() || self.asked.get_value() != number {
            return;
        }
        match answer {
            Ok(q) => {
                self.queue_failure.set(None);
                self.queue.set(Some(q));
            }
            // The lock screen says it.
            Err(f) if f.code == Code::Locked => {}
            Err(f) => self.queue_failure.set(Some(f)),
        }
    }

    /// Asks for another part of the queue.
    pub(crate) fn ask(self, change: impl FnOnce(&mut QueueQuery)) {
        self.query.update(|q| {
            q.offset = 0;
            change(q);
        });
        if let Some(list) = document().get_element_by_id("queue") {
            list.set_scroll_top(0);
        }
        spawn_local(self.refresh());
    }

    /// The words of a search were typed: it is made once they rest.
    pub(crate) fn search(self, words: String) {
        self.words.set(words.clone());
        set_timeout(
            move || {
                if self.words.with_untracked(|w| *w == words)
                    && self.query.with_untracked(|q| q.search != words)
                {
                    self.ask(|q| q.search = words);
                }
            },
            REST,
        );
    }

    pub(crate) fn folder(self) -> Folder {
        self.query.with(|q| q.folder)
    }

    /// The rows that are on the page now.
    pub(crate) fn shown(self) -> Vec<QueueItem> {
        self.queue
            .with(|q| q.as_ref().map(|q| q.items.clone()).unwrap_or_default())
    }

    /// Rows of the folder.
    pub(crate) fn total(self) -> u32 {
        self.queue.with(|q| q.as_ref().map_or(0, |q| q.total))
    }

    /// Which of them are on the page.
    pub(crate) fn loaded(self) -> Range<u32> {
        self.queue.with(|q| {
            q.as_ref()
                .map_or(0..0, |q| q.offset..q.offset + q.items.len() as u32)
        })
    }

    /// Rows of a folder, by the last count.
    pub(crate) fn count(self, folder: Folder) -> u32 {
        self.queue.with(|q| {
            q.iter()
                .flat_map(|q| &q.counts)
                .find(|c| c.folder == folder)
                .map_or(0, |c| c.rows)
        })
    }

    /// The list was scrolled: rows from `first` to `last` are in sight.
    pub(crate) fn in_sight(self, first: u32, last: u32) {
        let (there, total) = untrack(|| (self.loaded(), self.total()));
        let wanted = first.saturating_sub(AHEAD)..(last + AHEAD).min(total);
        if wanted.start >= there.start && wanted.end <= there.end {
            return;
        }
        let from = first.saturating_sub(ROWS / 3);
        if self.query.with_untracked(|q| q.offset) != from {
            self.query.update(|q| q.offset = from);
            spawn_local(self.refresh());
        }
    }

    pub(super) fn open_first(self) {
        if self.selected.get_untracked().is_none()
            && let Some(first) = self.at(untrack(|| self.loaded()).start)
        {
            self.open(first);
        }
    }

    /// The row at a place of the folder, if it is on the page.
    fn at(self, place: u32) -> Option<String> {
        self.queue.with_untracked(|q| {
            let q = q.as_ref()?;
            let row = q.items.get(place.checked_sub(q.offset)? as usize)?;
            Some(row.message_id.clone())
        })
    }

    /// Opens the row `step` rows further down.
    pub(crate) fn step(self, step: i32) {
        let (there, total) = untrack(|| (self.loaded(), self.total()));
        let id = self.selected.get_untracked();
        let at = there
            .clone()
            .find(|place| id.is_some() && self.at(*place) == id);
        let next = match at {
            Some(at) => at.saturating_add_signed(step).min(total.saturating_sub(1)),
            // The row is not on the page any more: begin with what is.
            None => there.start,
        };
        if let Some(id) = self.at(next) {
            self.open(id);
        } else if total > 0 {
            self.query
                .update(|q| q.offset = next.saturating_sub(ROWS / 2));
            spawn_local(async move {
                self.refresh().await;
                if let Some(id) = self.at(next) {
                    self.open(id);
                }
            });
        }
    }

    /// The row that follows a message in the folder on screen.
    pub(super) fn next_after(self, id: &str) -> Option<String> {
        let rows = self.shown();
        let at = rows.iter().position(|r| r.message_id == id)?;
        rows.get(at + 1)
            .or_else(|| rows[..at].first())
            .filter(|r| r.state == QueueState::Waiting)
            .map(|r| r.message_id.clone())
    }

    /// Whether the message on screen waits for a decision.
    pub(crate) fn waits(self) -> bool {
        self.opened
            .with_untracked(|o| o.as_ref().is_some_and(|o| o.decision.is_none()))
    }

    /// The row on screen, if it is on the page and waits.
    pub(crate) fn row(self) -> Option<QueueItem> {
        let id = self.selected.get_untracked()?;
        untrack(|| self.shown())
            .into_iter()
            .find(|r| r.message_id == id && r.state == QueueState::Waiting)
    }

    /// Asks until when the message is to be put off, or brings it back.
    pub(crate) fn later(self) {
        match self.row() {
            Some(row) if row.urgency == Urgency::Emergency => self.say(t("say-flag-stays")),
            Some(row) if row.later_until.is_some() => self.put_off(None),
            Some(_) => self.dialog.set(Some(Dialog::Later)),
            None => {}
        }
    }

    /// Puts the message off, or brings it back, and goes on.
    pub(crate) fn put_off(self, until: Option<String>) {
        let Some(row) = self.row() else {
            return;
        };
        let next = untrack(|| self.next_after(&row.message_id));
        self.dialog.set(None);
        spawn_local(async move {
            match self.backend().put_off(&row.message_id, until.clone()).await {
                // The name is for nobody any more.
                _ if !self.is_open() => {}
                Ok(()) => {
                    let key = match &until {
                        Some(_) => "say-put-off",
                        None => "say-back",
                    };
                    self.say(t_with(key, &[("patient", row.patient.into())]));
                    self.refresh().await;
                    match next {
                        Some(id) if until.is_some() => self.open(id),
                        _ => {}
                    }
                }
                Err(f) => self.notice.set(Some(Notice::Failure(f))),
            }
        });
    }

    /// The person's own name.
    pub(crate) fn me(self) -> String {
        self.session.with(|s| match s {
            Some(SessionState::Open { user, .. }) => user.clone(),
            _ => String::new(),
        })
    }

    /// Takes the message on, or gives it back.
    pub(crate) fn take_on(self) {
        let Some(row) = self.row() else {
            return;
        };
        let me = untrack(|| self.me());
        let to = if row.assignee == me {
            String::new()
        } else {
            me
        };
        self.give(to);
    }

    /// Gives the message to somebody; to nobody with an empty name.
    pub(crate) fn give(self, to: String) {
        let Some(row) = self.row() else {
            return;
        };
        let key = match &to {
            to if to.is_empty() => "say-given-back",
            to if *to == untrack(|| self.me()) => "say-yours",
            _ => "say-given",
        };
        spawn_local(async move {
            match self.backend().assign(&row.message_id, &to).await {
                _ if !self.is_open() => {}
                Ok(()) => {
                    self.say(t_with(
                        key,
                        &[("patient", row.patient.into()), ("name", to.into())],
                    ));
                    self.refresh().await;
                }
                Err(f) => self.notice.set(Some(Notice::Failure(f))),
            }
        });
    }

    /// Closes the messages that the dialog counted: they owe no reply.
    pub(crate) fn close_owed_none(self, ids: Vec<String>) {
        self.dialog.set(None);
        self.busy.set(true);
        spawn_local(async move {
            match self.backend().close_owed_none(ids).await {
                _ if !self.is_open() => {}
                Ok(closed) => {
                    let count = closed.decision_ids.len();
                    self.say(t_with("say-closed", &[("count", count.into())]));
                    if count > 0 {
                        self.show_undo(UndoBar::of_many(closed));
                    }
                    self.selected.set(None);
                    self.opened.set(None);
                    self.refresh().await;
                    self.open_first();
                }
                Err(f) => {
                    self.notice.set(Some(Notice::Failure(f)));
                    self.refresh().await;
                }
            }
            self.busy.set(false);
        });
    }

    /// Messages of the page that owe no reply.
    pub(crate) fn owed_none(self) -> Vec<String> {
        self.shown()
            .into_iter()
            .filter(|r| r.urgency == Urgency::None && r.state == QueueState::Waiting)
            .map(|r| r.message_id)
            .collect()
    }
}
