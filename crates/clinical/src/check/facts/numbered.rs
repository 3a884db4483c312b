//! What is told by a number and its own noun: "cycle 4", "Bethesda III", "the first of five", "no more than two a day". The
//! number may stand in the chart and still be another thing's.

use super::super::amounts::{Amount, Unit, number_of};
use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Line, Place, covers};
use super::super::{CheckError, Checks, Found, built};
use super::clauses::{clause_at, denies, shared, supposes};
use super::says_any;
use regex::{Captures, Regex};

/// Recognisers, compiled once.
#[derive(Debug)]
pub(in super::super) struct Numbered {
    /// "Stage 3", "Bethesda II": how far or how bad something is.
    rank: Regex,
    /// "Cycle 3", "dose 2": one of a row.
    row: Regex,
    /// "The first of five infusions", "infusion 1 of 5".
    of: Regex,
    /// "No more than two in a day", "max 2 per day".
    most: Regex,
}

/// Numbers from one to twelve, as people write them.
const COUNT: &str = r"\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|una?|dos|tres|cuatro|cinco|seis|siete|ocho|diez";

/// Words under which a rank is explained and told of nobody.
const EXPLAINS: &[&str] = &[
    "means",
    "mean",
    "begins",
    "starts",
    "would",
    "called",
    "ranges",
    "scale",
    "through",
    "between",
    "or",
    "higher",
    "than",
    "significa",
];

impl Numbered {
    pub(in super::super) fn new(ranks: &[String], rows: &[String]) -> Result<Self, CheckError> {
        Ok(Self {
            rank: built(&format!(
                r"\b(?P<of>{})(?: category| class| score)?:? (?P<n>\d|vi|iv|v|i{{1,3}})(?P<part>[a-c])?(?:$|\s|[)\],;:.!?]+(?:\s|$))",
                ranks.join("|")
            ))?,
            row: built(&format!(
                r"\b(?P<of>{})(?: number| no\.?)? ?#?(?P<n>\d{{1,2}}|one|two|three|four|five|six)(?:$|\s|[)\],;:.!?]+(?:\s|$))",
                rows.join("|")
            ))?,
            of: built(&format!(
                r"\b(?:\d{{1,2}}|first|second|third|fourth|fifth|last|primera|segunda|tercera|{COUNT}) (?:of|out of|de) (?:the |your |his |her |las |sus )?(?P<all>{COUNT})\b(?: (?P<what>[a-z]{{4,}}))?"
            ))?,
            most: built(&format!(
                r"\b(?:no more than|not more than|at most|max(?:imum)?\.?(?: of)?|limit(?: of)?|no mas de|maximo(?: de)?|como maximo) (?P<n>{COUNT})(?: (?:tablets?|pills?|doses?|capsules?|of them|pastillas?|tabletas?|dosis))?(?: |/)(?:per|in|a|an|each|every|por|al|en)? ?(?:a |any |one |un |una )?(?P<in>24 ?h(?:ours|rs)?|24 horas|day|dia|week|semana|month|mes)\b"
            ))?,
        })
    }
}

/// One word for ranks that are named in several.
fn rank_word(of: &str) -> &str {
    match of {
        "nyha" => "class",
        "birads" => "bi-rads",
        "etapa" | "estadio" => "stage",
        "grado" => "grade",
        other => other,
    }
}

/// A rank's number, in either way of writing.
fn rank_of(c: &Captures<'_>) -> Option<(usize, Option<char>)> {
    let n = match &c["n"] {
        "i" => 1,
        "ii" => 2,
        "iii" => 3,
        "iv" => 4,
        "v" => 5,
        "vi" => 6,
        digits => digits.parse().ok()?,
    };
    Some((n, c.name("part").and_then(|p| p.as_str().chars().next())))
}

/// How long a period is, in days.
fn days_in(period: &str) -> u16 {
    match period {
        "week" | "semana" => 7,
        "month" | "mes" => 30,
        _ => 1,
    }
}

impl Checks {
    pub(super) fn numbered(
        &self,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        self.ranks(evidence, text, found);
        self.rows(evidence, text, found);
        self.of_how_many(evidence, text, found);
        self.most_in_a_day(evidence, text, mentions, found);
    }

    /// "Stage 3", where the chart writes 3a, or III: the number of a rank that is the chart's.
    pub(super) fn is_ranked(&self, evidence: &Evidence, text: &str, a: &Amount) -> bool {
        /// Bytes before a number in which its rank stands.
        const BEFORE: usize = 30;
        let from = text.floor_char_boundary(a.at.start.saturating_sub(BEFORE));
        let to = text.floor_char_boundary(a.at.end + 2);
        let near = &text[from..to];
        if !matches!(a.unit, Unit::None) {
            return false;
        }
        let Some(c) = self
            .numbered
            .rank
            .captures_iter(near)
            .find(|c| c.name("n").is_some_and(|n| from + n.start() == a.at.start))
        else {
            return false;
        };
        read(&self.numbered.rank, evidence, near, |k| {
            Some((rank_word(&k["of"]).to_owned(), rank_of(k)?.0))
        })
        .iter()
        .any(|(_, (of, n))| *of == rank_word(&c["of"]) && Some(*n) == rank_of(&c).map(|r| r.0))
    }

    /// "Bethesda III", where the chart says II.
    fn ranks(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        let rank = &self.numbered.rank;
        let charted = read(rank, evidence, text, |c| {
            Some((rank_word(&c["of"]).to_owned(), rank_of(c)?))
        });
        for c in rank.captures_iter(text) {
            let (Some(of), Some(n)) = (c.name("of"), c.name("n")) else {
                continue;
            };
            let Some(said) = rank_of(&c) else { continue };
            let sentence = found.reading.sentence(of.start());
            let clause = &text[clause_at(text, sentence, of.start())];
            if supposes(clause) || denies(clause) || says_any(clause, EXPLAINS) {
                continue;
            }
            let same = |k: &(usize, Option<char>)| {
                k.0 == said.0 && (k.1.is_none() || said.1.is_none() || k.1 == said.1)
            };
            let own = || {
                charted
                    .iter()
                    .filter(|(_, (word, _))| *word == rank_word(&c["of"]))
            };
            if let Some((line, _)) = own().find(|(l, _)| l.place != Place::Message)
                && !own().any(|(_, (_, k))| same(k))
            {
                let at = of.start()..c.name("part").map_or(n.end(), |p| p.end());
                found.contradicts(at, line, "The chart has another one.");
            }
        }
    }

    /// "Cycle 4 is December 3", where the chart has cycle 3 on that day.
    fn rows(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        let row = &self.numbered.row;
        let charted = read(row, evidence, text, |c| {
            Some((c["of"].to_owned(), number_of(&c["n"])?))
        });
        for c in row.captures_iter(text) {
            let (Some(of), Some(n)) = (c.name("of"), c.name("n")) else {
                continue;
            };
            let Some(said) = number_of(n.as_str()) else {
                continue;
            };
            let sentence = found.reading.sentence(of.start());
            let Some(behind) = text.get(n.end()..sentence.end) else {
                continue;
            };
            // The first day behind it, up to the next of the row.
            let behind = behind.split(';').next().unwrap_or("");
            let behind = behind.find(&c["of"]).map_or(behind, |i| &behind[..i]);
            let Some(day) = self
                .dates
                .days(behind)
                .into_iter()
                .find(|d| d.month.is_some() && d.day.is_some())
            else {
                continue;
            };
            let on_the_day = || {
                charted.iter().filter(|(l, (word, _))| {
                    *word == c["of"]
                        && matches!(l.place, Place::Appointment | Place::Note)
                        && l.days.iter().any(|k| day.is_in(k))
                })
            };
            if let Some((line, _)) = on_the_day().next()
                && !on_the_day().any(|(_, (_, k))| (k - said).abs() < 1e-9)
            {
                let why = "The chart has another one of the row on this day.";
                found.contradicts(of.start()..n.end(), line, why);
            }
        }
    }

    /// "The first of three infusions", where the chart says 1 of 5.
    fn of_how_many(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        let charted = read(&self.numbered.of, evidence, text, |c| number_of(&c["all"]));
        for c in self.numbered.of.captures_iter(text) {
            let (Some(whole), Some(said)) = (c.get(0), number_of(&c["all"])) else {
                continue;
            };
            let sentence = found.reading.sentence(whole.start());
            let near = c.name("what").map_or_else(
                || &text[clause_at(text, sentence, whole.start())],
                |w| w.as_str(),
            );
            let counts = || {
                charted
                    .iter()
                    .filter(|(l, _)| l.place != Place::Message && shared(near, &l.folded) > 0)
            };
            if let Some((line, _)) = counts().next()
                && !counts().any(|(_, k)| (k - said).abs() < 1e-9)
            {
                let why = "The chart counts another number of these.";
                found.contradicts(whole.range(), line, why);
            }
        }
    }

    /// "No more than three in one day", where the chart allows two.
    fn most_in_a_day(
        &self,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        let charted = read(&self.numbered.most, evidence, text, |c| {
            Some((days_in(&c["in"]), number_of(&c["n"])?))
        });
        for c in self.numbered.most.captures_iter(text) {
            let (Some(whole), Some(said)) = (c.get(0), number_of(&c["n"])) else {
                continue;
            };
            let days = days_in(&c["in"]);
            let drug = self
                .governing(&whole.range(), mentions, found)
                .filter(|m| m.at.start < whole.start());
            let limits: Vec<_> = charted
                .iter()
                .filter(|(l, k)| {
                    l.place == Place::Medication
                        && k.0 == days
                        && drug.is_none_or(|m| l.drugs.iter().any(|d| covers(&d.name, &m.name)))
                })
                .collect();
            // Where no drug is named, only one can be meant.
            if let Some((line, _)) = limits.first()
                && (drug.is_some() || limits.len() == 1)
                && !limits.iter().any(|(_, k)| (k.1 - said).abs() < 1e-9)
            {
                found.contradicts(whole.range(), line, "The chart sets another limit.");
            }
        }
    }
}

/// What a pattern finds in the lines, read once, and only where the reply holds the pattern too.
pub(super) fn read<'e, T>(
    pattern: &Regex,
    evidence: &'e Evidence,
    text: &str,
    of: impl Fn(&Captures<'_>) -> Option<T>,
) -> Vec<(&'e Line, T)> {
    /// Most places that are read: a hostile note must not cost its square.
    const MOST: usize = 200;
    if !pattern.is_match(text) {
        return Vec::new();
    }
    evidence
        .lines
        .iter()
        .flat_map(|l| pattern.captures_iter(&l.folded).map(move |c| (l, c)))
        .filter_map(|(l, c)| Some((l, of(&c)?)))
        .take(MOST)
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn a_rank_is_the_one_of_the_chart_in_either_way_of_writing() {
        let chart = json!({
            "problems": ["CKD stage 3a", "NYHA class II heart failure"],
            "results": ["biopsy: grade 2 (2026-02-10)"],
        });
        holds(
            "what did it show?",
            &chart,
            &[
                "The biopsy showed grade 2.",
                "Your heart failure is class 2.",
                "Your kidneys are at stage 3.",
            ],
            &[
                "The biopsy showed grade 3.",
                "Your heart failure is class III.",
                "Your kidneys are at stage 3b.",
            ],
        );
    }

    #[test]
    fn one_of_a_row_is_that_of_its_day() {
        let chart = json!({
            "medications": ["Ondansetron 4 mg as needed"],
            "appointments": ["2026-03-12 09:00 infusion, cycle 3", "2026-03-19 10:00 physical therapy, session 6"],
        });
        holds(
            "when?",
            &chart,
            &["Cycle 3 is on March 12.", "Session 6 is March 19."],
            &["Cycle 4 is on March 12.", "Session 5 is March 19."],
        );
    }

    #[test]
    fn how_many_there_are_in_all_is_what_the_chart_counts() {
        let chart = json!({"appointments": ["2026-03-12 11:00 iron infusion 1 of 5"]});
        holds(
            "how many?",
            &chart,
            &["The first of five infusions is on March 12."],
            &["The first of three infusions is on March 12."],
        );
    }

    #[test]
    fn the_most_in_a_day_is_the_charts() {
        let chart = json!({
            "medications": ["Rizatriptan 10 mg PRN, max 2 per day", "Sumatriptan nasal 20 mg PRN, max 2 per 24 hours", "Loperamide 2 mg PRN, max 8 a day"],
        });
        holds(
            "how many?",
            &chart,
            &[
                "Take the rizatriptan, no more than two in one day.",
                "Take loperamide, at most 8 tablets a day.",
            ],
            &[
                "Take the rizatriptan, no more than three in one day.",
                "Take loperamide, at most 2 tablets a day.",
            ],
        );
    }
}
