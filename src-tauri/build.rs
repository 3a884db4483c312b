//! Prepares the window's resources. Without a built page a stand-in is put
//! there, so that the command line builds by itself.

use std::path::Path;

/// The commands of the page. Each is allowed to the one window by name (`capabilities` in tauri.conf.json): what is not
/// named there does not answer. A test holds this list, that one and the handlers against each other.
const COMMANDS: &[&str] = &[
    "session",
    "create_record",
    "unlock",
    "open_demo",
    "lock",
    "active",
    "keep_unsent",
    "accounts",
    "add_user",
    "remove_user",
    "change_passphrase",
    "new_codes",
    "remember",
    "forget",
    "note_taken",
    "queue",
    "open_message",
    "put_off",
    "assign",
    "colleagues",
    "sign_off",
    "more_time",
    "close_owed_none",
    "check",
    "decide",
    "undo",
    "redraft",
    "drafts",
    "summary",
    "begin_training",
    "end_training",
    "practice_results",
    "rate",
    "report_safety",
    "stop_draft",
    "settings",
    "set_settings",
    "models",
    "describe_model",
    "try_model",
    "about",
    "log_lines",
    "choose_model",
    "pick_model",
    "pick_import",
    "pick_folder",
    "back_up_now",
    "own_rules",
    "pick_own_rules",
    "clear_own_rules",
    "import_sample",
    "listen",
];

fn main() {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let root = Path::new(&root);
    let page = root.join("src-ui/dist/index.html");
    if !page.exists() {
        let _ = std::fs::create_dir_all(root.join("src-ui/dist"));
        let _ = std::fs::write(
            &page,
            "<!doctype html><title>Countersign</title><p>The page is not built yet. Run <code>cargo xtask ui</code>.</p>",
        );
    }
    println!("cargo::rerun-if-changed=src-ui/dist");
    println!("cargo::rerun-if-changed=tauri.conf.json");
    if std::env::var_os("CARGO_FEATURE_WINDOW").is_some() {
        let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
        if let Err(e) =
            tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))
        {
            println!("cargo::error=the window's resources: {e:#}");
        }
    }
}
