//! The page's source, and the literals in it.

use std::path::{Path, PathBuf};

/// The checkout that runs the test. Asked when it runs: a target folder may be shared with a checkout that was built elsewhere.
pub(crate) fn root() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it");
    Path::new(&own).join("../..")
}

pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The files of the page, but for its backends: what those say comes from the desk, or plays it.
pub(crate) fn page() -> Vec<(String, String)> {
    fn collect(folder: &Path, into: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                if !path.ends_with("backend") {
                    collect(&path, into);
                }
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).expect("a file");
                into.push((path.display().to_string(), text));
            }
        }
    }
    let mut all = Vec::new();
    collect(&root().join("src-ui/src"), &mut all);
    assert!(all.len() > 20, "the page is not here");
    all
}

/// A literal of text, with what stands around it.
#[derive(Debug, Clone)]
pub(crate) struct Literal {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) text: String,
    /// Some of the source before it, without the space next to it.
    pub(crate) before: String,
    /// The character after it and any space.
    after: Option<char>,
}

impl Literal {
    /// Whether a person would read it: text of an element, a name or a hint in an attribute, or words anywhere.
    pub(crate) fn is_shown(&self) -> bool {
        let letters = |t: &str| t.chars().any(char::is_alphabetic);
        if !letters(&outside_braces(&self.text)) || self.is_machine() {
            return false;
        }
        let b = self.before.as_str();
        let arrow = b.ends_with("=>") || b.ends_with("->");
        let in_element = (b.ends_with('>') && !arrow && self.after != Some(')'))
            || (self.after == Some('<') && !b.ends_with("=>") && !b.ends_with('='));
        let named = [
            "aria-label=",
            "placeholder=",
            "title=",
            "alt=",
            "label=",
            "none=",
        ]
        .iter()
        .any(|a| b.ends_with(a));
        in_element || named || self.is_prose()
    }

    /// Words: two with a space between, or one that begins as a sentence does.
    fn is_prose(&self) -> bool {
        let text = outside_braces(&self.text);
        let long = |w: &&str| w.chars().filter(|c| c.is_alphabetic()).count() >= 2;
        let words = text.split_whitespace().filter(long).count();
        let mut first = self.text.chars();
        let capital = first.next().is_some_and(char::is_uppercase)
            && first.next().is_some_and(char::is_lowercase);
        (words > 0 && text.trim().contains(' ')) || capital
    }

    /// What is for the browser and not for people: classes, styles, selectors, reasons of attributes, names of its keys.
    fn is_machine(&self) -> bool {
        let b = self.before.as_str();
        const KEYS: [&str; 9] = [
            "Enter",
            "Escape",
            "Home",
            "End",
            "ArrowUp",
            "ArrowDown",
            "ArrowLeft",
            "ArrowRight",
            "KeyL",
        ];
        KEYS.contains(&self.text.as_str())
            || ["class=", "reason =", "include_str!(", "viewBox=", "style="]
                .iter()
                .any(|a| b.ends_with(a))
            || self.text.starts_with("badge ")
    }
}

/// A text without what a format puts into it.
fn outside_braces(text: &str) -> String {
    let mut deep = 0usize;
    text.chars()
        .filter(|c| {
            match c {
                '{' => deep += 1,
                '}' => {
                    deep = deep.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            deep == 0
        })
        .collect()
}

/// The literals of a file, without those of comments and tests.
pub(crate) fn literals(path: &str, source: &str) -> Vec<Literal> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let chars: Vec<char> = source.chars().collect();
    let mut out = Vec::new();
    let (mut i, mut line) = (0, 1);
    while i < chars.len() {
        match chars[i] {
            '\n' => line += 1,
            '/' if chars.get(i + 1) == Some(&'/') => {
                while i < chars.len() && chars[i] != '\n' {
                    i += 1;
                }
                continue;
            }
            // A character: it may be a quotation mark. A lifetime has no second mark.
            '\'' if chars.get(i + 1) == Some(&'\\') => i += 3,
            '\'' if chars.get(i + 2) == Some(&'\'') => i += 2,
            '"' => {
                let begun = i;
                i += 1;
                let mut text = String::new();
                while i < chars.len() && chars[i] != '"' {
                    if chars[i] == '\\' {
                        i += 1;
                    }
                    text.extend(chars.get(i));
                    i += 1;
                }
                let before: String = chars[begun.saturating_sub(60)..begun].iter().collect();
                let after = chars[(i + 1).min(chars.len())..]
                    .iter()
                    .find(|c| !c.is_whitespace());
                out.push(Literal {
                    path: path.to_owned(),
                    line,
                    before: before.trim_end().to_owned(),
                    after: after.copied(),
                    text: text.clone(),
                });
                line += text.matches('\n').count();
            }
            _ => {}
        }
        i += 1;
    }
    out
}
