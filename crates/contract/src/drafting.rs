//! Drafts, the gate before them, and the findings after them.

use serde::{Deserialize, Serialize};

/// Whether a message gets a draft, decided before any model is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "gate", rename_all = "snake_case")]
pub enum Gate {
    /// A red flag: the fixed text is offered and no draft is made.
    Emergency {
        /// Fixed text of the clinic, never written by a model.
        text: String,
    },
    /// Nothing is owed (thanks, for information): no draft.
    NoReplyOwed {
        /// Why, in words.
        reason: String,
    },
    /// For the front desk or the billing office: the clinic's own words are offered, and no draft is made unasked.
    Template {
        /// The clinic's words for this kind of request.
        text: String,
        /// Why, in words.
        reason: String,
    },
    /// A draft is to be made.
    Draft,
}

impl Gate {
    /// The printed name: `emergency`, `no_reply_owed`, `template` or `draft`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Emergency { .. } => "emergency",
            Self::NoReplyOwed { .. } => "no_reply_owed",
            Self::Template { .. } => "template",
            Self::Draft => "draft",
        }
    }
}

/// What a person asks of another draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Fewer words.
    Shorter,
    /// More warmth.
    Warmer,
    /// Plainer words.
    Plainer,
    /// Questions before anything else.
    AskFirst,
    /// In Spanish.
    Spanish,
    /// For somebody who is angry: listens first, and neither defends nor explains.
    Calming,
}

impl Preset {
    /// Every preset, in the order shown.
    pub const ALL: [Self; 6] = [
        Self::Shorter,
        Self::Warmer,
        Self::Plainer,
        Self::AskFirst,
        Self::Spanish,
        Self::Calming,
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shorter => "shorter",
            Self::Warmer => "warmer",
            Self::Plainer => "plainer",
            Self::AskFirst => "ask_first",
            Self::Spanish => "spanish",
            Self::Calming => "calming",
        }
    }

    /// The words on its button.
    pub fn label(self) -> &'static str {
        match self {
            Self::Shorter => "Shorter",
            Self::Warmer => "Warmer",
            Self::Plainer => "In plainer words",
            Self::AskFirst => "Ask first",
            Self::Spanish => "In Spanish",
            Self::Calming => "Calming",
        }
    }
}

/// How a draft is asked for, and how its next token is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sampling {
    /// 0 is greedy.
    pub temperature: f64,
    /// Nucleus: the smallest set of tokens with this probability mass is kept (Holtzman et al., 2020).
    pub top_p: f64,
    /// Divides (or multiplies, when negative) the logits of tokens already written; 1 is off (Keskar et al., 2019).
    pub repeat_penalty: f32,
    /// Seed of the random choice; unused when greedy.
    pub seed: u64,
    /// Longest draft, in tokens.
    pub max_tokens: u32,
    /// What a person asked of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
}

impl Default for Sampling {
    /// Greedy, a light repetition penalty, at most 160 tokens.
    fn default() -> Self {
        Self {
            temperature: 0.0,
            top_p: 0.95,
            repeat_penalty: 1.08,
            seed: 0,
            max_tokens: 160,
            preset: None,
        }
    }
}

/// Why a draft ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// The model ended its turn.
    EndOfTurn,
    /// A stop sequence (a sign-off, a new role) was written.
    StopSequence,
    /// The text began to repeat itself and was cut before the repetition.
    Repetition,
    /// The length limit; cut at the last whole sentence.
    Length,
    /// The person stopped it.
    Stopped,
}

/// What a draft cost, in milliseconds and tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Tokens of the prompt.
    pub prompt_tokens: u32,
    /// Tokens written.
    pub draft_tokens: u32,
    /// Time of prefill.
    pub prefill_ms: f64,
    /// Time of decode.
    pub decode_ms: f64,
}

impl Timing {
    /// Tokens written per second of decode; 0 when nothing was timed.
    pub fn tokens_per_second(&self) -> f64 {
        if self.decode_ms > 0.0 {
            f64::from(self.draft_tokens) / (self.decode_ms / 1000.0)
        } else {
            0.0
        }
    }
}

/// A place in a draft that a clinician should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Kind, such as `too_long` or `template_left`.
    pub kind: String,
    /// The words.
    pub span: String,
    /// Start in Unicode scalar values.
    pub start: usize,
    /// End, exclusive.
    pub end: usize,
    /// Why it is shown.
    pub why: String,
    /// Whether it must be resolved before the reply can be accepted.
    #[serde(default)]
    pub serious: bool,
    /// Which one it is among findings of the same kind and words, from 0.
    #[serde(default)]
    pub nth: usize,
    /// The line of the chart that says otherwise, or supports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl Finding {
    /// What a person checks when they check this finding: it stays the same
    /// while other words of the reply are edited.
    pub fn key(&self) -> String {
        let words = if self.span.is_empty() {
            &self.why
        } else {
            &self.span
        };
        format!("{}:{}:{words}", self.kind, self.nth)
    }
}

/// Words of a reply that rest on a line of the chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedFact {
    /// Start in Unicode scalar values.
    pub start: usize,
    /// End, exclusive.
    pub end: usize,
    /// The line of the chart.
    pub line: String,
}

/// What the checks say of a reply.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// What cannot be trusted, and what is left out.
    pub findings: Vec<Finding>,
    /// What rests on the chart.
    pub used: Vec<UsedFact>,
}

/// A finished draft as shown in the window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftView {
    /// Id of the draft.
    pub id: i64,
    /// The text a clinician starts from, sign-off included.
    pub text: String,
    /// The model's name.
    pub model: String,
    /// SHA-256 of the model file, in hex.
    pub model_sha256: String,
    /// Version of the prompt.
    pub prompt_version: String,
    /// Why it ended.
    pub finish: FinishReason,
    /// What it cost.
    pub timing: Timing,
    /// When it was made, RFC 3339 in UTC.
    pub created_at: String,
    /// Words about the draft, such as messages left out because the thread was too long.
    pub notes: Vec<String>,
}
