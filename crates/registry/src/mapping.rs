//! Reading mapping files: TOML, with line and column for every fault.

use std::fmt;

use mustcheck::input::shortened;
use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};

/// Largest size of a mapping file, in bytes.
pub const MAPPING_LIMIT: u64 = 1 << 20;

/// One fault of a mapping file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingFault {
    /// Path in the document, such as `source[0].request.path`.
    pub path: String,
    /// Description of the fault.
    pub detail: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for MappingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, detail, line, column } = self;
        write!(f, "{path}: {detail} (line {line}, column {column})")
    }
}

/// Faults of a document, each with its place.
#[derive(Debug)]
pub struct Faults<'a> {
    text: &'a str,
    tree: Option<DeTable<'a>>,
    found: Vec<MappingFault>,
}

impl Faults<'_> {
    /// Adds a fault at a path.
    pub fn add(&mut self, path: impl Into<String>, detail: impl Into<String>) {
        let path = path.into();
        let at = self.tree.as_ref().map_or(0, |tree| offset(tree, &path));
        let (line, column) = position(self.text, at);
        self.found.push(MappingFault { path, detail: shortened(&detail.into()), line, column });
    }

    /// Ends the collection; succeeds if there is no fault.
    ///
    /// # Errors
    ///
    /// All faults that were added, in the order of the lines.
    pub fn done(mut self) -> Result<(), Vec<MappingFault>> {
        self.found.sort_by_key(|fault| (fault.line, fault.column));
        if self.found.is_empty() { Ok(()) } else { Err(self.found) }
    }
}

/// Reads a document. Also returns the collection for further faults, which finds their places.
///
/// # Errors
///
/// All faults of the syntax, or the first value of a wrong shape.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<(T, Faults<'_>), Vec<MappingFault>> {
    let (tree, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let fault = |e: &toml::de::Error| placed(text, "the document".into(), e);
        return Err(errors.iter().map(fault).collect());
    }
    let tree = tree.into_inner();
    let value = toml::Deserializer::parse(text)
        .map_err(|e| vec![placed(text, "the document".into(), &e)])
        .and_then(|deserializer| {
            serde_path_to_error::deserialize(deserializer).map_err(|e| {
                let path = e.path().to_string();
                let path = if path == "." { "the document".into() } else { path };
                vec![placed(text, path, e.inner())]
            })
        })?;
    Ok((value, Faults { text, tree: Some(tree), found: Vec::new() }))
}

fn placed(text: &str, path: String, error: &toml::de::Error) -> MappingFault {
    let (line, column) = position(text, error.span().map_or(0, |span| span.start));
    MappingFault { path, detail: shortened(error.message().trim()), line, column }
}

/// Returns the byte offset of the deepest part of a path that exists in the document.
fn offset(tree: &DeTable<'_>, path: &str) -> usize {
    let mut at = 0;
    let mut value: Option<&toml::Spanned<DeValue<'_>>> = None;
    for part in path.split('.') {
        let (name, indices) = part.split_once('[').map_or((part, ""), |(n, rest)| (n, rest));
        let next = match value {
            None => tree.get(name),
            Some(inside) => inside.get_ref().get(name),
        };
        let Some(found) = next else { return at };
        at = found.span().start;
        value = Some(found);
        for index in indices.split('[').filter_map(|i| i.trim_end_matches(']').parse().ok()) {
            let index: usize = index;
            let Some(found) = value.and_then(|v| v.get_ref().get(index)) else { return at };
            at = found.span().start;
            value = Some(found);
        }
    }
    at
}

fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let last = before.rsplit('\n').next().unwrap_or_default();
    (line, last.chars().count() + 1)
}
