//! Errors: the reasons for which an application cannot be evaluated.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Problem;

/// Error: the application cannot be evaluated. None of these is a finding, and none may be read as
/// "no measures".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
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

impl Problem {
    /// Makes a problem of the path of a place and the fault there.
    pub fn at(path: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { path: path.into(), detail: detail.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.detail)
    }
}

impl fmt::Display for ApplicationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem().fmt(f)
    }
}

impl std::error::Error for ApplicationError {}
