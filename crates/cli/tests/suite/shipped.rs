//! The shipped cases: they hold, and they show every measure and every clause.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::support::{Folder, Run, command};

/// Runs the program in the repository, over shipped files whose identifiers are nobody's.
fn run(arguments: &[&str]) -> Run {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = command(&root, arguments).output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

const BOTH: [&str; 5] = ["test", "examples/cases", "examples/places", "--catalogue", "catalogue"];

#[test]
fn the_shipped_cases_show_every_measure_and_clause() {
    let run = run(&[&BOTH[..], &["--coverage-minimum", "100", "--format", "json"]].concat());
    assert_eq!((run.code, &*run.stderr), (0, ""), "{}", run.stdout);
    let report = run.json();
    assert!(report["passed"].as_u64().unwrap() >= 224, "{}", report["passed"]);
    let groups: BTreeMap<&str, &Value> = (report["coverage"]["groups"].as_array().unwrap().iter())
        .map(|group| (group["kind"].as_str().unwrap(), group))
        .collect();
    for kind in [
        "measures",
        "measures-applied",
        "clauses",
        "exceptions",
        "reasons",
        "standings",
        "dispositions",
        "events",
        "matters",
    ] {
        let group = groups[kind];
        assert_eq!(group["missing"], serde_json::json!([]), "{kind}");
        assert_eq!(group["percent"], 100, "{kind}");
        assert!(group["total"].as_u64().unwrap() > 0, "{kind}");
    }
    // Where a place adopts a limit, the Opinions ask for an examination by the same record, which
    // decides before; and a case is decided on its own day, so that none is of an earlier one.
    let elsewhere = ["adopted-restriction", "earlier-day"];
    assert_eq!(groups["rules"]["missing"], serde_json::json!(elsewhere));
    // The list is kept since 2026-10-01: nobody can be removed before a year, or leave before three.
    let not_yet =
        ["removal", "restoration", "stay"].map(|rule| format!("financial-serious {rule}"));
    assert_eq!(groups["list-rules"]["missing"], serde_json::json!(not_yet));
    // Not every lookup of every role has a case; the report names those that have none.
    let lookups = groups["lookups"];
    assert!(lookups["percent"].as_u64().unwrap() < 100);
    // The universe is not what the cases happen to show.
    assert!(groups["measures"]["total"].as_u64().unwrap() >= 100);
    assert!(groups["clauses"]["total"].as_u64().unwrap() >= 148);
}

/// The five places alone leave most of the statutes unshown, and say so: a hundred is no constant.
#[test]
fn fewer_cases_cover_less() {
    let places = ["test", "examples/places", "--catalogue", "catalogue"];
    let run = run(&[&places[..], &["--coverage-minimum", "100", "--lang", "en"]].concat());
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("\n  wage-regulations-48-honour (statutes)\n"), "{}", run.stdout);
    assert!(
        run.stdout.contains("\n  wage-payment-regulations-2019 48 para. 1\n"),
        "{}",
        run.stdout
    );
}

/// One application in five places gives the five decisions of the places' README.
#[test]
fn five_places_decide_alike_nowhere() {
    let run = run(&["test", "examples/places", "--catalogue", "catalogue", "--format", "json"]);
    let report = run.json();
    let cases = report["cases"].as_array().unwrap();
    let decided = |name: &str| {
        let case = cases.iter().find(|case| case["name"] == name).unwrap();
        (
            case["overlay"].as_str().unwrap().to_owned(),
            case["disposition"].as_str().unwrap().to_owned(),
        )
    };
    for (what, dispositions) in [
        ("fund", ["review", "review", "restricted", "review", "review"]),
        ("tender", ["review", "review", "review", "review", "review"]),
        ("licence", ["review", "review", "review", "review", "review"]),
    ] {
        let places = ["shanghai", "shandong", "henan", "zhejiang", "shenzhen"];
        for (place, disposition) in places.into_iter().zip(dispositions) {
            let expected = (place.to_owned(), disposition.to_owned());
            assert_eq!(decided(&format!("{place}/{what}")), expected);
        }
    }
}

/// Every case of the places is in the README, and every row there is a case.
#[test]
fn the_readme_of_the_places_names_every_case() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/places");
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let links = readme.split("](").skip(1).filter_map(|rest| rest.split_once("/expected.toml)"));
    let linked: BTreeSet<String> = links.map(|(case, _)| case.to_owned()).collect();
    let mut cases = BTreeSet::new();
    for place in std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()) {
        if place.is_dir() {
            for case in std::fs::read_dir(&place).unwrap() {
                let place = place.file_name().unwrap().to_string_lossy().into_owned();
                cases.insert(format!("{place}/{}", case.unwrap().file_name().to_string_lossy()));
            }
        }
    }
    assert_eq!(linked, cases);
}

/// The README shows the five decisions on public funds as the program prints them.
#[test]
fn the_readme_of_the_places_shows_what_is_printed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/places/README.md");
    let readme = std::fs::read_to_string(root).unwrap();
    let folder = Folder::new();
    for place in ["shanghai", "shandong", "henan", "zhejiang", "shenzhen"] {
        let file = folder.path(&format!("{place}.wasm"));
        let file = file.to_str().unwrap();
        let bake = ["policy", "bake", "catalogue", "--edition", "statutes", "--overlay"];
        assert_eq!(run(&[&bake[..], &[place, "-o", file]].concat()).code, 0);
        let application = format!("examples/places/{place}/fund/application.json");
        let registry = "examples/places/registry.json";
        let explain = ["explain", &application, "--registry", registry, "--policy", file];
        let printed = run(&[&explain[..], &["--lang", "en"]].concat()).stdout;
        let (_, from) = printed.split_once("\n1. Finding\n").unwrap();
        let (shown, _) = from.split_once("\n\n4. ").unwrap();
        let block = format!("```text\n1. Finding\n{shown}\n```\n");
        assert!(readme.contains(&block), "the README does not show of {place}:\n{block}");
    }
}

/// Without the catalogue, a place is no edition of this program.
#[test]
fn places_need_the_catalogue() {
    let run = run(&["test", "examples/places/shanghai/fund"]);
    let told = "`shanghai` is not embedded: name the catalogue that has the overlay with \
                `--catalogue`";
    assert!(run.code == 3 && run.stdout.contains(told), "{}", run.stdout);
    let catalogue = ["--catalogue", "catalogue"];
    let run =
        super::shipped::run(&[&["test", "examples/places/shanghai/fund"][..], &catalogue].concat());
    assert_eq!(run.code, 0, "{}", run.stdout);
}

/// A catalogue that does not compile decides nothing, and says why for each case that needs it.
#[test]
fn a_broken_catalogue_is_told() {
    let folder = Folder::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue");
    copy(&root, &folder.path("catalogue"));
    super::case(&folder, "cases/a", super::RIGHT);
    let run = folder.run(&["test", "cases", "--catalogue", "catalogue"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    let tender = folder.path("catalogue/matters/tendering.toml");
    let text = std::fs::read_to_string(&tender).unwrap();
    std::fs::write(&tender, text.replacen("[[matter]]", "[[mater]]", 1)).unwrap();
    let run = folder.run(&["test", "cases", "--catalogue", "catalogue"]);
    assert_eq!(run.code, 3);
    assert!(run.stdout.contains("edition `statutes`, overlay `default`: "), "{}", run.stdout);
    assert!(run.stdout.contains("matters/tendering.toml"), "{}", run.stdout);
    // Another edition of the same folder, asked for by name.
    super::case(&folder, "cases/a", &format!("edition = \"nothing\"\n{}", super::RIGHT));
    let told = "`nothing` is no edition of catalogue `catalogue`";
    assert!(folder.run(&["test", "cases", "--catalogue", "catalogue"]).stdout.contains(told));
}

pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}
