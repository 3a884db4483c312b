//! Numbers that a line comes to in other words: a mean of readings, "1 in 9" for 11 %, "under 2" for 1.4, the days of a row
//! behind their month, so many days before a holiday.

use super::super::amounts::{Amount, Unit, number_of};
use super::super::dates::Day;
use super::super::evidence::{Evidence, Line, Place};
use super::super::worked_out::CENTIMETRES;
use super::super::{CheckError, Checks, Found, built, reckoned};
use super::clauses::clause_at;
use super::{find_word, says_any};
use jiff::ToSpan;
use jiff::civil::Date;
use regex::Regex;

/// Recognisers, compiled once.
#[derive(Debug)]
pub(in super::super) struct Rounded {
    /// "December 3, 10 and", before the last day of a row.
    row: Regex,
}

impl Rounded {
    pub(in super::super) fn new() -> Result<Self, CheckError> {
        Ok(Self {
            row: built(
                r"\b(?P<first>(?:january|february|march|april|may|june|july|august|september|october|november|december) \d{1,2})(?:, \d{1,2}){0,6},? ?(?:and |& )?$",
            )?,
        })
    }
}

/// Bytes before a number in which the month of its row stands.
const ROW: usize = 48;

/// True when a percentage of the chart comes to one in so many: "1 in 9" is 11 %.
fn is_one_in(evidence: &Evidence, text: &str, a: &Amount) -> bool {
    /// How far apart the two may lie, as a part of the chart's.
    const APART: f64 = 0.12;
    let before = &text[..a.at.start];
    let one = [
        "1 in ",
        "one in ",
        "1 of ",
        "one of every ",
        "uno de cada ",
        "1 de cada ",
    ]
    .iter()
    .any(|w| before.ends_with(w));
    one && a.value >= 2.0
        && evidence.lines.iter().any(|l| {
            l.amounts
                .iter()
                .any(|k| k.unit.is("%") && (k.written - 100.0 / a.value).abs() <= APART * k.written)
        })
}

/// "Under 2 percent" is the chart's 1.4 %, and "over 6 years" its 6.2: the next whole number, of the same unit.
fn is_next_whole(evidence: &Evidence, text: &str, a: &Amount) -> bool {
    let ends = |list: &[&str]| list.iter().any(|w| text[..a.at.start].ends_with(w));
    let under = ends(&["under ", "less than ", "below ", "fewer than ", "menos de "]);
    let over = ends(&["over ", "more than ", "above ", "mas de "]);
    !a.dose
        && a.value.fract() == 0.0
        && (under || over)
        && evidence
            .lines
            .iter()
            .filter(|l| l.place != Place::Message)
            .flat_map(|l| &l.amounts)
            .filter(|k| k.at.end > 0 && k.written.fract() != 0.0)
            .filter(|k| k.unit == a.unit)
            .any(|k| {
                under && (k.written.ceil() - a.value).abs() < 1e-9
                    || over && (k.written.floor() - a.value).abs() < 1e-9
            })
}

/// "A five-day course", where the list says "day 2 to 5".
fn is_last_day(evidence: &Evidence, a: &Amount) -> bool {
    a.unit.is("day")
        && evidence.at(Place::Medication).any(|l| {
            ["day", "days", "dia", "dias"].iter().any(|d| {
                l.folded
                    .split_once(&format!(" {d} "))
                    .is_some_and(|(_, rest)| {
                        let row = rest.split([',', ';', '(']).next().unwrap_or("");
                        [" to ", "-", " a "]
                            .iter()
                            .filter_map(|w| row.split_once(w))
                            .filter_map(|(_, last)| number_of(last.trim()))
                            .any(|last| (last - a.value).abs() < 1e-9)
                    })
            })
        })
}

/// Holidays that people count from. Thanksgiving is the fourth Thursday of November (5 U.S.C. 6103).
fn holiday(name: &str, year: i16) -> Option<Date> {
    let date = |month, day| Date::new(year, month, day).ok();
    match name {
        "christmas" | "navidad" => date(12, 25),
        "new year" | "new year's" | "ano nuevo" => date(1, 1),
        "halloween" => date(10, 31),
        "valentine's" => date(2, 14),
        "thanksgiving" | "accion de gracias" => {
            let first = date(11, 1)?;
            let to_thursday =
                (3 - i64::from(first.weekday().to_monday_zero_offset())).rem_euclid(7);
            first.checked_add((to_thursday + 21).days()).ok()
        }
        _ => None,
    }
}

const HOLIDAYS: &[&str] = &[
    "christmas",
    "navidad",
    "new year's",
    "new year",
    "ano nuevo",
    "halloween",
    "valentine's",
    "thanksgiving",
    "accion de gracias",
];

/// "4'2\"", where the chart has 126 cm: feet and inches come to a length of the chart, rounded to an inch.
fn is_of_feet_and_inches(evidence: &Evidence, text: &str, a: &Amount) -> bool {
    let number = |t: &str| -> Option<f64> {
        t.chars()
            .take_while(char::is_ascii_digit)
            .collect::<String>()
            .parse()
            .ok()
    };
    let from = text.floor_char_boundary(a.at.start.saturating_sub(3));
    let to = text.ceil_char_boundary((a.at.end + 4).min(text.len()));
    let around = &text[from..to];
    let Some((feet, inches)) = around.split_once('\'') else {
        return false;
    };
    let feet = feet
        .rsplit(|c: char| !c.is_ascii_digit())
        .next()
        .and_then(number);
    let Some((feet, inches)) = feet.zip(number(inches)) else {
        return false;
    };
    let long = (feet * 12.0 + inches) * CENTIMETRES;
    evidence
        .lines
        .iter()
        .filter(|l| l.place != Place::Message)
        .flat_map(|l| &l.amounts)
        .any(|k| k.unit.is("cm") && k.at.end > 0 && (k.value - long).abs() <= CENTIMETRES)
}

/// "Three days before Christmas", where the visit is on December 22.
fn is_beside_a_holiday(evidence: &Evidence, text: &str, a: &Amount) -> bool {
    if !a.unit.is("day") {
        return false;
    }
    let behind = &text[a.at.end..];
    let (sign, rest) = match [
        (" before ", -1),
        (" after ", 1),
        (" antes de ", -1),
        (" despues de ", 1),
    ]
    .iter()
    .find_map(|(w, sign)| Some((*sign, behind.strip_prefix(w)?)))
    {
        Some(found) => found,
        None => return false,
    };
    let Some(name) = HOLIDAYS.iter().find(|h| rest.starts_with(**h)) else {
        return false;
    };
    let days = sign * a.value as i64;
    evidence
        .at(Place::Appointment)
        .flat_map(|l| &l.dates)
        .any(|booked| {
            [booked.year(), booked.year() + 1, booked.year() - 1]
                .iter()
                .filter_map(|y| holiday(name, *y))
                .filter_map(|h| h.checked_add(days.days()).ok())
                .any(|d| d == *booked)
        })
}

/// Whether a line's own weeks lead from one of its days to another: "weekly, first dose 2026-01-05".
fn comes_by_weeks(line: &Line, date: Date) -> bool {
    line.frequencies
        .iter()
        .filter(|f| f.per_day < 0.9 && f.per_day > 0.0)
        .map(|f| (1.0 / f.per_day).round() as i32)
        .filter(|apart| *apart > 0)
        .any(|apart| {
            line.dates.iter().any(|d| {
                d.until(date)
                    .is_ok_and(|s| s.get_days() >= 0 && s.get_days() % apart == 0)
            })
        })
}

/// A day on which a drug of the list is due, so many weeks after its first: "weekly for 8 weeks (first dose 2026-01-05)".
pub(super) fn is_by_weeks(evidence: &Evidence, said: &Day) -> bool {
    evidence.at(Place::Medication).any(|l| {
        l.dates.first().is_some_and(|start| {
            [start.year(), start.year() + 1]
                .iter()
                .filter_map(|y| Date::new(*y, said.month?, said.day?).ok())
                .any(|d| comes_by_weeks(l, d))
        })
    })
}

impl Checks {
    /// True for a number that a line comes to in other words.
    pub(super) fn is_rounded(&self, evidence: &Evidence, text: &str, a: &Amount) -> bool {
        is_one_in(evidence, text, a)
            || is_next_whole(evidence, text, a)
            || is_last_day(evidence, a)
            || is_beside_a_holiday(evidence, text, a)
            || self.is_of_a_row_of_days(evidence, text, a)
            || is_of_feet_and_inches(evidence, text, a)
    }

    /// "December 3, 10 and 17": the days of one month, each one of the chart or as many weeks on.
    fn is_of_a_row_of_days(&self, evidence: &Evidence, text: &str, a: &Amount) -> bool {
        if !matches!(a.unit, Unit::None)
            || a.value.fract() != 0.0
            || !(1.0..=31.0).contains(&a.value)
        {
            return false;
        }
        let from = text.floor_char_boundary(a.at.start.saturating_sub(ROW));
        let Some(c) = self.rounded.row.captures(&text[from..a.at.start]) else {
            return false;
        };
        let Some(first) = self.dates.days(&c["first"]).into_iter().next() else {
            return false;
        };
        let said = Day {
            day: Some(a.value as i8),
            ..first
        };
        evidence.days().any(|k| said.is_in(k)) || is_by_weeks(evidence, &said)
    }

    /// "Those average out at 129 over 78": the mean of the readings that the message gives.
    pub(super) fn is_mean_of_readings(
        &self,
        evidence: &Evidence,
        sentence: &str,
        said: &str,
    ) -> bool {
        /// How far a mean may be rounded.
        const ROUNDED: f64 = 1.0;
        let both = |p: &str| {
            let (high, low) = p.split_once('/')?;
            Some((
                high.trim().parse::<f64>().ok()?,
                low.trim().parse::<f64>().ok()?,
            ))
        };
        if !says_any(
            sentence,
            &[
                "average",
                "averages",
                "averaged",
                "averaging",
                "mean",
                "promedio",
                "promedian",
            ],
        ) {
            return false;
        }
        let Some((high, low)) = both(said) else {
            return false;
        };
        evidence.at(Place::Message).any(|l| {
            let told: Vec<(f64, f64)> = l.pressures.iter().filter_map(|p| both(p)).collect();
            let n = told.len() as f64;
            let (highs, lows) = told.iter().fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
            told.len() > 1
                && (highs / n - high).abs() <= ROUNDED
                && (lows / n - low).abs() <= ROUNDED
        })
    }

    /// "Tomorrow makes three weeks", counted from a day of the chart.
    pub(super) fn makes_a_span(
        &self,
        evidence: &Evidence,
        text: &str,
        at: usize,
        day: Date,
        found: &Found<'_>,
    ) -> bool {
        let sentence = found.reading.sentence(at);
        let clause = clause_at(text, sentence.clone(), at);
        let spans = reckoned::spans(&self.amounts.numbers(&text[clause.clone()], &[]));
        ["makes", "marks", "will be", "is", "cumple", "son"]
            .iter()
            .any(|w| find_word(&text[clause.clone()], w).is_some())
            && reckoned::from_dates(&[day], &spans)
                .iter()
                .filter(|d| **d < day)
                .any(|d| evidence.dates().any(|k| k == *d))
    }
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn a_part_of_a_hundred_is_told_in_other_words() {
        let chart = json!({"results": ["FRAX major 11 %, hip 1.4 % (2026-02-10)"]});
        holds(
            "my risk?",
            &chart,
            &["The risk is about 1 in 9, and under 2 percent for the hip."],
            &[
                "The risk is about 1 in 4.",
                "It is under 3 percent for the hip.",
            ],
        );
    }

    #[test]
    fn days_of_a_row_come_by_the_weeks_of_the_chart() {
        let chart = json!({"medications": ["Ergocalciferol 50,000 units weekly for 8 weeks (first dose 2026-02-19)"]});
        holds(
            "left?",
            &chart,
            &["Next come March 5, 12 and 19."],
            &["Next come March 5, 13 and 19."],
        );
    }

    #[test]
    fn readings_of_a_message_have_a_mean() {
        holds(
            "128/78 131/80 126/74 130/79",
            &json!({"problems": ["Hypertension"]}),
            &["Those average out at about 129 over 78."],
            &[
                "Those average out at about 139 over 88.",
                "You had 129 over 78.",
            ],
        );
    }

    #[test]
    fn days_are_counted_from_holidays_and_from_the_charts_own() {
        let chart = json!({
            "medications": ["Sertraline 50 mg daily (started 2026-02-12)", "Azithromycin 250 mg daily, day 2 to 5 (started 2026-03-03)"],
            "appointments": ["2026-12-22 14:50 Dr. Falk"],
        });
        holds(
            "when?",
            &chart,
            &[
                "Dr. Falk sees you three days before Christmas.",
                "Tomorrow makes three weeks on it.",
                "It is a five-day course.",
            ],
            &[
                "Dr. Falk sees you six days before Christmas.",
                "Tomorrow makes five weeks on it.",
                "It is a nine-day course.",
            ],
        );
    }
}
