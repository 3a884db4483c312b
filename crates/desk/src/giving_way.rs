//! The drafter stands still for a moment while a person is answered. Both live off the same cores, caches and memory, and the
//! lowest priority there is shares only the first of these (`benches/results/window.md`).

use crate::desk::lock;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long it stands still from when something is asked: the desk answers, and the page draws the answer.
const MOMENT: Duration = Duration::from_millis(120);

/// Who is to stand still, and until when.
#[derive(Debug, Default)]
pub(crate) struct GivingWay {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The drafter's process.
    drafter: Option<u32>,
    /// Set while it stands still.
    until: Option<Instant>,
    shut: bool,
}

impl GivingWay {
    /// From now on this process gives way.
    pub(crate) fn follow(&self, drafter: u32) {
        let mut state = lock(&self.state);
        (state.drafter, state.until) = (Some(drafter), None);
    }

    /// The process is about to end: its number may be another's after that.
    pub(crate) fn leave(&self) {
        let mut state = lock(&self.state);
        (state.drafter, state.until) = (None, None);
    }

    /// The drafter stands still for a moment, counted from now.
    pub(crate) fn now(&self) {
        let mut state = lock(&self.state);
        let Some(drafter) = state.drafter else {
            return;
        };
        if state.until.is_none() {
            signal(drafter, true);
        }
        state.until = Some(Instant::now() + MOMENT);
        self.changed.notify_one();
    }

    /// Lets the drafter go on when its moments are over, until [`shut`](Self::shut).
    pub(crate) fn keep(&self) {
        let mut state = lock(&self.state);
        while !state.shut {
            let left = state
                .until
                .map(|until| until.saturating_duration_since(Instant::now()));
            state = match left {
                Some(Duration::ZERO) => {
                    state.until = None;
                    if let Some(drafter) = state.drafter {
                        signal(drafter, false);
                    }
                    state
                }
                Some(left) => {
                    let waited = self.changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => {
                    let waited = self.changed.wait(state);
                    waited.unwrap_or_else(PoisonError::into_inner)
                }
            };
        }
    }

    /// Ends [`keep`](Self::keep).
    pub(crate) fn shut(&self) {
        lock(&self.state).shut = true;
        self.changed.notify_one();
    }
}

/// Stops a process of ours, or has it go on. One that is gone already needs neither.
#[cfg(unix)]
fn signal(process: u32, stop: bool) {
    use rustix::process::{Pid, Signal, kill_process};
    let signal = if stop { Signal::STOP } else { Signal::CONT };
    if let Some(pid) = i32::try_from(process).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, signal);
    }
}

/// Nothing elsewhere: there the low priority has to do.
#[cfg(not(unix))]
fn signal(_: u32, _: bool) {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::process::Command;
    use std::sync::Arc;

    /// Whether a process is stopped, from its line in `/proc` (proc_pid_stat(5)).
    fn stands_still(pid: u32) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("it runs");
        stat.rsplit(')').next().is_some_and(|s| s.starts_with(" T"))
    }

    /// Waits for what `done` looks at. Nothing tells a process when another stops, so it is looked at again and again, with rests
    /// in which the one it waits for can run.
    fn until(mut done: impl FnMut() -> bool) -> bool {
        let begun = Instant::now();
        while !done() {
            if begun.elapsed() > Duration::from_secs(20) {
                return false;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        true
    }

    #[test]
    fn a_drafter_stands_still_while_a_person_is_answered_and_goes_on_after_it() {
        let mut child = Command::new("sleep").arg("60").spawn().expect("sleep");
        let pid = child.id();
        let way = Arc::new(GivingWay::default());
        let keeper = Arc::clone(&way);
        let thread = std::thread::spawn(move || keeper.keep());
        // Asked in the same look: on a busy machine a moment may be over before the next one.
        let asked_to = || {
            way.now();
            stands_still(pid)
        };
        // Nobody to stop yet.
        assert!(!asked_to());
        way.follow(pid);
        assert!(until(asked_to), "it stands still");
        assert!(until(|| !stands_still(pid)), "it goes on");
        // Asked again and again, it stands still until a moment after the last time.
        assert!(until(asked_to));
        let begun = Instant::now();
        let mut asked = begun;
        while begun.elapsed() < 3 * MOMENT {
            let before = std::mem::replace(&mut asked, Instant::now());
            way.now();
            if before.elapsed() < MOMENT {
                // The look before the clock: what goes on in between was late and not early.
                assert!(stands_still(pid) || asked.elapsed() >= MOMENT);
            } else {
                // This test was late itself: it may have gone on meanwhile, and stops again.
                assert!(until(asked_to));
            }
        }
        assert!(until(|| !stands_still(pid)));
        // What is left is not touched: the number may be another's.
        way.leave();
        way.now();
        assert!(!stands_still(pid));
        way.shut();
        thread.join().expect("it ended");
        child.kill().expect("killed");
        child.wait().expect("waited for");
    }
}
