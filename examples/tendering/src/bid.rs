//! From a tenderer of the document to an application: whom a check must look up.

use std::collections::BTreeMap;

use mustcheck::model::{Office, Role, Scheme, Subject, SubjectKind};
use mustcheck::{Application, ApplicationError, ApplicationExt as _, Date, redact, safe};
use serde_json::value::RawValue;

use crate::ocds::{Id, Identifier, Party, Person, Place, Reference, parse_owned};

/// Schemes that stand for a unified social credit code. `CN-USCI` is the code of org-id.guide;
/// `CN-USCC` is not registered there and is read as the same, because Chinese systems write it.
const USCC_SCHEMES: [&str; 2] = ["CN-USCI", "CN-USCC"];
/// The code of org-id.guide for the legal entity identifier.
const LEI_SCHEME: &str = "XI-LEI";

/// What all tenderers of a release have in common.
pub struct Setting<'a> {
    /// Prefix of the release's places.
    pub prefix: &'a str,
    /// The tender's id.
    pub tender: &'a str,
    /// What is applied for.
    pub matter: &'a str,
    /// The day for which the check is made.
    pub as_of: Date,
    /// Who decides.
    pub office: &'a Office,
    /// The parties by id, with their position; `None` where two parties have the same id.
    pub parties: BTreeMap<Id, Option<(usize, &'a RawValue)>>,
}

/// A bid that can be checked.
#[derive(Debug)]
pub struct Bid {
    application: Application,
    places: Vec<SubjectPlace>,
    whole: String,
    prefix: String,
}

/// Where a subject stands in the document.
#[derive(Clone, Debug)]
struct SubjectPlace {
    base: String,
    identifier: String,
}

impl Bid {
    /// The application that the gate checks.
    pub const fn application(&self) -> &Application {
        &self.application
    }

    /// Where a subject of the application stands in the document.
    pub fn place_of(&self, subject_index: u32) -> Option<&str> {
        let place = self.places.get(usize::try_from(subject_index).ok()?)?;
        Some(&place.base)
    }

    /// An error of the application, at its place in the document.
    pub fn place(&self, error: &ApplicationError) -> Place {
        let problem = error.problem();
        let path = self.translated(&problem.path).unwrap_or_else(|| self.whole.clone());
        Place::at(path, redact(&safe(&problem.detail)))
    }

    fn translated(&self, path: &str) -> Option<String> {
        match path {
            "as_of" => return Some(format!("{}date", self.prefix)),
            "matter" => return Some("--matter".into()),
            _ => {}
        }
        let (index, rest) = path.strip_prefix("subjects[")?.split_once(']')?;
        let place = self.places.get(index.parse::<usize>().ok()?)?;
        Some(match rest {
            ".identifier" => place.identifier.clone(),
            rest => format!("{}{rest}", place.base),
        })
    }
}

/// Reads the bid of `tender.tenderers[position]`.
///
/// # Errors
///
/// [`Place`] if a party is missing, ambiguous or malformed, or has no identifier that can be
/// checked. It is the error of this tenderer only.
pub fn read(setting: &Setting<'_>, position: usize, entry: &RawValue) -> Result<Bid, Place> {
    let prefix = setting.prefix;
    let whole = format!("{prefix}tender.tenderers[{position}]");
    let reference: Reference = parse_owned(entry, &format!("{whole}."))?;
    let mut subjects = Subjects::default();
    let (base, party) = setting.party(&reference.id, &format!("{whole}.id"))?;
    let members = party.consortium().map(<[Id]>::to_vec);
    subjects.organization(Role::Applicant, &base, party, reference.name)?;
    for (i, id) in members.iter().flatten().enumerate() {
        let from = format!("{base}.details.consortiumMembers[{i}]");
        let (base, party) = setting.party(id, &from)?;
        if party.consortium().is_some() {
            let detail = "a member of a consortium cannot be a consortium itself";
            return Err(Place::at(format!("{base}.details.consortiumMembers"), detail));
        }
        subjects.organization(Role::ConsortiumMember, &base, party, None)?;
    }
    let application = Application {
        // The party's id is often the identifier, which has no place in a case number.
        id: format!("{}/tenderer-{}", setting.tender, position + 1),
        matter: setting.matter.to_owned(),
        as_of: setting.as_of,
        office: setting.office.clone(),
        subjects: subjects.list,
        consortium: members.is_some(),
        materials: Vec::new(),
        commitment: None,
    };
    let bid = Bid { application, places: subjects.places, whole, prefix: prefix.to_owned() };
    bid.normalised()
}

impl Bid {
    /// The product's own reader normalises identifiers: full-width and lower-case forms.
    fn normalised(mut self) -> Result<Self, Place> {
        let failed = |e: &dyn std::fmt::Display| Place::at(self.whole.as_str(), e.to_string());
        let json = serde_json::to_vec(&self.application).map_err(|e| failed(&e))?;
        self.application = Application::from_json(&json).map_err(|e| failed(&e))?;
        Ok(self)
    }
}

impl Setting<'_> {
    /// The party that an id names, and its place.
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
}

impl Subjects {
    /// Adds an organization, and whoever the document names as answering for it.
    fn organization(
        &mut self,
        role: Role,
        base: &str,
        party: Party,
        name: Option<String>,
    ) -> Result<(), Place> {
        let (scheme, at, identifier) = identifier(base, &party)?;
        let id = identifier.id.as_ref().map(|id| id.0.trim().to_owned()).unwrap_or_default();
        let names = [identifier.legal_name.clone(), party.name, name];
        let name = names.into_iter().flatten().find(|n| !n.trim().is_empty());
        self.list.push(Subject {
            role,
            kind: SubjectKind::Organization,
            scheme,
            identifier: id,
            country: None,
            name: name.unwrap_or_default(),
        });
        self.places.push(SubjectPlace { base: base.to_owned(), identifier: format!("{at}.id") });
        let Some(details) = party.details else { return Ok(()) };
        if let Some(person) = details.legal_representative {
            let base = format!("{base}.details.legalRepresentative");
            self.person(Role::LegalRepresentative, base, person);
        }
        if let Some(person) = details.principal {
            self.person(Role::Principal, format!("{base}.details.principal"), person);
        }
        Ok(())
    }

    fn person(&mut self, role: Role, base: String, person: Person) {
        self.list.push(Subject {
            role,
            kind: SubjectKind::Person,
            scheme: person.scheme,
            identifier: person.id.0.trim().to_owned(),
            country: person.country,
            name: person.name,
        });
        self.places.push(SubjectPlace { identifier: format!("{base}.id"), base });
    }
}

/// The identifier that is looked up: the unified social credit code wherever it stands
/// (33 (十一): 「以统一社会信用代码为索引」), and a LEI only where there is none.
fn identifier<'p>(base: &str, party: &'p Party) -> Result<(Scheme, String, &'p Identifier), Place> {
    let main = party.identifier.iter().map(|i| (format!("{base}.identifier"), i));
    let more = party.additional_identifiers.iter().flatten().enumerate();
    let more = more.map(|(n, i)| (format!("{base}.additionalIdentifiers[{n}]"), i));
    let all: Vec<(String, &Identifier)> = main.chain(more).collect();
    let of = |schemes: &[&str]| -> Vec<&(String, &Identifier)> {
        let fits = |scheme: &str| schemes.contains(&scheme);
        all.iter().filter(|(_, i)| i.scheme.as_deref().is_some_and(fits)).collect()
    };
    for (scheme, codes) in [(Scheme::Uscc, &USCC_SCHEMES[..]), (Scheme::Lei, &[LEI_SCHEME])] {
        let found = of(codes);
        let Some((at, first)) = found.first() else { continue };
        if let Some((other, _)) = found.iter().find(|(_, i)| i.id != first.id) {
            let detail = format!("differs from the {scheme} at {at}: one party has one");
            return Err(Place::at(format!("{other}.id"), detail));
        }
        return Ok((scheme, at.clone(), first));
    }
    let wanted = "`CN-USCI` (or `CN-USCC`) or `XI-LEI` is needed";
    Err(match all.first().map(|(at, i)| (at, i.scheme.as_deref())) {
        None => Place::at(format!("{base}.identifier"), format!("missing: {wanted}")),
        Some((at, None)) => Place::at(format!("{at}.scheme"), format!("missing: {wanted}")),
        Some((at, Some(scheme))) => {
            let scheme = redact(&safe(scheme));
            let detail = format!("`{scheme}` is no scheme that can be checked: {wanted}");
            Place::at(format!("{at}.scheme"), detail)
        }
    })
}
