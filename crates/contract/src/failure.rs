//! Errors as they cross a border: a stable code, words for the person, a place.

use serde::{Deserialize, Serialize};

/// Stable names of what can go wrong. The page chooses its next step by the
/// code and never by the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Code {
    /// A file could not be read or written.
    Io,
    /// A file or line is not in the format it claims.
    Malformed,
    /// A format that Countersign does not read.
    UnknownFormat,
    /// Nothing on record has this id.
    NotFound,
    /// The request does not fit the state of the message (already decided, undo window over).
    Conflict,
    /// A reply without text, or a decision without what it needs.
    Incomplete,
    /// No model is installed.
    NoModel,
    /// The model's bytes are not the ones that were promised.
    ModelHash,
    /// The model file ends too soon.
    ModelTruncated,
    /// The model file breaks the GGUF format or a limit.
    ModelMalformed,
    /// The model's architecture is not on the list.
    ModelArchitecture,
    /// The model's tokenizer is not on the list.
    ModelTokenizer,
    /// The model needs more memory than the machine has free.
    ModelMemory,
    /// The prompt does not fit the model's context.
    PromptTooLong,
    /// The drafter process stopped or answered nonsense.
    Drafter,
    /// The person stopped the draft.
    Stopped,
    /// A model or its parts could not be fetched.
    Fetch,
    /// The record refused: damaged, locked by another program, or newer than this program.
    Record,
    /// The audit chain does not hold.
    Audit,
    /// The record is locked: somebody must unlock it first.
    Locked,
    /// There is no record here yet.
    NoRecord,
    /// The name, passphrase or code is not right.
    Unlock,
    /// Too many wrong tries; the words say how long to wait.
    Throttled,
    /// The key file is damaged.
    Keys,
    /// The operating system's keyring cannot be used; the passphrase can.
    Keyring,
    /// The person's role does not allow this.
    Forbidden,
    /// Another Countersign has the record open.
    InUse,
    /// A fault of the program itself.
    Internal,
}

impl Code {
    /// The code as it is spelled over a border and in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Io => "io",
            Self::Malformed => "malformed",
            Self::UnknownFormat => "unknown_format",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Incomplete => "incomplete",
            Self::NoModel => "no_model",
            Self::ModelHash => "model_hash",
            Self::ModelTruncated => "model_truncated",
            Self::ModelMalformed => "model_malformed",
            Self::ModelArchitecture => "model_architecture",
            Self::ModelTokenizer => "model_tokenizer",
            Self::ModelMemory => "model_memory",
            Self::PromptTooLong => "prompt_too_long",
            Self::Drafter => "drafter",
            Self::Stopped => "stopped",
            Self::Fetch => "fetch",
            Self::Record => "record",
            Self::Audit => "audit",
            Self::Locked => "locked",
            Self::NoRecord => "no_record",
            Self::Unlock => "unlock",
            Self::Throttled => "throttled",
            Self::Keys => "keys",
            Self::Keyring => "keyring",
            Self::Forbidden => "forbidden",
            Self::InUse => "in_use",
            Self::Internal => "internal",
        }
    }
}

/// An error for a person: what happened and what to do, without patient text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Stable code.
    pub code: Code,
    /// What happened and what to do, in words.
    pub message: String,
    /// Where: a file and line, a JSON pointer, a tensor name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

impl Failure {
    /// A failure without a place.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            place: None,
        }
    }

    /// The same failure with the place it happened at.
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }
}
