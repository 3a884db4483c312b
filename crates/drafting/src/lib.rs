//! The on-device engine: from a model file and a message to a draft.
//!
//! In the order the work is done: [`catalogue`] (which models are known),
//! [`gguf`] (a file is read with suspicion before the engine sees a byte),
//! [`tokenizer`] and [`chat`] (text becomes token ids; patient text can never
//! become a control token), [`prompt`] (chart and thread become a prompt),
//! [`engine`] (prefill, decode, sampling), [`tidy`] (what may stay of the text)
//! and [`drafter`] (the loop of the worker process).

pub mod catalogue;
pub mod chat;
pub mod decoder;
pub mod drafter;
pub mod engine;
mod error;
pub mod gguf;
#[cfg(test)]
mod hostile;
pub mod kernels;
pub mod model_file;
pub mod prompt;
mod sampler;
pub mod tidy;
pub mod tokenizer;
mod way;

pub use error::ModelError;
