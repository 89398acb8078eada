//! HTTP as it should be spoken.

use serde_json::{Value, json};

use crate::support::{CLEAR, Office, Request, application, problem};

#[test]
fn an_unknown_path_is_no_page() {
    let service = Office::new(CLEAR).run("");
    for path in ["/v1", "/v1/checks/", "/v2/checks", "/v1/receipts/", "/91310115MA1K3H5Q4N"] {
        let answer = service.get(path);
        assert_eq!(answer.status, 404, "{path}");
        let expected = json!({
            "type": "not-found", "title": "there is nothing here",
            "detail": "the service has no such path; `/openapi.json` lists them",
        });
        assert_eq!(problem(&answer), expected);
    }
}

#[test]
fn a_method_that_does_not_fit_is_told_which_do() {
    let service = Office::new(CLEAR).run("");
    let token = &service.office.token;
    for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"] {
        let answer = service.send(Request::new(method, "/v1/checks").token(token));
        assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{method}");
        assert_eq!(problem(&answer)["type"], "method-not-allowed");
    }
    let answer = service.send(Request::post("/v1/policies").token(token).json(&json!({})));
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET,HEAD")));
}

#[test]
fn head_is_get_without_a_body() {
    let service = Office::new(CLEAR).run("");
    let get = service.get("/healthz");
    let head = service.send(Request::new("HEAD", "/healthz"));
    assert_eq!(head.status, 200);
    assert_eq!(head.header("content-length"), get.header("content-length"));
    assert!(head.body.is_empty());
    assert_eq!(service.send(Request::new("HEAD", "/v1/checks")).status, 405);
}

#[test]
fn formats_are_negotiated() {
    let service = Office::new(CLEAR).run("");
    let ask = |accept: &str| {
        let request = Request::post("/v1/checks").token(&service.office.token);
        service.send(request.header("Accept", accept).json(&application(CLEAR)))
    };
    for accept in ["*/*", "application/*", "application/json", "text/html, application/json;q=0.1"]
    {
        assert_eq!(ask(accept).status, 200, "{accept}");
    }
    for accept in
        ["text/html", "application/xml", "application/json;q=0", "*/*, application/json;q=0"]
    {
        let answer = ask(accept);
        assert_eq!(answer.status, 406, "{accept}");
        assert_eq!(problem(&answer)["type"], "not-acceptable");
    }
    let body = |media: &str| {
        let request = Request::post("/v1/checks").token(&service.office.token);
        let text = application(CLEAR).to_string();
        service.send(request.header("Content-Type", media).body(text.as_bytes()))
    };
    for media in ["application/json", "Application/JSON; charset=UTF-8"] {
        assert_eq!(body(media).status, 200, "{media}");
    }
    for media in
        ["text/json", "application/x-www-form-urlencoded", "application/json;charset=gbk", ""]
    {
        let answer = body(media);
        assert_eq!(answer.status, 415, "{media}");
        assert_eq!(problem(&answer)["type"], "unsupported-media-type");
    }
    let packed = Request::post("/v1/checks").token(&service.office.token);
    let packed = packed.header("Content-Encoding", "gzip").json(&application(CLEAR));
    assert_eq!(service.send(packed).status, 415);
}

#[test]
fn problems_are_told_in_the_language_that_is_asked_for() {
    let service = Office::new(CLEAR).run("");
    let ask =
        |language: &str| service.send(Request::get("/nothing").header("Accept-Language", language));
    for language in ["zh", "zh-CN,zh;q=0.9,en;q=0.8", "en;q=0.1, zh-Hans;q=0.9", "fr, zh;q=0.1"] {
        let answer = ask(language);
        assert_eq!(answer.header("content-language"), Some("zh"), "{language}");
        assert_eq!(problem(&answer)["title"], "无此资源");
    }
    for language in ["en", "fr", "", "zh;q=0", "en-GB, zh;q=0.9", "*"] {
        let answer = ask(language);
        assert_eq!(answer.header("content-language"), Some("en"), "{language}");
        assert_eq!(problem(&answer)["title"], "there is nothing here");
    }
    assert_eq!(ask("en").header("vary"), Some("Accept-Language"));
}

#[test]
fn every_answer_has_its_id_and_is_safe_for_browsers() {
    let service = Office::new(CLEAR).run("");
    let id = "0193e0c8-7f2d-7c4e-9a51-3b0f6d2c8e11";
    for path in ["/healthz", "/nothing", "/v1/policies"] {
        let answer = service.send(Request::get(path).header("X-Request-Id", id));
        assert_eq!(answer.header("x-request-id"), Some(id));
        let expected = [
            ("cache-control", "no-store"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cross-origin-resource-policy", "same-origin"),
        ];
        for (name, value) in expected {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}

#[test]
fn a_connection_is_used_again() {
    let service = Office::new(CLEAR).run("");
    let mut client = service.client();
    let request = Request::post("/v1/checks").token(&service.office.token);
    for _ in 0..20 {
        assert_eq!(client.send(&request.clone().json(&application(CLEAR))).status, 200);
        assert_eq!(client.send(&Request::get("/nothing")).status, 404);
    }
}

/// The document and the router are made of one table; what is answered is documented.
#[test]
fn the_interface_is_described() {
    let service = Office::new(CLEAR).run("");
    let document = service.get("/openapi.json").json();
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 10);
    for (path, item) in paths {
        for (verb, operation) in item.as_object().unwrap() {
            let described = operation["responses"].as_object().unwrap();
            let at = path.replace("{id}", "r00000000000000000000000000000000");
            let request = Request::new(&verb.to_uppercase(), &at).json(&json!({}));
            let answers = [
                service.send(request.clone()),
                service.send(request.clone().token(&service.office.token)),
                service.send(request.header("Accept", "text/nothing")),
            ];
            for answer in answers {
                let status = answer.status.to_string();
                assert!(described.contains_key(&status), "{verb} {path}: {status}");
            }
        }
    }
    references(&document, &document);
    let examples = &document["paths"]["/v1/checks"]["post"]["requestBody"]["content"]["application/json"]
        ["examples"];
    assert_eq!(examples["restricted"]["value"], application(crate::support::RESTRICTED));
}

/// Checks that every reference leads somewhere.
fn references(value: &Value, document: &Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(to)) = members.get("$ref") {
                let pointer = to.strip_prefix('#').unwrap();
                assert!(document.pointer(pointer).is_some(), "{to}");
            }
            members.values().for_each(|member| references(member, document));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, document)),
        _ => {}
    }
}
