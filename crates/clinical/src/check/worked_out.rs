//! Numbers that a careful reader works out from a line: the same weight in the
//! other unit, what some tablets of a strength come to, how long ago a date is.

use super::amounts::{Amount, Frequency, Unit};
use super::dates::Day;
use jiff::civil::Date;

/// Pounds in a kilogram (NIST SP 811, appendix B).
pub(super) const POUNDS: f64 = 2.204_622_6;
/// Centimetres in an inch (NIST SP 811, appendix B).
pub(super) const CENTIMETRES: f64 = 2.54;
/// Days of a month and of a year, on average.
const MONTH: f64 = 30.44;
const YEAR: f64 = 365.25;
/// Most dates of a line that are compared: a line without end must not cost its square.
const MOST: usize = 40;

/// What follows from the amounts and days of one line.
pub(super) fn from_line(
    amounts: &[Amount],
    frequencies: &[Frequency],
    days: &[Day],
    today: Date,
) -> Vec<Amount> {
    let mut found = Vec::new();
    let mut compound = Vec::new();
    let mut put = |value, unit, dose| found.push(amount(value, unit, dose));
    for a in amounts.iter().filter(|a| !a.old) {
        let other = match &a.unit {
            Unit::Other(u) if u == "kg" => Some((a.value * POUNDS, "lb")),
            Unit::Other(u) if u == "lb" => Some((a.value / POUNDS, "kg")),
            Unit::Other(u) if u == "cm" => Some((a.value / CENTIMETRES, "inche")),
            _ => None,
        };
        if let Some((value, unit)) = other {
            // People round to a whole one, or to a tenth.
            for v in [value.round(), value.floor(), (value * 10.0).round() / 10.0] {
                put(v, Unit::Other(unit.into()), false);
            }
        }
    }
    // "13 lb 6 oz" is 13.375 lb.
    for pair in amounts.windows(2) {
        let [pounds, ounces] = pair else { continue };
        let is = |a: &Amount, unit: &str| matches!(&a.unit, Unit::Other(u) if u == unit);
        if is(pounds, "lb") && is(ounces, "ounce") && ounces.value < OUNCES && ounces.at.end > 0 {
            let value = pounds.value + ounces.value / OUNCES;
            compound.push(Amount {
                value,
                written: value,
                at: pounds.at.start..ounces.at.end,
                ..pounds.clone()
            });
        }
    }
    // "2.5 mg tablets, 6 tablets once a week" is 15 mg.
    for strength in amounts
        .iter()
        .filter(|a| a.dose && !a.old && a.unit == Unit::Milligram)
    {
        for count in amounts.iter().filter(|a| !a.old && a.unit == Unit::Tablet) {
            if (count.value - 1.0).abs() > 1e-9 {
                put(strength.value * count.value, Unit::Milligram, true);
            }
        }
    }
    // "Every 6 hours" is at most four times a day.
    for f in frequencies.iter().filter(|f| !f.old && f.per_day >= 1.0) {
        put(f.per_day, Unit::Other("time".into()), false);
    }
    found.extend(compound);
    found.extend(since(days, today));
    found.retain(|a| a.value > 0.0);
    found
}

/// Spans of time and length in the other unit that people use: 48 hours are two days, 90 minutes an hour and a half, a year
/// twelve months, 0.8 cm are 8 mm. They keep the place of what they stand for: they are written, and not reckoned from a date.
pub(super) fn in_other_words(amounts: &[Amount]) -> Vec<Amount> {
    let whole = |v: f64| v >= 1.0 && v.fract().abs() < 1e-9;
    amounts
        .iter()
        .filter_map(|a| {
            let Unit::Other(unit) = &a.unit else {
                return None;
            };
            let (value, other) = match unit.as_str() {
                "hour" if whole(a.value / 24.0) => (a.value / 24.0, "day"),
                "hour" if a.value < 24.0 => (a.value * 60.0, "minute"),
                "day" if a.value <= 4.0 => (a.value * 24.0, "hour"),
                "minute" if whole(a.value / 15.0) => (a.value / 60.0, "hour"),
                "year" => (a.value * 12.0, "month"),
                "month" if whole(a.value / 6.0) => (a.value / 12.0, "year"),
                "lb" if a.value < 20.0 => (a.value * OUNCES, "ounce"),
                "cm" => (a.value * 10.0, "mm"),
                "mm" => (a.value / 10.0, "cm"),
                _ => return None,
            };
            Some(Amount {
                value,
                written: value,
                unit: Unit::Other(other.into()),
                ..a.clone()
            })
        })
        .collect()
}

/// Ounces in a pound (NIST Handbook 44, appendix C).
const OUNCES: f64 = 16.0;

/// How long it is from each day to today, and from one day of a line to another.
pub(super) fn since(days: &[Day], today: Date) -> Vec<Amount> {
    let mut found = Vec::new();
    let dates: Vec<Date> = days
        .iter()
        .filter(|d| d.day.is_some())
        .filter_map(|d| d.date(today))
        .collect();
    let between = |a: Date, b: Date| a.until(b).ok().map(|s| f64::from(s.get_days()).abs());
    let mut put = |value: f64, unit: &str| {
        if value > 0.0 {
            found.push(amount(value, Unit::Other(unit.into()), false));
        }
    };
    for (i, date) in dates.iter().enumerate().take(MOST) {
        for other in dates.iter().take(i) {
            if let Some(days) = between(*date, *other) {
                put(days, "day");
                put(days * 24.0, "hour");
            }
        }
        let Some(between) = between(*date, today) else {
            continue;
        };
        put(between, "day");
        // Weeks are read as seven days each.
        put((between / 7.0).floor() * 7.0, "day");
        put((between / 7.0).round() * 7.0, "day");
        put((between / MONTH).floor(), "month");
        put((between / MONTH).round(), "month");
        put((between / YEAR * 2.0).floor() / 2.0, "year");
        put((between / YEAR * 2.0).round() / 2.0, "year");
        put((between / YEAR).floor(), "year");
        put((between / YEAR).round(), "year");
    }
    found
}

/// Both numbers of a blood pressure.
pub(super) fn of_pressure(pressure: &str) -> impl Iterator<Item = Amount> {
    pressure
        .split('/')
        .filter_map(|n| n.parse().ok())
        .map(|n| amount(n, Unit::None, false))
}

/// "Pain is 8/10": a mark and the ten of its scale, which else reads as a date.
pub(super) fn of_scales(folded: &str) -> Vec<Amount> {
    folded
        .split_whitespace()
        .filter_map(|w| {
            w.trim_end_matches(|c: char| !c.is_ascii_digit())
                .strip_suffix("/10")
        })
        .filter_map(|n| n.parse::<f64>().ok())
        .filter(|n| *n <= 10.0)
        .flat_map(|n| {
            [
                amount(n, Unit::None, false),
                amount(10.0, Unit::None, false),
            ]
        })
        .collect()
}

/// An amount that stands nowhere in the text.
fn amount(value: f64, unit: Unit, dose: bool) -> Amount {
    Amount {
        at: 0..0,
        value,
        written: value,
        unit,
        dose,
        old: false,
        per: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(amounts: &[Amount], days: &[Day], unit: &Unit) -> Vec<f64> {
        from_line(amounts, &[], days, jiff::civil::date(2026, 11, 22))
            .into_iter()
            .filter(|a| a.unit == *unit)
            .map(|a| a.value)
            .collect()
    }

    #[test]
    fn weights_tablets_and_dates_are_worked_out() {
        let lb = Unit::Other("lb".into());
        let weight = [amount(81.5, Unit::Other("kg".into()), false)];
        assert!(values(&weight, &[], &lb).contains(&180.0));
        let dose = [
            amount(2.5, Unit::Milligram, true),
            amount(6.0, Unit::Tablet, true),
        ];
        assert_eq!(values(&dose, &[], &Unit::Milligram), [15.0]);
        let one = [
            amount(20.0, Unit::Milligram, true),
            amount(1.0, Unit::Tablet, true),
        ];
        assert!(values(&one, &[], &Unit::Milligram).is_empty());
        let day = Day {
            at: 0..1,
            year: Some(2022),
            month: Some(11),
            day: Some(15),
            weekday: None,
        };
        let years = values(&[], std::slice::from_ref(&day), &Unit::Other("year".into()));
        assert!(years.contains(&4.0) && !years.contains(&3.0), "{years:?}");
        let unknown = Day { day: None, ..day };
        assert!(values(&[], &[unknown], &Unit::Other("year".into())).is_empty());
    }
}
