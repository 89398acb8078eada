//! Subjects that are known to be listed: a source that does not find them has not answered.

use mustcheck::model::{CreditRecord, Scheme, SubjectKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::identity::Identity;
use crate::mapping::SourceMapping;

/// A subject that is known to be on one of a source's lists.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Canary {
    /// `uscc` or `lei` of an organization, `resident-id` or `passport` of a person.
    pub scheme: Scheme,
    /// Identifier, as a lookup uses it.
    pub identifier: String,
    /// Issuing country of a passport.
    #[serde(default)]
    pub country: Option<String>,
    /// The source's code of the list; not needed where the source has one list.
    #[serde(default)]
    pub list: Option<String>,
}

impl Canary {
    /// The identity to ask about.
    pub(crate) fn identity(&self) -> Identity {
        let kind = match self.scheme {
            Scheme::Uscc | Scheme::Lei => SubjectKind::Organization,
            Scheme::ResidentId | Scheme::Passport => SubjectKind::Person,
        };
        Identity {
            kind,
            scheme: self.scheme,
            country: self.country.clone(),
            identifier: self.identifier.clone(),
        }
    }

    /// The source's code of the list that the canary is known to be on.
    pub(crate) fn list<'a>(&'a self, source: &'a SourceMapping) -> &'a str {
        let only = || source.lists.keys().next().map_or("", String::as_str);
        self.list.as_deref().unwrap_or_else(only)
    }

    /// Whether the records of an answer about the canary have one on its list.
    pub(crate) fn is_found(&self, source: &SourceMapping, records: &[CreditRecord]) -> bool {
        let list = source.lists.get(self.list(source));
        records.iter().any(|record| Some(&record.list) == list)
    }
}
