//! How words may begin: a quick look that spares most searches.
//!
//! Every phrase begins at a word border, and most begin with one of few letters.
//! A text that holds none of these beginnings at any border cannot hold the
//! phrase, so it need not be searched for.

use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Hir, HirKind};

/// Most letters of a beginning that are looked at.
const LONGEST: usize = 6;
/// Lengths of beginnings that are tried for a phrase, the first one with few of them being taken.
const LENGTHS: [usize; 4] = [LONGEST, 4, 2, 1];
/// Most beginnings that one of a list's phrases may have and still be looked up by them.
const MOST: usize = 400;
const BITS: usize = 1 << 15;

/// The beginnings of all words of a text, and of what follows them.
#[derive(Debug)]
pub(super) struct Starts(Vec<u64>);

impl Starts {
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let word = |i: usize| {
            bytes
                .get(i)
                .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
        };
        let mut bits = vec![0; BITS / 64];
        for at in 0..bytes.len() {
            if word(at) != (at > 0 && word(at - 1)) {
                let mut sum = FIRST;
                for b in &bytes[at..bytes.len().min(at + LONGEST)] {
                    sum = more(sum, *b);
                    let bit = usize::from(place(sum));
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
        let mut places = Vec::new();
        let known = each_phrase(&hir, &mut |phrase| {
            LENGTHS
                .into_iter()
                .find_map(|length| literals(phrase, length))
                .map(|found| places.extend(found))
        });
        places.sort_unstable();
        places.dedup();
        Self(known.map(|()| places))
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

/// Gives each phrase of a list with what follows it, so that one that can begin with anything leaves the others their long
/// beginnings.
fn each_phrase(hir: &Hir, put: &mut impl FnMut(&Hir) -> Option<()>) -> Option<()> {
    let HirKind::Concat(parts) = hir.kind() else {
        return put(hir);
    };
    let Some(at) = parts
        .iter()
        .position(|p| !matches!(p.kind(), HirKind::Look(_)))
    else {
        return put(hir);
    };
    match parts[at].kind() {
        HirKind::Alternation(list) => list.iter().try_for_each(|phrase| {
            let whole: Vec<Hir> = std::iter::once(phrase)
                .chain(&parts[at + 1..])
                .cloned()
                .collect();
            put(&Hir::concat(whole))
        }),
        _ => put(hir),
    }
}

/// The places of all beginnings of a length, when they are few enough and none is empty.
fn literals(hir: &Hir, length: usize) -> Option<Vec<u16>> {
    let mut found = Extractor::new()
        .limit_literal_len(length)
        .limit_total(MOST)
        .extract(hir);
    found.keep_first_bytes(length);
    // A pattern that can match nothing at all begins anywhere.
    found
        .literals()?
        .iter()
        .map(|l| {
            (!l.is_empty()).then(|| place(l.as_bytes().iter().fold(FIRST, |h, b| more(h, *b))))
        })
        .collect()
}

const FIRST: u32 = 0x811C_9DC5;

/// The sum of a beginning that is one letter longer.
fn more(sum: u32, letter: u8) -> u32 {
    (sum ^ u32::from(letter)).wrapping_mul(0x0100_0193)
}

/// Where a beginning is noted. Two may share a place, which costs a search and no more.
fn place(sum: u32) -> u16 {
    (sum.wrapping_mul(0x9E37_79B1) >> 17) as u16
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
