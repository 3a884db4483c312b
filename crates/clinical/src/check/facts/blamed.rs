//! Reactions that a reply blames on another drug than the chart does.

use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Place, covers};
use super::super::{Checks, Found};
use super::clauses::{clause_at, denies, supposes, topics};
use super::reactions::same_reaction;

impl Checks {
    /// "Sumatriptan, as it gave you palpitations", where the note stopped it for something else.
    pub(super) fn blamed(
        &self,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        for m in mentions {
            let sentence = found.reading.sentence(m.at.start);
            let Some(behind) = text.get(m.at.end..sentence.end) else {
                continue;
            };
            let Some(c) = self.told.blame.captures(behind) else {
                continue;
            };
            let (Some(whole), Some(what)) = (c.get(0), c.name("what").or(c.name("upset"))) else {
                continue;
            };
            let before = &behind[..whole.start()];
            if before.len() > 30
                || before.contains(['.', ';'])
                || supposes(&text[clause_at(text, sentence.clone(), m.at.start)])
                || denies(before)
            {
                continue;
            }
            // What the chart tells of the drug stands in brackets behind its name, or behind a colon.
            let naming = || evidence.naming(&m.name);
            let tells = naming().filter(|l| l.place != Place::Message).find(|l| {
                l.drugs
                    .iter()
                    .filter(|d| covers(&d.name, &m.name))
                    .filter_map(|d| l.folded.get(d.at.end..))
                    .filter_map(|rest| {
                        let rest = rest.trim_start();
                        rest.strip_prefix(['(', ':'])
                            .or_else(|| rest.strip_prefix("for "))
                    })
                    .any(|rest| {
                        let told = rest.split([')', ';', '.', ',']).next().unwrap_or("");
                        topics(told).next().is_some()
                            && !told.contains(|c: char| c.is_ascii_digit())
                    })
            });
            let known = naming().any(|l| {
                what.as_str()
                    .split([',', '.', ';'])
                    .next()
                    .is_some_and(|w| same_reaction(&l.folded, w))
            }) || evidence
                .at(Place::Message)
                .any(|l| same_reaction(&l.folded, what.as_str()));
            if let Some(line) = tells
                && !known
            {
                let at = m.at.end + whole.start()..m.at.end + whole.end();
                found.contradicts(at, line, "The chart tells of another reaction.");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn what_a_drug_is_blamed_for_is_what_the_chart_tells_of_it() {
        let chart = json!({
            "allergies": ["lisinopril (cough)"],
            "notes": ["2026-03-02: Stopped sumatriptan (chest tightness). Start rizatriptan."],
        });
        holds(
            "migraine?",
            &chart,
            &[
                "Don't use the leftover sumatriptan, as it gave you a tight chest.",
                "Lisinopril made you cough.",
            ],
            &[
                "Don't use the leftover sumatriptan, as it gave you palpitations.",
                "Lisinopril gave you leg cramps.",
            ],
        );
    }
}
