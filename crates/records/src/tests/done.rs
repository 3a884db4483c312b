//! What was decided, as a folder.

use super::*;

#[test]
fn what_was_ever_done_is_a_folder_newest_first_with_its_count() {
    let mut record = filled();
    imported(&mut record, |import| {
        for n in 0..5 {
            import
                .message(&message(&format!("d{n}"), "p2", &format!("u{n}")))
                .expect("kept");
        }
    });
    let of_day = |record: &Record, offset, day| {
        let query = QueueQuery {
            folder: Folder::AllDone,
            offset,
            limit: 2,
            ..QueueQuery::default()
        };
        let page = Page {
            query: &query,
            now: "2026-11-25T12:00:00Z",
            today: "2026-11-25T00:00:00Z",
            day,
        };
        let found = record.queue_page(&page).expect("read");
        let mut counts = found.counts.folders.iter();
        let count = counts.find(|c| c.folder == Folder::AllDone);
        assert!(day.is_some() || count.map(|c| c.rows) == Some(found.total));
        let ids: Vec<_> = found.rows.into_iter().map(|r| r.message_id).collect();
        (ids, found.total)
    };
    let done = |record: &Record, offset| of_day(record, offset, None);
    assert_eq!(done(&record, 0), (vec![], 0));
    let mut last = 0;
    for (n, day) in [(0, "21"), (1, "23"), (2, "22"), (3, "25")] {
        last = record
            .decide(&NewDecision {
                message_id: format!("d{n}"),
                decided_at: format!("2026-11-{day}T10:00:00Z"),
                undo_until: "2026-11-26T12:00:00Z".into(),
                ..decision(None)
            })
            .expect("decided");
    }
    let ids = |all: &[&str]| all.iter().map(|i| (*i).to_owned()).collect::<Vec<_>>();
    assert_eq!(done(&record, 0), (ids(&["d3", "d1"]), 4));
    assert_eq!(done(&record, 2), (ids(&["d2", "d0"]), 4));
    // One day alone, from its beginning to the next one's.
    let days = Some(("2026-11-22T10:00:00Z", "2026-11-25T10:00:00Z"));
    assert_eq!(of_day(&record, 0, days), (ids(&["d1", "d2"]), 2));
    assert_eq!(of_day(&record, 1, days), (ids(&["d2"]), 2));
    record
        .undo(last, "tester", "2026-11-25T10:00:01Z", &routine)
        .expect("undone");
    assert_eq!(done(&record, 0), (ids(&["d1", "d2"]), 3));
}
