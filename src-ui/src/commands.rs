//! Every command: its name, its key, and what it does. The keyboard, the help
//! and the palette all read this one list.

use crate::chart::ALL;
use crate::insert;
use crate::keys;
use crate::language::{t, t_with};
use crate::state::{Dialog, Page};
use crate::words;
use contract::{Chart, Folder, Order, Preset, Settings, StartMode};
use leptos::prelude::*;
use std::collections::HashMap;

/// What a command does.
#[derive(Clone, Copy)]
pub(crate) enum Act {
    /// Something with the page.
    Run(fn(Page)),
    /// Something with the message on screen, as long as it waits for a decision.
    Decide(fn(Page)),
    /// Something with the reply, as long as one can be written: a correction is one.
    Write(fn(Page)),
    /// Another draft of a kind.
    Draft(Preset),
    /// Another folder.
    Show(Folder),
    /// Another heading of the chart.
    Chart(&'static str),
    /// One of the lines by the editor.
    Line(usize),
    /// Training, for who may train now.
    Train,
}

/// A command.
#[derive(Clone)]
pub(crate) struct Command {
    /// Its name in the settings, where its letter may be another; empty where it has none.
    pub(crate) id: &'static str,
    /// Its name, with what a person should know of it.
    pub(crate) name: String,
    /// Its key as people read it, with others after a space; empty for none.
    pub(crate) key: String,
    pub(crate) act: Act,
}

impl Command {
    /// Does it, if there is something to do it with.
    pub(crate) fn run(&self, page: Page) {
        match self.act {
            Act::Run(run) => run(page),
            Act::Train => page.begin_training(),
            Act::Decide(run) if page.waits() => run(page),
            Act::Draft(preset) if page.waits() => page.draft_as(Some(preset)),
            Act::Write(run) if page.writes() => run(page),
            // A key that does nothing says why.
            Act::Decide(_) | Act::Write(_) | Act::Draft(_) => page.say(t("say-none-waits")),
            Act::Show(folder) => page.ask(|q| q.folder = folder),
            Act::Chart(heading) => page.chart_tab.set(heading),
            Act::Line(number) => {
                insert::line(page, number);
            }
        }
    }

    /// The single letter that calls it.
    pub(crate) fn letter(&self) -> Option<&str> {
        self.key.split(' ').find(|k| k.chars().count() == 1)
    }

    /// Whether a single letter calls it.
    fn is_called_by(&self, key: &str) -> bool {
        self.key
            .split(' ')
            .any(|k| k.chars().count() == 1 && k.eq_ignore_ascii_case(key))
    }
}

/// The command of a single letter.
pub(crate) fn of_letter(settings: &Settings, key: &str) -> Option<Command> {
    all(settings).into_iter().find(|c| c.is_called_by(key))
}

/// The letter of each command that has one now; none where single letters are switched off.
pub(crate) fn letters(settings: &Settings) -> HashMap<&'static str, String> {
    if !settings.single_key_shortcuts {
        return HashMap::new();
    }
    all(settings)
        .into_iter()
        .filter_map(|c| Some((c.id, c.letter()?.to_owned())))
        .collect()
}

/// The letter of a command; empty where it has none.
pub(crate) fn letter_of(settings: &Settings, id: &str) -> String {
    let all = all(settings);
    let own = all.iter().find(|c| c.id == id);
    own.and_then(Command::letter).unwrap_or_default().to_owned()
}

/// Another command that the letter of this one calls, too.
pub(crate) fn in_its_way(settings: &Settings, id: &str) -> Option<Command> {
    let letter = letter_of(settings, id);
    let mut all = all(settings).into_iter();
    all.find(|c| c.id != id && c.is_called_by(&letter))
}

/// Words that name keys: each command by its letter, or by its name where single letters are switched off.
pub(crate) fn told(settings: &Settings, key: &str) -> String {
    let all = all(settings);
    let values: Vec<_> = all
        .iter()
        .filter(|c| !c.id.is_empty())
        .map(|c| {
            let called = match c.letter().filter(|_| settings.single_key_shortcuts) {
                Some(letter) => letter.to_owned(),
                None => format!("“{}”", c.name),
            };
            (c.id, called.into())
        })
        .collect();
    t_with(key, &values)
}

/// The letter of a command beside its name on a button, as it is now.
#[component]
pub(crate) fn Letter(of: &'static str) -> impl IntoView {
    let page = crate::state::page();
    (move || {
        page.letter(of)
            .map(|letter| view! { " " <kbd>{letter}</kbd> }.into_any())
    })
    .into_any()
}

/// All commands as they are listed: with the lines that are a key away.
pub(crate) fn listed(page: Page) -> Vec<Command> {
    let mut all = page.settings.with(all);
    // Not for each word of a draft that is being written: a field for a letter would be drawn anew under somebody's hands.
    let near = untrack(|| page.lines())
        .words
        .into_iter()
        .take(insert::NEAR);
    all.extend(near.zip(1..).map(|(words, number)| Command {
        id: "",
        name: t_with("command-line", &[("line", words.into())]),
        key: format!("Alt+{number}"),
        act: Act::Line(number),
    }));
    all
}

/// The commands that are the same for every message, with the letters that a person gave them.
pub(crate) fn all(settings: &Settings) -> Vec<Command> {
    let mut all = built_in();
    for c in &mut all {
        if let Some(letter) = settings.keys.get(c.id).filter(|_| !c.id.is_empty()) {
            // The first is the letter; what else calls it stays.
            let others = c.key.split(' ').skip(1).filter(|k| k != letter);
            c.key = std::iter::once(letter.as_str())
                .chain(others)
                .collect::<Vec<_>>()
                .join(" ");
        }
    }
    all
}

fn built_in() -> Vec<Command> {
    use Act::{Decide, Draft, Run, Show, Write};
    let named = |id, name: &str, key: &str, act| Command {
        id,
        name: t(name),
        key: key.to_owned(),
        act,
    };
    let mut all = vec![
        named("next", "command-next", "J ]", Run(|p| p.step(1))),
        named("previous", "command-previous", "K [", Run(|p| p.step(-1))),
        named(
            "edit",
            "command-edit",
            "R Enter",
            Run(|_| keys::focus("editor")),
        ),
        named("", "command-sign-off", "Ctrl+Enter", Run(Page::accept)),
        named(
            "blank",
            "command-blank",
            "B",
            Decide(|p| p.start(StartMode::Blank)),
        ),
        named(
            "draft",
            "command-draft",
            "D",
            Decide(|p| p.start(StartMode::Draft)),
        ),
        named(
            "compare",
            "command-compare",
            "C",
            Run(|p| p.compare.update(|c| *c = !*c)),
        ),
        named(
            "finding",
            "command-finding",
            "F F8",
            Run(Page::next_finding),
        ),
        named(
            "insert",
            "command-insert",
            "I",
            Write(|p| p.dialog.set(Some(Dialog::Insert))),
        ),
        named("fact", "command-fact", "U", Run(Page::next_fact)),
        named(
            "summary",
            "command-summary",
            "O",
            Run(|p| p.dialog.set(Some(Dialog::Summary))),
        ),
        named("close", "command-close", "N", Decide(Page::close)),
        named(
            "discard",
            "command-discard",
            "X",
            Decide(|p| p.dialog.set(Some(Dialog::Discard))),
        ),
        named(
            "escalate",
            "command-escalate",
            "S",
            Decide(|p| p.dialog.set(Some(Dialog::Escalate))),
        ),
        named("later", "command-later", "L", Decide(Page::later)),
        named("mine", "command-mine", "M", Decide(Page::take_on)),
        named(
            "give",
            "command-give",
            "A",
            Decide(|p| p.dialog.set(Some(Dialog::Give))),
        ),
        named("fixed", "command-fixed", "W", Decide(Page::use_fixed_text)),
        named("another", "command-another", "G", Decide(Page::redraft)),
        named(
            "preset",
            "command-preset",
            "P",
            Decide(|p| p.dialog.set(Some(Dialog::Presets))),
        ),
        named(
            "variants",
            "command-variants",
            "V",
            Decide(|p| p.dialog.set(Some(Dialog::Drafts))),
        ),
    ];
    all.extend(Preset::ALL.map(|p| Command {
        id: p.as_str(),
        name: t_with("command-draft-as", &[("preset", words::preset(p).into())]),
        key: String::new(),
        act: Draft(p),
    }));
    all.extend([
        named("correct", "command-correct", "", Run(Page::correct)),
        named("", "command-leave", "Esc", Run(Page::stop)),
        named("undo", "command-undo", "Z", Run(Page::undo)),
        named("time", "command-time", "T", Run(Page::more_time)),
        named(
            "search",
            "command-search",
            "/",
            Run(|_| keys::focus("search")),
        ),
        named("further", "command-further", "", Run(Page::search_further)),
        named(
            "",
            "command-palette",
            "Ctrl+K",
            Run(|p| p.dialog.set(Some(Dialog::Palette))),
        ),
        named("", "command-safety", "F9", Run(|p| p.reporting.set(true))),
        named("import", "command-import", "", Run(Page::import_files)),
        named(
            "models",
            "command-models",
            "",
            Run(|p| p.dialog.set(Some(Dialog::Models))),
        ),
        named(
            "settings",
            "command-settings",
            "",
            Run(|p| p.dialog.set(Some(Dialog::Settings))),
        ),
        named("training", "command-training", "", Act::Train),
        named(
            "training-end",
            "command-training-end",
            "",
            Run(Page::end_training),
        ),
        named(
            "results",
            "command-results",
            "",
            Run(|p| p.dialog.set(Some(Dialog::Results))),
        ),
        named("tour", "command-tour", "", Run(|p| p.tour.set(Some(0)))),
        named(
            "order-urgency",
            "command-order-urgency",
            "",
            Run(|p| p.order_by(Order::Urgency)),
        ),
        named(
            "order-newest",
            "command-order-newest",
            "",
            Run(|p| p.order_by(Order::Newest)),
        ),
        named(
            "order-oldest",
            "command-order-oldest",
            "",
            Run(|p| p.order_by(Order::Oldest)),
        ),
        named("pool", "command-pool", "", Run(Page::choose_pool)),
        named("only-mine", "command-only-mine", "", Run(Page::only_mine)),
        named(
            "close-none",
            "command-close-none",
            "",
            Run(Page::ask_to_close_many),
        ),
        named("beside", "command-beside", "", Run(Page::compare_beside)),
        named("", "command-lock", "Ctrl+L", Run(Page::lock)),
        named(
            "help",
            "command-help",
            "?",
            Run(|p| p.dialog.set(Some(Dialog::Help))),
        ),
    ]);
    let headings = Chart::default().headings().map(|h| h.0);
    all.extend(std::iter::once(ALL).chain(headings).map(|h| Command {
        id: "",
        name: t_with("command-chart", &[("heading", words::heading(h).into())]),
        key: String::new(),
        act: Act::Chart(h),
    }));
    all.extend(Folder::all().into_iter().map(|f| Command {
        id: "",
        name: t_with("command-folder", &[("folder", words::folder(f).into())]),
        key: String::new(),
        act: Show(f),
    }));
    all
}
