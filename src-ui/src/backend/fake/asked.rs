//! How the desk of a test stands when the page is opened: what its address asks for behind the question mark.

use super::cases::{Case, cases, faulty, fifty, gated, many};
use super::people::{locked, open, person};
use super::{Fake, Inner, practice};
use contract::{Code, DecisionKind, EngineState, Failure, Role, SessionState, Settings};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

pub(super) fn asked(what: &str) -> bool {
    web_sys::window()
        .and_then(|w| {
            js_sys::Reflect::get(&w.document()?.into(), &"URL".into())
                .ok()?
                .as_string()
        })
        .is_some_and(|url| url.ends_with(&format!("?{what}")))
}

impl Fake {
    /// One that was decided on yesterday, when it is asked for.
    fn with_earlier(mut cases: Vec<Case>) -> Vec<Case> {
        if asked("earlier")
            && let Some(c) = cases.iter_mut().find(|c| c.id == "m6")
        {
            c.decision = Some((90, DecisionKind::NoReplyNeeded, None));
            c.earlier = true;
        }
        cases
    }

    pub(super) fn as_asked() -> Self {
        let engine = if asked("no-model") {
            EngineState::NoModel
        } else if asked("failed") {
            EngineState::Failed {
                failure: Failure::new(
                    Code::ModelMemory,
                    "The model needs about 3000 MB of memory and 900 MB are free. Close other programs or choose a smaller model.",
                ),
            }
        } else {
            EngineState::Ready {
                model: "fake-model".into(),
                waiting: 1,
            }
        };
        Self(Rc::new(Inner {
            cases: RefCell::new(if asked("empty") {
                Vec::new()
            } else if asked("gated") {
                gated()
            } else if asked("faulty") {
                faulty()
            } else if asked("many") {
                many()
            } else if asked("fifty") {
                fifty()
            } else {
                Self::with_earlier(cases())
            }),
            settings: RefCell::new(Settings::default()),
            each: RefCell::new(None),
            writing: RefCell::new(None),
            stop: Cell::new(false),
            next: Cell::new(1),
            engine: RefCell::new(engine),
            slow: asked("slow"),
            out: asked("out"),
            due: Cell::new(asked("later")),
            practice: practice::Practice::default(),
            session: RefCell::new(if asked("first") {
                SessionState::NoRecord { plain: false }
            } else if asked("locked") || asked("remembered") {
                locked(asked("remembered"))
            } else {
                open("ada")
            }),
            unsent: RefCell::default(),
            own_rules: RefCell::default(),
            taken: RefCell::default(),
            keyring: Cell::new(asked("remembered")),
            people: RefCell::new(vec![
                person("ada", Role::Admin),
                person("ben", Role::Clinician),
            ]),
        }))
    }
}
