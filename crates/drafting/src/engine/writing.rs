//! One draft on its way from a prompt to a text.

use crate::ModelError;
use crate::decoder::Sequence;
use crate::model_file::CONTEXT;
use crate::prompt::{PromptText, PromptWords};
use crate::sampler::Sampler;
use crate::tidy::{repetition, tidy, whole_sentences};
use crate::tokenizer::Tokenizer;
use contract::frames::{DraftJob, Made};
use contract::{FinishReason, Sampling, Timing, Urgency};
use std::time::{Duration, Instant};

/// How long what is written is gathered before it is shown, where nothing else is asked.
pub(super) const SHOW_EVERY: Duration = Duration::from_millis(50);
/// How often the text is searched for a repetition, in tokens.
const LOOK_EVERY: usize = 8;

/// Bytes of a token that room is taken for; more are taken where it does not suffice.
const TOKEN_BYTES: usize = 8;

/// A finished draft.
#[derive(Debug, Clone, PartialEq)]
pub struct Drafted {
    /// Tidied text without sign-off; never empty.
    pub text: String,
    /// Why it ended.
    pub finish: FinishReason,
    /// What it cost.
    pub timing: Timing,
    /// The prompt it was made from.
    pub prompt: PromptText,
    /// SHA-256 of the prompt's token ids as little-endian 32-bit numbers, in hex.
    pub context_hash: String,
    /// Words about the draft.
    pub notes: Vec<String>,
}

impl From<Drafted> for Made {
    fn from(d: Drafted) -> Self {
        Self {
            text: d.text,
            finish: d.finish,
            timing: d.timing,
            system: d.prompt.system,
            user: d.prompt.user,
            context_hash: d.context_hash,
            notes: d.notes,
        }
    }
}

/// Which draft is begun first: the smallest, and of equals the one that was asked for first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    urgency: Urgency,
    /// When the message was sent.
    sent_at: String,
}

impl Default for Rank {
    fn default() -> Self {
        Self {
            urgency: Urgency::Routine,
            sent_at: String::new(),
        }
    }
}

impl Rank {
    pub(super) fn of(job: &DraftJob) -> Self {
        Self {
            urgency: job.urgency,
            sent_at: job
                .thread
                .last()
                .map_or_else(String::new, |m| m.sent_at.clone()),
        }
    }
}

/// A draft under way.
pub(super) struct Writing {
    pub(super) job: u64,
    pub(super) sampling: Sampling,
    pub(super) prompt_text: PromptText,
    pub(super) prompt: Vec<u32>,
    pub(super) context_hash: String,
    pub(super) notes: Vec<String>,
    /// Its turn among those that wait.
    pub(super) rank: Rank,
    /// What the decoder has read of it; none with candle's models.
    pub(super) sequence: Option<Sequence>,
    /// Tokens of the prompt that were read.
    pub(super) read: usize,
    /// The token that was chosen and is still to be read.
    pub(super) pending: Option<u32>,
    pub(super) stopped: bool,
    /// Ends at its length alone, whatever it says: for measuring.
    pub(super) exact: bool,
    sampler: Sampler,
    pub(super) written: Vec<u32>,
    bytes: Vec<u8>,
    told: Instant,
    begun: Option<Instant>,
    first: Option<Instant>,
}

/// A draft as it grows.
#[derive(Debug)]
pub(super) struct Shown {
    /// Tidied as the final text will be.
    pub(super) text: String,
    /// Tokens a second since the first one.
    pub(super) pace: f64,
}

/// What became of a writing when a token was chosen.
pub(super) enum Turn {
    /// It goes on; what is to be shown, when it is time for that.
    On(Option<Shown>),
    /// It is done.
    End(Result<Drafted, ModelError>),
}

impl Writing {
    pub(super) fn new(
        job: u64,
        sampling: Sampling,
        prompt_text: PromptText,
        prompt: Vec<u32>,
        context_hash: String,
        notes: Vec<String>,
    ) -> Self {
        // Taken once, so that a token takes none; a count from outside is no reason to take more than a context.
        let room = (sampling.max_tokens as usize).min(CONTEXT as usize);
        Self {
            job,
            sampler: Sampler::new(sampling),
            sampling,
            prompt_text,
            prompt,
            context_hash,
            notes,
            rank: Rank::default(),
            sequence: None,
            read: 0,
            pending: None,
            stopped: false,
            exact: false,
            written: Vec::with_capacity(room),
            bytes: Vec::with_capacity(TOKEN_BYTES * room),
            told: Instant::now(),
            begun: None,
            first: None,
        }
    }

    /// Lets go of all that was read and written. What comes of it is the same: nothing of the choices is left to chance
    /// but by the seed.
    pub(super) fn restart(&mut self) {
        *self = Self {
            rank: std::mem::take(&mut self.rank),
            exact: self.exact,
            ..Self::new(
                self.job,
                self.sampling,
                self.prompt_text.clone(),
                std::mem::take(&mut self.prompt),
                std::mem::take(&mut self.context_hash),
                std::mem::take(&mut self.notes),
            )
        };
    }

    /// Whether the prompt is read.
    pub(super) fn is_read(&self) -> bool {
        self.read == self.prompt.len()
    }

    /// Notes that its prompt is being read from now on.
    pub(super) fn begin(&mut self) {
        self.begun.get_or_insert_with(Instant::now);
    }

    /// Chooses the next token from its logits, and shows what is written when the last time was so long ago.
    pub(super) fn choose(
        &mut self,
        logits: &mut [f32],
        tokenizer: &Tokenizer,
        words: &PromptWords,
        stops: &[u32],
        show_every: Duration,
    ) -> Turn {
        let first = *self.first.get_or_insert_with(Instant::now);
        if self.written.len() >= self.sampling.max_tokens as usize {
            return Turn::End(self.end(FinishReason::Length, words));
        }
        let Some(token) = self.sampler.next(logits, &self.written) else {
            return Turn::End(Err(ModelError::Engine("no token could be chosen".into())));
        };
        if self.exact {
            self.written.push(token);
            self.pending = Some(token);
            return Turn::On(None);
        }
        if stops.contains(&token) || tokenizer.is_control(token) {
            return Turn::End(self.end(FinishReason::EndOfTurn, words));
        }
        self.written.push(token);
        self.pending = Some(token);
        self.bytes.extend_from_slice(tokenizer.bytes(token));
        let due = self.told.elapsed() >= show_every;
        let mut shown = None;
        if due || self.written.len().is_multiple_of(LOOK_EVERY) {
            let raw = String::from_utf8_lossy(&self.bytes);
            let tidied = tidy(words, raw.trim_end_matches('\u{FFFD}'));
            // The last line may still grow out of looking like a sign-off.
            if let Some(cut) = tidied.cut
                && (raw.ends_with('\n') || repetition(&raw).is_some())
            {
                return Turn::End(self.end(cut, words));
            }
            if due {
                shown = Some(Shown {
                    text: tidied.text,
                    // The first token came of the prompt.
                    pace: (self.written.len() - 1) as f64 / first.elapsed().as_secs_f64().max(1e-3),
                });
                self.told = Instant::now();
            }
        }
        Turn::On(shown)
    }

    /// The draft as it is now.
    ///
    /// # Errors
    /// [`ModelError::Empty`], or [`ModelError::Stopped`] before the first word.
    pub(super) fn end(
        &self,
        finish: FinishReason,
        words: &PromptWords,
    ) -> Result<Drafted, ModelError> {
        let now = Instant::now();
        let first = self.first.unwrap_or(now);
        let millis = |d: Duration| d.as_secs_f64() * 1000.0;
        let timing = Timing {
            prompt_tokens: self.prompt.len() as u32,
            draft_tokens: self.written.len() as u32,
            prefill_ms: millis(first - self.begun.unwrap_or(first)),
            decode_ms: millis(now - first),
        };
        let raw = String::from_utf8_lossy(&self.bytes);
        let tidied = tidy(words, &raw);
        let (text, finish) = match (finish, tidied.cut) {
            (FinishReason::Length, None) => (whole_sentences(&tidied.text).to_owned(), finish),
            (FinishReason::Stopped, _) => (tidied.text, finish),
            (_, Some(cut)) => (tidied.text, cut),
            (_, None) => (tidied.text, finish),
        };
        if text.trim().is_empty() {
            return Err(if finish == FinishReason::Stopped {
                ModelError::Stopped
            } else {
                ModelError::Empty
            });
        }
        Ok(Drafted {
            text,
            finish,
            timing,
            prompt: self.prompt_text.clone(),
            context_hash: self.context_hash.clone(),
            notes: self.notes.clone(),
        })
    }
}
