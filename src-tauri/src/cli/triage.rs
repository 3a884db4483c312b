use super::access::Here;
use super::{Outcome, ended, lines_of, print};
use clap::Args;
use std::path::PathBuf;

/// Say how urgent messages are, and why. Rules only; no model is asked.
#[derive(Debug, Args)]
pub(super) struct Triage {
    /// JSON Lines of `id, message`, or `-`; without it, the waiting messages of the record.
    #[arg(long = "in", value_name = "FILE")]
    input: Option<PathBuf>,
}

impl Triage {
    pub(super) fn run(self, here: Here) -> Outcome {
        let (lines, rejected) = match &self.input {
            Some(path) => {
                let (lines, rejected) = lines_of(path)?;
                (desk::batch::triage(lines)?, rejected)
            }
            None => (here.desk()?.triage_waiting()?, 0),
        };
        for line in &lines {
            print(line)?;
        }
        ended(rejected)
    }
}
