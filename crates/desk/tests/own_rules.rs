//! A clinic's own rules: in force at once for what waits, kept, audited, and refused whole.

mod support;

use contract::{Code, DraftState, Gate, Licence, QueueQuery, Role, Unlock, Urgency};
use desk::AuditFilter;
use support::{Bench, PASSPHRASE, Times, closed, made};

const OWN: &str = r#"
fallback = "Call the unit at once."
[[rule]]
id = "our-pump"
title = "Home infusion pump alarm"
urgency = "emergency"
source = "Our policy 12.3"
any = ['pump says occlusion']
fires = ["The pump says occlusion"]
silent = ["Can I take the pump on a plane?"]
"#;
const CSV: &str = "message_id,patient_id,sent_at,sender_role,body\n\
    m1,p1,2026-11-20T09:00:00Z,patient,The pump says occlusion since noon.\n\
    m2,p2,2026-11-20T09:00:00Z,patient,Why was I billed twice for March?\n";

fn passphrase(user: &str) -> Unlock {
    Unlock::Passphrase {
        user: user.into(),
        passphrase: PASSPHRASE.into(),
    }
}

#[test]
fn what_waits_is_triaged_again_and_a_reopened_record_keeps_the_rules() {
    let (dir, times) = (tempfile::tempdir().expect("a folder"), Times::new());
    let desk = made(dir.path(), &times, "tester");
    let csv = dir.path().join("in.csv");
    std::fs::write(&csv, CSV).expect("written");
    desk.import_file(&csv).expect("imports");
    let urgency = |desk: &desk::Desk| desk.open_message("m1").expect("opens").triage.urgency;
    let without = urgency(&desk);
    assert_ne!(without, Urgency::Emergency);
    let own = desk.set_own_rules(OWN).expect("taken");
    assert_eq!(own.ids, ["our-pump"]);
    assert_eq!(urgency(&desk), Urgency::Emergency);
    let Gate::Emergency { text } = desk.open_message("m1").expect("opens").gate else {
        panic!("no red flag");
    };
    assert_eq!(text, "Call the unit at once.");
    let queue = desk.queue(&QueueQuery::default()).expect("a page");
    assert_eq!(queue.items[0].message_id, "m1");
    assert_eq!(queue.items[1].draft, DraftState::Withheld);
    assert!(matches!(
        desk.open_message("m2").expect("opens").gate,
        Gate::Template { .. }
    ));
    let mut rows = Vec::new();
    desk.audit_rows(&AuditFilter::default(), |r| {
        rows.push(r);
        Ok(())
    })
    .expect("rows");
    let row = rows
        .iter()
        .find(|r| r.action == "change_rules")
        .expect("audited");
    assert_eq!(row.detail["threads"], 1);

    drop(desk);
    let again = closed(dir.path(), &times);
    again.unlock(&passphrase("tester")).expect("opens");
    assert_eq!(again.own_rules().expect("read"), own);
    again.set_own_rules("").expect("taken away");
    assert_eq!(urgency(&again), without);
}

#[test]
fn a_broken_file_changes_nothing_and_a_clinician_may_not_bring_one() {
    let b = Bench::of_record();
    b.desk.set_own_rules(OWN).expect("taken");
    let broken = OWN.replace("pump says", "(pump says");
    let refused = b.desk.set_own_rules(&broken).expect_err("broken");
    assert_eq!(refused.code, Code::Malformed);
    assert!(refused.message.contains("line 8"), "{}", refused.message);
    assert_eq!(b.desk.own_rules().expect("read").text, OWN);
    b.desk
        .add_user("cleo", PASSPHRASE, Role::Clinician, Licence::Physician)
        .expect("added");
    b.desk.lock("test");
    b.desk.unlock(&passphrase("cleo")).expect("opens");
    assert_eq!(b.desk.own_rules().expect("read").ids, ["our-pump"]);
    let refused = b.desk.set_own_rules("").expect_err("forbidden");
    assert_eq!(refused.code, Code::Forbidden);
}
