//! The gate: whether a message gets a draft. Decided from triage alone, before
//! and apart from any model.

use contract::{Gate, Triage, Urgency};

/// The gate for a triaged message. `fallback` is the fixed text for an
/// emergency whose rule has no advice of its own.
pub fn decide(triage: &Triage, fallback: &str) -> Gate {
    match triage.urgency {
        Urgency::Emergency => Gate::Emergency {
            text: triage
                .flags
                .iter()
                .find_map(|f| f.advice.clone())
                .unwrap_or_else(|| fallback.to_owned()),
        },
        Urgency::None => Gate::NoReplyOwed {
            reason: "The message only says thanks or gives information; nothing is asked.".into(),
        },
        Urgency::Urgent | Urgency::Routine => Gate::Draft,
    }
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

    #[test]
    fn an_emergency_gets_fixed_text_even_without_advice() {
        let mut triage = Triage {
            urgency: Urgency::Emergency,
            kind: MessageKind::Clinical,
            flags: vec![Flag {
                rule: "r".into(),
                title: "R".into(),
                urgency: Urgency::Emergency,
                words: "w".into(),
                start: 0,
                end: 1,
                advice: None,
            }],
        };
        assert_eq!(
            decide(&triage, "call 911"),
            Gate::Emergency {
                text: "call 911".into()
            }
        );
        triage.urgency = Urgency::Urgent;
        assert_eq!(decide(&triage, "call 911"), Gate::Draft);
        assert_eq!(same_day_advice(&triage), None);
        triage.flags[0].advice = Some("Call us today.".into());
        assert_eq!(same_day_advice(&triage), Some("Call us today."));
        triage.urgency = Urgency::Emergency;
        assert_eq!(same_day_advice(&triage), None);
    }
}
