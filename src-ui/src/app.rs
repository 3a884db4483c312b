//! The frame of the page: top bar, queue, reading, chart, and what lies over them.

use crate::chart::ChartPane;
use crate::commands::Letter;
use crate::dialogs::Dialogs;
use crate::entry::Entry;
use crate::keys;
use crate::language::english::failure;
use crate::language::{self, t, t_with};
use crate::notices::{Layer, Notices, Status};
use crate::queue::QueuePane;
use crate::review::ReviewPane;
use crate::split::{Side, Splitter};
use crate::state::{Dialog, Page, UndoBar, page};
use crate::tour::Tour;
use contract::{EngineState, SessionState};
use leptos::prelude::*;

#[component]
pub(crate) fn App() -> impl IntoView {
    let page = Page::new();
    provide_context(page);
    language::begin(page);
    page.begin();
    keys::listen(page);
    let empty = move || {
        page.queue
            .with(|q| q.as_ref().is_some_and(|q| q.empty_record))
    };
    let loading =
        move || page.queue.with(Option::is_none) && page.queue_failure.with(Option::is_none);
    // Nothing of the record is in the page while it is locked: the desk's parts are not hidden, they are gone.
    let open = Memo::new(move |_| {
        !page.making.get()
            && page
                .session
                .with(|s| matches!(s, Some(SessionState::Open { .. })))
    });
    view! {
        <Show when=move || open.get() fallback=Entry>
            // Another language draws all of it anew; what is open and what was typed is in the page's state.
            {move || {
                language::track();
                view! {
                    <TopBar />
                    <SessionBar />
                    <NoticeBar />
                    <Show when=move || !empty() fallback=Welcome>
                        <main class="desk" class:loading=loading
                            style=("--queue", move || page.settings.with(|s| format!("{}%", s.queue_percent)))
                            style=("--chart", move || page.settings.with(|s| format!("{}%", s.chart_percent)))>
                            <QueuePane />
                            <Splitter side=Side::Queue />
                            <ReviewPane />
                            <Splitter side=Side::Chart />
                            <ChartPane />
                        </main>
                    </Show>
                    <Tour />
                    <Dialogs />
                }
            }}
        </Show>
        <Status layer=Layer::Page />
    }
}

#[component]
fn TopBar() -> impl IntoView {
    let page = page();
    view! {
        <header class="topbar">
            <div class="brand"><span class="mark" aria-hidden="true"></span>"Countersign"</div>
            <p class="engine" id="engine" data-engine=move || page.engine().0>
                <span class="dot" aria-hidden="true"></span>
                {move || page.engine().1}
            </p>
            <nav class="actions" aria-label=t("window-program")>
                <button class="ghost" id="import" on:click=move |_| page.import_files()>{t("window-import")}</button>
                <button class="ghost" id="models" on:click=move |_| page.dialog.set(Some(Dialog::Models))>{t("window-models")}</button>
                <button class="ghost" id="settings" on:click=move |_| page.dialog.set(Some(Dialog::Settings))>{t("window-settings")}</button>
                <button class="ghost" id="lock" on:click=move |_| page.lock()>
                    {move || page.session.with(|s| match s {
                        Some(SessionState::Open { user, .. }) => t_with("window-lock", &[("user", user.as_str().into())]),
                        _ => String::new(),
                    })}
                    " " <kbd>"Ctrl L"</kbd>
                </button>
                <button class="ghost" id="report-safety" on:click=move |_| page.reporting.set(true)>{t("window-report")} " " <kbd>"F9"</kbd></button>
                <button class="ghost" id="palette-button" on:click=move |_| page.dialog.set(Some(Dialog::Palette))>{t("window-commands")} " " <kbd>"Ctrl K"</kbd></button>
                <button class="ghost" id="help" aria-label=t("keyboard-shortcuts") on:click=move |_| page.dialog.set(Some(Dialog::Help))>
                    {t("window-shortcuts")}<Letter of="help" />
                </button>
            </nav>
        </header>
    }
}

/// What is special about this session.
#[component]
fn SessionBar() -> impl IntoView {
    let page = page();
    view! {
        {move || page.session.with(|s| match s {
            Some(SessionState::Open { demo: true, .. }) => Some(view! {
                <div class="notice" id="demo">
                    <p><strong>{t("demo-title")} " "</strong>{t("demo-words")}</p>
                    <button class="ghost" id="begin-tour" on:click=move |_| page.tour.set(Some(0))>{t("demo-tour")}</button>
                </div>
            }.into_any()),
            Some(SessionState::Open { break_glass: true, .. }) => Some(view! {
                <div class="notice failure" role="alert" id="glass-open"><p><strong>{t("glass-open-title")} " "</strong>{t("glass-open-words")}</p></div>
            }.into_any()),
            _ => None,
        })}
    }
}

/// What stops drafts or the queue, and what a person was told, over the panes.
#[component]
fn NoticeBar() -> impl IntoView {
    let page = page();
    let engine_failure = move || {
        page.queue.with(|q| match q.as_ref().map(|q| &q.engine) {
            Some(EngineState::Failed { failure }) => Some(failure.clone()),
            _ => None,
        })
    };
    view! {
        {move || engine_failure().map(|f| view! {
            <div class="notice warning" role="alert" id="engine-failure">
                <p><strong>{t("drafting-stopped-title")} " "</strong>{failure(&f)}</p>
                <button class="ghost" on:click=move |_| page.dialog.set(Some(Dialog::Models))>{t("choose-model")}</button>
            </div>
        })}
        {move || page.no_model().then(|| view! {
            <div class="notice" role="status" id="no-model">
                <p><strong>{t("no-model-title")} " "</strong>{t("no-model-words")}</p>
                <button class="ghost" on:click=move |_| page.dialog.set(Some(Dialog::Models))>{t("choose-model")}</button>
            </div>
        })}
        {move || page.queue_failure.get().map(|f| view! {
            <div class="notice failure" role="alert">
                <p><strong>{t("queue-unread-title")} " "</strong>{failure(&f)}</p>
            </div>
        })}
        <Notices layer=Layer::Page />
    }
}

/// The first thing a person sees on an empty record.
#[component]
fn Welcome() -> impl IntoView {
    let page = page();
    view! {
        <main class="welcome" id="welcome">
            <div class="card">
                <h1>{t("welcome-title")}</h1>
                <p>{t("welcome-words")}</p>
                <div class="row">
                    <button class="primary" id="welcome-import" on:click=move |_| page.import_files()>{t("welcome-choose")}</button>
                    <button id="sample" disabled=move || page.busy.get() on:click=move |_| page.import_sample()>
                        {t("welcome-sample")}
                    </button>
                </div>
                <p class="muted">{t("welcome-sample-words")}</p>
            </div>
        </main>
    }
}

/// Decisions that can be taken back, the newest first: as many as leave room for the queue.
const BARS: usize = 3;

/// What was just decided, and the time to take it back.
#[component]
pub(crate) fn UndoToast() -> impl IntoView {
    let page = page();
    // Whether it is the newest goes with its number: each is drawn once, and keeps the focus while its seconds run.
    let bars = Memo::new(move |_| {
        page.undo.with(|all| {
            let newest_first = all.iter().rev().take(BARS);
            newest_first
                .enumerate()
                .map(|(n, bar)| (bar.id(), n == 0))
                .collect::<Vec<_>>()
        })
    });
    let drawn = |(id, newest)| view! { <Bar id newest /> }.into_any();
    move || bars.get().into_iter().map(drawn).collect::<Vec<_>>()
}

/// One of them. Z undoes the newest, and T gives it more time.
#[component]
fn Bar(id: i64, newest: bool) -> impl IntoView {
    let page = page();
    let of = move |read: fn(&UndoBar) -> String| {
        page.undo.with(|all| {
            let bar = all.iter().find(|b| b.id() == id);
            bar.map(read).unwrap_or_default()
        })
    };
    let what = Memo::new(move |_| of(UndoBar::what));
    let seconds = move || of(|b| t_with("undo-left", &[("seconds", b.seconds.into())]));
    // Where there are several, each says whose it is.
    let of_which =
        move |key: &'static str| (!newest).then(|| t_with(key, &[("what", what.get().into())]));
    view! {
        <div class="toast" id=newest.then_some("undo-toast")>
            <span>{what}</span>
            <button id=newest.then_some("undo") aria-label=move || of_which("undo-this") on:click=move |_| page.undo_bar(id)>
                {t("undo-button")}{newest.then(|| view! { <Letter of="undo" /> })}
            </button>
            <button id=newest.then_some("more-time") aria-label=move || of_which("undo-more-this") on:click=move |_| page.more_time_for(id)>
                {t("undo-more")}{newest.then(|| view! { <Letter of="time" /> })}
            </button>
            <span class="seconds" aria-hidden="true">{seconds}</span>
        </div>
    }
}
