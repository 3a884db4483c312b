//! Facts that a reply says without a number: a test or vaccine that nobody
//! speaks of, "with" for the chart's "without", the drug that somebody is on,
//! what an allergy is to.

use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Place, covers};
use super::super::{Checks, Found};
use super::find_word;

/// Words that report: a thing was done or found.
const REPORTS: &[&str] = &[
    "was", "were", "had", "got", "given", "received", "showed", "tested", "came", "negative",
    "positive", "normal", "along", "salio", "fue", "tuvo",
];
/// Words under which nothing is reported.
const SUPPOSES: &[&str] = &[
    "if", "should", "could", "may", "might", "ask", "would", "whether", "unless", "si",
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
    }

    /// Tests and vaccines that are told as done, and that neither message nor chart names.
    fn things_named(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for names in &self.things {
            let known = evidence
                .lines
                .iter()
                .any(|l| names.iter().any(|n| find_word(&l.folded, n).is_some()));
            if known {
                continue;
            }
            for name in names {
                let Some(at) = find_word(text, name) else {
                    continue;
                };
                let sentence = &text[found.reading.sentence(at)];
                let says = |list: &[&str]| list.iter().any(|w| find_word(sentence, w).is_some());
                let place = at..at + name.len();
                if says(REPORTS)
                    && !says(SUPPOSES)
                    && !sentence.trim_end().ends_with('?')
                    && !found.is_marked(&place)
                {
                    found.at(
                        "unsupported",
                        place,
                        "Neither the message nor the chart speaks of this test or vaccine.",
                        None,
                    );
                }
            }
        }
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
            let of_a_drug = !self.drugs.find(word).is_empty();
            if of_a_drug
                || sentence.contains('?')
                || SUPPOSES.iter().any(|w| find_word(sentence, w).is_some())
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
        let listed = evidence
            .at(Place::Medication)
            .any(|l| l.drugs.iter().any(|d| covers(&d.name, &m.name)));
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
}
