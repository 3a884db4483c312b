use super::access::Here;
use super::{Ended, Outcome, print, say};
use clap::{Args, ValueEnum};
use desk::ExportFormat;
use std::path::PathBuf;

/// Write decisions out whose undo window is over.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// What to write.
    #[arg(long)]
    format: Format,
    /// Folder to write into; it is made if need be.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Supervised examples, in TRL's fields.
    Sft,
    /// Preference pairs, in TRL's fields.
    Dpo,
    /// Labelled completions, in TRL's fields.
    Kto,
    /// Replies as FHIR R4 with their provenance.
    Fhir,
    /// Replies and feedback as tables.
    Csv,
}

impl Export {
    pub(super) fn run(self, here: Here) -> Outcome {
        let format = match self.format {
            Format::Sft => ExportFormat::Sft,
            Format::Dpo => ExportFormat::Dpo,
            Format::Kto => ExportFormat::Kto,
            Format::Fhir => ExportFormat::Fhir,
            Format::Csv => ExportFormat::Csv,
        };
        let report = here.desk()?.export(format, &self.out)?;
        print(&report)?;
        say("These files hold patient text. Keep them where the record may be kept.");
        Ok(Ended::Done)
    }
}
