//! The decoder of the llama family: one forward path for llama, qwen2 and qwen3
//! files, over packed weights and kernels.

mod config;
pub(crate) mod kv;
mod pack;
pub mod packed_file;

use crate::ModelError;
use crate::kernels::{
    Attention, HeadShape, Input, Keep, Kernels, Matrix, Past, Quantised, SPAN, Turn,
};
pub use config::Config;
pub use kv::{Kv, KvShape};
use packed_file::Packed;
use smallvec::SmallVec;
use std::sync::Arc;

/// Most rows of one pass: what bounds its buffers.
pub const MOST_ROWS: usize = 512;
/// Texts of a pass whose book-keeping needs no allocation: as many as are drafted at once.
const FEW: usize = crate::engine::AT_ONCE;

struct Layer {
    attn_norm: Vec<f32>,
    q: Matrix,
    k: Matrix,
    v: Matrix,
    bias: Option<Vec<f32>>,
    head_norms: Option<(Vec<f32>, Vec<f32>)>,
    out: Matrix,
    ffn_norm: Vec<f32>,
    gate: Matrix,
    up: Matrix,
    down: Matrix,
}

/// A decoder: weights and buffers. What it has read is in the [`Sequence`]s.
pub struct Decoder {
    config: Config,
    kernels: Kernels,
    embeddings: Matrix,
    layers: Vec<Layer>,
    norm: Vec<f32>,
    output: Matrix,
    rope: Vec<f32>,
    buffers: Buffers,
}

#[derive(Default)]
struct Buffers {
    x: Vec<f32>,
    qkv: Vec<f32>,
    heads: Vec<f32>,
    inner: Vec<f32>,
    last: Vec<f32>,
    logits: Vec<f32>,
    quantised: Quantised,
}

/// One text: a prefix that others share, and its own tokens.
#[derive(Debug, Clone)]
pub struct Sequence {
    prefix: Option<Arc<Kv>>,
    /// Tokens of the prefix that are read where they lie, a multiple of [`SPAN`].
    shared: usize,
    /// Those behind them that were copied into `own`.
    copied: usize,
    own: Kv,
}

impl Sequence {
    /// A text that begins after `prefix`, with room for `tokens` more.
    pub fn new(shape: KvShape, prefix: Option<Arc<Kv>>, tokens: usize) -> Self {
        let len = prefix.as_ref().map_or(0, |p| p.len());
        Self::after(shape, prefix, len, tokens)
    }

    /// The same after the first `len` tokens of `prefix` alone: what follows them in the prefix is not seen.
    ///
    /// The last of these tokens, fewer than [`SPAN`], are copied: attention
    /// looks at positions span by span, and adds the spans up in floats. So they
    /// are the same spans as those of a text that was read without a prefix.
    pub fn after(shape: KvShape, prefix: Option<Arc<Kv>>, len: usize, tokens: usize) -> Self {
        let len = prefix.as_ref().map_or(0, |p| p.len().min(len));
        let copied = len % SPAN;
        let shared = len - copied;
        let mut own = Kv::new(shape, copied + tokens);
        if let Some(p) = &prefix {
            own.begin_with(p, shared..len);
        }
        Self {
            prefix: prefix.filter(|_| shared > 0),
            shared,
            copied,
            own,
        }
    }

    /// Tokens that a text takes memory for when it goes on from the first `len` of a prefix with room for `tokens` more.
    pub fn capacity_for(len: usize, tokens: usize) -> usize {
        Kv::capacity_for(len % SPAN + tokens)
    }

    /// Tokens that it takes memory for itself, beside the prefix.
    pub fn capacity(&self) -> usize {
        self.own.capacity
    }

    /// Tokens read, those of the prefix too.
    pub fn len(&self) -> usize {
        self.shared + self.own.len()
    }

    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tokens that may still be read.
    pub fn room(&self) -> usize {
        self.own.capacity - self.own.len
    }

    /// Forgets its own tokens from number `len` of the whole text on; the prefix stays.
    pub fn truncate(&mut self, len: usize) {
        self.own
            .truncate(len.saturating_sub(self.shared).max(self.copied));
    }

    /// What it has read, as a prefix for others. Only for a text without a prefix of its own.
    pub fn into_prefix(self) -> Option<Arc<Kv>> {
        let whole = self.prefix.is_none() && self.copied == 0;
        whole.then(|| Arc::new(self.own))
    }
}

/// What a token costs; see [`Decoder::cost`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Bytes of weights that the next token of a text needs.
    pub bytes: usize,
    /// Products that a token of a prompt needs.
    pub products: usize,
}

/// Which logits a pass is to give for a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logits {
    /// None: the text goes on.
    None,
    /// Those after the last token.
    Last,
    /// Those after each token.
    All,
}

/// What part of its text a step reads. It decides which products its rows go
/// through ([`Kernels::products`]), so that a row's result depends on its own
/// text alone, bit for bit, whatever else is in the pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Of the prompt: weights may be rounded once for all of its rows.
    Prompt,
    /// Of what is being written, guesses included: weights are taken as they are.
    Draft,
}

/// Tokens that one text reads in a pass.
pub struct Step<'a> {
    /// The text.
    pub sequence: &'a mut Sequence,
    /// What part of it the tokens are.
    pub part: Part,
    /// The tokens.
    pub tokens: &'a [u32],
    /// The logits wanted.
    pub logits: Logits,
}

impl Step<'_> {
    /// Its rows, if they are of a part.
    fn rows_of(&self, part: Part) -> usize {
        if self.part == part {
            self.tokens.len()
        } else {
            0
        }
    }
}

impl Decoder {
    pub(crate) fn new(
        config: Config,
        kernels: Kernels,
        packed: &Packed,
    ) -> Result<Self, ModelError> {
        let c = &config;
        let (q, kv) = (c.heads * c.dim, c.kv_heads * c.dim);
        let vector = |name: &str, len: usize| {
            packed
                .vector(name, len)?
                .ok_or_else(|| ModelError::Malformed(format!("the tensor {name} is missing")))
        };
        let layers = (0..c.layers)
            .map(|i| {
                let name = |part: &str| format!("blk.{i}.{part}");
                let matrix = |part: &str, rows, cols| {
                    packed.matrix(&name(&format!("{part}.weight")), rows, cols)
                };
                let bias = [("attn_q.bias", q), ("attn_k.bias", kv), ("attn_v.bias", kv)]
                    .into_iter()
                    .map(|(part, len)| packed.vector(&name(part), len))
                    .collect::<Result<Vec<_>, _>>()?;
                let bias = bias.iter().any(Option::is_some).then(|| {
                    bias.into_iter()
                        .zip([q, kv, kv])
                        .flat_map(|(b, len)| b.unwrap_or_else(|| vec![0.0; len]))
                        .collect()
                });
                let head_norm = |part: &str| packed.vector(&name(part), c.dim);
                let head_norms = match (
                    head_norm("attn_q_norm.weight")?,
                    head_norm("attn_k_norm.weight")?,
                ) {
                    (None, None) => None,
                    (Some(q), Some(k)) => Some((q, k)),
                    _ => {
                        return Err(ModelError::Malformed(format!(
                            "layer {i} norms its queries or its keys alone"
                        )));
                    }
                };
                Ok(Layer {
                    attn_norm: vector(&name("attn_norm.weight"), c.width)?,
                    q: matrix("attn_q", q, c.width)?,
                    k: matrix("attn_k", kv, c.width)?,
                    v: matrix("attn_v", kv, c.width)?,
                    bias,
                    head_norms,
                    out: matrix("attn_output", c.width, q)?,
                    ffn_norm: vector(&name("ffn_norm.weight"), c.width)?,
                    gate: matrix("ffn_gate", c.inner, c.width)?,
                    up: matrix("ffn_up", c.inner, c.width)?,
                    down: matrix("ffn_down", c.width, c.inner)?,
                })
            })
            .collect::<Result<Vec<_>, ModelError>>()?;
        let embeddings = packed.matrix("token_embd.weight", c.vocabulary, c.width)?;
        // A model without an output of its own uses its embeddings again.
        let output = if packed.has("output.weight") {
            packed.matrix("output.weight", c.vocabulary, c.width)?
        } else {
            embeddings.clone()
        };
        let factors = packed.vector("rope_freqs.weight", c.dim / 2)?;
        Ok(Self {
            rope: c.rope_table(factors.as_deref()),
            norm: vector("output_norm.weight", c.width)?,
            embeddings,
            output,
            layers,
            kernels,
            config,
            buffers: Buffers::default(),
        })
    }

    /// The model's shape.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The kernels.
    pub fn kernels(&self) -> &Kernels {
        &self.kernels
    }

    /// Bytes of its packed weights.
    pub(crate) fn weights(&self) -> usize {
        self.bytes().len()
    }

    /// The matrices that every token goes through, the last one for tokens whose logits are wanted.
    fn matrices(&self) -> impl Iterator<Item = &Matrix> {
        let layers = self
            .layers
            .iter()
            .flat_map(|l| [&l.q, &l.k, &l.v, &l.out, &l.gate, &l.up, &l.down]);
        layers.chain([&self.output])
    }

    /// What one token costs without its attention: bytes of weights to be read, and products to be made; the products
    /// without the output's when only the last of many tokens has its logits.
    pub fn cost(&self) -> Cost {
        let bytes = self.matrices().map(Matrix::bytes).sum();
        let products = |m: &Matrix| m.rows() * m.cols();
        let all: usize = self.matrices().map(products).sum();
        Cost {
            bytes,
            products: all - products(&self.output),
        }
    }

    /// The packed weights as bytes, for measuring how fast memory gives them.
    pub fn bytes(&self) -> &[u8] {
        self.output.all()
    }

    /// The shape of its caches.
    pub fn kv_shape(&self) -> KvShape {
        KvShape {
            layers: self.config.layers,
            kv_heads: self.config.kv_heads,
            dim: self.config.dim,
        }
    }

    /// Reads a prompt of any length alone, in as many passes as it needs, and gives
    /// the logits after its last token; none for no tokens.
    ///
    /// # Errors
    /// As [`Decoder::forward`]; what earlier passes read stays read.
    pub fn read(&mut self, text: &mut Sequence, ids: &[u32]) -> Result<&mut [f32], ModelError> {
        let before = ids.len().saturating_sub(1) / MOST_ROWS * MOST_ROWS;
        let (before, last) = ids.split_at(before);
        for tokens in before.chunks(MOST_ROWS) {
            self.forward(&mut [Step {
                sequence: text,
                part: Part::Prompt,
                tokens,
                logits: Logits::None,
            }])?;
        }
        if last.is_empty() {
            return Ok(&mut []);
        }
        self.forward(&mut [Step {
            sequence: text,
            part: Part::Prompt,
            tokens: last,
            logits: Logits::Last,
        }])
    }

    /// Reads the tokens of every step in one pass and gives the logits that are
    /// wanted: rows of the vocabulary's length, in the order of the steps. They lie
    /// in the decoder's own buffer, which the next pass writes over.
    ///
    /// A text's logits depend on its own tokens and on which of them were prompt
    /// and draft ([`Part`]): on no bit of another text, nor on how many there are,
    /// on how a prompt was cut into passes, on a truncate, or on a prefix. The
    /// bound on the difference is 0 (`tests/rows.rs`).
    ///
    /// # Errors
    /// [`ModelError::Engine`] for an empty or too large pass, a token outside the
    /// vocabulary, or a text that is full. Nothing is read then.
    pub fn forward(&mut self, steps: &mut [Step<'_>]) -> Result<&mut [f32], ModelError> {
        let logits = self.forward_unless(steps, &mut || false)?;
        logits.ok_or(ModelError::Stopped)
    }

    /// The same, but `stop` is asked after each layer: once it says yes the pass
    /// is given up, nothing counts as read, and there are no logits.
    ///
    /// # Errors
    /// As [`Decoder::forward`].
    pub fn forward_unless(
        &mut self,
        steps: &mut [Step<'_>],
        stop: &mut dyn FnMut() -> bool,
    ) -> Result<Option<&mut [f32]>, ModelError> {
        let c = &self.config;
        let rows: usize = steps.iter().map(|s| s.tokens.len()).sum();
        if rows == 0 || rows > MOST_ROWS {
            return Err(ModelError::Engine(format!("a pass of {rows} tokens")));
        }
        // Rows of drafts lie before those of prompts: each kind goes through its product in one piece.
        let drafts: usize = steps.iter().map(|s| s.rows_of(Part::Draft)).sum();
        let (mut next_draft, mut next_prompt) = (0, drafts);
        let mut starts: SmallVec<[usize; FEW]> = SmallVec::new();
        for s in &*steps {
            let next = match s.part {
                Part::Draft => &mut next_draft,
                Part::Prompt => &mut next_prompt,
            };
            starts.push(*next);
            *next += s.tokens.len();
        }
        let mut x = std::mem::take(&mut self.buffers.x);
        x.resize(rows * c.width, 0.0);
        for (s, start) in steps.iter().zip(&starts) {
            let end = s.sequence.len() + s.tokens.len();
            if s.tokens.len() > s.sequence.room() || end > c.context {
                return Err(ModelError::Engine("the text is full".into()));
            }
            for (at, token) in (*start..).zip(s.tokens) {
                if *token as usize >= c.vocabulary {
                    return Err(ModelError::Engine("a token outside the vocabulary".into()));
                }
                self.embeddings
                    .row(*token as usize, &mut x[at * c.width..(at + 1) * c.width]);
            }
        }
        let b = &mut self.buffers;
        let (q, kv) = (c.heads * c.dim, c.kv_heads * c.dim);
        let shape = HeadShape {
            heads: c.heads,
            kv_heads: c.kv_heads,
            dim: c.dim,
            pitch: q + 2 * kv,
        };
        b.qkv.resize(rows * shape.pitch, 0.0);
        b.heads.resize(rows * q, 0.0);
        b.inner.resize(rows * c.inner, 0.0);
        let k = &self.kernels;
        for (number, layer) in self.layers.iter().enumerate() {
            let input = Input::Normed(&x, &layer.attn_norm, c.eps);
            k.quantise(
                input,
                c.width,
                finest(&[&layer.q, &layer.k, &layer.v]),
                &mut b.quantised,
            );
            k.products(
                &[&layer.q, &layer.k, &layer.v],
                &b.quantised,
                &mut b.qkv,
                false,
                drafts,
            );
            let how = Turn {
                table: &self.rope,
                bias: layer.bias.as_deref(),
                norms: layer.head_norms.as_ref().map(|(q, k)| (&**q, &**k, c.eps)),
                neighbours: c.neighbours,
            };
            let mut kept: SmallVec<[Keep<'_>; FEW]> = SmallVec::new();
            for (s, row) in steps.iter_mut().zip(&starts) {
                let (position, own) = (s.sequence.len(), s.sequence.own.len);
                let capacity = s.sequence.own.capacity;
                let (keys, values) = s.sequence.own.layer_mut(number);
                kept.push(Keep {
                    row: *row,
                    tokens: s.tokens.len(),
                    position,
                    own,
                    keys,
                    values,
                    capacity,
                });
            }
            kept.sort_unstable_by_key(|keep| keep.row);
            k.turn(&mut kept, &mut b.qkv, shape, &how);
            drop(kept);
            let mut past: SmallVec<[Past<'_>; 2 * FEW]> = SmallVec::new();
            for s in &*steps {
                let own = &s.sequence.own;
                if let Some(p) = &s.sequence.prefix {
                    past.push(p.layer(number, s.sequence.shared, usize::MAX));
                }
                past.push(own.layer(number, own.len + s.tokens.len(), own.len + 1));
            }
            let mut rest = past.as_slice();
            let mut tasks: SmallVec<[Attention<'_>; FEW]> = SmallVec::new();
            for (s, row) in steps.iter().zip(&starts) {
                let parts = 1 + usize::from(s.sequence.prefix.is_some());
                let (mine, others) = rest.split_at(parts);
                rest = others;
                tasks.push(Attention {
                    row: *row,
                    tokens: s.tokens.len(),
                    past: mine,
                });
            }
            tasks.sort_unstable_by_key(|task| task.row);
            k.attend(&tasks, &b.qkv, &mut b.heads, shape);
            k.quantise(
                Input::Plain(&b.heads),
                q,
                layer.out.group(),
                &mut b.quantised,
            );
            k.products(&[&layer.out], &b.quantised, &mut x, true, drafts);
            let input = Input::Normed(&x, &layer.ffn_norm, c.eps);
            k.quantise(
                input,
                c.width,
                finest(&[&layer.gate, &layer.up]),
                &mut b.quantised,
            );
            k.gated((&layer.gate, &layer.up), &b.quantised, &mut b.inner, drafts);
            k.quantise(
                Input::Plain(&b.inner),
                c.inner,
                layer.down.group(),
                &mut b.quantised,
            );
            k.products(&[&layer.down], &b.quantised, &mut x, true, drafts);
            if stop() {
                self.buffers.x = x;
                return Ok(None);
            }
        }
        b.last.clear();
        for (s, row) in steps.iter_mut().zip(&starts) {
            let end = row + s.tokens.len();
            let wanted = match s.logits {
                Logits::None => end..end,
                Logits::Last => end - usize::from(end > *row)..end,
                Logits::All => *row..end,
            };
            b.last
                .extend_from_slice(&x[wanted.start * c.width..wanted.end * c.width]);
            s.sequence.own.len += s.tokens.len();
        }
        let wanted = b.last.len() / c.width;
        b.logits.resize(wanted * c.vocabulary, 0.0);
        if wanted > 0 {
            let input = Input::Normed(&b.last, &self.norm, c.eps);
            k.quantise(input, c.width, self.output.group(), &mut b.quantised);
            // Exactly, whatever part they are of: a draft asks for one row of them, and its choice hangs on it.
            k.products(&[&self.output], &b.quantised, &mut b.logits, false, wanted);
        }
        self.buffers.x = x;
        Ok(Some(&mut self.buffers.logits))
    }
}

/// The finest group of columns that one of the matrices asks for.
fn finest(matrices: &[&Matrix]) -> usize {
    matrices.iter().map(|m| m.group()).min().unwrap_or(32)
}

#[cfg(test)]
pub(crate) use pack::strip as pack_for_tests;
