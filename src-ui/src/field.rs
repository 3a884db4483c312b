//! A label and what it names: fields for words and numbers, choices of one, and ticks. What is said under a field, of what it is
//! for or of what is wrong with it, is read out with it.

use leptos::prelude::*;

/// What a field holds, and who is told when it changes.
#[derive(Clone, Copy)]
pub(crate) struct Held {
    get: Signal<String>,
    set: Callback<String>,
    /// Whether a change counts once it is whole, not letter by letter.
    whole: bool,
}

impl Held {
    /// Something that is told of whole changes: a setting.
    pub(crate) fn whole(
        get: impl Fn() -> String + Send + Sync + 'static,
        set: impl Fn(String) + Send + Sync + 'static,
    ) -> Self {
        Self {
            get: Signal::derive(get),
            set: Callback::new(set),
            whole: true,
        }
    }
}

impl From<RwSignal<String>> for Held {
    fn from(of: RwSignal<String>) -> Self {
        Self {
            get: of.into(),
            set: Callback::new(move |typed| of.set(typed)),
            whole: false,
        }
    }
}

/// What can be put into a field.
pub(crate) enum Kind {
    /// Words, and what the browser may fill in.
    Words(&'static str),
    /// Words out of a list or others: the list's id.
    Listed(&'static str),
    /// What is not shown, and what the browser may fill in.
    Secret(&'static str),
    /// A number between two.
    Number(u32, u32),
    /// A day.
    Day,
    /// A day and a time of it.
    Moment,
    /// Lines: so many are in sight.
    Lines(u32),
    /// One of these: its value, and what it is called.
    OneOf(Vec<(&'static str, String)>),
}

/// A field with its label before it.
#[component]
pub(crate) fn Field(
    id: &'static str,
    label: String,
    kind: Kind,
    #[prop(into)] held: Held,
    /// What it is for.
    #[prop(optional)]
    hint: String,
    /// What is wrong with what is in it; nothing while that is empty.
    #[prop(optional)]
    error: Option<Signal<String>>,
    #[prop(optional)] disabled: Signal<bool>,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let Held { get, set, whole } = held;
    let typed = move |e: web_sys::Event| {
        if !whole {
            set.run(event_target_value(&e));
        }
    };
    let changed = move |e: web_sys::Event| {
        if whole {
            set.run(event_target_value(&e));
        }
    };
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let under: Vec<String> = [
        (!hint.is_empty()).then(|| hint_id.clone()),
        error.map(|_| error_id.clone()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let under = (!under.is_empty()).then(|| under.join(" "));
    let wrong = move || error.filter(|e| e.with(|e| !e.is_empty())).map(|_| "true");
    let field = match kind {
        Kind::Lines(rows) => view! {
            <textarea id=id rows=rows.to_string() autofocus=autofocus disabled=disabled aria-describedby=under aria-invalid=wrong
                prop:value=get on:input=typed on:change=changed></textarea>
        }
        .into_any(),
        Kind::OneOf(choices) => view! {
            <select id=id disabled=disabled aria-describedby=under aria-invalid=wrong
                on:change=move |e| set.run(event_target_value(&e))>
                {choices.into_iter().map(|(value, words)| view! {
                    <option value=value selected=move || get.with(|v| v == value)>{words}</option>
                }).collect_view()}
            </select>
        }
        .into_any(),
        kind => {
            let (of, fill) = match kind {
                Kind::Secret(fill) => ("password", fill),
                Kind::Words(fill) => ("text", fill),
                Kind::Number(..) => ("number", "off"),
                Kind::Day => ("date", "off"),
                Kind::Moment => ("datetime-local", "off"),
                _ => ("text", "off"),
            };
            let list = match kind {
                Kind::Listed(list) => Some(list),
                _ => None,
            };
            let (least, most) = match kind {
                Kind::Number(least, most) => (Some(least.to_string()), Some(most.to_string())),
                _ => (None, None),
            };
            view! {
                <input id=id type=of autocomplete=fill list=list min=least max=most autofocus=autofocus disabled=disabled
                    aria-describedby=under aria-invalid=wrong prop:value=get on:input=typed on:change=changed />
            }
            .into_any()
        }
    };
    view! {
        <label for=id>{label}</label>
        {field}
        {(!hint.is_empty()).then(|| view! { <p class="under" id=hint_id>{hint}</p> })}
        {error.map(|e| view! { <p class="under wrong" id=error_id role="status">{e}</p> })}
    }
    .into_any()
}

/// A box that is ticked or not. Its label stands before it, or around it.
#[component]
pub(crate) fn Tick(
    id: String,
    label: String,
    #[prop(into)] get: Signal<bool>,
    #[prop(into)] set: Callback<bool>,
    #[prop(optional)] around: bool,
    #[prop(optional)] disabled: Signal<bool>,
) -> impl IntoView {
    let name = id.clone();
    let tick = view! {
        <input id=id type="checkbox" disabled=disabled prop:checked=get on:change=move |e| set.run(event_target_checked(&e)) />
    };
    if around {
        view! { <label class="choice">{tick}{label}</label> }.into_any()
    } else {
        view! { <label for=name>{label}</label>{tick} }.into_any()
    }
}
