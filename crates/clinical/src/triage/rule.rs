//! One rule, compiled: phrases, and words that must stand near each other.

use super::context::{self, Guards, Reading};
use super::{RuleText, RulesError, Words};
use contract::Urgency;
use regex::Regex;
use std::ops::Range;

/// Bytes that a word with its space takes at most when distances are measured.
const WORD_BYTES: usize = 24;

#[derive(Debug)]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) urgency: Urgency,
    /// Index of the condition that must hold.
    pub(super) needs: Option<usize>,
    phrases: Vec<(Regex, bool)>,
    near: Vec<(Near, bool)>,
    advice: String,
    advice_es: String,
    guards: Guards,
}

/// Lists of words; one of each must be found within a number of words.
#[derive(Debug)]
struct Near {
    lists: Vec<Regex>,
    within: usize,
    /// Whether they may stand in several sentences.
    across: bool,
}

impl Rule {
    pub(super) fn of(
        text: &RuleText,
        words: &Words,
        conditions: &[String],
    ) -> Result<Self, RulesError> {
        let here = |e: RulesError| RulesError(format!("rule {}: {}", text.id, e.0));
        if text.source.trim().is_empty() {
            return Err(RulesError(format!("rule {}: it names no source", text.id)));
        }
        let needs = match &text.needs {
            None => None,
            Some(name) => Some(conditions.iter().position(|c| c == name).ok_or_else(|| {
                RulesError(format!("rule {}: there is no condition {name}", text.id))
            })?),
        };
        let mut phrases = Vec::new();
        let mut near = Vec::new();
        for (list, spanish) in [(&text.any, false), (&text.any_es, true)] {
            if !list.is_empty() {
                phrases.push((words.any_of(list).map_err(here)?, spanish));
            }
        }
        for (list, spanish) in [(&text.near, false), (&text.near_es, true)] {
            for n in list {
                if n.words.len() < 2 || n.within == 0 || n.within > 40 {
                    return Err(RulesError(format!(
                        "rule {}: `near` needs two lists or more within 1 to 40 words",
                        text.id
                    )));
                }
                let lists = n
                    .words
                    .iter()
                    .map(|w| words.phrase(w))
                    .collect::<Result<_, _>>()
                    .map_err(here)?;
                near.push((
                    Near {
                        lists,
                        within: n.within,
                        across: n.across,
                    },
                    spanish,
                ));
            }
        }
        if phrases.is_empty() && near.is_empty() {
            return Err(RulesError(format!("rule {}: it has no phrase", text.id)));
        }
        Ok(Self {
            id: text.id.clone(),
            title: text.title.clone(),
            urgency: text.urgency,
            needs,
            phrases,
            near,
            advice: text.advice.trim().to_owned(),
            advice_es: text.advice_es.trim().to_owned(),
            guards: Guards {
                denied: text.guarded,
                supposed: text.supposable,
                past: text.datable,
            },
        })
    }

    /// Where the rule fires in a folded text, and whether on Spanish words.
    pub(super) fn fires(&self, read: &Reading) -> Option<(Range<usize>, bool)> {
        let text = read.text;
        let taken_back = |at: &Range<usize>| read.takes_back(at, self.guards);
        let is_past = |at: &Range<usize>| read.is_past(at, self.guards);
        for (phrase, spanish) in &self.phrases {
            let fired = phrase
                .find_iter(text)
                .map(|m| m.range())
                .find(|at| !taken_back(at) && !is_past(at));
            if let Some(at) = fired {
                return Some((at, *spanish));
            }
        }
        // Old words beside new ones ("my stent was in March, the tightness is back") hold.
        let holds =
            |group: &[Range<usize>]| !group.iter().any(taken_back) && !group.iter().all(is_past);
        self.near
            .iter()
            .find_map(|(near, spanish)| near.find(text, &holds).map(|at| (at, *spanish)))
    }

    /// The fixed advice, in the language of the words that fired.
    pub(super) fn advice(&self, spanish: bool) -> Option<String> {
        match (spanish, self.advice.is_empty(), self.advice_es.is_empty()) {
            (true, _, false) => Some(self.advice_es.clone()),
            (_, false, _) => Some(self.advice.clone()),
            _ => None,
        }
    }
}

impl Near {
    /// The first place where one of each list stands within reach and the words hold.
    fn find(&self, text: &str, holds: &dyn Fn(&[Range<usize>]) -> bool) -> Option<Range<usize>> {
        let mut found: Vec<Vec<Range<usize>>> = Vec::with_capacity(self.lists.len());
        for list in &self.lists {
            let at: Vec<_> = list.find_iter(text).map(|m| m.range()).collect();
            if at.is_empty() {
                return None;
            }
            found.push(at);
        }
        let (first, rest) = found.split_first()?;
        first
            .iter()
            .find_map(|anchor| self.join(text, &mut vec![anchor.clone()], rest, holds))
    }

    /// Adds one of each further list: the nearest before or after that does not overlap.
    fn join(
        &self,
        text: &str,
        group: &mut Vec<Range<usize>>,
        rest: &[Vec<Range<usize>>],
        holds: &dyn Fn(&[Range<usize>]) -> bool,
    ) -> Option<Range<usize>> {
        let Some((list, rest)) = rest.split_first() else {
            return holds(group).then(|| hull(group));
        };
        let anchor = group[0].clone();
        let at = list.partition_point(|m| m.start < anchor.start);
        let before = list[..at].iter().rev().take(3);
        let after = list[at..].iter().take(3);
        for candidate in before.chain(after) {
            let apart = group
                .iter()
                .all(|g| candidate.end <= g.start || candidate.start >= g.end);
            if !apart {
                continue;
            }
            group.push(candidate.clone());
            if self.reaches(text, &hull(group))
                && let Some(whole) = self.join(text, group, rest, holds)
            {
                return Some(whole);
            }
            group.pop();
        }
        None
    }

    fn reaches(&self, text: &str, whole: &Range<usize>) -> bool {
        // The matched words themselves count, too.
        let most = self.within + self.lists.len();
        if whole.len() > most * WORD_BYTES {
            return false;
        }
        let between = &text[whole.clone()];
        between.matches(' ').count() < most
            && (self.across || context::sentence_end(between).is_none())
            && !between.contains('\n')
    }
}

fn hull(group: &[Range<usize>]) -> Range<usize> {
    let start = group.iter().map(|g| g.start).min().unwrap_or_default();
    let end = group.iter().map(|g| g.end).max().unwrap_or_default();
    start..end
}
