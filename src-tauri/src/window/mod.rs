//! The window: one page over the desk.

mod commands;
#[cfg(target_os = "linux")]
mod spelling;
#[cfg(target_os = "linux")]
mod suspend;

use contract::{Code, Failure, QueueQuery};
use desk::drafter::DrafterCommand;
use desk::{Background, Desk, Upkeep, Watch, Watchdog};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tauri::ipc::Invoke;
use tauri::{DragDropEvent, Manager, WebviewUrl, WebviewWindowBuilder, WindowEvent};

/// What the commands share.
pub(crate) struct Shared {
    desk: Arc<Desk>,
    watch: Mutex<Option<Watch>>,
    /// A hash of the part of the queue that was asked for last: the words of a search are not kept beyond a lock.
    listed: AtomicU64,
}

/// What a person waits for before they can go on.
const AWAITED: [&str; 9] = [
    "assign",
    "check",
    "decide",
    "drafts",
    "open_message",
    "put_off",
    "sign_off",
    "summary",
    "undo",
];

/// Opens the window on a desk and stays until it is closed.
pub(crate) fn open(desk: Desk) -> Result<(), Failure> {
    if cfg!(target_os = "linux")
        && ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .all(|v| std::env::var_os(v).is_none())
    {
        return Err(Failure::new(
            Code::Internal,
            "There is no display, so no window can be opened. The commands work without one: countersign --help lists them.",
        ));
    }
    let desk = Arc::new(desk);
    let background = Background::start(Arc::clone(&desk), DrafterCommand::own()?)?;
    let watchdog = Watchdog::start(Arc::clone(&desk))?;
    #[cfg(target_os = "linux")]
    {
        let desk = Arc::clone(&desk);
        suspend::lock_before_sleep(
            zbus::blocking::Connection::system,
            move || desk.lock("the machine goes to sleep"),
            Duration::from_secs(30),
        );
    }
    let upkeep = Upkeep::start(Arc::clone(&desk))?;
    let at_exit = Arc::clone(&desk);
    let shared = Shared {
        desk: Arc::clone(&desk),
        watch: Mutex::new(None),
        listed: AtomicU64::new(0),
    };
    shared.watch_again();
    let mut builder = tauri::Builder::default();
    if has_session_bus() {
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, _, _| {
            if let Some(window) = app.get_webview_window("main") {
                let _ = window.unminimize();
                let _ = window.set_focus();
            }
        }));
    }
    let app = builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .manage(shared)
        .invoke_handler(giving_way(tauri::generate_handler![
            commands::session,
            commands::create_record,
            commands::unlock,
            commands::open_demo,
            commands::lock,
            commands::active,
            commands::keep_unsent,
            commands::accounts,
            commands::add_user,
            commands::remove_user,
            commands::change_passphrase,
            commands::new_codes,
            commands::remember,
            commands::forget,
            commands::note_taken,
            commands::queue,
            commands::open_message,
            commands::put_off,
            commands::assign,
            commands::colleagues,
            commands::sign_off,
            commands::more_time,
            commands::close_owed_none,
            commands::check,
            commands::decide,
            commands::undo,
            commands::redraft,
            commands::drafts,
            commands::summary,
            commands::begin_training,
            commands::end_training,
            commands::practice_results,
            commands::rate,
            commands::report_safety,
            commands::stop_draft,
            commands::settings,
            commands::set_settings,
            commands::models,
            commands::describe_model,
            commands::try_model,
            commands::about,
            commands::log_lines,
            commands::choose_model,
            commands::pick_model,
            commands::pick_import,
            commands::pick_folder,
            commands::back_up_now,
            commands::own_rules,
            commands::pick_own_rules,
            commands::clear_own_rules,
            commands::import_sample,
            commands::listen,
        ]))
        .setup(|app| {
            let window = WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
                .title("Countersign")
                .inner_size(1360.0, 860.0)
                .min_inner_size(720.0, 480.0)
                .on_navigation(|url| {
                    // The program's own page alone: another program's server on this machine is none of it.
                    matches!(
                        (url.scheme(), url.host_str(), url.port()),
                        ("tauri", Some("localhost"), None)
                            | ("http" | "https", Some("tauri.localhost"), None)
                    )
                })
                .build()?;
            #[cfg(target_os = "linux")]
            spelling::check_in(&window);
            #[cfg(not(target_os = "linux"))]
            let _ = window;
            Ok(())
        })
        .on_window_event(|window, event| {
            if let WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) = event {
                let shared = window.state::<Shared>();
                import_all(&shared.desk, paths.clone());
            }
        })
        .build(context())
        .map_err(|e| {
            Failure::new(
                Code::Internal,
                format!("The window could not be opened: {e}."),
            )
        })?;
    // `run` ends the process, so the drafter is ended in its last event.
    let mut background = Some((background, watchdog, upkeep));
    app.run(move |_, event| {
        if let tauri::RunEvent::Exit = event {
            // The lock first: nothing begins anew behind it.
            at_exit.lock("the window was closed");
            background.take();
        }
    });
    Ok(())
}

/// The drafter gives way to what a person waits for.
fn giving_way(
    handler: impl Fn(Invoke) -> bool + Send + Sync + 'static,
) -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
    move |invoke| {
        if AWAITED.contains(&invoke.message.command()) {
            invoke
                .message
                .webview_ref()
                .state::<Shared>()
                .desk
                .give_way();
        }
        handler(invoke)
    }
}

/// Without a session bus the single-instance plugin cannot work.
fn has_session_bus() -> bool {
    !cfg!(target_os = "linux")
        || std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some()
        || std::env::var_os("XDG_RUNTIME_DIR")
            .is_some_and(|d| PathBuf::from(d).join("bus").exists())
}

/// Imports files on a thread of its own; the desk tells the page how it went.
fn import_all(desk: &Arc<Desk>, paths: Vec<PathBuf>) {
    let desk = Arc::clone(desk);
    std::thread::spawn(move || {
        for path in paths {
            desk.import_and_tell(&path, true);
        }
    });
}

impl Shared {
    /// Notes what part of the queue is asked for. Where it is another one, a person asked: the drafter gives way. A page that asks
    /// for the same once more was told that something changed.
    fn lists(&self, query: &QueueQuery) {
        let mut hasher = DefaultHasher::new();
        query.hash(&mut hasher);
        let asked = hasher.finish();
        if self.listed.swap(asked, Ordering::Relaxed) != asked {
            self.desk.give_way();
        }
    }

    /// Watches nothing: the record is locked.
    fn watch_no_more(&self) {
        *desk::lock(&self.watch) = None;
    }

    /// Watches the folder of the settings, or none.
    fn watch_again(&self) {
        let mut watch = desk::lock(&self.watch);
        *watch = None;
        let Ok(settings) = self.desk.settings() else {
            return;
        };
        if settings.watched_folder.is_empty() {
            return;
        }
        match Watch::start(
            Arc::clone(&self.desk),
            &PathBuf::from(settings.watched_folder),
        ) {
            Ok(w) => *watch = Some(w),
            Err(f) => tracing::warn!(code = f.code.as_str(), "the watched folder is not watched"),
        }
    }
}

/// The window's settings, and the page with them.
#[cfg(not(test))]
fn context() -> tauri::Context {
    tauri::generate_context!()
}

/// Unit tests open no window. Were the page put in for them as well, two compilers would compress it into one file at once, and
/// the program could get what was half-written.
#[cfg(test)]
fn context() -> tauri::Context {
    unreachable!("unit tests open no window")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// Names in a text that stand between two words.
    fn between(text: &str, before: &str, after: char) -> BTreeSet<String> {
        text.match_indices(before)
            .filter_map(|(i, _)| text[i + before.len()..].split(after).next())
            .map(|n| n.trim_matches('"').replace('-', "_"))
            .collect()
    }

    #[test]
    fn every_command_is_allowed_by_its_name_and_nothing_else_is() {
        let shell = include_str!("mod.rs");
        let handlers = shell
            .split_once("generate_handler![")
            .and_then(|(_, rest)| rest.split_once(']'))
            .map(|(list, _)| between(list, "commands::", ','))
            .unwrap_or_default();
        let config: serde_json::Value =
            serde_json::from_str(include_str!("../../../tauri.conf.json")).expect("JSON");
        let capabilities = &config["app"]["security"]["capabilities"];
        assert_eq!(capabilities.as_array().map(Vec::len), Some(1));
        let allowed: BTreeSet<String> = capabilities[0]["permissions"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|p| p.as_str()?.strip_prefix("allow-"))
            .map(|p| p.replace('-', "_"))
            .collect();
        let built = include_str!("../../build.rs")
            .split_once("COMMANDS: &[&str] = &[")
            .and_then(|(_, rest)| rest.split_once("];"))
            .map(|(list, _)| between(list, "    \"", '"'))
            .unwrap_or_default();
        assert!(handlers.len() > 30);
        assert_eq!(handlers, allowed);
        assert_eq!(handlers, built);
        assert_eq!(config["app"]["security"]["freezePrototype"], true);
        // A release has no developer tools: Tauri builds them in for this feature alone.
        assert!(!include_str!("../../../Cargo.toml").contains("devtools"));
    }
}
