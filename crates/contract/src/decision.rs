//! What a clinician decided about a message.

use serde::{Deserialize, Serialize};

/// The six ways a message leaves the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// The draft went out as it was.
    AcceptedUnedited,
    /// The draft went out after editing.
    Edited,
    /// The clinician wrote the reply from nothing.
    Rewritten,
    /// The draft was thrown away and no reply written here.
    Discarded,
    /// No reply is needed.
    NoReplyNeeded,
    /// Handed on to someone who must act.
    Escalated,
}

impl DecisionKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::AcceptedUnedited,
        Self::Edited,
        Self::Rewritten,
        Self::Discarded,
        Self::NoReplyNeeded,
        Self::Escalated,
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AcceptedUnedited => "accepted_unedited",
            Self::Edited => "edited",
            Self::Rewritten => "rewritten",
            Self::Discarded => "discarded",
            Self::NoReplyNeeded => "no_reply_needed",
            Self::Escalated => "escalated",
        }
    }

    /// Reads a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == name)
    }

    /// True when a reply goes to the patient.
    pub fn sends_reply(self) -> bool {
        matches!(
            self,
            Self::AcceptedUnedited | Self::Edited | Self::Rewritten
        )
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::AcceptedUnedited => "Accepted",
            Self::Edited => "Edited and accepted",
            Self::Rewritten => "Written by hand",
            Self::Discarded => "Draft discarded",
            Self::NoReplyNeeded => "No reply needed",
            Self::Escalated => "Escalated",
        }
    }
}

/// Whether the editor began with the draft or blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartMode {
    /// From the draft.
    Draft,
    /// From nothing.
    Blank,
}

impl StartMode {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Blank => "blank",
        }
    }
}

/// Why a draft was changed or thrown away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Too many words.
    TooLong,
    /// Tone does not fit.
    WrongTone,
    /// A fact is wrong.
    Inaccurate,
    /// Urgent advice is missing.
    OmittedUrgency,
    /// Something else is missing.
    OmittedOther,
    /// The chart or thread was not taken into account.
    MissingContext,
    /// Suggests a visit that is not needed.
    UnneededAppointment,
    /// Should ask the patient first.
    ShouldAskQuestion,
    /// Not for this clinician.
    NotMyScope,
    /// No draft should have been made.
    ShouldNotDraft,
    /// Says something private.
    Privacy,
    /// Biased or stigmatising words.
    BiasStigma,
}

impl Reason {
    /// Every reason, in the order shown.
    pub const ALL: [Self; 12] = [
        Self::TooLong,
        Self::WrongTone,
        Self::Inaccurate,
        Self::OmittedUrgency,
        Self::OmittedOther,
        Self::MissingContext,
        Self::UnneededAppointment,
        Self::ShouldAskQuestion,
        Self::NotMyScope,
        Self::ShouldNotDraft,
        Self::Privacy,
        Self::BiasStigma,
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::WrongTone => "wrong_tone",
            Self::Inaccurate => "inaccurate",
            Self::OmittedUrgency => "omitted_urgency",
            Self::OmittedOther => "omitted_other",
            Self::MissingContext => "missing_context",
            Self::UnneededAppointment => "unneeded_appointment",
            Self::ShouldAskQuestion => "should_ask_question",
            Self::NotMyScope => "not_my_scope",
            Self::ShouldNotDraft => "should_not_draft",
            Self::Privacy => "privacy",
            Self::BiasStigma => "bias_stigma",
        }
    }

    /// The words on its button.
    pub fn label(self) -> &'static str {
        match self {
            Self::TooLong => "Too long",
            Self::WrongTone => "Wrong tone",
            Self::Inaccurate => "A fact is wrong",
            Self::OmittedUrgency => "Urgent advice missing",
            Self::OmittedOther => "Something is missing",
            Self::MissingContext => "Ignores the chart",
            Self::UnneededAppointment => "Visit not needed",
            Self::ShouldAskQuestion => "Should ask first",
            Self::NotMyScope => "Not mine to answer",
            Self::ShouldNotDraft => "Should not be drafted",
            Self::Privacy => "Privacy",
            Self::BiasStigma => "Bias or stigma",
        }
    }
}

/// A decision as it comes from the window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionRequest {
    /// The message decided on.
    pub message_id: String,
    /// The draft that was on screen, if there was one.
    pub draft_id: Option<i64>,
    /// What is decided. For a reply the desk settles between accepted, edited
    /// and rewritten by comparing the texts, so the page cannot get it wrong.
    pub kind: DecisionKind,
    /// How the editor began.
    pub start_mode: StartMode,
    /// The reply, for decisions that send one.
    pub final_text: Option<String>,
    /// Reasons given.
    pub reasons: Vec<Reason>,
    /// To whom, for an escalation.
    #[serde(default)]
    pub escalated_to: Option<String>,
    /// Milliseconds between opening the message and the first edit or decision.
    pub read_ms: Option<i64>,
    /// Milliseconds in the editor.
    pub edit_ms: Option<i64>,
    /// Milliseconds the message was open with the window in focus.
    pub dwell_ms: Option<i64>,
    /// Whether message and draft were scrolled to their ends.
    pub scrolled_to_end: Option<bool>,
    /// Whether the chart was opened.
    pub opened_context: Option<bool>,
    /// Ids of the thread's messages that were on screen: a message that came in unseen is not answered.
    #[serde(default)]
    pub seen: Vec<String>,
    /// Keys of the findings that the person says they checked.
    #[serde(default)]
    pub checked: Vec<String>,
    /// The whole text as the sign-off showed it: nothing else goes out.
    #[serde(default)]
    pub shown: Option<String>,
    /// The decision whose reply this one puts right, after that has gone out: another message, written by hand.
    #[serde(default)]
    pub corrects: Option<i64>,
}

impl DecisionRequest {
    /// A decision on a message of which nothing else is known: no draft, no text, no measure of the review.
    pub fn of(message_id: &str, kind: DecisionKind) -> Self {
        Self {
            message_id: message_id.into(),
            draft_id: None,
            kind,
            start_mode: StartMode::Blank,
            final_text: None,
            reasons: Vec::new(),
            escalated_to: None,
            read_ms: None,
            edit_ms: None,
            dwell_ms: None,
            scrolled_to_end: None,
            opened_context: None,
            seen: Vec::new(),
            checked: Vec::new(),
            shown: None,
            corrects: None,
        }
    }
}

/// What the desk answers to a close of many messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// Their decisions, in the order of the messages.
    pub decision_ids: Vec<i64>,
    /// Seconds in which each can be undone.
    pub undo_seconds: u32,
}

/// What the desk answers to a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// Id of the decision; undo takes it.
    pub decision_id: i64,
    /// What was recorded.
    pub kind: DecisionKind,
    /// Until when it can be undone, RFC 3339 in UTC.
    pub undo_until: String,
    /// How long the undo window is, in seconds.
    pub undo_seconds: u32,
    /// The next message that waits.
    pub next: Option<String>,
    /// Whether there was a draft, of which the person may say something.
    pub had_draft: bool,
    /// Reasons that the change of the draft speaks for.
    pub suggested: Vec<Reason>,
    /// Whether `next` comes before the row below: a practice message does.
    #[serde(default)]
    pub next_first: bool,
    /// What it came to, when it was a practice message. There is nothing to undo then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practice: Option<crate::PracticeOutcome>,
}

/// What a person says of a draft after deciding.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// One to five.
    pub stars: Option<u8>,
    /// What was wrong with it.
    pub reasons: Vec<Reason>,
}

/// A problem of safety as it is reported.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafetyProblem {
    /// The message on screen; empty for none.
    pub message_id: String,
    /// The draft on screen, if there was one.
    pub draft_id: Option<i64>,
    /// What is wrong, in the person's words.
    pub words: String,
    /// The reply as it stands in the editor.
    pub reply: String,
}
