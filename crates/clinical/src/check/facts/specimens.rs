//! What results say of the body without a number of their own: a blood type, a level of the spine, the part that was measured.

use super::super::evidence::{Evidence, Place};
use super::super::{Checks, Found};
use super::clauses::supposes;
use super::find_word;
use std::ops::Range;

/// Parts of the body that results are of.
const PARTS: &[&str] = &[
    "hip", "spine", "knee", "shoulder", "wrist", "ankle", "neck", "chest", "abdomen", "liver",
    "kidney", "breast", "thyroid", "lung", "brain", "femoral", "lumbar", "cervical", "thoracic",
    "pelvis", "elbow", "foot", "hand", "prostate", "ovary", "uterus", "heart", "carotid",
    "stomach", "colon", "skin", "scalp", "cadera", "columna", "rodilla", "hombro",
];

impl Checks {
    /// Blood types and levels of the spine, which no number tells.
    pub(super) fn words_of_results(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        let of = |t: &str| -> Vec<(Range<usize>, String)> {
            let types = self.bound.blood_type.captures_iter(t).filter_map(|c| {
                let sign = c.name("sign")?.as_str();
                let sign = if sign.starts_with(['p', '+']) {
                    '+'
                } else {
                    '-'
                };
                Some((c.get(0)?.range(), format!("{}{sign}", &c["type"])))
            });
            let levels = self.bound.level.find_iter(t).map(|m| {
                let name = m.as_str().replace(['l', 't', 'c'], "");
                (m.range(), format!("{}{name}", &m.as_str()[..1]))
            });
            types.chain(levels).collect()
        };
        for (at, name) in of(text) {
            let kind = |n: &str| n.ends_with(['+', '-']);
            let mut lines = evidence
                .lines
                .iter()
                .map(|l| (l, of(&l.folded)))
                .filter(|(_, list)| list.iter().any(|(_, n)| kind(n) == kind(&name)));
            let all: Vec<_> = lines.by_ref().collect();
            let known = all
                .iter()
                .any(|(_, list)| list.iter().any(|(_, n)| *n == name));
            if !known && !found.is_marked(&at) {
                const NOWHERE: &str = "Neither the message nor the chart has this.";
                found.fact(at, all.first().map(|(l, _)| *l), NOWHERE, NOWHERE);
            }
        }
    }

    /// "In the hip", where the chart's value is of the spine.
    pub(super) fn parts_of_results(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        let parts = |t: &str| -> Vec<&'static str> {
            PARTS
                .iter()
                .filter(|p| find_word(t, p).is_some())
                .copied()
                .collect()
        };
        for s in found.reading.sentences.clone() {
            let sentence = &text[s.clone()];
            let line = evidence.at(Place::Result).find(|l| {
                !parts(&l.folded).is_empty()
                    && super::names_the_test(sentence, &l.folded)
                    && l.amounts.iter().any(|a| {
                        a.at.end > 0
                            && self
                                .amounts
                                .numbers(sentence, &[])
                                .iter()
                                .any(|k| (k.written - a.written).abs() < 1e-9)
                    })
            });
            let Some(line) = line else { continue };
            for part in parts(sentence) {
                let known = evidence.lines.iter().any(|l| l.folded.contains(part));
                if !known
                    && let Some(at) = find_word(sentence, part)
                    && !supposes(sentence)
                    && !found.is_marked(&(s.start + at..s.start + at + part.len()))
                {
                    found.at(
                        "contradicts_chart",
                        s.start + at..s.start + at + part.len(),
                        "The chart has this value of another part of the body.",
                        Some(&line.text),
                    );
                }
            }
        }
    }
}
