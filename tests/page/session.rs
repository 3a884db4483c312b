//! First start, locks, people; and the page without messages, model or drafter.

use super::*;

#[test]
fn empty_no_model_and_failed_say_what_to_do() {
    let Some((_driver, page)) = page("?empty") else {
        return;
    };
    page.until("#welcome", 20, |t| t.contains("Your in-basket is empty"));
    page.picture("page-empty");
    page.click("#sample");
    page.until("#subject", 10, |t| t == "Tight chest");
    page.click("#import");
    page.until("#notice", 5, |t| t.contains("week.json, line 2"));
    page.close();

    let Some((_driver, page)) = self::page("?no-model") else {
        return;
    };
    page.until("#engine", 20, |t| t.contains("No model"));
    page.until("#no-model", 5, |t| t.contains("choose a model file"));
    page.picture("page-no-model");
    page.close();

    let Some((_driver, page)) = self::page("?failed") else {
        return;
    };
    page.until("#engine-failure", 20, |t| t.contains("3000 MB"));
    page.picture("page-failed");
    page.close();
}

#[test]
fn the_tour_is_offered_once_on_the_sample_and_goes_with_escape() {
    let Some((_driver, page)) = page("?empty") else {
        return;
    };
    page.there("#welcome");
    page.click("#sample");
    page.until("#tour", 10, |t| t.contains("1 of 5"));
    page.holds("return document.activeElement.id === 'tour-next'", 5);
    page.until("#subject", 10, |t| t == "Tight chest");
    page.picture("page-tour-offered");
    page.keys(ESCAPE);
    page.holds("return !document.getElementById('tour')", 5);
    // It is remembered over a start.
    page.script("location.reload()");
    page.there("#welcome");
    page.click("#sample");
    page.until("#subject", 10, |t| t == "Tight chest");
    // Nothing tells that no tour is offered but that none is there after a while.
    std::thread::sleep(std::time::Duration::from_millis(300));
    page.holds("return !document.getElementById('tour')", 1);
    page.close();
}

#[test]
fn dark_help_settings_and_models() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.keys("?");
    page.until("dialog", 5, |t| t.contains("shows what goes out"));
    page.picture("page-help");
    page.keys(ESCAPE);
    page.click("#settings");
    page.click("#theme option[value='dark']");
    page.holds(
        "return document.documentElement.dataset.theme === 'dark'",
        5,
    );
    page.picture("page-settings-dark");
    page.click("#single-keys");
    page.click("#close-dialog");
    page.holds("return !document.querySelector('dialog')", 5);
    page.keys("j");
    std::thread::sleep(std::time::Duration::from_millis(300));
    page.until("#subject", 5, |t| t == "Tight chest");
    page.picture("page-dark");
    page.click("#models");
    page.until(".models", 5, |t| t.contains("fake-model"));
    page.close();
}

#[test]
fn the_first_start_makes_a_record_by_keyboard_and_shows_the_codes_once() {
    let Some((_driver, page)) = page("?first") else {
        return;
    };
    page.until("#first-start", 20, |t| t.contains("Make your record"));
    page.picture("page-first-start");
    page.click("#new-user");
    page.keys("ada\u{e004}\u{e004}short\u{e004}short\u{e007}");
    page.until("#entry-failure", 10, |t| t.contains("at least 10"));
    for field in ["new-passphrase", "new-passphrase-again"] {
        page.script(&format!("document.getElementById('{field}').select()"));
        page.click(&format!("#{field}"));
        page.keys("\u{e009}a\u{e000}");
        page.keys(if field == "new-passphrase" {
            PASSPHRASE
        } else {
            "another one"
        });
    }
    page.until("#new-passphrase-again-error", 5, |t| t.contains("differ"));
    page.keys("\u{e009}a\u{e000}");
    page.keys(&format!("{PASSPHRASE}\u{e007}"));
    page.until("#recovery-code", 10, |t| t.len() == 39);
    page.picture("page-codes");
    page.holds("return document.getElementById('codes-done').disabled", 5);
    page.click("#codes-noted");
    page.click("#codes-done");
    page.until("#subject", 20, |t| t == "Tight chest");
    page.holds("return !document.body.innerText.includes('0000-1111')", 5);
    page.close();
}

#[test]
fn a_locked_page_holds_nothing_and_opens_with_the_passphrase() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.keys("\u{e009}l\u{e000}");
    page.until("#lock-screen", 10, |t| t.contains("Countersign is locked"));
    page.until("#flags-waiting", 5, |t| t.contains("1 red flag"));
    page.holds(
        "return !['Whitcomb', 'Tight chest', 'Osei'].some(t => document.documentElement.outerHTML.includes(t))",
        5,
    );
    // The focus is where the passphrase goes.
    page.holds(
        "return document.activeElement?.id === 'unlock-passphrase'",
        5,
    );
    page.picture("page-locked");
    page.keys("not this one\u{e007}");
    page.until("#entry-failure", 10, |t| t.contains("not right"));
    page.holds(
        "return document.getElementById('unlock-passphrase').value === ''",
        5,
    );
    page.click("#break-glass");
    page.until("#lock-screen", 5, |t| {
        t.contains("Emergency access goes on the audit")
    });
    page.picture("page-break-glass");
    page.click("#break-glass");
    page.click("#unlock-passphrase");
    page.keys(&format!("{PASSPHRASE}\u{e007}"));
    page.until("#subject", 20, |t| t == "Tight chest");
    page.close();
}

#[test]
fn words_typed_before_a_lock_are_there_after_it() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.keys("jj");
    page.until("#subject", 10, |t| t == "A1c result");
    page.keys("r");
    page.keys(" Kept through the lock.");
    page.keys("\u{e009}l\u{e000}");
    page.there("#lock-screen");
    page.click("#unlock-passphrase");
    page.keys(&format!("{PASSPHRASE}\u{e007}"));
    page.until("#subject", 20, |t| t == "Tight chest");
    page.keys("jj");
    page.until("#subject", 10, |t| t == "A1c result");
    page.holds(
        "return document.getElementById('editor').value.includes('Kept through the lock.')",
        10,
    );
    page.close();
}

#[test]
fn an_admin_adds_and_removes_a_person() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.click("#settings");
    page.click("#people-button");
    page.until("#people", 10, |t| t.contains("ben"));
    page.click("#person-name");
    page.keys("cleo");
    page.click("#person-passphrase");
    page.keys("a first passphrase\u{e007}");
    page.until("#people", 10, |t| t.contains("cleo"));
    page.picture("page-people");
    page.click("[aria-label='Remove ben']");
    page.until("#people", 10, |t| !t.contains("ben"));
    page.close();
}

#[test]
fn a_clinics_rules_are_chosen_and_taken_away_in_the_settings() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.click("#settings");
    page.until("#own-rules", 5, |t| t == "none");
    page.holds(
        "return document.getElementById('clear-own-rules').disabled",
        5,
    );
    page.click("#pick-own-rules");
    page.until("#own-rules", 5, |t| t == "1 rule");
    page.picture("page-own-rules");
    page.click("#clear-own-rules");
    page.until("#own-rules", 5, |t| t == "none");
    page.close();
}

#[test]
fn the_keyring_opens_the_record_where_it_is_offered_and_can_be_taken_back() {
    let Some((_driver, page)) = page("?remembered") else {
        return;
    };
    page.until("#lock-screen", 20, |t| t.contains("Countersign is locked"));
    page.until("#unlock-keyring", 5, |t| t.contains("keyring"));
    // Not for a name that it keeps nothing for.
    page.click("#unlock-user");
    page.keys("\u{e009}a\u{e000}ben");
    page.holds("return !document.getElementById('unlock-keyring')", 5);
    page.keys("\u{e009}a\u{e000}ada");
    page.picture("page-locked-keyring");
    page.click("#unlock-keyring");
    page.until("#subject", 20, |t| t == "Tight chest");
    // Behind a lock there is no way in without a passphrase.
    page.keys("\u{e009}l\u{e000}");
    page.there("#lock-screen");
    page.holds("return !document.getElementById('unlock-keyring')", 5);
    page.close();
}

#[test]
fn the_keyring_is_let_in_by_the_clinic_and_then_by_a_passphrase() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.click("#settings");
    page.click("#own-passphrase-button");
    page.until("dialog", 5, |t| t.contains("The clinic has not let it in"));
    page.click("#close-dialog");
    page.click("#settings");
    page.click("#keyring");
    page.click("#back-up-now");
    page.until("#back-up-said", 5, |t| t.contains("Choose a folder"));
    page.click("#backup-folder-pick");
    page.until("#backup-folder", 5, |t| t == "/srv/clinic");
    page.click("#back-up-now");
    page.until("#back-up-said", 5, |t| t == "Written and checked.");
    page.picture("page-settings-backups");
    page.click("#own-passphrase-button");
    page.click("#remember-passphrase");
    page.keys("not this one\u{e007}");
    page.until("#keyring-said", 5, |t| t.contains("not right"));
    page.click("#remember-passphrase");
    page.keys(&format!("{PASSPHRASE}\u{e007}"));
    page.until("#keyring-said", 5, |t| {
        t.contains("opens the record for you")
    });
    page.picture("page-keyring");
    page.click("#forget");
    page.until("#keyring-said", 5, |t| t.contains("keeps nothing"));
    page.close();
}

#[test]
fn new_codes_are_asked_twice_and_shown_once() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.click("#settings");
    page.click("#people-button");
    page.click("#new-codes");
    page.until("dialog", 5, |t| t.contains("open nothing any more"));
    page.click("#confirm-new-codes");
    page.until("#recovery-code", 5, |t| t.len() == 39);
    page.picture("page-new-codes");
    page.click("#close-dialog");
    page.holds("return !document.body.innerText.includes('0000-1111')", 5);
    page.close();
}

#[test]
fn what_is_copied_or_printed_is_told_to_the_desk() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.script("getSelection().selectAllChildren(document.getElementById('subject'))");
    page.keys("\u{e009}c\u{e000}");
    page.holds(
        "return (document.body.dataset.taken || '').startsWith('Clipboard ') && document.body.dataset.taken.endsWith(' 11')",
        5,
    );
    page.script("window.dispatchEvent(new Event('beforeprint'))");
    page.holds("return document.body.dataset.taken.includes('Printer ')", 5);
    page.close();
}
