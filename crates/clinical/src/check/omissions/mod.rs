//! What a reply leaves out: advice to get help, answers, and what should be asked.

mod asking;
mod questions;
mod urgent;

use super::evidence::Evidence;
use super::text::Reading;
use super::{Case, Checks, Found};

impl Checks {
    pub(super) fn omissions(&self, case: &Case<'_>, evidence: &Evidence, found: &mut Found<'_>) {
        let text = found.reading.text().to_owned();
        if text.trim().is_empty() {
            return;
        }
        let message = Reading::of(case.message);
        self.urgent_advice(case, &text, found);
        self.questions(evidence, &message, &text, found);
        self.asking(case, evidence, &message, &text, found);
    }
}

/// Words that a question is about.
fn topics(question: &str) -> impl Iterator<Item = &str> {
    question
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| w.len() >= 3 && !EMPTY.contains(w) && !w.chars().all(|c| c.is_ascii_digit()))
}

/// True when a text has a word of the covers stem.
fn mentions(text: &str, topic: &str) -> bool {
    let stem: String = topic.chars().take(topic.len().clamp(3, 5)).collect();
    text.split(|c: char| !c.is_alphanumeric())
        .any(|w| w.starts_with(&stem))
}

/// Words that say nothing about what a question is about.
const EMPTY: &[&str] = &[
    "what",
    "when",
    "which",
    "where",
    "should",
    "would",
    "could",
    "about",
    "there",
    "their",
    "this",
    "that",
    "these",
    "those",
    "have",
    "been",
    "does",
    "will",
    "with",
    "from",
    "your",
    "mine",
    "take",
    "taking",
    "need",
    "know",
    "want",
    "like",
    "also",
    "still",
    "just",
    "please",
    "thanks",
    "thank",
    "doctor",
    "tell",
    "give",
    "okay",
    "right",
    "good",
    "long",
    "much",
    "many",
    "more",
    "than",
    "then",
    "they",
    "them",
    "some",
    "into",
    "before",
    "after",
    "again",
    "until",
    "while",
    "because",
    "being",
    "other",
    "another",
    "anything",
    "something",
    "help",
    "make",
    "sure",
    "really",
    "question",
    "wondering",
    "normal",
    "safe",
    "worry",
    "worried",
    "possible",
    "think",
    "even",
    "going",
    "keep",
    "start",
    "stop",
    "time",
    "times",
    "days",
    "week",
    "weeks",
    "month",
    "last",
    "next",
    "since",
    "today",
    "tomorrow",
    "every",
    "covers",
    "here",
    "can",
    "and",
    "the",
    "for",
    "you",
    "are",
    "was",
    "how",
    "why",
    "who",
    "did",
    "has",
    "had",
    "get",
    "got",
    "one",
    "two",
    "any",
    "all",
    "but",
    "not",
    "too",
    "now",
    "out",
    "off",
    "see",
    "use",
    "ask",
    "lets",
    "let",
    "cuando",
    "puedo",
    "tengo",
    "debo",
    "para",
    "como",
    "donde",
    "esta",
    "este",
    "pero",
    "porque",
    "sobre",
    "tomar",
    "hacer",
];
