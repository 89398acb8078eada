//! Applications that are well-formed and cannot be evaluated. They are put to `batch`, one a line:
//! its errors are those of `check`, and the program starts once.

use serde_json::{Value, json};

use crate::support::{Folder, LEI, application, full_width, registry, resident, uscc, with};

/// Returns the row that `batch` writes for each application, and checks the errors on stderr.
fn batch(folder: &Folder, applications: &[Value]) -> Vec<Value> {
    folder.write_lines("applications.jsonl", applications);
    folder.write("registry.json", &registry(&[]));
    let run = folder.run(&["batch", "applications.jsonl", "--registry", "registry.json"]);
    let rows = run.rows();
    assert_eq!(rows.len(), applications.len(), "{}", run.stderr);
    let mut told = run.stderr.lines();
    for row in &rows {
        if let Some(error) = row.get("error") {
            let place = error["path"].as_str().map(|p| format!("{p}: ")).unwrap_or_default();
            let line =
                format!("line {}: {place}{}", row["line"], error["detail"].as_str().unwrap());
            assert_eq!(told.next(), Some(&*line));
        }
    }
    rows
}

/// The identifier with another last character.
fn wrong(identifier: &str) -> (String, char) {
    let (head, last) = identifier.split_at(identifier.len() - 1);
    let other = if last == "0" { '1' } else { '0' };
    (format!("{head}{other}"), other)
}

fn subject(role: &str, n: u32) -> Value {
    if matches!(role, "applicant" | "consortium-member" | "guarantor") {
        json!({ "role": role, "kind": "organization", "scheme": "uscc", "identifier": uscc(n),
                "name": format!("公司{n}") })
    } else {
        json!({ "role": role, "kind": "person", "scheme": "resident-id",
                "identifier": resident(n), "name": format!("人{n}") })
    }
}

/// The application with other subjects.
fn of(roles: &[(&str, u32)]) -> Value {
    let subjects: Vec<Value> = roles.iter().map(|(role, n)| subject(role, *n)).collect();
    with(&application(), "/subjects", subjects)
}

/// Applications, each with the place and the text of its error.
type Cases = Vec<(Value, &'static str, String)>;

fn all_refused(cases: Cases) {
    let folder = Folder::new();
    let applications: Vec<Value> = cases.iter().map(|(a, _, _)| a.clone()).collect();
    for (row, (application, path, detail)) in batch(&folder, &applications).iter().zip(cases) {
        let expected = json!({ "kind": "application", "path": path, "detail": detail });
        assert_eq!(row["error"], expected, "{application}");
        assert!(row.get("decision").is_none());
    }
}

#[test]
fn identifiers_that_fail_their_check_are_refused() {
    let identifier = "/subjects/0/identifier";
    let (firm, firm_last) = wrong(&uscc(1));
    let (person, person_last) = wrong(&resident(1));
    let lei = with(&with(&application(), "/subjects/0/scheme", "lei"), identifier, wrong(LEI).0);
    let passport = with(&application(), "/subjects/1/scheme", "passport");
    let passport = with(&passport, "/subjects/1/identifier", "E12345678");
    all_refused(vec![
        (
            with(&application(), identifier, firm),
            "subjects[0].identifier",
            format!(
                "`9131…**` is no valid uscc: the check character at position 18 is wrong (not \
                 `{firm_last}`)"
            ),
        ),
        (
            with(&application(), "/subjects/1/identifier", person),
            "subjects[1].identifier",
            format!(
                "`3101…**` is no valid resident-id: the check character at position 18 is wrong \
                 (not `{person_last}`)"
            ),
        ),
        (
            with(&application(), "/subjects/1/identifier", "310101500307001"),
            "subjects[1].identifier",
            "`3101…**` is no valid resident-id: it has the 15 digits of the old form, which names \
             nobody exactly"
                .into(),
        ),
        (
            lei,
            "subjects[0].identifier",
            "`5493…**` is no valid lei: the check digits at positions 19 and 20 are wrong".into(),
        ),
        (
            passport,
            "subjects[1].identifier",
            "`E1…**` is no valid passport: a passport needs its issuing country, two letters of \
             ISO 3166-1"
                .into(),
        ),
        (
            with(&application(), identifier, ""),
            "subjects[0].identifier",
            "`…**` is no valid uscc: it has 0 characters, not 18".into(),
        ),
        (
            with(&application(), identifier, format!("{}1", uscc(1))),
            "subjects[0].identifier",
            "`9131…**` is no valid uscc: it has 19 characters, not 18".into(),
        ),
        (
            with(&application(), "/subjects/0/kind", "person"),
            "subjects[0].identifier",
            "scheme `uscc` does not identify a subject of kind `person`".into(),
        ),
    ]);
}

#[test]
fn what_fills_an_identifier_up_is_taken_off() {
    let code = uscc(1);
    let (head, tail) = code.split_at(9);
    let fillers = ["", " ", "\u{3000}", "-", "－", "\u{2011}", "\u{200b}", "\u{feff}", "\t", "\n"];
    let filled = fillers
        .map(|f| with(&application(), "/subjects/0/identifier", format!("{f}{head}{f}{tail}{f}")));
    let rows = batch(&Folder::new(), &filled);
    for (row, filler) in rows.iter().zip(fillers) {
        assert_eq!(row["decision"], rows[0]["decision"], "{filler:?}");
        assert_eq!(row["decision"]["disposition"], "clear", "{row}");
    }
}

#[test]
fn roles_that_are_missing_or_named_too_often_are_refused() {
    let needs = |organizations: u32, named: u32| {
        format!(
            "{organizations} organizations apply and {named} of role `legal-representative` or \
             `principal` are named: matter `tendering/government-procurement` needs one for each"
        )
    };
    let consortium = |roles: &[(&str, u32)]| with(&of(roles), "/consortium", true);
    let behind = |positions: &[u32]| {
        let two = [("applicant", 1), ("consortium-member", 2), ("principal", 1), ("principal", 2)];
        let persons = (2..).zip(positions);
        persons.fold(consortium(&two), |application, (person, position)| {
            with(&application, &format!("/subjects/{person}/of"), *position)
        })
    };
    let position = "several organizations apply: it needs the position of the one it answers for";
    let company_as_person = with(&application(), "/subjects/0/role", "principal");
    all_refused(vec![
        (of(&[("applicant", 1)]), "subjects", needs(1, 0)),
        (of(&[("applicant", 1), ("guarantor", 2)]), "subjects", needs(1, 0)),
        (
            consortium(&[("applicant", 1), ("consortium-member", 2), ("principal", 1)]),
            "subjects",
            needs(2, 1),
        ),
        (behind(&[]), "subjects[2].of", position.into()),
        (behind(&[0]), "subjects[3].of", position.into()),
        // Two persons who answer for one organization do not make up for the other's missing one.
        (
            behind(&[0, 0]),
            "subjects[1]",
            "nobody of role `legal-representative` or `principal` names it by `of`: matter \
             `tendering/government-procurement` needs one for each organization that applies"
                .into(),
        ),
        (behind(&[0, 4]), "subjects[3].of", "there is no subject 4".into()),
        (behind(&[0, 2]), "subjects[3].of", "subject 2 is no organization".into()),
        (
            of(&[("legal-representative", 1)]),
            "subjects",
            "no subject has the role `applicant`".into(),
        ),
        (of(&[]), "subjects", "no subject has the role `applicant`".into()),
        (
            of(&[("applicant", 1), ("applicant", 2), ("principal", 1), ("principal", 2)]),
            "subjects",
            "more than one subject has the role `applicant`".into(),
        ),
        (
            consortium(&[("applicant", 1), ("principal", 1)]),
            "subjects",
            "a consortium names its members besides the applicant as `consortium-member`".into(),
        ),
        (
            consortium(&[
                ("applicant", 1),
                ("consortium-member", 1),
                ("principal", 1),
                ("principal", 2),
            ]),
            "subjects",
            "the applicant cannot be a `consortium-member` as well".into(),
        ),
        (
            of(&[("applicant", 1), ("principal", 1), ("principal", 1)]),
            "subjects[2]",
            "`3101…**` stands twice in role `principal`".into(),
        ),
        (
            company_as_person,
            "subjects[0].kind",
            "role `principal` needs a subject of kind `person`".into(),
        ),
    ]);
}

#[test]
fn codes_and_texts_that_say_nothing_are_refused() {
    let empty = || "must not be empty".to_owned();
    let material = json!([{ "name": " ", "statutory": false, "provided": true }]);
    let commitment = |signed: &str, complete: &str| {
        let promise = json!({ "signed_on": signed, "complete_by": complete });
        with(&application(), "/commitment", promise)
    };
    let region = |region: &str| with(&application(), "/office/region", region);
    let no_code =
        |region: &str| format!("`{region}` is no division code of six digits (GB/T 2260)");
    all_refused(vec![
        (
            with(&application(), "/matter", "tendering/government-procurment"),
            "matter",
            "`tendering/government-procurment` is no matter of this edition".into(),
        ),
        (with(&application(), "/matter", ""), "matter", "`` is no matter of this edition".into()),
        (with(&application(), "/id", " "), "id", empty()),
        (with(&application(), "/office/name", ""), "office.name", empty()),
        (with(&application(), "/subjects/1/name", "\t"), "subjects[1].name", empty()),
        (with(&application(), "/materials", material), "materials[0].name", empty()),
        (region("31000"), "office.region", no_code("31000")),
        (region("上海市"), "office.region", no_code("上海市")),
        (
            commitment("2026-11-21", "2026-12-04"),
            "commitment.signed_on",
            "`2026-11-21` must be a day not after the as-of date `2026-11-20`".into(),
        ),
        (
            commitment("2026-11-20", "2026-11-19"),
            "commitment.complete_by",
            "`2026-11-19` must be a day not before the signing on `2026-11-20`".into(),
        ),
    ]);
}

#[test]
fn check_says_what_batch_says() {
    let folder = Folder::new();
    let bad = with(&application(), "/matter", "weather");
    let row = batch(&folder, std::slice::from_ref(&bad)).remove(0);
    let run = folder.check(&bad, &registry(&[]));
    let detail = "matter: `weather` is no matter of this edition";
    assert_eq!(run.told(), (3, &*format!("error: {detail}\n")));
    assert_eq!(run.json()["error"], row["error"]);
}

#[test]
fn lower_case_and_full_width_identifiers_decide_as_the_plain_ones() {
    let folder = Folder::new();
    // Firm and person whose identifiers hold letters.
    let person = (0..50).find(|n| resident(*n).ends_with('X')).unwrap();
    let plain = with(&application(), "/subjects/1/identifier", resident(person));
    let spelled = |spell: &dyn Fn(&str) -> String| {
        let one = with(&plain, "/subjects/0/identifier", spell(&uscc(1)));
        with(&one, "/subjects/1/identifier", spell(&resident(person)))
    };
    let passport = |identifier: &str, country: &str| {
        let mut one = plain.clone();
        one["subjects"][1] = json!({
            "role": "principal", "kind": "person", "scheme": "passport",
            "identifier": identifier, "country": country, "name": "外国人" });
        one
    };
    let rows = batch(
        &folder,
        &[
            plain.clone(),
            spelled(&|text| text.to_lowercase()),
            spelled(&full_width),
            spelled(&|text| full_width(&text.to_lowercase())),
            passport("E12345678", "CN"),
            passport("ｅ１２３４５６７８", "ｃｎ"),
        ],
    );
    let decision = |row: &Value| row["decision"].clone();
    assert_eq!(rows[0]["decision"]["lookups"][0]["subject"], uscc(1));
    for row in &rows[1..4] {
        assert_eq!(decision(row), decision(&rows[0]));
    }
    let lookups = rows[4]["decision"]["lookups"].as_array().unwrap();
    assert_eq!(lookups.last().unwrap()["subject"], "E******78");
    assert_eq!(decision(&rows[5]), decision(&rows[4]));
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let folder = Folder::new();
    let text = application().to_string();
    folder.write_text("applications.jsonl", &format!("\u{feff}{text}\n{text}\n"));
    folder.write_text("registry.json", &format!("\u{feff}{}", registry(&[])));
    let run = folder.run(&["batch", "applications.jsonl", "--registry", "registry.json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let rows = run.rows();
    assert_eq!(rows[0]["decision"], rows[1]["decision"]);
}
