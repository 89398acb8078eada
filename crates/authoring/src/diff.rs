//! Comparison of two catalogues: the changes in law, for a reader of a gazette.
//!
//! Two compiled editions are compared item by item, not line by line: a measure is added or ended,
//! widened or narrowed, its longest term lengthened or shortened, its basis replaced; a lookup
//! becomes due or is no longer due. Each change says from which as-of date it bears on an
//! application, which article is its basis, and whether it is to the burden of the person
//! concerned, in favour, both, or neither. A change of nothing but words is of kind `wording`.
//!
//! INVARIANT (nothing is lost): the changes are empty if and only if the two catalogues are equal.
//!
//! The JSON form of [`Changes`]:
//!
//! ```json
//! { "old": { "edition": "…", "version": "0.1.0", "overlay": "default", "first_day": "2016-05-30",
//!            "name": { "zh": "…", "en": "…" } },
//!   "new": { … },
//!   "changes": [
//!     { "kind": "widened", "item": "measure", "code": "procurement-law-77-ban",
//!       "name": { "zh": "…", "en": "…" }, "aspect": "roles", "bearing": "burden",
//!       "from": "2021-01-01", "legal_basis": [ … ], "cited": { "zh": "…", "en": "…" },
//!       "old": ["applicant"], "new": ["applicant", "guarantor"],
//!       "text": { "zh": "…", "en": "…" } } ] }
//! ```
//!
//! `kind`, `item`, `aspect` and `bearing` are the codes of [`ChangeKind`], [`ChangedItem`],
//! [`Aspect`] and [`Bearing`]. `old` and `new` hold what the catalogue says there, in the shape of
//! its own JSON; absent where it says nothing. Changes are sorted by item, then by code.

mod bearing;
mod compare;
mod edition;
mod folders;
mod instruments;
mod lists;
mod log;
mod lookups;
mod measures;
mod overlay;
mod page;
mod place;
mod trigger;
mod words;

use mustcheck_model::date::Date;
use mustcheck_model::{LegalBasis, Text};
use mustcheck_rules::catalogue::data::CatalogueData;
use serde::Serialize;

use crate::diff::log::Log;
pub use bearing::Bearing;
pub use folders::{FolderChanges, FoldersError, folders};

/// The changes between two catalogues.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Changes {
    /// The catalogue before.
    pub old: Side,
    /// The catalogue after.
    pub new: Side,
    /// The changes, by item and code.
    pub changes: Vec<Change>,
}

/// One of the two catalogues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// The edition's id.
    pub edition: String,
    /// Its version.
    pub version: String,
    /// The overlay's id.
    pub overlay: String,
    /// First as-of date on which the edition decides with the overlay.
    pub first_day: Date,
    /// The names of the edition and of the overlay.
    pub name: Text,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Kind of the change.
    pub kind: ChangeKind,
    /// Sort of item.
    pub item: ChangedItem,
    /// Code of the item in the catalogue.
    pub code: String,
    /// Name of the item.
    pub name: Text,
    /// Aspect of the item that changed.
    pub aspect: Aspect,
    /// Bearing of the change on the person concerned.
    pub bearing: Bearing,
    /// First as-of date on which the change shows.
    pub from: Date,
    /// Articles that are the basis of the new rule, or of the one that ended.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub legal_basis: Vec<LegalBasis>,
    /// Citation of these articles in words; empty if there is none.
    pub cited: Text,
    /// Value in the old catalogue; absent if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<serde_json::Value>,
    /// Value in the new catalogue; absent if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<serde_json::Value>,
    /// The change in a sentence.
    pub text: Text,
}

/// Kind of a change to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// The item is new, or an end that was set is taken back.
    Added,
    /// The item is gone, or an end is set.
    Ended,
    /// The item reaches more.
    Widened,
    /// The item reaches less.
    Narrowed,
    /// The item reaches more on one side and less on another.
    WidenedAndNarrowed,
    /// A term is longer.
    Lengthened,
    /// A term is shorter.
    Shortened,
    /// Another article or clause is the basis.
    Basis,
    /// The item differs in a way that no other kind names.
    Changed,
    /// Only words, notes or the way of writing differ; the law is the same.
    Wording,
}

/// Sort of an item that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangedItem {
    /// The edition's head.
    Edition,
    /// The overlay's own statements: place, days, adoptions, departments.
    Overlay,
    /// A measure.
    Measure,
    /// A matter with its lookups due.
    Matter,
    /// A list with its rule on persons.
    List,
    /// An act.
    Act,
    /// The place's end of disclosure.
    Disclosure,
    /// The place's handling of objections.
    Objection,
    /// The place's closing of promises to complete materials.
    Closing,
    /// The place's hint to the officer.
    Remark,
    /// A remedy.
    Remedy,
    /// The instruments that may be the basis of a kind of measure.
    Rank,
    /// An instrument.
    Instrument,
    /// An amount that a text leaves to be set.
    Setting,
    /// A year's holidays.
    Calendar,
}

/// Aspect of an item that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is the field of the catalogue that it names")]
pub enum Aspect {
    /// The item as a whole.
    Whole,
    Validity,
    Effect,
    Kind,
    Force,
    /// Whether the place adopts it.
    Adoption,
    Matters,
    Scope,
    Roles,
    /// The kind of subject that a measure targets.
    Subject,
    Lists,
    Acts,
    RecordMatter,
    Penalty,
    LongestTerm,
    Exceptions,
    ThreeCleanYears,
    Implementer,
    /// Lookups due.
    Lookups,
    /// Whether a representative must be named.
    Representative,
    Domain,
    Traits,
    Polarity,
    Standing,
    Initiator,
    /// The list's rule on persons.
    Persons,
    /// The list's rules on how entries end.
    ListRules,
    Amount,
    Days,
    Rank,
    Region,
    Editions,
    Freshness,
    Years,
    Annotation,
    /// Working days for an objection.
    Handling,
    /// Condition under which a closing or a remark holds.
    When,
    Identity,
    LegalBasis,
    Text,
    Name,
    Notes,
    /// Way of writing, without any effect.
    Writing,
}

/// Compares two compiled catalogues, and returns the changes in law.
pub fn diff(old: &CatalogueData, new: &CatalogueData) -> Changes {
    let mut log = Log::new(old, new);
    edition::compare(&mut log);
    measures::compare(&mut log);
    lookups::compare(&mut log);
    lists::compare(&mut log);
    overlay::compare(&mut log);
    place::compare(&mut log);
    instruments::compare(&mut log);
    log.finish()
}

impl Changes {
    /// Whether the two catalogues are the same.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Renders the changes as a page to be read, in both languages.
    pub fn page(&self) -> Text {
        page::page(self)
    }
}

fn side(data: &CatalogueData) -> Side {
    let (edition, overlay) = (&data.edition, &data.overlay);
    Side {
        edition: edition.id.clone().into(),
        version: edition.version.clone().into(),
        overlay: overlay.id.clone().into(),
        first_day: first_day(data),
        name: Text::new(
            format!("{}（{}）", edition.name.zh, overlay.name.zh),
            format!("{} ({})", edition.name.en, overlay.name.en),
        ),
    }
}

/// First as-of date on which an edition decides with its overlay.
fn first_day(data: &CatalogueData) -> Date {
    let edition = data.edition.valid_from;
    data.overlay.valid_from.map_or(edition, |own| own.max(edition))
}
