//! Times of day in words: "half past nine", "ten to eight", "Friday at two",
//! "a las once y media".

use super::CheckError;
use super::dates::Time;
use regex::{Captures, Regex};
use std::ops::Range;

/// Hours as English and Spanish name them.
const HOURS: &[(&str, u16)] = &[
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("noon", 12),
    ("una", 1),
    ("dos", 2),
    ("tres", 3),
    ("cuatro", 4),
    ("cinco", 5),
    ("seis", 6),
    ("siete", 7),
    ("ocho", 8),
    ("nueve", 9),
    ("diez", 10),
    ("once", 11),
    ("doce", 12),
];

/// Minutes as people name them beside an hour.
const MINUTES: &[(&str, u16)] = &[
    ("twenty-five", 25),
    ("twenty five", 25),
    ("twenty", 20),
    ("a quarter", 15),
    ("quarter", 15),
    ("ten", 10),
    ("five", 5),
    ("half", 30),
    ("media", 30),
    ("cuarto", 15),
    ("cincuenta y cinco", 55),
    ("cincuenta", 50),
    ("cuarenta y cinco", 45),
    ("cuarenta", 40),
    ("treinta y cinco", 35),
    ("treinta", 30),
    ("veinticinco", 25),
    ("veinte", 20),
    ("quince", 15),
    ("diez", 10),
    ("cinco", 5),
];

/// Words behind a number that count something else: "at two weeks".
const COUNTED: &[&str] = &[
    "week", "day", "month", "year", "hour", "minute", "time", "tablet", "unit", "puff", "mg",
    "mcg", "ml", "percent", "%", "semana", "dia", "mes", "ano", "hora", "dosis", "tableta",
    "unidad", "veces",
];

/// Bytes before "at two" in which a day must stand.
const BESIDE: usize = 45;

/// Recognisers, compiled once.
#[derive(Debug)]
pub(super) struct Clock {
    /// "Half past nine", "at ten to eight".
    past: Regex,
    /// "At two", "at 11".
    at: Regex,
    /// "A las once y media".
    spanish: Regex,
    /// "The 18th".
    ordinal: Regex,
}

impl Clock {
    pub(super) fn new() -> Result<Self, CheckError> {
        let hours = HOURS.iter().map(|h| h.0).collect::<Vec<_>>().join("|");
        let minutes = MINUTES.iter().map(|m| m.0).collect::<Vec<_>>().join("|");
        const HALF: &str = r"(?P<half> in the morning| in the afternoon| in the evening| at night| de la manana| de la tarde| de la noche)?";
        Ok(Self {
            past: super::built(&format!(
                r"(?:\b(?P<to>at )?|^)\b(?P<minute>{minutes}) (?P<which>past|after|to|before) (?P<hour>{hours}|\d{{1,2}})\b{HALF}"
            ))?,
            at: super::built(&format!(
                r"\b(?:at|around) (?P<hour>{hours}|\d{{1,2}})\b(?P<clock> o'?clock)?{HALF}"
            ))?,
            spanish: super::built(&format!(
                r"\ba las? (?P<hour>{hours}|\d{{1,2}})(?: y (?P<minute>{minutes}))?\b{HALF}"
            ))?,
            ordinal: super::built(r"\d(?:st|nd|rd|th)\b")?,
        })
    }

    /// Times in words; `days` are the places of days in the text.
    pub(super) fn times(&self, text: &str, days: &[Range<usize>]) -> Vec<Time> {
        let mut found: Vec<Time> = Vec::new();
        let mut put = |time: Option<Time>| {
            if let Some(time) = time
                && !found
                    .iter()
                    .any(|f| f.at.start < time.at.end && time.at.start < f.at.end)
            {
                found.push(time);
            }
        };
        for c in self.past.captures_iter(text) {
            let named = matches!(&c["which"], "past" | "after")
                && ["half", "quarter"].iter().any(|w| c["minute"].ends_with(w));
            // "Five to ten days" is a span, and "ten after two" may be anything.
            if named || &c["which"] == "past" || c.name("to").is_some() {
                put(time(&c, text));
            }
        }
        for c in self.spanish.captures_iter(text) {
            put(time(&c, text));
        }
        for c in self.at.captures_iter(text) {
            let Some(whole) = c.get(0) else { continue };
            let from = text.floor_char_boundary(whole.start().saturating_sub(BESIDE));
            let before = &text[from..whole.start()];
            let before = before.rsplit(['.', '!', '?', ';']).next().unwrap_or(before);
            let from = whole.start() - before.len();
            let dated = days.iter().any(|d| d.end > from && d.end <= whole.start())
                || self.ordinal.is_match(before)
                || ["today", "tomorrow"].iter().any(|w| before.contains(w));
            if dated || c.name("half").is_some() || c.name("clock").is_some() {
                put(time(&c, text));
            }
        }
        found
    }
}

/// The time that a phrase says, where nothing behind it makes it another number.
fn time(c: &Captures<'_>, text: &str) -> Option<Time> {
    let whole = c.get(0)?;
    let after = &text[whole.end()..];
    let number_goes_on = after.starts_with([':', '/', '-', '.', ','])
        && after[1..].starts_with(|c: char| c.is_ascii_digit())
        || after.starts_with('%');
    let next = after.trim_start().split([' ', ',', '.']).next()?;
    if number_goes_on || COUNTED.iter().any(|w| next.starts_with(w)) {
        return None;
    }
    let hour_name = c.name("hour")?.as_str();
    let hour = value(HOURS, hour_name).or_else(|| hour_name.parse().ok())?;
    let minute = c
        .name("minute")
        .map_or(Some(0), |m| value(MINUTES, m.as_str()))?;
    if hour == 0 || hour > 12 {
        return None;
    }
    let before = c
        .name("which")
        .is_some_and(|w| matches!(w.as_str(), "to" | "before"));
    let minutes = hour * 60;
    let minutes = if before {
        minutes.checked_sub(minute)?
    } else {
        minutes + minute
    };
    let half = c.name("half").map(|h| h.as_str());
    let morning = half.is_some_and(|h| h.ends_with("morning") || h.ends_with("manana"));
    let minutes = match half {
        Some(_) if !morning && minutes < 720 => minutes + 720,
        Some(_) if morning => minutes % 720,
        _ => minutes % 1440,
    };
    Some(Time {
        at: whole.range(),
        minutes,
        half_known: half.is_some() || hour_name == "noon",
    })
}

fn value(list: &[(&str, u16)], name: &str) -> Option<u16> {
    list.iter().find(|(w, _)| *w == name).map(|(_, n)| *n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(text: &str, days: &[Range<usize>]) -> Vec<u16> {
        Clock::new()
            .expect("sound")
            .times(text, days)
            .into_iter()
            .map(|t| t.minutes)
            .collect()
    }

    #[test]
    fn times_in_words_are_read_in_two_languages() {
        assert_eq!(
            minutes("come at half past four in the afternoon", &[]),
            [990]
        );
        assert_eq!(minutes("be here at twenty to nine", &[]), [520]);
        assert_eq!(
            minutes("la cita es a las tres y cuarto de la tarde", &[]),
            [915]
        );
    }

    #[test]
    fn an_hour_by_itself_needs_a_day_beside_it() {
        let text = "see you friday at two, please";
        assert_eq!(minutes(text, std::slice::from_ref(&(8..14))), [120]);
        assert!(minutes("the dose stays at two, please", &[]).is_empty());
    }

    #[test]
    fn ranges_and_counts_are_no_times() {
        for text in [
            "in five to ten days it heals",
            "friday at two weeks it heals",
            "a las dos semanas sana",
            "friday at 7.5 units",
        ] {
            assert!(
                minutes(text, std::slice::from_ref(&(0..6))).is_empty(),
                "{text}"
            );
        }
    }
}
