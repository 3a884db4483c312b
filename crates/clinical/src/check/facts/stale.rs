//! Values and changes that were told of the wrong day or the wrong way: an older result called the latest, a value under
//! another result's date, a dose that was lowered and is told as raised.

use super::super::amounts::{Amount, Unit};
use super::super::dates::Day;
use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Line, Place, covers};
use super::super::{Case, Checks, Found};
use super::{find_word, is_same_test, names_the_test, says_any};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// Bytes between a word for the newest result and its value.
const REACH: usize = 40;
/// Bytes between a value and the day that it is said of: a unit and a word.
const BESIDE: usize = 14;
/// With these a value that "is" is none of today: a goal, a border, a supposition, or what it was.
const NOT_OF_NOW: &[&str] = &[
    "goal", "target", "range", "limit", "normal", "if", "when", "unless", "until", "was", "were",
    "from", "than", "over", "under", "above", "below", "meta", "objetivo", "rango", "si", "cuando",
    "era", "fue", "desde", "mayor", "menor",
];

impl Checks {
    /// "Your latest ferritin was 11", where 11 is the older of two: the chart has a newer one.
    pub(super) fn stale_values(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        text: &str,
        found: &mut Found<'_>,
    ) {
        for s in found.reading.sentences.clone() {
            let sentence = &text[s.clone()];
            let all_days = found.days(&self.dates, s.clone());
            let days: Vec<_> = all_days
                .iter()
                .filter(|d| d.month.is_some() && d.day.is_some())
                .collect();
            // "On Monday" is the last one.
            let weekdays: Vec<_> = all_days
                .iter()
                .filter(|d| d.month.is_none() && d.day.is_none())
                .filter_map(|d| Some((d.at.clone(), last_weekday(d.weekday?, case.today)?)))
                .collect();
            let told = found.numbers(&self.amounts, s.clone());
            for a in told.iter() {
                let before = &sentence[..a.at.start];
                let near =
                    &before[before.floor_char_boundary(before.len().saturating_sub(REACH))..];
                let newest = says_any(near, &self.lists.newest)
                    // "Down from 8.3" tells the older one.
                    && !near.ends_with("from ");
                // "Your A1c is 8.4%", where that was in April and the chart has a newer one.
                let of_now = all_days.is_empty()
                    && ["is ", "is now ", "is at ", "es ", "es de ", "esta en "]
                        .iter()
                        .any(|w| near.ends_with(&format!(" {w}")))
                    && !says_any(sentence, NOT_OF_NOW);
                if let Some(line) = other_of_month(evidence, sentence, (&told, &all_days), a) {
                    let at = s.start + a.at.start..s.start + a.at.end;
                    found.contradicts(at, line, "The chart has another value of that month.");
                }
                let of_value = evidence.at(Place::Result).filter(|l| is_value(l, a));
                let stale = of_value
                    .filter(|l| {
                        names_the_test(sentence, &l.folded) || !matches!(a.unit, Unit::None)
                    })
                    .find_map(|old| {
                        let same = evidence
                            .at(Place::Result)
                            .filter(|l| is_same_test(&l.folded, &old.folded) && !is_value(l, a));
                        same.filter(|l| l.dates.first() > old.dates.first())
                            .find(|l| {
                                let on_day = days.len() == 1
                                    && l.days.iter().any(|k| days[0].is_in(k))
                                    && !old.days.iter().any(|k| days[0].is_in(k))
                                    && (days[0].at.end <= a.at.start
                                        // "Your A1c was 8.4% on November 19".
                                        || is_said_of(sentence, a, days[0], &[" on ", " el "]));
                                // What the sentence tells of both is no mistake.
                                let tells_both = told.iter().any(|k| is_value(l, k));
                                let on_weekday = weekdays.len() == 1
                                    && days.is_empty()
                                    && l.dates.contains(&weekdays[0].1)
                                    && !old.dates.contains(&weekdays[0].1)
                                    && (sentence[a.at.end..].starts_with(" on ")
                                        || weekdays[0].0.end <= a.at.start);
                                // "It was 0.6%, down from August", where 0.6 is August's.
                                let of_then = sentence
                                    .get(a.at.end..)
                                    .and_then(|rest| rest.split_once("from "))
                                    .filter(|(between, _)| between.len() <= 12)
                                    .is_some_and(|(_, rest)| {
                                        self.dates.days(rest).first().is_some_and(|d| {
                                            d.at.start == 0
                                                && d.month.is_some()
                                                && old.days.iter().any(|k| d.is_in(k))
                                        })
                                    });
                                (newest || of_now || on_day || on_weekday || of_then) && !tells_both
                            })
                    });
                if let Some(line) = stale {
                    let at = s.start + a.at.start..s.start + a.at.end;
                    found.contradicts(at, line, "The chart has another value of that day.");
                }
            }
        }
    }

    /// "The Coreg was raised to 6.25", where the note says that it was reduced to that.
    pub(super) fn changes_told(
        &self,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        for s in found.reading.sentences.clone() {
            let sentence = &text[s.clone()];
            let (raised, lowered) = (&self.lists.raised, &self.lists.lowered);
            for (said, other) in [(raised, lowered), (lowered, raised)] {
                let Some((at, word)) = said.iter().find_map(|w| Some((find_word(sentence, w)?, w)))
                else {
                    continue;
                };
                let told = self.amounts.numbers(&sentence[at..], &[]);
                let has = |l: &Line, words: &[String]| says_any(&l.folded, words);
                let line = evidence.at(Place::Note).find(|l| {
                    has(l, other)
                        && !has(l, said)
                        && told.iter().any(|a| a.dose && l.has_written(a.written))
                        && mentions
                            .iter()
                            .filter(|m| s.contains(&m.at.start))
                            .any(|m| l.drugs.iter().any(|d| covers(&d.name, &m.name)))
                });
                if let Some(line) = line {
                    let at = s.start + at;
                    found.contradicts(
                        at..at + word.len(),
                        line,
                        "By the chart it went the other way.",
                    );
                }
            }
        }
    }
}

/// "Your A1c was 7.4% in July", where July's was another: the result of that month, for a value that is another month's.
fn other_of_month<'a>(
    evidence: &'a Evidence,
    sentence: &str,
    (told, days): (&[Amount], &[Day]),
    a: &Amount,
) -> Option<&'a Line> {
    let mut months = days.iter().filter(|d| d.month.is_some());
    let month = months.next().filter(|d| d.day.is_none())?;
    if months.next().is_some() || !is_said_of(sentence, a, month, &[" in ", " en "]) {
        return None;
    }
    let of_month = |l: &&Line| l.days.iter().any(|k| month.is_in(k));
    let all = || evidence.at(Place::Result);
    let own = all().find(|l| is_value(l, a) && names_the_test(sentence, &l.folded))?;
    let other = all()
        .filter(of_month)
        .find(|l| is_same_test(&l.folded, &own.folded) && !is_value(l, a))?;
    let right = all().filter(of_month).any(|l| is_value(l, a));
    (!right && !told.iter().any(|k| is_value(other, k))).then_some(other)
}

/// "8.4% on November 19": a day right behind a value, joined to it by one of these words.
fn is_said_of(sentence: &str, a: &Amount, day: &Day, joined: &[&str]) -> bool {
    sentence.get(a.at.end..day.at.start).is_some_and(|between| {
        between.len() <= BESIDE && joined.iter().any(|w| between.ends_with(w))
    })
}

/// The last day before today, or today, that is this weekday.
fn last_weekday(weekday: Weekday, today: Date) -> Option<Date> {
    (0..7)
        .filter_map(|n: i64| today.checked_sub(n.days()).ok())
        .find(|d| d.weekday() == weekday)
}

/// True when a result line holds the value of an amount.
fn is_value(line: &Line, a: &Amount) -> bool {
    line.amounts
        .iter()
        .find(|k| k.at.end > 0 && !k.per)
        .is_some_and(|k| (k.written - a.written).abs() < 1e-9)
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    /// An older value passed as what "is", and as one of the newer day; a dose passed for the number of cycles of its note; and an
    /// allergy's reaction was compared only where the sentence spoke of a list.
    #[test]
    fn an_older_result_is_not_what_is_now() {
        let chart = json!({
            "results": ["HbA1c 8.4 % (2026-04-14)", "HbA1c 7.1 % (2026-11-19)", "LDL 88 mg/dL (2026-11-19)"],
            "medications": ["ondansetron 8 mg every 8 hours as needed for nausea",
                "levothyroxine 88 mcg daily (increased from 75 mcg 2026-11-12)"],
            "allergies": ["ketorolac (swelling)"],
            "notes": ["2026-11-09: Cycle 2 of 4 given. Nausea controlled with ondansetron."],
        });
        holds(
            "Are my results back?",
            &chart,
            &[
                "Your labs from November 19 are back. Your A1c is 7.1%, and your LDL is 88.",
                "Your A1c was 8.4% in April and is 7.1% now.",
                "Your A1c was 7.1% in November.",
                "Your A1c is down from 8.4% to 7.1%.",
                "For nausea, take ondansetron 8 mg every 8 hours as needed.",
                "Since you react to ketorolac with swelling, please tell the dentist.",
                "We raised the dose on November 12: now take 88 mcg of levothyroxine.",
            ],
            &[
                "Your labs from November 19 are back. Your A1c is 8.4%, and your LDL is 88.",
                "Your A1c was 8.4% on November 19.",
                "Your A1c was 7.1% in April.",
                "For nausea, take ondansetron 4 mg every 8 hours as needed.",
                "Since you react to ketorolac with hives, please tell the dentist.",
                "We raised the dose on November 12: now take 75 mcg of levothyroxine.",
            ],
        );
    }

    #[test]
    fn a_value_is_that_of_its_weekday_and_not_of_the_month_that_it_came_down_from() {
        let chart = json!({"results": ["Potassium 5.6 mmol/L (2026-03-02)", "Potassium 4.2 mmol/L (2026-02-04)"]});
        holds(
            "potassium?",
            &chart,
            &[
                "Your potassium was 5.6 on Monday.",
                "K+ was 5.6 on Monday.",
                "Your potassium was 5.6, up from February.",
            ],
            &[
                "Your potassium was 4.2 on Monday.",
                "K+ was 4.2 on Monday.",
                "Your potassium was 4.2, up from February.",
            ],
        );
    }

    #[test]
    fn an_older_value_is_not_the_latest_nor_another_days() {
        let chart = json!({"results": [
            "Ferritin 14 ng/mL (2025-09-03)",
            "Ferritin 52 ng/mL (2026-02-11)",
        ]});
        holds(
            "my iron?",
            &chart,
            &[
                "Your latest ferritin was 52, up from 14.",
                "Your ferritin was 52 on February 11.",
            ],
            &[
                "Your latest ferritin was 14.",
                "On February 11 your ferritin was 14.",
            ],
        );
    }

    #[test]
    fn a_dose_that_was_lowered_was_not_raised() {
        let chart = json!({
            "medications": ["Atenolol 25 mg daily"],
            "notes": ["2026-02-11: Atenolol reduced from 50 to 25 mg daily."],
        });
        holds(
            "which dose?",
            &chart,
            &["Your atenolol was lowered to 25 mg daily."],
            &["Your atenolol was raised to 25 mg daily."],
        );
    }
}
