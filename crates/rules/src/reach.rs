//! Reach of a record: the subject itself, or a person whom the record names (RAILS R8, R9).

use mustcheck_model::standing;
use mustcheck_model::{
    AnswerFacts, ApplicationFacts, Days, ListRules, ListStanding, Polarity, RecordFacts, Role,
    Standing, SubjectFacts,
};

use crate::catalogue::Catalogue;
use crate::catalogue::data::{List, ListRegime, PersonsRule};
use crate::clause::Clause;
use crate::place;

/// 33 (十四). Reads as: responsible persons are reached as laws, regulations and policies say, so
/// only by the list's own rule.
pub const ACCORDING_TO_LAW: Clause = Clause {
    position: 5,
    article: "14",
    words: "依照法律法规和政策规定对相关责任人员采取相应的联合惩戒措施",
};

/// 33 (十九). Reads as: lists of associations, banks and rating agencies are for reference.
pub const FOR_REFERENCE: Clause =
    Clause { position: 6, article: "19", words: "提供给政府部门参考使用" };

/// A record found for a subject.
#[derive(Debug)]
pub struct Hit<'a> {
    /// Its position among the records of all answers.
    pub position: u32,
    /// Position of the subject in the application.
    pub subject_index: u32,
    /// The subject.
    pub subject: &'a SubjectFacts,
    /// Position of the list.
    pub list_index: u32,
    /// The list.
    pub list: &'a List,
    /// Number of the source, if one is named.
    pub source: Option<u32>,
    /// The list's own rules on the end of its entries, on the day of the check, and their position;
    /// none if it has none.
    pub regime: Option<(usize, &'a ListRegime)>,
    /// The rules with which standings are computed: the list's own, or those of the Opinions.
    pub rules: ListRules,
    /// The record.
    pub record: &'a RecordFacts,
    /// Role in which the record names the subject as responsible; none if the record is about the
    /// subject itself.
    pub named_as: Option<Role>,
    /// The record's standing at the as-of date.
    pub standing: Standing,
    /// Its standing on the day of the check.
    pub standing_today: Standing,
    /// Whether the list's rule lets the record reach this subject.
    pub reached: bool,
    /// Position of the place's end of disclosure, if the record has passed it.
    pub undisclosed: Option<usize>,
}

impl Hit<'_> {
    /// Whether the record may have consequences: in force, disclosed, reaching, on a statutory
    /// list.
    pub fn counts(&self) -> bool {
        self.standing == Standing::InForce
            && self.reached
            && self.undisclosed.is_none()
            // RAIL R9: a reference list never restricts.
            && self.list.standing == ListStanding::Statutory
    }

    /// Whether the record has ended: by repair, by its term, or by a place's end of use. Only a
    /// measure whose article makes it last longer may still rest on it.
    pub fn has_ended(&self) -> bool {
        matches!(self.standing, Standing::Repaired | Standing::Expired)
            || (self.standing == Standing::InForce && self.undisclosed.is_some())
    }

    /// Whether the record is against the subject, has this standing, and needs the officer's look:
    /// it is under verification, stayed, or may be lifted.
    // RAIL R4
    pub fn is_open(&self, standing: Standing) -> bool {
        self.standing == standing
            && self.reached
            && self.list.polarity != Polarity::Commendation
            && self.list.standing == ListStanding::Statutory
    }

    /// Whether the record is against the subject, in force today, and was not in force on the as-of
    /// date. Whether it reaches the subject is left to the officer.
    // RAIL R14
    pub fn came_since(&self) -> bool {
        self.standing != Standing::InForce
            && self.standing_today == Standing::InForce
            && self.list.polarity != Polarity::Commendation
            && self.list.standing == ListStanding::Statutory
    }
}

/// Collects every record of the answers, with its standing and its reach. A record whose subject or
/// list does not exist is left out; the host makes no such answer.
pub fn hits<'a>(
    catalogue: &'a Catalogue,
    application: &'a ApplicationFacts,
    answers: &'a [AnswerFacts],
) -> Vec<Hit<'a>> {
    let Days { as_of, made_on } = application.days();
    let mut hits = Vec::new();
    let mut position = 0;
    for answer in answers {
        let found = application.subject(answer.subject).zip(catalogue.list_at(answer.list));
        let Some((subject, list)) = found else { continue };
        if answer.records.is_empty() {
            continue;
        }
        let regime = catalogue.regime(list, made_on);
        let rules = regime.map_or(ListRules::OF_THE_OPINIONS, |(_, regime)| regime.rules());
        for record in &answer.records {
            let persons = catalogue.persons_rule(list, record.act);
            let named_as = named_as(record, persons);
            hits.push(Hit {
                position,
                subject_index: answer.subject,
                subject,
                list_index: answer.list,
                list,
                source: answer.source,
                regime,
                standing: standing::standing(record, &rules, as_of),
                standing_today: standing::standing(record, &rules, made_on),
                rules: rules.clone(),
                record,
                named_as,
                reached: reaches(catalogue, persons, application, subject.role, named_as),
                undisclosed: place::disclosure_ended(catalogue, list, record, as_of),
            });
            position += 1;
        }
    }
    hits
}

/// Returns the role in which the record names the subject as responsible; none if it is about the
/// subject itself. Of several roles, the one that the list's rule reaches.
fn named_as(record: &RecordFacts, rule: Option<&PersonsRule>) -> Option<Role> {
    if record.is_about {
        return None;
    }
    let mut named = record.named_as.iter().copied();
    let reached = |role: &Role| rule.is_some_and(|rule| rule.roles.contains(role));
    named.clone().find(reached).or_else(|| named.next())
}

/// Whether a list reaches a subject in a role.
///
/// INTERPRETATION: a subject that applies, joins a consortium or stands surety answers for a record
/// about itself. A person who only stands behind an applicant is reached where the list's own rule
/// reaches persons: in the roles of that rule if the record names the person as responsible, and
/// likewise if the list enters the person in a record of its own. A rule that an article limits to
/// some matters reaches nobody on others.
// RAIL R8: a person is reached only by the list's rule and by name in the record.
fn reaches(
    catalogue: &Catalogue,
    rule: Option<&PersonsRule>,
    application: &ApplicationFacts,
    role: Role,
    named_as: Option<Role>,
) -> bool {
    if named_as.is_none() && !role.stands_behind() {
        return true;
    }
    let matter = || catalogue.matter_at(application.matter);
    rule.is_some_and(|rule| {
        (rule.matters.is_empty() || matter().is_some_and(|m| rule.matters.contains(&m.code)))
            && named_as.is_none_or(|named| !rule.own_record && rule.roles.contains(&named))
    })
}
