//! Dates that end something or on which something was done: "until March 10", "the stent was placed on
//! February 10". The date may be one of the chart and still not be that of the thing.

use super::super::evidence::{Evidence, Line, Place};
use super::super::reckoned;
use super::super::{CheckError, Checks, Found, built};
use super::clauses::{clause_at, shared, supposes};
use regex::Regex;

/// Recognisers, compiled once.
#[derive(Debug)]
pub(in super::super) struct Events {
    /// What stands before a date that ends something.
    until: Regex,
    /// What tells of something that was done.
    done: Regex,
}

impl Events {
    pub(in super::super) fn new() -> Result<Self, CheckError> {
        Ok(Self {
            until: built(
                r"\b(?:until|till|through|hasta)(?: (?:el|the|at least|about|\w+day,?))* *$",
            )?,
            done: built(
                r"\b(?:was|were|been|got|had|fue|fueron) (?:placed|inserted|put in|put|implanted|removed|taken out|done|performed|operated|repaired|replaced|fixed|diagnosed|born|delivered|colocad[oa]|puest[oa]|retirad[oa]|operad[oa]|hech[oa])\b",
            )?,
        })
    }
}

/// Words by which a line ends something.
const UNTIL: &[&str] = &["until", "till", "through", "hasta"];

impl Checks {
    pub(super) fn events_named(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for d in self.dates.days(text) {
            if found.is_full() {
                return;
            }
            if d.month.is_none() || d.day.is_none() || found.is_marked(&d.at) {
                continue;
            }
            let sentence = found.reading.sentence(d.at.start);
            if supposes(&text[sentence.clone()]) {
                continue;
            }
            let clause = clause_at(text, sentence, d.at.start);
            let before = &text[clause.start.min(d.at.start)..d.at.start];
            if self.events.until.is_match(before) {
                // Each part of a line ends something of its own: "no driving until …. no lifting until …".
                let parts: Vec<(&Line, &str, usize)> = evidence
                    .lines
                    .iter()
                    .filter(|l| l.place != Place::Message)
                    .flat_map(|l| l.folded.split(". ").map(move |p| (l, p)))
                    .filter(|(_, p)| UNTIL.iter().any(|w| p.contains(w)))
                    .map(|(l, p)| (l, p, shared(before, p)))
                    .filter(|(_, p, n)| *n > 0 && !self.dates.days(p).is_empty())
                    .collect();
                let most = parts.iter().map(|p| p.2).max().unwrap_or(0);
                let nearest: Vec<_> = parts.iter().filter(|p| p.2 == most).collect();
                let fits = nearest.iter().any(|(l, p, _)| {
                    let written = |k: &super::super::dates::Day| k.month.is_some() && d.is_in(k);
                    // The date that a note begins with ends nothing; one that is reckoned from it may.
                    let own = l.dates.iter().any(|x| d.is_in(&reckoned::day(*x)));
                    self.dates.days(p).iter().any(written)
                        || !own && l.reckoned.iter().any(|k| d.is_in(k))
                });
                if let Some((line, ..)) = nearest.first()
                    && !fits
                {
                    found.at(
                        "contradicts_chart",
                        d.at.clone(),
                        "The chart has another last day of this.",
                        Some(&line.text),
                    );
                }
                continue;
            }
            let Some(deed) = self.events.done.find(before) else {
                continue;
            };
            let what = before.replace(deed.as_str(), " ");
            let about: Vec<&Line> = evidence
                .lines
                .iter()
                .filter(|l| !l.days.is_empty() && shared(&what, &l.folded) > 0)
                .collect();
            let says = |l: &Line| l.days.iter().chain(&l.reckoned).any(|k| d.is_in(k));
            if let Some(problem) = about.iter().find(|l| l.place == Place::Problem)
                && !about.iter().any(|l| says(l))
            {
                found.at(
                    "contradicts_chart",
                    d.at.clone(),
                    "The chart has this under another date.",
                    Some(&problem.text),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn what_ends_ends_on_the_day_of_the_chart() {
        let chart = json!({
            "appointments": ["2026-03-16 10:00 Dr. Lund"],
            "notes": ["2026-03-02: No driving until 2026-03-20. No swimming until 2026-04-06."],
        });
        holds(
            "when?",
            &chart,
            &["No driving until March 20, and no swimming until April 6."],
            &["No driving until March 16.", "No swimming until March 20."],
        );
    }

    #[test]
    fn what_was_done_was_done_on_its_day() {
        let chart = json!({
            "problems": ["Pacemaker 2026-01-14"],
            "notes": ["2026-02-03: Wound clean, remote monitor given."],
        });
        holds(
            "date?",
            &chart,
            &["Your pacemaker was implanted on January 14."],
            &["Your pacemaker was implanted on February 3."],
        );
    }
}
