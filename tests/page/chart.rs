//! What a reply took from the chart, thread and chart in short, and the editor's own undo.

use super::*;

fn on_the_refill(query: &str) -> Option<(Ended, Page)> {
    let (driver, page) = page(query)?;
    page.there("#subject");
    page.click("#row-m5");
    page.until("#subject", 5, |t| t == "Refill");
    page.holds(
        "return document.querySelector('.reply').dataset.checks === 'done'",
        5,
    );
    Some((driver, page))
}

#[test]
fn words_of_a_reply_that_rest_on_the_chart_are_linked_both_ways() {
    let Some((_driver, page)) = on_the_refill("") else {
        return;
    };
    // Marked in the reply and on the chart.
    page.holds(
        "return document.querySelector('#marks mark.used')?.textContent === 'atorvastatin 80 mg' \
         && document.querySelector('.heading li.used').textContent.includes('Atorvastatin')",
        5,
    );
    page.until(".attachments", 5, |t| t.contains("bottle.jpg"));
    page.picture("page-used");
    // From the chart to the words.
    page.click(".heading li.used .to-words");
    page.holds(
        "const e = document.getElementById('editor'); return document.activeElement === e && e.value.slice(e.selectionStart, e.selectionEnd) === 'atorvastatin 80 mg'",
        5,
    );
    page.there(".heading li.here");
    // From the words to the chart: wherever the cursor stands.
    page.script("const e = document.getElementById('editor'); e.setSelectionRange(0, 0); e.dispatchEvent(new Event('click', {bubbles: true}))");
    page.holds("return !document.querySelector('.heading li.here')", 5);
    page.keys(ESCAPE);
    page.keys("u");
    page.there(".heading li.here");
    page.hears("Atorvastatin 80 mg tablet");
    // What is taken out of the reply is not marked any more.
    page.keys(ESCAPE);
    page.keys("b");
    page.holds("return !document.querySelector('.heading li.used')", 5);
    page.keys(ESCAPE);
    page.keys("u");
    page.hears("Nothing in the reply rests on the chart");
    page.close();
}

#[test]
fn values_stand_as_far_apart_as_their_days_a_pair_has_two_lines_and_a_unit_a_course_of_its_own() {
    let Some((_driver, page)) = page("?courses") else {
        return;
    };
    on_the_result(&page);
    let results = "[...document.querySelectorAll('[id^=fact-results]')]";
    page.holds(
        &format!(
            "return {results}.map(l => l.querySelectorAll('polyline').length).join() === '1,2,1,0'"
        ),
        5,
    );
    let said = |n: usize, words: &str| {
        page.holds(
            &format!("return {results}[{n}].querySelector('svg').getAttribute('aria-label').includes('{words}') && {results}[{n}].querySelector('svg').getBoundingClientRect().width > 40"),
            5,
        );
    };
    said(0, "8.4 (2024-11-12), 7.6 (2026-09-12), 7.4 (2026-11-12)");
    said(1, "142/91 (2026-01-02), 128/80 (2026-11-01)");
    said(2, "65 (2025-05-02), 57 (2026-05-02)");
    // Twenty-two months from the first to the second, two to the third.
    page.holds(
        &format!("const x = {results}[0].querySelector('polyline').getAttribute('points').trim().split(' ').map(p => parseFloat(p)); return (x[1] - x[0]) / (x[2] - x[0]) > 0.9 && x[2] > x[1]"),
        5,
    );
    // The upper line of the pair is above the lower.
    page.holds(
        &format!("const [upper, lower] = [...{results}[1].querySelectorAll('circle')].map(c => parseFloat(c.getAttribute('cy'))); return upper < lower"),
        5,
    );
    page.picture("page-courses");
    page.close();
}

#[test]
fn thread_and_chart_in_short_lead_to_where_each_line_stands() {
    let Some((_driver, page)) = on_the_refill("") else {
        return;
    };
    page.keys("o");
    page.until("#summary", 5, |t| {
        t.contains("1 message and no reply")
            && t.contains("Please refill my atorvastatin 80 mg.")
            && t.contains("LDL cholesterol: 118 mg/dL on 2024-09-01, 61 mg/dL on 2026-10-01")
            && t.contains("no model was asked")
    });
    page.picture("page-summary");
    // To a line of the chart, whatever heading was shown before.
    page.script("[...document.querySelectorAll('#summary .source')].find(b => b.title.startsWith('LDL')).click()");
    page.holds(
        "return !document.querySelector('dialog') && document.activeElement.id === 'fact-results-0'",
        5,
    );
    page.keys("o");
    page.there("#summary");
    page.script("document.querySelector('#summary .source').click()");
    page.holds("return document.activeElement.id === 'entry-0'", 5);
    page.close();
}

#[test]
fn undo_brings_back_what_the_app_put_in_its_place() {
    let Some((_driver, page)) = on_the_refill("") else {
        return;
    };
    let value = || {
        let v = page.script("return document.getElementById('editor').value");
        v.as_str().unwrap_or_default().to_owned()
    };
    let draft = value();
    page.keys("r");
    page.script("const e = document.getElementById('editor'); e.setSelectionRange(e.value.length, e.value.length)");
    page.keys(" First.");
    let typed = value();
    assert_eq!(typed, format!("{draft} First."));
    page.keys(ESCAPE);
    page.keys("b");
    page.holds("return document.getElementById('editor').value === ''", 5);
    page.keys("Second.");
    const UNDO: &str = "\u{e009}z\u{e000}";
    const REDO: &str = "\u{e009}y\u{e000}";
    let is = |want: &str| {
        let want = serde_json::Value::from(want);
        page.holds(
            &format!("return document.getElementById('editor').value === {want}"),
            5,
        );
    };
    page.keys(UNDO);
    is("");
    page.keys(UNDO);
    is(&typed);
    page.keys(UNDO);
    is(&draft);
    page.keys(UNDO);
    is(&draft);
    page.keys(REDO);
    is(&typed);
    page.keys(REDO);
    page.keys(REDO);
    is("Second.");
    // What is typed after an undo takes the place of what was undone.
    page.keys(UNDO);
    page.keys("Third.");
    page.keys(REDO);
    is("Third.");
    page.close();
}

#[test]
fn what_was_done_and_what_is_asked_of_it_cover_nothing() {
    let Some((_driver, page)) = on_the_refill("") else {
        return;
    };
    page.keys(CTRL_ENTER);
    page.there("#outgoing");
    page.keys(CTRL_ENTER);
    page.there("#undo-toast");
    page.there("#feedback");
    // The next message is on its way.
    page.there(".reading");
    page.there(".reply");
    let covered = page.script(
        "const box = id => document.querySelector(id).getBoundingClientRect();
         const over = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
         return ['#queue', '.reply', '.reading', '#chart'].filter(p => over(box(p), box('#undo-toast')) || over(box(p), box('#feedback')))",
    );
    assert_eq!(covered, serde_json::json!([]));
    page.picture("page-after-a-decision");
    page.close();
}

#[test]
fn a_model_can_be_made_the_clinics_own() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.there("#subject");
    page.click("#models");
    page.there("#default-fake-model");
    page.click("#default-fake-model");
    page.holds(
        "return document.getElementById('default-fake-model').getAttribute('aria-pressed') === 'true'",
        5,
    );
    page.click("#default-fake-model");
    page.holds(
        "return document.getElementById('default-fake-model').getAttribute('aria-pressed') === 'false'",
        5,
    );
    page.close();
}
