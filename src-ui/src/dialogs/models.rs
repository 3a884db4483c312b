//! The models on this machine.

use crate::state::{Notice, page};
use contract::ModelLine;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(super) fn Models() -> impl IntoView {
    let page = page();
    let models = RwSignal::new(None::<Vec<ModelLine>>);
    let refusal = RwSignal::new(None::<String>);
    let load = move || {
        spawn_local(async move {
            match page.backend().models().await {
                Ok(m) => models.set(Some(m)),
                Err(f) => refusal.set(Some(f.message)),
            }
        });
    };
    load();
    let import = move |_| {
        spawn_local(async move {
            match page.backend().pick_model().await {
                Ok(_) => load(),
                Err(f) => refusal.set(Some(f.message)),
            }
        });
    };
    view! {
        <p class="muted">"Models run on this machine only. Get one with " <code>"countersign model fetch"</code> ", or import a GGUF file."</p>
        {move || refusal.get().map(|r| view! { <p class="notice failure" role="alert">{r}</p> })}
        <ul class="models">
            {move || models.get().unwrap_or_default().into_iter().map(|m| {
                let name = m.name.clone();
                view! {
                    <li>
                        <div>
                            <strong>{m.name.clone()}</strong>
                            <p class="muted">{format!("{} · {} MB · {}{}", m.architecture, m.bytes / 1_000_000, m.licence, if m.drafts_for_clinicians { "" } else { " · for tests only" })}</p>
                        </div>
                        {if m.installed {
                            view! { <button on:click=move |_| {
                                let name = name.clone();
                                page.dialog.set(None);
                                spawn_local(async move {
                                    if let Err(f) = page.backend().choose_model(&name).await { page.notice.set(Some(Notice::Failure(f))); }
                                });
                            }>"Use"</button> }.into_any()
                        } else {
                            view! { <span class="muted">"not here"</span> }.into_any()
                        }}
                    </li>
                }
            }).collect_view()}
        </ul>
        <div class="row end"><button id="import-model" on:click=import>"Import a GGUF file…"</button></div>
    }
}
