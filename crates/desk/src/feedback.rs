//! What is said of drafts once they were decided on, and problems of safety.

use crate::Desk;
use contract::{
    Code, DecisionRequest, Failure, Finding, Rating, Reason, Right, SafetyProblem, Settled,
    StartMode,
};
use records::{NewSafetyReport, SafetyReport};
use serde_json::json;

/// Longest words of a report, in characters.
const LONGEST: usize = 5_000;

impl Desk {
    /// Keeps what the person says of the draft that they decided on.
    ///
    /// # Errors
    /// [`Code::Incomplete`] for more than five stars or none and no reason, or the record's.
    pub fn rate(&self, decision_id: i64, rating: &Rating) -> Result<(), Failure> {
        if rating.stars.is_some_and(|s| !(1..=5).contains(&s))
            || (rating.stars.is_none() && rating.reasons.is_empty())
        {
            return Err(Failure::new(
                Code::Incomplete,
                "Give one to five stars, or a reason. Nothing was kept.",
            ));
        }
        let mut record = self.record(Right::Decide)?;
        let who = record.who().name.clone();
        Ok(record.rate(decision_id, rating, &who, &self.now_text())?)
    }

    /// Keeps a report of a problem, with the draft's whole provenance; gives its number.
    ///
    /// # Errors
    /// [`Code::Incomplete`] without words, [`Code::NotFound`], or the record's.
    pub fn report_safety(&self, problem: &SafetyProblem) -> Result<i64, Failure> {
        let words = problem.words.trim();
        if words.chars().count() < 5 || words.chars().count() > LONGEST {
            return Err(Failure::new(
                Code::Incomplete,
                "Say in a sentence or two what is wrong. Nothing was reported yet.",
            ));
        }
        // A practice message is on no record: what is said of it is said of the program.
        let practice = self.practised(&problem.message_id)?.is_some();
        let about = Some(&problem.message_id).filter(|id| !id.is_empty() && !practice);
        let mut record = self.record(Right::Read)?;
        let reporter_id = record.who().name.clone();
        Ok(record.report_safety(&NewSafetyReport {
            message_id: about.cloned(),
            draft_id: problem.draft_id.filter(|_| about.is_some()),
            words: words.to_owned(),
            reply: problem.reply.chars().take(20_000).collect(),
            reporter_id,
            reported_at: self.now_text(),
        })?)
    }

    /// Every report with what its draft was made from. It holds patient text.
    ///
    /// # Errors
    /// [`Code::Forbidden`], or the record's.
    pub fn safety_reports(&self) -> Result<Vec<SafetyReport>, Failure> {
        let reports = self.record(Right::Identified)?.safety_reports()?;
        self.note_here(
            "view_safety_reports",
            "record",
            "",
            // As in a list: whose message was shown is found by the message.
            json!({ "shown": reports.iter().filter_map(|r| r.message_id.as_ref()).collect::<Vec<_>>() }),
        )?;
        Ok(reports)
    }

    /// The reasons that a change of the draft speaks for: what the page offers first. `found` is what the checks found in the
    /// reply.
    pub(crate) fn suggested(
        &self,
        request: &DecisionRequest,
        draft: Option<&str>,
        (reply, found): (Option<&str>, Vec<Settled>),
    ) -> Result<Vec<Reason>, Failure> {
        let reply = reply.unwrap_or_default();
        let Some(draft) = draft.filter(|d| d.trim() != reply.trim()) else {
            return Ok(Vec::new());
        };
        let before = self
            .check(&request.message_id, draft, StartMode::Draft)?
            .findings;
        let after: Vec<Finding> = found.into_iter().map(|f| f.finding).collect();
        Ok(reasons(&before, &after, draft, reply))
    }
}

/// What the reply mended of the draft, by the kinds of finding that are gone and by its length.
fn reasons(before: &[Finding], after: &[Finding], draft: &str, reply: &str) -> Vec<Reason> {
    let count = |all: &[Finding], kind: &str| all.iter().filter(|f| f.kind == kind).count();
    let gone = |kind: &str| count(before, kind) > count(after, kind);
    let words = |t: &str| t.split_whitespace().count();
    let mut out = Vec::new();
    let mut say = |is: bool, reason: Reason| {
        if is && !out.contains(&reason) {
            out.push(reason);
        }
    };
    say(
        gone("unsupported") || gone("contradicts_chart") || gone("allergy_conflict"),
        Reason::Inaccurate,
    );
    say(gone("missing_urgent_advice"), Reason::OmittedUrgency);
    say(gone("unanswered_question"), Reason::OmittedOther);
    say(
        gone("should_ask") || (!draft.contains('?') && reply.contains('?')),
        Reason::ShouldAskQuestion,
    );
    say(gone("unneeded_appointment"), Reason::UnneededAppointment);
    say(gone("other_patient"), Reason::Privacy);
    say(gone("stigmatising"), Reason::BiasStigma);
    say(
        gone("too_long") || (!reply.is_empty() && words(reply) * 10 <= words(draft) * 7),
        Reason::TooLong,
    );
    // Words changed, and nothing that is checked: it is how it was said.
    let reworded = !reply.is_empty() && records::measure::kept(draft, reply) < 0.8;
    say(reworded && before.len() == after.len(), Reason::WrongTone);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(kind: &str) -> Finding {
        Finding {
            kind: kind.into(),
            start: 0,
            end: 1,
            span: "x".into(),
            why: String::new(),
            source: None,
            serious: true,
            nth: 0,
        }
    }

    #[test]
    fn reasons_follow_from_what_the_reply_mended() {
        let long = "Please rest your knee and put ice on it for twenty minutes at a time over the next days.";
        assert_eq!(
            reasons(
                &[finding("unsupported"), finding("promise")],
                &[finding("promise")],
                long,
                long
            ),
            [Reason::Inaccurate]
        );
        assert_eq!(
            reasons(&[], &[], long, "Please rest your knee."),
            [Reason::TooLong, Reason::WrongTone]
        );
        assert_eq!(
            reasons(&[], &[], "Please rest.", "Please rest. When did it begin?"),
            [Reason::ShouldAskQuestion]
        );
        assert_eq!(reasons(&[], &[], long, long), []);
        assert_eq!(
            reasons(&[finding("missing_urgent_advice")], &[], long, ""),
            [Reason::OmittedUrgency]
        );
    }
}
