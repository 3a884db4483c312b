//! "It has gone down", where the newer of two results is the higher one.

use super::super::evidence::{Evidence, Line, Place};
use super::super::{Checks, Found};
use super::is_same_test;
use jiff::civil::Date;

/// Most results that are compared with each other.
const MOST: usize = 60;

impl Checks {
    /// The way between two values of one test that a sentence names must be the one it says.
    pub(super) fn trends(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        let results: Vec<(&Line, f64, Date)> = evidence
            .at(Place::Result)
            .filter_map(|l| {
                let value = l.amounts.iter().find(|k| k.at.end > 0 && !k.per)?.written;
                Some((l, value, *l.dates.first()?))
            })
            .take(MOST)
            .collect();
        for s in found.reading.sentences.clone() {
            let sentence = &text[s.clone()];
            let ways: Vec<_> = self.way.captures_iter(sentence).collect();
            let up = |c: &regex::Captures<'_>| c.name("up").is_some();
            let Some(way) = ways.first() else { continue };
            // Both ways in one sentence speak of two things.
            if ways.iter().any(|c| up(c) != up(way)) || sentence.trim_end().ends_with('?') {
                continue;
            }
            let told = self.amounts.numbers(sentence, &[]);
            let says = |value: f64| told.iter().any(|a| (a.written - value).abs() < 1e-9);
            let against = results.iter().find(|(l, value, date)| {
                says(*value)
                    && results.iter().any(|(m, earlier, before)| {
                        is_same_test(&l.folded, &m.folded)
                            && before < date
                            && says(*earlier)
                            && (if up(way) {
                                value < earlier
                            } else {
                                value > earlier
                            })
                    })
            });
            if let Some((line, ..)) = against
                && let Some(whole) = way.get(0)
            {
                found.at(
                    "contradicts_chart",
                    s.start + whole.start()..s.start + whole.end(),
                    "The values went the other way.",
                    Some(&line.text),
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
    fn a_value_went_the_way_that_the_reply_says() {
        let chart = json!({"results": ["Ferritin 20 (2025-12-01)", "Ferritin 34 (2026-03-02)"]});
        holds(
            "better?",
            &chart,
            &[
                "It went from 20 to 34, so it has gone up.",
                "Yours rose from 20 to 34; the goal is 34.",
            ],
            &["It was 20 and is 34 now, so it has gone down."],
        );
    }
}
