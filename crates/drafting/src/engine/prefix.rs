//! The part of every prompt that never changes, read once and kept.
//!
//! It holds our own words only: ids are taken as far as two prompts with
//! different patients agree. A prompt that leaves it earlier, since a preset
//! has examples of its own, shares what comes before. It is kept beside the model, so that a restart
//! reads it back in milliseconds.

use crate::ModelError;
use crate::chat::ChatFormat;
use crate::decoder::packed_file::{begin, made_folder};
use crate::decoder::{Decoder, Kv, Logits, Part, Sequence, Step};
use crate::prompt::PromptWords;
use crate::tokenizer::Tokenizer;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// First bytes; the digit is the version of the layout.
const MAGIC: &[u8; 16] = b"countersign-px-3";
/// Ids and layers that are computed to tell whether the arithmetic is still the one of the kept prefix: more rows than the
/// kernels for few take, and a second layer, whose keys and values follow from the whole of the first.
const PROBE: (usize, usize) = (17, 2);

/// Ids that prompts begin with, and what the decoder keeps of them.
pub(super) struct Prefix {
    pub(super) ids: Vec<u32>,
    pub(super) kv: Arc<Kv>,
}

/// The ids that every prompt begins with.
///
/// # Errors
/// The tokenizer's.
pub(super) fn shared_ids(
    words: &PromptWords,
    chat: &ChatFormat,
    tokenizer: &Tokenizer,
) -> Result<Vec<u32>, ModelError> {
    let system = words.system();
    let examples = words.examples(None);
    let a = chat.encode(tokenizer, system, &examples, "A patient")?;
    let b = chat.encode(tokenizer, system, &examples, "1 message")?;
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    Ok(a[..same].to_vec())
}

impl Prefix {
    /// How many of its first ids a prompt begins with. One of the prompt's own is left to be read, since words come of it.
    pub(super) fn shared_with(&self, prompt: &[u32]) -> usize {
        let before = &prompt[..prompt.len().saturating_sub(1)];
        let same = self.ids.iter().zip(before).take_while(|(a, b)| a == b);
        same.count()
    }

    /// Reads the prefix back from `path`, or makes it and writes it there.
    ///
    /// # Errors
    /// The decoder's.
    pub(super) fn load_or_make(
        decoder: &mut Decoder,
        ids: Vec<u32>,
        model: &str,
        path: &Path,
    ) -> Result<Self, ModelError> {
        let key = key(decoder, &ids, model)?;
        match read(decoder, ids.len(), &key, path) {
            Ok(kv) => {
                return Ok(Self {
                    ids,
                    kv: Arc::new(kv),
                });
            }
            Err(why) if why.kind() == ErrorKind::NotFound => {
                tracing::debug!("the prompt's fixed part is read for the first time");
            }
            Err(why) => tracing::warn!(%why, "the prompt's fixed part is read anew"),
        }
        let kv = Self::make(decoder, &ids)?;
        if let Err(e) = write(&kv, &key, path) {
            tracing::warn!(error = %e, "the prompt's fixed part could not be kept");
        }
        Ok(Self { ids, kv })
    }

    /// Reads the ids.
    ///
    /// # Errors
    /// The decoder's.
    pub(super) fn make(decoder: &mut Decoder, ids: &[u32]) -> Result<Arc<Kv>, ModelError> {
        let mut sequence = Sequence::new(decoder.kv_shape(), None, ids.len());
        decoder.read(&mut sequence, ids)?;
        sequence
            .into_prefix()
            .ok_or_else(|| ModelError::Engine("a prefix of a prefix".into()))
    }
}

/// Where the prefix of a model lies.
pub(super) fn path_for(model: &Path) -> PathBuf {
    made_folder(model).join("prefix")
}

/// What the kept prefix depends on: model, ids, and the arithmetic. That is asked of the kernels themselves, so that nobody
/// who changes them has to think of it.
fn key(decoder: &mut Decoder, ids: &[u32], model: &str) -> Result<[u8; 32], ModelError> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(model.as_bytes());
    hasher.update(decoder.kernels().tier().name().as_bytes());
    for id in ids {
        hasher.update(&id.to_le_bytes());
    }
    let probe = &ids[..ids.len().min(PROBE.0)];
    if !probe.is_empty() {
        let mut sequence = Sequence::new(decoder.kv_shape(), None, probe.len());
        let mut layers = 0;
        let step = Step {
            sequence: &mut sequence,
            part: Part::Prompt,
            tokens: probe,
            logits: Logits::None,
        };
        decoder.forward_unless(&mut [step], &mut || {
            layers += 1;
            layers == PROBE.1
        })?;
        // Given up, it holds what the layers made all the same.
        if let Some(kv) = sequence.into_prefix() {
            kv.write(&mut hasher)?;
        }
    }
    Ok(*hasher.finalize().as_bytes())
}

fn read(decoder: &Decoder, len: usize, key: &[u8; 32], path: &Path) -> std::io::Result<Kv> {
    let refused = |why: &str| Err(std::io::Error::new(ErrorKind::InvalidData, why));
    let mut file = File::open(path)?;
    let mut head = [0; 16 + 32 + 32];
    file.read_exact(&mut head)?;
    let (magic, rest) = head.split_at(16);
    let (found, hash) = rest.split_at(32);
    if magic != MAGIC || found != key {
        return refused("it is of another model, prompt or arithmetic");
    }
    let mut kv = Kv::new(decoder.kv_shape(), len);
    let mut body = Hashed {
        file,
        hasher: blake3::Hasher::new(),
    };
    kv.read(&mut body, len)?;
    let more = body.file.read(&mut [0])?;
    if more != 0 || body.hasher.finalize().as_bytes() != hash {
        return refused("its bytes have changed");
    }
    Ok(kv)
}

/// A file, and the hash of what was read from it.
struct Hashed {
    file: File,
    hasher: blake3::Hasher,
}

impl Read for Hashed {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let n = self.file.read(into)?;
        self.hasher.update(&into[..n]);
        Ok(n)
    }
}

fn write(kv: &Kv, key: &[u8; 32], path: &Path) -> std::io::Result<()> {
    let mut hasher = blake3::Hasher::new();
    kv.write(&mut hasher)?;
    let mut file = begin(path)?;
    file.write_all(MAGIC)?;
    file.write_all(key)?;
    file.write_all(hasher.finalize().as_bytes())?;
    kv.write(&mut file)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
