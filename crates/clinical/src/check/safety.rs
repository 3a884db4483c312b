//! Allergies and dangerous pairs of drugs.

use super::drugs::Mention;
use super::evidence::{Evidence, Line, Place, covers};
use super::facts::{clause_at, find_word, same_reaction, says_any, stem, topics};
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
            .filter(|l| !is_denied(l))
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
                let cause = cause(line);
                let direct = self
                    .drugs
                    .find(cause)
                    .iter()
                    .any(|d| covers(&d.name, &m.name));
                let group = self.allergy_groups.iter().any(|g| {
                    g.words.iter().any(|w| cause.contains(w.as_str()))
                        && self.drugs.is_of(&g.covers, m)
                });
                let class = self.drugs.find(cause).iter().any(|d| {
                    self.allergy_groups
                        .iter()
                        .any(|g| self.drugs.is_of(&g.covers, d) && self.drugs.is_of(&g.covers, m))
                });
                if (direct || group || class)
                    && !self.tells_the_history(text, m, found)
                    && !self.is_an_example(text, m, found)
                    && !tells_the_reaction(text, m, line, found)
                    && !is_by_another_route(evidence, text, m, line, found)
                    && !self.is_advised_against(text, m, found)
                {
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

    /// What an allergy of the chart names and the list of drugs does not know:
    /// tape, latex, a food. It is a conflict where the reply tells to use it.
    pub(super) fn allergens(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for line in evidence.at(Place::Allergy).filter(|l| !is_denied(l)) {
            for word in cause(line)
                .split(|c: char| !c.is_alphanumeric())
                .filter(|w| w.len() >= SHORTEST_ALLERGEN && !VAGUE.contains(w))
            {
                let Some(start) = find_word(text, word) else {
                    continue;
                };
                let m = Mention {
                    at: start..start + word.len(),
                    drug: None,
                    name: word.to_owned(),
                };
                let sentence = &text[found.reading.sentence(start)];
                if says_any(sentence, USES)
                    && !found.is_marked(&m.at)
                    && !self.is_advised_against(text, &m, found)
                {
                    found.at(
                        "allergy_conflict",
                        m.at,
                        "The chart lists an allergy to this.",
                        Some(&line.text),
                    );
                }
            }
        }
    }

    /// "Aspirin was stopped on November 16", "la aspirina se suspendio": what
    /// was stopped is not advised.
    fn tells_the_history(&self, text: &str, m: &Mention, found: &Found<'_>) -> bool {
        let sentence = &text[found.reading.sentence(m.at.start)];
        self.drug_stopped.is_match(sentence) && !advises(sentence)
    }

    /// True when a sentence tells to keep off something and to use nothing.
    pub(super) fn only_warns(&self, sentence: &str) -> bool {
        self.phrases.avoid.is_match(sentence) && !advises(sentence)
    }

    /// Drugs that are dangerous together with one the patient takes.
    pub(super) fn pairs(
        &self,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        let is = |list: &[String], m: &Mention| self.drugs.is_of(list, m);
        for m in mentions {
            if evidence
                .at(Place::Medication)
                .any(|l| l.drugs.iter().any(|d| covers(&d.name, &m.name)))
                || self.tells_the_history(text, m, found)
                || self.is_advised_against(text, m, found)
                || evidence
                    .at(Place::Allergy)
                    .any(|l| tells_the_reaction(text, m, l, found))
            {
                continue;
            }
            // "While you take it, no simvastatin": the other of the two is kept off.
            let kept_off = |d: &Mention| {
                mentions
                    .iter()
                    .any(|o| o.name == d.name && self.is_advised_against(text, o, found))
            };
            let hit = evidence.at(Place::Medication).find_map(|l| {
                l.drugs.iter().filter(|d| !kept_off(d)).find_map(|d| {
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
    pub(super) fn is_advised_against(&self, text: &str, m: &Mention, found: &Found<'_>) -> bool {
        let sentence = found.reading.sentence(m.at.start);
        // "If that isn't enough, try …": a condition denies nothing of what follows it.
        let words_before = after_condition(&text[sentence.start..m.at.start]);
        let near: Vec<&str> = words_before.split_whitespace().rev().take(7).collect();
        let near = near.into_iter().rev().collect::<Vec<_>>().join(" ");
        if self.phrases.avoid.is_match(&near) && !self.keep_on.is_match(&near) {
            return true;
        }
        // "Stay away from ibuprofen, Aleve and aspirin-type products like Excedrin": a list goes on as it began.
        let row = words_before
            .rsplit([';', ':', '.'])
            .next()
            .unwrap_or(words_before);
        let begins = row.trim_start().trim_start_matches("please ").trim_start();
        if KEEP_OFF.iter().any(|w| begins.starts_with(w)) && !advises(row) && !row.contains(" but ")
        {
            return true;
        }
        // A name of two words may end behind its sentence: "ethinyl! estradiol".
        let after = text.get(m.at.end..sentence.end).unwrap_or("");
        if self.unsuited.is_match(after) || self.reacted.is_match(after) {
            return true;
        }
        let advises = advises(&text[sentence.clone()]);
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

/// Words with which a list of what to keep off begins.
const KEEP_OFF: &[&str] = &[
    "avoid",
    "stay away from",
    "steer clear of",
    "keep away from",
    "skip ",
    "no ",
    "evite",
    "do not use",
    "don't use",
];

/// Words that join a drug to a reaction that it caused.
const CAUSED: &[&str] = &[
    "gave", "gives", "give you", "cause", "causes", "caused", "because", "since", "given", "after",
    "from", "with", "about", "due to", "made", "makes", "got", "get", "had", "allergy", "allergic",
    "reaction", "knows", "aware", "tell", "dio", "da", "causo", "causa", "produce", "produjo",
    "porque", "por", "provoco", "provoca", "alergia", "alergica", "alergico", "reaccion", "saca",
];

/// "Tell them about the hives you get from cefazolin": the reaction of the chart is told beside its
/// cause, and nothing is advised. "Take cefazolin for the hives" advises.
fn tells_the_reaction(text: &str, m: &Mention, line: &Line, found: &Found<'_>) -> bool {
    let Some((_, reaction)) = line.folded.split_once([':', '(']) else {
        return false;
    };
    let sentence = found.reading.sentence(m.at.start);
    let words = &text[sentence.clone()];
    let clause = &text[clause_at(text, sentence, m.at.start)];
    let advised = ADVISES
        .iter()
        .chain(SUITS)
        .any(|a| *a != "give" && find_word(clause, a).is_some())
        || [
            "for the ",
            "for your ",
            "for ",
            "para la ",
            "para el ",
            "contra ",
        ]
        .iter()
        .any(|p| topics(reaction).any(|t| words.contains(&format!("{p}{}", stem(t)))));
    !advised && same_reaction(words, reaction) && says_any(words, CAUSED)
}

/// Words that call a drug suitable.
const SUITS: &[&str] = &[
    "is fine",
    "is safe",
    "is okay",
    "is ok",
    "are fine",
    "are safe",
    "you can have",
    "works well",
    "sent",
    "prescrib",
    "esta bien",
    "es seguro",
    "receta",
];

/// Ways by which a drug is given, each by all its words.
const ROUTES: &[&[&str]] = &[
    &["oral", "mouth", "pills", "tablets", "boca", "tabletas"],
    &[
        "iv",
        "intravenous",
        "infusion",
        "infusions",
        "drip",
        "intravenoso",
        "intravenosa",
        "infusiones",
    ],
    &[
        "topical", "cream", "ointment", "gel", "topico", "topica", "crema",
    ],
    &["injection", "injected", "shot", "inyeccion", "inyectable"],
    &["inhaled", "inhaler", "nebulized", "inhalado"],
    &["eye drops", "drops", "gotas"],
];

/// "Oral iron: vomiting" says nothing against the infusions that the chart lists.
fn is_by_another_route(
    evidence: &Evidence,
    text: &str,
    m: &Mention,
    allergy: &Line,
    found: &Found<'_>,
) -> bool {
    let cause = cause(allergy);
    let by = |t: &str, route: &[&str]| says_any(t, route);
    let Some(own) = ROUTES.iter().find(|r| by(cause, r)) else {
        return false;
    };
    let sentence = &text[found.reading.sentence(m.at.start)];
    !by(sentence, own)
        && evidence
            .at(Place::Medication)
            .filter(|l| {
                l.drugs.iter().any(|d| covers(&d.name, &m.name))
                    || find_word(&l.folded, &text[m.at.clone()]).is_some()
            })
            .any(|l| ROUTES.iter().any(|r| r != own && by(&l.folded, r)))
}

/// Words that advise a drug.
const ADVISES: &[&str] = &[
    "go ahead",
    "take",
    "use",
    "give",
    "try",
    "start",
    "add",
    "puede tomar",
    "tome",
    "course of",
];

/// True when a text advises a drug.
fn advises(text: &str) -> bool {
    says_any(text, ADVISES)
}

/// Letters of the shortest word that is looked for as an allergen.
const SHORTEST_ALLERGEN: usize = 5;

/// Words of an allergy's cause that name nothing by themselves.
const VAGUE: &[&str] = &[
    "allergy",
    "allergies",
    "drugs",
    "medication",
    "medications",
    "other",
    "seasonal",
    "local",
    "known",
    "oral",
    "topical",
    "products",
];

/// Words that tell to use something.
const USES: &[&str] = &[
    "take", "use", "apply", "put", "try", "start", "give", "hold", "cover", "wear", "eat", "wrap",
    "okay", "fine", "safe", "go ahead", "tome", "aplique", "ponga", "coma",
];

/// What causes a reaction stands before the colon or the bracket.
fn cause(line: &Line) -> &str {
    line.folded.split([':', '(']).next().unwrap_or(&line.folded)
}

/// True for an entry that says there is no allergy: "NKDA", "Aspirin: none",
/// "No egg allergy". "No known food allergies; penicillin: hives" names a drug
/// behind the denial all the same.
fn is_denied(line: &Line) -> bool {
    const NONE: &[&str] = &[
        "no known",
        "nkda",
        "nka",
        "none",
        "no allerg",
        "ningun",
        "sin alerg",
        "niega",
        "denies",
    ];
    let begins = |text: &str| NONE.iter().any(|n| text.trim_start().starts_with(n));
    let (first, rest) = line.folded.split_once(':').unwrap_or((&line.folded, ""));
    let no_such = first.starts_with("no ") && first.contains("allerg");
    match rest {
        "" => begins(first) && line.drugs.is_empty() || no_such && !first.contains(';'),
        // "Sulfa: none listed" may be an allergy whose reaction nobody wrote down.
        _ => begins(rest) && !is_unrecorded(rest) || rest.trim_start().starts_with("toler"),
    }
}

/// True where it is the reaction that is missing, and not the allergy.
fn is_unrecorded(reaction: &str) -> bool {
    [
        "listed",
        "recorded",
        "documented",
        "noted",
        "specified",
        "reaction",
        "registrad",
        "anotad",
    ]
    .iter()
    .any(|w| reaction.contains(w))
}

/// What stands behind a condition at the beginning of a sentence.
fn after_condition(before: &str) -> &str {
    let trimmed = before.trim_start();
    let conditional = [
        "if ", "when ", "since ", "because ", "as ", "si ", "cuando ",
    ]
    .iter()
    .any(|w| trimmed.starts_with(w));
    match trimmed.split_once(", ") {
        Some((_, rest)) if conditional => rest,
        _ => trimmed,
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::holds;
    use serde_json::json;

    #[test]
    fn a_mineral_is_named_apart_from_the_charts_drug_or_in_food_and_else_it_is_one() {
        holds(
            "how do I take it?",
            &json!({"medications": ["Doxycycline 100 mg BID"], "results": ["calcium 9.4 mg/dL (2026-02-10)"]}),
            &[
                "Don't take it together with antacids or iron.",
                "Foods with magnesium are fine.",
                "Your calcium level was 9.4.",
            ],
            &[
                "Magnesium helps with the cramps.",
                "Take iron 325 mg with it.",
                "Vitamin K is fine to start.",
            ],
        );
    }

    #[test]
    fn an_allergy_that_the_chart_denies_is_none() {
        for denied in [
            "Naproxen: none",
            "Naproxeno: ninguna",
            "No naproxen allergy",
            "Naproxen: tolerates",
        ] {
            let chart = json!({"medications": ["Naproxen 250 mg BID"], "allergies": [denied]});
            holds("ok?", &chart, &["Take naproxen 250 mg twice a day."], &[]);
        }
        for listed in [
            "Naproxen: none listed",
            "Naproxen: hives",
            "No known food allergies; naproxen",
        ] {
            let chart = json!({"medications": ["Naproxen 250 mg BID"], "allergies": [listed]});
            holds("ok?", &chart, &[], &["Take naproxen 250 mg twice a day."]);
        }
    }

    #[test]
    fn what_causes_a_reaction_is_told_and_not_advised() {
        let chart = json!({"allergies": ["Penicillin: hives"]});
        holds(
            "penicillin?",
            &chart,
            &[
                "Your chart lists a penicillin allergy.",
                "Avise que la penicilina le causa ronchas.",
            ],
            &[
                "Take penicillin for the hives.",
                "If that isn't enough, try penicillin.",
                "Take penicillin right away.",
            ],
        );
    }

    #[test]
    fn a_drug_that_is_named_as_not_to_be_taken_is_no_conflict() {
        let chart = json!({
            "medications": ["Ferric carboxymaltose 750 mg IV once", "Iron infusion IV monthly"],
            "allergies": ["Codeine (itching)", "Oral iron (constipation)", "Ketorolaco (ronchas)"],
        });
        holds(
            "pain?",
            &chart,
            &[
                "Codeine isn't for you.",
                "The surgeon knows about the itching you had with codeine.",
                "Codeina no, por la comezon.",
                "El ketorolaco le dio ronchas, asi que dígaselo al dentista.",
                "The next infusion of iron is on its way.",
            ],
            &[
                "Take codeine for the itching.",
                "Take iron by mouth.",
                "Tome ketorolaco con comida.",
            ],
        );
    }

    #[test]
    fn a_pair_of_which_one_is_kept_off_is_no_pair() {
        let chart = json!({
            "medications": ["Lovastatin 20 mg nightly"],
            "notes": ["2026-03-02: Clarithromycin 500 mg BID for 7 days sent. Stop lovastatin meanwhile."],
        });
        holds(
            "both?",
            &chart,
            &["While you take clarithromycin, no lovastatin, please."],
            &["Take clarithromycin with food."],
        );
    }

    #[test]
    fn an_allergen_that_is_no_drug_is_found_where_it_is_advised() {
        let chart = json!({"allergies": ["Adhesive bandage: blisters"]});
        holds(
            "my cut?",
            &chart,
            &[
                "Tell the nurse about adhesive.",
                "Please don't use adhesive strips.",
            ],
            &["Cover it and hold it with adhesive strips."],
        );
    }

    #[test]
    fn what_a_drug_is_good_for_is_no_warning() {
        let chart = json!({"medications": ["Lithium 300 mg BID"], "notes": ["Naproxen at home."]});
        holds(
            "knee?",
            &chart,
            &[],
            &["Take naproxen with food for the swelling."],
        );
    }

    #[test]
    fn a_kind_of_what_the_chart_warns_of_is_warned_of() {
        let chart = json!({"notes": ["2026-03-02: Avoid NSAIDs."]});
        holds(
            "kidneys?",
            &chart,
            &["Keep off ibuprofen.", "Keep off clarithromycin."],
            &["Take ibuprofen."],
        );
    }
}
