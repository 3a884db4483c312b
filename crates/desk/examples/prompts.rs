//! Scores versions of the prompt side by side.
//!
//! `cargo run -p desk --example prompts -- --model MODEL.gguf --in FILE.jsonl [--preset KIND] [--only even|odd]
//! [--drafts DIR] PROMPT.toml…` drafts every line with each prompt and prints one table in Markdown.

use contract::{Failure, Preset, Sampling, Settings};
use desk::batch::{DraftLine, Run, lines};
use desk::eval::{InProcess, Labelled, Rate, Scores, Spread, evaluate};
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Default)]
struct Asked {
    model: PathBuf,
    input: PathBuf,
    preset: Option<Preset>,
    only: Option<usize>,
    drafts: Option<PathBuf>,
    prompts: Vec<PathBuf>,
}

fn asked() -> Result<Asked, Box<dyn Error>> {
    let mut asked = Asked::default();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} needs a value"));
        match arg.as_str() {
            "--model" => asked.model = value()?.into(),
            "--in" => asked.input = value()?.into(),
            "--drafts" => asked.drafts = Some(value()?.into()),
            "--preset" => asked.preset = Some(serde_json::from_value(value()?.into())?),
            "--only" => {
                asked.only = match value()?.as_str() {
                    "even" => Some(0),
                    "odd" => Some(1),
                    other => return Err(format!("{other} is neither even nor odd").into()),
                }
            }
            _ => asked.prompts.push(arg.into()),
        }
    }
    Ok(asked)
}

fn main() -> Result<(), Box<dyn Error>> {
    let asked = asked()?;
    let mut labelled = lines::<Labelled>(&std::fs::read_to_string(&asked.input)?)
        .map(|(n, line)| line.map_err(|why| format!("line {n}: {why}")))
        .collect::<Result<Vec<_>, _>>()?;
    // Halves by the order in the file: one to work with, one to confirm.
    if let Some(half) = asked.only {
        let mut n = 0;
        labelled.retain(|_| {
            n += 1;
            (n - 1) % 2 == half
        });
    }
    // What a file's own drafts are is not asked here.
    labelled.iter_mut().for_each(|l| l.draft = None);
    let sampling = Sampling {
        preset: asked.preset,
        ..Sampling::default()
    };
    let run = Run::new(
        jiff::Zoned::now().date(),
        sampling,
        Settings::default().sign_off,
    )?;
    let mut engine = InProcess::open(&asked.model)?;
    let mut columns = Vec::new();
    for path in &asked.prompts {
        engine.use_words(&std::fs::read_to_string(path)?)?;
        let version = engine.prompt_version().to_owned();
        let mut kept = keep(asked.drafts.as_deref(), &version)?;
        let mut written = Ok(());
        let scores = evaluate(&run, Some(&mut engine), &labelled, |line| {
            if let (Some(file), Ok(())) = (kept.as_mut(), &written) {
                written = tell(file, line);
            }
        })?;
        written?;
        eprintln!("{version}: {} drafts", scores.drafts);
        columns.push((version, scores));
    }
    print!("{}", side_by_side(&columns));
    Ok(())
}

/// The file that keeps a version's drafts, where one is wanted.
fn keep(folder: Option<&Path>, version: &str) -> Result<Option<std::fs::File>, Failure> {
    let Some(folder) = folder else {
        return Ok(None);
    };
    let failed = |e: std::io::Error| {
        Failure::new(
            contract::Code::Io,
            format!("Drafts could not be kept: {e}."),
        )
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    std::fs::File::create(folder.join(format!("{version}.jsonl")))
        .map(Some)
        .map_err(failed)
}

fn tell(file: &mut std::fs::File, line: &DraftLine) -> std::io::Result<()> {
    writeln!(file, "{}", serde_json::to_string(line)?)
}

fn side_by_side(columns: &[(String, Scores)]) -> String {
    type Row = (&'static str, fn(&Scores) -> String);
    let rows: &[Row] = &[
        ("drafts (kept back by the gate)", |s| {
            format!("{} ({})", s.drafts, s.gated)
        }),
        ("words, median (p95)", |s| spread(&s.words, 0)),
        ("reading grade, median (p95)", |s| spread(&s.grades, 1)),
        ("drafts that repeat", |s| s.repeating.to_string()),
        ("drafts with an invented sign-off", |s| {
            s.signing.to_string()
        }),
        ("urgent advice kept", |s| rate(s.urgent_advice)),
        ("of it by fixed text", |s| rate(s.urgent_fixed)),
        ("findings about facts, a draft", |s| {
            format!("{:.2}", s.unsupported as f64 / s.drafts.max(1) as f64)
        }),
        ("all findings, a draft", |s| {
            format!(
                "{:.2}",
                s.found.values().sum::<usize>() as f64 / s.drafts.max(1) as f64
            )
        }),
        ("of which kinds", |s| {
            let kinds: Vec<_> = s.found.iter().map(|(k, n)| format!("{k} {n}")).collect();
            kinds.join(", ")
        }),
        ("ROUGE-1 with the nearest reply, median", |s| {
            s.rouge
                .quantile(0.5)
                .map_or("-".into(), |x| format!("{x:.3}"))
        }),
        ("time of a draft among 16, median", |s| {
            s.draft_ms
                .quantile(0.5)
                .map_or("-".into(), |x| format!("{:.1} s", x / 1000.0))
        }),
    ];
    let mut out = String::from("| |");
    columns.iter().for_each(|(v, _)| out += &format!(" {v} |"));
    out += &format!("\n|---|{}\n", "---|".repeat(columns.len()));
    for (name, cell) in rows {
        out += &format!("| {name} |");
        columns
            .iter()
            .for_each(|(_, s)| out += &format!(" {} |", cell(s)));
        out.push('\n');
    }
    out
}

fn spread(s: &Spread, digits: usize) -> String {
    match (s.quantile(0.5), s.quantile(0.95)) {
        (Some(m), Some(p)) => format!("{m:.digits$} ({p:.digits$})"),
        _ => "-".into(),
    }
}

fn rate(r: Rate) -> String {
    r.share().map_or("-".into(), |p| {
        format!("{:.0}% ({} of {})", p * 100.0, r.hits, r.of)
    })
}
