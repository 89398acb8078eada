//! Vocabulary of a simulated platform: codes of its own, and the words of such platforms.

use std::collections::{BTreeMap, BTreeSet};

use mustcheck::registry::json::RegistryFile;

/// A closed vocabulary: pairs of our code and the platform's word.
pub type Words = &'static [(&'static str, &'static str)];

/// Kinds of subject: 主体类别
pub const KINDS: Words = &[("organization", "法人及非法人组织"), ("person", "自然人")];

/// Kinds of identifier: 证件类型
pub const SCHEMES: Words = &[
    ("uscc", "统一社会信用代码"),
    ("resident-id", "居民身份证"),
    ("lei", "全球法人识别编码"),
    ("passport", "护照"),
];

/// Roles of responsible persons: 责任人类别
pub const ROLES: Words = &[
    ("applicant", "申请人"),
    ("consortium-member", "联合体成员"),
    ("legal-representative", "法定代表人"),
    ("principal", "主要负责人"),
    ("directly-responsible", "直接责任人员"),
    ("registered-practitioner", "注册执业人员"),
    ("guarantor", "担保人"),
];

/// Kinds of penalty: 处罚类别
pub const PENALTIES: Words = &[
    ("warning", "警告"),
    ("criticism", "通报批评"),
    ("fine", "罚款"),
    ("confiscation", "没收"),
    ("suspension-of-business", "责令停产停业"),
    ("licence-revocation", "吊销许可证件"),
    ("disqualification", "限制从业"),
    ("criminal", "刑事处罚"),
    ("other", "其他"),
];

/// Kinds of event: 变动类型
pub const EVENTS: Words = &[
    ("objection-filed", "异议申请"),
    ("objection-dismissed", "异议不成立"),
    ("objection-upheld", "异议成立"),
    ("repaired", "信用修复"),
    ("annulled", "撤销"),
    ("court-stay", "停止执行"),
    ("court-stay-lifted", "恢复执行"),
    ("reorganisation-approved", "重整计划批准"),
    ("reorganisation-failed", "重整计划未执行"),
];

/// The platform's word for one of our codes; empty if it has none.
pub fn word(words: Words, code: &str) -> &'static str {
    words.iter().find(|(own, _)| *own == code).map_or("", |(_, word)| word)
}

/// The codes of one platform, numbered in the order of our codes.
#[derive(Clone, Debug)]
pub struct Codes {
    /// Lists: our code, and the platform's.
    pub lists: BTreeMap<String, String>,
    /// Acts: our code, and the platform's.
    pub acts: BTreeMap<String, String>,
    /// Matters: our code, and the platform's.
    pub matters: BTreeMap<String, String>,
    /// Instruments: our code, and the platform's.
    pub instruments: BTreeMap<String, String>,
}

impl Codes {
    /// Codes for everything that a registry file names.
    pub fn of(file: &RegistryFile) -> Self {
        let records = || file.records.iter();
        let bases = records().flat_map(|r| &r.legal_basis).map(|b| b.instrument.as_str());
        Self {
            lists: numbered('A', file.sources.iter().flat_map(|s| s.lists())),
            acts: numbered('X', records().filter_map(|r| r.act.as_deref())),
            matters: numbered('S', records().filter_map(|r| r.matter.as_deref())),
            instruments: numbered('F', bases),
        }
    }
}

fn numbered<'a>(letter: char, ours: impl Iterator<Item = &'a str>) -> BTreeMap<String, String> {
    let all: BTreeSet<&str> = ours.collect();
    all.into_iter().zip(1..).map(|(own, n)| (own.to_owned(), format!("{letter}{n:02}"))).collect()
}
