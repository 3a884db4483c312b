//! Measures of a text and of the way from a draft to the final text.

use similar::{ChangeTag, TextDiff};
use std::collections::HashMap;

/// Words: runs of letters, digits and apostrophes.
pub fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’'))
        .filter(|w| w.chars().any(char::is_alphanumeric))
        .map(str::to_lowercase)
        .collect()
}

/// Characters that must be inserted, deleted or replaced (Levenshtein, 1966).
pub fn edit_distance(a: &str, b: &str) -> usize {
    strsim::levenshtein(a, b)
}

/// ROUGE-1 F: harmonic mean of unigram precision and recall (Lin, 2004). 1 for two empty texts.
pub fn rouge1_f(a: &str, b: &str) -> f64 {
    let (a, b) = (words(a), words(b));
    if a.is_empty() && b.is_empty() {
        return 1.0;
    }
    let mut counts: HashMap<&str, i64> = HashMap::new();
    a.iter().for_each(|w| *counts.entry(w).or_default() += 1);
    let common = b
        .iter()
        .filter(|w| {
            counts.get_mut(w.as_str()).is_some_and(|n| {
                *n -= 1;
                *n >= 0
            })
        })
        .count();
    if common == 0 {
        return 0.0;
    }
    2.0 * common as f64 / (a.len() + b.len()) as f64
}

/// Share of the draft's words that stand in the final text in the same order, 0 to 1; 1 for an empty draft.
pub fn kept(draft: &str, final_text: &str) -> f64 {
    let (d, f) = (words(draft), words(final_text));
    if d.is_empty() {
        return 1.0;
    }
    let d: Vec<&str> = d.iter().map(String::as_str).collect();
    let f: Vec<&str> = f.iter().map(String::as_str).collect();
    let equal = TextDiff::from_slices(&d, &f)
        .iter_all_changes()
        .filter(|c| c.tag() == ChangeTag::Equal)
        .count();
    equal as f64 / d.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_agree_with_hand_counts() {
        assert_eq!(edit_distance("kitten", "sitting"), 3);
        assert!((rouge1_f("a b c d", "a b x") - 4.0 / 7.0).abs() < 1e-9);
        assert!((kept("take one tablet daily", "take two tablet daily") - 0.75).abs() < 1e-9);
    }

    proptest::proptest! {
        #[test]
        fn measures_stay_in_range(a in ".{0,80}", b in ".{0,80}") {
            proptest::prop_assert!((0.0..=1.0).contains(&rouge1_f(&a, &b)));
            proptest::prop_assert!((0.0..=1.0).contains(&kept(&a, &b)));
            proptest::prop_assert_eq!(kept(&a, &a), 1.0);
            proptest::prop_assert_eq!(edit_distance(&a, &a), 0);
        }
    }
}
