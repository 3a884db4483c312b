//! An import: one file, one transaction. What is already there with the same
//! content is left alone, so importing twice changes nothing.

use crate::audit::{self, Chain, Event, seal};
use crate::{Entry, Message, Patient, Record, RecordError, Triager};
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::{BTreeMap, BTreeSet};

/// What became of one record of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// New or changed.
    Stored,
    /// Already there.
    Unchanged,
    /// Refused, with the reason.
    Refused(&'static str),
}

/// An import under way. Nothing is on record until [`Import::commit`].
pub struct Import<'a> {
    tx: Transaction<'a>,
    chain: &'a Chain,
    now: &'a str,
    /// Threads that got a message.
    touched: BTreeSet<String>,
    /// Patients whose charts changed, and the last message in the search that knows nothing of it.
    charts: BTreeMap<String, i64>,
    stored: u64,
}

impl Record {
    /// Begins an import; dropping it undoes it.
    ///
    /// # Errors
    /// The record's.
    pub fn import<'a>(&'a mut self, now: &'a str) -> Result<Import<'a>, RecordError> {
        Ok(Import {
            tx: self
                .conn
                .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?,
            chain: &self.chain,
            now,
            touched: BTreeSet::new(),
            charts: BTreeMap::new(),
            stored: 0,
        })
    }
}

impl Import<'_> {
    fn counted(&mut self, kept: Kept) -> Result<Kept, RecordError> {
        if kept == Kept::Stored {
            self.stored += 1;
        }
        Ok(kept)
    }

    fn hash_of(&self, table: &str, id: &str) -> Result<Option<String>, RecordError> {
        Ok(self
            .tx
            .prepare_cached(&format!("SELECT content_hash FROM {table} WHERE id = ?1"))?
            .query_row([id], |r| r.get(0))
            .optional()?)
    }

    fn has_patient(&self, id: &str) -> Result<bool, RecordError> {
        Ok(self.hash_of("patient", id)?.is_some())
    }

    /// Keeps a patient. A stub never replaces anything.
    ///
    /// # Errors
    /// The record's.
    pub fn patient(&mut self, p: &Patient) -> Result<Kept, RecordError> {
        let hash = seal("patient", &[&p.name, &p.birth_date, &p.sex, &p.language]);
        match self.hash_of("patient", &p.id)? {
            Some(old) if old == hash || p.stub => return Ok(Kept::Unchanged),
            _ => {}
        }
        self.tx
            .prepare_cached(
                "INSERT INTO patient (id, name, birth_date, sex, language, stub, content_hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (id) DO UPDATE SET name = ?2, birth_date = ?3, sex = ?4, language = ?5, stub = ?6, content_hash = ?7",
            )?
            .execute(params![p.id, p.name, p.birth_date, p.sex, p.language, p.stub, hash])?;
        self.counted(Kept::Stored)
    }

    /// Keeps a line of a chart.
    ///
    /// # Errors
    /// The record's.
    pub fn entry(&mut self, e: &Entry) -> Result<Kept, RecordError> {
        if !self.has_patient(&e.patient_id)? {
            return Ok(Kept::Refused(
                "its patient is neither in the file nor on record",
            ));
        }
        let hash = seal(
            "entry",
            &[
                &e.patient_id,
                &e.heading,
                &e.text,
                &e.date,
                &e.active.to_string(),
            ],
        );
        let owner: Option<(String, String)> = self
            .tx
            .prepare_cached("SELECT content_hash, patient_id FROM entry WHERE id = ?1")?
            .query_row([&e.id], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
        match owner {
            Some((old, _)) if old == hash => return Ok(Kept::Unchanged),
            Some((_, patient)) if patient != e.patient_id => {
                return Ok(Kept::Refused(
                    "its id is on record in another patient's chart",
                ));
            }
            _ => {}
        }
        self.tx
            .prepare_cached(
                "INSERT INTO entry (id, patient_id, heading, text, date, active, content_hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (id) DO UPDATE SET heading = ?3, text = ?4, date = ?5, active = ?6, content_hash = ?7",
            )?
            .execute(params![e.id, e.patient_id, e.heading, e.text, e.date, e.active, hash])?;
        self.chart_changed(&e.patient_id)?;
        self.counted(Kept::Stored)
    }

    /// Takes a line out of a chart that its source now says was entered in error.
    ///
    /// # Errors
    /// The record's.
    pub fn retract(&mut self, id: &str, patient_id: &str) -> Result<Kept, RecordError> {
        let owner: Option<String> = self
            .tx
            .prepare_cached("SELECT patient_id FROM entry WHERE id = ?1")?
            .query_row([id], |r| r.get(0))
            .optional()?;
        match owner {
            None => Ok(Kept::Unchanged),
            Some(p) if p != patient_id => Ok(Kept::Refused(
                "its id is on record in another patient's chart",
            )),
            Some(_) => {
                self.tx
                    .prepare_cached("DELETE FROM entry WHERE id = ?1")?
                    .execute([id])?;
                self.chart_changed(patient_id)?;
                self.counted(Kept::Stored)
            }
        }
    }

    fn chart_changed(&mut self, patient_id: &str) -> Result<(), RecordError> {
        let last = self
            .tx
            .prepare_cached("SELECT coalesce(max(id), 0) FROM search_row")?
            .query_row([], |r| r.get(0))?;
        self.charts.insert(patient_id.to_owned(), last);
        Ok(())
    }

    /// Brings charts that changed into the search, with the messages that came before the change.
    fn search_charts(&self) -> Result<(), RecordError> {
        for changed in &self.charts {
            self.tx
                .prepare_cached(
                    "DELETE FROM search WHERE rowid IN (SELECT id FROM search_text WHERE patient_id = ?1 AND id <= ?2)",
                )?
                .execute(changed)?;
            self.tx
                .prepare_cached(
                    "INSERT INTO search (rowid, patient, subject, body, reply, chart)
                     SELECT id, patient, subject, body, reply, chart FROM search_text WHERE patient_id = ?1 AND id <= ?2",
                )?
                .execute(changed)?;
        }
        Ok(())
    }

    /// Keeps the id of a resource that holds nothing that is shown.
    ///
    /// # Errors
    /// The record's.
    pub fn other(&mut self, kind: &str, id: &str) -> Result<Kept, RecordError> {
        let new = self
            .tx
            .prepare_cached(
                "INSERT OR IGNORE INTO other (kind, id, content_hash) VALUES (?1, ?2, '')",
            )?
            .execute([kind, id])?;
        self.counted(if new == 1 {
            Kept::Stored
        } else {
            Kept::Unchanged
        })
    }

    /// Keeps the head of a thread.
    ///
    /// # Errors
    /// The record's.
    pub fn thread(
        &mut self,
        id: &str,
        patient_id: &str,
        subject: &str,
    ) -> Result<Kept, RecordError> {
        if !self.has_patient(patient_id)? {
            return Ok(Kept::Refused(
                "its patient is neither in the file nor on record",
            ));
        }
        let known: Option<(String, String)> = self
            .tx
            .prepare_cached("SELECT patient_id, subject FROM thread WHERE id = ?1")?
            .query_row([id], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
        match known {
            Some((p, _)) if p != patient_id => {
                Ok(Kept::Refused("the thread belongs to another patient"))
            }
            Some((_, s)) if s == subject => Ok(Kept::Unchanged),
            _ => {
                self.tx
                    .prepare_cached(
                        "INSERT INTO thread (id, patient_id, subject) VALUES (?1, ?2, ?3)
                         ON CONFLICT (id) DO UPDATE SET subject = ?3",
                    )?
                    .execute([id, patient_id, subject])?;
                self.counted(Kept::Stored)
            }
        }
    }

    /// The thread of a message on record.
    ///
    /// # Errors
    /// The record's.
    pub fn thread_of(&self, message_id: &str) -> Result<Option<String>, RecordError> {
        Ok(self
            .tx
            .prepare_cached("SELECT thread_id FROM message WHERE id = ?1")?
            .query_row([message_id], |r| r.get(0))
            .optional()?)
    }

    /// Keeps a message. A message on record is never changed: what a clinician
    /// answered must stay what was asked.
    ///
    /// # Errors
    /// The record's.
    pub fn message(&mut self, m: &Message) -> Result<Kept, RecordError> {
        if !self.has_patient(&m.patient_id)? {
            return Ok(Kept::Refused(
                "its patient is neither in the file nor on record",
            ));
        }
        let hash = seal(
            "message",
            &[
                &m.patient_id,
                m.sender_role.as_str(),
                &m.sent_at,
                &m.subject,
                &m.body,
            ],
        );
        match self.hash_of("message", &m.id)? {
            Some(old) if old == hash => return Ok(Kept::Unchanged),
            Some(_) => {
                return Ok(Kept::Refused(
                    "a message with this id and another text is on record already",
                ));
            }
            None => {}
        }
        let owner: Option<String> = self
            .tx
            .prepare_cached("SELECT patient_id FROM thread WHERE id = ?1")?
            .query_row([&m.thread_id], |r| r.get(0))
            .optional()?;
        match owner {
            Some(p) if p != m.patient_id => {
                return Ok(Kept::Refused("its thread belongs to another patient"));
            }
            Some(_) => {}
            None => {
                self.tx
                    .prepare_cached(
                        "INSERT INTO thread (id, patient_id, subject) VALUES (?1, ?2, ?3)",
                    )?
                    .execute([&m.thread_id, &m.patient_id, &m.subject])?;
            }
        }
        self.tx
            .prepare_cached(
                "INSERT INTO message (id, thread_id, patient_id, previous_id, sender_role, sender_name, recipient_pool,
                                      sent_at, subject, body, content_hash, imported_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .execute(params![
                m.id, m.thread_id, m.patient_id, m.previous_id, m.sender_role.as_str(), m.sender_name,
                m.recipient_pool, m.sent_at, m.subject, m.body, hash, self.now
            ])?;
        self.touched.insert(m.thread_id.clone());
        self.counted(Kept::Stored)
    }

    /// Settles what waits in every thread that got a message or whose chart changed.
    ///
    /// # Errors
    /// The record's.
    pub fn reopen(&self, triager: Triager<'_>) -> Result<(), RecordError> {
        let mut threads = self.touched.clone();
        for patient in self.charts.keys() {
            threads.extend(
                self.tx
                    .prepare_cached("SELECT id FROM thread WHERE patient_id = ?1")?
                    .query_map([patient], |r| r.get(0))?
                    .collect::<Result<Vec<String>, _>>()?,
            );
        }
        for thread in &threads {
            crate::threads::reopen(&self.tx, thread, triager)?;
        }
        Ok(())
    }

    /// Writes the audit row and makes everything durable.
    ///
    /// # Errors
    /// The record's.
    pub fn commit(
        self,
        actor: &str,
        file: &str,
        summary: serde_json::Value,
    ) -> Result<(), RecordError> {
        // A repeated import leaves no trace: nothing happened to the record.
        if self.stored == 0 {
            return Ok(self.tx.commit()?);
        }
        self.search_charts()?;
        let head = audit::append(
            &self.tx,
            self.chain,
            &Event {
                at: self.now,
                actor,
                action: "import",
                subject_kind: "file",
                subject_id: file,
                detail: summary,
            },
        )?;
        self.tx.commit()?;
        self.chain.anchor(&head);
        Ok(())
    }
}
