//! Telling of a draft, or of the program, that could hurt somebody.

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
    let Some(message_id) = message else {
        return view! { <p>"Open the message that it is about first, then report from there."</p> }
            .into_any();
    };
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
                    page.dialog.set(None);
                    page.say(format!("Reported as number {number}."));
                    page.told.set(Some(format!("The problem is on record as number {number}. Whoever leads reviews here reads it.")));
                }
                Err(f) => page.notice.set(Some(Notice::Failure(f))),
            }
        });
    };
    view! {
        <form id="safety" on:submit=send>
            <p>"For a draft or an alert that could hurt somebody: an emergency that was missed, an invented fact, a wrong dose. If this patient needs help now, call them first."</p>
            <label for="safety-words">"What is wrong?"</label>
            <textarea id="safety-words" autofocus rows="4" prop:value=move || words.get()
                on:input=move |e| words.set(event_target_value(&e))></textarea>
            <p class="muted">
                {if draft_id.is_some() {
                    "Kept with it, on this machine: the message, the draft, what you have in the editor, the model and its hash, the prompt and its seed."
                } else {
                    "Kept with it, on this machine: the message and what you have in the editor. There is no draft."
                }}
            </p>
            <div class="row end">
                <button type="button" on:click=move |_| page.dialog.set(None)>"Cancel"</button>
                <button class="primary" id="send-safety" disabled=move || words.with(|w| w.trim().chars().count() < 5)>"Report"</button>
            </div>
        </form>
    }
    .into_any()
}
