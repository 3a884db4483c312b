//! What a thread and a chart say, on demand.

use crate::Desk;
use contract::{Failure, Summary};

impl Desk {
    /// A summary of the chart and the thread of a message, each line with its source.
    ///
    /// # Errors
    /// [`contract::Code::NotFound`], or the record's.
    pub fn summary(&self, message_id: &str) -> Result<Summary, Failure> {
        let on_screen = crate::desk::lock(&self.work).on_screen.clone();
        let open = self.open_message(message_id)?;
        // A look at it is no move of the person from the message they have open.
        crate::desk::lock(&self.work).on_screen = on_screen;
        Ok(clinical::summary::summary(
            &open.patient,
            &open.chart,
            &open.trends,
            &open.thread,
            &open.triage.flags,
            self.today(),
        ))
    }
}
