//! What comes in English from the desk and its rules, on a page that may be in another language.

use super::{now, t, t_code};
use contract::{Code, Failure};
use leptos::prelude::*;

/// Words that are in English whatever the language of the page.
pub(crate) fn english(words: String) -> AnyView {
    if now().is_english() || words.is_empty() {
        words.into_any()
    } else {
        view! { <span lang="en">{words}</span> }.into_any()
    }
}

/// Words in English, after a sentence of the page's language that says what they are about.
pub(crate) fn explained(what: impl FnOnce() -> String, words: String) -> AnyView {
    if now().is_english() {
        words.into_any()
    } else {
        view! { {what()} " " {english(words)} }.into_any()
    }
}

/// The same for what is read out: there no part can have a language of its own, so it is the sentence alone.
pub(crate) fn spoken(what: impl FnOnce() -> String, words: &str) -> String {
    if now().is_english() {
        words.to_owned()
    } else {
        what()
    }
}

/// Whether the sentence for a code says all that the desk says.
fn is_all(code: Code) -> bool {
    matches!(code, Code::NoRecord | Code::Unlock)
}

/// What went wrong and what to do: the desk's own words, after a sentence for the code where the page is not in English.
pub(crate) fn failure(f: &Failure) -> AnyView {
    let sentence = || t_code("failure", f.code.as_str());
    if !now().is_english() && is_all(f.code) {
        return sentence().into_any();
    }
    explained(sentence, f.message.clone())
}

/// What is said beside a control: how something went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Said {
    /// Nothing yet.
    #[default]
    Nothing,
    /// The words of a key.
    Key(&'static str),
    /// Words with values in them, as they were said.
    Words(String),
    /// What went wrong.
    Failure(Failure),
}

impl Said {
    pub(crate) fn shown(&self) -> AnyView {
        match self {
            Self::Nothing => String::new().into_any(),
            Self::Key(key) => t(key).into_any(),
            Self::Words(words) => words.clone().into_any(),
            Self::Failure(f) => failure(f),
        }
    }
}
