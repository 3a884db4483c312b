//! The chart beside the message: all of it, or one heading at a time.

use crate::hidden::shown;
use crate::language::{t, t_with};
use crate::state::page;
use crate::tabs::{Tabs, tab_id};
use crate::words;
use contract::{Chart, Opened, Trend, TrendPoint};
use leptos::prelude::*;
use std::fmt::Write;

/// The whole chart, before its headings.
pub(crate) const ALL: &str = "All";

#[component]
pub(crate) fn ChartPane() -> impl IntoView {
    let page = page();
    let looked = move || page.attention.update_value(|a| a.context = true);
    // The heading stays chosen from message to message.
    let tab = page.chart_tab;
    // Drawn anew for another message, not for each streamed word.
    let about = Memo::new(move |_| {
        page.on_screen.with(|o| {
            o.as_ref()
                .map(|o| (o.patient.clone(), o.chart.clone(), o.trends.clone()))
        })
    });
    view! {
        <aside class="pane chart" id="chart" aria-label=t("chart-label") tabindex="0"
            on:focusin=move |_| looked() on:pointerdown=move |_| looked() on:wheel=move |_| looked()>
            {move || about.get().map(|(p, chart, trends)| {
                let facts: Vec<String> = [words::patient_age(&p.age), words::sex(&p.sex), p.language].into_iter().filter(|f| !f.is_empty()).collect();
                let bare = chart.headings().iter().all(|(_, lines)| lines.is_empty());
                let body = chart.clone();
                view! {
                    <header class="patient">
                        <h2 dir="auto">{shown(&p.name)}</h2>
                        <p>{facts.join(" · ")}</p>
                        {(!p.birth_date.is_empty()).then(|| view! { <p class="muted">{t_with("chart-born", &[("date", p.birth_date.into())])}</p> })}
                    </header>
                    {if bare {
                        view! { <p class="nothing">{t("chart-bare")}</p> }.into_any()
                    } else {
                        let names = std::iter::once((ALL, words::heading(ALL), None))
                            .chain(chart.headings().into_iter().map(|(h, lines)| (h, words::heading(h), Some(lines.len()))))
                            .collect::<Vec<_>>();
                        view! {
                            <Tabs label=t("chart-parts") panel="chart-panel" names tab />
                            <div id="chart-panel" role="tabpanel" aria-labelledby=move || tab_id(tab.get()) tabindex="0">
                                {move || headings(&body, &trends, tab.get())}
                            </div>
                        }.into_any()
                    }}
                }
            })}
        </aside>
    }
}

/// The headings of a tab, each with its lines.
fn headings(chart: &Chart, trends: &[Trend], tab: &'static str) -> Vec<AnyView> {
    chart
        .headings()
        .into_iter()
        .filter(|(heading, _)| tab == ALL || *heading == tab)
        .filter_map(|(heading, lines)| {
            // Nobody has to guess whether allergies were forgotten.
            let always = heading == "Allergies" || tab != ALL;
            (always || !lines.is_empty()).then(|| {
                let mut drawn: Vec<&Trend> = Vec::new();
                let items: Vec<AnyView> = lines
                    .iter()
                    .enumerate()
                    .map(|(n, line)| {
                        let trend = trends
                            .iter()
                            .find(|t| heading == "Results" && is_of(line, t) && !drawn.contains(t));
                        drawn.extend(trend);
                        view! { <Line id=fact_id(heading, n) line=line.clone() trend=trend.cloned() /> }.into_any()
                    })
                    .collect();
                view! {
                    <section class="heading" class=("alert-heading", heading == "Allergies" && !lines.is_empty())>
                        <h3>{words::heading(heading)}</h3>
                        <ul>
                            {if items.is_empty() {
                                view! { <li class="muted">{t("chart-none")}</li> }.into_any()
                            } else {
                                items.into_any()
                            }}
                        </ul>
                    </section>
                }
                .into_any()
            })
        })
        .collect()
}

/// Whether a line of the chart is one value of a course: it has its name, and its unit.
fn is_of(line: &str, trend: &Trend) -> bool {
    let value = line
        .strip_prefix(&trend.name)
        .and_then(|r| r.strip_prefix(':'));
    value.is_some_and(|v| {
        let ends = |rest: &str| rest.chars().next().is_none_or(|c| " ,;()".contains(c));
        match trend.unit.as_str() {
            "" => !v.split('(').any(|v| v.contains(char::is_alphabetic)),
            unit => v
                .match_indices(unit)
                .any(|(i, _)| ends(&v[i + unit.len()..])),
        }
    })
}

fn fact_id(heading: &str, n: usize) -> String {
    format!("fact-{}-{n}", heading.to_lowercase())
}

/// The id of the line that a finding or a word of the draft rests on.
pub(crate) fn id_of_line(opened: &Opened, line: &str) -> Option<String> {
    opened
        .chart
        .headings()
        .into_iter()
        .find_map(|(heading, lines)| {
            let n = lines.iter().position(|l| l == line)?;
            Some(fact_id(heading, n))
        })
}

/// One fact. It is marked where a finding or the draft rests on it, and leads to those words.
#[component]
fn Line(id: String, line: String, trend: Option<Trend>) -> impl IntoView {
    let page = page();
    let text = line.clone();
    let cited = Memo::new(move |_| {
        page.findings
            .with(|all| all.iter().any(|f| f.source.as_ref() == Some(&text)))
    });
    let text = line.clone();
    let used = Memo::new(move |_| page.used.with(|all| all.iter().any(|u| u.line == text)));
    // The words at the cursor rest on it.
    let text = line.clone();
    let here = Memo::new(move |_| {
        let at = page.caret.get();
        page.used.with(|all| {
            all.iter()
                .any(|u| u.line == text && u.start <= at && at < u.end)
        })
    });
    let from = line.clone();
    let words = line.clone();
    view! {
        <li id=id class:cited=cited class:used=used class:here=here tabindex="-1">
            <span dir="auto">{shown(&line)}</span>
            {trend.map(|t| view! { <TrendLine trend=t /> })}
            {move || {
                let from = from.clone();
                cited.get().then(move || view! {
                    <button class="ghost to-words" title=t("chart-to-finding")
                        on:click=move |_| page.to_finding_of(&from)>{t("chart-to-reply")}</button>
                })
            }}
            {move || {
                let words = words.clone();
                (used.get() && !cited.get()).then(move || view! {
                    <button class="ghost to-words quiet" title=t("chart-to-words")
                        on:click=move |_| page.to_words_of(&words)>{t("chart-used")}</button>
                })
            }}
        </li>
    }
}

/// The course of a value: a small line, and its first and last value in words.
#[component]
fn TrendLine(trend: Trend) -> impl IntoView {
    const WIDTH: f64 = 84.0;
    const HEIGHT: f64 = 22.0;
    let Trend { name, unit, points } = trend;
    let days: Vec<f64> = points
        .iter()
        .map(|p| js_sys::Date::parse(&p.date))
        .collect();
    let (since, until) = (
        days.first().copied().unwrap_or(0.0),
        days.last().copied().unwrap_or(0.0),
    );
    let (low, high) = points
        .iter()
        .flat_map(|p| [Some(p.value), p.lower])
        .flatten()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| {
            (l.min(v), h.max(v))
        });
    // Values stand as far apart as their days do; all in the middle where that is no time, or no day.
    let part = |v: f64, from: f64, to: f64| {
        if to > from {
            (v - from) / (to - from)
        } else {
            0.5
        }
    };
    let line = |of: fn(&TrendPoint) -> Option<f64>| {
        let at: Vec<(f64, f64)> = points
            .iter()
            .zip(&days)
            .filter_map(|(p, day)| {
                let y = 3.0 + HEIGHT * (1.0 - part(of(p)?, low, high));
                Some((3.0 + WIDTH * part(*day, since, until), y))
            })
            .collect();
        at.last().copied().map(|last| {
            let mut drawn = String::new();
            for (x, y) in at {
                let _ = write!(drawn, "{x:.1},{y:.1} ");
            }
            view! {
                <polyline points=drawn></polyline>
                <circle cx=format!("{:.1}", last.0) cy=format!("{:.1}", last.1) r="2.6"></circle>
            }
        })
    };
    let (upper, lower) = (line(|p| Some(p.value)), line(|p| p.lower));
    let course = points
        .iter()
        .map(|p| format!("{p} ({})", p.date))
        .collect::<Vec<_>>()
        .join(", ");
    let ends = match (points.first(), points.last()) {
        (Some(first), Some(newest)) => format!("{first} → {newest} {unit}"),
        _ => String::new(),
    };
    view! {
        <span class="trend" title=course.clone()>
            <svg viewBox="0 0 90 28" role="img" aria-label=t_with("chart-course", &[("name", name.into()), ("values", course.as_str().into())])>
                {upper} {lower}
            </svg>
            <span class="muted">{ends}</span>
        </span>
    }
}
