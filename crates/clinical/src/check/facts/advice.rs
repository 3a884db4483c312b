//! Numbers of general advice: what a leaflet says to everybody, and nothing of this patient.

use super::super::amounts::{Amount, Unit};
use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Place};
use super::super::{Checks, Found};
use super::clauses::shared;
use super::{find_word, has_beginning, names_the_test, says_any};
use std::ops::Range;

/// Words under which something is supposed, as they stand before its border.
const SUPPOSED: &[&str] = &[
    "if",
    "when",
    "unless",
    "until",
    "si",
    "cuando",
    "anything",
    "that lasts",
];

impl Checks {
    /// True for an amount of something that is eaten or drunk.
    pub(super) fn is_food(&self, text: &str, at: &Range<usize>) -> bool {
        is_of_food(&text[at.end..], &self.lists.foods)
            || is_food_before(&text[..at.start], &self.lists.nutrients)
    }

    /// "Below 70, take juice": a number of general advice, beside the words it is known by. No dose is.
    pub(super) fn is_general_advice(
        &self,
        evidence: &Evidence,
        text: &str,
        a: &Amount,
        mentions: &[Mention],
        found: &Found<'_>,
    ) -> bool {
        let mut of_value = self
            .advice
            .iter()
            .filter(|g| g.values.iter().any(|v| (v - a.written).abs() < 1e-9))
            .peekable();
        let food = self.is_food(text, &a.at);
        if a.dose && !food || of_value.peek().is_none() {
            return false;
        }
        let own = &text[found.reading.sentence(a.at.start)];
        // "If it goes over 104": what is spoken of may stand some sentences before.
        let border = says_any(
            own,
            &[
                "if",
                "over",
                "above",
                "under",
                "below",
                "more than",
                "higher",
                "lower",
                "si",
                "gain of",
                "means a call",
                "call",
            ],
        );
        // "Tdap, between 27 and 36 weeks": a vaccine is not taken for weeks.
        let taken: Vec<Mention> = mentions
            .iter()
            .filter(|m| !self.drugs.has_class(m.drug, "vaccine"))
            .cloned()
            .collect();
        if is_of_the_patient(evidence, text, a, &taken, found, border) {
            return false;
        }
        let start = text.floor_char_boundary(a.at.start.saturating_sub(SPOKEN_OF));
        let said = if border {
            &text[start..a.at.end.max(found.reading.sentence(a.at.start).end)]
        } else {
            own
        };
        let told_as_one = self.is_told_as_border(text, a, mentions, found);
        of_value
            .filter(|g| !g.border || told_as_one)
            .any(|g| g.near.iter().any(|w| has_beginning(said, w)))
    }
}

impl Checks {
    /// "If it is over 180", "180 or higher": the border of a value that is measured. "It was 180" is one of this patient's, and what
    /// is to be done with a drug below it is no general advice.
    fn is_told_as_border(
        &self,
        text: &str,
        a: &Amount,
        mentions: &[Mention],
        found: &Found<'_>,
    ) -> bool {
        const HIGHER: &[&str] = &[
            " or higher",
            " or more",
            " or above",
            " or over",
            " or lower",
            " or less",
            " or below",
            " or under",
            " o mas",
            " o menos",
        ];
        let sentence = found.reading.sentence(a.at.start);
        let before = text[sentence.start..a.at.start].trim_end();
        let behind = text.get(a.at.end..sentence.end).unwrap_or("");
        let names_a_drug = mentions.iter().any(|m| sentence.contains(&m.at.start));
        let bordered =
            self.lists.borders.iter().any(|w| {
                before.ends_with(w.as_str()) && !["after", "in", "for"].contains(&w.as_str())
            });
        (bordered || HIGHER.iter().any(|w| behind.starts_with(w)))
            && !names_a_drug
            && !says_any(&text[sentence], &self.lists.own_value)
    }

    /// True for a number that is said of anybody, though no list of advice has it: how something mostly goes, or the border of a
    /// warning. It is still told, and is no reason to hold a reply back. What the chart counts of the same is no such number.
    pub(super) fn is_of_anybody(
        &self,
        evidence: &Evidence,
        text: &str,
        a: &Amount,
        mentions: &[Mention],
        found: &Found<'_>,
    ) -> bool {
        if a.dose {
            return false;
        }
        let sentence = found.reading.sentence(a.at.start);
        let own = &text[sentence.clone()];
        let before = text[sentence.start..a.at.start].trim_end();
        let says = |list: &[&str]| says_any(own, list);
        let is_time = matches!(&a.unit, Unit::Other(u) if ["second", "minute", "hour", "day", "month", "year"].contains(&u.as_str()));
        // A border of a value that can be measured is known by the lists or not at all, and how long to wait with what may be grave is
        // no matter of habit: only the time of lesser things is.
        let start = before
            .rfind([';', ':'])
            .map_or(sentence.start, |i| sentence.start + i + 1);
        // A number may run over the end of a sentence that was cut for its length.
        let end = text
            .get(a.at.end..sentence.end)
            .and_then(|rest| Some(a.at.end + rest.find([';', ':'])?))
            .unwrap_or(sentence.end.max(a.at.end));
        let part = &text[start..end];
        let warns = is_time
            && says_any(before, SUPPOSED)
            && says_any(own, &self.lists.then)
            && self
                .lists
                .borders
                .iter()
                .any(|w| before.ends_with(w.as_str()));
        // "Six days after, that is common": the days are counted.
        let counted = [" after", " since", " into", " later", " ago", " despues"]
            .iter()
            .any(|w| text[a.at.end..].starts_with(w));
        let mostly = !counted && says_any(part, &self.lists.mostly) && (is_time || a.unit.is("%"));
        // What is taken is taken as long as the chart says, what is told to this one is no rule, and what was is none either.
        let taken = is_time && mentions.iter().any(|m| (start..end).contains(&m.at.start));
        let to_this_one = mostly && !warns && says_any(part, &self.lists.told_to_one);
        let told = says(&["was", "were", "had", "lasted", "been", "fue", "empezo"]);
        let late = is_late(own, a, warns, &self.lists.short_illness);
        let grave = says_any(own, &self.lists.grave) || says_any(own, &self.lists.lasting);
        // What a warning and a rule are said with says nothing of what they are of.
        let bare: String = own
            .split(|c: char| !c.is_alphanumeric())
            .filter(|w| {
                ![
                    "over", "under", "above", "below", "call", "usually", "often", "most",
                    "longer", "still", "help", "feel",
                ]
                .contains(w)
            })
            .flat_map(|w| [w, " "])
            .collect();
        let charted = evidence
            .lines
            .iter()
            .filter(|l| !matches!(l.place, Place::Message | Place::Result | Place::Demographic))
            .any(|l| {
                shared(&bare, &l.folded) > 0
                    && l.amounts.iter().any(|k| k.at.end > 0 && k.unit == a.unit)
            });
        (warns || mostly && !told) && !to_this_one && !taken && !grave && !late && !charted
    }
}

/// "Not better in 21 days", "an infection clears within 30 days": longer than an illness that passes within two weeks is left
/// alone, or so many days that they would be told in weeks.
pub(super) fn is_late(sentence: &str, a: &Amount, warns: bool, short: &[String]) -> bool {
    /// Days to wait with the longest of them, and days that it may take to clear.
    const TO_WAIT: f64 = 14.0;
    const TO_CLEAR: f64 = 21.0;
    a.unit.is("day")
        && a.value > if warns { TO_WAIT } else { TO_CLEAR }
        && (says_any(sentence, short)
            || (a.written - a.value).abs() < 1e-9
                && says_any(
                    sentence,
                    &["better", "improving", "improved", "mejor", "mejora"],
                ))
}

/// True for a number that is no general advice though it reads like one: a result of a test that the chart
/// holds, or how long a drug is taken.
fn is_of_the_patient(
    evidence: &Evidence,
    text: &str,
    a: &Amount,
    mentions: &[Mention],
    found: &Found<'_>,
    border: bool,
) -> bool {
    let sentence = found.reading.sentence(a.at.start);
    let own = &text[sentence.clone()];
    let before = text[..a.at.start].trim_end_matches([' ', '-']);
    let told = [
        " was",
        " were",
        " came back",
        " came back at",
        " was at",
        " is at",
        " fue",
        " salio",
    ]
    .iter()
    .any(|w| before.ends_with(w))
        || before.ends_with(" is") && find_word(own, "your").is_some();
    // "Ice for 20 minutes" is no result.
    let is_time = matches!(&a.unit, Unit::Other(u) if ["second", "minute", "hour", "day", "week", "month"].contains(&u.as_str()));
    if (told || !border)
        && !is_time
        && evidence
            .at(Place::Result)
            .any(|l| names_the_test(own, &l.folded))
    {
        return true;
    }
    // "No alcohol until three days after the metronidazole": what comes after is no time of taking.
    let after = [" after", " despues"]
        .iter()
        .any(|w| text[a.at.end..].starts_with(w));
    matches!(&a.unit, Unit::Other(u) if u == "day" || u == "week")
        && !after
        && mentions.iter().any(|m| sentence.contains(&m.at.start))
}

/// The one of a list of warnings in which a place of a sentence stands: "can't keep fluids down, or has a fever for two days".
pub(super) fn alternative_at(sentence: &str, at: usize) -> &str {
    let start = sentence[..at].rfind(", or ").map_or(0, |i| i + 5);
    let end = sentence[at..]
        .find(", or ")
        .map_or(sentence.len(), |i| at + i);
    &sentence[start..end]
}

/// Bytes before a number in which what it is of is looked for.
const SPOKEN_OF: usize = 400;

/// "Caffeine, under 200 mg a day": what is eaten or drunk stands right before its amount, and only a border between.
fn is_food_before(before: &str, nutrients: &[String]) -> bool {
    const BETWEEN: &[&str] = &[
        "", "under", "over", "above", "below", "about", "around", "at", "to", "of", "is", "less",
        "more", "than", "intake", "a", "day", "daily", "menos", "mas", "de", "al", "dia", "up",
        "between", "aim", "for", "fine", "ok", "low", "(", "alone", "has", "so", "roughly", "or",
    ];
    before
        .rsplit([' ', ',', ':', '('])
        .take(8)
        .find(|w| !BETWEEN.contains(w))
        .is_some_and(|w| nutrients.iter().any(|n| n == w))
}

/// True where an amount is one of something that is eaten or drunk.
fn is_of_food(behind: &str, foods: &[String]) -> bool {
    [" of ", " de "].iter().any(|of| {
        behind.strip_prefix(of).is_some_and(|rest| {
            // "Of quick sugar": one word may stand between.
            let second = rest.split_once(' ').map_or("", |(_, second)| second);
            [rest, second]
                .iter()
                .any(|r| foods.iter().any(|f| r.starts_with(f.as_str())))
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::check::trial::{holds, marks};
    use serde_json::json;

    #[test]
    fn general_advice_gives_way_to_the_chart() {
        let chart = json!({
            "medications": ["Amoxicillin 500 mg TID for 10 days"],
            "results": ["T-score -3.1 (2026-01-05)"],
        });
        holds(
            "results?",
            &chart,
            &[
                "Your T-score was -3.1.",
                "A T-score of -2.5 or lower means osteoporosis.",
                "A cold is mostly over in 7 days.",
                "Take the amoxicillin for 10 days even if the cold is better.",
            ],
            &[
                "Your T-score was -2.5.",
                "Your T-score was -2.5, lower than before.",
                "Take the amoxicillin for 7 days even if the cold is better.",
            ],
        );
    }

    #[test]
    fn what_mostly_is_so_holds_no_reply_back_and_what_the_chart_counts_does() {
        let chart = json!({
            "medications": ["Prednisone 20 mg daily for 5 days"],
            "notes": ["2026-03-02: Sling for 4 weeks. Call if drain output is over 50 ml."],
        });
        holds(
            "arm?",
            &chart,
            &[
                "Bruises usually fade over two to three weeks.",
                "If the numbness is not gone in six weeks, send us a picture.",
            ],
            &[
                "The sling usually stays on for six weeks.",
                "Take the prednisone for seven days, as most people do.",
                "Your sling was on for six weeks.",
            ],
        );
    }

    #[test]
    fn a_number_of_general_advice_is_nobodys_dose() {
        let chart = json!({"medications": ["Insulin lispro 6 units with meals", "Nitroglycerin 0.4 mg SL as needed"]});
        holds(
            "low?",
            &chart,
            &[
                "For a low take 15 grams of sugar or half a cup of juice.",
                "If one nitroglycerin does not ease it in five minutes, call 911.",
                "Drink a glass of water every hour.",
            ],
            &["For a low take 15 units of lispro."],
        );
    }

    #[test]
    fn what_is_told_to_this_patient_is_no_habit_of_most() {
        let chart = json!({"notes": ["2026-03-02: Seen for a sprain."], "results": ["TSH 2.1 (2026-02-18)"]});
        holds(
            "ankle?",
            &chart,
            &[
                "A sprain usually hurts for two weeks.",
                "If the swelling is not gone in three weeks, send us a picture.",
            ],
            &[
                "It has been going on for eight months, which is common.",
                "Stay off work for six weeks, as many do.",
                "You may drive again in four weeks, as most people do.",
                "After five days you can drive, or call us.",
                "La mayoría espera; no maneje por cinco semanas, que es lo normal.",
            ],
        );
    }

    #[test]
    fn how_long_to_wait_with_what_is_grave_holds_a_reply_back() {
        let chart = json!({"notes": ["2026-03-02: 33 weeks."]});
        holds(
            "when do I call?",
            &chart,
            &["Call us if she can't keep fluids down, or has a fever that lasts past 48 hours."],
            &[
                "If the baby has not moved for 24 hours, call us.",
                "If you have not peed for 48 hours, go to the ER.",
                "If the bleeding lasts longer than three hours, call us.",
                "If his fever lasts longer than ten days, call us.",
                "Si no puede orinar por 48 horas, llame.",
            ],
        );
    }

    #[test]
    fn a_short_illness_is_not_left_alone_for_weeks() {
        let chart = json!({"notes": ["2026-03-02: Sinusitis, amoxicillin given."], "medications": ["Amoxicillin 500 mg TID"]});
        holds(
            "how long?",
            &chart,
            &[
                "If the numbness is not gone in six weeks, send us a picture.",
                "A plugged ear usually opens up over one to three weeks.",
            ],
            &[
                "If you're not better in 21 days, call us.",
                "A sinus infection usually clears within 30 days.",
                "If the cough lasts longer than four weeks, call us.",
            ],
        );
    }

    #[test]
    fn a_border_of_a_measured_value_is_of_the_lists_and_a_value_is_the_patients() {
        let chart = json!({"medications": ["Insulin glargine 18 units nightly"], "notes": ["2026-03-02: Doing well."]});
        holds(
            "when do I call?",
            &chart,
            &[
                "Call us if your sugar is above 250.",
                "If the top number is over 180, call us.",
                "An oxygen reading under 88 means the ER.",
            ],
            &[
                "If your pulse drops below 30, call us.",
                "Call 911 if your sugar is under 30.",
                "Si su presión sube de 220, llame.",
                "Go to the ER if your fever is over 106 degrees.",
                "Your pulse was 120 at your visit.",
                "Your sugar was 300 last week.",
                "Your oxygen was 88 last time.",
                "Your sugar goal is 250.",
                "Aim for a sugar of 240 at bedtime.",
                "Su azúcar fue de 300.",
                "Hold your insulin if your sugar is under 200.",
            ],
        );
    }

    #[test]
    fn a_drugs_dose_beside_a_food_is_still_the_drugs() {
        let chart = json!({"medications": ["Metformin 500 mg BID", "Oxycodone 5 mg as needed"]});
        let marks = marks("diet?", &chart, "Besides salt, take 1000 mg of metformin.");
        assert_eq!(marks, ["contradicts_chart: 1000 mg"]);
        holds(
            "diet?",
            &chart,
            &["Caffeine is fine (under 200 mg a day) in pregnancy."],
            &["Limit salt, oxycodone 10 mg is ok at night."],
        );
    }
}
