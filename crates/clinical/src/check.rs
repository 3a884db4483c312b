//! Checks of a draft that need no model. The first of them; each finding has
//! its place and its reason.

use contract::Finding;
use regex::Regex;
use std::sync::LazyLock;

/// Words above which a reply is called long. Clinicians wrote 34 by hand where
/// a model wrote 169 (Chen et al., Lancet Digital Health 2024).
pub const LONG_WORDS: usize = 120;

/// `[Patient's Name]`, `<date>`, `{{name}}`: what a template leaves behind.
static TEMPLATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\[[A-Za-z][^\]\n]{1,40}\]|\{\{[^}\n]{1,40}\}\}|<(?:name|date|time|phone|clinic|doctor|insert)[^>\n]{0,40}>|_{4,}").ok()
});

/// Findings in a draft, in the order of their places.
pub fn draft(text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(template) = TEMPLATE.as_ref() {
        for m in template.find_iter(text) {
            findings.push(finding(
                "template_left",
                text,
                m.start(),
                m.end(),
                "A placeholder was left in the text: fill it in or take it out.",
            ));
        }
    }
    let words = text.split_whitespace().count();
    if words > LONG_WORDS {
        findings.push(finding(
            "too_long",
            text,
            0,
            text.len(),
            &format!("{words} words: patients read short replies, and so do you."),
        ));
    }
    findings
}

fn finding(kind: &str, text: &str, start: usize, end: usize, why: &str) -> Finding {
    Finding {
        kind: kind.into(),
        span: text[start..end].into(),
        start: text[..start].chars().count(),
        end: text[..end].chars().count(),
        why: why.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_found_where_they_stand() {
        let found = draft("Olá [Patient's Name], see [https] us on <date>.");
        let spans: Vec<(&str, usize)> = found.iter().map(|f| (f.span.as_str(), f.start)).collect();
        assert_eq!(
            spans,
            [("[Patient's Name]", 4), ("[https]", 26), ("<date>", 40)]
        );
        assert!(draft("Take it twice a day (with food).").is_empty());
    }

    #[test]
    fn long_replies_are_called_long() {
        assert_eq!(draft(&"word ".repeat(LONG_WORDS + 1))[0].kind, "too_long");
        assert!(draft(&"word ".repeat(LONG_WORDS)).is_empty());
    }
}
