//! Locks an idle or sleeping workstation.

use crate::Desk;
use crate::desk::lock;
use contract::{Code, Failure};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often it looks.
const LOOK: Duration = Duration::from_secs(2);
/// A look that comes so much later than it should means that the machine slept.
const SLEPT: Duration = Duration::from_secs(30);

/// The running thread; dropping it ends it.
pub struct Watchdog {
    stop: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Watchdog {
    /// Starts watching over a desk.
    ///
    /// # Errors
    /// [`Code::Internal`] when no thread can be had.
    pub fn start(desk: Arc<Desk>) -> Result<Self, Failure> {
        let stop = Arc::new((Mutex::new(false), Condvar::new()));
        let own = Arc::clone(&stop);
        let thread = std::thread::Builder::new()
            .name("watchdog".into())
            .spawn(move || {
                let mut stopped = lock(&own.0);
                while !*stopped {
                    let before = (desk.clock.elapsed)();
                    stopped = match own.1.wait_timeout(stopped, LOOK) {
                        Ok((guard, _)) => guard,
                        Err(poisoned) => poisoned.into_inner().0,
                    };
                    desk.look((desk.clock.elapsed)().saturating_sub(before));
                }
            })
            .map_err(|e| {
                Failure::new(Code::Internal, format!("No thread could be started: {e}."))
            })?;
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        *lock(&self.stop.0) = true;
        self.stop.1.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Desk {
    /// Locks when a wait took so much longer than asked that the machine must have slept, or nobody did anything
    /// for the clinic's minutes.
    pub fn look(&self, waited: Duration) {
        if !self.is_open() {
            return;
        }
        // Settings that cannot be read must not keep it open.
        let settings = self.settings().unwrap_or_default();
        let idle = (self.clock.elapsed)().saturating_sub(*lock(&self.active_at));
        if waited > SLEPT {
            self.lock("the machine slept");
        } else if idle >= Duration::from_secs(60 * u64::from(settings.lock_minutes)) {
            self.lock("idle");
        }
    }
}
