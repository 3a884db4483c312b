//! A patient's age in the words a clinician uses.

use jiff::civil::Date;

/// Age at `today` from a FHIR date (`YYYY`, `YYYY-MM` or `YYYY-MM-DD`): days
/// under a month, months under two years, then years. Empty when the date is
/// unknown or lies after `today`.
pub fn in_words(birth_date: &str, today: Date) -> String {
    let Some((born, months)) = since_birth(birth_date, today) else {
        return String::new();
    };
    match months {
        0 => {
            let days = today.since(born).map(|s| s.get_days()).unwrap_or_default();
            plural(days, "day")
        }
        1..24 => plural(months, "month"),
        _ => plural(months / 12, "year"),
    }
}

/// Whole years at `today`; none when the date is unknown or lies after it.
pub fn in_years(birth_date: &str, today: Date) -> Option<i32> {
    since_birth(birth_date, today).map(|(_, months)| months / 12)
}

/// The day of birth, its missing parts taken as first ones, and whole months since.
fn since_birth(birth_date: &str, today: Date) -> Option<(Date, i32)> {
    let mut parts = birth_date.splitn(3, '-');
    let number = |p: Option<&str>, absent: i8| p.map_or(Some(absent), |p| p.parse::<i8>().ok());
    let year = parts.next().and_then(|y| y.parse::<i16>().ok())?;
    let (month, day) = (number(parts.next(), 1)?, number(parts.next(), 1)?);
    let born = Date::new(year, month, day).ok()?;
    if born > today {
        return None;
    }
    let months = (i32::from(today.year()) - i32::from(born.year())) * 12 + i32::from(today.month())
        - i32::from(born.month())
        - i32::from(today.day() < born.day());
    Some((born, months))
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
        assert_eq!(in_years("1936-11-23", today), Some(89));
        assert_eq!(in_years("1936-11-22", today), Some(90));
        assert_eq!(in_years("2027-01-01", today), None);
    }
}
