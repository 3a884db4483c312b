//! How often a drug is to be taken, as a reply says it.

use super::super::amounts::{Frequency, Unit, number_of};
use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Line, Place, covers};
use super::super::{Case, Checks, Found};
use super::clauses::{clause_at, shared, supposes, with_its_act};
use super::governing::{is_of_another_clause, of_sentence_before, speaks_of_before};
use super::lines::names_the_line;
use super::says_any;

impl Checks {
    /// True when a frequency stands behind a day's total that is right.
    fn is_of_a_total(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        text: &str,
        f: &Frequency,
        mentions: &[Mention],
        found: &Found<'_>,
    ) -> bool {
        let sentence = found.reading.sentence(f.at.start);
        let words = &text[sentence.clone()];
        let drugs: Vec<&Mention> = self.governing(&f.at, mentions, found).into_iter().collect();
        [" day", " dia"]
            .iter()
            .any(|d| text[f.at.clone()].ends_with(d))
            && self
                .amounts
                .numbers(words, &[])
                .iter()
                .filter(|a| a.dose && sentence.start + a.at.end <= f.at.start)
                .any(|a| self.is_worked_out(case, evidence, words, &words[a.at.end..], a, &drugs))
    }

    pub(super) fn frequency(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        text: &str,
        f: &Frequency,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        let sentence = found.reading.sentence(f.at.start);
        let words = &text[sentence.clone()];
        let taken = [
            "take", "tak", "dose", "tablet", "pill", "capsule", "use", "puff", "mg", "mcg", "unit",
            "inject", "apply", "drop", "spray", "tome", "toma", "medic",
        ];
        let governing = self.governing(&f.at, mentions, found);
        // "Drink a glass of water every hour", "walk the aisle every hour": no drug is taken so often.
        let clause = with_its_act(text, sentence.clone(), &f.at);
        if says_any(&text[clause.clone()], &self.lists.acts)
            && !mentions.iter().any(|m| clause.contains(&m.at.start))
            // "Drink it four times a day": what is drunk is the drug.
            && !self.tells_to_take(&text[clause.clone()])
            && !evidence
                .at(Place::Note)
                .any(|l| !l.frequencies.is_empty() && shared(&text[clause.clone()], &l.folded) > 0)
        {
            return;
        }
        // "The gel four times a day plus acetaminophen": the form names its own drug, right before.
        let before_it = &text[clause.start.min(f.at.start)..f.at.start];
        if !mentions
            .iter()
            .any(|m| clause.contains(&m.at.start) && m.at.start < f.at.start)
            && evidence.at(Place::Medication).any(|l| {
                self.is_only_of_form(evidence, before_it, l)
                    && l.frequencies
                        .iter()
                        .any(|k| (k.per_day - f.per_day).abs() < 0.05 * f.per_day)
            })
        {
            return;
        }
        if governing.is_none_or(|d| !sentence.contains(&d.at.start))
            && let Some(line) = self.topic_says_otherwise(evidence, text, f, found)
        {
            found.at(
                "contradicts_chart",
                f.at.clone(),
                "The chart says another frequency.",
                Some(&line.text),
            );
            return;
        }
        // "Every day" is said of many things; "every six weeks" of care.
        if governing.is_none()
            && f.per_day > 0.3
            && !taken.iter().any(|t| words.contains(t))
            && !evidence
                .at(Place::Medication)
                .any(|l| self.is_only_of_form(evidence, words, l))
        {
            return;
        }
        if self.is_of_something_else(evidence, text, f, governing, found) {
            return;
        }
        let past = speaks_of_before(words);
        let said = &text[f.at.clone()];
        // "Never daily", "not every day" and "the one for every day" say no frequency of this one.
        let before = text[..f.at.start].trim_end();
        if [
            "not",
            "never",
            "no",
            "than",
            "instead of",
            "is for",
            "one for",
            "nunca",
        ]
        .iter()
        .any(|w| before.ends_with(w))
        {
            return;
        }
        // "That makes two a day": a count, which the line's own must come to.
        if ["al dia", "a day", "per day", "each day"].contains(&said)
            && let Some(count) = before.rsplit(' ').next().and_then(number_of)
            && evidence.at(Place::Medication).any(|l| {
                l.frequencies.iter().any(|k| {
                    (k.per_day - count).abs() < 1e-9
                        || l.amounts.iter().any(|t| {
                            t.unit == Unit::Tablet && (t.value * k.per_day - count).abs() < 1e-9
                        })
                })
            })
        {
            return;
        }
        // "On Mondays": the days themselves are looked for among the dates.
        if said.starts_with("on ") && said.ends_with("days") {
            return;
        }
        // "2,000 mg of the latter each day": a total says not how often.
        if self.is_of_a_total(case, evidence, text, f, mentions, found) {
            return;
        }
        // "December 2nd at six in the evening" is the half of the day of a time.
        if f.part.is_some() && ends_with_a_time(&text[..f.at.start]) {
            return;
        }
        // "In the morning" alone is a time of day, and says not how often.
        let only = ["only", "just", "solo", "solamente", "unicamente"]
            .iter()
            .any(|w| before.ends_with(w));
        let time_of_day = f.part.is_some()
            && !only
            && !["every", "each", "daily", "once", "nightly", "cada", "diari"]
                .iter()
                .any(|w| said.contains(w));
        // "Using it at bedtime can be less messy" suggests.
        if time_of_day && supposes(words) {
            return;
        }
        let agrees = |k: &Frequency| {
            (past || !k.old)
                && (time_of_day || (k.per_day - f.per_day).abs() < 0.05 * f.per_day)
                && (k.part.is_none() || f.part.is_none() || k.part == f.part)
        };
        // A message that weighs two frequencies against each other supports neither.
        // So does one that it only asks about.
        let in_message = evidence.frequencies_told == 1
            && evidence.at(Place::Message).any(|l| {
                l.frequencies
                    .iter()
                    .any(|k| agrees(k) && !is_asked(&l.folded, &k.at))
            });
        if let Some(drug) = governing
            && sentence.contains(&drug.at.start)
            && self.is_as_often_as_the_label(evidence, f, drug)
        {
            return;
        }
        if let Some(drug) = governing {
            let lines: Vec<&Line> = evidence
                .naming(&drug.name)
                .filter(|l| l.place != Place::Message)
                .collect();
            // The list of medications counts before notes, which often name two drugs in a line.
            let listed: Vec<&Frequency> = lines
                .iter()
                .filter(|l| l.place == Place::Medication)
                .flat_map(|l| &l.frequencies)
                .collect();
            let own: Vec<&Frequency> = if listed.is_empty() {
                lines.iter().flat_map(|l| &l.frequencies).collect()
            } else {
                // A newer note may change how often: what it says behind the drug's name is the drug's.
                let of_drug = |l: &Line, k: &Frequency| {
                    let alone = l.drugs.iter().all(|d| covers(&d.name, &drug.name));
                    alone
                        || l.place == Place::Note
                            && l.drugs
                                .iter()
                                .rfind(|d| d.at.end <= k.at.start)
                                .is_some_and(|d| covers(&d.name, &drug.name))
                };
                listed
                    .into_iter()
                    .chain(
                        lines
                            .iter()
                            .flat_map(|l| l.frequencies.iter().filter(move |k| of_drug(l, k))),
                    )
                    .filter(|k| past || !k.old)
                    .collect()
            };
            if own.iter().any(|k| agrees(k)) {
                return;
            }
            // Several drugs in one sentence: the frequency may belong to another of them.
            // Where each drug stands before its own ("timolol at night, and latanoprost twice a day") it does not.
            // So it does where nothing but a dose stands between: "Norvasc, 5 mg every morning, beside losartan".
            let own_place = drug.at.end <= f.at.start
                && (mentions
                    .iter()
                    .filter(|m| sentence.contains(&m.at.start))
                    .count()
                    == self.amounts.frequencies(words).len()
                    || is_close(&text[drug.at.end..f.at.start]));
            // "It is 14 units once a day, and the metformin stays": what the message asks of comes before.
            let asked = drug.at.start >= f.at.end
                && is_of_another_clause(&text[f.at.end..drug.at.start])
                && !evidence.is_asked_of(&drug.name)
                && evidence
                    .of_the_message(&drug.name)
                    .any(|l| l.frequencies.iter().any(agrees));
            let other = !own_place
                && mentions
                    .iter()
                    .filter(|m| sentence.contains(&m.at.start) && m.name != drug.name)
                    .any(|m| {
                        evidence
                            .naming(&m.name)
                            .flat_map(|l| &l.frequencies)
                            .any(agrees)
                    });
            let unlisted = evidence
                .at(Place::Medication)
                .any(|l| names_the_line(words, l) && l.frequencies.iter().any(agrees));
            // Before its drug, a frequency may belong to what the sentence before names, or to what is no drug:
            // "therapy twice a week, and take the naproxen".
            let aside = drug.at.start >= f.at.end || !sentence.contains(&drug.at.start);
            let elsewhere = aside
                && (evidence
                    .at(Place::Note)
                    .filter(|l| l.drugs.is_empty())
                    .flat_map(|l| &l.frequencies)
                    .any(agrees)
                    || of_sentence_before(mentions, &sentence, found).any(|m| {
                        evidence
                            .naming(&m.name)
                            .filter(|l| l.place == Place::Medication)
                            .flat_map(|l| &l.frequencies)
                            .any(agrees)
                    }));
            if other || unlisted || elsewhere || asked {
                return;
            }
            if !own.is_empty() && !in_message {
                found.at(
                    "contradicts_chart",
                    f.at.clone(),
                    "The chart says another frequency.",
                    lines
                        .iter()
                        .find(|l| !l.frequencies.is_empty())
                        .map(|l| l.text.as_str()),
                );
                return;
            }
            if in_message
                || own.is_empty()
                    && evidence
                        .lines
                        .iter()
                        .flat_map(|l| &l.frequencies)
                        .any(agrees)
            {
                return;
            }
        } else if let Some(line) = evidence.at(Place::Medication).find(|l| {
            (names_the_line(words, l) || self.is_only_of_form(evidence, words, l))
                && !l.frequencies.is_empty()
                && !l.frequencies.iter().any(agrees)
        }) {
            if !in_message {
                found.at(
                    "contradicts_chart",
                    f.at.clone(),
                    "The chart says another frequency.",
                    Some(&line.text),
                );
            }
            return;
        } else if evidence
            .lines
            .iter()
            .flat_map(|l| &l.frequencies)
            .any(agrees)
        {
            return;
        }
        // "Your yearly exam": two visits of the chart lie a year apart.
        if f.per_day < 0.01 && lie_a_year_apart(evidence) {
            return;
        }
        found.at(
            "unsupported",
            f.at.clone(),
            "Neither the message nor the chart says how often.",
            None,
        );
    }
}

impl Checks {
    /// "Therapy three times a week", where the note on therapy says twice.
    fn topic_says_otherwise<'e>(
        &self,
        evidence: &'e Evidence,
        text: &str,
        f: &Frequency,
        found: &Found<'_>,
    ) -> Option<&'e Line> {
        let sentence = found.reading.sentence(f.at.start);
        let clause = &text[clause_at(text, sentence, f.at.start)];
        let agrees = |k: &Frequency| (k.per_day - f.per_day).abs() < 0.05 * f.per_day;
        // What is done and not taken goes by no drug's frequency.
        let done = says_any(clause, &self.lists.acts);
        let of_topic = |l: &&Line| {
            l.place == Place::Note
                && l.drugs.is_empty()
                && l.frequencies.len() == 1
                && shared(clause, &l.folded) > 0
        };
        if f.part.is_some()
            || supposes(clause)
            || evidence
                .lines
                .iter()
                .filter(|l| !done || l.drugs.is_empty())
                .flat_map(|l| &l.frequencies)
                .any(agrees)
        {
            return None;
        }
        evidence.lines.iter().find(of_topic)
    }
}

impl Checks {
    /// True when a clause speaks of taking something that is not only water: "drink it four times a day". "Take them out at
    /// night" takes nothing.
    fn tells_to_take(&self, clause: &str) -> bool {
        let rest = self
            .lists
            .acts
            .iter()
            .filter(|a| a.starts_with("take "))
            .fold(clause.to_owned(), |t, a| t.replace(a.as_str(), " "));
        tells_to_take(&rest)
    }
}

/// Likewise, of what is left of the clause.
fn tells_to_take(clause: &str) -> bool {
    let says = |words: &[&str]| says_any(clause, words);
    says(&[
        "it", "them", "one", "dose", "doses", "dosis", "tomelo", "tomela", "bebalo", "bebala",
    ]) || says(&["take", "tome"])
        && !["take a glass", "take a cup", "tome un vaso", "tome agua"]
            .iter()
            .any(|w| clause.contains(w))
}

impl Checks {
    /// True when a frequency is not of the drug that is named last: "besides the drops, warm compresses
    /// daily", where a line of the chart on compresses says daily; "its level is checked monthly".
    fn is_of_something_else(
        &self,
        evidence: &Evidence,
        text: &str,
        f: &Frequency,
        governing: Option<&Mention>,
        found: &Found<'_>,
    ) -> bool {
        let Some(drug) = governing else {
            return false;
        };
        let sentence = found.reading.sentence(f.at.start);
        let clause = clause_at(text, sentence.clone(), f.at.start);
        let words = &text[clause.clone()];
        let inside = clause.contains(&drug.at.start);
        let tested = says_any(words, &self.lists.tested);
        if inside && !tested {
            return false;
        }
        let agrees = |k: &Frequency| {
            (k.per_day - f.per_day).abs() < 0.05 * f.per_day
                && (k.part.is_none() || f.part.is_none() || k.part == f.part)
        };
        // The words of the frequency itself say nothing of what it is of.
        let rest = format!(
            "{} {}",
            &text[clause.start..f.at.start.max(clause.start)],
            text.get(f.at.end..clause.end).unwrap_or("")
        );
        let told = evidence
            .at(Place::Note)
            .any(|l| l.frequencies.iter().any(agrees) && shared(&rest, &l.folded) > 0);
        if told {
            return true;
        }
        // "Offer food again late in the evening" sets no dose.
        if !inside && f.part.is_some() && says_any(words, &self.lists.eaten) {
            return true;
        }
        // Some sentences behind any drug, the frequency may be of any that is listed.
        let before = found.reading.sentence(sentence.start.saturating_sub(1));
        drug.at.end <= before.start
            && evidence
                .at(Place::Medication)
                .flat_map(|l| &l.frequencies)
                .any(agrees)
    }
}

/// True when a day that is booked lies some twelve months behind another of the chart.
fn lie_a_year_apart(evidence: &Evidence) -> bool {
    let dates: Vec<_> = evidence.dates().take(40).collect();
    evidence
        .at(Place::Appointment)
        .flat_map(|l| &l.dates)
        .any(|booked| {
            dates.iter().any(|d| {
                d.until(*booked)
                    .is_ok_and(|s| (345..=385).contains(&s.get_days()))
            })
        })
}

/// True when a place of a message stands in a question.
fn is_asked(message: &str, at: &std::ops::Range<usize>) -> bool {
    let behind = message.get(at.end..).unwrap_or("");
    behind
        .find(['.', '!', '?', '\n'])
        .is_some_and(|i| behind[i..].starts_with('?'))
}

/// Bytes of a dose between a drug and how often it is taken.
const DOSE: usize = 28;

/// True when no new clause begins between a drug and a frequency.
fn is_close(between: &str) -> bool {
    between.len() <= DOSE
        && ![" and ", " y ", ";", ".", " or ", " with ", " not "]
            .iter()
            .any(|w| between.contains(w))
}

/// True behind "at six", "at half past nine", "at 7:30".
fn ends_with_a_time(before: &str) -> bool {
    let near = before.trim_end();
    let words: Vec<&str> = near.rsplit(' ').take(5).collect();
    let is_unit = words
        .first()
        .is_some_and(|w| ["mg", "mcg", "ml", "units", "tablet", "tablets"].contains(w));
    !is_unit && words.iter().skip(1).any(|w| *w == "at" || *w == "las")
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn what_is_cleaned_or_swapped_is_no_drugs_unless_the_chart_says_how_often() {
        let chart = json!({
            "medications": ["Insulin glargine 18 units nightly", "Diclofenac 1% gel QID PRN", "Acetaminophen 650 mg TID PRN"],
            "notes": ["2026-03-02: Foam dressing every 3 days."],
        });
        holds(
            "how often?",
            &chart,
            &[
                "Once a week, soak the hose in warm water.",
                "Wipe the sills and floors weekly.",
                "Take them out at night.",
                "The gel up to four times a day plus acetaminophen is a fair team.",
                "Change the foam every 3 days.",
            ],
            &["Change the foam every day.", "The gel goes on twice a day."],
        );
    }

    #[test]
    fn a_frequency_before_a_drug_may_be_of_what_is_no_drug() {
        let chart = json!({
            "medications": ["Naproxen 500 mg BID"],
            "notes": ["2026-03-02: PT three times weekly."],
        });
        holds(
            "knee?",
            &chart,
            &["Go to therapy three times a week, and take the naproxen with food."],
            &["Go to therapy, and take the naproxen three times a week."],
        );
    }

    #[test]
    fn a_frequency_is_of_what_its_clause_speaks_of() {
        let chart = json!({
            "medications": ["Tacrolimus 2 mg BID", "Semaglutide 0.5 mg weekly"],
            "notes": ["2026-03-02: Tacrolimus level monthly.", "2026-03-03: Salt-water gargles 3-4 times a day."],
        });
        holds(
            "how often?",
            &chart,
            &[
                "Besides the tacrolimus, do salt-water gargles three or four times a day.",
                "Your tacrolimus level is checked every month.",
                "You take tacrolimus twice a day. Walk a little. Rest as you need. Keep the shot on the same day each week.",
            ],
            &["Besides salt-water gargles, take the tacrolimus four times a day."],
        );
    }

    #[test]
    fn what_is_done_with_a_drug_is_how_often_it_is_taken() {
        let chart = json!({"medications": ["Metformin 500 mg BID", "Lactulose 30 mL twice a day"]});
        holds(
            "how often?",
            &chart,
            &[
                "Drink a glass of water every hour.",
                "Walk a little four times a day.",
            ],
            &[
                "Metformin is the white one. Take it from the pill box three times a day.",
                "Lactulose is the syrup. Drink it four times a day.",
            ],
        );
    }

    #[test]
    fn a_form_names_its_medication_and_only_is_once() {
        let chart = json!({"medications": ["Clobetasol ointment BID", "Losartan 50 mg daily"]});
        holds(
            "rash?",
            &chart,
            &["Use the ointment twice a day."],
            &[
                "Use a thin layer of the ointment, only at bedtime.",
                "Use the ointment every other hour.",
                "Use the ointment once a month.",
            ],
        );
    }

    #[test]
    fn twice_weekly_is_not_weekly() {
        let chart = json!({"medications": ["Estradiol patch 0.05 mg twice weekly"]});
        holds(
            "how often?",
            &chart,
            &["The estradiol patch is changed twice a week."],
            &["The estradiol patch is changed once a week."],
        );
    }

    #[test]
    fn a_frequency_right_behind_its_drug_is_its_own() {
        let chart =
            json!({"medications": ["Amlodipine 5 mg at bedtime", "Losartan 50 mg every morning"]});
        holds(
            "when?",
            &chart,
            &["Norvasc, 5 mg at bedtime, is added to losartan."],
            &["Norvasc, 5 mg every morning, is added to losartan."],
        );
    }
}
