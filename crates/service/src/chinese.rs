//! Chinese texts of the errors that the check and the log report.
//!
//! The check and the log report in English, and their texts are fixed; each has its Chinese here. A
//! text that has none is shown in its own words.

/// English patterns with holes (`{}`), each with its Chinese, in which the holes are numbered from
/// 0.
const SENTENCES: &[(&str, &str)] = &[
    // Applications.
    ("must not be empty", "不能为空"),
    (
        "`{}` is no division code of six digits (GB/T 2260)",
        "“{0}”不是六位行政区划代码（GB/T 2260）",
    ),
    ("no policy is loaded for `{}`", "没有适用于行政区划“{0}”的规则"),
    ("`{}` does not exist", "“{0}”不存在"),
    ("`{}` is in the future: today is `{}`", "“{0}”晚于今天（{1}）"),
    (
        "`{}` is before yesterday: it asks for role `{}`",
        "“{0}”早于昨天：须有“{1}”权限，才能按更早日期核查",
    ),
    (
        "`{}` is too early: `as_of_days_back` of this service is {}",
        "“{0}”过早：本服务最多可按{1}天以前的日期核查（`as_of_days_back`）",
    ),
    (
        "`{}` is outside edition `{}`, which decides from `{}` to no end",
        "“{0}”不在清单“{1}”的适用期间（自{2}起）",
    ),
    (
        "`{}` is outside edition `{}`, which decides from `{}` to `{}`",
        "“{0}”不在清单“{1}”的适用期间（{2}至{3}）",
    ),
    (
        "`{}` is outside overlay `{}`, which holds in {}",
        "“{0}”不在地方采用清单“{1}”的适用地区（{2}）",
    ),
    (
        "`{}` is outside overlay `{}`, which holds from {} to {}",
        "“{0}”不在地方采用清单“{1}”的适用期间（{2}至{3}）",
    ),
    ("`{}` is no matter of this edition", "本清单没有事项“{0}”"),
    ("role `{}` needs a subject of kind `person`", "该身份只能由自然人担任"),
    ("`{}` stands twice in role `{}`", "“{0}”以同一身份填写了两次"),
    ("no subject has the role `applicant`", "没有填写申请人"),
    (
        "more than one subject has the role `applicant`",
        "只能有一个申请人；联合体的其他成员请选“联合体成员”",
    ),
    (
        "a consortium names its members besides the applicant as `consortium-member`",
        "联合体应当填写申请人以外的成员（“联合体成员”），非联合体不得填写",
    ),
    ("the applicant cannot be a `consortium-member` as well", "申请人不能同时是联合体成员"),
    (
        "{} organizations apply and {} of role `legal-representative` or `principal` are named: \
         matter `{}` needs one for each",
        "有{0}个组织申请，填写了{1}名法定代表人或者主要负责人：本事项要求每个组织各填写一名",
    ),
    ("only a person stands behind an organization", "只有自然人可以填写所属单位"),
    ("there is no subject {}", "没有第{0}个主体（自0起）"),
    ("subject {} is no organization", "第{0}个主体（自0起）不是单位"),
    (
        "several organizations apply: it needs the position of the one it answers for",
        "有多个单位申请：须填明其所属单位",
    ),
    (
        "nobody of role `legal-representative` or `principal` names it by `of`: matter `{}` needs \
         one for each organization that applies",
        "没有填写该单位的法定代表人或者主要负责人：本事项要求每个申请单位各填写一名",
    ),
    ("`{}` follows its standard: it needs no `as_issued`", "“{0}”符合标准，无须填写`as_issued`"),
    (
        "`as_issued` names the document that shows the code, and is empty",
        "`as_issued`应当填写载明该代码的文书，不能为空",
    ),
    ("`{}` must be a day not after the as-of date `{}`", "“{0}”应当是不晚于基准日（{1}）的日期"),
    ("`{}` must be a day not before the signing on `{}`", "“{0}”应当是不早于签署日（{1}）的日期"),
    // Identifiers.
    ("scheme `{}` does not identify a subject of kind `{}`", "该类号码不能用于此类主体"),
    ("scheme `{}` takes no country", "该类号码不填签发国"),
    ("`{}` is no valid {}: it has {} characters, not {}", "“{0}”有误：有{2}位，应为{3}位"),
    (
        "`{}` is no valid {}: the check character at position {} is wrong (not `{}`)",
        "“{0}”有误：第{2}位校验码不符",
    ),
    (
        "`{}` is no valid {}: the character at position {} is not in the alphabet (no I, O, S, V, Z)",
        "“{0}”有误：第{2}位不是代码字符（不使用I、O、S、V、Z）",
    ),
    (
        "`{}` is no valid {}: `{}` is no registering authority",
        "“{0}”有误：“{2}”不是登记管理部门代码",
    ),
    (
        "`{}` is no valid {}: the region at positions 3 to 8 is not six digits",
        "“{0}”有误：第3至8位应为六位数字",
    ),
    (
        "`{}` is no valid {}: it has the 15 digits of the old form, which names nobody exactly",
        "“{0}”有误：15位旧号码不能准确识别个人，请填18位号码",
    ),
    (
        "`{}` is no valid {}: the first 17 characters are not all digits",
        "“{0}”有误：前17位应为数字",
    ),
    (
        "`{}` is no valid {}: the date of birth at positions 7 to 14 does not exist",
        "“{0}”有误：第7至14位的出生日期不存在",
    ),
    (
        "`{}` is no valid {}: it is not 18 capitals or digits and two check digits",
        "“{0}”有误：应为18位大写字母或者数字和2位校验码",
    ),
    (
        "`{}` is no valid {}: the check digits at positions 19 and 20 are wrong",
        "“{0}”有误：第19、20位校验码不符",
    ),
    (
        "`{}` is no valid {}: a passport needs its issuing country, two letters of ISO 3166-1",
        "护照须填写签发国的两位字母代码（ISO 3166-1）",
    ),
    (
        "`{}` is no valid {}: it is not 5 to 14 capitals or digits",
        "“{0}”有误：应为5至14位大写字母或者数字",
    ),
    // JSON.
    ("unknown field `{}`, expected {} (line {}, column {})", "没有“{0}”这一项（第{2}行第{3}列）"),
    ("missing field `{}` (line {}, column {})", "缺少“{0}”（第{1}行第{2}列）"),
    ("invalid type: {}, expected {} (line {}, column {})", "类型不符：{0}（第{2}行第{3}列）"),
    ("{} (line {}, column {})", "不能读取：{0}（第{1}行第{2}列）"),
    // Feedback.
    (
        "nothing is reported: neither a measure nor an obligation",
        "没有填写任何措施或者义务的执行情况",
    ),
    ("it says nobody", "不能为空"),
    ("it is {} characters long, more than {}", "有{0}个字符，不得超过{1}个"),
    (
        "it may hold an identifier, and the log identifies nobody: `{}`; leave it out, or let \
         `--mask` mask it",
        "可能含有证件号码（{0}）。日志不识别任何人，请删去号码",
    ),
    ("it holds characters that do not show, or a line break", "含有不可见字符或者换行"),
    ("{} is after today, {}", "{0}晚于今天（{1}）"),
    ("{} is before the check, which was made on {}", "{0}早于核查日（{1}）"),
    ("{} is before its start, {}", "{0}早于开始日（{1}）"),
    ("{} is after the last day of the measure, {}", "{0}晚于措施的最后一日（{1}）"),
    ("`other` asks for the reason in words", "选择“其他”须写明原因"),
    ("{} was not applied, so nothing was carried out", "措施未执行，不填写执行起止日期和执行内容"),
    ("{} is a restriction: nobody is asked for it", "惩戒措施不因当事人不需要而不执行"),
    (
        "{} was reported in `{}`; a correction says so in `replaces`",
        "其间已有反馈（{1}）。请重新打开回执后更正",
    ),
    (
        "what holds about {} is in `{}`, not in `{}`",
        "其间已有新的反馈（{1}）。请重新打开回执后更正",
    ),
    ("the log has no receipt `{}`", "日志中没有编号为“{0}”的回执"),
    (
        "`{}` is the id of a feedback; a receipt's begins with `r`",
        "“{0}”是反馈的编号；回执编号以r开头",
    ),
];

/// Returns the Chinese of a detail, if it has one.
pub(crate) fn chinese(detail: &str) -> Option<String> {
    SENTENCES.iter().find_map(|(english, chinese)| {
        let holes = holes(english, detail)?;
        let mut told = (*chinese).to_owned();
        for (number, hole) in holes.iter().enumerate() {
            told = told.replace(&format!("{{{number}}}"), hole);
        }
        Some(told)
    })
}

/// Returns the texts in the holes of a pattern, if `text` matches it.
fn holes<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut parts = pattern.split("{}");
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut holes = Vec::new();
    let parts: Vec<&str> = parts.collect();
    for (number, part) in parts.iter().enumerate() {
        let last = number + 1 == parts.len();
        let at = if last { rest.len().checked_sub(part.len())? } else { rest.find(part)? };
        let (hole, after) = (rest.get(..at)?, rest.get(at..)?);
        rest = after.strip_prefix(part)?;
        holes.push(hole);
    }
    rest.is_empty().then_some(holes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOME: &[(&str, Option<&str>)] = &[
        ("must not be empty", Some("不能为空")),
        (
            "`9131…**` is no valid uscc: the check character at position 18 is wrong (not `X`)",
            Some("“9131…**”有误：第18位校验码不符"),
        ),
        (
            "2 organizations apply and 1 of role `legal-representative` or `principal` are named: \
             matter `tendering/government-procurement` needs one for each",
            Some("有2个组织申请，填写了1名法定代表人或者主要负责人：本事项要求每个组织各填写一名"),
        ),
        ("missing field `office` (line 1, column 2)", Some("缺少“office”（第1行第2列）")),
        ("EOF while parsing (line 3, column 1)", Some("不能读取：EOF while parsing（第3行第1列）")),
        ("something else", None),
    ];

    #[test]
    fn a_detail_is_told_in_chinese_with_its_own_values() {
        for (english, expected) in SOME {
            assert_eq!(chinese(english).as_deref(), *expected);
        }
    }

    #[test]
    fn every_hole_is_in_the_english() {
        for (english, chinese) in SENTENCES {
            let holes = english.matches("{}").count();
            for number in holes..10 {
                assert!(!chinese.contains(&format!("{{{number}}}")), "{english}");
            }
        }
    }
}
