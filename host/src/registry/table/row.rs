//! One row, by the mapping of its table.

use std::collections::{BTreeMap, BTreeSet};

use mustcheck_guest::model::{
    CreditRecord, Event, EventKind, Penalty, PenaltyKind, RecordSubject, ResponsiblePerson, Role,
    Scheme, SubjectKind,
};
use unicode_normalization::UnicodeNormalization as _;

use crate::input::quotable;
use crate::registry::shapes::{day, fen};
use crate::registry::table::cell::{identifiers, is_scientific, split};
use crate::registry::table::column::{Cell, Column};
use crate::registry::table::mapping::{Person, TableMapping};
use crate::registry::table::output::Refused;
use crate::registry::written::{LeftOpen, Pattern, left_open, normalised};

/// Where the columns of a mapping stand in a table.
#[derive(Debug, Default)]
pub struct Columns {
    names: Vec<String>,
    /// Positions of the columns that the mapping names.
    named: BTreeMap<String, usize>,
    /// Positions of the columns whose empty cells merge with the one above.
    merged: Vec<usize>,
}

/// The position of a column by its letter, from 0.
pub fn position(letter: &str) -> Option<usize> {
    let sound = (1..=3).contains(&letter.len()) && letter.bytes().all(|b| b.is_ascii_uppercase());
    let value = |sum: usize, byte: u8| sum * 26 + usize::from(byte - b'A') + 1;
    sound.then(|| letter.bytes().fold(0, value) - 1)
}

/// A header's text without the white space that layout puts into it.
fn plain(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).collect()
}

impl Columns {
    /// Finds the columns of a mapping below a header.
    ///
    /// # Errors
    ///
    /// Every column that is not there, or is there twice.
    pub fn of(mapping: &TableMapping, header: &[Vec<String>]) -> Result<Self, String> {
        let width = header.iter().map(Vec::len).max().unwrap_or_default();
        let lowest = |i: usize| {
            let cells = header.iter().rev().filter_map(|row| row.get(i));
            cells.map(|c| plain(c)).find(|c| !c.is_empty()).unwrap_or_default()
        };
        let names: Vec<String> = (0..width).map(lowest).collect();
        let mut faults = Vec::new();
        let mut named = BTreeMap::new();
        let merged = &mapping.file.fill_down;
        let cells = mapping.cells();
        let used = cells.iter().filter_map(|(_, cell, _)| cell.0.column());
        let used: Vec<Column> = used.chain(merged.iter().cloned()).collect();
        for column in &used {
            match column {
                Column::Named(name) => {
                    let name = plain(name);
                    let mut found = names.iter().enumerate().filter(|(_, n)| **n == name);
                    match (found.next(), found.next()) {
                        (Some((i, _)), None) => _ = named.insert(name, i),
                        (None, _) => faults.push(format!("no column is called `{name}`")),
                        _ => faults.push(format!("two columns are called `{name}`")),
                    }
                }
                Column::Letter(letter) => {
                    if position(&letter.letter).is_none_or(|i| i >= width) {
                        faults.push(format!("there is no column `{}`", letter.letter));
                    }
                }
            }
        }
        faults.sort();
        faults.dedup();
        if !faults.is_empty() {
            return Err(quotable(&faults.join("; ")));
        }
        let mut columns = Self { names, named, merged: Vec::new() };
        columns.merged = merged.iter().filter_map(|column| columns.place(column)).collect();
        Ok(columns)
    }

    /// The texts over the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    fn place(&self, column: &Column) -> Option<usize> {
        match column {
            Column::Named(name) => self.named.get(&plain(name)).copied(),
            Column::Letter(letter) => position(&letter.letter),
        }
    }

    /// Fills the cells that merge with those of the row above.
    pub fn fill_down(&self, cells: &mut [String], above: &[String]) {
        for column in &self.merged {
            if let (Some(cell), Some(above)) = (cells.get_mut(*column), above.get(*column))
                && cell.is_empty()
            {
                cell.clone_from(above);
            }
        }
    }
}

/// A row.
pub struct Row<'a> {
    /// The mapping.
    pub mapping: &'a TableMapping,
    /// Where its columns stand.
    pub columns: &'a Columns,
    /// The cells.
    pub cells: &'a [String],
}

impl Row<'_> {
    /// The records of the row: one for each subject.
    ///
    /// # Errors
    ///
    /// The first thing that cannot be read.
    pub fn records(&self) -> Result<Vec<CreditRecord>, String> {
        if !self.fits() {
            let (found, expected) = (self.cells.len(), self.columns.names.len());
            return Err(format!("it has {found} cells, and the header {expected}"));
        }
        let record = &self.mapping.record;
        let id: Vec<String> =
            record.id.iter().map(|cell| self.needed("id", cell)).collect::<Result<_, _>>()?;
        let source = &self.mapping.source.id;
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
            },
            responsible_persons: self.persons()?,
            decided_by: self.maybe("decided_by", record.decided_by.as_ref())?,
            document: self.maybe("document", record.document.as_ref())?,
            legal_basis: Vec::new(),
            penalty: self.penalty()?,
            valid_from: self
                .day("valid_from", &record.valid_from)?
                .ok_or("valid_from: is empty")?,
            valid_until: match &record.valid_until {
                Some(cell) => self.day("valid_until", cell)?,
                None => None,
            },
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

    /// Whether the row has the header's columns. Empty cells beyond them are none.
    fn fits(&self) -> bool {
        let expected = self.columns.names.len();
        let beyond = self.cells.iter().skip(expected).any(|cell| !cell.is_empty());
        self.cells.len() >= expected && !beyond
    }

    /// What a cell says before its table of values; empty if nothing.
    fn said<'a>(&'a self, cell: &'a Cell) -> &'a str {
        if let Some(constant) = &cell.0.constant {
            return constant;
        }
        let place = cell.0.column().and_then(|column| self.columns.place(&column));
        place.and_then(|i| self.cells.get(i)).map_or("", String::as_str)
    }

    fn text(&self, name: &str, cell: &Cell) -> Result<Option<String>, String> {
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

    fn maybe(&self, name: &str, cell: Option<&Cell>) -> Result<Option<String>, String> {
        cell.map_or(Ok(None), |cell| self.text(name, cell))
    }

    fn day(&self, name: &str, cell: &Cell) -> Result<Option<mustcheck_guest::date::Date>, String> {
        let Some(said) = self.text(name, cell)? else { return Ok(None) };
        day(&said, cell.0.shape).map(Some).map_err(|detail| format!("{name}: {detail}"))
    }

    fn word<T: Copy + 'static>(
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

    fn separators(&self) -> &str {
        &self.mapping.file.separators
    }

    /// Identifiers of a cell, each with its name.
    fn parties(
        &self,
        at: &str,
        identifier: &Cell,
        name: Option<&Cell>,
        several: bool,
    ) -> Result<Vec<(String, String)>, String> {
        let said = self.text(&format!("{at}.identifier"), identifier)?.unwrap_or_default();
        if is_scientific(&said) {
            let what = "a spreadsheet made a number of the code, and its last digits are lost";
            return Err(format!("{at}.identifier: {what}"));
        }
        let name = name.map_or("", |cell| self.said(cell));
        if !several {
            let one = (!said.is_empty()).then(|| (said, name.to_owned()));
            return Ok(one.into_iter().collect());
        }
        let identifiers = split(&said, self.separators());
        if let [identifier] = identifiers.as_slice() {
            // A name may hold anything, a line break of the layout too.
            return Ok(vec![((*identifier).to_owned(), name.to_owned())]);
        }
        let names = split(name, self.separators());
        if !names.is_empty() && names.len() != identifiers.len() {
            let (found, named) = (identifiers.len(), names.len());
            return Err(format!("{at}: {found} identifiers and {named} names"));
        }
        let names = names.into_iter().chain(std::iter::repeat(""));
        Ok(identifiers.into_iter().map(str::to_owned).zip(names.map(str::to_owned)).collect())
    }

    fn subjects(&self) -> Result<Vec<RecordSubject>, String> {
        let party = &self.mapping.record.subject;
        let kind = self.word("subject.kind", &party.kind, SubjectKind::ALL, SubjectKind::code)?;
        let scheme = self.word("subject.scheme", &party.scheme, Scheme::ALL, Scheme::code)?;
        let country = self.maybe("subject.country", party.country.as_ref())?;
        let parties =
            self.parties("subject", &party.identifier, party.name.as_ref(), party.split)?;
        if parties.is_empty() {
            return Err("subject.identifier: is empty".into());
        }
        let kind = kind.ok_or("subject.kind: is empty")?;
        let scheme = scheme.ok_or("subject.scheme: is empty")?;
        let each = parties.into_iter().map(|(identifier, name)| RecordSubject {
            kind,
            scheme,
            identifier,
            country: country.clone(),
            name,
            as_issued: None,
        });
        Ok(each.collect())
    }

    fn persons(&self) -> Result<Vec<ResponsiblePerson>, String> {
        let mut all = Vec::new();
        for (i, person) in self.mapping.record.persons.iter().enumerate() {
            all.extend(self.person(i, person)?);
        }
        Ok(all)
    }

    fn person(&self, i: usize, person: &Person) -> Result<Vec<ResponsiblePerson>, String> {
        let at = format!("persons[{i}]");
        let parties = self.parties(&at, &person.identifier, person.name.as_ref(), person.split)?;
        if parties.is_empty() {
            return Ok(Vec::new());
        }
        let role = self.word(&format!("{at}.role"), &person.role, Role::ALL, Role::code)?;
        let scheme =
            self.word(&format!("{at}.scheme"), &person.scheme, Scheme::ALL, Scheme::code)?;
        let role = role.ok_or_else(|| format!("{at}.role: is empty"))?;
        let scheme = scheme.ok_or_else(|| format!("{at}.scheme: is empty"))?;
        let country = self.maybe(&format!("{at}.country"), person.country.as_ref())?;
        let each = parties.into_iter().map(|(identifier, name)| ResponsiblePerson {
            role,
            scheme,
            identifier,
            country: country.clone(),
            name,
        });
        Ok(each.collect())
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

    /// Whom the row names, as far as anybody can tell, for a row that could not be read.
    // RAIL R2
    pub fn refused(&self) -> Refused {
        let record = &self.mapping.record;
        // What stands in another column may be what should stand in this one.
        let named: BTreeSet<String> =
            self.cells.iter().flat_map(|cell| identifiers(cell)).collect();
        let mut open: BTreeSet<Pattern> = named.iter().filter_map(|n| Pattern::exact(n)).collect();
        let schemes = |cell| self.word("scheme", cell, Scheme::ALL, Scheme::code).ok().flatten();
        let cells = std::iter::once((&record.subject.identifier, &record.subject.scheme));
        let cells = cells.chain(record.persons.iter().map(|p| (&p.identifier, &p.scheme)));
        // In a row that does not fit, what stands below a header is not what the header says.
        for (cell, scheme) in cells.filter(|_| self.fits()) {
            for part in split(self.said(cell), self.separators()) {
                if identifiers(part).is_empty() {
                    open.extend(may_mean(part, schemes(scheme)));
                }
            }
        }
        // Whose code is not there may be anybody, whoever else the row names.
        if self.fits() && self.said(&record.subject.identifier).is_empty() {
            let others = record.persons.iter().map(|person| self.said(&person.identifier));
            let persons: BTreeSet<String> = others.flat_map(identifiers).collect();
            if named.is_subset(&persons) {
                open.clear();
            }
        }
        let list = self.text("list", &record.list).ok().flatten().filter(|_| self.fits());
        let nobody = open.is_empty() || open.iter().any(Pattern::is_everybody);
        let open = if nobody { LeftOpen::Everybody } else { LeftOpen::Fits(open) };
        Refused { list, open, unnamed: false }
    }
}

/// Whom a text may mean that is no exact identifier with a check character.
fn may_mean(text: &str, scheme: Option<Scheme>) -> BTreeSet<Pattern> {
    if scheme == Some(Scheme::Passport) {
        // It has no check character, so nothing tells a wrong one.
        let exact = Pattern::exact(&normalised(text)).unwrap_or_else(Pattern::everybody);
        return std::iter::once(exact).collect();
    }
    left_open(text, scheme).into_patterns()
}

#[cfg(test)]
mod tests {
    use super::position;

    #[test]
    fn columns_are_counted_as_spreadsheets_do() {
        assert_eq!(position("A"), Some(0));
        assert_eq!(position("Z"), Some(25));
        assert_eq!(position("AA"), Some(26));
        assert_eq!(position("ZZZ"), Some(18_277));
        for letter in ["", "a", "1", "A1", "AAAA", "Ａ"] {
            assert_eq!(position(letter), None);
        }
    }
}
