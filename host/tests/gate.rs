//! The gate with a registry that is waited for, and with limits.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::future::poll_fn;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::task::Poll;

use mustcheck::registry::{LookupFuture, Vocabulary, VocabularyFuture};
use mustcheck::{
    Application, ApplicationExt as _, Ask, AsyncRegistry, CheckError, Fault, Gate, GateBuilder,
    JsonRegistry, Limits, Policy, PolicyError, Registry as _, RegistryError,
};

static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::embedded().unwrap());

fn case(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../examples/cases/0002-procurement-wage-arrears")
        .join(file)
}

fn application() -> Application {
    Application::from_json(&std::fs::read(case("application.json")).unwrap()).unwrap()
}

fn registry() -> JsonRegistry {
    JsonRegistry::open(case("registry.json")).unwrap()
}

/// A gate with the policy, on the day of the case.
fn builder() -> GateBuilder {
    Gate::builder().policy(POLICY.clone()).today(application().as_of)
}

/// A registry that answers like the file, after one wait.
struct Slow(JsonRegistry);

impl AsyncRegistry for Slow {
    fn lookup<'a>(&'a self, asks: &'a [Ask<'a>]) -> LookupFuture<'a> {
        Box::pin(async move {
            let mut waited = false;
            poll_fn(|context| {
                if std::mem::replace(&mut waited, true) {
                    return Poll::Ready(());
                }
                context.waker().wake_by_ref();
                Poll::Pending
            })
            .await;
            self.0.lookup(asks)
        })
    }

    fn check_vocabulary<'a>(&'a self, vocabulary: &'a Vocabulary) -> VocabularyFuture<'a> {
        Box::pin(async move { self.0.check_vocabulary(vocabulary) })
    }
}

/// A registry that never answers whether its codes are known.
struct Mute;

impl AsyncRegistry for Mute {
    fn lookup<'a>(&'a self, _asks: &'a [Ask<'a>]) -> LookupFuture<'a> {
        Box::pin(std::future::pending())
    }

    fn check_vocabulary<'a>(&'a self, _vocabulary: &'a Vocabulary) -> VocabularyFuture<'a> {
        Box::pin(std::future::pending())
    }
}

#[test]
fn a_registry_that_is_waited_for_gives_the_same_decision() {
    let at_once = builder().registry(registry()).build().unwrap();
    let awaited = builder().async_registry(Slow(registry())).build().unwrap();
    let application = application();
    let expected = at_once.check(&application).unwrap();
    let checked = pollster::block_on(awaited.check_async(&application)).unwrap();
    assert_eq!(checked.decision(), expected.decision());
    assert_eq!(checked.fuel(), expected.fuel());
    // A registry that answers at once serves both calls.
    let checked = pollster::block_on(at_once.check_async(&application)).unwrap();
    assert_eq!(checked.decision(), expected.decision());
    let refused = awaited.check(&application).unwrap_err();
    assert_eq!(refused.to_string(), "this gate has an asynchronous registry: call `check_async`");
}

#[test]
fn a_registry_that_is_waited_for_is_held_against_the_policies_too() {
    let misspelt = std::fs::read_to_string(case("registry.json")).unwrap();
    let misspelt = misspelt.replace("\"wage-arrears\"", "\"wage-arears\"");
    let misspelt = JsonRegistry::from_json(misspelt.as_bytes()).unwrap();
    let built = pollster::block_on(builder().async_registry(Slow(misspelt)).build_async());
    let Err(PolicyError::Vocabulary(told)) = built else { panic!("{:?}", built.err()) };
    assert!(told.contains("`wage-arears` is an unknown list"), "{told}");
    assert!(pollster::block_on(builder().async_registry(Slow(registry())).build_async()).is_ok());

    let limits =
        Limits { registry_time: std::time::Duration::from_millis(50), ..Limits::default() };
    let mute = builder().async_registry(Mute).limits(limits).build_async();
    let built = pollster::block_on(mute);
    let Err(PolicyError::Registry(RegistryError::Late(_))) = built else {
        panic!("{:?}", built.err())
    };
}

#[test]
fn a_check_that_uses_too_much_is_a_fault_and_harms_no_other() {
    let gate = |limits| {
        let builder = builder().registry(registry());
        builder.limits(limits).build().unwrap()
    };
    let application = application();
    let starved = gate(Limits { fuel: 1_000, ..Limits::default() });
    let Err(CheckError::Fault(fault @ Fault::Component { .. })) = starved.check(&application)
    else {
        panic!("a starved check must be a fault")
    };
    assert_eq!(
        fault.to_string(),
        "the policy component failed in `due-lookups`: it ran out of fuel (1000): it loops, or needs a \
         higher limit"
    );
    let small = gate(Limits { memory: 65_536, ..Limits::default() });
    assert!(matches!(small.check(&application), Err(CheckError::Fault(_))));
    assert!(gate(Limits::default()).check(&application).is_ok());
}

#[test]
fn a_gate_needs_a_policy_and_a_registry() {
    let said = |built: Result<Gate, _>| match built {
        Ok(_) => panic!("built"),
        Err(error) => ToString::to_string(&error),
    };
    assert_eq!(said(Gate::builder().registry(registry()).build()), "a gate needs a policy");
    assert_eq!(said(builder().build()), "a gate needs a registry");
}

#[test]
fn one_person_may_answer_for_two_members_of_a_consortium() {
    let gate = builder().registry(registry()).build().unwrap();
    let mut application = application();
    let mut member = application.subjects[0].clone();
    member.role = mustcheck::model::Role::ConsortiumMember;
    member.identifier = "91310000MA1FL00157".into();
    application.subjects.push(member);
    let member = u32::try_from(application.subjects.len() - 1).unwrap();
    let said = |application: &Application| match gate.check(application) {
        Err(CheckError::Application(error)) => error.to_string(),
        other => panic!("{:?}", other.map(|checked| checked.decision().disposition)),
    };
    // Named once, for the applicant only: the member's is missing.
    assert!(said(&application).starts_with("subjects: 2 organizations apply and 1 of role"));
    let mut person = application.subjects[1].clone();
    application.subjects.push(person.clone());
    assert_eq!(
        said(&application),
        "subjects[1].of: several organizations apply: it needs the position of the one it answers \
         for"
    );
    // Two persons of the applicant do not make up for the member's.
    application.subjects[1].of = Some(0);
    let last = application.subjects.len() - 1;
    person.of = Some(0);
    person.identifier = "310101198001010026".into();
    application.subjects[last] = person.clone();
    assert_eq!(
        said(&application),
        format!(
            "subjects[{member}]: nobody of role `legal-representative` or `principal` names it by \
             `of`: matter `{}` needs one for each organization that applies",
            application.matter
        )
    );
    person.identifier = application.subjects[1].identifier.clone();
    person.of = Some(member);
    application.subjects[last] = person;
    assert!(gate.check(&application).is_ok());
}
