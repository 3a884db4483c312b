//! Which thread a message belongs to.

use std::collections::{HashMap, HashSet};

/// What a message says of its place: the thread it names, the message it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Links<'a> {
    /// Thread named by the source.
    pub thread: Option<&'a str>,
    /// The message it answers.
    pub previous: Option<&'a str>,
}

/// The thread of the message `id`: the one it names; else that of the message
/// it answers, followed back through `batch` (messages of the same import) and
/// then `known` (already on record); else a thread of its own.
///
/// A chain that runs in a circle ends at the smallest id in it, so that every
/// message of the circle lands in the same thread.
pub fn of<'a>(
    id: &'a str,
    batch: &HashMap<&'a str, Links<'a>>,
    known: impl Fn(&str) -> Option<String>,
) -> String {
    let mut at = id;
    let mut seen = HashSet::from([id]);
    loop {
        let Some(links) = batch.get(at) else {
            return known(at).unwrap_or_else(|| at.to_owned());
        };
        if let Some(thread) = links.thread {
            return thread.to_owned();
        }
        match links.previous {
            None => return at.to_owned(),
            Some(previous) if !seen.insert(previous) => {
                return seen.into_iter().min().unwrap_or(at).to_owned();
            }
            Some(previous) => at = previous,
        }
    }
}

/// Where the quoted history begins with which a message ends, as a character's number: mail programs put what is answered
/// under the answer. `None` when nothing is quoted, or nothing else is there.
pub fn quoted_from(body: &str) -> Option<usize> {
    let lines: Vec<&str> = body.split_inclusive('\n').collect();
    let is_quoted = |l: &str| l.trim_start().starts_with('>');
    let begins = |i: usize| {
        let line = lines[i].trim();
        let lower = line.to_lowercase();
        let says_who = (lower.starts_with("on ") || lower.starts_with("el "))
            && (lower.ends_with("wrote:") || lower.ends_with("escribió:"));
        let rule = line.starts_with("---")
            && ["original message", "mensaje original", "forwarded message"]
                .iter()
                .any(|w| lower.contains(w));
        // Outlook's header: the sender's line, and the others under it.
        let header = (lower.starts_with("from:") || lower.starts_with("de:"))
            && lines[i + 1..].iter().take(3).any(|l| {
                ["sent:", "date:", "enviado:", "fecha:"]
                    .iter()
                    .any(|w| l.trim().to_lowercase().starts_with(w))
            });
        // Marks of mail in every line that is left.
        let marked = is_quoted(lines[i])
            && lines[i..]
                .iter()
                .all(|l| is_quoted(l) || l.trim().is_empty());
        says_who || rule || header || marked
    };
    let first = (0..lines.len()).find(|i| begins(*i))?;
    let before: String = lines[..first].concat();
    (!before.trim().is_empty()).then(|| before.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_history_is_found_where_it_begins_and_nowhere_else() {
        for (own, quoted) in [
            (
                "Still dizzy.\n\n",
                "On Nov 3, 2026, at 9:02, Dr. Lee wrote:\n> Take it at night.\n",
            ),
            (
                "Gracias é\n",
                "El 3 nov 2026, Dra. Lee escribió:\nTómela de noche.",
            ),
            (
                "Yes.\n",
                "-----Original Message-----\nFrom: clinic\nTake it.",
            ),
            (
                "Yes.\n",
                "From: Dr. Lee\nSent: Monday\nSubject: x\n\nTake it.",
            ),
            ("Yes.\n\n", "> one\n> two\n\n> three"),
        ] {
            let body = format!("{own}{quoted}");
            assert_eq!(quoted_from(&body), Some(own.chars().count()), "{body}");
        }
        for body in [
            "On Monday I wrote: it hurts",
            "> only quoted\n> nothing else",
            "> quoted first\nand my answer below",
            "Pain is > 5 of 10.\nFrom: the knee down",
            "",
        ] {
            assert_eq!(quoted_from(body), None, "{body}");
        }
    }

    fn link<'a>(previous: Option<&'a str>) -> Links<'a> {
        Links {
            thread: None,
            previous,
        }
    }

    #[test]
    fn answers_follow_back_to_the_first_message() {
        let batch = HashMap::from([
            ("c", link(Some("b"))),
            ("b", link(Some("a"))),
            ("a", link(None)),
        ]);
        assert_eq!(of("c", &batch, |_| None), "a");
    }

    #[test]
    fn an_answer_to_a_message_on_record_joins_its_thread() {
        let batch = HashMap::from([("c", link(Some("b")))]);
        let known = |id: &str| (id == "b").then(|| "t1".to_owned());
        assert_eq!(of("c", &batch, known), "t1");
    }

    #[test]
    fn a_circle_is_one_thread() {
        let batch = HashMap::from([("b", link(Some("a"))), ("a", link(Some("b")))]);
        assert_eq!(of("a", &batch, |_| None), of("b", &batch, |_| None));
    }
}
