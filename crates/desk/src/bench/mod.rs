//! The measures of the engine on this machine, one at a time, so that another
//! program can be measured in turn.

mod reference;
mod sample;

use crate::Place;
use crate::drafter::{Choice, Drafter, DrafterCommand};
use crate::place::io_failure;
use contract::{Code, Failure};
use drafting::decoder::Decoder;
use drafting::engine::{Engine, Setup, made_folder};
use drafting::kernels::Tier;
pub use reference::{Divergence, divergence};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Tokens of a shared prefix, of a message with its chart, and of a reply.
const PREFIX: usize = 600;
const OWN: usize = 300;
const REPLY: u32 = 100;
/// Runs of which the best is what the machine can do, and the products of one: some tenths of a second.
const RUNS: usize = 8;
const PRODUCTS: usize = 100_000_000_000;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Prefill of 512 tokens, in tokens a second.
    Prompt,
    /// Decode of 128 tokens at depth 512, in tokens a second.
    Generate,
    /// From a start to the first token of a reply: load, a kept prefix, a
    /// message; in seconds of this process.
    Restart,
    /// From a message to its first token, with the prefix warm, in seconds.
    FirstToken,
    /// Drafts an hour, many at once.
    Drafts,
    /// Load until ready, in seconds.
    Load,
    /// A draft of the sample that a person waits for, from the asking to its last word, in seconds: the median.
    Alone,
    /// The desk's part of opening a message whose draft is ready, on an encrypted record in a file, in seconds: the 95th
    /// percentile. What the window draws of it is not in it.
    Opening,
    /// The most tokens a second of a prompt that the processor's 8-bit products would allow.
    MostPrompt,
    /// The most tokens a second that could be written if weights came as fast as memory can be read.
    MostGenerate,
}

impl Measure {
    /// All, by the names they are asked for.
    pub const ALL: [(&'static str, Self); 10] = [
        ("prompt", Self::Prompt),
        ("generate", Self::Generate),
        ("restart", Self::Restart),
        ("first-token", Self::FirstToken),
        ("drafts", Self::Drafts),
        ("load", Self::Load),
        ("alone", Self::Alone),
        ("opening", Self::Opening),
        ("most-prompt", Self::MostPrompt),
        ("most-generate", Self::MostGenerate),
    ];
}

/// How to measure.
#[derive(Debug, Clone, Default)]
pub struct How {
    /// Instructions by name; the processor's best otherwise.
    pub tier: Option<String>,
    /// Threads; all cores otherwise.
    pub threads: Option<usize>,
    /// Messages for the drafts an hour, and most messages of the sample.
    pub messages: usize,
    /// Tokens guessed at once for a draft that is written alone; the engine's own number otherwise.
    pub guess: Option<usize>,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// The measure's name.
    pub measure: String,
    /// The model's name.
    pub model: String,
    /// Instructions that were used.
    pub tier: String,
    /// Threads.
    pub threads: usize,
    /// Tokens a second, seconds, or drafts an hour, by the measure.
    pub value: f64,
    /// Peak memory of the process that was measured, in MB; 0 where the system does not say.
    pub peak_memory_mb: u64,
}

/// The ids that both sides read: a shared prefix and messages that go on from it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prompts {
    /// The model file they are for.
    pub file: PathBuf,
    /// Ids of the prefix.
    pub prefix: Vec<u32>,
    /// Ids of each message.
    pub messages: Vec<Vec<u32>>,
}

/// The engine with a model, set up as asked.
fn open(choice: &Choice, how: &How) -> Result<(Engine, Setup), Failure> {
    let mut setup = Setup::default();
    if let Some(tier) = &how.tier {
        setup.tier = Tier::named(tier).ok_or_else(|| {
            Failure::new(
                Code::NotFound,
                format!("This processor has no tier {tier}."),
            )
        })?;
    }
    setup.threads = how.threads.unwrap_or(setup.threads);
    setup.guess = how.guess.unwrap_or(setup.guess);
    let engine = Engine::open(&choice.path, Some(&choice.sha256), setup)?;
    Ok((engine, setup))
}

/// Measures one thing with a model, in this process.
///
/// # Errors
/// The model's refusals and the engine's.
pub fn run(
    choice: &Choice,
    place: &Place,
    name: &str,
    measure: Measure,
    how: &How,
) -> Result<Figure, Failure> {
    if measure == Measure::Drafts && how.tier.is_none() {
        return drafts(choice, name, how);
    }
    let begun = Instant::now();
    let (mut engine, setup) = open(choice, how)?;
    let load = begun.elapsed().as_secs_f64();
    let prompts = prompts(&engine, &choice.path, how.messages.max(1))?;
    let most = u32::try_from(how.messages).unwrap_or(u32::MAX);
    let value = match measure {
        Measure::Alone => percentile(sample::alone(&mut engine, choice, place, most)?, 50),
        Measure::Opening => percentile(sample::opening(&mut engine, choice, place, most)?, 95),
        Measure::MostPrompt => best_rate(&mut engine, |decoder| {
            let done = decoder.kernels().multiply(PRODUCTS);
            done as f64 / decoder.cost().products as f64
        })?,
        Measure::MostGenerate => best_rate(&mut engine, |decoder| {
            decoder.kernels().read(decoder.bytes());
            decoder.bytes().len() as f64 / decoder.cost().bytes as f64
        })?,
        Measure::Load => load,
        Measure::Prompt => {
            let ids = &prompts.messages.concat()[..];
            let ids: Vec<u32> = ids.iter().copied().cycle().take(512).collect();
            engine.forward(&ids, 0)?;
            let begun = Instant::now();
            engine.forward(&ids, 0)?;
            512.0 / begun.elapsed().as_secs_f64()
        }
        Measure::Generate => {
            let ids: Vec<u32> = prompts.prefix[..512].to_vec();
            engine.forward(&ids, 0)?;
            for i in 0..8 {
                engine.forward(&ids[i..=i], 512 + i)?;
            }
            let begun = Instant::now();
            for i in 0..128 {
                engine.forward(&ids[i..=i], 512 + i)?;
            }
            128.0 / begun.elapsed().as_secs_f64()
        }
        Measure::Restart => {
            // What an earlier run would have kept is made first, where a drafter may write, and is gone with the folder.
            let made = made_folder(&choice.path);
            let folder = tempfile::Builder::new()
                .prefix("bench-")
                .tempdir_in(&made)
                .map_err(|e| io_failure(&made, &e))?;
            let kept = folder.path().join("prefix");
            engine.share(prompts.prefix.clone(), Some(&kept))?;
            drop(engine);
            let begun = Instant::now();
            let (mut engine, _) = open(choice, how)?;
            engine.share(prompts.prefix.clone(), Some(&kept))?;
            engine.write_exact(&prompts.prefix, &prompts.messages[..1], 1)?;
            begun.elapsed().as_secs_f64()
        }
        Measure::FirstToken => {
            engine.share(prompts.prefix.clone(), None)?;
            engine.write_exact(&prompts.prefix, &prompts.messages[..1], 1)?;
            let begun = Instant::now();
            engine.write_exact(&prompts.prefix, &prompts.messages[..1], 1)?;
            begun.elapsed().as_secs_f64()
        }
        Measure::Drafts => {
            engine.share(prompts.prefix.clone(), None)?;
            let begun = Instant::now();
            engine.write_exact(&prompts.prefix, &prompts.messages, REPLY)?;
            3600.0 * how.messages as f64 / begun.elapsed().as_secs_f64()
        }
    };
    Ok(Figure {
        measure: name.into(),
        model: choice.name.clone(),
        tier: setup.tier.name().into(),
        threads: setup.threads,
        value,
        peak_memory_mb: peak_memory_mb("self"),
    })
}

/// Tokens a second at the best of some runs; a run says how many tokens it stands for.
fn best_rate(engine: &mut Engine, run: impl Fn(&Decoder) -> f64) -> Result<f64, Failure> {
    let decoder = engine.decoder().ok_or_else(|| {
        Failure::new(
            Code::NotFound,
            "The model is not run by the project's decoder.",
        )
    })?;
    let rates = (0..RUNS).map(|_| {
        let begun = Instant::now();
        let tokens = run(decoder);
        tokens / begun.elapsed().as_secs_f64()
    });
    Ok(rates.fold(0.0, f64::max))
}

/// Drafts an hour and the memory they take, of the process that drafts for the desk, walls and low priority included.
fn drafts(choice: &Choice, name: &str, how: &How) -> Result<Figure, Failure> {
    let Prompts {
        prefix, messages, ..
    } = prompts_of(choice, how.messages)?;
    let setup = Setup::default();
    let threads = how.threads.unwrap_or(setup.threads);
    let choice = Choice {
        threads,
        ..choice.clone()
    };
    let mut drafter = Drafter::start(&DrafterCommand::own()?, choice, || false)?;
    let count = messages.len();
    let seconds = drafter.measure(prefix, messages, REPLY)?;
    Ok(Figure {
        measure: name.into(),
        model: drafter.choice.name.clone(),
        tier: setup.tier.name().into(),
        threads,
        value: 3600.0 * count as f64 / seconds,
        peak_memory_mb: peak_memory_mb(&drafter.pid().to_string()),
    })
}

fn percentile(mut values: Vec<f64>, percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = (values.len() * percent / 100).min(values.len().saturating_sub(1));
    values.get(at).copied().unwrap_or(0.0)
}

/// The ids for measuring with a model.
///
/// # Errors
/// The model's refusals and the tokenizer's.
pub fn prompts_of(choice: &Choice, messages: usize) -> Result<Prompts, Failure> {
    let engine = Engine::open(&choice.path, Some(&choice.sha256), Setup::default())?;
    prompts(&engine, &choice.path, messages)
}

fn prompts(engine: &Engine, file: &Path, messages: usize) -> Result<Prompts, Failure> {
    let ids = |text: String, len: usize| -> Result<Vec<u32>, Failure> {
        let mut ids = engine.tokenizer().encode(&text)?;
        ids.truncate(len);
        Ok(ids)
    };
    let rule = "A reply from the clinic is short, warm and plain, and says only what the chart and the message say. ";
    Ok(Prompts {
        file: file.to_owned(),
        prefix: ids(rule.repeat(40), PREFIX)?,
        messages: (0..messages)
            .map(|n| {
                let text = format!("Message {n}: my knee is still swollen {n} days after the walk, the tablets upset my stomach, and I would like to know what to do next. ");
                ids(text.repeat(14), OWN)
            })
            .collect::<Result<_, _>>()?,
    })
}

/// `VmHWM` of a process (proc(5)).
fn peak_memory_mb(process: &str) -> u64 {
    std::fs::read_to_string(format!("/proc/{process}/status"))
        .ok()
        .and_then(|s| {
            let line = s.lines().find(|l| l.starts_with("VmHWM:"))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        })
        .map_or(0, |kb| kb / 1024)
}
