//! Messages that say too little to be advised on: what is missing should be asked for.

use super::super::evidence::{Evidence, Place};
use super::super::text::Reading;
use super::super::{Case, Checks, Found};
use super::questions::begins_a_question;
use super::{mentions, topics};
use contract::{MessageKind, Urgency};

impl Checks {
    pub(super) fn asking(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        message: &Reading,
        text: &str,
        found: &mut Found<'_>,
    ) {
        let plain = case.triage.urgency == Urgency::Routine && !text.contains('?');
        let says_little = case.triage.kind == MessageKind::Clinical
            && self.is_bare_complaint(message.text())
            || self.names_nothing(evidence, message.text());
        if plain
            && says_little
            && ![
                "call us",
                "let us know",
                "tell us",
                "write back",
                "reply with",
                "llamenos",
                "digame",
                "diganos",
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

    /// A complaint in a few words: what is missing should be asked for.
    fn is_bare_complaint(&self, message: &str) -> bool {
        message.split_whitespace().count() <= FEW_WORDS
            && SYMPTOMS.iter().any(|s| mentions(message, s))
            && !begins_a_question(message)
            && self.drugs.find(message).is_empty()
    }

    /// "Can I stop it now?", "the pills are making me sick": a few words that
    /// say neither which drug nor what of, where the chart holds several.
    fn names_nothing(&self, evidence: &Evidence, message: &str) -> bool {
        let several = evidence.at(Place::Medication).nth(1).is_some();
        message.split_whitespace().count() <= FEW_WORDS
            && several
            && self.drugs.find(message).is_empty()
            && topics(message).all(|t| UNNAMED.contains(&t))
    }
}

/// Words up to which a message says little.
const FEW_WORDS: usize = 14;

/// Words that point at something and do not name it.
const UNNAMED: &[&str] = &[
    "pill",
    "pills",
    "med",
    "meds",
    "medicine",
    "medicines",
    "medication",
    "medications",
    "tablet",
    "tablets",
    "thing",
    "things",
    "stuff",
    "took",
    "taken",
    "makes",
    "making",
    "doing",
    "sick",
    "feel",
    "feels",
    "feeling",
    "weird",
    "funny",
    "hello",
    "refill",
    "refilled",
    "refills",
    "running",
    "low",
    "hurts",
    "pastilla",
    "pastillas",
    "medicina",
    "medicinas",
    "tomo",
    "siento",
];

/// Words of a complaint.
const SYMPTOMS: &[&str] = &[
    "pain", "hurts", "hurting", "ache", "aching", "rash", "cough", "dizzy", "tired", "nausea",
    "sore", "swollen", "itchy", "itching", "headache", "vomiting", "diarrhea", "burning",
    "fatigue", "cramps", "tingl", "bruise", "numbness", "duele", "dolor", "mareo", "mareado",
    "mareada", "nauseas", "vomito", "comezon", "ardor", "cansado", "cansada", "siento",
];

#[cfg(test)]
mod tests {
    use crate::check::trial::is_marked_as;

    fn marks(message: &str, draft: &str, kind: &str) -> bool {
        is_marked_as(kind, message, draft)
    }

    #[test]
    fn a_message_that_names_nothing_should_be_asked_about() {
        for message in [
            "Can I stop it now?",
            "the pills make me sick",
            "I feel dizzy",
        ] {
            assert!(
                marks(message, "Rest and drink water.", "should_ask"),
                "{message}"
            );
            assert!(
                !marks(message, "Which one do you mean?", "should_ask"),
                "{message}"
            );
        }
        for message in ["Can I stop losartan now?", "what is my room number"] {
            assert!(
                !marks(message, "Rest and drink water.", "should_ask"),
                "{message}"
            );
        }
    }
}
