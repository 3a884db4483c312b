//! Words of which only one can be right: the aortic valve and the mitral one, the medial side and the lateral, one vertebra and
//! another, what a test was positive for.

use super::super::evidence::{Evidence, Line, Place};
use super::super::{Checks, Found};
use super::clauses::{clause_at, denies, has_stem, shared, supposes};
use super::find_word;

/// Letters that two words of a group end in alike, so that they need no other word in common: hyper- and hypothyroidism.
const ALIKE: usize = 6;

impl Checks {
    pub(super) fn alternatives_named(
        &self,
        evidence: &Evidence,
        text: &str,
        found: &mut Found<'_>,
    ) {
        for group in &self.alternatives {
            for word in group.iter().filter(|w| text.contains(w.as_str())) {
                self.alternative(evidence, text, group, word, found);
            }
        }
        self.levels_of_the_spine(evidence, text, found);
        self.positives_listed(evidence, text, found);
    }

    fn alternative(
        &self,
        evidence: &Evidence,
        text: &str,
        group: &[String],
        word: &str,
        found: &mut Found<'_>,
    ) {
        let has = |t: &str, w: &str| find_word(t, w).is_some();
        if evidence.lines.iter().any(|l| has(&l.folded, word)) {
            return;
        }
        for s in found.reading.sentences.clone() {
            let sentence = &text[s.clone()];
            let Some(i) = find_word(sentence, word) else {
                continue;
            };
            let at = s.start + i..s.start + i + word.len();
            let clause = &text[clause_at(text, s.clone(), at.start)];
            if supposes(clause)
                || denies(clause)
                || group.iter().any(|o| o != word && has(sentence, o))
            {
                continue;
            }
            let rest = sentence.replace(word, " ");
            let line = evidence
                .lines
                .iter()
                .filter(|l| l.place != Place::Message)
                .find(|l| {
                    group.iter().any(|o| {
                        has(&l.folded, o)
                            && (self.is_of_the_same(&rest, &l.folded) || end_alike(word, o))
                    })
                });
            if let Some(line) = line {
                found.contradicts(at, line, "The chart says another one.");
            }
        }
    }

    /// True when a sentence and a line speak of one thing, by a word or by two names of it.
    pub(super) fn is_of_the_same(&self, sentence: &str, line: &str) -> bool {
        shared(sentence, line) > 0
            || self.things.iter().any(|names| {
                let named = |t: &str| {
                    names
                        .iter()
                        .any(|n| find_word(t, n.trim_start_matches(['~', '!'])).is_some())
                };
                named(sentence) && named(line)
            })
    }

    /// "A fracture at L1", where the chart has T12 and no L1.
    fn levels_of_the_spine(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        let told = levels(text);
        if told.is_empty() {
            return;
        }
        let known: Vec<(&Line, (u8, u8))> = evidence
            .lines
            .iter()
            .filter(|l| l.place != Place::Message)
            .flat_map(|l| levels(&l.folded).into_iter().map(move |(_, v)| (l, v)))
            .collect();
        let in_message = |v: (u8, u8)| {
            evidence
                .at(Place::Message)
                .any(|l| levels(&l.folded).iter().any(|(_, k)| *k == v))
        };
        for (at, level) in told {
            let clause = &text[clause_at(text, found.reading.sentence(at.start), at.start)];
            if let Some((line, _)) = known.first()
                && !known.iter().any(|(_, k)| *k == level)
                && !in_message(level)
                && !supposes(clause)
            {
                found.contradicts(at, line, "The chart has another level of the spine.");
            }
        }
    }

    /// "Positive for mites and dogs", where the chart has mites and cats.
    fn positives_listed(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        const FOR: &[&str] = &[
            "positive for ",
            "positive to ",
            "allergic to ",
            "positivo para ",
            "positiva para ",
            "positivas para ",
        ];
        /// Words that end a list.
        const ENDS: &[&str] = &[
            "so", "which", "but", "on", "in", "with", "that", "this", "from", "as", "at",
            "because", "when", "por", "con", "que", "en", "both", "we", "you", "it", "is", "are",
            "was", "were", "other", "others", "nothing", "none",
        ];
        for (i, m) in FOR.iter().flat_map(|w| text.match_indices(w)) {
            let start = i + m.len();
            let sentence = found.reading.sentence(i);
            if start >= sentence.end || supposes(&text[clause_at(text, sentence.clone(), i)]) {
                continue;
            }
            let list = &text[start..sentence.end];
            let mut items: Vec<(usize, &str)> = Vec::new();
            let mut from = 0;
            let mut rest = list;
            while !rest.is_empty() && items.len() < 8 {
                let border = [", ", " and ", " y ", " or ", ". ", ";", ":", ".", "("]
                    .iter()
                    .filter_map(|w| Some((rest.find(w)?, *w)))
                    .min_by_key(|(at, w)| (*at, usize::MAX - w.len()));
                let (item, w) = border.map_or((rest, ""), |(at, w)| (&rest[..at], w));
                let words: Vec<&str> = item.split(' ').filter(|w| !w.is_empty()).collect();
                let cut = words.iter().any(|w| ENDS.contains(w));
                if !words.is_empty() && words.len() <= 3 && !cut {
                    items.push((from, item));
                } else if !words.is_empty() {
                    break;
                }
                if w.is_empty() || ![", ", " and ", " y ", " or "].contains(&w) {
                    break;
                }
                from += item.len() + w.len();
                rest = &list[from..];
            }
            let known = |item: &str| {
                item.split(|c: char| !c.is_alphanumeric())
                    .filter(|w| w.len() >= 3 && !["and", "the", "house"].contains(w))
                    .any(|w| {
                        evidence.says(w) || evidence.lines.iter().any(|l| has_stem(&l.folded, w))
                    })
            };
            if !items.iter().any(|(_, item)| known(item)) {
                continue;
            }
            for (from, item) in items.iter().filter(|(_, item)| !known(item)) {
                let at = start + from..start + from + item.len();
                let line = evidence.at(Place::Result).find(|l| {
                    items
                        .iter()
                        .any(|(_, o)| known(o) && shared(o, &l.folded) > 0)
                });
                if !found.is_marked(&at) {
                    found.fact(
                        at,
                        line,
                        "The chart lists other ones.",
                        "Neither the message nor the chart names this one.",
                    );
                }
            }
        }
    }
}

/// True when two words end in as many letters alike.
fn end_alike(a: &str, b: &str) -> bool {
    a.chars()
        .rev()
        .zip(b.chars().rev())
        .take_while(|(x, y)| x == y)
        .count()
        >= ALIKE
}

/// Levels of the spine in a text: a letter and a number, "L4-5" being two. T3 and T4 are hormones more often.
fn levels(text: &str) -> Vec<(std::ops::Range<usize>, (u8, u8))> {
    let mut out = Vec::new();
    let bytes = text.as_bytes();
    for (i, w) in text.match_indices(['c', 't', 'l', 's']) {
        let alone = i == 0 || !bytes[i - 1].is_ascii_alphanumeric();
        let digits = text[i + 1..].bytes().take_while(u8::is_ascii_digit).count();
        if !alone || digits == 0 || digits > 2 {
            continue;
        }
        let end = i + 1 + digits;
        if bytes.get(end).is_some_and(u8::is_ascii_alphanumeric) {
            continue;
        }
        let Ok(n) = text[i + 1..end].parse::<u8>() else {
            continue;
        };
        let region = w.as_bytes()[0];
        let most = match region {
            b'c' => 7,
            b't' => 12,
            _ => 5,
        };
        if n == 0 || n > most || region == b't' && (n == 3 || n == 4) {
            continue;
        }
        out.push((i..end, (region, n)));
        // "L4-5": the second has no letter.
        if bytes.get(end) == Some(&b'-') {
            let more = text[end + 1..]
                .bytes()
                .take_while(u8::is_ascii_digit)
                .count();
            if let Ok(m) = text[end + 1..end + 1 + more].parse::<u8>()
                && m <= most
                && m > n
            {
                out.push((i..end + 1 + more, (region, m)));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn of_two_that_exclude_each_other_the_charts_is_right() {
        let chart = json!({
            "problems": ["bicuspid aortic valve", "hypothyroidism", "vertebral fracture T12"],
            "results": ["MRI knee: lateral meniscus degeneration, L4-5 disc bulge (2026-03-02)"],
            "notes": ["2026-03-02: Echo and clinic same day."],
        });
        holds(
            "results?",
            &chart,
            &[
                "Your aortic valve is fine to watch.",
                "The lateral meniscus is worn, and the disc at L5 bulges.",
                "A mitral valve problem can cause a murmur too.",
                "Your echo is on the same day.",
            ],
            &[
                "Your mitral valve is the reason.",
                "The medial meniscus is worn.",
                "Your hyperthyroidism explains it.",
                "You had a fracture at L1.",
                "Your echo is at a separate visit.",
            ],
        );
    }

    #[test]
    fn what_a_test_was_positive_for_is_the_charts() {
        let chart = json!({"results": ["skin test positive: birch, grass (2026-03-02)"]});
        holds(
            "allergy test?",
            &chart,
            &["Your skin test was positive for birch and grass, so keep windows shut."],
            &["Your skin test was positive for birch and ragweed, so keep windows shut."],
        );
    }
}
