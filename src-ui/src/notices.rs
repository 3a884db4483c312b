//! Failures and imports, until they are put away. Under a modal dialog the page is covered and says nothing, so they are drawn,
//! and words are read out, in whatever lies on top.

use crate::language::english::{english, failure};
use crate::language::{t, t_with};
use crate::state::{Notice, page};
use contract::Failure;
use leptos::prelude::*;

/// What lies over what: the page itself, a dialog, and a report of a safety problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Layer {
    Page,
    Dialog,
    Report,
}

/// What is read out on a layer: all of it on the page, and in a dialog what was said since it opened.
#[component]
pub(crate) fn Status(layer: Layer) -> impl IntoView {
    let page = page();
    let (id, from) = match layer {
        Layer::Page => ("status", 0),
        Layer::Dialog => ("status-dialog", page.next_said()),
        Layer::Report => ("status-report", page.next_said()),
    };
    let since = move || {
        let mut said = page.said.get();
        said.retain(|s| s.0 >= from);
        said
    };
    // Only what is added is read out: what was said before is not said again.
    view! {
        <div class="visually-hidden" role="status" aria-atomic="false" id=id>
            <For each=since key=|s| s.0 children=|s| view! { <p>{s.1}</p> } />
        </div>
    }
    .into_any()
}

/// What a person has to be told, on the layer that it is to be seen on.
#[component]
pub(crate) fn Notices(layer: Layer) -> impl IntoView {
    let page = page();
    let close = move |_| page.notice.set(None);
    let failed = move |id: &'static str, title: String, f: Failure| {
        view! {
        <div class="notice failure" role="alert" id=id>
            <p><strong>{title} " "</strong>{failure(&f)}{f.place.map(|p| view! { <span class="place">" (" {english(p)} ")"</span> })}</p>
            <button class="ghost" on:click=close>{t("close")}</button>
        </div>
    }.into_any()
    };
    let drawn = move |n| {
        match n {
            Notice::Failure(f) => failed("notice", String::new(), f),
            Notice::NotKept(f) => failed("not-kept", t("not-kept-title"), f),
            Notice::Import(s) => view! {
                <div class="notice" class:warning=s.rejected_count != 0 role="status" id="notice">
                    <div>
                        <p>{t_with("imported", &[
                            ("stored", s.stored.into()), ("unchanged", s.unchanged.into()), ("rejected", s.rejected_count.into()),
                        ])}</p>
                        {(s.rejected_count > 0).then(|| view! {
                            <details>
                                <summary>{t("imported-why")}</summary>
                                <ul>
                                    {s.rejected.iter().take(50).map(|l| view! {
                                        <li class="place">{english(format!("{} {}: {}", l.place, l.kind, l.reason))}</li>
                                    }).collect_view()}
                                </ul>
                            </details>
                        })}
                    </div>
                    <button class="ghost" on:click=close>{t("close")}</button>
                </div>
            }.into_any(),
        }
    };
    let here = move || page.noticed_on.get() == layer;
    view! {
        {move || page.told.get().filter(|_| here()).map(|number| view! {
            <div class="notice" role="status" id="told">
                <p>{t_with("safety-told", &[("number", number.into())])}</p>
                <button class="ghost" on:click=move |_| page.told.set(None)>{t("close")}</button>
            </div>
        })}
        {move || page.notice.get().filter(|_| here()).map(drawn)}
    }
    .into_any()
}
