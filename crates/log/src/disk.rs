//! The log's directory. Every change to it passes here, one step after the other, so that the tests
//! can let each step fail and lose what was not synced.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::Error;

#[cfg(test)]
pub(crate) mod faults;
#[cfg(test)]
mod tests;

/// The journal of the entries that do not fill a bundle yet.
pub(crate) const TAIL: &str = "tail";
/// The checkpoint that other programs read.
pub(crate) const CHECKPOINT: &str = "checkpoint";
/// Lock file: exclusive for a writer, shared for a reader of the journal.
pub(crate) const LOCK: &str = "lock";
/// The one file that is written outside its final place, before it is renamed. Only the holder of
/// the lock writes it.
pub(crate) const TEMPORARY: &str = "tmp";
/// Folder of journal ends that did not fit: each was moved here for somebody to examine.
pub(crate) const TORN: &str = "torn";

/// A step that changes the directory.
#[derive(Clone, Debug)]
#[cfg_attr(not(test), expect(dead_code, reason = "only the tests look at the steps"))]
pub(crate) enum Step<'a> {
    MakeFolder(&'a str),
    Create(&'a str),
    Write(&'a str, u64, &'a [u8]),
    Cut(&'a str, u64),
    Sync(&'a str),
    Rename(&'a str, &'a str),
    SyncFolder(&'a str),
    Remove(&'a str),
}

/// Changes of names that may be lost in a power failure until their folders are synced.
#[derive(Debug, Default)]
pub(crate) struct Changed {
    /// The folders in which names changed.
    folders: BTreeSet<String>,
    /// Folders that are lasting once the changes are synced.
    entered: BTreeSet<String>,
}

impl Changed {
    /// A folder in which names may have changed.
    pub(crate) fn folder(path: &str) -> Self {
        Self { folders: BTreeSet::from([path.to_owned()]), entered: BTreeSet::new() }
    }
}

/// The directory of a log.
#[derive(Clone, Debug)]
pub(crate) struct Disk {
    root: PathBuf,
    /// Whether to wait until the disk has what was written.
    sync: bool,
    /// Folders that are known to survive a power failure.
    lasting: Arc<Mutex<BTreeSet<String>>>,
    #[cfg(test)]
    faults: Option<Arc<faults::Faults>>,
}

impl Disk {
    pub(crate) fn new(root: &Path, sync: bool) -> Self {
        Self {
            root: root.to_owned(),
            sync,
            lasting: Arc::default(),
            #[cfg(test)]
            faults: None,
        }
    }

    #[cfg(test)]
    pub(crate) fn with_faults(root: &Path, faults: Arc<faults::Faults>) -> Self {
        Self { faults: Some(faults), ..Self::new(root, true) }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn at(&self, path: &str) -> PathBuf {
        if path.is_empty() { self.root.clone() } else { self.root.join(path) }
    }

    /// Takes the step, unless a test lets it fail.
    fn step<T>(&self, step: Step<'_>, take: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        #[cfg(test)]
        if let Some(faults) = &self.faults {
            return faults.step(&self.root, &step, take);
        }
        let _ = step;
        take()
    }

    pub(crate) fn read(&self, path: &str) -> Result<Vec<u8>, Error> {
        fs::read(self.at(path)).map_err(|e| Error::io("read", path, e))
    }

    /// Reads a file; `None` if there is no such file.
    pub(crate) fn read_if_any(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        match self.read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.is_not_found() => Ok(None),
            Err(e) => Err(e),
        }
    }

    pub(crate) fn exists(&self, path: &str) -> Result<bool, Error> {
        self.at(path).try_exists().map_err(|e| Error::io("look for", path, e))
    }

    /// Makes a folder and those above it.
    ///
    /// A folder that is already there may still be lost in a power failure, if its maker was
    /// stopped before syncing. It is synced too.
    pub(crate) fn make_folder(&self, path: &str, changed: &mut Changed) -> Result<(), Error> {
        let lasting = |path: &str| self.lasting().contains(path) || changed.entered.contains(path);
        if path.is_empty() || lasting(path) {
            return Ok(());
        }
        self.make_folder(parent(path), changed)?;
        if !self.at(path).is_dir() {
            self.step(Step::MakeFolder(path), || fs::create_dir(self.at(path)))
                .map_err(|e| Error::io("make", path, e))?;
        }
        changed.folders.insert(parent(path).to_owned());
        changed.entered.insert(path.to_owned());
        Ok(())
    }

    /// Makes the directory itself.
    pub(crate) fn make(&self) -> Result<(), Error> {
        fs::create_dir_all(&self.root).map_err(|e| Error::io("make", "", e))
    }

    fn lasting(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.lasting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a whole file in its place: it is there with these bytes or not at all. Its folder is
    /// `changed`, and is still to be synced.
    pub(crate) fn put(
        &self,
        path: &str,
        bytes: &[u8],
        changed: &mut Changed,
    ) -> Result<File, Error> {
        self.make_folder(parent(path), changed)?;
        let mut file = self.create(TEMPORARY).map_err(|e| Error::io("write", path, e))?;
        let write = self.write(&mut file, TEMPORARY, 0, bytes);
        write
            .and_then(|()| self.sync(&file, TEMPORARY))
            .map_err(|e| Error::io("write", path, e))?;
        let rename = || fs::rename(self.at(TEMPORARY), self.at(path));
        self.step(Step::Rename(TEMPORARY, path), rename)
            .map_err(|e| Error::io("write", path, e))?;
        changed.folders.insert(parent(path).to_owned());
        Ok(file)
    }

    fn create(&self, path: &str) -> io::Result<File> {
        self.step(Step::Create(path), || {
            OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(true)
                .open(self.at(path))
        })
    }

    /// Writes at `offset`, which is the end of the file and the place of its cursor.
    pub(crate) fn write(
        &self,
        file: &mut File,
        path: &str,
        offset: u64,
        bytes: &[u8],
    ) -> io::Result<()> {
        #[cfg(test)]
        if let Some(fewer) = self.faults.as_ref().and_then(|faults| faults.short(bytes.len())) {
            let part = bytes.get(..fewer).unwrap_or_default();
            self.step(Step::Write(path, offset, part), || file.write_all(part))?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.step(Step::Write(path, offset, bytes), || file.write_all(bytes))
    }

    pub(crate) fn sync(&self, file: &File, path: &str) -> io::Result<()> {
        if !self.sync {
            return Ok(());
        }
        self.step(Step::Sync(path), || file.sync_data())
    }

    pub(crate) fn cut(&self, file: &File, path: &str, length: u64) -> io::Result<()> {
        self.step(Step::Cut(path, length), || file.set_len(length))
    }

    pub(crate) fn sync_folders(&self, changed: &mut Changed) -> Result<(), Error> {
        if self.sync {
            for folder in &changed.folders {
                let sync = || File::open(self.at(folder))?.sync_all();
                self.step(Step::SyncFolder(folder), sync)
                    .map_err(|e| Error::io("sync the folder", folder.as_str(), e))?;
            }
        }
        changed.folders.clear();
        self.lasting().append(&mut changed.entered);
        Ok(())
    }

    /// Waits until the disk has everything that can be read from the file.
    pub(crate) fn sync_for_reading(&self, path: &str) -> io::Result<()> {
        File::open(self.at(path))?.sync_data()
    }

    /// Makes sure that the directory itself is still there after a power failure.
    pub(crate) fn sync_parent(&self) -> Result<(), Error> {
        let parent = self.root.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        let sync = if self.sync { File::open(parent).and_then(|f| f.sync_all()) } else { Ok(()) };
        sync.map_err(|e| Error::io("sync the folder above", "", e))
    }

    /// Removes a folder of files, if it is there.
    pub(crate) fn remove(&self, path: &str) -> Result<(), Error> {
        match self.step(Step::Remove(path), || fs::remove_dir_all(self.at(path))) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Error::io("remove", path, e)),
            _ => Ok(()),
        }
    }

    pub(crate) fn remove_file(&self, path: &str) -> Result<(), Error> {
        let remove = self.step(Step::Remove(path), || fs::remove_file(self.at(path)));
        remove.map_err(|e| Error::io("remove", path, e))
    }

    /// Waits for the exclusive lock. Until the file is dropped, no other writer and no reader of
    /// the journal gets a lock.
    pub(crate) fn lock(&self) -> Result<File, Error> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(self.at(LOCK)).map_err(|e| Error::io("open", LOCK, e))?;
        file.lock().map_err(|e| Error::io("lock", LOCK, e))?;
        Ok(file)
    }

    /// Waits for a shared lock. Until the file is dropped, no writer gets the lock. `None` if a
    /// copy of a log lacks the file, or the disk has no locks: nobody writes there either.
    pub(crate) fn lock_shared(&self) -> Result<Option<File>, Error> {
        match File::open(self.at(LOCK)) {
            Ok(file) => match file.lock_shared() {
                Ok(()) => Ok(Some(file)),
                Err(e) if e.kind() == io::ErrorKind::Unsupported => Ok(None),
                Err(e) => Err(Error::io("lock", LOCK, e)),
            },
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::io("open", LOCK, e)),
        }
    }
}

/// The bytes of the file from the cursor on.
pub(crate) fn read_on(file: &mut File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Device and inode of a file: they tell it from another file of the same name. `None` where the
/// system has no such numbers.
#[cfg(unix)]
pub(crate) fn identity(metadata: &fs::Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

/// Device and inode of a file, which this system does not have.
#[cfg(not(unix))]
pub(crate) fn identity(_: &fs::Metadata) -> Option<(u64, u64)> {
    None
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}
