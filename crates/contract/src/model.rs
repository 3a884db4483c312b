//! Models as the window and the command line list them.

use serde::{Deserialize, Serialize};

/// Where a model on disk came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelOrigin {
    /// Named in `models/models.toml`, hash and size known beforehand.
    Catalogue,
    /// Imported from disk by a person.
    Imported,
}

/// One model, installed or known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelLine {
    /// Name used with `--model`.
    pub name: String,
    /// Where it came from.
    pub origin: ModelOrigin,
    /// True when its file is on this machine.
    pub installed: bool,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 in hex.
    pub sha256: String,
    /// Licence, as SPDX where it has one.
    pub licence: String,
    /// GGUF architecture.
    pub architecture: String,
    /// True when its drafts are meant for a clinician's eyes.
    pub drafts_for_clinicians: bool,
}

/// What a model is and needs, before it is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelCard {
    /// As it is listed.
    pub line: ModelLine,
    /// Context in tokens as the file claims it.
    pub context: u64,
    /// Memory that loading and drafting are expected to take, in bytes.
    pub memory: u64,
    /// Memory that is free now, in bytes.
    pub memory_free: u64,
    /// Whether it may draft for the open record.
    pub may_draft: bool,
}

/// How fast a model answered an invented message on this machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpeedTest {
    /// Seconds until it was loaded.
    pub load_seconds: f64,
    /// Seconds from the message to the first token.
    pub first_token_seconds: f64,
    /// Seconds for the whole reply.
    pub reply_seconds: f64,
    /// Tokens a second while it wrote.
    pub tokens_per_second: f64,
}

/// What this installation is and where its data lie.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The program's version.
    pub version: String,
    /// Where the record lies.
    pub data_folder: String,
    /// Where models lie.
    pub models_folder: String,
}

/// What the drafter is doing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "engine", rename_all = "snake_case")]
pub enum EngineState {
    /// No model is installed.
    NoModel,
    /// Reading and checking the model.
    Loading {
        /// The model's name.
        model: String,
    },
    /// Ready, with how many messages still wait for a draft.
    Ready {
        /// The model's name.
        model: String,
        /// Messages that still wait for a draft.
        waiting: usize,
    },
    /// Nothing was drafted for a while, and the model left the memory. It comes back with the next message.
    Resting {
        /// The model's name.
        model: String,
    },
    /// It could not start; review goes on without drafts.
    Failed {
        /// What happened and what to do.
        failure: crate::Failure,
    },
}
