//! Runs a suite: reads the cases, opens the policies, decides, compares. Each step is done for all
//! cases before the next begins: a policy is compiled on all cores, and no case may occupy one of
//! them while it waits for that.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use mustcheck::Registry;
use mustcheck::RegistryError;
use mustcheck::model::{CreditRecord, EventKind, Text};
use mustcheck::{Application, CheckError, Checked, Decision, Gate, Language, PolicyError};
use rayon::prelude::*;
use serde::Serialize;

use crate::suite::compare::{Difference, differences, value_differences};
use crate::suite::find::{APPLICATION, CaseFolder, EXPECTED};
use crate::suite::finding::near;
use crate::suite::policies::{Deciding, Key, NoPolicy, Policies};
use crate::suite::{Case, Finding};

/// Result of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The decision is the expected one.
    Passed,
    /// The decision is not the expected one.
    Failed,
    /// The case cannot be evaluated.
    Bad,
    /// The machinery failed.
    Fault,
}

/// Act and events of a record, which a decision does not show.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Act that the record names, if it names one.
    pub act: Option<String>,
    /// Kinds of the record's events.
    pub events: BTreeSet<EventKind>,
}

/// A case that was run, with its result.
#[derive(Debug)]
pub struct Ran {
    /// Id of the case, masked.
    pub name: String,
    /// Path of its folder.
    pub path: PathBuf,
    /// Title: what the case shows.
    pub title: Option<Text>,
    /// Result of the case.
    pub verdict: Verdict,
    /// The decision, if there is one, and the edition and overlay that made it.
    pub decided: Option<(Key, Decision)>,
    /// Acts and events of the records in the answers, by record id.
    pub told: BTreeMap<String, Told>,
    /// Papers of the decision in Chinese, as text.
    pub papers: String,
    /// Differences between the decision and the expected one.
    pub differences: Vec<Difference>,
    /// Faults that keep the case from being evaluated.
    pub findings: Vec<Finding>,
    /// Failure of the machinery, in words.
    pub fault: Option<String>,
}

type Opened = Result<Arc<dyn Registry>, RegistryError>;

/// Runs cases on all cores and returns them in the same order. `done` is called after each.
pub fn run(cases: Vec<CaseFolder>, policies: &mut Policies, done: impl Fn() + Sync) -> Vec<Ran> {
    let cases: Vec<Case> = cases.into_par_iter().map(Case::read).collect();
    let deciding = cases.iter().map(|case| {
        let as_of = case.application.as_ref().map(|application| application.as_of)?;
        Some(policies.open(case, as_of))
    });
    let deciding: Vec<_> = deciding.collect();
    let paths: BTreeSet<&PathBuf> =
        cases.iter().filter_map(|c| c.folder.registry.as_ref()).collect();
    let registries: BTreeMap<&PathBuf, Opened> = paths
        .into_par_iter()
        .map(|path| (path, mustcheck_registry::open_of_any_day(path)))
        .collect();
    let each = cases.par_iter().zip(deciding);
    each.map(|(case, deciding)| {
        let ran = one(case, deciding, &registries);
        done();
        ran
    })
    .collect()
}

fn one(
    case: &Case,
    deciding: Option<Result<Arc<Deciding>, NoPolicy>>,
    registries: &BTreeMap<&PathBuf, Opened>,
) -> Ran {
    let mut ran = Ran {
        // RAIL R13: a folder's name may hold the code of a firm or a person.
        name: mustcheck::redact(&mustcheck::safe(&case.folder.name)),
        path: case.folder.path.clone(),
        title: case.expected.title.clone(),
        verdict: Verdict::Bad,
        decided: None,
        told: BTreeMap::new(),
        papers: String::new(),
        differences: Vec::new(),
        findings: case.findings.clone(),
        fault: None,
    };
    let deciding = match deciding {
        Some(Ok(deciding)) => deciding,
        Some(Err(NoPolicy::Bad(findings))) => {
            ran.findings.extend(findings);
            return ran;
        }
        Some(Err(NoPolicy::Fault(fault))) => return ran.faulty(fault),
        None => return ran,
    };
    ran.findings.extend(unknown_measures(case, &deciding));
    let registry = case.folder.registry.as_ref();
    let (Some(application), Some(path)) = (&case.application, registry) else { return ran };
    let registry = match registries.get(path) {
        Some(Ok(registry)) => Arc::clone(registry),
        Some(Err(RegistryError::Content(detail))) => {
            ran.findings.push(Finding::of(path, detail));
            return ran;
        }
        Some(Err(error)) => {
            ran.findings.push(Finding::of(path, in_full(error)));
            return ran;
        }
        None => return ran,
    };
    match decide(&deciding, registry, application) {
        Ok(checked) => ran.compare(case, &deciding, &checked),
        Err(NotDecided::Registry(detail)) => ran.findings.push(Finding::of(path, detail)),
        Err(NotDecided::Application(detail)) => {
            ran.findings.push(Finding::of(&case.folder.path.join(APPLICATION), detail));
        }
        Err(NotDecided::Fault(fault)) => return ran.faulty(fault),
    }
    ran
}

/// Error: a case is not decided, by fault of its registry, its application or the machinery.
enum NotDecided {
    Registry(String),
    Application(String),
    Fault(String),
}

/// Decides an application as of its own day, whatever day is today: a suite stays valid for years.
pub fn check(
    deciding: &Deciding,
    registry: Arc<dyn Registry>,
    application: &Application,
) -> Result<Checked, String> {
    decide(deciding, registry, application).map_err(|why| match why {
        NotDecided::Registry(detail) => format!("the registry: {detail}"),
        NotDecided::Application(detail) | NotDecided::Fault(detail) => detail,
    })
}

fn decide(
    deciding: &Deciding,
    registry: Arc<dyn Registry>,
    application: &Application,
) -> Result<Checked, NotDecided> {
    let gate = Gate::builder().policy(deciding.policy.clone()).registry(registry);
    let gate = gate.today(application.as_of).build().map_err(|e| match e {
        PolicyError::Vocabulary(unknown) => NotDecided::Registry(unknown),
        other => NotDecided::Fault(in_full(&other)),
    })?;
    gate.check(application).map_err(|e| match e {
        CheckError::Application(error) => NotDecided::Application(error.to_string()),
        CheckError::Fault(fault) => NotDecided::Fault(in_full(&fault)),
    })
}

impl Ran {
    fn faulty(mut self, fault: String) -> Self {
        self.verdict = Verdict::Fault;
        self.fault = Some(mustcheck::redact(&fault));
        self
    }

    fn compare(&mut self, case: &Case, deciding: &Deciding, checked: &Checked) {
        let decision = checked.decision();
        let policy = &decision.policy;
        let key = Key { edition: policy.edition.clone(), overlay: policy.overlay.clone() };
        self.decided = Some((key, decision.clone()));
        match checked.papers(Language::Zh) {
            Ok(papers) => {
                self.papers = papers.sheet.text();
                self.papers.extend(papers.notices.iter().map(|one| one.document.text()));
            }
            Err(e) => self.fault = Some(e.to_string()),
        }
        let records = checked.answers().iter().flat_map(|answer| &answer.records);
        let told = |record: &CreditRecord| Told {
            act: record.act.clone(),
            events: record.events.iter().map(|event| event.kind).collect(),
        };
        self.told = records.map(|record| (record.id.clone(), told(record))).collect();
        // A fault of the case would be reported a second time, as a difference.
        if !self.findings.is_empty() {
            return;
        }
        if let Some(outcome) = &case.expected.outcome {
            let records = checked.answers().iter().flat_map(|answer| &answer.records);
            let records: BTreeSet<&str> = records.map(|r: &CreditRecord| r.id.as_str()).collect();
            let measures = deciding.policy.description().measures.iter().map(|m| m.id.as_str());
            let known: Vec<&str> = records.into_iter().chain(measures).collect();
            self.differences.extend(differences(outcome, decision, &known));
        }
        if let Some(expected) = &case.decision {
            match serde_json::to_value(decision) {
                Ok(found) => self.differences.extend(value_differences(expected, &found)),
                Err(e) => self.fault = Some(e.to_string()),
            }
        }
        self.verdict = match (&self.fault, self.differences.is_empty()) {
            (Some(_), _) => Verdict::Fault,
            (None, false) => Verdict::Failed,
            (None, true) => Verdict::Passed,
        };
    }
}

/// Reports expected measures that the policy does not have: they are misspelled, not missing.
fn unknown_measures(case: &Case, deciding: &Deciding) -> Vec<Finding> {
    let description = deciding.policy.description();
    let known = || description.measures.iter().map(|m| m.id.as_str());
    let file = case.folder.path.join(EXPECTED).display().to_string();
    let policy = &description.policy;
    let outcome = case.expected.outcome.iter().flat_map(|outcome| &outcome.measures);
    let unknown = outcome.filter(|m| known().all(|id| id != m.value.measure));
    unknown
        .map(|m| {
            let id = &m.value.measure;
            let near = near(id, known());
            let detail = format!(
                "`{id}` is no measure of edition `{}` with overlay `{}`{near}",
                policy.edition, policy.overlay
            );
            Finding::at(&file, Some(m.place), detail)
        })
        .collect()
}

/// Returns an error with all its causes, in one line.
fn in_full(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(behind) = cause {
        text.push_str(": ");
        text.push_str(&behind.to_string());
        cause = behind.source();
    }
    text
}
