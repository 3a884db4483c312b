//! The real window on a record of 100,000 messages while drafts are made: from a key to what it shows, painted; from the start
//! to a window that can be worked in. `cargo xtask bench --window` builds what it needs and runs it.
//!
//! Keys are given to the page as events, and a time ends with the first task after the frame that draws what the key asks for. Prints a line for each action, and JSON with `--json FILE`;
//! `--idle` leaves the drafting out, to tell what it costs, and `--program FILE` measures that build.

#[path = "../tests/support/mod.rs"]
mod support;

use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use support::{Ended, PASSPHRASE, Page, free_port, session, signed_in, small_model, words};

/// An action, its median and its 95th percentile in milliseconds.
type Row = (String, Option<f64>, Option<f64>);

/// Most that all actions may take together.
const LONGEST: Duration = Duration::from_secs(900);
/// Messages of the record.
const MESSAGES: usize = 100_000;

/// Measures one action on the page: `act` begins it, `done` says whether the page shows it, `after` puts things back.
const MEASURE: &str = r"
window.measured = {};
window.lost = [];
const painted = () => new Promise(r => requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = r; c.port2.postMessage(0); }));
const wait = ms => new Promise(r => setTimeout(r, ms));
const key = (key, more) => (document.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true, ...more}));
const at = css => document.querySelector(css);
// Asked once a frame: a page that is asked without a rest takes a core from the desk, which a person's page never does.
const until = done => new Promise(r => {
    const begun = performance.now();
    const look = () => {
        if (done()) { const c = new MessageChannel(); c.port1.onmessage = () => r(true); c.port2.postMessage(0); }
        else if (performance.now() - begun > 2000) r(false);
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
});
const measure = async (name, times, before, act, done, after) => {
    const all = [];
    for (let i = 0; i < times; i++) {
        const memo = await before(i);
        const begun = performance.now();
        act(i, memo);
        if (!await until(() => done(i, memo))) {
            all.push(null);
            window.lost.push(name + ': ' + document.querySelectorAll('.row-item').length + ' rows of ' + at('#folder')?.value + ' | ' + [document.activeElement?.id || document.activeElement?.tagName, at('dialog')?.innerText, at('.reply')?.innerText,
                at('#review')?.innerText, at('#queue')?.innerText].map(t => (t ?? '-').replace(/\s+/g, ' ').slice(0, 300)).join(' | '));
            await after(i);
            if (all.filter(t => t === null).length === 3) break;
            continue;
        }
        all.push(performance.now() - begun);
        await after(i);
        await wait(30);
    }
    window.measured[name] = all;
};
const chosen = () => at('.row-item.chosen')?.dataset.message;
const subject = () => at('.row-item.chosen .subject')?.textContent;
const calm = () => until(() => at('.reply')?.dataset.checks === 'done');
const none = async () => {};
const closed = async () => { key('Escape'); await until(() => !at('dialog')); await wait(20); };
";

/// The actions, each with what it waits for.
const ACTIONS: &str = r"
document.activeElement?.blur();
const N = 20;
const MANY = 60;
await measure('next message: row', N, async () => chosen(), () => key('j'), (i, was) => chosen() !== was, async () => { await until(() => at('#subject')?.textContent === subject()); });
await measure('next message: open', MANY, async () => chosen(), () => key('j'), (i, was) => chosen() !== was && at('#subject')?.textContent === subject(), none);
await measure('previous message: open', MANY, async () => chosen(), () => key('k'), (i, was) => chosen() !== was && at('#subject')?.textContent === subject(), none);
await measure('scroll anywhere: rows', N, none, i => { const q = at('#queue'); q.scrollTop = (q.scrollHeight - 2000) * ((i * 7919) % 97) / 97; },
    () => { const q = at('#queue').getBoundingClientRect(); const inside = r => { const b = r.getBoundingClientRect(); return b.bottom > q.top + 80 && b.top < q.top + 80; };
        return [...document.querySelectorAll('.row-item')].some(inside); }, none);
at('#queue').scrollTop = 0; await wait(300);
await measure('another folder', N, none, i => { const f = at('#folder'); f.value = i % 2 ? 'waiting' : 'flags'; f.dispatchEvent(new Event('change', {bubbles: true})); },
    i => { const f = at('#queue .row-item .badge'); const flags = at('#folder').value === 'flags'; return f && (flags ? [...document.querySelectorAll('.row-item .badge')].every(b => b.className.includes('emergency')) : document.querySelectorAll('.row-item').length > 20); }, none);
await measure('palette', N, none, () => key('k', {ctrlKey: true}), () => at('dialog #command'), closed);
await measure('help', N, none, () => key('?'), () => at('dialog table td'), closed);
await measure('close a dialog', N, async () => { key('?'); await until(() => at('dialog')); await painted(); }, () => key('Escape'), () => !at('dialog'), none);
await measure('insert', N, none, () => key('i'), () => at('dialog #insert'), closed);
await measure('settings', N, none, () => at('#settings').click(), () => at('dialog #theme'), closed);
await measure('start blank', N, none, () => key('b'), () => at('#editor').value === '', async () => { key('Escape'); at('#editor').blur(); });
const type = (text) => { const e = at('#editor'); e.focus(); e.value = text; e.dispatchEvent(new InputEvent('input', {bubbles: true})); };
await measure('type a letter', N, none, i => type('I have read your message. '.repeat(8) + 'x'.repeat(i + 1)), i => at('#marks').textContent.includes('x'.repeat(i + 1)), none);
await measure('type, and be checked', N, calm, i => type('Take ' + (10 + i) + ' mg of lisinopril twice a day.'), i => at('.reply').dataset.checks === 'done' && !!at('#findings'), none);
at('#editor').blur();
await measure('next finding', N, calm, () => key('F8'), () => at('#marks mark.current'), async () => { document.activeElement?.blur(); });
key('b'); for (let i = 0; i < 20 && at('#red-flag'); i++) { key('j'); await wait(120); }
type('Thank you. I have read it.'); await calm(); await wait(800); at('#editor').blur();
await measure('sign-off', N, async () => { for (let i = 0; i < 12 && at('#accept').disabled; i++) { key('F8'); key('Enter'); await wait(60); } document.activeElement?.blur(); },
    () => key('Enter', {ctrlKey: true}), () => at('dialog #outgoing'), closed);
await measure('in short', N, none, () => key('o'), () => at('dialog .summary li'), closed);
await measure('drafts side by side', N, none, () => key('v'), () => at('dialog #variants p'), closed);
await measure('put off', N, async () => { for (let i = 0; i < 20 && at('#red-flag'); i++) { key('j'); await wait(120); } }, () => key('l'), () => at('dialog #later-0'), closed);
await measure('escalate', N, none, () => key('s'), () => at('dialog #escalate-to'), closed);
await measure('compare', N, none, () => key('c'), i => !at('.reply [id=compare]') || !!at('#difference') === (i % 2 === 0), none);
await measure('search', N, async () => { const s = at('#search'); s.focus(); s.value = ''; s.dispatchEvent(new InputEvent('input', {bubbles: true})); await wait(250); },
    i => { const s = at('#search'); s.value = 'number ' + (40000 + 613 * i); s.dispatchEvent(new InputEvent('input', {bubbles: true})); },
    i => [...document.querySelectorAll('.row-item .subject')].some(r => r.textContent === 'About number ' + (40000 + 613 * i)), none);
{ const s = at('#search'); s.value = ''; s.dispatchEvent(new InputEvent('input', {bubbles: true})); s.blur(); await wait(500); key('j'); await wait(400); }
const plain = async () => { for (let i = 0; i < 20 && at('#red-flag'); i++) { key('j'); await wait(200); } };
await measure('decide: no reply needed', MANY, async () => { await calm(); await plain(); return chosen(); }, () => key('n'), (i, was) => at('#undo-toast') && chosen() !== was && at('#subject')?.textContent === subject(), async () => { if (at('dialog')) await closed(); });
await measure('undo', MANY, async () => { await plain(); const was = chosen(); key('n'); await until(() => at('#undo-toast') && chosen() !== was); await wait(200); return was; }, () => key('z'), (i, was) => chosen() === was && at('#subject')?.textContent === subject(), async () => { await wait(300); });
window.measured.over = true;
";

fn main() {
    let Some(driver) = std::env::var_os("COUNTERSIGN_TAURI_DRIVER") else {
        eprintln!("skipped: `cargo xtask bench --window` builds the driver and says where it is");
        return;
    };
    let json_file = std::env::args().skip_while(|a| a != "--json").nth(1);
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().join("record");
    let models = dir.path().join("models");
    std::fs::create_dir_all(&models).expect("made");
    let small = small_model();
    let name = small.file_name().expect("a name");
    std::fs::hard_link(&small, models.join(name))
        .or_else(|_| std::fs::copy(&small, models.join(name)).map(drop))
        .expect("the model");
    fill(&data, dir.path());

    let (port, native) = (free_port(), free_port());
    let mut server = Command::new(driver);
    server
        .args(["--port", &port.to_string()])
        .args(["--native-port", &native.to_string()])
        .env("COUNTERSIGN_MODELS", &models);
    for (variable, folder) in [
        ("XDG_DATA_HOME", "data"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_CONFIG_HOME", "config"),
    ] {
        let folder = dir.path().join("home").join(folder);
        std::fs::create_dir_all(&folder).expect("made");
        server.env(variable, folder);
    }
    let application = std::env::args()
        .skip_while(|a| a != "--program")
        .nth(1)
        .unwrap_or_else(|| env!("CARGO_BIN_EXE_countersign").to_owned());
    let capabilities = json!({"tauri:options": {
        "application": application,
        "args": ["--data", data.to_str().expect("a path")],
    }});
    let (_server, page): (Ended, Page) = session(server, &[port, native], &capabilities);
    page.until("#unlock", 60, |t| t == "Unlock");
    let painted = page
        .script("return performance.timeOrigin + (performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? performance.now())")
        .as_f64();
    let started = started(&data);
    let begun = page.script("return performance.timeOrigin").as_f64();
    let mut rows = Vec::new();
    for (name, from, to) in [
        ("start to page", started, begun),
        ("start to lock screen", started, painted),
    ] {
        let took = from.zip(to).map(|(from, to)| to - from);
        rows.push((name.to_owned(), took, took));
    }

    // From the click on Unlock, the passphrase's hundred milliseconds and more included, to a queue with an open message.
    page.click("#unlock-passphrase");
    page.keys(PASSPHRASE);
    page.script(&format!(
        "{MEASURE} (async () => {{ await measure('unlock to queue', 1, none, () => at('#unlock').click(), () => at('.row-item') && at('#subject'), none); window.measured.over = true; }})();"
    ));
    page.holds("return window.measured?.over === true", 60);
    rows.extend(collected(&page));

    let drafting = !std::env::args().any(|a| a == "--idle");
    if drafting {
        draft(&page);
    }
    page.script(&format!("{MEASURE} (async () => {{ {ACTIONS} }})().catch(e => {{ window.measured.failed = String(e); window.measured.over = true; }});"));
    println!("{:<34} {:>9} {:>9}", "milliseconds", "median", "p95");
    rows.iter().for_each(print);
    let before = rows.len();
    let begun = Instant::now();
    loop {
        // The page measures by itself; asking takes no more of it than a look now and then.
        std::thread::sleep(Duration::from_secs(2));
        let over = page.script("return window.measured?.over === true") == json!(true);
        let now = collected(&page);
        now.iter().skip(rows.len() - before).for_each(print);
        rows.truncate(before);
        rows.extend(now);
        if over {
            break;
        }
        assert!(begun.elapsed() < LONGEST, "the page still measures");
    }
    let failed = page.script("return window.measured.failed ?? null");
    assert!(failed.is_null(), "{failed}");
    for lost in page
        .script("return window.lost")
        .as_array()
        .into_iter()
        .flatten()
    {
        println!("what the page showed instead: {lost}");
    }
    let still = page.until("#engine", 5, |_| true);
    page.close();

    println!("{MESSAGES} messages; the drafter at the end: {still}");
    let out: Vec<Value> = rows
        .iter()
        .map(|(action, median, p95)| json!({"action": action, "median_ms": median, "p95_ms": p95, "limit_ms": limit(action)}))
        .collect();
    let over: Vec<String> = rows
        .iter()
        .filter_map(|(action, _, p95)| {
            let lost = action.ends_with("lost)");
            match p95 {
                Some(p95) if *p95 <= limit(action) && !lost => None,
                Some(p95) => Some(format!("{action}: {p95:.0} ms")),
                None => Some(format!("{action}: not measured")),
            }
        })
        .collect();
    if let Some(path) = json_file {
        let mut file = std::fs::File::create(path).expect("made");
        writeln!(file, "{}", json!({"messages": MESSAGES, "rows": out})).expect("written");
    }
    if !over.is_empty() {
        println!("over the limit: {}", over.join("; "));
    }
    assert!(
        !drafting || still.contains("wait"),
        "drafting went on to the end: {still}"
    );
}

/// Lets the small model draft, and returns once it writes.
fn draft(page: &Page) {
    // The small model is for tests and never a default: it is chosen, and drafts on throughout.
    page.click("#models");
    page.until(".models", 10, |t| t.contains("smollm2-135m"));
    page.click("#use-smollm2-135m-instruct-q4_1");
    page.until("#engine", 90, |t| t.contains("wait for drafts"));
    page.script("document.querySelector('dialog #close-dialog')?.click()");
    page.holds("return !document.querySelector('dialog')", 10);
    // Once it writes, and not while it still loads.
    page.holds(
        "return [...document.querySelectorAll('.row-item')].some(r => r.querySelector('[data-draft=writing], [data-draft=ready]')) || document.querySelector('#engine').innerText.includes('wait')",
        60,
    );
    // Nothing tells when the drafter has read its first prompts and begins to write at its usual pace.
    std::thread::sleep(Duration::from_secs(3));
}

/// Milliseconds that an action may take: what a person does is shown within a tenth of a second, a message within a twentieth,
/// the window within one and a half. A search waits on purpose until the words rest (60 ms), the checks until the typing does
/// (120 ms; the letters are there before), and unlocking for the key that is made from a passphrase, which is slow on purpose.
fn limit(action: &str) -> f64 {
    match action {
        a if a.starts_with("search") => 160.0,
        a if a.ends_with("be checked") => 220.0,
        a if a.contains(": open") => 50.0,
        a if a.starts_with("start to") || a.starts_with("unlock") => 1500.0,
        _ => 100.0,
    }
}

/// One line of the table.
fn print((action, median, p95): &Row) {
    let show = |v: &Option<f64>| v.map_or("–".to_owned(), |v| format!("{v:.0}"));
    println!("{action:<34} {:>9} {:>9}", show(median), show(p95));
}

/// One message in so many has a red flag: these stand above whatever is searched or filtered.
const FLAGGED: usize = 10_000;

/// A record with its messages, made by the program itself.
fn fill(data: &Path, scratch: &Path) {
    let file = scratch.join("messages.jsonl");
    {
        let mut out = std::io::BufWriter::new(std::fs::File::create(&file).expect("made"));
        for i in 0..MESSAGES {
            let body = match i % 11 {
                _ if i % FLAGGED == 7 => {
                    "I have had a tight feeling in my chest since this morning and I am sweating."
                }
                0..=3 => {
                    "Could you send the refill of my blood pressure pills to the same pharmacy as before?"
                }
                4..=6 => {
                    "My knee has been sore after the walk on Sunday. What can I take for it, and for how long?"
                }
                7 => "Thank you so much, that helped.",
                _ => {
                    "I saw that my result is in the portal. Is the number all right, or do I have to do something?"
                }
            };
            let row = json!({
                "message_id": format!("m{i}"), "thread_id": format!("t{i}"), "patient_id": format!("p{}", i % 9000),
                "patient_name": format!("Patient {}", i % 9000), "sender_role": "patient",
                "sent_at": format!("2026-{:02}-{:02}T{:02}:{:02}:00Z", 1 + i % 10, 1 + i % 28, i % 24, i % 60),
                "subject": format!("About number {i}"), "body": body,
            });
            writeln!(out, "{row}").expect("written");
        }
    }
    let out = signed_in(data)
        .arg("import")
        .arg(&file)
        .output()
        .expect("the program runs");
    assert!(out.status.success(), "{}", words(&out));
}

/// When the window's process was started, in milliseconds since the epoch: from the kernel, to a hundredth of a second. The
/// kernel counts from the boot and the page from the epoch, so the wall clock is what joins them.
fn started(data: &Path) -> Option<f64> {
    let uptime: f64 = std::fs::read_to_string("/proc/uptime")
        .ok()?
        .split(' ')
        .next()?
        .parse()
        .ok()?;
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()?
        .as_secs_f64();
    let processes = std::fs::read_dir("/proc").ok()?;
    let ticks = processes
        .flatten()
        .filter_map(|p| {
            let line = std::fs::read(p.path().join("cmdline")).ok()?;
            let line = String::from_utf8_lossy(&line).into_owned();
            let program = line.split('\0').next()?.ends_with("countersign");
            (program && line.contains(data.to_str()?))
                .then(|| std::fs::read_to_string(p.path().join("stat")).ok())?
        })
        .filter_map(|stat| {
            // Field 22, counted behind the name in brackets.
            stat.rsplit_once(')')?
                .1
                .split_whitespace()
                .nth(19)?
                .parse::<f64>()
                .ok()
        })
        .min_by(f64::total_cmp)?;
    Some((now - uptime + ticks / 100.0) * 1000.0)
}

/// Name, median and 95th percentile of each action that the page measured.
fn collected(page: &Page) -> Vec<Row> {
    let all = page.script("return Object.entries(window.measured)");
    let mut rows = Vec::new();
    for pair in all.as_array().into_iter().flatten() {
        let (Some(name), Value::Array(times)) = (pair[0].as_str(), &pair[1]) else {
            continue;
        };
        let mut found: Vec<f64> = times.iter().filter_map(Value::as_f64).collect();
        found.sort_by(f64::total_cmp);
        let lost = times.len() - found.len();
        let at = |part: f64| {
            let last = found.len().checked_sub(1)?;
            found.get((last as f64 * part).round() as usize).copied()
        };
        let name = match lost {
            0 => name.to_owned(),
            n => format!("{name} ({n} of {} lost)", times.len()),
        };
        rows.push((name, at(0.5), at(0.95)));
    }
    rows
}
