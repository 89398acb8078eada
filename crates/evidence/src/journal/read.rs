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

/// Why the log, or an entry of it, cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The log.
    #[error("the log `{path}` cannot be read")]
    Log {
        /// Its folder.
        path: String,
        /// Why.
        #[source]
        source: mustcheck_log::Error,
    },
    /// The public keys are none.
    #[error("the public keys cannot be used: {0}")]
    Keys(String),
    /// An entry that is no entry of this program.
    #[error("entry {index}")]
    Entry {
        /// Its index, from 0.
        index: u64,
        /// What is wrong with it.
        #[source]
        source: EntryError,
    },
    /// An entry of another file that is not there, or not what it was.
    #[error("entry {index} stands for `{file}`: {detail}")]
    Large {
        /// Its index, from 0.
        index: u64,
        /// The file, in the log's folder.
        file: String,
        /// What is wrong with it.
        detail: String,
    },
}

/// The audit log as it is when it is opened. Reading does not hinder who appends.
pub struct AuditReader {
    reader: Reader,
    folder: PathBuf,
}

impl AuditReader {
    /// Opens a log whose checkpoint these keys sign.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if there is none, or if the keys do not fit.
    pub fn open(folder: &Path, keys: &PublicKeys) -> Result<Self, ReadError> {
        let trust = keys.trust().map_err(ReadError::Keys)?;
        let reader = Reader::open(folder, &trust)
            .map_err(|source| ReadError::Log { path: folder.display().to_string(), source })?;
        Ok(Self { reader, folder: folder.to_owned() })
    }

    /// How many entries there are.
    pub fn size(&self) -> u64 {
        self.reader.size()
    }

    /// The log's own reader, for its checkpoint and for proofs.
    pub const fn log(&self) -> &Reader {
        &self.reader
    }

    /// The root of the log's tree over its first entries: two logs with the same root have the same.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if there are fewer, or the tiles cannot be read.
    pub fn root(&self, entries: u64) -> Result<Hash, ReadError> {
        self.reader.root(entries).map_err(|source| self.failed(source))
    }

    /// Up to 256 entries, as they stand in the log.
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

    /// The entry itself, or the larger one that it stands for.
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
