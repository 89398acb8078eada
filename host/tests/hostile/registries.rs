//! Registries that give too much, nothing, or never come back.

use std::time::{Duration, Instant};

use mustcheck::model::{Answer, AnswerStatus};
use mustcheck::registry::{LookupFuture, unanswered};
use mustcheck::{
    Ask, AsyncRegistry, CheckError, Fault, Gate, JsonRegistry, Limits, Registry, RegistryError,
};

use crate::{APPLICATION, EXPECTED, POLICY, fault, gate, registry, says};

/// Time limit of a registry.
const TIME: Duration = Duration::from_millis(50);

fn short() -> Limits {
    Limits { registry_time: TIME, ..Limits::default() }
}

/// A registry that has no answer for any list.
pub struct Down;

impl Registry for Down {
    fn lookup(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        Ok(unanswered(asks, AnswerStatus::Unavailable, "down"))
    }
}

/// An asynchronous registry that answers as the file does.
pub struct Awaited(pub JsonRegistry);

impl AsyncRegistry for Awaited {
    fn lookup<'a>(&'a self, asks: &'a [Ask<'a>]) -> LookupFuture<'a> {
        Box::pin(async move { self.0.lookup(asks) })
    }
}

/// A registry that never answers.
struct Silent;

impl Registry for Silent {
    fn lookup(&self, _asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        loop {
            std::thread::park();
        }
    }
}

impl AsyncRegistry for Silent {
    fn lookup<'a>(&'a self, _asks: &'a [Ask<'a>]) -> LookupFuture<'a> {
        Box::pin(std::future::pending())
    }
}

/// A registry that panics, on a thread of its own or not, when it is called or when it is waited
/// for.
struct Panics {
    may_wait: bool,
}

impl Registry for Panics {
    fn lookup(&self, _asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        std::panic::resume_unwind(Box::new("no message on stderr"))
    }

    fn may_wait(&self) -> bool {
        self.may_wait
    }
}

impl AsyncRegistry for Panics {
    fn lookup<'a>(&'a self, _asks: &'a [Ask<'a>]) -> LookupFuture<'a> {
        if self.may_wait {
            Box::pin(async { std::panic::resume_unwind(Box::new("no message on stderr")) })
        } else {
            std::panic::resume_unwind(Box::new("no message on stderr"))
        }
    }
}

/// A registry that answers as the file does, at great length.
struct Wordy(JsonRegistry);

impl Registry for Wordy {
    fn lookup(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        let mut answers = self.0.lookup(asks)?;
        for record in answers.iter_mut().flat_map(|a| &mut a.records) {
            record.document = Some("长".repeat(1 << 20));
        }
        Ok(answers)
    }
}

fn awaited(registry: impl AsyncRegistry + 'static) -> CheckError {
    let builder =
        Gate::builder().policy(POLICY.clone()).async_registry(registry).today(APPLICATION.as_of);
    let gate = builder.limits(short()).build().unwrap();
    pollster::block_on(gate.check_async(&APPLICATION)).unwrap_err()
}

#[test]
fn a_registry_that_never_comes_back() {
    let started = Instant::now();
    let late = |error: CheckError| {
        assert!(matches!(
            &error,
            CheckError::Fault(Fault::Registry(RegistryError::Late(time)))
                if *time == TIME
        ));
        let heading = "a registry that never comes back";
        says(heading, &error, "the registry failed: no answer within 50ms");
    };
    let gate = gate(POLICY.clone(), Silent, short());
    late(fault(&gate));
    late(fault(&gate));
    late(awaited(Silent));
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_registry_that_panics() {
    let panicked = |error: CheckError| {
        assert!(matches!(&error, CheckError::Fault(Fault::Registry(RegistryError::Other(_)))));
        let heading = "a registry that panics";
        says(heading, &error, "the registry failed: the registry panicked");
    };
    for may_wait in [true, false] {
        let gate = gate(POLICY.clone(), Panics { may_wait }, short());
        // More often than there are sandboxes: each is given back.
        for _ in 0..200 {
            fault(&gate);
        }
        panicked(fault(&gate));
        panicked(awaited(Panics { may_wait }));
    }
}

#[test]
fn a_registry_that_gives_too_much() {
    let heading = "a registry that gives too much";
    let small = Limits { answers: 1_000_000, ..Limits::default() };
    let error = fault(&gate(POLICY.clone(), Wordy(registry()), small));
    let CheckError::Fault(Fault::Limit { found, limit: 1_000_000, .. }) = &error else {
        panic!("{error:?}")
    };
    // Twice three megabytes: the record names both subjects.
    assert!(*found > 2 * (3 << 20), "{found}");
    let expected =
        format!("the registry's answers, in bytes: {found}, more than the limit of 1000000");
    assert_eq!(error.to_string(), expected);
    let readme = crate::guests::text("README.md");
    assert!(readme.contains(&format!("### {heading}\n")));
    crate::unharmed();
    // Within the limit it is decided on.
    let checked = gate(POLICY.clone(), Wordy(registry()), Limits::default()).check(&APPLICATION);
    assert_eq!(checked.unwrap().decision().disposition, EXPECTED.disposition);
}
