//! Locks an idle or sleeping workstation.

use crate::Desk;
use crate::desk::lock;
use crate::ticking::Ticking;
use contract::Failure;
use std::sync::Arc;
use std::time::Duration;

/// How often it looks.
const LOOK: Duration = Duration::from_secs(2);
/// A look that comes so much later than it should means that the machine slept.
const SLEPT: Duration = Duration::from_secs(30);

/// The running thread; dropping it ends it.
pub struct Watchdog {
    _thread: Ticking,
}

impl Watchdog {
    /// Starts watching over a desk.
    ///
    /// # Errors
    /// [`contract::Code::Internal`] when no thread can be had.
    pub fn start(desk: Arc<Desk>) -> Result<Self, Failure> {
        let mut before = (desk.clock.elapsed)();
        let look = move || {
            desk.look((desk.clock.elapsed)().saturating_sub(before));
            before = (desk.clock.elapsed)();
        };
        Ok(Self {
            _thread: Ticking::start("watchdog", LOOK, look)?,
        })
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
