//! Measures on the sample in-basket, in memory: what a person waits for.

use crate::drafter::{Choice, outcome};
use crate::{Clock, Desk, Place};
use clinical::gate;
use contract::frames::Made;
use contract::{Failure, Right, Sampling};
use drafting::engine::{Engine, Event};
use records::NewDraft;
use std::sync::Arc;
use std::time::Instant;

/// Times that each message is opened.
const ROUNDS: usize = 20;

/// Seconds for each of the first `most` drafts of the sample, written alone as for a person who waits: reading and writing.
///
/// # Errors
/// The model's refusals.
pub(super) fn alone(
    engine: &mut Engine,
    choice: &Choice,
    place: &Place,
    most: u32,
) -> Result<Vec<f64>, Failure> {
    drafts(engine, choice, place, most, &mut |_, _, _| Ok(()))
}

/// Seconds for each opening of a message whose draft is ready.
///
/// # Errors
/// The model's refusals, and the record's.
pub(super) fn opening(
    engine: &mut Engine,
    choice: &Choice,
    place: &Place,
    most: u32,
) -> Result<Vec<f64>, Failure> {
    let mut ids = Vec::new();
    let mut desk = None;
    let desk_of = &mut desk;
    drafts(engine, choice, place, most, &mut |d, id, draft| {
        d.record(Right::Read)?.keep_draft(&draft)?;
        ids.push(id);
        desk_of.get_or_insert_with(|| Arc::clone(d));
        Ok(())
    })?;
    let mut seconds = Vec::new();
    if let Some(desk) = desk {
        for _ in 0..ROUNDS {
            for id in &ids {
                let begun = Instant::now();
                desk.open_message(id)?;
                seconds.push(begun.elapsed().as_secs_f64());
            }
        }
    }
    Ok(seconds)
}

type Kept<'a> = dyn FnMut(&Arc<Desk>, String, NewDraft) -> Result<(), Failure> + 'a;

fn drafts(
    engine: &mut Engine,
    choice: &Choice,
    place: &Place,
    most: u32,
    kept: &mut Kept<'_>,
) -> Result<Vec<f64>, Failure> {
    let desk = Arc::new(Desk::new(place.clone(), Clock::system(), "bench")?);
    desk.open_demo()?;
    let (waiting, _) = desk.record(Right::Read)?.undrafted(most)?;
    let mut seconds = Vec::new();
    for (n, id) in waiting.into_iter().enumerate() {
        let message = desk.record(Right::Read)?.open_message(&id)?;
        let mut job = desk.job(&message, n as u64, Sampling::default())?;
        job.awaited = true;
        let begun = Instant::now();
        engine.begin(&job)?;
        while engine.is_busy() {
            for event in engine.step(&mut || false) {
                let Event::Ended { result, .. } = event else {
                    continue;
                };
                seconds.push(begun.elapsed().as_secs_f64());
                let made = Made::from(result?);
                let advice = gate::same_day_advice(&message.triage);
                let draft = NewDraft {
                    message_id: id.clone(),
                    model: choice.name.clone(),
                    model_sha256: choice.sha256.clone(),
                    prompt_version: engine.prompt_version().into(),
                    sampling: Sampling::default(),
                    outcome: outcome(made, advice, ""),
                    created_at: desk.now_text(),
                };
                kept(&desk, id.clone(), draft)?;
            }
        }
    }
    Ok(seconds)
}
