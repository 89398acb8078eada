//! One record of an answer.

use mustcheck::model::{
    Citation, CreditRecord, Event, EventKind, Penalty, PenaltyKind, RecordSubject,
    ResponsiblePerson, Role, Scheme, SubjectKind,
};
use mustcheck::registry::identities;
use mustcheck::registry::json::record_fault;
use mustcheck::registry::sources::Coverage;
use mustcheck_registry::shapes::fen;
use serde_json::Value;

use crate::failure::Failure;
use crate::identity::Identity;
use crate::mapping::{Field, RecordMapping, SourceMapping, SubjectMapping};
use crate::read::field::PlacedValue;

/// The question, which a record must be about.
#[derive(Clone, Copy, Debug)]
pub struct AskedAbout<'a> {
    /// The subject.
    pub identity: &'a Identity,
    /// The source's code of the list, if one was asked for.
    pub list: Option<&'a str>,
    /// The lists that the source holds, in the catalogue's codes.
    pub covers: &'a Coverage,
}

/// Reads a record; `None` if it is of a list that the mapping ignores.
///
/// # Errors
///
/// [`Failure::Shape`] for the first value that is not as the mapping says, or that makes the record
/// impossible to judge.
pub fn record(
    source: &SourceMapping,
    value: &Value,
    path: &str,
    asked: AskedAbout<'_>,
) -> Result<Option<CreditRecord>, Failure> {
    let at = PlacedValue { value, path };
    let mapping = &source.record;
    if !value.is_object() {
        return Err(Failure::shape(path, "is no object"));
    }
    let Some(list) = list(source, &at, asked)? else { return Ok(None) };
    let mut record = CreditRecord {
        // Two sources may use the same numbers; a record's id is unique among all sources.
        id: format!("{}/{}", source.id, at.needed(&mapping.id)?),
        list,
        source: source.id.clone(),
        act: optional(&at, mapping.act.as_ref())?,
        matter: optional(&at, mapping.matter.as_ref())?,
        subject: subject(&at, &mapping.subject, asked.identity)?,
        responsible_persons: persons(&at, mapping)?,
        decided_by: optional(&at, mapping.decided_by.as_ref())?,
        document: optional(&at, mapping.document.as_ref())?,
        legal_basis: legal_basis(&at, mapping)?,
        penalty: penalty(&at, mapping)?,
        valid_from: at
            .day(&mapping.valid_from)?
            .ok_or_else(|| at.of(&mapping.valid_from, "is empty"))?,
        valid_until: match &mapping.valid_until {
            Some(field) => at.day(field)?,
            None => None,
        },
        events: events(&at, mapping)?,
    };
    if let Some(fault) = record_fault(&mut record, asked.covers) {
        return Err(Failure::shape(path, &fault));
    }
    // RAIL R6: a source that answers about another subject is not taken to have answered about this
    // one.
    let named = identities(&record).into_iter().any(|(scheme, country, identifier)| {
        let own = asked.identity;
        scheme == own.scheme
            && identifier == own.identifier
            && country == own.country.as_deref().unwrap_or_default()
    });
    if !named {
        return Err(Failure::shape(path, "names another subject than the one asked about"));
    }
    Ok(Some(record))
}

/// The catalogue's code of the record's list; `None` if the mapping ignores the list.
fn list(
    source: &SourceMapping,
    at: &PlacedValue<'_>,
    asked: AskedAbout<'_>,
) -> Result<Option<String>, Failure> {
    let only = || source.lists.keys().next().filter(|_| source.lists.len() == 1);
    let asked_for = asked.list.or(only().map(String::as_str));
    let Some(field) = &source.record.list else {
        // A mapping whose records are of several lists has a field for the list, or asks by list.
        return Ok(asked_for.and_then(|code| source.lists.get(code)).cloned());
    };
    let code = at.needed(field)?;
    if let Some(asked) = asked.list.filter(|asked| **asked != code) {
        let detail = format!("`{code}` is not the list `{asked}` that was asked for");
        return Err(at.of(field, &detail));
    }
    if source.ignored_lists.contains(&code) {
        return Ok(None);
    }
    // RAIL R2: an unknown list is a fault, never skipped.
    let known = source.lists.get(&code).cloned();
    known
        .map(Some)
        .ok_or_else(|| at.of(field, &format!("`{code}` is a list that the mapping does not have")))
}

fn optional(at: &PlacedValue<'_>, field: Option<&Field>) -> Result<Option<String>, Failure> {
    field.map_or(Ok(None), |field| at.text(field))
}

fn subject(
    at: &PlacedValue<'_>,
    mapping: &SubjectMapping,
    asked: &Identity,
) -> Result<RecordSubject, Failure> {
    let party = match mapping {
        SubjectMapping::Named(party) => party,
        SubjectMapping::Asked => {
            return Ok(RecordSubject {
                kind: asked.kind,
                scheme: asked.scheme,
                identifier: asked.identifier.clone(),
                country: asked.country.clone(),
                name: String::new(),
                as_issued: None,
                also: Vec::new(),
            });
        }
    };
    let missing = |field: &Field| at.of(field, "is empty");
    Ok(RecordSubject {
        kind: at
            .word(&party.kind, SubjectKind::ALL, SubjectKind::code)?
            .ok_or_else(|| missing(&party.kind))?,
        scheme: at
            .word(&party.scheme, Scheme::ALL, Scheme::code)?
            .ok_or_else(|| missing(&party.scheme))?,
        identifier: at.identifier(&party.identifier)?.ok_or_else(|| missing(&party.identifier))?,
        country: optional(at, party.country.as_ref())?,
        name: optional(at, party.name.as_ref())?.unwrap_or_default(),
        as_issued: None,
        also: Vec::new(),
    })
}

/// Calls `read` with each item of an array below a record, or with the record itself.
fn each(
    at: &PlacedValue<'_>,
    array: Option<&String>,
    mut read: impl FnMut(&PlacedValue<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let Some(array) = array else { return read(at) };
    for (i, value) in at.array(array)?.iter().enumerate() {
        read(&PlacedValue { value, path: &format!("{}{array}/{i}", at.path) })?;
    }
    Ok(())
}

fn persons(
    at: &PlacedValue<'_>,
    mapping: &RecordMapping,
) -> Result<Vec<ResponsiblePerson>, Failure> {
    let mut all = Vec::new();
    for person in &mapping.persons {
        each(at, person.each.as_ref(), |at| {
            let Some(identifier) = at.identifier(&person.identifier)? else { return Ok(()) };
            let missing = |field: &Field| at.of(field, "is empty");
            all.push(ResponsiblePerson {
                role: at
                    .word(&person.role, Role::ALL, Role::code)?
                    .ok_or_else(|| missing(&person.role))?,
                scheme: at
                    .word(&person.scheme, Scheme::ALL, Scheme::code)?
                    .ok_or_else(|| missing(&person.scheme))?,
                identifier,
                country: optional(at, person.country.as_ref())?,
                name: optional(at, person.name.as_ref())?.unwrap_or_default(),
            });
            Ok(())
        })?;
    }
    Ok(all)
}

fn legal_basis(at: &PlacedValue<'_>, mapping: &RecordMapping) -> Result<Vec<Citation>, Failure> {
    let mut all = Vec::new();
    for basis in &mapping.legal_basis {
        each(at, basis.each.as_ref(), |at| {
            let Some(instrument) = at.text(&basis.instrument)? else { return Ok(()) };
            let article = at.needed(&basis.article)?;
            all.push(Citation { instrument, article, paragraph: None, item: None });
            Ok(())
        })?;
    }
    Ok(all)
}

fn penalty(at: &PlacedValue<'_>, mapping: &RecordMapping) -> Result<Option<Penalty>, Failure> {
    let Some(penalty) = &mapping.penalty else { return Ok(None) };
    let kind = at.word(&penalty.kind, PenaltyKind::ALL, PenaltyKind::code)?;
    let Some(kind) = kind else { return Ok(None) };
    let Some(field) = &penalty.amount else { return Ok(Some(Penalty { kind, amount_fen: None })) };
    let Some(text) = at.text(field)? else {
        // Here the kind is always `fine`: without an amount there was no fine.
        let none = penalty.kind.0.constant.is_some();
        return Ok((!none).then_some(Penalty { kind, amount_fen: None }));
    };
    let amount = fen(&text, penalty.unit).map_err(|detail| at.of(field, &detail))?;
    Ok(Some(Penalty { kind, amount_fen: Some(amount) }))
}

fn events(at: &PlacedValue<'_>, mapping: &RecordMapping) -> Result<Vec<Event>, Failure> {
    let mut all = Vec::new();
    for event in &mapping.events {
        each(at, event.each.as_ref(), |at| {
            let kind = at.word(&event.kind, EventKind::ALL, EventKind::code)?;
            let Some(kind) = kind else { return Ok(()) };
            let on = match at.day(&event.on)? {
                Some(on) => on,
                // Here the kind is always `repaired`: without a day that did not happen.
                None if event.each.is_none() && event.kind.0.constant.is_some() => return Ok(()),
                // RAIL R5: a flag without its day is no event.
                None => return Err(at.of(&event.on, "is empty, and something happened then")),
            };
            let document = optional(at, event.document.as_ref())?;
            all.push(Event { kind, on, document });
            Ok(())
        })?;
    }
    Ok(all)
}
