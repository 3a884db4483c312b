//! The drafter process as the desk sees it.
//!
//! The engine runs in a child process at low priority, so that a bad model or
//! a crash never takes the window down. The child ends with its input.

use crate::giving_way::GivingWay;
use contract::frames::{DraftJob, FromDrafter, Made, ToDrafter, read_frame, write_frame};
use contract::{Code, Failure, FinishReason};
pub use drafting::engine::AT_ONCE;
use drafting::model_file::ModelFile;
use records::DraftOutcome;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// How often a wait looks whether it should stop.
const LOOK: Duration = Duration::from_millis(30);

/// How the drafter is started: the program and its arguments.
#[derive(Debug, Clone)]
pub struct DrafterCommand {
    /// The program, usually this one.
    pub program: PathBuf,
    /// Its arguments; the model's path comes after them.
    pub args: Vec<String>,
}

impl DrafterCommand {
    /// The program `countersign-drafter` beside this one, which carries no window; where it is not installed, this program's
    /// own `drafter` command.
    ///
    /// # Errors
    /// [`Code::Io`] when the program does not know where it lies.
    pub fn own() -> Result<Self, Failure> {
        let program = std::env::current_exe().map_err(|e| {
            Failure::new(
                Code::Io,
                format!("The program's own file cannot be found: {e}."),
            )
        })?;
        let name = format!("countersign-drafter{}", std::env::consts::EXE_SUFFIX);
        let lean = program.with_file_name(name);
        Ok(if lean.is_file() {
            Self {
                program: lean,
                args: Vec::new(),
            }
        } else {
            Self {
                program,
                args: vec!["drafter".into()],
            }
        })
    }
}

/// A model to load: where it is, and what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Name for people.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// SHA-256 the file must have, in hex.
    pub sha256: String,
    /// Threads to run it on; 0 for all cores.
    pub threads: usize,
}

/// A drafter with a model loaded.
pub struct Drafter {
    child: Child,
    input: ChildStdin,
    frames: Receiver<FromDrafter>,
    next_job: u64,
    /// The model.
    pub choice: Choice,
    /// Version of the prompt that it uses.
    pub prompt_version: String,
    /// How long loading took, in milliseconds.
    pub load_ms: f64,
    /// By what it is told to stand still, if it is.
    way: Option<Arc<GivingWay>>,
}

/// A draft's text with the fixed advice of an urgent message and the clinic's
/// sign-off, which no model writes. A draft that a person stopped is left open.
pub fn signed(made: &Made, advice: Option<&str>, sign_off: &str) -> String {
    if made.finish == FinishReason::Stopped {
        return made.text.clone();
    }
    [made.text.trim_end(), advice.unwrap_or(""), sign_off]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// A draft as it is kept on record, signed.
pub fn outcome(made: Made, advice: Option<&str>, sign_off: &str) -> DraftOutcome {
    DraftOutcome::Text {
        text: signed(&made, advice, sign_off),
        finish: made.finish,
        timing: made.timing,
        prompt_system: made.system,
        prompt_user: made.user,
        context_hash: made.context_hash,
        notes: made.notes,
    }
}

/// What happened to a draft.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Its text so far.
    Text {
        /// The draft's number.
        job: u64,
        /// The text.
        text: String,
        /// Tokens a second since the first one.
        pace: f64,
    },
    /// It ended.
    Ended {
        /// The draft's number.
        job: u64,
        /// The draft, or why there is none.
        result: Result<Box<Made>, Failure>,
    },
}

/// Memory that is free for a model now, in bytes.
pub fn free_memory() -> u64 {
    let mut system = sysinfo::System::new();
    system.refresh_memory();
    system.available_memory()
}

impl Drafter {
    /// Starts a drafter and loads a model; `stop` ends the wait.
    ///
    /// # Errors
    /// The model's refusal, or [`Code::Drafter`] when the process cannot be started or ends.
    pub fn start(
        command: &DrafterCommand,
        choice: Choice,
        stop: impl Fn() -> bool,
    ) -> Result<Self, Failure> {
        let gone = |e: std::io::Error| {
            Failure::new(
                Code::Drafter,
                format!("The drafter could not be started: {e}."),
            )
        };
        let mut process = Command::new(&command.program);
        if choice.threads != 0 {
            // candle's pools take their number from here alone, when a model of its own way is first used.
            process.env("RAYON_NUM_THREADS", choice.threads.to_string());
        }
        let mut child = process
            .args(&command.args)
            // Named before anything is read, so that it can wall itself in around this file.
            .arg(std::path::absolute(&choice.path).unwrap_or_else(|_| choice.path.clone()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(gone)?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Failure::new(
                Code::Drafter,
                "The drafter has no input or output.",
            ));
        };
        let (tx, frames) = channel();
        std::thread::Builder::new()
            .name("drafter frames".into())
            .spawn(move || {
                let mut output = std::io::BufReader::new(output);
                while let Ok(Some(frame)) = read_frame::<FromDrafter>(&mut output) {
                    if tx.send(frame).is_err() {
                        break;
                    }
                }
            })
            .map_err(gone)?;
        let mut drafter = Self {
            child,
            input,
            frames,
            next_job: 1,
            choice,
            prompt_version: String::new(),
            load_ms: 0.0,
            way: None,
        };
        let load = ToDrafter::Load {
            path: drafter.choice.path.to_string_lossy().into_owned(),
            name: drafter.choice.name.clone(),
            sha256: drafter.choice.sha256.clone(),
            memory: free_memory(),
            threads: drafter.choice.threads,
        };
        drafter.send(&load)?;
        loop {
            match drafter.receive() {
                Ok(Some(FromDrafter::Ready {
                    prompt_version,
                    load_ms,
                    ..
                })) => {
                    drafter.prompt_version = prompt_version;
                    drafter.load_ms = load_ms;
                    return Ok(drafter);
                }
                Ok(Some(FromDrafter::Refused { failure })) => return Err(failure),
                Ok(_) if stop() => {
                    return Err(Failure::new(
                        Code::Stopped,
                        "Loading the model was stopped.",
                    ));
                }
                Ok(_) => {}
                Err(f) => return Err(f),
            }
        }
    }

    /// Asks for a draft; its events carry the number that is given back.
    ///
    /// # Errors
    /// [`Code::Drafter`] when the drafter is gone.
    pub fn submit(&mut self, mut job: DraftJob) -> Result<u64, Failure> {
        let number = self.next_job;
        self.next_job += 1;
        job.job = number;
        self.send(&ToDrafter::Draft(Box::new(job)))?;
        Ok(number)
    }

    /// Ends a draft; what is written is kept.
    ///
    /// # Errors
    /// [`Code::Drafter`] when the drafter is gone.
    pub fn stop(&mut self, job: u64) -> Result<(), Failure> {
        self.send(&ToDrafter::Stop { job })
    }

    /// Lets a draft go before all others.
    ///
    /// # Errors
    /// [`Code::Drafter`] when the drafter is gone.
    pub fn prefer(&mut self, job: u64) -> Result<(), Failure> {
        self.send(&ToDrafter::Prefer { job })
    }

    /// Seconds in which the drafter writes `tokens` tokens for each of `messages`, which go on from `prefix`: token ids all.
    ///
    /// # Errors
    /// The engine's, and [`Code::Drafter`] when the drafter is gone.
    pub fn measure(
        &mut self,
        prefix: Vec<u32>,
        messages: Vec<Vec<u32>>,
        tokens: u32,
    ) -> Result<f64, Failure> {
        self.send(&ToDrafter::Measure {
            prefix,
            messages,
            tokens,
        })?;
        loop {
            match self.receive()? {
                Some(FromDrafter::Measured { seconds }) => return Ok(seconds),
                Some(FromDrafter::Refused { failure }) => return Err(failure),
                _ => {}
            }
        }
    }

    /// The same, standing still when it is told to.
    #[must_use]
    pub(crate) fn giving_way(mut self, way: &Arc<GivingWay>) -> Self {
        way.follow(self.pid());
        self.way = Some(Arc::clone(way));
        self
    }

    /// The process's number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What happened to a draft, or `None` when nothing did for a moment.
    ///
    /// # Errors
    /// [`Code::Drafter`] when the drafter is gone.
    pub fn event(&mut self) -> Result<Option<Event>, Failure> {
        Ok(match self.receive()? {
            Some(FromDrafter::Text { job, text, pace }) => Some(Event::Text { job, text, pace }),
            Some(FromDrafter::Done { job, made }) => Some(Event::Ended {
                job,
                result: Ok(Box::new(made)),
            }),
            Some(FromDrafter::Failed { job, failure }) => Some(Event::Ended {
                job,
                result: Err(failure),
            }),
            _ => None,
        })
    }

    fn send(&mut self, frame: &ToDrafter) -> Result<(), Failure> {
        write_frame(&mut self.input, frame).map_err(|e| {
            if e.kind() == std::io::ErrorKind::InvalidData {
                Failure::new(
                    Code::PromptTooLong,
                    "The message and its chart are too large to draft from. Please answer it by hand.",
                )
            } else {
                ended()
            }
        })
    }

    /// The next frame, or `None` when none came for a moment.
    fn receive(&self) -> Result<Option<FromDrafter>, Failure> {
        match self.frames.recv_timeout(LOOK) {
            Ok(frame) => Ok(Some(frame)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(ended()),
        }
    }
}

/// What makes many drafts.
pub trait Drafts {
    /// Makes many drafts, [`AT_ONCE`] at a time. `next` gives jobs, each with a
    /// mark of the caller's; `done` is told of each end, in the order they end.
    ///
    /// # Errors
    /// Those of `next` and `done`, and [`Code::Drafter`] when the drafter is gone.
    fn all<T>(
        &mut self,
        next: impl FnMut() -> Result<Option<(DraftJob, T)>, Failure>,
        done: impl FnMut(T, Result<Made, Failure>) -> Result<(), Failure>,
    ) -> Result<(), Failure>;
}

impl Drafts for Drafter {
    fn all<T>(
        &mut self,
        mut next: impl FnMut() -> Result<Option<(DraftJob, T)>, Failure>,
        mut done: impl FnMut(T, Result<Made, Failure>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut under_way = HashMap::new();
        let mut more = true;
        loop {
            while more && under_way.len() < AT_ONCE {
                match next()? {
                    Some((job, mark)) => {
                        under_way.insert(self.submit(job)?, mark);
                    }
                    None => more = false,
                }
            }
            if under_way.is_empty() {
                return Ok(());
            }
            if let Some(Event::Ended { job, result }) = self.event()?
                && let Some(mark) = under_way.remove(&job)
            {
                done(mark, result.map(|d| *d))?;
            }
        }
    }
}

impl Drop for Drafter {
    fn drop(&mut self) {
        if let Some(way) = &self.way {
            way.leave();
        }
        // It holds nothing worth a farewell; a kill cannot hang.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ended() -> Failure {
    Failure::new(
        Code::Drafter,
        "The drafter stopped unexpectedly. It is started again; if it stops each time, choose another model.",
    )
}

/// The `drafter` command: serves the parent on standard input and output, at
/// low priority, confined to one model, and dies with it.
///
/// # Errors
/// When the output is gone.
pub fn serve(model: &Path) -> std::io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        let _ =
            rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
        // As low as there is: with 10, what a person did was painted up to 60 ms later while drafts were made.
        let _ = rustix::process::nice(19);
    }
    crate::confine::limit(model);
    crate::confine::confine(model);
    drafting::drafter::serve(std::io::stdin(), &mut std::io::stdout().lock())
}

/// A model given by path: hashed here, so that the drafter loads what was seen.
///
/// # Errors
/// The model's refusal.
pub fn choice_of_path(path: &Path) -> Result<Choice, Failure> {
    let model =
        ModelFile::open(path, None).map_err(|e| Failure::from(e).at(path.display().to_string()))?;
    model
        .summary()
        .map_err(|e| Failure::from(e).at(path.display().to_string()))?;
    Ok(Choice {
        name: path
            .file_stem()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default(),
        path: path.to_owned(),
        sha256: model.sha256,
        threads: 0,
    })
}
