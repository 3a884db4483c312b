//! A second reading of a message, by weighed words.
//!
//! Rules find what somebody thought of. This is a linear classifier over words,
//! pairs of neighbours and beginnings of words, fitted to the written sets
//! (`fit`); it may only raise an urgency. A clinician can read its file: a
//! word, and how much it speaks for an emergency.
//!
//! Linear text classification with tf-idf as in Joachims, ECML 1998.

mod fit;

use super::context::ends;
use super::fold::Folded;
use contract::{Chart, Urgency};
pub use fit::Example;
pub(super) use fit::fit;
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;
use std::ops::Range;

/// Words of a message that are weighed together. A longer one is read in parts
/// that overlap by half, and its most urgent part counts: what is buried in a
/// long letter is not outvoted by it.
const PART: usize = 120;
/// Most words that are shown as the reason.
const SHOWN: usize = 12;
/// Letters of the beginning that words of one stem are taken to share.
const STEM: usize = 5;

/// Weights of terms, with the limits above which a message is urgent.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// By the hash of a term: 64 bits, so that two terms do not meet.
    of: HashMap<u64, f32>,
    bias: f32,
    emergency: f32,
    urgent: f32,
}

/// A file of weights that cannot be used, with its line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The weights of triage cannot be used: line {line}: {why}")]
pub struct WeightsError {
    line: usize,
    why: String,
}

/// What the weights say of a message.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Weighed {
    /// Distance from the border between emergencies and others.
    pub(super) score: f32,
    /// The words that speak for an emergency most, in the folded text; looked for only where the score raises.
    pub(super) at: Range<usize>,
}

impl Weights {
    /// Reads weights as `Rules::fit_weights` writes them: lines of a term, a tab and a number.
    /// `#` begins a remark; `=bias`, `=emergency` and `=urgent` are no terms.
    ///
    /// # Errors
    /// With the line that is no term and number, and when one of the three is missing.
    pub fn parse(text: &str) -> Result<Self, WeightsError> {
        let mut of = HashMap::new();
        let mut named = HashMap::new();
        let mut last = 0;
        for (at, line) in text.lines().enumerate() {
            last = at + 1;
            let wrong = |why: &str| WeightsError {
                line: at + 1,
                why: why.to_owned(),
            };
            if line.starts_with('#') && !line.contains('\t') || line.is_empty() {
                continue;
            }
            let (term, number) = line
                .split_once('\t')
                .ok_or_else(|| wrong("a term, a tab and a number are needed"))?;
            let number: f32 = number
                .parse()
                .ok()
                .filter(|n: &f32| n.is_finite())
                .ok_or_else(|| wrong("the weight is no number"))?;
            match term.strip_prefix('=') {
                Some(name) => {
                    named.insert(name, number);
                }
                None if of.insert(hashed(&[term]), number).is_some() => {
                    return Err(wrong("the term stands here for the second time"));
                }
                None => {}
            }
        }
        let get = |name: &str| {
            named.get(name).copied().ok_or_else(|| WeightsError {
                line: last,
                why: format!("={name} is missing"),
            })
        };
        Ok(Self {
            bias: get("bias")?,
            emergency: get("emergency")?,
            urgent: get("urgent")?,
            of,
        })
    }

    /// How far a score raises a message.
    pub(super) fn raise(&self, score: f32) -> Option<Urgency> {
        if score >= self.emergency {
            Some(Urgency::Emergency)
        } else if score >= self.urgent {
            Some(Urgency::Urgent)
        } else {
            None
        }
    }

    /// Weighs a folded text beside the words of a chart.
    pub(super) fn weigh(&self, text: &str, chart: &ChartWords) -> Weighed {
        let words = words(text);
        let mut best: Option<(f32, Range<usize>)> = None;
        let mut from = 0;
        loop {
            let to = (from + PART).min(words.len());
            let score = self.score(text, &words[from..to], chart);
            if best.as_ref().is_none_or(|(b, _)| score > *b) {
                best = Some((score, from..to));
            }
            if to == words.len() {
                break;
            }
            from += PART / 2;
        }
        let (score, part) = best.unwrap_or((self.bias, 0..0));
        Weighed {
            score,
            at: self
                .raise(score)
                .map_or(0..0, |_| self.strongest(text, &words[part])),
        }
    }

    fn score(&self, text: &str, words: &[Word], chart: &ChartWords) -> f32 {
        let mut counts: HashMap<u64, u32> = HashMap::with_capacity(words.len() * 3);
        let mut total = 0u32;
        let mut count = |term: u64| {
            total += 1;
            if self.of.contains_key(&term) {
                *counts.entry(term).or_insert(0) += 1;
            }
        };
        terms(text, words, &mut |parts| count(hashed(parts)));
        for term in &chart.0 {
            count(*term);
        }
        // In the order of their numbers: a sum of floats depends on it.
        let mut counts: Vec<(u64, u32)> = counts.into_iter().collect();
        counts.sort_unstable();
        let sum: f32 = counts
            .iter()
            .filter_map(|(term, n)| Some(self.of.get(term)? * damped(*n)))
            .sum();
        self.bias + sum / (total.max(1) as f32).sqrt()
    }

    /// The run of at most [`SHOWN`] words of one sentence that weighs most.
    fn strongest(&self, text: &str, words: &[Word]) -> Range<usize> {
        let weight = |parts: &[&str]| self.of.get(&hashed(parts)).copied().unwrap_or(0.0);
        let own: Vec<f32> = words
            .iter()
            .enumerate()
            .map(|(i, w)| {
                let word = w.of(text);
                let pair = words
                    .get(i + 1)
                    .filter(|next| !next.opens)
                    .map_or(0.0, |next| weight(&[word, " ", next.of(text)]));
                weight(&[word]) + stem(word).map_or(0.0, |s| weight(&["~", s])) + pair
            })
            .collect();
        let (mut most, mut at) = (f32::MIN, 0..0);
        for first in 0..words.len() {
            let mut sum = 0.0;
            for last in first..words.len().min(first + SHOWN) {
                if last > first && words[last].opens {
                    break;
                }
                sum += own[last];
                if sum > most {
                    (most, at) = (sum, words[first].at.start..words[last].at.end);
                }
            }
        }
        at
    }
}

/// Words of a chart's problems and medications, as terms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ChartWords(Vec<u64>);

impl ChartWords {
    pub(super) fn of(chart: &Chart) -> Self {
        let mut found = Vec::new();
        chart_terms(chart, &mut |parts| found.push(hashed(parts)));
        Self(found)
    }
}

/// A word of a text.
#[derive(Debug, Clone)]
struct Word {
    at: Range<usize>,
    /// Whether a sentence begins with it.
    opens: bool,
}

impl Word {
    fn of<'a>(&self, text: &'a str) -> &'a str {
        &text[self.at.clone()]
    }
}

fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut start = 0;
    for end in ends(text).chain(std::iter::once(text.len())) {
        let mut opens = true;
        let mut from = None;
        for (i, c) in text[start..end]
            .char_indices()
            .chain(std::iter::once((end - start, ' ')))
        {
            if c.is_ascii_alphanumeric() || c == '\'' {
                from.get_or_insert(i);
            } else if let Some(first) = from.take() {
                found.push(Word {
                    at: start + first..start + i,
                    opens,
                });
                opens = false;
            }
        }
        start = end;
    }
    found
}

/// What stands for a word: itself, or for a number how many digits it has.
fn read(word: &str) -> &str {
    const DIGITS: [&str; 6] = ["#1", "#2", "#3", "#4", "#5", "#6"];
    if word.bytes().all(|b| b.is_ascii_digit()) {
        DIGITS[word.len().clamp(1, DIGITS.len()) - 1]
    } else {
        word
    }
}

fn stem(word: &str) -> Option<&str> {
    (word.len() > STEM && !word.as_bytes()[0].is_ascii_digit()).then(|| &word[..STEM])
}

/// Every term of some words: the word, the pair with its neighbour (`^` before
/// a sentence and `$` after it), and its beginning.
fn terms(text: &str, words: &[Word], put: &mut impl FnMut(&[&str])) {
    for (i, w) in words.iter().enumerate() {
        let word = read(w.of(text));
        if w.opens || i == 0 {
            put(&["^ ", word]);
        }
        put(&[word]);
        if let Some(s) = stem(word) {
            put(&["~", s]);
        }
        match words.get(i + 1).filter(|next| !next.opens) {
            Some(next) => put(&[word, " ", read(next.of(text))]),
            None => put(&[word, " $"]),
        }
    }
}

fn chart_terms(chart: &Chart, put: &mut impl FnMut(&[&str])) {
    for line in chart.problems.iter().chain(&chart.medications) {
        let line = Folded::plain(line);
        for word in line.split(|c: char| !c.is_ascii_lowercase()) {
            if word.len() >= 4 {
                put(&["c:", word]);
            }
        }
    }
}

/// A term that comes often counts little more than one that comes once.
fn damped(times: u32) -> f32 {
    1.0 + (times as f32).ln()
}

/// The hash of a term that is given in parts.
fn hashed(parts: &[&str]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for part in parts {
        hasher.write(part.as_bytes());
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_file_is_refused_with_its_line() {
        let head = "=bias\t0\n=emergency\t1\n=urgent\t0.5\n";
        assert!(Weights::parse(head).is_ok());
        for (text, line) in [
            ("=bias\t0\nchest", "line 2"),
            ("=bias\tmuch", "line 1"),
            ("=bias\t0\n=urgent\t1", "=emergency is missing"),
            ("a\t1\na\t2", "line 2"),
            ("a\tNaN", "line 1"),
        ] {
            let e = Weights::parse(text).expect_err(text).to_string();
            assert!(e.contains(line), "{e}");
        }
    }

    #[test]
    fn terms_are_words_neighbours_and_beginnings() {
        let text = "chest burning. 98.6 ok";
        let mut found = Vec::new();
        terms(text, &words(text), &mut |p| found.push(p.concat()));
        assert_eq!(
            found,
            [
                "^ chest",
                "chest",
                "chest burning",
                "burning",
                "~burni",
                "burning $",
                "^ #2",
                "#2",
                "#2 #1",
                "#1",
                "#1 ok",
                "ok",
                "ok $"
            ]
        );
    }

    #[test]
    fn what_is_buried_in_a_long_letter_counts_as_much() {
        let weights = Weights::parse(
            "=bias\t-0.5\n=emergency\t0\n=urgent\t-0.2\ncrushed\t10\npleasant\t-3\n",
        )
        .expect("sound");
        let short = weights.weigh("i feel crushed", &ChartWords::default());
        assert_eq!(weights.raise(short.score), Some(Urgency::Emergency));
        let mut long = "it is pleasant here. ".repeat(100);
        long.push_str(&"we went out to see a few things with them. ".repeat(15));
        long.push_str("i feel crushed. ");
        long.push_str(&"we went out to see a few things with them. ".repeat(15));
        let weighed = weights.weigh(&long, &ChartWords::default());
        assert_eq!(weights.raise(weighed.score), Some(Urgency::Emergency));
        assert!(long[weighed.at].contains("crushed"));
        let empty = weights.weigh("", &ChartWords::default());
        assert_eq!((empty.score, empty.at), (-0.5, 0..0));
    }
}
