//! Questions of a message that a reply does not come back to.

use super::super::evidence::{Evidence, covers};
use super::super::facts::find_word;
use super::super::text::Reading;
use super::super::{Checks, Found, reckoned};
use super::{mentions, topics};

impl Checks {
    pub(super) fn questions(
        &self,
        evidence: &Evidence,
        message: &Reading,
        text: &str,
        found: &mut Found<'_>,
    ) {
        let questions: Vec<&str> = message
            .sentences
            .iter()
            .flat_map(|s| asked(&message.text()[s.clone()]))
            .collect();
        if questions.len() >= 2 {
            let yes_or_no = questions.iter().filter(|q| asks_yes_or_no(q)).count();
            let says = self.sorts_said(text);
            let answered = |q: &str| {
                let topics: Vec<&str> = topics(q).collect();
                topics.is_empty()
                    || topics.iter().any(|t| mentions(text, t))
                    || sort_asked(q).is_some_and(|s| says.contains(&s))
                    || asks_yes_or_no(q) && yes_or_no == 1 && answers_yes_or_no(text)
                    || self.drugs.find(q).iter().any(|d| {
                        self.drugs
                            .find(text)
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
    }

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
}

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
pub(super) fn begins_a_question(clause: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use crate::check::trial::is_marked_as;

    fn marks(message: &str, draft: &str, kind: &str) -> bool {
        is_marked_as(kind, message, draft)
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
}
