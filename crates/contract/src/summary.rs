//! What a chart and a thread say in a few lines, each with its source. The page puts the words around them.

use serde::{Deserialize, Serialize};

/// A summary of one message's chart and thread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Of the chart.
    pub chart: Vec<SummaryLine>,
    /// Of the thread.
    pub thread: Vec<SummaryLine>,
}

/// One line of a summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryLine {
    /// What it tells.
    pub kind: SummaryKind,
    /// The words of chart or message, in the order that [`SummaryKind`] says.
    pub words: Vec<String>,
    /// Where they stand.
    pub sources: Vec<Source>,
}

/// What a line of a summary tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SummaryKind {
    /// Name, age, sex; empty where they are not known.
    Patient,
    /// Active problems.
    Problems,
    /// Active drugs.
    Medications,
    /// Allergies.
    Allergies,
    /// One result that the laboratory remarked on.
    Result,
    /// A course: what was measured, first value, its day, last value, its day.
    Trend,
    /// The last visit.
    LastVisit,
    /// The next visit.
    NextVisit,
    /// Messages of the patient, replies of the clinic, when the first and when the last was sent.
    Thread,
    /// When the clinic last wrote, and how it begins.
    Answered,
    /// Words that make the message urgent.
    Flagged,
    /// How many more lines of the kind before it there are.
    More,
    /// A question that waits.
    Asked,
    /// How a message that asks nothing begins.
    Told,
}

impl SummaryKind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::Patient,
        Self::Problems,
        Self::Medications,
        Self::Allergies,
        Self::Result,
        Self::Trend,
        Self::LastVisit,
        Self::NextVisit,
        Self::Thread,
        Self::Answered,
        Self::Flagged,
        Self::More,
        Self::Asked,
        Self::Told,
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Problems => "problems",
            Self::Medications => "medications",
            Self::Allergies => "allergies",
            Self::Result => "result",
            Self::Trend => "trend",
            Self::LastVisit => "last_visit",
            Self::NextVisit => "next_visit",
            Self::Thread => "thread",
            Self::Answered => "answered",
            Self::Flagged => "flagged",
            Self::More => "more",
            Self::Asked => "asked",
            Self::Told => "told",
        }
    }
}

/// Where words of a summary stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum Source {
    /// A line of the chart.
    Chart {
        /// The line.
        line: String,
    },
    /// A message of the thread.
    Message {
        /// Its id.
        id: String,
    },
}
