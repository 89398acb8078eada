//! Codes and names of subjects, from the office's own evidence.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use mustcheck_model::Subject;

use crate::sequel::Sequel;
use mustcheck::input::read_file;
use mustcheck_evidence::Bundle;
use mustcheck_evidence::bundle::{AgeError, ENDING, Identities, SEALED_ENDING};
use mustcheck_evidence::replay::unopened;

/// Size of the largest bundle that is read, in bytes.
const LARGEST: u64 = 1 << 30;

/// A folder of bundles, with the identities that open encrypted ones.
pub struct Evidence {
    folder: PathBuf,
    identities: Option<Identities>,
}

/// Error: the subjects of a check cannot be read from the evidence.
#[derive(Debug, thiserror::Error)]
pub enum SubjectError {
    /// The path is no folder.
    #[error("`{path}` is no folder of evidence")]
    Folder {
        /// Path of the folder.
        path: String,
    },
    /// A bundle cannot be read.
    #[error("`{path}` cannot be read")]
    Io {
        /// Path of the bundle.
        path: String,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
    /// An encrypted bundle is damaged, or too long.
    #[error("`{path}` cannot be opened")]
    Sealed {
        /// Path of the bundle.
        path: String,
        /// Cause.
        #[source]
        source: AgeError,
    },
    /// The bundle does not belong to the receipt in the log.
    #[error("`{path}` does not fit receipt `{receipt}`: {detail}")]
    Unfit {
        /// Path of the bundle.
        path: String,
        /// Id of the receipt in the log.
        receipt: String,
        /// The mismatch, in words.
        detail: String,
    },
}

/// Result of opening the evidence of a check.
pub(crate) enum Opened {
    Subjects(Vec<Subject>),
    /// The folder has no bundle for the check.
    None,
    /// The bundle is encrypted, and no identity at hand opens it.
    Sealed,
}

impl Evidence {
    /// Opens a folder that `check --evidence` filled.
    ///
    /// # Errors
    ///
    /// [`SubjectError::Folder`] if the path is no folder.
    pub fn new(folder: &Path, identities: Option<Identities>) -> Result<Self, SubjectError> {
        if !folder.is_dir() {
            return Err(SubjectError::Folder { path: folder.display().to_string() });
        }
        Ok(Self { folder: folder.to_owned(), identities })
    }

    pub(crate) fn open(&self, sequel: &Sequel) -> Result<Opened, SubjectError> {
        let day = sequel.made_on;
        let month = self.folder.join(format!("{:04}-{:02}", day.year, day.month));
        let path = month.join(format!("{}.{ENDING}", sequel.id));
        if let Some(json) = read(&path)? {
            return subjects(&path, &json, sequel);
        }
        let path = month.join(format!("{}.{SEALED_ENDING}", sequel.id));
        let Some(sealed) = read(&path)? else { return Ok(Opened::None) };
        let Some(identities) = &self.identities else { return Ok(Opened::Sealed) };
        match identities.open_sealed(&sealed, LARGEST) {
            Ok(json) => subjects(&path, &json, sequel),
            Err(AgeError::NoKey) => Ok(Opened::Sealed),
            Err(source) => Err(SubjectError::Sealed { path: path.display().to_string(), source }),
        }
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, SubjectError> {
    match read_file(path, LARGEST) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(SubjectError::Io { path: path.display().to_string(), source }),
    }
}

/// Returns the subjects of a bundle, if the receipt in the log was made of it.
fn subjects(path: &Path, json: &[u8], sequel: &Sequel) -> Result<Opened, SubjectError> {
    let unfit = |detail: String| SubjectError::Unfit {
        path: path.display().to_string(),
        receipt: sequel.id.to_string(),
        detail,
    };
    let bundle = Bundle::from_json(json).map_err(|e| unfit(format!("it is no bundle: {e}")))?;
    let id = bundle.receipt.id();
    if id != sequel.id {
        return Err(unfit(format!("it is the bundle of `{id}`")));
    }
    if let Some(problem) = unopened(&bundle).first() {
        return Err(unfit(problem.to_string()));
    }
    Ok(Opened::Subjects(bundle.application.subjects))
}
