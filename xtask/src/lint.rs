//! `cargo xtask lint`.

use crate::packages;
use crate::step::{cargo, root, run, say, target};
use anyhow::Result;
use std::path::PathBuf;

/// The version whose rules these are.
const DENY: &str = "0.20.2";

pub(crate) fn lint() -> Result<()> {
    packages::need(packages::BUILD)?;
    run(cargo().args(["fmt", "--all", "--check"]))?;
    run(cargo().args([
        "clippy",
        "--locked",
        "--workspace",
        "--exclude",
        "countersign-ui",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ]))?;
    let deny = deny()?;
    // The advisories need a network and a clone of their database; the other rules need the lockfile alone.
    run(std::process::Command::new(deny).current_dir(root()).args([
        "--locked",
        "check",
        "--hide-inclusion-graph",
        "bans",
        "licenses",
        "sources",
    ]))
}

/// cargo-deny, built once into the target folder.
fn deny() -> Result<PathBuf> {
    let tools = target().join("tools");
    let program = tools.join("bin/cargo-deny");
    if !program.exists() {
        say("building cargo-deny");
        run(cargo()
            .args([
                "install",
                "--quiet",
                "cargo-deny",
                "--locked",
                "--version",
                DENY,
                "--root",
            ])
            .arg(&tools))?;
    }
    Ok(program)
}
