//! The command line: exit codes, what goes where, and each verb's own promises. Every run also
//! asserts that no identifier is shown (see `support::Folder`).

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

#[path = "command_line/batch.rs"]
mod batch;
#[path = "command_line/registry.rs"]
mod registry_verbs;

use serde_json::{Value, json};

use support::{Folder, Run, application, command, record, registry, shown_resident, uscc, with};

/// Firm 1 on a list.
fn on(list: &str) -> Value {
    let one = with(&with(&record("r1", 1), "/list", list), "/act", Value::Null);
    registry(&[one])
}

/// A folder with the application and this registry.
fn folder(registry: &Value) -> Folder {
    let folder = Folder::new();
    folder.write("application.json", &application());
    folder.write("registry.json", registry);
    folder
}

fn check(folder: &Folder, more: &[&str]) -> Run {
    folder.run(&[&["check", "application.json", "--registry", "registry.json"], more].concat())
}

/// No escape codes: colour belongs on a terminal.
fn assert_no_colour(run: &Run) {
    assert!(!run.stdout.contains('\u{1b}') && !run.stderr.contains('\u{1b}'), "{run:?}");
}

#[test]
fn the_exit_code_says_how_the_check_came_out() {
    for (registry, code, disposition) in [
        (registry(&[]), 0, "clear"),
        (on("tax-serious"), 10, "review"),
        (on("abnormal-operations"), 11, "restricted"),
        (registry(&[record("r1", 1)]), 11, "restricted"),
        (json!({}), 12, "undetermined"),
    ] {
        let run = check(&folder(&registry), &["--format", "json"]);
        assert_eq!(run.told(), (code, ""), "{disposition}");
        assert_eq!(run.json()["disposition"], disposition);
    }
    let licence = folder(&on("integrity-models"));
    let matter = "licensing/human-resources-service";
    licence.write("application.json", &with(&application(), "/matter", matter));
    let run = check(&licence, &["--format", "json"]);
    assert_eq!(run.told(), (0, ""));
    assert_eq!(run.json()["disposition"], "facilitated");
}

#[test]
fn usage_errors_exit_with_2_and_leave_stdout_empty() {
    let folder = folder(&registry(&[]));
    for arguments in [
        &["frob"][..],
        &["check", "application.json"],
        &["check", "application.json", "--registry", "registry.json", "--format", "xml"],
        &["check", "application.json", "--registry", "registry.json", "--lang", "fr"],
        &["check", "application.json", "--registry", "registry.json", "--force"],
        &["policy", "inspect", "policy.wasm", "--edition", "statutes"],
        &["registry", "import", "--into", "credit.db"],
        &[],
    ] {
        let run = folder.run(arguments);
        assert_eq!((run.code, &*run.stdout), (2, ""), "{arguments:?}");
        let told =
            ["error: ", "The credit check "].iter().any(|start| run.stderr.starts_with(start));
        assert!(told && run.stderr.contains("--help"), "{}", run.stderr);
    }
    assert_eq!(folder.run(&["--version"]).told(), (0, ""));
    let help = folder.run(&["--help"]);
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains(
        "Exit codes: 0 clear or facilitated, 1 fault, 2 usage, 3 invalid input, 10 review, 11 \
         restricted, 12 undetermined, 20 evidence that does not hold."
    ));
}

#[test]
fn a_fault_exits_with_1_and_is_no_finding() {
    let folder = folder(&registry(&[]));
    let import = folder.run(&["registry", "import", "registry.json", "--into", "credit.db"]);
    assert_eq!(import.code, 0, "{}", import.stderr);
    // The first page of the database stays, what it points to does not.
    let mut bytes = std::fs::read(folder.path("credit.db")).unwrap();
    bytes[4096..].fill(0x5a);
    std::fs::write(folder.path("credit.db"), bytes).unwrap();
    let run =
        folder.run(&["check", "application.json", "--registry", "credit.db", "--format", "json"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(run.json()["error"]["kind"], "fault");
    assert!(run.json().get("disposition").is_none());
    assert!(run.stderr.contains("malformed"), "{}", run.stderr);
}

#[test]
fn an_application_may_come_from_stdin() {
    let folder = folder(&registry(&[record("r1", 1)]));
    let file = check(&folder, &["--format", "json"]);
    let arguments = ["check", "-", "--registry", "registry.json", "--format", "json"];
    let piped = folder.run_with_input(&arguments, application().to_string().as_bytes());
    assert_eq!((piped.told(), &piped.stdout), ((11, ""), &file.stdout));
}

#[test]
fn text_is_chinese_or_english_and_names_what_was_looked_up_and_why() {
    let folder = folder(&registry(&[record("r1", 1)]));
    let zh = check(&folder, &["--lang", "zh"]);
    let en = check(&folder, &["--lang", "en"]);
    let (person, firm) = (shown_resident(1), uscc(1));
    let zh_named = [
        format!("张三（居民身份证号码：{person}）"),
        format!("甲公司（统一社会信用代码：{firm}）"),
    ];
    let en_named = [
        format!("张三 (resident number {person})"),
        format!("甲公司 (unified social credit code {firm})"),
    ];
    for (run, words, day) in [
        (&zh, ["查询情况", "下一步：", "第四十八条", &zh_named[0], &zh_named[1]], "2026年11月19日"),
        (&en, ["looked up", "Next: ", "art. 48", &en_named[0], &en_named[1]], "2026-11-19"),
    ] {
        assert_eq!(run.told(), (11, ""));
        assert_no_colour(run);
        for word in words {
            assert!(run.stdout.contains(word), "{word} in {}", run.stdout);
        }
        assert!(
            run.stdout.contains(&format!("全国信用信息共享平台 {day} 20:00")),
            "{}",
            run.stdout
        );
    }
    assert!(zh.stdout.contains("2028年2月29日") && en.stdout.contains("2028-02-29"));
    assert!(!en.stdout.contains("核查") && !zh.stdout.contains("Finding"));
    // Without --lang the locale says; LC_ALL before LANG.
    for (name, value, expected) in
        [("LANG", "zh_CN.UTF-8", &zh), ("LC_ALL", "zh_CN.UTF-8", &zh), ("LANG", "de_DE.UTF-8", &en)]
    {
        let arguments = ["check", "application.json", "--registry", "registry.json"];
        let output = command(&folder.path(""), &arguments).env(name, value).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected.stdout, "{name}={value}");
    }
}

#[test]
fn json_is_the_same_in_every_language() {
    let folder = folder(&registry(&[record("r1", 1)]));
    let zh = check(&folder, &["--lang", "zh", "--format", "json"]);
    let en = check(&folder, &["--lang", "en", "--format", "json"]);
    assert_eq!(zh.stdout, en.stdout);
    assert_no_colour(&zh);
}

#[test]
fn colour_is_not_for_pipes() {
    let folder = folder(&registry(&[record("r1", 1)]));
    let arguments = ["check", "application.json", "--registry", "registry.json"];
    let run = check(&folder, &[]);
    assert_no_colour(&run);
    let error = folder.run(&["check", "nowhere.json", "--registry", "registry.json"]);
    assert_no_colour(&error);
    assert!(error.stderr.starts_with("error: "));
    // There is colour to leave out: it comes if it is asked for.
    let forced = |arguments: &[&str]| {
        let mut command = command(&folder.path(""), arguments);
        command.env("CLICOLOR_FORCE", "1").output().unwrap()
    };
    let text = String::from_utf8(forced(&arguments).stdout).unwrap();
    assert!(text.contains("\u{1b}[1m"), "{text}");
    let message = forced(&["check", "nowhere.json", "--registry", "registry.json"]).stderr;
    assert!(String::from_utf8(message).unwrap().contains("\u{1b}["));
    // JSON never has any.
    let json =
        forced(&["check", "application.json", "--registry", "registry.json", "--format", "json"]);
    assert!(!String::from_utf8(json.stdout).unwrap().contains('\u{1b}'));
}

#[test]
fn lookups_shows_what_is_due_and_asks_nobody() {
    let folder = folder(&json!({}));
    let run = folder.run(&["lookups", "application.json", "--format", "json"]);
    assert_eq!(run.told(), (0, ""));
    let due = run.json();
    assert_eq!(due["application"], "GP-2026-0007");
    assert_eq!(due["policy"]["edition"], "statutes");
    let rows = due["lookups"].as_array().unwrap();
    let shown: Vec<_> =
        rows.iter().map(|r| (&r["role"], &r["subject"], &r["subject_index"])).collect();
    assert_eq!(
        shown,
        [
            (&json!("applicant"), &json!(uscc(1)), &json!(0)),
            (&json!("legal-representative"), &json!(shown_resident(1)), &json!(1)),
        ]
    );
    let of_person = [
        "judgment-defaulters",
        "wage-arrears",
        "market-supervision-serious",
        "licensing-barred",
        "major-illegal-records",
    ];
    assert_eq!(rows[1]["lists"], json!(of_person));
    assert!(rows[0]["lists"].as_array().unwrap().contains(&json!("major-illegal-records")));
    // They are those that a check makes.
    let checked = check(&folder, &["--format", "json"]).json();
    let made = checked["lookups"].as_array().unwrap().iter();
    let made: Vec<Value> = made.map(|l| l["list"].clone()).collect();
    let announced: Vec<Value> =
        rows.iter().flat_map(|r| r["lists"].as_array().unwrap().clone()).collect();
    assert_eq!(made, announced);

    let text = folder.run(&["lookups", "application.json", "--lang", "en"]);
    assert_eq!(text.told(), (0, ""));
    assert!(text.stdout.starts_with(&format!("applicant 甲公司 {}\n", uscc(1))));
    let earlier = with(&application(), "/as_of", "2018-05-01");
    folder.write("application.json", &earlier);
    let run = folder.on("2018-05-01").run(&["lookups", "application.json", "--format", "json"]);
    assert_eq!(run.json()["policy"]["edition"], "guofa-2016-33");
}

#[test]
fn a_policy_imports_the_registry_and_nothing_else() {
    let folder = Folder::new();
    for arguments in [
        &["policy", "inspect", "--format", "json"][..],
        &["policy", "inspect", "--edition", "guofa-2016-33", "--format", "json"],
    ] {
        let run = folder.run(arguments);
        assert_eq!(run.told(), (0, ""));
        let inspection = run.json();
        assert_eq!(inspection["imports"], json!([]));
        let exports = inspection["exports"].as_array().unwrap();
        assert!(exports.contains(&json!("mustcheck:credit/policy@0.2.0")));
        let digest = inspection["digest"].as_str().unwrap();
        assert!(digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit()));
        assert!(inspection["size"].as_u64().unwrap() > 100_000);
    }
    folder.write_text("letter.wasm", "dear sir");
    let run = folder.run(&["policy", "inspect", "letter.wasm"]);
    assert_eq!(run.code, 1);
    let start = "error: policy `letter.wasm`\n  caused by: this is no policy component: ";
    assert!(run.stderr.starts_with(start), "{}", run.stderr);
}

#[test]
fn catalogue_show_filters_and_knows_its_codes() {
    let folder = Folder::new();
    let show = |more: &[&str]| folder.run(&[&["catalogue", "show"], more].concat());
    let json = |more: &[&str]| show(&[more, &["--format", "json"]].concat()).json();
    let codes = |value: &Value, key: &str, code: &str| -> Vec<String> {
        let items = value[key].as_array().unwrap().iter();
        items.map(|i| i[code].as_str().unwrap().to_owned()).collect()
    };
    let all = json(&[]);
    assert_eq!(codes(&all, "lists", "code").len(), 19);
    let matter = json(&["--matter", "licensing/food-production"]);
    assert_eq!(codes(&matter, "matters", "code"), ["licensing/food-production"]);
    let bears =
        |m: &&Value| m["matters"].as_array().unwrap().contains(&json!("licensing/food-production"));
    let expected = all["measures"].as_array().unwrap().iter().filter(bears).count();
    assert_eq!(matter["measures"].as_array().unwrap().len(), expected);
    assert!(expected > 0 && expected < all["measures"].as_array().unwrap().len());
    let list = json(&["--list", "wage-arrears"]);
    assert_eq!(codes(&list, "lists", "code"), ["wage-arrears"]);
    assert_eq!(list["matters"], json!([]));
    let id = "wage-regulations-48-tendering";
    assert!(codes(&list, "measures", "id").contains(&id.to_owned()));
    assert_eq!(codes(&json(&["--measure", id]), "measures", "id"), [id]);
    let text = show(&["--measure", id, "--lang", "zh"]);
    assert_eq!(text.told(), (0, ""));
    assert!(text.stdout.contains("「用人单位拖欠农民工工资"), "{}", text.stdout);

    for (option, what, edition) in [
        ("--matter", "matter", "statutes"),
        ("--list", "list", "statutes"),
        ("--measure", "measure", "guofa-2016-33"),
    ] {
        let run = show(&[option, "weather", "--edition", edition, "--format", "json"]);
        let detail = format!("`weather` is no {what} of edition `{edition}`");
        assert_eq!(run.told(), (3, &*format!("error: {detail}\n")));
        assert_eq!(run.json(), json!({ "error": { "kind": "input", "detail": detail } }));
    }
    // A measure of the other edition is not known in this one.
    assert_eq!(show(&["--measure", id, "--edition", "guofa-2016-33"]).code, 3);
}
