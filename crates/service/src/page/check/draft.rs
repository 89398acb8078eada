//! The form of an application while it is filled in.

use mustcheck::model::{Commitment, Material, Office, Role, Scheme, Subject, SubjectKind};
use mustcheck::{Application, ApplicationExt as _, Date};

use crate::page::fields::Fields;
use crate::page::form::{Mistakes, Wrong};
use crate::page::language::Lang;
use crate::page::problem::Problem;
use crate::page::usual::Usual;

/// Largest number of subjects in a form; an application with more is entered as JSON.
const SUBJECTS: usize = 50;
/// Largest number of materials in a form.
const MATERIALS: usize = 50;

/// The content of the form, as it was typed.
pub(super) struct Draft {
    pub(super) id: String,
    pub(super) matter: String,
    pub(super) as_of: String,
    pub(super) office: String,
    pub(super) region: String,
    pub(super) consortium: bool,
    pub(super) subjects: Vec<Row>,
    pub(super) materials: Vec<MaterialRow>,
    pub(super) signed_on: String,
    pub(super) complete_by: String,
    /// The field that the page begins at, after a row was added or removed.
    pub(super) focus: Option<String>,
}

/// The row of a subject.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) role: Role,
    pub(super) scheme: Scheme,
    pub(super) identifier: String,
    pub(super) country: String,
    pub(super) name: String,
}

/// The row of a material, which is a document.
#[derive(Clone, Default)]
pub(super) struct MaterialRow {
    pub(super) name: String,
    pub(super) statutory: bool,
    pub(super) provided: bool,
}

impl Row {
    fn new(role: Role, scheme: Scheme) -> Self {
        let empty = String::new;
        Self { role, scheme, identifier: empty(), country: empty(), name: empty() }
    }

    /// Makes an empty row with the usual scheme of a role.
    fn of(role: Role) -> Self {
        let organization =
            matches!(role, Role::Applicant | Role::ConsortiumMember | Role::Guarantor);
        Self::new(role, if organization { Scheme::Uscc } else { Scheme::ResidentId })
    }

    /// Whether nothing was typed: such a row is left out.
    fn is_blank(&self) -> bool {
        [&self.identifier, &self.country, &self.name].iter().all(|text| text.is_empty())
    }
}

/// Kind of subject that a scheme identifies.
const fn kind(scheme: Scheme) -> SubjectKind {
    match scheme {
        Scheme::Uscc | Scheme::Lei => SubjectKind::Organization,
        Scheme::ResidentId | Scheme::Passport => SubjectKind::Person,
    }
}

impl Draft {
    /// A form to fill in: the office that the caller checks for, an organization and its legal
    /// representative, as of today.
    pub(super) fn new(today: Option<Date>, usual: Usual) -> Self {
        let empty = String::new;
        let Usual { office, region, matter } = usual;
        Self {
            id: empty(),
            matter,
            as_of: today.map(|day| day.to_string()).unwrap_or_default(),
            office,
            region,
            consortium: false,
            subjects: vec![Row::of(Role::Applicant), Row::of(Role::LegalRepresentative)],
            materials: Vec::new(),
            signed_on: empty(),
            complete_by: empty(),
            focus: None,
        }
    }

    /// A form with an application; `None` if the form cannot hold all of it.
    pub(super) fn of(application: &Application, lang: Lang) -> Option<Self> {
        let commitment = application.commitment;
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let subject = |subject: &Subject| Row {
            role: subject.role,
            scheme: subject.scheme,
            identifier: subject.identifier.clone(),
            country: subject.country.clone().unwrap_or_default(),
            name: subject.name.clone(),
        };
        let material = |material: &Material| MaterialRow {
            name: material.name.clone(),
            statutory: material.statutory,
            provided: material.provided,
        };
        let draft = Self {
            id: application.id.clone(),
            matter: application.matter.clone(),
            as_of: application.as_of.to_string(),
            office: application.office.name.clone(),
            region: application.office.region.clone(),
            consortium: application.consortium,
            subjects: application.subjects.iter().map(subject).collect(),
            materials: application.materials.iter().map(material).collect(),
            signed_on: day(commitment.map(|c| c.signed_on)),
            complete_by: day(commitment.map(|c| c.complete_by)),
            focus: None,
        };
        let is_same =
            |(read, wrong): (Application, Vec<Wrong>)| wrong.is_empty() && read == *application;
        draft.application(lang).is_ok_and(is_same).then_some(draft)
    }

    /// Reads the form that a browser sent.
    pub(super) fn read(fields: &Fields) -> Self {
        let text = |name: &str| fields.get(name).to_owned();
        let subject = |n: usize| {
            let field = |key: &str| text(&format!("subjects[{n}].{key}"));
            let role = Role::ALL.iter().find(|role| role.code() == field("role"));
            let scheme = Scheme::ALL.iter().find(|scheme| scheme.code() == field("scheme"));
            Row {
                role: role.copied().unwrap_or(Role::Applicant),
                scheme: scheme.copied().unwrap_or(Scheme::Uscc),
                identifier: field("identifier"),
                country: field("country"),
                name: field("name"),
            }
        };
        let material = |n: usize| MaterialRow {
            name: text(&format!("materials[{n}].name")),
            statutory: fields.ticked(&format!("materials[{n}].statutory")),
            provided: fields.ticked(&format!("materials[{n}].provided")),
        };
        Self {
            id: text("id"),
            matter: text("matter"),
            as_of: text("as_of"),
            office: text("office.name"),
            region: text("office.region"),
            consortium: fields.ticked("consortium"),
            subjects: (0..fields.rows("subjects", SUBJECTS)).map(subject).collect(),
            materials: (0..fields.rows("materials", MATERIALS)).map(material).collect(),
            signed_on: text("commitment.signed_on"),
            complete_by: text("commitment.complete_by"),
            focus: None,
        }
    }

    /// Adds or removes a row, as a button says.
    pub(super) fn change(&mut self, button: &str) {
        let role = |code| Role::ALL.iter().find(|role| role.code() == code).copied();
        let number = |text: &str| text.parse::<usize>().ok();
        if let Some(role) = button.strip_prefix("add-subject-").and_then(role) {
            if self.subjects.len() < SUBJECTS {
                self.focus = Some(format!("subjects[{}].role", self.subjects.len()));
                self.subjects.push(Row::of(role));
            }
            self.consortium |= role == Role::ConsortiumMember;
        } else if button == "add-material" && self.materials.len() < MATERIALS {
            self.focus = Some(format!("materials[{}].name", self.materials.len()));
            self.materials.push(MaterialRow::default());
        } else if let Some(n) = button.strip_prefix("remove-subject-").and_then(number)
            && n < self.subjects.len()
        {
            self.subjects.remove(n);
            let near = n.min(self.subjects.len().saturating_sub(1));
            self.focus = Some(format!("subjects[{near}].role"));
        } else if let Some(n) = button.strip_prefix("remove-material-").and_then(number)
            && n < self.materials.len()
        {
            self.materials.remove(n);
            let near = n.min(self.materials.len().saturating_sub(1));
            self.focus = Some(format!("materials[{near}].name"));
        }
    }

    /// The rows that hold a subject, in their order.
    fn filled(&self) -> impl Iterator<Item = (usize, &Row)> {
        self.subjects.iter().enumerate().filter(|(_, row)| !row.is_blank())
    }

    /// The rows that hold a material, in their order.
    fn handed_in(&self) -> impl Iterator<Item = (usize, &MaterialRow)> {
        self.materials.iter().enumerate().filter(|(_, row)| !row.name.is_empty())
    }

    /// Makes the application from the form, with the mistakes that show without asking anybody. As
    /// long as there are some it is no application to check, but the rest of it is there to be
    /// looked at.
    ///
    /// # Errors
    ///
    /// The mistake because of which there is no application at all.
    pub(super) fn application(&self, lang: Lang) -> Result<(Application, Vec<Wrong>), Wrong> {
        let mut mistakes = Mistakes::new(lang);
        mistakes.needed("id", &self.id);
        mistakes.needed("matter", &self.matter);
        let as_of = mistakes.day("as_of", &self.as_of);
        mistakes.needed("office.name", &self.office);
        mistakes.needed("office.region", &self.region);
        let mut subjects: Vec<Subject> = Vec::new();
        // With several organizations, the person behind each is entered below it.
        let mut above = None;
        for (n, row) in self.filled() {
            let applies = matches!(row.role, Role::Applicant | Role::ConsortiumMember);
            if applies && kind(row.scheme) == SubjectKind::Organization {
                above = u32::try_from(subjects.len()).ok();
            }
            let is_behind = matches!(row.role, Role::LegalRepresentative | Role::Principal)
                && kind(row.scheme) == SubjectKind::Person;
            mistakes.needed(&format!("subjects[{n}].identifier"), &row.identifier);
            mistakes.needed(&format!("subjects[{n}].name"), &row.name);
            subjects.push(Subject {
                role: row.role,
                kind: kind(row.scheme),
                scheme: row.scheme,
                identifier: row.identifier.clone(),
                country: (!row.country.is_empty()).then(|| row.country.clone()),
                name: row.name.clone(),
                as_issued: None,
                also: Vec::new(),
                of: above.filter(|_| self.consortium && is_behind),
            });
        }
        if subjects.is_empty() {
            mistakes.add("subjects", "请填写申请人。", "Name the applicant.");
        }
        let commitment = match (&*self.signed_on, &*self.complete_by) {
            ("", "") => None,
            (signed_on, complete_by) => {
                let signed_on = mistakes.day("commitment.signed_on", signed_on);
                let complete_by = mistakes.day("commitment.complete_by", complete_by);
                let days = signed_on.zip(complete_by);
                days.map(|(signed_on, complete_by)| Commitment { signed_on, complete_by })
            }
        };
        let materials = self.handed_in().map(|(_, row)| Material {
            name: row.name.clone(),
            statutory: row.statutory,
            provided: row.provided,
        });
        // A day that was not read is a mistake already; this one is in no application to check.
        let as_of = as_of.unwrap_or(Date { year: 2000, month: 1, day: 1 });
        let application = Application {
            id: self.id.clone(),
            matter: self.matter.clone(),
            as_of,
            office: Office::new(self.office.as_str(), self.region.as_str()),
            subjects,
            consortium: self.consortium,
            materials: materials.collect(),
            commitment,
        };
        // Read as every application is, so that identifiers are normalised in one place.
        let json = serde_json::to_vec(&application).unwrap_or_default();
        match Application::from_json(&json) {
            Ok(application) => Ok((application, mistakes.wrong)),
            Err(error) => {
                let told = Problem::from(&error).sentence(lang);
                Err(Wrong { place: "id".into(), told })
            }
        }
    }

    /// Position of a field in the form, by which mistakes are put in order.
    pub(super) fn order(place: &str) -> (usize, usize, usize) {
        let fields =
            ["id", "as_of", "matter", "office.name", "office.region", "subjects", "materials"];
        let (name, row) = match place.split_once('[') {
            Some((name, rest)) => (name, rest.split(']').next().and_then(|n| n.parse().ok())),
            None => (place, None),
        };
        let position = fields.iter().position(|field| *field == name).unwrap_or(fields.len());
        let within = ["role", "scheme", "identifier", "country", "name"];
        let within = within.iter().position(|field| place.ends_with(field)).unwrap_or_default();
        (position, row.map_or(0, |row: usize| row.saturating_add(1)), within)
    }

    /// Finds the field for a place of the application, in which blank rows are left out.
    pub(super) fn place(&self, place: &str) -> String {
        let moved = |name: &str, rows: &mut dyn Iterator<Item = usize>| {
            let rest = place.strip_prefix(name)?.strip_prefix('[')?;
            let (number, rest) = rest.split_once(']')?;
            let row = rows.nth(number.parse().ok()?)?;
            Some(format!("{name}[{row}]{rest}"))
        };
        let subject = moved("subjects", &mut self.filled().map(|(n, _)| n));
        let subject = subject.map(|place| match place.strip_suffix(".kind") {
            Some(row) => format!("{row}.scheme"),
            None => place,
        });
        subject
            .or_else(|| moved("materials", &mut self.handed_in().map(|(n, _)| n)))
            .unwrap_or_else(|| place.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_hold_nothing_are_not_in_the_application_and_places_find_their_rows() {
        let mut draft = Draft::new(Date::new(2026, 11, 25), Usual::default());
        draft.change("add-subject-guarantor");
        draft.subjects[0].name = "甲".into();
        draft.subjects[2].identifier = "X".into();
        assert_eq!(draft.place("subjects[1].identifier"), "subjects[2].identifier");
        assert_eq!(draft.place("subjects[0].kind"), "subjects[0].scheme");
        assert_eq!(draft.place("subjects"), "subjects");
        assert_eq!(draft.place("office.region"), "office.region");
    }

    /// With several organizations, the person behind each is below it in the form.
    #[test]
    fn of_several_organizations_each_has_its_own() {
        let mut draft = Draft::new(Date::new(2026, 11, 25), Usual::default());
        draft.change("add-subject-consortium-member");
        draft.change("add-subject-principal");
        let text = |text: &str| text.to_owned();
        (draft.id, draft.matter) = (text("1"), text("tendering/government-procurement"));
        (draft.office, draft.region) = (text("甲"), text("310000"));
        for (n, row) in draft.subjects.iter_mut().enumerate() {
            (row.identifier, row.name) = (n.to_string(), text("乙"));
        }
        let of = |draft: &Draft| {
            let (application, _) = draft.application(Lang::En).ok().unwrap();
            application.subjects.iter().map(|subject| subject.of).collect::<Vec<_>>()
        };
        assert_eq!(of(&draft), [None, Some(0), None, Some(2)]);
        draft.consortium = false;
        assert_eq!(of(&draft), [None; 4]);
    }

    #[test]
    fn every_field_that_is_needed_is_named() {
        let (_, wrong) = Draft::new(None, Usual::default()).application(Lang::En).ok().unwrap();
        let places: Vec<&str> = wrong.iter().map(|wrong| &*wrong.place).collect();
        let all = ["id", "matter", "as_of", "office.name", "office.region", "subjects"];
        assert_eq!(places, all);
    }

    #[test]
    fn buttons_add_and_remove_rows_within_bounds() {
        let mut draft = Draft::new(None, Usual::default());
        draft.change("add-subject-consortium-member");
        assert!(draft.consortium && draft.subjects.len() == 3);
        assert_eq!(draft.focus.as_deref(), Some("subjects[2].role"));
        for nothing in ["remove-subject-3", "remove-subject-x", "add-subject-emperor", "", "check"]
        {
            draft.change(nothing);
            assert_eq!(draft.subjects.len(), 3, "{nothing}");
        }
        draft.change("remove-subject-1");
        assert_eq!(draft.subjects[1].role, Role::ConsortiumMember);
        for _ in 0..2 * SUBJECTS {
            draft.change("add-subject-guarantor");
        }
        assert_eq!(draft.subjects.len(), SUBJECTS);
    }
}
