//! Amounts that a reply works out and says so: a day's total, what was taken
//! at once, the days between two dates. The words of the sentence must say what was
//! reckoned: without them the number is a dose like any other.

use super::super::amounts::{Amount, Unit};
use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Line, Place};
use super::super::{Case, Checks};
use super::differences::{is_difference, is_part_of_the_line};
use super::lines::names_the_line;
use super::{find_word, is_same_test, says_any};

/// Words of a sentence that say a total.
const TOTALS: &[&str] = &[
    "in all",
    "in total",
    "total",
    "altogether",
    "all told",
    "all together",
    "the whole day",
    "the day",
    "en total",
    "tomas",
    "divided",
    "together",
    "at most",
    "como maximo",
];
/// What stands behind an amount that is a day's.
const A_DAY: &[&str] = &["a day", "per day", "each day", "al dia", "por dia"];
/// Bytes behind an amount in which that is looked for: "2,000 mg of the latter each day".
const BEHIND: usize = 25;
/// Words that report what was taken.
const TAKEN: &[&str] = &[
    "took",
    "taken",
    "had",
    "gave",
    "given",
    "swallowed",
    "tomo",
    "dio",
];
/// Words by which a message says that it was double.
const DOUBLED: &[&str] = &["double", "doubled", "twice", "doble"];
/// Words that compare two values.
const CHANGED: &[&str] = &[
    "gain",
    "gained",
    "lost",
    "loss",
    "drop",
    "dropped",
    "down",
    "up",
    "rose",
    "risen",
    "fell",
    "fallen",
    "less",
    "more",
    "grew",
    "grown",
    "higher",
    "lower",
    "difference",
    "growing",
    "gaining",
    "between",
    "put on",
    "apart",
    "by",
    "gap",
    "points off",
    "below",
    "above",
    "decrease",
    "increase",
    "improvement",
    "bajo",
    "subio",
    "perdio",
    "gano",
    "menos",
    "mas",
];

/// Most values that are compared with each other: a text full of numbers must not cost their square.
pub(super) const MOST: usize = 60;

/// True where what stands behind an amount makes it a day's: "2,000 mg of the
/// latter each day", and not "10 mg twice a day".
fn is_of_a_day(behind: &str) -> bool {
    let behind = &behind[..behind.floor_char_boundary(BEHIND)];
    A_DAY.iter().any(|d| {
        find_word(behind, d).is_some_and(|at| {
            let between = &behind[..at];
            !between.contains([',', '.', ';', '('])
                && !says_any(
                    between,
                    &["once", "twice", "times", "time", "vez", "veces", "every"],
                )
        })
    })
}

pub(super) fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6 + b.abs() * 1e-6
}

impl Checks {
    /// True when a sentence says an amount as worked out, and it is worked out right.
    pub(super) fn is_worked_out(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        sentence: &str,
        behind: &str,
        a: &Amount,
        drugs: &[&Mention],
    ) -> bool {
        let total = says_any(sentence, TOTALS) || is_of_a_day(behind);
        let own = |l: &&Line| {
            l.place != Place::Message
                && (names_the_line(sentence, l)
                    || drugs.is_empty()
                    || drugs
                        .iter()
                        .any(|d| evidence.naming(&d.name).any(|n| std::ptr::eq(n, *l))))
        };
        let lines = || evidence.lines.iter().filter(own);
        total
            && (lines().any(|l| is_total(l, a) || was_taken(evidence, l, a))
                || self.is_sum_of_the_sentence(evidence, sentence, a))
            || is_of_a_week(behind) && lines().any(|l| is_weekly_total(l, a))
            || says_any(sentence, TAKEN) && lines().any(|l| was_taken(evidence, l, a))
            || (!a.dose || is_grams(a) && !drugs.iter().any(|d| sentence.contains(d.name.as_str())))
                && says_any(sentence, CHANGED)
                && is_difference(evidence, sentence, a)
            || is_part_of_the_line(evidence, sentence, a)
            || self.lies_between(case, evidence, sentence, a)
            || lies_between_results(evidence, sentence, a)
    }

    /// "600 mg at bedtime, 300 mg in the morning and 300 mg at midday, 1,200 mg in total": doses of the sentence that the
    /// chart holds, added up.
    fn is_sum_of_the_sentence(&self, evidence: &Evidence, sentence: &str, a: &Amount) -> bool {
        let charted = |k: &Amount| {
            evidence
                .lines
                .iter()
                .filter(|l| l.place != Place::Message)
                .any(|l| {
                    l.amounts
                        .iter()
                        .any(|c| c.dose && c.unit == k.unit && near(c.value, k.value))
                })
        };
        let told = self.amounts.numbers(sentence, &[]);
        let parts = || {
            told.iter()
                .filter(|k| k.dose && k.unit == a.unit && !near(k.value, a.value) && charted(k))
        };
        parts().count() > 1 && near(parts().map(|k| k.value).sum(), a.value)
    }

    /// "Two days before you see Dr. Lin": the days between a date of the
    /// sentence and one of message or chart.
    fn lies_between(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        sentence: &str,
        a: &Amount,
    ) -> bool {
        if !a.unit.is("day") {
            return false;
        }
        self.dates
            .days(sentence)
            .iter()
            .filter_map(|d| d.date(case.today))
            .any(|named| {
                evidence.dates().any(|known| {
                    known
                        .until(named)
                        .is_ok_and(|s| near(f64::from(s.get_days()).abs(), a.value))
                })
            })
    }
}

/// "8.3% about six months before", "over six months": the months between two results of one test.
fn lies_between_results(evidence: &Evidence, sentence: &str, a: &Amount) -> bool {
    if !a.unit.is("month")
        || !says_any(
            sentence,
            &["before", "over", "earlier", "in", "antes", "en"],
        )
    {
        return false;
    }
    let results: Vec<&Line> = evidence.at(Place::Result).take(MOST).collect();
    results.iter().enumerate().any(|(i, l)| {
        results[i + 1..].iter().any(|m| {
            is_same_test(&l.folded, &m.folded)
                && l.dates
                    .first()
                    .zip(m.dates.first())
                    .and_then(|(x, y)| x.until(*y).ok())
                    .is_some_and(|s| near((f64::from(s.get_days()).abs() / 30.44).round(), a.value))
        })
    })
}

/// A dose times how often, or the strengths of all tablets of a line.
fn is_total(line: &Line, a: &Amount) -> bool {
    let counted = matches!(a.unit, Unit::None);
    let doses = || {
        line.amounts
            .iter()
            .filter(|k| k.dose && !k.old && (counted || k.unit == a.unit))
    };
    let tablets: f64 = line
        .amounts
        .iter()
        .filter(|k| !k.old && (k.unit == Unit::Tablet || k.unit.is("dose") && k.value <= 6.0))
        .map(|k| k.value)
        .sum();
    doses().any(|k| {
        near(k.value * tablets, a.value)
            || line
                .frequencies
                .iter()
                .filter(|f| !f.old && f.per_day >= 1.0)
                .any(|f| near(k.value * f.per_day, a.value))
    })
}

/// True where what stands behind an amount makes it a week's.
fn is_of_a_week(behind: &str) -> bool {
    let behind = behind.trim_start();
    [
        "a week",
        "over the week",
        "per week",
        "each week",
        "in a week",
        "for the week",
        "a la semana",
        "por semana",
        "weekly total",
    ]
    .iter()
    .any(|w| behind.starts_with(w))
}

/// A week of a line: its dose on each day, or "4 mg daily except 2 mg on Mondays and Fridays".
fn is_weekly_total(line: &Line, a: &Amount) -> bool {
    let days = line
        .days
        .iter()
        .filter(|d| d.weekday.is_some() && d.day.is_none())
        .count() as f64;
    let doses: Vec<&Amount> = line
        .amounts
        .iter()
        .filter(|k| k.dose && !k.old && k.unit == a.unit && k.at.end > 0)
        .collect();
    let exception = ["except", "excepto", "salvo"]
        .iter()
        .find_map(|w| find_word(&line.folded, w));
    if let Some(at) = exception {
        return doses.iter().filter(|k| k.at.end <= at).any(|usual| {
            doses
                .iter()
                .filter(|k| k.at.start > at)
                .any(|other| near(usual.value * (7.0 - days) + other.value * days, a.value))
        });
    }
    // "5 mg Monday, Wednesday, Friday and 2.5 mg all other days".
    if let [first, other] = doses[..]
        && ["all other", "other days", "los demas"]
            .iter()
            .any(|w| line.folded[other.at.end..].contains(w))
    {
        return near(first.value * days + other.value * (7.0 - days), a.value);
    }
    doses.iter().any(|k| {
        line.frequencies
            .iter()
            .filter(|f| !f.old)
            .any(|f| near(k.value * f.per_day * 7.0, a.value))
            || days > 0.0 && near(k.value * days, a.value)
    })
}

/// What a message says was taken: as many tablets of a strength, or double the dose.
fn was_taken(evidence: &Evidence, line: &Line, a: &Amount) -> bool {
    let message = || evidence.at(Place::Message);
    let double = message().any(|l| says_any(&l.folded, DOUBLED));
    let counts = message()
        .flat_map(|l| &l.amounts)
        .filter(|k| {
            // "I took two" counts tablets, too.
            k.unit == Unit::Tablet
                || matches!(k.unit, Unit::None)
                    && (2.0..=4.0).contains(&k.value)
                    && message().any(|l| says_any(&l.folded, TAKEN))
        })
        .map(|k| k.value)
        .chain(double.then_some(2.0));
    let counts: Vec<f64> = counts.collect();
    line.amounts
        .iter()
        .filter(|k| k.dose && !k.old && k.unit == a.unit)
        .any(|k| counts.iter().any(|n| near(k.value * n, a.value)))
}

/// Grams, which are a weight more often than a dose.
pub(super) fn is_grams(a: &Amount) -> bool {
    a.unit == Unit::Milligram && a.value >= a.written * 999.0
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn a_daily_total_is_right_where_the_sentence_says_a_total() {
        let chart = json!({"medications": ["Gabapentin 300 mg TID"]});
        holds(
            "how much?",
            &chart,
            &[
                "Gabapentin is 300 mg three times a day, 900 mg in all.",
                "You take 900 mg of gabapentin a day.",
            ],
            &[
                "Take gabapentin 900 mg three times a day.",
                "Take gabapentin 900 mg at once.",
                "Gabapentin comes to 1,200 mg in all.",
            ],
        );
    }

    #[test]
    fn a_week_of_a_dose_is_summed_up() {
        let chart =
            json!({"medications": ["Warfarin 5 mg daily except 2.5 mg on Tuesdays and Saturdays"]});
        holds(
            "how much?",
            &chart,
            &["That is 30 mg a week: 2.5 mg on two days a week, and 5 mg on the other five days."],
            &[
                "That is 35 mg a week.",
                "That is 2.5 mg on the other six days.",
            ],
        );
    }

    #[test]
    fn what_was_taken_by_mistake_is_worked_out() {
        let chart = json!({"medications": ["Lisinopril 10 mg daily"]});
        holds(
            "I took a double dose of lisinopril",
            &chart,
            &["So you took 20 mg of lisinopril."],
            &[
                "So you took 40 mg of lisinopril.",
                "Please take 20 mg of lisinopril.",
            ],
        );
    }

    #[test]
    fn the_days_between_two_dates_are_counted() {
        let chart = json!({"appointments": ["2026-03-20 09:00 ultrasound", "2026-03-23 11:00 OB, Dr. Ode"]});
        holds(
            "when?",
            &chart,
            &["Your ultrasound is March 20, three days before you see Dr. Ode."],
            &["Your ultrasound is March 20, five days before you see Dr. Ode."],
        );
    }
}
