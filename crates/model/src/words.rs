//! Words for codes of the model, in both languages.

use crate::{EventKind, Role, Scheme, SubjectKind, Text};

/// The words for a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl From<Words> for Text {
    fn from(words: Words) -> Self {
        Self::new(words.zh, words.en)
    }
}

const fn text(zh: &'static str, en: &'static str) -> Words {
    Words { zh, en }
}

/// Words for a role.
pub const fn role_words(role: Role) -> Words {
    match role {
        Role::Applicant => text("申请人", "applicant"),
        Role::ConsortiumMember => text("联合体成员", "consortium member"),
        Role::LegalRepresentative => text("法定代表人", "legal representative"),
        Role::Principal => text("主要负责人", "principal"),
        Role::DirectlyResponsible => {
            text("直接负责的主管人员和其他直接责任人员", "directly responsible person")
        }
        Role::RegisteredPractitioner => text("注册执业人员", "registered practitioner"),
        Role::Guarantor => text("担保人", "guarantor"),
    }
}

/// Words for a kind of subject.
pub const fn subject_words(kind: SubjectKind) -> Words {
    match kind {
        SubjectKind::Organization => text("单位", "organization"),
        SubjectKind::Person => text("自然人", "person"),
    }
}

/// Words for the standard of an identifier.
pub const fn scheme_words(scheme: Scheme) -> Words {
    match scheme {
        Scheme::Uscc => text("统一社会信用代码", "unified social credit code"),
        Scheme::ResidentId => text("公民身份号码", "resident number"),
        Scheme::Lei => text("全球法人识别编码", "legal entity identifier"),
        Scheme::Passport => text("护照号码", "passport number"),
    }
}

/// Words for an event of a record.
pub const fn event_words(kind: EventKind) -> Words {
    match kind {
        EventKind::ObjectionFiled => text("提出异议", "objection filed"),
        EventKind::ObjectionDismissed => text("异议不成立", "objection dismissed"),
        EventKind::ObjectionUpheld => text("异议成立", "objection upheld"),
        EventKind::Repaired => text("信用修复", "repaired"),
        EventKind::Annulled => text("撤销", "annulled"),
        EventKind::CourtStay => text("停止执行", "execution stayed"),
        EventKind::CourtStayLifted => text("恢复执行", "stay lifted"),
        EventKind::ReorganisationApproved => text("重整计划批准", "reorganisation approved"),
        EventKind::ReorganisationFailed => {
            text("重整计划、和解协议未执行", "reorganisation or settlement failed")
        }
        EventKind::SettlementApproved => text("和解协议认可", "settlement approved"),
        EventKind::Corrected => text("更正", "corrected"),
        EventKind::RemovalRevoked => text("恢复列入", "back on the list"),
    }
}
