//! What a reply says was done or is to be changed: orders and referrals that
//! nobody made, drugs to stop or double, the wrong side of the body. A reply may
//! say them when the chart does.

use super::amounts::Amount;
use super::drugs::Mention;
use super::evidence::{Evidence, Line, Place};
use super::facts::shared;
use super::{Checks, Found};

/// Stems by which a chart says that something was ordered or is planned.
const ORDERED: &[&str] = &[
    "order", "refer", "request", "plan", "schedul", "due", "repeat", "recheck", "prescri",
    "pending", "program", "pedid", "every",
];
/// Stems by which a chart says that a drug is to be changed.
const CHANGED: &[&str] = &[
    "stop",
    "hold",
    "skip",
    "taper",
    "increas",
    "decreas",
    "reduc",
    "chang",
    "titrat",
    "double",
    "extra",
    "discontinu",
    "suspend",
    "dej",
    "until",
    "if ",
];

impl Checks {
    pub(super) fn claims(&self, evidence: &Evidence, found: &mut Found<'_>) {
        let text = found.reading.text().to_owned();
        let chart = || evidence.lines.iter().filter(|l| l.place != Place::Message);
        for m in self.order.find_iter(&text) {
            let sentence = found.reading.sentence(m.start());
            let words = &text[sentence.clone()];
            if words.trim_end().ends_with('?') || found.is_marked(&m.range()) {
                continue;
            }
            // What is booked or ordered may be told by the visit itself; what was signed or is closed may not.
            let booked = [
                "order",
                "refer",
                "request",
                "plan",
                "arrang",
                "schedul",
                "want",
                "prescri",
                "draw",
                "pedido",
                "like",
                "recommend",
                "asked",
            ]
            .iter()
            .any(|s| m.as_str().contains(s));
            let said = chart().any(|l| {
                (booked && l.place == Place::Appointment
                    || (if booked {
                        ORDERED.iter().any(|s| l.folded.contains(s))
                    } else {
                        same_verb(m.as_str(), &l.folded)
                    }))
                    && shared(&without(words, m.as_str()), &l.folded) > 0
            });
            if !said {
                found.at(
                    "unsupported",
                    m.range(),
                    "Neither the message nor the chart says that this was done or planned.",
                    None,
                );
            }
        }
        for m in self.drug_change.find_iter(&text) {
            let sentence = found.reading.sentence(m.start());
            let before = text[sentence.start..m.start()].trim_end();
            // "Do not stop", "before you skip", "ask before you stop": nothing is changed.
            let denied = [
                "not", "n't", "never", "without", "before", "to", "if", "you", "when", "unless",
                "whether", "no", "until", "or", "nor",
            ]
            .iter()
            .any(|w| {
                before
                    .rsplit(|c: char| !c.is_alphanumeric() && c != '\'')
                    .take(2)
                    .any(|x| x == *w || w.starts_with('n') && *w == "n't" && x.ends_with("n't"))
            });
            if denied || found.is_marked(&m.range()) {
                continue;
            }
            // "Skip aged cheese while you take phenelzine": what is skipped stands before the next clause.
            let clause = clause_of(&text[m.start()..sentence.end]);
            let named = self.drugs.find(clause);
            let listed = |d: &Mention| {
                evidence
                    .at(Place::Medication)
                    .any(|l| l.drugs.iter().any(|k| k.name == d.name))
            };
            // To keep off what nobody takes changes nothing.
            let kept_off = ["skip", "stop"].iter().any(|w| m.as_str().contains(w))
                && !named.is_empty()
                && !named.iter().any(listed);
            if kept_off || self.is_as_listed(evidence, m.as_str()) {
                continue;
            }
            // "Please skip deodorant" changes no drug.
            let of_a_drug = !named.is_empty()
                || [
                    "dose",
                    "pill",
                    "tablet",
                    "injection",
                    "medic",
                    "insulin",
                    " mg",
                    "dosis",
                    "pastilla",
                    "double",
                ]
                .iter()
                .any(|w| clause.contains(w));
            if !of_a_drug {
                continue;
            }
            let said = chart().any(|l| {
                CHANGED.iter().any(|s| says_undenied(&l.folded, s))
                    && has_numbers(l, &self.amounts.numbers(m.as_str(), &[]))
                    && (named.is_empty()
                        || l.drugs
                            .iter()
                            .any(|d| named.iter().any(|n| n.name == d.name))
                        || shares_a_topic(&text[sentence.clone()], &l.folded, ""))
            });
            if !said {
                found.at(
                    "unsupported",
                    m.range(),
                    "This changes how a drug is taken, and the chart does not say so.",
                    None,
                );
            }
        }
        for c in self.side.captures_iter(&text) {
            let (side, part) = match (c.get(1), c.get(2), c.get(3), c.get(4)) {
                (Some(side), Some(part), ..) | (_, _, Some(part), Some(side)) => (side, part),
                _ => continue,
            };
            let stem = |s: &str| s.trim_end_matches('s').to_owned();
            let part_word = stem(part.as_str());
            let other = opposite(side.as_str());
            let lines: Vec<&Line> = evidence
                .lines
                .iter()
                .filter(|l| l.folded.contains(&part_word))
                .collect();
            // "Surgery on the right eye" is told by the line on the surgery, where there is one.
            let sentence = &text[found.reading.sentence(side.start())].replace(&part_word, " ");
            let (on_topic, others): (Vec<&Line>, Vec<&Line>) = lines
                .into_iter()
                .partition(|l| l.place != Place::Message && shared(sentence, &l.folded) > 0);
            let lines = if on_topic.is_empty() {
                others
            } else {
                on_topic
            };
            let says = |l: &&Line, side: &str| l.folded.contains(side);
            let own = side.as_str().trim_end_matches(['o', 'a']);
            if let Some(line) = lines.iter().find(|l| says(l, other))
                && !lines
                    .iter()
                    .any(|l| says(l, own) || l.folded.contains("both"))
            {
                let at = side.start().min(part.start())..side.end().max(part.end());
                if !found.is_marked(&at) {
                    found.at(
                        "contradicts_chart",
                        at,
                        "The chart says the other side.",
                        Some(&line.text),
                    );
                }
            }
        }
        for c in self.record_number.captures_iter(&text) {
            if let (Some(m), Some(number)) = (c.get(0), c.get(1))
                && !evidence
                    .lines
                    .iter()
                    .any(|l| l.folded.contains(number.as_str()))
            {
                found.at(
                    "other_patient",
                    m.range(),
                    "This record number is neither in the message nor in the chart.",
                    None,
                );
            }
        }
    }
}

impl Checks {
    /// "Take two tablets at bedtime", where a medication is listed just so.
    fn is_as_listed(&self, evidence: &Evidence, said: &str) -> bool {
        let amounts = self.amounts.numbers(said, &[]);
        let frequencies = self.amounts.frequencies(said);
        !amounts.is_empty()
            && !frequencies.is_empty()
            && evidence.at(Place::Medication).any(|l| {
                amounts.iter().all(|a| {
                    l.amounts
                        .iter()
                        .any(|k| k.value == a.value && k.unit == a.unit)
                }) && frequencies.iter().all(|f| {
                    l.frequencies
                        .iter()
                        .any(|k| k.per_day == f.per_day && k.part == f.part)
                })
            })
    }
}

/// True when a line says a change, and not "need not be stopped".
fn says_undenied(line: &str, stem: &str) -> bool {
    line.match_indices(stem).any(|(i, _)| {
        !["not ", "not be ", "n't ", "never ", "without "]
            .iter()
            .any(|n| line[..i].ends_with(n))
    })
}

/// True when a line has every number of a change: "go up to 40" rests on no line without a 40.
fn has_numbers(line: &Line, told: &[Amount]) -> bool {
    told.iter().all(|a| {
        line.amounts
            .iter()
            .any(|k| (k.written - a.written).abs() < 1e-9 || (k.value - a.value).abs() < 1e-9)
    })
}

/// True when a line has the verb of a claim: "signed" for "Dr. Ode signed".
fn same_verb(claim: &str, line: &str) -> bool {
    const EMPTY: &[&str] = &[
        "have", "has", "been", "were", "will", "doctor", "already", "also", "just", "from", "your",
        "list", "chart", "record", "against",
    ];
    claim
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| w.len() >= 4 && !EMPTY.contains(w))
        .any(|w| {
            let stem = &w[..w.floor_char_boundary(w.len().min(5))];
            line.contains(stem)
                || SAME_DEED
                    .iter()
                    .filter(|g| g.iter().any(|s| w.starts_with(s)))
                    .any(|g| g.iter().any(|s| line.contains(s)))
        })
}

/// Stems of verbs by which charts and people say the same deed.
const SAME_DEED: &[&[&str]] = &[
    &["switch", "chang", "replac", "moved", "cambi"],
    &["rais", "increas", "titrat", "aument", "subi"],
    &["lower", "reduc", "decreas", "cut", "baj"],
    &["start", "began", "added", "initiat", "inici"],
    &["sign", "complet", "form"],
    &["came", "come", "receiv", "arriv"],
];

/// A sentence without the words of an order: what is left says what was ordered.
fn without(sentence: &str, order: &str) -> String {
    [
        "ordered",
        "order",
        "referred",
        "requested",
        "planned",
        "scheduled",
        "repeat",
    ]
    .iter()
    .fold(sentence.replacen(order, " ", 1), |s, w| s.replace(w, " "))
}

/// A clause, up to what sets off the next.
fn clause_of(text: &str) -> &str {
    [
        ",",
        ";",
        ":",
        " while ",
        " because ",
        " since ",
        " as ",
        " when ",
    ]
    .iter()
    .filter_map(|w| text.find(w))
    .min()
    .map_or(text, |end| &text[..end])
}

fn opposite(side: &str) -> &'static str {
    match side.as_bytes().first() {
        Some(b'l') => "right",
        Some(b'r') => "left",
        Some(b'i') => "derech",
        _ => "izquierd",
    }
}

/// True when a sentence and a line have a telling word in common, other than one that begins with `but`.
pub(super) fn shares_a_topic(sentence: &str, line: &str, but: &str) -> bool {
    const EMPTY: &[&str] = &[
        "your",
        "have",
        "been",
        "with",
        "that",
        "this",
        "from",
        "will",
        "please",
        "take",
        "doctor",
        "ordered",
        "referred",
        "planned",
        "repeat",
        "scheduled",
        "daily",
        "dose",
        "next",
        "week",
    ];
    sentence
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| w.len() >= 4 && !EMPTY.contains(w) && (but.is_empty() || !w.starts_with(but)))
        .any(|w| {
            let stem = &w[..w.floor_char_boundary(w.len().min(6))];
            line.split(|c: char| !c.is_alphanumeric())
                .any(|x| x.starts_with(stem))
        })
}

#[cfg(test)]
mod tests {
    use super::super::trial::holds;
    use serde_json::json;

    #[test]
    fn to_keep_off_what_nobody_takes_changes_no_drug() {
        let chart =
            json!({"medications": ["Phenelzine 15 mg TID"], "notes": ["Avoid decongestants."]});
        holds(
            "sudafed?",
            &chart,
            &[
                "Please skip Sudafed.",
                "Please skip aged cheese while you take phenelzine.",
            ],
            &["Please skip phenelzine."],
        );
    }

    #[test]
    fn to_take_what_is_listed_changes_no_drug() {
        let chart = json!({"medications": ["Doxylamine 10 mg, 2 tablets at bedtime"]});
        holds(
            "how?",
            &chart,
            &["Take two tablets at bedtime."],
            &["Take three tablets at bedtime."],
        );
    }

    #[test]
    fn a_record_number_is_one_of_the_chart() {
        let chart = json!({"notes": ["Patient MRN 70315."]});
        holds(
            "my file?",
            &chart,
            &["It is under record number 70315."],
            &["It is under record number 70351.", "It is under MRN 70351."],
        );
    }
}
