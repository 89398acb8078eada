//! Importing sanctions and debarments in FollowTheMoney's JSON lines, as OpenSanctions and others
//! publish them, for bidders from abroad.
//!
//! Only identifiers count that are exact: LEI, unified social credit code, passport with its
//! issuing country. Names never match (RAIL R6): whoever has no such identifier is counted and
//! listed, and cannot be imported.

mod entity;
mod mapping;
mod people;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use mustcheck_guest::model::CreditRecord;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::input::quotable;
use crate::registry::json::{Coverage, coverage, record_fault, vocabulary_fault};
use crate::registry::table::{Document, RejectedFile};
use crate::registry::{RegistryError, Vocabulary};

use entity::{Entity, Term};
pub use mapping::{ListRule, MoneyMapping};

/// The longest line, in bytes.
const LINE_LIMIT: usize = 4 << 20;

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MoneyReport {
    /// Lines that hold something.
    pub entities: u64,
    /// Entities that are on a list of the mapping.
    pub listed: u64,
    /// Records made of them: one for each list and each exact identifier.
    pub records: u64,
    /// Listed entities without an identifier that can be matched exactly.
    pub without_identifier: u64,
    /// Listed entities that could not be read.
    pub rejected: u64,
}

/// What other entities of a file say of one.
#[derive(Default)]
struct Edges {
    /// Sanctions, by whom they are about.
    sanctions: HashMap<String, Vec<Entity>>,
    /// Passports, by their holder.
    passports: HashMap<String, Vec<Entity>>,
}

/// Turns a file of entities into a registry document on `out`. It is read twice: edges first.
///
/// # Errors
///
/// If the file or a line cannot be read, or the mapping names what no policy knows. What is wrong
/// with one entity is not an error.
pub fn convert(
    file: &Path,
    mapping: &MoneyMapping,
    vocabulary: &Vocabulary,
    out: &mut dyn Write,
    rejected: Option<&mut RejectedFile>,
) -> Result<MoneyReport, RegistryError> {
    for rule in &mapping.list {
        let fault = vocabulary
            .list_fault(&rule.list)
            .or_else(|| vocabulary.standing_fault(&rule.list, rule.standing));
        if let Some(fault) = fault {
            return Err(RegistryError::Content(fault));
        }
    }
    let mut edges = Edges::default();
    each_line(file, |_, entity| {
        edges.take(entity);
        Ok(())
    })?;
    let sources = std::slice::from_ref(&mapping.source);
    let mut conversion = Conversion {
        mapping,
        vocabulary,
        covers: coverage(sources),
        edges,
        ids: BTreeSet::new(),
        document: Document::begin(out, sources)?,
        rejected,
        report: MoneyReport::default(),
    };
    if let Some(rejected) = &mut conversion.rejected {
        rejected.begin(&["id".into(), "schema".into(), "caption".into()])?;
    }
    each_line(file, |line, entity| conversion.entity(line, &entity))?;
    conversion.document.end()?;
    if let Some(rejected) = conversion.rejected {
        rejected.end()?;
    }
    Ok(conversion.report)
}

/// Calls with every entity of a file and its line.
fn each_line(
    file: &Path,
    mut take: impl FnMut(u64, Entity) -> Result<(), RegistryError>,
) -> Result<(), RegistryError> {
    let failed = |source| RegistryError::Io { path: file.display().to_string(), source };
    let mut reader = BufReader::new(File::open(file).map_err(failed)?);
    let (mut line, mut number) = (Vec::new(), 0_u64);
    loop {
        line.clear();
        number += 1;
        let limit = u64::try_from(LINE_LIMIT).unwrap_or(u64::MAX) + 1;
        let mut limited = std::io::Read::take(&mut reader, limit);
        if limited.read_until(b'\n', &mut line).map_err(failed)? == 0 {
            return Ok(());
        }
        // An entity that is left out would call whom it names clear: the file is refused.
        let told = |what: String| {
            let what = quotable(&what);
            RegistryError::Content(format!("`{}`: line {number}: {what}", file.display()))
        };
        if line.len() > LINE_LIMIT {
            return Err(told(format!("it has more than {LINE_LIMIT} bytes")));
        }
        let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
        if text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let entity: Entity = serde_json::from_slice(text).map_err(|e| {
            let message = e.to_string();
            let (detail, column) = message.split_once(" at line ").unwrap_or((&message, ""));
            let column = column.split_once("column ").map_or("", |(_, column)| column);
            told(format!("no entity: {detail} (column {column})"))
        })?;
        if let Some(property) = entity.not_text() {
            // An edge that is nested would not be seen.
            let what = format!(
                "property `{property}` holds what is no text: the export whose \
                                entities are not nested is read"
            );
            return Err(told(what));
        }
        take(number, entity)?;
    }
}

impl Edges {
    fn take(&mut self, entity: Entity) {
        let (edges, ends) = match entity.schema.as_str() {
            "Sanction" => (&mut self.sanctions, entity.texts("entity")),
            "Passport" => (&mut self.passports, entity.texts("holder")),
            _ => return,
        };
        let ends: Vec<String> = ends.map(str::to_owned).collect();
        for end in ends {
            edges.entry(end).or_default().push(entity.clone());
        }
    }
}

struct Conversion<'a> {
    mapping: &'a MoneyMapping,
    vocabulary: &'a Vocabulary,
    covers: Coverage,
    edges: Edges,
    ids: BTreeSet<String>,
    document: Document<'a>,
    rejected: Option<&'a mut RejectedFile>,
    report: MoneyReport,
}

impl Conversion<'_> {
    fn entity(&mut self, line: u64, entity: &Entity) -> Result<(), RegistryError> {
        self.report.entities += 1;
        let sanctions = self.edges.sanctions.get(&entity.id).map_or(&[][..], Vec::as_slice);
        let rules = self.mapping.list.iter();
        // A list may be reached by several rules: the widest term counts.
        let mut lists: BTreeMap<&str, (&ListRule, Vec<Term>)> = BTreeMap::new();
        for rule in rules {
            let terms = rule.terms(entity, sanctions);
            if !terms.is_empty() {
                lists.entry(&rule.list).or_insert_with(|| (rule, Vec::new())).1.extend(terms);
            }
        }
        if lists.is_empty() {
            return Ok(());
        }
        self.report.listed += 1;
        let passports = self.edges.passports.get(&entity.id).map_or(&[][..], Vec::as_slice);
        let parties = people::subjects(entity, passports);
        if parties.is_empty() {
            self.report.without_identifier += 1;
            let reason = "it has no identifier that can be matched exactly, and a name is never \
                          matched";
            return self.list(line, reason, entity);
        }
        let lists = lists.into_values();
        let records: Result<Vec<CreditRecord>, String> = lists
            .map(|(rule, terms)| self.records(entity, rule, &terms, &parties))
            .try_fold(Vec::new(), |mut all, own| {
                all.extend(own?);
                Ok(all)
            });
        match records {
            Ok(records) => {
                for record in &records {
                    self.ids.insert(record.id.clone());
                    self.document.record(record)?;
                    self.report.records += 1;
                }
                Ok(())
            }
            Err(reason) => {
                self.report.rejected += 1;
                let told = format!("line {line}: {reason}");
                let refused = people::refused(&parties);
                self.document.refusals(&self.mapping.source.id, &refused, &told)?;
                self.list(line, &reason, entity)
            }
        }
    }

    fn list(&mut self, line: u64, why: &str, entity: &Entity) -> Result<(), RegistryError> {
        let Some(rejected) = &mut self.rejected else { return Ok(()) };
        let cells = [&entity.id, &entity.schema, &entity.caption];
        rejected.row(line, why, cells.into_iter().map(String::as_str))
    }

    /// One record for each identifier of an entity, on one list.
    fn records(
        &self,
        entity: &Entity,
        rule: &ListRule,
        terms: &[Term],
        parties: &[mustcheck_guest::model::RecordSubject],
    ) -> Result<Vec<CreditRecord>, String> {
        let term = Term::widest(terms)?;
        let mut records = Vec::new();
        for (n, party) in (1..).zip(parties) {
            // RAIL R13: the id of an entity may be made of its identifiers.
            let plain = entity.id.to_uppercase();
            let held = parties.iter().any(|party| plain.contains(&party.identifier));
            let own = if held { hashed(&entity.id) } else { entity.id.clone() };
            let number = if parties.len() > 1 { format!("/{n}") } else { String::new() };
            let mut record = CreditRecord {
                id: format!("{}/{own}/{}{number}", self.mapping.source.id, rule.list),
                list: rule.list.clone(),
                source: self.mapping.source.id.clone(),
                act: rule.act.clone(),
                matter: None,
                subject: party.clone(),
                responsible_persons: Vec::new(),
                decided_by: term.authority.clone(),
                document: term.program.clone(),
                legal_basis: Vec::new(),
                penalty: None,
                valid_from: term.from,
                valid_until: term.until,
                events: Vec::new(),
            };
            let fault = record_fault(&mut record, &self.covers)
                .or_else(|| vocabulary_fault(&record, self.vocabulary));
            if let Some(fault) = fault {
                return Err(fault);
            }
            if self.ids.contains(&record.id) {
                return Err(format!("id: `{}` stands twice", quotable(&record.id)));
            }
            records.push(record);
        }
        Ok(records)
    }
}

/// A name for an id that must not be shown.
fn hashed(id: &str) -> String {
    let digest = const_hex::encode(Sha256::digest(id.as_bytes()));
    format!("entity-{}", digest.get(..16).unwrap_or_default())
}
