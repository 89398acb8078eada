//! Words for codes on the pages, where the library has none.

use maud::{Markup, html};
use mustcheck::Timestamp;
use mustcheck::model::{Disposition, Domain, Effect, Force, Scheme, SetAsideReason};
use mustcheck::words::Words;

const fn text(zh: &'static str, en: &'static str) -> Words {
    Words { zh, en }
}

/// A time to the second, in China Standard Time, as every time here is.
pub(super) fn time(at: Timestamp) -> Markup {
    let Timestamp { date, hour, minute, second } = at;
    html! {
        time.time datetime=(at) { (format!("{date} {hour:02}:{minute:02}:{second:02}")) }
    }
}

/// Sign of a disposition, so that colour is not all that tells dispositions apart.
pub(super) const fn sign(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Clear => "✓",
        Disposition::Facilitated => "★",
        Disposition::Review => "◐",
        Disposition::Restricted => "✕",
        Disposition::Undetermined => "?",
    }
}

pub(super) const fn domain(domain: Domain) -> Words {
    match domain {
        Domain::Licensing => text("行政许可", "Licensing"),
        Domain::Tendering => {
            text("招标投标、政府采购、公共资源交易", "Tendering and public procurement")
        }
        Domain::Financing => text("财政资金、融资", "Public funds and financing"),
        Domain::Supervision => text("监督检查", "Supervision"),
        Domain::Awards => text("评先评优", "Honours and awards"),
    }
}

/// Name of a scheme, which also says whether it identifies an organization or a person.
pub(super) const fn scheme(scheme: Scheme) -> Words {
    match scheme {
        Scheme::Uscc => {
            text("统一社会信用代码（组织）", "Unified social credit code (organization)")
        }
        Scheme::Lei => text("全球法人识别编码 LEI（组织）", "LEI (organization)"),
        Scheme::ResidentId => text("居民身份证号码（个人）", "Resident identity number (person)"),
        Scheme::Passport => text("护照号码（个人）", "Passport (person)"),
    }
}

pub(super) const fn effect(effect: Effect) -> Words {
    match effect {
        Effect::Incentive => text("激励", "incentive"),
        Effect::Restriction => text("惩戒", "restriction"),
    }
}

pub(super) const fn force(force: Force) -> Words {
    match force {
        Force::Mandatory => text("强制性措施", "mandatory"),
        Force::Recommended => text("推荐性措施", "recommended"),
    }
}

/// Words for the kind of a measure.
pub(super) use mustcheck::words::kind_words as kind;

/// Words for the reason why something was set aside.
pub(super) const fn reason(reason: SetAsideReason) -> Words {
    match reason {
        SetAsideReason::Annulled => text("已撤销或者更正", "annulled"),
        SetAsideReason::Repaired => text("已修复", "repaired"),
        SetAsideReason::Lifted => text("重整", "lifted"),
        SetAsideReason::Expired => text("期限届满", "expired"),
        SetAsideReason::NotYetInForce => text("尚未生效", "not yet in force"),
        SetAsideReason::ObjectionUnderVerification => {
            text("异议核实中", "objection under verification")
        }
        SetAsideReason::CourtStay => text("停止执行", "stayed"),
        SetAsideReason::NotLinked => text("与事项无关联", "not linked"),
        SetAsideReason::RoleNotReached => text("不及于该主体", "role not reached"),
        SetAsideReason::ReferenceOnly => text("仅供参考", "for reference"),
        SetAsideReason::NotAdopted => text("本地未采用", "not adopted"),
        SetAsideReason::BeyondTerm => text("超过最长期限", "beyond the term"),
        SetAsideReason::DefeatedByRestriction => text("不予激励", "defeated by a restriction"),
        SetAsideReason::ConditionNotMet => text("条件不符", "condition not met"),
        SetAsideReason::ContradictingSources => text("数据源不一致", "sources contradict"),
        SetAsideReason::UnprovenException => text("是否除外待核实", "exception not proven"),
    }
}
