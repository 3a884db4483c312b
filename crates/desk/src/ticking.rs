//! A thread that does one thing again and again, until it is dropped.

use crate::desk::lock;
use contract::{Code, Failure};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// The running thread; dropping it ends it.
pub(crate) struct Ticking {
    stop: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Ticking {
    /// Does the work at once, and again a while after each time.
    ///
    /// # Errors
    /// [`Code::Internal`] when no thread can be had.
    pub(crate) fn start(
        name: &str,
        pause: Duration,
        mut work: impl FnMut() + Send + 'static,
    ) -> Result<Self, Failure> {
        let stop = Arc::new((Mutex::new(false), Condvar::new()));
        let own = Arc::clone(&stop);
        let thread = std::thread::Builder::new()
            .name(name.into())
            .spawn(move || {
                loop {
                    work();
                    // A stop while it works is seen before the pause, and one in the pause ends that.
                    let stopped = lock(&own.0);
                    let waited = own
                        .1
                        .wait_timeout_while(stopped, pause, |stopped| !*stopped);
                    if waited.map_or_else(|e| *e.into_inner().0, |(stopped, _)| *stopped) {
                        return;
                    }
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

    /// Lets the work that is being done be the last.
    pub(crate) fn stop(&self) {
        *lock(&self.stop.0) = true;
        self.stop.1.notify_all();
    }
}

impl Drop for Ticking {
    fn drop(&mut self) {
        self.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
