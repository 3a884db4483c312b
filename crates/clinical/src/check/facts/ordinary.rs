//! Drugs that are bought, and drugs that are named without being taken: what their label lets anybody take is no claim about this patient,
//! unless the chart forbids it or has a dose of its own.

use super::super::Label;
use super::super::amounts::{Amount, Frequency, Unit};
use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Line, Place, covers};
use super::super::{Checks, Found};
use super::anybody::part_at;
use super::says_any;

/// Years from which a label speaks of adults. Source: FDA, monograph M013: adults and children 12 years and over.
const ADULT: f64 = 12.0;

/// Words before a drug in which it is told as somebody's own.
const CLOSE: usize = 4;

impl Checks {
    /// "The sulfa antibiotics, such as Bactrim": one of its kind, told in a sentence that advises nothing.
    pub(in super::super) fn is_an_example(
        &self,
        text: &str,
        m: &Mention,
        found: &Found<'_>,
    ) -> bool {
        let sentence = found.reading.sentence(m.at.start);
        let part = &text[part_at(text, sentence, &m.at)];
        says_any(part, &self.lists.example)
            && !says_any(
                part,
                &[
                    "take", "use", "try", "start", "give", "tome", "safe", "fine", "ok",
                ],
            )
    }

    /// True for a drug that a reply names and tells nobody to take: kept off, kept apart from another, or an example of its kind; and for
    /// one that is bought and that nothing in the chart forbids. It is still told.
    pub(super) fn is_only_told(
        &self,
        evidence: &Evidence,
        text: &str,
        m: &Mention,
        found: &Found<'_>,
    ) -> bool {
        let sentence = found.reading.sentence(m.at.start);
        let part = &text[part_at(text, sentence.clone(), &m.at)];
        let words = &text[sentence.clone()];
        let start = text[sentence.start..m.at.start]
            .match_indices(' ')
            .rev()
            .nth(CLOSE)
            .map_or(sentence.start, |(i, _)| sentence.start + i);
        // What makes a drug somebody's own stands close before it: "keep taking the", "your".
        let before = &text[start..m.at.start];
        let own = [
            "your",
            "you take",
            "keep taking the",
            "keep using the",
            "stay on the",
            "start",
            // Nobody holds what is not taken.
            "hold",
        ]
        .iter()
        .any(|w| before.trim_end().ends_with(w));
        let behind = text.get(m.at.end..sentence.end).unwrap_or("");
        let kept_off = self.phrases.avoid.is_match(before) && !self.keep_on.is_match(before)
            || self.unsuited.is_match(behind);
        if kept_off {
            return !own;
        }
        // "Iron 325 mg" is taken, whatever it stands beside.
        // "The new one is Prilosec, started November 1" tells of a list.
        let told_as_begun = says_any(words, &["started", "prescribed", "the new one"]);
        let dosed = text[m.at.end..]
            .trim_start()
            .starts_with(|c: char| c.is_ascii_digit());
        if dosed {
            return !told_as_begun
                && self.label_for(evidence, m).is_some()
                && !says_any(before, &self.lists.own_drug);
        }
        let of_ones_own = says_any(before, &self.lists.own_drug);
        let apart = says_any(words, &self.lists.kept_apart);
        let example = says_any(part, &self.lists.example);
        let bought = self.label_for(evidence, m).is_some();
        apart
            && !says_any(
                before,
                &["continue", "stay on", "restart", "resume", "refill"],
            )
            || !of_ones_own && (example || bought)
    }

    /// The label of a drug that is bought, where nothing in the chart forbids it.
    fn label_for(&self, evidence: &Evidence, m: &Mention) -> Option<&Label> {
        let label = self.labels.iter().find(|l| l.drug == m.name)?;
        let allergic = evidence.at(Place::Allergy).any(|l| {
            l.drugs
                .iter()
                .any(|d| covers(&d.name, &m.name) || self.drugs.siblings(d.drug, m.drug))
                || self.allergy_groups.iter().any(|g| {
                    g.words.iter().any(|w| l.folded.contains(w.as_str()))
                        && self.drugs.is_of(&g.covers, m)
                })
        });
        let liver = m.name == "acetaminophen"
            && evidence.lines.iter().any(|l| {
                l.place == Place::Problem && says_any(&l.folded, &self.lists.spares_the_liver)
            });
        let warned = evidence
            .lines
            .iter()
            .any(|l| l.place != Place::Message && self.is_of_class(m, &l.folded));
        (!self.is_unfit(evidence, m)
            && !warned
            && !self.is_dangerous_with_what_is_taken(evidence, m)
            && !allergic
            && !liver
            && !is_child(evidence))
        .then_some(label)
    }

    /// "500 mg, one or two tablets every six hours, up to 3,000 mg a day": within the label of a drug that is bought. A dose of the chart's
    /// own goes before; a line that says only "as needed" leaves open how much.
    pub(super) fn is_by_the_label(
        &self,
        evidence: &Evidence,
        text: &str,
        a: &Amount,
        mentions: &[Mention],
        found: &Found<'_>,
    ) -> bool {
        let Some(drug) = self.governing(&a.at, mentions, found) else {
            return false;
        };
        let sentence = found.reading.sentence(a.at.start);
        if !a.dose || !sentence.contains(&drug.at.start) {
            return false;
        }
        let Some(label) = self.label_for(evidence, drug) else {
            return false;
        };
        if !leaves_open(evidence, drug) {
            return false;
        }
        let behind = &text[a.at.end..sentence.end.max(a.at.end)];
        let before = &text[sentence.start..a.at.start];
        let of_a_day = [
            "a day",
            "per day",
            "daily",
            "in 24 hours",
            "each day",
            "al dia",
            "a total",
        ]
        .iter()
        .any(|w| behind.trim_start().starts_with(w))
            || says_any(
                before
                    .get(before.floor_char_boundary(before.len().saturating_sub(40))..)
                    .unwrap_or(""),
                &[
                    "up to",
                    "no more than",
                    "at most",
                    "maximum",
                    "max",
                    "not exceed",
                    "limit",
                ],
            );
        let most = if of_a_day { label.day } else { label.once };
        match a.unit {
            Unit::Milligram => a.value <= most + 1e-9 && self.fits_the_day(text, a, label, found),
            // Tablets of the strength that the sentence or the chart names.
            Unit::Tablet => {
                let told = found.numbers(&self.amounts, sentence);
                let charted = evidence.naming(&drug.name).flat_map(|l| &l.amounts);
                told.iter()
                    .chain(charted)
                    .filter(|k| k.dose && k.unit == Unit::Milligram && !k.per)
                    .map(|k| k.value)
                    .reduce(f64::min)
                    .is_some_and(|strength| strength * a.value <= most + 1e-9)
            }
            _ => false,
        }
    }

    /// True unless a dose, as often as its sentence says, comes to more than a day's most.
    fn fits_the_day(&self, text: &str, a: &Amount, label: &Label, found: &Found<'_>) -> bool {
        let sentence = &text[found.reading.sentence(a.at.start)];
        a.value > label.once
            || self
                .amounts
                .frequencies(sentence)
                .iter()
                .all(|f| f.per_day * a.value <= label.day * 1.001)
    }

    /// "Every six hours" of a drug that is bought, not oftener than its label allows.
    pub(super) fn is_as_often_as_the_label(
        &self,
        evidence: &Evidence,
        f: &Frequency,
        drug: &Mention,
    ) -> bool {
        self.label_for(evidence, drug)
            .is_some_and(|l| f.per_day <= 24.0 / l.hours + 1e-9)
            && leaves_open(evidence, drug)
    }
}

/// True when the chart has no dose of a drug that says how often, or how much in a day.
fn leaves_open(evidence: &Evidence, drug: &Mention) -> bool {
    let own = |l: &&Line| l.place != Place::Message;
    evidence.naming(&drug.name).filter(own).all(|l| {
        l.place == Place::Medication
            && l.frequencies.is_empty()
            && says_any(&l.folded, &["as needed", "prn", "si es necesario"])
    })
}

/// True for a patient whose age in the chart is under that of adults.
fn is_child(evidence: &Evidence) -> bool {
    evidence.at(Place::Demographic).any(|l| {
        l.amounts.first().is_some_and(|k| match &k.unit {
            Unit::Other(u) if u == "year" => k.value < ADULT,
            Unit::Other(u) => ["day", "month"].contains(&u.as_str()),
            _ => false,
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn a_label_is_kept_to_and_the_chart_goes_before_it() {
        let healthy = json!({"medications": ["Levothyroxine 88 mcg daily"], "demographics": {"age": "40 years"}});
        holds(
            "headache, what can I take?",
            &healthy,
            &[
                "Acetaminophen 650 mg every six hours is fine, up to 3,000 mg a day.",
                "You can take ibuprofen 400 mg every eight hours with food.",
                "Try famotidine 20 mg twice a day.",
            ],
            &[
                "Acetaminophen 2,000 mg every six hours is fine.",
                "You can take ibuprofen 800 mg every six hours with food.",
                "Take loratadine 10 mg three times a day.",
                "Keep taking your loratadine.",
                "Take gabapentin at night.",
            ],
        );
        let kidneys = json!({"medications": ["Lisinopril 10 mg daily"], "problems": ["CKD stage 3b"], "demographics": {"age": "70 years"}});
        holds(
            "headache?",
            &kidneys,
            &["Please avoid ibuprofen and naproxen."],
            &["You can take ibuprofen 400 mg every six hours."],
        );
        let child = json!({"demographics": {"age": "4 years"}});
        holds(
            "fever?",
            &child,
            &[],
            &["Give her acetaminophen 650 mg every six hours."],
        );
        let charted = json!({"medications": ["Acetaminophen 500 mg every 8 hours"], "demographics": {"age": "70 years"}});
        holds(
            "more?",
            &charted,
            &["Take acetaminophen 500 mg every 8 hours."],
            &[
                "Take acetaminophen 1,000 mg every 8 hours.",
                "Take acetaminophen 500 mg every 4 hours.",
            ],
        );
    }

    #[test]
    fn what_is_named_and_not_taken_holds_no_reply_back() {
        let chart = json!({"medications": ["Doxycycline 100 mg BID", "Apixaban 5 mg BID"], "allergies": ["Sulfa antibiotics (rash)"]});
        holds(
            "what do I avoid?",
            &chart,
            &[
                "Keep Tums and iron two hours away from it.",
                "Skip Sudafed and NyQuil.",
                "The sulfa in your chart is an antibiotic, such as Bactrim; no Bactrim for you.",
            ],
            &["Take Bactrim twice a day.", "Keep taking the prednisone."],
        );
    }
}
