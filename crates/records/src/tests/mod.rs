//! What the record promises as a whole.

mod done;
mod protected;
mod search;
mod tampering;

use crate::*;
use contract::{
    DecisionKind, FinishReason, Folder, MessageKind, QueueQuery, Sampling, SenderRole, StartMode,
    Timing, Triage, Urgency,
};

fn patient(id: &str) -> Patient {
    Patient {
        id: id.into(),
        name: "Ana Ruiz".into(),
        birth_date: "1970-01-01".into(),
        sex: "female".into(),
        language: String::new(),
        stub: false,
    }
}

fn message(id: &str, patient_id: &str, thread_id: &str) -> Message {
    Message {
        id: id.into(),
        thread_id: thread_id.into(),
        patient_id: patient_id.into(),
        previous_id: None,
        sender_role: SenderRole::Patient,
        sender_name: "Ana Ruiz".into(),
        recipient_pool: String::new(),
        sent_at: "2026-11-20T09:00:00Z".into(),
        subject: "Knee".into(),
        body: "It hurts.".into(),
    }
}

/// A page of the queue at a time, which is also when its day began.
fn page_of(record: &Record, query: &QueueQuery, now: &str) -> QueuePage {
    let page = Page {
        query,
        now,
        today: now,
        day: None,
    };
    record.queue_page(&page).expect("read")
}

fn routine(_: &Waiting) -> Triage {
    Triage {
        urgency: Urgency::Routine,
        kind: MessageKind::Clinical,
        flags: vec![],
        anger: None,
        front_desk: false,
    }
}

const KEY: [u8; 32] = [7; 32];

/// Opens with a key; what is random counts up.
fn open_with(path: &std::path::Path, key: &[u8; 32]) -> Result<Record, RecordError> {
    let mut n = 0u8;
    Record::open(
        path,
        &mut Opening {
            key,
            route: "test",
            create: true,
            random: &mut |b| {
                b.fill_with(|| {
                    n = n.wrapping_add(1);
                    n
                });
            },
        },
    )
}

fn open(path: &std::path::Path) -> Result<Record, RecordError> {
    open_with(path, &KEY)
}

fn filled() -> Record {
    let record = Record::in_memory(&mut Opening {
        key: &KEY,
        route: "test",
        create: true,
        random: &mut |b| b.fill(9),
    })
    .expect("opens");
    filled_from(record)
}

fn filled_from(mut record: Record) -> Record {
    let mut import = record.import("2026-11-22T12:00:00Z").expect("begins");
    import.patient(&patient("p1")).expect("patient");
    import.patient(&patient("p2")).expect("patient");
    import.message(&message("m1", "p1", "t1")).expect("message");
    import.reopen(&routine).expect("open");
    import
        .commit("tester", "file", serde_json::json!({}))
        .expect("commits");
    record
}

fn decision(draft_id: Option<i64>) -> NewDecision {
    NewDecision {
        message_id: "m1".into(),
        draft_id,
        kind: DecisionKind::Edited,
        start_mode: StartMode::Draft,
        grade_draft: None,
        grade_final: Some(1.5),
        final_text: Some("Please rest and ice it.".into()),
        outgoing: Some("Please rest and ice it.".into()),
        escalated_to: None,
        reasons: vec![contract::Reason::TooLong],
        reviewer_id: "tester".into(),
        read_ms: Some(1),
        edit_ms: Some(2),
        dwell_ms: Some(9_000),
        scrolled_to_end: Some(true),
        checked: Vec::new(),
        opened_context: None,
        decided_at: "2026-11-22T12:00:00Z".into(),
        undo_until: "2026-11-22T12:00:10Z".into(),
        corrects: None,
    }
}

fn draft() -> NewDraft {
    NewDraft {
        message_id: "m1".into(),
        model: "m".into(),
        model_sha256: "ab".into(),
        prompt_version: "reply-1".into(),
        sampling: Sampling {
            seed: u64::MAX,
            ..Sampling::default()
        },
        outcome: DraftOutcome::Text {
            text: "Please rest.".into(),
            finish: FinishReason::EndOfTurn,
            timing: Timing::default(),
            prompt_system: "s".into(),
            prompt_user: "u".into(),
            context_hash: "cd".into(),
            notes: vec!["n".into()],
        },
        created_at: "2026-11-22T11:59:00Z".into(),
    }
}

fn imported(record: &mut Record, import: impl FnOnce(&mut Import<'_>)) {
    let mut all = record.import("2026-11-22T14:00:00Z").expect("begins");
    import(&mut all);
    all.reopen(&routine).expect("open");
    all.commit("tester", "file", serde_json::json!({}))
        .expect("commits");
}

#[test]
fn importing_twice_changes_nothing_and_a_changed_message_is_refused() {
    let mut record = filled();
    let rows = record
        .verify_audit(&[])
        .expect("reads")
        .expect("holds")
        .rows;
    let mut import = record.import("2026-11-22T13:00:00Z").expect("begins");
    assert_eq!(import.patient(&patient("p1")).expect("ok"), Kept::Unchanged);
    assert_eq!(
        import.message(&message("m1", "p1", "t1")).expect("ok"),
        Kept::Unchanged
    );
    let mut changed = message("m1", "p1", "t1");
    changed.body = "It no longer hurts.".into();
    assert!(matches!(
        import.message(&changed).expect("ok"),
        Kept::Refused(_)
    ));
    assert!(matches!(
        import.message(&message("m2", "p2", "t1")).expect("ok"),
        Kept::Refused(_)
    ));
    assert!(matches!(
        import.message(&message("m3", "nobody", "t9")).expect("ok"),
        Kept::Refused(_)
    ));
    import
        .commit("tester", "file", serde_json::json!({}))
        .expect("commits");
    assert_eq!(
        record
            .verify_audit(&[])
            .expect("reads")
            .expect("holds")
            .rows,
        rows
    );
}

#[test]
fn an_import_that_is_dropped_leaves_nothing() {
    let mut record = filled();
    {
        let mut import = record.import("2026-11-22T13:00:00Z").expect("begins");
        import.message(&message("m2", "p1", "t2")).expect("ok");
    }
    assert!(record.message("m2").is_err());
}

#[test]
fn a_decision_brings_feedback_reply_and_audit_or_nothing() {
    let mut record = filled();
    let draft_id = record.keep_draft(&draft()).expect("kept");
    let id = record.decide(&decision(Some(draft_id))).expect("decided");
    assert!(matches!(
        record.decide(&decision(None)),
        Err(RecordError::Conflict(_))
    ));
    let later = "2026-11-22T12:01:00Z";
    let feedback = record.feedback(later).expect("feedback");
    assert_eq!(feedback.len(), 1);
    assert_eq!(feedback[0].lev_chars, Some(11));
    assert_eq!(feedback[0].pct_draft_kept, Some(1.0));
    assert_eq!(
        record.due_replies(later).expect("outbox")[0].decision_id,
        id
    );
    assert_eq!(
        record
            .verify_audit(&[])
            .expect("reads")
            .expect("holds")
            .rows,
        2
    );
    let stored = record.newest_draft("m1").expect("reads").expect("there");
    assert_eq!(stored.draft, draft());
}

#[test]
fn a_decision_on_another_messages_draft_is_refused_whole() {
    let mut record = filled();
    let draft_id = record.keep_draft(&draft()).expect("kept");
    let mut import = record.import("2026-11-22T13:00:00Z").expect("begins");
    import.message(&message("m2", "p1", "t2")).expect("ok");
    import
        .commit("tester", "file", serde_json::json!({}))
        .expect("commits");
    let mut d = decision(Some(draft_id));
    d.message_id = "m2".into();
    assert!(record.decide(&d).is_err());
    assert!(record.decision_for("m2").expect("reads").is_none());
    assert!(
        record
            .feedback("2027-01-01T00:00:00Z")
            .expect("reads")
            .is_empty()
    );
}

#[test]
fn undo_works_in_its_window_only_and_once() {
    let mut record = filled();
    let id = record.decide(&decision(None)).expect("decided");
    assert!(
        record
            .undo(id, "tester", "2026-11-22T12:00:11Z", &routine)
            .is_err()
    );
    record
        .undo(id, "tester", "2026-11-22T12:00:09Z", &routine)
        .expect("undone");
    assert!(
        record
            .undo(id, "tester", "2026-11-22T12:00:09Z", &routine)
            .is_err()
    );
    assert!(
        record
            .due_replies("2027-01-01T00:00:00Z")
            .expect("outbox")
            .is_empty()
    );
    assert!(
        record
            .feedback("2027-01-01T00:00:00Z")
            .expect("feedback")
            .is_empty()
    );
    record.decide(&decision(None)).expect("again");
}

#[test]
fn the_audit_cannot_be_changed_and_a_forged_one_is_found() {
    let record = filled();
    assert!(
        record
            .conn
            .execute("UPDATE audit SET actor = 'x'", [])
            .is_err()
    );
    assert!(record.conn.execute("DELETE FROM audit", []).is_err());
    record
        .conn
        .execute_batch("DROP TRIGGER audit_no_update; UPDATE audit SET actor = 'x' WHERE seq = 1")
        .expect("forged");
    let broken = record.verify_audit(&[]).expect("reads").expect_err("found");
    assert_eq!(broken.seq, 1);
}

#[test]
fn a_record_on_disk_is_there_after_reopening_and_a_newer_one_is_refused() {
    let dir = tempfile::tempdir().expect("dir");
    let path = dir.path().join("record.db");
    let mut record = open(&path).expect("opens");
    record.set_setting("x", &7).expect("set");
    drop(record);
    let record = open(&path).expect("reopens");
    assert_eq!(record.setting::<i32>("x").expect("read"), 7);
    record
        .conn
        .pragma_update(None, "user_version", 99)
        .expect("set");
    drop(record);
    assert!(matches!(open(&path), Err(RecordError::Migration(_))));
}

#[test]
fn the_migrations_are_sound() {
    assert!(
        rusqlite_migration::Migrations::from_slice(crate::MIGRATIONS)
            .validate()
            .is_ok()
    );
}

#[test]
fn the_queue_puts_the_urgent_and_the_old_first() {
    let mut record = filled();
    let mut import = record.import("2026-11-22T13:00:00Z").expect("begins");
    for (id, sent) in [
        ("e", "2026-11-21T09:00:00Z"),
        ("r", "2026-11-19T09:00:00Z"),
        ("n", "2026-11-01T09:00:00Z"),
    ] {
        let mut m = message(id, "p1", id);
        m.sent_at = sent.into();
        import.message(&m).expect("message");
        import
            .reopen(&|w: &Waiting| Triage {
                urgency: match w.messages[0].id.as_str() {
                    "e" => Urgency::Emergency,
                    "n" => Urgency::None,
                    _ => Urgency::Routine,
                },
                kind: MessageKind::Clinical,
                flags: vec![],
                anger: None,
                front_desk: false,
            })
            .expect("open");
    }
    import
        .commit("tester", "file", serde_json::json!({}))
        .expect("commits");
    let ids = |rows: Vec<QueueRow>| rows.into_iter().map(|r| r.message_id).collect::<Vec<_>>();
    let now = "2026-11-22T00:00:00Z";
    let page = |folder, search: &str| {
        let query = QueueQuery {
            folder,
            search: search.into(),
            ..QueueQuery::default()
        };
        let page = Page {
            query: &query,
            now,
            today: now,
            day: None,
        };
        let found = record.queue_page(&page).expect("queue");
        assert_eq!(found.rows.len(), found.total as usize);
        ids(found.rows)
    };
    assert_eq!(
        record.first_waiting(now).expect("first").as_deref(),
        Some("e")
    );
    assert_eq!(page(Folder::Waiting, ""), ["e", "r", "m1", "n"]);
    assert_eq!(ids(record.waiting().expect("read")), ["e", "r", "m1", "n"]);
    assert_eq!(page(Folder::RedFlags, ""), ["e"]);
    // A red flag is in every folder, and in every search.
    assert_eq!(page(Folder::Later, ""), ["e"]);
    assert_eq!(page(Folder::NoDraft, ""), ["e", "n"]);
    assert_eq!(page(Folder::Waiting, "nothingofthat"), ["e"]);
    let (undrafted, all) = record.undrafted(10).expect("undrafted");
    assert_eq!((undrafted, all), (vec!["r".to_owned(), "m1".to_owned()], 2));
    assert_eq!(record.undrafted(1).expect("undrafted").0, ["r"]);
    assert_eq!(record.red_flags().expect("counted"), 1);
}

#[test]
fn a_failed_change_of_key_leaves_the_record_under_the_old_one() {
    let dir = tempfile::tempdir().expect("dir");
    let path = dir.path().join("record.db");
    let mut record = filled_from(open(&path).expect("opens"));
    // Where the copy should go there is a folder: as with a full disk, it cannot be written.
    std::fs::create_dir_all(path.with_extension("new").join("x")).expect("made");
    assert!(record.rekey(&[8; 32]).is_err());
    drop(record);
    let record = open(&path).expect("the old key opens it");
    record.check_integrity().expect("sound");
    assert_eq!(record.message("m1").expect("there").body, "It hurts.");
}

#[test]
fn a_record_that_is_gone_is_not_made_anew_in_its_place() {
    let dir = tempfile::tempdir().expect("dir");
    let path = dir.path().join("record.db");
    let opened = Record::open(
        &path,
        &mut Opening {
            key: &KEY,
            route: "test",
            create: false,
            random: &mut |_| (),
        },
    );
    assert!(matches!(opened, Err(RecordError::Missing)));
    assert!(!path.exists());
}

#[test]
fn what_the_front_desk_answers_is_not_drafted_unasked() {
    let mut record = filled();
    let (ids, all) = record.undrafted(8).expect("read");
    assert!(!ids.is_empty() && ids.len() == all);
    let changed = record
        .change_rules(
            ("rules", "text"),
            &|w| Triage {
                front_desk: true,
                ..routine(w)
            },
            "tester",
            "2026-11-22T00:00:00Z",
            serde_json::json!({}),
        )
        .expect("triaged");
    assert_eq!(changed, all);
    assert_eq!(record.undrafted(8).expect("read"), (vec![], 0));
    for id in &ids {
        assert!(!record.is_undrafted(id).expect("read"));
    }
    // It waits without a draft: the folder of what has none holds it, counts it, and lets it go with a draft.
    let without = |record: &Record| {
        let query = QueueQuery {
            folder: Folder::NoDraft,
            ..QueueQuery::default()
        };
        let found = page_of(record, &query, "2026-11-22T00:00:00Z");
        let count = found.counts.folders.iter();
        let count = count.clone().find(|c| c.folder == Folder::NoDraft);
        assert_eq!(found.rows.len() as u32, found.total);
        assert_eq!(count.map(|c| c.rows), Some(found.total));
        found
            .rows
            .into_iter()
            .map(|r| r.message_id)
            .collect::<Vec<_>>()
    };
    assert_eq!(without(&record), ids);
    record.keep_draft(&draft()).expect("kept");
    assert!(!without(&record).contains(&"m1".to_owned()));
}
