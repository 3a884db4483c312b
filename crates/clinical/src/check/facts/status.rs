//! What the chart forbids, ends or rules out, and a reply tells the other way
//! round: a drug that was stopped or goes on, "no contact" that is allowed, "no
//! mass" that was found.

use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Line, Place, covers};
use super::super::{CheckError, Checks, Found, built};
use super::clauses::{clause_at, clauses, denies, reports, shared, stem, supposes, topics};
use super::{find_word, says_any};
use regex::Regex;

/// Recognisers, compiled once.
#[derive(Debug)]
pub(in super::super) struct Status {
    /// A drug is told as stopped, before or behind its name.
    stopped_before: Regex,
    stopped_after: Regex,
    /// A line that keeps off something: "no contact", "avoid NSAIDs".
    forbids: Regex,
    /// A reply that allows something.
    allows: Regex,
    /// "No mass", "sin fractura".
    absent: Regex,
    /// A drug is advised.
    advised: Regex,
}

/// Stems by which a chart says that a drug ended or is held.
const ENDS: &[&str] = &[
    "stop",
    "stopped",
    "hold",
    "held",
    "discontinu",
    "suspend",
    "quit",
    "avoid",
    "replac",
    "switch",
    "taken off",
    "no longer",
    "dej",
    "finish",
    "complet",
    "until",
    "hasta",
    "retir",
    "wean",
    "taper",
    "change",
    "instead",
    "allerg",
];

impl Status {
    pub(in super::super) fn new() -> Result<Self, CheckError> {
        Ok(Self {
            stopped_before: built(
                r"\b(?:stopped|discontinued|suspended|took you off|taken off|(?:was|were) told to stop|suspendio|quito|please stop(?: taking)?|you can stop(?: taking)?) (?:the |your |taking |el |la |su )*$",
            )?,
            stopped_after: built(
                r"^(?: \w+){0,2} (?:was|were|has been|have been|is|fue) (?:now |already |just )?(?:stopped|discontinued|suspended|cancelled|canceled|ended|taken off|suspendid[oa])\b",
            )?,
            forbids: built(
                r"(?:^|[.;:,] ?|\b(?:and|still|but|to|y) )(?:no|do not|don't|avoid|not to|stay off|keep off|sin|evitar|hold off) (?P<what>\w{3,}(?: \w{4,})?)",
            )?,
            allows: built(
                r"\b(?:is|are|it's|es|esta) (?:\w+ )?(?:allowed|permitted|fine|okay|ok|safe|permitid[oa])\b|\b(?:you|he|she|they) (?:can|may)\b|\b(?:fine|okay|ok|free|cleared|safe) to\b|\bgo ahead\b|\bpuede\b",
            )?,
            absent: built(
                r"\b(?:no|without|negative for|sin) (?:evidence of |sign of |signs of |new |acute |obvious |other )?(?P<what>[a-z]{4,}(?: [a-z]{4,})?)",
            )?,
            advised: built(
                r"\b(?:take|taking|use|using|try|trying|tome|use|start|pick up|add)\b|\b(?:is|are|would be) (?:\w+ )?(?:fine|safe|okay|ok|good|alright)\b",
            )?,
        })
    }
}

impl Checks {
    pub(super) fn status_named(
        &self,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        for m in mentions {
            self.told_as_stopped(evidence, text, m, found);
            self.told_to_avoid(evidence, text, m, found);
        }
        self.allowed_against(evidence, text, found);
        self.found_against(evidence, text, found);
    }

    /// "X was stopped", where the chart lists it and ends it nowhere.
    fn told_as_stopped(&self, evidence: &Evidence, text: &str, m: &Mention, found: &mut Found<'_>) {
        let sentence = found.reading.sentence(m.at.start);
        let clause = clause_at(text, sentence.clone(), m.at.start);
        let before = text.get(clause.start..m.at.start).unwrap_or("");
        let after = text.get(m.at.end..sentence.end).unwrap_or("");
        let told = self.status.stopped_after.is_match(after)
            || self.status.stopped_before.is_match(before)
                && !denies(before.trim_end_matches(|c: char| !c.is_alphanumeric()));
        if !told || supposes(&text[clause]) || found.is_marked(&m.at) {
            return;
        }
        let listed = evidence
            .at(Place::Medication)
            .find(|l| l.drugs.iter().any(|d| covers(&d.name, &m.name)));
        let ended = evidence.naming(&m.name).any(|l| ends(l, &m.name));
        if let Some(line) = listed
            && !ended
        {
            found.at(
                "contradicts_chart",
                m.at.clone(),
                "The chart lists this drug as taken, and stops it nowhere.",
                Some(&line.text),
            );
        }
    }

    /// A drug that is advised, where a line of the chart says to keep off it.
    fn told_to_avoid(&self, evidence: &Evidence, text: &str, m: &Mention, found: &mut Found<'_>) {
        let sentence = &text[found.reading.sentence(m.at.start)];
        if !self.status.advised.is_match(sentence)
            || supposes(sentence)
            || denies(sentence)
            || found.is_marked(&m.at)
            || self.is_advised_against(text, m, found)
            || evidence
                .at(Place::Medication)
                .any(|l| l.drugs.iter().any(|d| covers(&d.name, &m.name)))
        {
            return;
        }
        let against = evidence
            .lines
            .iter()
            .filter(|l| matches!(l.place, Place::Note | Place::Problem | Place::Result))
            .find(|l| {
                // What one sentence of a note keeps off, the next may allow.
                l.folded.split(". ").any(|part| {
                    clauses(part, 0..part.len()).into_iter().any(|c| {
                        let clause = &part[c];
                        [
                            "avoid", "no ", "do not", "don't", "evitar", "stay off", "never",
                        ]
                        .iter()
                        .any(|w| clause.starts_with(w) || clause.contains(&format!(" {w}")))
                            && (self
                                .drugs
                                .find(clause)
                                .iter()
                                .any(|d| covers(&d.name, &m.name))
                                || self.is_of_class(m, clause))
                    })
                })
            });
        if let Some(line) = against {
            found.at(
                "contradicts_chart",
                m.at.clone(),
                "The chart says to keep off this.",
                Some(&line.text),
            );
        }
    }

    /// "Contact is allowed", where the chart says "no contact".
    fn allowed_against(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for m in self.status.allows.find_iter(text) {
            let sentence = found.reading.sentence(m.start());
            let clause = clause_at(text, sentence.clone(), m.start());
            let words = &text[clause.clone()];
            if denies(words)
                || says_any(words, &["if", "when", "once", "after", "whether"])
                || text[sentence].trim_end().ends_with('?')
                || found.is_marked(&clause)
            {
                continue;
            }
            let against = evidence
                .lines
                .iter()
                .filter(|l| matches!(l.place, Place::Note | Place::Problem | Place::Medication))
                .find(|l| {
                    self.status.forbids.captures_iter(&l.folded).any(|c| {
                        c.name("what").is_some_and(|what| {
                            topics(what.as_str())
                                .next()
                                .is_some_and(|t| topics(words).any(|w| stem(w) == stem(t)))
                        })
                    })
                });
            if let Some(line) = against {
                found.at(
                    "contradicts_chart",
                    m.range(),
                    "The chart says not to.",
                    Some(&line.text),
                );
            }
        }
    }

    /// "Showed a small mass", where the chart says "no mass".
    fn found_against(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        let lines = evidence
            .lines
            .iter()
            .filter(|l| matches!(l.place, Place::Result | Place::Note));
        for line in lines {
            for c in self.status.absent.captures_iter(&line.folded) {
                let Some(what) = c.name("what") else { continue };
                // The last word is the thing: "no bone infection".
                let Some(thing) = topics(what.as_str()).last() else {
                    continue;
                };
                for s in found.reading.sentences.clone() {
                    let Some(at) = find_word(&text[s.clone()], thing) else {
                        continue;
                    };
                    let at = s.start + at..s.start + at + thing.len();
                    let clause = &text[clause_at(text, s.clone(), at.start)];
                    let sentence = &text[s];
                    let told = reports(clause)
                        || says_any(
                            clause,
                            &[
                                "showed", "shows", "found", "has", "had", "muestra", "mostro",
                            ],
                        );
                    if told
                        && !denies(sentence)
                        && !supposes(sentence)
                        && shared(&sentence.replace(thing, ""), &line.folded) > 0
                        // Another line may have found it.
                        && !evidence.lines.iter().any(|l| {
                            l.place != Place::Message
                                && !std::ptr::eq(l, line)
                                && find_word(&l.folded, thing).is_some()
                        })
                        && !found.is_marked(&at)
                    {
                        found.at(
                            "contradicts_chart",
                            at,
                            "The chart says that there is none.",
                            Some(&line.text),
                        );
                    }
                }
            }
        }
    }
}

/// True when a line says that a drug ended, was held or is to be: "need not be stopped" says not.
fn ends(line: &Line, drug: &str) -> bool {
    clauses(&line.folded, 0..line.folded.len())
        .into_iter()
        .any(|c| {
            let clause = &line.folded[c.clone()];
            let named = line
                .drugs
                .iter()
                .any(|d| covers(&d.name, drug) && c.contains(&d.at.start));
            let alone = line.drugs.len() == 1;
            (named || alone)
                && ENDS.iter().any(|e| {
                    clause.match_indices(e).any(|(i, _)| {
                        let before = &clause[..i];
                        !["not ", "not be ", "n't ", "never ", "without "]
                            .iter()
                            .any(|n| before.ends_with(n))
                    })
                })
        })
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn a_drug_that_goes_on_was_not_stopped() {
        let chart = json!({
            "medications": ["Digoxin 0.125 mg daily", "Losartan 50 mg daily"],
            "notes": ["2026-03-02: Continue digoxin.", "2026-02-09: Stop losartan for a week."],
        });
        holds(
            "still?",
            &chart,
            &["Losartan was stopped on February 9."],
            &["Digoxin was stopped on March 2.", "We stopped the digoxin."],
        );
    }

    #[test]
    fn what_the_chart_forbids_is_not_allowed() {
        let chart = json!({
            "medications": ["Lithium 300 mg BID"],
            "notes": ["2026-03-02: No swimming until healed. Avoid NSAIDs."],
        });
        holds(
            "pool? pain?",
            &chart,
            &[
                "Swimming is not allowed yet.",
                "Walking is fine.",
                "Please avoid naproxen.",
            ],
            &[
                "Swimming is fine now.",
                "Naproxen is okay to use for the pain.",
            ],
        );
    }

    #[test]
    fn what_was_not_there_was_not_found() {
        let chart = json!({"results": ["Wrist x-ray no fracture (2026-03-02)"]});
        holds(
            "x-ray?",
            &chart,
            &["Your wrist x-ray showed no fracture."],
            &["Your wrist x-ray showed a small fracture."],
        );
    }
}
