//! What a reply leaves out.

use super::evidence::{Evidence, covers};
use super::text::Reading;
use super::{Case, Checks, Found};
use crate::triage::WEIGHED;
use contract::{MessageKind, Urgency};

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

impl Checks {
    pub(super) fn omissions(&self, case: &Case<'_>, evidence: &Evidence, found: &mut Found<'_>) {
        let text = found.reading.text().to_owned();
        if text.trim().is_empty() {
            return;
        }
        // A same-day matter may also be met by a question or by asking for a call.
        let asks_back = text.contains('?') || self.asks_call.is_match(&text);
        let missing = match case.triage.urgency {
            Urgency::Emergency => !self.sends_for_help(&text),
            // Words that only read like a matter of today call for no advice by themselves.
            Urgency::Urgent => {
                case.triage.flags.iter().any(|f| f.rule != WEIGHED)
                    && !asks_back
                    && !self.phrases.urgent_advice.is_match(&text)
            }
            _ => false,
        };
        if missing {
            let flag = case.triage.flags.first();
            found.whole(
                "missing_urgent_advice",
                match flag {
                    Some(f) => format!(
                        "{} (“{}”): the reply does not say to get help now or today.",
                        f.title, f.words
                    ),
                    None => "The reply does not say to get help now or today.".to_owned(),
                },
            );
        }
        let message = Reading::of(case.message);
        let questions: Vec<&str> = message
            .sentences
            .iter()
            .map(|s| message.text()[s.clone()].trim())
            .filter(|s| s.ends_with('?'))
            .collect();
        if questions.len() >= 2 {
            let answered = |q: &str| {
                let topics: Vec<&str> = topics(q).collect();
                topics.is_empty()
                    || topics.iter().any(|t| mentions(&text, t))
                    || self.drugs.find(q).iter().any(|d| {
                        self.drugs
                            .find(&text)
                            .iter()
                            .any(|m| covers(&m.name, &d.name))
                    })
                    || evidence.lines.is_empty()
            };
            for q in questions {
                if !answered(q) {
                    let words: String = q.chars().take(80).collect();
                    found.whole(
                        "unanswered_question",
                        format!("The reply does not come back to: “{words}”."),
                    );
                }
            }
        }
        // A complaint in a few words: what is missing should be asked for.
        let count = message.text().split_whitespace().count();
        let complains = SYMPTOMS.iter().any(|s| mentions(message.text(), s));
        if complains
            && !self.phrases.asks.is_match(message.text())
            && case.triage.kind == MessageKind::Clinical
            && case.triage.urgency == Urgency::Routine
            && count <= 14
            && !text.contains('?')
            && !case.message.contains('?')
            && ![
                "call us",
                "let us know",
                "tell us",
                "write back",
                "reply with",
            ]
            .iter()
            .any(|a| text.contains(a))
        {
            found.whole(
                "should_ask",
                "The message says little. Ask what you need to know before advising.",
            );
        }
    }
}

impl Checks {
    /// True when a reply sends the reader for emergency help and does not deny the need.
    pub(super) fn sends_for_help(&self, text: &str) -> bool {
        self.help.find_iter(text).any(|m| {
            let from = text.floor_char_boundary(m.start().saturating_sub(60));
            let before = text[from..m.start()]
                // "Don't wait at home: call 911": what is denied stands before the colon.
                .rsplit(['.', '!', '?', '\n', ':', ';'])
                .next()
                .unwrap_or("");
            !self.no_need.is_match(before)
        })
    }
}

/// Words of a complaint.
const SYMPTOMS: &[&str] = &[
    "pain", "hurts", "hurting", "ache", "aching", "rash", "cough", "dizzy", "tired", "nausea",
    "sore", "swollen", "itchy", "itching", "headache", "vomiting", "diarrhea", "burning",
    "fatigue", "cramps",
];

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
