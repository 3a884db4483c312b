//! The dose that goes on: "stay on the 14 mg patch", where the list has 21 mg and a note has 14 for a later step.

use super::super::amounts::Unit;
use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Line, Place, covers};
use super::super::{Checks, Found};
use super::says_any;

/// Words right before a dose by which it is the one that goes on.
const GOES_ON: &[&str] = &[
    "stay on",
    "staying on",
    "keep on",
    "keep taking",
    "keep using",
    "continue",
    "continue with",
    "remain on",
    "still on",
    "current",
    "currently",
    "siga con",
    "sigue con",
];
/// Bytes before a dose in which they stand.
const REACH: usize = 40;

impl Checks {
    /// A dose that goes on must be the listed one.
    pub(super) fn current_doses(
        &self,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        for s in found.reading.sentences.clone() {
            let sentence = &text[s.clone()];
            let named: Vec<&Mention> = mentions
                .iter()
                .filter(|m| s.contains(&m.at.start))
                .collect();
            for a in found.numbers(&self.amounts, s.clone()).iter() {
                let from = sentence.floor_char_boundary(a.at.start.saturating_sub(REACH));
                let near = &sentence[from..a.at.start];
                if a.unit != Unit::Milligram || !says_any(near, GOES_ON) {
                    continue;
                }
                let own = |l: &&Line| {
                    l.drugs
                        .iter()
                        .any(|d| named.iter().any(|m| covers(&d.name, &m.name)))
                        || named.is_empty() && self.is_only_of_form(evidence, sentence, l)
                };
                let lines: Vec<&Line> = evidence.at(Place::Medication).filter(own).collect();
                let [line] = lines.as_slice() else { continue };
                let doses = || line.amounts.iter().filter(|k| k.dose && !k.per);
                let listed = doses().any(|k| k.unit == Unit::Milligram && k.at.end > 0 && !k.old);
                let is = doses().any(|k| !k.old && (k.value - a.value).abs() < 1e-9);
                let later = evidence.at(Place::Note).any(|l| l.has_written(a.written));
                if listed && !is && later {
                    let at = s.start + a.at.start..s.start + a.at.end;
                    found.contradicts(at, line, "The list has another dose now.");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn the_dose_that_goes_on_is_the_listed_one() {
        let chart = json!({
            "medications": ["Nicotine patch 21 mg daily (started 2026-02-22)"],
            "notes": ["2026-02-20: 21 mg for 6 weeks, then 14 mg for 2 weeks, then 7 mg for 2 weeks."],
        });
        holds(
            "day 4 of the patch",
            &chart,
            &["Please stay on the 21 mg patch for six weeks, then 14 mg for two weeks."],
            &["Please stay on the 14 mg patch for six weeks."],
        );
    }
}
