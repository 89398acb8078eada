//! Passes applications through the screening.

use mustcheck::model::MeasureKind;
use mustcheck::{Application, Checked, Date, Disposition, redact, safe};
use serde::Serialize;

/// An application that passed. Only [`pass`] makes one, and only one can be written to
/// `passed.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Passed {
    application: String,
    matter: String,
    as_of: Date,
    disposition: Disposition,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    incentives: Vec<MeasureKind>,
    edition: String,
    component: String,
}

impl Passed {
    /// The incentives that apply.
    pub fn incentives(&self) -> &[MeasureKind] {
        &self.incentives
    }
}

/// Error: an application did not pass.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Held {
    /// The proof is of another check.
    #[error("the check is of `{checked}`, not of `{application}` as it stands")]
    OtherApplication {
        /// The application that was checked.
        checked: String,
        /// The application that is to pass.
        application: String,
    },
    /// A restriction applies.
    #[error("a restriction applies")]
    Restricted,
    /// A closer look is due.
    #[error("the application needs a review")]
    Review,
    /// Not every due lookup is answered.
    #[error("a due lookup is not answered")]
    Undetermined,
}

/// Passes an application. There is no way here without a check:
///
/// ```
/// use mustcheck::{Application, Checked};
/// use mustcheck_example_financing::{Held, Passed, pass};
///
/// fn grant(application: &Application, checked: &Checked) -> Result<Passed, Held> {
///     pass(application, checked)
/// }
/// ```
///
/// The same without the proof does not compile:
///
/// ```compile_fail
/// use mustcheck::{Application, Checked};
/// use mustcheck_example_financing::{Held, Passed, pass};
///
/// fn grant(application: &Application) -> Result<Passed, Held> {
///     pass(application)
/// }
/// ```
///
/// # Errors
///
/// [`Held`] for every disposition but `clear` and `facilitated`, and for the check of another
/// application.
pub fn pass(application: &Application, checked: &Checked) -> Result<Passed, Held> {
    let decision = checked.decision();
    // The number alone proves nothing: an application of the same number may name other subjects.
    if !checked.is_of(application) {
        return Err(Held::OtherApplication {
            checked: redact(&safe(&decision.application)),
            application: redact(&safe(&application.id)),
        });
    }
    match decision.disposition {
        Disposition::Clear | Disposition::Facilitated => {}
        Disposition::Restricted => return Err(Held::Restricted),
        Disposition::Review => return Err(Held::Review),
        Disposition::Undetermined => return Err(Held::Undetermined),
    }
    Ok(Passed {
        application: redact(&safe(&application.id)),
        matter: application.matter.clone(),
        as_of: application.as_of,
        disposition: decision.disposition,
        incentives: decision.measures.iter().map(|m| m.kind).collect(),
        edition: decision.policy.edition.clone(),
        component: checked.component().to_owned(),
    })
}
