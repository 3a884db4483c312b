//! Keys: people, codes, changes of key, and slots that somebody planted.

use super::*;

#[test]
fn a_removed_person_is_out_and_what_they_kept_opens_nothing_new() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    desk.add_user("cleo", BEN, Role::Clinician, Licence::Nurse)
        .expect("added");
    let keys = dir.path().join("record/record.keys");
    let kept = std::fs::read(&keys).expect("read");
    desk.remove_user("cleo").expect("removed");
    desk.queue(&QueueQuery::default()).expect("still open");
    desk.lock("test");
    assert_eq!(
        desk.unlock(&passphrase("cleo", BEN)).expect_err("out").code,
        Code::Unlock
    );
    let now = std::fs::read(&keys).expect("read");
    // With the old key file put back the old key comes out of it, and no longer opens the record.
    std::fs::write(&keys, kept).expect("put back");
    assert_eq!(
        desk.unlock(&passphrase("cleo", BEN)).expect_err("out").code,
        Code::Record
    );
    std::fs::write(&keys, now).expect("back");
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    desk.verify_audit(&[]).expect("holds");
    assert_eq!(
        desk.remove_user("ada").expect_err("oneself").code,
        Code::Conflict
    );
}

#[test]
fn case_32_a_change_of_key_cut_off_at_any_point_leaves_a_record_that_opens() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    let record = dir.path().join("record");
    let read = |name: &str| std::fs::read(record.join(name)).expect("read");
    desk.lock("test");
    let (old_db, old_keys) = (read("record.db"), read("record.keys"));
    // The state between: both keys in the slots, the file still with the old one.
    let mut slots = keys::SlotFile::read(&record.join("record.keys")).expect("slots");
    let unlocked = slots.unlock("ada", ADA).expect("opens");
    let next = keys::RecordKey::random(&mut keys::OsRng);
    slots.begin_rekey(&next, &mut keys::OsRng).expect("begun");
    slots.write(&record.join("record.keys")).expect("written");
    desk.unlock(&passphrase("ada", ADA))
        .expect("the old key is in force");
    desk.queue(&QueueQuery::default()).expect("queue");
    desk.lock("test");
    let settled = keys::SlotFile::read(&record.join("record.keys")).expect("slots");
    assert!(settled.unlock("ada", ADA).expect("opens").next.is_none());
    // And with the file already under the new one, the slots not yet settled.
    std::fs::write(record.join("record.db"), old_db).expect("back");
    std::fs::write(record.join("record.keys"), old_keys).expect("back");
    {
        let mut r = records::Record::open(
            &record.join("record.db"),
            &mut records::Opening {
                key: unlocked.key.bytes(),
                route: "test",
                create: false,
                random: &mut |_| (),
            },
        )
        .expect("opens");
        r.rekey(next.bytes()).expect("rekeyed");
    }
    slots.write(&record.join("record.keys")).expect("written");
    desk.unlock(&passphrase("ada", ADA))
        .expect("the new key is in force");
    desk.queue(&QueueQuery::default()).expect("queue");
    let settled = keys::SlotFile::read(&record.join("record.keys")).expect("slots");
    let opened = settled.unlock("ada", ADA).expect("opens");
    assert!(opened.next.is_none() && opened.key == next);
}

#[test]
fn a_planted_code_opens_nothing() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    made(dir.path(), &times).lock("test");
    let path = dir.path().join("record/record.keys");
    let mut slots = keys::SlotFile::read(&path).expect("slots");
    let key = slots.unlock("ada", ADA).expect("opens").key;
    let planted = slots
        .new_code(keys::SlotKind::Recovery, &key, &mut keys::OsRng)
        .expect("planted");
    slots.write(&path).expect("written");
    let desk = closed(dir.path(), &times);
    assert_eq!(
        desk.recover(&planted.shown(), "ada", BEN)
            .expect_err("out")
            .code,
        Code::Unlock
    );
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    assert_eq!(
        desk.rekey().expect_err("not the known file").code,
        Code::Keys
    );
    desk.queue(&QueueQuery::default())
        .expect("nothing was changed");
}

#[test]
fn an_old_passphrase_with_an_old_key_file_opens_no_later_key() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    let path = dir.path().join("record/record.keys");
    let old = keys::SlotFile::read(&path).expect("slots");
    desk.change_passphrase(ADA, BEN).expect("changed");
    desk.rekey().expect("rekeyed");
    let now = keys::SlotFile::read(&path).expect("slots");
    let leaked = old.unlock("ada", ADA).expect("the old file").key;
    assert!(now.unlock("ada", ADA).is_err());
    assert!(now.unlock("ada", BEN).expect("opens").key != leaked);
    desk.lock("test");
    desk.unlock(&passphrase("ada", BEN)).expect("opens");
}

#[test]
fn a_planted_slot_opens_nothing() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    made(dir.path(), &times).lock("test");
    let path = dir.path().join("record/record.keys");
    let mut slots = keys::SlotFile::read(&path).expect("slots");
    // Even one who had the record's key makes no account by writing a slot.
    let key = slots.unlock("ada", ADA).expect("opens").key;
    slots
        .add_user("eve", BEN, &key, &mut keys::OsRng)
        .expect("planted");
    slots.write(&path).expect("written");
    let desk = closed(dir.path(), &times);
    assert_eq!(
        desk.unlock(&passphrase("eve", BEN)).expect_err("out").code,
        Code::Unlock
    );
}

#[test]
fn the_sealed_code_opens_with_a_name_and_a_reason_and_is_shouted_in_the_audit() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = closed(dir.path(), &times);
    let codes = desk.create(&first("ada")).expect("made");
    desk.lock("test");
    let glass = |user: &str, reason: &str, code: &str| Unlock::BreakGlass {
        user: user.into(),
        code: code.into(),
        reason: reason.into(),
    };
    assert_eq!(
        desk.unlock(&glass("dr night", "", &codes.break_glass))
            .expect_err("no reason")
            .code,
        Code::Incomplete
    );
    assert_eq!(
        desk.unlock(&glass("dr night", "on call, ada is away", &codes.recovery))
            .expect_err("another code")
            .code,
        Code::Unlock
    );
    desk.unlock(&glass(
        "dr night",
        "on call, ada is away",
        &codes.break_glass,
    ))
    .expect("opens");
    assert!(matches!(
        desk.session_state(),
        SessionState::Open {
            break_glass: true,
            ..
        }
    ));
    assert_eq!(desk.accounts().expect_err("no admin").code, Code::Forbidden);
    desk.lock("test");
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    let mut rows = Vec::new();
    desk.audit_rows(
        &AuditFilter {
            action: "break_glass".into(),
            ..AuditFilter::default()
        },
        |r| {
            rows.push(r);
            Ok::<(), Failure>(())
        },
    )
    .expect("read");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].actor, "break-glass:dr night");
    assert_eq!(rows[0].detail["reason"], "on call, ada is away");
}

#[test]
fn a_forgotten_passphrase_is_replaced_with_the_recovery_code() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = closed(dir.path(), &times);
    let codes = desk.create(&first("ada")).expect("made");
    desk.lock("test");
    assert_eq!(
        desk.recover(&codes.break_glass, "ada", BEN)
            .expect_err("another code")
            .code,
        Code::Unlock
    );
    desk.recover(&codes.recovery, "ada", BEN)
        .expect("recovered");
    assert_eq!(
        desk.unlock(&passphrase("ada", ADA)).expect_err("old").code,
        Code::Unlock
    );
    desk.unlock(&passphrase("ada", BEN)).expect("opens");
    let again = desk.new_codes().expect("codes");
    desk.lock("test");
    assert!(
        desk.recover(&codes.recovery, "ada", ADA).is_err(),
        "the old code ended"
    );
    times.pass(100);
    desk.recover(&again.recovery, "ada", ADA)
        .expect("recovered");
}

#[test]
fn a_slot_of_an_older_version_is_raised_by_whoever_opens_it() {
    const OLD: keys::Kdf = keys::Kdf {
        m_kib: 8 * 1024,
        t: 1,
        p: 1,
    };
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = closed(dir.path(), &times);
    let codes = desk.create(&first("ada")).expect("made");
    desk.lock("test");
    let path = dir.path().join("record/record.keys");
    let (rng, read) = (&mut keys::OsRng, || {
        keys::SlotFile::read(&path).expect("slots")
    });
    let mut slots = read();
    assert!(slots.is_up_to_date());
    slots
        .set_cost(keys::SlotKind::User, "ada", ADA, OLD, rng)
        .expect("as it was once");
    for (kind, name, code) in [
        (keys::SlotKind::Recovery, "recovery", &codes.recovery),
        (
            keys::SlotKind::BreakGlass,
            "break-glass",
            &codes.break_glass,
        ),
    ] {
        let code = keys::RecoveryCode::read(code).expect("a code");
        slots
            .set_cost(kind, name, code.secret(), OLD, rng)
            .expect("as it was once");
    }
    slots.write(&path).expect("written");
    assert!(slots.is_weak("ada") && !slots.is_up_to_date());
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    assert!(!read().is_weak("ada"), "the passphrase's slot");
    assert!(!read().is_up_to_date(), "the codes' are still as they were");
    desk.lock("test");
    desk.unlock(&Unlock::BreakGlass {
        user: "dr night".into(),
        code: codes.break_glass.clone(),
        reason: "on call, ada is away".into(),
    })
    .expect("opens");
    desk.lock("test");
    desk.recover(&codes.recovery, "ada", BEN)
        .expect("recovered");
    assert!(read().is_up_to_date(), "all of them");
    desk.unlock(&passphrase("ada", BEN)).expect("opens");
}
