//! axe-core, which the tests of the page ask about accessibility: taken from the Python package that carries it, since a
//! fresh machine has pip and no Node.

use crate::step::{run, say, target};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::process::Command;

const PACKAGE: &str = "axe-playwright-python==0.1.8";
const WHEEL: &str = "axe_playwright_python-0.1.8-py3-none-any.whl";
const INSIDE: &str = "axe_playwright_python/axe.min.js";
/// Of the script itself, axe-core 4.12.1 (MPL-2.0).
const SHA256: &str = "84494fec757e4710dc751c8d7a636e457f4532f08f85c86dc9070133fbff53bc";

/// The script, fetched once into the target folder.
pub(crate) fn script() -> Result<PathBuf> {
    let folder = target().join("tools/axe");
    let script = folder.join(INSIDE);
    if !script.exists() {
        say("fetching axe-core");
        std::fs::create_dir_all(&folder)?;
        run(Command::new("python3")
            .args(["-m", "pip", "download", "--quiet", "--no-deps"])
            .args(["--only-binary", ":all:", PACKAGE, "--dest"])
            .arg(&folder))?;
        run(Command::new("python3")
            .args(["-m", "zipfile", "-e"])
            .arg(folder.join(WHEEL))
            .arg(&folder))?;
    }
    let found = hex::encode(Sha256::digest(
        std::fs::read(&script).with_context(|| script.display().to_string())?,
    ));
    if found != SHA256 {
        bail!(
            "{} is not the pinned axe-core; remove it and try again",
            script.display()
        );
    }
    Ok(script)
}
