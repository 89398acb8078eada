//! An honest verdict passes; the same verdict with one lie in it does not. So the host checks a
//! buggy or hostile component, whatever it was built from.

use std::sync::LazyLock;

use mustcheck_facts as facts;
use mustcheck_facts::answers::answered;
use mustcheck_model::date::Date;
use mustcheck_model::{
    AnswerFacts, AnswerStatus, Basis, CutVerdict, Description, Disposition, DispositionRule,
    EventKind, ProlongedVerdict, Role, SetAsideReason, SetAsideVerdict, Standing, Verdict,
};
use mustcheck_rules::Catalogue;
use mustcheck_rules::decide;
use serde_json::json;

use super::*;
use crate::input::ApplicationExt as _;
use crate::policy::Policy;
use crate::registry::Registry as _;
use crate::registry::json::JsonRegistry;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    Catalogue::from_json(Policy::embedded_catalogue("statutes").unwrap()).unwrap()
});

const APPLICANT: &str = "91310000MA1FL0007C";
const PERSON: &str = "310101198001010018";

/// Everything that the host knows when a component has decided.
struct Honest {
    description: Description,
    application: Application,
    facts: ApplicationFacts,
    due: Vec<DueLookup>,
    answers: Vec<Answer>,
    /// The facts of the answers; if there are none, they are made of the answers.
    answer_facts: Option<Vec<AnswerFacts>>,
    verdict: Verdict,
}

impl Honest {
    /// A bid of a firm with a wage arrears record in force and another one under objection.
    fn restricted() -> Self {
        Self::of(&[
            json!({ "id": "in-force", "list": "wage-arrears" }),
            json!({ "id": "disputed", "list": "wage-arrears",
                "events": [{ "kind": "objection-filed", "on": "2026-11-10" }] }),
        ])
    }

    fn clear() -> Self {
        Self::of(&[])
    }

    fn of(records: &[serde_json::Value]) -> Self {
        Self::made_on(records, Date::new(2026, 11, 20).unwrap())
    }

    /// A check as of 2026-11-20, made on another day.
    fn made_on(records: &[serde_json::Value], made_on: Date) -> Self {
        let covers: Vec<_> = CATALOGUE.data().lists.iter().map(|l| &l.code).collect();
        let common = json!({ "source": "platform", "valid_from": "2026-01-01",
            "subject": { "kind": "organization", "scheme": "uscc", "identifier": APPLICANT } });
        let whole = |record: &serde_json::Value| {
            let mut whole = common.clone();
            let fields = whole.as_object_mut().unwrap();
            fields.extend(record.as_object().unwrap().clone());
            whole
        };
        let registry = json!({
            "sources": [{ "id": "platform", "as_of": "2026-11-20T08:00:00+08:00",
                "records_from": "2016-01-01", "covers": covers }],
            "records": records.iter().map(whole).collect::<Vec<_>>(),
        });
        let registry = JsonRegistry::from_json(registry.to_string().as_bytes()).unwrap();
        let application = json!({
            "id": "GP-1", "matter": "tendering/government-procurement", "as_of": "2026-11-20",
            "office": { "name": "某局", "region": "310000" },
            "subjects": [
                { "role": "applicant", "kind": "organization", "scheme": "uscc",
                  "identifier": APPLICANT, "name": "甲公司" },
                { "role": "legal-representative", "kind": "person", "scheme": "resident-id",
                  "identifier": PERSON, "name": "张某" },
            ],
        });
        let application = Application::from_json(application.to_string().as_bytes()).unwrap();
        let policy = CATALOGUE.described();
        let facts = facts::application(policy, &application, made_on).unwrap();
        let due = mustcheck_rules::due::due(&CATALOGUE, &facts).unwrap();
        let queries = facts::queries(policy, &due);
        let answers =
            registry.lookup(&Asked::of(&Parts::default(), &application, &queries).asks()).unwrap();
        let verdict = {
            let rows = answered(policy, &application, facts.days(), &queries, &answers).unwrap();
            decide::decide(&CATALOGUE, &facts, &facts::answers(policy, &rows)).unwrap()
        };
        let description = CATALOGUE.describe();
        Self { description, application, facts, due, answers, answer_facts: None, verdict }
    }

    /// Checks all this as the host does, and returns the first fault.
    fn told(&self) -> Result<(), String> {
        let policy = Described::new(self.description.clone());
        let queries = facts::queries(&policy, &self.due);
        due(&policy, &self.facts, &self.due, &Limits::default())
            .and_then(|()| replayed(&self.application, &queries, &self.answers))
            .map_err(|fault| fault.to_string())?;
        let days = self.facts.days();
        let rows = answered(&policy, &self.application, days, &queries, &self.answers);
        let rows = rows.map_err(|error| error.to_string())?;
        let made = || facts::answers(&policy, &rows);
        let answers = self.answer_facts.clone().unwrap_or_else(made);
        let held =
            Held { policy: &policy, application: &self.facts, answers: &answers, answered: &rows };
        verdict(&held, &self.verdict).map_err(|fault| fault.to_string())
    }

    fn list(&self, code: &str) -> u32 {
        CATALOGUE.described().list_position(code).unwrap()
    }

    fn refused(mut self, lie: impl FnOnce(&mut Self)) -> String {
        assert_eq!(self.told(), Ok(()), "honest before the lie");
        lie(&mut self);
        self.told().unwrap_err()
    }
}

#[test]
fn r1_lookups_that_are_not_asked() {
    let said = Honest::clear().refused(|h| h.due.clear());
    assert_eq!(
        said,
        "rail R1 (no check, no decision) does not hold: list `judgment-defaulters` is due for \
         subject 0 and not asked"
    );
    let said = Honest::clear().refused(|h| {
        let list = h.list("government-procurement-serious");
        h.due.retain(|due| (due.subject, due.list) != (0, list));
    });
    assert!(said.contains("list `government-procurement-serious` is due for subject 0"), "{said}");
    let said = Honest::clear().refused(|h| h.due[1].subject = 7);
    assert!(said.contains("names subject 7, whom nobody named"), "{said}");
    let said = Honest::clear().refused(|h| h.due[1].list = 9_999);
    assert!(
        said.contains("rail R2 (unanswered is not clear) does not hold: there is no list 9999")
    );
    let said = Honest::clear().refused(|h| h.due.push(h.due[0]));
    assert!(said.contains("list `judgment-defaulters` is asked twice for subject 0"), "{said}");
}

#[test]
fn r1_a_description_without_duties_still_needs_the_applicant_looked_up() {
    let said = Honest::clear().refused(|h| {
        for matter in &mut h.description.matters {
            matter.due.clear();
        }
        h.due.clear();
    });
    assert_eq!(
        said,
        "rail R1 (no check, no decision) does not hold: no lookup is due for the applicant"
    );
}

#[test]
fn r2_unanswered_called_clear() {
    let said = Honest::clear().refused(|h| {
        h.answers[1].status = AnswerStatus::Unavailable;
        h.answers[1].records.clear();
    });
    assert_eq!(
        said,
        "rail R2 (unanswered is not clear) does not hold: the disposition is `clear` and must be \
         `undetermined`"
    );
    let said = Honest::clear().refused(|h| {
        h.answers.retain(|a| a.list != "tax-serious");
    });
    assert!(said.contains("the registry gave no answer for list `tax-serious`"), "{said}");
    // The age of a source is the host's to judge, and no component sees it.
    let said = Honest::clear().refused(|h| {
        for answer in &mut h.answers {
            let source = answer.source.as_mut().unwrap();
            source.as_of.date = Date::new(2026, 11, 12).unwrap();
        }
    });
    assert!(said.contains("the disposition is `clear` and must be `undetermined`"), "{said}");
}

#[test]
fn r2_a_restriction_or_a_record_left_out() {
    let said = Honest::restricted().refused(|h| h.verdict.measures.clear());
    assert!(said.contains("record `in-force` is passed over in silence"), "{said}");
    let said = Honest::restricted().refused(|h| {
        h.verdict.set_aside.retain(|entry| entry.record != Some(0));
    });
    assert!(said.contains("record `disputed` is passed over in silence"), "{said}");
    // What is set aside does not restrict, whatever the verdict says.
    let said = Honest::restricted().refused(|h| {
        h.verdict.measures.clear();
        let aside = h.verdict.set_aside[0];
        h.verdict.set_aside.push(SetAsideVerdict { record: Some(1), ..aside });
    });
    assert!(said.contains("the disposition is `restricted` and must be `review`"), "{said}");
    let said = Honest::restricted().refused(|h| {
        h.verdict.measures.clear();
        h.verdict.disposition = Disposition::Clear;
        h.verdict.disposition_rule = DispositionRule::NothingApplies;
        h.verdict.records.clear();
    });
    assert!(said.contains("2 records were given and 0 are judged"), "{said}");
    let said = Honest::restricted().refused(|h| h.verdict.records.push(h.verdict.records[0]));
    assert!(said.contains("rail R1 (no check, no decision) does not hold: 2 records were given"));
}

#[test]
fn r3_measures_that_the_catalogue_does_not_hold() {
    let said = Honest::restricted().refused(|h| h.verdict.measures[0].measure = 9_999);
    assert!(said.contains("there is no measure 9999 of the policy"), "{said}");
    let said = Honest::restricted().refused(|h| {
        h.description.measures.iter_mut().for_each(|m| m.matters.clear());
    });
    assert!(said.contains("does not apply to this matter, role or day"), "{said}");
    let said = Honest::restricted().refused(|h| {
        let last = Date::new(2020, 1, 1);
        h.description.measures.iter_mut().for_each(|m| m.valid_until = last);
    });
    assert!(said.contains("does not apply to this matter, role or day"), "{said}");
    let said = Honest::restricted().refused(|h| {
        h.description.measures.iter_mut().for_each(|m| m.adopted = false);
    });
    assert!(said.contains("does not apply to this matter, role or day"), "{said}");
    // The measure of another list.
    let said = Honest::restricted().refused(|h| {
        let id = h.description.measures[h.verdict.measures[0].measure as usize].id.clone();
        let known = h.description.measures.iter_mut().find(|m| m.id == id).unwrap();
        known.lists = vec!["tax-serious".into()];
    });
    assert!(said.contains("rests on a record of list `wage-arrears`"), "{said}");
}

/// A measure lasts as long as its article and its record say, no day longer or shorter.
#[test]
fn r7_an_end_that_is_not_that_of_the_article() {
    let lies: [fn(&mut Option<Date>); 3] = [
        |until| *until = None,
        |until| *until = until.unwrap().yesterday(),
        |until| *until = until.unwrap().tomorrow(),
    ];
    for lie in lies {
        let said = Honest::restricted().refused(|h| lie(&mut h.verdict.measures[0].until));
        assert!(said.contains("rail R7 (as long as the article says)"), "{said}");
    }
    let disputed = 0;
    let said = Honest::restricted().refused(|h| {
        let prolonged = ProlongedVerdict { record: disputed, until: None };
        h.verdict.measures[0].prolonged.push(prolonged);
    });
    assert!(said.contains("cuts a term that is none"), "{said}");
    let said = Honest::restricted().refused(|h| {
        let allowed_until = Date::new(2027, 1, 1).unwrap();
        h.verdict.measures[0].cut.push(CutVerdict { record: disputed, allowed_until });
    });
    assert!(said.contains("cuts a term that is none"), "{said}");
}

/// The standing of a record follows from the rules of its list, which the policy describes.
#[test]
fn r4_r5_a_standing_by_other_rules_than_the_list_has() {
    let said = Honest::restricted().refused(|h| {
        let lists = h.description.lists.iter_mut();
        lists.flat_map(|list| &mut list.rules).for_each(|rules| rules.objection_suspends = false);
    });
    assert!(said.contains("record `disputed` is called `suspended` and is `in-force`"), "{said}");
}

#[test]
fn r1_records_that_nobody_gave() {
    let said = Honest::restricted().refused(|h| h.verdict.measures[0].because = vec![99]);
    assert!(said.contains("rests on record 99, which nobody gave"), "{said}");
    let said = Honest::restricted().refused(|h| h.verdict.set_aside[0].record = Some(99));
    assert!(said.contains("a record is set aside that nobody gave"), "{said}");
    let said = Honest::restricted().refused(|h| h.verdict.set_aside[0].subject = 1);
    assert!(said.contains("a record is set aside for another subject"), "{said}");
    let said = Honest::restricted().refused(|h| h.verdict.measures[0].subject = 7);
    assert!(said.contains("it names subject 7, whom nobody named"), "{said}");
}

#[test]
fn r3_what_rests_on_no_law() {
    let said = Honest::restricted().refused(|h| h.verdict.set_aside[0].measure = Some(9_999));
    assert!(said.contains("there is no measure 9999 of the policy"), "{said}");
    let said = Honest::restricted().refused(|h| h.verdict.obligations[0].ground = 9_999);
    assert!(said.contains("something is due later without legal basis"), "{said}");
    let said = Honest::restricted().refused(|h| {
        h.description.grounds.iter_mut().for_each(|ground| ground.legal_basis.clear());
    });
    assert!(said.contains("something is set aside without a rule"), "{said}");
}

#[test]
fn r4_r5_a_record_that_is_not_in_force() {
    // By id: `disputed`, then `in-force`.
    let said = Honest::restricted().refused(|h| h.verdict.measures[0].because = vec![0]);
    assert!(said.starts_with("rail R4, R5"), "{said}");
    assert!(said.contains("rests on record `disputed`, `suspended`"), "{said}");
    let said = Honest::restricted().refused(|h| {
        for record in h.answers.iter_mut().flat_map(|a| &mut a.records) {
            for event in &mut record.events {
                event.kind = EventKind::Repaired;
            }
        }
    });
    assert!(said.contains("record `disputed` is called `suspended`"), "{said}");
    let said = Honest::restricted().refused(|h| {
        h.verdict.records.iter_mut().for_each(|r| r.standing = Standing::InForce);
    });
    assert!(said.contains("record `disputed` is called `in-force` and is `suspended`"), "{said}");
    let said = Honest::restricted().refused(|h| h.verdict.records[0].has_ended = true);
    assert!(said.contains("record `disputed` has ended, or has not"), "{said}");
}

#[test]
fn r6_a_record_about_somebody_else() {
    let said = Honest::restricted().refused(|h| {
        for record in h.answers.iter_mut().flat_map(|a| &mut a.records) {
            record.subject.identifier = "91310000MA1FL00157".into();
        }
    });
    assert_eq!(
        said,
        "rail R6 (exact identifiers only) does not hold: record `in-force` does not name \
         `9131…**`, who was asked about"
    );
}

/// A person is reached by a role in which the record names that person.
#[test]
fn r8_a_role_in_which_nobody_is_named() {
    let honest = || {
        Honest::of(&[json!({ "id": "both", "list": "judgment-defaulters",
            "responsible_persons": [{ "role": "legal-representative", "scheme": "resident-id",
                "identifier": PERSON, "name": "张某" }] })])
    };
    assert_eq!(honest().verdict.records.len(), 2);
    for lie in [None, Some(Role::Principal)] {
        let said = honest().refused(|h| h.verdict.records[1].named_as = lie);
        assert_eq!(
            said,
            "rail R8 (a person is reached only by name in the record) does not hold: record `both` \
             does not name the subject in that role"
        );
    }
    let said = honest().refused(|h| {
        h.verdict.records.remove(1);
    });
    assert!(said.contains("2 records were given and 1 are judged"), "{said}");
}

#[test]
fn r11_without_reasons() {
    let said = Honest::restricted().refused(|h| h.verdict.measures[0].because.clear());
    assert!(said.contains("restricts without a record"), "{said}");
    let said =
        Honest::restricted().refused(|h| h.verdict.set_aside[0].basis = Basis::Ground(9_999));
    assert!(said.contains("something is set aside without a rule"), "{said}");
    let said = Honest::restricted().refused(|h| h.verdict.obligations[0].due_on = Some(Date::NONE));
    assert!(said.contains("something is due on a day that does not exist"), "{said}");
}

/// The day of the check is the host's, and what follows from it no component can leave out.
#[test]
fn r14_a_check_of_an_earlier_day() {
    let backdated = || Honest::made_on(&[], Date::new(2026, 11, 24).unwrap());
    assert_eq!(backdated().verdict.disposition_rule, DispositionRule::EarlierDay);
    let said = backdated().refused(|h| {
        h.verdict.disposition = Disposition::Clear;
        h.verdict.disposition_rule = DispositionRule::NothingApplies;
    });
    assert!(said.contains("the disposition is `clear` and must be `review`"), "{said}");

    let since = || {
        let since = json!({ "id": "since", "list": "wage-arrears", "valid_from": "2026-11-21" });
        Honest::made_on(&[since], Date::new(2026, 11, 21).unwrap())
    };
    assert_eq!(since().verdict.disposition_rule, DispositionRule::EarlierDay);
    let said = since().refused(|h| {
        let record = &mut h.verdict.records[0];
        record.standing_today = record.standing;
    });
    assert!(said.contains("rail R4, R5"), "{said}");
}

/// Nothing is contradicted because a component says so.
#[test]
fn r2_a_record_set_aside_as_contradicted_by_nobody() {
    let said = Honest::restricted().refused(|h| {
        h.verdict.set_aside[0].reason = SetAsideReason::ContradictingSources;
    });
    assert!(
        said.contains("a record is set aside as contradicted, and no other source says so"),
        "{said}"
    );
}
