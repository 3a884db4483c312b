//! A reply tried against a message and a chart, for the tests of the checks.

use super::{Case, Checks};
use contract::{Chart, Finding, MessageKind, Triage, Urgency};
use std::sync::OnceLock;

/// Wednesday, March 4, 2026.
pub(super) const TODAY: jiff::civil::Date = jiff::civil::date(2026, 3, 4);

pub(super) fn checks() -> &'static Checks {
    static CHECKS: OnceLock<Checks> = OnceLock::new();
    CHECKS.get_or_init(|| {
        Checks::parse(
            include_str!("../../../../assets/checks/phrases.toml"),
            include_str!("../../../../assets/drugs/drugs.tsv"),
            include_str!("../../../../assets/checks/pairs.toml"),
        )
        .expect("sound")
    })
}

/// Findings of a reply.
pub(super) fn findings(message: &str, chart: &serde_json::Value, draft: &str) -> Vec<Finding> {
    let chart: Chart = serde_json::from_value(chart.clone()).expect("a chart");
    checks().findings(&Case {
        message,
        earlier: "",
        sender: "",
        chart: &chart,
        triage: &routine(),
        draft,
        sign_off: "",
        today: TODAY,
    })
}

/// What a reply took from a chart.
pub(super) fn used(chart: &Chart, draft: &str) -> Vec<contract::UsedFact> {
    let case = Case {
        message: "",
        earlier: "",
        sender: "",
        chart,
        triage: &routine(),
        draft,
        sign_off: "",
        today: TODAY,
    };
    checks().checked(&case).used
}

fn routine() -> Triage {
    Triage {
        urgency: Urgency::Routine,
        kind: MessageKind::Clinical,
        flags: Vec::new(),
        anger: None,
        front_desk: false,
    }
}

/// Whether a reply of somebody on losartan and metformin is marked with a kind.
pub(super) fn is_marked_as(kind: &str, message: &str, draft: &str) -> bool {
    let chart =
        serde_json::json!({"medications": ["Losartan 50 mg daily", "Metformin 500 mg BID"]});
    findings(message, &chart, draft)
        .iter()
        .any(|f| f.kind == kind)
}

/// What is seriously marked in a reply: the words, each with its kind.
pub(super) fn marks(message: &str, chart: &serde_json::Value, draft: &str) -> Vec<String> {
    findings(message, chart, draft)
        .into_iter()
        .filter(|f| f.serious)
        .map(|f| format!("{}: {}", f.kind, f.span))
        .collect()
}

/// Tries replies that are right and replies that are wrong against one chart.
pub(super) fn holds(message: &str, chart: &serde_json::Value, right: &[&str], wrong: &[&str]) {
    for draft in right {
        let marks = marks(message, chart, draft);
        assert!(marks.is_empty(), "{draft}: {marks:?}");
    }
    for draft in wrong {
        assert!(
            !marks(message, chart, draft).is_empty(),
            "nothing marked in: {draft}"
        );
    }
}

/// A hostile text must not cost more than a long one.
#[test]
fn texts_full_of_dates_and_numbers_are_read_quickly() {
    let full = "up 3 kg by 5 lb on 3/4 at half past two, 7 days before May 9, 20 mg a day in all. ";
    let message = full.repeat(1000);
    let draft = full.repeat(100);
    let results: Vec<String> = (0..300).map(|n| format!("LDL {n} (2026-01-05)")).collect();
    let chart = serde_json::json!({"results": results, "notes": [message.clone()]});
    let start = std::time::Instant::now();
    findings(&message, &chart, &draft);
    let took = start.elapsed();
    assert!(took.as_secs() < 20, "{took:?}");
}

/// A sentence without an end is cut for its length, and what is read may stand over the cut.
#[test]
fn no_text_makes_the_checks_panic_where_a_sentence_is_cut() {
    let chart = serde_json::json!({
        "medications": ["Warfarin 5 mg daily", "Metformin 500 mg BID"],
        "notes": ["2026-03-02: Hold metformin. Shower after 48 h. Reduce warfarin to 2 mg. Form faxed."],
        "appointments": ["2026-03-12 08:00 Dr. Patel, Cardiology", "2026-03-19 09:00 lab"],
    });
    for words in [
        "usually 30 days if over 20 hours call ",
        "take the metformin and hold warfarin, or a fever over two days ",
        "your daughter Ána sees Dr. Patel first on March 12 with “half a 5 mg tablet” ",
        "salt 20 mg iron with juice positive for mites and dogs ",
        "suele doler de tres a siete días, tome una y media pastilla de 5 mg ",
    ] {
        for shift in 0..words.chars().count().min(40) {
            let draft = format!("{}{}", "x".repeat(shift), words.repeat(40));
            findings("what now?", &chart, &draft);
        }
    }
}
