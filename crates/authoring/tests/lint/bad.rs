//! Deliberately bad catalogues: for each rule at least one, with the findings expected of it.

#[path = "bad/data.rs"]
mod data;
#[path = "bad/files.rs"]
mod files;
#[path = "bad/measures.rs"]
mod measures;
#[path = "bad/place.rs"]
mod place;

use mustcheck_authoring::lint::Language;
use mustcheck_authoring::{Finding, lint};

use crate::support::{Edit, golden, good, said, same};

/// A change of the small catalogue. Its name begins with the code of the rule that it shows.
pub struct Bad {
    pub name: &'static str,
    pub edits: Vec<Edit>,
}

impl Bad {
    pub fn findings(&self) -> Vec<Finding> {
        let folder = good();
        self.edits.iter().for_each(|edit| edit.apply(folder.path()));
        lint(folder.path())
    }
}

pub fn bad(name: &'static str, edits: impl Into<Vec<Edit>>) -> Bad {
    Bad { name, edits: edits.into() }
}

pub fn all() -> Vec<Bad> {
    let parts = [files::all(), data::all(), measures::all(), place::all()];
    parts.into_iter().flatten().collect()
}

#[test]
fn each_is_told_word_for_word() {
    same(all().iter().map(|bad| golden(&format!("{}.txt", bad.name), &said(&bad.findings()))));
}

/// The same in Chinese and as JSON, for the catalogue with many faults.
#[test]
fn many_faults_are_told_at_once_in_every_format() {
    let many = all().into_iter().find(|bad| bad.name == "many").unwrap();
    let findings = many.findings();
    let zh = findings.iter().map(|f| format!("{}\n", f.in_language(Language::Zh)));
    let json = serde_json::to_string_pretty(&findings).unwrap() + "\n";
    same([golden("many.zh.txt", &zh.collect::<String>()), golden("many.json", &json)]);
    let sorted = findings.windows(2).all(|pair| pair[0] < pair[1]);
    assert!(sorted, "the findings are not in their order");
}

/// No file of expected findings is left over from a catalogue that is no more.
#[test]
fn every_expected_text_is_compared() {
    let names: Vec<String> = all().iter().map(|bad| format!("{}.txt", bad.name)).collect();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lint/expected");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let extra = ["many.zh.txt", "many.json"].contains(&name.as_str());
        assert!(extra || names.contains(&name), "{name} is expected of nothing");
    }
}
