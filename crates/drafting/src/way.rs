//! Which way a model is run, or why it is not. Whatever a file holds has to be heeded by what runs it: a part that is passed
//! over gives wrong text, and nobody would know.

use crate::ModelError;
use crate::decoder::{Config, packed_file::packable};
use crate::gguf::Header;

/// What runs a model.
#[derive(Debug, Clone)]
pub(crate) enum Way {
    /// The project's own decoder.
    Own(Config),
    /// candle's model of the architecture.
    Candle,
}

/// Tensors that something reads: those of the whole model, and, in groups, those of each layer by their names behind `blk.N.`.
struct Read {
    whole: &'static [&'static [&'static str]],
    layer: &'static [&'static [&'static str]],
}

/// Of the whole model, what everything reads.
const ENDS: &[&str] = &["token_embd.weight", "output_norm.weight", "output.weight"];
/// A table of factors for the positions.
const FACTORS: &[&str] = &["rope_freqs.weight"];
/// Of a layer, what everything reads.
const LAYER: &[&str] = &[
    "attn_norm.weight",
    "attn_output.weight",
    "ffn_norm.weight",
    "ffn_up.weight",
    "ffn_down.weight",
];
/// A gate beside the way up; phi3 has both in one.
const GATE: &[&str] = &["ffn_gate.weight"];
/// Queries, keys and values apart; phi3 has them in one.
const APART: &[&str] = &["attn_q.weight", "attn_k.weight", "attn_v.weight"];
const BIASES: &[&str] = &["attn_q.bias", "attn_k.bias", "attn_v.bias"];
const NORMS: &[&str] = &["attn_q_norm.weight", "attn_k_norm.weight"];
/// What chooses among experts; each has a gate, an up and a down with a number: see `reads`.
const ROUTER: &[&str] = &["ffn_gate_inp.weight"];
const TOGETHER: &[&str] = &["attn_qkv.weight"];

/// What the project's decoder reads.
const OWN: Read = Read {
    whole: &[ENDS, FACTORS],
    layer: &[LAYER, GATE, APART, BIASES, NORMS],
};

/// What one of candle's models reads.
const fn candle(layer: &'static [&'static [&'static str]]) -> Read {
    Read {
        whole: &[ENDS],
        layer,
    }
}

/// What candle's models read, by architecture (candle-transformers 0.11, `quantized_*.rs`).
const CANDLE: &[(&str, Read)] = &[
    ("llama", candle(&[LAYER, GATE, APART, ROUTER])),
    ("qwen2", candle(&[LAYER, GATE, APART, BIASES])),
    ("qwen3", candle(&[LAYER, GATE, APART, NORMS])),
    ("phi3", candle(&[LAYER, TOGETHER])),
];

/// The base of RoPE that candle's phi3 has, whatever the file says.
const PHI3_BASE: f64 = 10_000.0;

impl Read {
    /// Whether it reads a tensor of a model with `layers` layers and, in each, `experts` experts.
    fn reads(&self, name: &str, layers: u64, experts: u64) -> bool {
        let below = |n: &str, most: u64| {
            n.parse::<u64>()
                .is_ok_and(|m| m < most && m.to_string() == n)
        };
        let among = |groups: &[&[&str]], name| groups.iter().any(|g| g.contains(&name));
        if among(self.whole, name) {
            return true;
        }
        let Some((layer, part)) = name.strip_prefix("blk.").and_then(|n| n.split_once('.')) else {
            return false;
        };
        let expert = || {
            let part = ["ffn_gate.", "ffn_up.", "ffn_down."]
                .iter()
                .find_map(|p| part.strip_prefix(p))?;
            part.strip_suffix(".weight")
        };
        below(layer, layers)
            && (among(self.layer, part) || expert().is_some_and(|n| below(n, experts)))
    }

    /// A tensor of the file that it does not read.
    fn passed_over<'a>(&self, header: &'a Header, layers: u64, experts: u64) -> Option<&'a str> {
        let mut names = header.tensors.iter().map(|t| t.name.as_str());
        names.find(|name| !self.reads(name, layers, experts))
    }
}

impl Way {
    /// The way of a model whose architecture and numbers were checked.
    ///
    /// # Errors
    /// [`ModelError::Unheeded`] for a part of the file that nothing here heeds, [`ModelError::Malformed`].
    pub(crate) fn of(header: &Header) -> Result<Self, ModelError> {
        let architecture = header.text("general.architecture").unwrap_or("");
        let number = |key: &str| header.number(&format!("{architecture}.{key}"));
        let layers = number("block_count").unwrap_or(0);
        let config = Config::read(header)?;
        if let Some(config) = config.filter(|_| packable(header))
            && OWN.passed_over(header, layers, 0).is_none()
        {
            return Ok(Self::Own(config));
        }
        candle_heeds(header)?;
        Ok(Self::Candle)
    }

    /// The decoder's numbers, where it is the way.
    pub(crate) fn config(&self) -> Option<&Config> {
        match self {
            Self::Own(config) => Some(config),
            Self::Candle => None,
        }
    }
}

/// Words of a file as they can be told: so many characters, and none that steers a screen.
fn told(words: &str, most: usize) -> String {
    let shown = words.chars().filter(|c| !c.is_control());
    shown.take(most).collect()
}

fn unheeded(what: String) -> Result<(), ModelError> {
    Err(ModelError::Unheeded(what))
}

/// Whether candle's model of the architecture heeds all that the file has.
///
/// # Errors
/// [`ModelError::Unheeded`], and [`ModelError::Architecture`] where it has none.
pub(crate) fn candle_heeds(header: &Header) -> Result<(), ModelError> {
    let architecture = header.text("general.architecture").unwrap_or("");
    let number = |key: &str| header.number(&format!("{architecture}.{key}"));
    let layers = number("block_count").unwrap_or(0);
    let Some((_, read)) = CANDLE.iter().find(|c| c.0 == architecture) else {
        return Err(ModelError::Architecture(told(architecture, 40)));
    };
    let experts = match architecture {
        "llama" => number("expert_count").unwrap_or(0),
        _ => 0,
    };
    if let Some(name) = read.passed_over(header, layers, experts) {
        let name = told(name, 60);
        return unheeded(format!("the tensor “{name}”"));
    }
    let heads = number("attention.head_count").unwrap_or(1).max(1);
    let even = number("embedding_length").unwrap_or(0) / heads;
    if architecture != "qwen3"
        && let Some(width) = number("attention.key_length").filter(|n| *n != even)
    {
        return unheeded(format!(
            "attention heads of {width} columns instead of {even}"
        ));
    }
    if architecture == "phi3"
        && let Some(base) = header
            .float("phi3.rope.freq_base")
            .filter(|b| *b != PHI3_BASE)
    {
        return unheeded(format!("positions with the base {base}"));
    }
    Ok(())
}

/// Refuses positions that are turned in a way that nothing here does: heads turned in part, and stretched positions but for a
/// table of factors (`rope_freqs`), which is a tensor.
///
/// # Errors
/// [`ModelError::Unheeded`].
pub(crate) fn positions(header: &Header, architecture: &str, dim: u64) -> Result<(), ModelError> {
    let key = |k: &str| format!("{architecture}.{k}");
    match header.text(&key("rope.scaling.type")) {
        Some("none") => {}
        Some(kind) => {
            let kind = told(kind, 40);
            return unheeded(format!("stretched positions (RoPE scaling “{kind}”)"));
        }
        // A factor alone stretches evenly.
        None => {
            let factor = ["rope.scaling.factor", "rope.scale_linear"]
                .into_iter()
                .find_map(|k| header.float(&key(k)).filter(|f| *f != 0.0 && *f != 1.0));
            if let Some(factor) = factor {
                return unheeded(format!("positions that are stretched by {factor}"));
            }
        }
    }
    if let Some(turned) = header
        .number(&key("rope.dimension_count"))
        .filter(|n| *n != dim)
    {
        return unheeded(format!(
            "heads of which {turned} of {dim} columns are turned by position"
        ));
    }
    if let Some(values) = header
        .number(&key("attention.value_length"))
        .filter(|n| *n != dim)
    {
        return unheeded(format!("heads of {dim} columns with values of {values}"));
    }
    Ok(())
}
