//! The command line: JSON Lines on standard output, words for people on
//! standard error; exit 0 done, 1 finished with rejected records, 2 could not.

mod access;
mod audit;
mod backup;
mod check;
mod deidentify;
mod draft;
mod eval;
mod export;
mod import;
mod model;
mod rules;
mod safety;
mod triage;
mod user;

use access::{Here, Login};
use clap::{Parser, Subcommand};
use contract::{Code, Failure};
use desk::Place;
use serde::Serialize;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Review replies to patient messages, drafted on this machine.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, about, max_term_width = 100)]
pub(crate) struct Args {
    /// Folder of the record [default: this user's own].
    #[arg(long, global = true, value_name = "DIR", env = "COUNTERSIGN_DATA")]
    data: Option<PathBuf>,
    /// Folder of the models [default: this user's own].
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "COUNTERSIGN_MODELS",
        hide = true
    )]
    models: Option<PathBuf>,
    #[command(flatten)]
    login: Login,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make an encrypted record and its first admin.
    Init(user::Init),
    /// Look after the people of the record, and its keys.
    User(user::User),
    /// Write an encrypted backup.
    Backup(backup::Backup),
    /// Put a backup into an empty place.
    Restore(backup::Restore),
    /// Take in messages and charts: FHIR R4 Bundle, FHIR NDJSON, CSV, JSONL.
    Import(import::Import),
    /// Say how urgent messages are, and why.
    Triage(triage::Triage),
    /// Draft replies to waiting messages, or to lines of JSON.
    Draft(draft::Draft),
    /// Check drafts against message and chart.
    Check(check::Check),
    /// Score triage, checks and drafts against a labelled file.
    Eval(eval::Eval),
    /// Write the record out, for learning or for the chart.
    Export(export::Export),
    /// Review texts that are to leave without identifiers.
    Deidentify(deidentify::Deidentify),
    /// Read what people reported as unsafe, with what each draft was made from.
    Safety(safety::Safety),
    /// List, fetch, import, inspect and remove models.
    Model(model::Model),
    /// Look after the clinic's own triage rules and fixed texts.
    Rules(rules::Rules),
    /// Look after the audit chain.
    Audit(audit::Audit),
    /// Measure the engine on this machine.
    Bench(model::Bench),
    /// The engine's own process; started by the desk.
    #[command(hide = true)]
    Drafter {
        /// The model it may read.
        model: PathBuf,
    },
}

/// How a command ended well.
enum Ended {
    /// All done.
    Done,
    /// Done, with records rejected.
    WithRejected,
}

type Outcome = Result<Ended, Failure>;

/// Runs a command, or opens the window when none is given.
pub(crate) fn run(args: Args) -> ExitCode {
    let place = match Place::of_user(args.data, args.models) {
        Ok(place) => place,
        Err(f) => return failed(&f),
    };
    let here = Here {
        place,
        login: args.login,
    };
    let outcome = match args.command {
        None => window(here),
        Some(Command::Drafter { model }) => match desk::drafter::serve(&model) {
            Ok(()) => Ok(Ended::Done),
            // The parent is gone; there is nobody to tell.
            Err(_) => return ExitCode::from(2),
        },
        Some(Command::Init(c)) => c.run(here),
        Some(Command::User(c)) => c.run(here),
        Some(Command::Backup(c)) => c.run(here),
        Some(Command::Restore(c)) => c.run(here),
        Some(Command::Import(c)) => c.run(here),
        Some(Command::Triage(c)) => c.run(here),
        Some(Command::Draft(c)) => c.run(here),
        Some(Command::Check(c)) => c.run(),
        Some(Command::Eval(c)) => c.run(&here.place),
        Some(Command::Export(c)) => c.run(here),
        Some(Command::Deidentify(c)) => c.run(here),
        Some(Command::Safety(c)) => c.run(here),
        Some(Command::Model(c)) => c.run(here),
        Some(Command::Rules(c)) => c.run(here),
        Some(Command::Bench(c)) => c.run(&here.place),
        Some(Command::Audit(c)) => c.run(here),
    };
    match outcome {
        Ok(Ended::Done) => ExitCode::SUCCESS,
        Ok(Ended::WithRejected) => ExitCode::from(1),
        Err(f) => failed(&f),
    }
}

fn failed(f: &Failure) -> ExitCode {
    let place = f
        .place
        .as_ref()
        .map(|p| format!(" ({p})"))
        .unwrap_or_default();
    let _ = writeln!(
        std::io::stderr(),
        "countersign: {}{place} [{}]",
        f.message,
        f.code.as_str()
    );
    ExitCode::from(2)
}

#[cfg(feature = "window")]
fn window(here: Here) -> Outcome {
    // The window asks for the passphrase itself.
    let desk = desk::Desk::new(here.place.clone(), desk::Clock::system(), "window")?
        .with_keyring(crate::keyring::SystemKeyring::default());
    if here.login.demo {
        desk.open_demo()?;
    }
    crate::window::open(desk)?;
    Ok(Ended::Done)
}

#[cfg(not(feature = "window"))]
fn window(_: Here) -> Outcome {
    Err(Failure::new(
        Code::Internal,
        "This build has no window. Use a command: countersign --help lists them.",
    ))
}

/// One line of JSON on standard output. A closed pipe ends the program quietly.
fn print(value: &impl Serialize) -> Result<(), Failure> {
    let text =
        serde_json::to_string(value).map_err(|e| Failure::new(Code::Internal, e.to_string()))?;
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{text}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
    Ok(())
}

/// Words for the person at the terminal.
fn say(words: &str) {
    let _ = writeln!(std::io::stderr(), "{words}");
}

/// The text of a file, or of standard input for `-`.
fn read(path: &Path) -> Result<String, Failure> {
    let failed = |e: std::io::Error| {
        Failure::new(Code::Io, format!("The input could not be read: {e}."))
            .at(path.display().to_string())
    };
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(failed)?;
        return Ok(text);
    }
    std::fs::read_to_string(path).map_err(failed)
}

/// Reads lines of JSON; unreadable ones are said and counted.
fn lines_of<T: serde::de::DeserializeOwned>(path: &Path) -> Result<(Vec<T>, usize), Failure> {
    let text = read(path)?;
    let (mut good, mut bad) = (Vec::new(), 0);
    for (n, line) in desk::batch::lines(&text) {
        match line {
            Ok(line) => good.push(line),
            Err(why) => {
                bad += 1;
                say(&format!("{}, line {n}: rejected: {why}", path.display()));
            }
        }
    }
    if good.is_empty() && bad == 0 {
        return Err(desk::batch::nothing_to_read());
    }
    Ok((good, bad))
}

fn ended(rejected: usize) -> Outcome {
    Ok(if rejected == 0 {
        Ended::Done
    } else {
        Ended::WithRejected
    })
}
