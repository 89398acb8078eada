//! An honest decision passes; the same decision with one lie in it does not. This is what the
//! host holds against a buggy or hostile component, whatever it was built from.

use std::sync::LazyLock;

use mustcheck_guest::Catalogue;
use mustcheck_guest::date::Date;
use mustcheck_guest::model::{
    AnswerStatus, Cut, Description, Disposition, DispositionRule, EventKind, Finding, Role,
    Standing, Text,
};
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

/// Everything that the host has in hand when a component has decided.
struct Honest {
    description: Description,
    application: Application,
    due: Vec<Query>,
    answers: Vec<Answer>,
    decision: Decision,
    made_on: Date,
}

impl Honest {
    fn notice(&mut self) -> &mut Text {
        self.decision.notice.as_mut().unwrap()
    }

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
        let due = mustcheck_guest::due_lookups(&CATALOGUE, &application, made_on).unwrap();
        let answers =
            registry.lookup(&Asked::of(&Parts::default(), &application, &due).asks()).unwrap();
        let mut given = |_: &[Query]| answers.clone();
        let decision =
            mustcheck_guest::check(&CATALOGUE, &application, made_on, true, &mut given).unwrap();
        Self { description: CATALOGUE.describe(), application, due, answers, decision, made_on }
    }

    fn verdict(&self) -> Result<(), String> {
        let Self {
            description, application, due: queries, answers: given, decision: found, ..
        } = self;
        let policy = Described::new(description.clone());
        due(&policy, application, queries, &Limits::default())
            .and_then(|()| replayed(application, queries, given))
            .and_then(|()| decision(&policy, &self.checked(true), found))
            .map_err(|fault| fault.to_string())
    }

    /// What the decision is held against.
    fn checked(&self, notices: bool) -> Checked<'_> {
        let &Self { ref application, ref due, ref answers, made_on, .. } = self;
        let days = Days { as_of: application.as_of, made_on };
        Checked { application, days, due, answers, notices }
    }

    fn refused(mut self, lie: impl FnOnce(&mut Self)) -> String {
        assert_eq!(self.verdict(), Ok(()), "honest before the lie");
        lie(&mut self);
        self.verdict().unwrap_err()
    }
}

#[test]
fn r1_lookups_that_are_not_asked_or_not_shown() {
    let said = Honest::clear().refused(|h| h.due.clear());
    assert_eq!(
        said,
        "rail R1 (no check, no decision) does not hold: list `judgment-defaulters` is due for \
         subject 0 and was not asked"
    );
    let said = Honest::clear().refused(|h| h.due[0].lists.truncate(3));
    assert!(said.contains("list `government-procurement-serious` is due for subject 0"), "{said}");
    let said = Honest::clear().refused(|h| h.due[1].subject = 7);
    assert!(said.contains("names subject 7, whom nobody named"), "{said}");
    let said = Honest::clear().refused(|h| {
        h.decision.lookups.pop();
    });
    let made = Honest::clear().answers.len();
    let told = format!("{made} lookups were made and the decision shows {}", made - 1);
    assert!(said.contains(&told), "{said}");
    let said = Honest::clear().refused(|h| h.decision.lookups[0].source = Some("other".into()));
    assert!(said.contains("the lookup of list `judgment-defaulters` is not shown as it was"));
    let said = Honest::restricted().refused(|h| {
        h.decision.measures[0].because = vec!["never-given".into()];
    });
    assert!(said.contains("rests on record `never-given`, which nobody gave"), "{said}");
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
fn r2_unanswered_shown_as_clear() {
    let unanswered = |h: &mut Honest| {
        h.answers[1].status = AnswerStatus::Unavailable;
        h.answers[1].records.clear();
    };
    let said = Honest::clear().refused(unanswered);
    assert!(said.contains("`wage-arrears` is shown as `answered` and is `unavailable`"), "{said}");
    let said = Honest::clear().refused(|h| {
        unanswered(h);
        h.decision.lookups[1].status = AnswerStatus::Unavailable;
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
    let stale = |h: &mut Honest| {
        for answer in &mut h.answers {
            let source = answer.source.as_mut().unwrap();
            source.as_of.date = Date::new(2026, 11, 12).unwrap();
        }
        for row in &mut h.decision.lookups {
            row.source_as_of.as_mut().unwrap().date = Date::new(2026, 11, 12).unwrap();
        }
    };
    let said = Honest::clear().refused(stale);
    assert!(said.contains("is shown as `answered` and is `stale`"), "{said}");
    let said = Honest::clear().refused(|h| h.decision.lookups[0].due = false);
    assert!(said.contains("the lookup of list `judgment-defaulters` is due"), "{said}");
}

#[test]
fn r2_a_restriction_or_a_record_left_out() {
    let said = Honest::restricted().refused(|h| h.decision.measures.clear());
    // What is under verification is for the officer, whatever else there is.
    assert!(said.contains("the disposition is `restricted` and must be `review`"), "{said}");
    let said = Honest::restricted().refused(|h| {
        h.decision.measures.clear();
        h.decision.disposition = Disposition::Clear;
        h.decision.disposition_rule = DispositionRule::NothingApplies;
        h.decision.records.clear();
    });
    assert!(said.contains("record `disputed` was given and is not shown"), "{said}");
}

#[test]
fn r3_measures_that_the_catalogue_does_not_hold() {
    let said = Honest::restricted().refused(|h| h.decision.measures[0].measure = "mine".into());
    assert!(said.contains("measure `mine` is not in the policy's catalogue"), "{said}");
    let said = Honest::restricted().refused(|h| h.decision.measures[0].legal_basis.clear());
    assert!(said.contains("differs from the catalogue"), "{said}");
    let said = Honest::restricted().refused(|h| {
        h.description.measures.iter_mut().for_each(|m| m.matters.clear());
    });
    assert!(said.contains("does not apply to this matter, role or day"), "{said}");
    let said = Honest::restricted().refused(|h| {
        let last = Date::new(2020, 1, 1);
        h.description.measures.iter_mut().for_each(|m| m.valid_until = last);
    });
    assert!(said.contains("does not apply to this matter, role or day"), "{said}");
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
        let said = Honest::restricted().refused(|h| lie(&mut h.decision.measures[0].until));
        assert!(said.contains("rail R7 (as long as the article says)"), "{said}");
    }
    let said = Honest::restricted().refused(|h| {
        let prolonged = mustcheck_guest::model::Prolonged {
            record: "disputed".into(),
            recorded_until: Date::new(2027, 1, 1).unwrap(),
            until: None,
        };
        h.decision.measures[0].prolonged.push(prolonged);
    });
    assert!(said.contains("cuts the term of a record it does not rest on"), "{said}");
}

/// The standing of a record follows from the rules of its list, which the policy describes.
#[test]
fn r4_r5_a_standing_by_other_rules_than_the_list_has() {
    let said = Honest::restricted().refused(|h| {
        let lists = h.description.lists.iter_mut();
        lists.flat_map(|list| &mut list.rules).for_each(|rules| rules.objection_suspends = false);
    });
    assert!(said.contains("record `disputed` is shown with a standing it lacks"), "{said}");
}

/// What an officer reads of a record, and of why there was no answer, is what was given.
#[test]
fn r1_facts_that_are_not_as_they_were_given() {
    let lies: [fn(&mut Finding); 6] = [
        |f| f.list = "judgment-defaulters".into(),
        |f| f.decided_by = Some("another office".into()),
        |f| f.document = Some("another document".into()),
        |f| f.valid_from = Date::new(2020, 1, 1).unwrap(),
        |f| f.valid_until = Some(Date::new(2030, 1, 1).unwrap()),
        |f| f.disputed = !f.disputed,
    ];
    for lie in lies {
        let said = Honest::restricted().refused(|h| lie(&mut h.decision.records[0]));
        assert!(said.contains("is not shown as it was given"), "{said}");
    }
    let said =
        Honest::clear().refused(|h| h.decision.lookups[0].reason = Some("it is down".into()));
    assert!(said.contains("gives another reason"), "{said}");
    let said = Honest::restricted().refused(|h| {
        h.decision.set_aside[0].record = Some("nobody-s".into());
    });
    assert!(said.contains("a record is set aside that nobody gave"), "{said}");
    let said = Honest::restricted().refused(|h| {
        let cut = Cut {
            record: "disputed".into(),
            recorded_until: None,
            allowed_until: Date::new(2027, 1, 1).unwrap(),
        };
        h.decision.measures[0].cut.push(cut);
    });
    assert!(said.contains("cuts the term of a record it does not rest on"), "{said}");
}

#[test]
fn r3_what_rests_on_no_law() {
    let said = Honest::restricted().refused(|h| {
        h.decision.measures[0].text = Text::new("禁止参加", "barred");
    });
    assert!(said.contains("differs from the catalogue"), "{said}");
    let said = Honest::restricted().refused(|h| {
        h.decision.set_aside[0].measure = Some("blacklist-forever".into());
    });
    assert!(said.contains("a measure is set aside that is not in the policy's"), "{said}");
    let said = Honest::restricted().refused(|h| h.decision.obligations[0].legal_basis.clear());
    assert!(said.contains("something is due later without legal basis"), "{said}");
}

#[test]
fn r4_r5_a_record_that_is_not_in_force() {
    let said = Honest::restricted().refused(|h| {
        h.decision.measures[0].because = vec!["disputed".into()];
    });
    assert!(said.starts_with("rail R4, R5"), "{said}");
    assert!(said.contains("rests on record `disputed`, `suspended`"), "{said}");
    let said = Honest::restricted().refused(|h| {
        for record in h.answers.iter_mut().flat_map(|a| &mut a.records) {
            for event in &mut record.events {
                event.kind = EventKind::Repaired;
            }
        }
    });
    assert!(said.contains("record `disputed` is shown with a standing it lacks"), "{said}");
    let said = Honest::restricted().refused(|h| {
        h.decision.records.iter_mut().for_each(|f| f.standing = Standing::InForce);
    });
    assert!(said.contains("record `disputed` is shown with a standing it lacks"), "{said}");
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

#[test]
fn r11_a_decision_about_another_case_or_without_reasons() {
    let said = Honest::clear().refused(|h| h.decision.application = "GP-2".into());
    assert!(said.contains("the decision is about another application or policy"), "{said}");
    let said = Honest::clear().refused(|h| h.notice().zh = "".into());
    assert!(said.contains("the notice of the decision is empty"), "{said}");
    let said = Honest::clear().refused(|h| h.decision.notice = None);
    assert!(said.contains("the decision has no notice"), "{said}");
    let said = Honest::restricted().refused(|h| h.decision.measures[0].because.clear());
    assert!(said.contains("restricts without a record"), "{said}");
    let said = Honest::restricted().refused(|h| h.decision.set_aside[0].legal_basis.clear());
    assert!(said.contains("something is set aside without a rule"), "{said}");
    let said = Honest::restricted().refused(|h| {
        h.decision.measures[0].target.role = Role::Guarantor;
    });
    assert!(said.contains("gives subject 0 the role `guarantor`"), "{said}");
}

#[test]
fn r13_identifiers_that_are_not_masked() {
    let said = Honest::restricted().refused(|h| {
        h.decision.measures[0].target.subject = APPLICANT.into();
    });
    assert_eq!(
        said,
        "rail R13 (identifiers are masked) does not hold: the identifier of subject 0 is not masked"
    );
    for hidden in [PERSON.to_owned(), format!("编号{APPLICANT}号"), format!("x{PERSON}x")] {
        let said = Honest::restricted().refused(|h| {
            let en = &mut h.notice().en;
            *en = format!("{en}{hidden}").into();
        });
        assert!(said.contains("the notice holds an identifier that is not masked"), "{said}");
    }
    type Place = fn(&mut Decision) -> &mut Text;
    let places: [(&str, Place); 3] = [
        ("an obligation", |d| &mut d.obligations[0].to),
        ("an obligation", |d| &mut d.obligations[0].note),
        ("what is set aside", |d| &mut d.set_aside[0].text),
    ];
    for (what, place) in places {
        let mut honest = Honest::restricted();
        // Whether somebody wants a notice has nothing to do with it.
        honest.decision.notice = None;
        let zh = format!("{}{PERSON}", place(&mut honest.decision).zh);
        place(&mut honest.decision).zh = zh.into();
        let policy = Described::new(honest.description.clone());
        let said = decision(&policy, &honest.checked(false), &honest.decision).unwrap_err();
        let expected = format!("{what} holds an identifier that is not masked");
        assert!(said.to_string().contains(&expected), "{said}");
    }
}

/// A record that bars two is shown for both.
#[test]
fn r2_a_record_that_is_hidden_for_one_of_two() {
    let honest = Honest::of(&[json!({ "id": "both", "list": "judgment-defaulters",
        "responsible_persons": [{ "role": "legal-representative", "scheme": "resident-id",
            "identifier": PERSON, "name": "张某" }] })]);
    assert_eq!(honest.decision.records.len(), 2);
    let said = honest.refused(|h| {
        h.decision.records.remove(1);
    });
    assert!(said.contains("record `both` was given and is not shown"), "{said}");
}

/// What a source or a record says of somebody is shown masked, and that is no lie.
#[test]
fn r13_what_was_given_with_an_identifier_is_shown_without() {
    let quoting = json!({ "id": "quoting", "list": "wage-arrears",
        "decided_by": "某局", "document": format!("关于{APPLICANT}的决定") });
    let honest = Honest::of(&[quoting]);
    assert_eq!(honest.verdict(), Ok(()));
    assert_eq!(honest.decision.records[0].document.as_deref(), Some("关于9131…**的决定"));
    let mut down = Honest::clear();
    for answer in &mut down.answers {
        answer.status = AnswerStatus::Unavailable;
        answer.source = None;
        answer.reason = Some(format!("no page for {APPLICANT} or {PERSON}"));
    }
    let mut given = |_: &[Query]| down.answers.clone();
    down.decision = mustcheck_guest::check(
        &CATALOGUE,
        &down.application,
        down.application.as_of,
        true,
        &mut given,
    )
    .unwrap();
    assert_eq!(down.verdict(), Ok(()));
    for row in &down.decision.lookups {
        let own = [APPLICANT, PERSON][row.subject_index as usize];
        assert!(!row.reason.as_ref().unwrap().contains(own), "{:?}", row.reason);
    }
}

/// The day of the check is the host's, and what follows from it no component can leave out.
#[test]
fn r14_a_check_of_another_day_than_it_was_made_on() {
    let said = Honest::clear().refused(|h| h.decision.made_on = Date::new(2026, 11, 19).unwrap());
    assert_eq!(
        said,
        "rail R14 (the day of the check is the host's) does not hold: the decision is of \
         `2026-11-19` and was made on `2026-11-20`"
    );
    // Today is not what the component would like: a source has grown old by then.
    let said = Honest::clear().refused(|h| {
        h.made_on = Date::new(2026, 12, 20).unwrap();
        h.decision.made_on = h.made_on;
    });
    assert!(said.contains("is shown as `answered` and is `stale`"), "{said}");

    let backdated = || Honest::made_on(&[], Date::new(2026, 11, 24).unwrap());
    assert_eq!(backdated().decision.disposition_rule, DispositionRule::EarlierDay);
    let said = backdated().refused(|h| {
        h.decision.disposition = Disposition::Clear;
        h.decision.disposition_rule = DispositionRule::NothingApplies;
    });
    assert!(said.contains("the disposition is `clear` and must be `review`"), "{said}");

    let since = || {
        let since = json!({ "id": "since", "list": "wage-arrears", "valid_from": "2026-11-21" });
        Honest::made_on(&[since], Date::new(2026, 11, 21).unwrap())
    };
    assert_eq!(since().decision.disposition_rule, DispositionRule::EarlierDay);
    let said = since().refused(|h| h.decision.records[0].standing_today = None);
    assert!(said.contains("record `since` is shown with a standing it lacks"), "{said}");
}

/// Nothing is contradicted because a component says so.
#[test]
fn r2_a_record_set_aside_as_contradicted_by_nobody() {
    let said = Honest::restricted().refused(|h| {
        h.decision.set_aside[0].reason = SetAsideReason::ContradictingSources;
    });
    assert!(
        said.contains("a record is set aside as contradicted, and no other source says so"),
        "{said}"
    );
}
