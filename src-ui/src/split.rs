//! The lines between the panes: dragged, or moved by arrow keys (WCAG 2.5.7; the ARIA practice of a window splitter).

use crate::language::t;
use crate::state::page;
use contract::Settings;
use leptos::prelude::*;

/// The pane whose width a line sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Queue,
    Chart,
}

impl Side {
    fn label(self) -> String {
        t(match self {
            Self::Queue => "width-queue",
            Self::Chart => "width-chart",
        })
    }

    fn of(self, s: &Settings) -> u32 {
        match self {
            Self::Queue => s.queue_percent,
            Self::Chart => s.chart_percent,
        }
    }

    fn set(self, s: &mut Settings, percent: u32) {
        let (least, most) = Settings::PANE;
        let percent = percent.clamp(least, most);
        match self {
            Self::Queue => s.queue_percent = percent,
            Self::Chart => s.chart_percent = percent,
        }
    }
}

#[component]
pub(crate) fn Splitter(side: Side) -> impl IntoView {
    let page = page();
    let held = RwSignal::new(false);
    let now = move || page.settings.with(|s| side.of(s));
    let set = move |percent: u32| page.settings.update(|s| side.set(s, percent));
    let keep = move || page.save_settings(page.settings.get_untracked());
    let pressed = move |e: web_sys::KeyboardEvent| {
        // To the right the queue grows, and the chart gives way.
        let wider = if side == Side::Queue { 1i64 } else { -1 };
        let by = match e.key().as_str() {
            "ArrowRight" => wider,
            "ArrowLeft" => -wider,
            "Home" => -100,
            "End" => 100,
            _ => return,
        };
        e.prevent_default();
        let to = (i64::from(untrack(now)) + by).max(0);
        set(u32::try_from(to).unwrap_or(0));
    };
    let moved = move |e: web_sys::PointerEvent| {
        if !held.get_untracked() {
            return;
        }
        let width = window()
            .inner_width()
            .ok()
            .and_then(|w| w.as_f64())
            .unwrap_or(1.0)
            .max(1.0);
        let at = f64::from(e.client_x()) / width * 100.0;
        let percent = if side == Side::Queue { at } else { 100.0 - at };
        set(percent.round().max(0.0) as u32);
    };
    let (least, most) = Settings::PANE;
    view! {
        <div class="splitter" role="separator" tabindex="0" aria-orientation="vertical" aria-label=side.label()
            id=format!("split-{side:?}").to_lowercase()
            aria-valuemin=least.to_string() aria-valuemax=most.to_string() aria-valuenow=move || now().to_string()
            on:keydown=pressed
            on:keyup=move |_| keep()
            on:pointerdown=move |e: web_sys::PointerEvent| {
                held.set(true);
                let element: web_sys::Element = event_target(&e);
                let _ = element.set_pointer_capture(e.pointer_id());
            }
            on:pointermove=moved
            on:pointerup=move |_| { held.set(false); keep(); }></div>
    }
}
