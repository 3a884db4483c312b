//! What a chart or a message must show for some rules: a blood thinner,
//! chemotherapy, pregnancy, an infant's age.

use super::context::Context;
use super::weights::ChartWords;
use super::{RulesError, Words, fold};
use contract::Chart;
use regex::Regex;
use serde::Deserialize;

/// A condition as it stands in the rule file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionText {
    pub(super) id: String,
    #[serde(default)]
    message: Vec<String>,
    #[serde(default)]
    chart: Vec<String>,
    max_age_days: Option<u32>,
    /// Whether a denial in the message takes its words back.
    #[serde(default)]
    deniable: bool,
}

#[derive(Debug)]
pub(super) struct Condition {
    message: Option<Regex>,
    chart: Option<Regex>,
    max_age_days: Option<u32>,
    is_deniable: bool,
}

/// What a chart shows that triage reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Which conditions hold, in the rules' order.
    holds: Vec<bool>,
    /// Words of problems and medications, for the weights.
    pub(super) words: ChartWords,
}

impl Condition {
    pub(super) fn of(text: &ConditionText, words: &Words) -> Result<Self, RulesError> {
        let any = |list: &[String]| -> Result<Option<Regex>, RulesError> {
            if list.is_empty() {
                return Ok(None);
            }
            words
                .any_of(list)
                .map(Some)
                .map_err(|e| e.within(&format!("condition {}", text.id)))
        };
        Ok(Self {
            message: any(&text.message)?,
            chart: any(&text.chart)?,
            max_age_days: text.max_age_days,
            is_deniable: text.deniable,
        })
    }

    fn in_chart(&self, lines: &str, age_days: Option<u32>) -> bool {
        self.chart.as_ref().is_some_and(|r| r.is_match(lines))
            || matches!((self.max_age_days, age_days), (Some(most), Some(age)) if age <= most)
    }

    pub(super) fn in_message(&self, folded: &str, context: &Context) -> bool {
        self.message.as_ref().is_some_and(|r| {
            r.find_iter(folded)
                .any(|m| !self.is_deniable || !context.denies(folded, m.start()))
        })
    }
}

impl Facts {
    pub(super) fn of(chart: &Chart, conditions: &[Condition]) -> Self {
        let mut lines = String::new();
        for line in chart
            .medications
            .iter()
            .chain(&chart.problems)
            .chain(&chart.notes)
        {
            lines.push_str(line);
            lines.push('\n');
        }
        for value in chart.demographics.0.values() {
            if let Some(text) = value.as_str() {
                lines.push_str(text);
                lines.push('\n');
            }
        }
        let lines = fold::Folded::plain(&lines);
        let age = ["age", "Age"]
            .iter()
            .find_map(|k| chart.demographics.text(k))
            .and_then(|a| age_days(&a));
        Self {
            holds: conditions.iter().map(|c| c.in_chart(&lines, age)).collect(),
            words: ChartWords::of(chart),
        }
    }

    pub(super) fn shows(&self, condition: usize) -> bool {
        self.holds.get(condition).copied().unwrap_or(false)
    }
}

/// Days of an age in words: `5 weeks`, `2 months old`, `54 years`, `54`.
fn age_days(age: &str) -> Option<u32> {
    let mut words = age.split_whitespace();
    let number: f64 = words.next()?.parse().ok()?;
    let unit = words.next().unwrap_or("years");
    let days = match unit.chars().next()? {
        'd' => 1.0,
        'w' => 7.0,
        'm' => 30.4,
        _ => 365.0,
    };
    (0.0..200.0)
        .contains(&number)
        .then_some((number * days) as u32)
}

#[cfg(test)]
mod tests {
    #[test]
    fn ages_in_words_are_read() {
        assert_eq!(super::age_days("5 weeks"), Some(35));
        assert_eq!(super::age_days("2 months"), Some(60));
        assert_eq!(super::age_days("54 years"), Some(54 * 365));
        assert_eq!(super::age_days("unknown"), None);
    }
}
