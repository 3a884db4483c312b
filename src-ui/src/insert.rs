//! Putting a line or a fact of the chart into the reply, where the cursor was.

use crate::choose::{Choice, Chooser};
use crate::keys;
use crate::language::t;
use crate::state::{Page, page};
use crate::words;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The lines that are built in, by the language of the patient: `assets/replies`. The first stand in for other languages.
const BUILT_IN: [(&str, &str); 2] = [
    ("en", include_str!("../../assets/replies/lines.txt")),
    ("es", include_str!("../../assets/replies/lines.es.txt")),
];

/// Lines to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lines {
    pub(crate) words: Vec<String>,
    /// Their language, where that is known: of a person's own it is not.
    language: Option<&'static str>,
}

/// A person's own lines, or those that are built in, in the language that the patient writes in.
pub(crate) fn lines(own: &[String], language: &str) -> Lines {
    if !own.is_empty() {
        return Lines {
            words: own.to_vec(),
            language: None,
        };
    }
    let [english, _] = BUILT_IN;
    let (language, text) = BUILT_IN
        .into_iter()
        .find(|l| l.0 == language)
        .unwrap_or(english);
    let lines = text
        .lines()
        .filter(|l| !l.is_empty() && !l.starts_with('#'));
    Lines {
        words: lines.map(str::to_owned).collect(),
        language: Some(language),
    }
}

impl Page {
    /// The lines for the message on screen.
    pub(crate) fn lines(self) -> Lines {
        self.on_screen.with(|o| {
            let language = o.as_ref().map_or("", |o| o.writes_in.as_str());
            self.settings.with(|s| lines(&s.lines, language))
        })
    }
}

/// How many of the lines have a button by the editor, and a key.
pub(crate) const NEAR: usize = 4;

/// Puts the line of a number into the reply, where one can be written; true when there is such a line.
pub(crate) fn line(page: Page, number: usize) -> bool {
    let mut near = untrack(|| page.lines()).words.into_iter().take(NEAR);
    let found = number.checked_sub(1).and_then(|n| near.nth(n));
    match &found {
        Some(words) if page.writes() && !page.writes_on_screen() => put(page, words),
        Some(_) => page.say(t("say-none-waits")),
        None => {}
    }
    found.is_some()
}

/// The first of the lines, one press away.
#[component]
pub(crate) fn NearLines(#[prop(into)] disabled: Signal<bool>) -> impl IntoView {
    let page = page();
    let near = Memo::new(move |_| page.lines());
    view! {
        <div class="near-lines" role="group" aria-label=t("lines-label")>
            {move || {
                let Lines { words, language } = near.get();
                words.into_iter().take(NEAR).zip(1..).map(|(words, number)| view! {
                <button id=format!("line-{number}") lang=language title=words.clone() disabled=disabled on:click=move |_| { line(page, number); }>
                    <span>{words.clone()}</span> " " <kbd>{format!("Alt {number}")}</kbd>
                </button>
            }).collect_view()
            }}
        </div>
    }
    .into_any()
}

#[component]
pub(crate) fn Insert() -> impl IntoView {
    let page = page();
    let mut choices: Vec<Choice> = untrack(|| page.lines())
        .words
        .into_iter()
        .map(|name| Choice {
            name,
            note: t("insert-line"),
        })
        .collect();
    page.opened.with_untracked(|o| {
        for (heading, facts) in o.iter().flat_map(|o| o.chart.headings()) {
            choices.extend(facts.iter().map(|f| Choice {
                name: f.clone(),
                note: words::heading(heading).to_lowercase(),
            }));
        }
    });
    let all = StoredValue::new(choices.iter().map(|c| c.name.clone()).collect::<Vec<_>>());
    let run = move |i: usize| {
        let words = all.with_value(|w| w[i].clone());
        page.dialog.set(None);
        set_timeout(move || put(page, &words), std::time::Duration::ZERO);
    };
    view! {
        <Chooser id="insert" label=t("insert-label") none=t("insert-none") choices run />
        <p class="muted">{t("insert-words")}</p>
    }
}

/// Puts words where the cursor is, as if they had been typed: the editor's own undo takes them back.
fn put(page: Page, words: &str) {
    keys::focus("editor");
    let Some(editor) = document()
        .get_element_by_id("editor")
        .and_then(|e| e.dyn_into::<web_sys::HtmlTextAreaElement>().ok())
    else {
        return;
    };
    let text = editor.value();
    let at = editor.selection_start().ok().flatten().unwrap_or(0) as usize;
    let before: String = char::decode_utf16(text.encode_utf16().take(at))
        .map(|c| c.unwrap_or(' '))
        .collect();
    let after = char::decode_utf16(text.encode_utf16().skip(at))
        .next()
        .and_then(Result::ok);
    let glued = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace());
    let words = format!(
        "{}{words}{}",
        if glued(before.chars().next_back()) {
            " "
        } else {
            ""
        },
        if glued(after) { " " } else { "" }
    );
    if !keys::exec("insertText", &words) {
        // A browser without it: the words are there all the same.
        let rest: String = text.chars().skip(before.chars().count()).collect();
        page.typed(format!("{before}{words}{rest}"), false);
    }
}
