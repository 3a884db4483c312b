//! The models on this machine: what each is and needs, how fast it is here, and which one drafts.

use crate::state::{Notice, page};
use contract::{ModelCard, ModelLine, SpeedTest};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(super) fn Models() -> impl IntoView {
    let page = page();
    let models = RwSignal::new(None::<Vec<ModelLine>>);
    let refusal = RwSignal::new(None::<String>);
    let importing = RwSignal::new(false);
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
        importing.set(true);
        refusal.set(None);
        spawn_local(async move {
            match page.backend().pick_model().await {
                Ok(_) => load(),
                Err(f) => refusal.set(Some(f.message)),
            }
            importing.set(false);
        });
    };
    view! {
        <p class="muted">"Models run on this machine only. Get one with " <code>"countersign model fetch"</code> ", or import a GGUF file."</p>
        {move || refusal.get().map(|r| view! { <p class="notice failure" role="alert">{r}</p> })}
        <ul class="models">
            {move || models.get().unwrap_or_default().into_iter().map(|line| view! { <Model line /> }).collect_view()}
        </ul>
        <div class="row end">
            <span class="muted" role="status">{move || if importing.get() { "Choosing, copying and checking…" } else { "" }}</span>
            <button id="import-model" disabled=move || importing.get() on:click=import>"Import a GGUF file…"</button>
        </div>
    }
}

#[component]
fn Model(line: ModelLine) -> impl IntoView {
    let page = page();
    let name = StoredValue::new(line.name.clone());
    let card = RwSignal::new(None::<ModelCard>);
    let speed = RwSignal::new(None::<SpeedTest>);
    let said = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let describe = move |_| {
        if card.with_untracked(Option::is_some) {
            card.set(None);
            return;
        }
        busy.set(true);
        said.set("Reading the file…".into());
        spawn_local(async move {
            match page.backend().describe_model(&name.get_value()).await {
                Ok(c) => {
                    said.set(String::new());
                    card.set(Some(c));
                }
                Err(f) => said.set(f.message),
            }
            busy.set(false);
        });
    };
    let try_it = move |_| {
        busy.set(true);
        said.set("Loading it and writing one reply…".into());
        spawn_local(async move {
            match page.backend().try_model(&name.get_value()).await {
                Ok(s) => {
                    said.set(String::new());
                    speed.set(Some(s));
                }
                Err(f) => said.set(f.message),
            }
            busy.set(false);
        });
    };
    let choose = move |_| {
        // Taken before the dialog goes, and this with it.
        let name = name.get_value();
        page.dialog.set(None);
        spawn_local(async move {
            if let Err(f) = page.backend().choose_model(&name).await {
                page.notice.set(Some(Notice::Failure(f)));
            }
        });
    };
    let id = line.name.clone();
    view! {
        <li>
            <div class="model">
                <strong>{line.name.clone()}</strong>
                <p class="muted">{format!("{} · {} MB · {}{}", line.architecture, line.bytes / 1_000_000, line.licence, if line.drafts_for_clinicians { "" } else { " · for tests only" })}</p>
                {move || card.get().map(|c| view! { <Card card=c /> })}
                {move || speed.get().map(|s| view! {
                    <p class="speed">{format!(
                        "On this machine: loaded in {:.1} s, first word after {:.1} s, a reply in {:.1} s, {:.0} tokens/s.",
                        s.load_seconds, s.first_token_seconds, s.reply_seconds, s.tokens_per_second
                    )}</p>
                })}
                <p role="status" class="muted">{move || said.get()}</p>
            </div>
            {if line.installed {
                view! {
                    <div class="row">
                        <button class="ghost" id=format!("describe-{id}") disabled=move || busy.get()
                            aria-expanded=move || if card.with(Option::is_some) { "true" } else { "false" } on:click=describe>"Details"</button>
                        <button class="ghost" id=format!("try-{id}") disabled=move || busy.get() on:click=try_it>"Try its speed"</button>
                        <button id=format!("use-{id}") on:click=choose>"Use"</button>
                    </div>
                }.into_any()
            } else {
                view! { <span class="muted">"not here"</span> }.into_any()
            }}
        </li>
    }
}

/// What a model is and needs.
#[component]
fn Card(card: ModelCard) -> impl IntoView {
    let mb = |bytes: u64| bytes / 1_000_000;
    let tight = card.memory > card.memory_free;
    view! {
        <dl class="model-card">
            <dt>"Memory it needs"</dt>
            <dd class:short=tight>{format!("{} MB, of {} MB that are free now", mb(card.memory), mb(card.memory_free))}</dd>
            <dt>"Context"</dt><dd>{format!("{} tokens", card.context)}</dd>
            <dt>"SHA-256"</dt><dd class="place">{card.line.sha256}</dd>
            <dt>"May draft here"</dt>
            <dd>{if card.may_draft { "yes" } else { "no: it is not on the list of known models, and nobody let it in" }}</dd>
        </dl>
        {tight.then(|| view! { <p class="notice warning">"It needs more memory than is free. Close other programs, or choose a smaller one."</p> })}
    }
}
