//! Files into the record.

use crate::Desk;
use crate::place::io_failure;
use clinical::triage::{self, Rules};
use clinical::{Item, Parsed, thread};
use contract::{Code, Failure, ImportLine, ImportOutcome, ImportSummary, Right, Triage};
use records::{Entry, Import, Kept, Message, Patient, RecordError, Waiting};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Most rejected records that a summary names.
const NAMED: usize = 200;
/// Endings of files that are read.
const ENDINGS: [&str; 4] = ["json", "ndjson", "jsonl", "csv"];

impl Desk {
    /// Imports one file in one transaction. A file that cannot be read as a
    /// whole changes nothing; a record that is not sound is rejected by itself.
    ///
    /// # Errors
    /// As [`clinical::import::read`], [`Code::Io`], or the record's.
    pub fn import_file(&self, path: &Path) -> Result<Vec<ImportLine>, Failure> {
        let name = path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let about = std::fs::metadata(path).map_err(|e| io_failure(path, &e))?;
        if !about.is_file() {
            return Err(Failure::new(Code::Io, "This is no file, so nothing was read.").at(name));
        }
        let size = about.len();
        if size > clinical::import::MAX_BYTES as u64 {
            return Err(Failure::new(
                Code::Malformed,
                format!(
                    "The file is larger than {} MB. Export it in smaller parts.",
                    clinical::import::MAX_BYTES >> 20
                ),
            )
            .at(name));
        }
        let file = std::fs::File::open(path).map_err(|e| io_failure(path, &e))?;
        let mut bytes = Vec::new();
        // It may grow while it is read; what is over the limit is refused with the rest.
        file.take(clinical::import::MAX_BYTES as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|e| io_failure(path, &e))?;
        self.import_bytes(&name, &bytes)
    }

    /// Imports a file's bytes; `name` gives the format by its ending.
    ///
    /// # Errors
    /// As [`Desk::import_file`].
    pub fn import_bytes(&self, name: &str, bytes: &[u8]) -> Result<Vec<ImportLine>, Failure> {
        self.import_with(Right::Import, name, bytes)
    }

    fn import_with(
        &self,
        right: Right,
        name: &str,
        bytes: &[u8],
    ) -> Result<Vec<ImportLine>, Failure> {
        let who = self.record(right)?.who().clone();
        let parsed = clinical::import::read(name, bytes, self.now()).map_err(|f| {
            let place = match &f.place {
                Some(p) => format!("{name}, {p}"),
                None => name.to_owned(),
            };
            f.at(place)
        })?;
        let now = self.now_text();
        let outcomes = {
            let mut record = self.record(right)?;
            // Another person may have opened the record while the file was read.
            if *record.who() != who {
                return Err(Failure::new(
                    Code::Locked,
                    "The record was locked while the file was read. Import it again.",
                )
                .at(name));
            }
            let rules = self.rules()?;
            let mut import = record.import(&now)?;
            let outcomes = store(&mut import, &parsed)?;
            import.reopen(&|waiting| self.triaged_by(&rules, waiting))?;
            let counts = Counts::of(&outcomes);
            import.commit(
                &who.name,
                // A file's name may be a patient's: its bytes name it on the audit.
                &format!("sha256:{}", hex::encode(Sha256::digest(bytes))),
                serde_json::json!({"bytes": bytes.len(), "stored": counts.stored, "unchanged": counts.unchanged, "rejected": counts.rejected}),
            )?;
            outcomes
        };
        self.wake();
        Ok(parsed
            .into_iter()
            .zip(outcomes)
            .map(|(p, outcome)| {
                let (outcome, reason) = match outcome {
                    Ok(Kept::Stored) => (ImportOutcome::Stored, String::new()),
                    Ok(Kept::Unchanged) => (ImportOutcome::Unchanged, String::new()),
                    Ok(Kept::Refused(why)) => (ImportOutcome::Rejected, why.to_owned()),
                    Err(why) => (ImportOutcome::Rejected, why),
                };
                ImportLine {
                    id: p.id,
                    kind: p.kind,
                    outcome,
                    place: format!("{name}, {}", p.place),
                    reason,
                }
            })
            .collect())
    }

    /// Triage of all that waits in a thread: the newest message's words come
    /// first, and a red flag in an older one still counts. What the chart shows counts, too.
    pub(crate) fn triaged_by(&self, rules: &Rules, waiting: &Waiting) -> Triage {
        let chart = crate::inbox::assembled(
            waiting.patient.clone(),
            &crate::inbox::lines(waiting.entries.clone()),
            self.today(),
        );
        let facts = rules.facts(&chart);
        let one = |m: &Message| {
            let subject = if m.subject.is_empty() {
                &waiting.subject
            } else {
                &m.subject
            };
            rules.triage(subject, &m.body, &facts)
        };
        waiting
            .messages
            .iter()
            .map(one)
            .reduce(triage::joined)
            .unwrap_or_else(|| rules.triage(&waiting.subject, "", &facts))
    }

    /// Imports files and the readable files of folders, each by itself.
    /// What failed as a whole is given beside its path.
    pub fn import_paths(
        &self,
        paths: &[PathBuf],
    ) -> Vec<(PathBuf, Result<Vec<ImportLine>, Failure>)> {
        paths
            .iter()
            .flat_map(|path| match readable_files(path) {
                Ok(files) => files
                    .into_iter()
                    .map(|f| (f.clone(), self.import_file(&f)))
                    .collect(),
                Err(e) => vec![(path.clone(), Err(e))],
            })
            .collect()
    }
}

/// A path itself, or the readable files of a folder in order of their names.
fn readable_files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files: Vec<PathBuf> = std::fs::read_dir(path)
        .map_err(|e| io_failure(path, &e))?
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|p| p.is_file() && is_readable(p))
        .collect();
    files.sort();
    Ok(files)
}

/// True for endings that an import reads.
pub(crate) fn is_readable(path: &Path) -> bool {
    path.extension()
        .and_then(|e| e.to_str())
        .is_some_and(|e| ENDINGS.iter().any(|x| e.eq_ignore_ascii_case(x)))
}

type Outcome = Result<Kept, String>;

/// Stores the records of a file: patients first, then thread heads, then the rest.
fn store(import: &mut Import<'_>, parsed: &[Parsed]) -> Result<Vec<Outcome>, RecordError> {
    let links: HashMap<&str, thread::Links<'_>> = parsed
        .iter()
        .filter_map(|p| match &p.item {
            Ok(Item::Message(m)) => Some((
                m.id.as_str(),
                thread::Links {
                    thread: m.thread_id.as_deref(),
                    previous: m.previous_id.as_deref(),
                },
            )),
            _ => None,
        })
        .collect();
    let mut outcomes: Vec<Option<Outcome>> = vec![None; parsed.len()];
    for pass in 0..3 {
        for (p, outcome) in parsed.iter().zip(&mut outcomes) {
            let item = match &p.item {
                Ok(item) => item,
                Err(why) => {
                    *outcome = Some(Err(why.clone()));
                    continue;
                }
            };
            let turn = match item {
                Item::Patient(_) => 0,
                Item::Thread(_) => 1,
                _ => 2,
            };
            if turn == pass {
                *outcome = Some(Ok(store_one(import, item, p, &links)?));
            }
        }
    }
    Ok(outcomes
        .into_iter()
        .map(|o| o.unwrap_or_else(|| Err("it was not reached".into())))
        .collect())
}

fn store_one(
    import: &mut Import<'_>,
    item: &Item,
    p: &Parsed,
    links: &HashMap<&str, thread::Links<'_>>,
) -> Result<Kept, RecordError> {
    match item {
        Item::Patient(x) => import.patient(&patient(x)),
        Item::Thread(t) => import.thread(&t.id, &t.patient_id, &t.subject),
        Item::Practitioner(x) => import.other("Practitioner", &x.id),
        Item::Other => import.other(&p.kind, &p.id),
        Item::Retracted { patient_id } => {
            import.retract(&format!("{}/{}", p.kind, p.id), patient_id)
        }
        Item::Entry(e) => import.entry(&Entry {
            id: format!("{}/{}", p.kind, e.id),
            patient_id: e.patient_id.clone(),
            heading: e.heading.as_str().into(),
            text: e.text.clone(),
            date: e.date.clone(),
            active: e.active,
        }),
        Item::Message(m) => {
            // Flat files hold no patients: one is made from what they say.
            if p.kind == "message" {
                let name = if m.patient_name.is_empty() {
                    format!("Patient {}", m.patient_id)
                } else {
                    m.patient_name.clone()
                };
                import.patient(&Patient {
                    id: m.patient_id.clone(),
                    name,
                    birth_date: String::new(),
                    sex: String::new(),
                    language: String::new(),
                    stub: true,
                })?;
            }
            let known = |id: &str| import.thread_of(id).ok().flatten();
            let thread_id = thread::of(&m.id, links, known);
            import.message(&Message {
                id: m.id.clone(),
                thread_id,
                patient_id: m.patient_id.clone(),
                previous_id: m.previous_id.clone(),
                sender_role: m.sender_role,
                sender_name: m.sender_name.clone(),
                recipient_pool: m.recipient_pool.clone(),
                sent_at: m.sent_at.clone(),
                subject: m.subject.clone(),
                body: m.body.clone(),
            })
        }
    }
}

fn patient(p: &clinical::Patient) -> Patient {
    Patient {
        id: p.id.clone(),
        name: p.name.clone(),
        birth_date: p.birth_date.clone(),
        sex: p.sex.clone(),
        language: p.language.clone(),
        stub: p.stub,
    }
}

struct Counts {
    stored: usize,
    unchanged: usize,
    rejected: usize,
}

impl Counts {
    fn of(outcomes: &[Outcome]) -> Self {
        let count = |what: fn(&Outcome) -> bool| outcomes.iter().filter(|o| what(o)).count();
        Self {
            stored: count(|o| matches!(o, Ok(Kept::Stored))),
            unchanged: count(|o| matches!(o, Ok(Kept::Unchanged))),
            rejected: count(|o| matches!(o, Ok(Kept::Refused(_)) | Err(_))),
        }
    }
}

/// Counts of import lines, with the first rejected ones.
pub fn summary<'a>(lines: impl IntoIterator<Item = &'a ImportLine>) -> ImportSummary {
    let mut s = ImportSummary::default();
    for line in lines {
        match line.outcome {
            ImportOutcome::Stored => s.stored += 1,
            ImportOutcome::Unchanged => s.unchanged += 1,
            ImportOutcome::Rejected => {
                s.rejected_count += 1;
                if s.rejected.len() < NAMED {
                    s.rejected.push(line.clone());
                }
            }
        }
    }
    s
}

/// The sample in-basket: invented patients, charts and messages.
const SAMPLE: &str = include_str!("../../../assets/sample/in-basket.fhir.json");

impl Desk {
    /// Imports the sample in-basket.
    ///
    /// # Errors
    /// The record's; a test keeps the sample sound.
    pub fn import_sample(&self) -> Result<ImportSummary, Failure> {
        Ok(summary(
            &self.import_bytes("in-basket.fhir.json", SAMPLE.as_bytes())?,
        ))
    }

    /// The sample in a demo, which may import nothing else.
    pub(crate) fn import_demo(&self) -> Result<(), Failure> {
        self.import_with(Right::Read, "in-basket.fhir.json", SAMPLE.as_bytes())
            .map(|_| ())
    }
}
