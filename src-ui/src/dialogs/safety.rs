//! Telling of a draft, or of the program, that could hurt somebody.

use crate::field::{Field, Kind};
use crate::language::{t, t_with};
use crate::state::{Notice, page};
use contract::SafetyProblem;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(super) fn Safety() -> impl IntoView {
    let page = page();
    let words = RwSignal::new(String::new());
    let message = page
        .opened
        .with_untracked(|o| o.as_ref().map(|o| o.message.id.clone()));
    let about = message.is_some();
    let message_id = message.unwrap_or_default();
    let draft_id = page
        .base
        .with_untracked(|b| b.as_ref().map(|d| d.id))
        .or(page
            .opened
            .with_untracked(|o| o.as_ref().and_then(|o| o.draft.as_ref().map(|d| d.id))));
    let send = move |e: web_sys::SubmitEvent| {
        e.prevent_default();
        let problem = SafetyProblem {
            message_id: message_id.clone(),
            draft_id,
            words: words.get_untracked(),
            reply: page.text.get_untracked(),
        };
        spawn_local(async move {
            match page.backend().report_safety(problem).await {
                Ok(number) => {
                    page.reporting.set(false);
                    page.say(t_with("say-reported", &[("number", number.into())]));
                    page.told.set(Some(number));
                }
                Err(f) => page.notice.set(Some(Notice::Failure(f))),
            }
        });
    };
    view! {
        <form id="safety" on:submit=send>
            <p>{t("safety-words")}</p>
            <Field id="safety-words" label=t("safety-what") kind=Kind::Lines(4) held=words autofocus=true
                hint=t(match (about, draft_id) { (false, _) => "safety-no-message", (true, Some(_)) => "safety-kept", (true, None) => "safety-kept-no-draft" }) />
            <div class="row end">
                <button type="button" on:click=move |_| page.reporting.set(false)>{t("cancel")}</button>
                <button class="primary" id="send-safety" disabled=move || words.with(|w| w.trim().chars().count() < 5)>{t("safety-send")}</button>
            </div>
        </form>
    }
}
