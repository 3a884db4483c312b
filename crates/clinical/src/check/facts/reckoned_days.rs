//! Days that follow from how the chart orders something: the weekday of an injection, the days on which a drug is held before a visit,
//! and how many days or weeks it has been at a day of the sentence.

use super::super::amounts::{Amount, Unit};
use super::super::dates::Day;
use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Line, Place};
use super::super::reckoned::{self, Span};
use super::super::{Case, Checks, Found};
use super::says_any;
use jiff::ToSpan;
use jiff::civil::Date;

/// Days around today in which a day without its month is looked for.
const BEFORE: i32 = 14;
const AFTER: i32 = 60;

/// Words of a line by which a drug is left out for some days.
const LEFT_OUT: &[&str] = &[
    "hold",
    "stop",
    "skip",
    "last dose",
    "off",
    "suspend",
    "no tomar",
];

/// The date that a day names near today.
fn date_near(said: &Day, today: Date) -> Option<Date> {
    said.day?;
    if said.month.is_some() {
        return said.date(today);
    }
    (-BEFORE..=AFTER)
        .filter_map(|n| today.checked_add(n.days()).ok())
        .find(|d| said.is_in(&reckoned::day(*d)))
}

/// "Saturday the 19th", where an injection is listed for Saturdays, in a sentence that speaks of taking it.
pub(super) fn is_on_its_weekday(
    evidence: &Evidence,
    sentence: &str,
    mentions: &[&Mention],
    said: &Day,
    today: Date,
) -> bool {
    let takes = !mentions.is_empty()
        || says_any(
            sentence,
            &[
                "inject",
                "injection",
                "dose",
                "shot",
                "take",
                "pill",
                "tome",
                "dosis",
            ],
        );
    let Some(date) = date_near(said, today).filter(|_| takes) else {
        return false;
    };
    let on = |l: &Line| {
        l.days
            .iter()
            .any(|k| k.day.is_none() && k.weekday == Some(date.weekday()))
    };
    evidence.at(Place::Medication).any(on)
}

/// The first day on which a drug is left out before a visit, and the last on which it is taken: "hold 3 days before" is three days without.
pub(super) fn is_left_out(evidence: &Evidence, said: &Day, today: Date) -> bool {
    let Some(date) = date_near(said, today) else {
        return false;
    };
    let visits: Vec<Date> = evidence
        .at(Place::Appointment)
        .flat_map(|l| l.dates.iter().copied())
        .take(reckoned::MOST_DATES)
        .collect();
    evidence
        .lines
        .iter()
        .filter(|l| matches!(l.place, Place::Note | Place::Medication))
        .filter(|l| reckoned::is_relative(&l.folded) && says_any(&l.folded, LEFT_OUT))
        // A line that writes the last day itself leaves nothing to reckon.
        .filter(|l| l.dates.len() < 2)
        .flat_map(|l| &l.spans)
        .any(|span| {
            let Span::Days(n) = span else { return false };
            visits.iter().any(|v| {
                date.until(*v)
                    .is_ok_and(|s| (*n..=n + 1).contains(&i64::from(s.get_days())))
            })
        })
}

/// What is counted from a day: "day", "week".
const COUNTED: &[(&str, f64)] = &[("day", 1.0), ("week", 7.0), ("dia", 1.0), ("semana", 7.0)];

/// Days in a week.
const WEEK: f64 = 7.0;

impl Checks {
    /// The days to which a number may count: those that its sentence names, and today.
    fn days_counted_to(&self, case: &Case<'_>, a: &Amount, found: &Found<'_>) -> Vec<Date> {
        let sentence = found.reading.sentence(a.at.start);
        let days = found.days(&self.dates, sentence);
        let named = days.iter().filter_map(|d| d.date(case.today));
        named.chain([case.today]).collect()
    }

    /// "On March 18 you'll be 30 weeks": as far along as the chart's weeks of a pregnancy come to on a day of the sentence, or today.
    fn is_so_far_along(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        a: &Amount,
        found: &Found<'_>,
    ) -> bool {
        if !a.unit.is("day") || (a.written * WEEK - a.value).abs() > 1e-9 {
            return false;
        }
        let ends = self.days_counted_to(case, a, found);
        evidence
            .lines
            .iter()
            .filter(|l| {
                l.place != Place::Message
                    && says_any(
                        &l.folded,
                        &["pregnancy", "pregnant", "iup", "gestation", "embarazo"],
                    )
            })
            .any(|l| {
                let weeks = l.amounts.iter().find(|k| {
                    k.at.end > 0 && (k.written * WEEK - k.value).abs() < 1e-9 && k.written > 3.0
                });
                weeks.zip(l.dates.first()).is_some_and(|(weeks, from)| {
                    ends.iter().any(|end| {
                        from.until(*end).is_ok_and(|s| {
                            let along = ((weeks.value + f64::from(s.get_days())) / WEEK).floor();
                            (along - a.written).abs() < 1e-9
                        })
                    })
                })
            })
    }

    /// "Day 14", "that'll be week 4": so many days or weeks from a day of the chart to today or to a day that the sentence names. The first
    /// day is day 1, and after an operation day 0.
    pub(super) fn follows_from_days(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        text: &str,
        a: &Amount,
        found: &Found<'_>,
    ) -> bool {
        if self.is_so_far_along(case, evidence, a, found) {
            return true;
        }
        let before = text[..a.at.start].trim_end();
        let Some((_, of)) = COUNTED.iter().find(|(w, _)| before.ends_with(w)) else {
            return false;
        };
        if !matches!(a.unit, Unit::None) || a.written.fract() != 0.0 {
            return false;
        }
        let ends = self.days_counted_to(case, a, found);
        evidence
            .lines
            .iter()
            .filter(|l| matches!(l.place, Place::Medication | Place::Problem | Place::Note))
            .flat_map(|l| &l.dates)
            .take(reckoned::MOST_DATES)
            .any(|start| {
                ends.iter().any(|end| {
                    start.until(*end).is_ok_and(|s| {
                        let days = f64::from(s.get_days());
                        let whole = (days / of).floor();
                        days >= 0.0
                            && ((whole - a.written).abs() < 1e-9
                                || (whole + 1.0 - a.written).abs() < 1e-9)
                    })
                })
            })
    }

    /// "Your last dose is Saturday, December 5", where the chart writes another day for the last dose.
    pub(super) fn last_days(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        text: &str,
        found: &mut Found<'_>,
    ) {
        const LAST: &[&str] = &[
            "last dose",
            "last pill",
            "last day",
            "last tablet",
            "ultima dosis",
        ];
        for s in found.reading.sentences.clone() {
            let sentence = &text[s.clone()];
            if !says_any(sentence, LAST) {
                continue;
            }
            let days = found.days(&self.dates, s.clone());
            let Some(said) = days.iter().find(|d| d.month.is_some() && d.day.is_some()) else {
                continue;
            };
            let lines: Vec<&Line> = evidence
                .lines
                .iter()
                .filter(|l| l.place != Place::Message && l.place != Place::Result)
                .filter(|l| LAST.iter().any(|w| l.folded.contains(&format!("{w} 20"))))
                .collect();
            let has = |l: &&Line| l.days.iter().any(|k| said.is_in(k) && k.at.start > 0);
            if let [line] = lines.as_slice()
                && !has(line)
                && said.date(case.today).is_some()
            {
                let at = s.start + said.at.start..s.start + said.at.end;
                found.contradicts(at, line, "The chart has another day for this.");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn an_injection_falls_on_its_weekday() {
        let chart = json!({"medications": ["Etanercept 50 mg weekly on Fridays"]});
        holds(
            "I leave on March 10.",
            &chart,
            &["Take the etanercept on Friday the 6th and Friday the 13th."],
            &["Take the etanercept on Thursday the 12th."],
        );
    }

    #[test]
    fn the_last_dose_is_that_of_the_chart() {
        let chart = json!({
            "medications": ["Warfarin 5 mg daily"],
            "appointments": ["2026-03-16 08:00 Dr. Ode, Surgery"],
            "notes": ["2026-03-01: Stop warfarin 5 days before surgery (last dose 2026-03-10)."],
        });
        holds(
            "when do I stop?",
            &chart,
            &["Your last dose is Tuesday, March 10."],
            &[
                "Your last dose is Wednesday, March 11.",
                "Your last dose is Thursday, March 12.",
            ],
        );
    }

    #[test]
    fn a_drug_is_left_out_on_the_days_before_a_visit() {
        let chart = json!({
            "medications": ["Dapagliflozin 10 mg daily (started 2026-02-18)"],
            "appointments": ["2026-03-16 08:00 Dr. Ode, Surgery"],
            "notes": ["2026-03-01: Hold dapagliflozin 3 days before surgery."],
        });
        holds(
            "when?",
            &chart,
            &[
                "Leave dapagliflozin out from March 13, so March 12 is your last dose.",
                "Today is day 15 of dapagliflozin.",
            ],
            &[
                "Leave dapagliflozin out from March 10.",
                "Today is day 19 of dapagliflozin.",
            ],
        );
    }
}
