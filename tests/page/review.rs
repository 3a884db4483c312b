//! One message by keyboard: draft, edit, findings, sign-off, undo.

use super::*;

const F8: &str = "\u{e038}";

#[test]
fn a_message_is_reviewed_by_keyboard_alone() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    // The red flag comes first, and no draft is made for it.
    page.until("#red-flag", 5, |t| t.contains("Call the patient now"));
    page.holds("return document.getElementById('accept').disabled", 5);
    page.picture("page-red-flag");

    page.keys("jj");
    page.until("#subject", 5, |t| t == "A1c result");
    page.holds(
        "return document.getElementById('editor').value.includes('7.4')",
        5,
    );
    page.keys("r");
    page.holds("return document.activeElement.id === 'editor'", 5);
    // Single letters rest in the editor.
    page.keys(" njz");
    assert!(page.editor().ends_with(" njz"));
    page.keys(ESCAPE);
    page.keys("c");
    page.until("#difference", 5, |t| t.contains("njz"));
    page.picture("page-difference");
    page.keys("r");
    page.keys(CTRL_ENTER);
    // The last look before it goes out.
    page.until("#sign-off-to", 5, |t| t == "Margaret Osei");
    page.until("#outgoing", 5, |t| t.ends_with("njz"));
    page.picture("page-sign-off");
    page.keys(ESCAPE);
    page.holds("return !document.getElementById('outgoing')", 5);
    page.keys(CTRL_ENTER);
    page.there("#outgoing");
    page.keys(CTRL_ENTER);
    page.until("#undo-toast", 5, |t| t.contains("Edited and accepted"));
    page.keys("t");
    page.hears("40 seconds to undo.");
    page.hears("Press Z to undo");
    page.until("#subject", 5, |t| t != "A1c result");
    page.keys("z");
    page.until("#subject", 5, |t| t == "A1c result");
    page.holds(
        "return document.getElementById('editor').value.endsWith('njz')",
        5,
    );
    page.close();
}

#[test]
fn serious_findings_hold_accept_back_until_each_is_checked_or_mended() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.click("#row-m5");
    page.until("#subject", 10, |t| t == "Refill");
    page.keys("r");
    page.keys(" Take 80 mg twice a day. We will call you.");
    page.until("#findings", 5, |t| {
        t.contains("2 findings to resolve") && t.contains("Chart: Atorvastatin 80 mg")
    });
    page.holds("return document.getElementById('accept').disabled", 5);
    page.holds(
        "return document.querySelectorAll('#marks mark.serious').length === 2",
        5,
    );
    page.picture("page-findings");
    // From the editor to the first finding, and with Enter to the next.
    page.keys(F8);
    page.holds("return document.activeElement.id === 'finding-0'", 5);
    page.keys(ENTER);
    page.until("#findings", 5, |t| t.contains("1 finding to resolve"));
    page.holds("return document.activeElement.id === 'finding-1'", 5);
    page.keys(ENTER);
    page.until("#findings", 5, |t| t.contains("all resolved"));
    page.holds("return !document.getElementById('accept').disabled", 5);
    // What is mended is no finding any more; what was checked stays checked.
    page.keys("r");
    page.keys("\u{e003}\u{e003}");
    page.until("#findings", 5, |t| {
        t.contains("all resolved") && !t.contains("twice a day for")
    });
    page.keys(CTRL_ENTER);
    page.until(".settled", 5, |t| t.contains("you checked it"));
    page.picture("page-sign-off-findings");
    page.keys(CTRL_ENTER);
    page.until("#undo-toast", 5, |t| t.contains("Edited and accepted"));
    page.close();
}

/// What the reply leaves out is told by kind, not by what has no words of its own; what an edit mended is told, too.
#[test]
fn the_sign_off_says_what_was_mended_and_what_is_left_out() {
    let Some((_driver, page)) = page("?faulty") else {
        return;
    };
    page.until("#findings", 20, |t| t.contains("2 findings to resolve"));
    page.keys("r");
    page.keys("\u{e009}\u{e011}\u{e000}");
    page.script(
        "const e = document.getElementById('editor'); const at = e.value.indexOf(' twice a day'); e.setSelectionRange(at, at + 12);",
    );
    page.keys("\u{e017}");
    page.until("#findings", 5, |t| t.contains("1 finding to resolve"));
    page.keys(F8);
    page.keys(ENTER);
    page.until("#findings", 5, |t| t.contains("all resolved"));
    page.keys(CTRL_ENTER);
    page.until("#settled", 5, |t| {
        t.contains("mended by your edit")
            && t.contains("80 mg twice a day")
            && t.contains("you checked it")
            && t.contains("Long")
    });
    page.until("#omissions", 5, |t| {
        t.contains("question") && !t.contains("Long") && !t.contains("Nothing was found")
    });
    page.picture("page-sign-off-mended");
    page.keys(ESCAPE);
    page.holds("return !document.querySelector('dialog')", 5);
    page.keys("r");
    page.script(
        "const e = document.getElementById('editor'); const at = e.value.indexOf(' for later'); e.setSelectionRange(at, at + 10);",
    );
    page.keys("\u{e017}");
    page.until("#findings", 5, |t| t.contains("all resolved"));
    page.holds(
        "return document.querySelector('.reply').dataset.checks === 'done'",
        5,
    );
    page.keys(CTRL_ENTER);
    page.until("#omissions", 5, |t| t.contains("mended by your edit"));
    page.close();
}

#[test]
fn a_reply_that_could_not_be_checked_says_so_and_does_not_go_out() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.click("#row-m5");
    page.until("#subject", 10, |t| t == "Refill");
    page.keys("r");
    page.keys(" This cannot be checked");
    page.until("#not-checked", 5, |t| {
        t.contains("could not be checked") && t.contains("went wrong")
    });
    page.holds("return document.getElementById('accept').disabled", 5);
    page.picture("page-not-checked");
    page.keys(CTRL_ENTER);
    page.hears("could not be checked, so it cannot go out");
    // The button asks again: it fails again, and says so.
    page.script("document.getElementById('check-again').focus()");
    page.keys(ENTER);
    page.there("#not-checked");
    page.click("#editor");
    page.keys("\u{e003}");
    page.holds(
        "return !document.getElementById('not-checked') && !document.getElementById('accept').disabled",
        5,
    );
    page.close();
}

#[test]
fn what_was_typed_is_there_when_the_message_is_opened_again() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.click("#row-m3");
    page.until("#subject", 10, |t| t == "A1c result");
    page.keys("r");
    page.keys(" Keep it up");
    page.keys(ESCAPE);
    page.keys("j");
    page.until("#subject", 5, |t| t == "Ankle");
    page.keys("k");
    page.until("#subject", 5, |t| t == "A1c result");
    page.holds(
        "return document.getElementById('editor').value.endsWith('Keep it up')",
        5,
    );
    page.close();
}

#[test]
fn a_draft_streams_into_the_editor_and_markup_in_a_message_stays_text() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.click("#row-m4");
    page.until("#subject", 5, |t| t == "Ankle");
    page.until("#draft-line", 10, |t| t.contains("Writing"));
    page.until("#draft-line", 20, |t| t.contains("Draft by fake-model"));
    assert!(
        page.editor()
            .contains("Is the swelling worse in the evening?")
    );
    assert_eq!(
        page.script("return document.querySelectorAll('.entry img').length"),
        0
    );
    page.until(".entry .body", 5, |t| {
        // Markup is text, and what would not be seen is shown by its number (case 20).
        t.contains("<img src=x onerror=alert(1)>")
            && t.contains("newU+202E")
            && t.contains("pillU+E0041")
    });
    page.close();
}

#[test]
fn escape_stops_a_draft_and_keeps_what_is_there() {
    let Some((_driver, page)) = page("?slow") else {
        return;
    };
    page.click("#row-m4");
    page.holds(
        "return document.getElementById('editor').value.startsWith('Hello Ana')",
        10,
    );
    // The fake one writes a word every 400 ms.
    page.until("#draft-line", 5, |t| {
        t.contains("Writing") && t.contains("2 tokens/s")
    });
    page.picture("page-streaming");
    page.keys(ESCAPE);
    page.until("#draft-line", 10, |t| t.contains("Draft by"));
    let text = page.editor();
    assert!(
        text.starts_with("Hello Ana") && !text.contains("Your care team"),
        "{text}"
    );
    page.close();
}

/// An input method composes a word by keys that are its own: none of them is a shortcut, nothing is written over, and one undo
/// takes the whole word back.
#[test]
fn a_word_that_an_input_method_composes_is_left_alone() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.keys("jj");
    page.until("#subject", 5, |t| t == "A1c result");
    page.keys("b");
    page.holds("return document.activeElement.id === 'editor'", 5);
    page.script(
        "const e = document.getElementById('editor');
         const key = (key, more) => e.dispatchEvent(new KeyboardEvent('keydown', {key, isComposing: true, bubbles: true, cancelable: true, ...more}));
         e.dispatchEvent(new CompositionEvent('compositionstart', {bubbles: true}));
         for (const part of ['に', 'にほ', '日本']) {
             for (const k of ['j', 'n', 'F8', 'Escape']) key(k);
             key('Enter', {ctrlKey: true});
             key('z', {ctrlKey: true});
             e.value = part;
             e.dispatchEvent(new InputEvent('input', {data: part, isComposing: true, bubbles: true}));
         }
         e.dispatchEvent(new CompositionEvent('compositionend', {data: '日本', bubbles: true}));
         e.dispatchEvent(new InputEvent('input', {data: '日本', bubbles: true}));",
    );
    page.holds(
        "return document.querySelector('.reply').dataset.checks === 'done'",
        5,
    );
    assert_eq!(page.editor(), "日本");
    page.until("#subject", 5, |t| t == "A1c result");
    page.holds(
        "return !document.querySelector('dialog') && document.activeElement.id === 'editor'",
        5,
    );
    page.keys("\u{e009}z\u{e000}");
    page.holds("return document.getElementById('editor').value === ''", 5);
    page.close();
}

#[test]
fn what_was_sent_is_corrected_by_another_message() {
    let Some((_driver, page)) = page("?out") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.keys("jj");
    page.until("#subject", 5, |t| t == "A1c result");
    page.keys(CTRL_ENTER);
    page.there("#outgoing");
    page.keys(CTRL_ENTER);
    page.there("#undo-toast");
    super::language::choose(&page, "folder", "sent");
    page.until("#row-m3", 5, |_| true);
    page.click("#row-m3");
    page.until("#decided", 5, |t| t.contains("A1c"));
    page.click("#correct");
    page.holds("return document.activeElement.id === 'editor'", 5);
    page.keys("That was the number of last year. It is the same now.");
    page.until("#accept", 5, |t| t.contains("Send the correction"));
    page.until("#corrected", 5, |t| {
        t.contains("went out") && t.contains("A1c")
    });
    page.picture("page-correction");
    page.keys(CTRL_ENTER);
    page.until("#outgoing", 5, |t| t.contains("last year"));
    page.keys(CTRL_ENTER);
    page.hears("Press Z to undo");
    page.click("#row-m3");
    page.until("#decided", 5, |t| {
        t.contains("A1c") && t.contains("Corrected") && t.contains("last year")
    });
    page.close();
}

#[test]
fn discard_asks_for_a_reason_and_escalate_for_a_name() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.click("#row-m5");
    page.until("#subject", 5, |t| t == "Refill");
    page.keys("x");
    page.until("#dialog-title", 5, |t| t.contains("discard"));
    page.holds(
        "return document.getElementById('confirm-discard').disabled",
        5,
    );
    page.picture("page-discard");
    page.click("#discard-wrong_tone");
    page.click("#confirm-discard");
    page.until("#undo-toast", 5, |t| t.contains("Draft discarded"));
    page.click("#row-m2");
    page.until("#subject", 5, |t| t == "Breathing worse");
    page.keys("s");
    page.there("#escalate-to");
    page.click("#escalate-to");
    page.keys("Triage nurse\u{e007}");
    page.until("#undo-toast", 5, |t| t.contains("Escalated"));
    page.close();
}

#[test]
fn another_draft_does_not_write_over_what_was_typed() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.click("#row-m3");
    page.until("#subject", 5, |t| t == "A1c result");
    page.click("#editor");
    page.keys(" Mine.");
    page.keys(ESCAPE);
    page.keys("g");
    page.hears("The draft is being written.The draft is ready.");
    assert!(page.editor().contains("Mine."), "{}", page.editor());
    page.keys("d");
    assert!(
        page.editor().starts_with("Hello Ana"),
        "the new draft is one key away"
    );
    page.close();
}

#[test]
fn another_draft_can_be_asked_for_shorter() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.click("#row-m3");
    page.until("#subject", 10, |t| t == "A1c result");
    page.keys("p");
    page.holds("return document.activeElement.id === 'preset-0'", 5);
    page.picture("page-presets");
    page.keys(ENTER);
    page.hears("The draft is ready.");
    page.holds(
        "return document.getElementById('editor').value.startsWith('Hello, please rest it.')",
        5,
    );
    page.close();
}

#[test]
fn every_command_is_found_by_the_beginnings_of_its_words() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.keys("\u{e009}k\u{e000}");
    page.holds("return document.activeElement.id === 'command'", 5);
    page.picture("page-palette");
    page.keys("next mes");
    page.holds(
        "return document.querySelectorAll('#commands li').length === 1",
        5,
    );
    page.keys(ENTER);
    page.until("#subject", 5, |t| t == "Breathing worse");
    page.keys("\u{e009}k\u{e000}");
    page.holds("return document.activeElement.id === 'command'", 5);
    page.keys("folder la");
    page.keys(ENTER);
    page.holds(
        "return document.getElementById('folder').value === 'later'",
        5,
    );
    page.keys("\u{e009}k\u{e000}");
    page.holds("return document.activeElement.id === 'command'", 5);
    page.keys("edit");
    page.keys(ENTER);
    page.holds("return document.activeElement.id === 'editor'", 5);
    page.close();
}

#[test]
fn a_bill_gets_the_clinics_text_by_key_and_anger_is_said_with_its_words() {
    let Some((_driver, page)) = page("?gated") else {
        return;
    };
    page.until("#template", 20, |t| t.contains("A billing question."));
    assert_eq!(page.editor(), "");
    page.picture("page-template");
    page.keys("w");
    page.holds(
        "return document.getElementById('editor').value === 'The billing office answers questions about bills.\\n\\nYour care team'",
        5,
    );
    page.keys(ESCAPE);
    page.keys("j");
    page.until("#anger", 5, |t| t.contains("Nobody calls me back"));
    page.picture("page-anger");
    page.close();
}
