//! Facts that a reply says without a number: a test or vaccine that nobody
//! speaks of, "with" for the chart's "without", the drug that somebody is on,
//! what an allergy is to.

use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Place, covers};
use super::super::{Checks, Found};
use super::clauses::{clause_at, denies, has_stem, reports, says, supposes, topics};
use super::{find_word, says_any};

/// Words that report: a thing was done or found.
const REPORTS: &[&str] = &[
    "was",
    "were",
    "had",
    "got",
    "given",
    "received",
    "showed",
    "tested",
    "came",
    "negative",
    "positive",
    "normal",
    "along",
    "salio",
    "fue",
    "tuvo",
    "listed",
    "record",
    "ordered",
    "planned",
    "scheduled",
    "booked",
    "wants",
    "grew",
    "grown",
    "detected",
    "shows",
    "found",
    "then",
    "because",
    "placed",
    "removed",
    "met",
    "from",
    "looks",
    "has",
    "confirmed",
    "confirmo",
    "hicimos",
    "diagnosed",
];
/// Words under which nothing is reported.
const SUPPOSES: &[&str] = &[
    "if", "should", "could", "may", "might", "ask", "would", "whether", "unless", "si", "can",
    "or", "signs", "sign", "any", "like", "call", "prevent", "risk", "symptoms", "mean", "means",
];
/// What stands right before the drug that somebody is on.
const IS_ON: &[&str] = &[
    "you are on",
    "you're on",
    "it's",
    "it is",
    "you are taking",
    "you're taking",
    "usted toma",
    "it was",
    "yes, it was",
];
/// Words by which a reply says that a drug was granted.
const GRANTED: &[&str] = &[
    "approved",
    "refilled",
    "renewed",
    "sent",
    "prescribed",
    "authorized",
    "ordered",
    "called in",
    "ready",
    "cleared",
    "aprobado",
    "aprobada",
    "surtido",
    "recetado",
];
/// Nouns of which every patient has had a last one.
const HAD_BY_ALL: &[&str] = &[
    "visit",
    "appointment",
    "message",
    "note",
    "check",
    "test",
    "result",
    "results",
    "labs",
    "lab",
    "dose",
    "period",
    "refill",
    "level",
    "reading",
    "readings",
    "one",
    "time",
    "week",
    "month",
    "year",
    "day",
    "night",
    "few",
    "two",
    "three",
    "four",
    "call",
    "exam",
    "prescription",
    "pill",
    "tablet",
    "blood",
    "meal",
    "names",
    "name",
    "set",
    "office",
    "clinic",
    "step",
    "cita",
    "vez",
    "thing",
    "value",
    "weight",
    "pressure",
    "score",
    "injection",
    "shot",
    "fill",
    "physical",
    "checkup",
    "checkups",
    "hours",
    "days",
    "weeks",
    "months",
    "years",
];

impl Checks {
    pub(super) fn worded(
        &self,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        self.things_named(evidence, text, found);
        self.with_or_without(evidence, text, found);
        self.allergies_named(evidence, text, found);
        on_another(evidence, text, mentions, found);
        given_unlisted(evidence, text, mentions, found);
        self.before_now(evidence, text, found);
    }

    /// Tests and vaccines that are told as done, and that neither message nor chart names.
    fn things_named(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for names in &self.things {
            // The reply is short and the chart long: what the reply does not name is not looked for.
            let named = names
                .iter()
                .filter(|n| !n.starts_with('~'))
                .any(|n| text.contains(n.trim_start_matches('!')));
            if !named {
                continue;
            }
            // A name behind a tilde only supports, and in the chart alone.
            let known = evidence.lines.iter().any(|l| {
                names.iter().any(|n| match n.strip_prefix('~') {
                    Some(n) => l.place != Place::Message && find_word(&l.folded, n).is_some(),
                    None => find_word(&l.folded, n.trim_start_matches('!')).is_some(),
                })
            });
            if known {
                continue;
            }
            for name in names.iter().filter(|n| !n.starts_with('~')) {
                let bare = name.trim_start_matches('!');
                let Some(at) = find_word(text, bare) else {
                    continue;
                };
                let name = bare;
                let always = names.iter().any(|n| n.strip_prefix('!') == Some(name));
                let sentence = found.reading.sentence(at);
                let clause = &text[clause_at(text, sentence.clone(), at)];
                let sentence = &text[sentence];
                let place = at..at + name.len();
                let told = always
                    || reports(clause)
                    || says_any(sentence, REPORTS)
                    || ["your ", "his ", "her ", "su ", "have ", "tiene ", "padece "]
                        .iter()
                        .any(|p| text[..at].ends_with(p))
                    // "A breast MRI on April 6" is told as booked.
                    || self.dates.days(clause).iter().any(|d| d.month.is_some() && d.day.is_some());
                if told
                    && !SUPPOSES.iter().any(|w| says(clause, w))
                    && !["if ", "si ", "call ", "ask "]
                        .iter()
                        .any(|w| sentence.trim_start().starts_with(w))
                    && !sentence.trim_end().ends_with('?')
                    && !found.is_marked(&place)
                {
                    found.at(
                        "unsupported",
                        place,
                        "Neither the message nor the chart speaks of this.",
                        None,
                    );
                }
            }
        }
    }

    /// "Your last flare", "you had hives before": what is told of earlier must be in the chart.
    fn before_now(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for c in self.last_of.captures_iter(text) {
            let (Some(whole), Some(what)) = (c.get(0), c.get(1)) else {
                continue;
            };
            let sentence = &text[found.reading.sentence(whole.start())];
            if !HAD_BY_ALL.contains(&what.as_str())
                && what.as_str().len() >= 4
                && !self.is_known(evidence, what.as_str())
                && !supposes(sentence)
                && self.dates.days(&format!("in {}", what.as_str())).is_empty()
                && !found.is_marked(&whole.range())
            {
                found.at(
                    "unsupported",
                    whole.range(),
                    "Neither the message nor the chart speaks of an earlier one.",
                    None,
                );
            }
        }
        for m in self.had_before.find_iter(text) {
            let sentence = &text[found.reading.sentence(m.start())];
            let charted = evidence
                .lines
                .iter()
                .filter(|l| !matches!(l.place, Place::Message | Place::Medication))
                .any(|l| topics(m.as_str()).any(|t| has_stem(&l.folded, t)));
            let told = evidence.at(Place::Message).any(|l| {
                says_any(
                    &l.folded,
                    &[
                        "before",
                        "previously",
                        "in the past",
                        "antes",
                        "last time",
                        "again",
                        "otra vez",
                    ],
                )
            });
            if !charted
                && !told
                && !supposes(sentence)
                && !denies(sentence)
                && !found.is_marked(&m.range())
            {
                found.at(
                    "unsupported",
                    m.range(),
                    "Neither the message nor the chart tells of this earlier.",
                    None,
                );
            }
        }
    }

    /// True when a word, or another name of what it names, stands in message or chart.
    fn is_known(&self, evidence: &Evidence, word: &str) -> bool {
        let has = |w: &str| evidence.lines.iter().any(|l| has_stem(&l.folded, w));
        has(word)
            || !self.drugs.find(word).is_empty()
            || self.things.iter().any(|names| {
                let bare = |n: &String| n.trim_start_matches(['~', '!']).to_owned();
                names.iter().any(|n| bare(n) == word)
                    && names.iter().any(|n| {
                        evidence
                            .lines
                            .iter()
                            .any(|l| find_word(&l.folded, &bare(n)).is_some())
                    })
            })
    }

    /// "With contrast" where the chart says "without contrast", and the other way round.
    fn with_or_without(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for c in self.with.captures_iter(text) {
            let (Some(whole), Some(how), Some(what)) = (c.get(0), c.get(1), c.get(2)) else {
                continue;
            };
            let (own, other) = match how.as_str() {
                "with" => ("with", "without"),
                _ => ("without", "with"),
            };
            let says = |how: &str| {
                let phrase = format!("{how} {}", what.as_str());
                evidence
                    .lines
                    .iter()
                    .filter(|l| l.place != Place::Message)
                    .find(|l| find_word(&l.folded, &phrase).is_some())
            };
            if let Some(line) = says(other)
                && says(own).is_none()
                && !found.is_marked(&whole.range())
            {
                found.at(
                    "contradicts_chart",
                    whole.range(),
                    "The chart says the opposite.",
                    Some(&line.text),
                );
            }
        }
    }

    /// "Your allergy is to peanuts" where no line speaks of peanuts.
    fn allergies_named(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for c in self.allergic_to.captures_iter(text) {
            let (Some(whole), Some(what)) = (c.get(0), c.get(1)) else {
                continue;
            };
            let sentence = &text[found.reading.sentence(whole.start())];
            let word = what.as_str();
            let stem = word.trim_end_matches('s');
            let of_a_drug = !self.drugs.find(word).is_empty()
                || [
                    "listed", "noted", "severe", "mild", "common", "still", "what", "also", "only",
                    "there", "written", "recorded", "allergic", "seasonal",
                ]
                .contains(&word);
            if of_a_drug
                || sentence.contains('?')
                || says_any(sentence, SUPPOSES)
                || evidence.lines.iter().any(|l| l.folded.contains(stem))
                || found.is_marked(&what.range())
            {
                continue;
            }
            found.fact(
                what.range(),
                evidence.at(Place::Allergy).next(),
                "The chart lists another allergy.",
                "Neither the message nor the chart names this allergy.",
            );
        }
    }
}

/// "You are on Yasmin", "it's Farxiga now": the drug must be one of the list, where there is a list.
fn on_another(evidence: &Evidence, text: &str, mentions: &[Mention], found: &mut Found<'_>) {
    let Some(first) = evidence.at(Place::Medication).next() else {
        return;
    };
    for m in mentions {
        let before = text[..m.at.start].trim_end();
        let told = IS_ON.iter().any(|w| before.ends_with(w));
        // What somebody is on is listed; what it was may be told by any line of the chart.
        let past = before.ends_with("it was");
        let listed = evidence.lines.iter().any(|l| {
            (l.place == Place::Medication || past && l.place != Place::Message)
                && l.drugs.iter().any(|d| covers(&d.name, &m.name))
        });
        let sentence = &text[found.reading.sentence(m.at.start)];
        if told && !listed && !sentence.trim_end().ends_with('?') && !found.is_marked(&m.at) {
            found.at(
                "contradicts_chart",
                m.at.clone(),
                "The chart does not list this drug among what is taken.",
                Some(&first.text),
            );
        }
    }
}

/// "Your X is approved", where no line of the chart has X: a message that asks for it supports nothing.
fn given_unlisted(evidence: &Evidence, text: &str, mentions: &[Mention], found: &mut Found<'_>) {
    for m in mentions {
        let charted = evidence.naming(&m.name).any(|l| l.place != Place::Message);
        let sentence = &text[found.reading.sentence(m.at.start)];
        if !charted
            && says_any(sentence, GRANTED)
            && !denies(sentence)
            && !supposes(sentence)
            && !found.is_marked(&m.at)
        {
            found.at(
                "unsupported",
                m.at.clone(),
                "The chart does not have this drug.",
                None,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn a_test_or_vaccine_that_is_told_as_done_is_in_the_chart() {
        let chart = json!({"results": ["RPR nonreactive (2026-03-02)"], "notes": ["2026-03-02: Tdap given."]});
        holds(
            "results?",
            &chart,
            &[
                "Your syphilis test was negative, and you had a tetanus shot.",
                "Ask us if you should have a typhoid shot.",
            ],
            &[
                "Your HIV test was negative.",
                "You were given a typhoid shot too.",
            ],
        );
    }

    #[test]
    fn a_test_that_is_told_with_its_day_is_in_the_chart() {
        let chart = json!({"appointments": ["2026-03-12 09:00 mammogram, Imaging"]});
        holds(
            "what do I have?",
            &chart,
            &["You have two things: a mammogram on March 12, and nothing else."],
            &["You have two things: a breast MRI on March 12, and nothing else."],
        );
    }

    #[test]
    fn with_is_not_without() {
        let chart = json!({"appointments": ["2026-03-12 10:00 CT chest without contrast"]});
        holds(
            "dye?",
            &chart,
            &["The CT is without contrast."],
            &["The CT is with contrast."],
        );
    }

    #[test]
    fn the_drug_that_somebody_is_on_is_listed() {
        let chart = json!({
            "medications": ["Rosuvastatin 10 mg nightly"],
            "notes": ["2026-01-05: Switched from simvastatin to rosuvastatin."],
        });
        holds(
            "which statin?",
            &chart,
            &["You are on Crestor now, in place of simvastatin."],
            &["You are on simvastatin now."],
        );
    }

    #[test]
    fn an_allergy_is_to_what_the_chart_says() {
        let chart = json!({"allergies": ["Walnuts: hives"]});
        holds(
            "my allergies?",
            &chart,
            &["Your only allergy is to walnuts."],
            &["Your only allergy is to shellfish."],
        );
    }

    #[test]
    fn a_vitamin_that_is_to_be_taken_is_a_drug_whatever_it_is_taken_with() {
        let chart = json!({"medications": ["Losartan 50 mg daily"]});
        holds(
            "tired?",
            &chart,
            &[
                "Try to eat foods with iron.",
                "Orange juice is a source of vitamin C.",
            ],
            &[
                "Take iron with food.",
                "Take vitamin D with fruit each day.",
                "Start a zinc supplement; it is rich in antioxidants.",
                "Folic acid with fruit each morning is needed.",
            ],
        );
    }
}
