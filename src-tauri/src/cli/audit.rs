use super::{Ended, Outcome, open_desk, print};
use clap::{Args, Subcommand};
use desk::Place;

/// Look after the audit chain.
#[derive(Debug, Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Walk the chain from its first row; exit 2 and the row where it breaks, if it does.
    Verify,
}

impl Audit {
    pub(super) fn run(self, place: Place) -> Outcome {
        match self.command {
            What::Verify => {
                print(&open_desk(place)?.verify_audit()?)?;
                Ok(Ended::Done)
            }
        }
    }
}
