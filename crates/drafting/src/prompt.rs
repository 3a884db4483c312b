//! From chart and thread to the two texts of a prompt.
//!
//! The words are in `assets/prompts/reply.toml`. What never changes comes
//! first, the examples with it, then the chart, then the thread, so that what
//! drafts have in common lies at the front and is read once for all.

use crate::ModelError;
use contract::frames::DraftJob;
use contract::{Chart, MessageKind, Preset, Sampling, SenderRole, ThreadMessage, Urgency};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Most lines of each heading of the chart that go into a prompt.
const MOST_LINES: usize = 12;
/// Longest line of a chart, in characters.
const LONGEST_LINE: usize = 240;

/// The words of the prompt, as kept in `assets/prompts`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptWords {
    /// Version, kept with every draft.
    pub version: String,
    system: String,
    kinds: BTreeMap<MessageKind, String>,
    presets: BTreeMap<Preset, PresetWords>,
    /// Messages with good replies, shown to the model as turns before the real one.
    #[serde(default)]
    examples: Vec<Example>,
    layout: Layout,
    pub(crate) closings: Starts,
    pub(crate) leaves: Starts,
    pub(crate) prefaces: Starts,
}

/// What a preset asks for: a line, and replies that show it.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum PresetWords {
    /// A line alone.
    Line(String),
    /// A line with examples.
    Shown(Shown),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    line: String,
    /// They stand in the place of the shared ones: a small model follows what it
    /// saw more than what it is told.
    examples: Vec<Example>,
}

impl PresetWords {
    fn line(&self) -> &str {
        match self {
            Self::Line(line) | Self::Shown(Shown { line, .. }) => line,
        }
    }

    fn examples(&self) -> &[Example] {
        match self {
            Self::Line(_) => &[],
            Self::Shown(shown) => &shown.examples,
        }
    }
}

/// An invented message with a reply as it should be.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    kind: MessageKind,
    today: String,
    #[serde(default)]
    chart: Chart,
    message: String,
    reply: String,
}

/// Lines that no prompt has room for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cut {
    /// Lines of the chart beyond the first twelve of their heading.
    pub left_out: usize,
    /// Lines of which only the beginning is read.
    pub shortened: usize,
}

impl Cut {
    /// What a prompt for a job does not hold of its chart, and of the subject.
    pub fn of(job: &DraftJob) -> Self {
        let mut cut = Self::default();
        for (_, lines) in job.chart.headings() {
            cut.left_out += lines.len().saturating_sub(MOST_LINES);
            let long = lines.iter().take(MOST_LINES).filter(|l| is_long(l));
            cut.shortened += long.count();
        }
        let subject = job.thread.last().map_or("", |m| &m.subject);
        let others = [&*who(&job.chart), subject];
        cut.shortened += others.into_iter().filter(|l| is_long(l)).count();
        cut
    }

    /// The same in words, as notes of a draft.
    pub fn notes(self) -> impl Iterator<Item = String> {
        let left_out = (self.left_out > 0).then(|| {
            format!(
                "The chart is long: {} of its lines were not read for this draft.",
                self.left_out
            )
        });
        let shortened = (self.shortened > 0).then(|| {
            format!(
                "{} of the lines of chart and subject are long: only their first {LONGEST_LINE} characters were read for this draft.",
                self.shortened
            )
        });
        left_out.into_iter().chain(shortened)
    }
}

/// An example as two turns of a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleTurns {
    /// Laid out like a real prompt.
    pub user: String,
    /// The reply that is wanted.
    pub reply: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layout {
    today: String,
    chart: String,
    nothing: String,
    earlier: String,
    message: String,
    task: String,
}

/// Beginnings of lines, in lower case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Starts {
    pub(crate) starts: Vec<String>,
}

/// A prompt as two texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptText {
    /// Ours; the same for every draft.
    pub system: String,
    /// Chart and thread: other people's words.
    pub user: String,
}

impl PromptWords {
    /// The words that are built in.
    ///
    /// # Errors
    /// [`ModelError::Catalogue`] when the asset is damaged; a test keeps it sound.
    pub fn built_in() -> Result<Self, ModelError> {
        Self::parse(include_str!("../../../assets/prompts/reply.toml"))
    }

    /// Words from a file, for comparing versions of a prompt.
    ///
    /// # Errors
    /// [`ModelError::Catalogue`], with the line that cannot be read.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        toml::from_str(text).map_err(|e| ModelError::Catalogue(format!("prompts/reply.toml: {e}")))
    }

    /// The prompt for a job, leaving out the `skip` oldest messages of the thread.
    /// The message to answer, the last one, is always there.
    pub fn prompt(&self, job: &DraftJob, skip: usize) -> PromptText {
        PromptText {
            system: self.system().to_owned(),
            user: self.user(job, skip),
        }
    }

    /// What every prompt begins with.
    pub fn system(&self) -> &str {
        self.system.trim()
    }

    /// The examples that stand between the system text and the message to answer:
    /// those of the preset where it has its own, and else the shared ones.
    pub fn examples(&self, preset: Option<Preset>) -> Vec<ExampleTurns> {
        self.shown(preset)
            .map(|(job, reply)| ExampleTurns {
                user: self.user(&job, 0),
                reply: reply.to_owned(),
            })
            .collect()
    }

    /// The same examples as jobs, each with the reply that is wanted.
    pub fn shown(&self, preset: Option<Preset>) -> impl Iterator<Item = (DraftJob, &str)> {
        let own = preset
            .and_then(|p| self.presets.get(&p))
            .map_or(&[][..], PresetWords::examples);
        let (shown, preset) = if own.is_empty() {
            (&self.examples[..], None)
        } else {
            (own, preset)
        };
        shown.iter().map(move |e| (e.job(preset), e.reply.trim()))
    }

    /// A message before the one to answer, as it stands in a prompt.
    pub(crate) fn earlier(m: &ThreadMessage) -> String {
        format!("{}: {}\n", speaker(m), m.body.trim())
    }

    fn user(&self, job: &DraftJob, skip: usize) -> String {
        let l = &self.layout;
        let mut out = format!("{}: {}\n", l.today, job.today);
        let _ = writeln!(out, "{}", l.chart);
        let who = who(&job.chart);
        if !who.is_empty() {
            let _ = writeln!(out, "- Patient: {}", one_line(&who));
        }
        for (heading, lines) in job.chart.headings() {
            let body = if lines.is_empty() {
                // What is known to be empty is a fact for drugs and allergies; elsewhere it is noise.
                if !matches!(heading, "Medications" | "Allergies") || job.chart.is_empty() {
                    continue;
                }
                l.nothing.clone()
            } else {
                lines
                    .iter()
                    .take(MOST_LINES)
                    .map(|line| one_line(line))
                    .collect::<Vec<_>>()
                    .join("; ")
            };
            let _ = writeln!(out, "- {heading}: {body}");
        }
        if let Some((last, earlier)) = job.thread.split_last() {
            let kept = earlier.get(skip..).unwrap_or(&[]);
            if !kept.is_empty() {
                let _ = writeln!(out, "\n{}", l.earlier);
                out.extend(kept.iter().map(Self::earlier));
            }
            let _ = writeln!(out, "\n{} ({})", l.message, speaker(last));
            if !last.subject.is_empty() {
                let _ = writeln!(out, "{}", one_line(&last.subject));
            }
            let _ = writeln!(out, "{}", last.body.trim());
        }
        out.push('\n');
        if let Some(line) = self.kinds.get(&job.kind) {
            let _ = write!(out, "{line} ");
        }
        if let Some(words) = job.sampling.preset.and_then(|p| self.presets.get(&p)) {
            let _ = write!(out, "{} ", words.line());
        }
        out.push_str(&l.task);
        out
    }
}

impl Example {
    /// The example as if it were to be answered.
    fn job(&self, preset: Option<Preset>) -> DraftJob {
        DraftJob {
            job: 0,
            thread: vec![ThreadMessage {
                id: String::new(),
                sender_role: SenderRole::Patient,
                sender_name: String::new(),
                sent_at: String::new(),
                subject: String::new(),
                body: self.message.clone(),
            }],
            chart: self.chart.clone(),
            kind: self.kind,
            urgency: Urgency::Routine,
            today: self.today.clone(),
            sampling: Sampling {
                preset,
                ..Sampling::default()
            },
            awaited: false,
        }
    }
}

fn speaker(m: &ThreadMessage) -> String {
    let role = match m.sender_role {
        SenderRole::Patient => "Patient",
        SenderRole::Proxy => "Writing for the patient",
        SenderRole::Clinician => "Clinic",
    };
    match m.sender_role {
        SenderRole::Proxy if !m.sender_name.is_empty() => {
            format!("{role}, {}", one_line(&m.sender_name))
        }
        _ => role.to_owned(),
    }
}

/// The patient, as the chart tells.
fn who(chart: &Chart) -> String {
    ["name", "age", "sex", "gender", "language"]
        .iter()
        .filter_map(|k| chart.demographics.text(k))
        .collect::<Vec<_>>()
        .join(", ")
}

fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn one_line(text: &str) -> String {
    joined(text).chars().take(LONGEST_LINE).collect()
}

/// Whether [`one_line`] leaves something out.
fn is_long(text: &str) -> bool {
    joined(text).chars().nth(LONGEST_LINE).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: &str, role: SenderRole, body: &str) -> ThreadMessage {
        ThreadMessage {
            id: id.into(),
            sender_role: role,
            sender_name: "Pat Doe".into(),
            sent_at: "2026-11-20T10:00:00Z".into(),
            subject: "Question".into(),
            body: body.into(),
        }
    }

    fn job() -> DraftJob {
        DraftJob {
            job: 1,
            thread: vec![
                message("a", SenderRole::Patient, "first"),
                message("b", SenderRole::Clinician, "second"),
                message("c", SenderRole::Patient, "third"),
            ],
            chart: Chart {
                medications: vec!["Lisinopril 10 mg once a day".into()],
                ..Chart::default()
            },
            kind: MessageKind::Refill,
            urgency: Urgency::Routine,
            today: "2026-11-22".into(),
            sampling: Sampling::default(),
            awaited: false,
        }
    }

    #[test]
    fn the_built_in_words_are_sound_and_short() {
        let words = PromptWords::built_in().expect("sound");
        assert!(words.system.split_whitespace().count() <= 90);
        for kind in MessageKind::ALL {
            assert!(words.kinds.contains_key(&kind), "{kind:?}");
        }
    }

    #[test]
    fn what_was_asked_of_a_draft_stands_last_and_changes_nothing_before() {
        let words = PromptWords::built_in().expect("sound");
        let plain = words.prompt(&job(), 0);
        for preset in Preset::ALL {
            let mut asked = job();
            asked.sampling.preset = Some(preset);
            let prompt = words.prompt(&asked, 0);
            assert_eq!(prompt.system, plain.system, "the shared part stays shared");
            let line = words
                .presets
                .get(&preset)
                .expect("every preset has its words");
            let line = line.line();
            assert_eq!(prompt.user.replace(&format!("{line} "), ""), plain.user);
        }
    }

    #[test]
    fn the_message_stays_when_the_oldest_go() {
        let words = PromptWords::built_in().expect("sound");
        let whole = words.prompt(&job(), 0).user;
        assert!(whole.contains("first") && whole.contains("second") && whole.contains("third"));
        let cut = words.prompt(&job(), 2).user;
        assert!(!cut.contains("first") && !cut.contains("second") && cut.contains("third"));
        assert!(cut.contains("Allergies: none on record"));
    }

    #[test]
    fn what_is_cut_of_a_chart_is_counted_and_told() {
        assert_eq!(Cut::of(&job()), Cut::default());
        assert_eq!(Cut::default().notes().count(), 0);
        let mut long = job();
        long.chart.results = (0..15).map(|n| format!("result {n}")).collect();
        long.chart.notes = vec!["word  ".repeat(49), "word ".repeat(48), "x".repeat(241)];
        let words = PromptWords::built_in().expect("sound");
        let read = words.prompt(&long, 0).user;
        assert!(read.contains("result 11") && !read.contains("result 12"));
        assert!(read.contains(&"x".repeat(240)) && !read.contains(&"x".repeat(241)));
        let cut = Cut::of(&long);
        assert_eq!((cut.left_out, cut.shortened), (3, 2));
        let notes: Vec<String> = cut.notes().collect();
        assert!(notes[0].contains("3 of its lines were not read"));
        assert!(notes[1].starts_with("2 of the lines") && notes[1].contains("240"));
    }

    #[test]
    fn changed_words_have_another_version() {
        // Change the words, then the version, then this line; the old file goes to `benches/prompts`.
        const KEPT: (&str, &str) = ("reply-11", "8dc97b3976552700");
        use sha2::{Digest, Sha256};
        let text = include_str!("../../../assets/prompts/reply.toml");
        let sha = hex::encode(Sha256::digest(text));
        let words = PromptWords::built_in().expect("sound");
        assert_eq!((words.version.as_str(), &sha[..16]), KEPT);
    }

    #[test]
    fn examples_are_laid_out_like_a_prompt_and_are_as_replies_should_be() {
        let words = PromptWords::built_in().expect("sound");
        for preset in std::iter::once(None).chain(Preset::ALL.map(Some)) {
            let turns = words.examples(preset);
            assert!(!turns.is_empty(), "{preset:?}");
            for ((job, reply), turns) in words.shown(preset).zip(turns) {
                assert_eq!(turns.user, words.prompt(&job, 0).user);
                assert!(turns.user.contains(&job.thread[0].body));
                assert_eq!(crate::tidy::tidy(&words, reply).text, reply);
                assert!(reply.split_whitespace().count() <= 70, "{reply}");
            }
        }
    }

    #[test]
    fn a_version_without_examples_is_read_as_before() {
        let old = PromptWords::parse(include_str!("../../../benches/prompts/reply-4.toml"))
            .expect("sound");
        assert_eq!(old.version, "reply-4");
        assert!(old.examples(Some(Preset::Shorter)).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn any_text_makes_a_prompt_that_keeps_the_message(body in ".{0,300}", skip in 0usize..9) {
            let words = PromptWords::built_in().expect("sound");
            let mut job = job();
            job.thread[2].body = body.clone();
            let user = words.prompt(&job, skip).user;
            proptest::prop_assert!(user.contains(body.trim()));
            proptest::prop_assert!(user.ends_with(&words.layout.task));
        }
    }
}
