//! The chart beside the message.

use crate::hidden::shown;
use crate::state::page;
use leptos::prelude::*;

#[component]
pub(crate) fn ChartPane() -> impl IntoView {
    let page = page();
    let looked = move || page.attention.update_value(|a| a.context = true);
    view! {
        <aside class="pane chart" id="chart" aria-label="Chart" tabindex="0"
            on:focusin=move |_| looked() on:pointerenter=move |_| looked()>
            {move || page.opened.get().map(|o| {
                let p = o.patient;
                let facts: Vec<String> = [p.age, p.sex, p.language].into_iter().filter(|f| !f.is_empty()).collect();
                let bare = o.chart.headings().iter().all(|(_, lines)| lines.is_empty());
                view! {
                    <header class="patient">
                        <h2>{shown(&p.name)}</h2>
                        <p>{facts.join(" · ")}</p>
                        {(!p.birth_date.is_empty()).then(|| view! { <p class="muted">{format!("Born {}", p.birth_date)}</p> })}
                    </header>
                    {bare.then(|| view! { <p class="nothing">"There is no chart on record for this patient. The draft rests on the message alone."</p> })}
                    {o.chart.headings().into_iter().map(|(heading, lines)| {
                        let always = heading == "Allergies" && !bare;
                        (always || !lines.is_empty()).then(|| view! {
                            <section class="heading" class=("alert-heading", heading == "Allergies" && !lines.is_empty())>
                                <h3>{heading}</h3>
                                <ul>
                                    {if lines.is_empty() {
                                        view! { <li class="muted">"None on record"</li> }.into_any()
                                    } else {
                                        lines.iter().map(|l| view! { <li>{shown(l)}</li> }).collect_view().into_any()
                                    }}
                                </ul>
                            </section>
                        })
                    }).collect_view()}
                }
            })}
        </aside>
    }
}
