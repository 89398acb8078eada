//! Documents and bidders that cannot be evaluated: each error names its place, and stops no other
//! tenderer.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "these are tests")]

use mustcheck::{Ask, Registry, RegistryError};
use mustcheck_example_tendering::{Options, Status, screen};
use serde_json::json;

use sample::{
    Change, SAMPLE, changed, error_of, gate, gate_over, options, screened, statuses, text,
};

#[path = "support/sample.rs"]
mod sample;

#[test]
fn an_identifier_that_is_wrong_is_the_error_of_its_tenderer() {
    let cases: [(&str, Change); 7] = [
        (
            "parties[1].identifier.scheme: `XX-REG` is no scheme that can be checked: `CN-USCI` \
             (or `CN-USCC`) or `XI-LEI` is needed",
            &|v| v["parties"][1]["identifier"]["scheme"] = json!("XX-REG"),
        ),
        ("parties[1].identifier: missing: `CN-USCI` (or `CN-USCC`) or `XI-LEI` is needed", &|v| {
            v["parties"][1].as_object_mut().unwrap().remove("identifier");
        }),
        ("parties[1].identifier.id: `…**` is no valid uscc: it has 0 characters, not 18", &|v| {
            v["parties"][1]["identifier"]["id"] = json!("");
        }),
        (
            "parties[1].additionalIdentifiers[1].id: `9131…**` is no valid uscc: the check \
             character at position 18 is wrong (not `4`)",
            &|v| {
                v["parties"][1]["additionalIdentifiers"] = json!([
                    { "scheme": "GB-VAT", "id": "9" },
                    { "scheme": "CN-USCC", "id": "91310000MA1TD00224" }]);
            },
        ),
        (
            "parties[1].additionalIdentifiers[0].id: `…**` is no valid lei: it has 0 characters, \
             not 20",
            &|v| v["parties"][1]["additionalIdentifiers"] = json!({ "scheme": "xi-lei" }),
        ),
        (
            "parties[1].additionalIdentifiers[0].id: scheme `resident-id` does not identify a \
             subject of kind `organization`",
            &|v| {
                v["parties"][1]["additionalIdentifiers"] =
                    json!([{ "scheme": "CN-RID", "id": "310101198001012013" }]);
            },
        ),
        (
            "parties[1].details.legalRepresentative.id: `3101…**` is no valid resident-id: the \
             check character at position 18 is wrong (not `0`)",
            &|v| {
                let wrong = json!("310101198001012020");
                v["parties"][1]["details"]["legalRepresentative"]["id"] = wrong;
            },
        ),
    ];
    only_the_first_fails(&cases);
}

#[test]
fn a_party_that_is_wrong_is_the_error_of_its_tenderer() {
    let cases: [(&str, Change); 7] = [
        ("parties[1].identifier: invalid type: sequence, expected struct Identifier", &|v| {
            let of = v["parties"][1]["identifier"].clone();
            v["parties"][1]["identifier"] = json!([of["scheme"], of["id"], of["legalName"]]);
        }),
        (
            "parties[1].details.legalRepresentative.scheme: unknown variant `id-card`, expected \
             one of `uscc`, `resident-id`, `lei`, `passport`",
            &|v| v["parties"][1]["details"]["legalRepresentative"]["scheme"] = json!("id-card"),
        ),
        (
            "tender.tenderers[0]: a consortium names its members besides the applicant as \
             `consortium-member`",
            &|v| v["parties"][1]["details"]["consortiumMembers"] = json!([]),
        ),
        ("parties[1].details.consortiumMembers[0]: `P-9` is no party of this release", &|v| {
            v["parties"][1]["details"]["consortiumMembers"] = json!(["P-9"]);
        }),
        ("tender.tenderers[0].id: `CN-USCI-9131…**` names more than one party", &|v| {
            let twin = v["parties"][1].clone();
            v["parties"].as_array_mut().unwrap().push(twin);
        }),
        (
            "tender.tenderers[0].id: invalid type: boolean `true`, expected a string or an integer",
            &|v| {
                v["tender"]["tenderers"][0]["id"] = json!(true);
                v["parties"][1]["roles"] = json!([]);
            },
        ),
        ("tender.tenderers[0]: must be an object", &|v| {
            let id = v["tender"]["tenderers"][0]["id"].clone();
            v["tender"]["tenderers"][0] = json!([id]);
            v["parties"][1]["roles"] = json!([]);
        }),
    ];
    only_the_first_fails(&cases);
}

/// Each change stops the first tenderer with this error, and no other; no person is shown in full.
fn only_the_first_fails(cases: &[(&str, Change)]) {
    for (expected, change) in cases {
        let screened = screened(&changed(change));
        assert_eq!(error_of(&screened, 0), *expected);
        assert_eq!(statuses(&screened)[1..], SAMPLE[1..], "{expected}");
        assert_eq!(screened.exit_code(), 3);
        let text = mustcheck_example_tendering::report::lines(&screened).join("\n");
        for full in ["31010119800101", "C01X00T47"] {
            assert!(!text.contains(full), "{text}");
        }
    }
}

#[test]
fn a_document_that_is_no_release() {
    let error = |text: &str| screen(&gate(), text, &options()).unwrap_err().to_string();
    assert_eq!(error("tender"), "the document: expected ident at line 1 column 2");
    assert_eq!(error("{}"), "tender.tenderers: missing: there is nobody to check");
    assert_eq!(error(r#"{"records": []}"#), "records: must hold a record");
    assert_eq!(
        error(r#"{"records": [], "releases": []}"#),
        "records: stands beside `releases`: a package has one"
    );
    assert_eq!(error(r#"{"releases": []}"#), "releases: must hold a release");
}

#[test]
fn a_release_that_cannot_be_evaluated() {
    let cases: [(&str, Change); 7] = [
        ("date: missing; give the day by --as-of", &|v| {
            v.as_object_mut().unwrap().remove("date");
        }),
        (
            "date: `2026-11-20` is not an instant with its offset, such as \
             2026-11-22T20:00:00+08:00",
            &|v| v["date"] = json!("2026-11-20"),
        ),
        (
            "tender.procuringEntity: missing, and so is `buyer`: nobody decides; give the office \
             by --office and --region",
            &|v| {
                v["tender"].as_object_mut().unwrap().remove("procuringEntity");
                v.as_object_mut().unwrap().remove("buyer");
            },
        ),
        (
            "parties[0].address.region: `上海市` is no division code of six digits (GB/T 2260); \
             give one by --region",
            &|v| v["parties"][0]["address"]["region"] = json!("上海市"),
        ),
        ("parties[0].address.region: missing; give a division code by --region", &|v| {
            v["parties"][0].as_object_mut().unwrap().remove("address");
        }),
        ("tender.tenderers: missing: there is nobody to check", &|v| {
            v["tender"]["tenderers"] = json!([]);
            v["parties"].as_array_mut().unwrap().truncate(1);
        }),
        ("tender.id: invalid type: boolean `true`, expected a string or an integer", &|v| {
            v["tender"]["id"] = json!(true);
        }),
    ];
    for (expected, change) in cases {
        let error = screen(&gate(), &changed(change), &options()).unwrap_err();
        // The reader adds line and column where it read the document as a whole.
        let error = error.to_string();
        assert_eq!(error.split(" at line ").next(), Some(expected), "{error}");
    }
}

#[test]
fn a_matter_that_is_no_tender() {
    let matter = |matter: &str| {
        let options = Options { matter: matter.into(), ..options() };
        screen(&gate(), &text("release.json"), &options).unwrap_err().to_string()
    };
    // Today's edition says which matters there are, and not that of the day of the document.
    let old = Options {
        matter: "tendering/statutory".into(),
        as_of: Some("2020-06-01".parse().unwrap()),
        ..options()
    };
    let error = screen(&gate(), &text("release.json"), &old).unwrap_err().to_string();
    assert_eq!(error, matter("tendering/statutory"));
    let licence = "licensing/food-production";
    assert_eq!(matter(licence), "--matter: `licensing/food-production` is no tender");
    assert_eq!(
        matter("tendering/statutory"),
        "--matter: `tendering/statutory` is no matter of this edition: there are \
         tendering/statutory-tender, tendering/voluntary-tender, \
         tendering/government-procurement, tendering/land-use-right, tendering/franchise"
    );
}

#[test]
fn a_fault_admits_nobody_and_is_not_the_tenderers_doing() {
    struct Broken;
    impl Registry for Broken {
        fn lookup(&self, _: &[Ask<'_>]) -> Result<Vec<mustcheck::model::Answer>, RegistryError> {
            Err(RegistryError::Other("the table for 91310000MA1TD0014A is damaged".into()))
        }
    }
    let screened = screen(&gate_over(Broken), &text("release.json"), &options()).unwrap();
    assert!(statuses(&screened).iter().all(|s| *s == Status::Error));
    let expected = "-: the registry failed: the table for 9131…** is damaged";
    assert_eq!(error_of(&screened, 0), expected);
    // The check character is seen before the registry is asked.
    assert!(error_of(&screened, 4).starts_with("parties[6].identifier.id: "));
    assert_eq!(screened.exit_code(), 1);
}
