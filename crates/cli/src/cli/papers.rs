//! `--papers FOLDER`: the papers of a check, or of one on record, each a page that can be printed.
//!
//! A file's name says which paper it is and, by number, which subject of the application it is for:
//! no name and no identifier is in a path. No file is written over.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use mustcheck::{Checked, Language, Page, redact, safe};

/// Error: the papers cannot be placed.
#[derive(Debug, thiserror::Error)]
pub enum PapersError {
    /// The folder is not empty.
    #[error("`{0}` is not empty: name a folder for these papers alone")]
    Occupied(String),
    /// The path is that of a file.
    #[error("`{0}` is no folder")]
    NoFolder(String),
    /// A case number that cannot be the name of a folder.
    #[error(
        "id: `{0}` cannot name a folder of papers: no separators, no `.` in front, no identifier, \
         at most 120 bytes"
    )]
    Name(String),
    /// The folder is there already: from a second application with the same number, or from an
    /// earlier run.
    #[error("id: papers of `{0}` are there already")]
    Exists(String),
}

/// The file of a paper.
fn file(page: &Page, language: Language) -> String {
    let notice = language.say("告知书", "notice");
    page.subject.map_or_else(
        || language.say("核查结果单.html", "result-sheet.html").to_owned(),
        |subject| format!("{notice}-{}.html", subject + 1),
    )
}

/// Makes the folder for the papers of one check, before the check is made. It may be there if it is
/// empty.
pub fn prepare(folder: &Path) -> Result<()> {
    let shown = || safe(&folder.display().to_string()).into_owned();
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(PapersError::Occupied(shown()).into()),
        },
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            fs::create_dir_all(folder).with_context(|| format!("`{}` cannot be made", shown()))
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotADirectory => {
            Err(PapersError::NoFolder(shown()).into())
        }
        Err(e) => Err(e).with_context(|| format!("`{}` cannot be read", shown())),
    }
}

/// Makes the folder for the papers of one application of many, named by its case number.
pub fn claim(folder: &Path, id: &str) -> Result<PathBuf> {
    let is_name = !id.is_empty()
        && id.len() <= 120
        && !id.starts_with('.')
        && id.trim() == id
        && !id.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|'])
        && safe(id) == id
        && redact(id) == id;
    if !is_name {
        return Err(PapersError::Name(safe(id).into_owned()).into());
    }
    begin(folder, id)
}

/// Makes the folder of one check among those of many.
fn begin(folder: &Path, name: &str) -> Result<PathBuf> {
    let own = folder.join(name);
    match fs::create_dir(&own) {
        Ok(()) => Ok(own),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(PapersError::Exists(name.to_owned()).into())
        }
        Err(e) => Err(e).with_context(|| format!("`{}` cannot be made", own.display())),
    }
}

/// Writes the papers of a check into a folder that is there and empty.
pub fn write(folder: &Path, checked: &Checked, language: Language) -> Result<()> {
    write_pages(folder, &Page::of(&checked.papers(language)?), language)
}

/// Writes pages into a folder of their own, named by the receipt, among those of many.
pub fn write_among(folder: &Path, name: &str, pages: &[Page], language: Language) -> Result<()> {
    write_pages(&begin(folder, name)?, pages, language)
}

/// Writes pages into a folder that is there and empty.
pub fn write_pages(folder: &Path, pages: &[Page], language: Language) -> Result<()> {
    for page in pages {
        let path = folder.join(file(page, language));
        let unwritable = || format!("`{}` cannot be written", path.display());
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        let mut file = file.with_context(unwritable)?;
        file.write_all(page.html.as_bytes()).with_context(unwritable)?;
    }
    Ok(())
}
