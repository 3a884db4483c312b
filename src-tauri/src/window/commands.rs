//! The commands of the page: each hands its work to the desk.
//!
//! They run off the main thread, so that the window never waits for a disk.

use super::{Shared, import_all};
use contract::{
    About, AccountLine, Checked, Closed, Code, Codes, Decided, DecisionRequest, DeskEvent,
    DraftView, Failure, FirstAdmin, ImportSummary, Licence, ModelCard, ModelLine, Opened, OwnRules,
    PracticeResults, Preset, Queue, QueueQuery, Rating, Right, Role, SafetyProblem, Secret,
    SessionState, Settings, SettingsFolder, SignOff, SpeedTest, StartMode, Summary, Taken, Unlock,
    UnsentText,
};
use desk::drafter::DrafterCommand;
use std::sync::Arc;
use tauri::ipc::Channel;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

#[tauri::command(async)]
pub(super) fn session(shared: State<'_, Shared>) -> SessionState {
    shared.desk.session_state()
}

#[tauri::command(async)]
pub(super) fn create_record(
    shared: State<'_, Shared>,
    first: FirstAdmin,
) -> Result<Codes, Failure> {
    let codes = shared.desk.create(&first)?;
    shared.watch_again();
    Ok(codes)
}

#[tauri::command(async)]
pub(super) fn unlock(shared: State<'_, Shared>, with: Unlock) -> Result<SessionState, Failure> {
    let state = shared.desk.unlock(&with)?;
    shared.watch_again();
    Ok(state)
}

#[tauri::command(async)]
pub(super) fn open_demo(shared: State<'_, Shared>) -> Result<SessionState, Failure> {
    shared.desk.open_demo()
}

#[tauri::command(async)]
pub(super) fn lock(shared: State<'_, Shared>) {
    shared.watch_no_more();
    shared.desk.lock("on demand");
}

/// The person pressed a key or moved the mouse: the idle lock begins anew.
#[tauri::command(async)]
pub(super) fn active(shared: State<'_, Shared>) {
    shared.desk.active();
}

#[tauri::command(async, rename_all = "snake_case")]
pub(super) fn keep_unsent(
    shared: State<'_, Shared>,
    message_id: &str,
    unsent: UnsentText,
) -> Result<(), Failure> {
    shared.desk.keep_unsent(message_id, &unsent)
}

#[tauri::command(async)]
pub(super) fn accounts(shared: State<'_, Shared>) -> Result<Vec<AccountLine>, Failure> {
    shared.desk.accounts()
}

#[tauri::command(async)]
pub(super) fn add_user(
    shared: State<'_, Shared>,
    user: &str,
    passphrase: Secret,
    role: Role,
    licence: Licence,
) -> Result<(), Failure> {
    shared.desk.add_user(user, &passphrase, role, licence)
}

#[tauri::command(async)]
pub(super) fn remove_user(shared: State<'_, Shared>, user: &str) -> Result<(), Failure> {
    shared.desk.remove_user(user)
}

#[tauri::command(async)]
pub(super) fn change_passphrase(
    shared: State<'_, Shared>,
    old: Secret,
    new: Secret,
) -> Result<(), Failure> {
    shared.desk.change_passphrase(&old, &new)
}

/// New codes; the page shows them once and keeps them nowhere.
#[tauri::command(async)]
pub(super) fn new_codes(shared: State<'_, Shared>) -> Result<Codes, Failure> {
    shared.desk.new_codes()
}

#[tauri::command(async)]
pub(super) fn remember(shared: State<'_, Shared>, passphrase: Secret) -> Result<(), Failure> {
    shared.desk.remember(&passphrase)
}

#[tauri::command(async)]
pub(super) fn forget(shared: State<'_, Shared>) -> Result<(), Failure> {
    shared.desk.forget()
}

/// Words left the window by the clipboard or a printer.
#[tauri::command(async, rename_all = "snake_case")]
pub(super) fn note_taken(
    shared: State<'_, Shared>,
    way: Taken,
    message_id: &str,
    characters: u32,
) -> Result<(), Failure> {
    shared.desk.note_taken(way, message_id, characters)
}

#[tauri::command(async)]
pub(super) fn queue(shared: State<'_, Shared>, query: QueueQuery) -> Result<Queue, Failure> {
    shared.lists(&query);
    shared.desk.queue(&query)
}

#[tauri::command(async, rename_all = "snake_case")]
pub(super) fn put_off(
    shared: State<'_, Shared>,
    message_id: &str,
    until: Option<&str>,
) -> Result<(), Failure> {
    shared.desk.put_off(message_id, until)
}

#[tauri::command(async, rename_all = "snake_case")]
pub(super) fn close_owed_none(
    shared: State<'_, Shared>,
    message_ids: Vec<String>,
) -> Result<Closed, Failure> {
    shared.desk.close_owed_none(&message_ids)
}

#[tauri::command(async)]
pub(super) fn sign_off(
    shared: State<'_, Shared>,
    request: DecisionRequest,
) -> Result<SignOff, Failure> {
    shared.desk.sign_off(&request)
}

#[tauri::command(async, rename_all = "snake_case")]
pub(super) fn more_time(shared: State<'_, Shared>, decision_id: i64) -> Result<u32, Failure> {
    shared.desk.more_time(decision_id)
}

#[tauri::command(async, rename_all = "snake_case")]
pub(super) fn assign(shared: State<'_, Shared>, message_id: &str, to: &str) -> Result<(), Failure> {
    shared.desk.assign(message_id, to)
}

#[tauri::command(async, rename_all = "snake_case")]
pub(super) fn colleagues(shared: State<'_, Shared>) -> Result<Vec<String>, Failure> {
    shared.desk.colleagues()
}

#[tauri::command(async, rename_all = "snake_case")]
pub(super) fn open_message(shared: State<'_, Shared>, message_id: &str) -> Result<Opened, Failure> {
    shared.desk.open_message(message_id)
}

#[tauri::command(async, rename_all = "snake_case")]
pub(super) fn check(
    shared: State<'_, Shared>,
    message_id: &str,
    text: &str,
    start_mode: StartMode,
) -> Result<Checked, Failure> {
    shared.desk.check(message_id, text, start_mode)
}

#[tauri::command(async)]
pub(super) fn decide(
    shared: State<'_, Shared>,
    request: DecisionRequest,
) -> Result<Decided, Failure> {
    shared.desk.decide(&request)
}

#[tauri::command(async, rename_all = "snake_case")]
pub(super) fn undo(shared: State<'_, Shared>, decision_id: i64) -> Result<String, Failure> {
    shared.desk.undo(decision_id)
}

#[tauri::command(async, rename_all = "snake_case")]
pub(super) fn redraft(
    shared: State<'_, Shared>,
    message_id: &str,
    seed: u64,
    preset: Option<Preset>,
) -> Result<(), Failure> {
    shared.desk.redraft(message_id, seed, preset)
}

#[tauri::command(async, rename_all = "snake_case")]
pub(super) fn drafts(
    shared: State<'_, Shared>,
    message_id: &str,
) -> Result<Vec<DraftView>, Failure> {
    shared.desk.drafts(message_id)
}

#[tauri::command(async, rename_all = "snake_case")]
pub(super) fn summary(shared: State<'_, Shared>, message_id: &str) -> Result<Summary, Failure> {
    shared.desk.summary(message_id)
}

/// Gives the first message of the training.
#[tauri::command(async)]
pub(super) fn begin_training(shared: State<'_, Shared>) -> Result<String, Failure> {
    shared.desk.begin_training()
}

#[tauri::command(async)]
pub(super) fn end_training(shared: State<'_, Shared>) -> Result<(), Failure> {
    shared.desk.end_training()
}

/// For the person who asks alone.
#[tauri::command(async)]
pub(super) fn practice_results(shared: State<'_, Shared>) -> Result<PracticeResults, Failure> {
    shared.desk.practice_results()
}

#[tauri::command(async, rename_all = "snake_case")]
pub(super) fn rate(
    shared: State<'_, Shared>,
    decision_id: i64,
    rating: Rating,
) -> Result<(), Failure> {
    shared.desk.rate(decision_id, &rating)
}

#[tauri::command(async)]
pub(super) fn report_safety(
    shared: State<'_, Shared>,
    problem: SafetyProblem,
) -> Result<i64, Failure> {
    shared.desk.report_safety(&problem)
}

#[tauri::command(async)]
pub(super) fn stop_draft(shared: State<'_, Shared>) {
    shared.desk.stop_draft();
}

#[tauri::command(async)]
pub(super) fn settings(shared: State<'_, Shared>) -> Result<Settings, Failure> {
    shared.desk.settings()
}

#[tauri::command(async)]
pub(super) fn set_settings(
    shared: State<'_, Shared>,
    settings: Settings,
) -> Result<Settings, Failure> {
    // Folders are chosen in a dialog of the system and not by the page.
    let now = shared.desk.settings()?;
    shared.desk.set_settings(Settings {
        watched_folder: now.watched_folder,
        backup_folder: now.backup_folder,
        audit_folder: now.audit_folder,
        ..settings
    })
}

#[tauri::command(async)]
pub(super) fn models(shared: State<'_, Shared>) -> Result<Vec<ModelLine>, Failure> {
    shared.desk.allow(Right::Read)?;
    shared.desk.place.list_models()
}

#[tauri::command(async)]
pub(super) fn describe_model(shared: State<'_, Shared>, name: &str) -> Result<ModelCard, Failure> {
    shared.desk.describe_model(name)
}

#[tauri::command(async)]
pub(super) fn try_model(shared: State<'_, Shared>, name: &str) -> Result<SpeedTest, Failure> {
    shared.desk.try_model(name, &DrafterCommand::own()?)
}

#[tauri::command(async)]
pub(super) fn about(shared: State<'_, Shared>) -> Result<About, Failure> {
    shared.desk.about()
}

/// The last lines of the log; no text of a patient is ever in it.
#[tauri::command(async)]
pub(super) fn log_lines(shared: State<'_, Shared>) -> Result<Vec<String>, Failure> {
    shared.desk.allow(Right::Read)?;
    Ok(crate::log::last())
}

#[tauri::command(async)]
pub(super) fn choose_model(shared: State<'_, Shared>, name: &str) -> Result<(), Failure> {
    shared.desk.choose_listed_model(name)
}

#[tauri::command(async)]
pub(super) fn pick_model(
    app: AppHandle,
    shared: State<'_, Shared>,
) -> Result<Option<ModelLine>, Failure> {
    shared.desk.allow(Right::Models)?;
    let Some(file) = app
        .dialog()
        .file()
        .add_filter("GGUF model", &["gguf"])
        .blocking_pick_file()
    else {
        return Ok(None);
    };
    let path = file.into_path().map_err(|_| {
        Failure::new(
            Code::Io,
            "The file is not on this machine. Copy it here first.",
        )
    })?;
    // Told of by whole percents: a model is a billion bytes.
    let last = std::cell::Cell::new(u64::MAX);
    let progress = |what: &str, done: u64, of: u64| {
        let percent = (100 * done).checked_div(of).unwrap_or(0);
        if last.replace(percent) != percent {
            shared.desk.progress(what, percent as f64 / 100.0);
        }
    };
    shared.desk.take_in_model(&path, &progress).map(Some)
}

#[tauri::command(async)]
pub(super) fn pick_import(app: AppHandle, shared: State<'_, Shared>) -> Result<bool, Failure> {
    shared.desk.allow(Right::Import)?;
    let picked = app
        .dialog()
        .file()
        .add_filter("FHIR, CSV, JSON Lines", &["json", "ndjson", "jsonl", "csv"])
        .blocking_pick_files();
    let paths: Vec<_> = picked
        .into_iter()
        .flatten()
        .filter_map(|f| f.into_path().ok())
        .collect();
    let any = !paths.is_empty();
    import_all(&shared.desk, paths);
    Ok(any)
}

#[tauri::command(async)]
pub(super) fn pick_folder(
    app: AppHandle,
    shared: State<'_, Shared>,
    what: SettingsFolder,
    clear: bool,
) -> Result<Settings, Failure> {
    shared.desk.allow(match what {
        SettingsFolder::Watched => Right::Import,
        SettingsFolder::Backups | SettingsFolder::AuditHeads => Right::Settings,
    })?;
    let picked = if clear {
        String::new()
    } else {
        let folder = app.dialog().file().blocking_pick_folder();
        match folder.and_then(|f| f.into_path().ok()) {
            Some(path) => path.to_string_lossy().into_owned(),
            // Nothing was chosen, so nothing changes.
            None => return shared.desk.settings(),
        }
    };
    let mut settings = shared.desk.settings()?;
    match what {
        SettingsFolder::Watched => settings.watched_folder = picked,
        SettingsFolder::Backups => settings.backup_folder = picked,
        SettingsFolder::AuditHeads => settings.audit_folder = picked,
    }
    let settings = shared.desk.set_settings(settings)?;
    if what == SettingsFolder::Watched {
        shared.watch_again();
    }
    Ok(settings)
}

/// A backup into the clinic's folder, now.
#[tauri::command(async)]
pub(super) fn back_up_now(shared: State<'_, Shared>) -> Result<(), Failure> {
    shared.desk.back_up_now()
}

#[tauri::command(async)]
pub(super) fn own_rules(shared: State<'_, Shared>) -> Result<OwnRules, Failure> {
    shared.desk.own_rules()
}

#[tauri::command(async)]
pub(super) fn pick_own_rules(
    app: AppHandle,
    shared: State<'_, Shared>,
) -> Result<OwnRules, Failure> {
    shared.desk.allow(Right::Settings)?;
    let picked = app
        .dialog()
        .file()
        .add_filter("Rules", &["toml"])
        .blocking_pick_file()
        .and_then(|f| f.into_path().ok());
    match picked {
        Some(path) => shared.desk.set_own_rules_from(&path),
        None => shared.desk.own_rules(),
    }
}

#[tauri::command(async)]
pub(super) fn clear_own_rules(shared: State<'_, Shared>) -> Result<OwnRules, Failure> {
    shared.desk.set_own_rules("")
}

#[tauri::command(async)]
pub(super) fn import_sample(shared: State<'_, Shared>) -> Result<ImportSummary, Failure> {
    shared.desk.import_sample()
}

#[tauri::command(async)]
pub(super) fn listen(shared: State<'_, Shared>, channel: Channel<DeskEvent>) {
    shared.desk.listen(Arc::new(move |event| {
        // A page that was closed cannot be told; the next one listens anew.
        let _ = channel.send(event);
    }));
}
