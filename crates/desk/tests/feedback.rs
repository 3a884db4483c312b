//! What is said of drafts after a decision, and problems of safety, each with what the draft was made from.

mod support;

use contract::{
    Code, DecisionKind, FinishReason, Rating, Reason, SafetyProblem, Sampling, StartMode, Timing,
};
use desk::{AuditFilter, ExportFormat};
use records::{DraftOutcome, NewDraft};
use support::{Bench, request};

const MESSAGE: &str = "message-03-1";
const DRAFT: &str = "Hello, thank you for your message. We have looked at it with care and would like you to rest the knee, \
    to put ice on it for twenty minutes three times each day, and to keep it raised whenever you sit down. Please tell us how it goes.";

/// Puts drafts on record as the drafter does; gives their ids, oldest first.
fn drafted(b: &Bench, texts: &[&str]) -> Vec<i64> {
    b.with_record(|record| {
        for text in texts {
            record
                .keep_draft(&NewDraft {
                    message_id: MESSAGE.into(),
                    model: "small".into(),
                    model_sha256: "ab".repeat(32),
                    prompt_version: "reply-4".into(),
                    sampling: Sampling {
                        seed: 7,
                        ..Sampling::default()
                    },
                    outcome: DraftOutcome::Text {
                        text: (*text).into(),
                        finish: FinishReason::EndOfTurn,
                        timing: Timing::default(),
                        prompt_system: "system words".into(),
                        prompt_user: "user words".into(),
                        context_hash: "cd".into(),
                        notes: Vec::new(),
                    },
                    created_at: "2026-11-22T11:59:00Z".into(),
                })
                .expect("kept");
        }
        let mut ids: Vec<i64> = record
            .drafts(MESSAGE, 99)
            .expect("read")
            .iter()
            .map(|d| d.id)
            .collect();
        ids.reverse();
        ids
    })
}

/// The audit's rows of an action.
fn audited(b: &Bench, action: &str) -> Vec<serde_json::Value> {
    let mut rows = Vec::new();
    let filter = AuditFilter {
        action: action.into(),
        ..AuditFilter::default()
    };
    b.desk
        .audit_rows(&filter, |r| {
            rows.push(serde_json::to_value(r).expect("a row"));
            Ok(())
        })
        .expect("read");
    rows
}

#[test]
fn a_decision_says_which_reasons_its_change_speaks_for_and_stars_go_into_the_export() {
    let b = Bench::of_record();
    let ids = drafted(&b, &[DRAFT]);
    let mut edited = request(
        MESSAGE,
        DecisionKind::Edited,
        Some("Hello, please rest the knee and put ice on it."),
    );
    edited.draft_id = Some(ids[0]);
    edited.start_mode = StartMode::Draft;
    let decided = b.desk.decide(&edited).expect("decided");
    assert!(decided.had_draft);
    assert!(
        decided.suggested.contains(&Reason::TooLong),
        "{:?}",
        decided.suggested
    );
    let rating = Rating {
        stars: Some(2),
        reasons: vec![Reason::TooLong],
    };
    b.desk.rate(decided.decision_id, &rating).expect("kept");
    // A later word replaces an earlier one, and both are on the audit.
    let again = Rating {
        stars: Some(3),
        ..rating
    };
    b.desk.rate(decided.decision_id, &again).expect("kept");
    assert_eq!(audited(&b, "rate").len(), 2);
    for bad in [
        Rating {
            stars: Some(6),
            reasons: Vec::new(),
        },
        Rating::default(),
    ] {
        let f = b.desk.rate(decided.decision_id, &bad).expect_err("refused");
        assert_eq!(f.code, Code::Incomplete);
    }
    assert_eq!(
        b.desk.rate(999, &again).expect_err("not there").code,
        Code::NotFound
    );
    b.pass(60);
    let out = b.dir.path().join("out");
    b.desk
        .export(ExportFormat::Csv, &support::as_it_is(), &out)
        .expect("exported");
    let mut table = csv::Reader::from_path(out.join("feedback.csv")).expect("a table of feedback");
    let at = table
        .headers()
        .expect("a header")
        .iter()
        .position(|h| h == "stars")
        .expect("a column for stars");
    let row = table.records().next().expect("a row").expect("sound");
    assert_eq!(&row[at], "3");
    b.desk.verify_audit(&[]).expect("the chain holds");
}

#[test]
fn an_undone_decision_cannot_be_rated() {
    let b = Bench::of_record();
    let text = "Please rest the knee.";
    let ids = drafted(&b, &[text]);
    let mut taken = request(MESSAGE, DecisionKind::Edited, Some(text));
    taken.draft_id = Some(ids[0]);
    taken.start_mode = StartMode::Draft;
    let decided = b.desk.decide(&taken).expect("decided");
    assert_eq!(decided.suggested, [], "nothing was changed");
    b.desk.undo(decided.decision_id).expect("undone");
    let rating = Rating {
        stars: Some(5),
        reasons: Vec::new(),
    };
    assert_eq!(
        b.desk
            .rate(decided.decision_id, &rating)
            .expect_err("undone")
            .code,
        Code::NotFound
    );
}

#[test]
fn a_safety_report_keeps_the_drafts_whole_provenance_and_cannot_be_changed() {
    let b = Bench::of_record();
    let ids = drafted(&b, &[DRAFT]);
    let problem = SafetyProblem {
        message_id: MESSAGE.into(),
        draft_id: Some(ids[0]),
        words: "It leaves out that the leg is numb.".into(),
        reply: "Hello,".into(),
    };
    let number = b.desk.report_safety(&problem).expect("reported");
    let reports = b.desk.safety_reports().expect("read");
    assert_eq!(reports.len(), 1);
    let r = &reports[0];
    assert_eq!((r.id, r.reporter_id.as_str()), (number, "tester"));
    assert_eq!(r.draft.as_deref(), Some(DRAFT));
    assert_eq!(r.model_sha256.as_deref(), Some("ab".repeat(32).as_str()));
    assert_eq!(r.prompt_user.as_deref(), Some("user words"));
    assert_eq!(
        r.sampling.as_ref().map(|s| s["seed"].clone()),
        Some(7.into())
    );
    let rows = audited(&b, "safety_report");
    assert_eq!(rows.len(), 1);
    assert!(
        !rows[0].to_string().contains("numb"),
        "the audit holds its hash, not its words"
    );
    for (bad, code) in [
        (
            SafetyProblem {
                words: " x ".into(),
                ..problem.clone()
            },
            Code::Incomplete,
        ),
        (
            SafetyProblem {
                message_id: "message-04-1".into(),
                ..problem.clone()
            },
            Code::Conflict,
        ),
        (
            SafetyProblem {
                message_id: "none".into(),
                ..problem
            },
            Code::NotFound,
        ),
    ] {
        assert_eq!(b.desk.report_safety(&bad).expect_err("refused").code, code);
    }
    assert_eq!(b.desk.safety_reports().expect("read").len(), 1);
    let views = audited(&b, "view_safety_reports");
    assert_eq!(
        views.len(),
        2,
        "reading them is on the audit, with whose they are"
    );
    assert_eq!(views[1]["detail"]["shown"], serde_json::json!([MESSAGE]));
}

#[test]
fn the_newest_three_drafts_are_shown_and_an_older_one_can_go_out() {
    let b = Bench::of_record();
    let texts = [
        "Please rest, one.",
        "Please rest, two.",
        "Please rest, three.",
        "Please rest, four.",
    ];
    let ids = drafted(&b, &texts);
    let shown = b.desk.drafts(MESSAGE).expect("read");
    let words: Vec<&str> = shown.iter().map(|d| d.text.as_str()).collect();
    assert_eq!(
        words,
        [
            "Please rest, four.",
            "Please rest, three.",
            "Please rest, two."
        ]
    );
    let mut older = request(MESSAGE, DecisionKind::Edited, Some(texts[1]));
    older.draft_id = Some(ids[1]);
    older.start_mode = StartMode::Draft;
    let decided = b.desk.decide(&older).expect("decided");
    assert_eq!(decided.kind, DecisionKind::AcceptedUnedited);
}

#[test]
fn typed_words_come_back_with_the_draft_that_they_were_typed_over() {
    let b = Bench::of_record();
    let ids = drafted(&b, &["Please rest, one.", "Please rest, two."]);
    let words = contract::UnsentText {
        text: "Please rest, one. Mine.".into(),
        start_mode: StartMode::Draft,
        draft_id: Some(ids[0]),
        corrects: None,
    };
    b.desk.keep_unsent(MESSAGE, &words).expect("kept");
    let opened = b.desk.open_message(MESSAGE).expect("opens");
    assert_eq!(opened.unsent.as_ref(), Some(&words));
    let typed_over = opened.unsent_draft.expect("is there");
    assert_eq!(
        (typed_over.id, typed_over.text.as_str()),
        (ids[0], "Please rest, one.")
    );
    assert_ne!(opened.draft.expect("the newest").id, ids[0]);
    // A correction says what it corrects.
    let sent = b
        .desk
        .decide(&request(
            MESSAGE,
            DecisionKind::Edited,
            Some("Please rest."),
        ))
        .expect("decided");
    let words = contract::UnsentText {
        draft_id: None,
        corrects: Some(sent.decision_id),
        ..words
    };
    b.desk.keep_unsent(MESSAGE, &words).expect("kept");
    let opened = b.desk.open_message(MESSAGE).expect("opens");
    assert_eq!((opened.unsent, opened.unsent_draft), (Some(words), None));
}

#[test]
fn a_problem_of_the_program_is_reported_without_a_message_and_so_is_one_in_training() {
    let b = Bench::of_record();
    let report = |message_id: &str, draft_id| {
        b.desk
            .report_safety(&SafetyProblem {
                message_id: message_id.into(),
                draft_id,
                words: "Red flags did not come up today.".into(),
                reply: String::new(),
            })
            .expect("reported")
    };
    report("", None);
    let practice = b.desk.begin_training().expect("begins");
    report(&practice, Some(-1));
    let reports = b.desk.safety_reports().expect("read");
    assert_eq!(reports.len(), 2);
    assert!(
        reports
            .iter()
            .all(|r| r.message_id.is_none() && r.draft.is_none())
    );
    b.desk.verify_audit(&[]).expect("holds");
}
