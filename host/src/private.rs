//! Files and folders that are one user's own.

use std::fs;
use std::io::Write as _;
use std::path::Path;

/// Makes a folder, with those above it, that only this user can enter.
pub fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes a temporary file with this content, which only this user can read, into the folder where
/// it is to be placed.
pub fn write_apart(folder: &Path, parts: &[&[u8]]) -> std::io::Result<tempfile::NamedTempFile> {
    written(tempfile::Builder::new().prefix(".new-"), folder, parts)
}

fn written(
    builder: &mut tempfile::Builder<'_, '_>,
    folder: &Path,
    parts: &[&[u8]],
) -> std::io::Result<tempfile::NamedTempFile> {
    let mut file = builder.tempfile_in(folder)?;
    for part in parts {
        file.write_all(part)?;
    }
    file.flush()?;
    Ok(file)
}

/// Syncs a folder: what was written, removed or renamed in it lasts.
pub fn sync_folder(folder: &Path) -> std::io::Result<()> {
    // Elsewhere a folder cannot be opened, and a rename lasts when it returns.
    if cfg!(unix) { fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Puts a file in its place for good: after this it is there, whole, whatever happens to the
/// machine. A reader sees the old content or all of the new.
pub fn place(path: &Path, parts: &[&[u8]]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    settle(write_apart(folder, parts)?, path)
}

/// Puts a file in its place as [`place`] does, for others to read too.
pub fn publish(path: &Path, parts: &[&[u8]]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".new-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    settle(written(&mut builder, folder, parts)?, path)
}

fn settle(file: tempfile::NamedTempFile, path: &Path) -> std::io::Result<()> {
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// Checks that nobody else can read or write what is this user's own.
///
/// # Errors
///
/// The fault, in a sentence, with what to do.
#[cfg(unix)]
pub fn check(metadata: &fs::Metadata) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt as _;
    if metadata.uid() != nix::unistd::geteuid().as_raw() {
        return Err("it belongs to another user".into());
    }
    let mode = metadata.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(format!("others may use it (mode {mode:03o}): `chmod go=` it"));
    }
    Ok(())
}

/// Checks as [`check`] does, and accepts also what an orchestrator mounts for this user: a file of
/// root's that at most its group may read, or a folder of root's in which nobody else can replace
/// it.
///
/// # Errors
///
/// As [`check`].
#[cfg(unix)]
pub fn check_mounted(metadata: &fs::Metadata) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt as _;
    /// Mode bit of a folder in which nobody puts another file in the place of root's.
    const STICKY: u32 = 0o1000;
    let mode = metadata.mode();
    let closed =
        if metadata.is_dir() { mode & 0o022 == 0 || mode & STICKY != 0 } else { mode & 0o037 == 0 };
    if metadata.uid() == 0 && !nix::unistd::geteuid().is_root() && closed {
        return Ok(());
    }
    check(metadata)
}

/// Accepts everything: elsewhere a user's folders are closed to others from the start.
#[cfg(not(unix))]
pub fn check(_: &fs::Metadata) -> Result<(), String> {
    Ok(())
}

/// Accepts everything, as [`check`] does here.
#[cfg(not(unix))]
pub fn check_mounted(_: &fs::Metadata) -> Result<(), String> {
    Ok(())
}
