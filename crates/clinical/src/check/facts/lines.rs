//! Lines of the chart that are named by their own words, where the list of drugs does not know them.

use super::super::Checks;
use super::super::evidence::{Evidence, Line, Place};
use super::find_word;

/// True when a sentence names a medication as the chart writes it, where the list of drugs does not know it.
pub(super) fn names_the_line(sentence: &str, line: &Line) -> bool {
    line.drugs.is_empty()
        && line
            .folded
            .split(|c: char| !c.is_alphanumeric())
            .next()
            .is_some_and(|w| w.len() > 3 && find_word(sentence, w).is_some())
        // "Calcium 600 mg" is the chart's calcium carbonate, and "el calcio" too.
        || MINERALS.iter().any(|m| find_word(sentence, m).is_some() && find_word(&line.folded, m).is_some())
}

/// Minerals as people call the salts that they take.
const MINERALS: &[&str] = &[
    "calcium",
    "calcio",
    "magnesium",
    "magnesio",
    "potassium",
    "potasio",
    "iron",
    "hierro",
    "zinc",
];

/// "Use the 0.3 mg auto-injector": what stands behind an amount is the line's own word.
pub(super) fn is_of_the_line(behind: &str, line: &Line) -> bool {
    /// Words that many lines share.
    const FORMS: &[&str] = &[
        "tablet", "tablets", "capsule", "capsules", "doses", "twice", "every", "daily",
    ];
    behind
        .split(|c: char| !c.is_alphanumeric())
        .find(|w| !w.is_empty())
        .is_some_and(|w| {
            (w.len() >= 5 || w == "auto")
                && !FORMS.contains(&w)
                && find_word(&line.folded, w).is_some()
        })
}

impl Checks {
    /// "One spray in each nostril, only at bedtime": the one medication of the list that is a spray.
    pub(super) fn is_only_of_form(&self, evidence: &Evidence, sentence: &str, line: &Line) -> bool {
        let has = |t: &str, form: &str| {
            t.split(|c: char| !c.is_alphanumeric())
                .any(|w| w.starts_with(form))
        };
        self.lists.forms.iter().any(|form| {
            has(sentence, form)
                && has(&line.folded, form)
                && evidence
                    .at(Place::Medication)
                    .filter(|l| has(&l.folded, form))
                    .count()
                    == 1
        })
    }
}
