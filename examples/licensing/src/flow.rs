//! The flow: takes each case as far as it can go today.

use mustcheck::model::{AppliedMeasure, Lookup, MeasureKind, SetAside, Text};
use mustcheck::{CheckError, Checked, Date, Gate, PolicyError, WorkingCalendar};

use crate::completeness::{Completeness, assess, materials};
use crate::decision::{
    Approval, Examined, NotApproved, Route, approve, restrictions, route, unanswered,
};
use crate::intake::{CaseFile, Required};
use crate::notice::{OneTimeNotice, gap_words, text};

/// A licensing office: its gate, its calendar, and the deadline that it sets.
pub struct Office {
    gate: Gate,
    calendar: WorkingCalendar,
    tolerance_days: u16,
}

/// A case and the stage that it reached.
#[derive(Debug)]
pub struct Handled {
    /// The case.
    pub case: CaseFile,
    /// Whether everything was there.
    pub completeness: Completeness,
    /// The check, if the case came that far.
    pub checked: Option<Checked>,
    /// The stage of the case now.
    pub outcome: Outcome,
}

/// Stage of a case. Only the last is a licence.
#[derive(Debug)]
pub enum Outcome {
    /// The case is not accepted: the applicant gets one notice of everything that is missing.
    SentBack(OneTimeNotice),
    /// The promise was not kept in time.
    Lapsed {
        /// The materials that are missing or came too late.
        overdue: Vec<Required>,
        /// The deadline that was promised.
        complete_by: Date,
    },
    /// The case waits for lookups that are not answered; the officer only has to run it again.
    Suspended(Vec<Lookup>),
    /// The case is refused: these restrictions reach the applicant.
    Refused(Vec<AppliedMeasure>),
    /// The case is before the head of the office: these restrictions reach only a person behind the
    /// applicant.
    Held(Vec<AppliedMeasure>),
    /// The case waits for an examination.
    ForExamination {
        /// Whether two officers must examine.
        manual: bool,
        /// Notice of the promised materials that are still missing.
        notice: Option<OneTimeNotice>,
    },
    /// The case is examined and in order, but the promised materials have not come.
    AwaitingMaterials(OneTimeNotice),
    /// The case is examined, and the conditions of the licence are not met.
    ConditionsNotMet(String),
    /// The licence is issued.
    Issued(Approval),
}

/// Error: a case could not be handled. Neither kind is a finding, and neither lets a case pass.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The check could not be made.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// The proof does not fit the case.
    #[error(transparent)]
    Proof(#[from] NotApproved),
}

impl CaseError {
    /// Whether the machinery failed, rather than the case file.
    pub const fn is_fault(&self) -> bool {
        !matches!(self, Self::Check(CheckError::Application(_)))
    }
}

impl Office {
    /// Makes an office behind a gate. A promise runs for `tolerance_days` working days.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] if there is no calendar.
    pub fn behind(gate: Gate, tolerance_days: u16) -> Result<Self, PolicyError> {
        Ok(Self { gate, calendar: WorkingCalendar::embedded()?, tolerance_days })
    }

    /// Handles the cases of a day: those with the green channel (绿色通道) first, then by the day
    /// they came in.
    pub fn handle_all(
        &self,
        cases: impl IntoIterator<Item = CaseFile>,
    ) -> (Vec<Handled>, Vec<(String, CaseError)>) {
        let (mut handled, mut failed) = (Vec::new(), Vec::new());
        for case in cases {
            let id = case.application.id.clone();
            match self.handle(case) {
                Ok(one) => handled.push(one),
                Err(error) => failed.push((id, error)),
            }
        }
        handled.sort_by(|a, b| {
            let key = |h: &Handled| (!h.green_channel(), h.case.received_on);
            key(a).cmp(&key(b)).then_with(|| a.case.application.id.cmp(&b.case.application.id))
        });
        (handled, failed)
    }

    /// Handles one case.
    ///
    /// # Errors
    ///
    /// [`CaseError`] if the check cannot be made.
    pub fn handle(&self, mut case: CaseFile) -> Result<Handled, CaseError> {
        let completeness = assess(&case, &self.calendar, self.tolerance_days);
        let stopped = match &completeness {
            Completeness::Incomplete { missing, gap } => {
                let why = gap_words(*gap);
                let notice = OneTimeNotice::sent_back(&case, missing.clone(), why, &self.calendar);
                Some(Outcome::SentBack(notice))
            }
            Completeness::Lapsed { overdue, complete_by } => {
                Some(Outcome::Lapsed { overdue: overdue.clone(), complete_by: *complete_by })
            }
            Completeness::Promised { commitment, .. } => {
                case.application.commitment = Some(*commitment);
                None
            }
            Completeness::Complete => None,
        };
        if let Some(outcome) = stopped {
            return Ok(Handled { case, completeness, checked: None, outcome });
        }
        case.application.materials = materials(&case);
        let checked = self.gate.check(&case.application)?;
        let outcome = self.decide(&case, &completeness, &checked)?;
        Ok(Handled { case, completeness, checked: Some(checked), outcome })
    }

    fn decide(
        &self,
        case: &CaseFile,
        completeness: &Completeness,
        checked: &Checked,
    ) -> Result<Outcome, CaseError> {
        let decision = checked.decision();
        let route = route(decision);
        let restricting = || restrictions(decision).into_iter().cloned().collect();
        match route {
            Route::Suspend => return Ok(Outcome::Suspended(unanswered(decision))),
            Route::Refuse => return Ok(Outcome::Refused(restricting())),
            Route::Hold => return Ok(Outcome::Held(restricting())),
            Route::Manual | Route::Ordinary => {}
        }
        let notice = match completeness {
            Completeness::Promised { missing, commitment } => {
                let missing = missing.clone();
                let Some(why) = tolerance(checked) else {
                    let why = refused_tolerance(checked);
                    let notice = OneTimeNotice::sent_back(case, missing, why, &self.calendar);
                    return Ok(Outcome::SentBack(notice));
                };
                let by = commitment.complete_by;
                Some(OneTimeNotice::tolerated(case, missing, by, why, &self.calendar))
            }
            _ => None,
        };
        let manual = route == Route::Manual;
        let Some(examined) = Examined::of(case.clone()) else {
            return Ok(Outcome::ForExamination { manual, notice });
        };
        match approve(examined, checked) {
            Ok(approval) => Ok(Outcome::Issued(approval)),
            Err(NotApproved::NeedsManualExamination { .. }) => {
                Ok(Outcome::ForExamination { manual: true, notice })
            }
            Err(NotApproved::ConditionsNotMet(finding)) => Ok(Outcome::ConditionsNotMet(finding)),
            Err(error @ NotApproved::Incomplete(_)) => {
                notice.map(Outcome::AwaitingMaterials).ok_or(error.into())
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl Handled {
    /// Whether the decision grants the green channel.
    pub fn green_channel(&self) -> bool {
        self.checked.as_ref().is_some_and(|c| measure(c, MeasureKind::GreenChannel).is_some())
    }
}

fn measure(checked: &Checked, kind: MeasureKind) -> Option<&AppliedMeasure> {
    checked.decision().measures.iter().find(|m| m.kind == kind)
}

/// Returns the reason why missing materials are tolerated, if the decision tolerates them.
fn tolerance(checked: &Checked) -> Option<Text> {
    Some(measure(checked, MeasureKind::IncompleteMaterialsTolerated)?.text.clone())
}

/// Returns the reason why the decision does not tolerate missing materials: the one that it gives
/// for setting the measure aside; if it gives none, no condition for toleration was met.
fn refused_tolerance(checked: &Checked) -> Text {
    // INTERPRETATION: a decision names a measure that it set aside by its id, and not by its kind.
    const TOLERANCE: &str = "opinions-4-incomplete-materials";
    let about = |s: &&SetAside| s.measure.as_deref() == Some(TOLERANCE);
    let aside = checked.decision().set_aside.iter().find(about);
    aside.map_or_else(
        || {
            text(
                "不符合容缺受理的适用条件。".into(),
                "Nothing entitles the applicant to tolerance.".into(),
            )
        },
        |aside| Text {
            zh: format!("不适用容缺受理：{}", aside.text.zh).into(),
            en: format!("Not tolerated ({}): {}", aside.reason, aside.text.en).into(),
        },
    )
}
