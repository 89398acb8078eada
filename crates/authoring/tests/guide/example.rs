//! The worked example and the overlay of the guide, made as a reader makes them.

use std::fs;
use std::path::Path;

use model::Disposition::{Restricted, Review};
use mustcheck_authoring as authoring;
use mustcheck_model as model;
use mustcheck_model::date::Date;
use mustcheck_rules::catalogue::Catalogue;
use mustcheck_rules::catalogue::data::{CatalogueData, Measure};

use crate::registry::{Case, aside, catalogue_folder, folder, listed, measures};
use crate::{LANGUAGES, fenced, page};

pub const MEASURE: &str = "licensing-law-79-least";

/// A copy of the catalogue in which the reader has deleted the measure and written it anew.
pub fn exercise(toml: &str) -> tempfile::TempDir {
    let copied = tempfile::tempdir().unwrap();
    copy(&catalogue_folder(), copied.path());
    let law = copied.path().join("measures/statutes/licensing-law.toml");
    let text = fs::read_to_string(&law).unwrap();
    let start = text.find(&format!("[[measure]]\nid = \"{MEASURE}\"\n")).unwrap();
    let length = text[start + 1..].find("[[measure]]\n").unwrap() + 1;
    fs::write(&law, format!("{}{}", &text[..start], &text[start + length..])).unwrap();
    fs::write(copied.path().join("measures/statutes/exercise.toml"), toml).unwrap();
    copied
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub fn compiled(folder: &Path, overlay: &str) -> CatalogueData {
    let compiled = authoring::compile(folder, "statutes", overlay);
    compiled.unwrap_or_else(|findings| panic!("{}", listed(&findings))).data
}

/// The measure of the guide.
pub fn toml() -> String {
    let blocks = fenced(&page("GUIDE", ""), "toml");
    blocks.into_iter().find(|block| block.contains(MEASURE)).unwrap()
}

fn case() -> Case {
    let blocks = fenced(&page("GUIDE", ""), "json");
    let [application, registry] = blocks.as_slice() else { panic!("two blocks") };
    Case {
        application: serde_json::from_str(application).unwrap(),
        held: serde_json::from_str(registry).unwrap(),
    }
}

/// Checks that the measure in the guide is the one that ships.
#[test]
fn the_worked_example_is_the_measure_that_ships() {
    let copied = exercise(&toml());
    let measure = |data: &CatalogueData| -> Measure {
        data.measures.iter().find(|m| m.id == *MEASURE).unwrap().clone()
    };
    let shipped = measure(&compiled(&catalogue_folder(), "default"));
    assert_eq!(measure(&compiled(copied.path(), "default")), shipped);
    // The sentence that is read is in the text.
    let text = catalogue_folder().join("texts/administrative-licensing-law-2019.md");
    let text = fs::read_to_string(text).unwrap();
    for language in LANGUAGES {
        let guide = page("GUIDE", language);
        let quoted = guide.lines().find_map(|line| line.strip_prefix("> ")).unwrap();
        assert!(text.contains(quoted), "{quoted}");
    }
}

/// The case and its neighbour come out as the guide says, and fail when the measure is broken.
#[test]
fn the_case_proves_the_measure() {
    let decide = |toml: &str, case: &Case| {
        let copied = exercise(toml);
        let catalogue = Catalogue::adopt(compiled(copied.path(), "default")).unwrap();
        case.decide_with(&catalogue)
    };
    let last = case();
    let mut after = case();
    after.application.as_of = Date { year: 2026, month: 4, day: 11 };

    let decision = decide(&toml(), &last);
    assert_eq!(decision.disposition, Restricted);
    assert_eq!(measures(&decision), [MEASURE, "drug-law-123-undecided"]);
    assert_eq!(decision.measures[0].until.unwrap().to_string(), "2026-04-10");
    let neighbour = decide(&toml(), &after);
    assert_eq!(neighbour.disposition, Review);
    assert_eq!(aside(&neighbour)[0], format!("LB-2023-0429 {MEASURE} beyond-term"));
    let shipped = Case::read(&folder("examples/cases/0048-drug-licence-bribery-last-day"));
    assert_eq!(decision, shipped.decide("statutes", "default"));

    // Lint refuses a longer term than the article's; without it the neighbour would fail.
    let copied = exercise(&toml().replace("fixed_term.years = 3", "fixed_term.years = 4"));
    assert!(authoring::compile(copied.path(), "statutes", "default").is_err());
    let broken = authoring::assemble(copied.path(), "statutes", "default").unwrap();
    let broken = after.decide_with(&Catalogue::adopt(broken).unwrap());
    assert_eq!(broken.disposition, Restricted);
}

/// The files of the example are those of the case that it names.
#[test]
fn the_case_of_the_guide_is_case_0048() {
    let shipped = folder("examples/cases/0048-drug-licence-bribery-last-day");
    let blocks = fenced(&page("GUIDE", ""), "json");
    for (file, block) in ["application.json", "registry.json"].iter().zip(blocks) {
        assert_eq!(fs::read_to_string(shipped.join(file)).unwrap(), block, "{file}");
    }
}

#[test]
fn the_overlay_of_the_guide_adopts_what_it_names() {
    let blocks = fenced(&page("GUIDE", ""), "toml");
    let overlay = blocks.into_iter().find(|block| block.starts_with("[overlay]")).unwrap();
    let copied = exercise(&toml());
    fs::write(copied.path().join("overlays/exercise.toml"), overlay).unwrap();
    let catalogue = Catalogue::adopt(compiled(copied.path(), "exercise")).unwrap();
    let data = catalogue.data();
    let adopted = |id: &str| catalogue.adopted(data.measures.iter().find(|m| m.id == *id).unwrap());
    assert!(adopted("opinions-4-green-channel") && adopted("opinions-5-priority"));
    assert!(!adopted("opinions-7-financing-product"));
    assert_eq!(catalogue.described().freshness("national-credit-platform"), 1);
    assert_eq!(catalogue.described().freshness("another"), 3);
}
