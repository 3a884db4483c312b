//! A dose told by a count of tablets: "two of the 500 mg capsules" is a gram.

use super::super::amounts::{Unit, number_of};
use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Line, Place, covers};
use super::super::{CheckError, Checks, Found, built};
use super::changed::changed_by_a_note;
use super::clauses::supposes;
use regex::Regex;

/// Recognisers, compiled once.
#[derive(Debug)]
pub(in super::super) struct Counts {
    /// "Two of your 20 mg tablets", "three 5 mg pills".
    counted: Regex,
}

impl Counts {
    pub(in super::super) fn new() -> Result<Self, CheckError> {
        Ok(Self {
            counted: built(
                r"\b(?P<n>half|one|two|three|four|five|six|seven|eight|nine|ten|twelve|media|una?|dos|tres|cuatro|cinco|seis|ocho|diez|\d\d?) (?:(?:of|de) (?:the |your |his |her |these |those |las |los |sus |esas |esos )?)?(?P<strength>\d[\d.,]*) ?(?P<unit>mg|mcg)[ -](?:tablets?|pills?|capsules?|caps?|tabletas?|pastillas?|capsulas?)\b",
            )?,
        })
    }
}

impl Checks {
    /// A count times a strength must come to a dose that the chart has for the drug.
    pub(super) fn counts_named(
        &self,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        for c in self.counts.counted.captures_iter(text) {
            let (Some(whole), Some(n)) = (c.get(0), number_of(&c["n"])) else {
                continue;
            };
            let Some(strength) = number_of(&c["strength"]) else {
                continue;
            };
            let scale = if &c["unit"] == "mcg" { 0.001 } else { 1.0 };
            let (strength, dose) = (strength * scale, strength * scale * n);
            let is = |k: f64, v: f64| (k - v).abs() < 1e-9 + v.abs() * 1e-6;
            let milligrams = |l: &Line, v: f64| {
                l.amounts
                    .iter()
                    .any(|k| k.unit == Unit::Milligram && !k.old && is(k.value, v))
            };
            // "One and a half of the 5 mg tablets" is more than its last word, and what would be is not yet.
            let before = text[..whole.start()].trim_end();
            if before.ends_with(" and a")
                || before.ends_with(" y")
                || supposes(&text[found.reading.sentence(whole.start())])
            {
                continue;
            }
            // The drug that the sentence speaks of, or those of which the chart has this strength.
            let sentence = found.reading.sentence(whole.start());
            let named = self
                .governing(&whole.range(), mentions, found)
                .filter(|m| sentence.contains(&m.at.start));
            let drugs: Vec<String> = match named {
                Some(m) => vec![m.name.clone()],
                None => evidence
                    .lines
                    .iter()
                    .filter(|l| l.place != Place::Message && milligrams(l, strength))
                    .flat_map(|l| l.drugs.iter().map(|d| d.name.clone()))
                    .collect(),
            };
            let of_drug = |l: &&Line| {
                l.place != Place::Message
                    && l.drugs
                        .iter()
                        .any(|d| drugs.iter().any(|name| covers(&d.name, name)))
            };
            let lines = || evidence.lines.iter().filter(of_drug);
            let listed = lines().find(|l| {
                l.place == Place::Medication
                    && l.amounts
                        .iter()
                        .any(|k| k.unit == Unit::Milligram && k.dose)
            });
            // "Two 500 mg tablets" may be how the chart itself writes it.
            let as_written = evidence.lines.iter().any(|l| {
                l.amounts
                    .iter()
                    .any(|k| k.unit == Unit::Tablet && is(k.value, n))
                    && milligrams(l, strength)
            });
            // A note that changes the dose names the old one too: the list says what it is now.
            let fits = |l: &Line| milligrams(l, dose);
            // "May increase to 75 mg": a note that allows a dose of this drug has no older one.
            let allowed = evidence.at(Place::Note).any(|l| {
                ["may ", "can ", "puede ", "ok to "]
                    .iter()
                    .any(|w| l.folded.contains(w))
                    && of_drug(&l)
                    && milligrams(l, dose)
            }) || changed_by_a_note(
                evidence,
                &lines().collect::<Vec<_>>(),
                &Unit::Milligram,
                dose,
            );
            if let Some(line) = listed
                && !as_written
                && !allowed
                && !lines().filter(|l| l.place == Place::Medication).any(fits)
            {
                let why = "These tablets come to another dose than the chart has.";
                found.contradicts(whole.range(), line, why);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn tablets_come_to_the_dose_of_the_chart() {
        let chart = json!({
            "medications": ["Furosemide 80 mg daily", "Levetiracetam 750 mg BID"],
            "notes": [
                "2026-03-02: Furosemide raised from 40 to 80 mg. Tablets are 40 mg.",
                "2026-03-02: Levetiracetam comes as 250 mg tablets.",
            ],
        });
        holds(
            "how many?",
            &chart,
            &[
                "You take two of the 40 mg tablets of furosemide once a day.",
                "Your levetiracetam is three of your 250 mg tablets twice a day.",
            ],
            &[
                "Your furosemide is three of the 40 mg tablets once a day.",
                "Your levetiracetam is two of your 250 mg tablets twice a day.",
                "Your levetiracetam is eight 250 mg tablets twice a day.",
            ],
        );
    }
}
