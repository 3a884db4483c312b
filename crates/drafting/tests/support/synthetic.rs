//! Small models with random weights, written as GGUF files: what the installed ones have none of (K formats, head norms,
//! biases) is tested on every machine.

use candle_core::quantized::{GgmlDType, QTensor, gguf_file};
use candle_core::{Device, Tensor};
use gguf_file::Value;
use std::path::{Path, PathBuf};

/// Random numbers from a seed (SplitMix64: Steele, Lea, Flood, 2014).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// From the normal distribution (the sum of twelve of the even one, near enough).
    fn normal(&mut self) -> f32 {
        let sum: f64 = (0..12)
            .map(|_| (self.next() >> 11) as f64 / (1u64 << 53) as f64)
            .sum();
        (sum - 6.0) as f32
    }
}

/// What a synthetic model is like.
#[derive(Clone)]
pub(crate) struct Synthetic {
    pub(crate) architecture: &'static str,
    pub(crate) layers: usize,
    pub(crate) width: usize,
    pub(crate) inner: usize,
    pub(crate) heads: usize,
    pub(crate) kv_heads: usize,
    pub(crate) dim: usize,
    /// The format of each matrix, by the part of its name.
    pub(crate) format: fn(layer: usize, part: &str) -> GgmlDType,
    /// Whether the very weights of the formats are written as floats: what everything else is measured by.
    pub(crate) plain: bool,
    /// Keys that are added, or put in the place of others.
    pub(crate) keys: Vec<(String, Value)>,
    /// Vectors that are added: name and length.
    pub(crate) vectors: Vec<(String, usize)>,
}

/// The K formats, each in every kind of product.
fn k_formats(layer: usize, part: &str) -> GgmlDType {
    let formats = [GgmlDType::Q4K, GgmlDType::Q5K, GgmlDType::Q6K];
    let place = match part {
        "attn_q" | "ffn_gate" => 0,
        "attn_k" | "ffn_up" | "token_embd" => 1,
        "attn_v" | "ffn_down" | "output" => 2,
        _ => 3,
    };
    formats[(layer + place) % 3]
}

/// Tokens of a synthetic vocabulary: three controls, few letters so that prompts are short, and what no text has.
pub(crate) const VOCABULARY: usize = 64;
const LETTERS: &str = "aeioutns.Ċ";

impl Synthetic {
    pub(crate) fn new(architecture: &'static str) -> Self {
        Self {
            architecture,
            layers: 3,
            width: 256,
            inner: 512,
            heads: 4,
            kv_heads: 2,
            dim: 64,
            format: k_formats,
            plain: false,
            keys: Vec::new(),
            vectors: Vec::new(),
        }
    }

    pub(crate) fn key(mut self, name: &str, value: Value) -> Self {
        self.keys
            .push((format!("{}.{name}", self.architecture), value));
        self
    }

    fn all_keys(&self) -> Vec<(String, Value)> {
        let tokens: Vec<String> = ["<|im_start|>", "<|im_end|>", "<|endoftext|>"]
            .map(str::to_owned)
            .into_iter()
            .chain(LETTERS.chars().map(String::from))
            .chain((0..).map(|n| format!("<unused{n}>")))
            .take(VOCABULARY)
            .collect();
        let types = (0..VOCABULARY).map(|i| Value::I32(if i < 3 { 3 } else { 1 }));
        let number = |n: usize| Value::U32(n as u32);
        let own = |name: &str| format!("{}.{name}", self.architecture);
        let mut keys = vec![
            (
                "general.architecture".to_owned(),
                Value::String(self.architecture.into()),
            ),
            (own("context_length"), number(4096)),
            (own("block_count"), number(self.layers)),
            (own("embedding_length"), number(self.width)),
            (own("feed_forward_length"), number(self.inner)),
            (own("attention.head_count"), number(self.heads)),
            (own("attention.head_count_kv"), number(self.kv_heads)),
            (own("attention.key_length"), number(self.dim)),
            (own("rope.dimension_count"), number(self.dim)),
            (own("rope.freq_base"), Value::F32(10_000.0)),
            (own("attention.layer_norm_rms_epsilon"), Value::F32(1e-5)),
            (
                "tokenizer.ggml.model".to_owned(),
                Value::String("gpt2".into()),
            ),
            (
                "tokenizer.ggml.pre".to_owned(),
                Value::String("qwen2".into()),
            ),
            (
                "tokenizer.ggml.tokens".to_owned(),
                Value::Array(tokens.into_iter().map(Value::String).collect()),
            ),
            (
                "tokenizer.ggml.token_type".to_owned(),
                Value::Array(types.collect()),
            ),
            (
                "tokenizer.ggml.merges".to_owned(),
                Value::Array(vec![Value::String("a e".into())]),
            ),
            ("tokenizer.ggml.eos_token_id".to_owned(), number(1)),
        ];
        // The merge needs its outcome.
        if let Some((_, Value::Array(tokens))) =
            keys.iter_mut().find(|k| k.0 == "tokenizer.ggml.tokens")
        {
            tokens[VOCABULARY - 1] = Value::String("ae".into());
        }
        for (name, value) in &self.keys {
            keys.retain(|k| k.0 != *name);
            keys.push((name.clone(), value.clone()));
        }
        keys
    }

    fn tensors(&self, random: &mut Random) -> Vec<(String, QTensor)> {
        let mut all = Vec::new();
        let mut matrix = |layer: usize, name: String, part: &str, rows: usize, cols: usize| {
            let by = 1.5 / (cols as f32).sqrt();
            let floats: Vec<f32> = (0..rows * cols).map(|_| random.normal() * by).collect();
            let tensor = Tensor::from_vec(floats, (rows, cols), &Device::Cpu).expect("a tensor");
            let format = (self.format)(layer, part);
            let mut quantised = QTensor::quantize(&tensor, format).expect("quantised");
            if self.plain {
                let floats = quantised.dequantize(&Device::Cpu).expect("floats");
                quantised = QTensor::quantize(&floats, GgmlDType::F32).expect("floats");
            }
            all.push((name, quantised));
        };
        let (q, kv) = (self.heads * self.dim, self.kv_heads * self.dim);
        matrix(
            0,
            "token_embd.weight".into(),
            "token_embd",
            VOCABULARY,
            self.width,
        );
        matrix(0, "output.weight".into(), "output", VOCABULARY, self.width);
        for layer in 0..self.layers {
            for (part, rows, cols) in [
                ("attn_q", q, self.width),
                ("attn_k", kv, self.width),
                ("attn_v", kv, self.width),
                ("attn_output", self.width, q),
                ("ffn_gate", self.inner, self.width),
                ("ffn_up", self.inner, self.width),
                ("ffn_down", self.width, self.inner),
            ] {
                let name = format!("blk.{layer}.{part}.weight");
                matrix(layer, name, part, rows, cols);
            }
        }
        let mut vector = |name: String, len: usize, middle: f32| {
            let floats: Vec<f32> = (0..len).map(|_| middle + 0.2 * random.normal()).collect();
            let tensor = Tensor::from_vec(floats, len, &Device::Cpu).expect("a tensor");
            all.push((
                name,
                QTensor::quantize(&tensor, GgmlDType::F32).expect("floats"),
            ));
        };
        vector("output_norm.weight".into(), self.width, 1.0);
        for layer in 0..self.layers {
            for part in ["attn_norm", "ffn_norm"] {
                vector(format!("blk.{layer}.{part}.weight"), self.width, 1.0);
            }
            match self.architecture {
                "qwen2" => {
                    for (part, len) in [("attn_q", q), ("attn_k", kv), ("attn_v", kv)] {
                        vector(format!("blk.{layer}.{part}.bias"), len, 0.0);
                    }
                }
                "qwen3" => {
                    for part in ["attn_q_norm", "attn_k_norm"] {
                        vector(format!("blk.{layer}.{part}.weight"), self.dim, 1.0);
                    }
                }
                _ => {}
            }
        }
        for (name, len) in &self.vectors {
            vector(name.clone(), *len, 1.0);
        }
        all
    }

    /// Writes the model into a folder.
    pub(crate) fn write(&self, folder: &Path) -> PathBuf {
        let path = folder.join("synthetic.gguf");
        let keys = self.all_keys();
        let tensors = self.tensors(&mut Random(20_261_122));
        let keys: Vec<(&str, &Value)> = keys.iter().map(|(k, v)| (&**k, v)).collect();
        let tensors: Vec<(&str, &QTensor)> = tensors.iter().map(|(k, t)| (&**k, t)).collect();
        let mut file = std::fs::File::create(&path).expect("a file");
        gguf_file::write(&mut file, &keys, &tensors).expect("written");
        path
    }
}
