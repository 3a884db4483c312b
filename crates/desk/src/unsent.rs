//! What a person typed and did not decide on, kept as they type.

use crate::Desk;
use contract::{Code, Failure, Right, StartMode, UnsentText};
use records::Unsent;

/// Longest text that is kept, in bytes.
const LONGEST: usize = 1 << 20;

impl Desk {
    /// Keeps the words in the editor; empty ones are forgotten.
    ///
    /// # Errors
    /// [`Code::Incomplete`] for a text beyond all bounds, [`Code::NotFound`], or the record's.
    pub fn keep_unsent(&self, message_id: &str, unsent: &UnsentText) -> Result<(), Failure> {
        if unsent.text.len() > LONGEST {
            return Err(Failure::new(
                Code::Incomplete,
                "The text is too long to be kept. Shorten it.",
            ));
        }
        // What is typed in practice is nobody's.
        if self.practised(message_id).is_ok_and(|p| p.is_some()) {
            return Ok(());
        }
        let mut record = self.record(Right::Decide)?;
        record.message(message_id)?;
        let who = record.who().name.clone();
        Ok(record.keep_unsent(
            message_id,
            &who,
            &Unsent {
                text: unsent.text.clone(),
                start_mode: unsent.start_mode.as_str().into(),
                draft_id: unsent.draft_id,
                corrects: unsent.corrects,
            },
            &self.now_text(),
        )?)
    }
}

/// As the page reads it.
pub(crate) fn for_page(unsent: Unsent) -> UnsentText {
    UnsentText {
        start_mode: if unsent.start_mode == StartMode::Blank.as_str() {
            StartMode::Blank
        } else {
            StartMode::Draft
        },
        text: unsent.text,
        draft_id: unsent.draft_id,
        corrects: unsent.corrects,
    }
}
