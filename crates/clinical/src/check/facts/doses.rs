//! Doses and other numbers of a reply.

use super::super::amounts::{Amount, Unit};
use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Line, Place};
use super::super::{Case, Checks, Found, reckoned, worked_out};
use super::advice::alternative_at;
use super::alike::{counts_days, is_beside, is_rough, is_since, same_sort, units_agree};
use super::changed::changed_by_a_note;
use super::fulfilled::is_fulfilled;
use super::governing::{is_of, is_of_another_clause, of_sentence_before, speaks_of_before};
use super::lines::{is_of_the_line, names_the_line};
use super::supply::is_rate;
use super::{names_the_test, says_any};
use std::ops::Range;

const NO_NUMBER: &str = "Neither the message nor the chart has this number.";

/// Bytes in which "now" stands before a dose that it is of.
const NOW_REACH: usize = 28;

impl Checks {
    /// A number of a reply, looked for in message and chart.
    pub(super) fn amount(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        text: &str,
        a: &Amount,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        let before = found.list.len();
        self.looked_for(case, evidence, text, a, mentions, found);
        if found.list.len() == before {
            return;
        }
        if self.is_by_the_label(evidence, text, a, mentions, found) {
            found.list.truncate(before);
            return;
        }
        let of_anybody = self.is_of_anybody(evidence, text, a, mentions, found);
        let claimed = self.is_claimed(evidence, text, a, mentions, found);
        let norm = self.is_norm(evidence, text, a, found);
        if norm && !a.dose && self.is_reference(text, a, found) {
            found.list.truncate(before);
            return;
        }
        for f in &mut found.list[before..] {
            // A range beside a result is no result: "4 (under 10 is normal)". Else what the chart says otherwise of is no general word.
            if norm && !a.dose && f.kind == "contradicts_chart" {
                "unsupported".clone_into(&mut f.kind);
                NO_NUMBER.clone_into(&mut f.why);
                f.source = None;
            }
            f.serious &= f.kind != "unsupported" || claimed && !of_anybody;
        }
    }

    fn looked_for(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        text: &str,
        a: &Amount,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        // "In one day", "one time": the word counts nothing that a chart holds.
        let idle = text[a.at.clone()].starts_with(char::is_alphabetic)
            && (a.value - 1.0).abs() < 1e-9
            && matches!(&a.unit, Unit::Other(u) if ["day", "time", "hour", "month", "year", "dose", "injection"].contains(&u.as_str()));
        // "If you keep nothing down for 24 hours, call": the advice's own span of time.
        let span_of_advice = [24.0, 48.0, 72.0].contains(&a.value)
            && a.unit.is("hour")
            && {
                let words = &text[found.reading.sentence(a.at.start)];
                let told = ["if", "call", "watch", "si", "llame", "vigile"];
                says_any(words, &told)
                    // How long to wait with what may be grave is looked for like any number; each warning of a list is one.
                    && !says_any(alternative_at(words, a.at.start - found.reading.sentence(a.at.start).start), &self.lists.grave)
                    // "No more than one in 24 hours" is a day's most.
                    || text[..a.at.start].ends_with(" in ")
            };
        // "Two lows in one week" says within what.
        let idle = idle || &text[a.at.clone()] == "one week" && text[..a.at.start].ends_with("in ");
        // "One a day" is how often.
        let idle = idle
            || matches!(a.unit, Unit::None)
                && (a.value - 1.0).abs() < 1e-9
                && text[a.at.clone()].starts_with(char::is_alphabetic);
        // "The 10 mg is your wife's, as you say": the message's own word of another's.
        let anothers = evidence.of_another
            && of_another(&text[found.reading.sentence(a.at.start)])
            && evidence.at(Place::Message).any(|l| {
                l.amounts
                    .iter()
                    .any(|k| (k.written - a.written).abs() < 1e-9)
            });
        if found.is_marked(&a.at) || idle || span_of_advice || anothers {
            return;
        }
        if self.is_general_advice(evidence, text, a, mentions, found)
            || self.is_plain(evidence, text, a, found)
            || self.is_rounded(evidence, text, a)
            || self.is_ranked(evidence, text, a)
            || is_rate(evidence, text, a)
            || self.is_supply(evidence, text, a, mentions, found)
            || self.comes_to_the_dose(evidence, text, a, mentions, found)
            || self.follows_from_days(case, evidence, text, a, found)
            || is_fulfilled(evidence, &text[found.reading.sentence(a.at.start)], text, a)
        {
            return;
        }
        let drugs: Vec<&Mention> = self.governing(&a.at, mentions, found).into_iter().collect();
        let words = &text[found.reading.sentence(a.at.start)];
        // Looked for last: it reads the sentence many times, and most amounts stand in the chart as they are.
        let whole = a;
        let worked_out =
            || self.is_worked_out(case, evidence, words, &text[whole.at.end..], whole, &drugs);
        // "80 grams of protein" is no dose of a drug.
        let food = a.dose && self.is_food(text, &a.at);
        let a = &Amount {
            dose: a.dose && !food,
            ..a.clone()
        };
        let near = |x: f64, y: f64| (x - y).abs() < 1e-9 + y.abs() * 1e-6;
        // "About 14 kg" is the chart's 14.1.
        let roughly = !a.dose && is_rough(&text[..a.at.start]);
        // "Calprotectin was 88" names no unit; the chart's "88 mcg/g" does.
        let equal = |k: &Amount| {
            near(k.value, a.value)
                || matches!(a.unit, Unit::None) && near(k.written, a.written)
                || roughly && near(k.value.round(), a.value)
                // "A little over six" is the chart's 6.2.
                || !a.dose && is_beside(&text[..a.at.start], k.value, a.value)
        };
        let sentence = found.reading.sentence(a.at.start);
        // "Repeat it in six weeks" looks ahead: how long ago a result is supports it not.
        let ahead = ["in ", "every ", "en ", "cada "]
            .iter()
            .any(|w| text[..a.at.start].ends_with(w))
            && says_any(
                &text[sentence.clone()],
                &[
                    "repeat", "recheck", "again", "next", "due", "another", "repetir", "repita",
                ],
            )
            && !evidence.dates().any(|d| {
                d > case.today
                    && worked_out::since(&[reckoned::day(d)], case.today)
                        .iter()
                        .any(|k| equal(k) && k.unit == a.unit)
            });
        // "We raised it on the 12th: now take 75": what is taken now is not what was.
        let start = text.floor_char_boundary(a.at.start.saturating_sub(NOW_REACH));
        let of_now = says_any(&text[start..a.at.start], &["now", "ahora"])
            && !text[..a.at.start].trim_end().ends_with("from");
        let past = || !of_now && speaks_of_before(words);
        // "For two weeks" is how long something lasts, and no time since a date.
        let lasts = ["for ", "por ", "durante ", "x "]
            .iter()
            .any(|w| text[..a.at.start].ends_with(w))
            && !says_any(
                &text[sentence.clone()],
                &[
                    "been", "past", "last", "now", "had", "ago", "since", "already", "have", "has",
                    "lleva",
                ],
            );
        // "20 mEq" is of what the chart counts so, and no bare number's.
        let counted_so = a.unit.is("meq")
            && evidence
                .at(Place::Medication)
                .any(|l| l.amounts.iter().any(|k| k.dose && k.unit == a.unit));
        let agrees = |k: &Amount| {
            equal(k)
                && !(counted_so && matches!(k.unit, Unit::None))
                && !(lasts && is_since(k))
                && !(ahead && is_since(k))
                && units_agree(&k.unit, &a.unit)
                && (!k.old || !a.dose || past())
                // A result's "88 mcg/g" is 88; a strength's "400 mg/5 ml" is not 5.
                // "400 per 90 days" says ninety days.
                && (a.per || !k.per || !k.dose || !a.dose && matches!(a.unit, Unit::None))
        };
        let said = |l: &Line| {
            l.amounts
                .iter()
                .any(|k| agrees(k) && !(a.dose && counts_days(&l.folded, k)))
        };
        if a.dose
            && let Some(drug) = self.governing(&a.at, mentions, found)
            // A drug of an earlier sentence that the chart does not hold has no dose there.
            && (sentence.contains(&drug.at.start) || evidence.naming(&drug.name).next().is_some())
        {
            let lines: Vec<&Line> = evidence
                .naming(&drug.name)
                .filter(|l| l.place != Place::Message)
                .collect();
            // A message that weighs two doses against each other supports neither against the chart.
            let in_message = (evidence.doses_told < 2 || lines.is_empty())
                && evidence.at(Place::Message).any(said);
            // "I take 88" supports no 88 mg where the chart says 88 mcg.
            let charted = lines.iter().any(|l| {
                l.amounts
                    .iter()
                    .any(|k| k.dose && same_sort(&k.unit, &a.unit))
            });
            let in_message = in_message
                && (!charted
                    || evidence
                        .at(Place::Message)
                        .any(|l| l.amounts.iter().any(|k| agrees(k) && k.unit == a.unit)));
            // "10 mL" of what the chart counts in mL is not its ten days: there the unit must be the same.
            let in_its_unit = matches!(a.unit, Unit::Millilitre)
                && lines.iter().any(|l| {
                    l.place == Place::Medication
                        && l.amounts
                            .iter()
                            .any(|k| k.dose && !k.per && k.unit == a.unit)
                });
            let own = |l: &Line| {
                said(l) && (!in_its_unit || l.amounts.iter().any(|k| agrees(k) && k.unit == a.unit))
            };
            if lines.iter().any(|l| own(l)) || in_message {
                return;
            }
            // "15 mg one day a week with 1 mg of folic acid": the nearer dose is the drug's.
            let nearer = drug.at.start > a.at.end
                && self
                    .amounts
                    .numbers(&text[a.at.end..drug.at.start], &[])
                    .iter()
                    .any(|k| k.dose)
                && evidence.at(Place::Medication).any(said);
            if nearer {
                return;
            }
            // "Metformin 500 mg and lisinopril": the amount may belong to another drug of the sentence.
            // So it may where the drugs stand in the sentence before, or where the chart's name is not known as a drug's.
            let outside = !sentence.contains(&drug.at.start);
            // "It is 14 units once a day, and the metformin stays": what the message asks of comes first.
            let asked = drug.at.start >= a.at.end
                && is_of_another_clause(&text[a.at.end..drug.at.start])
                && !evidence.is_asked_of(&drug.name)
                && evidence.of_the_message(&drug.name).any(said);
            let own = is_of(text, &a.at, drug);
            let beside = found.reading.sentence(drug.at.start);
            if asked {
                return;
            }
            if (drug.at.start > a.at.start && !own || outside)
                && mentions
                    .iter()
                    .filter(|m| beside.contains(&m.at.start) && m.name != drug.name)
                    .chain(of_sentence_before(mentions, &sentence, found))
                    .any(|m| evidence.naming(&m.name).any(said))
                || evidence.at(Place::Medication).any(|l| {
                    said(l)
                        && (names_the_line(&text[sentence.clone()], l)
                            || outside && is_of_the_line(&text[a.at.end..], l))
                })
            {
                return;
            }
            let charted = lines.iter().find(|l| {
                l.amounts
                    .iter()
                    .any(|k| k.dose && same_sort(&k.unit, &a.unit))
            });
            if let Some(line) = charted {
                if worked_out() || changed_by_a_note(evidence, &lines, &a.unit, a.value) {
                    return;
                }
                found.at(
                    "contradicts_chart",
                    a.at.clone(),
                    "The chart has another dose of this drug.",
                    Some(&line.text),
                );
                return;
            }
            if matches!(a.unit, Unit::Tablet) && (a.value - 1.0).abs() < 1e-9 {
                return;
            }
            if worked_out() {
                return;
            }
            found.at(
                "unsupported",
                a.at.clone(),
                "Neither the message nor the chart has this dose.",
                lines.first().map(|l| l.text.as_str()),
            );
            return;
        }
        // A dose of which no drug is named: the message may weigh several, the chart holds one.
        if a.dose {
            let charted = evidence.lines.iter().find(|l| {
                l.place == Place::Medication
                    && l.amounts
                        .iter()
                        .any(|k| k.dose && same_sort(&k.unit, &a.unit))
            });
            let in_chart = evidence.lines.iter().any(|l| {
                l.place != Place::Message && l.amounts.iter().any(|k| agrees(k) && k.unit == a.unit)
            });
            let single = matches!(a.unit, Unit::Tablet) && (a.value - 1.0).abs() < 1e-9;
            if let Some(line) = charted
                && !in_chart
                && !single
                && (evidence.doses_told >= 2 || !evidence.at(Place::Message).any(said))
            {
                if worked_out() {
                    return;
                }
                found.at(
                    "contradicts_chart",
                    a.at.clone(),
                    "The chart has another dose.",
                    Some(&line.text),
                );
                return;
            }
        }
        // "One tablet" says no more than the drug, unless the chart counts its tablets.
        let counted = evidence
            .at(Place::Medication)
            .any(|l| l.amounts.iter().any(|k| k.unit == Unit::Tablet));
        let single = matches!(a.unit, Unit::Tablet) && (a.value - 1.0).abs() < 1e-9;
        if single && !counted {
            return;
        }
        // Of two numbers that a message weighs, the chart's is the right one.
        let weighed = |v: f64| evidence.weighed.iter().any(|w| near(*w, v));
        if weighed(a.value)
            && !of_another(&text[sentence.clone()])
            && let Some(line) = evidence.lines.iter().find(|l| {
                matches!(l.place, Place::Medication | Place::Note | Place::Result)
                    && l.amounts
                        .iter()
                        .any(|k| k.at.end > 0 && weighed(k.value) && !near(k.value, a.value))
            })
            && !evidence.lines.iter().any(|l| {
                l.place != Place::Message && l.amounts.iter().any(|k| k.at.end > 0 && agrees(k))
            })
        {
            if worked_out() {
                return;
            }
            found.at(
                "contradicts_chart",
                a.at.clone(),
                "The chart has the other one.",
                Some(&line.text),
            );
            return;
        }
        // "38 on your November 2025 study": the result of the month that is named.
        let days = found.days(&self.dates, sentence.clone());
        // Of a test that the sentence names, it must be that one's.
        let names = |l: &Line| names_the_test(&text[sentence.clone()], &l.folded);
        if days.iter().filter(|d| d.month.is_some()).any(|d| {
            let of_month = |l: &&Line| d.year.is_some() && l.days.iter().any(|k| d.is_in(k));
            let any_named = evidence.at(Place::Result).filter(of_month).any(&names);
            evidence
                .at(Place::Result)
                .filter(of_month)
                .any(|l| l.has_written(a.written) && (!any_named || names(l)))
        }) {
            return;
        }
        // A result: the number must be one of the test that the sentence names.
        let named: Vec<&Line> = evidence
            .at(Place::Result)
            .filter(|l| names_the_test(&text[sentence.clone()], &l.folded))
            .collect();
        let elsewhere = evidence
            .lines
            .iter()
            .filter(|l| l.place != Place::Result || named.is_empty())
            .any(said);
        if elsewhere || named.iter().any(|l| said(l)) {
            return;
        }
        if worked_out() {
            return;
        }
        // A span of time is no other value of a test, nor a percentage of one in other units.
        let of_its_kind = |l: &&&Line| {
            l.amounts
                .iter()
                .any(|k| k.at.end > 0 && units_agree(&k.unit, &a.unit))
        };
        found.fact(
            a.at.clone(),
            named.iter().find(of_its_kind).copied(),
            "The chart has another value.",
            NO_NUMBER,
        );
    }
}

/// True when a sentence speaks of somebody else's: "the 10 mg is your wife's".
pub(in super::super) fn of_another(sentence: &str) -> bool {
    says_any(
        sentence,
        &[
            "wife's",
            "husband's",
            "son's",
            "daughter's",
            "mother's",
            "father's",
            "hers",
            "his",
            "theirs",
            "not yours",
        ],
    )
}

/// "1." or "2)" at the start of a line.
pub(super) fn is_list_marker(text: &str, at: &Range<usize>) -> bool {
    let before = text[..at.start].trim_end_matches(' ');
    (before.is_empty() || before.ends_with('\n'))
        && [") ", ". "].iter().any(|m| text[at.end..].starts_with(m))
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn numbers_are_read_as_clinics_and_people_write_them() {
        let chart = json!({
            "medications": ["Albuterol 90 mcg 2 puffs q4-6h prn", "Levotiroxina 75 mcg en ayunas", "Prednisone 20 mg #12"],
            "notes": ["2026-03-02: Fast 8 h. Fluids 2.5 L a day. Sling for 4 more weeks."],
        });
        holds(
            "how?",
            &chart,
            &[
                "Leave at least four to six hours between puffs of albuterol.",
                "Su levotiroxina es de setenta y cinco microgramos.",
                "Fast for eight hours and drink two and a half liters a day.",
                "Wear the sling for four weeks.",
            ],
            &[
                "Su levotiroxina es de ochenta y cinco microgramos.",
                "Drink three and a half liters a day.",
            ],
        );
    }

    #[test]
    fn the_numbers_of_a_combined_strength_share_its_unit() {
        let chart = json!({"medications": ["Lisinopril-hydrochlorothiazide 20 mg-12.5 mg tablet, 1 tablet daily"]});
        holds(
            "strength?",
            &chart,
            &["Your lisinopril-HCTZ is 20/12.5 mg."],
            &["Your lisinopril-HCTZ is 10/12.5 mg."],
        );
    }

    #[test]
    fn a_unit_that_the_chart_counts_in_is_no_bare_numbers() {
        let chart = json!({
            "medications": ["Furosemide 40 mg daily", "Potassium chloride 10 mEq daily"],
            "notes": ["2026-03-02: Furosemide 40 daily."],
        });
        holds(
            "potassium with the lasix 40?",
            &chart,
            &["The potassium stays at 10 mEq."],
            &[
                "The potassium stays at 40 mEq.",
                "The potassium stays at 20 mEq.",
            ],
        );
    }

    #[test]
    fn the_days_of_a_course_are_no_dose() {
        let chart = json!({"medications": ["Dexamethasone 8 mg daily days 2-4"]});
        holds(
            "how much?",
            &chart,
            &["Dexamethasone is 8 mg each morning."],
            &[
                "Dexamethasone is 4 mg each morning.",
                "Dexamethasone is 2 mg each morning.",
            ],
        );
    }

    #[test]
    fn food_is_no_dose_and_its_number_is_still_looked_for() {
        let chart = json!({"medications": ["Ursodiol 300 mg BID"], "notes": ["Protein 70 g/day."]});
        holds(
            "diet?",
            &chart,
            &["Besides ursodiol, aim for 70 grams of protein."],
            &["Besides ursodiol, aim for 40 grams of protein."],
        );
    }

    #[test]
    fn what_lies_ahead_is_not_how_long_ago_a_result_is() {
        let chart =
            json!({"results": ["TSH 2.0 (2026-01-21)"], "notes": ["Repeat TSH in 12 months."]});
        holds(
            "next?",
            &chart,
            &["Repeat it in 12 months."],
            &["Repeat it in six weeks."],
        );
    }

    #[test]
    fn a_dose_of_no_drug_is_of_the_one_that_is_asked_of_and_of_none_where_two_are() {
        let chart = json!({"medications": ["Warfarin 5 mg daily", "Metformin 500 mg BID", "Prednisone 20 mg daily"]});
        holds(
            "prednisone and warfarin?",
            &chart,
            &["Prednisone is 20 mg, and the warfarin is 5 mg."],
            &[
                "Your dose is 5 mg; metformin is the one to take with food.",
                "Take it twice a day, and the warfarin too.",
            ],
        );
    }

    #[test]
    fn a_little_over_is_not_nearly_one_more() {
        let chart =
            json!({"results": ["A1c 7.9 % (2026-02-18)", "Creatinine 1.2 mg/dL (2026-02-18)"]});
        holds(
            "a1c?",
            &chart,
            &["Your creatinine is just over 1."],
            &["Your A1c was a little over 7."],
        );
    }
}
