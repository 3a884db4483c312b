//! "The scan showed no tear", "no blood was found", where the chart's result has it.

use super::super::evidence::{Evidence, Line, Place};
use super::super::{CheckError, Checks, Found, built};
use super::clauses::{clauses, denies, has_stem, reports, shared, supposes};
use super::{find_word, names_the_test, says_any};
use regex::Regex;

/// Recognisers, compiled once.
#[derive(Debug)]
pub(in super::super) struct Denied {
    /// "No tear", "no sign of a stone", "sin fractura".
    absent: Regex,
    /// "No blood was found", "nothing showed up": the test is told as negative.
    nothing: Regex,
}

/// Words of a result that found something.
const FOUND: &[&str] = &[
    "positive",
    "detected",
    "reactive",
    "abnormal",
    "grew",
    "positivo",
    "positiva",
    "detectado",
    "anormal",
];
/// Words of a result that found nothing.
const NOT_FOUND: &[&str] = &[
    "negative",
    "nonreactive",
    "non-reactive",
    "not detected",
    "undetectable",
    "normal",
    "no growth",
    "negativo",
    "negativa",
    "no detectado",
    "none",
];
/// Words behind "no" that name nothing that a test could find.
const EMPTY: &[&str] = &[
    "need", "more", "longer", "change", "changes", "reason", "problem", "worry", "hurry", "matter",
    "other", "further", "doubt", "test", "tests", "result", "results", "food", "driving",
    "lifting", "contrast", "hace", "tiene", "debe", "puede", "para",
];

impl Denied {
    pub(in super::super) fn new() -> Result<Self, CheckError> {
        Ok(Self {
            absent: built(
                r"\b(?:no|without|not show|didn't show|don't see|doesn't show|sin|ningun|ninguna) (?:(?:sign|signs|evidence|trace|hint|senal|senales|signos) (?:of|de) )?(?:(?:an?|any|new|acute|obvious|visible|full|partial|una?) )*(?P<what>[a-z]{4,})(?: (?P<more>[a-z]{4,}))?(?: (?P<most>[a-z]{4,}))?",
            )?,
            nothing: built(
                r"\b(?:no [a-z]+ (?:was|were|has been) (?:found|seen|detected|there)|nothing (?:was |has been )?(?:found|seen|detected|grew|showed up|turned up)|didn't (?:find|show|grow) (?:anything|any)|found no [a-z]+|no (?:se )?(?:encontro|hallo|detecto|salio) (?:nada|ningun[oa]?|sangre)|no (?:encontraron|hallaron|detectaron)|all clear|came back clean)\b",
            )?,
        })
    }
}

impl Checks {
    pub(super) fn denied_findings(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        let results: Vec<&Line> = evidence.at(Place::Result).collect();
        for s in found.reading.sentences.clone() {
            if found.is_full() {
                return;
            }
            let sentence = &text[s.clone()];
            if supposes(sentence) {
                continue;
            }
            let told = reports(sentence)
                || says_any(sentence, &["shows", "show", "is", "are", "muestra", "hay"]);
            for c in self.denied.absent.captures_iter(sentence) {
                let Some(whole) = c.get(0).filter(|_| told) else {
                    continue;
                };
                // "No rotator cuff tear": the thing is one of the words behind.
                let line = [c.name("most"), c.name("more"), c.name("what")]
                    .into_iter()
                    .flatten()
                    .find_map(|thing| {
                        self.result_with(evidence, &results, sentence, thing.as_str())
                    });
                let at = s.start + whole.start()..s.start + whole.end();
                if let Some(line) = line {
                    found.contradicts(at, line, "The chart's result has it.");
                }
            }
            if reports(sentence) || says_any(sentence, &["shows", "show"]) {
                self.affirmed(&results, sentence, s.start, found);
            }
            for m in self.denied.nothing.find_iter(sentence) {
                let own: Vec<&&Line> = results
                    .iter()
                    .filter(|l| names_the_test(sentence, &l.folded))
                    .collect();
                let says = |l: &Line, words: &[&str]| says_any(&l.folded, words);
                let at = s.start + m.start()..s.start + m.end();
                if let Some(line) = own.iter().find(|l| says(l, FOUND))
                    && own.iter().all(|l| !says(l, NOT_FOUND))
                {
                    found.contradicts(at, line, "The chart says otherwise of this test.");
                }
            }
        }
    }

    /// "It showed Barrett esophagus, with low-grade dysplasia", where the result has none.
    fn affirmed(&self, results: &[&Line], sentence: &str, start: usize, found: &mut Found<'_>) {
        let own = || {
            results
                .iter()
                .filter(|l| names_the_test(sentence, &l.folded) || shared(sentence, &l.folded) > 1)
        };
        for line in own() {
            for c in self.denied.absent.captures_iter(&line.folded) {
                // The thing is the last word that the line denies.
                let thing = [c.name("most"), c.name("more"), c.name("what")]
                    .into_iter()
                    .flatten()
                    .map(|m| m.as_str())
                    .find(|w| w.len() >= 6 && !EMPTY.contains(w) && is_in(sentence, w));
                let Some((thing, i)) = thing.and_then(|w| Some((w, find_word(sentence, w)?)))
                else {
                    continue;
                };
                let told_elsewhere = results.iter().any(|l| {
                    clauses(&l.folded, 0..l.folded.len())
                        .into_iter()
                        .any(|c| is_in(&l.folded[c.clone()], thing) && !denies(&l.folded[c]))
                });
                let clause = clauses(sentence, 0..sentence.len())
                    .into_iter()
                    .rfind(|c| c.start <= i)
                    .map_or(sentence, |c| &sentence[c]);
                let before = &sentence[..i];
                if !told_elsewhere
                    && !denies(clause)
                    && !denies(before.rsplit(';').next().unwrap_or(before))
                    && !says_any(
                        clause,
                        &[
                            "means",
                            "is a",
                            "are a",
                            "before",
                            "prevent",
                            "turn into",
                            "watch",
                            "look",
                            "for",
                        ],
                    )
                {
                    let at = start + i..start + i + thing.len();
                    found.contradicts(at, line, "The chart's result denies it.");
                }
            }
        }
    }

    /// The result, of those that a sentence speaks of, that has a thing and does not deny it.
    fn result_with<'e>(
        &self,
        evidence: &'e Evidence,
        results: &[&'e Line],
        sentence: &str,
        thing: &str,
    ) -> Option<&'e Line> {
        if EMPTY.contains(&thing) {
            return None;
        }
        let has = |l: &Line, denied: bool| {
            clauses(&l.folded, 0..l.folded.len()).into_iter().any(|c| {
                let part = &l.folded[c];
                is_in(part, thing) && denies(part) == denied
            })
        };
        let denied = evidence
            .lines
            .iter()
            .any(|l| l.place != Place::Message && has(l, true));
        let rest = sentence.replace(thing, " ");
        let days = self.dates.days(sentence);
        let spoken_of = |l: &Line| {
            names_the_test(&rest, &l.folded)
                || shared(&rest, &l.folded) > 0
                    && days
                        .iter()
                        .any(|d| d.day.is_some() && l.days.iter().any(|k| d.is_in(k)))
        };
        results
            .iter()
            .copied()
            .filter(|_| !denied)
            .filter(|l| !says_any(&l.folded, NOT_FOUND))
            .find(|l| has(l, false) && spoken_of(l))
    }
}

/// True when a text has a thing: a short word as it is or in the plural, a long one by its stem.
fn is_in(text: &str, thing: &str) -> bool {
    if thing.len() < 5 {
        let plural = format!("{thing}s");
        return find_word(text, thing).is_some() || find_word(text, &plural).is_some();
    }
    has_stem(text, thing)
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn what_a_result_denies_is_not_told_as_there() {
        let chart = json!({"results": ["Colonoscopy biopsies: mild inflammation, no dysplasia (2026-02-20)"]});
        holds(
            "biopsies?",
            &chart,
            &[
                "Your biopsies showed mild inflammation and no dysplasia.",
                "Your colonoscopy biopsies were free of dysplasia.",
            ],
            &["Your colonoscopy biopsies showed mild inflammation with dysplasia."],
        );
    }

    #[test]
    fn what_a_result_has_is_not_denied() {
        let chart = json!({"results": [
            "Ultrasound kidneys: 6 mm stone, no swelling (2026-03-01)",
            "Chlamydia swab detected (2026-03-01)",
            "Strep swab negative (2026-03-01)",
        ]});
        holds(
            "results?",
            &chart,
            &[
                "The ultrasound showed a stone and no swelling.",
                "The strep test was negative.",
            ],
            &[
                "The ultrasound of March 1 shows no stone.",
                "In the chlamydia test nothing was found.",
            ],
        );
    }
}
