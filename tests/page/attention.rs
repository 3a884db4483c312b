//! What is recorded of how a message was reviewed: only what was spent on it, over every visit.

use super::*;
use std::time::Duration;

/// What the fake desk was told with the last decision.
fn told(page: &Page) -> serde_json::Value {
    page.holds("return !!document.body.dataset.attention", 5);
    let text = page.script("return document.body.dataset.attention");
    serde_json::from_str(text.as_str().expect("a text")).expect("JSON")
}

fn ms(told: &serde_json::Value, what: &str) -> i64 {
    told[what].as_i64().expect("a number")
}

/// Lets time pass: how long something lasts is what is recorded.
fn wait(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

#[test]
fn every_visit_to_a_message_counts() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    on_the_result(&page);
    wait(2500);
    page.keys("k");
    page.until("#subject", 5, |t| t == "Breathing worse");
    page.keys("j");
    page.until("#subject", 5, |t| t == "A1c result");
    send(&page);
    let told = told(&page);
    assert!(ms(&told, "dwell") >= 2500, "{told}");
    // The clock is read, not guessed: half a second more would be counted by steps.
    assert!(ms(&told, "edit") == 0, "{told}");
    page.close();
}

#[test]
fn what_is_typed_elsewhere_and_dialogs_about_something_else_do_not_count() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    on_the_result(&page);
    page.keys("/");
    page.holds("return document.activeElement.id === 'search'", 5);
    wait(1500);
    page.keys(ESCAPE);
    page.keys("?");
    page.there("#change-keys");
    let begun = std::time::Instant::now();
    wait(4000);
    page.keys(ESCAPE);
    page.holds("return !document.querySelector('dialog')", 5);
    let in_help = begun.elapsed().as_millis() as i64;
    let all = std::time::Instant::now();
    // Only the editor is edited in.
    page.keys("r");
    page.holds("return document.activeElement.id === 'editor'", 5);
    wait(1200);
    send(&page);
    let told = told(&page);
    assert!((1000..4000).contains(&ms(&told, "edit")), "{told}");
    let rest = all.elapsed().as_millis() as i64;
    assert!(
        ms(&told, "dwell") < in_help + rest,
        "{told}: {in_help} in help, {rest} after it"
    );
    page.close();
}

#[test]
fn a_mouse_on_its_way_over_the_chart_has_not_looked_at_it() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    on_the_result(&page);
    page.script(
        "for (const e of ['pointerenter', 'pointermove', 'mouseenter', 'mouseover']) document.getElementById('chart').dispatchEvent(new PointerEvent(e, {bubbles: true}))",
    );
    send(&page);
    assert_eq!(told(&page)["context"], false);
    page.until("#subject", 5, |t| t != "A1c result");
    page.script("delete document.body.dataset.attention");
    page.click("#row-m5");
    page.until("#subject", 5, |t| t == "Refill");
    page.click("#chart h2");
    page.script("document.activeElement.blur()");
    send(&page);
    assert_eq!(told(&page)["context"], true);
    page.close();
}
