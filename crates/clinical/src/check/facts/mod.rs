//! Numbers, doses, drugs, results, dates and times against message and chart.

mod advice;
mod alike;
mod allergens;
mod alternatives;
mod anybody;
mod blamed;
mod bound;
mod changed;
mod clauses;
mod conditions;
mod counts;
mod current;
mod days;
mod denied;
mod described;
mod differences;
mod doses;
mod events;
mod frequencies;
mod fulfilled;
mod goals;
mod governing;
mod lines;
mod named;
mod numbered;
mod ordinary;
mod people;
mod plain;
mod qualities;
mod rather;
mod reactions;
mod reckoned_days;
mod rounded;
mod specimens;
mod stale;
mod status;
mod sums;
mod supply;
mod tablets;
mod times;
mod told;
mod trend;
mod vague;
mod visits;
mod worded;

use super::drugs::Mention;
use super::evidence::{Evidence, Place, covers};
use super::{Case, Checks, Found};
pub(super) use bound::Bound;
pub(super) use clauses::{clause_at, shared, stem, topics};
pub(super) use conditions::Conditions;
pub(super) use counts::Counts;
pub(super) use denied::Denied;
pub(super) use described::Described;
use doses::is_list_marker;
pub(super) use doses::of_another;
pub(super) use events::Events;
pub(super) use goals::Goals;
pub(super) use named::Named;
pub(super) use numbered::Numbered;
pub(super) use people::People;
pub(super) use rather::Rather;
pub(super) use reactions::same_reaction;
pub(super) use rounded::Rounded;
pub(super) use status::Status;
use std::ops::Range;
pub(super) use tablets::Tablets;
pub(super) use told::Told;
pub(super) use trend::Trend;
pub(super) use vague::Vague;

/// Numbers that stand for themselves: emergency and help lines.
const KNOWN_NUMBERS: &[&str] = &[
    "911",
    "988",
    "1-800-222-1222",
    "1-800-799-7233",
    // HRSA, National Maternal Mental Health Hotline.
    "1-833-852-6262",
    "24/7",
    "211",
];

impl Checks {
    pub(super) fn facts(&self, case: &Case<'_>, evidence: &Evidence, found: &mut Found<'_>) {
        let text = found.reading.text().to_owned();
        let mut taken: Vec<Range<usize>> = KNOWN_NUMBERS
            .iter()
            .flat_map(|k| {
                text.match_indices(k)
                    .map(|(i, m)| i..i + m.len())
                    .collect::<Vec<_>>()
            })
            .collect();
        let mentions = self.drugs.find(&text);
        self.drugs_named(evidence, &mentions, found);
        self.qualities(evidence, &text, found);
        self.days_named(case, evidence, &text, &mut taken, found);
        self.pressures_named(evidence, &text, &mut taken, found);
        let frequencies = self.amounts.frequencies(&text);
        for f in &frequencies {
            if found.is_full() {
                return;
            }
            self.frequency(case, evidence, &text, f, &mentions, found);
            // "4 times a day" is one thing; "every day" may stand beside a number that is another.
            taken.push(f.at.clone());
        }
        for a in self.amounts.numbers(&text, &taken) {
            if found.is_full() {
                return;
            }
            if is_list_marker(&text, &a.at) {
                continue;
            }
            self.amount(case, evidence, &text, &a, &mentions, found);
        }
        self.worded(evidence, &text, &mentions, found);
        self.trends(evidence, &text, found);
        self.goals_named(evidence, &text, found);
        self.status_named(evidence, &text, &mentions, found);
        self.described(evidence, &text, found);
        self.bound(evidence, &text, &mentions, found);
        self.people_named(case, evidence, &text, found);
        self.vague_times(case, evidence, &text, found);
        self.counts_named(evidence, &text, &mentions, found);
        self.events_named(evidence, &text, found);
        self.conditions_named(evidence, &text, found);
        self.denied_findings(evidence, &text, found);
        self.stale_values(case, evidence, &text, found);
        self.current_doses(evidence, &text, &mentions, found);
        self.last_days(case, evidence, &text, found);
        self.changes_told(evidence, &text, &mentions, found);
        self.alternatives_named(evidence, &text, found);
        self.salts_named(evidence, &text, &mentions, found);
        self.names_told(case, evidence, &text, found);
        self.told_otherwise(case, evidence, &text, &mentions, found);
        self.numbered(evidence, &text, &mentions, found);
        self.one_of_two(evidence, &text, &mentions, found);
        self.allergens_listed(evidence, &text, found);
    }

    /// Drugs that neither message nor chart name.
    fn drugs_named(&self, evidence: &Evidence, mentions: &[Mention], found: &mut Found<'_>) {
        let text = found.reading.text().to_owned();
        for m in mentions {
            if found.is_full() {
                return;
            }
            let known = evidence.naming(&m.name).next().is_some()
                || (m.drug.is_none() && evidence.says(&m.name));
            if known || self.is_warned_of_as_charted(evidence, &text, m, found) {
                continue;
            }
            let near = evidence.at(Place::Medication).find(|l| {
                l.drugs
                    .iter()
                    .any(|d| self.drugs.siblings(d.drug, m.drug) || alike(&d.name, &m.name))
            });
            // "Foods with iron", "something that has vitamin C" names no drug; "take iron with food" does.
            let sentence = &text[found.reading.sentence(m.at.start)];
            if says_any(sentence, &self.lists.eaten_with)
                && !self.is_told_to_take(
                    &text[found.reading.sentence(m.at.start).start..m.at.start],
                    &text[m.at.end..],
                )
                && ["mineral", "vitamin", "supplement"]
                    .iter()
                    .any(|c| self.drugs.has_class(m.drug, c))
            {
                continue;
            }
            if self.is_no_drug_here(evidence, &text, m, sentence) {
                continue;
            }
            found.fact(
                m.at.clone(),
                near,
                "The chart names a drug like this, and not this one.",
                "Neither the message nor the chart names this drug.",
            );
            let only_told = self.is_only_told(evidence, &text, m, found);
            // "If you have an epinephrine pen, use it": first aid that is named for whoever has it.
            let first_aid = self.lists.first_aid.contains(&m.name)
                && ["if you have", "if there is", "si tiene"]
                    .iter()
                    .any(|w| sentence.contains(w))
                && near.is_none();
            // Offered as the safer one, without a dose, to somebody whose chart speaks neither of liver nor alcohol:
            // still told, and no reason to hold a reply back.
            let harmless = m.name == "acetaminophen"
                && near.is_none()
                && !evidence.lines.iter().any(|l| {
                    l.place != Place::Message
                        && self
                            .lists
                            .spares_the_liver
                            .iter()
                            .any(|w| l.folded.contains(w.as_str()))
                })
                && !sentence.contains(|c: char| c.is_ascii_digit());
            if (harmless || first_aid || only_told && near.is_none())
                && let Some(last) = found.list.last_mut()
            {
                last.serious = false;
            }
        }
    }

    /// "Apart from iron", to whoever takes doxycycline; a rinse of baking soda; "your calcium level".
    fn is_no_drug_here(
        &self,
        evidence: &Evidence,
        text: &str,
        m: &Mention,
        sentence: &str,
    ) -> bool {
        let apart = self.apart.iter().any(|p| {
            self.drugs.is_of(&p.names, m)
                && says_any(sentence, &p.said)
                && evidence
                    .at(Place::Medication)
                    .flat_map(|l| &l.drugs)
                    .any(|d| self.drugs.is_of(&p.of, d))
        });
        // "Iron 325 mg twice a day" is taken, whatever it stands beside.
        let behind = &text[m.at.end..];
        let dosed = behind
            .trim_start()
            .starts_with(|c: char| c.is_ascii_digit());
        let of_a_test = self.drugs.has_class(m.drug, "mineral")
            && self
                .lists
                .no_supplement
                .iter()
                .any(|w| behind.starts_with(w.as_str()));
        // "Too much milk can lower iron" speaks of the blood.
        let of_a_test = of_a_test
            || self.drugs.has_class(m.drug, "mineral")
                && ["low ", "lower ", "lowers ", "enough "]
                    .iter()
                    .any(|w| text[..m.at.start].ends_with(w));
        let rinsed =
            self.lists.household.contains(&m.name) && says_any(sentence, &self.lists.rinsed);
        // "No penicillin allergy on file": an allergy that is denied is no drug.
        let denied = behind.starts_with(" allerg")
            && [" no", "not have a", " sin"]
                .iter()
                .any(|n| format!(" {}", text[..m.at.start].trim_end()).ends_with(n))
            && !evidence
                .at(Place::Allergy)
                .any(|l| l.folded.contains(&m.name));
        apart && !dosed || of_a_test || rinsed || denied
    }

    /// "Stay off ibuprofen" where the chart says to avoid NSAIDs: the drug is a
    /// kind of what the chart warns of.
    fn is_warned_of_as_charted(
        &self,
        evidence: &Evidence,
        text: &str,
        m: &Mention,
        found: &Found<'_>,
    ) -> bool {
        let told = evidence
            .lines
            .iter()
            .any(|l| l.place != Place::Message && self.is_of_class(m, &l.folded));
        let told = told || self.is_unfit(evidence, m);
        let sentence = &text[found.reading.sentence(m.at.start)];
        told && (self.is_advised_against(text, m, found) || self.only_warns(sentence))
    }

    /// True when a drug that is bought does not go with one that the patient takes, or with a condition of theirs.
    pub(super) fn is_unfit(&self, evidence: &Evidence, m: &Mention) -> bool {
        let bought = ["nsaid", "decongestant"]
            .iter()
            .any(|c| self.drugs.has_class(m.drug, c));
        bought && self.is_dangerous_with_what_is_taken(evidence, m)
            || self.unfit.iter().any(|u| {
                self.drugs.is_of(&u.covers, m)
                    && evidence
                        .lines
                        .iter()
                        .filter(|l| l.place == Place::Problem)
                        .any(|l| u.conditions.iter().any(|c| l.folded.contains(c.as_str())))
            })
    }

    /// True for a drug that is dangerous together with one that the patient takes.
    pub(super) fn is_dangerous_with_what_is_taken(&self, evidence: &Evidence, m: &Mention) -> bool {
        let is = |list: &[String], m: &Mention| self.drugs.is_of(list, m);
        evidence
            .at(Place::Medication)
            .flat_map(|l| &l.drugs)
            .any(|d| {
                self.interactions
                    .iter()
                    .any(|i| is(&i.a, m) && is(&i.b, d) || is(&i.b, m) && is(&i.a, d))
            })
    }

    /// True when a line names a class that a drug is of.
    pub(super) fn is_of_class(&self, m: &Mention, line: &str) -> bool {
        CLASSES.iter().any(|(class, word)| {
            self.drugs.has_class(m.drug, class)
                    // "Rizatriptan" is one drug, "triptans" are a class.
                    && has_beginning(line, word)
        })
    }

    fn pressures_named(
        &self,
        evidence: &Evidence,
        text: &str,
        taken: &mut Vec<Range<usize>>,
        found: &mut Found<'_>,
    ) {
        for (at, value) in self.amounts.pressures(text) {
            if taken.iter().any(|t| t.start < at.end && at.start < t.end) {
                continue;
            }
            taken.push(at.clone());
            // "Above 180/120, call 911": a border of general advice, and no reading.
            let sentence = &text[found.reading.sentence(at.start)];
            let border = says_any(
                sentence,
                &[
                    "above",
                    "over",
                    "under",
                    "below",
                    "higher",
                    "lower",
                    "if",
                    "mas de",
                    "menos de",
                    "si",
                    "less than",
                    "reaches",
                    "normal",
                ],
            );
            let own_goal = says_any(sentence, &["goal", "target", "meta", "objetivo"]);
            if border && !own_goal && self.advice_pressures.contains(&value)
                || self.is_mean_of_readings(evidence, sentence, &value)
            {
                continue;
            }
            if !evidence.lines.iter().any(|l| l.pressures.contains(&value)) {
                let line = evidence
                    .lines
                    .iter()
                    .find(|l| l.place != Place::Message && !l.pressures.is_empty());
                const NOWHERE: &str = "Neither the message nor the chart has this reading.";
                found.fact(at, line, NOWHERE, NOWHERE);
            }
        }
    }
}

impl Checks {
    /// "Take iron with food", "a zinc supplement", "iron 325 mg", where "eat foods with iron" is of what is eaten.
    fn is_told_to_take(&self, before: &str, behind: &str) -> bool {
        let before = before.rsplit([';', ':']).next().unwrap_or(before);
        let ends = |w: &String| find_word(before, w).map(|at| at + w.len());
        let verb = self.lists.taken.iter().filter_map(ends).max();
        let eaten = |t: &str| says_any(t, &self.lists.eaten_with);
        // "Try to eat foods with iron": what is eaten stands between.
        let told = verb.is_some_and(|at| !eaten(&before[at..]));
        let behind = behind.trim_start();
        told || behind.starts_with(|c: char| c.is_ascii_digit())
            || !eaten(before)
                && self
                    .lists
                    .supplements
                    .iter()
                    .any(|f| behind.starts_with(f.as_str()))
    }
}

/// Classes as charts write them.
const CLASSES: &[(&str, &str)] = &[
    ("nsaid", "nsaid"),
    ("decongestant", "decongestant"),
    ("antihistamine", "antihistamine"),
    ("opioid", "opioid"),
    ("benzodiazepine", "benzo"),
    ("anticholinergic", "anticholinergic"),
    ("nitrate", "nitrate"),
    ("triptan", "triptan"),
    ("macrolide", "macrolide"),
    ("quinolone", "quinolone"),
    ("penicillin", "penicillin"),
    ("qt", "qt prolong"),
];

/// True when a word of a text begins so: "triptan" begins "triptans" and not "rizatriptan".
pub(super) fn has_beginning(text: &str, word: &str) -> bool {
    text.match_indices(word)
        .any(|(i, _)| !text[..i].ends_with(char::is_alphanumeric))
}

/// Where a word or two stand by themselves.
pub(super) fn find_word(text: &str, word: &str) -> Option<usize> {
    text.match_indices(word).map(|(i, _)| i).find(|&i| {
        let end = i + word.len();
        !text[..i]
            .chars()
            .next_back()
            .is_some_and(char::is_alphanumeric)
            && !text[end..]
                .chars()
                .next()
                .is_some_and(char::is_alphanumeric)
    })
}

/// True when one of some words, or of some groups of words, stands in a text by itself.
pub(super) fn says_any(text: &str, words: &[impl AsRef<str>]) -> bool {
    words.iter().any(|w| find_word(text, w.as_ref()).is_some())
}

/// True when a sentence names the test of a result line ("Hemoglobin A1c: 7.4 %").
fn names_the_test(sentence: &str, line: &str) -> bool {
    const ALSO: &[(&str, &[&str])] = &[
        ("a1c", &["a1c", "hba1c"]),
        ("hemoglobin", &["hemoglobin", "hgb", "blood count"]),
        ("tsh", &["thyroid", "tsh"]),
        ("potassium", &["potassium", "k"]),
        ("creatinine", &["kidney", "creatinine"]),
        ("egfr", &["kidney", "egfr", "gfr"]),
        ("ldl", &["ldl", "bad cholesterol", "cholesterol"]),
        ("hdl", &["hdl", "good cholesterol"]),
        ("glucose", &["glucose", "sugar"]),
        ("ferritin", &["iron", "ferritin"]),
        ("blood pressure", &["pressure", "bp"]),
        ("alt", &["liver", "alt"]),
        ("ast", &["liver", "ast"]),
        ("weight", &["weight", "weigh"]),
        ("psa", &["psa", "prostate"]),
        ("wbc", &["white", "wbc"]),
        ("platelet", &["platelet"]),
        ("vitamin d", &["vitamin d"]),
        ("hcg", &["pregnancy", "hcg"]),
        ("hgb", &["hemoglobin", "hgb"]),
        ("spo2", &["oxygen", "spo2"]),
        ("t-score", &["t-score", "bone density", "dexa"]),
    ];
    let name = line.split([':', '=']).next().unwrap_or(line);
    // "CD4 612 2026-10-08": the name ends where the first number stands by itself.
    let name = name
        .match_indices(' ')
        .find(|(i, _)| {
            name[i + 1..].starts_with(|c: char| c.is_ascii_digit() || matches!(c, '<' | '>'))
        })
        .map_or(name, |(i, _)| &name[..i]);
    let has = |w: &str| {
        sentence
            .split(|c: char| !c.is_alphanumeric())
            .any(|x| x == w || x.strip_suffix('s') == Some(w))
            || (w.contains([' ', '-']) && sentence.contains(w))
    };
    // A laboratory's letters stand for the whole name.
    const LETTERS: &[(&str, &[&str])] = &[
        ("k", &["potassium", "potasio"]),
        ("na", &["sodium", "sodio"]),
        ("hgb", &["hemoglobin", "hemoglobina"]),
        ("cr", &["creatinine", "kidney"]),
    ];
    if LETTERS
        .iter()
        .any(|(key, words)| name.trim() == *key && words.iter().any(|w| has(w)))
    {
        return true;
    }
    if ALSO
        .iter()
        .any(|(key, words)| name.contains(key) && words.iter().any(|w| has(w)))
    {
        // "LDL cholesterol" and "HDL cholesterol" are told apart by their first words.
        return match ["ldl", "hdl"].iter().find(|k| name.contains(**k)) {
            Some(k) => has(k) || !["ldl", "hdl"].iter().any(|x| has(x)),
            None => true,
        };
    }
    name.split(|c: char| !c.is_alphanumeric())
        .filter(|w| {
            w.len() >= 3
                && !matches!(
                    *w,
                    "blood"
                        | "total"
                        | "serum"
                        | "level"
                        | "free"
                        | "rate"
                        | "test"
                        | "the"
                        | "and"
                        | "score"
                )
        })
        .any(has)
}

/// True when two result lines are of one test: their words before the first number are the same.
fn is_same_test(a: &str, b: &str) -> bool {
    let name = |l: &str| {
        l.split(|c: char| c.is_ascii_digit()).next().map(|n| {
            n.trim_end_matches([' ', ':', '=', '(', '<', '>'])
                .to_owned()
        })
    };
    name(a) == name(b)
}

/// Look-alike names: a long beginning or few letters apart (ISMP's confused drug names).
fn alike(a: &str, b: &str) -> bool {
    let common = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    !covers(a, b)
        && (common >= 4
            || a.len() == b.len() && a.chars().zip(b.chars()).filter(|(x, y)| x != y).count() <= 2)
}
