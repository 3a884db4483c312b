use super::access::Here;
use super::{Ended, Outcome, print, say};
use clap::{Args, Subcommand};

/// Read what is left of texts without identifiers, and say whether it may leave.
#[derive(Debug, Args)]
pub(super) struct Deidentify {
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show the next texts that nobody has reviewed.
    Next {
        /// Go on behind this row.
        #[arg(long, value_name = "ROW", default_value_t = 0)]
        after: i64,
    },
    /// Show a row's texts, without these words as well.
    Show {
        /// Its number.
        row: i64,
        /// Words that are to go besides; may be given again.
        #[arg(long, value_name = "WORDS")]
        also: Vec<String>,
    },
    /// The texts as shown hold nothing that tells who the patient is: they may leave.
    Approve {
        /// Their row.
        row: i64,
        /// The hash that was shown with them.
        #[arg(long)]
        hash: String,
        /// Words that go besides, as when they were shown.
        #[arg(long, value_name = "WORDS")]
        also: Vec<String>,
    },
    /// The texts may not leave.
    Refuse {
        /// Their row.
        row: i64,
    },
}

impl Deidentify {
    pub(super) fn run(self, here: Here) -> Outcome {
        let desk = here.desk()?;
        match self.command {
            What::Next { after } => match desk.next_deid_case(after)? {
                Some(case) => print(&case)?,
                None => say("All decisions that could teach have been reviewed."),
            },
            What::Show { row, also } => print(&desk.deid_case(row, &also)?)?,
            What::Approve { row, hash, also } => {
                desk.review_deid(row, &hash, true, &also)?;
                print(&serde_json::json!({"id": row, "approved": true}))?;
            }
            What::Refuse { row } => {
                desk.review_deid(row, "", false, &[])?;
                print(&serde_json::json!({"id": row, "approved": false}))?;
            }
        }
        Ok(Ended::Done)
    }
}
