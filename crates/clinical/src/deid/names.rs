//! Names that no list holds: capitalised words that are no known words.

use super::{SafeHarbor, Span};
use crate::triage::fold::Folded;

/// Longest run of capital letters that may be an abbreviation rather than a shouted name.
const ABBREVIATION: usize = 5;

/// What a town's name ends with, though each of its words is an ordinary one: "salt lake city".
const OF_A_TOWN: [&str; 11] = [
    "city", "beach", "springs", "falls", "lake", "hills", "park", "valley", "heights", "creek",
    "rock",
];

impl SafeHarbor {
    /// The spans, with the names between them.
    pub(super) fn with_names(&self, text: &str, spans: Vec<Span>) -> Vec<Span> {
        let mut names = Vec::new();
        // In a text that shouts, capitals make no abbreviation.
        let letters = |up: bool| {
            text.chars()
                .filter(|c| c.is_alphabetic() && c.is_uppercase() == up)
                .count()
        };
        let shouts = letters(true) > letters(false);
        for m in self.word.find_iter(text) {
            if spans
                .iter()
                .any(|s| s.at.start < m.end() && m.start() < s.at.end)
            {
                continue;
            }
            if self.is_name(m.as_str(), &text[..m.start()], shouts) {
                names.push(Span {
                    at: m.range(),
                    letter: 'A',
                    tag: "NAME".into(),
                });
            }
        }
        let mut all = spans;
        all.append(&mut names);
        let mut out: Vec<Span> = Vec::new();
        for span in super::merged(all) {
            match out.last_mut() {
                // First and last name are one.
                Some(last)
                    if last.tag == "NAME"
                        && span.tag == "NAME"
                        && text[last.at.end..span.at.start]
                            .trim_matches(['.', ' '])
                            .is_empty()
                        && !text[last.at.end..span.at.start].contains(['\n']) =>
                {
                    last.at.end = span.at.end;
                }
                _ => out.push(span),
            }
        }
        out
    }

    fn is_name(&self, word: &str, before: &str, shouts: bool) -> bool {
        let bare = word
            .trim_end_matches("'s")
            .trim_end_matches("’s")
            .trim_end_matches(['\'', '-', '’']);
        let folded = Folded::plain(bare);
        let ambiguous = self.ambiguous.contains(&folded);
        if !bare.starts_with(char::is_uppercase) {
            return self.first_names.contains(&folded) && !ambiguous;
        }
        if bare.chars().count() < 2 {
            return false;
        }
        if self.first_names.contains(&folded) || ambiguous {
            // "Will it hurt?" begins with a word, "I asked Will" ends with a name.
            return !self.begins.contains(&folded) || !begins_sentence(before);
        }
        if self.is_word(&folded) {
            return false;
        }
        // "MRI", "HCTZ" and the like.
        let shouted = bare.chars().all(|c| !c.is_lowercase());
        !(shouted && !shouts && bare.chars().count() <= ABBREVIATION)
    }

    /// Whether a folded word, or each part of a compound, is known to name nobody.
    fn is_word(&self, folded: &str) -> bool {
        let known = |w: &str| {
            self.words.contains(w)
                || w.strip_suffix('s').is_some_and(|w| self.words.contains(w))
                || self.drugs.find(w).iter().any(|m| m.drug.is_some())
        };
        known(folded)
            || (folded.contains(['-', '\''])
                && folded.split(['-', '\'']).all(|w| w.len() < 3 || known(w)))
    }

    /// What a pattern took for a name is an ordinary word: "this is Bad", "Hello and".
    pub(super) fn no_name(&self, found: &str) -> bool {
        // With a capital letter it may be any of these.
        let capital = found.starts_with(char::is_uppercase);
        found.split_whitespace().all(|w| {
            let folded = Folded::plain(w.trim_matches(|c: char| !c.is_alphanumeric()));
            self.is_word(&folded)
                && !self.first_names.contains(&folded)
                && !(capital && self.ambiguous.contains(&folded))
        })
    }

    /// "live in pain", "moved in with": no place.
    pub(super) fn no_place(&self, found: &str) -> bool {
        let words: Vec<&str> = found.split_whitespace().collect();
        // "Tylenol, OK?" is no town of Oklahoma.
        let folded = Folded::plain(found);
        if self
            .drugs
            .find(&folded)
            .iter()
            .any(|m| m.drug.is_some() && m.at == (0..folded.len()))
        {
            return true;
        }
        found.chars().all(|c| c.is_lowercase() || c == ' ')
            && words
                .iter()
                .all(|w| self.is_word(w) && !self.first_names.contains(*w))
            && !words.last().is_some_and(|w| OF_A_TOWN.contains(w))
    }
}

/// Whether nothing of a sentence stands before a word.
fn begins_sentence(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '"', '“', '(', '-', '•', '*']);
    before.is_empty() || before.ends_with(['.', '!', '?', ':', '\n'])
}
