//! Helpers of the tests: keys, a policy, a case.

use std::path::PathBuf;
use std::sync::LazyLock;

use mustcheck::model::{Application, Description};
use mustcheck::registry::Vocabulary;
use mustcheck::{ApplicationExt as _, CodeCache, Date, Policy};
use mustcheck_evidence::{Keys, Suite};
use mustcheck_rules::Catalogue;

/// The vocabulary of the embedded editions, read from their catalogues: nothing is compiled for it.
pub static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let editions = Policy::embedded_editions().into_iter();
    let catalogue = |edition| Policy::embedded_catalogue(edition).unwrap();
    let descriptions: Vec<Description> =
        editions.map(|e| Catalogue::from_json(catalogue(e)).unwrap().describe()).collect();
    Vocabulary::of(&descriptions)
});

pub fn cache() -> CodeCache {
    CodeCache::open(concat!(env!("CARGO_TARGET_TMPDIR"), "/cache")).unwrap()
}

/// The day of the case.
pub const TODAY: Date = Date { year: 2026, month: 11, day: 18 };

pub static POLICY: LazyLock<Policy> =
    LazyLock::new(|| cache().embedded_edition(Policy::newest_edition()).unwrap());

/// An office's keys, in a folder.
pub struct Office(tempfile::TempDir);

impl Office {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Keys::create(&folder.path().join("keys"), "office.example", Suite::default()).unwrap();
        Self(folder)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn keys(&self) -> Keys {
        Keys::open(&self.path("keys")).unwrap()
    }
}

/// A file of a case in which a firm owes wages.
pub fn case(file: &str) -> PathBuf {
    let folder = "/../../examples/cases/0002-procurement-wage-arrears/";
    PathBuf::from(format!("{}{folder}{file}", env!("CARGO_MANIFEST_DIR")))
}

pub fn application() -> Application {
    Application::from_json(&std::fs::read(case("application.json")).unwrap()).unwrap()
}

/// An entry that is no document of this program: a log takes any bytes.
pub fn entry(writer: &str, number: u32) -> Vec<u8> {
    format!("{writer} {number}").into_bytes()
}
