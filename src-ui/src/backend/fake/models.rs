//! The one model of the desk inside the browser.

use contract::{ModelCard, ModelLine, ModelOrigin};

pub(super) fn line() -> ModelLine {
    ModelLine {
        name: "fake-model".into(),
        origin: ModelOrigin::Catalogue,
        installed: true,
        bytes: 1_117_320_768,
        sha256: "ab".repeat(32),
        licence: "Apache-2.0".into(),
        architecture: "qwen2".into(),
        drafts_for_clinicians: true,
    }
}

pub(super) fn card() -> ModelCard {
    ModelCard {
        line: line(),
        context: 32_768,
        memory: 1_900_000_000,
        memory_free: 1_200_000_000,
        may_draft: true,
    }
}
