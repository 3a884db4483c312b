//! Decisions and their undoing.

use crate::Desk;
use crate::desk::whole_seconds;
use clinical::readability;
use contract::{
    Closed, Code, Decided, DecisionKind, DecisionRequest, Failure, Right, Settled, StartMode,
    Urgency,
};
use jiff::ToSpan;
use records::{DraftOutcome, NewDecision};

/// Longest reply, in characters.
pub(crate) const LONGEST_REPLY: usize = 20_000;

impl Desk {
    /// Records a decision. Between accepted, edited and rewritten the desk
    /// settles by comparing the final text with the draft.
    ///
    /// # Errors
    /// [`Code::Incomplete`] for a reply without text, [`Code::Conflict`] when
    /// the message was decided before, or the record's.
    pub fn decide(&self, request: &DecisionRequest) -> Result<Decided, Failure> {
        if let Some(open) = self.practised(&request.message_id)? {
            return self.decide_practice(&open, request);
        }
        let settings = self.settings()?;
        let now = self.now();
        let undo_until = whole_seconds(now)
            .checked_add(i64::from(settings.undo_seconds).seconds())
            .unwrap_or(now)
            .to_string();
        let draft = self.draft_text(request)?;
        let (kind, final_text) = settled(request, draft.as_deref())?;
        if kind == DecisionKind::Discarded && request.reasons.is_empty() {
            return Err(no_reason());
        }
        let found = match &final_text {
            Some(text) => self.findings(request, kind, text)?,
            None => Vec::new(),
        };
        hold_back(&found)?;
        let suggested =
            self.suggested(request, draft.as_deref(), (final_text.as_deref(), found))?;
        let grade = |text: Option<&str>| text.and_then(readability::grade);
        let mut decision = NewDecision {
            message_id: request.message_id.clone(),
            draft_id: request.draft_id,
            kind,
            start_mode: request.start_mode,
            grade_draft: grade(draft.as_deref()),
            grade_final: grade(final_text.as_deref()),
            final_text,
            // Set below, by whoever has the record open then.
            outgoing: None,
            escalated_to: request.escalated_to.clone(),
            reasons: request.reasons.clone(),
            reviewer_id: String::new(),
            read_ms: request.read_ms,
            edit_ms: request.edit_ms,
            dwell_ms: request.dwell_ms,
            scrolled_to_end: request.scrolled_to_end,
            opened_context: request.opened_context,
            checked: request.checked.clone(),
            decided_at: self.now_text(),
            undo_until: undo_until.clone(),
            corrects: request.corrects,
        };
        let (decision_id, next) = {
            let mut record = self.record(Right::Decide)?;
            decision.reviewer_id = record.who().name.clone();
            if let Some(text) = &decision.final_text {
                let outgoing = self.outgoing(&record, &settings, request, kind, text)?;
                if request.shown.as_ref().is_some_and(|s| *s != outgoing.text) {
                    return Err(Failure::new(
                        Code::Conflict,
                        "What would go out is no longer what you were shown. Look at it again; nothing was sent.",
                    ));
                }
                decision.outgoing = Some(outgoing.text);
            }
            // Only a message that waits can be decided: it is what was triaged and gated.
            let open = record.open_message(&request.message_id)?;
            if open.triage.urgency == Urgency::Emergency
                && kind.sends_reply()
                && request.draft_id.is_some()
            {
                return Err(Failure::new(
                    Code::Conflict,
                    "A red flag has come in for this patient since the draft was made. Open the message again; nothing was sent.",
                ));
            }
            // One that came in from elsewhere since the message was opened must be read first.
            let unseen = !request.seen.is_empty()
                && record
                    .messages(&open.message.thread_id)?
                    .iter()
                    .any(|m| !request.seen.contains(&m.id));
            if unseen {
                return Err(Failure::new(
                    Code::Conflict,
                    "Another message of this thread has come in. Open it again and read it first; nothing was recorded.",
                ));
            }
            let id = record.decide(&decision)?;
            let next = record.first_waiting(&decision.decided_at)?;
            (id, next)
        };
        self.wake();
        // The decision is on record, whatever becomes of this.
        let every = match request.corrects {
            Some(_) => 0,
            None => settings.practice_every,
        };
        let practice = self.seed(decision_id, every).unwrap_or_else(|f| {
            tracing::warn!(code = f.code.as_str(), "no practice message was put in");
            None
        });
        Ok(Decided {
            decision_id,
            kind,
            undo_until,
            undo_seconds: settings.undo_seconds,
            next_first: practice.is_some(),
            next: practice.or(next),
            had_draft: draft.is_some(),
            suggested,
            practice: None,
        })
    }

    /// Gives half a minute more to undo a decision whose window is still open, on top of what is left of it, up to five minutes
    /// from now: a reply must not wait for good. Gives the seconds that are left then.
    ///
    /// # Errors
    /// [`Code::Conflict`] when the window is over, or the record's.
    pub fn more_time(&self, decision_id: i64) -> Result<u32, Failure> {
        const MORE: i64 = 30;
        const MOST: i64 = 300;
        let now = whole_seconds(self.now());
        let mut record = self.record(Right::Decide)?;
        let who = record.who().name.clone();
        let until = record.undoable(decision_id, &self.now_text())?.undo_until;
        let left = until
            .parse::<jiff::Timestamp>()
            .map_or(0, |t| t.as_second() - now.as_second());
        let left = (left.max(0) + MORE).min(MOST.max(left));
        let until = now.checked_add(left.seconds()).unwrap_or(now).to_string();
        record.more_time(decision_id, &until, &who, &self.now_text())?;
        Ok(u32::try_from(left).unwrap_or(u32::MAX))
    }

    /// Closes messages that owe no reply, each with a decision of its own. Never an accept: a reply is looked at one
    /// by one.
    ///
    /// # Errors
    /// [`Code::Conflict`] when one of them owes a reply, before any is closed; or the record's.
    pub fn close_owed_none(&self, message_ids: &[String]) -> Result<Closed, Failure> {
        let owes_none = |id: &str, otherwise: &'static str| {
            let open = self.record(Right::Decide)?.open_message(id)?;
            match open.triage.urgency {
                Urgency::None => Ok(()),
                _ => Err(Failure::new(Code::Conflict, otherwise)),
            }
        };
        for id in message_ids {
            owes_none(
                id,
                "A reply is owed to one of these messages, so none was closed. Open the folder again.",
            )?;
        }
        let mut decision_ids = Vec::with_capacity(message_ids.len());
        for id in message_ids {
            // Something may have come in since.
            owes_none(
                id,
                "A message of these has changed and needs a look. Those before it were closed; open the folder again.",
            )?;
            let decided = self.decide(&DecisionRequest::of(id, DecisionKind::NoReplyNeeded))?;
            decision_ids.push(decided.decision_id);
        }
        Ok(Closed {
            decision_ids,
            undo_seconds: self.settings()?.undo_seconds,
        })
    }

    /// The draft that a decision names, if its attempt gave a text.
    pub(crate) fn draft_text(&self, request: &DecisionRequest) -> Result<Option<String>, Failure> {
        let Some(id) = request.draft_id else {
            return Ok(None);
        };
        Ok(match self.record(Right::Read)?.draft(id)?.draft.outcome {
            DraftOutcome::Text { text, .. } => Some(text),
            DraftOutcome::Failed(_) => None,
        })
    }

    /// Takes a decision back while its window is open; gives the message that waits now.
    ///
    /// # Errors
    /// [`Code::Conflict`] when the window is over, or the record's.
    pub fn undo(&self, decision_id: i64) -> Result<String, Failure> {
        let now = self.now_text();
        let rules = self.rules()?;
        let message_id = {
            let mut record = self.record(Right::Decide)?;
            let who = record.who().name.clone();
            record.undo(decision_id, &who, &now, &|waiting| {
                self.triaged_by(&rules, waiting)
            })?
        };
        self.wake();
        Ok(message_id)
    }
}

/// A draft was thrown away without a word.
pub(crate) fn no_reason() -> Failure {
    Failure::new(
        Code::Incomplete,
        "Say why the draft is discarded: one reason is enough, and it is what makes the next drafts better.",
    )
}

/// Refuses a reply with a serious finding that nobody checked.
pub(crate) fn hold_back(findings: &[Settled]) -> Result<(), Failure> {
    let open: Vec<_> = findings
        .iter()
        .filter(|f| f.finding.serious && !f.checked)
        .collect();
    match open.first() {
        None => Ok(()),
        Some(first) => Err(Failure::new(
            Code::Incomplete,
            format!(
                "{} to resolve before this reply can go out: {} Mend the text, or say that you checked it.",
                match open.len() {
                    1 => "1 finding is".to_owned(),
                    n => format!("{n} findings are"),
                },
                first.finding.why
            ),
        )),
    }
}

/// True when the editor began blank and most of the draft's words are gone: a
/// text that is mostly the draft's is a draft's, however the editor began.
fn is_own_words(request: &DecisionRequest, text: &str, draft: &str) -> bool {
    request.start_mode == StartMode::Blank && records::measure::kept(draft, text) <= 0.5
}

/// What kind of decision a request is, and the text that goes out.
pub(crate) fn settled(
    request: &DecisionRequest,
    draft: Option<&str>,
) -> Result<(DecisionKind, Option<String>), Failure> {
    if !request.kind.sends_reply() {
        return Ok((request.kind, None));
    }
    let text = request
        .final_text
        .as_deref()
        .map(str::trim)
        .unwrap_or_default();
    if text.is_empty() {
        return Err(Failure::new(
            Code::Incomplete,
            "The reply is empty. Write a reply, or choose “No reply needed”.",
        ));
    }
    if text.chars().count() > LONGEST_REPLY {
        return Err(Failure::new(
            Code::Incomplete,
            format!("The reply is longer than {LONGEST_REPLY} characters. Shorten it."),
        ));
    }
    let kind = match draft {
        None => DecisionKind::Rewritten,
        Some(d) if d.trim() == text => DecisionKind::AcceptedUnedited,
        Some(d) if is_own_words(request, text, d) => DecisionKind::Rewritten,
        Some(_) => DecisionKind::Edited,
    };
    Ok((kind, Some(text.to_owned())))
}
