//! The commands of the page: each hands its work to the desk.
//!
//! They run off the main thread, so that the window never waits for a disk.

use super::{Shared, import_all};
use contract::{
    Code, Decided, DecisionRequest, DeskEvent, Failure, Finding, ImportSummary, ModelLine, Opened,
    Queue, Settings, StartMode,
};
use std::sync::Arc;
use tauri::ipc::Channel;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

#[tauri::command(async)]
pub(super) fn queue(shared: State<'_, Shared>) -> Result<Queue, Failure> {
    shared.desk.queue()
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
) -> Result<Vec<Finding>, Failure> {
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
) -> Result<(), Failure> {
    shared.desk.redraft(message_id, seed)
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
    // The folder is chosen in a dialog of the system and not by the page.
    let watched_folder = shared.desk.settings()?.watched_folder;
    shared.desk.set_settings(Settings {
        watched_folder,
        ..settings
    })
}

#[tauri::command(async)]
pub(super) fn models(shared: State<'_, Shared>) -> Result<Vec<ModelLine>, Failure> {
    shared.desk.place.list_models()
}

#[tauri::command(async)]
pub(super) fn choose_model(shared: State<'_, Shared>, name: String) -> Result<(), Failure> {
    // Names only: a path from the page is not taken.
    if !shared
        .desk
        .place
        .list_models()?
        .iter()
        .any(|m| m.name == name && m.installed)
    {
        return Err(Failure::new(
            Code::NotFound,
            "This model is not on this machine.",
        ));
    }
    shared.desk.choose_model(Some(name));
    Ok(())
}

#[tauri::command(async)]
pub(super) fn pick_model(
    app: AppHandle,
    shared: State<'_, Shared>,
) -> Result<Option<ModelLine>, Failure> {
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
    let line = shared.desk.place.import_model(&path, None, &|_, _, _| ())?;
    shared.desk.choose_model(Some(line.name.clone()));
    Ok(Some(line))
}

#[tauri::command(async)]
pub(super) fn pick_import(app: AppHandle, shared: State<'_, Shared>) -> bool {
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
    any
}

#[tauri::command(async)]
pub(super) fn pick_watched_folder(
    app: AppHandle,
    shared: State<'_, Shared>,
) -> Result<Settings, Failure> {
    let mut settings = shared.desk.settings()?;
    settings.watched_folder = app
        .dialog()
        .file()
        .blocking_pick_folder()
        .and_then(|f| f.into_path().ok())
        .map(|p| p.to_string_lossy().into_owned())
        .unwrap_or_default();
    let settings = shared.desk.set_settings(settings)?;
    shared.watch_again();
    Ok(settings)
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
