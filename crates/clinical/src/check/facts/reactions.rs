//! What an allergy of the chart caused: "sulfa (anaphylaxis)", "you had hives with penicillin", told of another reaction than the chart's.

use super::super::Checks;
use super::super::Found;
use super::super::evidence::{Evidence, Line, Place};
use super::bound::Bound;
use super::clauses::{has_stem, supposes, topics};
use super::{find_word, says_any};

/// Reactions of allergies, each by all its words.
pub(super) const REACTIONS: &[&[&str]] = &[
    &["hives", "urticaria", "ronchas", "welts"],
    &["rash", "sarpullido", "exanthem", "rashes"],
    &[
        "anaphylaxis",
        "anaphylactic",
        "anafilaxia",
        "closed",
        "shock",
    ],
    &[
        "swelling",
        "angioedema",
        "swollen",
        "swelled",
        "swell",
        "hinchazon",
    ],
    &["itching", "itch", "itchy", "itched", "comezon", "pruritus"],
    &[
        "nausea", "nauseous", "nauseas", "sick", "vomiting", "vomited", "vomit", "vomito", "upset",
        "throw",
    ],
    &[
        "wheeze",
        "wheezing",
        "wheezed",
        "breathing",
        "breathe",
        "bronchospasm",
        "breath",
        "respirar",
    ],
    &["blisters", "blistering", "ampollas", "sjs"],
    &["cough", "tos", "coughing"],
    &["bleeding", "ulcer", "bled", "sangrado"],
    &["dizziness", "dizzy", "mareo", "fainting", "fainted"],
];

/// Most allergies that are compared.
const MOST: usize = 60;

impl Checks {
    /// "Sulfa (anaphylaxis)", where the chart has hives.
    pub(super) fn reactions_named(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for line in evidence.at(Place::Allergy).take(MOST) {
            let cause = line.folded.split([':', '(', ',']).next().unwrap_or("");
            // A reaction in other words ("confusion") is one as well; a line without any says nothing.
            let tells = group_of(&self.bound, &line.folded).is_some()
                || line.folded[cause.len()..].contains(char::is_alphabetic);
            if !tells {
                continue;
            }
            for word in topics(cause) {
                let Some(at) = find_word(text, word) else {
                    continue;
                };
                let sentence = found.reading.sentence(at);
                self.reaction_before(evidence, text, line, word, at, found);
                let behind = &text[at + word.len()..sentence.end];
                // The first reaction behind the cause, in reach.
                let reach = &behind[..behind.floor_char_boundary(40)];
                let Some(m) = self.bound.reaction.find(reach) else {
                    continue;
                };
                let lists = [
                    "allerg", "alergi", "listed", "lists", "chart", "list", "react", "reacc",
                ]
                .iter()
                .any(|w| text[sentence.clone()].contains(w))
                    || gave(&reach[..m.start()]);
                let known = is_told_of(evidence, word, m.as_str());
                let place = at + word.len() + m.start()..at + word.len() + m.end();
                if lists && !known && !supposes(&text[sentence]) && !found.is_marked(&place) {
                    found.at(
                        "contradicts_chart",
                        place,
                        "The chart has another reaction.",
                        Some(&line.text),
                    );
                }
            }
        }
    }

    /// "You had hives with penicillin", where the chart has another reaction: it stands before its cause.
    fn reaction_before(
        &self,
        evidence: &Evidence,
        text: &str,
        line: &Line,
        word: &str,
        at: usize,
        found: &mut Found<'_>,
    ) {
        let sentence = found.reading.sentence(at);
        let before = &text[sentence.start..at];
        let told = [
            "you had",
            "you got",
            "you have had",
            "gave you",
            "she had",
            "he had",
            "tuvo",
            "le dio",
            "your",
        ];
        let joined = [
            " with", " to", " from", " after", " on", " con", " a", " por",
        ]
        .iter()
        .any(|w| before.trim_end().trim_end_matches(" the").ends_with(w));
        let Some(m) = self.bound.reaction.find_iter(before).last() else {
            return;
        };
        let place = sentence.start + m.start()..sentence.start + m.end();
        let known = is_told_of(evidence, word, m.as_str());
        if joined
            && before.len() - m.end() <= 20
            && says_any(&before[..m.start()], &told)
            && !known
            && !supposes(&before[..m.end()])
            && !found.is_marked(&place)
        {
            found.at(
                "contradicts_chart",
                place,
                "The chart has another reaction.",
                Some(&line.text),
            );
        }
    }
}

/// True when the message, or a line of the chart that names the cause, tells of a reaction, in these words or others.
fn is_told_of(evidence: &Evidence, cause: &str, reaction: &str) -> bool {
    let said = groups(reaction);
    evidence
        .lines
        .iter()
        .filter(|l| l.place == Place::Message || l.folded.contains(cause))
        .any(|l| said.iter().any(|g| says_any(&l.folded, g)))
}

/// The groups of reactions that a word belongs to.
fn groups(word: &str) -> Vec<&'static [&'static str]> {
    REACTIONS
        .iter()
        .filter(|r| r.contains(&word))
        .copied()
        .collect()
}

/// True when the words between a cause and a reaction tell that it came: "codeine, since it gave you hives".
fn gave(between: &str) -> bool {
    says_any(
        between,
        &[
            "gave you",
            "gave her",
            "gave him",
            "caused",
            "made you",
            "made your",
            "made her",
            "made him",
            "you had",
            "you got",
            "le dio",
            "le causo",
            "le provoco",
        ],
    )
}

/// True when a text names a reaction of an allergy entry, in the entry's words or in others for the same.
pub(in super::super) fn same_reaction(text: &str, reaction: &str) -> bool {
    REACTIONS.iter().any(|r| {
        let names = |t: &str| says_any(t, r);
        names(text) && names(reaction)
    }) || topics(reaction).any(|t| has_stem(text, t))
}

/// The reactions that an allergy line tells, if any.
fn group_of(bound: &Bound, line: &str) -> Option<Vec<&'static [&'static str]>> {
    let all: Vec<_> = bound
        .reaction
        .find_iter(line)
        .flat_map(|m| groups(m.as_str()))
        .collect();
    (!all.is_empty()).then_some(all)
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn a_reaction_is_the_charts_on_either_side_of_its_cause() {
        let chart = json!({"allergies": ["Penicillin (anaphylaxis)", "Lisinopril (cough)"], "medications": ["Losartan 50 mg daily"]});
        holds(
            "what did I react to?",
            &chart,
            &[
                "Because you had anaphylaxis with penicillin, tell every clinic.",
                "We won't use lisinopril since it made you cough.",
            ],
            &[
                "Because you had hives with penicillin, tell every clinic.",
                "We won't use lisinopril since it made your face swell.",
            ],
        );
    }
}
