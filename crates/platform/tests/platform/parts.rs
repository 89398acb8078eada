//! Answers that come in parts, and answers that are not what they should be.

use mustcheck::model::{AnswerStatus, EventKind};
use mustcheck_platform::simulator::Shape;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::canned::{Canned, http, ok};
use crate::{about_firm, more, open, reason, record, resident, simulate, small, uscc};

const BODY: &str = r#"body = { code = "{identifier}" }"#;
const ONCE: &str = "retries = { times = 0 }";

fn row(id: &str) -> Value {
    json!({ "id": id, "list": "W", "code": uscc(1), "from": "2023-03-01", "until": "长期" })
}

fn rows(rows: &[Value], total: u64) -> Value {
    json!({ "rows": rows, "total": total, "at": "2024-11-19 20:00:00" })
}

/// Reason why one answer is not accepted.
fn told(body: &str) -> String {
    let canned = Canned::new(vec![ok(body)]);
    reason(&open(&canned.mapping(ONCE, BODY, "")))
}

#[test]
fn a_value_that_is_not_what_the_mapping_says_is_told_with_its_path() {
    let whole = |change: &dyn Fn(&mut Value)| {
        let mut document = rows(&[row("1"), row("2")], 2);
        change(&mut document);
        told(&document.to_string())
    };
    let set = |path: &'static str, value: Value| {
        whole(&move |document| *document.pointer_mut(path).unwrap() = value.clone())
    };
    assert_eq!(set("/total", Value::Null), "/total: `` is no number of records");
    assert_eq!(set("/total", json!(2.5)), "/total: `2.5` is no number of records");
    assert_eq!(set("/total", json!([2])), "/total: is an array, not a text");
    assert_eq!(set("/rows", Value::Null), "/rows: is null, not an array");
    assert_eq!(set("/rows/1", json!("x")), "/rows/1: is no object");
    assert_eq!(set("/rows/1/code", json!(91_310_000_u64)), "/rows/1/code: is a number, not a text");
    assert_eq!(set("/rows/1/code", Value::Null), "/rows/1/code: is empty");
    assert_eq!(set("/rows/1/id", json!("")), "/rows/1/id: is empty");
    assert_eq!(
        set("/rows/1/id", json!("1")),
        "record `platform/1` came twice: a part was given \
                                               again, or moved"
    );
    let day = "is no day that exists, such as 2025-03-01, 2025/3/1, 20250301 or 2025年3月1日";
    assert_eq!(
        set("/rows/0/from", json!("2023-02-30")),
        format!("/rows/0/from: `2023-02-30` {day}")
    );
    assert_eq!(
        set("/rows/0/until", json!("2022-01-01")),
        "/rows/0: valid_from: record `platform/1` ends on `2022-01-01`, before it begins on \
         `2023-03-01`"
    );
    assert_eq!(
        set("/rows/0/id", json!(format!("no-{}", uscc(1)))),
        "/rows/0: id: holds the identifier `9131…**`"
    );
    assert_eq!(whole(&|d| _ = d.as_object_mut().unwrap().remove("at")), "/at: is missing");
    assert_eq!(set("/at", json!("soon")), format!("/at: `soon` {day}"));
    // A word of the source may be an identifier.
    let told = set("/rows/1/list", json!(resident(1)));
    assert_eq!(told, "/rows/1/list: `3101…**` is a list that the mapping does not have");
}

#[test]
fn bytes_that_are_no_document_are_told() {
    assert_eq!(
        told("{\"rows\": [], \"total\": 0"),
        "the answer is no JSON: EOF while parsing an object at line 1 column 23"
    );
    let canned = Canned::new(vec![http("200 OK", b"\"\xff\"")]);
    let registry = open(&canned.mapping(ONCE, BODY, ""));
    assert_eq!(
        reason(&registry),
        "the answer is no JSON: invalid unicode code point at line 1 column 2"
    );
    let canned = Canned::new(vec![b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}".to_vec()]);
    assert_eq!(reason(&open(&canned.mapping(ONCE, BODY, ""))), "the answer breaks off");
    let canned = Canned::new(vec![b"SSH-2.0-OpenSSH_9\r\n".to_vec()]);
    assert_eq!(reason(&open(&canned.mapping(ONCE, BODY, ""))), "the answer breaks off");
    let deep = format!("{{\"rows\": {}", "[".repeat(200_000));
    assert!(told(&deep).starts_with("the answer is no JSON: recursion limit exceeded"));
}

#[test]
fn the_identifier_goes_where_the_mapping_puts_it_and_into_no_url() {
    let answer = ok(&rows(&[row("1")], 1).to_string());
    let canned = Canned::new(vec![answer]);
    let request = "headers = { X-Code = \"{scheme}:{identifier}\" }\nencoding = \"form\"\n\
                   body = { code = \"{identifier}\", kind = \"{kind}&\" }";
    assert_eq!(about_firm(&open(&canned.mapping(ONCE, request, ""))).records.len(), 1);
    let heard = canned.requests().remove(0);
    assert!(heard.starts_with("POST /api/query HTTP/1.1\r\n"), "{heard}");
    assert!(heard.contains(&format!("x-code: uscc:{}\r\n", uscc(1))), "{heard}");
    assert!(heard.contains("content-type: application/x-www-form-urlencoded\r\n"), "{heard}");
    assert!(heard.ends_with(&format!("\r\n\r\ncode={}&kind=organization%26", uscc(1))), "{heard}");
}

#[test]
fn a_source_that_offers_nothing_else_may_have_the_identifier_in_its_url() {
    let canned = Canned::new(vec![ok(&rows(&[row("1")], 1).to_string())]);
    let request = "method = \"GET\"\nquery = { \"code x\" = \"{identifier}\" }\n\
                   identifier_in_url = \"the source offers nothing else\"";
    assert_eq!(about_firm(&open(&canned.mapping(ONCE, request, ""))).records.len(), 1);
    let line = format!("GET /api/query?code+x={} HTTP/1.1\r\n", uscc(1));
    assert!(canned.requests()[0].starts_with(&line), "{:?}", canned.requests());
}

#[test]
fn offsets_count_up_and_the_count_must_hold() {
    let paging = "[source.paging]\nkind = \"offset\"\nsize = 2\n";
    let request = "body = { code = \"{identifier}\", from = \"{offset}\", many = \"{size}\" }";
    let first = ok(&rows(&[row("1"), row("2")], 3).to_string());
    let second = ok(&rows(&[row("3")], 3).to_string());
    let canned = Canned::new(vec![first.clone(), second]);
    assert_eq!(about_firm(&open(&canned.mapping(ONCE, request, paging))).records.len(), 3);
    let heard = canned.requests();
    assert!(heard[0].contains(r#""from":0"#) && heard[1].contains(r#""from":2"#), "{heard:?}");
    assert!(heard[1].contains(r#""many":2"#), "{heard:?}");

    for (second, told) in [
        (rows(&[], 3), "it says that there are 3 records, and gave 2"),
        (rows(&[row("3"), row("4")], 3), "it says that there are 3 records, and gave 4"),
        (rows(&[row("3")], 4), "it says that there are 3 records, and then 4"),
        (rows(&[row("2")], 3), "record `platform/2` came twice: a part was given again, or moved"),
    ] {
        let canned = Canned::new(vec![first.clone(), ok(&second.to_string())]);
        assert_eq!(reason(&open(&canned.mapping(ONCE, request, paging))), told);
    }
}

#[test]
fn the_oldest_part_is_the_age_of_an_answer() {
    let paging = "[source.paging]\nkind = \"offset\"\nsize = 1\n";
    let request = "body = { code = \"{identifier}\", from = \"{offset}\" }";
    let mut second = rows(&[row("2")], 2);
    second["at"] = json!("2024-11-01");
    let first = ok(&rows(&[row("1")], 2).to_string());
    let canned = Canned::new(vec![first, ok(&second.to_string())]);
    let answer = about_firm(&open(&canned.mapping(ONCE, request, paging)));
    assert_eq!(answer.source.unwrap().as_of.to_string(), "2024-11-01T00:00:00+08:00");
}

#[test]
fn a_page_that_is_another_than_was_asked_for_is_told() {
    let paging = "[source.paging]\nkind = \"page\"\nfirst = 0\nsize = 2\nnumber = \"/page\"\n";
    let request = "body = { code = \"{identifier}\", page = \"{page}\" }";
    let mut answer = rows(&[row("1")], 1);
    answer["page"] = json!(1);
    let canned = Canned::new(vec![ok(&answer.to_string())]);
    let registry = open(&canned.mapping(ONCE, request, paging));
    assert_eq!(reason(&registry), "page 0 was asked for, and 1 came");
}

#[test]
fn a_cursor_or_link_that_leads_back_is_seen() {
    let paging = "[source.paging]\nkind = \"cursor\"\nnext = \"/next\"\n";
    let request = "body = { code = \"{identifier}\", cursor = \"{cursor}\" }";
    let part = |id: &str, next: Value| {
        let mut part = rows(&[row(id)], 9);
        part["next"] = next;
        ok(&part.to_string())
    };
    let parts = vec![part("1", json!("a")), part("2", json!("b")), part("3", json!("a"))];
    let canned = Canned::new(parts);
    let told = "the way to the next part leads to one that was given";
    assert_eq!(reason(&open(&canned.mapping(ONCE, request, paging))), told);
    let heard = canned.requests();
    assert!(!heard[0].contains("cursor"), "{heard:?}");
    assert!(heard[2].contains(r#""cursor":"b""#), "{heard:?}");

    // A missing key is not the end.
    let canned = Canned::new(vec![ok(&rows(&[row("1")], 1).to_string())]);
    assert_eq!(reason(&open(&canned.mapping(ONCE, request, paging))), "/next: is missing");
    let canned = Canned::new(vec![part("1", Value::Null)]);
    let told = "it says that there are 9 records, and gave 1";
    assert_eq!(reason(&open(&canned.mapping(ONCE, request, paging))), told);
}

#[test]
fn links_are_followed_on_the_same_server_and_without_identifiers() {
    let link = |fault: &[&str]| {
        let running = simulate(small(), Shape::Cursor, 2, fault);
        let mapping = running.mapping().replace(
            "kind = \"cursor\"\nnext = \"/next\"",
            "kind = \"next-link\"\nnext = \"/nextUrl\"",
        );
        let mapping = mapping.replace(", cursor = \"{cursor}\"", "");
        (open(&more(&mapping, ONCE)), running)
    };
    assert_eq!(about_firm(&link(&[]).0).records.len(), 3);
    let told = "the way to the next part leads to another server, where nobody follows";
    assert_eq!(reason(&link(&["elsewhere"]).0), told);
    let told = "the way to the next part holds the identifier in its URL";
    assert_eq!(reason(&link(&["identifier-in-link"]).0), told);
}

#[test]
fn a_record_is_read_with_all_that_it_says() {
    let running = simulate(small(), Shape::Paged, 10, &[]);
    let read = about_firm(&open(&running.mapping())).records.remove(0);
    let mut written = record("platform", "r1", 1);
    written["id"] = json!("platform/r1");
    assert_eq!(serde_json::to_value(&read).unwrap(), written);
    assert_eq!(read.events[1].kind, EventKind::ObjectionDismissed);
}

#[test]
fn a_flag_without_its_day_is_no_event() {
    let events = "\n[[source.record.events]]\non = \"/day\"\n\
                  kind = { path = \"/state\", values = { \"2\" = \"repaired\" }, none = [\"1\"] }\n";
    let told = |state: &str, day: Value| {
        let mut row = row("1");
        row["state"] = json!(state);
        row["day"] = day;
        let canned = Canned::new(vec![ok(&rows(&[row], 1).to_string())]);
        let answer = about_firm(&open(&(canned.mapping(ONCE, BODY, "") + events)));
        match answer.status {
            AnswerStatus::Answered => format!("{:?}", answer.records[0].events.len()),
            _ => answer.reason.unwrap(),
        }
    };
    assert_eq!(told("1", Value::Null), "0");
    assert_eq!(told("2", json!(20_240_101)), "1");
    let place = "source `platform`: /rows/0";
    assert_eq!(
        told("2", Value::Null),
        format!("{place}/day: is empty, and something happened then")
    );
    let unknown = "`3` is a code that the mapping does not have";
    assert_eq!(told("3", Value::Null), format!("{place}/state: {unknown}"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// RAIL R2: whatever byte of an answer is changed, lost or added, it is never an answer with
    /// fewer records, nor an answer about another subject.
    #[test]
    fn no_damage_to_an_answer_loses_a_record(
        at in 0_usize..10_000, byte: u8, kind in 0_u8..4, run in 1_usize..40,
    ) {
        thread_local! {
            static CANNED: Canned = Canned::new(vec![ok("{}")]);
        }
        let three = rows(&[row("1"), row("2"), row("3")], 3).to_string();
        let mut bytes = three.into_bytes();
        let at = at % bytes.len();
        match kind {
            0 => bytes[at] = byte,
            1 => bytes.insert(at, byte),
            2 => drop(bytes.drain(at..(at + run).min(bytes.len()))),
            _ => bytes.truncate(at),
        }
        CANNED.with(|canned| {
            canned.say(http("200 OK", &bytes));
            let breaker = "retries = { times = 0 }\nbreaker = { failures = 0 }";
            let answer = about_firm(&open(&canned.mapping(breaker, BODY, "")));
            if answer.status == AnswerStatus::Answered {
                prop_assert_eq!(answer.records.len(), 3);
                for record in &answer.records {
                    prop_assert_eq!(&record.subject.identifier, &uscc(1));
                }
            } else {
                prop_assert!(answer.records.is_empty() && answer.reason.is_some());
            }
            Ok(())
        })?;
    }
}
