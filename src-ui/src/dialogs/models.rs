//! The models on this machine: what each is and needs, how fast it is here, and which one drafts.

use crate::language::english::{Said, failure};
use crate::language::{t, t_around, t_with};
use crate::state::{Notice, page};
use crate::table::Facts;
use contract::{Failure, ModelCard, ModelLine, Right, SpeedTest};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(super) fn Models() -> impl IntoView {
    let page = page();
    let models = RwSignal::new(None::<Vec<ModelLine>>);
    let refusal = RwSignal::new(None::<Failure>);
    let importing = RwSignal::new(false);
    let load = move || {
        spawn_local(async move {
            match page.backend().models().await {
                Ok(m) => models.set(Some(m)),
                Err(f) => refusal.set(Some(f)),
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
                Err(f) => refusal.set(Some(f)),
            }
            page.progress.set(None);
            importing.set(false);
        });
    };
    // The stage by its name, told when another one begins and not at each step.
    let stage = Memo::new(move |_| {
        importing.get().then(|| {
            let what = page
                .progress
                .with(|p| p.as_ref().map(|(what, _)| what.clone()));
            match what.as_deref() {
                Some("copying") => "models-copying",
                Some("verifying") => "models-verifying",
                _ => "models-importing",
            }
        })
    });
    let (before, after) = t_around("models-get", "command");
    view! {
        <p class="muted">{before} <code>"countersign model fetch"</code> {after}</p>
        {move || refusal.get().map(|r| view! { <p class="notice failure" role="alert">{failure(&r)}</p> })}
        <ul class="models">
            {move || models.get().unwrap_or_default().into_iter().map(|line| view! { <Model line /> }).collect_view()}
        </ul>
        <div class="row end">
            {move || page.progress.get().filter(|_| importing.get()).map(|(_, part)| view! {
                <progress max="100" value=format!("{:.0}", 100.0 * part) aria-label=move || stage.get().map(t)></progress>
            })}
            <span class="muted" role="status">{move || stage.get().map(t)}</span>
            <button id="import-model" disabled=move || importing.get() on:click=import>{t("models-import")}</button>
        </div>
    }
}

#[component]
fn Model(line: ModelLine) -> impl IntoView {
    let page = page();
    let name = StoredValue::new(line.name.clone());
    let card = RwSignal::new(None::<ModelCard>);
    let speed = RwSignal::new(None::<SpeedTest>);
    let said = RwSignal::new(Said::default());
    let busy = RwSignal::new(false);
    let describe = move |_| {
        if card.with_untracked(Option::is_some) {
            card.set(None);
            return;
        }
        busy.set(true);
        said.set(Said::Key("models-reading"));
        spawn_local(async move {
            match page.backend().describe_model(&name.get_value()).await {
                Ok(c) => {
                    said.set(Said::Nothing);
                    card.set(Some(c));
                }
                Err(f) => said.set(Said::Failure(f)),
            }
            busy.set(false);
        });
    };
    let try_it = move |_| {
        busy.set(true);
        said.set(Said::Key("models-trying"));
        spawn_local(async move {
            match page.backend().try_model(&name.get_value()).await {
                Ok(s) => {
                    said.set(Said::Nothing);
                    speed.set(Some(s));
                }
                Err(f) => said.set(Said::Failure(f)),
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
    // What everyone here drafts with, until it is taken back.
    let is_default = move || page.settings.with(|s| s.model == name.get_value());
    let keep = move |_| {
        let mut settings = page.settings.get_untracked();
        settings.model = if untrack(is_default) {
            String::new()
        } else {
            name.get_value()
        };
        page.save_settings(settings);
    };
    let id = line.name.clone();
    view! {
        <li>
            <div class="model">
                <strong>{line.name.clone()}</strong>
                <p class="muted">{t_with("models-line", &[
                        ("architecture", line.architecture.clone().into()), ("size", (line.bytes / 1_000_000).into()), ("licence", line.licence.clone().into()),
                    ])}
                    {(!line.drafts_for_clinicians).then(|| view! { " " {t("models-tests-only")} })}</p>
                {move || card.get().map(|c| view! { <Card card=c /> })}
                {move || speed.get().map(|s| view! {
                    <p class="speed">{t_with("models-speed", &[
                        ("load", format!("{:.1}", s.load_seconds).into()),
                        ("first", format!("{:.1}", s.first_token_seconds).into()),
                        ("reply", format!("{:.1}", s.reply_seconds).into()),
                        ("speed", format!("{:.0}", s.tokens_per_second).into()),
                    ])}</p>
                })}
                <p role="status" class="muted">{move || said.get().shown()}</p>
            </div>
            {if line.installed {
                view! {
                    <div class="row">
                        <button class="ghost" id=format!("describe-{id}") disabled=move || busy.get()
                            aria-expanded=move || if card.with(Option::is_some) { "true" } else { "false" } on:click=describe>{t("models-details")}</button>
                        <button class="ghost" id=format!("try-{id}") disabled=move || busy.get() on:click=try_it>{t("models-try")}</button>
                        <button id=format!("use-{id}") on:click=choose>{t("models-use")}</button>
                        <button id=format!("default-{id}") disabled=move || !page.may(Right::Settings)
                            aria-pressed=move || if is_default() { "true" } else { "false" } on:click=keep>{t("models-default")}</button>
                    </div>
                }.into_any()
            } else {
                view! { <span class="muted">{t("models-not-here")}</span> }.into_any()
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
        <Facts rows=vec![
            (t("models-memory"), view! { <span class:short=tight>{t_with("models-memory-words", &[("needed", mb(card.memory).into()), ("free", mb(card.memory_free).into())])}</span> }.into_any()),
            (t("models-context"), t_with("models-context-words", &[("count", card.context.into())]).into_any()),
            ("SHA-256".to_owned(), view! { <span class="place">{card.line.sha256}</span> }.into_any()),
            (t("models-may-draft"), t(if card.may_draft { "models-may" } else { "models-may-not" }).into_any()),
        ] />
        {tight.then(|| view! { <p class="notice warning">{t("models-tight")}</p> })}
    }
}
