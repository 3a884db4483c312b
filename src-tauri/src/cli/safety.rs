use super::access::Here;
use super::{Ended, Outcome, print, say};
use clap::{Args, Subcommand};

/// Read what people reported as unsafe.
#[derive(Debug, Args)]
pub(super) struct Safety {
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Every report, oldest first, with the message, the draft and what it was made from. It holds patient text.
    List,
}

impl Safety {
    pub(super) fn run(self, here: Here) -> Outcome {
        let What::List = self.command;
        let reports = here.desk()?.safety_reports()?;
        for report in &reports {
            print(report)?;
        }
        if reports.is_empty() {
            say("Nothing was reported.");
        }
        Ok(Ended::Done)
    }
}
