//! Who may read and write a file that the service relies on.

use std::path::Path;

use crate::config::ConfigError;

/// That nobody else can change a file, and nobody but the group can read it: so does an
/// orchestrator mount it.
#[cfg(unix)]
pub(crate) fn check_owner(path: &Path) -> Result<(), ConfigError> {
    use std::os::unix::fs::MetadataExt as _;
    let io = |source| ConfigError::Io { path: path.display().to_string(), source };
    let metadata = std::fs::metadata(path).map_err(io)?;
    let me = nix::unistd::geteuid().as_raw();
    let mode = metadata.mode() & 0o777;
    let detail = if metadata.uid() != me && metadata.uid() != 0 {
        "it belongs to another user".to_owned()
    } else if mode & 0o037 != 0 {
        format!("others may use it (mode {mode:03o}): `chmod g-wx,o=` it")
    } else {
        return Ok(());
    };
    Err(io(std::io::Error::new(std::io::ErrorKind::PermissionDenied, detail)))
}

/// Elsewhere the folder says who may.
#[cfg(not(unix))]
pub(crate) fn check_owner(_: &Path) -> Result<(), ConfigError> {
    Ok(())
}
