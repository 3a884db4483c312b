//! What a thread and a chart say, in a few lines, each with where it stands. Nothing is written anew: every word is the
//! chart's or the patient's own, so that a summary cannot say what neither does.

use crate::thread::quoted_from;
use contract::{
    Chart, Flag, PatientBanner, SenderRole, Source, Summary, SummaryKind, SummaryLine,
    ThreadMessage, Trend, TrendPoint,
};
use jiff::civil::Date;

/// Most questions and results that are named.
const MOST: usize = 6;
/// How a question ends.
const ASKS: [char; 3] = ['?', '؟', '？'];
/// Longest excerpt of a message, in characters.
const EXCERPT: usize = 160;

/// The summary of a patient's chart and of a thread, its messages oldest first; `flags` are those of the last message.
pub fn summary(
    patient: &PatientBanner,
    chart: &Chart,
    trends: &[Trend],
    thread: &[ThreadMessage],
    flags: &[Flag],
    today: Date,
) -> Summary {
    Summary {
        chart: of_chart(patient, chart, trends, today),
        thread: of_thread(thread, flags),
    }
}

fn line(kind: SummaryKind, words: Vec<String>, sources: Vec<Source>) -> SummaryLine {
    SummaryLine {
        kind,
        words,
        sources,
    }
}

fn of_chart(
    patient: &PatientBanner,
    chart: &Chart,
    trends: &[Trend],
    today: Date,
) -> Vec<SummaryLine> {
    let chart_line = |text: &String| Source::Chart { line: text.clone() };
    let mut out = Vec::new();
    let who = [&patient.name, &patient.age, &patient.sex];
    let who = who.into_iter().cloned().collect();
    out.push(line(SummaryKind::Patient, who, Vec::new()));
    for (kind, list) in [
        (SummaryKind::Problems, &chart.problems),
        (SummaryKind::Medications, &chart.medications),
        (SummaryKind::Allergies, &chart.allergies),
    ] {
        if !list.is_empty() {
            let sources = list.iter().map(chart_line).collect();
            out.push(line(kind, list.clone(), sources));
        }
    }
    let remarked: Vec<&String> = chart.results.iter().filter(|r| is_remarked(r)).collect();
    let shown = remarked.iter().take(MOST);
    out.extend(shown.map(|r| line(SummaryKind::Result, vec![(*r).clone()], vec![chart_line(r)])));
    out.extend(more(
        remarked.len(),
        remarked.get(MOST).map(|r| chart_line(r)),
    ));
    for t in trends {
        let (Some(first), Some(last)) = (t.points.first(), t.points.last()) else {
            continue;
        };
        let value = |p: &TrendPoint| format!("{p} {}", t.unit).trim().to_owned();
        let sources = chart
            .results
            .iter()
            .filter(|r| r.starts_with(&format!("{}:", t.name)))
            .map(chart_line)
            .collect();
        out.push(line(
            SummaryKind::Trend,
            vec![
                t.name.clone(),
                value(first),
                first.date.clone(),
                value(last),
                last.date.clone(),
            ],
            sources,
        ));
    }
    let visits: Vec<(Date, &String)> = chart
        .appointments
        .iter()
        .filter_map(|a| Some((day_of(a)?, a)))
        .collect();
    let next = visits.iter().filter(|v| v.0 >= today).min_by_key(|v| v.0);
    let last = visits.iter().filter(|v| v.0 < today).max_by_key(|v| v.0);
    for (kind, visit) in [
        (SummaryKind::LastVisit, last),
        (SummaryKind::NextVisit, next),
    ] {
        if let Some((_, text)) = visit {
            out.push(line(kind, vec![(*text).clone()], vec![chart_line(text)]));
        }
    }
    out
}

/// That there is more than is shown.
fn more(all: usize, source: Option<Source>) -> Option<SummaryLine> {
    let left = all.checked_sub(MOST).filter(|n| *n > 0)?;
    let sources = source.into_iter().collect();
    Some(line(SummaryKind::More, vec![left.to_string()], sources))
}

/// True when a result carries a remark of the laboratory: high, low, abnormal, pending.
fn is_remarked(result: &str) -> bool {
    let lower = result.to_lowercase();
    ["high", "low", "abnormal", "critical", "positive", "pending"]
        .iter()
        .any(|w| {
            lower
                .split(|c: char| !c.is_alphanumeric())
                .any(|found| found == *w)
        })
}

/// The first day that a line names as `YYYY-MM-DD`.
fn day_of(text: &str) -> Option<Date> {
    text.char_indices()
        .filter_map(|(at, _)| text.get(at..at + 10))
        .find_map(|day| day.parse().ok())
}

fn of_thread(thread: &[ThreadMessage], flags: &[Flag]) -> Vec<SummaryLine> {
    let message = |m: &ThreadMessage| Source::Message { id: m.id.clone() };
    let is_ours = |m: &&ThreadMessage| m.sender_role == SenderRole::Clinician;
    let mut out = Vec::new();
    let theirs = thread.iter().filter(|m| !is_ours(m)).count();
    if let (Some(first), Some(last)) = (thread.first(), thread.last()) {
        out.push(line(
            SummaryKind::Thread,
            vec![
                theirs.to_string(),
                (thread.len() - theirs).to_string(),
                first.sent_at.clone(),
                last.sent_at.clone(),
            ],
            vec![message(first), message(last)],
        ));
    }
    if let Some(answered) = thread.iter().rev().find(is_ours) {
        out.push(line(
            SummaryKind::Answered,
            vec![
                answered.sent_at.clone(),
                excerpt(first_sentence(own(&answered.body))),
            ],
            vec![message(answered)],
        ));
    }
    // What makes it urgent comes before what is asked.
    if let Some(last) = thread.last() {
        out.extend(flags.iter().map(|f| {
            line(
                SummaryKind::Flagged,
                vec![excerpt(&f.words)],
                vec![message(last)],
            )
        }));
    }
    // What came in since the clinic last wrote is what is to be answered.
    let since = thread
        .iter()
        .rposition(|m| is_ours(&m))
        .map_or(0, |at| at + 1);
    for m in &thread[since..] {
        let own = own(&m.body);
        let asked: Vec<&str> = sentences(own)
            .into_iter()
            .filter(|s| s.ends_with(ASKS))
            .collect();
        // A question does not hide what was told before it.
        let told = first_sentence(own);
        if !told.is_empty() && !asked.contains(&told) {
            out.push(line(
                SummaryKind::Told,
                vec![excerpt(told)],
                vec![message(m)],
            ));
        }
        for question in asked {
            out.push(line(
                SummaryKind::Asked,
                vec![excerpt(question)],
                vec![message(m)],
            ));
        }
    }
    // The thread's own line and the last answer stay; of what was asked and told the newest does.
    let head = out
        .iter()
        .take_while(|l| !matches!(l.kind, SummaryKind::Asked | SummaryKind::Told))
        .count();
    let lines = out.len() - head;
    let over = lines.saturating_sub(MOST);
    out.drain(head..head + over);
    out.extend(more(lines, thread.get(since).map(message)));
    out
}

/// A message without the history that it quotes.
fn own(body: &str) -> &str {
    quoted_from(body)
        .and_then(|at| body.char_indices().nth(at))
        .map_or(body, |(at, _)| &body[..at])
        .trim()
}

/// The sentences of a text, their marks included.
fn sentences(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let blank_next = chars.peek().is_none_or(|(_, n)| n.is_whitespace());
        if c == '\n' || (matches!(c, '.' | '!' | '?' | '؟' | '？') && blank_next) {
            let end = at + c.len_utf8();
            out.push(text[start..end].trim());
            start = end;
        }
    }
    out.push(text[start..].trim());
    out.retain(|s| !s.is_empty());
    out
}

/// The first sentence that says more than a greeting.
fn first_sentence(text: &str) -> &str {
    let all = sentences(text);
    all.iter()
        .find(|s| s.split_whitespace().count() > 3)
        .or(all.first())
        .copied()
        .unwrap_or_default()
}

fn excerpt(text: &str) -> String {
    match text.char_indices().nth(EXCERPT) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wrote(id: &str, role: SenderRole, body: &str) -> ThreadMessage {
        ThreadMessage {
            id: id.into(),
            sender_role: role,
            sender_name: String::new(),
            sent_at: format!("2026-11-2{}T09:00:00Z", id.len()),
            subject: String::new(),
            body: body.into(),
        }
    }

    fn banner() -> PatientBanner {
        PatientBanner {
            id: "p".into(),
            name: "Ann Lee".into(),
            birth_date: "1972-01-01".into(),
            age: "54 years".into(),
            sex: "female".into(),
            language: String::new(),
        }
    }

    #[test]
    fn every_line_of_the_chart_has_its_source_and_says_nothing_else() {
        let chart = Chart {
            problems: vec!["Type 2 diabetes".into()],
            medications: vec!["Metformin 500 mg twice daily".into()],
            results: vec![
                "Hemoglobin A1c: 7.4 % (high), 2026-11-12".into(),
                "Hemoglobin A1c: 8.1 %, 2025-11-02".into(),
                "Sodium: 139 mmol/L, 2026-11-12".into(),
            ],
            appointments: vec![
                "2026-12-08: colonoscopy".into(),
                "2027-02-01: follow-up".into(),
                "2026-10-01: check-up".into(),
            ],
            ..Chart::default()
        };
        let trends = [Trend {
            name: "Hemoglobin A1c".into(),
            unit: "%".into(),
            points: [("2025-11-02", 8.1), ("2026-11-12", 7.4)]
                .map(|(date, value)| TrendPoint {
                    date: date.into(),
                    value,
                    lower: None,
                })
                .to_vec(),
        }];
        let today = jiff::civil::date(2026, 11, 27);
        let lines = summary(&banner(), &chart, &trends, &[], &[], today).chart;
        let kinds: Vec<_> = lines.iter().map(|l| l.kind).collect();
        assert_eq!(
            kinds,
            [
                SummaryKind::Patient,
                SummaryKind::Problems,
                SummaryKind::Medications,
                SummaryKind::Result,
                SummaryKind::Trend,
                SummaryKind::LastVisit,
                SummaryKind::NextVisit,
            ]
        );
        assert_eq!(lines[6].words, ["2026-12-08: colonoscopy"]);
        assert_eq!(lines[4].words[1..4], ["8.1 %", "2025-11-02", "7.4 %"]);
        assert_eq!(lines[4].sources.len(), 2);
        assert!(lines[1..].iter().all(|l| !l.sources.is_empty()));
    }

    #[test]
    fn words_that_make_a_message_urgent_come_first_and_what_is_left_out_is_counted() {
        let thread = [wrote(
            "a",
            SenderRole::Patient,
            "My chest has been tight since morning. Can I get a refill? And a form? Who signs it? When? Where? Which one? Is it free?",
        )];
        let flag = Flag {
            rule: "cardiac".into(),
            title: "Chest".into(),
            urgency: contract::Urgency::Emergency,
            words: "chest has been tight".into(),
            start: 3,
            end: 23,
            advice: None,
        };
        let lines = of_thread(&thread, &[flag]);
        let kinds: Vec<_> = lines.iter().map(|l| l.kind).collect();
        assert_eq!(
            kinds[..2],
            [SummaryKind::Thread, SummaryKind::Flagged],
            "{kinds:?}"
        );
        let last = lines.last().expect("lines");
        assert_eq!(
            (last.kind, last.words[0].as_str()),
            (SummaryKind::More, "2")
        );
    }

    #[test]
    fn questions_since_the_last_answer_are_named_in_the_patients_words() {
        let thread = [
            wrote(
                "a",
                SenderRole::Patient,
                "Hello. Should I stop the aspirin?",
            ),
            wrote(
                "bb",
                SenderRole::Clinician,
                "Hello Ann. Please go on with the aspirin for now.",
            ),
            wrote(
                "ccc",
                SenderRole::Patient,
                "Thanks. My gums bleed a little. Is that from it? And can I have a tooth pulled?\n\nOn Nov 21 the clinic wrote:\n> Should I?",
            ),
        ];
        let lines = of_thread(&thread, &[]);
        let said: Vec<(SummaryKind, &str)> = lines
            .iter()
            .map(|l| (l.kind, l.words.last().expect("words").as_str()))
            .collect();
        assert_eq!(
            said[1..],
            [
                (
                    SummaryKind::Answered,
                    "Please go on with the aspirin for now."
                ),
                (SummaryKind::Told, "My gums bleed a little."),
                (SummaryKind::Asked, "Is that from it?"),
                (SummaryKind::Asked, "And can I have a tooth pulled?"),
            ]
        );
        assert_eq!(lines[0].words[..2], ["2", "1"]);
    }

    proptest! {
        #[test]
        fn any_text_is_summed_up_in_its_own_words(bodies in prop::collection::vec("\\PC{0,400}|[a-z ?.!\n>]{0,300}", 0..5)) {
            let thread: Vec<_> = bodies.iter().enumerate()
                .map(|(i, b)| wrote(&"x".repeat(i + 1), SenderRole::Patient, b)).collect();
            let lines = of_thread(&thread, &[]);
            prop_assert!(lines.len() <= MOST + 3);
            for l in lines.iter().filter(|l| l.kind == SummaryKind::Asked) {
                let Source::Message { id } = &l.sources[0] else { panic!("a message") };
                let words = l.words[0].trim_end_matches('…');
                prop_assert!(bodies[id.len() - 1].contains(words));
            }
        }
    }
}
