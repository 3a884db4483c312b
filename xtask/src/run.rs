//! `cargo xtask run`: the window on the sample in-basket, or the main job in
//! the terminal where there is no display.

use crate::step::{cargo, has_display, output, run as step, say, target};
use crate::{models, packages, page};
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Messages that are drafted in the terminal: enough to see, not to wait for.
const IN_TERMINAL: &str = "8";

/// Builds the program with its page; gives its path.
pub(crate) fn build() -> Result<PathBuf> {
    page::build(false)?;
    step(cargo().args(["build", "--locked", "--quiet", "--package", "countersign"]))?;
    Ok(program())
}

/// Where the program lies once it was built.
pub(crate) fn program() -> PathBuf {
    target()
        .join("debug")
        .join(format!("countersign{}", std::env::consts::EXE_SUFFIX))
}

pub(crate) fn run(args: &[&str]) -> Result<()> {
    packages::need(packages::BUILD)?;
    let program = build()?;
    let model = models::best(&program);
    if let (Err(e), true) = (&model, has_display()) {
        say(&format!(
            "no model for drafts could be had ({e:#}); the window opens without drafts, and tries again next time"
        ));
    } else {
        model?;
    }
    if !has_display() {
        say("there is no display, so no window can be opened: drafting in the terminal instead");
        return in_terminal(&program);
    }
    say("opening the window on the sample in-basket; it lies in memory and needs no account");
    // A window needs a session bus; a bare X server has none.
    let mut command = if std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none()
        && output("dbus-run-session", &["--version"]).is_some()
    {
        let mut c = Command::new("dbus-run-session");
        c.arg("--").arg(&program);
        c
    } else {
        Command::new(&program)
    };
    if std::env::var_os("WEBKIT_DISABLE_DMABUF_RENDERER").is_none() {
        command.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
    }
    step(command.arg("--demo").args(args))
}

/// Triage and drafts as text for people.
fn in_terminal(program: &Path) -> Result<()> {
    let out = Command::new(program).args(["--demo", "triage"]).output()?;
    let triage = String::from_utf8_lossy(&out.stdout).into_owned();
    println!("\nTriage, most urgent first:");
    for line in triage
        .lines()
        .filter_map(|l| serde_json::from_str::<serde_json::Value>(l).ok())
    {
        let flags = line["flags"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        if !flags.is_empty() {
            let why: Vec<&str> = flags.iter().filter_map(|f| f["title"].as_str()).collect();
            println!(
                "  {:<10} {:<14} {}",
                line["urgency"].as_str().unwrap_or(""),
                line["id"].as_str().unwrap_or(""),
                why.join(", ")
            );
        }
    }
    println!();
    let mut child = Command::new(program)
        .args(["--demo", "draft", "--limit", IN_TERMINAL])
        .stdout(std::process::Stdio::piped())
        .spawn()?;
    let mut drafts = 0;
    if let Some(stdout) = child.stdout.take() {
        for line in std::io::BufRead::lines(std::io::BufReader::new(stdout)) {
            let Ok(line) = serde_json::from_str::<serde_json::Value>(&line?) else {
                continue;
            };
            let id = line["id"].as_str().unwrap_or("");
            match line["draft"].as_str() {
                Some(text) => {
                    drafts += 1;
                    let t = &line["timing"];
                    let ms = t["prefill_ms"].as_f64().unwrap_or(0.0)
                        + t["decode_ms"].as_f64().unwrap_or(0.0);
                    println!("--- {id}: draft in {:.1} s\n{text}\n", ms / 1000.0);
                }
                None => println!(
                    "--- {id}: no draft ({})\n",
                    line["gate"].as_str().unwrap_or("")
                ),
            }
        }
    }
    if !child.wait()?.success() {
        bail!("drafting failed");
    }
    println!(
        "{drafts} drafts were made. With a display, `cargo xtask run` opens the window on the sample in-basket."
    );
    Ok(())
}
