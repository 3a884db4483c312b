//! Files: what lies on the disk, what was put in its place, backups.

use super::*;

#[test]
fn no_canary_of_a_whole_session_lies_on_the_disk() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    desk.keep_unsent(
        "message-03-1",
        &UnsentText {
            text: "CANARY-WORDS".into(),
            start_mode: StartMode::Blank,
            draft_id: None,
            corrects: None,
        },
    )
    .expect("kept");
    desk.decide(&DecisionRequest {
        final_text: Some("CANARY-REPLY: we are looking at it.".into()),
        ..request()
    })
    .expect("decided");
    desk.backup(&dir.path().join("backup")).expect("backed up");
    let look = || {
        for folder in [dir.path().join("record"), dir.path().join("backup")] {
            for file in std::fs::read_dir(folder).expect("folder") {
                let path = file.expect("file").path();
                let bytes = std::fs::read(&path).expect("read");
                for canary in ["CANARY-WORDS", "CANARY-REPLY", "Osei", "atorvastatin", ADA] {
                    assert!(
                        !bytes.windows(canary.len()).any(|w| w == canary.as_bytes()),
                        "{canary} in {}",
                        path.display()
                    );
                }
            }
        }
    };
    look();
    desk.lock("test");
    look();
}

#[test]
fn a_making_cut_off_after_the_key_file_is_ended_by_the_next_unlock() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = closed(dir.path(), &times);
    let path = place(dir.path())
        .record()
        .expect("folder")
        .with_extension("keys");
    let mut making = keys::SlotFile::making(&mut keys::OsRng);
    let key = keys::RecordKey::random(&mut keys::OsRng);
    making
        .add_user("ada", ADA, &key, &mut keys::OsRng)
        .expect("added");
    making.write_new(&path).expect("written");
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    assert_eq!(desk.accounts().expect("accounts")[0].role, Role::Admin);
    // Nobody saw its codes, so it has none until its admin makes them.
    let slots = keys::SlotFile::read(&path).expect("slots");
    assert!(!slots.is_making() && slots.slots().len() == 1);
    desk.new_codes().expect("codes");
}

#[test]
fn a_record_that_is_gone_or_plain_is_not_taken_for_the_real_one() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    made(dir.path(), &times).lock("test");
    let db = dir.path().join("record/record.db");
    let desk = closed(dir.path(), &times);
    std::fs::remove_file(&db).expect("removed");
    assert_eq!(
        desk.unlock(&passphrase("ada", ADA)).expect_err("gone").code,
        Code::Record
    );
    assert!(!db.exists());
    std::fs::write(&db, b"SQLite format 3\0").expect("planted");
    assert!(desk.unlock(&passphrase("ada", ADA)).is_err());
}

#[test]
fn case_35_an_older_record_put_back_is_told_after_the_next_unlock() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    desk.lock("test");
    let db = dir.path().join("record/record.db");
    let older = std::fs::read(&db).expect("read");
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    desk.decide(&request()).expect("decided");
    desk.lock("test");
    std::fs::write(&db, older).expect("put back");
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    assert_eq!(desk.verify_audit(&[]).expect_err("told").code, Code::Audit);
    desk.acknowledge_mismatch("the disk was restored")
        .expect("acknowledged");
    desk.verify_audit(&[]).expect("holds");
}

#[test]
fn a_restore_removes_nothing_that_it_did_not_make() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    let backup = dir.path().join("backup");
    desk.backup(&backup).expect("backed up");
    let full = dir.path().join("full");
    std::fs::create_dir(&full).expect("made");
    std::fs::write(full.join("thesis.txt"), "years of work").expect("written");
    let there = Place {
        data: full.clone(),
        models: dir.path().join("models"),
    };
    let refused = Desk::restore(
        there,
        &backup,
        &passphrase("ada", ADA),
        times.clock(),
        "test",
    );
    assert_eq!(refused.err().expect("refused").code, Code::Conflict);
    assert_eq!(
        std::fs::read_to_string(full.join("thesis.txt")).expect("there"),
        "years of work"
    );
}

#[test]
fn a_backup_is_restored_with_its_own_people_and_a_damaged_one_never_gets_there() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    let backup = dir.path().join("backup");
    let head = desk.backup(&backup).expect("backed up");
    assert_eq!(
        desk.backup(&backup).expect_err("not twice").code,
        Code::Conflict
    );
    let there = |name: &str| place(&dir.path().join(name));
    let restore = |name: &str, from: &Path, with: &Unlock| {
        Desk::restore(there(name), from, with, times.clock(), "test")
    };
    let (found, restored) = restore("new", &backup, &passphrase("ada", ADA)).expect("restored");
    assert!(found.rows > head.rows);
    assert_eq!(
        restored
            .queue(&QueueQuery::default())
            .expect("queue")
            .items
            .len(),
        desk.queue(&QueueQuery::default())
            .expect("queue")
            .items
            .len()
    );
    restored.verify_audit(&[]).expect("holds");
    drop(restored);
    assert_eq!(
        restore("new", &backup, &passphrase("ada", ADA))
            .err()
            .expect("nothing is overwritten")
            .code,
        Code::Conflict
    );
    assert_eq!(
        restore("other", &backup, &passphrase("ada", BEN))
            .err()
            .expect("wrong")
            .code,
        Code::Unlock
    );
    let db = backup.join("record.db");
    let mut bytes = std::fs::read(&db).expect("read");
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    std::fs::write(&db, bytes).expect("damaged");
    assert!(restore("other", &backup, &passphrase("ada", ADA)).is_err());
    assert!(
        !there("other").record_path().exists(),
        "nothing is half-done"
    );
}

#[test]
fn the_sample_needs_no_account_takes_nothing_real_and_leaves_nothing() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = closed(dir.path(), &times);
    assert_eq!(
        desk.queue(&QueueQuery::default())
            .expect_err("nothing yet")
            .code,
        Code::NoRecord
    );
    desk.open_demo().expect("opens");
    assert!(
        desk.queue(&QueueQuery::default())
            .expect("queue")
            .items
            .len()
            >= 60
    );
    desk.decide(&request()).expect("decided");
    assert_eq!(
        desk.import_bytes("x.csv", b"message_id,patient_id,sent_at,sender_role,body\n")
            .expect_err("refused")
            .code,
        Code::Forbidden
    );
    assert_eq!(
        desk.export(ExportFormat::Csv, &support::as_it_is(), dir.path())
            .expect_err("refused")
            .code,
        Code::Forbidden
    );
    desk.lock("test");
    assert!(!dir.path().join("record").exists());
}

#[test]
fn a_record_is_not_made_over_another_and_a_lost_key_file_is_said() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    made(dir.path(), &times).lock("test");
    let desk = closed(dir.path(), &times);
    assert_eq!(
        desk.create(&first("ada")).err().expect("there is one").code,
        Code::Conflict
    );
    std::fs::remove_file(dir.path().join("record/record.keys")).expect("removed");
    let f = desk
        .create(&first("ada"))
        .err()
        .expect("its keys are missing");
    assert_eq!(f.code, Code::Conflict);
    assert!(f.message.contains("record.keys"));
}
