//! Scaffold of a new catalogue of one's own: small, complete, with its first case, to be replaced
//! entry by entry.
//!
//! The new catalogue compiles and its case holds; a test checks both. The files are beside this
//! one, in the form in which they are written.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use mustcheck_model::Text;

/// Id and name of a new catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Id of its edition: small letters, digits and hyphens.
    pub id: String,
    /// Name of its edition.
    pub name: Text,
}

/// Error: no catalogue was made, and nothing was written.
#[derive(Debug)]
pub enum ScaffoldError {
    /// The id cannot name a file and an edition.
    InvalidId {
        /// The id.
        id: String,
    },
    /// The name is blank in one language.
    EmptyName {
        /// The language: `zh` or `en`.
        language: &'static str,
    },
    /// The folder holds something already.
    NotEmpty {
        /// The folder.
        folder: PathBuf,
    },
    /// A file or folder cannot be written.
    Io {
        /// The path.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
}

impl fmt::Display for ScaffoldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidId { id } => write!(
                f,
                "`{id}` is no id: it needs small letters, digits and hyphens, a letter first and no \
                 hyphen last"
            ),
            Self::EmptyName { language } => write!(f, "the name in `{language}` is empty"),
            Self::NotEmpty { folder } => {
                write!(f, "`{}` is not empty, and nothing is overwritten", folder.display())
            }
            Self::Io { path, .. } => write!(f, "`{}` cannot be written", path.display()),
        }
    }
}

impl std::error::Error for ScaffoldError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// The files that are the same in every new catalogue, or differ in its names alone. `{{id}}` in a
/// path or text is the edition's id.
const FILES: &[(&str, &str)] = &[
    ("README.md", include_str!("scaffold/README.md")),
    ("acts.toml", include_str!("scaffold/acts.toml")),
    ("calendar/2026.toml", include_str!("../../../catalogue/calendar/2026.toml")),
    (
        "cases/0001-judgment-defaulter/application.json",
        include_str!("scaffold/case/application.json"),
    ),
    ("cases/0001-judgment-defaulter/expected.toml", include_str!("scaffold/case/expected.toml")),
    ("cases/0001-judgment-defaulter/registry.json", include_str!("scaffold/case/registry.json")),
    ("editions/{{id}}.toml", include_str!("scaffold/edition.toml")),
    ("instruments.toml", include_str!("scaffold/instruments.toml")),
    ("lists/judgment-defaulters.toml", include_str!("scaffold/list.toml")),
    ("matters/tendering.toml", include_str!("scaffold/matter.toml")),
    ("measures/common/README.md", include_str!("scaffold/common.md")),
    ("measures/{{id}}/public-resources.toml", include_str!("scaffold/measure.toml")),
    ("overlays/default.toml", include_str!("scaffold/overlay.toml")),
    ("settings.toml", include_str!("scaffold/settings.toml")),
    ("texts/guofa-2016-33.md", include_str!("../../../catalogue/texts/guofa-2016-33.md")),
];

/// Makes a new catalogue in a folder that does not exist or is empty. Returns the files that it has
/// written.
///
/// # Errors
///
/// [`ScaffoldError`] if the id or name is not valid, the folder is not empty, or a path cannot be
/// written. All the files are written or none, and no folder is left behind.
pub fn scaffold(folder: &Path, options: &Options) -> Result<Vec<PathBuf>, ScaffoldError> {
    checked(options)?;
    let exists = is_empty_folder(folder)?;
    let missing = missing_above(folder);
    let written = write(folder, exists, options);
    if written.is_err() {
        // The deepest first. One that is not empty is no longer ours alone, and stays.
        for parent in missing {
            let _ = fs::remove_dir(parent);
        }
    }
    written?;
    Ok(FILES.iter().map(|(path, _)| folder.join(path.replace("{{id}}", &options.id))).collect())
}

/// Returns the missing folders above a path, the deepest first.
fn missing_above(folder: &Path) -> Vec<PathBuf> {
    let above = folder.ancestors().skip(1).filter(|path| !path.as_os_str().is_empty());
    above.take_while(|path| path.symlink_metadata().is_err()).map(Path::to_owned).collect()
}

/// Writes the files, all or none.
fn write(folder: &Path, exists: bool, options: &Options) -> Result<(), ScaffoldError> {
    // Beside a folder that is to be made, inside one that is there.
    let staged = if exists { folder.join(STAGED) } else { sibling(folder)? };
    // Fails if it is there: another call is at work, or has died, and what it left is not ours.
    fs::create_dir(&staged).map_err(io_at(&staged))?;
    let made = stage(&staged, options).and_then(|()| {
        if exists { publish_into(&staged, folder) } else { publish_as(&staged, folder) }
    });
    if made.is_err() {
        // The staged files are ours alone; a failure to remove them matters less than the first
        // failure.
        let _ = fs::remove_dir_all(&staged);
    }
    made
}

/// Ending of the name of the folder in which the files are written first.
const STAGED: &str = ".mustcheck-new";

fn io_at(path: &Path) -> impl FnOnce(io::Error) -> ScaffoldError {
    let path = path.to_owned();
    move |source| ScaffoldError::Io { path, source }
}

fn checked(options: &Options) -> Result<(), ScaffoldError> {
    let id = &options.id;
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let begins = id.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    // `common` is the folder of the measures of every edition.
    if !begins || !id.bytes().all(fits) || id.ends_with('-') || id == "common" || id.len() > 64 {
        return Err(ScaffoldError::InvalidId { id: id.clone() });
    }
    for (language, name) in [("zh", &options.name.zh), ("en", &options.name.en)] {
        if name.trim().is_empty() {
            return Err(ScaffoldError::EmptyName { language });
        }
    }
    Ok(())
}

/// Whether the folder is there and empty; an error if there is anything in it or in its place.
fn is_empty_folder(folder: &Path) -> Result<bool, ScaffoldError> {
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(true),
            Some(_) => Err(ScaffoldError::NotEmpty { folder: folder.to_owned() }),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(io_at(folder)(error)),
    }
}

/// Returns the path of a folder of our own, on the same file system as one that is to be made.
fn sibling(folder: &Path) -> Result<PathBuf, ScaffoldError> {
    let name = match folder.components().next_back() {
        Some(Component::Normal(name)) => name.to_string_lossy().into_owned(),
        _ => return Err(io_at(folder)(io::ErrorKind::InvalidInput.into())),
    };
    let parent = folder.parent().filter(|p| !p.as_os_str().is_empty());
    let parent = parent.unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(parent).map_err(io_at(parent))?;
    Ok(parent.join(format!(".{name}{STAGED}")))
}

fn stage(staged: &Path, options: &Options) -> Result<(), ScaffoldError> {
    for (path, text) in FILES {
        let file = staged.join(path.replace("{{id}}", &options.id));
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).map_err(io_at(parent))?;
        }
        fs::write(&file, filled(text, options)).map_err(io_at(&file))?;
    }
    Ok(())
}

/// Fills a template with the names of the catalogue, quoted where TOML needs it.
fn filled(text: &str, options: &Options) -> String {
    let toml = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let Options { id, name } = options;
    // In one pass, so that a place in a name is not filled in turn.
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((place, after)) = after.split_once("}}") else {
            filled.push_str("{{");
            rest = after;
            continue;
        };
        match place {
            "id" => filled.push_str(id),
            "id.toml" => filled.push_str(&toml(id)),
            "name.zh" => filled.push_str(&name.zh),
            "name.en" => filled.push_str(&name.en),
            "name.zh.toml" => filled.push_str(&toml(&name.zh)),
            "name.en.toml" => filled.push_str(&toml(&name.en)),
            other => {
                filled.push_str("{{");
                filled.push_str(other);
                filled.push_str("}}");
            }
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Makes the staged folder the new one, in one step.
fn publish_as(staged: &Path, folder: &Path) -> Result<(), ScaffoldError> {
    // A folder that has come into being since is replaced only if it is empty.
    fs::rename(staged, folder).map_err(io_at(folder))
}

/// Moves the staged files into a folder that is there. The folder itself is not replaced, since
/// somebody may be working in it.
fn publish_into(staged: &Path, folder: &Path) -> Result<(), ScaffoldError> {
    let mut moved: Vec<PathBuf> = Vec::new();
    let outcome = (|| {
        let entries = fs::read_dir(staged).map_err(io_at(staged))?;
        for entry in entries {
            let entry = entry.map_err(io_at(staged))?;
            let target = folder.join(entry.file_name());
            if target.symlink_metadata().is_ok() {
                return Err(ScaffoldError::NotEmpty { folder: folder.to_owned() });
            }
            fs::rename(entry.path(), &target).map_err(io_at(&target))?;
            moved.push(target);
        }
        fs::remove_dir(staged).map_err(io_at(staged))
    })();
    if outcome.is_err() {
        for path in moved {
            // Moved back, to be removed with the rest.
            let _ = path.file_name().map(|name| fs::rename(&path, staged.join(name)));
        }
    }
    outcome
}
