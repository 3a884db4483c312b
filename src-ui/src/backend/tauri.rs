//! The desk behind the window's border.

use super::{Answer, Backend};
use contract::{
    About, AccountLine, Checked, Closed, Code, Codes, Decided, DecisionRequest, DeskEvent,
    DraftView, Failure, FirstAdmin, ImportSummary, Licence, ModelCard, ModelLine, Opened, OwnRules,
    PracticeResults, Preset, Queue, QueueQuery, Rating, Role, SafetyProblem, SessionState,
    Settings, SettingsFolder, SignOff, SpeedTest, StartMode, Summary, Taken, Unlock, UnsentText,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["window", "__TAURI__", "core"], js_name = invoke)]
    fn invoke(command: &str, args: JsValue) -> Result<js_sys::Promise, JsValue>;

    #[wasm_bindgen(js_namespace = ["window", "__TAURI__", "core"])]
    type Channel;
    #[wasm_bindgen(constructor, js_namespace = ["window", "__TAURI__", "core"])]
    fn new() -> Channel;
    #[wasm_bindgen(method, setter)]
    fn set_onmessage(this: &Channel, each: &JsValue);
}

/// True inside the window.
#[cfg(feature = "fake")]
pub(super) fn is_there() -> bool {
    js_sys::Reflect::has(&js_sys::global(), &"__TAURI__".into()).unwrap_or(false)
}

/// The real desk.
pub(super) struct Tauri;

/// A value of the border as JSON and back: both sides speak serde.
fn read<T: DeserializeOwned>(value: &JsValue) -> Result<T, Failure> {
    let text = if value.is_undefined() {
        "null".to_owned()
    } else {
        js_sys::JSON::stringify(value).map_or_else(|_| "null".to_owned(), String::from)
    };
    serde_json::from_str(&text).map_err(|e| internal(&format!("the answer could not be read: {e}")))
}

fn write(value: &Value) -> JsValue {
    js_sys::JSON::parse(&value.to_string()).unwrap_or(JsValue::NULL)
}

fn internal(what: &str) -> Failure {
    Failure::new(
        Code::Internal,
        format!(
            "Something in Countersign itself went wrong ({what}). Your text is still here; try again."
        ),
    )
}

/// Asks at once, not when the answer is first waited for: the desk works while the page draws what has changed already.
fn call<T: DeserializeOwned + 'static>(command: &'static str, args: Value) -> Answer<T> {
    let asked = invoke(command, write(&args));
    Box::pin(async move {
        let answer = match asked {
            Ok(promise) => JsFuture::from(promise).await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(value) => read(&value),
            Err(error) => Err(read::<Failure>(&error).unwrap_or_else(|_| {
                internal(&error.as_string().unwrap_or_else(|| command.to_owned()))
            })),
        }
    })
}

impl Backend for Tauri {
    fn session(&self) -> Answer<SessionState> {
        call("session", json!({}))
    }
    fn create_record(&self, first: FirstAdmin) -> Answer<Codes> {
        call("create_record", json!({ "first": first }))
    }
    fn unlock(&self, with: Unlock) -> Answer<SessionState> {
        call("unlock", json!({ "with": with }))
    }
    fn open_demo(&self) -> Answer<SessionState> {
        call("open_demo", json!({}))
    }
    fn lock(&self) -> Answer<()> {
        call("lock", json!({}))
    }
    fn active(&self) -> Answer<()> {
        call("active", json!({}))
    }
    fn keep_unsent(&self, message_id: &str, unsent: UnsentText) -> Answer<()> {
        call(
            "keep_unsent",
            json!({ "message_id": message_id, "unsent": unsent }),
        )
    }
    fn accounts(&self) -> Answer<Vec<AccountLine>> {
        call("accounts", json!({}))
    }
    fn add_user(&self, user: &str, passphrase: &str, role: Role, licence: Licence) -> Answer<()> {
        call(
            "add_user",
            json!({ "user": user, "passphrase": passphrase, "role": role, "licence": licence }),
        )
    }
    fn remove_user(&self, user: &str) -> Answer<()> {
        call("remove_user", json!({ "user": user }))
    }
    fn change_passphrase(&self, old: &str, new: &str) -> Answer<()> {
        call("change_passphrase", json!({ "old": old, "new": new }))
    }
    fn new_codes(&self) -> Answer<Codes> {
        call("new_codes", json!({}))
    }
    fn remember(&self, passphrase: &str) -> Answer<()> {
        call("remember", json!({ "passphrase": passphrase }))
    }
    fn forget(&self) -> Answer<()> {
        call("forget", json!({}))
    }
    fn note_taken(&self, way: Taken, message_id: &str, characters: u32) -> Answer<()> {
        call(
            "note_taken",
            json!({ "way": way, "message_id": message_id, "characters": characters }),
        )
    }
    fn queue(&self, query: QueueQuery) -> Answer<Queue> {
        call("queue", json!({ "query": query }))
    }
    fn put_off(&self, message_id: &str, until: Option<String>) -> Answer<()> {
        call(
            "put_off",
            json!({ "message_id": message_id, "until": until }),
        )
    }
    fn colleagues(&self) -> Answer<Vec<String>> {
        call("colleagues", json!({}))
    }
    fn assign(&self, message_id: &str, to: &str) -> Answer<()> {
        call("assign", json!({ "message_id": message_id, "to": to }))
    }
    fn close_owed_none(&self, message_ids: Vec<String>) -> Answer<Closed> {
        call("close_owed_none", json!({ "message_ids": message_ids }))
    }
    fn open_message(&self, message_id: &str) -> Answer<Opened> {
        call("open_message", json!({ "message_id": message_id }))
    }
    fn check(&self, message_id: &str, text: &str, start_mode: StartMode) -> Answer<Checked> {
        call(
            "check",
            json!({ "message_id": message_id, "text": text, "start_mode": start_mode }),
        )
    }
    fn decide(&self, request: DecisionRequest) -> Answer<Decided> {
        call("decide", json!({ "request": request }))
    }
    fn sign_off(&self, request: DecisionRequest) -> Answer<SignOff> {
        call("sign_off", json!({ "request": request }))
    }
    fn more_time(&self, decision_id: i64) -> Answer<u32> {
        call("more_time", json!({ "decision_id": decision_id }))
    }
    fn undo(&self, decision_id: i64) -> Answer<String> {
        call("undo", json!({ "decision_id": decision_id }))
    }
    fn redraft(&self, message_id: &str, seed: u64, preset: Option<Preset>) -> Answer<()> {
        call(
            "redraft",
            json!({ "message_id": message_id, "seed": seed, "preset": preset }),
        )
    }
    fn summary(&self, message_id: &str) -> Answer<Summary> {
        call("summary", json!({ "message_id": message_id }))
    }
    fn begin_training(&self) -> Answer<String> {
        call("begin_training", json!({}))
    }
    fn end_training(&self) -> Answer<()> {
        call("end_training", json!({}))
    }
    fn practice_results(&self) -> Answer<PracticeResults> {
        call("practice_results", json!({}))
    }
    fn drafts(&self, message_id: &str) -> Answer<Vec<DraftView>> {
        call("drafts", json!({ "message_id": message_id }))
    }
    fn rate(&self, decision_id: i64, rating: Rating) -> Answer<()> {
        call(
            "rate",
            json!({ "decision_id": decision_id, "rating": rating }),
        )
    }
    fn report_safety(&self, problem: SafetyProblem) -> Answer<i64> {
        call("report_safety", json!({ "problem": problem }))
    }
    fn stop_draft(&self) -> Answer<()> {
        call("stop_draft", json!({}))
    }
    fn settings(&self) -> Answer<Settings> {
        call("settings", json!({}))
    }
    fn set_settings(&self, settings: Settings) -> Answer<Settings> {
        call("set_settings", json!({ "settings": settings }))
    }
    fn models(&self) -> Answer<Vec<ModelLine>> {
        call("models", json!({}))
    }
    fn describe_model(&self, name: &str) -> Answer<ModelCard> {
        call("describe_model", json!({ "name": name }))
    }
    fn try_model(&self, name: &str) -> Answer<SpeedTest> {
        call("try_model", json!({ "name": name }))
    }
    fn about(&self) -> Answer<About> {
        call("about", json!({}))
    }
    fn log_lines(&self) -> Answer<Vec<String>> {
        call("log_lines", json!({}))
    }
    fn choose_model(&self, name: &str) -> Answer<()> {
        call("choose_model", json!({ "name": name }))
    }
    fn pick_model(&self) -> Answer<Option<ModelLine>> {
        call("pick_model", json!({}))
    }
    fn pick_import(&self) -> Answer<bool> {
        call("pick_import", json!({}))
    }
    fn pick_folder(&self, what: SettingsFolder, clear: bool) -> Answer<Settings> {
        call("pick_folder", json!({ "what": what, "clear": clear }))
    }
    fn back_up_now(&self) -> Answer<()> {
        call("back_up_now", json!({}))
    }
    fn own_rules(&self) -> Answer<OwnRules> {
        call("own_rules", json!({}))
    }
    fn pick_own_rules(&self) -> Answer<OwnRules> {
        call("pick_own_rules", json!({}))
    }
    fn clear_own_rules(&self) -> Answer<OwnRules> {
        call("clear_own_rules", json!({}))
    }
    fn import_sample(&self) -> Answer<ImportSummary> {
        call("import_sample", json!({}))
    }

    fn listen(&self, each: Box<dyn Fn(DeskEvent)>) {
        let closure = Closure::<dyn Fn(JsValue)>::new(move |value: JsValue| {
            // Tauri marks the end of a channel with an object of its own; it is no event.
            if let Ok(event) = read(&value) {
                each(event);
            }
        });
        let channel = Channel::new();
        channel.set_onmessage(closure.as_ref());
        // The page listens as long as it lives.
        closure.forget();
        let args = js_sys::Object::new();
        let _ = js_sys::Reflect::set(&args, &"channel".into(), channel.as_ref());
        wasm_bindgen_futures::spawn_local(async move {
            if let Ok(asked) = invoke("listen", args.into()) {
                let _ = JsFuture::from(asked).await;
            }
        });
    }
}
