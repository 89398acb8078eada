//! Reading files that the service relies on, with a check of their owner and permissions.

use std::fs::File;
use std::io::{Error, ErrorKind, Read as _};
use std::path::Path;

use zeroize::Zeroizing;

use crate::config::{ConfigError, FILE_LIMIT};

/// Reads the text of a file that no other user can change, and only the group can read: that is how
/// an orchestrator mounts it. The file that is checked is the one that is read, whatever is put in
/// its place meanwhile.
pub(crate) fn read_private(path: &Path) -> Result<Zeroizing<String>, ConfigError> {
    let io = |source| ConfigError::Io { path: path.display().to_string(), source };
    let file = File::open(path).map_err(io)?;
    check_owner(&file).map_err(io)?;
    let mut text = Zeroizing::new(String::new());
    let read = file.take(FILE_LIMIT + 1).read_to_string(&mut text).map_err(io)?;
    if u64::try_from(read).unwrap_or(u64::MAX) > FILE_LIMIT {
        let detail = format!("it has more than {FILE_LIMIT} bytes");
        return Err(io(Error::new(ErrorKind::FileTooLarge, detail)));
    }
    Ok(text)
}

#[cfg(unix)]
fn check_owner(file: &File) -> Result<(), Error> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = file.metadata()?;
    let me = nix::unistd::geteuid().as_raw();
    let mode = metadata.mode() & 0o777;
    let detail = if metadata.uid() != me && metadata.uid() != 0 {
        "it belongs to another user".to_owned()
    } else if mode & 0o037 != 0 {
        format!("others may use it (mode {mode:03o}): `chmod g-wx,o=` it")
    } else {
        return Ok(());
    };
    Err(Error::new(ErrorKind::PermissionDenied, detail))
}

/// Accepts every file: on other systems, the folder's permissions decide.
#[cfg(not(unix))]
fn check_owner(_: &File) -> Result<(), Error> {
    Ok(())
}
