//! Misspelled words of red flags, read as what was meant.

use super::RulesError;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// Words shorter than this are never taken for a slip of another.
const SHORTEST: usize = 5;

/// The lists as they stand in the rule file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpellingText {
    words: Vec<String>,
    #[serde(rename = "as", default)]
    written_as: HashMap<String, String>,
    not: Vec<String>,
}

/// Words and those that are not slips of them.
#[derive(Debug)]
pub(super) struct Spelling {
    words: HashSet<String>,
    /// Words by length, so that few are compared.
    by_length: HashMap<usize, Vec<String>>,
    not: HashSet<String>,
    written_as: HashMap<String, String>,
}

impl Spelling {
    pub(super) fn of(text: &SpellingText) -> Result<Self, RulesError> {
        let mut by_length: HashMap<usize, Vec<String>> = HashMap::new();
        for w in &text.words {
            if w.len() < SHORTEST || !w.bytes().all(|b| b.is_ascii_lowercase()) {
                return Err(RulesError::new(format!(
                    "spelling: “{w}” must be five lower-case letters or more"
                )));
            }
            by_length.entry(w.len()).or_default().push(w.clone());
        }
        Ok(Self {
            words: text.words.iter().cloned().collect(),
            by_length,
            not: text.not.iter().cloned().collect(),
            written_as: text.written_as.clone(),
        })
    }

    /// The word that was meant, when it is another one.
    pub(super) fn meant(&self, word: &str) -> Option<&str> {
        if let Some(meant) = self.written_as.get(word) {
            return Some(meant);
        }
        if word.len() < SHORTEST
            || !word.bytes().all(|b| b.is_ascii_lowercase())
            || self.words.contains(word)
            || self.not.contains(word)
        {
            return None;
        }
        (word.len() - 1..=word.len() + 1)
            .filter_map(|n| self.by_length.get(&n))
            .flatten()
            .find(|w| one_slip(word.as_bytes(), w.as_bytes()))
            .map(String::as_str)
    }
}

/// True when two words differ by one letter more, less, other, or two swapped
/// (Damerau 1964). A first letter is seldom mistyped: it must agree, or be swapped.
fn one_slip(a: &[u8], b: &[u8]) -> bool {
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same..], &b[same..]);
    if same == 0 && !(a.len() == b.len() && a.len() > 1 && a[0] == b[1] && a[1] == b[0]) {
        return false;
    }
    match a.len().cmp(&b.len()) {
        std::cmp::Ordering::Less => b.len() - a.len() == 1 && a == &b[1..],
        std::cmp::Ordering::Greater => a.len() - b.len() == 1 && &a[1..] == b,
        std::cmp::Ordering::Equal => {
            a.get(1..) == b.get(1..)
                || (a.len() > 1 && a[0] == b[1] && a[1] == b[0] && a[2..] == b[2..])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::one_slip;

    #[test]
    fn one_slip_is_one() {
        for (a, b) in [
            ("cheast", "chest"),
            ("chst", "chest"),
            ("chets", "chest"),
            ("chast", "chest"),
            ("hcest", "chest"),
        ] {
            assert!(one_slip(a.as_bytes(), b.as_bytes()), "{a} {b}");
        }
        for (a, b) in [("west", "chest"), ("chaets", "chest"), ("best", "chest")] {
            assert!(!one_slip(a.as_bytes(), b.as_bytes()), "{a} {b}");
        }
    }
}
