//! Numbers and days that need no line of the chart of their own, because the sentence or the chart says them in another way.

use super::super::amounts::{Amount, Unit};
use super::super::evidence::{Evidence, Place};
use super::super::{Checks, Found};
use super::{find_word, is_same_test, says_any};

impl Checks {
    /// True for a number that message or chart say in other words.
    pub(super) fn is_plain(
        &self,
        evidence: &Evidence,
        text: &str,
        a: &Amount,
        found: &Found<'_>,
    ) -> bool {
        is_one_at_a_time(text, a)
            || is_rest_of_week(evidence, text, a)
            || is_hour_of_a_time(evidence, text, a)
            || is_day_of_the_message(evidence, text, a)
            || has_its_own_noun(evidence, text, a)
            || is_from_to(evidence, text, a)
            || is_of_a_ratio(evidence, text, a)
            || is_next_of_a_row(evidence, text, a)
            || lies_between_times(evidence, text, a, found)
            || matches!(a.unit, Unit::None) && {
                let sentence = found.reading.sentence(a.at.start);
                is_said_again(&found.numbers(&self.amounts, sentence), text, a)
            }
    }
}

/// "Only two days a week", "the other five days": the weekdays of a line, and what is left of the week.
fn is_rest_of_week(evidence: &Evidence, text: &str, a: &Amount) -> bool {
    if !a.unit.is("day") {
        return false;
    }
    let behind = &text[a.at.end..];
    let rest = text[..a.at.start].ends_with("other ") || text[..a.at.start].ends_with("otros ");
    let whole = [" a week", " each week", " per week", " a la semana"]
        .iter()
        .any(|w| behind.starts_with(w));
    (rest || whole)
        && evidence.lines.iter().any(|l| {
            let named = l
                .days
                .iter()
                .filter(|d| d.weekday.is_some() && d.day.is_none())
                .count() as f64;
            named > 0.0
                && (rest && (7.0 - named - a.value).abs() < 1e-9
                    || whole && (named - a.value).abs() < 1e-9)
        })
}

/// "One puff at a time" tells how, and not how much.
fn is_one_at_a_time(text: &str, a: &Amount) -> bool {
    (a.value - 1.0).abs() < 1e-9 && text[a.at.end..].starts_with(" at a time")
}

/// "Before 8 in the morning", "at 2 on that Monday": the hour of a time that is known.
fn is_hour_of_a_time(evidence: &Evidence, text: &str, a: &Amount) -> bool {
    matches!(a.unit, Unit::None)
        && a.value.fract() == 0.0
        && (1.0..=12.0).contains(&a.value)
        && ["at ", "before ", "by ", "until ", "a las "]
            .iter()
            .any(|w| text[..a.at.start].ends_with(w))
        && evidence
            .lines
            .iter()
            .flat_map(|l| &l.times)
            .any(|t| t.minutes % 60 == 0 && (t.minutes / 60 + 11) % 12 + 1 == a.value as u16)
}

/// "On for 12 hours and off for 12": the number stands in its sentence with a unit, and is looked for there.
fn is_said_again(sentence: &[Amount], text: &str, a: &Amount) -> bool {
    matches!(a.unit, Unit::None)
        && !text[a.at.end..].starts_with([' ', '-'])
        && sentence
            .iter()
            .any(|k| !matches!(k.unit, Unit::None) && (k.written - a.written).abs() < 1e-9)
}

/// "Four days after", where the message says "day 4".
fn is_day_of_the_message(evidence: &Evidence, text: &str, a: &Amount) -> bool {
    // "Take it for four days" is no day that is counted.
    let counted = [
        " after", " since", " into", " later", " in,", " in.", " despues", " desde",
    ]
    .iter()
    .any(|w| text[a.at.end..].starts_with(w));
    let lasts = ["for", "por", "durante", "another", "otros"]
        .iter()
        .any(|w| text[..a.at.start].trim_end().ends_with(w));
    a.unit.is("day")
        && counted
        && !lasts
        && evidence.at(Place::Message).any(|l| {
            ["day", "dia"]
                .iter()
                .any(|d| find_word(&l.folded, &format!("{d} {}", a.written)).is_some())
        })
}

/// "Fewer than 20 copies": the number stands with its own noun in a line of the chart.
fn has_its_own_noun(evidence: &Evidence, text: &str, a: &Amount) -> bool {
    let noun = text[a.at.end..]
        .strip_prefix(' ')
        .and_then(|rest| rest.split(|c: char| !c.is_alphabetic()).next())
        .filter(|w| w.len() >= 5);
    noun.is_some_and(|noun| {
        evidence
            .at(Place::Result)
            .any(|l| find_word(&l.folded, &format!("{} {noun}", a.written)).is_some())
    })
}

/// "1 unit for 8 grams", where the chart writes 1:8.
fn is_of_a_ratio(evidence: &Evidence, text: &str, a: &Amount) -> bool {
    let has = |n: f64| {
        evidence
            .lines
            .iter()
            .any(|l| find_word(&l.folded, &format!("1:{n}")).is_some())
    };
    let (before, behind) = (&text[..a.at.start], &text[a.at.end..]);
    let first = [" for ", " per ", " por cada ", " cada "]
        .iter()
        .find_map(|w| behind.strip_prefix(w))
        .and_then(|rest| {
            // "1 unit for 12 days" is no ratio of grams.
            let (n, of) = rest.split_once(' ').unwrap_or((rest, "g"));
            let whole = n.ends_with(['.', ',']);
            (whole || is_grams(of)).then(|| n.trim_end_matches(['.', ',']).parse().ok())?
        });
    (a.written - 1.0).abs() < 1e-9 && first.is_some_and(has)
        || [
            "1 unit for ",
            "one unit for ",
            "1 unit per ",
            "1 unidad por cada ",
        ]
        .iter()
        .any(|w| before.ends_with(w))
            && (matches!(a.unit, Unit::Milligram)
                || is_grams(behind.trim_start())
                || behind.is_empty()
                || behind.starts_with(['.', ',', ';']))
            && has(a.written)
}

/// True where grams, or what is counted in them, follow.
fn is_grams(behind: &str) -> bool {
    ["g ", "g.", "gram", "carb"]
        .iter()
        .any(|w| behind.starts_with(w))
        || behind == "g"
}

/// "Cycle 4 is next", where the chart says that cycle 3 was given.
fn is_next_of_a_row(evidence: &Evidence, text: &str, a: &Amount) -> bool {
    const ROWS: &[&str] = &["cycle", "infusion", "round", "session", "ciclo", "sesion"];
    let noun = text[..a.at.start]
        .trim_end()
        .rsplit(' ')
        .next()
        .unwrap_or("");
    if !matches!(a.unit, Unit::None) || !ROWS.contains(&noun) {
        return false;
    }
    // "Cycle 3 was given" tells of what the chart does not know. What is said of it stands near.
    let behind = &text[a.at.end..text.floor_char_boundary(a.at.end + 60)];
    let behind = behind.split(['.', ';']).next().unwrap_or("");
    let over = says_any(
        behind,
        &[
            "was",
            "were",
            "given",
            "done",
            "completed",
            "finished",
            "had",
            "fue",
        ],
    );
    !over
        && evidence.at(Place::Note).any(|l| {
            find_word(&l.folded, &format!("{noun} {}", a.written - 1.0)).is_some()
                && says_any(
                    &l.folded,
                    &["given", "done", "completed", "finished", "dado"],
                )
        })
}

/// "Two hours after the dose", where the message has it at 8 and the test at 10.
fn lies_between_times(evidence: &Evidence, text: &str, a: &Amount, found: &Found<'_>) -> bool {
    let sentence = found.reading.sentence(a.at.start);
    let between = [
        " after", " before", " later", " apart", " between", " despues", " antes",
    ]
    .iter()
    .any(|w| text[a.at.end..].starts_with(w));
    a.unit.is("hour")
        // What was is told, and not what to wait for.
        && between
        && !says_any(&text[sentence.clone()], &[
            "take", "wait", "give", "until", "should", "must", "can", "may", "tome", "espere",
        ])
        && evidence.at(Place::Message).any(|l| {
            let at: Vec<f64> = l
                .amounts
                .iter()
                .filter(|k| matches!(k.unit, Unit::None) && k.at.end > 0)
                .filter(|k| {
                    ["at ", "a las "]
                        .iter()
                        .any(|w| l.folded[..k.at.start].ends_with(w))
                })
                .map(|k| k.value)
                .take(6)
                .collect();
            at.iter()
                .any(|x| at.iter().any(|y| (y - x - a.value).abs() < 1e-9))
        })
}

/// "From 7.0 to 7.6": two values of one test, the older one first.
fn is_from_to(evidence: &Evidence, text: &str, a: &Amount) -> bool {
    let Some((first, last)) = text[a.at.clone()].split_once(" to ") else {
        return false;
    };
    let (Ok(first), Ok(last)) = (first.trim().parse::<f64>(), last.trim().parse::<f64>()) else {
        return false;
    };
    let dated = |value: f64| {
        evidence
            .at(Place::Result)
            .filter(move |l| l.has_written(value))
    };
    dated(first).any(|l| {
        dated(last).any(|m| is_same_test(&l.folded, &m.folded) && l.dates.first() < m.dates.first())
    })
}

impl Checks {
    /// "Weigh yourself again tomorrow" tells what to do, and no fact.
    pub(super) fn looks_after_oneself(&self, clause: &str) -> bool {
        says_any(clause, &self.lists.self_care)
            && !self
                .lists
                .booked
                .iter()
                .any(|w| clause.contains(w.as_str()))
    }

    /// "Go back to your usual dose tomorrow": what is told is what was before.
    pub(super) fn goes_on_as_before(&self, sentence: &str) -> bool {
        says_any(sentence, &self.lists.as_before)
    }
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn a_number_is_right_that_the_chart_says_in_other_words() {
        let chart = json!({
            "medications": ["Lidocaine 5% patch, 12 hours on, 12 hours off"],
            "results": ["A1c 7.1% (2025-09-01)", "A1c 7.7% (2026-03-01)", "HIV RNA under 20 copies/mL (2026-03-01)"],
            "notes": ["2026-03-02: Take the capsule before 9 am."],
        });
        holds(
            "it is day 5, is the a1c up?",
            &chart,
            &[
                "Wear the patch for 12 hours, then leave it off for 12.",
                "Your A1c went from 7.1 to 7.7.",
                "The virus is at fewer than 20 copies.",
                "Five days after, that is common.",
                "Take it before 9.",
            ],
            &[
                "Wear the patch for 12 hours, then leave it off for 16.",
                "The virus is at fewer than 50 copies.",
                "Six days after, that is common.",
            ],
        );
    }

    #[test]
    fn a_ratio_a_row_and_two_times_are_said_in_other_words() {
        let chart = json!({
            "medications": ["Insulin aspart via pump, carb ratio 1:12"],
            "notes": ["2026-03-02: Cycle 2 given today."],
        });
        holds(
            "blood was drawn at 11 and I took it at 8",
            &chart,
            &[
                "Your pump gives 1 unit for 12 grams.",
                "Cycle 3 comes next.",
                "That was three hours after it.",
            ],
            &[
                "Your pump gives 1 unit for 15 grams.",
                "Cycle 5 comes next.",
                "That was five hours after it.",
            ],
        );
    }

    #[test]
    fn a_day_that_is_counted_is_no_span_of_taking() {
        let chart = json!({"medications": ["Amoxicillin 500 mg TID for 7 days"]});
        holds(
            "I'm on day 4 of the antibiotic.",
            &chart,
            &["Four days after the start, that is common."],
            &["Take it for four days.", "Take the amoxicillin four days."],
        );
    }

    #[test]
    fn a_month_makes_no_other_tests_value_right() {
        let chart =
            json!({"results": ["A1c 7.9% (2025-11-04)", "Potassium 4.1 mmol/L (2025-11-04)"]});
        holds(
            "labs?",
            &chart,
            &[
                "Your potassium was 4.1 in November 2025.",
                "It was 7.9 in November 2025.",
            ],
            &[
                "Your potassium was 7.9 in November 2025.",
                "Your A1c was 4.1 in November 2025.",
            ],
        );
    }

    #[test]
    fn a_ratio_is_of_grams_a_row_goes_on_and_hours_between_times_are_told() {
        let chart = json!({
            "medications": ["Insulin aspart via pump, carb ratio 1:12", "Vancomycin 125 mg QID"],
            "notes": ["2026-03-02: Cycle 2 given today."],
        });
        holds(
            "I get up at 8 and eat at 11",
            &chart,
            &["The ratio went to 1 unit for 12."],
            &["Take 1 unit for 12 days.", "Cycle 3 was given last week."],
        );
    }
}
