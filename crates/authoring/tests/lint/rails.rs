//! Everything that the guest's own rails find, a rule of the lint finds before, with its place.

use std::collections::BTreeSet;

use mustcheck_authoring::{Finding, assemble, compile, editions};
use mustcheck_rules::Catalogue;

use crate::bad;
use crate::support::good;

/// Checks that an edition and an overlay which are missing or do not go together are not compiled.
/// The caller names both.
#[test]
fn a_pair_that_does_not_go_together_is_not_compiled() {
    let folder = good();
    let said = |edition: &str, overlay: &str| {
        let findings = compile(folder.path(), edition, overlay).unwrap_err();
        findings.iter().map(Finding::line).collect::<Vec<_>>()
    };
    let pair = said("guofa-2016-33", "shanghai");
    let rule = "overlays/shanghai.toml:5:1: error[overlay-edition]: overlay `shanghai` does not go \
                with edition `guofa-2016-33`";
    assert!(pair.iter().any(|line| line == rule), "{pair:#?}");
    assert_eq!(
        said("statute", "default"),
        [
            "editions/statute.toml:1:1: error[file-unreadable]: there is no such file or folder",
            "measures/statute:1:1: error[file-unreadable]: there is no such file or folder",
        ]
    );
    assert_eq!(
        editions(&folder.path().join("nowhere")).unwrap_err().line(),
        "editions:1:1: error[file-unreadable]: there is no such file or folder"
    );
}

/// Messages of the rails, names left out, each with the rules of which one reports it with its
/// place.
const SAID: &[(&str, &[&str])] = &[
    ("matter _ is not of domain _", &["matter-domain"]),
    ("matter _ has no due lookups", &["no-due-lookups"]),
    ("list _ has more than one rule on persons for an act", &["persons-rule"]),
    ("list _ reaches persons by name in no role, or not at all", &["persons-rule"]),
    ("list _ names the unknown act _", &["unknown-act"]),
    ("list _ names the unknown matter _", &["unknown-matter"]),
    ("instrument _ stands twice", &["duplicate"]),
    ("list _ stands twice", &["duplicate"]),
    ("act _ stands twice", &["duplicate"]),
    ("matter _ stands twice", &["duplicate"]),
    ("measure _ stands twice", &["duplicate", "mandatory-dropped"]),
    ("measure _ has no legal basis", &["no-basis"]),
    ("measure _ is of kind _, for which the edition has no rank", &["kind-without-rank"]),
    (
        "measure _ of kind _ has no basis of sufficient rank",
        &["rank-too-low", "local-rank", "no-basis", "unknown-instrument"],
    ),
    ("measure _ names no matter, no role or no list", &["never-fires"]),
    ("measure _ names the unknown matter _", &["unknown-matter"]),
    ("measure _ reaches _, which is outside its article's scope", &["outside-scope"]),
    ("measure _ rests on _, which is kept for reference", &["reference-list-restricts"]),
    ("measure _ is of effect _ and rests on _", &["list-polarity"]),
    ("measure _ names the unknown act _", &["unknown-act"]),
    ("matter _ names the unknown list _", &["unknown-list"]),
    ("measure _ names the unknown list _", &["unknown-list"]),
    ("overlay _ names the unknown list _", &["unknown-list"]),
    ("_ states a rule without a legal basis", &["no-basis"]),
    ("_ cites the unknown instrument _", &["unknown-instrument"]),
    ("_ cites an article of _ without words", &["blank-clause"]),
    ("overlay _ does not go with edition _", &["overlay-edition", "unknown-edition", "id-differs"]),
    ("overlay _ names the unknown measure _", &["unknown-measure"]),
    ("overlay _ names the unknown matter _", &["unknown-matter"]),
    ("overlay _ names the unknown act _", &["unknown-act"]),
    ("overlay _ contradicts itself on objections", &["overlay-objection"]),
    ("overlay _ closes promises by matter and names none, or the reverse", &["overlay-closing"]),
    ("_ is no division code of two, four or six digits", &["region-code"]),
    ("instrument _ does not hold where overlay _ does", &["basis-elsewhere"]),
    (
        "overlay adopts _, which is no recommended measure",
        &["adopts-not-recommended", "unknown-measure"],
    ),
    ("overlay makes restriction _ mandatory", &["overlay-widens"]),
    ("overlay _ ends the disclosure of _, no restriction", &["overlay-disclosure"]),
    ("overlay _ ends a disclosure before it begins", &["overlay-disclosure"]),
];

/// A line of the rails without what it names.
fn bare(line: &str) -> String {
    let parts = line.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 1 { "_" } else { part }).collect()
}

/// Every bad catalogue whose data the guest refuses is refused by the lint for the same reasons,
/// and every reason of the rails is met by one.
#[test]
fn each_finding_of_a_rail_has_a_rule() {
    const PAIRS: [(&str, &str); 3] =
        [("guofa-2016-33", "default"), ("statutes", "default"), ("statutes", "shanghai")];
    let mut met: BTreeSet<String> = BTreeSet::new();
    for bad in bad::all() {
        let folder = good();
        bad.edits.iter().for_each(|edit| edit.apply(folder.path()));
        for (edition, overlay) in PAIRS {
            let Ok(data) = assemble(folder.path(), edition, overlay) else { continue };
            let compiled = compile(folder.path(), edition, overlay);
            let found = compiled.err().unwrap_or_default();
            assert!(found.iter().all(|finding| finding.rule != "rail"), "{}", bad.name);
            let Err(rails) = Catalogue::adopt(data) else { continue };
            for line in rails.lines() {
                let row = SAID.iter().find(|(said, _)| *said == bare(line));
                let (_, rules) = row.unwrap_or_else(|| panic!("{}: {line}", bad.name));
                let told = found.iter().any(|finding| rules.contains(&finding.rule));
                assert!(told, "{}: no rule says {line}", bad.name);
                met.insert(bare(line));
            }
        }
    }
    let missing: Vec<&str> =
        SAID.iter().map(|(said, _)| *said).filter(|said| !met.contains(*said)).collect();
    // `large` meets the one on how many items there may be.
    assert!(missing.is_empty(), "no bad catalogue for {missing:#?}");
}
