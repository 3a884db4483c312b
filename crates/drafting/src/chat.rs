//! Chat formats as data: which control tokens open and close a turn.
//!
//! A file's own chat template is a program from a stranger and is never run.
//! A format is chosen by the control tokens that the vocabulary holds.

use crate::{ModelError, prompt::ExampleTurns, tokenizer::Tokenizer};

/// A piece of a format: a control token by name, or plain text of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Control(&'static str),
    Text(&'static str),
}
use Piece::{Control, Text};

/// How one family of models marks its turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChatFormat {
    /// Name for people.
    pub name: &'static str,
    /// Before and after the system text; `None` where the family has no system
    /// turn and the text is put before the first user turn.
    system: Option<(&'static [Piece], &'static [Piece])>,
    user: (&'static [Piece], &'static [Piece]),
    assistant: &'static [Piece],
    /// After a turn of the assistant that is not the last: an example.
    assistant_end: &'static [Piece],
    /// Control tokens that end the assistant's turn.
    stops: &'static [&'static str],
    /// Put after the opening of the assistant's turn for models that think aloud
    /// first: an empty thought, so that the draft begins at once.
    skip_thought: Option<&'static str>,
}

const EMPTY_THOUGHT: &str = "<think>\n\n</think>\n\n";

const FORMATS: &[ChatFormat] = &[
    ChatFormat {
        name: "ChatML",
        system: Some((
            &[Control("<|im_start|>"), Text("system\n")],
            &[Control("<|im_end|>"), Text("\n")],
        )),
        user: (
            &[Control("<|im_start|>"), Text("user\n")],
            &[Control("<|im_end|>"), Text("\n")],
        ),
        assistant: &[Control("<|im_start|>"), Text("assistant\n")],
        assistant_end: &[Control("<|im_end|>"), Text("\n")],
        stops: &["<|im_end|>", "<|endoftext|>"],
        skip_thought: None,
    },
    ChatFormat {
        name: "Llama 3",
        system: Some((
            &[
                Control("<|start_header_id|>"),
                Text("system"),
                Control("<|end_header_id|>"),
                Text("\n\n"),
            ],
            &[Control("<|eot_id|>")],
        )),
        user: (
            &[
                Control("<|start_header_id|>"),
                Text("user"),
                Control("<|end_header_id|>"),
                Text("\n\n"),
            ],
            &[Control("<|eot_id|>")],
        ),
        assistant: &[
            Control("<|start_header_id|>"),
            Text("assistant"),
            Control("<|end_header_id|>"),
            Text("\n\n"),
        ],
        assistant_end: &[Control("<|eot_id|>")],
        stops: &["<|eot_id|>", "<|end_of_text|>"],
        skip_thought: None,
    },
    ChatFormat {
        name: "DeepSeek distill",
        system: None,
        user: (&[Control("<｜User｜>")], &[]),
        assistant: &[Control("<｜Assistant｜>")],
        assistant_end: &[Control("<｜end▁of▁sentence｜>")],
        stops: &["<｜end▁of▁sentence｜>"],
        skip_thought: Some(EMPTY_THOUGHT),
    },
    ChatFormat {
        name: "Phi-3",
        system: Some((
            &[Control("<|system|>"), Text("\n")],
            &[Control("<|end|>"), Text("\n")],
        )),
        user: (
            &[Control("<|user|>"), Text("\n")],
            &[Control("<|end|>"), Text("\n")],
        ),
        assistant: &[Control("<|assistant|>"), Text("\n")],
        assistant_end: &[Control("<|end|>"), Text("\n")],
        stops: &["<|end|>", "<|endoftext|>"],
        skip_thought: None,
    },
    ChatFormat {
        name: "Mistral",
        system: None,
        user: (&[Control("[INST]")], &[Control("[/INST]")]),
        assistant: &[],
        assistant_end: &[Control("</s>")],
        stops: &["</s>"],
        skip_thought: None,
    },
];

impl ChatFormat {
    /// The format of a model, by its vocabulary.
    ///
    /// # Errors
    /// [`ModelError::Tokenizer`] when the vocabulary holds no known set of turn
    /// markers as control tokens: then text could imitate a turn.
    pub fn for_model(architecture: &str, tokenizer: &Tokenizer) -> Result<Self, ModelError> {
        let mut format = *FORMATS
            .iter()
            .find(|f| f.controls().all(|c| tokenizer.control(c).is_some()))
            .ok_or_else(|| {
                ModelError::Tokenizer("no known turn markers as control tokens".into())
            })?;
        if architecture == "qwen3" {
            format.skip_thought = Some(EMPTY_THOUGHT);
        }
        Ok(format)
    }

    /// Every control token that the turns need.
    fn controls(&self) -> impl Iterator<Item = &'static str> {
        let system: &[Piece] = self.system.map_or(&[], |s| s.0);
        system
            .iter()
            .chain(self.user.0)
            .chain(self.user.1)
            .chain(self.assistant)
            .filter_map(|p| match p {
                Control(c) => Some(*c),
                Text(_) => None,
            })
            .chain(self.stops.first().copied())
    }

    /// Ids that end the assistant's turn.
    pub fn stop_ids(&self, tokenizer: &Tokenizer) -> Vec<u32> {
        self.stops
            .iter()
            .filter_map(|s| tokenizer.control(s))
            .chain(tokenizer.eos)
            .collect()
    }

    /// Token ids of a prompt with a system turn, examples and one user turn, open
    /// for the assistant. Every text is encoded as plain text.
    ///
    /// # Errors
    /// The tokenizer's.
    pub fn encode(
        &self,
        tokenizer: &Tokenizer,
        system: &str,
        examples: &[ExampleTurns],
        user: &str,
    ) -> Result<Vec<u32>, ModelError> {
        let mut ids = Ids::new(tokenizer);
        if let Some((open, close)) = self.system {
            ids.pieces(open)?;
            ids.text(system);
            ids.pieces(close)?;
        }
        // Without a system turn its text opens the first user turn.
        let mut opening = self.system.is_none().then_some(system);
        for example in examples {
            ids.pieces(self.user.0)?;
            ids.opening(opening.take());
            ids.text(&example.user);
            ids.pieces(self.user.1)?;
            ids.pieces(self.assistant)?;
            ids.text(&example.reply);
            ids.pieces(self.assistant_end)?;
        }
        ids.pieces(self.user.0)?;
        ids.opening(opening);
        ids.text(user);
        ids.pieces(self.user.1)?;
        ids.pieces(self.assistant)?;
        if let Some(thought) = self.skip_thought {
            ids.text(thought);
        }
        ids.finish()
    }
}

/// Ids under construction. Text between two control tokens is joined before it
/// is encoded, as the model saw it in training.
struct Ids<'a> {
    tokenizer: &'a Tokenizer,
    ids: Vec<u32>,
    text: String,
}

impl<'a> Ids<'a> {
    fn new(tokenizer: &'a Tokenizer) -> Self {
        Self {
            tokenizer,
            ids: tokenizer.bos.into_iter().collect(),
            text: String::new(),
        }
    }

    fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn opening(&mut self, text: Option<&str>) {
        if let Some(text) = text {
            self.text(text);
            self.text("\n\n");
        }
    }

    fn flush(&mut self) -> Result<(), ModelError> {
        self.ids.extend(self.tokenizer.encode(&self.text)?);
        self.text.clear();
        Ok(())
    }

    fn pieces(&mut self, pieces: &[Piece]) -> Result<(), ModelError> {
        for piece in pieces {
            match piece {
                Text(t) => self.text(t),
                Control(name) => {
                    self.flush()?;
                    let id = self
                        .tokenizer
                        .control(name)
                        .ok_or_else(|| ModelError::Tokenizer(format!("no control token {name}")))?;
                    self.ids.push(id);
                }
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u32>, ModelError> {
        self.flush()?;
        Ok(self.ids)
    }
}
