//! Fifty messages in the real window, by keyboard alone.

use super::{CTRL_ENTER, ENTER, audit_holds, check_findings, no_failure, with_messages};
use std::io::Write;

/// Fifty messages of the triage set, every kind among them, as a file of JSON lines.
fn fifty(path: &std::path::Path) {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let set = std::path::Path::new(&root).join("tests/sets/triage.jsonl");
    let all = std::fs::read_to_string(set).expect("the set");
    let all: Vec<serde_json::Value> = all
        .lines()
        .map(|l| serde_json::from_str(l).expect("JSON"))
        .collect();
    let mut file = std::fs::File::create(path).expect("made");
    for (i, line) in all.iter().step_by(all.len() / 50).take(50).enumerate() {
        let row = serde_json::json!({
            "message_id": format!("fifty-{i}"), "thread_id": format!("thread-{i}"), "patient_id": format!("patient-{i}"),
            "patient_name": format!("Patient {}", ["Ames", "Boyd", "Cruz", "Diaz", "Egan"][i % 5]),
            "sent_at": format!("2026-11-2{}T0{}:{:02}:00Z", i % 7, i % 10, i), "sender_role": "patient",
            "subject": format!("Message {i}"), "body": line["message"],
        });
        writeln!(file, "{row}").expect("written");
    }
}

#[test]
fn fifty_messages_are_reviewed_in_the_real_window_by_keyboard_alone() {
    let dir = tempfile::tempdir().expect("dir");
    let data = dir.path().join("record");
    let file = dir.path().join("fifty.jsonl");
    fifty(&file);
    let Some((driver, page)) = with_messages(&data, &file) else {
        return;
    };
    page.there("#subject");
    let mut ways = std::collections::BTreeMap::<&str, u32>::new();
    for n in 0..50 {
        // The row goes before its message: what stands above it belongs to the message.
        page.holds(
            "const row = document.querySelector('.row-item.chosen .subject'); return !!row && document.getElementById('subject')?.textContent === row.textContent",
            15,
        );
        let now = page.script(
            "const at = id => !!document.getElementById(id);
             return {row: document.querySelector('.row-item.chosen')?.dataset.message, flag: at('red-flag'), none: at('no-reply-owed'), template: at('template')}",
        );
        let row = now["row"].as_str().expect("a message is open").to_owned();
        let way = if now["none"] == true {
            "close"
        } else if now["flag"] == true && n % 3 == 0 {
            "escalate"
        } else if now["flag"] == true || now["template"] == true {
            "fixed"
        } else {
            "write"
        };
        match way {
            "close" => page.keys("n"),
            "escalate" => {
                page.keys("s");
                page.there("#escalate-to");
                // Nobody of the list, whose suggestion would take Enter for itself.
                page.keys("Dr. Osei");
                page.keys(ENTER);
            }
            "fixed" => page.keys("w"),
            _ => {
                page.keys("r");
                page.keys("Thank you for telling us. I have read it.");
            }
        }
        if matches!(way, "fixed" | "write") {
            page.holds(
                "return document.getElementById('editor').value.trim() !== '' && document.querySelector('.reply').dataset.checks === 'done'",
                10,
            );
            check_findings(&page);
            page.keys(CTRL_ENTER);
            page.there("#outgoing");
            page.keys(CTRL_ENTER);
        }
        page.holds(
            &format!(
                "return !document.querySelector('dialog') && document.querySelector('.row-item.chosen')?.dataset.message !== '{row}'"
            ),
            15,
        );
        no_failure(&page, &format!("{n}, {way}"));
        *ways.entry(way).or_default() += 1;
    }
    page.there("#all-done");
    assert!(ways.len() >= 3, "{ways:?}");
    page.close();
    drop(driver);
    audit_holds(&data);
}
