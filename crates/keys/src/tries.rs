//! Wrong tries, counted across restarts, so that guessing at the window or the
//! command line is slow.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

/// Tries that cost nothing: people mistype.
const FREE: u32 = 3;
/// Longest wait.
const LONGEST: Duration = Duration::from_secs(300);

/// How long to wait after so many wrong tries in a row: nothing after three, then 2 s, 4 s, 8 s, to five minutes.
pub fn wait_after(wrong: u32) -> Duration {
    match wrong.saturating_sub(FREE) {
        0 => Duration::ZERO,
        n => LONGEST.min(Duration::from_secs(1 << n.min(9))),
    }
}

/// The count, held while a try is made: tries take turns, also across processes.
pub struct Tries {
    file: File,
    wrong: u32,
}

impl Tries {
    /// Takes the count. A file that says nothing sensible counts as none wrong:
    /// who can write it can also try at the key file directly, which Argon2 makes slow.
    ///
    /// # Errors
    /// When the file cannot be opened or locked.
    pub fn take(path: &Path) -> std::io::Result<Self> {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        file.lock()?;
        let mut text = String::new();
        // Bytes that are no text count as nothing, too.
        let _ = (&mut file).take(16).read_to_string(&mut text);
        let wrong = text.trim().parse().unwrap_or(0);
        Ok(Self { file, wrong })
    }

    /// Wrong tries in a row.
    pub fn wrong(&self) -> u32 {
        self.wrong
    }

    /// Counts one before it is made: a kill in the middle does not make it free.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn begin(&mut self) -> std::io::Result<()> {
        self.set(self.wrong.saturating_add(1))
    }

    /// It was right: the count begins anew.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn right(&mut self) -> std::io::Result<()> {
        self.set(0)
    }

    fn set(&mut self, wrong: u32) -> std::io::Result<()> {
        self.wrong = wrong;
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.file.write_all(wrong.to_string().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let mut tries = Tries::take(&path).expect("taken");
        tries.begin().expect("begun");
        drop(tries);
        let mut tries = Tries::take(&path).expect("taken");
        assert_eq!(tries.wrong(), 1);
        tries.right().expect("right");
        drop(tries);
        assert_eq!(Tries::take(&path).expect("taken").wrong(), 0);
        std::fs::write(&path, [0xff, 0xfe]).expect("written");
        assert_eq!(Tries::take(&path).expect("taken").wrong(), 0);
    }
}
