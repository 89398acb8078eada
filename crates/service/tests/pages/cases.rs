//! Finding a case, and printing its papers again.

use std::collections::BTreeSet;

use mustcheck_evidence::Moment;
use serde_json::{Value, json};

use crate::support::{
    Answer, Office, RECORDS, RESTRICTED, Request, Running, application, recording,
};
use crate::visitor::{Visitor, plain, restricted};

/// A check by a program, with another case number, office, region and matter; returns the receipt.
fn check(service: &Running, changes: &[(&str, &str)]) -> String {
    let mut application = application(RESTRICTED);
    for (field, value) in changes {
        match *field {
            "name" | "region" => application["office"][*field] = json!(value),
            _ => application[*field] = json!(value),
        }
    }
    let answer = service.post("/v1/checks", &application);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["receipt"]["id"].as_str().unwrap().to_owned()
}

/// The receipts that a page lists, in its order.
fn listed(page: &Answer) -> Vec<String> {
    let html = page.text();
    let links = html.split("href=\"/receipts/").skip(1);
    let ids = links.filter_map(|rest| rest.split('"').next()).filter(|id| id.starts_with('r'));
    ids.map(str::to_owned).collect()
}

fn today() -> String {
    Moment::now().unwrap().to_second().date.to_string()
}

#[test]
fn a_case_is_found_by_every_field_and_no_other_is() {
    let service = restricted();
    let here = check(&service, &[("id", "GP-2026-0002")]);
    let there = check(
        &service,
        &[
            ("id", "XK-2026-9"),
            ("name", "杭州市市场监督管理局"),
            ("region", "330100"),
            ("matter", "licensing/food-production"),
        ],
    );
    let disposition =
        service.get(&format!("/v1/receipts/{there}")).json()["receipt"]["payload"]["disposition"]
            .clone();
    let today = today();
    let today = today.as_str();
    let both = vec![there.clone(), here.clone()];
    let one = |id: &String| vec![id.clone()];
    /// The fields of a search, and the cases that it finds.
    type Search<'a> = (&'a [(&'a str, &'a str)], Vec<String>);
    let cases: [Search<'_>; 11] = [
        (&[], both.clone()),
        (&[("number", "XK-2026-9")], one(&there)),
        (&[("number", "2026")], both.clone()),
        (&[("number", "%")], vec![]),
        (&[("office", "杭州市")], one(&there)),
        (&[("matter", "tendering/government-procurement")], one(&here)),
        (&[("matter", "licensing/food-production"), ("number", "GP")], vec![]),
        (&[("from", today), ("to", today)], both.clone()),
        (&[("to", "2020-01-01")], vec![]),
        (&[("from", "2199-01-01")], vec![]),
        (&[("do", "today")], both.clone()),
    ];
    for language in ["zh", "en"] {
        let mut visitor = Visitor::signed_in(&service);
        visitor.language = language;
        assert_eq!(listed(&visitor.get("/receipts")), both, "the latest first");
        for (fields, expected) in &cases {
            let page = visitor.post("/receipts", fields);
            assert_eq!(page.status, 200, "{fields:?}: {}", plain(&page));
            assert_eq!(listed(&page), *expected, "{fields:?}: {}", plain(&page));
            for (name, typed) in fields.iter().filter(|(name, _)| *name == "number") {
                assert!(page.text().contains(&format!("value=\"{typed}\"")), "{name} is lost");
            }
        }
        for code in ["clear", "facilitated", "review", "restricted", "undetermined"] {
            let page = visitor.post("/receipts", &[("disposition", code)]);
            let expected = [(&there, disposition.as_str().unwrap()), (&here, "restricted")];
            let expected = expected.into_iter().filter(|(_, own)| *own == code);
            let expected: Vec<String> = expected.map(|(id, _)| id.clone()).collect();
            assert_eq!(listed(&page), expected, "{code}");
        }
    }
}

#[test]
fn every_case_is_on_one_page_of_the_list() {
    let service = restricted();
    let made: BTreeSet<String> = (0..60).map(|_| check(&service, &[])).collect();
    let visitor = Visitor::signed_in(&service);
    let mut seen = Vec::new();
    for (page, many) in [("page-0", 25), ("page-1", 25), ("page-2", 10), ("page-3", 0)] {
        let found = visitor.post("/receipts", &[("number", "GP"), ("do", page)]);
        assert_eq!(listed(&found).len(), many, "{page}: {}", plain(&found));
        assert!(plain(&found).contains("60 cases"), "{}", plain(&found));
        seen.extend(listed(&found));
    }
    assert_eq!(seen.len(), 60);
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), made);
    let first = visitor.post("/receipts", &[("number", "GP")]).text();
    assert!(first.contains("value=\"page-1\"") && !first.contains("value=\"page-0\""));
}

#[test]
fn a_search_shows_what_the_caller_may_see_and_counts_nothing_else() {
    let office = Office::new(RESTRICTED);
    office.keys();
    let rules = |matters: &str, regions: &str| {
        format!("roles = [\"receipts\"]\nmatters = [{matters}]\nregions = [{regions}]")
    };
    let cases = [
        (office.caller("city", &rules("\"*\"", "\"3101\"")), [true, false, false]),
        (office.caller("two", &rules("\"*\"", "\"31\", \"3301\"")), [true, true, false]),
        (office.caller("domain", &rules("\"licensing/*\"", "\"*\"")), [false, true, false]),
        (
            office.caller("matter", &rules("\"tendering/government-procurement\"", "\"*\"")),
            [true, false, true],
        ),
        (office.caller("none", &rules("\"licensing/*\"", "\"44\"")), [false; 3]),
    ];
    let service = office.run(RECORDS);
    let made = [
        check(&service, &[("region", "310104")]),
        check(&service, &[("region", "330100"), ("matter", "licensing/food-production")]),
        check(&service, &[("region", "370000")]),
    ];
    for (token, sees) in &cases {
        let visitor = Visitor::with_token(&service, token);
        let page = visitor.get("/receipts");
        let expected = made.iter().zip(sees).rev().filter(|(_, sees)| **sees);
        let expected: Vec<String> = expected.map(|(id, _)| id.clone()).collect();
        assert_eq!(listed(&page), expected, "{}", plain(&page));
        let count = format!("{} case", expected.len());
        assert!(plain(&page).contains(&count), "{count}: {}", plain(&page));
        for (id, sees) in made.iter().zip(sees) {
            let status = visitor.get(&format!("/receipts/{id}")).status;
            assert_eq!(status, if *sees { 200 } else { 404 }, "{id}");
        }
    }
}

#[test]
fn a_day_that_is_none_is_told_at_its_field() {
    let service = restricted();
    let visitor = Visitor::signed_in(&service);
    for (fields, place) in [
        ([("from", "soon"), ("to", "")], "from"),
        ([("from", ""), ("to", "2026-02-30")], "to"),
        ([("from", "2026-11-02"), ("to", "2026-11-01")], "to"),
    ] {
        let answer = visitor.post("/receipts", &fields);
        assert_eq!(answer.status, 422, "{fields:?}");
        assert!(answer.text().contains(&format!("id=\"{place}-error\"")), "{}", plain(&answer));
        assert_eq!(listed(&answer), Vec::<String>::new());
    }
}

/// The address of a case is sent to a colleague, who signs in and is there.
#[test]
fn the_address_of_a_case_lasts_and_leads_back_after_signing_in() {
    let service = restricted();
    let receipt = check(&service, &[]);
    let path = format!("/receipts/{receipt}");
    let colleague = Visitor::new(&service);
    for path in [path.clone(), format!("{path}/papers")] {
        let page = colleague.get(&path);
        assert_eq!(page.status, 200);
        assert!(plain(&page).contains("Enter the access token"), "{}", plain(&page));
        assert!(!plain(&page).contains("GP-2026-0002"), "nothing is shown before");
        assert!(page.text().contains(&format!("name=\"back\" value=\"{path}\"")));
    }
    let token = &service.office.token;
    for hostile in ["//example.org", "https://example.org/receipts/r", "/receipts/r\\@x", "/x"] {
        let stranger = Visitor::new(&service);
        stranger.get("/");
        let answer = stranger.post("/sign-in", &[("token", token), ("back", hostile)]);
        assert_eq!(answer.header("location"), Some("/"), "{hostile}");
    }
    let answer = colleague.post("/sign-in", &[("token", token), ("back", &path)]);
    assert_eq!(answer.header("location"), Some(&*path));
    assert!(plain(&colleague.get(&path)).contains("GP-2026-0002"));
    for unknown in [format!("/receipts/r{}", "0".repeat(32)), "/receipts/91310115MA1K3".into()] {
        let page = colleague.get(&unknown);
        assert_eq!(page.status, 404, "{unknown}");
        assert!(!plain(&page).contains("91310115MA1K3"), "R13");
    }
}

/// The papers that a program was given on the day: the receipt, the sheet and the notices.
fn given(service: &Running, case: &str, language: &str) -> (String, Value) {
    let body = json!({ "language": language, "application": application(case) });
    let answer = service.post("/v1/papers", &body);
    assert_eq!(answer.status, 200, "{answer:?}");
    let given = answer.json();
    (given["check"]["receipt"]["id"].as_str().unwrap().to_owned(), given)
}

#[test]
fn papers_are_printed_again_to_the_byte() {
    for case in [RESTRICTED, "0086-source-unavailable"] {
        let service = recording(case);
        for language in ["zh", "en"] {
            let (receipt, given) = given(&service, case, language);
            let mut visitor = Visitor::signed_in(&service);
            visitor.language = language;
            let list = visitor.get(&format!("/receipts/{receipt}/papers"));
            assert_eq!(list.status, 200, "{}", plain(&list));
            let path = |paper: &str| format!("/receipts/{receipt}/papers/{paper}");
            assert!(list.text().contains(&format!("href=\"{}\"", path("sheet"))));
            let sheet = visitor.get(&path("sheet"));
            assert_eq!(sheet.text(), given["sheet"]["html"].as_str().unwrap());
            // It may use its own style, by its digest, and nothing else.
            let policy = sheet.header("content-security-policy").unwrap();
            assert!(policy.contains("default-src 'none'; style-src 'sha256-"), "{policy}");
            let notices = given["notices"].as_array().unwrap();
            assert_eq!(notices.is_empty(), case != RESTRICTED);
            for notice in notices {
                let path = path(&format!("notice-{}", notice["subject_index"]));
                assert!(list.text().contains(&format!("href=\"{path}\"")), "{path}");
                let again = visitor.get(&path);
                assert_eq!(again.text(), notice["paper"]["html"].as_str().unwrap());
            }
            assert_eq!(visitor.get(&path("notice-9")).status, 404);
        }
    }
}

/// The bundle of a receipt in the office's folder.
fn bundle(service: &Running, receipt: &str) -> std::path::PathBuf {
    let month = today()[..7].to_owned();
    let folder = service.office.path("evidence").join(month);
    let kept = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_it = |path: &std::path::PathBuf| path.to_string_lossy().contains(receipt);
    kept.into_iter().find(is_it).unwrap()
}

/// The page says why there is no paper, in both languages, and no paper is shown.
fn refused(service: &Running, receipt: &str, zh: &str, en: &str) {
    for (language, told) in [("zh", zh), ("en", en)] {
        let mut visitor = Visitor::signed_in(service);
        visitor.language = language;
        let list = visitor.get(&format!("/receipts/{receipt}/papers"));
        assert_eq!(list.status, 404, "{}", plain(&list));
        assert!(plain(&list).contains(told), "{told} is not in {}", plain(&list));
        let sheet = visitor.get(&format!("/receipts/{receipt}/papers/sheet"));
        assert_eq!(sheet.status, 303, "{}", plain(&sheet));
    }
}

#[test]
fn papers_are_printed_only_from_evidence_that_holds_and_else_the_page_says_why() {
    let service = restricted();
    let (changed, _) = given(&service, RESTRICTED, "zh");
    let path = bundle(&service, &changed);
    let text = std::fs::read_to_string(&path).unwrap();
    let name = application(RESTRICTED)["subjects"][0]["name"].as_str().unwrap().to_owned();
    assert!(text.contains(&name));
    std::fs::write(&path, text.replace(&name, "无辜建设有限公司")).unwrap();
    refused(&service, &changed, "证据与日志中的回执不符", "The evidence does not fit the receipt");

    // Sound evidence of another check, under the name of this one.
    let (other, _) = given(&service, RESTRICTED, "zh");
    std::fs::copy(bundle(&service, &other), &path).unwrap();
    refused(&service, &changed, "证据与日志中的回执不符", "The evidence does not fit the receipt");

    std::fs::remove_file(&path).unwrap();
    let (zh, en) = ("没有这次核查的证据文件", "The evidence of this check is not there");
    refused(&service, &changed, zh, en);

    let office = Office::new(RESTRICTED);
    office.keys();
    let service = office.run("[records]\nlog = \"log\"\nkeys = \"keys\"");
    let (receipt, _) = given(&service, RESTRICTED, "zh");
    let (zh, en) = ("本服务只保存回执，不保存证据", "keeps receipts and no evidence");
    refused(&service, &receipt, zh, en);

    let office = Office::new(RESTRICTED);
    office.keys();
    // The public half of a key pair whose secret half nobody kept.
    let to = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    let service = office.run(&format!("{RECORDS}\nencrypt_to = [\"{to}\"]"));
    let (receipt, _) = given(&service, RESTRICTED, "zh");
    refused(&service, &receipt, "证据已加密", "The evidence is encrypted");
}

/// A request without a session sees no paper.
#[test]
fn papers_are_for_whoever_is_signed_in_and_may_see_the_case() {
    let office = Office::new(RESTRICTED);
    office.keys();
    let elsewhere = "roles = [\"check\", \"receipts\"]\nmatters = [\"*\"]\nregions = [\"44\"]";
    let token = office.caller("elsewhere", elsewhere);
    let service = office.run(RECORDS);
    let (receipt, _) = given(&service, RESTRICTED, "zh");
    let path = format!("/receipts/{receipt}/papers/sheet");
    let answer = service.send(Request::get(&path).header("Accept", "text/html"));
    assert!(!answer.text().contains("核查结果单"), "{answer:?}");
    assert_eq!(Visitor::with_token(&service, &token).get(&path).status, 404);
}
