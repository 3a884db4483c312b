//! The written sets of labelled messages, as the weights are fitted to them.

use super::Example;
use contract::Chart;
use serde::Deserialize;

/// The sets in `tests/sets`, in the order in which they are read.
pub const ALL: [&str; 12] = [
    "triage",
    "triage-unseen",
    "triage-fifth",
    "triage-sixth",
    "triage-seventh",
    "triage-eighth",
    "triage-ninth",
    "triage-tenth",
    "triage-eleventh",
    "triage-twelfth",
    "triage-mundane",
    "triage-everyday",
];

/// Sets of drafts: their messages are everyday ones, where nothing says otherwise.
pub const EVERYDAY: [&str; 8] = [
    "checks",
    "checks-second",
    "checks-third",
    "checks-fourth",
    "checks-fifth",
    "checks-sixth",
    "checks-seventh",
    "checks-eighth",
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

/// Everyday messages of a set of drafts: those whose right answer sends nobody anywhere.
///
/// # Errors
/// With the line that is not one.
pub fn everyday(lines: &str) -> Result<Vec<Example>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Line {
        message: String,
        #[serde(default)]
        chart: Chart,
        draft: String,
        errors: Vec<serde_json::Value>,
    }
    /// Words of an answer to what may not be everyday.
    const HELP: [&str; 16] = [
        "911",
        "988",
        "emergenc",
        "urgent",
        "right away",
        "today",
        "tonight",
        " now",
        "poison",
        "hospital",
        "immediately",
        " er ",
        "hoy",
        "ahora",
        "inmediat",
        "call us",
    ];
    let mut found = Vec::new();
    for l in lines.lines() {
        let line: Line = serde_json::from_str(l)?;
        let draft = line.draft.to_lowercase();
        if line.errors.is_empty() && !HELP.iter().any(|w| draft.contains(w)) {
            found.push(Example {
                message: line.message,
                chart: line.chart,
                emergency: false,
            });
        }
    }
    Ok(found)
}
