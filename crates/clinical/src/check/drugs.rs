//! Drugs by name: generic, brand, class.

use super::CheckError;
use std::collections::HashMap;
use std::ops::Range;

/// Endings of generic names (USAN and INN stems), for drugs that the list does not hold.
const STEMS: &[&str] = &[
    "pril",
    "sartan",
    "olol",
    "statin",
    "cillin",
    "mycin",
    "floxacin",
    "gliptin",
    "gliflozin",
    "glutide",
    "zumab",
    "ximab",
    "limumab",
    "tinib",
    "ciclib",
    "tidine",
    "prazole",
    "triptan",
    "setron",
    "ciclovir",
    "dipine",
    "azosin",
    "azepam",
    "zolam",
    "oxetine",
    "dronate",
    "parin",
    "xaban",
    "thiazide",
    "semide",
    "olone",
    "glitazone",
    "lukast",
    "terol",
    "tropium",
    "conazole",
    "cycline",
    "oxacin",
    "profen",
    "coxib",
    "barbital",
    "caine",
    "vudine",
    "tegravir",
    "gepant",
    "retin",
    "mab",
    "parib",
    "lisib",
    "degib",
];

/// Words with a drug's ending that name none.
const NO_DRUGS: &[&str] = &["cholesterol"];

/// Letters from which a word is looked for in another spelling.
const LONG_NAME: usize = 7;

/// A name as Spanish and English spell it alike: "dextrometorfano" and
/// "dextromethorphan", "fenelzina" and "phenelzine" differ by rule.
fn key(word: &str) -> String {
    let plain = word
        .replace("ph", "f")
        .replace("th", "t")
        .replace("ch", "c")
        .replace('y', "i")
        .replace('k', "c");
    let mut key = String::with_capacity(plain.len());
    for c in plain.chars() {
        if !key.ends_with(c) {
            key.push(c);
        }
    }
    key.trim_end_matches(['a', 'e', 'o']).to_owned()
}

/// The list of drugs.
#[derive(Debug)]
pub(crate) struct Drugs {
    names: Vec<String>,
    classes: Vec<Vec<String>>,
    /// A name's first word, folded, to the names that begin with it: all words, and the drug.
    by_word: HashMap<String, Vec<(Vec<String>, usize)>>,
    /// Names of one long word, in the spelling that languages share.
    by_key: HashMap<String, usize>,
}

/// A drug that a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention {
    pub(crate) at: Range<usize>,
    /// Its place in the list; none for a name that only has a drug's ending.
    pub(crate) drug: Option<usize>,
    /// Generic name, or the word itself.
    pub(super) name: String,
}

impl Drugs {
    /// Reads the list: tab-separated generic name, other names, classes.
    pub(crate) fn parse(text: &str) -> Result<Self, CheckError> {
        let mut drugs = Self {
            names: Vec::new(),
            classes: Vec::new(),
            by_word: HashMap::new(),
            by_key: HashMap::new(),
        };
        for (n, line) in text.lines().enumerate() {
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            let fields: Vec<&str> = line.split('\t').collect();
            let [generic, others, classes] = fields.as_slice() else {
                return Err(CheckError(format!(
                    "the list of drugs, line {}: three columns are needed",
                    n + 1
                )));
            };
            let index = drugs.names.len();
            drugs.names.push((*generic).to_owned());
            drugs
                .classes
                .push(classes.split_whitespace().map(str::to_owned).collect());
            for name in std::iter::once(*generic)
                .chain(others.split(','))
                .map(str::trim)
                .filter(|n| !n.is_empty())
            {
                let words: Vec<String> = words(&name.to_lowercase())
                    .map(|(w, _)| w.to_owned())
                    .collect();
                if let [only] = words.as_slice()
                    && only.len() >= LONG_NAME
                    && !only.contains('-')
                {
                    drugs.by_key.entry(key(only)).or_insert(index);
                }
                if let Some(first) = words.first().cloned() {
                    drugs.by_word.entry(first).or_default().push((words, index));
                }
            }
        }
        // The longest name first: "insulin glargine" before "insulin".
        for names in drugs.by_word.values_mut() {
            names.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        Ok(drugs)
    }

    /// Drugs that a folded text names, in order.
    pub(crate) fn find(&self, text: &str) -> Vec<Mention> {
        let mut all: Vec<(&str, Range<usize>)> = Vec::new();
        for (word, at) in words(text) {
            if !word.contains('-') || self.by_word.contains_key(word) {
                all.push((word, at));
                continue;
            }
            // "Lisinopril-HCTZ" names two.
            let mut start = at.start;
            for part in word.split('-') {
                all.push((part, start..start + part.len()));
                start += part.len() + 1;
            }
        }
        let mut found = Vec::new();
        let mut i = 0;
        while let Some((word, at)) = all.get(i) {
            let named = self.by_word.get(*word).and_then(|names| {
                names.iter().find(|(words, _)| {
                    words.len() <= all.len() - i
                        && words.iter().zip(&all[i..]).all(|(w, (x, _))| w == x)
                })
            });
            if let Some((words, drug)) = named {
                let end = all[i + words.len() - 1].1.end;
                found.push(Mention {
                    at: at.start..end,
                    drug: Some(*drug),
                    name: self.names[*drug].clone(),
                });
                i += words.len();
                continue;
            }
            let respelled = (word.len() >= LONG_NAME)
                .then(|| self.by_key.get(&key(word)))
                .flatten();
            if let Some(drug) = respelled {
                found.push(Mention {
                    at: at.clone(),
                    drug: Some(*drug),
                    name: self.names[*drug].clone(),
                });
            } else if word.len() >= LONG_NAME
                && STEMS.iter().any(|s| word.ends_with(s))
                && !NO_DRUGS.contains(word)
            {
                found.push(Mention {
                    at: at.clone(),
                    drug: None,
                    name: (*word).to_owned(),
                });
            }
            i += 1;
        }
        found
    }

    pub(super) fn has_class(&self, drug: Option<usize>, class: &str) -> bool {
        drug.is_some_and(|d| self.classes[d].iter().any(|c| c == class))
    }

    /// True for a drug that a list names, by itself or by its class.
    pub(super) fn is_of(&self, list: &[String], m: &Mention) -> bool {
        list.iter()
            .any(|x| *x == m.name || self.has_class(m.drug, x))
    }

    /// True when two drugs have a class in common that says what they do.
    pub(super) fn siblings(&self, a: Option<usize>, b: Option<usize>) -> bool {
        const BROAD: &[&str] = &[
            "antibiotic",
            "serotonergic",
            "sedating",
            "qt",
            "cyp3a4",
            "inducer",
            "sulfonamide",
            "biologic",
            "vitamin",
            "mineral",
            "supplement",
        ];
        let (Some(a), Some(b)) = (a, b) else {
            return false;
        };
        self.classes[a]
            .iter()
            .any(|c| !BROAD.contains(&c.as_str()) && self.classes[b].contains(c))
    }
}

/// Words of a folded text: letters, digits, hyphens and apostrophes inside.
fn words(text: &str) -> impl Iterator<Item = (&str, Range<usize>)> {
    let mut start = None;
    let mut out = Vec::new();
    let bytes = text.as_bytes();
    for (i, c) in text.char_indices() {
        let inside = c.is_alphanumeric()
            || ((c == '-' || c == '\'' || c == '#')
                && bytes.get(i + 1).is_some_and(u8::is_ascii_alphanumeric)
                && start.is_some());
        match (inside, start) {
            (true, None) => start = Some(i),
            (false, Some(s)) => {
                out.push((&text[s..i], s..i));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(s) = start {
        out.push((&text[s..], s..text.len()));
    }
    out.into_iter().map(|(w, at)| {
        // "Coumadin's" is Coumadin.
        match w.strip_suffix("'s") {
            Some(bare) => (bare, at.start..at.end - 2),
            None => (w, at),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_the_spelling_of_the_other_language() {
        let list =
            "phenytoin\tdilantin\tanticonvulsant\nchlorthalidone\t\tthiazide\ncalcium\t\tmineral\n";
        let drugs = Drugs::parse(list).expect("sound");
        let named = |text: &str| drugs.find(text).first().map(|m| m.name.clone());
        assert_eq!(named("tome fenitoina").as_deref(), Some("phenytoin"));
        assert_eq!(
            named("tome clortalidona").as_deref(),
            Some("chlorthalidone")
        );
        assert_eq!(named("fenix y cartas"), None);
        assert_eq!(named("your cholesterol"), None);
    }
}
