//! Numbers of general advice: what a leaflet says to everybody, and nothing of this patient.

use super::super::amounts::{Amount, Unit};
use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Place};
use super::super::{Checks, Found};
use super::{find_word, names_the_test};

impl Checks {
    /// "Below 70, take juice": a number of general advice, beside the words it is known by. No dose is.
    pub(super) fn is_general_advice(
        &self,
        evidence: &Evidence,
        text: &str,
        a: &Amount,
        mentions: &[Mention],
        found: &Found<'_>,
    ) -> bool {
        let mut of_value = self
            .advice
            .iter()
            .filter(|g| g.values.iter().any(|v| (v - a.written).abs() < 1e-9))
            .peekable();
        if a.dose && !is_of_food(&text[a.at.end..]) || of_value.peek().is_none() {
            return false;
        }
        let own = &text[found.reading.sentence(a.at.start)];
        // "If it goes over 104": what is spoken of may stand some sentences before.
        let border = [
            "if",
            "over",
            "above",
            "under",
            "below",
            "more than",
            "higher",
            "lower",
            "si",
        ]
        .iter()
        .any(|w| find_word(own, w).is_some());
        if is_of_the_patient(evidence, text, a, mentions, found, border) {
            return false;
        }
        let start = text.floor_char_boundary(a.at.start.saturating_sub(SPOKEN_OF));
        let said = if border {
            &text[start..a.at.end.max(found.reading.sentence(a.at.start).end)]
        } else {
            own
        };
        of_value.any(|g| {
            g.near.iter().any(|w| {
                said.match_indices(w.as_str())
                    .any(|(i, _)| !said[..i].ends_with(char::is_alphanumeric))
            })
        })
    }
}

/// True for a number that is no general advice though it reads like one: a result of a test that the chart
/// holds, or how long a drug is taken.
fn is_of_the_patient(
    evidence: &Evidence,
    text: &str,
    a: &Amount,
    mentions: &[Mention],
    found: &Found<'_>,
    border: bool,
) -> bool {
    let sentence = found.reading.sentence(a.at.start);
    let own = &text[sentence.clone()];
    let before = text[..a.at.start].trim_end_matches([' ', '-']);
    let told = [
        " was",
        " were",
        " came back",
        " came back at",
        " was at",
        " is at",
        " fue",
        " salio",
    ]
    .iter()
    .any(|w| before.ends_with(w))
        || before.ends_with(" is") && find_word(own, "your").is_some();
    // "Ice for 20 minutes" is no result.
    let is_time = matches!(&a.unit, Unit::Other(u) if ["second", "minute", "hour", "day", "week", "month"].contains(&u.as_str()));
    if (told || !border)
        && !is_time
        && evidence
            .at(Place::Result)
            .any(|l| names_the_test(own, &l.folded))
    {
        return true;
    }
    matches!(&a.unit, Unit::Other(u) if u == "day" || u == "week")
        && mentions.iter().any(|m| sentence.contains(&m.at.start))
}

/// Bytes before a number in which what it is of is looked for.
const SPOKEN_OF: usize = 400;

/// True where an amount is one of something that is eaten or drunk.
pub(super) fn is_of_food(behind: &str) -> bool {
    const FOOD: &[&str] = &[
        "protein",
        "fiber",
        "carb",
        "sugar",
        "fast sugar",
        "fat",
        "salt",
        "sodium",
        "water",
        "fluid",
        "proteina",
        "fibra",
        "sal",
        "agua",
        "azucar",
    ];
    [" of ", " de "].iter().any(|of| {
        behind
            .strip_prefix(of)
            .is_some_and(|rest| FOOD.iter().any(|f| rest.starts_with(f)))
    })
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn general_advice_gives_way_to_the_chart() {
        let chart = json!({
            "medications": ["Amoxicillin 500 mg TID for 10 days"],
            "results": ["T-score -3.1 (2026-01-05)"],
        });
        holds(
            "results?",
            &chart,
            &[
                "Your T-score was -3.1.",
                "A T-score of -2.5 or lower means osteoporosis.",
                "A cold is mostly over in 7 days.",
                "Take the amoxicillin for 10 days even if the cold is better.",
            ],
            &[
                "Your T-score was -2.5.",
                "Your T-score was -2.5, lower than before.",
                "Take the amoxicillin for 7 days even if the cold is better.",
            ],
        );
    }

    #[test]
    fn a_number_of_general_advice_is_nobodys_dose() {
        let chart = json!({"medications": ["Insulin lispro 6 units with meals", "Nitroglycerin 0.4 mg SL as needed"]});
        holds(
            "low?",
            &chart,
            &[
                "For a low take 15 grams of sugar or half a cup of juice.",
                "If one nitroglycerin does not ease it in five minutes, call 911.",
                "Drink a glass of water every hour.",
            ],
            &["For a low take 15 units of lispro."],
        );
    }
}
