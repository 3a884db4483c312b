//! A model file that has been hashed and whose header has been checked,
//! through one open handle, so that it cannot be swapped in between.

use crate::way::{Way, positions};
use crate::{ModelError, chat::ChatFormat, gguf::Header, tokenizer::Tokenizer};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Longest context the engine uses, in tokens. candle's llama keeps tables for this many.
pub const CONTEXT: u64 = 4_096;

/// Whole contexts of keys and values that memory is foreseen for: drafts of a
/// batch share them.
pub(crate) const KV_CONTEXTS: usize = 2;

/// An open, verified model file.
#[derive(Debug)]
pub struct ModelFile {
    /// The handle that was hashed; the engine reads through it too.
    pub file: File,
    /// Checked header.
    pub header: Header,
    /// SHA-256 in hex.
    pub sha256: String,
}

/// What a model needs and is, without loading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// GGUF architecture.
    pub architecture: String,
    /// Chat format by name.
    pub chat: &'static str,
    /// Tokens of the vocabulary.
    pub vocabulary: usize,
    /// Context in tokens as the file claims it.
    pub context: u64,
    /// Memory that loading and drafting are expected to take, in bytes.
    pub memory: u64,
}

/// SHA-256 of what is left of a reader, in hex; `progress` is told the bytes read so far.
///
/// # Errors
/// The reader's own.
pub fn hash(reader: &mut impl Read, mut progress: impl FnMut(u64)) -> std::io::Result<String> {
    let mut sha = Sha256::new();
    let mut buf = vec![0; 1 << 20];
    let mut done = 0;
    loop {
        let n = reader.read(&mut buf)?;
        if n == 0 {
            break;
        }
        sha.update(&buf[..n]);
        done += n as u64;
        progress(done);
    }
    Ok(hex::encode(sha.finalize()))
}

impl ModelFile {
    /// Opens a file, checks its hash when one is given, and its header.
    ///
    /// # Errors
    /// Every refusal of [`ModelError`] but the engine's.
    pub fn open(path: &Path, expected_sha256: Option<&str>) -> Result<Self, ModelError> {
        Self::of(File::open(path)?, expected_sha256)
    }

    /// The same for a file that is open.
    ///
    /// # Errors
    /// As [`ModelFile::open`].
    pub fn of(mut file: File, expected_sha256: Option<&str>) -> Result<Self, ModelError> {
        file.seek(SeekFrom::Start(0))?;
        let sha256 = hash(&mut file, |_| ())?;
        if let Some(expected) = expected_sha256
            && !expected.eq_ignore_ascii_case(&sha256)
        {
            return Err(ModelError::Hash {
                expected: expected.chars().take(12).collect(),
                found: sha256.chars().take(12).collect(),
            });
        }
        file.seek(SeekFrom::Start(0))?;
        let header = Header::read(&mut file)?;
        Ok(Self {
            file,
            header,
            sha256,
        })
    }

    /// What the model is and needs.
    ///
    /// # Errors
    /// Refuses architectures, tokenizers and hyperparameters that are not known to be right.
    pub fn summary(&self) -> Result<Summary, ModelError> {
        Summary::of(&self.header)
    }

    /// Architecture and hyperparameters, each within its range.
    pub(crate) fn shape_of(header: &Header) -> Result<(String, Shape), ModelError> {
        let architecture = header
            .text("general.architecture")
            .ok_or_else(|| ModelError::Malformed("general.architecture is missing".into()))?
            .to_owned();
        if !["llama", "qwen2", "qwen3", "phi3"].contains(&architecture.as_str()) {
            let name: String = architecture.chars().take(40).collect();
            return Err(ModelError::Architecture(name));
        }
        let ranged = |key: &str, low: u64, high: u64| {
            let key = format!("{architecture}.{key}");
            match header.number(&key) {
                Some(n) if (low..=high).contains(&n) => Ok(n),
                Some(n) => Err(ModelError::Malformed(format!(
                    "{key} is {n}, outside {low} to {high}"
                ))),
                None => Err(ModelError::Malformed(format!("{key} is missing"))),
            }
        };
        let heads = ranged("attention.head_count", 1, 256)?;
        let shape = Shape {
            context: ranged("context_length", 256, 1 << 20)?,
            blocks: ranged("block_count", 1, 256)?,
            width: ranged("embedding_length", 32, 32_768)?,
            kv_heads: ranged("attention.head_count_kv", 1, heads)?,
            heads,
        };
        if !shape.width.is_multiple_of(heads) || !heads.is_multiple_of(shape.kv_heads) {
            return Err(ModelError::Malformed(
                "the attention heads do not divide evenly".into(),
            ));
        }
        let dim = header.number(&format!("{architecture}.attention.key_length"));
        positions(header, &architecture, dim.unwrap_or(shape.width / heads))?;
        let base = format!("{architecture}.rope.freq_base");
        if let Some(b) = header.float(&base)
            && !(b.is_finite() && (1.0..1e9).contains(&b))
        {
            return Err(ModelError::Malformed(format!("{base} is {b}")));
        }
        for name in ["token_embd.weight", "output_norm.weight"] {
            if header.tensor(name).is_none() {
                return Err(ModelError::Malformed(format!(
                    "the tensor {name} is missing"
                )));
            }
        }
        Ok((architecture, shape))
    }

    /// Expected peak in bytes. With packed weights: those, half-precision keys and
    /// values for a batch of drafts, and buffers. With candle's models: the
    /// tensors twice, the embeddings again as floats, and its caches.
    pub(crate) fn memory_of(header: &Header) -> Result<u64, ModelError> {
        let (_, shape) = Self::shape_of(header)?;
        let tensors: u64 = header.tensors.iter().map(|t| t.bytes).sum();
        if let Some(c) = Way::of(header)?.config() {
            let kv = 4 * c.layers * c.kv_heads * c.dim * c.context * KV_CONTEXTS;
            return Ok(tensors + tensors / 20 + kv as u64 + (160 << 20));
        }
        let head = shape.width / shape.heads;
        let kv = 2 * shape.blocks * CONTEXT.min(shape.context) * shape.kv_heads * head;
        let embeddings = header
            .tensor("token_embd.weight")
            .map_or(0, |t| t.dims.iter().product::<u64>() * 4);
        Ok(tensors * 2 + embeddings + 2 * (4 * kv) + (200 << 20))
    }

    /// Refuses a model that does not fit into `free` bytes.
    ///
    /// # Errors
    /// [`ModelError::Memory`] with both figures.
    pub fn fits(&self, free: u64) -> Result<(), ModelError> {
        let need = self.summary()?.memory;
        if need > free {
            return Err(ModelError::Memory {
                need_mb: need >> 20,
                free_mb: free >> 20,
            });
        }
        Ok(())
    }
}

impl Summary {
    /// What the model of a header is and needs: all that is checked before the engine reads a tensor.
    ///
    /// # Errors
    /// As [`ModelFile::summary`].
    pub fn of(header: &Header) -> Result<Self, ModelError> {
        let (architecture, shape) = ModelFile::shape_of(header)?;
        let tokenizer = Tokenizer::from_header(header)?;
        let chat = ChatFormat::for_model(&architecture, &tokenizer)?;
        Ok(Self {
            chat: chat.name,
            vocabulary: tokenizer.vocabulary_size(),
            context: shape.context,
            memory: ModelFile::memory_of(header)?,
            architecture,
        })
    }
}

/// SHA-256 in hex of a file from its start to the data of its tensors.
///
/// # Errors
/// The file's own.
pub(crate) fn hash_header(file: &mut File, header: &Header) -> std::io::Result<String> {
    file.seek(SeekFrom::Start(0))?;
    hash(&mut file.take(header.data_start), |_| ())
}

pub(crate) struct Shape {
    context: u64,
    blocks: u64,
    width: u64,
    heads: u64,
    kv_heads: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gguf::tests::Builder;
    use std::io::Write;

    fn written(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut f = tempfile::NamedTempFile::new().expect("temp file");
        f.write_all(bytes).expect("written");
        f
    }

    #[test]
    fn another_file_under_the_name_is_refused_before_it_is_parsed() {
        let f = written(b"not a model");
        let refused = ModelFile::open(f.path(), Some(&"0".repeat(64))).expect_err("refused");
        assert!(matches!(refused, ModelError::Hash { .. }));
    }

    #[test]
    fn an_unknown_architecture_is_named() {
        let f = written(
            &Builder::default()
                .text("general.architecture", "mamba")
                .build(),
        );
        let refused = ModelFile::open(f.path(), None)
            .and_then(|m| m.summary())
            .expect_err("refused");
        assert!(refused.to_string().contains("mamba"), "{refused}");
    }

    #[test]
    fn case_15_a_file_swapped_after_the_hash_is_not_the_one_that_is_read() {
        use std::io::Read;
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("model.gguf");
        let sound = Builder::default()
            .text("general.architecture", "llama")
            .build();
        std::fs::write(&path, &sound).expect("written");
        let mut model = ModelFile::open(&path, None).expect("opens");
        let other = dir.path().join("other");
        std::fs::write(&other, "something else").expect("written");
        std::fs::rename(&other, &path).expect("swapped");
        let mut read = Vec::new();
        model.file.seek(SeekFrom::Start(0)).expect("seeks");
        model.file.read_to_end(&mut read).expect("reads");
        assert_eq!(
            read, sound,
            "the handle that was hashed is the one that is read"
        );
    }
}
