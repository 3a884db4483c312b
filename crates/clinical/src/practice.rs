//! Practice messages: invented patients, each with a draft that holds one known error.
//!
//! In a published trial each seeded error was missed by 13 to 15 of 20 physicians who felt safe (Biro et al., npj Digital
//! Medicine 2025): whoever reviews drafts learns here what errors look like, and how many of them they catch.

use crate::triage::fold::Folded;
use contract::{Chart, DecisionKind, Demographics, Reason};
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};

/// A file of practice messages that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The practice messages cannot be used: {0}")]
pub struct PracticeError(String);

/// A practice message with its draft and the error in it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PracticeCase {
    /// Its name in the file; stays the same from version to version.
    pub id: String,
    /// The invented patient.
    pub name: String,
    /// `YYYY-MM-DD`.
    pub birth_date: String,
    /// Administrative sex.
    pub sex: String,
    /// Who writes, when it is not the patient.
    #[serde(default)]
    pub sender: String,
    /// Subject line.
    pub subject: String,
    /// The message.
    pub message: String,
    #[serde(default)]
    problems: Vec<String>,
    #[serde(default)]
    medications: Vec<String>,
    #[serde(default)]
    allergies: Vec<String>,
    #[serde(default)]
    results: Vec<String>,
    #[serde(default)]
    appointments: Vec<String>,
    #[serde(default)]
    notes: Vec<String>,
    /// The draft with the error.
    pub draft: String,
    /// Words of the error, of which none may stay.
    pub wrong: Vec<String>,
    /// Words of which one must be there, where something was left out.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Replies that keep the error from the patient.
    pub good: Vec<String>,
    /// Replies that do not.
    pub bad: Vec<String>,
    /// What a reviewer calls this error.
    pub reason: Reason,
    /// What is wrong, for the person.
    pub explain: String,
    /// What the right answer rests on.
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<PracticeCase>,
}

/// Reads the practice messages.
///
/// # Errors
/// With the case that is not sound: an id twice, an error that its own draft does not hold, a draft that holds what it should
/// lack, no source.
pub fn cases(text: &str) -> Result<Vec<PracticeCase>, PracticeError> {
    let file: File = toml::from_str(text).map_err(|e| PracticeError(e.to_string()))?;
    let mut ids = HashSet::new();
    for c in &file.case {
        let bad = |why: &str| Err(PracticeError(format!("{}: {why}", c.id)));
        if !ids.insert(c.id.as_str()) {
            return bad("the name is there twice");
        }
        if c.wrong.is_empty() && c.needs.is_empty() {
            return bad("it names no error");
        }
        if let Some(w) = c.wrong.iter().find(|w| !says(&c.draft, w)) {
            return bad(&format!("its draft does not hold “{w}”"));
        }
        if let Some(w) = c.needs.iter().find(|w| holds(&c.draft, w)) {
            return bad(&format!("its draft holds “{w}” already"));
        }
        let edited = |text: &String| c.is_caught(DecisionKind::Edited, Some(text));
        if let Some(text) = c.good.iter().find(|t| !edited(t)) {
            return bad(&format!("a good reply counts as missed: “{text}”"));
        }
        if let Some(text) = c.bad.iter().chain([&c.draft]).find(|t| edited(t)) {
            return bad(&format!("a bad reply counts as caught: “{text}”"));
        }
        if c.good.is_empty() || c.bad.is_empty() {
            return bad("it names no good reply, or no bad one");
        }
        if c.source.trim().is_empty() || c.explain.trim().is_empty() {
            return bad("it names no source, or explains nothing");
        }
    }
    Ok(file.case)
}

/// A text with one blank between words, whatever their case and accents.
fn plain(text: &str) -> String {
    let folded = Folded::new(text).text;
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where words stand by themselves in a plain text.
fn places<'t>(text: &'t str, words: &'t str) -> impl Iterator<Item = usize> + 't {
    text.match_indices(words).filter_map(move |(at, _)| {
        let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let alone = !inside(text[..at].chars().next_back())
            && !inside(text[at + words.len()..].chars().next());
        alone.then_some(at)
    })
}

/// True when a text holds words.
fn holds(text: &str, words: &str) -> bool {
    let (text, words) = (plain(text), plain(words));
    places(&text, &words).next().is_some()
}

/// True when a text says words, and not their opposite: no denial stands before them in the sentence.
fn says(text: &str, words: &str) -> bool {
    const DENIALS: [&str; 9] = [
        "not", "never", "no", "cannot", "avoid", "without", "neither", "nor", "instead",
    ];
    let (text, words) = (plain(text), plain(words));
    places(&text, &words).any(|at| {
        let before = &text[..at];
        let begin = before
            .rfind(". ")
            .max(before.rfind("! "))
            .max(before.rfind("? "))
            .map_or(0, |i| i + 2);
        let denied = before[begin..]
            .split(|c: char| !c.is_alphanumeric() && c != '\'')
            .any(|w| DENIALS.contains(&w) || w.ends_with("n't"));
        !denied
    })
}

impl PracticeCase {
    /// The chart of the invented patient; `age` in words.
    pub fn chart(&self, age: &str) -> Chart {
        let mut facts = BTreeMap::new();
        for (name, value) in [
            ("name", self.name.as_str()),
            ("age", age),
            ("sex", self.sex.as_str()),
        ] {
            if !value.is_empty() {
                facts.insert(name.to_owned(), value.into());
            }
        }
        Chart {
            medications: self.medications.clone(),
            allergies: self.allergies.clone(),
            problems: self.problems.clone(),
            results: self.results.clone(),
            appointments: self.appointments.clone(),
            demographics: Demographics(facts),
            notes: self.notes.clone(),
        }
    }

    /// Whether a decision would have kept the error from the patient. A reply does when its words are gone and what was
    /// missing is there; a draft that was thrown away or handed on does; closing without a reply does not where something
    /// had to be said, nor where the patient asked.
    pub fn is_caught(&self, kind: DecisionKind, reply: Option<&str>) -> bool {
        match kind {
            DecisionKind::Discarded | DecisionKind::Escalated => true,
            DecisionKind::NoReplyNeeded => self.needs.is_empty() && !self.message.contains('?'),
            DecisionKind::AcceptedUnedited | DecisionKind::Edited | DecisionKind::Rewritten => {
                let reply = reply.unwrap_or_default();
                !self.wrong.iter().any(|w| says(reply, w))
                    && (self.needs.is_empty() || self.needs.iter().any(|w| holds(reply, w)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUILT_IN: &str = include_str!("../../../assets/practice/cases.toml");

    fn case(id: &str) -> PracticeCase {
        let all = cases(BUILT_IN).expect("sound");
        all.into_iter().find(|c| c.id == id).expect("is there")
    }

    #[test]
    fn the_built_in_cases_are_sound_of_many_kinds_and_none_is_caught_by_accepting() {
        let all = cases(BUILT_IN).expect("sound");
        assert!(all.len() >= 16, "{}", all.len());
        let kinds: HashSet<_> = all.iter().map(|c| c.reason).collect();
        assert!(kinds.len() >= 6, "{kinds:?}");
        for c in &all {
            assert!(
                !c.is_caught(DecisionKind::AcceptedUnedited, Some(&c.draft)),
                "{}",
                c.id
            );
            assert!(c.is_caught(DecisionKind::Discarded, None), "{}", c.id);
        }
    }

    #[test]
    fn an_error_is_caught_when_its_words_are_gone_and_what_was_missing_is_there() {
        let swapped = case("insulin-units");
        assert!(swapped.is_caught(
            DecisionKind::Edited,
            Some("Please take 16 units of Lantus.")
        ));
        assert!(!swapped.is_caught(
            DecisionKind::Edited,
            Some("PLEASE TAKE 61  UNITS of Lantus.")
        ));
        // Part of a longer number is another number.
        assert!(swapped.is_caught(DecisionKind::Edited, Some("Please take 161 units.")));
        // Whoever denies it has seen it.
        assert!(swapped.is_caught(
            DecisionKind::Edited,
            Some("Please don't take 61 units. It is 16.")
        ));
        let artery = case("scalp-and-jaw");
        assert!(!artery.is_caught(DecisionKind::Edited, Some("Try a softer one.")));
        assert!(artery.is_caught(
            DecisionKind::Rewritten,
            Some("Please come in today: this may be more than the pillow.")
        ));
        assert!(!artery.is_caught(DecisionKind::NoReplyNeeded, None));
        assert!(artery.is_caught(DecisionKind::Escalated, None));
    }

    #[test]
    fn a_case_that_is_not_sound_is_refused_by_name() {
        let one = |wrong: &str, needs: &str| {
            format!(
                "[[case]]\nid = \"x\"\nname = \"A\"\nbirth_date = \"\"\nsex = \"\"\nsubject = \"\"\nmessage = \"m\"\ndraft = \"Take two.\"\nwrong = [{wrong}]\nneeds = [{needs}]\ngood = [\"Take one, as three.\"]\nbad = [\"Take two.\"]\nreason = \"inaccurate\"\nexplain = \"e\"\nsource = \"s\"\n"
            )
        };
        assert!(cases(&one("\"take two\"", "")).is_ok());
        for (text, why) in [
            (one("", ""), "names no error"),
            (one("\"three\"", ""), "does not hold"),
            (one("", "\"two\""), "holds “two” already"),
            (one("\"two\"", "").repeat(2), "there twice"),
            (
                one("\"two\"", "").replace("bad = [\"Take two.\"]", "bad = [\"Take one.\"]"),
                "a bad reply counts as caught",
            ),
            (
                one("\"two\"", "").replace("Take one, as three.", "Yes, take two."),
                "a good reply counts as missed",
            ),
            (
                one("\"two\"", "").replace("source = \"s\"", "source = \" \""),
                "no source",
            ),
        ] {
            let e = cases(&text).expect_err("is refused").to_string();
            assert!(e.contains(why), "{e}");
        }
    }
}
