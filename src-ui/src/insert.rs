//! Putting a line or a fact of the chart into the reply, where the cursor was.

use crate::choose::{Choice, Chooser};
use crate::keys;
use crate::language::t;
use crate::state::{Page, page};
use crate::words;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

/// The lines that are built in: `assets/replies/lines.txt`.
const BUILT_IN: &str = include_str!("../../assets/replies/lines.txt");

/// The lines to choose from: a person's own, or those that are built in.
pub(crate) fn lines(own: &[String]) -> Vec<String> {
    if !own.is_empty() {
        return own.to_vec();
    }
    BUILT_IN
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

#[component]
pub(crate) fn Insert() -> impl IntoView {
    let page = page();
    let mut choices: Vec<Choice> = page
        .settings
        .with_untracked(|s| lines(&s.lines))
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
    let typed = js_sys::Reflect::get(&document(), &"execCommand".into())
        .ok()
        .and_then(|f| f.dyn_into::<js_sys::Function>().ok())
        .and_then(|f| {
            f.call3(
                &document(),
                &"insertText".into(),
                &JsValue::FALSE,
                &words.as_str().into(),
            )
            .ok()
        });
    if typed != Some(JsValue::TRUE) {
        // A browser without it: the words are there all the same.
        let rest: String = text.chars().skip(before.chars().count()).collect();
        page.typed(format!("{before}{words}{rest}"), false);
    }
}
