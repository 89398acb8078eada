//! Reading the audit log.

use std::ops::Range;
use std::path::{Path, PathBuf};

use mustcheck_log::{Bundle, Hash, Reader};

use super::{LARGE, LARGE_HEAD, StandsFor};
use crate::keys::PublicKeys;
use mustcheck::input::read_file;
use mustcheck::receipts::canonical::{self, NotCanonical};
use mustcheck::receipts::digest::ContentDigest;
use mustcheck::receipts::entry::{Entry, EntryError};

/// The largest entry that is read from a file of its own, in bytes: ten times the receipt of
/// 10,000 subjects.
const LARGEST: u64 = 1 << 30;

/// Error: the log, or an entry of it, cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The log cannot be read.
    #[error("the log `{path}` cannot be read")]
    Log {
        /// Its folder.
        path: String,
        /// Error of the log.
        #[source]
        source: mustcheck_log::Error,
    },
    /// One of the public keys is not valid.
    #[error("the public keys cannot be used: {0}")]
    Keys(String),
    /// An entry is not one of this program's.
    #[error("entry {index}")]
    Entry {
        /// Its index, from 0.
        index: u64,
        /// Error of the entry.
        #[source]
        source: EntryError,
    },
    /// An entry refers to a file that is missing or was changed.
    #[error("entry {index} stands for `{file}`: {detail}")]
    Large {
        /// Its index, from 0.
        index: u64,
        /// The file, in the log's folder.
        file: String,
        /// Description of the fault.
        detail: String,
    },
}

/// The audit log as it was when it was opened. Reading does not hinder a program that appends.
pub struct AuditReader {
    reader: Reader,
    folder: PathBuf,
}

impl AuditReader {
    /// Opens a log whose checkpoint these keys sign.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if there is no log, or its checkpoint is not by these keys.
    pub fn open(folder: &Path, keys: &PublicKeys) -> Result<Self, ReadError> {
        let trust = keys.trust().map_err(ReadError::Keys)?;
        let reader = Reader::open(folder, &trust)
            .map_err(|source| ReadError::Log { path: folder.display().to_string(), source })?;
        Ok(Self { reader, folder: folder.to_owned() })
    }

    /// Number of entries.
    pub fn size(&self) -> u64 {
        self.reader.size()
    }

    /// The log's own reader, for its checkpoint and for proofs.
    pub const fn log(&self) -> &Reader {
        &self.reader
    }

    /// The root of the log's tree over its first entries. Two logs with the same root have the same
    /// first entries.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if there are fewer, or the tiles cannot be read.
    pub fn root(&self, entries: u64) -> Result<Hash, ReadError> {
        self.reader.root(entries).map_err(|source| self.failed(source))
    }

    /// Up to 256 entries as they are in the log, by the bundle's number.
    pub fn bundle(&self, number: u64) -> Result<Bundle, ReadError> {
        self.reader.bundle(number).map_err(|source| self.failed(source))
    }

    fn failed(&self, source: mustcheck_log::Error) -> ReadError {
        ReadError::Log { path: self.folder.display().to_string(), source }
    }

    /// The bytes of entries, whole, in their order.
    pub fn texts(
        &self,
        range: Range<u64>,
    ) -> impl Iterator<Item = Result<(u64, Vec<u8>), ReadError>> {
        self.reader.entries(range).map(|read| match read {
            Ok((index, bytes)) => Ok((index, self.whole(index, bytes)?)),
            Err(source) => Err(self.failed(source)),
        })
    }

    /// The entries, in their order.
    pub fn entries(
        &self,
        range: Range<u64>,
    ) -> impl Iterator<Item = Result<(u64, Entry), ReadError>> {
        self.texts(range).map(|read| {
            let (index, text) = read?;
            let entry = Entry::from_json(&text);
            Ok((index, entry.map_err(|source| ReadError::Entry { index, source })?))
        })
    }

    /// The whole entry: `entry` itself, or the larger one that it refers to.
    pub fn whole(&self, index: u64, entry: Vec<u8>) -> Result<Vec<u8>, ReadError> {
        if !entry.starts_with(LARGE_HEAD) {
            return Ok(entry);
        }
        let stub: Result<StandsFor, NotCanonical> = canonical::read(&entry);
        let StandsFor::Large(large) =
            stub.map_err(|e| ReadError::Entry { index, source: e.into() })?;
        let file = format!("{LARGE}/{}", large.digest.hex());
        let wrong = |detail: String| ReadError::Large { index, file: file.clone(), detail };
        let read = read_file(&self.folder.join(&file), LARGEST);
        let bytes = read.map_err(|e| wrong(format!("it cannot be read: {e}")))?;
        let found = ContentDigest::of(&bytes);
        if found != large.digest || u64::try_from(bytes.len()).ok() != Some(large.bytes) {
            return Err(wrong(format!("it was changed: its digest is `{found}`")));
        }
        Ok(bytes)
    }
}
