//! Search for the folders that are cases.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::suite::finding::Finding;

/// File name of the application; a folder that has such a file is a case.
pub const APPLICATION: &str = "application.json";
/// File names of a registry: what the sources hold.
pub const REGISTRIES: [&str; 2] = ["registry.json", "registry.db"];
/// File name of the whole expected decision.
pub const DECISION: &str = "decision.json";
/// File name of the expected outcome in a few lines.
pub const EXPECTED: &str = "expected.toml";

/// Number of folders above the named one in which a shared registry is looked for.
const ABOVE: usize = 2;

/// A folder that is a case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseFolder {
    /// Id of the case: its path within the folder that was named.
    pub name: String,
    /// Path of the folder.
    pub path: PathBuf,
    /// Registry of the case: its own, or that of the nearest folder above; none if there is
    /// neither.
    pub registry: Option<PathBuf>,
}

/// The cases of some folders, in the order of their names.
#[derive(Debug, Default)]
pub struct Found {
    /// The cases.
    pub cases: Vec<CaseFolder>,
    /// Faults of the folders.
    pub findings: Vec<Finding>,
}

/// Finds the cases in folders, and in all folders below them.
///
/// # Errors
///
/// The named folder that cannot be read, with the cause.
pub fn find(roots: &[PathBuf]) -> Result<Found, (PathBuf, std::io::Error)> {
    let mut found = Found::default();
    for root in roots {
        let above = std::path::absolute(root).map_err(|e| (root.clone(), e))?;
        let mut shared = None;
        for folder in above.ancestors().skip(1).take(ABOVE) {
            shared = shared.or_else(|| registry_of(folder, &mut found.findings));
        }
        std::fs::read_dir(root).map_err(|e| (root.clone(), e))?;
        found.walk(root, root, shared.as_deref());
    }
    found.cases.sort();
    found.name_once();
    Ok(found)
}

impl Found {
    fn walk(&mut self, root: &Path, folder: &Path, above: Option<&Path>) {
        let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let entries = match entries {
            Ok(entries) => entries,
            Err(e) => {
                return self.findings.push(Finding::of(folder, format!("it cannot be read: {e}")));
            }
        };
        let own = registry_of(folder, &mut self.findings);
        let registry = own.as_deref().or(above);
        let has = |name: &str| entries.iter().any(|entry| entry.file_name() == name);
        if has(APPLICATION) {
            let name = name_of(root, folder);
            let registry = registry.map(Path::to_owned);
            self.cases.push(CaseFolder { name, path: folder.to_owned(), registry });
        } else if let Some(lonely) = [EXPECTED, DECISION].into_iter().find(|name| has(name)) {
            let detail = format!("`{lonely}` stands here without `{APPLICATION}`");
            self.findings.push(Finding::of(folder, detail));
        }
        let mut below: Vec<PathBuf> = (entries.iter())
            // A link could lead back to a folder above.
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
            .map(std::fs::DirEntry::path)
            .collect();
        below.sort();
        below.iter().for_each(|folder| self.walk(root, folder, registry));
    }

    /// Keeps one case of each id, and reports the others: two cases of one id could not be told
    /// apart in a list of results.
    fn name_once(&mut self) {
        let mut known: BTreeMap<&str, &Path> = BTreeMap::new();
        let mut twice = Vec::new();
        for case in &self.cases {
            if let Some(first) = known.insert(&case.name, &case.path) {
                let detail = format!("the case `{}` is also `{}`", case.name, first.display());
                twice.push((case.path.clone(), detail));
            }
        }
        for (path, detail) in twice {
            self.findings.push(Finding::of(&path, detail));
        }
        self.cases.dedup_by(|later, first| later.name == first.name);
    }
}

/// Returns the id of a case: its path within the folder that was named, or that folder's own name.
fn name_of(root: &Path, folder: &Path) -> String {
    let within = folder.strip_prefix(root).unwrap_or(folder);
    let parts: Vec<_> = within.components().map(|c| c.as_os_str().to_string_lossy()).collect();
    if !parts.is_empty() {
        return parts.join("/");
    }
    let whole = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
    whole.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn registry_of(folder: &Path, findings: &mut Vec<Finding>) -> Option<PathBuf> {
    let mut there = REGISTRIES.iter().map(|name| folder.join(name)).filter(|path| path.is_file());
    let registry = there.next()?;
    if there.next().is_some() {
        let [one, other] = REGISTRIES;
        findings.push(Finding::of(folder, format!("both `{one}` and `{other}` stand here")));
    }
    Some(registry)
}
