//! Visits that a reply tells otherwise than they are booked: by video, or first of two.

use super::super::evidence::{Evidence, Line, Place};
use super::super::{Case, Checks, Found};
use super::clauses::{clause_at, denies, shared, supposes};
use super::{find_word, says_any};

impl Checks {
    /// "Your visit is a video visit", where nobody speaks of video.
    pub(super) fn visits_by(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for c in self.told.by.captures_iter(text) {
            let Some(whole) = c.get(0) else { continue };
            let sentence = found.reading.sentence(whole.start());
            let words = &text[clause_at(text, sentence.clone(), whole.start())];
            let known = evidence.lines.iter().any(|l| {
                [
                    "video", "tele", "phone", "virtual", "zoom", "remote", "call",
                ]
                .iter()
                .any(|w| l.folded.contains(w))
            });
            let booked = !self.dates.days(words).is_empty()
                || ["your ", "su "]
                    .iter()
                    .any(|w| text[..whole.start()].ends_with(w));
            let offered = supposes(words)
                || says_any(
                    words,
                    &[
                        "or", "rather", "instead", "like", "prefer", "ask", "request",
                    ],
                );
            if !known && booked && !offered && !found.is_marked(&whole.range()) {
                let line = evidence
                    .at(Place::Appointment)
                    .find(|l| shared(words, &l.folded) > 0);
                found.fact(
                    whole.range(),
                    line,
                    "The chart does not say that this visit is held so.",
                    "Neither the message nor the chart speaks of such a visit.",
                );
            }
        }
    }

    /// "You see Dr. Haddon first", where the other visit is booked before.
    pub(super) fn visits_first(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        text: &str,
        found: &mut Found<'_>,
    ) {
        let mut visits: Vec<(jiff::civil::Date, &Line)> = evidence
            .at(Place::Appointment)
            .filter_map(|l| Some((l.dates.iter().copied().find(|d| *d >= case.today)?, l)))
            .collect();
        visits.sort_by_key(|(d, _)| *d);
        let [(early, _), (late, line)] = visits[..] else {
            return;
        };
        if early == late {
            return;
        }
        for m in self.told.first.find_iter(text) {
            let sentence = found.reading.sentence(m.start());
            let start = text[sentence.start..m.start()]
                .rfind([';', ':', ','])
                .map_or(sentence.start, |i| sentence.start + i + 1);
            let clause = &text[start..m.start()];
            let sees = says_any(
                clause,
                &[
                    "see", "have", "get", "visit", "go", "meet", "is", "comes", "ve", "tiene",
                ],
            );
            let of = |l: &Line| names_of(clause, l);
            let (early, late) = (visits[0].1, visits[1].1);
            if sees && of(late) && !of(early) && !supposes(clause) && !denies(clause) {
                let at = start + clause.len() - clause.trim_start().len()..m.start() + 5;
                found.contradicts(at, line, "By the chart the other visit comes first.");
            }
        }
    }
}

/// True when a clause names a visit by its doctor or by what it is.
fn names_of(clause: &str, line: &Line) -> bool {
    let doctor = clause
        .split(|c: char| !c.is_alphabetic())
        .skip_while(|w| !matches!(*w, "dr" | "dra"))
        .find(|w| w.len() > 3);
    doctor.is_some_and(|d| find_word(&line.folded, d).is_some()) || shared(clause, &line.folded) > 0
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn visits_are_held_as_booked_and_in_their_order() {
        let chart = json!({"appointments": [
            "2026-03-12 08:00 renal ultrasound, Imaging",
            "2026-03-19 14:00 Dr. Haddon, Nephrology",
        ]});
        holds(
            "which comes first?",
            &chart,
            &[
                "You have the ultrasound first, on March 12.",
                "Would you like a video visit?",
                "At first you may feel worried; you see Dr. Haddon on March 19.",
            ],
            &[
                "You see Dr. Haddon first, on March 19.",
                "Your visit with Dr. Haddon on March 19 is a video visit.",
            ],
        );
    }
}
