//! Makes an application of a tenderer of the document, with everybody whom a check must look up.

use mustcheck::model::{FurtherIdentifier, Office, Role, Scheme, Subject, SubjectKind};
use mustcheck::registry::written::normalised;
use mustcheck::{Application, ApplicationError, ApplicationExt as _, Date, redact, safe};

use crate::bidders::{Bidder, Parties, Who};
use crate::ocds::{Id, Identifier, Party, Person, Place, parse_owned};
use crate::representatives::Representatives;

/// Codes of OCDS for a unified social credit code. `CN-USCI` is the code of org-id.guide; `CN-USCC`
/// is not registered there and is read as the same, because Chinese systems write it.
const USCC_SCHEMES: [&str; 2] = ["CN-USCI", "CN-USCC"];
/// The code of org-id.guide for the legal entity identifier.
const LEI_SCHEMES: [&str; 1] = ["XI-LEI"];
/// Codes of OCDS for a resident identity number. org-id.guide has none, since it keeps no registers
/// of natural persons; these are the codes that systems write.
const RESIDENT_SCHEMES: [&str; 3] = ["CN-RID", "CN-IDCARD", "CHN-IDCARD"];
/// End of a code of OCDS for a passport, after the code of the issuing country.
const PASSPORT_SCHEME: &str = "-PASSPORT";

/// Facts that all tenderers of a release have in common.
pub struct Setting<'a> {
    /// Prefix of the release's places.
    pub prefix: &'a str,
    /// The tender's id.
    pub tender: &'a str,
    /// Code of the matter that is applied for.
    pub matter: &'a str,
    /// The day for which the check is made.
    pub as_of: Date,
    /// The office that decides.
    pub office: &'a Office,
    /// The parties.
    pub parties: Parties<'a>,
    /// Persons who answer for the organizations, besides those whom the document names.
    pub representatives: &'a Representatives,
}

/// A bid that can be checked.
#[derive(Debug)]
pub struct Bid {
    application: Application,
    places: Vec<SubjectPlace>,
    whole: String,
    prefix: String,
    /// Organizations for which nobody answers.
    alone: Vec<String>,
}

/// Places of a subject in the document.
#[derive(Clone, Debug)]
struct SubjectPlace {
    base: String,
    identifier: String,
    /// Places of its further identifiers.
    also: Vec<String>,
}

impl Bid {
    /// The application that the gate checks.
    pub const fn application(&self) -> &Application {
        &self.application
    }

    /// Returns the place of a subject of the application in the document.
    pub fn place_of(&self, subject_index: u32) -> Option<&str> {
        let place = self.places.get(usize::try_from(subject_index).ok()?)?;
        Some(&place.base)
    }

    /// An error of the application, at its place in the document.
    pub fn place(&self, error: &ApplicationError) -> Place {
        let problem = error.problem();
        let path = self.translated(&problem.path).unwrap_or_else(|| self.whole.clone());
        Place::at(path, redact(&safe(&problem.reason.to_string())))
    }

    /// Returns the reason why the bid was not checked, if it is that an organization has nobody who
    /// answers for it.
    pub fn unrepresented(&self, error: &ApplicationError) -> Option<Place> {
        let first = self.alone.first()?;
        let detail = "names nobody who answers for it, and a release has no place for one: give \
                      its representative by --representatives";
        let is_known = self.translated(&error.problem().path).is_some();
        (!is_known).then(|| Place::at(first.as_str(), detail))
    }

    fn translated(&self, path: &str) -> Option<String> {
        match path {
            "as_of" => return Some(format!("{}date", self.prefix)),
            "matter" => return Some("--matter".into()),
            _ => {}
        }
        let (index, rest) = path.strip_prefix("subjects[")?.split_once(']')?;
        let place = self.places.get(index.parse::<usize>().ok()?)?;
        let further = rest.strip_prefix(".also[").and_then(|rest| rest.split_once(']'));
        let further = further.and_then(|(a, _)| place.also.get(a.parse::<usize>().ok()?));
        Some(match (rest, further) {
            (".identifier", _) => place.identifier.clone(),
            (_, Some(further)) => further.clone(),
            (rest, None) => format!("{}{rest}", place.base),
        })
    }
}

/// Reads the bid of a bidder, which is the `number`-th of the release, from 1.
///
/// # Errors
///
/// [`Fault`] if a party is missing, ambiguous or malformed, or has no identifier that can be
/// checked. It is the error of this bidder only.
pub fn read(setting: &Setting<'_>, number: usize, bidder: &Bidder<'_>) -> Result<Bid, Fault> {
    let prefix = setting.prefix;
    let whole = bidder.place().to_owned();
    let mut subjects = Subjects::default();
    let (base, party, names) = match &bidder.who {
        Err(place) => return Err(Fault::Input(place.clone())),
        Ok(Who::Party(id)) => {
            let (base, party) = setting.party(id, &format!("{whole}.id"))?;
            (base, party, vec![id.0.clone()])
        }
        Ok(Who::Here) => {
            let raw = bidder.places.first().map(|(_, raw)| *raw);
            let party = raw.map(|raw| parse_owned::<Party>(raw, &format!("{whole}.")));
            let party = party.transpose()?.unwrap_or_default();
            (whole.clone(), party, Vec::new())
        }
    };
    let members = party.consortium().map(<[Id]>::to_vec);
    let name = Some(bidder.name.clone());
    subjects.party(setting, Role::Applicant, &base, party, name, &names)?;
    for (i, id) in members.iter().flatten().enumerate() {
        let from = format!("{base}.details.consortiumMembers[{i}]");
        let (base, party) = setting.party(id, &from)?;
        if party.consortium().is_some() {
            let detail = "a member of a consortium cannot be a consortium itself";
            let path = format!("{base}.details.consortiumMembers");
            return Err(Fault::Input(Place::at(path, detail)));
        }
        subjects.party(
            setting,
            Role::ConsortiumMember,
            &base,
            party,
            None,
            std::slice::from_ref(&id.0),
        )?;
    }
    let application = Application {
        // The party's id is often the identifier, which has no place in a case number.
        id: format!("{}/{prefix}tenderer-{number}", setting.tender),
        matter: setting.matter.to_owned(),
        as_of: setting.as_of,
        office: setting.office.clone(),
        subjects: subjects.list,
        consortium: members.is_some(),
        materials: Vec::new(),
        commitment: None,
    };
    let bid = Bid {
        application,
        places: subjects.places,
        whole,
        prefix: prefix.to_owned(),
        alone: subjects.alone,
    };
    Ok(bid.normalised()?)
}

/// Error: a bid cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Something in the document is wrong.
    Input(Place),
    /// The document has no fault, but the bidder has no identifier that can be looked up.
    NoIdentifier(Place),
}

impl From<Place> for Fault {
    fn from(place: Place) -> Self {
        Self::Input(place)
    }
}

impl Bid {
    /// Normalises the identifiers (full-width and lower-case forms) with the product's own reader.
    fn normalised(mut self) -> Result<Self, Place> {
        let failed = |e: &dyn std::fmt::Display| Place::at(self.whole.as_str(), e.to_string());
        let json = serde_json::to_vec(&self.application).map_err(|e| failed(&e))?;
        self.application = Application::from_json(&json).map_err(|e| failed(&e))?;
        Ok(self)
    }
}

impl Setting<'_> {
    /// Finds the party that an id names, and its place.
    fn party(&self, id: &Id, from: &str) -> Result<(String, Party), Place> {
        let shown = redact(&safe(&id.0));
        match self.parties.get(id) {
            None => Err(Place::at(from, format!("`{shown}` is no party of this release"))),
            Some(None) => Err(Place::at(from, format!("`{shown}` names more than one party"))),
            Some(Some((index, raw))) => {
                let base = format!("{}parties[{index}]", self.prefix);
                let party = parse_owned(raw, &format!("{base}."))?;
                Ok((base, party))
            }
        }
    }
}

#[derive(Default)]
struct Subjects {
    list: Vec<Subject>,
    places: Vec<SubjectPlace>,
    alone: Vec<String>,
}

impl Subjects {
    /// Adds a party. If it is an organization, adds the persons who answer for it too, those of the
    /// document and those of the file beside it.
    fn party(
        &mut self,
        setting: &Setting<'_>,
        role: Role,
        base: &str,
        party: Party,
        name: Option<String>,
        ids: &[String],
    ) -> Result<(), Fault> {
        let (first, further) = identifiers(base, &party)?;
        let names = [first.legal_name.clone(), party.name.clone(), name];
        let name = names.into_iter().flatten().find(|n| !n.trim().is_empty());
        let organization = self.list.len();
        let kind = match first.scheme {
            Scheme::Uscc | Scheme::Lei => SubjectKind::Organization,
            Scheme::ResidentId | Scheme::Passport => SubjectKind::Person,
        };
        let codes = std::iter::once(&first).chain(&further).map(|found| found.id.as_str());
        let known: Vec<&str> = ids.iter().map(String::as_str).chain(codes).collect();
        let beside = setting.representatives.of(&known);
        let place = |found: &Found<'_>| format!("{}.id", found.at);
        let also = further.iter().map(place).collect();
        self.places.push(SubjectPlace { base: base.to_owned(), identifier: place(&first), also });
        self.list.push(Subject {
            role,
            kind,
            scheme: first.scheme,
            identifier: first.id,
            country: first.country,
            name: name.unwrap_or_default(),
            as_issued: None,
            also: further.into_iter().map(Found::into_further).collect(),
            of: None,
        });
        if kind == SubjectKind::Person {
            return Ok(());
        }
        let before = self.list.len();
        let details = party.details.unwrap_or_default();
        let own = [
            (Role::LegalRepresentative, "legalRepresentative", details.legal_representative),
            (Role::Principal, "principal", details.principal),
        ];
        for (role, name, raw) in own {
            let Some(raw) = raw else { continue };
            let base = format!("{base}.details.{name}");
            match parse_owned::<Person>(&raw, &format!("{base}.")) {
                Ok(person) => self.person(organization, role, base, "id", person),
                // A name alone says nothing that could be looked up; the file does.
                Err(_) if raw.get().starts_with('"') && !beside.is_empty() => {}
                Err(place) => return Err(Fault::Input(place)),
            }
        }
        for (place, row) in beside {
            let role = row.role;
            let person = Person {
                scheme: row.scheme,
                id: Id(row.identifier),
                country: row.country.filter(|country| !country.is_empty()),
                name: row.name,
            };
            self.person(organization, role, place, "identifier", person);
        }
        if self.list.len() == before {
            self.alone.push(base.to_owned());
        }
        Ok(())
    }

    /// Adds a person who answers for the organization at a position, unless the document and the
    /// file both name that person.
    fn person(&mut self, of: usize, role: Role, base: String, id: &str, person: Person) {
        let subject = Subject {
            role,
            kind: SubjectKind::Person,
            scheme: person.scheme,
            identifier: person.id.0.trim().to_owned(),
            country: person.country,
            name: person.name,
            as_issued: None,
            also: Vec::new(),
            of: u32::try_from(of).ok(),
        };
        let same = |one: &Subject| {
            (one.role, one.scheme, &one.identifier, &one.country)
                == (subject.role, subject.scheme, &subject.identifier, &subject.country)
        };
        if self.list.iter().skip(of).any(same) {
            return;
        }
        self.list.push(subject);
        let identifier = format!("{base}.{id}");
        self.places.push(SubjectPlace { identifier, base, also: Vec::new() });
    }
}

/// An identifier of a party by which it is looked up.
struct Found<'p> {
    scheme: Scheme,
    country: Option<String>,
    id: String,
    legal_name: &'p Option<String>,
    at: String,
}

impl<'p> Found<'p> {
    /// Reads the identifier at a place; none if its scheme is not one to look up by.
    fn read(at: String, written: &'p Identifier) -> Option<Self> {
        let (scheme, country) = scheme_of(written.scheme.as_deref()?)?;
        let id = written.id.as_ref().map(|id| id.0.trim().to_owned()).unwrap_or_default();
        Some(Self { scheme, country, id, legal_name: &written.legal_name, at })
    }

    fn is_same(&self, other: &Self) -> bool {
        (self.scheme, &self.country) == (other.scheme, &other.country)
            && normalised(&self.id) == normalised(&other.id)
    }

    fn into_further(self) -> FurtherIdentifier {
        FurtherIdentifier { scheme: self.scheme, identifier: self.id, country: self.country }
    }
}

/// Reads a code of OCDS as a scheme; for a passport, with the issuing country.
fn scheme_of(code: &str) -> Option<(Scheme, Option<String>)> {
    let code = code.trim().to_uppercase();
    let is = |codes: &[&str]| codes.contains(&code.as_str());
    if is(&USCC_SCHEMES) {
        return Some((Scheme::Uscc, None));
    }
    if is(&LEI_SCHEMES) {
        return Some((Scheme::Lei, None));
    }
    if is(&RESIDENT_SCHEMES) {
        return Some((Scheme::ResidentId, None));
    }
    let country = code.strip_suffix(PASSPORT_SCHEME).filter(|country| country.len() == 2)?;
    Some((Scheme::Passport, Some(country.to_owned())))
}

/// Finds all identifiers by which a party is looked up: the unified social credit code first,
/// wherever it is given (33 (十一): 「以统一社会信用代码为索引」), and as further ones all others
/// of a scheme that is known.
fn identifiers<'p>(base: &str, party: &'p Party) -> Result<(Found<'p>, Vec<Found<'p>>), Fault> {
    let main = party.identifier.iter().map(|i| (format!("{base}.identifier"), i));
    let more = party.additional_identifiers.iter().flatten().enumerate();
    let more = more.map(|(n, i)| (format!("{base}.additionalIdentifiers[{n}]"), i));
    let all: Vec<(String, &Identifier)> = main.chain(more).collect();
    let mut known: Vec<Found<'_>> = Vec::new();
    for found in all.iter().filter_map(|(at, written)| Found::read(at.clone(), written)) {
        if !known.iter().any(|one| one.is_same(&found)) {
            known.push(found);
        }
    }
    let order = [Scheme::Uscc, Scheme::Lei, Scheme::ResidentId, Scheme::Passport];
    let first = order.iter().find_map(|s| known.iter().position(|found| found.scheme == *s));
    if let Some(first) = first {
        let first = known.remove(first);
        return Ok((first, known));
    }
    let wanted = "`CN-USCI` (or `CN-USCC`) or `XI-LEI` is needed";
    Err(Fault::NoIdentifier(match all.first().map(|(at, i)| (at, i.scheme.as_deref())) {
        None => Place::at(format!("{base}.identifier"), format!("missing: {wanted}")),
        Some((at, None)) => Place::at(format!("{at}.scheme"), format!("missing: {wanted}")),
        Some((at, Some(scheme))) => {
            let scheme = redact(&safe(scheme));
            let detail = format!("`{scheme}` is no scheme that can be checked: {wanted}");
            Place::at(format!("{at}.scheme"), detail)
        }
    }))
}
