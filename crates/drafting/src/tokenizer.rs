//! Text to token ids and back, from the vocabulary inside the GGUF file.
//!
//! Only kinds whose splitting rule is known are accepted. No control token is
//! ever registered with the tokenizer, so no text, whoever wrote it, can
//! become one: control tokens enter a prompt by id alone ([`crate::chat`]).

use crate::{ModelError, gguf::Header};
use std::collections::HashMap;
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::pre_tokenizers::{
    PreTokenizerWrapper,
    byte_level::ByteLevel,
    sequence::Sequence,
    split::{Split, SplitPattern},
};
use tokenizers::tokenizer::SplitDelimiterBehavior;

/// Splitting rules of the byte-level BPE kinds, by `tokenizer.ggml.pre`. The
/// names and rules are llama.cpp's (`src/llama-vocab.cpp`), which follow each
/// model's own `tokenizer.json`.
const SPLITS: &[(&str, &[&str])] = &[
    ("gpt-2", &[GPT2]),
    ("smollm", &[r"\p{N}", GPT2]),
    ("qwen2", &[QWEN2]),
    ("deepseek-r1-qwen", &[QWEN2]),
    ("llama-bpe", &[LLAMA3]),
];
const GPT2: &str = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)";
const QWEN2: &str = r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const LLAMA3: &str = r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// `tokenizer.ggml.token_type` of control tokens.
const CONTROL: u32 = 3;

/// A tokenizer built from a model file.
#[derive(Debug)]
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    /// What each id stands for.
    pieces: Vec<Piece>,
    /// Ids of the control tokens by their texts.
    controls: HashMap<String, u32>,
    sentencepiece: Option<SpacePrefix>,
    /// Beginning of sequence, when the model wants it.
    pub bos: Option<u32>,
    /// End of sequence.
    pub eos: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct SpacePrefix(bool);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Bytes(Vec<u8>),
    Control,
}

impl Tokenizer {
    /// Builds the tokenizer of a model file.
    ///
    /// # Errors
    /// [`ModelError::Tokenizer`] for a kind that is not on the list,
    /// [`ModelError::Malformed`] for a vocabulary that contradicts itself.
    pub fn from_header(header: &Header) -> Result<Self, ModelError> {
        let bad = |why: &str| ModelError::Malformed(why.into());
        let kind = header
            .text("tokenizer.ggml.model")
            .ok_or_else(|| bad("tokenizer.ggml.model is missing"))?;
        let tokens = header
            .texts("tokenizer.ggml.tokens")
            .ok_or_else(|| bad("tokenizer.ggml.tokens is missing"))?;
        if let Some(embd) = header.tensor("token_embd.weight")
            && embd
                .dims
                .get(1)
                .is_some_and(|rows| *rows < tokens.len() as u64)
        {
            return Err(bad("the vocabulary is larger than the embedding table"));
        }
        let types: Vec<u32> = header
            .numbers("tokenizer.ggml.token_type")
            .map(|t| t.iter().map(|n| *n as u32).collect())
            .unwrap_or_default();
        if !types.is_empty() && types.len() != tokens.len() {
            return Err(bad("token types and tokens differ in number"));
        }
        let is_control = |id: usize| types.get(id) == Some(&CONTROL);
        let special = |key: &str| -> Result<Option<u32>, ModelError> {
            match header.metadata.get(key) {
                None => Ok(None),
                Some(_) => header
                    .number(key)
                    .filter(|id| *id < tokens.len() as u64)
                    .map(|id| Some(id as u32))
                    .ok_or_else(|| {
                        ModelError::Malformed(format!("{key} is not in the vocabulary"))
                    }),
            }
        };
        let eos = special("tokenizer.ggml.eos_token_id")?;
        let bos = special("tokenizer.ggml.bos_token_id")?;

        let (inner, pieces, sentencepiece) = match kind {
            "gpt2" => {
                let pre = header.text("tokenizer.ggml.pre").unwrap_or("");
                let &(_, splits) = SPLITS.iter().find(|s| s.0 == pre).ok_or_else(|| {
                    ModelError::Tokenizer(format!("byte-level BPE, kind “{}”", short(pre)))
                })?;
                let merges = header
                    .texts("tokenizer.ggml.merges")
                    .ok_or_else(|| bad("tokenizer.ggml.merges is missing"))?;
                let inner = byte_level(tokens, merges, splits, pre == "llama-bpe")?;
                let alphabet = byte_alphabet();
                let pieces = tokens
                    .iter()
                    .enumerate()
                    .map(|(id, t)| {
                        if is_control(id) {
                            return Piece::Control;
                        }
                        // User-defined tokens are stored as plain text, the rest in the byte alphabet.
                        let bytes: Option<Vec<u8>> =
                            t.chars().map(|c| alphabet.get(&c).copied()).collect();
                        Piece::Bytes(bytes.unwrap_or_else(|| t.clone().into_bytes()))
                    })
                    .collect();
                (inner, pieces, None)
            }
            "llama" => {
                let scores = header
                    .numbers("tokenizer.ggml.scores")
                    .filter(|s| s.len() == tokens.len())
                    .ok_or_else(|| bad("tokenizer.ggml.scores is missing or of another length"))?;
                let inner =
                    sentencepiece(tokens, scores, special("tokenizer.ggml.unknown_token_id")?)?;
                let pieces = tokens
                    .iter()
                    .enumerate()
                    .map(|(id, t)| {
                        if is_control(id) {
                            Piece::Control
                        } else if let Some(b) = byte_token(t) {
                            Piece::Bytes(vec![b])
                        } else {
                            Piece::Bytes(t.replace('▁', " ").into_bytes())
                        }
                    })
                    .collect();
                let prefix = header
                    .flag("tokenizer.ggml.add_space_prefix")
                    .unwrap_or(true);
                (inner, pieces, Some(SpacePrefix(prefix)))
            }
            other => return Err(ModelError::Tokenizer(format!("kind “{}”", short(other)))),
        };
        let add_bos = header
            .flag("tokenizer.ggml.add_bos_token")
            .unwrap_or(kind == "llama");
        Ok(Self {
            inner,
            controls: tokens
                .iter()
                .enumerate()
                .filter(|(id, _)| is_control(*id))
                .map(|(id, t)| (t.clone(), id as u32))
                .collect(),
            pieces,
            sentencepiece,
            bos: bos.filter(|_| add_bos),
            eos,
        })
    }

    /// How many tokens there are.
    pub fn vocabulary_size(&self) -> usize {
        self.pieces.len()
    }

    /// The id of a control token by its exact text, such as `<|im_end|>`.
    pub fn control(&self, text: &str) -> Option<u32> {
        self.controls.get(text).copied()
    }

    /// True for ids that end or structure a turn and never belong to text.
    pub fn is_control(&self, id: u32) -> bool {
        self.pieces.get(id as usize) == Some(&Piece::Control)
    }

    /// Encodes text. Control tokens are never produced, whatever the text says.
    ///
    /// # Errors
    /// [`ModelError::Engine`] when the tokenizer itself fails.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>, ModelError> {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let prepared = match self.sentencepiece {
            None => std::borrow::Cow::Borrowed(text),
            Some(SpacePrefix(prefix)) => {
                let marked = text.replace(' ', "▁");
                std::borrow::Cow::Owned(if prefix {
                    format!("▁{marked}")
                } else {
                    marked
                })
            }
        };
        let encoding = self
            .inner
            .encode_fast(prepared.as_ref(), false)
            .map_err(|e| ModelError::Engine(format!("tokenizer: {e}")))?;
        let ids = encoding.get_ids();
        // The vocabulary holds control tokens as ordinary entries, and a merge
        // rule could in a hostile file build one; that file is refused here.
        if ids.iter().any(|id| self.is_control(*id)) {
            return Err(ModelError::Tokenizer(
                "plain text becomes a control token".into(),
            ));
        }
        Ok(ids.to_vec())
    }

    /// The bytes of a token; none for control tokens.
    pub fn bytes(&self, id: u32) -> &[u8] {
        match self.pieces.get(id as usize) {
            Some(Piece::Bytes(b)) => b,
            _ => &[],
        }
    }

    /// Decodes ids; broken UTF-8 becomes U+FFFD.
    pub fn decode(&self, ids: &[u32]) -> String {
        let bytes: Vec<u8> = ids.iter().flat_map(|id| self.bytes(*id)).copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn short(name: &str) -> String {
    name.chars().take(40).collect()
}

fn byte_level(
    tokens: &[String],
    merges: &[String],
    splits: &[&str],
    ignore_merges: bool,
) -> Result<tokenizers::Tokenizer, ModelError> {
    let broken = |e: tokenizers::Error| ModelError::Malformed(format!("tokenizer: {e}"));
    let vocab: Vocab = tokens
        .iter()
        .enumerate()
        .map(|(i, t)| (t.clone(), i as u32))
        .collect();
    let merges = merges
        .iter()
        .map(|m| {
            // The separator is the first space after the first character: a merge may not begin with it.
            m.char_indices()
                .skip(1)
                .find(|(_, c)| *c == ' ')
                .map(|(at, _)| (m[..at].to_owned(), m[at + 1..].to_owned()))
                .ok_or_else(|| ModelError::Malformed("a merge has no separator".into()))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let bpe = BPE::builder()
        .vocab_and_merges(vocab, merges)
        .ignore_merges(ignore_merges)
        .build()
        .map_err(broken)?;
    let mut pre: Vec<PreTokenizerWrapper> = Vec::new();
    for regex in splits {
        let split = Split::new(
            SplitPattern::Regex((*regex).to_owned()),
            SplitDelimiterBehavior::Isolated,
            false,
        )
        .map_err(broken)?;
        pre.push(split.into());
    }
    pre.push(ByteLevel::new(false, false, false).into());
    let mut tokenizer = tokenizers::Tokenizer::new(bpe);
    tokenizer.with_pre_tokenizer(Some(Sequence::new(pre)));
    Ok(tokenizer)
}

/// SentencePiece BPE: merges are not stored in the file; a pair may be merged
/// when the result is a token, the highest score first (Kudo & Richardson,
/// 2018; the same rule as llama.cpp's `llm_tokenizer_spm`).
fn sentencepiece(
    tokens: &[String],
    scores: &[f64],
    unknown: Option<u32>,
) -> Result<tokenizers::Tokenizer, ModelError> {
    let vocab: Vocab = tokens
        .iter()
        .enumerate()
        .map(|(i, t)| (t.clone(), i as u32))
        .collect();
    let mut merges = Vec::new();
    for (token, score) in tokens.iter().zip(scores) {
        if byte_token(token).is_some() || token.len() > 256 {
            continue;
        }
        for (at, _) in token.char_indices().skip(1) {
            let (left, right) = token.split_at(at);
            if let (Some(l), Some(r)) = (vocab.get(left), vocab.get(right)) {
                merges.push((*score, *l, *r, left, right));
            }
        }
    }
    merges.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let merges: Vec<(String, String)> = merges
        .into_iter()
        .map(|(_, _, _, l, r)| (l.to_owned(), r.to_owned()))
        .collect();
    let mut builder = BPE::builder().byte_fallback(true).fuse_unk(true);
    if let Some(t) = unknown.and_then(|id| tokens.get(id as usize)) {
        builder = builder.unk_token(t.clone());
    }
    let bpe = builder
        .vocab_and_merges(vocab, merges)
        .build()
        .map_err(|e| ModelError::Malformed(format!("tokenizer: {e}")))?;
    Ok(tokenizers::Tokenizer::new(bpe))
}

/// `<0x0A>` and its like.
fn byte_token(token: &str) -> Option<u8> {
    let hex = token.strip_prefix("<0x")?.strip_suffix('>')?;
    (hex.len() == 2)
        .then(|| u8::from_str_radix(hex, 16).ok())
        .flatten()
}

/// The characters that stand for bytes in byte-level vocabularies (GPT-2's
/// `bytes_to_unicode`: printable Latin-1 stands for itself, the rest is
/// counted up from U+0100).
fn byte_alphabet() -> HashMap<char, u8> {
    let mut next = 0x100;
    (0..=255u8)
        .map(|b| {
            let c = match b {
                b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF => char::from(b),
                _ => {
                    let c = char::from_u32(next).unwrap_or('\u{FFFD}');
                    next += 1;
                    c
                }
            };
            (c, b)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_byte_alphabet_is_one_to_one() {
        let alphabet = byte_alphabet();
        assert_eq!(alphabet.len(), 256);
        assert_eq!(alphabet.get(&'Ġ'), Some(&b' '));
        assert_eq!(alphabet.get(&'Ċ'), Some(&b'\n'));
    }

    #[test]
    fn byte_tokens_are_read() {
        assert_eq!(byte_token("<0x0A>"), Some(10));
        assert_eq!(byte_token("<0x0>"), None);
        assert_eq!(byte_token("0x0A"), None);
    }
}
