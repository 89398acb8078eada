//! The files of a folder, and a search for files that nothing reads.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use mustcheck_model::Text;

use super::{CASES, Folder, SHARED};
use crate::finding::{Findings, meant, rules};
use crate::source::FilePlace;

/// Returns the TOML files of a folder in the order of their names, so that every machine compiles
/// the same bytes.
pub(crate) fn toml_files(root: &Path, folder: &str, findings: &mut Findings) -> Vec<String> {
    let path = root.join(folder);
    let entries = fs::read_dir(&path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = match entries {
        Ok(entries) => entries,
        Err(error) => {
            missing(&path, FilePlace::start_of(shown(folder)), &error, findings);
            return Vec::new();
        }
    };
    let mut files: Vec<String> = Vec::new();
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.ends_with(".toml") || name.starts_with('.') {
            continue;
        }
        let file = joined(folder, &name);
        if entry.path().is_dir() {
            let (zh, en) = ("文件夹以`.toml`命名", "a folder is named like a file");
            findings.add(&rules::FOLDER_AS_FILE, FilePlace::start_of(file), zh, en);
        } else {
            files.push(file);
        }
    }
    files.sort();
    files
}

/// Adds a finding on why a path cannot be read.
pub(crate) fn missing(path: &Path, place: FilePlace, error: &io::Error, findings: &mut Findings) {
    if circular(path) {
        let zh = "符号链接指回自身".to_owned();
        findings.add(&rules::LINK_CYCLE, place, zh, "the symbolic link leads back to itself");
        return;
    }
    // The system's own words differ from one to the next.
    let (zh, en) = match error.kind() {
        io::ErrorKind::NotFound => {
            ("不存在".to_owned(), "there is no such file or folder".to_owned())
        }
        io::ErrorKind::PermissionDenied => {
            ("没有读取权限".to_owned(), "it may not be read".to_owned())
        }
        io::ErrorKind::NotADirectory => ("不是文件夹".to_owned(), "it is no folder".to_owned()),
        _ => (format!("不能读取：{error}"), format!("it cannot be read: {error}")),
    };
    findings.add(&rules::UNREADABLE, place, zh, en);
}

/// Whether a chain of links returns to one of its own links.
fn circular(path: &Path) -> bool {
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    let mut path = path.to_owned();
    while let Ok(target) = fs::read_link(&path) {
        if !seen.insert(path.clone()) {
            return true;
        }
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    false
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn shown(folder: &str) -> &str {
    if folder.is_empty() { "." } else { folder }
}

impl Folder {
    /// Reports files that look like a part of the catalogue and that nothing reads, and links that
    /// lead back to a folder around them.
    pub(crate) fn unread(&self, findings: &mut Findings) {
        self.walk("", 0, findings);
    }

    fn walk(&self, folder: &str, depth: usize, findings: &mut Findings) {
        /// Largest depth of the search, deeper than any catalogue.
        const DEEPEST: usize = 8;
        // Cases may be kept beside the list that they prove; `mustcheck test` reads them.
        if folder == CASES {
            return;
        }
        let Ok(entries) = fs::read_dir(self.root.join(folder)) else { return };
        let mut names: Vec<String> =
            entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        for name in names.iter().filter(|name| !name.starts_with('.')) {
            let file = joined(folder, name);
            let path = self.root.join(&file);
            if leads_back(&self.root, &file, findings) {
                continue;
            }
            if !path.is_dir() {
                self.file(folder, &file, name, findings);
            } else if depth < DEEPEST && !name.ends_with(".toml") {
                self.walk(&file, depth + 1, findings);
            }
        }
    }

    fn file(&self, folder: &str, file: &str, name: &str, findings: &mut Findings) {
        if folder == "texts" {
            if let Some(id) = name.strip_suffix(".md").filter(|id| !self.texts.contains_key(*id)) {
                let zh = format!("没有法规以`{id}`为代码");
                let en = format!("no instrument has the id `{id}`");
                findings.add(&rules::UNREAD_FILE, FilePlace::start_of(file), zh, en);
            }
            return;
        }
        let read = SHARED.contains(&folder)
            || matches!(folder, "editions" | "overlays")
            || self.parts.contains_key(folder);
        if name.ends_with(".toml") && !read {
            let zh = format!("没有版本或地方采用读取文件夹`{folder}`");
            let en = format!("no edition or overlay reads the folder `{folder}`");
            let near = self.parts.keys().map(String::as_str).collect::<Vec<_>>();
            let rule: &'static _ = &rules::UNREAD_FILE;
            let mend = meant(rule, folder, &near);
            findings.add_mend(rule, FilePlace::start_of(file), Text::new(zh, en), mend);
        } else if misnamed(name) {
            let (zh, en) = ("文件名不以`.toml`结尾", "the name does not end with `.toml`");
            findings.add(&rules::UNREAD_FILE, FilePlace::start_of(file), zh, en);
        }
    }
}

/// Whether a name is meant to end with `.toml`, or once did: `lists.tml`, `lists.toml.bak`,
/// `lists.TOML`.
fn misnamed(name: &str) -> bool {
    if name.ends_with(".toml") {
        return false;
    }
    let lower = name.to_lowercase();
    let ending = lower.rsplit('.').next().filter(|ending| ending.len() < lower.len());
    lower.contains(".toml") || ending.is_some_and(|e| strsim::damerau_levenshtein(e, "toml") == 1)
}

/// Whether a link leads to itself or to a folder that it is in; if so, a finding is added.
pub(super) fn leads_back(root: &Path, file: &str, findings: &mut Findings) -> bool {
    let path = root.join(file);
    if !path.is_symlink() {
        return false;
    }
    let itself = circular(&path);
    let around = fs::canonicalize(&path).is_ok_and(|target| {
        let parent = path.parent().and_then(|parent| fs::canonicalize(parent).ok());
        parent.is_some_and(|parent| parent.starts_with(&target))
    });
    let (zh, en) = match (itself, around) {
        (true, _) => ("符号链接指回自身", "the symbolic link leads back to itself"),
        (_, true) => (
            "符号链接指回其所在的文件夹",
            "the symbolic link leads back to a folder that it stands in",
        ),
        _ => return false,
    };
    findings.add(&rules::LINK_CYCLE, FilePlace::start_of(file), zh, en);
    true
}
