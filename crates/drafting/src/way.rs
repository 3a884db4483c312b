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

/// Tensors that something reads: those of the whole model, and those of each layer, by their names behind `blk.N.`.
struct Read {
    whole: &'static [&'static str],
    layer: &'static [&'static str],
}

/// What the project's decoder reads.
const OWN: Read = Read {
    whole: &[
        "token_embd.weight",
        "output_norm.weight",
        "output.weight",
        "rope_freqs.weight",
    ],
    layer: &[
        "attn_norm.weight",
        "attn_q.weight",
        "attn_k.weight",
        "attn_v.weight",
        "attn_q.bias",
        "attn_k.bias",
        "attn_v.bias",
        "attn_q_norm.weight",
        "attn_k_norm.weight",
        "attn_output.weight",
        "ffn_norm.weight",
        "ffn_gate.weight",
        "ffn_up.weight",
        "ffn_down.weight",
    ],
};

/// What candle's models read, by architecture (candle-transformers 0.11, `quantized_*.rs`).
const CANDLE: &[(&str, Read)] = &[
    (
        "llama",
        Read {
            whole: &["token_embd.weight", "output_norm.weight", "output.weight"],
            // With experts, each has a gate, an up and a down with a number: see `reads`.
            layer: &[
                "attn_norm.weight",
                "attn_q.weight",
                "attn_k.weight",
                "attn_v.weight",
                "attn_output.weight",
                "ffn_norm.weight",
                "ffn_gate.weight",
                "ffn_up.weight",
                "ffn_down.weight",
                "ffn_gate_inp.weight",
            ],
        },
    ),
    (
        "qwen2",
        Read {
            whole: &["token_embd.weight", "output_norm.weight", "output.weight"],
            layer: &[
                "attn_norm.weight",
                "attn_q.weight",
                "attn_k.weight",
                "attn_v.weight",
                "attn_q.bias",
                "attn_k.bias",
                "attn_v.bias",
                "attn_output.weight",
                "ffn_norm.weight",
                "ffn_gate.weight",
                "ffn_up.weight",
                "ffn_down.weight",
            ],
        },
    ),
    (
        "qwen3",
        Read {
            whole: &["token_embd.weight", "output_norm.weight", "output.weight"],
            layer: &[
                "attn_norm.weight",
                "attn_q.weight",
                "attn_k.weight",
                "attn_v.weight",
                "attn_q_norm.weight",
                "attn_k_norm.weight",
                "attn_output.weight",
                "ffn_norm.weight",
                "ffn_gate.weight",
                "ffn_up.weight",
                "ffn_down.weight",
            ],
        },
    ),
    (
        "phi3",
        Read {
            whole: &["token_embd.weight", "output_norm.weight", "output.weight"],
            layer: &[
                "attn_norm.weight",
                "attn_qkv.weight",
                "attn_output.weight",
                "ffn_norm.weight",
                "ffn_up.weight",
                "ffn_down.weight",
            ],
        },
    ),
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
        if self.whole.contains(&name) {
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
            && (self.layer.contains(&part) || expert().is_some_and(|n| below(n, experts)))
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

/// Whether candle's model of the architecture heeds all that the file has.
///
/// # Errors
/// [`ModelError::Unheeded`], and [`ModelError::Architecture`] where it has none.
pub(crate) fn candle_heeds(header: &Header) -> Result<(), ModelError> {
    let architecture = header.text("general.architecture").unwrap_or("");
    let number = |key: &str| header.number(&format!("{architecture}.{key}"));
    let layers = number("block_count").unwrap_or(0);
    let unheeded = |what: String| Err(ModelError::Unheeded(what));
    let Some((_, read)) = CANDLE.iter().find(|c| c.0 == architecture) else {
        return Err(ModelError::Architecture(
            architecture.chars().take(40).collect(),
        ));
    };
    let experts = match architecture {
        "llama" => number("expert_count").unwrap_or(0),
        _ => 0,
    };
    if let Some(name) = read.passed_over(header, layers, experts) {
        let name: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
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
    let unheeded = |what: String| Err(ModelError::Unheeded(what));
    match header.text(&key("rope.scaling.type")) {
        Some("none") => {}
        Some(kind) => {
            let kind: String = kind.chars().filter(|c| !c.is_control()).take(40).collect();
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
