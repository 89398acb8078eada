//! Checking whether an application can be evaluated at all. A fault is an error that names its
//! place; it is never a finding and never "no measures".

use std::collections::BTreeSet;

use mustcheck_model::date::Date;
use mustcheck_model::described::Described;
use mustcheck_model::identifier;
use mustcheck_model::text::safe;
use mustcheck_model::{
    Application, ApplicationError, EditionDays, MatterInfo, Office, PlaceInfo, Problem, Role,
    Subject, SubjectKind,
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
    use ApplicationError::{InvalidDate, InvalidValue, OutsideEdition, UnknownMatter};
    let empty = |path: &str| Err(InvalidValue(Problem::at(path, "must not be empty")));
    if application.id.trim().is_empty() {
        return empty("id");
    }
    if application.office.name.trim().is_empty() {
        return empty("office.name");
    }
    let region = &application.office.region;
    if region.len() != 6 || !region.bytes().all(|b| b.is_ascii_digit()) {
        let region = safe(region);
        let detail = format!("`{region}` is no division code of six digits (GB/T 2260)");
        return Err(InvalidValue(Problem::at("office.region", detail)));
    }
    contact(&application.office)?;
    if !application.as_of.exists() {
        let detail = format!("`{}` does not exist", application.as_of);
        return Err(InvalidDate(Problem::at("as_of", detail)));
    }
    // RAIL R14: the law is that of the day of the check.
    let description = policy.description();
    let EditionDays { valid_from, valid_until } = description.edition;
    if !holds(Some(valid_from), valid_until, made_on) {
        let end = valid_until.map_or_else(|| "no end".into(), |d| format!("`{d}`"));
        let detail = format!(
            "`{made_on}` is outside edition `{}`, which decides from `{valid_from}` to {end}",
            description.policy.edition
        );
        return Err(OutsideEdition(Problem::at("as_of", detail)));
    }
    here(&description.place, application, made_on)?;
    // RAIL R2: an unknown matter is an error, never an empty list of duties.
    let position = policy.matter_position(&application.matter);
    let known = position.and_then(|position| Some((position, policy.matter_at(position)?)));
    let Some((position, matter)) = known else {
        let detail = format!("`{}` is no matter of this edition", safe(&application.matter));
        return Err(UnknownMatter(Problem::at("matter", detail)));
    };
    subjects(application)?;
    roles(application)?;
    behind(application)?;
    representatives(application, matter)?;
    materials(application)?;
    Ok(position)
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
            "must not be empty; leave it out, and the notice has a line for it".to_owned()
        } else if text.chars().count() > most {
            format!("has more than {most} characters")
        } else if safe(text) != text.as_str() {
            "holds a character that cannot be seen".to_owned()
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
        let places: Vec<String> = place.regions.iter().map(|r| format!("`{r}`")).collect();
        let places = places.join(", ");
        let detail =
            format!("`{region}` is outside overlay `{}`, which holds in {places}", place.id);
        return Err(InvalidValue(Problem::at("office.region", detail)));
    }
    if !holds(place.valid_from, place.valid_until, made_on) {
        let day = |day: Option<Date>, none: &str| {
            day.map_or_else(|| none.to_owned(), |day| format!("`{day}`"))
        };
        let detail = format!(
            "`{made_on}` is outside overlay `{}`, which holds from {} to {}",
            place.id,
            day(place.valid_from, "the beginning"),
            day(place.valid_until, "no end")
        );
        return Err(OutsideEdition(Problem::at("as_of", detail)));
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
    let invalid = |path, detail| ApplicationError::InvalidIdentifier(Problem::at(path, detail));
    for (i, subject) in application.subjects.iter().enumerate() {
        identifier::validate_issued(
            subject.kind,
            subject.scheme,
            &subject.identifier,
            subject.country.as_deref(),
            subject.as_issued.as_deref(),
        )
        .map_err(|detail| invalid(format!("subjects[{i}].identifier"), detail))?;
        for (a, also) in subject.also.iter().enumerate() {
            let (identifier, country) = (&also.identifier, also.country.as_deref());
            let path = || format!("subjects[{i}].also[{a}].identifier");
            identifier::validate(subject.kind, also.scheme, identifier, country)
                .map_err(|detail| invalid(path(), detail))?;
            let known = subject.identities().take(a + 1);
            let own = (also.scheme, country, identifier.as_str());
            if known.into_iter().any(|other| other == own) {
                let detail = format!("`{}` stands twice", identifier::mask(identifier));
                return Err(invalid(path(), detail));
            }
        }
    }
    Ok(())
}

fn subjects(application: &Application) -> Result<(), ApplicationError> {
    identifiers(application)?;
    let mut seen = BTreeSet::new();
    let consortium = application.subjects.iter().any(|s| s.role == Role::ConsortiumMember);
    for (i, subject) in application.subjects.iter().enumerate() {
        if subject.name.trim().is_empty() {
            let problem = Problem::at(format!("subjects[{i}].name"), "must not be empty");
            return Err(ApplicationError::InvalidValue(problem));
        }
        let person_only = matches!(
            subject.role,
            Role::LegalRepresentative
                | Role::Principal
                | Role::DirectlyResponsible
                | Role::RegisteredPractitioner
        );
        if person_only && subject.kind != SubjectKind::Person {
            let detail = format!("role `{}` needs a subject of kind `person`", subject.role);
            return Err(invalid_roles(format!("subjects[{i}].kind"), detail));
        }
        // One person may answer for several members of a consortium, and is named for each.
        let answers = matches!(subject.role, Role::LegalRepresentative | Role::Principal);
        let mut identities = subject.identities();
        let twice = identities.any(|own| !seen.insert((subject.role, own, subject.of)));
        let for_another_member = answers && consortium && subject.of.is_none();
        if twice && !for_another_member {
            let detail = format!(
                "`{}` stands twice in role `{}`",
                identifier::mask(&subject.identifier),
                subject.role
            );
            return Err(invalid_roles(format!("subjects[{i}]"), detail));
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
        let invalid = |detail: String| Err(invalid_roles(format!("subjects[{i}].of"), detail));
        if subject.kind != SubjectKind::Person {
            return invalid("only a person stands behind an organization".into());
        }
        let named = usize::try_from(position).ok().and_then(|p| application.subjects.get(p));
        match named {
            None => return invalid(format!("there is no subject {position}")),
            Some(named) if named.kind != SubjectKind::Organization => {
                return invalid(format!("subject {position} is no organization"));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn roles(application: &Application) -> Result<(), ApplicationError> {
    let having = |role: Role| application.subjects.iter().filter(move |s| s.role == role);
    let invalid = |detail: &str| Err(invalid_roles("subjects".into(), detail.into()));
    let Some(applicant) = having(Role::Applicant).next() else {
        return invalid("no subject has the role `applicant`");
    };
    if having(Role::Applicant).count() > 1 {
        return invalid("more than one subject has the role `applicant`");
    }
    if application.consortium && having(Role::ConsortiumMember).next().is_none() {
        return invalid(
            "a consortium names its members besides the applicant as `consortium-member`",
        );
    }
    if having(Role::ConsortiumMember).any(|member| are_one(member, applicant)) {
        return invalid("the applicant cannot be a `consortium-member` as well");
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
        let detail = format!(
            "{organizations} organizations apply and {named} of role `legal-representative` or \
             `principal` are named: matter `{}` needs one for each",
            matter.code
        );
        return Err(invalid_roles("subjects".into(), detail));
    }
    // Two persons who answer for one member do not make up for another's.
    let several = organizations > 1;
    if let Some((i, _)) = all().find(|(_, s)| several && answers(s) && s.of.is_none()) {
        let detail = "several organizations apply: it needs the position of the one it answers for";
        return Err(invalid_roles(format!("subjects[{i}].of"), detail.into()));
    }
    let of = |person: &Subject, i: u32| person.of.map_or(!several, |of| of == i);
    let alone = all()
        .find(|(i, s)| applies(s) && !all().any(|(_, person)| answers(person) && of(person, *i)));
    match alone {
        None => Ok(()),
        Some((i, _)) => {
            let detail = format!(
                "nobody of role `legal-representative` or `principal` names it by `of`: matter `{}` \
                 needs one for each organization that applies",
                matter.code
            );
            Err(invalid_roles(format!("subjects[{i}]"), detail))
        }
    }
}

fn materials(application: &Application) -> Result<(), ApplicationError> {
    for (i, material) in application.materials.iter().enumerate() {
        if material.name.trim().is_empty() {
            let problem = Problem::at(format!("materials[{i}].name"), "must not be empty");
            return Err(ApplicationError::InvalidValue(problem));
        }
    }
    let Some(commitment) = application.commitment else { return Ok(()) };
    let invalid =
        |path: &str, detail: String| Err(ApplicationError::InvalidDate(Problem::at(path, detail)));
    if !commitment.signed_on.exists() || commitment.signed_on > application.as_of {
        let detail = format!(
            "`{}` must be a day not after the as-of date `{}`",
            commitment.signed_on, application.as_of
        );
        return invalid("commitment.signed_on", detail);
    }
    if !commitment.complete_by.exists() || commitment.complete_by < commitment.signed_on {
        let detail = format!(
            "`{}` must be a day not before the signing on `{}`",
            commitment.complete_by, commitment.signed_on
        );
        return invalid("commitment.complete_by", detail);
    }
    Ok(())
}

fn invalid_roles(path: String, detail: String) -> ApplicationError {
    ApplicationError::InvalidRoles(Problem::at(path, detail))
}
