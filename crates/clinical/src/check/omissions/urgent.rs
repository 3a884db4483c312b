//! Advice to get help now or today.

use super::super::{Case, Checks, Found};
use crate::triage::WEIGHED;
use contract::Urgency;

impl Checks {
    pub(super) fn urgent_advice(&self, case: &Case<'_>, text: &str, found: &mut Found<'_>) {
        // A same-day matter may also be met by a question or by asking for a call.
        let asks_back = text.contains('?') || self.asks_call.is_match(text);
        let missing = match case.triage.urgency {
            Urgency::Emergency => !self.sends_for_help(text),
            // Words that only read like a matter of today call for no advice by themselves.
            Urgency::Urgent => {
                case.triage.flags.iter().any(|f| f.rule != WEIGHED)
                    && !asks_back
                    && !self.phrases.urgent_advice.is_match(text)
            }
            _ => false,
        };
        if missing {
            let flag = case.triage.flags.first();
            found.whole(
                "missing_urgent_advice",
                match flag {
                    Some(f) => format!(
                        "{} (“{}”): the reply does not say to get help now or today.",
                        f.title, f.words
                    ),
                    None => "The reply does not say to get help now or today.".to_owned(),
                },
            );
        }
    }

    /// True when a reply sends the reader for emergency help and does not deny the need.
    pub(in super::super) fn sends_for_help(&self, text: &str) -> bool {
        self.help.find_iter(text).any(|m| {
            let from = text.floor_char_boundary(m.start().saturating_sub(60));
            let before = text[from..m.start()]
                // "Don't wait at home: call 911": what is denied stands before the colon.
                .rsplit(['.', '!', '?', '\n', ':', ';'])
                .next()
                .unwrap_or("");
            !self.no_need.is_match(before)
        })
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn help_behind_a_colon_is_not_denied() {
        let checks = crate::check::trial::checks();
        assert!(checks.sends_for_help("don't wait at home with this: call 911 now."));
        assert!(!checks.sends_for_help("you don't need to call 911."));
    }
}
