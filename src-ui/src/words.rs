//! Times and names as people read them, in the language of the page.

use crate::language::{t, t_code, t_with};
use contract::{
    DecisionKind, DraftState, Folder, Licence, MessageKind, Preset, Reason, Role, Urgency,
};
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsValue;

/// Milliseconds since the epoch.
pub(crate) fn now_ms() -> f64 {
    js_sys::Date::now()
}

/// How long ago, in a few letters: `5 min`, `3 h`, `2 d`.
pub(crate) fn age(sent_at: &str, now: &str) -> String {
    let (sent, now) = (js_sys::Date::parse(sent_at), js_sys::Date::parse(now));
    if sent.is_nan() || now.is_nan() {
        return String::new();
    }
    let minutes = ((now - sent) / 60_000.0).max(0.0) as u64;
    match minutes {
        0..60 => t_with("age-minutes", &[("count", minutes.into())]),
        60..1440 => t_with("age-hours", &[("count", (minutes / 60).into())]),
        _ => t_with("age-days", &[("count", (minutes / 1440).into())]),
    }
}

/// How long it is from a moment to a later one.
pub(crate) fn until(then: &str, now: &str) -> Option<Duration> {
    let ms = js_sys::Date::parse(then) - js_sys::Date::parse(now);
    (ms >= 0.0).then(|| Duration::from_millis(ms as u64))
}

/// Times to put a message off to, as this workstation's clock has it: label, and RFC 3339.
pub(crate) fn later() -> Vec<(String, String)> {
    let at = |days: f64, hour: u32| {
        let date = js_sys::Date::new_0();
        date.set_date((f64::from(date.get_date()) + days) as u32);
        date.set_hours(hour);
        date.set_minutes(0);
        date.set_seconds(0);
        date
    };
    let text = |date: &js_sys::Date| String::from(date.to_iso_string());
    let now = js_sys::Date::new_0();
    // Sunday is 0.
    let to_monday = f64::from((8 - now.get_day()) % 7);
    let to_monday = if to_monday == 0.0 { 7.0 } else { to_monday };
    let soon = js_sys::Date::new(&JsValue::from_f64(now_ms() + 2.0 * 3_600_000.0));
    [
        (t("later-hours"), soon),
        (t("later-tomorrow"), at(1.0, 8)),
        (t("later-monday"), at(to_monday, 8)),
        (t("later-week"), at(7.0, 8)),
    ]
    .into_iter()
    .map(|(label, date)| {
        let until = text(&date);
        let choice = t_with(
            "later-choice",
            &[("label", label.into()), ("moment", moment(&until).into())],
        );
        (choice, until)
    })
    .collect()
}

/// A time of a `datetime-local` field as RFC 3339, if it is one and still to come.
pub(crate) fn from_local(field: &str) -> Option<String> {
    let date = js_sys::Date::new(&JsValue::from_str(field));
    let time = date.get_time();
    (!field.is_empty() && !time.is_nan() && time > now_ms())
        .then(|| String::from(date.to_iso_string()))
}

/// A time in the manner of the page's language.
pub(crate) fn moment(at: &str) -> String {
    told(
        at,
        &[
            ("month", "short"),
            ("day", "numeric"),
            ("hour", "numeric"),
            ("minute", "2-digit"),
        ],
    )
}

/// The day of a time in the manner of the page's language.
pub(crate) fn day(at: &str) -> String {
    told(at, &[("month", "short"), ("day", "numeric")])
}

/// A time with these of its parts.
fn told(at: &str, parts: &[(&str, &str)]) -> String {
    let date = js_sys::Date::new(&JsValue::from_str(at));
    if date.get_time().is_nan() {
        return at.to_owned();
    }
    let options = js_sys::Object::new();
    for (key, value) in parts {
        let _ = js_sys::Reflect::set(&options, &(*key).into(), &(*value).into());
    }
    String::from(date.to_locale_string(&t("language-locale"), &options))
}

pub(crate) fn folder(f: Folder) -> String {
    match f {
        Folder::Kind(k) => kind(k),
        f => t_code("folder", folder_value(f)),
    }
}

/// A folder's name in the page's own address book.
pub(crate) fn folder_value(f: Folder) -> &'static str {
    match f {
        Folder::Waiting => "waiting",
        Folder::RedFlags => "flags",
        Folder::Kind(k) => k.as_str(),
        Folder::NoDraft => "no-draft",
        Folder::Later => "later",
        Folder::Done => "done",
        Folder::SentToday => "sent",
        Folder::AllDone => "all-done",
    }
}

pub(crate) fn urgency(u: Urgency) -> String {
    t_code("urgency", u.as_str())
}

pub(crate) fn kind(k: MessageKind) -> String {
    t_code("kind", k.as_str())
}

pub(crate) fn decision(d: DecisionKind) -> String {
    t_code("decision", d.as_str())
}

pub(crate) fn reason(r: Reason) -> String {
    t_code("reason", r.as_str())
}

pub(crate) fn preset(p: Preset) -> String {
    t_code("preset", p.as_str())
}

pub(crate) fn role(r: Role) -> String {
    t_code("role", r.as_str())
}

pub(crate) fn licence(l: Licence) -> String {
    t_code("licence", l.as_str())
}

/// Every licence by its name and what it is called, for a field.
pub(crate) fn licences() -> Vec<(&'static str, String)> {
    Licence::ALL.map(|l| (l.as_str(), licence(l))).to_vec()
}

/// The licence that was chosen in a field.
pub(crate) fn licence_of(chosen: RwSignal<String>) -> Licence {
    chosen
        .with_untracked(|l| Licence::from_name(l))
        .unwrap_or_default()
}

/// A heading of the chart.
pub(crate) fn heading(heading: &str) -> String {
    t_code("chart", &heading.to_lowercase())
}

/// An age as the desk words it (`54 years`), in the language of the page; as it is where it reads otherwise.
pub(crate) fn patient_age(age: &str) -> String {
    let key = |unit: &str| match unit {
        "day" | "days" => Some("patient-days"),
        "month" | "months" => Some("patient-months"),
        "year" | "years" => Some("patient-years"),
        _ => None,
    };
    let read = age.split_once(' ').and_then(|(n, unit)| {
        let n: u32 = n.parse().ok()?;
        Some(t_with(key(unit)?, &[("count", n.into())]))
    });
    read.unwrap_or_else(|| age.to_owned())
}

/// An administrative sex as FHIR has it, in the language of the page; as it is where the source has another word.
pub(crate) fn sex(sex: &str) -> String {
    match sex {
        "female" | "male" | "other" | "unknown" => t_code("sex", sex),
        _ => sex.to_owned(),
    }
}

pub(crate) fn urgency_class(u: Urgency) -> &'static str {
    match u {
        Urgency::Emergency => "badge emergency",
        Urgency::Urgent => "badge urgent",
        Urgency::Routine => "badge routine",
        Urgency::None => "badge quiet",
    }
}

pub(crate) fn draft_state(s: DraftState) -> String {
    t(match s {
        DraftState::Queued => "draft-queued",
        DraftState::Writing => "draft-writing",
        DraftState::Ready => "draft-ready",
        DraftState::Withheld => "draft-withheld",
        DraftState::Failed => "draft-failed",
    })
}

/// Kinds of findings that have a name; any other is told to look at.
const FINDINGS: [&str; 16] = [
    "unsupported",
    "contradicts_chart",
    "allergy_conflict",
    "interaction_hint",
    "promise",
    "unneeded_appointment",
    "missing_urgent_advice",
    "unanswered_question",
    "should_ask",
    "too_long",
    "reading_grade",
    "stigmatising",
    "other_patient",
    "template_left",
    "wrong_language",
    "injection",
];

fn finding_code(kind: &str) -> &str {
    if FINDINGS.contains(&kind) {
        kind
    } else {
        "other"
    }
}

/// What a kind of finding is called.
pub(crate) fn finding(kind: &str) -> String {
    t_code("finding", finding_code(kind))
}

/// What a kind of finding means, where the reason itself is in English.
pub(crate) fn finding_what(kind: &str) -> String {
    t(&format!("finding-{}-what", finding_code(kind)))
}
