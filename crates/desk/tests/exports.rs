//! What leaves the record: without identifiers unless somebody who may says why, and then only as a person read it.

mod support;

use contract::{Code, DecisionKind, Licence, Role, StartMode, Unlock};
use desk::{AuditFilter, Desk, ExportForm, ExportFormat};
use std::path::Path;
use support::Bench;

const FORMATS: [ExportFormat; 5] = [
    ExportFormat::Sft,
    ExportFormat::Dpo,
    ExportFormat::Kto,
    ExportFormat::Fhir,
    ExportFormat::Csv,
];

/// One canary for each of the eighteen identifiers of 45 CFR 164.514(b)(2)(i), by its letter, as a patient writes it.
const CANARIES: [(char, &str, &str); 18] = [
    ('A', "my husband Ferapont Zzyzx helps me.", "Zzyzx"),
    (
        'B',
        "We are at 1420 Maple Grove Avenue, Fresno, CA 93701.",
        "Maple Grove",
    ),
    (
        'C',
        "It began on March 3rd, 2026 and I was born 03/14/1931.",
        "1931",
    ),
    ('D', "Call me at 415-555-0134.", "555-0134"),
    ('E', "Fax it to 415 555 0199.", "0199"),
    ('F', "I am x.quack@mail.example.org.", "mail.example"),
    ('G', "SSN 123-45-6789.", "45-6789"),
    ('H', "MRN: 00123456.", "00123456"),
    ('I', "Member ID: XEH882211.", "XEH882211"),
    ('J', "Account number 88231.", "88231"),
    ('K', "My driver's license is D1234567.", "D1234567"),
    ('L', "VIN 1HGCM82633A004352.", "1HGCM82633A004352"),
    ('M', "Pump serial number SN-448812.", "448812"),
    ('N', "See https://example.org/u/quack.", "example.org/u"),
    ('O', "I write from 192.168.10.44.", "192.168.10.44"),
    ('P', "Fingerprint id 88123-A.", "88123"),
    ('Q', "I sent IMG_2231.HEIC.", "IMG_2231"),
    ('R', "Trial code 12-3456-78.", "3456-78"),
];

/// What the record itself knows of the patient and of who works here.
const KNOWN: [&str; 8] = [
    "Xiomara",
    "Quackenbush",
    "quack-pt",
    "quack-th",
    "quack-m1",
    "Ludmila",
    "1931",
    "tester",
];

/// A record with one decided message that holds every canary, in the message and in the reply.
fn decided() -> Bench {
    let b = Bench::of_record();
    let said: Vec<&str> = CANARIES.iter().map(|c| c.1).collect();
    let body = format!("I am Xiomara. My cough is better. {}", said.join(" "));
    let bundle = serde_json::json!({"resourceType": "Bundle", "type": "collection", "entry": [
        {"resource": {"resourceType": "Patient", "id": "quack-pt", "gender": "female", "birthDate": "1931-03-14",
            "name": [{"given": ["Xiomara"], "family": "Quackenbush"}]}},
        {"resource": {"resourceType": "Practitioner", "id": "dr-1", "name": [{"prefix": ["Dr."], "given": ["Ludmila"], "family": "Petrov"}]}},
        {"resource": {"resourceType": "Communication", "id": "quack-th", "status": "completed", "subject": {"reference": "Patient/quack-pt"},
            "topic": {"text": "Cough"}}},
        {"resource": {"resourceType": "Communication", "id": "quack-m1", "status": "completed", "subject": {"reference": "Patient/quack-pt"},
            "partOf": [{"reference": "Communication/quack-th"}], "sender": {"reference": "Patient/quack-pt"},
            "sent": "2026-11-20T09:00:00Z", "payload": [{"contentString": body}]}},
    ]});
    let summary = b
        .desk
        .import_bytes("quack.json", bundle.to_string().as_bytes())
        .expect("imports");
    assert!(
        summary
            .iter()
            .all(|l| l.outcome == contract::ImportOutcome::Stored),
        "{summary:?}"
    );
    let reply = format!(
        "Hello Xiomara, Dr. Ludmila Petrov is glad that the cough is better. {}",
        said.join(" ")
    );
    b.desk
        .decide(&contract::DecisionRequest {
            start_mode: StartMode::Blank,
            checked: b
                .desk
                .check("quack-m1", &reply, StartMode::Blank)
                .expect("checks")
                .findings
                .iter()
                .map(|f| f.key())
                .collect(),
            ..support::request("quack-m1", DecisionKind::Rewritten, Some(&reply))
        })
        .expect("decided");
    b.pass(60);
    b
}

fn deidentified(desk: &Desk, out: &Path) -> usize {
    FORMATS
        .iter()
        .map(|f| {
            let report = desk
                .export(*f, &ExportForm::Deidentified, out)
                .expect("exports");
            assert!(!report.identified);
            report.written
        })
        .sum()
}

/// Everything in a folder, names of files included.
fn all_of(out: &Path) -> String {
    std::fs::read_dir(out)
        .expect("a folder")
        .map(|f| {
            let path = f.expect("a file").path();
            format!(
                "{}\n{}",
                path.display(),
                std::fs::read_to_string(&path).expect("text")
            )
        })
        .collect()
}

#[test]
fn without_identifiers_no_text_leaves_that_nobody_reviewed() {
    let b = decided();
    let out = b.dir.path().join("out");
    // The measures alone: one row of the table.
    assert_eq!(deidentified(&b.desk, &out), 1);
    let all = all_of(&out);
    assert!(!all.contains("cough"), "{all}");
    let report = b
        .desk
        .export(ExportFormat::Sft, &ExportForm::Deidentified, &out)
        .expect("exports");
    assert!(
        report.left_out.keys().any(|why| why.contains("reviewed")),
        "{report:?}"
    );
    let table = std::fs::read_to_string(out.join("feedback.deidentified.csv")).expect("written");
    assert!(table.contains("90+"), "an age of 95 is 90+: {table}");
}

#[test]
fn no_canary_of_the_eighteen_identifiers_is_in_an_export_without_them() {
    let b = decided();
    let out = b.dir.path().join("out");
    let case = b.desk.next_deid_case(0).expect("asked").expect("one waits");
    b.desk
        .review_deid(case.id, &case.hash, true, &[])
        .expect("approved");
    assert!(b.desk.next_deid_case(0).expect("asked").is_none());
    assert!(deidentified(&b.desk, &out) >= 4);
    let all = all_of(&out);
    assert!(
        all.contains("cough is better"),
        "the texts are there: {all}"
    );
    for (letter, _, canary) in CANARIES {
        assert!(!all.contains(canary), "({letter}) {canary} leaves in {all}");
    }
    for known in KNOWN {
        assert!(
            !all.to_lowercase().contains(&known.to_lowercase()),
            "{known} leaves in {all}"
        );
    }
    // No day and no moment either: of 2026-11-22 the year.
    assert!(!all.contains("2026-11") && all.contains("2026"));
    for letter in [
        'A', 'B', 'C', 'D', 'E', 'F', 'G', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R',
    ] {
        assert!(
            case.taken.contains_key(&letter),
            "({letter}) {:?}",
            case.taken
        );
    }
}

#[test]
fn a_review_is_of_the_words_that_were_shown() {
    let b = decided();
    let case = b.desk.next_deid_case(0).expect("asked").expect("one waits");
    let refused = b
        .desk
        .review_deid(case.id, "another", true, &[])
        .expect_err("not what was shown");
    assert_eq!(refused.code, Code::Conflict);
    // What the reviewer wants out is out, and belongs to what they approve.
    let also = vec!["cough".to_owned()];
    let shown = b.desk.deid_case(case.id, &also).expect("shown");
    assert!(!shown.prompt.contains("cough") && shown.hash != case.hash);
    b.desk
        .review_deid(case.id, &shown.hash, true, &also)
        .expect("approved");
    let out = b.dir.path().join("out");
    b.desk
        .export(ExportFormat::Sft, &ExportForm::Deidentified, &out)
        .expect("exports");
    assert!(!all_of(&out).contains("cough"));
    // Refused, it stays.
    b.desk
        .review_deid(case.id, "", false, &[])
        .expect("refused");
    let report = b
        .desk
        .export(ExportFormat::Sft, &ExportForm::Deidentified, &out)
        .expect("exports");
    assert_eq!(report.written, 0);
    let mut reviews = Vec::new();
    b.desk
        .audit_rows(
            &AuditFilter {
                action: "review_deid".into(),
                ..AuditFilter::default()
            },
            |r| {
                reviews.push((r.actor, r.detail["approved"].clone(), r.detail.to_string()));
                Ok::<(), contract::Failure>(())
            },
        )
        .expect("read");
    assert_eq!(reviews.len(), 2);
    assert!(
        reviews
            .iter()
            .all(|r| r.0 == "tester" && !r.2.contains("cough"))
    );
}

#[test]
fn a_text_that_reads_differently_since_its_review_is_read_again() {
    let b = decided();
    let case = b.desk.next_deid_case(0).expect("asked").expect("one waits");
    b.desk
        .review_deid(case.id, &case.hash, true, &[])
        .expect("approved");
    // Another clinician is known by now, whose name is a word of the text.
    b.desk
        .add_user(
            "better",
            "a passphrase of ten",
            Role::Clinician,
            Licence::Nurse,
        )
        .expect("added");
    let report = b
        .desk
        .export(
            ExportFormat::Sft,
            &ExportForm::Deidentified,
            &b.dir.path().join("out"),
        )
        .expect("exports");
    assert_eq!(report.written, 0);
    assert!(
        report.left_out.keys().any(|why| why.contains("again")),
        "{report:?}"
    );
    assert!(b.desk.next_deid_case(0).expect("asked").is_some());
}

#[test]
fn patient_text_leaves_by_role_reason_and_audit_alone() {
    let b = decided();
    let out = b.dir.path().join("out");
    let identified = |desk: &Desk, reason: &str| {
        desk.export(
            ExportFormat::Csv,
            &ExportForm::Identified {
                reason: reason.into(),
            },
            &out,
        )
    };
    assert_eq!(
        identified(&b.desk, " ").expect_err("no reason").code,
        Code::Incomplete
    );
    assert!(!out.exists(), "nothing was begun");
    let report = identified(&b.desk, "records request 77").expect("exports");
    assert!(
        report.identified && all_of(&out).contains("Quackenbush")
            || all_of(&out).contains("Xiomara")
    );
    let mut rows = Vec::new();
    b.desk
        .audit_rows(
            &AuditFilter {
                action: "export".into(),
                ..AuditFilter::default()
            },
            |r| {
                rows.push(r.detail);
                Ok::<(), contract::Failure>(())
            },
        )
        .expect("read");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["identified"], true);
    assert_eq!(rows[0]["reason"], "records request 77");
    // A clinician exports nothing, and reviews nothing for it.
    let pass = "a passphrase of ten";
    b.desk
        .add_user("cleo", pass, Role::Clinician, Licence::Nurse)
        .expect("added");
    b.desk.lock("test");
    b.desk
        .unlock(&Unlock::Passphrase {
            user: "cleo".into(),
            passphrase: pass.into(),
        })
        .expect("opens");
    assert_eq!(
        identified(&b.desk, "records request 77")
            .expect_err("refused")
            .code,
        Code::Forbidden
    );
    assert_eq!(
        b.desk
            .export(ExportFormat::Csv, &ExportForm::Deidentified, &out)
            .expect_err("refused")
            .code,
        Code::Forbidden
    );
    assert_eq!(
        b.desk.next_deid_case(0).expect_err("refused").code,
        Code::Forbidden
    );
}
