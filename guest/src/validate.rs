//! Whether an application can be evaluated at all. What cannot be is an error that names the
//! place; it is never a finding and never "no measures".

use std::collections::BTreeSet;

use crate::catalogue::Catalogue;
use crate::catalogue::data::Matter;
use crate::date::Date;
use crate::identifier;
use crate::model::{Application, ApplicationError, Problem, Role, Subject, SubjectKind};
use crate::notice::safe;

/// Checks an application against the catalogue.
///
/// # Errors
///
/// The first thing that is wrong, with its path.
pub fn application<'c>(
    catalogue: &'c Catalogue,
    application: &Application,
) -> Result<&'c Matter, ApplicationError> {
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
    if !application.as_of.exists() {
        let detail = format!("`{}` does not exist", application.as_of);
        return Err(InvalidDate(Problem::at("as_of", detail)));
    }
    if !catalogue.decides(application.as_of) {
        let edition = &catalogue.data().edition;
        let end = edition.valid_until.map_or_else(|| "no end".into(), |d| format!("`{d}`"));
        let detail = format!(
            "`{}` is outside edition `{}`, which decides from `{}` to {end}",
            application.as_of, edition.id, edition.valid_from
        );
        return Err(OutsideEdition(Problem::at("as_of", detail)));
    }
    here(catalogue, application)?;
    // RAIL R2: an unknown matter is an error, never an empty list of duties.
    let Some(matter) = catalogue.matter(&application.matter) else {
        let detail = format!("`{}` is no matter of this edition", safe(&application.matter));
        return Err(UnknownMatter(Problem::at("matter", detail)));
    };
    subjects(application)?;
    roles(application)?;
    representatives(application, matter)?;
    materials(application)?;
    Ok(matter)
}

/// Whether the overlay speaks for this office on this day: no place decides for another.
fn here(catalogue: &Catalogue, application: &Application) -> Result<(), ApplicationError> {
    use ApplicationError::{InvalidValue, OutsideEdition};
    let overlay = &catalogue.data().overlay;
    let region = &application.office.region;
    if !catalogue.holds_in(region) {
        let places: Vec<String> = overlay.regions.iter().map(|r| format!("`{r}`")).collect();
        let places = places.join(", ");
        let detail =
            format!("`{region}` is outside overlay `{}`, which holds in {places}", overlay.id);
        return Err(InvalidValue(Problem::at("office.region", detail)));
    }
    if !catalogue.holds_here_on(application.as_of) {
        let day = |day: Option<Date>, none: &str| {
            day.map_or_else(|| none.to_owned(), |day| format!("`{day}`"))
        };
        let detail = format!(
            "`{}` is outside overlay `{}`, which holds from {} to {}",
            application.as_of,
            overlay.id,
            day(overlay.valid_from, "the beginning"),
            day(overlay.valid_until, "no end")
        );
        return Err(OutsideEdition(Problem::at("as_of", detail)));
    }
    Ok(())
}

fn subjects(application: &Application) -> Result<(), ApplicationError> {
    let mut seen = BTreeSet::new();
    let consortium = application.subjects.iter().any(|s| s.role == Role::ConsortiumMember);
    for (i, subject) in application.subjects.iter().enumerate() {
        // RAIL R6: the guest trusts nobody with the check character.
        identifier::validate(
            subject.kind,
            subject.scheme,
            &subject.identifier,
            subject.country.as_deref(),
        )
        .map_err(|detail| {
            ApplicationError::InvalidIdentifier(Problem::at(
                format!("subjects[{i}].identifier"),
                detail,
            ))
        })?;
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
        let twice = !seen.insert((subject.role, identity(subject)));
        let for_another_member = answers && consortium;
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

/// What makes a subject the same subject: scheme, issuing country and identifier.
fn identity(subject: &Subject) -> (crate::model::Scheme, Option<&str>, &str) {
    (subject.scheme, subject.country.as_deref(), &subject.identifier)
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
    if having(Role::ConsortiumMember).any(|member| identity(member) == identity(applicant)) {
        return invalid("the applicant cannot be a `consortium-member` as well");
    }
    Ok(())
}

/// 33 (十四), with the due rule of the matter: each organization that applies is looked up
/// together with who answers for it.
///
/// INTERPRETATION: an organization that has no legal representative names its principal
/// (主要负责人); the two roles stand for each other, as in (十) and (十四).
fn representatives(application: &Application, matter: &Matter) -> Result<(), ApplicationError> {
    if !matter.due.iter().any(|due| due.required) {
        return Ok(());
    }
    let count = |accept: &dyn Fn(&Subject) -> bool| {
        application.subjects.iter().filter(|s| accept(s)).count()
    };
    let organizations = count(&|s| {
        s.kind == SubjectKind::Organization
            && matches!(s.role, Role::Applicant | Role::ConsortiumMember)
    });
    let named = count(&|s| matches!(s.role, Role::LegalRepresentative | Role::Principal));
    if named < organizations {
        let detail = format!(
            "{organizations} organizations apply and {named} of role `legal-representative` or \
             `principal` are named: matter `{}` needs one for each",
            matter.code
        );
        return Err(invalid_roles("subjects".into(), detail));
    }
    Ok(())
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
