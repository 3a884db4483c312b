//! Days that a careful reader reckons: the last day of a course, the day some
//! weeks after a date, the eve of a visit. A reply that names one is right
//! though no line does.

use super::amounts::{Amount, Unit};
use super::dates::Day;
use jiff::ToSpan;
use jiff::civil::Date;

/// Most dates, and most spans, that are reckoned with: a text full of them must not cost their square.
pub(super) const MOST_DATES: usize = 200;
const MOST: usize = 12;

/// A span as a text says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    Days(i64),
    Months(i64),
}

impl Span {
    /// The days this span after and before a date.
    fn around(self, date: Date) -> [Option<Date>; 2] {
        let span = match self {
            Self::Days(n) => n.days(),
            Self::Months(n) => n.months(),
        };
        [date.checked_add(span).ok(), date.checked_sub(span).ok()]
    }
}

/// Spans of whole days, months or years among amounts, in their order.
pub(super) fn spans(amounts: &[Amount]) -> Vec<Span> {
    let whole = |v: f64| (v.fract() == 0.0 && (1.0..=4000.0).contains(&v)).then_some(v as i64);
    amounts
        .iter()
        .filter_map(|a| {
            let Unit::Other(unit) = &a.unit else {
                return None;
            };
            match unit.as_str() {
                "day" => whole(a.value).map(Span::Days),
                "hour" => whole(a.value / 24.0).map(Span::Days),
                "month" => whole(a.value).map(Span::Months),
                "year" => whole(a.value * 12.0).map(Span::Months),
                _ => None,
            }
        })
        .take(MOST)
        .collect()
}

/// Days that follow from dates and spans of one line: each span around each
/// date, and courses one after the other ("4 a day for 3 days, then 2 a day
/// for 3 days"), with the last day of each and the first day after it.
pub(super) fn from_dates(dates: &[Date], spans: &[Span]) -> Vec<Date> {
    let mut found = Vec::new();
    for date in dates {
        let mut course = 0;
        for span in spans {
            found.extend(span.around(*date).into_iter().flatten());
            if let Span::Days(n) = span {
                course += n;
                for days in [*n - 1, course - 1, course] {
                    found.extend(date.checked_add(days.days()).ok());
                }
            }
        }
    }
    found
}

/// A date as the checks compare days.
pub(super) fn day(date: Date) -> Day {
    Day {
        at: 0..0,
        year: Some(date.year()),
        month: Some(date.month()),
        day: Some(date.day()),
        weekday: None,
    }
}

/// True when a text sets something before or after another: "5 days before
/// the test". A "prior authorization" does not.
pub(super) fn is_relative(folded: &str) -> bool {
    folded
        .split(|c: char| !c.is_alphanumeric())
        .any(|w| matches!(w, "before" | "after" | "antes" | "despues"))
}

/// True when a text speaks of the day beside another: "the evening before".
pub(super) fn names_the_eve(folded: &str) -> bool {
    ["day", "night", "evening", "dia", "noche"].iter().any(|d| {
        ["before", "after", "antes", "despues"]
            .iter()
            .any(|w| folded.contains(&format!("{d} {w}")))
    })
}

/// Days that a sentence names by today: today, tomorrow, yesterday.
pub(super) fn by_today(sentence: &str, today: Date) -> Vec<Date> {
    sentence
        .split(|c: char| !c.is_alphanumeric())
        .filter_map(|w| match w {
            "today" | "tonight" | "hoy" => Some(0),
            "tomorrow" | "manana" => Some(1),
            "yesterday" | "ayer" => Some(-1),
            _ => None,
        })
        .filter_map(|n: i64| today.checked_add(n.days()).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_course_ends_on_its_last_day_and_the_next_one_follows() {
        let days = from_dates(&[date(2026, 3, 2)], &[Span::Days(5), Span::Days(4)]);
        for known in [date(2026, 3, 6), date(2026, 3, 7), date(2026, 3, 10)] {
            assert!(days.contains(&known), "{known}");
        }
        for wrong in [date(2026, 3, 9), date(2026, 3, 13)] {
            assert!(!days.contains(&wrong), "{wrong}");
        }
    }

    #[test]
    fn months_are_counted_by_the_calendar() {
        let days = from_dates(&[date(2026, 1, 31)], &[Span::Months(1)]);
        assert!(days.contains(&date(2026, 2, 28)) && days.contains(&date(2025, 12, 31)));
    }

    #[test]
    fn hours_are_days_where_they_are_whole_ones() {
        let hours = |n: f64| Amount {
            at: 0..0,
            value: n,
            written: n,
            unit: Unit::Other("hour".into()),
            dose: false,
            old: false,
            per: false,
        };
        assert_eq!(spans(&[hours(48.0), hours(6.0)]), [Span::Days(2)]);
    }

    #[test]
    fn today_and_its_neighbours_are_named_in_two_languages() {
        let today = date(2026, 3, 2);
        assert_eq!(by_today("manana martes", today), [date(2026, 3, 3)]);
        assert!(by_today("next martes", today).is_empty());
    }
}
