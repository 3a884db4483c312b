//! `cargo xtask bench`: the engine's measures on this machine, and with
//! `--peer` those of llama.cpp beside them: same file, same ids, same threads,
//! in turns.

mod peer;
mod report;

use crate::step::{cargo, run, say, target};
use crate::{models, packages};
use anyhow::{Context, Result};
use report::Row;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The tier of which the AVX2 rows are made on either side.
const PLAIN: &str = "avx2";

/// What `--peer` takes.
struct Plan {
    /// On the processor's best tier.
    best: Extent,
    /// On a forced tier, which is reported and has no goal.
    forced: Extent,
    /// Messages that a person waits for.
    awaited: usize,
    /// Ways in which llama-server drafts: one slot, which was its best in every run so far, or eight.
    slots: &'static [usize],
    threads: usize,
    /// Chunks of 512 tokens for divergence and perplexity.
    chunks: usize,
    quick: bool,
}

/// How much is measured on a tier.
struct Extent {
    /// Turns of each short measure.
    turns: usize,
    /// Messages of the drafts an hour.
    messages: usize,
}

impl Extent {
    fn new(turns: usize, messages: usize) -> Self {
        Self { turns, messages }
    }
}

pub(crate) fn bench(args: &[&str]) -> Result<()> {
    packages::need(packages::BUILD)?;
    if args.contains(&"--window") {
        return window(args);
    }
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
    if !args.contains(&"--peer") {
        models::need(&program, models::TEST)?;
        models::best(&program)?;
        say("measuring; other programs disturb it");
        run(Command::new(&program).args(["bench", "--model", models::TEST]))?;
        return run(Command::new(&program).arg("bench"));
    }
    let quick = args.contains(&"--quick");
    let json = after("--json").transpose()?;
    let plan = Plan {
        best: match quick {
            true => Extent::new(2, 8),
            false => Extent::new(3, 50),
        },
        forced: match quick {
            true => Extent::new(1, 4),
            false => Extent::new(3, 16),
        },
        awaited: if quick { 4 } else { 8 },
        slots: if quick { &[1] } else { &[1, 8] },
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        chunks: if quick { 8 } else { 40 },
        quick,
    };
    let begun = std::time::Instant::now();
    let mut rows = Vec::new();
    let mut tier = String::new();
    for (name, path) in models(&program)? {
        for forced in [None, Some(PLAIN)] {
            let peer = peer::build(forced.is_some())?;
            let mut contest = Contest {
                program: &program,
                peer: &peer,
                model: &name,
                file: &path,
                forced,
                plan: &plan,
                tier: String::new(),
                rows: Vec::new(),
            };
            contest.run()?;
            rows.append(&mut contest.rows);
            if forced.is_none() {
                tier = contest.tier;
            }
            // What was measured is kept, whatever becomes of the rest: a whole run takes an hour.
            let report = report::Report::new(tier.clone(), plan.threads, quick, rows.clone());
            report.write(json.map(Path::new))?;
        }
    }
    let report = report::Report::new(tier, plan.threads, quick, rows);
    print!("{}", report.table());
    say(&format!(
        "measured in {:.0} minutes",
        begun.elapsed().as_secs_f64() / 60.0
    ));
    Ok(())
}

/// The real window on a large record while drafts are made.
fn window(args: &[&str]) -> Result<()> {
    packages::need(packages::TEST)?;
    crate::page::build(false)?;
    models::need(&crate::run::build()?, models::TEST)?;
    let driver = crate::test::driver()?;
    let mut command = crate::test::shown();
    command.args([
        "bench",
        "--locked",
        "--package",
        "countersign",
        "--bench",
        "window",
    ]);
    // A program that is built for tests is measured sooner, and a little worse.
    if args.contains(&"--quick") {
        command.args(["--profile", "dev"]);
    }
    let rest = args
        .iter()
        .filter(|a| !matches!(**a, "--window" | "--quick"));
    command
        .arg("--")
        .args(rest)
        .env("COUNTERSIGN_TAURI_DRIVER", driver)
        .env("NO_AT_BRIDGE", "1");
    say("measuring the window; other programs disturb it");
    run(&mut command)
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

/// The models that are compared: name and file. A table without one of them would say too little.
fn models(program: &Path) -> Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for name in ["qwen2.5-coder-1.5b-instruct-q4_k_m", models::TEST] {
        models::need(program, name)?;
        let out = Command::new(program)
            .args(["bench", "--model", name, "--prompts", "--messages", "1"])
            .output()?;
        let prompts: Value = serde_json::from_slice(&out.stdout)
            .with_context(|| String::from_utf8_lossy(&out.stderr).into_owned())?;
        let file = prompts["file"].as_str().context("a model without a file")?;
        found.push((name.to_owned(), PathBuf::from(file)));
    }
    Ok(found)
}

/// One model on one tier, ours and llama.cpp in turns.
struct Contest<'a> {
    program: &'a Path,
    peer: &'a peer::Peer,
    model: &'a str,
    file: &'a Path,
    /// A tier that is not the processor's best.
    forced: Option<&'a str>,
    plan: &'a Plan,
    /// The tier's name, as our side tells it.
    tier: String,
    rows: Vec<Row>,
}

impl Contest<'_> {
    fn extent(&self) -> &Extent {
        match self.forced {
            Some(_) => &self.plan.forced,
            None => &self.plan.best,
        }
    }

    /// What our program prints of this model.
    fn ours(&self, args: &[&str]) -> Result<Value> {
        let mut c = Command::new(self.program);
        c.args(["bench", "--model", self.model]).args(args);
        c.args(["--threads", &self.plan.threads.to_string()]);
        if let Some(tier) = self.forced {
            c.args(["--tier", tier]);
        }
        let out = c.output()?;
        serde_json::from_slice(&out.stdout)
            .with_context(|| String::from_utf8_lossy(&out.stderr).into_owned())
    }

    fn measure(&self, measure: &str, messages: usize) -> Result<Value> {
        self.ours(&["--measure", measure, "--messages", &messages.to_string()])
    }

    /// One of our figures.
    fn figure(&self, measure: &str, messages: usize) -> Result<f64> {
        Ok(number(&self.measure(measure, messages)?, "value"))
    }

    fn keep(&mut self, row: Row) {
        say(&row.line());
        self.rows.push(row);
    }

    /// The same measure of both, in turns, and what the machine allows, where there is a measure of that.
    fn both(
        &mut self,
        name: &str,
        more_is_better: bool,
        (measure, most): (&str, Option<&str>),
        theirs: impl Fn(&Self) -> Result<f64>,
    ) -> Result<()> {
        let (mut a, mut b, mut bounds) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.extent().turns {
            a.push(self.figure(measure, 1)?);
            b.push(theirs(self)?);
            if let Some(most) = most {
                bounds.push(self.figure(most, 1)?);
            }
        }
        let row = Row::new(name, self.model, &self.tier, more_is_better, a, b);
        self.keep(row.within(&bounds));
        Ok(())
    }

    fn run(&mut self) -> Result<()> {
        let found = self.measure("load", 1)?;
        found["tier"]
            .as_str()
            .unwrap_or("")
            .clone_into(&mut self.tier);
        say(&format!(
            "{} on {}, beside llama.cpp",
            self.model, self.tier
        ));
        // Full floats of the larger model take a quarter of an hour by themselves.
        if !self.plan.quick || self.model == models::TEST {
            self.rightness()?;
        }
        let measures = ("prompt", Some("most-prompt"));
        self.both("prompt 512, tok/s", true, measures, |c| {
            c.peer.prompt(c.file, c.plan.threads)
        })?;
        let measures = ("generate", Some("most-generate"));
        self.both("generate 128 at depth 512, tok/s", true, measures, |c| {
            c.peer.generate(c.file, c.plan.threads)
        })?;
        self.drafting()
    }

    /// What drafting costs: starts, first tokens, many drafts, memory, and what a person waits for.
    fn drafting(&mut self) -> Result<()> {
        let messages = self.extent().messages;
        let prompts = self.ours(&["--prompts", "--messages", &messages.to_string()])?;
        // The prefix of the measure is made and kept.
        self.measure("restart", 1)?;
        self.both(
            "first token after a restart, s",
            false,
            ("restart", None),
            |c| c.peer.restart(c.file, c.plan.threads, &prompts),
        )?;
        self.both("load until ready, s", false, ("load", None), |c| {
            c.peer.load(c.file, c.plan.threads)
        })?;
        self.both(
            "first token, prefix warm, s",
            false,
            ("first-token", None),
            |c| c.peer.first_token(c.file, c.plan.threads, &prompts),
        )?;
        let ours = self.measure("drafts", messages)?;
        // llama-server's best, and the memory of that one.
        let (mut best, mut memory, mut slots) = (0.0, 0.0, 1);
        for &n in self.plan.slots {
            let found = self
                .peer
                .drafts(self.file, self.plan.threads, n, &prompts)?;
            if found.0 > best {
                (best, memory, slots) = (found.0, found.1, n);
            }
        }
        say(&format!(
            "llama-server was best with {slots} of {:?} slots",
            self.plan.slots
        ));
        for (name, more_is_better, key, theirs) in [
            ("drafts an hour", true, "value", best),
            (
                "peak memory of the drafts, MB",
                false,
                "peak_memory_mb",
                memory,
            ),
        ] {
            let ours = vec![number(&ours, key)];
            self.keep(Row::new(
                name,
                self.model,
                &self.tier,
                more_is_better,
                ours,
                vec![theirs],
            ));
        }
        for (measure, name, scale) in [
            ("alone", "draft that a person waits for, median, s", 1.0),
            (
                "opening",
                "opening a message with a draft: the desk's part, p95, ms",
                1000.0,
            ),
        ] {
            let found = scale * self.figure(measure, messages.min(self.plan.awaited))?;
            self.keep(Row::alone(name, self.model, &self.tier, found));
        }
        Ok(())
    }

    /// How far either side is from the same weights in full floats, on the same text.
    fn rightness(&mut self) -> Result<()> {
        let threads = self.plan.threads;
        let reference =
            peer::build(false)?.reference(self.file, &text()?, threads, self.plan.chunks)?;
        let ours = self.ours(&["--reference", &reference.to_string_lossy()])?;
        let of = |key: &str| ours[key].as_f64().unwrap_or(f64::NAN);
        let (kl, perplexity) = self.peer.divergence(self.file, &reference, threads)?;
        say(&format!(
            "{} tokens, {} compared; perplexity in full floats {:.3}; same first choice in {:.1}%",
            ours["tokens"],
            ours["compared"],
            of("reference_perplexity"),
            100.0 * of("same_top")
        ));
        for (name, ours, theirs) in [
            (
                "KL divergence from full floats, nats/1000",
                1000.0 * of("kl"),
                1000.0 * kl,
            ),
            ("perplexity", of("perplexity"), perplexity),
        ] {
            let (ours, theirs) = (vec![ours], vec![theirs]);
            self.keep(Row::new(name, self.model, &self.tier, false, ours, theirs));
        }
        Ok(())
    }
}

fn number(v: &Value, key: &str) -> f64 {
    v[key].as_f64().unwrap_or(0.0)
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
