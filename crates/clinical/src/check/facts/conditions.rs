//! Illnesses and operations that a reply tells of the reader: "after your lung surgery", "you aren't anemic
//! anymore". One that is neither in message nor chart is made up, and one that the chart has is not denied.

use super::super::evidence::{Evidence, Line, Place};
use super::super::{CheckError, Checks, Found, built};
use super::clauses::{clause_at, clauses, denies, has_stem, supposes};
use super::{find_word, says_any};
use regex::Regex;

/// Recognisers, compiled once.
#[derive(Debug)]
pub(in super::super) struct Conditions {
    /// "Your lung surgery", "his sickle cell disease".
    owned: Regex,
    /// "Su cirugia de rodilla".
    owned_es: Regex,
    /// "You aren't anemic", "you no longer have gout".
    denied: Regex,
}

/// Words before an illness that name no part of it.
const PLAIN: &[&str] = &[
    "recent",
    "last",
    "first",
    "second",
    "third",
    "next",
    "upcoming",
    "new",
    "old",
    "own",
    "long",
    "chronic",
    "acute",
    "mild",
    "severe",
    "serious",
    "possible",
    "current",
    "past",
    "recurrent",
    "planned",
    "scheduled",
    "big",
    "small",
    "minor",
    "major",
    "left",
    "right",
    "open",
    "day",
    "and",
    "the",
    "of",
    "or",
    "to",
    "for",
    "in",
    "is",
    "with",
    "after",
    "before",
    "has",
    "had",
    "was",
    "earlier",
    "previous",
    "underlying",
    "bad",
    "common",
    "viral",
    "bacterial",
];

/// Parts of the body as people call them, and the stems by which charts do.
/// Source: MedlinePlus, understanding medical words.
const PARTS: &[&[&str]] = &[
    &[
        "heart", "cardi", "coronar", "corazon", "valv", "atrial", "ventric", "ejection", "cabg",
        "stent",
    ],
    &[
        "lung", "pulm", "pneumo", "bronch", "lobect", "thorac", "copd", "epoc", "asthma", "emphys",
    ],
    &[
        "kidney",
        "renal",
        "nephr",
        "nefr",
        "ckd",
        "rinon",
        "dialysis",
        "creatinin",
        "egfr",
    ],
    &["liver", "hepat", "cirrh", "higado"],
    &[
        "gallbladder",
        "cholecyst",
        "colecist",
        "vesicula",
        "gallst",
        "bile",
    ],
    &["womb", "uter", "hyster", "histerect", "matriz", "fibroid"],
    &["breast", "mastect", "mama", "lumpect", "seno"],
    &[
        "bowel", "colon", "colect", "intestin", "rectal", "sigmoid", "crohn", "colitis", "ibd",
    ],
    &[
        "stomach",
        "gastr",
        "estomago",
        "bariatric",
        "belly",
        "abdom",
        "weight",
    ],
    &[
        "eye", "cataract", "ocul", "ojo", "retin", "glauc", "cornea", "macul",
    ],
    &["ear", "otitis", "tympan", "oido"],
    &["knee", "rodilla", "menisc", "acl", "tka", "patell"],
    &["hip", "cadera", "femor", "tha"],
    &["shoulder", "hombro", "rotator", "supraspin"],
    &[
        "back", "spin", "lumbar", "disc", "espalda", "columna", "lamin",
    ],
    &[
        "foot", "feet", "toe", "ankle", "pie", "bunion", "heel", "plantar", "tobillo",
    ],
    &[
        "hand", "wrist", "finger", "thumb", "carpal", "mano", "muneca", "trigger", "radius",
    ],
    &[
        "skin", "derm", "piel", "mohs", "melanom", "basal", "cellulit",
    ],
    &[
        "blood", "anemi", "hemat", "leuk", "lymph", "sickle", "thromb", "embol", "clot", "dvt",
    ],
    &["bladder", "urin", "uti", "cyst", "vejiga", "tract"],
    &["prostate", "prostat", "turp", "bph"],
    &["thyroid", "tiroid", "graves", "hashimoto"],
    &["brain", "cerebr", "crani", "stroke", "mening"],
    &["sinus", "rhino", "nasal", "septo"],
    &["throat", "pharyn", "tonsil", "garganta", "strep"],
    &["tooth", "teeth", "dental", "molar", "diente", "muela"],
    &["jaw", "mandib", "tmj", "mandibula"],
    &["bone", "fract", "osteo", "hueso"],
    &["c-section", "cesarean", "cesarea", "section"],
    &["hernia", "inguinal", "umbilical", "hiatal", "mesh"],
    &["yeast", "candid", "vagin"],
];

/// Words of a line that tells of what may be, or of somebody else.
const NOT_OWN: &[&str] = &[
    "family",
    "mother",
    "father",
    "brother",
    "sister",
    "screen",
    "screening",
    "risk",
    "ruled out",
    "rule out",
    "concern",
    "possible",
    "history of",
    "resolved",
    "hx",
    "prevent",
    "familiar",
    "if",
];

/// Endings of illnesses and of the words for those who have them.
/// Source: MedlinePlus, understanding medical words.
const ILL: &[&str] = &[
    "emia",
    "emic",
    "itis",
    "osis",
    "otic",
    "betes",
    "betic",
    "thma",
    "matic",
    "pathy",
    "nea",
    "oma",
    "ension",
    "ensive",
    "gout",
    "ancer",
    "pregnant",
    "idism",
    "allergic",
    "anemica",
    "anemico",
    "gota",
    "embarazada",
    "infected",
    "infection",
    "migraine",
    "migraines",
    "epilepsy",
    "psoriasis",
    "eczema",
    "shingles",
    "arrhythmia",
    "jaundice",
    "hernia",
    "ulcer",
    "ulcers",
    "asma",
    "herpes",
    "stones",
    "diabetica",
    "diabetico",
];

impl Conditions {
    pub(in super::super) fn new() -> Result<Self, CheckError> {
        Ok(Self {
            owned: built(
                r"\b(?:your|his|her|their) (?P<what>(?:[a-z'-]+ ){1,3}?)(?P<head>surgery|operation|disease|syndrome|disorder|graft|transplant|replacement|implant|amputation|infection|injury|fracture|cancer|tumor|failure|deficiency|aneurysm|embolism|blockage)\b",
            )?,
            owned_es: built(
                r"\bsus? (?P<head>cirugia|operacion|enfermedad|sindrome|trasplante|protesis|fractura|infeccion|cancer|tumor|insuficiencia) (?:(?:de|del|en|por) (?:la |el |los |las )?)?(?P<what>[a-z]{4,})\b",
            )?,
            denied: built(
                r"\b(?:(?:you|he|she) (?:aren't|are not|isn't|is not|no longer (?:have|has)|(?:don't|doesn't|do not|does not) have)|(?:you're|he's|she's) (?:not|no longer)|ya no (?:tiene|es|esta)|(?:usted )?no (?:tiene|padece)) (?:(?:any|a|an|the|your|still|really|actually|de|la|el) )*(?P<what>[a-z]{4,})",
            )?,
        })
    }
}

impl Checks {
    pub(super) fn conditions_named(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        let all = self.conditions.owned.captures_iter(text);
        for c in all.chain(self.conditions.owned_es.captures_iter(text)) {
            let (Some(whole), Some(what), Some(head)) = (c.get(0), c.name("what"), c.name("head"))
            else {
                continue;
            };
            let sentence = found.reading.sentence(whole.start());
            let clause = &text[clause_at(text, sentence.clone(), whole.start())];
            let telling: Vec<&str> = what
                .as_str()
                .split_whitespace()
                .filter(|w| w.len() >= 3 && !PLAIN.contains(w))
                .collect();
            let guarded = says_any(
                clause,
                &["risk", "signs", "sign", "prevent", "prevents", "riesgo"],
            );
            if telling.is_empty()
                || guarded
                || supposes(clause)
                || text[sentence].trim_end().ends_with('?')
                || found.is_marked(&whole.range())
            {
                continue;
            }
            // "Your ankle fracture", where the chart has a fracture by the bone's own name.
            let by_head = matches!(
                head.as_str(),
                "infection" | "injury" | "fracture" | "infeccion" | "fractura"
            ) && evidence
                .lines
                .iter()
                .any(|l| l.place != Place::Medication && has_stem(&l.folded, head.as_str()));
            if !by_head
                && !telling.iter().any(|w| self.is_spoken_of(evidence, w))
                && !is_spoken_of_by_letters(evidence, whole.as_str())
            {
                found.at(
                    "unsupported",
                    whole.range(),
                    "Neither the message nor the chart speaks of this.",
                    None,
                );
            }
        }
        denied_conditions(&self.conditions, evidence, text, found);
    }

    /// True when a word, or the body's part that it names, stands in message or chart.
    fn is_spoken_of(&self, evidence: &Evidence, word: &str) -> bool {
        let bare = word.trim_end_matches("'s").trim_end_matches('s');
        let has = |w: &str| {
            evidence.lines.iter().any(|l| {
                l.folded
                    .split(|c: char| !c.is_alphanumeric())
                    .any(|x| x.starts_with(w))
            })
        };
        let plain = |n: &String| n.trim_start_matches(['~', '!']).to_owned();
        has(&bare[..bare.floor_char_boundary(bare.len().min(6))])
            || PARTS
                .iter()
                .filter(|p| p.iter().any(|s| bare.starts_with(s)))
                .any(|p| p.iter().any(|s| has(s)))
            || self.things.iter().any(|names| {
                names.iter().any(|n| plain(n).split(' ').any(|w| w == word))
                    && names.iter().any(|n| {
                        evidence
                            .lines
                            .iter()
                            .any(|l| find_word(&l.folded, &plain(n)).is_some())
                    })
            })
    }
}

/// "Your chronic kidney disease", where the chart writes its letters: CKD.
fn is_spoken_of_by_letters(evidence: &Evidence, phrase: &str) -> bool {
    let words: Vec<&str> = phrase.split([' ', '-']).skip(1).collect();
    (0..words.len()).any(|from| {
        let letters: String = words[from..]
            .iter()
            .filter_map(|w| w.chars().next())
            .collect();
        letters.len() >= 2 && evidence.says(&letters)
    })
}

/// "You aren't anemic anymore", where a problem or note says that the patient is.
fn denied_conditions(
    conditions: &Conditions,
    evidence: &Evidence,
    text: &str,
    found: &mut Found<'_>,
) {
    for c in conditions.denied.captures_iter(text) {
        let (Some(whole), Some(what)) = (c.get(0), c.name("what")) else {
            continue;
        };
        let sentence = found.reading.sentence(whole.start());
        let what = what.as_str();
        if text[sentence.clone()].trim_end().ends_with('?')
            || supposes(&text[clause_at(text, sentence, whole.start())])
            || !ILL.iter().any(|e| what.ends_with(e))
            || found.is_marked(&whole.range())
        {
            continue;
        }
        let parts = |l: &Line, denied: bool| {
            clauses(&l.folded, 0..l.folded.len()).into_iter().any(|c| {
                l.folded[c]
                    .split(". ")
                    .any(|p| has_stem(p, what) && denied == denies(p) && !says_any(p, NOT_OWN))
            })
        };
        let lines = || {
            evidence
                .lines
                .iter()
                .filter(|l| matches!(l.place, Place::Problem | Place::Note))
        };
        if let Some(line) = lines().find(|l| parts(l, false))
            && !lines().any(|l| parts(l, true))
        {
            found.at(
                "contradicts_chart",
                whole.range(),
                "The chart says that this is so.",
                Some(&line.text),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn an_illness_that_is_told_of_the_reader_is_in_the_chart() {
        let chart = json!({
            "problems": ["Cholecystectomy 2026-02-20", "CKD stage 3"],
            "medications": ["Ramipril 5 mg daily"],
        });
        holds(
            "walk? my ankle sprain too",
            &chart,
            &[
                "Walk a little after your gallbladder surgery.",
                "With your chronic kidney disease, drink as you were told.",
                "Your ankle injury needs ice.",
            ],
            &[
                "Walk a little after your spine surgery.",
                "With your celiac disease, keep off bread.",
                "Since your liver transplant is new, rest.",
                "Por su trasplante de higado, descanse.",
            ],
        );
    }

    #[test]
    fn what_the_chart_has_is_not_denied() {
        let chart = json!({
            "problems": ["Hypothyroidism", "Gout"],
            "notes": ["2026-03-02: Anemia. No bronchitis."],
        });
        holds(
            "am I ok?",
            &chart,
            &["You don't have bronchitis.", "You aren't pregnant."],
            &[
                "You're no longer anemic.",
                "Ya no tiene anemia.",
                "You no longer have hypothyroidism.",
            ],
        );
    }
}
