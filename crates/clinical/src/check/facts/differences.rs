//! What two values differ by, and what one is of another: of one test, of the message and the chart, of one line.

use super::super::amounts::{Amount, Unit};
use super::super::evidence::{Evidence, Line, Place};
use super::super::worked_out::{CENTIMETRES, POUNDS};
use super::clauses::shared;
use super::sums::{MOST, is_grams, near};
use super::{find_word, is_same_test, says_any};

/// What two values of one test, or a value of the message and one of the
/// chart, differ by, as exactly as the reply says it.
pub(super) fn is_difference(evidence: &Evidence, sentence: &str, a: &Amount) -> bool {
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
pub(super) fn is_part_of_the_line(evidence: &Evidence, sentence: &str, a: &Amount) -> bool {
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
