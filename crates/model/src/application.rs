//! The application: the case that an approval office submits for a check.

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::{Role, Scheme, SubjectKind};

/// One subject of an application. Names are shown and never matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Subject {
    /// Its role in the application.
    pub role: Role,
    /// Legal or natural person.
    pub kind: SubjectKind,
    /// The standard of `identifier`.
    pub scheme: Scheme,
    /// The identifier, normalised: NFKC, upper case, no spaces, no hyphens.
    pub identifier: String,
    /// Issuing country of a passport, ISO 3166-1 alpha-2; none otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The name, for display.
    pub name: String,
    /// Document that shows a code which does not follow its standard, such as a licence. With it
    /// such a code is accepted, and the result is never better than `review`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_issued: Option<String>,
    /// Further and former identifiers of the same subject; all are looked up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<FurtherIdentifier>,
    /// Position among the subjects, from 0, of the organization that a person answers for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<u32>,
}

/// A further or former identifier of a subject: another scheme, the code of a firm that was
/// merged into it or was renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct FurtherIdentifier {
    /// The standard of `identifier`.
    pub scheme: Scheme,
    /// The identifier, normalised as the main one: NFKC, upper case, no spaces, no hyphens.
    pub identifier: String,
    /// Issuing country of a passport, ISO 3166-1 alpha-2; none otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

impl Subject {
    /// All identifiers of the subject, the main one first: scheme, issuing country, identifier.
    pub fn identities(&self) -> impl Iterator<Item = (Scheme, Option<&str>, &str)> {
        let first = (self.scheme, self.country.as_deref(), self.identifier.as_str());
        let further = self.also.iter();
        std::iter::once(first)
            .chain(further.map(|f| (f.scheme, f.country.as_deref(), f.identifier.as_str())))
    }

    /// Whether an identifier is one of the subject's, main, further or former.
    pub fn is_named(&self, scheme: Scheme, country: Option<&str>, identifier: &str) -> bool {
        self.identities().any(|own| own == (scheme, country, identifier))
    }
}

/// The office that decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Office {
    /// Its name.
    pub name: String,
    /// Administrative division code, GB/T 2260.
    pub region: String,
    /// Postal address of the office, for those who receive a notice; without it the notice leaves a
    /// blank line for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Telephone of the office, for those who receive a notice; without it the notice leaves a
    /// blank line for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
}

impl Office {
    /// An office with name and division code only.
    pub fn new(name: impl Into<String>, region: impl Into<String>) -> Self {
        Self { name: name.into(), region: region.into(), address: None, telephone: None }
    }
}

/// A document that the application needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Material {
    /// Its name.
    pub name: String,
    /// Whether a law or regulation requires it.
    pub statutory: bool,
    /// Whether it was handed in.
    pub provided: bool,
}

/// The applicant's signed promise to complete the materials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Commitment {
    /// The day it was signed.
    pub signed_on: Date,
    /// The last day on which the materials may come.
    pub complete_by: Date,
}

/// One case put to an approval office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Application {
    /// The office's case number.
    pub id: String,
    /// Matter applied for: a code of the catalogue such as `licensing/food-production`.
    pub matter: String,
    /// The day for which the law and the records are read.
    pub as_of: Date,
    /// The office that decides.
    pub office: Office,
    /// All subjects: the applicant and everybody else whom the application names.
    pub subjects: Vec<Subject>,
    /// Whether the applicant is a consortium; its other members are then named.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub consortium: bool,
    /// Documents that the application needs; empty where the office does not report them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub materials: Vec<Material>,
    /// The promise, if one was signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment: Option<Commitment>,
}

/// Lists to look up for one subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Query {
    /// Position in the application's subjects, from 0.
    pub subject: u32,
    /// Codes of the lists.
    pub lists: Vec<String>,
}
