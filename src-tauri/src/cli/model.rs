use super::access::Here;
use super::{Ended, Outcome, print, say};
use clap::{Args, Subcommand};
use contract::{Code, Failure};
use desk::Place;
use desk::bench::{How, Measure};
use std::cell::Cell;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;

/// List, fetch, import, inspect and remove models.
#[derive(Debug, Args)]
pub(super) struct Model {
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The models that are known, and which of them are on this machine.
    List,
    /// Bring a known model here [default: the best that can be had]; goes on where it stopped.
    Fetch {
        /// Name from the list.
        name: Option<String>,
    },
    /// Take in any GGUF file from disk.
    Import {
        /// The file.
        file: PathBuf,
        /// Name to give it [default: the file's].
        #[arg(long)]
        name: Option<String>,
    },
    /// Say what a model is and needs, without loading it.
    Inspect {
        /// Name or path.
        model: String,
    },
    /// Let a model draft for the record that is not on the list of known models.
    Allow {
        /// Name from the list.
        name: String,
    },
    /// Take that back; a model that was removed is named by its hash.
    Disallow {
        /// Name from the list, or SHA-256.
        model: String,
    },
    /// Remove a model from this machine.
    Remove {
        /// Name from the list.
        name: String,
    },
}

impl Model {
    pub(super) fn run(self, here: Here) -> Outcome {
        let place = &here.place.clone();
        let shown = Progress::default();
        let progress = |what: &str, done: u64, all: u64| shown.show(what, done, all);
        match self.command {
            What::List => {
                for line in place.list_models()? {
                    print(&line)?;
                }
            }
            What::Fetch { name } => {
                let name = place.fetch_model(name.as_deref(), &progress)?;
                shown.end();
                say(&format!("{name} is here and verified."));
                print(&serde_json::json!({"name": name, "outcome": "installed"}))?;
            }
            What::Import { file, name } => {
                let line = place.import_model(&file, name.as_deref(), &progress)?;
                shown.end();
                print(&line)?;
            }
            What::Allow { name } => {
                let line = here.desk()?.allow_model(&name)?;
                print(
                    &serde_json::json!({"name": line.name, "sha256": line.sha256, "outcome": "allowed"}),
                )?;
            }
            What::Disallow { model } => {
                here.desk()?.disallow_model(&model)?;
                print(&serde_json::json!({"model": model, "outcome": "disallowed"}))?;
            }
            What::Inspect { model } => print(&place.inspect_model(&model)?)?,
            What::Remove { name } => {
                place.remove_model(&name)?;
                print(&serde_json::json!({"name": name, "outcome": "removed"}))?;
            }
        }
        Ok(Ended::Done)
    }
}

/// Progress on standard error: one line that is written over on a terminal,
/// a line for every tenth elsewhere.
#[derive(Default)]
struct Progress {
    tenth: Cell<u64>,
    open: Cell<bool>,
}

impl Progress {
    fn show(&self, what: &str, done: u64, all: u64) {
        if all == 0 {
            self.end();
            say(what);
            return;
        }
        let tenth = done.saturating_mul(10) / all;
        let terminal = std::io::stderr().is_terminal();
        let mb = |n: u64| n / 1_000_000;
        let line = format!("{what}: {} of {} MB", mb(done), mb(all));
        if terminal {
            let _ = write!(std::io::stderr(), "\r{line}   ");
            self.open.set(true);
        } else if self.tenth.replace(tenth) != tenth {
            say(&line);
        }
    }

    fn end(&self) {
        if self.open.replace(false) {
            say("");
        }
    }
}

/// Measure the engine on this machine.
#[derive(Debug, Args)]
pub(super) struct Bench {
    /// A model by name or path [default: the best installed one].
    #[arg(long, value_name = "NAME or PATH")]
    model: Option<String>,
    /// One measure: prompt, generate, restart, first-token, drafts, load, alone, opening, most-prompt or most-generate [default: all].
    #[arg(long)]
    measure: Option<String>,
    /// Instructions: avx512-vnni, avx-vnni, avx2 or portable [default: the best there is].
    #[arg(long)]
    tier: Option<String>,
    /// Threads [default: all cores].
    #[arg(long)]
    threads: Option<usize>,
    /// Messages for the drafts an hour.
    #[arg(long, default_value_t = 50)]
    messages: usize,
    /// Tokens guessed at once for a draft that is written alone, 0 to 3 [default: 3].
    #[arg(long)]
    guess: Option<usize>,
    /// Compare with a file of `llama-perplexity --kl-divergence-base` instead: divergence and perplexity.
    #[arg(long, value_name = "FILE")]
    reference: Option<PathBuf>,
    /// Print the token ids that are read instead, for another program to read.
    #[arg(long)]
    prompts: bool,
}

impl Bench {
    pub(super) fn run(self, place: &Place) -> Outcome {
        let choice = place.choose(self.model.as_deref())?.ok_or_else(|| {
            Failure::new(
                Code::NoModel,
                "No model is installed. Get one with `countersign model fetch`.",
            )
        })?;
        if self.prompts {
            print(&desk::bench::prompts_of(&choice, self.messages)?)?;
            return Ok(Ended::Done);
        }
        let how = How {
            tier: self.tier,
            threads: self.threads,
            messages: self.messages,
            guess: self.guess,
        };
        if let Some(reference) = &self.reference {
            print(&desk::bench::divergence(&choice, reference, &how)?)?;
            return Ok(Ended::Done);
        }
        let asked = self.measure.as_deref();
        let mut any = false;
        for (name, measure) in Measure::ALL {
            if asked.is_none_or(|a| a == name) {
                any = true;
                print(&desk::bench::run(&choice, place, name, measure, &how)?)?;
            }
        }
        if !any {
            return Err(Failure::new(
                Code::NotFound,
                "There is no such measure. `countersign bench --help` lists them.",
            ));
        }
        Ok(Ended::Done)
    }
}
