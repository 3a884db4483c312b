//! The keyboard: every action has a key, and single letters rest inside fields
//! and can be switched off (WCAG 2.1.4).

use crate::state::{Dialog, Page};
use contract::{DraftState, StartMode};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// What is shown in the help: keys and what they do.
pub(crate) const SHORTCUTS: &[(&str, &str)] = &[
    ("J  /  K", "Next, previous message"),
    ("Enter or R", "Edit the reply"),
    (
        "Ctrl + Enter",
        "Sign off: shows what goes out; once more sends it",
    ),
    ("Ctrl + K", "Every command, by its name"),
    ("Esc", "Leave the editor; stop a draft; close a dialog"),
    ("B", "Start blank"),
    ("D", "Start from the draft again"),
    ("C", "Compare with the draft"),
    (
        "F8 or F",
        "Next finding in the reply; Enter says that you checked it",
    ),
    ("N", "No reply needed"),
    ("X", "Discard the draft"),
    ("S", "Escalate"),
    ("L", "Later: put off, or bring back"),
    ("M", "Mine: take on, or give back"),
    ("G", "Make another draft"),
    (
        "P",
        "Another draft: shorter, warmer, plainer, ask first, in Spanish",
    ),
    ("Z", "Undo the last decision"),
    ("T", "More time to undo"),
    ("/", "Search"),
    ("Ctrl + L", "Lock"),
    ("?", "This list"),
];

/// True while the focus is in a field that takes text.
pub(crate) fn is_typing() -> bool {
    document().active_element().is_some_and(|e| {
        let tag = e.tag_name();
        tag == "TEXTAREA" || tag == "INPUT" || tag == "SELECT"
    })
}

/// Moves the focus to an element by its id.
pub(crate) fn focus(id: &str) {
    if let Some(e) = document().get_element_by_id(id)
        && let Ok(e) = e.dyn_into::<web_sys::HtmlElement>()
    {
        let _ = e.focus();
    }
}

/// Leaves the field that has the focus.
pub(crate) fn blur() {
    if let Some(Ok(e)) = document()
        .active_element()
        .map(JsCast::dyn_into::<web_sys::HtmlElement>)
    {
        let _ = e.blur();
    }
}

/// True when an element has more to show than fits.
pub(crate) fn can_scroll(id: &str) -> bool {
    document()
        .get_element_by_id(id)
        .is_some_and(|e| e.scroll_height() > e.client_height() + 4)
}

/// Listens to the whole window.
pub(crate) fn listen(page: Page) {
    let handle = window_event_listener(leptos::ev::keydown, move |e| {
        // A key that composes a character belongs to the input method.
        if e.is_composing() || e.default_prevented() {
            return;
        }
        if pressed(page, &e) {
            e.prevent_default();
        }
    });
    let mouse = window_event_listener(leptos::ev::pointerdown, move |_| page.somebody_is_there());
    let wheel = window_event_listener(leptos::ev::wheel, move |_| page.somebody_is_there());
    on_cleanup(move || {
        handle.remove();
        mouse.remove();
        wheel.remove();
    });
}

/// Acts on a key; true when it was one of ours.
fn pressed(page: Page, e: &web_sys::KeyboardEvent) -> bool {
    page.somebody_is_there();
    if !page.is_open() {
        return false;
    }
    let key = e.key();
    if (e.ctrl_key() || e.meta_key()) && key == "Enter" {
        // A key that is held must not send what nobody looked at.
        if e.repeat() {
            return true;
        }
        match page.dialog.get_untracked() {
            None => page.accept(),
            Some(Dialog::SignOff) => page.send(),
            Some(_) => return false,
        }
        return true;
    }
    if (e.ctrl_key() || e.meta_key()) && key.eq_ignore_ascii_case("k") {
        if page.dialog.get_untracked().is_none() {
            page.dialog.set(Some(Dialog::Palette));
        }
        return true;
    }
    // Enter that is held on Accept must not go on to Send.
    if key == "Enter" && e.repeat() && page.dialog.get_untracked() == Some(Dialog::SignOff) {
        return true;
    }
    if (e.ctrl_key() || e.meta_key()) && (key.eq_ignore_ascii_case("l") || e.code() == "KeyL") {
        page.lock();
        return true;
    }
    if e.ctrl_key() || e.meta_key() || e.alt_key() {
        return false;
    }
    if key == "F8" && page.dialog.get_untracked().is_none() {
        page.next_finding();
        return true;
    }
    if key == "Escape" {
        if page.dialog.get_untracked().is_some() {
            page.dialog.set(None);
        } else if is_typing() {
            blur();
        } else if page.opened.with_untracked(|o| {
            o.as_ref()
                .is_some_and(|o| o.draft_state == DraftState::Writing)
        }) {
            page.stop();
        } else {
            page.notice.set(None);
        }
        return true;
    }
    let single = page.settings.with_untracked(|s| s.single_key_shortcuts);
    if is_typing() || page.dialog.get_untracked().is_some() || !single {
        return false;
    }
    // A button that has the focus takes Enter itself.
    let on_button = document()
        .active_element()
        .is_some_and(|e| e.tag_name() == "BUTTON");
    let waiting = page
        .opened
        .with_untracked(|o| o.as_ref().is_some_and(|o| o.decision.is_none()));
    match key.as_str() {
        "j" | "J" | "]" => page.step(1),
        "k" | "K" | "[" => page.step(-1),
        "Enter" if on_button => return false,
        "Enter" | "r" | "R" => focus("editor"),
        "b" | "B" if waiting => page.start(StartMode::Blank),
        "d" | "D" if waiting => page.start(StartMode::Draft),
        "c" | "C" => page.compare.update(|c| *c = !*c),
        "n" | "N" if waiting => page.close(),
        "x" | "X" if waiting => page.dialog.set(Some(Dialog::Discard)),
        "l" | "L" if waiting => page.later(),
        "m" | "M" if waiting => page.take_on(),
        "s" | "S" if waiting => page.dialog.set(Some(Dialog::Escalate)),
        "g" | "G" if waiting => page.redraft(),
        "p" | "P" if waiting => page.dialog.set(Some(Dialog::Presets)),
        "f" | "F" => page.next_finding(),
        "z" | "Z" => page.undo(),
        "t" | "T" => page.more_time(),
        "/" => focus("search"),
        "?" => page.dialog.set(Some(Dialog::Help)),
        _ => return false,
    }
    true
}
