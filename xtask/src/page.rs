//! The page: compiled, bound to JavaScript, and laid out as the window wants it.
//!
//! `trunk serve` in `src-ui` works as well: the same `index.html` is read here.

use crate::step::{root, say, target};
use crate::wasm;
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Starts the page. A file of its own, because the page's policy allows no script inside it.
const BOOT: &str = "import init from \"./countersign.js\";\ninit({ module_or_path: \"./countersign_bg.wasm\" });\n";

/// Builds the page if it changed; gives the folder it lies in. The fake one,
/// which carries its own backend, is for tests and never lies in `src-ui/dist`.
pub(crate) fn build(fake: bool) -> Result<PathBuf> {
    let dist = if fake {
        target().join("page-fake")
    } else {
        root().join("src-ui/dist")
    };
    let stamp = stamp(fake)?;
    if fs::read_to_string(dist.join(".stamp")).is_ok_and(|s| s == stamp) {
        return Ok(dist);
    }
    say(if fake {
        "building the page with its fake backend"
    } else {
        "building the page"
    });
    let features: &[&str] = if fake { &["fake"] } else { &[] };
    let built = wasm::way()?.build(features)?;
    let fresh = dist.with_extension("new");
    let _ = fs::remove_dir_all(&fresh);
    fs::create_dir_all(&fresh)?;
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(built.join("countersign-ui.wasm"))
        .out_name("countersign")
        .web(true)?
        .typescript(false)
        // The names of functions are a fifth of what the window would load, and are read by nobody but who looks into a test.
        .remove_name_section(!fake)
        .remove_producers_section(true)
        .generate(&fresh)
        .context("wasm-bindgen")?;
    let ui = root().join("src-ui");
    let html = fs::read_to_string(ui.join("index.html"))?
        .replace("data-trunk rel=\"css\"", "rel=\"stylesheet\"")
        .replace(
            "<link data-trunk rel=\"rust\" data-wasm-opt=\"0\" />",
            "<script type=\"module\" src=\"boot.js\"></script>",
        );
    fs::write(fresh.join("index.html"), html)?;
    fs::write(fresh.join("boot.js"), BOOT)?;
    fs::copy(ui.join("style.css"), fresh.join("style.css"))?;
    fs::write(fresh.join(".stamp"), &stamp)?;
    let _ = fs::remove_dir_all(&dist);
    fs::rename(&fresh, &dist)?;
    let size = fs::metadata(dist.join("countersign_bg.wasm"))?.len();
    let compressed = compressed(&dist.join("countersign_bg.wasm"))?;
    say(&format!(
        "the page is in {} ({} kB of wasm, {} compressed)",
        dist.display(),
        size / 1000,
        compressed / 1000
    ));
    // The fake page also holds its desk and that desk's messages, and nobody is given it.
    if !fake && compressed > MOST {
        bail!(
            "the page's wasm takes {compressed} bytes compressed, and {MOST} are allowed: see what was added"
        );
    }
    Ok(dist)
}

/// Most bytes of the window's wasm, compressed.
const MOST: usize = 1_000_000;

/// Bytes of a file compressed by gzip.
fn compressed(file: &Path) -> Result<usize> {
    let out = Command::new("gzip").args(["-9", "-c"]).arg(file).output()?;
    Ok(out.stdout.len())
}

/// A hash of everything the page is made from.
fn stamp(fake: bool) -> Result<String> {
    let root = root();
    let mut files = vec![root.join("Cargo.lock"), root.join("Cargo.toml")];
    for dir in [
        "src-ui/src",
        "assets/interface",
        "assets/replies",
        "crates/contract/src",
        "xtask/src",
    ] {
        collect(&root.join(dir), &mut files)?;
    }
    for file in [
        "src-ui/index.html",
        "src-ui/style.css",
        "src-ui/Cargo.toml",
        "crates/contract/Cargo.toml",
    ] {
        files.push(root.join(file));
    }
    files.sort();
    let mut sha = Sha256::new();
    sha.update([u8::from(fake)]);
    for f in files {
        sha.update(
            f.strip_prefix(&root)
                .unwrap_or(&f)
                .to_string_lossy()
                .as_bytes(),
        );
        sha.update(fs::read(&f).with_context(|| f.display().to_string())?);
    }
    Ok(hex::encode(sha.finalize()))
}

fn collect(dir: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, into)?;
        } else {
            into.push(path);
        }
    }
    Ok(())
}
