//! The gate: whether a message gets a draft. Decided from triage alone, before
//! and apart from any model.

use crate::triage::Rules;
use contract::{Gate, Preset, Sampling, Triage, Urgency};

/// The gate for a triaged message, with the fixed texts of the rules.
pub fn decide(triage: &Triage, rules: &Rules) -> Gate {
    match triage.urgency {
        Urgency::Emergency => Gate::Emergency {
            text: triage
                .flags
                .iter()
                .find_map(|f| f.advice.clone())
                .unwrap_or_else(|| rules.fallback.clone()),
        },
        Urgency::None => Gate::NoReplyOwed {
            reason: "The message only says thanks or gives information; nothing is asked.".into(),
        },
        Urgency::Urgent | Urgency::Routine => match rules.template(triage.kind) {
            Some(t) if triage.front_desk => Gate::Template {
                text: t.text.trim().to_owned(),
                reason: t.reason.trim().to_owned(),
            },
            _ => Gate::Draft,
        },
    }
}

/// How a draft is asked for: as somebody says, and else as the message needs it.
pub fn asked(sampling: Sampling, triage: &Triage) -> Sampling {
    Sampling {
        preset: sampling.preset.or_else(|| preset(triage)),
        ..sampling
    }
}

/// Calming where the message is angry.
fn preset(triage: &Triage) -> Option<Preset> {
    triage.anger.as_ref().map(|_| Preset::Calming)
}

/// The fixed advice that goes under a draft for a message to be answered today:
/// drafts leave it out (Chen et al. 2024: of 21 urgent replies, edited drafts
/// kept the advice in 7), so no model is asked for it.
pub fn same_day_advice(triage: &Triage) -> Option<&str> {
    if triage.urgency != Urgency::Urgent {
        return None;
    }
    triage.flags.iter().find_map(|f| f.advice.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{Flag, MessageKind};

    fn rules() -> Rules {
        Rules::parse(include_str!("../../../assets/triage/rules.toml")).expect("sound")
    }

    fn gate(body: &str) -> Gate {
        let rules = rules();
        decide(&rules.triage("", body, &Default::default()), &rules)
    }

    #[test]
    fn an_emergency_gets_fixed_text_even_without_advice() {
        let rules = rules();
        let mut triage = Triage {
            urgency: Urgency::Emergency,
            kind: MessageKind::Billing,
            flags: vec![Flag {
                rule: "r".into(),
                title: "R".into(),
                urgency: Urgency::Emergency,
                words: "w".into(),
                start: 0,
                end: 1,
                advice: None,
            }],
            anger: None,
            front_desk: false,
        };
        assert_eq!(
            decide(&triage, &rules),
            Gate::Emergency {
                text: rules.fallback.clone()
            }
        );
        triage.urgency = Urgency::Urgent;
        assert_eq!(decide(&triage, &rules), Gate::Draft);
        assert_eq!(same_day_advice(&triage), None);
        triage.flags[0].advice = Some("Call us today.".into());
        assert_eq!(same_day_advice(&triage), Some("Call us today."));
        triage.urgency = Urgency::Emergency;
        assert_eq!(same_day_advice(&triage), None);
    }

    #[test]
    fn what_is_for_the_front_desk_gets_the_clinics_words_and_no_draft() {
        for (body, word) in [
            ("Why was I billed twice for my March visit?", "billing"),
            ("Can I move my appointment to next week?", "desk"),
            ("I need a note for work for last Tuesday, please.", "form"),
            ("¿Puedo cambiar mi cita para el lunes?", "desk"),
        ] {
            let Gate::Template { text, reason } = gate(body) else {
                panic!("{body}: {:?}", gate(body))
            };
            assert!(text.to_lowercase().contains(word), "{body}: {text}");
            assert!(!reason.is_empty());
        }
    }

    #[test]
    fn a_symptom_beside_the_bill_and_an_angry_person_get_a_draft() {
        for body in [
            "Why was I billed twice? And my knee is swollen since the injection.",
            "This is the third time you billed me wrong. Unacceptable. Nobody ever calls me back.",
        ] {
            assert_eq!(gate(body), Gate::Draft, "{body}");
        }
    }

    #[test]
    fn anger_is_told_by_its_words_and_everyday_words_are_none() {
        let rules = rules();
        let anger = |body: &str| rules.triage("", body, &Default::default()).anger;
        for body in [
            "I am furious. I have called four times and nobody has called me back.",
            "This is ridiculous, I've been waiting two weeks for one refill!",
            "You people clearly don't care. I'm getting a lawyer.",
            "Worst clinic ever. I want to file a complaint.",
            "Esto es inaceptable, nadie me contesta.",
        ] {
            let words = anger(body).unwrap_or_else(|| panic!("{body}"));
            assert!(body.contains(&words), "{words}");
        }
        for body in [
            "My knee is angry red around the scar.",
            "I called yesterday about my refill, any news?",
            "The rash is getting worse.",
            "My lawyer needs the records for my accident case. Thank you!",
            "It is ridiculous how well the new pill works, thank you!",
        ] {
            assert_eq!(anger(body), None, "{body}");
        }
        let triage = rules.triage(
            "",
            "I am furious, nobody calls me back.",
            &Default::default(),
        );
        assert_eq!(preset(&triage), Some(Preset::Calming));
    }
}
