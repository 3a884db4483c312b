//! A model's shape, and what sets the families apart, as data.

use crate::ModelError;
use crate::gguf::Header;
use crate::model_file::CONTEXT;

/// How a family differs: all else is the same decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Family {
    architecture: &'static str,
    /// Whether neighbours turn together in RoPE, or halves.
    neighbours: bool,
}

/// Families of this decoder; a file of another one goes to candle's own model.
const FAMILIES: &[Family] = &[
    Family {
        architecture: "llama",
        neighbours: true,
    },
    Family {
        architecture: "qwen2",
        neighbours: false,
    },
    Family {
        architecture: "qwen3",
        neighbours: false,
    },
];

/// Hyperparameters of a decoder.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Layers.
    pub layers: usize,
    /// Width of the residual stream.
    pub width: usize,
    /// Width of the feed-forward part.
    pub inner: usize,
    /// Query heads.
    pub heads: usize,
    /// Key and value heads.
    pub kv_heads: usize,
    /// Width of a head.
    pub dim: usize,
    /// Tokens of the vocabulary.
    pub vocabulary: usize,
    /// Epsilon of the RMS norms.
    pub eps: f32,
    /// Base of RoPE.
    pub rope_base: f64,
    /// Whether neighbours turn together in RoPE (llama's files), or halves (NeoX).
    pub neighbours: bool,
    /// Longest context that is used, in tokens.
    pub context: usize,
}

impl Config {
    /// The shape as the file claims it; `None` for a family that this decoder does not run.
    ///
    /// # Errors
    /// [`ModelError::Malformed`] for numbers that cannot be, [`ModelError::Unheeded`] for positions that it does not turn.
    pub fn read(header: &Header) -> Result<Option<Self>, ModelError> {
        let Some(family) = header
            .text("general.architecture")
            .and_then(|a| FAMILIES.iter().find(|f| f.architecture == a))
        else {
            return Ok(None);
        };
        let key = |k: &str| format!("{}.{k}", family.architecture);
        let number = |k: &str, most: u64| {
            header
                .number(&key(k))
                .filter(|n| (1..=most).contains(n))
                .map(|n| n as usize)
                .ok_or_else(|| {
                    ModelError::Malformed(format!("{} is missing or out of range", key(k)))
                })
        };
        let width = number("embedding_length", 32_768)?;
        let heads = number("attention.head_count", 256)?;
        let dim = match header.number(&key("attention.key_length")) {
            Some(n) if (16..=256).contains(&n) => n as usize,
            Some(n) => return Err(ModelError::Malformed(format!("heads of {n} columns"))),
            None => width / heads,
        };
        let kv_heads = number("attention.head_count_kv", heads as u64)?;
        let vocabulary = header
            .tensor("token_embd.weight")
            .and_then(|t| t.dims.get(1).copied())
            .unwrap_or(0) as usize;
        let float = |k: &str| header.float(&key(k));
        let eps = float("attention.layer_norm_rms_epsilon").unwrap_or(1e-5);
        let rope_base = float("rope.freq_base").unwrap_or(10_000.0);
        let sound = heads.is_multiple_of(kv_heads)
            && eps.is_finite()
            && (0.0..0.1).contains(&eps)
            && rope_base.is_finite()
            && rope_base >= 1.0;
        if !sound {
            return Err(ModelError::Malformed(
                "the attention's numbers cannot be".into(),
            ));
        }
        crate::way::positions(header, family.architecture, dim as u64)?;
        let plain = dim.is_multiple_of(32)
            && dim <= 256
            && heads / kv_heads <= 48
            && width.is_multiple_of(32)
            && vocabulary.is_multiple_of(16);
        Ok(plain.then_some(Self {
            layers: number("block_count", 256)?,
            width,
            inner: number("feed_forward_length", 1 << 18)?,
            heads,
            kv_heads,
            dim,
            vocabulary,
            eps: eps as f32,
            rope_base,
            neighbours: family.neighbours,
            context: number("context_length", 1 << 20)?.min(CONTEXT as usize),
        }))
    }

    /// Cosines and sines of every position: `[position][dim]`. `factors` divides
    /// each frequency, as Llama 3.1's files ask.
    pub(crate) fn rope_table(&self, factors: Option<&[f32]>) -> Vec<f32> {
        let half = self.dim / 2;
        let mut table = Vec::with_capacity(self.context * self.dim);
        for position in 0..self.context {
            let angle = |i: usize| {
                let by = factors.map_or(1.0, |f| f64::from(f[i]));
                position as f64 * self.rope_base.powf(-2.0 * i as f64 / self.dim as f64) / by
            };
            table.extend((0..half).map(|i| angle(i).cos() as f32));
            table.extend((0..half).map(|i| angle(i).sin() as f32));
        }
        table
    }
}
