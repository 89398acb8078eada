//! Every fault of the simulator is an answer with its reason, and never fewer records.

use mustcheck::model::AnswerStatus;
use mustcheck::{JsonRegistry, Registry as _};
use mustcheck_platform::simulator::{Fault, Shape};

use crate::{about_firm, ask, firm, more, once, open, person, reason, simulate, small};

const LISTS: [&str; 3] = ["wage-arrears", "tax-serious", "judgment-defaulters"];

#[test]
fn without_a_fault_both_interfaces_answer_as_the_file_does() {
    let subjects = [firm(1), firm(2), firm(3), person(1)];
    let json = serde_json::to_vec(&small()).unwrap();
    let by_file = JsonRegistry::from_json(&json).unwrap();
    let lists: Vec<String> = LISTS.map(String::from).into();
    let asks: Vec<_> = (0..)
        .zip(&subjects)
        .map(|(query, subject)| mustcheck::Ask {
            query,
            subject,
            as_of: crate::TODAY,
            lists: &lists,
        })
        .collect();
    let mut expected = by_file.lookup(&asks).unwrap();
    for record in expected.iter_mut().flat_map(|answer| &mut answer.records) {
        record.id = format!("platform/{}", record.id);
    }
    for shape in [Shape::Paged, Shape::Cursor] {
        for size in [1, 2, 3, 10] {
            let running = simulate(small(), shape, size, &[]);
            assert_eq!(ask(&once(&running), &subjects, &LISTS), expected, "{shape:?} by {size}");
        }
    }
}

#[test]
fn every_fault_of_the_paged_interface_is_told() {
    let unknown = "is a code that the mapping does not have";
    for (fault, told) in [
        ("down", "the answer breaks off"),
        ("truncate", "the answer breaks off"),
        ("status=500", "it answers 500"),
        ("status=204", "it answers 204"),
        ("status=401", "it answers 401: it does not accept who asks"),
        ("status=403", "it answers 403: it does not accept who asks"),
        ("throttle=60", "it answers 429 and asks to be left alone for 60s"),
        ("redirect", "it answers 302: it sends elsewhere, where nobody follows"),
        ("not-json", "the answer is no JSON: expected value at line 1 column 1"),
        ("refused", "/code: `500` does not say that this is an answer"),
        ("wrong-type", "/data/列表/1/列入日期: is an array, not a text"),
        ("missing-field", "/data/列表/1/列入日期: is missing"),
        ("unknown-list", "/data/列表/1/名单代码: `Z99` is a list that the mapping does not have"),
        ("unknown-act", &format!("/data/列表/1/行为代码: `Z99` {unknown}")),
        (
            "bad-identifier",
            "/data/列表/1: subject.identifier: `9131…**` is no valid uscc: the character at \
             position 18 is not in the alphabet (no I, O, S, V, Z)",
        ),
        ("other-subject", "/data/列表/2: names another subject than the one asked about"),
        ("endless-pages", "the answer has more than 5 parts"),
        ("repeat-page", "record `platform/r1` came twice: a part was given again, or moved"),
        ("short-count", "it says that there are 3 records, and gave 1"),
        ("no-age", "/data/数据更新时间: is empty"),
        ("huge", "the answer has more than 4194304 bytes"),
    ] {
        let running = simulate(small(), Shape::Paged, 2, &[fault]);
        let said = "retries = { times = 0 }\nlimits = { pages = 5 }";
        let registry = open(&more(&running.mapping(), said));
        assert_eq!(reason(&registry), told, "{fault}");
        assert_eq!(running.simulator().followed(), 0);
    }
    let starts = |fault: &str| reason(&once(&simulate(small(), Shape::Paged, 2, &[fault])));
    assert!(starts("cut").starts_with("the answer is no JSON: EOF while parsing"));
    assert!(starts("duplicate-key").starts_with("the answer is no JSON: key `列表` stands twice"));
    let future = starts("future");
    assert!(future.starts_with("/data/数据更新时间: `20"), "{future}");
    assert!(future.ends_with("+08:00` is in the future"), "{future}");
    let running = simulate(small(), Shape::Paged, 10, &["long-count"]);
    assert_eq!(reason(&once(&running)), "it says that there are 2 records, and gave 3");
}

#[test]
fn every_fault_of_the_cursor_interface_is_told() {
    for (fault, told) in [
        ("refused", "/ok: `false` does not say that this is an answer"),
        ("wrong-type", "/items/1/from: is an array, not a text"),
        ("missing-field", "/items/1/from: is missing"),
        ("unknown-list", "/items/1/listCode: `Z99` is not the list `A02` that was asked for"),
        ("unknown-act", "/items/1/actCode: `Z99` is a code that the mapping does not have"),
        ("other-subject", "/items/2: names another subject than the one asked about"),
        ("endless-pages", "the answer has more than 50 parts"),
        ("repeat-page", "record `platform/r1` came twice: a part was given again, or moved"),
        ("short-count", "it says that there are 3 records, and gave 1"),
        ("no-age", "/asOf: is empty"),
    ] {
        let running = simulate(small(), Shape::Cursor, 2, &[fault]);
        assert_eq!(reason(&once(&running)), told, "{fault}");
    }
}

#[test]
fn a_source_with_no_records_is_no_better_believed() {
    for (fault, told) in [
        ("wrong-type", "/data/列表: is an object, not an array"),
        ("other-subject", "/data/列表/0: names another subject than the one asked about"),
        ("endless-pages", "/data/列表/0: names another subject than the one asked about"),
    ] {
        let running = simulate(small(), Shape::Paged, 2, &[fault]);
        let answer = ask(&once(&running), &[firm(3)], &["wage-arrears"]).remove(0);
        assert_eq!(answer.status, AnswerStatus::Unavailable);
        assert_eq!(answer.reason.unwrap(), format!("source `platform`: {told}"));
    }
}

#[test]
fn old_data_are_given_with_their_age() {
    let running = simulate(small(), Shape::Paged, 2, &["stale=30"]);
    let answer = about_firm(&once(&running));
    assert_eq!(answer.status, AnswerStatus::Answered);
    assert_eq!(answer.source.unwrap().as_of.to_string(), "2024-10-20T20:00:00+08:00");
    assert_eq!(answer.records.len(), 3);
}

#[test]
fn who_asks_without_the_secret_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("token"), "  geheim-123\n").unwrap();
    let options = mustcheck_platform::simulator::Options {
        token: Some("geheim-123".into()),
        ..Default::default()
    };
    let simulator = mustcheck_platform::simulator::Simulator::new(small(), options);
    let running = simulator.start("127.0.0.1:0".parse().unwrap()).unwrap();
    assert_eq!(reason(&once(&running)), "it answers 401: it does not accept who asks");
    let said = "authentication = { file = \"token\" }";
    let mapping = mustcheck_platform::Mapping::from_toml(&more(&running.mapping(), said)).unwrap();
    let registry = mustcheck_platform::PlatformRegistry::new(mapping, folder.path()).unwrap();
    assert_eq!(about_firm(&registry).records.len(), 3);

    let open = |said: &str| {
        let mapping =
            mustcheck_platform::Mapping::from_toml(&more(&running.mapping(), said)).unwrap();
        mustcheck_platform::PlatformRegistry::new(mapping, folder.path()).err().unwrap().to_string()
    };
    assert_eq!(
        open("authentication = { file = \"none\" }"),
        "source `platform`: `none` cannot be read: No such file or directory (os error 2)"
    );
    assert_eq!(
        open("authentication = { environment = \"MUSTCHECK_TEST_NONE\" }"),
        "source `platform`: the environment has no `MUSTCHECK_TEST_NONE`"
    );
    std::fs::write(folder.path().join("token"), "\n").unwrap();
    assert_eq!(
        open("authentication = { file = \"token\" }"),
        "source `platform`: `token` holds no secret"
    );
}

#[test]
fn a_fault_is_written_as_it_is_read() {
    let read: Fault = "court:slow=3000@0.25#2-5".parse().unwrap();
    assert_eq!(read.source.as_deref(), Some("court"));
    assert_eq!(read.kind.name(), "slow");
    assert_eq!((read.probability, read.requests), (0.25, Some((2, 5))));
    let told = |text: &str| text.parse::<Fault>().unwrap_err().to_string();
    assert_eq!(told("slow=x"), "`slow=x` is no fault: `x` is no number");
    assert_eq!(told("down@2"), "`down@2` is no fault: a probability is 0 to 1");
    assert_eq!(told("down#a"), "`down#a` is no fault: `a` is no range");
    assert!(told("dwon").starts_with("`dwon` is no fault: there are slow=MILLISECONDS, down,"));
    assert!(told("slow").starts_with("`slow` is no fault: there are"));
}
