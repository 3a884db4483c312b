//! People of a reply: relatives that nobody speaks of, a visit that is given to
//! another doctor, a role that is another's.

use super::super::evidence::{Evidence, Line, Place};
use super::super::{Case, CheckError, Checks, Found, built};
use super::clauses::{clause_at, has_stem, reports, shared, supposes, topics};
use super::{find_word, says_any};
use regex::Regex;

/// Recognisers, compiled once.
#[derive(Debug)]
pub(in super::super) struct People {
    kin: Regex,
    doctor: Regex,
    role: Regex,
    /// "By an allergist".
    by_role: Regex,
    /// Third persons of a message: who writes is another than the patient.
    third: Regex,
}

/// Relatives by all their names, and whether a child or a parent may be the patient or the writer.
const KIN: &[&[&str]] = &[
    &[
        "daughter", "girl", "hija", "kid", "kids", "child", "children", "proxy",
    ],
    &[
        "son", "boy", "hijo", "kid", "kids", "child", "children", "proxy",
    ],
    &[
        "mother", "mom", "mum", "mama", "madre", "ma", "parents", "parent",
    ],
    &["father", "dad", "papa", "padre", "parents", "parent"],
    &["wife", "esposa", "mujer", "spouse", "husband", "married"],
    &["husband", "esposo", "marido", "spouse", "wife", "married"],
    &["sister", "hermana", "siblings", "sis"],
    &["brother", "hermano", "siblings", "bro"],
    &["grandmother", "grandma", "abuela", "nana", "granny"],
    &["grandfather", "grandpa", "abuelo"],
    &["aunt", "tia"],
    &["uncle", "tio"],
    &["cousin", "prima", "primo"],
    &["niece", "sobrina"],
    &["nephew", "sobrino"],
    &[
        "grandson",
        "nieto",
        "grandchild",
        "grandchildren",
        "grandkids",
    ],
    &[
        "granddaughter",
        "nieta",
        "grandchild",
        "grandchildren",
        "grandkids",
    ],
];

/// Roles, each by the beginnings of the words that say it.
const ROLES: &[&[&str]] = &[
    &["cardiolog"],
    &["pharmac", "farmac"],
    &["nurse", "rn", "np", "enfermer"],
    &["physical", "pt", "fisioterap", "therap"],
    &["diet", "nutrition", "nutric"],
    &["surge", "surgical", "cirujan"],
    &["dermatolog"],
    &["neurolog"],
    &["endocrinolog"],
    &["psychiatr", "psiquiatr"],
    &["psycholog", "counsel", "therap", "psicolog"],
    &["rheumatolog", "reumatolog"],
    &["urolog"],
    &["nephrolog", "kidney", "nefrolog"],
    &["pulmonolog", "lung", "neumolog"],
    &["oncolog"],
    &["hematolog"],
    &["gastroenterolog", "gi", "gastro"],
    &["podiatr", "podolog"],
    &["pediatric", "pediatr"],
    &["midwife", "partera", "cnm"],
    &["audiolog"],
    &["optometr", "eye", "ophthalmolog", "oftalmolog"],
    &["dentist", "dental"],
    &["social"],
    &["anesthe", "anest"],
];

/// True when two words name one relative; a word alone, when it names any.
pub(super) fn same_kin(a: &str, b: &str) -> bool {
    KIN.iter().any(|k| k.contains(&a) && k.contains(&b)) || a == b && a == "partner"
}

impl People {
    pub(in super::super) fn new() -> Result<Self, CheckError> {
        let kin = KIN
            .iter()
            .flat_map(|k| k.iter())
            .filter(|k| {
                ![
                    "kid", "kids", "child", "children", "proxy", "girl", "boy", "married",
                    "spouse", "ma", "mujer", "bro", "sis", "siblings", "parents", "parent",
                ]
                .contains(k)
            })
            .copied()
            .collect::<Vec<_>>()
            .join("|");
        Ok(Self {
            kin: built(&format!(r"\b(?:your|his|her|su) ({kin})\b"))?,
            doctor: built(r"\b(?:dr\.?|dra\.?|doctor) (\w{3,})")?,
            role: built(
                r"\b(?P<name>\w{3,}), (?:the|your|our|an?|el|la|su) (?:\w+ )?(?P<role>cardiologist|pharmacist|physical therapist|dietitian|dietician|nutritionist|surgeon|dermatologist|neurologist|endocrinologist|psychiatrist|psychologist|counselor|rheumatologist|urologist|nephrologist|pulmonologist|oncologist|hematologist|gastroenterologist|podiatrist|pediatrician|midwife|audiologist|optometrist|ophthalmologist|dentist|social worker|anesthesiologist|nurse|cardiologo|farmaceutic[oa]|enfermer[oa]|fisioterapeuta|cirujan[oa])\b",
            )?,
            by_role: built(
                r"\bby (?:an?|the|your|our|un|una|el|la) (?:\w+ )?((?:allerg|cardiol|dermatol|neurol|endocrinol|rheumatol|urolog|nephrol|pulmonol|oncol|hematol|gastroenterol|ophthalmol|psychol|immunol|audiol|optometr|podiat|surge|genetic)\w*)\b",
            )?,
            third: built(
                r"\b(?:he|she|him|her|his|hers|he's|she's|el nino|la nina|mi bebe|baby|my (?:mom|dad|mother|father|wife|husband|son|daughter|kid|child))\b",
            )?,
        })
    }
}

impl Checks {
    pub(super) fn people_named(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        text: &str,
        found: &mut Found<'_>,
    ) {
        self.kin_named(case, evidence, text, found);
        self.doctors_of_visits(evidence, text, found);
        self.days_of_doctors(evidence, text, found);
        self.roles_named(evidence, text, found);
        self.unknown_roles(evidence, text, found);
    }

    /// "Your daughter could check in", where nobody speaks of a daughter.
    fn kin_named(&self, case: &Case<'_>, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        // Somebody else than the patient writes: whose relative is meant is not known.
        let for_another = !case.sender.trim().is_empty()
            || evidence
                .at(Place::Message)
                .any(|l| self.people.third.is_match(&l.folded));
        let age = case
            .chart
            .demographics
            .text("age")
            .and_then(|a| a.split_whitespace().next()?.parse::<u32>().ok());
        if for_another || age.is_none_or(|a| a < 18) {
            return;
        }
        for c in self.people.kin.captures_iter(text) {
            let (Some(whole), Some(word)) = (c.get(0), c.get(1)) else {
                continue;
            };
            let known = KIN
                .iter()
                .filter(|k| k.contains(&word.as_str()))
                .flat_map(|k| k.iter())
                .any(|w| {
                    evidence
                        .lines
                        .iter()
                        .any(|l| find_word(&l.folded, w).is_some())
                });
            if !known && !found.is_marked(&whole.range()) {
                found.at(
                    "unsupported",
                    whole.range(),
                    "Neither the message nor the chart speaks of this relative.",
                    None,
                );
            }
        }
    }

    /// "Dr. A does your surgery", where the chart has Dr. B for it.
    fn doctors_of_visits(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for c in self.people.doctor.captures_iter(text) {
            let (Some(whole), Some(name)) = (c.get(0), c.get(1)) else {
                continue;
            };
            let name = name.as_str();
            let sentence = found.reading.sentence(whole.start());
            let clause = &text[clause_at(text, sentence, whole.start())];
            if supposes(clause)
                || self.people.doctor.captures_iter(clause).count() > 1
                || topics(clause).next().is_none()
                || found.is_marked(&whole.range())
            {
                continue;
            }
            let names = |l: &Line| find_word(&l.folded, name).is_some();
            let own = evidence.lines.iter().filter(|l| names(l));
            let own_shared = own.map(|l| shared_but(clause, &l.folded, name)).max();
            let other = evidence
                .at(Place::Appointment)
                .filter(|l| !names(l) && self.people.doctor.is_match(&l.folded))
                .find(|l| shared_but(clause, &l.folded, name) > 0);
            // Only where the doctor has a visit of their own is it mixed up.
            let has_own_visit = evidence.at(Place::Appointment).any(names);
            if let Some(line) = other
                && has_own_visit
                && own_shared == Some(0)
            {
                found.at(
                    "contradicts_chart",
                    whole.range(),
                    "The chart has this visit with someone else.",
                    Some(&line.text),
                );
            }
        }
    }

    /// "In January you see Dr. A", where the chart has Dr. B in January.
    fn days_of_doctors(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for s in found.reading.sentences.clone() {
            let sentence = &text[s.clone()];
            let mut doctors = self.people.doctor.captures_iter(sentence);
            let (Some(c), None) = (doctors.next(), doctors.next()) else {
                continue;
            };
            let (Some(whole), Some(name)) = (c.get(0), c.get(1)) else {
                continue;
            };
            let meets = says_any(
                sentence,
                &[
                    "see",
                    "sees",
                    "seeing",
                    "visit",
                    "appointment",
                    "meet",
                    "ve",
                    "cita",
                ],
            ) || ["with ", "con el ", "con la "]
                .iter()
                .any(|w| sentence[..whole.start()].ends_with(w));
            let days: Vec<_> = self
                .dates
                .days(sentence)
                .into_iter()
                .filter(|d| d.month.is_some())
                .collect();
            // "Two days before you see Dr. A": the day is of something else.
            let beside = says_any(sentence, &["before", "after", "antes", "despues"]);
            // "It was Dr. A, on October 6": the note of that day names who.
            let told = !meets
                && says_any(
                    sentence,
                    &[
                        "was", "said", "told", "wrote", "stopped", "started", "fue", "dijo",
                    ],
                );
            let place = if told {
                Place::Note
            } else {
                Place::Appointment
            };
            if !(meets || told) || beside || days.len() != 1 || supposes(sentence) {
                continue;
            }
            let names = |l: &&Line| find_word(&l.folded, name.as_str()).is_some();
            let on_day = |l: &&Line| l.days.iter().any(|k| days[0].is_in(k));
            let own: Vec<&Line> = evidence.at(Place::Appointment).filter(names).collect();
            let other = evidence.at(place).find(|l| {
                !names(l) && on_day(l) && (!told || self.people.doctor.is_match(&l.folded))
            });
            let noted = evidence
                .lines
                .iter()
                .filter(|l| l.place != Place::Appointment)
                .any(|l| {
                    // A note that names several tells not whose day it is.
                    names(&l)
                        && on_day(&l)
                        && self.people.doctor.captures_iter(&l.folded).count() < 2
                });
            let at = s.start + whole.start()..s.start + whole.end();
            if let Some(line) = other
                && !own.is_empty()
                && !own.iter().any(on_day)
                && !noted
                && !found.is_marked(&at)
            {
                found.at(
                    "contradicts_chart",
                    at,
                    "The chart has this visit with someone else.",
                    Some(&line.text),
                );
            }
        }
    }

    /// "Cleared by an allergist", where nobody speaks of one.
    fn unknown_roles(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for c in self.people.by_role.captures_iter(text) {
            let (Some(whole), Some(role)) = (c.get(0), c.get(1)) else {
                continue;
            };
            let sentence = found.reading.sentence(whole.start());
            let clause = &text[clause_at(text, sentence, whole.start())];
            let stem = &role.as_str()[..role.as_str().floor_char_boundary(6)];
            let known = evidence.lines.iter().any(|l| l.folded.contains(stem));
            if !known && reports(clause) && !supposes(clause) && !found.is_marked(&whole.range()) {
                found.at(
                    "unsupported",
                    whole.range(),
                    "Neither the message nor the chart speaks of such a specialist.",
                    None,
                );
            }
        }
    }

    /// "Jo Marsh, the cardiologist", where the chart calls them a pharmacist.
    fn roles_named(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for c in self.people.role.captures_iter(text) {
            let (Some(name), Some(role)) = (c.name("name"), c.name("role")) else {
                continue;
            };
            let Some(own) = ROLES
                .iter()
                .find(|r| r.iter().any(|s| role.as_str().starts_with(s)))
            else {
                continue;
            };
            let lines = || {
                evidence
                    .lines
                    .iter()
                    .filter(|l| find_word(&l.folded, name.as_str()).is_some())
            };
            let says = |l: &Line, role: &[&str]| {
                role.iter().any(|s| {
                    if s.len() <= 3 {
                        find_word(&l.folded, s).is_some()
                    } else {
                        has_stem(&l.folded, s)
                    }
                })
            };
            let other = lines().find(|l| ROLES.iter().any(|r| r != own && says(l, r)));
            if let Some(line) = other
                && !lines().any(|l| says(l, own))
                && !found.is_marked(&role.range())
            {
                found.at(
                    "contradicts_chart",
                    role.range(),
                    "The chart gives this person another role.",
                    Some(&line.text),
                );
            }
        }
    }
}

/// How many telling words a clause and a line share beside a name.
fn shared_but(clause: &str, line: &str, name: &str) -> usize {
    shared(&clause.replace(name, ""), line)
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn a_day_of_visit_or_note_names_its_own_doctor() {
        let chart = json!({
            "appointments": ["2026-03-12 07:00 hernia repair, Dr. Paul Wirth", "2026-03-26 10:00 Dr. Ines Kolb, Cardiology"],
            "notes": ["2026-03-02: Hernia repair with Dr. Wirth 3/12, then Dr. Kolb.", "2026-02-20: Dr. Mara Sand: stop aspirin."],
        });
        holds(
            "who?",
            &chart,
            &[
                "Your hernia repair is with Dr. Wirth on Thursday, March 12.",
                "It was Dr. Sand, on February 20, who stopped it.",
            ],
            &[
                "Your hernia repair is with Dr. Kolb on Thursday, March 12.",
                "It was Dr. Kolb, on February 20, who stopped it.",
            ],
        );
    }

    #[test]
    fn a_relative_is_one_of_message_or_chart() {
        let chart = json!({"demographics": {"name": "Ines Varga", "age": "61 years"}, "notes": ["Sister has a key."]});
        holds(
            "I forget my drops",
            &chart,
            &["Your sister may help with the drops."],
            &["Your nephew's mother, or your uncle, may help with the drops."],
        );
        holds("she forgets her drops", &chart, &["Ask your uncle."], &[]);
    }

    #[test]
    fn a_visit_is_with_whom_the_chart_says() {
        let chart = json!({"appointments": ["2026-03-12 09:00 hernia repair, Dr. Ode", "2026-03-10 09:00 stress test, Dr. Pym"]});
        holds(
            "who?",
            &chart,
            &[
                "Dr. Ode will repair the hernia.",
                "Dr. Pym does the stress test.",
            ],
            &["Dr. Pym will repair the hernia."],
        );
    }

    #[test]
    fn a_role_is_the_charts() {
        let chart = json!({"appointments": ["2026-03-12 09:00 foot care, podiatrist Ana Rho"]});
        holds(
            "who?",
            &chart,
            &["You see Ana Rho, the podiatrist."],
            &["You see Ana Rho, the dermatologist."],
        );
    }
}
