//! What of a reply rests on the chart: drugs, values, days and names of tests and problems, each with its line.

use super::Checks;
use super::amounts::{Amount, Unit};
use super::dates::Day;
use super::evidence::{Evidence, Line, Place, covers};
use super::text::Reading;
use contract::UsedFact;
use std::ops::Range;

/// Most places of one reply that are told.
const MOST: usize = 100;
/// Shortest name of a problem or a test that is looked for.
const SHORTEST: usize = 3;

impl Checks {
    /// The places of a draft that say what a line of the chart says, in their order. A place that two lines support is told
    /// once for each.
    pub(super) fn used(&self, evidence: &Evidence, reading: &Reading) -> Vec<UsedFact> {
        let lines: Vec<&Line> = evidence
            .lines
            .iter()
            .filter(|l| !matches!(l.place, Place::Message | Place::Demographic))
            .collect();
        let mut places: Vec<(Range<usize>, &Line)> = Vec::new();
        let said = Said::in_text(self, reading);
        for line in &lines {
            if places.len() >= MOST {
                break;
            }
            let found = said.of_line(line);
            let left = MOST - places.len();
            places.extend(found.into_iter().take(left).map(|at| (at, *line)));
        }
        let mut used: Vec<UsedFact> = places
            .into_iter()
            .map(|(at, line)| {
                let (start, end) = reading.folded.original(at.start, at.end);
                UsedFact {
                    start,
                    end,
                    line: line.text.clone(),
                }
            })
            .collect();
        used.sort_by(|a, b| (a.start, a.end, &a.line).cmp(&(b.start, b.end, &b.line)));
        used.dedup();
        used
    }
}

/// The facts that a reply states.
struct Said<'a> {
    reading: &'a Reading,
    text: &'a str,
    drugs: Vec<super::drugs::Mention>,
    days: Vec<Day>,
    amounts: Vec<Amount>,
    pressures: Vec<(Range<usize>, String)>,
}

impl<'a> Said<'a> {
    fn in_text(checks: &Checks, reading: &'a Reading) -> Self {
        let text = reading.text();
        let days = checks.dates.days(text);
        let pressures = checks.amounts.pressures(text);
        let taken: Vec<_> = days
            .iter()
            .map(|d| d.at.clone())
            .chain(pressures.iter().map(|p| p.0.clone()))
            .collect();
        Self {
            reading,
            text,
            drugs: checks.drugs.find(text),
            amounts: checks.amounts.numbers(text, &taken),
            days,
            pressures,
        }
    }

    /// Where it says what a line says.
    fn of_line(&self, line: &Line) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let drugs = self.drugs.iter().filter(|said| {
            let known = line.drugs.iter();
            known
                .into_iter()
                .any(|d| covers(&d.name, &said.name) || covers(&said.name, &d.name))
        });
        found.extend(drugs.map(|d| d.at.clone()));
        let days = self.days.iter().filter(|said| {
            said.month.is_some()
                && said.day.is_some()
                && line.days.iter().any(|known| said.is_in(known))
        });
        found.extend(days.map(|d| d.at.clone()));
        let pressures = self.pressures.iter();
        found.extend(
            pressures
                .filter(|p| line.pressures.contains(&p.1))
                .map(|p| p.0.clone()),
        );
        let amounts = self.amounts.iter().filter(|said| {
            let known = line.amounts.iter();
            let same = known.into_iter().any(|known| {
                known.value.to_bits() == said.value.to_bits() && says_enough(said, known)
            });
            same && self.names_it(said.at.start, line)
        });
        found.extend(amounts.map(|a| a.at.clone()));
        if let Some(name) = name_of(line) {
            found.extend(named(self.text, name));
        }
        found
    }

    /// Whether the sentence of a place names what a line is about: "500 mg" of another drug rests on nothing.
    fn names_it(&self, at: usize, line: &Line) -> bool {
        let sentence = self.reading.sentence(at);
        let drug = self.drugs.iter().any(|said| {
            sentence.contains(&said.at.start)
                && line
                    .drugs
                    .iter()
                    .any(|d| covers(&d.name, &said.name) || covers(&said.name, &d.name))
        });
        let words = name_of(line).into_iter().flat_map(|name| {
            name.split(|c: char| !c.is_alphanumeric())
                .filter(|w| w.len() >= SHORTEST)
        });
        drug || words
            .into_iter()
            .any(|word| named(&self.text[sentence.clone()], word).next().is_some())
    }
}

/// A bare small number is anybody's: it needs its unit, or a fraction.
fn says_enough(said: &Amount, known: &Amount) -> bool {
    let bare = |a: &Amount| matches!(a.unit, Unit::None);
    said.unit == known.unit && !bare(said)
        || (bare(said) || bare(known)) && said.value.fract() != 0.0
}

/// What a line is called: the problem itself, or what was measured.
fn name_of(line: &Line) -> Option<&str> {
    let name = match line.place {
        Place::Problem => line.folded.split([',', '(', ';']).next()?,
        Place::Result => line.folded.split_once(':')?.0,
        _ => return None,
    };
    let name = name.trim();
    (name.len() >= SHORTEST && name.chars().any(char::is_alphabetic)).then_some(name)
}

/// Where a name stands by itself.
fn named<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
    text.match_indices(name).filter_map(move |(at, _)| {
        let end = at + name.len();
        let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let alone = !inside(text[..at].chars().next_back()) && !inside(text[end..].chars().next());
        alone.then_some(at..end)
    })
}

#[cfg(test)]
mod tests {
    use crate::check::trial;
    use contract::Chart;

    fn used(chart: &Chart, draft: &str) -> Vec<(String, String)> {
        trial::used(chart, draft)
            .into_iter()
            .map(|u| {
                let words = draft.chars().skip(u.start).take(u.end - u.start);
                (words.collect(), u.line)
            })
            .collect()
    }

    #[test]
    fn what_a_reply_took_from_the_chart_is_found_with_its_line() {
        let chart = Chart {
            medications: vec!["Metformin 500 mg twice daily".into()],
            problems: vec!["Hypertension".into()],
            results: vec![
                "Hemoglobin A1c: 7.4 %, 2026-11-12".into(),
                "Blood pressure: 132/84 mmHg, 2026-11-12".into(),
            ],
            appointments: vec!["2026-12-08: colonoscopy".into()],
            ..Chart::default()
        };
        let draft = "Your A1c of 7.4 is better. Keep taking Glucophage 500 mg. Your pressure of 132/84 is fine for hypertension. See you on December 8 at 3 pm; drink 500 ml.";
        let found = used(&chart, draft);
        for (words, line) in [
            ("7.4", "Hemoglobin A1c: 7.4 %, 2026-11-12"),
            ("Glucophage", "Metformin 500 mg twice daily"),
            ("500 mg", "Metformin 500 mg twice daily"),
            ("132/84", "Blood pressure: 132/84 mmHg, 2026-11-12"),
            ("hypertension", "Hypertension"),
            ("December 8", "2026-12-08: colonoscopy"),
        ] {
            assert!(
                found.contains(&(words.to_owned(), line.to_owned())),
                "{words}: {found:?}"
            );
        }
        assert_eq!(found.len(), 6, "{found:?}");
    }

    #[test]
    fn a_reply_that_takes_nothing_from_the_chart_has_nothing_marked() {
        let chart = Chart {
            medications: vec!["Metformin 500 mg twice daily".into()],
            ..Chart::default()
        };
        assert_eq!(used(&chart, "Rest for 2 days and drink water."), []);
        // The dose of one drug does not rest on another's.
        assert_eq!(used(&chart, "Take amoxicillin 500 mg for a week."), []);
        assert_eq!(used(&chart, ""), []);
    }
}
