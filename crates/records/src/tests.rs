//! What the record promises as a whole.

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

fn routine(_: &Waiting) -> Triage {
    Triage {
        urgency: Urgency::Routine,
        kind: MessageKind::Clinical,
        flags: vec![],
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

/// What a second history of a record may do to it: each must be found, with its place.
mod tampering {
    use super::*;

    fn with_rows(dir: &std::path::Path, rows: usize) -> std::path::PathBuf {
        let path = dir.join("record.db");
        let mut record = open(&path).expect("opens");
        for i in 0..rows {
            record
                .note(
                    "2026-11-22T12:00:00Z",
                    "ada",
                    "view",
                    ("message", &format!("m{i}")),
                    serde_json::json!({}),
                )
                .expect("noted");
        }
        path
    }

    fn forged(path: &std::path::Path, sql: &str) -> AuditBreak {
        let record = open(path).expect("opens");
        record
            .conn
            .execute_batch(&format!(
                "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; DROP TRIGGER audit_in_order; {sql}"
            ))
            .expect("forged");
        record.verify_audit(&[]).expect("reads").expect_err("found")
    }

    #[test]
    fn an_edit_a_deletion_a_reordering_and_a_cut_are_found_with_their_place() {
        for (sql, seq) in [
            ("UPDATE audit SET actor = 'eve' WHERE seq = 3", 3),
            ("DELETE FROM audit WHERE seq = 3", 4),
            (
                "UPDATE audit SET seq = 99 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 99",
                2,
            ),
            ("DELETE FROM audit WHERE seq > 4", 5),
            (
                "UPDATE audit SET hash = (SELECT hash FROM audit WHERE seq = 1) WHERE seq = 5",
                5,
            ),
        ] {
            let dir = tempfile::tempdir().expect("dir");
            let path = with_rows(dir.path(), 5);
            assert_eq!(forged(&path, sql).seq, seq, "{sql}");
        }
    }

    #[test]
    fn an_older_record_put_back_is_found_by_the_anchor_and_by_a_signed_head() {
        let dir = tempfile::tempdir().expect("dir");
        let path = with_rows(dir.path(), 3);
        let older = std::fs::read(&path).expect("read");
        let mut record = open(&path).expect("opens");
        for _ in 0..2 {
            record
                .note(
                    "2026-11-22T12:00:00Z",
                    "ada",
                    "view",
                    ("message", "m"),
                    serde_json::json!({}),
                )
                .expect("noted");
        }
        let head = record.signed_head("2026-11-22T12:00:00Z").expect("signed");
        assert!(
            record
                .verify_audit(std::slice::from_ref(&head))
                .expect("reads")
                .is_ok()
        );
        let mut changed = head.clone();
        changed.rows += 1;
        assert!(record.verify_audit(&[changed]).expect("reads").is_err());
        drop(record);
        std::fs::write(&path, older).expect("put back");
        // Opening it anew does not hide it, and neither does working on.
        drop(open(&path).expect("opens"));
        let mut record = open(&path).expect("opens");
        assert_eq!(
            record
                .verify_audit(&[])
                .expect("reads")
                .expect_err("found")
                .seq,
            4
        );
        record
            .acknowledge_mismatch("the disk was restored", "root", "2026-11-23T12:00:00Z")
            .expect("acknowledged");
        assert!(record.verify_audit(&[]).expect("reads").is_ok());
        assert!(
            record
                .verify_audit(std::slice::from_ref(&head))
                .expect("reads")
                .is_err(),
            "a signed head is not acknowledged away"
        );
        // With the anchor taken away a row says that it was.
        drop(record);
        std::fs::remove_file(path.with_extension("head")).expect("removed");
        let record = open(&path).expect("opens");
        assert!(record.verify_audit(&[]).expect("reads").is_err());
    }

    #[test]
    fn a_removed_log_is_found_when_it_held_decisions() {
        let dir = tempfile::tempdir().expect("dir");
        let path = with_rows(dir.path(), 3);
        let mut record = open(&path).expect("opens");
        record
            .note(
                "2026-11-22T12:00:00Z",
                "ada",
                "view",
                ("message", "m"),
                serde_json::json!({}),
            )
            .expect("noted");
        // As after a kill: the log is there and was not written back.
        let (db, head) = (
            std::fs::read(&path).expect("db"),
            std::fs::read(path.with_extension("head")).expect("head"),
        );
        drop(record);
        std::fs::write(&path, db).expect("db");
        std::fs::write(path.with_extension("head"), head).expect("head");
        let record = open(&path).expect("opens");
        assert!(record.verify_audit(&[]).expect("reads").is_err());
    }

    #[test]
    fn a_purge_leaves_a_stub_that_the_rest_follows_and_that_cannot_be_changed() {
        let dir = tempfile::tempdir().expect("dir");
        let path = with_rows(dir.path(), 4);
        let mut record = open(&path).expect("opens");
        record
            .note(
                "2033-01-01T00:00:00Z",
                "ada",
                "view",
                ("message", "m"),
                serde_json::json!({}),
            )
            .expect("noted");
        let gone = record
            .purge_audit("2032-01-01T00:00:00Z", "root", "2033-01-02T00:00:00Z")
            .expect("purged");
        assert_eq!(gone, 4);
        let head = record.verify_audit(&[]).expect("reads").expect("holds");
        assert_eq!(head.rows, 6);
        record
            .conn
            .execute("UPDATE audit_stub SET hash = 'x'", [])
            .expect("forged");
        assert!(record.verify_audit(&[]).expect("reads").is_err());
    }
}

mod protected {
    use super::*;

    #[test]
    fn nothing_of_a_record_is_readable_without_its_key() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("record.db");
        let record = filled_from(open(&path).expect("opens"));
        for file in std::fs::read_dir(dir.path()).expect("dir") {
            let bytes = std::fs::read(file.expect("file").path()).expect("read");
            for canary in ["Ana Ruiz", "It hurts.", "SQLite format 3"] {
                assert!(
                    !bytes.windows(canary.len()).any(|w| w == canary.as_bytes()),
                    "{canary}"
                );
            }
        }
        drop(record);
        assert!(matches!(
            open_with(&path, &[8; 32]),
            Err(RecordError::WrongKey)
        ));
        assert!(
            rusqlite::Connection::open(&path)
                .expect("opens lazily")
                .query_row("SELECT count(*) FROM message", [], |r| r.get::<_, i64>(0))
                .is_err()
        );
        open(&path).expect("the key still opens it");
    }

    #[test]
    fn two_processes_cannot_have_it_open() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("record.db");
        let first = open(&path).expect("opens");
        assert!(matches!(open(&path), Err(RecordError::InUse)));
        drop(first);
        open(&path).expect("opens");
    }

    #[test]
    fn a_new_key_opens_and_the_old_one_does_not() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("record.db");
        let mut record = filled_from(open(&path).expect("opens"));
        record.rekey(&[8; 32]).expect("rekeyed");
        assert!(record.message("m1").is_ok());
        drop(record);
        assert!(matches!(open(&path), Err(RecordError::WrongKey)));
        let record = open_with(&path, &[8; 32]).expect("opens");
        assert_eq!(record.message("m1").expect("there").body, "It hurts.");
        record.check_integrity().expect("sound");
    }

    #[test]
    fn a_backup_is_whole_encrypted_and_checked() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("record.db");
        let record = filled_from(open(&path).expect("opens"));
        let to = dir.path().join("copy.db");
        record.backup(&to, &KEY).expect("backed up");
        drop(record);
        let copy = open(&to).expect("opens");
        assert_eq!(copy.message("m1").expect("there").body, "It hurts.");
        assert!(matches!(
            open_with(&to, &[8; 32]),
            Err(RecordError::InUse | RecordError::WrongKey)
        ));
        let bytes = std::fs::read(&to).expect("read");
        assert!(!bytes.windows(8).any(|w| w == b"Ana Ruiz"));
    }

    #[test]
    fn a_changed_byte_is_found() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("record.db");
        drop(filled_from(open(&path).expect("opens")));
        let mut bytes = std::fs::read(&path).expect("read");
        let at = bytes.len() - 2000;
        bytes[at] ^= 1;
        std::fs::write(&path, bytes).expect("written");
        let found = match open(&path) {
            Ok(record) => record.check_integrity().is_err(),
            Err(_) => true,
        };
        assert!(found);
    }

    #[test]
    fn a_record_of_the_first_version_is_encrypted_with_all_it_holds() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("record.db");
        {
            let mut conn = rusqlite::Connection::open(&path).expect("opens");
            conn.pragma_update(None, "journal_mode", "WAL")
                .expect("wal");
            rusqlite_migration::Migrations::from_slice(&crate::MIGRATIONS[..2])
                .to_latest(&mut conn)
                .expect("migrated");
            conn.execute(
                "INSERT INTO patient (id, name, birth_date, sex, language, stub, content_hash) VALUES ('p1', 'Ana Ruiz', '', '', '', 0, '')",
                [],
            )
            .expect("filled");
            let fields = [
                "1",
                "2026-11-22T12:00:00Z",
                "ada",
                "import",
                "file",
                "x",
                "{}",
            ];
            conn.execute(
                "INSERT INTO audit (seq, at, actor, action, subject_kind, subject_id, detail, prev_hash, hash)
                 VALUES (1, ?1, 'ada', 'import', 'file', 'x', '{}', 'countersign-audit-1', ?2)",
                [fields[1], &crate::audit::seal("countersign-audit-1", &fields)],
            )
            .expect("chained");
        }
        assert!(is_plain(&path).expect("read"));
        encrypt(&path, &KEY).expect("encrypted");
        assert!(!is_plain(&path).expect("read"));
        let record = open(&path).expect("opens");
        assert_eq!(record.patient("p1").expect("there").name, "Ana Ruiz");
        assert_eq!(
            record
                .verify_audit(&[])
                .expect("reads")
                .expect("holds")
                .rows,
            1
        );
        for file in std::fs::read_dir(dir.path()).expect("dir") {
            let bytes = std::fs::read(file.expect("file").path()).expect("read");
            assert!(!bytes.windows(8).any(|w| w == b"Ana Ruiz"));
        }
    }

    #[test]
    fn typed_words_are_kept_until_the_decision() {
        let mut record = filled();
        let words = Unsent {
            text: "Please rest".into(),
            start_mode: "blank".into(),
        };
        record
            .keep_unsent("m1", "tester", &words, "2026-11-22T12:00:00Z")
            .expect("kept");
        assert_eq!(record.unsent("m1", "tester").expect("read"), Some(words));
        assert_eq!(record.unsent("m1", "another").expect("read"), None);
        record.decide(&decision(None)).expect("decided");
        assert_eq!(record.unsent("m1", "tester").expect("read"), None);
    }

    #[test]
    fn the_last_admin_stays() {
        let mut record = filled();
        let ada = Account {
            name: "ada".into(),
            role: contract::Role::Admin,
            licence: contract::Licence::None,
            public_key: "00".into(),
            created_at: "2026-11-22T12:00:00Z".into(),
        };
        record.put_account(&ada, "ada", "init").expect("kept");
        assert!(matches!(
            record.remove_account("ada", "ada", "2026-11-22T12:00:00Z"),
            Err(RecordError::Conflict(_))
        ));
        record
            .put_account(
                &Account {
                    name: "ben".into(),
                    ..ada
                },
                "ada",
                "add_user",
            )
            .expect("kept");
        record
            .remove_account("ada", "ben", "2026-11-22T12:00:00Z")
            .expect("removed");
        assert_eq!(record.account("ada").expect("read"), None);
        assert_eq!(record.accounts().expect("read").len(), 1);
    }
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
