//! What the background asks a drafter for, and in which order. The drafter is a shell that says it is ready and keeps what it
//! is asked.
#![cfg(unix)]

mod support;

use contract::Settings;
use contract::frames::{DraftJob, FromDrafter, ToDrafter, read_frame, write_frame};
use desk::Background;
use desk::drafter::{AT_ONCE, DrafterCommand};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::Bench;

/// A drafter that keeps in a folder what it is asked, and how many threads candle may have. It holds on to its output, which it
/// no longer writes to: an output that is closed is a drafter that ended.
fn keeper(folder: &Path) -> DrafterCommand {
    let mut ready = Vec::new();
    let frame = FromDrafter::Ready {
        architecture: "llama".into(),
        prompt_version: "test".into(),
        load_ms: 1.0,
    };
    write_frame(&mut ready, &frame).expect("writes");
    std::fs::write(folder.join("ready"), ready).expect("written");
    let script = format!(
        "cd '{}' && printf %s \"$RAYON_NUM_THREADS\" > threads && cat ready && exec cat 3>&1 > asked",
        folder.display()
    );
    DrafterCommand {
        program: "/bin/sh".into(),
        args: vec!["-c".into(), script],
    }
}

/// The frames that came, as far as they are whole.
fn asked(folder: &Path) -> Vec<ToDrafter> {
    let bytes = std::fs::read(folder.join("asked")).unwrap_or_default();
    let mut rest = &bytes[..];
    std::iter::from_fn(|| read_frame(&mut rest).ok().flatten()).collect()
}

fn draft(frame: &ToDrafter) -> Option<&DraftJob> {
    match frame {
        ToDrafter::Draft(job) => Some(job),
        _ => None,
    }
}

/// The id of the message to answer.
fn message(job: &DraftJob) -> &str {
    job.thread.last().map_or("", |m| &m.id)
}

#[test]
fn the_message_on_screen_is_asked_for_first_then_the_most_urgent_and_oldest() {
    let bench = Bench::of_record();
    let (waiting, _) = bench.with_record(|r| r.undrafted(100).expect("waiting"));
    let on_screen = waiting.last().expect("some wait").clone();
    let others = waiting.iter().filter(|id| **id != on_screen);
    let expected: Vec<&String> = std::iter::once(&on_screen)
        .chain(others)
        .take(AT_ONCE)
        .collect();
    let Bench { desk, dir, .. } = bench;
    // A listed model by its size: the keeper reads none of it.
    let place = &desk.place;
    let model = drafting::catalogue::built_in().expect("models").remove(0);
    std::fs::create_dir_all(&place.models).expect("made");
    let file = std::fs::File::create(place.models.join(&model.file)).expect("made");
    file.set_len(model.bytes).expect("sized");
    desk.set_settings(Settings {
        model: model.name,
        draft_threads: 1,
        ..desk.settings().expect("settings")
    })
    .expect("set");
    desk.open_message(&on_screen).expect("opens");

    let background = Background::start(Arc::new(desk), keeper(dir.path())).expect("a thread");
    let until = Instant::now() + Duration::from_secs(30);
    let frames = loop {
        let frames = asked(dir.path());
        if frames.iter().filter_map(draft).count() == expected.len() {
            break frames;
        }
        assert!(Instant::now() < until, "{} frames came", frames.len());
        // The keeper is another process, and nothing tells when it has written its file.
        std::thread::sleep(Duration::from_millis(20));
    };
    drop(background);
    let jobs: Vec<&DraftJob> = frames.iter().filter_map(draft).collect();
    let ids: Vec<&str> = jobs.iter().map(|job| message(job)).collect();
    assert_eq!(ids, expected);
    let rank = |job: &&DraftJob| (job.urgency, job.thread.last().map(|m| m.sent_at.clone()));
    assert!(jobs[1..].is_sorted_by_key(rank), "each carries its rank");
    assert!(
        matches!(frames[2], ToDrafter::Prefer { job } if job == jobs[0].job),
        "before the others are asked for"
    );
    assert!(matches!(frames[0], ToDrafter::Load { threads: 1, .. }));
    let candle = std::fs::read_to_string(dir.path().join("threads"));
    assert_eq!(candle.expect("kept"), "1");
}
