//! Every clause that a rule in code cites, in the order in which a verdict counts them.

use crate::clause::{CLAUSES, Clause};
use crate::{aside, incentives, measures, obligations, reach};

/// Every clause that a rule in code cites; each stands at its own position.
pub const CITED: &[&Clause] = &[
    &aside::CORRECTED,
    &aside::NO_LONGER_A_TARGET,
    &aside::TERM,
    &aside::VERIFICATION,
    &aside::LEGAL_REMEDY,
    &reach::ACCORDING_TO_LAW,
    &reach::FOR_REFERENCE,
    &measures::RECOMMENDED,
    &measures::STRICTLY_BY_LAW,
    &incentives::BENEFIT_AND_LIMIT,
    &obligations::FEEDBACK,
    &obligations::PUBLICATION,
    &obligations::ENTERPRISE_PUBLICATION,
    &obligations::GOOD_RECORDS,
    &obligations::COMMITMENT,
];

// INVARIANT (grounds): a clause is named by its position, so a wrong one would cite another clause.
const _: () = assert!(in_order(CITED, 0), "each clause stands at its own position");

/// Whether the clauses stand at the positions that they name, from `next` to the last of all.
const fn in_order(clauses: &[&Clause], next: u32) -> bool {
    match clauses {
        [] => next == CLAUSES,
        [first, others @ ..] => first.position == next && in_order(others, next + 1),
    }
}
