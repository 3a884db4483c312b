//! People that a reply names.

use super::evidence::Evidence;
use super::text::Reading;
use super::{Checks, Found};
use std::ops::Range;

impl Checks {
    /// People who are neither the patient nor named in message or chart.
    pub(super) fn names(&self, evidence: &Evidence, found: &mut Found<'_>) {
        let unknown = |name: &str| {
            Reading::of(name)
                .text()
                .split(|c: char| !c.is_alphanumeric() && c != '\'')
                .filter(|w| w.len() > 1)
                .map(|w| w.trim_end_matches("'s"))
                .any(|w| {
                    !evidence.says(w)
                        && !self.phrases.no_names.iter().any(|n| n == w)
                        && self.dates.days(w).is_empty()
                        && self.dates.days(&format!("in {w}")).is_empty()
                })
        };
        let mut marks: Vec<(&str, Range<usize>, &str)> = Vec::new();
        for c in self.greeting.captures_iter(found.draft) {
            if let Some(name) = c.get(1)
                && !evidence.patient.is_empty()
                && unknown(name.as_str())
            {
                marks.push((
                    "other_patient",
                    name.range(),
                    "The reply greets someone else than the patient.",
                ));
            }
        }
        for c in self.person.captures_iter(found.draft) {
            if let Some(name) = c.get(1)
                && unknown(name.as_str())
                && let Some(whole) = c.get(0)
            {
                let title = whole.as_str().to_lowercase();
                let patient = title.starts_with("mr") || title.starts_with("ms");
                marks.push(if patient {
                    (
                        "other_patient",
                        whole.range(),
                        "This name is neither the patient's nor in message or chart.",
                    )
                } else {
                    (
                        "unsupported",
                        whole.range(),
                        "Neither the message nor the chart names this person.",
                    )
                });
            }
        }
        let drugs = self.drug_places(found);
        for m in self.name.find_iter(found.draft) {
            // "St. John's wort" names no John.
            if drugs
                .iter()
                .any(|at| at.start < m.end() && m.start() < at.end)
            {
                continue;
            }
            if marks
                .iter()
                .any(|(_, at, _)| at.start < m.end() && m.start() < at.end)
            {
                continue;
            }
            let before = found.draft[..m.start()].trim_end();
            let sentence_start = before.is_empty()
                || before.ends_with(['.', '!', '?', ':', '\n', '"', '“', '•', '-']);
            let words: Vec<&str> = m.as_str().split(' ').collect();
            let known = |w: &str| {
                let folded = Reading::of(w).folded.text;
                let bare = folded.trim_end_matches("'s");
                evidence.says(bare)
                    || self.phrases.no_names.iter().any(|n| n == bare)
                    || !self.drugs.find(&folded).is_empty()
                    || !self.dates.days(&format!("in {folded}")).is_empty()
                    || OPENERS.contains(&folded.as_str())
                    || w.chars().all(|c| c.is_uppercase() || !c.is_alphabetic())
            };
            let strangers = words.iter().filter(|w| !known(w)).count();
            let possessive = m.as_str().ends_with("'s") || m.as_str().ends_with("’s");
            // Two capitalised words in a row, or a possessive: a person. One alone may be any word.
            // "Josephine, please …": spoken to by another name.
            let spoken_to = words.len() == 1
                && found.draft[m.end()..].starts_with(", ")
                && (before.is_empty() || is_first_name(m.as_str()))
                && !evidence.patient.is_empty()
                && strangers == 1
                && !is_opening(m.as_str())
                // "Plenty, Deborah": the patient's own name follows.
                && !found.draft[m.end() + 2..]
                    .split(|c: char| !c.is_alphanumeric())
                    .next()
                    .is_some_and(|n| {
                        let n = Reading::of(n).folded.text;
                        n.len() > 1 && evidence.patient.split(' ').any(|p| p == n)
                    });
            let person = spoken_to
                || if sentence_start {
                    words.len() >= 2 && strangers == words.len()
                        || possessive
                            && strangers > 0
                            && words.len() == 1
                            && !is_contraction(m.as_str())
                } else {
                    strangers == words.len()
                        && (words.len() >= 2 || possessive || is_first_name(m.as_str()))
                };
            if person {
                marks.push((
                    "other_patient",
                    m.range(),
                    "This name is neither the patient's nor in message or chart.",
                ));
            }
        }
        for (kind, at, why) in marks {
            // "[Patient Name]" is a placeholder and no name.
            if !self
                .template
                .find_iter(found.draft)
                .any(|t| t.start() < at.end && at.start < t.end())
            {
                found.at_bytes(kind, at, why);
            }
        }
    }
}

impl Checks {
    /// Where drugs are named, in bytes of the draft.
    fn drug_places(&self, found: &Found<'_>) -> Vec<Range<usize>> {
        let byte = |n: usize| {
            found
                .draft
                .char_indices()
                .nth(n)
                .map_or(found.draft.len(), |(i, _)| i)
        };
        self.drugs
            .find(found.reading.text())
            .into_iter()
            .map(|m| {
                let (start, end) = found.reading.folded.original(m.at.start, m.at.end);
                byte(start)..byte(end)
            })
            .collect()
    }
}

/// Words that begin a sentence and are no part of a name that follows.
const OPENERS: &[&str] = &[
    "in",
    "on",
    "at",
    "by",
    "from",
    "since",
    "until",
    "enjoy",
    "happy",
    "congratulations",
    "see",
    "call",
    "take",
    "use",
    "dr",
    "and",
    "or",
    "also",
    "yes",
    "no",
];

/// Shortest name that is taken for one where a word of any kind may stand: "Ha", "Oh" and "Sí" are none.
const SHORTEST_NAME: usize = 3;

/// Words that open a reply before a comma and are no names.
fn is_opening(word: &str) -> bool {
    let w = Reading::of(word).folded.text;
    w.ends_with("ly")
        // "Swelling, redness or heat", "Painful, hot joints": endings of nouns and adjectives.
        || ["ing", "ful", "less", "ness", "ous", "able", "ible", "ical", "ion"]
            .iter()
            .any(|e| w.ends_with(e))
        || w.len() < SHORTEST_NAME
        // Adverbs of Spanish, as "ly" ends those of English.
        || w.ends_with("mente")
        || [
            "yes",
            "no",
            "sorry",
            "sure",
            "okay",
            "ok",
            "also",
            "first",
            "great",
            "right",
            "correct",
            "daily",
            "weekly",
            "twice",
            "once",
            "meanwhile",
            "however",
            "otherwise",
            "well",
            "today",
            "instead",
            "still",
            "good",
            "thanks",
            "hello",
            "hi",
            "hola",
            "si",
            "gracias",
            "claro",
            "absolutely",
            "welcome",
            "understood",
            "congratulations",
            // Comparisons and degrees, which answer "is it more than before?".
            "less",
            "more",
            "fewer",
            "better",
            "worse",
            "higher",
            "lower",
            "same",
            "both",
            "neither",
            "none",
            "some",
            "all",
            // Agreement and feeling, in two languages.
            "true",
            "agreed",
            "yeah",
            "yep",
            "nope",
            "perfect",
            "wonderful",
            "excellent",
            "bueno",
            "bien",
            "perfecto",
            "correcto",
            "exacto",
            "entiendo",
            "entendido",
            "excelente",
            "hoy",
            "manana",
            "ahora",
            "primero",
            "tambien",
            "lamento",
            "felicidades",
            "buenas",
            "buenos",
        ]
        .contains(&w.as_str())
}

/// "It's", "That's", "Let's": no person.
fn is_contraction(word: &str) -> bool {
    let w = word.to_lowercase().replace('’', "'");
    // "Walking's fine": what is done, and nobody's name.
    w.len() > 7 && w.ends_with("ing's") && !FIRST_NAMES.contains(&w.trim_end_matches("'s"))
        || [
            "it's",
            "that's",
            "let's",
            "here's",
            "there's",
            "what's",
            "who's",
            "how's",
            "he's",
            "she's",
            "where's",
            "today's",
            "everyone's",
            "one's",
        ]
        .contains(&w.as_str())
}

/// Common first names in the United States (Social Security Administration's lists name these among the most given).
pub(crate) const FIRST_NAMES: &[&str] = &[
    "james",
    "john",
    "robert",
    "michael",
    "william",
    "david",
    "richard",
    "joseph",
    "thomas",
    "charles",
    "christopher",
    "daniel",
    "matthew",
    "anthony",
    "donald",
    "steven",
    "paul",
    "andrew",
    "joshua",
    "kenneth",
    "kevin",
    "brian",
    "george",
    "edward",
    "ronald",
    "timothy",
    "jason",
    "jeffrey",
    "ryan",
    "jacob",
    "gary",
    "nicholas",
    "eric",
    "jonathan",
    "stephen",
    "larry",
    "justin",
    "scott",
    "brandon",
    "benjamin",
    "samuel",
    "gregory",
    "frank",
    "alexander",
    "raymond",
    "patrick",
    "jack",
    "dennis",
    "jerry",
    "carlos",
    "jose",
    "juan",
    "luis",
    "miguel",
    "jorge",
    "pedro",
    "mary",
    "patricia",
    "jennifer",
    "linda",
    "elizabeth",
    "barbara",
    "susan",
    "jessica",
    "sarah",
    "karen",
    "lisa",
    "nancy",
    "betty",
    "margaret",
    "sandra",
    "ashley",
    "kimberly",
    "emily",
    "donna",
    "michelle",
    "carol",
    "amanda",
    "dorothy",
    "melissa",
    "deborah",
    "stephanie",
    "rebecca",
    "sharon",
    "laura",
    "cynthia",
    "kathleen",
    "amy",
    "angela",
    "shirley",
    "anna",
    "brenda",
    "pamela",
    "emma",
    "nicole",
    "helen",
    "samantha",
    "katherine",
    "christine",
    "debra",
    "rachel",
    "carolyn",
    "janet",
    "catherine",
    "maria",
    "heather",
    "diane",
    "ruth",
    "julie",
    "olivia",
    "joyce",
    "virginia",
    "victoria",
    "kelly",
    "lauren",
    "christina",
    "joan",
    "evelyn",
    "judith",
    "megan",
    "andrea",
    "cheryl",
    "hannah",
    "jacqueline",
    "martha",
    "gloria",
    "teresa",
    "ann",
    "sara",
    "madison",
    "frances",
    "kathryn",
    "janice",
    "jean",
    "abigail",
    "alice",
    "julia",
    "judy",
    "sophia",
    "grace",
    "denise",
    "amber",
    "doris",
    "marilyn",
    "danielle",
    "beverly",
    "isabella",
    "theresa",
    "diana",
    "natalie",
    "brittany",
    "charlotte",
    "marie",
    "kayla",
    "alexis",
    "lori",
    "ana",
    "carmen",
    "rosa",
    "lucia",
    "sofia",
];

/// Whether a word is a common first name.
fn is_first_name(word: &str) -> bool {
    FIRST_NAMES.contains(&word.to_lowercase().trim_end_matches("'s"))
}

#[cfg(test)]
mod tests {
    use super::super::trial::holds;
    use serde_json::json;

    #[test]
    fn words_that_open_a_reply_are_no_names() {
        let chart = json!({"demographics": {"name": "Ines Varga"}});
        holds(
            "ok?",
            &chart,
            &[
                "Sí, está bien.",
                "Oh, that helps.",
                "Fewer, thankfully.",
                "Claro, está bien.",
            ],
            &["Josephine, that is fine."],
        );
    }

    #[test]
    fn a_name_within_a_drug_is_no_person() {
        let chart =
            json!({"demographics": {"name": "Ines Varga"}, "notes": ["Takes St. John's wort."]});
        holds(
            "herbs?",
            &chart,
            &["St. John's wort is on your list."],
            &["Ask Peter's nurse."],
        );
    }
}
