//! Lists in other formats: tables that offices keep, and entities from abroad.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "lists/entities.rs"]
mod entities;
#[path = "lists/mapping.rs"]
mod mapping;
#[path = "lists/properties.rs"]
mod properties;
#[path = "lists/published.rs"]
mod published;
#[path = "../../model/tests/support/standards.rs"]
#[allow(dead_code, reason = "a part of it is used")]
mod standards;
#[path = "lists/tables.rs"]
mod tables;
#[path = "lists/workbooks.rs"]
mod workbooks;
#[path = "support/xlsx.rs"]
mod xlsx;

use std::path::Path;
use std::sync::LazyLock;

use mustcheck::model::{AnswerStatus, Role, Scheme, Subject, SubjectKind};
use mustcheck::registry::Vocabulary;
use mustcheck::{Ask, Date, Policy, Registry as _, RegistryError};
use mustcheck_registry::SqliteRegistry;
use mustcheck_registry::import::{Report, import};
use mustcheck_registry::table::{RejectedFile, TableMapping, TableReport, convert};
use mustcheck_rules::Catalogue;
use serde_json::Value;

/// Vocabulary of the embedded editions.
pub static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let editions = Policy::embedded_editions().into_iter();
    let descriptions: Vec<_> = editions
        .map(|e| Catalogue::from_json(Policy::embedded_catalogue(e).unwrap()).unwrap().describe())
        .collect();
    Vocabulary::of(&descriptions)
});

/// Code of the n-th firm.
pub fn uscc(n: u32) -> String {
    standards::uscc("91", 310_000, &format!("MA{n:06}"))
}

/// Number of the n-th person.
pub fn resident(n: u32) -> String {
    standards::resident_id(310_101, "19700307", n)
}

/// Result of converting a table.
pub struct Outcome {
    pub(crate) report: TableReport,
    pub(crate) document: Value,
    pub(crate) rejected: String,
    pub(crate) folder: tempfile::TempDir,
}

/// Day of every lookup.
pub fn day() -> Date {
    Date::new(2026, 11, 20).unwrap()
}

impl Outcome {
    /// Returns the records, without the refusals among them.
    pub fn records(&self) -> Vec<&Value> {
        let all = self.document["records"].as_array().unwrap();
        all.iter().filter(|record| record.get("rejected").is_none()).collect()
    }

    /// Returns the rejected rows: their numbers and reasons.
    pub fn reasons(&self) -> Vec<(u64, String)> {
        let text = self.rejected.strip_prefix('\u{feff}').unwrap();
        let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let rows = rows.records().map(Result::unwrap);
        rows.map(|row| (row[0].parse().unwrap(), row[1].to_owned())).collect()
    }

    /// Imports the document, and returns the answer of a lookup about each of these subjects.
    pub fn imported(&self, subjects: &[Subject]) -> (Report, Vec<(AnswerStatus, usize)>) {
        let file = self.folder.path().join("document.json");
        let database = self.folder.path().join("credit.db");
        let report = import(&file, &database, &VOCABULARY, &mut || {}).unwrap();
        let lists = vec!["wage-arrears".to_owned()];
        let asks: Vec<_> = (0..)
            .zip(subjects)
            .map(|(query, subject)| Ask { query, subject, lists: &lists, as_of: day() })
            .collect();
        let answers = SqliteRegistry::open(&database).unwrap().lookup(&asks).unwrap();
        (report, answers.iter().map(|a| (a.status, a.records.len())).collect())
    }
}

/// Converts the bytes of a table.
pub fn table(bytes: &[u8], mapping: &str) -> Result<Outcome, RegistryError> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("list.csv"), bytes).unwrap();
    let mapping = TableMapping::from_toml(mapping).unwrap_or_else(|e| panic!("{e:?}"));
    let mut rejected = RejectedFile::create(&path("rejected.csv")).unwrap();
    let mut document = Vec::new();
    let report =
        convert(&path("list.csv"), &mapping, &VOCABULARY, &mut document, Some(&mut rejected))
            .map_err(|e| plain(e, folder.path()))?;
    std::fs::write(path("document.json"), &document).unwrap();
    let rejected = std::fs::read_to_string(path("rejected.csv")).unwrap();
    let document = serde_json::from_slice(&document).unwrap();
    Ok(Outcome { report, document, rejected, folder })
}

/// Removes the test's folder from an error.
fn plain(error: RegistryError, folder: &Path) -> RegistryError {
    match error {
        RegistryError::Content(what) => {
            RegistryError::Content(what.replace(&format!("{}/", folder.display()), ""))
        }
        other => other,
    }
}

/// A firm as a lookup asks for it.
pub fn firm(n: u32) -> Subject {
    subject(SubjectKind::Organization, Scheme::Uscc, &uscc(n), None)
}

/// A person as a lookup asks for it.
pub fn person(n: u32) -> Subject {
    subject(SubjectKind::Person, Scheme::ResidentId, &resident(n), None)
}

/// A subject.
pub fn subject(
    kind: SubjectKind,
    scheme: Scheme,
    identifier: &str,
    country: Option<&str>,
) -> Subject {
    Subject {
        role: Role::Applicant,
        kind,
        scheme,
        identifier: identifier.to_owned(),
        country: country.map(str::to_owned),
        name: "甲".into(),
        as_issued: None,
        also: Vec::new(),
        of: None,
    }
}
