//! Practice messages: in training and among real ones. Nothing of them is sent, counted or told to anybody else.

mod support;

use contract::{
    Code, DecisionKind, DecisionRequest, DraftState, Licence, QueueQuery, QueueState, Reason, Role,
    Settings, StartMode, Unlock, Urgency,
};
use desk::{Desk, ExportFormat};
use records::{DraftOutcome, NewDraft};
use support::{Bench, PASSPHRASE, as_it_is, request};

/// A decision on the draft as it stands.
fn accept(desk: &Desk, id: &str) -> DecisionRequest {
    let open = desk.open_message(id).expect("opens");
    let draft = open.draft.expect("a draft");
    let found = desk
        .check(id, &draft.text, StartMode::Draft)
        .expect("checked");
    DecisionRequest {
        draft_id: Some(draft.id),
        start_mode: StartMode::Draft,
        checked: found.findings.iter().map(contract::Finding::key).collect(),
        ..request(id, DecisionKind::Edited, Some(&draft.text))
    }
}

#[test]
fn training_goes_through_its_messages_tells_of_each_error_and_ends() {
    let b = Bench::of_sample("2026-11-22T12:00:00Z");
    let waiting = b
        .desk
        .queue(&QueueQuery::default())
        .expect("the queue")
        .total;
    let mut id = b.desk.begin_training().expect("begins");
    let mut done = 0;
    loop {
        let open = b.desk.open_message(&id).expect("opens");
        let place = open.training.expect("says where the person stands");
        assert_eq!(place.number, done + 1);
        assert_eq!(open.draft_state, DraftState::Ready);
        // Every other one is accepted as it is.
        let decided = if done % 2 == 0 {
            let asked = accept(&b.desk, &id);
            let shown = b.desk.sign_off(&asked).expect("is shown as any other");
            assert!(shown.to.ends_with(&open.patient.name));
            b.desk.decide(&asked).expect("decided")
        } else {
            let reasons = vec![Reason::Inaccurate];
            let asked = DecisionRequest {
                reasons,
                ..request(&id, DecisionKind::Discarded, None)
            };
            b.desk.decide(&asked).expect("decided")
        };
        let outcome = decided.practice.expect("says how it went");
        assert_eq!(outcome.caught, done % 2 == 1, "{id}");
        assert!(!outcome.explain.is_empty() && !outcome.source.is_empty());
        for (start, end) in outcome.wrong {
            assert!(start < end && end <= outcome.draft.chars().count());
        }
        done += 1;
        assert_eq!(done == place.of, decided.next.is_none());
        // It is over: nobody decides on it twice.
        assert_eq!(
            b.desk.open_message(&id).expect_err("over").code,
            Code::NotFound
        );
        match decided.next {
            Some(next) => id = next,
            None => break,
        }
    }
    assert_eq!(done, 8);
    let results = b.desk.practice_results().expect("told");
    assert_eq!((results.training.shown, results.training.caught), (8, 4));
    assert_eq!(results.seeded.shown, 0);
    assert_eq!(results.by_reason.iter().map(|r| r.1.shown).sum::<u32>(), 8);
    // Those that were not seen come next.
    let again = b.desk.begin_training().expect("begins");
    let first = b.desk.open_message(&again).expect("opens");
    assert!(first.training.is_some_and(|t| t.number == 1));
    b.desk.end_training().expect("ends");
    assert_eq!(
        b.desk.open_message(&again).expect_err("over").code,
        Code::NotFound
    );
    // The real queue is as it was.
    let after = b.desk.queue(&QueueQuery::default()).expect("the queue");
    assert_eq!(after.total, waiting);
}

/// Closes what is more urgent than routine, so that practice can come; with a draft on record, as where it is used.
fn without_urgent(b: &Bench) {
    drafted(b);
    let waiting = b.desk.queue(&QueueQuery::default()).expect("the queue");
    let urgent = |u| matches!(u, Urgency::Emergency | Urgency::Urgent);
    for row in waiting.items.into_iter().filter(|r| urgent(r.urgency)) {
        let asked = DecisionRequest {
            escalated_to: Some("On-call clinician".into()),
            ..request(&row.message_id, DecisionKind::Escalated, None)
        };
        b.desk.decide(&asked).expect("escalated");
    }
}

/// Decides on real messages until a practice message comes; gives its id.
fn until_seeded(b: &Bench) -> Option<String> {
    loop {
        let waiting = b.desk.queue(&QueueQuery::default()).expect("the queue");
        let row = waiting.items.into_iter().next()?;
        let decided = b
            .desk
            .decide(&request(
                &row.message_id,
                DecisionKind::Rewritten,
                Some("We will look at it."),
            ))
            .or_else(|_| {
                b.desk
                    .decide(&request(&row.message_id, DecisionKind::NoReplyNeeded, None))
            })
            .expect("decided");
        assert!(decided.practice.is_none());
        if decided.next_first {
            return decided.next;
        }
    }
}

/// Puts a draft of some message on record.
fn drafted(b: &Bench) {
    let draft = NewDraft {
        message_id: "message-03-1".into(),
        model: "model".into(),
        model_sha256: "00".repeat(32),
        prompt_version: "test".into(),
        sampling: contract::Sampling::default(),
        outcome: DraftOutcome::Text {
            text: "Hello.".into(),
            finish: contract::FinishReason::EndOfTurn,
            timing: contract::Timing {
                draft_tokens: 12,
                decode_ms: 500.0,
                ..contract::Timing::default()
            },
            prompt_system: String::new(),
            prompt_user: String::new(),
            context_hash: String::new(),
            notes: Vec::new(),
        },
        created_at: b.times.now().to_string(),
    };
    b.with_record(|record| record.keep_draft(&draft).expect("kept"));
}

fn every(desk: &Desk, every: u32) -> Settings {
    let settings = desk.settings().expect("settings");
    desk.set_settings(Settings {
        practice_every: every,
        ..settings
    })
    .expect("set")
}

#[test]
fn among_real_messages_one_stands_like_any_other_and_nothing_of_it_is_sent_or_learned_from() {
    let b = Bench::of_record();
    assert_eq!(every(&b.desk, 1).practice_every, 10);
    without_urgent(&b);
    let id = until_seeded(&b).expect("one comes within the sample");
    let shown = b.desk.queue(&QueueQuery::default()).expect("the queue");
    let place = shown
        .items
        .iter()
        .position(|i| i.message_id == id)
        .expect("is in the list");
    let row = &shown.items[place];
    assert_eq!(
        (row.state, row.draft),
        (QueueState::Waiting, DraftState::Ready)
    );
    assert_eq!(shown.total as usize, shown.items.len());
    // Walked through in pages of any size, every row is there once and in its place.
    let ids = |items: &[contract::QueueItem]| -> Vec<String> {
        items.iter().map(|i| i.message_id.clone()).collect()
    };
    for limit in [1, 2, 3, 7, 50] {
        let mut walked = Vec::new();
        for offset in (0..shown.total).step_by(limit as usize) {
            let page = QueueQuery {
                offset,
                limit,
                ..QueueQuery::default()
            };
            walked.extend(ids(&b.desk.queue(&page).expect("the queue").items));
        }
        assert_eq!(walked, ids(&shown.items), "by {limit}");
    }
    // What comes in and is urgent stands before it.
    b.desk
        .import_bytes(
            "in.csv",
            b"message_id,patient_id,sent_at,sender_role,body\nx1,px,2026-11-22T11:00:00Z,patient,I have crushing chest pain right now.\n",
        )
        .expect("imported");
    let with_flag = b.desk.queue(&QueueQuery::default()).expect("the queue");
    assert_eq!(with_flag.items[0].message_id, "x1");
    assert_eq!(with_flag.items[1].message_id, id);
    let second = QueueQuery {
        offset: 1,
        limit: 1,
        ..QueueQuery::default()
    };
    let second = b.desk.queue(&second).expect("the queue");
    assert_eq!(ids(&second.items), [id.as_str()]);
    // It looks like any other draft.
    let view = b.desk.open_message(&id).expect("opens").draft;
    let view = view.expect("a draft");
    assert_eq!(
        (view.model.as_str(), view.timing.draft_tokens),
        ("model", 12)
    );
    assert_eq!(b.desk.drafts(&id).expect("one").len(), 1);
    let open = b.desk.open_message(&id).expect("opens");
    assert_eq!(open.training, None);
    // The checks do not find its error: only a reader does.
    let asked = accept(&b.desk, &id);
    let found = b.desk.check(
        &id,
        asked.final_text.as_deref().unwrap_or_default(),
        StartMode::Draft,
    );
    assert!(found.expect("checked").findings.iter().all(|f| !f.serious));
    b.desk
        .keep_unsent(
            &id,
            &contract::UnsentText {
                text: "x".into(),
                start_mode: StartMode::Draft,
                draft_id: None,
                corrects: None,
            },
        )
        .expect("is nobody's");
    let before = b.desk.queue(&QueueQuery::default()).expect("the queue");
    let decided = b.desk.decide(&asked).expect("decided");
    let outcome = decided.practice.expect("is marked as such at once");
    assert!(!outcome.caught && outcome.training.is_none());
    let after = b.desk.queue(&QueueQuery::default()).expect("the queue");
    assert_eq!(after.total + 1, before.total);
    assert_eq!(
        b.desk.practice_results().expect("told").seeded.shown,
        1,
        "counts for who did it"
    );
    // Not in the outbox, in no export, and the chain holds.
    b.pass(120);
    b.with_record(|record| {
        let due = record.due_replies("2027-01-01T00:00:00Z").expect("read");
        assert!(due.iter().all(|r| !r.text.contains(&open.patient.name)));
        record.verify_audit(&[]).expect("reads").expect("holds");
    });
    let out = tempfile::tempdir().expect("a folder");
    b.desk
        .export(ExportFormat::Csv, &as_it_is(), out.path())
        .expect("exports");
    for file in std::fs::read_dir(out.path()).expect("a folder") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("text");
        assert!(!text.contains("countersign-practice") && !text.contains(&open.patient.name));
    }
}

#[test]
fn how_somebody_practised_is_told_to_nobody_else() {
    let b = Bench::of_record();
    let id = b.desk.begin_training().expect("begins");
    let asked = accept(&b.desk, &id);
    b.desk.decide(&asked).expect("decided");
    b.desk
        .add_user("boss", PASSPHRASE, Role::Admin, Licence::Physician)
        .expect("added");
    b.desk.lock("test");
    b.desk
        .unlock(&Unlock::Passphrase {
            user: "boss".into(),
            passphrase: PASSPHRASE.into(),
        })
        .expect("opens");
    assert_eq!(
        b.desk.practice_results().expect("their own"),
        contract::PracticeResults::default()
    );
    b.desk
        .audit_rows(&desk::AuditFilter::default(), |row| {
            if row.action == "practise" {
                assert!(!row.detail.to_string().contains("caught"));
            }
            Ok(())
        })
        .expect("read");
}

#[test]
fn one_that_is_asked_for_more_than_it_has_is_over_and_does_not_count() {
    let b = Bench::of_record();
    every(&b.desk, 10);
    without_urgent(&b);
    let id = until_seeded(&b).expect("one comes");
    let told = b.desk.redraft(&id, 1, None).expect_err("has one draft");
    assert!(told.message.contains("practice message"), "{told}");
    assert_eq!(
        b.desk.open_message(&id).expect_err("over").code,
        Code::NotFound
    );
    assert_eq!(b.desk.practice_results().expect("told").seeded.shown, 0);
}

#[test]
fn none_comes_while_something_urgent_waits_or_where_the_clinic_asks_for_none() {
    let b = Bench::of_record();
    without_urgent(&b);
    assert_eq!(until_seeded(&b), None);
    // No model ever drafted here.
    let b = Bench::of_record();
    every(&b.desk, 10);
    assert_eq!(until_seeded(&b), None);
    // With the urgent ones left to wait there is none, however many are decided; the test above is the control, in which one
    // comes within as many.
    let b = Bench::of_record();
    drafted(&b);
    every(&b.desk, 10);
    let routine: Vec<_> = b
        .desk
        .queue(&QueueQuery::default())
        .expect("the queue")
        .items
        .into_iter()
        .filter(|i| i.urgency != Urgency::Emergency)
        .collect();
    assert!(routine.len() > 30);
    for row in routine {
        let decided = b
            .desk
            .decide(&request(&row.message_id, DecisionKind::NoReplyNeeded, None));
        assert!(!decided.expect("decided").next_first);
    }
}

/// The app makes no draft for an emergency, and puts advice of its own under one for what is urgent: an error that it would
/// never show teaches nothing.
#[test]
fn every_case_is_one_that_the_app_would_draft_as_it_stands() {
    let b = Bench::of_sample("2026-11-22T12:00:00Z");
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..4 {
        let mut id = b.desk.begin_training().expect("begins");
        loop {
            let open = b.desk.open_message(&id).expect("opens");
            assert_eq!(open.gate, contract::Gate::Draft, "{id}");
            assert_eq!(open.triage.urgency, Urgency::Routine, "{id}");
            seen.insert(id.clone());
            let asked = request(&id, DecisionKind::Escalated, None);
            match b.desk.decide(&asked).expect("decided").next {
                Some(next) => id = next,
                None => break,
            }
        }
    }
    assert!(seen.len() >= 16, "{}", seen.len());
}

#[test]
fn a_message_on_record_is_a_message_whatever_its_id_looks_like() {
    let b = Bench::of_record();
    b.desk
        .import_bytes(
            "in.csv",
            b"message_id,patient_id,sent_at,sender_role,body\ncountersign-practice:insulin-units,px,2026-11-22T11:00:00Z,patient,I have crushing chest pain right now.\n",
        )
        .expect("imported");
    let id = "countersign-practice:insulin-units";
    b.desk.begin_training().expect("begins");
    let open = b.desk.open_message(id).expect("opens");
    assert_eq!(
        (open.training, open.triage.urgency),
        (None, Urgency::Emergency)
    );
    let asked = DecisionRequest {
        escalated_to: Some("On-call clinician".into()),
        ..request(id, DecisionKind::Escalated, None)
    };
    let decided = b.desk.decide(&asked).expect("decided");
    assert!(decided.practice.is_none() && decided.decision_id > 0);
}

#[test]
fn there_is_no_training_in_emergency_access() {
    let b = Bench::of_record();
    let codes = b.desk.new_codes().expect("made");
    b.desk.lock("test");
    b.desk
        .unlock(&Unlock::BreakGlass {
            user: "dr night".into(),
            reason: "on call, ada is away".into(),
            code: codes.break_glass,
        })
        .expect("opens");
    let refused = b.desk.begin_training().expect_err("refused");
    assert_eq!(refused.code, Code::Forbidden);
    assert!(
        b.desk
            .practice_results()
            .is_ok_and(|r| r.training.shown == 0)
    );
}
