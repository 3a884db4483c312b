//! Models, brought by the program's own commands.

use crate::step::{run, say};
use anyhow::Result;
use std::path::Path;
use std::process::Command;

/// The model the tests need.
pub(crate) const TEST: &str = "smollm2-135m-instruct-q4_1";

fn installed(program: &Path) -> Result<Vec<serde_json::Value>> {
    let out = Command::new(program).args(["model", "list"]).output()?;
    Ok(String::from_utf8_lossy(&out.stdout)
        .lines()
        .filter_map(|l| serde_json::from_str(l).ok())
        .filter(|m: &serde_json::Value| m["installed"] == true)
        .collect())
}

/// Fetches a model by name unless it is here.
pub(crate) fn need(program: &Path, name: &str) -> Result<()> {
    if installed(program)?.iter().any(|m| m["name"] == name) {
        return Ok(());
    }
    say(&format!("fetching the model {name}"));
    run(Command::new(program).args(["model", "fetch", name]))
}

/// Fetches the best model that can be had, unless one for clinicians is here.
pub(crate) fn best(program: &Path) -> Result<()> {
    if installed(program)?
        .iter()
        .any(|m| m["drafts_for_clinicians"] == true)
    {
        return Ok(());
    }
    say("fetching the model for drafts (about 1.1 GB, once)");
    run(Command::new(program).args(["model", "fetch"]))
}
