//! As much of a WebDriver client as the tests need (W3C WebDriver, 2018).
//!
//! A connection a request, with a limit on every wait: a driver that hangs
//! fails the test with the request it hung on.

use base64::Engine;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// The name under which an element's id comes.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// An open session.
pub struct WebDriver {
    port: u16,
    session: String,
}

impl WebDriver {
    /// Opens a session.
    pub fn begin(port: u16, capabilities: &Value) -> Result<Self, String> {
        let value = request(
            port,
            "POST",
            "/session",
            &json!({"capabilities": {"alwaysMatch": capabilities}}),
        )?;
        let session = value["sessionId"]
            .as_str()
            .ok_or("no session id")?
            .to_owned();
        Ok(Self { port, session })
    }

    fn post(&self, what: &str, body: &Value) -> Result<Value, String> {
        request(
            self.port,
            "POST",
            &format!("/session/{}/{what}", self.session),
            body,
        )
    }

    fn get(&self, what: &str) -> Result<Value, String> {
        request(
            self.port,
            "GET",
            &format!("/session/{}/{what}", self.session),
            &Value::Null,
        )
    }

    /// Goes to an address.
    pub fn goto(&self, url: &str) -> Result<(), String> {
        self.post("url", &json!({ "url": url })).map(drop)
    }

    fn find(&self, css: &str) -> Result<String, String> {
        let found = self.post("element", &json!({"using": "css selector", "value": css}))?;
        Ok(found[ELEMENT].as_str().ok_or("no element")?.to_owned())
    }

    /// The text of an element as shown, or as it stands in the document where it is hidden from sight.
    pub fn text(&self, css: &str) -> Result<String, String> {
        let element = self.find(css)?;
        let shown = self.get(&format!("element/{element}/text"))?;
        let shown = shown.as_str().unwrap_or_default();
        if !shown.is_empty() {
            return Ok(shown.to_owned());
        }
        let hidden = self.get(&format!("element/{element}/property/textContent"))?;
        Ok(hidden.as_str().unwrap_or_default().to_owned())
    }

    /// Clicks an element.
    pub fn click(&self, css: &str) -> Result<(), String> {
        let element = self.find(css)?;
        self.post(&format!("element/{element}/click"), &json!({}))
            .map(drop)
    }

    /// Types keys to whatever has the focus. The driver has no request for it: it is asked which element that is, then
    /// handed the keys for it. Where the page moved the focus between the two, no key was pressed, and it is asked again.
    pub fn keys(&self, keys: &str) -> Result<(), String> {
        let mut tries = 3;
        loop {
            let active = self.get("element/active")?;
            let element = active[ELEMENT].as_str().ok_or("nothing has the focus")?;
            let typed = self.post(
                &format!("element/{element}/value"),
                &json!({ "text": keys }),
            );
            tries -= 1;
            match typed {
                Err(e) if tries > 0 && (e.contains("not interactable") || e.contains("stale")) => {}
                typed => return typed.map(drop),
            }
        }
    }

    /// What a script returns.
    pub fn script(&self, script: &str) -> Result<Value, String> {
        self.post("execute/sync", &json!({"script": script, "args": []}))
    }

    /// A picture as PNG.
    pub fn picture(&self) -> Result<Vec<u8>, String> {
        let text = self.get("screenshot")?;
        base64::engine::general_purpose::STANDARD
            .decode(text.as_str().unwrap_or_default())
            .map_err(|e| e.to_string())
    }

    /// What the Chromium driver answers to a command of its developer tools.
    pub fn developer(&self, command: &str, parameters: &Value) -> Result<Value, String> {
        self.post(
            "goog/cdp/execute",
            &json!({ "cmd": command, "params": parameters }),
        )
    }

    /// Ends the session.
    pub fn end(self) {
        let _ = request(
            self.port,
            "DELETE",
            &format!("/session/{}", self.session),
            &Value::Null,
        );
    }
}

/// Sends a request, again when it was dropped without a byte of an answer:
/// seen once from tauri-driver, on a search for an element. The cause is not
/// known; a stale connection to the native driver is a guess.
fn request(port: u16, method: &str, path: &str, body: &Value) -> Result<Value, String> {
    for _ in 0..4 {
        let answer = request_once(port, method, path, body);
        if !answer.as_ref().is_err_and(|e| e.ends_with(DROPPED)) {
            return answer;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    request_once(port, method, path, body)
}

/// How a dropped request is told from one that failed.
const DROPPED: &str = "dropped without an answer";

fn request_once(port: u16, method: &str, path: &str, body: &Value) -> Result<Value, String> {
    let failed = |e: std::io::Error| format!("{method} {path}: {e}");
    let mut stream = TcpStream::connect(("127.0.0.1", port)).map_err(failed)?;
    stream
        .set_read_timeout(Some(Duration::from_secs(90)))
        .map_err(failed)?;
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .map_err(failed)?;
    let (head, body) = answer(&mut stream).map_err(failed)?;
    let body = if head.contains("transfer-encoding: chunked") {
        joined(&body)
    } else {
        body
    };
    let mut answer: Value =
        serde_json::from_slice(&body).map_err(|e| format!("{method} {path}: {e}"))?;
    let value = answer["value"].take();
    if head.starts_with("http/1.1 200") {
        Ok(value)
    } else {
        Err(format!(
            "{method} {path}: {}",
            value["error"].as_str().unwrap_or("failed")
        ))
    }
}

/// Head, in lower case, and body. Not every driver closes when it is asked to,
/// so the answer's own length ends it.
fn answer(stream: &mut TcpStream) -> std::io::Result<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut buf = [0; 1 << 16];
    loop {
        let n = stream.read(&mut buf)?;
        all.extend_from_slice(&buf[..n]);
        if let Some(split) = all.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&all[..split]).to_lowercase();
            let body = &all[split + 4..];
            let length = head.lines().find_map(|l| {
                l.strip_prefix("content-length:")?
                    .trim()
                    .parse::<usize>()
                    .ok()
            });
            if n == 0
                || length.is_some_and(|l| body.len() >= l)
                || (length.is_none() && body.ends_with(b"0\r\n\r\n"))
            {
                return Ok((head, body.to_vec()));
            }
        } else if n == 0 {
            return Err(std::io::Error::other(DROPPED));
        }
    }
}

/// The chunks of a chunked body (RFC 9112, 7.1).
fn joined(mut body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    while let Some(end) = body.windows(2).position(|w| w == b"\r\n") {
        let size = String::from_utf8_lossy(&body[..end]);
        let size =
            usize::from_str_radix(size.split(';').next().unwrap_or("0").trim(), 16).unwrap_or(0);
        let from = end + 2;
        if size == 0 || from + size > body.len() {
            break;
        }
        out.extend_from_slice(&body[from..from + size]);
        body = body.get(from + size + 2..).unwrap_or(&[]);
    }
    out
}
