//! Practice on the fake desk: a training of two messages, and with `?practice` one among the others after the first decision.

use super::{Fake, NOW, later};
use crate::backend::Answer;
use contract::{
    Chart, Decided, DecisionRequest, DraftState, DraftView, FinishReason, Folder, Gate,
    MessageKind, Opened, PatientBanner, PracticeOutcome, PracticeResults, Queue, QueueItem,
    QueueQuery, QueueState, Reason, SenderRole, Tally, ThreadMessage, Timing, Training, Triage,
    Urgency,
};
use std::cell::{Cell, RefCell};

const PREFIX: &str = "practice:";
/// Messages of the fake training: a draft each, and the words that are wrong in it.
const CASES: [(&str, &str, &str); 2] = [
    (
        "Lantus dose",
        "Please take 61 units of Lantus at bedtime.",
        "61 units",
    ),
    (
        "Feeling better",
        "You can stop the antibiotic now.",
        "can stop",
    ),
];

/// What is practised, and how it went.
#[derive(Default)]
pub(super) struct Practice {
    at: Cell<usize>,
    seeded: Cell<bool>,
    results: RefCell<PracticeResults>,
}

fn id(n: usize) -> String {
    format!("{PREFIX}{n}")
}

impl Fake {
    fn practice_number(&self, message_id: &str) -> Option<usize> {
        message_id.strip_prefix(PREFIX)?.parse().ok()
    }

    fn training(&self, n: usize) -> Option<Training> {
        (!self.0.practice.seeded.get()).then_some(Training {
            number: n as u32 + 1,
            of: CASES.len() as u32,
        })
    }

    pub(super) fn practice_begun(&self) -> Answer<String> {
        self.0.practice.at.set(0);
        self.0.practice.seeded.set(false);
        later(Ok(id(0)))
    }

    pub(super) fn practice_told(&self) -> Answer<PracticeResults> {
        later(Ok(self.0.practice.results.borrow().clone()))
    }

    /// Puts a practice message behind a decision, where the address asks for it.
    pub(super) fn seeded(&self) -> Option<String> {
        let first = self.0.practice.results.borrow().seeded.shown == 0;
        (super::asked("practice") && first && !self.0.practice.seeded.replace(true)).then(|| id(0))
    }

    /// The row of a practice message, behind what is urgent.
    pub(super) fn put_seeded(&self, query: &QueueQuery, page: &mut Queue) {
        if !self.0.practice.seeded.get() || query.folder != Folder::Waiting || query.offset != 0 {
            return;
        }
        let Some(open) = self.practice_opened(&id(0)) else {
            return;
        };
        let urgent = |i: &&QueueItem| matches!(i.urgency, Urgency::Emergency | Urgency::Urgent);
        let at = page.items.iter().take_while(urgent).count();
        let row = QueueItem {
            message_id: open.message.id,
            patient: open.patient.name,
            proxy: None,
            subject: open.message.subject,
            preview: open.message.body,
            sent_at: open.message.sent_at,
            urgency: Urgency::Routine,
            kind: MessageKind::Clinical,
            state: QueueState::Waiting,
            draft: DraftState::Ready,
            decision: None,
            decided_at: None,
            pool: String::new(),
            assignee: String::new(),
            later_until: None,
        };
        page.items.insert(at, row);
        page.total += 1;
    }

    pub(super) fn practice_opened(&self, message_id: &str) -> Option<Opened> {
        let n = self.practice_number(message_id)?;
        let (subject, draft, _) = CASES.get(n)?;
        let message = ThreadMessage {
            id: message_id.into(),
            sender_role: SenderRole::Patient,
            sender_name: "Victor Nakamura".into(),
            sent_at: NOW.into(),
            subject: (*subject).into(),
            body: "What do I do now?".into(),
        };
        Some(Opened {
            thread: vec![message.clone()],
            message,
            patient: PatientBanner {
                id: message_id.into(),
                name: "Victor Nakamura".into(),
                birth_date: "1972-02-11".into(),
                age: "54 years".into(),
                sex: "male".into(),
                language: String::new(),
            },
            chart: Chart {
                medications: vec!["Insulin glargine (Lantus) 16 units at bedtime".into()],
                ..Chart::default()
            },
            trends: Vec::new(),
            quoted: std::collections::BTreeMap::new(),
            triage: Triage {
                urgency: Urgency::Routine,
                kind: MessageKind::Clinical,
                flags: Vec::new(),
                anger: None,
                front_desk: false,
            },
            assignee: String::new(),
            later_until: None,
            writes_in: String::new(),
            gate: Gate::Draft,
            draft_state: DraftState::Ready,
            draft: Some(DraftView {
                id: -1,
                text: format!("{draft}\n\nYour care team"),
                model: "fake-model".into(),
                model_sha256: String::new(),
                prompt_version: String::new(),
                finish: FinishReason::EndOfTurn,
                timing: Timing::default(),
                created_at: NOW.into(),
                notes: Vec::new(),
            }),
            partial: None,
            corrections: Vec::new(),
            draft_failure: None,
            decision: None,
            unsent: None,
            unsent_draft: None,
            training: self.training(n),
        })
    }

    pub(super) fn practice_decided(&self, request: &DecisionRequest) -> Option<Decided> {
        let n = self.practice_number(&request.message_id)?;
        let (_, draft, wrong) = CASES.get(n)?;
        let caught = !request
            .final_text
            .as_deref()
            .is_some_and(|t| t.contains(wrong));
        let training = self.training(n);
        {
            let mut results = self.0.practice.results.borrow_mut();
            let count = |t: &mut Tally| {
                t.shown += 1;
                t.caught += u32::from(caught);
            };
            if training.is_some() {
                count(&mut results.training);
            } else {
                count(&mut results.seeded);
            }
            if results.by_reason.is_empty() {
                results
                    .by_reason
                    .push((Reason::Inaccurate, Tally::default()));
            }
            for (_, tally) in &mut results.by_reason {
                count(tally);
            }
        }
        let next = (training.is_some() && n + 1 < CASES.len()).then(|| id(n + 1));
        self.0.practice.seeded.set(false);
        let start = draft
            .find(wrong)
            .map_or(0, |at| draft[..at].chars().count());
        Some(Decided {
            decision_id: 0,
            kind: request.kind,
            undo_until: NOW.into(),
            undo_seconds: 0,
            next,
            had_draft: false,
            suggested: Vec::new(),
            next_first: false,
            practice: Some(PracticeOutcome {
                caught,
                reason: Reason::Inaccurate,
                explain: "The chart says otherwise.".into(),
                source: "The chart".into(),
                draft: format!("{draft}\n\nYour care team"),
                wrong: vec![(start, start + wrong.chars().count())],
                training,
            }),
        })
    }
}
