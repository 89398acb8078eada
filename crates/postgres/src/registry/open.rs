//! The rows of a lookup, and the knowledge of a registry's state.

use std::collections::{BTreeSet, HashMap};

use mustcheck::RegistryError;
use mustcheck::model::CreditRecord;
use mustcheck::registry::held::{Acknowledgement, Held, Kept, Mark, Opening, decode, unreadable};
use mustcheck::registry::sources::Source;
use mustcheck::registry::written::{Pattern, Shape};
use tokio_postgres::Row;

use super::{PartyKey, key};
use crate::Error;

/// The sources of one state of the database, with their entries that concern every lookup, and the
/// shapes of all patterns. It changes only with an import, an undo or an acknowledgement.
#[derive(Debug, Default)]
pub(super) struct KnownSources {
    pub(super) state: String,
    pub(super) sources: Vec<Held>,
    shapes: Vec<Shape>,
}

impl KnownSources {
    /// The keys of the patterns that may mean one of these identifiers.
    pub(super) fn keys(&self, identifiers: &[&str]) -> Vec<String> {
        let of = |identifier: &&str| {
            let identifier = (*identifier).to_owned();
            self.shapes.iter().filter_map(move |shape| shape.key(&identifier))
        };
        identifiers.iter().flat_map(of).collect()
    }

    /// The id of a source by its key.
    fn source(&self, of: &str) -> Result<&str, RegistryError> {
        let mut ids = self.sources.iter().map(|held| held.source.id.as_str());
        ids.find(|id| key(id) == of).ok_or_else(|| unreadable("an entry of no source"))
    }
}

/// An entry that could not be read, as a row has it; its source is given by key.
#[derive(Clone, Debug)]
struct OpeningRow {
    source: String,
    opening: Opening,
}

/// The rows of one lookup.
#[derive(Debug, Default)]
pub(super) struct LookupRows {
    pub(super) state: String,
    sources: Vec<(Source, String)>,
    pub(super) records: HashMap<PartyKey, Vec<CreditRecord>>,
    /// Entries that may mean a subject whose identifier fits the pattern.
    openings: Vec<(Pattern, OpeningRow)>,
    shapes: Vec<Shape>,
    everybody: Vec<OpeningRow>,
    /// Entries that name nobody: source by key, list, number.
    unnamed: Vec<(String, Option<String>, u64)>,
    /// Marks of acknowledged entries, by the key of their source.
    answered_for: HashMap<String, BTreeSet<Mark>>,
}

impl LookupRows {
    pub(super) fn read(rows: &[Row]) -> Result<Self, RegistryError> {
        let mut found = Self::default();
        for row in rows {
            found.take(row)?;
        }
        for records in found.records.values_mut() {
            // Sorted, so that the same state always gives the same answer.
            records.sort_by(|a, b| a.id.cmp(&b.id));
        }
        Ok(found)
    }

    fn take(&mut self, row: &Row) -> Result<(), RegistryError> {
        let maybe = |column| row.try_get::<_, Option<&str>>(column).map_err(Error::from);
        let owned = |column| Ok::<_, Error>(maybe(column)?.unwrap_or_default().to_owned());
        let number = |column| row.try_get::<_, i64>(column).map_err(Error::from);
        match row.try_get::<_, i32>(0).map_err(Error::from)? {
            0 => self.state = owned(1)?,
            1 => self.sources.push((decode(&owned(1)?)?, owned(2)?)),
            2 => {
                let party = (owned(1)?, owned(2)?, owned(3)?);
                self.records.entry(party).or_default().push(decode(&owned(4)?)?);
            }
            3 => {
                let pattern = Pattern::read(&owned(4)?).ok_or_else(|| unreadable("a pattern"))?;
                self.openings.push((pattern, entry(row)?));
            }
            4 => {
                let shape = owned(1)?.parse().map_err(|()| unreadable("a shape of patterns"))?;
                self.shapes.push(shape);
            }
            5 => self.everybody.push(entry(row)?),
            6 => {
                let list = maybe(2)?.map(str::to_owned);
                self.unnamed.push((owned(1)?, list, number(9)?.unsigned_abs()));
            }
            _ => {
                self.answered_for.entry(owned(1)?).or_default().insert(owned(2)?);
            }
        }
        Ok(())
    }

    /// Takes out the knowledge of the state that was read.
    pub(super) fn known(&mut self) -> Result<KnownSources, RegistryError> {
        let mut sources = Vec::new();
        for (source, kept) in std::mem::take(&mut self.sources) {
            let own = key(&source.id);
            let everybody = self.everybody.iter().filter(|entry| entry.source == own);
            let everybody = everybody
                .map(|entry| Opening { source: source.id.clone(), ..entry.opening.clone() });
            let unnamed = self.unnamed.iter().filter(|(of, _, _)| *of == own);
            let unnamed = unnamed.map(|(_, list, entries)| (list.clone(), *entries)).collect();
            let kept: Kept = decode(&kept)?;
            let kept = kept.but_for(&self.answered_for.remove(&own).unwrap_or_default());
            let everybody = everybody.collect();
            sources.push(Held { source, kept, everybody, unnamed });
        }
        sources.sort_by(|a, b| a.source.id.cmp(&b.source.id));
        let (state, shapes) = (std::mem::take(&mut self.state), std::mem::take(&mut self.shapes));
        Ok(KnownSources { state, sources, shapes })
    }

    /// The entries that may mean a subject.
    // RAIL R2
    pub(super) fn meaning(
        &self,
        identifier: &str,
        known: &KnownSources,
    ) -> Result<Vec<Opening>, RegistryError> {
        let fitting = self.openings.iter().filter(|(pattern, _)| pattern.fits(identifier));
        let of_source = |(_, entry): &(Pattern, OpeningRow)| {
            let source = known.source(&entry.source)?.to_owned();
            Ok(Opening { source, ..entry.opening.clone() })
        };
        fitting.map(of_source).collect()
    }
}

fn entry(row: &Row) -> Result<OpeningRow, RegistryError> {
    let maybe = |column| {
        let text = row.try_get::<_, Option<&str>>(column).map_err(Error::from);
        text.map(|text| text.map(str::to_owned))
    };
    let number = |column| row.try_get::<_, i64>(column).map_err(Error::from);
    let (place, reason) = decode(&maybe(3)?.unwrap_or_default())?;
    let acknowledged = acknowledged(maybe(5)?, maybe(6)?, maybe(7)?)?;
    let opening = Opening {
        key: number(8)?,
        source: String::new(),
        list: maybe(2)?,
        place,
        reason,
        entries: number(9)?.unsigned_abs(),
        acknowledged,
    };
    Ok(OpeningRow { source: maybe(1)?.unwrap_or_default(), opening })
}

/// Reads the acknowledgement of an entry, if there is one.
pub(super) fn acknowledged(
    name: Option<String>,
    why: Option<String>,
    day: Option<String>,
) -> Result<Option<Acknowledgement>, RegistryError> {
    let Some(by) = name else { return Ok(None) };
    let on = day.unwrap_or_default().parse();
    let on = on.map_err(|_| unreadable("the day of an acknowledgement"))?;
    Ok(Some(Acknowledgement { by, why: why.unwrap_or_default(), on }))
}
