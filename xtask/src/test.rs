//! `cargo xtask test`: every test, the page's in Chromium and the real
//! window's included.

use crate::step::{cargo, has_display, root, run, say, target};
use crate::{models, packages, page};
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// The version that was proved with this window.
const DRIVER: &str = "2.1.0";

/// tauri-driver, built once into the target folder.
pub(crate) fn driver() -> Result<PathBuf> {
    let tools = target().join("tools");
    let program = tools.join("bin/tauri-driver");
    if !program.exists() {
        say("building tauri-driver");
        run(cargo()
            .args([
                "install",
                "--quiet",
                "tauri-driver",
                "--locked",
                "--version",
                DRIVER,
                "--root",
            ])
            .arg(&tools))?;
    }
    Ok(program)
}

pub(crate) fn test(args: &[&str]) -> Result<()> {
    packages::need(packages::BUILD)?;
    packages::need(packages::TEST)?;
    page::build(false)?;
    let page = page::build(true)?;
    let tests = [
        "test",
        "--locked",
        "--workspace",
        "--exclude",
        "countersign-ui",
        "--exclude",
        "xtask",
    ];
    // The program comes with its tests: built by itself it would have other features, and with them the engine twice.
    run(cargo().args(tests).arg("--no-run"))?;
    models::need(&crate::run::program(), models::TEST)?;
    let driver = driver()?;
    let axe = crate::axe::script()?;
    let mut command = shown();
    command
        .args(tests)
        .args(args)
        .env("COUNTERSIGN_TEST_PAGE", page)
        .env("COUNTERSIGN_TAURI_DRIVER", driver)
        .env("COUNTERSIGN_TEST_AXE", axe)
        // Only in tests: it switches accessibility off.
        .env("NO_AT_BRIDGE", "1");
    run(&mut command)
}

/// A cargo that can open a window: under Xvfb where there is no display.
pub(crate) fn shown() -> Command {
    let mut command = if has_display() {
        cargo()
    } else {
        say("no display: the window is shown under Xvfb");
        let mut c = Command::new("dbus-run-session");
        c.args([
            "--",
            "xvfb-run",
            "--auto-servernum",
            "--server-args=-screen 0 1440x900x24",
        ])
        .arg(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(root());
        c
    };
    if std::env::var_os("WEBKIT_DISABLE_DMABUF_RENDERER").is_none() {
        command.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
    }
    command
}
