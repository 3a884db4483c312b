//! What the workspace does besides: lines and facts, drafts beside each other, the chart's parts, feedback, reports, keys,
//! looks, and a day's in-basket by keyboard alone.

use super::*;

const RIGHT: &str = "\u{e014}";

const F9: &str = "\u{e039}";

/// A key with Alt.
fn alt(key: &str) -> String {
    format!("\u{e00a}{key}\u{e000}")
}

/// The value of an attribute of the page's body, where the fake desk shows what it was told.
fn told(page: &Page, name: &str, right: &str) {
    page.holds(
        &format!("return (document.body.getAttribute('{name}') ?? '').includes('{right}')"),
        5,
    );
}

#[test]
fn a_line_and_a_fact_of_the_chart_go_where_the_cursor_is_and_can_be_undone() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.click("#row-m3");
    page.until("#subject", 10, |t| t == "A1c result");
    page.holds(
        "return document.getElementById('editor').value.includes('7.4')",
        5,
    );
    page.keys("b");
    page.holds("return document.getElementById('editor').value === ''", 5);
    page.keys("Hello.");
    page.keys(ESCAPE);
    page.keys("i");
    page.holds("return document.activeElement.id === 'insert'", 5);
    page.keys("write back");
    page.picture("page-insert");
    page.keys(ENTER);
    page.holds(
        "return document.getElementById('editor').value === 'Hello. Please write back in a few days and tell us how you are.'",
        5,
    );
    page.holds("return document.activeElement.id === 'editor'", 5);
    page.keys(ESCAPE);
    page.keys("i");
    page.holds("return document.activeElement.id === 'insert'", 5);
    page.keys("ldl");
    page.keys(ENTER);
    page.holds(
        "return document.getElementById('editor').value.endsWith('LDL cholesterol: 61 mg/dL (2026-10-01)')",
        5,
    );
    // The editor's own undo takes it back.
    page.keys("\u{e009}z\u{e000}");
    page.holds(
        "return document.getElementById('editor').value.endsWith('how you are.')",
        5,
    );
    page.close();
}

#[test]
fn the_charts_parts_are_tabs_and_a_value_measured_again_has_its_course() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.until("#chart-panel", 5, |t| {
        t.contains("Atorvastatin") && t.contains("LDL")
    });
    page.click("#tab-medications");
    page.until("#chart-panel", 5, |t| {
        t.contains("Atorvastatin") && !t.contains("LDL")
    });
    // Two to the right, past the allergies, of which there are none on record.
    page.keys(RIGHT);
    page.until("#chart-panel", 5, |t| t.contains("None on record"));
    page.keys(RIGHT);
    page.until("#chart-panel", 5, |t| t.contains("118 → 61 mg/dL"));
    page.holds(
        "return document.querySelector('.trend svg').getAttribute('aria-label').includes('84 (2025-09-12)')",
        5,
    );
    page.holds(
        "return document.querySelector('#tab-results').getAttribute('aria-selected') === 'true'",
        5,
    );
    page.picture("page-chart-results");
    // The part stays from message to message.
    page.keys("j");
    page.until("#subject", 5, |t| t == "Breathing worse");
    page.until("#chart-panel", 5, |t| {
        t.contains("118 → 61") && !t.contains("Atorvastatin")
    });
    // Quoted history is folded, and a press away.
    page.holds("return document.querySelector('.quoted').open === false", 5);
    page.click(".quoted summary");
    page.until(".quoted", 5, |t| t.contains("rescue inhaler as needed"));
    page.close();
}

#[test]
fn a_finding_leads_to_its_line_of_the_chart_and_back() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.click("#row-m5");
    page.until("#subject", 10, |t| t == "Refill");
    page.keys("r");
    page.keys(" Take 80 mg twice a day.");
    page.until("#findings", 5, |t| t.contains("Chart: Atorvastatin 80 mg"));
    page.click("#findings .source");
    page.holds(
        "return document.activeElement.classList.contains('cited')",
        5,
    );
    page.picture("page-cited");
    page.click(".cited .to-words");
    page.holds("return document.activeElement.id.startsWith('finding-')", 5);
    page.close();
}

#[test]
fn drafts_stand_beside_each_other_and_one_is_chosen() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.click("#row-m3");
    page.until("#subject", 10, |t| t == "A1c result");
    page.keys("v");
    page.until("#variants", 5, |t| {
        t.contains("down from 8.1") && t.contains("an older draft")
    });
    page.picture("page-variants");
    page.click("#use-draft-1");
    page.holds(
        "return document.getElementById('editor').value.startsWith('Hello, an older draft')",
        5,
    );
    // What was changed is told from the one that was chosen, in one text or beside it.
    page.holds("return document.activeElement.id === 'editor'", 5);
    page.keys(" Mine.");
    page.keys(ESCAPE);
    page.keys("c");
    page.until("#difference", 5, |t| {
        t.contains("Mine.") && !t.contains("8.1")
    });
    page.click("#beside");
    page.until("#side-reply", 5, |t| t.contains("Mine."));
    page.until("#side-draft", 5, |t| {
        t.contains("an older draft") && !t.contains("Mine.")
    });
    page.picture("page-beside");
    page.close();
}

#[test]
fn how_the_draft_was_is_one_key_with_the_reasons_that_the_change_speaks_for() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.click("#row-m3");
    page.until("#subject", 10, |t| t == "A1c result");
    page.keys("r");
    page.keys(" More.");
    page.keys(CTRL_ENTER);
    page.there("#outgoing");
    page.keys(CTRL_ENTER);
    page.until("#feedback", 5, |t| {
        t.contains("How was the draft for Margaret Osei?") && t.contains("Too long")
    });
    page.picture("page-feedback");
    page.keys("4");
    told(&page, "data-rated", "Some(4) [TooLong]");
    page.holds("return !document.getElementById('feedback')", 5);
    // Nothing has to be said: the next decision goes on without an answer.
    page.close();
}

#[test]
fn a_safety_problem_is_reported_from_the_palette_with_message_and_draft() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.click("#row-m3");
    page.until("#subject", 10, |t| t == "A1c result");
    page.keys("\u{e009}k\u{e000}");
    page.holds("return document.activeElement.id === 'command'", 5);
    page.keys("report saf");
    page.keys(ENTER);
    page.holds("return document.activeElement.id === 'safety-words'", 5);
    page.holds("return document.getElementById('send-safety').disabled", 5);
    page.keys("It names the wrong dose.");
    page.picture("page-safety");
    page.click("#send-safety");
    told(
        &page,
        "data-reported",
        "m3 Some(1) It names the wrong dose.",
    );
    page.until("#told", 5, |t| t.contains("number 1"));
    page.close();
}

#[test]
fn a_safety_problem_is_reported_over_a_dialog_which_is_there_after_it() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    on_the_result(&page);
    page.keys("s");
    page.holds("return document.activeElement.id === 'escalate-to'", 5);
    page.keys("Nurse");
    page.keys(F9);
    page.holds("return document.activeElement.id === 'safety-words'", 5);
    page.keys("It would send this to the wrong person.");
    page.picture("page-safety-over");
    // What lies under it hears no key but its own.
    page.keys("\u{e009}k\u{e000}");
    page.holds("return !document.getElementById('command')", 2);
    page.click("#send-safety");
    told(&page, "data-reported", "m3 Some(1) It would send this");
    page.holds("return !document.getElementById('safety')", 5);
    page.holds(
        "const e = document.getElementById('escalate-to'); return e.value === 'Nurse' && document.activeElement === e",
        5,
    );
    // The button, and Escape: first the report goes, then the dialog.
    page.click("#report-here");
    page.there("#safety-words");
    page.keys(ESCAPE);
    page.holds(
        "return !document.getElementById('safety') && !!document.getElementById('escalate-to')",
        5,
    );
    page.keys(ESCAPE);
    page.holds(CLOSED, 5);
    page.until("#told", 5, |t| t.contains("number 1"));
    page.close();
}

#[test]
fn nothing_is_sent_from_under_a_report() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    on_the_result(&page);
    page.holds(
        "return document.querySelector('.reply').dataset.checks === 'done' && !document.getElementById('accept').disabled",
        5,
    );
    page.keys(CTRL_ENTER);
    page.there("#outgoing");
    page.keys(F9);
    page.there("#safety-words");
    page.keys(CTRL_ENTER);
    page.keys(ESCAPE);
    page.holds("return !document.getElementById('safety')", 5);
    page.holds(
        "return !!document.getElementById('outgoing') && !document.getElementById('undo-toast')",
        1,
    );
    page.keys(CTRL_ENTER);
    page.there("#undo-toast");
    page.close();
}

#[test]
fn the_lines_by_the_editor_are_a_press_or_a_key_away() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    on_the_result(&page);
    page.keys("b");
    page.holds("return document.getElementById('editor').value === '' && document.activeElement.id === 'editor'", 5);
    page.keys("Hello.");
    page.keys(&alt("3"));
    let holds = |words: &str| {
        page.holds(
            &format!("return document.getElementById('editor').value === '{words}'"),
            5,
        );
    };
    holds("Hello. I will order this for you today.");
    page.click("#line-4");
    holds("Hello. I will order this for you today. Our team will call you to arrange it.");
    page.holds("return document.activeElement.id === 'editor'", 5);
    page.keys("\u{e009}z\u{e000}");
    holds("Hello. I will order this for you today.");
    page.picture("page-near-lines");
    // They are the person's own, and there is none for a number beyond them.
    page.click("#settings");
    page.there("#lines");
    page.script("const l = document.getElementById('lines'); l.value = 'Mine alone.'; l.dispatchEvent(new Event('change', {bubbles: true}));");
    page.keys(ESCAPE);
    page.holds(CLOSED, 5);
    page.until("#line-1", 5, |t| t.contains("Mine alone."));
    page.holds("return !document.getElementById('line-2')", 5);
    page.keys(&alt("2"));
    page.keys(&alt("1"));
    holds("Hello. I will order this for you today. Mine alone.");
    page.close();
}

#[test]
fn the_import_of_a_model_names_its_stages() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.click("#models");
    page.click("#import-model");
    page.holds(
        "const p = document.querySelector('dialog progress'); return p?.value === 40 && p.getAttribute('aria-label') === 'Copying the file…'",
        5,
    );
    page.holds(
        "const p = document.querySelector('dialog progress'); return p?.value === 20 && p.parentElement.textContent.includes('Checking the copy…')",
        5,
    );
    page.holds("return !document.querySelector('dialog progress') && !document.getElementById('import-model').disabled", 5);
    page.close();
}

#[test]
fn a_reset_is_asked_twice_and_leaves_the_persons_lines_unless_they_are_ticked() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    on_the_result(&page);
    page.keys("?");
    page.click("#change-keys");
    page.there("#key-blank");
    page.script("const k = document.getElementById('key-blank'); k.value = 'q'; k.dispatchEvent(new Event('change', {bubbles: true}));");
    page.until("#keys-said", 5, |t| t.contains("Q it is"));
    page.keys(ESCAPE);
    page.holds(CLOSED, 5);
    page.click("#settings");
    page.there("#lines");
    page.script("const l = document.getElementById('lines'); l.value = 'Mine alone.'; l.dispatchEvent(new Event('change', {bubbles: true}));");
    let ask = || {
        page.script("document.getElementById('reset-settings').focus()");
        page.keys(ENTER);
        page.until("#reset-words", 5, |t| t.contains("every letter you gave"));
        page.holds("return document.activeElement.id === 'keep-settings'", 5);
    };
    ask();
    page.picture("page-reset");
    page.keys(ENTER);
    page.holds("return document.activeElement.id === 'reset-settings'", 5);
    page.until("#line-1", 5, |t| t.contains("Mine alone."));
    page.until("#blank", 5, |t| t.ends_with('Q'));
    ask();
    page.click("#confirm-reset");
    page.until("#blank", 5, |t| t.ends_with('B'));
    page.until("#line-1", 5, |t| t.contains("Mine alone."));
    ask();
    page.click("#reset-lines");
    page.click("#confirm-reset");
    page.until("#line-1", 5, |t| t.contains("Thank you"));
    page.close();
}

#[test]
fn lines_are_in_the_language_that_the_patient_writes_in() {
    let Some((_driver, page)) = page("?spanish") else {
        return;
    };
    on_the_result(&page);
    page.until("#line-1[lang=es]", 5, |t| {
        t.contains("Gracias por avisarnos.")
    });
    page.keys("b");
    page.holds("return document.getElementById('editor').value === '' && document.activeElement.id === 'editor'", 5);
    page.keys(&alt("3"));
    page.holds(
        "return document.getElementById('editor').value === 'Lo pediré hoy para usted.'",
        5,
    );
    page.keys(ESCAPE);
    page.keys("i");
    page.holds("return document.activeElement.id === 'insert'", 5);
    page.until("#inserts", 5, |t| t.contains("llame al 911"));
    page.close();
}

#[test]
fn the_log_is_read_and_copied_in_the_settings() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.click("#settings");
    page.holds(
        "return document.getElementById('log')?.value.split('\\n').length === 2 && document.getElementById('log').readOnly",
        5,
    );
    page.click("#copy-log");
    page.until("#log-said", 5, |t| t == "Copied.");
    page.picture("page-log");
    page.close();
}

#[test]
fn panes_type_and_density_are_the_persons_own_by_key() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    let width = "Math.round(document.querySelector('.queue').getBoundingClientRect().width)";
    let before = page.script(&format!("return {width}"));
    page.script("document.getElementById('split-queue').focus()");
    page.keys(&RIGHT.repeat(4));
    page.holds(
        "return document.getElementById('split-queue').getAttribute('aria-valuenow') === '27'",
        5,
    );
    page.holds(&format!("return {width} > {before}"), 5);
    page.click("#settings");
    page.there("#type-size");
    page.picture("page-settings");
    page.script(
        "for (const [id, value] of [['type-size', '125'], ['density', 'compact']]) { const s = document.getElementById(id); s.value = value; s.dispatchEvent(new Event('change', {bubbles: true})); }",
    );
    page.holds(
        "const r = document.documentElement; return r.dataset.size === '125' && r.dataset.density === 'compact' && getComputedStyle(r).fontSize === '20px'",
        5,
    );
    page.keys(ESCAPE);
    page.picture("page-large-compact");
    page.close();
}

#[test]
fn a_command_takes_another_letter_and_never_one_that_is_taken() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.keys("?");
    page.click("#change-keys");
    page.there("#key-next");
    let give = |letter: &str| {
        page.script(&format!(
            "const k = document.getElementById('key-next'); k.value = '{letter}'; k.dispatchEvent(new Event('change', {{bubbles: true}}));"
        ));
    };
    give("n");
    page.until("#keys-said", 5, |t| {
        t.contains("N is taken: No reply needed")
    });
    give("q");
    page.until("#keys-said", 5, |t| t.contains("Q it is"));
    page.picture("page-keys");
    page.keys(ESCAPE);
    // Keys typed while the dialog goes would go to what is going with it.
    page.holds(CLOSED, 5);
    page.keys("q");
    page.until("#subject", 5, |t| t == "Breathing worse");
    page.keys("?");
    page.click("#reset-keys");
    page.keys(ESCAPE);
    page.holds(CLOSED, 5);
    page.keys("j");
    page.until("#subject", 5, |t| t == "A1c result");
    page.close();
}

#[test]
fn the_tour_goes_through_five_steps_and_can_be_ended_at_each() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.keys("\u{e009}k\u{e000}");
    page.holds("return document.activeElement.id === 'command'", 5);
    page.keys("tour");
    page.keys(ENTER);
    for (n, about) in ["queue", "reading", "editor", "chart", "accept"]
        .iter()
        .enumerate()
    {
        page.until("#tour", 5, |t| t.contains(&format!("{} of 5", n + 1)));
        page.holds(
            &format!("return document.getElementById('{about}').classList.contains('toured')"),
            5,
        );
        page.holds("return document.activeElement.id === 'tour-next'", 5);
        if n == 2 {
            page.picture("page-tour");
        }
        page.keys(ENTER);
    }
    page.holds(
        "return !document.getElementById('tour') && !document.querySelector('.toured')",
        5,
    );
    page.close();
}

#[test]
fn a_model_is_described_and_tried_before_it_is_used() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.click("#models");
    page.click("#describe-fake-model");
    page.until(".facts", 5, |t| {
        t.contains("1900 MB, of 1200 MB") && t.contains("abab")
    });
    page.until(".models .notice", 5, |t| {
        t.contains("more memory than is free")
    });
    page.click("#try-fake-model");
    page.until(".speed", 5, |t| t.contains("a reply in 4.2 s, 21 tokens/s"));
    page.picture("page-models");
    page.click("#use-fake-model");
    told(&page, "data-chosen", "fake-model");
    page.holds(CLOSED, 5);
    page.close();
}

/// What a test of the page sees on screen, at once: subject, which banner, whether Accept is ready, and the dialog.
fn seen(page: &Page) -> serde_json::Value {
    page.script(
        "const t = id => document.getElementById(id)?.textContent ?? ''; \
         return {subject: t('subject'), flag: !!document.getElementById('red-flag'), template: !!document.getElementById('template'), \
           none: !!document.getElementById('no-reply-owed'), ready: document.getElementById('accept')?.disabled === false, \
           writing: document.getElementById('editor')?.readOnly === true, done: !!document.getElementById('all-done'), \
           row: document.querySelector('.row-item.chosen')?.dataset.message ?? ''}",
    )
}

#[test]
fn fifty_messages_are_reviewed_by_keyboard_alone_without_an_error() {
    let Some((_driver, page)) = page("?fifty") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    let mut decided = 0;
    while decided < 50 {
        let now = seen(&page);
        let row = now["row"].as_str().unwrap_or_default().to_owned();
        if now["flag"] == true || now["template"] == true {
            // The clinic's fixed text, looked at and sent.
            page.keys("w");
            page.holds(
                "return document.getElementById('editor').value.trim() !== ''",
                5,
            );
            page.keys(ESCAPE);
        } else if now["none"] == true {
            page.keys("n");
        } else {
            // A draft that is still written is waited for, as a person would.
            page.holds("return document.getElementById('editor').readOnly === false && document.getElementById('editor').value.trim() !== ''", 20);
        }
        if now["none"] != true {
            page.holds(
                "return document.querySelector('.reply').dataset.checks === 'done'",
                5,
            );
            while page.script("return document.getElementById('accept').disabled") == true {
                page.keys("f");
                page.keys(ENTER);
            }
            page.keys(CTRL_ENTER);
            page.there("#outgoing");
            page.keys(CTRL_ENTER);
        }
        decided += 1;
        page.holds(
            &format!(
                "return !document.getElementById('outgoing') && (document.querySelector('.row-item.chosen')?.dataset.message ?? '') !== '{row}'"
            ),
            10,
        );
        assert_eq!(
            page.script("return document.querySelector('.notice.failure')?.textContent ?? ''"),
            "",
            "after {decided}"
        );
    }
    page.there("#all-done");
    page.close();
}
