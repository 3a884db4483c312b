//! What a reply says of a value against a goal or a range: "within your goal",
//! "above normal", "was high".

use super::super::amounts::Amount;
use super::super::evidence::{Evidence, Line, Place};
use super::super::flags::Flag;
use super::super::{CheckError, Checks, Found, built};
use super::clauses::{clause_at, denies, has_stem, stem, supposes, topics};
use super::names_the_test;
use super::says_any;
use regex::Regex;
use std::ops::Range;

/// Recognisers, compiled once.
#[derive(Debug)]
pub(in super::super) struct Goals {
    /// "Goal 2.5-3.5", "normal <45", "target under 7".
    goal: Regex,
    /// What a reply claims of a value.
    claim: Regex,
    /// A line that calls something low or high: "low level", "high potassium".
    called: Regex,
}

/// Where a value lies, as a reply says it or as the chart's goal makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Under,
    Within,
    Over,
}

/// Two ends of a range, of which either may be open.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Limits(f64, f64);

impl Limits {
    fn side(self, value: f64) -> Side {
        if value < self.0 {
            Side::Under
        } else if value > self.1 {
            Side::Over
        } else {
            Side::Within
        }
    }
}

impl Goals {
    pub(in super::super) fn new() -> Result<Self, CheckError> {
        Ok(Self {
            goal: built(
                r"\b(?:goal|target|normal|range|meta|objetivo|ref(?:erence)?)\b[^.;,0-9<>]{0,24}(?P<how><=?|>=?|under|below|less than|at most|over|above|at least|menos de|mas de)? ?(?P<low>\d+(?:\.\d+)?)(?: ?(?:-|to|a|and) ?(?P<high>\d+(?:\.\d+)?))?(?P<more>/\d)?",
            )?,
            claim: built(concat!(
                r"\b(?:(?P<over>(?:above|over|higher than|past|exceeds|por encima de) (?:the |your |its |la |su )?(?:goal|target|normal|range|limit|meta)|(?:was|is|were|came back|looks|looked|salio|fue|esta)(?: \w+)? (?:too |a bit |a little |slightly |mildly |muy |un poco )?(?:high|elevated|alt[oa]|elevad[oa])|on the (?:high|higher) side|(?:a (?:little|bit|tad|touch)|slightly|somewhat|quite|very|too|un poco|algo|ligeramente) (?:high|elevated|alt[oa]s?|elevad[oa]s?))",
                r"|(?P<under>(?:below|lower than|short of|por debajo de) (?:the |your |its |la |su )?(?:goal|target|normal|range|meta)|(?:was|is|were|came back|looks|looked|salio|fue|esta)(?: \w+)? (?:too |a bit |a little |slightly |mildly |muy |un poco )?(?:low|baj[oa])|on the (?:low|lower) side|(?:a (?:little|bit|tad|touch)|slightly|somewhat|quite|very|too|un poco|algo|ligeramente) (?:low|baj[oa]s?))",
                r"|(?P<within>(?:in|within|at|inside|on|dentro de|en) (?:the |your |its |la |su )?(?:goal|target|normal|range|meta|healthy|therapeutic)(?: range| zone| limits)?))\b",
            ))?,
            called: built(
                r"\b(?:(?P<low>low|bajo|baja)|(?P<high>high|elevated|alto|alta)) (?P<what>\w{3,})",
            )?,
        })
    }

    fn limits(&self, line: &str) -> Option<Limits> {
        let c = self.goal.captures(line)?;
        // "Goal <130/80" is a pressure, which is two values.
        if c.name("more").is_some() {
            return None;
        }
        let low: f64 = c["low"].parse().ok()?;
        let high = c.name("high").and_then(|m| m.as_str().parse().ok());
        Some(match (high, c.name("how").map(|m| m.as_str())) {
            (Some(high), _) => Limits(low, high),
            (None, Some("<" | "<=" | "under" | "below" | "less than" | "at most" | "menos de")) => {
                Limits(f64::NEG_INFINITY, low)
            }
            (None, Some(_)) => Limits(low, f64::INFINITY),
            (None, None) => return None,
        })
    }
}

impl Checks {
    /// True for a line that gives the ends of a goal or a range: "INR goal 2.5-3.5", "goal <130/80".
    pub(super) fn gives_a_goal(&self, line: &str) -> bool {
        // "Normal (2026-02-10)": a year is no end of a range.
        self.goals.goal.captures_iter(line).any(|c| {
            !c["low"]
                .parse()
                .is_ok_and(|low: f64| (1900.0..2100.0).contains(&low))
        })
    }

    /// What a reply says of a value must be so by the chart's goal, or by the chart's own word.
    pub(super) fn goals_named(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        for c in self.goals.claim.captures_iter(text) {
            let Some(whole) = c.get(0) else { continue };
            let sentence = found.reading.sentence(whole.start());
            let words = &text[sentence.clone()];
            let clause = &text[clause_at(text, sentence.clone(), whole.start())];
            // "Orange juice is high in potassium" speaks of food.
            let of_food = ["in ", "en "].iter().any(|w| {
                text[whole.end()..]
                    .trim_start()
                    .strip_prefix(w)
                    .is_some_and(|rest| {
                        [
                            "potassium",
                            "sodium",
                            "salt",
                            "sugar",
                            "iron",
                            "calcium",
                            "vitamin",
                            "fat",
                            "fiber",
                            "protein",
                            "carb",
                            "potasio",
                            "sodio",
                            "sal",
                            "azucar",
                            "hierro",
                        ]
                        .iter()
                        .any(|f| rest.starts_with(f))
                    })
            });
            // "You are high in potassium" speaks of the patient.
            let of_food = of_food
                && !says_any(
                    clause,
                    &["you", "your", "his", "her", "blood", "usted", "su"],
                );
            if of_food || supposes(clause) || denies(clause) || found.is_marked(&whole.range()) {
                continue;
            }
            let claimed = if c.name("over").is_some() {
                Side::Over
            } else if c.name("under").is_some() {
                Side::Under
            } else {
                Side::Within
            };
            let against = self
                .value_against(evidence, text, &sentence, whole.range(), claimed)
                .or_else(|| self.called_otherwise(evidence, words, claimed))
                .or_else(|| self.normal_against(evidence, text, &sentence, whole.range(), claimed))
                .or_else(|| {
                    self.marked_otherwise(evidence, text, &sentence, whole.range(), claimed)
                });
            if let Some(line) = against {
                found.at(
                    "contradicts_chart",
                    whole.range(),
                    "By the chart the value lies elsewhere.",
                    Some(&line.text),
                );
            }
        }
    }

    /// The line whose goal says that the value a sentence names lies elsewhere.
    fn value_against<'e>(
        &self,
        evidence: &'e Evidence,
        text: &str,
        sentence: &Range<usize>,
        at: Range<usize>,
        claimed: Side,
    ) -> Option<&'e Line> {
        // The value that stands last before the claim, else the first of the sentence.
        let told = self.amounts.numbers(&text[sentence.clone()], &[]);
        let value = told
            .iter()
            .rfind(|a| sentence.start + a.at.end <= at.start)
            .or_else(|| told.first())?
            .written;
        let words = &text[sentence.clone()];
        let result = evidence
            .at(Place::Result)
            .filter(|l| l.has_written(value))
            .find(|l| names_the_test(words, &l.folded))?;
        let own = self.goals.limits(&result.folded).map(|g| (result, g));
        let (line, limits) = own.or_else(|| {
            evidence
                .lines
                .iter()
                .filter(|l| l.place != Place::Message)
                .filter(|l| names_the_test(&l.folded, &result.folded))
                .find_map(|l| Some((l, self.goals.limits(&l.folded)?)))
        })?;
        let side = limits.side(value);
        // "Under the goal of 6" is where the chart wants it.
        let wanted = claimed == Side::Under && limits.0 == f64::NEG_INFINITY
            || claimed == Side::Over && limits.1 == f64::INFINITY;
        (side != claimed && !(wanted && side == Side::Within)).then_some(line)
    }

    /// The line whose value lies where laboratories call it normal, though the reply calls it high or low.
    fn normal_against<'e>(
        &self,
        evidence: &'e Evidence,
        text: &str,
        sentence: &Range<usize>,
        at: Range<usize>,
        claimed: Side,
    ) -> Option<&'e Line> {
        let words = &text[sentence.clone()];
        // "High at 5.8": the value may stand behind the claim.
        let told = self.amounts.numbers(words, &[]);
        let value = told
            .iter()
            .find(|a| sentence.start + a.at.start >= at.end)
            .or_else(|| told.last())?
            .written;
        evidence
            .at(Place::Result)
            .filter(|l| names_the_test(words, &l.folded))
            .filter(|l| l.has_written(value))
            .find(|l| {
                self.normal
                    .iter()
                    .find(|n| l.folded.starts_with(&n.test))
                    .is_some_and(|n| {
                        let side = Limits(n.low, n.high).side(value);
                        claimed != Side::Within && side != claimed
                    })
            })
    }

    /// The line whose value the laboratory marked as high or low, where the reply says otherwise. Where no value is told,
    /// the one result of the test speaks.
    fn marked_otherwise<'e>(
        &self,
        evidence: &'e Evidence,
        text: &str,
        sentence: &Range<usize>,
        at: Range<usize>,
        claimed: Side,
    ) -> Option<&'e Line> {
        let words = &text[sentence.clone()];
        let named: Vec<&Line> = evidence
            .at(Place::Result)
            .filter(|l| names_the_test(words, &l.folded))
            .collect();
        let against = |flag: Flag| match flag {
            Flag::High => claimed != Side::Over,
            Flag::Low => claimed != Side::Under,
        };
        let told = self.amounts.numbers(words, &[]);
        let is = |a: &Amount, v: f64| (a.written - v).abs() < 1e-9;
        // The value that stands nearest to the claim, of those that a result has.
        let gap = |a: &&Amount| {
            let (start, end) = (sentence.start + a.at.start, sentence.start + a.at.end);
            if end <= at.start {
                at.start - end
            } else {
                start.saturating_sub(at.end)
            }
        };
        let known = |a: &&Amount| evidence.at(Place::Result).any(|l| l.has_written(a.written));
        if let Some(a) = told.iter().filter(known).min_by_key(gap) {
            return named
                .iter()
                .copied()
                .find(|l| l.flags.iter().any(|(v, flag)| is(a, *v) && against(*flag)));
        }
        match named.as_slice() {
            [only] if told.is_empty() && !only.flags.is_empty() => only
                .flags
                .iter()
                .all(|(_, flag)| against(*flag))
                .then_some(*only),
            _ => None,
        }
    }

    /// The line that calls low what the reply calls high, or the other way round.
    fn called_otherwise<'e>(
        &self,
        evidence: &'e Evidence,
        sentence: &str,
        claimed: Side,
    ) -> Option<&'e Line> {
        if claimed == Side::Within {
            return None;
        }
        let says = |l: &Line, low: bool| {
            self.goals.called.captures_iter(&l.folded).any(|c| {
                c.name("low").is_some() == low
                    && c.name("what")
                        .is_some_and(|w| topics(sentence).any(|t| stem(t) == stem(w.as_str())))
            })
        };
        let chart = || {
            evidence.lines.iter().filter(|l| {
                l.place != Place::Message && topics(sentence).any(|t| has_stem(&l.folded, t))
            })
        };
        let low = claimed == Side::Under;
        if chart().any(|l| says(l, low)) {
            return None;
        }
        chart().find(|l| says(l, !low))
    }
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn food_that_is_high_in_something_is_no_value() {
        let chart = json!({"results": ["Potassium 4.2 mmol/L (2026-03-02)"]});
        holds(
            "bananas?",
            &chart,
            &["A banana is high in potassium; yours was 4.2."],
            &["Your potassium is high at 4.2."],
        );
    }

    #[test]
    fn a_value_lies_where_the_laboratory_marked_it() {
        let chart =
            json!({"results": ["Magnesium 1.4 L (2026-03-01)", "Lipase 212 H (2026-03-01)"]});
        holds(
            "labs?",
            &chart,
            &["Your magnesium was a little low, 1.4."],
            &[
                "Your magnesium of 1.4 is a bit high.",
                "Your lipase of 212 is in the normal range.",
                "Your magnesium is on the high side.",
                "Your lipase was 212, which is slightly low.",
            ],
        );
    }

    #[test]
    fn a_value_lies_where_the_charts_goal_puts_it() {
        let chart = json!({
            "results": ["INR 1.8 (2026-03-02)", "Ferritin 64 (2026-03-02), normal 30-400"],
            "notes": ["INR goal 2-3."],
        });
        holds(
            "labs?",
            &chart,
            &[
                "Your INR was 1.8, below your goal.",
                "Your ferritin was 64, within the normal range.",
            ],
            &[
                "Your INR was 1.8, which is in your goal range.",
                "Your ferritin was 64, still below normal.",
                "Your ferritin was high at 64.",
            ],
        );
    }

    #[test]
    fn what_the_chart_calls_low_is_not_high() {
        let chart = json!({
            "results": ["Trough 3 mcg/mL (2026-03-02)"],
            "notes": ["2026-03-02: Low trough, ask about doses."],
        });
        holds(
            "trough?",
            &chart,
            &["Your trough was low at 3."],
            &["Your trough was high at 3."],
        );
    }

    #[test]
    fn who_is_high_in_something_is_told_a_value() {
        let chart = json!({"results": ["Potassium 4.2 mmol/L (2026-03-02)"]});
        holds(
            "potassium?",
            &chart,
            &["A banana is high in potassium."],
            &["Your blood was high in potassium at 4.2."],
        );
    }
}
