//! A clinic's own rules and texts, over those that are built in.
//!
//! They add rules and change words that go out; nothing that is built in can be
//! taken away. Each rule brings messages for which it must fire, and they are
//! tried when the file is read: a rule that does not do what it says is refused.

use super::{ConditionText, File, RuleText, Rules, RulesError, Template};
use contract::Chart;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Most rules of a clinic.
const MOST: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClinicFile {
    fallback: Option<String>,
    /// Advice in place of a built-in rule's, by the rule's id.
    #[serde(default)]
    advice: BTreeMap<String, String>,
    #[serde(default)]
    advice_es: BTreeMap<String, String>,
    #[serde(default)]
    words: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    condition: Vec<ConditionText>,
    #[serde(default)]
    rule: Vec<RuleText>,
    #[serde(default)]
    template: Vec<Template>,
}

impl Rules {
    /// Most bytes of a clinic's file.
    pub const MOST_CLINIC_BYTES: usize = 256 * 1024;

    /// The rules of `text`, with a clinic's own over them. An empty file of the clinic adds nothing.
    ///
    /// # Errors
    /// With the line of the clinic's file that is wrong.
    pub fn with_clinic(text: &str, clinic: &str) -> Result<Self, RulesError> {
        if clinic.len() > Self::MOST_CLINIC_BYTES {
            let why = format!(
                "the file has more than {} KiB",
                Self::MOST_CLINIC_BYTES / 1024
            );
            return Err(RulesError::new(why).at(clinic, ""));
        }
        let mut file: File = toml::from_str(text).map_err(|e| RulesError::new(e.to_string()))?;
        let own: ClinicFile = toml::from_str(clinic).map_err(|e| RulesError::new(e.to_string()))?;
        let at = |words: &str, why: String| RulesError::new(why).at(clinic, words);
        let of_rule = |words: &str, id: &str, why: String| at(words, why).in_rule(id);
        if own.rule.len() > MOST {
            return Err(at("", format!("more than {MOST} rules")));
        }
        if let Some(fallback) = own.fallback {
            not_empty(&fallback).map_err(|e| at("fallback", e))?;
            file.fallback = fallback;
        }
        for (spanish, texts) in [(false, own.advice), (true, own.advice_es)] {
            for (id, advice) in texts {
                not_empty(&advice).map_err(|e| at(&id, e))?;
                let rule = file
                    .rule
                    .iter_mut()
                    .find(|r| r.id == id)
                    .ok_or_else(|| at(&id, format!("there is no rule “{id}” to advise for")))?;
                *(if spanish {
                    &mut rule.advice_es
                } else {
                    &mut rule.advice
                }) = advice;
            }
        }
        for (name, list) in own.words {
            if file.words.contains_key(&name) {
                return Err(at(&name, format!("the words “{name}” are there already")));
            }
            file.words.insert(name, list);
        }
        for t in own.template {
            not_empty(&t.text).map_err(|e| at("[[template]]", e))?;
            file.template.retain(|x| x.kind != t.kind);
            file.template.push(t);
        }
        file.condition.extend(own.condition);
        let mut tried = Vec::new();
        for rule in own.rule {
            if file.rule.iter().any(|r| r.id == rule.id) {
                return Err(at(
                    &rule.id,
                    format!("there is a rule “{}” already", rule.id),
                ));
            }
            if rule.fires.is_empty() {
                return Err(of_rule(
                    &rule.id,
                    &rule.id,
                    "it has no `fires`, no message to try it with".into(),
                ));
            }
            tried.push((rule.id.clone(), rule.fires.clone(), rule.silent.clone()));
            file.rule.push(rule);
        }
        let mut rules = Self::of(file).map_err(|e| e.found_in(clinic))?;
        rules.own = tried.iter().map(|(id, ..)| id.clone()).collect();
        for (id, fires, silent) in tried {
            for (messages, wanted) in [(fires, true), (silent, false)] {
                for message in messages {
                    if rules.fires(&id, &message) != wanted {
                        let does = if wanted { "does not fire" } else { "fires" };
                        return Err(of_rule(&message, &id, format!("it {does} for “{message}”")));
                    }
                }
            }
        }
        Ok(rules)
    }

    /// Whether a rule fires for a message without a chart.
    pub(super) fn fires(&self, id: &str, message: &str) -> bool {
        self.triage("", message, &self.facts(&Chart::default()))
            .flags
            .iter()
            .any(|f| f.rule == id)
    }
}

fn not_empty(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("the text is empty".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUILT_IN: &str = include_str!("../../../../assets/triage/rules.toml");
    const OWN: &str = r#"# Our dialysis unit
fallback = "Call the unit at once, or 911."

[advice]
suicide = "Call or text 988 now, or our crisis line."

[[rule]]
id = "our-pump"
title = "Home infusion pump alarm"
urgency = "emergency"
source = "Our policy 12.3"
any = ['pump (?:is )?(?:alarm\w*|beep\w*)']
advice = "Clamp the line and call 911."
fires = ["My infusion pump is beeping since noon"]
silent = ["Can I take the pump on a plane?"]

[[template]]
kind = "form"
reason = "Ours"
text = "Bring the form to window 3."
"#;

    #[test]
    fn a_clinics_rules_and_texts_stand_over_the_built_in_ones() {
        let rules = Rules::with_clinic(BUILT_IN, OWN).expect("sound");
        let t = rules.triage("", "the infusion pump is alarming", &Default::default());
        assert_eq!(t.flags[0].rule, "our-pump");
        assert_eq!(
            t.flags[0].advice.as_deref(),
            Some("Clamp the line and call 911.")
        );
        let t = rules.triage("", "I want to kill myself", &Default::default());
        assert!(
            t.flags[0]
                .advice
                .as_deref()
                .is_some_and(|a| a.contains("crisis line"))
        );
        assert!(rules.fallback.starts_with("Call the unit"));
        let form = rules.template(contract::MessageKind::Form).expect("there");
        assert_eq!(form.text, "Bring the form to window 3.");
        assert!(Rules::with_clinic(BUILT_IN, "").is_ok());
    }

    #[test]
    fn a_broken_clinic_file_is_refused_with_its_line() {
        for (from, to, line, word) in [
            ("beep", "(beep", 12, "beep"),
            ("urgency = \"emergency\"", "urgency = \"soon\"", 10, "soon"),
            ("source = \"Our policy 12.3\"", "source = \"\"", 8, "source"),
            (
                "My infusion pump is beeping",
                "My infusion pump is quiet",
                14,
                "does not fire",
            ),
            (
                "Can I take the pump on a plane?",
                "The pump is beeping",
                15,
                "fires for",
            ),
            (
                "fires = [\"My infusion pump is beeping since noon\"]\n",
                "",
                8,
                "no message to try",
            ),
            ("our-pump", "cardiac", 8, "already"),
            ("suicide =", "sadness =", 5, "sadness"),
            ("Call the unit at once, or 911.", " ", 2, "empty"),
            ("[[rule]]", "[[rules]]", 7, "rules"),
        ] {
            let text = OWN.replacen(from, to, 1);
            assert_ne!(text, OWN, "{from}");
            let e = Rules::with_clinic(BUILT_IN, &text)
                .expect_err(to)
                .to_string();
            assert!(
                (e.contains(&format!("line {line}:")) || e.contains(&format!("line {line},")))
                    && e.contains(word),
                "{to}: {e}"
            );
        }
    }
}
