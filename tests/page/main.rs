//! The page in headless Chromium, on its fake backend. `cargo xtask test`
//! builds the page and says where it lies; without that the tests say that
//! they were skipped.

#[path = "../support/mod.rs"]
mod support;

mod accessibility;
mod attention;
mod chart;
mod contrast;
mod design;
mod keyboard;
mod language;
mod layers;
mod pictures;
mod practice;
mod queue;
mod review;
mod session;
mod switching;
mod typed;
mod undo;
mod views;
mod workspace;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use support::{Ended, Page, free_port, session};

const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'";

/// Serves the page under the window's own content policy.
fn serve(folder: PathBuf) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let folder = folder.clone();
            std::thread::spawn(move || {
                let mut stream = stream;
                let mut head = [0; 4096];
                let n = stream.read(&mut head).unwrap_or(0);
                let head = String::from_utf8_lossy(&head[..n]).into_owned();
                let path = head.split_whitespace().nth(1).unwrap_or("/");
                let name = path.trim_start_matches('/').split('?').next().unwrap_or("");
                let name = if name.is_empty() { "index.html" } else { name };
                let kind = match name.rsplit('.').next() {
                    Some("html") => "text/html",
                    Some("js") => "text/javascript",
                    Some("css") => "text/css",
                    Some("wasm") => "application/wasm",
                    _ => "application/octet-stream",
                };
                let _ = match std::fs::read(folder.join(name)) {
                    Ok(body) => stream
                        .write_all(format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Security-Policy: {POLICY}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len()).as_bytes())
                        .and_then(|()| stream.write_all(&body)),
                    Err(_) => stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
                };
            });
        }
    });
    port
}

/// A browser on the page; `None`, with a word, where the page was not built.
fn page(query: &str) -> Option<(Ended, Page)> {
    let Some(folder) = std::env::var_os("COUNTERSIGN_TEST_PAGE") else {
        eprintln!(
            "skipped: COUNTERSIGN_TEST_PAGE is not set; `cargo xtask test` builds the page and sets it"
        );
        return None;
    };
    let site = serve(PathBuf::from(folder));
    let port = free_port();
    let mut driver = Command::new("chromedriver");
    driver.arg(format!("--port={port}"));
    // Times are shown as the workstation has them.
    driver.env("TZ", "UTC");
    let capabilities = serde_json::json!({"goog:chromeOptions": {"args": [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--window-size=1400,860",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"
    ]}});
    let (server, page) = session(driver, &[port], &capabilities);
    page.0
        .goto(&format!("http://127.0.0.1:{site}/{query}"))
        .expect("the page");
    Some((server, page))
}

const CTRL_ENTER: &str = "\u{e009}\u{e007}\u{e000}";

const ESCAPE: &str = "\u{e00c}";

const ENTER: &str = "\u{e007}";

/// No dialog is open.
const CLOSED: &str = "return !document.querySelector('dialog')";

const PASSPHRASE: &str = "correct horse battery";

/// Runs a command by its name.
fn command(page: &Page, name: &str) {
    page.keys("\u{e009}k\u{e000}");
    page.there("#command");
    page.keys(name);
    page.keys(ENTER);
}

/// From the start of the sample to the result that waits with a draft.
fn on_the_result(page: &Page) {
    page.until("#subject", 20, |t| t == "Tight chest");
    page.keys("jj");
    page.until("#subject", 5, |t| t == "A1c result");
}

/// Signs the reply in the editor off, by keyboard.
fn send(page: &Page) {
    page.holds(
        "return document.querySelector('.reply').dataset.checks === 'done' && !document.getElementById('accept').disabled",
        5,
    );
    page.keys(CTRL_ENTER);
    page.there("#outgoing");
    page.keys(CTRL_ENTER);
    page.holds("return !document.getElementById('outgoing')", 5);
}
