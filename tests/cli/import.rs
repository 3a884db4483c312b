//! Import, threads and triage.

use super::*;

#[test]
fn the_sample_imports_whole_and_a_second_time_changes_nothing() {
    let dir = tempfile::tempdir().expect("dir");
    let path = sample();
    let path = path.to_str().expect("a path");
    let first = run(dir.path(), &["import", path]);
    assert_eq!(
        (code(&first), count(&first, "rejected")),
        (0, 0),
        "{}",
        words(&first)
    );
    let all = lines(&first).len();
    assert!(
        lines(&first)
            .iter()
            .filter(|l| l["type"] == "Communication")
            .count()
            >= 120
    );
    let second = run(dir.path(), &["import", path]);
    assert_eq!((code(&second), count(&second, "unchanged")), (0, all));
    assert_eq!(code(&run(dir.path(), &["audit", "verify"])), 0);
    let imports = run(dir.path(), &["audit", "list", "--action", "import"]);
    assert_eq!(lines(&imports).len(), 1);
}

#[test]
fn every_red_flag_of_the_sample_is_on_top_and_thanks_are_last() {
    let dir = tempfile::tempdir().expect("dir");
    run(dir.path(), &["import", sample().to_str().expect("a path")]);
    let out = run(dir.path(), &["triage"]);
    let found: Vec<(String, String)> = lines(&out)
        .iter()
        .map(|l| {
            (
                l["id"].as_str().expect("id").into(),
                l["urgency"].as_str().expect("urgency").into(),
            )
        })
        .collect();
    assert!(found.len() >= 60);
    let emergencies: Vec<&str> = found
        .iter()
        .filter(|f| f.1 == "emergency")
        .map(|f| f.0.as_str())
        .collect();
    // Tight chest, fall on a blood thinner, quiet baby, hopelessness, blue lips, newborn fever, chills on chemotherapy, retention.
    for id in ["04", "11", "12", "14", "21", "23", "25", "58"] {
        assert!(
            emergencies.iter().any(|e| *e == format!("message-{id}-1")),
            "{id} is not among {emergencies:?}"
        );
    }
    let rank = |u: &str| {
        ["emergency", "urgent", "routine", "none"]
            .iter()
            .position(|x| *x == u)
    };
    assert!(found.windows(2).all(|w| rank(&w[0].1) <= rank(&w[1].1)));
    assert_eq!(found.last().map(|f| f.1.as_str()), Some("none"));
}

#[test]
fn a_bad_record_does_not_stop_the_good_and_a_bad_file_changes_nothing() {
    let dir = tempfile::tempdir().expect("dir");
    let data = dir.path().join("data");
    let csv = dir.path().join("week.csv");
    fs::write(
        &csv,
        "message_id,patient_id,sent_at,sender_role,body\n\
         m1,p1,2026-11-20T09:00:00Z,patient,My knee hurts\n\
         m2,p1,2026-02-30T09:00:00Z,patient,Never\n",
    )
    .expect("written");
    let out = run(&data, &["import", csv.to_str().expect("a path")]);
    assert_eq!(
        (code(&out), count(&out, "stored"), count(&out, "rejected")),
        (1, 1, 1)
    );
    assert_eq!(lines(&out)[1]["where"], "week.csv, line 3");

    let json = dir.path().join("broken.json");
    fs::write(&json, "{\"resourceType\": \"Bundle\", \"entry\": [").expect("written");
    let out = run(&data, &["import", json.to_str().expect("a path")]);
    assert_eq!(code(&out), 2);
    assert!(
        words(&out).contains("broken.json, line 1"),
        "{}",
        words(&out)
    );
    assert_eq!(lines(&run(&data, &["triage"])).len(), 1);
}

#[test]
fn answers_join_the_thread_they_answer_across_imports() {
    let dir = tempfile::tempdir().expect("dir");
    let data = dir.path().join("data");
    let head = "message_id,patient_id,sent_at,sender_role,body,previous_message_id\n";
    for (name, line) in [
        (
            "a.csv",
            "m1,p1,2026-11-18T09:00:00Z,patient,I have crushing chest pain,\n",
        ),
        (
            "b.csv",
            "m2,p1,2026-11-19T09:00:00Z,patient,Thank you!,m1\n",
        ),
    ] {
        let path = dir.path().join(name);
        fs::write(&path, format!("{head}{line}")).expect("written");
        assert_eq!(
            code(&run(&data, &["import", path.to_str().expect("a path")])),
            0
        );
    }
    // The thread waits once, and its unanswered red flag is not hidden by the thanks after it.
    let waiting = lines(&run(&data, &["triage"]));
    assert_eq!(waiting.len(), 1);
    assert_eq!(
        (waiting[0]["id"].as_str(), waiting[0]["urgency"].as_str()),
        (Some("m2"), Some("emergency"))
    );
    let path = dir.path().join("c.csv");
    fs::write(
        &path,
        format!("{head}m3,p1,2026-11-19T10:00:00Z,clinician,We called you.,m2\n"),
    )
    .expect("written");
    run(&data, &["import", path.to_str().expect("a path")]);
    assert!(lines(&run(&data, &["triage"])).is_empty());
}

#[test]
fn triage_of_lines_needs_no_record() {
    let dir = tempfile::tempdir().expect("dir");
    let input = dir.path().join("in.jsonl");
    fs::write(&input, "{\"id\": 7, \"message\": \"I can't breathe\"}\nnot json\n{\"id\": \"b\", \"message\": \"Thanks a lot!\"}\n").expect("written");
    let data = dir.path().join("none");
    let out = bare(&data, &["triage", "--in", input.to_str().expect("a path")]);
    assert_eq!(code(&out), 1, "one line was rejected");
    let found = lines(&out);
    assert_eq!(
        (found[0]["id"].as_str(), found[0]["urgency"].as_str()),
        (Some("7"), Some("emergency"))
    );
    assert_eq!(found[0]["flags"][0]["words"], "can't breathe");
    assert_eq!(found[1]["urgency"], "none");
    assert!(!data.exists());
}

#[test]
fn wrong_usage_and_missing_files_exit_with_two() {
    let dir = tempfile::tempdir().expect("dir");
    assert_eq!(code(&bare(dir.path(), &["frobnicate"])), 2);
    assert_eq!(
        code(&run(dir.path(), &["import", "/does/not/exist.csv"])),
        2
    );
    assert_eq!(
        code(&run(dir.path(), &["triage", "--in", "/does/not/exist"])),
        2
    );
    assert_eq!(code(&run(dir.path(), &["--help"])), 0);
}
