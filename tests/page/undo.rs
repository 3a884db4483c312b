//! Nothing typed is lost, and each decision is taken back while its time runs: corrections, drafts chosen among several, many
//! messages closed at once.

use super::language::choose;
use super::*;

/// Answers the third message with its draft, goes where it lies, and begins a correction.
fn correcting(page: &Page, words: &str) {
    on_the_result(page);
    send(page);
    choose(page, "folder", "sent");
    page.click("#row-m3");
    page.until("#decided", 5, |t| t.contains("A1c"));
    page.click("#correct");
    page.holds("return document.activeElement.id === 'editor'", 5);
    page.keys(words);
    page.holds(
        &format!("return document.getElementById('editor').value === '{words}'"),
        5,
    );
}

/// Locks the page and opens it again.
fn lock_and_unlock(page: &Page) {
    page.keys("\u{e009}l\u{e000}");
    page.there("#lock-screen");
    page.click("#unlock-passphrase");
    page.keys(&format!("{PASSPHRASE}\u{e007}"));
    page.until("#subject", 20, |t| t == "Tight chest");
}

/// The correction is under way, with its words and beside what it puts right.
fn corrects(page: &Page, words: &str) {
    page.until("#accept", 5, |t| t.contains("Send the correction"));
    page.until("#corrected", 5, |t| t.contains("A1c"));
    page.holds(
        &format!("return document.getElementById('editor').value === '{words}'"),
        5,
    );
}

/// The answer came after the person had gone on: it took the words of the message on screen for those that were sent, and
/// the person away from it.
#[test]
fn a_slow_decision_leaves_the_message_that_was_opened_meanwhile_alone() {
    let Some((_driver, page)) = page("?slow") else {
        return;
    };
    on_the_result(&page);
    page.keys("j");
    page.until("#subject", 5, |t| t != "A1c result");
    let next = page.until("#subject", 5, |t| !t.is_empty());
    page.keys("b");
    page.click("#editor");
    page.keys("Words for another.");
    page.keys("\u{e00c}k");
    page.until("#subject", 5, |t| t == "A1c result");
    page.keys("nj");
    page.there("#undo-toast");
    page.until("#subject", 5, |t| t == next);
    assert_eq!(page.editor(), "Words for another.");
    page.holds(
        "return !document.querySelector('#row-m3') || document.querySelector('#row-m3').dataset.state === 'done'",
        5,
    );
    // And it can be taken back from there.
    page.keys("z");
    page.until("#subject", 5, |t| t == "A1c result");
    page.keys("j");
    page.until("#subject", 5, |t| t == next);
    assert_eq!(page.editor(), "Words for another.");
}

#[test]
fn a_correction_that_was_begun_is_there_after_another_message_and_after_a_lock() {
    let Some((_driver, page)) = page("?out") else {
        return;
    };
    let words = "That was the number of last year.";
    correcting(&page, words);
    // To another message and back.
    choose(&page, "folder", "waiting");
    page.click("#row-m1");
    page.until("#subject", 5, |t| t == "Tight chest");
    page.holds("return !document.getElementById('corrected')", 5);
    choose(&page, "folder", "sent");
    page.click("#row-m3");
    page.until("#subject", 5, |t| t == "A1c result");
    corrects(&page, words);
    // Through a lock, at once after a letter.
    page.click("#editor");
    page.keys("!");
    lock_and_unlock(&page);
    choose(&page, "folder", "sent");
    page.click("#row-m3");
    page.until("#subject", 5, |t| t == "A1c result");
    corrects(&page, "That was the number of last year.!");
    // Left on purpose, it is gone for good.
    page.click("#leave-correction");
    page.until("#decided", 5, |t| t.contains("A1c"));
    lock_and_unlock(&page);
    choose(&page, "folder", "sent");
    page.click("#row-m3");
    page.until("#decided", 5, |t| t.contains("A1c"));
    page.close();
}

#[test]
fn a_correction_that_is_undone_comes_back_into_an_editor_that_shows_it() {
    let Some((_driver, page)) = page("?out") else {
        return;
    };
    let words = "That was the number of last year.";
    correcting(&page, words);
    send(&page);
    page.hears("Press Z to undo");
    page.keys("z");
    page.hears("The correction does not go out");
    page.until("#subject", 5, |t| t == "A1c result");
    corrects(&page, words);
    // It can be sent again, and taken back where it stands.
    send(&page);
    page.click("#row-m3");
    page.until("#decided", 5, |t| t.contains("last year"));
    page.click("#decided button");
    corrects(&page, words);
    page.close();
}

#[test]
fn what_is_compared_after_an_undo_or_a_lock_is_the_draft_that_was_edited() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    on_the_result(&page);
    // Not the newest draft: an older one, chosen among them.
    page.keys("v");
    page.click("#use-draft-1");
    page.holds("return document.activeElement.id === 'editor'", 5);
    page.keys(" Mine.");
    let only_mine = || {
        page.holds(
            "return [...document.querySelectorAll('#difference ins')].map(e => e.textContent).join('').trim() === 'Mine.' && !document.querySelector('#difference del')",
            5,
        );
    };
    page.keys(ESCAPE);
    page.keys("c");
    only_mine();
    send(&page);
    page.there("#undo-toast");
    page.until("#subject", 5, |t| t != "A1c result");
    page.keys("z");
    page.until("#subject", 5, |t| t == "A1c result");
    page.keys("c");
    only_mine();
    lock_and_unlock(&page);
    page.keys("jj");
    page.until("#subject", 5, |t| t == "A1c result");
    page.keys("c");
    only_mine();
    page.close();
}

#[test]
fn each_decision_is_undone_by_itself_the_newest_first() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    on_the_result(&page);
    page.keys("n");
    page.until("#subject", 5, |t| t == "Ankle");
    page.holds("return !document.querySelector('.reply.writing')", 20);
    page.keys("n");
    page.until("#subject", 5, |t| t == "Refill");
    page.holds("return document.querySelectorAll('.toast').length === 2", 5);
    page.until("#undo-toast", 5, |t| t.contains("Ana Ruiz"));
    page.picture("page-undo-two");
    // Each is given more time by itself.
    page.holds(
        "const older = document.querySelectorAll('.toast')[1].querySelectorAll('button'); \
         return older.length === 2 && older[1].getAttribute('aria-label').includes('Margaret Osei')",
        5,
    );
    page.script("document.querySelectorAll('.toast')[1].querySelectorAll('button')[1].focus()");
    page.keys(ENTER);
    page.hears("40 seconds to undo.");
    page.holds(
        "const [newest, older] = [...document.querySelectorAll('.toast .seconds')].map(e => parseInt(e.textContent)); return newest <= 10 && older > 30",
        5,
    );
    // The focus stays on a button while the seconds run.
    page.script("document.getElementById('more-time').focus()");
    // Longer than a second: the seconds have been drawn anew at least once.
    std::thread::sleep(std::time::Duration::from_millis(1300));
    page.holds("return document.activeElement.id === 'more-time'", 1);
    page.keys("z");
    page.until("#subject", 5, |t| t == "Ankle");
    page.until("#undo-toast", 5, |t| t.contains("Margaret Osei"));
    page.keys("z");
    page.until("#subject", 5, |t| t == "A1c result");
    page.holds("return !document.querySelector('.toast')", 5);
    page.keys("z");
    page.hears("nothing to undo any more");
    page.close();
}

#[test]
fn a_decision_is_undone_where_it_stands_and_its_words_come_back() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    on_the_result(&page);
    page.keys("r");
    page.keys(" Mine.");
    send(&page);
    page.there("#undo-toast");
    // The bars are gone with a lock, the time is not over.
    lock_and_unlock(&page);
    page.holds("return !document.querySelector('.toast')", 5);
    choose(&page, "folder", "done");
    page.click("#row-m3");
    page.until("#decided", 5, |t| t.contains("Edited and accepted"));
    page.picture("page-decided-undo");
    page.script("document.querySelector('#decided button').focus()");
    page.keys(ENTER);
    page.hears("Undone. The message waits again.");
    page.holds(
        "return document.getElementById('editor')?.value.endsWith(' Mine.')",
        5,
    );
    page.close();
}

#[test]
fn messages_that_were_closed_together_are_undone_together() {
    let Some((_driver, page)) = page("?fifty") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    choose(&page, "folder", "thanks");
    page.until("#close-owed-none", 5, |t| t.contains("Close 9 that"));
    page.click("#close-owed-none");
    page.there("#confirm-close-owed-none");
    page.keys(ENTER);
    page.hears("9 messages closed");
    page.until("#undo-toast", 5, |t| t.contains("9 messages closed"));
    page.keys("t");
    page.hears("40 seconds to undo.");
    page.keys("z");
    page.hears("9 messages wait again");
    page.until("#close-owed-none", 5, |t| t.contains("Close 9 that"));
    page.close();
}
