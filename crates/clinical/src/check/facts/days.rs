//! Dates, weekdays and times of a reply.

use super::super::claims::shares_a_topic;
use super::super::dates::Day;
use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Line, Place};
use super::super::reckoned::{self, Span};
use super::super::{Case, Checks, Found};
use super::clauses::{clause_at, shared};
use super::reckoned_days::{is_left_out, is_on_its_weekday};
use super::rounded::is_by_weeks;
use super::{find_word, names_the_test, says_any};
use jiff::ToSpan;
use jiff::civil::Date;
use std::ops::Range;

impl Checks {
    pub(super) fn days_named(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        text: &str,
        taken: &mut Vec<Range<usize>>,
        found: &mut Found<'_>,
    ) {
        let days = self.dates.days(text);
        let mentions = self.drugs.find(text);
        for (i, d) in days.iter().enumerate() {
            if found.is_full() {
                return;
            }
            taken.push(d.at.clone());
            let sentence = found.reading.sentence(d.at.start);
            if is_an_example(&text[sentence.start..d.at.start]) {
                continue;
            }
            let words = &text[sentence.clone()];
            let known = evidence
                .days()
                .any(|k| d.is_in(k) && is_near(d, k, case.today))
                && !weighs_another(evidence, d)
                || is_by_weeks(evidence, d)
                || is_on_its_weekday(
                    evidence,
                    words,
                    &named_in(&mentions, &sentence),
                    d,
                    case.today,
                )
                || is_left_out(evidence, d, case.today)
                || self.is_reckoned_here(case, evidence, sentence.clone(), d, found);
            // "Due in 2031": the year of what the sentence speaks of.
            if let Some(line) = another_year(evidence, words, d)
                && !self.is_reckoned_here(case, evidence, sentence.clone(), d, found)
            {
                found.at(
                    "contradicts_chart",
                    d.at.clone(),
                    "The chart has another year.",
                    Some(&line.text),
                );
                continue;
            }
            // "Thursday, December 3": the weekday is said of the date that stands beside it.
            let beside = d.weekday.filter(|_| d.day.is_none()).and_then(|_| {
                days.iter()
                    .enumerate()
                    .filter(|(j, o)| *j != i && o.month.is_some() && o.day.is_some())
                    .map(|(_, o)| o)
                    .find(|o| stand_together(text, d, o))
            });
            let fits = match beside {
                None => known,
                Some(date) => {
                    let full = evidence
                        .days()
                        .filter(|k| date.is_in(k))
                        .find_map(Day::falls_on)
                        .or_else(|| date.date(case.today).map(|d| d.weekday()));
                    full.is_none_or(|falls| Some(falls) == d.weekday)
                }
            };
            if fits && d.day.is_some() && d.month.is_some() {
                // A result's date must be one of that result's.
                let tests: Vec<&Line> = evidence
                    .at(Place::Result)
                    .filter(|l| !l.days.is_empty() && names_the_test(words, &l.folded))
                    .collect();
                // "Raised from 10 to 20 on October 28": the note's own numbers.
                let told = found.numbers(&self.amounts, sentence.clone());
                let of_note = |l: &Line| {
                    l.place == Place::Note
                        && told.iter().filter(|a| l.has_written(a.written)).count() > 1
                };
                let counted = !reckoned::spans(&told).is_empty()
                    && self.is_reckoned_here(case, evidence, sentence.clone(), d, found);
                let of_test = |l: &Line| {
                    of_note(l)
                        || l.place != Place::Result
                            && l.place != Place::Appointment
                            && tests.iter().any(|t| names_the_test(&l.folded, &t.folded))
                        || l.place == Place::Appointment
                        || l.place == Place::Note
                            && (find_word(words, "note").is_some()
                                || find_word(words, "notes").is_some()
                                // "Your flu shot was October 9th": the note's own matter.
                                || shares_a_topic(words, &l.folded, ""))
                };
                let said = |l: &Line| l.days.iter().any(|k| d.is_in(k));
                // Several dates of which none is the result's are of something else.
                let dates = || {
                    days.iter().filter(|o| {
                        o.month.is_some() && o.day.is_some() && sentence.contains(&o.at.start)
                    })
                };
                let of_result = dates().count() == 1
                    || dates().any(|o| tests.iter().flat_map(|l| &l.days).any(|k| o.is_in(k)));
                if let Some(test) = tests.first()
                    && of_result
                    && !counted
                    && !tests.iter().any(|l| said(l))
                    && !evidence.lines.iter().filter(|l| of_test(l)).any(said)
                {
                    found.at(
                        "contradicts_chart",
                        d.at.clone(),
                        "The chart has this result under another date.",
                        Some(&test.text),
                    );
                    continue;
                }
            }
            if !fits {
                let line = evidence
                    .lines
                    .iter()
                    .filter(|l| l.place == Place::Appointment || l.place == Place::Result)
                    .find(|l| {
                        shares_a_word(text, &found.reading.sentence(d.at.start), &l.folded)
                            && !l.days.is_empty()
                    });
                found.fact(
                    d.at.clone(),
                    line,
                    "The chart has another date.",
                    "Neither the message nor the chart has this date.",
                );
            }
        }
        self.tomorrow_named(case, evidence, text, found);
        self.times_named(evidence, text, taken, found);
    }
}

impl Checks {
    /// "Tomorrow" must be a day of the chart or the message.
    fn tomorrow_named(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        text: &str,
        found: &mut Found<'_>,
    ) {
        let Ok(next) = case.today.checked_add(1.day()) else {
            return;
        };
        let day = reckoned::day(next);
        if [
            "tomorrow",
            "tmrw",
            "tmr",
            "tomorow",
            "tommorow",
            "tommorrow",
            "manana",
        ]
        .iter()
        .any(|w| evidence.says(w))
            || evidence
                .days()
                .any(|k| (k.year, k.month, k.day) == (day.year, day.month, day.day))
            // "Weekly on Thursdays", read on a Wednesday.
            || evidence
                .days()
                .any(|k| k.day.is_none() && k.weekday == Some(next.weekday()))
        {
            return;
        }
        for (i, m) in text.match_indices("tomorrow") {
            let words = &text[found.reading.sentence(i)];
            // "A week from tomorrow, November 30th" names another day, which is looked for by itself;
            // "go on as usual tomorrow" names none.
            let counted = text[..i].ends_with("from ");
            let clause = &text[clause_at(text, found.reading.sentence(i), i)];
            if counted
                || self.goes_on_as_before(words)
                || self.looks_after_oneself(clause)
                || self.makes_a_span(evidence, text, i, next, found)
            {
                continue;
            }
            found.at(
                "unsupported",
                i..i + m.len(),
                "Neither the message nor the chart speaks of tomorrow.",
                None,
            );
        }
    }

    /// True when a sentence itself says how a day is reckoned from a known
    /// one: "tomorrow, Monday", "January 7th, two days before you leave".
    fn is_reckoned_here(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        place: Range<usize>,
        said: &Day,
        found: &Found<'_>,
    ) -> bool {
        let sentence = &found.reading.text()[place.clone()];
        if is_next(evidence, said, case.today) {
            return true;
        }
        let mut from = reckoned::by_today(sentence, case.today);
        // "Tomorrow later in the day, and back to mornings on Tuesday": the day after the one that is named.
        let goes_on = says_any(
            sentence,
            &["back to", "then", "after that", "luego", "despues"],
        );
        if goes_on {
            let after: Vec<Date> = from
                .iter()
                .filter_map(|d| d.checked_add(1.day()).ok())
                .collect();
            from.extend(after);
        }
        if from.iter().any(|d| said.is_in(&reckoned::day(*d))) {
            return true;
        }
        let spans = reckoned::spans(&found.numbers(&self.amounts, place));
        // A span of the reply's own supports a day only where it is one of message or chart, or is counted from today.
        let (told, own): (Vec<Span>, Vec<Span>) = spans
            .into_iter()
            .partition(|s| evidence.lines.iter().any(|l| l.spans.contains(s)));
        // "On January 14, the day before you go".
        let mut told = told;
        if reckoned::names_the_eve(sentence) {
            told.push(Span::Days(1));
        }
        from.push(case.today);
        let of_today = own.iter().chain(&told).copied().collect::<Vec<_>>();
        let mut days = reckoned::from_dates(&from, &of_today);
        let dates: Vec<Date> = evidence.dates().take(reckoned::MOST_DATES).collect();
        days.extend(reckoned::from_dates(&dates, &told));
        days.into_iter().any(|d| said.is_in(&reckoned::day(d)))
    }
}

/// Drugs that a sentence names.
fn named_in<'m>(mentions: &'m [Mention], sentence: &Range<usize>) -> Vec<&'m Mention> {
    mentions
        .iter()
        .filter(|m| sentence.contains(&m.at.start))
        .collect()
}

/// Days around today in which a weekday by itself names a day.
const NEAR: i32 = 14;

/// "On Tuesday" is one of these weeks, and not a Tuesday of last spring.
fn is_near(said: &Day, known: &Day, today: Date) -> bool {
    let alone = said.weekday.is_some() && said.day.is_none();
    let known = (known.weekday.is_none())
        .then(|| known.date(today))
        .flatten();
    !alone || known.is_none_or(|k| days_between(k, today) <= NEAR)
}

/// A message that weighs two weekdays against each other supports neither:
/// the chart must have the one that is said.
fn weighs_another(evidence: &Evidence, said: &Day) -> bool {
    let Some(weekday) = said.weekday.filter(|_| said.day.is_none()) else {
        return false;
    };
    let mut told = evidence
        .at(Place::Message)
        .flat_map(|l| &l.days)
        .filter_map(|k| k.weekday);
    told.any(|w| w == weekday)
        && evidence.at(Place::Message).any(|l| {
            l.folded.contains(" or ")
                && l.days
                    .iter()
                    .filter_map(|k| k.weekday)
                    .any(|w| w != weekday)
        })
        && !evidence
            .lines
            .iter()
            .filter(|l| l.place != Place::Message)
            .flat_map(|l| l.days.iter().chain(&l.reckoned))
            .any(|k| k.weekday.or_else(|| k.falls_on()) == Some(weekday))
}

fn days_between(a: Date, b: Date) -> i32 {
    a.until(b).map_or(i32::MAX, |span| span.get_days().abs())
}

/// "Saturday, the 28th", "this Thursday, November 26": the day that a weekday
/// of the message falls on next or fell on last.
fn is_next(evidence: &Evidence, said: &Day, today: Date) -> bool {
    let date = match (said.month, said.day) {
        (Some(_), Some(_)) => said.date(today),
        (None, Some(_)) => (-NEAR..=NEAR)
            .filter_map(|n| today.checked_add(n.days()).ok())
            .find(|d| said.is_in(&reckoned::day(*d))),
        _ => None,
    };
    date.filter(|d| days_between(*d, today) <= NEAR)
        .is_some_and(|d| {
            evidence
                .at(Place::Message)
                .flat_map(|l| &l.days)
                .any(|k| k.day.is_none() && k.weekday == Some(d.weekday()))
        })
}

/// "Choose two days, such as Sunday and Wednesday".
fn is_an_example(before: &str) -> bool {
    ["such as", "for example", "for instance", "por ejemplo"]
        .iter()
        .any(|w| before.contains(w))
}

/// Bytes between a weekday and its date: "Friday, which is the 4th".
const TOGETHER: usize = 14;

/// True when two days stand beside each other.
fn stand_together(text: &str, a: &Day, b: &Day) -> bool {
    let (first, second) = if a.at.start < b.at.start {
        (a, b)
    } else {
        (b, a)
    };
    text.get(first.at.end..second.at.start)
        .is_some_and(|between| between.len() <= TOGETHER && !between.contains(['.', '!', '?', ';']))
}

/// The line that has what a sentence speaks of in other years than the one it names.
fn another_year<'e>(evidence: &'e Evidence, sentence: &str, said: &Day) -> Option<&'e Line> {
    if said.month.is_some() || said.day.is_some() {
        return None;
    }
    let year = said.year?;
    // The date that a note begins with is the note's.
    let has = |l: &Line| {
        l.days
            .iter()
            .filter(|k| k.at.start > 0 && k.year.is_some())
            .map(|k| k.year == Some(year))
            .collect::<Vec<_>>()
    };
    let lines: Vec<&Line> = evidence
        .lines
        .iter()
        .filter(|l| shared(sentence, &l.folded) > 0)
        .collect();
    let stands = lines.iter().any(|l| {
        has(l).contains(&true)
            || l.place == Place::Message && l.days.iter().any(|k| k.year == Some(year))
            // A note of that year on the matter itself.
            || has(l).is_empty() && l.days.iter().any(|k| k.year == Some(year))
    });
    // "Repeat in five years" beside the year of the last one.
    let spans: Vec<Span> = evidence
        .lines
        .iter()
        .flat_map(|l| l.spans.iter().copied())
        .take(reckoned::MOST_DATES)
        .collect();
    let follows = lines.iter().any(|l| {
        reckoned::from_dates(&l.dates, &spans)
            .iter()
            .any(|d| d.year() == year)
    });
    if stands || follows {
        return None;
    }
    lines
        .into_iter()
        .find(|l| l.place != Place::Message && !has(l).is_empty())
}

fn shares_a_word(text: &str, sentence: &Range<usize>, line: &str) -> bool {
    text[sentence.clone()]
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| w.len() > 4)
        .any(|w| line.contains(w))
        || ["appointment", "visit", "scheduled", "booked", "cita"]
            .iter()
            .any(|w| text[sentence.clone()].contains(w) && line.contains("booked"))
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn the_end_of_a_course_is_reckoned_from_its_start() {
        let chart = json!({"medications": ["Cephalexin 500 mg QID x 6 days (start 2026-03-02)"]});
        holds(
            "When am I done?",
            &chart,
            &[
                "Your last day is Saturday, March 7th.",
                "It ends on Saturday the 7th.",
            ],
            &[
                "Your last day is Monday, March 9th.",
                "It ends on Tuesday the 10th.",
            ],
        );
    }

    #[test]
    fn days_before_a_visit_are_reckoned_from_it() {
        let chart = json!({
            "appointments": ["2026-03-20 09:00 skin test, Dr. Ode"],
            "notes": ["Stop antihistamines 5 days before the test."],
        });
        holds(
            "When do I stop?",
            &chart,
            &["Stop on March 15th.", "Stop on Sunday, March 15th."],
            &["Stop on March 17th."],
        );
    }

    #[test]
    fn a_weekday_is_compared_with_the_date_beside_it_alone() {
        let chart = json!({
            "appointments": ["2026-03-10 09:00 eye clinic, Dr. Ode"],
            "notes": ["2026-03-06: Form was mailed."],
        });
        holds(
            "Did it go out?",
            &chart,
            &["It was mailed on Friday, and you see Dr. Ode on March 10th."],
            &["You see Dr. Ode on Friday, March 10th."],
        );
    }

    #[test]
    fn a_result_has_its_own_date_and_a_vaccine_another() {
        let chart = json!({
            "results": ["Hepatitis B surface antibody 90 (2026-03-02)"],
            "notes": ["2026-01-05: Hep B #1.", "2026-02-09: Hep B #2."],
        });
        holds(
            "hep b?",
            &chart,
            &["You had them on January 5 and February 9, and your antibody is 90."],
            &[
                "Your antibody was 90 on February 9.",
                "Your antibody was 90 on February 9, and drawn on March 2.",
            ],
        );
    }

    #[test]
    fn a_weekday_alone_is_one_of_these_weeks() {
        let chart = json!({"results": ["TSH 2.1 (2025-10-24)"]});
        holds("ok?", &chart, &[], &["Your refill comes on Friday."]);
    }

    #[test]
    fn a_message_that_weighs_two_weekdays_supports_neither() {
        let chart = json!({"appointments": ["2026-03-12 10:00 memory clinic, Dr. Ode"]});
        holds(
            "Is it the Monday or the Thursday clinic?",
            &chart,
            &["It is the Thursday clinic."],
            &["It is the Monday clinic."],
        );
    }

    #[test]
    fn tomorrow_is_a_day_of_the_chart_or_how_it_always_was() {
        let chart = json!({"medications": ["Sertraline 50 mg daily"]});
        holds(
            "I took two",
            &chart,
            &["Go back to your usual dose tomorrow."],
            &["You can go back to work tomorrow."],
        );
        let booked = json!({"appointments": ["2026-03-05 10:00 lab, Dr. Ode"]});
        holds(
            "lab?",
            &booked,
            &["Your lab is tomorrow, Thursday."],
            &["Your lab is tomorrow, Friday."],
        );
    }

    #[test]
    fn days_given_as_an_example_are_none_of_the_chart() {
        let chart = json!({"medications": ["Estradiol patch 0.05 mg twice weekly"]});
        holds(
            "which days?",
            &chart,
            &["Choose what suits you, such as Monday and Thursday."],
            &["Change it on Monday and Thursday."],
        );
    }
}
