//! A record from before it was protected, its keys and its people.

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
fn case_39_two_processes_cannot_have_it_open() {
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
        draft_id: None,
        corrects: None,
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

#[test]
fn a_key_is_not_changed_while_somebody_reads_beside() {
    let dir = tempfile::tempdir().expect("dir");
    let path = dir.path().join("record.db");
    let mut record = filled_from(open(&path).expect("opens"));
    let reader = record.reader(&KEY).expect("opens").expect("a file");
    reader.check().expect("sound");
    reader.verify_audit().expect("reads").expect("holds");
    // Something is in the log while the reader keeps it.
    record.decide(&decision(None)).expect("decided");
    assert!(record.rekey(&[8; 32]).is_err());
    drop(record);
    drop(reader);
    assert!(matches!(
        open_with(&path, &[8; 32]),
        Err(RecordError::WrongKey)
    ));
    let mut record = open(&path).expect("the old key is in force");
    assert!(record.decision_for("m1").expect("reads").is_some());
    record.rekey(&[8; 32]).expect("nobody reads beside");
    record.check_integrity().expect("sound");
    record.verify_audit(&[]).expect("reads").expect("holds");
}

#[test]
fn an_ended_reader_does_nothing_more() {
    let dir = tempfile::tempdir().expect("dir");
    let path = dir.path().join("record.db");
    let record = filled_from(open(&path).expect("opens"));
    let reader = record.reader(&KEY).expect("opens").expect("a file");
    reader.interrupt().now();
    let to = dir.path().join("copy.db");
    for ended in [reader.check(), reader.copy_to(&to, &KEY)] {
        assert!(matches!(ended, Err(RecordError::Interrupted)));
    }
    assert!(!to.exists());
}

/// Records of every schema that was released, with a decision in each: opened, they hold what they held.
#[test]
fn a_record_of_every_earlier_schema_is_taken_over_with_all_it_holds() {
    for n in 1..MIGRATIONS.len() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("record.db");
        let mut conn = file::connect(&path, &KEY, true).expect("opens");
        set_up(&conn).expect("set up");
        Migrations::from_slice(&MIGRATIONS[..n])
            .to_latest(&mut conn)
            .expect("made");
        conn.execute_batch(
            "INSERT INTO patient VALUES ('p1', 'Ana Ruiz', '1970-01-01', 'female', '', 0, 'h');
             INSERT INTO thread (id, patient_id, subject, open_message_id, urgency, kind, triage)
               VALUES ('t1', 'p1', 'Knee', 'm1', 'routine', 'clinical', '{\"urgency\":\"routine\",\"kind\":\"clinical\",\"flags\":[]}'),
                      ('t2', 'p1', 'Hip', 'm2', 'routine', 'clinical', '{\"urgency\":\"routine\",\"kind\":\"clinical\",\"flags\":[]}');
             INSERT INTO message VALUES ('m1', 't1', 'p1', NULL, 'patient', 'Ana Ruiz', '', '2026-11-20T09:00:00Z', 'Knee', 'It hurts.', 'h', '2026-11-20T10:00:00Z'),
                                        ('m2', 't2', 'p1', NULL, 'patient', 'Ana Ruiz', '', '2026-11-20T09:00:00Z', 'Hip', 'It aches.', 'h', '2026-11-20T10:00:00Z');
             INSERT INTO decision (id, message_id, kind, start_mode, final_text, reviewer_id, decided_at, undo_until)
               VALUES (1, 'm1', 'rewritten', 'blank', 'Please rest.', 'ada', '2026-11-20T11:00:00Z', '2026-11-20T11:00:10Z');
             INSERT INTO outbox VALUES (1, 'm1', 'Please rest.', '2026-11-20T11:00:10Z');",
        )
        .unwrap_or_else(|e| panic!("schema {n}: {e}"));
        // The row of the audit that a decision has had from the first version on.
        let at = "2026-11-20T11:00:00Z";
        let prev = "countersign-audit-1";
        let hash = crate::audit::seal(prev, &["1", at, "ada", "decide", "message", "m1", "{}"]);
        conn.execute(
            "INSERT INTO audit (seq, at, actor, action, subject_kind, subject_id, detail, prev_hash, hash)
             VALUES (1, ?1, 'ada', 'decide', 'message', 'm1', '{}', ?2, ?3)",
            rusqlite::params![at, prev, hash],
        )
        .unwrap_or_else(|e| panic!("schema {n}: {e}"));
        drop(conn);
        let record = open(&path).unwrap_or_else(|e| panic!("schema {n}: {e}"));
        assert_eq!(record.message("m1").expect("there").body, "It hurts.");
        let decided = record.decision_for("m1").expect("reads").expect("decided");
        assert_eq!(decided.final_text.as_deref(), Some("Please rest."));
        assert_eq!(
            record
                .due_replies("2027-01-01T00:00:00Z")
                .expect("reads")
                .len(),
            1
        );
        let waiting = record.waiting().expect("reads");
        assert_eq!(waiting.len(), 1, "schema {n}");
        record.check_integrity().expect("sound");
        record.verify_audit(&[]).expect("reads").expect("holds");
    }
}
