//! What a reply leaves out.

use super::evidence::{Evidence, Place, covers};
use super::facts::find_word;
use super::text::Reading;
use super::{Case, Checks, Found, reckoned};
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
            .flat_map(|s| asked(&message.text()[s.clone()]))
            .collect();
        if questions.len() >= 2 {
            let yes_or_no = questions.iter().filter(|q| asks_yes_or_no(q)).count();
            let says = self.sorts_said(&text);
            let answered = |q: &str| {
                let topics: Vec<&str> = topics(q).collect();
                topics.is_empty()
                    || topics.iter().any(|t| mentions(&text, t))
                    || sort_asked(q).is_some_and(|s| says.contains(&s))
                    || asks_yes_or_no(q) && yes_or_no == 1 && answers_yes_or_no(&text)
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
}

impl Checks {
    /// The sorts of things that a reply tells.
    fn sorts_said(&self, text: &str) -> Vec<Sort> {
        let days = self.dates.days(text);
        let times = self.dates.times(text);
        let taken: Vec<_> = days
            .iter()
            .map(|d| d.at.clone())
            .chain(times.iter().map(|t| t.at.clone()))
            .collect();
        let numbers = self.amounts.numbers(text, &taken);
        let spans = !reckoned::spans(&numbers).is_empty();
        let often = !self.amounts.frequencies(text).is_empty();
        let pressure = !self.amounts.pressures(text).is_empty();
        [
            (Sort::Time, !taken.is_empty() || spans || often),
            (Sort::Number, !numbers.is_empty() || pressure),
            (
                Sort::Person,
                ["dr. ", "dra. ", "with "].iter().any(|w| text.contains(w)),
            ),
            (Sort::Other, true),
        ]
        .into_iter()
        .filter_map(|(sort, said)| said.then_some(sort))
        .collect()
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

/// What sort of thing a question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Time,
    Number,
    Person,
    /// A reason or a place: it may be told in any words.
    Other,
}

/// The sort that a question asks for, when its words say so.
fn sort_asked(question: &str) -> Option<Sort> {
    const SORTS: &[(&str, Sort)] = &[
        ("when", Sort::Time),
        ("when's", Sort::Time),
        ("what time", Sort::Time),
        ("what day", Sort::Time),
        ("how long", Sort::Time),
        ("how often", Sort::Time),
        ("cuando", Sort::Time),
        ("how many", Sort::Number),
        ("how much", Sort::Number),
        ("how far", Sort::Number),
        ("number", Sort::Number),
        ("level", Sort::Number),
        ("result", Sort::Number),
        ("results", Sort::Number),
        ("score", Sort::Number),
        ("strength", Sort::Number),
        ("cuanto", Sort::Number),
        ("cuantas", Sort::Number),
        ("who", Sort::Person),
        ("why", Sort::Other),
        ("where", Sort::Other),
        ("what does", Sort::Other),
        ("what happens", Sort::Other),
    ];
    SORTS
        .iter()
        .find(|(w, _)| find_word(question, w).is_some())
        .map(|(_, sort)| *sort)
}

fn asks_yes_or_no(question: &str) -> bool {
    const STARTS: &[&str] = &[
        "can", "could", "should", "is", "are", "am", "do", "does", "did", "may", "will", "puedo",
        "debo",
    ];
    begins_with(question, STARTS)
}

/// True when a reply opens with yes or no.
fn answers_yes_or_no(text: &str) -> bool {
    const ANSWERS: &[&str] = &[
        "yes", "no", "not", "don't", "si", "sure", "correct", "right", "okay", "ok", "fine",
        "please",
    ];
    text.split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|w| !w.is_empty())
        .take(OPENING)
        .any(|w| ANSWERS.contains(&w))
}

/// Words of a reply in which yes or no is looked for, behind a greeting and a name.
const OPENING: usize = 5;

/// The questions of a sentence: its clauses that end with a question mark or begin as questions do.
fn asked(sentence: &str) -> Vec<&str> {
    const JOINED: &[&str] = &[" and ", " also ", " & ", " but ", " y "];
    let mut clauses = vec![sentence.trim()];
    for word in JOINED {
        clauses = clauses.into_iter().flat_map(|c| c.split(word)).collect();
    }
    let first = clauses.len() == 1;
    clauses
        .into_iter()
        .map(str::trim)
        .filter(|c| first && c.ends_with('?') || begins_a_question(c))
        .collect()
}

/// True when a clause begins as questions do: "can my son come", "what is".
fn begins_a_question(clause: &str) -> bool {
    const STARTS: &[&str] = &[
        "what", "what's", "when", "when's", "where", "which", "who", "why", "how", "can", "could",
        "should", "is", "are", "am", "do", "does", "did", "may", "will", "cuando", "cual", "puedo",
        "que", "como", "debo",
    ];
    begins_with(clause, STARTS)
}

/// True when the first word of a clause that says something is one of these.
fn begins_with(clause: &str, starts: &[&str]) -> bool {
    const BEFORE: &[&str] = &["also", "so", "and", "then", "or", "hi", "hello"];
    clause
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|w| !w.is_empty() && !w.chars().all(|c| c.is_ascii_digit()))
        .find(|w| !BEFORE.contains(w))
        .is_some_and(|w| starts.contains(&w))
}

/// Words of a complaint.
const SYMPTOMS: &[&str] = &[
    "pain", "hurts", "hurting", "ache", "aching", "rash", "cough", "dizzy", "tired", "nausea",
    "sore", "swollen", "itchy", "itching", "headache", "vomiting", "diarrhea", "burning",
    "fatigue", "cramps", "tingl", "bruise", "numbness", "duele", "dolor", "mareo", "mareado",
    "mareada", "nauseas", "vomito", "comezon", "ardor", "cansado", "cansada", "siento",
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

#[cfg(test)]
mod tests {
    use super::super::trial::findings;
    use serde_json::json;

    fn marks(message: &str, draft: &str, kind: &str) -> bool {
        let chart = json!({"medications": ["Losartan 50 mg daily", "Metformin 500 mg BID"]});
        findings(message, &chart, draft)
            .iter()
            .any(|f| f.kind == kind)
    }

    #[test]
    fn a_second_question_needs_no_mark_of_its_own_to_be_missed() {
        let message = "When is my visit and can I bring my dog?";
        assert!(marks(message, "It is on file.", "unanswered_question"));
        assert!(marks(
            message,
            "Your visit is March 12.",
            "unanswered_question"
        ));
        assert!(!marks(
            message,
            "Your visit is March 12. Leave the dog at home.",
            "unanswered_question"
        ));
        assert!(!marks(
            "When is my visit?",
            "March 12.",
            "unanswered_question"
        ));
    }

    #[test]
    fn an_answer_of_the_sort_that_is_asked_for_answers() {
        let message = "Where is the lab and how often do I go?";
        assert!(!marks(
            message,
            "Riverside, twice a week.",
            "unanswered_question"
        ));
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

    #[test]
    fn help_behind_a_colon_is_not_denied() {
        let checks = crate::check::trial::checks();
        assert!(checks.sends_for_help("don't wait at home with this: call 911 now."));
        assert!(!checks.sends_for_help("you don't need to call 911."));
    }
}
