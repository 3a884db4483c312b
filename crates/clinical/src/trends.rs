//! The course of results that were measured more than once.

use crate::{ChartEntry, Heading};
use contract::{Trend, TrendPoint};
use std::collections::BTreeMap;

/// Most values of a course; the newest stay.
const MOST: usize = 24;

/// Courses of a chart's results with two values or more, by name. A result whose value is neither a plain number nor a blood
/// pressure, or whose day is not known, has none; one unit is not mixed with another.
pub fn trends(entries: &[ChartEntry]) -> Vec<Trend> {
    let mut all: BTreeMap<(String, String), Vec<TrendPoint>> = BTreeMap::new();
    for e in entries {
        if e.heading != Heading::Results || e.date.is_empty() {
            continue;
        }
        if let Some((name, (value, lower), unit)) = measured(&e.text) {
            let points = all.entry((name, unit)).or_default();
            points.push(TrendPoint {
                date: e.date.clone(),
                value,
                lower,
            });
        }
    }
    all.into_iter()
        .filter_map(|((name, unit), mut points)| {
            points.sort_by(|a, b| a.date.cmp(&b.date));
            points.dedup();
            let over = points.len().saturating_sub(MOST);
            points.drain(..over);
            (points.len() >= 2).then_some(Trend { name, unit, points })
        })
        .collect()
}

/// Name, value and unit of a line such as `Hemoglobin A1c: 7.4 %`; of a blood pressure both values.
fn measured(line: &str) -> Option<(String, (f64, Option<f64>), String)> {
    let (name, rest) = line.split_once(':')?;
    let rest = rest.trim();
    if let Some(both) = pressure(rest) {
        return Some((name.trim().to_owned(), both, "mmHg".to_owned()));
    }
    let end = rest
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(rest.len());
    let value: f64 = rest[..end].parse().ok().filter(|v: &f64| v.is_finite())?;
    let unit = rest[end..].trim();
    // 132/84, 3 to 5, 3-5: more than one number.
    if unit.chars().any(|c| c.is_ascii_digit()) && !unit.contains('^') && !unit.contains("1.73")
        || unit.starts_with(['/', '-', '–'])
    {
        return None;
    }
    // What follows the unit is a remark: high, low.
    let unit = unit.split(['(', ',', ';']).next().unwrap_or("").trim();
    Some((name.trim().to_owned(), (value, None), unit.to_owned()))
}

/// Both values of `132/84 mmHg`, or of `systolic 132 mmHg, diastolic 84 mmHg`. The unit tells it from other pairs, such as a
/// sight of 20/40.
fn pressure(rest: &str) -> Option<(f64, Option<f64>)> {
    let said = rest.split('(').next().unwrap_or("");
    if !said.contains("mmHg") && !said.contains("mm Hg") {
        return None;
    }
    let numbers: Vec<f64> = said
        .split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .filter_map(|n| n.parse().ok())
        .collect();
    match numbers[..] {
        [systolic, diastolic] if systolic > diastolic => Some((systolic, Some(diastolic))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(text: &str, date: &str) -> ChartEntry {
        ChartEntry {
            id: format!("{text}{date}"),
            patient_id: "p".into(),
            heading: Heading::Results,
            text: text.into(),
            date: date.into(),
            active: true,
        }
    }

    #[test]
    fn a_value_measured_again_has_a_course_oldest_first_and_units_are_not_mixed() {
        let found = trends(&[
            result("Hemoglobin A1c: 7.4 % (high)", "2026-11-12"),
            result("Hemoglobin A1c: 8.1 %", "2025-11-02"),
            result("Hemoglobin A1c: 65 mmol/mol", "2024-11-02"),
            result("eGFR: 58 mL/min/1.73 m2", "2026-01-02"),
            result("eGFR: 61 mL/min/1.73 m2", "2025-01-02"),
            result("Platelets: 210 10^9/L", "2026-01-02"),
            result("Blood pressure: 132/84 mmHg", "2026-01-02"),
            result("Blood pressure: 128/80 mmHg", "2026-02-02"),
            result(
                "Blood pressure: systolic 142 mmHg, diastolic 91 mmHg (high)",
                "2025-12-02",
            ),
            result("Right eye: 20/40", "2026-01-02"),
            result("Right eye: 20/50", "2026-02-02"),
            result("Strep: negative", "2026-01-02"),
            result("Strep: negative", "2026-02-02"),
            result("TSH: 2.1 mIU/L", ""),
            result("TSH: 2.4 mIU/L", ""),
        ]);
        let names: Vec<_> = found
            .iter()
            .map(|t| (t.name.as_str(), t.points.len()))
            .collect();
        assert_eq!(
            names,
            [("Blood pressure", 3), ("Hemoglobin A1c", 2), ("eGFR", 2)]
        );
        let values =
            |n: usize| -> Vec<String> { found[n].points.iter().map(ToString::to_string).collect() };
        assert_eq!(values(0), ["142/91", "132/84", "128/80"]);
        assert_eq!(
            (values(1), found[1].unit.as_str()),
            (vec!["8.1".to_owned(), "7.4".to_owned()], "%")
        );
    }

    #[test]
    fn only_the_newest_values_stay() {
        let many: Vec<_> = (0..60)
            .map(|i| {
                result(
                    &format!("INR: {}.{}", i / 10, i % 10),
                    &format!("2026-{:02}-{:02}", 1 + i / 28, 1 + i % 28),
                )
            })
            .collect();
        let found = trends(&many);
        assert_eq!(found[0].points.len(), MOST);
        assert!((found[0].points[MOST - 1].value - 5.9).abs() < 1e-9);
    }
}
