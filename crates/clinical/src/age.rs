//! A patient's age in the words a clinician uses.

use jiff::civil::Date;

/// Age at `today` from a FHIR date (`YYYY`, `YYYY-MM` or `YYYY-MM-DD`): days
/// under a month, months under two years, then years. Empty when the date is
/// unknown or lies after `today`.
pub fn in_words(birth_date: &str, today: Date) -> String {
    let mut parts = birth_date.splitn(3, '-');
    let number = |p: Option<&str>, absent: i8| p.map_or(Some(absent), |p| p.parse::<i8>().ok());
    let (Some(year), Some(month), Some(day)) = (
        parts.next().and_then(|y| y.parse::<i16>().ok()),
        number(parts.next(), 1),
        number(parts.next(), 1),
    ) else {
        return String::new();
    };
    let Ok(born) = Date::new(year, month, day) else {
        return String::new();
    };
    if born > today {
        return String::new();
    }
    let months = (i32::from(today.year()) - i32::from(born.year())) * 12 + i32::from(today.month())
        - i32::from(born.month())
        - i32::from(today.day() < born.day());
    match months {
        0 => {
            let days = today.since(born).map(|s| s.get_days()).unwrap_or_default();
            plural(days, "day")
        }
        1..24 => plural(months, "month"),
        _ => plural(months / 12, "year"),
    }
}

fn plural(n: i32, unit: &str) -> String {
    format!("{n} {unit}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn ages_are_in_fitting_units() {
        let today = date(2026, 11, 22);
        assert_eq!(in_words("2026-11-10", today), "12 days");
        assert_eq!(in_words("2026-10-21", today), "1 month");
        assert_eq!(in_words("2025-01-05", today), "22 months");
        assert_eq!(in_words("1972-11-23", today), "53 years");
        assert_eq!(in_words("1972", today), "54 years");
        assert_eq!(in_words("2027-01-01", today), "");
        assert_eq!(in_words("2026-02-30", today), "");
        assert_eq!(in_words("", today), "");
    }
}
