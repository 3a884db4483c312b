//! Which drug an amount or a frequency of a reply is of.

use super::super::drugs::Mention;
use super::super::{Checks, Found};
use super::says_any;
use std::ops::Range;

impl Checks {
    /// The drug that a place speaks of: the last one named before it in its
    /// sentence, or the first after it, or the last one of the sentence before.
    pub(super) fn governing<'m>(
        &self,
        at: &Range<usize>,
        mentions: &'m [Mention],
        found: &Found<'_>,
    ) -> Option<&'m Mention> {
        let sentence = found.reading.sentence(at.start);
        let inside = |m: &&Mention| sentence.contains(&m.at.start);
        // "5 mg of amlodipine": its own drug stands right behind.
        let of = |m: &&Mention| is_of(found.reading.text(), at, m);
        if let Some(own) = mentions.iter().find(of) {
            return Some(own);
        }
        mentions
            .iter()
            .filter(inside)
            .rfind(|m| m.at.end <= at.start)
            .or_else(|| {
                mentions
                    .iter()
                    .filter(inside)
                    .find(|m| m.at.start >= at.end)
            })
            .or_else(|| {
                // A mineral without its salt is named in passing, and no amount behind its sentence is its own.
                mentions.iter().rfind(|m| {
                    m.at.end <= sentence.start
                        && !["calcium", "magnesium"].contains(&m.name.as_str())
                })
            })
    }
}

/// Drugs that the sentence before names.
pub(super) fn of_sentence_before<'m>(
    mentions: &'m [Mention],
    sentence: &Range<usize>,
    found: &Found<'_>,
) -> impl Iterator<Item = &'m Mention> {
    let start = sentence.start;
    let before = found.reading.sentence(start.saturating_sub(1));
    mentions
        .iter()
        .filter(move |m| m.at.start < start && before.contains(&m.at.start))
}

/// True when a drug stands right behind its amount: "5 mg of amlodipine".
pub(super) fn is_of(text: &str, at: &Range<usize>, drug: &Mention) -> bool {
    text.get(at.end..drug.at.start)
        .is_some_and(|between| OF.contains(&between.trim()))
}

/// What joins an amount to its drug behind it.
const OF: &[&str] = &["of", "of the", "of your", "de", "de la", "de su", "del"];

/// True when nothing but another clause holds the drug behind an amount: "14 units, and the metformin".
pub(super) fn is_of_another_clause(between: &str) -> bool {
    [
        ", and ",
        ", y ",
        "; ",
        ", pero ",
        ", but ",
        ", and avoid",
        ", drink",
    ]
    .iter()
    .any(|w| between.contains(w))
}

/// True when a sentence speaks of what was before.
pub(super) fn speaks_of_before(sentence: &str) -> bool {
    says_any(
        sentence,
        &[
            "from",
            "was",
            "were",
            "before",
            "previous",
            "used to",
            "earlier",
            "lower",
            "raised",
            "increased",
            "reduced",
            "decreased",
            "changed",
            "antes",
        ],
    )
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn an_amount_belongs_to_the_drug_that_stands_behind_it() {
        let chart = json!({"medications": ["Losartan 50 mg daily", "Amlodipine 5 mg nightly"]});
        holds(
            "both?",
            &chart,
            &["Besides losartan you take 5 mg of amlodipine."],
            &["Besides losartan you take 50 mg of amlodipine."],
        );
    }

    #[test]
    fn an_amount_before_another_clause_is_of_what_the_message_asks_of() {
        let chart =
            json!({"medications": ["Insulin glargine 18 units nightly", "Metformin 500 mg BID"]});
        holds(
            "how much insulin?",
            &chart,
            &["It is 18 units every night, and the metformin stays as it is."],
            &["It is 28 units every night, and the metformin stays as it is."],
        );
    }
}
