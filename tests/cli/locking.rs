//! A lock while the real model writes (case 36), and models that nobody let in.

use super::*;
use contract::{Code, DeskEvent, DraftState, EngineState, FirstAdmin, Licence, QueueQuery, Unlock};
use desk::drafter::DrafterCommand;
use desk::{Background, Clock, Desk, Place};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::{PASSPHRASE, USER, models};

/// A desk on the sample, whose drafter is the real program with the real small model; and what it tells.
fn desk(dir: &Path) -> (Arc<Desk>, Receiver<DeskEvent>) {
    let place = Place::of_user(Some(dir.join("record")), Some(models())).expect("a place");
    let desk = Desk::new(place, Clock::system(), "test").expect("a desk");
    desk.create(&FirstAdmin {
        user: USER.into(),
        passphrase: PASSPHRASE.into(),
        licence: Licence::Physician,
    })
    .expect("made");
    desk.import_sample().expect("imported");
    desk.choose_model(Some("smollm2-135m-instruct-q4_1".into()));
    let (tell, told) = channel();
    let tell = Mutex::new(tell);
    desk.listen(Arc::new(move |e| {
        let _ = tell.lock().expect("the listener").send(e);
    }));
    (Arc::new(desk), told)
}

/// Drafters that this process started and that still run.
fn drafters() -> usize {
    let own = std::process::id().to_string();
    fs::read_dir("/proc")
        .expect("Linux")
        .flatten()
        .filter(|e| {
            let stat = fs::read_to_string(e.path().join("stat")).unwrap_or_default();
            // After the name in brackets: state, parent.
            let rest = stat.rsplit(") ").next().unwrap_or("");
            let mut fields = rest.split(' ');
            let (state, parent) = (fields.next(), fields.next());
            parent == Some(own.as_str())
                && state != Some("Z")
                && fs::read_to_string(e.path().join("cmdline")).is_ok_and(|c| c.contains("drafter"))
        })
        .count()
}

fn open_again(desk: &Desk) {
    desk.unlock(&Unlock::Passphrase {
        user: USER.into(),
        passphrase: PASSPHRASE.into(),
    })
    .expect("opens");
}

#[test]
fn case_36_a_lock_while_a_draft_streams_ends_the_drafter_and_tells_nothing_more() {
    let _alone = alone();
    let dir = tempfile::tempdir().expect("dir");
    let (desk, told) = desk(dir.path());
    let command = DrafterCommand {
        program: env!("CARGO_BIN_EXE_countersign").into(),
        args: vec!["drafter".into()],
    };
    let background = Background::start(Arc::clone(&desk), command).expect("started");
    for round in 0..3 {
        // A message that waits for a draft is on screen, so its words are told as they come.
        let id = desk
            .queue(&QueueQuery::default())
            .expect("the queue")
            .items
            .into_iter()
            .find(|m| matches!(m.draft, DraftState::Queued | DraftState::Writing))
            .expect("one waits for a draft")
            .message_id;
        desk.open_message(&id).expect("opens");
        let begun = Instant::now();
        loop {
            match told
                .recv_timeout(Duration::from_secs(120))
                .expect("a draft is written")
            {
                DeskEvent::DraftText { .. } => break,
                _ => assert!(begun.elapsed() < Duration::from_secs(120), "round {round}"),
            }
        }
        desk.lock("test");
        while told.try_recv().is_ok() {}
        let until = Instant::now() + Duration::from_secs(3);
        while let Ok(event) = told.recv_timeout(until.saturating_duration_since(Instant::now())) {
            assert!(
                !matches!(event, DeskEvent::DraftText { .. }),
                "words after the lock"
            );
        }
        assert_eq!(drafters(), 0, "the drafter ended with the lock");
        assert_eq!(
            desk.open_message(&id).expect_err("locked").code,
            Code::Locked
        );
        open_again(&desk);
    }
    desk.verify_audit(&[]).expect("holds");
    drop(background);
}

#[test]
fn a_model_that_drafts_nothing_for_a_while_leaves_the_memory_and_comes_back() {
    let _alone = alone();
    let dir = tempfile::tempdir().expect("dir");
    let passed = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let ahead = Arc::clone(&passed);
    let real = Clock::system();
    let clock = Clock {
        now: Arc::clone(&real.now),
        elapsed: Arc::new(move || {
            let more = ahead.load(std::sync::atomic::Ordering::Relaxed);
            (real.elapsed)() + Duration::from_secs(more)
        }),
    };
    let place = Place::of_user(Some(dir.path().join("record")), Some(models())).expect("a place");
    let desk = Arc::new(Desk::new(place, clock, "test").expect("a desk"));
    desk.create(&FirstAdmin {
        user: USER.into(),
        passphrase: PASSPHRASE.into(),
        licence: Licence::Physician,
    })
    .expect("made");
    desk.import_bytes(
        "in.csv",
        b"message_id,patient_id,sent_at,sender_role,body\nm1,p1,2026-11-20T09:00:00Z,patient,Can I get a refill of my lisinopril?\n",
    )
    .expect("imported");
    desk.choose_model(Some("smollm2-135m-instruct-q4_1".into()));
    let (tell, told) = channel();
    let tell = Mutex::new(tell);
    desk.listen(Arc::new(move |e| {
        let _ = tell.lock().expect("the listener").send(e);
    }));
    let until = |what: &str, right: &dyn Fn(&DeskEvent) -> bool| {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(120) {
            let event = told.recv_timeout(Duration::from_secs(120)).expect(what);
            if right(&event) {
                return;
            }
        }
        panic!("{what}");
    };
    let ready = |e: &DeskEvent| {
        matches!(
            e,
            DeskEvent::DraftChanged {
                state: DraftState::Ready,
                ..
            }
        )
    };
    let command = DrafterCommand {
        program: env!("CARGO_BIN_EXE_countersign").into(),
        args: vec!["drafter".into()],
    };
    let background = Background::start(Arc::clone(&desk), command).expect("started");
    until("the first draft", &ready);
    // Not yet: a quarter of an hour has to pass.
    desk.open_message("m1").expect("opens");
    // That nothing happens is told by nothing but time: what is woken would have ended the drafter long before.
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(drafters(), 1);
    passed.store(16 * 60, std::sync::atomic::Ordering::Relaxed);
    desk.open_message("m1").expect("opens");
    until("the model rests", &|e| {
        matches!(
            e,
            DeskEvent::Engine {
                state: EngineState::Resting { .. }
            }
        )
    });
    assert_eq!(drafters(), 0);
    // Looking at messages does not bring it back, a draft that is asked for does.
    desk.open_message("m1").expect("opens");
    // Again: a drafter that was started would be there by now.
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(drafters(), 0);
    // Nor does a lock and another opening, nor that the clinic makes the same model its own.
    desk.lock("test");
    open_again(&desk);
    let settings = desk.settings().expect("settings");
    desk.set_settings(contract::Settings {
        model: "smollm2-135m-instruct-q4_1".into(),
        ..settings
    })
    .expect("set");
    desk.open_message("m1").expect("opens");
    // Once more: nothing tells that no drafter is started but that none is there after a while.
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(drafters(), 0);
    desk.redraft("m1", 7, None).expect("asked");
    until("another draft", &ready);
    assert_eq!(drafters(), 1);
    drop(background);
}

#[test]
fn a_model_that_is_not_on_the_list_drafts_for_a_record_only_when_it_was_let_in() {
    let _alone = alone();
    let dir = tempfile::tempdir().expect("dir");
    let data = dir.path().join("record");
    let own = dir.path().join("models");
    // The small model with one letter of its own description changed: sound, and not on the list.
    let mut bytes = fs::read(small_model()).expect("read");
    let at = bytes
        .windows(12)
        .position(|w| w == b"general.name")
        .expect("it has a name")
        + 12
        + 4
        + 8;
    bytes[at] ^= 0x20;
    let file = dir.path().join("changed.gguf");
    fs::write(&file, bytes).expect("written");
    let run = |args: &[&str]| {
        signed_in(&data)
            .env("COUNTERSIGN_MODELS", &own)
            .args(args)
            .output()
            .expect("the program runs")
    };
    let csv = dir.path().join("in.csv");
    fs::write(&csv, "message_id,patient_id,sent_at,sender_role,body\nm1,p1,2026-11-20T09:00:00Z,patient,Can I get a refill of my lisinopril?\n").expect("written");
    assert_eq!(code(&run(&["import", csv.to_str().expect("a path")])), 0);
    let imported = run(&["model", "import", file.to_str().expect("a path")]);
    assert_eq!(code(&imported), 0, "{}", words(&imported));
    let refused = run(&["draft", "--model", "changed"]);
    assert_eq!(code(&refused), 2);
    assert!(
        words(&refused).contains("model allow changed"),
        "{}",
        words(&refused)
    );
    assert_eq!(code(&run(&["model", "allow", "changed"])), 0);
    let drafted = run(&["draft", "--model", "changed"]);
    assert_eq!(code(&drafted), 0, "{}", words(&drafted));
    let rows = lines(&run(&["audit", "list", "--action", "allow_model"]));
    assert_eq!(rows.len(), 1);
    let rows = lines(&run(&["audit", "list", "--action", "draft_waiting"]));
    assert_eq!(rows.len(), 1, "who had drafts made is on the audit");
    assert_eq!(code(&run(&["model", "disallow", "changed"])), 0);
    let refused = run(&["draft", "--model", "changed"]);
    assert_eq!(code(&refused), 2, "{}", words(&refused));
    assert_eq!(code(&run(&["model", "disallow", "changed"])), 2, "once");
    let rows = lines(&run(&["audit", "list", "--action", "disallow_model"]));
    assert_eq!(rows.len(), 1);
}

/// With a real keyring of the system, where one is installed: the one the program itself reaches (case 38's other half).
#[test]
fn the_systems_own_keyring_opens_the_record_after_a_start_until_it_is_forgotten() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let _alone = alone();
    let dir = tempfile::tempdir().expect("dir");
    let data = dir.path().join("record");
    let keyring = Command::new("gnome-keyring-daemon")
        .args(["--foreground", "--unlock", "--components=secrets"])
        .env("HOME", dir.path())
        .env("XDG_DATA_HOME", dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let (Ok(mut keyring), true) = (
        keyring,
        std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some(),
    ) else {
        eprintln!("skipped: no gnome-keyring-daemon, or no bus; apt install gnome-keyring");
        return;
    };
    keyring
        .stdin
        .take()
        .expect("its input")
        .write_all(b"login")
        .expect("unlocked");
    let _keyring = support::Ended(keyring);
    let place = Place::of_user(Some(data.clone()), Some(models())).expect("a place");
    let desk = Desk::new(place, Clock::system(), "test").expect("a desk");
    desk.create(&FirstAdmin {
        user: USER.into(),
        passphrase: PASSPHRASE.into(),
        licence: Licence::None,
    })
    .expect("made");
    let settings = desk.settings().expect("settings");
    desk.set_settings(contract::Settings {
        keyring: true,
        ..settings
    })
    .expect("set");
    desk.lock("test");
    drop(desk);
    let begun = Instant::now();
    loop {
        let out = run(&data, &["user", "remember"]);
        if code(&out) == 0 {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{}", words(&out));
        // The daemon does not say when it has its name on the bus: it is asked until it answers.
        std::thread::sleep(Duration::from_millis(300));
    }
    let by_keyring = || bare(&data, &["--user", USER, "--keyring", "user", "list"]);
    let opened = by_keyring();
    assert_eq!(code(&opened), 0, "{}", words(&opened));
    assert_eq!(code(&run(&data, &["user", "forget"])), 0);
    let refused = by_keyring();
    assert_eq!(code(&refused), 2);
    assert!(words(&refused).contains("[keyring]"), "{}", words(&refused));
}
