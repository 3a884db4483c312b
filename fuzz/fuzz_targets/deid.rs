//! Any words with a known patient among them: what is known never gets through.
#![no_main]

use clinical::deid::{Known, SafeHarbor};
use std::sync::LazyLock;

static RULES: LazyLock<SafeHarbor> = LazyLock::new(|| SafeHarbor::built_in().expect("sound"));

libfuzzer_sys::fuzz_target!(|parts: (&str, &str)| {
    let known = Known {
        names: vec!["Xiomara Quackenbush".into()],
        ids: vec!["pt-00077".into()],
        also: vec![],
    };
    let text = format!("{} Quackenbush {} pt-00077 .", parts.0, parts.1);
    let out = RULES.scrub(&text, &known);
    assert!(!out.text.contains(" Quackenbush ") && !out.text.contains(" pt-00077 "), "{}", out.text);
});
