//! Identifiers of an entity: those that are exact, and patterns for what is left of others.

use std::collections::{BTreeMap, BTreeSet};

use mustcheck::input::quotable;
use mustcheck::registry::written::{LeftOpen, Pattern, all_exact, exact, left_open, normalised};
use mustcheck_model::identifier::{mask, validate};
use mustcheck_model::{FurtherIdentifier, RecordSubject, Scheme, SubjectKind};

use crate::follow_the_money::entity::Entity;

/// Schemas of organizations.
const ORGANIZATIONS: [&str; 3] = ["Company", "Organization", "PublicBody"];

/// Schemas of things, which never apply for anything.
const THINGS: [&str; 10] = [
    "Address",
    "Airplane",
    "Asset",
    "BankAccount",
    "CryptoWallet",
    "RealEstate",
    "Security",
    "Train",
    "Vehicle",
    "Vessel",
];

/// Properties that hold identifiers of one scheme.
const DECLARED: [(&str, Scheme); 2] = [("uscCode", Scheme::Uscc), ("leiCode", Scheme::Lei)];

/// Properties that hold a person's countries.
const NATIONALITIES: [&str; 3] = ["nationality", "citizenship", "passportCountry"];

/// Signs between two identifiers in one text.
const BETWEEN: [char; 8] = [';', '；', ',', '，', '、', '/', '|', '\n'];

/// Fewest characters of a damaged identifier that tell whose it is. A shorter one may be the number
/// of any register.
const TELLING: usize = 15;

/// The identifiers of an entity, and what remains open about it.
#[derive(Debug, Default)]
pub struct Named {
    /// The subject, with all its exact identifiers; none if it has none.
    pub subject: Option<RecordSubject>,
    /// Patterns of the identifiers of others whom its texts may mean.
    pub open: BTreeSet<Pattern>,
    /// Whether no identifier is known by which anybody would ask about it.
    pub unnamed: bool,
    /// Whether it has an identifier of a known scheme of which nothing can be read.
    pub unreadable: bool,
    /// Properties that leave something open, each with the reason.
    pub told: BTreeSet<String>,
}

/// An exact identifier: scheme, issuing country of a passport, text.
type Exact = (Scheme, Option<String>, String);

/// Whether an entity is a thing, which no list can name as a subject.
pub fn is_thing(entity: &Entity) -> bool {
    THINGS.contains(&entity.schema.as_str())
}

/// Collects the identifiers of an entity from its own properties, the documents that it holds, and
/// its sanctions.
///
/// INTERPRETATION: a property that ends in `Number`, `Code` or `Id` holds the entity's own
/// identifiers: a subject that has one of them exactly is the entity. Any other property is prose,
/// which may name an owner, a victim or a former name: a subject whose code is in it is neither
/// matched by it nor clear, and the officer looks.
///
/// NOT MODELLED: numbers of other registers, such as national or tax numbers. None of them names
/// one subject the world over, and a name never does.
pub fn named(entity: &Entity, documents: &[Entity], sanctions: &[Entity]) -> Named {
    let mut reading = Reading::of(entity);
    for (property, texts) in entity.properties() {
        for text in texts {
            reading.property(property, text);
        }
    }
    for document in documents {
        reading.document(document);
    }
    let prose = [("id", entity.id.as_str()), ("caption", entity.caption.as_str())];
    let prose = prose.into_iter().chain(entity.referents.iter().map(|r| ("referents", r.as_str())));
    prose.for_each(|(place, text)| reading.prose(place, text));
    for sanction in sanctions {
        for (property, texts) in sanction.properties() {
            texts.for_each(|text| reading.prose(&format!("{}.{property}", sanction.schema), text));
        }
    }
    reading.done(entity)
}

/// State of reading one entity.
struct Reading {
    /// Organization or person; none if the schema does not say.
    kind: Option<SubjectKind>,
    nationalities: BTreeSet<String>,
    exact: BTreeSet<Exact>,
    /// Patterns, each with a text on the property that leaves it open.
    open: BTreeMap<Pattern, String>,
    told: BTreeSet<String>,
    /// Whether a damaged identifier tells enough to go by.
    telling: bool,
    unreadable: bool,
}

impl Reading {
    fn of(entity: &Entity) -> Self {
        let kind = match entity.schema.as_str() {
            "Person" => Some(SubjectKind::Person),
            schema if ORGANIZATIONS.contains(&schema) => Some(SubjectKind::Organization),
            _ => None,
        };
        let countries = NATIONALITIES.iter().flat_map(|p| entity.texts(p));
        Self {
            kind,
            nationalities: countries.map(str::to_uppercase).collect(),
            exact: BTreeSet::new(),
            open: BTreeMap::new(),
            told: BTreeSet::new(),
            telling: false,
            unreadable: false,
        }
    }

    /// Schemes that an identifier of this entity may be of.
    fn schemes(&self) -> impl Iterator<Item = Scheme> + use<> {
        let kind = self.kind;
        let all = [Scheme::Uscc, Scheme::Lei, Scheme::ResidentId];
        all.into_iter().filter(move |scheme| kind.is_none_or(|kind| kind == kind_of(*scheme)))
    }

    /// Whether an identifier of a scheme may be this entity's own.
    fn may_have(&self, scheme: Scheme) -> bool {
        self.kind.is_none_or(|kind| kind == kind_of(scheme))
    }

    fn property(&mut self, property: &str, text: &str) {
        if text.is_empty() || NATIONALITIES.contains(&property) {
            return;
        }
        if property == "passportNumber" {
            // A person of one nationality alone holds that country's passports.
            let countries = self.nationalities.clone();
            return self.passport(property, text, &countries);
        }
        if let Some((_, scheme)) = DECLARED.iter().find(|(name, _)| *name == property) {
            return self.declared(property, text, *scheme);
        }
        let own = ["Number", "Code", "Id"].iter().any(|end| property.ends_with(end));
        if own { self.identifiers(property, text) } else { self.prose(property, text) }
    }

    /// Reads a passport or another document that the entity holds.
    fn document(&mut self, document: &Entity) {
        let countries: BTreeSet<String> =
            document.texts("country").map(str::to_uppercase).collect();
        let place = format!("{}.number", document.schema);
        for number in document.texts("number").filter(|text| !text.is_empty()) {
            if document.schema == "Passport" {
                self.passport(&place, number, &countries);
            } else {
                self.identifiers(&place, number);
            }
        }
        for (property, texts) in document.properties() {
            if property != "number" {
                let place = format!("{}.{property}", document.schema);
                texts.for_each(|text| self.prose(&place, text));
            }
        }
    }

    /// Reads a passport number. It names its holder only together with the country that issued it.
    fn passport(&mut self, place: &str, text: &str, countries: &BTreeSet<String>) {
        let number = normalised(text);
        let country = countries.first().filter(|_| countries.len() == 1);
        let of = |country: &str| {
            validate(SubjectKind::Person, Scheme::Passport, &number, Some(country)).is_ok()
        };
        if let Some(country) = country.filter(|country| of(country)) {
            self.exact.insert((Scheme::Passport, Some(country.clone()), number));
            return;
        }
        // Numbers of another scheme occur in this property too.
        if !all_exact(text).is_empty() {
            return self.identifiers(place, text);
        }
        let sound = countries.iter().any(|country| of(country)) || of("CN");
        match Pattern::exact(&number).filter(|_| sound) {
            Some(pattern) => {
                let why = "of which country it is, is not certain";
                self.leave_open([pattern], place, text, why, true);
            }
            None => self.damaged(place, text, Scheme::Passport),
        }
    }

    /// Reads a property that holds identifiers of one scheme.
    fn declared(&mut self, place: &str, text: &str, scheme: Scheme) {
        match exact(text, kind_of(scheme), scheme, None) {
            Some(identifier) => self.take(place, scheme, identifier),
            None if all_exact(text).is_empty() => self.damaged(place, text, scheme),
            None => self.identifiers(place, text),
        }
    }

    fn damaged(&mut self, place: &str, text: &str, scheme: Scheme) {
        let why = format!("is no {scheme}");
        match left_open(text, Some(scheme)) {
            LeftOpen::Fits(patterns) => self.leave_open(patterns, place, text, &why, true),
            LeftOpen::Everybody => {
                self.unreadable = true;
                self.tell(place, text, &why);
            }
        }
    }

    /// Reads a property with the entity's own identifiers, of any register.
    fn identifiers(&mut self, place: &str, text: &str) {
        for part in text.split(BETWEEN) {
            let found = all_exact(part);
            // A damaged identifier may pass for one of another kind by chance, so this does not
            // prove it whole.
            let is_other = !found.iter().any(|(scheme, _)| self.may_have(*scheme));
            let none = found.is_empty();
            found.into_iter().for_each(|(scheme, code)| self.take(place, scheme, code));
            if is_other {
                self.remains(place, part, none);
            }
        }
        // A code may contain the signs that separate two codes.
        all_exact(text).into_iter().for_each(|(scheme, code)| self.take(place, scheme, code));
    }

    /// Leaves open whom a text may mean that was perhaps one of our identifiers. `may_tell`:
    /// whether it may tell enough to go by.
    fn remains(&mut self, place: &str, part: &str, may_tell: bool) {
        let mut runs = vec![normalised(part)];
        let words = part.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '（' | '）'));
        runs.extend(words.map(normalised));
        let schemes: Vec<Scheme> = self.schemes().collect();
        for run in runs {
            for scheme in &schemes {
                let LeftOpen::Fits(patterns) = left_open(&run, Some(*scheme)) else { continue };
                // Any text of twenty characters is one edit away from some LEI.
                let is_long = run.chars().count() >= TELLING;
                let telling = may_tell && *scheme != Scheme::Lei && is_long;
                let why = format!("is no {scheme}");
                self.leave_open(patterns, place, part, &why, telling);
            }
        }
    }

    /// Reads prose: a subject whose code is in it is neither matched nor clear.
    fn prose(&mut self, place: &str, text: &str) {
        for (_, code) in all_exact(text) {
            let pattern = Pattern::exact(&code);
            let why = "stands in prose, and whose it is, is not certain";
            self.leave_open(pattern, place, &code, why, false);
        }
    }

    fn take(&mut self, place: &str, scheme: Scheme, code: String) {
        if self.may_have(scheme) {
            self.exact.insert((scheme, None, code));
            return;
        }
        // RAIL R8: a person is reached by a record that names that person as the subject.
        let pattern = Pattern::exact(&code);
        let why = format!("is a {scheme}, and this entity is none of a {}", kind_of(scheme));
        self.leave_open(pattern, place, &code, &why, false);
    }

    fn leave_open(
        &mut self,
        patterns: impl IntoIterator<Item = Pattern>,
        place: &str,
        text: &str,
        why: &str,
        telling: bool,
    ) {
        let told = told(place, text, why);
        self.open.extend(patterns.into_iter().map(|pattern| (pattern, told.clone())));
        self.telling |= telling;
    }

    fn tell(&mut self, place: &str, text: &str, why: &str) {
        self.told.insert(told(place, text, why));
    }

    fn done(mut self, entity: &Entity) -> Named {
        // An entity of unknown kind with numbers of both kinds is an organization: a person is
        // never reached by a guess.
        let of = |kind| move |one: &Exact| kind_of(one.0) == kind;
        let both = self.exact.iter().any(of(SubjectKind::Organization))
            && self.exact.iter().any(of(SubjectKind::Person));
        if both {
            let (firms, persons): (BTreeSet<_>, BTreeSet<_>) =
                self.exact.into_iter().partition(of(SubjectKind::Organization));
            self.exact = firms;
            for (scheme, _, code) in persons {
                let why = format!("is a {scheme}, beside the code of an organization");
                let told = told(&entity.schema, &code, &why);
                self.open.extend(Pattern::exact(&code).map(|pattern| (pattern, told)));
            }
        }
        // A subject that is matched need not be left open too.
        let matched = |pattern: &Pattern| self.exact.iter().any(|(_, _, i)| i == pattern.as_str());
        self.open.retain(|pattern, _| !matched(pattern));
        let mut told = self.told;
        told.extend(self.open.values().cloned());
        let name = entity.texts("name").find(|n| !n.is_empty()).unwrap_or(&entity.caption);
        let unnamed = self.exact.is_empty() && !self.telling;
        let mut exact = self.exact.into_iter();
        let first = exact.next();
        let subject = first.map(|(scheme, country, identifier)| RecordSubject {
            kind: kind_of(scheme),
            scheme,
            identifier,
            country,
            name: name.to_owned(),
            as_issued: None,
            also: exact
                .map(|(scheme, country, identifier)| FurtherIdentifier {
                    scheme,
                    identifier,
                    country,
                })
                .collect(),
        });
        let open = self.open.into_keys().collect();
        Named { subject, open, unnamed, unreadable: self.unreadable, told }
    }
}

fn told(place: &str, text: &str, why: &str) -> String {
    // RAIL R13
    format!("{}: `{}` {why}", quotable(place), mask(&normalised(text)))
}

const fn kind_of(scheme: Scheme) -> SubjectKind {
    match scheme {
        Scheme::Uscc | Scheme::Lei => SubjectKind::Organization,
        Scheme::ResidentId | Scheme::Passport => SubjectKind::Person,
    }
}
