//! Reading the audit.

use crate::{Record, RecordError};
use rusqlite::params;
use serde::Serialize;

/// What to look for; empty fields do not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// From this time on.
    pub since: String,
    /// Who.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what, by its id; a row that shows it in a list is one, too.
    pub subject_id: String,
}

/// Actions whose rows name in their detail (`shown`) what was listed.
const LISTS: &str = "'list', 'search', 'view_safety_reports'";

/// One row of the audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditRow {
    /// Its number.
    pub seq: i64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what kind of thing.
    pub subject_kind: String,
    /// To which.
    pub subject_id: String,
    /// Hashes and counts; no patient text.
    pub detail: serde_json::Value,
    /// The row's seal.
    pub hash: String,
}

impl Record {
    /// Rows of the audit, oldest first, each given to `each` as it is read.
    ///
    /// # Errors
    /// The record's, or those of `each`.
    pub fn audit_rows<E: From<RecordError>>(
        &self,
        filter: &AuditFilter,
        mut each: impl FnMut(AuditRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!(
            "SELECT seq, at, actor, action, subject_kind, subject_id, detail, hash FROM audit
             WHERE at >= ?1 AND (?2 = '' OR actor = ?2) AND (?3 = '' OR action = ?3)
               AND (?4 = '' OR subject_id = ?4 OR (action IN ({LISTS})
                 AND EXISTS (SELECT 1 FROM json_each(detail, '$.shown') WHERE value = ?4)))
             ORDER BY seq"
        );
        let db = |e: rusqlite::Error| E::from(RecordError::from(e));
        let mut stmt = self.conn.prepare(&sql).map_err(db)?;
        let mut rows = stmt
            .query(params![
                filter.since,
                filter.actor,
                filter.action,
                filter.subject_id
            ])
            .map_err(db)?;
        while let Some(r) = rows.next().map_err(db)? {
            let detail: String = r.get(6).map_err(db)?;
            each(AuditRow {
                seq: r.get(0).map_err(db)?,
                at: r.get(1).map_err(db)?,
                actor: r.get(2).map_err(db)?,
                action: r.get(3).map_err(db)?,
                subject_kind: r.get(4).map_err(db)?,
                subject_id: r.get(5).map_err(db)?,
                detail: serde_json::from_str(&detail).map_err(|e| E::from(RecordError::from(e)))?,
                hash: r.get(7).map_err(db)?,
            })?;
        }
        Ok(())
    }
}
