//! The closed vocabularies: codes that a case, a record or a measure may use. Open vocabularies
//! (lists, matters, acts) belong to the catalogue and stay strings.

use serde::{Deserialize, Serialize};

/// Declares an enumeration whose JSON, TOML and WIT spellings are one kebab-case code.
macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $( $(#[$doc:meta])* $case:ident = $code:literal, )+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
        #[repr(u8)]
        pub enum $name {
            $(
                $(#[$doc])*
                #[serde(rename = $code)]
                $case,
            )+
        }

        impl $name {
            /// Every case, in the order of the WIT.
            pub const ALL: &'static [Self] = &[$(Self::$case),+];

            /// The code in JSON, TOML and WIT.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$case => $code),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}

codes! {
    /// Role of a subject in the application, or of a person in the conduct on record.
    Role {
        /// The applicant; of a consortium, its lead member.
        Applicant = "applicant",
        /// Another member of the consortium.
        ConsortiumMember = "consortium-member",
        /// 法定代表人
        LegalRepresentative = "legal-representative",
        /// 主要负责人
        Principal = "principal",
        /// 直接负责的主管人员和其他直接责任人员
        DirectlyResponsible = "directly-responsible",
        /// 注册执业人员
        RegisteredPractitioner = "registered-practitioner",
        /// The guarantor: the subject that provides surety.
        Guarantor = "guarantor",
    }
}

codes! {
    /// Legal or natural person.
    SubjectKind {
        /// 法人、非法人组织
        Organization = "organization",
        /// 自然人
        Person = "person",
    }
}

codes! {
    /// The standard that an identifier follows.
    Scheme {
        /// Unified social credit code, GB 32100-2015.
        Uscc = "uscc",
        /// Citizen identification number, GB 11643-1999.
        ResidentId = "resident-id",
        /// Legal entity identifier, ISO 17442.
        Lei = "lei",
        /// Passport number, with its issuing country.
        Passport = "passport",
    }
}

codes! {
    /// The kind of administrative or criminal penalty that a record reports.
    PenaltyKind {
        /// 警告
        Warning = "warning",
        /// 通报批评
        Criticism = "criticism",
        /// 罚款
        Fine = "fine",
        /// 没收
        Confiscation = "confiscation",
        /// 责令停产停业
        SuspensionOfBusiness = "suspension-of-business",
        /// 吊销许可证或者执照
        LicenceRevocation = "licence-revocation",
        /// 限制从业、禁止参加
        Disqualification = "disqualification",
        /// 刑事处罚
        Criminal = "criminal",
        /// Any other.
        Other = "other",
    }
}

codes! {
    /// Event in the life of a record, after it was made.
    EventKind {
        /// 提出异议
        ObjectionFiled = "objection-filed",
        /// 异议不成立
        ObjectionDismissed = "objection-dismissed",
        /// 异议成立
        ObjectionUpheld = "objection-upheld",
        /// 信用修复
        Repaired = "repaired",
        /// 撤销
        Annulled = "annulled",
        /// 停止执行
        CourtStay = "court-stay",
        /// 恢复执行
        CourtStayLifted = "court-stay-lifted",
        /// 重整计划批准
        ReorganisationApproved = "reorganisation-approved",
        /// 重整计划、和解协议未执行
        ReorganisationFailed = "reorganisation-failed",
        /// 和解协议认可
        SettlementApproved = "settlement-approved",
        /// 更正: the record shows the new state, and nothing ends.
        Corrected = "corrected",
        /// 撤销移出、恢复列入: the term begins anew.
        RemovalRevoked = "removal-revoked",
    }
}

codes! {
    /// Status of a source's answer to a lookup.
    AnswerStatus {
        /// The source gave its records, or stated that it has none.
        Answered = "answered",
        /// The source's snapshot is older than accepted.
        Stale = "stale",
        /// The source did not answer.
        Unavailable = "unavailable",
        /// No source holds this list.
        NotCovered = "not-covered",
    }
}

codes! {
    /// Standing of a record on a day.
    Standing {
        /// Revoked, or an objection was upheld.
        Annulled = "annulled",
        /// Credit repair is complete.
        Repaired = "repaired",
        /// Lifted, as far as the performance asks for it, by an approved reorganisation or
        /// settlement in bankruptcy.
        Lifted = "lifted",
        /// The term has run out.
        Expired = "expired",
        /// The term has not begun.
        NotYetInForce = "not-yet-in-force",
        /// An objection is under verification, or execution is stayed.
        Suspended = "suspended",
        /// None of these; only this standing triggers a restriction.
        InForce = "in-force",
    }
}

codes! {
    /// Kind of list, by what it says about the subjects on it.
    Polarity {
        /// 严重失信主体名单
        Restriction = "restriction",
        /// 守信典型
        Commendation = "commendation",
        /// 重点关注: a reason to look closer.
        Watch = "watch",
    }
}

codes! {
    /// Kind of keeper of a list, which decides whether the list can be the basis of a measure.
    ListStanding {
        /// Kept by a public authority under a legal basis.
        Statutory = "statutory",
        /// Kept by an association, bank or rating agency: shown, never restricting.
        Reference = "reference",
    }
}

codes! {
    /// The domain of a matter.
    Domain {
        /// 行政许可
        Licensing = "licensing",
        /// 招标投标、政府采购、公共资源交易
        Tendering = "tendering",
        /// 财政资金、融资
        Financing = "financing",
        /// 监督检查
        Supervision = "supervision",
        /// 评先评优
        Awards = "awards",
    }
}

codes! {
    /// Direction of a measure.
    Effect {
        /// 激励
        Incentive = "incentive",
        /// 惩戒
        Restriction = "restriction",
    }
}

codes! {
    /// Force of a measure: whether the office must apply it.
    Force {
        /// 强制性措施
        Mandatory = "mandatory",
        /// 推荐性措施
        Recommended = "recommended",
    }
}

codes! {
    /// Kind of a measure, by what it does to an application.
    MeasureKind {
        /// Excludes from this matter.
        Disqualify = "disqualify",
        /// Bars a new application for the same licence.
        ReapplicationBar = "reapplication-bar",
        /// Limits or refuses what is applied for.
        Limit = "limit",
        /// Withdraws an honour or bars from one.
        WithdrawHonour = "withdraw-honour",
        /// Stricter examination by the officer; nothing is refused by it.
        StricterExamination = "stricter-examination",
        /// Closer supervision; nothing is refused by it.
        CloserSupervision = "closer-supervision",
        /// 绿色通道
        GreenChannel = "green-channel",
        /// 容缺受理
        IncompleteMaterialsTolerated = "incomplete-materials-tolerated",
        /// Priority for public funds and support on equal terms.
        Priority = "priority",
        /// 信用加分, as the tender documents set it; no points are held or computed here.
        EvaluationPreference = "evaluation-preference",
        /// 优化检查频次
        FewerInspections = "fewer-inspections",
        /// 税易贷、信易贷、信易债
        FinancingProduct = "financing-product",
        /// 重点推介
        Recommendation = "recommendation",
    }
}

impl Role {
    /// Whether the holder of the role does not apply itself, but answers for somebody who applies.
    pub const fn stands_behind(self) -> bool {
        !matches!(self, Self::Applicant | Self::ConsortiumMember | Self::Guarantor)
    }
}

impl Scheme {
    /// Whether identifiers of the scheme are those of natural persons.
    pub const fn is_personal(self) -> bool {
        matches!(self, Self::ResidentId | Self::Passport)
    }
}

impl MeasureKind {
    /// Whether the measure only asks for a closer look, and so leads to `review`.
    pub const fn is_examination(self) -> bool {
        matches!(self, Self::StricterExamination | Self::CloserSupervision)
    }
}

codes! {
    /// The finding that sums up a decision.
    Disposition {
        /// Everything due was looked up and answered, and nothing applies.
        Clear = "clear",
        /// Incentives apply and nothing restricts.
        Facilitated = "facilitated",
        /// A closer examination is due.
        Review = "review",
        /// A mandatory restriction applies.
        Restricted = "restricted",
        /// A due lookup was not answered.
        Undetermined = "undetermined",
    }
}

codes! {
    /// Rule that decided the disposition: the first in this order that holds.
    DispositionRule {
        /// A mandatory restriction applies.
        MandatoryRestriction = "mandatory-restriction",
        /// A due lookup was not answered.
        UnansweredLookup = "unanswered-lookup",
        /// A measure asks for a closer examination.
        ReviewMeasure = "review-measure",
        /// A record is under verification, or its execution is stayed.
        SuspendedRecord = "suspended-record",
        /// A record may be lifted for a reorganisation or settlement.
        LiftedRecord = "lifted-record",
        /// A recommended restriction applies because the overlay adopts it.
        AdoptedRestriction = "adopted-restriction",
        /// A record on a watch list is in force.
        WatchHit = "watch-hit",
        /// Two sources hold one decision and disagree on whether it has ended.
        ContradictingSources = "contradicting-sources",
        /// It cannot be determined whether an exception of the article applies to the record.
        UnprovenException = "unproven-exception",
        /// A code was accepted as it was issued, off its standard.
        CodeAsIssued = "code-as-issued",
        /// The check is as of an earlier day, or a record that was not in force then is today.
        EarlierDay = "earlier-day",
        /// An incentive applies.
        Incentive = "incentive",
        /// None of these.
        NothingApplies = "nothing-applies",
    }
}

codes! {
    /// Reason for which a record or a measure does not apply.
    SetAsideReason {
        /// The record was annulled.
        Annulled = "annulled",
        /// The record was repaired.
        Repaired = "repaired",
        /// A reorganisation was approved.
        Lifted = "lifted",
        /// The record's term has run out.
        Expired = "expired",
        /// The record's term has not begun.
        NotYetInForce = "not-yet-in-force",
        /// An objection is under verification.
        ObjectionUnderVerification = "objection-under-verification",
        /// Execution is stayed, in reconsideration or in court.
        CourtStay = "court-stay",
        /// Nothing links the record with this matter.
        NotLinked = "not-linked",
        /// The measure or the list does not reach this role.
        RoleNotReached = "role-not-reached",
        /// The list is kept for reference.
        ReferenceOnly = "reference-only",
        /// The measure is only recommended, and the overlay does not adopt it.
        NotAdopted = "not-adopted",
        /// The longest term that the article allows has run out, or cuts the record's.
        BeyondTerm = "beyond-term",
        /// The incentive is defeated by a restriction in force.
        DefeatedByRestriction = "defeated-by-restriction",
        /// A condition of the measure is not met or cannot be affirmed.
        ConditionNotMet = "condition-not-met",
        /// Another source holds the same decision as ended.
        ContradictingSources = "contradicting-sources",
        /// It cannot be determined whether an exception of the article applies to the record.
        UnprovenException = "unproven-exception",
    }
}

codes! {
    /// Duty that follows from a decision, to be done later.
    ObligationKind {
        /// 执行反馈
        Feedback = "feedback",
        /// 7个工作日内公开
        Publication = "publication",
        /// The materials that the commitment promises.
        CompleteMaterials = "complete-materials",
    }
}

codes! {
    /// Condition under which a remark is shown to the officer.
    RemarkWhen {
        /// A restriction applies, an examination included.
        RestrictionApplies = "restriction-applies",
        /// Incomplete materials are tolerated on a promise.
        ToleranceApplies = "tolerance-applies",
    }
}

codes! {
    /// The kind of an instrument, highest rank first.
    InstrumentKind {
        /// 法律
        Law = "law",
        /// 行政法规
        AdministrativeRegulation = "administrative-regulation",
        /// 地方性法规
        LocalRegulation = "local-regulation",
        /// 规章
        DepartmentalRule = "departmental-rule",
        /// 司法解释
        JudicialInterpretation = "judicial-interpretation",
        /// 规范性文件
        NormativeDocument = "normative-document",
    }
}
