//! What a second history of a record may do to it: each must be found, with its place.

use super::*;

fn viewed(record: &mut Record, message: &str, at: &str) {
    record
        .note(
            at,
            "ada",
            "view",
            ("message", message),
            serde_json::json!({}),
        )
        .expect("noted");
}

fn with_rows(dir: &std::path::Path, rows: usize) -> std::path::PathBuf {
    let path = dir.join("record.db");
    let mut record = open(&path).expect("opens");
    for i in 0..rows {
        viewed(&mut record, &format!("m{i}"), "2026-11-22T12:00:00Z");
    }
    path
}

fn forged(path: &std::path::Path, sql: &str) -> AuditBreak {
    let record = open(path).expect("opens");
    record
        .conn
        .execute_batch(&format!(
            "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; DROP TRIGGER audit_in_order; {sql}"
        ))
        .expect("forged");
    record.verify_audit(&[]).expect("reads").expect_err("found")
}

#[test]
fn case_40_an_edit_a_deletion_a_reordering_and_a_cut_tail_are_found_with_their_place() {
    for (sql, seq) in [
        ("UPDATE audit SET actor = 'eve' WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 3", 4),
        (
            "UPDATE audit SET seq = 99 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 99",
            2,
        ),
        ("DELETE FROM audit WHERE seq > 4", 5),
        (
            "UPDATE audit SET hash = (SELECT hash FROM audit WHERE seq = 1) WHERE seq = 5",
            5,
        ),
    ] {
        let dir = tempfile::tempdir().expect("dir");
        let path = with_rows(dir.path(), 5);
        assert_eq!(forged(&path, sql).seq, seq, "{sql}");
    }
}

#[test]
fn case_35_an_older_record_put_back_is_found_by_the_anchor_and_by_a_signed_head() {
    let dir = tempfile::tempdir().expect("dir");
    let path = with_rows(dir.path(), 3);
    let older = std::fs::read(&path).expect("read");
    let mut record = open(&path).expect("opens");
    for _ in 0..2 {
        viewed(&mut record, "m", "2026-11-22T12:00:00Z");
    }
    let head = record
        .signed_head("root", "2026-11-22T12:00:00Z")
        .expect("signed");
    assert!(
        record
            .verify_audit(std::slice::from_ref(&head))
            .expect("reads")
            .is_ok()
    );
    let mut changed = head.clone();
    changed.rows += 1;
    assert!(record.verify_audit(&[changed]).expect("reads").is_err());
    drop(record);
    std::fs::write(&path, older).expect("put back");
    // Opening it anew does not hide it, and neither does working on.
    drop(open(&path).expect("opens"));
    let mut record = open(&path).expect("opens");
    assert_eq!(
        record
            .verify_audit(&[])
            .expect("reads")
            .expect_err("found")
            .seq,
        4
    );
    record
        .acknowledge_mismatch("the disk was restored", "root", "2026-11-23T12:00:00Z")
        .expect("acknowledged");
    assert!(record.verify_audit(&[]).expect("reads").is_ok());
    assert!(
        record
            .verify_audit(std::slice::from_ref(&head))
            .expect("reads")
            .is_err(),
        "a signed head is not acknowledged away"
    );
    // With the anchor taken away a row says that it was.
    drop(record);
    std::fs::remove_file(path.with_extension("head")).expect("removed");
    let record = open(&path).expect("opens");
    assert!(record.verify_audit(&[]).expect("reads").is_err());
}

#[test]
fn case_35_a_removed_log_is_found_when_it_held_decisions() {
    let dir = tempfile::tempdir().expect("dir");
    let path = with_rows(dir.path(), 3);
    let mut record = open(&path).expect("opens");
    viewed(&mut record, "m", "2026-11-22T12:00:00Z");
    // As after a kill: the log is there and was not written back.
    let (db, head) = (
        std::fs::read(&path).expect("db"),
        std::fs::read(path.with_extension("head")).expect("head"),
    );
    drop(record);
    std::fs::write(&path, db).expect("db");
    std::fs::write(path.with_extension("head"), head).expect("head");
    let record = open(&path).expect("opens");
    assert!(record.verify_audit(&[]).expect("reads").is_err());
}

#[test]
fn a_purge_leaves_a_stub_that_the_rest_follows_and_that_cannot_be_changed() {
    let dir = tempfile::tempdir().expect("dir");
    let path = with_rows(dir.path(), 4);
    let mut record = open(&path).expect("opens");
    viewed(&mut record, "m", "2033-01-01T00:00:00Z");
    let gone = record
        .purge_audit("2032-01-01T00:00:00Z", "root", "2033-01-02T00:00:00Z")
        .expect("purged");
    assert_eq!(gone, 4);
    let head = record.verify_audit(&[]).expect("reads").expect("holds");
    assert_eq!(head.rows, 6);
    record
        .conn
        .execute("UPDATE audit_stub SET hash = 'x'", [])
        .expect("forged");
    assert!(record.verify_audit(&[]).expect("reads").is_err());
}

#[test]
fn a_head_from_before_a_purge_is_still_compared() {
    let dir = tempfile::tempdir().expect("dir");
    let path = with_rows(dir.path(), 4);
    let mut record = open(&path).expect("opens");
    let head = record
        .signed_head("root", "2026-11-22T12:00:00Z")
        .expect("signed");
    viewed(&mut record, "m", "2033-01-01T00:00:00Z");
    record
        .purge_audit("2032-01-01T00:00:00Z", "root", "2033-01-02T00:00:00Z")
        .expect("purged");
    record
        .verify_audit(std::slice::from_ref(&head))
        .expect("reads")
        .expect("holds");
    // Another history with its rows purged does not hold the row that was signed.
    record
        .conn
        .execute("UPDATE audit_signed SET hash = 'x'", [])
        .expect("forged");
    let broken = record
        .verify_audit(&[head])
        .expect("reads")
        .expect_err("found");
    assert_eq!(broken.seq, 5);
}

#[test]
fn a_reply_feedback_or_draft_changed_after_its_decision_is_found() {
    for forged in [
        "UPDATE outbox SET text = 'Take all of them.'",
        "DELETE FROM outbox",
        "UPDATE decision SET undone_at = '2026-11-22T12:00:05Z'; DELETE FROM outbox",
        "UPDATE feedback SET final_text = 'Take all of them.'",
        "UPDATE feedback SET reasons = '[]'",
        "DELETE FROM feedback",
        "UPDATE feedback SET decision = 'accepted_unedited', hash = 'x'",
        "UPDATE feedback SET dwell_ms = 90000",
        "UPDATE feedback SET model_sha256 = 'another', consent_train = 1",
        "UPDATE feedback SET is_seeded = 1",
        "UPDATE decision SET final_text = 'Take all of them.'",
        "UPDATE decision SET kind = 'escalated'",
        "UPDATE decision SET reviewer_id = 'somebody'",
        "INSERT INTO decision (message_id, kind, start_mode, reviewer_id, decided_at, undo_until, undone_at)
           VALUES ('m1', 'discarded', 'blank', 'x', '2026-11-22T12:00:00Z', '2026-11-22T12:00:00Z', '2026-11-22T12:00:00Z')",
        "UPDATE outbox SET message_id = 'm2'",
    ] {
        let mut record = filled();
        record.decide(&decision(None)).expect("decided");
        record.verify_audit(&[]).expect("reads").expect("holds");
        record.conn.execute_batch(forged).expect("forged");
        let broken = record.verify_audit(&[]).expect("reads").expect_err(forged);
        assert!(broken.why.contains("decision"), "{forged}: {}", broken.why);
    }
    // An undone one left the outbox, and holds; it does not come back by itself, nor does a reply of it.
    for forged in [
        "",
        "UPDATE decision SET undone_at = NULL",
        "INSERT INTO outbox (decision_id, message_id, text, due_at) VALUES (1, 'm1', 'Take all of them.', '2026-11-22T12:00:10Z')",
    ] {
        let mut record = filled();
        let id = record.decide(&decision(None)).expect("decided");
        record
            .undo(id, "tester", "2026-11-22T12:00:05Z", &routine)
            .expect("undone");
        record.conn.execute_batch(forged).expect("forged");
        let verified = record.verify_audit(&[]).expect("reads");
        assert_eq!(verified.is_ok(), forged.is_empty(), "{forged}");
    }
}

#[test]
fn ratings_practice_and_safety_reports_stay_as_they_were_made_and_a_forged_one_is_found() {
    let made = || {
        let mut record = filled();
        record.keep_draft(&draft()).expect("kept");
        let id = record.decide(&decision(None)).expect("decided");
        for stars in [2, 4] {
            let rating = contract::Rating {
                stars: Some(stars),
                reasons: vec![contract::Reason::TooLong],
            };
            record
                .rate(id, &rating, "tester", "2026-11-22T12:01:00Z")
                .expect("rated");
        }
        let report = crate::NewSafetyReport {
            message_id: Some("m1".into()),
            draft_id: Some(1),
            words: "A dose is invented.".into(),
            reply: "Please rest.".into(),
            reporter_id: "tester".into(),
            reported_at: "2026-11-22T12:02:00Z".into(),
        };
        record.report_safety(&report).expect("reported");
        let practised = crate::Practised {
            case_id: "a-case".into(),
            training: true,
            reason: contract::Reason::Inaccurate,
            kind: contract::DecisionKind::Edited,
            final_text: Some("Take two.".into()),
            caught: false,
            dwell_ms: Some(9000),
            reviewer_id: "tester".into(),
            decided_at: "2026-11-22T12:03:00Z".into(),
        };
        record.practised(&practised).expect("kept");
        record.verify_audit(&[]).expect("reads").expect("holds");
        record
    };
    let forgeries = [
        ("rating", "UPDATE rating SET stars = 5"),
        ("rating", "DELETE FROM rating WHERE id = 2"),
        (
            "safety_report",
            "UPDATE safety_report SET words = 'all is well'",
        ),
        ("safety_report", "DELETE FROM safety_report"),
        ("practice", "UPDATE practice SET caught = 1"),
        ("practice", "DELETE FROM practice"),
    ];
    for (table, forged) in forgeries {
        let record = made();
        record
            .conn
            .execute_batch(forged)
            .expect_err("a trigger is in the way");
        // Somebody with tools of their own takes the trigger away first.
        record
            .conn
            .execute_batch(&format!(
                "DROP TRIGGER {table}_no_update; DROP TRIGGER {table}_no_delete; {forged}"
            ))
            .expect("forged");
        let broken = record.verify_audit(&[]).expect("reads").expect_err(forged);
        assert!(
            broken.why.contains("changed, is missing"),
            "{forged}: {}",
            broken.why
        );
    }
    for forged in [
        "INSERT INTO rating (decision_id, stars, reasons, reviewer_id, rated_at) VALUES (1, 5, '[]', 'x', 'y')",
        "UPDATE draft SET model_sha256 = 'another'",
        "INSERT INTO practice (case_id, training, reason, decision, caught, reviewer_id, decided_at) VALUES ('x', 0, 'inaccurate', 'discarded', 1, 'y', 'z')",
    ] {
        let record = made();
        record.conn.execute_batch(forged).expect("forged");
        record.verify_audit(&[]).expect("reads").expect_err(forged);
    }
}
