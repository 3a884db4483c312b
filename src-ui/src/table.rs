//! Lines of a name and what belongs to it: a table where people compare down the lines, facts where each stands for itself.

use leptos::prelude::*;

/// A table whose rows have a heading and a cell each.
#[component]
pub(crate) fn Table(label: String, rows: Vec<(AnyView, AnyView)>) -> impl IntoView {
    view! {
        <table aria-label=label>
            <tbody>
                {rows.into_iter().map(|(name, cell)| view! { <tr><th scope="row">{name}</th><td>{cell}</td></tr> }).collect_view()}
            </tbody>
        </table>
    }
    .into_any()
}

/// Facts about one thing, each under its name.
#[component]
pub(crate) fn Facts(rows: Vec<(String, AnyView)>) -> impl IntoView {
    view! {
        <dl class="facts">
            {rows.into_iter().map(|(name, fact)| view! { <dt>{name}</dt><dd>{fact}</dd> }).collect_view()}
        </dl>
    }
    .into_any()
}
