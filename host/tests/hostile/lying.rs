//! Guests that work and lie: about what is due, the records, the measures, the result.

use mustcheck::model::{Disposition, DispositionRule, DueLookup, Refusal, Standing, Verdict};
use mustcheck::{CheckError, Fault, Gate, Limits, Rail};
use mustcheck_model::boundary::Convert as _;
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Store};

use crate::guests::{Values, asked, catalogue, of_core, wit};
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
fn lie(lie: impl FnOnce(&mut Verdict)) -> Gate {
    let mut values = Values::honest();
    lie(values.verdict.as_mut().unwrap());
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
fn guests_that_leave_out_what_is_due() {
    let not_asked =
        |subject| format!("list `judgment-defaulters` is due for subject {subject} and not asked");
    breaks(Rail::R1, "nothing_due.wat", &guest(of_core("nothing_due.wat")), &not_asked(0));
    // The same is said to who only asks what is due.
    let error = guest(of_core("nothing_due.wat")).due_lookups(&APPLICATION).unwrap_err();
    let expected = format!("rail {} does not hold: {}", Rail::R1, not_asked(0));
    says("nothing_due.wat", &error, &expected);
    // And so it is where a registry is waited for.
    let mut values = Values::honest();
    values.due.as_mut().unwrap().retain(|due| due.subject == 0);
    let policy = mustcheck::Policy::from_component(values.component()).unwrap();
    let awaited = Gate::builder()
        .policy(policy.clone())
        .async_registry(Awaited(registry()))
        .today(APPLICATION.as_of)
        .build()
        .unwrap();
    let error = pollster::block_on(awaited.check_async(&APPLICATION)).unwrap_err();
    let expected = format!("rail {} does not hold: {}", Rail::R1, not_asked(1));
    says("less than is due", &error, &expected);
    breaks(
        Rail::R1,
        "less than is due",
        &gate(policy, registry(), Limits::default()),
        &not_asked(1),
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
    let asks = |change: fn(&mut Vec<DueLookup>)| {
        let mut values = Values::honest();
        change(values.due.as_mut().unwrap());
        guest(values.component())
    };
    let heading = "other questions";
    let nobody = asks(|due| due[0].subject = 7);
    breaks(Rail::R1, heading, &nobody, "a due lookup names subject 7, whom nobody named");
    let unknown = asks(|due| due.push(DueLookup { subject: 0, list: 999 }));
    breaks(Rail::R2, heading, &unknown, "there is no list 999 of the policy");
    let twice = asks(|due| due.push(due[0]));
    let expected = "list `judgment-defaulters` is asked twice for subject 0";
    breaks(Rail::R1, heading, &twice, expected);
}

#[test]
fn verdicts_on_what_was_not_answered() {
    let mut values = Values::honest();
    let verdict = values.verdict.as_mut().unwrap();
    *verdict = Verdict {
        disposition: Disposition::Clear,
        disposition_rule: DispositionRule::NothingApplies,
        records: Vec::new(),
        measures: Vec::new(),
        set_aside: Vec::new(),
        obligations: Vec::new(),
    };
    let policy = mustcheck::Policy::from_component(values.component()).unwrap();
    breaks(
        Rail::R2,
        "clear after a failed lookup",
        &gate(policy, Down, Limits::default()),
        "the disposition is `clear` and must be `undetermined`",
    );
}

#[test]
fn verdicts_on_what_nobody_gave() {
    let measure = &EXPECTED.measures[0].measure;
    let rests = lie(|verdict| verdict.measures[0].because = vec![999]);
    let expected = format!("measure `{measure}` rests on record 999, which nobody gave");
    breaks(Rail::R1, "an invented record", &rests, &expected);
    let more = lie(|verdict| verdict.records.push(verdict.records[0]));
    let given = Values::honest().verdict.unwrap().records.len();
    let expected = format!("{given} records were given and {} are judged", given + 1);
    breaks(Rail::R1, "an invented record", &more, &expected);
    let hidden = lie(|verdict| verdict.records.clear());
    let expected = format!("{given} records were given and 0 are judged");
    breaks(Rail::R2, "a hidden record", &hidden, &expected);
    let silent = lie(|verdict| verdict.measures.clear());
    let expected = "record `WA-2025-0107` is passed over in silence";
    breaks(Rail::R2, "a hidden record", &silent, expected);
    let ended = lie(|verdict| verdict.records[0].standing = Standing::Expired);
    let expected = "record `WA-2025-0107` is called `expired` and is `in-force`";
    breaks(Rail::R4R5, "a record that is something else", &ended, expected);
}

#[test]
fn verdicts_with_measures_of_their_own() {
    let heading = "an invented measure";
    let invented = lie(|verdict| verdict.measures[0].measure = 9_999);
    breaks(Rail::R3, heading, &invented, "there is no measure 9999 of the policy");
    let measures = Values::honest().description.measures;
    let other = measures.iter().position(|m| m.matters == ["awards/science-technology"]).unwrap();
    let of_another = lie(|verdict| verdict.measures[0].measure = u32::try_from(other).unwrap());
    let id = &measures[other].id;
    let expected = format!("measure `{id}` does not apply to this matter, role or day");
    breaks(Rail::R3, heading, &of_another, &expected);
    let whom = lie(|verdict| verdict.measures[0].subject = 7);
    breaks(Rail::R11, heading, &whom, "it names subject 7, whom nobody named");
    let unfounded = lie(|verdict| verdict.obligations[0].ground = 9_999);
    let expected = "something is due later without legal basis";
    breaks(Rail::R3, "an obligation without a basis", &unfounded, expected);
}

#[test]
fn verdicts_that_are_milder_than_their_measures() {
    let heading = "a better finding than its own measures";
    let milder = lie(|verdict| verdict.disposition = Disposition::Clear);
    let expected = "the disposition is `clear` and must be `restricted`";
    breaks(Rail::R2, heading, &milder, expected);
}

#[test]
fn guests_that_refuse_what_is_right() {
    let mut values = Values::honest();
    values.verdict = Err(Refusal::NoSuchMatter(7));
    let error = fault(&guest(values.component()));
    assert!(matches!(&error, CheckError::Fault(Fault::Component { during: "decide", .. })));
    says(
        "a refusal without ground",
        &error,
        "the policy component failed in `decide`: it refuses the facts: there is no matter 7",
    );
}

/// RAIL R6: nobody who hands back all that it was given hands back who is checked: no byte of an
/// identifier or a name of the application or of a record gets into a sandbox.
#[test]
fn guests_that_tell_all_that_they_know() {
    let (application, answers) = asked(&catalogue());
    let engine = Engine::default();
    let component = Component::new(&engine, of_core("tells_all.wat")).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate(&mut store, &component).unwrap();
    let interface = instance.get_export_index(&mut store, None, "mustcheck:credit/policy@0.2.0");
    let decide = instance.get_export_index(&mut store, interface.as_ref(), "decide").unwrap();
    type Decided = (Result<wit::Verdict, wit::Refusal>,);
    let decide = instance
        .get_typed_func::<(wit::Application, Vec<wit::Answer>), Decided>(&mut store, &decide)
        .unwrap();
    let (verdict,) = decide.call(&mut store, (application.convert(), answers.convert())).unwrap();
    let told = &verdict.unwrap().measures[0].because;
    let memory: Vec<u8> = told.iter().flat_map(|word| word.to_le_bytes()).collect();
    let holds = |text: &str| memory.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    // It does tell: what the policy says of itself is in its memory.
    assert!(holds("保障农民工工资支付条例"), "{} bytes", memory.len());
    let registry: serde_json::Value =
        serde_json::from_slice(&crate::read("registry.json")).unwrap();
    let mut hidden = vec![APPLICATION.id.clone(), APPLICATION.office.name.clone()];
    for subject in &APPLICATION.subjects {
        hidden.extend([subject.identifier.clone(), subject.name.clone()]);
    }
    for record in registry["records"].as_array().unwrap() {
        let about = std::iter::once(&record["subject"]);
        for whom in about.chain(record["responsible_persons"].as_array().into_iter().flatten()) {
            let texts = [&whom["identifier"], &whom["name"]];
            hidden.extend(texts.iter().filter_map(|text| text.as_str()).map(str::to_owned));
        }
        for text in ["id", "document", "decided_by", "source"] {
            hidden.extend(record[text].as_str().map(str::to_owned));
        }
    }
    assert!(hidden.len() > 8);
    for text in hidden {
        assert!(!holds(&text), "`{text}`");
    }
}
