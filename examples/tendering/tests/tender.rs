//! A tender from end to end: who may take part, and what is written back.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "these are tests")]

use mustcheck::model::Office;
use mustcheck_example_tendering::bid::{self, Setting};
use mustcheck_example_tendering::bidders::{bidders, parties};
use mustcheck_example_tendering::ocds::Release;
use mustcheck_example_tendering::{
    Bid, NotAdmitted, Options, Representatives, Status, admit, screen,
};
use serde_json::{Value, json};

use sample::{
    SAMPLE, changed, error_of, gate, gate_with_a_source_down, options, screened, statuses, text,
};

#[path = "support/sample.rs"]
mod sample;

#[test]
fn each_tenderer_has_its_own_result() {
    let screened = screened(&text("release.json"));
    assert_eq!(statuses(&screened), SAMPLE);
    assert_eq!(screened.exit_code(), 3);
    let tender = &screened.tenders[0];
    // 17:30 UTC is the next day in China Standard Time.
    assert_eq!(tender.as_of.to_string(), "2026-11-20");
    let excluded = &tender.tenderers[1].check.finding.as_ref().unwrap().measures[0];
    let cited = excluded.legal_basis.iter();
    let basis: Vec<_> = cited.map(|b| (&*b.instrument, &*b.article)).collect();
    assert_eq!(basis, [("bidding-law-2017", "53"), ("bidding-law-regulations-2019", "67")]);
    assert_eq!(excluded.until.unwrap().to_string(), "2027-01-31");
    assert_eq!(
        error_of(&screened, 4),
        "parties[6].identifier.id: `9131…**` is no valid uscc: the check character at position 18 \
         is wrong (not `1`)"
    );
}

#[test]
fn every_member_of_a_consortium_is_looked_up() {
    let with_member = screened(&text("release.json"));
    let finding = with_member.tenders[0].tenderers[2].check.finding.as_ref().unwrap();
    let places: Vec<&str> = finding.subjects.iter().map(|s| s.place.as_str()).collect();
    assert_eq!(
        places,
        [
            "parties[3]",
            "parties[3].details.legalRepresentative",
            "parties[4]",
            "parties[4].details.legalRepresentative",
        ]
    );
    let reached = |place: &str| {
        let mut measures = finding.measures.iter();
        measures.any(|m| m.measure == "wage-regulations-48-tendering" && m.place == place)
    };
    assert!(reached("parties[4]") && !reached("parties[3]"), "{:?}", finding.measures);
    // Without its listed member the lead is free.
    let alone = changed(|v| {
        v["parties"][3]["details"].as_object_mut().unwrap().remove("consortiumMembers");
        v["parties"][4]["roles"] = json!(["supplier"]);
    });
    assert_eq!(statuses(&screened(&alone))[2], Status::MayTakePart);
}

#[test]
fn the_document_comes_back_byte_for_byte_around_the_results() {
    let before = text("release.json");
    let after = screened(&before).document;
    let results: Value = serde_json::from_str(&after).unwrap();
    assert_eq!(results["tender"]["tenderers"][1]["creditCheck"]["status"], "excluded");
    // Taking the results out again leaves the bytes as they were, number forms included.
    let (mut rest, mut inside) = (String::new(), false);
    for line in after.split_inclusive('\n') {
        if line == "        \"creditCheck\": {\n" {
            inside = true;
            let kept = rest.trim_end_matches('\n').strip_suffix(',').unwrap().len();
            rest.truncate(kept);
            rest.push('\n');
        } else if inside {
            inside = line != "        }\n";
        } else {
            rest.push_str(line);
        }
    }
    assert_eq!(rest, before);
    assert!(after.contains("12345678901234567890.10") && after.contains("18600000.00"));
}

#[test]
fn a_second_run_replaces_the_first() {
    let once = screened(&text("release.json")).document;
    assert_eq!(screened(&once).document, once);
    let waiting = screen(&gate_with_a_source_down(), &once, &options()).unwrap().document;
    assert_ne!(once, waiting);
    assert_eq!(screened(&waiting).document, once);
}

#[test]
fn a_document_on_one_line_stays_on_one_line() {
    let before = changed(|_| {});
    let after = screened(&before).document;
    assert_eq!(after.lines().count(), 1);
    let mut value: Value = serde_json::from_str(&after).unwrap();
    for entry in value["tender"]["tenderers"].as_array_mut().unwrap() {
        entry.as_object_mut().unwrap().remove("creditCheck").unwrap();
    }
    assert_eq!(value.to_string(), before);
}

#[test]
fn an_unanswered_source_leaves_nobody_to_take_part() {
    let screened = screen(&gate_with_a_source_down(), &text("release.json"), &options()).unwrap();
    let expected = [
        Status::Undetermined,
        Status::Undetermined,
        // A restriction already stands, whatever the other source would say.
        Status::Limited,
        Status::Undetermined,
        Status::Error,
        Status::Undetermined,
    ];
    assert_eq!(statuses(&screened), expected);
    let open = &screened.tenders[0].tenderers[0].check.finding.as_ref().unwrap().unanswered;
    let lists: Vec<_> = open.iter().map(|o| (&*o.place, &*o.list)).collect();
    assert_eq!(
        lists,
        [
            ("parties[1]", "bidding-disqualified"),
            ("parties[1].details.legalRepresentative", "major-illegal-records"),
        ]
    );
    for one in open {
        assert_eq!(one.source.as_deref(), Some("public-resources-platform"));
        assert_eq!(one.reason.as_deref(), Some("the platform did not answer within 5 s"));
    }
}

#[test]
fn a_listed_person_behind_a_tenderer_is_for_the_people_who_evaluate() {
    let document = changed(|v| {
        let person = v["parties"][4]["details"]["legalRepresentative"].clone();
        v["parties"][1]["details"]["legalRepresentative"] = person;
    });
    assert_eq!(statuses(&screened(&document))[0], Status::Review);
}

#[test]
fn another_matter_has_other_measures() {
    let options = Options { matter: "tendering/voluntary-tender".into(), ..options() };
    let screened = screen(&gate(), &text("release.json"), &options).unwrap();
    // 招标投标法 53 covers required tenders only.
    assert_eq!(statuses(&screened)[1], Status::MayTakePart);
}

#[test]
fn a_release_package_is_checked_release_by_release() {
    let release: Value = serde_json::from_str(&text("release.json")).unwrap();
    let mut planning = release.clone();
    planning["tender"].as_object_mut().unwrap().remove("tenderers");
    planning["parties"].as_array_mut().unwrap().truncate(1);
    let package = json!({ "uri": "https://example.org/p.json", "version": "1.1",
        "publishedDate": "2026-11-20T10:00:00+08:00", "releases": [planning, release] });
    let screened = screened(&package.to_string());
    assert_eq!(statuses(&screened), SAMPLE);
    assert!(error_of(&screened, 4).starts_with("releases[1].parties[6].identifier.id: "));
    let value: Value = serde_json::from_str(&screened.document).unwrap();
    let check = &value["releases"][1]["tender"]["tenderers"][0]["creditCheck"];
    assert_eq!(check["status"], "mayTakePart");
    assert!(value["releases"][0]["tender"].get("tenderers").is_none());
}

#[test]
fn an_identifier_is_found_wherever_it_stands() {
    let document = changed(|v| {
        let uscc = v["parties"][1]["identifier"].clone();
        v["parties"][1]["identifier"] = json!({ "scheme": "CN-31-CR", "id": "310105000123456" });
        v["parties"][1]["additionalIdentifiers"] = json!([uscc]);
        v["parties"][2]["identifier"]["scheme"] = json!("CN-USCC");
        // Full-width, as a form may send it, and still the same code.
        let code = v["parties"][5]["identifier"]["id"].as_str().unwrap();
        let wide = code.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap());
        v["parties"][5]["identifier"]["id"] = json!(wide.collect::<String>());
    });
    assert_eq!(statuses(&screened(&document)), SAMPLE);
}

/// The bid of a tenderer of the sample.
fn bid(position: usize) -> Bid {
    bid_of(&text("release.json"), position)
}

/// The bid of a tenderer of a document.
fn bid_of(document: &str, position: usize) -> Bid {
    let release: Release<'_> = serde_json::from_str(document).unwrap();
    let parties = parties(&release);
    let bidders = bidders("", &release, &parties);
    let office = Office::new("市政工程管理中心", "310105");
    let setting = Setting {
        prefix: "",
        tender: "ZB-2026-031",
        matter: "tendering/statutory-tender",
        as_of: "2026-11-20".parse().unwrap(),
        office: &office,
        parties,
        representatives: &Representatives::default(),
    };
    bid::read(&setting, position + 1, &bidders[position]).unwrap()
}

#[test]
fn a_proof_of_another_bid_admits_nobody() {
    let (clear, excluded) = (bid(0), bid(1));
    let checked = gate().check(clear.application()).unwrap();
    assert_eq!(admit(&clear, &checked).unwrap().application(), "ZB-2026-031/tenderer-1");
    assert_eq!(
        admit(&excluded, &checked).unwrap_err().to_string(),
        "the check is of `ZB-2026-031/tenderer-1`, not of `ZB-2026-031/tenderer-2` as it stands"
    );
    // The same number with one more member is another bid.
    let joined = bid_of(&text("release.json"), 2);
    let alone = bid_of(
        &changed(|v| {
            v["parties"][3]["details"].as_object_mut().unwrap().remove("consortiumMembers");
        }),
        2,
    );
    assert_eq!(joined.application().id, alone.application().id);
    let checked = gate().check(alone.application()).unwrap();
    assert!(admit(&alone, &checked).is_ok());
    assert!(matches!(admit(&joined, &checked), Err(NotAdmitted::OtherBid { .. })));
    let restricted = gate().check(excluded.application()).unwrap();
    assert_eq!(admit(&excluded, &restricted), Err(NotAdmitted::Excluded));
}

#[test]
fn a_limit_is_no_exclusion_and_admits_nobody() {
    let limited = bid(2);
    let checked = gate().check(limited.application()).unwrap();
    assert_eq!(checked.decision().disposition, mustcheck::Disposition::Restricted);
    assert_eq!(admit(&limited, &checked), Err(NotAdmitted::Limited));
    // Beside a measure that excludes, a limit makes no difference.
    let document = changed(|v| {
        v["parties"][2]["details"]["consortiumMembers"] =
            v["parties"][3]["details"]["consortiumMembers"].take();
        v["parties"][3]["details"].as_object_mut().unwrap().remove("consortiumMembers");
    });
    assert_eq!(statuses(&screened(&document))[1..3], [Status::Excluded, Status::MayTakePart]);
}
