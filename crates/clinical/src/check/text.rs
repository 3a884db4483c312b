//! A text as the checks read it: folded, in sentences.

use crate::triage::fold::Folded;
use std::ops::Range;

/// Bytes after which a sentence is cut at the next blank: a text without a full stop must not cost its square.
const LONGEST_SENTENCE: usize = 600;

/// A folded text with its sentences.
pub(super) struct Reading {
    pub(super) folded: Folded,
    pub(super) sentences: Vec<Range<usize>>,
}

impl Reading {
    pub(super) fn of(text: &str) -> Self {
        let folded = Folded::new(text);
        let sentences = sentences(&folded.text);
        Self { folded, sentences }
    }

    pub(super) fn text(&self) -> &str {
        &self.folded.text
    }

    /// The sentence a place lies in.
    pub(super) fn sentence(&self, at: usize) -> Range<usize> {
        let i = self.sentences.partition_point(|s| s.end <= at);
        self.sentences
            .get(i)
            .cloned()
            .unwrap_or(0..self.folded.text.len())
    }
}

/// Sentences: they end at `.`, `!`, `?` before a space, and at line breaks. An
/// abbreviation such as "Dr." or a point between digits ends none.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut start = 0;
    for (i, c) in text.char_indices() {
        let next_blank = bytes
            .get(i + 1)
            .is_none_or(|b| b.is_ascii_whitespace() || *b == b'"' || *b == b')');
        let ends = match c {
            '!' | '?' | '\n' => true,
            ' ' => i - start >= LONGEST_SENTENCE,
            '.' => {
                // Abbreviations are short: a long look back would cost a hostile text its square.
                let near = text.floor_char_boundary(i.saturating_sub(8)).max(start);
                let word = text[near..i].rsplit([' ', '(']).next().unwrap_or("");
                next_blank
                    && !matches!(
                        word,
                        "dr" | "mr"
                            | "mrs"
                            | "ms"
                            | "vs"
                            | "e.g"
                            | "i.e"
                            | "approx"
                            | "no"
                            | "st"
                            | "dra"
                            | "sr"
                            | "sra"
                    )
            }
            _ => false,
        };
        if ends {
            out.push(start..i + 1);
            start = i + 1;
        }
    }
    if start < text.len() {
        out.push(start..text.len());
    }
    out
}
