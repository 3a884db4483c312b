//! The queue as the page asks for it: folders, pages, search, putting off, taking on.

mod support;

use contract::{
    Code, DecisionKind, Folder, MessageKind, Order, Queue, QueueItem, QueueQuery, QueueState,
    Urgency,
};
use desk::Desk;
use support::{Bench, request};

fn bench() -> Bench {
    Bench::of_sample("2026-11-20T15:00:00Z")
}

fn ask(desk: &Desk, query: QueueQuery) -> Queue {
    desk.queue(&query).expect("a page")
}

fn folder(desk: &Desk, folder: Folder) -> Queue {
    ask(
        desk,
        QueueQuery {
            folder,
            ..QueueQuery::default()
        },
    )
}

fn search(desk: &Desk, words: &str) -> Vec<QueueItem> {
    let query = QueueQuery {
        search: words.into(),
        ..QueueQuery::default()
    };
    let mut rows = ask(desk, query).items;
    rows.retain(|r| r.urgency != Urgency::Emergency);
    rows
}

fn count(queue: &Queue, folder: Folder) -> u32 {
    queue
        .counts
        .iter()
        .find(|c| c.folder == folder)
        .map_or(0, |c| c.rows)
}

fn reply(desk: &Desk, message_id: &str, text: &str) -> i64 {
    desk.decide(&request(message_id, DecisionKind::Rewritten, Some(text)))
        .expect("decided")
        .decision_id
}

fn routine(desk: &Desk) -> QueueItem {
    folder(desk, Folder::Waiting)
        .items
        .into_iter()
        .find(|i| i.urgency == Urgency::Routine)
        .expect("one in turn")
}

#[test]
fn pages_put_together_are_the_whole_queue_in_its_order() {
    let b = bench();
    let whole = folder(&b.desk, Folder::Waiting);
    assert!(whole.total >= 60 && whole.items.len() == whole.total as usize);
    assert!(
        whole
            .items
            .is_sorted_by_key(|i| (i.urgency, i.sent_at.clone(), i.message_id.clone()))
    );
    let mut put_together = Vec::new();
    for offset in (0..whole.total).step_by(7) {
        let page = ask(
            &b.desk,
            QueueQuery {
                offset,
                limit: 7,
                ..QueueQuery::default()
            },
        );
        assert_eq!((page.offset, page.total), (offset, whole.total));
        put_together.extend(page.items);
    }
    assert_eq!(put_together, whole.items);
    let newest = ask(
        &b.desk,
        QueueQuery {
            order: Order::Newest,
            ..QueueQuery::default()
        },
    );
    let flags = count(&whole, Folder::RedFlags) as usize;
    assert!(
        newest.items[..flags]
            .iter()
            .all(|i| i.urgency == Urgency::Emergency)
    );
    assert!(newest.items[flags..].is_sorted_by(|a, b| a.sent_at >= b.sent_at));
}

#[test]
fn folders_hold_what_their_counts_say_and_every_red_flag() {
    let b = bench();
    let all = folder(&b.desk, Folder::Waiting);
    let flags = count(&all, Folder::RedFlags);
    assert!(flags > 0);
    let mut kinds = 0;
    for kind in MessageKind::ALL {
        let of_kind = folder(&b.desk, Folder::Kind(kind));
        let own = of_kind.items.iter().filter(|i| i.kind == kind).count() as u32;
        assert_eq!(own, count(&of_kind, Folder::Kind(kind)), "{kind:?}");
        let shown = of_kind
            .items
            .iter()
            .filter(|i| i.urgency == Urgency::Emergency);
        assert_eq!(shown.count() as u32, flags, "{kind:?}");
        kinds += own;
    }
    assert_eq!(kinds, all.total);
    for f in [Folder::NoDraft, Folder::Later] {
        let shown = folder(&b.desk, f);
        let shown = shown
            .items
            .iter()
            .filter(|i| i.urgency == Urgency::Emergency);
        assert_eq!(shown.count() as u32, flags, "{f:?}");
    }
}

#[test]
fn what_is_put_off_comes_back_at_its_time_and_a_red_flag_never_goes() {
    let b = bench();
    let all = folder(&b.desk, Folder::Waiting);
    let flag = &all.items[0];
    assert_eq!(flag.urgency, Urgency::Emergency);
    let refused = b
        .desk
        .put_off(&flag.message_id, Some("2026-11-21T08:00:00Z"))
        .expect_err("a red flag");
    assert_eq!(refused.code, Code::Conflict);

    let one = routine(&b.desk);
    for over in ["2026-11-20T14:00:00Z", "tomorrow"] {
        let refused = b.desk.put_off(&one.message_id, Some(over)).expect_err(over);
        assert_eq!(refused.code, Code::Incomplete);
    }
    b.desk
        .put_off(&one.message_id, Some("2026-11-21T08:00:00Z"))
        .expect("put off");
    let has = |f: Folder| {
        folder(&b.desk, f)
            .items
            .iter()
            .any(|i| i.message_id == one.message_id)
    };
    assert!(!has(Folder::Waiting) && has(Folder::Later) && !has(Folder::Kind(one.kind)));
    assert_eq!(folder(&b.desk, Folder::Waiting).total, all.total - 1);
    b.times.set("2026-11-21T08:00:01Z".parse().expect("a time"));
    assert!(has(Folder::Waiting) && !has(Folder::Later));
    // By hand, too.
    b.desk
        .put_off(&one.message_id, Some("2026-11-23T08:00:00Z"))
        .expect("put off");
    let until = || {
        let opened = b.desk.open_message(&one.message_id).expect("opens");
        opened.later_until
    };
    assert_eq!(until().as_deref(), Some("2026-11-23T08:00:00Z"));
    b.desk.put_off(&one.message_id, None).expect("brought back");
    assert!(has(Folder::Waiting));
    assert_eq!(until(), None);
}

#[test]
fn everything_written_is_found_by_the_beginnings_of_its_words() {
    let b = bench();
    let one = routine(&b.desk);
    let name = one.patient.split(' ').next_back().expect("a name");
    let begun: String = name.to_lowercase().chars().take(4).collect();
    for words in [one.patient.as_str(), begun.as_str(), one.subject.as_str()] {
        let found = search(&b.desk, words);
        assert!(
            found.iter().any(|i| i.message_id == one.message_id),
            "{words}"
        );
    }
    let opened = b.desk.open_message(&one.message_id).expect("opens");
    let far_in = opened
        .message
        .body
        .split_whitespace()
        .next_back()
        .expect("words");
    let both = format!("{far_in} {begun}");
    assert!(
        search(&b.desk, &both)
            .iter()
            .any(|i| i.message_id == one.message_id)
    );
    // Nothing that is typed is an operator of the search.
    for odd in ["\"", "AND", "knee OR", "body:", "*", "-x", "(", "é\u{202E}"] {
        search(&b.desk, odd);
    }

    // A reply is found while it stands.
    let decision = reply(
        &b.desk,
        &one.message_id,
        "Bitte trinken Sie xylophonisch viel.",
    );
    let found = search(&b.desk, "xylophon");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].state, QueueState::Done);
    b.desk.undo(decision).expect("undone");
    assert!(search(&b.desk, "xylophon").is_empty());
}

#[test]
fn what_was_decided_leaves_and_an_undo_brings_it_back() {
    let b = bench();
    let one = routine(&b.desk);
    let before = folder(&b.desk, Folder::Waiting);
    let decision = reply(&b.desk, &one.message_id, "We are looking at it.");
    let after = folder(&b.desk, Folder::Done);
    assert_eq!(after.items.len(), 1);
    assert_eq!(after.items[0].message_id, one.message_id);
    assert_eq!(
        (
            count(&after, Folder::Done),
            count(&after, Folder::SentToday)
        ),
        (1, 1)
    );
    assert_eq!(folder(&b.desk, Folder::Waiting).total, before.total - 1);
    b.desk.undo(decision).expect("undone");
    assert_eq!(folder(&b.desk, Folder::Waiting).items, before.items);
    // The day after it is not of today any more.
    reply(&b.desk, &one.message_id, "We are looking at it.");
    b.pass(48 * 3600);
    assert_eq!(folder(&b.desk, Folder::Done).total, 0);
}

#[test]
fn only_what_owes_no_reply_is_closed_many_at_once() {
    let b = bench();
    let rows = folder(&b.desk, Folder::Waiting).items;
    let thanks: Vec<String> = rows
        .iter()
        .filter(|i| i.urgency == Urgency::None)
        .map(|i| i.message_id.clone())
        .collect();
    assert!(thanks.len() > 1);
    let one = routine(&b.desk).message_id;
    let mixed = [thanks.clone(), vec![one]].concat();
    let refused = b
        .desk
        .close_owed_none(&mixed)
        .expect_err("one owes a reply");
    assert_eq!(refused.code, Code::Conflict);
    assert_eq!(folder(&b.desk, Folder::Done).total, 0, "none was closed");
    let closed = b.desk.close_owed_none(&thanks).expect("closed");
    assert_eq!(closed.decision_ids.len(), thanks.len());
    let done = folder(&b.desk, Folder::Done);
    assert_eq!(done.total as usize, thanks.len());
    assert_eq!(count(&done, Folder::SentToday), 0);
    // Each can be taken back by itself.
    for (decision, id) in closed.decision_ids.iter().zip(&thanks) {
        assert_eq!(&b.desk.undo(*decision).expect("undone"), id);
    }
    assert_eq!(folder(&b.desk, Folder::Done).total, 0);
}

#[test]
fn a_message_is_taken_on_by_a_person_who_is_there() {
    let b = bench();
    let one = routine(&b.desk);
    let mine = || {
        let query = QueueQuery {
            assignee: "demo".into(),
            ..QueueQuery::default()
        };
        let mut rows = ask(&b.desk, query).items;
        rows.retain(|i| i.urgency != Urgency::Emergency);
        rows
    };
    assert!(mine().is_empty());
    // The message itself says it, too: its row may not be in the list that is shown.
    let open = || b.desk.open_message(&one.message_id).expect("opens");
    b.desk.assign(&one.message_id, "demo").expect("taken on");
    assert_eq!(mine().len(), 1);
    assert_eq!(open().assignee, "demo");
    let refused = b
        .desk
        .assign(&one.message_id, "nobody")
        .expect_err("unknown");
    assert_eq!(refused.code, Code::NotFound);
    b.desk.assign(&one.message_id, "").expect("given back");
    assert!(mine().is_empty());
    assert_eq!(open().assignee, "");
}

#[test]
fn the_language_of_a_message_is_told_where_it_says_so() {
    let b = bench();
    let of = |id: &str| b.desk.open_message(id).expect("opens").writes_in;
    assert_eq!(of("message-30-1"), "es");
    assert_eq!(of("message-03-1"), "en");
}

#[test]
fn what_was_done_is_shown_by_day_and_no_day_is_guessed() {
    let b = bench();
    let one = routine(&b.desk);
    reply(&b.desk, &one.message_id, "Hello, come in today.");
    let of_day = |day: &str| {
        b.desk.queue(&QueueQuery {
            folder: Folder::AllDone,
            day: day.into(),
            ..QueueQuery::default()
        })
    };
    let ever = of_day("").expect("a page");
    assert_eq!(ever.total, 1);
    assert_eq!(
        ever.items[0].decided_at.as_deref(),
        Some("2026-11-20T15:00:00Z")
    );
    // Where this runs it may be a day earlier or later.
    let days = ["2026-11-19", "2026-11-20", "2026-11-21"];
    let rows: u32 = days.map(|d| of_day(d).expect("a page").total).iter().sum();
    assert_eq!(rows, 1);
    assert_eq!(of_day("2026-11-17").expect("a page").total, 0);
    for wrong in ["yesterday", "2026-11", "2026-02-30", "20.11.2026"] {
        assert_eq!(
            of_day(wrong).expect_err(wrong).code,
            Code::Incomplete,
            "{wrong}"
        );
    }
}
