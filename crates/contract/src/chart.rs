//! The chart as drafting, checking and the window see it: short lines under
//! the headings that a clinician knows.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What is known of a patient, one line a fact. Every heading may be empty.
///
/// The same shape is read from JSONL (`chart`) on the command line, where
/// `demographics` may hold any names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Chart {
    /// Drugs with dose and frequency, the active ones first.
    pub medications: Vec<String>,
    /// Allergies with reactions.
    pub allergies: Vec<String>,
    /// Active problems.
    pub problems: Vec<String>,
    /// Laboratory results and vital signs, newest first, each with its date.
    pub results: Vec<String>,
    /// Booked visits, and past ones with their reason.
    pub appointments: Vec<String>,
    /// Age, sex, language and what else the source gave.
    pub demographics: Demographics,
    /// Excerpts of notes, immunisations and procedures.
    pub notes: Vec<String>,
}

/// Named demographic values, in a stable order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Demographics(pub BTreeMap<String, serde_json::Value>);

impl Demographics {
    /// A value as plain text; `None` when it is absent or empty.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            serde_json::Value::String(s) if s.is_empty() => None,
            serde_json::Value::String(s) => Some(s.clone()),
            serde_json::Value::Null => None,
            other => Some(other.to_string()),
        }
    }
}

impl Chart {
    /// True when no heading holds anything.
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }

    /// The headings with their lines, in the order a clinician reads them.
    pub fn headings(&self) -> [(&'static str, &[String]); 6] {
        [
            ("Problems", &self.problems),
            ("Medications", &self.medications),
            ("Allergies", &self.allergies),
            ("Results", &self.results),
            ("Visits", &self.appointments),
            ("Notes", &self.notes),
        ]
    }
}

/// The course of one measured value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trend {
    /// What was measured, as the chart names it.
    pub name: String,
    /// Its unit as the chart writes it; may be empty.
    pub unit: String,
    /// What was found, oldest first.
    pub points: Vec<TrendPoint>,
}

/// One value of a [`Trend`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrendPoint {
    /// When, as the chart has it.
    pub date: String,
    /// In the trend's unit.
    pub value: f64,
    /// The lower of two that belong together, as in a blood pressure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lower: Option<f64>,
}

impl fmt::Display for TrendPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.value)?;
        match self.lower {
            Some(lower) => write!(f, "/{lower}"),
            None => Ok(()),
        }
    }
}

/// One line of a chart with the record it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartFact {
    /// Heading: `medications`, `allergies`, `problems`, `results`, `appointments` or `notes`.
    pub heading: String,
    /// The line as shown.
    pub text: String,
    /// Id of the source record.
    pub source: String,
}
