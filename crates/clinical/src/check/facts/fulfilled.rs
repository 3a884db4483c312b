//! Borders that the chart's own value keeps to: "both were under 10 mm", where they measured 4 and 6.

use super::super::amounts::{Amount, Unit};
use super::super::evidence::{Evidence, Line, Place};
use super::{names_the_test, says_any};

/// Words right before a border, and whether the value lies under it.
const SIDES: &[(&str, bool)] = &[
    ("under", true),
    ("below", true),
    ("less than", true),
    ("fewer than", true),
    ("<", true),
    ("menos de", true),
    ("over", false),
    ("above", false),
    ("more than", false),
    (">", false),
    ("mas de", false),
];

/// True for a border that a value of the chart, which the sentence speaks of, keeps to. What is a goal, or makes somebody act, is no
/// description of a value.
pub(super) fn is_fulfilled(evidence: &Evidence, sentence: &str, text: &str, a: &Amount) -> bool {
    let before = text[..a.at.start].trim_end();
    let Some((_, under)) = SIDES.iter().find(|(w, _)| before.ends_with(w)) else {
        return false;
    };
    let acts = [
        "goal", "target", "limit", "hold", "call", "if", "stop", "take", "meta", "si", "llame",
        "until",
    ];
    if a.dose || says_any(sentence, &acts) {
        return false;
    }
    let values = |l: &Line| -> Vec<f64> {
        l.amounts
            .iter()
            .filter(|k| k.at.end > 0 && k.unit == a.unit)
            .map(|k| k.value)
            .collect()
    };
    // "<20" of a result is said as it stands there.
    let as_written = format!("<{}", a.written);
    let named: Vec<&Line> = evidence
        .at(Place::Result)
        .filter(|l| names_the_test(sentence, &l.folded))
        .collect();
    let sized = !matches!(a.unit, Unit::None);
    let kept = named
        .iter()
        // "Under 20 copies" is a border itself, and no value.
        .filter(|l| sized && !l.folded.contains('<') && !says_any(&l.folded, &["under", "below"]))
        .map(|l| values(l))
        .filter(|v| !v.is_empty())
        .collect::<Vec<_>>();
    let keeps = |v: &f64| if *under { *v < a.value } else { *v > a.value };
    *under
        && evidence
            .at(Place::Result)
            .any(|l| l.folded.replace("< ", "<").contains(&as_written))
        || !kept.is_empty() && kept.iter().flatten().all(keeps)
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn a_border_that_the_value_keeps_to_is_right() {
        let chart = json!({"results": ["Ultrasound thyroid: nodules 6 mm and 8 mm (2026-02-10)", "Viral load <30 copies/mL (2026-02-10)"]});
        holds(
            "nodules?",
            &chart,
            &[
                "Both thyroid nodules are under 10 mm.",
                "The virus is undetectable (<30).",
            ],
            &["Both thyroid nodules are under 5 mm."],
        );
    }
}
