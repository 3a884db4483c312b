//! Review at the desk with a clock of the test's own: what is decided, what is
//! undone, what is exported.

mod support;

use contract::{
    Code, DecisionKind, Folder, Gate, QueueQuery, QueueState, Reason, StartMode, Urgency,
};
use desk::ExportFormat;
use support::{Bench, request};

fn bench() -> Bench {
    Bench::of_record()
}

#[test]
fn the_queue_begins_with_red_flags_and_a_reply_leaves_it() {
    let b = bench();
    let queue = b.desk.queue(&QueueQuery::default()).expect("queue");
    assert!(queue.items.len() >= 60);
    let first = &queue.items[0];
    assert_eq!(first.urgency, Urgency::Emergency);
    let opened = b.desk.open_message(&first.message_id).expect("opens");
    assert!(
        matches!(opened.gate, Gate::Emergency { ref text } if text.contains("911") || text.contains("988"))
    );
    assert_eq!(
        b.desk
            .redraft(&first.message_id, 1, None)
            .expect_err("refused")
            .code,
        Code::Conflict
    );

    let decided = b
        .desk
        .decide(&request(
            "message-03-1",
            DecisionKind::Edited,
            Some("We are looking at it."),
        ))
        .expect("decided");
    assert_eq!(
        decided.kind,
        DecisionKind::Rewritten,
        "without a draft a reply is written by hand"
    );
    assert_eq!(decided.next.as_deref(), Some(first.message_id.as_str()));
    let done = QueueQuery {
        folder: Folder::Done,
        ..QueueQuery::default()
    };
    let queue = b.desk.queue(&done).expect("queue");
    let row = queue
        .items
        .iter()
        .find(|i| i.message_id == "message-03-1")
        .expect("there");
    assert_eq!(
        (row.state, row.decision),
        (QueueState::Done, Some(DecisionKind::Rewritten))
    );
}

#[test]
fn undo_holds_for_its_seconds_and_no_longer() {
    let b = bench();
    let text = Some("We are looking at it.");
    let decided = b
        .desk
        .decide(&request("message-03-1", DecisionKind::Edited, text))
        .expect("decided");
    assert_eq!(
        b.desk
            .decide(&request("message-03-1", DecisionKind::Edited, text))
            .expect_err("twice")
            .code,
        Code::Conflict
    );
    b.pass(9);
    assert_eq!(
        b.desk.undo(decided.decision_id).expect("undone"),
        "message-03-1"
    );
    let again = b
        .desk
        .decide(&request("message-03-1", DecisionKind::Edited, text))
        .expect("again");
    b.pass(11);
    assert_eq!(
        b.desk.undo(again.decision_id).expect_err("too late").code,
        Code::Conflict
    );
    b.desk.verify_audit(&[]).expect("the chain holds");
}

#[test]
fn what_is_incomplete_is_refused_and_leaves_nothing() {
    let b = bench();
    for bad in [
        request("message-03-1", DecisionKind::Edited, Some("  \n ")),
        request("message-03-1", DecisionKind::Edited, None),
        request("message-03-1", DecisionKind::Discarded, None),
    ] {
        assert_eq!(
            b.desk.decide(&bad).expect_err("refused").code,
            Code::Incomplete
        );
    }
    assert_eq!(
        b.desk
            .decide(&request("nobody", DecisionKind::NoReplyNeeded, None))
            .expect_err("refused")
            .code,
        Code::NotFound
    );
    assert!(
        b.desk
            .open_message("message-03-1")
            .expect("opens")
            .decision
            .is_none()
    );
}

#[test]
fn exports_wait_for_the_undo_window_and_name_what_they_left_out() {
    let b = bench();
    let out = b.dir.path().join("out");
    b.desk
        .decide(&request(
            "message-03-1",
            DecisionKind::Edited,
            Some("We are looking at it."),
        ))
        .expect("decided");
    let mut closed = request("message-56-1", DecisionKind::NoReplyNeeded, None);
    closed.reasons = vec![Reason::ShouldNotDraft];
    b.desk.decide(&closed).expect("decided");
    assert_eq!(
        b.desk
            .export(ExportFormat::Sft, &support::as_it_is(), &out)
            .expect("exports")
            .written,
        0
    );
    b.pass(60);
    let report = b
        .desk
        .export(ExportFormat::Sft, &support::as_it_is(), &out)
        .expect("exports");
    assert_eq!(
        (report.written, report.left_out.get("no reply was sent")),
        (1, Some(&1))
    );
    let line: serde_json::Value = serde_json::from_str(
        std::fs::read_to_string(out.join("sft.jsonl"))
            .expect("written")
            .trim(),
    )
    .expect("JSON");
    let roles: Vec<_> = line["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|m| m["role"].clone())
        .collect();
    assert_eq!(roles, ["system", "user", "assistant"]);
    assert_eq!(line["messages"][2]["content"], "We are looking at it.");
    let report = b
        .desk
        .export(ExportFormat::Dpo, &support::as_it_is(), &out)
        .expect("exports");
    assert_eq!(
        report.written, 0,
        "there was no draft to prefer anything to"
    );
    let report = b
        .desk
        .export(ExportFormat::Fhir, &support::as_it_is(), &out)
        .expect("exports");
    assert_eq!(report.written, 1);
    let bundle = std::fs::read_to_string(out.join("replies.fhir.json")).expect("written");
    assert!(
        !bundle.contains("AIAST"),
        "a reply written by hand is not the model's"
    );
}

/// The bodies of the thread of message-03-1 when its patient has written again, and how urgent that is.
fn written_again(b: &Bench) -> (Vec<String>, Urgency) {
    let csv = "message_id,patient_id,sent_at,sender_role,body,previous_message_id\n\
               later,p02,2026-11-22T11:00:00Z,patient,Is it sent now?,message-03-1\n";
    b.desk
        .import_bytes("later.csv", csv.as_bytes())
        .expect("imports");
    let opened = b.desk.open_message("later").expect("opens");
    let bodies = opened.thread.into_iter().map(|m| m.body).collect();
    (bodies, opened.triage.urgency)
}

#[test]
fn a_new_message_after_a_reply_waits_with_the_reply_in_its_thread() {
    let b = bench();
    b.desk
        .decide(&request(
            "message-03-1",
            DecisionKind::Edited,
            Some("We are looking at it."),
        ))
        .expect("decided");
    let (bodies, urgency) = written_again(&b);
    assert_eq!(bodies.len(), 3);
    assert_eq!(bodies[1], "We are looking at it.");
    assert_eq!(urgency, Urgency::Routine);
}

/// A reply that is out is put right by another message: it stands beside it, goes out by itself, can be taken back for as long
/// as any other, teaches nothing, and no message waits because of it.
#[test]
fn a_sent_reply_is_corrected_by_another_message_and_never_changed() {
    let b = bench();
    let id = "message-03-1";
    let sent = b
        .desk
        .decide(&request(
            id,
            DecisionKind::Edited,
            Some("We are looking at it."),
        ))
        .expect("decided");
    let correction = contract::DecisionRequest {
        corrects: Some(sent.decision_id),
        ..request(
            id,
            DecisionKind::Edited,
            Some("I wrote this too soon: somebody else will look at it."),
        )
    };
    let refused =
        |asked: &contract::DecisionRequest| b.desk.decide(asked).expect_err("refused").code;
    // What can still be undone is undone.
    assert_eq!(refused(&correction), Code::Conflict);
    b.pass(60);
    let of_another = contract::DecisionRequest {
        corrects: Some(sent.decision_id + 1),
        ..correction.clone()
    };
    let without_words = contract::DecisionRequest {
        corrects: Some(sent.decision_id),
        ..request(id, DecisionKind::NoReplyNeeded, None)
    };
    assert_eq!(refused(&of_another), Code::Conflict);
    assert_eq!(refused(&without_words), Code::Conflict);

    let before = b.desk.queue(&QueueQuery::default()).expect("queue");
    let shown = b.desk.sign_off(&correction).expect("shown");
    assert!(shown.text.contains("too soon"));
    let made = b.desk.decide(&correction).expect("corrected");
    let opened = b.desk.open_message(id).expect("opens");
    assert_eq!(
        opened.decision.expect("the reply").final_text.as_deref(),
        Some("We are looking at it.")
    );
    assert_eq!(opened.corrections.len(), 1);
    assert!(opened.corrections[0].can_undo);
    // Taken back, and made again: the message stays answered all the while.
    assert_eq!(b.desk.undo(made.decision_id).expect("undone"), id);
    let opened = b.desk.open_message(id).expect("opens");
    assert!(opened.decision.is_some() && opened.corrections.is_empty());
    b.desk.decide(&correction).expect("corrected");
    let after = b.desk.queue(&QueueQuery::default()).expect("queue");
    assert_eq!(before.counts, after.counts);
    let found = |words: &str| {
        let query = QueueQuery {
            search: words.into(),
            ..QueueQuery::default()
        };
        let queue = b.desk.queue(&query).expect("queue");
        queue.items.iter().any(|i| i.message_id == id)
    };
    assert!(found("too soon") && found("are looking"));

    b.pass(60);
    let out = b.dir.path().join("out");
    let export = |format| {
        let report = b.desk.export(format, &support::as_it_is(), &out);
        report.expect("exports").written
    };
    assert_eq!(export(ExportFormat::Fhir), 2, "both are in the outbox");
    assert_eq!(export(ExportFormat::Sft), 1, "only the reply teaches");
    // Both stand in the thread of what comes next.
    let (bodies, _) = written_again(&b);
    assert_eq!(bodies.len(), 4, "{bodies:?}");
    assert!(bodies[2].contains("too soon"));
    b.desk.verify_audit(&[]).expect("the chain holds");
}

#[test]
fn settings_are_kept_within_their_ranges() {
    let b = bench();
    let mut s = b.desk.settings().expect("settings");
    s.undo_seconds = 900;
    assert_eq!(b.desk.set_settings(s).expect("kept").undo_seconds, 30);
    assert_eq!(b.desk.settings().expect("settings").undo_seconds, 30);
}

#[test]
fn a_language_is_kept_and_what_is_none_is_the_systems() {
    let b = bench();
    for (asked, kept) in [
        ("es", "es"),
        ("system", "system"),
        ("pt-BR", "pt-BR"),
        ("", "system"),
        ("e", "system"),
        ("es\" onload=\"", "system"),
        ("a-language-that-is-no-language", "system"),
    ] {
        let mut s = b.desk.settings().expect("settings");
        s.language = asked.into();
        assert_eq!(b.desk.set_settings(s).expect("kept").language, kept);
        assert_eq!(b.desk.settings().expect("settings").language, kept);
    }
}

/// One CSV row of the thread of message-03-1.
fn row(b: &Bench, id: &str, sent: &str, body: &str) {
    let csv = format!(
        "message_id,patient_id,sent_at,sender_role,body,previous_message_id\n{id},p02,{sent},patient,{body},message-03-1\n"
    );
    let lines = b
        .desk
        .import_bytes("row.csv", csv.as_bytes())
        .expect("imports");
    assert!(lines.iter().all(|l| l.reason.is_empty()), "{lines:?}");
}

#[test]
fn a_message_that_arrives_late_behind_a_decided_one_still_waits() {
    let b = bench();
    row(
        &b,
        "newer",
        "2026-11-22T11:00:00Z",
        "Any news on the refill?",
    );
    b.desk
        .decide(&request(
            "newer",
            DecisionKind::Edited,
            Some("It is on its way."),
        ))
        .expect("decided");
    row(
        &b,
        "late",
        "2026-11-22T10:00:00Z",
        "I have crushing chest pain.",
    );
    let opened = b.desk.open_message("late").expect("it waits");
    assert_eq!(opened.triage.urgency, Urgency::Emergency);
    let bodies: Vec<&str> = opened.thread.iter().map(|m| m.body.as_str()).collect();
    assert_eq!(bodies.last(), Some(&"I have crushing chest pain."));
    assert!(
        bodies.contains(&"It is on its way."),
        "what was said after it is shown: {bodies:?}"
    );
}

#[test]
fn an_undo_triages_the_thread_again_when_a_message_came_in_between() {
    let b = bench();
    row(&b, "alarm", "2026-11-22T10:00:00Z", "I took all my pills.");
    let decided = b
        .desk
        .decide(&request(
            "alarm",
            DecisionKind::Edited,
            Some("Please call 911 now."),
        ))
        .expect("decided");
    row(&b, "after", "2026-11-22T11:00:00Z", "Thank you.");
    let quiet = b.desk.open_message("after").expect("waits");
    assert_ne!(quiet.triage.urgency, Urgency::Emergency);
    assert_eq!(
        b.desk.undo(decided.decision_id).expect("undone"),
        "after",
        "the newest message of the thread is the one that waits"
    );
    let opened = b.desk.open_message("after").expect("waits");
    assert_eq!(opened.triage.urgency, Urgency::Emergency);
}

#[test]
fn a_chart_line_entered_in_error_leaves_the_chart() {
    let b = bench();
    let allergy = |status: &str| {
        serde_json::json!({
            "resourceType": "AllergyIntolerance", "id": "wrong", "patient": {"reference": "Patient/p02"},
            "verificationStatus": {"coding": [{"code": status}]}, "code": {"text": "Latex"}
        })
        .to_string()
    };
    let has = |b: &Bench| {
        b.desk
            .open_message("message-03-1")
            .expect("opens")
            .chart
            .allergies
            .iter()
            .any(|a| a.contains("Latex"))
    };
    b.desk
        .import_bytes("a.json", allergy("confirmed").as_bytes())
        .expect("imports");
    assert!(has(&b));
    let lines = b
        .desk
        .import_bytes("b.json", allergy("entered-in-error").as_bytes())
        .expect("imports");
    assert_eq!(lines[0].outcome, contract::ImportOutcome::Stored);
    assert!(!has(&b));
    let again = b
        .desk
        .import_bytes("b.json", allergy("entered-in-error").as_bytes())
        .expect("imports");
    assert_eq!(again[0].outcome, contract::ImportOutcome::Unchanged);
}

#[test]
fn a_serious_finding_holds_a_reply_back_until_it_is_checked() {
    let b = bench();
    let text = "Hello [Patient Name], the team will look at it.";
    let mut reply = request("message-03-1", DecisionKind::Edited, Some(text));
    let refused = b.desk.decide(&reply).expect_err("held back");
    assert_eq!(refused.code, Code::Incomplete);
    assert!(refused.message.contains("1 finding"), "{}", refused.message);
    let findings = b
        .desk
        .check("message-03-1", text, StartMode::Blank)
        .expect("checks")
        .findings;
    let serious: Vec<_> = findings.iter().filter(|f| f.serious).collect();
    assert_eq!(serious.len(), 1, "{findings:?}");
    assert_eq!(serious[0].kind, "template_left");
    reply.checked = vec![serious[0].key()];
    b.desk.decide(&reply).expect("checked and sent");
}

#[test]
fn the_fixed_text_of_a_red_flag_is_never_held_back() {
    let b = bench();
    let first = b.desk.queue(&QueueQuery::default()).expect("queue").items[0]
        .message_id
        .clone();
    let Gate::Emergency { text } = b.desk.open_message(&first).expect("opens").gate else {
        panic!("the first is a red flag");
    };
    let sign_off = b.desk.settings().expect("settings").sign_off;
    let reply = format!("{text}\n\n{sign_off}");
    assert!(
        b.desk
            .check(&first, &reply, StartMode::Blank)
            .expect("checks")
            .findings
            .is_empty()
    );
    b.desk
        .decide(&request(&first, DecisionKind::Edited, Some(&reply)))
        .expect("goes out");
}
