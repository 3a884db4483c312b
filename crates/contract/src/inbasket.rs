//! Messages, their urgency, and what an import did with each record.

use serde::{Deserialize, Serialize};

/// How soon a message must be seen. Ordered: an emergency sorts first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// A red flag: call now, no draft.
    Emergency,
    /// Same working day.
    Urgent,
    /// In turn.
    Routine,
    /// No reply is owed.
    None,
}

impl Urgency {
    /// Of a flag that was stored before flags had an urgency of their own.
    fn of_a_flag() -> Self {
        Self::Urgent
    }

    /// The stored and printed name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Emergency => "emergency",
            Self::Urgent => "urgent",
            Self::Routine => "routine",
            Self::None => "none",
        }
    }

    /// Reads a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Emergency, Self::Urgent, Self::Routine, Self::None]
            .into_iter()
            .find(|u| u.as_str() == name)
    }
}

/// A rule that fired, with the words it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// Name of the rule in `assets/triage`.
    pub rule: String,
    /// The rule's title for people.
    pub title: String,
    /// How soon the rule wants the message seen.
    #[serde(default = "Urgency::of_a_flag")]
    pub urgency: Urgency,
    /// The words of the message that fired it.
    pub words: String,
    /// Start of the words in the message, in Unicode scalar values.
    pub start: usize,
    /// End of the words, exclusive, in Unicode scalar values.
    pub end: usize,
    /// The fixed advice that applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// What triage found in one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Triage {
    /// The highest urgency of any flag.
    pub urgency: Urgency,
    /// What kind of request it is.
    pub kind: MessageKind,
    /// The rules that fired, most urgent first.
    pub flags: Vec<Flag>,
    /// The words by which the message reads as angry, when it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anger: Option<String>,
    /// Whether the front desk answers it with the clinic's words, so that no draft is made unasked.
    #[serde(default)]
    pub front_desk: bool,
}

/// The in-basket folder a message belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// A symptom or a question about care.
    Clinical,
    /// A refill or a question about a prescription.
    Refill,
    /// A question about a result.
    Result,
    /// A form or a letter.
    Form,
    /// A visit to book, move or cancel.
    Scheduling,
    /// A bill or insurance.
    Billing,
    /// Thanks, or for the clinic's information.
    Thanks,
}

impl MessageKind {
    /// Every kind, in the order of the folders.
    pub const ALL: [Self; 7] = [
        Self::Clinical,
        Self::Refill,
        Self::Result,
        Self::Form,
        Self::Scheduling,
        Self::Billing,
        Self::Thanks,
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clinical => "clinical",
            Self::Refill => "refill",
            Self::Result => "result",
            Self::Form => "form",
            Self::Scheduling => "scheduling",
            Self::Billing => "billing",
            Self::Thanks => "thanks",
        }
    }

    /// Reads a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == name)
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Clinical => "Clinical question",
            Self::Refill => "Refill",
            Self::Result => "Result",
            Self::Form => "Form",
            Self::Scheduling => "Scheduling",
            Self::Billing => "Billing",
            Self::Thanks => "Thanks",
        }
    }
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SenderRole {
    /// The patient.
    Patient,
    /// A parent, child or carer writing for the patient.
    Proxy,
    /// Someone of the clinic.
    Clinician,
}

impl SenderRole {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Proxy => "proxy",
            Self::Clinician => "clinician",
        }
    }

    /// Reads a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Patient, Self::Proxy, Self::Clinician]
            .into_iter()
            .find(|r| r.as_str() == name)
    }
}

/// One message of a thread, in the order it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadMessage {
    /// Id as in the source.
    pub id: String,
    /// Who wrote it.
    pub sender_role: SenderRole,
    /// Name for people.
    pub sender_name: String,
    /// When, RFC 3339 in UTC.
    pub sent_at: String,
    /// Subject line; may be empty.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// Where a message stands in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueState {
    /// Waits for a decision.
    Waiting,
    /// Decided; the undo window may still be open.
    Done,
}

/// One row of the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueItem {
    /// The message waiting for a decision.
    pub message_id: String,
    /// The patient's name.
    pub patient: String,
    /// The sender's name when it is not the patient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// Subject line; may be empty.
    pub subject: String,
    /// The first words of the message.
    pub preview: String,
    /// When it was sent, RFC 3339 in UTC.
    pub sent_at: String,
    /// Urgency found by triage.
    pub urgency: Urgency,
    /// Folder.
    pub kind: MessageKind,
    /// Waiting or done.
    pub state: QueueState,
    /// Where its draft stands.
    pub draft: crate::window::DraftState,
    /// What was decided, when it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<crate::DecisionKind>,
    /// When it was decided, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<String>,
    /// The pool that it was sent to; may be empty.
    #[serde(default)]
    pub pool: String,
    /// Who has taken it on; empty for nobody.
    #[serde(default)]
    pub assignee: String,
    /// Put off until then, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later_until: Option<String>,
}

/// What an import did with one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportOutcome {
    /// New, or changed and kept.
    Stored,
    /// Already on record with this content.
    Unchanged,
    /// Not kept; the reason says why.
    Rejected,
}

/// One line of the import report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportLine {
    /// Id as in the source; empty when it has none.
    pub id: String,
    /// Kind of record: a FHIR resource type, or `message` in flat files.
    #[serde(rename = "type")]
    pub kind: String,
    /// What was done.
    pub outcome: ImportOutcome,
    /// File with line or JSON pointer.
    #[serde(rename = "where")]
    pub place: String,
    /// Why it was rejected; empty otherwise.
    pub reason: String,
}

/// Counts of an import, with the records that were rejected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportSummary {
    /// Records kept.
    pub stored: usize,
    /// Records already there.
    pub unchanged: usize,
    /// The rejected ones (at most the first 200).
    pub rejected: Vec<ImportLine>,
    /// How many were rejected in all.
    pub rejected_count: usize,
}
