//! The temporal proof: on every day on which the law changes, the day before and the day after,
//! every due lookup has a basis in force, and no measure fires outside its days.
//!
//! The rules are really run: for each measure, on each of its matters, an application whose
//! subjects have records built from the measure's own conditions, begun on that very day. The
//! measures that fire are compared with a statement of those that should, made from the data alone
//! (`statement.rs`) and sharing no code with the rules. A component can be proved in the place of
//! the native rules ([`proof_by`]).

mod coverage;
mod ends;
mod span;
mod statement;
mod trial;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use mustcheck_model::date::Date;
use mustcheck_model::{Application, ApplicationError, Decision, Effect};
use mustcheck_rules::catalogue::Catalogue;
use mustcheck_rules::catalogue::data::{CatalogueData, Matter};
use serde::Serialize;

use crate::check::Registry;
use crate::temporal::coverage::grid;
use crate::temporal::statement::Statement;
use crate::temporal::trial::{Fired, Trial};
pub use coverage::{Coverage, Covered, Gap, coverage};

/// Result of the proof: counts of its trials, and the violations found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// Days that each edition decides, and the gaps between.
    pub coverage: Vec<Coverage>,
    /// Number of days of the grid.
    pub days: usize,
    /// Number of matters that an edition decides, counted on each day.
    pub matters: usize,
    /// Number of measures, counted in each edition with its overlay.
    pub measures: usize,
    /// Number of runs of the rules.
    pub checks: usize,
    /// Number of these runs on records that end, are removed or are listed again.
    pub ends: usize,
    /// Number of trials of a measure in which it fired.
    pub fired: usize,
    /// Number of trials of a measure in which it stayed silent.
    pub silent: usize,
    /// The same counts for each measure, in the catalogue's order.
    pub tallies: Vec<Tally>,
    /// Violations found; empty if the proof holds.
    pub violations: Vec<Violation>,
}

/// Counts of the trials of one measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Id of the edition.
    pub edition: String,
    /// Id of the overlay.
    pub overlay: String,
    /// Id of the measure.
    pub measure: String,
    /// Number of trials in which it fired.
    pub fired: usize,
    /// Number of trials in which it stayed silent.
    pub silent: usize,
}

/// A fault on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Kind of the fault.
    pub fault: ProofFault,
    /// Day of the fault.
    pub day: Date,
    /// Id of the edition.
    pub edition: String,
    /// Id of the overlay.
    pub overlay: String,
    /// Code of the matter, if the fault concerns one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matter: Option<String>,
    /// Id of the measure, if the fault concerns one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measure: Option<String>,
    /// Cause, in words.
    pub why: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} edition `{}` overlay `{}`", self.day, self.edition, self.overlay)?;
        if let Some(matter) = &self.matter {
            write!(f, " matter `{matter}`")?;
        }
        if let Some(measure) = &self.measure {
            write!(f, " measure `{measure}`")?;
        }
        write!(f, ": {}", self.why)
    }
}

/// Kinds of fault that the proof can find.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProofFault {
    /// A rail forbids the catalogue, so that nothing could be run.
    NotAdopted,
    /// No edition decides on days between two that do.
    Gap,
    /// The edition decides on a day that is not its own.
    DecidesOutside,
    /// The edition refuses to decide on a day of its own.
    Refuses,
    /// The lookups of the rules are not those that the matter makes due.
    WrongLookups,
    /// A lookup is due by an article that is not in force.
    UnfoundedLookup,
    /// A measure is valid on a day on which its basis is not in force.
    OutlivesBasis,
    /// A measure fired although it should not.
    FiresWrongly,
    /// A measure stayed silent although it should fire.
    SilentWrongly,
}

/// Proves compiled editions, each with an overlay, by the rules of this crate.
pub fn proof(editions: &[CatalogueData]) -> Proof {
    let mut known: Vec<CatalogueData> = Vec::new();
    let mut catalogues: Vec<Catalogue> = Vec::new();
    let mut refused: Vec<Violation> = Vec::new();
    for data in editions {
        match Catalogue::adopt(data.clone()) {
            Ok(catalogue) => {
                known.push(data.clone());
                catalogues.push(catalogue);
            }
            Err(rails) => refused.extend(rails.lines().map(|why| Violation {
                fault: ProofFault::NotAdopted,
                day: data.edition.valid_from,
                edition: data.edition.id.clone().into(),
                overlay: data.overlay.id.clone().into(),
                matter: None,
                measure: None,
                why: why.to_owned(),
            })),
        }
    }
    let mut decide = |edition: usize, application: &Application, registry: &mut dyn Registry| {
        // The proof asks for the editions that it was given.
        catalogues
            .get(edition)
            .map(|c| crate::check::check(c, application, application.as_of, registry))
    };
    let mut proof = proof_by(&known, &mut decide);
    refused.append(&mut proof.violations);
    proof.violations = refused;
    proof
}

/// Function that decides an application by the edition at a position; `None` if there is none.
pub type Decide<'d> = dyn FnMut(usize, &Application, &mut dyn Registry) -> Option<Result<Decision, ApplicationError>>
    + 'd;

/// Proves compiled editions by other rules, such as a component that was baked from them.
pub fn proof_by(editions: &[CatalogueData], decide: &mut Decide<'_>) -> Proof {
    let mut proof = Proof { coverage: coverage(editions), ..Proof::default() };
    let days = grid(editions);
    proof.days = days.len();
    for coverage in &proof.coverage {
        for gap in &coverage.gaps {
            let Gap { after, before, from, until } = gap;
            proof.violations.push(Violation {
                fault: ProofFault::Gap,
                day: *from,
                edition: after.clone(),
                overlay: coverage.overlay.clone(),
                matter: None,
                measure: None,
                why: format!("no edition decides from {from} to {until}, before `{before}` begins"),
            });
        }
    }
    for (position, data) in editions.iter().enumerate() {
        let mut run = Run {
            data,
            statement: Statement::of(data),
            decide: &mut |application, registry| decide(position, application, registry),
            proof: &mut proof,
            tallies: BTreeMap::new(),
        };
        for day in &days {
            run.day(*day);
        }
        run.ends();
        let tallies = std::mem::take(&mut run.tallies);
        proof.measures += data.measures.len();
        for measure in &data.measures {
            let (fired, silent) = tallies.get(measure.id.as_str()).copied().unwrap_or_default();
            proof.tallies.push(Tally {
                edition: data.edition.id.clone().into(),
                overlay: data.overlay.id.clone().into(),
                measure: measure.id.clone().into(),
                fired,
                silent,
            });
        }
    }
    proof
}

/// One edition, under proof.
struct Run<'r> {
    data: &'r CatalogueData,
    statement: Statement<'r>,
    #[expect(clippy::type_complexity, reason = "the same as `Decide`, with the edition chosen")]
    decide: &'r mut dyn FnMut(
        &Application,
        &mut dyn Registry,
    ) -> Option<Result<Decision, ApplicationError>>,
    proof: &'r mut Proof,
    tallies: BTreeMap<String, (usize, usize)>,
}

impl<'r> Run<'r> {
    fn day(&mut self, day: Date) {
        let data = self.data;
        let decides = self.statement.decides(day);
        for matter in &data.matters {
            if !decides {
                self.outside(day, matter);
                continue;
            }
            self.proof.matters += 1;
            for why in self.statement.unfounded_lookups(matter, day) {
                self.say(ProofFault::UnfoundedLookup, day, Some(matter), None, why);
            }
            // Without any record, for the lookups and for the incentives that clean years earn.
            let trial = Trial::clean(data, matter);
            self.run(day, matter, &trial);
        }
        if !decides {
            return;
        }
        for measure in &data.measures {
            if let Some(why) = self.statement.outlives(measure, day) {
                self.say(ProofFault::OutlivesBasis, day, None, Some(&measure.id), why);
            }
            for matter in data.matters.iter().filter(|m| measure.matters.contains(&m.code)) {
                let trial = Trial::of(data, measure, matter, day);
                let fired = self.run(day, matter, &trial);
                let tally = self.tallies.entry(measure.id.clone().into()).or_default();
                if fired.keys().any(|(id, _)| *id == *measure.id) {
                    tally.0 += 1;
                    self.proof.fired += 1;
                } else {
                    tally.1 += 1;
                    self.proof.silent += 1;
                }
            }
        }
    }

    /// Tries each restriction on one of its matters, with records that end in every way, and with
    /// records that are removed and listed again.
    fn ends(&mut self) {
        let data = self.data;
        for measure in data.measures.iter().filter(|m| m.effect == Effect::Restriction) {
            let matter = data.matters.iter().find(|m| measure.matters.contains(&m.code));
            let Some(matter) = matter else { continue };
            for (history, days) in ends::histories(data, measure) {
                let trial = Trial::of(data, measure, matter, history.first).with(history);
                for day in days {
                    if self.statement.decides(day) {
                        self.end(day, matter, &trial);
                    }
                }
            }
        }
    }

    /// Compares the restrictions that fire in a trial with the statement.
    fn end(&mut self, day: Date, matter: &'r Matter, trial: &Trial<'r>) {
        self.proof.checks += 1;
        self.proof.ends += 1;
        let mut registry = trial.registry(day);
        let outcome = (self.decide)(&trial.application(self.data, day), &mut registry);
        match outcome {
            Some(Ok(decision)) => {
                let mut fired = trial::fired(&decision);
                let restricts = |id: &str| {
                    let measure = self.data.measures.iter().find(|m| *m.id == *id);
                    measure.is_none_or(|m| m.effect == Effect::Restriction)
                };
                fired.retain(|(id, _), _| restricts(id));
                let expected = self.statement.restricting(matter, trial, day);
                self.compare(day, matter, trial, &fired, &expected);
            }
            Some(Err(error)) => {
                self.say(ProofFault::Refuses, day, Some(matter), None, error.to_string());
            }
            None => {}
        }
    }

    /// Checks that an edition refuses to decide outside its days, and says so.
    fn outside(&mut self, day: Date, matter: &'r Matter) {
        let trial = Trial::clean(self.data, matter);
        self.proof.checks += 1;
        let mut registry = trial.registry(day);
        let outcome = (self.decide)(&trial.application(self.data, day), &mut registry);
        match outcome {
            Some(Err(ApplicationError::OutsideEdition(_))) | None => {}
            Some(Err(other)) => {
                let why = format!("refuses for another reason: {other}");
                self.say(ProofFault::DecidesOutside, day, Some(matter), None, why);
            }
            Some(Ok(_)) => {
                let why = "decides outside the days of the edition or its overlay".to_owned();
                self.say(ProofFault::DecidesOutside, day, Some(matter), None, why);
            }
        }
    }

    /// Runs a trial and compares it with the statement. Returns the measures that fired.
    fn run(&mut self, day: Date, matter: &'r Matter, trial: &Trial<'r>) -> Fired {
        self.proof.checks += 1;
        let mut registry = trial.registry(day);
        let outcome = (self.decide)(&trial.application(self.data, day), &mut registry);
        let asked = registry.asked();
        let decision = match outcome {
            Some(Ok(decision)) => decision,
            Some(Err(error)) => {
                self.say(ProofFault::Refuses, day, Some(matter), None, error.to_string());
                return Fired::new();
            }
            None => return Fired::new(),
        };
        let due = self.statement.due(matter);
        if asked != due || due.is_empty() {
            let (asked, due) = (asked.len(), due.len());
            let why = format!("{asked} lookups are made where {due} are due");
            self.say(ProofFault::WrongLookups, day, Some(matter), None, why);
        }
        let fired = trial::fired(&decision);
        let expected = self.statement.expected(matter, trial, day);
        self.compare(day, matter, trial, &fired, &expected);
        fired
    }

    fn compare(
        &mut self,
        day: Date,
        matter: &'r Matter,
        trial: &Trial<'r>,
        fired: &Fired,
        expected: &Fired,
    ) {
        let none = BTreeSet::new();
        let keys: BTreeSet<_> = fired.keys().chain(expected.keys()).collect();
        for key in keys {
            let (id, role) = key;
            let found = fired.get(key);
            let should = expected.get(key);
            if found == should {
                continue;
            }
            let by = |records: &BTreeSet<String>| {
                let words: Vec<String> = records.iter().map(|r| trial.describe(r)).collect();
                if words.is_empty() { String::new() } else { format!(", by {}", words.join(", ")) }
            };
            let more = || found.unwrap_or(&none) - should.unwrap_or(&none);
            let less = || should.unwrap_or(&none) - found.unwrap_or(&none);
            if found.is_some() && (should.is_none() || !more().is_empty()) {
                let outside = self.statement.outside(id, day);
                let why = outside.unwrap_or_else(|| "a condition of it is not met".to_owned());
                let why = format!("fires for the {role}, although {why}{}", by(&more()));
                self.say(ProofFault::FiresWrongly, day, Some(matter), Some(id), why);
            }
            if should.is_some() && (found.is_none() || !less().is_empty()) {
                let why = format!(
                    "stays silent for the {role}, although each condition of it is met{}",
                    by(&less())
                );
                self.say(ProofFault::SilentWrongly, day, Some(matter), Some(id), why);
            }
        }
    }

    fn say(
        &mut self,
        fault: ProofFault,
        day: Date,
        matter: Option<&Matter>,
        measure: Option<&str>,
        why: String,
    ) {
        self.proof.violations.push(Violation {
            fault,
            day,
            edition: self.data.edition.id.clone().into(),
            overlay: self.data.overlay.id.clone().into(),
            matter: matter.map(|m| m.code.clone().into()),
            measure: measure.map(str::to_owned),
            why,
        });
    }
}
