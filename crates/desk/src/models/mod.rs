//! The models of this machine: which are known, which are here, and how they
//! come and go.

mod allowed;
mod described;
mod fetch;

use crate::Place;
use crate::drafter::{Choice, choice_of_path};
use crate::place::{io_failure, private_folder};
use contract::{Code, Failure, ModelLine, ModelOrigin};
use drafting::catalogue::{self, Entry};
use drafting::model_file::{ModelFile, Summary, hash};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Told how a fetch or import goes: what is done, bytes so far, bytes in all.
pub type Progress<'a> = &'a dyn Fn(&str, u64, u64);

/// What was kept beside an imported model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Card {
    name: String,
    file: String,
    bytes: u64,
    sha256: String,
    architecture: String,
    licence: String,
}

/// What `model inspect` tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 in hex.
    pub sha256: String,
    /// GGUF architecture.
    pub architecture: String,
    /// Chat format.
    pub chat: &'static str,
    /// Tokens of the vocabulary.
    pub vocabulary: usize,
    /// Context as the file claims it.
    pub context: u64,
    /// Memory expected, in bytes.
    pub memory: u64,
    /// Memory free now, in bytes.
    pub memory_free: u64,
    /// The file's own chat template is never run; this says whether it has one.
    pub has_own_template: bool,
}

impl Place {
    fn catalogue(&self) -> Result<Vec<Entry>, Failure> {
        Ok(catalogue::built_in()?)
    }

    fn cards(&self) -> Vec<Card> {
        let Ok(dir) = fs::read_dir(&self.models) else {
            return Vec::new();
        };
        let mut cards: Vec<Card> = dir
            .flatten()
            .filter(|e| e.path().extension().is_some_and(|x| x == "json"))
            .filter_map(|e| serde_json::from_slice(&fs::read(e.path()).ok()?).ok())
            .filter(|c: &Card| !c.file.contains(['/', '\\']))
            .collect();
        cards.sort_by(|a, b| a.name.cmp(&b.name));
        cards
    }

    /// Every model that is known or was imported.
    ///
    /// # Errors
    /// [`Code::ModelMalformed`] for a damaged catalogue; a test keeps it sound.
    pub fn list_models(&self) -> Result<Vec<ModelLine>, Failure> {
        let mut lines: Vec<ModelLine> = self
            .catalogue()?
            .into_iter()
            .map(|e| ModelLine {
                installed: self.has(&e.file, e.bytes),
                name: e.name,
                origin: ModelOrigin::Catalogue,
                bytes: e.bytes,
                sha256: e.sha256,
                licence: e.licence,
                architecture: e.architecture,
                drafts_for_clinicians: e.drafts_for_clinicians,
            })
            .collect();
        lines.extend(self.cards().into_iter().map(|c| ModelLine {
            installed: self.has(&c.file, c.bytes),
            name: c.name,
            origin: ModelOrigin::Imported,
            bytes: c.bytes,
            sha256: c.sha256,
            licence: c.licence,
            architecture: c.architecture,
            drafts_for_clinicians: true,
        }));
        Ok(lines)
    }

    /// The line of a model that is on this machine.
    ///
    /// # Errors
    /// [`Code::NotFound`] for a name that is not listed or not installed.
    pub(crate) fn installed(&self, name: &str) -> Result<ModelLine, Failure> {
        self.list_models()?
            .into_iter()
            .find(|m| m.name == name && m.installed)
            .ok_or_else(|| Failure::new(Code::NotFound, "This model is not on this machine."))
    }

    fn has(&self, file: &str, bytes: u64) -> bool {
        fs::metadata(self.models.join(file)).is_ok_and(|m| m.len() == bytes)
    }

    /// The model to draft with: the one asked for by name or path, or else the
    /// best installed one for clinicians; `None` when there is none.
    ///
    /// # Errors
    /// [`Code::NotFound`] for a name that is not installed; a path's refusals.
    pub fn choose(&self, asked: Option<&str>) -> Result<Option<Choice>, Failure> {
        let catalogue = self.catalogue()?;
        let of_entry = |e: &Entry| Choice {
            name: e.name.clone(),
            path: self.models.join(&e.file),
            sha256: e.sha256.clone(),
            threads: 0,
        };
        let of_card = |c: &Card| Choice {
            name: c.name.clone(),
            path: self.models.join(&c.file),
            sha256: c.sha256.clone(),
            threads: 0,
        };
        let Some(asked) = asked else {
            let mut best: Vec<&Entry> = catalogue
                .iter()
                .filter(|e| e.drafts_for_clinicians && self.has(&e.file, e.bytes))
                .collect();
            best.sort_by_key(|e| e.preference);
            let imported = || {
                self.cards()
                    .into_iter()
                    .find(|c| self.has(&c.file, c.bytes))
            };
            return Ok(best
                .first()
                .map(|e| of_entry(e))
                .or_else(|| imported().map(|c| of_card(&c))));
        };
        if let Some(e) = catalogue.iter().find(|e| e.name == asked) {
            return if self.has(&e.file, e.bytes) {
                Ok(Some(of_entry(e)))
            } else {
                Err(Failure::new(
                    Code::NotFound,
                    format!(
                        "The model {asked} is not on this machine. Get it with `countersign model fetch {asked}`."
                    ),
                ))
            };
        }
        if let Some(c) = self.cards().iter().find(|c| c.name == asked) {
            return Ok(Some(of_card(c)));
        }
        let path = Path::new(asked);
        if path.exists() {
            return choice_of_path(path).map(Some);
        }
        Err(Failure::new(
            Code::NotFound,
            "There is no model of this name or path. `countersign model list` shows those that are known.",
        ))
    }

    /// Takes any sound GGUF file in from disk under its file's name.
    ///
    /// # Errors
    /// The refusals of the file; [`Code::Conflict`] when the name is taken.
    pub fn import_model(
        &self,
        file: &Path,
        name: Option<&str>,
        progress: Progress<'_>,
    ) -> Result<ModelLine, Failure> {
        let model = ModelFile::open(file, None)
            .map_err(|e| Failure::from(e).at(file.display().to_string()))?;
        let summary = model.summary()?;
        model.fits(crate::drafter::free_memory())?;
        let stem = file
            .file_stem()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let name: String = name
            .unwrap_or(&stem)
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || "-_.".contains(c) {
                    c.to_ascii_lowercase()
                } else {
                    '-'
                }
            })
            .take(100)
            .collect();
        if name.trim_matches(['.', '-']).is_empty() {
            return Err(Failure::new(
                Code::Conflict,
                "The model needs a name of letters and digits: use --name NAME.",
            ));
        }
        if let Some(known) = self
            .list_models()?
            .into_iter()
            .find(|l| l.name == name && (l.installed || l.origin == ModelOrigin::Catalogue))
        {
            if known.sha256 != model.sha256 {
                return Err(Failure::new(
                    Code::Conflict,
                    format!(
                        "Another model is called {name}. Choose another name with --name NAME."
                    ),
                ));
            }
            if known.installed {
                return Ok(known);
            }
        }
        private_folder(&self.models)?;
        let card = Card {
            file: match self
                .catalogue()?
                .into_iter()
                .find(|e| e.sha256 == model.sha256)
            {
                Some(e) => e.file,
                None => format!("{name}.gguf"),
            },
            name,
            bytes: model.header.file_len,
            sha256: model.sha256.clone(),
            architecture: summary.architecture,
            licence: model
                .header
                .text("general.license")
                .unwrap_or("unknown")
                .chars()
                .take(80)
                .collect(),
        };
        let target = self.models.join(&card.file);
        let part = self.models.join(format!(".{}.part", card.file));
        progress("copying", 0, card.bytes);
        copy_and_check(file, &part, &card.sha256, progress, card.bytes)?;
        fs::rename(&part, &target).map_err(|e| io_failure(&target, &e))?;
        let beside = self.models.join(format!("{}.json", card.name));
        let text = serde_json::to_vec_pretty(&card)
            .map_err(|e| Failure::new(Code::Internal, e.to_string()))?;
        fs::write(&beside, text).map_err(|e| io_failure(&beside, &e))?;
        Ok(ModelLine {
            name: card.name,
            origin: ModelOrigin::Imported,
            installed: true,
            bytes: card.bytes,
            sha256: card.sha256,
            licence: card.licence,
            architecture: card.architecture,
            drafts_for_clinicians: true,
        })
    }

    /// What a model is, by name or path, without loading it.
    ///
    /// # Errors
    /// The refusals of the file.
    pub fn inspect_model(&self, asked: &str) -> Result<Inspection, Failure> {
        let (path, expected) = match self.choose(Some(asked)) {
            Ok(Some(c)) => (c.path, Some(c.sha256)),
            _ => (PathBuf::from(asked), None),
        };
        let model = ModelFile::open(&path, expected.as_deref())
            .map_err(|e| Failure::from(e).at(path.display().to_string()))?;
        let Summary {
            architecture,
            chat,
            vocabulary,
            context,
            memory,
        } = model
            .summary()
            .map_err(|e| Failure::from(e).at(path.display().to_string()))?;
        Ok(Inspection {
            bytes: model.header.file_len,
            has_own_template: model.header.text("tokenizer.chat_template").is_some(),
            sha256: model.sha256,
            architecture,
            chat,
            vocabulary,
            context,
            memory,
            memory_free: crate::drafter::free_memory(),
        })
    }

    /// Removes a model from this machine. Drafts that it made stay on record.
    ///
    /// # Errors
    /// [`Code::NotFound`] when it is not here.
    pub fn remove_model(&self, name: &str) -> Result<(), Failure> {
        let card = self.cards().into_iter().find(|c| c.name == name);
        let entry = self.catalogue()?.into_iter().find(|e| e.name == name);
        let file = card
            .as_ref()
            .map(|c| c.file.clone())
            .or(entry.map(|e| e.file))
            .ok_or_else(|| Failure::new(Code::NotFound, "No model of this name is known."))?;
        let path = self.models.join(file);
        fs::remove_file(&path).map_err(|e| {
            if e.kind() == std::io::ErrorKind::NotFound {
                Failure::new(Code::NotFound, "This model is not on this machine.")
            } else {
                io_failure(&path, &e)
            }
        })?;
        // What was made from it means nothing without it.
        let _ = fs::remove_dir_all(drafting::engine::made_folder(&path));
        if card.is_some() {
            let _ = fs::remove_file(self.models.join(format!("{name}.json")));
        }
        Ok(())
    }
}

/// Copies a file piece by piece, and tells how many bytes are there: a model is a billion of them.
fn copied(from: &Path, to: &Path, told: impl Fn(u64)) -> io::Result<()> {
    const PIECE: u64 = 16 << 20;
    let (mut from, mut to) = (File::open(from)?, File::create(to)?);
    let mut there = 0;
    loop {
        match io::copy(&mut (&mut from).take(PIECE), &mut to)? {
            0 => return Ok(()),
            n => there += n,
        }
        told(there);
    }
}

/// Copies a file and checks that what was written is what was looked at.
fn copy_and_check(
    from: &Path,
    to: &Path,
    sha256: &str,
    progress: Progress<'_>,
    bytes: u64,
) -> Result<(), Failure> {
    copied(from, to, |n| progress("copying", n, bytes)).map_err(|e| io_failure(to, &e))?;
    let mut copy = File::open(to).map_err(|e| io_failure(to, &e))?;
    let found =
        hash(&mut copy, |n| progress("verifying", n, bytes)).map_err(|e| io_failure(to, &e))?;
    if found == sha256 {
        return Ok(());
    }
    let _ = fs::remove_file(to);
    Err(drafting::ModelError::Hash {
        expected: sha256.chars().take(12).collect(),
        found: found.chars().take(12).collect(),
    }
    .into())
}
