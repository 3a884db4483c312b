//! Times that a reply names without a date ("last spring", "this week", "the
//! end of May"), and shares of people ("two thirds of patients").

use super::super::evidence::{Evidence, Line, Place};
use super::super::{Case, CheckError, Checks, Found, built};
use super::clauses::{clause_at, reports, supposes};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use regex::Regex;

/// Recognisers, compiled once.
#[derive(Debug)]
pub(in super::super) struct Vague {
    span: Regex,
    part: Regex,
    share: Regex,
    /// A comparison with what was before.
    earlier: Regex,
    ordered: Regex,
}

const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl Vague {
    pub(in super::super) fn new() -> Result<Self, CheckError> {
        let months = MONTHS.join("|");
        Ok(Self {
            span: built(
                r"\b(?:(?P<which>last|this past|this|past|next|in the|over the|this coming) (?P<unit>week|month|year|spring|summer|fall|autumn|winter)|(?P<es>la semana pasada|el mes pasado|el ano pasado|la proxima semana|el proximo mes|esta semana))\b",
            )?,
            part: built(&format!(
                r"\b(?P<part>end|start|beginning|middle|early|late|mid)(?: of|-| in)? ?(?P<month>{months})\b"
            ))?,
            share: built(
                r"\b(?:(?:one|two|three|four|\d+) ?-?(?:thirds?|quarters?|fifths?|tenths?)|(?:a|one) (?:third|quarter|fifth)|half|(?:one|two|three|four|five|six|seven|eight|nine|\d+) (?:in|out of) (?:every )?(?:two|three|four|five|six|ten|twenty|a hundred|\d+)|\d+ ?(?:%|percent)|(?:un tercio|la mitad|dos tercios))(?: of| de)?(?: all| the| las| los)? (?:people|patients|women|men|cases|children|kids|babies|users|personas|pacientes|mujeres|hombres|casos)\b",
            )?,
            earlier: built(
                r"\b(?:(?:down|up|lower|higher|better|worse|improved|less|more|same|unchanged|steady) (?:a (?:bit|little) )?(?:from|than|since|as) (?:your |the |at your )?(?:last|previous|prior|earlier)(?: (?:one|time|visit|check|test|result|reading|score))?|(?:as|like) (?:was|were) your last(?: \w+)?|(?:just |the same )?like your last \w+)\b",
            )?,
            ordered: built(
                r"\b(?:ordered|booked|scheduled|planned|set|repeat|arranged|due|visit|appointment|go over|sees|seen|meet|meets|cita|consulta)\b",
            )?,
        })
    }
}

/// The days that a phrase spans, and whether they lie ahead.
fn span(which: &str, unit: &str, today: Date) -> Option<(Date, Date, bool)> {
    let back = |n: i64| today.checked_sub(n.days()).ok();
    let on = |n: i64| today.checked_add(n.days()).ok();
    let ahead = which.ends_with("next") || which.ends_with("coming");
    let months = |first: i8, last: i8, year: i16| {
        let from = Date::new(year, first, 1).ok()?;
        let to = Date::new(year, last, 1).ok()?.last_of_month();
        Some((from, to))
    };
    let (from, to) = match (unit, ahead) {
        ("week", true) => (on(1)?, on(14)?),
        ("week", false) if which == "this" => (back(7)?, on(7)?),
        ("week", false) => (back(14)?, today),
        ("month", true) => (on(1)?, on(62)?),
        ("month", false) if which == "this" => (today.first_of_month(), today.last_of_month()),
        ("month", false) => (back(62)?, today),
        ("year", true) => (
            date(today.year(), 1, 1),
            date(today.year().checked_add(1)?, 12, 31),
        ),
        ("year", false) if which == "this" => {
            (date(today.year(), 1, 1), date(today.year(), 12, 31))
        }
        ("year", false) => (date(today.year().checked_sub(1)?, 1, 1), back(300)?),
        (season, _) => {
            let (first, last) = match season {
                "spring" => (3, 6),
                "summer" => (6, 9),
                "fall" | "autumn" => (9, 12),
                "winter" => {
                    // Winter lies over two years.
                    let year = today.year().checked_sub(1)?;
                    return Some((date(year, 12, 1), date(today.year(), 3, 31), ahead));
                }
                _ => return None,
            };
            // The one that is past last, or the one to come.
            let (mut from, mut to) = months(first, last, today.year())?;
            if ahead && to < today {
                (from, to) = months(first, last, today.year().checked_add(1)?)?;
            } else if !ahead && from > today {
                (from, to) = months(first, last, today.year().checked_sub(1)?)?;
            }
            (from, to)
        }
    };
    Some((from, to, ahead))
}

impl Checks {
    pub(super) fn vague_times(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        text: &str,
        found: &mut Found<'_>,
    ) {
        for c in self.vague.span.captures_iter(text) {
            let Some(whole) = c.get(0) else { continue };
            let (which, unit) = match c.name("es").map(|m| m.as_str()) {
                Some("la semana pasada") => ("last", "week"),
                Some("el mes pasado") => ("last", "month"),
                Some("el ano pasado") => ("last", "year"),
                Some("la proxima semana") => ("next", "week"),
                Some("el proximo mes") => ("next", "month"),
                Some(_) => ("this", "week"),
                None => (&c["which"], &c["unit"]),
            };
            let sentence = found.reading.sentence(whole.start());
            let clause = &text[clause_at(text, sentence.clone(), whole.start())];
            let Some((from, to, ahead)) = span(which, unit, case.today) else {
                continue;
            };
            let told = if ahead {
                self.vague.ordered.is_match(clause)
            } else {
                reports(clause)
            };
            // "Over the year" and "this week" may look either way.
            let to = if ahead { to } else { to.min(case.today) };
            let message_says = evidence
                .at(Place::Message)
                .any(|l| l.folded.contains(unit) || l.folded.contains(whole.as_str()));
            let in_span = |d: &Date| (from..=to).contains(d);
            let known = evidence.dates().any(|d| in_span(&d))
                || evidence.days().any(|k| {
                    k.day.is_none()
                        && k.weekday.is_none()
                        && match (k.year, k.month) {
                            (Some(y), Some(m)) => Date::new(y, m, 1)
                                .is_ok_and(|d| d <= to && d.last_of_month() >= from),
                            (Some(y), None) => (from.year()..=to.year()).contains(&y),
                            (None, Some(_)) => true,
                            _ => false,
                        }
                });
            if told
                && !message_says
                && !known
                && !supposes(&text[sentence])
                && !found.is_marked(&whole.range())
            {
                found.at(
                    "unsupported",
                    whole.range(),
                    "Neither the message nor the chart has anything of that time.",
                    None,
                );
            }
        }
        self.parts_of_months(evidence, text, found);
        self.shares_of_people(evidence, text, found);
        self.comparisons(evidence, text, found);
    }

    /// "At the end of May", where the chart's day is the 4th.
    fn parts_of_months(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for c in self.vague.part.captures_iter(text) {
            let Some(whole) = c.get(0) else { continue };
            let month = MONTHS
                .iter()
                .position(|m| *m == &c["month"])
                .and_then(|i| i8::try_from(i + 1).ok());
            let days = match &c["part"] {
                "end" | "late" => 19..=31,
                "middle" | "mid" => 9..=22,
                _ => 1..=12,
            };
            let of_month: Vec<&Line> = evidence
                .lines
                .iter()
                .filter(|l| {
                    l.days
                        .iter()
                        .chain(&l.reckoned)
                        .any(|k| k.month == month && k.day.is_some())
                })
                .collect();
            let fits = evidence
                .days()
                .any(|k| k.month == month && k.day.is_some_and(|d| days.contains(&d)));
            let said = evidence
                .at(Place::Message)
                .any(|l| l.folded.contains(whole.as_str()));
            if let Some(line) = of_month.first()
                && !fits
                && !said
                && !found.is_marked(&whole.range())
            {
                found.at(
                    "contradicts_chart",
                    whole.range(),
                    "The chart has another day of that month.",
                    Some(&line.text),
                );
            }
        }
    }

    /// "One in four people": a figure that message and chart do not have.
    fn shares_of_people(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for m in self.vague.share.find_iter(text) {
            if !found.is_marked(&m.range())
                && !evidence.lines.iter().any(|l| l.folded.contains(m.as_str()))
            {
                found.at(
                    "unsupported",
                    m.range(),
                    "Neither the message nor the chart has this figure.",
                    None,
                );
                // It is said of people in general: told, and no claim about this patient.
                if let Some(last) = found.list.last_mut() {
                    last.serious = false;
                }
            }
        }
    }

    /// "Down from your last one", where the chart holds one value only.
    fn comparisons(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for m in self.vague.earlier.find_iter(text) {
            let sentence = found.reading.sentence(m.start());
            let words = &text[sentence];
            let named: Vec<&Line> = evidence
                .at(Place::Result)
                .filter(|l| super::names_the_test(words, &l.folded))
                .collect();
            let several = named.iter().enumerate().any(|(i, a)| {
                named[i + 1..]
                    .iter()
                    .any(|b| super::is_same_test(&a.folded, &b.folded))
            }) || named.iter().any(|l| l.dates.len() > 1);
            let noted = evidence.at(Place::Note).any(|l| {
                named
                    .iter()
                    .any(|n| super::names_the_test(&l.folded, &n.folded))
            });
            if let Some(line) = named.first()
                && !several
                && !noted
                && !words.trim_end().ends_with('?')
                && !found.is_marked(&m.range())
            {
                found.at(
                    "unsupported",
                    m.range(),
                    "The chart has no earlier value to compare with.",
                    Some(&line.text),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::trial::{findings, holds};
    use serde_json::json;

    #[test]
    fn a_time_without_a_date_is_one_of_the_chart() {
        let chart = json!({"notes": ["2025-05-12: Cast removed.", "2026-03-02: Healed."]});
        holds(
            "my wrist",
            &chart,
            &[
                "The cast was removed last spring.",
                "It had healed by this week.",
                "Rest it over the summer.",
            ],
            &[
                "A splint was placed in the summer.",
                "The cast was changed next to a new one last winter, as placed last fall.",
            ],
        );
    }

    #[test]
    fn a_part_of_a_month_holds_the_charts_day() {
        let chart = json!({"notes": ["Stop colchicine on 2026-04-03."]});
        holds(
            "when?",
            &chart,
            &["Colchicine ends in early April."],
            &["Colchicine ends at the end of April."],
        );
    }

    #[test]
    fn shares_of_people_and_comparisons_need_their_figure() {
        let chart = json!({"results": ["PHQ-9 11 (2026-03-02)"]});
        holds(
            "score?",
            &chart,
            &[
                "Your PHQ-9 was 11 on March 2.",
                "Three in four people get better.",
            ],
            &["Your PHQ-9 was 11, which is lower than your last one."],
        );
        assert!(!findings("score?", &chart, "Three in four people get better.").is_empty());
    }
}
