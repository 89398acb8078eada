//! Completeness of a case: complete, tolerable (容缺受理), or sent back.

use mustcheck::model::{Commitment, Material};
use mustcheck::{Date, Unpublished, WorkingCalendar};

use crate::intake::{CaseFile, Required};

/// Completeness of a case: it decides whether the case can go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// Everything required is there.
    Complete,
    /// Only materials that no law requires are missing, and a promise with a deadline was signed.
    /// Whether they are tolerated is for the credit check to say: toleration is an incentive.
    Promised {
        /// The missing materials.
        missing: Vec<Required>,
        /// The promise, with its deadline in working days.
        commitment: Commitment,
    },
    /// The case is sent back; nobody is looked up for a case that is not accepted.
    Incomplete {
        /// The missing materials.
        missing: Vec<Required>,
        /// Reason why they cannot be tolerated.
        gap: Gap,
    },
    /// The deadline of the promise passed before everything came.
    Lapsed {
        /// The materials that are missing or came too late.
        overdue: Vec<Required>,
        /// The deadline that was promised.
        complete_by: Date,
    },
}

/// Reason why missing materials cannot be tolerated, whatever the credit check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// A law or regulation requires one of the materials.
    Statutory,
    /// Nothing was promised.
    NoPromise,
    /// The promise has no deadline: the holidays of a year on the way are not published, and the
    /// office guesses no day.
    NoDeadline {
        /// The year.
        year: u16,
    },
}

/// Assesses a case as of its as-of date. A promise runs for `days` working days after its signing.
pub fn assess(case: &CaseFile, calendar: &WorkingCalendar, days: u16) -> Completeness {
    let missing: Vec<Required> =
        case.required.iter().filter(|r| !case.has(&r.name)).cloned().collect();
    let deadline = case.promise.map(|p| (p, calendar.after(p.signed_on, days)));
    if let Some((_, Ok(complete_by))) = deadline {
        let overdue = overdue(case, complete_by);
        if !overdue.is_empty() {
            return Completeness::Lapsed { overdue, complete_by };
        }
    }
    if missing.is_empty() {
        return Completeness::Complete;
    }
    let gap = match deadline {
        _ if missing.iter().any(|m| m.statutory) => Gap::Statutory,
        None => Gap::NoPromise,
        Some((_, Err(Unpublished { year }))) => Gap::NoDeadline { year },
        Some((promise, Ok(complete_by))) => {
            let commitment = Commitment { signed_on: promise.signed_on, complete_by };
            return Completeness::Promised { missing, commitment };
        }
    };
    Completeness::Incomplete { missing, gap }
}

/// Materials that the promise covers and that did not come in time. Statutory ones are never
/// covered.
fn overdue(case: &CaseFile, complete_by: Date) -> Vec<Required> {
    let late = |required: &&Required| {
        let came = case.provided.iter().find(|p| p.name == required.name).map(|p| p.on);
        !required.statutory && came.unwrap_or(case.application.as_of) > complete_by
    };
    case.required.iter().filter(late).cloned().collect()
}

/// The materials as the credit check reads them.
pub fn materials(case: &CaseFile) -> Vec<Material> {
    let each = case.required.iter().map(|required| Material {
        name: required.name.clone(),
        statutory: required.statutory,
        provided: case.has(&required.name),
    });
    each.collect()
}
