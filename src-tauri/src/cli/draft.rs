use super::access::Here;
use super::{Ended, Outcome, ended, lines_of, print, say};
use clap::Args;
use contract::{Code, Failure, Preset, Sampling, Settings};
use desk::drafter::{Drafter, DrafterCommand};
use jiff::Zoned;
use std::path::PathBuf;

/// Draft replies. Red flags and thanks get none; the answer says so.
#[derive(Debug, Args)]
pub(super) struct Draft {
    /// JSON Lines of `id, message, chart?`, or `-`; without it, the waiting messages of the record.
    #[arg(long = "in", value_name = "FILE")]
    input: Option<PathBuf>,
    /// A model by name or path [default: the best installed one].
    #[arg(long, value_name = "NAME or PATH")]
    model: Option<String>,
    /// At most so many drafts; messages that get none do not count.
    #[arg(long, value_name = "N", default_value_t = usize::MAX, hide_default_value = true)]
    limit: usize,
    /// Draw tokens at random from this seed, instead of taking the likeliest.
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Ask for drafts of a kind: shorter, warmer, plainer, ask_first or spanish.
    #[arg(long = "as", value_name = "KIND", value_parser = preset)]
    preset: Option<Preset>,
}

/// A preset by its name.
fn preset(name: &str) -> Result<Preset, String> {
    let name = name.replace('-', "_");
    serde_json::from_value(name.into())
        .map_err(|_| "one of shorter, warmer, plainer, ask_first, spanish".into())
}

impl Draft {
    pub(super) fn run(self, here: Here) -> Outcome {
        let choice = here.place.choose(self.model.as_deref())?.ok_or_else(|| {
            Failure::new(
                Code::NoModel,
                "No model is installed. Get one with `countersign model fetch`, or take in a GGUF file with `countersign model import FILE`.",
            )
        })?;
        let sampling = match self.seed {
            Some(seed) => Sampling {
                seed,
                temperature: 0.7,
                ..Sampling::default()
            },
            None => Sampling::default(),
        };
        let sampling = Sampling {
            preset: self.preset,
            ..sampling
        };
        // The input is read before the model: a mistake is told at once.
        let input = self
            .input
            .as_deref()
            .map(lines_of::<desk::batch::Line>)
            .transpose()?;
        say(&format!("loading {}", choice.name));
        let command = DrafterCommand::own()?;
        let mut drafter = Drafter::start(&command, choice, || false)?;
        say(&format!("ready after {:.1} s", drafter.load_ms / 1000.0));
        match input {
            Some((lines, rejected)) => {
                let run = desk::batch::Run::new(
                    Zoned::now().date(),
                    sampling,
                    Settings::default().sign_off,
                )?;
                let mut printed = Ok(());
                run.draft_all(&mut drafter, lines.into_iter().take(self.limit), |line| {
                    if printed.is_ok() {
                        printed = print(&line);
                    }
                })?;
                printed?;
                ended(rejected)
            }
            None => {
                let mut printed = Ok(());
                here.desk()?
                    .draft_waiting(&mut drafter, self.limit, sampling, |line| {
                        if printed.is_ok() {
                            printed = print(&line);
                        }
                    })?;
                printed?;
                Ok(Ended::Done)
            }
        }
    }
}
