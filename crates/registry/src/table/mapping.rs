//! The mapping file of a table.

use std::path::Path;

use mustcheck::input::read_file;
use mustcheck::registry::RegistryError;
use mustcheck_model::{EventKind, PenaltyKind, Role, Scheme, SubjectKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mapping::{Faults, MAPPING_LIMIT, MappingFault, read};
use crate::shapes::{TermUnit, Unit};
use crate::table::Encoding;
use crate::table::column::{Cell, Column};
use crate::table::skip::SkipRule;
use crate::table::source::TableSource;

/// A mapping of a table to records.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableMapping {
    /// Source: its publisher, the time of its snapshot, and the lists that it covers.
    pub source: TableSource,
    /// Form of the file.
    #[serde(default)]
    pub file: FileMapping,
    /// Meaning of the columns.
    pub record: RowMapping,
}

/// Form of a file.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FileMapping {
    /// Its encoding.
    pub encoding: Encoding,
    /// Delimiter between two cells: one ASCII character, or `tab`.
    pub delimiter: String,
    /// Quotation mark around a cell that holds a delimiter: one ASCII character.
    pub quote: String,
    /// Sheet of a workbook; without it, the only one that is not empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Number of rows before the header, such as a title. Without it, the header is the first row,
    /// of fifty, that has every column that the mapping names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_rows: Option<u64>,
    /// Number of rows of the header. A column is named by the lowest text over it.
    pub header_rows: u64,
    /// Words that begin a row of totals; such a row is skipped unless it names somebody.
    pub totals: Vec<String>,
    /// Column in which a row of totals states the number of rows. The last such row counts: without
    /// one, or if the number differs, the table is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Column>,
    /// Number of rows, without blank ones, totals and skipped ones. If the table has another
    /// number, it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_rows: Option<u64>,
    /// Rules for rows that are no record, though they may name somebody: a row that any rule fits
    /// is skipped and counted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skip: Vec<SkipRule>,
    /// Columns whose empty cells merge with the one above.
    pub fill_down: Vec<Column>,
    /// Characters that separate the values of a cell that holds several.
    pub separators: String,
}

impl Default for FileMapping {
    fn default() -> Self {
        Self {
            encoding: Encoding::Auto,
            delimiter: ",".into(),
            quote: "\"".into(),
            sheet: None,
            skip_rows: None,
            header_rows: 1,
            totals: ["合计", "总计", "小计"].map(String::from).into(),
            total: None,
            expected_rows: None,
            skip: Vec::new(),
            fill_down: Vec::new(),
            separators: "、；;\n".into(),
        }
    }
}

impl FileMapping {
    /// The delimiter.
    pub(crate) fn delimiter(&self) -> u8 {
        if self.delimiter == "tab" { b'\t' } else { ascii(&self.delimiter).unwrap_or(b',') }
    }

    /// The quotation mark.
    pub(crate) fn quote(&self) -> u8 {
        ascii(&self.quote).unwrap_or(b'"')
    }
}

/// Returns the one ASCII sign of a text.
fn ascii(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [one] if one.is_ascii() && !one.is_ascii_alphanumeric() => Some(*one),
        _ => None,
    }
}

/// Meaning of the columns.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowMapping {
    /// Cells that together distinguish a row from every other, and stay the same from one table to
    /// the next: a document's number, a serial number. No identifier may be among them.
    pub id: Vec<Cell>,
    /// The list; `values` gives the catalogue's codes.
    pub list: Cell,
    /// Act on record.
    #[serde(default)]
    pub act: Option<Cell>,
    /// The matter that the record is about.
    #[serde(default)]
    pub matter: Option<Cell>,
    /// Subject that it is about. With `split`, a row is one record for each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Party>,
    /// Alternatives for the subject, where firms and persons have columns of their own: the one
    /// whose identifier a row fills. A row that fills several is about the first, if the others are
    /// among `persons`, and else refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<Party>,
    /// Persons that it names as responsible.
    #[serde(default)]
    pub persons: Vec<Person>,
    /// The authority that decided.
    #[serde(default)]
    pub decided_by: Option<Cell>,
    /// The document of the decision.
    #[serde(default)]
    pub document: Option<Cell>,
    /// The penalty.
    #[serde(default)]
    pub penalty: Option<PenaltyCells>,
    /// First day.
    pub valid_from: Cell,
    /// Last day.
    #[serde(default)]
    pub valid_until: Option<Cell>,
    /// Length from its first day, for rows that state no last day.
    #[serde(default)]
    pub term: Option<TermCells>,
    /// Events of the record.
    #[serde(default)]
    pub events: Vec<EventCells>,
}

impl RowMapping {
    /// Returns the parties that a row may be about, in the order in which they are tried, each with
    /// its path.
    pub(crate) fn alternatives(&self) -> impl Iterator<Item = (String, &Party)> {
        let one = self.subject.iter().map(|party| ("subject".to_owned(), party));
        let of = |(i, party)| (format!("subjects[{i}]"), party);
        one.chain(self.subjects.iter().enumerate().map(of))
    }
}

/// A party.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// `organization` or `person`.
    pub kind: Cell,
    /// `uscc`, `resident-id`, `lei` or `passport`.
    pub scheme: Cell,
    /// The identifier.
    pub identifier: Cell,
    /// Issuing country of a passport.
    #[serde(default)]
    pub country: Option<Cell>,
    /// The name, for display.
    #[serde(default)]
    pub name: Option<Cell>,
    /// Whether a cell may hold several values.
    #[serde(default)]
    pub split: bool,
}

/// Persons named as responsible.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Role of the person in the conduct.
    pub role: Cell,
    /// `resident-id` or `passport`.
    pub scheme: Cell,
    /// The identifier; where a row leaves it empty, it names nobody exactly.
    pub identifier: Cell,
    /// Issuing country of a passport.
    #[serde(default)]
    pub country: Option<Cell>,
    /// The name, for display.
    #[serde(default)]
    pub name: Option<Cell>,
    /// Whether a cell may hold several values.
    #[serde(default)]
    pub split: bool,
}

/// A penalty.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PenaltyCells {
    /// Its kind; a row that leaves it empty has no penalty. A row has none either where the kind is
    /// a constant and the amount is empty.
    pub kind: Cell,
    /// The amount, exact in fen.
    #[serde(default)]
    pub amount: Option<Cell>,
    /// Unit of an amount that does not name one itself.
    #[serde(default)]
    pub unit: Unit,
}

/// A length of time: 三年, 36个月, 1年6个月, 半年, 一年内, 90日, 3 years; 长期, 永久 and 终身 have
/// no end.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TermCells {
    /// Length of time.
    pub length: Cell,
    /// Unit of a number that does not name one itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<TermUnit>,
    /// Whether it is part of a sentence, such as 在一年内禁止参加政府采购活动: the only length of
    /// time there that runs forward.
    #[serde(default)]
    pub within: bool,
}

/// An event.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventCells {
    /// Kind of the event; a row that leaves it empty has no event.
    pub kind: Cell,
    /// Day of the event. A row that leaves it empty has no event if the kind is a constant.
    pub on: Cell,
    /// The document.
    #[serde(default)]
    pub document: Option<Cell>,
}

impl TableMapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    ///
    /// [`RegistryError::Io`], or [`RegistryError::Content`] with every fault, its line and column.
    pub fn open(path: &Path) -> Result<Self, RegistryError> {
        let bytes = read_file(path, MAPPING_LIMIT)
            .map_err(|source| RegistryError::Io { path: path.display().to_string(), source })?;
        let text = String::from_utf8(bytes)
            .map_err(|_| RegistryError::Content(format!("`{}` is not UTF-8", path.display())))?;
        Self::from_toml(&text).map_err(|faults| {
            let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
            RegistryError::Content(lines.join("\n"))
        })
    }

    /// Reads a mapping.
    ///
    /// # Errors
    ///
    /// Every fault, with its line and column.
    pub fn from_toml(text: &str) -> Result<Self, Vec<MappingFault>> {
        let (mapping, mut faults) = read::<Self>(text)?;
        mapping.check(&mut faults);
        faults.done()?;
        Ok(mapping)
    }

    fn check(&self, faults: &mut Faults<'_>) {
        self.source.check(faults);
        let file = &self.file;
        if file.delimiter != "tab" && ascii(&file.delimiter).is_none() {
            faults.add("file.delimiter", "must be one ASCII sign, or `tab`");
        }
        if ascii(&file.quote).is_none() {
            faults.add("file.quote", "must be one ASCII sign");
        }
        if file.header_rows == 0 {
            faults.add("file.header_rows", "must not be 0: columns are told by their header");
        }
        if self.record.id.is_empty() {
            faults.add("record.id", "must not be empty");
        }
        for (path, cell, known) in self.cells() {
            check_cell(&path, cell, known, faults);
        }
        if self.record.subject.is_some() != self.record.subjects.is_empty() {
            faults.add("record", "needs either `subject` or `subjects`");
        }
        let optional = |o: &Option<Cell>| o.as_ref().is_some_and(|c| c.0.constant.is_some());
        for (at, subject) in self.record.alternatives() {
            if subject.identifier.0.constant.is_some() || optional(&subject.name) {
                faults
                    .add(format!("record.{at}"), "a constant names the same subject in every row");
            }
        }
        for (i, rule) in file.skip.iter().enumerate() {
            rule.check(&format!("file.skip[{i}]"), faults);
        }
    }

    /// Returns all columns that the mapping uses, including those that no field of a record comes
    /// from.
    pub(crate) fn columns(&self) -> Vec<Column> {
        let cells = self.cells().into_iter().filter_map(|(_, cell, _)| cell.0.column());
        let file = &self.file;
        let rules = file.skip.iter().filter_map(SkipRule::column);
        cells.chain(file.fill_down.iter().cloned()).chain(file.total.clone()).chain(rules).collect()
    }

    /// Returns every cell with its path, and with the words that it must mean if they are few.
    pub(crate) fn cells<'a>(&'a self) -> Vec<(String, &'a Cell, Option<Vec<&'static str>>)> {
        let kinds = || Some(SubjectKind::ALL.iter().map(|k| k.code()).collect());
        let schemes = || Some(Scheme::ALL.iter().map(|s| s.code()).collect());
        let roles = || Some(Role::ALL.iter().map(|r| r.code()).collect());
        let penalties = || Some(PenaltyKind::ALL.iter().map(|p| p.code()).collect());
        let events = || Some(EventKind::ALL.iter().map(|e| e.code()).collect());
        let record = &self.record;
        let mut all = Vec::new();
        let mut add = |path: String, cell: Option<&'a Cell>, known| {
            if let Some(cell) = cell {
                all.push((path, cell, known));
            }
        };
        for (i, id) in record.id.iter().enumerate() {
            add(format!("record.id[{i}]"), Some(id), None);
        }
        add("record.list".into(), Some(&record.list), None);
        add("record.act".into(), record.act.as_ref(), None);
        add("record.matter".into(), record.matter.as_ref(), None);
        for (subject_at, subject) in record.alternatives() {
            let at = |name: &str| format!("record.{subject_at}.{name}");
            add(at("kind"), Some(&subject.kind), kinds());
            add(at("scheme"), Some(&subject.scheme), schemes());
            add(at("identifier"), Some(&subject.identifier), None);
            add(at("country"), subject.country.as_ref(), None);
            add(at("name"), subject.name.as_ref(), None);
        }
        for (i, person) in record.persons.iter().enumerate() {
            let at = |name: &str| format!("record.persons[{i}].{name}");
            add(at("role"), Some(&person.role), roles());
            add(at("scheme"), Some(&person.scheme), schemes());
            add(at("identifier"), Some(&person.identifier), None);
            add(at("country"), person.country.as_ref(), None);
            add(at("name"), person.name.as_ref(), None);
        }
        add("record.decided_by".into(), record.decided_by.as_ref(), None);
        add("record.document".into(), record.document.as_ref(), None);
        if let Some(penalty) = &record.penalty {
            add("record.penalty.kind".into(), Some(&penalty.kind), penalties());
            add("record.penalty.amount".into(), penalty.amount.as_ref(), None);
        }
        add("record.valid_from".into(), Some(&record.valid_from), None);
        add("record.valid_until".into(), record.valid_until.as_ref(), None);
        add("record.term.length".into(), record.term.as_ref().map(|term| &term.length), None);
        for (i, event) in record.events.iter().enumerate() {
            let at = |name: &str| format!("record.events[{i}].{name}");
            add(at("kind"), Some(&event.kind), events());
            add(at("on"), Some(&event.on), None);
            add(at("document"), event.document.as_ref(), None);
        }
        all
    }
}

fn check_cell(path: &str, cell: &Cell, known: Option<Vec<&'static str>>, faults: &mut Faults<'_>) {
    let table = &cell.0;
    let named = [&table.column, &table.letter, &table.constant];
    if named.iter().filter(|n| n.is_some()).count() != 1 {
        faults.add(path, "needs one of `column`, `letter` and `constant`");
    }
    if let Some(letter) = &table.letter
        && super::column::position(letter).is_none()
    {
        faults.add(path, format!("`{letter}` is no letter of a column, `A` to `ZZZ`"));
    }
    if table.range.is_some() && table.constant.is_some() {
        faults.add(path, "a constant is no range");
    }
    for outcome in table.constant.iter().chain(table.values.values()) {
        if let Some(known) = known.as_ref().filter(|known| !known.contains(&outcome.as_str())) {
            faults.add(path, format!("`{outcome}` is none of {}", known.join(", ")));
        }
    }
}
