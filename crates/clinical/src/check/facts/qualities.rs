//! What a reply says of a result in words: positive, negative, benign.

use super::super::evidence::{Evidence, Line, Place};
use super::super::{Checks, Found};
use super::{find_word, names_the_test};

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
            "no cancer",
            "cancer-free",
            "positivo",
            "positiva",
            "negativo",
            "negativa",
        ];
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
                if *q == "normal"
                    && !["is", "was", "were", "are", "looks", "back"]
                        .iter()
                        .any(|v| sentence[..at].trim_end().ends_with(v))
                {
                    continue;
                }
                let about = |l: &&&Line| {
                    words
                        .iter()
                        .filter(|w| w.len() >= 3 && !COMMON.contains(w) && !QUALITIES.contains(w))
                        .any(|w| find_word(&l.folded, w).is_some())
                };
                let fits = |l: &&Line| {
                    find_word(&l.folded, q).is_some()
                        || *q == "no cancer" && l.folded.contains("benign")
                };
                let lines: Vec<&&Line> = own.iter().filter(about).collect();
                if lines.iter().any(|l| fits(l)) || evidence.at(Place::Message).any(|l| fits(&l)) {
                    continue;
                }
                let opposed = lines
                    .iter()
                    .find(|l| QUALITIES.iter().any(|o| find_word(&l.folded, o).is_some()));
                found.fact(
                    s.start + at..s.start + at + q.len(),
                    opposed.map(|l| **l),
                    "The chart says otherwise of this test.",
                    "Neither the message nor the chart says this of the test.",
                );
            }
        }
    }
}

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
];
