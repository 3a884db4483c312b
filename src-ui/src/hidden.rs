//! Characters that nobody sees: they are kept on record, and shown by their number, so that what a clinician reads is what is
//! there (Unicode UTS 39; the bidirectional ones: CVE-2021-42574).

use crate::language::t;
use leptos::prelude::*;

/// A part of a text: as it is, or one character that would not be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Text(String),
    Hidden(char),
}

/// The parts of a text.
pub(crate) fn parts(text: &str) -> Vec<Part> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut plain = String::new();
    for (i, c) in chars.iter().copied().enumerate() {
        let joins = || {
            // Between pictures the joiner makes one of two: a family, a flag.
            let picture = |j: Option<usize>| {
                j.and_then(|j| chars.get(j))
                    .is_some_and(|c| *c as u32 >= 0x2190 && !c.is_alphabetic())
            };
            picture(i.checked_sub(1)) && picture(Some(i + 1))
        };
        if is_hidden(c) && !(c == '\u{200D}' && joins()) {
            if !plain.is_empty() {
                out.push(Part::Text(std::mem::take(&mut plain)));
            }
            out.push(Part::Hidden(c));
        } else {
            plain.push(c);
        }
    }
    if !plain.is_empty() {
        out.push(Part::Text(plain));
    }
    out
}

fn is_hidden(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{2028}' | '\u{2029}' | '\u{3164}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}' | '\u{E0000}'..='\u{E01EF}')
        || (c.is_control() && !matches!(c, '\n' | '\t' | '\r'))
}

/// A text with what is hidden in it made visible. Text nodes only.
pub(crate) fn shown(text: &str) -> Vec<AnyView> {
    parts(text)
        .into_iter()
        .map(|p| match p {
            Part::Text(t) => t.into_any(),
            Part::Hidden(c) => {
                let number = format!("U+{:04X}", c as u32);
                view! { <span class="hidden-character" title=t("hidden-character")>{number}</span> }
                    .into_any()
            }
        })
        .collect()
}
