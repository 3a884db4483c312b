//! `cargo xtask bench`: the engine's measures on this machine, and with
//! `--peer` those of llama.cpp beside them: same file, same ids, same threads,
//! in turns.

mod peer;
mod report;

use crate::step::{cargo, run, say, target};
use crate::{models, packages};
use anyhow::{Context, Result, bail};
use report::Row;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The tier of which the AVX2 rows are made on either side.
const PLAIN: &str = "avx2";

/// What `--peer` takes.
struct Plan {
    /// Turns of each short measure.
    turns: usize,
    /// Messages of the drafts an hour.
    messages: usize,
    threads: usize,
    /// Chunks of 512 tokens for divergence and perplexity.
    chunks: usize,
    quick: bool,
}

pub(crate) fn bench(args: &[&str]) -> Result<()> {
    packages::need(packages::BUILD)?;
    let after = |name: &str| {
        let at = args.iter().position(|a| *a == name)?;
        Some(
            args.get(at + 1)
                .with_context(|| format!("{name} needs a file")),
        )
    };
    // A program that is built already can be measured as it is.
    let program = match after("--program").transpose()? {
        Some(path) => PathBuf::from(path),
        None => release()?,
    };
    models::need(&program, models::TEST)?;
    models::best(&program)?;
    if !args.contains(&"--peer") {
        say("measuring; other programs disturb it");
        run(Command::new(&program).args(["bench", "--model", models::TEST]))?;
        return run(Command::new(&program).arg("bench"));
    }
    let quick = args.contains(&"--quick");
    let json = after("--json").transpose()?;
    let plan = Plan {
        turns: if quick { 2 } else { 5 },
        messages: if quick { 8 } else { 50 },
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        chunks: if quick { 10 } else { 40 },
        quick,
    };
    let mut rows = Vec::new();
    let mut tier = String::new();
    for (name, path) in models(&program)? {
        for forced in [None, Some(PLAIN)] {
            let peer = peer::build(forced.is_some())?;
            let found = compare(&program, &peer, &name, &path, forced, &plan, &mut rows)?;
            if forced.is_none() {
                tier = found;
            }
            // What was measured is kept, whatever becomes of the rest: a whole run takes an hour.
            let report = report::Report::new(tier.clone(), plan.threads, quick, rows.clone());
            report.write(json.map(Path::new))?;
        }
    }
    let report = report::Report::new(tier, plan.threads, quick, rows);
    print!("{}", report.table());
    Ok(())
}

/// The program as it is shipped.
fn release() -> Result<PathBuf> {
    crate::page::build(false)?;
    run(cargo().args([
        "build",
        "--locked",
        "--quiet",
        "--release",
        "--package",
        "countersign",
    ]))?;
    Ok(target().join("release/countersign"))
}

/// The models that are compared, as far as they are installed: name and file.
fn models(program: &Path) -> Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for name in ["qwen2.5-coder-1.5b-instruct-q4_k_m", models::TEST] {
        let out = Command::new(program)
            .args(["bench", "--model", name, "--prompts", "--messages", "1"])
            .output()?;
        if let Ok(v) = serde_json::from_slice::<Value>(&out.stdout)
            && let Some(file) = v["file"].as_str()
        {
            found.push((name.to_owned(), PathBuf::from(file)));
        }
    }
    if found.is_empty() {
        bail!("no model is installed");
    }
    Ok(found)
}

/// All measures of one model on one tier; gives the tier's name.
fn compare(
    program: &Path,
    peer: &peer::Peer,
    model: &str,
    path: &Path,
    forced: Option<&str>,
    plan: &Plan,
    rows: &mut Vec<Row>,
) -> Result<String> {
    let ours = |measure: &str, messages: usize| -> Result<Value> {
        let mut c = Command::new(program);
        c.args(["bench", "--model", model, "--measure", measure]);
        c.args(["--threads", &plan.threads.to_string()]);
        c.args(["--messages", &messages.to_string()]);
        if let Some(tier) = forced {
            c.args(["--tier", tier]);
        }
        let out = c.output()?;
        serde_json::from_slice(&out.stdout)
            .with_context(|| String::from_utf8_lossy(&out.stderr).into_owned())
    };
    let number = |v: &Value, key: &str| v[key].as_f64().unwrap_or(0.0);
    let tier = ours("load", 1)?["tier"].as_str().unwrap_or("").to_owned();
    say(&format!("{model} on {tier}, beside llama.cpp"));
    // Full floats of the larger model take a quarter of an hour by themselves.
    if !plan.quick || model == models::TEST {
        rightness(program, peer, model, path, forced, plan, &tier, rows)?;
    }
    let mut both = |name: &str,
                    more_is_better: bool,
                    turns: usize,
                    ours: &mut dyn FnMut() -> Result<f64>,
                    theirs: &mut dyn FnMut() -> Result<f64>|
     -> Result<()> {
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for _ in 0..turns {
            a.push(ours()?);
            b.push(theirs()?);
        }
        let row = Row::new(name, model, &tier, more_is_better, a, b);
        say(&row.line());
        rows.push(row);
        Ok(())
    };
    both(
        "prompt 512, tok/s",
        true,
        plan.turns,
        &mut || Ok(number(&ours("prompt", 2)?, "value")),
        &mut || peer.prompt(path, plan.threads),
    )?;
    both(
        "generate 128 at depth 512, tok/s",
        true,
        plan.turns,
        &mut || Ok(number(&ours("generate", 1)?, "value")),
        &mut || peer.generate(path, plan.threads),
    )?;
    // The plain tier is told by its kernels; the rest takes long.
    if forced.is_some() {
        return Ok(tier);
    }
    let prompts = Command::new(program)
        .args(["bench", "--model", model, "--prompts"])
        .args(["--messages", &plan.messages.to_string()])
        .output()?;
    let prompts: Value = serde_json::from_slice(&prompts.stdout)?;
    ours("restart", 1)?;
    both(
        "first token after a restart, s",
        false,
        plan.turns,
        &mut || Ok(number(&ours("restart", 1)?, "value")),
        &mut || peer.restart(path, plan.threads, &prompts),
    )?;
    both(
        "load until ready, s",
        false,
        plan.turns,
        &mut || Ok(number(&ours("load", 1)?, "value")),
        &mut || peer.load(path, plan.threads),
    )?;
    both(
        "first token, prefix warm, s",
        false,
        plan.turns,
        &mut || Ok(number(&ours("first-token", 1)?, "value")),
        &mut || peer.first_token(path, plan.threads, &prompts),
    )?;
    let (mut our_memory, mut their_memory) = (0.0, 0.0);
    let mut slots = 1;
    both(
        "drafts an hour",
        true,
        1,
        &mut || {
            let v = ours("drafts", plan.messages)?;
            our_memory = number(&v, "peak_memory_mb");
            Ok(number(&v, "value"))
        },
        &mut || {
            // Its best of one slot and eight, and the memory of that one.
            let mut best = 0.0;
            for n in [1, 8] {
                let (rate, memory) = peer.drafts(path, plan.threads, n, &prompts)?;
                if rate > best {
                    (best, their_memory, slots) = (rate, memory, n);
                }
            }
            Ok(best)
        },
    )?;
    say(&format!("llama-server was best with {slots} slots"));
    both(
        "peak memory of the drafts, MB",
        false,
        1,
        &mut || Ok(our_memory),
        &mut || Ok(their_memory),
    )?;
    for (measure, name) in [
        ("alone", "draft that a person waits for, median, s"),
        ("opening", "opening a message with a draft, p95, ms"),
    ] {
        let found = ours(measure, plan.messages)?;
        let scale = if measure == "opening" { 1000.0 } else { 1.0 };
        let row = Row::alone(name, model, &tier, scale * number(&found, "value"));
        say(&row.line());
        rows.push(row);
    }
    Ok(tier)
}

/// How far either side is from the same weights in full floats, on the same text.
#[allow(clippy::too_many_arguments, reason = "what a comparison needs")]
fn rightness(
    program: &Path,
    peer: &peer::Peer,
    model: &str,
    path: &Path,
    forced: Option<&str>,
    plan: &Plan,
    tier: &str,
    rows: &mut Vec<Row>,
) -> Result<()> {
    let text = text()?;
    let reference = peer::build(false)?.reference(path, &text, plan.threads, plan.chunks)?;
    let mut command = Command::new(program);
    command.args(["bench", "--model", model, "--reference"]);
    command.arg(&reference);
    command.args(["--threads", &plan.threads.to_string()]);
    if let Some(tier) = forced {
        command.args(["--tier", tier]);
    }
    let out = command.output()?;
    let ours: Value = serde_json::from_slice(&out.stdout)
        .with_context(|| String::from_utf8_lossy(&out.stderr).into_owned())?;
    let of = |key: &str| ours[key].as_f64().unwrap_or(f64::NAN);
    let (kl, perplexity) = peer.divergence(path, &reference, plan.threads)?;
    let tokens = ours["tokens"].as_u64().unwrap_or(0);
    say(&format!(
        "{tokens} tokens, {} compared; perplexity in full floats {:.3}; same first choice in {:.1}%",
        ours["compared"],
        of("reference_perplexity"),
        100.0 * of("same_top")
    ));
    for (name, a, b) in [
        (
            "KL divergence from full floats, nats/1000",
            1000.0 * of("kl"),
            1000.0 * kl,
        ),
        ("perplexity", of("perplexity"), perplexity),
    ] {
        let row = Row::new(name, model, tier, false, vec![a], vec![b]);
        say(&row.line());
        rows.push(row);
    }
    Ok(())
}

/// The fixed text: messages and replies of the project's own sets, in their order.
fn text() -> Result<PathBuf> {
    let mut text = String::new();
    for set in ["triage.jsonl", "checks.jsonl"] {
        let path = crate::step::root().join("tests/sets").join(set);
        for line in std::fs::read_to_string(path)?.lines() {
            let line: Value = serde_json::from_str(line)?;
            for part in ["message", "draft"] {
                if let Some(words) = line[part].as_str() {
                    text.push_str(words);
                    text.push('\n');
                }
            }
        }
    }
    let path = target().join("peer/text.txt");
    std::fs::write(&path, text)?;
    Ok(path)
}
