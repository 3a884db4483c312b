//! From one message to another: what is drawn in between, where the parts of the page stand then, and where the keys go.

use super::*;

/// Notes each subject that is drawn from now on, and nothing where there is none.
fn note_subjects(page: &Page) {
    page.script(
        "const seen = window.__seen = [];
         const note = () => { const t = document.getElementById('subject')?.textContent ?? ''; if (seen.at(-1) !== t) seen.push(t); };
         note();
         new MutationObserver(note).observe(document.body, {childList: true, subtree: true, characterData: true});",
    );
}

/// What was noted.
fn subjects(page: &Page) -> serde_json::Value {
    page.script("return window.__seen")
}

/// Goes from the first message to the next, at a desk that is so long in opening it.
fn goes_on(delay: &str, drawn: &[&str]) {
    let Some((_driver, page)) = page(delay) else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    note_subjects(&page);
    page.keys("j");
    page.until("#subject", 10, |t| t == "Breathing worse");
    assert_eq!(subjects(&page), serde_json::json!(drawn));
    page.close();
}

#[test]
fn the_message_before_stays_drawn_until_the_next_one_is_there() {
    goes_on("?opens-soon", &["Tight chest", "Breathing worse"]);
}

#[test]
fn a_message_that_is_long_in_coming_leaves_nothing_of_the_one_before() {
    goes_on("?opens-late", &["Tight chest", "", "Breathing worse"]);
}

#[test]
fn chart_and_reply_begin_at_their_top_on_another_message() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    on_the_result(&page);
    page.script(
        "for (const id of ['chart', 'editor']) {
             const e = document.getElementById(id);
             Object.assign(e.style, {minHeight: '0', height: '40px', maxHeight: '40px', flex: 'none', overflow: 'auto'});
         }",
    );
    // Far enough down that neither is brought up by words that are fewer.
    let tops = |want: &str| {
        page.holds(
            &format!("return ['chart', 'editor'].every(id => {{ const e = document.getElementById(id); return e.scrollHeight > e.clientHeight + 15 && e.scrollTop {want}; }})"),
            5,
        );
    };
    page.script("for (const id of ['chart', 'editor']) document.getElementById(id).scrollTop = 12");
    tops("=== 12");
    page.click("#row-m5");
    page.until("#subject", 10, |t| t == "Refill");
    tops("=== 0");
    page.close();
}

#[test]
fn the_focus_leaves_the_reply_with_the_message() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    on_the_result(&page);
    page.keys("r");
    page.keys(" More.");
    page.holds("return document.activeElement.id === 'editor'", 5);
    // By script: a click would take the focus away by itself.
    page.script("document.getElementById('row-m5').click()");
    page.until("#subject", 10, |t| t == "Refill");
    page.holds("return document.activeElement.id !== 'editor'", 5);
    // A letter is a command again, and no part of a reply.
    page.keys("k");
    page.until("#subject", 10, |t| t == "Ankle");
    page.keys("k");
    page.until("#subject", 10, |t| t == "A1c result");
    page.holds(
        "return document.getElementById('editor').value.endsWith(' More.')",
        5,
    );
    page.close();
}

#[test]
fn the_first_rows_are_there_after_an_unlock_wherever_the_list_was() {
    let Some((_driver, page)) = page("?many") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.script("const q = document.getElementById('queue'); q.scrollTop = q.scrollHeight / 2");
    let first = |want: &str| {
        page.holds(
            &format!("const r = document.querySelector('#queue .row-item'); return r && Number(r.getAttribute('aria-posinset')) {want}"),
            10,
        );
    };
    first("> 1000");
    page.keys("\u{e009}l\u{e000}");
    page.there("#lock-screen");
    page.click("#unlock-passphrase");
    page.keys(&format!("{PASSPHRASE}{ENTER}"));
    page.until("#subject", 20, |t| t == "Tight chest");
    first("=== 1");
    page.holds(
        "return document.getElementById('queue').scrollTop === 0 && document.querySelectorAll('#queue .row-item').length === 36",
        5,
    );
    page.close();
}
