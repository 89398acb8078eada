//! Everybody whom a document names as bidding is checked, or reported as not checked.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "these are tests")]

use mustcheck_example_tendering::extension::FailureKind;
use mustcheck_example_tendering::{Options, Place, Representatives, Screened, Status, screen};
use serde_json::{Value, json};

use sample::{SAMPLE, changed, error_of, gate, options, screened, statuses};

#[path = "support/sample.rs"]
mod sample;

/// The party of the sample that is excluded.
const EXCLUDED: usize = 2;

/// The sample without this bidder in `tender.tenderers`, whose party has no role of a bidder.
fn unnamed(change: impl FnOnce(&mut Value, Value)) -> String {
    changed(|v| {
        let entry = v["tender"]["tenderers"].as_array_mut().unwrap().remove(1);
        v["parties"][EXCLUDED]["roles"] = json!([]);
        change(v, entry);
    })
}

/// Places of the tenderers who are restricted.
fn places(screened: &Screened) -> Vec<&str> {
    let tenderers = screened.tenders.iter().flat_map(|t| &t.tenderers);
    let restricted = |status| matches!(status, Status::Excluded | Status::Limited);
    tenderers.filter(|t| restricted(t.check.status)).map(|t| t.place.as_str()).collect()
}

fn at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or_else(|| panic!("no {pointer}"))
}

#[test]
fn a_bidder_is_found_wherever_the_release_names_it() {
    let documents = [
        (
            "bids.details[1].tenderers[0]",
            unnamed(|v, entry| {
                let first = v["tender"]["tenderers"][0].clone();
                v["bids"] = json!({ "details": [
                    { "id": "b1", "status": "valid", "tenderers": [first] },
                    { "id": "b2", "status": "valid", "tenderers": [entry] } ] });
            }),
        ),
        (
            "bids.details[0].tenderers",
            unnamed(|v, entry| v["bids"] = json!({ "details": [{ "tenderers": entry }] })),
        ),
        (
            "awards[0].suppliers[0]",
            unnamed(|v, entry| v["awards"] = json!([{ "id": "a", "suppliers": [entry] }])),
        ),
        ("parties[2]", unnamed(|v, _| v["parties"][EXCLUDED]["roles"] = json!(["Supplier"]))),
        ("parties[2]", unnamed(|v, _| v["parties"][EXCLUDED]["roles"] = json!("tenderer"))),
    ];
    for (place, document) in documents {
        let screened = screened(&document);
        assert_eq!(statuses(&screened).len(), SAMPLE.len(), "{place}");
        assert!(places(&screened).contains(&place), "{place}: {:?}", places(&screened));
        let written: Value = serde_json::from_str(&screened.document).unwrap();
        let pointer = format!("/{}", place.replace(['.', '['], "/").replace(']', ""));
        assert_eq!(at(&written, &pointer)["creditCheck"]["status"], "excluded", "{place}");
    }
    // Without a role and without an entry it bids for nothing.
    assert_eq!(statuses(&screened(&unnamed(|_, _| {}))).len(), SAMPLE.len() - 1);
}

#[test]
fn bidders_of_a_release_without_tenderers_are_checked() {
    let document = changed(|v| {
        let tenderers = v["tender"].as_object_mut().unwrap().remove("tenderers").unwrap();
        v["bids"] = json!({ "details": [{ "id": "b1", "tenderers": tenderers }] });
    });
    assert_eq!(statuses(&screened(&document)), SAMPLE);
}

#[test]
fn every_release_of_a_package_and_of_a_record_is_checked() {
    let whole: Value = serde_json::from_str(&changed(|_| {})).unwrap();
    let later: Value = serde_json::from_str(&unnamed(|v, entry| {
        v["tender"].as_object_mut().unwrap().remove("tenderers");
        v["parties"].as_array_mut().unwrap().truncate(3);
        v["parties"][1]["roles"] = json!([]);
        v["bids"] = json!({ "details": [{ "id": "b2", "tenderers": [entry] }] });
    }))
    .unwrap();
    let all: Vec<Status> = SAMPLE.into_iter().chain([Status::Excluded]).collect();
    let package = json!({ "releases": [whole, later] });
    let package = screened(&package.to_string());
    assert_eq!(statuses(&package), all);
    assert!(places(&package).contains(&"releases[1].bids.details[0].tenderers[0]"));
    let record = json!({ "records": [{ "ocid": "x", "compiledRelease": whole,
        "releases": [{ "url": "https://example.org/r.json#1" }, later] }] });
    let record = screened(&record.to_string());
    assert_eq!(statuses(&record), all);
    assert!(places(&record).contains(&"records[0].compiledRelease.tender.tenderers[1]"));
    assert!(places(&record).contains(&"records[0].releases[1].bids.details[0].tenderers[0]"));
    assert_eq!(record.left_out, []);
    // A release that is only linked is reported.
    let linked = json!({ "records": [{ "ocid": "x", "releases": [
        { "url": "https://example.org/r.json#1", "date": "2026-11-20T09:00:00Z" } ] }] });
    let linked = screened(&linked.to_string());
    let told: Vec<String> = linked.left_out.iter().map(Place::to_string).collect();
    assert_eq!(
        told,
        ["records[0].releases[0]: stands elsewhere, and nothing is compiled of it here: whoever \
          bids in it was not checked"]
    );
    assert_eq!(linked.exit_code(), 3);
}

#[test]
fn a_firm_that_bids_for_two_lots_is_checked_once_and_told_in_both() {
    let screened = screened(&changed(|v| {
        let mut second = v["tender"]["tenderers"][1].clone();
        second["relatedLots"] = json!(["2"]);
        v["tender"]["tenderers"].as_array_mut().unwrap().push(second);
    }));
    assert_eq!(statuses(&screened), SAMPLE);
    assert_eq!(screened.tenders[0].tenderers[1].further, ["tender.tenderers[6]"]);
    let written: Value = serde_json::from_str(&screened.document).unwrap();
    for n in [1, 6] {
        assert_eq!(written["tender"]["tenderers"][n]["creditCheck"]["status"], "excluded");
    }
    let lines = mustcheck_example_tendering::report::lines(&screened).join("\n");
    assert!(lines.contains("(tender.tenderers[1], tender.tenderers[6])"), "{lines}");
}

#[test]
fn a_member_whom_no_consortium_names_is_checked_alone() {
    let screened = screened(&changed(|v| {
        v["parties"][3]["details"].as_object_mut().unwrap().remove("consortiumMembers");
    }));
    assert_eq!(statuses(&screened).len(), SAMPLE.len() + 1);
    assert!(places(&screened).contains(&"parties[4]"), "{:?}", places(&screened));
}

/// A change to a document.
type Change = fn(&mut Value);

#[test]
fn what_publishers_write_is_read() {
    let same: [(&str, Change); 7] = [
        ("one tenderer as an object", |v| {
            let one = v["tender"]["tenderers"][0].clone();
            v["tender"]["tenderers"] = one;
            for party in v["parties"].as_array_mut().unwrap().iter_mut().skip(2) {
                party["roles"] = json!([]);
            }
        }),
        ("a scheme in lower case", |v| v["parties"][1]["identifier"]["scheme"] = json!("cn-usci")),
        ("a day with a space", |v| v["date"] = json!("2026-11-20 09:45:47.8730413")),
        ("a day with a space and an offset", |v| v["date"] = json!("2026-11-20 09:45:47+08:00")),
        ("one further identifier as an object", |v| {
            v["parties"][1]["additionalIdentifiers"] = json!({ "scheme": "GB-VAT", "id": "9" });
        }),
        ("no further identifiers", |v| v["parties"][1]["additionalIdentifiers"] = json!(null)),
        ("a buyer alone", |v| {
            v["tender"].as_object_mut().unwrap().remove("procuringEntity");
        }),
    ];
    for (what, change) in same {
        let screened = screened(&changed(change));
        assert_eq!(statuses(&screened)[0], Status::MayTakePart, "{what}");
        assert_eq!(screened.tenders[0].as_of.to_string(), "2026-11-20", "{what}");
    }
}

/// The code of the sample's bidder that is excluded.
const LISTED: &str = "91310000MA1TD00225";

/// Status of the first bidder with these further identifiers.
fn first_with(further: &Value) -> Status {
    let screened =
        screened(&changed(|v| v["parties"][1]["additionalIdentifiers"] = further.clone()));
    assert_eq!(statuses(&screened)[1..], SAMPLE[1..]);
    statuses(&screened)[0]
}

#[test]
fn a_bidder_that_is_listed_under_a_further_identifier_is_found() {
    let further = |scheme: &str, id: &str| json!([{ "scheme": scheme, "id": id }]);
    assert_eq!(first_with(&further("CN-USCI", LISTED)), Status::Excluded);
    // As forms send it.
    assert_eq!(first_with(&further("cn-uscc", " 91310000-ma1td00225 ")), Status::Excluded);
    let last = json!([{ "scheme": "GB-VAT", "id": "9" }, { "scheme": "XI-LEI",
        "id": "529900T8BM49AURSD033" }, { "scheme": "CN-USCI", "id": LISTED }]);
    assert_eq!(first_with(&last), Status::Excluded);
    // Its neighbours, whom nobody lists; of a register that nobody knows; its own code again.
    assert_eq!(first_with(&further("CN-USCI", "91310000MA1TD009X0")), Status::MayTakePart);
    assert_eq!(first_with(&further("CN-31-CR", LISTED)), Status::MayTakePart);
    assert_eq!(first_with(&further("CN-USCI", "91310000ma1td0014a")), Status::MayTakePart);
    assert_eq!(first_with(&further("XI-LEI", "529900T8BM49AURSD033")), Status::MayTakePart);
}

#[test]
fn a_further_identifier_is_one_wherever_the_party_stands() {
    // Of a member of a consortium.
    let member = changed(|v| {
        v["parties"][4]["identifier"]["id"] = json!("91310000MA1TD009X0");
        v["parties"][4]["additionalIdentifiers"] =
            json!({ "scheme": "CN-USCI", "id": "91310000MA1TD0049W" });
    });
    assert_eq!(statuses(&screened(&member)), SAMPLE);
    // Of a party under the main one of another scheme, which the code goes before.
    let behind = changed(|v| {
        v["parties"][1]["identifier"] = json!({ "scheme": "XI-LEI", "id": "529900T8BM49AURSD033" });
        v["parties"][1]["additionalIdentifiers"] = json!([{ "scheme": "CN-USCI", "id": "91310000MA1TD0014A" },
                   { "scheme": "CN-USCI", "id": LISTED }]);
    });
    assert_eq!(statuses(&screened(&behind))[0], Status::Excluded);
    // Who answers for it may be told by any of its codes.
    let people = format!(
        "organization,role,scheme,identifier,name\n\
         {LISTED},legal-representative,resident-id,310101198001012013,李某1\n"
    );
    let document = changed(|v| {
        v["parties"][1]["details"] = json!(null);
        v["parties"][1]["additionalIdentifiers"] = json!([{ "scheme": "CN-USCI", "id": LISTED }]);
    });
    let representatives = Representatives::read(&people).unwrap();
    let screened = screen(&gate(), &document, &Options { representatives, ..options() }).unwrap();
    let finding = screened.tenders[0].tenderers[0].check.finding.as_ref().unwrap();
    assert_eq!(finding.subjects.len(), 2);
    assert_eq!(finding.subjects[1].place, "representatives[0]");
}

#[test]
fn organizations_that_stand_in_the_release_itself_are_read() {
    let person = json!({ "scheme": "resident-id", "id": "310101198001012021", "name": "李某2" });
    let release = json!({
        "ocid": "x", "date": "2026-11-20T09:00:00+08:00",
        "tender": {
            "id": "ZB-1",
            "procuringEntity": { "name": "采购中心", "address": { "region": "310000" } },
            "tenderers": [{
                "name": "上海长桥路桥工程有限公司", "details": { "legalRepresentative": person },
                "identifier": { "scheme": "CN-USCI", "id": "91310000MA1TD00225" } }] } });
    let screened = screened(&release.to_string());
    assert_eq!(places(&screened), ["tender.tenderers[0]"]);
}

#[test]
fn a_number_that_may_have_lost_digits_is_told() {
    for (number, told) in [
        (json!(913_100_005_871_234_700_u64), "a number that may have lost its last digits"),
        (json!(9.131_000_058_712_347e17), "a number that has lost its digits"),
    ] {
        let screened = screened(&changed(|v| v["parties"][1]["identifier"]["id"] = number));
        let expected = format!("parties[1].identifier.id: {told}: a code is a text");
        assert_eq!(error_of(&screened, 0), expected);
    }
    // A number that no such program makes has all its digits.
    let whole = screened(&changed(|v| {
        v["parties"][1]["identifier"]["id"] = json!(913_100_005_871_234_719_u64);
    }));
    assert_eq!(statuses(&whole)[0], Status::MayTakePart);
}

#[test]
fn a_natural_person_bids_alone() {
    let bidding = |scheme: &str, id: &str| {
        let document = changed(|v| {
            v["parties"][1]["identifier"] = json!({ "scheme": scheme, "id": id });
            v["parties"][1].as_object_mut().unwrap().remove("details");
        });
        statuses(&screened(&document))[0]
    };
    assert_eq!(bidding("CN-RID", "310101198001012013"), Status::MayTakePart);
    assert_eq!(bidding("DE-PASSPORT", "C01X00T47"), Status::MayTakePart);
    // The legal representative of the firm that owes wages.
    assert_ne!(bidding("cn-idcard", "310101198001012048"), Status::MayTakePart);
    assert_eq!(bidding("CN-RID", "310101198001012014"), Status::Error);
}

#[test]
fn what_the_document_lacks_and_need_not_have_is_told_as_that() {
    let kind =
        |screened: &Screened| screened.tenders[0].tenderers[0].check.error.as_ref().unwrap().kind;
    for details in [json!(null), json!([]), json!({ "scale": "sme" })] {
        let alone = screened(&changed(|v| v["parties"][1]["details"] = details));
        let expected = "parties[1]: names nobody who answers for it, and a release has no place \
                        for one: give its representative by --representatives";
        assert_eq!(
            (error_of(&alone, 0).as_str(), kind(&alone)),
            (expected, FailureKind::NotChecked)
        );
    }
    let other = screened(&changed(|v| {
        v["parties"][1]["identifier"] = json!({ "scheme": "GB-COH", "id": "11111111" });
    }));
    assert_eq!(kind(&other), FailureKind::NotChecked);
    let array = screened(&changed(|v| v["parties"][1]["details"] = json!(["x"])));
    assert_eq!(kind(&array), FailureKind::BadInput);
}

#[test]
fn a_file_beside_the_release_says_who_answers() {
    let people = "organization,role,scheme,identifier,name,country\n\
        91310000MA1TD0014A,legal-representative,resident-id,310101198001012013,李某1,\n\
        91310000MA1TD00706,principal,resident-id,310101198001012099,某,\n";
    for details in [json!([]), json!({ "legalRepresentative": "李某1" })] {
        let document = changed(|v| v["parties"][1]["details"] = details);
        let representatives = Representatives::read(people).unwrap();
        let options = Options { representatives, ..options() };
        let screened = screen(&gate(), &document, &options).unwrap();
        assert_eq!(statuses(&screened), SAMPLE);
        let finding = screened.tenders[0].tenderers[0].check.finding.as_ref().unwrap();
        assert_eq!(finding.subjects[1].place, "representatives[0]");
        let told: Vec<String> = screened.left_out.iter().map(Place::to_string).collect();
        assert_eq!(
            told,
            ["representatives[1].organization: `9131…**` is no bidder of this document"]
        );
    }
    // Whom the document names as well is one person.
    let representatives = Representatives::read(people).unwrap();
    let options = Options { representatives, ..options() };
    let both = screen(&gate(), &changed(|_| {}), &options).unwrap();
    let finding = both.tenders[0].tenderers[0].check.finding.as_ref().unwrap();
    assert_eq!(finding.subjects.len(), 2);
}

#[test]
fn an_office_may_be_given() {
    let document = changed(|v| {
        v["tender"].as_object_mut().unwrap().remove("procuringEntity");
        v.as_object_mut().unwrap().remove("buyer");
    });
    let given = |region: Option<&str>| {
        let (office, region) = (Some("采购中心".to_owned()), region.map(str::to_owned));
        screen(&gate(), &document, &Options { office, region, ..options() })
    };
    assert_eq!(statuses(&given(Some("310000")).unwrap()), SAMPLE);
    let told = given(None).unwrap_err().to_string();
    assert_eq!(told, "--region: is needed with --office");
}
