//! A loaded model and the drafts it makes.

mod batch;
pub mod candle;
mod load;
mod prefix;
#[cfg(test)]
#[path = "../../tests/support/mod.rs"]
mod support;
#[cfg(test)]
mod tests;
mod writing;

use crate::ModelError;
use crate::chat::ChatFormat;
use crate::decoder::{Decoder, Logits, Part, Sequence, Step};
use crate::model_file::CONTEXT;
use crate::prompt::{ExampleTurns, PromptText, PromptWords};
use crate::tokenizer::Tokenizer;
pub use batch::{AT_ONCE, Event, GUESS};
use contract::frames::DraftJob;
pub use load::Setup;
use load::{Loaded, Model};
use prefix::Prefix;
use std::path::Path;
use std::time::Duration;
pub use writing::Drafted;
use writing::Writing;

/// The folder that the engine makes beside a model: packed weights, and the prompt's fixed part as the decoder keeps it. No
/// patient's text is in it.
pub fn made_folder(model: &Path) -> std::path::PathBuf {
    crate::decoder::packed_file::made_folder(model)
}

/// A loaded model, ready to draft.
pub struct Engine {
    model: Model,
    sha256: String,
    tokenizer: Tokenizer,
    chat: ChatFormat,
    words: PromptWords,
    stops: Vec<u32>,
    context: usize,
    architecture: String,
    /// What [`Engine::forward`] reads.
    text: Option<Sequence>,
    /// What all prompts begin with; none with candle's models.
    prefix: Option<Prefix>,
    writings: Vec<Writing>,
    /// The draft that a person waits for.
    awaited: Option<u64>,
    /// Tokens that are guessed at once.
    guess: usize,
    /// How long what is written is gathered before it is shown.
    show_every: Duration,
}

impl Engine {
    /// Opens a model, whose SHA-256 must be `sha256` when one is given.
    ///
    /// # Errors
    /// Every refusal of a model file, and [`ModelError::Memory`].
    pub fn open(path: &Path, sha256: Option<&str>, setup: Setup) -> Result<Self, ModelError> {
        let Loaded {
            header,
            sha256,
            tokenizer,
            mut model,
        } = load::load(path, sha256, setup)?;
        let architecture = header.text("general.architecture").unwrap_or("").to_owned();
        let chat = ChatFormat::for_model(&architecture, &tokenizer)?;
        let context = match &model {
            Model::Own(d) => d.config().context,
            Model::Candle(_) => header
                .number(&format!("{architecture}.context_length"))
                .unwrap_or(CONTEXT)
                .min(CONTEXT) as usize,
        };
        let words = PromptWords::built_in()?;
        let prefix = match &mut model {
            Model::Own(decoder) => {
                let ids = prefix::shared_ids(&words, &chat, &tokenizer)?;
                let kept = prefix::path_for(path);
                Some(Prefix::load_or_make(decoder, ids, &sha256, &kept)?)
            }
            Model::Candle(_) => None,
        };
        Ok(Self {
            model,
            sha256,
            stops: chat.stop_ids(&tokenizer),
            chat,
            tokenizer,
            words,
            context,
            architecture,
            text: None,
            prefix,
            writings: Vec::new(),
            awaited: None,
            guess: setup.guess.min(GUESS),
            show_every: setup.show_every,
        })
    }

    /// The project's own decoder, where the model is one of its families.
    pub fn decoder(&mut self) -> Option<&mut Decoder> {
        match &mut self.model {
            Model::Own(d) => Some(d),
            Model::Candle(_) => None,
        }
    }

    /// SHA-256 of the model file, in hex.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// GGUF architecture.
    pub fn architecture(&self) -> &str {
        &self.architecture
    }

    /// Version of the prompt that drafts are made with.
    pub fn prompt_version(&self) -> &str {
        &self.words.version
    }

    /// Takes other words for the prompt, for comparing versions of it.
    ///
    /// # Errors
    /// The decoder's.
    pub fn use_words(&mut self, words: PromptWords) -> Result<(), ModelError> {
        let ids = prefix::shared_ids(&words, &self.chat, &self.tokenizer)?;
        self.share(ids, None)?;
        self.words = words;
        Ok(())
    }

    /// The tokenizer of the model.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// The chat format of the model.
    pub fn chat(&self) -> &ChatFormat {
        &self.chat
    }

    /// Logits of the token after `ids`, which begin at `position`; a position
    /// of 0 forgets everything before, so drafts share no state. One id behind
    /// others is read as a draft reads it, more as a prompt ([`Part`]).
    ///
    /// # Errors
    /// The engine's.
    pub fn forward(&mut self, ids: &[u32], position: usize) -> Result<Vec<f32>, ModelError> {
        let decoder = match &mut self.model {
            Model::Candle(c) => return c.forward(ids, position),
            Model::Own(d) => d,
        };
        let text = self
            .text
            .get_or_insert_with(|| Sequence::new(decoder.kv_shape(), None, self.context));
        text.truncate(position);
        if text.len() != position {
            return Err(ModelError::Engine("the text has a gap".into()));
        }
        if position > 0 && ids.len() == 1 {
            let step = Step {
                sequence: text,
                part: Part::Draft,
                tokens: ids,
                logits: Logits::Last,
            };
            return Ok(decoder.forward(&mut [step])?.to_vec());
        }
        Ok(decoder.read(text, ids)?.to_vec())
    }

    /// The prompt and its ids for a job, cut at whole messages, oldest first, until
    /// it fits; and how many messages were left out. The examples go before the
    /// message to answer does.
    ///
    /// Each message is encoded once to be counted, newest first and only as far as they fit, and once with the rest:
    /// nothing else is heard meanwhile.
    fn prompt_ids(&self, job: &DraftJob) -> Result<(PromptText, Vec<u32>, usize), ModelError> {
        let limit = self
            .context
            .saturating_sub(job.sampling.max_tokens as usize + 1);
        let shown = self.words.examples(job.sampling.preset);
        let encode = |skip: usize, examples: &[ExampleTurns]| {
            let text = self.words.prompt(job, skip);
            let ids = self
                .chat
                .encode(&self.tokenizer, &text.system, examples, &text.user)?;
            Ok::<_, ModelError>((text, ids, skip))
        };
        let earlier = job.thread.len().saturating_sub(1);
        let mut shortest = encode(earlier, &shown)?;
        if shortest.1.len() > limit {
            shortest = encode(earlier, &[])?;
            let tokens = shortest.1.len();
            return match tokens <= limit {
                true => Ok(shortest),
                false => Err(ModelError::PromptTooLong { tokens, limit }),
            };
        }
        let mut room = limit - shortest.1.len();
        let mut first = earlier;
        while let Some(before) = first.checked_sub(1) {
            let line = PromptWords::earlier(&job.thread[before]);
            let Some(left) = room.checked_sub(self.tokenizer.encode(&line)?.len()) else {
                break;
            };
            (room, first) = (left, before);
        }
        // The heading above them takes a few tokens more.
        for skip in first..earlier {
            let whole = encode(skip, &shown)?;
            if whole.1.len() <= limit {
                return Ok(whole);
            }
        }
        Ok(shortest)
    }
}
