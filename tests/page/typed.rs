//! What is typed is saved while it is typed, and the person knows when it is not.

use super::*;

/// Whether the fake desk keeps words that hold these.
fn kept(page: &Page, words: &str, seconds: u64) {
    page.holds(
        &format!("return (document.body.dataset.kept ?? '').includes('{words}')"),
        seconds,
    );
}

/// In an empty editor.
fn in_the_editor(page: &Page) {
    on_the_result(page);
    page.keys("b");
    page.holds("return document.activeElement.id === 'editor'", 5);
}

#[test]
fn words_are_saved_while_they_are_typed_without_a_rest() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    in_the_editor(&page);
    let begun = std::time::Instant::now();
    let mut saved = false;
    while !saved && begun.elapsed().as_secs() < 6 {
        page.keys("x");
        // A third of what counts as a rest.
        std::thread::sleep(std::time::Duration::from_millis(200));
        saved = page.script("return (document.body.dataset.kept ?? '').includes('xxx')") == true;
    }
    assert!(saved, "nothing was saved in {:?}", begun.elapsed());
    page.close();
}

#[test]
fn words_are_saved_at_once_when_the_window_is_left_or_closed() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    in_the_editor(&page);
    for (words, event) in [
        (
            "One.",
            "document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))",
        ),
        ("Two.", "window.dispatchEvent(new Event('pagehide'))"),
    ] {
        // In one go, so that no rest comes between.
        let at_once = page.script(&format!(
            "const e = document.getElementById('editor'); e.value += '{words}'; e.dispatchEvent(new InputEvent('input', {{bubbles: true}})); {event}; return new Promise(done => setTimeout(() => done(document.body.dataset.kept ?? ''), 50))"
        ));
        assert!(
            at_once.as_str().is_some_and(|kept| kept.ends_with(words)),
            "{at_once}"
        );
    }
    page.close();
}

#[test]
fn words_that_are_not_saved_are_told_of_until_they_are() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    in_the_editor(&page);
    page.keys("This cannot be kept");
    page.until("#not-kept", 5, |t| {
        t.contains("not saved") && t.contains("Make room on the disk")
    });
    page.picture("page-not-kept");
    page.keys("\u{e003}");
    kept(&page, "This cannot be kep", 5);
    page.holds("return !document.getElementById('not-kept')", 5);
    page.close();
}
