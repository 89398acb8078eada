//! Reading TOML so that all mistakes are reported at once, each with its place.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::told::quotable;

/// A mistake at one place of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Description of the mistake.
    pub detail: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.detail)
    }
}

/// A TOML text, and the mistakes that were found in it so far.
pub(crate) struct Document<'t> {
    text: &'t str,
    found: RefCell<Vec<Mistake>>,
}

impl<'t> Document<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, found: RefCell::default() }
    }

    /// Parses the text. Parts that are not TOML are among the mistakes.
    pub(crate) fn parse(&self) -> Spanned<DeTable<'t>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            self.mistake(error.span().unwrap_or_default(), quotable(error.message()));
        }
        table
    }

    pub(crate) fn root<'a>(&'a self, table: &'a Spanned<DeTable<'t>>) -> Section<'a, 't> {
        Section::new(self, String::new(), table.span(), table.get_ref())
    }

    fn mistake(&self, at: Range<usize>, detail: impl Into<String>) {
        let before = self.text.get(..at.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        self.found.borrow_mut().push(Mistake { line, column, detail: detail.into() });
    }

    /// Every mistake, in the order of their places.
    pub(crate) fn mistakes(self) -> Vec<Mistake> {
        let mut found = self.found.into_inner();
        found.sort();
        found.dedup();
        found
    }
}

/// A table whose keys are taken one by one; keys that are left at the end are unknown.
pub(crate) struct Section<'a, 't> {
    document: &'a Document<'t>,
    path: String,
    at: Range<usize>,
    left: BTreeMap<&'a str, (Range<usize>, &'a Spanned<DeValue<'t>>)>,
    places: BTreeMap<&'static str, Range<usize>>,
    known: Vec<&'static str>,
}

impl<'a, 't> Section<'a, 't> {
    fn new(
        document: &'a Document<'t>,
        path: String,
        at: Range<usize>,
        table: &'a DeTable<'t>,
    ) -> Self {
        let entries = table.iter();
        let left = entries.map(|(key, value)| (&**key.get_ref(), (key.span(), value))).collect();
        Self { document, path, at, left, places: BTreeMap::new(), known: Vec::new() }
    }

    fn name(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn take(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'t>>> {
        self.known.push(key);
        let (_, value) = self.left.remove(key)?;
        self.places.insert(key, value.span());
        Some(value)
    }

    fn expected<T>(
        &self,
        key: &str,
        what: &str,
        value: &Spanned<DeValue<'t>>,
        read: Option<T>,
    ) -> Option<T> {
        if read.is_none() {
            let found = value.get_ref().type_str();
            let detail = format!("`{}` is {what}, not {found}", self.name(key));
            self.document.mistake(value.span(), detail);
        }
        read
    }

    /// Reports a mistake in a value that was read, at the value's place.
    pub(crate) fn fault(&self, key: &'static str, detail: impl fmt::Display) {
        let at = self.places.get(key).unwrap_or(&self.at).clone();
        self.document.mistake(at, format!("`{}`: {detail}", self.name(key)));
    }

    /// Reports a mistake in the table as a whole.
    pub(crate) fn fault_here(&self, detail: impl fmt::Display) {
        self.document.mistake(self.at.clone(), detail.to_string());
    }

    /// Passes a value on, and reports a mistake if its key is missing.
    pub(crate) fn required<T>(&self, key: &'static str, value: Option<T>) -> Option<T> {
        // A value of another type has been reported already.
        if value.is_none() && !self.places.contains_key(key) {
            self.document.mistake(self.at.clone(), format!("`{}` is missing", self.name(key)));
        }
        value
    }

    /// Whether the table has a key that was taken, even with a wrong value.
    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.places.contains_key(key)
    }

    pub(crate) fn text(&mut self, key: &'static str) -> Option<String> {
        let value = self.take(key)?;
        let text = value.get_ref().as_str().map(str::to_owned);
        self.expected(key, "a text", value, text)
    }

    /// Reads a text, and converts it with `read`.
    pub(crate) fn parsed<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.text(key)?;
        read(&text).map_err(|detail| self.fault(key, detail)).ok()
    }

    pub(crate) fn texts(&mut self, key: &'static str) -> Option<Vec<String>> {
        let value = self.take(key)?;
        let texts = value.get_ref().as_array().and_then(|items| {
            items.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect()
        });
        self.expected(key, "a list of texts", value, texts)
    }

    pub(crate) fn flag(&mut self, key: &'static str) -> Option<bool> {
        let value = self.take(key)?;
        self.expected(key, "`true` or `false`", value, value.get_ref().as_bool())
    }

    /// Reads a whole number in a range.
    pub(crate) fn number(&mut self, key: &'static str, range: RangeInclusive<u64>) -> Option<u64> {
        let value = self.take(key)?;
        let number = value.get_ref().as_integer();
        let number = self.expected(key, "a whole number", value, number)?;
        let digits: String = number.as_str().chars().filter(|c| *c != '_').collect();
        let read = u64::from_str_radix(&digits, number.radix()).ok();
        let read = read.filter(|read| range.contains(read));
        if read.is_none() {
            let (least, most) = range.into_inner();
            self.fault(key, format!("`{digits}` is not between {least} and {most}"));
        }
        read
    }

    pub(crate) fn section(&mut self, key: &'static str) -> Option<Section<'a, 't>> {
        let value = self.take(key)?;
        let table = self.expected(key, "a table", value, value.get_ref().as_table())?;
        Some(Section::new(self.document, self.name(key), value.span(), table))
    }

    pub(crate) fn sections(&mut self, key: &'static str) -> Vec<Section<'a, 't>> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let items = self.expected(key, "a list of tables", value, value.get_ref().as_array());
        let mut sections = Vec::new();
        for (n, item) in items.into_iter().flat_map(|items| items.iter()).enumerate() {
            let table = self.expected(key, "a list of tables", item, item.get_ref().as_table());
            let Some(table) = table else { continue };
            let path = format!("{}[{n}]", self.name(key));
            sections.push(Section::new(self.document, path, item.span(), table));
        }
        sections
    }

    /// Ends the table: reports each key that was not taken as unknown.
    pub(crate) fn end(self) {
        for (key, (at, _)) in &self.left {
            let known: Vec<String> = self.known.iter().map(|k| format!("`{k}`")).collect();
            let detail = format!(
                "unknown key `{}`; there are {}",
                quotable(&self.name(key)),
                known.join(", ")
            );
            self.document.mistake(at.clone(), detail);
        }
    }
}
