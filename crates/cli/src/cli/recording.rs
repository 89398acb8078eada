//! Arguments for putting checks on record, and the recorder that they open: keys, log, bundles.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use mustcheck_evidence::bundle::{BundleFolder, Recipients};
use mustcheck_evidence::{AuditLog, Keys, Recorded, Recorder};

/// Arguments for putting checks on record.
#[derive(Args, Clone)]
pub struct Recording {
    /// The folder of the audit log: each receipt is in it for good before its decision is shown. It
    /// names nobody.
    #[arg(long, value_name = "DIR")]
    audit: Option<PathBuf>,
    /// The folder for evidence: one bundle a check, from which its decision can be derived again.
    /// Bundles hold personal data in clear, unless `--encrypt-to` is given; keep them like the case
    /// itself.
    #[arg(long, value_name = "DIR", requires = "audit")]
    evidence: Option<PathBuf>,
    /// The folder of the keys that sign; without it, the one that `MUSTCHECK_KEYS` names, or one
    /// in the user's configuration. `mustcheck audit keygen` makes them.
    #[arg(long, value_name = "DIR", requires = "audit")]
    keys: Option<PathBuf>,
    /// Encrypt the bundles to this key (`age1…`) or to those in a file; repeatable. Without one of
    /// the secret keys nobody can read them again, this office included.
    #[arg(long, value_name = "AGE|FILE", requires = "evidence")]
    encrypt_to: Vec<String>,
}

impl Recording {
    /// Opens the recorder; none if `--audit` is not given.
    pub fn recorder(&self) -> Result<Option<Arc<Recorder>>> {
        let Some(audit) = &self.audit else { return Ok(None) };
        let keys = Keys::open(&folder_of_keys(self.keys.as_deref())?)?;
        let log = AuditLog::open(audit, &keys)?;
        let bundles = match &self.evidence {
            Some(folder) => Some(BundleFolder::open(folder, self.recipients()?, &keys)?),
            None => None,
        };
        let mut recorder = Recorder::new(keys, log);
        if let Some(bundles) = bundles {
            recorder = recorder.bundles(bundles);
        }
        Ok(Some(Arc::new(recorder)))
    }

    fn recipients(&self) -> Result<Option<Recipients>> {
        if self.encrypt_to.is_empty() {
            return Ok(None);
        }
        let recipients = Recipients::parse(self.encrypt_to.iter().map(String::as_str));
        Ok(Some(recipients.context("`--encrypt-to`")?))
    }
}

/// Returns the folder of the keys: the chosen one, or the user's own.
pub fn folder_of_keys(chosen: Option<&Path>) -> Result<PathBuf> {
    let chosen = chosen.map(Path::to_owned).or_else(Keys::default_folder);
    chosen.ok_or_else(|| anyhow!("this user has no folder for keys: name one with `--keys`"))
}

/// Returns one line about a check that is on record.
pub fn told(recorded: &Recorded) -> String {
    format!("receipt {} (entry {} of the log)", recorded.id, recorded.index)
}
