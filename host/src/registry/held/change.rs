//! Changes that an import makes to the contents of a registry.

use std::collections::BTreeMap;

use mustcheck_model::date::{Date, Timestamp};
use mustcheck_model::standing::{self, standing};
use mustcheck_model::{CreditRecord, ListRules, Standing};

use super::{decode, encode};
use crate::clock::is_ahead;
use crate::input::quotable;
use crate::registry::sources::Source;
use crate::registry::{RegistryError, Vocabulary};

/// Options of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// Number of records that may be removed where the import would remove more than a snapshot
    /// usually drops. It must be exactly the number.
    pub allow_removal: Option<u64>,
    /// Whether a held snapshot that was taken after now gives way to an older one.
    pub replace_as_of: bool,
}

/// Whether the snapshot of a source may take the place of the one held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Admitted,
    /// It may, and repairs a snapshot that was held as of a moment after now.
    Repairs(Timestamp),
    /// It may not, for this reason.
    Refused(String),
}

/// Decides whether the snapshot of a source may take the place of the one held.
pub fn admit(
    new: &Source,
    held: Option<&Source>,
    now: Timestamp,
    options: &ImportOptions,
) -> Admission {
    let Some(held) = held else { return Admission::Admitted };
    let ahead = is_ahead(held.as_of, now);
    if ahead && options.replace_as_of {
        return Admission::Repairs(held.as_of);
    }
    if held.as_of <= new.as_of {
        return Admission::Admitted;
    }
    let (as_of, held) = (new.as_of, held.as_of);
    let older = format!("the snapshot of `{as_of}` is older than the one held, of `{held}`");
    let cure = "which lies in the future: `--replace-as-of` replaces it";
    Admission::Refused(if ahead { format!("{older}, {cure}") } else { older })
}

/// Returns the fault of a snapshot that is not whole: it declares another number of entries.
pub fn unexpected(source: &Source, entries: u64) -> Option<String> {
    let expected = source.expected.filter(|expected| *expected != entries)?;
    let id = quotable(&source.id);
    Some(format!("source `{id}` has {entries} entries and says that it has {expected}"))
}

/// A change that an import makes with a record that is fit for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new, or differs from the one held under its id.
    Put {
        /// The record as it is stored.
        body: String,
        /// The list of its source that it left, if it was on another one.
        left: Option<String>,
    },
    /// It equals the one held.
    Same,
    /// Its id belongs to another source's record: it is refused, for this reason.
    Foreign {
        /// Reason for the refusal.
        reason: String,
    },
}

/// Decides how an import changes a record of a source. `held` is the text stored under its id, and
/// `file` has the sources of the file. A snapshot replaces what its source said, events included:
/// what the source took back never happened.
// RAIL R5
///
/// # Errors
///
/// [`RegistryError`] if what is held cannot be read.
pub fn change(
    record: &CreditRecord,
    held: Option<&str>,
    source: &Source,
    file: &[Source],
) -> Result<Change, RegistryError> {
    let body = encode(record)?;
    let Some(held) = held else { return Ok(Change::Put { body, left: None }) };
    if held == body {
        return Ok(Change::Same);
    }
    let old: CreditRecord = decode(held)?;
    // Ids are unique in a file, so a record that another source of this file held has moved.
    let moved = file.iter().any(|s| s.id == old.source);
    if old.source != source.id && !moved {
        let reason = format!("id: `{}` is held from source `{}`", record.id, old.source);
        return Ok(Change::Foreign { reason: quotable(&reason) });
    }
    let left = old.source == record.source && old.list != record.list;
    Ok(Change::Put { body, left: left.then_some(old.list) })
}

/// Returns the place that a report gives for a record whose id belongs to another source.
pub fn foreign_place(record: &CreditRecord, source: &Source) -> String {
    quotable(&format!("record `{}` of source `{}`", record.id, source.id))
}

/// Returns the last day on which a record has effect, as far as the snapshot of a day knows, in a
/// form that sorts as days do; empty if it has none any more. Where several policies have rules on
/// how entries of its list end, the latest counts, and never one before its own last day.
// RAIL R5: what the list's own rules keep in force is not ended by a repair.
pub fn last_day(record: &CreditRecord, vocabulary: &Vocabulary, as_of: Date) -> String {
    const NEVER: &str = "9999-12-31";
    let own = record.valid_until;
    let by = |rules: &ListRules| match standing(record, rules, as_of) {
        Standing::Annulled | Standing::Repaired => String::new(),
        _ => {
            let by_list = standing::last_day(record, rules, as_of);
            let last = own.and_then(|own| Some(own.max(by_list?)));
            last.map_or_else(|| NEVER.into(), |day| day.to_string())
        }
    };
    vocabulary.rules_on(&record.list, as_of).map(by).max().unwrap_or_default()
}

/// Number of records with effect that were held, and that an import removes, by source and list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removals(BTreeMap<(String, String), (u64, u64)>);

impl Removals {
    /// Remembers how many records with effect a source held on a list.
    pub fn held(&mut self, source: &str, list: &str, records: u64) {
        self.0.entry((source.to_owned(), list.to_owned())).or_default().0 += records;
    }

    /// Counts records with effect that leave a list.
    pub fn removed(&mut self, source: &str, list: &str, records: u64) {
        self.0.entry((source.to_owned(), list.to_owned())).or_default().1 += records;
    }

    /// Checks that the import removes no more of a list than a snapshot usually drops (5 percent,
    /// and never all of it), unless exactly that number is allowed.
    ///
    /// # Errors
    ///
    /// [`RegistryError::Content`] with the counts, and nobody's name.
    // RAIL R2: a file that was cut, or is empty, would clear everybody whom it leaves out.
    pub fn check(&self, options: &ImportOptions) -> Result<(), RegistryError> {
        let is_many = |held: u64, removed: u64| {
            removed > 0 && (removed >= held || removed.saturating_mul(100) > held.saturating_mul(5))
        };
        let many = || self.0.iter().filter(|(_, (held, removed))| is_many(*held, *removed));
        let total: u64 = many().map(|(_, (_, removed))| removed).sum();
        if total == options.allow_removal.unwrap_or_default() {
            return Ok(());
        }
        let each: Vec<String> = many()
            .map(|((source, list), (held, removed))| {
                format!("{removed} of {held} from list `{list}` of source `{source}`")
            })
            .collect();
        let told = match options.allow_removal {
            Some(allowed) if total == 0 => {
                format!("it removes no more records than usual, and {allowed} were allowed")
            }
            _ => format!(
                "it would remove {} in force; if that is right, allow it with \
                 `--allow-removal {total}`",
                each.join(", ")
            ),
        };
        Err(RegistryError::Content(quotable(&format!("nothing was imported: {told}"))))
    }
}
