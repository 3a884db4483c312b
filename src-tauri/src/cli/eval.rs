use super::{Outcome, ended, lines_of, print, say};
use clap::Args;
use contract::{Code, Failure, Sampling, Settings};
use desk::Place;
use desk::batch::Run;
use desk::drafter::{Drafter, DrafterCommand};
use desk::eval::{Labelled, evaluate, html, table};
use jiff::Zoned;
use std::path::PathBuf;

/// Score triage, checks and drafts against a labelled file.
#[derive(Debug, Args)]
pub(super) struct Eval {
    /// JSON Lines with labels: `id, message, chart?, emergency?, draft?, errors?, unsupported?, reference?`.
    #[arg(long = "in", value_name = "FILE")]
    input: PathBuf,
    /// Draft the lines that hold no draft, with a model by name or path (`best` for the best installed one).
    #[arg(long, value_name = "NAME or PATH")]
    model: Option<String>,
    /// At most so many lines.
    #[arg(long, value_name = "N", default_value_t = usize::MAX, hide_default_value = true)]
    limit: usize,
    /// Also write one HTML page with plots.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

impl Eval {
    pub(super) fn run(self, place: &Place) -> Outcome {
        let (mut lines, rejected) = lines_of::<Labelled>(&self.input)?;
        lines.truncate(self.limit);
        let run = Run::new(
            Zoned::now().date(),
            Sampling::default(),
            Settings::default().sign_off,
        )?;
        let mut drafter = match self.model.as_deref() {
            None => None,
            Some(asked) => {
                let asked = (asked != "best").then_some(asked);
                let choice = place.choose(asked)?.ok_or_else(|| {
                    Failure::new(
                        Code::NoModel,
                        "No model is installed. Get one with `countersign model fetch`.",
                    )
                })?;
                Some(Drafter::start(&DrafterCommand::own()?, choice, || false)?)
            }
        };
        let all = lines.len();
        let mut told = 0;
        let scores = evaluate(&run, drafter.as_mut(), &lines, |_| {
            told += 1;
            say(&format!("{told} of {all}"));
        })?;
        say(&table(&scores));
        if let Some(path) = &self.html {
            std::fs::write(path, html(&scores, "Countersign: evaluation")).map_err(|e| {
                Failure::new(Code::Io, format!("The page could not be written: {e}."))
                    .at(path.display().to_string())
            })?;
        }
        print(&scores)?;
        ended(rejected)
    }
}
