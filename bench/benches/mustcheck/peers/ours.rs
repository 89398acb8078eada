//! Ours: the gate with all its rails, a fresh sandbox for each check.

use std::mem;
use std::sync::{Arc, Mutex};

use mustcheck::model::{Answer, AppliedMeasure, Decision};
use mustcheck::registry::{Ask, Registry, RegistryError};
use mustcheck::{Application, ApplicationExt as _, Gate, Policy};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use super::Engine;
use super::cited::Cited;
use super::workload::Case;
use crate::synthetic::AS_OF;

/// A registry that hands over what came with the application.
#[derive(Clone, Default)]
struct Handed(Arc<Mutex<Vec<Answer>>>);

impl Registry for Handed {
    fn lookup(&self, _: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        Ok(mem::take(&mut *self.0.lock().unwrap()))
    }

    fn may_wait(&self) -> bool {
        false
    }
}

/// The document that ours takes.
#[derive(Deserialize)]
struct Dossier<'a> {
    #[serde(borrow)]
    application: &'a RawValue,
    answers: Vec<Answer>,
}

/// A gate, and whether its whole decision is written.
pub struct Ours {
    gate: Gate,
    handed: Handed,
    full: bool,
}

impl Ours {
    /// Makes an engine that writes only what the peers answer.
    pub fn reduced(policy: &Policy) -> Self {
        Self::new(policy, false)
    }

    /// Makes an engine that writes the whole decision.
    pub fn full(policy: &Policy) -> Self {
        Self::new(policy, true)
    }

    fn new(policy: &Policy, full: bool) -> Self {
        let handed = Handed::default();
        let gate = Gate::builder().policy(policy.clone()).registry(handed.clone()).today(AS_OF);
        Self { gate: gate.build().unwrap(), handed, full }
    }
}

impl Engine for Ours {
    fn id(&self) -> &'static str {
        if self.full { super::OURS[1] } else { super::OURS[0] }
    }

    fn title(&self) -> &'static str {
        if self.full { "**mustcheck**, full decision" } else { "**mustcheck**, reduced answer" }
    }

    fn input(&self, case: &Case) -> String {
        case.dossier()
    }

    fn decide(&mut self, json: &str) -> String {
        let dossier: Dossier<'_> = serde_json::from_str(json).unwrap();
        // Strictly, as every embedder reads one.
        let application = Application::from_json(dossier.application.get().as_bytes()).unwrap();
        *self.handed.0.lock().unwrap() = dossier.answers;
        let checked = self.gate.check(&application).unwrap();
        let decision = checked.decision();
        if self.full {
            serde_json::to_string(decision).unwrap()
        } else {
            serde_json::to_string(&Reduced::of(decision)).unwrap()
        }
    }
}

/// The part of a decision that the peers give too.
#[derive(Serialize)]
struct Reduced<'a> {
    outcome: &'static str,
    measures: Vec<ReducedMeasure<'a>>,
}

#[derive(Serialize)]
struct ReducedMeasure<'a> {
    measure: &'a str,
    because: &'a [String],
    effect: &'static str,
    force: &'static str,
    #[serde(serialize_with = "cited")]
    basis: Cited<'a>,
}

impl<'a> Reduced<'a> {
    fn of(decision: &'a Decision) -> Self {
        let measure = |applied: &'a AppliedMeasure| ReducedMeasure {
            measure: &applied.measure,
            because: &applied.because,
            effect: applied.effect.code(),
            force: applied.force.code(),
            basis: Cited(&applied.legal_basis),
        };
        Self {
            outcome: decision.disposition.code(),
            measures: decision.measures.iter().map(measure).collect(),
        }
    }
}

fn cited<S: Serializer>(basis: &Cited<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(basis)
}
