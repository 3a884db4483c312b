//! A packed matrix and its strips.

use super::ahead::Ahead;
use super::product::Strip;
use super::{Format, Mapped, STRIP, format};
use std::ops::Range;
use std::sync::Arc;

/// A packed matrix of weights: `rows` outputs, `cols` inputs.
#[derive(Debug, Clone)]
pub struct Matrix {
    pub(super) format: Format,
    pub(super) rows: usize,
    pub(super) cols: usize,
    /// Where its strips begin in `bytes`.
    at: usize,
    bytes: Arc<Mapped>,
}

impl Matrix {
    /// A matrix whose strips lie in `bytes` from `at` on; `None` when they do
    /// not fit there or the shape is not one of the format's.
    pub fn new(
        format: Format,
        rows: usize,
        cols: usize,
        bytes: Arc<Mapped>,
        at: usize,
    ) -> Option<Self> {
        let matrix = Self {
            format,
            rows,
            cols,
            at,
            bytes,
        };
        let sound = rows > 0
            && cols > 0
            && cols.is_multiple_of(format.file_block().0)
            && at
                .checked_add(Self::size(format, rows, cols)?)
                .is_some_and(|end| end <= matrix.bytes.len());
        sound.then_some(matrix)
    }

    /// Bytes that a packed matrix takes; `None` past the end of numbers.
    pub fn size(format: Format, rows: usize, cols: usize) -> Option<usize> {
        rows.div_ceil(STRIP).checked_mul(format.strip_bytes(cols))
    }

    /// Columns of activations that should share a scale: as fine as the weights' own.
    pub fn group(&self) -> usize {
        self.format.group()
    }

    /// Outputs.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Inputs.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Bytes of its strips.
    pub fn bytes(&self) -> usize {
        self.strips() * self.format.strip_bytes(self.cols)
    }

    /// The bytes that it lies in, with all that lies beside it.
    pub fn all(&self) -> &[u8] {
        &self.bytes
    }

    /// One row as floats.
    ///
    /// # Panics
    /// When there is no such row or `out` has another width.
    pub fn row(&self, row: usize, out: &mut [f32]) {
        assert!(row < self.rows && out.len() == self.cols);
        let at = self.at + row / STRIP * self.format.strip_bytes(self.cols);
        let strip = &self.bytes[at..at + self.format.strip_bytes(self.cols)];
        format::row(self.format, strip, row % STRIP, out);
    }

    pub(super) fn strips(&self) -> usize {
        self.rows.div_ceil(STRIP)
    }

    /// Some strips as what will be read soon; those that there are not are left out.
    pub(super) fn ahead(&self, strips: Range<usize>) -> Ahead {
        let end = strips.end.min(self.strips());
        let each = self.format.strip_bytes(self.cols);
        let bytes = self.at + strips.start.min(end) * each..self.at + end * each;
        Ahead::of(&self.bytes[bytes])
    }

    pub(super) fn strip(&self, number: usize) -> Strip {
        let at = self.at + number * self.format.strip_bytes(self.cols);
        let bytes = &self.bytes[at..at + self.format.strip_bytes(self.cols)];
        Strip {
            bytes: bytes.as_ptr(),
            blocks: self.cols / 32,
        }
    }
}
