//! Cases 30 to 32: a process is killed between a decision and its audit row, in a checkpoint, in a change of key. A few
//! kills of each here; `cargo xtask crash --kills N` does as many as one likes.
#![forbid(unsafe_code)]

#[path = "support/work.rs"]
#[allow(dead_code, reason = "the worker does the work here")]
mod work;

use records::RecordError;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// The worker, an example that cargo builds with the tests.
fn worker() -> PathBuf {
    let here = std::env::current_exe().expect("this test");
    let target = here
        .parent()
        .and_then(Path::parent)
        .expect("a target folder");
    let worker = target.join("examples/crash_worker");
    assert!(
        worker.exists(),
        "{} is built with the tests",
        worker.display()
    );
    worker
}

/// Runs the worker, kills it a while after it is ready; gives the last decision it acknowledged.
fn killed(args: &[&str], path: &Path, after: Duration) -> usize {
    killed_at("ready", args, path, after)
}

/// The same, a while after it said a word for the first time.
fn killed_at(word: &str, args: &[&str], path: &Path, after: Duration) -> usize {
    let mut child = Command::new(worker())
        .arg(path)
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it runs");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let mut acked = 0;
    let of = |line: &str| line.strip_prefix("ack ").and_then(|n| n.parse().ok());
    loop {
        let line = lines.next().expect("a line").expect("text");
        if line == word {
            break;
        }
        acked = of(&line).unwrap_or(acked);
    }
    // The moment of the kill is what the test varies.
    std::thread::sleep(after);
    child.kill().expect("killed");
    child.wait().expect("gone");
    lines
        .map_while(Result::ok)
        .filter_map(|l| of(&l))
        .last()
        .unwrap_or(acked)
}

fn holds(path: &Path, key: u8, acked: usize) -> Result<(), RecordError> {
    let record = work::open(path, key)?;
    assert_eq!(work::wrong(&record, acked, 1)?, None);
    Ok(())
}

#[test]
fn case_30_a_kill_between_decision_and_audit_loses_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("record.db");
    let mut acked = 0;
    for n in 0..12u64 {
        acked = acked.max(killed(
            &["1", "decide"],
            &path,
            Duration::from_micros(3_700 * n),
        ));
        holds(&path, 1, acked).unwrap_or_else(|e| panic!("kill {n}: {e}"));
    }
    assert!(acked > 0, "decisions were acknowledged");
}

#[test]
fn case_31_a_kill_in_a_checkpoint_loses_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("record.db");
    let log = dir.path().join("record.db-wal");
    let mut acked = 0;
    let mut cut_off = 0;
    for n in 0..16u64 {
        let after = Duration::from_micros(150 * n);
        acked = acked.max(killed_at("closing", &["1", "close"], &path, after));
        // What the record's log holds was not written back, or not wholly: closing removes it.
        cut_off += usize::from(log.metadata().is_ok_and(|m| m.len() > 0));
        holds(&path, 1, acked).unwrap_or_else(|e| panic!("kill {n}: {e}"));
    }
    assert!(acked > 0, "decisions were acknowledged");
    assert!(cut_off > 0, "a kill came before a log was written back");
}

#[test]
fn case_32_a_kill_in_a_change_of_key_leaves_one_key_that_opens_all() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("record.db");
    let acked = killed(&["1", "decide"], &path, Duration::from_millis(80));
    let mut key = 1u8;
    for n in 0..12u64 {
        let next = 3 - key;
        killed(
            &[&key.to_string(), "rekey", &next.to_string()],
            &path,
            Duration::from_micros(5_300 * n),
        );
        key = match holds(&path, key, acked) {
            Ok(()) => key,
            Err(RecordError::WrongKey) => {
                holds(&path, next, acked).unwrap_or_else(|e| panic!("kill {n}: {e}"));
                next
            }
            Err(e) => panic!("kill {n}: {e}"),
        };
    }
}
