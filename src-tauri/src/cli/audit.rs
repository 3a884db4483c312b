use super::access::Here;
use super::{Ended, Outcome, print, read, say};
use clap::{Args, Subcommand, ValueEnum};
use contract::{Code, Failure};
use desk::audit::RETENTION_YEARS;
use desk::{AuditFilter, SignedHead};
use std::path::PathBuf;

/// Read, verify and export the audit.
#[derive(Debug, Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Walk the chain from its first row; exit 2 and the row where it breaks, if it does.
    Verify {
        /// Signed heads kept elsewhere, which the chain must still hold.
        #[arg(long = "head", value_name = "FILE")]
        heads: Vec<PathBuf>,
    },
    /// Sign the chain's end, to be kept elsewhere.
    Head,
    /// Say why the record did not reach its anchor when it was opened, such as a restored disk.
    Acknowledge {
        /// What happened.
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Rows of the audit, oldest first.
    List(Narrow),
    /// Write the audit out.
    Export {
        /// csv, or fhir for AuditEvents as NDJSON.
        #[arg(long)]
        format: Format,
        /// The file.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        narrow: Narrow,
    },
    /// Remove rows that are older than they must be kept; a sealed stub stays.
    Purge {
        /// Years that are kept.
        #[arg(long, default_value_t = RETENTION_YEARS)]
        years: i64,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Csv,
    Fhir,
}

#[derive(Debug, Args)]
struct Narrow {
    /// From this time on, such as 2026-11-24.
    #[arg(long, value_name = "TIME", default_value = "")]
    since: String,
    /// By this person.
    #[arg(long, value_name = "NAME", default_value = "")]
    actor: String,
    /// Of this kind, such as view or decide.
    #[arg(long, value_name = "ACTION", default_value = "")]
    action: String,
    /// On this message, user or file.
    #[arg(long, value_name = "ID", default_value = "")]
    subject: String,
}

impl From<Narrow> for AuditFilter {
    fn from(n: Narrow) -> Self {
        Self {
            since: n.since,
            actor: n.actor,
            action: n.action,
            subject_id: n.subject,
        }
    }
}

impl Audit {
    pub(super) fn run(self, here: Here) -> Outcome {
        match self.command {
            What::Verify { heads } => {
                let heads = heads
                    .iter()
                    .map(|path| {
                        serde_json::from_str::<SignedHead>(&read(path)?).map_err(|e| {
                            Failure::new(
                                Code::Malformed,
                                format!("This is no signed head of an audit: {e}."),
                            )
                            .at(path.display().to_string())
                        })
                    })
                    .collect::<Result<Vec<_>, _>>()?;
                print(&here.desk()?.verify_audit(&heads)?)?;
            }
            What::Acknowledge { why } => {
                here.desk()?.acknowledge_mismatch(&why)?;
                print(&serde_json::json!({"outcome": "acknowledged"}))?;
            }
            What::Head => print(&here.desk()?.signed_head()?)?,
            What::List(narrow) => here.desk()?.audit_rows(&narrow.into(), |row| print(&row))?,
            What::Export {
                format,
                out,
                narrow,
            } => {
                let desk = here.desk()?;
                let rows = match format {
                    Format::Csv => desk.audit_to_csv(&narrow.into(), &out)?,
                    Format::Fhir => desk.audit_to_fhir(&narrow.into(), &out)?,
                };
                say(&format!("{rows} rows are in {}", out.display()));
            }
            What::Purge { years } => {
                let gone = here.desk()?.purge_audit(years)?;
                print(&serde_json::json!({"purged": gone}))?;
            }
        }
        Ok(Ended::Done)
    }
}
