//! One rule, compiled: phrases, words that must stand near each other, and
//! signs of which some must come together.

use super::context::{self, Guards, Reading};
use super::starts::{Beginnings, Starts};
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
    phrases: Vec<(List, bool)>,
    near: Vec<(Near, bool)>,
    signs: Vec<(Signs, bool)>,
    advice: String,
    advice_es: String,
    guards: Guards,
}

/// Words or phrases as one pattern, and how it can begin.
#[derive(Debug)]
struct List {
    pattern: Regex,
    beginnings: Beginnings,
}

impl List {
    fn of(phrase: &str, words: &Words) -> Result<Self, RulesError> {
        Ok(Self {
            pattern: words.phrase(phrase)?,
            beginnings: Beginnings::of(&words.bordered(phrase)),
        })
    }
}

/// Lists of words; one of each must be found within a number of words.
#[derive(Debug)]
struct Near {
    lists: Vec<List>,
    within: usize,
    /// Whether they may stand in several sentences.
    across: bool,
}

/// Signs of an illness, each with its words. So many of them must be told
/// within a number of words, whichever they are and in whatever order.
#[derive(Debug)]
struct Signs {
    of: Vec<List>,
    least: usize,
    within: usize,
}

impl Rule {
    pub(super) fn of(
        text: &RuleText,
        words: &Words,
        conditions: &[String],
    ) -> Result<Self, RulesError> {
        let here = |e: RulesError| e.in_rule(&text.id);
        let wrong = |why: String| Err(RulesError::new(why).in_rule(&text.id));
        if text.source.trim().is_empty() {
            return wrong("it names no source".into());
        }
        let needs = match &text.needs {
            None => None,
            Some(name) => Some(conditions.iter().position(|c| c == name).ok_or_else(|| {
                RulesError::new(format!("there is no condition {name}")).in_rule(&text.id)
            })?),
        };
        let mut phrases = Vec::new();
        let mut near = Vec::new();
        for (list, spanish) in [(&text.any, false), (&text.any_es, true)] {
            if !list.is_empty() {
                words.sound(list).map_err(here)?;
                phrases.push((List::of(&list.join("|"), words).map_err(here)?, spanish));
            }
        }
        for (list, spanish) in [(&text.near, false), (&text.near_es, true)] {
            for n in list {
                if n.words.len() < 2 || n.within == 0 || n.within > 40 {
                    return wrong("`near` needs two lists or more within 1 to 40 words".into());
                }
                let lists = n
                    .words
                    .iter()
                    .map(|w| List::of(w, words))
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
        let mut signs = Vec::new();
        for (list, spanish) in [(&text.signs, false), (&text.signs_es, true)] {
            for s in list {
                if s.least < 2 || s.of.len() < s.least || s.within == 0 || s.within > 80 {
                    return wrong("`signs` needs as many lists as it asks for, two or more, within 1 to 80 words".into());
                }
                let of =
                    s.of.iter()
                        .map(|w| List::of(w, words))
                        .collect::<Result<_, _>>()
                        .map_err(here)?;
                signs.push((
                    Signs {
                        of,
                        least: s.least,
                        within: s.within,
                    },
                    spanish,
                ));
            }
        }
        if phrases.is_empty() && near.is_empty() && signs.is_empty() {
            return wrong("it has no phrase".into());
        }
        Ok(Self {
            id: text.id.clone(),
            title: text.title.clone(),
            urgency: text.urgency,
            needs,
            phrases,
            near,
            signs,
            advice: text.advice.trim().to_owned(),
            advice_es: text.advice_es.trim().to_owned(),
            guards: Guards {
                denied: text.guarded,
                supposed: text.supposable,
                past: text.datable,
                over: text.endable,
            },
        })
    }

    /// Where the rule fires in a folded text, and whether on Spanish words.
    pub(super) fn fires(&self, read: &Reading) -> Option<(Range<usize>, bool)> {
        let text = read.text;
        let taken_back = |at: &Range<usize>| read.takes_back(at, self.guards);
        let is_past = |at: &Range<usize>| read.is_past(at, self.guards);
        for (phrase, spanish) in &self.phrases {
            if !phrase.beginnings.may_be_in(&read.starts) {
                continue;
            }
            let fired = phrase
                .pattern
                .find_iter(text)
                .map(|m| m.range())
                .find(|at| !taken_back(at) && !is_past(at));
            if let Some(at) = fired {
                return Some((at, *spanish));
            }
        }
        // Old words beside new ones ("my stent was in March, the tightness is back") hold.
        let holds = |group: &[Range<usize>]| {
            !group.iter().any(taken_back)
                && !group.iter().filter(|at| !read.is_timeless(at)).all(is_past)
        };
        self.near
            .iter()
            .find_map(|(near, spanish)| {
                near.find(text, &read.starts, &holds)
                    .map(|at| (at, *spanish))
            })
            .or_else(|| {
                let told = |at: &Range<usize>| !taken_back(at) && !is_past(at);
                self.signs.iter().find_map(|(s, spanish)| {
                    s.find(text, &read.starts, &told).map(|at| (at, *spanish))
                })
            })
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

impl Signs {
    /// The first place where enough signs are told within reach.
    fn find(
        &self,
        text: &str,
        starts: &Starts,
        told: &dyn Fn(&Range<usize>) -> bool,
    ) -> Option<Range<usize>> {
        let mut found: Vec<(Range<usize>, usize)> = Vec::new();
        let mut seen = 0;
        for (sign, list) in self.of.iter().enumerate() {
            let before = found.len();
            if list.beginnings.may_be_in(starts) {
                found.extend(
                    list.pattern
                        .find_iter(text)
                        .map(|m| m.range())
                        .filter(|at| told(at))
                        .map(|at| (at, sign)),
                );
            }
            seen += usize::from(found.len() > before);
            if seen + (self.of.len() - sign - 1) < self.least {
                return None;
            }
        }
        found.sort_by_key(|(at, _)| (at.start, at.end));
        for (i, (first, sign)) in found.iter().enumerate() {
            let (mut end, mut signs) = (first.end, vec![*sign]);
            for (at, sign) in &found[i + 1..] {
                let between = &text[first.start..at.end.max(end)];
                if between.len() > self.within * WORD_BYTES
                    || between.matches(' ').count() >= self.within
                    || between.contains('\n')
                {
                    break;
                }
                // A word that stands for two signs counts for one.
                if at.start >= end && !signs.contains(sign) {
                    signs.push(*sign);
                    end = at.end;
                    if signs.len() == self.least {
                        return Some(first.start..end);
                    }
                }
            }
        }
        None
    }
}

impl Near {
    /// The first place where one of each list stands within reach and the words hold.
    fn find(
        &self,
        text: &str,
        starts: &Starts,
        holds: &dyn Fn(&[Range<usize>]) -> bool,
    ) -> Option<Range<usize>> {
        if !self.lists.iter().all(|l| l.beginnings.may_be_in(starts)) {
            return None;
        }
        let mut found: Vec<Vec<Range<usize>>> = Vec::with_capacity(self.lists.len());
        for list in &self.lists {
            let at: Vec<_> = list.pattern.find_iter(text).map(|m| m.range()).collect();
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

#[cfg(test)]
impl Rule {
    /// Whether all that a rule finds in a text has one of its known beginnings.
    pub(super) fn passes_over_nothing(&self, text: &str) -> bool {
        let starts = Starts::of(text);
        let lists = self.phrases.iter().map(|(l, _)| l);
        let lists = lists.chain(self.near.iter().flat_map(|(n, _)| &n.lists));
        let mut lists = lists.chain(self.signs.iter().flat_map(|(s, _)| &s.of));
        lists.all(|l| l.beginnings.may_be_in(&starts) || !l.pattern.is_match(text))
    }
}
