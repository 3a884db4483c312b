//! Sentences in their clauses, and what a clause does: report, deny, suppose.

use super::{find_word, says_any};
use std::ops::Range;

/// What sets one clause off from the next.
const BORDERS: &[&str] = &[
    ", ",
    "; ",
    ": ",
    " and ",
    " but ",
    " while ",
    " whereas ",
    " because ",
    " so ",
    " y ",
    " pero ",
    " mientras ",
    " porque ",
];

/// Words under which nothing is reported.
const SUPPOSES: &[&str] = &[
    "if",
    "should",
    "could",
    "can",
    "may",
    "might",
    "ask",
    "would",
    "whether",
    "unless",
    "si",
    "when",
    "puede",
    "podria",
    "cuando",
    "whenever",
    "any",
    "sometimes",
    "often",
    "usually",
];

/// Words that deny.
const DENIES: &[&str] = &[
    "no",
    "not",
    "never",
    "without",
    "nothing",
    "none",
    "neither",
    "nor",
    "negative",
    "free",
    "cannot",
    "rule",
    "ruled",
    "sin",
    "ni",
    "nunca",
    "isn't",
    "wasn't",
    "aren't",
    "weren't",
    "don't",
    "doesn't",
    "didn't",
    "can't",
    "hasn't",
    "haven't",
    "until",
    "unless",
    "avoid",
    "skip",
    "off",
    "hasta",
    "evite",
    "shouldn't",
    "won't",
];

/// Words of a report, beside verbs that end as the past does.
const REPORTS: &[&str] = &[
    "was",
    "were",
    "had",
    "has",
    "have",
    "did",
    "got",
    "gave",
    "given",
    "took",
    "went",
    "came",
    "met",
    "saw",
    "told",
    "found",
    "set",
    "sent",
    "put",
    "made",
    "wrote",
    "written",
    "spoke",
    "fue",
    "fueron",
    "tuvo",
    "hubo",
    "hizo",
    "dio",
    "dijo",
    "salio",
    "estuvo",
    "hicimos",
    "hicieron",
    "confirmo",
    "tenia",
    "your last",
    "su ultima",
    "su ultimo",
];

/// Words with the ending of the past that report nothing.
const NO_REPORTS: &[&str] = &[
    "need",
    "needed",
    "used",
    "advised",
    "recommended",
    "expected",
    "allowed",
    "indeed",
    "red",
    "bed",
    "fed",
    "med",
    "speed",
    "feed",
    "exceed",
    "bleed",
    "proceed",
    "agreed",
    "covered",
    "labeled",
    "directed",
    "prescribed",
    "planned",
    "worried",
    "tired",
    "concerned",
    "scheduled",
    "booked",
    "listed",
    "related",
    "called",
    "named",
    "shared",
];

/// The clauses of a place in a folded text.
pub(super) fn clauses(text: &str, within: Range<usize>) -> Vec<Range<usize>> {
    let mut starts = vec![within.start];
    let sentence = &text[within.clone()];
    for border in BORDERS {
        starts.extend(
            sentence
                .match_indices(border)
                .map(|(i, m)| within.start + i + m.len()),
        );
    }
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).copied().chain([within.end]);
    starts
        .clone()
        .into_iter()
        .zip(ends)
        .map(|(a, b)| a..b)
        .collect()
}

/// The clause of a sentence that a place stands in.
pub(in super::super) fn clause_at(text: &str, sentence: Range<usize>, at: usize) -> Range<usize> {
    clauses(text, sentence.clone())
        .into_iter()
        .rfind(|c| c.start <= at)
        .unwrap_or(sentence)
}

/// The clause of a frequency; where it says nothing else, the next one too: "once a week, soak the hose"; and where it is only
/// the end of a list, the one before: "wipe the sills and floors weekly".
pub(super) fn with_its_act(text: &str, sentence: Range<usize>, at: &Range<usize>) -> Range<usize> {
    let own = clause_at(text, sentence.clone(), at.start);
    let rest = text[own.clone()].len().saturating_sub(at.len());
    let behind = own.end.min(sentence.end);
    if rest <= 4 && behind < sentence.end {
        let next = clause_at(text, sentence, behind);
        return own.start..next.end;
    }
    let short = text[own.start..at.start.max(own.start)]
        .split_whitespace()
        .count()
        <= 2;
    if short && own.start > sentence.start {
        let before = clause_at(text, sentence.clone(), own.start - 1);
        return before.start.max(sentence.start)..own.end;
    }
    own
}

/// True when a text supposes, asks or speaks of what may be.
pub(super) fn supposes(text: &str) -> bool {
    text.trim_end().ends_with('?') || SUPPOSES.iter().any(|w| says(text, w))
}

/// True when a text says a word; "may" is none where it is a month.
pub(super) fn says(text: &str, word: &str) -> bool {
    if word != "may" {
        return find_word(text, word).is_some();
    }
    text.match_indices("may ").any(|(i, _)| {
        let before = text[..i].trim_end().rsplit(' ').next().unwrap_or("");
        ![
            "in", "for", "of", "until", "by", "since", "from", "last", "next", "on",
        ]
        .contains(&before)
            && !text[i + 4..].starts_with(|c: char| c.is_ascii_digit())
            && !text[..i].ends_with(char::is_alphanumeric)
    })
}

/// True when a text denies something.
pub(super) fn denies(text: &str) -> bool {
    says_any(text, DENIES)
}

/// True when a text tells what was or was done.
pub(super) fn reports(text: &str) -> bool {
    says_any(text, REPORTS)
        || text
            .split(|c: char| !c.is_alphanumeric() && c != '\'')
            .any(|w| {
                w.len() > 4 && (w.ends_with("ed") || w.ends_with("'ve")) && !NO_REPORTS.contains(&w)
            })
}

/// Words of a text that say what it is about: letters only, and none of those that every reply has.
pub(in super::super) fn topics(text: &str) -> impl Iterator<Item = &str> {
    /// Words that any two lines may share.
    const EMPTY: &[&str] = &[
        "your",
        "have",
        "been",
        "with",
        "that",
        "this",
        "from",
        "will",
        "please",
        "take",
        "doctor",
        "were",
        "they",
        "them",
        "then",
        "than",
        "there",
        "their",
        "when",
        "what",
        "which",
        "also",
        "next",
        "last",
        "week",
        "weeks",
        "days",
        "hour",
        "hours",
        "minute",
        "minutes",
        "month",
        "months",
        "year",
        "years",
        "daily",
        "dose",
        "visit",
        "appointment",
        "booked",
        "nurse",
        "note",
        "notes",
        "chart",
        "only",
        "every",
        "each",
        "after",
        "before",
        "until",
        "about",
        "more",
        "less",
        "year's",
        "today",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "tablet",
        "tablets",
        "once",
        "twice",
        "times",
        "given",
        "back",
        "normal",
        "para",
        "cada",
        "como",
        "esta",
        "este",
        "dias",
        "goal",
        "target",
        "right",
        "left",
        "both",
        "care",
        "take",
        "keep",
        "same",
        "plan",
        "clinic",
        "center",
        "patient",
    ];
    let mut name_follows = false;
    text.split(|c: char| !c.is_alphanumeric()).filter(move |w| {
        let name = name_follows && !w.is_empty();
        if !w.is_empty() {
            name_follows = matches!(
                *w,
                "dr" | "dra" | "mr" | "mrs" | "ms" | "nurse" | "np" | "pa" | "pharmacist" | "with"
            );
        }
        !name && w.len() >= 4 && w.starts_with(|c: char| c.is_alphabetic()) && !EMPTY.contains(w)
    })
}

/// Letters by which two forms of a word are known as one.
pub(in super::super) fn stem(word: &str) -> &str {
    &word[..word.floor_char_boundary(word.len().min(5))]
}

/// True when a line has a word that begins as another.
pub(super) fn has_stem(line: &str, word: &str) -> bool {
    let stem = stem(word);
    line.split(|c: char| !c.is_alphanumeric())
        .any(|w| w.starts_with(stem))
}

/// How many telling words of a text a line has.
pub(in super::super) fn shared(text: &str, line: &str) -> usize {
    let mut seen: Vec<&str> = Vec::new();
    for w in topics(text) {
        if !seen.contains(&stem(w)) && has_stem(line, w) {
            seen.push(stem(w));
        }
    }
    seen.len()
}
