//! The search: over everything that was written, and over what stands in the charts.

use crate::queue::{Found, QueueRow, SELECT, WAITS};
use crate::{Record, RecordError};
use contract::QueueQuery;

/// Messages that a search gives for each step that it goes back.
const FOUND: u32 = 300;
/// Most that it gives, however far it goes.
const MOST_FOUND: u32 = 30_000;

/// A search as FTS5 reads it: every word, each as a beginning. Nothing that is typed is an operator.
fn matching(words: &str) -> Option<String> {
    let words: Vec<String> = words
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .take(12)
        .map(|w| format!("\"{w}\"*"))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

impl Record {
    /// What the words of a query find; none where it has no words.
    ///
    /// # Errors
    /// The record's.
    pub(crate) fn searched(&self, query: &QueueQuery) -> Result<Option<Found>, RecordError> {
        let words = matching(&query.search);
        words.map(|w| self.found(&w, query)).transpose()
    }

    /// Threads in which words are found; red flags that wait are before them. What is found in what was written comes before
    /// what is found with the help of the chart, and of either the newest first, as far back as was asked. It goes through every
    /// folder; the pool and the person that the queue is narrowed to stay, as they stand above it, but for red flags that wait.
    fn found(&self, words: &str, query: &QueueQuery) -> Result<Found, RecordError> {
        let most = FOUND.saturating_mul(query.depth.max(1)).min(MOST_FOUND) as usize;
        let hits = |matching: &str| {
            let sql = "SELECT rowid FROM search WHERE search MATCH ?1 ORDER BY rowid DESC LIMIT ?2";
            let mut stmt = self.conn.prepare_cached(sql)?;
            let ids = stmt.query_map((matching, most as i64 + 1), |r| r.get::<_, i64>(0))?;
            let mut ids = ids.collect::<Result<Vec<_>, _>>()?;
            let more = ids.len() > most;
            ids.truncate(most);
            Ok::<_, RecordError>((ids, more))
        };
        let mut ids = self.of_id(query.search.trim(), most)?;
        let (found, mut more) = hits(&format!("{{patient subject body reply}} : ({words})"))?;
        ids.extend(found);
        let written = ids.len();
        if !more {
            let found;
            (found, more) = hits(words)?;
            ids.extend(found);
        }
        let rows = self
            .conn
            .prepare_cached(&format!(
                "WITH hit (thread_id, late) AS (
                     SELECT m.thread_id, min(j.key >= ?2) FROM json_each(?1) j
                     JOIN search_row r ON r.id = j.value JOIN message m ON m.id = r.message_id GROUP BY 1),
                 candidate (at, late) AS (
                     SELECT t.rowid, h.late FROM hit h JOIN thread t ON t.id = h.thread_id
                     UNION ALL SELECT rowid, 0 FROM thread WHERE {WAITS} AND rank = 0)
                 SELECT t.rowid FROM candidate c JOIN thread t ON t.rowid = c.at
                 WHERE t.open_message_id IS NOT NULL
                   AND (?3 IN ('', t.pool) AND ?4 IN ('', t.assignee) OR t.rank = 0 AND t.decided_at IS NULL)
                 GROUP BY t.rowid
                 ORDER BY NOT (t.rank = 0 AND t.decided_at IS NULL), min(c.late), t.decided_at IS NOT NULL, t.sent_at DESC, t.rowid"
            ))?
            .query_map(
                (serde_json::to_string(&ids)?, written as i64, &query.pool, &query.assignee),
                |r| r.get(0),
            )?
            .collect::<Result<Vec<i64>, _>>()?;
        let total = rows.len() as u32;
        let page: Vec<i64> = rows
            .into_iter()
            .skip(query.offset as usize)
            .take(query.limit as usize)
            .collect();
        let rows = self
            .conn
            .prepare_cached(&format!(
                "{SELECT} WHERE t.rowid IN (SELECT value FROM json_each(?1))
                 ORDER BY (SELECT key FROM json_each(?1) WHERE value = t.rowid)"
            ))?
            .query_map([serde_json::to_string(&page)?], QueueRow::from_row)?
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Found { rows, total, more })
    }

    /// Messages in the search of which a text is the id, or the id of the patient.
    fn of_id(&self, id: &str, most: usize) -> Result<Vec<i64>, RecordError> {
        let ids = self
            .conn
            .prepare_cached(
                "SELECT id FROM search_row WHERE message_id = ?1
                 OR message_id IN (SELECT id FROM message WHERE patient_id = ?1) ORDER BY id DESC LIMIT ?2",
            )?
            .query_map((id, most as i64), |r| r.get(0))?
            .collect::<Result<Vec<_>, _>>()?;
        Ok(ids)
    }
}
