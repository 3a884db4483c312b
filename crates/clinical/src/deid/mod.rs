//! Identifiers taken out of free text, before a named person reviews it for an export without identifiers.
//!
//! Safe Harbor names eighteen identifiers (45 CFR 164.514(b)(2)(i)). What they look like is data
//! (`assets/deid/identifiers.toml`); who is known to the record (patient, senders, ids) is passed in; and a capitalised
//! word that is no known word is taken for a name. A rare word is rather taken out than a rare name left in: no program
//! finds every identifier, so a person looks at each text before it leaves.

mod names;
mod patterns;

pub use patterns::SafeHarbor;

use std::collections::BTreeMap;
use std::ops::Range;

/// What the record knows of the people in a text.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Names of patient, senders, reviewers: whole; their parts are looked for as well.
    pub names: Vec<String>,
    /// Ids of patient, thread, message and chart lines.
    pub ids: Vec<String>,
    /// Words that a reviewer wants out besides.
    pub also: Vec<String>,
}

/// A text without the identifiers that were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scrubbed {
    /// The text, with tags such as `[NAME]`.
    pub text: String,
    /// How often each identifier was taken out, by its letter in 164.514(b)(2)(i).
    pub taken: BTreeMap<char, usize>,
}

/// Something to take out.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    at: Range<usize>,
    letter: char,
    tag: String,
}

impl SafeHarbor {
    /// Takes identifiers out of a text.
    pub fn scrub(&self, text: &str, known: &Known) -> Scrubbed {
        let text = plain(text);
        let mut spans = Vec::new();
        self.known(&text, known, &mut spans);
        self.patterns(&text, &mut spans);
        // Of two that overlap the earlier, and then the longer, is put in; what it leaves of the other goes too.
        let spans = self.with_names(&text, merged(spans));
        let mut out = String::with_capacity(text.len());
        let mut taken = BTreeMap::new();
        let mut at = 0;
        for span in spans {
            out.push_str(&text[at..span.at.start]);
            out.push('[');
            out.push_str(&span.tag);
            out.push(']');
            at = span.at.end;
            *taken.entry(span.letter).or_default() += 1;
        }
        out.push_str(&text[at..]);
        Scrubbed { text: out, taken }
    }
}

/// A text without hidden characters, and with one kind of digits, so that neither hides a number or a name.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| {
            !matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
                | '\u{FEFF}' | '\u{E0000}'..='\u{E01EF}')
        })
        .map(|c| match c {
            '\u{A0}' | '\u{2007}' | '\u{202F}' => ' ',
            '‐' | '‑' | '‒' | '–' | '−' => '-',
            _ => match digit(c) {
                Some(n) => char::from(b'0' + n),
                None => c,
            },
        })
        .collect()
}

/// The value of a digit of another script.
fn digit(c: char) -> Option<u8> {
    ['０', '٠', '۰', '०', '০']
        .into_iter()
        .find_map(|zero| (c as u32).checked_sub(zero as u32).filter(|n| *n < 10))
        .and_then(|n| u8::try_from(n).ok())
}

/// Spans in order, none overlapping; neighbours of one tag with nothing but a blank between are one.
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|s| s.at.start < s.at.end);
    spans.sort_by(|a, b| a.at.start.cmp(&b.at.start).then(b.at.end.cmp(&a.at.end)));
    let mut out: Vec<Span> = Vec::new();
    for span in spans {
        match out.last_mut() {
            Some(last) if span.at.start < last.at.end => last.at.end = last.at.end.max(span.at.end),
            _ => out.push(span),
        }
    }
    out
}

#[cfg(test)]
mod tests;
