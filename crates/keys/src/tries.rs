//! Wrong tries, counted by name and across restarts, so that guessing at the window or the
//! command line is slow, and nobody's own log-in makes the guesses at another's free.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

/// Tries that cost nothing: people mistype.
const FREE: u32 = 3;
/// Longest wait.
const LONGEST: Duration = Duration::from_secs(300);
/// Bytes of the file, always: it is written over in one call and never emptied first.
const SIZE: usize = 8192;
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

/// The counts, held while a try is made: tries take turns, also across processes.
pub struct Tries {
    file: File,
    counts: Counts,
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
        let counts: Counts = serde_json::from_str(text.trim()).unwrap_or_default();
        let known = counts.contains_key(name) || counts.len() < NAMES;
        Ok(Self {
            file,
            name: if known && name.len() <= 64 { name } else { "" }.into(),
            counts,
        })
    }

    /// Wrong tries in a row.
    pub fn wrong(&self) -> u32 {
        self.counts.get(&self.name).map_or(0, |c| c.0)
    }

    /// How long the next try has to wait, at a time of the same clock.
    pub fn wait(&self, now: Duration) -> Duration {
        let (wrong, last) = self.counts.get(&self.name).copied().unwrap_or_default();
        // A clock behind the last try began anew with the machine.
        let since = now.checked_sub(Duration::from_secs(last)).unwrap_or(now);
        wait_after(wrong).saturating_sub(since)
    }

    /// Counts a try before it is made: a kill in the middle does not make it free.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn begin(&mut self, now: Duration) -> std::io::Result<()> {
        let wrong = self.wrong().saturating_add(1);
        self.counts
            .insert(self.name.clone(), (wrong, now.as_secs()));
        self.keep()
    }

    /// It was right: the count of this name begins anew.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn right(&mut self) -> std::io::Result<()> {
        self.counts.remove(&self.name);
        self.keep()
    }

    fn keep(&mut self) -> std::io::Result<()> {
        let mut text = serde_json::to_vec(&self.counts)?;
        text.resize(SIZE.max(text.len()), b' ');
        self.file.rewind()?;
        self.file.write_all(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
                .begin(LATER)
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
                .begin(LATER)
                .expect("begun");
        }
        let mut eve = Tries::take(&path, "eve").expect("taken");
        eve.begin(LATER).expect("begun");
        eve.right().expect("right");
        drop(eve);
        assert_eq!(Tries::take(&path, "ada").expect("taken").wrong(), 4);
    }
}
