//! The watched folder, with real files and the system's own notices.

mod support;

use contract::{DeskEvent, QueueQuery};
use desk::Watch;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use support::{Times, made};

const HEAD: &str = "message_id,patient_id,sent_at,sender_role,body\n";

fn next(events: &Receiver<DeskEvent>) -> contract::ImportSummary {
    loop {
        match events.recv_timeout(Duration::from_secs(20)) {
            Ok(DeskEvent::Imported { summary }) => return summary,
            Ok(_) => {}
            Err(e) => panic!("no import was told: {e}"),
        }
    }
}

#[test]
fn what_lies_in_the_folder_and_what_comes_is_imported_once() {
    let dir = tempfile::tempdir().expect("dir");
    let desk = Arc::new(made(dir.path(), &Times::new(), "tester"));
    let (tx, events) = channel();
    let tx = std::sync::Mutex::new(tx);
    desk.listen(Arc::new(move |e| {
        let _ = tx.lock().expect("sender").send(e);
    }));
    let folder = dir.path().join("inbox");
    std::fs::create_dir(&folder).expect("folder");
    let first = format!("{HEAD}a,p1,2026-11-20T09:00:00Z,patient,Refill please\n");
    std::fs::write(folder.join("there.csv"), &first).expect("written");
    std::fs::write(folder.join("notes.txt"), "not for us").expect("written");

    let watch = Watch::start(Arc::clone(&desk), &folder).expect("watches");
    assert_eq!(next(&events).stored, 1);
    std::fs::write(
        folder.join("later.csv"),
        format!("{HEAD}b,p1,2026-11-21T09:00:00Z,patient,Any news?\nc,p1,soon,patient,When?\n"),
    )
    .expect("written");
    let summary = next(&events);
    assert_eq!((summary.stored, summary.rejected_count), (1, 1));
    std::fs::write(folder.join("again.csv"), &first).expect("written");
    let summary = next(&events);
    assert_eq!((summary.stored, summary.unchanged), (0, 1));
    drop(watch);
    assert_eq!(
        desk.queue(&QueueQuery::default())
            .expect("queue")
            .items
            .len(),
        2
    );
}
