//! The checks of a reply at the desk.

use crate::Desk;
use crate::inbox::NEWEST;
use clinical::check::{self, Case, Checks};
use clinical::gate;
use contract::{Checked, Code, Failure, Finding, Gate, Preset, Right, StartMode};
use jiff::civil::Date;

/// The checks that are built in.
///
/// # Errors
/// [`Code::Internal`]: a test keeps the files sound.
pub fn checks() -> Result<Checks, Failure> {
    Checks::parse(
        include_str!("../../../assets/checks/phrases.toml"),
        include_str!("../../../assets/drugs/drugs.tsv"),
        include_str!("../../../assets/checks/pairs.toml"),
    )
    .map_err(|e| Failure::new(Code::Internal, e.to_string()))
}

impl Desk {
    /// Findings in a reply to a message that waits, as it stands in the editor, and what of it rests on the chart.
    /// The fixed text of a red flag is the clinic's own and has none.
    ///
    /// # Errors
    /// [`Code::NotFound`], or the record's.
    pub fn check(
        &self,
        message_id: &str,
        text: &str,
        start_mode: StartMode,
    ) -> Result<Checked, Failure> {
        if let Some(open) = self.practised(message_id)? {
            return self.check_practice(open.case(), text, start_mode);
        }
        let open = self.record(Right::Read)?.open_message(message_id)?;
        let settings = self.settings()?;
        if let Gate::Emergency { text: fixed } = gate::decide(&open.triage, &*self.rules()?)
            && text
                .trim()
                .trim_end_matches(settings.sign_off.trim())
                .trim()
                == fixed.trim()
        {
            return Ok(Checked::default());
        }
        let chart = self.chart(&open.message.patient_id)?;
        let thread = self.thread(&open.message)?;
        let earlier: Vec<&str> = thread
            .iter()
            .filter(|m| m.id != open.message.id)
            .map(|m| m.body.as_str())
            .collect();
        let message = format!("{}\n{}", open.message.subject, open.message.body);
        let names = std::iter::once(open.message.sender_name.as_str())
            .chain(thread.iter().map(|m| m.sender_name.as_str()))
            .collect::<Vec<_>>()
            .join("\n");
        let case = Case {
            message: message.trim(),
            earlier: &earlier.join("\n"),
            sender: &names,
            chart: &chart,
            triage: &open.triage,
            draft: text,
            sign_off: &settings.sign_off,
            today: self.today(),
        };
        let mut checked = self.checked(&case, start_mode)?;
        for f in &mut checked.findings {
            // Somebody asked for a draft in that language: it is said, and holds nothing back.
            if f.kind == "wrong_language" && f.serious && self.is_asked_in_spanish(message_id)? {
                f.serious = false;
            }
        }
        Ok(checked)
    }

    /// Whether one of a message's newest drafts was asked for in Spanish.
    fn is_asked_in_spanish(&self, message_id: &str) -> Result<bool, Failure> {
        let drafts = self.record(Right::Read)?.drafts(message_id, NEWEST)?;
        let spanish = Some(Preset::Spanish);
        Ok(drafts.iter().any(|d| d.draft.sampling.preset == spanish))
    }

    /// What the checks say of a case. Words that a clinician wrote are held to fewer of them.
    ///
    /// # Errors
    /// Those of [`Desk::checks`].
    pub(crate) fn checked(
        &self,
        case: &Case<'_>,
        start_mode: StartMode,
    ) -> Result<Checked, Failure> {
        // Nobody reads marks in a text that cannot be sent.
        let readable = case.draft.chars().count() <= crate::review::LONGEST_REPLY;
        let Checked {
            mut findings,
            mut used,
        } = if readable {
            self.checks()?.checked(case)
        } else {
            Checked {
                findings: self.checks()?.findings(case),
                used: Vec::new(),
            }
        };
        if start_mode == StartMode::Blank {
            for f in &mut findings {
                f.serious &= check::holds_own_words(&f.kind);
            }
        }
        // What cannot be trusted does not rest on the chart as well.
        used.retain(|u| {
            !findings
                .iter()
                .any(|f| f.start < f.end && f.start < u.end && u.start < f.end)
        });
        Ok(Checked { findings, used })
    }
}

/// Findings in a reply to a line of JSON.
pub(crate) fn of_line(
    checks: &Checks,
    rules: &clinical::triage::Rules,
    line: &crate::batch::Line,
    draft: &str,
    sign_off: &str,
    today: Date,
) -> Vec<Finding> {
    let triage = rules.triage("", &line.message, &rules.facts(&line.chart));
    checks.findings(&Case {
        message: &line.message,
        earlier: "",
        sender: "",
        chart: &line.chart,
        triage: &triage,
        draft,
        sign_off,
        today,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use drafting::prompt::PromptWords;

    #[test]
    fn the_examples_of_the_prompt_stand_the_checks() {
        let (checks, rules) = (
            checks().expect("sound"),
            crate::rules::rules().expect("sound"),
        );
        let words = PromptWords::built_in().expect("sound");
        for preset in std::iter::once(None).chain(Preset::ALL.map(Some)) {
            for (job, reply) in words.shown(preset) {
                let line = crate::batch::Line {
                    id: String::new(),
                    message: job.thread[0].body.clone(),
                    chart: job.chart.clone(),
                };
                let today = job.today.parse().expect("a date");
                let findings = of_line(&checks, &rules, &line, reply, "", today);
                // Somebody asked for Spanish: that it is another language is no fault of the example.
                let wanted =
                    |f: &Finding| preset == Some(Preset::Spanish) && f.kind == "wrong_language";
                let serious: Vec<_> = findings
                    .iter()
                    .filter(|f| f.serious && !wanted(f))
                    .collect();
                assert!(serious.is_empty(), "{preset:?} {reply}: {serious:?}");
            }
        }
    }
}
