//! The clauses that the rules guard, each verbatim in its text; a test compares them.

use crate::finding::Quote;

const OPINIONS: &str =
    "国务院关于建立完善守信联合激励和失信联合惩戒制度加快推进社会诚信建设的指导意见";

const fn opinions(article: &'static str, clause: &'static str) -> Quote {
    Quote { instrument: mustcheck_rules::clause::OPINIONS, title: OPINIONS, article, clause }
}

const fn shanghai_32(clause: &'static str) -> Quote {
    let (instrument, title) = ("shanghai-social-credit-2017", "上海市社会信用条例");
    Quote { instrument, title, article: "32", clause }
}

const fn shandong(article: &'static str, clause: &'static str) -> Quote {
    let (instrument, title) = ("shandong-social-credit-2020", "山东省社会信用条例");
    Quote { instrument, title, article, clause }
}

/// Nothing without a basis, and nothing that the basis does not say.
pub(super) const BY_LAW: Quote = opinions(
    "2",
    "严格依照法律法规和政策规定，科学界定守信和失信行为，开展守信联合激励和失信联合惩戒。",
);
/// Persons, as laws, regulations and policies say.
pub(super) const PERSONS: Quote =
    opinions("14", "依照法律法规和政策规定对相关责任人员采取相应的联合惩戒措施");
/// Departments that start a measure, and departments that carry it out.
pub(super) const DEPARTMENTS: Quote = opinions(
    "15",
    "各领域守信联合激励和失信联合惩戒的发起部门负责确定激励和惩戒对象,实施部门负责对有关主体采取相应的联合激励和联合惩戒措施。",
);
/// Duty to make every query that is due.
pub(super) const QUERIED: Quote = opinions("18", "确保“应查必查”、“奖惩到位”。");
/// Lists are made lawfully.
pub(super) const LISTS: Quote =
    opinions("19", "依法依规规范各领域红黑名单产生和发布行为，建立健全退出机制。");
/// Lists of associations, banks and agencies are for reference.
pub(super) const REFERENCE: Quote = opinions(
    "19",
    "鼓励有关群众团体、金融机构、征信机构、评级机构、行业协会商会等将产生的“红名单”和“黑名单”信息提供给政府部门参考使用。",
);
/// The list of measures follows what laws, regulations and policies say.
pub(super) const INVENTORY: Quote = opinions(
    "20",
    "梳理法律法规和政策规定明确的联合激励和惩戒事项，建立守信联合激励和失信联合惩戒措施清单",
);
/// Mandatory measures.
pub(super) const MANDATORY: Quote =
    opinions("20", "一类是强制性措施，即依法必须联合执行的激励和惩戒措施");
/// Measures that participants propose and that each region and department may adopt.
pub(super) const RECOMMENDED: Quote = opinions(
    "20",
    "另一类是推荐性措施，即由参与各方推荐的，符合褒扬诚信、惩戒失信政策导向，各地区、各部门可根据实际情况实施的措施。",
);
/// Terms are those of laws, regulations and policies.
pub(super) const TERM: Quote = opinions(
    "21",
    "联合惩戒措施的发起部门和实施部门应按照法律法规和政策规定明确各类失信行为的联合惩戒期限。",
);
/// Objections are taken up and decided.
pub(super) const OBJECTION: Quote = opinions("22", "建立健全信用信息异议、投诉制度。");
/// One format.
pub(super) const FORMAT: Quote = opinions("25", "统一数据格式、数据接口等技术要求。");
/// Bounds of law for a measure that reduces rights.
pub(super) const BOUNDS: Quote = shanghai_32("不得超越法定的许可条件、处罚种类和幅度");
/// Ban on measures that are not published.
pub(super) const PUBLISHED: Quote = shanghai_32("未经公布的信用惩戒措施，不得实施。");
/// Conduct, kind and extent are those of law and of the State.
pub(super) const EXTENT: Quote = shandong(
    "27",
    "设定和实施信用惩戒措施，应当符合法律、行政法规和国家有关规定确定的行为、种类和幅度。",
);
/// A measure is linked with what was done.
pub(super) const LINKED: Quote = shandong("27", "应当遵循合理、关联原则");
/// Expired information is no longer a basis.
pub(super) const DISCLOSURE: Quote = shandong("38", "不再作为失信惩戒依据。");
/// Rank of instrument that each measure needs, in the words of a place.
pub(super) const RANK: Quote = Quote {
    instrument: "zhejiang-public-credit-2017",
    title: "浙江省公共信用信息管理条例",
    article: "26",
    clause: "前款第一项至第五项规定的惩戒措施，依据法律、行政法规的规定实施",
};
