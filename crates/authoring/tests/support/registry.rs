//! Cases as folders, decided natively: an office's application, and the records that the sources
//! hold.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use mustcheck_authoring::{self as authoring, check};
use mustcheck_model::date::Date;
use mustcheck_model::{
    Answer, AnswerStatus, Application, CreditRecord, Decision, Query, SourceState,
};
use mustcheck_rules::Catalogue;
use mustcheck_writer::Language;
use serde::Deserialize;

pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

pub fn catalogue_folder() -> PathBuf {
    folder("catalogue")
}

/// An edition with an overlay, compiled once for all tests of a program.
pub fn catalogue(edition: &str, overlay: &str) -> Arc<Catalogue> {
    static KNOWN: Mutex<BTreeMap<(String, String), Arc<Catalogue>>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap();
    let key = (edition.to_owned(), overlay.to_owned());
    let made = known.entry(key).or_insert_with(|| {
        let compiled = authoring::compile(&catalogue_folder(), edition, overlay);
        let compiled = compiled.unwrap_or_else(|findings| panic!("{}", listed(&findings)));
        Arc::new(Catalogue::from_json(compiled.canonical.as_bytes()).unwrap())
    });
    Arc::clone(made)
}

pub fn listed(findings: &[authoring::Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[derive(Clone, Deserialize)]
pub struct Source {
    pub id: String,
    pub as_of: mustcheck_model::date::Timestamp,
    #[serde(default)]
    pub records_from: Option<Date>,
    pub covers: Vec<String>,
}

#[derive(Clone, Deserialize)]
pub struct Held {
    pub sources: Vec<Source>,
    pub records: Vec<CreditRecord>,
}

impl Held {
    pub fn lookup(&self, application: &Application, queries: &[Query]) -> Vec<Answer> {
        let mut answers = Vec::new();
        for (query, asked) in (0..).zip(queries) {
            let subject = &application.subjects[asked.subject as usize];
            for list in &asked.lists {
                let source = self.sources.iter().find(|s| s.covers.contains(list));
                let about = |r: &&CreditRecord| {
                    r.list == *list
                        && ((&r.subject.identifier, &r.subject.country)
                            == (&subject.identifier, &subject.country)
                            || (r.responsible_persons.iter()).any(|p| {
                                (&p.identifier, &p.country)
                                    == (&subject.identifier, &subject.country)
                            }))
                };
                answers.push(Answer {
                    query,
                    list: list.clone(),
                    status: source.map_or(AnswerStatus::NotCovered, |_| AnswerStatus::Answered),
                    source: source.map(|s| SourceState {
                        id: s.id.clone(),
                        name: String::new(),
                        as_of: s.as_of,
                        records_from: s.records_from,
                    }),
                    reason: None,
                    records: self.records.iter().filter(about).cloned().collect(),
                });
            }
        }
        answers
    }
}

/// A case: an application, and the sources with their records.
#[derive(Clone)]
pub struct Case {
    pub application: Application,
    pub held: Held,
}

impl Case {
    pub fn read(folder: &Path) -> Self {
        let json = |file: &str| fs::read(folder.join(file)).unwrap();
        Self {
            application: serde_json::from_slice(&json("application.json")).unwrap(),
            held: serde_json::from_slice(&json("registry.json")).unwrap(),
        }
    }

    pub fn decide(&self, edition: &str, overlay: &str) -> Decision {
        self.decide_with(&catalogue(edition, overlay))
    }

    pub fn decide_with(&self, catalogue: &Catalogue) -> Decision {
        let (held, application) = (self.whole(catalogue), &self.application);
        let mut registry = |queries: &[Query]| held.lookup(application, queries);
        check::check(catalogue, application, application.as_of, &mut registry).unwrap()
    }

    /// Writes its papers as one text.
    #[allow(dead_code, reason = "not every suite reads papers")]
    pub fn papers(&self, edition: &str, overlay: &str, language: Language) -> String {
        let catalogue = catalogue(edition, overlay);
        let (held, application) = (self.whole(&catalogue), &self.application);
        let mut registry = |queries: &[Query]| held.lookup(application, queries);
        let day = application.as_of;
        let papers = check::papers(&catalogue, application, day, &mut registry, language).unwrap();
        let notices = papers.notices.iter().map(|notice| notice.document.text());
        notices.fold(papers.sheet.text(), |all, notice| all + &notice)
    }

    /// The sources and records, with the parts of lists among the lists: a host asks for both.
    fn whole(&self, catalogue: &Catalogue) -> Held {
        let mut held = self.held.clone();
        for list in catalogue.data().lists.iter().filter(|list| !list.parts.is_empty()) {
            let part = |record: &&mut CreditRecord| list.parts.iter().any(|p| *p == *record.list);
            for record in held.records.iter_mut().filter(part) {
                record.list = list.code.clone().into();
            }
        }
        held
    }
}

/// The measures of a decision, by id, in its order.
pub fn measures(decision: &Decision) -> Vec<&str> {
    decision.measures.iter().map(|m| m.measure.as_str()).collect()
}

/// Returns the entries that a decision sets aside: record, measure and reason.
pub fn aside(decision: &Decision) -> Vec<String> {
    let words = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
    decision
        .set_aside
        .iter()
        .map(|s| format!("{} {} {}", words(&s.record), words(&s.measure), s.reason))
        .collect()
}
