//! The language of the page: its words by key, from `assets/interface`.
//!
//! What people, the model, rules and the clinic write is shown as it is, and where it is in English on a page of another
//! language it says so ([`english`]).

mod choice;
pub(crate) mod english;

pub(crate) use choice::{Select, begin};

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use leptos::prelude::*;
use leptos::reactive::signal::ArcRwSignal;
use std::cell::RefCell;
use std::rc::Rc;

/// The languages there are: code (BCP 47), and the words. The first one stands in where another lacks a word.
const ALL: &[(&str, &str)] = &[
    ("en", include_str!("../../../assets/interface/en.ftl")),
    ("es", include_str!("../../../assets/interface/es.ftl")),
];

/// A language of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Language(usize);

type Words = FluentBundle<FluentResource>;

thread_local! {
    static NOW: ArcRwSignal<Language> = ArcRwSignal::new(Language::default());
    /// Read when a language is first asked for.
    static WORDS: RefCell<Vec<Option<Rc<Words>>>> = RefCell::new(vec![None; ALL.len()]);
}

impl Language {
    /// All of them, in the order shown.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..ALL.len()).map(Self)
    }

    /// Its code, as it stands in the settings and in the page's `lang`.
    pub(crate) fn code(self) -> &'static str {
        ALL[self.0].0
    }

    /// The language of a code, or of a tag such as `es-MX`.
    pub(crate) fn of(tag: &str) -> Option<Self> {
        let code = tag.split(['-', '_']).next().unwrap_or_default();
        Self::all().find(|l| l.code().eq_ignore_ascii_case(code))
    }

    /// What it is called by those who speak it.
    pub(crate) fn name(self) -> String {
        self.words("language-name", &[])
    }

    fn is_english(self) -> bool {
        self.0 == 0
    }

    /// The words of a key. Where the language has none, the first one's; where that has none either, the key.
    fn words(self, key: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        [self, Self::default()]
            .into_iter()
            .find_map(|l| l.bundle().and_then(|b| formatted(&b, key, values)))
            .unwrap_or_else(|| key.to_owned())
    }

    fn bundle(self) -> Option<Rc<Words>> {
        WORDS.with_borrow_mut(|all| {
            let place = all.get_mut(self.0)?;
            if place.is_none() {
                *place = read(ALL[self.0]).map(Rc::new);
            }
            place.clone()
        })
    }
}

fn read((code, text): (&str, &str)) -> Option<Words> {
    let mut bundle = Words::new(vec![code.parse().ok()?]);
    // The marks are for values of the other direction of writing; between quotes they would be copied along.
    bundle.set_use_isolating(false);
    // A line that is not right is left out; the tests of the files see to it that there is none.
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(read, _)| read);
    let _ = bundle.add_resource(resource);
    Some(bundle)
}

fn formatted(bundle: &Words, key: &str, values: &[(&str, FluentValue<'_>)]) -> Option<String> {
    let pattern = bundle.get_message(key)?.value()?;
    let mut args = FluentArgs::with_capacity(values.len());
    for (name, value) in values {
        args.set(*name, value.clone());
    }
    let mut errors = Vec::new();
    let words = bundle.format_pattern(pattern, Some(&args), &mut errors);
    Some(words.into_owned())
}

/// The language of the page.
pub(crate) fn now() -> Language {
    NOW.with(|n| n.get_untracked())
}

/// The language of the page: what reads it here is drawn anew when it changes.
pub(crate) fn track() -> Language {
    NOW.with(|n| n.get())
}

/// Changes the language of the page.
fn set(language: Language) {
    NOW.with(|n| n.set(language));
}

/// The words of a key.
pub(crate) fn t(key: &str) -> String {
    now().words(key, &[])
}

/// The words of a key, with values in them.
pub(crate) fn t_with(key: &str, values: &[(&str, FluentValue<'_>)]) -> String {
    now().words(key, values)
}

/// The words of one of a family of keys: `t_code("reason", "too_long")` is `reason-too_long`.
pub(crate) fn t_code(family: &str, code: &str) -> String {
    t(&format!("{family}-{code}"))
}

/// The words of a key before and after the one value in them, which is drawn between.
pub(crate) fn t_around(key: &str, name: &str) -> (String, String) {
    const PLACE: &str = "\u{FFFC}";
    let words = t_with(key, &[(name, PLACE.into())]);
    match words.split_once(PLACE) {
        Some((before, after)) => (before.to_owned(), after.to_owned()),
        None => (words, String::new()),
    }
}
