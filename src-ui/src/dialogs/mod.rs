//! Dialogs: reasons, escalation, help, settings, models.

use crate::backend::Answer;
use crate::commands;
use crate::state::{Dialog, Notice, page};
use crate::words;
use contract::{
    DecisionKind, ModelLine, OwnRules, Preset, Reason, Settings, SettingsFolder, Theme,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeSet;
use wasm_bindgen::JsCast;

#[component]
pub(crate) fn Dialogs() -> impl IntoView {
    let page = page();
    view! {
        {move || page.dialog.get().map(|d| match d {
            Dialog::Discard => view! { <Frame title="Why discard the draft?"><Discard /></Frame> }.into_any(),
            Dialog::SignOff => view! { <Frame title="Sign off"><crate::sign_off::SignOffPane /></Frame> }.into_any(),
            Dialog::Palette => view! { <Frame title="Commands"><crate::palette::Palette /></Frame> }.into_any(),
            Dialog::Presets => view! { <Frame title="Another draft"><Presets /></Frame> }.into_any(),
            Dialog::Escalate => view! { <Frame title="Escalate to"><Escalate /></Frame> }.into_any(),
            Dialog::CloseFlag => view! { <Frame title="Close a red flag without a reply?"><CloseFlag /></Frame> }.into_any(),
            Dialog::CloseOwedNone => view! { <Frame title="Close what owes no reply?"><CloseOwedNone /></Frame> }.into_any(),
            Dialog::Later => view! { <Frame title="Put off until"><Later /></Frame> }.into_any(),
            Dialog::Help => view! { <Frame title="Keyboard shortcuts"><Help /></Frame> }.into_any(),
            Dialog::Settings => view! { <Frame title="Settings"><SettingsForm /></Frame> }.into_any(),
            Dialog::People => view! { <Frame title="People"><crate::people::People /></Frame> }.into_any(),
            Dialog::Passphrase => view! { <Frame title="Your passphrase"><crate::people::OwnPassphrase /></Frame> }.into_any(),
            Dialog::Models => view! { <Frame title="Models on this machine"><Models /></Frame> }.into_any(),
        })}
    }
}

/// A modal dialog: the platform keeps the focus inside and gives it back.
#[component]
fn Frame(title: &'static str, children: Children) -> impl IntoView {
    let page = page();
    let node = NodeRef::<leptos::html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(d) = node.get()
            && !d.open()
        {
            let _ = d.show_modal();
        }
    });
    view! {
        <dialog node_ref=node aria-labelledby="dialog-title"
            on:cancel=move |e: web_sys::Event| { e.prevent_default(); page.dialog.set(None); }>
            <header>
                <h2 id="dialog-title">{title}</h2>
                <button class="ghost" aria-label="Close" id="close-dialog" on:click=move |_| page.dialog.set(None)>"✕"</button>
            </header>
            {children()}
        </dialog>
    }
}

#[component]
fn Discard() -> impl IntoView {
    let page = page();
    let chosen = RwSignal::new(BTreeSet::<Reason>::new());
    view! {
        <p class="muted">"One reason is enough. It teaches the next drafts."</p>
        <div class="choices">
            {Reason::ALL.into_iter().map(|r| view! {
                <label class="choice">
                    <input type="checkbox" value=r.as_str()
                        on:change=move |e| chosen.update(|c| {
                            let on = e.target().and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok()).is_some_and(|i| i.checked());
                            if on { c.insert(r); } else { c.remove(&r); }
                        }) />
                    {r.label()}
                </label>
            }).collect_view()}
        </div>
        <div class="row end">
            <button on:click=move |_| page.dialog.set(None)>"Keep the draft"</button>
            <button class="primary" id="confirm-discard" disabled=move || chosen.with(BTreeSet::is_empty)
                on:click=move |_| page.decide(DecisionKind::Discarded, chosen.get_untracked().into_iter().collect(), None)>
                "Discard"
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
            <label for="escalate-to">"Person or pool who must act"</label>
            <input id="escalate-to" autofocus autocomplete="off" list="pools" on:input=move |e| to.set(event_target_value(&e)) />
            <datalist id="pools">
                <option value="On-call clinician"></option>
                <option value="Triage nurse"></option>
                <option value="Front desk"></option>
                <option value="Billing"></option>
            </datalist>
            <p class="muted">"The message leaves your queue and the escalation is recorded. Tell them in person when it cannot wait."</p>
            <div class="row end">
                <button type="button" on:click=move |_| page.dialog.set(None)>"Cancel"</button>
                <button class="primary" id="confirm-escalate" disabled=move || to.with(|t| t.trim().is_empty())>"Escalate"</button>
            </div>
        </form>
    }
}

#[component]
fn CloseFlag() -> impl IntoView {
    let page = page();
    view! {
        <p>"Close it only when the patient was reached, or someone else has taken it over. Escalate instead when someone must still act."</p>
        <div class="row end">
            <button type="button" autofocus on:click=move |_| page.dialog.set(None)>"Keep it open"</button>
            <button class="primary" id="confirm-close" on:click=move |_| page.decide(DecisionKind::NoReplyNeeded, Vec::new(), None)>
                "The patient was reached: close it"
            </button>
        </div>
    }
}

#[component]
fn CloseOwedNone() -> impl IntoView {
    let page = page();
    // What was counted is what is closed, whatever comes in meanwhile.
    let ids = untrack(|| page.owed_none());
    let count = ids.len();
    view! {
        <p>{format!("{count} messages in this folder only say thanks or are for your information. Each is closed without a reply and recorded under your name.")}</p>
        <div class="row end">
            <button type="button" on:click=move |_| page.dialog.set(None)>"Keep them open"</button>
            <button class="primary" id="confirm-close-owed-none" autofocus on:click=move |_| page.close_owed_none(ids.clone())>
                {format!("Close {count}")}
            </button>
        </div>
    }
}

#[component]
fn Presets() -> impl IntoView {
    let page = page();
    view! {
        <ul class="times">
            {Preset::ALL.into_iter().enumerate().map(|(i, p)| view! {
                <li><button id=format!("preset-{i}") autofocus=i == 0 on:click=move |_| page.draft_as(Some(p))>{p.label()}</button></li>
            }).collect_view()}
        </ul>
        <p class="muted">"It is made from the same message and chart. What you typed stays: D brings the new draft."</p>
    }
}

/// When a message may come back: in words, and as the time it is.
#[component]
fn Later() -> impl IntoView {
    let page = page();
    let chosen = RwSignal::new(String::new());
    let own = move || words::from_local(&chosen.get());
    view! {
        <ul class="times">
            {words::later().into_iter().enumerate().map(|(i, (label, until))| view! {
                <li><button id=format!("later-{i}") autofocus=i == 0 on:click=move |_| page.put_off(Some(until.clone()))>{label}</button></li>
            }).collect_view()}
        </ul>
        <form on:submit=move |e| {
            e.prevent_default();
            if let Some(until) = untrack(own) { page.put_off(Some(until)); }
        }>
            <label for="later-at">"Another time"</label>
            <div class="row">
                <input id="later-at" type="datetime-local" on:input=move |e| chosen.set(event_target_value(&e)) />
                <button class="primary" disabled=move || own().is_none()>"Put off"</button>
            </div>
        </form>
        <p class="muted">"It leaves the queue and comes back by itself, or at once when the patient writes again. L brings it back sooner."</p>
    }
}

#[component]
fn Help() -> impl IntoView {
    view! {
        <table class="shortcuts">
            <tbody>
                {commands::all().into_iter().filter(|c| !c.key.is_empty()).map(|c| view! {
                    <tr>
                        <th scope="row">{c.key.split(' ').map(|k| view! { <kbd>{k}</kbd> " " }).collect_view()}</th>
                        <td>{c.name}</td>
                    </tr>
                }).collect_view()}
            </tbody>
        </table>
        <p class="muted">"Single letters rest while you type, and can be switched off in Settings."</p>
    }
}

#[component]
fn SettingsForm() -> impl IntoView {
    let page = page();
    let change = move |f: Box<dyn FnOnce(&mut Settings)>| {
        let mut s = page.settings.get_untracked();
        f(&mut s);
        page.save_settings(s);
    };
    let theme = move |e| {
        let theme = match event_target_value(&e).as_str() {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::System,
        };
        change(Box::new(move |s| s.theme = theme));
    };
    let selected = move |t: Theme| page.settings.with(|s| s.theme == t);
    view! {
        <div class="form">
            <label for="theme">"Colours"</label>
            <select id="theme" on:change=theme>
                <option value="system" selected=move || selected(Theme::System)>"As the system"</option>
                <option value="light" selected=move || selected(Theme::Light)>"Light"</option>
                <option value="dark" selected=move || selected(Theme::Dark)>"Dark"</option>
            </select>
            <label for="sign-off">"Sign-off under every draft"</label>
            <input id="sign-off" autocomplete="off" prop:value=move || page.settings.with(|s| s.sign_off.clone())
                on:change=move |e| { let v = event_target_value(&e); change(Box::new(move |s| s.sign_off = v)); } />
            <label for="undo-seconds">"Seconds to undo (5 to 30)"</label>
            <input id="undo-seconds" type="number" min="5" max="30" prop:value=move || page.settings.with(|s| s.undo_seconds.to_string())
                on:change=move |e| { if let Ok(n) = event_target_value(&e).parse() { change(Box::new(move |s| s.undo_seconds = n)); } } />
            <label for="single-keys">"Single-letter shortcuts"</label>
            <input id="single-keys" type="checkbox" prop:checked=move || page.settings.with(|s| s.single_key_shortcuts)
                on:change=move |e| { let on = event_target_checked(&e); change(Box::new(move |s| s.single_key_shortcuts = on)); } />
            <label for="lock-minutes">"Minutes without use until it locks (1 to 60)"</label>
            <input id="lock-minutes" type="number" min="1" max="60" disabled=move || !page.may(contract::Right::Settings)
                prop:value=move || page.settings.with(|s| s.lock_minutes.to_string())
                on:change=move |e| { if let Ok(n) = event_target_value(&e).parse() { change(Box::new(move |s| s.lock_minutes = n)); } } />
            <label for="jurisdiction">"Disclosure over replies that began as a draft"</label>
            <select id="jurisdiction" disabled=move || !page.may(contract::Right::Settings)
                on:change=move |e| { let v = event_target_value(&e); change(Box::new(move |s| s.jurisdiction = v)); }>
                {[("none", "None"), ("california", "California (AB 3030)"), ("texas", "Texas (HB 149, SB 1188)")].into_iter().map(|(id, label)| view! {
                    <option value=id selected=move || page.settings.with(|s| s.jurisdiction == id)>{label}</option>
                }).collect_view()}
            </select>
            <label for="contact">"How a patient reaches a person (ends the disclosure)"</label>
            <input id="contact" autocomplete="off" disabled=move || !page.may(contract::Right::Settings)
                prop:value=move || page.settings.with(|s| s.contact.clone())
                on:change=move |e| { let v = event_target_value(&e); change(Box::new(move |s| s.contact = v)); } />
            <label for="threads">"Threads for drafting (0 for all cores)"</label>
            <input id="threads" type="number" min="0" max="256" prop:value=move || page.settings.with(|s| s.draft_threads.to_string())
                on:change=move |e| { if let Ok(n) = event_target_value(&e).parse() { change(Box::new(move |s| s.draft_threads = n)); } } />
            <span>"Accounts"</span>
            <div class="row">
                <button type="button" id="own-passphrase-button" on:click=move |_| page.dialog.set(Some(Dialog::Passphrase))>"Your passphrase…"</button>
                <button type="button" id="people-button" disabled=move || !page.may(contract::Right::Accounts)
                    on:click=move |_| page.dialog.set(Some(Dialog::People))>"People…"</button>
            </div>
            <span>"Clinic's own triage rules"</span>
            <OwnRulesRow />
            <span>"Watched folder"</span>
            <FolderRow what=SettingsFolder::Watched right=contract::Right::Import />
            <span>"Folder for backups"</span>
            <FolderRow what=SettingsFolder::Backups right=contract::Right::Settings />
            <span>"A backup now"</span>
            <BackUpNow />
            <label for="backup-days">"Days from one backup to the next (1 to 31)"</label>
            <input id="backup-days" type="number" min="1" max="31" disabled=move || !page.may(contract::Right::Settings)
                prop:value=move || page.settings.with(|s| s.backup_days.to_string())
                on:change=move |e| { if let Ok(n) = event_target_value(&e).parse() { change(Box::new(move |s| s.backup_days = n)); } } />
            <label for="backups-kept">"Backups that are kept (2 to 100)"</label>
            <input id="backups-kept" type="number" min="2" max="100" disabled=move || !page.may(contract::Right::Settings)
                prop:value=move || page.settings.with(|s| s.backups_kept.to_string())
                on:change=move |e| { if let Ok(n) = event_target_value(&e).parse() { change(Box::new(move |s| s.backups_kept = n)); } } />
            <span>"Folder for the audit's daily head"</span>
            <FolderRow what=SettingsFolder::AuditHeads right=contract::Right::Settings />
            <label for="keyring">"This computer's keyring may open the record"</label>
            <input id="keyring" type="checkbox" disabled=move || !page.may(contract::Right::Settings)
                prop:checked=move || page.settings.with(|s| s.keyring)
                on:change=move |e| { let on = event_target_checked(&e); change(Box::new(move |s| s.keyring = on)); } />
        </div>
    }
}

/// Writes a backup now, and says how it went.
#[component]
fn BackUpNow() -> impl IntoView {
    let page = page();
    let (busy, said) = (RwSignal::new(false), RwSignal::new(String::new()));
    let back_up = move |_| {
        busy.set(true);
        said.set("Writing…".into());
        spawn_local(async move {
            said.set(match page.backend().back_up_now().await {
                Ok(()) => "Written and checked.".into(),
                Err(f) => f.message,
            });
            busy.set(false);
        });
    };
    view! {
        <div class="row">
            <button type="button" id="back-up-now" disabled=move || busy.get() || !page.may(contract::Right::Backup) on:click=back_up>"Back up"</button>
            <span role="status" class="muted" id="back-up-said">{move || said.get()}</span>
        </div>
    }
}

/// A folder of the settings, and the way to choose it: in a dialog of the system.
#[component]
fn FolderRow(what: SettingsFolder, right: contract::Right) -> impl IntoView {
    let page = page();
    let folder = move || {
        page.settings.with(|s| {
            let folder = match what {
                SettingsFolder::Watched => &s.watched_folder,
                SettingsFolder::Backups => &s.backup_folder,
                SettingsFolder::AuditHeads => &s.audit_folder,
            };
            if folder.is_empty() {
                "none".to_owned()
            } else {
                folder.clone()
            }
        })
    };
    let pick = move |clear: bool| {
        spawn_local(async move {
            match page.backend().pick_folder(what, clear).await {
                Ok(s) => page.settings.set(s),
                Err(f) => page.notice.set(Some(Notice::Failure(f))),
            }
        });
    };
    let (id, label) = match what {
        SettingsFolder::Watched => ("watched-folder", "Choose the watched folder"),
        SettingsFolder::Backups => ("backup-folder", "Choose the folder for backups"),
        SettingsFolder::AuditHeads => (
            "audit-folder",
            "Choose the folder for the audit's daily head",
        ),
    };
    view! {
        <div class="row">
            <span class="place" id=id>{folder}</span>
            <button type="button" id=format!("{id}-pick") aria-label=label disabled=move || !page.may(right) on:click=move |_| pick(false)>"Choose…"</button>
            {move || (folder() != "none").then(|| view! {
                <button type="button" id=format!("{id}-clear") aria-label=format!("{label}: none") disabled=move || !page.may(right)
                    on:click=move |_| pick(true)>"None"</button>
            })}
        </div>
    }
}

/// The clinic's file of rules: how many, why it is not in force, and the ways to change it.
#[component]
fn OwnRulesRow() -> impl IntoView {
    let page = page();
    let own = RwSignal::new(None::<OwnRules>);
    let take = move |asked: Answer<OwnRules>| {
        spawn_local(async move {
            match asked.await {
                Ok(o) => {
                    own.set(Some(o));
                    page.refresh().await;
                }
                Err(f) => page.notice.set(Some(Notice::Failure(f))),
            }
        });
    };
    take(page.backend().own_rules());
    let may = move || page.may(contract::Right::Settings);
    let words = move || {
        own.with(|o| match o {
            None => String::new(),
            Some(OwnRules { fault: Some(f), .. }) => f.clone(),
            Some(o) if o.text.is_empty() => "none".to_owned(),
            Some(o) => match o.ids.len() {
                0 => "fixed texts only".to_owned(),
                1 => "1 rule".to_owned(),
                n => format!("{n} rules"),
            },
        })
    };
    view! {
        <div class="row">
            <span class="place" id="own-rules" role="status">{words}</span>
            <button type="button" id="pick-own-rules" disabled=move || !may()
                on:click=move |_| take(page.backend().pick_own_rules())>"Choose…"</button>
            <button type="button" id="clear-own-rules" disabled=move || !may() || own.with(|o| o.as_ref().is_none_or(|o| o.text.is_empty()))
                on:click=move |_| take(page.backend().clear_own_rules())>"Remove"</button>
        </div>
    }
}

#[component]
fn Models() -> impl IntoView {
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
