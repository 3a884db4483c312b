//! What an import yields, before anything is stored.

use contract::SenderRole;
use serde::{Deserialize, Serialize};

/// One record of a file: what it is, or why it is refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// Id as in the source; empty when it has none.
    pub id: String,
    /// FHIR resource type, or `message` in flat files.
    pub kind: String,
    /// Line or JSON pointer.
    pub place: String,
    /// The record, or the reason it is rejected, in words without patient text.
    pub item: Result<Item, String>,
}

/// A record of the clinic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Item {
    /// A patient.
    Patient(Patient),
    /// Someone of the clinic.
    Practitioner(Practitioner),
    /// The head of a thread.
    Thread(ThreadHeader),
    /// A message of a thread.
    Message(Message),
    /// A line of a chart.
    Entry(ChartEntry),
    /// A line of a chart that its source says was entered in error: it leaves the chart if it is there.
    Retracted {
        /// Whose chart.
        patient_id: String,
    },
    /// A resource that is known and holds nothing that is shown (a claim, a goal): only its id is kept.
    Other,
}

/// A patient (FHIR Patient).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patient {
    /// Id as in the source.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// `YYYY-MM-DD`, `YYYY-MM` or `YYYY`; empty when unknown.
    pub birth_date: String,
    /// Administrative gender; empty when unknown.
    pub sex: String,
    /// Language of communication; empty when unknown.
    pub language: String,
    /// True for a patient made up from a message of a flat file, which a real one may replace.
    pub stub: bool,
}

/// Someone of the clinic (FHIR Practitioner).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Practitioner {
    /// Id as in the source.
    pub id: String,
    /// Name for people.
    pub name: String,
}

/// The head of a thread (FHIR Communication without payload).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadHeader {
    /// Id as in the source.
    pub id: String,
    /// Whose chart it belongs to.
    pub patient_id: String,
    /// Subject line; may be empty.
    pub subject: String,
}

/// A message (FHIR Communication with payload).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Id as in the source.
    pub id: String,
    /// Thread named by the source, if it names one.
    pub thread_id: Option<String>,
    /// The message it answers, if the source says.
    pub previous_id: Option<String>,
    /// Whose chart it belongs to.
    pub patient_id: String,
    /// Who wrote it.
    pub sender_role: SenderRole,
    /// Name for people; may be empty.
    pub sender_name: String,
    /// The pool it was sent to; may be empty.
    pub recipient_pool: String,
    /// RFC 3339 in UTC.
    pub sent_at: String,
    /// Subject line; may be empty.
    pub subject: String,
    /// Plain text, never empty.
    pub body: String,
    /// Patient's name when a flat file gives it.
    pub patient_name: String,
}

/// The heading of a chart that a line belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heading {
    /// Drugs.
    Medications,
    /// Allergies.
    Allergies,
    /// Problems.
    Problems,
    /// Results and vital signs.
    Results,
    /// Visits, past and booked.
    Appointments,
    /// Notes, immunisations, procedures.
    Notes,
}

impl Heading {
    /// Every heading.
    pub const ALL: [Self; 6] = [
        Self::Medications,
        Self::Allergies,
        Self::Problems,
        Self::Results,
        Self::Appointments,
        Self::Notes,
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Medications => "medications",
            Self::Allergies => "allergies",
            Self::Problems => "problems",
            Self::Results => "results",
            Self::Appointments => "appointments",
            Self::Notes => "notes",
        }
    }

    /// Reads a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|h| h.as_str() == name)
    }
}

/// One line of a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartEntry {
    /// Id as in the source.
    pub id: String,
    /// Whose chart.
    pub patient_id: String,
    /// Where it is shown.
    pub heading: Heading,
    /// The line.
    pub text: String,
    /// `YYYY-MM-DD` or what the source gives of it; empty when unknown.
    pub date: String,
    /// False for what is over: a resolved problem, a stopped drug.
    pub active: bool,
}
