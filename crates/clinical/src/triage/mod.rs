//! Red flags and folders, by rules that a clinician can read.
//!
//! The rules are data (`assets/triage/rules.toml`): phrases as regular
//! expressions over folded text (lower case, straight quotes, no accents), each
//! rule with its source. A phrase that is negated close by, or that sits in a
//! clause about the past or another person, does not fire.

mod context;
mod fold;
#[cfg(test)]
mod tests;

use context::{Context, ContextText};
use contract::{Flag, MessageKind, Triage, Urgency};
use fold::Folded;
use regex::{Regex, RegexBuilder};
use serde::Deserialize;

/// A message with more words than this is never taken for mere thanks.
const THANKS_WORDS: usize = 60;

/// Compiled rules.
#[derive(Debug)]
pub struct Rules {
    rules: Vec<Rule>,
    kinds: Vec<(MessageKind, Vec<Regex>)>,
    context: Context,
    asks: Regex,
    /// Fixed text for an emergency whose rule has none.
    pub fallback: String,
}

#[derive(Debug)]
struct Rule {
    id: String,
    title: String,
    urgency: Urgency,
    phrases: Vec<(Regex, bool)>,
    advice: String,
    advice_es: String,
    /// Phrases of rules that are themselves negative ("can't breathe") take no guard.
    guarded: bool,
}

impl Rule {
    /// The fixed advice, in the language of the phrase that fired.
    fn advice(&self, spanish: bool) -> Option<String> {
        match (spanish, self.advice.is_empty(), self.advice_es.is_empty()) {
            (true, _, false) => Some(self.advice_es.clone()),
            (_, false, _) => Some(self.advice.clone()),
            _ => None,
        }
    }
}

/// A rule file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The triage rules cannot be used: {0}")]
pub struct RulesError(String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    fallback: String,
    context: ContextText,
    asks: Vec<String>,
    rule: Vec<RuleText>,
    kind: Vec<KindText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleText {
    id: String,
    title: String,
    urgency: Urgency,
    source: String,
    #[serde(default)]
    any: Vec<String>,
    #[serde(default)]
    any_es: Vec<String>,
    #[serde(default)]
    advice: String,
    #[serde(default)]
    advice_es: String,
    #[serde(default = "yes")]
    guarded: bool,
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

fn phrase(text: &str) -> Result<Regex, RulesError> {
    RegexBuilder::new(&format!(r"\b(?:{text})\b"))
        .size_limit(1 << 20)
        .build()
        .map_err(|e| RulesError(format!("the phrase “{text}”: {e}")))
}

fn any_of(texts: &[String]) -> Result<Regex, RulesError> {
    phrase(&texts.join("|"))
}

impl Rules {
    /// Compiles a rule file.
    ///
    /// # Errors
    /// With the line or the phrase that is wrong.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        let file: File = toml::from_str(text).map_err(|e| RulesError(e.to_string()))?;
        let mut rules = Vec::new();
        for r in file.rule {
            if r.source.is_empty() {
                return Err(RulesError(format!("the rule {} names no source", r.id)));
            }
            let mut phrases = Vec::new();
            for (list, spanish) in [(&r.any, false), (&r.any_es, true)] {
                for p in list {
                    phrases.push((phrase(p)?, spanish));
                }
            }
            rules.push(Rule {
                id: r.id,
                title: r.title,
                urgency: r.urgency,
                phrases,
                advice: r.advice.trim().to_owned(),
                advice_es: r.advice_es.trim().to_owned(),
                guarded: r.guarded,
            });
        }
        let kinds = file
            .kind
            .iter()
            .map(|k| {
                Ok((
                    k.kind,
                    k.any.iter().map(|p| phrase(p)).collect::<Result<_, _>>()?,
                ))
            })
            .collect::<Result<_, RulesError>>()?;
        Ok(Self {
            rules,
            kinds,
            context: Context::of(&file.context)?,
            asks: any_of(&file.asks)?,
            fallback: file.fallback.trim().to_owned(),
        })
    }

    /// Triage of one message: subject and body.
    pub fn triage(&self, subject: &str, body: &str) -> Triage {
        let folded = Folded::new(body);
        let heading = Folded::new(subject);
        let mut flags: Vec<(Urgency, Flag)> = Vec::new();
        for rule in &self.rules {
            if let Some(flag) = self.in_subject(rule, subject, &heading) {
                flags.push((rule.urgency, flag));
                continue;
            }
            for (phrase, spanish) in &rule.phrases {
                let fired = phrase
                    .find_iter(&folded.text)
                    .find(|m| !rule.guarded || !self.context.takes_back(&folded.text, m.range()));
                let Some(m) = fired else { continue };
                let (start, end) = folded.original(m.start(), m.end());
                let advice = rule.advice(*spanish);
                flags.push((
                    rule.urgency,
                    Flag {
                        rule: rule.id.clone(),
                        title: rule.title.clone(),
                        urgency: rule.urgency,
                        words: body.chars().skip(start).take(end - start).collect(),
                        start,
                        end,
                        advice,
                    },
                ));
                break;
            }
        }
        flags.sort_by_key(|f| f.0);
        let kind = self.kind(&heading.text, &folded.text);
        let urgency = match flags.first() {
            Some((u, _)) => *u,
            None if kind == MessageKind::Thanks => Urgency::None,
            None => Urgency::Routine,
        };
        Triage {
            urgency,
            kind,
            flags: flags.into_iter().map(|f| f.1).collect(),
        }
    }

    /// A rule that fires on the subject line. It has words and no place in the body.
    fn in_subject(&self, rule: &Rule, subject: &str, heading: &Folded) -> Option<Flag> {
        rule.phrases.iter().find_map(|(phrase, spanish)| {
            let m = phrase
                .find_iter(&heading.text)
                .find(|m| !rule.guarded || !self.context.takes_back(&heading.text, m.range()))?;
            let (start, end) = heading.original(m.start(), m.end());
            Some(Flag {
                rule: rule.id.clone(),
                title: rule.title.clone(),
                urgency: rule.urgency,
                words: subject.chars().skip(start).take(end - start).collect(),
                start: 0,
                end: 0,
                advice: rule.advice(*spanish),
            })
        })
    }

    fn kind(&self, subject: &str, body: &str) -> MessageKind {
        let asks = body.contains('?') || self.asks.is_match(body);
        let matches = |list: &[Regex], text: &str| list.iter().any(|r| r.is_match(text));
        for (kind, phrases) in &self.kinds {
            let found = match kind {
                MessageKind::Thanks => {
                    !asks
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
    }
}
