//! Doses that a note changes without naming the drug.

use super::super::amounts::Unit;
use super::super::evidence::{Evidence, Line, Place};

/// "May increase to 75 mg": a note that names no drug changes the one of which that is a simple part or multiple, when it is
/// that of one alone.
pub(super) fn changed_by_a_note(
    evidence: &Evidence,
    own: &[&Line],
    unit: &Unit,
    dose: f64,
) -> bool {
    const CHANGES: &[&str] = &[
        "increas", "rais", "go up", "titrat", "reduc", "decreas", "lower", "go down", "subi",
        "bajar", "aument",
    ];
    const PARTS: &[f64] = &[0.25, 0.5, 0.75, 1.5, 2.0, 3.0, 4.0];
    let near = |x: f64, y: f64| (x - y).abs() < 1e-9 + y.abs() * 1e-6;
    // The change and its dose stand together: "increase to 75 mg".
    let noted = evidence.at(Place::Note).any(|l| {
        l.drugs.is_empty()
            && l.amounts.iter().any(|k| {
                k.dose && k.at.end > 0 && k.unit == *unit && near(k.value, dose) && {
                    let before = &l.folded[..k.at.start];
                    let before = before.rsplit(['.', ';', ',']).next().unwrap_or(before);
                    CHANGES.iter().any(|w| before.contains(w))
                }
            })
    });
    let could = |l: &&Line| {
        l.place == Place::Medication
            && l.amounts
                .iter()
                .filter(|k| k.dose && k.unit == *unit)
                .any(|k| PARTS.iter().any(|p| near(k.value * p, dose)))
    };
    noted && own.iter().any(could) && evidence.lines.iter().filter(could).count() == 1
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn a_note_without_a_name_changes_the_dose_that_it_is_a_part_of() {
        let chart = json!({
            "medications": ["Venlafaxine XR 75 mg daily", "Lisinopril 20 mg daily"],
            "notes": ["2026-03-02: May increase to 150 mg after 2 weeks. Home use 5.8 hours."],
        });
        holds(
            "venlafaxine dose?",
            &chart,
            &[
                "You may go up to 150 mg of venlafaxine.",
                "You use it a little under six hours.",
            ],
            &[
                "You may go up to 112.5 mg of venlafaxine.",
                "You may go up to 150 mg of lisinopril.",
                "You use it a little under eight hours.",
            ],
        );
    }

    #[test]
    fn a_note_without_a_name_changes_one_drug_and_not_each_of_which_it_is_a_part() {
        let chart = json!({
            "medications": ["Warfarin 5 mg daily", "Amlodipine 5 mg daily"],
            "notes": ["2026-03-02: May increase to 10 mg.", "2026-03-01: Reduce salt, see back on 2.5 mg."],
        });
        holds(
            "doses?",
            &chart,
            &["Your warfarin is 5 mg."],
            &[
                "Take 10 mg of warfarin.",
                "Take two 5 mg tablets of warfarin.",
                "Your warfarin is now 2.5 mg.",
            ],
        );
    }
}
