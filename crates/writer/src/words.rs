//! Words for codes, in both languages.

use mustcheck_model::words::Words;
use mustcheck_model::{
    AnswerStatus, Detail, Disposition, DispositionRule, MeasureKind, ObligationKind,
    SetAsideReason, Text,
};

const fn text(zh: &'static str, en: &'static str) -> Words {
    Words { zh, en }
}

/// Words for the status of an answer.
pub const fn status_words(status: AnswerStatus) -> Words {
    match status {
        AnswerStatus::Answered => text("已获结果", "answered"),
        AnswerStatus::Stale => {
            text("数据超过规定的更新期限，须重新查询", "the source's snapshot is too old")
        }
        AnswerStatus::Unavailable => text("数据源未答复", "the source did not answer"),
        // A source may hold the list and lack the kind of subject, the scheme or the days.
        AnswerStatus::NotCovered => text("尚无数据源可供查询", "no source covers this lookup"),
    }
}

/// Words for a disposition.
pub const fn disposition_words(disposition: Disposition) -> Words {
    match disposition {
        Disposition::Clear => text("未发现适用的措施", "no measure found"),
        Disposition::Facilitated => text("适用激励措施", "incentives apply"),
        Disposition::Review => text("应当从严审核", "closer examination"),
        Disposition::Restricted => text("依法应当采取限制措施", "restrictions apply"),
        Disposition::Undetermined => text("查询未完成，不能得出结论", "the check is not complete"),
    }
}

/// Words for the rule that decided a disposition.
pub const fn rule_words(rule: DispositionRule) -> Words {
    match rule {
        DispositionRule::MandatoryRestriction => {
            text("存在应当执行的强制性限制措施", "a mandatory restriction applies")
        }
        DispositionRule::UnansweredLookup => {
            text("应当查询的信息尚未全部取得", "a due lookup was not answered")
        }
        DispositionRule::ReviewMeasure => {
            text("应当从严审核或者重点监管", "a measure asks for a closer examination")
        }
        DispositionRule::AdoptedRestriction => text(
            "适用本地区实施的推荐性惩戒措施",
            "a recommended restriction that is adopted applies",
        ),
        DispositionRule::SuspendedRecord => text(
            "有信用记录正在核实或者已停止执行，须向认定单位核实",
            "a record is under verification, or its execution is stayed",
        ),
        DispositionRule::LiftedRecord => text(
            "重整计划或者和解协议正在执行，是否解除限制措施须向认定单位核实",
            "a reorganisation or settlement is under way; who decided can say what it lifts",
        ),
        DispositionRule::WatchHit => {
            text("提示性名单上有有效记录", "a record in force stands on a watch list")
        }
        DispositionRule::ContradictingSources => text(
            "同一决定在不同数据源中是否终止不一致，须核实",
            "two sources disagree on whether one decision has ended",
        ),
        DispositionRule::UnprovenException => text(
            "记录是否属于条文所除外的情形，所查数据源无法证明，须核实",
            "no source can tell whether an exception of the article takes a record out",
        ),
        DispositionRule::CodeAsIssued => text(
            "统一社会信用代码不符合编码标准，按所附证照核查",
            "a code was taken as it was issued, off its standard",
        ),
        DispositionRule::EarlierDay => text(
            "以较早日期为基准日核查，或者基准日后有记录生效",
            "the check is as of an earlier day, or a record came into force since",
        ),
        DispositionRule::Incentive => {
            text("符合激励条件，未发现惩戒情形", "an incentive applies and nothing restricts")
        }
        DispositionRule::NothingApplies => text(
            "应当查询的信息均已查询，未发现应当适用的措施",
            "everything due was answered and nothing applies",
        ),
    }
}

/// Words for the kind of a measure.
pub const fn kind_words(kind: MeasureKind) -> Words {
    match kind {
        MeasureKind::Disqualify => text("禁止参加", "exclusion"),
        MeasureKind::ReapplicationBar => text("限制再次申请", "bar on applying again"),
        MeasureKind::Limit => text("限制", "limit"),
        MeasureKind::WithdrawHonour => text("撤销或者不予荣誉", "no honour"),
        MeasureKind::StricterExamination => text("从严审核", "stricter examination"),
        MeasureKind::CloserSupervision => text("重点监管", "closer supervision"),
        MeasureKind::GreenChannel => text("绿色通道", "green channel"),
        MeasureKind::IncompleteMaterialsTolerated => {
            text("容缺受理", "incomplete materials tolerated")
        }
        MeasureKind::Priority => text("优先", "priority"),
        MeasureKind::EvaluationPreference => text("信用加分", "preference in evaluation"),
        MeasureKind::FewerInspections => text("优化检查频次", "fewer inspections"),
        MeasureKind::FinancingProduct => text("融资产品", "financing product"),
        MeasureKind::Recommendation => text("重点推介", "recommendation"),
    }
}

/// Words for the kind of an obligation.
pub const fn obligation_words(kind: ObligationKind) -> Words {
    match kind {
        ObligationKind::Feedback => text("执行反馈", "feedback"),
        ObligationKind::Publication => text("信息公开", "publication"),
        ObligationKind::CompleteMaterials => text("补齐材料", "missing materials"),
    }
}

/// Sentence on the reason why a record or measure does not apply.
pub fn reason(reason: SetAsideReason) -> Text {
    let words = match reason {
        SetAsideReason::Annulled => text("记录已撤销。", "The record was annulled."),
        SetAsideReason::Repaired => text("信用已修复。", "The record was repaired."),
        SetAsideReason::Lifted => text(
            "人民法院已裁定批准重整计划或者认可和解协议，且未裁定终止其执行；限制措施是否解除，由认定单位决定。",
            "A reorganisation or settlement was approved and has not failed; who decided says what \
             it lifts.",
        ),
        SetAsideReason::Expired => text("记录期限已届满。", "The record's term has run out."),
        SetAsideReason::NotYetInForce => text("记录尚未生效。", "The record's term has not begun."),
        SetAsideReason::ObjectionUnderVerification => text(
            "异议正在核实，核实期间暂不执行。",
            "An objection is under verification; nothing is carried out meanwhile.",
        ),
        SetAsideReason::CourtStay => text("已依法决定或者裁定停止执行。", "Execution is stayed."),
        SetAsideReason::NotLinked => {
            text("与申请事项无关联。", "No article links it with this matter.")
        }
        SetAsideReason::RoleNotReached => {
            text("该规定不适用于该人员。", "The rule does not reach this person or role.")
        }
        SetAsideReason::ReferenceOnly => {
            text("仅供参考的名单，不作为依据。", "Kept for reference; no measure rests on it.")
        }
        SetAsideReason::NotAdopted => {
            text("推荐性措施，本地区未实施。", "A recommended measure that is not adopted here.")
        }
        SetAsideReason::BeyondTerm => {
            text("已超过法定期限。", "Beyond the longest term of this measure.")
        }
        SetAsideReason::DefeatedByRestriction => {
            text("因惩戒记录有效，不适用激励措施。", "Defeated by a restriction in force.")
        }
        SetAsideReason::ConditionNotMet => {
            text("不符合适用条件。", "A condition of the measure is not met.")
        }
        SetAsideReason::ContradictingSources => text(
            "另一数据源记载同一决定已终止，须向作出决定的机关核实。",
            "Another source holds the same decision as ended; the authority that decided can say.",
        ),
        SetAsideReason::UnprovenException => text(
            "记录是否属于条文所除外的情形，所查数据源无法证明，须向作出决定的机关核实。",
            "No source can tell whether an exception of the article takes the record out; the \
             authority that decided can say.",
        ),
    };
    words.into()
}

/// Sentence on a detail of something that does not apply; none if the sentence needs data.
pub const fn detail_words(detail: Detail) -> Option<Words> {
    Some(match detail {
        Detail::ExceptedAct => text(
            "记录所载情形为条文所除外，不适用本措施。",
            "The article excepts the case on record.",
        ),
        Detail::BanRunOut => text(
            "同一决定的禁止期限已届满，可以参加。",
            "The ban under the same decision has run out; taking part is allowed.",
        ),
        Detail::OtherPenalty => text(
            "记录所载处罚不属于条文所列的处罚。",
            "The penalty on record is none of those that the article names.",
        ),
        Detail::Unanswered => text(
            "尚有应查事项未获查询结果，不能确认无有效的惩戒记录。",
            "A due lookup is unanswered, so nobody can say that nothing restricts.",
        ),
        Detail::NoSuchDay => text("无法回溯三年。", "Three years back is no day."),
        Detail::NoCommitment => text(
            "申请人未书面承诺在规定期限内提供所缺材料。",
            "No signed commitment to provide what is missing.",
        ),
        _ => return None,
    })
}
