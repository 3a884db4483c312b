//! How long the drafting waits before it starts a drafter that ended of a sudden.

use std::time::Duration;

/// Waits after the drafter's first, second and third sudden end; then it rests until asked.
pub(crate) const BACK_OFF: [Duration; 3] = [
    Duration::from_millis(200),
    Duration::from_secs(2),
    Duration::from_secs(10),
];

/// How often the drafter ended of a sudden, and what follows from it.
#[derive(Debug, Default)]
pub(crate) struct BackOff(usize);

impl BackOff {
    /// The wait before the next start; none when it is to rest until asked, after which the count begins anew.
    pub(crate) fn next(&mut self) -> Option<Duration> {
        let wait = BACK_OFF.get(self.0).copied();
        self.0 = if wait.is_some() { self.0 + 1 } else { 0 };
        wait
    }

    /// A draft was made: what ended before does not count any more.
    pub(crate) fn forget(&mut self) {
        self.0 = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drafter_that_ends_again_and_again_is_started_later_each_time_and_then_not_at_all() {
        let mut back_off = BackOff::default();
        let waits: Vec<_> = std::iter::from_fn(|| back_off.next()).collect();
        assert_eq!(waits, BACK_OFF);
        assert!(waits.is_sorted() && waits.len() == 3);
        // After a rest, and after a draft that was made, it begins anew.
        assert_eq!(back_off.next(), Some(BACK_OFF[0]));
        back_off.forget();
        assert_eq!(back_off.next(), Some(BACK_OFF[0]));
    }
}
