#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use mustcheck_facts as facts;
use mustcheck_model::date::Date;
use mustcheck_model::{Role, Scheme, SubjectFacts, SubjectKind};

use super::*;
use crate::checking::due;
use crate::policy::Policy;

const DAY: Date = Date { year: 2026, month: 11, day: 18 };

fn application(subjects: usize) -> ApplicationFacts {
    let subject = SubjectFacts {
        role: Role::Applicant,
        kind: SubjectKind::Organization,
        scheme: Scheme::Uscc,
        of: None,
        as_issued: false,
    };
    ApplicationFacts {
        matter: 0,
        as_of: DAY,
        made_on: DAY,
        subjects: vec![subject; subjects],
        materials: Vec::new(),
        commitment: None,
    }
}

fn kept(policy: &Policy) -> usize {
    policy.known_due().0.read().unwrap().len()
}

#[test]
fn equal_facts_are_answered_from_before_and_others_are_not() {
    let policy = Policy::embedded().unwrap();
    let limits = Limits::default();
    let first = due(&policy, &application(1), limits).unwrap();
    let again = due(&policy, &application(1), limits).unwrap();
    assert!(Arc::ptr_eq(&first.queries, &again.queries) && first.fuel == again.fuel);
    // As a sandbox says it.
    let mut session = policy.session(limits, 0).unwrap();
    let said = session.due_lookups(&application(1)).unwrap();
    assert_eq!(facts::queries(policy.described(), &said), *first.queries);
    assert_eq!(session.fuel_used(), first.fuel);
    // Every fact counts.
    let mut others = vec![application(1); 4];
    others[0].matter = 1;
    others[1].made_on = Date { day: 19, ..DAY };
    others[2].subjects[0].as_issued = true;
    others[3].subjects[0].role = Role::ConsortiumMember;
    for (n, other) in others.iter().enumerate() {
        let _ = due(&policy, other, limits);
        let found = policy.known_due().find(other, limits);
        assert!(found.is_none_or(|due| !Arc::ptr_eq(&due.queries, &first.queries)), "{n}");
    }
}

#[test]
fn a_tighter_limit_fails_where_a_wider_one_did_not() {
    let policy = Policy::embedded().unwrap();
    assert!(due(&policy, &application(1), Limits::default()).is_ok());
    let starved = Limits { fuel: 10, ..Limits::default() };
    assert!(due(&policy, &application(1), starved).is_err());
    let short = Limits { lookups: 1, ..Limits::default() };
    assert!(due(&policy, &application(1), short).is_err());
    assert_eq!(kept(&policy), 1);
}

#[test]
fn what_is_kept_is_bounded() {
    let policy = Policy::embedded().unwrap();
    assert!(due(&policy, &application(LARGEST + 1), Limits::default()).is_ok());
    assert_eq!(kept(&policy), 0);
    let found = due(&policy, &application(1), Limits::default()).unwrap();
    for fuel in 0..3_000 {
        policy.known_due().keep(&application(1), Limits { fuel, ..Limits::default() }, &found);
    }
    assert!(kept(&policy) <= MOST);
}
