//! The measures of the engine on this machine.

use crate::drafter::Choice;
use contract::Failure;
use drafting::engine::Engine;
use drafting::model_file::ModelFile;
use serde::Serialize;
use std::time::Instant;

/// Tokens of the prompt that is measured.
const PROMPT: usize = 512;
/// Tokens that are generated.
const GENERATE: usize = 64;
/// Runs of each measure after one that warms up.
const RUNS: usize = 3;

/// Medians of a few runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measures {
    /// The model's name.
    pub model: String,
    /// Threads the machine offers.
    pub threads: usize,
    /// Hashing and loading, in seconds.
    pub load_s: f64,
    /// Prefill of 512 tokens, in tokens a second.
    pub prompt_512_tok_s: f64,
    /// Decode at depth 512, in tokens a second.
    pub generate_tok_s: f64,
    /// Peak memory of the process, in MB; 0 where the system does not say.
    pub peak_memory_mb: u64,
}

/// Measures a model in this process.
///
/// # Errors
/// The model's refusals and the engine's.
pub fn run(choice: &Choice) -> Result<Measures, Failure> {
    let begun = Instant::now();
    let file = ModelFile::open(&choice.path, Some(&choice.sha256))?;
    let mut engine = Engine::load(file)?;
    let load_s = begun.elapsed().as_secs_f64();
    let text = "The patient writes that the knee is still swollen after the walk and asks what to do next. ".repeat(64);
    let mut ids = engine.tokenizer().encode(&text)?;
    ids.truncate(PROMPT);
    let (mut prompt, mut generate) = (Vec::new(), Vec::new());
    for _ in 0..=RUNS {
        let begun = Instant::now();
        engine.forward(&ids, 0)?;
        prompt.push(ids.len() as f64 / begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        for i in 0..GENERATE {
            engine.forward(&ids[i..=i], ids.len() + i)?;
        }
        generate.push(GENERATE as f64 / begun.elapsed().as_secs_f64());
    }
    Ok(Measures {
        model: choice.name.clone(),
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        load_s,
        prompt_512_tok_s: median(&prompt[1..]),
        generate_tok_s: median(&generate[1..]),
        peak_memory_mb: peak_memory_mb(),
    })
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// `VmHWM` of this process (proc(5)).
fn peak_memory_mb() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|s| {
            let line = s.lines().find(|l| l.starts_with("VmHWM:"))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        })
        .map_or(0, |kb| kb / 1024)
}
