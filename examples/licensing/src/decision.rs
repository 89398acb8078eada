//! The decision: the consequence of a finding for a licence, and the proof that a licence needs.

use mustcheck::model::{AnswerStatus, AppliedMeasure, Effect, Lookup, ObligationKind, Role};
use mustcheck::{Checked, Date, Decision, Disposition};

use crate::intake::{CaseFile, Examination, Required};

/// Officers that a manual examination needs. 行政许可法 第三十四条 第三款: 「行政机关应当指派两名以上
/// 工作人员进行核查」.
pub const MANUAL_OFFICERS: usize = 2;

/// Next step of a case after a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// The case goes to an ordinary examination.
    Ordinary,
    /// The case goes to a manual examination by two officers.
    Manual,
    /// The case is refused: a restriction reaches the applicant itself.
    Refuse,
    /// The case goes to the head of the office: a restriction reaches only a person behind the
    /// applicant. The consequence for an applicant who is not listed is for the office to judge,
    /// not for a program.
    Hold,
    /// The case waits until every lookup is answered.
    Suspend,
}

/// The route of a decision.
pub fn route(decision: &Decision) -> Route {
    match decision.disposition {
        Disposition::Clear | Disposition::Facilitated => Route::Ordinary,
        Disposition::Review => Route::Manual,
        Disposition::Restricted => {
            let itself = |m: &&AppliedMeasure| {
                matches!(m.target.role, Role::Applicant | Role::ConsortiumMember)
            };
            if restrictions(decision).iter().any(itself) { Route::Refuse } else { Route::Hold }
        }
        Disposition::Undetermined => Route::Suspend,
    }
}

/// The measures that restrict, and do not merely ask for a closer look.
pub fn restrictions(decision: &Decision) -> Vec<&AppliedMeasure> {
    let restricts =
        |m: &&AppliedMeasure| m.effect == Effect::Restriction && !m.kind.is_examination();
    decision.measures.iter().filter(restricts).collect()
}

/// The due lookups that are not answered.
pub fn unanswered(decision: &Decision) -> Vec<Lookup> {
    let open = |l: &&Lookup| l.due && l.status != AnswerStatus::Answered;
    decision.lookups.iter().filter(open).cloned().collect()
}

/// A case after its examination, with the materials that are still missing.
#[derive(Clone, Debug)]
pub struct Examined {
    case: CaseFile,
    examination: Examination,
    missing: Vec<Required>,
}

impl Examined {
    /// The case with its examination; `None` if it was not examined.
    pub fn of(case: CaseFile) -> Option<Self> {
        let examination = case.examination.clone()?;
        // Computed here: a caller could forget one.
        let missing = case.required.iter().filter(|r| !case.has(&r.name)).cloned().collect();
        Some(Self { case, examination, missing })
    }
}

/// A licence that may be issued. Only [`approve`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    application: String,
    matter: String,
    publish_by: Option<Date>,
    publish_note: String,
}

impl Approval {
    /// The case number.
    pub fn application(&self) -> &str {
        &self.application
    }

    /// The licence.
    pub fn matter(&self) -> &str {
        &self.matter
    }

    /// The last day for publishing the licence; none where the calendar is not published.
    pub const fn publish_by(&self) -> Option<Date> {
        self.publish_by
    }

    /// Rule by which that day is reckoned, or the reason why there is none.
    pub fn publish_note(&self) -> &str {
        &self.publish_note
    }
}

/// Error: no licence may be issued.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotApproved {
    /// The proof is of another check.
    #[error("the check is of application `{checked}`, not of `{case}` as it stands")]
    OtherCase {
        /// The application that was checked.
        checked: String,
        /// The application to be approved.
        case: String,
    },
    /// A restriction applies.
    #[error("a restriction applies")]
    Restricted,
    /// Not every due lookup is answered.
    #[error("a due lookup is not answered")]
    Undetermined,
    /// A closer look is due, and too few officers examined the case.
    #[error("a manual examination needs {MANUAL_OFFICERS} officers, and {found} examined")]
    NeedsManualExamination {
        /// Number of officers who examined.
        found: usize,
    },
    /// The examination found against the applicant.
    #[error("the conditions of the licence are not met: {0}")]
    ConditionsNotMet(String),
    /// Promised materials have not come.
    #[error("{0} promised materials have not come")]
    Incomplete(usize),
}

/// Approves an examined case. There is no way here without a check:
///
/// ```
/// use mustcheck::Checked;
/// use mustcheck_example_licensing::{Approval, Examined, NotApproved, approve};
///
/// fn sign(case: Examined, checked: &Checked) -> Result<Approval, NotApproved> {
///     approve(case, checked)
/// }
/// ```
///
/// The same without the proof does not compile:
///
/// ```compile_fail
/// use mustcheck::Checked;
/// use mustcheck_example_licensing::{Approval, Examined, NotApproved, approve};
///
/// fn sign(case: Examined) -> Result<Approval, NotApproved> {
///     approve(case)
/// }
/// ```
///
/// # Errors
///
/// [`NotApproved`], the first reason that holds. A finding that restricts, or is undetermined,
/// never passes, whichever officers examined.
pub fn approve(case: Examined, checked: &Checked) -> Result<Approval, NotApproved> {
    let decision = checked.decision();
    let application = &case.case.application;
    // The number alone proves nothing: a case of the same number may name another applicant.
    if !checked.is_of(application) {
        return Err(NotApproved::OtherCase {
            checked: mustcheck::redact(&decision.application),
            case: mustcheck::redact(&application.id),
        });
    }
    let officers = case.examination.officers.len();
    match route(decision) {
        Route::Refuse | Route::Hold => return Err(NotApproved::Restricted),
        Route::Suspend => return Err(NotApproved::Undetermined),
        Route::Manual if officers < MANUAL_OFFICERS => {
            return Err(NotApproved::NeedsManualExamination { found: officers });
        }
        Route::Manual | Route::Ordinary => {}
    }
    if !case.examination.meets_conditions {
        return Err(NotApproved::ConditionsNotMet(case.examination.finding));
    }
    if !case.missing.is_empty() {
        return Err(NotApproved::Incomplete(case.missing.len()));
    }
    let due = decision.obligations.iter().find(|o| o.kind == ObligationKind::Publication);
    Ok(Approval {
        application: decision.application.clone(),
        matter: decision.matter.clone(),
        publish_by: due.and_then(|o| o.due_on),
        publish_note: due.map(|o| o.note.en.to_string()).unwrap_or_default(),
    })
}
