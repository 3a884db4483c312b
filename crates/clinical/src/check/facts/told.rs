//! What a reply tells otherwise than the chart though each of its words stands there: a drug to take that is to be held, a step of
//! a taper, a way up or down, a best value, a visit that comes first or by video, a dose that a note has changed, how long to wait.

use super::super::amounts::{Amount, Unit, number_of};
use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Line, Place, covers};
use super::super::{Case, CheckError, Checks, Found, built};
use super::clauses::{clause_at, denies, shared, supposes, topics};
use super::{find_word, says_any};
use regex::Regex;
use std::ops::Range;

/// Recognisers, compiled once.
#[derive(Debug)]
pub(in super::super) struct Told {
    /// "From 40 mg to 20 mg".
    step: Regex,
    /// "Up 2", "down 2 lb".
    way: Regex,
    /// "Your best is 340".
    label: Regex,
    /// "A video visit".
    pub(super) by: Regex,
    /// "You see Dr. Haddon first".
    pub(super) first: Regex,
    /// "It gave you palpitations".
    pub(super) blame: Regex,
}

/// What a drug is to be: left out, or taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Held,
    Kept,
}

/// Words by which a value is named, so that another value is not it.
const LABELS: &str = "best|highest|lowest|peak|worst|average|baseline";

impl Told {
    pub(in super::super) fn new() -> Result<Self, CheckError> {
        Ok(Self {
            step: built(
                r"\b(?:from|de) (?P<a>\d+(?:\.\d+)?)(?: ?(?:mg|mcg|units|unidades))? (?:to|a) (?P<b>\d+(?:\.\d+)?) ?(?:mg|mcg|units|unidades)\b",
            )?,
            way: built(
                r"\b(?P<way>up|down|gained|lost|rose|fell|subio|bajo) (?:by |about |another |another )?(?P<n>\d+(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|dos|tres|cuatro|cinco)\b(?P<after>/| ?%| (?:times|more|of|or|to)\b)?",
            )?,
            label: built(&format!(
                r"\b(?:your|his|her|su) (?:\w+ ){{0,3}}?(?P<label>{LABELS})(?: \w+){{0,2}}? (?:is|was|of) (?:about |around )?(?P<n>\d+(?:\.\d+)?)"
            ))?,
            by: built(
                r"\b(?P<by>video|phone|telephone|telehealth|virtual) (?:visit|appointment)\b|\b(?:visita|cita) (?:por |de )?(?P<por>video|virtual|telefonica|telefono)\b",
            )?,
            blame: built(
                r"\b(?:(?:it|which|that|lo|la|le) )?(?:gave (?:you|her|him|them)|caused(?: you| her| him)?|made (?:you|her|him) (?:feel )?|le dio|le causo|le provoco) (?P<what>(?:\w+ ?){1,4})|\b(?:that|which|it|que) (?P<upset>(?:upset|bothered|turned|irritated|cayo) (?:\w+ ?){1,3})",
            )?,
            first: built(r"\b(?:first|primero)(?:[,;.]| on | at | and | y |$)")?,
        })
    }
}

impl Checks {
    pub(super) fn told_otherwise(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        self.held_or_kept(evidence, text, mentions, found);
        self.steps_of_a_taper(evidence, text, found);
        self.ways_of_a_number(evidence, text, found);
        self.labels_named(evidence, text, found);
        self.visits_by(evidence, text, found);
        self.visits_first(case, evidence, text, found);
        // Both read all numbers of the reply, and only a note can say otherwise.
        if evidence.at(Place::Note).next().is_some() {
            self.doses_before_a_note(evidence, text, mentions, found);
            self.spans_of_a_topic(evidence, text, mentions, found);
        }
        self.blamed(evidence, text, mentions, found);
    }

    /// What each drug of a sentence is to be, by the verb that stands last before it.
    fn acts(&self, sentence: &str, drugs: &[Mention]) -> Vec<(String, Act, Range<usize>)> {
        let places = |list: &[String]| -> Vec<Range<usize>> {
            list.iter().flat_map(|w| words_at(sentence, w)).collect()
        };
        let held = places(&self.lists.held);
        let kept: Vec<_> = places(&self.lists.kept)
            .into_iter()
            // "Do not take" holds the word that else keeps.
            .filter(|k| !held.iter().any(|h| h.start < k.end && k.start < h.end))
            .collect();
        let not = |at: usize| {
            ["not ", "n't ", "never ", "no ", "to ", "you ", "if "]
                .iter()
                .any(|w| sentence[..at].ends_with(w))
        };
        let verbs: Vec<(Range<usize>, Act)> = held
            .into_iter()
            .map(|r| (r, Act::Held))
            .chain(kept.into_iter().map(|r| (r, Act::Kept)))
            .filter(|(r, _)| !not(r.start))
            .collect();
        drugs
            .iter()
            .filter_map(|m| {
                let (at, act) = verbs
                    .iter()
                    .filter(|(r, _)| r.end <= m.at.start)
                    .max_by_key(|(r, _)| r.end)?;
                let between = &sentence[at.end..m.at.start];
                // "Keep taking aspirin and set the Plavix aside": another deed stands between.
                let joined = between.rsplit([',']).next().unwrap_or(between);
                let deed = [" and ", " y "].iter().any(|w| {
                    joined.rsplit_once(w).is_some_and(|(_, rest)| {
                        rest.split(' ').any(|x| {
                            !["", "the", "your", "her", "his", "la", "el", "su"].contains(&x)
                        })
                    })
                });
                (between.len() < 60 && !deed && !between.contains([';', ':']) && !denies(between))
                    .then(|| (m.name.clone(), *act, at.start..m.at.end))
            })
            .collect()
    }

    /// "Take the lisinopril and skip the amlodipine", where the note holds the one and gives the other.
    fn held_or_kept(
        &self,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        /// Words of a sentence that tells of another time than the note's.
        const LATER: &[&str] = &[
            "after", "restart", "resume", "then", "until", "once", "again", "if", "luego",
            "despues", "except", "unless", "evening", "before", "next day",
        ];
        let mut noted: Vec<(String, Act, &Line)> = Vec::new();
        for line in evidence.at(Place::Note).filter(|l| l.drugs.len() < 8) {
            for part in line.folded.split(". ") {
                for (name, act, _) in self.acts(part, &self.drugs.find(part)) {
                    noted.push((name, act, line));
                }
            }
        }
        if noted.is_empty() {
            return;
        }
        for s in found.reading.sentences.clone() {
            let sentence = &text[s.clone()];
            let own: Vec<Mention> = mentions
                .iter()
                .filter(|m| s.contains(&m.at.start) && m.at.end <= s.end)
                .map(|m| Mention {
                    at: m.at.start - s.start..m.at.end - s.start,
                    ..m.clone()
                })
                .collect();
            if own.is_empty() || says_any(sentence, LATER) {
                continue;
            }
            for (name, act, at) in self.acts(sentence, &own) {
                let of_drug =
                    |n: &&(String, Act, &Line)| covers(&n.0, &name) || covers(&name, &n.0);
                let with_topic = |line: &str| {
                    let rest = line.replace(name.as_str(), " ");
                    shared(&rest, &sentence.replace(name.as_str(), " ")) > 0
                };
                let against = noted
                    .iter()
                    .filter(of_drug)
                    .find(|n| n.1 != act && with_topic(&n.2.folded));
                if let Some((_, _, line)) = against
                    && !noted.iter().filter(of_drug).any(|n| n.1 == act)
                {
                    found.contradicts(
                        s.start + at.start..s.start + at.end,
                        line,
                        "The chart says the opposite of this drug.",
                    );
                }
            }
        }
    }

    /// "From 40 to 20 mg", where the taper goes by 30.
    fn steps_of_a_taper(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for c in self.told.step.captures_iter(text) {
            let Some(whole) = c.get(0) else { continue };
            let (Ok(a), Ok(b)) = (c["a"].parse::<f64>(), c["b"].parse::<f64>()) else {
                continue;
            };
            let sentence = &text[found.reading.sentence(whole.start())];
            let in_all = says_any(
                sentence,
                &[
                    "over",
                    "gradually",
                    "eventually",
                    "all the way",
                    "by the end",
                    "poco a poco",
                ],
            );
            for line in evidence.at(Place::Medication) {
                let row = row_of(line);
                let place = |v: f64| row.iter().position(|k| (k - v).abs() < 1e-9);
                if let (Some(i), Some(j)) = (place(a), place(b))
                    && row.len() > 2
                    && j != i + 1
                    && !in_all
                {
                    found.contradicts(whole.range(), line, "The chart has another step here.");
                }
            }
        }
    }

    /// "Up 2", where the chart says "down 2".
    fn ways_of_a_number(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        let ways = |t: &str| -> Vec<(Range<usize>, bool, f64)> {
            self.told
                .way
                .captures_iter(t)
                .filter(|c| c.name("after").is_none())
                .filter_map(|c| {
                    let up = ["up", "gained", "rose", "subio"].contains(&&c["way"]);
                    Some((c.get(0)?.range(), up, number_of(&c["n"])?))
                })
                .collect()
        };
        for (at, up, n) in ways(text) {
            let sentence = &text[found.reading.sentence(at.start)];
            let is = |v: f64| (v - n).abs() < 1e-9;
            let against = evidence
                .lines
                .iter()
                .filter(|l| shared(sentence, &l.folded) > 0)
                .find(|l| ways(&l.folded).iter().any(|(_, u, v)| *u != up && is(*v)));
            let same = evidence
                .lines
                .iter()
                .any(|l| ways(&l.folded).iter().any(|(_, u, v)| *u == up && is(*v)));
            if let Some(line) = against
                && !same
                && !supposes(&text[clause_at(text, found.reading.sentence(at.start), at.start)])
            {
                found.contradicts(at, line, "By the chart it went the other way.");
            }
        }
    }

    /// "Your best is 340", where the chart's best is another.
    fn labels_named(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for c in self.told.label.captures_iter(text) {
            let (Some(whole), Some(number)) = (c.get(0), c.name("n")) else {
                continue;
            };
            let Ok(n) = number.as_str().parse::<f64>() else {
                continue;
            };
            let labelled = || {
                evidence
                    .lines
                    .iter()
                    .filter(|l| find_word(&l.folded, &c["label"]).is_some())
            };
            let has = |l: &Line| l.amounts.iter().any(|k| (k.written - n).abs() < 1e-9);
            let charted = labelled().find(|l| l.place == Place::Result && !l.amounts.is_empty());
            if let Some(line) = charted
                && !labelled().any(has)
            {
                found.contradicts(
                    whole.range(),
                    line,
                    "The chart has another value of this name.",
                );
            }
        }
    }

    /// "1,000 mg", where a note has brought the listed 1,000 down to 500.
    fn doses_before_a_note(
        &self,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        const CHANGES: &[&str] = &[
            "reduce",
            "reduced",
            "decrease",
            "decreased",
            "lower",
            "lowered",
            "increase",
            "increased",
            "raise",
            "raised",
            "change",
            "changed",
            "cut",
            "up",
            "down",
            "bajar",
            "bajo",
            "subir",
            "subio",
            "aumentar",
        ];
        const OPEN: &[&str] = &[
            "may", "can", "if", "consider", "plan", "could", "then", "after", "next", "discuss",
            "taper", "puede", "si", "until", "x", "week", "weeks", "goal", "from",
        ];
        let is = |k: &Amount, v: f64| (k.value - v).abs() < 1e-9 + v.abs() * 1e-6;
        let told = self.amounts.numbers(text, &[]);
        for (line, part) in evidence
            .at(Place::Note)
            .flat_map(|l| l.folded.split(". ").map(move |p| (l, p)))
        {
            let drugs = self.drugs.find(part);
            let [drug] = &drugs[..] else { continue };
            let changed = says_any(part, CHANGES) && !says_any(part, OPEN);
            let Some(new) = self
                .amounts
                .numbers(part, &[])
                .into_iter()
                .find(|k| k.dose && !k.old && part[..k.at.start].ends_with("to "))
            else {
                continue;
            };
            let listed: Vec<&Line> = evidence
                .at(Place::Medication)
                .filter(|l| l.drugs.iter().any(|d| covers(&d.name, &drug.name)))
                .collect();
            let doses = || {
                listed
                    .iter()
                    .flat_map(|l| &l.amounts)
                    .filter(|k| k.dose && k.unit == new.unit)
            };
            // The list that has the new dose is newer than the note, and another note may have changed it again.
            let superseded = doses().any(|k| is(k, new.value))
                || evidence.naming(&drug.name).any(|l| {
                    l.place == Place::Note
                        && !std::ptr::eq(l, line)
                        && l.dates.last() > line.dates.last()
                        && l.amounts.iter().any(|k| k.dose)
                });
            if !changed || superseded || told.iter().any(|k| k.unit == new.unit && is(k, new.value))
            {
                continue;
            }
            for a in told.iter().filter(|a| a.dose && a.unit == new.unit) {
                let sentence = &text[found.reading.sentence(a.at.start)];
                let before = says_any(
                    sentence,
                    &[
                        "from",
                        "before",
                        "previous",
                        "used to",
                        "old",
                        "had been",
                        "instead of",
                        "antes",
                    ],
                );
                let own = self
                    .governing(&a.at, mentions, found)
                    .is_some_and(|m| covers(&drug.name, &m.name) || covers(&m.name, &drug.name));
                if own && !before && doses().any(|k| is(k, a.value)) {
                    found.contradicts(a.at.clone(), line, "A note has changed this dose.");
                }
            }
        }
    }

    /// "Shower 24 hours after surgery", where the note says 48.
    fn spans_of_a_topic(
        &self,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        let hours = |a: &Amount| match &a.unit {
            Unit::Other(u) if u == "hour" => Some(a.value),
            Unit::Other(u) if u == "day" => Some(a.value * 24.0),
            _ => None,
        };
        let waits = |t: &str, at: &Range<usize>| {
            [" after", " post", " later", " despues"]
                .iter()
                .any(|w| t[at.end..].starts_with(w))
                || [
                    "after ", "wait ", "waiting ", "for ", "until ", "driving ", "espere ",
                ]
                .iter()
                .any(|w| t[..at.start].ends_with(w))
        };
        for a in self.amounts.numbers(text, &[]) {
            let Some(said) = hours(&a) else { continue };
            let sentence = found.reading.sentence(a.at.start);
            let clause = clause_at(text, sentence.clone(), a.at.start);
            let words = &text[clause.clone()];
            if !waits(text, &a.at)
                || mentions.iter().any(|m| clause.contains(&m.at.start))
                || supposes(&words.replace("you can ", " ").replace("you may ", " "))
            {
                continue;
            }
            let parts = || {
                evidence
                    .at(Place::Note)
                    .flat_map(|l| l.folded.split([',', ';', '.']).map(move |p| (l, p)))
                    .filter(|(_, p)| acts_of(words, p))
            };
            let spans = |p: &str| -> Vec<f64> {
                self.amounts
                    .numbers(p, &[])
                    .iter()
                    .filter_map(&hours)
                    .collect()
            };
            let agrees = parts().any(|(_, p)| spans(p).iter().any(|h| (h - said).abs() < 1e-9));
            let against = parts().find(|(_, p)| spans(p).len() == 1);
            if let Some((line, _)) = against
                && !agrees
            {
                found.contradicts(
                    a.at.clone(),
                    line,
                    "The chart has another span of time for this.",
                );
            }
        }
    }
}

/// True when a part of a note begins with what a clause tells to do: "shower after 48 h".
fn acts_of(clause: &str, part: &str) -> bool {
    let Some(first) = part
        .split(|c: char| !c.is_alphabetic())
        .find(|w| w.len() >= 3 && !["may", "can", "not", "the"].contains(w))
    else {
        return false;
    };
    topics(part).next() == Some(first) && find_word(clause, first).is_some()
}

/// Where a word stands by itself in a text.
fn words_at(text: &str, word: &str) -> Vec<Range<usize>> {
    text.match_indices(word)
        .map(|(i, w)| i..i + w.len())
        .filter(|r| {
            !text[..r.start].ends_with(char::is_alphanumeric)
                && !text[r.end..].starts_with(char::is_alphanumeric)
        })
        .collect()
}

/// The doses of a line that tapers, in their order.
fn row_of(line: &Line) -> Vec<f64> {
    if find_word(&line.folded, "then").is_none() && find_word(&line.folded, "luego").is_none() {
        return Vec::new();
    }
    line.amounts
        .iter()
        .filter(|k| k.dose && k.at.end > 0)
        .map(|k| k.written)
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn what_is_held_is_not_taken() {
        let chart = json!({
            "medications": ["Amlodipine 5 mg daily", "Lisinopril 20 mg daily", "Metformin 500 mg BID"],
            "notes": ["2026-03-02: Pre-op. Hold lisinopril morning of surgery. Take amlodipine with sip of water. Hold metformin on the day of the scan."],
        });
        holds(
            "surgery morning?",
            &chart,
            &[
                "On the morning of surgery, hold the lisinopril and take the amlodipine with a sip of water.",
                "Do not take the lisinopril on the morning of surgery.",
                "After surgery, take the lisinopril as usual.",
                "Keep taking metformin tonight.",
            ],
            &[
                "On the morning of surgery, take the lisinopril with a sip of water.",
                "On the morning of surgery, skip the amlodipine.",
                "Take the metformin on the day of the scan.",
            ],
        );
    }

    #[test]
    fn a_taper_goes_step_by_step() {
        let chart = json!({"medications": ["Prednisone 60 mg daily x 5 days, then 40 mg daily x 5 days, then 20 mg daily x 5 days"]});
        holds(
            "taper?",
            &chart,
            &[
                "Today you go from 60 mg to 40 mg.",
                "You go from 60 mg to 20 mg gradually.",
            ],
            &["Today you go from 60 mg to 20 mg."],
        );
    }

    #[test]
    fn a_way_and_a_best_value_are_the_charts() {
        let chart = json!({
            "results": ["peak flow best 410 L/min (2026-03-02)"],
            "notes": ["2026-03-02: Weight 150 lb, down 3 lb. Action plan: green above 320."],
        });
        holds(
            "weight and peak flow?",
            &chart,
            &[
                "Your weight was 150 pounds, down 3.",
                "Your peak flow best is 410.",
                "Your green zone is above 320.",
            ],
            &[
                "Your weight was 150 pounds, up 3.",
                "Your peak flow best is 320.",
            ],
        );
    }

    #[test]
    fn a_dose_that_a_note_changed_is_no_longer_the_listed_one() {
        let chart = json!({
            "medications": ["Metformin 1000 mg BID", "Lisinopril 20 mg daily"],
            "notes": ["2026-03-02: eGFR 38. Reduce metformin to 500 mg BID."],
        });
        holds(
            "dose?",
            &chart,
            &[
                "Your metformin is now 500 mg twice a day.",
                "Your metformin went from 1,000 mg to 500 mg.",
                "Your lisinopril is 20 mg.",
            ],
            &["Your metformin is 1,000 mg twice a day."],
        );
    }

    #[test]
    fn to_wait_is_as_long_as_the_note_says() {
        let chart = json!({"notes": ["2026-03-03: Shower after 48 h, no soaking 2 weeks. Lifting after 6 weeks."]});
        holds(
            "can I shower after my scope?",
            &chart,
            &[
                "You can shower 48 hours after surgery.",
                "You can shower after two days.",
            ],
            &[
                "You can shower 24 hours after surgery.",
                "Lifting is fine after two weeks.",
            ],
        );
    }
}
