//! Sessions, and forms that others make a browser send.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::support::{Office, RECORDS, RESTRICTED, Request, application, line_of, problem};
use crate::visitor::{Visitor, attribute_of, borrowed, fields_of, form, plain, restricted};

#[test]
fn without_a_token_nothing_is_shown_but_where_one_signs_in() {
    let service = restricted();
    let visitor = Visitor::new(&service);
    let first = visitor.get("/");
    assert_eq!(first.status, 200);
    assert!(plain(&first).contains("Enter the access token"), "{}", plain(&first));
    for path in ["/json", "/receipts", "/receipts/1", "/overdue", "/statistics", "/decisions/1"] {
        let answer = visitor.get(path);
        assert_eq!((answer.status, answer.header("location")), (303, Some("/")), "{path}");
    }
    let fields = fields_of(&application(RESTRICTED));
    for path in ["/", "/json", "/receipts", "/overdue", "/statistics", "/receipts/1/feedback"] {
        let answer = visitor.post(path, &borrowed(&fields));
        assert_eq!((answer.status, answer.header("location")), (303, Some("/")), "{path}");
    }
    assert_eq!(service.get("/readyz").json()["log_entries"], 0, "nothing was checked");
}

#[test]
fn a_wrong_token_takes_its_time_and_a_right_one_gets_a_cookie_that_scripts_cannot_read() {
    let service = restricted();
    let visitor = Visitor::new(&service);
    visitor.get("/");
    let begun = Instant::now();
    let answer = visitor.post("/sign-in", &[("token", "mc_wrong")]);
    assert!(begun.elapsed().as_millis() >= 1_000, "{:?}", begun.elapsed());
    assert_eq!(answer.status, 401);
    assert!(plain(&answer).contains("Nobody has this access token."), "{}", plain(&answer));
    assert!(!answer.text().contains("mc_wrong"), "a token is not repeated");
    let answer = visitor.post("/sign-in", &[("token", &service.office.token)]);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    assert!(!cookie.contains(&service.office.token), "the cookie is not the token");
    assert_eq!(visitor.get("/").status, 200);
}

/// Many strangers try at a time; a caller with a token signs in as if there were nobody.
#[test]
fn nobody_is_kept_from_signing_in_by_others_who_try() {
    let service = restricted();
    let done = AtomicBool::new(false);
    let (tries, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..100 {
            scope.spawn(|| {
                let stranger = Visitor::new(&service);
                stranger.get("/");
                while !done.load(Ordering::Relaxed) {
                    let answer = stranger.post("/sign-in", &[("token", "mustcheck_wrong")]);
                    assert!(matches!(answer.status, 401 | 429), "{}", answer.status);
                    tries.fetch_add(1, Ordering::Relaxed);
                    if answer.status == 429 {
                        assert_eq!(answer.header("retry-after"), Some("5"));
                        refused.fetch_add(1, Ordering::Relaxed);
                        std::thread::sleep(Duration::from_millis(50));
                    }
                }
            });
        }
        while tries.load(Ordering::Relaxed) < 100 {
            std::thread::sleep(Duration::from_millis(10));
        }
        let begun = Instant::now();
        let officer = Visitor::new(&service);
        officer.get("/");
        let answer = officer.post("/sign-in", &[("token", &service.office.token)]);
        done.store(true, Ordering::Relaxed);
        assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        assert!(refused.load(Ordering::Relaxed) > 0, "few of one address may fail at a time");
    });
}

#[test]
fn behind_tls_cookies_are_for_tls_and_this_host_alone() {
    let office = Office::new(RESTRICTED);
    let service = office.run("behind_proxy = true");
    let answer = Visitor::new(&service).get("/");
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-mustcheck="), "{cookie}");
    assert!(cookie.ends_with("; HttpOnly; SameSite=Strict; Secure"), "{cookie}");
}

#[test]
fn signing_out_and_a_token_that_is_withdrawn_end_a_session() {
    let service = restricted();
    let other = Visitor::signed_in(&service);
    let visitor = Visitor::signed_in(&service);
    visitor.check(RESTRICTED);
    visitor.post("/sign-out", &[]);
    assert_eq!(visitor.get("/decisions/1").header("location"), Some("/"));
    assert_eq!(other.get("/receipts").status, 200, "somebody else's session goes on");

    let kept = service.office.token.clone();
    service.office.write_private("callers.toml", "");
    service.office.caller("new", "roles = [\"check\"]\nmatters = [\"*\"]\nregions = [\"*\"]");
    service.reloads.all();
    assert_eq!(other.get("/receipts").header("location"), Some("/"));
    other.get("/");
    assert_eq!(other.post("/sign-in", &[("token", &kept)]).status, 401);
}

/// A caller with fewer permissions than before sees no decision from before, and its forms are
/// refused.
#[test]
fn what_a_caller_may_is_asked_at_every_request() {
    let office = Office::new(RESTRICTED);
    office.keys();
    let rules = "roles = [\"check\"]\nmatters = [\"tendering/*\"]\nregions = [\"31\"]";
    let token = office.caller("window", rules);
    let service = office.run(RECORDS);
    let visitor = Visitor::with_token(&service, &token);
    visitor.check(RESTRICTED);
    let fields = fields_of(&application(RESTRICTED));
    let paths = ["/decisions/1", "/decisions/1/sheet", "/decisions/1/notices/0"];
    let narrowed = |from: &str, to: &str, form: u16| {
        service.office.change_callers(from, to);
        service.reloads.all();
        for path in paths {
            assert_eq!(visitor.get(path).status, 403, "{path} after {to}");
        }
        assert_eq!(visitor.post("/decisions/1/json", &[]).status, 403, "{to}");
        assert_eq!(visitor.post("/", &borrowed(&fields)).status, form, "{to}");
        service.office.change_callers(to, from);
        service.reloads.all();
        assert_eq!(visitor.get("/decisions/1").status, 200);
    };
    narrowed("roles = [\"check\"]", "roles = [\"receipts\"]", 403);
    narrowed("\"tendering/*\"", "\"licensing/*\"", 422);
    narrowed("regions = [\"31\"]", "regions = [\"44\"]", 422);
    assert_eq!(service.get("/readyz").json()["log_entries"], 1);
}

#[test]
fn a_form_that_is_not_ours_does_nothing() {
    let service = restricted();
    let visitor = Visitor::signed_in(&service);
    let fields = fields_of(&application(RESTRICTED));
    let fields = borrowed(&fields);
    let stranger = Visitor::new(&service);
    let foreign = attribute_of(&stranger.get("/"), "name=\"form_token\" value=\"").unwrap();
    let own = attribute_of(&visitor.get("/"), "name=\"form_token\" value=\"").unwrap();
    let with = |token: &str| {
        let mut all = vec![("form_token", token)];
        all.extend(&fields);
        form(visitor.request("POST", "/"), &all)
    };
    let as_text = {
        let mut request = with(&own);
        request.headers.retain(|(name, _)| name != "Content-Type");
        request.header("Content-Type", "text/plain")
    };
    let wrong = [
        ("no token", form(visitor.request("POST", "/"), &fields)),
        ("another session's token", with(&foreign)),
        ("from another site", with(&own).header("Sec-Fetch-Site", "cross-site")),
        ("from a sibling", with(&own).header("Sec-Fetch-Site", "same-site")),
        ("as text", as_text),
    ];
    for (why, request) in wrong {
        let answer = visitor.send(&request);
        assert_eq!(answer.status, 403, "{why}");
        assert!(plain(&answer).contains("nothing was done"), "{why}: {}", plain(&answer));
    }
    assert_eq!(service.get("/readyz").json()["log_entries"], 0);
    assert_eq!(visitor.send(&with(&own)).status, 303);
    assert_eq!(service.get("/readyz").json()["log_entries"], 1);
}

#[test]
fn every_page_loads_from_this_server_alone_and_is_kept_nowhere() {
    let service = restricted();
    let visitor = Visitor::signed_in(&service);
    let decision = visitor.check(RESTRICTED);
    let pages = ["/", "/json", "/receipts", "/overdue", "/statistics", "/decisions/1/notices/0"];
    let pages = pages.map(|path| visitor.get(path)).into_iter().chain([decision]);
    for answer in pages {
        assert_eq!(answer.status, 200, "{answer:?}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self'"));
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        let html = answer.text();
        // Charts name the namespace of SVG, which is no address that anybody asks.
        let html = html.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        assert!(!html.contains("http://") && !html.contains("https://"), "{html}");
        for inline in [" style=\"", "<style", " onclick=", " onload=", " onsubmit=", "javascript:"]
        {
            assert!(!html.contains(inline), "{inline}: {html}");
        }
    }
    let style = attribute_of(&visitor.get("/"), "rel=\"stylesheet\" href=\"").unwrap();
    let style = visitor.get(&style);
    assert_eq!(style.status, 200);
    assert_eq!(style.header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(style.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert!(!style.text().contains("url("), "the style asks for nothing either");
}

#[test]
fn the_language_is_the_cookies_then_the_browsers_then_chinese() {
    let service = restricted();
    let mut visitor = Visitor::new(&service);
    for (asked, tag) in [
        ("en-GB,en;q=0.9", "en"),
        ("zh-TW", "zh-CN"),
        ("fr, en;q=0.4, zh;q=0.5", "zh-CN"),
        ("fr", "zh-CN"),
        ("", "zh-CN"),
        ("en;q=x", "zh-CN"),
    ] {
        visitor.language = asked;
        assert_eq!(attribute_of(&visitor.get("/"), "<html lang=\"").unwrap(), tag, "{asked}");
    }
    let answer = visitor.post("/language", &[("language", "en"), ("back", "/receipts")]);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/receipts")));
    assert_eq!(attribute_of(&visitor.get("/"), "<html lang=\"").unwrap(), "en");
    for elsewhere in ["//evil.example", "https://evil.example", "/x?y", "/\\evil", ""] {
        let answer = visitor.post("/language", &[("language", "zh"), ("back", elsewhere)]);
        assert_eq!(answer.header("location"), Some("/"), "{elsewhere}");
    }
}

#[test]
fn programs_are_told_in_json_and_browsers_in_pages_what_is_not_there() {
    let service = restricted();
    let answer = service.send(Request::get("/v1/nothing"));
    assert_eq!((answer.status, problem(&answer)["type"].clone()), (404, "not-found".into()));
    let visitor = Visitor::signed_in(&service);
    for (method, path) in [("GET", "/nothing"), ("PUT", "/"), ("GET", "/sign-in")] {
        let answer = visitor.send(&visitor.request(method, path));
        assert_eq!(answer.status, 404, "{method} {path}");
        assert!(plain(&answer).contains("There is no such page"), "{}", plain(&answer));
    }
    for path in ["/decisions/7", "/decisions/7/sheet", "/decisions/7/notices/0"] {
        let answer = visitor.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(plain(&answer).contains("This page is gone"), "{}", plain(&answer));
    }
    let answer = visitor.get("/receipts/7");
    assert_eq!(answer.status, 404);
    assert!(plain(&answer).contains("There is no such receipt"), "{}", plain(&answer));
}

#[test]
fn a_service_without_pages_has_none() {
    let office = Office::new(RESTRICTED);
    let service = office.run("page = false");
    for request in [Request::get("/"), Request::get("/receipts"), Request::post("/sign-in")] {
        let answer = service.send(request);
        assert_eq!((answer.status, problem(&answer)["type"].clone()), (404, "not-found".into()));
    }
}

#[test]
fn pages_are_named_in_the_log_and_the_metrics_by_their_route() {
    let service = restricted();
    let visitor = Visitor::signed_in(&service);
    let answer = visitor.check(RESTRICTED);
    let line = line_of(answer.header("x-request-id").unwrap());
    assert_eq!(line["route"], "/decisions/{number}");
    let name = "mustcheck_requests_total{route=\"/decisions/{number}\",status=\"200\"}";
    assert_eq!(service.metric(name), Some(1.0), "{}", service.get("/metrics").text());
}
