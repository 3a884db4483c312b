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

/// Of each set the weights fitted to all the others, beside the rules: the least hundredths of its emergencies that are found, and
/// the most of its others that are raised. Rules were mended by these sets, so that the found ones are better than those of a set
/// that nobody has seen: at their first runs the twelfth had 50 of 65 by rules and 63 with weights, the eleventh 119 and 128 of 130,
/// the tenth 122 and 147 of 150, the ninth 117 and 133 of 142. Half of the twelfth is bait, and the everyday set was written to be
/// fitted to.
#[test]
fn weights_find_emergencies_of_sets_that_were_left_out() {
    for (left_out, least, most) in [
        ("triage-sixth", 99, 5),
        ("triage-seventh", 98, 3),
        ("triage-eighth", 99, 5),
        ("triage-ninth", 99, 5),
        ("triage-tenth", 99, 5),
        ("triage-eleventh", 99, 4),
        ("triage-twelfth", 99, 11),
        ("triage-everyday", 94, 6),
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
        assert!(found * 100 >= emergencies * least, "{left_out}: {found}");
        assert!(raised * 100 <= calm * most, "{left_out}: {raised}");
    }
}

/// Before everyday messages were weighed, one in thirty of a set that was left out was raised.
#[test]
fn everyday_messages_that_were_left_out_are_seldom_raised() {
    let (mut now, mut today, mut all) = (0, 0, 0);
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
        now += raised(Urgency::Emergency);
        today += raised(Urgency::Urgent);
        all += calm.len();
    }
    println!("{now} and {today} of {all} raised");
    assert!(now * 100 <= all, "{now} of {all}");
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
