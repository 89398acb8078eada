//! Cases that cannot be evaluated: each is reported with its place, and no other case suffers.

use super::support::{Folder, application, with};
use super::{RIGHT, case, case_of};

/// Runs a suite of a sound case and a bad one, and checks the report on the bad one.
#[track_caller]
fn told(expected: &str, lines: &[&str]) {
    let folder = Folder::new();
    case(&folder, "cases/sound", RIGHT);
    case(&folder, "cases/bad", expected);
    hold(&folder, lines);
}

#[track_caller]
fn hold(folder: &Folder, lines: &[&str]) {
    let run = folder.run(&["test", "cases"]);
    let found: Vec<&str> =
        run.stdout.lines().filter_map(|line| line.strip_prefix("  - ")).collect();
    assert_eq!(found, lines, "{}", run.stdout);
    assert!(run.stdout.ends_with("2 cases: 1 passed (restricted 1), 0 failed, 1 bad, 0 fault\n"));
    assert_eq!(run.code, 3);
}

#[test]
fn an_unknown_key() {
    told(
        "disposition = \"clear\"\nset_asid = []\n",
        &["cases/bad/expected.toml:2:1: unknown key `set_asid`; did you mean `set_aside`?"],
    );
}

#[test]
fn unknown_codes_all_at_once() {
    told(
        "edition = \"statutes\"\ndisposition = \"restrictd\"\nmeasures = [\n  \
         \"wage-regulations-48-tendering aplicant\",\n  \"nothing\",\n]\n\
         set_aside = [\"r1 expird\", \"r1 因为\"]\n",
        &[
            "cases/bad/expected.toml:2:15: `restrictd` is an unknown disposition; did you mean \
             `restricted`?",
            "cases/bad/expected.toml:4:3: `aplicant` is an unknown role; did you mean \
             `applicant`?",
            "cases/bad/expected.toml:5:3: `nothing` is not a measure and the role that it \
             reaches, with a space between",
            "cases/bad/expected.toml:7:14: `expird` is an unknown reason; did you mean `expired`?",
            "cases/bad/expected.toml:7:27: `因为` is an unknown reason",
        ],
    );
}

#[test]
fn an_unknown_measure_edition_or_overlay() {
    told(
        &RIGHT.replace("48-tendering a", "48-tendring a"),
        &["cases/bad/expected.toml:5:3: `wage-regulations-48-tendring` is no measure of edition \
           `statutes` with overlay `default`; did you mean `wage-regulations-48-tendering`?"],
    );
    told(
        &format!("edition = \"statues\"\n{RIGHT}"),
        &["cases/bad/expected.toml:1:11: `statues` is no embedded edition; did you mean \
           `statutes`?"],
    );
    told(
        &format!("overlay = \"shanghai\"\n{RIGHT}"),
        &["cases/bad/expected.toml:1:11: `shanghai` is not embedded: name the catalogue that has \
           the overlay with `--catalogue`"],
    );
}

#[test]
fn no_expectation() {
    told(
        "title.zh = \"例\"\ntitle.en = \"an example\"\n",
        &["cases/bad/expected.toml: it names no `disposition`, and there is no `decision.json` \
           beside it"],
    );
    told(
        "measures = [\"wage-regulations-48-tendering applicant\"]\n",
        &["cases/bad/expected.toml:1:1: `disposition` is missing"],
    );
    let folder = Folder::new();
    case(&folder, "cases/sound", RIGHT);
    case(&folder, "cases/bad", RIGHT);
    std::fs::remove_file(folder.path("cases/bad/expected.toml")).unwrap();
    hold(
        &folder,
        &["cases/bad: nothing is expected: there is neither `expected.toml` nor `decision.json`"],
    );
}

#[test]
fn what_cannot_be_parsed() {
    told(
        "disposition = \n",
        &["cases/bad/expected.toml:1:15: string values must be quoted, \
           expected literal string"],
    );
    let folder = Folder::new();
    case(&folder, "cases/sound", RIGHT);
    case(&folder, "cases/bad", RIGHT);
    folder.write_text("cases/bad/decision.json", "{\n  \"a\": ]");
    hold(&folder, &["cases/bad/decision.json:2:8: expected value"]);
    std::fs::remove_file(folder.path("cases/bad/decision.json")).unwrap();
    folder.write_text("cases/bad/application.json", "{ \"id\": 7 }");
    hold(
        &folder,
        &["cases/bad/application.json:1:9: id: invalid type: integer `7`, expected a string"],
    );
    folder.write("cases/bad/application.json", &application());
    folder.write_text("cases/bad/registry.json", "{ \"records\": 1 }");
    hold(
        &folder,
        &["cases/bad/registry.json: records: invalid type: integer `1`, expected a sequence \
           (line 1, column 14)"],
    );
    std::fs::remove_file(folder.path("cases/bad/registry.json")).unwrap();
    hold(
        &folder,
        &["cases/bad: there is no `registry.json` or `registry.db`, here or in a folder above"],
    );
}

/// A fault of the application is no finding of law.
#[test]
fn an_application_that_cannot_be_evaluated() {
    let folder = Folder::new();
    case(&folder, "cases/sound", RIGHT);
    let unknown = with(&application(), "/matter", "tendering/nothing");
    let registry = super::registry(&[]);
    case_of(&folder, "cases/bad", &unknown, &registry, RIGHT);
    let run = folder.run(&["test", "cases"]);
    assert_eq!(run.code, 3);
    let told = "  - cases/bad/application.json: matter: `tendering/nothing`";
    assert!(run.stdout.contains(told), "{}", run.stdout);
}

#[test]
fn folders_that_are_no_cases() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("empty")).unwrap();
    let run = folder.run(&["test", "empty"]);
    let told = "bad  empty: there is no case: no folder with an `application.json`\n";
    assert_eq!(run.code, 3);
    assert!(run.stdout.starts_with(told), "{}", run.stdout);
    let run = folder.run(&["test", "nowhere"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.starts_with("error: `nowhere` cannot be read"), "{}", run.stderr);
    case(&folder, "cases/a", RIGHT);
    std::fs::create_dir(folder.path("cases/b")).unwrap();
    folder.write_text("cases/b/expected.toml", RIGHT);
    let run = folder.run(&["test", "cases"]);
    let told = "bad  cases/b: `expected.toml` stands here without `application.json`\n";
    assert!(run.code == 3 && run.stdout.starts_with(told), "{}", run.stdout);
    // Two folders may not give two cases one id.
    case(&folder, "more/a", RIGHT);
    std::fs::remove_dir_all(folder.path("cases/b")).unwrap();
    let run = folder.run(&["test", "cases", "more"]);
    let told = "bad  more/a: the case `a` is also `cases/a`\n";
    assert!(run.code == 3 && run.stdout.starts_with(told), "{}", run.stdout);
    folder.write_bytes("cases/a/registry.db", b"");
    let run = folder.run(&["test", "cases"]);
    let told = "bad  cases/a: both `registry.json` and `registry.db` stand here\n";
    assert!(run.code == 3 && run.stdout.starts_with(told), "{}", run.stdout);
}

#[test]
fn a_catalogue_that_is_none() {
    let folder = Folder::new();
    case(&folder, "cases/a", RIGHT);
    std::fs::create_dir(folder.path("catalogue")).unwrap();
    let run = folder.run(&["test", "cases", "--catalogue", "catalogue"]);
    assert_eq!(run.code, 3);
    let told = "error: catalogue: editions:1:1: error[file-unreadable]: ";
    assert!(run.stderr.starts_with(told), "{}", run.stderr);
}
