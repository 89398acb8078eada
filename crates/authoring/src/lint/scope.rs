//! Checks that a measure has linked matters only, never beyond the scope of its article (RAIL R7).

use mustcheck_model::{Domain, Effect, MeasureKind};
use mustcheck_rules::catalogue::data::{Matter, MatterTrait, Measure, RecordMatter};

use crate::finding::{Findings, rules};
use crate::lint::Combination;
use crate::lint::bases::key;
use crate::shape::Item;

/// Phrases by which an article limits its own scope, and the trait that says the same.
const PHRASES: [(&str, MatterTrait, &str); 3] = [
    ("依法必须进行招标的项目", MatterTrait::TenderRequiredByLaw, "tender-required-by-law"),
    (
        "直接关系公共安全、人身健康、生命财产安全",
        MatterTrait::ConcernsPublicSafety,
        "concerns-public-safety",
    ),
    (
        "直接关系公共安全、生态环境安全和人民群众生命财产安全",
        MatterTrait::ConcernsPublicSafety,
        "concerns-public-safety",
    ),
];

/// The phrase that limits a bar to the licence that was abused.
const SAME_LICENCE: &str = "该行政许可";

/// Words by which an article names a domain; after them those by which an English note does.
const WORDS: [(Domain, &[&str], &[&str]); 5] = [
    (
        Domain::Licensing,
        &[
            "许可",
            "审批",
            "核准",
            "准入",
            "执照",
            "资格",
            "资质",
            "禁入",
            "登记",
            "从事",
            "担任",
            "行业",
            "新建项目",
            "生产经营",
            "设立",
            "参股",
        ],
        &["licence", "licensing", "approval"],
    ),
    (
        Domain::Tendering,
        &["招标", "投标", "招投标", "采购", "交易", "特许经营", "供应商", "评标"],
        &["tender", "bid", "procurement"],
    ),
    (
        Domain::Financing,
        &[
            "资金",
            "融资",
            "贷款",
            "债券",
            "股票",
            "证券",
            "信贷",
            "优惠",
            "扶持",
            "公共政策",
            "发行",
            "上市",
            "金融",
            "担保",
            "股份",
        ],
        &["fund", "loan", "financ", "share", "bond", "public money"],
    ),
    (Domain::Supervision, &["检查", "监管", "监督", "抽查"], &["inspection", "supervision"]),
    (Domain::Awards, &["荣誉", "评先", "评优", "表彰", "奖励", "推介"], &["honour", "award"]),
];

/// Checks for phrases in a clause that ask for a limit which the measure does not have.
pub(super) fn phrases(item: &Item<Measure>, findings: &mut Findings) {
    let measure = &item.value;
    if measure.effect != Effect::Restriction || measure.kind.is_examination() {
        return;
    }
    let id = &measure.id;
    for (index, basis) in measure.legal_basis.iter().enumerate() {
        let at = || item.at(&key(&[], index, "clause"));
        for (phrase, wanted, code) in PHRASES {
            if basis.clause.contains(phrase) && measure.scope != Some(wanted) {
                let zh = format!("措施`{id}`没有`scope = \"{code}\"`，而条文限于「{phrase}」");
                let en = format!(
                    "measure `{id}` lacks `scope = \"{code}\"`, and its article is limited to \
                     「{phrase}」"
                );
                findings.add(&rules::SCOPE_TOO_WIDE, at(), zh, en);
            }
        }
        let narrow = matches!(measure.record_matter, Some(RecordMatter::Same));
        if basis.clause.contains(SAME_LICENCE)
            && !narrow
            && measure.kind == MeasureKind::ReapplicationBar
        {
            let zh =
                format!("措施`{id}`没有`record_matter = \"same\"`，而条文限于「{SAME_LICENCE}」");
            let en = format!(
                "measure `{id}` lacks `record_matter = \"same\"`, and its article is limited to \
                 「{SAME_LICENCE}」"
            );
            findings.add(&rules::SCOPE_TOO_WIDE, at(), zh, en);
        }
    }
}

/// Checks that a matter's code begins with its domain.
pub(super) fn domain_of(item: &Item<Matter>, findings: &mut Findings) {
    let Matter { code, domain, .. } = &item.value;
    if code.split('/').next() != Some(domain.code()) {
        let zh = format!("事项`{code}`不属于领域`{domain}`");
        let en = format!("matter `{code}` is not of domain `{domain}`");
        findings.add(&rules::MATTER_DOMAIN, item.key("domain"), zh, en);
    }
}

/// Checks for matters outside the trait of a measure, or of a domain that none of its clauses
/// names.
pub(super) fn measure(all: &Combination<'_>, item: &Item<Measure>, findings: &mut Findings) {
    let measure = &item.value;
    let id = &measure.id;
    for (index, code) in measure.matters.iter().enumerate() {
        let Some(matter) = all.matters.get(code) else { continue };
        let at = || item.element("matters", index);
        if measure.scope.is_some_and(|scope| !matter.traits.contains(&scope)) {
            let zh = format!("措施`{id}`及于`{code}`，超出其条文的范围");
            let en =
                format!("measure `{id}` reaches `{code}`, which is outside its article's scope");
            findings.add(&rules::OUTSIDE_SCOPE, at(), zh, en);
        }
        if measure.effect == Effect::Restriction
            && !measure.kind.is_examination()
            && !names(measure, matter.domain)
        {
            let domain = matter.domain;
            let zh = format!("措施`{id}`及于`{code}`，而没有条文提到领域`{domain}`");
            let en = format!(
                "measure `{id}` reaches `{code}`, and no clause of it names the domain `{domain}`"
            );
            findings.add(&rules::DOMAIN_NOT_NAMED, at(), zh, en);
        }
    }
}

/// Whether a clause of a measure names a domain, or a reading of it explains why it is meant.
fn names(measure: &Measure, domain: Domain) -> bool {
    let Some((_, zh, en)) = WORDS.iter().find(|(of, ..)| *of == domain) else { return true };
    let readings = measure.notes.iter().filter_map(|note| note.strip_prefix("INTERPRETATION:"));
    measure.legal_basis.is_empty()
        || measure.legal_basis.iter().any(|basis| zh.iter().any(|word| basis.clause.contains(word)))
        || readings.into_iter().any(|note| zh.iter().chain(*en).any(|word| note.contains(word)))
}
