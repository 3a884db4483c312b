//! What a person, and what the clinic, has chosen.

use crate::backend::Answer;
use crate::field::{Field, Held, Kind, Tick};
use crate::insert;
use crate::keys;
use crate::language::english::{Said, english};
use crate::language::{Language, t, t_with};
use crate::state::{Dialog, Notice, page};
use contract::{About, Density, OwnRules, Right, Settings, SettingsFolder, Theme};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(super) fn SettingsForm() -> impl IntoView {
    let page = page();
    view! {
        <section class="settings" aria-labelledby="settings-look">
            <h3 id="settings-look">{t("settings-look")}</h3>
            <div class="form">
                <Set id="language" label=t("settings-language") kind=Kind::OneOf(languages())
                    get=|s| Language::of(&s.language).map_or("system", Language::code).into()
                    set=|s, v| v.clone_into(&mut s.language) />
                <Set id="theme" label=t("settings-theme") kind=Kind::OneOf(vec![("system", t("theme-system")), ("light", t("theme-light")), ("dark", t("theme-dark"))])
                    get=|s| match s.theme { Theme::System => "system", Theme::Light => "light", Theme::Dark => "dark" }.into()
                    set=|s, v| s.theme = match v { "light" => Theme::Light, "dark" => Theme::Dark, _ => Theme::System } />
                <Set id="type-size" label=t("settings-type-size") kind=Kind::OneOf(["90", "100", "110", "125", "150"].map(|n| (n, format!("{n}%"))).to_vec())
                    get=|s| s.type_percent.to_string()
                    set=|s, v| s.type_percent = v.parse().unwrap_or(100) />
                <Set id="density" label=t("settings-density") kind=Kind::OneOf(vec![("comfortable", t("density-comfortable")), ("compact", t("density-compact"))])
                    get=|s| if s.density == Density::Compact { "compact" } else { "comfortable" }.into()
                    set=|s, v| s.density = if v == "compact" { Density::Compact } else { Density::Comfortable } />
                <Switch id="single-keys" label=t("settings-single-keys")
                    get=|s| s.single_key_shortcuts set=|s, on| s.single_key_shortcuts = on />
            </div>
        </section>
        <section class="settings" aria-labelledby="settings-replies">
            <h3 id="settings-replies">{t("settings-replies")}</h3>
            <div class="form">
                <Set id="sign-off" label=t("settings-sign-off") kind=Kind::Words("off") clinic=true get=|s| s.sign_off.clone() set=|s, v| v.clone_into(&mut s.sign_off) />
                <Set id="undo-seconds" label=t("settings-undo") kind=Kind::Number(5, 30) get=|s| s.undo_seconds.to_string() set=|s, v| number(&mut s.undo_seconds, v) />
                <Switch id="ask-feedback" label=t("settings-ask") get=|s| s.ask_feedback set=|s, on| s.ask_feedback = on />
                <Set id="threads" label=t("settings-threads") kind=Kind::Number(0, 256) get=|s| s.draft_threads.to_string() set=|s, v| number(&mut s.draft_threads, v) />
                <Set id="unload-minutes" label=t("settings-unload") kind=Kind::Number(0, 240) get=|s| s.unload_minutes.to_string() set=|s, v| number(&mut s.unload_minutes, v) />
                <Set id="lines" label=t("settings-lines") kind=Kind::Lines(5) get=|s| insert::lines(&s.lines, "").words.join("\n")
                    set=|s, v| s.lines = v.lines().map(str::to_owned).collect() />
            </div>
        </section>
        <section class="settings" aria-labelledby="settings-clinic">
            <h3 id="settings-clinic">{t("settings-clinic")}</h3>
            <div class="form">
                <Set id="lock-minutes" label=t("settings-lock") kind=Kind::Number(1, 60) clinic=true
                    get=|s| s.lock_minutes.to_string() set=|s, v| number(&mut s.lock_minutes, v) />
                <Set id="jurisdiction" label=t("settings-disclosure") clinic=true kind=Kind::OneOf(vec![("none", t("disclosure-none")), ("california", t("disclosure-california")), ("texas", t("disclosure-texas"))])
                    get=|s| s.jurisdiction.clone() set=|s, v| v.clone_into(&mut s.jurisdiction) />
                <Set id="contact" label=t("settings-contact") kind=Kind::Words("off") clinic=true
                    get=|s| s.contact.clone() set=|s, v| v.clone_into(&mut s.contact) />
                <span>{t("settings-accounts")}</span>
                <div class="row">
                    <button type="button" id="own-passphrase-button" on:click=move |_| page.dialog.set(Some(Dialog::Passphrase))>{t("settings-passphrase")}</button>
                    <button type="button" id="people-button" disabled=move || !page.may(Right::Accounts)
                        on:click=move |_| page.dialog.set(Some(Dialog::People))>{t("settings-people")}</button>
                </div>
                <Switch id="keyring" label=t("settings-keyring") clinic=true get=|s| s.keyring set=|s, on| s.keyring = on />
                <Set id="practice-every" label=t("settings-practice") kind=Kind::Number(0, 500) clinic=true
                    get=|s| s.practice_every.to_string() set=|s, v| number(&mut s.practice_every, v) />
                <span>{t("settings-rules")}</span>
                <OwnRulesRow />
                <span>{t("settings-watched")}</span>
                <FolderRow what=SettingsFolder::Watched right=Right::Import />
            </div>
        </section>
        <section class="settings" aria-labelledby="settings-record">
            <h3 id="settings-record">{t("settings-record")}</h3>
            <div class="form">
                <span>{t("settings-backups")}</span>
                <FolderRow what=SettingsFolder::Backups right=Right::Settings />
                <span>{t("settings-backup-now")}</span>
                <BackUpNow />
                <Set id="backup-days" label=t("settings-backup-days") kind=Kind::Number(1, 31) clinic=true
                    get=|s| s.backup_days.to_string() set=|s, v| number(&mut s.backup_days, v) />
                <Set id="backups-kept" label=t("settings-backups-kept") kind=Kind::Number(2, 100) clinic=true
                    get=|s| s.backups_kept.to_string() set=|s, v| number(&mut s.backups_kept, v) />
                <span>{t("settings-audit")}</span>
                <FolderRow what=SettingsFolder::AuditHeads right=Right::Settings />
            </div>
        </section>
        <Log />
        <AboutThis />
    }
}

/// The last lines of the program's log, to be read and copied for whoever looks after it.
#[component]
fn Log() -> impl IntoView {
    let page = page();
    let lines = RwSignal::new(String::new());
    let said = RwSignal::new(Said::default());
    let read = move || {
        spawn_local(async move {
            match page.backend().log_lines().await {
                Ok(all) if all.is_empty() => said.set(Said::Key("log-none")),
                Ok(all) => lines.set(all.join("\n")),
                Err(f) => said.set(Said::Failure(f)),
            }
        });
    };
    read();
    let copy = move |_| {
        keys::choose("log", 0, lines.with_untracked(|l| l.chars().count()));
        said.set(Said::Key(if keys::exec("copy", "") {
            "log-copied"
        } else {
            "log-not-copied"
        }));
        keys::focus("copy-log");
    };
    view! {
        <section class="settings" aria-labelledby="settings-log">
            <h3 id="settings-log">{t("about-logs")}</h3>
            <p class="muted">{t("about-logs-words")}</p>
            <textarea id="log" lang="en" readonly rows="6" aria-labelledby="settings-log" prop:value=lines></textarea>
            <div class="row end">
                <span role="status" class="muted" id="log-said">{move || said.get().shown()}</span>
                <button type="button" id="read-log" on:click=move |_| { said.set(Said::Nothing); read(); }>{t("log-read")}</button>
                <button type="button" id="copy-log" disabled=move || lines.with(String::is_empty) on:click=copy>{t("log-copy")}</button>
            </div>
        </section>
    }
}

/// The languages to choose from, each as those who speak it call it.
fn languages() -> Vec<(&'static str, String)> {
    std::iter::once(("system", t("settings-language-system")))
        .chain(Language::all().map(|l| (l.code(), l.name())))
        .collect()
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
    view! {
        <section class="settings" aria-labelledby="settings-about">
            <h3 id="settings-about">{t("settings-about")}</h3>
            <div class="form">
                <span>{t("about-version")}</span><span id="about-version">{move || about.get().version}</span>
                <span>{t("about-record")}</span><span class="place">{move || about.get().data_folder}</span>
                <span>{t("about-models")}</span><span class="place">{move || about.get().models_folder}</span>
            </div>
            <Reset />
        </section>
    }
}

/// The way back to how it was built: asked twice, since letters and lines were made by hand.
#[component]
fn Reset() -> impl IntoView {
    let page = page();
    let (asked, lines_too) = (RwSignal::new(false), RwSignal::new(false));
    let ask = move |on: bool| {
        lines_too.set(false);
        asked.set(on);
        set_timeout(
            move || {
                keys::focus(if on {
                    "keep-settings"
                } else {
                    "reset-settings"
                })
            },
            std::time::Duration::ZERO,
        );
    };
    let reset = move |_| {
        change(page, |s| {
            let built = Settings::default();
            // What is the clinic's stays, and so do the sign-off and the folders.
            s.language = built.language;
            s.theme = built.theme;
            s.type_percent = built.type_percent;
            s.density = built.density;
            s.queue_percent = built.queue_percent;
            s.chart_percent = built.chart_percent;
            s.single_key_shortcuts = built.single_key_shortcuts;
            s.keys = built.keys;
            s.undo_seconds = built.undo_seconds;
            s.ask_feedback = built.ask_feedback;
            s.draft_threads = built.draft_threads;
            s.unload_minutes = built.unload_minutes;
            if lines_too.get_untracked() {
                s.lines = built.lines;
            }
        });
        ask(false);
    };
    move || {
        if !asked.get() {
            return view! {
                <div class="row end"><button type="button" id="reset-settings" on:click=move |_| ask(true)>{t("about-reset")}</button></div>
            }
            .into_any();
        }
        let lines = page.settings.with_untracked(|s| s.lines.len());
        view! {
            <section aria-labelledby="reset-words">
                <p id="reset-words">{t("about-reset-words")}</p>
                {(lines > 0).then(|| view! {
                    <Tick id="reset-lines".into() label=t_with("about-reset-lines", &[("count", lines.into())]) around=true get=lines_too set=move |on| lines_too.set(on) />
                })}
                <div class="row end">
                    <button type="button" id="keep-settings" on:click=move |_| ask(false)>{t("about-reset-keep")}</button>
                    <button type="button" class="primary" id="confirm-reset" on:click=reset>{t("about-reset-button")}</button>
                </div>
            </section>
        }
        .into_any()
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

/// A field of a setting; one of the clinic's is shut for most.
#[component]
fn Set(
    id: &'static str,
    label: String,
    kind: Kind,
    #[prop(optional)] clinic: bool,
    get: fn(&Settings) -> String,
    set: fn(&mut Settings, &str),
) -> impl IntoView {
    let page = page();
    let held = Held::whole(
        move || page.settings.with(get),
        move |v| change(page, |s| set(s, &v)),
    );
    view! { <Field id label kind held disabled=Signal::derive(move || is_shut(page, clinic)) /> }
}

/// A setting that is on or off.
#[component]
fn Switch(
    id: &'static str,
    label: String,
    #[prop(optional)] clinic: bool,
    get: fn(&Settings) -> bool,
    set: fn(&mut Settings, bool),
) -> impl IntoView {
    let page = page();
    view! {
        <Tick id=id.to_owned() label get=Signal::derive(move || page.settings.with(get)) set=move |on| change(page, |s| set(s, on))
            disabled=Signal::derive(move || is_shut(page, clinic)) />
    }
}

/// Keeps a number that was typed; what is none changes nothing.
fn number(of: &mut u32, typed: &str) {
    if let Ok(n) = typed.parse() {
        *of = n;
    }
}

/// Writes a backup now, and says how it went.
#[component]
fn BackUpNow() -> impl IntoView {
    let page = page();
    let (busy, said) = (RwSignal::new(false), RwSignal::new(Said::default()));
    let back_up = move |_| {
        busy.set(true);
        said.set(Said::Key("backup-writing"));
        spawn_local(async move {
            said.set(match page.backend().back_up_now().await {
                Ok(()) => Said::Key("backup-written"),
                Err(f) => Said::Failure(f),
            });
            busy.set(false);
        });
    };
    view! {
        <div class="row">
            <button type="button" id="back-up-now" disabled=move || busy.get() || !page.may(Right::Backup) on:click=back_up>{t("backup-button")}</button>
            <span role="status" class="muted" id="back-up-said">{move || said.get().shown()}</span>
        </div>
    }
}

/// A folder of the settings, and the way to choose it: in a dialog of the system.
#[component]
fn FolderRow(what: SettingsFolder, right: Right) -> impl IntoView {
    let page = page();
    let folder = move || {
        page.settings.with(|s| match what {
            SettingsFolder::Watched => s.watched_folder.clone(),
            SettingsFolder::Backups => s.backup_folder.clone(),
            SettingsFolder::AuditHeads => s.audit_folder.clone(),
        })
    };
    let named = move || Some(folder()).filter(|f| !f.is_empty());
    let pick = move |clear: bool| {
        spawn_local(async move {
            match page.backend().pick_folder(what, clear).await {
                Ok(s) => page.settings.set(s),
                Err(f) => page.notice.set(Some(Notice::Failure(f))),
            }
        });
    };
    let (id, label) = match what {
        SettingsFolder::Watched => ("watched-folder", t("folder-choose-watched")),
        SettingsFolder::Backups => ("backup-folder", t("folder-choose-backups")),
        SettingsFolder::AuditHeads => ("audit-folder", t("folder-choose-audit")),
    };
    let clear_label = t_with("folder-clear-label", &[("label", label.as_str().into())]);
    view! {
        <div class="row">
            <span class="place" id=id>{move || named().unwrap_or_else(|| t("folder-is-none"))}</span>
            <button type="button" id=format!("{id}-pick") aria-label=label disabled=move || !page.may(right) on:click=move |_| pick(false)>{t("folder-choose")}</button>
            {move || named().map(|_| view! {
                <button type="button" id=format!("{id}-clear") aria-label=clear_label.clone() disabled=move || !page.may(right)
                    on:click=move |_| pick(true)>{t("folder-clear")}</button>
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
            None => String::new().into_any(),
            Some(OwnRules { fault: Some(f), .. }) => english(f.clone()),
            Some(o) if o.text.is_empty() => t("rules-none").into_any(),
            Some(o) => t_with("rules-count", &[("count", o.ids.len().into())]).into_any(),
        })
    };
    view! {
        <div class="row">
            <span class="place" id="own-rules" role="status">{words}</span>
            <button type="button" id="pick-own-rules" disabled=move || !may()
                on:click=move |_| take(page.backend().pick_own_rules())>{t("folder-choose")}</button>
            <button type="button" id="clear-own-rules" disabled=move || !may() || own.with(|o| o.as_ref().is_none_or(|o| o.text.is_empty()))
                on:click=move |_| take(page.backend().clear_own_rules())>{t("rules-remove")}</button>
        </div>
    }
}
