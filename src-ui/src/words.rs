//! Times and names as people read them.

use contract::{DraftState, Folder, Urgency};
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
        0..60 => format!("{minutes} min"),
        60..1440 => format!("{} h", minutes / 60),
        _ => format!("{} d", minutes / 1440),
    }
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
        ("In two hours", soon),
        ("Tomorrow morning", at(1.0, 8)),
        ("Monday morning", at(to_monday, 8)),
        ("In a week", at(7.0, 8)),
    ]
    .into_iter()
    .map(|(label, date)| {
        let until = text(&date);
        (format!("{label}, {}", moment(&until)), until)
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

/// A time in the manner of this workstation.
pub(crate) fn moment(at: &str) -> String {
    let date = js_sys::Date::new(&JsValue::from_str(at));
    if date.get_time().is_nan() {
        return at.to_owned();
    }
    let options = js_sys::Object::new();
    for (key, value) in [
        ("month", "short"),
        ("day", "numeric"),
        ("hour", "numeric"),
        ("minute", "2-digit"),
    ] {
        let _ = js_sys::Reflect::set(&options, &key.into(), &value.into());
    }
    String::from(date.to_locale_string("en-US", &options))
}

pub(crate) fn folder(f: Folder) -> &'static str {
    match f {
        Folder::Waiting => "Needs review",
        Folder::RedFlags => "Red flags",
        Folder::Kind(k) => k.label(),
        Folder::NoDraft => "No draft",
        Folder::Later => "Later",
        Folder::Done => "Done today",
        Folder::SentToday => "Sent today",
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
    }
}

pub(crate) fn urgency(u: Urgency) -> &'static str {
    match u {
        Urgency::Emergency => "Red flag",
        Urgency::Urgent => "Urgent",
        Urgency::Routine => "Routine",
        Urgency::None => "No reply owed",
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

pub(crate) fn draft_state(s: DraftState) -> &'static str {
    match s {
        DraftState::Queued => "Draft to come",
        DraftState::Writing => "Writing…",
        DraftState::Ready => "Draft ready",
        DraftState::Withheld => "No draft",
        DraftState::Failed => "Draft failed",
    }
}

/// What a kind of finding is called.
pub(crate) fn finding(kind: &str) -> &'static str {
    match kind {
        "unsupported" => "Not in message or chart",
        "contradicts_chart" => "Differs from the chart",
        "allergy_conflict" => "Allergy",
        "interaction_hint" => "Interaction",
        "promise" => "Promise",
        "unneeded_appointment" => "Visit not asked for",
        "missing_urgent_advice" => "Urgent advice missing",
        "unanswered_question" => "Question not answered",
        "should_ask" => "Ask first",
        "too_long" => "Long",
        "reading_grade" => "Hard to read",
        "stigmatising" => "Wording",
        "other_patient" => "Another name",
        "template_left" => "Placeholder",
        "wrong_language" => "Language",
        "injection" => "Instructions in the message",
        _ => "Look here",
    }
}
