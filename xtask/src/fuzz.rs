//! Fuzzing under coverage: each target of `fuzz/` for a number of inputs or seconds, from the corpus that is kept.

use crate::step::{cargo, root, run as step, say, target};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// The version that was proved with these targets.
const CARGO_FUZZ: &str = "0.13.2";
/// Every target, and the longest input it is given.
const TARGETS: [(&str, u32); 6] = [
    ("gguf", 4096),
    ("fhir", 4096),
    ("flat", 2048),
    ("words", 400),
    ("deid", 400),
    ("frames", 1024),
];

/// `--runs N` for each target, or `--seconds S` for all of them together; and names of targets.
pub(crate) fn fuzz(args: &[&str]) -> Result<()> {
    let number = |name: &str| -> Result<Option<u64>> {
        match args.iter().position(|a| *a == name) {
            None => Ok(None),
            Some(i) => args
                .get(i + 1)
                .and_then(|n| n.parse().ok())
                .map(Some)
                .with_context(|| format!("{name} needs a number")),
        }
    };
    let (runs, seconds) = (number("--runs")?, number("--seconds")?);
    let named: Vec<&&str> = args
        .iter()
        .filter(|a| TARGETS.iter().any(|t| t.0 == **a))
        .collect();
    let chosen: Vec<(&str, u32)> = TARGETS
        .into_iter()
        .filter(|t| named.is_empty() || named.iter().any(|n| **n == t.0))
        .collect();
    if runs.is_some() == seconds.is_some() {
        bail!("say --runs N or --seconds S");
    }
    let tool = tool()?;
    // cargo-fuzz has no --locked: what would change the lockfile ends here.
    step(cargo().args([
        "fetch",
        "--locked",
        "--quiet",
        "--manifest-path",
        "fuzz/Cargo.toml",
    ]))?;
    for (name, longest) in &chosen {
        // What is found new stays out of the checkout; what is kept is read.
        let found = target().join("fuzz-corpus").join(name);
        std::fs::create_dir_all(&found)?;
        let kept = root().join("fuzz/corpus").join(name);
        let mut command = std::process::Command::new(&tool);
        command
            .current_dir(root())
            .args([
                "fuzz",
                "run",
                "--sanitizer",
                "none",
                "--fuzz-dir",
                "fuzz",
                "--target-dir",
            ])
            .arg(target().join("fuzz"))
            .arg(name)
            .arg(&found)
            .arg(&kept)
            .arg("--")
            .arg(format!("-max_len={longest}"))
            .args([
                "-timeout=10",
                "-rss_limit_mb=2048",
                "-print_final_stats=1",
                "-verbosity=0",
            ]);
        match (runs, seconds) {
            (Some(n), _) => command.arg(format!("-runs={n}")),
            (_, Some(s)) => command.arg(format!(
                "-max_total_time={}",
                (s / chosen.len() as u64).max(1)
            )),
            _ => &mut command,
        };
        step(&mut command)?;
    }
    say(&format!("{} targets without a crash", chosen.len()));
    Ok(())
}

/// cargo-fuzz, built once into the target folder.
fn tool() -> Result<PathBuf> {
    let tools = target().join("tools");
    let program = tools.join("bin/cargo-fuzz");
    if !program.exists() {
        say("building cargo-fuzz");
        step(
            cargo()
                .args([
                    "install",
                    "--quiet",
                    "cargo-fuzz",
                    "--locked",
                    "--version",
                    CARGO_FUZZ,
                    "--root",
                ])
                .arg(&tools),
        )?;
    }
    Ok(program)
}
