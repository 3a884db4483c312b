//! Amounts that a reply works out and says so: a day's total, what was taken
//! at once, what two results differ by, the days between two dates. The words
//! of the sentence must say what was reckoned: without them the number is a
//! dose like any other.

use super::super::amounts::{Amount, Unit};
use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Line, Place};
use super::super::worked_out::{CENTIMETRES, POUNDS};
use super::super::{Case, Checks};
use super::clauses::shared;
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
const MOST: usize = 60;

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

fn near(a: f64, b: f64) -> bool {
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
fn is_grams(a: &Amount) -> bool {
    a.unit == Unit::Milligram && a.value >= a.written * 999.0
}

/// What two values of one test, or a value of the message and one of the
/// chart, differ by, as exactly as the reply says it.
fn is_difference(evidence: &Evidence, sentence: &str, a: &Amount) -> bool {
    let results: Vec<(&Line, &Amount)> = evidence
        .at(Place::Result)
        .filter_map(|l| {
            // "13 lb 6 oz" is one weight.
            let pounds = |k: &&Amount| k.unit.is("lb") && k.at.end > 0;
            let whole = l.amounts.iter().rfind(pounds);
            Some((
                l,
                whole.or_else(|| l.amounts.iter().find(|k| k.at.end > 0 && !k.per))?,
            ))
        })
        .take(MOST)
        .collect();
    let told: Vec<&Amount> = evidence
        .at(Place::Message)
        .flat_map(|l| &l.amounts)
        .filter(|k| k.at.end > 0 && !k.dose)
        .take(MOST)
        .collect();
    // "A drop of about 86%": the difference as a part of the older or the greater value.
    let part = |x: &Amount, y: &Amount| {
        a.unit.is("%")
            && x.unit == y.unit
            && [x.value, y.value].iter().any(|of| {
                *of > 0.0 && ((x.value - y.value).abs() / of * 100.0 - a.value).abs() <= 1.0
            })
    };
    let alike = |l: &Line, m: &Line| {
        is_same_test(&l.folded, &m.folded)
            || is_same_test(l.folded.trim_start_matches("birth "), &m.folded)
            || is_same_test(&l.folded, m.folded.trim_start_matches("birth "))
    };
    let unit = |k: &Amount| k.unit.clone();
    let differ = |x: &Amount, y: &Amount| {
        let by = (x.value - y.value).abs();
        let named = if matches!(x.unit, Unit::None) {
            unit(y)
        } else {
            unit(x)
        };
        by > 0.0 && says_difference(a, by, &named)
    };
    // "Weight 104 to 98 kg", and a reading of the message beside one of the chart: "146 against 134/80".
    let spans = evidence.at(Place::Note).any(|l| {
        l.amounts.windows(2).any(|w| {
            // A number without a unit is of any two, unless the sentence says of which.
            w[0].at.end > 0
                && w[0].at == w[1].at
                && w[0].unit == w[1].unit
                && (!matches!(a.unit, Unit::None) || shared(sentence, &l.folded) > 0)
                && differ(&w[0], &w[1])
        })
    });
    let pressures = || {
        evidence
            .lines
            .iter()
            .filter(|l| l.place != Place::Message)
            .flat_map(|l| &l.pressures)
            .filter_map(|p| p.split_once('/')?.0.parse::<f64>().ok())
            .take(MOST)
    };
    let readings = matches!(a.unit, Unit::None)
        && says_any(
            sentence,
            &[
                "points", "point", "puntos", "reading", "readings", "pressure", "presion",
            ],
        )
        && told
            .iter()
            .filter(|k| matches!(k.unit, Unit::None))
            .any(|k| pressures().any(|p| near((k.value - p).abs(), a.value)));
    // "Your upper number dropped 16 points on standing": two readings of one line.
    let of_one_line = matches!(a.unit, Unit::None)
        && says_any(sentence, &["points", "puntos"])
        && evidence.at(Place::Result).any(|l| {
            let of = |part: fn((&str, &str)) -> String| -> Vec<f64> {
                let parts = l.pressures.iter().filter_map(|p| p.split_once('/'));
                parts
                    .filter_map(|p| part(p).parse().ok())
                    .take(MOST)
                    .collect()
            };
            [of(|p| p.0.to_owned()), of(|p| p.1.to_owned())]
                .iter()
                .any(|v| v.windows(2).any(|w| near((w[0] - w[1]).abs(), a.value)))
        });
    if spans || readings || of_one_line {
        return true;
    }
    results.iter().enumerate().any(|(i, (l, x))| {
        results[i + 1..]
            .iter()
            .any(|(m, y)| alike(l, m) && (differ(x, y) || part(x, y)))
            || told
                .iter()
                .any(|y| (y.unit == x.unit || matches!(y.unit, Unit::None)) && differ(x, y))
    }) || told
        .iter()
        .enumerate()
        .any(|(i, x)| told[i + 1..].iter().any(|y| differ(x, y)))
}

/// "410 was about 95% of your best": one value of a line as a part of another, where the sentence says the first.
fn is_part_of_the_line(evidence: &Evidence, sentence: &str, a: &Amount) -> bool {
    a.unit.is("%")
        && evidence.at(Place::Result).any(|l| {
            let written = || l.amounts.iter().filter(|k| k.at.end > 0).take(MOST);
            written()
                .filter(|x| find_word(sentence, &x.written.to_string()).is_some())
                .any(|x| {
                    written().any(|y| {
                        y.value > x.value && (x.value / y.value * 100.0 - a.value).abs() <= 1.0
                    })
                })
        })
}

/// True when an amount says a difference, in its unit or in the other one that people use.
fn says_difference(a: &Amount, by: f64, unit: &Unit) -> bool {
    let rounded = |v: f64| {
        let places = if a.written.fract() == 0.0 { 1.0 } else { 10.0 };
        near((v * places).round() / places, a.value)
    };
    let is = |u: &Unit, name: &str| matches!(u, Unit::Other(o) if o == name);
    (matches!(a.unit, Unit::None) || matches!(unit, Unit::None) || a.unit == *unit) && rounded(by)
        || is_grams(a) && is(unit, "kg") && near((by * 1000.0).round(), a.value / 1000.0)
        || is(&a.unit, "lb") && is(unit, "kg") && rounded(by * POUNDS)
        || is(&a.unit, "kg") && is(unit, "lb") && rounded(by / POUNDS)
        || is(&a.unit, "inche") && is(unit, "cm") && rounded(by / CENTIMETRES)
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
    fn what_two_results_differ_by_is_worked_out() {
        let chart = json!({"results": ["Weight 90.0 kg (2026-01-05)", "Weight 86.4 kg (2026-03-02)", "Creatinine 1.1 (2026-03-02)"]});
        holds(
            "did I lose weight?",
            &chart,
            &["You lost 3.6 kg, about 8 pounds, since January."],
            &[
                "You lost 5.2 kg since January.",
                "You lost about 12 pounds.",
            ],
        );
    }

    #[test]
    fn a_difference_may_be_of_a_note_a_reading_or_in_grams() {
        let chart = json!({
            "results": ["Weight 4.20 kg (2026-02-23)", "Weight 4.28 kg (2026-03-02)"],
            "notes": ["2026-03-02: Office BP 128/76. Mother's weight 92 to 87 kg."],
        });
        holds(
            "my cuff says 141",
            &chart,
            &[
                "That is a gain of 80 grams.",
                "A gap of 13 points is common.",
                "She is five kilos down.",
            ],
            &[
                "That is a gain of 120 grams.",
                "A gap of 23 points is common.",
                "She is nine kilos down.",
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

    #[test]
    fn two_values_of_one_line_are_compared() {
        let chart = json!({
            "results": ["office BP 118/68 sitting, 102/60 standing (2026-11-12)", "peak flow 410 L/min, best 430 (2026-11-05)",
                "thyroid ultrasound: 0.8 cm nodule left lobe (2026-11-17)"],
            "medications": ["amoxicillin 500 mg, 4 capsules once before dental work"],
        });
        holds(
            "what do they mean?",
            &chart,
            &[
                "Your upper number dropped 16 points on standing, from 118 to 102.",
                "Your peak flow of 410 was about 95% of your best.",
                "The ultrasound shows a nodule, 8 mm across, in the left lobe.",
                "No penicillin allergy is on file; is that still true?",
                "Walking's fine now.",
            ],
            &[
                "Your upper number dropped 26 points on standing, from 118 to 102.",
                "Your peak flow of 410 was about 75% of your best.",
                "The ultrasound shows a nodule, 18 mm across, in the left lobe.",
            ],
        );
    }

    #[test]
    fn a_difference_is_of_what_the_sentence_speaks_of() {
        let chart = json!({"results": ["BP 134/80 (2026-02-18)"], "notes": ["2026-03-02: Weight 104 to 98 kg."]});
        holds(
            "my cuff said 146",
            &chart,
            &["Your cuff reads 12 points higher.", "You are 6 kg down."],
            &[
                "Take 6 off.",
                "Your dose is 12 more.",
                "Your cuff reads 6 points higher.",
            ],
        );
    }
}
