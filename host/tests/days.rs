//! The day of a check is the host's: days, snapshots and rights, in every combination.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::sync::LazyLock;

use mustcheck::model::{AnswerStatus, Disposition, DispositionRule, Standing};
use mustcheck::{
    Application, ApplicationExt as _, CheckError, Date, Decision, Gate, JsonRegistry, Policy,
};
use serde_json::{Value, json};

static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::embedded().unwrap());

const APPLICANT: &str = "91310000MA1FL0007C";
const PERSON: &str = "310101198001010018";
const TODAY: Date = Date { year: 2026, month: 11, day: 20 };

/// The day so many days after today.
fn day(offset: i32) -> Date {
    let mut day = TODAY;
    for _ in 0..offset.abs() {
        day = if offset < 0 { day.yesterday().unwrap() } else { day.tomorrow().unwrap() };
    }
    day
}

/// An application as of a day. No bar on its matter outlasts its record, so a source may hold only
/// records in force.
fn application(as_of: Date) -> Application {
    let application = json!({
        "id": "VT-1", "matter": "tendering/voluntary-tender", "as_of": as_of,
        "office": { "name": "某局", "region": "310000" },
        "subjects": [
            { "role": "applicant", "kind": "organization", "scheme": "uscc",
              "identifier": APPLICANT, "name": "甲公司" },
            { "role": "legal-representative", "kind": "person", "scheme": "resident-id",
              "identifier": PERSON, "name": "张某" },
        ],
    });
    Application::from_json(application.to_string().as_bytes()).unwrap()
}

/// A source with every list, and the records of the applicant in it.
fn registry(as_of: Date, records_from: Option<Date>, records: &[Value]) -> JsonRegistry {
    let lists = POLICY.description().lists.iter().map(|list| &list.code);
    let whole = records.iter().map(|record| {
        let mut whole = json!({ "source": "platform", "valid_from": "2026-01-01",
            "list": "wage-arrears",
            "subject": { "kind": "organization", "scheme": "uscc", "identifier": APPLICANT } });
        whole.as_object_mut().unwrap().extend(record.as_object().unwrap().clone());
        whole
    });
    let document = json!({
        "sources": [{ "id": "platform", "as_of": format!("{as_of}T08:00:00+08:00"),
            "records_from": records_from, "covers": lists.collect::<Vec<_>>() }],
        "records": whole.collect::<Vec<_>>(),
    });
    JsonRegistry::from_json(document.to_string().as_bytes()).unwrap()
}

fn gate(registry: JsonRegistry, right: Option<u16>) -> Gate {
    let gate = Gate::builder().policy(POLICY.clone()).registry(registry).today(TODAY);
    let gate = if let Some(days) = right { gate.backdating(days) } else { gate };
    gate.build().unwrap()
}

fn decided(gate: &Gate, as_of: Date) -> Decision {
    gate.check(&application(as_of)).unwrap().decision().clone()
}

fn refused(gate: &Gate, as_of: Date) -> String {
    match gate.check(&application(as_of)) {
        Err(CheckError::Application(error)) => error.to_string(),
        other => panic!("{:?}", other.map(|checked| checked.decision().disposition)),
    }
}

/// No as-of date, no snapshot and no right make a firm clear whose record is in force today.
#[test]
fn no_combination_clears_who_is_listed_today() {
    let mut seen = 0;
    for snapshot in [-30, -8, -7, -1, 0, 1, 2] {
        for records_from in [None, Some(day(-400)), Some(day(-20)), Some(day(0))] {
            for from in [day(-300), day(-10), day(0)] {
                let listed = json!({ "id": "listed", "valid_from": from });
                for right in [None, Some(0), Some(7), Some(30)] {
                    let held = registry(day(snapshot), records_from, std::slice::from_ref(&listed));
                    let gate = gate(held, right);
                    let allowed = right.map_or(1, i32::from).max(1);
                    for as_of in [-40, -31, -30, -8, -7, -2, -1, 0, 1, 2] {
                        match gate.check(&application(day(as_of))) {
                            Ok(checked) => {
                                assert!((-allowed..=0).contains(&as_of), "{right:?}, {as_of}");
                                let decision = checked.decision();
                                let found = decision.disposition;
                                let good =
                                    matches!(found, Disposition::Clear | Disposition::Facilitated);
                                assert!(!good, "{as_of}, {snapshot}, {records_from:?}, {from}");
                                assert_eq!(decision.made_on, TODAY);
                                seen += 1;
                            }
                            Err(CheckError::Application(error)) => {
                                assert!(!(-allowed..=0).contains(&as_of), "{error}");
                            }
                            Err(error) => panic!("{error}"),
                        }
                    }
                }
            }
        }
    }
    assert!(seen > 500, "{seen}");
}

#[test]
fn an_earlier_day_needs_the_right_to_it() {
    let held = || registry(day(0), Some(day(-400)), &[]);
    let bare = gate(held(), None);
    assert_eq!(decided(&bare, day(0)).disposition, Disposition::Clear);
    assert_eq!(decided(&bare, day(-1)).disposition, Disposition::Clear);
    assert_eq!(
        refused(&bare, day(-2)),
        "as_of: `2026-11-18` is an earlier day: today is `2026-11-20`, and a check as of a day \
         before yesterday needs the right to it"
    );
    assert_eq!(
        refused(&bare, day(1)),
        "as_of: `2026-11-21` is in the future: today is `2026-11-20`"
    );

    let week = gate(held(), Some(7));
    assert_eq!(
        refused(&week, day(-8)),
        "as_of: `2026-11-12` lies 8 days before `2026-11-20`, more than the 7 allowed"
    );
    let decision = decided(&week, day(-7));
    assert!(decision.is_backdated());
    assert_eq!(
        (decision.disposition, decision.disposition_rule),
        (Disposition::Review, DispositionRule::EarlierDay)
    );
    // The right can be taken from a gate, and is not given back by a right to no days.
    assert!(refused(&week.without_backdating(), day(-2)).contains("needs the right to it"));
    assert_eq!(
        refused(&gate(held(), Some(0)), day(-2)),
        "as_of: `2026-11-18` lies 2 days before `2026-11-20`, more than the 0 allowed"
    );
}

/// The application cannot name the day of the check.
#[test]
fn no_application_names_the_day_of_the_check() {
    let mut named = serde_json::to_value(application(TODAY)).unwrap();
    named["made_on"] = json!("2026-11-01");
    let refused = Application::from_json(named.to_string().as_bytes()).unwrap_err().to_string();
    assert!(refused.contains("unknown field `made_on`"), "{refused}");
}

#[test]
fn a_source_is_old_by_the_day_of_the_check() {
    let statuses = |snapshot: i32, from: Option<i32>, as_of: i32| {
        let gate = gate(registry(day(snapshot), from.map(day), &[]), Some(30));
        let decision = decided(&gate, day(as_of));
        let first = decision.lookups[0].status;
        assert!(decision.lookups.iter().all(|lookup| lookup.status == first));
        (first, decision.disposition, decision.lookups[0].reason.clone())
    };
    use AnswerStatus::{Answered, NotCovered, Stale};
    use Disposition::{Clear, Review, Undetermined};
    assert_eq!(statuses(-7, Some(-400), 0), (Answered, Clear, None));
    // Fresh on the as-of date, and old today.
    let (status, disposition, _) = statuses(-8, Some(-400), -8);
    assert_eq!((status, disposition), (Stale, Undetermined));
    assert_eq!(statuses(0, Some(-8), -8), (Answered, Review, None));
    let reason = "what had ended before `2026-11-13` is not held, and `2026-11-12` is earlier";
    assert_eq!(statuses(0, Some(-7), -8), (NotCovered, Undetermined, Some(reason.into())));
    // Without a day of its own, it holds the records that were in force on the day of its snapshot.
    assert_eq!(statuses(0, None, 0).0, Answered);
    assert_eq!(statuses(-1, None, -1).0, Answered);
    assert_eq!(statuses(0, None, -1).0, NotCovered);
}

/// A record that a fresh source shows is there, even where the source cannot answer for the day.
#[test]
fn a_source_that_cannot_tell_of_the_day_still_proves_a_record() {
    let held = registry(day(0), Some(day(-1)), &[json!({ "id": "listed" })]);
    let decision = decided(&gate(held, Some(30)), day(-8));
    assert_eq!(decision.disposition, Disposition::Restricted);
    assert!(decision.lookups.iter().all(|lookup| lookup.status == AnswerStatus::NotCovered));
    let stale = registry(day(-8), Some(day(-400)), &[json!({ "id": "listed" })]);
    let decision = decided(&gate(stale, None), day(0));
    assert_eq!(decision.disposition, Disposition::Undetermined);
}

#[test]
fn a_record_that_came_since_is_for_the_officer() {
    let since = json!({ "id": "since", "valid_from": day(0) });
    let decision = decided(&gate(registry(day(0), Some(day(-400)), &[since]), None), day(-1));
    assert!(!decision.is_backdated());
    assert_eq!(
        (decision.disposition, decision.disposition_rule),
        (Disposition::Review, DispositionRule::EarlierDay)
    );
    let [finding] = decision.records.as_slice() else { panic!("{:?}", decision.records) };
    assert_eq!(finding.standing, Standing::NotYetInForce);
    assert_eq!(finding.standing_today, Some(Standing::InForce));
    // On the day itself it is no other standing, and restricts.
    let today = json!({ "id": "today", "valid_from": day(0) });
    let decision = decided(&gate(registry(day(0), None, &[today]), None), day(0));
    assert_eq!(decision.disposition, Disposition::Restricted);
    assert_eq!(decision.records[0].standing_today, None);
}

#[test]
fn a_snapshot_of_the_future_has_not_answered() {
    let gate = gate(registry(day(2), None, &[json!({ "id": "listed" })]), None);
    let decision = decided(&gate, day(0));
    assert_eq!(decision.disposition, Disposition::Undetermined);
    assert!(decision.records.is_empty());
    for lookup in &decision.lookups {
        assert_eq!(lookup.status, AnswerStatus::Unavailable);
        let reason = "its snapshot is of `2026-11-22T08:00:00+08:00`, which lies in the future";
        assert_eq!(lookup.reason.as_deref(), Some(reason));
    }
}
