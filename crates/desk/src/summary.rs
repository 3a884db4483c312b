//! What a thread and a chart say, on demand.

use crate::Desk;
use contract::{Failure, Summary};

impl Desk {
    /// A summary of the chart and the thread of a message, each line with its source.
    ///
    /// # Errors
    /// [`contract::Code::NotFound`], or the record's.
    pub fn summary(&self, message_id: &str) -> Result<Summary, Failure> {
        let open = self.whole_message(message_id)?;
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
