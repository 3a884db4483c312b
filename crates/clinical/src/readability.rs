//! How hard a text is to read.

/// Flesch-Kincaid grade (Kincaid et al., 1975), with syllables counted by
/// groups of vowels. Made for English; `None` without a word.
pub fn grade(text: &str) -> Option<f64> {
    let words: Vec<String> = text
        .split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’'))
        .filter(|w| w.chars().any(char::is_alphabetic))
        .map(str::to_lowercase)
        .collect();
    if words.is_empty() {
        return None;
    }
    let sentences = text
        .split(['.', '!', '?', '\n'])
        .filter(|s| s.chars().any(char::is_alphabetic))
        .count()
        .max(1);
    let syllables: usize = words.iter().map(|w| syllables(w)).sum();
    let n = words.len() as f64;
    Some(0.39 * n / sentences as f64 + 11.8 * syllables as f64 / n - 15.59)
}

fn syllables(word: &str) -> usize {
    let vowel = |c: char| "aeiouyáéíóúü".contains(c);
    let chars: Vec<char> = word.chars().collect();
    let groups = chars
        .iter()
        .enumerate()
        .filter(|(i, c)| vowel(**c) && (*i == 0 || !vowel(chars[i - 1])))
        .count();
    let silent = word.ends_with('e') && !word.ends_with("le") && groups > 1;
    (groups - usize::from(silent)).max(1)
}

#[cfg(test)]
mod tests {
    #[test]
    fn plain_words_read_easily() {
        assert_eq!(super::grade(""), None);
        assert!(super::grade("The cat sat on the mat.").is_some_and(|g| g < 2.0));
        assert!(
            super::grade("Pharmacological intervention necessitates comprehensive evaluation.")
                .is_some_and(|g| g > 15.0)
        );
    }
}
