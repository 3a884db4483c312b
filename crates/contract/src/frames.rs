//! Frames between the desk and the drafter process.
//!
//! A frame is a 32-bit little-endian byte count and as many bytes of JSON. The
//! reader refuses frames over [`MAX_FRAME`], so a broken peer cannot make it
//! allocate without end.

use crate::{Chart, EngineState, Failure, FinishReason, Sampling, ThreadMessage, Timing, Urgency};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::io::{self, Read, Write};

/// The largest frame, in bytes.
pub const MAX_FRAME: u32 = 16 << 20;

/// One draft to make.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftJob {
    /// Number of the job; answers carry it.
    pub job: u64,
    /// The thread, oldest first; the last one is the message to answer.
    pub thread: Vec<ThreadMessage>,
    /// The chart.
    pub chart: Chart,
    /// The folder, which chooses a line of the prompt.
    pub kind: crate::MessageKind,
    /// How soon it must be seen: the most urgent drafts are begun first, and of those the oldest.
    pub urgency: Urgency,
    /// Today, `YYYY-MM-DD`.
    pub today: String,
    /// How to choose tokens.
    pub sampling: Sampling,
    /// Whether a person waits for it: then it goes before all others.
    #[serde(default)]
    pub awaited: bool,
}

/// What the desk tells the drafter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum ToDrafter {
    /// Load the model at a path, whose hash must be this.
    Load {
        /// Path of the GGUF file.
        path: String,
        /// Name for people.
        name: String,
        /// SHA-256 in hex that the file must have.
        sha256: String,
        /// Bytes of memory that may be used.
        memory: u64,
        /// Threads; 0 for all cores.
        #[serde(default)]
        threads: usize,
    },
    /// Make a draft. Boxed: it is far larger than the other frames.
    Draft(Box<DraftJob>),
    /// A person waits for this draft now: it goes before all others.
    Prefer {
        /// The job.
        job: u64,
    },
    /// Stop a draft; what is there is kept.
    Stop {
        /// The job.
        job: u64,
    },
    /// Write the same number of tokens for each of these prompts, for measuring the very process that drafts.
    Measure {
        /// Token ids that all prompts begin with, read beforehand.
        prefix: Vec<u32>,
        /// Each prompt's own token ids.
        messages: Vec<Vec<u32>>,
        /// Tokens to write for each.
        tokens: u32,
    },
}

/// A draft as the drafter made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Made {
    /// The text, without sign-off.
    pub text: String,
    /// Why it ended.
    pub finish: FinishReason,
    /// What it cost.
    pub timing: Timing,
    /// The prompt's system text, kept with the draft as its provenance.
    pub system: String,
    /// The prompt's user text: chart and thread as the model read them.
    pub user: String,
    /// SHA-256 of the prompt's token ids, in hex: the context the draft was made from.
    pub context_hash: String,
    /// Words about the draft.
    pub notes: Vec<String>,
}

/// What the drafter answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum FromDrafter {
    /// The model is loaded.
    Ready {
        /// GGUF architecture.
        architecture: String,
        /// Version of the prompt that is used.
        prompt_version: String,
        /// How long loading took, in milliseconds.
        load_ms: f64,
    },
    /// The model is refused or could not be loaded.
    Refused {
        /// Why.
        failure: Failure,
    },
    /// The text of a draft so far.
    Text {
        /// The job.
        job: u64,
        /// The text so far, tidied as the final one will be.
        text: String,
        /// Tokens a second since the first one.
        pace: f64,
    },
    /// A draft is done.
    Done {
        /// The job.
        job: u64,
        /// The draft.
        #[serde(flatten)]
        made: Made,
    },
    /// A draft could not be made.
    Failed {
        /// The job.
        job: u64,
        /// Why.
        failure: Failure,
    },
    /// What was to be measured is written.
    Measured {
        /// From the first pass to the last, in seconds; the prefix's is not counted.
        seconds: f64,
    },
}

impl FromDrafter {
    /// The engine state that a loading answer leads to.
    pub fn engine_state(&self, model: &str, waiting: usize) -> Option<EngineState> {
        match self {
            Self::Ready { .. } => Some(EngineState::Ready {
                model: model.into(),
                waiting,
            }),
            Self::Refused { failure } => Some(EngineState::Failed {
                failure: failure.clone(),
            }),
            _ => None,
        }
    }
}

/// Writes one frame and flushes.
///
/// # Errors
/// The writer's own, and `InvalidData` for a frame over [`MAX_FRAME`].
pub fn write_frame<T: Serialize>(to: &mut impl Write, frame: &T) -> io::Result<()> {
    let bytes = serde_json::to_vec(frame).map_err(io::Error::other)?;
    let len = u32::try_from(bytes.len())
        .ok()
        .filter(|n| *n <= MAX_FRAME)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "frame too large"))?;
    to.write_all(&len.to_le_bytes())?;
    to.write_all(&bytes)?;
    to.flush()
}

/// Reads one frame; `None` at a clean end.
///
/// # Errors
/// `UnexpectedEof` inside a frame, `InvalidData` for one that is too large or not the JSON expected.
pub fn read_frame<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<T>> {
    let mut len = [0u8; 4];
    match from.read_exact(&mut len) {
        Ok(()) => {}
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(e) => return Err(e),
    }
    let len = u32::from_le_bytes(len);
    if len > MAX_FRAME {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "frame too large",
        ));
    }
    let mut bytes = vec![0; len as usize];
    from.read_exact(&mut bytes)?;
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_survive_the_border_and_end_cleanly() {
        let mut pipe = Vec::new();
        write_frame(&mut pipe, &ToDrafter::Stop { job: 7 }).expect("writes");
        let mut reader = pipe.as_slice();
        let read: Option<ToDrafter> = read_frame(&mut reader).expect("reads");
        assert_eq!(read, Some(ToDrafter::Stop { job: 7 }));
        assert_eq!(
            read_frame::<ToDrafter>(&mut reader).expect("clean end"),
            None
        );
    }

    #[test]
    fn a_huge_frame_is_refused_before_it_is_allocated() {
        let bytes = u32::MAX.to_le_bytes();
        let refused = read_frame::<ToDrafter>(&mut bytes.as_slice()).expect_err("refused");
        assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn a_cut_frame_is_an_error() {
        let mut pipe = Vec::new();
        write_frame(&mut pipe, &ToDrafter::Stop { job: 7 }).expect("writes");
        pipe.pop();
        let refused = read_frame::<ToDrafter>(&mut pipe.as_slice()).expect_err("cut");
        assert_eq!(refused.kind(), io::ErrorKind::UnexpectedEof);
    }
}
