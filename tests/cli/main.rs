//! The command line, as a person or a script uses it: the real program, the
//! real small model.

#[path = "../support/mod.rs"]
mod support;

mod access;
mod drafting;
mod import;
mod kills;
mod locking;

use std::fs;
use std::path::Path;
use std::process::Output;
use support::{lines, passphrase_file, program, sample, signed_in, small_model, words};

fn run(data: &Path, args: &[&str]) -> Output {
    signed_in(data)
        .args(args)
        .output()
        .expect("the program runs")
}

/// Without an account and without a record.
fn bare(data: &Path, args: &[&str]) -> Output {
    program()
        .arg("--data")
        .arg(data)
        .args(args)
        .output()
        .expect("the program runs")
}

/// One drafter at a time: two on two cores are far slower than one after the other.
fn alone() -> std::sync::MutexGuard<'static, ()> {
    static DRAFTING: std::sync::Mutex<()> = std::sync::Mutex::new(());
    DRAFTING
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn code(out: &Output) -> i32 {
    out.status.code().expect("an exit code")
}

fn count(out: &Output, outcome: &str) -> usize {
    lines(out)
        .iter()
        .filter(|l| l["outcome"] == outcome)
        .count()
}
