//! Importing sanctions and debarments in FollowTheMoney's JSON lines, as OpenSanctions and others
//! publish them, for bidders from abroad.
//!
//! Only exact identifiers count, in whatever property they are: LEI, unified social credit code,
//! resident number, passport with its issuing country. Names never match (RAIL R6). A damaged
//! identifier leaves open whom it may mean: a lookup about each of them is unavailable. An entity
//! of which nothing can be known makes the list unable to prove of anybody that they are not on it
//! (RAIL R2).

mod entity;
mod mapping;
mod people;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use mustcheck::InputError;
use mustcheck::input::{parse_strictly, quotable};
use mustcheck::registry::json::{record_fault, vocabulary_fault};
use mustcheck::registry::sources::{Coverage, coverage};
use mustcheck::registry::written::{LeftOpen, Pattern};
use mustcheck::registry::{RegistryError, Vocabulary};
use mustcheck_model::{CreditRecord, RecordSubject};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::table::{Document, Refused, RejectedFile};
use entity::{Entity, Term};
pub use mapping::{ListRule, MoneyMapping};
use people::Named;

/// Largest length of a line, in bytes.
const LINE_LIMIT: usize = 4 << 20;

/// Reason for which an entity cannot be matched.
const UNNAMED: &str =
    "it has no identifier that can be matched exactly, and a name is never matched";

/// Counts of what a conversion made of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MoneyReport {
    /// Entities, one on each line that is not blank.
    pub entities: u64,
    /// Entities on a list of the mapping.
    pub listed: u64,
    /// Records made of them: one for each list and each exact identifier.
    pub records: u64,
    /// Listed entities without an identifier that can be matched exactly.
    pub without_identifier: u64,
    /// Listed entities with a property that leaves open whom it may mean.
    pub left_open: u64,
    /// Listed things, such as ships, that no list can name as a subject.
    pub things: u64,
    /// Listed entities that could not be read.
    pub rejected: u64,
}

/// Entities of a file that describe other entities.
#[derive(Default)]
struct Edges {
    /// Sanctions, by the id of the entity that they are about.
    sanctions: HashMap<String, Vec<Entity>>,
    /// Passports and other documents, by the id of their holder.
    documents: HashMap<String, Vec<Entity>>,
}

/// Converts a file of entities to a registry document on `out`. The file is read twice: sanctions
/// and documents first.
///
/// # Errors
///
/// [`RegistryError`] if the file or a line cannot be read, or the mapping names a code that no
/// policy knows. A fault of one entity is no error: it is counted and listed.
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

/// Calls `take` with every entity of a file and the number of its line.
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
        // The file is refused: if one entity were left out, those whom it names would be clear.
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
        let entity: Entity = parse_strictly(text).map_err(|e| told(no_entity(&e)))?;
        if let Some(property) = entity.not_text() {
            // A nested entity would not be seen.
            let what = format!(
                "property `{property}` holds what is no text: the export whose \
                                entities are not nested is read"
            );
            return Err(told(what));
        }
        take(number, entity)?;
    }
}

/// Words for a line that is no entity, with the column; the caller adds the line.
fn no_entity(error: &InputError) -> String {
    match error {
        InputError::Shape { path, detail, column, .. } if path == "the document" => {
            format!("no entity: {detail} (column {column})")
        }
        InputError::Shape { path, detail, column, .. } => {
            format!("no entity: {path}: {detail} (column {column})")
        }
        other => format!("no entity: {other}"),
    }
}

impl Edges {
    fn take(&mut self, entity: Entity) {
        let (edges, ends) = match entity.schema.as_str() {
            "Sanction" => (&mut self.sanctions, entity.texts("entity")),
            "Passport" | "Identification" => (&mut self.documents, entity.texts("holder")),
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

/// A list that an entity is on: the first rule that puts it there, and the terms by all rules.
type Listing<'a> = (&'a ListRule, Vec<Result<Term, String>>);

impl Conversion<'_> {
    fn entity(&mut self, line: u64, entity: &Entity) -> Result<(), RegistryError> {
        self.report.entities += 1;
        let mapping = self.mapping;
        let of = |edges: &HashMap<String, Vec<Entity>>| {
            edges.get(&entity.id).cloned().unwrap_or_default()
        };
        let sanctions = of(&self.edges.sanctions);
        // Several rules may put an entity on a list: the widest term counts.
        let mut lists: BTreeMap<&str, Listing<'_>> = BTreeMap::new();
        for rule in &mapping.list {
            let terms = rule.terms(entity, &sanctions, mapping.source.as_of.date);
            if !terms.is_empty() {
                lists.entry(&rule.list).or_insert_with(|| (rule, Vec::new())).1.extend(terms);
            }
        }
        if lists.is_empty() {
            return Ok(());
        }
        self.report.listed += 1;
        if people::is_thing(entity) {
            self.report.things += 1;
            return Ok(());
        }
        let named = people::named(entity, &of(&self.edges.documents), &sanctions);
        let listings: Vec<Listing<'_>> = lists.into_values().collect();
        self.leave_open(line, entity, &listings, &named)?;
        let Some(subject) = &named.subject else { return Ok(()) };
        let records: Result<Vec<CreditRecord>, String> = listings
            .iter()
            .map(|(rule, terms)| self.record(entity, rule, terms, subject))
            .collect();
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
                let named = subject.identities().map(|(_, _, identifier)| identifier);
                let open: BTreeSet<Pattern> = named.filter_map(Pattern::exact).collect();
                for (rule, _) in &listings {
                    self.refuse(line, &rule.list, LeftOpen::Fits(open.clone()), false, &reason)?;
                }
                self.list(line, &reason, entity)
            }
        }
    }

    /// Writes refusals for all others whom an entity may mean besides those whom it names exactly.
    // RAIL R2: absence of proof is no proof of absence.
    fn leave_open(
        &mut self,
        line: u64,
        entity: &Entity,
        listings: &[Listing<'_>],
        named: &Named,
    ) -> Result<(), RegistryError> {
        if named.subject.is_none() {
            self.report.without_identifier += 1;
        }
        let told = named.told.iter().map(String::as_str).collect::<Vec<_>>().join("; ");
        if !named.told.is_empty() {
            self.report.left_open += 1;
        }
        if !named.open.is_empty() {
            for (rule, _) in listings {
                let open = LeftOpen::Fits(named.open.clone());
                self.refuse(line, &rule.list, open, false, &told)?;
            }
        }
        // A code of which nothing can be read may be anybody's; without any code, nobody is named.
        for (rule, _) in listings {
            if named.unreadable {
                self.refuse(line, &rule.list, LeftOpen::Everybody, false, &told)?;
            } else if named.unnamed {
                self.refuse(line, &rule.list, LeftOpen::Fits(BTreeSet::new()), true, UNNAMED)?;
            }
        }
        let unmatched = named.subject.is_none().then_some(UNNAMED);
        let why: Vec<&str> =
            unmatched.into_iter().chain(named.told.iter().map(String::as_str)).collect();
        if why.is_empty() { Ok(()) } else { self.list(line, &why.join("; "), entity) }
    }

    fn refuse(
        &mut self,
        line: u64,
        list: &str,
        open: LeftOpen,
        unnamed: bool,
        reason: &str,
    ) -> Result<(), RegistryError> {
        let list = Some(list.to_owned());
        let refused = Refused { list, open, unnamed };
        let told = format!("line {line}: {reason}");
        self.document.refusals(&self.mapping.source.id, &refused, &told)
    }

    fn list(&mut self, line: u64, why: &str, entity: &Entity) -> Result<(), RegistryError> {
        let Some(rejected) = &mut self.rejected else { return Ok(()) };
        let cells = [&entity.id, &entity.schema, &entity.caption];
        rejected.row(line, why, cells.into_iter().map(String::as_str))
    }

    /// Makes the record of an entity on one list.
    fn record(
        &self,
        entity: &Entity,
        rule: &ListRule,
        terms: &[Result<Term, String>],
        subject: &RecordSubject,
    ) -> Result<CreditRecord, String> {
        let terms = terms.iter().cloned().collect::<Result<Vec<Term>, String>>()?;
        let (from, term) = Term::widest(&terms)?;
        // RAIL R13: the id of an entity may be made of its identifiers.
        let plain = entity.id.to_uppercase();
        let held = subject.identities().any(|(_, _, identifier)| plain.contains(identifier));
        let own = if held { hashed(&entity.id) } else { entity.id.clone() };
        let mut record = CreditRecord {
            id: format!("{}/{own}/{}", self.mapping.source.id, rule.list),
            list: rule.list.clone(),
            source: self.mapping.source.id.clone(),
            act: rule.act.clone(),
            matter: None,
            subject: subject.clone(),
            responsible_persons: Vec::new(),
            decided_by: term.authority.clone(),
            document: term.program.clone(),
            legal_basis: Vec::new(),
            penalty: None,
            valid_from: from,
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
        Ok(record)
    }
}

/// Returns a replacement for an id that must not be shown.
fn hashed(id: &str) -> String {
    let digest = const_hex::encode(Sha256::digest(id.as_bytes()));
    format!("entity-{}", digest.get(..16).unwrap_or_default())
}
