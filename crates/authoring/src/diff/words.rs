//! Words that the page shows for codes.

use mustcheck_model::date::Date;
use mustcheck_model::{
    Domain, Effect, Force, InstrumentKind, ListStanding, MeasureKind, PenaltyKind, Polarity,
    RemarkWhen, Role, SubjectKind, Term, TermRule, Text,
};
use mustcheck_rules::catalogue::data::{
    ClosingWhen, ExceptionWhen, FineTest, MatterTrait, RecordMatter,
};
use mustcheck_writer::{Words, role_words};

use crate::diff::{Bearing, ChangedItem};

/// A fixed text in both languages.
pub(super) const fn words(zh: &'static str, en: &'static str) -> Words {
    Words { zh, en }
}

/// A text in both languages.
pub(super) fn both(zh: &str, en: &str) -> Text {
    Text::new(zh, en)
}

/// Joins names in a row; a word for none if there are none.
pub(super) fn joined(names: impl Iterator<Item = Text>) -> Text {
    let names: Vec<Text> = names.collect();
    if names.is_empty() {
        return both("无", "none");
    }
    let zh: Vec<&str> = names.iter().map(|name| &*name.zh).collect();
    let en: Vec<&str> = names.iter().map(|name| &*name.en).collect();
    Text::new(zh.join("、"), en.join(", "))
}

/// Names a role by its code.
pub(super) fn role(code: &str) -> Text {
    let known = Role::ALL.iter().find(|role| role.code() == code);
    known.map_or_else(|| both(code, code), |role| role_words(*role).into())
}

/// Names roles in a row.
pub(super) fn roles(roles: &[Role]) -> Text {
    joined(roles.iter().map(|role| role_words(*role).into()))
}

pub(super) const fn effect(effect: Effect) -> Words {
    match effect {
        Effect::Incentive => words("激励", "incentive"),
        Effect::Restriction => words("惩戒", "restriction"),
    }
}

pub(super) const fn force(force: Force) -> Words {
    match force {
        Force::Mandatory => words("强制性", "mandatory"),
        Force::Recommended => words("推荐性", "recommended"),
    }
}

pub(super) const fn kind(kind: MeasureKind) -> Words {
    match kind {
        MeasureKind::Disqualify => words("不得参加或者取得", "disqualification"),
        MeasureKind::ReapplicationBar => words("不得再次申请", "bar on applying again"),
        MeasureKind::Limit => words("限制", "limit"),
        MeasureKind::WithdrawHonour => words("取消或者不予荣誉", "withdrawal of honours"),
        MeasureKind::StricterExamination => words("从严审核", "stricter examination"),
        MeasureKind::CloserSupervision => words("重点监管", "closer supervision"),
        MeasureKind::GreenChannel => words("绿色通道", "green channel"),
        MeasureKind::IncompleteMaterialsTolerated => {
            words("容缺受理", "tolerance of incomplete materials")
        }
        MeasureKind::Priority => words("优先", "priority"),
        MeasureKind::EvaluationPreference => words("信用加分", "preference in evaluation"),
        MeasureKind::FewerInspections => words("优化检查频次", "fewer inspections"),
        MeasureKind::FinancingProduct => words("融资产品", "financing product"),
        MeasureKind::Recommendation => words("重点推介", "recommendation"),
    }
}

pub(super) const fn polarity(polarity: Polarity) -> Words {
    match polarity {
        Polarity::Restriction => words("严重失信", "serious breach of trust"),
        Polarity::Commendation => words("守信激励", "commendation"),
        Polarity::Watch => words("重点关注", "watch"),
    }
}

pub(super) const fn standing(standing: ListStanding) -> Words {
    match standing {
        ListStanding::Statutory => words("法定名单", "statutory"),
        ListStanding::Reference => words("参考名单", "for reference"),
    }
}

pub(super) const fn domain(domain: Domain) -> Words {
    match domain {
        Domain::Licensing => words("行政许可", "licensing"),
        Domain::Tendering => words("招标采购", "tendering"),
        Domain::Financing => words("资金与融资", "financing"),
        Domain::Supervision => words("监督检查", "supervision"),
        Domain::Awards => words("评先评优", "awards"),
    }
}

pub(super) const fn instrument_kind(kind: InstrumentKind) -> Words {
    match kind {
        InstrumentKind::Law => words("法律", "law"),
        InstrumentKind::AdministrativeRegulation => words("行政法规", "administrative regulation"),
        InstrumentKind::LocalRegulation => words("地方性法规", "local regulation"),
        InstrumentKind::DepartmentalRule => words("规章", "rule"),
        InstrumentKind::JudicialInterpretation => words("司法解释", "judicial interpretation"),
        InstrumentKind::NormativeDocument => words("规范性文件", "normative document"),
    }
}

pub(super) const fn matter_trait(of: MatterTrait) -> Words {
    match of {
        MatterTrait::ConcernsPublicSafety => words(
            "直接关系公共安全、人身健康、生命财产安全",
            "concerns public safety, health, life or property",
        ),
        MatterTrait::TenderRequiredByLaw => words("依法必须进行招标", "tender required by law"),
    }
}

pub(super) const fn penalty(kind: PenaltyKind) -> Words {
    match kind {
        PenaltyKind::Warning => words("警告", "warning"),
        PenaltyKind::Criticism => words("通报批评", "public criticism"),
        PenaltyKind::Fine => words("罚款", "fine"),
        PenaltyKind::Confiscation => words("没收", "confiscation"),
        PenaltyKind::SuspensionOfBusiness => words("责令停产停业", "suspension of business"),
        PenaltyKind::LicenceRevocation => words("吊销许可证件", "revocation of a licence"),
        PenaltyKind::Disqualification => words("限制从业或者禁止参加", "disqualification"),
        PenaltyKind::Criminal => words("刑事处罚", "criminal penalty"),
        PenaltyKind::Other => words("其他处罚", "other penalty"),
    }
}

pub(super) const fn fine(test: FineTest) -> Words {
    match test {
        FineTest::AtLeastLargerFine => {
            words("达到较大数额的罚款", "fine at or above the larger amount")
        }
        FineTest::Undecidable => {
            words("无法判定数额的罚款", "fine that nobody can tell the size of")
        }
    }
}

pub(super) const fn subject(of: Option<SubjectKind>) -> Words {
    match of {
        None => words("不限单位、自然人", "organizations and persons alike"),
        Some(SubjectKind::Organization) => words("限于单位", "organizations only"),
        Some(SubjectKind::Person) => words("限于自然人", "persons only"),
    }
}

pub(super) const fn record_matter(of: Option<RecordMatter>) -> Words {
    match of {
        None => words("不论记录所载事项", "whatever matter the record names"),
        Some(RecordMatter::Same) => {
            words("记录所载事项即申请事项", "only where the record names the matter applied for")
        }
        Some(RecordMatter::Unnamed) => {
            words("记录未载明事项", "only where the record names no matter")
        }
    }
}

pub(super) const fn exception(when: ExceptionWhen) -> Words {
    match when {
        ExceptionWhen::Act => words("行为属于", "the act is"),
        ExceptionWhen::BanRunOut => words(
            "同一决定的禁止期限已届满，所在名单",
            "the ban of the same decision has run out on",
        ),
    }
}

pub(super) const fn closing(when: ClosingWhen) -> Words {
    match when {
        ClosingWhen::SeriousRecord => {
            words("有未修复的严重失信记录", "an unrepaired serious record stands")
        }
        ClosingWhen::Matter => words("属于所列事项", "the matter is one of those named"),
    }
}

pub(super) const fn remark_when(when: RemarkWhen) -> Words {
    match when {
        RemarkWhen::RestrictionApplies => words("适用惩戒措施时", "when a restriction applies"),
        RemarkWhen::ToleranceApplies => {
            words("适用容缺受理时", "when incomplete materials are tolerated")
        }
    }
}

/// Names the term of a measure.
pub(super) fn term_rule(rule: TermRule) -> Text {
    let told = |zh: &str, en: &str, of: Term| {
        let Text { zh: term, en: term_en } = term(of);
        Text::new(format!("{zh}{term}"), format!("{en} {term_en}"))
    };
    match rule {
        TermRule::OfRecord => both("未设上限", "no ceiling"),
        TermRule::AtMost(of) => told("最长", "at most", of),
        TermRule::Fixed(of) => told("法定", "fixed at", of),
        TermRule::AtLeast(of) => told("最短", "at least", of),
        TermRule::Lifelong => both("终身", "for life"),
    }
}

/// Names a length of time.
pub(super) fn term(term: Term) -> Text {
    let Term { years, months } = term;
    let zh = match (years, months) {
        (years, 0) => format!("{years}年"),
        (0, months) => format!("{months}个月"),
        (years, months) => format!("{years}年{months}个月"),
    };
    let en = match (years, months) {
        (years, 0) => count(years, "year"),
        (0, months) => count(months, "month"),
        (years, months) => format!("{} and {}", count(years, "year"), count(months, "month")),
    };
    Text::new(zh, en)
}

/// A number with its English noun, in the singular for 1.
pub(super) fn count(number: u16, of: &str) -> String {
    if number == 1 { format!("1 {of}") } else { format!("{number} {of}s") }
}

/// Names a yes or a no.
pub(super) fn yes(yes: bool) -> Text {
    if yes { both("是", "yes") } else { both("否", "no") }
}

/// Names the days of a validity.
pub(super) fn validity(from: Option<Date>, until: Option<Date>) -> Text {
    let from_zh = from.map_or_else(|| "始终".to_owned(), |day| format!("{day}起"));
    let from_en = from.map_or_else(|| "from the beginning".to_owned(), |day| format!("from {day}"));
    match until {
        Some(last) => Text::new(format!("{from_zh}至{last}"), format!("{from_en} to {last}")),
        None => Text::new(format!("{from_zh}，未定止期"), format!("{from_en}, no end set")),
    }
}

pub(super) const fn bearing(bearing: Bearing) -> Words {
    match bearing {
        Bearing::Burden => words("不利于当事人", "to the burden of the person concerned"),
        Bearing::Favour => words("有利于当事人", "in favour of the person concerned"),
        Bearing::Both => {
            words("对当事人有利有弊", "to the burden on one side, in favour on another")
        }
        Bearing::Neither => words("与当事人权利义务无关", "neither burden nor favour"),
    }
}

pub(super) const fn section(item: ChangedItem) -> Words {
    match item {
        ChangedItem::Edition => words("版本", "Edition"),
        ChangedItem::Overlay => words("地方采用", "The place"),
        ChangedItem::Measure => words("措施", "Measures"),
        ChangedItem::Matter => words("事项与应查", "Matters and lookups due"),
        ChangedItem::List => words("名单", "Lists"),
        ChangedItem::Act => words("行为", "Acts"),
        ChangedItem::Disclosure => words("披露期限", "Ends of disclosure"),
        ChangedItem::Objection => words("异议处理", "Handling of objections"),
        ChangedItem::Closing => words("不予承诺容缺的情形", "Where a promise is not open"),
        ChangedItem::Remark => words("对承办人的提示", "What the officer is told"),
        ChangedItem::Remedy => words("救济", "Remedies"),
        ChangedItem::Rank => words("依据的层级", "Which instruments may found what"),
        ChangedItem::Instrument => words("法律文件", "Instruments"),
        ChangedItem::Setting => words("数额", "Amounts"),
        ChangedItem::Calendar => words("放假安排", "Holidays"),
    }
}
