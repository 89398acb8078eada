//! A row, read by the mapping of its table.

use mustcheck::input::quotable;
use mustcheck_model::date::Date;
use mustcheck_model::{
    CreditRecord, Event, EventKind, Penalty, PenaltyKind, RecordSubject, Scheme, SubjectKind,
};
use unicode_normalization::UnicodeNormalization as _;

use crate::shapes::{DateShape, DayForm, Epoch, day, fen, term};
use crate::table::column::Cell;
use crate::table::columns::Columns;
use crate::table::mapping::TableMapping;

/// A row of a table.
pub struct Row<'a> {
    /// The mapping.
    pub mapping: &'a TableMapping,
    /// Positions of the columns.
    pub columns: &'a Columns,
    /// The cells.
    pub cells: &'a [String],
    /// Day from which a bare number counts days; `None` if unknown.
    pub epoch: Option<Epoch>,
}

impl Row<'_> {
    /// Makes the records of the row: one for each subject.
    ///
    /// # Errors
    ///
    /// A text on the first field that cannot be read.
    pub fn records(&self) -> Result<Vec<CreditRecord>, String> {
        if !self.fits() {
            let (found, expected) = (self.cells.len(), self.columns.names().len());
            return Err(format!("it has {found} cells, and the header {expected}"));
        }
        let record = &self.mapping.record;
        let id: Vec<String> =
            record.id.iter().map(|cell| self.needed("id", cell)).collect::<Result<_, _>>()?;
        let source = &self.mapping.source.id;
        let valid_from =
            self.day("valid_from", &record.valid_from)?.ok_or("valid_from: is empty")?;
        let one = CreditRecord {
            id: format!("{source}/{}", id.join("/")),
            list: self.needed("list", &record.list)?,
            source: source.clone(),
            act: self.maybe("act", record.act.as_ref())?,
            matter: self.maybe("matter", record.matter.as_ref())?,
            subject: RecordSubject {
                kind: SubjectKind::Organization,
                scheme: Scheme::Uscc,
                identifier: String::new(),
                country: None,
                name: String::new(),
                as_issued: None,
                also: Vec::new(),
            },
            responsible_persons: self.persons()?,
            decided_by: self.maybe("decided_by", record.decided_by.as_ref())?,
            document: self.maybe("document", record.document.as_ref())?,
            legal_basis: Vec::new(),
            penalty: self.penalty()?,
            valid_from,
            valid_until: self.valid_until(valid_from)?,
            events: self.events()?,
        };
        let subjects = self.subjects()?;
        let several = subjects.len() > 1;
        let numbered = (1..).zip(subjects).map(|(n, subject)| {
            let id = if several { format!("{}/{n}", one.id) } else { one.id.clone() };
            CreditRecord { id, subject, ..one.clone() }
        });
        Ok(numbered.collect())
    }

    /// Whether the mapping declares that the row is no record. Never in a row that does not fit,
    /// where the rule may look at the wrong cell.
    // RAIL R2
    pub fn is_no_record(&self) -> bool {
        let fits = |rule: &crate::table::SkipRule| {
            let place = rule.column().and_then(|column| self.columns.place(&column));
            place.and_then(|i| self.cells.get(i)).is_some_and(|cell| rule.fits(cell))
        };
        self.fits() && self.mapping.file.skip.iter().any(fits)
    }

    /// Reads the last day: the row's own, or else by its term.
    fn valid_until(&self, from: Date) -> Result<Option<Date>, String> {
        let record = &self.mapping.record;
        if let Some(cell) = record.valid_until.as_ref().filter(|cell| !self.said(cell).is_empty()) {
            return self.day("valid_until", cell);
        }
        let Some(cells) = &record.term else { return Ok(None) };
        let Some(said) = self.text("term.length", &cells.length)? else { return Ok(None) };
        let last = term(&said, cells.unit, cells.within).and_then(|term| term.last_day(from));
        last.map_err(|detail| format!("term.length: {detail}"))
    }

    /// Whether the row has the header's columns. Empty cells beyond them do not count.
    pub fn fits(&self) -> bool {
        let expected = self.columns.names().len();
        let beyond = self.cells.iter().skip(expected).any(|cell| !cell.is_empty());
        self.cells.len() >= expected && !beyond
    }

    /// Returns the text of a cell, before its table of values; empty if there is none.
    pub fn said<'a>(&'a self, cell: &'a Cell) -> &'a str {
        if let Some(constant) = &cell.0.constant {
            return constant;
        }
        let place = cell.0.column().and_then(|column| self.columns.place(&column));
        place.and_then(|i| self.cells.get(i)).map_or("", String::as_str)
    }

    /// Returns the meaning of a cell; `None` if it is empty or a word for an absent value.
    pub fn text(&self, name: &str, cell: &Cell) -> Result<Option<String>, String> {
        self.meaning(name, cell, self.said(cell))
    }

    fn meaning(&self, name: &str, cell: &Cell, said: &str) -> Result<Option<String>, String> {
        let table = &cell.0;
        let wide: String = said.nfkc().collect();
        let none = |word: &String| *word == said || *word == wide;
        if said.is_empty() || table.none.iter().any(none) {
            return Ok(None);
        }
        if table.constant.is_some() || table.values.is_empty() {
            return Ok(Some(said.to_owned()));
        }
        let meaning = table.values.get(said).or_else(|| table.values.get(&wide));
        meaning.cloned().map(Some).ok_or_else(|| {
            let said: String = quotable(said).chars().take(40).collect();
            format!("{name}: `{said}` is a word that the mapping does not have")
        })
    }

    fn needed(&self, name: &str, cell: &Cell) -> Result<String, String> {
        self.text(name, cell)?.ok_or_else(|| format!("{name}: is empty"))
    }

    /// Returns the meaning of a cell that a mapping may leave out.
    pub fn maybe(&self, name: &str, cell: Option<&Cell>) -> Result<Option<String>, String> {
        cell.map_or(Ok(None), |cell| self.text(name, cell))
    }

    fn day(&self, name: &str, cell: &Cell) -> Result<Option<Date>, String> {
        let Some(said) = self.text(name, cell)? else { return Ok(None) };
        let mut said = said.as_str();
        if let Some(end) = cell.0.range {
            said = end.of(said).ok_or_else(|| {
                let said: String = quotable(said).chars().take(40).collect();
                format!("{name}: `{said}` is no range of two days")
            })?;
            if cell.0.none.iter().any(|word| word == said) {
                return Ok(None);
            }
        }
        let mut form = DayForm { shape: cell.0.shape, order: cell.0.order, ..DayForm::default() };
        if let Some(epoch) = self.epoch {
            form.epoch = epoch;
            // A workbook knows its first day, even where a cell is not shown as a day.
            if form.shape == DateShape::Written {
                form.shape = DateShape::WrittenOrSerial;
            }
        }
        day(said, form).map(Some).map_err(|detail| format!("{name}: {detail}"))
    }

    /// Returns the code of `all` that a cell means; `None` if it is empty.
    pub fn word<T: Copy + 'static>(
        &self,
        name: &str,
        cell: &Cell,
        all: &[T],
        code: impl Fn(T) -> &'static str,
    ) -> Result<Option<T>, String> {
        let Some(said) = self.text(name, cell)? else { return Ok(None) };
        let known = all.iter().copied().find(|word| code(*word) == said);
        known.map(Some).ok_or_else(|| {
            let said: String = quotable(&said).chars().take(40).collect();
            format!("{name}: `{said}` is a word that the mapping does not have")
        })
    }

    /// Characters that separate the values of a cell.
    pub fn separators(&self) -> &str {
        &self.mapping.file.separators
    }

    fn penalty(&self) -> Result<Option<Penalty>, String> {
        let Some(penalty) = &self.mapping.record.penalty else { return Ok(None) };
        let kind = self.word("penalty.kind", &penalty.kind, PenaltyKind::ALL, PenaltyKind::code)?;
        let amount = self.maybe("penalty.amount", penalty.amount.as_ref())?;
        let Some(kind) = kind else { return Ok(None) };
        // `fine` always, and no amount: there was none.
        if penalty.kind.0.constant.is_some() && penalty.amount.is_some() && amount.is_none() {
            return Ok(None);
        }
        let amount_fen = amount
            .map(|text| fen(&text, penalty.unit))
            .transpose()
            .map_err(|detail| format!("penalty.amount: {detail}"))?;
        Ok(Some(Penalty { kind, amount_fen }))
    }

    fn events(&self) -> Result<Vec<Event>, String> {
        let mut all = Vec::new();
        for (i, event) in self.mapping.record.events.iter().enumerate() {
            let at = |name: &str| format!("events[{i}].{name}");
            let kind = self.word(&at("kind"), &event.kind, EventKind::ALL, EventKind::code)?;
            let on = self.day(&at("on"), &event.on)?;
            let (kind, on) = match (kind, on) {
                (Some(kind), Some(on)) => (kind, on),
                (None, None) => continue,
                (Some(_), None) if event.kind.0.constant.is_some() => continue,
                // RAIL R5: a flag without its day is no event.
                (Some(_), None) => return Err(format!("{}: is empty", at("on"))),
                (None, Some(_)) => return Err(format!("{}: is empty", at("kind"))),
            };
            let document = self.maybe(&at("document"), event.document.as_ref())?;
            all.push(Event { kind, on, document });
        }
        Ok(all)
    }
}
