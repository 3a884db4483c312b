//! Five steps through the window, on whatever is in it. It never takes the keyboard away: what it tells of can be tried.

use crate::keys;
use crate::state::page;
use leptos::prelude::*;

struct Step {
    title: &'static str,
    words: &'static str,
    /// What it is about, by its id.
    about: &'static str,
}

const STEPS: [Step; 5] = [
    Step {
        title: "Your in-basket",
        words: "J and K go from message to message. Red flags stand on top in every folder, and no model answers them.",
        about: "queue",
    },
    Step {
        title: "The message first",
        words: "Read what the patient wrote. Words that make it urgent are marked, with the reason above.",
        about: "reading",
    },
    Step {
        title: "The draft is a draft",
        words: "R goes into the reply, B starts blank. What is not in message or chart is underlined: F8 steps from finding to finding.",
        about: "editor",
    },
    Step {
        title: "The chart beside it",
        words: "What a finding rests on is marked here. I puts a line or a fact of the chart into the reply.",
        about: "chart",
    },
    Step {
        title: "You decide",
        words: "Ctrl+Enter shows what goes out and to whom, and once more sends it. Z takes it back while the time runs. ? shows every key.",
        about: "accept",
    },
];

#[component]
pub(crate) fn Tour() -> impl IntoView {
    let page = page();
    // What the step is about has a frame.
    Effect::new(move |before: Option<Option<usize>>| {
        let now = page.tour.get();
        let frame = |step: Option<usize>, on: bool| {
            if let Some(e) = step.and_then(|s| document().get_element_by_id(STEPS[s].about)) {
                let list = e.class_list();
                let _ = if on {
                    list.add_1("toured")
                } else {
                    list.remove_1("toured")
                };
            }
        };
        frame(before.flatten(), false);
        frame(now, true);
        if now.is_some() {
            set_timeout(|| keys::focus("tour-next"), std::time::Duration::ZERO);
        }
        now
    });
    let go = move |to: usize| page.tour.set((to < STEPS.len()).then_some(to));
    view! {
        {move || page.tour.get().map(|n| {
            let step = &STEPS[n];
            view! {
                <section class="tour" id="tour" role="dialog" aria-labelledby="tour-title" aria-describedby="tour-words">
                    <p class="muted">{format!("Tour, {} of {}", n + 1, STEPS.len())}</p>
                    <h2 id="tour-title">{step.title}</h2>
                    <p id="tour-words">{step.words}</p>
                    <div class="row end">
                        <button class="ghost" id="tour-end" on:click=move |_| page.tour.set(None)>"End the tour"</button>
                        {(n > 0).then(|| view! { <button id="tour-back" on:click=move |_| go(n - 1)>"Back"</button> })}
                        <button class="primary" id="tour-next" on:click=move |_| go(n + 1)>
                            {if n + 1 == STEPS.len() { "Done" } else { "Next" }}
                        </button>
                    </div>
                </section>
            }
        })}
    }
}
