//! An application and records built from the conditions of one measure, so that it fires when it
//! should.
//!
//! All names and identifiers are invented; each identifier has the check characters of its
//! standard.

use std::collections::{BTreeMap, BTreeSet};

use mustcheck_model::date::{Date, Timestamp};
use mustcheck_model::{
    Answer, AnswerStatus, Application, Commitment, CreditRecord, Decision, Event, Material, Office,
    Penalty, PenaltyKind, Query, RecordSubject, ResponsiblePerson, Role, Scheme, SourceState,
    Subject, SubjectKind,
};
use mustcheck_rules::catalogue::data::{
    CatalogueData, FineTest, List, Matter, Measure, PersonsRule, RecordMatter,
};

use crate::check::Registry;
use crate::temporal::ends::History;

/// Measures that fired, by measure and role, with the records that triggered them.
pub(super) type Fired = BTreeMap<(String, Role), BTreeSet<String>>;

/// Identifiers of the subjects, one in each role.
const SUBJECTS: [(Role, &str); 7] = [
    (Role::Applicant, "91310115MA1K3H5Q4N"),
    (Role::ConsortiumMember, "91330106MA27X4LD8N"),
    (Role::Guarantor, "91440305MA6QN5HGX6"),
    (Role::LegalRepresentative, "310104197106123355"),
    (Role::Principal, "330102198201175116"),
    (Role::DirectlyResponsible, "440103197302081749"),
    (Role::RegisteredPractitioner, "110101198502227066"),
];
/// Identifiers of persons in the roles of organizations, for a measure that targets persons there.
const PERSONS: [(Role, &str); 3] = [
    (Role::Applicant, "310104198811103362"),
    (Role::ConsortiumMember, "330102199003125526"),
    (Role::Guarantor, "440103198507194813"),
];
/// Identifier of an organization that has not applied; its record may name a person who has.
const ANOTHER: &str = "91110108MA01AB6T8F";
const SOURCE: &str = "temporal-proof";
/// A day before all records.
const LONG_AGO: Date = Date { year: 1949, month: 10, day: 1 };

/// Whether a role is that of somebody who applies or stands surety.
const fn applies(role: Role) -> bool {
    matches!(role, Role::Applicant | Role::ConsortiumMember | Role::Guarantor)
}

/// One record, about or naming one subject.
pub(super) struct Planted<'d> {
    pub(super) id: String,
    pub(super) role: Role,
    pub(super) list: &'d str,
    pub(super) act: Option<&'d str>,
    pub(super) matter: Option<&'d str>,
    pub(super) penalty: Option<(PenaltyKind, Option<u64>)>,
    /// Role in which another's record names the subject; `None` for a record of its own.
    pub(super) named_as: Option<Role>,
}

/// An application on a matter, with the records of its subjects.
pub(super) struct Trial<'d> {
    matter: &'d str,
    region: String,
    pub(super) planted: Vec<Planted<'d>>,
    /// Whether persons apply and stand surety, instead of organizations.
    persons: bool,
    /// History of the records; without it, each begins on the day of the check.
    history: Option<History>,
}

impl<'d> Trial<'d> {
    /// Builds a trial in which nobody has a record.
    pub(super) fn clean(data: &'d CatalogueData, matter: &'d Matter) -> Self {
        let region = data.overlay.regions.first().map_or("110000", |r| r.as_str());
        Self {
            matter: &matter.code,
            region: format!("{region:0<6}"),
            planted: Vec::new(),
            persons: false,
            history: None,
        }
    }

    /// Builds a trial of a measure. Every subject that the measure targets has, on every list that
    /// it names, a record for each act, penalty and matter by which it is triggered, and one on
    /// either side of each amount.
    pub(super) fn of(
        data: &'d CatalogueData,
        measure: &'d Measure,
        matter: &'d Matter,
        day: Date,
    ) -> Self {
        let mut trial = Self::clean(data, matter);
        trial.persons = measure.subject == Some(SubjectKind::Person);
        let on_record = match measure.record_matter {
            Some(RecordMatter::Same) => Some(matter.code.as_str()),
            Some(RecordMatter::Unnamed) | None => None,
        };
        let penalties = penalties(data, measure, day);
        for list in data.lists.iter().filter(|l| measure.lists.contains(&l.code)) {
            let acts = acts(data, measure, list);
            for role in &measure.roles {
                let person = !applies(*role);
                for act in &acts {
                    // A person is named in another's record where the list's rule for that act
                    // says so.
                    let for_act = |rule: &&PersonsRule| {
                        let named = act.is_some_and(|act| rule.acts.iter().any(|a| *a == *act));
                        rule.acts.is_empty() || named
                    };
                    let rule = list.persons.iter().find(for_act);
                    let rule = rule.filter(|rule| person && !rule.own_record);
                    let named_as = rule.and_then(|rule| rule.roles.first().copied());
                    for penalty in &penalties {
                        trial.planted.push(Planted {
                            id: format!("R-{}", trial.planted.len() + 1),
                            role: *role,
                            list: &list.code,
                            act: *act,
                            matter: on_record,
                            penalty: *penalty,
                            named_as,
                        });
                    }
                }
            }
        }
        trial
    }

    /// Returns the subject in a role: kind, scheme and identifier.
    pub(super) fn who(&self, role: Role) -> (SubjectKind, Scheme, &'static str) {
        let of = |all: &[(Role, &'static str)]| {
            all.iter().find(|(known, _)| *known == role).map_or(ANOTHER, |(_, id)| id)
        };
        if !applies(role) {
            (SubjectKind::Person, Scheme::ResidentId, of(&SUBJECTS))
        } else if self.persons {
            (SubjectKind::Person, Scheme::ResidentId, of(&PERSONS))
        } else {
            (SubjectKind::Organization, Scheme::Uscc, of(&SUBJECTS))
        }
    }

    /// Returns the same trial, with records that have this history.
    pub(super) fn with(mut self, history: History) -> Self {
        self.history = Some(history);
        self
    }

    /// Returns the history of the records; without one, they begin on the day.
    pub(super) fn history(&self, day: Date) -> History {
        self.history.clone().unwrap_or_else(|| History::begun(day))
    }

    /// Builds the application on a day: it has a subject in every role, and one material is missing
    /// and promised.
    pub(super) fn application(&self, data: &CatalogueData, day: Date) -> Application {
        let subject = |(role, _): (Role, &str)| {
            let (kind, scheme, identifier) = self.who(role);
            let (identifier, name) = (identifier.to_owned(), role.code().to_owned());
            Subject {
                role,
                kind,
                scheme,
                identifier,
                country: None,
                name,
                as_issued: None,
                also: Vec::new(),
                of: behind(role).filter(|_| !self.persons),
            }
        };
        Application {
            id: format!("{}/{day}", data.edition.id),
            matter: self.matter.to_owned(),
            as_of: day,
            office: Office::new("office", self.region.as_str()),
            subjects: SUBJECTS.into_iter().map(subject).collect(),
            consortium: true,
            materials: vec![Material { name: "plan".into(), statutory: false, provided: false }],
            commitment: Some(Commitment {
                signed_on: day,
                complete_by: day.tomorrow().unwrap_or(day),
            }),
        }
    }

    /// Returns the registry that answers the lookups of a trial, and remembers them.
    pub(super) fn registry(&self, day: Date) -> Answering<'_, 'd> {
        Answering { trial: self, day, asked: BTreeSet::new() }
    }

    /// Describes a record in words.
    pub(super) fn describe(&self, id: &str) -> String {
        let Some(planted) = self.planted.iter().find(|p| p.id == id) else {
            return format!("record `{id}`");
        };
        let mut words = format!("a record on `{}`", planted.list);
        if let Some(act) = planted.act {
            words.push_str(&format!(" of act `{act}`"));
        }
        if let Some((kind, amount)) = planted.penalty {
            words.push_str(&format!(" with penalty `{kind}`"));
            if let Some(amount) = amount {
                words.push_str(&format!(" of {amount} fen"));
            }
        }
        words
    }
}

/// Returns the acts to be put on record: each that the measure names and the list holds, and none.
fn acts<'d>(data: &'d CatalogueData, measure: &'d Measure, list: &'d List) -> Vec<Option<&'d str>> {
    let held = &list.acts;
    let named = measure.acts.iter().filter(|act| held.is_empty() || held.contains(act));
    let mut acts: Vec<&str> = named.map(|act| act.as_str()).collect();
    if measure.acts.is_empty() {
        // Any act triggers it, or only a record that names none. The persons whom the list reaches
        // may depend on the act, so one act is tried for each of its rules.
        let any = held.first().or_else(|| data.acts.first().map(|act| &act.code));
        let by_rule = list.persons.iter().filter_map(|rule| rule.acts.first());
        for act in any.into_iter().chain(by_rule).map(|act| act.as_str()) {
            if !acts.contains(&act) {
                acts.push(act);
            }
        }
    }
    acts.into_iter().map(Some).chain([None]).collect()
}

/// Returns the penalties to be put on record.
fn penalties(
    data: &CatalogueData,
    measure: &Measure,
    day: Date,
) -> Vec<Option<(PenaltyKind, Option<u64>)>> {
    let Some(test) = &measure.penalty else { return vec![None] };
    let mut all: Vec<Option<(PenaltyKind, Option<u64>)>> =
        test.kinds.iter().map(|kind| Some((*kind, None))).collect();
    if matches!(test.fine, Some(FineTest::AtLeastLargerFine | FineTest::Undecidable)) {
        // Amounts by a setting of any day: if none is in force, no amount can decide.
        let amounts = data.settings.iter().filter(|s| s.id == "larger-fine");
        let of_day =
            |from: Date, until: Option<Date>| from <= day && until.is_none_or(|u| u >= day);
        let least = { amounts.clone() }
            .find(|s| of_day(s.valid_from, s.valid_until))
            .or_else(|| { amounts }.next())
            .map_or(1, |s| s.amount_fen);
        let fine = |amount| Some((PenaltyKind::Fine, amount));
        all.extend([fine(None), fine(Some(least)), fine(Some(least.saturating_sub(1)))]);
    }
    all.push(None);
    all
}

/// A registry that answers from the planted records, and remembers the lookups.
pub(super) struct Answering<'t, 'd> {
    trial: &'t Trial<'d>,
    day: Date,
    asked: BTreeSet<(Role, String)>,
}

impl Answering<'_, '_> {
    pub(super) fn asked(self) -> BTreeSet<(Role, String)> {
        self.asked
    }

    fn record(&self, planted: &Planted<'_>) -> CreditRecord {
        let (kind, scheme, identifier) = self.trial.who(planted.role);
        let identifier = identifier.to_owned();
        let itself = |kind, scheme, identifier: String| RecordSubject {
            kind,
            scheme,
            identifier,
            country: None,
            name: String::new(),
            as_issued: None,
            also: Vec::new(),
        };
        let (subject, responsible_persons) = match planted.named_as {
            None => (itself(kind, scheme, identifier), Vec::new()),
            Some(role) => (
                itself(SubjectKind::Organization, Scheme::Uscc, ANOTHER.to_owned()),
                vec![ResponsiblePerson {
                    role,
                    scheme,
                    identifier,
                    country: None,
                    name: String::new(),
                }],
            ),
        };
        let history = self.trial.history(self.day);
        CreditRecord {
            id: planted.id.clone(),
            list: planted.list.to_owned(),
            source: SOURCE.to_owned(),
            act: planted.act.map(str::to_owned),
            matter: planted.matter.map(str::to_owned),
            subject,
            responsible_persons,
            decided_by: None,
            document: None,
            legal_basis: Vec::new(),
            penalty: planted.penalty.map(|(kind, amount_fen)| Penalty { kind, amount_fen }),
            valid_from: history.first,
            valid_until: history.until,
            events: { history.events.into_iter() }
                .map(|(kind, on)| Event { kind, on, document: None })
                .collect(),
        }
    }
}

/// Position among [`SUBJECTS`] of the organization that a person in this role answers for.
const fn behind(role: Role) -> Option<u32> {
    match role {
        Role::LegalRepresentative => Some(0),
        Role::Principal => Some(1),
        _ => None,
    }
}

impl Registry for Answering<'_, '_> {
    fn lookup(&mut self, queries: &[Query]) -> Vec<Answer> {
        let mut answers = Vec::new();
        for (number, query) in (0..).zip(queries) {
            let position = usize::try_from(query.subject).ok();
            let Some((role, _)) = position.and_then(|p| SUBJECTS.get(p)) else { continue };
            for list in &query.lists {
                self.asked.insert((*role, list.clone()));
                let own = self.trial.planted.iter().filter(|p| p.role == *role && *p.list == *list);
                answers.push(Answer {
                    query: number,
                    list: list.clone(),
                    status: AnswerStatus::Answered,
                    source: Some(SourceState {
                        id: SOURCE.to_owned(),
                        name: String::new(),
                        as_of: Timestamp { date: self.day, hour: 9, minute: 0, second: 0 },
                        records_from: Some(LONG_AGO),
                    }),
                    reason: None,
                    records: own.map(|planted| self.record(planted)).collect(),
                });
            }
        }
        answers
    }
}

/// Returns the measures that fired in a decision.
pub(super) fn fired(decision: &Decision) -> Fired {
    let each = decision.measures.iter().map(|m| {
        let because: BTreeSet<String> = m.because.iter().cloned().collect();
        ((m.measure.clone(), m.target.role), because)
    });
    each.collect()
}
