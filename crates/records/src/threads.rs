//! Threads and their messages.

use crate::audit::Event;
use crate::{Entry, Patient, Record, RecordError, entries, patients, settings};
use contract::{SenderRole, Triage};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::HashSet;

/// A message on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Id as in the source.
    pub id: String,
    /// Its thread.
    pub thread_id: String,
    /// Whose chart.
    pub patient_id: String,
    /// The message it answers.
    pub previous_id: Option<String>,
    /// Who wrote it.
    pub sender_role: SenderRole,
    /// Name for people; may be empty.
    pub sender_name: String,
    /// The pool; may be empty.
    pub recipient_pool: String,
    /// RFC 3339 in UTC.
    pub sent_at: String,
    /// Subject; may be empty.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// A message that waits, with what triage said of its thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// The message.
    pub message: Message,
    /// Triage of every message since the clinic last wrote.
    pub triage: Triage,
    /// Who has it; empty for nobody.
    pub assignee: String,
    /// Until when it is put off.
    pub later_until: Option<String>,
}

const COLUMNS: &str = "m.id, m.thread_id, m.patient_id, m.previous_id, m.sender_role, m.sender_name, \
     m.recipient_pool, m.sent_at, m.subject, m.body";

impl Message {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let role: String = row.get(4)?;
        Ok(Self {
            id: row.get(0)?,
            thread_id: row.get(1)?,
            patient_id: row.get(2)?,
            previous_id: row.get(3)?,
            // Written by this crate from the same names.
            sender_role: SenderRole::from_name(&role).unwrap_or(SenderRole::Patient),
            sender_name: row.get(5)?,
            recipient_pool: row.get(6)?,
            sent_at: row.get(7)?,
            subject: row.get(8)?,
            body: row.get(9)?,
        })
    }
}

pub(crate) fn messages(conn: &Connection, thread_id: &str) -> Result<Vec<Message>, RecordError> {
    let mut stmt = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM message m WHERE m.thread_id = ?1 ORDER BY m.sent_at, m.id"
    ))?;
    let rows = stmt.query_map([thread_id], Message::from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What waits in a thread, for triage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Subject of the thread; may be empty.
    pub subject: String,
    /// Messages that no reply and no decision has answered, newest first; never empty.
    pub messages: Vec<Message>,
    /// Whose chart.
    pub patient: Patient,
    /// Every line of the chart.
    pub entries: Vec<Entry>,
}

/// Triage of what waits in a thread: the record keeps it and knows no rule itself.
pub type Triager<'a> = &'a dyn Fn(&Waiting) -> Triage;

/// Settles which message of a thread waits: the newest of those that neither
/// the clinic nor a decision in force has answered. A thread whose newest
/// message was decided here keeps that message as its row.
pub(crate) fn reopen(
    conn: &Connection,
    thread_id: &str,
    triager: Triager<'_>,
) -> Result<(), RecordError> {
    let messages = messages(conn, thread_id)?;
    let answered: HashSet<String> = conn
        .prepare_cached(
            "SELECT x.message_id FROM decision_message x
             JOIN decision d ON d.id = x.decision_id AND d.undone_at IS NULL
             JOIN message m ON m.id = x.message_id
             WHERE m.thread_id = ?1",
        )?
        .query_map([thread_id], |r| r.get(0))?
        .collect::<Result<_, _>>()?;
    let by_clinic = messages
        .last()
        .is_none_or(|m| m.sender_role == SenderRole::Clinician);
    let waiting: Vec<Message> = messages
        .into_iter()
        .rev()
        .take_while(|m| m.sender_role != SenderRole::Clinician)
        .filter(|m| !answered.contains(&m.id))
        .collect();
    let Some(newest) = waiting.first().map(|m| m.id.clone()) else {
        return if by_clinic {
            set_open(conn, thread_id, None)
        } else {
            Ok(())
        };
    };
    let (patient_id, subject): (String, String) = conn
        .prepare_cached("SELECT patient_id, subject FROM thread WHERE id = ?1")?
        .query_row([thread_id], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let waiting = Waiting {
        subject,
        messages: waiting,
        patient: patients::get(conn, &patient_id)?,
        entries: entries::of(conn, &patient_id)?,
    };
    set_open(conn, thread_id, Some((&newest, &triager(&waiting))))
}

fn set_open(
    conn: &Connection,
    thread_id: &str,
    open: Option<(&str, &Triage)>,
) -> Result<(), RecordError> {
    let triage = open.map(|(_, t)| serde_json::to_string(t)).transpose()?;
    conn.prepare_cached("UPDATE thread SET open_message_id = ?2, urgency = ?3, kind = ?4, triage = ?5 WHERE id = ?1")?
        .execute(params![
            thread_id,
            open.map(|(id, _)| id),
            open.map(|(_, t)| t.urgency.as_str()),
            open.map(|(_, t)| t.kind.as_str()),
            triage
        ])?;
    Ok(())
}

impl Record {
    /// Keeps the setting that triage rests on and triages all that waits again:
    /// one transaction with its audit row, which says how many threads are seen otherwise now.
    ///
    /// # Errors
    /// The record's; then setting and threads are as they were.
    pub fn change_rules(
        &mut self,
        (setting, text): (&str, &str),
        triager: Triager<'_>,
        actor: &str,
        now: &str,
        detail: serde_json::Value,
    ) -> Result<usize, RecordError> {
        let event = Event {
            at: now,
            actor,
            action: "change_rules",
            subject_kind: "rules",
            subject_id: "",
            detail,
        };
        let state = |tx: &Connection| -> Result<Vec<(String, Option<String>)>, RecordError> {
            Ok(tx
                .prepare_cached(
                    "SELECT id, triage FROM thread WHERE open_message_id IS NOT NULL AND decided_at IS NULL ORDER BY id",
                )?
                .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?
                .collect::<Result<_, _>>()?)
        };
        self.audited(event, |tx, event| {
            settings::put(tx, setting, &text)?;
            let before = state(tx)?;
            for (thread, _) in &before {
                reopen(tx, thread, triager)?;
            }
            let after = state(tx)?;
            let changed = before.iter().zip(&after).filter(|(b, a)| b != a).count();
            event.detail["threads"] = changed.into();
            Ok(changed)
        })
    }

    /// Messages of a thread, oldest first.
    ///
    /// # Errors
    /// The record's.
    pub fn messages(&self, thread_id: &str) -> Result<Vec<Message>, RecordError> {
        messages(&self.conn, thread_id)
    }

    /// The message of an id.
    ///
    /// # Errors
    /// [`RecordError::NotFound`], or the record's.
    pub fn message(&self, id: &str) -> Result<Message, RecordError> {
        self.conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM message m WHERE m.id = ?1"))?
            .query_row([id], Message::from_row)
            .optional()?
            .ok_or(RecordError::NotFound("message"))
    }

    /// The message of an id with the triage of its thread.
    ///
    /// # Errors
    /// [`RecordError::NotFound`] when it is not one that waits or waited.
    pub fn open_message(&self, id: &str) -> Result<Open, RecordError> {
        let message = self.message(id)?;
        let found = self
            .conn
            .prepare_cached(
                "SELECT triage, assignee, later_until FROM thread WHERE id = ?1 AND open_message_id = ?2",
            )?
            .query_row([&message.thread_id, &message.id], |r| {
                Ok((r.get::<_, Option<String>>(0)?, r.get(1)?, r.get(2)?))
            })
            .optional()?;
        let Some((Some(triage), assignee, later_until)) = found else {
            return Err(RecordError::NotFound("open message"));
        };
        Ok(Open {
            triage: serde_json::from_str(&triage)?,
            assignee,
            later_until,
            message,
        })
    }
}
