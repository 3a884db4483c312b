//! Decisions: with their feedback, reply and audit row in one transaction.

use crate::audit::{self, Event};
use crate::{Record, RecordError, Triager, feedback, outbox, unsent};
use contract::{DecisionKind, Reason, StartMode};
use rusqlite::{OptionalExtension, Row, params};

/// A decision to keep.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDecision {
    /// The message decided on.
    pub message_id: String,
    /// The draft that was on screen.
    pub draft_id: Option<i64>,
    /// What was decided.
    pub kind: DecisionKind,
    /// How the editor began.
    pub start_mode: StartMode,
    /// School grade of the draft, as the checks count it.
    pub grade_draft: Option<f64>,
    /// School grade of the reply.
    pub grade_final: Option<f64>,
    /// The reply, sign-off included, for kinds that send one.
    pub final_text: Option<String>,
    /// The reply as it goes out: with the clinic's words of disclosure over it, where some apply. None for a decision
    /// that sends no reply.
    pub outgoing: Option<String>,
    /// To whom it was escalated.
    pub escalated_to: Option<String>,
    /// Reasons given.
    pub reasons: Vec<Reason>,
    /// Who decided.
    pub reviewer_id: String,
    /// Milliseconds of reading, editing, dwelling.
    pub read_ms: Option<i64>,
    /// Milliseconds in the editor.
    pub edit_ms: Option<i64>,
    /// Milliseconds the message was open in a focused window.
    pub dwell_ms: Option<i64>,
    /// Whether message and draft were scrolled to their ends.
    pub scrolled_to_end: Option<bool>,
    /// Whether the chart was opened.
    pub opened_context: Option<bool>,
    /// Findings that the person says they checked, by kind and words.
    pub checked: Vec<String>,
    /// RFC 3339 in UTC.
    pub decided_at: String,
    /// Until when it can be undone.
    pub undo_until: String,
    /// The decision whose reply this one puts right, after that has gone out.
    pub corrects: Option<i64>,
}

/// A decision on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Its id.
    pub id: i64,
    /// The message.
    pub message_id: String,
    /// What was decided.
    pub kind: DecisionKind,
    /// The reply.
    pub final_text: Option<String>,
    /// Who.
    pub reviewer_id: String,
    /// When.
    pub decided_at: String,
    /// Until when it can be undone.
    pub undo_until: String,
    /// The decision whose reply this one puts right.
    pub corrects: Option<i64>,
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Decision> {
    let kind: String = row.get(2)?;
    Ok(Decision {
        id: row.get(0)?,
        message_id: row.get(1)?,
        kind: DecisionKind::from_name(&kind).ok_or_else(|| {
            rusqlite::Error::FromSqlConversionFailure(
                2,
                rusqlite::types::Type::Text,
                "unknown decision".into(),
            )
        })?,
        final_text: row.get(3)?,
        reviewer_id: row.get(4)?,
        decided_at: row.get(5)?,
        undo_until: row.get(6)?,
        corrects: row.get(7)?,
    })
}

const COLUMNS: &str = "d.id, d.message_id, d.kind, d.final_text, d.reviewer_id, d.decided_at, d.undo_until, d.corrects";

impl Record {
    /// Keeps a decision, its feedback, its reply and its audit row; gives the decision's id.
    ///
    /// # Errors
    /// [`RecordError::Conflict`] when a decision is already in force, or there is nothing to correct,
    /// [`RecordError::NotFound`] for a message or draft that is not there.
    pub fn decide(&mut self, d: &NewDecision) -> Result<i64, RecordError> {
        self.message(&d.message_id)?;
        let in_force = self.decision_for(&d.message_id)?;
        match (d.corrects, in_force) {
            (None, None) => {}
            (None, Some(_)) => {
                return Err(RecordError::Conflict(
                    "This message has already been decided. Undo that decision first, or go on to the next message.",
                ));
            }
            (Some(corrects), Some(sent)) if sent.id == corrects && sent.final_text.is_some() => {
                if d.decided_at <= sent.undo_until {
                    return Err(RecordError::Conflict(
                        "The reply has not gone out yet. Undo it and change it; a correction is for what is out.",
                    ));
                }
                if d.final_text.is_none() || d.draft_id.is_some() {
                    return Err(RecordError::Conflict(
                        "A correction is written by hand and sends a reply. Nothing was recorded.",
                    ));
                }
            }
            (Some(_), _) => {
                return Err(RecordError::Conflict(
                    "There is no sent reply to correct. Open the message again; nothing was recorded.",
                ));
            }
        }
        let draft = d.draft_id.map(|id| self.draft(id)).transpose()?;
        if draft
            .as_ref()
            .is_some_and(|x| x.draft.message_id != d.message_id)
        {
            return Err(RecordError::Conflict(
                "The draft belongs to another message. Nothing was recorded.",
            ));
        }
        let draft_text = draft.as_ref().and_then(|x| x.draft.outcome.text());
        let hash = |text: Option<&str>| text.map(|t| audit::seal("text", &[t]));
        let event = Event {
            at: &d.decided_at,
            actor: &d.reviewer_id,
            action: "decide",
            subject_kind: "message",
            subject_id: &d.message_id,
            detail: serde_json::json!({
                "kind": d.kind, "draft": d.draft_id, "corrects": d.corrects,
                // Before and after: what the model wrote, and what goes out.
                "draft_sha256": hash(draft_text),
                "final_sha256": hash(d.outgoing.as_deref()),
                "disclosed": d.outgoing != d.final_text,
                "prompt_version": draft.as_ref().map(|x| x.draft.prompt_version.as_str()),
                // Kinds only: the words are the patient's.
                "checked": d.checked.iter().map(|k| k.split(':').next().unwrap_or("")).collect::<Vec<_>>(),
                "model_sha256": draft.as_ref().map(|x| x.draft.model_sha256.as_str()),
            }),
        };
        self.audited(event, |tx, event| {
            tx.prepare_cached(
                "INSERT INTO decision (message_id, draft_id, kind, start_mode, final_text, escalated_to, reviewer_id, decided_at, undo_until, corrects)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                d.message_id, d.draft_id, d.kind.as_str(), d.start_mode.as_str(), d.final_text, d.escalated_to,
                d.reviewer_id, d.decided_at, d.undo_until, d.corrects
            ])?;
            let id = tx.last_insert_rowid();
            // A correction answers nothing.
            if d.corrects.is_none() {
                tx.prepare_cached(
                    "INSERT INTO decision_message (decision_id, message_id)
                     SELECT ?1, m.id FROM message m
                     WHERE m.thread_id = (SELECT thread_id FROM message WHERE id = ?2) AND m.sender_role <> 'clinician'",
                )?
                .execute(params![id, d.message_id])?;
            }
            let (feedback, review) = feedback::keep(tx, id, d, draft.as_ref().map(|x| &x.draft))?;
            unsent::forget(tx, &d.message_id, &d.reviewer_id)?;
            if let Some(text) = d.outgoing.as_deref().filter(|_| d.kind.sends_reply()) {
                outbox::put(tx, id, &d.message_id, text, &d.undo_until)?;
            }
            event.detail["decision"] = id.into();
            event.detail["feedback_sha256"] = feedback.into();
            event.detail["review_sha256"] = review.into();
            Ok(id)
        })
    }

    /// Takes a decision back while its undo window is open; its reply leaves the outbox and its thread is
    /// triaged again. Gives the message that waits now: the one decided on, or a newer one that came in between;
    /// for a correction, the message that it is about.
    ///
    /// # Errors
    /// [`RecordError::NotFound`], or [`RecordError::Conflict`] when the window is over or it was undone before.
    pub fn undo(
        &mut self,
        decision_id: i64,
        actor: &str,
        now: &str,
        triager: Triager<'_>,
    ) -> Result<String, RecordError> {
        let Decision {
            message_id,
            corrects,
            ..
        } = self.undoable(decision_id, now)?;
        let event = Event {
            at: now,
            actor,
            action: "undo",
            subject_kind: "message",
            subject_id: &message_id,
            detail: serde_json::json!({ "decision": decision_id }),
        };
        let waits: Option<String> = self.audited(event, |tx, _| {
            tx.execute(
                "UPDATE decision SET undone_at = ?2 WHERE id = ?1",
                params![decision_id, now],
            )?;
            outbox::take_back(tx, decision_id)?;
            // A correction closed nothing: its words go back to the message that it is about.
            if corrects.is_some() {
                return Ok(None);
            }
            let thread_id: String = tx.query_row(
                "SELECT thread_id FROM message WHERE id = ?1",
                [&message_id],
                |r| r.get(0),
            )?;
            crate::threads::reopen(tx, &thread_id, triager)?;
            Ok(tx.query_row(
                "SELECT open_message_id FROM thread WHERE id = ?1",
                [&thread_id],
                |r| r.get(0),
            )?)
        })?;
        Ok(waits.unwrap_or(message_id))
    }

    /// A decision that can still be undone.
    ///
    /// # Errors
    /// [`RecordError::NotFound`], or [`RecordError::Conflict`] when its window is over or it was undone.
    pub fn undoable(&self, decision_id: i64, now: &str) -> Result<Decision, RecordError> {
        let (decision, undone) = self
            .conn
            .query_row(
                &format!("SELECT {COLUMNS}, d.undone_at FROM decision d WHERE d.id = ?1"),
                [decision_id],
                |r| Ok((from_row(r)?, r.get::<_, Option<String>>("undone_at")?)),
            )
            .optional()?
            .ok_or(RecordError::NotFound("decision"))?;
        if undone.is_some() {
            return Err(RecordError::Conflict("This decision was undone already."));
        }
        if now > decision.undo_until.as_str() {
            return Err(RecordError::Conflict(
                "The undo window is over and the reply is in the outbox. A correction is a new message.",
            ));
        }
        Ok(decision)
    }

    /// Lets a decision be undone for longer, while it still can be.
    ///
    /// # Errors
    /// [`RecordError::NotFound`], or [`RecordError::Conflict`] when its window is over or it was undone.
    pub fn more_time(
        &mut self,
        decision_id: i64,
        until: &str,
        actor: &str,
        now: &str,
    ) -> Result<(), RecordError> {
        let message_id = self.undoable(decision_id, now)?.message_id;
        let event = Event {
            at: now,
            actor,
            action: "more_time",
            subject_kind: "message",
            subject_id: &message_id,
            detail: serde_json::json!({ "decision": decision_id }),
        };
        self.audited(event, |tx, _| {
            tx.execute(
                "UPDATE decision SET undo_until = max(undo_until, ?2) WHERE id = ?1",
                params![decision_id, until],
            )?;
            tx.execute(
                "UPDATE outbox SET due_at = max(due_at, ?2) WHERE decision_id = ?1",
                params![decision_id, until],
            )?;
            Ok(())
        })
    }

    /// The decision in force for a message; corrections of it stand beside it.
    ///
    /// # Errors
    /// The record's.
    pub fn decision_for(&self, message_id: &str) -> Result<Option<Decision>, RecordError> {
        Ok(self
            .conn
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM decision d
                 WHERE d.message_id = ?1 AND d.undone_at IS NULL AND d.corrects IS NULL"
            ))?
            .query_row([message_id], from_row)
            .optional()?)
    }

    /// Decisions in force for the messages of a thread, corrections among them, oldest first.
    ///
    /// # Errors
    /// The record's.
    pub fn decisions_in_thread(&self, thread_id: &str) -> Result<Vec<Decision>, RecordError> {
        let mut stmt = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM decision d JOIN message m ON m.id = d.message_id
             WHERE m.thread_id = ?1 AND d.undone_at IS NULL ORDER BY d.id",
        ))?;
        let rows = stmt.query_map([thread_id], from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
