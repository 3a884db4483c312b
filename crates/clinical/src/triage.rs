//! Red flags and folders, by rules that a clinician can read.
//!
//! The rules are data (`assets/triage/rules.toml`): phrases as regular
//! expressions over folded text (lower case, straight quotes, no accents), each
//! rule with its source. A phrase that is negated close by, or that sits in a
//! clause about the past or another person, does not fire.

use contract::{Flag, MessageKind, Triage, Urgency};
use regex::{Regex, RegexBuilder};
use serde::Deserialize;

/// Words of a clause that are looked at before a phrase.
const GUARD_WORDS: usize = 7;
/// A message with more words than this is never taken for mere thanks.
const THANKS_WORDS: usize = 60;

/// Compiled rules.
#[derive(Debug)]
pub struct Rules {
    rules: Vec<Rule>,
    kinds: Vec<(MessageKind, Vec<Regex>)>,
    negations: Regex,
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
    negations: Vec<String>,
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
            negations: any_of(&file.negations)?,
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
                    .find(|m| !rule.guarded || !self.is_negated(&folded.text[..m.start()]));
                let Some(m) = fired else { continue };
                let (start, end) = folded.original(m.start(), m.end());
                let advice = rule.advice(*spanish);
                flags.push((
                    rule.urgency,
                    Flag {
                        rule: rule.id.clone(),
                        title: rule.title.clone(),
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
                .find(|m| !rule.guarded || !self.is_negated(&heading.text[..m.start()]))?;
            let (start, end) = heading.original(m.start(), m.end());
            Some(Flag {
                rule: rule.id.clone(),
                title: rule.title.clone(),
                words: subject.chars().skip(start).take(end - start).collect(),
                start: 0,
                end: 0,
                advice: rule.advice(*spanish),
            })
        })
    }

    /// True when the clause before a phrase takes it back.
    fn is_negated(&self, before: &str) -> bool {
        let clause = before
            .rsplit(['.', '!', '?', ';', '\n', ','])
            .next()
            .unwrap_or(before);
        let clause = ["but ", "however ", "pero ", "although "]
            .iter()
            .filter_map(|c| clause.rfind(c).map(|at| at + c.len()))
            .max()
            .map_or(clause, |at| &clause[at..]);
        let words: Vec<&str> = clause.split_whitespace().collect();
        let near = words[words.len().saturating_sub(GUARD_WORDS)..].join(" ");
        self.negations.is_match(&near)
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

/// Text in lower case with straight quotes and without accents, and the way
/// back to the characters it came from.
struct Folded {
    text: String,
    /// For each byte of `text`, the index of the original character.
    origin: Vec<usize>,
}

impl Folded {
    fn new(original: &str) -> Self {
        let mut text = String::with_capacity(original.len());
        let mut origin = Vec::with_capacity(original.len());
        let chars: Vec<char> = original.chars().collect();
        let mut put = |c: char, at: usize| {
            // A wrapped line is one clause and an empty line ends it; phrases hold single spaces.
            if c == ' ' && text.ends_with([' ', '\n']) {
                return;
            }
            if c == '\n' && text.ends_with(' ') {
                text.pop();
                origin.pop();
            }
            text.push(c);
            origin.extend(std::iter::repeat_n(at, c.len_utf8()));
        };
        for (at, c) in chars.iter().copied().enumerate() {
            match c {
                '’' | '‘' | 'ʼ' | '`' => put('\'', at),
                '“' | '”' => put('"', at),
                '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}' => {}
                // Accents written as characters of their own.
                '\u{0300}'..='\u{036F}' => {}
                '\n' if empty_line(&chars, at) => put('\n', at),
                c if c.is_whitespace() => put(' ', at),
                _ => c.to_lowercase().map(unaccented).for_each(|c| put(c, at)),
            }
        }
        Self { text, origin }
    }

    /// Character positions in the original for byte positions in the folded text.
    fn original(&self, start: usize, end: usize) -> (usize, usize) {
        let at = |i: usize| self.origin.get(i).copied();
        let start = at(start).unwrap_or(0);
        let last = end.checked_sub(1).and_then(at).unwrap_or(start);
        (start, last + 1)
    }
}

/// True when only blanks stand between the line break at `at` and the one before it.
fn empty_line(chars: &[char], at: usize) -> bool {
    chars[..at]
        .iter()
        .rev()
        .find(|c| !matches!(c, ' ' | '\t' | '\r'))
        .is_some_and(|c| *c == '\n')
}

fn unaccented(c: char) -> char {
    match c {
        'á' | 'à' | 'ä' | 'â' => 'a',
        'é' | 'è' | 'ë' | 'ê' => 'e',
        'í' | 'ì' | 'ï' | 'î' => 'i',
        'ó' | 'ò' | 'ö' | 'ô' => 'o',
        'ú' | 'ù' | 'ü' | 'û' => 'u',
        'ñ' => 'n',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> &'static Rules {
        static RULES: std::sync::LazyLock<Rules> = std::sync::LazyLock::new(|| {
            Rules::parse(include_str!("../../../assets/triage/rules.toml")).expect("sound")
        });
        &RULES
    }

    fn urgency(body: &str) -> Urgency {
        rules().triage("", body).urgency
    }

    #[test]
    fn emergencies_are_found_in_plain_lay_and_spanish_words() {
        for body in [
            "I have crushing chest pain and my left arm is numb",
            "my chest feels tight and I'm sweating",
            "I can’t breathe when I lie down",
            "Half of my face is drooping since this morning",
            "I took all my pills an hour ago",
            "I want to kill myself",
            "Sometimes I think everyone would be better off without me",
            "Tengo dolor en el pecho muy fuerte",
            "No puedo respirar bien",
            "my throat is closing up after the peanut",
            "I am 34 weeks and the baby has not moved since yesterday",
            "vomiting blood since last night",
        ] {
            assert_eq!(urgency(body), Urgency::Emergency, "{body}");
        }
    }

    #[test]
    fn subjects_wrapped_lines_and_loose_accents_hide_nothing() {
        assert_eq!(
            rules().triage("Chest pain", "Started an hour ago.").urgency,
            Urgency::Emergency
        );
        assert_eq!(
            rules()
                .triage("Chest pain", "Thanks for yesterday!")
                .urgency,
            Urgency::Emergency
        );
        assert_eq!(
            urgency("I have crushing chest\npain since noon"),
            Urgency::Emergency
        );
        assert_eq!(urgency("chest  pain since noon"), Urgency::Emergency);
        assert_eq!(urgency("No puedo respi\u{301}rar"), Urgency::Emergency);
        assert_eq!(
            urgency("No fever.\n\nChest pain since noon"),
            Urgency::Emergency
        );
        assert_eq!(urgency("I do not have any\nchest pain"), Urgency::Routine);
    }

    #[test]
    fn negated_and_everyday_words_do_not_fire() {
        for body in [
            "No chest pain or shortness of breath, just a runny nose.",
            "I have not had any chest pain since the stent. Can I travel?",
            "This paperwork is killing me! Can you send the form?",
            "Can I get a refill of lisinopril?",
        ] {
            assert_eq!(urgency(body), Urgency::Routine, "{body}");
        }
    }

    #[test]
    fn a_negation_ends_at_but() {
        assert_eq!(
            urgency("No fever but chest pain since noon"),
            Urgency::Emergency
        );
        assert_eq!(
            urgency("no chest pain, but I took all my pills"),
            Urgency::Emergency
        );
    }

    #[test]
    fn folders_and_thanks() {
        let r = rules();
        assert_eq!(
            r.triage("", "Thank you so much, that helped a lot!")
                .urgency,
            Urgency::None
        );
        assert_eq!(
            r.triage("", "Thanks! Could you also refill my metformin?")
                .kind,
            MessageKind::Refill
        );
        assert_eq!(
            r.triage("", "I was billed twice for my visit").kind,
            MessageKind::Billing
        );
        assert_eq!(
            r.triage("", "What does my A1c result mean?").kind,
            MessageKind::Result
        );
        assert_eq!(
            r.triage("", "I need to reschedule my appointment").kind,
            MessageKind::Scheduling
        );
        assert_eq!(
            r.triage("", "My knee hurts when I climb stairs").kind,
            MessageKind::Clinical
        );
    }

    #[test]
    fn words_are_given_as_they_were_written() {
        let t = rules().triage("", "Señor, tengo Dolor en el Pecho.");
        assert_eq!(t.flags[0].words, "Dolor en el Pecho");
        assert!(
            t.flags[0]
                .advice
                .as_deref()
                .is_some_and(|a| a.contains("911"))
        );
    }

    #[test]
    fn a_broken_rule_file_names_its_fault() {
        let sound = include_str!("../../../assets/triage/rules.toml");
        let broken = sound.replacen("\"heart attack\"", "\"heart (attack\"", 1);
        let refused = Rules::parse(&broken).expect_err("refused");
        assert!(refused.to_string().contains("heart (attack"), "{refused}");
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(body in ".{0,400}") {
            let _ = rules().triage("", &body);
        }
    }
}
