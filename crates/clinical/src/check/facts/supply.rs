//! How long a supply lasts, and how many a day: "ninety of them, at three a day a thirty-day supply".

use super::super::amounts::{Amount, Unit};
use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Line, Place};
use super::super::{Checks, Found};
use super::says_any;

/// Words of a sentence that speaks of how long something lasts.
const LASTS: &[&str] = &[
    "supply",
    "last",
    "lasts",
    "enough",
    "cover",
    "covers",
    "days' worth",
    "alcanza",
    "dura",
    "rinde",
];

/// What stands behind a count that is a day's.
const A_DAY: &[&str] = &[" a day", " per day", " each day", " al dia", " por dia"];

/// "At three a day": as many as a line says times a day.
pub(super) fn is_rate(evidence: &Evidence, text: &str, a: &Amount) -> bool {
    matches!(a.unit, Unit::None)
        && A_DAY.iter().any(|d| text[a.at.end..].starts_with(d))
        && evidence
            .lines
            .iter()
            .flat_map(|l| &l.frequencies)
            .any(|f| !f.old && (f.per_day - a.value).abs() < 1e-9)
}

impl Checks {
    /// A span of days that a count of the chart lasts, taken as often as the chart says.
    pub(super) fn is_supply(
        &self,
        evidence: &Evidence,
        text: &str,
        a: &Amount,
        mentions: &[Mention],
        found: &Found<'_>,
    ) -> bool {
        let sentence = &text[found.reading.sentence(a.at.start)];
        if !a.unit.is("day") || !says_any(sentence, LASTS) {
            return false;
        }
        let Some(drug) = self.governing(&a.at, mentions, found).map(|m| &m.name) else {
            return false;
        };
        let lines: Vec<&Line> = evidence
            .naming(drug)
            .filter(|l| l.place != Place::Message)
            .collect();
        // "#180" is how a prescription counts.
        let written = lines.iter().filter_map(|l| {
            let (_, count) = l.folded.split_once('#')?;
            count
                .split(|c: char| !c.is_ascii_digit())
                .next()?
                .parse()
                .ok()
        });
        let counts = lines
            .iter()
            .flat_map(|l| &l.amounts)
            .filter(|k| k.unit == Unit::Tablet && k.at.end > 0)
            .map(|k| k.value)
            .chain(written);
        counts.into_iter().any(|count| {
            lines
                .iter()
                .flat_map(|l| &l.frequencies)
                .filter(|f| !f.old && f.per_day > 0.0)
                .any(|f| (count / f.per_day - a.value).abs() < 0.5)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn a_supply_lasts_as_long_as_its_count() {
        let chart = json!({
            "medications": ["Baclofen 10 mg QID"],
            "notes": ["2026-03-02: Baclofen 10 mg, 120 tablets sent."],
        });
        holds(
            "enough?",
            &chart,
            &["The baclofen is 120 tablets. At four a day it is enough for thirty days."],
            &[
                "The baclofen is 120 tablets. It is enough for sixty days.",
                "The baclofen is 120 tablets, at six a day.",
            ],
        );
    }
}
