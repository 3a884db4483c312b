//! What the search finds, and how far back.

use super::*;

/// The first rows of a search that goes so far back, how many there are, and whether there is more.
fn searched(record: &Record, words: &str, depth: u32) -> (Vec<String>, u32, bool) {
    let query = QueueQuery {
        search: words.into(),
        depth,
        limit: QueueQuery::MOST,
        ..QueueQuery::default()
    };
    let found = page_of(record, &query, "2026-11-22T00:00:00Z");
    let ids = found.rows.into_iter().map(|r| r.message_id).collect();
    (ids, found.total, found.more)
}

fn entry(id: &str, heading: &str, text: &str) -> Entry {
    Entry {
        id: id.into(),
        patient_id: "p1".into(),
        heading: heading.into(),
        text: text.into(),
        date: String::new(),
        active: true,
    }
}

#[test]
fn a_search_finds_what_stands_in_the_chart_as_long_as_it_stands_there() {
    let mut record = filled();
    let finds = |record: &Record, words: &str| searched(record, words, 1).0;
    assert_eq!(finds(&record, "metformin"), [""; 0]);
    // A chart that comes after its messages, and a message that comes after its chart.
    imported(&mut record, |import| {
        for e in [
            entry("e1", "medications", "Metformin 500 mg tablet"),
            entry("e2", "problems", "Gout"),
            entry("e3", "results", "Troponin: 3 ng/L"),
        ] {
            import.entry(&e).expect("kept");
        }
        let mut m = message("m2", "p1", "t2");
        m.body = "May I eat metformin with grapefruit?".into();
        m.sent_at = "2026-11-01T09:00:00Z".into();
        import.message(&m).expect("kept");
    });
    // What was written comes first, however old.
    assert_eq!(finds(&record, "metformin"), ["m2", "m1"]);
    assert_eq!(finds(&record, "METF gou"), ["m1", "m2"]);
    assert_eq!(finds(&record, "grapefruit gout"), ["m2"]);
    // Only problems, medications and allergies: of results every chart is full.
    assert_eq!(finds(&record, "troponin"), [""; 0]);
    // Ids, whole.
    assert_eq!(finds(&record, "m1"), ["m1"]);
    assert_eq!(finds(&record, " p1 "), ["m1", "m2"]);
    assert_eq!(finds(&record, "p"), [""; 0]);
    // What is over, and what is retracted, is found no more.
    imported(&mut record, |import| {
        let mut over = entry("e1", "medications", "Metformin 500 mg tablet");
        over.active = false;
        import.entry(&over).expect("kept");
        import.retract("e2", "p1").expect("retracted");
    });
    assert_eq!(finds(&record, "metformin"), ["m2"]);
    assert_eq!(finds(&record, "gout"), [""; 0]);
}

#[test]
fn a_search_says_when_there_is_more_further_back_and_goes_there() {
    let mut record = filled();
    imported(&mut record, |import| {
        for n in 0..650 {
            let mut m = message(&format!("x{n}"), "p2", &format!("u{n}"));
            m.body = "Zebra".into();
            m.sent_at = format!("2026-10-{:02}T09:00:{:02}Z", 1 + n / 60, n % 60);
            import.message(&m).expect("kept");
        }
    });
    let found = |depth| {
        let (_, total, more) = searched(&record, "zebra", depth);
        (total, more)
    };
    assert_eq!(
        [1, 2, 3, 4].map(found),
        [(300, true), (600, true), (650, false), (650, false)]
    );
    // What is shown first is the newest.
    assert_eq!(searched(&record, "zebra", 1).0[0], "x649");
    assert_eq!(
        searched(&record, "it hurts", 1),
        (vec!["m1".to_owned()], 1, false)
    );
}

#[test]
fn a_search_stays_in_the_pool_and_with_the_person_that_the_queue_is_narrowed_to() {
    let mut record = filled();
    imported(&mut record, |import| {
        for (n, pool) in [("x1", "cardiology"), ("x2", "primary care")] {
            let mut m = message(n, "p2", &format!("u-{n}"));
            m.body = "Zebra".into();
            m.recipient_pool = pool.into();
            import.message(&m).expect("kept");
        }
    });
    record
        .assign("x2", "ada", "ada", "2026-11-22T00:00:00Z")
        .expect("taken on");
    let finds = |pool: &str, assignee: &str| {
        let query = QueueQuery {
            search: "zebra".into(),
            pool: pool.into(),
            assignee: assignee.into(),
            limit: QueueQuery::MOST,
            ..QueueQuery::default()
        };
        let found = page_of(&record, &query, "2026-11-22T00:00:00Z");
        let mut ids: Vec<_> = found.rows.into_iter().map(|r| r.message_id).collect();
        ids.sort();
        assert_eq!(found.total as usize, ids.len());
        ids
    };
    assert_eq!(finds("", ""), ["x1", "x2"]);
    assert_eq!(finds("cardiology", ""), ["x1"]);
    assert_eq!(finds("", "ada"), ["x2"]);
    assert_eq!(finds("cardiology", "ada"), [""; 0]);
}
