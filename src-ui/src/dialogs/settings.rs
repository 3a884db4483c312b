//! What a person, and what the clinic, has chosen.

use crate::backend::Answer;
use crate::insert;
use crate::state::{Dialog, Notice, page};
use contract::{About, Density, OwnRules, Right, Settings, SettingsFolder, Theme};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(super) fn SettingsForm() -> impl IntoView {
    let page = page();
    view! {
        <section class="settings" aria-labelledby="settings-look">
            <h3 id="settings-look">"Look"</h3>
            <div class="form">
                <Pick id="theme" label="Colours" choices=&[("system", "As the system"), ("light", "Light"), ("dark", "Dark")]
                    get=|s| match s.theme { Theme::System => "system", Theme::Light => "light", Theme::Dark => "dark" }.into()
                    set=|s, v| s.theme = match v { "light" => Theme::Light, "dark" => Theme::Dark, _ => Theme::System } />
                <Pick id="type-size" label="Size of type" choices=&[("90", "90%"), ("100", "100%"), ("110", "110%"), ("125", "125%"), ("150", "150%")]
                    get=|s| s.type_percent.to_string()
                    set=|s, v| s.type_percent = v.parse().unwrap_or(100) />
                <Pick id="density" label="Density" choices=&[("comfortable", "Comfortable"), ("compact", "Compact")]
                    get=|s| if s.density == Density::Compact { "compact" } else { "comfortable" }.into()
                    set=|s, v| s.density = if v == "compact" { Density::Compact } else { Density::Comfortable } />
                <Tick id="single-keys" label="Single-letter shortcuts"
                    get=|s| s.single_key_shortcuts set=|s, on| s.single_key_shortcuts = on />
            </div>
        </section>
        <section class="settings" aria-labelledby="settings-replies">
            <h3 id="settings-replies">"Replies"</h3>
            <div class="form">
                <Words id="sign-off" label="Sign-off under every draft" get=|s| s.sign_off.clone() set=|s, v| s.sign_off = v />
                <Number id="undo-seconds" label="Seconds to undo (5 to 30)" least=5 most=30 get=|s| s.undo_seconds set=|s, n| s.undo_seconds = n />
                <Tick id="ask-feedback" label="Ask how the draft was" get=|s| s.ask_feedback set=|s, on| s.ask_feedback = on />
                <Number id="threads" label="Threads for drafting (0 for all cores)" least=0 most=256 get=|s| s.draft_threads set=|s, n| s.draft_threads = n />
                <label for="lines">"Lines to insert, one each"</label>
                <textarea id="lines" rows="5" prop:value=move || page.settings.with(|s| insert::lines(&s.lines).join("\n"))
                    on:change=move |e| {
                        let lines = event_target_value(&e).lines().map(str::to_owned).collect();
                        change(page, |s| s.lines = lines);
                    }></textarea>
            </div>
        </section>
        <section class="settings" aria-labelledby="settings-clinic">
            <h3 id="settings-clinic">"This clinic"</h3>
            <div class="form">
                <Number id="lock-minutes" label="Minutes without use until it locks (1 to 60)" least=1 most=60 clinic=true
                    get=|s| s.lock_minutes set=|s, n| s.lock_minutes = n />
                <Pick id="jurisdiction" label="Disclosure over replies that began as a draft" clinic=true
                    choices=&[("none", "None"), ("california", "California (AB 3030)"), ("texas", "Texas (HB 149, SB 1188)")]
                    get=|s| s.jurisdiction.clone() set=|s, v| v.clone_into(&mut s.jurisdiction) />
                <Words id="contact" label="How a patient reaches a person (ends the disclosure)" clinic=true
                    get=|s| s.contact.clone() set=|s, v| s.contact = v />
                <span>"Accounts"</span>
                <div class="row">
                    <button type="button" id="own-passphrase-button" on:click=move |_| page.dialog.set(Some(Dialog::Passphrase))>"Your passphrase…"</button>
                    <button type="button" id="people-button" disabled=move || !page.may(Right::Accounts)
                        on:click=move |_| page.dialog.set(Some(Dialog::People))>"People…"</button>
                </div>
                <Tick id="keyring" label="This computer's keyring may open the record" clinic=true get=|s| s.keyring set=|s, on| s.keyring = on />
                <span>"Clinic's own triage rules"</span>
                <OwnRulesRow />
                <span>"Watched folder"</span>
                <FolderRow what=SettingsFolder::Watched right=Right::Import />
            </div>
        </section>
        <section class="settings" aria-labelledby="settings-record">
            <h3 id="settings-record">"Record"</h3>
            <div class="form">
                <span>"Folder for backups"</span>
                <FolderRow what=SettingsFolder::Backups right=Right::Settings />
                <span>"A backup now"</span>
                <BackUpNow />
                <Number id="backup-days" label="Days from one backup to the next (1 to 31)" least=1 most=31 clinic=true
                    get=|s| s.backup_days set=|s, n| s.backup_days = n />
                <Number id="backups-kept" label="Backups that are kept (2 to 100)" least=2 most=100 clinic=true
                    get=|s| s.backups_kept set=|s, n| s.backups_kept = n />
                <span>"Folder for the audit's daily head"</span>
                <FolderRow what=SettingsFolder::AuditHeads right=Right::Settings />
            </div>
        </section>
        <AboutThis />
    }
}

/// The version, where data lie, and the way back to how it was built.
#[component]
fn AboutThis() -> impl IntoView {
    let page = page();
    let about = RwSignal::new(About::default());
    spawn_local(async move {
        if let Ok(a) = page.backend().about().await {
            about.set(a);
        }
    });
    let reset = move |_| {
        let now = page.settings.get_untracked();
        let built = Settings::default();
        // What is the clinic's stays, and so do the folders.
        page.save_settings(Settings {
            theme: built.theme,
            type_percent: built.type_percent,
            density: built.density,
            queue_percent: built.queue_percent,
            chart_percent: built.chart_percent,
            single_key_shortcuts: built.single_key_shortcuts,
            keys: built.keys,
            lines: built.lines,
            undo_seconds: built.undo_seconds,
            ask_feedback: built.ask_feedback,
            draft_threads: built.draft_threads,
            ..now
        });
    };
    view! {
        <section class="settings" aria-labelledby="settings-about">
            <h3 id="settings-about">"This installation"</h3>
            <div class="form">
                <span>"Version"</span><span id="about-version">{move || about.get().version}</span>
                <span>"Record"</span><span class="place">{move || about.get().data_folder}</span>
                <span>"Models"</span><span class="place">{move || about.get().models_folder}</span>
                <span>"Logs"</span><span>"On standard error, without patient text: start with RUST_LOG=info to see more."</span>
                <span>"Look, keys and lines as they were built"</span>
                <div class="row"><button type="button" id="reset-settings" on:click=reset>"Reset"</button></div>
            </div>
        </section>
    }
}

/// Changes the settings and has them kept.
fn change(page: crate::state::Page, f: impl FnOnce(&mut Settings)) {
    let mut s = page.settings.get_untracked();
    f(&mut s);
    page.save_settings(s);
}

/// Whether a setting is not this person's to change.
fn is_shut(page: crate::state::Page, clinic: bool) -> bool {
    clinic && !page.may(Right::Settings)
}

#[component]
fn Number(
    id: &'static str,
    label: &'static str,
    least: u32,
    most: u32,
    #[prop(optional)] clinic: bool,
    get: fn(&Settings) -> u32,
    set: fn(&mut Settings, u32),
) -> impl IntoView {
    let page = page();
    view! {
        <label for=id>{label}</label>
        <input id=id type="number" min=least.to_string() max=most.to_string() disabled=move || is_shut(page, clinic)
            prop:value=move || page.settings.with(get).to_string()
            on:change=move |e| if let Ok(n) = event_target_value(&e).parse() { change(page, |s| set(s, n)); } />
    }
}

#[component]
fn Tick(
    id: &'static str,
    label: &'static str,
    #[prop(optional)] clinic: bool,
    get: fn(&Settings) -> bool,
    set: fn(&mut Settings, bool),
) -> impl IntoView {
    let page = page();
    view! {
        <label for=id>{label}</label>
        <input id=id type="checkbox" disabled=move || is_shut(page, clinic)
            prop:checked=move || page.settings.with(get)
            on:change=move |e| { let on = event_target_checked(&e); change(page, |s| set(s, on)); } />
    }
}

#[component]
fn Words(
    id: &'static str,
    label: &'static str,
    #[prop(optional)] clinic: bool,
    get: fn(&Settings) -> String,
    set: fn(&mut Settings, String),
) -> impl IntoView {
    let page = page();
    view! {
        <label for=id>{label}</label>
        <input id=id autocomplete="off" disabled=move || is_shut(page, clinic)
            prop:value=move || page.settings.with(get)
            on:change=move |e| { let v = event_target_value(&e); change(page, |s| set(s, v)); } />
    }
}

#[component]
fn Pick(
    id: &'static str,
    label: &'static str,
    choices: &'static [(&'static str, &'static str)],
    #[prop(optional)] clinic: bool,
    get: fn(&Settings) -> String,
    set: fn(&mut Settings, &str),
) -> impl IntoView {
    let page = page();
    view! {
        <label for=id>{label}</label>
        <select id=id disabled=move || is_shut(page, clinic)
            on:change=move |e| { let v = event_target_value(&e); change(page, |s| set(s, &v)); }>
            {choices.iter().map(|(value, words)| view! {
                <option value=*value selected=move || page.settings.with(get) == *value>{*words}</option>
            }).collect_view()}
        </select>
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
            <button type="button" id="back-up-now" disabled=move || busy.get() || !page.may(Right::Backup) on:click=back_up>"Back up"</button>
            <span role="status" class="muted" id="back-up-said">{move || said.get()}</span>
        </div>
    }
}

/// A folder of the settings, and the way to choose it: in a dialog of the system.
#[component]
fn FolderRow(what: SettingsFolder, right: Right) -> impl IntoView {
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
    let may = move || page.may(Right::Settings);
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
