//! Expected outcomes of cases, and the reports if something else came.

use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use serde_json::{Value, json};

use super::support::{Folder, application, command, record, registry, with};
use super::{RIGHT, case, case_of};

/// Writes a case of firm 1 under an objection: nothing applies, and the record is set aside.
fn objected(folder: &Folder, name: &str, expected: &str) {
    let event = json!([{ "kind": "objection-filed", "on": "2026-11-10" }]);
    let registry = registry(&[with(&record("r1", 1), "/events", event)]);
    case_of(folder, name, &application(), &registry, expected);
}

const OBJECTED: &str = "disposition = \"review\"\nset_aside = [\n  \
                        \"r1 objection-under-verification\",\n  \
                        \"r1 objection-under-verification\",\n]\n";

#[test]
fn a_suite_that_holds_is_summarised_and_exits_with_0() {
    let folder = Folder::new();
    case(&folder, "cases/b/one", RIGHT);
    objected(&folder, "cases/a", OBJECTED);
    let run = folder.run(&["test", "cases"]);
    let told = "2 cases: 2 passed (restricted 1, review 1), 0 failed, 0 bad, 0 fault\n";
    assert_eq!((run.code, &*run.stdout, &*run.stderr), (0, told, ""));
    let run = folder.run(&["test", "cases", "--lang", "zh"]);
    let told = "共 2 例：通过 2（restricted 1，review 1），未通过 0，不能核查 0，故障 0\n";
    assert_eq!((run.code, &*run.stdout), (0, told));
    let run = folder.run(&["test", "cases", "--verbose"]);
    let rows: Vec<&str> = run.stdout.lines().take(3).collect();
    let expected =
        ["case   result  disposition", "a      passed  review", "b/one  passed  restricted"];
    assert_eq!(rows, expected);
}

/// The disposition is right, and the reason is not: that is another reading of the law.
#[test]
fn a_wrong_reason_fails_though_the_disposition_is_right() {
    let folder = Folder::new();
    let wrong = OBJECTED.replacen("objection-under-verification", "court-stay", 1);
    objected(&folder, "cases/a", &wrong);
    let run = folder.run(&["test", "cases"]);
    let told = "failed  a  review\n  - set aside `r1`: expected reason `court-stay`, found \
                `objection-under-verification`\n1 case: 0 passed, 1 failed, 0 bad, 0 fault\n";
    assert_eq!((run.code, &*run.stdout), (1, told));
    let run = folder.run(&["test", "cases", "--lang", "zh"]);
    let told = "未通过  a  review\n  - 不予适用 `r1`：理由应为 `court-stay`，实为 \
                `objection-under-verification`\n共 1 例：通过 0，未通过 1，不能核查 0，故障 0\n";
    assert_eq!((run.code, &*run.stdout), (1, told));
}

/// A case that names a disposition alone expects that nothing applies and nothing is set aside.
#[test]
fn a_disposition_alone_expects_nothing_else() {
    let folder = Folder::new();
    case(&folder, "cases/a", "disposition = \"restricted\"\n");
    let run = folder.run(&["test", "cases"]);
    let told = "failed  a  restricted
  - measures: `wage-regulations-48-tendering applicant` is not expected
  - measures: `opinions-10-trade-examination applicant` is not expected
  - measures: `wage-regulations-48-person legal-representative` is not expected
1 case: 0 passed, 1 failed, 0 bad, 0 fault
";
    assert_eq!((run.code, &*run.stdout), (1, told));
}

#[test]
fn every_difference_is_told() {
    let folder = Folder::new();
    let expected = "title.zh = \"例\"\ntitle.en = \"an example\"\ndisposition = \"review\"\n\
                    measures = [\n  \"wage-regulations-48-honour applicant\",\n  \
                    \"wage-regulations-48-tendering applicant\",\n  \
                    \"wage-regulations-48-tendering applicant\",\n]\n\
                    set_aside = [\"r2 expired\", \"opinions-5-priorty not-adopted\"]\n";
    case(&folder, "cases/a", expected);
    let run = folder.run(&["test", "cases"]);
    let told = "failed  a  restricted
  an example
  - disposition: expected `review`, found `restricted`
  - measures: `wage-regulations-48-honour applicant` is missing
  - measures: `wage-regulations-48-tendering applicant` is missing
  - measures: `opinions-10-trade-examination applicant` is not expected
  - measures: `wage-regulations-48-person legal-representative` is not expected
  - set aside: `r2 expired` is missing; did you mean `r1`?
  - set aside: `opinions-5-priorty not-adopted` is missing; did you mean `opinions-5-priority`?
1 case: 0 passed, 1 failed, 0 bad, 0 fault
";
    assert_eq!((run.code, &*run.stdout), (1, told));
    let zh = folder.run(&["test", "cases", "--lang", "zh"]).stdout;
    for line in [
        "  例\n",
        "  - 处理建议：应为 `review`，实为 `restricted`\n",
        "  - 措施：缺少 `wage-regulations-48-honour applicant`\n",
        "  - 措施：多出 `opinions-10-trade-examination applicant`\n",
        "  - 不予适用：缺少 `r2 expired`",
    ] {
        assert!(zh.contains(line), "{line}{zh}");
    }
    objected(&folder, "more/a", "disposition = \"clear\"\nset_aside = [\"r1 court-stay\"]\n");
    let told = folder.run(&["test", "more"]).stdout;
    let line = "  - set aside: `r1 objection-under-verification` is not expected\n";
    assert!(told.contains(line), "{told}");
}

/// A whole decision is compared value by value, and what a person wrote beside it counts too.
#[test]
fn a_whole_decision_is_compared_by_path() {
    let folder = Folder::new();
    case(&folder, "cases/a", RIGHT);
    let files = ["cases/a/application.json", "--registry", "cases/a/registry.json"];
    let run = folder.run(&["check", files[0], files[1], files[2], "--format", "json"]);
    let decision = run.json();
    folder.write("cases/a/decision.json", &decision);
    assert_eq!(folder.run(&["test", "cases"]).code, 0);
    let changed = with(&decision, "/measures/0/until", "2027-01-01");
    let changed = with(&changed, "/measures/0/cut", json!([]));
    let changed = with(&changed, "/disposition_rule", Value::Null);
    folder.write("cases/a/decision.json", &changed);
    let run = folder.run(&["test", "cases"]);
    let told = "failed  a  restricted
  wages in arrears
  - `disposition_rule`: expected nothing, found \"mandatory-restriction\"
  - `measures[0].cut`: expected [], found nothing
  - `measures[0].until`: expected \"2027-01-01\", found \"2028-02-29\"
1 case: 0 passed, 1 failed, 0 bad, 0 fault
";
    assert_eq!((run.code, &*run.stdout), (1, told));
    let zh = folder.run(&["test", "cases", "--lang", "zh"]).stdout;
    assert!(zh.contains("  - `disposition_rule`：应为 （无），实为 \"mandatory-restriction\"\n"));
    // And both must hold.
    folder.write("cases/a/decision.json", &decision);
    folder.write_text("cases/a/expected.toml", &RIGHT.replace("restricted", "review"));
    let run = folder.run(&["test", "cases"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("disposition: expected `review`, found `restricted`"));
}

/// An entry about a record and a measure is named by both, or by one of them.
#[test]
fn what_is_set_aside_is_named_by_record_measure_or_both() {
    let folder = Folder::new();
    let model = with(&with(&record("m1", 1), "/list", "integrity-models"), "/act", Value::Null);
    let model = with(&model, "/responsible_persons", json!([]));
    let registry = registry(&[record("r1", 1), model]);
    let licence = with(&application(), "/matter", "licensing/human-resources-service");
    let named = |what: &str| {
        format!(
            "disposition = \"restricted\"\nmeasures = [\n  \
             \"wage-regulations-48-market-entry applicant\",\n  \
             \"opinions-10-licence-examination applicant\",\n  \
             \"wage-regulations-48-person legal-representative\",\n]\n\
             set_aside = [\"{what} defeated-by-restriction\"]\n"
        )
    };
    let measure = "opinions-4-green-channel";
    for (name, what) in
        [("a", "m1"), ("b", measure), ("c", &format!("m1 {measure}")), ("d", "m1 opinions")]
    {
        case_of(&folder, &format!("cases/{name}"), &licence, &registry, &named(what));
    }
    let run = folder.run(&["test", "cases", "--format", "json"]);
    let results: Vec<&str> = (run.json()["cases"].as_array().unwrap().iter())
        .map(|case| if case["result"] == "passed" { "passed" } else { "failed" })
        .collect();
    assert_eq!(results, ["passed", "passed", "passed", "failed"]);
}

#[test]
fn json_tells_everything() {
    let folder = Folder::new();
    case(&folder, "cases/a", RIGHT);
    case(&folder, "cases/b", &RIGHT.replace("restricted", "clear"));
    case(&folder, "cases/c", "disposition = \"clera\"\n");
    let run = folder.run(&["test", "cases", "--format", "json"]);
    assert_eq!(run.code, 1);
    let report = run.json();
    assert_eq!(
        (&report["passed"], &report["failed"], &report["bad"]),
        (&1.into(), &1.into(), &1.into())
    );
    let [a, b, c] = &report["cases"].as_array().unwrap()[..] else { panic!("{report}") };
    assert_eq!(a["edition"], "statutes");
    assert_eq!(a["disposition"], "restricted");
    assert_eq!(a["title"]["en"], "wages in arrears");
    assert_eq!(
        b["differences"],
        json!([{ "kind": "disposition", "expected": "clear", "found": "restricted",
                 "text": "disposition: expected `clear`, found `restricted`" }])
    );
    assert_eq!(
        c["findings"],
        json!([{ "file": "cases/c/expected.toml", "line": 1, "column": 15,
                 "detail": "`clera` is an unknown disposition; did you mean `clear`?" }])
    );
    assert_eq!(report["coverage"], Value::Null);
}

#[test]
fn junit_has_a_test_case_for_each_case() {
    let folder = Folder::new();
    case(&folder, "cases/a", RIGHT);
    case(&folder, "cases/b", &RIGHT.replace("restricted", "clear"));
    case(&folder, "cases/c", "disposition = \"clera\"\n");
    let run = folder.run(&["test", "cases", "--junit", "results.xml"]);
    assert_eq!(run.code, 1);
    let xml = std::fs::read_to_string(folder.path("results.xml")).unwrap();
    let report = Report::deserialize_from_str(&xml).unwrap();
    assert_eq!((report.tests, report.failures, report.errors), (3, 1, 1));
    let suite = &report.test_suites[0];
    let names: Vec<&str> = suite.test_cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert!(matches!(suite.test_cases[0].status, TestCaseStatus::Success { .. }));
    for (case, kind, ty, message) in [
        (1, NonSuccessKind::Failure, "failed", "disposition: expected `clear`, found `restricted`"),
        (
            2,
            NonSuccessKind::Error,
            "bad",
            "cases/c/expected.toml:1:15: `clera` is an unknown disposition; did you mean `clear`?",
        ),
    ] {
        let TestCaseStatus::NonSuccess { kind: found, message: told, ty: of, description, .. } =
            &suite.test_cases[case].status
        else {
            panic!("{xml}")
        };
        assert_eq!(*found, kind);
        assert_eq!(of.as_ref().unwrap().as_str(), ty);
        assert_eq!(told.as_ref().unwrap().as_str(), message);
        assert_eq!(description.as_ref().unwrap().as_str(), message);
    }
}

/// Results never take the place of a case's own file.
#[test]
fn junit_overwrites_no_case() {
    let folder = Folder::new();
    case(&folder, "cases/a", RIGHT);
    let run = folder.run(&["test", "cases", "--junit", "cases/a/expected.toml"]);
    let told = "error: output `cases/a/expected.toml` is the file of a case\n";
    assert_eq!(run.told(), (3, told));
    assert_eq!(std::fs::read_to_string(folder.path("cases/a/expected.toml")).unwrap(), RIGHT);
}

/// A folder that is named by a code is shown by its mask, also in a file of results.
#[test]
fn a_code_in_the_name_of_a_case_is_masked() {
    let folder = Folder::new();
    let code = super::support::uscc(1);
    case(&folder, &format!("cases/{code}"), "disposition = \"clear\"\n");
    let run = folder.run(&["test", "cases", "--junit", "results.xml"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.starts_with("failed  9131…**  restricted\n"), "{}", run.stdout);
    let xml = std::fs::read_to_string(folder.path("results.xml")).unwrap();
    folder.assert_hidden(&run.stdout, &run);
    folder.assert_hidden(&xml, &run);
    assert!(xml.contains("cases/9131…**"), "{xml}");
}

/// Two hundred cases: one line for those that pass, and the order is that of the names.
#[test]
fn many_cases_read_well_and_keep_their_order() {
    let folder = Folder::new();
    for n in (0..200).rev() {
        let expected =
            if n % 100 == 50 { RIGHT.replace("restricted", "clear") } else { RIGHT.into() };
        case(&folder, &format!("cases/{n:03}"), &expected);
    }
    let run = folder.run(&["test", "cases"]);
    let heads: Vec<&str> = run.stdout.lines().filter(|line| !line.starts_with(' ')).collect();
    let last = "200 cases: 198 passed (restricted 198), 2 failed, 0 bad, 0 fault";
    assert_eq!(heads, ["failed  050  restricted", "failed  150  restricted", last]);
    assert_eq!(folder.run(&["test", "cases"]).stdout, run.stdout);
}

/// A registry serves the cases in all folders below it, also if it is above the named folder.
#[test]
fn a_registry_may_stand_above() {
    let folder = Folder::new();
    case(&folder, "cases/place/one", RIGHT);
    let from = folder.path("cases/place/one/registry.json");
    std::fs::rename(from, folder.path("cases/registry.json")).unwrap();
    for named in ["cases", "cases/place", "cases/place/one"] {
        assert_eq!(folder.run(&["test", named]).code, 0, "{named}");
    }
    // Its own comes first.
    folder.write("cases/place/registry.json", &registry(&[]));
    assert_eq!(folder.run(&["test", "cases"]).code, 1);
    // A database serves as well.
    std::fs::remove_file(folder.path("cases/place/registry.json")).unwrap();
    let import = ["registry", "import", "cases/registry.json", "--into", "cases/place/registry.db"];
    assert_eq!(folder.run(&import).code, 0);
    std::fs::remove_file(folder.path("cases/registry.json")).unwrap();
    assert_eq!(folder.run(&["test", "cases"]).code, 0);
}

/// A case is decided on its own day, also if that day has not come.
#[test]
fn a_case_may_be_of_tomorrow() {
    let folder = Folder::new();
    let application = with(&application(), "/as_of", "2999-11-20");
    let registry = with(&registry(&[]), "/sources/0/as_of", "2999-11-19T20:00:00+08:00");
    case_of(&folder, "cases/a", &application, &registry, "disposition = \"clear\"\n");
    let run = folder.run(&["test", "cases"]);
    assert_eq!((run.code, &*run.stderr), (0, ""), "{}", run.stdout);
}

/// A baked component decides; only its description is known for the coverage.
#[test]
fn a_baked_component_decides() {
    let folder = Folder::new();
    case(&folder, "cases/a", RIGHT);
    let bake = ["policy", "bake", "--edition", "statutes", "-o", "policy.wasm"];
    assert_eq!(folder.run(&bake).code, 0);
    let run = folder.run(&["test", "cases", "--policy", "policy.wasm", "--coverage"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(run.stdout.ends_with("rules on persons and the like are not counted\n"));
    case(&folder, "cases/a", &format!("edition = \"guofa-2016-33\"\n{RIGHT}"));
    let run = folder.run(&["test", "cases", "--policy", "policy.wasm"]);
    let told = "`guofa-2016-33` is not the edition of the policy, which is `statutes`";
    assert!(run.code == 3 && run.stdout.contains(told), "{}", run.stdout);
}

#[test]
fn a_minimum_of_coverage_is_held() {
    let folder = Folder::new();
    case(&folder, "cases/a", RIGHT);
    let run = folder.run(&["test", "cases", "--coverage-minimum", "0"]);
    assert_eq!(run.code, 0);
    let run = folder.run(&["test", "cases", "--coverage-minimum", "50", "--format", "json"]);
    assert_eq!(run.code, 1);
    let coverage = &run.json()["coverage"];
    let group = &coverage["groups"][0];
    assert_eq!((&group["kind"], &group["covered"]), (&"measures".into(), &3.into()));
    let missing = group["missing"].as_array().unwrap();
    assert!(missing.contains(&"wage-regulations-48-honour (statutes)".into()));
    let used = coverage["measures"].as_array().unwrap();
    let used = used.iter().find(|m| m["measure"] == "wage-regulations-48-tendering").unwrap();
    assert_eq!((&used["applied"], &used["set_aside"]), (&1.into(), &0.into()));
    let run = folder.run(&["test", "cases", "--coverage-minimum", "50"]);
    let last = run.stdout.lines().last().unwrap();
    let end = "of the measures or clauses are covered, less than the 50 % asked for";
    assert!(last.ends_with(end), "{last}");
}

#[test]
fn usage_is_told() {
    let folder = Folder::new();
    for arguments in [
        &["test"][..],
        &["test", "cases", "--catalogue", "a", "--policy", "b"],
        &["test", "cases", "--coverage-minimum", "101"],
        &["test", "--init", "a.json"],
        &["test", "cases", "--init", "a.json", "--into", "b"],
        &["test", "cases", "--registry", "a.json"],
    ] {
        let output = command(folder.path("").as_path(), arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}
