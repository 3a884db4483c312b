//! From a model file to a model that can be run.

use super::candle::Candle;
use crate::ModelError;
use crate::decoder::Decoder;
use crate::decoder::packed_file::{self, Packed};
use crate::gguf::Header;
use crate::kernels::{Kernels, Tier};
use crate::model_file::{ModelFile, hash_header};
use crate::tokenizer::Tokenizer;
use crate::way::Way;
use std::fs::File;
use std::path::Path;
use std::time::Duration;

/// How a model is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// Instructions of the kernels.
    pub tier: Tier,
    /// Threads.
    pub threads: usize,
    /// Bytes of memory that may be used.
    pub memory: u64,
    /// Tokens that are guessed at once for a draft that is written alone, [`super::GUESS`] at most; 0 for none.
    pub guess: usize,
    /// How long what is written is gathered before it is shown.
    pub show_every: Duration,
}

impl Default for Setup {
    /// The processor's best instructions on all its cores, and memory as it comes.
    fn default() -> Self {
        Self {
            tier: Tier::best(),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            memory: u64::MAX,
            guess: super::GUESS,
            show_every: super::writing::SHOW_EVERY,
        }
    }
}

/// A model that gives logits.
pub(super) enum Model {
    Own(Box<Decoder>),
    Candle(Box<Candle>),
}

/// A model as it was opened.
pub(super) struct Loaded {
    pub(super) header: Header,
    pub(super) sha256: String,
    pub(super) tokenizer: Tokenizer,
    pub(super) model: Model,
}

/// Opens the model at `path`, whose SHA-256 must be `sha256` when one is given.
/// Where weights packed from that very file lie beside it, they are used, and
/// only the header of the model is read.
pub(super) fn load(path: &Path, sha256: Option<&str>, setup: Setup) -> Result<Loaded, ModelError> {
    let beside = packed_file::path_for(path);
    let mut file = File::open(path)?;
    let header = Header::read(&mut file)?;
    ModelFile::shape_of(&header)?;
    let way = Way::of(&header)?;
    let fits = |header: &Header| {
        let need = ModelFile::memory_of(header)?;
        if need > setup.memory {
            return Err(ModelError::Memory {
                need_mb: need >> 20,
                free_mb: setup.memory >> 20,
            });
        }
        Ok(())
    };
    // Before a byte of the weights is read; and again below, where the file was hashed.
    fits(&header)?;
    let kernels = || Kernels::new(setup.tier, setup.threads).map_err(ModelError::Io);
    let header_hash = hash_header(&mut file, &header)?;
    let remade = |why: String| tracing::warn!(%why, "packed weights are made anew");
    let mut told = false;
    if let (Some(config), Some(sha256)) = (way.config(), sha256)
        && beside.exists()
    {
        // The tokenizer is built while the weights are checked: neither keeps all cores busy to its end.
        let (packed, tokenizer) = std::thread::scope(|s| {
            let tokenizer = s.spawn(|| Tokenizer::from_header(&header));
            let packed = Packed::open(&beside, sha256, &header_hash, setup.threads);
            (packed, tokenizer.join())
        });
        match packed {
            Ok(packed) => {
                let tokenizer =
                    tokenizer.map_err(|_| ModelError::Engine("the tokenizer failed".into()))??;
                let decoder = Decoder::new(config.clone(), kernels()?, &packed)?;
                return Ok(Loaded {
                    header,
                    sha256: sha256.to_lowercase(),
                    tokenizer,
                    model: Model::Own(Box::new(decoder)),
                });
            }
            Err(why) => {
                remade(why);
                told = true;
            }
        }
    }
    // One handle from here on: what was hashed is what is read.
    let mut model = ModelFile::of(file, sha256)?;
    fits(&model.header)?;
    let (header, sha256) = (model.header.clone(), model.sha256.clone());
    let tokenizer = Tokenizer::from_header(&header)?;
    let model = match Way::of(&header)? {
        Way::Candle => Model::Candle(Box::new(Candle::load(model)?)),
        Way::Own(config) => {
            let packed = match Packed::open(&beside, &sha256, &header_hash, setup.threads) {
                Ok(packed) => packed,
                Err(why) => {
                    // Without one it is the first start, which is nothing to warn of.
                    if beside.exists() && !told {
                        remade(why);
                    }
                    Packed::make(&mut model, header_hash, Some(&beside), setup.threads)?
                }
            };
            Model::Own(Box::new(Decoder::new(config, kernels()?, &packed)?))
        }
    };
    Ok(Loaded {
        header,
        sha256,
        tokenizer,
        model,
    })
}
