//! What is told where a person is: in words as a message opens, and on whatever lies on top of the page.

use super::*;

/// What a screen reader was told of a message as it opened: words that begin with its patient.
fn opened(page: &Page, patient: &str) -> Vec<String> {
    let said = page.script(&format!(
        "return [...document.querySelectorAll('#status p')].map(p => p.textContent).filter(t => t.startsWith('{patient}:'))"
    ));
    serde_json::from_value(said).unwrap_or_default()
}

#[test]
fn a_message_that_opens_is_told_once_with_its_place() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    on_the_result(&page);
    page.hears("Margaret Osei: A1c result. Routine. Draft ready. 3 of ");
    // Anew, after a draft of it was made: it is the same message.
    page.keys("g");
    page.hears("The draft is ready.");
    assert_eq!(opened(&page, "Margaret Osei").len(), 1);
    let total = |said: &str| -> u32 {
        let (_, after) = said.rsplit_once(" of ").expect("a place");
        after.trim_end_matches('.').parse().expect("a number")
    };
    let before = total(&opened(&page, "Margaret Osei")[0]);
    // The one that comes by itself after a decision stands where the decided one did.
    page.keys("n");
    page.until("#subject", 5, |t| t == "Ankle");
    page.hears("Ana Ruiz: Ankle. ");
    let said = opened(&page, "Ana Ruiz");
    assert!(said[0].contains(" 3 of "), "{said:?}");
    assert_eq!(total(&said[0]), before - 1);
    page.close();
}

/// Types into a field of a setting, which takes it whole.
fn set(page: &Page, field: &str, words: &str) {
    page.script(&format!(
        "const f = document.getElementById('{field}'); f.value = '{words}'; f.dispatchEvent(new Event('change', {{bubbles: true}}))"
    ));
}

#[test]
fn a_setting_that_is_refused_is_told_of_in_the_dialog() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.click("#settings");
    page.there("#sign-off");
    set(&page, "sign-off", "cannot be kept");
    page.until("dialog #notice[role=alert]", 5, |t| {
        t.contains("Make room on the disk")
    });
    page.holds("return document.querySelectorAll('#notice').length === 1 && document.getElementById('sign-off').value !== 'cannot be kept'", 5);
    // However far down one is.
    page.script("document.querySelector('dialog').scrollTop = 10000");
    page.holds(
        "const n = document.getElementById('notice').getBoundingClientRect(); return n.top >= 0 && document.elementFromPoint(n.left + 20, n.top + 10).closest('#notice') !== null",
        5,
    );
    page.picture("page-refused");
    // The same once more, and what is left of it is on the page.
    set(&page, "sign-off", "cannot be kept");
    page.there("dialog #notice");
    page.keys(ESCAPE);
    page.holds(CLOSED, 5);
    page.there("#notice");
    page.click("#notice button");
    page.holds("return !document.getElementById('notice')", 5);
    page.close();
}

#[test]
fn a_report_that_fails_is_told_of_over_the_dialog_it_lies_on() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.click("#settings");
    page.click("#report-here");
    page.holds("return document.activeElement.id === 'safety-words'", 5);
    page.keys("It cannot be kept.");
    page.click("#send-safety");
    page.until("#notice", 5, |t| t.contains("Make room on the disk"));
    page.holds(
        "const n = document.querySelectorAll('#notice'); return n.length === 1 && !!n[0].closest('dialog').querySelector('#safety')",
        5,
    );
    page.holds(
        "return document.getElementById('safety-words').value === 'It cannot be kept.'",
        5,
    );
    // Mended, it is taken, and that is said in the dialog below.
    page.script("document.getElementById('safety-words').select()");
    page.keys("A wrong dose.");
    page.click("#send-safety");
    page.until("dialog #told", 5, |t| t.contains("number 1"));
    page.holds(
        "return document.getElementById('status-dialog').textContent.includes('Reported as number 1')",
        5,
    );
    page.close();
}
