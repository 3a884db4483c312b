//! Weighed words against sets that they were not fitted to.

use clinical::triage::{Rules, WEIGHED, Weights, sets};
use contract::Urgency;

fn read(name: &str) -> String {
    let path = format!(
        "{}/../../tests/sets/{name}.jsonl",
        std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")
    );
    std::fs::read_to_string(path).expect("the set")
}

fn everyday(name: &str) -> Vec<clinical::triage::Example> {
    sets::everyday(&read(name)).expect("cases")
}

fn set(name: &str) -> Vec<clinical::triage::Example> {
    sets::examples(&read(name)).expect("cases")
}

fn rules() -> Rules {
    Rules::parse(include_str!("../../../assets/triage/rules.toml")).expect("sound")
}

fn shipped() -> Weights {
    Weights::parse(include_str!("../../../assets/triage/weights.tsv")).expect("sound")
}

/// The sixth and the seventh set were never looked at while rules were written: rules alone find 84 and 85 of a
/// hundred of their emergencies. The eighth was, after its first run (117 of 130 by rules, 129 with weights), and so were the
/// ninth (at its first run 117 of 142 by rules, 133 with weights, 22 of 155 others flagged), the tenth (122 of 150, 147, 19 of
/// 150) and the eleventh (119 of 130, 128, 9 of 130).
#[test]
fn weights_find_emergencies_of_sets_that_were_left_out() {
    for left_out in [
        "triage-sixth",
        "triage-seventh",
        "triage-eighth",
        "triage-ninth",
        "triage-tenth",
        "triage-eleventh",
    ] {
        let others: Vec<_> = sets::ALL
            .iter()
            .filter(|s| **s != left_out)
            .flat_map(|s| set(s))
            .chain(sets::EVERYDAY.iter().flat_map(|s| everyday(s)))
            .collect();
        let text = rules().fit_weights(&others);
        let rules = rules().weighing(Weights::parse(&text).expect("sound"));
        let (mut emergencies, mut found, mut calm, mut raised) = (0, 0, 0, 0);
        for e in set(left_out) {
            let t = rules.triage("", &e.message, &rules.facts(&e.chart));
            let flagged = t.urgency == Urgency::Emergency;
            if e.emergency {
                emergencies += 1;
                found += usize::from(flagged);
            } else {
                calm += 1;
                raised += usize::from(flagged && t.flags[0].rule == WEIGHED);
            }
        }
        println!("{left_out}: {found} of {emergencies} found, {raised} of {calm} others raised");
        assert!(found * 100 >= emergencies * 97, "{left_out}: {found}");
        assert!(raised * 100 <= calm * 5, "{left_out}: {raised}");
    }
}

/// The twelfth set was written blind, half of it emergencies and half bait, and no weight was fitted to it. At its first run rules
/// alone found 50 of 65 and flagged 11 of 65, and with weights 63 and 17.
#[test]
fn the_twelfth_set_stays_as_well_as_it_is() {
    let rules = rules().weighing(shipped());
    let (mut found, mut flagged) = (0, 0);
    for e in set("triage-twelfth") {
        let t = rules.triage("", &e.message, &rules.facts(&e.chart));
        match t.urgency == Urgency::Emergency {
            true if e.emergency => found += 1,
            true => flagged += 1,
            false => {}
        }
    }
    println!("{found} found, {flagged} others flagged");
    assert!(found >= 65, "{found} found");
    assert!(flagged <= 9, "{flagged} flagged");
}

/// Before everyday messages were weighed, one in thirty of a set that was left out was raised.
#[test]
fn everyday_messages_that_were_left_out_are_seldom_raised() {
    for left_out in sets::EVERYDAY {
        let others: Vec<_> = sets::ALL
            .iter()
            .flat_map(|s| set(s))
            .chain(
                sets::EVERYDAY
                    .iter()
                    .filter(|s| **s != left_out)
                    .flat_map(|s| everyday(s)),
            )
            .collect();
        let text = rules().fit_weights(&others);
        let rules = rules().weighing(Weights::parse(&text).expect("sound"));
        let calm = everyday(left_out);
        let raised = |urgency| {
            calm.iter()
                .map(|e| rules.triage("", &e.message, &rules.facts(&e.chart)))
                .filter(|t| t.urgency == urgency && t.flags[0].rule == WEIGHED)
                .count()
        };
        let (now, today) = (raised(Urgency::Emergency), raised(Urgency::Urgent));
        println!("{left_out}: {now} and {today} of {} raised", calm.len());
        assert!(
            now * 50 <= calm.len(),
            "{left_out}: {now} of {}",
            calm.len()
        );
    }
}

#[test]
fn weights_raise_and_never_lower() {
    let (plain, weighing) = (rules(), rules().weighing(shipped()));
    for e in sets::ALL.iter().flat_map(|s| set(s)) {
        let before = plain.triage("", &e.message, &plain.facts(&e.chart));
        let after = weighing.triage("", &e.message, &weighing.facts(&e.chart));
        assert!(after.urgency <= before.urgency, "{}", e.message);
        assert!(
            before.flags.iter().all(|f| after.flags.contains(f)),
            "{}",
            e.message
        );
    }
}

/// No rule has a word for what stands under a sink; the words that are shown are the patient's.
#[test]
fn what_no_rule_foresaw_is_flagged_with_its_words() {
    let rules = rules().weighing(shipped());
    let body = "Thanks for the form. He drank from the bottle under the sink since supper and he's drooling and crying.";
    let t = rules.triage("A question", body, &Default::default());
    assert_eq!(t.urgency, Urgency::Emergency);
    let flag = &t.flags[0];
    assert_eq!(flag.rule, WEIGHED);
    let words: String = body
        .chars()
        .skip(flag.start)
        .take(flag.end - flag.start)
        .collect();
    assert_eq!(flag.words, words);
    assert!(
        !words.is_empty() && words.split(' ').count() <= 12,
        "{words}"
    );
    let t = rules.triage(
        "He drank from the bottle under the sink since supper and he's drooling and crying",
        "",
        &Default::default(),
    );
    assert_eq!(
        (t.urgency, t.flags[0].start, t.flags[0].end),
        (Urgency::Emergency, 0, 0)
    );
}
