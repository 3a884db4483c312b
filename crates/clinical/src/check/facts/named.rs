//! People by their names: another first name than the chart's, a doctor who is a nurse, a brother who is the husband, a visit that
//! is with somebody else.

use super::super::evidence::{Evidence, Line, Place};
use super::super::text::Reading;
use super::super::{Case, CheckError, Checks, Found, built};
use super::clauses::{clause_at, supposes};
use super::people::same_kin;
use super::{find_word, says_any};
use regex::Regex;
use std::ops::Range;

/// Recognisers, compiled once.
#[derive(Debug)]
pub(in super::super) struct Named {
    /// "Jo Marsh", as it is written.
    pair: Regex,
    /// "Dr. Marsh" in folded text.
    doctor: Regex,
    /// "With Dr. Marsh", "with Jo Marsh", "with nurse Jo".
    with: Regex,
    /// "Your brother Al", as it is written.
    kin: Regex,
    /// A title of somebody who is no doctor.
    title: Regex,
}

impl Named {
    pub(in super::super) fn new(titles: &[String]) -> Result<Self, CheckError> {
        let titles = titles
            .iter()
            .map(|t| regex::escape(t))
            .collect::<Vec<_>>()
            .join("|");
        Ok(Self {
            pair: built(r"\b(?P<first>\p{Lu}[\p{L}'’-]+) (?P<last>\p{Lu}[\p{L}'’-]+)")?,
            doctor: built(r"\bdra?\.? (?P<name>[a-z]{3,})\b")?,
            with: built(
                r"\b(?:with|con) (?:(?:el|la|the|your|our) )?(?:dra?\.? |nurse |doctor )?(?P<name>[a-z]{3,})(?: (?P<last>[a-z]{3,}))?",
            )?,
            kin: built(
                r"\b(?:[Yy]our|[Hh]is|[Hh]er|[Tt]heir|[Ss]u) (?P<kin>daughter|son|mother|mom|father|dad|wife|husband|sister|brother|aunt|uncle|cousin|niece|nephew|grandson|granddaughter|grandmother|grandfather|partner|hija|hijo|esposa|esposo|hermana|hermano|madre|padre|mam[aá]|pap[aá]) (?P<name>\p{Lu}[\p{L}'’-]+)",
            )?,
            title: built(&format!(r"\b(?:{titles})\b"))?,
        })
    }
}

/// Titles that stand before a name and are no first names.
const BEFORE: &[&str] = &[
    "dr",
    "dra",
    "mr",
    "mrs",
    "ms",
    "miss",
    "nurse",
    "doctor",
    "doctora",
    "np",
    "pa",
    "rn",
    "pt",
    "ot",
    "pharmacist",
    "therapist",
    "orthotist",
    "educator",
    "coach",
    "senor",
    "senora",
    "sr",
    "sra",
    "don",
    "dona",
    "aunt",
    "uncle",
    "grandma",
    "grandpa",
    "home",
    "the",
    "hi",
    "hello",
    "dear",
    "hola",
    "and",
    "with",
    "see",
    "call",
    "ask",
    "thanks",
    "daughter",
    "son",
    "mom",
    "dad",
    "wife",
    "husband",
];

/// Most relatives of one reply that are looked up.
const MOST_KIN: usize = 40;

impl Checks {
    pub(super) fn names_told(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        text: &str,
        found: &mut Found<'_>,
    ) {
        self.other_first_names(evidence, found);
        self.doctors_who_are_none(evidence, text, found);
        self.kin_by_name(evidence, found);
        self.visits_with_others(case, evidence, text, found);
    }

    /// "Monica Webb", where the chart has Marcus Webb.
    fn other_first_names(&self, evidence: &Evidence, found: &mut Found<'_>) {
        let fold = |w: &str| {
            let w = Reading::of(w).folded.text;
            w.trim_end_matches("'s").to_owned()
        };
        let mut marks: Vec<(Range<usize>, String)> = Vec::new();
        // Names overlap: "Dr. Jo Marsh" holds two pairs.
        let mut from = 0;
        while let Some(c) = self.named.pair.captures_at(found.draft, from) {
            let (Some(first), Some(last)) = (c.name("first"), c.name("last")) else {
                break;
            };
            from = last.start();
            let (first_name, last_name) = (fold(first.as_str()), fold(last.as_str()));
            let is_word = |w: &str| {
                BEFORE.contains(&w)
                    || self.phrases.no_names.iter().any(|n| n == w)
                    || evidence.says(w)
                    || !self.drugs.find(w).is_empty()
                    || !self.dates.days(&format!("in {w}")).is_empty()
            };
            // "El LDL" is no name.
            let letters = last.as_str().chars().all(char::is_uppercase);
            if letters || is_word(&first_name) || last_name.len() < 3 || !evidence.says(&last_name)
            {
                continue;
            }
            let line = evidence
                .lines
                .iter()
                .filter(|l| l.place != Place::Message)
                .find(|l| {
                    self.named.pair.captures_iter(&l.text).any(|k| {
                        let first = fold(&k["first"]);
                        fold(&k["last"]) == last_name
                            && first != first_name
                            && !BEFORE.contains(&first.as_str())
                    }) || overlapping_pair(&self.named.pair, &l.text, &last_name, &fold)
                });
            if let Some(line) = line {
                marks.push((first.start()..last.end(), line.text.clone()));
            }
        }
        for (at, line) in marks {
            let start = found.draft[..at.start].chars().count();
            let end = start + found.draft[at].chars().count();
            if !found
                .list
                .iter()
                .any(|f| f.start != f.end && f.start < end && start < f.end)
            {
                found.place(
                    "contradicts_chart",
                    start,
                    end,
                    "The chart has another first name.",
                    Some(&line),
                );
            }
        }
    }

    /// "Your surgeon is Dr. Lindell", where the chart has PA Lindell.
    fn doctors_who_are_none(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for c in self.named.doctor.captures_iter(text) {
            let (Some(whole), Some(name)) = (c.get(0), c.name("name")) else {
                continue;
            };
            let name = name.as_str();
            let naming = || {
                evidence
                    .lines
                    .iter()
                    .filter(|l| find_word(&l.folded, name).is_some())
            };
            let is_doctor = naming().any(|l| {
                self.named
                    .doctor
                    .captures_iter(&l.folded)
                    .any(|k| &k["name"] == name)
                    || says_any(&l.folded, &["md", "do", "doctor", "surgeon", "doctora"])
                        && self.title_near(&l.folded, name).is_none()
                    || l.folded.contains("dr. ")
                        && l.folded.contains(&format!(" {name}"))
                        && self.title_near(&l.folded, name).is_none()
            });
            if let Some(line) = naming().find(|l| self.title_near(&l.folded, name).is_some())
                && !is_doctor
            {
                found.contradicts(
                    whole.range(),
                    line,
                    "By the chart this person is no doctor.",
                );
            }
        }
    }

    /// The title that stands beside a name, at most one word off.
    fn title_near(&self, line: &str, name: &str) -> Option<Range<usize>> {
        let at = find_word(line, name)?;
        self.named
            .title
            .find_iter(line)
            .map(|m| m.range())
            .find(|m| {
                let between = if m.end <= at {
                    &line[m.end..at]
                } else if m.start >= at + name.len() {
                    &line[at + name.len()..m.start]
                } else {
                    return false;
                };
                between.split_whitespace().count() <= 1 && !between.contains(['.', ';'])
            })
    }

    /// "Your brother Alain", where the chart has a husband of that name.
    fn kin_by_name(&self, evidence: &Evidence, found: &mut Found<'_>) {
        let mut known: Vec<(String, String)> = Vec::new();
        let mut marks: Vec<(Range<usize>, String)> = Vec::new();
        for c in self.named.kin.captures_iter(found.draft) {
            let (Some(whole), Some(kin), Some(name)) = (c.get(0), c.name("kin"), c.name("name"))
            else {
                continue;
            };
            let kin = Reading::of(kin.as_str()).folded.text;
            let name = Reading::of(name.as_str()).folded.text;
            let name = name.trim_end_matches("'s");
            // A relative who is named again is looked up once.
            if known.iter().any(|(k, n)| *k == kin && n == name) || known.len() >= MOST_KIN {
                continue;
            }
            known.push((kin.clone(), name.to_owned()));
            let named: Vec<(&Line, &str)> = evidence
                .lines
                .iter()
                .flat_map(|l| {
                    l.folded.match_indices(name).filter_map(move |(i, _)| {
                        let before = l.folded[..i].trim_end_matches([' ', ',', ':', '(']);
                        let word = before.rsplit(|c: char| !c.is_alphabetic()).next()?;
                        same_kin(word, word).then_some((l, word))
                    })
                })
                .collect();
            if let Some((line, _)) = named.first()
                && !named.iter().any(|(_, k)| same_kin(k, &kin))
            {
                marks.push((whole.range(), line.text.clone()));
            }
        }
        for (at, line) in marks {
            let start = found.draft[..at.start].chars().count();
            let end = start + found.draft[at].chars().count();
            let why = "The chart has another relative of this name.";
            found.place("contradicts_chart", start, end, why, Some(&line));
        }
    }

    /// "It's on December 8 with Dr. Rahman", where that day's visit is with somebody else.
    fn visits_with_others(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        text: &str,
        found: &mut Found<'_>,
    ) {
        for s in found.reading.sentences.clone() {
            let sentence = &text[s.clone()];
            let days: Vec<_> = self
                .dates
                .days(sentence)
                .into_iter()
                .filter(|d| d.month.is_some() && d.day.is_some())
                .collect();
            let [day] = &days[..] else { continue };
            for c in self.named.with.captures_iter(sentence) {
                let (Some(whole), Some(name)) = (c.get(0), c.name("name")) else {
                    continue;
                };
                let name = c.name("last").map_or(name.as_str(), |l| {
                    if evidence.says(l.as_str()) {
                        l.as_str()
                    } else {
                        name.as_str()
                    }
                });
                let clause = &sentence[clause_at(sentence, 0..sentence.len(), whole.start())];
                let names = |l: &Line| find_word(&l.folded, name).is_some();
                // A name is one that the chart writes with a title or a capital.
                let is_person = evidence.lines.iter().any(|l| {
                    names(l)
                        && (self
                            .named
                            .doctor
                            .captures_iter(&l.folded)
                            .any(|k| &k["name"] == name)
                            || self.title_near(&l.folded, name).is_some())
                });
                let Some(booked) = evidence
                    .at(Place::Appointment)
                    .find(|l| l.dates.iter().any(|d| day.date(case.today) == Some(*d)))
                else {
                    continue;
                };
                let with_someone = self.named.doctor.is_match(&booked.folded)
                    || self.named.title.is_match(&booked.folded)
                        && self.named.pair.is_match(&booked.text);
                let alone = evidence
                    .at(Place::Appointment)
                    .filter(|l| l.dates == booked.dates)
                    .count()
                    == 1;
                let at = s.start + whole.start()..s.start + whole.end();
                // "You meet with Jo Marsh at 2, and surgery is on March 30": the day is of another clause.
                let between = if day.at.end <= whole.start() {
                    sentence.get(day.at.end..whole.start())
                } else {
                    sentence.get(whole.end()..day.at.start)
                };
                let apart = between.is_some_and(|b| b.contains(" and ") || b.contains(" y "));
                if is_person
                    && !apart
                    && with_someone
                    && alone
                    && !names(booked)
                    && !supposes(clause)
                    && !says_any(
                        sentence,
                        &[
                            "before",
                            "after",
                            "spoke",
                            "discussed",
                            "talked",
                            "antes",
                            "shared",
                        ],
                    )
                {
                    found.contradicts(at, booked, "The chart has this visit with someone else.");
                }
            }
        }
    }
}

/// True when a line has a last name behind another first name that is itself behind a title: "PT Erin Walsh".
fn overlapping_pair(pair: &Regex, line: &str, last: &str, fold: &dyn Fn(&str) -> String) -> bool {
    let mut from = 0;
    while let Some(c) = pair.captures_at(line, from) {
        let (Some(first), Some(second)) = (c.name("first"), c.name("last")) else {
            return false;
        };
        if fold(second.as_str()) == last && !BEFORE.contains(&fold(first.as_str()).as_str()) {
            return true;
        }
        from = second.start();
    }
    false
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn a_first_name_is_the_charts() {
        let chart = json!({
            "demographics": {"name": "Jade Holloway", "age": "44 years"},
            "appointments": ["2026-03-12 10:00 therapy intake, Marcus Webb LCSW"],
            "notes": ["2026-03-02: Diabetes educator RN Tamika Fields called. Dr. Ode saw her."],
        });
        holds(
            "who?",
            &chart,
            &[
                "Marcus Webb will see you on March 12, and Tamika Fields called.",
                "Hi Jade, Dr. Ode saw you.",
            ],
            &[
                "It is with Monica Webb on March 12.",
                "Rosa Fields, your educator, called.",
            ],
        );
    }

    #[test]
    fn who_is_no_doctor_is_called_none() {
        let chart = json!({
            "appointments": ["2026-03-12 06:30 hernia repair, Dr. Nwosu, Surgery"],
            "notes": ["2026-03-02: Dr. Nwosu consult. Seen with PA Beth Lindell. Kim Ito RN called."],
        });
        holds(
            "who operates?",
            &chart,
            &["Dr. Nwosu operates. You met Beth Lindell, too."],
            &["Your surgeon is Dr. Lindell.", "Dr. Ito called you."],
        );
    }

    #[test]
    fn a_relative_keeps_the_charts_name() {
        let chart = json!({
            "demographics": {"name": "Delphine Moreau", "age": "48 years"},
            "notes": ["2026-03-02: Release for husband Alain on file. Daughter Ines drives."],
        });
        holds(
            "can my husband Alain get copies?",
            &chart,
            &[
                "The release for your husband Alain is on file.",
                "Your daughter Ines may drive you.",
            ],
            &[
                "The release for your brother Alain is on file.",
                "Your sister Ines may drive you.",
            ],
        );
    }

    #[test]
    fn a_visit_is_with_whom_the_chart_has_that_day() {
        let chart = json!({
            "appointments": ["2026-03-12 15:15 brace fitting, orthotist Kevin Doyle", "2026-03-19 09:00 lab"],
            "notes": ["2026-03-02: Dr. Rahman: brace 18 h/day."],
        });
        holds(
            "fitting?",
            &chart,
            &[
                "It is on March 12 with Kevin Doyle.",
                "On March 12 you have the fitting that we discussed with Dr. Rahman.",
            ],
            &["It is on March 12 at 3:15 with Dr. Rahman."],
        );
    }
}
