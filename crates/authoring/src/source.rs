//! One file of a catalogue as it was written: its text, its tree of keys and values, and the place
//! of each of them, so that every reader of the catalogue can point at what it means.

mod encoding;
mod spans;

use std::ops::Range;

use mustcheck_model::Text;
use serde::Serialize;
use toml::de::DeTable;

pub use encoding::{Garbled, LIMIT};
pub use spans::{Node, Step};

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FilePlace {
    /// The file, relative to the catalogue's folder, with `/` between its parts; `.` for the folder
    /// itself.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
}

impl FilePlace {
    /// The beginning of a file.
    pub fn start_of(file: impl Into<String>) -> Self {
        Self { file: file.into(), line: 1, column: 1 }
    }
}

/// A fault in the encoding, line ends or TOML syntax of a file, at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFault {
    /// Kind of the fault.
    pub kind: FaultKind,
    /// Place of the fault.
    pub place: FilePlace,
    /// The fault, in words.
    pub what: Text,
}

/// The kinds of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// The bytes are not UTF-8.
    Encoding,
    /// A byte order mark before the text.
    ByteOrderMark,
    /// Lines that end with a carriage return alone.
    LineEnds,
    /// The text is not TOML.
    Syntax,
}

impl FaultKind {
    /// Whether the file is still read as it was meant.
    pub const fn is_harmless(self) -> bool {
        matches!(self, Self::ByteOrderMark)
    }
}

/// A file, with the place of everything in it.
#[derive(Clone, Debug)]
pub struct TomlFile {
    file: String,
    text: String,
    /// Position of the byte at which each line begins.
    lines: Vec<usize>,
    root: Node,
}

impl TomlFile {
    /// Reads the bytes of a file. Faulty bytes are still read as far as possible, so that the names
    /// in them are known; a file with a fault that is not harmless is used for nothing else.
    pub fn read(file: &str, bytes: &[u8]) -> (Self, Vec<TextFault>) {
        let (text, garbled) = encoding::decode(bytes);
        let mut source =
            Self { file: file.to_owned(), lines: line_starts(&text), text, root: Node::default() };
        let mut faults: Vec<TextFault> = garbled.map(|g| source.garbled(&g)).into_iter().collect();
        let alone = encoding::carriage_return_alone(&source.text);
        if let (true, Some(at)) = (faults.iter().all(|f| f.kind.is_harmless()), alone) {
            let what = Text::new(
                "此行以单独的回车符（CR）结尾",
                "the line ends with a carriage return alone",
            );
            let place = source.place(at);
            faults.push(TextFault { kind: FaultKind::LineEnds, place, what });
            // Read on with the line ends that were meant; every byte keeps its position.
            source.text = encoding::with_line_feeds(&source.text);
        }
        let (root, errors) = DeTable::parse_recoverable(&source.text);
        // Syntax after garbled bytes would be a consequence, not a fault of its own.
        let sound = faults.iter().all(|f| f.kind.is_harmless());
        if sound {
            faults.extend(source.syntax(&errors));
        }
        source.root = Node::of_table(root.get_ref());
        (source, faults)
    }

    /// Reads the bytes of a text of law: no TOML, so that its encoding alone can be at fault.
    pub fn prose(file: &str, bytes: &[u8]) -> (String, Vec<TextFault>) {
        let (text, garbled) = encoding::decode(bytes);
        let lines = line_starts(&text);
        let source = Self { file: file.to_owned(), lines, text, root: Node::default() };
        let faults = garbled.map(|g| source.garbled(&g)).into_iter().collect();
        (source.text, faults)
    }

    /// Returns the syntax errors in the order of their places. An error spoils the lines after it,
    /// so an error on one of the next two lines is taken for a consequence and left out.
    fn syntax(&self, errors: &[toml::de::Error]) -> Vec<TextFault> {
        let at = |error: &toml::de::Error| error.span().map_or(self.text.len(), |span| span.start);
        let mut errors: Vec<&toml::de::Error> = errors.iter().collect();
        errors.sort_by_key(|error| at(error));
        let mut spoilt = 0;
        let mut faults = Vec::new();
        for error in errors {
            let place = self.place(at(error));
            if place.line > spoilt {
                let message = error.message();
                let zh = format!("不符合TOML语法：{message}");
                let what = Text::new(zh, format!("no TOML: {message}"));
                faults.push(TextFault { kind: FaultKind::Syntax, place: place.clone(), what });
            }
            spoilt = spoilt.max(place.line + 2);
        }
        faults
    }

    /// Parses the tree again, with its values.
    pub(super) fn table(&self) -> DeTable<'_> {
        DeTable::parse_recoverable(&self.text).0.into_inner()
    }

    /// Path of the file, relative to the catalogue's folder.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The keys and values, by their spans.
    pub const fn root(&self) -> &Node {
        &self.root
    }

    /// Returns the line and column of a byte of the text.
    pub fn place(&self, byte: usize) -> FilePlace {
        let line = self.lines.partition_point(|start| *start <= byte);
        let start = line.checked_sub(1).and_then(|l| self.lines.get(l)).copied().unwrap_or(0);
        let before = self.text.get(start..byte.min(self.text.len())).unwrap_or_default();
        FilePlace {
            file: self.file.clone(),
            line: number(line.max(1)),
            column: number(before.chars().count() + 1),
        }
    }

    /// Returns the place of a key, or of an element, which has no key: for
    /// `measure[2].legal_basis[0].article` the key `article`. If there is nothing at the path, the
    /// nearest thing around it.
    pub fn find(&self, path: &[Step<'_>]) -> FilePlace {
        self.place(self.root.nearest(path).head().start)
    }

    /// Returns the text of a span.
    pub fn slice(&self, span: Range<usize>) -> &str {
        self.text.get(span).unwrap_or_default()
    }

    fn garbled(&self, garbled: &Garbled) -> TextFault {
        let place = self.place(garbled.at);
        let (zh, en) = (garbled.zh(), garbled.en());
        let kind = match garbled.kind {
            encoding::EncodingFault::ByteOrderMark => FaultKind::ByteOrderMark,
            _ => FaultKind::Encoding,
        };
        TextFault { kind, place, what: Text::new(zh, en) }
    }
}

/// Positions at which lines begin. A line ends with a line feed, or with a carriage return that no
/// line feed follows.
fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let follows = |at: usize| bytes.get(at + 1).copied();
    let ends = bytes
        .iter()
        .enumerate()
        .filter(|(at, byte)| **byte == b'\n' || (**byte == b'\r' && follows(*at) != Some(b'\n')));
    std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect()
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
