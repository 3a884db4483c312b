//! Dates, weekdays and times of a reply.

use super::super::evidence::{Evidence, Line, Place};
use super::super::{Case, Checks, Found};
use super::{find_word, names_the_test};
use jiff::ToSpan;
use std::ops::Range;

impl Checks {
    pub(super) fn days_named(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        text: &str,
        taken: &mut Vec<Range<usize>>,
        found: &mut Found<'_>,
    ) {
        let days = self.dates.days(text);
        for (i, d) in days.iter().enumerate() {
            if found.is_full() {
                return;
            }
            taken.push(d.at.clone());
            let sentence = found.reading.sentence(d.at.start);
            let known = evidence
                .lines
                .iter()
                .flat_map(|l| &l.days)
                .any(|k| d.is_in(k));
            // "Thursday, December 3": the weekday is said of the date in its sentence.
            let beside = d.weekday.and_then(|_| {
                days.iter()
                    .enumerate()
                    .filter(|(j, o)| *j != i && o.day.is_some() && sentence.contains(&o.at.start))
                    .min_by_key(|(_, o)| o.at.start.abs_diff(d.at.start))
                    .map(|(_, o)| o)
            });
            let fits = match beside {
                None => known,
                Some(date) => {
                    let full = evidence
                        .lines
                        .iter()
                        .flat_map(|l| &l.days)
                        .find(|k| date.is_in(k) && k.falls_on().is_some());
                    match full.and_then(|k| k.falls_on()) {
                        Some(falls) => Some(falls) == d.weekday,
                        None => known,
                    }
                }
            };
            if fits && d.day.is_some() {
                // A result's date must be one of that result's.
                let words = &text[sentence.clone()];
                let tests: Vec<&Line> = evidence
                    .at(Place::Result)
                    .filter(|l| !l.days.is_empty() && names_the_test(words, &l.folded))
                    .collect();
                let of_test = |l: &Line| {
                    l.place != Place::Result
                        && l.place != Place::Appointment
                        && tests.iter().any(|t| names_the_test(&l.folded, &t.folded))
                        || l.place == Place::Appointment
                        || l.place == Place::Note
                            && (find_word(words, "note").is_some()
                                || find_word(words, "notes").is_some())
                };
                let said = |l: &Line| l.days.iter().any(|k| d.is_in(k));
                if let Some(test) = tests.first()
                    && !tests.iter().any(|l| said(l))
                    && !evidence.lines.iter().filter(|l| of_test(l)).any(said)
                {
                    found.at(
                        "contradicts_chart",
                        d.at.clone(),
                        "The chart has this result under another date.",
                        Some(&test.text),
                    );
                    continue;
                }
            }
            if !fits {
                let line = evidence
                    .lines
                    .iter()
                    .filter(|l| l.place == Place::Appointment || l.place == Place::Result)
                    .find(|l| {
                        shares_a_word(text, &found.reading.sentence(d.at.start), &l.folded)
                            && !l.days.is_empty()
                    });
                found.fact(
                    d.at.clone(),
                    line,
                    "The chart has another date.",
                    "Neither the message nor the chart has this date.",
                );
            }
        }
        let next = case.today.checked_add(1.day()).ok();
        let booked = next.is_some_and(|d| {
            evidence.lines.iter().flat_map(|l| &l.days).any(|k| {
                (k.year, k.month, k.day) == (Some(d.year()), Some(d.month()), Some(d.day()))
            })
        });
        if !booked && !evidence.says("tomorrow") {
            for (i, m) in text.match_indices("tomorrow") {
                found.at(
                    "unsupported",
                    i..i + m.len(),
                    "Neither the message nor the chart speaks of tomorrow.",
                    None,
                );
            }
        }
        for t in self.dates.times(text) {
            taken.push(t.at.clone());
            if !evidence
                .lines
                .iter()
                .flat_map(|l| &l.times)
                .any(|k| t.is(k))
            {
                let line = evidence
                    .at(Place::Appointment)
                    .find(|l| !l.times.is_empty());
                const NOWHERE: &str = "Neither the message nor the chart has this time.";
                found.fact(t.at.clone(), line, NOWHERE, NOWHERE);
            }
        }
    }
}

fn shares_a_word(text: &str, sentence: &Range<usize>, line: &str) -> bool {
    text[sentence.clone()]
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| w.len() > 4)
        .any(|w| line.contains(w))
        || ["appointment", "visit", "scheduled", "booked", "cita"]
            .iter()
            .any(|w| text[sentence.clone()].contains(w) && line.contains("booked"))
}
