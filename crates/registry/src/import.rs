//! Importing registry files into SQLite.
//!
//! A file is one transaction: a lookup sees it before or after, a record that moves between
//! sources is never nowhere, and a killed import leaves the old state. The snapshot replaces what
//! its source said, events included. What the source no longer lists is removed, and more than a
//! snapshot usually drops only if somebody allows the number. The snapshot before is kept.
//!
//! A record that cannot be judged is reported with its place and not imported. Whom it may mean is
//! remembered, so that a lookup about them is `unavailable` rather than empty (RAIL R2).

mod acknowledge;
mod read;
mod snapshot;
mod undo;
mod work;

use std::path::Path;

use mustcheck_model::date::Timestamp;
use serde::Serialize;

use crate::error::StoreError;
use crate::sqlite::{begin, open_for_import};
use mustcheck::registry::held::Mark;
use mustcheck::registry::sources::now;
use mustcheck::registry::{RegistryError, Vocabulary};
use work::Work;

pub use acknowledge::acknowledge;
pub use mustcheck::registry::held::ImportOptions;
pub use read::{Incoming, Item};
pub use snapshot::{Snapshot, Taken};
pub use undo::undo;

/// What an import did for one source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SourceReport {
    /// The source.
    pub source: String,
    /// Records that are new.
    pub added: u64,
    /// Records that changed.
    pub changed: u64,
    /// Records that are as they were.
    pub unchanged: u64,
    /// Records that the source no longer lists.
    pub removed: u64,
    /// The moment after now as of which the snapshot was held that was replaced, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repaired_as_of: Option<Timestamp>,
    /// Why nothing was imported, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// A record that was not imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// Its place in the file.
    pub place: String,
    /// Why.
    pub reason: String,
    /// What `registry acknowledge` names it by.
    pub mark: Mark,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// By source, in the order of the file.
    pub sources: Vec<SourceReport>,
    /// Records that were not imported.
    pub rejected: Vec<Rejected>,
}

/// Imports a registry file into a database, which is made if it does not exist.
///
/// `progress` is called with each record that was written.
///
/// # Errors
///
/// If the file or the database cannot be used at all, or the file would remove more than a
/// snapshot usually drops; what one source or record does wrong is in the report.
pub fn import(
    file: &Path,
    database: &Path,
    vocabulary: &Vocabulary,
    progress: &mut dyn FnMut(),
) -> Result<Report, RegistryError> {
    import_with(file, database, vocabulary, &ImportOptions::default(), progress)
}

/// As [`import`], with what is allowed besides.
///
/// # Errors
///
/// As [`import`].
pub fn import_with(
    file: &Path,
    database: &Path,
    vocabulary: &Vocabulary,
    options: &ImportOptions,
    progress: &mut dyn FnMut(),
) -> Result<Report, RegistryError> {
    let incoming = Incoming::read(file, vocabulary)?;
    let mut connection = open_for_import(database)?;
    let transaction = begin(&mut connection)?;
    let mut work = Work::begin(&transaction, incoming.sources(), vocabulary, now()?, options)?;
    let rejected = incoming.each(&mut |item| Ok(work.take(item, progress)?))?;
    let report = work.end(rejected, options)?;
    transaction.commit().map_err(StoreError::from)?;
    Ok(report)
}
