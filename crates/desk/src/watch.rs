//! A folder whose new files are imported as they come.

use crate::Desk;
use crate::import::{is_readable, summary};
use crate::place::io_failure;
use contract::{Code, DeskEvent, Failure};
use notify::{EventKind, RecursiveMode, Watcher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// How long a file must be quiet before it is read: exports are written in pieces.
const QUIET: Duration = Duration::from_millis(700);

/// A watch under way; dropping it ends it.
pub struct Watch {
    _watcher: notify::RecommendedWatcher,
}

impl Watch {
    /// Imports what lies in a folder, and then what comes. Files stay where they are:
    /// importing one twice changes nothing.
    ///
    /// # Errors
    /// [`Code::Io`] when the folder cannot be watched.
    pub fn start(desk: Arc<Desk>, folder: &Path) -> Result<Self, Failure> {
        if !folder.is_dir() {
            return Err(Failure::new(
                Code::Io,
                "The watched folder is not there. Choose another one in Settings.",
            )
            .at(folder.display().to_string()));
        }
        let (tx, rx) = channel::<PathBuf>();
        let failed = |e: notify::Error| {
            Failure::new(Code::Io, format!("The folder cannot be watched: {e}."))
                .at(folder.display().to_string())
        };
        let mut watcher =
            notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
                if let Ok(e) = event
                    && matches!(e.kind, EventKind::Create(_) | EventKind::Modify(_))
                {
                    for path in e.paths.into_iter().filter(|p| is_readable(p)) {
                        let _ = tx.send(path);
                    }
                }
            })
            .map_err(failed)?;
        watcher
            .watch(folder, RecursiveMode::NonRecursive)
            .map_err(failed)?;
        let mut there: Vec<PathBuf> = std::fs::read_dir(folder)
            .map_err(|e| io_failure(folder, &e))?
            .flatten()
            .map(|e| e.path())
            .filter(|p| is_readable(p) && p.is_file())
            .collect();
        there.sort();
        std::thread::Builder::new()
            .name("watched folder".into())
            .spawn(move || {
                // What lay there at the start was mostly imported before: only news is told.
                for path in there {
                    desk.import_and_tell(&path, false);
                }
                let mut quiet: Vec<PathBuf> = Vec::new();
                loop {
                    match rx.recv_timeout(QUIET) {
                        Ok(path) => {
                            if !quiet.contains(&path) {
                                quiet.push(path);
                            }
                        }
                        Err(RecvTimeoutError::Timeout) => {
                            quiet.sort();
                            for path in quiet.drain(..).filter(|p| p.is_file()) {
                                desk.import_and_tell(&path, true);
                            }
                        }
                        Err(RecvTimeoutError::Disconnected) => break,
                    }
                }
            })
            .map_err(|e| {
                Failure::new(Code::Internal, format!("No thread could be started: {e}."))
            })?;
        Ok(Self { _watcher: watcher })
    }
}

impl Desk {
    /// Imports one file, or the readable files of a folder, and tells the
    /// listener how it went; with `always` unset only when something was stored.
    pub fn import_and_tell(&self, path: &Path, always: bool) {
        let mut lines = Vec::new();
        for (_, result) in self.import_paths(&[path.to_owned()]) {
            match result {
                Ok(more) => lines.extend(more),
                Err(failure) if always => self.tell(DeskEvent::ImportFailed { failure }),
                Err(failure) => {
                    tracing::warn!(code = failure.code.as_str(), "a file was not imported");
                }
            }
        }
        let summary = summary(&lines);
        if summary.stored > 0 || (always && !lines.is_empty()) {
            self.tell(DeskEvent::Imported { summary });
        }
    }
}
