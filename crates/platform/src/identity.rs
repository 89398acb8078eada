//! Identity of a subject, as a source is asked about it.

use mustcheck::model::{Scheme, Subject, SubjectKind};

/// Identifier of a subject, with everything that makes it unique.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    /// Legal or natural person.
    pub kind: SubjectKind,
    /// The standard of the identifier.
    pub scheme: Scheme,
    /// Issuing country of a passport.
    pub country: Option<String>,
    /// The identifier.
    pub identifier: String,
}

impl From<&Subject> for Identity {
    fn from(subject: &Subject) -> Self {
        Self {
            kind: subject.kind,
            scheme: subject.scheme,
            country: subject.country.clone(),
            identifier: subject.identifier.clone(),
        }
    }
}
