//! Settings: the clinic's, and each person's own beside them.

use crate::Desk;
use crate::desk::lock;
use crate::session::OpenRecord;
use contract::{Code, Density, Failure, Right, Settings, Theme};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The name under which the settings of all are kept.
pub(crate) const SETTINGS: &str = "settings";

/// What each person sets for themselves, so that nobody's letters, lines or colours are changed by a colleague at the same workstation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Own {
    language: String,
    theme: Theme,
    density: Density,
    type_percent: u32,
    queue_percent: u32,
    chart_percent: u32,
    undo_seconds: u32,
    single_key_shortcuts: bool,
    lines: Vec<String>,
    keys: BTreeMap<String, String>,
    ask_feedback: bool,
}

impl Own {
    fn of(s: &Settings) -> Self {
        Self {
            language: s.language.clone(),
            theme: s.theme,
            density: s.density,
            type_percent: s.type_percent,
            queue_percent: s.queue_percent,
            chart_percent: s.chart_percent,
            undo_seconds: s.undo_seconds,
            single_key_shortcuts: s.single_key_shortcuts,
            lines: s.lines.clone(),
            keys: s.keys.clone(),
            ask_feedback: s.ask_feedback,
        }
    }

    /// Settings in which these stand in place of what they were.
    fn within(self, all: Settings) -> Settings {
        Settings {
            language: self.language,
            theme: self.theme,
            density: self.density,
            type_percent: self.type_percent,
            queue_percent: self.queue_percent,
            chart_percent: self.chart_percent,
            undo_seconds: self.undo_seconds,
            single_key_shortcuts: self.single_key_shortcuts,
            lines: self.lines,
            keys: self.keys,
            ask_feedback: self.ask_feedback,
            ..all
        }
    }

    /// The name under which one person's are kept.
    fn name(user: &str) -> String {
        format!("{SETTINGS}/{user}")
    }
}

/// The settings of all, and of who works: until they set something, what stands there for all.
fn kept(record: &OpenRecord) -> Result<(Settings, Settings), Failure> {
    let all: Settings = record.setting(SETTINGS)?;
    let own: Option<Own> = record.setting(&Own::name(&record.who().name))?;
    let mine = match own {
        Some(own) => own.within(all.clone()),
        None => all.clone(),
    };
    Ok((all, mine))
}

impl Desk {
    /// Settings of this workstation, with those of the person who works at it.
    ///
    /// # Errors
    /// The record's.
    pub fn settings(&self) -> Result<Settings, Failure> {
        Ok(kept(&self.open_record()?)?.1)
    }

    /// Keeps settings, brought into their ranges. What concerns the whole clinic needs the right to it.
    ///
    /// # Errors
    /// [`Code::Forbidden`], or the record's.
    pub fn set_settings(&self, mut settings: Settings) -> Result<Settings, Failure> {
        self.allow(Right::Read)?;
        settings.undo_seconds = settings.undo_seconds.clamp(5, 30);
        settings.lock_minutes = settings.lock_minutes.clamp(1, 60);
        settings.backup_days = settings.backup_days.clamp(1, 31);
        settings.backups_kept = settings.backups_kept.clamp(2, 100);
        settings.sign_off = settings.sign_off.trim().chars().take(200).collect();
        let before = self.settings()?;
        settings.contact = settings.contact.trim().chars().take(200).collect();
        let known = self.packs().iter().any(|p| p.id == settings.jurisdiction);
        if !known || (settings.jurisdiction != "none" && settings.contact.is_empty()) {
            return Err(Failure::new(
                Code::Incomplete,
                "Choose a disclosure from the list, and say how a patient reaches a person. The settings stay as they were.",
            ));
        }
        let clinics = |s: &Settings| {
            (
                (s.sign_off.clone(), s.lock_minutes),
                s.audit_folder.clone(),
                s.jurisdiction.clone(),
                s.contact.clone(),
                (s.backup_folder.clone(), s.backup_days, s.backups_kept),
                s.keyring,
                (s.practice_every, s.model.clone()),
            )
        };
        if clinics(&settings) != clinics(&before) {
            self.allow(Right::Settings)?;
        }
        if settings.watched_folder != before.watched_folder {
            self.allow(Right::Import)?;
        }
        if settings.practice_every != 0 {
            let (fewest, most) = Settings::PRACTICE;
            settings.practice_every = settings.practice_every.clamp(fewest, most);
        }
        settings.unload_minutes = settings.unload_minutes.min(240);
        settings.draft_threads = settings.draft_threads.min(256);
        let (least, most) = Settings::PANE;
        settings.queue_percent = settings.queue_percent.clamp(least, most);
        settings.chart_percent = settings.chart_percent.clamp(least, most);
        if !Settings::TYPE_SIZES.contains(&settings.type_percent) {
            settings.type_percent = 100;
        }
        // What was kept before stands: nothing else may fail for it.
        if settings.keys != before.keys {
            sound_letters(&settings.keys)?;
        }
        settings.lines = short_lines(&settings.lines);
        if !is_language(&settings.language) {
            settings.language = Settings::default().language;
        }
        if settings != before {
            let all = |s: &Settings| {
                let mut all = serde_json::to_value(s).unwrap_or_default();
                // Somebody's own words are not for who reads the audit: how many lines, and whether they changed.
                let hash = hex::encode(Sha256::digest(all["lines"].to_string()));
                all["lines"] = serde_json::json!({ "count": s.lines.len(), "sha256": hash });
                all
            };
            let mut record = self.record(Right::Read)?;
            let who = record.who().name.clone();
            let (common, _) = kept(&record)?;
            let own = Own::of(&settings);
            // What a person sets for themselves changes nobody else's.
            let common = Own::of(&common).within(settings.clone());
            let rows = [
                (SETTINGS.to_owned(), serde_json::to_value(common)),
                (Own::name(&who), serde_json::to_value(own)),
            ];
            let rows = rows
                .into_iter()
                .map(|(name, value)| Ok((name, value?)))
                .collect::<Result<Vec<_>, serde_json::Error>>()
                .map_err(records::RecordError::from)?;
            record.change_settings(
                &rows,
                (&self.now_text(), &who, "change_settings"),
                serde_json::json!({ "before": all(&before), "after": all(&settings) }),
            )?;
        }
        if settings.model != before.model {
            // What somebody chose for now gives way to what the clinic drafts with.
            lock(&self.work).model = None;
        }
        if settings.draft_threads != before.draft_threads || settings.model != before.model {
            self.wake();
        }
        Ok(settings)
    }
}

/// Whether a setting can be the code of a language (BCP 47: letters, then parts after hyphens) or `system`. Which languages
/// there are is for the page to know.
fn is_language(code: &str) -> bool {
    let mut parts = code.split('-');
    let letters = parts.next().unwrap_or_default();
    (2..=8).contains(&letters.len())
        && letters.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.clone().count() <= 3
        && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Refuses letters that could not be told from each other, or from the digits that say how a draft was.
fn sound_letters(keys: &BTreeMap<String, String>) -> Result<(), Failure> {
    let refused = |why: String| {
        let words = format!("{why} Give it another letter. The settings stay as they were.");
        Err(Failure::new(Code::Incomplete, words))
    };
    let mut taken = BTreeMap::new();
    for (command, key) in keys {
        let letter = key.to_uppercase();
        if letter.chars().count() != 1 || letter.chars().any(|c| c.is_numeric() || c == ' ') {
            return refused(format!(
                "“{command}” needs one letter or sign, and no digit."
            ));
        }
        if let Some(other) = taken.insert(letter, command) {
            return refused(format!(
                "“{command}” and “{other}” have the same letter, {key}."
            ));
        }
    }
    Ok(())
}

/// Lines for replies that somebody may want: none empty, none endless.
fn short_lines(lines: &[String]) -> Vec<String> {
    const MOST: usize = 100;
    const LONGEST: usize = 500;
    lines
        .iter()
        .map(|l| l.trim().chars().take(LONGEST).collect::<String>())
        .filter(|l| !l.is_empty())
        .take(MOST)
        .collect()
}
