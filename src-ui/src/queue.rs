//! The queue: who wrote, what about, how urgent, how long ago, and where the draft stands.

use crate::state::{Folder, page};
use crate::words;
use contract::{MessageKind, QueueItem, QueueState, Urgency};
use leptos::prelude::*;

#[component]
pub(crate) fn QueuePane() -> impl IntoView {
    let page = page();
    let count = move |f: Folder| {
        page.queue.with(|q| {
            q.iter()
                .flat_map(|q| &q.items)
                .filter(|i| match f {
                    Folder::Waiting => i.state == QueueState::Waiting,
                    Folder::RedFlags => {
                        i.state == QueueState::Waiting && i.urgency == Urgency::Emergency
                    }
                    Folder::Kind(k) => i.state == QueueState::Waiting && i.kind == k,
                    Folder::Done => i.state == QueueState::Done,
                })
                .count()
        })
    };
    let choose = move |e: web_sys::Event| {
        let value = event_target_value(&e);
        page.folder.set(match value.as_str() {
            "flags" => Folder::RedFlags,
            "done" => Folder::Done,
            other => MessageKind::from_name(other).map_or(Folder::Waiting, Folder::Kind),
        });
    };
    let active = move || {
        page.selected
            .get()
            .map(|id| format!("row-{id}"))
            .unwrap_or_default()
    };
    Effect::new(move |_| {
        let id = active();
        if let Some(row) = document().get_element_by_id(&id) {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            row.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
    view! {
        <section class="pane queue" aria-label="In-basket">
            <div class="filters">
                <label class="visually-hidden" for="folder">"Folder"</label>
                <select id="folder" on:change=choose>
                    <option value="waiting">{move || format!("Needs review ({})", count(Folder::Waiting))}</option>
                    <option value="flags">{move || format!("Red flags ({})", count(Folder::RedFlags))}</option>
                    {MessageKind::ALL.into_iter().map(|k| view! {
                        <option value=k.as_str()>{move || format!("{} ({})", k.label(), count(Folder::Kind(k)))}</option>
                    }).collect_view()}
                    <option value="done">{move || format!("Done today ({})", count(Folder::Done))}</option>
                </select>
                <label class="visually-hidden" for="search">"Search"</label>
                <input id="search" type="search" placeholder="Search  /" autocomplete="off"
                    prop:value=move || page.search.get()
                    on:input=move |e| page.search.set(event_target_value(&e)) />
            </div>
            <ul id="queue" role="listbox" tabindex="0" aria-label="Messages" aria-activedescendant=active>
                <For each=move || page.shown() key=|i| i.clone_key() children=move |item| view! { <Row item /> } />
            </ul>
            <Show when=move || page.shown().is_empty() && page.queue.with(Option::is_some)>
                <p class="nothing" id="all-done">
                    {move || match page.folder.get() {
                        Folder::Done => "Nothing has been decided today.",
                        Folder::Waiting if page.search.with(String::is_empty) => "All done. Nothing waits for you.",
                        _ => "Nothing here.",
                    }}
                </p>
            </Show>
        </section>
    }
}

trait Keyed {
    fn clone_key(&self) -> String;
}

impl Keyed for QueueItem {
    /// Everything a row shows: when it changes, the row is drawn anew.
    fn clone_key(&self) -> String {
        format!(
            "{}|{:?}|{:?}|{:?}",
            self.message_id, self.state, self.draft, self.decision
        )
    }
}

#[component]
fn Row(item: QueueItem) -> impl IntoView {
    let page = page();
    let id = item.message_id.clone();
    let own = id.clone();
    let chosen = move || page.selected.with(|s| s.as_ref() == Some(&own));
    let chosen_too = chosen.clone();
    let now = page
        .queue
        .with_untracked(|q| q.as_ref().map(|q| q.now.clone()).unwrap_or_default());
    let age = words::age(&item.sent_at, &now);
    let state = match item.decision {
        Some(d) => d.label(),
        None => words::draft_state(item.draft),
    };
    view! {
        <li id=format!("row-{id}") role="option" class="row-item" class:chosen=chosen class=("flagged", item.urgency == Urgency::Emergency)
            aria-selected=move || if chosen_too() { "true" } else { "false" }
            data-message=id.clone() data-state=if item.state == QueueState::Done { "done" } else { "waiting" }
            on:click=move |_| page.open(id.clone())>
            <div class="line">
                <span class="who">{item.patient.clone()}</span>
                <span class="age">{age}</span>
            </div>
            <div class="line subject">{if item.subject.is_empty() { "(no subject)".to_owned() } else { item.subject.clone() }}</div>
            <div class="line preview">{item.preview.clone()}</div>
            <div class="line tags">
                <span class=words::urgency_class(item.urgency)>{words::urgency(item.urgency)}</span>
                <span class="kind">{item.kind.label()}</span>
                {item.proxy.clone().filter(|p| !p.is_empty()).map(|p| view! { <span class="kind">{format!("by {p}")}</span> })}
                <span class="draft-state" data-draft=format!("{:?}", item.draft).to_lowercase()>{state}</span>
            </div>
        </li>
    }
}
