//! Cases 33 and 34: the disk fails at any single step of a session, and nothing acknowledged is lost, nothing is half-done.
//!
//! Each case runs one session (a record is made, three messages come in and are decided on, it is closed) as often as
//! the session has writes, and fails at another one each time.
#![forbid(unsafe_code)]

mod disk;
#[path = "../support/work.rs"]
mod work;

use disk::{Disk, Fault};
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

const DECISIONS: usize = 3;

/// The one disk of this process, which is SQLite's default; one test at a time has it.
fn with_disk(test: impl FnOnce(&Disk)) {
    static DISK: OnceLock<Mutex<Disk>> = OnceLock::new();
    let disk = DISK.get_or_init(|| {
        let disk = Disk::default();
        sqlite_vfs::register("faults", disk.clone(), true).expect("registered");
        Mutex::new(disk)
    });
    test(&disk.lock().unwrap_or_else(PoisonError::into_inner));
}

/// A session; gives how many decisions were acknowledged. What fails is gone on after, as a person would.
fn session(path: &Path) -> usize {
    let Ok(mut record) = work::open(path, 1) else {
        return 0;
    };
    (1..=DECISIONS)
        .filter(|n| work::decide(&mut record, *n).is_ok())
        .count()
}

/// Steps of a session in which nothing fails.
fn steps(disk: &Disk) -> u64 {
    let dir = tempfile::tempdir().expect("a folder");
    disk.fail(u64::MAX, Fault::Once);
    assert_eq!(session(&dir.path().join("record.db")), DECISIONS);
    disk.mend()
}

/// What must hold after any failure, with a disk that works again; and the work can be taken up.
fn holds(path: &Path, acked: usize, what: &str) {
    let mut record = work::open(path, 1).unwrap_or_else(|e| panic!("{what}: {e}"));
    let wrong = work::wrong(&record, acked, DECISIONS).unwrap_or_else(|e| panic!("{what}: {e}"));
    assert_eq!(wrong, None, "{what}");
    work::decide(&mut record, DECISIONS + 1).unwrap_or_else(|e| panic!("{what}, afterwards: {e}"));
}

fn at_every_step(fault: Fault) {
    with_disk(|disk| {
        let steps = steps(disk);
        assert!(steps > 50, "the session goes through this disk: {steps}");
        let mut seen = [false; DECISIONS + 1];
        for n in 1..=steps {
            let dir = tempfile::tempdir().expect("a folder");
            let path = dir.path().join("record.db");
            disk.fail(n, fault);
            let acked = session(&path);
            disk.mend();
            seen[acked] = true;
            holds(&path, acked, &format!("{fault:?} at step {n} of {steps}"));
        }
        // The faults fell before, between and after the decisions.
        assert!(seen[0] && seen[DECISIONS], "{seen:?}");
    });
}

#[test]
fn case_33_a_disk_that_is_full_at_any_write_loses_nothing() {
    at_every_step(Fault::Full);
}

#[test]
fn case_33_a_write_that_fails_once_anywhere_loses_nothing() {
    at_every_step(Fault::Once);
}

#[test]
fn case_33_a_disk_that_breaks_at_any_write_loses_nothing() {
    at_every_step(Fault::Broken);
}

#[test]
fn case_34_torn_writes_when_the_power_goes_lose_nothing() {
    with_disk(|disk| {
        let steps = steps(disk);
        let mut torn = 0;
        for n in 1..=steps {
            for seed in 1..=3u64 {
                let dir = tempfile::tempdir().expect("a folder");
                let path = dir.path().join("record.db");
                disk.fail(n, Fault::PowerCut);
                let acked = session(&path);
                disk.mend();
                // Knuth's MMIX generator; the first round leaves all, the second nothing, the third any part.
                let mut state = n.wrapping_mul(31).wrapping_add(seed);
                disk.settle(|| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    let there = match seed {
                        1 => true,
                        2 => false,
                        _ => state >> 63 == 1,
                    };
                    torn += usize::from(!there);
                    there
                })
                .expect("settled");
                holds(
                    &path,
                    acked,
                    &format!("power cut at step {n} of {steps}, round {seed}"),
                );
            }
        }
        assert!(torn > 100, "sectors were lost: {torn}");
    });
}
