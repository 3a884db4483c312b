//! Wrong tries, counted by name and across restarts, so that guessing at the window or the
//! command line is slow, and nobody's own log-in makes the guesses at another's free.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

/// Tries that cost nothing: people mistype.
const FREE: u32 = 3;
/// Longest wait.
const LONGEST: Duration = Duration::from_secs(300);
/// Bytes of the file, always: it is written over in one call and never emptied first.
const SIZE: usize = 16_384;
/// Names that are counted apart; all others share one count.
const NAMES: usize = 100;

/// How long to wait after so many wrong tries in a row: nothing after three, then 2 s, 4 s, 8 s, to five minutes.
pub(crate) fn wait_after(wrong: u32) -> Duration {
    match wrong.saturating_sub(FREE) {
        0 => Duration::ZERO,
        n => LONGEST.min(Duration::from_secs(1 << n.min(9))),
    }
}

/// What is known of a name: wrong tries in a row, and when the last was made, in seconds of a
/// clock that nobody sets and that may begin anew with the machine.
type Counts = BTreeMap<String, (u32, u64)>;

/// Wrong tries that are remembered until the record is opened and its audit can take them.
const LOGGED: usize = 50;

/// A wrong try: at whose name, and when by the wall clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongTry {
    /// The name that was tried, `#recovery` or `#break-glass` for a code.
    pub name: String,
    /// RFC 3339 in UTC.
    pub at: String,
}

/// The file: counts, and what the audit has not had yet.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    counts: Counts,
    log: VecDeque<WrongTry>,
    /// Older ones that the log had no room for.
    dropped: u32,
}

/// The counts, held while a try is made: tries take turns, also across processes.
pub struct Tries {
    file: File,
    kept: Kept,
    name: String,
}

impl Tries {
    /// Takes the counts, for a try at a name. A file that says nothing sensible counts as none wrong:
    /// who can write it can also try at the key file directly, which Argon2 makes slow.
    ///
    /// # Errors
    /// When the file cannot be opened or locked.
    pub fn take(path: &Path, name: &str) -> std::io::Result<Self> {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        file.lock()?;
        let mut text = String::new();
        // Bytes that are no text count as nothing, too.
        let _ = (&mut file).take(SIZE as u64).read_to_string(&mut text);
        // The first form of the file had the counts alone.
        let kept: Kept = serde_json::from_str(text.trim()).unwrap_or_else(|_| Kept {
            counts: serde_json::from_str(text.trim()).unwrap_or_default(),
            ..Kept::default()
        });
        let known = kept.counts.contains_key(name) || kept.counts.len() < NAMES;
        Ok(Self {
            file,
            name: if known && name.len() <= 64 { name } else { "" }.into(),
            kept,
        })
    }

    /// Wrong tries in a row.
    pub fn wrong(&self) -> u32 {
        self.kept.counts.get(&self.name).map_or(0, |c| c.0)
    }

    /// How long the next try has to wait, at a time of the same clock.
    pub fn wait(&self, now: Duration) -> Duration {
        let (wrong, last) = self
            .kept
            .counts
            .get(&self.name)
            .copied()
            .unwrap_or_default();
        // A clock behind the last try began anew with the machine.
        let since = now.checked_sub(Duration::from_secs(last)).unwrap_or(now);
        wait_after(wrong).saturating_sub(since)
    }

    /// Counts a try before it is made: a kill in the middle does not make it free.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn begin(&mut self, now: Duration, at: &str) -> std::io::Result<()> {
        let wrong = self.wrong().saturating_add(1);
        self.kept
            .counts
            .insert(self.name.clone(), (wrong, now.as_secs()));
        self.kept.log.push_back(WrongTry {
            name: self.name.clone(),
            at: at.to_owned(),
        });
        if self.kept.log.len() > LOGGED {
            self.kept.log.pop_front();
            self.kept.dropped = self.kept.dropped.saturating_add(1);
        }
        self.keep()
    }

    /// It was right: the count of this name begins anew.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn right(&mut self) -> std::io::Result<()> {
        self.kept.counts.remove(&self.name);
        // This one was written down as wrong before it was made.
        self.kept.log.pop_back();
        self.keep()
    }

    /// Wrong tries that the audit has not had, oldest first, and how many older ones there was no room for. They are
    /// forgotten when `taken` is called.
    pub fn wrong_tries(&self) -> (Vec<WrongTry>, u32) {
        (self.kept.log.iter().cloned().collect(), self.kept.dropped)
    }

    /// The audit has them.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn taken(&mut self) -> std::io::Result<()> {
        self.kept.log.clear();
        self.kept.dropped = 0;
        self.keep()
    }

    fn keep(&mut self) -> std::io::Result<()> {
        let mut text = serde_json::to_vec(&self.kept)?;
        // The counts always fit; what the log has no room for is counted.
        while text.len() > SIZE && self.kept.log.pop_front().is_some() {
            self.kept.dropped = self.kept.dropped.saturating_add(1);
            text = serde_json::to_vec(&self.kept)?;
        }
        text.resize(SIZE.max(text.len()), b' ');
        self.file.rewind()?;
        self.file.write_all(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: &str = "2026-11-27T12:00:00Z";
    const LATER: Duration = Duration::from_secs(1000);

    #[test]
    fn waits_grow_and_end_at_five_minutes() {
        let waits: Vec<u64> = [0, 3, 4, 5, 8, 12, 60]
            .map(|n| wait_after(n).as_secs())
            .to_vec();
        assert_eq!(waits, [0, 0, 2, 4, 32, 300, 300]);
    }

    #[test]
    fn the_count_survives_a_restart_and_a_kill_before_the_answer() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("tries");
        for _ in 0..5 {
            Tries::take(&path, "ada")
                .expect("taken")
                .begin(LATER, AT)
                .expect("begun");
        }
        let tries = Tries::take(&path, "ada").expect("taken");
        assert_eq!(
            (tries.wrong(), tries.wait(LATER)),
            (5, Duration::from_secs(4))
        );
        assert_eq!(tries.wait(LATER + Duration::from_secs(4)), Duration::ZERO);
        // After the machine was started again the clock begins anew.
        assert_eq!(tries.wait(Duration::from_secs(1)), Duration::from_secs(3));
        drop(tries);
        std::fs::write(&path, [0xff, 0xfe]).expect("written");
        assert_eq!(Tries::take(&path, "ada").expect("taken").wrong(), 0);
    }

    #[test]
    fn ones_own_log_in_does_not_free_guesses_at_another() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("tries");
        for _ in 0..4 {
            Tries::take(&path, "ada")
                .expect("taken")
                .begin(LATER, AT)
                .expect("begun");
        }
        let mut eve = Tries::take(&path, "eve").expect("taken");
        eve.begin(LATER, AT).expect("begun");
        eve.right().expect("right");
        drop(eve);
        assert_eq!(Tries::take(&path, "ada").expect("taken").wrong(), 4);
    }

    #[test]
    fn wrong_tries_are_remembered_until_the_audit_has_them() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("tries");
        let again = |name: &str| {
            let mut t = Tries::take(&path, name).expect("taken");
            t.begin(LATER, AT).expect("begun");
            t
        };
        for _ in 0..LOGGED + 3 {
            again("ada");
        }
        // The right one is none of them.
        again("ada").right().expect("right");
        let mut tries = Tries::take(&path, "").expect("taken");
        let (log, dropped) = tries.wrong_tries();
        assert_eq!((log.len(), dropped), (LOGGED - 1, 4));
        assert!(log.iter().all(|t| t.name == "ada" && t.at == AT));
        tries.taken().expect("taken");
        drop(tries);
        let tries = Tries::take(&path, "").expect("taken");
        assert_eq!(tries.wrong_tries(), (vec![], 0));
    }

    #[test]
    fn the_counts_of_the_first_form_are_read() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("tries");
        std::fs::write(&path, r#"{"ada":[5,1000]}   "#).expect("written");
        assert_eq!(Tries::take(&path, "ada").expect("taken").wrong(), 5);
    }
}
