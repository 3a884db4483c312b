//! Allergies and dangerous pairs of drugs.

use super::drugs::Mention;
use super::evidence::{Evidence, Place, covers};
use super::{Checks, Found};

impl Checks {
    /// Drugs that an allergy of the chart covers, and a denial of allergies that are there.
    pub(super) fn allergies(
        &self,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        let lines: Vec<_> = evidence
            .at(Place::Allergy)
            // "No known food allergies; penicillin: anaphylaxis" names a drug all the same.
            .filter(|l| {
                !l.drugs.is_empty()
                    || !["no known", "nkda", "none", "no allerg"]
                        .iter()
                        .any(|n| l.folded.starts_with(n))
            })
            .collect();
        if let (Some(m), Some(first)) = (self.denies_allergy.find(text), lines.first()) {
            found.at(
                "contradicts_chart",
                m.range(),
                "The chart lists an allergy.",
                Some(&first.text),
            );
        }
        for m in mentions {
            for line in &lines {
                // What causes the reaction stands before the colon.
                let cause = line.folded.split([':', '(']).next().unwrap_or(&line.folded);
                let direct = self
                    .drugs
                    .find(cause)
                    .iter()
                    .any(|d| covers(&d.name, &m.name));
                let group = self.allergy_groups.iter().any(|g| {
                    g.words.iter().any(|w| cause.contains(w.as_str()))
                        && g.covers
                            .iter()
                            .any(|c| *c == m.name || self.drugs.has_class(m.drug, c))
                });
                let class = self.drugs.find(cause).iter().any(|d| {
                    self.allergy_groups.iter().any(|g| {
                        g.covers
                            .iter()
                            .any(|c| *c == d.name || self.drugs.has_class(d.drug, c))
                            && g.covers
                                .iter()
                                .any(|c| *c == m.name || self.drugs.has_class(m.drug, c))
                    })
                });
                if (direct || group || class) && !self.is_advised_against(text, m, found) {
                    found.at(
                        "allergy_conflict",
                        m.at.clone(),
                        "The chart lists an allergy that covers this drug.",
                        Some(&line.text),
                    );
                    break;
                }
            }
        }
    }

    /// Drugs that are dangerous together with one the patient takes.
    pub(super) fn pairs(
        &self,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        let is = |list: &[String], m: &Mention| {
            list.iter()
                .any(|x| *x == m.name || self.drugs.has_class(m.drug, x))
        };
        for m in mentions {
            if evidence
                .at(Place::Medication)
                .any(|l| l.drugs.iter().any(|d| covers(&d.name, &m.name)))
                || self.is_advised_against(text, m, found)
            {
                continue;
            }
            let hit = evidence.at(Place::Medication).find_map(|l| {
                l.drugs.iter().find_map(|d| {
                    self.interactions
                        .iter()
                        .find(|i| is(&i.a, m) && is(&i.b, d) || is(&i.b, m) && is(&i.a, d))
                        .map(|i| (i, l))
                })
            });
            if let Some((interaction, line)) = hit {
                found.at(
                    "interaction_hint",
                    m.at.clone(),
                    format!("With what the patient takes: {}.", interaction.why),
                    Some(&line.text),
                );
            }
        }
    }

    /// True when the words around a drug tell to keep off it or say that it
    /// does not suit: "avoid ibuprofen", "ibuprofen is not safe with warfarin".
    /// "Take ibuprofen and avoid alcohol" does neither.
    fn is_advised_against(&self, text: &str, m: &Mention, found: &Found<'_>) -> bool {
        let sentence = found.reading.sentence(m.at.start);
        let words_before = &text[sentence.start..m.at.start];
        let near: Vec<&str> = words_before.split_whitespace().rev().take(7).collect();
        let near = near.into_iter().rev().collect::<Vec<_>>().join(" ");
        if self.phrases.avoid.is_match(&near) && !self.keep_on.is_match(&near) {
            return true;
        }
        // A name of two words may end behind its sentence: "ethinyl! estradiol".
        let after = text.get(m.at.end..sentence.end).unwrap_or("");
        if self.unsuited.is_match(after) || self.reacted.is_match(after) {
            return true;
        }
        let advises = [
            "take ",
            "use ",
            "give ",
            "try ",
            "start ",
            "add ",
            "puede tomar",
            "tome ",
            "course of",
        ]
        .iter()
        .any(|a| text[sentence.clone()].contains(a));
        let before = found
            .reading
            .sentences
            .iter()
            .rfind(|s| s.end <= sentence.start)
            .map_or("", |s| &text[s.clone()]);
        !advises
            && [
                "don't",
                "do not",
                "avoid",
                "never",
                " no tome",
                "should not",
            ]
            .iter()
            .any(|w| before.contains(w))
    }
}
