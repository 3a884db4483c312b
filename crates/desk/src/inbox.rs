//! The queue, and one message with everything about it.

use crate::Desk;
use crate::desk::lock;
use clinical::check::written_in;
use clinical::{ChartEntry, Heading, age, chart, gate};
use contract::frames::DraftJob;
use contract::{
    Chart, Code, DecisionOnRecord, DraftState, DraftView, Failure, Folder, Gate, Opened,
    PatientBanner, Queue, QueueItem, QueueQuery, QueueState, Right, Sampling, SenderRole,
    ThreadMessage, Urgency,
};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use records::{Account, Decision, Draft, DraftOutcome, Message, Open, Page, QueueRow};

/// Drafts of a message that stand side by side: as many as can be compared at a glance.
pub(crate) const NEWEST: u32 = 3;

impl Desk {
    /// A page of the queue, and the counts of its folders.
    ///
    /// # Errors
    /// The record's.
    pub fn queue(&self, query: &QueueQuery) -> Result<Queue, Failure> {
        let midnight = begins(self.today()).unwrap_or_else(|| self.now());
        let day = day(&query.day)?;
        let practice = self.seeded_row(query)?;
        // The row of a practice message takes a place of the page that it is on, and those behind it move on by one.
        let mut asked = query.clone();
        asked.limit = asked.limit.min(QueueQuery::MOST);
        let on_page = practice.as_ref().and_then(|(place, _)| {
            let within = place.checked_sub(asked.offset)?;
            (within < asked.limit).then_some(within as usize)
        });
        if on_page.is_some() {
            asked.limit -= 1;
        } else if practice.as_ref().is_some_and(|p| p.0 < asked.offset) {
            asked.offset -= 1;
        }
        let (found, empty_record) = {
            let mut record = self.record(Right::Read)?;
            let (now, today) = (self.now_text(), midnight.to_string());
            let page = Page {
                query: &asked,
                now: &now,
                today: &today,
                day: day.as_ref().map(|(from, to)| (&**from, &**to)),
            };
            let found = record.queue_page(&page)?;
            let ids = found.rows.iter().map(|r| r.message_id.as_str());
            // A full disk must not hide an emergency: what could not be noted now is noted with the next list that shows it.
            if let Err(f) = record.listed(query.folder, query.search.trim(), ids, &now) {
                tracing::warn!(code = ?f.code, "what a list showed could not be put on the audit");
            }
            (found, record.is_empty()?)
        };
        let work = lock(&self.work);
        let mut items: Vec<QueueItem> = found
            .rows
            .into_iter()
            .map(|r| {
                let writing = work.writing.contains_key(&r.message_id);
                queue_item(r, writing)
            })
            .collect();
        let (mut total, mut counts) = (found.total, found.counts.folders);
        if let Some((_, row)) = practice {
            total += 1;
            for c in counts.iter_mut().filter(|c| c.folder == Folder::Waiting) {
                c.rows += 1;
            }
            if let Some(at) = on_page {
                items.insert(at.min(items.len()), row);
            }
        }
        Ok(Queue {
            items,
            offset: query.offset,
            total,
            counts,
            pools: found.counts.pools,
            engine: work.engine.clone(),
            empty_record,
            more: found.more,
            back_at: found.back_at,
            now: self.now_text(),
        })
    }

    /// Puts a message off until a time, or brings it back with none. A red flag cannot be put off.
    ///
    /// # Errors
    /// [`Code::Incomplete`] for a time that is no time or is over, [`Code::Conflict`] for a red flag, or the record's.
    pub fn put_off(&self, message_id: &str, until: Option<&str>) -> Result<(), Failure> {
        self.not_in_practice(message_id)?;
        let now = self.now();
        let until = until
            .map(|text| {
                text.parse::<jiff::Timestamp>()
                    .ok()
                    .filter(|t| *t > now)
                    .map(|t| crate::desk::whole_seconds(t).to_string())
                    .ok_or_else(|| {
                        Failure::new(
                            Code::Incomplete,
                            "Choose a time that is still to come. The message stays where it is.",
                        )
                    })
            })
            .transpose()?;
        let mut record = self.record(Right::Decide)?;
        let who = record.who().name.clone();
        Ok(record.put_off(message_id, until.as_deref(), &who, &self.now_text())?)
    }

    /// Those who may answer messages here, by name.
    ///
    /// # Errors
    /// [`Code::Forbidden`] without that right oneself, or the record's.
    pub fn colleagues(&self) -> Result<Vec<String>, Failure> {
        let accounts = self.record(Right::Decide)?.accounts()?;
        let mut names: Vec<String> = accounts
            .into_iter()
            .filter(answers)
            .map(|a| a.name)
            .collect();
        names.sort();
        Ok(names)
    }

    /// Gives a message to a person who may answer it, or to nobody with an empty name.
    ///
    /// # Errors
    /// [`Code::NotFound`] for a person or a message that is not there, or the record's.
    pub fn assign(&self, message_id: &str, to: &str) -> Result<(), Failure> {
        self.not_in_practice(message_id)?;
        let mut record = self.record(Right::Decide)?;
        let who = record.who().name.clone();
        let is_one = |a: &Account| a.name == to && answers(a);
        let known = to.is_empty() || to == who || record.accounts()?.iter().any(is_one);
        if !known {
            return Err(Failure::new(
                Code::NotFound,
                format!("Nobody called {to} answers messages here. The message stays where it is."),
            ));
        }
        Ok(record.assign(message_id, to, &who, &self.now_text())?)
    }

    /// One message with thread, chart, triage, draft and decision. It becomes
    /// the message on screen, which is drafted before the others.
    ///
    /// # Errors
    /// [`contract::Code::NotFound`], or the record's.
    pub fn open_message(&self, message_id: &str) -> Result<Opened, Failure> {
        let opened = self.whole_message(message_id)?;
        lock(&self.work).on_screen = Some(message_id.to_owned());
        self.wake();
        Ok(opened)
    }

    /// One message with everything about it, wherever the person is.
    ///
    /// # Errors
    /// Those of [`Desk::open_message`].
    pub(crate) fn whole_message(&self, message_id: &str) -> Result<Opened, Failure> {
        if let Some(open) = self.practised(message_id)? {
            return self.open_practice(&open);
        }
        let (open, patient, chart, trends, thread, draft, decided, (unsent, unsent_draft)) = {
            let mut record = self.record(Right::Read)?;
            let open = record.open_message(message_id)?;
            record.viewed(message_id, &self.now_text())?;
            let unsent = record.unsent(message_id, &record.who().name)?;
            let typed_over = unsent.as_ref().and_then(|u| u.draft_id);
            let typed_over = typed_over.map(|id| record.draft(id)).transpose()?;
            let patient = record.patient(&open.message.patient_id)?;
            let draft = record.newest_draft(message_id)?;
            let messages = record.messages(&open.message.thread_id)?;
            let mut decided = record.decisions_in_thread(&open.message.thread_id)?;
            let entries = lines(record.entries(&open.message.patient_id)?);
            drop(record);
            let chart = assembled(patient.clone(), &entries, self.today());
            let thread = with_replies(&open.message, &messages, &decided);
            decided.retain(|d| d.message_id == message_id);
            let trends = clinical::trends::trends(&entries);
            let unsent = (
                unsent,
                typed_over.filter(|d| d.draft.message_id == message_id),
            );
            (open, patient, chart, trends, thread, draft, decided, unsent)
        };
        let gate = gate::decide(&open.triage, &*self.rules()?);
        let partial = lock(&self.work).writing.get(message_id).cloned();
        let now = self.now_text();
        let on_record = |d: Decision| DecisionOnRecord {
            id: d.id,
            kind: d.kind,
            final_text: d.final_text,
            can_undo: now <= d.undo_until,
            decided_at: d.decided_at,
        };
        let (corrections, decision): (Vec<_>, Vec<_>) =
            decided.into_iter().partition(|d| d.corrects.is_some());
        // A red flag that came after the draft takes it away: no model answers an emergency.
        let emergency = matches!(gate, Gate::Emergency { .. });
        let partial = partial.filter(|_| !emergency);
        let unsent_draft = unsent_draft.filter(|_| !emergency).and_then(|d| view(d).0);
        let (view, failure) = match draft.filter(|_| !emergency) {
            Some(d) => view(d),
            None => (None, None),
        };
        let draft_state = if partial.is_some() {
            DraftState::Writing
        } else if view.is_some() {
            DraftState::Ready
        } else if failure.is_some() {
            DraftState::Failed
        } else if gate == Gate::Draft {
            DraftState::Queued
        } else {
            DraftState::Withheld
        };
        Ok(Opened {
            message: thread_message(&open.message),
            patient: PatientBanner {
                age: age::in_words(&patient.birth_date, self.today()),
                id: patient.id,
                name: patient.name,
                birth_date: patient.birth_date,
                sex: patient.sex,
                language: patient.language,
            },
            chart,
            trends,
            quoted: thread
                .iter()
                .filter_map(|m| Some((m.id.clone(), clinical::thread::quoted_from(&m.body)?)))
                .collect(),
            thread,
            writes_in: written_in(&open.message.body)
                .unwrap_or_default()
                .to_owned(),
            triage: open.triage,
            assignee: open.assignee,
            later_until: open.later_until,
            gate,
            draft_state,
            draft: view,
            partial,
            draft_failure: failure,
            unsent: unsent.map(crate::unsent::for_page),
            unsent_draft,
            decision: decision.into_iter().map(on_record).next(),
            corrections: corrections.into_iter().map(on_record).collect(),
            training: None,
        })
    }

    /// The newest drafts of a message, side by side for choosing, newest first.
    ///
    /// # Errors
    /// The record's.
    pub fn drafts(&self, message_id: &str) -> Result<Vec<DraftView>, Failure> {
        if let Some(open) = self.practised(message_id)? {
            return Ok(vec![self.practice_view(&open)?]);
        }
        let mut record = self.record(Right::Read)?;
        record.viewed(message_id, &self.now_text())?;
        let drafts = record.drafts(message_id, NEWEST)?;
        Ok(drafts.into_iter().filter_map(|d| view(d).0).collect())
    }

    /// The chart of a patient as of today.
    pub(crate) fn chart(&self, patient_id: &str) -> Result<Chart, Failure> {
        let (patient, entries) = {
            let record = self.record(Right::Read)?;
            (record.patient(patient_id)?, record.entries(patient_id)?)
        };
        Ok(assembled(patient, &lines(entries), self.today()))
    }

    /// The thread of a message, with the replies that were decided here. The
    /// message itself comes last, as what is to be answered, even when it came
    /// in late behind others that were sent after it.
    pub(crate) fn thread(&self, message: &Message) -> Result<Vec<ThreadMessage>, Failure> {
        let record = self.record(Right::Read)?;
        let messages = record.messages(&message.thread_id)?;
        let decisions = record.decisions_in_thread(&message.thread_id)?;
        Ok(with_replies(message, &messages, &decisions))
    }

    /// What the drafter needs for a message on record.
    pub(crate) fn job(
        &self,
        open: &Open,
        number: u64,
        sampling: Sampling,
    ) -> Result<DraftJob, Failure> {
        Ok(DraftJob {
            job: number,
            thread: self.thread(&open.message)?,
            chart: self.chart(&open.message.patient_id)?,
            kind: open.triage.kind,
            urgency: open.triage.urgency,
            today: self.today().to_string(),
            sampling: gate::asked(sampling, &open.triage),
            awaited: false,
        })
    }
}

/// A thread, each message followed by what was sent in answer to it; the one that is to be answered last.
fn with_replies(
    message: &Message,
    messages: &[Message],
    decisions: &[Decision],
) -> Vec<ThreadMessage> {
    let mut thread = Vec::new();
    for m in messages.iter().filter(|m| m.id != message.id) {
        thread.push(thread_message(m));
        let replies = decisions.iter().filter(|d| d.message_id == m.id);
        thread.extend(replies.filter_map(|d| {
            Some(ThreadMessage {
                id: format!("reply-{}", d.id),
                sender_role: SenderRole::Clinician,
                sender_name: d.reviewer_id.clone(),
                sent_at: d.decided_at.clone(),
                subject: String::new(),
                body: d.final_text.clone()?,
            })
        }));
    }
    thread.push(thread_message(message));
    thread
}

/// Whether somebody may answer messages.
fn answers(a: &Account) -> bool {
    a.role.may(Right::Decide, a.licence)
}

/// The lines of a chart as they are on record.
pub(crate) fn lines(entries: Vec<records::Entry>) -> Vec<ChartEntry> {
    entries
        .into_iter()
        .filter_map(|e| {
            Some(ChartEntry {
                heading: Heading::from_name(&e.heading)?,
                id: e.id,
                patient_id: e.patient_id,
                text: e.text,
                date: e.date,
                active: e.active,
            })
        })
        .collect()
}

/// A chart from what is on record.
pub(crate) fn assembled(patient: records::Patient, entries: &[ChartEntry], today: Date) -> Chart {
    let patient = clinical::Patient {
        id: patient.id,
        name: patient.name,
        birth_date: patient.birth_date,
        sex: patient.sex,
        language: patient.language,
        stub: patient.stub,
    };
    chart::assemble(&patient, entries, today)
}

/// When a day begins here.
fn begins(day: Date) -> Option<jiff::Timestamp> {
    let midnight = day.to_zoned(TimeZone::system()).ok()?;
    Some(midnight.timestamp())
}

/// When the day that is asked for begins and ends, RFC 3339 in UTC; nothing for every day.
fn day(asked: &str) -> Result<Option<(String, String)>, Failure> {
    if asked.is_empty() {
        return Ok(None);
    }
    let bounds = || {
        let day: Date = asked.parse().ok()?;
        let next = day.tomorrow().ok()?;
        Some((begins(day)?.to_string(), begins(next)?.to_string()))
    };
    bounds().map(Some).ok_or_else(|| {
        Failure::new(
            Code::Incomplete,
            "Write the day with year, month and day, as 2026-11-20.",
        )
    })
}

fn queue_item(r: QueueRow, writing: bool) -> QueueItem {
    let draft = if writing {
        DraftState::Writing
    } else if r.has_draft {
        DraftState::Ready
    } else if r.tried {
        DraftState::Failed
    } else if r.front_desk || matches!(r.urgency, Urgency::Emergency | Urgency::None) {
        DraftState::Withheld
    } else {
        DraftState::Queued
    };
    QueueItem {
        proxy: r.by_proxy.then_some(r.sender_name),
        message_id: r.message_id,
        patient: r.patient,
        subject: r.subject,
        preview: r.preview.split_whitespace().collect::<Vec<_>>().join(" "),
        sent_at: r.sent_at,
        urgency: r.urgency,
        kind: r.kind,
        state: if r.decision.is_some() {
            QueueState::Done
        } else {
            QueueState::Waiting
        },
        draft,
        decided_at: r.decision.and(r.decided_at),
        decision: r.decision,
        pool: r.pool,
        assignee: r.assignee,
        later_until: r.later_until,
    }
}

fn thread_message(m: &Message) -> ThreadMessage {
    ThreadMessage {
        id: m.id.clone(),
        sender_role: m.sender_role,
        sender_name: m.sender_name.clone(),
        sent_at: m.sent_at.clone(),
        subject: m.subject.clone(),
        body: m.body.clone(),
    }
}

fn view(d: Draft) -> (Option<DraftView>, Option<Failure>) {
    match d.draft.outcome {
        DraftOutcome::Text {
            text,
            finish,
            timing,
            notes,
            ..
        } => (
            Some(DraftView {
                id: d.id,
                text,
                model: d.draft.model,
                model_sha256: d.draft.model_sha256,
                prompt_version: d.draft.prompt_version,
                finish,
                timing,
                created_at: d.draft.created_at,
                notes,
            }),
            None,
        ),
        DraftOutcome::Failed(failure) => (None, Some(failure)),
    }
}
