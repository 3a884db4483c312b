//! A rule file that cannot be used, and where.

use crate::phrases::Unsound;
use std::fmt;

/// A rule file that cannot be used: the line, rule or phrase that is wrong, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesError {
    line: Option<usize>,
    rule: Option<String>,
    phrase: Option<String>,
    why: String,
}

impl std::error::Error for RulesError {}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("The triage rules cannot be used: ")?;
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if let Some(rule) = &self.rule {
            write!(f, "rule {rule}: ")?;
        }
        if let Some(phrase) = &self.phrase {
            write!(f, "the phrase “{phrase}”: ")?;
        }
        f.write_str(&self.why)
    }
}

impl From<Unsound> for RulesError {
    fn from(e: Unsound) -> Self {
        Self::new(e.why).of_phrase(&e.phrase)
    }
}

impl RulesError {
    pub(super) fn new(why: impl Into<String>) -> Self {
        Self {
            line: None,
            rule: None,
            phrase: None,
            why: why.into(),
        }
    }

    #[must_use]
    pub(super) fn in_rule(mut self, id: &str) -> Self {
        self.rule = Some(id.to_owned());
        self
    }

    #[must_use]
    pub(super) fn of_phrase(mut self, phrase: &str) -> Self {
        self.phrase = Some(phrase.to_owned());
        self
    }

    /// Puts a word before what is wrong: where outside the rules it stands.
    #[must_use]
    pub(super) fn within(mut self, place: &str) -> Self {
        self.why = format!("{place}: {}", self.why);
        self
    }

    /// The line of a file that holds some words.
    #[must_use]
    pub(super) fn at(mut self, file: &str, words: &str) -> Self {
        self.line = Some(line_of(file, words));
        self
    }

    /// The line of a file that holds the phrase, else the rule, that is wrong.
    #[must_use]
    pub(super) fn found_in(self, file: &str) -> Self {
        let words = self.phrase.clone().or_else(|| self.rule.clone());
        self.at(file, &words.unwrap_or_default())
    }
}

/// The first line that holds some words, as they are or with their backslashes doubled.
fn line_of(file: &str, words: &str) -> usize {
    let doubled = words.replace('\\', "\\\\");
    file.lines()
        .position(|l| l.contains(words) || l.contains(&doubled))
        .map_or(1, |i| i + 1)
}
