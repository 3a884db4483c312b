//! Kills a process that works at a record, again and again, and looks whether
//! anything acknowledged is lost or anything is half-done.

use crate::step::{cargo, run as step, say, target};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

/// Longest that a worker runs before it is killed, in microseconds.
const LONGEST: u64 = 60_000;
/// One kill of so many falls into a change of key.
const REKEYS: u64 = 8;
/// Kills of one record.
const EACH: u64 = 250;

/// `--kills N` and `--seed S`.
pub(crate) fn crash(args: &[&str]) -> Result<()> {
    let number = |name: &str, default: u64| -> Result<u64> {
        match args.iter().position(|a| *a == name) {
            None => Ok(default),
            Some(i) => args
                .get(i + 1)
                .and_then(|n| n.parse().ok())
                .with_context(|| format!("{name} needs a number")),
        }
    };
    let (kills, mut seed) = (number("--kills", 200)?, number("--seed", 1)?);
    step(cargo().args([
        "build",
        "--locked",
        "--quiet",
        "--package",
        "records",
        "--example",
        "crash_worker",
    ]))?;
    let worker = target().join("debug/examples/crash_worker");
    let dir = target().join("crash-record");
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir)?;
    let path = dir.join("record.db");
    let (mut key, mut acked, mut before) = (1u8, 0usize, 0usize);
    let mut rekeys = 0;
    let begun = Instant::now();
    for n in 1..=kills {
        // A new record now and then: each is looked through after every kill, and a long one would take most of the time.
        if n % EACH == 0 {
            std::fs::remove_dir_all(&dir)?;
            std::fs::create_dir_all(&dir)?;
            before += acked;
            (key, acked) = (1, 0);
        }
        // A linear congruential generator (Knuth's MMIX): the same seed kills at the same times.
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let pause = Duration::from_micros((seed >> 33) % LONGEST);
        let rekey = (seed >> 20) % REKEYS == 0;
        let other = 3 - key;
        let mut command = Command::new(&worker);
        command.arg(&path).arg(key.to_string());
        if rekey {
            rekeys += 1;
            command.args(["rekey", &other.to_string()]);
        } else {
            command.arg("decide");
        }
        acked = acked.max(killed(&mut command, pause)?);
        key = match checked(&worker, &path, key, acked) {
            Ok(()) => key,
            Err(Wrong::Key) if rekey => {
                checked(&worker, &path, other, acked)
                    .map_err(|e| anyhow::anyhow!("kill {n}, in a change of key: {e:?}"))?;
                other
            }
            Err(e) => bail!("kill {n}: {e:?}; the record is in {}", dir.display()),
        };
        if n % 500 == 0 {
            say(&format!(
                "{n} kills, {} decisions acknowledged, none lost",
                before + acked
            ));
        }
    }
    say(&format!(
        "{kills} kills ({rekeys} of them in a change of key) in {:.0} s: {} decisions acknowledged, none lost, none half-done",
        begun.elapsed().as_secs_f64(),
        before + acked
    ));
    std::fs::remove_dir_all(&dir)?;
    Ok(())
}

/// Runs a worker and kills it a while after it is ready; gives the last number it acknowledged.
fn killed(command: &mut Command, pause: Duration) -> Result<usize> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let out = child.stdout.take().context("the worker's output")?;
    let (tx, rx) = channel();
    let reader = std::thread::spawn(move || {
        let mut last = 0;
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            if line == "ready" {
                let _ = tx.send(());
            } else if let Some(n) = line.strip_prefix("ack ").and_then(|n| n.parse().ok()) {
                last = n;
            }
        }
        last
    });
    // One that is killed before it is ready is killed while it opens.
    let _ = rx.recv_timeout(pause.max(Duration::from_millis(1)) * 4);
    std::thread::sleep(pause);
    child.kill()?;
    child.wait()?;
    reader
        .join()
        .map_err(|_| anyhow::anyhow!("the reader of the worker's output failed"))
}

#[derive(Debug)]
enum Wrong {
    /// The key does not open the record.
    Key,
    /// Something is lost, half-done or damaged.
    Record(#[expect(dead_code, reason = "it is printed")] String),
}

fn checked(worker: &Path, path: &Path, key: u8, acked: usize) -> Result<(), Wrong> {
    let out = Command::new(worker)
        .arg(path)
        .args([&key.to_string(), "check", &acked.to_string()])
        .output()
        .map_err(|e| Wrong::Record(e.to_string()))?;
    match out.status.code() {
        Some(0) => Ok(()),
        Some(3) => Err(Wrong::Key),
        _ => Err(Wrong::Record(
            String::from_utf8_lossy(&out.stdout).trim().to_owned(),
        )),
    }
}
