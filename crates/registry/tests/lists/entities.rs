//! Entities in FollowTheMoney's JSON lines.

use std::collections::BTreeSet;

use mustcheck::RegistryError;
use mustcheck::model::Scheme;
use mustcheck::model::{AnswerStatus, Subject, SubjectKind};
use mustcheck::registry::written::Pattern;
use mustcheck::{Ask, Registry as _};
use mustcheck_registry::SqliteRegistry;
use mustcheck_registry::follow_the_money::{MoneyMapping, MoneyReport, convert};
use mustcheck_registry::import::import;
use mustcheck_registry::table::RejectedFile;
use serde_json::{Value, json};

use crate::{VOCABULARY, subject, uscc};

/// The mapping of a list for reference.
pub const MAPPING: &str = r#"
[source]
id = "opensanctions"
as_of = "2026-11-19T06:00:00+08:00"
covers = ["association-members"]

[[list]]
list = "association-members"
standing = "reference"
topics = ["debarment"]
"#;

const LEI: &str = "5493001KJTIIGC8Y1R12";

fn company(id: &str, properties: Value) -> Value {
    json!({ "id": id, "schema": "Company", "caption": "Example Works", "datasets": ["wb"],
            "first_seen": "2024-02-10T08:00:00", "properties": properties })
}

fn sanction(of: &str, properties: Value) -> Value {
    let mut own = json!({ "id": format!("s-{of}"), "schema": "Sanction", "datasets": ["wb"],
                          "properties": properties });
    own["properties"]["entity"] = json!([of]);
    own
}

struct Outcome {
    report: MoneyReport,
    records: Vec<Value>,
    /// Refusals in the place of records, which leave somebody open.
    refusals: Vec<Value>,
    rejected: String,
    folder: tempfile::TempDir,
}

fn outcome(lines: &[Value], mapping: &str) -> Result<Outcome, RegistryError> {
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    outcome_of(lines.join("\n").as_bytes(), mapping)
}

fn outcome_of(bytes: &[u8], mapping: &str) -> Result<Outcome, RegistryError> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("entities.ftm.json"), bytes).unwrap();
    let mapping = MoneyMapping::from_toml(mapping).unwrap_or_else(|e| panic!("{e:?}"));
    let mut rejected = RejectedFile::create(&path("rejected.csv")).unwrap();
    let mut document = Vec::new();
    let file = path("entities.ftm.json");
    let report = convert(&file, &mapping, &VOCABULARY, &mut document, Some(&mut rejected))?;
    std::fs::write(path("document.json"), &document).unwrap();
    let document: Value = serde_json::from_slice(&document).unwrap();
    let all = document["records"].as_array().unwrap().iter().cloned();
    let (refusals, records) = all.partition(|record| record.get("rejected").is_some());
    let rejected = std::fs::read_to_string(path("rejected.csv")).unwrap();
    Ok(Outcome { report, records, refusals, rejected, folder })
}

impl Outcome {
    /// Returns the patterns that each refusal leaves open, and whether it names somebody without an
    /// identifier.
    fn open(&self) -> Vec<(Vec<&str>, bool)> {
        let each = self.refusals.iter().map(|refusal| {
            let open = refusal["open"].as_array().unwrap().iter().map(|p| p.as_str().unwrap());
            (open.collect(), refusal["unnamed"] == json!(true))
        });
        each.collect()
    }

    /// Returns the reasons of the refusals, with their lines.
    fn told(&self) -> Vec<&str> {
        self.refusals.iter().map(|refusal| refusal["rejected"].as_str().unwrap()).collect()
    }
}

/// Returns the answers of lookups about these subjects.
fn answered(outcome: &Outcome, subjects: &[Subject]) -> Vec<(AnswerStatus, usize)> {
    let path = |name: &str| outcome.folder.path().join(name);
    import(&path("document.json"), &path("credit.db"), &VOCABULARY, &mut || {}).unwrap();
    let lists = vec!["association-members".to_owned()];
    let asks: Vec<_> = (0..)
        .zip(subjects)
        .map(|(query, subject)| Ask { query, subject, lists: &lists, as_of: crate::day() })
        .collect();
    let answers = SqliteRegistry::open(path("credit.db")).unwrap().lookup(&asks).unwrap();
    answers.iter().map(|a| (a.status, a.records.len())).collect()
}

#[test]
fn an_entity_becomes_a_record_with_each_exact_identifier() {
    let lines = [
        sanction(
            "NK-1",
            json!({ "startDate": ["2024-03"], "endDate": ["2027"],
                                 "authority": ["World Bank"], "program": ["WB-DEBARRED"] }),
        ),
        company(
            "NK-1",
            json!({ "name": ["Example Works Ltd"], "topics": ["debarment"],
                                "leiCode": [LEI], "registrationNumber": [uscc(1), "HRB 123"] }),
        ),
    ];
    let made = outcome(&lines, MAPPING).unwrap();
    let counted = (made.report.entities, made.report.listed, made.report.records);
    assert_eq!(counted, (2, 1, 1));
    assert_eq!(
        made.records[0],
        json!({ "id": "opensanctions/NK-1/association-members",
                "list": "association-members", "source": "opensanctions",
                "subject": { "kind": "organization", "scheme": "uscc", "identifier": uscc(1),
                             "name": "Example Works Ltd",
                             "also": [{ "scheme": "lei", "identifier": LEI }] },
                "decided_by": "World Bank", "document": "WB-DEBARRED",
                "valid_from": "2024-03-01", "valid_until": "2027-12-31" })
    );
    let lei = subject(SubjectKind::Organization, Scheme::Lei, LEI, None);
    assert_eq!(
        answered(&made, &[crate::firm(1), lei, crate::firm(2)]),
        [(AnswerStatus::Answered, 1), (AnswerStatus::Answered, 1), (AnswerStatus::Answered, 0),]
    );
}

#[test]
fn edges_are_found_wherever_they_stand() {
    let entity = company("NK-1", json!({ "topics": ["debarment"], "leiCode": [LEI] }));
    let edge = sanction("NK-1", json!({ "startDate": ["2024-03-05"] }));
    let one = outcome(&[entity.clone(), edge.clone()], MAPPING).unwrap();
    let other = outcome(&[edge, entity.clone()], MAPPING).unwrap();
    assert_eq!(one.records, other.records);
    assert_eq!(one.records[0]["valid_from"], json!("2024-03-05"));
    // Without one, the day on which the entity was first seen.
    let alone = outcome(&[entity], MAPPING).unwrap();
    assert_eq!(alone.records[0]["valid_from"], json!("2024-02-10"));
}

#[test]
fn passports_need_their_country() {
    let person = |id: &str, properties: Value| {
        json!({ "id": id, "schema": "Person", "caption": "A. Example",
                "first_seen": "2024-01-01", "properties": properties })
    };
    let lines = [
        person(
            "P-1",
            json!({ "topics": ["debarment"], "passportNumber": ["C0 1234567"],
                              "nationality": ["de"] }),
        ),
        person(
            "P-2",
            json!({ "topics": ["debarment"], "passportNumber": ["X7654321"],
                              "nationality": ["de", "fr"] }),
        ),
        person("P-3", json!({ "topics": ["debarment"] })),
        json!({ "id": "pass", "schema": "Passport", "properties":
                { "holder": ["P-3"], "number": ["M1112223"], "country": ["gb"] } }),
        person("P-4", json!({ "topics": ["debarment"], "name": ["B. Example"] })),
    ];
    let made = outcome(&lines, MAPPING).unwrap();
    let subjects: Vec<_> = made.records.iter().map(|r| &r["subject"]).collect();
    assert_eq!(subjects.len(), 2);
    assert_eq!(
        (&subjects[0]["identifier"], &subjects[0]["country"]),
        (&json!("C01234567"), &json!("DE"))
    );
    assert_eq!(
        (&subjects[1]["identifier"], &subjects[1]["country"]),
        (&json!("M1112223"), &json!("GB"))
    );
    assert_eq!((made.report.listed, made.report.without_identifier), (4, 2));
    let why = "it has no identifier that can be matched exactly, and a name is never matched";
    let country = "passportNumber: `X7…**` of which country it is, is not certain";
    assert_eq!(
        made.rejected.trim_start_matches('\u{feff}'),
        format!(
            "行号 row,原因 reason,id,schema,caption\n2,\"{why}; {country}\",P-2,Person,A. Example\n\
                 5,\"{why}\",P-4,Person,A. Example\n"
        )
    );
    // The holder of the number is not clear, and of the last entity nothing can be known.
    assert_eq!(made.open(), [(vec!["X7654321"], false), (vec![], true)]);
    assert_eq!(made.told(), [format!("line 2: {country}"), format!("line 5: {why}")]);
}

fn entity(id: &str, schema: &str, properties: Value) -> Value {
    let mut entity = company(id, properties);
    entity["schema"] = json!(schema);
    entity["properties"]["topics"] = json!(["debarment"]);
    entity
}

#[test]
fn an_exact_code_counts_in_whatever_property_it_stands() {
    let (firm, man) = (uscc(1), crate::resident(1));
    let spaced = format!("{} {} {}", &firm[..8], &firm[8..17], &firm[17..]);
    for (schema, property, text, expected) in [
        ("Company", "uscCode", firm.clone(), &firm),
        ("Company", "taxNumber", firm.clone(), &firm),
        ("Company", "idNumber", firm.to_lowercase(), &firm),
        ("LegalEntity", "registrationNumber", format!("{firm} (USCC)"), &firm),
        ("Company", "registrationNumber", format!("USCC no. {firm}"), &firm),
        ("Company", "registrationNumber", format!("{firm} (USCC); 0868520 (CR No.)"), &firm),
        ("Organization", "registrationNumber", spaced, &firm),
        ("Company", "innCode", LEI.into(), &LEI.to_owned()),
        ("Person", "idNumber", man.clone(), &man),
        ("LegalEntity", "idNumber", man.clone(), &man),
        ("Person", "passportNumber", man.clone(), &man),
    ] {
        let lines = [entity("NK-1", schema, json!({ property: [text] }))];
        let made = outcome(&lines, MAPPING).unwrap();
        assert_eq!(made.records.len(), 1, "{property}: {:?}", made.refusals);
        assert_eq!(made.records[0]["subject"]["identifier"], json!(expected), "{property}");
        assert_eq!(made.open(), [], "{property} {text}");
        assert_eq!(made.report.without_identifier, 0);
    }
    // A card that the person holds, as an entity of its own.
    let card = json!({ "id": "card", "schema": "Identification", "properties":
                       { "holder": ["NK-1"], "number": [man], "country": ["cn"] } });
    let made = outcome(&[card, entity("NK-1", "Person", json!({}))], MAPPING).unwrap();
    assert_eq!(made.records[0]["subject"]["identifier"], json!(man));
}

#[test]
fn a_code_in_prose_matches_nobody_and_clears_nobody() {
    let (listed, other, man) = (uscc(1), uscc(2), crate::resident(1));
    for (property, text) in [
        ("notes", format!("Its owner is {other}.")),
        ("name", format!("Works ({other})")),
        ("ownershipPercentage", other.clone()),
    ] {
        let lines = [entity("NK-1", "Company", json!({ "uscCode": [listed], property: [text] }))];
        let made = outcome(&lines, MAPPING).unwrap();
        assert_eq!(made.records.len(), 1);
        assert_eq!(made.open(), [(vec![other.as_str()], false)], "{property}");
        let told = format!("line 1: {property}: `9100…**` stands in prose, and whose it is, is");
        let masked = told.replace("9100", &other[..4]);
        assert!(made.told()[0].starts_with(&masked), "{:?}", made.told());
        let firms = [crate::firm(1), crate::firm(2), crate::firm(3)];
        let found: Vec<_> = answered(&made, &firms).into_iter().collect();
        assert_eq!(
            found,
            [
                (AnswerStatus::Answered, 1),
                (AnswerStatus::Unavailable, 0),
                (AnswerStatus::Answered, 0)
            ]
        );
    }
    // The number of a person in a firm's own properties is not the firm's, unless it is a code that
    // was damaged.
    let lines = [entity("NK-1", "Company", json!({ "uscCode": [listed], "idNumber": [man] }))];
    let made = outcome(&lines, MAPPING).unwrap();
    let open = vec![(vec![man.as_str(), "310101197003070C1X"], false)];
    assert_eq!((made.records.len(), made.open()), (1, open));
    // Others named in the text of a sanction.
    let mut reason = sanction("NK-1", json!({ "startDate": ["2024"] }));
    reason["properties"]["reason"] = json!([format!("acted for {other}")]);
    let lines = [reason, entity("NK-1", "Company", json!({ "uscCode": [listed] }))];
    assert_eq!(outcome(&lines, MAPPING).unwrap().open(), [(vec![other.as_str()], false)]);
}

#[test]
fn what_is_left_of_an_identifier_leaves_open_whom_it_may_mean() {
    let (firm, man) = (uscc(1), crate::resident(1));
    let wrong = if firm.ends_with('0') { "1" } else { "0" };
    let damaged = format!("{}{wrong}", &firm[..17]);
    let masked = format!("{}********{}", &man[..6], &man[14..]);
    for (schema, property, text, who) in [
        ("Company", "uscCode", damaged.clone(), &firm),
        ("Company", "registrationNumber", format!("{damaged} (USCC)"), &firm),
        ("Company", "taxNumber", firm[1..].to_owned(), &firm),
        ("Company", "idNumber", firm[8..17].to_owned(), &firm),
        ("LegalEntity", "registrationNumber", damaged.clone(), &firm),
        ("Person", "idNumber", masked, &man),
        ("Person", "idNumber", format!("{}000", &man[..15]), &man),
        ("Person", "idNumber", format!("{}{}", &man[..6], &man[8..17]), &man),
    ] {
        // Beside a good one too.
        let good = json!({ property: [text.clone()], "innCode": [LEI] });
        for properties in [json!({ property: [text.clone()] }), good] {
            let lines = [entity("NK-1", schema, properties)];
            let made = outcome(&lines, MAPPING).unwrap();
            let open: BTreeSet<&str> = made.open().iter().flat_map(|(o, _)| o.clone()).collect();
            let fits = |p: &&str| Pattern::read(p).unwrap().fits(who);
            assert!(open.iter().any(fits), "{property} {text}: {open:?}");
            assert!(made.report.left_open == 1 && !made.rejected.contains(who.as_str()));
            assert!(made.rejected.contains(&format!("{property}: `")), "{}", made.rejected);
        }
    }
}

#[test]
fn an_entity_of_whom_nothing_is_known_leaves_the_list_unable_to_clear() {
    let nameless = entity("NK-2", "Company", json!({ "registrationNumber": ["HRB 12345"] }));
    let lines = [entity("NK-1", "Company", json!({ "uscCode": [uscc(1)] })), nameless];
    let made = outcome(&lines, MAPPING).unwrap();
    let why = "it has no identifier that can be matched exactly, and a name is never matched";
    assert_eq!(
        (made.open(), made.told()),
        (vec![(vec![], true)], vec![&*format!("line 2: {why}")])
    );
    assert_eq!(made.refusals[0]["list"], json!("association-members"));
    let found = answered(&made, &[crate::firm(1), crate::firm(2)]);
    assert_ne!(found[0].0, AnswerStatus::Answered);
    assert_ne!(found[1].0, AnswerStatus::Answered);
    // Except where the publisher identifies everybody by the scheme of the lookup.
    let declared = MAPPING.replacen("[source]", "[source]\nidentified_by = [\"uscc\"]", 1);
    let made = outcome(&lines, &declared).unwrap();
    assert_eq!((made.open(), made.report.without_identifier), (vec![(vec![], true)], 1));
    let by_lei = subject(SubjectKind::Organization, Scheme::Lei, LEI, None);
    let told = answered(&made, &[crate::firm(2), by_lei]);
    assert_eq!((told[0].0, told[1].0), (AnswerStatus::Answered, AnswerStatus::NotCovered));
    // A code of which nothing can be read says that there is one.
    let lost = [entity("NK-3", "Company", json!({ "uscCode": ["不详"], "leiCode": [LEI] }))];
    for mapping in [MAPPING, &declared] {
        let made = outcome(&lost, mapping).unwrap();
        assert_eq!((made.records.len(), made.open()), (1, vec![(vec!["*"], false)]));
        assert!(made.rejected.contains("uscCode: `…**` is no uscc"), "{}", made.rejected);
    }
    // A ship applies for nothing.
    let ship = [entity("NK-4", "Vessel", json!({ "imoNumber": ["IMO9187629"] }))];
    let made = outcome(&ship, MAPPING).unwrap();
    assert_eq!((made.open(), made.report.things, made.report.listed), (vec![], 1, 1));
}

#[test]
fn a_sanction_that_has_ended_does_not_end_a_topic_that_stands() {
    let firm = entity("NK-1", "Company", json!({ "uscCode": [uscc(1)] }));
    let made = |ends: &[&str], rule: &str| {
        let edges = ends.iter().enumerate().map(|(i, end)| {
            let mut edge = sanction(
                "NK-1",
                json!({ "startDate": ["2018-05"], "endDate": [end], "program": ["WB"] }),
            );
            edge["id"] = json!(format!("s-{i}"));
            edge
        });
        let lines: Vec<Value> = edges.chain([firm.clone()]).collect();
        outcome(&lines, rule).unwrap().records[0]["valid_until"].clone()
    };
    assert_eq!(made(&["2019", "2020-01-31"], MAPPING), Value::Null);
    assert_eq!(made(&["2019", "2027-01-31"], MAPPING), json!("2027-01-31"));
    // As texts, `2027` is before `2027-02-01`.
    assert_eq!(made(&["2027-02-01", "2027"], MAPPING), json!("2027-12-31"));
    // A programme that ended has ended.
    let rule = MAPPING.replace("topics = [\"debarment\"]", "programs = [\"WB\"]");
    assert_eq!(made(&["2019"], &rule), json!("2019-12-31"));
}

#[test]
fn only_what_the_mapping_names_is_on_a_list() {
    let rule = MAPPING.replace(
        "topics = [\"debarment\"]",
        "programs = [\"WB\"]\nauthorities = [\"World Bank\"]\ndatasets = [\"wb\"]",
    );
    let entity = company("NK-1", json!({ "leiCode": [LEI], "topics": ["sanction"] }));
    let listed = |properties: Value| {
        let made = outcome(&[entity.clone(), sanction("NK-1", properties)], &rule).unwrap();
        made.report.listed
    };
    let from = json!(["2024"]);
    assert_eq!(
        listed(json!({ "startDate": from, "programId": ["WB"], "authority": ["World Bank"] })),
        1
    );
    assert_eq!(
        listed(json!({ "startDate": from, "program": ["ADB"], "authority": ["World Bank"] })),
        0
    );
    assert_eq!(listed(json!({ "startDate": from, "program": ["WB"], "authority": ["ADB"] })), 0);
    assert_eq!(outcome(&[entity], &rule).unwrap().report.listed, 0);
}

#[test]
fn an_entity_whose_days_cannot_be_read_is_left_open() {
    let lines = [
        sanction("NK-1", json!({ "startDate": ["spring 2024"] })),
        company("NK-1", json!({ "leiCode": [LEI], "topics": ["debarment"] })),
    ];
    let made = outcome(&lines, MAPPING).unwrap();
    assert_eq!((made.report.records, made.report.rejected), (0, 1));
    let why =
        "valid_from: `spring 2024` is no day, month or year such as 2024-05-31, 2024-05 or 2024";
    assert_eq!(made.told(), [format!("line 2: {why}")]);
    let lei = subject(SubjectKind::Organization, Scheme::Lei, LEI, None);
    assert_eq!(
        answered(&made, &[lei, crate::firm(1)]),
        // An entity that is known by an LEI alone may have any code.
        [(AnswerStatus::Unavailable, 0), (AnswerStatus::NotCovered, 0),]
    );
}

/// An entity that is known by an LEI alone has no known credit code, so it may have anybody's.
#[test]
fn an_entity_of_one_identifier_is_not_shown_absent_by_another() {
    let lines = [
        company("NK-1", json!({ "leiCode": [LEI], "topics": ["debarment"] })),
        company("NK-2", json!({ "registrationNumber": [uscc(2)], "topics": ["debarment"] })),
    ];
    let made = outcome(&lines, MAPPING).unwrap();
    let lei = subject(SubjectKind::Organization, Scheme::Lei, LEI, None);
    let other = subject(SubjectKind::Organization, Scheme::Lei, "529900T8BM49AURSDO55", None);
    assert_eq!(
        answered(&made, &[crate::firm(1), crate::firm(2), lei, other]),
        [
            (AnswerStatus::NotCovered, 0),
            (AnswerStatus::NotCovered, 1),
            (AnswerStatus::NotCovered, 1),
            (AnswerStatus::NotCovered, 0),
        ]
    );
    let declared = MAPPING.replacen("[source]", "[source]\nidentified_by = [\"uscc\"]", 1);
    let made = outcome(&lines, &declared).unwrap();
    assert_eq!(answered(&made, &[crate::firm(1)]), [(AnswerStatus::Answered, 0)]);
}

#[test]
fn an_id_that_is_made_of_an_identifier_is_not_shown() {
    let id = format!("lei-{}", LEI.to_lowercase());
    let made =
        outcome(&[company(&id, json!({ "leiCode": [LEI], "topics": ["debarment"] }))], MAPPING);
    let made = made.unwrap();
    let id = made.records[0]["id"].as_str().unwrap();
    assert!(id.starts_with("opensanctions/entity-") && !id.contains("5493"), "{id}");
}

#[test]
fn a_line_that_is_no_entity_refuses_the_file() {
    let told = |text: &str| {
        let message = outcome_of(text.as_bytes(), MAPPING).err().unwrap().to_string();
        let (_, told) = message.split_once("`: ").unwrap();
        told.to_owned()
    };
    let good = company("NK-1", json!({})).to_string();
    let twice = |from: &str, to: &str| told(&good.replace(from, to));
    let properties = "\"properties\":{}";
    assert_eq!(
        twice(properties, "\"properties\":{\"topics\":[\"debarment\"],\"topics\":[]}"),
        "line 1: no entity: properties: key `topics` stands twice (column 137)"
    );
    assert_eq!(
        twice(properties, "\"properties\":{\"topics\":[]},\"properties\":{}"),
        "line 1: no entity: duplicate field `properties` (column 131)"
    );
    assert_eq!(
        told("[\"NK-1\", \"Company\", \"\", [], null, [], {}]"),
        "line 1: no entity: the document: invalid type: sequence, expected an object"
    );
    assert_eq!(
        told(&format!("{good}\n\n{{\"id\": \"x\"}}")),
        "line 3: no entity: missing field `schema` (column 11)"
    );
    assert_eq!(told("{\"id\":"), "line 1: no entity: id: EOF while parsing a value (column 6)");
    let nested = company("NK-1", json!({ "sanctions": [{ "id": "s" }] })).to_string();
    assert_eq!(
        told(&nested),
        "line 1: property `sanctions` holds what is no text: the export whose entities are not \
         nested is read"
    );
}

#[test]
fn the_standing_of_a_list_is_held_against_the_catalogue() {
    let told =
        |from: &str, to: &str| outcome(&[], &MAPPING.replace(from, to)).err().unwrap().to_string();
    assert_eq!(
        told("standing = \"reference\"", "standing = \"statutory\""),
        "list `association-members` is `reference`, not `statutory`"
    );
    assert_eq!(
        told("\"association-members\"", "\"association-member\""),
        "`association-member` is an unknown list; did you mean `association-members`?"
    );
}

/// RAIL R2: a damaged number of a person that passes for the code of a firm is still the person's.
#[test]
fn a_number_that_passes_for_another_kind_by_chance_leaves_its_owner_open() {
    let lines = [json!({ "id": "p1", "schema": "Person", "caption": "Jia", "datasets": ["wb"],
        "first_seen": "2024-02-10T08:00:00",
        "properties": { "topics": ["debarment"], "idNumber": ["310104198908080000"] } })];
    let made = outcome(&lines, MAPPING).unwrap();
    let of = |number| subject(SubjectKind::Person, Scheme::ResidentId, number, None);
    let other = crate::resident(3);
    // The entity may as well be named by no identifier of its own.
    let found = answered(&made, &[of("310104198908080398"), of(&other)]);
    assert_eq!(found, [(AnswerStatus::Unavailable, 0), (AnswerStatus::NotCovered, 0)]);
}
