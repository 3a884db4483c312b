//! Red flags and folders, by rules that a clinician can read.
//!
//! The rules are data (`assets/triage/rules.toml`): phrases, words that must stand
//! near each other, and signs of which a number must be told, as regular expressions over folded text (lower case,
//! straight quotes, no accents, common slips of spelling mended), each rule
//! with its source. What the words around say it is not (denied, long ago, of
//! another person, only supposed, quoted, a figure of speech) does not fire.
//! Some rules hold only with what the chart shows, or the message.
//!
//! Beside them words are weighed ([`Weights`]): what no rule foresaw may still
//! read like an emergency. That raises an urgency and never lowers one.

mod clinic;
mod condition;
mod context;
mod error;
pub(crate) mod fold;
mod rule;
pub mod sets;
mod spelling;
mod starts;
#[cfg(test)]
mod tests;
mod weights;

use crate::phrases;
pub use condition::Facts;
use condition::{Condition, ConditionText};
use context::{Context, ContextText, Reading};
use contract::{Chart, Flag, MessageKind, Triage, Urgency};
pub use error::RulesError;
use fold::Folded;
use regex::Regex;
use rule::Rule;
use serde::Deserialize;
use spelling::{Spelling, SpellingText};
use std::borrow::Cow;
use std::collections::BTreeMap;
pub use weights::{Example, Weights, WeightsError};

/// A message with more words than this is never taken for mere thanks.
const THANKS_WORDS: usize = 60;

/// Compiled rules.
#[derive(Debug)]
pub struct Rules {
    rules: Vec<Rule>,
    conditions: Vec<Condition>,
    kinds: Vec<(MessageKind, Vec<Regex>)>,
    context: Context,
    spelling: Spelling,
    asks: Regex,
    /// Words that make a message more than thanks.
    more_than_thanks: Regex,
    /// What is over or denied ("the rash is gone"), and makes nothing more than thanks.
    settled: Regex,
    weights: Option<Weights>,
    /// Ids of a clinic's own rules.
    own: Vec<String>,
    /// Words of anger.
    anger: Regex,
    /// The clinic's words for requests that are not clinical.
    templates: BTreeMap<MessageKind, Template>,
    /// Fixed text for an emergency whose rule has none.
    pub fallback: String,
}

/// A message without what it tells as settled or over.
struct Open<'a> {
    text: Cow<'a, str>,
    /// Whether it holds words of an illness or its treatment.
    is_clinical: bool,
}

/// What is offered for a request that the front desk answers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    kind: MessageKind,
    /// Why there is no draft, for the clinician.
    pub reason: String,
    /// The reply.
    pub text: String,
}

/// Name of the flag that rests on weighed words instead of a rule.
pub const WEIGHED: &str = "weighed-words";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    fallback: String,
    asks: Vec<String>,
    more_than_thanks: Vec<String>,
    #[serde(default)]
    settled: Vec<String>,
    context: ContextText,
    words: BTreeMap<String, Vec<String>>,
    spelling: SpellingText,
    #[serde(default)]
    condition: Vec<ConditionText>,
    rule: Vec<RuleText>,
    kind: Vec<KindText>,
    anger: AngerText,
    #[serde(default)]
    template: Vec<Template>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AngerText {
    source: String,
    any: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleText {
    id: String,
    title: String,
    urgency: Urgency,
    source: String,
    needs: Option<String>,
    #[serde(default)]
    any: Vec<String>,
    #[serde(default)]
    any_es: Vec<String>,
    #[serde(default)]
    near: Vec<NearText>,
    #[serde(default)]
    near_es: Vec<NearText>,
    #[serde(default)]
    signs: Vec<SignsText>,
    #[serde(default)]
    signs_es: Vec<SignsText>,
    #[serde(default)]
    advice: String,
    #[serde(default)]
    advice_es: String,
    /// Whether a denial takes its words back. Unset for rules whose words are denials themselves.
    #[serde(default = "yes")]
    guarded: bool,
    /// Whether "if" and "what if" take its words back.
    #[serde(default = "yes")]
    supposable: bool,
    /// Whether the past and other people take its words back.
    #[serde(default = "yes")]
    datable: bool,
    /// Whether what is told as over, as somebody else's or as only asked about takes its words back.
    #[serde(default = "yes")]
    endable: bool,
    /// Messages for which it must fire, and such as must leave it silent: tried when a clinic's file is read, and by a test for those
    /// that are built in.
    #[serde(default)]
    fires: Vec<String>,
    #[serde(default)]
    silent: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NearText {
    words: Vec<String>,
    within: usize,
    #[serde(default)]
    across: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignsText {
    of: Vec<String>,
    least: usize,
    within: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindText {
    kind: MessageKind,
    any: Vec<String>,
}

fn yes() -> bool {
    true
}

/// A pattern whose letters, digits and word borders are those of ASCII. Folded
/// text holds few others, and the compiled pattern is many times smaller and faster.
fn ascii(pattern: &str) -> String {
    pattern
        .replace(r"\w", "[0-9a-z_]")
        .replace(r"\d", "[0-9]")
        .replace(r"\b", r"(?-u:\b)")
}

/// Words that phrases share, by name.
struct Words(BTreeMap<String, String>);

impl Words {
    fn of(lists: &BTreeMap<String, Vec<String>>) -> Self {
        Self(
            lists
                .iter()
                .map(|(name, list)| (format!("{{{name}}}"), format!("(?:{})", list.join("|"))))
                .collect(),
        )
    }

    /// A phrase with the shared words put in.
    fn full(&self, phrase: &str) -> String {
        let mut full = phrase.to_owned();
        for (name, list) in &self.0 {
            if full.contains(name.as_str()) {
                full = full.replace(name.as_str(), list);
            }
        }
        full
    }

    /// A phrase between word borders, as a pattern.
    fn bordered(&self, text: &str) -> String {
        ascii(&format!(r"\b(?:{})(?:\b|$)", self.full(text)))
    }

    /// A phrase between word borders.
    fn phrase(&self, text: &str) -> Result<Regex, RulesError> {
        phrases::compiled(&self.bordered(text)).map_err(|e| RulesError::new(e).of_phrase(text))
    }

    /// Any phrase of a list; a fault is named by its phrase.
    fn any_of(&self, list: &[String]) -> Result<Regex, RulesError> {
        self.sound(list)?;
        self.phrase(&list.join("|"))
    }

    fn sound(&self, list: &[String]) -> Result<(), RulesError> {
        let full: Vec<String> = list.iter().map(|p| self.full(p)).collect();
        Ok(phrases::sound(full.iter().map(String::as_str))?)
    }
}

impl Rules {
    /// Compiles a rule file.
    ///
    /// # Errors
    /// With the line, or the rule and phrase, that is wrong.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        Self::of(toml::from_str(text).map_err(|e| RulesError::new(e.to_string()))?)
    }

    fn of(file: File) -> Result<Self, RulesError> {
        let words = Words::of(&file.words);
        // A class of no characters matches nothing.
        let never = [r"[^\s\S]".to_owned()];
        let names: Vec<String> = file.condition.iter().map(|c| c.id.clone()).collect();
        let kinds = file
            .kind
            .iter()
            .map(|k| {
                Ok((
                    k.kind,
                    k.any
                        .iter()
                        .map(|p| words.phrase(p))
                        .collect::<Result<_, _>>()?,
                ))
            })
            .collect::<Result<_, RulesError>>()?;
        Ok(Self {
            rules: file
                .rule
                .iter()
                .map(|r| Rule::of(r, &words, &names))
                .collect::<Result<_, _>>()?,
            conditions: file
                .condition
                .iter()
                .map(|c| Condition::of(c, &words))
                .collect::<Result<_, _>>()?,
            kinds,
            context: Context::of(&file.context, &words)?,
            spelling: Spelling::of(&file.spelling)?,
            asks: words.any_of(&file.asks)?,
            more_than_thanks: words.any_of(&file.more_than_thanks)?,
            settled: words.any_of(if file.settled.is_empty() {
                &never
            } else {
                &file.settled
            })?,
            weights: None,
            own: Vec::new(),
            anger: {
                if file.anger.source.trim().is_empty() {
                    return Err(RulesError::new("anger names no source"));
                }
                words.any_of(&file.anger.any)?
            },
            templates: file.template.into_iter().map(|t| (t.kind, t)).collect(),
            fallback: file.fallback.trim().to_owned(),
        })
    }

    /// The same rules with words weighed beside them.
    #[must_use]
    pub fn weighing(mut self, weights: Weights) -> Self {
        self.weights = Some(weights);
        self
    }

    /// Fits weights to labelled messages, as text that [`Weights::parse`] reads.
    pub fn fit_weights(&self, examples: &[Example]) -> String {
        weights::fit(examples, |text| {
            Folded::new(text).spelled(&self.spelling).text
        })
    }

    /// What a chart shows that some rules need.
    pub fn facts(&self, chart: &Chart) -> Facts {
        Facts::of(chart, &self.conditions)
    }

    /// Triage of one message: subject and body, with what the chart shows.
    pub fn triage(&self, subject: &str, body: &str, facts: &Facts) -> Triage {
        let folded = Folded::new(body).spelled(&self.spelling);
        let heading = Folded::new(subject).spelled(&self.spelling);
        let holds: Vec<bool> = self
            .conditions
            .iter()
            .enumerate()
            .map(|(i, c)| {
                facts.shows(i)
                    || c.in_message(&folded.text, &self.context)
                    || c.in_message(&heading.text, &self.context)
            })
            .collect();
        let mut flags: Vec<Flag> = Vec::new();
        let head = (!heading.text.is_empty()).then(|| Reading::new(&heading.text, &self.context));
        let read = Reading::new(&folded.text, &self.context);
        for rule in &self.rules {
            if rule.needs.is_some_and(|c| !holds[c]) {
                continue;
            }
            // A flag of the subject line has words and no place in the body.
            let in_subject = head.as_ref().and_then(|h| rule.fires(h));
            let (at, spanish, written, of, placed) = if let Some((at, spanish)) = in_subject {
                (at, spanish, &heading, subject, false)
            } else if let Some((at, spanish)) = rule.fires(&read) {
                (at, spanish, &folded, body, true)
            } else {
                continue;
            };
            let (start, end) = written.original(at.start, at.end);
            flags.push(Flag {
                rule: rule.id.clone(),
                title: rule.title.clone(),
                urgency: rule.urgency,
                words: of.chars().skip(start).take(end - start).collect(),
                start: if placed { start } else { 0 },
                end: if placed { end } else { 0 },
                advice: rule.advice(spanish),
            });
        }
        flags.extend(self.weighed(&heading, &folded, (subject, body), facts, &flags));
        flags.sort_by_key(|f| f.urgency);
        let open = self.open(&folded.text);
        let kind = self.folder(&heading.text, &folded.text, &open);
        let urgency = match flags.first() {
            Some(f) => f.urgency,
            None if kind == MessageKind::Thanks => Urgency::None,
            None => Urgency::Routine,
        };
        let anger = [(&heading, subject), (&folded, body)]
            .into_iter()
            .find_map(|(f, of)| {
                let m = self.anger.find(&f.text)?;
                let (start, end) = f.original(m.start(), m.end());
                Some(of.chars().skip(start).take(end - start).collect())
            });
        Triage {
            urgency,
            kind,
            flags,
            // Somebody who is angry, or tells of a symptom beside the bill, is not answered by a form letter.
            front_desk: urgency == Urgency::Routine
                && self.templates.contains_key(&kind)
                && anger.is_none()
                && !open.is_clinical,
            anger,
        }
    }

    /// How far the weighed words alone put a message from the border between emergencies and others, when words are weighed.
    pub fn score(&self, subject: &str, body: &str, facts: &Facts) -> Option<f32> {
        let weights = self.weights.as_ref()?;
        let [heading, folded] = [subject, body].map(|t| Folded::new(t).spelled(&self.spelling));
        let text = weighed_text(&heading, &folded);
        Some(weights.weigh(&text, &facts.words).score)
    }

    /// Ids of the rules that a clinic added.
    pub fn own(&self) -> impl Iterator<Item = &str> {
        self.own.iter().map(String::as_str)
    }

    /// The clinic's words for a kind of request, when it has any.
    pub fn template(&self, kind: MessageKind) -> Option<&Template> {
        self.templates.get(&kind)
    }

    /// The flag of the weighed words, when they raise what the rules found.
    fn weighed(
        &self,
        heading: &Folded,
        folded: &Folded,
        (subject, body): (&str, &str),
        facts: &Facts,
        flags: &[Flag],
    ) -> Option<Flag> {
        let weights = self.weights.as_ref()?;
        let found = flags.iter().map(|f| f.urgency).min();
        if found == Some(Urgency::Emergency) {
            return None;
        }
        let text = weighed_text(heading, folded);
        let weighed = weights.weigh(&text, &facts.words);
        let urgency = weights.raise(weighed.score)?;
        let title = match urgency {
            Urgency::Emergency => "Reads like an emergency",
            _ => "Reads like a matter of today",
        };
        if found.is_some_and(|f| f <= urgency) {
            return None;
        }
        let offset = heading.text.len() + 1;
        let placed = weighed.at.start >= offset;
        let ((start, end), of) = if placed {
            let at = weighed.at.start - offset..weighed.at.end - offset;
            (folded.original(at.start, at.end), body)
        } else {
            (heading.original(weighed.at.start, weighed.at.end), subject)
        };
        Some(Flag {
            rule: WEIGHED.to_owned(),
            title: title.to_owned(),
            urgency,
            words: of.chars().skip(start).take(end - start).collect(),
            start: if placed { start } else { 0 },
            end: if placed { end } else { 0 },
            advice: None,
        })
    }

    /// What kind of request a message is, by its words alone.
    pub fn kind(&self, subject: &str, body: &str) -> MessageKind {
        let body = Folded::plain(body);
        self.folder(&Folded::plain(subject), &body, &self.open(&body))
    }

    fn open<'a>(&self, body: &'a str) -> Open<'a> {
        let text = self.settled.replace_all(body, "");
        Open {
            is_clinical: self.more_than_thanks.is_match(&text),
            text,
        }
    }

    fn folder(&self, subject: &str, body: &str, open: &Open<'_>) -> MessageKind {
        let asks = body.contains('?') || self.asks.is_match(&open.text);
        let matches = |list: &[Regex], text: &str| list.iter().any(|r| r.is_match(text));
        for (kind, phrases) in &self.kinds {
            let found = match kind {
                MessageKind::Thanks => {
                    !asks
                        && !open.is_clinical
                        && body.split_whitespace().count() <= THANKS_WORDS
                        && matches(phrases, body)
                }
                _ => matches(phrases, subject) || matches(phrases, body),
            };
            if found {
                return *kind;
            }
        }
        MessageKind::Clinical
    }
}

/// What words are weighed in: the subject, and the body as a sentence of its own.
fn weighed_text(heading: &Folded, folded: &Folded) -> String {
    format!("{}\n{}", heading.text, folded.text)
}

/// An older message's triage joined to a newer one's. Places refer to the
/// newest message, so those of the older one are dropped; the most urgent
/// flags come first, and of two as urgent the newer message's.
pub fn joined(newest: Triage, older: Triage) -> Triage {
    let mut flags = newest.flags;
    flags.extend(older.flags.into_iter().map(|mut f| {
        (f.start, f.end) = (0, 0);
        f
    }));
    flags.sort_by_key(|f| f.urgency);
    let (urgency, kind) = if older.urgency < newest.urgency {
        (older.urgency, older.kind)
    } else {
        (newest.urgency, newest.kind)
    };
    Triage {
        urgency,
        kind,
        flags,
        anger: newest.anger.or(older.anger),
        // An older message that waits may be about more than the newest says.
        front_desk: newest.front_desk && older.front_desk && newest.kind == older.kind,
    }
}
