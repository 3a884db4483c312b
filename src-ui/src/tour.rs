//! Five steps through the window, on whatever is in it. It never takes the keyboard away: what it tells of can be tried.

use crate::commands;
use crate::keys;
use crate::language::{t, t_code, t_with};
use crate::state::{Page, page};
use leptos::prelude::*;

/// What each step is about, by its id; its words have the same name.
const STEPS: [&str; 5] = ["queue", "reading", "editor", "chart", "accept"];

/// In the browser's storage: that it was offered on this computer. Nothing of the record lies there.
const OFFERED: &str = "tour";

/// Begins it by itself on the sample, the first time on this computer.
pub(crate) fn offer(page: Page) {
    let storage = web_sys::window().and_then(|w| w.local_storage().ok()?);
    let offered = storage.as_ref().and_then(|s| s.get_item(OFFERED).ok()?);
    if offered.is_none() {
        if let Some(s) = storage {
            let _ = s.set_item(OFFERED, "offered");
        }
        page.tour.set(Some(0));
    }
}

#[component]
pub(crate) fn Tour() -> impl IntoView {
    let page = page();
    // What the step is about has a frame.
    Effect::new(move |before: Option<Option<usize>>| {
        let now = page.tour.get();
        let frame = |step: Option<usize>, on: bool| {
            if let Some(e) = step.and_then(|s| document().get_element_by_id(STEPS[s])) {
                let list = e.class_list();
                let _ = if on {
                    list.add_1("toured")
                } else {
                    list.remove_1("toured")
                };
            }
        };
        frame(before.flatten(), false);
        frame(now, true);
        if now.is_some() {
            set_timeout(|| keys::focus("tour-next"), std::time::Duration::ZERO);
        }
        now
    });
    let go = move |to: usize| page.tour.set((to < STEPS.len()).then_some(to));
    view! {
        {move || page.tour.get().map(|n| {
            let step = STEPS[n];
            view! {
                <section class="tour" id="tour" role="dialog" aria-labelledby="tour-title" aria-describedby="tour-words">
                    <p class="muted">{t_with("tour-place", &[("number", (n + 1).into()), ("count", STEPS.len().into())])}</p>
                    <h2 id="tour-title">{t_code("tour", step)}</h2>
                    <p id="tour-words">{move || page.settings.with(|s| commands::told(s, &format!("tour-{step}-words")))}</p>
                    <div class="row end">
                        <button class="ghost" id="tour-end" on:click=move |_| page.tour.set(None)>{t("tour-end")}</button>
                        {(n > 0).then(|| view! { <button id="tour-back" on:click=move |_| go(n - 1)>{t("tour-back")}</button> })}
                        {(n + 1 == STEPS.len() && page.may_train()).then(|| view! {
                            <button id="tour-train" on:click=move |_| { page.tour.set(None); page.begin_training(); }>{t("results-train")}</button>
                        })}
                        <button class="primary" id="tour-next" on:click=move |_| go(n + 1)>
                            {t(if n + 1 == STEPS.len() { "tour-done" } else { "tour-next" })}
                        </button>
                    </div>
                </section>
            }
        })}
    }
}
