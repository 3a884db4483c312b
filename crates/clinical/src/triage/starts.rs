//! How words may begin: a quick look that spares most searches.
//!
//! Every phrase begins at a word border, and most begin with one of few letters.
//! A text that holds none of these beginnings at any border cannot hold the
//! phrase, so it need not be searched for.

use regex_syntax::hir::literal::Extractor;

/// Letters of a beginning that are looked at.
const LONGEST: usize = 3;
/// Most beginnings that a phrase may have and still be looked up by them.
const MOST: usize = 4000;
const BITS: usize = 4096;

/// The beginnings of all words of a text, and of what follows them.
#[derive(Debug)]
pub(super) struct Starts(Box<[u64; BITS / 64]>);

impl Starts {
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let word = |i: usize| {
            bytes
                .get(i)
                .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
        };
        let mut bits = Box::new([0; BITS / 64]);
        for at in 0..bytes.len() {
            if word(at) != (at > 0 && word(at - 1)) {
                for length in 1..=LONGEST.min(bytes.len() - at) {
                    let bit = usize::from(place(&bytes[at..at + length]));
                    bits[bit / 64] |= 1 << (bit % 64);
                }
            }
        }
        Self(bits)
    }
}

/// The beginnings of a pattern. Unknown for one that can begin with anything.
#[derive(Debug)]
pub(super) struct Beginnings(Option<Vec<u16>>);

impl Beginnings {
    /// Of a pattern that begins with a word border.
    pub(super) fn of(pattern: &str) -> Self {
        let Ok(hir) = regex_syntax::parse(pattern) else {
            return Self(None);
        };
        let mut found = Extractor::new()
            .limit_literal_len(LONGEST)
            .limit_total(MOST)
            .extract(&hir);
        found.keep_first_bytes(LONGEST);
        Self(found.literals().and_then(|all| {
            let mut places: Vec<u16> = all.iter().map(|l| place(l.as_bytes())).collect();
            places.sort_unstable();
            places.dedup();
            // A pattern that can match nothing at all begins anywhere.
            all.iter().all(|l| !l.is_empty()).then_some(places)
        }))
    }

    /// False only when a text with these starts cannot hold the pattern.
    pub(super) fn may_be_in(&self, starts: &Starts) -> bool {
        self.0.as_ref().is_none_or(|places| {
            places
                .iter()
                .map(|p| usize::from(*p))
                .any(|p| starts.0[p / 64] & (1 << (p % 64)) != 0)
        })
    }
}

/// Where a beginning is noted. Two may share a place, which costs a search and no more.
fn place(letters: &[u8]) -> u16 {
    let sum = letters
        .iter()
        .fold(letters.len() as u32, |h, b| {
            h.wrapping_mul(0x01000193) ^ u32::from(*b)
        })
        .wrapping_mul(0x9E37_79B1);
    (sum >> 20) as u16
}

#[cfg(test)]
mod tests {
    use super::{Beginnings, Starts};

    #[test]
    fn what_a_text_holds_is_never_passed_over() {
        let text = "my chest hurts, i can't breathe; 3rd time";
        let starts = Starts::of(text);
        for pattern in [
            "chest",
            "(?:c|d)he?st",
            "i",
            "can't|won't",
            r"\d[a-z]+",
            r"(?:\w+ )?hurts",
            ", i",
            "3rd",
        ] {
            let pattern = format!(r"(?-u:\b)(?:{pattern})");
            assert!(regex::Regex::new(&pattern).expect("sound").is_match(text));
            assert!(Beginnings::of(&pattern).may_be_in(&starts), "{pattern}");
        }
    }

    #[test]
    fn what_cannot_be_there_is_passed_over() {
        let starts = Starts::of("my knee is sore");
        for pattern in ["chest", "heart attack|stroke", r"bleed\w*"] {
            let pattern = format!(r"(?-u:\b)(?:{pattern})");
            assert!(!Beginnings::of(&pattern).may_be_in(&starts), "{pattern}");
        }
    }
}
