//! Checking whether an application can be evaluated at all. A fault is an error that names its
//! place; it is never a finding and never "no measures".

use std::collections::BTreeSet;

use mustcheck_model::date::Date;
use mustcheck_model::described::Described;
use mustcheck_model::identifier;
use mustcheck_model::text::safe;
use mustcheck_model::worded::{GivenDay, Masked, Period};
use mustcheck_model::{
    Application, ApplicationError, EditionDays, MatterInfo, Office, PlaceInfo, Problem, Reason,
    Role, Subject, SubjectKind,
};

/// Checks an application against the policy's description, and returns the position of its matter.
///
/// # Errors
///
/// [`ApplicationError`] for the first fault, with its path.
pub fn application(
    policy: &Described,
    application: &Application,
    made_on: Date,
) -> Result<u32, ApplicationError> {
    number(application)?;
    office(&application.office)?;
    contact(&application.office)?;
    days(policy, application, made_on)?;
    here(&policy.description().place, application, made_on)?;
    let (position, matter) = matter(policy, application)?;
    subjects(application)?;
    roles(application)?;
    behind(application)?;
    representatives(application, matter)?;
    materials(application)?;
    Ok(position)
}

/// Finds every fault of an application that shows beside the others, at most one of each place: a
/// form tells them all at once. There is none if, and only if, [`application`] finds none.
pub fn faults(
    policy: &Described,
    application: &Application,
    made_on: Date,
) -> Vec<ApplicationError> {
    let matter = matter(policy, application);
    let mut all: Vec<ApplicationError> = Vec::new();
    let mut add = |found: Result<(), ApplicationError>| {
        let Err(fault) = found else { return };
        if all.iter().all(|known| known.problem().path != fault.problem().path) {
            all.push(fault);
        }
    };
    add(number(application));
    add(office_name(&application.office));
    add(office_region(&application.office));
    add(contact(&application.office));
    add(days(policy, application, made_on));
    add(here(&policy.description().place, application, made_on));
    add(matter.as_ref().map(|_| ()).map_err(Clone::clone));
    for (i, subject) in application.subjects.iter().enumerate() {
        add(identifiers_of(i, subject));
        add(subject_alone(i, subject));
    }
    add(subjects(application));
    add(roles(application));
    add(behind(application));
    if let Ok((_, matter)) = matter {
        add(representatives(application, matter));
    }
    add(materials(application));
    all
}

fn empty(path: &str) -> ApplicationError {
    ApplicationError::InvalidValue(Problem::at(path, Reason::Empty))
}

fn number(application: &Application) -> Result<(), ApplicationError> {
    if application.id.trim().is_empty() { Err(empty("id")) } else { Ok(()) }
}

fn office(office: &Office) -> Result<(), ApplicationError> {
    office_name(office)?;
    office_region(office)
}

fn office_name(office: &Office) -> Result<(), ApplicationError> {
    if office.name.trim().is_empty() { Err(empty("office.name")) } else { Ok(()) }
}

fn office_region(Office { region, .. }: &Office) -> Result<(), ApplicationError> {
    if region.len() == 6 && region.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(());
    }
    let reason = Reason::Region { region: region.into() };
    Err(ApplicationError::InvalidValue(Problem::at("office.region", reason)))
}

/// Checks the as-of date, and that the edition decides on the day of the check.
fn days(
    policy: &Described,
    application: &Application,
    made_on: Date,
) -> Result<(), ApplicationError> {
    if !application.as_of.exists() {
        let reason = Reason::NoSuchDay { day: GivenDay(application.as_of) };
        return Err(ApplicationError::InvalidDate(Problem::at("as_of", reason)));
    }
    // RAIL R14: the law is that of the day of the check.
    let description = policy.description();
    let EditionDays { valid_from, valid_until } = description.edition;
    if holds(Some(valid_from), valid_until, made_on) {
        return Ok(());
    }
    let reason = Reason::OutsideEdition {
        day: made_on,
        edition: (&description.policy.edition).into(),
        period: Period { from: Some(valid_from), until: valid_until },
    };
    Err(ApplicationError::OutsideEdition(Problem::at("as_of", reason)))
}

/// Finds the matter and its position.
// RAIL R2: an unknown matter is an error, never an empty list of duties.
fn matter<'a>(
    policy: &'a Described,
    application: &Application,
) -> Result<(u32, &'a MatterInfo), ApplicationError> {
    let position = policy.matter_position(&application.matter);
    let known = position.and_then(|position| Some((position, policy.matter_at(position)?)));
    known.ok_or_else(|| {
        let reason = Reason::Matter { matter: (&application.matter).into() };
        ApplicationError::UnknownMatter(Problem::at("matter", reason))
    })
}

/// Whether a period, both ends included, contains a day.
fn holds(from: Option<Date>, until: Option<Date>, on: Date) -> bool {
    from.is_none_or(|from| from <= on) && until.is_none_or(|until| on <= until)
}

/// Checks the address and telephone, which a notice shows unchanged: one line each, for people to
/// read.
fn contact(office: &Office) -> Result<(), ApplicationError> {
    let lines =
        [("office.address", &office.address, 200), ("office.telephone", &office.telephone, 60)];
    for (path, text, most) in lines {
        let Some(text) = text else { continue };
        let wrong = if text.trim().is_empty() {
            Reason::EmptyContact
        } else if text.chars().count() > most {
            Reason::TooLong { most }
        } else if safe(text) != text.as_str() {
            Reason::Unseen
        } else {
            continue;
        };
        return Err(ApplicationError::InvalidValue(Problem::at(path, wrong)));
    }
    Ok(())
}

/// Checks that the overlay decides for this office on this day: no place decides for another.
fn here(
    place: &PlaceInfo,
    application: &Application,
    made_on: Date,
) -> Result<(), ApplicationError> {
    use ApplicationError::{InvalidValue, OutsideEdition};
    let region = &application.office.region;
    let is_within = |prefix: &String| region.starts_with(prefix.as_str());
    if !place.regions.is_empty() && !place.regions.iter().any(is_within) {
        let reason = Reason::OtherPlace {
            region: region.into(),
            overlay: (&place.id).into(),
            regions: place.regions.iter().map(String::as_str).collect(),
        };
        return Err(InvalidValue(Problem::at("office.region", reason)));
    }
    if !holds(place.valid_from, place.valid_until, made_on) {
        let reason = Reason::OutsideOverlay {
            day: made_on,
            overlay: (&place.id).into(),
            period: Period { from: place.valid_from, until: place.valid_until },
        };
        return Err(OutsideEdition(Problem::at("as_of", reason)));
    }
    Ok(())
}

/// Checks every identifier of an application.
///
/// # Errors
///
/// [`ApplicationError::InvalidIdentifier`] for the first wrong one, with its path.
// RAIL R6: an identifier that fails its check character stops the check, here and in the host.
pub fn identifiers(application: &Application) -> Result<(), ApplicationError> {
    let mut subjects = application.subjects.iter().enumerate();
    subjects.try_for_each(|(i, subject)| identifiers_of(i, subject))
}

fn identifiers_of(i: usize, subject: &Subject) -> Result<(), ApplicationError> {
    let invalid = |path: String, reason: Reason| {
        ApplicationError::InvalidIdentifier(Problem::at(path, reason))
    };
    identifier::validate_issued(
        subject.kind,
        subject.scheme,
        &subject.identifier,
        subject.country.as_deref(),
        subject.as_issued.as_deref(),
    )
    .map_err(|fault| invalid(format!("subjects[{i}].identifier"), fault.into()))?;
    for (a, also) in subject.also.iter().enumerate() {
        let (identifier, country) = (&also.identifier, also.country.as_deref());
        let path = || format!("subjects[{i}].also[{a}].identifier");
        identifier::validate(subject.kind, also.scheme, identifier, country)
            .map_err(|fault| invalid(path(), fault.into()))?;
        let known = subject.identities().take(a + 1);
        let own = (also.scheme, country, identifier.as_str());
        if known.into_iter().any(|other| other == own) {
            let identifier = Masked::of(identifier);
            return Err(invalid(path(), Reason::IdentifierTwice { identifier }));
        }
    }
    Ok(())
}

/// Checks a subject without the others.
fn subject_alone(i: usize, subject: &Subject) -> Result<(), ApplicationError> {
    if subject.name.trim().is_empty() {
        return Err(empty(&format!("subjects[{i}].name")));
    }
    let person_only = matches!(
        subject.role,
        Role::LegalRepresentative
            | Role::Principal
            | Role::DirectlyResponsible
            | Role::RegisteredPractitioner
    );
    if person_only && subject.kind != SubjectKind::Person {
        let reason = Reason::PersonsRole { role: subject.role };
        return Err(invalid_roles(format!("subjects[{i}].kind"), reason));
    }
    Ok(())
}

fn subjects(application: &Application) -> Result<(), ApplicationError> {
    identifiers(application)?;
    let mut seen = BTreeSet::new();
    let consortium = application.subjects.iter().any(|s| s.role == Role::ConsortiumMember);
    for (i, subject) in application.subjects.iter().enumerate() {
        subject_alone(i, subject)?;
        // One person may answer for several members of a consortium, and is named for each.
        let answers = matches!(subject.role, Role::LegalRepresentative | Role::Principal);
        let mut identities = subject.identities();
        let twice = identities.any(|own| !seen.insert((subject.role, own, subject.of)));
        let for_another_member = answers && consortium && subject.of.is_none();
        if twice && !for_another_member {
            let identifier = Masked::of(&subject.identifier);
            let reason = Reason::RoleTwice { identifier, role: subject.role };
            return Err(invalid_roles(format!("subjects[{i}]"), reason));
        }
    }
    Ok(())
}

/// Whether two subjects share an identifier, and so are one.
fn are_one(subject: &Subject, other: &Subject) -> bool {
    subject.identities().any(|(scheme, country, own)| other.is_named(scheme, country, own))
}

/// Checks that every `of` belongs to a person and names an organization.
fn behind(application: &Application) -> Result<(), ApplicationError> {
    for (i, subject) in application.subjects.iter().enumerate() {
        let Some(position) = subject.of else { continue };
        let invalid = |reason| Err(invalid_roles(format!("subjects[{i}].of"), reason));
        if subject.kind != SubjectKind::Person {
            return invalid(Reason::OnlyPersons);
        }
        let named = usize::try_from(position).ok().and_then(|p| application.subjects.get(p));
        match named {
            None => return invalid(Reason::NoSubject { position }),
            Some(named) if named.kind != SubjectKind::Organization => {
                return invalid(Reason::NoOrganization { position });
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn roles(application: &Application) -> Result<(), ApplicationError> {
    let having = |role: Role| application.subjects.iter().filter(move |s| s.role == role);
    let invalid = |reason| Err(invalid_roles("subjects".into(), reason));
    let Some(applicant) = having(Role::Applicant).next() else {
        return invalid(Reason::NoApplicant);
    };
    if having(Role::Applicant).count() > 1 {
        return invalid(Reason::Applicants);
    }
    if application.consortium && having(Role::ConsortiumMember).next().is_none() {
        return invalid(Reason::NoMembers);
    }
    if having(Role::ConsortiumMember).any(|member| are_one(member, applicant)) {
        return invalid(Reason::ApplicantIsMember);
    }
    Ok(())
}

/// 33 (十四), with the due rule of the matter: each organization that applies is looked up together
/// with the person who answers for it. Checks that each names one.
///
/// INTERPRETATION: an organization that has no legal representative names its principal
/// (主要负责人); either role is accepted for the other, as in (十) and (十四).
fn representatives(application: &Application, matter: &MatterInfo) -> Result<(), ApplicationError> {
    if !matter.due.iter().any(|due| due.required) {
        return Ok(());
    }
    let all = || (0_u32..).zip(&application.subjects);
    let applies = |s: &Subject| {
        s.kind == SubjectKind::Organization
            && matches!(s.role, Role::Applicant | Role::ConsortiumMember)
    };
    let answers = |s: &Subject| matches!(s.role, Role::LegalRepresentative | Role::Principal);
    let organizations = all().filter(|(_, s)| applies(s)).count();
    let named = all().filter(|(_, s)| answers(s)).count();
    if named < organizations {
        let matter = (&matter.code).into();
        let reason = Reason::Representatives { organizations, named, matter };
        return Err(invalid_roles("subjects".into(), reason));
    }
    // Two persons who answer for one member do not make up for another's.
    let several = organizations > 1;
    if let Some((i, _)) = all().find(|(_, s)| several && answers(s) && s.of.is_none()) {
        return Err(invalid_roles(format!("subjects[{i}].of"), Reason::WhichOrganization));
    }
    let of = |person: &Subject, i: u32| person.of.map_or(!several, |of| of == i);
    let alone = all()
        .find(|(i, s)| applies(s) && !all().any(|(_, person)| answers(person) && of(person, *i)));
    match alone {
        None => Ok(()),
        Some((i, _)) => {
            let reason = Reason::Unrepresented { matter: (&matter.code).into() };
            Err(invalid_roles(format!("subjects[{i}]"), reason))
        }
    }
}

fn materials(application: &Application) -> Result<(), ApplicationError> {
    for (i, material) in application.materials.iter().enumerate() {
        if material.name.trim().is_empty() {
            let problem = Problem::at(format!("materials[{i}].name"), Reason::Empty);
            return Err(ApplicationError::InvalidValue(problem));
        }
    }
    let Some(commitment) = application.commitment else { return Ok(()) };
    let invalid =
        |path: &str, reason: Reason| Err(ApplicationError::InvalidDate(Problem::at(path, reason)));
    let (signed_on, complete_by) =
        (GivenDay(commitment.signed_on), GivenDay(commitment.complete_by));
    if !commitment.signed_on.exists() || commitment.signed_on > application.as_of {
        let as_of = GivenDay(application.as_of);
        return invalid("commitment.signed_on", Reason::Signed { signed_on, as_of });
    }
    if !commitment.complete_by.exists() || commitment.complete_by < commitment.signed_on {
        return invalid("commitment.complete_by", Reason::Complete { complete_by, signed_on });
    }
    Ok(())
}

fn invalid_roles(path: String, reason: Reason) -> ApplicationError {
    ApplicationError::InvalidRoles(Problem::at(path, reason))
}
