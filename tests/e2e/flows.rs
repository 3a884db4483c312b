//! The real window beside the draft: search, later, a report of a safety problem, training, and a correction of what was sent.

use super::{CTRL_ENTER, ENTER, ESCAPE, audit_holds, check_findings, no_failure, with_messages};
use std::path::Path;

const CTRL_K: &str = "\u{e009}k\u{e000}";
const F9: &str = "\u{e039}";

/// Three messages: a red flag and two that can wait.
fn three(path: &Path) {
    let rows = [
        (
            "flag",
            "Pressure",
            "I have crushing chest pain and cannot breathe well.",
        ),
        (
            "knee",
            "Knee brace",
            "Where can I buy the brace that you spoke of?",
        ),
        (
            "stretch",
            "Stretches",
            "How often should I do the stretches for my back?",
        ),
    ];
    let lines = rows.map(|(id, subject, body)| {
        serde_json::json!({
            "message_id": id, "thread_id": format!("thread-{id}"), "patient_id": format!("patient-{id}"),
            "patient_name": "Invented Ames", "sent_at": "2026-11-20T09:00:00Z", "sender_role": "patient",
            "subject": subject, "body": body,
        })
        .to_string()
    });
    std::fs::write(path, lines.join("\n")).expect("written");
}

#[test]
fn what_is_around_a_reply_works_in_the_real_window_by_keyboard() {
    let dir = tempfile::tempdir().expect("dir");
    let data = dir.path().join("record");
    let file = dir.path().join("three.jsonl");
    three(&file);
    let Some((driver, page)) = with_messages(&data, &file) else {
        return;
    };
    page.until("#subject", 30, |t| t == "Pressure");
    let folder = |name: &str| page.click(&format!("#folder option[value='{name}']"));
    let rows = |of: &str| {
        page.holds(
            &format!("return [...document.querySelectorAll('#queue .row-item')].map(r => r.dataset.message).join() === '{of}'"),
            15,
        );
    };
    let open = |subject: &str, row: &str| {
        page.click(row);
        page.until("#subject", 15, |t| t == subject);
    };

    // Search: a red flag stays, whatever is looked for.
    page.keys("/");
    page.keys("brace");
    rows("flag,knee");
    page.keys(ESCAPE);
    page.keys(ESCAPE);
    rows("flag,knee,stretch");

    // Later: out of the way, in its folder, and back.
    open("Stretches", "#row-stretch");
    page.keys("l");
    page.there("#later-0");
    page.keys(ENTER);
    rows("flag,knee");
    folder("later");
    rows("flag,stretch");
    open("Stretches", "#row-stretch");
    page.keys("l");
    folder("waiting");
    rows("flag,knee,stretch");

    // A safety problem, from anywhere.
    page.keys(F9);
    page.there("#safety-words");
    page.keys("The wrong message was opened.");
    page.click("#send-safety");
    page.until("#told", 15, |t| t.contains("number 1"));

    // Training has messages of its own, and nothing of it stays.
    page.keys(CTRL_K);
    page.there("#command");
    page.keys("training");
    page.keys(ENTER);
    page.until("#training", 15, |t| t.contains("Training, 1 of"));
    page.click("#end-training");
    page.holds("return !document.getElementById('training')", 15);
    rows("flag,knee,stretch");

    // A reply goes out when its time to undo is over; what was sent is corrected by another message.
    open("Knee brace", "#row-knee");
    let sends = |words: &str| {
        page.holds(
            "return document.querySelector('.reply').dataset.checks === 'done'",
            15,
        );
        check_findings(&page);
        page.keys(CTRL_ENTER);
        page.until("#outgoing", 15, |t| t.contains(words));
        page.keys(CTRL_ENTER);
        page.there("#undo-toast");
    };
    page.keys("r");
    page.keys("Any pharmacy has the brace.");
    sends("Any pharmacy");
    rows("flag,stretch");
    page.holds("return !document.getElementById('undo-toast')", 60);
    folder("sent");
    open("Knee brace", "#row-knee");
    page.until("#decided", 15, |t| t.contains("Any pharmacy"));
    page.click("#correct");
    page.holds("return document.activeElement.id === 'editor'", 15);
    page.keys("It is to be had at the front desk.");
    sends("front desk");
    page.holds("return !document.getElementById('undo-toast')", 60);
    open("Knee brace", "#row-knee");
    page.until("#decided", 15, |t| {
        t.contains("Any pharmacy") && t.contains("Corrected") && t.contains("front desk")
    });
    no_failure(&page, "all of it");
    page.close();
    drop(driver);
    audit_holds(&data);
}
