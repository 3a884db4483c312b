//! Which language the page is in: a person's setting, what was chosen before the record was open, or the browser's.

use super::{Language, now, set, t, track};
use crate::keys;
use crate::state::{Page, page};
use contract::SessionState;
use leptos::prelude::*;

/// Its name in the browser's storage. A code lies there, and nothing of the record.
const STORED: &str = "language";

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// The language while no record is open: what was chosen on this computer, else what the browser asks for.
fn of_this_computer() -> Language {
    let stored = storage().and_then(|s| s.get_item(STORED).ok()?);
    let asked = || web_sys::window().and_then(|w| w.navigator().language());
    stored
        .and_then(|s| Language::of(&s))
        .or_else(|| Language::of(&asked()?))
        .unwrap_or_default()
}

/// The language that somebody who has the record open set for themselves.
fn own(page: Page) -> Option<Language> {
    let open = page
        .session
        .with(|s| matches!(s, Some(SessionState::Open { .. })));
    page.settings
        .with(|s| Language::of(&s.language))
        .filter(|_| open)
}

/// Makes the page follow: the settings of whoever has the record open, and before that this computer's choice.
pub(crate) fn begin(page: Page) {
    change(of_this_computer());
    let wanted = Memo::new(move |_| own(page));
    Effect::new(move |_| {
        let before = now();
        change(wanted.get().unwrap_or_else(of_this_computer));
        if now() != before {
            // What was said was said in the language before.
            page.said.set(Vec::new());
        }
    });
}

/// The page in this language from now on. Everything is drawn anew, so the focus is given back.
fn change(language: Language) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", language.code());
    }
    if now() == language {
        return;
    }
    let focused = document().active_element().map(|e| e.id());
    set(language);
    if let Some(id) = focused.filter(|id| !id.is_empty()) {
        set_timeout(move || keys::focus(&id), std::time::Duration::ZERO);
    }
}

/// Choosing the language before a record is open.
#[component]
pub(crate) fn Select() -> impl IntoView {
    let page = page();
    let choose = move |e: web_sys::Event| {
        if let Some(language) = Language::of(&event_target_value(&e)) {
            if let Some(s) = storage() {
                let _ = s.set_item(STORED, language.code());
            }
            // A new record is open while its codes are shown, and somebody's own language stays.
            if untrack(|| own(page)).is_none() {
                change(language);
            }
        }
    };
    view! {
        <div class="row language">
            <label for="entry-language">{move || { track(); t("entry-language") }}</label>
            <select id="entry-language" on:change=choose>
                {Language::all().map(|l| view! {
                    <option value=l.code() lang=l.code() selected=move || track() == l>{l.name()}</option>
                }).collect_view()}
            </select>
        </div>
    }
}
