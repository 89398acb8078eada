//! Errors: the reasons for which an application cannot be evaluated.

use std::fmt;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use crate::{Datum as _, Reason};

/// Error: the application cannot be evaluated. None of these is a finding, and none may be read as
/// "no measures".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationError {
    /// The catalogue has no such matter.
    UnknownMatter(Problem),
    /// An identifier does not follow its standard.
    InvalidIdentifier(Problem),
    /// A role is missing, named too often, or filled by the wrong kind of subject.
    InvalidRoles(Problem),
    /// A day does not exist, or two days contradict each other.
    InvalidDate(Problem),
    /// The day of the check is not in the edition's period, or not in the place's.
    OutsideEdition(Problem),
    /// A value is empty or contradicts another.
    InvalidValue(Problem),
    /// The registry's answer cannot be evaluated: the registry's fault, not the applicant's.
    InvalidAnswer(Problem),
}

impl ApplicationError {
    /// The place in the input, and the fault there.
    pub const fn problem(&self) -> &Problem {
        match self {
            Self::UnknownMatter(p)
            | Self::InvalidIdentifier(p)
            | Self::InvalidRoles(p)
            | Self::InvalidDate(p)
            | Self::OutsideEdition(p)
            | Self::InvalidValue(p)
            | Self::InvalidAnswer(p) => p,
        }
    }
}

/// A place in the input, and the fault there. As JSON, its `detail` is the reason in English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Path of the place, such as `subjects[0].identifier`.
    pub path: String,
    /// The fault.
    pub reason: Reason,
}

impl Problem {
    /// Makes a problem of the path of a place and the fault there.
    pub fn at(path: impl Into<String>, reason: impl Into<Reason>) -> Self {
        Self { path: path.into(), reason: reason.into() }
    }

    /// The problem with `rewrite` applied to every text from outside, which may mask or cut it.
    #[must_use]
    pub fn rewritten(self, rewrite: &dyn Fn(&str) -> String) -> Self {
        Self { path: rewrite(&self.path), reason: self.reason.rewritten(rewrite) }
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut problem = serializer.serialize_struct("Problem", 2)?;
        problem.serialize_field("path", &self.path)?;
        problem.serialize_field("detail", &self.reason.to_string())?;
        problem.end()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.reason)
    }
}

impl fmt::Display for ApplicationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem().fmt(f)
    }
}

impl std::error::Error for ApplicationError {}
