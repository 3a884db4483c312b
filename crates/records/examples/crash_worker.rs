//! Works at a record until somebody kills it: `cargo xtask crash` does.
//!
//! `crash_worker PATH KEY decide` imports messages and decides on them, and says
//! `ack N` once decision N is acknowledged. `crash_worker PATH KEY close` does so
//! and closes the record after each, which writes its log back into it; it says `closing` before. `crash_worker PATH KEY rekey NEXT`
//! changes keys to and fro. `crash_worker PATH KEY check ACKED` opens the record,
//! says what it holds, and ends with 1 when something is lost or half-done. KEY and NEXT are one byte, repeated.

#[path = "../tests/support/work.rs"]
mod work;

use records::RecordError;
use std::io::Write;
use std::path::Path;
use work::{count, decide, open, wrong};

fn say(words: &str) {
    let mut out = std::io::stdout().lock();
    // A parent that is gone ends the work.
    if writeln!(out, "{words}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

fn run(args: &[String]) -> Result<bool, RecordError> {
    let (path, key) = (Path::new(&args[0]), byte(args.get(1)));
    match args.get(2).map(String::as_str) {
        Some("check") => {
            let record = open(path, key)?;
            let acked = args.get(3).and_then(|a| a.parse().ok()).unwrap_or(0);
            // The one that was being decided when it was killed.
            if let Some(wrong) = wrong(&record, acked, 1)? {
                say(&format!("wrong {wrong}"));
                return Ok(false);
            }
        }
        Some("rekey") => {
            let mut record = open(path, key)?;
            let (mut now, mut next) = (key, byte(args.get(3)));
            say("ready");
            loop {
                record.rekey(&[next; 32])?;
                std::mem::swap(&mut now, &mut next);
            }
        }
        Some("close") => {
            say("ready");
            loop {
                let mut record = open(path, key)?;
                let n = count(&record, "decide")? + 1;
                match decide(&mut record, n) {
                    Ok(()) | Err(RecordError::Conflict(_)) => say(&format!("ack {n}")),
                    Err(e) => return Err(e),
                }
                say("closing");
            }
        }
        _ => {
            let mut record = open(path, key)?;
            let mut n = count(&record, "decide")?;
            // A message whose decision was cut off is decided by the next run's number.
            say("ready");
            loop {
                n += 1;
                match decide(&mut record, n) {
                    Ok(()) | Err(RecordError::Conflict(_)) => say(&format!("ack {n}")),
                    Err(e) => return Err(e),
                }
            }
        }
    }
    Ok(true)
}

fn byte(arg: Option<&String>) -> u8 {
    arg.and_then(|a| a.parse().ok()).unwrap_or(1)
}

fn main() -> std::process::ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(true) => std::process::ExitCode::SUCCESS,
        Ok(false) => std::process::ExitCode::from(1),
        Err(RecordError::WrongKey) => std::process::ExitCode::from(3),
        Err(e) => {
            say(&format!("wrong {e}"));
            std::process::ExitCode::from(1)
        }
    }
}
