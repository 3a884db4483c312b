//! Where things lie on this machine.

use contract::{Code, Failure};
use std::path::{Path, PathBuf};

/// The folders of one installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Folder of the record.
    pub data: PathBuf,
    /// Folder of the models, shared by every record of this user.
    pub models: PathBuf,
}

impl Place {
    /// The user's own folders, with `data` and `models` in their stead where given.
    ///
    /// # Errors
    /// [`Code::Io`] when the user has no home and nothing was given.
    pub fn of_user(data: Option<PathBuf>, models: Option<PathBuf>) -> Result<Self, Failure> {
        let home = directories::ProjectDirs::from("", "", "countersign");
        let own = |what: &str| {
            home.as_ref().map(|h| h.data_dir().join(what)).ok_or_else(|| {
                Failure::new(Code::Io, "This user has no home folder. Say where to keep the record with --data DIR.")
            })
        };
        Ok(Self {
            data: data.map_or_else(|| own("record"), Ok)?,
            models: models.map_or_else(|| own("models"), Ok)?,
        })
    }

    /// The record's file; its folder is made, readable by this user alone.
    ///
    /// # Errors
    /// [`Code::Io`] with the folder.
    pub fn record(&self) -> Result<PathBuf, Failure> {
        private_folder(&self.data)?;
        Ok(self.record_path())
    }

    /// Where the record's file is or would be.
    pub fn record_path(&self) -> PathBuf {
        self.data.join("record.db")
    }

    /// The key slots beside it.
    pub fn slots(&self) -> PathBuf {
        self.data.join("record.keys")
    }

    /// The count of wrong tries beside it.
    pub fn tries(&self) -> PathBuf {
        self.data.join("record.tries")
    }
}

/// Makes a folder that only this user can read. One that is there is the person's own and stays as it is.
pub(crate) fn private_folder(path: &Path) -> Result<(), Failure> {
    if path.is_dir() {
        return Ok(());
    }
    let failed = |e: std::io::Error| {
        Failure::new(Code::Io, format!("The folder cannot be used: {e}."))
            .at(path.display().to_string())
    };
    std::fs::create_dir_all(path).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).map_err(failed)?;
    }
    Ok(())
}

/// Makes a file, or empties one, that only this user can read.
pub(crate) fn private_file(path: &Path) -> Result<std::fs::File, Failure> {
    let mut options = std::fs::File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(|e| io_failure(path, &e))?;
    // One that was there keeps its mode otherwise.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .map_err(|e| io_failure(path, &e))?;
    Ok(file)
}

/// An I/O error with the path it concerns.
pub(crate) fn io_failure(path: &Path, e: &std::io::Error) -> Failure {
    Failure::new(
        Code::Io,
        format!("The file or folder could not be used: {e}."),
    )
    .at(path.display().to_string())
}
