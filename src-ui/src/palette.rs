//! Every command by its name: what the keys do, and what has none.

use crate::keys;
use crate::state::{Dialog, Page, page};
use crate::words;
use contract::{Folder, Preset, StartMode};
use leptos::prelude::*;

/// A command: its name, its key, and what it does.
struct Command {
    name: String,
    key: &'static str,
    run: fn(Page),
    /// Where it leads, for those that lead to a folder.
    folder: Option<Folder>,
}

type Plain = (&'static str, &'static str, fn(Page));

fn commands() -> Vec<Command> {
    let plain: [Plain; 28] = [
        ("Next message", "J", |p| p.step(1)),
        ("Previous message", "K", |p| p.step(-1)),
        ("Edit the reply", "R", |_| keys::focus("editor")),
        ("Sign off the reply", "Ctrl ↵", Page::accept),
        ("Start blank", "B", |p| p.start(StartMode::Blank)),
        ("Start from the draft", "D", |p| p.start(StartMode::Draft)),
        ("Compare with the draft", "C", |p| {
            p.compare.update(|c| *c = !*c)
        }),
        ("Next finding", "F8", Page::next_finding),
        ("No reply needed", "N", Page::close),
        ("Discard the draft…", "X", |p| {
            p.dialog.set(Some(Dialog::Discard))
        }),
        ("Escalate…", "S", |p| p.dialog.set(Some(Dialog::Escalate))),
        ("Later…", "L", Page::later),
        ("Take on, or give back", "M", Page::take_on),
        ("Another draft", "G", Page::redraft),
        ("Draft: shorter", "", |p| p.draft_as(Some(Preset::Shorter))),
        ("Draft: warmer", "", |p| p.draft_as(Some(Preset::Warmer))),
        ("Draft: in plainer words", "", |p| {
            p.draft_as(Some(Preset::Plainer))
        }),
        ("Draft: ask first", "", |p| {
            p.draft_as(Some(Preset::AskFirst))
        }),
        ("Draft: in Spanish", "", |p| {
            p.draft_as(Some(Preset::Spanish))
        }),
        ("Stop the draft", "Esc", Page::stop),
        ("Undo the last decision", "Z", Page::undo),
        ("More time to undo", "T", Page::more_time),
        ("Search", "/", |_| keys::focus("search")),
        ("Import files…", "", Page::import_files),
        ("Models…", "", |p| p.dialog.set(Some(Dialog::Models))),
        ("Settings…", "", |p| p.dialog.set(Some(Dialog::Settings))),
        ("Keyboard shortcuts…", "?", |p| {
            p.dialog.set(Some(Dialog::Help))
        }),
        ("Lock", "Ctrl L", Page::lock),
    ];
    let mut all: Vec<Command> = plain
        .into_iter()
        .map(|(name, key, run)| Command {
            name: name.into(),
            key,
            run,
            folder: None,
        })
        .collect();
    all.extend(Folder::all().into_iter().map(|f| Command {
        name: format!("Folder: {}", words::folder(f)),
        key: "",
        run: |_| {},
        folder: Some(f),
    }));
    all
}

/// Whether every word that was typed begins a word of the name.
fn matches(name: &str, typed: &str) -> bool {
    let name = name.to_lowercase();
    typed.to_lowercase().split_whitespace().all(|t| {
        name.split(|c: char| !c.is_alphanumeric())
            .any(|w| w.starts_with(t))
    })
}

#[component]
pub(crate) fn Palette() -> impl IntoView {
    let page = page();
    let typed = RwSignal::new(String::new());
    let at = RwSignal::new(0usize);
    let all = StoredValue::new_local(commands());
    let found = move || {
        typed.with(|t| {
            all.with_value(|all| {
                (0..all.len())
                    .filter(|i| matches(&all[*i].name, t))
                    .collect::<Vec<_>>()
            })
        })
    };
    let run = move |i: usize| {
        page.dialog.set(None);
        let (run, folder) = all.with_value(|all| (all[i].run, all[i].folder));
        match folder {
            Some(folder) => page.ask(|q| q.folder = folder),
            // The dialog goes first: what is focused then must be on the page below it.
            None => set_timeout(move || run(page), std::time::Duration::ZERO),
        }
    };
    let key = move |e: web_sys::KeyboardEvent| {
        let last = found().len().saturating_sub(1);
        match e.key().as_str() {
            "ArrowDown" => at.update(|a| *a = (*a + 1).min(last)),
            "ArrowUp" => at.update(|a| *a = a.saturating_sub(1)),
            "Enter" if !e.ctrl_key() => {
                if let Some(i) = found().get(at.get_untracked()) {
                    run(*i);
                }
            }
            _ => return,
        }
        let chosen = found().get(at.get_untracked()).copied();
        if let Some(row) =
            chosen.and_then(|i| document().get_element_by_id(&format!("command-{i}")))
        {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            row.scroll_into_view_with_scroll_into_view_options(&options);
        }
        e.prevent_default();
    };
    view! {
        <div class="palette">
            <label class="visually-hidden" for="command">"Command"</label>
            <input id="command" autofocus autocomplete="off" placeholder="Type a command" role="combobox"
                aria-expanded="true" aria-controls="commands" aria-autocomplete="list"
                aria-activedescendant=move || found().get(at.get()).map(|i| format!("command-{i}")).unwrap_or_default()
                prop:value=move || typed.get()
                on:input=move |e| { typed.set(event_target_value(&e)); at.set(0); }
                on:keydown=key />
            <ul id="commands" role="listbox" aria-label="Commands">
                {move || found().into_iter().enumerate().map(|(n, i)| {
                    let (name, key) = all.with_value(|all| (all[i].name.clone(), all[i].key));
                    view! {
                        <li id=format!("command-{i}") role="option" class:chosen=move || at.get() == n
                            aria-selected=move || if at.get() == n { "true" } else { "false" }
                            on:click=move |_| run(i)>
                            <span>{name}</span>
                            {(!key.is_empty()).then(|| view! { <kbd>{key}</kbd> })}
                        </li>
                    }
                }).collect_view()}
            </ul>
            <Show when=move || found().is_empty()><p class="muted">"No command has these words."</p></Show>
        </div>
    }
}
