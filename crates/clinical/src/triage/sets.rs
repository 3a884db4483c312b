//! The written sets of labelled messages, as the weights are fitted to them.

use super::Example;
use contract::Chart;
use serde::Deserialize;

/// The sets in `tests/sets`, in the order in which they are read.
pub const ALL: [&str; 6] = [
    "triage",
    "triage-unseen",
    "triage-fifth",
    "triage-sixth",
    "triage-seventh",
    "triage-mundane",
];

#[derive(Deserialize)]
struct Line {
    message: String,
    #[serde(default)]
    chart: Chart,
    emergency: Option<bool>,
    label: Option<String>,
}

/// Examples of a set: lines of JSON with a `message`, and `emergency` or a `label`.
///
/// # Errors
/// With the line that is not one.
pub fn examples(lines: &str) -> Result<Vec<Example>, serde_json::Error> {
    lines
        .lines()
        .map(|l| {
            let line: Line = serde_json::from_str(l)?;
            Ok(Example {
                emergency: line
                    .emergency
                    .unwrap_or(line.label.as_deref() == Some("emergency")),
                message: line.message,
                chart: line.chart,
            })
        })
        .collect()
}
