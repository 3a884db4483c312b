//! The messages of the fake desk, and what is found in replies to them.

use contract::{DecisionKind, Finding, Gate, MessageKind, Urgency, UsedFact};

pub(super) struct Case {
    pub(super) id: String,
    pub(super) patient: &'static str,
    pub(super) subject: &'static str,
    pub(super) body: String,
    pub(super) urgency: Urgency,
    pub(super) kind: MessageKind,
    pub(super) draft: Option<String>,
    pub(super) decision: Option<(i64, DecisionKind, Option<String>)>,
    pub(super) corrections: Vec<(i64, String)>,
    pub(super) assignee: String,
    pub(super) later_until: Option<String>,
    /// Whether it was decided before today.
    pub(super) earlier: bool,
}

fn case(
    id: &str,
    patient: &'static str,
    subject: &'static str,
    body: &str,
    urgency: Urgency,
    kind: MessageKind,
    draft: Option<&str>,
) -> Case {
    Case {
        id: id.into(),
        patient,
        subject,
        body: body.into(),
        urgency,
        kind,
        draft: draft.map(str::to_owned),
        decision: None,
        corrections: Vec::new(),
        assignee: String::new(),
        later_until: None,
        earlier: false,
    }
}

pub(super) fn cases() -> Vec<Case> {
    use MessageKind::{Clinical, Refill, Result, Thanks};
    vec![
        case(
            "m1",
            "Daniel Whitcomb",
            "Tight chest",
            "I woke up with a tight feeling across my chest.",
            Urgency::Emergency,
            Clinical,
            None,
        ),
        case(
            "m2",
            "Walter Jankowski",
            "Breathing worse",
            "I am more short of breath than usual since Monday.\n\nOn Nov 3, 2026, Dr. Lee wrote:\n> Please use the rescue inhaler as needed.",
            Urgency::Urgent,
            Clinical,
            Some(
                "Hello Walter, thank you for telling us. Are you using the rescue inhaler more than every four hours?\n\nYour care team",
            ),
        ),
        case(
            "m3",
            "Margaret Osei",
            "A1c result",
            "Is 7.4 good? In May it was 8.1.",
            Urgency::Routine,
            Result,
            Some(
                "Hello Margaret, your A1c is 7.4, down from 8.1. That is good progress. Please keep taking metformin as before.\n\nYour care team",
            ),
        ),
        case(
            "m4",
            "Ana Ruiz",
            "Ankle",
            "My ankle is a little swollen <img src=x onerror=alert(1)> after the new\u{202E} pill\u{E0041}. Keep taking it?",
            Urgency::Routine,
            Clinical,
            None,
        ),
        case(
            "m5",
            "Dan Whitcomb",
            "Refill",
            "Please refill my atorvastatin 80 mg.\n\n[Attachment: bottle.jpg]",
            Urgency::Routine,
            Refill,
            Some(
                "Hello Dan, the team will look at your refill request for atorvastatin 80 mg.\n\nYour care team",
            ),
        ),
        case(
            "m6",
            "Tobias Lindqvist",
            "thanks",
            "Thank you so much!",
            Urgency::None,
            Thanks,
            None,
        ),
    ]
}

/// As many messages as ten years bring, behind the few above.
pub(super) fn many() -> Vec<Case> {
    let mut all = cases();
    all.extend((0..100_000).map(|n| {
        case(
            &format!("many-{n}"),
            "Invented Person",
            "Question",
            &format!("Message {n} of many: what should I do about my knee?"),
            Urgency::Routine,
            MessageKind::Clinical,
            Some("Hello, please rest it.\n\nYour care team"),
        )
    }));
    all
}

/// A day's in-basket: fifty messages of every kind.
pub(super) fn fifty() -> Vec<Case> {
    let mut all = cases();
    all.extend((all.len()..50).map(|n| {
        let id = format!("fifty-{n}");
        match n % 5 {
            0 => case(
                &id,
                "Invented Person",
                "thanks",
                "Thank you!",
                Urgency::None,
                MessageKind::Thanks,
                None,
            ),
            1 => case(
                &id,
                "Invented Person",
                "Numb arm",
                "My arm went numb.",
                Urgency::Emergency,
                MessageKind::Clinical,
                None,
            ),
            2 => case(
                &id,
                "Invented Person",
                "Bill",
                "Why was I billed twice?",
                Urgency::Routine,
                MessageKind::Billing,
                None,
            ),
            _ => case(
                &id,
                "Invented Person",
                "Knee",
                &format!("Message {n}: what should I do about my knee?"),
                Urgency::Routine,
                MessageKind::Clinical,
                Some("Hello, please rest it.\n\nYour care team"),
            ),
        }
    }));
    all
}

/// A draft that contradicts the chart, makes a promise, is too long and leaves a question out.
pub(super) fn faulty() -> Vec<Case> {
    vec![case(
        "f1",
        "Dan Whitcomb",
        "Refill",
        "Please refill my atorvastatin 80 mg. Is it safe with grapefruit?",
        Urgency::Routine,
        MessageKind::Refill,
        Some(
            "Hello Dan, as you know it is 80 mg twice a day. We will call you. Grapefruit is for later.\n\nYour care team",
        ),
    )]
}

/// Words by which a message of [`gated`] reads as angry.
pub(super) const ANGRY: [&str; 2] = ["Nobody calls me back", "אף אחד לא\u{202E} עונה"];

/// A bill, and an angry message.
pub(super) fn gated() -> Vec<Case> {
    vec![
        case(
            "g1",
            "Rosa Lind",
            "Bill",
            "Why was I billed twice?",
            Urgency::Routine,
            MessageKind::Billing,
            None,
        ),
        case(
            "g2",
            "Omar Diaz",
            "Refill, again",
            "This is my third message. Nobody calls me back.",
            Urgency::Routine,
            MessageKind::Refill,
            Some("Hello Omar, I am sorry that you had to write three times.\n\nYour care team"),
        ),
        case(
            "g3",
            "נועה לוי",
            "כאב בברך 🦵🏽 מאז אתמול",
            "אף אחד לא\u{202E} עונה לי 🙂. MRI?",
            Urgency::Routine,
            MessageKind::Clinical,
            Some("Hello, please rest it.\n\nYour care team"),
        ),
    ]
}

impl Case {
    pub(super) fn gate(&self) -> Gate {
        match (self.urgency, self.kind) {
            (Urgency::Emergency, _) => Gate::Emergency {
                text: "Please call 911 now.".into(),
            },
            (Urgency::None, _) => Gate::NoReplyOwed {
                reason: "The message only says thanks.".into(),
            },
            (Urgency::Routine, MessageKind::Billing) => Gate::Template {
                text: "The billing office answers questions about bills.".into(),
                reason: "A billing question.".into(),
            },
            _ => Gate::Draft,
        }
    }
}

/// A finding at the first place of some words.
fn mark(text: &str, words: &str, kind: &str, why: &str, source: Option<&str>) -> Option<Finding> {
    let at = text.find(words)?;
    let start = text[..at].chars().count();
    Some(Finding {
        kind: kind.into(),
        span: words.into(),
        start,
        end: start + words.chars().count(),
        why: why.into(),
        serious: !matches!(kind, "stigmatising" | "too_long" | "unanswered_question"),
        nth: 0,
        source: source.map(str::to_owned),
    })
}

/// A finding about a whole text, told by some words of it.
fn whole(text: &str, words: &str, kind: &str, why: &str) -> Option<Finding> {
    Some(Finding {
        span: String::new(),
        start: 0,
        end: 0,
        ..mark(text, words, kind, why, None)?
    })
}

/// A few findings, by their words.
pub(super) fn found(text: &str) -> Vec<Finding> {
    [
        mark(
            text,
            "80 mg twice a day",
            "contradicts_chart",
            "The chart says another frequency.",
            Some("Atorvastatin 80 mg tablet, 1 tablet at night"),
        ),
        mark(
            text,
            "We will call you",
            "promise",
            "This promises what someone must do. Keep it only if it is so.",
            None,
        ),
        mark(
            text,
            "non-compliant",
            "stigmatising",
            "This wording judges the person. Say what happened instead.",
            None,
        ),
        whole(text, "as you know", "too_long", "It is long."),
        whole(
            text,
            "for later",
            "unanswered_question",
            "A question is left open.",
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What of a text rests on the fake chart.
pub(super) fn used(text: &str) -> Vec<UsedFact> {
    let lower = text.to_lowercase();
    ["atorvastatin 80 mg", "cholesterol"]
        .into_iter()
        .zip([
            "Atorvastatin 80 mg tablet, 1 tablet at night",
            "High cholesterol",
        ])
        .filter_map(|(words, line)| {
            let at = lower.find(words)?;
            let start = lower[..at].chars().count();
            Some(UsedFact {
                start,
                end: start + words.chars().count(),
                line: line.into(),
            })
        })
        .collect()
}
