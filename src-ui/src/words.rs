//! Times and names as people read them.

use contract::{DraftState, Urgency};
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
