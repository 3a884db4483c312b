//! Prepares the window's resources. Without a built page a stand-in is put
//! there, so that the command line builds by itself.

use std::path::Path;

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
        tauri_build::build();
    }
}
