//! Prefill and decode over candle's quantised models.

use crate::ModelError;
use crate::chat::ChatFormat;
use crate::model_file::{CONTEXT, ModelFile};
use crate::prompt::{PromptText, PromptWords};
use crate::sampler::Sampler;
use crate::tidy::{repetition, tidy, whole_sentences};
use crate::tokenizer::Tokenizer;
use candle_core::quantized::gguf_file;
use candle_core::{Device, Tensor};
use candle_transformers::models::{
    quantized_llama, quantized_phi3, quantized_qwen2, quantized_qwen3,
};
use contract::frames::DraftJob;
use contract::{FinishReason, Timing};
use sha2::{Digest, Sha256};
use std::io::{BufReader, Seek, SeekFrom};
use std::time::{Duration, Instant};

/// Longest wait between two streamed texts.
const STREAM_EVERY: Duration = Duration::from_millis(50);
/// How often the text is searched for a repetition, in tokens.
const LOOK_EVERY: usize = 8;

/// A loaded model, ready to draft.
pub struct Engine {
    model: Model,
    tokenizer: Tokenizer,
    chat: ChatFormat,
    words: PromptWords,
    stops: Vec<u32>,
    context: usize,
    architecture: String,
}

enum Model {
    Llama(quantized_llama::ModelWeights),
    Qwen2(quantized_qwen2::ModelWeights),
    Qwen3(quantized_qwen3::ModelWeights),
    Phi3(quantized_phi3::ModelWeights),
}

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

impl Engine {
    /// Loads a verified model.
    ///
    /// # Errors
    /// The refusals of [`ModelFile::summary`], and what the engine says.
    pub fn load(mut model: ModelFile) -> Result<Self, ModelError> {
        let summary = model.summary()?;
        let tokenizer = Tokenizer::from_header(&model.header)?;
        let chat = ChatFormat::for_model(&summary.architecture, &tokenizer)?;
        let device = Device::Cpu;
        model.file.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::with_capacity(1 << 20, model.file);
        let content = gguf_file::Content::read(&mut reader)?;
        let loaded = match summary.architecture.as_str() {
            "llama" => Model::Llama(quantized_llama::ModelWeights::from_gguf(
                content,
                &mut reader,
                &device,
            )?),
            "qwen2" => Model::Qwen2(quantized_qwen2::ModelWeights::from_gguf(
                content,
                &mut reader,
                &device,
            )?),
            "qwen3" => Model::Qwen3(quantized_qwen3::ModelWeights::from_gguf(
                content,
                &mut reader,
                &device,
            )?),
            "phi3" => Model::Phi3(quantized_phi3::ModelWeights::from_gguf(
                false,
                content,
                &mut reader,
                &device,
            )?),
            other => return Err(ModelError::Architecture(other.into())),
        };
        Ok(Self {
            model: loaded,
            stops: chat.stop_ids(&tokenizer),
            chat,
            tokenizer,
            words: PromptWords::built_in()?,
            context: usize::try_from(summary.context.min(CONTEXT)).unwrap_or(CONTEXT as usize),
            architecture: summary.architecture,
        })
    }

    /// GGUF architecture.
    pub fn architecture(&self) -> &str {
        &self.architecture
    }

    /// Version of the prompt that drafts are made with.
    pub fn prompt_version(&self) -> &str {
        &self.words.version
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
    /// of 0 forgets everything before, so drafts share no state.
    ///
    /// # Errors
    /// The engine's.
    pub fn forward(&mut self, ids: &[u32], position: usize) -> Result<Vec<f32>, ModelError> {
        let input = Tensor::new(ids, &Device::Cpu)?.unsqueeze(0)?;
        let logits = match &mut self.model {
            Model::Llama(m) => {
                if position == 0 {
                    m.clear_kv_cache();
                }
                m.forward(&input, position)?
            }
            Model::Qwen2(m) => {
                if position == 0 {
                    m.clear_kv_cache();
                }
                m.forward(&input, position)?
            }
            Model::Qwen3(m) => {
                if position == 0 {
                    m.clear_kv_cache();
                }
                m.forward(&input, position)?
            }
            // Phi-3's cache resets itself at position 0.
            Model::Phi3(m) => m.forward(&input, position)?,
        };
        Ok(logits
            .flatten_all()?
            .to_dtype(candle_core::DType::F32)?
            .to_vec1()?)
    }

    /// The prompt and its ids for a job, cut at whole messages, oldest first, until
    /// it fits; and how many messages were left out.
    fn prompt_ids(&self, job: &DraftJob) -> Result<(PromptText, Vec<u32>, usize), ModelError> {
        let limit = self
            .context
            .saturating_sub(job.sampling.max_tokens as usize + 1);
        let earlier = job.thread.len().saturating_sub(1);
        let mut tokens = 0;
        for skip in 0..=earlier {
            let text = self.words.prompt(job, skip);
            let ids = self
                .chat
                .encode(&self.tokenizer, &text.system, &text.user)?;
            if ids.len() <= limit {
                return Ok((text, ids, skip));
            }
            tokens = ids.len();
        }
        Err(ModelError::PromptTooLong { tokens, limit })
    }

    /// Makes one draft. `on_text` is told the tidied text so far, at most every
    /// 50 ms; `stopped` is asked between tokens.
    ///
    /// # Errors
    /// [`ModelError::PromptTooLong`], [`ModelError::Empty`], [`ModelError::Stopped`], or the engine's.
    pub fn draft(
        &mut self,
        job: &DraftJob,
        mut on_text: impl FnMut(&str),
        mut stopped: impl FnMut() -> bool,
    ) -> Result<Drafted, ModelError> {
        let (prompt_text, prompt, left_out) = self.prompt_ids(job)?;
        let mut notes = Vec::new();
        if left_out > 0 {
            notes.push(format!(
                "The thread is long: the {left_out} oldest of its messages were not read for this draft."
            ));
        }
        if stopped() {
            return Err(ModelError::Stopped);
        }
        let mut sha = Sha256::new();
        prompt.iter().for_each(|id| sha.update(id.to_le_bytes()));
        let context_hash = crate::model_file::hex(&sha.finalize());

        let begun = Instant::now();
        let mut logits = self.forward(&prompt, 0)?;
        let prefill = begun.elapsed();

        let mut sampler = Sampler::new(job.sampling);
        let mut written: Vec<u32> = Vec::new();
        let mut bytes: Vec<u8> = Vec::new();
        let mut told = Instant::now();
        let decode_begun = Instant::now();
        let finish = loop {
            if written.len() >= job.sampling.max_tokens as usize {
                break FinishReason::Length;
            }
            if stopped() {
                break FinishReason::Stopped;
            }
            let Some(token) = sampler.next(&mut logits, &written) else {
                return Err(ModelError::Engine("no token could be chosen".into()));
            };
            if self.stops.contains(&token) || self.tokenizer.is_control(token) {
                break FinishReason::EndOfTurn;
            }
            written.push(token);
            bytes.extend_from_slice(self.tokenizer.bytes(token));
            if written.len().is_multiple_of(LOOK_EVERY) || told.elapsed() >= STREAM_EVERY {
                let raw = String::from_utf8_lossy(&bytes);
                let tidied = tidy(&self.words, raw.trim_end_matches('\u{FFFD}'));
                if told.elapsed() >= STREAM_EVERY {
                    on_text(&tidied.text);
                    told = Instant::now();
                }
                // The last line may still grow out of looking like a sign-off.
                if let Some(cut) = tidied.cut
                    && (raw.ends_with('\n') || repetition(&raw).is_some())
                {
                    break cut;
                }
            }
            logits = self.forward(&[token], prompt.len() + written.len() - 1)?;
        };
        let timing = Timing {
            prompt_tokens: prompt.len() as u32,
            draft_tokens: written.len() as u32,
            prefill_ms: millis(prefill),
            decode_ms: millis(decode_begun.elapsed()),
        };
        let raw = String::from_utf8_lossy(&bytes);
        let tidied = tidy(&self.words, &raw);
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
        on_text(&text);
        Ok(Drafted {
            text,
            finish,
            timing,
            prompt: prompt_text,
            context_hash,
            notes,
        })
    }
}

fn millis(d: Duration) -> f64 {
    d.as_secs_f64() * 1000.0
}
