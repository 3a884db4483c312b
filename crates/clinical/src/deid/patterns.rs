//! What identifiers look like, read from `assets/deid`.

use super::{Known, Span};
use crate::check::drugs::Drugs;
use crate::phrases::compiled;
use crate::triage::fold::Folded;
use regex::Regex;
use serde::Deserialize;
use std::collections::HashSet;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asset {
    sparse_zip3: Vec<String>,
    pattern: Vec<Pattern>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pattern {
    letter: char,
    tag: String,
    #[serde(default)]
    keep_year: bool,
    unless_before: Option<String>,
    pattern: String,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "examples for people, tried by a test")
    )]
    pub(super) finds: Vec<String>,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "examples for people, tried by a test")
    )]
    pub(super) leaves: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    keep: Vec<String>,
    ambiguous: Vec<String>,
    begins: Vec<String>,
    surnames: Vec<String>,
    first_names: Vec<String>,
}

/// The earliest year that is kept.
const EARLIEST: &str = "1940";
/// Most bytes between two parts of a name: a blank or two, a comma, a hyphen.
const BETWEEN: usize = 4;

/// Runs of letters and digits, and how they read folded.
fn words_of(text: &str) -> Vec<(std::ops::Range<usize>, String)> {
    let mut out = Vec::new();
    let mut start = None;
    for (i, c) in text.char_indices().chain([(text.len(), ' ')]) {
        // An accent that is a character of its own belongs to its letter.
        let inside = c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36F}');
        match (inside, start) {
            (true, None) => start = Some(i),
            (false, Some(from)) => {
                out.push((from..i, Folded::plain(&text[from..i])));
                start = None;
            }
            _ => {}
        }
    }
    out
}

/// The recognisers, compiled once.
#[derive(Debug)]
pub struct SafeHarbor {
    /// With what may not follow.
    patterns: Vec<(Pattern, Regex, Option<Regex>)>,
    sparse: HashSet<String>,
    year: Regex,
    pub(super) word: Regex,
    /// Words that name nobody, folded.
    pub(super) words: HashSet<String>,
    pub(super) first_names: HashSet<String>,
    pub(super) ambiguous: HashSet<String>,
    /// Of these, words that begin sentences.
    pub(super) begins: HashSet<String>,
    pub(super) drugs: Drugs,
}

impl SafeHarbor {
    /// The recognisers that are built in.
    ///
    /// # Errors
    /// What is wrong in which file of `assets/deid`; a test keeps them sound.
    pub fn built_in() -> Result<Self, String> {
        let asset: Asset = toml::from_str(include_str!("../../../../assets/deid/identifiers.toml"))
            .map_err(|e| format!("deid/identifiers.toml: {e}"))?;
        let words: Words = toml::from_str(include_str!("../../../../assets/deid/words.toml"))
            .map_err(|e| format!("deid/words.toml: {e}"))?;
        let mut patterns = Vec::with_capacity(asset.pattern.len());
        for p in asset.pattern {
            let regex = compiled(&p.pattern)
                .map_err(|e| format!("deid/identifiers.toml: “{}”: {e}", p.pattern))?;
            let unless = p.unless_before.as_deref().map(compiled).transpose()?;
            patterns.push((p, regex, unless));
        }
        let folded = |list: &[String]| {
            list.iter()
                .map(|w| Folded::plain(w))
                .collect::<HashSet<_>>()
        };
        let mut first_names = folded(&words.first_names);
        first_names.extend(folded(&words.surnames));
        first_names.extend(
            crate::check::names::FIRST_NAMES
                .iter()
                .map(|n| (*n).to_owned()),
        );
        let mut known = folded(&words.keep);
        known.extend(
            include_str!("../../../../assets/triage/weights.tsv")
                .lines()
                .filter_map(|l| l.split('\t').next())
                .filter(|w| w.chars().all(|c| c.is_alphabetic() || c == '\''))
                .map(str::to_owned),
        );
        let ambiguous = folded(&words.ambiguous);
        known.retain(|w| !first_names.contains(w) || ambiguous.contains(w));
        Ok(Self {
            patterns,
            sparse: asset.sparse_zip3.into_iter().collect(),
            year: compiled(r"\b(?:19|20)\d\d")?,
            word: compiled(r"[\p{L}][\p{L}'’-]*")?,
            words: known,
            first_names,
            ambiguous,
            begins: folded(&words.begins),
            drugs: Drugs::parse(include_str!("../../../../assets/drugs/drugs.tsv"))
                .map_err(|e| e.to_string())?,
        })
    }

    /// What the record knows, wherever it stands, however it is written: parts in order, in any case, with or without
    /// accents, whatever little stands between them.
    pub(super) fn known(&self, text: &str, known: &Known, spans: &mut Vec<Span>) {
        let words = words_of(text);
        let mut put = |wanted: &str, letter: char, tag: &str, capital: bool| {
            let wanted: Vec<String> = words_of(wanted).into_iter().map(|w| w.1).collect();
            if wanted.iter().map(|w| w.chars().count()).sum::<usize>() < 2 {
                return;
            }
            for run in words.windows(wanted.len()) {
                let same = run.iter().zip(&wanted).all(|(w, wanted)| w.1 == *wanted);
                let close = run
                    .windows(2)
                    .all(|pair| pair[1].0.start - pair[0].0.end <= BETWEEN);
                // A part of a name that is a word as well is one where it begins with a capital.
                let meant = !capital || text[run[0].0.start..].starts_with(char::is_uppercase);
                if same && close && meant {
                    spans.push(Span {
                        at: run[0].0.start..run[run.len() - 1].0.end,
                        letter,
                        tag: tag.into(),
                    });
                }
            }
        };
        for name in &known.names {
            put(name, 'A', "NAME", false);
            for part in name.split(|c: char| c.is_whitespace() || c == ',') {
                let folded = Folded::plain(part);
                let a_word = self.ambiguous.contains(&folded) || self.words.contains(&folded);
                if folded.chars().count() > 1 {
                    put(part, 'A', "NAME", a_word);
                }
            }
        }
        for id in &known.ids {
            if id.chars().count() > 2 {
                put(id, 'R', "ID", false);
            }
        }
        for words in &known.also {
            put(words, 'R', "REDACTED", false);
        }
    }

    /// What looks like an identifier.
    pub(super) fn patterns(&self, text: &str, spans: &mut Vec<Span>) {
        for (p, regex, unless) in &self.patterns {
            let mut from = 0;
            while from <= text.len()
                && let Some(c) = regex.captures_at(text, from)
            {
                let Some(whole) = c.get(0) else { break };
                let group = (1..c.len()).find_map(|n| c.get(n)).unwrap_or(whole);
                // What the match leaned on may be the beginning of the next.
                from = if group.end() > from {
                    group.end()
                } else {
                    whole.end().max(from)
                        + text[whole.end().max(from)..]
                            .chars()
                            .next()
                            .map_or(1, char::len_utf8)
                };
                let found = group.as_str();
                if unless
                    .as_ref()
                    .is_some_and(|u| u.is_match(&text[group.end()..]))
                {
                    continue;
                }
                if p.tag == "NAME" && self.no_name(found) {
                    continue;
                }
                if p.tag == "PLACE" && self.no_place(found) {
                    continue;
                }
                let tag = match (p.tag.as_str(), p.keep_year) {
                    ("ZIP", _) => format!("ZIP {}", self.zip3(found)),
                    (tag, true) => match self.year.find(found) {
                        // Whoever was born in an earlier one is 90 or more: it would say that age.
                        Some(year) if year.as_str() >= EARLIEST => {
                            format!("{tag} {}", year.as_str())
                        }
                        _ => tag.to_owned(),
                    },
                    (tag, false) => tag.to_owned(),
                };
                spans.push(Span {
                    at: group.range(),
                    letter: p.letter,
                    tag,
                });
            }
        }
    }

    fn zip3(&self, zip: &str) -> String {
        let three: String = zip.chars().take(3).collect();
        if self.sparse.contains(&three) {
            "000".into()
        } else {
            three
        }
    }

    #[cfg(test)]
    pub(super) fn examples(&self) -> impl Iterator<Item = (&Pattern, &Regex)> {
        self.patterns.iter().map(|(p, r, _)| (p, r))
    }
}
