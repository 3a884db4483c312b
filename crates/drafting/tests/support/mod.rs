//! Where the tests find their models.

#![allow(
    dead_code,
    reason = "every test file takes what it needs of this module"
)]

pub(crate) mod synthetic;

use std::path::PathBuf;

/// The file of an installed model, whether or not it is there.
pub(crate) fn file(name: &str) -> PathBuf {
    std::env::var_os("COUNTERSIGN_MODELS")
        .map_or_else(
            || {
                PathBuf::from(std::env::var_os("HOME").unwrap_or_default())
                    .join(".local/share/countersign/models")
            },
            PathBuf::from,
        )
        .join(name)
}

/// The 135M model, which every machine that runs the tests has.
pub(crate) fn small_model() -> PathBuf {
    let path = file("SmolLM2-135M-Instruct.Q4_1.gguf");
    assert!(
        path.exists(),
        "{} is missing: run `cargo xtask setup`",
        path.display()
    );
    path
}
