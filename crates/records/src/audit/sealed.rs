//! What the tables of decisions, ratings and reports say, held against the rows of the audit that sealed them.

use super::seal;
use crate::{RecordError, feedback, practice, safety};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde_json::Value;

/// A row of the audit, and what is wrong with what it sealed.
pub(super) type Wrong = (i64, &'static str);

/// The seal of a row's columns, whatever their kinds: a value that is missing is none that is empty, and a number is its bits.
pub(crate) fn seal_columns(
    row: &rusqlite::Row<'_>,
    columns: std::ops::Range<usize>,
) -> rusqlite::Result<String> {
    let texts: Vec<String> = columns
        .map(|i| {
            Ok(match row.get_ref(i)? {
                ValueRef::Null => "-".to_owned(),
                ValueRef::Integer(n) => format!("+{n}"),
                ValueRef::Real(x) => format!("+{}", x.to_bits()),
                ValueRef::Text(t) | ValueRef::Blob(t) => format!("+{}", String::from_utf8_lossy(t)),
            })
        })
        .collect::<rusqlite::Result<_>>()?;
    let fields: Vec<&str> = texts.iter().map(String::as_str).collect();
    Ok(seal("columns", &fields))
}

/// The first thing that is not as the audit has it. `through` is the last row that was purged, `end` the last there is.
pub(super) fn first_wrong(
    conn: &Connection,
    through: i64,
    end: i64,
) -> Result<Option<Wrong>, RecordError> {
    if let Some(wrong) = decisions(conn)? {
        return Ok(Some(wrong));
    }
    if let Some(why) = strangers(conn, through)? {
        return Ok(Some((end, why)));
    }
    if let Some(wrong) = ratings(conn, through, end)? {
        return Ok(Some(wrong));
    }
    if let Some(wrong) = practised(conn, through, end)? {
        return Ok(Some(wrong));
    }
    reports(conn, through, end)
}

/// The first decision that is not what its row sealed: what was decided and by whom, its feedback, its reply, and whether
/// it was undone.
fn decisions(conn: &Connection) -> Result<Option<Wrong>, RecordError> {
    let review = feedback::REVIEW.map(|c| format!("f.{c}")).join(", ");
    let mut stmt = conn.prepare(&format!(
        "WITH undone AS MATERIALIZED (
           SELECT json_extract(detail, '$.decision') AS decision, max(at) AS at FROM audit WHERE action = 'undo' GROUP BY 1
         )
         SELECT a.seq, json_extract(a.detail, '$.final_sha256'), json_extract(a.detail, '$.feedback_sha256'),
           json_extract(a.detail, '$.draft_sha256'), json_extract(a.detail, '$.review_sha256'), o.text, u.at, d.undone_at,
           d.kind, d.final_text, d.message_id, d.reviewer_id,
           f.prev_hash, f.hash, f.decision_id, f.message_id, f.reviewer_id, f.decision, f.draft_text, f.final_text, f.reasons, f.created_at,
           {review}
         FROM audit a
         LEFT JOIN decision d ON d.id = json_extract(a.detail, '$.decision')
         LEFT JOIN undone u ON u.decision = d.id
         LEFT JOIN outbox o ON o.decision_id = d.id
         LEFT JOIN feedback f ON f.decision_id = d.id
         WHERE a.action = 'decide' ORDER BY a.seq"
    ))?;
    let mut rows = stmt.query([])?;
    while let Some(r) = rows.next()? {
        let seq: i64 = r.get(0)?;
        let text = |i: usize| r.get::<_, Option<String>>(i);
        // Rows of the first version sealed less.
        let Some(sealed) = text(2)? else { continue };
        let wrong = |why| Ok(Some((seq, why)));
        let fields: Vec<String> = (15..22)
            .map(|i| text(i).map(Option::unwrap_or_default))
            .collect::<Result<_, _>>()?;
        let id: Option<i64> = r.get(14)?;
        let id = id.map(|n| n.to_string()).unwrap_or_default();
        let mut all = vec![id.as_str()];
        all.extend(fields.iter().map(String::as_str));
        let reviewed = match text(4)? {
            Some(sealed) => seal_columns(r, 22..22 + feedback::REVIEW.len())? == sealed,
            // A decision of an earlier version sealed its texts alone.
            None => true,
        };
        if seal(&text(12)?.unwrap_or_default(), &all) != sealed
            || text(13)?.as_ref() != Some(&sealed)
            || !reviewed
        {
            return wrong("the feedback of its decision was changed or is missing");
        }
        // The feedback is what was sealed, and the decision says the same.
        for (decision, feedback) in [(8, 17), (9, 19), (10, 15), (11, 16)] {
            if text(decision)?.unwrap_or_default() != text(feedback)?.unwrap_or_default() {
                return wrong("its decision was changed");
            }
        }
        let hash = |t: Option<String>| t.map(|t| seal("text", &[&t]));
        if hash(text(18)?) != text(3)? {
            return wrong("the draft of its decision is not the one that was decided on");
        }
        let undone = text(6)?;
        if undone != text(7)? {
            return wrong(
                "its decision was undone, or put back in force, without a row of the audit",
            );
        }
        let outgoing = hash(text(5)?);
        // An undone reply left the outbox.
        if outgoing != if undone.is_some() { None } else { text(1)? } {
            return wrong("the reply of its decision is not the one that was signed off");
        }
    }
    Ok(None)
}

/// What is on record and no row of the audit tells of. Decisions from before a purge have lost theirs.
fn strangers(conn: &Connection, through: i64) -> Result<Option<&'static str>, RecordError> {
    let since: String = if through > 0 {
        conn.query_row("SELECT coalesce(min(at), '') FROM audit", [], |r| r.get(0))?
    } else {
        String::new()
    };
    let there = |sql: &str, since: Option<&str>| -> Result<bool, RecordError> {
        let mut stmt = conn.prepare(sql)?;
        Ok(match since {
            Some(since) => stmt.exists([since])?,
            None => stmt.exists([])?,
        })
    };
    // Rows of the first version name the message and no decision.
    let decisions = "WITH told AS MATERIALIZED (
           SELECT json_extract(detail, '$.decision') AS id, subject_id FROM audit WHERE action = 'decide'
         )
         SELECT 1 FROM decision d LEFT JOIN told t ON t.id = d.id
         LEFT JOIN told old ON old.subject_id = d.message_id AND old.id IS NULL
         WHERE t.subject_id IS NULL AND old.subject_id IS NULL AND d.decided_at >= ?1";
    if there(decisions, Some(&since))? {
        return Ok(Some(
            "a decision is on record that no row of the audit tells of",
        ));
    }
    for sql in [
        "SELECT 1 FROM outbox o LEFT JOIN decision d ON d.id = o.decision_id AND d.message_id = o.message_id WHERE d.id IS NULL",
        "SELECT 1 FROM feedback f LEFT JOIN decision d ON d.id = f.decision_id WHERE d.id IS NULL",
    ] {
        if there(sql, None)? {
            return Ok(Some(
                "a reply or feedback is on record that belongs to no decision",
            ));
        }
    }
    Ok(None)
}

/// The audit's rows of an action: number and detail, in order.
fn told(conn: &Connection, action: &str) -> Result<Vec<(i64, Value)>, RecordError> {
    let mut stmt = conn.prepare("SELECT seq, detail FROM audit WHERE action = ?1 ORDER BY seq")?;
    let rows = stmt.query_map([action], |r| Ok((r.get(0)?, r.get::<_, String>(1)?)))?;
    rows.map(|r| {
        let (seq, detail) = r?;
        Ok((seq, serde_json::from_str(&detail)?))
    })
    .collect()
}

/// Holds the rows of a table, each with what is to be in its row of the audit, against those rows. Both are only ever added
/// to, so the last ones belong together; before a purge there are more of the one.
fn held(
    told: &[(i64, Value)],
    kept: &[Vec<(&str, Value)>],
    (through, end): (i64, i64),
    why: &'static str,
) -> Option<Wrong> {
    let surplus = kept.len().checked_sub(told.len());
    let Some(surplus) = surplus.filter(|n| *n == 0 || through > 0) else {
        return Some((told.last().map_or(end, |t| t.0), why));
    };
    told.iter()
        .zip(&kept[surplus..])
        .find(|((_, detail), fields)| fields.iter().any(|(name, value)| detail[*name] != *value))
        .map(|((seq, _), _)| (*seq, why))
}

fn ratings(conn: &Connection, through: i64, end: i64) -> Result<Option<Wrong>, RecordError> {
    let mut stmt = conn.prepare("SELECT decision_id, stars, reasons FROM rating ORDER BY id")?;
    let rows = stmt.query_map([], |r| {
        Ok((
            r.get::<_, i64>(0)?,
            r.get::<_, Option<i64>>(1)?,
            r.get::<_, String>(2)?,
        ))
    })?;
    let kept = rows
        .map(|r| {
            let (decision, stars, reasons) = r?;
            Ok(vec![
                ("decision", decision.into()),
                ("stars", stars.into()),
                (
                    "reasons",
                    serde_json::from_str(&reasons).unwrap_or_default(),
                ),
            ])
        })
        .collect::<Result<Vec<_>, RecordError>>()?;
    Ok(held(
        &told(conn, "rate")?,
        &kept,
        (through, end),
        "a rating was changed, is missing, or was put in",
    ))
}

fn practised(conn: &Connection, through: i64, end: i64) -> Result<Option<Wrong>, RecordError> {
    let sql = format!("SELECT {}, id FROM practice ORDER BY id", practice::SEALED);
    let mut stmt = conn.prepare(&sql)?;
    let rows = stmt.query_map([], |r| {
        Ok(vec![
            ("practice", r.get::<_, i64>(practice::COLUMNS)?.into()),
            (
                "practice_sha256",
                seal_columns(r, 0..practice::COLUMNS)?.into(),
            ),
        ])
    })?;
    let kept = rows.collect::<Result<Vec<_>, _>>()?;
    Ok(held(
        &told(conn, "practise")?,
        &kept,
        (through, end),
        "what somebody did in practice was changed, is missing, or was put in",
    ))
}

fn reports(conn: &Connection, through: i64, end: i64) -> Result<Option<Wrong>, RecordError> {
    let mut stmt = conn.prepare(&format!(
        "SELECT s.id, s.draft_id, s.words, s.reply, {} FROM safety_report s LEFT JOIN draft d ON d.id = s.draft_id ORDER BY s.id",
        safety::provenance_columns()
    ))?;
    let rows = stmt.query_map([], |r| {
        let text = |i: usize| r.get::<_, String>(i).map(|t| seal("text", &[&t]));
        Ok(vec![
            ("report", r.get::<_, i64>(0)?.into()),
            ("draft", r.get::<_, Option<i64>>(1)?.into()),
            ("words_sha256", text(2)?.into()),
            ("reply_sha256", text(3)?.into()),
            (
                "provenance_sha256",
                seal_columns(r, 4..4 + safety::PROVENANCE.len())?.into(),
            ),
        ])
    })?;
    let kept = rows.collect::<Result<Vec<_>, _>>()?;
    Ok(held(
        &told(conn, "safety_report")?,
        &kept,
        (through, end),
        "a safety report, or the draft it is about, was changed, is missing, or was put in",
    ))
}
