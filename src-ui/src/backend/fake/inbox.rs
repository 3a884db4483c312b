//! What the fake desk shows of its in-basket.

use super::cases::{ANGRY, Case};
use super::{Inner, NOW, asked, courses, older};
use contract::{
    Chart, DecisionKind, DecisionOnRecord, DraftState, DraftView, FinishReason, Flag, Folder,
    FolderCount, MessageKind, Opened, PatientBanner, Queue, QueueItem, QueueQuery, QueueState,
    SenderRole, ThreadMessage, Timing, Trend, TrendPoint, Triage, Urgency,
};

const MEDICATION: &str = "Atorvastatin 80 mg tablet, 1 tablet at night";

const PROBLEM: &str = "High cholesterol";

/// When what was decided earlier was decided.
const YESTERDAY: &str = "2026-11-19T16:30:00Z";

/// Rows that a search gives for each step back.
const FOUND: u32 = 300;

/// A draft as it is shown.
fn view(text: &str) -> DraftView {
    DraftView {
        id: 1,
        text: text.into(),
        model: "fake-model".into(),
        model_sha256: "ab".repeat(32),
        prompt_version: "reply-1".into(),
        finish: FinishReason::EndOfTurn,
        timing: Timing {
            prompt_tokens: 300,
            draft_tokens: 40,
            prefill_ms: 900.0,
            decode_ms: 2000.0,
        },
        created_at: NOW.into(),
        notes: Vec::new(),
    }
}

impl Inner {
    /// A page of the queue.
    pub(super) fn page(&self, query: &QueueQuery) -> Queue {
        let cases = self.cases.borrow();
        let waits = |c: &Case| c.decision.is_none();
        let flag = |c: &Case| waits(c) && c.urgency == Urgency::Emergency;
        let within = |c: &Case, f: Folder| match f {
            Folder::Waiting => waits(c) && c.later_until.is_none(),
            Folder::RedFlags => flag(c),
            Folder::Kind(k) => waits(c) && c.later_until.is_none() && c.kind == k,
            Folder::NoDraft => waits(c) && matches!(c.urgency, Urgency::Emergency | Urgency::None),
            Folder::Later => waits(c) && c.later_until.is_some(),
            Folder::Done => !waits(c) && !c.earlier,
            Folder::AllDone => !waits(c),
            Folder::SentToday => !c.earlier && c.decision.as_ref().is_some_and(|d| d.2.is_some()),
        };
        let decided_at = |c: &Case| if c.earlier { YESTERDAY } else { NOW };
        let words = query.search.to_lowercase();
        let found = |c: &Case| {
            [c.patient, c.subject, &c.body, MEDICATION, PROBLEM]
                .iter()
                .any(|t| t.to_lowercase().contains(&words))
                || c.id == words
        };
        let asked = |c: &&Case| {
            let here = if words.is_empty() {
                let day = decided_at(c).split('T').next();
                within(c, query.folder)
                    && (query.folder != Folder::AllDone
                        || query.day.is_empty()
                        || day == Some(&query.day))
            } else {
                found(c)
            };
            here || (flag(c) && !query.folder.is_done())
        };
        let all = cases.iter().filter(asked).count() as u32;
        // A search goes back in steps, as the desk's.
        let total = if words.is_empty() {
            all
        } else {
            all.min(FOUND * query.depth)
        };
        let items = cases
            .iter()
            .filter(asked)
            .take(total as usize)
            .skip(query.offset as usize)
            .take(query.limit as usize)
            .map(|c| QueueItem {
                message_id: c.id.clone(),
                patient: c.patient.into(),
                proxy: None,
                subject: c.subject.into(),
                preview: c.body.clone(),
                sent_at: "2026-11-20T10:12:00Z".into(),
                urgency: c.urgency,
                kind: c.kind,
                state: if waits(c) {
                    QueueState::Waiting
                } else {
                    QueueState::Done
                },
                draft: self.state(c),
                decision: c.decision.as_ref().map(|d| d.1),
                decided_at: c.decision.as_ref().map(|_| decided_at(c).into()),
                pool: String::new(),
                assignee: c.assignee.clone(),
                later_until: c.later_until.clone(),
            })
            .collect();
        Queue {
            empty_record: cases.is_empty(),
            more: all > total,
            items,
            offset: query.offset,
            total,
            counts: Folder::all()
                .into_iter()
                .map(|folder| FolderCount {
                    folder,
                    rows: cases.iter().filter(|c| within(c, folder)).count() as u32,
                })
                .collect(),
            pools: Vec::new(),
            engine: self.engine.borrow().clone(),
            // What is put off by the test itself comes back tomorrow; by `?later`, in five seconds.
            back_at: self.due.get().then(|| "2026-11-20T15:00:05Z".into()),
            now: NOW.into(),
        }
    }

    /// A message as it is opened.
    pub(super) fn opened(&self, message_id: &str) -> Option<Opened> {
        let mut opened = self.found(message_id)?;
        if asked("courses") {
            opened.trends = courses::into_chart(&mut opened.chart);
        }
        Some(opened)
    }

    fn found(&self, message_id: &str) -> Option<Opened> {
        let cases = self.cases.borrow();
        let c = cases.iter().find(|c| c.id == message_id)?;
        let message = ThreadMessage {
            id: c.id.clone(),
            sender_role: SenderRole::Patient,
            sender_name: c.patient.into(),
            sent_at: "2026-11-20T10:12:00Z".into(),
            subject: c.subject.into(),
            body: c.body.clone(),
        };
        let flags = match c.urgency {
            Urgency::Emergency => vec![Flag {
                rule: "cardiac".into(),
                title: "Possible heart attack".into(),
                urgency: Urgency::Emergency,
                words: "tight feeling across my chest".into(),
                start: 17,
                end: 46,
                advice: None,
            }],
            _ => Vec::new(),
        };
        let state = self.state(c);
        let draft = c
            .draft
            .as_ref()
            .filter(|_| state == DraftState::Ready)
            .map(|text| view(text));
        let unsent = self.unsent.borrow().get(message_id).cloned();
        let unsent = unsent.filter(|u| !u.text.is_empty());
        let mut demographics = contract::Demographics::default();
        demographics.0.insert("name".into(), c.patient.into());
        Some(Opened {
            thread: vec![message.clone()],
            message,
            patient: PatientBanner {
                id: "p".into(),
                name: c.patient.into(),
                birth_date: "1968-08-02".into(),
                age: "58 years".into(),
                sex: "male".into(),
                language: String::new(),
            },
            chart: Chart {
                medications: vec![MEDICATION.into()],
                problems: vec![PROBLEM.into()],
                results: vec!["LDL cholesterol: 61 mg/dL (2026-10-01)".into()],
                demographics,
                ..Chart::default()
            },
            trends: vec![Trend {
                name: "LDL cholesterol".into(),
                unit: "mg/dL".into(),
                points: [
                    ("2024-09-01", 118.0),
                    ("2025-09-12", 84.0),
                    ("2026-10-01", 61.0),
                ]
                .map(|(date, value)| TrendPoint {
                    date: date.into(),
                    value,
                    lower: None,
                })
                .into(),
            }],
            assignee: c.assignee.clone(),
            later_until: c.later_until.clone(),
            writes_in: if asked("spanish") { "es" } else { "en" }.into(),
            quoted: c
                .body
                .find("\nOn Nov")
                .map(|at| (c.id.clone(), c.body[..at].chars().count() + 1))
                .into_iter()
                .collect(),
            triage: Triage {
                urgency: c.urgency,
                kind: c.kind,
                flags,
                anger: ANGRY
                    .into_iter()
                    .find(|words| c.body.contains(words))
                    .map(str::to_owned),
                front_desk: c.kind == MessageKind::Billing,
            },
            gate: c.gate(),
            draft_state: state,
            draft: draft.clone(),
            partial: self
                .writing
                .borrow()
                .as_ref()
                .filter(|w| w.0 == message_id)
                .map(|w| w.1.clone()),
            draft_failure: None,
            unsent_draft: draft.filter(|_| unsent.is_some()).map(|d| {
                match unsent.as_ref().and_then(|u| u.draft_id) {
                    Some(id) if id != d.id => older(&d),
                    _ => d,
                }
            }),
            unsent,
            decision: c.decision.as_ref().map(|d| DecisionOnRecord {
                id: d.0,
                kind: d.1,
                final_text: d.2.clone(),
                decided_at: NOW.into(),
                can_undo: !self.out,
            }),
            corrections: c
                .corrections
                .iter()
                .map(|(id, text)| DecisionOnRecord {
                    id: *id,
                    kind: DecisionKind::Rewritten,
                    final_text: Some(text.clone()),
                    decided_at: NOW.into(),
                    can_undo: true,
                })
                .collect(),
            training: None,
        })
    }
}
