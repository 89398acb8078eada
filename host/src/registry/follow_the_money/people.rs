//! Who an entity is, by identifiers that are exact.

use std::collections::BTreeSet;

use mustcheck_guest::identifier::validate;
use mustcheck_guest::model::{RecordSubject, Scheme, SubjectKind};

use crate::input::normalise;
use crate::registry::follow_the_money::entity::Entity;
use crate::registry::table::Refused;

/// Schemas of organizations.
const ORGANIZATIONS: [&str; 4] = ["Company", "Organization", "PublicBody", "LegalEntity"];

/// The subject of an entity, once for each exact identifier that it has.
///
/// NOT MODELLED: a passport whose issuing country the file does not say, a register's number that
/// is no unified social credit code, a national or tax number. None of them names one subject the
/// world over, and a name never does.
pub fn subjects(entity: &Entity, passports: &[Entity]) -> Vec<RecordSubject> {
    let mut found: BTreeSet<(Scheme, Option<String>, String)> = BTreeSet::new();
    let kind = match entity.schema.as_str() {
        "Person" => SubjectKind::Person,
        schema if ORGANIZATIONS.contains(&schema) => SubjectKind::Organization,
        _ => return Vec::new(),
    };
    let mut take = |scheme: Scheme, country: Option<&str>, written: &str| {
        let mut identifier: String = written.chars().filter(|c| !c.is_whitespace()).collect();
        normalise(&mut identifier);
        let country = country.map(str::to_uppercase);
        if validate(kind, scheme, &identifier, country.as_deref()).is_ok() {
            found.insert((scheme, country, identifier));
        }
    };
    entity.texts("leiCode").for_each(|text| take(Scheme::Lei, None, text));
    for property in ["uscCode", "registrationNumber"] {
        entity.texts(property).for_each(|text| take(Scheme::Uscc, None, text));
    }
    for passport in passports {
        let countries: BTreeSet<&str> = passport.texts("country").collect();
        if let Some(country) = only(&countries) {
            passport
                .texts("number")
                .for_each(|number| take(Scheme::Passport, Some(country), number));
        }
    }
    // A person of one nationality alone holds that country's passports.
    let nationalities = ["nationality", "citizenship", "passportCountry"];
    let countries: BTreeSet<&str> = nationalities.iter().flat_map(|p| entity.texts(p)).collect();
    if let Some(country) = only(&countries) {
        entity.texts("passportNumber").for_each(|text| take(Scheme::Passport, Some(country), text));
    }
    let name = entity.texts("name").next().unwrap_or(&entity.caption);
    let each = found.into_iter().map(|(scheme, country, identifier)| RecordSubject {
        kind,
        scheme,
        identifier,
        country,
        name: name.to_owned(),
    });
    each.collect()
}

fn only<'a>(countries: &BTreeSet<&'a str>) -> Option<&'a str> {
    countries.first().copied().filter(|_| countries.len() == 1)
}

/// Whom an entity names that could not be read otherwise.
pub fn refused(parties: &[RecordSubject]) -> Refused {
    Refused { list: None, named: parties.iter().map(|party| party.identifier.clone()).collect() }
}
