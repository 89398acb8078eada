//! A set of texts whose memory does not grow with it.
//!
//! A file of a million rows must not list one id twice, and no row twice. The set keeps sixteen
//! bytes of a digest of each text: in memory at first, then in a temporary database that only this
//! process can open and that ends with it.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use mustcheck::RegistryError;
use rusqlite::{Connection, params};
use sha2::{Digest as _, Sha256};

use crate::error::StoreError;

/// Number of digests that are kept in memory.
const IN_MEMORY: usize = 1 << 16;

/// The first sixteen bytes of a digest: no two of a billion texts share them by chance.
type Short = [u8; 16];

/// A set of texts, each a list of parts.
#[derive(Debug)]
pub struct DigestSet {
    in_memory: HashSet<Short>,
    /// Digests that were too many for the memory. The lock is for threads that share the set; none
    /// ever waits for it.
    on_disk: Option<Mutex<Connection>>,
    /// Random start of every digest, so that the digests on the disk tell nobody the content of the
    /// file.
    salt: Short,
    limit: usize,
}

impl DigestSet {
    /// Makes an empty set.
    ///
    /// # Errors
    ///
    /// [`RegistryError::Other`] if the system has no random numbers.
    pub fn new() -> Result<Self, RegistryError> {
        Self::with_limit(IN_MEMORY)
    }

    fn with_limit(limit: usize) -> Result<Self, RegistryError> {
        let mut salt = Short::default();
        getrandom::fill(&mut salt)
            .map_err(|e| RegistryError::Other(format!("no random numbers: {e}")))?;
        Ok(Self { in_memory: HashSet::new(), on_disk: None, salt, limit })
    }

    /// Adds a text; returns whether it is new.
    ///
    /// # Errors
    ///
    /// [`StoreError::Sqlite`] if the temporary database cannot be written.
    pub fn insert<'t>(
        &mut self,
        parts: impl IntoIterator<Item = &'t str>,
    ) -> Result<bool, StoreError> {
        let digest = self.digest(parts);
        if self.in_memory.len() >= self.limit {
            self.spill()?;
        }
        match &mut self.on_disk {
            Some(disk) => {
                let disk = disk.get_mut().unwrap_or_else(PoisonError::into_inner);
                let sql = "SELECT 1 FROM digest WHERE digest = ?1";
                let is_there = disk.prepare_cached(sql)?.exists(params![digest])?;
                Ok(!is_there && self.in_memory.insert(digest))
            }
            None => Ok(self.in_memory.insert(digest)),
        }
    }

    /// Whether the set holds a text.
    ///
    /// # Errors
    ///
    /// [`StoreError::Sqlite`] if the temporary database cannot be read.
    pub fn contains<'t>(
        &self,
        parts: impl IntoIterator<Item = &'t str>,
    ) -> Result<bool, StoreError> {
        let digest = self.digest(parts);
        if self.in_memory.contains(&digest) {
            return Ok(true);
        }
        let Some(disk) = &self.on_disk else { return Ok(false) };
        let disk = disk.lock().unwrap_or_else(PoisonError::into_inner);
        let sql = "SELECT 1 FROM digest WHERE digest = ?1";
        Ok(disk.prepare_cached(sql)?.exists(params![digest])?)
    }

    /// Moves what is in memory to the disk, in the order of the digests, which is the cheapest.
    fn spill(&mut self) -> Result<(), StoreError> {
        let disk = match self.on_disk.take() {
            Some(disk) => disk.into_inner().unwrap_or_else(PoisonError::into_inner),
            None => temporary()?,
        };
        let mut sorted: Vec<Short> = self.in_memory.drain().collect();
        sorted.sort_unstable();
        {
            let mut insert = disk.prepare_cached("INSERT INTO digest VALUES (?1)")?;
            for digest in sorted {
                insert.execute(params![digest])?;
            }
        }
        self.on_disk = Some(Mutex::new(disk));
        Ok(())
    }

    fn digest<'t>(&self, parts: impl IntoIterator<Item = &'t str>) -> Short {
        let mut hasher = Sha256::new_with_prefix(self.salt);
        for part in parts {
            hasher.update(part.as_bytes());
            // No byte of UTF-8.
            hasher.update([0xff]);
        }
        let mut short = Short::default();
        short.iter_mut().zip(hasher.finalize()).for_each(|(to, from)| *to = from);
        short
    }
}

/// Opens a database that has no name and ends with its connection.
fn temporary() -> Result<Connection, StoreError> {
    let disk = Connection::open("")?;
    disk.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -4096;
         CREATE TABLE digest (digest BLOB PRIMARY KEY) WITHOUT ROWID; BEGIN;",
    )?;
    Ok(disk)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::DigestSet;

    #[test]
    fn a_set_that_has_left_the_memory_is_the_same_set() {
        let mut set = DigestSet::with_limit(64).unwrap();
        let mut model = HashSet::new();
        // Texts come again while they are in memory, and long after.
        for step in 0_u64..5_000 {
            let number = step.wrapping_mul(2_654_435_761) % 1_999;
            let text = number.to_string();
            assert_eq!(set.contains([&*text]).unwrap(), model.contains(&text), "{step}");
            assert_eq!(set.insert([&*text]).unwrap(), model.insert(text), "{step}");
        }
        assert!(set.on_disk.is_some() && set.in_memory.len() <= 64);
    }

    #[test]
    fn parts_are_told_apart() {
        let mut set = DigestSet::new().unwrap();
        assert!(set.insert(["ab", "c"]).unwrap());
        assert!(!set.contains(["a", "bc"]).unwrap());
        assert!(!set.contains(["abc"]).unwrap());
        assert!(set.contains(["ab", "c"]).unwrap());
    }
}
