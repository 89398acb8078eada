//! A search for cases, and what it finds.

use mustcheck::model::Disposition;
use mustcheck::{Date, Timestamp};
use mustcheck_evidence::DocumentId;

/// Conditions of a search for cases. Every one that is there must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Search {
    /// Part of the case number.
    pub(crate) number: Option<String>,
    /// Part of the office's name.
    pub(crate) office: Option<String>,
    /// Code of the matter.
    pub(crate) matter: Option<String>,
    /// The finding.
    pub(crate) disposition: Option<Disposition>,
    /// The first day on which the check was made.
    pub(crate) from: Option<Date>,
    /// The last day on which the check was made.
    pub(crate) to: Option<Date>,
    /// Number of cases on a page.
    pub(crate) rows: u32,
    /// The page, from 0.
    pub(crate) page: u32,
}

/// The cases that a caller may see; `None` is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reach {
    /// Matters, or `domain/*` for all of a domain.
    pub(crate) matters: Option<Vec<String>>,
    /// Prefixes of region codes.
    pub(crate) regions: Option<Vec<String>>,
}

/// A case of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundCase {
    /// The receipt's id.
    pub(crate) id: DocumentId,
    /// Time of the check.
    pub(crate) made_at: Timestamp,
    /// The office's case number.
    pub(crate) number: String,
    /// Code of the matter.
    pub(crate) matter: String,
    /// Region of the office.
    pub(crate) region: String,
    /// Name of the office.
    pub(crate) office: String,
    /// The finding.
    pub(crate) disposition: Disposition,
}

/// A page of cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FoundCases {
    /// Number of cases on all pages.
    pub(crate) total: u64,
    /// The cases of this page, the newest first.
    pub(crate) cases: Vec<FoundCase>,
}
