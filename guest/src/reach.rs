//! Whom a record reaches: the subject itself, or a person whom the record names (RAILS R8, R9).

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::catalogue::Catalogue;
use crate::catalogue::data::{Disclosure, List, ListRegime, PersonsRule};
use crate::clause::Clause;
use crate::date::Date;
use crate::lookups::{Answered, Days};
use crate::masking::Identifiers;
use crate::model::{
    Application, CreditRecord, Finding, ListRules, ListStanding, Polarity, Role, Standing, Subject,
};
use crate::{place, standing};

/// 33 (十四). Reads as: responsible persons are reached as laws, regulations and policies say, so
/// only by the list's own rule.
pub const ACCORDING_TO_LAW: Clause = Clause {
    article: "14",
    words: "依照法律法规和政策规定对相关责任人员采取相应的联合惩戒措施",
};

/// 33 (十九). Reads as: what associations, banks and rating agencies list is for reference.
pub const FOR_REFERENCE: Clause =
    Clause { article: "19", words: "提供给政府部门参考使用" };

/// A record found for a subject.
#[derive(Debug)]
pub struct Hit<'a> {
    /// Position of the subject in the application.
    pub subject_index: usize,
    /// The subject.
    pub subject: &'a Subject,
    /// The list.
    pub list: &'a List,
    /// The list's own rules on how entries end, on the day of the check.
    pub regime: Option<&'a ListRegime>,
    /// The same as they are computed with.
    pub rules: ListRules,
    /// The record.
    pub record: &'a CreditRecord,
    /// As what the record names the subject; none if the record is about the subject itself.
    pub named_as: Option<Role>,
    /// The record's standing at the as-of date.
    pub standing: Standing,
    /// Its standing on the day of the check.
    pub standing_today: Standing,
    /// Whether the list's rule lets the record reach this subject.
    pub reached: bool,
    /// Whom no text of the record names in full.
    pub identifiers: &'a Identifiers<'a>,
    /// The place's end of disclosure, if the record has passed it.
    pub undisclosed: Option<&'a Disclosure>,
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

    /// Whether it is a record against the subject that the officer has to look at, since it is
    /// under verification, stayed, or may be lifted.
    // RAIL R4
    pub fn is_open(&self, standing: Standing) -> bool {
        self.standing == standing
            && self.reached
            && self.list.polarity != Polarity::Commendation
            && self.list.standing == ListStanding::Statutory
    }

    /// Whether it is a record against the subject that is in force today and was not on the as-of
    /// date. Whom it reaches is left to the officer.
    // RAIL R14
    pub fn came_since(&self) -> bool {
        self.standing != Standing::InForce
            && self.standing_today == Standing::InForce
            && self.list.polarity != Polarity::Commendation
            && self.list.standing == ListStanding::Statutory
    }

    /// The facts for the officer.
    pub fn finding(&self, as_of: Date) -> Finding {
        let record = self.record;
        Finding {
            record: record.id.clone(),
            list: self.list.code.clone().into(),
            target: crate::lookups::target(self.subject, self.subject_index),
            named_as: self.named_as,
            standing: self.standing,
            standing_today: Some(self.standing_today).filter(|today| *today != self.standing),
            decided_by: self.decided_by().map(Cow::into_owned),
            document: self.document().map(Cow::into_owned),
            valid_from: record.valid_from,
            valid_until: record.valid_until,
            disputed: standing::disputed(record, as_of),
        }
    }
}

impl Hit<'_> {
    /// The authority that decided, as far as the record says.
    pub fn decided_by(&self) -> Option<Cow<'_, str>> {
        self.record.decided_by.as_deref().map(|text| self.shown(text))
    }

    /// The document of the decision, as far as the record says.
    pub fn document(&self) -> Option<Cow<'_, str>> {
        self.record.document.as_deref().map(|text| self.shown(text))
    }

    /// A text of the record as it is shown.
    fn shown<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.identifiers.masked_in(text)
    }
}

/// Every record of an answer, with what it is worth and whom it reaches.
pub fn hits<'a>(
    catalogue: &'a Catalogue,
    application: &Application,
    days: Days,
    answered: &'a [Answered<'a>],
    identifiers: &'a Identifiers<'a>,
) -> Vec<Hit<'a>> {
    let Days { as_of, made_on } = days;
    let mut hits = Vec::new();
    for answer in answered {
        let regime = catalogue.regime(answer.list, made_on);
        let rules = regime.map_or_else(|| ListRules::OF_THE_OPINIONS, ListRegime::rules);
        // By id, which is unique within an answer.
        let records: BTreeMap<&str, &CreditRecord> =
            answer.records().iter().map(|record| (record.id.as_str(), record)).collect();
        for record in records.into_values() {
            let persons = catalogue.persons_rule(answer.list, record.act.as_deref());
            let named_as = named_as(record, answer.subject, persons);
            hits.push(Hit {
                subject_index: answer.subject_index,
                subject: answer.subject,
                list: answer.list,
                regime,
                standing: standing::standing(record, &rules, as_of),
                standing_today: standing::standing(record, &rules, made_on),
                rules: rules.clone(),
                record,
                named_as,
                reached: reaches(persons, &application.matter, answer.subject.role, named_as),
                identifiers,
                undisclosed: place::disclosure_ended(catalogue, answer.list, record, as_of),
            });
        }
    }
    hits
}

/// As what the record names the subject; none if it is about the subject itself. Of several roles,
/// the one that the list's rule reaches.
fn named_as(record: &CreditRecord, subject: &Subject, rule: Option<&PersonsRule>) -> Option<Role> {
    if record.is_about(subject) {
        return None;
    }
    let reached = |role: &Role| rule.is_some_and(|rule| rule.roles.contains(role));
    record.named_as(subject).find(reached).or_else(|| record.named_as(subject).next())
}

/// Whether a list reaches a subject in a role.
///
/// INTERPRETATION: who applies, joins a consortium or stands surety answers for a record about
/// itself. A person who only stands behind an applicant is reached where the list's own rule
/// reaches persons: in the roles of that rule if the record names the person as responsible, and
/// likewise if the list enters the person in a record of its own. A rule that an article limits to
/// some matters reaches nobody on others.
// RAIL R8: a person is reached only by the list's rule and by name in the record.
fn reaches(rule: Option<&PersonsRule>, matter: &str, role: Role, named_as: Option<Role>) -> bool {
    if named_as.is_none() && !role.stands_behind() {
        return true;
    }
    rule.is_some_and(|rule| {
        (rule.matters.is_empty() || rule.matters.iter().any(|m| m == matter))
            && named_as.is_none_or(|named| !rule.own_record && rule.roles.contains(&named))
    })
}
