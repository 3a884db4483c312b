//! "It has gone down", "it's improving", where the newer of two results says otherwise.

use super::super::amounts::Amount;
use super::super::evidence::{Evidence, Line, Place};
use super::super::flags::Flag;
use super::super::{CheckError, Checks, Found, built};
use super::anybody::part_at;
use super::clauses::{clauses, denies, shared, supposes};
use super::{is_same_test, names_the_test};
use jiff::civil::Date;
use regex::{Captures, Regex};

/// Most results that are compared with each other.
const MOST: usize = 60;

/// Recognisers, compiled once.
#[derive(Debug)]
pub(in super::super) struct Trend {
    /// The way that a reply says a value went, or whether that is good.
    way: Regex,
    /// The same in a note of the chart, which is shorter.
    noted: Regex,
}

/// Which way a value went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
    Better,
    Worse,
}

impl Trend {
    pub(in super::super) fn new() -> Result<Self, CheckError> {
        Ok(Self {
            way: built(concat!(
                r"\b(?:(?P<up>(?:gone|went|come|came|bit|little|much|it's|going|coming|trending|creeping) (?:\w+ )?(?:up|higher)|rose|risen|rising|increased|increasing|climbed|climbing|on the rise|subio|subiendo|ha subido|aumento|aumentando)",
                r"|(?P<down>(?:gone|went|come|came|bit|little|much|it's|going|coming|trending) (?:\w+ )?(?:down|lower)|dropped|dropping|fell|fallen|falling|decreased|decreasing|declined|declining|bajo|bajando|ha bajado|disminuyo|disminuyendo)",
                r"|(?P<better>improv(?:ed|ing)|(?:is|are|looks|look|gotten|getting|got|doing) (?:much |a (?:bit|little) )?better|mejor(?:o|ando|aron)|(?:esta|estan|van|va) mejor)",
                r"|(?P<worse>worsen(?:ed|ing)|(?:is|are|looks|look|gotten|getting|got) (?:much |a (?:bit|little) )?worse|empeor(?:o|ando|aron)|(?:esta|estan|van|va) peor))\b",
            ))?,
            noted: built(
                r"\b(?:(?P<up>rising|rose|increasing|climbing|trending up|up from|subiendo|aumentando|en aumento)|(?P<down>falling|fell|dropping|decreasing|trending down|down from|bajando|en descenso)|(?P<better>improv(?:ed|ing)|better|resolv(?:ed|ing)|mejor|mejoria|mejorando)|(?P<worse>worse|worsen(?:ed|ing)|deteriorat\w+|declining|peor|empeor\w+))\b",
            )?,
        })
    }
}

fn way_of(c: &Captures<'_>) -> Way {
    if c.name("up").is_some() {
        Way::Up
    } else if c.name("better").is_some() {
        Way::Better
    } else if c.name("worse").is_some() {
        Way::Worse
    } else {
        Way::Down
    }
}

impl Checks {
    /// The way between two values of one test must be the one that a sentence says; one of the values may stand in the
    /// sentence before. Whether a way is good is known by the laboratory's marks, or by the chart's notes.
    pub(super) fn trends(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        let results: Vec<(&Line, f64, Date)> = evidence
            .at(Place::Result)
            .filter_map(|l| {
                let value = l.amounts.iter().find(|k| k.at.end > 0 && !k.per)?.written;
                Some((l, value, *l.dates.first()?))
            })
            .take(MOST)
            .collect();
        let sentences = found.reading.sentences.clone();
        for (i, s) in sentences.iter().enumerate() {
            let sentence = &text[s.clone()];
            let ways: Vec<_> = self.trend.way.captures_iter(sentence).collect();
            let Some(way) = ways.first() else { continue };
            // Several ways in one sentence speak of several things.
            if ways.iter().any(|c| way_of(c) != way_of(way)) || sentence.trim_end().ends_with('?') {
                continue;
            }
            let Some(whole) = way.get(0) else { continue };
            let before = i.checked_sub(1).map_or("", |p| &text[sentences[p].clone()]);
            // "EF went from 28 to 45, and BNP fell from 2,900 to 310": a way is one of the numbers beside it.
            let place = s.start + whole.start()..s.start + whole.end();
            let part = part_at(text, s.clone(), &place);
            let beside = self.amounts.numbers(&text[part], &[]);
            let told = if beside.len() > 1 {
                beside
            } else {
                self.amounts.numbers(sentence, &[])
            };
            let told_before = self.amounts.numbers(before, &[]);
            let has =
                |list: &[Amount], value: f64| list.iter().any(|a| (a.written - value).abs() < 1e-9);
            let both = |a: f64, b: f64| {
                (has(&told, a) || has(&told, b))
                    && (has(&told, a) || has(&told_before, a))
                    && (has(&told, b) || has(&told_before, b))
            };
            let against = results.iter().find(|(l, value, date)| {
                results.iter().any(|(m, earlier, day)| {
                    is_same_test(&l.folded, &m.folded)
                        && day < date
                        && both(*value, *earlier)
                        && goes_against(way_of(way), (*l, *value), (*m, *earlier))
                })
            });
            let line = against.map(|(line, ..)| *line).or_else(|| {
                (!supposes(sentence) && !denies(sentence))
                    .then(|| {
                        // The words of the way itself say nothing of what it is of.
                        let rest = sentence.replace(whole.as_str(), " ");
                        self.noted_otherwise(evidence, &rest, before, way_of(way))
                    })
                    .flatten()
            });
            let at = s.start + whole.start()..s.start + whole.end();
            if let Some(line) = line {
                found.contradicts(at, line, "By the chart it went the other way.");
            }
        }
    }

    /// The note that says the opposite of what a sentence, or the one before it, speaks of.
    fn noted_otherwise<'e>(
        &self,
        evidence: &'e Evidence,
        sentence: &str,
        before: &str,
        way: Way,
    ) -> Option<&'e Line> {
        let tests: Vec<&Line> = evidence
            .at(Place::Result)
            .filter(|l| names_the_test(sentence, &l.folded) || names_the_test(before, &l.folded))
            .collect();
        let opposite = match way {
            Way::Up => Way::Down,
            Way::Down => Way::Up,
            Way::Better => Way::Worse,
            Way::Worse => Way::Better,
        };
        let said = |l: &Line, sought: Way| {
            clauses(&l.folded, 0..l.folded.len()).into_iter().any(|c| {
                l.folded[c].split(". ").any(|part| {
                    self.trend
                        .noted
                        .captures_iter(part)
                        .any(|k| way_of(&k) == sought)
                        && !denies(part)
                        && !supposes(part)
                        && (tests.iter().any(|t| names_the_test(part, &t.folded))
                            || shared(sentence, part) > 0)
                })
            })
        };
        let notes = || {
            evidence
                .lines
                .iter()
                .filter(|l| matches!(l.place, Place::Note | Place::Problem))
        };
        if notes().any(|l| said(l, way)) {
            return None;
        }
        notes().find(|l| said(l, opposite))
    }
}

/// True when a value went another way than is said. By the marks: a high value that falls is better, and a low one that rises.
fn goes_against(way: Way, newer: (&Line, f64), earlier: (&Line, f64)) -> bool {
    let (value, was) = (newer.1, earlier.1);
    let marked = |flag: Flag| {
        [newer, earlier].iter().any(|(l, v)| {
            l.flags
                .iter()
                .any(|(k, f)| (k - v).abs() < 1e-9 && *f == flag)
        })
    };
    let high = marked(Flag::High) && !marked(Flag::Low);
    let low = marked(Flag::Low) && !marked(Flag::High);
    match way {
        Way::Up => value < was,
        Way::Down => value > was,
        Way::Better => high && value > was || low && value < was,
        Way::Worse => high && value < was || low && value > was,
    }
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn a_value_went_the_way_that_the_reply_says() {
        let chart = json!({"results": ["Ferritin 20 (2025-12-01)", "Ferritin 34 (2026-03-02)"]});
        holds(
            "better?",
            &chart,
            &[
                "It went from 20 to 34, so it has gone up.",
                "Yours rose from 20 to 34; the goal is 34.",
            ],
            &["It was 20 and is 34 now, so it has gone down."],
        );
    }

    #[test]
    fn the_marks_say_whether_a_way_is_good() {
        let chart = json!({"results": [
            "Uric acid 7.4 H (2025-12-01)",
            "Uric acid 8.8 H (2026-03-02)",
            "Platelets 90 L (2025-12-01)",
            "Platelets 120 L (2026-03-02)",
        ]});
        holds(
            "numbers?",
            &chart,
            &["Your platelets were 90 in December and are 120 now, so they're improving."],
            &[
                "Your uric acid was 7.4 in December. It is 8.8 now, so it's improving.",
                "Your platelets were 90 in December. They are 120 now, so they're falling.",
                "Fue de 7.4 y ahora es de 8.8, asi que va mejorando.",
            ],
        );
    }

    #[test]
    fn a_note_says_the_way_where_no_values_do() {
        let chart = json!({"notes": ["2026-03-02: Edema worse. Hearing improved."]});
        holds(
            "swelling?",
            &chart,
            &["Your hearing is better.", "The edema has gotten worse."],
            &["The edema is improving."],
        );
    }
}
