use super::access::Here;
use super::{Ended, Outcome, print, read, say};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;

/// Look after the clinic's own triage rules and fixed texts.
#[derive(Debug, Args)]
pub(super) struct Rules {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Try a file of rules with the messages it brings; no record is needed.
    Check {
        /// The file, TOML, or `-`.
        file: PathBuf,
    },
    /// Put a file of rules in force, in place of the one before.
    Set {
        /// The file, TOML, or `-`.
        file: PathBuf,
    },
    /// Print the file in force.
    Show,
    /// Take the clinic's rules away; what is built in stays.
    Clear,
}

impl Rules {
    pub(super) fn run(self, here: Here) -> Outcome {
        let own = match self.what {
            What::Check { file } => {
                let rules = desk::rules::with_clinic(&read(&file)?)
                    .map_err(|f| f.at(file.display().to_string()))?;
                let ids: Vec<&str> = rules.own().collect();
                print(&json!({"rules": ids}))?;
                return Ok(Ended::Done);
            }
            What::Set { file } => {
                let text = read(&file)?;
                here.desk()?
                    .set_own_rules(&text)
                    .map_err(|f| f.at(file.display().to_string()))?
            }
            What::Show => {
                let own = here.desk()?.own_rules()?;
                if own.text.is_empty() {
                    say("The clinic has no rules of its own.");
                }
                own
            }
            What::Clear => here.desk()?.set_own_rules("")?,
        };
        print(&json!({"rules": own.ids, "fault": own.fault, "text": own.text}))?;
        Ok(Ended::Done)
    }
}
