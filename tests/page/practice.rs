//! Training, and a practice message among the others.

use super::*;

#[test]
fn training_goes_through_its_messages_and_tells_of_each_error() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.there("#subject");
    command(&page, "training");
    page.until("#training", 5, |t| t.contains("Training, 1 of 2."));
    page.picture("page-training");
    page.holds(
        "return document.querySelector('.reply').dataset.checks === 'done'",
        5,
    );
    // Accepted as it is: the error would have gone out.
    page.keys(CTRL_ENTER);
    page.there("#outgoing");
    page.keys(CTRL_ENTER);
    page.until("#practised", 5, |t| {
        t.contains("would have reached the patient")
            && t.contains("This was training")
            && t.contains("A fact is wrong")
    });
    assert_eq!(
        page.script("return document.querySelector('.practised-draft mark').textContent"),
        "61 units"
    );
    page.picture("page-practised");
    page.keys(ENTER);
    page.until("#training", 5, |t| t.contains("Training, 2 of 2."));
    page.keys("x");
    page.there("#confirm-discard");
    page.script("document.querySelector('dialog input').click()");
    page.click("#confirm-discard");
    page.until("#practised", 5, |t| t.contains("You kept the error"));
    page.keys(ESCAPE);
    // It is over: how it went, and then the real messages.
    page.until("#results", 5, |t| {
        t.contains("1 of 2 caught") && t.contains("Only you see this")
    });
    page.picture("page-practice-results");
    page.keys(ESCAPE);
    page.until("#subject", 5, |t| t == "Tight chest");
    page.holds("return !document.getElementById('training')", 5);
    page.close();
}

#[test]
fn training_can_be_left_at_any_time() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.there("#subject");
    command(&page, "training");
    page.there("#training");
    page.click("#end-training");
    page.until("#subject", 5, |t| t == "Tight chest");
    page.holds("return !document.getElementById('training')", 5);
    page.close();
}

#[test]
fn a_practice_message_among_the_others_is_marked_as_such_right_after_the_decision() {
    let Some((_driver, page)) = page("?practice") else {
        return;
    };
    page.until("#subject", 10, |t| t == "Tight chest");
    page.keys("jj");
    page.until("#subject", 5, |t| t == "A1c result");
    page.keys("n");
    // It stands there like any other.
    page.until("#subject", 5, |t| t == "Lantus dose");
    page.holds("return !document.getElementById('training')", 5);
    page.holds(
        "return document.querySelector('.reply').dataset.checks === 'done'",
        5,
    );
    page.keys(CTRL_ENTER);
    page.there("#outgoing");
    page.keys(CTRL_ENTER);
    page.until("#practised", 5, |t| {
        t.contains("This was a practice message") && t.contains("nothing was sent")
    });
    page.holds(
        "return !document.getElementById('undo-toast') || !document.getElementById('undo-toast').textContent.includes('Nakamura')",
        5,
    );
    page.keys(ENTER);
    page.until("#subject", 5, |t| t != "Lantus dose");
    page.close();
}

#[test]
fn emergency_access_offers_no_training() {
    let Some((_driver, page)) = page("?locked") else {
        return;
    };
    page.click("#break-glass");
    page.click("#glass-code");
    page.keys("7777-6666-5555-4444-3333-2222-1111-0000");
    page.click("#glass-reason");
    page.keys(&format!("on call, ada is away{ENTER}"));
    page.there("#glass-open");
    page.until("#subject", 20, |t| t == "Tight chest");
    // Neither by its name,
    page.keys("\u{e009}k\u{e000}");
    page.there("#command");
    page.keys("training practice messages");
    page.until("dialog", 5, |t| t.contains("No command"));
    page.keys(ESCAPE);
    page.holds(CLOSED, 5);
    // nor at the end of the tour,
    command(&page, "tour");
    for _ in 0..4 {
        page.click("#tour-next");
    }
    page.until("#tour-next", 5, |t| t == "Done");
    page.holds("return !document.getElementById('tour-train')", 5);
    page.click("#tour-next");
    // nor beside how somebody did.
    command(&page, "how you did");
    page.there("#results");
    page.holds(
        "return !document.getElementById('train').checkVisibility()",
        5,
    );
    page.picture("page-glass-results");
    page.keys(ESCAPE);
    page.close();
}
