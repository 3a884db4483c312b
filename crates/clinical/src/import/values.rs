//! Values that both kinds of files hold: dates and times.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

/// A date and time with offset as RFC 3339 in UTC.
///
/// # Errors
/// A reason for the record: no such date, no offset, or more than a day ahead of `now`.
pub(super) fn instant(text: &str, now: Timestamp) -> Result<String, String> {
    let at: Timestamp = text.trim().parse().map_err(|_| {
        "the time it was sent is not a date and time with offset, such as 2026-11-20T09:30:00-05:00".to_owned()
    })?;
    if at > now.checked_add(24.hours()).unwrap_or(Timestamp::MAX) {
        return Err("the time it was sent lies in the future".into());
    }
    // Whole seconds: what clinics send, and what sorts as text.
    let whole = Timestamp::from_second(at.as_second()).unwrap_or(at);
    Ok(whole.to_string())
}

/// The day of a FHIR `date`, `dateTime` or `instant`; `None` when it is no
/// date. Partial dates stay partial.
pub(super) fn day(text: &str) -> Option<String> {
    let day = text.split('T').next().unwrap_or(text);
    match day.len() {
        4 => day.parse::<u16>().ok().map(|_| day.to_owned()),
        7 => format!("{day}-01")
            .parse::<Date>()
            .ok()
            .map(|_| day.to_owned()),
        10 => day.parse::<Date>().ok().map(|_| day.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_brought_to_utc_and_impossible_ones_refused() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().expect("time");
        assert_eq!(
            instant("2026-11-20T09:30:00-05:00", now).as_deref(),
            Ok("2026-11-20T14:30:00Z")
        );
        assert_eq!(
            instant("2026-11-20T09:30:00.250Z", now).as_deref(),
            Ok("2026-11-20T09:30:00Z")
        );
        for bad in [
            "2026-02-30T10:00:00Z",
            "2026-11-20T09:30:00",
            "yesterday",
            "2100-01-01T00:00:00Z",
            "",
        ] {
            assert!(instant(bad, now).is_err(), "{bad}");
        }
    }

    #[test]
    fn days_keep_their_precision() {
        assert_eq!(day("2019").as_deref(), Some("2019"));
        assert_eq!(day("2019-03").as_deref(), Some("2019-03"));
        assert_eq!(
            day("2019-03-01T10:00:00+00:00").as_deref(),
            Some("2019-03-01")
        );
        assert_eq!(day("2019-02-30"), None);
        assert_eq!(day("soon"), None);
    }
}
