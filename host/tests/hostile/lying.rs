//! Guests that work and lie: about the lookups, the records, the measures, the result.

use mustcheck::model::{ApplicationError, Decision, Disposition, DispositionRule, Problem, Query};
use mustcheck::{CheckError, Fault, Gate, Limits, Rail};

use crate::guests::{Values, of_core};
use crate::registries::{Awaited, Down};
use crate::{APPLICATION, EXPECTED, fault, gate, guest, guest_within, registry, says};

#[track_caller]
fn breaks(rail: Rail, heading: &str, gate: &Gate, expected: &str) {
    let error = fault(gate);
    assert!(
        matches!(&error, CheckError::Fault(Fault::Rail { rail: found, .. }) if *found == rail),
        "{heading}: {error:?}"
    );
    says(heading, &error, &format!("rail {rail} does not hold: {expected}"));
}

/// The gate of a guest that decides honestly but for one lie.
fn lie(lie: impl FnOnce(&mut Decision)) -> Gate {
    let mut values = Values::honest();
    lie(values.decision.as_mut().unwrap());
    guest(values.component())
}

#[test]
fn the_guest_is_honest_before_the_lie() {
    let checked = guest(of_core("honest.wat")).check(&APPLICATION).unwrap();
    assert_eq!(checked.decision(), &*EXPECTED);
    assert_eq!(
        guest(Values::honest().component()).check(&APPLICATION).unwrap().decision(),
        &*EXPECTED
    );
}

#[test]
fn guests_that_do_not_ask_what_is_due() {
    let not_asked = |subject| {
        format!("list `judgment-defaulters` is due for subject {subject} and was not asked")
    };
    for (file, expected) in [
        ("never_asks.wat", "`check` decided without asking the registry".into()),
        ("asks_nothing.wat", not_asked(0)),
        ("nothing_due.wat", not_asked(0)),
        ("asks_for_less.wat", not_asked(1)),
    ] {
        breaks(Rail::R1, file, &guest(of_core(file)), &expected);
    }
    // The same is said to who only asks what is due.
    let error = guest(of_core("nothing_due.wat")).due_lookups(&APPLICATION).unwrap_err();
    let expected = format!("rail {} does not hold: {}", Rail::R1, not_asked(0));
    says("nothing_due.wat", &error, &expected);
}

#[test]
fn guests_that_ask_when_they_may_not() {
    let said = |file: &str, error: CheckError, expected: &str| {
        assert!(
            matches!(&error, CheckError::Fault(Fault::Component { during: "lookup", .. })),
            "{file}: {error:?}"
        );
        says(file, &error, &format!("the policy component failed in `lookup`: {expected}"));
    };
    let twice = guest(of_core("asks_twice.wat"));
    said("asks_twice.wat", fault(&twice), "`check` calls `lookup` more than once");
    let early = guest(of_core("asks_in_due_lookups.wat"));
    said(
        "asks_in_due_lookups.wat",
        early.due_lookups(&APPLICATION).unwrap_err(),
        "`lookup` may only be called by `check`, not by `due-lookups` or `describe`",
    );
}

#[test]
fn a_guest_that_asks_for_other_lookups_than_it_said() {
    let policy = mustcheck::Policy::from_component(of_core("asks_for_less.wat")).unwrap();
    let gate = Gate::builder()
        .policy(policy)
        .async_registry(Awaited(registry()))
        .today(APPLICATION.as_of)
        .build()
        .unwrap();
    let error = pollster::block_on(gate.check_async(&APPLICATION)).unwrap_err();
    assert!(matches!(&error, CheckError::Fault(Fault::Component { during: "check", .. })));
    says(
        "asks_for_less.wat",
        &error,
        "the policy component failed in `check`: `check` asks for other lookups than `due-lookups` \
         said were due",
    );
}

#[test]
fn guests_that_ask_too_much() {
    let limits = Limits { lookups: 10, ..Limits::default() };
    let error = fault(&guest_within(of_core("honest.wat"), limits));
    assert!(matches!(&error, CheckError::Fault(Fault::Limit { limit: 10, .. })), "{error:?}");
    let due = EXPECTED.lookups.len();
    let expected = format!("the lookups due: {due}, more than the limit of 10");
    says("too many lookups", &error, &expected);
    let asks = |change: fn(&mut Vec<Query>)| {
        let mut values = Values::honest();
        change(values.due.as_mut().unwrap());
        guest(values.component())
    };
    let heading = "other questions";
    let nobody = asks(|due| due[0].subject = 7);
    breaks(Rail::R1, heading, &nobody, "a due lookup names subject 7, whom nobody named");
    let unknown = asks(|due| due[0].lists.push("310104197106123355".into()));
    breaks(Rail::R2, heading, &unknown, "`3101…**` is no list of the policy");
    let twice = asks(|due| due[0].lists.push("wage-arrears".into()));
    breaks(Rail::R1, heading, &twice, "list `wage-arrears` is asked twice for one subject");
}

#[test]
fn decisions_on_what_was_not_answered() {
    let heading = "clear after a failed lookup";
    let policy = |lie: &dyn Fn(&mut Decision)| {
        let mut values = Values::honest();
        let decision = values.decision.as_mut().unwrap();
        decision.disposition = Disposition::Clear;
        decision.disposition_rule = DispositionRule::NothingApplies;
        decision.measures.clear();
        decision.records.clear();
        decision.set_aside.clear();
        for row in &mut decision.lookups {
            (row.records, row.source, row.source_as_of) = (0, None, None);
        }
        lie(decision);
        mustcheck::Policy::from_component(values.component()).unwrap()
    };
    let unanswered = |policy| gate(policy, Down, Limits::default());
    breaks(
        Rail::R2,
        heading,
        &unanswered(policy(&|_| {})),
        "the lookup of list `abnormal-operations` is shown as `answered` and is `unavailable`",
    );
    let rows = |decision: &mut Decision| {
        for row in &mut decision.lookups {
            row.status = mustcheck::model::AnswerStatus::Unavailable;
            row.reason = Some("down".into());
        }
    };
    breaks(
        Rail::R2,
        heading,
        &unanswered(policy(&rows)),
        "the disposition is `clear` and must be `undetermined`",
    );
}

#[test]
fn decisions_that_hold_what_nobody_gave() {
    let heading = "an invented record";
    let shown = lie(|decision| decision.records[0].record = "WA-0000".into());
    breaks(Rail::R1, heading, &shown, "the decision shows record `WA-0000`, which nobody gave");
    let rests = lie(|decision| decision.measures[0].because = vec!["WA-0000".into()]);
    let measure = &EXPECTED.measures[0].measure;
    let expected = format!("measure `{measure}` rests on record `WA-0000`, which nobody gave");
    breaks(Rail::R1, heading, &rests, &expected);
    let other = lie(|decision| decision.records[0].decided_by = Some("another office".into()));
    let expected = "record `WA-2025-0107` is not shown as it was given";
    breaks(Rail::R1, "a record that says something else", &other, expected);
    let hidden = lie(|decision| decision.records.clear());
    let expected = "record `WA-2025-0107` was given and is not shown";
    breaks(Rail::R2, "a hidden record", &hidden, expected);
    let rows = lie(|decision| {
        let row = decision.lookups[0].clone();
        decision.lookups.push(row);
    });
    let expected = format!(
        "{} lookups were made and the decision shows {}",
        EXPECTED.lookups.len(),
        EXPECTED.lookups.len() + 1
    );
    breaks(Rail::R1, "invented lookups", &rows, &expected);
}

#[test]
fn decisions_with_measures_of_their_own() {
    let heading = "an invented measure";
    let invented = lie(|decision| decision.measures[0].measure = "blacklist-forever".into());
    let expected = "measure `blacklist-forever` is not in the policy's catalogue";
    breaks(Rail::R3, heading, &invented, expected);
    // What a guest writes does not carry an identifier, or a megabyte, into a log.
    let whom = lie(|decision| decision.measures[0].measure = "310104197106123355".into());
    breaks(Rail::R3, heading, &whom, "measure `3101…**` is not in the policy's catalogue");
    let long = lie(|decision| decision.measures[0].measure = "很".repeat(1 << 20));
    assert!(fault(&long).to_string().len() < 2_000);
    let milder = lie(|decision| decision.measures[0].legal_basis.clear());
    let expected = format!("measure `{}` differs from the catalogue", EXPECTED.measures[0].measure);
    breaks(Rail::R3, heading, &milder, &expected);
}

#[test]
fn decisions_that_name_people() {
    let heading = "an identifier that is not masked";
    let shown = lie(|decision| decision.lookups[0].subject = "91310115MA1K3H5Q4N".into());
    breaks(Rail::R13, heading, &shown, "the identifier of subject 0 is not masked");
    let told = lie(|decision| {
        let notice = decision.notice.as_mut().unwrap();
        notice.en = format!("{} 310104197106123355", notice.en).into();
    });
    breaks(Rail::R13, heading, &told, "the notice holds an identifier that is not masked");
    let told = lie(|decision| {
        let note = &mut decision.obligations[0].note;
        note.en = format!("{} 310104197106123355", note.en).into();
    });
    breaks(Rail::R13, heading, &told, "an obligation holds an identifier that is not masked");
    let mut values = Values::honest();
    values.decision = Err(ApplicationError::InvalidValue(Problem {
        path: "subjects[1]".into(),
        detail: "310104197106123355 is not wanted".into(),
    }));
    let error = fault(&guest(values.component()));
    assert!(matches!(&error, CheckError::Application(ApplicationError::InvalidValue(_))));
    says(heading, &error, "subjects[1]: 3101…** is not wanted");
}
