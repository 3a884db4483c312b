//! The last look: what it shows is what goes out.

mod support;

use contract::{Code, DecisionKind, FinishReason, Preset, Sampling, StartMode, Timing};
use desk::ExportFormat;
use jiff::ToSpan;
use records::{DraftOutcome, NewDraft};
use support::{Bench, request};

/// Puts a draft of a message on record.
fn draft(b: &Bench, message_id: &str, text: &str) -> i64 {
    draft_as(b, message_id, text, None)
}

/// The same, asked for in a way.
fn draft_as(b: &Bench, message_id: &str, text: &str, preset: Option<Preset>) -> i64 {
    let draft = NewDraft {
        message_id: message_id.into(),
        model: "model".into(),
        model_sha256: "00".repeat(32),
        prompt_version: "test".into(),
        sampling: Sampling {
            preset,
            ..Sampling::default()
        },
        outcome: DraftOutcome::Text {
            text: text.into(),
            finish: FinishReason::EndOfTurn,
            timing: Timing::default(),
            prompt_system: String::new(),
            prompt_user: String::new(),
            context_hash: String::new(),
            notes: Vec::new(),
        },
        created_at: b.times.now().to_string(),
    };
    b.with_record(|record| {
        record.keep_draft(&draft).expect("kept");
        record
            .newest_draft(message_id)
            .expect("read")
            .expect("there")
            .id
    })
}

#[test]
fn a_reply_in_spanish_is_held_back_for_it_only_when_nobody_asked_for_spanish() {
    let b = Bench::of_record();
    let text = "Hola, gracias por escribirnos. Estamos mirando lo que nos cuenta y le respondemos por aquí en cuanto \
                podamos. Si algo cambia, escríbanos otra vez, por favor.";
    let serious = || {
        let checked = b.desk.check("message-03-1", text, StartMode::Draft);
        let found = checked.expect("checks").findings;
        let f = found.into_iter().find(|f| f.kind == "wrong_language");
        f.expect("it is said").serious
    };
    draft(&b, "message-03-1", text);
    assert!(serious());
    draft_as(&b, "message-03-1", text, Some(Preset::Spanish));
    assert!(!serious());
}

/// Replies that are due so many seconds from now.
fn outbox(b: &Bench, seconds: i64) -> Vec<String> {
    let then = b
        .times
        .now()
        .checked_add(seconds.seconds())
        .expect("a time");
    b.with_record(|record| record.due_replies(&then.to_string()).expect("read"))
        .into_iter()
        .map(|r| r.text)
        .collect()
}

#[test]
fn the_sign_off_says_what_goes_out_and_the_same_goes_out() {
    let b = Bench::of_record();
    let own = request(
        "message-03-1",
        DecisionKind::Edited,
        Some("We are looking at it."),
    );
    let shown = b.desk.sign_off(&own).expect("shown");
    assert_eq!(shown.kind, DecisionKind::Rewritten);
    assert_eq!(
        (shown.disclosure.as_deref(), shown.text.as_str()),
        (None, "We are looking at it.")
    );
    let patient = b
        .desk
        .open_message("message-03-1")
        .expect("opens")
        .patient
        .name;
    assert!(shown.to.ends_with(&patient), "{}", shown.to);
    // What cannot be decided cannot be signed off either.
    let empty = request("message-03-1", DecisionKind::Edited, Some("  "));
    assert_eq!(
        b.desk.sign_off(&empty).expect_err("empty").code,
        Code::Incomplete
    );

    // A draft's reply under the words of Texas.
    let mut settings = b.desk.settings().expect("settings");
    settings.jurisdiction = "texas".into();
    b.desk.set_settings(settings.clone()).expect("kept");
    let draft = draft(&b, "message-03-1", "We are looking at it.");
    let mut drafted = own.clone();
    (drafted.draft_id, drafted.start_mode) = (Some(draft), StartMode::Draft);
    let shown = b.desk.sign_off(&drafted).expect("shown");
    let words = shown.disclosure.expect("disclosed");
    assert!(shown.text.starts_with(&words) && shown.text.ends_with("We are looking at it."));
    let decided = b.desk.decide(&drafted).expect("decided");
    assert_eq!(decided.kind, DecisionKind::AcceptedUnedited);
    let outgoing = outbox(&b, 60);
    assert_eq!(outgoing, [shown.text]);
    // The words are the clinic's, not the clinician's: they do not count as an edit.
    let opened = b.desk.open_message("message-03-1").expect("opens");
    let on_record = opened.decision.expect("decided").final_text;
    assert_eq!(on_record.as_deref(), Some("We are looking at it."));

    // A pack that is not there is not taken, and neither is one that leads to nobody.
    b.desk.undo(decided.decision_id).expect("undone");
    for (jurisdiction, contact) in [("atlantis", "call us"), ("texas", " ")] {
        settings.jurisdiction = jurisdiction.into();
        settings.contact = contact.into();
        let refused = b
            .desk
            .set_settings(settings.clone())
            .expect_err(jurisdiction);
        assert_eq!(refused.code, Code::Incomplete);
    }
    // Half of the draft under a blank beginning is the draft's all the same.
    let mut pasted = own.clone();
    pasted.final_text = Some("We are looking at it.".into());
    assert!(
        b.desk
            .sign_off(&pasted)
            .expect("shown")
            .disclosure
            .is_some()
    );
    // Nothing goes out but what was shown.
    pasted.shown = Some("Something else.".into());
    assert_eq!(
        b.desk.decide(&pasted).expect_err("not shown").code,
        Code::Conflict
    );
    // What leaves the program holds them, too.
    b.desk.decide(&drafted).expect("decided");
    b.pass(60);
    let out = b.dir.path().join("out");
    for format in [ExportFormat::Fhir, ExportFormat::Csv] {
        b.desk
            .export(format, &support::as_it_is(), &out)
            .expect("exports");
    }
    let files: Vec<_> = std::fs::read_dir(&out).expect("a folder").collect();
    let holds = |f: &std::io::Result<std::fs::DirEntry>| {
        let path = f.as_ref().expect("a file").path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        name.contains("replies")
            && std::fs::read_to_string(&path)
                .expect("reads")
                .contains("Artificial intelligence helped")
    };
    assert_eq!(files.iter().filter(|f| holds(f)).count(), 2, "{files:?}");
}

#[test]
fn findings_of_the_draft_that_an_edit_took_away_are_said_to_be_mended() {
    let b = Bench::of_record();
    let text = "We will call you tomorrow. Please write back if it gets worse.";
    let draft = draft(&b, "message-03-1", text);
    let shown = |text: &str| {
        let mut asked = request("message-03-1", DecisionKind::Edited, Some(text));
        (asked.draft_id, asked.start_mode) = (Some(draft), StartMode::Draft);
        let found = b.desk.check("message-03-1", text, StartMode::Draft);
        let found = found.expect("checked").findings;
        asked.checked = found.iter().map(contract::Finding::key).collect();
        b.desk.sign_off(&asked).expect("shown")
    };
    let kinds = |all: &[contract::Finding]| all.iter().any(|f| f.kind == "promise");
    let as_it_is = shown(text);
    assert!(as_it_is.mended.is_empty());
    assert!(
        as_it_is
            .findings
            .iter()
            .any(|f| f.finding.kind == "promise")
    );
    let mended = shown("Please write back if it gets worse, and keep it dry until then.");
    assert!(kinds(&mended.mended), "{:?}", mended.mended);
    assert!(mended.findings.iter().all(|f| f.finding.kind != "promise"));
}

#[test]
fn more_time_to_undo_can_be_had_while_there_is_some() {
    let b = Bench::of_record();
    let reply = request(
        "message-03-1",
        DecisionKind::Edited,
        Some("We are looking at it."),
    );
    let decided = b.desk.decide(&reply).expect("decided");
    b.pass(8);
    // On top of what is left of it.
    assert_eq!(b.desk.more_time(decided.decision_id).expect("more"), 32);
    b.pass(30);
    assert!(outbox(&b, 0).is_empty(), "it is not due yet");
    b.desk.undo(decided.decision_id).expect("still open");
    let decided = b.desk.decide(&reply).expect("decided");
    for _ in 0..20 {
        b.desk.more_time(decided.decision_id).expect("more");
    }
    assert_eq!(b.desk.more_time(decided.decision_id).expect("more"), 300);
    b.pass(301);
    assert_eq!(
        b.desk
            .more_time(decided.decision_id)
            .expect_err("over")
            .code,
        Code::Conflict
    );
}
