//! Where the chart has the one and a reply the other of two: the drug that stays alone, the dose to begin again with, half a
//! measure or a whole one, the weekday of every week, and the day on which something broke.

use super::super::amounts::number_of;
use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Line, Place, covers};
use super::super::{CheckError, Checks, Found, built};
use super::clauses::{clause_at, denies, shared, supposes};
use super::numbered::read;
use super::says_any;
use regex::{Captures, Regex};

/// Recognisers, compiled once.
#[derive(Debug)]
pub(in super::super) struct Rather {
    /// "Restart at 5 mg", "begin again with 10 mg".
    restart: Regex,
    /// "Half a capful", "una tapita completa".
    measure: Regex,
    /// "Wednesdays", "los miercoles".
    weekly: Regex,
}

/// Words behind a drug that goes on without another.
const ALONE: &[&str] = &[
    " alone",
    " by itself",
    " on its own",
    " only from then",
    " solo",
    " sola",
    " por si sol",
];

impl Rather {
    pub(in super::super) fn new(measures: &[Vec<String>]) -> Result<Self, CheckError> {
        let names = measures.concat().join("|");
        Ok(Self {
            restart: built(
                r"\b(?:restart|resume|start (?:it )?(?:again|back|over)|begin (?:it )?again|go back on (?:it|the \w+)|reinici\w+|reanud\w+|(?:empez\w+|empiec\w+|vuelv\w+ a (?:empezar|tomar\w*))(?: de nuevo)?)(?: \w+){0,3}? (?:at|with|on|to|con|en|a) (?P<n>\d[\d.,]*) ?(?P<unit>mg|mcg|units?|ml|unidades)\b",
            )?,
            measure: built(&format!(
                r"\b(?P<q>half(?: an?| of an?)?|1/2|½|a quarter(?: of an?)?|1/4|¼|one|an?|1|full|whole|two|2|three|3|medi[ao]|una?|dos|tres|cuarto(?: de)?) (?:full |whole |level )?(?P<of>{names})(?:ful)?(?:e?s)?\b"
            ))?,
            weekly: built(
                r"\b(?P<day>mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays)\b|\b(?:los|todos los|cada) (?P<dia>lunes|martes|miercoles|jueves|viernes|sabados?|domingos?)\b",
            )?,
        })
    }
}

/// The day that a text names as one of every week, counted from Monday.
fn weekday(c: &Captures<'_>) -> Option<usize> {
    const DAYS: &[[&str; 2]] = &[
        ["mon", "lun"],
        ["tue", "mar"],
        ["wed", "mie"],
        ["thu", "jue"],
        ["fri", "vie"],
        ["sat", "sab"],
        ["sun", "dom"],
    ];
    let day = c.name("day").or(c.name("dia"))?.as_str();
    DAYS.iter()
        .position(|d| d.iter().any(|w| day.starts_with(w)))
}

/// How much of a measure a word says.
fn portion(word: &str) -> f64 {
    let w = word.split(' ').find(|w| *w != "a").unwrap_or("a");
    match w {
        "half" | "1/2" | "½" | "media" | "medio" => 0.5,
        "quarter" | "1/4" | "¼" | "cuarto" => 0.25,
        _ => number_of(w).unwrap_or(1.0),
    }
}

impl Checks {
    pub(super) fn one_of_two(
        &self,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        self.left_alone(evidence, text, mentions, found);
        self.begun_again(evidence, text, found);
        self.measured_out(evidence, text, found);
        self.every_week(evidence, text, found);
        self.happened_on(evidence, text, found);
    }

    /// "After that clopidogrel alone", where the chart says aspirin alone.
    fn left_alone(
        &self,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        let alone = |t: &str, end: usize| {
            t.get(end..)
                .is_some_and(|rest| ALONE.iter().any(|w| rest.starts_with(w)))
        };
        for m in mentions.iter().filter(|m| alone(text, m.at.end)) {
            let sentence = &text[found.reading.sentence(m.at.start)];
            if says_any(sentence, &["leave", "deje", "if", "not"]) {
                continue;
            }
            let of = |l: &Line, same: bool| {
                l.drugs
                    .iter()
                    .any(|d| alone(&l.folded, d.at.end) && covers(&d.name, &m.name) == same)
            };
            let mut charted = evidence.lines.iter().filter(|l| l.place != Place::Message);
            if let Some(line) = charted.clone().find(|l| of(l, false))
                && !charted.any(|l| of(l, true))
            {
                found.contradicts(m.at.clone(), line, "By the chart another one stays alone.");
            }
        }
    }

    /// "Start again at 10 mg", where the chart says to restart at 5.
    fn begun_again(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        let dose = |c: &Captures<'_>| Some((number_of(&c["n"])?, c["unit"].to_owned()));
        let charted = read(&self.rather.restart, evidence, text, dose);
        for c in self.rather.restart.captures_iter(text) {
            let (Some(whole), Some((n, unit))) = (c.get(0), dose(&c)) else {
                continue;
            };
            let noted = || charted.iter().filter(|(l, _)| l.place != Place::Message);
            if let Some((line, _)) = noted().next()
                && !noted().any(|(_, (k, u))| (k - n).abs() < 1e-9 && *u == unit)
            {
                let why = "The chart begins again with another dose.";
                found.contradicts(whole.range(), line, why);
            }
        }
    }

    /// "A whole capful", where the chart says half.
    fn measured_out(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        let group = |c: &Captures<'_>| {
            self.measures
                .iter()
                .position(|g| g.iter().any(|w| *w == c["of"]))
        };
        let charted = read(&self.rather.measure, evidence, text, |c| {
            Some((group(c), portion(&c["q"])))
        });
        for c in self.rather.measure.captures_iter(text) {
            let Some(whole) = c.get(0) else { continue };
            // "One and a half capfuls", "una tapita y media".
            let before = text[..whole.start()].trim_end();
            let behind = &text[whole.end()..];
            if [" and", " y", "and a"].iter().any(|w| before.ends_with(w))
                || [" and a", " y medi"].iter().any(|w| behind.starts_with(w))
            {
                continue;
            }
            let (of, said) = (group(&c), portion(&c["q"]));
            let own = || {
                charted
                    .iter()
                    .filter(|(l, (g, _))| l.place != Place::Message && *g == of)
            };
            if let Some((line, _)) = own().next()
                && !own().any(|(_, (_, k))| (k - said).abs() < 1e-9)
            {
                let why = "The chart says another part of this measure.";
                found.contradicts(whole.range(), line, why);
            }
        }
    }

    /// "Therapy on Wednesdays", where the chart has it on Mondays.
    fn every_week(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        let charted = read(&self.rather.weekly, evidence, text, weekday);
        for c in self.rather.weekly.captures_iter(text) {
            let (Some(whole), Some(said)) = (c.get(0), weekday(&c)) else {
                continue;
            };
            let sentence = &text[found.reading.sentence(whole.start())];
            if supposes(sentence) || denies(sentence) {
                continue;
            }
            let known = charted.iter().any(|(_, k)| *k == said)
                || evidence.lines.iter().flat_map(|l| &l.days).any(|d| {
                    d.weekday.is_some_and(|w| {
                        usize::from(w.to_monday_zero_offset().unsigned_abs()) == said
                    })
                });
            let other = charted
                .iter()
                .find(|(l, _)| l.place != Place::Message && shared(sentence, &l.folded) > 0);
            if let Some((line, _)) = other
                && !known
            {
                found.contradicts(
                    whole.range(),
                    line,
                    "The chart has this on another weekday.",
                );
            }
        }
    }

    /// "He broke it on November 13", where the chart has the fracture on the 3rd.
    fn happened_on(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        /// Bytes between a deed and its date.
        const NEAR: usize = 30;
        for d in self.dates.days(text) {
            if d.month.is_none() || d.day.is_none() || found.is_marked(&d.at) {
                continue;
            }
            let sentence = found.reading.sentence(d.at.start);
            let clause = clause_at(text, sentence, d.at.start);
            let from = text
                .floor_char_boundary(d.at.start.saturating_sub(NEAR))
                .max(clause.start.min(d.at.start));
            let before = &text[from..d.at.start];
            let Some(group) = self
                .same_events
                .iter()
                .find(|g| g.iter().any(|w| super::find_word(before, w).is_some()))
            else {
                continue;
            };
            let about = || {
                evidence.lines.iter().filter(|l| {
                    matches!(l.place, Place::Problem | Place::Note) && says_any(&l.folded, group)
                })
            };
            let dated = about().find(|l| l.place == Place::Problem && !l.dates.is_empty());
            let says = |l: &Line| l.days.iter().any(|k| d.is_in(k));
            if let Some(line) = dated
                && !about().any(says)
                && !supposes(before)
            {
                found.contradicts(d.at.clone(), line, "The chart has this on another day.");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn the_drug_that_stays_alone_is_the_charts() {
        let chart = json!({
            "medications": ["Aspirin 81 mg daily", "Clopidogrel 75 mg daily"],
            "notes": ["2026-03-02: Both for 21 days, then aspirin alone."],
        });
        holds(
            "for ever?",
            &chart,
            &["After the 21 days it is aspirin alone."],
            &["After the 21 days it is clopidogrel alone."],
        );
    }

    #[test]
    fn a_drug_begins_again_with_the_dose_of_the_note() {
        let chart = json!({
            "medications": ["Rosuvastatin 10 mg daily (on hold)"],
            "notes": ["2026-03-02: Hold rosuvastatin, then restart at 5 mg."],
        });
        holds(
            "then?",
            &chart,
            &["The plan is to start again at 5 mg."],
            &[
                "The plan is to start again at 10 mg.",
                "Resume it with 10 mg.",
            ],
        );
    }

    #[test]
    fn the_old_dose_of_a_change_is_not_the_one_to_keep() {
        let chart = json!({
            "medications": ["Allopurinol 300 mg daily (raised 2026-02-12)", "Amlodipine 10 mg daily"],
            "notes": [
                "2026-02-12: Allopurinol 200 to 300 mg.",
                "2026-02-20: Amlodipine 5 to 10 mg. 2026-03-02: Go back to amlodipine 5 mg.",
            ],
        });
        holds(
            "keep it?",
            &chart,
            &[
                "Keep the allopurinol 300 mg going.",
                "Your allopurinol went from 200 mg to 300 mg.",
                "Take 5 mg of amlodipine.",
            ],
            &["Keep the allopurinol 200 mg going."],
        );
    }

    #[test]
    fn a_swapped_insulin_is_found() {
        holds(
            "how much?",
            &json!({"medications": ["Insulin glargine (Lantus) 48 units nightly", "Insulin lispro (Humalog) 8 units with meals"]}),
            &["Lantus is 48 units at night."],
            &[
                "Take 48 units of Humalog at night.",
                "Your Humalog is 48 units.",
            ],
        );
    }

    #[test]
    fn half_a_measure_is_no_whole_one() {
        let chart =
            json!({"notes": ["2026-03-02: PEG 8.5 g (half capful) daily. Formula, two scoops."]});
        holds(
            "how much?",
            &chart,
            &[
                "Give half a capful.",
                "Use two scoops.",
                "Media tapita al día.",
            ],
            &[
                "Give a full capful.",
                "Use one scoop.",
                "Una tapita completa al día.",
            ],
        );
    }

    #[test]
    fn the_weekday_of_every_week_is_the_charts() {
        let chart =
            json!({"notes": ["2026-03-02: Weekly therapy, Mondays 18:00. Weigh in on Fridays."]});
        holds(
            "when?",
            &chart,
            &["Therapy stays weekly, Mondays at 6."],
            &["Therapy stays weekly, Wednesdays at 6."],
        );
    }

    #[test]
    fn what_broke_broke_on_the_day_of_the_chart() {
        let chart = json!({
            "problems": ["Left wrist fracture 2026-02-03"],
            "results": ["x-ray: aligned (2026-02-13)"],
        });
        holds(
            "when?",
            &chart,
            &[
                "She broke it on February 3.",
                "The x-ray on February 13 looked good.",
            ],
            &["She broke it on February 13."],
        );
    }
}
