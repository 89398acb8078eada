//! The papers (RAIL R11): as they are written for some golden cases, and what holds of them for all.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

#[path = "papers/folders.rs"]
mod folders;
#[path = "papers/rules.rs"]
mod rules;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use mustcheck::{
    Application, ApplicationExt as _, Checked, Date, Gate, JsonRegistry, Language, Papers, Policy,
};

/// Environment variable: if set, the papers are written as the expected ones.
const BLESS: &str = "MUSTCHECK_BLESS";

/// The cases whose expected papers are beside them.
const SHOWN: [&str; 14] = [
    "0001-procurement-clear",
    "0002-procurement-wage-arrears",
    "0010-land-use-wage-arrears",
    "0023-legal-representative-named-by-another-firm",
    "0025-directly-responsible-person",
    "0042-consortium-member-disqualified",
    "0085-stale-source-with-a-record",
    "0096-incomplete-materials-tolerated",
    "0116-foreign-bidder",
    "0229-licence-abnormal-operations",
    "0292-food-inspection-before-the-amendment",
    "0400-fixed-bar-record-ended",
    "0425-objection-to-a-penalty",
    "0429-objection-to-wage-arrears",
];

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/cases");
    let entries = fs::read_dir(&folder).unwrap();
    let mut cases: Vec<PathBuf> =
        entries.map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    cases.sort();
    cases
}

/// Makes the checks of cases, with a policy of each edition.
#[derive(Default)]
struct Office {
    policies: BTreeMap<&'static str, Policy>,
}

impl Office {
    fn check(&mut self, application: &Application, registry: JsonRegistry) -> Checked {
        self.check_on(application, registry, application.as_of)
    }

    fn check_on(
        &mut self,
        application: &Application,
        registry: JsonRegistry,
        today: Date,
    ) -> Checked {
        let id = Policy::edition_as_of(today).unwrap();
        let policy =
            self.policies.entry(id).or_insert_with(|| Policy::embedded_edition(id).unwrap());
        let gate = Gate::builder().policy(policy.clone()).registry(registry).today(today);
        gate.backdating(400).build().unwrap().check(application).unwrap()
    }

    fn case(&mut self, case: &Path) -> (Application, Checked) {
        let application = fs::read(case.join("application.json")).unwrap();
        let application = Application::from_json(&application).unwrap();
        let registry = JsonRegistry::open(case.join("registry.json")).unwrap();
        let checked = self.check(&application, registry);
        (application, checked)
    }
}

/// All papers as one text: the sheet, then each notice.
fn all(papers: &Papers) -> String {
    let notices = papers.notices.iter().map(|notice| notice.document.text());
    std::iter::once(papers.sheet.text()).chain(notices).collect::<Vec<_>>().join("\n――――――――\n\n")
}

#[test]
fn the_papers_of_some_cases_are_as_they_stand_beside_them() {
    let bless = std::env::var_os(BLESS).is_some();
    let mut office = Office::default();
    for case in cases() {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let is_shown = SHOWN.contains(&name.as_str());
        for (language, file) in [(Language::Zh, "papers.zh.txt"), (Language::En, "papers.en.txt")] {
            let file = case.join(file);
            if !is_shown {
                assert!(!file.exists(), "{} is not held against anything", file.display());
                continue;
            }
            let written = all(&office.case(&case).1.papers(language).unwrap());
            if bless {
                fs::write(&file, &written).unwrap();
            }
            let expected = fs::read_to_string(&file).unwrap_or_default();
            let lines = written.lines().zip(expected.lines()).enumerate();
            let different = lines.map(|(n, (got, was))| (n + 1, got, was)).find(|(_, a, b)| a != b);
            assert!(
                written == expected,
                "{}: {different:?}; write it anew with {BLESS}=1",
                file.display()
            );
        }
    }
}
