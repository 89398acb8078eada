//! Words for the codes that feedback and statistics show.

use mustcheck_model::{AnswerStatus, Disposition, ObligationKind, Standing};
use mustcheck_writer::Words;

use crate::report::By;
use mustcheck_evidence::{FailureKind, NotAppliedCode};

const fn text(zh: &'static str, en: &'static str) -> Words {
    Words { zh, en }
}

/// The word for an obligation.
pub const fn obligation(kind: ObligationKind) -> Words {
    match kind {
        ObligationKind::Feedback => text("执行反馈", "feedback"),
        ObligationKind::Publication => text("信息公开", "publication"),
        ObligationKind::CompleteMaterials => text("补齐材料", "missing materials"),
    }
}

/// The word for the result of a check.
pub const fn disposition(disposition: Disposition) -> Words {
    match disposition {
        Disposition::Clear => text("无适用措施", "clear"),
        Disposition::Facilitated => text("激励", "facilitated"),
        Disposition::Review => text("进一步审核", "review"),
        Disposition::Restricted => text("限制", "restricted"),
        Disposition::Undetermined => text("未完成", "undetermined"),
    }
}

/// The word for the status of a lookup: answered, or the reason why not.
pub const fn answer(status: AnswerStatus) -> Words {
    match status {
        AnswerStatus::Answered => text("已获结果", "answered"),
        AnswerStatus::Stale => text("数据过时", "stale"),
        AnswerStatus::Unavailable => text("未响应", "unavailable"),
        AnswerStatus::NotCovered => text("无数据源", "not covered"),
    }
}

/// The words for the standing of a record.
pub const fn standing(standing: Standing) -> Words {
    match standing {
        Standing::Annulled => text("已撤销或者更正", "annulled"),
        Standing::Repaired => text("已修复", "repaired"),
        Standing::Lifted => text("重整期间暂停", "lifted"),
        Standing::Expired => text("已届满", "expired"),
        Standing::NotYetInForce => text("尚未生效", "not yet in force"),
        Standing::Suspended => text("异议核实或者停止执行中", "suspended"),
        Standing::InForce => text("有效", "in force"),
    }
}

/// The words for a reason not to apply a measure.
pub const fn not_applied(code: NotAppliedCode) -> Words {
    match code {
        NotAppliedCode::ApplicationWithdrawn => text("撤回申请", "application withdrawn"),
        NotAppliedCode::ApplicationRefused => text("因其他原因未通过", "refused on another ground"),
        NotAppliedCode::RecordRepaired => text("核查后已修复", "record repaired"),
        NotAppliedCode::RecordAnnulled => text("核查后记录撤销或者更正", "record annulled"),
        NotAppliedCode::ObjectionFiled => text("核查后提出异议", "objection filed"),
        NotAppliedCode::Stayed => text("停止执行", "stayed"),
        NotAppliedCode::TermEnded => text("期限已届满", "term ended"),
        NotAppliedCode::NotWanted => text("申请人不需要", "not wanted"),
        NotAppliedCode::Other => text("其他", "other reason"),
    }
}

/// The word for the part of a check that failed.
pub const fn failure(kind: FailureKind) -> Words {
    match kind {
        FailureKind::Registry => text("数据源故障", "registry"),
        FailureKind::Answer => text("查询结果不可用", "answer"),
        FailureKind::Component => text("规则组件故障", "component"),
        FailureKind::Rail => text("违反强制规则", "rail"),
        FailureKind::Limit => text("超出限额", "limit"),
        FailureKind::Gate => text("调用方式不符", "gate"),
        FailureKind::Record => text("未能存证", "record"),
    }
}

/// The word for a grouping of figures.
pub const fn by(by: By) -> Words {
    match by {
        By::Matter => text("事项", "matter"),
        By::Office => text("机关", "office"),
        By::List => text("名单", "list"),
        By::Measure => text("措施", "measure"),
        By::Month => text("月份", "month"),
        By::Source => text("数据源", "source"),
    }
}
