//! Spelling, checked by the system's own dictionaries: WebKitGTK does so only where it is told to.

use tauri::WebviewWindow;
use webkit2gtk::{WebContextExt, WebViewExt};

/// Languages of replies, as dictionaries are called. One whose dictionary is not installed is left out by the system.
const LANGUAGES: [&str; 3] = ["en_US", "es_MX", "es_ES"];

/// Has what is typed in a window checked.
pub(super) fn check_in(window: &WebviewWindow) {
    let told = window.with_webview(|view| {
        if let Some(context) = view.inner().context() {
            context.set_spell_checking_enabled(true);
            context.set_spell_checking_languages(&LANGUAGES);
        }
    });
    if let Err(e) = told {
        tracing::warn!("spelling is not checked: {e}");
    }
}
