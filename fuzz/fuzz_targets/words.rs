//! Any words as message, chart and draft: triage and the checks read them, and every span they give lies in the text.
#![no_main]

use clinical::check::{Case, Checks};
use clinical::triage::Rules;
use contract::Chart;
use std::sync::LazyLock;

static RULES: LazyLock<Rules> =
    LazyLock::new(|| Rules::parse(include_str!("../../assets/triage/rules.toml")).expect("sound"));
static CHECKS: LazyLock<Checks> = LazyLock::new(|| {
    Checks::parse(
        include_str!("../../assets/checks/phrases.toml"),
        include_str!("../../assets/drugs/drugs.tsv"),
        include_str!("../../assets/checks/pairs.toml"),
    )
    .expect("sound")
});

libfuzzer_sys::fuzz_target!(|parts: (&str, &str, &str)| {
    let (message, line, draft) = parts;
    let chart = Chart {
        medications: vec![line.to_owned()],
        notes: vec![line.to_owned()],
        ..Chart::default()
    };
    let triage = RULES.triage("", message, &RULES.facts(&chart));
    for flag in &triage.flags {
        let (start, end) = (flag.start, flag.end);
        assert!(start <= end && end <= message.chars().count(), "{flag:?}");
    }
    let found = CHECKS.findings(&Case {
        message,
        earlier: line,
        sender: "",
        chart: &chart,
        triage: &triage,
        draft,
        sign_off: "",
        today: jiff::civil::date(2026, 11, 27),
    });
    for f in found {
        assert!(f.start <= f.end && f.end <= draft.chars().count(), "{f:?}");
    }
});
