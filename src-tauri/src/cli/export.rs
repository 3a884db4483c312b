use super::access::Here;
use super::{Ended, Outcome, print, say};
use clap::{Args, ValueEnum};
use desk::{ExportForm, ExportFormat};
use std::path::PathBuf;

/// Write decisions out whose undo window is over: without identifiers, unless asked otherwise.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// What to write.
    #[arg(long)]
    format: Format,
    /// Folder to write into; it is made if need be.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// With names and texts as they are on record; needs the right to it, and --reason.
    #[arg(long)]
    identified: bool,
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
        let form = if self.identified {
            ExportForm::Identified {
                reason: here.login.reason.clone().unwrap_or_default(),
            }
        } else {
            ExportForm::Deidentified
        };
        let report = here.desk()?.export(format, &form, &self.out)?;
        print(&report)?;
        say(if report.identified {
            "These files hold patient text. Keep them where the record may be kept."
        } else {
            "Texts are in these files as a person approved them (countersign deidentify). For the chart, or for all there is: --identified --reason WORDS."
        });
        Ok(Ended::Done)
    }
}
