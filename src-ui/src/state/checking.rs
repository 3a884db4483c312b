//! Findings in the reply: when they are looked for, stepped through and checked off.

use super::Page;
use crate::language::english::spoken;
use crate::language::{t, t_with};
use crate::{keys, words};
use contract::{Checked, DraftState};
use leptos::prelude::*;
use leptos::task::spawn_local;

impl Page {
    /// Has the text checked once it rests.
    pub(crate) fn check_soon(self) {
        let text = self.text.get_untracked();
        let Some((id, ready)) = self.opened.with_untracked(|o| {
            o.as_ref().map(|o| {
                (
                    o.message.id.clone(),
                    o.decision.is_none() && o.draft_state != DraftState::Writing,
                )
            })
        }) else {
            return;
        };
        if text.trim().is_empty() || !(ready || self.touched.get_untracked()) {
            self.nothing_found();
            self.checking.set(false);
            return;
        }
        self.checking.set(true);
        let mode = self.mode.get_untracked();
        set_timeout(
            move || {
                if self.text.with_untracked(|t| *t != text) {
                    return;
                }
                spawn_local(async move {
                    let found = self.backend().check(&id, &text, mode).await;
                    let still = self.text.with_untracked(|t| *t == text)
                        && self.selected.get_untracked().as_ref() == Some(&id);
                    if still {
                        // What could not be checked must not look as if nothing were found.
                        let (found, failure) = match found {
                            Ok(found) => (found, None),
                            Err(f) => (Checked::default(), Some(f)),
                        };
                        self.findings.set(found.findings);
                        self.used.set(found.used);
                        self.check_failure.set(failure);
                        self.checking.set(false);
                    }
                });
            },
            std::time::Duration::from_millis(120),
        );
    }

    /// There is no text to find anything in.
    pub(super) fn nothing_found(self) {
        self.findings.set(Vec::new());
        self.used.set(Vec::new());
        self.check_failure.set(None);
    }

    /// Serious findings that nobody has checked.
    pub(crate) fn unresolved(self) -> usize {
        self.findings.with(|all| {
            self.checked.with(|done| {
                all.iter()
                    .filter(|f| f.serious && !done.contains(&f.key()))
                    .count()
            })
        })
    }

    /// Steps to the next finding that is not checked, and to its button.
    pub(crate) fn next_finding(self) {
        let keys: Vec<(String, String)> = self.findings.with_untracked(|all| {
            all.iter()
                .map(|f| {
                    let why = spoken(|| words::finding_what(&f.kind), &f.why);
                    let name = words::finding(&f.kind);
                    let said = t_with(
                        "finding-said",
                        &[("name", name.into()), ("why", why.into())],
                    );
                    (f.key(), said)
                })
                .collect()
        });
        let done = self.checked.get_untracked();
        let at = self
            .finding
            .get_untracked()
            .and_then(|k| keys.iter().position(|x| x.0 == k))
            .map_or(0, |i| i + 1);
        let next = keys[at.min(keys.len())..]
            .iter()
            .chain(&keys[..at.min(keys.len())])
            .find(|k| !done.contains(&k.0));
        match next {
            Some((key, said)) => {
                self.say(said.clone());
                self.finding.set(Some(key.clone()));
                keys.iter()
                    .position(|k| k.0 == *key)
                    .into_iter()
                    .for_each(|i| keys::focus(&format!("finding-{i}")));
            }
            None => {
                self.finding.set(None);
                self.say(t("say-all-resolved"));
                keys::focus("editor");
            }
        }
    }

    /// Goes to the finding that rests on a line of the chart.
    pub(crate) fn to_finding_of(self, line: &str) {
        let found = self.findings.with_untracked(|all| {
            all.iter()
                .enumerate()
                .find(|(_, f)| f.source.as_deref() == Some(line))
                .map(|(i, f)| (i, f.key()))
        });
        if let Some((i, key)) = found {
            self.finding.set(Some(key));
            keys::focus(&format!("finding-{i}"));
        }
    }

    /// Goes to the words of the reply that rest on a line of the chart: they are chosen in the editor.
    pub(crate) fn to_words_of(self, line: &str) {
        let used = self
            .used
            .with_untracked(|all| all.iter().find(|u| u.line == line).cloned());
        if let Some(u) = used {
            keys::choose("editor", u.start, u.end);
            self.caret.set(u.start);
        }
    }

    /// Steps to the next fact of the reply that rests on the chart: its words are chosen, its line comes into sight.
    pub(crate) fn next_fact(self) {
        let at = self.caret.get_untracked();
        let next = self.used.with_untracked(|all| {
            all.iter()
                .find(|u| u.start > at)
                .or_else(|| all.first())
                .cloned()
        });
        let Some(u) = next else {
            self.say(t("say-no-facts"));
            return;
        };
        keys::choose("editor", u.start, u.end);
        self.caret.set(u.start);
        let words: String = self
            .text
            .with_untracked(|t| t.chars().skip(u.start).take(u.end - u.start).collect());
        self.say(t_with(
            "say-fact",
            &[("words", words.into()), ("line", u.line.as_str().into())],
        ));
        self.chart_tab.set(crate::chart::ALL);
        let id = self.opened.with_untracked(|o| {
            o.as_ref()
                .and_then(|o| crate::chart::id_of_line(o, &u.line))
        });
        if let Some(id) = id {
            keys::into_sight(&id);
        }
    }

    /// Goes to a message of the thread.
    pub(crate) fn to_message(self, id: &str) {
        let place = self
            .opened
            .with_untracked(|o| o.as_ref()?.thread.iter().position(|m| m.id == id));
        if let Some(n) = place {
            let id = format!("entry-{n}");
            keys::into_sight(&id);
            keys::focus(&id);
        }
    }

    /// Goes to the line of the chart that a finding rests on.
    pub(crate) fn to_line(self, line: &str) {
        // Another heading may be shown.
        self.chart_tab.set(crate::chart::ALL);
        let id = self
            .opened
            .with_untracked(|o| o.as_ref().and_then(|o| crate::chart::id_of_line(o, line)));
        if let Some(id) = id {
            // Once all headings are drawn.
            set_timeout(
                move || {
                    keys::into_sight(&id);
                    keys::focus(&id);
                },
                std::time::Duration::ZERO,
            );
        }
    }

    /// The person checked a finding, or takes that back.
    pub(crate) fn check_off(self, key: String) {
        let off = self.checked.with_untracked(|c| c.contains(&key));
        self.checked.update(|c| {
            if off {
                c.remove(&key);
            } else {
                c.insert(key.clone());
            }
        });
        self.finding.set(Some(key));
        if !off {
            self.next_finding();
        }
    }
}
