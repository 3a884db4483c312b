//! Practice messages: what they came to, and how many of their errors a person catches.

use crate::Reason;
use serde::{Deserialize, Serialize};

/// Where a person stands in training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Training {
    /// Which message it is, from one.
    pub number: u32,
    /// Messages of this training.
    pub of: u32,
}

/// What a decision on a practice message came to. Nothing of it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PracticeOutcome {
    /// Whether the error would have been kept from the patient.
    pub caught: bool,
    /// What the error is called.
    pub reason: Reason,
    /// What was wrong.
    pub explain: String,
    /// What the right answer rests on.
    pub source: String,
    /// The draft as it was shown.
    pub draft: String,
    /// Where in it the error stands, in Unicode scalar values; empty where something was missing.
    pub wrong: Vec<(usize, usize)>,
    /// Where the person stands, in training.
    pub training: Option<Training>,
}

/// Errors that were shown and caught.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Practice messages decided on.
    pub shown: u32,
    /// Of them, those whose error was caught.
    pub caught: u32,
}

/// One person's practice, for that person alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PracticeResults {
    /// Among real messages.
    pub seeded: Tally,
    /// In training.
    pub training: Tally,
    /// Of both, by what the error is called; those missed most come first.
    pub by_reason: Vec<(Reason, Tally)>,
}
