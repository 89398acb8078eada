//! Importing registry files into SQLite.
//!
//! A file is one transaction: a lookup sees the state before or after, a record that moves between
//! sources is never absent, and a killed import leaves the old state. The snapshot replaces the
//! whole content of its source, events included. Records that the source no longer lists are
//! removed; to remove more than a snapshot usually drops, the caller must allow the number. The
//! previous snapshot is kept.
//!
//! A record that cannot be judged is reported with its place and not imported. The identifiers that
//! it may mean are remembered, so that a lookup about them is `unavailable` rather than empty (RAIL
//! R2).

mod acknowledge;
mod read;
mod snapshot;
mod undo;
mod work;

use std::path::Path;

pub use mustcheck::registry::held::ImportOptions;
use mustcheck::registry::held::Mark;
use mustcheck::registry::sources::now;
use mustcheck::registry::{RegistryError, Vocabulary};
use mustcheck_model::date::Timestamp;
use serde::Serialize;

use crate::error::StoreError;
use crate::sqlite::{begin, open_for_import};
pub use acknowledge::acknowledge;
pub use read::{Incoming, Item};
pub use snapshot::{Snapshot, Taken};
pub use undo::undo;
use work::Work;

/// Result of an import for one source.
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
    /// Time of the replaced snapshot, if it was in the future, so that the import repaired the
    /// source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repaired_as_of: Option<Timestamp>,
    /// Reason for which nothing was imported, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// A record that was not imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// Its place in the file.
    pub place: String,
    /// Reason for the rejection.
    pub reason: String,
    /// Mark by which `registry acknowledge` names it.
    pub mark: Mark,
}

/// Result of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Results by source, in the order of the file.
    pub sources: Vec<SourceReport>,
    /// Records that were not imported.
    pub rejected: Vec<Rejected>,
}

/// Imports a registry file into a database, which is created if it does not exist.
///
/// `progress` is called for each record that was written.
///
/// # Errors
///
/// [`RegistryError`] if the file or the database cannot be used at all, or the file would remove
/// more than a snapshot usually drops. Faults of one source or record are in the report.
pub fn import(
    file: &Path,
    database: &Path,
    vocabulary: &Vocabulary,
    progress: &mut dyn FnMut(),
) -> Result<Report, RegistryError> {
    import_with(file, database, vocabulary, &ImportOptions::default(), progress)
}

/// Imports as [`import`] does, with options that allow more.
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
