//! What the desk promises of the record: nobody gets in who should not, nothing
//! is lost when a step is cut off, and each use is on the audit. Clocks are the test's own.

use contract::{
    Code, DecisionKind, DecisionRequest, Failure, FirstAdmin, Licence, QueueQuery, Role,
    SessionState, Settings, StartMode, Unlock, UnsentText,
};
use desk::{AuditFilter, Clock, Desk, ExportFormat, Place};
use jiff::{Timestamp, ToSpan};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const ADA: &str = "correct horse battery";
const BEN: &str = "another long passphrase";

#[derive(Clone)]
struct Times {
    now: Arc<Mutex<Timestamp>>,
    elapsed: Arc<Mutex<Duration>>,
}

impl Times {
    fn new() -> Self {
        Self {
            now: Arc::new(Mutex::new("2026-11-22T12:00:00Z".parse().expect("time"))),
            elapsed: Arc::new(Mutex::new(Duration::from_secs(1000))),
        }
    }

    fn clock(&self) -> Clock {
        let (now, elapsed) = (Arc::clone(&self.now), Arc::clone(&self.elapsed));
        Clock {
            now: Arc::new(move || *now.lock().expect("clock")),
            elapsed: Arc::new(move || *elapsed.lock().expect("clock")),
        }
    }

    fn pass(&self, seconds: u64) {
        *self.elapsed.lock().expect("clock") += Duration::from_secs(seconds);
    }
}

fn place(dir: &Path) -> Place {
    Place::of_user(Some(dir.join("record")), Some(dir.join("models"))).expect("place")
}

fn closed(dir: &Path, times: &Times) -> Desk {
    Desk::new(place(dir), times.clock(), "test").expect("a desk")
}

fn first() -> FirstAdmin {
    FirstAdmin {
        user: "ada".into(),
        passphrase: ADA.into(),
        licence: Licence::Physician,
    }
}

fn made(dir: &Path, times: &Times) -> Desk {
    let desk = closed(dir, times);
    desk.create(&first()).expect("made");
    desk.import_sample().expect("imported");
    desk
}

fn passphrase(user: &str, passphrase: &str) -> Unlock {
    Unlock::Passphrase {
        user: user.into(),
        passphrase: passphrase.into(),
    }
}

fn request() -> DecisionRequest {
    DecisionRequest {
        message_id: "message-03-1".into(),
        draft_id: None,
        kind: DecisionKind::Edited,
        start_mode: StartMode::Blank,
        final_text: Some("We are looking at it.".into()),
        reasons: Vec::new(),
        escalated_to: None,
        read_ms: None,
        edit_ms: None,
        dwell_ms: None,
        scrolled_to_end: None,
        opened_context: None,
        seen: Vec::new(),
        checked: Vec::new(),
        shown: None,
    }
}

/// Everything that a page or a script can ask of an open record, by name.
fn everything(desk: &Desk, out: &Path) -> Vec<(&'static str, Result<(), Failure>)> {
    let unsent = UnsentText {
        text: "x".into(),
        start_mode: StartMode::Blank,
    };
    vec![
        ("queue", desk.queue(&QueueQuery::default()).map(drop)),
        ("put_off", desk.put_off("message-03-1", None)),
        ("assign", desk.assign("message-03-1", "")),
        ("sign_off", desk.sign_off(&request()).map(drop)),
        ("more_time", desk.more_time(1).map(drop)),
        (
            "close_owed_none",
            desk.close_owed_none(&["message-03-1".into()]).map(drop),
        ),
        ("open_message", desk.open_message("message-03-1").map(drop)),
        (
            "check",
            desk.check("message-03-1", "Hello", StartMode::Blank)
                .map(drop),
        ),
        ("decide", desk.decide(&request()).map(drop)),
        ("undo", desk.undo(1).map(drop)),
        ("redraft", desk.redraft("message-03-1", 1, None)),
        ("keep_unsent", desk.keep_unsent("message-03-1", &unsent)),
        ("triage_waiting", desk.triage_waiting().map(drop)),
        ("import_sample", desk.import_sample().map(drop)),
        ("export", desk.export(ExportFormat::Sft, out).map(drop)),
        ("verify_audit", desk.verify_audit(&[]).map(drop)),
        (
            "audit_rows",
            desk.audit_rows(&AuditFilter::default(), |_| Ok(())),
        ),
        ("signed_head", desk.signed_head().map(drop)),
        ("purge_audit", desk.purge_audit(6).map(drop)),
        ("accounts", desk.accounts().map(drop)),
        (
            "add_user",
            desk.add_user("eve", "eves own passphrase", Role::Admin, Licence::None),
        ),
        ("remove_user", desk.remove_user("ada")),
        ("new_codes", desk.new_codes().map(drop)),
        ("rekey", desk.rekey()),
        ("backup", desk.backup(&out.join("backup")).map(drop)),
        ("settings", desk.settings().map(drop)),
        (
            "set_settings",
            desk.set_settings(Settings {
                lock_minutes: 60,
                ..Settings::default()
            })
            .map(drop),
        ),
        ("change_passphrase", desk.change_passphrase(ADA, BEN)),
    ]
}

#[test]
fn while_locked_every_request_answers_locked_and_nothing_of_the_record_is_told() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    desk.lock("test");
    for (name, answer) in everything(&desk, dir.path()) {
        let failure = answer.expect_err(name);
        assert_eq!(failure.code, Code::Locked, "{name}");
        assert!(!failure.message.contains("Ruiz"), "{name}");
    }
    match desk.session_state() {
        SessionState::Locked {
            users, red_flags, ..
        } => {
            assert_eq!(users, ["ada"]);
            assert!(
                red_flags.is_some_and(|n| n >= 8),
                "red flags are counted on the lock screen"
            );
        }
        other => panic!("{other:?}"),
    }
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    desk.queue(&QueueQuery::default()).expect("queue");
}

#[test]
fn each_role_may_do_its_own_and_nothing_more() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    for (name, role) in [
        ("cleo", Role::Clinician),
        ("lee", Role::Lead),
        ("root", Role::Admin),
        ("otto", Role::Auditor),
    ] {
        desk.add_user(name, BEN, role, Licence::None)
            .expect("added");
    }
    let forbidden = |user: &str| {
        desk.lock("test");
        desk.unlock(&passphrase(user, BEN)).expect("opens");
        let out = tempfile::tempdir().expect("dir");
        everything(&desk, out.path())
            .into_iter()
            .filter(|(_, r)| r.as_ref().is_err_and(|f| f.code == Code::Forbidden))
            .map(|(name, _)| name)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        forbidden("cleo"),
        [
            "export",
            "verify_audit",
            "audit_rows",
            "signed_head",
            "purge_audit",
            "accounts",
            "add_user",
            "remove_user",
            "new_codes",
            "rekey",
            "backup",
            "set_settings"
        ]
    );
    assert_eq!(
        forbidden("lee"),
        [
            "purge_audit",
            "accounts",
            "add_user",
            "remove_user",
            "new_codes",
            "rekey",
            "backup"
        ]
    );
    assert_eq!(
        forbidden("otto"),
        [
            "queue",
            "put_off",
            "assign",
            "sign_off",
            "more_time",
            "close_owed_none",
            "open_message",
            "check",
            "decide",
            "undo",
            "redraft",
            "keep_unsent",
            "triage_waiting",
            "import_sample",
            "export",
            "purge_audit",
            "accounts",
            "add_user",
            "remove_user",
            "new_codes",
            "rekey",
            "backup",
            "set_settings"
        ]
    );
    // An admin without a licence looks after the record and answers no patient.
    assert_eq!(
        forbidden("root"),
        [
            "put_off",
            "assign",
            "sign_off",
            "more_time",
            "close_owed_none",
            "decide",
            "undo",
            "keep_unsent"
        ]
    );
}

#[test]
fn guessing_is_slowed_across_restarts_and_whatever_the_wall_clock_says() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    made(dir.path(), &times).lock("test");
    let desk = closed(dir.path(), &times);
    for _ in 0..5 {
        times.pass(400);
        let f = desk.unlock(&passphrase("ada", BEN)).expect_err("wrong");
        assert_eq!(f.code, Code::Unlock);
    }
    let throttled = |desk: &Desk| {
        desk.unlock(&passphrase("ada", ADA))
            .expect_err("too soon")
            .code
            == Code::Throttled
    };
    assert!(throttled(&desk));
    // Case 37: somebody sets the clock, forwards or back.
    for hours in [48, -48] {
        let mut now = times.now.lock().expect("clock");
        *now = now.checked_add(hours.hours()).expect("time");
        drop(now);
        assert!(throttled(&desk));
    }
    let again = closed(dir.path(), &times);
    assert!(throttled(&again), "a restart does not help");
    times.pass(10);
    again.unlock(&passphrase("ada", ADA)).expect("opens");
    let mut tries = 0;
    again
        .audit_rows(
            &AuditFilter {
                action: "unlock".into(),
                ..AuditFilter::default()
            },
            |r| {
                tries = r.detail["wrong_tries_before"].as_u64().unwrap_or(0);
                Ok::<(), Failure>(())
            },
        )
        .expect("read");
    assert_eq!(tries, 5, "the wrong tries are on the audit");
}

#[test]
fn an_idle_and_a_sleeping_workstation_lock_whatever_the_wall_clock_says() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    const USUAL: Duration = Duration::from_secs(2);
    for _ in 0..59 {
        times.pass(10);
        desk.look(USUAL);
    }
    desk.queue(&QueueQuery::default())
        .expect("still open after 9 minutes 50");
    *times.now.lock().expect("clock") = "2020-01-01T00:00:00Z".parse().expect("time");
    times.pass(10);
    desk.look(USUAL);
    assert_eq!(
        desk.queue(&QueueQuery::default()).expect_err("locked").code,
        Code::Locked
    );
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    desk.look(USUAL);
    desk.queue(&QueueQuery::default()).expect("open");
    desk.look(Duration::from_secs(31));
    assert_eq!(
        desk.queue(&QueueQuery::default())
            .expect_err("it slept")
            .code,
        Code::Locked
    );
}

#[test]
fn typed_words_survive_a_lock_and_a_restart_for_their_person_alone() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    desk.add_user("cleo", BEN, Role::Clinician, Licence::Nurse)
        .expect("added");
    let words = UnsentText {
        text: "Please rest. CANARY-WORDS".into(),
        start_mode: StartMode::Blank,
    };
    desk.keep_unsent("message-03-1", &words).expect("kept");
    desk.lock("test");
    drop(desk);
    let desk = closed(dir.path(), &times);
    desk.unlock(&passphrase("cleo", BEN)).expect("opens");
    assert_eq!(
        desk.open_message("message-03-1").expect("opens").unsent,
        None
    );
    desk.lock("test");
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    assert_eq!(
        desk.open_message("message-03-1").expect("opens").unsent,
        Some(words)
    );
    desk.decide(&request()).expect("decided");
    assert_eq!(
        desk.open_message("message-03-1").expect("opens").unsent,
        None
    );
}

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
fn a_change_of_key_cut_off_at_any_point_leaves_a_record_that_opens() {
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
fn an_older_record_put_back_is_told_after_the_next_unlock() {
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
    let codes = desk.create(&first()).expect("made");
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
    let codes = desk.create(&first()).expect("made");
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
        desk.export(ExportFormat::Csv, dir.path())
            .expect_err("refused")
            .code,
        Code::Forbidden
    );
    desk.lock("test");
    assert!(!dir.path().join("record").exists());
}

#[test]
fn a_view_is_on_the_audit_once_for_each_opening() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    for id in [
        "message-03-1",
        "message-03-1",
        "message-04-1",
        "message-03-1",
    ] {
        desk.open_message(id).expect("opens");
    }
    let mut seen = Vec::new();
    desk.audit_rows(
        &AuditFilter {
            action: "view".into(),
            ..AuditFilter::default()
        },
        |r| {
            seen.push(r.subject_id);
            Ok::<(), Failure>(())
        },
    )
    .expect("read");
    assert_eq!(seen, ["message-03-1", "message-04-1", "message-03-1"]);
}

#[test]
fn a_record_is_not_made_over_another_and_a_lost_key_file_is_said() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    made(dir.path(), &times).lock("test");
    let desk = closed(dir.path(), &times);
    assert_eq!(
        desk.create(&first()).err().expect("there is one").code,
        Code::Conflict
    );
    std::fs::remove_file(dir.path().join("record/record.keys")).expect("removed");
    let f = desk.create(&first()).err().expect("its keys are missing");
    assert_eq!(f.code, Code::Conflict);
    assert!(f.message.contains("record.keys"));
}

#[test]
fn a_lock_racing_with_requests_leaves_nothing_open_and_nothing_half_done() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = Arc::new(made(dir.path(), &times));
    let asking: Vec<_> = (0..4)
        .map(|_| {
            let desk = Arc::clone(&desk);
            std::thread::spawn(move || {
                for i in 0..200 {
                    match desk.open_message(["message-03-1", "message-04-1"][i % 2]) {
                        Ok(_) => {}
                        Err(f) => assert_eq!(f.code, Code::Locked),
                    }
                }
            })
        })
        .collect();
    desk.lock("test");
    for t in asking {
        t.join().expect("no panic");
    }
    assert_eq!(
        desk.queue(&QueueQuery::default()).expect_err("locked").code,
        Code::Locked
    );
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    desk.verify_audit(&[]).expect("holds");
}
