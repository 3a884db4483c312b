//! What lies over the page and asks for an answer. The larger ones have files of their own.

mod drafts;
mod give;
mod help;
mod models;
mod practice;
mod safety;
mod settings;
mod summary;

use crate::field::{Field, Kind, Tick};
use crate::hidden::shown;
use crate::language::{t, t_with};
use crate::menu::Menu;
use crate::notices::{Layer, Notices, Status};
use crate::state::{Dialog, page};
use crate::words;
use contract::{DecisionKind, Preset, Reason};
use leptos::prelude::*;
use std::collections::BTreeSet;

#[component]
pub(crate) fn Dialogs() -> impl IntoView {
    let page = page();
    view! {
        {move || page.dialog.get().map(|d| {
            let (title, wide, inside) = match d {
                Dialog::Discard => ("dialog-discard", false, view! { <Discard /> }.into_any()),
                Dialog::SignOff => ("dialog-sign-off", false, view! { <crate::sign_off::SignOffPane /> }.into_any()),
                Dialog::Palette => ("dialog-palette", false, view! { <crate::palette::Palette /> }.into_any()),
                Dialog::Presets => ("dialog-presets", false, view! { <Presets /> }.into_any()),
                Dialog::Escalate => ("dialog-escalate", false, view! { <Escalate /> }.into_any()),
                Dialog::Give => ("dialog-give", false, view! { <give::Give /> }.into_any()),
                Dialog::CloseFlag => ("dialog-close-flag", false, view! { <CloseFlag /> }.into_any()),
                Dialog::CloseOwedNone => ("dialog-close-none", false, view! { <CloseOwedNone /> }.into_any()),
                Dialog::Later => ("dialog-later", false, view! { <Later /> }.into_any()),
                Dialog::Insert => ("dialog-insert", false, view! { <crate::insert::Insert /> }.into_any()),
                Dialog::Drafts => ("dialog-drafts", true, view! { <drafts::Drafts /> }.into_any()),
                Dialog::Summary => ("dialog-summary", true, view! { <summary::SummaryPane /> }.into_any()),
                Dialog::Practised => ("dialog-practised", false, view! { <practice::Outcome /> }.into_any()),
                Dialog::Results => ("dialog-results", false, view! { <practice::Results /> }.into_any()),
                Dialog::Help => ("keyboard-shortcuts", false, view! { <help::Help /> }.into_any()),
                Dialog::Settings => ("dialog-settings", true, view! { <settings::SettingsForm /> }.into_any()),
                Dialog::People => ("dialog-people", false, view! { <crate::people::People /> }.into_any()),
                Dialog::Passphrase => ("dialog-passphrase", false, view! { <crate::people::OwnPassphrase /> }.into_any()),
                Dialog::Models => ("dialog-models", true, view! { <models::Models /> }.into_any()),
            };
            view! { <Frame title=t(title) wide layer=Layer::Dialog inside /> }
        })}
        // It lies over the others, and what was begun there is there after it.
        {move || page.reporting.get().then(|| view! { <Frame title=t("dialog-safety") wide=false layer=Layer::Report inside=view! { <safety::Safety /> }.into_any() /> })}
    }
}

/// A modal dialog: the platform keeps the focus inside and gives it back.
#[component]
fn Frame(title: String, wide: bool, layer: Layer, inside: AnyView) -> impl IntoView {
    let page = page();
    // It may lie over another one.
    let over = layer == Layer::Report;
    let close = move || {
        if over {
            page.reporting.set(false);
        } else {
            page.dialog.set(None);
        }
    };
    let (heading, closes) = if over {
        ("report-title", "close-report")
    } else {
        ("dialog-title", "close-dialog")
    };
    let node = NodeRef::<leptos::html::Dialog>::new();
    // A node that goes gives the focus to nobody: what opened the dialog gets it back, unless it is a field, whose letters
    // would be typed where single keys are meant. What lies over others is opened by no single key.
    let opener = document()
        .active_element()
        .filter(|e| over || e.tag_name() == "BUTTON" || e.id() == "queue")
        .map(|e| e.id())
        .filter(|id| !id.is_empty());
    on_cleanup(move || {
        if let Some(id) = opener.clone() {
            set_timeout(
                move || {
                    let lost = document()
                        .active_element()
                        .is_none_or(|e| e.tag_name() == "BODY");
                    if lost {
                        crate::keys::focus(&id);
                    }
                },
                std::time::Duration::ZERO,
            );
        }
    });
    Effect::new(move |_| {
        if let Some(d) = node.get()
            && !d.open()
        {
            let _ = d.show_modal();
            // Where nothing inside asks for the focus it is on the way out, and not on the first button of the heading.
            if document()
                .active_element()
                .is_some_and(|e| e.id() == "report-here")
            {
                crate::keys::focus(closes);
            }
        }
    });
    view! {
        <dialog node_ref=node class:wide=wide aria-labelledby=heading
            on:cancel=move |e: web_sys::Event| { e.prevent_default(); close(); }>
            <header>
                <h2 id=heading>{title}</h2>
                <span class="spacer"></span>
                {(!over).then(|| view! {
                    <button type="button" class="ghost quiet" id="report-here" on:click=move |_| page.reporting.set(true)>{t("window-report")} " " <kbd>"F9"</kbd></button>
                })}
                <button class="ghost" aria-label=t("close") id=closes on:click=move |_| close()>"✕"</button>
                <Notices layer />
            </header>
            {inside}
            <Status layer />
        </dialog>
    }
    .into_any()
}

#[component]
fn Discard() -> impl IntoView {
    let page = page();
    let chosen = RwSignal::new(BTreeSet::<Reason>::new());
    view! {
        <p class="muted">{t("discard-words")}</p>
        <div class="choices">
            {Reason::ALL.into_iter().map(|r| view! {
                <Tick id=format!("discard-{}", r.as_str()) label=words::reason(r) around=true
                    get=Signal::derive(move || chosen.with(|c| c.contains(&r)))
                    set=move |on| chosen.update(|c| { if on { c.insert(r); } else { c.remove(&r); } }) />
            }).collect_view()}
        </div>
        <div class="row end">
            <button on:click=move |_| page.dialog.set(None)>{t("discard-keep")}</button>
            <button class="primary" id="confirm-discard" disabled=move || chosen.with(BTreeSet::is_empty)
                on:click=move |_| page.decide(DecisionKind::Discarded, chosen.get_untracked().into_iter().collect(), None)>
                {t("discard-confirm")}
            </button>
        </div>
    }
}

#[component]
fn Escalate() -> impl IntoView {
    let page = page();
    let to = RwSignal::new(String::new());
    view! {
        <form on:submit=move |e| {
            e.prevent_default();
            let to = to.get_untracked().trim().to_owned();
            if !to.is_empty() { page.decide(DecisionKind::Escalated, Vec::new(), Some(to)); }
        }>
            <Field id="escalate-to" label=t("escalate-who") kind=Kind::Listed("pools") held=to autofocus=true />
            <datalist id="pools">
                <option value=t("escalate-on-call")></option>
                <option value=t("escalate-nurse")></option>
                <option value=t("escalate-desk")></option>
                <option value=t("escalate-billing")></option>
            </datalist>
            <p class="muted">{t("escalate-words")}</p>
            <div class="row end">
                <button type="button" on:click=move |_| page.dialog.set(None)>{t("cancel")}</button>
                <button class="primary" id="confirm-escalate" disabled=move || to.with(|t| t.trim().is_empty())>{t("escalate-confirm")}</button>
            </div>
        </form>
    }
}

#[component]
fn CloseFlag() -> impl IntoView {
    let page = page();
    view! {
        <p>{t("close-flag-words")}</p>
        <div class="row end">
            <button type="button" autofocus on:click=move |_| page.dialog.set(None)>{t("close-flag-keep")}</button>
            <button class="primary" id="confirm-close" on:click=move |_| page.decide(DecisionKind::NoReplyNeeded, Vec::new(), None)>
                {t("close-flag-confirm")}
            </button>
        </div>
    }
}

#[component]
fn CloseOwedNone() -> impl IntoView {
    let page = page();
    // What is listed is what is closed, whatever comes in meanwhile; and nothing that was not looked at.
    let rows = untrack(|| page.owed_none());
    let all = rows.len();
    let kept = RwSignal::new(
        rows.iter()
            .map(|r| (r.message_id.clone(), true))
            .collect::<Vec<_>>(),
    );
    let ticked = move || kept.with(|k| k.iter().filter(|k| k.1).count());
    let close = move |_| {
        let ids = kept
            .get_untracked()
            .into_iter()
            .filter(|k| k.1)
            .map(|k| k.0);
        page.close_owed_none(ids.collect());
    };
    view! {
        <p>{t_with("close-none-words", &[("count", all.into())])}</p>
        <ul class="plain" id="close-none-rows">
            {rows.into_iter().enumerate().map(|(i, row)| view! {
                <li><label class="choice">
                    <input type="checkbox" prop:checked=move || kept.with(|k| k[i].1)
                        on:change=move |e| kept.update(|k| k[i].1 = event_target_checked(&e)) />
                    <span><bdi>{shown(&row.patient)}</bdi>" "<span class="muted" dir="auto">{shown(&row.preview)}</span></span>
                </label></li>
            }).collect_view()}
        </ul>
        <div class="row end">
            <button type="button" on:click=move |_| page.dialog.set(None)>{t("close-none-keep")}</button>
            <button class="primary" id="confirm-close-owed-none" autofocus disabled=move || ticked() == 0 on:click=close>
                {move || t_with("close-none-confirm", &[("count", ticked().into())])}
            </button>
        </div>
    }
}

/// Words that name letters, as they are now.
fn told(key: &str) -> String {
    page()
        .settings
        .with_untracked(|s| crate::commands::told(s, key))
}

#[component]
fn Presets() -> impl IntoView {
    let page = page();
    view! {
        <Menu id="preset" label=t("dialog-presets") names=Preset::ALL.map(words::preset).to_vec()
            run=move |i: usize| page.draft_as(Preset::ALL.get(i).copied()) />
        <p class="muted">{told("presets-words")}</p>
    }
}

/// When a message may come back: in words, and as the time it is.
#[component]
fn Later() -> impl IntoView {
    let page = page();
    let chosen = RwSignal::new(String::new());
    let own = move || words::from_local(&chosen.get());
    let (names, times): (Vec<_>, Vec<_>) = words::later().into_iter().unzip();
    view! {
        <Menu id="later" label=t("dialog-later") names run=move |i: usize| if let Some(until) = times.get(i) { page.put_off(Some(until.clone())) } />
        <p class="muted">{told("later-words")}</p>
        <form on:submit=move |e| {
            e.prevent_default();
            if let Some(until) = untrack(own) { page.put_off(Some(until)); }
        }>
            <Field id="later-at" label=t("later-another") kind=Kind::Moment held=chosen />
            <div class="row end"><button class="primary" disabled=move || own().is_none()>{t("later-confirm")}</button></div>
        </form>
    }
}
