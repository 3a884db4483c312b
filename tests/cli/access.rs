//! Records, people, backups, and what needs no account.

use super::*;

#[test]
fn a_record_is_made_shared_backed_up_and_restored_from_the_command_line() {
    let dir = tempfile::tempdir().expect("dir");
    let data = dir.path().join("record");
    // Nothing works before a record is made, and each answer says what to do.
    let out = bare(&data, &["triage"]);
    assert_eq!(code(&out), 2);
    assert!(words(&out).contains("countersign init"), "{}", words(&out));

    let pass = passphrase_file(&data);
    let pass = pass.to_str().expect("a path");
    let init = bare(
        &data,
        &["init", "--user", "tester", "--passphrase-file", pass],
    );
    assert_eq!(code(&init), 0, "{}", words(&init));
    assert_eq!(lines(&init)[0]["role"], "admin");
    let recovery = lines(&init)[0]["recovery_code"]
        .as_str()
        .expect("a code")
        .to_owned();
    let twice = bare(&data, &["init", "--user", "eve", "--passphrase-file", pass]);
    assert_eq!(code(&twice), 2);
    assert!(words(&twice).contains("[conflict]"), "{}", words(&twice));

    let csv = dir.path().join("in.csv");
    fs::write(&csv, "message_id,patient_id,sent_at,sender_role,body\nm1,p1,2026-11-20T09:00:00Z,patient,CANARY my knee hurts\n").expect("written");
    assert_eq!(
        code(&run(&data, &["import", csv.to_str().expect("a path")])),
        0
    );

    // Another person, with the least that their role needs.
    let bens = dir.path().join("ben.passphrase");
    fs::write(&bens, "ben has another one\n").expect("written");
    let bens = bens.to_str().expect("a path");
    let added = run(
        &data,
        &[
            "user",
            "add",
            "ben",
            "--role",
            "auditor",
            "--new-passphrase-file",
            bens,
        ],
    );
    assert_eq!(code(&added), 0, "{}", words(&added));
    assert_eq!(lines(&run(&data, &["user", "list"])).len(), 2);
    let ben = |args: &[&str]| {
        let mut all = vec!["--user", "ben", "--passphrase-file", bens];
        all.extend(args);
        bare(&data, &all)
    };
    assert_eq!(code(&ben(&["audit", "verify"])), 0);
    let refused = ben(&["triage"]);
    assert_eq!(code(&refused), 2);
    assert!(
        words(&refused).contains("[forbidden]"),
        "{}",
        words(&refused)
    );
    let wrong = bare(
        &data,
        &[
            "--user",
            "ben",
            "--passphrase-file",
            pass,
            "audit",
            "verify",
        ],
    );
    assert!(words(&wrong).contains("[unlock]"), "{}", words(&wrong));

    // The audit is exported for those who read it elsewhere, and a signed head is kept there.
    let events = dir.path().join("audit.ndjson");
    let out = ben(&[
        "audit",
        "export",
        "--format",
        "fhir",
        "--out",
        events.to_str().expect("a path"),
    ]);
    assert_eq!(code(&out), 0, "{}", words(&out));
    let text = fs::read_to_string(&events).expect("written");
    assert!(
        text.lines()
            .all(|l| l.contains("\"resourceType\":\"AuditEvent\""))
    );
    let head = dir.path().join("head.json");
    fs::write(&head, ben(&["audit", "head"]).stdout).expect("written");
    assert_eq!(
        code(&ben(&[
            "audit",
            "verify",
            "--head",
            head.to_str().expect("a path")
        ])),
        0
    );

    let backup = dir.path().join("backup");
    let backup = backup.to_str().expect("a path");
    assert_eq!(code(&run(&data, &["backup", backup])), 0);
    let elsewhere = dir.path().join("elsewhere");
    let restored = bare(
        &elsewhere,
        &[
            "--user",
            "tester",
            "--passphrase-file",
            pass,
            "restore",
            backup,
        ],
    );
    assert_eq!(code(&restored), 0, "{}", words(&restored));
    let waiting = bare(
        &elsewhere,
        &["--user", "tester", "--passphrase-file", pass, "triage"],
    );
    assert_eq!(lines(&waiting).len(), 1);
    for folder in [&data, &elsewhere, &dir.path().join("backup")] {
        for file in fs::read_dir(folder).expect("folder") {
            let bytes = fs::read(file.expect("file").path()).expect("read");
            assert!(!bytes.windows(6).any(|w| w == b"CANARY"));
        }
    }
    // The older restored copy lacks what was signed since.
    let late = dir.path().join("late.json");
    fs::write(&late, ben(&["audit", "head"]).stdout).expect("written");
    for _ in 0..3 {
        run(&data, &["triage"]);
    }
    fs::write(&late, ben(&["audit", "head"]).stdout).expect("written");
    let behind = bare(
        &elsewhere,
        &[
            "--user",
            "tester",
            "--passphrase-file",
            pass,
            "audit",
            "verify",
            "--head",
            late.to_str().expect("a path"),
        ],
    );
    assert_eq!(code(&behind), 2);
    assert!(words(&behind).contains("[audit]"), "{}", words(&behind));

    assert_eq!(code(&run(&data, &["user", "remove", "ben"])), 0);
    assert_eq!(code(&ben(&["audit", "verify"])), 2);
    let code_file = dir.path().join("code");
    fs::write(&code_file, recovery).expect("written");
    let recovered = bare(
        &data,
        &[
            "user",
            "recover",
            "tester",
            "--code-file",
            code_file.to_str().expect("a path"),
            "--new-passphrase-file",
            bens,
        ],
    );
    assert_eq!(code(&recovered), 0, "{}", words(&recovered));
    assert_eq!(
        code(&bare(
            &data,
            &["--user", "tester", "--passphrase-file", bens, "triage"]
        )),
        0
    );
}

#[test]
fn the_sample_is_looked_at_without_an_account_and_leaves_nothing() {
    let dir = tempfile::tempdir().expect("dir");
    let data = dir.path().join("none");
    let out = bare(&data, &["--demo", "triage"]);
    assert_eq!(code(&out), 0, "{}", words(&out));
    assert!(lines(&out).len() >= 60);
    let csv = dir.path().join("in.csv");
    fs::write(&csv, "message_id,patient_id,sent_at,sender_role,body\n").expect("written");
    let refused = bare(&data, &["--demo", "import", csv.to_str().expect("a path")]);
    assert_eq!(code(&refused), 2);
    assert!(!data.exists());
}

#[test]
fn a_record_that_a_window_holds_is_not_opened_beside_it() {
    let dir = tempfile::tempdir().expect("dir");
    let data = dir.path().join("record");
    run(&data, &["triage"]);
    let lock = fs::File::options()
        .write(true)
        .open(data.join("record.lock"))
        .expect("opens");
    lock.lock().expect("held");
    let out = run(&data, &["triage"]);
    assert_eq!(code(&out), 2);
    assert!(words(&out).contains("[in_use]"), "{}", words(&out));
    drop(lock);
    assert_eq!(code(&run(&data, &["triage"])), 0);
}
