//! What a reply says of a result in words: positive, negative, benign.

use super::super::evidence::{Evidence, Line, Place};
use super::super::{Band, Checks, Found};
use super::clauses::{clause_at, shared};
use super::{find_word, is_same_test, names_the_test, says_any};

impl Checks {
    /// "The culture was negative": the word must be the chart's for that test.
    pub(super) fn qualities(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        const QUALITIES: &[&str] = &[
            "positive",
            "negative",
            "benign",
            "malignant",
            "abnormal",
            "normal",
            "severe",
            "moderate",
            "mild",
            "immune",
            "indeterminate",
            "inconclusive",
            "equivocal",
            "indeterminado",
            "indeterminada",
            "no cancer",
            "cancer-free",
            "positivo",
            "positiva",
            "negativo",
            "negativa",
            "all clear",
            "no infection",
            "nothing was found",
            "clear",
            "fine",
            "excellent",
        ];
        /// Words that claim a result only after a verb.
        const AFTER_A_VERB: &[&str] = &["normal", "clear", "fine", "excellent"];
        const TESTS: &[&str] = &[
            "test",
            "culture",
            "biopsy",
            "scan",
            "x-ray",
            "xray",
            "mri",
            "ct",
            "result",
            "results",
            "swab",
            "strep",
            "hiv",
            "hepatitis",
            "screen",
            "study",
            "mammogram",
            "pap",
            "antibody",
            "covid",
            "flu",
            "imaging",
            "ultrasound",
            "ekg",
            "echo",
            "colonoscopy",
            "mono",
            "prueba",
            "resultado",
            "apnea",
            "stress",
            "endoscopy",
            "lab",
            "labs",
            "doppler",
            "ecg",
            "echocardiogram",
            "bloodwork",
            "platelets",
            "thyroid",
            "cholesterol",
            "potassium",
            "sodium",
            "hemoglobin",
            "ferritin",
            "resonancia",
            "radiografia",
            "laboratorio",
            "weight",
            "growth",
            "gain",
            "ecografia",
        ];
        let own: Vec<&Line> = evidence
            .lines
            .iter()
            .filter(|l| matches!(l.place, Place::Result | Place::Note | Place::Problem))
            .collect();
        for s in found.reading.sentences.clone() {
            if found.is_full() {
                return;
            }
            let sentence = &text[s.clone()];
            let words: Vec<&str> = sentence
                .split(|c: char| !c.is_alphanumeric() && c != '-')
                .collect();
            let is_result = words.iter().any(|w| TESTS.contains(w))
                || evidence
                    .at(Place::Result)
                    .any(|l| names_the_test(sentence, &l.folded));
            if !is_result || sentence.trim_end().ends_with('?') {
                continue;
            }
            for q in QUALITIES {
                let Some(at) = find_word(sentence, q) else {
                    continue;
                };
                // "Normal" is claimed of a result only after a verb.
                if AFTER_A_VERB.contains(q)
                    && ![
                        "is", "was", "were", "are", "looks", "looked", "back", "came", "been",
                        "to", "salio",
                    ]
                    .iter()
                    .any(|v| sentence[..at].trim_end().ends_with(v))
                {
                    continue;
                }
                // "The flu shot is fine with it" speaks of no result.
                let after = sentence[at + q.len()..].trim_start();
                if *q == "fine"
                    && ["with", "to", "for", "if"]
                        .iter()
                        .any(|w| after.starts_with(w))
                {
                    continue;
                }
                // "Call 911 if it is severe" tells of no result, and "exercise is fine" allows.
                let clause = &sentence[clause_at(sentence, 0..sentence.len(), at)];
                let supposed = matches!(*q, "mild" | "moderate" | "severe" | "minimal")
                    && ["if ", "si "].iter().any(|w| clause.contains(w));
                let allows = *q == "fine"
                    && sentence[..at].trim_end().ends_with("is")
                    && ["ok", "okay", "fine", "safe", "may", "allowed"]
                        .iter()
                        .any(|w| {
                            own.iter().any(|l| {
                                find_word(&l.folded, w).is_some() && shared(clause, &l.folded) > 0
                            })
                        });
                // "Celiac test positive: 78", where the note says it of the antibody that has the value.
                let noted = matches!(*q, "positive" | "negative")
                    && own
                        .iter()
                        .any(|l| l.place == Place::Note && find_word(&l.folded, q).is_some())
                    && evidence.at(Place::Result).any(|l| {
                        l.amounts.iter().any(|k| {
                            k.at.end > 0
                                && self
                                    .amounts
                                    .numbers(sentence, &[])
                                    .iter()
                                    .any(|t| (t.written - k.written).abs() < 1e-9)
                        })
                    });
                if supposed || allows || noted || explains(sentence, at) {
                    continue;
                }
                let about = |l: &&&Line| {
                    words
                        .iter()
                        .filter(|w| w.len() >= 2 && !COMMON.contains(w) && !QUALITIES.contains(w))
                        .any(|w| find_word(&l.folded, w).is_some())
                        || l.place == Place::Result && names_the_test(sentence, &l.folded)
                        || self.things.iter().any(|names| {
                            let named = |t: &str| says_any(t, names);
                            named(sentence) && named(&l.folded)
                        })
                };
                let fits = |l: &&Line| {
                    find_word(&l.folded, q).is_some()
                        || SAME
                            .iter()
                            .any(|(said, known)| said == q && find_word(&l.folded, known).is_some())
                };
                let lines: Vec<&&Line> = own.iter().filter(about).collect();
                if matches!(*q, "normal" | "fine" | "excellent")
                    && self.is_in_range(evidence, sentence)
                {
                    continue;
                }
                if matches!(*q, "mild" | "moderate" | "severe" | "minimal") {
                    // The scale of a score says how bad it is, and so does the chart's own word for the illness.
                    let by_scale = self.is_on_scale(evidence, sentence, q);
                    let charted = own.iter().any(&fits);
                    if by_scale == Some(true) || by_scale.is_none() && charted {
                        continue;
                    }
                }
                if lines.iter().any(|l| fits(l)) || evidence.at(Place::Message).any(|l| fits(&l)) {
                    continue;
                }
                let opposed = lines.iter().find(|l| says_any(&l.folded, QUALITIES));
                found.fact(
                    s.start + at..s.start + at + q.len(),
                    opposed.map(|l| **l),
                    "The chart says otherwise of this test.",
                    "Neither the message nor the chart says this of the test.",
                );
                // A value of which nobody says what it means: the word is the writer's reading of it, and is told.
                let judged =
                    matches!(*q, "fine" | "excellent") && lines.iter().all(|l| l.flags.is_empty());
                if opposed.is_none()
                    && (judged
                        || matches!(*q, "positive" | "negative" | "normal")
                            && self.is_only_measured(evidence, sentence))
                    && let Some(last) = found.list.last_mut()
                {
                    last.serious = false;
                }
            }
        }
    }
}

impl Checks {
    /// Whether the score that a sentence names lies where its scale has a word; none when no scale is known.
    fn is_on_scale(&self, evidence: &Evidence, sentence: &str, word: &str) -> Option<bool> {
        let told = self.amounts.numbers(sentence, &[]);
        evidence
            .at(Place::Result)
            .filter(|l| names_the_test(sentence, &l.folded) || !l.amounts.is_empty())
            .filter_map(|l| {
                let bands: Vec<&Band> = self
                    .scales
                    .iter()
                    .filter(|b| find_word(&l.folded, &b.test).is_some())
                    .collect();
                let named = |v: f64| {
                    told.iter().any(|a| (a.written - v).abs() < 1e-9)
                        && l.amounts.iter().any(|a| (a.written - v).abs() < 1e-9)
                };
                let fits = |b: &&&Band| b.word == word;
                let own: Vec<f64> = l
                    .amounts
                    .iter()
                    .map(|a| a.written)
                    .filter(|v| named(*v))
                    .collect();
                (!bands.is_empty() && !own.is_empty()).then(|| {
                    bands
                        .iter()
                        .filter(fits)
                        .any(|b| own.iter().any(|v| (b.low..=b.high).contains(v)))
                })
            })
            .reduce(|a, b| a || b)
    }

    /// "Your thyroid was normal at 2.0": the chart's newest value of that test lies in the range that laboratories call normal; where
    /// the sentence gives a value, it is that one.
    fn is_in_range(&self, evidence: &Evidence, sentence: &str) -> bool {
        let told = self.amounts.numbers(sentence, &[]);
        let mut named: Vec<&Line> = evidence
            .at(Place::Result)
            .filter(|l| names_the_test(sentence, &l.folded))
            .collect();
        named.sort_by_key(|l| std::cmp::Reverse(l.dates.first().copied()));
        let readings: Vec<(f64, bool)> = named
            .iter()
            .enumerate()
            .filter(|(i, l)| {
                !named[..*i]
                    .iter()
                    .any(|m| is_same_test(&m.folded, &l.folded))
            })
            .filter_map(|(_, l)| {
                let value = l.amounts.iter().find(|a| a.at.end > 0)?.written;
                let range = self.normal.iter().find(|n| l.folded.starts_with(&n.test))?;
                Some((value, (range.low..=range.high).contains(&value)))
            })
            .collect();
        let given = |v: f64| told.iter().any(|a| (a.written - v).abs() < 1e-9);
        if named
            .iter()
            .any(|l| l.amounts.iter().any(|k| k.at.end > 0 && given(k.written)))
        {
            return readings.iter().any(|(v, fits)| *fits && given(*v));
        }
        !readings.is_empty() && readings.iter().all(|(_, fits)| *fits)
    }

    /// True when the results that a sentence names are values of which neither laboratory nor list says what is normal.
    fn is_only_measured(&self, evidence: &Evidence, sentence: &str) -> bool {
        let mut named = evidence
            .at(Place::Result)
            .filter(|l| names_the_test(sentence, &l.folded))
            .peekable();
        named.peek().is_some()
            && named.all(|l| {
                l.flags.is_empty()
                    && l.amounts.iter().any(|k| k.at.end > 0)
                    && !self.normal.iter().any(|n| l.folded.starts_with(&n.test))
            })
    }
}

/// "A tubular adenoma is a benign growth", "under 30 is normal", "negative means": what a word means, and no result.
fn explains(sentence: &str, at: usize) -> bool {
    const EXPLAINS: &[&str] = &[
        "means",
        "mean",
        "stands for",
        "is called",
        "refers to",
        "significa",
        "quiere decir",
    ];
    let clause = &sentence[clause_at(sentence, 0..sentence.len(), at)];
    let before = &sentence[..at];
    let subject = before.trim_start();
    let of_a_kind = ["a ", "an ", "un ", "una "]
        .iter()
        .any(|w| subject.starts_with(w))
        && says_any(before, &["is a", "is an", "is the", "es un", "es una"]);
    let of_a_border = [
        "under",
        "below",
        "above",
        "over",
        "less than",
        "up to",
        "<",
        ">",
    ]
    .iter()
    .any(|w| clause.trim_start().starts_with(w))
        || before
            .rfind('(')
            .is_some_and(|i| !before[i..].contains(')'));
    let told = says_any(clause, &["your", "was", "were", "came", "yours"]);
    !told && (of_a_kind || of_a_border || says_any(clause, EXPLAINS))
}

/// What a reply says and how a chart writes the same. "Nonreactive" is a laboratory's negative; BI-RADS 1 is negative and 2
/// benign (American College of Radiology, BI-RADS Atlas, 5th edition).
const SAME: &[(&str, &str)] = &[
    ("no cancer", "benign"),
    ("no cancer", "negative for malignancy"),
    ("no cancer", "no malignancy"),
    ("no cancer", "no evidence of malignancy"),
    ("no cancer", "negative for cancer"),
    ("benign", "no malignancy"),
    ("benign", "negative for malignancy"),
    ("negative", "nonreactive"),
    ("negative", "non-reactive"),
    ("negative", "not detected"),
    ("negative", "undetectable"),
    ("negative", "bi-rads 1"),
    ("negativa", "bi-rads 1"),
    ("benign", "bi-rads 2"),
];

/// Words that lines share without being about the same thing.
const COMMON: &[&str] = &[
    "the",
    "and",
    "was",
    "were",
    "your",
    "for",
    "test",
    "result",
    "results",
    "on",
    "you",
    "with",
    "that",
    "this",
    "has",
    "have",
    "not",
    "are",
    "too",
    "note",
    "notes",
    "showed",
    "shows",
    "came",
    "back",
    "please",
    "take",
    "from",
    "study",
    "screen",
    "november",
    "october",
    "september",
    "august",
    "july",
    "december",
    "june",
    "may",
    "april",
    "march",
    "february",
    "january",
    "2026",
    "2025",
    "of",
    "is",
    "it",
    "in",
    "to",
    "an",
    "at",
    "so",
    "as",
    "or",
    "if",
    "by",
    "my",
    "we",
    "he",
    "be",
    "do",
    "go",
    "no",
    "up",
    "us",
    "am",
    "pm",
    "de",
    "el",
    "la",
    "su",
    "se",
    "en",
    "al",
    "es",
    "dr",
    "also",
    "well",
    "normal",
    "now",
];

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn a_value_in_its_range_may_be_called_normal() {
        let chart = json!({"results": ["TSH 1.7 (2026-03-02)", "Potassium 5.8 (2026-03-02)", "Ferritin 9 (2026-03-02)"]});
        holds(
            "labs?",
            &chart,
            &[
                "Your thyroid was normal at 1.7.",
                "Your thyroid was normal.",
            ],
            &[
                "Your potassium was normal at 5.8.",
                "Your ferritin was normal at 9.",
                "Your potassium was normal.",
            ],
        );
    }

    #[test]
    fn a_warning_and_a_leave_are_no_results() {
        let chart = json!({
            "results": ["exercise test: no arrhythmia (2026-03-02)", "DGP IgA 64 U/mL (2026-03-02)"],
            "notes": ["2026-03-02: Walking ok. DGP positive."],
        });
        holds(
            "results?",
            &chart,
            &[
                "Walking is fine after the exercise test.",
                "If the chest pain on exercise is severe, call 911.",
                "Your gluten antibody test was positive at 64.",
            ],
            &["Your gluten antibody test was negative at 64."],
        );
    }

    #[test]
    fn a_laboratory_writes_negative_in_its_own_words() {
        let chart = json!({"results": ["HIV Ag/Ab nonreactive (2026-03-02)", "Urine hCG negative (2026-03-02)", "Mammogram BI-RADS 2 (2026-03-02)"]});
        holds(
            "results?",
            &chart,
            &[
                "Your HIV test was negative.",
                "Your pregnancy test was negative.",
                "Your mammogram was benign.",
            ],
            &[
                "Your HIV test was positive.",
                "Your mammogram was abnormal.",
            ],
        );
    }
}
