//! Why a model is refused or a draft cannot be made.

use contract::{Code, Failure};

/// Everything that can go wrong between a model file and a draft.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The file could not be opened or read.
    #[error(
        "The model file could not be read: {0}. Check that it is there and that you may read it."
    )]
    Io(#[from] std::io::Error),
    /// The bytes are not the ones promised.
    #[error(
        "The model file is not the one that was expected: its SHA-256 begins {found}, not {expected}. It was not opened. Fetch or import it again from a source you trust."
    )]
    Hash {
        /// First characters of the hash that was promised.
        expected: String,
        /// First characters of the hash that was found.
        found: String,
    },
    /// The size is not the one promised.
    #[error(
        "The model file has {found} bytes and should have {expected}: it is incomplete or another file. Fetch or import it again."
    )]
    Size {
        /// Bytes promised.
        expected: u64,
        /// Bytes found.
        found: u64,
    },
    /// The file ends before its last tensor.
    #[error(
        "The model file ends too soon ({0}): it was cut off while copying. Fetch or import it again."
    )]
    Truncated(String),
    /// The file breaks the format or a limit.
    #[error("The file is not a sound GGUF model: {0}. It was not loaded.")]
    Malformed(String),
    /// An architecture that the engine does not run.
    #[error(
        "The model's architecture is “{0}”, which Countersign does not run. It runs llama (with Mistral and DeepSeek distills), qwen2, qwen3 and phi3."
    )]
    Architecture(String),
    /// A part of the model that nothing here heeds; the words say which.
    #[error(
        "The model has {0}, which Countersign does not heed, so its drafts would be wrong. It was not loaded. Choose another model."
    )]
    Unheeded(String),
    /// A tokenizer kind or chat format that is not known to be right.
    #[error(
        "The model's tokenizer ({0}) is not one that Countersign is known to read rightly, so its drafts could be garbled. Choose another model."
    )]
    Tokenizer(String),
    /// Not enough memory.
    #[error(
        "The model needs about {need_mb} MB of memory and {free_mb} MB are free. Close other programs or choose a smaller model."
    )]
    Memory {
        /// Estimated need, in MB.
        need_mb: u64,
        /// Free, in MB.
        free_mb: u64,
    },
    /// The prompt alone is longer than the model can read.
    #[error(
        "The message has about {tokens} tokens and the model reads {limit} at most, so no draft was made. Please answer it by hand."
    )]
    PromptTooLong {
        /// Tokens of the shortest prompt that holds the message.
        tokens: usize,
        /// Tokens that fit.
        limit: usize,
    },
    /// The engine itself failed.
    #[error(
        "The engine failed while drafting ({0}). Try again; if it stays so, choose another model."
    )]
    Engine(String),
    /// The model wrote nothing that can be used.
    #[error("The model wrote no usable text for this message. Please answer it by hand.")]
    Empty,
    /// The person stopped the draft before its first word.
    #[error("The draft was stopped before its first word.")]
    Stopped,
    /// The catalogue itself is damaged.
    #[error("models.toml cannot be read: {0}")]
    Catalogue(String),
}

impl From<candle_core::Error> for ModelError {
    fn from(e: candle_core::Error) -> Self {
        Self::Engine(e.to_string())
    }
}

impl From<&ModelError> for Failure {
    fn from(e: &ModelError) -> Self {
        let code = match e {
            ModelError::Io(_) => Code::Io,
            ModelError::Hash { .. } => Code::ModelHash,
            ModelError::Size { .. } | ModelError::Truncated(_) => Code::ModelTruncated,
            ModelError::Malformed(_) | ModelError::Catalogue(_) => Code::ModelMalformed,
            ModelError::Architecture(_) | ModelError::Unheeded(_) => Code::ModelArchitecture,
            ModelError::Tokenizer(_) => Code::ModelTokenizer,
            ModelError::Memory { .. } => Code::ModelMemory,
            ModelError::PromptTooLong { .. } => Code::PromptTooLong,
            ModelError::Engine(_) | ModelError::Empty => Code::Drafter,
            ModelError::Stopped => Code::Stopped,
        };
        Failure::new(code, e.to_string())
    }
}

impl From<ModelError> for Failure {
    fn from(e: ModelError) -> Self {
        Self::from(&e)
    }
}
