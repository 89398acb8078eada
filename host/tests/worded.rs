//! The words of every fault of a JSON document, and that the reader's own are all known.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::time::Duration;

use mustcheck::clock::NoTime;
use mustcheck::input::{Form, InputFault, JsonFault, SyntaxFault};
use mustcheck::model::{AnswerFault, Problem, Worded as _};
use mustcheck::receipts::{InvalidForm, RecordError};
use mustcheck::{
    Application, ApplicationError, ApplicationExt as _, Fault, InputError, PolicyError, Rail,
    RegistryError,
};
use mustcheck_testing::worded::{faults, misshapen};
use serde_json::{Value, json};

const NONE: [String; 0] = [];

#[test]
fn every_fault_of_a_document_is_worded_in_both_languages() {
    assert_eq!(faults::<InputFault>(), NONE);
    assert_eq!(faults::<JsonFault>(), NONE);
    assert_eq!(faults::<SyntaxFault>(), NONE);
    assert_eq!(faults::<Form>(), NONE);
}

fn application() -> Value {
    json!({
        "id": "GP-1", "matter": "tendering/government-procurement", "as_of": "2026-11-18",
        "office": { "name": "上海市财政局", "region": "310000" },
        "subjects": [{ "role": "applicant", "kind": "organization", "scheme": "uscc",
            "identifier": "91310115MA1K3H5Q4X", "name": "甲" }],
        "materials": [], "consortium": false,
        "commitment": { "signed_on": "2026-11-18", "complete_by": "2026-11-20" },
    })
}

fn refused(text: &str) -> (Option<String>, InputFault) {
    let error = Application::from_json(text.as_bytes()).unwrap_err();
    (error.path().map(str::to_owned), error.fault())
}

/// The fault as it was reported, and in Chinese.
fn told(text: &str) -> (String, String) {
    let (_, fault) = refused(text);
    assert!(
        !matches!(fault, InputFault::Shape { fault: JsonFault::Other { .. }, .. }),
        "{text} is told in English only: {fault}"
    );
    (fault.en(), fault.zh())
}

#[test]
fn texts_that_are_no_json_are_told_in_both_languages() {
    for (text, en, zh) in [
        ("", "EOF while parsing a value (line 1, column 0)", "内容不完整，缺少值（第1行第0列）"),
        ("{", "EOF while parsing an object (line 1, column 1)", "对象不完整（第1行第1列）"),
        ("{'id': 1}", "key must be a string (line 1, column 2)", "键应为文本（第1行第2列）"),
        ("{\"id\": NaN}", "expected value (line 1, column 8)", "此处应为值（第1行第8列）"),
        ("{\"id\" 1}", "expected `:` (line 1, column 7)", "此处应为冒号“:”（第1行第7列）"),
        (
            "{\"id\": \"\u{7}\"}",
            "control character (\\u0000-\\u001F) found while parsing a string (line 1, column 9)",
            "文本中有控制字符（\\u0000-\\u001F），应当转义（第1行第9列）",
        ),
        (
            "{\"id\": \"a\" \"b\"}",
            "expected `,` or `}` (line 1, column 12)",
            "此处应为“,”或者“}”（第1行第12列）",
        ),
    ] {
        assert_eq!(told(text), (en.to_owned(), zh.to_owned()), "{text}");
    }
    let error = InputError::NotUtf8 { at: 8 };
    assert_eq!(error.fault().zh(), "输入不是UTF-8编码：第8字节（自0起）有误");
    assert_eq!(error.to_string(), "the input is not UTF-8: byte 8 is invalid");
}

#[test]
fn no_fault_of_an_application_is_told_in_english_only() {
    let mut refused = 0;
    for document in misshapen(&application()) {
        let text = document.to_string();
        if Application::from_json(text.as_bytes()).is_err() {
            let (en, zh) = told(&text);
            let words = ["expected ", "invalid ", "unknown ", "missing ", "field"];
            assert!(!words.iter().any(|word| zh.contains(word)), "{zh} / {en}");
            refused += 1;
        }
    }
    assert!(refused > 80, "{refused} were refused");
}

#[test]
fn words_and_codes_of_a_shape_are_told_in_chinese() {
    for (pointer, value, zh) in [
        ("/id", json!(7), "类型不符：此处为整数“7”，应为文本（第"),
        ("/subjects", json!("x"), "类型不符：此处为文本“x”，应为数组（第"),
        ("/office", json!({}), "缺少“name”（第"),
        (
            "/office/street",
            json!(1),
            "没有“street”这一项，应为“name”、“region”、“address”、“telephone”（第",
        ),
        (
            "/subjects/0/kind",
            json!("human"),
            "“human”不是可用的值，应为“organization”、“person”（第",
        ),
        ("/as_of", json!("2026-02-29"), "“2026-02-29”不是实际存在的日期（格式为YYYY-MM-DD）（第"),
        ("/office", json!(["上海市财政局", "310000"]), "此处为数组，应为对象"),
    ] {
        let mut changed = application();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        match changed.pointer_mut(parent).unwrap() {
            Value::Array(items) => items[key.parse::<usize>().unwrap()] = value,
            object => object[key] = value,
        }
        let (en, told) = told(&changed.to_string());
        assert!(told.starts_with(zh), "{told} / {en}");
    }
}

/// RAIL R13: what is quoted is masked, in every language; and long words are cut.
#[test]
fn what_a_fault_quotes_is_masked_and_cut() {
    let number = "310104197106123355";
    for text in [
        format!("{{\"{number}\": 1}}"),
        json!({ "id": 1, "office": number }).to_string(),
        application().to_string().replace("\"uscc\"", &format!("\"{number}\"")),
    ] {
        let (en, zh) = told(&text);
        assert!(!en.contains(number) && !zh.contains(number), "{en} / {zh}");
    }
    let (en, zh) = told(&format!("{{\"{}\": 1}}", "x".repeat(10_000)));
    assert!(en.chars().count() < 340 && zh.chars().count() < 340, "{en} / {zh}");
    assert!(zh.starts_with("没有“xxx"), "{zh}");
}

/// Errors that have a cause, each with its Chinese.
fn with_causes() -> Vec<(String, String)> {
    let registry = || RegistryError::Late(Duration::from_secs(5));
    let io = || std::io::Error::from(std::io::ErrorKind::NotFound);
    let faults = [
        Fault::Registry(registry()),
        Fault::Component { during: "decide", detail: "trap".into(), source: None },
        Fault::Answer(ApplicationError::InvalidAnswer(Problem::at(
            "answers[0]",
            AnswerFault::NoSource,
        ))),
        Fault::Limit { what: "records", found: 8, limit: 7 },
        Fault::NeedsAsync,
        Fault::Clock(NoTime),
        Fault::Swap,
        Fault::Record(RecordError::NoRecorder),
    ];
    let rails = [Rail::R1, Rail::R2, Rail::R3, Rail::R4R5, Rail::R6, Rail::R7, Rail::R8, Rail::R11];
    let records = [
        RecordError::NoRandom,
        RecordError::Clock(InvalidForm("a time")),
        RecordError::NeedsAsync,
        RecordError::NoRecorder,
    ];
    let text = || "x".to_owned();
    let policies = [
        PolicyError::Component(text()),
        PolicyError::Import(text()),
        PolicyError::Catalogue(text()),
        PolicyError::Engine(text()),
        PolicyError::NoEdition { as_of: text(), first: text() },
        PolicyError::UnknownEdition { name: text(), known: text() },
        PolicyError::UnknownOverlay { name: text(), edition: text(), known: text() },
        PolicyError::Registry(registry()),
        PolicyError::UnknownCode { what: "list", code: text(), edition: text() },
        PolicyError::Missing("registry"),
        PolicyError::Vocabulary(text()),
    ];
    let registries = [
        RegistryError::Io { path: text(), source: io() },
        RegistryError::Content(text()),
        RegistryError::Store(io().into()),
        registry(),
        RegistryError::Other(text()),
    ];
    let faults = faults.iter().map(|fault| (fault.zh(), fault.to_string()));
    let rails = rails.map(|rail| Fault::Rail { rail, detail: text() });
    let rails = rails.iter().map(|fault| (fault.zh(), fault.to_string()));
    let policies = policies.iter().map(|error| (error.zh(), error.to_string()));
    let registries = registries.iter().map(|error| (error.zh(), error.to_string()));
    let records = records.iter().map(|error| (error.zh().to_owned(), error.to_string()));
    faults.chain(rails).chain(policies).chain(registries).chain(records).collect()
}

#[test]
fn errors_with_causes_have_chinese_of_their_own() {
    for (zh, en) in with_causes() {
        assert!(zh.chars().any(|c| ('一'..='龥').contains(&c)), "{en}: {zh}");
        assert!(zh != en && !zh.ends_with('。'), "{en}: {zh}");
        // What a machine says may be quoted in brackets.
        let own: String = zh.split(['（', '）']).step_by(2).collect();
        let words = own.split('`').step_by(2).flat_map(|part| part.split(' '));
        let english = words.filter(|word| word.chars().all(|c| c.is_ascii_lowercase()));
        assert!(english.filter(|word| word.len() > 1).count() < 2, "{en}: {zh}");
    }
}
