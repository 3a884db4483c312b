//! Measures on the sample in-basket: what a person waits for.

use crate::drafter::{Choice, outcome};
use crate::place::io_failure;
use crate::{Clock, Desk, Place};
use clinical::gate;
use contract::frames::Made;
use contract::{Failure, FirstAdmin, Licence, Right, Sampling};
use drafting::engine::{Engine, Event};
use records::NewDraft;
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
    let desk = Desk::new(place.clone(), Clock::system(), "bench")?;
    desk.open_demo()?;
    drafts(engine, choice, &desk, most, &mut |_, _| Ok(()))
}

/// Seconds for each opening of a message whose draft is ready, of a record as a clinic has it: a file, encrypted, with the
/// sample and its drafts, in a folder that is removed.
///
/// # Errors
/// The model's refusals, and the record's.
pub(super) fn opening(
    engine: &mut Engine,
    choice: &Choice,
    place: &Place,
    most: u32,
) -> Result<Vec<f64>, Failure> {
    let folder = tempfile::tempdir().map_err(|e| io_failure(&std::env::temp_dir(), &e))?;
    let place = Place {
        data: folder.path().to_owned(),
        ..place.clone()
    };
    let desk = Desk::new(place, Clock::system(), "bench")?;
    desk.create(&FirstAdmin {
        user: "bench".into(),
        passphrase: "only the sample lies here".into(),
        licence: Licence::Physician,
    })?;
    desk.import_sample()?;
    let mut ids = Vec::new();
    drafts(engine, choice, &desk, most, &mut |id, draft| {
        desk.record(Right::Read)?.keep_draft(&draft)?;
        ids.push(id);
        Ok(())
    })?;
    let mut seconds = Vec::new();
    for _ in 0..ROUNDS {
        for id in &ids {
            let begun = Instant::now();
            desk.open_message(id)?;
            seconds.push(begun.elapsed().as_secs_f64());
        }
    }
    Ok(seconds)
}

type Kept<'a> = dyn FnMut(String, NewDraft) -> Result<(), Failure> + 'a;

fn drafts(
    engine: &mut Engine,
    choice: &Choice,
    desk: &Desk,
    most: u32,
    kept: &mut Kept<'_>,
) -> Result<Vec<f64>, Failure> {
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
                kept(id.clone(), draft)?;
            }
        }
    }
    Ok(seconds)
}
