//! Parties of a row: its subjects, its persons, and the identifiers that it may mean if it could
//! not be read.

use std::collections::BTreeSet;

use mustcheck::registry::identities;
use mustcheck::registry::written::{
    self, LeftOpen, Pattern, all_exact, exact, is_filler, left_open, normalised,
};
use mustcheck_model::{CreditRecord, RecordSubject, ResponsiblePerson, Role, Scheme, SubjectKind};
use unicode_normalization::UnicodeNormalization as _;

use crate::table::cell::{identifiers, is_scientific, split};
use crate::table::column::Cell;
use crate::table::mapping::{Party, Person};
use crate::table::output::Refused;
use crate::table::row::Row;

/// The cells of a party, with kind and scheme of its identifier.
struct Cells<'a> {
    /// Path of the party in the mapping.
    at: String,
    identifier: &'a Cell,
    name: Option<&'a Cell>,
    several: bool,
    kind: SubjectKind,
    scheme: Scheme,
    country: Option<String>,
}

/// Fewest digits of a run that may be a cut or damaged identifier.
const DIGITS: usize = 6;
/// Fewest characters of such a run with letters, and of one without: firms have numbers of other
/// registers beside their code, which are shorter.
const LENGTHS: (usize, usize) = (10, 16);

/// Returns the one identifier in a text, proven by its check character, without a label before and
/// a note after it.
///
/// # Errors
///
/// A text, if something else in the cell may be another subject's identifier.
fn proven(text: &str, cells: &Cells<'_>) -> Result<Option<String>, String> {
    let Some(code) = exact(text, cells.kind, cells.scheme, cells.country.as_deref()) else {
        return Ok(None);
    };
    if may_name_another(text, [code.as_str()]) {
        let what = "something stands beside the code that may be another's";
        return Err(format!("{}.identifier: {what}", cells.at));
    }
    Ok(Some(code))
}

/// Whether a text, without the given codes, has something that may be another's identifier.
// RAIL R2: nobody named beside an exact code is passed over.
fn may_name_another<'c>(text: &str, codes: impl IntoIterator<Item = &'c str>) -> bool {
    let plain: String = text.nfkc().filter(|c| !is_filler(*c)).collect();
    let rest =
        codes.into_iter().fold(plain.to_uppercase(), |rest, code| rest.replacen(code, " ", 1));
    let hides = |c: char| "*#?×●•■□○★☆※".contains(c);
    let mut runs = rest.split(|c: char| !c.is_ascii_alphanumeric() && !hides(c));
    runs.any(|run| {
        let count = |of: &dyn Fn(char) -> bool| run.chars().filter(|c| of(*c)).count();
        let (digits, hidden) = (count(&|c| c.is_ascii_digit()), count(&hides));
        let letters = count(&|c| c.is_ascii_alphabetic());
        let shortest = if letters > 0 { LENGTHS.0 } else { LENGTHS.1 };
        let is_long = digits + letters >= shortest && digits >= DIGITS;
        is_long || (hidden >= 3 && digits + letters >= 3)
    })
}

impl Row<'_> {
    /// Reads the identifiers of a cell, each with its name.
    fn parties(&self, cells: &Cells<'_>) -> Result<Vec<(String, String)>, String> {
        let at = &cells.at;
        let said = self.text(&format!("{at}.identifier"), cells.identifier)?.unwrap_or_default();
        if is_scientific(&said) {
            let what = "a spreadsheet made a number of the code, and its last digits are lost";
            return Err(format!("{at}.identifier: {what}"));
        }
        let name = cells.name.map_or("", |cell| self.said(cell));
        if said.is_empty() {
            return Ok(Vec::new());
        }
        let whole = |text: &str| -> Result<String, String> {
            Ok(proven(text, cells)?.unwrap_or_else(|| text.to_owned()))
        };
        if !cells.several {
            return Ok(vec![(whole(&said)?, name.to_owned())]);
        }
        let parts = split(&said, self.separators());
        if let [identifier] = parts.as_slice() {
            // A name may hold anything, a line break of the layout too.
            return Ok(vec![(whole(identifier)?, name.to_owned())]);
        }
        let names = split(name, self.separators());
        let mut identifiers = Vec::new();
        let mut notes = 0;
        for part in &parts {
            match proven(part, cells)? {
                Some(code) => identifiers.push(code),
                None => notes += 1,
            }
        }
        // If there are as many names as codes, the other numbers are further ones of theirs,
        // provided that none can be a code.
        let others = parts.iter().filter(|part| identifiers_of_none(part, cells));
        let explained = names.len() == identifiers.len() && others.count() == notes;
        if notes > 0 && (identifiers.is_empty() || !explained) {
            identifiers = parts.iter().map(|part| (*part).to_owned()).collect();
        }
        if !names.is_empty() && names.len() != identifiers.len() {
            let (found, named) = (identifiers.len(), names.len());
            return Err(format!("{at}: {found} identifiers and {named} names"));
        }
        let names = names.into_iter().chain(std::iter::repeat("")).map(str::to_owned);
        Ok(identifiers.into_iter().zip(names).collect())
    }

    /// Whether a row names a party: its identifier is neither empty nor a word for an absent value.
    fn fills(&self, party: &Party) -> bool {
        !matches!(self.text("identifier", &party.identifier), Ok(None))
    }

    /// Returns the party that the row is about, and its path in the mapping.
    fn about(&self) -> Result<(String, &Party), String> {
        let record = &self.mapping.record;
        if let Some(one) = &record.subject {
            return Ok(("subject".into(), one));
        }
        let mut filled = record.alternatives().filter(|(_, party)| self.fills(party));
        let (at, first) = filled.next().ok_or("subjects: no column names anybody")?;
        let is_person = |party: &Party| {
            let column = party.identifier.0.column();
            record.persons.iter().any(|person| person.identifier.0.column() == column)
        };
        // RAIL R2: nobody whom the row names is passed over.
        if let Some((other, _)) = filled.find(|(_, party)| !is_person(party)) {
            return Err(format!("{other}.identifier: is filled, and so is that of {at}"));
        }
        Ok((at, first))
    }

    /// Reads the subjects of the row.
    pub fn subjects(&self) -> Result<Vec<RecordSubject>, String> {
        let (at, party) = self.about()?;
        let name = |name: &str| format!("{at}.{name}");
        let kind = self.word(&name("kind"), &party.kind, SubjectKind::ALL, SubjectKind::code)?;
        let scheme = self.word(&name("scheme"), &party.scheme, Scheme::ALL, Scheme::code)?;
        let country = self.maybe(&name("country"), party.country.as_ref())?;
        if !self.fills(party) {
            return Err(format!("{at}.identifier: is empty"));
        }
        let kind = kind.ok_or_else(|| format!("{at}.kind: is empty"))?;
        let scheme = scheme.ok_or_else(|| format!("{at}.scheme: is empty"))?;
        let cells = Cells {
            at: at.clone(),
            identifier: &party.identifier,
            name: party.name.as_ref(),
            several: party.split,
            kind,
            scheme,
            country: country.clone(),
        };
        let parties = self.parties(&cells)?;
        if parties.is_empty() {
            return Err(format!("{at}.identifier: is empty"));
        }
        let each = parties.into_iter().map(|(identifier, name)| RecordSubject {
            kind,
            scheme,
            identifier,
            country: country.clone(),
            name,
            as_issued: None,
            also: Vec::new(),
        });
        Ok(each.collect())
    }

    /// Reads the persons whom the row names as responsible, without one who is its subject.
    pub fn persons(&self) -> Result<Vec<ResponsiblePerson>, String> {
        let record = &self.mapping.record;
        let subject = if record.subjects.is_empty() { None } else { Some(self.about()?.1) };
        let subject = subject.and_then(|party| party.identifier.0.column());
        let mut all = Vec::new();
        for (i, person) in record.persons.iter().enumerate() {
            if subject.is_none() || person.identifier.0.column() != subject {
                all.extend(self.person(i, person)?);
            }
        }
        Ok(all)
    }

    fn person(&self, i: usize, person: &Person) -> Result<Vec<ResponsiblePerson>, String> {
        let at = format!("persons[{i}]");
        if self.text(&format!("{at}.identifier"), &person.identifier)?.is_none() {
            return Ok(Vec::new());
        }
        let role = self.word(&format!("{at}.role"), &person.role, Role::ALL, Role::code)?;
        let scheme =
            self.word(&format!("{at}.scheme"), &person.scheme, Scheme::ALL, Scheme::code)?;
        let role = role.ok_or_else(|| format!("{at}.role: is empty"))?;
        let scheme = scheme.ok_or_else(|| format!("{at}.scheme: is empty"))?;
        let country = self.maybe(&format!("{at}.country"), person.country.as_ref())?;
        let cells = Cells {
            at,
            identifier: &person.identifier,
            name: person.name.as_ref(),
            several: person.split,
            kind: SubjectKind::Person,
            scheme,
            country: country.clone(),
        };
        let each = self.parties(&cells)?.into_iter().map(|(identifier, name)| ResponsiblePerson {
            role,
            scheme,
            identifier,
            country: country.clone(),
            name,
        });
        Ok(each.collect())
    }

    /// Returns the refusal of a row that could not be read, with all identifiers that it may mean.
    // RAIL R2
    pub fn refused(&self) -> Refused {
        let record = &self.mapping.record;
        // A value in another column may belong in this one.
        let named: BTreeSet<String> =
            self.cells.iter().flat_map(|cell| identifiers(cell)).collect();
        let mut open: BTreeSet<Pattern> = named.iter().filter_map(|n| Pattern::exact(n)).collect();
        let schemes = |cell| self.word("scheme", cell, Scheme::ALL, Scheme::code).ok().flatten();
        let alternatives = || record.alternatives().map(|(_, party)| party);
        let is_filled = alternatives().any(|party| self.fills(party));
        // A word for an absent value in one column means nothing where another one is filled.
        let subjects = alternatives().filter(|party| !is_filled || self.fills(party));
        let cells = subjects.map(|party| (&party.identifier, &party.scheme));
        let cells = cells.chain(record.persons.iter().map(|p| (&p.identifier, &p.scheme)));
        // In a row that does not fit, a cell below a header need not be what the header says.
        for (cell, scheme) in cells.filter(|_| self.fits()) {
            for part in split(self.said(cell), self.separators()) {
                let (codes, scheme) = (identifiers(part), schemes(scheme));
                let meant = may_mean(part, scheme);
                let is_of = |own: Scheme| scheme.is_none_or(|scheme| scheme == own);
                if codes.is_empty() {
                    open.extend(meant);
                } else if may_name_another(part, codes.iter().map(String::as_str)) {
                    open.insert(Pattern::everybody());
                } else if !all_exact(part).iter().any(|(own, _)| is_of(*own)) {
                    // A code of another scheme, or one that is part of a longer run, may be there
                    // by chance.
                    open.extend(meant.into_iter().filter(|pattern| !pattern.is_everybody()));
                }
            }
        }
        // A party without a code may be anybody, whoever else the row names.
        let mut unnamed = false;
        if self.fits() && alternatives().all(|party| self.said(&party.identifier).is_empty()) {
            let others = record.persons.iter().map(|person| self.said(&person.identifier));
            let persons: BTreeSet<String> = others.flat_map(identifiers).collect();
            unnamed = named.is_subset(&persons);
        }
        let nobody = (open.is_empty() && !unnamed) || open.iter().any(Pattern::is_everybody);
        let open = if nobody { LeftOpen::Everybody } else { LeftOpen::Fits(open) };
        Refused { list: self.list(), open, unnamed }
    }

    /// Reads the list, if the row states it.
    pub fn list(&self) -> Option<String> {
        let list = self.text("list", &self.mapping.record.list).ok().flatten();
        list.filter(|_| self.fits())
    }

    /// Returns the path and the refusal of somebody whom the row names without an identifier,
    /// beside those whom it names by one. The document keeps only that somebody is on the list who
    /// cannot be looked up.
    // RAIL R2
    pub fn unidentified(&self) -> Option<(String, Refused)> {
        let record = &self.mapping.record;
        let is_filled = |cell: &Cell| !matches!(self.text("cell", cell), Ok(None));
        let is_name =
            |cell: &Cell| is_filled(cell) && self.said(cell).contains(char::is_alphanumeric);
        let persons = (0..).zip(&record.persons);
        let persons =
            persons.map(|(i, p): (usize, _)| (format!("persons[{i}]"), &p.identifier, &p.name));
        let others = record.alternatives().map(|(at, party)| (at, &party.identifier, &party.name));
        let mut unidentified = persons.chain(others).filter(|(_, identifier, name)| {
            !is_filled(identifier) && name.as_ref().is_some_and(is_name)
        });
        let (at, _, _) = unidentified.next()?;
        let nobody = LeftOpen::Fits(BTreeSet::new());
        Some((at, Refused { list: self.list(), open: nobody, unnamed: true }))
    }
}

/// Whether a part of a cell holds no identifier, not even one that is cut or damaged.
fn identifiers_of_none(part: &str, cells: &Cells<'_>) -> bool {
    exact(part, cells.kind, cells.scheme, cells.country.as_deref()).is_none()
        && cells.scheme != Scheme::Passport
        && !may_name_another(part, [])
}

/// Returns patterns of all others whom the records of a row may mean, if a spreadsheet may have
/// rounded a code.
// RAIL R2
pub fn rounded(records: &[CreditRecord]) -> BTreeSet<Pattern> {
    let named = records.iter().flat_map(identities);
    named.flat_map(|(_, _, identifier)| written::rounded(&identifier)).collect()
}

/// Returns patterns of the identifiers that a text may mean if it is no exact identifier with a
/// check character.
fn may_mean(text: &str, scheme: Option<Scheme>) -> BTreeSet<Pattern> {
    if scheme == Some(Scheme::Passport) {
        // It has no check character, so nothing tells a wrong one.
        let exact = Pattern::exact(&normalised(text)).unwrap_or_else(Pattern::everybody);
        return std::iter::once(exact).collect();
    }
    left_open(text, scheme).into_patterns()
}
