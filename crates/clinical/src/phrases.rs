//! Lists of phrases as one regular expression.

use regex::{Regex, RegexBuilder};

/// Most bytes that a compiled pattern may take: a rule file must not eat the machine.
const SIZE: usize = 1 << 23;

/// Compiles a pattern.
pub(crate) fn compiled(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        .size_limit(SIZE)
        .build()
        .map_err(|e| e.to_string())
}

/// A phrase that is no regular expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the phrase “{phrase}”: {why}")]
pub(crate) struct Unsound {
    pub(crate) phrase: String,
    pub(crate) why: String,
}

/// Says which phrase of a list is no regular expression. They are only read
/// here, which is cheap; compiling them is left to the one they are joined into.
pub(crate) fn sound<'a>(list: impl IntoIterator<Item = &'a str>) -> Result<(), Unsound> {
    for phrase in list {
        regex_syntax::parse(phrase).map_err(|e| Unsound {
            phrase: phrase.to_owned(),
            why: e.to_string(),
        })?;
    }
    Ok(())
}
