//! A draft that is written word by word, as the desk tells of it.

use super::Inner;
use contract::{DeskEvent, DraftState};
use leptos::prelude::set_interval_with_handle;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

/// Streams a draft word by word, as the desk does.
pub(super) fn stream(inner: &Rc<Inner>, id: String, text: &str) {
    let words: Vec<String> = text.split_inclusive(' ').map(str::to_owned).collect();
    *inner.writing.borrow_mut() = Some((id.clone(), String::new()));
    inner.stop.set(false);
    inner.tell(DeskEvent::DraftChanged {
        message_id: id.clone(),
        state: DraftState::Writing,
    });
    let at = Cell::new(0);
    let own = Rc::clone(inner);
    let handle = Rc::new(RefCell::new(None::<leptos::prelude::IntervalHandle>));
    let mine = Rc::clone(&handle);
    let pace = Duration::from_millis(if inner.slow { 400 } else { 30 });
    let tick = move || {
        let Some(word) = words.get(at.get()).filter(|_| !own.stop.get()) else {
            if let Some(h) = mine.borrow_mut().take() {
                h.clear();
            }
            let text = own.writing.borrow_mut().take().map(|w| w.1);
            if let Some(c) = own.cases.borrow_mut().iter_mut().find(|c| c.id == id) {
                c.draft = text;
            }
            own.tell(DeskEvent::DraftChanged {
                message_id: id.clone(),
                state: DraftState::Ready,
            });
            return;
        };
        at.set(at.get() + 1);
        let text = match own.writing.borrow_mut().as_mut() {
            Some(w) => {
                w.1.push_str(word);
                w.1.clone()
            }
            None => return,
        };
        own.tell(DeskEvent::DraftText {
            message_id: id.clone(),
            text,
            pace: 1000.0 / pace.as_millis() as f64,
        });
    };
    if let Ok(h) = set_interval_with_handle(tick, pace) {
        *handle.borrow_mut() = Some(h);
    }
}
