//! The loop of the drafter process: frames in, frames out.
//!
//! It ends when its input ends, so a desk that dies takes it along.

use crate::engine::Engine;
use crate::model_file::ModelFile;
use contract::frames::{FromDrafter, ToDrafter, read_frame, write_frame};
use contract::{Code, Failure};
use std::collections::HashSet;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
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
    let mut inbox = Inbox {
        frames: rx,
        later: Default::default(),
        stopped: HashSet::new(),
    };
    let mut engine: Option<Engine> = None;
    while let Some(frame) = inbox.next() {
        match frame {
            ToDrafter::Load {
                path,
                sha256,
                memory,
                name: _,
            } => {
                let begun = Instant::now();
                engine = None;
                let loaded = ModelFile::open(Path::new(&path), Some(&sha256))
                    .and_then(|file| file.fits(memory).map(|()| file))
                    .and_then(Engine::load);
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
                let Some(engine) = engine.as_mut() else {
                    write_frame(
                        output,
                        &FromDrafter::Failed {
                            job: job.job,
                            failure: Failure::new(
                                Code::NoModel,
                                "No model is loaded. Choose one in Models.",
                            ),
                        },
                    )?;
                    continue;
                };
                let number = job.job;
                let mut broken = None;
                let drafted = engine.draft(
                    &job,
                    |text| {
                        let frame = FromDrafter::Text {
                            job: number,
                            text: text.into(),
                        };
                        if let Err(e) = write_frame(output, &frame) {
                            broken = Some(e);
                        }
                    },
                    || inbox.is_stopped(number),
                );
                if let Some(e) = broken {
                    return Err(e);
                }
                let answer = match drafted {
                    Ok(d) => FromDrafter::Done {
                        job: number,
                        text: d.text,
                        finish: d.finish,
                        timing: d.timing,
                        system: d.prompt.system,
                        user: d.prompt.user,
                        context_hash: d.context_hash,
                        notes: d.notes,
                    },
                    Err(e) => FromDrafter::Failed {
                        job: number,
                        failure: e.into(),
                    },
                };
                write_frame(output, &answer)?;
            }
            // The job it names has already ended.
            ToDrafter::Stop { .. } => {}
        }
    }
    Ok(())
}

/// Frames in order, but with stops seen while a draft is being made.
struct Inbox {
    frames: Receiver<ToDrafter>,
    later: std::collections::VecDeque<ToDrafter>,
    stopped: HashSet<u64>,
}

impl Inbox {
    fn next(&mut self) -> Option<ToDrafter> {
        self.later.pop_front().or_else(|| self.frames.recv().ok())
    }

    fn is_stopped(&mut self, job: u64) -> bool {
        loop {
            match self.frames.try_recv() {
                Ok(ToDrafter::Stop { job }) => {
                    self.stopped.insert(job);
                }
                Ok(other) => self.later.push_back(other),
                Err(TryRecvError::Empty) => break,
                // Nobody is left to read the draft.
                Err(TryRecvError::Disconnected) => return true,
            }
        }
        self.stopped.remove(&job)
    }
}
