//! The real window through tauri-driver, with the real small model: import,
//! wait for a draft, edit, accept, undo, accept again, restart; the decision is
//! there and the export holds it.

mod fifty;
mod flows;
#[path = "../support/mod.rs"]
mod support;

use std::path::Path;
use std::process::Command;
use support::{Ended, PASSPHRASE, Page, USER, free_port, session, signed_in, small_model};

const CTRL_ENTER: &str = "\u{e009}\u{e007}\u{e000}";
const ESCAPE: &str = "\u{e00c}";
const ENTER: &str = "\u{e007}";

/// A window on a record; `None`, with a word, where no driver was built.
fn window(data: &Path, models: &Path) -> Option<(Ended, Page)> {
    let Some(driver) = std::env::var_os("COUNTERSIGN_TAURI_DRIVER") else {
        eprintln!(
            "skipped: COUNTERSIGN_TAURI_DRIVER is not set; `cargo xtask test` builds the driver and sets it"
        );
        return None;
    };
    let (port, native) = (free_port(), free_port());
    let mut server = Command::new(driver);
    server
        .args([
            "--port",
            &port.to_string(),
            "--native-port",
            &native.to_string(),
        ])
        .env("COUNTERSIGN_MODELS", models);
    // What the window's engine keeps of its own lies beside the record, where the test looks through it.
    let home = data.with_file_name("home");
    for (name, folder) in PROFILE {
        let folder = home.join(folder);
        std::fs::create_dir_all(&folder).expect("made");
        server.env(name, folder);
    }
    let capabilities = serde_json::json!({"tauri:options": {
        "application": env!("CARGO_BIN_EXE_countersign"),
        "args": ["--data", data.to_str().expect("a path")],
    }});
    let (server, page) = session(server, &[port, native], &capabilities);
    Some((server, page))
}

/// Where the window's engine and the system's libraries keep what is theirs.
const PROFILE: [(&str, &str); 5] = [
    ("XDG_DATA_HOME", "data"),
    ("XDG_CACHE_HOME", "cache"),
    ("XDG_CONFIG_HOME", "config"),
    ("XDG_STATE_HOME", "state"),
    ("TMPDIR", "tmp"),
];

/// Files under a folder, the models left out.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let kind = entry.file_type().expect("a kind");
        if kind.is_dir() && !path.ends_with("models") {
            found.extend(files(&path));
        } else if kind.is_file() {
            found.push(path);
        }
    }
    found
}

/// Fails where words of the session lie in the clear: in the record, its log, the profile of the window, a temporary file.
fn no_canary_under(folder: &Path) {
    let words = [
        "Edited by the test",
        "Refill atorvastatin",
        "Call the patient now",
        PASSPHRASE,
        "Whitcomb",
    ];
    let all = files(folder);
    assert!(
        all.iter().any(|f| f.starts_with(folder.join("home"))),
        "the window keeps something of its own: {all:?}"
    );
    for file in all {
        let bytes = std::fs::read(&file).unwrap_or_default();
        for word in words {
            let wide: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for canary in [word.as_bytes(), &wide] {
                assert!(
                    !bytes.windows(canary.len()).any(|w| w == canary),
                    "“{word}” lies in {}",
                    file.display()
                );
            }
        }
    }
}

/// A window on a record that messages of a file were read into, and no model; `None` where no driver was built.
fn with_messages(data: &Path, file: &Path) -> Option<(Ended, Page)> {
    let models = data.with_file_name("no-models");
    std::fs::create_dir_all(&models).expect("made");
    let out = signed_in(data)
        .arg("import")
        .arg(file)
        .output()
        .expect("runs");
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    let (driver, page) = window(data, &models)?;
    unlock(&page);
    Some((driver, page))
}

/// Leaves the editor, and looks at what was found and checks it, one after the other.
fn check_findings(page: &Page) {
    page.keys(ESCAPE);
    for _ in 0..12 {
        if page.script("return document.getElementById('accept').disabled") != true {
            break;
        }
        page.keys("f");
        page.keys(ENTER);
    }
}

/// No failure is told.
fn no_failure(page: &Page, after: &str) {
    assert_eq!(
        page.script("return document.querySelector('.notice.failure')?.textContent ?? ''"),
        "",
        "after {after}"
    );
}

/// What happened is on record without a gap.
fn audit_holds(data: &Path) {
    let out = signed_in(data)
        .args(["audit", "verify"])
        .output()
        .expect("runs");
    assert!(out.status.success());
}

/// Types the passphrase on the lock screen.
fn unlock(page: &Page) {
    page.until("#unlock", 60, |t| t == "Unlock");
    page.click("#unlock-passphrase");
    page.keys(PASSPHRASE);
    page.click("#unlock");
}

#[test]
fn a_reply_is_drafted_edited_accepted_undone_accepted_and_survives_a_restart() {
    let dir = tempfile::tempdir().expect("dir");
    let (data, models) = (dir.path().join("record"), dir.path().join("models"));
    std::fs::create_dir_all(&models).expect("made");
    let small = small_model();
    std::fs::hard_link(&small, models.join(small.file_name().expect("a name")))
        .or_else(|_| {
            std::fs::copy(&small, models.join(small.file_name().expect("a name"))).map(|_| ())
        })
        .expect("the model");

    let Some((driver, page)) = window(&data, &models) else {
        return;
    };
    // The first start makes an encrypted record; both codes are shown once.
    page.until("#first-start", 60, |t| t.contains("Make your record"));
    page.click("#new-user");
    page.keys(USER);
    page.click("#new-licence option[value='physician']");
    for field in ["#new-passphrase", "#new-passphrase-again"] {
        page.click(field);
        page.keys(PASSPHRASE);
    }
    page.click("#create-record");
    page.until("#recovery-code", 30, |t| t.len() == 39);
    page.click("#codes-noted");
    page.click("#codes-done");
    page.until("#welcome", 60, |t| t.contains("Your in-basket is empty"));
    page.click("#sample");
    page.until("#red-flag", 30, |t| t.contains("Call the patient now"));
    // The tour is offered the first time; it goes with Escape.
    page.there("#tour");
    page.keys(ESCAPE);
    page.until("#engine", 30, |t| t.contains("No model"));

    // The small model is for tests and never a default: it is chosen by hand.
    page.click("#models");
    page.until(".models", 10, |t| t.contains("smollm2-135m"));
    // It is described and tried before it is used: a drafter of its own loads the real model.
    page.click("#describe-smollm2-135m-instruct-q4_1");
    page.until(".facts", 20, |t| t.contains("MB that are free now"));
    page.click("#try-smollm2-135m-instruct-q4_1");
    page.until(".speed", 90, |t| t.contains("tokens/s"));
    page.click("#use-smollm2-135m-instruct-q4_1");
    page.until("#engine", 60, |t| t.contains("wait for drafts"));

    page.click("#row-message-03-1");
    page.until("#subject", 10, |t| t == "Refill atorvastatin");
    page.until("#draft-line", 180, |t| {
        t.contains("Draft by smollm2-135m-instruct-q4_1")
    });
    let draft = page.editor();
    assert!(draft.ends_with("Your care team"), "{draft}");

    page.click("#editor");
    page.keys(" Edited by the test.");
    page.keys(ESCAPE);
    // What is typed is kept through a lock; while it is locked nothing of the record is in the page.
    page.keys("\u{e009}l\u{e000}");
    // WebKit's driver gives no text of a form that holds a list of choices, so scripts ask.
    page.holds(
        "return document.querySelector('#lock-screen h1')?.innerText === 'Countersign is locked'",
        20,
    );
    page.holds(
        "return !document.documentElement.outerHTML.includes('Edited by the test') && !document.querySelector('.queue, #editor')",
        10,
    );
    page.until("#flags-waiting", 5, |t| t.contains("behind this lock"));
    unlock(&page);
    page.click("#row-message-03-1");
    page.holds(
        "return document.getElementById('editor')?.value.includes('Edited by the test.')",
        20,
    );
    page.keys("c");
    page.until("#difference", 10, |t| t.contains("Edited by the test."));
    // The small model's draft has findings: each is looked at and checked.
    page.holds(
        "document.querySelectorAll('#findings li.serious:not(.done) button').forEach(b => b.click());
         return document.querySelector('.reply').dataset.checks === 'done' &&
             !document.querySelector('#findings li.serious:not(.done)') && !document.getElementById('accept').disabled",
        20,
    );
    page.keys("r");
    page.keys(CTRL_ENTER);
    page.there("#outgoing");
    page.keys(CTRL_ENTER);
    page.until("#undo-toast", 10, |t| t.contains("Edited and accepted"));
    page.until("#subject", 10, |t| t != "Refill atorvastatin");
    page.click("#undo");
    page.until("#subject", 10, |t| t == "Refill atorvastatin");
    page.holds(
        "return document.getElementById('editor').value.includes('Edited by the test.')",
        10,
    );
    page.click("#accept");
    page.there("#outgoing");
    page.click("#send");
    page.until("#undo-toast", 10, |t| t.contains("Edited and accepted"));
    page.holds("return !document.getElementById('row-message-03-1')", 10);
    // Looked through while the window is open, and again when it is gone.
    no_canary_under(dir.path());
    page.close();
    drop(driver);
    no_canary_under(dir.path());

    let Some((driver, page)) = window(&data, &models) else {
        return;
    };
    unlock(&page);
    page.until("#red-flag", 60, |t| t.contains("Call the patient now"));
    page.click("#folder option[value='done']");
    page.click("#row-message-03-1");
    page.until("#decided", 10, |t| {
        t.contains("Edited and accepted") && t.contains("Edited by the test.")
    });
    page.close();
    drop(driver);

    // By now the undo window of ten seconds is over, or it soon is.
    let out = dir.path().join("out");
    let export = |format: &str| {
        let status = signed_in(&data)
            .args(["export", "--format", format, "--out"])
            .arg(&out)
            .args(["--identified", "--reason", "the chart of a test"])
            .output()
            .expect("the program runs");
        assert!(
            status.status.success(),
            "{}",
            String::from_utf8_lossy(&status.stderr)
        );
    };
    for _ in 0..30 {
        export("dpo");
        if std::fs::metadata(out.join("dpo.jsonl")).is_ok_and(|m| m.len() > 0) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
    let line: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(out.join("dpo.jsonl")).expect("written"))
            .expect("one line of JSON");
    assert_eq!(
        line["rejected"][0]["content"].as_str(),
        Some(draft.as_str())
    );
    assert!(
        line["chosen"][0]["content"]
            .as_str()
            .is_some_and(|t| t.contains("Edited by the test."))
    );
    assert_eq!(line["prompt"][0]["role"], "system");
    for format in ["sft", "kto", "csv", "fhir"] {
        export(format);
    }
    for file in [
        "sft.jsonl",
        "sft.sidecar.jsonl",
        "kto.jsonl",
        "replies.csv",
        "feedback.csv",
        "replies.fhir.json",
    ] {
        let text = std::fs::read_to_string(out.join(file)).expect("written");
        assert!(
            file.contains("sidecar") || text.contains("Edited by the test."),
            "{file}"
        );
    }
    audit_holds(&data);
}
