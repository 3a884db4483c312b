//! The queue: who wrote, what about, how urgent, how long ago, and where the draft stands.
//!
//! Only the rows near those in sight are on the page, between two gaps as high
//! as the rows that are not: every row has the same height.

use crate::app::UndoToast;
use crate::feedback::FeedbackBar;
use crate::field::{Field, Held, Kind};
use crate::hidden;
use crate::keys;
use crate::language::{t, t_with};
use crate::state::{Dialog, page};
use crate::words;
use contract::{Folder, Order, QueueItem, QueueState, Urgency};
use leptos::prelude::*;

/// A row's height in pixels until one was measured.
const ROW: f64 = 104.0;

#[component]
pub(crate) fn QueuePane() -> impl IntoView {
    let page = page();
    let list = NodeRef::<leptos::html::Ul>::new();
    let height = RwSignal::new(ROW);
    // The row that is open, if it is on the page: most of a long list is not, and a practice message has none.
    let active = move || {
        let open = page.selected.get();
        let there = open.filter(|id| {
            page.queue
                .with(|q| q.iter().flat_map(|q| &q.items).any(|i| i.message_id == *id))
        });
        there.map(|id| format!("row-{id}")).unwrap_or_default()
    };
    // The height of a row follows the size of its type.
    Effect::new(move |_| {
        page.queue.track();
        if let Some(list) = list.get()
            && let Ok(Some(row)) = list.query_selector(".row-item")
        {
            let found = row.get_bounding_client_rect().height();
            if found > 1.0 && (found - height.get_untracked()).abs() > 0.5 {
                height.set(found);
            }
        }
    });
    Effect::new(move |before: Option<String>| {
        let id = active();
        // Only another row: what changes about this one must not take a person back to it.
        if before.as_ref() != Some(&id) {
            keys::into_sight(&id);
        }
        id
    });
    let scrolled = move |_| {
        if let Some(list) = list.get_untracked() {
            let row = height.get_untracked();
            let top = f64::from(list.scroll_top());
            let first = (top / row) as u32;
            let last = ((top + f64::from(list.client_height())) / row) as u32;
            page.in_sight(first, last);
        }
    };
    // The practice of list boxes: what is chosen follows the arrows.
    let pressed = move |e: web_sys::KeyboardEvent| {
        match e.key().as_str() {
            "ArrowDown" => page.step(1),
            "ArrowUp" => page.step(-1),
            "Home" => page.open_place(0),
            "End" => page.open_place(untrack(|| page.total()).saturating_sub(1)),
            _ => return,
        }
        e.prevent_default();
    };
    let gap = move |rows: u32| format!("{:.1}px", f64::from(rows) * height.get());
    let above = move || gap(page.loaded().start);
    let below = move || gap(page.total().saturating_sub(page.loaded().end));
    view! {
        <section class="pane queue" aria-label=t("queue-label")>
            <Filters />
            <ul id="queue" node_ref=list role="listbox" tabindex="0" aria-label=t("queue-messages")
                aria-activedescendant=active on:scroll=scrolled on:keydown=pressed>
                <li class="gap" role="presentation" style:height=above></li>
                <ForEnumerate each=move || page.shown() key=shown_of children=move |at, item| view! { <Row at item /> } />
                <li class="gap" role="presentation" style:height=below></li>
            </ul>
            <Show when=move || page.total() == 0 && page.queue.with(Option::is_some)>
                <p class="nothing" id="all-done">
                    {move || t(match page.folder() {
                        _ if !page.query.with(|q| q.search.is_empty()) => "queue-none-found",
                        _ if page.query.with(|q| !q.pool.is_empty() || !q.assignee.is_empty()) => "queue-none-filtered",
                        Folder::Done | Folder::SentToday => "queue-none-decided",
                        Folder::AllDone if page.query.with(|q| !q.day.is_empty()) => "queue-none-day",
                        Folder::AllDone => "queue-none-done",
                        Folder::Waiting => "queue-all-done",
                        Folder::Later => "queue-none-later",
                        _ => "queue-none",
                    })}
                </p>
            </Show>
            <Show when=move || page.finds_more()>
                <div class="further">
                    <p class="muted" role="status" id="more-found">{move || t_with("queue-more", &[("count", page.total().into())])}</p>
                    <button id="further" on:click=move |_| page.search_further()>{t("queue-further")}</button>
                </div>
            </Show>
            <FeedbackBar />
            <UndoToast />
        </section>
    }
}

/// Folder, search, order, and what is shown of the folder.
#[component]
fn Filters() -> impl IntoView {
    let page = page();
    let folders = Folder::all();
    let choices = folders.clone();
    let choose = move |e: web_sys::Event| {
        let chosen = event_target_value(&e);
        if let Some(folder) = choices.iter().find(|f| words::folder_value(**f) == chosen) {
            page.ask(|q| q.folder = *folder);
        }
    };
    let order = move |e: web_sys::Event| {
        let order = match event_target_value(&e).as_str() {
            "newest" => Order::Newest,
            "oldest" => Order::Oldest,
            _ => Order::Urgency,
        };
        page.order_by(order);
    };
    let by = move |order: Order| page.query.with(|q| q.order == order);
    // Where the list has an order of its own, none is offered.
    let owned = move || page.own_order().is_some();
    let mine = move |e: web_sys::Event| {
        let me = if event_target_checked(&e) {
            untrack(|| page.me())
        } else {
            String::new()
        };
        page.ask(|q| q.assignee = me);
    };
    let pool = move |e: web_sys::Event| {
        let pool = event_target_value(&e);
        page.ask(|q| q.pool = pool);
    };
    // The chosen one stays in the list when nothing waits in it any more.
    let pools = Memo::new(move |_| {
        let mut pools = page
            .queue
            .with(|q| q.as_ref().map(|q| q.pools.clone()).unwrap_or_default());
        let chosen = page.query.with(|q| q.pool.clone());
        if !chosen.is_empty() && !pools.contains(&chosen) {
            pools.push(chosen);
        }
        pools
    });
    view! {
        <div class="filters">
            <label class="visually-hidden" for="folder">{t("queue-folder")}</label>
            <select id="folder" on:change=choose>
                {folders.into_iter().map(|f| view! {
                    <option value=words::folder_value(f) selected=move || page.folder() == f>
                        {move || t_with("queue-folder-count", &[("folder", words::folder(f).into()), ("count", page.count(f).into())])}
                    </option>
                }).collect_view()}
            </select>
            <label class="visually-hidden" for="search">{t("queue-search")}</label>
            <input id="search" type="search" placeholder=t("queue-search-hint") autocomplete="off"
                prop:value=move || page.words.get()
                on:input=move |e| page.search(event_target_value(&e)) />
            <div class="row narrow">
                <label class="visually-hidden" for="order" hidden=owned>{t("queue-order")}</label>
                <select id="order" hidden=owned on:change=order>
                    <option value="urgency" selected=move || by(Order::Urgency)>{t("order-urgency")}</option>
                    <option value="newest" selected=move || by(Order::Newest)>{t("order-newest")}</option>
                    <option value="oldest" selected=move || by(Order::Oldest)>{t("order-oldest")}</option>
                </select>
                <span class="muted" id="own-order">{move || page.own_order().map(t)}</span>
                <Show when=move || !pools.with(Vec::is_empty) || page.query.with(|q| !q.pool.is_empty())>
                    <label class="visually-hidden" for="pool">{t("queue-pool")}</label>
                    <select id="pool" on:change=pool prop:value=move || page.query.with(|q| q.pool.clone())>
                        <option value="">{t("queue-all-pools")}</option>
                        {move || pools.get().into_iter().map(|p| view! { <option value=p.clone()>{p.clone()}</option> }).collect_view()}
                    </select>
                </Show>
                <label class="choice"><input id="mine" type="checkbox" prop:checked=move || page.query.with(|q| !q.assignee.is_empty()) on:change=mine />{t("queue-mine")}</label>
            </div>
            <Show when=move || page.folder() == Folder::AllDone>
                <div class="row narrow">
                    <Field id="day" label=t("queue-day") kind=Kind::Day
                        held=Held::whole(move || page.query.with(|q| q.day.clone()), move |day| page.ask(|q| q.day = day)) />
                </div>
            </Show>
            // Wherever one looks, red flags that wait are told of.
            <Show when=move || page.count(Folder::RedFlags) != 0 && page.folder().is_done()>
                <button class="flags" id="to-flags" on:click=move |_| page.ask(|q| q.folder = Folder::RedFlags)>
                    {move || t_with("queue-flags-wait", &[("count", page.count(Folder::RedFlags).into())])}
                </button>
            </Show>
            <Show when=move || page.folder() == Folder::Kind(contract::MessageKind::Thanks) && !page.owed_none().is_empty()>
                <button id="close-owed-none" on:click=move |_| page.dialog.set(Some(Dialog::CloseOwedNone))>
                    {move || t_with("queue-close-none", &[("count", page.owed_none().len().into())])}
                </button>
            </Show>
        </div>
    }
}

/// Everything of a message that its row shows: when it changes, the row is drawn anew. Its place and the length of the list are
/// not of it: a decision moves every row below, and drawing them all takes longer than a person should wait.
fn shown_of(i: &QueueItem) -> String {
    format!(
        "{}|{:?}|{:?}|{:?}|{}|{}|{:?}",
        i.message_id,
        i.state,
        i.draft,
        i.decision,
        i.urgency.as_str(),
        i.assignee,
        i.later_until,
    )
}

#[component]
fn Row(at: ReadSignal<usize>, item: QueueItem) -> impl IntoView {
    let page = page();
    let id = item.message_id.clone();
    let own = id.clone();
    let chosen = move || page.selected.with(|s| s.as_ref() == Some(&own));
    let chosen_too = chosen.clone();
    let sent_at = item.sent_at.clone();
    let decided_at = item.decided_at.clone();
    // Beside what is done on many days stands the day, which it is ordered by.
    let age = Memo::new(move |_| {
        if let Some(at) = decided_at.as_deref()
            && page.folder() == Folder::AllDone
        {
            return t_with("row-done", &[("day", words::day(at).into())]);
        }
        page.queue.with(|q| {
            let now = q.as_ref().map(|q| q.now.as_str()).unwrap_or_default();
            words::age(&sent_at, now)
        })
    });
    let state = match item.decision {
        Some(d) => words::decision(d),
        None => words::draft_state(item.draft),
    };
    view! {
        <li id=format!("row-{id}") role="option" class="row-item" class:chosen=chosen class=("flagged", item.urgency == Urgency::Emergency)
            aria-posinset=move || (page.loaded().start + 1 + at.get() as u32).to_string() aria-setsize=move || page.total().to_string()
            aria-selected=move || if chosen_too() { "true" } else { "false" }
            data-message=id.clone() data-state=if item.state == QueueState::Done { "done" } else { "waiting" }
            on:click=move |_| page.open(id.clone())>
            <div class="line">
                <span class="who" dir="auto">{hidden::shown(&item.patient)}</span>
                <span class="age">{age}</span>
            </div>
            <div class="line subject" dir="auto">{if item.subject.is_empty() { hidden::shown(&t("no-subject")) } else { hidden::shown(&item.subject) }}</div>
            <div class="line preview" dir="auto">{hidden::shown(&item.preview)}</div>
            <div class="line tags">
                <span class=words::urgency_class(item.urgency)>{words::urgency(item.urgency)}</span>
                <span class="kind">{words::kind(item.kind)}</span>
                {item.proxy.clone().filter(|p| !p.is_empty()).map(|p| view! { <span class="kind">{t_with("row-by", &[("name", p.into())])}</span> })}
                {(!item.assignee.is_empty()).then(|| view! { <span class="kind">{t_with("row-for", &[("name", item.assignee.clone().into())])}</span> })}
                {item.later_until.as_deref().map(|at| view! { <span class="kind">{t_with("row-until", &[("moment", words::moment(at).into())])}</span> })}
                <span class="draft-state" data-draft=format!("{:?}", item.draft).to_lowercase()>{state}</span>
            </div>
        </li>
    }
}
