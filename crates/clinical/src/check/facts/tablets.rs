//! Tablets of a strength that come to a dose of the chart: "with 5 mg tablets that is one and a half", "half a tablet, 2.5 mg".

use super::super::amounts::{Amount, Unit, number_of};
use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Line, Place, covers};
use super::super::{CheckError, Checks, Found, built};
use super::find_word;
use regex::Regex;

/// Recognisers, compiled once.
#[derive(Debug)]
pub(in super::super) struct Tablets {
    /// How many: "two", "one and a half", "una y media".
    count: Regex,
}

impl Tablets {
    pub(in super::super) fn new() -> Result<Self, CheckError> {
        Ok(Self {
            count: built(
                r"\b(?P<n>half|one|two|three|four|five|six|seven|eight|nine|ten|media|una|dos|tres|cuatro|cinco|seis|\d(?:\.5)?)(?P<half> and a half| y media)?\b",
            )?,
        })
    }

    /// Counts of a text that are followed by no span of time and no strength's unit.
    fn counts<'t>(&'t self, text: &'t str) -> impl Iterator<Item = f64> + 't {
        self.count.captures_iter(text).filter_map(|c| {
            let whole = c.get(0)?;
            let behind = text[whole.end()..].trim_start_matches([' ', '-']);
            let of_time = [
                "time", "day", "week", "hour", "month", "minute", "mg", "mcg", "micro", "milli",
                "vez", "veces", "dia", "semana", "hora", ".", "/",
            ]
            .iter()
            .any(|w| {
                behind.starts_with(w)
                    && (*w != "." || behind[1..].starts_with(|c: char| c.is_ascii_digit()))
            });
            // "Four things to know" counts no tablets: what follows is a tablet, how they are taken, or nothing.
            let next = behind
                .split([' ', '.', ',', ';', ':', ')', '?', '!'])
                .next()?;
            let of_pieces = next.is_empty()
                || AFTER.contains(&next)
                || PIECES.iter().any(|p| next.starts_with(&p[1..]));
            let n = number_of(&c["n"])?;
            (!of_time && of_pieces).then_some(n + if c.name("half").is_some() { 0.5 } else { 0.0 })
        })
    }
}

/// Words for what is swallowed, right behind a strength.
const PIECES: &[&str] = &[
    " tablet",
    "-tablet",
    " tab",
    " capsule",
    " cap",
    " pill",
    " tableta",
    " pastilla",
    " capsula",
];

/// What may stand behind a count whose tablets stand elsewhere: "that is one and a half of prednisone", "take two at night".
const AFTER: &[&str] = &[
    "of", "at", "in", "a", "each", "every", "daily", "once", "twice", "with", "by", "and", "is",
    "makes", "make", "to", "per", "de", "al", "cada", "por", "en", "y",
];

impl Checks {
    /// True for a strength, or a count of tablets, that comes to a dose of the chart by what its sentence says.
    pub(super) fn comes_to_the_dose(
        &self,
        evidence: &Evidence,
        text: &str,
        a: &Amount,
        mentions: &[Mention],
        found: &Found<'_>,
    ) -> bool {
        let words = &text[found.reading.sentence(a.at.start)];
        let drug = self.governing(&a.at, mentions, found);
        let own = |l: &&Line| {
            l.place != Place::Message
                && match drug {
                    Some(d) => {
                        l.drugs.iter().any(|k| covers(&k.name, &d.name))
                            || l.place == Place::Note && l.drugs.is_empty()
                    }
                    None => true,
                }
        };
        let near = |x: f64, y: f64| (x - y).abs() < 1e-9 + y.abs() * 1e-6;
        let charted = |v: f64| {
            evidence
                .lines
                .iter()
                .filter(own)
                .flat_map(|l| &l.amounts)
                .any(|k| k.dose && k.unit == Unit::Milligram && k.at.end > 0 && near(k.value, v))
        };
        match a.unit {
            Unit::Milligram if PIECES.iter().any(|p| text[a.at.end..].starts_with(p)) => {
                // "Three 5 mg tablets": the count right before is the one that counts.
                let before = text[..a.at.start].trim_end();
                let before = before
                    .strip_suffix(" of your")
                    .or_else(|| before.strip_suffix(" of the"))
                    .or_else(|| before.strip_suffix(" of"))
                    .unwrap_or(before);
                let beside = before.rsplit(' ').next().and_then(number_of);
                match beside {
                    Some(n) if !before.ends_with("y media") => charted(n * a.value),
                    _ => self.tablets.counts(words).any(|n| charted(n * a.value)),
                }
            }
            Unit::Tablet if !near(a.value, 1.0) => {
                let told = self.amounts.numbers(words, &[]);
                // Another drug's dose says nothing of these tablets.
                let start = found.reading.sentence(a.at.start).start;
                let of_drug = |k: &&Amount| {
                    let at = start + k.at.start..start + k.at.end;
                    match (drug, self.governing(&at, mentions, found)) {
                        (Some(d), Some(g)) => covers(&d.name, &g.name) || covers(&g.name, &d.name),
                        _ => true,
                    }
                };
                let milligrams = || {
                    told.iter()
                        .filter(|k| k.dose && k.unit == Unit::Milligram)
                        .filter(of_drug)
                        .map(|k| k.value)
                };
                let listed = evidence
                    .at(Place::Medication)
                    .filter(own)
                    .flat_map(|l| &l.amounts)
                    .filter(|k| k.dose && k.unit == Unit::Milligram)
                    .map(|k| k.value);
                milligrams()
                    .chain(listed)
                    .any(|s| milligrams().any(|d| charted(d) && near(a.value * s, d)))
            }
            _ => false,
        }
    }

    /// "Metoprolol succinate", where the chart has the tartrate: salts that are not taken alike.
    pub(super) fn salts_named(
        &self,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        for m in mentions {
            let behind = &text[m.at.start..];
            let behind = &behind[..behind.floor_char_boundary(m.at.len() + 14)];
            for group in &self.salts {
                let Some((word, at)) = group.iter().find_map(|w| Some((w, find_word(behind, w)?)))
                else {
                    continue;
                };
                let own = || {
                    evidence
                        .lines
                        .iter()
                        .filter(|l| l.drugs.iter().any(|d| covers(&d.name, &m.name)))
                };
                let says = |l: &Line, w: &str| find_word(&l.folded, w).is_some();
                let line = own().find(|l| {
                    l.place != Place::Message && group.iter().any(|o| o != word && says(l, o))
                });
                if let Some(line) = line
                    && !own().any(|l| says(l, word))
                {
                    let at = m.at.start..m.at.start + at + word.len();
                    found.contradicts(at, line, "The chart has another form of this drug.");
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
    fn tablets_of_any_strength_may_come_to_the_dose() {
        let chart = json!({
            "medications": ["Prednisone 15 mg daily", "Warfarin 6 mg daily"],
            "notes": ["2026-03-02: Warfarin 3 mg tonight, then back to 6 mg."],
        });
        holds(
            "how many?",
            &chart,
            &[
                "With 10 mg tablets, that is one and a half of prednisone.",
                "Your prednisone is three 5 mg tablets.",
                "Tonight take half a tablet of warfarin, 3 mg.",
            ],
            &[
                "With 10 mg tablets, that is two and a half of prednisone.",
                "Your prednisone is four 5 mg tablets.",
                "Tonight take half a tablet of warfarin, 2 mg.",
            ],
        );
    }

    #[test]
    fn a_salt_is_the_charts() {
        let chart =
            json!({"medications": ["Metoprolol tartrate 50 mg BID", "Calcium citrate 500 mg BID"]});
        holds(
            "label?",
            &chart,
            &[
                "The label says metoprolol tartrate 50 mg.",
                "Your calcium citrate is 500 mg twice a day.",
                "Metoprolol 50 mg is right.",
            ],
            &[
                "The label says metoprolol succinate 50 mg.",
                "Your calcium carbonate is 500 mg twice a day.",
            ],
        );
    }

    #[test]
    fn a_count_of_something_else_or_anothers_strength_comes_to_no_dose() {
        let chart = json!({"medications": ["Prednisone 20 mg daily", "Warfarin 5 mg daily"]});
        holds(
            "doses?",
            &chart,
            &["With 10 mg tablets, take two of prednisone."],
            &[
                "There are four things to know: take the 5 mg tablets of prednisone.",
                "Take 4 tablets; the dose is 20 mg of prednisone and warfarin stays 5 mg.",
            ],
        );
    }
}
