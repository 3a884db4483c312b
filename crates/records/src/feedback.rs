//! The feedback row of every decision: what the draft was, what it became, how
//! it was reviewed. Rows are chained like the audit, so that learning data is
//! accounted for too.

use crate::audit::{seal, seal_columns};
use crate::drafts::DraftOutcome;
use crate::{NewDecision, NewDraft, Record, RecordError, measure};
use contract::{DecisionKind, Reason};
use rusqlite::{OptionalExtension, Row, Transaction, params};

/// A feedback row in force (its decision was not undone), for exports.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[expect(
    missing_docs,
    reason = "the columns are named and explained in the project's feedback row; see the README"
)]
pub struct FeedbackRow {
    pub id: i64,
    pub decision_id: i64,
    pub message_id: String,
    pub draft_id: Option<i64>,
    pub reviewer_id: String,
    pub model_sha256: Option<String>,
    pub prompt_version: Option<String>,
    pub seed: Option<i64>,
    pub context_hash: Option<String>,
    pub decision: DecisionKind,
    pub start_mode: String,
    pub draft_text: Option<String>,
    pub final_text: Option<String>,
    pub lev_chars: Option<i64>,
    pub lev_norm: Option<f64>,
    pub rouge1_f: Option<f64>,
    pub words_draft: Option<i64>,
    pub words_final: Option<i64>,
    pub grade_draft: Option<f64>,
    pub grade_final: Option<f64>,
    pub pct_draft_kept: Option<f64>,
    pub read_ms: Option<i64>,
    pub edit_ms: Option<i64>,
    pub dwell_ms: Option<i64>,
    pub scrolled_to_end: Option<bool>,
    pub opened_context: Option<bool>,
    pub reasons: Vec<Reason>,
    pub stars: Option<i64>,
    pub rated_reasons: Vec<Reason>,
    pub is_seeded: bool,
    pub consent_train: Option<bool>,
    pub deid_status: Option<String>,
    pub created_at: String,
    pub hash: String,
}

/// The columns of how a decision was reviewed and what of: what is not in the row's own hash. The audit's row seals them.
pub(crate) const REVIEW: [&str; 22] = [
    "draft_id",
    "model_sha256",
    "prompt_version",
    "seed",
    "context_hash",
    "start_mode",
    "lev_chars",
    "lev_norm",
    "rouge1_f",
    "words_draft",
    "words_final",
    "grade_draft",
    "grade_final",
    "pct_draft_kept",
    "read_ms",
    "edit_ms",
    "dwell_ms",
    "scrolled_to_end",
    "opened_context",
    "is_seeded",
    "consent_train",
    "deid_status",
];

/// Keeps the row; gives its hash and that of [`REVIEW`], which the decision's audit row seals.
pub(crate) fn keep(
    tx: &Transaction<'_>,
    decision_id: i64,
    d: &NewDecision,
    draft: Option<&NewDraft>,
) -> Result<(String, String), RecordError> {
    let (draft_text, context_hash) = match draft.map(|x| &x.outcome) {
        Some(DraftOutcome::Text {
            text, context_hash, ..
        }) => (Some(text.as_str()), Some(context_hash.as_str())),
        _ => (None, None),
    };
    let final_text = d.final_text.as_deref();
    let both = draft_text.zip(final_text);
    let lev = both.map(|(a, b)| measure::edit_distance(a, b));
    let longest = both.map(|(a, b)| a.chars().count().max(b.chars().count()).max(1));
    let count = |t: Option<&str>| t.map(|t| measure::words(t).len() as i64);
    let reasons = serde_json::to_string(&d.reasons)?;
    let prev_hash: String = tx
        .query_row(
            "SELECT hash FROM feedback ORDER BY id DESC LIMIT 1",
            [],
            |r| r.get(0),
        )
        .optional()?
        .unwrap_or_else(|| "countersign-feedback-1".into());
    let hash = seal(
        &prev_hash,
        &[
            &decision_id.to_string(),
            &d.message_id,
            &d.reviewer_id,
            d.kind.as_str(),
            draft_text.unwrap_or(""),
            final_text.unwrap_or(""),
            &reasons,
            &d.decided_at,
        ],
    );
    // Seeds are unsigned and SQLite's integers are not; the bits are kept.
    let seed = draft.map(|x| x.sampling.seed.cast_signed());
    tx.prepare_cached(
        "INSERT INTO feedback (decision_id, message_id, draft_id, reviewer_id, model_sha256, prompt_version, seed, context_hash,
           decision, start_mode, draft_text, final_text, lev_chars, lev_norm, rouge1_f, words_draft, words_final,
           grade_draft, grade_final, pct_draft_kept, read_ms, edit_ms, dwell_ms, scrolled_to_end, opened_context,
           reasons, created_at, prev_hash, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23,
           ?24, ?25, ?26, ?27, ?28, ?29)",
    )?
    .execute(params![
        decision_id,
        d.message_id,
        d.draft_id,
        d.reviewer_id,
        draft.map(|x| x.model_sha256.as_str()),
        draft.map(|x| x.prompt_version.as_str()),
        seed,
        context_hash,
        d.kind.as_str(),
        d.start_mode.as_str(),
        draft_text,
        final_text,
        lev.map(|n| n as i64),
        lev.zip(longest).map(|(n, l)| n as f64 / l as f64),
        both.map(|(a, b)| measure::rouge1_f(a, b)),
        count(draft_text),
        count(final_text),
        d.grade_draft,
        d.grade_final,
        both.map(|(a, b)| measure::kept(a, b)),
        d.read_ms,
        d.edit_ms,
        d.dwell_ms,
        d.scrolled_to_end,
        d.opened_context,
        reasons,
        d.decided_at,
        prev_hash,
        hash,
    ])?;
    let review = tx
        .prepare_cached(&format!(
            "SELECT {} FROM feedback WHERE decision_id = ?1",
            REVIEW.join(", ")
        ))?
        .query_row([decision_id], |r| seal_columns(r, 0..REVIEW.len()))?;
    Ok((hash, review))
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<FeedbackRow> {
    let unknown = |i| {
        rusqlite::Error::FromSqlConversionFailure(
            i,
            rusqlite::types::Type::Text,
            "unknown name".into(),
        )
    };
    let decision: String = row.get("decision")?;
    let reasons: String = row.get("reasons")?;
    let rated: Option<String> = row.get("rated_reasons")?;
    Ok(FeedbackRow {
        id: row.get("id")?,
        decision_id: row.get("decision_id")?,
        message_id: row.get("message_id")?,
        draft_id: row.get("draft_id")?,
        reviewer_id: row.get("reviewer_id")?,
        model_sha256: row.get("model_sha256")?,
        prompt_version: row.get("prompt_version")?,
        seed: row.get("seed")?,
        context_hash: row.get("context_hash")?,
        decision: DecisionKind::from_name(&decision).ok_or_else(|| unknown(0))?,
        start_mode: row.get("start_mode")?,
        draft_text: row.get("draft_text")?,
        final_text: row.get("final_text")?,
        lev_chars: row.get("lev_chars")?,
        lev_norm: row.get("lev_norm")?,
        rouge1_f: row.get("rouge1_f")?,
        words_draft: row.get("words_draft")?,
        words_final: row.get("words_final")?,
        grade_draft: row.get("grade_draft")?,
        grade_final: row.get("grade_final")?,
        pct_draft_kept: row.get("pct_draft_kept")?,
        read_ms: row.get("read_ms")?,
        edit_ms: row.get("edit_ms")?,
        dwell_ms: row.get("dwell_ms")?,
        scrolled_to_end: row.get("scrolled_to_end")?,
        opened_context: row.get("opened_context")?,
        reasons: serde_json::from_str(&reasons).map_err(|_| unknown(0))?,
        stars: row.get("stars")?,
        rated_reasons: rated
            .map_or_else(|| Ok(Vec::new()), |r| serde_json::from_str(&r))
            .map_err(|_| unknown(0))?,
        is_seeded: row.get("is_seeded")?,
        consent_train: row.get("consent_train")?,
        deid_status: row.get("deid_status")?,
        created_at: row.get("created_at")?,
        hash: row.get("hash")?,
    })
}

/// Feedback of the decisions in force whose undo window is over at `?1`, with the newest rating of each.
const FINAL: &str = "
    SELECT f.*, r.stars, r.reasons AS rated_reasons FROM feedback f JOIN decision d ON d.id = f.decision_id
    LEFT JOIN rating r ON r.id = (SELECT max(id) FROM rating WHERE decision_id = d.id)
    WHERE d.undone_at IS NULL AND d.undo_until < ?1";

impl Record {
    /// One row of [`Record::feedback`] by its number.
    ///
    /// # Errors
    /// The record's.
    pub fn feedback_row(&self, id: i64, now: &str) -> Result<Option<FeedbackRow>, RecordError> {
        let mut stmt = self
            .conn
            .prepare_cached(&format!("{FINAL} AND d.corrects IS NULL AND f.id = ?2"))?;
        Ok(stmt.query_row(params![now, id], from_row).optional()?)
    }

    /// Feedback of the decisions in force whose undo window is over at `now`, oldest first. A correction answers no message,
    /// so that nothing is learnt from it, and it is not among them.
    ///
    /// # Errors
    /// The record's.
    pub fn feedback(&self, now: &str) -> Result<Vec<FeedbackRow>, RecordError> {
        self.rows("AND d.corrects IS NULL", now)
    }

    /// The same with the corrections of sent replies: all that goes out.
    ///
    /// # Errors
    /// The record's.
    pub fn feedback_and_corrections(&self, now: &str) -> Result<Vec<FeedbackRow>, RecordError> {
        self.rows("", now)
    }

    fn rows(&self, which: &str, now: &str) -> Result<Vec<FeedbackRow>, RecordError> {
        let mut stmt = self
            .conn
            .prepare_cached(&format!("{FINAL} {which} ORDER BY f.id"))?;
        let rows = stmt.query_map([now], from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
