use super::access::Here;
use super::{Ended, Outcome, print};
use clap::Args;
use contract::{Code, Failure};
use desk::{Clock, Desk};
use std::path::PathBuf;

/// Write an encrypted backup into a new folder, and check it.
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The folder.
    folder: Option<PathBuf>,
    /// The folder, as an option.
    #[arg(long, value_name = "DIR", conflicts_with = "folder")]
    out: Option<PathBuf>,
}

impl Backup {
    pub(super) fn run(self, here: Here) -> Outcome {
        let folder = self.folder.or(self.out).ok_or_else(|| needed("out"))?;
        let head = here.desk()?.backup(&folder)?;
        print(
            &serde_json::json!({"backup": folder, "audit_rows": head.rows, "audit_hash": head.hash}),
        )?;
        Ok(Ended::Done)
    }
}

/// Put a backup into a place that holds no record, after it proved sound.
#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The backup's folder.
    folder: Option<PathBuf>,
    /// The backup's folder, as an option.
    #[arg(long, value_name = "DIR", conflicts_with = "folder")]
    from: Option<PathBuf>,
}

impl Restore {
    pub(super) fn run(self, here: Here) -> Outcome {
        let folder = self.folder.or(self.from).ok_or_else(|| needed("from"))?;
        // The people of the backup open it, not those of the place.
        let theirs = desk::Place {
            data: folder.clone(),
            models: here.place.models.clone(),
        };
        let unlock = here.login.unlock(&theirs)?;
        let data = here.place.data.clone();
        let (head, _desk) = Desk::restore(
            here.place,
            &folder,
            &unlock,
            Clock::system(),
            "command line",
        )?;
        print(
            &serde_json::json!({"restored": data, "audit_rows": head.rows, "audit_hash": head.hash}),
        )?;
        Ok(Ended::Done)
    }
}

fn needed(option: &str) -> Failure {
    Failure::new(
        Code::Incomplete,
        format!("Name the folder: --{option} DIR."),
    )
}
