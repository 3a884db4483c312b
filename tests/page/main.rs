//! The page in headless Chromium, on its fake backend. `cargo xtask test`
//! builds the page and says where it lies; without that the tests say that
//! they were skipped.

#[path = "../support/mod.rs"]
mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use support::{Ended, Page, free_port, session};

const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'";

/// Serves the page under the window's own content policy.
fn serve(folder: PathBuf) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let folder = folder.clone();
            std::thread::spawn(move || {
                let mut stream = stream;
                let mut head = [0; 4096];
                let n = stream.read(&mut head).unwrap_or(0);
                let head = String::from_utf8_lossy(&head[..n]).into_owned();
                let path = head.split_whitespace().nth(1).unwrap_or("/");
                let name = path.trim_start_matches('/').split('?').next().unwrap_or("");
                let name = if name.is_empty() { "index.html" } else { name };
                let kind = match name.rsplit('.').next() {
                    Some("html") => "text/html",
                    Some("js") => "text/javascript",
                    Some("css") => "text/css",
                    Some("wasm") => "application/wasm",
                    _ => "application/octet-stream",
                };
                let _ = match std::fs::read(folder.join(name)) {
                    Ok(body) => stream
                        .write_all(format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Security-Policy: {POLICY}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len()).as_bytes())
                        .and_then(|()| stream.write_all(&body)),
                    Err(_) => stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
                };
            });
        }
    });
    port
}

/// A browser on the page; `None`, with a word, where the page was not built.
fn page(query: &str) -> Option<(Ended, Page)> {
    let Some(folder) = std::env::var_os("COUNTERSIGN_TEST_PAGE") else {
        eprintln!(
            "skipped: COUNTERSIGN_TEST_PAGE is not set; `cargo xtask test` builds the page and sets it"
        );
        return None;
    };
    let site = serve(PathBuf::from(folder));
    let port = free_port();
    let mut driver = Command::new("chromedriver");
    driver.arg(format!("--port={port}"));
    let capabilities = serde_json::json!({"goog:chromeOptions": {"args": [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--window-size=1400,860",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"
    ]}});
    let (server, page) = session(driver, &[port], &capabilities);
    page.0
        .goto(&format!("http://127.0.0.1:{site}/{query}"))
        .expect("the page");
    Some((server, page))
}

const CTRL_ENTER: &str = "\u{e009}\u{e007}\u{e000}";
const ESCAPE: &str = "\u{e00c}";

#[test]
fn a_message_is_reviewed_by_keyboard_alone() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    // The red flag comes first, and no draft is made for it.
    page.until("#red-flag", 5, |t| t.contains("Call the patient now"));
    page.holds("return document.getElementById('accept').disabled", 5);
    page.picture("page-red-flag");

    page.keys("jj");
    page.until("#subject", 5, |t| t == "A1c result");
    page.holds(
        "return document.getElementById('editor').value.includes('7.4')",
        5,
    );
    page.keys("r");
    page.holds("return document.activeElement.id === 'editor'", 5);
    // Single letters rest in the editor.
    page.keys(" njz");
    assert!(page.editor().ends_with(" njz"));
    page.keys(ESCAPE);
    page.keys("c");
    page.until("#difference", 5, |t| t.contains("njz"));
    page.picture("page-difference");
    page.keys("r");
    page.keys(CTRL_ENTER);
    // The last look before it goes out.
    page.until("#sign-off-to", 5, |t| t == "Margaret Osei");
    page.until("#outgoing", 5, |t| t.ends_with("njz"));
    page.picture("page-sign-off");
    page.keys(ESCAPE);
    page.holds("return !document.getElementById('outgoing')", 5);
    page.keys(CTRL_ENTER);
    page.there("#outgoing");
    page.keys(CTRL_ENTER);
    page.until("#undo-toast", 5, |t| t.contains("Edited and accepted"));
    page.keys("t");
    page.hears("30 seconds to undo.");
    page.hears("Press Z to undo");
    page.until("#subject", 5, |t| t != "A1c result");
    page.keys("z");
    page.until("#subject", 5, |t| t == "A1c result");
    page.holds(
        "return document.getElementById('editor').value.endsWith('njz')",
        5,
    );
    page.close();
}

const F8: &str = "\u{e038}";
const ENTER: &str = "\u{e007}";

#[test]
fn serious_findings_hold_accept_back_until_each_is_checked_or_mended() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.click("#row-m5");
    page.until("#subject", 10, |t| t == "Refill");
    page.keys("r");
    page.keys(" Take 80 mg twice a day. We will call you.");
    page.until("#findings", 5, |t| {
        t.contains("2 findings to resolve") && t.contains("Chart: Atorvastatin 80 mg")
    });
    page.holds("return document.getElementById('accept').disabled", 5);
    page.holds(
        "return document.querySelectorAll('#marks mark.serious').length === 2",
        5,
    );
    page.picture("page-findings");
    // From the editor to the first finding, and with Enter to the next.
    page.keys(F8);
    page.holds("return document.activeElement.id === 'finding-0'", 5);
    page.keys(ENTER);
    page.until("#findings", 5, |t| t.contains("1 finding to resolve"));
    page.holds("return document.activeElement.id === 'finding-1'", 5);
    page.keys(ENTER);
    page.until("#findings", 5, |t| t.contains("all resolved"));
    page.holds("return !document.getElementById('accept').disabled", 5);
    // What is mended is no finding any more; what was checked stays checked.
    page.keys("r");
    page.keys("\u{e003}\u{e003}");
    page.until("#findings", 5, |t| {
        t.contains("all resolved") && !t.contains("twice a day for")
    });
    page.keys(CTRL_ENTER);
    page.until(".settled", 5, |t| t.contains("you checked it"));
    page.picture("page-sign-off-findings");
    page.keys(CTRL_ENTER);
    page.until("#undo-toast", 5, |t| t.contains("Edited and accepted"));
    page.close();
}

#[test]
fn what_was_typed_is_there_when_the_message_is_opened_again() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.click("#row-m3");
    page.until("#subject", 10, |t| t == "A1c result");
    page.keys("r");
    page.keys(" Keep it up");
    page.keys(ESCAPE);
    page.keys("j");
    page.until("#subject", 5, |t| t == "Ankle");
    page.keys("k");
    page.until("#subject", 5, |t| t == "A1c result");
    page.holds(
        "return document.getElementById('editor').value.endsWith('Keep it up')",
        5,
    );
    page.close();
}

#[test]
fn a_draft_streams_into_the_editor_and_markup_in_a_message_stays_text() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.click("#row-m4");
    page.until("#subject", 5, |t| t == "Ankle");
    page.until("#draft-line", 10, |t| t.contains("Writing"));
    page.until("#draft-line", 20, |t| t.contains("Draft by fake-model"));
    assert!(
        page.editor()
            .contains("Is the swelling worse in the evening?")
    );
    assert_eq!(
        page.script("return document.querySelectorAll('.entry img').length"),
        0
    );
    page.until(".entry .body", 5, |t| {
        t.contains("<img src=x onerror=alert(1)>")
    });
    page.close();
}

#[test]
fn escape_stops_a_draft_and_keeps_what_is_there() {
    let Some((_driver, page)) = page("?slow") else {
        return;
    };
    page.click("#row-m4");
    page.holds(
        "return document.getElementById('editor').value.startsWith('Hello Ana')",
        10,
    );
    page.picture("page-streaming");
    page.keys(ESCAPE);
    page.until("#draft-line", 10, |t| t.contains("Draft by"));
    let text = page.editor();
    assert!(
        text.starts_with("Hello Ana") && !text.contains("Your care team"),
        "{text}"
    );
    page.close();
}

#[test]
fn discard_asks_for_a_reason_and_escalate_for_a_name() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.click("#row-m5");
    page.until("#subject", 5, |t| t == "Refill");
    page.keys("x");
    page.until("#dialog-title", 5, |t| t.contains("discard"));
    page.holds(
        "return document.getElementById('confirm-discard').disabled",
        5,
    );
    page.picture("page-discard");
    page.click("input[value='wrong_tone']");
    page.click("#confirm-discard");
    page.until("#undo-toast", 5, |t| t.contains("Draft discarded"));
    page.click("#row-m2");
    page.until("#subject", 5, |t| t == "Breathing worse");
    page.keys("s");
    page.there("#escalate-to");
    page.click("#escalate-to");
    page.keys("Triage nurse\u{e007}");
    page.until("#undo-toast", 5, |t| t.contains("Escalated"));
    page.close();
}

#[test]
fn another_draft_does_not_write_over_what_was_typed() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.click("#row-m3");
    page.until("#subject", 5, |t| t == "A1c result");
    page.click("#editor");
    page.keys(" Mine.");
    page.keys(ESCAPE);
    page.keys("g");
    page.hears("The draft is being written.The draft is ready.");
    assert!(page.editor().contains("Mine."), "{}", page.editor());
    page.keys("d");
    assert!(
        page.editor().starts_with("Hello Ana"),
        "the new draft is one key away"
    );
    page.close();
}

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
    page.close();
}

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

const PASSPHRASE: &str = "correct horse battery";

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
    page.until("#differ", 5, |t| t.contains("differ"));
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

/// Chooses from a select as a person does who types its first letters.
fn choose(page: &Page, id: &str, value: &str) {
    page.script(&format!(
        "const s = document.getElementById('{id}'); s.value = '{value}'; s.dispatchEvent(new Event('change', {{bubbles: true}}))"
    ));
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
fn what_owes_no_reply_is_closed_at_once_after_asking() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    choose(&page, "folder", "thanks");
    page.until("#close-owed-none", 5, |t| t.contains("Close 1 that"));
    page.click("#close-owed-none");
    page.until("#dialog-title", 5, |t| t == "Close what owes no reply?");
    page.click("#confirm-close-owed-none");
    page.hears("1 message closed");
    choose(&page, "folder", "done");
    page.until("#row-m6", 5, |t| t.contains("No reply needed"));
    // Nothing done hides what waits.
    page.until("#to-flags", 5, |t| t == "1 red flag waits");
    page.close();
}

#[test]
fn every_command_is_found_by_the_beginnings_of_its_words() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.keys("\u{e009}k\u{e000}");
    page.holds("return document.activeElement.id === 'command'", 5);
    page.picture("page-palette");
    page.keys("next mes");
    page.holds(
        "return document.querySelectorAll('#commands li').length === 1",
        5,
    );
    page.keys(ENTER);
    page.until("#subject", 5, |t| t == "Breathing worse");
    page.keys("\u{e009}k\u{e000}");
    page.holds("return document.activeElement.id === 'command'", 5);
    page.keys("folder la");
    page.keys(ENTER);
    page.holds(
        "return document.getElementById('folder').value === 'later'",
        5,
    );
    page.keys("\u{e009}k\u{e000}");
    page.holds("return document.activeElement.id === 'command'", 5);
    page.keys("edit");
    page.keys(ENTER);
    page.holds("return document.activeElement.id === 'editor'", 5);
    page.close();
}

#[test]
fn another_draft_can_be_asked_for_shorter() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.click("#row-m3");
    page.until("#subject", 10, |t| t == "A1c result");
    page.keys("p");
    page.holds("return document.activeElement.id === 'preset-0'", 5);
    page.picture("page-presets");
    page.keys(ENTER);
    page.hears("The draft is ready.");
    page.holds(
        "return document.getElementById('editor').value.startsWith('Hello, please rest it.')",
        5,
    );
    page.close();
}
