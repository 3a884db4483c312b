//! What an examination found, told in other words than the chart's: a part that
//! is torn and was intact, the other side, often for seldom; a group of blood, a
//! percentile and an earlier reaction that no line has.

use super::super::evidence::{Evidence, Line, Place};
use super::super::{CheckError, Checks, Found, built};
use super::clauses::{clause_at, denies, reports, shared, supposes, topics};
use super::{find_word, names_the_test, says_any};
use regex::Regex;
use std::ops::Range;

/// Recognisers, compiled once.
#[derive(Debug)]
pub(in super::super) struct Described {
    /// "Meniscus intact", in a line.
    whole: Regex,
    /// A word for what is not whole, in a reply.
    broken: Regex,
    /// "On the right side", without a part of the body.
    side: Regex,
    /// "O positive".
    blood_group: Regex,
    /// "In the 40th percentile".
    percentile: Regex,
    /// "You had a sulfa reaction".
    reacted: Regex,
}

/// Words of degree: whoever says one and finds the other in the line was misread.
const DEGREES: &[(&[&str], &[&str])] = &[
    (
        &[
            "rare",
            "occasional",
            "infrequent",
            "isolated",
            "raros",
            "raras",
            "ocasionales",
        ],
        &[
            "frequent",
            "many",
            "constant",
            "numerous",
            "frecuentes",
            "muchos",
            "muchas",
        ],
    ),
    (
        &["small", "tiny", "minimal", "pequeno", "pequena"],
        &["large", "big", "huge", "grande"],
    ),
    (
        &["partial", "partly", "parcial"],
        &["complete", "total", "full", "completa", "completo"],
    ),
    (
        &["acute", "agudo", "aguda"],
        &["chronic", "cronico", "cronica"],
    ),
];

impl Described {
    pub(in super::super) fn new() -> Result<Self, CheckError> {
        Ok(Self {
            whole: built(
                r"\b(?P<what>[a-z]{4,}) (?:is |are |was |were |esta |estan )?(?:intact|preserved|intact[oa]s?|conservad[oa]s?)\b",
            )?,
            broken: built(
                r"\b(?:torn|tears?|tore|ruptured?|fractured?|broken|damaged|cracked|rot[oa]s?|desgarr\w+|rotura|ruptura)\b",
            )?,
            side: built(
                r"\b(?:on|to|del|al|en el) (?:the |your |his |her |lado )?(?P<side>left|right|izquierdo|derecho)\b(?: side)?",
            )?,
            blood_group: built(
                r"\b(?P<group>ab|a|b|o)[ -]?(?:rh[ -]?)?(?P<sign>pos(?:itive)?|neg(?:ative)?|positiv[oa]|negativ[oa])\b",
            )?,
            percentile: built(
                r"\b(?P<n>\d{1,2})(?:st|nd|rd|th)?(?: |-)?(?:percentile|%ile)\b|\bpercentil (?P<m>\d{1,2})\b",
            )?,
            reacted: built(
                r"\b(?:you|he|she|they|usted|ella|el) (?:have |has )?(?:had|got|tuvo|ha tenido|presento)(?: \w+){0,2}? (?:(?P<what>[a-z]{4,}) (?:reaction|allergy)|(?:reaction|reaccion|alergia) (?:to|a) (?:la |el |las |los |the )?(?P<to>[a-z]{4,}))\b",
            )?,
        })
    }
}

impl Checks {
    pub(super) fn described(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        self.torn_though_whole(evidence, text, found);
        self.on_the_other_side(evidence, text, found);
        self.of_another_degree(evidence, text, found);
        self.blood_groups(evidence, text, found);
        self.percentiles(evidence, text, found);
        self.reacted_earlier(evidence, text, found);
    }

    /// "The meniscus has a small tear", where the chart says that it is intact.
    fn torn_though_whole(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for line in findings_of(evidence) {
            for c in self.described.whole.captures_iter(&line.folded) {
                let Some(what) = c.name("what") else { continue };
                for (i, _) in text.match_indices(what.as_str()) {
                    let sentence = found.reading.sentence(i);
                    let behind = &text[i..sentence.end];
                    let Some(broken) = self.described.broken.find(behind) else {
                        continue;
                    };
                    let at = i + broken.start()..i + broken.end();
                    let between = &text[i..at.start];
                    // "The meniscus is intact, and the ligament is torn" tells of two things.
                    if denies(between)
                        || self.described.whole.is_match(between)
                        || between.contains(['.', ';'])
                        || between.contains(" and ")
                        || supposes(&text[sentence.clone()])
                    {
                        continue;
                    }
                    contradicts(found, at, line, "The chart says that it is whole.");
                }
            }
        }
    }

    /// "A nerve on the right side", where the finding that the sentence tells is on the left.
    fn on_the_other_side(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for c in self.described.side.captures_iter(text) {
            let (Some(whole), Some(side)) = (c.get(0), c.name("side")) else {
                continue;
            };
            let sentence = found.reading.sentence(whole.start());
            let words = &text[sentence.clone()];
            if supposes(words) || sentence_names_both(words) {
                continue;
            }
            let other = match side.as_str() {
                "left" => ["right", "derech"],
                "right" => ["left", "izquierd"],
                "izquierdo" => ["derech", "right"],
                _ => ["izquierd", "left"],
            };
            let own = match side.as_str() {
                "left" | "izquierdo" => ["left", "izquierd"],
                _ => ["right", "derech"],
            };
            let has = |l: &Line, sides: [&str; 2]| {
                l.folded
                    .split(|c: char| !c.is_alphanumeric())
                    .any(|w| sides.iter().any(|s| w.starts_with(s)))
            };
            let about: Vec<&Line> = findings_of(evidence)
                .filter(|l| tells_of(words, l) && (has(l, other) || has(l, own)))
                .collect();
            if let Some(line) = about.first()
                && about.iter().all(|l| !has(l, own))
            {
                contradicts(found, whole.range(), line, "The chart says the other side.");
            }
        }
    }

    /// "Frequent extra beats", where the chart has rare ones.
    fn of_another_degree(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for (few, many) in DEGREES {
            for (said, known) in [(few, many), (many, few)] {
                for word in *said {
                    for s in found.reading.sentences.clone() {
                        let sentence = &text[s.clone()];
                        let Some(i) = find_word(sentence, word) else {
                            continue;
                        };
                        let at = s.start + i..s.start + i + word.len();
                        let clause = &text[clause_at(text, s.clone(), at.start)];
                        if supposes(sentence) || denies(clause) || !reports(sentence) {
                            continue;
                        }
                        let line = evidence.at(Place::Result).find(|l| {
                            tells_of(sentence, l)
                                && says_any(&l.folded, known)
                                && !says_any(&l.folded, said)
                        });
                        let told_elsewhere = evidence
                            .lines
                            .iter()
                            .any(|l| find_word(&l.folded, word).is_some());
                        if let Some(line) = line
                            && !told_elsewhere
                        {
                            contradicts(found, at, line, "The chart says another degree.");
                        }
                    }
                }
            }
        }
    }

    /// A group of blood that no line has.
    fn blood_groups(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        let of = |text: &str| -> Vec<(Range<usize>, String)> {
            self.described
                .blood_group
                .captures_iter(text)
                .filter_map(|c| {
                    let sign = c.name("sign")?.as_str().starts_with('p');
                    let name = format!(
                        "{}{}",
                        c.name("group")?.as_str(),
                        if sign { '+' } else { '-' }
                    );
                    Some((c.get(0)?.range(), name))
                })
                .collect()
        };
        for (at, group) in of(text) {
            let sentence = &text[found.reading.sentence(at.start)];
            // "A positive test" is no group.
            let of_blood = says_any(sentence, &["type", "typed", "group", "tipo", "grupo", "rh"]);
            let known = evidence
                .lines
                .iter()
                .any(|l| of(&l.folded).iter().any(|(_, g)| *g == group));
            let clause = &text[clause_at(text, found.reading.sentence(at.start), at.start)];
            if of_blood && !known && !supposes(clause) && !found.is_marked(&at) {
                let line = evidence
                    .lines
                    .iter()
                    .find(|l| l.place != Place::Message && !of(&l.folded).is_empty());
                found.fact(
                    at,
                    line,
                    "The chart has another group of blood.",
                    "Neither the message nor the chart has this group of blood.",
                );
            }
        }
    }

    /// A percentile that no line has.
    fn percentiles(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        let number =
            |c: &regex::Captures<'_>| c.name("n").or(c.name("m")).map(|n| n.as_str().to_owned());
        for c in self.described.percentile.captures_iter(text) {
            let Some(whole) = c.get(0) else { continue };
            let sentence = &text[found.reading.sentence(whole.start())];
            let told = number(&c);
            let on = |l: &Line| {
                self.described
                    .percentile
                    .captures_iter(&l.folded)
                    .map(|k| number(&k))
                    .collect::<Vec<_>>()
            };
            if supposes(sentence)
                || evidence.lines.iter().any(|l| on(l).contains(&told))
                || found.is_marked(&whole.range())
            {
                continue;
            }
            let line = evidence
                .lines
                .iter()
                .find(|l| l.place != Place::Message && !on(l).is_empty());
            found.fact(
                whole.range(),
                line,
                "The chart has another percentile.",
                "Neither the message nor the chart has this percentile.",
            );
        }
    }

    /// "You had a sulfa reaction", where nothing speaks of sulfa.
    fn reacted_earlier(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        /// Words before "reaction" that name no cause.
        const NO_CAUSE: &[&str] = &[
            "allergic",
            "severe",
            "mild",
            "serious",
            "similar",
            "this",
            "that",
            "such",
            "skin",
            "past",
            "earlier",
            "previous",
            "local",
            "small",
            "some",
            "your",
            "strong",
            "normal",
            "adverse",
            "drug",
            "medication",
            "medicine",
            "vaccine",
            "them",
            "these",
            "those",
        ];
        for c in self.described.reacted.captures_iter(text) {
            let Some(cause) = c.name("what").or(c.name("to")) else {
                continue;
            };
            // "You had a sulfa reaction, so mention it when anyone prescribes" supposes nothing of the reaction.
            let clause =
                &text[clause_at(text, found.reading.sentence(cause.start()), cause.start())];
            let stem = &cause.as_str()[..cause.as_str().len().min(5)];
            let of_this = |l: &Line| {
                l.folded.contains(stem)
                    || self
                        .drugs
                        .find(cause.as_str())
                        .iter()
                        .any(|m| l.drugs.iter().any(|d| d.name == m.name))
            };
            if NO_CAUSE.contains(&cause.as_str())
                || supposes(clause)
                || denies(clause)
                || evidence
                    .lines
                    .iter()
                    .filter(|l| l.place != Place::Medication)
                    .any(of_this)
                || found.is_marked(&cause.range())
            {
                continue;
            }
            found.fact(
                cause.range(),
                evidence.at(Place::Allergy).next(),
                "The chart lists another allergy.",
                "Neither the message nor the chart tells of this reaction.",
            );
        }
    }
}

/// Lines that tell what was found.
fn findings_of(evidence: &Evidence) -> impl Iterator<Item = &Line> {
    evidence
        .lines
        .iter()
        .filter(|l| matches!(l.place, Place::Result | Place::Note | Place::Problem))
}

/// True when a sentence tells of what a line is about: two words in common, or its test, or a level of the spine.
fn tells_of(sentence: &str, line: &Line) -> bool {
    let level = |t: &str| -> Vec<String> {
        t.split(|c: char| !c.is_alphanumeric() && c != '-')
            .filter(|w| {
                w.len() >= 2
                    && w.starts_with(['l', 'c', 't', 's'])
                    && w[1..].starts_with(|c: char| c.is_ascii_digit())
            })
            .map(str::to_owned)
            .collect()
    };
    let levels = level(&line.folded);
    shared(sentence, &line.folded) > 1
        || line.place == Place::Result
            && (names_the_test(sentence, &line.folded) || topics(&line.folded).count() > 0)
            && (level(sentence).iter().any(|l| levels.contains(l))
                || names_the_test(sentence, &line.folded) && shared(sentence, &line.folded) > 0)
}

/// True when a sentence speaks of both sides.
fn sentence_names_both(sentence: &str) -> bool {
    let has = |w: &str| sentence.contains(w);
    (has("left") || has("izquierd")) && (has("right") || has("derech")) || has("both sides")
}

fn contradicts(found: &mut Found<'_>, at: Range<usize>, line: &Line, why: &str) {
    if !found.is_marked(&at) {
        found.at("contradicts_chart", at, why, Some(&line.text));
    }
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn what_is_whole_is_not_torn_and_a_side_is_kept() {
        let chart = json!({"results": [
            "Shoulder MRI: supraspinatus partial tear, biceps tendon intact (2026-02-19)",
            "Lumbar MRI: L5-S1 disc protrusion, left (2026-02-20)",
        ]});
        holds(
            "my scans?",
            &chart,
            &[
                "The shoulder MRI showed a partial tear of the supraspinatus, and the biceps tendon is intact.",
                "The disc at L5-S1 presses on a nerve on the left side.",
            ],
            &[
                "On the shoulder MRI the biceps tendon has a tear too.",
                "The disc at L5-S1 presses on a nerve on the right side.",
                "The shoulder MRI showed a complete tear of the supraspinatus.",
            ],
        );
    }

    #[test]
    fn degrees_groups_and_percentiles_are_the_charts() {
        let chart = json!({"results": [
            "Holter monitor: rare PVCs, no pauses (2026-02-19)",
            "Blood type A negative (2026-01-07)",
            "Length 40th percentile (2026-02-02)",
        ]});
        holds(
            "results?",
            &chart,
            &[
                "The Holter monitor showed rare PVCs.",
                "Your blood type is A negative.",
                "The length is at the 40th percentile.",
                "A positive mood is good for the blood.",
            ],
            &[
                "The Holter monitor showed frequent PVCs.",
                "Your blood type is AB negative.",
                "The length is at the 75th percentile.",
            ],
        );
    }

    #[test]
    fn a_reaction_is_to_what_the_chart_lists() {
        let chart = json!({"allergies": ["Cefaclor (vomiting)"]});
        holds(
            "what may I take?",
            &chart,
            &[
                "Please avoid cefaclor, since it made you throw up.",
                "You had a reaction to cefaclor.",
            ],
            &[
                "Please avoid cefaclor, since it gave you hives.",
                "Remember that you had a latex reaction, and say so if anyone asks.",
            ],
        );
    }
}
