//! Of whom a number is said: of this patient, whose chart must have it, or of anybody, as normal ranges, ages, waiting times and habits
//! are. What is claimed of nobody in particular is told, and is no reason to hold a reply back.

use super::super::amounts::{Amount, Unit};
use super::super::drugs::Mention;
use super::super::evidence::{Evidence, Line, Place};
use super::super::{Checks, Found};
use super::advice::is_late;
use super::clauses::shared;
use super::{has_beginning, names_the_test, says_any};
use std::ops::Range;

/// What sets a part of a sentence off from what is said beside it.
const BORDERS: &[&str] = &[
    "; ",
    ": ",
    " - ",
    " – ",
    " — ",
    " = ",
    ", but ",
    ", so ",
    ", and ",
    ", while ",
    ", which ",
    ", since ",
    ", because ",
    " because ",
    ", pero ",
    ", y ",
];

/// Words of a border, as they stand right before its number.
const BORDER: &[&str] = &[
    "under",
    "below",
    "over",
    "above",
    "less than",
    "more than",
    "at least",
    "at most",
    "up to",
    "until",
    "fewer than",
    "lower than",
    "higher than",
    "between",
    "<",
    ">",
    "<=",
    ">=",
    "≤",
    "≥",
    "menos de",
    "mas de",
    "debajo de",
    "encima de",
    "entre",
    "hasta",
];

/// What makes a border of the number before it.
const OR_MORE: &[&str] = &[
    "+",
    " or higher",
    " or more",
    " or above",
    " or over",
    " or greater",
    " or lower",
    " or less",
    " or below",
    " or under",
    " or older",
    " or younger",
    " and up",
    " and over",
    " and above",
    " and older",
    " o mas",
    " o menos",
    " y mas",
];

/// Words that stand between a border and its number.
const ROUGHLY: &[&str] = &["about", "around", "roughly", "the", "unos", "some"];

/// Bytes before a border in which its test is named.
const NAMED_BEFORE: usize = 160;

/// Bytes before a bracket in which it is told what the bracket is of.
const BEFORE_BRACKET: usize = 48;

/// A sentence in its parts: where a bracket is open, what stands in it; else what stands between two borders.
pub(super) fn part_at(text: &str, sentence: Range<usize>, at: &Range<usize>) -> Range<usize> {
    let before = &text[sentence.start..at.start];
    let end = sentence.end.max(at.end);
    let behind = text.get(at.end..end).unwrap_or("");
    if let Some(open) = before.rfind('(')
        && !before[open..].contains(')')
    {
        let close = behind.find(')').map_or(end, |i| at.end + i);
        return sentence.start + open + 1..close;
    }
    let start = BORDERS
        .iter()
        .filter_map(|b| before.rfind(b).map(|i| i + b.len()))
        .max()
        .unwrap_or(0);
    let stop = BORDERS
        .iter()
        .filter_map(|b| behind.find(b))
        .min()
        .map_or(end, |i| at.end + i);
    sentence.start + start..stop
}

/// What stands before a number, without the words that round it.
fn without_roughly(before: &str) -> &str {
    let mut rest = before.trim_end();
    while let Some(shorter) = ROUGHLY
        .iter()
        .find_map(|w| rest.strip_suffix(w).filter(|r| r.ends_with(' ')))
    {
        rest = shorter.trim_end();
    }
    rest
}

/// True for a number that is told as a border or as a range: "under 10", "2.5 or lower", "3.5 to 5.0".
pub(super) fn is_border(text: &str, a: &Amount) -> bool {
    let before = without_roughly(&text[..a.at.start]);
    let number = &text[a.at.clone()];
    BORDER.iter().any(|w| before.ends_with(w))
        || OR_MORE.iter().any(|w| text[a.at.end..].starts_with(w))
        || ["-", "–", " to ", " a "]
            .iter()
            .any(|w| number.get(1..).is_some_and(|n| n.contains(w)))
}

impl Checks {
    /// True for the border or range of what is called normal, a goal or an illness: "(under 10 is normal)", "55 to 70% is typical".
    /// What the chart gives as a goal of the same is this patient's.
    pub(super) fn is_norm(
        &self,
        evidence: &Evidence,
        text: &str,
        a: &Amount,
        found: &Found<'_>,
    ) -> bool {
        let sentence = found.reading.sentence(a.at.start);
        let part = part_at(text, sentence.clone(), &a.at);
        let own = &text[part.clone()];
        let before = text.get(part.start..a.at.start).unwrap_or("");
        let in_bracket = text[..part.start].ends_with('(');
        let from = text.floor_char_boundary(part.start.saturating_sub(BEFORE_BRACKET));
        let introduced = &text[from.max(sentence.start)..part.start];
        let beside = (in_bracket
            || introduced
                .trim_end()
                .ends_with([':', '-', '=', '–', '—', ',']))
            && says_any(introduced, &self.lists.norms);
        // "18 is low, under 25": the border stands by itself behind what it explains.
        let apposed = before.rsplit_once(", ").is_some_and(|(told, rest)| {
            rest.split_whitespace().count() <= 3 && says_any(told, &self.lists.norms)
        });
        let called = says_any(own, &self.lists.norms) || beside || apposed;
        let value_of_ones_own = says_any(before, &self.lists.measured);
        let own_goal = says_any(own, &self.lists.own_goal)
            || is_goal_of_one(own, before)
            || self.has_goal(evidence, &text[sentence]);
        // "The usual cutoff is 11": no border, and told as one.
        let cutoff = says_any(own, &["cutoff", "cut-off", "threshold", "limite"]);
        let told_as_border = is_border(text, a) || cutoff || before.trim_end().ends_with(" is");
        called && told_as_border && !value_of_ones_own && !own_goal
    }

    /// True for a border that a list of references has for the test that is named, here or shortly before.
    pub(super) fn is_reference(&self, text: &str, a: &Amount, found: &Found<'_>) -> bool {
        let start = text.floor_char_boundary(a.at.start.saturating_sub(NAMED_BEFORE));
        let end = found.reading.sentence(a.at.start).end.max(a.at.end);
        let said = &text[start..end];
        self.references
            .iter()
            .filter(|r| r.values.iter().any(|v| (v - a.written).abs() < 1e-9))
            .any(|r| r.near.iter().any(|w| has_beginning(said, w)))
    }

    /// True when the chart gives a goal or a range of what a sentence speaks of.
    fn has_goal(&self, evidence: &Evidence, sentence: &str) -> bool {
        evidence
            .lines
            .iter()
            .filter(|l| l.place != Place::Message)
            .any(|l| {
                self.gives_a_goal(&l.folded)
                    && (names_the_test(sentence, &l.folded) || shared(sentence, &l.folded) > 0)
            })
    }

    /// True for a number that a clause claims of this patient: a dose, a result, what was or is to be done. What is said of nobody in
    /// particular is none, unless the chart counts the same.
    pub(super) fn is_claimed(
        &self,
        evidence: &Evidence,
        text: &str,
        a: &Amount,
        mentions: &[Mention],
        found: &Found<'_>,
    ) -> bool {
        let food = a.dose && self.is_food(text, &a.at);
        if a.dose && !food {
            return true;
        }
        if self.is_norm(evidence, text, a, found) {
            return false;
        }
        let sentence = found.reading.sentence(a.at.start);
        let part = with_what_it_repeats(
            text,
            sentence.clone(),
            part_at(text, sentence.clone(), &a.at),
        );
        let own = &text[part.clone()];
        let before = text.get(part.start..a.at.start).unwrap_or("");
        let time = time_of(a);
        let bare = matches!(a.unit, Unit::None);
        let chart = || {
            evidence
                .lines
                .iter()
                .filter(|l| !matches!(l.place, Place::Message | Place::Demographic))
        };
        let told_to_take = says_any(before, &self.lists.taken)
            && mentions.iter().any(|m| part.contains(&m.at.start));
        if says_any(own, &self.lists.people)
            && !says_any(own, &self.lists.addressed)
            && !told_to_take
        {
            return false;
        }
        if chart().any(|l| counts_the_same(l, a) && is_about(l, own, time.is_some())) {
            return true;
        }
        // "Once he has been on it for two days" supposes.
        let once = says_any(
            before,
            &["once", "as soon as", "whenever", "cuando", "una vez"],
        );
        let may_be = says_any(own, &["may be", "can be", "should be", "puede ser"]);
        let reported = !once
            && !may_be
            && (says_any(own, &self.lists.measured) || says_any(own, &self.lists.of_one));
        let by_age = says_any(own, &self.lists.ages)
            && (bare || matches!(time, Some("month" | "year")) || is_of_a_body(a));
        let behind = &text[a.at.end..];
        let spaced = [" apart", " away", " between", " aparte"]
            .iter()
            .any(|w| behind.starts_with(w));
        // "Six days after, that is common": the days are counted.
        let counted = [" after", " since", " into", " later", " ago", " despues"]
            .iter()
            .any(|w| behind.starts_with(w));
        let mostly = !counted
            && says_any(own, &self.lists.mostly)
            && !says_any(own, &self.lists.told_to_one);
        let supposed = says_any(before, &["if", "unless", "si", "not better", "no better"]);
        if is_late(
            &text[sentence.clone()],
            a,
            supposed,
            &self.lists.short_illness,
        ) {
            return true;
        }
        let goes_on = (bare || time.is_some()) && says_any(own, &self.lists.can_take);
        if !reported && (by_age || spaced || mostly || goes_on) {
            return false;
        }
        let short = matches!(time, Some("second" | "minute" | "hour"));
        // "Not better in 14 days or a fever": what is another warning says nothing of this one.
        let rest = text.get(a.at.end..part.end).unwrap_or("");
        let rest = [" or ", ", ", " o "]
            .iter()
            .filter_map(|w| rest.find(w))
            .min()
            .map_or(rest, |i| &rest[..i]);
        let lasts = |list: &[String]| says_any(before, list) || says_any(rest, list);
        let grave = time.is_some() && (lasts(&self.lists.grave) || lasts(&self.lists.lasting));
        let ordered = time.is_some()
            && !short
            && (says_any(own, &self.lists.told_to_one)
                || says_any(own, &self.lists.again)
                || says_any(own, &self.lists.given)
                || mentions.iter().any(|m| part.contains(&m.at.start)));
        let tested = time.is_none()
            && evidence.at(Place::Result).any(|l| {
                // "Statins lower LDL by 30%" is no value of LDL.
                names_the_test(own, &l.folded)
                    && (!a.unit.is("%") || l.amounts.iter().any(|k| k.unit.is("%")))
            });
        let of_ones_own = !short && says_any(before, &["your", "his", "her", "su", "sus"]);
        let named = bare
            && (self.is_named_with_it(before, mentions, part.start, a)
                || is_number_to_call(&text[a.at.clone()])
                || [" a day", " per day", " al dia"]
                    .iter()
                    .any(|w| behind.starts_with(w))
                    && !says_any(own, &self.lists.acts));
        let money = a.unit.is("dollar");
        // "Statins lower it by 30%" tells of a change.
        let by = a.unit.is("%") && before.trim_end().ends_with(" by");
        let of_its_unit = !short && !food && !by;
        reported
            || counted && time.is_some() && !short
            || grave
            || ordered
            || tested
            || of_ones_own
            || named
            || money
            || chart()
                .any(|l| of_its_unit && counts_the_same(l, a) || a_part_of_a_hundred(l, before, a))
    }

    /// True for a bare number behind what it is of: "cycle 5", "take 6", "Adderall XR 30", "555-0187".
    fn is_named_with_it(
        &self,
        before: &str,
        mentions: &[Mention],
        start: usize,
        a: &Amount,
    ) -> bool {
        let mut words = before.split_whitespace().rev();
        let of = |list: &[String], w: &str| list.iter().any(|x| x == w);
        let last = words.next().unwrap_or("");
        let drug = mentions.iter().any(|m| {
            m.at.start >= start
                && m.at.end <= a.at.start
                && before
                    .get(m.at.end - start..)
                    .is_some_and(|w| w.len() <= NEAR && !w.contains([',', ';', '.']))
        });
        // "Dose 8 of 12".
        let in_all = last == "of"
            && words
                .next()
                .is_some_and(|w| w.starts_with(|c: char| c.is_ascii_digit()))
            && words.next().is_some_and(|w| of(&self.lists.counted, w));
        in_all
            || of(&self.lists.counted, last)
            || of(&self.lists.given, last)
            || drug
            || before.ends_with('-')
    }
}

/// Bytes between a drug and its bare number: "Adderall XR 30".
const NEAR: usize = 6;

/// A bracket that holds a number alone says the one before it once more: "4'9" (145 cm)". It is read with what it repeats.
fn with_what_it_repeats(text: &str, sentence: Range<usize>, part: Range<usize>) -> Range<usize> {
    let alone =
        text[..part.start].ends_with('(') && text[part.clone()].split_whitespace().count() <= 3;
    if !alone {
        return part;
    }
    let outer = part_at(text, sentence, &(part.start - 1..part.end));
    outer.start..outer.end.max(part.end)
}

/// True for a length or a weight of a body.
fn is_of_a_body(a: &Amount) -> bool {
    matches!(&a.unit, Unit::Other(u) if ["cm", "inche", "inch", "lb", "kg", "feet", "foot"].contains(&u.as_str()))
}

/// "555-0187".
fn is_number_to_call(number: &str) -> bool {
    number
        .split_once('-')
        .is_some_and(|(a, b)| a.len() == 3 && b.len() == 4)
}

/// "1 in 4", where the line has a percentage.
fn a_part_of_a_hundred(line: &Line, before: &str, a: &Amount) -> bool {
    matches!(a.unit, Unit::None)
        && (before.ends_with("1 in ") || before.ends_with("one in "))
        && line.amounts.iter().any(|k| k.unit.is("%"))
}

/// "Your sugar goal is 250"; "the usual goal" and "above the goal of" are anybody's.
fn is_goal_of_one(part: &str, before: &str) -> bool {
    const OF_ALL: &[&str] = &[
        "the", "a", "usual", "general", "common", "typical", "ideal", "la",
    ];
    ["goal", "target", "meta", "objetivo"].iter().any(|g| {
        super::find_word(part, g).is_some_and(|i| {
            let last = part[..i].trim_end().rsplit(' ').next().unwrap_or("");
            !OF_ALL.contains(&last)
        })
    }) && says_any(before, &["your", "his", "her", "su", "sus"])
}

/// The unit of a span of time.
fn time_of(a: &Amount) -> Option<&str> {
    match &a.unit {
        Unit::Other(u)
            if ["second", "minute", "hour", "day", "week", "month", "year"]
                .contains(&u.as_str()) =>
        {
            Some(u)
        }
        _ => None,
    }
}

/// True when a line counts in the same unit; how often something is taken counts nothing.
fn counts_the_same(line: &Line, a: &Amount) -> bool {
    !matches!(a.unit, Unit::None)
        && line.amounts.iter().any(|k| {
            k.at.end > 0
                && k.unit == a.unit
                && !line
                    .frequencies
                    .iter()
                    .any(|f| f.at.start < k.at.end && k.at.start < f.at.end)
        })
}

/// True when a line is about what a clause speaks of.
fn is_about(line: &Line, clause: &str, time: bool) -> bool {
    match line.place {
        Place::Result => !time && names_the_test(clause, &line.folded),
        _ => shared(clause, &line.folded) > 0,
    }
}
