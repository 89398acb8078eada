//! Identities of the subjects and persons whom a record names.

use std::collections::BTreeSet;

use mustcheck_model::{CreditRecord, Scheme};

/// Identity of a subject: scheme, issuing country (empty without one) and identifier.
pub type Identity = (Scheme, String, String);

/// Collects everybody whom a record names, once each: scheme, issuing country (empty without one)
/// and identifier.
pub fn identities(record: &CreditRecord) -> BTreeSet<Identity> {
    let persons = record.responsible_persons.iter();
    let persons = persons.map(|p| (p.scheme, p.country.as_deref(), p.identifier.as_str()));
    let all = record.subject.identities().chain(persons);
    all.map(|(scheme, country, own)| (scheme, country.unwrap_or_default().into(), own.into()))
        .collect()
}
