//! Keys and values of a sequence, in half floats.

use crate::kernels::Past;
use std::io::{Read, Write};
use std::ops::Range;

/// Half floats that are read or written together.
const PIECE: usize = 32 << 10;

/// The shape that a cache has for a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KvShape {
    /// Layers.
    pub layers: usize,
    /// Key and value heads.
    pub kv_heads: usize,
    /// Width of a head.
    pub dim: usize,
}

impl KvShape {
    /// Bytes of one position.
    pub fn bytes(self) -> usize {
        4 * self.layers * self.kv_heads * self.dim
    }
}

/// A cache for one run of tokens. Room is taken once; truncating keeps it.
#[derive(Debug, Clone)]
pub struct Kv {
    pub(crate) shape: KvShape,
    pub(crate) capacity: usize,
    pub(crate) len: usize,
    pub(crate) keys: Vec<u16>,
    pub(crate) values: Vec<u16>,
}

impl Kv {
    /// Tokens that a cache for `tokens` tokens takes memory for: keys lie in blocks of sixteen.
    pub(crate) fn capacity_for(tokens: usize) -> usize {
        tokens.next_multiple_of(16)
    }

    /// An empty cache for at least `tokens` tokens.
    pub fn new(shape: KvShape, tokens: usize) -> Self {
        let capacity = Self::capacity_for(tokens);
        let halves = shape.layers * shape.kv_heads * capacity * shape.dim;
        Self {
            shape,
            capacity,
            len: 0,
            keys: vec![0; halves],
            values: vec![0; halves],
        }
    }

    /// Tokens kept.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no token is kept.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Takes `tokens` of another cache, whose first is a multiple of 16, as its own first ones.
    pub(crate) fn begin_with(&mut self, other: &Self, tokens: Range<usize>) {
        let (dim, from, len) = (self.shape.dim, tokens.start, tokens.len());
        // Keys lie in blocks of sixteen positions.
        let keys = len.next_multiple_of(16) * dim;
        for head in 0..self.shape.layers * self.shape.kv_heads {
            let (to, at) = (
                head * self.capacity * dim,
                (head * other.capacity + from) * dim,
            );
            self.keys[to..to + keys].copy_from_slice(&other.keys[at..at + keys]);
            self.values[to..to + len * dim].copy_from_slice(&other.values[at..at + len * dim]);
        }
        self.len = len;
    }

    /// Forgets every token from number `len` on.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Writes keys and values as bytes, a piece at a time: a whole copy would double what a start needs.
    ///
    /// # Errors
    /// The writer's.
    pub fn write(&self, to: &mut impl Write) -> std::io::Result<()> {
        let mut bytes = Vec::with_capacity(2 * PIECE);
        for piece in self.keys.chunks(PIECE).chain(self.values.chunks(PIECE)) {
            bytes.clear();
            bytes.extend(piece.iter().flat_map(|h| h.to_le_bytes()));
            to.write_all(&bytes)?;
        }
        Ok(())
    }

    /// Takes back what [`Kv::write`] wrote for a cache of the same shape, which holds `len` tokens then.
    ///
    /// # Errors
    /// The reader's.
    pub fn read(&mut self, from: &mut impl Read, len: usize) -> std::io::Result<()> {
        let mut bytes = vec![0; 2 * PIECE];
        let pieces = self.keys.chunks_mut(PIECE);
        for piece in pieces.chain(self.values.chunks_mut(PIECE)) {
            let bytes = &mut bytes[..2 * piece.len()];
            from.read_exact(bytes)?;
            for (half, b) in piece.iter_mut().zip(bytes.as_chunks::<2>().0) {
                *half = u16::from_le_bytes(*b);
            }
        }
        self.len = len.min(self.capacity);
        Ok(())
    }

    pub(crate) fn layer(&self, layer: usize, len: usize, seen: usize) -> Past<'_> {
        let size = self.shape.kv_heads * self.capacity * self.shape.dim;
        let span = layer * size..(layer + 1) * size;
        Past {
            keys: &self.keys[span.clone()],
            values: &self.values[span],
            capacity: self.capacity,
            len,
            seen,
        }
    }

    pub(crate) fn layer_mut(&mut self, layer: usize) -> (&mut [u16], &mut [u16]) {
        let size = self.shape.kv_heads * self.capacity * self.shape.dim;
        let span = layer * size..(layer + 1) * size;
        (&mut self.keys[span.clone()], &mut self.values[span])
    }
}
