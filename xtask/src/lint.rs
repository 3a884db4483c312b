//! `cargo xtask lint`.

use crate::packages;
use crate::step::{cargo, output, run, say};
use anyhow::Result;

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
    if output("cargo", &["deny", "--version"]).is_some() {
        run(cargo().args(["deny", "--offline", "check", "bans", "licenses", "sources"]))
    } else {
        say(
            "cargo-deny is not installed, so the rules of deny.toml were not checked: cargo install cargo-deny",
        );
        Ok(())
    }
}
