//! Keys and values of a sequence, in half floats.

use crate::kernels::Past;

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
    /// An empty cache for at least `tokens` tokens.
    pub fn new(shape: KvShape, tokens: usize) -> Self {
        let capacity = tokens.next_multiple_of(16);
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

    /// Forgets every token from number `len` on.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Keys and values as bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let all = self.keys.iter().chain(&self.values);
        all.flat_map(|h| h.to_le_bytes()).collect()
    }

    /// Takes keys and values of `len` tokens back from bytes of a cache of the same shape.
    pub(crate) fn restore(&mut self, bytes: &[u8], len: usize) {
        let halves = self.keys.iter_mut().chain(&mut self.values);
        for (half, b) in halves.zip(bytes.chunks_exact(2)) {
            *half = u16::from_le_bytes([b[0], b[1]]);
        }
        self.len = len.min(self.capacity);
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
