//! A folder that follows the log in the database, in the format of C2SP tlog-tiles.

use std::path::Path;
use std::sync::Arc;

use mustcheck_evidence::journal::Continued;
use mustcheck_evidence::{AuditLog, JournalError, Keys};

use super::PostgresLog;
use super::pages::Pages;
use super::read::LogRow;
use crate::Error;

/// Result of bringing a folder up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirrored {
    /// Number of entries that the folder has now.
    pub entries: u64,
    /// Number of entries that were added.
    pub appended: u64,
    /// The root over all entries, in Base64: that of the checkpoint in the database.
    pub root: String,
}

impl PostgresLog {
    /// Brings a folder up to date with the log, or makes it. Every reader of logs can read it:
    /// `mustcheck audit`, statistics, overdue lists, any client of tlog-tiles.
    ///
    /// Entries that the folder does not have yet are read twice: first they are compared with the
    /// checkpoint in the database, and only then are they appended. Entries that the folder has are
    /// not read again; [`PostgresLog::verify`] reads all.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] with what is wrong, if the entries are not those that the checkpoint was
    /// signed for; [`Error::RolledBack`] if the folder has more; [`Error::Folder`].
    pub async fn mirror(&self, folder: &Path, keys: &Keys) -> Result<Mirrored, Error> {
        let local = open(folder, keys)?;
        let continued = on_disk(&local, folder, |log| log.continued()).await?;
        let pages = Pages::open(self).await?;
        let (had, size) = (continued.size(), pages.state.size());
        if had > size {
            return Err(Error::RolledBack { known: had, found: size });
        }
        if !self.fits(&pages, continued).await? {
            pages.close().await?;
            return Err(Error::Damaged(self.findings(had).await?));
        }
        let mut next = had;
        while next < size {
            let rows = pages.from(next).await?;
            let Some(last) = rows.last().map(|row| row.index) else { break };
            let entries: Vec<Vec<u8>> = rows.iter().map(|row| row.whole().to_vec()).collect();
            on_disk(&local, folder, move |log| log.append_all(&entries)).await?;
            next = last + 1;
        }
        let state = pages.state.clone();
        pages.close().await?;
        let now = on_disk(&local, folder, |log| {
            log.publish()?;
            log.continued()
        });
        if !now.await?.is(&state) {
            let detail = "somebody else appended to it".into();
            return Err(Error::Folder { path: folder.display().to_string(), detail });
        }
        Ok(Mirrored { entries: size, appended: size - had, root: state.root() })
    }

    /// Whether the entries that the folder lacks continue it to the tree under the checkpoint.
    async fn fits(&self, pages: &Pages<'_>, mut tree: Continued) -> Result<bool, Error> {
        loop {
            let rows = pages.from(tree.size()).await?;
            if rows.is_empty() {
                return Ok(tree.is(&pages.state));
            }
            let gap =
                |(expected, row): (u64, &LogRow)| row.index != expected || row.fault().is_some();
            if (tree.size()..).zip(&rows).any(gap) {
                return Ok(false);
            }
            rows.iter().for_each(|row| tree.push(&row.entry));
        }
    }

    async fn findings(&self, had: u64) -> Result<String, Error> {
        let verified = self.verify().await?;
        if verified.is_sound() {
            return Ok(format!("it does not continue the {had} entries of the folder"));
        }
        Ok(verified.findings.join("; "))
    }
}

fn open(folder: &Path, keys: &Keys) -> Result<Arc<AuditLog>, Error> {
    Ok(Arc::new(AuditLog::open(folder, keys).map_err(|e| failed(folder, &e))?))
}

/// Works on the folder in a thread where waiting for the disk keeps no other task waiting.
async fn on_disk<T: Send + 'static>(
    local: &Arc<AuditLog>,
    folder: &Path,
    work: impl FnOnce(&AuditLog) -> Result<T, JournalError> + Send + 'static,
) -> Result<T, Error> {
    let local = Arc::clone(local);
    match tokio::task::spawn_blocking(move || work(&local)).await {
        Ok(done) => done.map_err(|e| failed(folder, &e)),
        Err(_) => Err(Error::Closed),
    }
}

fn failed(folder: &Path, error: &JournalError) -> Error {
    let cause = std::error::Error::source(error).map(|e| format!(": {e}")).unwrap_or_default();
    Error::Folder { path: folder.display().to_string(), detail: format!("{error}{cause}") }
}
