//! Output of a conversion: a registry document, and a file of the rows that could not be read.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use mustcheck::registry::RegistryError;
use mustcheck::registry::sources::Source;
use mustcheck::registry::written::LeftOpen;
use mustcheck_model::CreditRecord;
use serde::Serialize;
use serde_json::json;

/// Refusal of a row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The list, if that could be read.
    pub list: Option<String>,
    /// Identifiers that it may mean.
    pub open: LeftOpen,
    /// Whether it names somebody without an identifier: the list then cannot prove of anybody that
    /// they are not on it.
    pub unnamed: bool,
}

/// A registry document that is written record by record.
pub struct Document<'a> {
    out: &'a mut dyn Write,
    records: u64,
}

fn unwritable(source: std::io::Error) -> RegistryError {
    RegistryError::Io { path: "the registry document".into(), source }
}

impl<'a> Document<'a> {
    /// Begins a document.
    pub fn begin(out: &'a mut dyn Write, sources: &[Source]) -> Result<Self, RegistryError> {
        let mut document = Self { out, records: 0 };
        document.put(b"{\"sources\":")?;
        document.value(&sources)?;
        document.put(b",\"records\":[")?;
        Ok(document)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), RegistryError> {
        self.out.write_all(bytes).map_err(unwritable)
    }

    fn value<T: Serialize>(&mut self, value: &T) -> Result<(), RegistryError> {
        serde_json::to_writer(&mut *self.out, value).map_err(|e| unwritable(e.into()))
    }

    fn item<T: Serialize>(&mut self, value: &T) -> Result<(), RegistryError> {
        self.put(if self.records == 0 { b"\n" } else { b",\n" })?;
        self.records += 1;
        self.value(value)
    }

    /// Writes a record.
    pub fn record(&mut self, record: &CreditRecord) -> Result<(), RegistryError> {
        self.item(record)
    }

    /// Writes a row that could not be read: one refusal for everybody whom it names, and one more
    /// if it names somebody without an identifier.
    // RAIL R2: nobody is clear whom it names; if it cannot be known who that is, nobody is clear at
    // all.
    pub fn refusals(
        &mut self,
        source: &str,
        refused: &Refused,
        reason: &str,
    ) -> Result<(), RegistryError> {
        let open: Vec<String> =
            refused.open.clone().into_patterns().iter().map(|p| p.as_str().to_owned()).collect();
        let both = refused.unnamed && !open.is_empty();
        if both {
            self.refusal(source, refused, &open, false, reason)?;
        }
        let left = if both { &[][..] } else { &open };
        self.refusal(source, refused, left, refused.unnamed, reason)
    }

    fn refusal(
        &mut self,
        source: &str,
        refused: &Refused,
        open: &[String],
        unnamed: bool,
        reason: &str,
    ) -> Result<(), RegistryError> {
        let persons: Vec<_> =
            open.iter().filter(|p| *p != "*").map(|named| json!({ "identifier": named })).collect();
        self.item(&json!({
            "source": source, "list": refused.list, "responsible_persons": persons,
            "open": open, "unnamed": unnamed, "rejected": reason,
        }))
    }

    /// Ends the document.
    pub fn end(&mut self) -> Result<(), RegistryError> {
        self.put(b"\n]}\n")?;
        self.out.flush().map_err(unwritable)
    }
}

/// The file of the rows that could not be read. It holds identifiers, as the table does: only its
/// owner may read it.
pub struct RejectedFile {
    file: csv::Writer<std::fs::File>,
    path: String,
}

impl RejectedFile {
    /// Creates the file; an existing one is replaced.
    ///
    /// # Errors
    ///
    /// [`RegistryError::Io`] if it cannot be written.
    pub fn create(path: &Path) -> Result<Self, RegistryError> {
        let shown = path.display().to_string();
        let failed = |source| RegistryError::Io { path: shown.clone(), source };
        match std::fs::remove_file(path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(failed(e)),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        // Spreadsheets read UTF-8 by this mark, and the system's own encoding without it.
        file.write_all("\u{feff}".as_bytes()).map_err(failed)?;
        let file = csv::WriterBuilder::new().flexible(true).from_writer(file);
        Ok(Self { file, path: shown })
    }

    fn failed(&self, error: csv::Error) -> RegistryError {
        RegistryError::Io { path: self.path.clone(), source: error.into() }
    }

    pub(crate) fn begin(&mut self, names: &[String]) -> Result<(), RegistryError> {
        let head = ["行号 row", "原因 reason"].into_iter();
        let names = names.iter().map(String::as_str);
        let cells: Vec<String> = head.chain(names).map(inert).collect();
        self.file.write_record(&cells).map_err(|e| self.failed(e))
    }

    pub(crate) fn row<'t>(
        &mut self,
        number: u64,
        reason: &str,
        cells: impl Iterator<Item = &'t str>,
    ) -> Result<(), RegistryError> {
        let head = [number.to_string(), inert(reason)].into_iter();
        let cells: Vec<String> = head.chain(cells.map(inert)).collect();
        self.file.write_record(&cells).map_err(|e| self.failed(e))
    }

    pub(crate) fn end(&mut self) -> Result<(), RegistryError> {
        let failed = |source| RegistryError::Io { path: self.path.clone(), source };
        self.file.flush().map_err(failed)
    }
}

/// Returns a text that no spreadsheet takes for a formula, in whatever width its sign is written.
fn inert(text: &str) -> String {
    let signs = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if text.starts_with(signs) { format!("'{text}") } else { text.to_owned() }
}
