//! Verification of the whole log in the database.

use mustcheck_evidence::journal::Continued;

use super::PostgresLog;
use super::pages::Pages;
use super::read::LogRow;
use crate::Error;

/// Largest number of findings that are listed.
const LISTED: usize = 100;

/// Result of verifying the whole log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The number of entries under the checkpoint.
    pub entries: u64,
    /// The root over them, in Base64.
    pub root: String,
    /// The signed checkpoint.
    pub checkpoint: String,
    /// Findings in the order of the entries, the first hundred.
    pub findings: Vec<String>,
}

impl Verified {
    /// Whether the log is what was written and signed.
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }
}

impl PostgresLog {
    /// Reads every entry, and compares all of them with the signed checkpoint. Appending goes on
    /// meanwhile. An older state of the log that was put back is found only with a checkpoint that
    /// was kept elsewhere.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] if the checkpoint itself is not valid, or the database's failure. Faults
    /// of entries are in the report.
    pub async fn verify(&self) -> Result<Verified, Error> {
        let pages = Pages::open(self).await?;
        let mut check = Check { tree: Continued::from_nothing(), findings: Vec::new() };
        let size = pages.state.size();
        let mut next = 0;
        loop {
            let rows = pages.from(next).await?;
            let Some(last) = rows.last().map(|row| row.index) else { break };
            for row in &rows {
                check.missing(next, row.index);
                check.row(row, size);
                next = row.index + 1;
            }
            next = last + 1;
        }
        check.missing(next, size);
        if check.findings.is_empty() && !check.tree.is(&pages.state) {
            check.findings.push(format!(
                "the entries are not those that the checkpoint of {size} was signed for: some \
                 were exchanged, or changed together with their hashes"
            ));
        }
        check.findings.truncate(LISTED);
        let state = pages.state.clone();
        pages.close().await?;
        Ok(Verified {
            entries: size,
            root: state.root(),
            checkpoint: state.checkpoint().to_owned(),
            findings: check.findings,
        })
    }
}

struct Check {
    tree: Continued,
    findings: Vec<String>,
}

impl Check {
    fn missing(&mut self, from: u64, to: u64) {
        match to.saturating_sub(from) {
            0 => {}
            1 => self.findings.push(format!("entry {from} is missing")),
            _ => self.findings.push(format!("entries {from} to {} are missing", to - 1)),
        }
    }

    fn row(&mut self, row: &LogRow, size: u64) {
        let index = row.index;
        if index >= size {
            self.findings.push(format!("entry {index} was added after the checkpoint"));
        } else if let Some(fault) = row.fault() {
            self.findings.push(format!("entry {index} {fault}"));
        }
        self.tree.push(&row.entry);
    }
}
