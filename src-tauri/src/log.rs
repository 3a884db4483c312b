//! Words for whoever looks after the program: on standard error, and the last of them in the window.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

/// Lines that are kept for the window.
const KEPT: usize = 200;

static LAST: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

/// Writes warnings there; the environment variable `COUNTERSIGN_LOG` may ask for more.
pub(crate) fn to_standard_error() {
    tracing_subscriber::fmt()
        .with_writer(|| Both)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("COUNTERSIGN_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .init();
}

/// The last lines, oldest first.
#[allow(
    dead_code,
    reason = "the window shows them, and the drafter and a build without it have none"
)]
pub(crate) fn last() -> Vec<String> {
    let last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    last.iter().cloned().collect()
}

/// Standard error, and what is kept beside it. What is told comes in one piece.
struct Both;

impl Write for Both {
    fn write(&mut self, told: &[u8]) -> std::io::Result<usize> {
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        last.extend(String::from_utf8_lossy(told).lines().map(str::to_owned));
        let over = last.len().saturating_sub(KEPT);
        last.drain(..over);
        drop(last);
        std::io::stderr().write_all(told)?;
        Ok(told.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_and_no_more() {
        for n in 0..KEPT + 7 {
            let line = format!("line {n}\n");
            Both.write_all(line.as_bytes()).expect("written");
        }
        let all = last();
        assert_eq!(all.len(), KEPT);
        assert_eq!(all.first().map(String::as_str), Some("line 7"));
        assert_eq!(all.last(), Some(&format!("line {}", KEPT + 6)));
    }
}
