//! The queue: threads with a message that waits, most urgent and oldest first.

use crate::audit::Event;
use crate::{Record, RecordError};
use contract::{DecisionKind, Folder, FolderCount, MessageKind, Order, QueueQuery, Urgency};
use rusqlite::{OptionalExtension, Row, ToSql};

/// One row of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueRow {
    /// The message that waits or was decided.
    pub message_id: String,
    /// The patient's name.
    pub patient: String,
    /// The sender's name.
    pub sender_name: String,
    /// Who wrote it.
    pub by_proxy: bool,
    /// Subject; may be empty.
    pub subject: String,
    /// Its first characters.
    pub preview: String,
    /// RFC 3339 in UTC.
    pub sent_at: String,
    /// Urgency of the thread.
    pub urgency: Urgency,
    /// Folder.
    pub kind: MessageKind,
    /// The decision in force.
    pub decision: Option<DecisionKind>,
    /// True when a draft holds text.
    pub has_draft: bool,
    /// True when a draft was tried, whether or not it gave a text.
    pub tried: bool,
    /// The pool that it was sent to; may be empty.
    pub pool: String,
    /// Who has taken it on; empty for nobody.
    pub assignee: String,
    /// Put off until then, RFC 3339 in UTC.
    pub later_until: Option<String>,
    /// Whether the front desk answers it, so that nothing is drafted unasked.
    pub front_desk: bool,
    /// When it was decided.
    pub decided_at: Option<String>,
}

/// A page of the queue, with the times that its folders depend on.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// What was asked for.
    pub query: &'a QueueQuery,
    /// Now, RFC 3339 in UTC.
    pub now: &'a str,
    /// When today began, RFC 3339 in UTC.
    pub today: &'a str,
    /// When the day began and ended that is asked for, where one is.
    pub day: Option<(&'a str, &'a str)>,
}

/// A page of the queue as it is on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuePage {
    /// The rows that were asked for.
    pub rows: Vec<QueueRow>,
    /// Rows that there are.
    pub total: u32,
    /// Rows of every folder.
    pub counts: Counts,
    /// Whether a search would find more further back.
    pub more: bool,
    /// When the next of the messages that are put off comes back.
    pub back_at: Option<String>,
}

/// Rows of the queue, from a folder or a search.
pub(crate) struct Found {
    /// Those that were asked for.
    pub(crate) rows: Vec<QueueRow>,
    /// How many there are.
    pub(crate) total: u32,
    /// Whether there is more further back.
    pub(crate) more: bool,
}

/// How many rows the folders have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows of each folder.
    pub folders: Vec<FolderCount>,
    /// Red flags of each kind.
    flags: Vec<(MessageKind, u32)>,
    /// Pools that messages wait in.
    pub pools: Vec<String>,
}

impl Counts {
    fn of(&self, folder: Folder) -> u32 {
        self.folders
            .iter()
            .find(|c| c.folder == folder)
            .map_or(0, |c| c.rows)
    }

    /// Rows that a folder shows: red flags of other kinds, too.
    fn shown(&self, folder: Folder) -> u32 {
        let flags = self.of(Folder::RedFlags);
        match folder {
            Folder::Kind(_) => self.of(folder) + flags - self.flags_of(folder),
            Folder::Later => self.of(folder) + flags,
            _ => self.of(folder),
        }
    }

    /// Red flags that a folder of one kind counts as its own.
    fn flags_of(&self, folder: Folder) -> u32 {
        self.flags
            .iter()
            .find(|f| folder == Folder::Kind(f.0))
            .map_or(0, |f| f.1)
    }
}

pub(crate) const SELECT: &str = "
    SELECT m.id, p.name, m.sender_name, m.sender_role = 'proxy',
           CASE WHEN m.subject = '' THEN t.subject ELSE m.subject END,
           substr(m.body, 1, 160), m.sent_at, t.urgency, t.kind, d.kind,
           t.drafted, t.pool, t.assignee, t.later_until, t.front_desk, t.decided_at
    FROM thread t
    JOIN message m ON m.id = t.open_message_id
    JOIN patient p ON p.id = t.patient_id
    LEFT JOIN decision d ON d.message_id = m.id AND d.undone_at IS NULL AND d.corrects IS NULL";

/// What waits; told in the words of the index, so that it is used.
pub(crate) const WAITS: &str = "open_message_id IS NOT NULL AND decided_at IS NULL";
/// What waits and is not put off: a red flag never is.
const DUE: &str = "(rank = 0 OR later_until IS NULL OR later_until <= :now)";
/// What a first draft is to be made for.
const UNDRAFTED: &str = "drafted = 0 AND rank IN (1, 2) AND front_desk = 0";

impl QueueRow {
    pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let name = |i: usize| {
            row.get::<_, Option<String>>(i)
                .map(Option::unwrap_or_default)
        };
        Ok(Self {
            message_id: row.get(0)?,
            patient: row.get(1)?,
            sender_name: row.get(2)?,
            by_proxy: row.get(3)?,
            subject: row.get(4)?,
            preview: row.get(5)?,
            sent_at: row.get(6)?,
            // An unknown name must never make a message less urgent.
            urgency: Urgency::from_name(&name(7)?).unwrap_or(Urgency::Urgent),
            kind: MessageKind::from_name(&name(8)?).unwrap_or(MessageKind::Clinical),
            decision: DecisionKind::from_name(&name(9)?),
            has_draft: row.get::<_, i64>(10)? == 1,
            tried: row.get::<_, i64>(10)? != 0,
            pool: row.get(11)?,
            assignee: row.get(12)?,
            later_until: row.get(13)?,
            front_desk: row.get(14)?,
            decided_at: row.get(15)?,
        })
    }
}

/// Which threads are in a folder.
fn within(folder: Folder) -> String {
    match folder {
        Folder::Waiting => format!("{WAITS} AND {DUE}"),
        Folder::RedFlags => format!("{WAITS} AND rank = 0"),
        Folder::Kind(_) => format!("{WAITS} AND {DUE} AND (rank = 0 OR kind = :kind)"),
        Folder::NoDraft => {
            format!(
                "{WAITS} AND {DUE} AND (rank IN (0, 3) OR drafted = 2 OR (drafted = 0 AND front_desk = 1))"
            )
        }
        Folder::Later => format!("{WAITS} AND (rank = 0 OR later_until > :now)"),
        Folder::Done => "decided_at >= :today".into(),
        Folder::SentToday => "decided_at >= :today AND sent = 1".into(),
        Folder::AllDone => "decided_at IS NOT NULL".into(),
    }
}

impl Record {
    /// A page of the queue, and how many rows there are.
    ///
    /// # Errors
    /// The record's.
    pub fn queue_page(&self, page: &Page<'_>) -> Result<QueuePage, RecordError> {
        let counts = self.queue_counts(page.now, page.today)?;
        let Found { rows, total, more } = match self.searched(page.query)? {
            Some(found) => found,
            None => self.within_folder(page, &counts)?,
        };
        Ok(QueuePage {
            rows,
            total,
            more,
            counts,
            back_at: self.back_at(page.now)?,
        })
    }

    /// A page of a folder, and how many rows the folder has.
    fn within_folder(&self, page: &Page<'_>, counts: &Counts) -> Result<Found, RecordError> {
        let query = page.query;
        let kind = match query.folder {
            Folder::Kind(kind) => kind.as_str(),
            _ => "",
        };
        let mut within = within(query.folder);
        if !query.pool.is_empty() {
            within.push_str(" AND (rank = 0 OR pool = :pool)");
        }
        if !query.assignee.is_empty() {
            within.push_str(" AND (rank = 0 OR assignee = :assignee)");
        }
        let day = page.day.filter(|_| query.folder == Folder::AllDone);
        if day.is_some() {
            within.push_str(" AND decided_at >= :begins AND decided_at < :ends");
        }
        let (begins, ends) = day.unwrap_or_default();
        // None is the beginning of another: they are told apart by whether the text holds them.
        let named: [(&str, &dyn ToSql); 7] = [
            (":begins", &begins),
            (":ends", &ends),
            (":kind", &kind),
            (":now", &page.now),
            (":today", &page.today),
            (":pool", &query.pool),
            (":assignee", &query.assignee),
        ];
        let (first, limit) = (query.offset, query.limit.min(QueueQuery::MOST));
        let used = |filter: &str| -> Vec<_> {
            named
                .iter()
                .filter(|n| filter.contains(n.0))
                .copied()
                .collect()
        };
        // The rows' numbers, from an index alone; the rest is read for those of the page.
        let ids = |filter: &str, index: &str, sorted: &str, limit: u32, offset: u32| {
            let sql = format!(
                "SELECT rowid FROM thread INDEXED BY {index} WHERE {filter} ORDER BY {sorted} LIMIT {limit} OFFSET {offset}"
            );
            let mut stmt = self.conn.prepare_cached(&sql)?;
            let ids = stmt.query_map(used(filter).as_slice(), |r| r.get::<_, i64>(0))?;
            Ok::<_, RecordError>(ids.collect::<Result<Vec<_>, _>>()?)
        };
        let by_age = |direction: &str| {
            let sorted = format!("sent_at {direction}, open_message_id {direction}");
            let flags = ids(
                &format!("{WAITS} AND rank = 0"),
                "inbox_waiting",
                &sorted,
                u32::MAX,
                0,
            )?;
            let count = flags.len() as u32;
            let mut page: Vec<_> = flags
                .into_iter()
                .skip(first as usize)
                .take(limit as usize)
                .collect();
            if query.folder != Folder::RedFlags {
                let rest = limit - page.len() as u32;
                let others = format!("{within} AND rank > 0");
                page.extend(ids(
                    &others,
                    "inbox_by_age",
                    &sorted,
                    rest,
                    first.saturating_sub(count),
                )?);
            }
            Ok::<_, RecordError>(page)
        };
        let (ids, sorted) = match (query.folder.is_done(), query.order) {
            (true, _) => (
                ids(
                    &within,
                    "inbox_done",
                    "decided_at DESC, rowid",
                    limit,
                    first,
                )?,
                "t.decided_at DESC, t.rowid",
            ),
            (_, Order::Urgency) => (
                ids(
                    &within,
                    "inbox_waiting",
                    "rank, sent_at, open_message_id",
                    limit,
                    first,
                )?,
                "t.rank, t.sent_at, t.open_message_id",
            ),
            (_, Order::Newest) => (
                by_age("DESC")?,
                "t.rank <> 0, t.sent_at DESC, t.open_message_id DESC",
            ),
            (_, Order::Oldest) => (by_age("ASC")?, "t.rank <> 0, t.sent_at, t.open_message_id"),
        };
        let rows = self
            .conn
            .prepare_cached(&format!(
                "{SELECT} WHERE t.rowid IN (SELECT value FROM json_each(?1)) ORDER BY {sorted}"
            ))?
            .query_map([serde_json::to_string(&ids)?], QueueRow::from_row)?
            .collect::<Result<Vec<_>, _>>()?;
        let filtered = !query.pool.is_empty() || !query.assignee.is_empty() || day.is_some();
        let total = if filtered {
            self.conn
                .prepare_cached(&format!("SELECT count(*) FROM thread WHERE {within}"))?
                .query_row(used(&within).as_slice(), |r| r.get(0))?
        } else {
            counts.shown(query.folder)
        };
        Ok(Found {
            rows,
            total,
            more: false,
        })
    }

    /// When the next message comes back that is put off.
    fn back_at(&self, now: &str) -> Result<Option<String>, RecordError> {
        Ok(self
            .conn
            .prepare_cached(&format!(
                "SELECT min(later_until) FROM thread WHERE {WAITS} AND later_until > ?1"
            ))?
            .query_row([now], |r| r.get(0))?)
    }

    /// How many rows every folder has, and the pools that messages wait in.
    ///
    /// # Errors
    /// The record's.
    fn queue_counts(&self, now: &str, today: &str) -> Result<Counts, RecordError> {
        let mut waits: Vec<(MessageKind, i64, i64, i64)> = Vec::new();
        let mut pools = std::collections::BTreeSet::new();
        let kind = |name: String| MessageKind::from_name(&name).unwrap_or(MessageKind::Clinical);
        let mut stmt = self.conn.prepare_cached(
            "SELECT kind, rank, drafted, threads, pool FROM inbox_count WHERE threads > 0",
        )?;
        let mut rows = stmt.query([])?;
        while let Some(row) = rows.next()? {
            waits.push((kind(row.get(0)?), row.get(1)?, row.get(2)?, row.get(3)?));
            pools.insert(row.get::<_, String>(4)?);
        }
        pools.remove("");
        // What is put off is counted above, and taken away here: how much that is depends on the time.
        let mut later = 0;
        let mut stmt = self.conn.prepare_cached(&format!(
            "SELECT kind, rank, CASE WHEN drafted = 0 AND front_desk THEN 3 ELSE drafted END, count(*) FROM thread
             WHERE {WAITS} AND later_until IS NOT NULL AND NOT {DUE} GROUP BY 1, 2, 3"
        ))?;
        let mut rows = stmt.query(&[(":now", &now)])?;
        while let Some(row) = rows.next()? {
            let n: i64 = row.get(3)?;
            later += n;
            let name: Option<String> = row.get(0)?;
            waits.push((kind(name.unwrap_or_default()), row.get(1)?, row.get(2)?, -n));
        }
        let of = |right: &dyn Fn(MessageKind, i64, i64) -> bool| {
            let all = waits.iter().filter(|w| right(w.0, w.1, w.2));
            u32::try_from(all.map(|w| w.3).sum::<i64>()).unwrap_or(0)
        };
        let (done, sent): (u32, u32) = self
            .conn
            .prepare_cached(
                "SELECT count(*), coalesce(sum(sent), 0) FROM thread WHERE decided_at >= ?1",
            )?
            .query_row([today], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let ever: u32 = self
            .conn
            .prepare_cached("SELECT threads FROM inbox_done_count")?
            .query_row([], |r| r.get(0))?;
        let folders = Folder::all()
            .into_iter()
            .map(|folder| FolderCount {
                folder,
                rows: match folder {
                    Folder::Waiting => of(&|_, _, _| true),
                    Folder::RedFlags => of(&|_, rank, _| rank == 0),
                    Folder::Kind(k) => of(&|kind, _, _| kind == k),
                    Folder::NoDraft => {
                        of(&|_, rank, drafted| matches!(rank, 0 | 3) || matches!(drafted, 2 | 3))
                    }
                    Folder::Later => u32::try_from(later).unwrap_or(0),
                    Folder::Done => done,
                    Folder::SentToday => sent,
                    Folder::AllDone => ever,
                },
            })
            .collect();
        let flags = MessageKind::ALL
            .map(|k| (k, of(&|kind, rank, _| kind == k && rank == 0)))
            .to_vec();
        Ok(Counts {
            folders,
            flags,
            pools: pools.into_iter().collect(),
        })
    }

    /// Messages that wait and are more urgent than routine: how many rows stand before those that are not.
    ///
    /// # Errors
    /// The record's.
    pub fn urgent(&self) -> Result<u32, RecordError> {
        let counted: i64 = self
            .conn
            .prepare_cached("SELECT coalesce(sum(threads), 0) FROM inbox_count WHERE rank <= 1")?
            .query_row([], |r| r.get(0))?;
        Ok(u32::try_from(counted).unwrap_or(0))
    }

    /// Red flags that wait.
    ///
    /// # Errors
    /// The record's.
    pub fn red_flags(&self) -> Result<usize, RecordError> {
        let n: u32 = self
            .conn
            .prepare_cached(&format!(
                "SELECT count(*) FROM thread WHERE {WAITS} AND rank = 0"
            ))?
            .query_row([], |r| r.get(0))?;
        Ok(n as usize)
    }

    /// Every message that waits, the most urgent and oldest first: for the command line.
    ///
    /// # Errors
    /// The record's.
    pub fn waiting(&self) -> Result<Vec<QueueRow>, RecordError> {
        let mut stmt = self.conn.prepare_cached(&format!(
            "{SELECT} WHERE t.rowid IN (SELECT rowid FROM thread WHERE {WAITS}) ORDER BY t.rank, t.sent_at, t.open_message_id"
        ))?;
        let rows = stmt.query_map([], QueueRow::from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The message that waits first, if one does.
    ///
    /// # Errors
    /// The record's.
    pub fn first_waiting(&self, now: &str) -> Result<Option<String>, RecordError> {
        Ok(self
            .conn
            .prepare_cached(&format!(
                "SELECT open_message_id FROM thread WHERE {WAITS} AND {DUE} ORDER BY rank, sent_at, open_message_id LIMIT 1"
            ))?
            .query_row(&[(":now", &now)], |r| r.get(0))
            .optional()?)
    }

    /// Messages that wait for a first draft, at most `most` of them: no decision, no draft and no failed attempt,
    /// and not held back by the gate. And how many there are.
    ///
    /// # Errors
    /// The record's.
    pub fn undrafted(&self, most: u32) -> Result<(Vec<String>, usize), RecordError> {
        let mut stmt = self.conn.prepare_cached(&format!(
            "SELECT open_message_id FROM thread WHERE {WAITS} AND {UNDRAFTED} ORDER BY rank, sent_at, open_message_id LIMIT ?1"
        ))?;
        let ids = stmt.query_map([most], |r| r.get(0))?;
        let ids = ids.collect::<Result<_, _>>()?;
        let all: u32 = self
            .conn
            .prepare_cached(&format!(
                "SELECT count(*) FROM thread WHERE {WAITS} AND {UNDRAFTED}"
            ))?
            .query_row([], |r| r.get(0))?;
        Ok((ids, all as usize))
    }

    /// Whether a message waits for a first draft.
    ///
    /// # Errors
    /// The record's.
    pub fn is_undrafted(&self, message_id: &str) -> Result<bool, RecordError> {
        Ok(self
            .conn
            .prepare_cached(&format!(
                "SELECT EXISTS (SELECT 1 FROM thread WHERE open_message_id = ?1 AND {WAITS} AND {UNDRAFTED})"
            ))?
            .query_row([message_id], |r| r.get(0))?)
    }

    /// Puts a message off until a time, or brings it back.
    ///
    /// # Errors
    /// [`RecordError::Conflict`] for a red flag, [`RecordError::NotFound`] when it does not wait.
    pub fn put_off(
        &mut self,
        message_id: &str,
        until: Option<&str>,
        actor: &str,
        now: &str,
    ) -> Result<(), RecordError> {
        let waits = self.waits(message_id)?;
        if waits == 0 {
            return Err(RecordError::Conflict(
                "A red flag cannot be put off. Call the patient, escalate it, or close it once the patient was reached.",
            ));
        }
        let event = Event {
            at: now,
            actor,
            action: "put_off",
            subject_kind: "message",
            subject_id: message_id,
            detail: serde_json::json!({ "until": until }),
        };
        self.audited(event, |tx, _| {
            tx.execute(
                "UPDATE thread SET later_until = ?2 WHERE open_message_id = ?1",
                (message_id, until),
            )?;
            Ok(())
        })
    }

    /// Gives a message to a person; to nobody with an empty name.
    ///
    /// # Errors
    /// [`RecordError::NotFound`] when it does not wait.
    pub fn assign(
        &mut self,
        message_id: &str,
        assignee: &str,
        actor: &str,
        now: &str,
    ) -> Result<(), RecordError> {
        self.waits(message_id)?;
        let event = Event {
            at: now,
            actor,
            action: "assign",
            subject_kind: "message",
            subject_id: message_id,
            detail: serde_json::json!({ "to": assignee }),
        };
        self.audited(event, |tx, _| {
            tx.execute(
                "UPDATE thread SET assignee = ?2 WHERE open_message_id = ?1",
                (message_id, assignee),
            )?;
            Ok(())
        })
    }

    /// The rank of a message that waits.
    fn waits(&self, message_id: &str) -> Result<i64, RecordError> {
        self.conn
            .prepare_cached(&format!(
                "SELECT rank FROM thread WHERE open_message_id = ?1 AND {WAITS}"
            ))?
            .query_row([message_id], |r| r.get(0))
            .optional()?
            .ok_or(RecordError::NotFound("open message"))
    }

    /// True when no message was ever imported.
    ///
    /// # Errors
    /// The record's.
    pub fn is_empty(&self) -> Result<bool, RecordError> {
        Ok(self
            .conn
            .query_row("SELECT NOT EXISTS (SELECT 1 FROM message)", [], |r| {
                r.get(0)
            })?)
    }
}
