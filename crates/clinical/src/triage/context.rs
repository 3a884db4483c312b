//! What takes a phrase back: denial, the past, what is only supposed.
//!
//! After NegEx (Chapman et al. 2001) and ConText (Harkema et al. 2009), and more
//! cautious than either: a denial reaches a phrase only over words that are
//! listed, because a missed emergency costs more than a false alarm.

use super::{RulesError, any_of};
use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use std::ops::Range;

/// Bytes of a sentence that are looked at on either side of a phrase.
const REACH: usize = 240;

/// The lists as they stand in the rule file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContextText {
    denials: Vec<String>,
    between: Vec<String>,
    undenied: Vec<String>,
    past: Vec<String>,
    now: Vec<String>,
    supposed: Vec<String>,
}

/// The lists, compiled.
#[derive(Debug)]
pub(super) struct Context {
    denied: Regex,
    undenied: Regex,
    past: Regex,
    now: Regex,
    supposed: Regex,
}

impl Context {
    pub(super) fn of(text: &ContextText) -> Result<Self, RulesError> {
        let built = |pattern: &str| {
            RegexBuilder::new(pattern)
                .size_limit(1 << 22)
                .build()
                .map_err(|e| RulesError(format!("the context: {e}")))
        };
        // Each list by itself first, so that a fault is named by its phrase.
        for list in [
            &text.denials,
            &text.between,
            &text.undenied,
            &text.past,
            &text.now,
            &text.supposed,
        ] {
            for phrase in list {
                super::phrase(phrase)?;
            }
        }
        Ok(Self {
            denied: built(&format!(
                r"(?:^|[^\w'])(?:{}) (?:(?:{})\b[,/]* *)*$",
                text.denials.join("|"),
                text.between.join("|")
            ))?,
            undenied: built(&format!(
                r"^(?:[ ,]+\w+){{0,3}} (?:{})\b",
                text.undenied.join("|")
            ))?,
            past: any_of(&text.past)?,
            now: any_of(&text.now)?,
            supposed: built(&format!(r"\b(?:{}) *$", text.supposed.join("|")))?,
        })
    }

    /// True when the words around a phrase say that it does not hold here and now.
    pub(super) fn takes_back(&self, text: &str, at: Range<usize>) -> bool {
        let before = before(text, at.start);
        let after = after(text, at.end);
        if self.supposed.is_match(before) {
            return true;
        }
        let sentence = [before, &text[at.clone()], after].concat();
        if self.past.is_match(&sentence) && !self.now.is_match(&sentence) {
            return true;
        }
        if self.denied.is_match(before) && !self.undenied.is_match(after) {
            // "No fever, chest pain since noon": after a comma the denial goes on only in a list.
            let in_list = !before.trim_end().ends_with(',')
                || after.trim().is_empty()
                || [",", " or ", " and ", " nor ", "/", ")"]
                    .iter()
                    .any(|s| after.starts_with(s));
            return in_list;
        }
        false
    }
}

const ENDS: [char; 5] = ['.', '!', '?', ';', '\n'];

/// The sentence up to a place, at most [`REACH`] bytes of it.
fn before(text: &str, at: usize) -> &str {
    let from = text.floor_char_boundary(at.saturating_sub(REACH));
    let near = &text[from..at];
    near.rfind(ENDS).map_or(near, |end| &near[end + 1..])
}

/// The sentence from a place on, at most [`REACH`] bytes of it.
fn after(text: &str, at: usize) -> &str {
    let to = text.floor_char_boundary((at + REACH).min(text.len()));
    let near = &text[at..to];
    near.find(ENDS).map_or(near, |end| &near[..end])
}
