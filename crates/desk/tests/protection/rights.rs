//! Who may do what, and that it is on the audit.

use super::*;

/// Everything that a page or a script can ask of an open record, by name.
fn everything(desk: &Desk, out: &Path) -> Vec<(&'static str, Result<(), Failure>)> {
    let unsent = UnsentText {
        text: "x".into(),
        start_mode: StartMode::Blank,
        draft_id: None,
        corrects: None,
    };
    vec![
        ("queue", desk.queue(&QueueQuery::default()).map(drop)),
        ("put_off", desk.put_off("message-03-1", None)),
        ("assign", desk.assign("message-03-1", "")),
        ("colleagues", desk.colleagues().map(drop)),
        ("sign_off", desk.sign_off(&request()).map(drop)),
        ("more_time", desk.more_time(1).map(drop)),
        (
            "close_owed_none",
            desk.close_owed_none(&["message-03-1".into()]).map(drop),
        ),
        ("open_message", desk.open_message("message-03-1").map(drop)),
        (
            "check",
            desk.check("message-03-1", "Hello", StartMode::Blank)
                .map(drop),
        ),
        ("decide", desk.decide(&request()).map(drop)),
        ("undo", desk.undo(1).map(drop)),
        ("redraft", desk.redraft("message-03-1", 1, None)),
        ("drafts", desk.drafts("message-03-1").map(drop)),
        ("summary", desk.summary("message-03-1").map(drop)),
        ("begin_training", desk.begin_training().map(drop)),
        ("end_training", desk.end_training()),
        ("practice_results", desk.practice_results().map(drop)),
        (
            "rate",
            desk.rate(
                1,
                &Rating {
                    stars: Some(4),
                    reasons: Vec::new(),
                },
            ),
        ),
        (
            "report_safety",
            desk.report_safety(&SafetyProblem {
                message_id: "message-03-1".into(),
                words: "It names another dose.".into(),
                ..SafetyProblem::default()
            })
            .map(drop),
        ),
        ("safety_reports", desk.safety_reports().map(drop)),
        ("keep_unsent", desk.keep_unsent("message-03-1", &unsent)),
        ("triage_waiting", desk.triage_waiting().map(drop)),
        ("import_sample", desk.import_sample().map(drop)),
        (
            "export",
            desk.export(ExportFormat::Sft, &ExportForm::Deidentified, out)
                .map(drop),
        ),
        (
            "export_identified",
            desk.export(ExportFormat::Sft, &support::as_it_is(), out)
                .map(drop),
        ),
        ("next_deid_case", desk.next_deid_case(0).map(drop)),
        ("deid_case", desk.deid_case(1, &[]).map(drop)),
        ("review_deid", desk.review_deid(1, "", false, &[])),
        (
            "change_user",
            desk.change_user("nobody", Role::Clinician, Licence::None),
        ),
        (
            "acknowledge",
            desk.acknowledge_mismatch("a disk was restored"),
        ),
        (
            "audit_to_csv",
            desk.audit_to_csv(&AuditFilter::default(), &out.join("a.csv"))
                .map(drop),
        ),
        (
            "audit_to_fhir",
            desk.audit_to_fhir(&AuditFilter::default(), &out.join("a.json"))
                .map(drop),
        ),
        (
            "import_bytes",
            desk.import_bytes("x.csv", b"message_id\n").map(drop),
        ),
        ("back_up_now", desk.back_up_now()),
        ("allow_model", desk.allow_model("any").map(drop)),
        ("choose_model", desk.choose_listed_model("any")),
        ("describe_model", desk.describe_model("any").map(drop)),
        (
            "try_model",
            desk.try_model("any", &DrafterCommand::own().expect("this program"))
                .map(drop),
        ),
        ("about", desk.about().map(drop)),
        ("disallow_model", desk.disallow_model("any")),
        ("take_in_model", {
            desk.take_in_model(&out.join("none.gguf"), &|_, _, _| ())
                .map(drop)
        }),
        (
            "note_taken",
            desk.note_taken(Taken::Clipboard, "message-03-1", 7),
        ),
        ("remember", desk.remember(ADA)),
        ("forget", desk.forget()),
        ("change_passphrase", desk.change_passphrase("none", BEN)),
        ("set_own_rules", desk.set_own_rules("").map(drop)),
        ("own_rules", desk.own_rules().map(drop)),
        ("verify_audit", desk.verify_audit(&[]).map(drop)),
        (
            "audit_rows",
            desk.audit_rows(&AuditFilter::default(), |_| Ok(())),
        ),
        ("signed_head", desk.signed_head().map(drop)),
        ("purge_audit", desk.purge_audit(6).map(drop)),
        ("accounts", desk.accounts().map(drop)),
        (
            "add_user",
            desk.add_user("eve", "eves own passphrase", Role::Admin, Licence::None),
        ),
        ("remove_user", desk.remove_user("ada")),
        ("new_codes", desk.new_codes().map(drop)),
        ("rekey", desk.rekey()),
        ("backup", desk.backup(&out.join("backup")).map(drop)),
        ("settings", desk.settings().map(drop)),
        (
            "set_settings",
            desk.set_settings(Settings {
                lock_minutes: 60,
                ..Settings::default()
            })
            .map(drop),
        ),
        ("change_passphrase", desk.change_passphrase(ADA, BEN)),
    ]
}

#[test]
fn case_36_while_locked_every_request_answers_locked_and_nothing_of_the_record_is_told() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    desk.lock("test");
    for (name, answer) in everything(&desk, dir.path()) {
        let failure = answer.expect_err(name);
        assert_eq!(failure.code, Code::Locked, "{name}");
        assert!(!failure.message.contains("Ruiz"), "{name}");
    }
    match desk.session_state() {
        SessionState::Locked {
            users, red_flags, ..
        } => {
            assert_eq!(users, ["ada"]);
            assert!(
                red_flags.is_some_and(|n| n >= 8),
                "red flags are counted on the lock screen"
            );
        }
        other => panic!("{other:?}"),
    }
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    desk.queue(&QueueQuery::default()).expect("queue");
}

#[test]
fn each_role_may_do_its_own_and_nothing_more() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    for (name, role) in [
        ("cleo", Role::Clinician),
        ("lee", Role::Lead),
        ("root", Role::Admin),
        ("otto", Role::Auditor),
    ] {
        desk.add_user(name, BEN, role, Licence::None)
            .expect("added");
    }
    let forbidden = |user: &str| {
        desk.lock("test");
        desk.unlock(&passphrase(user, BEN)).expect("opens");
        let out = tempfile::tempdir().expect("dir");
        everything(&desk, out.path())
            .into_iter()
            .filter(|(_, r)| r.as_ref().is_err_and(|f| f.code == Code::Forbidden))
            .map(|(name, _)| name)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        forbidden("cleo"),
        [
            "safety_reports",
            "export",
            "export_identified",
            "next_deid_case",
            "deid_case",
            "review_deid",
            "change_user",
            "acknowledge",
            "audit_to_csv",
            "audit_to_fhir",
            "back_up_now",
            "allow_model",
            "choose_model",
            "disallow_model",
            "take_in_model",
            "remember",
            "set_own_rules",
            "verify_audit",
            "audit_rows",
            "signed_head",
            "purge_audit",
            "accounts",
            "add_user",
            "remove_user",
            "new_codes",
            "rekey",
            "backup",
            "set_settings"
        ]
    );
    assert_eq!(
        forbidden("lee"),
        [
            "change_user",
            "acknowledge",
            "back_up_now",
            // An admin alone lets in what is not on the list.
            "allow_model",
            "disallow_model",
            // The clinic has not let the keyring in.
            "remember",
            "purge_audit",
            "accounts",
            "add_user",
            "remove_user",
            "new_codes",
            "rekey",
            "backup"
        ]
    );
    assert_eq!(
        forbidden("otto"),
        [
            "queue",
            "put_off",
            "assign",
            "colleagues",
            "sign_off",
            "more_time",
            "close_owed_none",
            "open_message",
            "check",
            "decide",
            "undo",
            "redraft",
            "drafts",
            "summary",
            "begin_training",
            "end_training",
            "practice_results",
            "rate",
            "report_safety",
            "safety_reports",
            "keep_unsent",
            "triage_waiting",
            "import_sample",
            "export",
            "export_identified",
            "next_deid_case",
            "deid_case",
            "review_deid",
            "change_user",
            "acknowledge",
            "import_bytes",
            "back_up_now",
            "allow_model",
            "choose_model",
            "describe_model",
            "try_model",
            "about",
            "disallow_model",
            "take_in_model",
            "note_taken",
            "remember",
            "set_own_rules",
            "own_rules",
            "purge_audit",
            "accounts",
            "add_user",
            "remove_user",
            "new_codes",
            "rekey",
            "backup",
            "set_settings"
        ]
    );
    // An admin without a licence looks after the record and answers no patient.
    assert_eq!(
        forbidden("root"),
        [
            "put_off",
            "assign",
            "colleagues",
            "sign_off",
            "more_time",
            "close_owed_none",
            "decide",
            "undo",
            "begin_training",
            "rate",
            "keep_unsent",
            "remember"
        ]
    );
}

#[test]
fn a_message_is_given_to_those_who_may_answer_it_and_to_nobody_else() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    for (name, role) in [("cleo", Role::Clinician), ("otto", Role::Auditor)] {
        desk.add_user(name, BEN, role, Licence::Nurse)
            .expect("added");
    }
    assert_eq!(desk.colleagues().expect("names"), ["ada", "cleo"]);
    desk.assign("message-03-1", "cleo").expect("given");
    let refused = desk.assign("message-03-1", "otto").expect_err("refused");
    assert_eq!(refused.code, Code::NotFound);
    let queue = desk.queue(&QueueQuery::default()).expect("queue");
    let row = queue
        .items
        .iter()
        .find(|i| i.message_id == "message-03-1")
        .expect("there");
    assert_eq!(row.assignee, "cleo");
}

#[test]
fn a_view_is_on_the_audit_once_for_each_opening() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    for id in [
        "message-03-1",
        "message-03-1",
        "message-04-1",
        "message-03-1",
    ] {
        desk.open_message(id).expect("opens");
    }
    let mut seen = Vec::new();
    desk.audit_rows(
        &AuditFilter {
            action: "view".into(),
            ..AuditFilter::default()
        },
        |r| {
            seen.push(r.subject_id);
            Ok::<(), Failure>(())
        },
    )
    .expect("read");
    assert_eq!(seen, ["message-03-1", "message-04-1", "message-03-1"]);
}

/// The audit's rows of an action or a subject.
fn rows(desk: &Desk, filter: &AuditFilter) -> Vec<desk::AuditRow> {
    let mut rows = Vec::new();
    desk.audit_rows(filter, |r| {
        rows.push(r);
        Ok::<(), Failure>(())
    })
    .expect("read");
    rows
}

#[test]
fn what_lists_and_searches_show_is_on_the_audit_once_and_never_the_words_looked_for() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    let list = AuditFilter {
        action: "list".into(),
        ..AuditFilter::default()
    };
    let search = AuditFilter {
        action: "search".into(),
        ..AuditFilter::default()
    };
    let shown = desk
        .queue(&QueueQuery::default())
        .expect("queue")
        .items
        .len();
    desk.queue(&QueueQuery::default()).expect("again");
    let first = rows(&desk, &list);
    assert_eq!(first.len(), 1, "nothing new was shown the second time");
    assert_eq!(
        first[0].detail["shown"].as_array().map(Vec::len),
        Some(shown)
    );
    let asked = QueueQuery {
        search: "wheezing Hollis".into(),
        ..QueueQuery::default()
    };
    desk.queue(&asked).expect("searched");
    desk.queue(&asked).expect("searched");
    let found = rows(&desk, &search);
    assert_eq!(found.len(), 1, "a search that stands is one row");
    assert!(
        found
            .iter()
            .all(|r| !serde_json::to_string(r).expect("text").contains("Hollis"))
    );
    // Who saw a message in a list is found by the message.
    let by_message = AuditFilter {
        subject_id: "message-03-1".into(),
        ..AuditFilter::default()
    };
    assert!(rows(&desk, &by_message).iter().any(|r| r.action == "list"));
    // Another person's list is their own row.
    desk.lock("test");
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    desk.queue(&QueueQuery::default()).expect("queue");
    assert_eq!(rows(&desk, &list).len(), 2);
}

#[test]
fn a_change_of_settings_is_on_the_audit_without_the_words_of_somebodys_lines() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    let settings = desk.settings().expect("settings");
    desk.set_settings(Settings {
        lines: vec!["Greet Mrs. Canary of Elm Street.".into()],
        ..settings
    })
    .expect("set");
    let changed = AuditFilter {
        action: "change_settings".into(),
        ..AuditFilter::default()
    };
    let found = rows(&desk, &changed);
    assert_eq!(found.len(), 1);
    let text = serde_json::to_string(&found[0]).expect("text");
    assert!(
        !text.contains("Canary") && text.contains("\"count\":1"),
        "{text}"
    );
}

#[test]
fn each_person_has_their_own_letters_and_lines_and_the_clinic_has_one_sign_off() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    desk.add_user("ben", BEN, Role::Clinician, Licence::None)
        .expect("added");
    let set = |change: &dyn Fn(&mut Settings)| {
        let mut settings = desk.settings().expect("settings");
        change(&mut settings);
        desk.set_settings(settings)
    };
    let lines = |text: &str| vec![text.to_owned()];
    set(&|s| {
        s.lines = lines("From Ada.");
        s.theme = Theme::Dark;
        s.keys.insert("later".into(), "q".into());
        s.sign_off = "The team of the clinic".into();
        s.lock_minutes = 7;
    })
    .expect("set by an admin");
    desk.lock("test");
    desk.unlock(&passphrase("ben", BEN)).expect("opens");
    let bens = desk.settings().expect("settings");
    assert_eq!(bens.lock_minutes, 7);
    assert_eq!(bens.sign_off, "The team of the clinic");
    assert!(bens.lines.is_empty() && bens.keys.is_empty());
    assert_eq!(bens.theme, Theme::System);
    set(&|s| s.lines = lines("From Ben.")).expect("his own");
    let refused = set(&|s| s.sign_off = "Dr. Ben".into()).expect_err("the clinic's");
    assert_eq!(refused.code, Code::Forbidden);
    desk.lock("test");
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    let adas = desk.settings().expect("settings");
    assert_eq!(adas.lines, ["From Ada."]);
    assert_eq!(adas.theme, Theme::Dark);
    assert_eq!(adas.sign_off, "The team of the clinic");
}

#[test]
fn letters_that_two_commands_share_and_digits_are_refused() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    let settings = desk.settings().expect("settings");
    let with = |keys: &[(&str, &str)]| Settings {
        keys: keys
            .iter()
            .map(|(command, letter)| ((*command).to_owned(), (*letter).to_owned()))
            .collect(),
        ..settings.clone()
    };
    let refused = |keys: &[(&str, &str)]| {
        let failure = desk.set_settings(with(keys)).expect_err("refused");
        assert_eq!(failure.code, Code::Incomplete);
        failure.message
    };
    assert!(refused(&[("blank", "Q"), ("next", "q")]).contains("“next” and “blank”"));
    for letter in ["3", "", "QQ", " "] {
        assert!(refused(&[("blank", letter)]).contains("“blank” needs one letter"));
    }
    assert!(desk.settings().expect("settings").keys.is_empty());
    desk.set_settings(with(&[("blank", "Q"), ("next", "Ñ")]))
        .expect("two letters of their own");
}

#[test]
fn drafts_beside_each_other_are_a_view_of_their_message() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    desk.drafts("message-04-1").expect("read");
    let views = AuditFilter {
        action: "view".into(),
        ..AuditFilter::default()
    };
    let found = rows(&desk, &views);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].subject_id, "message-04-1");
}
