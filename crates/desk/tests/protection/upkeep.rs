//! What the desk does by itself: scheduled backups, the daily check, the audit's head.

use super::*;
use std::io::{Seek, SeekFrom, Write};

fn with_backups(dir: &Path, times: &Times) -> Desk {
    let desk = made(dir, times);
    let folder = dir.join("backups");
    std::fs::create_dir(&folder).expect("made");
    let settings = desk.settings().expect("settings");
    desk.set_settings(Settings {
        backup_folder: folder.display().to_string(),
        backup_days: 2,
        backups_kept: 2,
        audit_folder: folder.display().to_string(),
        ..settings
    })
    .expect("set");
    desk
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(dir.join("backups"))
        .expect("a folder")
        .map(|f| {
            f.expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|n| n.contains("backup"))
        .collect();
    names.sort();
    names
}

fn day(times: &Times, day: &str) {
    times.set(format!("{day}T12:00:00Z").parse().expect("a time"));
}

fn actions(desk: &Desk, action: &str) -> Vec<serde_json::Value> {
    let mut rows = Vec::new();
    desk.audit_rows(
        &AuditFilter {
            action: action.into(),
            ..AuditFilter::default()
        },
        |r| {
            rows.push(r.detail);
            Ok::<(), Failure>(())
        },
    )
    .expect("read");
    rows
}

#[test]
fn backups_are_made_by_schedule_kept_by_number_and_can_be_restored() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = with_backups(dir.path(), &times);
    let mut made_on = Vec::new();
    for d in ["22", "22", "23", "24", "25", "26", "27"] {
        day(&times, &format!("2026-11-{d}"));
        assert_eq!(desk.upkeep(), vec![], "on {d}");
        made_on.push(names(dir.path()).len());
    }
    assert_eq!(made_on, [1, 1, 1, 2, 2, 2, 2]);
    assert_eq!(
        names(dir.path()),
        [
            "countersign-backup-2026-11-24",
            "countersign-backup-2026-11-26"
        ]
    );
    assert_eq!(actions(&desk, "backup").len(), 3);
    desk.lock("test");
    let (head, restored) = Desk::restore(
        place(&dir.path().join("elsewhere")),
        &dir.path().join("backups/countersign-backup-2026-11-26"),
        &passphrase("ada", ADA),
        times.clock(),
        "test",
    )
    .expect("restored");
    assert!(head.rows > 3);
    restored.open_message("message-03-1").expect("it is there");
}

#[test]
fn a_backup_that_cannot_be_written_is_told_and_leaves_nothing_half_done() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = with_backups(dir.path(), &times);
    std::fs::remove_dir_all(dir.path().join("backups")).expect("gone");
    let wrong = desk.upkeep();
    assert!(wrong.iter().any(|f| f.code == Code::Io), "{wrong:?}");
    desk.queue(&QueueQuery::default()).expect("work goes on");
}

#[test]
fn the_record_is_checked_daily_and_damage_is_told() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    assert_eq!(desk.upkeep(), vec![]);
    assert_eq!(desk.upkeep(), vec![]);
    assert_eq!(actions(&desk, "check_record").len(), 1, "once a day");
    assert_eq!(actions(&desk, "check_record")[0]["sound"], true);
    // What the log holds goes into the file, and one page of the file is damaged.
    desk.lock("test");
    let path = dir.path().join("record/record.db");
    let mut file = std::fs::File::options()
        .write(true)
        .open(&path)
        .expect("opens");
    let pages = file.metadata().expect("length").len() / 4096;
    file.seek(SeekFrom::Start((pages - 3) * 4096 + 100))
        .expect("there");
    file.write_all(&[0xa5; 64]).expect("damaged");
    drop(file);
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    day(&times, "2026-11-23");
    let wrong = desk.upkeep();
    let damaged = |all: &[Failure]| {
        all.iter()
            .any(|f| f.code == Code::Record && f.message.contains("damaged"))
    };
    assert!(damaged(&wrong), "{wrong:?}");
    // Once a day, not once a minute; and to whoever opens it next.
    assert_eq!(desk.upkeep(), vec![]);
    desk.lock("test");
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    assert!(damaged(&desk.upkeep()));
    assert_eq!(desk.upkeep(), vec![]);
}

#[test]
fn a_backup_is_made_on_demand_by_who_may_and_takes_the_days_place() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    assert_eq!(
        desk.back_up_now().expect_err("no folder").code,
        Code::Incomplete
    );
    desk.lock("test");
    let other = tempfile::tempdir().expect("dir");
    let desk = with_backups(other.path(), &times);
    desk.back_up_now().expect("written");
    desk.back_up_now().expect("and again");
    assert_eq!(names(other.path()), ["countersign-backup-2026-11-22"]);
    let scheduled: Vec<_> = actions(&desk, "backup")
        .iter()
        .map(|d| d["scheduled"].clone())
        .collect();
    assert_eq!(scheduled, [false, false]);
}

#[test]
fn a_backup_from_the_future_says_nothing_and_a_failure_rests() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = with_backups(dir.path(), &times);
    // As many as are kept.
    for d in ["2036-01-01", "2036-02-01"] {
        day(&times, d);
        assert_eq!(desk.upkeep(), vec![]);
    }
    day(&times, "2026-11-22");
    for _ in 0..3 {
        assert_eq!(desk.upkeep(), vec![]);
    }
    assert_eq!(actions(&desk, "backup").len(), 3, "one of each day");
    assert!(names(dir.path()).contains(&"countersign-backup-2026-11-22".to_owned()));
    day(&times, "2026-11-30");
    std::fs::remove_dir_all(dir.path().join("backups")).expect("gone");
    assert!(!desk.upkeep().is_empty());
    assert_eq!(desk.upkeep(), vec![], "told once");
    times.pass(3601);
    assert!(!desk.upkeep().is_empty(), "and again after an hour");
}

#[test]
fn a_key_changes_only_when_nobody_reads_beside_and_a_lock_ends_reading() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = Arc::new(with_backups(dir.path(), &times));
    let beside = Arc::clone(&desk);
    let days = times.clone();
    let upkeep = std::thread::spawn(move || {
        for d in 1..9 {
            day(&days, &format!("2027-02-{:02}", 3 * d));
            assert_eq!(beside.upkeep(), vec![]);
        }
    });
    for _ in 0..8 {
        desk.rekey().expect("rekeyed");
    }
    upkeep.join().expect("no failure");
    desk.verify_audit(&[]).expect("holds");
    desk.lock("test");
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    desk.open_message("message-03-1").expect("all is there");
}

#[test]
fn a_use_of_the_sealed_code_is_told_to_who_looks_after_the_record() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = closed(dir.path(), &times);
    let codes = desk.create(&first("ada")).expect("made");
    assert_eq!(desk.upkeep(), vec![]);
    desk.lock("test");
    desk.unlock(&Unlock::BreakGlass {
        user: "dr on call".into(),
        code: codes.break_glass,
        reason: "the server room burns".into(),
    })
    .expect("opens");
    assert_eq!(desk.upkeep(), vec![], "not to the one who used it");
    desk.lock("test");
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    let told = desk.upkeep();
    assert!(
        told.iter().any(|f| f.message.contains("break-glass")),
        "{told:?}"
    );
    desk.lock("test");
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    assert_eq!(desk.upkeep(), vec![], "once");
}

#[test]
fn the_days_head_is_written_beside_the_backups_and_holds() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = with_backups(dir.path(), &times);
    assert_eq!(desk.upkeep(), vec![]);
    let text = std::fs::read(dir.path().join("backups/countersign-audit-2026-11-22.json"))
        .expect("written");
    let head: desk::SignedHead = serde_json::from_slice(&text).expect("a head");
    desk.verify_audit(&[head]).expect("holds");
}

#[test]
fn nothing_is_done_while_locked_or_for_the_sample() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = with_backups(dir.path(), &times);
    desk.lock("test");
    assert_eq!(desk.upkeep(), vec![]);
    assert!(names(dir.path()).is_empty());
    desk.open_demo().expect("the sample");
    assert_eq!(desk.upkeep(), vec![]);
    assert!(names(dir.path()).is_empty());
}

#[test]
fn words_that_are_copied_or_printed_are_on_the_audit_without_themselves() {
    let dir = tempfile::tempdir().expect("dir");
    let desk = made(dir.path(), &Times::new());
    desk.note_taken(Taken::Clipboard, "message-03-1", 42)
        .expect("noted");
    desk.note_taken(Taken::Printer, "no such message: hunter2", 0)
        .expect("noted");
    assert_eq!(actions(&desk, "copy")[0]["characters"], 42);
    assert_eq!(actions(&desk, "print").len(), 1);
    let mut all = String::new();
    desk.audit_rows(&AuditFilter::default(), |r| {
        all.push_str(&r.subject_id);
        Ok::<(), Failure>(())
    })
    .expect("read");
    assert!(!all.contains("hunter2"));
}
