//! What may stay of the text a model wrote: no preface, no sign-off (the app
//! adds its own), nothing after the reply, no repetition, whole sentences.

use crate::prompt::PromptWords;
use contract::FinishReason;
use std::collections::HashSet;

/// Words in a row that may not come twice.
const REPEATED_WORDS: usize = 8;
/// Words of a sentence that may not come twice.
const REPEATED_SENTENCE: usize = 4;

/// Most words of a line that is a sign-off.
const LONGEST_CLOSING: usize = 8;

/// A tidied text and why it had to be cut, if it had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tidied {
    /// The text that stays.
    pub text: String,
    /// [`FinishReason::StopSequence`] or [`FinishReason::Repetition`] when something was cut off the end.
    pub cut: Option<FinishReason>,
}

/// Tidies a text. Idempotent, so that it can run on every streamed prefix.
pub fn tidy(words: &PromptWords, raw: &str) -> Tidied {
    let mut cut = None;
    let body = after_thought(raw);
    let mut lines: Vec<&str> = Vec::new();
    for line in body.lines() {
        let probe = probe(line);
        let starts = |list: &[String]| list.iter().any(|s| probe.starts_with(s.as_str()));
        if lines.iter().all(|l| l.trim().is_empty()) {
            // A preface is a line of its own that ends in a colon, or a bare label.
            if starts(&words.prefaces.starts)
                && (line.trim_end().ends_with(':') || probe.starts_with("subject:"))
            {
                continue;
            }
        } else if closes(words, &probe) || starts(&words.leaves.starts) {
            cut = Some(FinishReason::StopSequence);
            break;
        }
        lines.push(line);
    }
    let joined = without_template(collapse(&lines).trim_start());
    let mut text = joined
        .trim_matches(|c: char| c == '"' || c.is_whitespace())
        .to_owned();
    if let Some(at) = repetition(&text) {
        text.truncate(at);
        text = whole_sentences(text.trim_end()).to_owned();
        cut = Some(FinishReason::Repetition);
    }
    Tidied { text, cut }
}

/// Whether a line, as [`probe`] gives it, is a sign-off.
fn closes(words: &PromptWords, probe: &str) -> bool {
    let starts = &words.closings.starts;
    probe.split_whitespace().count() <= LONGEST_CLOSING
        && starts.iter().any(|s| probe.starts_with(s.as_str()))
}

/// Whether a text, without the app's own sign-off, holds one that was made up,
/// or a placeholder for a name. For scores: [`tidy`] cuts what it knows.
pub fn signs_off(words: &PromptWords, text: &str) -> bool {
    let placeholder = text.split('[').skip(1).any(|rest| {
        rest.split_once(']')
            .is_some_and(|(inside, _)| inside.len() < 40)
    });
    placeholder || text.lines().any(|l| closes(words, &probe(l)))
}

/// Cuts an unfinished last sentence off, if a whole one is before it.
pub fn whole_sentences(text: &str) -> &str {
    let end = text
        .char_indices()
        .filter(|(_, c)| matches!(c, '.' | '!' | '?' | '。'))
        .map(|(i, c)| i + c.len_utf8())
        .rfind(|end| {
            text[*end..]
                .chars()
                .next()
                .is_none_or(|c| c.is_whitespace() || c == '"' || c == '”')
        });
    match end {
        Some(end) => &text[..end],
        None => text,
    }
}

/// What follows a model's visible thinking; nothing while it still thinks.
fn after_thought(raw: &str) -> &str {
    match raw.rfind("</think>") {
        Some(at) => &raw[at + "</think>".len()..],
        None if raw.trim_start().starts_with("<think>") => "",
        None => raw,
    }
}

/// A line in lower case, without list marks and emphasis.
fn probe(line: &str) -> String {
    line.trim()
        .trim_start_matches(['*', '_', '>', ' ', '“', '"'])
        .to_lowercase()
}

/// At most one empty line between paragraphs.
fn collapse(lines: &[&str]) -> String {
    let mut out = String::new();
    let mut empty = 0;
    for line in lines {
        empty = if line.trim().is_empty() { empty + 1 } else { 0 };
        if empty <= 1 {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    out
}

/// Takes `[Patient's Name]` and its like out of a greeting; elsewhere it is
/// left for the checks to show.
fn without_template(text: &str) -> String {
    let Some((first, rest)) = text.split_once('\n') else {
        return text.to_owned();
    };
    match (first.find('['), first.find(']')) {
        (Some(open), Some(close)) if open < close && first.split_whitespace().count() <= 5 => {
            let greeting = format!("{}{}", first[..open].trim_end(), &first[close + 1..]);
            if greeting
                .trim_matches([',', ' '])
                .eq_ignore_ascii_case("dear")
            {
                rest.to_owned()
            } else {
                format!("{greeting}\n{rest}")
            }
        }
        _ => text.to_owned(),
    }
}

/// Where the text begins to repeat itself: the byte offset of the second
/// coming of a sentence or of a run of words.
pub fn repetition(text: &str) -> Option<usize> {
    let mut sentences = HashSet::new();
    let mut start = 0;
    let mut first: Option<usize> = None;
    for (i, c) in text.char_indices() {
        if matches!(c, '.' | '!' | '?' | '\n') {
            let end = i + c.len_utf8();
            let key: Vec<String> = text[start..end]
                .split_whitespace()
                .map(plain)
                .filter(|w| !w.is_empty())
                .collect();
            if key.len() >= REPEATED_SENTENCE && !sentences.insert(key) {
                first = Some(start);
                break;
            }
            start = end;
        }
    }
    let words: Vec<(usize, String)> = text
        .split_whitespace()
        .map(|w| (w.as_ptr() as usize - text.as_ptr() as usize, plain(w)))
        .collect();
    let mut runs = HashSet::new();
    for run in words.windows(REPEATED_WORDS) {
        let key: Vec<&str> = run.iter().map(|w| w.1.as_str()).collect();
        if !runs.insert(key) {
            let at = run[0].0;
            return Some(first.map_or(at, |f| f.min(at)));
        }
    }
    first
}

fn plain(word: &str) -> String {
    word.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> PromptWords {
        PromptWords::built_in().expect("sound")
    }

    #[test]
    fn a_sign_off_is_cut_and_a_sentence_that_begins_alike_is_not() {
        let t = tidy(
            &words(),
            "Hello Ana,\n\nPlease rest.\n\nBest regards,\n[Your Name]\nOncologist",
        );
        assert_eq!(t.text, "Hello Ana,\n\nPlease rest.");
        assert_eq!(t.cut, Some(FinishReason::StopSequence));
        let t = tidy(
            &words(),
            "Hello.\nYour care team will look at the scan you sent us and then call you back.",
        );
        assert_eq!(t.cut, None);
    }

    #[test]
    fn a_sign_off_that_was_left_is_told() {
        for (text, told) in [
            ("Please rest.\n\nWarm regards,\nDr. Lee", true),
            ("Please rest.\n[Your Name]", true),
            ("Please rest. Take care of the knee.", false),
            (
                "Your care team will want to know when the pain in the knee began.",
                false,
            ),
            ("The value [see chart", false),
        ] {
            assert_eq!(signs_off(&words(), text), told, "{text}");
        }
    }

    #[test]
    fn prefaces_and_template_names_go() {
        let t = tidy(
            &words(),
            "Here is a reply to the patient:\n\nDear [Patient's Name],\n\nRest today.",
        );
        assert_eq!(t.text, "Rest today.");
        let t = tidy(&words(), "Hello [Name],\nRest.");
        assert_eq!(t.text, "Hello,\nRest.");
    }

    #[test]
    fn thinking_aloud_is_not_a_reply() {
        assert_eq!(tidy(&words(), "<think>\nwell").text, "");
        assert_eq!(
            tidy(&words(), "<think>\nwell</think>\n\nRest.").text,
            "Rest."
        );
    }

    #[test]
    fn a_repeated_sentence_is_cut_before_it_comes_again() {
        let t = tidy(
            &words(),
            "Please drink plenty of water. Rest. Please drink plenty of water. Rest.",
        );
        assert_eq!(t.text, "Please drink plenty of water. Rest.");
        assert_eq!(t.cut, Some(FinishReason::Repetition));
    }

    #[test]
    fn a_loop_inside_a_sentence_is_found() {
        let text = "we will look at it and then call you and ".repeat(4);
        assert!(repetition(&text).is_some());
    }

    #[test]
    fn the_last_sentence_is_whole() {
        assert_eq!(
            whole_sentences("Rest today. Take 2.5 mg and dri"),
            "Rest today."
        );
        assert_eq!(whole_sentences("no end"), "no end");
    }

    #[test]
    fn quotation_marks_on_lines_of_their_own_all_go() {
        let t = tidy(&words(), "\"\n\"Please rest.\"\n\"");
        assert_eq!(t.text, "Please rest.");
    }

    proptest::proptest! {
        #[test]
        fn tidying_twice_changes_nothing(raw in "[ -~\n“¿é]{0,300}") {
            let once = tidy(&words(), &raw).text;
            proptest::prop_assert_eq!(repetition(&once), None);
            proptest::prop_assert_eq!(&tidy(&words(), &once).text, &once);
        }

        #[test]
        fn no_text_makes_it_panic(raw in ".{0,300}") {
            let t = tidy(&words(), &raw);
            let _ = whole_sentences(&t.text);
        }
    }
}
