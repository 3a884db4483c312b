//! System packages, on Debian and its kin.

use crate::step::{output, run, say};
use anyhow::{Result, bail};
use std::process::Command;

/// What the build and the window need.
pub(crate) const BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "perl",
    "libwebkit2gtk-4.1-dev",
    "librsvg2-dev",
    "dbus-x11",
    "python3-pip",
    "curl",
    // What the editor checks spelling with.
    "hunspell-en-us",
    "hunspell-es",
];

/// What the tests of the page and the real window need.
pub(crate) const TEST: &[&str] = &[
    "webkit2gtk-driver",
    "xvfb",
    "xauth",
    "chromium",
    "chromium-driver",
    "gnome-keyring",
    "fontconfig",
];

/// Debian's own compiler for wasm, for machines whose rustup reaches no server.
pub(crate) const WASM: &[&str] = &["rustc-web", "cargo-web", "rust-web-src", "lld"];

/// Installs what is missing, or says what to install.
pub(crate) fn need(packages: &[&str]) -> Result<()> {
    if output("dpkg-query", &["--version"]).is_none() {
        say(&format!(
            "this is not Debian or a kin of it: see that the equivalents of these are installed: {}",
            packages.join(" ")
        ));
        return Ok(());
    }
    let missing: Vec<&str> = packages
        .iter()
        .copied()
        .filter(|p| {
            !output("dpkg-query", &["-W", "-f=${Status}", p])
                .is_some_and(|s| s.ends_with("ok installed"))
        })
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    say(&format!(
        "installing system packages: {}",
        missing.join(" ")
    ));
    let root = output("id", &["-u"]).is_some_and(|id| id.trim() == "0");
    let mut apt = if root {
        Command::new("apt-get")
    } else if output("sudo", &["-n", "true"]).is_some()
        || std::io::IsTerminal::is_terminal(&std::io::stdin())
    {
        let mut sudo = Command::new("sudo");
        sudo.args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        sudo
    } else {
        bail!(
            "these packages are missing and only root can install them:\n  sudo apt-get install {}",
            missing.join(" ")
        );
    };
    let mut update = Command::new(apt.get_program());
    update.args(apt.get_args()).args(["update", "-qq"]);
    run(&mut update)?;
    apt.env("DEBIAN_FRONTEND", "noninteractive")
        .args(["install", "-y", "-qq", "--no-install-recommends"])
        .args(&missing);
    run(&mut apt)
}
