//! The question that every engine is asked, in its two forms.
//!
//! Ours gets the whole application and the registry's whole answers, and computes from dates and
//! events whether a record is in force. The peers get a few flat fields, with the flags computed
//! for them: less to read, and less to decide.

use std::borrow::Cow;

use mustcheck::model::{Answer, Application, EventKind, Force};
use mustcheck_rules::catalogue::data::Measure;
use serde::{Deserialize, Serialize};

use super::cited::Cited;
use crate::synthetic::{self, AS_OF, Fact, Place, day, record_id};

const MATTERS: usize = 7;
const ACTS: usize = 20;

/// Places of measures: measure i names act i mod 20 and matter i mod 7; of the measures that share
/// both, every other one is not mandatory.
pub fn places(measures: usize) -> Vec<Place> {
    let place = |i: usize| Place {
        matter: i % MATTERS,
        act: i % ACTS,
        mandatory: (i / (MATTERS * ACTS)).is_multiple_of(2),
    };
    (0..measures).map(place).collect()
}

/// A measure in the form for a peer.
#[derive(Clone)]
pub struct Flat {
    /// Its id.
    pub measure: String,
    /// The act that triggers it.
    pub act: String,
    /// The matter that it applies to.
    pub matter: String,
    /// Code of its effect: `restriction`.
    pub effect: String,
    /// Code of its force: `mandatory`, or that of a recommendation.
    pub force: String,
    /// Instrument, article and clause in one text.
    pub basis: String,
}

impl Flat {
    /// The measure of a catalogue.
    pub fn of(measure: &Measure) -> Self {
        Self {
            measure: measure.id.clone().into(),
            act: measure.acts[0].clone().into(),
            matter: measure.matters[0].clone().into(),
            effect: measure.effect.code().into(),
            force: measure.force.code().into(),
            basis: Cited(&measure.legal_basis).to_string(),
        }
    }
}

/// A case: a matter, and two records each about the applicant and the guarantor.
pub struct Case {
    /// Name of the situation that it shows.
    pub name: &'static str,
    matter: usize,
    facts: [[Fact; 2]; 2],
}

/// The question in the form for a peer.
#[derive(Serialize, Deserialize)]
pub struct Flagged<'a> {
    /// Code of the matter that is applied for.
    #[serde(borrow)]
    pub matter: Cow<'a, str>,
    /// The day; ISO 8601, so that text compares as days do.
    #[serde(borrow)]
    pub as_of: Cow<'a, str>,
    /// The applicant and the guarantor.
    #[serde(borrow)]
    pub subjects: Vec<FlaggedSubject<'a>>,
}

/// A subject and its records.
#[derive(Serialize, Deserialize)]
pub struct FlaggedSubject<'a> {
    /// Its identifier.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// Its role.
    #[serde(borrow)]
    pub role: Cow<'a, str>,
    /// The records about it.
    #[serde(borrow)]
    pub records: Vec<FlaggedRecord<'a>>,
}

/// A record whose events are already judged: the peer gets flags.
#[derive(Serialize, Deserialize)]
pub struct FlaggedRecord<'a> {
    /// Its id.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// Its list.
    #[serde(borrow)]
    pub list: Cow<'a, str>,
    /// Code of the conduct.
    #[serde(borrow)]
    pub act: Cow<'a, str>,
    /// Its last day.
    #[serde(borrow)]
    pub ends_on: Option<Cow<'a, str>>,
    /// Whether an objection is being verified.
    pub objection_open: bool,
    /// Whether the record was repaired.
    pub repaired: bool,
}

/// The question in the form for ours.
#[derive(Serialize)]
struct Dossier {
    application: Application,
    answers: Vec<Answer>,
}

impl Case {
    /// The form for the peers.
    pub fn flagged(&self) -> String {
        let application = synthetic::application(self.matter, 2);
        let record = |subject, (r, fact): (usize, &Fact)| FlaggedRecord {
            id: record_id(subject, r).into(),
            list: synthetic::LIST.into(),
            act: synthetic::act(fact.act).into(),
            ends_on: fact.until.map(|day| day.to_string().into()),
            objection_open: fact.event == Some(EventKind::ObjectionFiled),
            repaired: fact.event == Some(EventKind::Repaired),
        };
        let subjects = application.subjects.iter().enumerate().map(|(s, subject)| FlaggedSubject {
            id: subject.identifier.as_str().into(),
            role: subject.role.code().into(),
            records: self.facts[s].iter().enumerate().map(|fact| record(s, fact)).collect(),
        });
        let flagged = Flagged {
            matter: application.matter.as_str().into(),
            as_of: AS_OF.to_string().into(),
            subjects: subjects.collect(),
        };
        serde_json::to_string(&flagged).unwrap()
    }

    /// The form for ours: the application and the answers to its due lookups.
    pub fn dossier(&self) -> String {
        let application = synthetic::application(self.matter, 2);
        let answers = (0..2).map(|s| synthetic::answer(&application, s, &self.facts[s])).collect();
        serde_json::to_string(&Dossier { application, answers }).unwrap()
    }
}

/// The case that is measured: four records in force, two acts, two with a last day.
pub fn measured() -> Case {
    let until = |fact, day| Fact { until: Some(day), ..fact };
    let (three, nine) = (in_force(3), in_force(9));
    let facts = [[three, until(nine, day(2027, 1, 31))], [three, until(nine, AS_OF)]];
    Case { name: "measured", matter: 3, facts }
}

/// The cases on which all must agree.
pub fn cases() -> Vec<Case> {
    let base = in_force(3);
    let ended = Fact { until: Some(day(2025, 6, 29)), ..base };
    let objected = Fact { event: Some(EventKind::ObjectionFiled), ..base };
    let repaired = Fact { event: Some(EventKind::Repaired), ..base };
    let case = |name, matter, facts| Case { name, matter, facts };
    vec![
        measured(),
        case("all in force, one act", 3, [[base, base], [base, base]]),
        case("one of four in force", 3, [[base, ended], [objected, repaired]]),
        case("none in force", 3, [[ended, objected], [repaired, repaired]]),
        case("other acts", 3, [[in_force(19), in_force(0)], [in_force(5), in_force(12)]]),
        case("other matter", 0, [[base, in_force(7)], [ended, repaired]]),
    ]
}

fn in_force(act: usize) -> Fact {
    Fact { act, until: None, event: None }
}

/// The outcome from whether a mandatory restriction applies, which is all that a peer has to sum
/// up.
pub fn outcome(mandatory: bool) -> &'static str {
    if mandatory { "restricted" } else { "clear" }
}

/// Answer of a peer that is written in Rust.
#[derive(Serialize)]
pub struct Reply<'a> {
    /// The finding.
    pub outcome: &'a str,
    /// The measures that apply.
    pub measures: Vec<Hit<'a>>,
}

/// A measure that a record triggers.
#[derive(Serialize)]
pub struct Hit<'a> {
    /// The measure.
    pub measure: &'a str,
    /// The record.
    pub record: &'a str,
    /// Code of its effect.
    pub effect: &'a str,
    /// Code of its force.
    pub force: &'a str,
    /// Its basis.
    pub basis: &'a str,
}

impl<'a> Reply<'a> {
    /// The reply with these measures.
    pub fn of(measures: Vec<Hit<'a>>) -> Self {
        let mandatory = |h: &Hit<'_>| h.force == Force::Mandatory.code();
        Self { outcome: outcome(measures.iter().any(mandatory)), measures }
    }
}

/// Reads the answer of any engine, without the order of its measures: outcome, then each measure
/// with each record.
pub fn canonical(json: &str) -> (String, Vec<[String; 5]>) {
    #[derive(Deserialize)]
    struct Any {
        #[serde(alias = "disposition")]
        outcome: String,
        measures: Vec<AnyHit>,
    }
    #[derive(Deserialize)]
    struct AnyHit {
        measure: String,
        record: Option<String>,
        #[serde(default)]
        because: Vec<String>,
        effect: String,
        force: String,
        basis: Option<String>,
        #[serde(default)]
        legal_basis: Vec<mustcheck::model::LegalBasis>,
    }
    let any: Any = serde_json::from_str(json).unwrap_or_else(|e| panic!("{e}: {json}"));
    let mut hits = Vec::new();
    for hit in any.measures {
        let cited = || Cited(&hit.legal_basis).to_string();
        let basis = hit.basis.clone().unwrap_or_else(cited);
        for record in hit.because.iter().chain(&hit.record) {
            let (effect, force) = (hit.effect.clone(), hit.force.clone());
            hits.push([record.clone(), hit.measure.clone(), effect, force, basis.clone()]);
        }
    }
    hits.sort();
    (any.outcome, hits)
}
