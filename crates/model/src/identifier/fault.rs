//! Reasons for which an identifier is not accepted.

use crate::worded::Masked;
use crate::{Scheme, SubjectKind, worded};

worded! {
    /// Reason why an identifier is not accepted. It holds no more of the identifier than its mask.
    pub enum IdentifierFault {
        /// The scheme is one of other subjects.
        OtherKind {
            /// The scheme.
            scheme: Scheme,
            /// The subject's kind.
            kind: SubjectKind,
        } => "{scheme}不是{kind}的号码" / "scheme `{scheme}` does not identify a subject of kind `{kind}`",
        /// The scheme has no issuing country.
        NoCountry {
            /// The scheme.
            scheme: Scheme,
        } => "{scheme}不填签发国" / "scheme `{scheme}` takes no country",
        /// The identifier does not follow its standard.
        OffStandard {
            /// The identifier.
            identifier: Masked,
            /// The scheme.
            scheme: Scheme,
            /// Fault of form.
            fault: FormFault,
        } => "{scheme}“{identifier}”有误：{fault}" / "`{identifier}` is no valid {scheme}: {fault}",
        /// A document is named for a code that needs none.
        NeedsNoDocument {
            /// The identifier.
            identifier: Masked,
        } => "“{identifier}”符合标准，无须填写`as_issued`"
            / "`{identifier}` follows its standard: it needs no `as_issued`",
        /// The document that shows the code is not named.
        NoDocument => "`as_issued`应当填写载明该代码的文书，不能为空"
            / "`as_issued` names the document that shows the code, and is empty",
    }
}

worded! {
    /// Fault by which an identifier is off its standard.
    pub enum FormFault {
        /// Wrong number of characters.
        Length {
            /// Number of characters.
            found: usize,
            /// Number of characters that the standard has.
            expected: usize,
        } => "有{found}位，应为{expected}位" / "it has {found} characters, not {expected}",
        /// Wrong check character.
        CheckCharacter {
            /// Position, from 1.
            position: usize,
            /// The character there.
            found: char,
        } => "“{found}”与第{position}位校验码不符"
            / "the check character at position {position} is wrong (not `{found}`)",
        /// A character that the code's alphabet does not have.
        Alphabet {
            /// Position, from 1.
            position: usize,
        } => "第{position}位不是代码字符（不使用I、O、S、V、Z）"
            / "the character at position {position} is not in the alphabet (no I, O, S, V, Z)",
        /// No authority has this letter.
        Authority {
            /// The first character.
            letter: char,
        } => "“{letter}”不是登记管理部门代码" / "`{letter}` is no registering authority",
        /// The authority does not issue such codes.
        Category {
            /// The first character.
            letter: char,
            /// The second character.
            category: char,
        } => "没有登记管理部门发放以“{letter}{category}”开头的代码"
            / "no registering authority issues codes that begin with `{letter}{category}`",
        /// The region of a unified social credit code is no number.
        Region => "第3至8位应为六位数字" / "the region at positions 3 to 8 is not six digits",
        /// A resident number of the old form.
        OldForm => "15位旧号码不能准确识别个人，请填18位号码"
            / "it has the 15 digits of the old form, which names nobody exactly",
        /// A resident number with other characters.
        Digits => "前17位应为数字" / "the first 17 characters are not all digits",
        /// The day of birth does not exist.
        Birth => "第7至14位的出生日期不存在"
            / "the date of birth at positions 7 to 14 does not exist",
        /// No form of an LEI.
        Lei => "应为18位大写字母或者数字和2位校验码"
            / "it is not 18 capitals or digits and two check digits",
        /// Wrong check digits of an LEI.
        LeiCheck => "第19、20位校验码不符" / "the check digits at positions 19 and 20 are wrong",
        /// A passport without its country.
        PassportCountry => "须填写签发国的两位字母代码（ISO 3166-1）"
            / "a passport needs its issuing country, two letters of ISO 3166-1",
        /// No form of a passport number.
        Passport => "应为5至14位大写字母或者数字" / "it is not 5 to 14 capitals or digits",
    }
}
