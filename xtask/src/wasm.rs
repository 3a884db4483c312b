//! Two ways to compile for wasm: rustup's target, or Debian's compiler that
//! builds the standard library by itself.

use crate::packages;
use crate::step::{cargo, output, root, run, say};
use anyhow::Result;
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// How this machine compiles for wasm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// rustup's target.
    Rustup,
    /// Debian's `rustc-web`.
    Debian,
}

/// Finds a way, setting it up as needed. `COUNTERSIGN_WASM=debian` takes the second at once.
pub(crate) fn way() -> Result<Way> {
    let asked = std::env::var("COUNTERSIGN_WASM").unwrap_or_default();
    if asked != "debian" {
        if has_target() {
            return Ok(Way::Rustup);
        }
        say("adding the wasm target with rustup");
        // A rustup without network may wait long before it gives up.
        let added = Command::new("timeout")
            .args(["120", "rustup", "target", "add", TARGET])
            .status();
        if added.is_ok_and(|s| s.success()) && has_target() {
            return Ok(Way::Rustup);
        }
        say("rustup could not bring the wasm target; Debian's own compiler builds the page");
    }
    packages::need(packages::WASM)?;
    Ok(Way::Debian)
}

fn has_target() -> bool {
    output("rustup", &["target", "list", "--installed"])
        .is_some_and(|l| l.lines().any(|t| t == TARGET))
}

impl Way {
    /// Builds the page's program; gives the folder it lies in.
    pub(crate) fn build(self, features: &[&str]) -> Result<std::path::PathBuf> {
        let target = crate::step::target().join(match self {
            Self::Rustup => "page",
            Self::Debian => "page-debian",
        });
        let mut command = match self {
            Self::Rustup => cargo(),
            Self::Debian => {
                let mut c = Command::new("/usr/bin/cargo");
                // What rustup's cargo set for its own children is not for Debian's.
                for (name, _) in std::env::vars_os() {
                    let name = name.to_string_lossy();
                    if name.starts_with("RUSTUP_")
                        || name.starts_with("CARGO_PKG_")
                        || matches!(&*name, "CARGO" | "RUSTC" | "RUSTDOC")
                    {
                        c.env_remove(&*name);
                    }
                }
                let path = std::env::var("PATH").unwrap_or_default();
                c.env("PATH", format!("/usr/bin:{path}"))
                    .env("RUSTC", "/usr/bin/rustc")
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld")
                    .current_dir(root());
                c
            }
        };
        command.args([
            "build",
            "--locked",
            "--package",
            "countersign-ui",
            "--profile",
            "page",
            "--target",
            TARGET,
        ]);
        if self == Self::Debian {
            command.args(["-Z", "build-std=std,panic_abort"]);
        }
        if !features.is_empty() {
            command.arg("--features").arg(features.join(","));
        }
        command.env("CARGO_TARGET_DIR", &target);
        run(&mut command)?;
        Ok(target.join(TARGET).join("page"))
    }
}
