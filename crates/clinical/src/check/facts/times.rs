//! Times of day of a reply: those of the chart and the message, and those that lie as far from one as the sentence or the chart says.

use super::super::amounts::{Amount, Unit};
use super::super::dates::Time;
use super::super::evidence::{Evidence, Place};
use super::super::{Checks, Found, reckoned};
use std::ops::Range;

impl Checks {
    /// Times that nothing supports; each is taken, and no number any more.
    pub(super) fn times_named(
        &self,
        evidence: &Evidence,
        text: &str,
        taken: &mut Vec<Range<usize>>,
        found: &mut Found<'_>,
    ) {
        for t in self.dates.times(text) {
            taken.push(t.at.clone());
            let sentence = found.reading.sentence(t.at.start);
            if !evidence.lines.iter().flat_map(|l| &l.times).any(|k| {
                t.is(k)
                    || self.is_hours_from(text, &sentence, &t, k, found)
                    || is_set_from(evidence, &t, k)
            }) {
                let line = evidence
                    .at(Place::Appointment)
                    .find(|l| !l.times.is_empty());
                const NOWHERE: &str = "Neither the message nor the chart has this time.";
                found.fact(t.at.clone(), line, NOWHERE, NOWHERE);
            }
        }
    }

    /// "Nothing for 8 hours, so from midnight", "half an hour before, so at ten past
    /// five": a time as many hours or minutes from a known one as the sentence says.
    fn is_hours_from(
        &self,
        text: &str,
        sentence: &Range<usize>,
        said: &Time,
        known: &Time,
        found: &Found<'_>,
    ) -> bool {
        found
            .numbers(&self.amounts, sentence.clone())
            .iter()
            // "The 1-hour glucose test" names a test.
            .filter(|a| {
                let at = sentence.start + a.at.start..sentence.start + a.at.end;
                let behind = text[at.end..].trim_start();
                !text[at].contains('-')
                    || ["before", "after", "fast", "early", "earlier", "later"]
                        .iter()
                        .any(|w| behind.starts_with(w))
            })
            .filter_map(minutes_of)
            .chain(
                ["half an hour", "media hora"]
                    .iter()
                    .filter(|w| text[sentence.clone()].contains(*w))
                    .map(|_| 30),
            )
            .any(|m| is_apart(said, known, m))
    }
}

/// Minutes of a span that is shorter than a day.
fn minutes_of(a: &Amount) -> Option<i32> {
    let minutes = match &a.unit {
        Unit::Other(u) if u == "hour" => a.value * 60.0,
        Unit::Other(u) if u == "minute" => a.value,
        _ => return None,
    };
    (1.0..1440.0)
        .contains(&minutes)
        .then_some(minutes.round() as i32)
}

/// True when two times of day lie as many minutes apart.
fn is_apart(said: &Time, known: &Time, minutes: i32) -> bool {
    let apart = (i32::from(said.minutes) - i32::from(known.minutes)).rem_euclid(720);
    let minutes = minutes % 720;
    apart == minutes || apart == (720 - minutes) % 720
}

/// "A quarter to one", where the message says one o'clock and the note "15 minutes before": the chart sets
/// something by a span before or after a time.
fn is_set_from(evidence: &Evidence, said: &Time, known: &Time) -> bool {
    evidence
        .lines
        .iter()
        .filter(|l| l.place != Place::Message && reckoned::is_relative(&l.folded))
        .flat_map(|l| &l.amounts)
        .filter(|a| a.at.end > 0)
        .filter_map(minutes_of)
        .any(|m| is_apart(said, known, m))
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn a_time_may_be_said_in_words_and_must_be_the_booked_one() {
        let chart = json!({"appointments": ["2026-03-12 16:30 eye clinic, Dr. Ode"]});
        holds(
            "what time?",
            &chart,
            &[
                "You see Dr. Ode on March 12th at half past four in the afternoon.",
                "Come on Thursday, March 12th at 4:30.",
            ],
            &[
                "You see Dr. Ode on March 12th at half past three.",
                "Come on Thursday, March 12th at five.",
                "Come on March 12th at 4:30 a.m.",
            ],
        );
    }
}
