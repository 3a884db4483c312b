//! The keyboard: every action has a key, and single letters rest inside fields
//! and can be switched off (WCAG 2.1.4).

use crate::commands;
use crate::insert;
use crate::state::{Dialog, Notice, Page};
use contract::Taken;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};

/// True while the focus is in a field that takes text.
pub(crate) fn is_typing() -> bool {
    document().active_element().is_some_and(|e| {
        let tag = e.tag_name();
        tag == "TEXTAREA" || tag == "INPUT" || tag == "SELECT"
    })
}

/// True while the focus is in the reply itself.
pub(crate) fn is_editing() -> bool {
    document()
        .active_element()
        .is_some_and(|e| e.id() == "editor")
}

/// Moves the focus to an element by its id.
pub(crate) fn focus(id: &str) {
    if let Some(e) = document().get_element_by_id(id)
        && let Ok(e) = e.dyn_into::<web_sys::HtmlElement>()
    {
        let _ = e.focus();
    }
}

/// Moves the focus to a field and chooses some of its text, in Unicode scalar values.
pub(crate) fn choose(id: &str, start: usize, end: usize) {
    focus(id);
    let field = document()
        .get_element_by_id(id)
        .and_then(|e| e.dyn_into::<web_sys::HtmlTextAreaElement>().ok());
    if let Some(field) = field {
        let text = field.value();
        let units = |n: usize| text.chars().take(n).map(char::len_utf16).sum::<usize>() as u32;
        let _ = field.set_selection_range(units(start), units(end));
    }
}

/// Where the cursor stands in a field, in Unicode scalar values.
pub(crate) fn caret(field: &web_sys::HtmlTextAreaElement) -> usize {
    let units = field.selection_start().ok().flatten().unwrap_or(0) as usize;
    let before: Vec<u16> = field.value().encode_utf16().take(units).collect();
    char::decode_utf16(before).count()
}

/// Scrolls an element into sight, if it is not.
pub(crate) fn into_sight(id: &str) {
    if let Some(e) = document().get_element_by_id(id) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        e.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// The first of the rows of a list that is in sight, by its id, and how far below the list's top it stands.
pub(crate) fn first_in_sight(list: &str, rows: &str) -> Option<(String, f64)> {
    let list = document().get_element_by_id(list)?;
    let top = list.get_bounding_client_rect().top();
    let rows = list.query_selector_all(rows).ok()?;
    (0..rows.length())
        .filter_map(|i| rows.get(i)?.dyn_into::<web_sys::Element>().ok())
        .map(|row| (row.get_bounding_client_rect(), row.id()))
        .find(|(at, _)| at.bottom() > top)
        .map(|(at, id)| (id, at.top() - top))
}

/// Scrolls a list so that a row stands where it did.
pub(crate) fn scroll_to_place(list: &str, row: &str, top: f64) {
    if let (Some(list), Some(row)) = (
        document().get_element_by_id(list),
        document().get_element_by_id(row),
    ) {
        let now = row.get_bounding_client_rect().top() - list.get_bounding_client_rect().top();
        list.set_scroll_top(list.scroll_top() + (now - top).round() as i32);
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

/// Has the browser do something with what has the focus, as its own menu would; true when it did.
pub(crate) fn exec(command: &str, with: &str) -> bool {
    js_sys::Reflect::get(&document(), &"execCommand".into())
        .ok()
        .and_then(|f| f.dyn_into::<js_sys::Function>().ok())
        .and_then(|f| {
            f.call3(&document(), &command.into(), &JsValue::FALSE, &with.into())
                .ok()
        })
        == Some(JsValue::TRUE)
}

/// Leaves the field that has the focus, if it is in a part of the page.
pub(crate) fn leave(part: &str) {
    let inside = |e: web_sys::Element| e.closest(part).ok().flatten();
    if document().active_element().and_then(inside).is_some() {
        blur();
    }
}

/// Shows an element from its top.
pub(crate) fn to_top(id: &str) {
    if let Some(e) = document().get_element_by_id(id) {
        e.set_scroll_top(0);
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
    // Words that leave the window are on the audit: how many, not which.
    let copied = window_event_listener(leptos::ev::copy, move |_| {
        note_taken(page, Taken::Clipboard)
    });
    let cut = window_event_listener(leptos::ev::cut, move |_| note_taken(page, Taken::Clipboard));
    let printed = window_event_listener(leptos::ev::beforeprint, move |_| {
        note_taken(page, Taken::Printer);
    });
    on_cleanup(move || {
        copied.remove();
        cut.remove();
        printed.remove();
        handle.remove();
        mouse.remove();
        wheel.remove();
    });
}

/// Tells the desk that words leave the window.
fn note_taken(page: Page, way: Taken) {
    if !page.is_open() {
        return;
    }
    let characters = match way {
        Taken::Clipboard => selected(),
        Taken::Printer => document()
            .body()
            .and_then(|b| b.text_content())
            .map_or(0, |t| t.chars().count()),
    };
    let message_id = page.selected.get_untracked().unwrap_or_default();
    let characters = u32::try_from(characters).unwrap_or(u32::MAX);
    spawn_local(async move {
        if let Err(f) = page
            .backend()
            .note_taken(way, &message_id, characters)
            .await
        {
            page.notice.set(Some(Notice::Failure(f)));
        }
    });
}

/// How many characters are selected, on the page or in the field that has the focus.
fn selected() -> usize {
    let field = document()
        .active_element()
        .and_then(|e| e.dyn_into::<web_sys::HtmlTextAreaElement>().ok());
    if let Some(field) = field
        && let (Ok(Some(from)), Ok(Some(to))) = (field.selection_start(), field.selection_end())
        && from < to
    {
        return (to - from) as usize;
    }
    window()
        .get_selection()
        .ok()
        .flatten()
        .map_or(0, |s| String::from(s.to_string()).chars().count())
}

/// Whether Escape means another thing than the draft that is being written: a dialog, or a field that somebody types in.
fn is_elsewhere(page: Page) -> bool {
    match page.dialog.get_untracked() {
        Some(dialog) => dialog != Dialog::Drafts,
        None => is_typing() && (!is_editing() || page.touched.get_untracked()),
    }
}

/// Acts on a key; true when it was one of ours.
fn pressed(page: Page, e: &web_sys::KeyboardEvent) -> bool {
    page.somebody_is_there();
    if !page.is_open() {
        return false;
    }
    let key = e.key();
    // A report lies over everything: no other key reaches what is under it.
    if page.reporting.get_untracked() && !(e.ctrl_key() || e.meta_key()) {
        if key == "Escape" {
            page.reporting.set(false);
        }
        return key == "Escape";
    }
    if key == "F9" {
        page.reporting.set(true);
        return true;
    }
    if (e.ctrl_key() || e.meta_key()) && key == "Enter" {
        // A key that is held must not send what nobody looked at.
        if e.repeat() {
            return true;
        }
        match page.dialog.get_untracked() {
            _ if page.reporting.get_untracked() => return false,
            None => page.accept(),
            Some(Dialog::SignOff) => page.send(),
            Some(_) => return false,
        }
        return true;
    }
    if (e.ctrl_key() || e.meta_key()) && key.eq_ignore_ascii_case("k") {
        if page.dialog.get_untracked().is_none() && !page.reporting.get_untracked() {
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
    if e.alt_key() && !e.ctrl_key() && !e.meta_key() && page.dialog.get_untracked().is_none() {
        // By its place: with Alt, some keyboards give another character.
        let code = e.code();
        let number = code.strip_prefix("Digit").and_then(|n| n.parse().ok());
        return number.is_some_and(|n| insert::line(page, n));
    }
    if e.ctrl_key() || e.meta_key() || e.alt_key() {
        return false;
    }
    if key == "F8" && page.dialog.get_untracked().is_none() {
        page.next_finding();
        return true;
    }
    if key == "Escape" {
        if page.writes_on_screen() && !is_elsewhere(page) {
            page.stop();
        } else if page.dialog.get_untracked().is_some() {
            page.dialog.set(None);
        } else if is_typing() {
            blur();
        } else if page.tour.with_untracked(Option::is_some) {
            page.tour.set(None);
        } else if page.notice.with_untracked(Option::is_some) {
            page.notice.set(None);
        } else if page.words.with_untracked(|w| !w.is_empty()) {
            // The first press left the field, so that the keys go through what was found; the next one ends the search.
            page.search(String::new());
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
    match key.as_str() {
        "Enter" if on_button => return false,
        "Enter" => focus("editor"),
        "1" | "2" | "3" | "4" | "5" if page.asking.with_untracked(Option::is_some) => {
            page.rate(key.parse().ok());
        }
        _ => match page
            .settings
            .with_untracked(|s| commands::of_letter(s, &key))
        {
            Some(command) => command.run(page),
            None => return false,
        },
    }
    true
}
