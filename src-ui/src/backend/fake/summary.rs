//! Thread and chart in short, on the fake desk.

use super::{Inner, NOW};
use contract::{Source, Summary, SummaryKind, SummaryLine};

impl Inner {
    /// The chart and the thread of a message in short.
    pub(super) fn in_short(&self, message_id: &str) -> Summary {
        let Some(o) = self.opened(message_id) else {
            return Summary::default();
        };
        let line = |kind, words: &[&str], source| SummaryLine {
            kind,
            words: words.iter().map(|w| (*w).to_owned()).collect(),
            sources: vec![source],
        };
        let message = || Source::Message {
            id: message_id.to_owned(),
        };
        let chart = |line: &str| Source::Chart { line: line.into() };
        Summary {
            chart: vec![
                SummaryLine {
                    sources: Vec::new(),
                    ..line(
                        SummaryKind::Patient,
                        &[&o.patient.name, &o.patient.age, &o.patient.sex],
                        message(),
                    )
                },
                line(
                    SummaryKind::Problems,
                    &["High cholesterol"],
                    chart("High cholesterol"),
                ),
                line(
                    SummaryKind::Trend,
                    &[
                        "LDL cholesterol",
                        "118 mg/dL",
                        "2024-09-01",
                        "61 mg/dL",
                        "2026-10-01",
                    ],
                    chart("LDL cholesterol: 61 mg/dL (2026-10-01)"),
                ),
            ],
            thread: vec![
                line(SummaryKind::Thread, &["1", "0", NOW, NOW], message()),
                line(SummaryKind::Asked, &[&o.message.body], message()),
            ],
        }
    }
}
