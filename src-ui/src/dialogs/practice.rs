//! How a practice message went, and how somebody does in practice: for that person alone.

use crate::language::english::{english, failure};
use crate::language::{t, t_with};
use crate::state::page;
use crate::table::{Facts, Table};
use crate::words;
use contract::{Failure, PracticeResults, Tally};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(super) fn Outcome() -> impl IntoView {
    let page = page();
    let Some(practised) = page.practised.get_untracked() else {
        return ().into_any();
    };
    let o = practised.outcome;
    let text: Vec<char> = o.draft.chars().collect();
    let mut parts: Vec<AnyView> = Vec::new();
    let mut at = 0;
    let words = |a: usize, b: usize| text[a..b].iter().collect::<String>();
    for (start, end) in o.wrong.iter().copied() {
        if start < at || end > text.len() {
            continue;
        }
        parts.push(words(at, start).into_any());
        parts.push(view! { <mark class="serious">{words(start, end)}</mark> }.into_any());
        at = end;
    }
    parts.push(words(at, text.len()).into_any());
    view! {
        <div id="practised" class:caught=o.caught>
            <p class="verdict" id="verdict"><strong>{t(if o.caught { "practised-caught" } else { "practised-missed" })}</strong></p>
            <p>{t(if o.training.is_some() { "practised-training" } else { "practised-seeded" })}</p>
            <Facts rows=vec![
                (t("practised-error"), crate::words::reason(o.reason).into_any()),
                (t("practised-why"), english(o.explain)),
                (t("practised-source"), english(o.source)),
            ] />
            <p class="body practised-draft" dir="auto" tabindex="0">{parts}</p>
            <div class="row end">
                <button class="primary" id="after-practice" autofocus aria-describedby="verdict" on:click=move |_| page.dialog.set(None)>{t("practised-on")}</button>
            </div>
        </div>
    }
    .into_any()
}

#[component]
pub(super) fn Results() -> impl IntoView {
    let page = page();
    let answer = RwSignal::new(None::<Result<PracticeResults, Failure>>);
    spawn_local(async move { answer.set(Some(page.backend().practice_results().await)) });
    let line = |name: String, tally: Tally| {
        let counted = t_with(
            "results-tally",
            &[
                ("caught", tally.caught.into()),
                ("shown", tally.shown.into()),
            ],
        );
        (name.into_any(), counted.into_any())
    };
    view! {
        <div id="results">
            {move || answer.get().map(|a| match a {
                Err(f) => view! { <p class="notice failure" role="alert">{failure(&f)}</p> }.into_any(),
                Ok(r) if r.seeded.shown + r.training.shown == 0 => view! { <p>{t("results-none")}</p> }.into_any(),
                Ok(r) => view! {
                    <Table label=t("dialog-results") rows=[("results-seeded", r.seeded), ("results-training", r.training)]
                        .into_iter().filter(|l| l.1.shown > 0).map(|(key, tally)| line(t(key), tally)).collect() />
                    <h3>{t("results-by-kind")}</h3>
                    <Table label=t("results-by-kind") rows=r.by_reason.into_iter().map(|(reason, tally)| line(words::reason(reason), tally)).collect() />
                }.into_any(),
            })}
            <p class="muted">{t("results-words")}</p>
            <div class="row end">
                <button id="train" hidden=move || !page.may_train() on:click=move |_| { page.dialog.set(None); page.begin_training(); }>{t("results-train")}</button>
            </div>
        </div>
    }
}
