//! The queue on the page: which part of it is asked for, shown, and walked through.

use super::{Dialog, Notice, Page, UndoBar};
use crate::language::{t, t_with};
use crate::{keys, words};
use contract::{
    Code, Folder, Opened, Order, QueueItem, QueueQuery, QueueState, SessionState, Urgency,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::ops::Range;
use std::time::Duration;

/// Rows that are on the page at once, at least: what is drawn is what a scroll waits for.
const ROWS: u32 = 36;
/// Rows beyond those in sight that should be there already.
const AHEAD: u32 = 12;
/// Rest of the keyboard before a search is made.
const REST: Duration = Duration::from_millis(60);
/// The queue is asked for anew so often, at least.
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What the page asks for first: the list from its top.
pub(super) fn first_rows() -> QueueQuery {
    QueueQuery {
        limit: ROWS,
        ..QueueQuery::default()
    }
}

/// A message that waits, as far as putting it off and giving it to somebody need it.
pub(crate) struct Waiting {
    message_id: String,
    patient: String,
    urgency: Urgency,
    pub(crate) assignee: String,
    later_until: Option<String>,
}

impl Page {
    /// Asks for the rows anew.
    pub(crate) fn refresh(self) -> impl Future<Output = ()> {
        let number = self.asked.get_value() + 1;
        self.asked.set_value(number);
        let asked = self.backend().queue(self.query.get_untracked());
        async move {
            let answer = asked.await;
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
    }

    /// Time moves: ages, and messages that were put off. Nobody has to do anything for it to show.
    pub(super) fn keep_queue_fresh(self) {
        set_interval(move || self.freshen(), MINUTE);
        let back_at = Memo::new(move |_| self.queue.with(|q| q.as_ref()?.back_at.clone()));
        Effect::new(move |_| {
            let now = self
                .queue
                .with_untracked(|q| q.as_ref().map(|q| q.now.clone()));
            let wait = back_at
                .get()
                .zip(now)
                .and_then(|(then, now)| words::until(&then, &now));
            // A moment after it: the desk counts whole seconds. What is far off is for the clock above.
            if let Some(wait) = wait.filter(|w| *w < DAY) {
                set_timeout(move || self.freshen(), wait + Duration::from_secs(1));
            }
        });
    }

    /// Asks for the rows anew, and leaves the ones in sight where they are.
    fn freshen(self) {
        if !self.is_open() {
            return;
        }
        spawn_local(async move {
            let first = keys::first_in_sight("queue", ".row-item");
            self.refresh().await;
            if let Some((id, top)) = first {
                // Once the new rows are drawn.
                set_timeout(
                    move || keys::scroll_to_place("queue", &id, top),
                    Duration::ZERO,
                );
            }
        });
    }

    /// Asks for another part of the queue.
    pub(crate) fn ask(self, change: impl FnOnce(&mut QueueQuery)) {
        let before = untrack(|| self.own_order());
        self.query.update(|q| {
            (q.offset, q.depth) = (0, 1);
            change(q);
        });
        if let Some(order) = untrack(|| self.own_order()).filter(|o| before != Some(*o)) {
            self.say(t(order));
        }
        keys::to_top("queue");
        spawn_local(self.refresh());
    }

    /// What is done and what a search finds stand in an order of their own, whichever was chosen: the words for it.
    pub(crate) fn own_order(self) -> Option<&'static str> {
        self.query.with(|q| match q.search.is_empty() {
            false => Some("order-found"),
            true => q.folder.is_done().then_some("order-done"),
        })
    }

    /// Chooses what comes first, where that can be chosen.
    pub(crate) fn order_by(self, order: Order) {
        match untrack(|| self.own_order()) {
            Some(own) => self.say(t(own)),
            None => self.ask(|q| q.order = order),
        }
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

    /// Whether the search would find more further back.
    pub(crate) fn finds_more(self) -> bool {
        self.queue.with(|q| q.as_ref().is_some_and(|q| q.more))
    }

    /// Looks further back for the words of the search. The keys are with the list then: the button may be gone.
    pub(crate) fn search_further(self) {
        if !untrack(|| self.finds_more()) {
            self.say(t("say-no-further"));
            return;
        }
        self.query.update(|q| q.depth += 1);
        spawn_local(async move {
            self.refresh().await;
            keys::focus("queue");
        });
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
        // A tall screen shows more rows than most.
        let rows = (3 * (last + 1).saturating_sub(first)).clamp(ROWS, QueueQuery::MOST);
        let from = first.saturating_sub(rows / 3);
        if self.query.with_untracked(|q| (q.offset, q.limit)) != (from, rows) {
            self.query.update(|q| (q.offset, q.limit) = (from, rows));
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

    /// Where a message stands in the folder on screen, from one on, and how many there are: without those that were decided a
    /// moment ago, whose rows go with the next list.
    pub(super) fn place_of(self, id: &str) -> Option<(u32, u32)> {
        let gone = |r: &QueueItem| {
            r.state == QueueState::Waiting
                && self.undo.with_untracked(|all| {
                    all.iter()
                        .any(|b| b.of.as_ref().is_some_and(|of| of.0 == r.message_id))
                })
        };
        self.queue.with_untracked(|q| {
            let q = q.as_ref()?;
            let at = q.items.iter().position(|r| r.message_id == id)?;
            let gone_of = |rows: &[QueueItem]| rows.iter().filter(|r| gone(r)).count() as u32;
            let place = q.offset + 1 + at as u32 - gone_of(&q.items[..at]);
            Some((place, q.total.saturating_sub(gone_of(&q.items))))
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
        self.open_place(next);
    }

    /// Opens the row at a place of the folder, which may have to be asked for.
    pub(crate) fn open_place(self, place: u32) {
        if let Some(id) = self.at(place) {
            self.open(id);
        } else if untrack(|| self.total()) > 0 {
            self.query
                .update(|q| q.offset = place.saturating_sub(ROWS / 2));
            spawn_local(async move {
                self.refresh().await;
                if let Some(id) = self.at(place) {
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

    /// Whether a reply to the message on screen can be written now: it waits, or what was sent is put right.
    pub(crate) fn writes(self) -> bool {
        self.waits() || self.correcting.get_untracked()
    }

    /// What is known of the message on screen as long as it waits: by its row, or by itself where its row is not on the page.
    /// Says why there is none.
    pub(crate) fn row(self) -> Option<Waiting> {
        let id = self.selected.get_untracked();
        let row = untrack(|| self.shown())
            .into_iter()
            .find(|r| id.as_ref() == Some(&r.message_id) && r.state == QueueState::Waiting)
            .map(|r| Waiting {
                message_id: r.message_id,
                patient: r.patient,
                urgency: r.urgency,
                assignee: r.assignee,
                later_until: r.later_until,
            });
        let found = row.or_else(|| {
            self.opened.with_untracked(|o| {
                let o = o.as_ref().filter(|o| o.decision.is_none())?;
                (id.as_ref() == Some(&o.message.id)).then(|| Waiting {
                    message_id: o.message.id.clone(),
                    patient: o.patient.name.clone(),
                    urgency: o.triage.urgency,
                    assignee: o.assignee.clone(),
                    later_until: o.later_until.clone(),
                })
            })
        });
        if found.is_none() {
            self.say(t("say-none-waits"));
        }
        found
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
                    self.now_is(&row.message_id, |o| o.later_until.clone_from(&until));
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

    /// What was changed about a message is known of it where it is open.
    fn now_is(self, id: &str, change: impl FnOnce(&mut Opened)) {
        if self
            .opened
            .with_untracked(|o| o.as_ref().is_some_and(|o| o.message.id == id))
        {
            self.opened.update(|o| {
                if let Some(o) = o {
                    change(o);
                }
            });
        }
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
                    self.now_is(&row.message_id, |o| o.assignee.clone_from(&to));
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

    /// Closes the messages that were ticked in the dialog: they owe no reply.
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
                    self.put_attention_by();
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

    /// Goes to the choice of the pool, where there are several.
    pub(crate) fn choose_pool(self) {
        if document().get_element_by_id("pool").is_some() {
            keys::focus("pool");
        } else {
            self.say(t("say-no-pools"));
        }
    }

    /// Shows what was given to this person, or all again.
    pub(crate) fn only_mine(self) {
        let me = untrack(|| self.me());
        self.ask(|q| {
            q.assignee = if q.assignee.is_empty() {
                me
            } else {
                String::new()
            }
        });
    }

    /// Asks whether to close what owes no reply, of the rows on the page.
    pub(crate) fn ask_to_close_many(self) {
        if untrack(|| self.owed_none()).is_empty() {
            self.say(t("say-none-owes-none"));
        } else {
            self.dialog.set(Some(Dialog::CloseOwedNone));
        }
    }

    /// Messages of the page that owe no reply.
    pub(crate) fn owed_none(self) -> Vec<QueueItem> {
        self.shown()
            .into_iter()
            .filter(|r| r.urgency == Urgency::None && r.state == QueueState::Waiting)
            .collect()
    }
}
