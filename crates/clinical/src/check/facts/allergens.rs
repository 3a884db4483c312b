//! Allergies as a reply lists them: "cashew (anaphylaxis)", "strictly away from tree nuts".

use super::super::evidence::{Evidence, Place};
use super::super::{Checks, Found};
use super::clauses::{stem, topics};
use super::reactions::same_reaction;
use super::{find_word, says_any};

/// Bytes of what stands in brackets behind an allergen.
const BRACKETS: usize = 40;

impl Checks {
    pub(super) fn allergens_listed(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        self.with_a_reaction(evidence, text, found);
        self.kept_away_from(evidence, text, found);
    }

    /// "Cashew (anaphylaxis)", where the chart lists peanut with it.
    fn with_a_reaction(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for (open, _) in text.match_indices(" (") {
            let rest = &text[open + 2..text.floor_char_boundary(open + 2 + BRACKETS)];
            let Some((inside, _)) = rest.split_once(')') else {
                continue;
            };
            let start = text[..open]
                .rfind(|c: char| !c.is_alphanumeric() && c != '-')
                .map_or(0, |i| i + 1);
            let cause = &text[start..open];
            let sentence = &text[found.reading.sentence(start)];
            // "Swelling (angioedema)" explains a word; a list of allergies names their causes.
            if cause.len() < 3
                || !self.bound.reaction.is_match(inside)
                || self.bound.reaction.is_match(cause)
                || !says_any(
                    sentence,
                    &[
                        "allergy",
                        "allergies",
                        "allergic",
                        "alergia",
                        "alergias",
                        "alergica",
                        "alergico",
                    ],
                )
            {
                continue;
            }
            let allergies = || evidence.at(Place::Allergy);
            let known = evidence
                .lines
                .iter()
                .any(|l| l.folded.contains(stem(cause)))
                || !self.drugs.find(cause).is_empty();
            let like = allergies().find(|l| same_reaction(&l.folded, inside));
            if let Some(line) = like
                && !known
            {
                found.contradicts(start..open, line, "The chart lists another cause of this.");
            }
        }
    }

    /// "Strictly away from tree nuts", where the chart has an allergy to peanut.
    fn kept_away_from(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        let lists = |t: &str, group: &[String]| says_any(t, group);
        let charted = |group: &[String]| evidence.lines.iter().any(|l| lists(&l.folded, group));
        let Some(other) = evidence
            .at(Place::Allergy)
            .find(|l| self.allergens.iter().any(|g| lists(&l.folded, g)))
        else {
            return;
        };
        for group in self.allergens.iter().filter(|g| !charted(g)) {
            let place = group
                .iter()
                .filter_map(|w| find_word(text, w).map(|i| i..i + w.len()))
                .min_by_key(|r| r.start);
            let Some(at) = place else { continue };
            let sentence = &text[found.reading.sentence(at.start)];
            let strict = says_any(
                sentence,
                &[
                    "strict",
                    "strictly",
                    "epinephrine",
                    "epipen",
                    "allergic",
                    "allergy",
                    "estricto",
                    "estrictamente",
                    "epinefrina",
                    "alergia",
                    "alergico",
                    "alergica",
                ],
            );
            // A word of the chart's own allergy may be part of it: "tree nuts" beside "walnut".
            let own = topics(&other.folded).any(|t| group.iter().any(|w| w.contains(stem(t))));
            if strict && self.phrases.avoid.is_match(sentence) && !own {
                found.contradicts(at, other, "The chart lists another allergy.");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn an_allergy_is_listed_with_its_own_cause() {
        let chart = json!({"allergies": ["peanut (anaphylaxis)", "amoxicillin (rash)"], "medications": ["Epinephrine 0.3 mg PRN"]});
        holds(
            "the form?",
            &chart,
            &[
                "Allergies: peanut (anaphylaxis) and amoxicillin (rash).",
                "Keep her strictly away from peanuts.",
                "Soy and fish are fine for her.",
            ],
            &[
                "Allergies: cashew (anaphylaxis) and amoxicillin (rash).",
                "Keep her strictly away from shellfish.",
                "Avoid sesame, and carry the epinephrine.",
            ],
        );
    }

    #[test]
    fn a_drug_upset_the_stomach_only_where_the_chart_says_so() {
        holds(
            "safe?",
            &json!({"allergies": ["azithromycin (hives)"], "medications": ["Amoxicillin 250 mg TID"]}),
            &["It isn't related to the azithromycin that gave her hives."],
            &["It isn't related to the azithromycin that upset her stomach."],
        );
        holds(
            "safe?",
            &json!({"allergies": ["azithromycin (nausea)"], "medications": ["Amoxicillin 250 mg TID"]}),
            &["It isn't related to the azithromycin that upset her stomach."],
            &["It isn't related to the azithromycin that gave her hives."],
        );
    }
}
