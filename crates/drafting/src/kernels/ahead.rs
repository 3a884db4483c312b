//! Weights that memory is asked for before they are needed.

use super::lanes::Lanes;

/// Bytes of a cache line.
const LINE: usize = 64;
/// Most lines of one step: more would wait for each other.
const MOST: usize = 16;

/// Bytes that will be read soon, asked of memory a few lines at a time while there is something to reckon. The tiles of a
/// prompt lie in memory one behind the other, and each is read once: without this, a core waits for the first lines of every page.
#[derive(Clone, Copy)]
pub(super) struct Ahead {
    at: *const u8,
    lines: usize,
    /// What comes after them.
    then: (*const u8, usize),
    each: usize,
}

impl Ahead {
    /// These bytes. They are only hinted at and never read, so that they may be gone.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self {
            at: bytes.as_ptr(),
            lines: bytes.len().div_ceil(LINE),
            then: (std::ptr::null(), 0),
            each: MOST,
        }
    }

    /// These bytes, and then others.
    pub(super) fn and(self, others: Self) -> Self {
        Self {
            then: (others.at, others.lines),
            ..self
        }
    }

    /// The same bytes, over so many steps.
    pub(super) fn over(self, steps: usize) -> Self {
        Self {
            each: (self.lines + self.then.1).div_ceil(steps.max(1)).min(MOST),
            ..self
        }
    }

    /// Asks for the lines of one step.
    ///
    /// # Safety
    /// The tier's.
    #[inline(always)]
    pub(super) unsafe fn ask<L: Lanes>(&mut self) {
        let lines = self.each.min(self.lines);
        for line in 0..lines {
            L::prefetch(self.at.wrapping_add(LINE * line));
        }
        self.at = self.at.wrapping_add(LINE * lines);
        self.lines -= lines;
        if self.lines == 0 {
            (self.at, self.lines) = std::mem::replace(&mut self.then, (std::ptr::null(), 0));
        }
    }
}
