//! Up to three drafts of a message beside each other, to choose one from.

use crate::hidden::shown;
use crate::language::{t, t_with};
use crate::state::{Notice, page};
use contract::DraftView;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// As many as fit beside each other.
const MOST: usize = 3;

#[component]
pub(super) fn Drafts() -> impl IntoView {
    let page = page();
    let drafts = RwSignal::new(None::<Vec<DraftView>>);
    // Another draft that is ready joins them.
    let newest = Memo::new(move |_| {
        page.opened.with(|o| {
            o.as_ref()
                .and_then(|o| o.draft.as_ref().map(|d| (d.id, d.text.len())))
        })
    });
    Effect::new(move |_| {
        newest.track();
        let Some(id) = page.selected.get_untracked() else {
            return;
        };
        spawn_local(async move {
            match page.backend().drafts(&id).await {
                Ok(found) => drafts.set(Some(found)),
                Err(f) => page.notice.set(Some(Notice::Failure(f))),
            }
        });
    });
    let writing = move || {
        page.opened
            .with(|o| o.as_ref().is_some_and(|o| o.partial.is_some()))
    };
    view! {
        <div class="variants" id="variants">
            {move || drafts.get().map(|all| all.into_iter().take(MOST).enumerate().map(|(n, d)| {
                let words = d.text.split_whitespace().count();
                let used = d.clone();
                view! {
                    <section aria-label=t_with("variant-label", &[("number", (n + 1).into())])>
                        <p class="muted">{t_with("variant-words", &[
                            ("count", words.into()), ("speed", format!("{:.0}", d.timing.tokens_per_second()).into()),
                        ])}</p>
                        <p class="body" dir="auto" tabindex="0">{shown(&d.text)}</p>
                        <button id=format!("use-draft-{n}") autofocus=n == 0 on:click=move |_| page.use_draft(used.clone())>{t("variant-use")}</button>
                    </section>
                }
            }).collect_view())}
            {move || drafts.with(|d| d.as_ref().is_some_and(Vec::is_empty)).then(|| view! { <p class="muted">{t("variant-none")}</p> })}
        </div>
        <div class="row end">
            <span class="muted" role="status">{move || if writing() { t("variant-writing") } else { String::new() }}</span>
            <button id="make-variant" disabled=writing on:click=move |_| page.make_another()>{t("variant-make")}</button>
        </div>
        <p class="muted">{t("variants-words")}</p>
    }
}
