//! What a reply may rest on: message, thread and chart, read once.

use super::amounts::{Amount, Frequency, Part, Unit};
use super::dates::{Day, Time};
use super::drugs::Mention;
use super::facts::of_another;
use super::flags::{self, Flag};
use super::reckoned::Span;
use super::text::Reading;
use super::{Case, Checks, reckoned, worked_out};
use jiff::civil::Date;
use std::collections::HashSet;

/// One line of the chart, or one part of the thread, read.
pub(super) struct Line {
    /// As it stands.
    pub(super) text: String,
    pub(super) folded: String,
    pub(super) place: Place,
    pub(super) drugs: Vec<Mention>,
    pub(super) amounts: Vec<Amount>,
    pub(super) frequencies: Vec<Frequency>,
    pub(super) days: Vec<Day>,
    /// Days of this line that are known whole; a year that is not written is the nearest.
    pub(super) dates: Vec<Date>,
    /// Its dates, with the year, and the days that follow from them and its spans.
    pub(super) reckoned: Vec<Day>,
    pub(super) spans: Vec<Span>,
    pub(super) times: Vec<Time>,
    pub(super) pressures: Vec<String>,
    /// Values that the laboratory marked as out of range.
    pub(super) flags: Vec<(f64, Flag)>,
}

impl Line {
    /// Whether the line itself has a value as it is written: one that was worked out stands nowhere.
    pub(super) fn has_written(&self, value: f64) -> bool {
        self.amounts
            .iter()
            .any(|k| k.at.end > 0 && (k.written - value).abs() < 1e-9)
    }
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Message,
    Medication,
    Allergy,
    Problem,
    Result,
    Appointment,
    Note,
    Demographic,
}

pub(super) struct Evidence {
    pub(super) lines: Vec<Line>,
    /// Every word of message, thread and chart, folded.
    pub(super) words: HashSet<String>,
    /// The patient's name, folded.
    pub(super) patient: String,
    /// How many different doses the message names, with and without a unit.
    pub(super) doses_told: usize,
    /// Whether the message speaks of somebody else's: "my wife's".
    pub(super) of_another: bool,
    /// Numbers that the message weighs against each other: "for 5 or 7 days".
    pub(super) weighed: Vec<f64>,
    /// How many different frequencies the message names.
    pub(super) frequencies_told: usize,
}

impl Evidence {
    pub(super) fn of(checks: &Checks, case: &Case<'_>) -> Self {
        let mut lines = Vec::new();
        let mut add = |text: &str, place| {
            if !text.trim().is_empty() {
                lines.push(Line::of(checks, text, place, case.today));
            }
        };
        add(case.message, Place::Message);
        add(case.earlier, Place::Message);
        add(case.sender, Place::Demographic);
        let c = case.chart;
        for (list, place) in [
            (&c.medications, Place::Medication),
            (&c.allergies, Place::Allergy),
            (&c.problems, Place::Problem),
            (&c.results, Place::Result),
            (&c.appointments, Place::Appointment),
            (&c.notes, Place::Note),
        ] {
            for text in list {
                add(text, place);
            }
        }
        for (name, value) in &c.demographics.0 {
            if let Some(value) = value
                .as_str()
                .map(str::to_owned)
                .or_else(|| (!value.is_null()).then(|| value.to_string()))
            {
                // A dated summary under a free name is a note; a name or an age is not.
                let place = if value.split_whitespace().count() > 6 {
                    Place::Note
                } else if name.to_lowercase().contains("medication") {
                    Place::Medication
                } else {
                    Place::Demographic
                };
                add(&value, place);
            }
        }
        reckon_visits(&mut lines);
        age_replaced_doses(&mut lines);
        let words = lines
            .iter()
            .flat_map(|l| l.folded.split(|c: char| !c.is_alphanumeric() && c != '\''))
            .filter(|w| !w.is_empty())
            .map(|w| w.trim_end_matches("'s").to_owned())
            .collect();
        let patient = c
            .demographics
            .text("name")
            .or_else(|| c.demographics.text("Name"))
            .map(|n| Reading::of(&n).folded.text)
            .unwrap_or_default();
        let told = |of: &mut dyn Iterator<Item = u64>| of.collect::<HashSet<_>>().len();
        let message = || lines.iter().filter(|l| l.place == Place::Message);
        Self {
            doses_told: told(
                &mut message()
                    .flat_map(|l| &l.amounts)
                    .filter(|a| a.dose || matches!(a.unit, Unit::None))
                    .map(|a| a.value.to_bits()),
            ),
            weighed: message().flat_map(weighed).collect(),
            of_another: message().any(|l| of_another(&l.folded)),
            frequencies_told: told(
                &mut message()
                    .flat_map(|l| &l.frequencies)
                    .map(|f| f.per_day.to_bits()),
            ),
            lines,
            words,
            patient,
        }
    }

    pub(super) fn at(&self, place: Place) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |l| l.place == place)
    }

    /// Every day that is written or follows from what is.
    pub(super) fn days(&self) -> impl Iterator<Item = &Day> {
        self.lines
            .iter()
            .flat_map(|l| l.days.iter().chain(&l.reckoned))
    }

    /// Every day that is known whole.
    pub(super) fn dates(&self) -> impl Iterator<Item = Date> {
        self.lines.iter().flat_map(|l| l.dates.iter().copied())
    }

    pub(super) fn says(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// Lines that name a drug, by its generic name.
    pub(super) fn naming<'a>(&'a self, drug: &'a str) -> impl Iterator<Item = &'a Line> {
        self.lines
            .iter()
            .filter(move |l| l.drugs.iter().any(|d| covers(&d.name, drug)))
    }
}

impl Evidence {
    /// True when the message names this drug, or more than one: then nobody can tell of which a reply speaks that names none.
    pub(super) fn is_asked_of(&self, drug: &str) -> bool {
        let named: HashSet<&str> = self
            .at(Place::Message)
            .flat_map(|l| &l.drugs)
            .map(|d| d.name.as_str())
            .collect();
        named.len() > 1 || named.iter().any(|d| covers(drug, d) || covers(d, drug))
    }

    /// Lines of the chart on the drugs that the message names, other than one.
    pub(super) fn of_the_message<'a>(&'a self, but: &'a str) -> impl Iterator<Item = &'a Line> {
        let named = move || {
            self.at(Place::Message)
                .flat_map(|l| &l.drugs)
                .filter(move |d| !covers(but, &d.name))
        };
        self.lines
            .iter()
            .filter(|l| l.place == Place::Medication)
            .filter(move |l| {
                l.drugs
                    .iter()
                    .any(|k| named().any(|d| covers(&k.name, &d.name)))
            })
    }
}

/// Numbers that a message joins by "or": "for 5 or 7 days", "3 days or a week".
fn weighed(line: &Line) -> impl Iterator<Item = f64> {
    let or = [" or ", " o "];
    let beside = move |i: usize, j: usize| {
        let between = line.amounts.get(i).zip(line.amounts.get(j));
        between.is_some_and(|(a, b)| {
            a.unit == b.unit
                && line
                    .folded
                    .get(a.at.end..b.at.start)
                    .is_some_and(|w| or.contains(&w))
        })
    };
    // "3 days or a week": the word counts one.
    let or_a_week = |a: &Amount| {
        line.folded
            .get(a.at.end..)
            .is_some_and(|w| w.starts_with(" or a week") || w.starts_with(" o una semana"))
            && a.unit.is("day")
    };
    line.amounts.iter().enumerate().flat_map(move |(i, a)| {
        let joined = line.folded.get(a.at.clone()).unwrap_or("");
        let own =
            or.iter().any(|w| joined.contains(w)) || beside(i, i + 1) || i > 0 && beside(i - 1, i);
        let week = or_a_week(a);
        [(own || week).then_some(a.value), week.then_some(7.0)]
            .into_iter()
            .flatten()
    })
}

/// "20 units every morning and 20 units every night" is twice a day.
fn morning_and_night(frequencies: &[Frequency]) -> Option<Frequency> {
    let has = |part| {
        frequencies
            .iter()
            .find(|f| f.part == Some(part) && !f.old && f.per_day <= 1.0)
    };
    let (morning, _) = (has(Part::Morning)?, has(Part::Night)?);
    Some(Frequency {
        per_day: 2.0,
        part: None,
        ..morning.clone()
    })
}

/// A line that sets something before or after a visit ("stop 5 days before
/// the test") says a day with each visit that is booked.
fn reckon_visits(lines: &mut [Line]) {
    let visits: Vec<Date> = lines
        .iter()
        .filter(|l| l.place == Place::Appointment)
        .flat_map(|l| l.dates.iter().copied())
        .take(reckoned::MOST_DATES)
        .collect();
    for line in lines
        .iter_mut()
        .filter(|l| l.place != Place::Appointment && reckoned::is_relative(&l.folded))
    {
        let eve = reckoned::names_the_eve(&line.folded).then_some(Span::Days(1));
        let spans = line.spans.iter().copied().chain(eve).collect::<Vec<_>>();
        let days = reckoned::from_dates(&visits, &spans);
        line.reckoned.extend(days.into_iter().map(reckoned::day));
    }
}

/// "Allopurinol 200 to 300 mg", where the list has 300: the note tells of a change, and the other dose is the old one.
fn age_replaced_doses(lines: &mut [Line]) {
    let listed: Vec<(String, Vec<Amount>)> = lines
        .iter()
        .filter(|l| l.place == Place::Medication)
        .flat_map(|l| l.drugs.iter().map(|d| (d.name.clone(), l.amounts.clone())))
        .collect();
    let is = |k: &Amount, a: &Amount| {
        k.dose && !k.old && k.unit == a.unit && (k.value - a.value).abs() < 1e-9
    };
    for line in lines.iter_mut().filter(|l| l.place == Place::Note) {
        let replaced: Vec<usize> = (0..line.amounts.len())
            .filter(|&i| {
                let a = &line.amounts[i];
                let joined = line.folded.get(a.at.clone()).unwrap_or("");
                let drug = line.drugs.iter().rfind(|d| d.at.end <= a.at.start);
                // A later part of the note may go back to it.
                let number = format!(" {} ", a.written);
                let again = [line.folded.get(..a.at.start), line.folded.get(a.at.end..)]
                    .into_iter()
                    .flatten()
                    .any(|t| t.contains(&number));
                a.dose
                    && !again
                    && joined.contains(" to ")
                    && drug.is_some_and(|d| {
                        let mut own = listed.iter().filter(|(name, _)| covers(name, &d.name));
                        let has_it = |l: &[Amount]| l.iter().any(|k| is(k, a));
                        let has_other = |l: &[Amount]| {
                            line.amounts
                                .iter()
                                .any(|b| b.at == a.at && !is(b, a) && l.iter().any(|k| is(k, b)))
                        };
                        own.clone().any(|(_, l)| has_other(l)) && !own.any(|(_, l)| has_it(l))
                    })
            })
            .collect();
        for i in replaced {
            line.amounts[i].old = true;
        }
    }
}

/// True when a drug that a source names is the one said, or a kind of it:
/// "insulin glargine" on record covers "insulin" in a reply, and not the other way round.
pub(super) fn covers(known: &str, said: &str) -> bool {
    known == said || known.split([' ', '-']).any(|w| w == said)
}

impl Line {
    fn of(checks: &Checks, text: &str, place: Place, today: Date) -> Self {
        let (plain, flags) = match place {
            Place::Result => flags::read(text),
            _ => (text.to_owned(), Vec::new()),
        };
        let folded = Reading::of(&plain).folded.text;
        let days = checks.dates.days(&folded);
        let times = checks.dates.times(&folded);
        let frequencies = checks.amounts.frequencies(&folded);
        let pressures: Vec<_> = checks.amounts.pressures(&folded);
        let mut taken: Vec<_> = days
            .iter()
            .map(|d| d.at.clone())
            .chain(times.iter().map(|t| t.at.clone()))
            .collect();
        taken.extend(pressures.iter().map(|p| p.0.clone()));
        // What is said twice supports no more than once: a long text is looked through quickly.
        let mut amounts = checks.amounts.numbers(&folded, &taken);
        let spans = reckoned::spans(&amounts);
        let mut dates: Vec<Date> = days.iter().filter_map(|d| d.date(today)).collect();
        dates.sort_unstable();
        dates.dedup();
        dates.truncate(reckoned::MOST_DATES);
        let mut reckoned = reckoned::from_dates(&dates, &spans);
        reckoned.extend(&dates);
        let mut seen = HashSet::new();
        amounts.retain(|a| seen.insert((a.value.to_bits(), a.unit.clone(), a.dose, a.old, a.per)));
        let mut seen = HashSet::new();
        let mut frequencies = frequencies;
        frequencies.retain(|f| seen.insert((f.per_day.to_bits(), f.part.map(|p| p as u8), f.old)));
        let in_other_words = worked_out::in_other_words(&amounts);
        if place == Place::Message {
            amounts.extend(worked_out::since(&days, today));
        } else {
            frequencies.extend(morning_and_night(&frequencies));
            amounts.extend(worked_out::from_line(&amounts, &frequencies, &days, today));
        }
        amounts.extend(in_other_words);
        if place == Place::Message {
            amounts.extend(worked_out::of_scales(&folded));
        }
        // "98 over 60": either number may be named by itself.
        amounts.extend(pressures.iter().flat_map(|p| worked_out::of_pressure(&p.1)));
        let (mut days, mut times) = (days, times);
        let mut seen = HashSet::new();
        days.retain(|d| {
            seen.insert((
                d.year,
                d.month,
                d.day,
                d.weekday.map(|w| w.to_monday_zero_offset()),
            ))
        });
        let mut seen = HashSet::new();
        times.retain(|t| seen.insert((t.minutes, t.half_known)));
        Self {
            drugs: checks.drugs.find(&folded),
            amounts,
            frequencies,
            pressures: pressures.into_iter().map(|p| p.1).collect(),
            days,
            dates,
            reckoned: reckoned.into_iter().map(reckoned::day).collect(),
            spans,
            times,
            text: text.to_owned(),
            folded,
            flags,
            place,
        }
    }
}
