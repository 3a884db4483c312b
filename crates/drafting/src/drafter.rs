//! The loop of the drafter process: frames in, frames out.
//!
//! It ends when its input ends, so a desk that dies takes it along.

use crate::engine::{Engine, Event, Setup};
use contract::frames::{FromDrafter, ToDrafter, read_frame, write_frame};
use contract::{Code, Failure};
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{TryRecvError, channel};
use std::time::Instant;

/// Serves one desk until its input ends.
///
/// # Errors
/// When the output cannot be written: then nobody listens any more.
pub fn serve(input: impl Read + Send + 'static, output: &mut impl Write) -> std::io::Result<()> {
    let (tx, rx) = channel();
    std::thread::Builder::new()
        .name("frames".into())
        .spawn(move || {
            let mut input = std::io::BufReader::new(input);
            // A broken frame ends the input like a closed pipe does: nothing
            // after it can be trusted to begin at a frame's border.
            while let Ok(Some(frame)) = read_frame::<ToDrafter>(&mut input) {
                if tx.send(frame).is_err() {
                    break;
                }
            }
        })?;
    let mut engine: Option<Engine> = None;
    // Frames that came while a pass was under way.
    let mut waiting: VecDeque<ToDrafter> = VecDeque::new();
    loop {
        // Frames first, so that a stop or a draft that a person waits for is
        // heard before the next pass; without work, wait for one.
        if waiting.is_empty() {
            let busy = engine.as_ref().is_some_and(Engine::is_busy);
            let next = if busy {
                rx.try_recv()
            } else {
                rx.recv().map_err(|_| TryRecvError::Disconnected)
            };
            match next {
                Ok(frame) => waiting.push_back(frame),
                Err(TryRecvError::Empty) => {}
                // Nobody is left to read the drafts.
                Err(TryRecvError::Disconnected) => return Ok(()),
            }
        }
        let Some(frame) = waiting.pop_front() else {
            if let Some(engine) = engine.as_mut() {
                let mut interrupted = || {
                    waiting.extend(rx.try_iter());
                    waiting.iter().any(cannot_wait)
                };
                for event in engine.step(&mut interrupted) {
                    write_frame(output, &answer(event))?;
                }
            }
            continue;
        };
        match frame {
            ToDrafter::Load {
                path,
                sha256,
                memory,
                threads,
                name: _,
            } => {
                let begun = Instant::now();
                engine = None;
                let all = Setup::default();
                let setup = Setup {
                    memory,
                    threads: match threads {
                        0 => all.threads,
                        n => n.min(all.threads),
                    },
                    ..all
                };
                let loaded = Engine::open(Path::new(&path), Some(&sha256), setup);
                let answer = match loaded {
                    Ok(e) => {
                        let ready = FromDrafter::Ready {
                            architecture: e.architecture().into(),
                            prompt_version: e.prompt_version().into(),
                            load_ms: begun.elapsed().as_secs_f64() * 1000.0,
                        };
                        engine = Some(e);
                        ready
                    }
                    Err(e) => FromDrafter::Refused { failure: e.into() },
                };
                write_frame(output, &answer)?;
            }
            ToDrafter::Draft(job) => {
                let begun = match engine.as_mut() {
                    Some(engine) => engine.begin(&job).map_err(Failure::from),
                    None => Err(no_model()),
                };
                if let Err(failure) = begun {
                    let job = job.job;
                    write_frame(output, &FromDrafter::Failed { job, failure })?;
                }
            }
            ToDrafter::Prefer { job } => {
                if let Some(engine) = engine.as_mut() {
                    engine.prefer(job);
                }
            }
            ToDrafter::Stop { job } => {
                if let Some(engine) = engine.as_mut() {
                    engine.stop(job);
                }
            }
            ToDrafter::Measure {
                prefix,
                messages,
                tokens,
            } => {
                let mut measure = |engine: &mut Engine| -> Result<f64, Failure> {
                    engine.share(prefix.clone(), None)?;
                    let begun = Instant::now();
                    engine.write_exact(&prefix, &messages, tokens)?;
                    Ok(begun.elapsed().as_secs_f64())
                };
                let measured = engine.as_mut().ok_or_else(no_model).and_then(&mut measure);
                let answer = match measured {
                    Ok(seconds) => FromDrafter::Measured { seconds },
                    Err(failure) => FromDrafter::Refused { failure },
                };
                write_frame(output, &answer)?;
            }
        }
    }
}

fn no_model() -> Failure {
    Failure::new(Code::NoModel, "No model is loaded. Choose one in Models.")
}

/// Whether a person waits for what the frame asks.
fn cannot_wait(frame: &ToDrafter) -> bool {
    match frame {
        ToDrafter::Prefer { .. } | ToDrafter::Stop { .. } => true,
        ToDrafter::Draft(job) => job.awaited,
        ToDrafter::Load { .. } | ToDrafter::Measure { .. } => false,
    }
}

fn answer(event: Event) -> FromDrafter {
    match event {
        Event::Text { job, text, pace } => FromDrafter::Text { job, text, pace },
        Event::Ended { job, result } => match result {
            Ok(d) => FromDrafter::Done {
                job,
                made: d.into(),
            },
            Err(e) => FromDrafter::Failed {
                job,
                failure: e.into(),
            },
        },
    }
}
