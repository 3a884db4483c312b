//! Taking decisions back: the newest first, or the one on screen, each for as long as its own window is open.

use super::{Notice, Page, Unsent};
use crate::language::{t, t_with};
use crate::words;
use contract::{Closed, DecisionKind, DecisionOnRecord, StartMode};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::HashSet;
use std::time::Duration;

/// A bar that offers undo.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct UndoBar {
    /// What is undone together: one decision, or all that a close of many made.
    pub(super) decisions: Vec<i64>,
    /// The message and its patient; none for many.
    pub(super) of: Option<(String, String)>,
    pub(super) kind: DecisionKind,
    pub(crate) seconds: u32,
    /// The editor as it was, so that an undo gives the person's words back.
    pub(super) words: Unsent,
}

impl UndoBar {
    /// For messages that were closed together.
    pub(super) fn of_many(closed: Closed) -> Self {
        Self {
            decisions: closed.decision_ids,
            of: None,
            kind: DecisionKind::NoReplyNeeded,
            seconds: closed.undo_seconds,
            words: Unsent::nothing(),
        }
    }

    /// What it is known by: its first decision.
    pub(crate) fn id(&self) -> i64 {
        self.decisions.first().copied().unwrap_or_default()
    }

    /// What can be undone, in words.
    pub(crate) fn what(&self) -> String {
        match &self.of {
            Some((_, patient)) => t_with(
                "undo-what",
                &[
                    ("kind", words::decision(self.kind).into()),
                    ("patient", patient.as_str().into()),
                ],
            ),
            None => t_with("undo-closed", &[("count", self.decisions.len().into())]),
        }
    }
}

impl Page {
    /// Offers to undo a decision until its time is over.
    pub(super) fn show_undo(self, bar: UndoBar) {
        let (id, of) = (bar.id(), bar.of.clone());
        self.undo.update(|all| all.push(bar));
        let handle = StoredValue::new(None::<IntervalHandle>);
        let tick = move || {
            let left = self.undo.try_update(|all| {
                let bar = all.iter_mut().find(|b| b.id() == id)?;
                bar.seconds = bar.seconds.saturating_sub(1);
                Some(bar.seconds)
            });
            match left.flatten() {
                Some(0) => {
                    self.undo.update(|all| all.retain(|b| b.id() != id));
                    if let Some((message_id, _)) = of.clone() {
                        self.out_now(message_id);
                    }
                }
                Some(_) => return,
                None => {}
            }
            if let Some(h) = handle.get_value() {
                h.clear();
            }
        };
        if let Ok(h) = set_interval_with_handle(tick, Duration::from_secs(1)) {
            handle.set_value(Some(h));
        }
    }

    /// What was sent is out: where it is on screen it can be corrected from now on, and no more undone.
    fn out_now(self, message_id: String) {
        set_timeout(
            move || {
                let shown = self.opened.with_untracked(|o| {
                    o.as_ref()
                        .is_some_and(|o| o.decision.is_some() && o.message.id == message_id)
                });
                if shown && self.selected.get_untracked().as_ref() == Some(&message_id) {
                    self.load(message_id);
                }
            },
            Duration::from_secs(1),
        );
    }

    /// Gives more time to undo the last decision.
    pub(crate) fn more_time(self) {
        let newest = self.undo.with_untracked(|all| all.last().map(UndoBar::id));
        match newest {
            Some(id) => self.more_time_for(id),
            None => self.say(t("say-nothing-to-undo")),
        }
    }

    /// The bar of a decision, while there is one.
    fn bar(self, id: i64) -> Option<UndoBar> {
        self.undo
            .with_untracked(|all| all.iter().find(|b| b.id() == id).cloned())
    }

    /// Gives more time to undo what a bar is about.
    pub(crate) fn more_time_for(self, id: i64) {
        let Some(bar) = self.bar(id) else {
            return;
        };
        spawn_local(async move {
            let mut seconds = bar.seconds;
            for id in &bar.decisions {
                match self.backend().more_time(*id).await {
                    Ok(left) => seconds = left,
                    Err(f) => return self.notice.set(Some(Notice::Failure(f))),
                }
            }
            let there = self.undo.try_update(|all| {
                let bar = all.iter_mut().find(|b| b.id() == bar.id())?;
                bar.seconds = seconds;
                Some(())
            });
            // The bar may have run out while the desk answered.
            let taken = self.taken_back.with_value(|t| t.contains(&bar.id()));
            if there.flatten().is_none() && !taken && self.is_open() {
                self.show_undo(UndoBar { seconds, ..bar });
            }
            self.say(t_with("say-seconds", &[("count", seconds.into())]));
        });
    }

    /// Takes the newest decision back that still can be, and returns to its message.
    pub(crate) fn undo(self) {
        match self.undo.with_untracked(|all| all.last().cloned()) {
            Some(bar) => self.take_back(bar),
            None => self.say(t("say-nothing-to-undo")),
        }
    }

    /// Takes back what a bar is about, though others were decided after it.
    pub(crate) fn undo_bar(self, id: i64) {
        if let Some(bar) = self.bar(id) {
            self.take_back(bar);
        }
    }

    /// Takes a decision on the message on screen back.
    pub(crate) fn undo_this(self, decision: &DecisionOnRecord, correction: bool) {
        let own = |all: &Vec<UndoBar>| all.iter().find(|b| b.decisions == [decision.id]).cloned();
        let bar = self.undo.with_untracked(own).or_else(|| {
            self.opened.with_untracked(|o| {
                let o = o.as_ref()?;
                let base = o.draft.clone().filter(|_| !correction);
                Some(UndoBar {
                    decisions: vec![decision.id],
                    of: Some((o.message.id.clone(), o.patient.name.clone())),
                    kind: decision.kind,
                    seconds: 0,
                    // What was sent is all that is known of the words now.
                    words: Unsent {
                        text: decision.final_text.clone().unwrap_or_default(),
                        mode: match base {
                            Some(_) => StartMode::Draft,
                            None => StartMode::Blank,
                        },
                        base,
                        checked: HashSet::new(),
                        correcting: correction,
                    },
                })
            })
        });
        if let Some(bar) = bar {
            self.take_back(bar);
        }
    }

    fn take_back(self, bar: UndoBar) {
        self.taken_back
            .update_value(|all| all.extend(&bar.decisions));
        self.undo.update(|all| {
            for b in all.iter_mut() {
                b.decisions.retain(|d| !bar.decisions.contains(d));
            }
            all.retain(|b| !b.decisions.is_empty());
        });
        self.asking.update(|a| {
            if a.as_ref()
                .is_some_and(|a| bar.decisions.contains(&a.decision_id))
            {
                *a = None;
            }
        });
        spawn_local(async move {
            let mut waiting = Vec::new();
            for decision in &bar.decisions {
                match self.backend().undo(*decision).await {
                    Ok(message) => waiting.push(message),
                    Err(f) => {
                        self.notice.set(Some(Notice::Failure(f)));
                        break;
                    }
                }
            }
            if !self.is_open() {
                return;
            }
            match waiting.first().cloned() {
                Some(id) => self.return_to(id, waiting.len(), bar).await,
                // What can be done about it now is another thing.
                None => {
                    if let Some(id) = self.selected.get_untracked() {
                        self.load(id);
                    }
                }
            }
        });
    }

    /// Opens a message that waits again, with the words that were undone.
    async fn return_to(self, id: String, count: usize, bar: UndoBar) {
        let same = bar.of.as_ref().is_some_and(|of| of.0 == id);
        self.say(match &bar.of {
            None => t_with("say-undone-many", &[("count", count.into())]),
            Some(_) if bar.words.correcting => t("say-undone-correction"),
            Some(_) if same => t("say-undone"),
            Some(_) => t("say-undone-newer"),
        });
        let mut words = bar.words;
        if !same {
            // A newer message: the draft and what was checked are not its.
            words.base = None;
            words.checked = HashSet::new();
        }
        self.keep_before_leaving();
        self.put_by();
        self.put_attention_by();
        self.selected.set(None);
        let checked = words.checked.clone();
        if !words.text.is_empty() {
            self.unsent.update_value(|all| {
                // What was typed for a newer message goes before what was sent for an older one.
                if same || !all.contains_key(&id) {
                    all.insert(id.clone(), words);
                }
            });
        }
        self.open(id);
        self.checked.set(checked);
        // Its row comes with the list: a person waits for the message, not for that.
        self.refresh().await;
    }
}
