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
    /// It could not start; review goes on without drafts.
    Failed {
        /// What happened and what to do.
        failure: crate::Failure,
    },
}
