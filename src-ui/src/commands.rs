//! Every command: its name, its key, and what it does. The keyboard, the help
//! and the palette all read this one list.

use crate::keys;
use crate::state::{Dialog, Page};
use crate::words;
use contract::{Folder, Preset, StartMode};
use leptos::prelude::*;

/// What a command does.
#[derive(Clone, Copy)]
pub(crate) enum Act {
    /// Something with the page.
    Run(fn(Page)),
    /// Something with the message on screen, as long as it waits for a decision.
    Decide(fn(Page)),
    /// Another draft of a kind.
    Draft(Preset),
    /// Another folder.
    Show(Folder),
}

/// A command.
#[derive(Clone)]
pub(crate) struct Command {
    /// Its name, with what a person should know of it.
    pub(crate) name: String,
    /// Its key as people read it; empty for none.
    pub(crate) key: &'static str,
    pub(crate) act: Act,
}

impl Command {
    /// Does it, if there is something to do it with.
    pub(crate) fn run(&self, page: Page) {
        match self.act {
            Act::Run(run) => run(page),
            Act::Decide(run) if page.waits() => run(page),
            Act::Draft(preset) if page.waits() => page.draft_as(Some(preset)),
            Act::Decide(_) | Act::Draft(_) => {}
            Act::Show(folder) => page.ask(|q| q.folder = folder),
        }
    }

    /// Whether a single letter calls it.
    fn is_called_by(&self, key: &str) -> bool {
        self.key
            .split(' ')
            .any(|k| k.chars().count() == 1 && k.eq_ignore_ascii_case(key))
    }
}

/// The command of a single letter.
pub(crate) fn of_letter(key: &str) -> Option<Command> {
    all().into_iter().find(|c| c.is_called_by(key))
}

/// All commands, in the order shown.
pub(crate) fn all() -> Vec<Command> {
    use Act::{Decide, Draft, Run, Show};
    let named = |name: &str, key, act| Command {
        name: name.to_owned(),
        key,
        act,
    };
    let mut all = vec![
        named("Next message", "J ]", Run(|p| p.step(1))),
        named("Previous message", "K [", Run(|p| p.step(-1))),
        named("Edit the reply", "R Enter", Run(|_| keys::focus("editor"))),
        named(
            "Sign off: shows what goes out; once more sends it",
            "Ctrl+Enter",
            Run(Page::accept),
        ),
        named("Start blank", "B", Decide(|p| p.start(StartMode::Blank))),
        named(
            "Start from the draft again",
            "D",
            Decide(|p| p.start(StartMode::Draft)),
        ),
        named(
            "Compare with the draft",
            "C",
            Run(|p| p.compare.update(|c| *c = !*c)),
        ),
        named(
            "Next finding in the reply; Enter says that you checked it",
            "F F8",
            Run(Page::next_finding),
        ),
        named("No reply needed", "N", Decide(Page::close)),
        named(
            "Discard the draft",
            "X",
            Decide(|p| p.dialog.set(Some(Dialog::Discard))),
        ),
        named(
            "Escalate",
            "S",
            Decide(|p| p.dialog.set(Some(Dialog::Escalate))),
        ),
        named("Later: put off, or bring back", "L", Decide(Page::later)),
        named("Mine: take on, or give back", "M", Decide(Page::take_on)),
        named(
            "Put the clinic's fixed text in the reply",
            "W",
            Decide(Page::use_fixed_text),
        ),
        named("Make another draft", "G", Decide(Page::redraft)),
        named(
            "Another draft, of a kind",
            "P",
            Decide(|p| p.dialog.set(Some(Dialog::Presets))),
        ),
    ];
    all.extend(Preset::ALL.map(|p| Command {
        name: format!("Draft: {}", p.label()),
        key: "",
        act: Draft(p),
    }));
    all.extend([
        named(
            "Leave the editor; stop a draft; close a dialog",
            "Esc",
            Run(Page::stop),
        ),
        named("Undo the last decision", "Z", Run(Page::undo)),
        named("More time to undo", "T", Run(Page::more_time)),
        named("Search", "/", Run(|_| keys::focus("search"))),
        named(
            "Every command, by its name",
            "Ctrl+K",
            Run(|p| p.dialog.set(Some(Dialog::Palette))),
        ),
        named("Import files", "", Run(Page::import_files)),
        named("Models", "", Run(|p| p.dialog.set(Some(Dialog::Models)))),
        named(
            "Settings",
            "",
            Run(|p| p.dialog.set(Some(Dialog::Settings))),
        ),
        named("Lock", "Ctrl+L", Run(Page::lock)),
        named(
            "Keyboard shortcuts",
            "?",
            Run(|p| p.dialog.set(Some(Dialog::Help))),
        ),
    ]);
    all.extend(Folder::all().into_iter().map(|f| Command {
        name: format!("Folder: {}", words::folder(f)),
        key: "",
        act: Show(f),
    }));
    all
}
