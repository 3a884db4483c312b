use super::access::Here;
use super::{Ended, Outcome, print, say};
use clap::Args;
use contract::{Code, Failure, ImportOutcome};
use std::path::PathBuf;

/// Take in messages and charts. A bad record never stops the good ones; a bad file changes nothing.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// Files, or folders whose .json, .ndjson, .jsonl and .csv files are read.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

impl Import {
    pub(super) fn run(self, here: Here) -> Outcome {
        let desk = here.desk()?;
        let results = desk.import_paths(&self.paths);
        let (mut stored, mut unchanged, mut rejected, mut failed) = (0, 0, 0, 0);
        for (path, result) in &results {
            match result {
                Ok(lines) => {
                    for line in lines {
                        match line.outcome {
                            ImportOutcome::Stored => stored += 1,
                            ImportOutcome::Unchanged => unchanged += 1,
                            ImportOutcome::Rejected => rejected += 1,
                        }
                        print(line)?;
                    }
                }
                Err(f) => {
                    failed += 1;
                    let place = f
                        .place
                        .as_ref()
                        .map(|p| format!(" ({p})"))
                        .unwrap_or_default();
                    say(&format!(
                        "{}: not imported: {}{place} [{}]",
                        path.display(),
                        f.message,
                        f.code.as_str()
                    ));
                }
            }
        }
        say(&format!(
            "{stored} stored, {unchanged} unchanged, {rejected} rejected"
        ));
        if failed == results.len() {
            return Err(Failure::new(Code::Malformed, "Nothing was imported."));
        }
        Ok(if rejected + failed > 0 {
            Ended::WithRejected
        } else {
            Ended::Done
        })
    }
}
