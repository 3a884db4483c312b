//! Decisions on the fake desk: what goes out, and what is taken back.

use super::cases::found;
use super::{Fake, NOW, later, shown_to_tests};
use crate::backend::Answer;
use contract::{
    Code, Decided, DecisionKind, DecisionRequest, Failure, Reason, Settled, SignOff, StartMode,
};
use serde_json::json;

impl Fake {
    pub(super) fn decided(&self, request: DecisionRequest) -> Answer<Decided> {
        if let Some(decided) = self.practice_decided(&request) {
            return later(Ok(decided));
        }
        shown_to_tests(
            "data-attention",
            &json!({
                "read": request.read_ms, "edit": request.edit_ms, "dwell": request.dwell_ms,
                "context": request.opened_context,
            })
            .to_string(),
        );
        // A decision ends what was typed.
        self.0.unsent.borrow_mut().remove(&request.message_id);
        let mut cases = self.0.cases.borrow_mut();
        let Some(c) = cases.iter_mut().find(|c| c.id == request.message_id) else {
            return later(Err(Failure::new(
                Code::NotFound,
                "There is no message with this id on record.",
            )));
        };
        let kind = match request.kind {
            k if !k.sends_reply() => k,
            _ if request.start_mode == StartMode::Blank || c.draft.is_none() => {
                DecisionKind::Rewritten
            }
            _ if c.draft == request.final_text => DecisionKind::AcceptedUnedited,
            _ => DecisionKind::Edited,
        };
        let id = self.0.next.get();
        self.0.next.set(id + 1);
        let had_draft = c.draft.is_some() && request.corrects.is_none();
        match request.corrects {
            Some(_) => c
                .corrections
                .push((id, request.final_text.unwrap_or_default())),
            None => c.decision = Some((id, kind, request.final_text)),
        }
        let next = cases
            .iter()
            .find(|c| c.decision.is_none())
            .map(|c| c.id.clone());
        let practice = self.seeded();
        let undo_seconds = self.0.settings.borrow().undo_seconds;
        later(Ok(Decided {
            decision_id: id,
            kind,
            undo_until: NOW.into(),
            undo_seconds,
            next_first: practice.is_some(),
            next: practice.or(next),
            practice: None,
            had_draft,
            suggested: if kind == DecisionKind::Edited {
                vec![Reason::TooLong]
            } else {
                Vec::new()
            },
        }))
    }

    pub(super) fn signed_off(&self, request: DecisionRequest) -> Answer<SignOff> {
        let text = request.final_text.unwrap_or_default();
        let mode = request.start_mode;
        let findings = found(&text);
        let cases = self.0.cases.borrow();
        let case = cases.iter().find(|c| c.id == request.message_id);
        let mut mended = case
            .and_then(|c| c.draft.as_deref())
            .map(found)
            .unwrap_or_default();
        mended.retain(|f| findings.iter().all(|g| g.key() != f.key()));
        let texas = self.0.settings.borrow().jurisdiction == "texas" && mode == StartMode::Draft;
        let words =
            texas.then(|| "Artificial intelligence helped to write this message.".to_owned());
        later(Ok(SignOff {
            to: case.map(|c| c.patient.to_owned()).unwrap_or_default(),
            kind: match mode {
                StartMode::Blank => DecisionKind::Rewritten,
                StartMode::Draft => DecisionKind::Edited,
            },
            text: match &words {
                Some(words) => format!("{words}\n\n{text}"),
                None => text,
            },
            disclosure: words,
            disclosure_why: "The clinic has chosen no words of disclosure.".into(),
            findings: findings
                .into_iter()
                .map(|finding| Settled {
                    checked: request.checked.contains(&finding.key()),
                    finding,
                })
                .collect(),
            mended,
            undo_seconds: self.0.settings.borrow().undo_seconds,
        }))
    }

    pub(super) fn undone(&self, decision_id: i64) -> Answer<String> {
        let mut cases = self.0.cases.borrow_mut();
        for c in cases.iter_mut() {
            let before = c.corrections.len();
            c.corrections.retain(|d| d.0 != decision_id);
            if c.corrections.len() < before {
                return later(Ok(c.id.clone()));
            }
        }
        let found = cases
            .iter_mut()
            .find(|c| c.decision.as_ref().is_some_and(|d| d.0 == decision_id));
        later(match found {
            Some(c) => {
                c.decision = None;
                Ok(c.id.clone())
            }
            None => Err(Failure::new(
                Code::Conflict,
                "This decision was undone already.",
            )),
        })
    }
}
