//! `--init`: turns a check into a case, with nobody of the check in it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::support::standards;
use super::support::{
    Folder, LEI, Run, application, record, registry, resident, source, uscc, with,
};

fn init(folder: &Folder, more: &[&str]) -> Run {
    folder.run(&[&["test", "--init"], more].concat())
}

/// The files of a case as one text.
fn text_of(folder: &Folder, case: &str) -> String {
    let files = ["application.json", "registry.json", "expected.toml"];
    let read = |name| std::fs::read_to_string(folder.path(case).join(name)).unwrap();
    files.into_iter().map(read).collect()
}

/// An application and a registry with every kind of text that could identify somebody.
fn telling() -> (Value, Value) {
    let application = json!({
        "id": "沪采2026-4711",
        "matter": "tendering/government-procurement",
        "as_of": "2026-11-20",
        "office": { "name": "上海市财政局采购处", "region": "310000" },
        "consortium": true,
        "subjects": [
            { "role": "applicant", "kind": "organization", "scheme": "uscc",
              "identifier": uscc(1), "name": "上海甲建筑有限公司",
              "also": [ { "scheme": "uscc", "identifier": uscc(7) } ] },
            { "role": "consortium-member", "kind": "organization", "scheme": "lei",
              "identifier": LEI, "name": "Musterbau GmbH" },
            { "role": "legal-representative", "kind": "person", "scheme": "resident-id",
              "identifier": resident(1), "name": "张三丰", "of": 0 },
            { "role": "legal-representative", "kind": "person", "scheme": "passport",
              "country": "DE", "identifier": "C01X00T47", "name": "Erika Mustermann", "of": 1 },
        ],
        "materials": [ { "name": "张三丰的授权书", "statutory": false, "provided": true } ],
    });
    let mut one = record("沪人社-张三丰-1", 1);
    one["subject"]["name"] = json!("上海甲建筑公司（旧名）");
    one["responsible_persons"] = json!([
        { "role": "legal-representative", "scheme": "resident-id", "identifier": resident(1),
          "name": "张三丰" },
        { "role": "directly-responsible", "scheme": "resident-id", "identifier": resident(9),
          "name": "李四海" } ]);
    one["decided_by"] = json!("上海市人力资源和社会保障局");
    one["document"] = json!("沪人社监罚〔2025〕第88号");
    one["legal_basis"] = json!([
        { "instrument": "wage-payment-regulations-2019", "article": "48" },
        { "instrument": "关于张三丰的决定", "article": "1" } ]);
    one["penalty"] = json!({ "kind": "fine", "amount_fen": 2_000_000 });
    one["events"] = json!([{ "kind": "objection-filed", "on": "2026-01-05",
                             "document": "异议〔2026〕张三丰" },
                           { "kind": "objection-dismissed", "on": "2026-01-20" }]);
    let mut other = with(&record("别人-2", 2), "/list", "integrity-models");
    other["act"] = Value::Null;
    other.as_object_mut().unwrap().remove("act");
    // Of nobody in the application: it does not concern the case.
    (application, registry(&[one, other, record("别人-3", 3)]))
}

const SECRETS: [&str; 14] = [
    "沪采2026-4711",
    "上海市财政局",
    "上海甲建筑",
    "Musterbau",
    "张三丰",
    "Mustermann",
    "C01X00T47",
    "授权书",
    "沪人社",
    "旧名",
    "李四海",
    "人力资源和社会保障局",
    "〔2026〕",
    "别人",
];

#[test]
fn a_check_becomes_a_case_that_holds() {
    let folder = Folder::new();
    let (application, registry) = telling();
    folder.write("a.json", &application);
    folder.write("r.json", &registry);
    let run = init(&folder, &["a.json", "--registry", "r.json", "--into", "cases/one"]);
    assert_eq!((run.code, &*run.stderr), (0, ""));
    assert_eq!(run.stdout, "cases/one  restricted\n");
    let text = text_of(&folder, "cases/one");
    for secret in SECRETS.into_iter().chain([LEI, &uscc(1), &uscc(7), &resident(1), &resident(9)]) {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    // What a rule may turn on stays.
    for kept in ["2026-11-20", "310000", "2026-01-05", "2000000", "2025-03-01", "\"DE\"", "\"48\""]
    {
        assert!(text.contains(kept), "{kept} not in {text}");
    }
    let expected = std::fs::read_to_string(folder.path("cases/one/expected.toml")).unwrap();
    assert_eq!(
        expected,
        "title.zh = \"政府采购活动：restricted\"
title.en = \"Government procurement: restricted\"
edition = \"statutes\"
disposition = \"restricted\"
measures = [
  \"wage-regulations-48-tendering applicant\",
  \"opinions-10-trade-examination applicant\",
  \"wage-regulations-48-person legal-representative\",
]
set_aside = []
"
    );
    let held: Value =
        serde_json::from_slice(&std::fs::read(folder.path("cases/one/registry.json")).unwrap())
            .unwrap();
    assert_eq!(held["records"].as_array().unwrap().len(), 1);
    assert_eq!(held["records"][0]["subject"]["name"], "企业1");
    assert_eq!(held["records"][0]["responsible_persons"][0]["name"], "人员1");
    let run = folder.run(&["test", "cases"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    // Never written over, and nothing is left behind.
    let run = init(&folder, &["a.json", "--registry", "r.json", "--into", "cases/one"]);
    assert_eq!(run.told(), (3, "error: `cases/one` is there already\n"));
    let entries = std::fs::read_dir(folder.path("cases")).unwrap().count();
    assert_eq!(entries, 1);
}

/// A case of a case: what is invented already is replaced by something else that is.
#[test]
fn an_invented_case_is_replaced_too() {
    let folder = Folder::new();
    let (application, registry) = telling();
    folder.write("a.json", &application);
    folder.write("r.json", &registry);
    let run = init(&folder, &["a.json", "--registry", "r.json", "--into", "cases/one"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let one = ["cases/one/application.json", "--registry", "cases/one/registry.json"];
    let run = init(&folder, &[&one[..], &["--into", "cases/two"]].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let (one, two) = (text_of(&folder, "cases/one"), text_of(&folder, "cases/two"));
    for name in ["企业1\"", "人员1\"", "人员2\""] {
        assert!(one.contains(name) && !two.contains(name), "{name}");
    }
    assert_eq!(folder.run(&["test", "cases"]).code, 0);
}

/// The bundle somewhere in a folder.
fn bundle_in(folder: &Path) -> Option<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).find_map(|path| {
        if path.is_dir() {
            return bundle_in(&path);
        }
        path.to_string_lossy().contains(".evidence.json").then_some(path)
    })
}

/// Evidence of a check, in clear and encrypted.
#[test]
fn evidence_becomes_a_case() {
    use age::secrecy::ExposeSecret as _;
    let identity = age::x25519::Identity::generate();
    let folder = Folder::new();
    let (application, registry) = telling();
    folder.write("a.json", &application);
    folder.write("r.json", &registry);
    folder.write_bytes("key.txt", identity.to_string().expose_secret().as_bytes());
    let keygen = ["audit", "keygen", "--name", "credit.example/310000", "--keys", "keys"];
    assert_eq!(folder.run(&keygen).code, 0);
    let recipient = identity.to_public().to_string();
    for (evidence, encrypt, more) in [
        ("clear", vec![], vec![]),
        ("sealed", vec!["--encrypt-to", &*recipient], vec!["--identity", "key.txt"]),
    ] {
        let check = ["check", "a.json", "--registry", "r.json", "--keys", "keys", "--audit", "log"];
        let run = folder.run(&[&check[..], &["--evidence", evidence], &encrypt].concat());
        assert_eq!(run.code, 11, "{}", run.stderr);
        let bundle = bundle_in(&folder.path(evidence)).unwrap();
        let bundle = bundle.strip_prefix(folder.path("")).unwrap().to_str().unwrap();
        let into = format!("cases/{evidence}");
        let run = init(&folder, &[&[bundle, "--into", &into][..], &more].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        let text = text_of(&folder, &into);
        assert!(SECRETS.iter().all(|secret| !text.contains(secret)), "{text}");
    }
    assert_eq!(text_of(&folder, "cases/clear"), text_of(&folder, "cases/sealed"));
    assert_eq!(folder.run(&["test", "cases"]).code, 0);
    decided_otherwise(&folder, &bundle_in(&folder.path("clear")).unwrap());
    let run = init(&folder, &["a.json", "--into", "cases/x"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("`a.json` is no evidence bundle: "), "{}", run.stderr);
    assert!(run.stderr.ends_with("; an application needs `--registry`\n"), "{}", run.stderr);
}

/// A catalogue that decides otherwise makes no case of the evidence, and says what differs.
fn decided_otherwise(folder: &Folder, bundle: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue");
    super::shipped::copy(&root, &folder.path("catalogue"));
    let path = folder.path("catalogue/overlays/default.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("freshness_days = 7", "freshness_days = 0")).unwrap();
    let bundle = bundle.strip_prefix(folder.path("")).unwrap().to_str().unwrap();
    let run = init(folder, &[bundle, "--into", "cases/x", "--catalogue", "catalogue"]);
    let missing = |measure: &str| {
        format!("measures: `{measure} because of R-0001 until 2028-02-29` is missing\n")
    };
    let told = [
        "error: the invented case is decided otherwise:\n".to_owned(),
        "disposition: was `restricted`, is `undetermined`\n".to_owned(),
        missing("opinions-10-trade-examination applicant [0]"),
        missing("wage-regulations-48-person legal-representative [2]"),
        missing("wage-regulations-48-tendering applicant [0]"),
    ];
    assert_eq!(run.told(), (1, told.concat().as_str()));
    assert!(!folder.path("cases/x").exists());
}

/// Sources that did not answer, or hold no such list, are the same in the case.
#[test]
fn unanswered_lookups_stay_unanswered() {
    let folder = Folder::new();
    let mut down = source("down");
    down["unavailable"] = json!("张三丰的系统");
    down["covers"] = json!(["tax-serious"]);
    let mut old = source("old");
    old["as_of"] = json!("2025-01-01T00:00:00+08:00");
    old["covers"] = json!(["wage-arrears"]);
    let mut stale = record("r1", 1);
    stale["source"] = json!("old");
    folder.write("a.json", &application());
    folder.write("r.json", &json!({ "sources": [down, old], "records": [stale] }));
    let run = init(&folder, &["a.json", "--registry", "r.json", "--into", "cases/one"]);
    assert_eq!((run.code, &*run.stdout), (0, "cases/one  undetermined\n"), "{}", run.stderr);
    assert!(!text_of(&folder, "cases/one").contains("张三丰"));
    assert_eq!(folder.run(&["test", "cases"]).code, 0);
}

/// Any identifier of any scheme, and any name, is gone; and the case still holds.
#[test]
fn nobody_of_the_check_is_left() {
    let folder = Folder::new();
    let name = "[\u{4e00}-\u{4e7f}]{3,6}|[A-Z][a-z]{5,9} [A-Z][a-z]{5,9}";
    let strategy = (0_u32..900_000, 0_u32..60_000, 0_u32..99_999_999, [name, name, name, name]);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 12,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let number = std::cell::Cell::new(0);
    let property = |(firm, person, order, names): (u32, u32, u32, [String; 4])| {
        let [one, other, document, office] = &names;
        let passport = format!("P{order:08}");
        let lei = standards::lei(&format!("5299{:014}", u64::from(order) * 7 + 1));
        let mut a = application();
        a["office"]["name"] = json!(office);
        a["consortium"] = json!(true);
        a["subjects"] = json!([
            { "role": "applicant", "kind": "organization", "scheme": "uscc",
              "identifier": uscc(firm), "name": one },
            { "role": "consortium-member", "kind": "organization", "scheme": "lei",
              "identifier": lei, "name": document },
            { "role": "legal-representative", "kind": "person", "scheme": "resident-id",
              "identifier": resident(person), "name": other, "of": 0 },
            { "role": "principal", "kind": "person", "scheme": "passport", "country": "FR",
              "identifier": passport, "name": office, "of": 1 } ]);
        let mut r = record("r1", firm);
        r["subject"]["name"] = json!(other);
        r["document"] = json!(document);
        r["responsible_persons"] = json!([
            { "role": "legal-representative", "scheme": "resident-id",
              "identifier": resident(person), "name": one },
            { "role": "principal", "scheme": "passport", "country": "FR",
              "identifier": passport, "name": office } ]);
        folder.write("a.json", &a);
        folder.write("r.json", &registry(&[r]));
        number.set(number.get() + 1);
        let into = format!("cases/{}", number.get());
        let run = init(&folder, &["a.json", "--registry", "r.json", "--into", &into]);
        prop_assert_eq!(run.code, 0, "{}", run.stderr);
        let text = text_of(&folder, &into);
        let ids = [uscc(firm), lei, resident(person), passport];
        for secret in ids.iter().chain(&names) {
            prop_assert!(!text.contains(secret.as_str()), "{} in {}", secret, text);
        }
        Ok(())
    };
    runner.run(&strategy, property).unwrap();
    let run = folder.run(&["test", "cases"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    let invented = text_of(&folder, "cases/1");
    let words: BTreeSet<&str> = invented.split('"').collect();
    assert!(words.contains("企业1") && words.contains("人员1"));
}
