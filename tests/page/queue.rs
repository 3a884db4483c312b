//! The queue: folders, filters, a hundred thousand rows, later, many at once.

use super::language::choose;
use super::*;

#[test]
fn a_red_flag_stays_in_sight_through_every_filter() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.keys("/");
    page.holds("return document.activeElement.id === 'search'", 5);
    page.keys("refill");
    page.holds("return [...document.querySelectorAll('#queue .row-item')].map(r => r.dataset.message).join() === 'm1,m5'", 5);
    // Escape leaves the field, and goes through what was found; once more ends the search.
    page.keys(ESCAPE);
    page.holds("return document.activeElement.id !== 'search' && document.querySelectorAll('#queue .row-item').length === 2", 5);
    page.keys(ESCAPE);
    page.holds("return document.getElementById('search').value === '' && document.querySelectorAll('#queue .row-item').length > 2", 5);
    page.close();
}

#[test]
fn a_hundred_thousand_messages_scroll_with_few_rows_on_the_page() {
    let Some((_driver, page)) = page("?many") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.holds("return document.querySelector('#queue .row-item').getAttribute('aria-setsize') === '100006'", 5);
    page.holds(
        "return document.querySelectorAll('#queue .row-item').length <= 120",
        5,
    );
    page.script("const q = document.getElementById('queue'); q.scrollTop = q.scrollHeight");
    page.holds("return !!document.getElementById('row-many-99999')", 5);
    page.holds(
        "return document.querySelectorAll('#queue .row-item').length <= 120",
        5,
    );
    page.script("const q = document.getElementById('queue'); q.scrollTop = q.scrollHeight / 2");
    page.holds("return [...document.querySelectorAll('#queue .row-item')].some(r => Math.abs(r.getAttribute('aria-posinset') - 50000) < 60)", 5);
    page.picture("page-many");
    // The red flag of the first row is found again from anywhere, and the keys go on beyond the rows that are there.
    page.keys("/");
    page.keys("Message 70000 of");
    page.holds("return [...document.querySelectorAll('#queue .row-item')].map(r => r.dataset.message).join() === 'm1,many-70000'", 5);
    page.keys(ESCAPE);
    page.keys("j");
    page.until("#subject", 5, |t| !t.is_empty());
    page.close();
}

#[test]
fn a_search_finds_the_chart_and_ids_and_goes_further_back_when_asked() {
    let Some((_driver, page)) = page("?many") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    let size = |n: u32| {
        page.holds(
            &format!("return document.querySelector('#queue .row-item').getAttribute('aria-setsize') === '{n}'"),
            5,
        );
    };
    page.keys("/");
    page.keys("m5");
    page.holds("return [...document.querySelectorAll('#queue .row-item')].map(r => r.dataset.message).join() === 'm1,m5'", 5);
    page.holds("return !document.getElementById('further')", 5);
    page.keys("\u{e009}a\u{e000}cholesterol");
    size(300);
    page.until("#more-found", 5, |t| t.contains("300"));
    page.picture("page-further");
    page.click("#further");
    size(600);
    page.holds("return document.activeElement.id === 'queue'", 5);
    // By name, too; another search begins anew.
    command(&page, "search further");
    size(900);
    page.keys("/");
    page.keys("\u{e009}a\u{e000}knee");
    size(300);
    page.keys("\u{e009}a\u{e000}tight");
    page.holds("return !document.getElementById('further')", 5);
    page.keys(ESCAPE);
    command(&page, "search further");
    page.hears("nothing more further back");
    page.close();
}

#[test]
fn what_was_done_before_today_is_in_a_folder_of_its_own() {
    let Some((_driver, page)) = page("?earlier") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    choose(&page, "folder", "done");
    page.until("#all-done", 5, |t| t.contains("today"));
    choose(&page, "folder", "all-done");
    page.until("#row-m6", 5, |t| {
        t.contains("No reply needed") && t.contains("done Nov 19")
    });
    // One day of it.
    choose(&page, "day", "2026-11-18");
    page.until("#all-done", 5, |t| t == "Nothing was decided on this day.");
    page.picture("page-day");
    choose(&page, "day", "2026-11-19");
    page.there("#row-m6");
    choose(&page, "day", "");
    page.there("#row-m6");
    // Nothing done hides what waits.
    page.until("#to-flags", 5, |t| t == "1 red flag waits");
    page.close();
}

#[test]
fn what_is_done_or_found_has_its_own_order_and_none_is_offered_there() {
    let Some((_driver, page)) = page("?earlier") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    choose(&page, "order", "newest");
    let own = |words: &str| {
        page.until("#own-order", 5, |t| t == words);
        page.holds(
            "return !document.getElementById('order').checkVisibility()",
            5,
        );
    };
    let told = |times: usize| {
        page.holds(
            &format!("return [...document.querySelectorAll('#status p')].filter(p => p.textContent === 'Last decided').length === {times}"),
            5,
        );
    };
    for folder in ["done", "sent", "all-done"] {
        choose(&page, "folder", folder);
        own("Last decided");
    }
    page.picture("page-own-order");
    told(1);
    // A command that changes nothing says why.
    command(&page, "order oldest");
    told(2);
    own("Last decided");
    // Where it counts, what was chosen is still chosen.
    choose(&page, "folder", "waiting");
    page.holds(
        "return document.getElementById('order').value === 'newest' && !document.getElementById('own-order').checkVisibility()",
        5,
    );
    page.click("#search");
    page.keys("refill");
    own("Best match");
    page.hears("Best match");
    page.close();
}

#[test]
fn a_message_is_put_off_and_brought_back_by_key_and_a_red_flag_is_not() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.keys("l");
    page.hears("A red flag cannot be put off");
    page.keys("jj");
    page.until("#subject", 5, |t| t == "A1c result");
    page.keys("m");
    page.until("#row-m3", 5, |t| t.contains("for ada"));
    page.keys("l");
    page.until("#dialog-title", 5, |t| t == "Put off until");
    page.picture("page-later");
    page.holds("return document.activeElement.id === 'later-0'", 5);
    page.keys(ENTER);
    page.holds("return !document.getElementById('row-m3')", 5);
    page.until("#subject", 5, |t| t != "A1c result");
    choose(&page, "folder", "later");
    page.until("#row-m3", 5, |t| t.contains("until"));
    // The red flag is here, too.
    page.there("#row-m1");
    page.click("#row-m3");
    page.until("#subject", 5, |t| t == "A1c result");
    page.keys("l");
    page.holds("return !document.getElementById('row-m3')", 5);
    page.close();
}

#[test]
fn a_message_is_given_to_a_colleague_and_to_nobody_by_key() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.keys("a");
    page.until("#dialog-title", 5, |t| t == "Give to");
    page.holds("return document.activeElement.id === 'give'", 5);
    page.picture("page-give");
    page.keys("be");
    page.until("#gives", 5, |t| t.contains("ben") && !t.contains("ada"));
    page.keys(ENTER);
    page.hears("Given to ben");
    page.until("#row-m1", 5, |t| t.contains("for ben"));
    page.keys("a");
    page.until("#gives", 5, |t| t.contains("has it now"));
    page.keys("nob");
    page.keys(ENTER);
    page.hears("Given back");
    page.until("#row-m1", 5, |t| !t.contains("for ben"));
    page.close();
}

#[test]
fn what_owes_no_reply_is_closed_at_once_after_asking() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    choose(&page, "folder", "thanks");
    page.until("#close-owed-none", 5, |t| t.contains("Close 1 that"));
    page.click("#close-owed-none");
    page.until("#dialog-title", 5, |t| t == "Close what owes no reply?");
    // What is closed is listed, and what is not ticked stays.
    page.until("#close-none-rows", 5, |t| {
        t.contains("Omar Haddad") || !t.is_empty()
    });
    page.click("#close-none-rows input");
    page.holds(
        "return document.getElementById('confirm-close-owed-none').disabled",
        5,
    );
    page.click("#close-none-rows input");
    page.until("#confirm-close-owed-none", 5, |t| t == "Close 1");
    page.click("#confirm-close-owed-none");
    page.hears("1 message closed");
    choose(&page, "folder", "done");
    page.until("#row-m6", 5, |t| t.contains("No reply needed"));
    // Nothing done hides what waits.
    page.until("#to-flags", 5, |t| t == "1 red flag waits");
    page.close();
}

#[test]
fn a_message_that_was_put_off_comes_back_by_itself_and_moves_nothing() {
    let Some((_driver, page)) = page("?later") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.keys("j");
    page.until("#subject", 5, |t| t == "A1c result");
    page.keys("r");
    page.keys(" Mine.");
    let place = "document.getElementById('row-m5').getBoundingClientRect().top";
    page.script("const q = document.getElementById('queue'); q.style.maxHeight = '180px'; q.scrollTop = 160");
    let before = page.script(&format!("return {place}"));
    page.there("#row-m2");
    // The list is put back a moment after its new rows are drawn, and nothing tells when that is over.
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(page.script(&format!("return {place}")), before);
    page.until("#subject", 5, |t| t == "A1c result");
    assert!(page.editor().ends_with(" Mine."));
    page.holds("return document.activeElement.id === 'editor'", 5);
    page.close();
}

#[test]
fn what_is_hidden_is_shown_in_drafts_in_changes_and_in_what_was_sent() {
    let Some((_driver, page)) = page("?out") else {
        return;
    };
    on_the_result(&page);
    let shows = |at: &str, number: &str| {
        page.holds(
            &format!("return document.querySelector('{at} .hidden-character')?.textContent === '{number}'"),
            5,
        );
    };
    command(&page, "draft plainer");
    page.holds(
        "return document.getElementById('editor').value.includes('keep it') && !document.querySelector('.reply.writing')",
        10,
    );
    page.keys("v");
    shows("#variants", "U+202E");
    page.click("#use-draft-0");
    page.holds("return document.activeElement.id === 'editor'", 5);
    page.keys(" And\u{200B}this.");
    page.keys(ESCAPE);
    page.keys("c");
    shows("#difference ins", "U+200B");
    send(&page);
    page.there("#undo-toast");
    choose(&page, "folder", "sent");
    page.click("#row-m3");
    shows("#decided", "U+202E");
    page.click("#correct");
    shows("#corrected", "U+202E");
    page.close();
}

#[test]
fn words_from_right_to_left_run_that_way_and_what_is_hidden_in_them_is_shown() {
    let Some((_driver, page)) = page("?gated") else {
        return;
    };
    page.click("#row-g3");
    page.until("#subject", 5, |t| t.contains("🦵🏽"));
    let runs = |css: &str| {
        page.script(&format!(
            "return getComputedStyle(document.querySelector('{css}')).direction"
        ))
    };
    for css in [
        "#subject",
        "#row-g3 .subject",
        "#row-g3 .preview",
        "#row-g3 .who",
        "#chart h2",
    ] {
        assert_eq!(runs(css), "rtl", "{css}");
    }
    for css in ["#row-g1 .subject", ".entry.open header"] {
        assert_eq!(runs(css), "ltr", "{css}");
    }
    page.until("#anger", 5, |t| {
        t.contains("U+202E") && !t.contains('\u{202E}')
    });
    page.picture("page-right-to-left");
    page.close();
}
