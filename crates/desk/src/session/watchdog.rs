//! Locks an idle or sleeping workstation, and writes the audit's daily head.

use crate::Desk;
use crate::desk::lock;
use crate::place::io_failure;
use contract::{Code, Failure};
use std::path::Path;
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
        } else if !settings.audit_folder.is_empty()
            && let Err(f) = self.write_head(Path::new(&settings.audit_folder))
        {
            tracing::warn!(
                code = f.code.as_str(),
                "the audit's head could not be written"
            );
        }
    }

    /// Writes today's signed head into a folder, unless it is there.
    fn write_head(&self, folder: &Path) -> Result<(), Failure> {
        let path = folder.join(format!("countersign-audit-{}.json", self.today()));
        if path.exists() {
            return Ok(());
        }
        let head = self.open_record()?.signed_head(&self.now_text())?;
        let text =
            serde_json::to_vec(&head).map_err(|e| Failure::new(Code::Internal, e.to_string()))?;
        let new = path.with_extension("new");
        std::fs::write(&new, text).map_err(|e| io_failure(&new, &e))?;
        std::fs::rename(&new, &path).map_err(|e| io_failure(&path, &e))
    }
}
