//! The park's own list of measures: one list, one matter, one measure, each with its article.

use crate::exports::mustcheck::credit::policy::*;

/// The description of the policy.
pub fn describe() -> Description {
    let (from, list, matter) = (20_454, "park-rent".to_owned(), "licensing/park-stall".to_owned());
    let (version, edition) = (env!("CARGO_PKG_VERSION").into(), "park-2026".into());
    let legal_basis = basis("5", "准入前应当查询欠缴名单。");
    let (roles, lists) = (vec![Role::Applicant], vec![list.clone()]);
    let due =
        vec![DueRule { roles: roles.clone(), required: false, lists: lists.clone(), legal_basis }];
    Description {
        policy: PolicyId { name: "park".into(), version, edition, overlay: "park".into() },
        edition_name: text("园区措施清单第1版", "The park's list of measures, version 1"),
        valid_from: from,
        valid_until: None,
        edition: EditionDays { valid_from: from, valid_until: None },
        lists: vec![ListInfo {
            code: list,
            parts: vec![],
            name: text("园区租金欠缴名单", "Those who owe the park rent"),
            initiator: text("园区管理委员会", "the park authority"),
            polarity: Polarity::Restriction,
            standing: ListStanding::Statutory,
            acts: vec![],
            rules: vec![],
        }],
        acts: vec![],
        matters: vec![MatterInfo {
            code: matter.clone(),
            domain: Domain::Licensing,
            name: text("园区摊位准入", "A stall in the park"),
            due,
        }],
        measures: vec![MeasureInfo {
            id: "park-7-no-stall".into(),
            effect: Effect::Restriction,
            force: Force::Mandatory,
            kind: MeasureKind::Disqualify,
            adopted: true,
            matters: vec![matter],
            roles,
            lists,
            valid_from: from,
            valid_until: None,
            longest_term: None,
            fixed_term: None,
            shortest_term: None,
            lifelong: false,
            implementer: None,
            text: text("该单位欠缴园区租金，不予准入。", "The unit owes rent and gets no stall."),
            legal_basis: basis("7", "欠缴租金的，不予准入。"),
        }],
        freshness: vec![Freshness { source: None, days: 7 }],
        place: PlaceInfo {
            id: "park".into(),
            name: text("园区", "the park"),
            regions: vec![],
            valid_from: None,
            valid_until: None,
            objection: None,
            remarks: vec![],
        },
        instruments: vec![InstrumentInfo {
            id: "park-rules".into(),
            title: text("园区管理规定（虚构）", "Park rules (made up)"),
            number: None,
        }],
        grounds: vec![GroundInfo {
            text: None, legal_basis: basis("8", "不再欠缴的，不受限制。")
        }],
        remedies: vec![],
        calendar: vec![],
    }
}

fn text(zh: &str, en: &str) -> Text {
    Text { zh: zh.into(), en: en.into() }
}

fn basis(article: &str, clause: &str) -> Vec<LegalBasis> {
    let (instrument, article) = ("park-rules".into(), article.into());
    vec![LegalBasis { instrument, article, paragraph: None, item: None, clause: clause.into() }]
}
