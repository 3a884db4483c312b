//! Locks: by guessing, by rest, by sleep, and what survives them.

use super::*;

#[test]
fn case_37_guessing_is_slowed_across_restarts_and_whatever_the_wall_clock_says() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    made(dir.path(), &times).lock("test");
    let desk = closed(dir.path(), &times);
    for _ in 0..5 {
        times.pass(400);
        let f = desk.unlock(&passphrase("ada", BEN)).expect_err("wrong");
        assert_eq!(f.code, Code::Unlock);
    }
    let throttled = |desk: &Desk| {
        desk.unlock(&passphrase("ada", ADA))
            .expect_err("too soon")
            .code
            == Code::Throttled
    };
    assert!(throttled(&desk));
    // Case 37: somebody sets the clock, forwards or back.
    for hours in [48, -48] {
        times.set(times.now().checked_add(hours.hours()).expect("time"));
        assert!(throttled(&desk));
    }
    let again = closed(dir.path(), &times);
    assert!(throttled(&again), "a restart does not help");
    times.pass(10);
    again.unlock(&passphrase("ada", ADA)).expect("opens");
    let mut tries = 0;
    again
        .audit_rows(
            &AuditFilter {
                action: "unlock".into(),
                ..AuditFilter::default()
            },
            |r| {
                tries = r.detail["wrong_tries_before"].as_u64().unwrap_or(0);
                Ok::<(), Failure>(())
            },
        )
        .expect("read");
    assert_eq!(tries, 5, "the wrong tries are on the audit");
}

#[test]
fn case_37_an_idle_and_a_sleeping_workstation_lock_whatever_the_wall_clock_says() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    const USUAL: Duration = Duration::from_secs(2);
    for _ in 0..59 {
        times.pass(10);
        desk.look(USUAL);
    }
    desk.queue(&QueueQuery::default())
        .expect("still open after 9 minutes 50");
    times.set("2020-01-01T00:00:00Z".parse().expect("time"));
    times.pass(10);
    desk.look(USUAL);
    assert_eq!(
        desk.queue(&QueueQuery::default()).expect_err("locked").code,
        Code::Locked
    );
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    desk.look(USUAL);
    desk.queue(&QueueQuery::default()).expect("open");
    desk.look(Duration::from_secs(31));
    assert_eq!(
        desk.queue(&QueueQuery::default())
            .expect_err("it slept")
            .code,
        Code::Locked
    );
}

#[test]
fn typed_words_survive_a_lock_and_a_restart_for_their_person_alone() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    desk.add_user("cleo", BEN, Role::Clinician, Licence::Nurse)
        .expect("added");
    let words = UnsentText {
        text: "Please rest. CANARY-WORDS".into(),
        start_mode: StartMode::Blank,
        draft_id: None,
        corrects: None,
    };
    desk.keep_unsent("message-03-1", &words).expect("kept");
    desk.lock("test");
    drop(desk);
    let desk = closed(dir.path(), &times);
    desk.unlock(&passphrase("cleo", BEN)).expect("opens");
    assert_eq!(
        desk.open_message("message-03-1").expect("opens").unsent,
        None
    );
    desk.lock("test");
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    assert_eq!(
        desk.open_message("message-03-1").expect("opens").unsent,
        Some(words)
    );
    desk.decide(&request()).expect("decided");
    assert_eq!(
        desk.open_message("message-03-1").expect("opens").unsent,
        None
    );
}

#[test]
fn case_36_a_lock_racing_with_requests_leaves_nothing_open_and_nothing_half_done() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = Arc::new(made(dir.path(), &times));
    let asking: Vec<_> = (0..4)
        .map(|_| {
            let desk = Arc::clone(&desk);
            std::thread::spawn(move || {
                for i in 0..200 {
                    match desk.open_message(["message-03-1", "message-04-1"][i % 2]) {
                        Ok(_) => {}
                        Err(f) => assert_eq!(f.code, Code::Locked),
                    }
                }
            })
        })
        .collect();
    desk.lock("test");
    for t in asking {
        t.join().expect("no panic");
    }
    assert_eq!(
        desk.queue(&QueueQuery::default()).expect_err("locked").code,
        Code::Locked
    );
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    desk.verify_audit(&[]).expect("holds");
}
