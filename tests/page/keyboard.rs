//! Keys where they were dead, stale or in the way.

use super::language::choose;
use super::*;

const UP: &str = "\u{e013}";
const DOWN: &str = "\u{e015}";
const HOME: &str = "\u{e011}";
const END: &str = "\u{e010}";

#[test]
fn enter_that_takes_a_word_of_an_input_method_runs_no_command() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.keys("\u{e009}k\u{e000}");
    page.holds("return document.activeElement.id === 'command'", 5);
    page.keys("next mes");
    let enter = |composing: bool| {
        page.script(&format!(
            "document.getElementById('command').dispatchEvent(new KeyboardEvent('keydown', {{key: 'Enter', isComposing: {composing}, bubbles: true, cancelable: true}}))"
        ));
    };
    enter(true);
    // That nothing happens is told by nothing but time: a command would have run by then.
    std::thread::sleep(std::time::Duration::from_millis(300));
    page.holds("return document.activeElement.id === 'command'", 1);
    enter(false);
    page.until("#subject", 5, |t| t == "Breathing worse");
    page.close();
}

#[test]
fn escape_stops_a_draft_at_once_from_the_editor_and_from_the_drafts() {
    let Some((_driver, page)) = page("?slow") else {
        return;
    };
    page.click("#row-m4");
    page.holds(
        "return document.getElementById('editor').value.startsWith('Hello Ana')",
        10,
    );
    page.keys("r");
    page.holds("return document.activeElement.id === 'editor'", 5);
    page.keys(ESCAPE);
    page.until("#draft-line", 5, |t| t.contains("Draft by"));
    assert!(!page.editor().contains("Your care team"));
    // Another one is asked for where drafts are compared, and stopped there: the dialog stays.
    page.keys(ESCAPE);
    page.keys("v");
    page.there("#make-variant");
    page.click("#make-variant");
    page.until("#draft-line", 5, |t| t.contains("Writing"));
    page.keys(ESCAPE);
    page.until("#draft-line", 5, |t| t.contains("Draft by"));
    page.there("dialog");
    page.keys(ESCAPE);
    page.holds(CLOSED, 5);
    page.close();
}

#[test]
fn the_letters_on_buttons_are_those_that_call_them() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.until("#use-fixed", 5, |t| t.ends_with('W'));
    page.keys("?");
    page.click("#change-keys");
    page.there("#key-blank");
    page.script(
        "const k = document.getElementById('key-blank'); k.value = 'q'; k.dispatchEvent(new Event('change', {bubbles: true}));",
    );
    page.until("#keys-said", 5, |t| t.contains("Q it is"));
    page.keys(ESCAPE);
    page.holds(CLOSED, 5);
    page.until("#blank", 5, |t| t.ends_with('Q'));
    page.click("#settings");
    page.click("#single-keys");
    page.keys(ESCAPE);
    page.holds(CLOSED, 5);
    page.holds(
        "return !document.querySelector('#blank kbd, #no-reply kbd, #use-fixed kbd, #help kbd') && !!document.querySelector('#accept kbd')",
        5,
    );
    page.picture("page-no-letters");
    page.click("#row-m6");
    page.until("#no-reply-owed", 5, |t| !t.contains("Press"));
    page.click("#no-reply");
    page.hears("It can be undone for a while");
    page.holds("return !document.querySelector('.toast kbd')", 5);
    page.close();
}

#[test]
fn no_two_commands_come_to_share_a_letter() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.keys("?");
    page.click("#change-keys");
    let set = |command: &str, letter: &str, said: &str| {
        page.there(&format!("#key-{command}"));
        page.script(&format!(
            "const k = document.getElementById('key-{command}'); k.value = '{letter}'; k.dispatchEvent(new Event('change', {{bubbles: true}}))"
        ));
        page.until("#keys-said", 5, |t| t.contains(said));
    };
    let has = |command: &str, letter: &str| {
        page.holds(
            &format!("return document.getElementById('key-{command}').value === '{letter}'"),
            5,
        );
    };
    set("next", "q", "Q it is");
    set("blank", "j", "J it is");
    // Its own letter is another's now: emptied, it stays what it was made.
    set("next", "", "J is taken: Start blank");
    has("next", "Q");
    set("discard", "3", "Digits say");
    has("discard", "X");
    set("blank", "", "B it is");
    set("next", "", "J it is");
    has("next", "J");
    set("next", "q", "Q it is");
    set("edit", "e", "E it is");
    // What had no key can be given one, and loses it again.
    set("order-newest", "y", "Y it is");
    set("warmer", "h", "H it is");
    set("warmer", "", "It has no letter now");
    page.keys(ESCAPE);
    page.holds(CLOSED, 5);
    // What else called it goes on to.
    page.keys("]");
    page.until("#subject", 5, |t| t == "Breathing worse");
    page.keys("q");
    page.until("#subject", 5, |t| t == "A1c result");
    page.keys("y");
    page.holds(
        "return document.getElementById('order').value === 'newest'",
        5,
    );
    // The tour tells of the letters as they are, and without letters of the commands.
    command(&page, "tour");
    page.until("#tour-words", 5, |t| t.starts_with("Q and K go"));
    page.click("#tour-next");
    page.click("#tour-next");
    page.until("#tour-words", 5, |t| {
        t.starts_with("E goes into the reply, B starts")
    });
    page.click("#tour-end");
    page.click("#settings");
    page.click("#single-keys");
    page.keys(ESCAPE);
    page.holds(CLOSED, 5);
    command(&page, "tour");
    page.until("#tour-words", 5, |t| {
        t.starts_with("“Next message” and “Previous")
    });
    page.close();
}

#[test]
fn arrows_go_through_the_list_of_messages() {
    let Some((_driver, page)) = page("?many") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.script("document.getElementById('queue').focus()");
    page.keys(DOWN);
    page.until("#subject", 5, |t| t == "Breathing worse");
    page.keys(DOWN);
    page.until("#subject", 5, |t| t == "A1c result");
    page.keys(UP);
    page.until("#subject", 5, |t| t == "Breathing worse");
    page.keys(END);
    page.holds(
        "return document.querySelector('.row-item.chosen')?.dataset.message === 'many-99999'",
        5,
    );
    page.holds(
        "return document.getElementById('queue').getAttribute('aria-activedescendant') === 'row-many-99999' && document.activeElement.id === 'queue'",
        5,
    );
    page.keys(HOME);
    page.until("#subject", 5, |t| t == "Tight chest");
    page.close();
}

#[test]
fn a_message_whose_row_is_not_in_the_list_is_put_off_and_taken_on_all_the_same() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    on_the_result(&page);
    choose(&page, "folder", "done");
    page.holds("return !document.getElementById('row-m3')", 5);
    page.script("document.activeElement.blur()");
    page.keys("m");
    page.hears("Yours now: Margaret Osei");
    page.keys("m");
    page.hears("Given back: Margaret Osei");
    page.keys("m");
    page.holds("return document.getElementById('status').textContent.lastIndexOf('Yours now') > document.getElementById('status').textContent.lastIndexOf('Given back')", 5);
    page.keys("l");
    page.until("#dialog-title", 5, |t| t == "Put off until");
    page.keys(ENTER);
    page.holds(CLOSED, 5);
    choose(&page, "folder", "later");
    page.until("#row-m3", 5, |t| {
        t.contains("for ada") && t.contains("until")
    });
    // What was put off comes back, though its row is not in the list.
    page.click("#row-m3");
    page.until("#subject", 5, |t| t == "A1c result");
    choose(&page, "folder", "done");
    page.holds("return !document.getElementById('row-m3')", 5);
    page.script("document.activeElement.blur()");
    page.keys("l");
    page.hears("Back in the queue: Margaret Osei");
    // Where nothing waits, the keys say so.
    page.keys("n");
    page.hears("No reply needed");
    choose(&page, "folder", "done");
    page.click("#row-m3");
    page.there("#decided");
    page.keys("l");
    page.hears("No message that waits is open");
    page.close();
}

#[test]
fn a_line_goes_into_a_correction_by_key() {
    let Some((_driver, page)) = page("?out") else {
        return;
    };
    on_the_result(&page);
    send(&page);
    page.there("#undo-toast");
    choose(&page, "folder", "sent");
    page.click("#row-m3");
    page.click("#correct");
    page.holds("return document.activeElement.id === 'editor'", 5);
    page.keys(ESCAPE);
    page.keys("i");
    page.holds("return document.activeElement.id === 'insert'", 5);
    page.keys("ldl");
    page.keys(ENTER);
    page.holds(
        "return document.getElementById('editor').value.includes('LDL cholesterol: 61')",
        5,
    );
    page.close();
}

#[test]
fn what_had_no_key_is_in_the_palette() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    let is = |list: &str, value: &str| {
        page.holds(
            &format!("return document.getElementById('{list}').value === '{value}'"),
            5,
        );
    };
    command(&page, "order newest");
    is("order", "newest");
    command(&page, "order most");
    is("order", "urgency");
    command(&page, "only mine");
    page.holds("return document.getElementById('mine').checked", 5);
    command(&page, "only mine");
    page.holds("return !document.getElementById('mine').checked", 5);
    command(&page, "chart medications");
    page.holds(
        "return document.getElementById('tab-medications').getAttribute('aria-selected') === 'true'",
        5,
    );
    command(&page, "choose pool");
    page.hears("There are no pools");
    page.keys("jj");
    page.until("#subject", 5, |t| t == "A1c result");
    page.keys("r");
    page.keys(" Mine.");
    page.keys(ESCAPE);
    command(&page, "beside");
    page.until("#side-reply", 5, |t| t.contains("Mine."));
    command(&page, "close all here");
    page.until("#dialog-title", 5, |t| t == "Close what owes no reply?");
    page.keys(ENTER);
    page.hears("1 message closed");
    page.close();
}

#[test]
fn a_dialog_in_which_nothing_asks_for_the_focus_begins_at_its_way_out() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    let at = |id: &str| page.holds(&format!("return document.activeElement.id === '{id}'"), 5);
    page.keys("?");
    page.there("#change-keys");
    at("close-dialog");
    page.keys(ENTER);
    page.holds(CLOSED, 5);
    for opener in ["settings", "models"] {
        page.click(&format!("#{opener}"));
        at("close-dialog");
        page.keys(ENTER);
        page.holds(CLOSED, 5);
        at(opener);
    }
    // Where something asks for it, it is there.
    page.keys("\u{e009}k\u{e000}");
    at("command");
    page.close();
}
