//! Words that must not stand in a reply: promises, placeholders, other names,
//! judgement, allergies and dangerous pairs.

use super::drugs::Mention;
use super::evidence::{Evidence, Place, covers};
use super::text::Reading;
use super::{Case, Checks, Found, HARD_GRADE, LONG_WORDS};
use crate::readability;
use std::ops::Range;

impl Checks {
    pub(super) fn words(&self, case: &Case<'_>, evidence: &Evidence, found: &mut Found<'_>) {
        let text = found.reading.text().to_owned();
        for m in self.template.find_iter(found.draft) {
            found.at_bytes(
                "template_left",
                m.range(),
                "A placeholder was left in the text: fill it in or take it out.",
            );
        }
        for m in self.phrases.promises.find_iter(&text) {
            // "If we call you" and "before we order" promise nothing.
            let sentence = found.reading.sentence(m.start());
            let before = text[sentence.start..m.start()].trim_end();
            if !before.ends_with(" if")
                && !before.ends_with("before")
                && !before.ends_with("unless")
            {
                found.at(
                    "promise",
                    m.range(),
                    "This promises what someone must do. Keep it only if it is so.",
                    None,
                );
            }
        }
        for m in self.phrases.stigmatising.find_iter(&text) {
            found.at(
                "stigmatising",
                m.range(),
                "This wording judges the person. Say what happened instead.",
                None,
            );
        }
        let message = Reading::of(case.message);
        if !self.phrases.visit_words.is_match(message.text())
            && case.triage.urgency > contract::Urgency::Urgent
        {
            for m in self.phrases.appointments.find_iter(&text) {
                found.at(
                    "unneeded_appointment",
                    m.range(),
                    "The message asks for no visit. Can it be answered without one?",
                    None,
                );
            }
        }
        for m in self.visit.captures_iter(&text) {
            if let (Some(whole), Some(noun)) = (m.get(0), m.get(1))
                && evidence.at(Place::Appointment).next().is_none()
                && !self.phrases.visit_words.is_match(message.text())
                && !evidence
                    .lines
                    .iter()
                    .any(|l| l.folded.contains(noun.as_str()))
            {
                found.at(
                    "unsupported",
                    whole.range(),
                    "Neither the message nor the chart has this visit.",
                    None,
                );
            }
        }
        if let Some(m) = self.phrases.injections.find(message.text()) {
            let words: String = m.as_str().chars().take(60).collect();
            found.whole(
                "injection",
                format!("The message holds instructions to a program (“{words}”). Check that the reply does not follow them."),
            );
        }
        self.names(evidence, found);
        let mentions = self.drugs.find(&text);
        self.allergies(evidence, &text, &mentions, found);
        self.pairs(evidence, &text, &mentions, found);
        let count = found.draft.split_whitespace().count();
        if count > LONG_WORDS {
            found.whole(
                "too_long",
                format!("{count} words: patients read short replies, and so do you."),
            );
        }
        if count >= 25
            && let Some(grade) = readability::grade(found.draft)
            && grade > HARD_GRADE
        {
            found.whole(
                "reading_grade",
                format!(
                    "Reads at school grade {grade:.0}. Shorter sentences and plainer words help."
                ),
            );
        }
        if let (Some(asked), Some(answered)) = (language(message.text()), language(&text))
            && asked != answered
        {
            found.whole(
                "wrong_language",
                format!("The message is in {asked} and the reply in {answered}."),
            );
        }
    }

    /// People who are neither the patient nor named in message or chart.
    fn names(&self, evidence: &Evidence, found: &mut Found<'_>) {
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
        for m in self.name.find_iter(found.draft) {
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
                && !is_opening(m.as_str());
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

    /// Drugs that an allergy of the chart covers, and a denial of allergies that are there.
    fn allergies(
        &self,
        evidence: &Evidence,
        text: &str,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        let lines: Vec<_> = evidence
            .at(Place::Allergy)
            // "No known food allergies; penicillin: anaphylaxis" names a drug all the same.
            .filter(|l| {
                !l.drugs.is_empty()
                    || !["no known", "nkda", "none", "no allerg"]
                        .iter()
                        .any(|n| l.folded.starts_with(n))
            })
            .collect();
        if let (Some(m), Some(first)) = (self.denies_allergy.find(text), lines.first()) {
            found.at(
                "contradicts_chart",
                m.range(),
                "The chart lists an allergy.",
                Some(&first.text),
            );
        }
        for m in mentions {
            for line in &lines {
                // What causes the reaction stands before the colon.
                let cause = line.folded.split([':', '(']).next().unwrap_or(&line.folded);
                let direct = self
                    .drugs
                    .find(cause)
                    .iter()
                    .any(|d| covers(&d.name, &m.name));
                let group = self.allergy_groups.iter().any(|g| {
                    g.words.iter().any(|w| cause.contains(w.as_str()))
                        && g.covers
                            .iter()
                            .any(|c| *c == m.name || self.drugs.has_class(m.drug, c))
                });
                let class = self.drugs.find(cause).iter().any(|d| {
                    self.allergy_groups.iter().any(|g| {
                        g.covers
                            .iter()
                            .any(|c| *c == d.name || self.drugs.has_class(d.drug, c))
                            && g.covers
                                .iter()
                                .any(|c| *c == m.name || self.drugs.has_class(m.drug, c))
                    })
                });
                if (direct || group || class) && !self.is_advised_against(text, m, found) {
                    found.at(
                        "allergy_conflict",
                        m.at.clone(),
                        "The chart lists an allergy that covers this drug.",
                        Some(&line.text),
                    );
                    break;
                }
            }
        }
    }

    /// Drugs that are dangerous together with one the patient takes.
    fn pairs(&self, evidence: &Evidence, text: &str, mentions: &[Mention], found: &mut Found<'_>) {
        let is = |list: &[String], m: &Mention| {
            list.iter()
                .any(|x| *x == m.name || self.drugs.has_class(m.drug, x))
        };
        for m in mentions {
            if evidence
                .at(Place::Medication)
                .any(|l| l.drugs.iter().any(|d| covers(&d.name, &m.name)))
                || self.is_advised_against(text, m, found)
            {
                continue;
            }
            let hit = evidence.at(Place::Medication).find_map(|l| {
                l.drugs.iter().find_map(|d| {
                    self.interactions
                        .iter()
                        .find(|i| is(&i.a, m) && is(&i.b, d) || is(&i.b, m) && is(&i.a, d))
                        .map(|i| (i, l))
                })
            });
            if let Some((interaction, line)) = hit {
                found.at(
                    "interaction_hint",
                    m.at.clone(),
                    format!("With what the patient takes: {}.", interaction.why),
                    Some(&line.text),
                );
            }
        }
    }

    /// True when the words around a drug tell to keep off it or say that it
    /// does not suit: "avoid ibuprofen", "ibuprofen is not safe with warfarin".
    /// "Take ibuprofen and avoid alcohol" does neither.
    fn is_advised_against(&self, text: &str, m: &Mention, found: &Found<'_>) -> bool {
        let sentence = found.reading.sentence(m.at.start);
        let words_before = &text[sentence.start..m.at.start];
        let near: Vec<&str> = words_before.split_whitespace().rev().take(7).collect();
        let near = near.into_iter().rev().collect::<Vec<_>>().join(" ");
        if self.phrases.avoid.is_match(&near) && !self.keep_on.is_match(&near) {
            return true;
        }
        if self.unsuited.is_match(&text[m.at.end..sentence.end]) {
            return true;
        }
        let advises = [
            "take ",
            "use ",
            "give ",
            "try ",
            "start ",
            "add ",
            "puede tomar",
            "tome ",
            "course of",
        ]
        .iter()
        .any(|a| text[sentence.clone()].contains(a));
        let before = found
            .reading
            .sentences
            .iter()
            .rfind(|s| s.end <= sentence.start)
            .map_or("", |s| &text[s.clone()]);
        !advises
            && [
                "don't",
                "do not",
                "avoid",
                "never",
                " no tome",
                "should not",
            ]
            .iter()
            .any(|w| before.contains(w))
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

/// Words that open a reply before a comma and are no names.
fn is_opening(word: &str) -> bool {
    let w = word.to_lowercase();
    w.ends_with("ly")
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
        ]
        .contains(&w.as_str())
}

/// "It's", "That's", "Let's": no person.
fn is_contraction(word: &str) -> bool {
    let w = word.to_lowercase().replace('’', "'");
    [
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
fn is_first_name(word: &str) -> bool {
    const NAMES: &[&str] = &[
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
    NAMES.contains(&word.to_lowercase().trim_end_matches("'s"))
}

/// English or Spanish, when a text says so clearly.
fn language(folded: &str) -> Option<&'static str> {
    const ENGLISH: &[&str] = &[
        "the", "and", "you", "your", "is", "to", "of", "for", "my", "have", "that", "with", "this",
        "are", "it", "can", "please", "not", "on", "was", "we", "be", "at", "do", "i",
    ];
    const SPANISH: &[&str] = &[
        "el", "la", "de", "que", "y", "en", "su", "los", "las", "por", "con", "una", "para", "se",
        "mi", "es", "si", "lo", "usted", "tengo", "puede", "gracias", "hola", "mis", "del", "al",
        "un", "me",
    ];
    let (mut en, mut es, mut all) = (0usize, 0usize, 0usize);
    for w in folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
    {
        all += 1;
        en += usize::from(ENGLISH.contains(&w));
        es += usize::from(SPANISH.contains(&w));
    }
    if all < 5 {
        None
    } else if es >= 2 && es > 2 * en {
        Some("Spanish")
    } else if en >= 2 && en > 2 * es {
        Some("English")
    } else {
        None
    }
}
