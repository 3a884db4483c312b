//! What attention is told: heads, tokens, and where keys and values lie.

/// Heads of attention and where they lie.
#[derive(Debug, Clone, Copy)]
pub struct HeadShape {
    /// Query heads.
    pub heads: usize,
    /// Key and value heads.
    pub kv_heads: usize,
    /// Width of a head.
    pub dim: usize,
    /// Floats from one token's queries to the next's; outputs have `heads * dim`.
    pub pitch: usize,
}

/// How queries and keys are turned.
#[derive(Debug, Clone, Copy)]
pub struct Turn<'a> {
    /// `[position][dim]`: `dim / 2` cosines, then as many sines.
    pub table: &'a [f32],
    /// Added to queries, keys and values first.
    pub bias: Option<&'a [f32]>,
    /// Weights and epsilon of an RMS norm of each query and key head.
    pub norms: Option<(&'a [f32], &'a [f32], f32)>,
    /// Whether neighbours turn together (llama's files), or halves (NeoX).
    pub neighbours: bool,
}

/// Where the keys and values of one sequence's tokens go.
#[derive(Debug)]
pub struct Keep<'a> {
    /// First row of the sequence's tokens.
    pub row: usize,
    /// Tokens.
    pub tokens: usize,
    /// Position of the first token in the text.
    pub position: usize,
    /// Its place in this cache.
    pub own: usize,
    /// Keys of one layer; see [`Past::keys`].
    pub keys: &'a mut [u16],
    /// Values of one layer.
    pub values: &'a mut [u16],
    /// Positions that there is room for.
    pub capacity: usize,
}

/// The tokens of one sequence, side by side, and what they may see.
#[derive(Debug, Clone, Copy)]
pub struct Attention<'a> {
    /// First row among the queries.
    pub row: usize,
    /// Tokens.
    pub tokens: usize,
    /// Keys and values, two parts at most: a shared prefix and the sequence's own.
    pub past: &'a [Past<'a>],
}

/// Keys and values of one layer.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// `[kv head][capacity / 16][dim][16]`, half floats.
    pub keys: &'a [u16],
    /// `[kv head][capacity][dim]`, half floats.
    pub values: &'a [u16],
    /// Positions that there is room for, a multiple of 16.
    pub capacity: usize,
    /// Positions that are filled.
    pub len: usize,
    /// Positions that the first of the tokens sees; each later one sees one more.
    /// `usize::MAX` for all.
    pub seen: usize,
}
