//! Admission to a tender: the consequence of a finding for a bid, and the proof that admission
//! needs.

use mustcheck::model::{AnswerStatus, AppliedMeasure, Effect, Force, Lookup, MeasureKind, Role};
use mustcheck::{Checked, Decision, Disposition};

use crate::bid::Bid;

/// A tenderer that may take part. Only [`admit`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    application: String,
}

impl Admission {
    /// The bid that is admitted.
    pub fn application(&self) -> &str {
        &self.application
    }
}

/// Error: a tenderer is not admitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAdmitted {
    /// The proof is of another check.
    #[error("the check is of `{checked}`, not of `{bid}` as it stands")]
    OtherBid {
        /// The bid that was checked.
        checked: String,
        /// The bid that is to be admitted.
        bid: String,
    },
    /// A measure that excludes reaches the tenderer or a member of its consortium.
    #[error("a measure excludes the tenderer")]
    Excluded,
    /// A restriction that excludes nobody reaches the tenderer or a member of its consortium: how
    /// far it limits their part is for the people who evaluate.
    #[error("a restriction limits the tenderer")]
    Limited,
    /// A closer look is due, or a restriction reaches only a person behind a tenderer: the
    /// consequence for a bidder who is not listed is for the people who evaluate.
    #[error("the tenderer needs a review")]
    Review,
    /// Not every due lookup is answered, so bid evaluation waits.
    #[error("a due lookup is not answered")]
    Undetermined,
}

/// Admits a bid. There is no way here without a check:
///
/// ```
/// use mustcheck::Checked;
/// use mustcheck_example_tendering::{Admission, Bid, NotAdmitted, admit};
///
/// fn open(bid: &Bid, checked: &Checked) -> Result<Admission, NotAdmitted> {
///     admit(bid, checked)
/// }
/// ```
///
/// The same without the proof does not compile:
///
/// ```compile_fail
/// use mustcheck::Checked;
/// use mustcheck_example_tendering::{Admission, Bid, NotAdmitted, admit};
///
/// fn open(bid: &Bid) -> Result<Admission, NotAdmitted> {
///     admit(bid)
/// }
/// ```
///
/// # Errors
///
/// [`NotAdmitted`] for every disposition but `clear` and `facilitated`, and for the check of
/// another bid.
pub fn admit(bid: &Bid, checked: &Checked) -> Result<Admission, NotAdmitted> {
    let (decision, application) = (checked.decision(), bid.application());
    // The number alone proves nothing: a bid of the same number may name other members.
    if !checked.is_of(application) {
        return Err(NotAdmitted::OtherBid {
            checked: mustcheck::redact(&decision.application),
            bid: mustcheck::redact(&application.id),
        });
    }
    match decision.disposition {
        Disposition::Clear | Disposition::Facilitated => {
            Ok(Admission { application: application.id.clone() })
        }
        Disposition::Restricted if restricting(decision).any(excludes) => {
            Err(NotAdmitted::Excluded)
        }
        Disposition::Restricted if restricting(decision).next().is_some() => {
            Err(NotAdmitted::Limited)
        }
        Disposition::Restricted | Disposition::Review => Err(NotAdmitted::Review),
        Disposition::Undetermined => Err(NotAdmitted::Undetermined),
    }
}

/// Whether a measure excludes: 不得参加、取消资格. 「依法限制」 limits, and does not say how far.
fn excludes(measure: &AppliedMeasure) -> bool {
    matches!(measure.kind, MeasureKind::Disqualify | MeasureKind::ReapplicationBar)
}

/// The mandatory restrictions on an organization that bids.
pub fn restricting(decision: &Decision) -> impl Iterator<Item = &AppliedMeasure> {
    decision.measures.iter().filter(|m| {
        m.effect == Effect::Restriction
            && m.force == Force::Mandatory
            && !m.kind.is_examination()
            && matches!(m.target.role, Role::Applicant | Role::ConsortiumMember)
    })
}

/// The due lookups that are not answered.
pub fn unanswered(decision: &Decision) -> impl Iterator<Item = &Lookup> {
    decision.lookups.iter().filter(|l| l.due && l.status != AnswerStatus::Answered)
}
