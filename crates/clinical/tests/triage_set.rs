//! The rules against the written set: emergencies of every kind in lay words,
//! and as many messages that only look like one.

use clinical::triage::{Rules, sets};
use contract::{Chart, Urgency};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    id: String,
    message: String,
    emergency: bool,
    #[serde(default)]
    chart: Chart,
    #[serde(default)]
    category: String,
}

/// `TRIAGE_SET` names another set to look at.
fn cases() -> Vec<Case> {
    let path = std::env::var("TRIAGE_SET").unwrap_or_else(|_| {
        format!(
            "{}/../../tests/sets/triage.jsonl",
            std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")
        )
    });
    std::fs::read_to_string(path)
        .expect("the set")
        .lines()
        .map(|l| serde_json::from_str(l).expect("a case"))
        .collect()
}

#[test]
fn no_emergency_of_the_set_is_missed_and_few_others_fire() {
    let rules = Rules::parse(include_str!("../../../assets/triage/rules.toml")).expect("sound");
    let (mut missed, mut fired) = (Vec::new(), Vec::new());
    let (mut emergencies, mut others) = (0, 0);
    for case in cases() {
        let t = rules.triage("", &case.message, &rules.facts(&case.chart));
        let found = t.urgency == Urgency::Emergency;
        if case.emergency {
            emergencies += 1;
            if !found {
                missed.push(format!("{} [{}] {}", case.id, case.category, case.message));
            }
        } else {
            others += 1;
            if found {
                let f = &t.flags[0];
                fired.push(format!(
                    "{} {} “{}” in: {}",
                    case.id, f.rule, f.words, case.message
                ));
            }
        }
    }
    let specificity = 1.0 - fired.len() as f64 / f64::from(others);
    println!(
        "{emergencies} emergencies, {} missed; {others} others, specificity {specificity:.3}\nfired:\n{}",
        missed.len(),
        fired.join("\n")
    );
    assert!(missed.is_empty(), "missed:\n{}", missed.join("\n"));
    assert!(specificity >= 0.95);
}

/// What rules alone do on a set that was written by others, as found emergencies and flagged others.
fn by_rules(name: &str) -> (usize, Vec<String>) {
    let rules = Rules::parse(include_str!("../../../assets/triage/rules.toml")).expect("sound");
    let path = format!(
        "{}/../../tests/sets/{name}.jsonl",
        std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")
    );
    let lines = std::fs::read_to_string(path).expect("the set");
    let (mut found, mut fired) = (0, Vec::new());
    for e in sets::examples(&lines).expect("cases") {
        let t = rules.triage("", &e.message, &rules.facts(&e.chart));
        if t.urgency != Urgency::Emergency {
            continue;
        }
        if e.emergency {
            found += 1;
        } else {
            let f = &t.flags[0];
            fired.push(format!("{} “{}” in: {}", f.rule, f.words, e.message));
        }
    }
    (found, fired)
}

/// Floors of what is reached: emergencies found, and others flagged. The rules were mended by all but the sixth and the seventh
/// set. At their first, blind runs the ninth had 117 of 142 found and 22 of 155 others flagged, the tenth 122 of 150 and 19 of 150,
/// the eleventh 119 of 130 and 4 of 130, the twelfth (each as hard as its writer could make it) 50 of 65 and 11 of 65. Rules and
/// weights together had 88 of 90 and some 15 of 110 of the thirteenth; of the half that nothing but one phrase was mended by they now
/// have 45 of 46 and 9 of 54, most of these bait.
/// What is still flagged of the fifth, sixth and seventh is a matter of today that may be one of now: a bat in the bedroom, a wish not
/// to be here, a fever with less breath.
#[test]
fn rules_alone_stay_as_good_on_the_sets_of_others() {
    for (name, least, most) in [
        ("triage", 676, 0),
        ("triage-unseen", 150, 0),
        ("triage-fifth", 150, 4),
        ("triage-sixth", 128, 2),
        ("triage-seventh", 113, 1),
        ("triage-eighth", 130, 0),
        ("triage-ninth", 142, 0),
        ("triage-tenth", 150, 0),
        ("triage-eleventh", 129, 1),
        ("triage-twelfth", 65, 0),
        ("triage-thirteenth", 86, 8),
    ] {
        let (found, fired) = by_rules(name);
        println!("{name}: {found} found, {} others flagged", fired.len());
        for f in &fired {
            println!("  {f}");
        }
        assert!(found >= least, "{name}: {found} found");
        assert!(fired.len() <= most, "{name}: {} flagged", fired.len());
    }
}

/// Everyday complaints fill an in-basket: rules that flag them teach clinicians to look past flags.
#[test]
fn everyday_complaints_are_no_emergencies() {
    let rules = Rules::parse(include_str!("../../../assets/triage/rules.toml")).expect("sound");
    let fired: Vec<String> = include_str!("../../../tests/sets/triage-mundane.jsonl")
        .lines()
        .map(|l| serde_json::from_str::<serde_json::Value>(l).expect("a case"))
        .filter_map(|c| {
            let message = c["message"].as_str()?;
            let t = rules.triage("", message, &rules.facts(&Chart::default()));
            (t.urgency == Urgency::Emergency).then(|| format!("{} in: {message}", t.flags[0].rule))
        })
        .collect();
    assert!(fired.is_empty(), "{}", fired.join("\n"));
}

/// Yellow drainage under reddened skin was flagged as jaundice, with an acute abdomen's advice.
#[test]
fn a_wound_that_drains_is_no_acute_abdomen() {
    let rules = Rules::parse(include_str!("../../../assets/triage/rules.toml")).expect("sound");
    let message = "The skin around my staples is more red today and a bit warm, and there is some yellow drainage on the bandage. Pain is about the same. No fever. Is this normal?";
    let t = rules.triage("", message, &rules.facts(&Chart::default()));
    assert_eq!(t.urgency, Urgency::Urgent);
    let t = rules.triage(
        "",
        "My skin and eyes turned yellow and I have a fever and belly pain.",
        &rules.facts(&Chart::default()),
    );
    assert_eq!(t.urgency, Urgency::Emergency);
}
