//! Mistakes in an officer's input: each is shown at its field, and nothing that was typed is lost.

use serde_json::{Value, json};

use crate::support::{RESTRICTED, Request, application};
use crate::visitor::{Fields, Visitor, borrowed, fields_of, form, plain, restricted};

/// The fields of a good application with one changed.
fn with(name: &str, value: &str) -> Fields {
    let mut fields = fields_of(&application(RESTRICTED));
    fields.retain(|(field, _)| field != name);
    fields.insert(0, (name.into(), value.into()));
    fields
}

/// A field, the text typed into it, the field that shows the mistake, and its words in English and
/// Chinese.
const MISTAKES: &[(&str, &str, &str, &str, &str)] = &[
    ("id", "", "id", "This is needed.", "请填写此项。"),
    ("matter", "", "matter", "This is needed.", "请填写此项。"),
    (
        "matter",
        "licensing/nothing",
        "matter",
        "`licensing/nothing` is no matter of this edition.",
        "本清单没有事项“licensing/nothing”。",
    ),
    (
        "as_of",
        "18.11.2026",
        "as_of",
        "Write the day as year-month-day: 2026-11-25.",
        "请按“年-月-日”填写日期，例如2026-11-25。",
    ),
    (
        "as_of",
        "2026-11-16",
        "as_of",
        "`2026-11-16` is before yesterday: it asks for role `backdate`.",
        "“2026-11-16”早于昨天：须有“backdate”权限，才能按更早日期核查。",
    ),
    ("office.name", " ", "office-name", "This is needed.", "请填写此项。"),
    (
        "office.region",
        "31",
        "office-region",
        "`31` is no division code of six digits (GB/T 2260).",
        "“31”不是六位行政区划代码（GB/T 2260）。",
    ),
    (
        "subjects[0].identifier",
        "91310115MA1K3H5Q4X",
        "subjects-0-identifier",
        "the check character at position 18 is wrong",
        "第18位校验码不符。",
    ),
    (
        "subjects[0].identifier",
        "91310115MA1K3H5Q4",
        "subjects-0-identifier",
        "it has 17 characters, not 18",
        "有17位，应为18位。",
    ),
    (
        "subjects[1].identifier",
        "310104710612335",
        "subjects-1-identifier",
        "it has the 15 digits of the old form, which names nobody exactly",
        "15位旧号码不能准确识别个人，请填18位号码。",
    ),
    ("subjects[0].identifier", "", "subjects-0-identifier", "This is needed.", "请填写此项。"),
    ("subjects[0].name", "", "subjects-0-name", "This is needed.", "请填写此项。"),
    ("subjects[0].scheme", "resident-id", "subjects-0-identifier", "18 characters", ""),
    (
        "commitment.signed_on",
        "2026-11-01",
        "commitment-complete_by",
        "Write the day as year-month-day: 2026-11-25.",
        "请按“年-月-日”填写日期，例如2026-11-25。",
    ),
];

#[test]
fn each_mistake_is_told_at_its_field_and_what_was_typed_stays() {
    let service = restricted();
    for language in ["en", "zh"] {
        let mut visitor = Visitor::signed_in(&service);
        visitor.language = language;
        for (field, typed, place, en, zh) in MISTAKES {
            let fields = with(field, typed);
            let answer = visitor.post("/", &borrowed(&fields));
            assert_eq!(answer.status, 422, "{field} = {typed:?}: {}", plain(&answer));
            let (html, text) = (answer.text(), plain(&answer));
            let said = if language == "en" { en } else { zh };
            if *field != "subjects[0].scheme" {
                assert!(html.contains(&format!("id=\"{place}-error\"")), "{field}: {text}");
                assert!(text.contains(said), "{field}: {said:?} is not in {text}");
                assert!(html.contains(&format!("href=\"#{place}\"")), "{field} is linked");
            }
            let mark = if language == "en" { "<title>Error: " } else { "<title>错误：" };
            assert!(html.contains(mark));
            for (name, value) in fields.iter().filter(|(name, _)| name.ends_with("name")) {
                assert!(html.contains(&format!("value=\"{}\"", value.trim())), "{name} is lost");
            }
        }
    }
    assert_eq!(service.get("/readyz").json()["log_entries"], 0, "nothing was checked");
}

#[test]
fn every_mistake_is_told_at_once() {
    let service = restricted();
    let visitor = Visitor::signed_in(&service);
    let answer = visitor.post("/", &[("do", "check")]);
    assert_eq!(answer.status, 422);
    let html = answer.text();
    for place in ["id", "matter", "as_of", "office-name", "office-region", "subjects"] {
        assert!(html.contains(&format!("href=\"#{place}\"")), "{place}: {}", plain(&answer));
    }
}

#[test]
fn what_is_typed_is_text_and_never_markup() {
    let service = restricted();
    let visitor = Visitor::signed_in(&service);
    let hostile = "\"><script>alert(1)</script>";
    for field in ["id", "as_of", "office.name", "office.region", "subjects[0].name"] {
        let mut fields = with(field, hostile);
        fields.retain(|(name, _)| name != "do");
        fields.push(("do".into(), "add-material".into()));
        let html = visitor.post("/", &borrowed(&fields)).text();
        assert!(!html.contains("<script>alert"), "{field}: {html}");
        assert!(html.contains("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"), "{field}");
    }
    let page = visitor.follow("/", &borrowed(&with("office.name", hostile)));
    assert!(!page.text().contains("<script>alert"));
}

#[test]
fn rows_are_added_and_removed_without_losing_the_others() {
    let service = restricted();
    let visitor = Visitor::signed_in(&service);
    let press = |button: &str| {
        let mut fields = fields_of(&application(RESTRICTED));
        fields.retain(|(name, _)| name != "do");
        fields.push(("do".into(), button.into()));
        let answer = visitor.post("/", &borrowed(&fields));
        assert_eq!(answer.status, 200, "{}", plain(&answer));
        answer.text()
    };
    let html = press("add-subject-consortium-member");
    assert!(html.contains("name=\"subjects[2].identifier\" value=\"\""));
    assert!(html.contains("value=\"91310115MA1K3H5Q4N\""));
    assert!(html.contains("name=\"consortium\" value=\"yes\" checked"));
    let html = press("remove-subject-0");
    assert!(!html.contains("91310115MA1K3H5Q4N") && html.contains("310104197106123355"));
    assert!(press("add-material").contains("name=\"materials[0].name\""));
    let html = press("language-zh");
    assert!(html.contains("lang=\"zh-CN\"") && html.contains("value=\"91310115MA1K3H5Q4N\""));
    for nonsense in ["remove-subject-99", "remove-subject-x", "add-subject-nobody", "x"] {
        assert!(press(nonsense).contains("value=\"91310115MA1K3H5Q4N\""), "{nonsense}");
    }
}

#[test]
fn json_that_is_wrong_is_told_with_its_place_and_stays() {
    let service = restricted();
    let visitor = Visitor::signed_in(&service);
    let mut bad = application(RESTRICTED);
    bad["subjects"][1]["identifier"] = json!("310104197106123356");
    let mut unknown = application(RESTRICTED);
    unknown["score"] = json!(700);
    for (typed, told) in [
        (bad.to_string(), "subjects[1].identifier —"),
        (unknown.to_string(), "Unknown field `score`"),
        ("{".into(), "EOF while parsing"),
        (String::new(), "EOF while parsing"),
        ("[1]".into(), "Invalid type"),
    ] {
        let answer = visitor.post("/json", &[("json", &typed), ("do", "check")]);
        assert_eq!(answer.status, 422, "{typed}");
        let text = plain(&answer);
        assert!(text.contains(told), "{told:?} is not in {text}");
        assert!(text.contains(&typed), "{typed:?} is not in {text}");
    }
}

#[test]
fn a_thousand_requests_that_are_no_forms_are_never_answered_5xx() {
    let service = restricted();
    let visitor = Visitor::signed_in(&service);
    let token = crate::visitor::attribute_of(&visitor.get("/"), "name=\"form_token\" value=\"");
    let token = token.unwrap();
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    let paths = [
        "/",
        "/json",
        "/receipts",
        "/overdue",
        "/statistics",
        "/receipts/1/feedback",
        "/receipts/r00000000000000000000000000000000/feedback",
        "/decisions/1/json",
        "/language",
        "/nothing/at/all",
    ];
    let names = [
        "id",
        "subjects[0].role",
        "subjects[4294967296].name",
        "subjects[",
        "as_of",
        "do",
        "json",
        "receipt",
        "number",
        "groups[0].outcome",
        "from",
        "within",
        "materials[7].name",
        "by",
        "back",
    ];
    for n in 0..1_000 {
        let path = paths[next() as usize % paths.len()];
        let bytes: Vec<u8> = (0..next() % 200).map(|_| next() as u8).collect();
        let request = if n % 2 == 0 {
            visitor
                .request("POST", path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body(&bytes)
        } else {
            let value = String::from_utf8_lossy(&bytes).into_owned();
            let name = names[next() as usize % names.len()];
            let button =
                ["check", "record", "show", "add-material", "page-4294967295"][next() as usize % 5];
            let fields = [("form_token", &*token), (name, &*value), ("do", button)];
            form(visitor.request("POST", path), &fields)
        };
        let answer = visitor.send(&request);
        assert!(answer.status < 500, "{}: {request:?}", answer.status);
    }
    assert_eq!(service.get("/readyz").status, 200);
}

#[test]
fn a_form_that_is_too_large_is_refused() {
    let service = restricted();
    let visitor = Visitor::signed_in(&service);
    let large = "x".repeat(1 << 20);
    let answer = visitor.post("/json", &[("json", &large), ("do", "check")]);
    assert_eq!(answer.status, 413, "{answer:?}");
    assert!(plain(&answer).contains("nothing was done"));
}

#[test]
fn programs_that_prefer_chinese_are_told_in_chinese_what_is_wrong() {
    let service = restricted();
    let mut bad = application(RESTRICTED);
    bad["subjects"][0]["identifier"] = json!("91310115MA1K3H5Q4");
    let request = Request::post("/v1/checks").token(&service.office.token).json(&bad);
    let chinese = service.send(request.clone().header("Accept-Language", "zh-CN")).json();
    assert_eq!(chinese["path"], "subjects[0].identifier");
    let detail: &Value = &chinese["detail"];
    assert!(detail.as_str().unwrap().ends_with("有误：有17位，应为18位"), "{detail}");
    let english = service.send(request).json();
    assert!(english["detail"].as_str().unwrap().ends_with("it has 17 characters, not 18"));
}
