//! Runs the suite again whenever something that it reads has changed, until Ctrl-C.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context as _, Result};
use notify::{EventKind, RecursiveMode, Watcher as _};

use super::{Arguments, once};
use crate::cli::failure::Failure;
use crate::cli::{Style, text};

/// Time without any change before the suite runs again: editors write a file in steps.
const QUIET: Duration = Duration::from_millis(200);
/// Number of changed files that are named; the rest is counted.
const NAMED: usize = 5;

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let (send, changes) = channel();
    let mut watcher = notify::recommended_watcher(move |event| {
        // Nobody listens any more once the run has ended.
        let _ = send.send(event);
    })
    .context("the files cannot be watched")?;
    for (path, mode) in watched(arguments) {
        watcher
            .watch(&path, mode)
            .with_context(|| format!("`{}` cannot be watched", path.display()))?;
    }
    again(arguments, style);
    loop {
        let Some(changed) = next(&changes, arguments) else { return Ok(0) };
        told(&changed, style)?;
        again(arguments, style);
    }
}

/// Returns the folders that the suite reads: those of the cases, and that of the catalogue or
/// policy.
fn watched(arguments: &Arguments) -> Vec<(PathBuf, RecursiveMode)> {
    let folders = arguments.folders.iter().chain(&arguments.catalogue);
    let mut all: Vec<_> = folders.map(|path| (path.clone(), RecursiveMode::Recursive)).collect();
    // Its folder is watched: a baked component is replaced by a new file of the same name, which
    // would end the watch of the file itself.
    all.extend(arguments.policy.iter().map(|file| {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        (folder.unwrap_or(Path::new(".")).to_owned(), RecursiveMode::NonRecursive)
    }));
    all
}

/// Runs the suite once more. If it fails as a whole, this prints the error: the next change may fix
/// it.
fn again(arguments: &Arguments, style: Style) {
    if let Err(error) = once(arguments, style) {
        anstream::eprintln!("{}", Failure::of(&error).message(style.lang));
    }
    eprintln!("{}", style.say("等待更改，按 Ctrl-C 结束", "waiting for changes, Ctrl-C ends"));
}

/// Returns the files that have changed, once nothing changes any more; none if the watcher has
/// ended.
fn next(
    changes: &Receiver<notify::Result<notify::Event>>,
    arguments: &Arguments,
) -> Option<BTreeSet<PathBuf>> {
    let mut changed = BTreeSet::new();
    loop {
        let event = if changed.is_empty() {
            changes.recv().ok()?
        } else {
            match changes.recv_timeout(QUIET) {
                Ok(event) => event,
                Err(RecvTimeoutError::Timeout) => return Some(changed),
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        };
        let Ok(event) = event else { continue };
        // Reading a file changes nothing, and this program reads them.
        if matches!(event.kind, EventKind::Access(_)) {
            continue;
        }
        changed.extend(event.paths.into_iter().filter(|path| is_input(path, arguments)));
    }
}

/// Whether a path is one that the suite may read, and not one that it writes.
fn is_input(path: &Path, arguments: &Arguments) -> bool {
    let own = arguments.junit.as_deref().and_then(Path::file_name);
    let written = own.is_some() && path.file_name() == own;
    let policy = arguments.policy.as_deref().and_then(Path::file_name);
    let ending = path.extension().and_then(|ending| ending.to_str());
    let read = matches!(ending, Some("json" | "toml" | "db" | "md")) || path.is_dir();
    !written && (read || (policy.is_some() && path.file_name() == policy))
}

fn told(changed: &BTreeSet<PathBuf>, style: Style) -> Result<()> {
    let here = std::env::current_dir().unwrap_or_default();
    let name = |path: &PathBuf| path.strip_prefix(&here).unwrap_or(path).display().to_string();
    let mut names: Vec<String> = changed.iter().take(NAMED).map(name).collect();
    let more = changed.len().saturating_sub(NAMED);
    if more > 0 {
        names.push(format!("+{more}"));
    }
    let line = format!("{}: {}", style.say("已更改", "changed"), names.join(", "));
    if style.json {
        eprintln!("{line}");
        return Ok(());
    }
    text::line("")?;
    text::heading(&mustcheck::safe(&line))
}
