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
