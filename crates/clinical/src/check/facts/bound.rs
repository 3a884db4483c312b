//! Facts that belong together: an amount and the meal or side it is for, a drug
//! and its purpose, an allergy and its reaction, a test and its outcome. A reply
//! may name all the chart's words and still give one what is another's.

use super::super::amounts::{Amount, Unit};
use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Line, Place, covers};
use super::super::{CheckError, Checks, Found, built};
use super::clauses::{clause_at, denies, has_stem, stem, supposes, topics};
use super::{find_word, says_any};
use regex::Regex;

/// Recognisers, compiled once.
#[derive(Debug)]
pub(in super::super) struct Bound {
    /// What an amount may be for: meals, times, sides, doing.
    setting: Regex,
    /// "For sleep", "to the face": a purpose or a place of use.
    purpose: Regex,
    pub(super) blood_type: Regex,
    /// A vertebra or disc: "L4-L5".
    pub(super) level: Regex,
    outcome: Regex,
    pub(super) reaction: Regex,
    /// "Room 12", "the Elm Street fire station".
    room: Regex,
    place: Regex,
}

impl Bound {
    pub(in super::super) fn new() -> Result<Self, CheckError> {
        Ok(Self {
            setting: built(
                r"\b(?:breakfast|lunch|dinner|supper|desayuno|almuerzo|cena|morning|manana|noon|afternoon|evening|night|bedtime|noche|walking|exercise|activity|rest|sleep|left|right|izquierd[oa]|derech[oa]|face|body|scalp|hands|day 1|first day|then|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|weekdays|weekends|daily|diari[oa]|upper|lower|before|after)\b",
            )?,
            purpose: built(
                r"\b(?:for|to|on|para|contra)(?: (?:the|your|high|la|el|su|treating|help))* (?P<what>[a-z]{4,})",
            )?,
            blood_type: built(
                r"\b(?:(?:blood )?type|tipo|grupo)(?: de sangre)?(?: (?:is|was|es|on file|listed|as))*:? ?(?P<type>ab|a|b|o)[ -]?(?P<sign>positiv[eo]|negativ[eo]|pos|neg|\+|-)",
            )?,
            level: built(r"\b[ctl]\d{1,2}-[ctls]?\d{1,2}\b")?,
            outcome: built(
                r"\b(?P<how>positive|negative|positiv[oa]|negativ[oa]|immune|detected) (?:for|to|para|a) (?:the )?(?P<what>[a-z]{3,}(?: [a-z]\b)?)",
            )?,
            reaction: built(&format!(
                r"\b(?:{})\b",
                super::reactions::REACTIONS
                    .iter()
                    .flat_map(|r| r.iter().copied())
                    .collect::<Vec<_>>()
                    .join("|")
            ))?,
            room: built(
                r"\b(?P<what>room|suite|floor|door|desk|window|gate|building|lot|extension|ext\.?|sala|piso|consultorio) (?P<which>\d+[a-z]?|[a-d])\b|\b(?P<first>first|second|third|fourth|fifth|sixth|ground|\d(?:st|nd|rd|th)) floor\b|\b(?:[a-z]+) (?:wing|annex|tower|lobby|entrance|garage)\b",
            )?,
            place: built(
                r"\b(?:at|in|to|from|near|our|on) (?:the |our )?(?P<name>(?:\p{Lu}[\p{L}'’-]+ ?)+?) ?(?:[a-z]+ )?(?:[Cc]enter|[Cc]linic|[Pp]harmacy|[Ss]treet|[Hh]ospital|[Ss]tation|[Cc]ampus|[Oo]ffice|[Bb]uilding|[Ll]ab|[Aa]venue|[Ss]ite|[Ll]ocation|[Bb]ranch)\b",
            )?,
        })
    }
}

/// An amount of a line, with the words that say what it is for.
struct Piece<'t> {
    amount: Amount,
    settings: Vec<&'t str>,
}

impl Checks {
    pub(super) fn bound(
        &self,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        self.settings_named(evidence, text, found);
        self.purposes_named(evidence, text, mentions, found);
        self.reactions_named(evidence, text, found);
        self.outcomes_named(evidence, text, found);
        self.words_of_results(evidence, text, found);
        self.parts_of_results(evidence, text, found);
        severities_of_problems(evidence, text, found);
        self.places_named(evidence, text, found);
    }

    /// The pieces of a text that hold one amount each.
    fn pieces<'t>(&self, text: &'t str) -> Vec<Piece<'t>> {
        let amounts: Vec<Amount> = self
            .amounts
            .numbers(text, &[])
            .into_iter()
            .filter(|a| {
                !matches!(&a.unit, Unit::Other(u) if ["day", "time", "hour", "month", "year", "minute", "dose"].contains(&u.as_str()))
            })
            .collect();
        let mut starts: Vec<usize> = vec![0];
        for border in [", ", "; ", " then ", " and ", " except ", " y ", " / "] {
            starts.extend(text.match_indices(border).map(|(i, m)| i + m.len()));
        }
        starts.sort_unstable();
        starts.dedup();
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        starts
            .clone()
            .into_iter()
            .zip(ends)
            .filter_map(|(a, b)| {
                let mut own = amounts.iter().filter(|k| k.at.start >= a && k.at.end <= b);
                let amount = own.next()?.clone();
                if own.next().is_some() {
                    return None;
                }
                let settings: Vec<&str> = self
                    .bound
                    .setting
                    .find_iter(&text[a..b])
                    .map(|m| m.as_str())
                    .collect();
                Some(Piece { amount, settings })
            })
            .collect()
    }

    /// "Ten with breakfast, six with dinner", where the chart has six and ten.
    fn settings_named(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        let lines = evidence.lines.iter().filter(|l| {
            matches!(l.place, Place::Medication | Place::Result | Place::Note)
                && self.bound.setting.find_iter(&l.folded).nth(1).is_some()
        });
        for line in lines.take(MOST) {
            let own = self.pieces(&line.folded);
            let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
            for s in found.reading.sentences.clone() {
                let sentence = &text[s.clone()];
                let names = line.drugs.is_empty() && self.drugs.find(sentence).is_empty()
                    || self.drugs.find(sentence).iter().any(|d| {
                        line.drugs.iter().any(|k| covers(&k.name, &d.name))
                    })
                    // "Two liters at night": the line is told by its unit.
                    || self.drugs.find(sentence).is_empty();
                if !names || sentence.trim_end().ends_with('?') {
                    continue;
                }
                let said = self.pieces(sentence);
                for piece in said.iter().filter(|p| !p.settings.is_empty()) {
                    let unit_fits = |k: &Amount| {
                        k.unit == piece.amount.unit
                            || matches!(piece.amount.unit, Unit::None)
                            || matches!(k.unit, Unit::None)
                    };
                    // The pieces of the line that are for the same, and for another.
                    let (same, other): (Vec<&Piece>, Vec<&Piece>) = own
                        .iter()
                        .filter(|k| unit_fits(&k.amount) && !k.settings.is_empty())
                        .partition(|k| k.settings.iter().any(|w| piece.settings.contains(w)));
                    let swapped = !same.is_empty()
                        && same
                            .iter()
                            .all(|k| !close(k.amount.written, piece.amount.written))
                        && other
                            .iter()
                            .any(|k| close(k.amount.written, piece.amount.written));
                    let at = s.start + piece.amount.at.start..s.start + piece.amount.at.end;
                    if swapped && !found.is_marked(&at) {
                        found.at(
                            "contradicts_chart",
                            at,
                            "The chart has this amount for the other one.",
                            Some(&line.text),
                        );
                    }
                }
            }
        }
    }

    /// "Buspirone is for sleep", where the chart has another drug for sleep.
    fn purposes_named(
        &self,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        let purposes = |t: &str| -> Vec<String> {
            self.bound
                .purpose
                .captures_iter(t)
                .filter_map(|c| Some(c.name("what")?.as_str().to_owned()))
                .filter(|w| topics(w).next().is_some())
                .collect()
        };
        let charted: Vec<(&Line, Vec<String>)> = evidence
            .at(Place::Medication)
            .filter(|l| l.drugs.len() == 1)
            .map(|l| (l, purposes(&l.folded)))
            .filter(|(_, p)| !p.is_empty())
            .take(MOST)
            .collect();
        for m in mentions {
            let sentence = found.reading.sentence(m.at.start);
            let clause = clause_at(text, sentence, m.at.start);
            let words = &text[clause.clone()];
            if self.drugs.find(words).len() != 1 || denies(words) || supposes(words) {
                continue;
            }
            let has = |l: &Line| l.drugs.iter().any(|d| covers(&d.name, &m.name));
            for p in purposes(words) {
                let of = |list: &[String]| list.iter().any(|k| stem(k) == stem(&p));
                let other = charted.iter().find(|(l, list)| !has(l) && of(list));
                let own = evidence.naming(&m.name).any(|l| {
                    l.place != Place::Note && l.place != Place::Message && has_stem(&l.folded, &p)
                });
                // The drug's own line must give it another purpose.
                let otherwise = charted.iter().any(|(l, list)| has(l) && !of(list));
                if let Some((line, _)) = other
                    && !own
                    && otherwise
                    && !found.is_marked(&m.at)
                {
                    found.at(
                        "contradicts_chart",
                        m.at.clone(),
                        "The chart has another drug for this.",
                        Some(&line.text),
                    );
                }
            }
        }
    }

    /// "Positive for A and negative for B", where the chart has it the other way round.
    fn outcomes_named(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for c in self.bound.outcome.captures_iter(text) {
            let (Some(whole), Some(how), Some(what)) = (c.get(0), c.name("how"), c.name("what"))
            else {
                continue;
            };
            let positive = !how.as_str().starts_with("neg");
            let own = evidence
                .at(Place::Result)
                .find(|l| has_stem(&l.folded, what.as_str()));
            let says = |l: &Line, words: &[&str]| says_any(&l.folded, words);
            const YES: &[&str] = &[
                "positive", "detected", "reactive", "immune", "positivo", "positiva",
            ];
            const NO: &[&str] = &[
                "negative",
                "nonreactive",
                "undetectable",
                "negativo",
                "negativa",
                "not detected",
                "non-reactive",
            ];
            if let Some(line) = own
                && (if positive {
                    says(line, NO) && !says(line, YES)
                } else {
                    says(line, YES) && !says(line, NO)
                })
                && !found.is_marked(&whole.range())
            {
                found.at(
                    "contradicts_chart",
                    whole.range(),
                    "The chart says otherwise of this test.",
                    Some(&line.text),
                );
            }
        }
    }

    /// Rooms, floors and named places that stand nowhere.
    fn places_named(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for m in self.bound.room.find_iter(text) {
            if ["the ", "our ", "an ", "a ", "this ", "that "]
                .iter()
                .any(|w| m.as_str().starts_with(w))
            {
                continue;
            }
            // "Second floor" and "2nd floor" are one.
            let other = ORDINALS
                .iter()
                .find_map(|(a, b)| {
                    let s = m.as_str();
                    s.strip_prefix(a)
                        .map(|r| format!("{b}{r}"))
                        .or_else(|| s.strip_prefix(b).map(|r| format!("{a}{r}")))
                })
                .unwrap_or_default();
            let known = evidence.lines.iter().any(|l| {
                l.folded.contains(m.as_str()) || !other.is_empty() && l.folded.contains(&other)
            });
            if !known && !found.is_marked(&m.range()) {
                let line = evidence
                    .lines
                    .iter()
                    .find(|l| l.place != Place::Message && self.bound.room.is_match(&l.folded));
                const NOWHERE: &str = "Neither the message nor the chart names this place.";
                found.fact(m.range(), line, NOWHERE, NOWHERE);
            }
        }
        let draft = found.draft;
        for c in self.bound.place.captures_iter(draft) {
            let Some(name) = c.name("name") else { continue };
            let folded = super::super::text::Reading::of(name.as_str().trim())
                .folded
                .text;
            let known = folded
                .split(|c: char| !c.is_alphanumeric())
                .filter(|w| !w.is_empty())
                .any(|w| evidence.says(w) || self.phrases.no_names.iter().any(|n| n == w));
            if !known && let Some(whole) = c.get(0) {
                let at = name.start()..whole.end();
                found.at_bytes(
                    "unsupported",
                    at,
                    "Neither the message nor the chart names this place.",
                );
            }
        }
    }
}

/// How bad an illness is, as charts and replies call it.
const SEVERITIES: &[&str] = &[
    "mild", "moderate", "severe", "leve", "moderada", "moderado", "grave",
];

/// "Your asthma is severe", where the chart calls it mild.
fn severities_of_problems(evidence: &Evidence, text: &str, found: &mut Found<'_>) {
    for line in evidence.at(Place::Problem) {
        let Some(charted) = SEVERITIES
            .iter()
            .find(|w| find_word(&line.folded, w).is_some())
        else {
            continue;
        };
        for s in found.reading.sentences.clone() {
            for word in SEVERITIES.iter().filter(|w| *w != charted) {
                let Some(at) = find_word(&text[s.clone()], word) else {
                    continue;
                };
                let at = s.start + at..s.start + at + word.len();
                let clause = &text[clause_at(text, s.clone(), at.start)];
                let is_told = [" is ", " are ", " was ", "your ", " es "]
                    .iter()
                    .any(|w| clause.contains(w));
                if is_told
                    && topics(&line.folded).any(|t| !SEVERITIES.contains(&t) && has_stem(clause, t))
                    && !evidence
                        .lines
                        .iter()
                        .any(|l| !std::ptr::eq(l, line) && find_word(&l.folded, word).is_some())
                    && !supposes(clause)
                    && !denies(clause)
                    && !found.is_marked(&at)
                {
                    found.at(
                        "contradicts_chart",
                        at,
                        "The chart calls this otherwise.",
                        Some(&line.text),
                    );
                }
            }
        }
    }
}

/// Floors in words and in figures.
const ORDINALS: &[(&str, &str)] = &[
    ("first", "1st"),
    ("second", "2nd"),
    ("third", "3rd"),
    ("fourth", "4th"),
    ("fifth", "5th"),
    ("sixth", "6th"),
];

/// Most lines that are compared.
const MOST: usize = 60;

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn an_amount_keeps_the_meal_it_is_for() {
        let chart = json!({"medications": ["Insulin aspart 4 units with lunch, 9 units with supper", "Oxygen 4 L at night, 1 L at rest"]});
        holds(
            "how much?",
            &chart,
            &[
                "Insulin aspart is 4 units with lunch and 9 units with supper.",
                "Four liters at night and one at rest.",
            ],
            &[
                "Insulin aspart is nine units with lunch and four with supper.",
                "One liter at night and four at rest.",
            ],
        );
    }

    #[test]
    fn a_drug_keeps_its_purpose() {
        let chart = json!({"medications": ["Doxepin 10 mg at bedtime for sleep", "Hydroxyzine 25 mg TID for itching"]});
        holds(
            "which?",
            &chart,
            &["Doxepin is for sleep and hydroxyzine is for itching."],
            &["Hydroxyzine is for sleep."],
        );
    }

    #[test]
    fn an_allergy_keeps_its_reaction_and_a_result_its_words() {
        let chart = json!({
            "allergies": ["Codeine: nausea", "Latex: contact rash"],
            "results": ["Blood type: B positive (2026-01-05)", "MRI disc bulge at L3-L4 (2026-01-05)", "Gonorrhea negative (2026-01-05)", "Chlamydia positive (2026-01-05)"],
        });
        holds(
            "list?",
            &chart,
            &[
                "Your allergies are codeine (nausea) and latex (rash).",
                "Your blood type is B positive.",
                "The MRI has a bulge at L3-L4.",
                "It was positive for chlamydia and negative for gonorrhea.",
            ],
            &[
                "Your allergies are codeine (anaphylaxis) and latex (rash).",
                "Your blood type is O positive.",
                "The MRI has a bulge at L5-S1.",
                "It was positive for gonorrhea and negative for chlamydia.",
            ],
        );
    }

    #[test]
    fn a_place_is_named_somewhere() {
        let chart = json!({"appointments": ["2026-03-12 09:00 class, Room 4"]});
        holds(
            "where?",
            &chart,
            &["It is in Room 4."],
            &["It is in Room 9.", "It is at the Larkspur center."],
        );
    }
}
