//! candle's own models: the way for architectures and weight types that the
//! project's decoder does not run, and the measure of it in tests.

use crate::ModelError;
use crate::model_file::ModelFile;
use crate::way::candle_heeds;
use candle_core::quantized::gguf_file;
use candle_core::{DType, Device, Tensor};
use candle_transformers::models::{
    quantized_llama, quantized_phi3, quantized_qwen2, quantized_qwen3,
};
use std::io::{BufReader, Seek, SeekFrom};

/// A model as candle-transformers has it.
pub struct Candle(Kind);

enum Kind {
    Llama(quantized_llama::ModelWeights),
    Qwen2(quantized_qwen2::ModelWeights),
    Qwen3(quantized_qwen3::ModelWeights),
    Phi3(quantized_phi3::ModelWeights),
}

impl Candle {
    /// Loads a verified model.
    ///
    /// # Errors
    /// The engine's, and an architecture that candle's models are not right for.
    pub fn load(model: ModelFile) -> Result<Self, ModelError> {
        let architecture = model
            .header
            .text("general.architecture")
            .unwrap_or("")
            .to_owned();
        candle_heeds(&model.header)?;
        let mut file = model.file;
        file.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::with_capacity(1 << 20, file);
        let content = gguf_file::Content::read(&mut reader)?;
        let cpu = Device::Cpu;
        Ok(Self(match architecture.as_str() {
            "llama" => Kind::Llama(quantized_llama::ModelWeights::from_gguf(
                content,
                &mut reader,
                &cpu,
            )?),
            "qwen2" => Kind::Qwen2(quantized_qwen2::ModelWeights::from_gguf(
                content,
                &mut reader,
                &cpu,
            )?),
            "qwen3" => Kind::Qwen3(quantized_qwen3::ModelWeights::from_gguf(
                content,
                &mut reader,
                &cpu,
            )?),
            "phi3" => Kind::Phi3(quantized_phi3::ModelWeights::from_gguf(
                false,
                content,
                &mut reader,
                &cpu,
            )?),
            other => return Err(ModelError::Architecture(other.into())),
        }))
    }

    /// Logits of the token after `ids`, which begin at `position`; a position
    /// of 0 forgets everything before.
    ///
    /// # Errors
    /// candle's.
    pub fn forward(&mut self, ids: &[u32], position: usize) -> Result<Vec<f32>, ModelError> {
        let input = Tensor::new(ids, &Device::Cpu)?.unsqueeze(0)?;
        let logits = match &mut self.0 {
            Kind::Llama(m) => {
                if position == 0 {
                    m.clear_kv_cache();
                }
                m.forward(&input, position)?
            }
            Kind::Qwen2(m) => {
                if position == 0 {
                    m.clear_kv_cache();
                }
                m.forward(&input, position)?
            }
            Kind::Qwen3(m) => {
                if position == 0 {
                    m.clear_kv_cache();
                }
                m.forward(&input, position)?
            }
            // Phi-3's cache resets itself at position 0.
            Kind::Phi3(m) => m.forward(&input, position)?,
        };
        Ok(logits.flatten_all()?.to_dtype(DType::F32)?.to_vec1()?)
    }
}
