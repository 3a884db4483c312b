use super::{Outcome, ended, lines_of, print};
use clap::Args;
use contract::{Sampling, Settings};
use desk::batch::{CheckLine, FindingsLine, Run};
use jiff::Zoned;
use std::path::PathBuf;

/// Check drafts against message and chart. Rules only; no model is asked.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// JSON Lines of `id, chart, message, draft`, or `-`.
    #[arg(long = "in", value_name = "FILE")]
    input: PathBuf,
}

impl Check {
    pub(super) fn run(self) -> Outcome {
        let (lines, rejected) = lines_of::<CheckLine>(&self.input)?;
        let run = Run::new(
            Zoned::now().date(),
            Sampling::default(),
            Settings::default().sign_off,
        )?;
        for CheckLine { line, draft } in lines {
            let findings = run.check(&line, &draft);
            print(&FindingsLine {
                id: line.id,
                findings,
            })?;
        }
        ended(rejected)
    }
}
