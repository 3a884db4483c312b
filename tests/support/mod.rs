//! What the integration tests share: the program, scratch folders, browsers.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test program uses a part of it"
)]

mod webdriver;

use serde_json::Value;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use webdriver::WebDriver;

/// The program under test.
pub fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_countersign"))
}

/// The first admin of a test's record, and their passphrase.
pub const USER: &str = "tester";
/// Long enough, and no secret.
pub const PASSPHRASE: &str = "correct horse battery";

/// A file with the passphrase, beside a folder.
pub fn passphrase_file(data: &Path) -> PathBuf {
    let path = data.with_extension("passphrase");
    std::fs::write(&path, PASSPHRASE).expect("written");
    path
}

/// The program, signed in as the first admin of a record, which is made if it is not there.
pub fn signed_in(data: &Path) -> Command {
    let file = passphrase_file(data);
    let with = |c: &mut Command| {
        c.arg("--data")
            .arg(data)
            .args(["--user", USER, "--passphrase-file"])
            .arg(&file);
    };
    if !data.join("record.keys").exists() {
        let mut init = program();
        with(&mut init);
        let out = init
            .args(["init", "--licence", "physician"])
            .output()
            .expect("the program runs");
        assert!(out.status.success(), "{}", words(&out));
    }
    let mut command = program();
    with(&mut command);
    command
}

/// Where the models of this user lie.
pub fn models() -> PathBuf {
    std::env::var_os("COUNTERSIGN_MODELS").map_or_else(
        || {
            PathBuf::from(std::env::var_os("HOME").expect("a home"))
                .join(".local/share/countersign/models")
        },
        PathBuf::from,
    )
}

/// The small model, which every test run has.
pub fn small_model() -> PathBuf {
    let path = models().join("SmolLM2-135M-Instruct.Q4_1.gguf");
    assert!(
        path.exists(),
        "{} is missing: run `cargo xtask setup`",
        path.display()
    );
    path
}

/// The sample in-basket.
pub fn sample() -> PathBuf {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it");
    Path::new(&root).join("assets/sample/in-basket.fhir.json")
}

/// Lines of JSON on standard output.
pub fn lines(out: &Output) -> Vec<serde_json::Value> {
    String::from_utf8_lossy(&out.stdout)
        .lines()
        .map(|l| serde_json::from_str(l).expect("a line of JSON"))
        .collect()
}

/// Words on standard error.
pub fn words(out: &Output) -> String {
    String::from_utf8_lossy(&out.stderr).into_owned()
}

/// A child that is ended with the test.
pub struct Ended(pub Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|l| l.local_addr())
        .expect("a port")
        .port()
}

/// Starts a WebDriver server and opens one session on the first of its ports.
pub fn session(mut server: Command, ports: &[u16], capabilities: &Value) -> (Ended, Page) {
    let server = Ended(
        server
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the driver starts"),
    );
    // A session asked for too early is half made and never answered.
    let begun = Instant::now();
    while !ports
        .iter()
        .all(|p| TcpStream::connect(("127.0.0.1", *p)).is_ok())
    {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "the driver does not listen"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    // A driver that listens may still drop its first request while it starts.
    let begin = || WebDriver::begin(ports[0], capabilities);
    let driver = begin()
        .or_else(|_| {
            std::thread::sleep(Duration::from_secs(1));
            begin()
        })
        .expect("a session");
    let page = Page(driver);
    (server, page)
}

/// The page, as a test sees it.
pub struct Page(pub WebDriver);

impl Page {
    /// Waits until an element is there.
    pub fn there(&self, css: &str) {
        self.until(css, 20, |_| true);
    }

    /// Waits until an element's text is as it should be; gives the text.
    pub fn until(&self, css: &str, seconds: u64, right: impl Fn(&str) -> bool) -> String {
        let begun = Instant::now();
        let mut last = String::from("(not there)");
        while begun.elapsed() < Duration::from_secs(seconds) {
            if let Ok(text) = self.0.text(css) {
                if right(&text) {
                    return text;
                }
                last = text;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("{css} stayed: {last}");
    }

    /// Waits until a script's answer is true.
    pub fn holds(&self, script: &str, seconds: u64) {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(seconds) {
            if self.script(script) == Value::Bool(true) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("never held: {script}");
    }

    /// Waits until a screen reader was told these words. The text is asked for by
    /// script: a driver leaves out what is clipped, as all but the first line is.
    pub fn hears(&self, words: &str) {
        let words = serde_json::Value::from(words);
        self.holds(
            &format!("return document.getElementById('status').textContent.includes({words})"),
            10,
        );
    }

    /// What a script returns; null when it fails.
    pub fn script(&self, script: &str) -> Value {
        self.0.script(script).unwrap_or(Value::Null)
    }

    /// Clicks an element.
    pub fn click(&self, css: &str) {
        self.there(css);
        self.0
            .click(css)
            .unwrap_or_else(|e| panic!("{css} could not be clicked: {e}"));
    }

    /// Types keys to whatever has the focus.
    pub fn keys(&self, keys: &str) {
        self.0
            .keys(keys)
            .unwrap_or_else(|e| panic!("keys were not taken: {e}"));
    }

    /// The text in the editor.
    pub fn editor(&self) -> String {
        self.script("return document.getElementById('editor')?.value ?? ''")
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Keeps a picture where `COUNTERSIGN_SCREENSHOTS` names a folder. For
    /// Chromium only: WebKit under Xvfb does not answer.
    pub fn picture(&self, name: &str) {
        if let Some(dir) = std::env::var_os("COUNTERSIGN_SCREENSHOTS") {
            let png = self.0.picture().expect("a picture");
            std::fs::write(PathBuf::from(dir).join(format!("{name}.png")), png).expect("kept");
        }
    }

    /// The page as assistive technology is told of it (Chromium): a line for each thing with a role, indented as they lie in
    /// each other, with its name and what is said of it.
    pub fn outline(&self) -> String {
        let tree = self
            .0
            .developer("Accessibility.getFullAXTree", &serde_json::json!({}))
            .expect("the tree of accessibility");
        outline(&tree["nodes"])
    }

    /// Ends the session, and with it the browser or the window.
    pub fn close(self) {
        self.0.end();
    }
}

/// The lines of a tree of accessibility, as Chromium gives it.
fn outline(nodes: &Value) -> String {
    /// Roles that say nothing by themselves.
    const PLAIN: [&str; 8] = [
        "none",
        "generic",
        "InlineTextBox",
        "StaticText",
        "LineBreak",
        "paragraph",
        "LabelText",
        "RootWebArea",
    ];
    /// What is said of a thing besides its name.
    const SAID: [&str; 9] = [
        "checked",
        "pressed",
        "expanded",
        "selected",
        "disabled",
        "readonly",
        "modal",
        "live",
        "roledescription",
    ];
    let all: Vec<&Value> = nodes.as_array().into_iter().flatten().collect();
    let by_id: std::collections::HashMap<&str, &Value> = all
        .iter()
        .filter_map(|n| Some((n["nodeId"].as_str()?, *n)))
        .collect();
    let mut out = String::new();
    let mut stack: Vec<(&Value, usize)> = all.first().map(|n| (*n, 0)).into_iter().collect();
    while let Some((node, depth)) = stack.pop() {
        let role = node["role"]["value"].as_str().unwrap_or("");
        let told = node["ignored"] != Value::Bool(true) && !PLAIN.contains(&role);
        if told {
            let name = node["name"]["value"].as_str().unwrap_or("").trim();
            let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
            let said: Vec<String> = node["properties"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|p| {
                    let name = p["name"].as_str().filter(|n| SAID.contains(n))?;
                    match &p["value"]["value"] {
                        Value::Bool(false) => None,
                        Value::Bool(true) => Some(name.to_owned()),
                        Value::String(s) if s == "false" || s == "off" => None,
                        other => Some(format!("{name}={}", other.to_string().trim_matches('"'))),
                    }
                })
                .collect();
            out.push_str(&"  ".repeat(depth));
            out.push_str(role);
            if !name.is_empty() {
                out.push_str(&format!(" \"{name}\""));
            }
            if !said.is_empty() {
                out.push_str(&format!(" ({})", said.join(", ")));
            }
            out.push('\n');
        }
        let within = depth + usize::from(told);
        let children = node["childIds"].as_array().into_iter().flatten();
        let children: Vec<&Value> = children
            .filter_map(|id| by_id.get(id.as_str()?).copied())
            .collect();
        stack.extend(children.into_iter().rev().map(|n| (n, within)));
    }
    out
}
