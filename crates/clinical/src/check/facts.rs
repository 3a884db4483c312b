//! Numbers, doses, drugs, results, dates and times against message and chart.

use super::amounts::{Amount, Frequency, Unit};
use super::drugs::Mention;
use super::evidence::{Evidence, Line, Place, covers};
use super::{Case, Checks, Found};
use jiff::ToSpan;
use std::ops::Range;

/// Numbers that stand for themselves: emergency and help lines.
const KNOWN_NUMBERS: &[&str] = &[
    "911",
    "988",
    "1-800-222-1222",
    "1-800-799-7233",
    "24/7",
    "211",
];

impl Checks {
    pub(super) fn facts(&self, case: &Case<'_>, evidence: &Evidence, found: &mut Found<'_>) {
        let text = found.reading.text().to_owned();
        let mut taken: Vec<Range<usize>> = KNOWN_NUMBERS
            .iter()
            .flat_map(|k| {
                text.match_indices(k)
                    .map(|(i, m)| i..i + m.len())
                    .collect::<Vec<_>>()
            })
            .collect();
        let mentions = self.drugs.find(&text);
        self.drugs_named(evidence, &mentions, found);
        self.qualities(evidence, &text, found);
        self.days_named(case, evidence, &text, &mut taken, found);
        self.pressures_named(evidence, &text, &mut taken, found);
        let frequencies = self.amounts.frequencies(&text);
        for f in &frequencies {
            if found.is_full() {
                return;
            }
            self.frequency(evidence, &text, f, &mentions, found);
            // "4 times a day" is one thing; "every day" may stand beside a number that is another.
            taken.push(f.at.clone());
        }
        for a in self.amounts.numbers(&text, &taken) {
            if found.is_full() {
                return;
            }
            if is_list_marker(&text, &a.at) {
                continue;
            }
            self.amount(evidence, &text, &a, &mentions, found);
        }
    }

    /// Drugs that neither message nor chart name.
    fn drugs_named(&self, evidence: &Evidence, mentions: &[Mention], found: &mut Found<'_>) {
        for m in mentions {
            if found.is_full() {
                return;
            }
            let known = evidence.naming(&m.name).next().is_some()
                || (m.drug.is_none() && evidence.says(&m.name));
            if known {
                continue;
            }
            let near = evidence.at(Place::Medication).find(|l| {
                l.drugs
                    .iter()
                    .any(|d| self.drugs.siblings(d.drug, m.drug) || alike(&d.name, &m.name))
            });
            match near {
                Some(line) => found.at(
                    "contradicts_chart",
                    m.at.clone(),
                    "The chart names a drug like this, and not this one.",
                    Some(&line.text),
                ),
                None => found.at(
                    "unsupported",
                    m.at.clone(),
                    "Neither the message nor the chart names this drug.",
                    None,
                ),
            }
        }
    }

    fn days_named(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        text: &str,
        taken: &mut Vec<Range<usize>>,
        found: &mut Found<'_>,
    ) {
        let days = self.dates.days(text);
        for (i, d) in days.iter().enumerate() {
            if found.is_full() {
                return;
            }
            taken.push(d.at.clone());
            let sentence = found.reading.sentence(d.at.start);
            let known = evidence
                .lines
                .iter()
                .flat_map(|l| &l.days)
                .any(|k| d.is_in(k));
            // "Thursday, December 3": the weekday is said of the date in its sentence.
            let beside = d.weekday.and_then(|_| {
                days.iter()
                    .enumerate()
                    .filter(|(j, o)| *j != i && o.day.is_some() && sentence.contains(&o.at.start))
                    .min_by_key(|(_, o)| o.at.start.abs_diff(d.at.start))
                    .map(|(_, o)| o)
            });
            let fits = match beside {
                None => known,
                Some(date) => {
                    let full = evidence
                        .lines
                        .iter()
                        .flat_map(|l| &l.days)
                        .find(|k| date.is_in(k) && k.falls_on().is_some());
                    match full.and_then(|k| k.falls_on()) {
                        Some(falls) => Some(falls) == d.weekday,
                        None => known,
                    }
                }
            };
            if fits && d.day.is_some() {
                // A result's date must be one of that result's.
                let words = &text[sentence.clone()];
                let tests: Vec<&Line> = evidence
                    .at(Place::Result)
                    .filter(|l| !l.days.is_empty() && names_the_test(words, &l.folded))
                    .collect();
                let of_test = |l: &Line| {
                    l.place != Place::Result
                        && l.place != Place::Appointment
                        && tests.iter().any(|t| names_the_test(&l.folded, &t.folded))
                        || l.place == Place::Appointment
                        || l.place == Place::Note
                            && (find_word(words, "note").is_some()
                                || find_word(words, "notes").is_some())
                };
                let said = |l: &Line| l.days.iter().any(|k| d.is_in(k));
                if let Some(test) = tests.first()
                    && !tests.iter().any(|l| said(l))
                    && !evidence.lines.iter().filter(|l| of_test(l)).any(said)
                {
                    found.at(
                        "contradicts_chart",
                        d.at.clone(),
                        "The chart has this result under another date.",
                        Some(&test.text),
                    );
                    continue;
                }
            }
            if !fits {
                let line = evidence
                    .lines
                    .iter()
                    .filter(|l| l.place == Place::Appointment || l.place == Place::Result)
                    .find(|l| {
                        shares_a_word(text, &found.reading.sentence(d.at.start), &l.folded)
                            && !l.days.is_empty()
                    });
                let (kind, why) = if line.is_some() {
                    ("contradicts_chart", "The chart has another date.")
                } else {
                    (
                        "unsupported",
                        "Neither the message nor the chart has this date.",
                    )
                };
                found.at(kind, d.at.clone(), why, line.map(|l| l.text.as_str()));
            }
        }
        for (word, ahead) in [("tomorrow", 1), ("manana", 1)] {
            for (i, m) in text.match_indices(word) {
                let at = i..i + m.len();
                let day = case.today.checked_add(i64::from(ahead).days()).ok();
                let booked = day.is_some_and(|d| {
                    evidence.lines.iter().flat_map(|l| &l.days).any(|k| {
                        k.year == Some(d.year())
                            && k.month == Some(d.month())
                            && k.day == Some(d.day())
                    })
                });
                if word == "tomorrow" && !evidence.says(word) && !booked {
                    found.at(
                        "unsupported",
                        at,
                        "Neither the message nor the chart speaks of tomorrow.",
                        None,
                    );
                }
            }
        }
        for t in self.dates.times(text) {
            taken.push(t.at.clone());
            if !evidence
                .lines
                .iter()
                .flat_map(|l| &l.times)
                .any(|k| t.is(k))
            {
                let line = evidence
                    .at(Place::Appointment)
                    .find(|l| !l.times.is_empty());
                let kind = if line.is_some() {
                    "contradicts_chart"
                } else {
                    "unsupported"
                };
                found.at(
                    kind,
                    t.at.clone(),
                    "Neither the message nor the chart has this time.",
                    line.map(|l| l.text.as_str()),
                );
            }
        }
    }

    /// "The culture was negative": the word must be the chart's for that test.
    fn qualities(&self, evidence: &Evidence, text: &str, found: &mut Found<'_>) {
        const QUALITIES: &[&str] = &[
            "positive",
            "negative",
            "benign",
            "malignant",
            "abnormal",
            "normal",
            "severe",
            "moderate",
            "mild",
            "immune",
            "no cancer",
            "cancer-free",
            "positivo",
            "positiva",
            "negativo",
            "negativa",
        ];
        const TESTS: &[&str] = &[
            "test",
            "culture",
            "biopsy",
            "scan",
            "x-ray",
            "xray",
            "mri",
            "ct",
            "result",
            "results",
            "swab",
            "strep",
            "hiv",
            "hepatitis",
            "screen",
            "study",
            "mammogram",
            "pap",
            "antibody",
            "covid",
            "flu",
            "imaging",
            "ultrasound",
            "ekg",
            "echo",
            "colonoscopy",
            "mono",
            "prueba",
            "resultado",
            "apnea",
            "stress",
            "endoscopy",
        ];
        let own: Vec<&Line> = evidence
            .lines
            .iter()
            .filter(|l| matches!(l.place, Place::Result | Place::Note | Place::Problem))
            .collect();
        for s in found.reading.sentences.clone() {
            if found.is_full() {
                return;
            }
            let sentence = &text[s.clone()];
            let words: Vec<&str> = sentence
                .split(|c: char| !c.is_alphanumeric() && c != '-')
                .collect();
            let is_result = words.iter().any(|w| TESTS.contains(w))
                || evidence
                    .at(Place::Result)
                    .any(|l| names_the_test(sentence, &l.folded));
            if !is_result || sentence.trim_end().ends_with('?') {
                continue;
            }
            for q in QUALITIES {
                let Some(at) = find_word(sentence, q) else {
                    continue;
                };
                // "Normal" is claimed of a result only after a verb.
                if *q == "normal"
                    && !["is", "was", "were", "are", "looks", "back"]
                        .iter()
                        .any(|v| sentence[..at].trim_end().ends_with(v))
                {
                    continue;
                }
                let about = |l: &&&Line| {
                    words
                        .iter()
                        .filter(|w| w.len() >= 3 && !COMMON.contains(w) && !QUALITIES.contains(w))
                        .any(|w| find_word(&l.folded, w).is_some())
                };
                let fits = |l: &&Line| {
                    find_word(&l.folded, q).is_some()
                        || *q == "no cancer" && l.folded.contains("benign")
                };
                let lines: Vec<&&Line> = own.iter().filter(about).collect();
                if lines.iter().any(|l| fits(l)) || evidence.at(Place::Message).any(|l| fits(&l)) {
                    continue;
                }
                let opposed = lines
                    .iter()
                    .find(|l| QUALITIES.iter().any(|o| find_word(&l.folded, o).is_some()));
                let (kind, why) = match opposed {
                    Some(_) => (
                        "contradicts_chart",
                        "The chart says otherwise of this test.",
                    ),
                    None => (
                        "unsupported",
                        "Neither the message nor the chart says this of the test.",
                    ),
                };
                found.at(
                    kind,
                    s.start + at..s.start + at + q.len(),
                    why,
                    opposed.map(|l| l.text.as_str()),
                );
            }
        }
    }

    fn pressures_named(
        &self,
        evidence: &Evidence,
        text: &str,
        taken: &mut Vec<Range<usize>>,
        found: &mut Found<'_>,
    ) {
        for (at, value) in self.amounts.pressures(text) {
            if taken.iter().any(|t| t.start < at.end && at.start < t.end) {
                continue;
            }
            taken.push(at.clone());
            if !evidence.lines.iter().any(|l| l.pressures.contains(&value)) {
                let line = evidence
                    .lines
                    .iter()
                    .find(|l| l.place != Place::Message && !l.pressures.is_empty());
                let kind = if line.is_some() {
                    "contradicts_chart"
                } else {
                    "unsupported"
                };
                found.at(
                    kind,
                    at,
                    "Neither the message nor the chart has this reading.",
                    line.map(|l| l.text.as_str()),
                );
            }
        }
    }

    /// The drug that a place speaks of: the last one named before it in its
    /// sentence, or the first after it, or the last one of the sentence before.
    fn governing<'m>(
        &self,
        at: &Range<usize>,
        mentions: &'m [Mention],
        found: &Found<'_>,
    ) -> Option<&'m Mention> {
        let sentence = found.reading.sentence(at.start);
        let inside = |m: &&Mention| sentence.contains(&m.at.start);
        mentions
            .iter()
            .filter(inside)
            .rfind(|m| m.at.end <= at.start)
            .or_else(|| {
                mentions
                    .iter()
                    .filter(inside)
                    .find(|m| m.at.start >= at.end)
            })
            .or_else(|| mentions.iter().rfind(|m| m.at.end <= sentence.start))
    }

    fn frequency(
        &self,
        evidence: &Evidence,
        text: &str,
        f: &Frequency,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        let sentence = found.reading.sentence(f.at.start);
        let words = &text[sentence.clone()];
        let taken = [
            "take", "tak", "dose", "tablet", "pill", "capsule", "use", "puff", "mg", "mcg", "unit",
            "inject", "apply", "drop", "spray", "tome", "toma", "medic",
        ];
        let governing = self.governing(&f.at, mentions, found);
        // "Every day" is said of many things; "every six weeks" of care.
        if governing.is_none() && f.per_day > 0.3 && !taken.iter().any(|t| words.contains(t)) {
            return;
        }
        let past = speaks_of_before(words);
        let agrees = |k: &Frequency| {
            (past || !k.old)
                && (k.per_day - f.per_day).abs() < 0.05 * f.per_day
                && (k.part.is_none() || f.part.is_none() || k.part == f.part)
        };
        // A message that weighs two frequencies against each other supports neither.
        let in_message = evidence.frequencies_told == 1
            && evidence
                .at(Place::Message)
                .flat_map(|l| &l.frequencies)
                .any(agrees);
        if let Some(drug) = governing {
            let lines: Vec<&Line> = evidence
                .naming(&drug.name)
                .filter(|l| l.place != Place::Message)
                .collect();
            // The list of medications counts before notes, which often name two drugs in a line.
            let listed: Vec<&Frequency> = lines
                .iter()
                .filter(|l| l.place == Place::Medication)
                .flat_map(|l| &l.frequencies)
                .collect();
            let own: Vec<&Frequency> = if listed.is_empty() {
                lines.iter().flat_map(|l| &l.frequencies).collect()
            } else {
                let alone = |l: &&&Line| l.drugs.iter().all(|d| covers(&d.name, &drug.name));
                listed
                    .into_iter()
                    .chain(lines.iter().filter(alone).flat_map(|l| &l.frequencies))
                    .filter(|k| past || !k.old)
                    .collect()
            };
            if own.iter().any(|k| agrees(k)) {
                return;
            }
            // Several drugs in one sentence: the frequency may belong to another of them.
            let other = mentions
                .iter()
                .filter(|m| sentence.contains(&m.at.start) && m.name != drug.name)
                .any(|m| {
                    evidence
                        .naming(&m.name)
                        .flat_map(|l| &l.frequencies)
                        .any(agrees)
                });
            if other {
                return;
            }
            if !own.is_empty() && !in_message {
                found.at(
                    "contradicts_chart",
                    f.at.clone(),
                    "The chart says another frequency.",
                    lines
                        .iter()
                        .find(|l| !l.frequencies.is_empty())
                        .map(|l| l.text.as_str()),
                );
                return;
            }
            if in_message
                || own.is_empty()
                    && evidence
                        .lines
                        .iter()
                        .flat_map(|l| &l.frequencies)
                        .any(agrees)
            {
                return;
            }
        } else if evidence
            .lines
            .iter()
            .flat_map(|l| &l.frequencies)
            .any(agrees)
        {
            return;
        }
        found.at(
            "unsupported",
            f.at.clone(),
            "Neither the message nor the chart says how often.",
            None,
        );
    }

    fn amount(
        &self,
        evidence: &Evidence,
        text: &str,
        a: &Amount,
        mentions: &[Mention],
        found: &mut Found<'_>,
    ) {
        // "In one day", "one time": the word counts nothing that a chart holds.
        let idle = text[a.at.clone()].starts_with(char::is_alphabetic)
            && (a.value - 1.0).abs() < 1e-9
            && matches!(&a.unit, Unit::Other(u) if ["day", "time", "hour", "month", "year"].contains(&u.as_str()));
        if found.is_marked(&a.at) || idle {
            return;
        }
        let equal = |k: &Amount| (k.value - a.value).abs() < 1e-9 + a.value.abs() * 1e-6;
        let sentence = found.reading.sentence(a.at.start);
        let past = speaks_of_before(&text[sentence.clone()]);
        let agrees = |k: &Amount| {
            equal(k)
                && units_agree(&k.unit, &a.unit)
                && (past || !k.old || !a.dose)
                && (a.per || !k.per)
        };
        let said = |l: &Line| l.amounts.iter().any(agrees);
        if a.dose
            && let Some(drug) = self.governing(&a.at, mentions, found)
        {
            let lines: Vec<&Line> = evidence
                .naming(&drug.name)
                .filter(|l| l.place != Place::Message)
                .collect();
            // A message that weighs two doses against each other supports neither against the chart.
            let in_message = (evidence.doses_told < 2 || lines.is_empty())
                && evidence.at(Place::Message).any(said);
            // "I take 88" supports no 88 mg where the chart says 88 mcg.
            let charted = lines.iter().any(|l| {
                l.amounts
                    .iter()
                    .any(|k| k.dose && same_sort(&k.unit, &a.unit))
            });
            let in_message = in_message
                && (!charted
                    || evidence
                        .at(Place::Message)
                        .any(|l| l.amounts.iter().any(|k| agrees(k) && k.unit == a.unit)));
            if lines.iter().any(|l| said(l)) || in_message {
                return;
            }
            // "Metformin 500 mg and lisinopril": the amount may belong to another drug of the sentence.
            if drug.at.start > a.at.start
                && mentions
                    .iter()
                    .filter(|m| sentence.contains(&m.at.start) && m.name != drug.name)
                    .any(|m| evidence.naming(&m.name).any(said))
            {
                return;
            }
            let charted = lines.iter().find(|l| {
                l.amounts
                    .iter()
                    .any(|k| k.dose && same_sort(&k.unit, &a.unit))
            });
            if let Some(line) = charted {
                found.at(
                    "contradicts_chart",
                    a.at.clone(),
                    "The chart has another dose of this drug.",
                    Some(&line.text),
                );
                return;
            }
            if matches!(a.unit, Unit::Tablet) && (a.value - 1.0).abs() < 1e-9 {
                return;
            }
            found.at(
                "unsupported",
                a.at.clone(),
                "Neither the message nor the chart has this dose.",
                lines.first().map(|l| l.text.as_str()),
            );
            return;
        }
        // A dose of which no drug is named: the message may weigh several, the chart holds one.
        if a.dose {
            let charted = evidence.lines.iter().find(|l| {
                l.place == Place::Medication
                    && l.amounts
                        .iter()
                        .any(|k| k.dose && same_sort(&k.unit, &a.unit))
            });
            let in_chart = evidence.lines.iter().any(|l| {
                l.place != Place::Message && l.amounts.iter().any(|k| agrees(k) && k.unit == a.unit)
            });
            let single = matches!(a.unit, Unit::Tablet) && (a.value - 1.0).abs() < 1e-9;
            if let Some(line) = charted
                && !in_chart
                && !single
                && (evidence.doses_told >= 2 || !evidence.at(Place::Message).any(said))
            {
                found.at(
                    "contradicts_chart",
                    a.at.clone(),
                    "The chart has another dose.",
                    Some(&line.text),
                );
                return;
            }
        }
        // A result: the number must be one of the test that the sentence names.
        let named: Vec<&Line> = evidence
            .at(Place::Result)
            .filter(|l| names_the_test(&text[sentence.clone()], &l.folded))
            .collect();
        let elsewhere = evidence
            .lines
            .iter()
            .filter(|l| l.place != Place::Result || named.is_empty())
            .any(said);
        if elsewhere || named.iter().any(|l| said(l)) {
            return;
        }
        match named.first() {
            Some(line) => found.at(
                "contradicts_chart",
                a.at.clone(),
                "The chart has another value.",
                Some(&line.text),
            ),
            None => found.at(
                "unsupported",
                a.at.clone(),
                "Neither the message nor the chart has this number.",
                None,
            ),
        }
    }
}

/// Words that lines share without being about the same thing.
const COMMON: &[&str] = &[
    "the",
    "and",
    "was",
    "were",
    "your",
    "for",
    "test",
    "result",
    "results",
    "on",
    "you",
    "with",
    "that",
    "this",
    "has",
    "have",
    "not",
    "are",
    "too",
    "note",
    "notes",
    "showed",
    "shows",
    "came",
    "back",
    "please",
    "take",
    "from",
    "study",
    "screen",
    "november",
    "october",
    "september",
    "august",
    "july",
    "december",
    "june",
    "may",
    "april",
    "march",
    "february",
    "january",
    "2026",
    "2025",
];

/// True when a sentence speaks of what was before.
fn speaks_of_before(sentence: &str) -> bool {
    [
        "from",
        "was",
        "were",
        "before",
        "previous",
        "used to",
        "earlier",
        "lower",
        "raised",
        "increased",
        "reduced",
        "decreased",
        "changed",
        "antes",
    ]
    .iter()
    .any(|w| find_word(sentence, w).is_some())
}

/// Where a word or two stand by themselves.
fn find_word(text: &str, word: &str) -> Option<usize> {
    text.match_indices(word).map(|(i, _)| i).find(|&i| {
        let end = i + word.len();
        !text[..i]
            .chars()
            .next_back()
            .is_some_and(char::is_alphanumeric)
            && !text[end..]
                .chars()
                .next()
                .is_some_and(char::is_alphanumeric)
    })
}

/// "1." or "2)" at the start of a line.
fn is_list_marker(text: &str, at: &Range<usize>) -> bool {
    let before = text[..at.start].trim_end_matches(' ');
    (before.is_empty() || before.ends_with('\n'))
        && [") ", ". "].iter().any(|m| text[at.end..].starts_with(m))
}

/// Units agree when they are one, or when one side names none.
fn units_agree(a: &Unit, b: &Unit) -> bool {
    a == b
        || match (a, b) {
            // A time span must be one on both sides: "28" tablets are no 28 days.
            (Unit::None, u) | (u, Unit::None) => {
                !matches!(u, Unit::Other(o) if ["time", "day", "hour", "month", "minute"].contains(&o.as_str()))
            }
            _ => false,
        }
}

/// True for two amounts that answer the same question: both strengths, or both counts.
fn same_sort(a: &Unit, b: &Unit) -> bool {
    a == b
        || matches!(
            (a, b),
            (Unit::Milligram, Unit::Other(_)) | (Unit::Other(_), Unit::Milligram)
        )
}

/// True when a sentence names the test of a result line ("Hemoglobin A1c: 7.4 %").
fn names_the_test(sentence: &str, line: &str) -> bool {
    const ALSO: &[(&str, &[&str])] = &[
        ("a1c", &["a1c", "hba1c"]),
        ("hemoglobin", &["hemoglobin", "hgb"]),
        ("tsh", &["thyroid", "tsh"]),
        ("potassium", &["potassium"]),
        ("creatinine", &["kidney", "creatinine"]),
        ("egfr", &["kidney", "egfr", "gfr"]),
        ("ldl", &["ldl", "bad cholesterol", "cholesterol"]),
        ("hdl", &["hdl", "good cholesterol"]),
        ("glucose", &["glucose", "sugar"]),
        ("ferritin", &["iron", "ferritin"]),
        ("blood pressure", &["pressure", "bp"]),
        ("alt", &["liver", "alt"]),
        ("ast", &["liver", "ast"]),
        ("weight", &["weight", "weigh"]),
        ("psa", &["psa", "prostate"]),
        ("wbc", &["white", "wbc"]),
        ("platelet", &["platelet"]),
        ("vitamin d", &["vitamin d"]),
    ];
    let name = line.split([':', '=']).next().unwrap_or(line);
    let has = |w: &str| {
        sentence
            .split(|c: char| !c.is_alphanumeric())
            .any(|x| x == w || x.strip_suffix('s') == Some(w))
            || (w.contains(' ') && sentence.contains(w))
    };
    if ALSO
        .iter()
        .any(|(key, words)| name.contains(key) && words.iter().any(|w| has(w)))
    {
        // "LDL cholesterol" and "HDL cholesterol" are told apart by their first words.
        return match ["ldl", "hdl"].iter().find(|k| name.contains(**k)) {
            Some(k) => has(k) || !["ldl", "hdl"].iter().any(|x| has(x)),
            None => true,
        };
    }
    name.split(|c: char| !c.is_alphanumeric())
        .filter(|w| {
            w.len() > 3 && !matches!(*w, "blood" | "total" | "serum" | "level" | "free" | "rate")
        })
        .any(has)
}

fn shares_a_word(text: &str, sentence: &Range<usize>, line: &str) -> bool {
    text[sentence.clone()]
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| w.len() > 4)
        .any(|w| line.contains(w))
        || ["appointment", "visit", "scheduled", "booked", "cita"]
            .iter()
            .any(|w| text[sentence.clone()].contains(w) && line.contains("booked"))
}

/// Look-alike names: a long beginning or few letters apart (ISMP's confused drug names).
fn alike(a: &str, b: &str) -> bool {
    let common = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    !covers(a, b)
        && (common >= 4
            || a.len() == b.len() && a.chars().zip(b.chars()).filter(|(x, y)| x != y).count() <= 2)
}
