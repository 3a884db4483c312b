//! Time, passed in.

use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// Tells the time of day, and how long something took.
#[derive(Clone)]
pub struct Clock {
    /// The time of day. Somebody may set it.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Time since some moment before the start. Nobody can set it back, and it goes on while the machine sleeps.
    pub elapsed: Arc<dyn Fn() -> Duration + Send + Sync>,
}

impl Clock {
    /// The machine's own.
    pub fn system() -> Self {
        #[cfg(target_os = "linux")]
        let elapsed = || {
            let t = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
            Duration::new(
                t.tv_sec.try_into().unwrap_or(0),
                t.tv_nsec.try_into().unwrap_or(0),
            )
        };
        // macOS and Windows count on while they sleep or wake to a lock screen of their own.
        #[cfg(not(target_os = "linux"))]
        let elapsed = {
            let start = std::time::Instant::now();
            move || start.elapsed()
        };
        Self {
            now: Arc::new(Timestamp::now),
            elapsed: Arc::new(elapsed),
        }
    }
}
