//! Errors of the host, kept apart: bad input, and faults of the machinery.

use std::fmt;

use mustcheck_model::{ApplicationError, Disposition};

use crate::clock::NoTime;
use crate::receipts::RecordError;
use crate::registry::RegistryError;

/// Error: there is no decision.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The application cannot be evaluated; the message names the place.
    #[error(transparent)]
    Application(#[from] ApplicationError),
    /// Something failed in which the applicant has no part.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A failure of the registry, the component or the gate: no decision, whatever the law says.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The registry cannot be trusted with any answer.
    #[error("the registry failed")]
    Registry(#[from] RegistryError),
    /// The component trapped or used more than its limits. Its store is gone.
    #[error("the policy component failed in `{during}`: {detail}")]
    Component {
        /// The function that was called.
        during: &'static str,
        /// Description of the failure, and what the component's author may change.
        detail: String,
        /// Error that the engine reported.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The writer's component, with which recorded decisions are written again, trapped or used up
    /// a limit.
    #[error("the writer component failed in `{during}`: {detail}")]
    Writer {
        /// The function that was called.
        during: &'static str,
        /// Description of the failure.
        detail: String,
    },
    /// The component, or the registry, broke a rail that the host guards.
    #[error("rail {rail} does not hold: {detail}")]
    Rail {
        /// Rail that was broken.
        rail: Rail,
        /// Fact that broke it.
        detail: String,
    },
    /// The registry gave something that cannot be evaluated.
    #[error("the registry's answer cannot be evaluated: {0}")]
    Answer(ApplicationError),
    /// More than the limits of the gate allow.
    #[error("{what}: {found}, more than the limit of {limit}")]
    Limit {
        /// Name of what is limited.
        what: &'static str,
        /// Amount that was found.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// An asynchronous registry was asked through [`Gate::check`](crate::Gate::check).
    #[error("this gate has an asynchronous registry: call `check_async`")]
    NeedsAsync,
    /// The clock gives no valid time, so nobody can say what is old.
    #[error("there is no check without a clock")]
    Clock(#[source] NoTime),
    /// Swap was switched on after the process had begun without it.
    #[error(
        "swap was switched on since this process began: its sandboxes are only known to be clean \
         without; start it again"
    )]
    Swap,
    /// The check was made and could not be recorded.
    #[error("the check is not on record, so there is no decision")]
    Record(#[from] RecordError),
}

impl Fault {
    /// A component's fault, in words for its author.
    pub(crate) fn component(during: &'static str, detail: impl Into<String>) -> Self {
        Self::Component { during, detail: detail.into(), source: None }
    }
}

/// The rails that the host enforces, whatever a component says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rail {
    /// No check, no decision.
    R1,
    /// Unanswered is not clear.
    R2,
    /// No measure without a legal basis in the catalogue.
    R3,
    /// An objection suspends; dates and events decide, never a flag.
    R4R5,
    /// Exact identifiers only.
    R6,
    /// Neither longer nor shorter than the article says.
    R7,
    /// A person is reached only by name in the record.
    R8,
    /// Findings with reasons: a decision says of the application exactly what was submitted.
    R11,
}

impl fmt::Display for Rail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::R1 => "R1 (no check, no decision)",
            Self::R2 => "R2 (unanswered is not clear)",
            Self::R3 => "R3 (no measure without a legal basis)",
            Self::R4R5 => "R4, R5 (only a record in force restricts)",
            Self::R6 => "R6 (exact identifiers only)",
            Self::R7 => "R7 (as long as the article says)",
            Self::R8 => "R8 (a person is reached only by name in the record)",
            Self::R11 => "R11 (findings with reasons)",
        })
    }
}

/// Error: a text is no application or registry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// The text is larger than the limit.
    #[error("the input has {bytes} bytes, more than the {limit} that are read")]
    TooLarge {
        /// Size of the text, in bytes.
        bytes: u64,
        /// Largest size that is read, in bytes.
        limit: u64,
    },
    /// Not UTF-8.
    #[error("the input is not UTF-8: byte {at} is invalid")]
    NotUtf8 {
        /// Offset of the first invalid byte.
        at: usize,
    },
    /// An array in the place of an object.
    #[error("{path}: invalid type: sequence, expected an object")]
    Misplaced {
        /// Path in the document.
        path: String,
    },
    /// Not JSON, or not of the shape that the schema fixes.
    #[error("{path}: {detail} (line {line}, column {column})")]
    Shape {
        /// Path in the document.
        path: String,
        /// Description of the fault.
        detail: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
}

/// Error: a policy cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// Not a component, or not one of this boundary.
    #[error("this is no policy component: {0}")]
    Component(String),
    /// The component imports something.
    #[error("the component imports `{0}`; a policy imports nothing")]
    Import(String),
    /// The catalogue is not adopted; each line is a finding.
    #[error("the catalogue is not adopted:\n{0}")]
    Catalogue(String),
    /// The engine does not start, or cannot give what the limits ask for.
    #[error("{0}")]
    Engine(String),
    /// No edition decides on that day.
    #[error("no edition decides as of `{as_of}`: the first begins on `{first}`")]
    NoEdition {
        /// The day.
        as_of: String,
        /// The first day of the earliest edition.
        first: String,
    },
    /// No embedded edition has that name.
    #[error("`{name}` is no embedded edition; there are {known}")]
    UnknownEdition {
        /// The name.
        name: String,
        /// The names there are.
        known: String,
    },
    /// No embedded overlay has this name.
    #[error("edition `{edition}` has no overlay `{name}`; it has: {known}")]
    UnknownOverlay {
        /// The name.
        name: String,
        /// The edition.
        edition: String,
        /// The names there are.
        known: String,
    },
    /// The registry failed while its codes were read.
    #[error("the registry failed")]
    Registry(#[source] RegistryError),
    /// The edition has no such code.
    #[error("`{code}` is no {what} of edition `{edition}`")]
    UnknownCode {
        /// Kind of code that was looked for.
        what: &'static str,
        /// The code.
        code: String,
        /// The edition.
        edition: String,
    },
    /// A gate was built without a policy or a registry.
    #[error("a gate needs {0}")]
    Missing(&'static str),
    /// A registry uses codes that no policy knows.
    #[error("the registry names what no policy knows: {0}")]
    Vocabulary(String),
}

impl CheckError {
    /// The exit code of the command line: 1 for a fault, 3 for input that cannot be evaluated.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Fault(_) => 1,
            Self::Application(_) => 3,
        }
    }
}

/// The exit code of the command line for a disposition.
pub const fn exit_code(disposition: Disposition) -> u8 {
    match disposition {
        Disposition::Clear | Disposition::Facilitated => 0,
        Disposition::Review => 10,
        Disposition::Restricted => 11,
        Disposition::Undetermined => 12,
    }
}
