//! Reasons for which an application cannot be evaluated.

mod answer;

pub use answer::{AnswerFault, RecordFault};

use crate::date::Date;
use crate::identifier::IdentifierFault;
use crate::worded::{GivenDay, Masked, Period, Quoted, Quotes};
use crate::{Role, worded};

worded! {
    /// Reason why an application cannot be evaluated.
    pub enum Reason {
        // ---- its values
        /// A value that is needed is empty.
        Empty => "不能为空" / "must not be empty",
        /// A part of the contact is empty.
        EmptyContact => "不能为空；如无此项，请不要填写，告知书会留出空行"
            / "must not be empty; leave it out, and the notice has a line for it",
        /// A text is too long.
        TooLong {
            /// Largest number of characters.
            most: usize,
        } => "超过{most}个字符" / "has more than {most} characters",
        /// A text holds a character that cannot be seen.
        Unseen => "含有不可见字符" / "holds a character that cannot be seen",
        /// The office's region is no division code.
        Region {
            /// The region.
            region: Quoted,
        } => "“{region}”不是六位行政区划代码（GB/T 2260）"
            / "`{region}` is no division code of six digits (GB/T 2260)",
        /// The edition has no such matter.
        Matter {
            /// The matter.
            matter: Quoted,
        } => "本清单没有事项“{matter}”" / "`{matter}` is no matter of this edition",
        // ---- its days
        /// The day does not exist.
        NoSuchDay {
            /// The day.
            day: GivenDay,
        } => "“{day}”不存在" / "`{day}` does not exist",
        /// The as-of date is after the day of the check.
        Future {
            /// The as-of date.
            as_of: GivenDay,
            /// The day of the check.
            today: Date,
        } => "“{as_of}”晚于今天（{today}）" / "`{as_of}` is in the future: today is `{today}`",
        /// The as-of date is before yesterday, and nobody gave the right to that.
        EarlierDay {
            /// The as-of date.
            as_of: GivenDay,
            /// The day of the check.
            today: Date,
        } => "“{as_of}”是较早日期（今天是{today}）：按昨天以前的日期核查，须有相应权限"
            / "`{as_of}` is an earlier day: today is `{today}`, and a check as of a day before \
               yesterday needs the right to it",
        /// The as-of date is before what the right to earlier days allows.
        TooEarly {
            /// The as-of date.
            as_of: GivenDay,
            /// Number of days from it to the day of the check.
            back: i32,
            /// The day of the check.
            today: Date,
            /// Largest number of days.
            days: u16,
        } => "“{as_of}”早于{today}共{back}天，超过允许的{days}天"
            / "`{as_of}` lies {back} days before `{today}`, more than the {days} allowed",
        /// The edition does not decide on the day of the check.
        OutsideEdition {
            /// The day of the check.
            day: Date,
            /// The edition.
            edition: Quoted,
            /// The days on which it decides.
            period: Period,
        } => "{day}不在清单“{edition}”的适用期间（{period}）"
            / "`{day}` is outside edition `{edition}`, which decides {period}",
        /// The overlay does not hold on the day of the check.
        OutsideOverlay {
            /// The day of the check.
            day: Date,
            /// The overlay.
            overlay: Quoted,
            /// The days on which it holds.
            period: Period,
        } => "{day}不在地方采用清单“{overlay}”的适用期间（{period}）"
            / "`{day}` is outside overlay `{overlay}`, which holds {period}",
        /// The overlay is not that of the office's region.
        OtherPlace {
            /// The office's region.
            region: Quoted,
            /// The overlay.
            overlay: Quoted,
            /// Prefixes of the regions in which it holds.
            regions: Quotes,
        } => "“{region}”不在地方采用清单“{overlay}”的适用地区（{regions}）"
            / "`{region}` is outside overlay `{overlay}`, which holds in {regions}",
        /// The commitment is signed after the as-of date, or on no day.
        Signed {
            /// The day of the signing.
            signed_on: GivenDay,
            /// The as-of date.
            as_of: GivenDay,
        } => "“{signed_on}”应当是不晚于基准日（{as_of}）的日期"
            / "`{signed_on}` must be a day not after the as-of date `{as_of}`",
        /// The commitment ends before it is signed, or on no day.
        Complete {
            /// The day of its end.
            complete_by: GivenDay,
            /// The day of the signing.
            signed_on: GivenDay,
        } => "“{complete_by}”应当是不早于签署日（{signed_on}）的日期"
            / "`{complete_by}` must be a day not before the signing on `{signed_on}`",
        // ---- its subjects
        /// An identifier is not accepted.
        Identifier {
            /// The fault.
            fault: IdentifierFault,
        } => "{fault}" / "{fault}",
        /// A subject has one identifier twice.
        IdentifierTwice {
            /// The identifier.
            identifier: Masked,
        } => "“{identifier}”填写了两次" / "`{identifier}` stands twice",
        /// A role that only a person can have.
        PersonsRole {
            /// The role.
            role: Role,
        } => "{role}只能由自然人担任" / "role `{role}` needs a subject of kind `person`",
        /// One subject has one role twice.
        RoleTwice {
            /// The identifier.
            identifier: Masked,
            /// The role.
            role: Role,
        } => "“{identifier}”以{role}的身份填写了两次" / "`{identifier}` stands twice in role `{role}`",
        /// Nobody applies.
        NoApplicant => "没有填写申请人" / "no subject has the role `applicant`",
        /// Several apply.
        Applicants => "只能有一个申请人；联合体的其他成员请选“联合体成员”"
            / "more than one subject has the role `applicant`",
        /// A consortium without members.
        NoMembers => "联合体应当填写申请人以外的成员（“联合体成员”），非联合体不得填写"
            / "a consortium names its members besides the applicant as `consortium-member`",
        /// The applicant is among the members.
        ApplicantIsMember => "申请人不能同时是联合体成员"
            / "the applicant cannot be a `consortium-member` as well",
        /// An organization has `of`.
        OnlyPersons => "只有自然人可以填写所属单位" / "only a person stands behind an organization",
        /// `of` names nobody.
        NoSubject {
            /// The position, from 0.
            position: u32,
        } => "没有第{position}个主体（自0起）" / "there is no subject {position}",
        /// `of` names a person.
        NoOrganization {
            /// The position, from 0.
            position: u32,
        } => "第{position}个主体（自0起）不是单位" / "subject {position} is no organization",
        /// Fewer persons answer than organizations apply.
        Representatives {
            /// Number of organizations.
            organizations: usize,
            /// Number of persons.
            named: usize,
            /// The matter.
            matter: Quoted,
        } => "有{organizations}个组织申请，填写了{named}名法定代表人或者主要负责人：\
              事项“{matter}”要求每个组织各填写一名"
            / "{organizations} organizations apply and {named} of role `legal-representative` or \
               `principal` are named: matter `{matter}` needs one for each",
        /// A person of a consortium does not say which organization.
        WhichOrganization => "有多个单位申请：须填明其所属单位"
            / "several organizations apply: it needs the position of the one it answers for",
        /// Nobody answers for an organization.
        Unrepresented {
            /// The matter.
            matter: Quoted,
        } => "没有填写该单位的法定代表人或者主要负责人：事项“{matter}”要求每个申请单位各填写一名"
            / "nobody of role `legal-representative` or `principal` names it by `of`: matter \
               `{matter}` needs one for each organization that applies",
        // ---- what the registry answers
        /// The registry's answer cannot be evaluated.
        Answer {
            /// The fault.
            fault: AnswerFault,
        } => "{fault}" / "{fault}",
    }
}

impl From<IdentifierFault> for Reason {
    fn from(fault: IdentifierFault) -> Self {
        Self::Identifier { fault }
    }
}

impl From<AnswerFault> for Reason {
    fn from(fault: AnswerFault) -> Self {
        Self::Answer { fault }
    }
}
