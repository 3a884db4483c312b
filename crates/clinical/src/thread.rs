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

#[cfg(test)]
mod tests {
    use super::*;

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
