//! Dates, weekdays and times of day.

use super::CheckError;
use super::clock::Clock;
use jiff::civil::{Date, Weekday};
use regex::Regex;
use std::ops::Range;

/// A day as far as a text says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) at: Range<usize>,
    pub(super) year: Option<i16>,
    pub(super) month: Option<i8>,
    pub(super) day: Option<i8>,
    pub(super) weekday: Option<Weekday>,
}

/// A time of day in minutes; `half_known` when morning or afternoon is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Time {
    pub(super) at: Range<usize>,
    pub(super) minutes: u16,
    pub(super) half_known: bool,
}

const MONTHS: &[(&str, i8)] = &[
    ("january", 1),
    ("jan", 1),
    ("enero", 1),
    ("february", 2),
    ("feb", 2),
    ("febrero", 2),
    ("march", 3),
    ("mar", 3),
    ("marzo", 3),
    ("april", 4),
    ("apr", 4),
    ("abril", 4),
    ("may", 5),
    ("mayo", 5),
    ("june", 6),
    ("jun", 6),
    ("junio", 6),
    ("july", 7),
    ("jul", 7),
    ("julio", 7),
    ("august", 8),
    ("aug", 8),
    ("agosto", 8),
    ("september", 9),
    ("sept", 9),
    ("sep", 9),
    ("septiembre", 9),
    ("october", 10),
    ("oct", 10),
    ("octubre", 10),
    ("november", 11),
    ("nov", 11),
    ("noviembre", 11),
    ("december", 12),
    ("dec", 12),
    ("diciembre", 12),
];

const WEEKDAYS: &[(&str, Weekday)] = &[
    ("monday", Weekday::Monday),
    ("mon", Weekday::Monday),
    ("lunes", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("tues", Weekday::Tuesday),
    ("tue", Weekday::Tuesday),
    ("martes", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("weds", Weekday::Wednesday),
    ("wed", Weekday::Wednesday),
    ("miercoles", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("thurs", Weekday::Thursday),
    ("thur", Weekday::Thursday),
    ("thu", Weekday::Thursday),
    ("jueves", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("fri", Weekday::Friday),
    ("viernes", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sat", Weekday::Saturday),
    ("sabado", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
    ("domingo", Weekday::Sunday),
];

/// Beginnings of what may stand after a number that is no day of the month.
const UNITS: &[&str] = &[
    "am", "pm", "a.m", "p.m", "mg", "mcg", "ml", "unit", "tab", "puff",
];

/// Recognisers, compiled once.
#[derive(Debug)]
pub(super) struct Dates {
    iso: Regex,
    slashed: Regex,
    month_day: Regex,
    day_month: Regex,
    month: Regex,
    weekday: Regex,
    /// "Friday the 27th", "viernes 27": a weekday and its day of the month.
    weekday_day: Regex,
    /// "The 17th": a day of a month that is known from elsewhere.
    ordinal: Regex,
    /// "MWF", "TTS".
    letters: Regex,
    year: Regex,
    /// A unit: the number before it is no year.
    counted: Regex,
    clock: Regex,
    noon: Regex,
    words: Clock,
}

impl Dates {
    pub(super) fn new() -> Result<Self, CheckError> {
        let names = |list: Vec<&str>| list.join("|");
        let months = names(MONTHS.iter().map(|m| m.0).collect());
        let long = names(MONTHS.iter().map(|m| m.0).filter(|m| m.len() > 3).collect());
        let days = names(WEEKDAYS.iter().map(|d| d.0).collect());
        Ok(Self {
            iso: super::built(r"\b((?:19|20)\d\d)-(\d\d?)(?:-(\d\d?))?(?:[ t]|\b)")?,
            slashed: super::built(r"\b(\d{1,2})/(\d{1,2})(?:/((?:19|20)?\d\d))?\b")?,
            month_day: super::built(&format!(
                r"\b({months})\.? (?:the )?(\d{{1,2}})(?:st|nd|rd|th)?(?:,? ((?:19|20)\d\d))?\b"
            ))?,
            day_month: super::built(&format!(
                r"\b(\d{{1,2}})(?:st|nd|rd|th)? (?:of |de )?({months})\b(?:,? (?:de )?((?:19|20)\d\d))?"
            ))?,
            month: super::built(&format!(
                r"\b(?:(?:in|of|since|last|this|next|early|late|mid|by|from|your|until|through|for|before|after|during) )?({long})(?:,? ((?:19|20)\d\d))?\b"
            ))?,
            weekday: super::built(&format!(r"\b({days})\.?(?:'s|s)?\b"))?,
            weekday_day: super::built(&format!(
                r"\b({days})(?: (?:morning|afternoon|evening|night))?,? (?:(?:the |el )?(\d{{1,2}})(?:st|nd|rd|th)|(?:the |el )?(\d{{1,2}}))\b"
            ))?,
            ordinal: super::built(
                r"\b(?:the|el) (\d{1,2})(?:st|nd|rd|th)\b|\b(?:el|del) (?:dia )?(\d{1,2})\b",
            )?,
            letters: super::built(r"\b(?:mwf|m/w/f|m-w-f|tths|tts|t/th/s|tthsa?)\b")?,
            year: super::built(r"\b((?:19|20)\d\d)\b")?,
            counted: super::built(r"^ ?(?:units?|iu|mg|mcg|ml|g|steps|calories|kcal|k/|cells)\b")?,
            clock: super::built(
                r"\b(\d{1,2})(?::(\d\d))? ?(a\.?m\.?|p\.?m\.?)(?:\b|$|\s)|\b(\d{1,2}):(\d\d)\b|\b(\d{1,2}) o'?clock\b",
            )?,
            noon: super::built(
                r"\b(?:at|by|from|until|is|around|al) (noon|midnight|mediodia)\b|\b\d{1,2} (noon)\b",
            )?,
            words: Clock::new()?,
        })
    }

    /// Days in a folded text; no two overlap.
    pub(super) fn days(&self, text: &str) -> Vec<Day> {
        let mut found: Vec<Day> = Vec::new();
        let mut put = |at: Range<usize>, year, month: Option<i8>, day: Option<i8>, weekday| {
            let sane = month.is_none_or(|m| (1..=12).contains(&m))
                && day.is_none_or(|d| (1..=31).contains(&d));
            if sane
                && !found
                    .iter()
                    .any(|f: &Day| f.at.start < at.end && at.start < f.at.end)
            {
                found.push(Day {
                    at,
                    year,
                    month,
                    day,
                    weekday,
                });
            }
        };
        let n = |m: Option<regex::Match<'_>>| m.and_then(|m| m.as_str().parse::<i8>().ok());
        let y = |m: Option<regex::Match<'_>>| {
            m.and_then(|m| m.as_str().parse::<i16>().ok())
                .map(|y| if y < 100 { 2000 + y } else { y })
        };
        let month = |m: Option<regex::Match<'_>>| {
            m.and_then(|m| MONTHS.iter().find(|x| x.0 == m.as_str()))
                .map(|x| x.1)
        };
        for c in self.iso.captures_iter(text) {
            let Some(last) = c.get(3).or(c.get(2)) else {
                continue;
            };
            let Some(first) = c.get(1) else { continue };
            put(
                first.start()..last.end(),
                y(c.get(1)),
                n(c.get(2)),
                n(c.get(3)),
                None,
            );
        }
        for c in self.month_day.captures_iter(text) {
            if let Some(m) = c.get(0) {
                put(m.range(), y(c.get(3)), month(c.get(1)), n(c.get(2)), None);
            }
        }
        for c in self.day_month.captures_iter(text) {
            if let Some(m) = c.get(0) {
                put(m.range(), y(c.get(3)), month(c.get(2)), n(c.get(1)), None);
            }
        }
        for c in self.slashed.captures_iter(text) {
            let (Some(m), Some(first), Some(second)) = (c.get(0), n(c.get(1)), n(c.get(2))) else {
                continue;
            };
            if text[m.end()..].starts_with(['%', '/'])
                // "62.5/25" is a strength.
                || text[..m.start()].ends_with(['.', '/'])
                || is_decimal(&text[m.end()..]) || c.get(3).is_none() && &c[0] == "1/2"
            {
                continue;
            }
            // Month first, as the United States write; a first number above 12 is a day.
            let (month, day) = if first > 12 && second <= 12 {
                (second, first)
            } else {
                (first, second)
            };
            if (1..=12).contains(&month) && (1..=31).contains(&day) {
                put(m.range(), y(c.get(3)), Some(month), Some(day), None);
            }
        }
        for c in self.weekday_day.captures_iter(text) {
            let (Some(m), Some(name)) = (c.get(0), c.get(1)) else {
                continue;
            };
            // "Monday 8:30" and "Monday 2 pm" are times, "Friday 20 mg" a dose.
            let bare = c.get(2).is_none();
            let full = name.as_str().len() > 3;
            if full && !(bare && goes_on(&text[m.end()..])) {
                let weekday = WEEKDAYS.iter().find(|x| x.0 == name.as_str()).map(|x| x.1);
                put(m.range(), None, None, n(c.get(2).or(c.get(3))), weekday);
            }
        }
        for c in self.ordinal.captures_iter(text) {
            if let Some(m) = c.get(0)
                && !counts_something(&text[m.end()..])
            {
                put(m.range(), None, None, n(c.get(1).or(c.get(2))), None);
            }
        }
        for c in self.weekday.captures_iter(text) {
            if let (Some(m), Some(name)) = (c.get(0), c.get(1)) {
                let full = name.as_str().len() > 3 || m.as_str().ends_with('.');
                let day = WEEKDAYS.iter().find(|x| x.0 == name.as_str()).map(|x| x.1);
                if full
                    || text[m.end()..].starts_with([',', ' '])
                        && name.as_str() != "sat"
                        && name.as_str() != "mon"
                    || is_in_a_list(text, name.start(), m.end())
                    // "Mon/Wed/Fri" is a list of days, and no abbreviation of anything else.
                    || text[m.end()..].starts_with('/')
                    || text[..name.start()].ends_with('/')
                    || is_span_of_days(text, name.start(), m.end())
                {
                    put(name.range(), None, None, None, day);
                }
            }
        }
        // Dialysis is told by its letters: MWF, TTS (NIDDK, hemodialysis: three times a week).
        for m in self.letters.find_iter(text) {
            use Weekday::{Friday, Monday, Saturday, Thursday, Tuesday, Wednesday};
            let days = if m.as_str().starts_with('m') {
                [Monday, Wednesday, Friday]
            } else {
                [Tuesday, Thursday, Saturday]
            };
            for (i, day) in days.into_iter().enumerate() {
                let start = m.start() + i;
                put(start..start + 1, None, None, None, Some(day));
            }
        }
        for c in self.month.captures_iter(text) {
            if let (Some(m), Some(name)) = (c.get(0), c.get(1)) {
                // "may" and "march" are verbs unless a word before or a year says month.
                let verb = matches!(name.as_str(), "may" | "march");
                if !verb || m.start() < name.start() || c.get(2).is_some() {
                    let end = c.get(2).map_or(name.end(), |y| y.end());
                    put(name.start()..end, y(c.get(2)), month(c.get(1)), None, None);
                }
            }
        }
        for c in self.year.captures_iter(text) {
            if let Some(m) = c.get(1)
                && !self.counted.is_match(&text[m.end()..])
            {
                put(m.range(), y(c.get(1)), None, None, None);
            }
        }
        found.sort_by_key(|d| d.at.start);
        found
    }

    /// Times of day in a folded text.
    pub(super) fn times(&self, text: &str) -> Vec<Time> {
        let mut found = Vec::new();
        for c in self.clock.captures_iter(text) {
            let get = |i: usize| c.get(i).and_then(|m| m.as_str().parse::<u16>().ok());
            let Some(whole) = c.get(0) else { continue };
            let end = whole.start() + whole.as_str().trim_end().len();
            let (hour, minute, half) = match (get(1), get(4), get(6)) {
                (Some(h), _, _) => (
                    h,
                    get(2).unwrap_or(0),
                    c.get(3).map(|m| m.as_str().starts_with('p')),
                ),
                (_, Some(h), _) => (h, get(5).unwrap_or(0), None),
                (_, _, Some(h)) => (h, 0, None),
                _ => continue,
            };
            if hour > 24 || minute > 59 {
                continue;
            }
            let hour = match half {
                Some(true) if hour < 12 => hour + 12,
                Some(false) if hour == 12 => 0,
                _ => hour,
            };
            found.push(Time {
                at: whole.start()..end,
                minutes: hour * 60 + minute,
                half_known: half.is_some()
                    || hour > 12
                    || of_a_full_day(&text[..whole.start()], whole.as_str()),
            });
        }
        for c in self.noon.captures_iter(text) {
            if let Some(m) = c.get(1).or(c.get(2)) {
                found.push(Time {
                    at: m.range(),
                    minutes: if m.as_str() == "midnight" { 0 } else { 720 },
                    half_known: true,
                });
            }
        }
        let days: Vec<Range<usize>> = self.days(text).into_iter().map(|d| d.at).collect();
        for time in self.words.times(text, &days) {
            if !found
                .iter()
                .any(|f: &Time| f.at.start < time.at.end && time.at.start < f.at.end)
            {
                found.push(time);
            }
        }
        found
    }
}

impl Day {
    /// The date, when day and month are known: without a year the one nearest to today.
    pub(super) fn date(&self, today: Date) -> Option<Date> {
        let (month, day) = (self.month?, self.day?);
        if let Some(year) = self.year {
            return Date::new(year, month, day).ok();
        }
        let year = today.year();
        [year.checked_sub(1), Some(year), year.checked_add(1)]
            .into_iter()
            .flatten()
            .filter_map(|y| Date::new(y, month, day).ok())
            .min_by_key(|d| today.duration_until(*d).abs())
    }

    /// The weekday of a day that is known whole.
    pub(super) fn falls_on(&self) -> Option<Weekday> {
        Date::new(self.year?, self.month?, self.day?)
            .ok()
            .map(|d| d.weekday())
    }

    /// True when `known` says everything that this day says.
    pub(super) fn is_in(&self, known: &Day) -> bool {
        self.year.is_none_or(|y| known.year.is_none_or(|k| k == y))
            && (self.year.is_none() || known.year.is_some() || self.month.is_some())
            && self.month.is_none_or(|m| known.month == Some(m))
            && self.day.is_none_or(|d| known.day == Some(d))
            && self
                .weekday
                .is_none_or(|w| known.weekday == Some(w) || known.falls_on() == Some(w))
    }
}

/// "Mon Wed Fri", "sat and sun": another weekday stands right before or behind.
fn is_in_a_list(text: &str, start: usize, end: usize) -> bool {
    let is_day = |w: &str| WEEKDAYS.iter().any(|(d, _)| *d == w);
    let join = |c: char| !c.is_alphanumeric();
    let joins = |w: &&str| !["and", "or", "y", "o", ""].contains(w);
    text[end..].split(join).find(joins).is_some_and(is_day)
        || text[..start].rsplit(join).find(joins).is_some_and(is_day)
}

/// "Mon-Fri": a hyphen and another weekday stand beside it.
fn is_span_of_days(text: &str, start: usize, end: usize) -> bool {
    let after = text[end..].strip_prefix('-');
    let before = text[..start].strip_suffix('-');
    WEEKDAYS.iter().any(|(w, _)| {
        after.is_some_and(|a| a.starts_with(w)) || before.is_some_and(|b| b.ends_with(w))
    })
}

/// "08:00", "2027-02-16 10:20": a clock of 24 hours.
fn of_a_full_day(before: &str, time: &str) -> bool {
    let date = before
        .trim_end()
        .rsplit(' ')
        .next()
        .is_some_and(|w| w.len() == 10 && w.matches('-').count() == 2);
    time.contains(':') && (date || time.starts_with('0'))
}

/// True when an ordinal counts what stands behind it: "the 3rd dose", "the 5th percentile".
fn counts_something(after: &str) -> bool {
    if after.starts_with('%') {
        return true;
    }
    /// Words that may follow a day of the month.
    const FREE: &[&str] = &[
        "at",
        "and",
        "or",
        "to",
        "in",
        "is",
        "was",
        "with",
        "for",
        "of",
        "the",
        "so",
        "by",
        "if",
        "a",
        "las",
        "y",
        "con",
        "fue",
        "it",
        "you",
        "your",
        "that",
        "which",
        "when",
        "showed",
        "came",
        "were",
        "from",
        "before",
        "after",
        "as",
        "but",
        "through",
        "until",
        "because",
        "we",
        "he",
        "she",
        "noon",
        "morning",
        "afternoon",
        "evening",
        "works",
        "has",
        "had",
    ];
    after
        .starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '/' | '-' | '%' | ':'))
        && after[1..].starts_with(|c: char| c.is_ascii_digit())
        || after
            .strip_prefix(' ')
            .and_then(|rest| rest.split(|c: char| !c.is_alphanumeric()).next())
            .is_some_and(|w| !w.is_empty() && !FREE.contains(&w))
}

/// True when a number goes on behind a point.
fn is_decimal(after: &str) -> bool {
    after
        .strip_prefix('.')
        .is_some_and(|a| a.starts_with(|c: char| c.is_ascii_digit()))
}

/// True when a number is not over or has a unit: it is no day of the month.
fn goes_on(after: &str) -> bool {
    after.starts_with([':', '/', '.', '-']) && after[1..].starts_with(|c: char| c.is_ascii_digit())
        || after
            .trim_start()
            .split([' ', ','])
            .next()
            .is_some_and(|w| UNITS.iter().any(|u| w.starts_with(u)))
}

impl Time {
    pub(super) fn is(&self, known: &Time) -> bool {
        if self.half_known && known.half_known {
            self.minutes == known.minutes
        } else {
            self.minutes % 720 == known.minutes % 720
        }
    }
}
