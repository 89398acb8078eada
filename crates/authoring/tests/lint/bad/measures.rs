//! Bad measures.

use super::{Bad, bad};
use crate::support::Edit::{Append, Remove, Swap};

const COMMON: &str = "measures/common/common.toml";
const STATUTES: &str = "measures/statutes/statutes.toml";
const LISTS: &str = "lists/lists.toml";
const MATTERS: &str = "matters/matters.toml";
const BASIS_79: &str = "article = \"79\"\nclause = \"\"\"\\\n  取得的行政许可属于直接关系公共安全、人身健康、生命财产安全事项的，\\\n  申请人在三年内不得再次申请该行政许可；\\\n  \"\"\"\n";

/// The rules of a list of the good catalogue.
const RULES: &str = "
[[list.rules]]
valid_from = \"2016-05-30\"

[list.rules.removal]

[[list.rules.removal.legal_basis]]
instrument = \"guofa-2016-33\"
article = \"21\"
clause = \"在规定期限内纠正失信行为、消除不良影响的，不再作为联合惩戒对象。\"

[list.rules.objection]
suspends = true

[[list.rules.objection.legal_basis]]
instrument = \"guofa-2016-33\"
article = \"22\"
clause = \"联合惩戒措施在信息核实期间暂不执行。\"
";

/// The bidding measure once more, as another may write it.
const SECOND: &str = "
[[measure]]
id = \"bidding-law-54-again\"
effect = \"restriction\"
force = \"recommended\"
kind = \"disqualify\"
matters = [\"tendering/statutory-tender\"]
scope = \"tender-required-by-law\"
roles = [\"applicant\"]
lists = [\"bidding-disqualified\"]
longest_term.years = 2
valid_from = \"2022-01-01\"
text.zh = \"取消投标资格。\"
text.en = \"The subject may not bid.\"

[[measure.legal_basis]]
instrument = \"bidding-law-2017\"
article = \"54\"
clause = \"情节严重的，取消其一年至三年内参加依法必须进行招标的项目的投标资格并予以公告\"
";

const VERSION: &str = "
[[measure]]
id = \"opinions-10-honour-2024\"
effect = \"restriction\"
force = \"mandatory\"
kind = \"disqualify\"
matters = [\"awards/honour\"]
roles = [\"applicant\"]
lists = [\"wage-arrears\"]
valid_from = \"2020-01-01\"
text.zh = \"取消参加评先评优资格。\"
text.en = \"The subject may not be considered for an award.\"

[[measure.legal_basis]]
instrument = \"guofa-2016-33\"
article = \"10\"
clause = \"取消参加评先评优资格\"
";

pub fn all() -> Vec<Bad> {
    let mut all = bases();
    all.extend(scopes());
    all.extend(reach());
    all.push(many());
    all
}

fn bases() -> Vec<Bad> {
    vec![
        bad(
            "no-basis",
            [
                Swap(
                    STATUTES,
                    "\n[[measure.legal_basis]]\ninstrument = \"bidding-law-2017\"\narticle = \"54\"\nparagraph = 2\nclause = \"情节严重的，取消其一年至三年内参加依法必须进行招标的项目的投标资格并予以公告\"\n",
                    "legal_basis = []\n",
                ),
                Swap(
                    MATTERS,
                    "[[matter.due.legal_basis]]\ninstrument = \"guofa-2016-33\"\narticle = \"18\"\nclause = \"确保“应查必查”、“奖惩到位”\"\n",
                    "legal_basis = []\n",
                ),
            ],
        ),
        bad(
            "blank-clause",
            [Swap(COMMON, "clause = \"从严审核行政许可审批项目\"", "clause = \" \"")],
        ),
        bad("not-verbatim", [Swap(STATUTES, "一年至三年内参加", "一年至五年内参加")]),
        bad(
            "not-verbatim.beginning",
            [Swap(STATUTES, "情节严重的，取消其", "情节特别严重的，取消其")],
        ),
        bad("not-verbatim.nowhere", [Swap(COMMON, "从严审核行政许可审批项目", "罚款一百万元")]),
        bad("wrong-article", [Swap(STATUTES, "article = \"79\"", "article = \"78\"")]),
        bad(
            "no-such-article",
            [
                Swap(STATUTES, "article = \"48\"", "article = \"480\""),
                Swap(STATUTES, "评优评先、交通", "评优评先，交通"),
            ],
        ),
        bad("unknown-instrument", [Swap(STATUTES, "\"bidding-law-2017\"", "\"bidding-law-2018\"")]),
        bad(
            "basis-not-in-force",
            [
                Swap(STATUTES, "valid_from = \"2021-01-01\"", "valid_from = \"2019-04-22\""),
                Swap(
                    "instruments.toml",
                    "in_force_from = \"2020-05-01\"",
                    "in_force_from = \"2020-05-01\"\nin_force_until = \"2025-12-31\"",
                ),
                Swap(
                    "overlays/shanghai/instruments.toml",
                    "2017-10-01\"\nremark",
                    "2021-01-02\"\nremark",
                ),
            ],
        ),
        bad(
            "text-ended",
            [
                Swap(
                    "instruments.toml",
                    "in_force_from = \"2017-12-27\"",
                    "in_force_from = \"2017-12-27\"\nin_force_until = \"2030-12-31\"",
                ),
                Swap(
                    STATUTES,
                    "acts = [\"bidding/fraudulent-bid\"]\nlongest_term.years = 3\nvalid_from = \"2021-01-01\"",
                    "acts = [\"bidding/fraudulent-bid\"]\nlongest_term.years = 3\nvalid_from = \"2021-01-01\"\nvalid_until = \"2030-12-31\"",
                ),
            ],
        ),
        bad(
            "successor-unknown",
            [Swap(
                "instruments.toml",
                "in_force_from = \"2017-12-27\"",
                "in_force_from = \"2017-12-27\"\nsuccessor = \"bidding-law-2031\"",
            )],
        ),
        bad(
            "text-not-checked",
            [
                Swap(
                    "editions/statutes.toml",
                    "valid_from = \"2021-01-01\"",
                    "valid_from = \"2021-01-01\"\nchecked_since = \"2026-01-01\"",
                ),
                Swap(
                    "instruments.toml",
                    "in_force_from = \"2016-05-30\"",
                    "in_force_from = \"2016-05-30\"\nchecked_on = \"2026-01-01\"",
                ),
                Swap(
                    "instruments.toml",
                    "in_force_from = \"2017-12-27\"",
                    "in_force_from = \"2017-12-27\"\nchecked_on = \"2025-12-31\"",
                ),
            ],
        ),
        bad("list-without-exit", [Swap(LISTS, RULES, "")]),
        bad(
            "list-rules-overlap",
            [
                Swap(
                    LISTS,
                    "[[list.rules]]\nvalid_from = \"2016-05-30\"",
                    "[[list.rules]]\nvalid_from = \"2016-05-30\"\nvalid_until = \"2016-05-29\"",
                ),
                Append(LISTS, RULES),
                Append(LISTS, RULES),
            ],
        ),
        bad("rank-too-low", [Swap(COMMON, "kind = \"stricter-examination\"", "kind = \"limit\"")]),
    ]
}

fn scopes() -> Vec<Bad> {
    vec![
        bad(
            "term-too-long",
            [Swap(STATUTES, "longest_term.years = 3", "longest_term = { years = 3, months = 1 }")],
        ),
        bad("term-missing", [Swap(STATUTES, "longest_term.years = 3\n", "")]),
        bad("term-too-short", [Swap(STATUTES, "longest_term.years = 3", "fixed_term.years = 2")]),
        bad(
            "term-twice",
            [Swap(STATUTES, "longest_term.years = 3", "longest_term.years = 3\nlifelong = true")],
        ),
        bad("term-unfounded.life", [Swap(STATUTES, "longest_term.years = 3", "lifelong = true")]),
        bad("person-not-unseated", [Swap(STATUTES, "unseats = true\n", "")]),
        bad(
            "term-unfounded",
            [Swap(
                STATUTES,
                "notes = [\n  \"INTERPRETATION: the regulation sets no term; three years is a ceiling in favour of the person.\",\n]\n",
                "",
            )],
        ),
        bad(
            "scope-too-wide",
            [
                Swap(STATUTES, "scope = \"concerns-public-safety\"\n", ""),
                Swap(STATUTES, "record_matter = \"same\"\n", ""),
                Swap(STATUTES, "scope = \"tender-required-by-law\"\n", ""),
            ],
        ),
        bad(
            "outside-scope",
            [Swap(
                STATUTES,
                "matters = [\"licensing/food-production\"]",
                "matters = [\"licensing/food-production\", \"awards/honour\"]",
            )],
        ),
        bad(
            "domain-not-named",
            [Swap(
                STATUTES,
                "matters = [\"tendering/statutory-tender\"]\nscope = \"tender-required-by-law\"",
                "matters = [\"tendering/statutory-tender\", \"awards/honour\"]",
            )],
        ),
        bad(
            "reference-list-restricts",
            [Swap(
                COMMON,
                "lists = [\"wage-arrears\"]",
                "lists = [\"wage-arrears\", \"association-members\"]",
            )],
        ),
        bad(
            "list-polarity",
            [
                Swap(COMMON, "lists = [\"integrity-models\"]", "lists = [\"wage-arrears\"]"),
                Swap(
                    STATUTES,
                    "lists = [\"licensing-barred\"]",
                    "lists = [\"licensing-barred\", \"integrity-models\"]",
                ),
            ],
        ),
        bad(
            "unknown-list",
            [
                Swap(STATUTES, "lists = [\"licensing-barred\"]", "lists = [\"licensing-bared\"]"),
                Swap(MATTERS, "\"bidding-disqualified\"", "\"bidders\""),
            ],
        ),
        bad(
            "unknown-matter",
            [Swap(STATUTES, "\"licensing/food-production\"", "\"licensing/foodproduction\"")],
        ),
        bad(
            "unknown-act",
            [
                Swap(
                    STATUTES,
                    "acts = [\"bidding/fraudulent-bid\"]",
                    "acts = [\"bidding/fraudulent-bids\"]",
                ),
                Swap(
                    LISTS,
                    "acts = [\"market-order/wage-arrears\"]",
                    "acts = [\"market-order/wage-arrears\", \"no-such/act\"]",
                ),
            ],
        ),
        bad(
            "names-itself",
            [
                Swap(
                    STATUTES,
                    "acts = [\"bidding/fraudulent-bid\"]",
                    "acts = [\"bidding-law-54-disqualification\"]",
                ),
                Swap(
                    "overlays/shanghai.toml",
                    "adopts = [\"shanghai-31-honour\"]",
                    "adopts = [\"shanghai-31-honour\", \"shanghai\"]",
                ),
            ],
        ),
    ]
}

fn reach() -> Vec<Bad> {
    vec![
        bad(
            "person-without-rule",
            [Swap(
                STATUTES,
                "roles = [\"applicant\"]",
                "roles = [\"applicant\", \"legal-representative\", \"principal\"]",
            )],
        ),
        bad(
            "setting-missing",
            [
                Remove("settings.toml"),
                Swap(
                    STATUTES,
                    "longest_term.years = 3",
                    "penalty.fine = \"at-least-larger-fine\"\nlongest_term.years = 3",
                ),
            ],
        ),
        bad("never-fires.no-list", [Swap(COMMON, "lists = [\"wage-arrears\"]", "lists = []")]),
        bad(
            "never-fires.not-due",
            [Swap(COMMON, "lists = [\"wage-arrears\"]", "lists = [\"bidding-disqualified\"]")],
        ),
        bad(
            "never-fires.role",
            [Swap(
                COMMON,
                "roles = [\"applicant\"]\nlists = [\"wage-arrears\"]",
                "roles = [\"guarantor\"]\nlists = [\"wage-arrears\"]",
            )],
        ),
        bad(
            "never-fires.act",
            [Swap(
                STATUTES,
                "acts = [\"licensing/deception-or-bribery\"]",
                "acts = [\"bidding/fraudulent-bid\"]",
            )],
        ),
        bad(
            "never-fires.excepted",
            [Swap(
                STATUTES,
                "paragraph = 2\nclause = \"情节严重的，取消其一年至三年内参加依法必须进行招标的项目的投标资格并予以公告\"\n",
                "paragraph = 2\nclause = \"情节严重的，取消其一年至三年内参加依法必须进行招标的项目的投标资格并予以公告\"\n\n[[measure.exceptions]]\nwhen = \"act\"\nacts = [\"bidding/fraudulent-bid\"]\n\n[[measure.exceptions.legal_basis]]\ninstrument = \"bidding-law-2017\"\narticle = \"54\"\nclause = \"情节严重的\"\n",
            )],
        ),
        bad(
            "never-fires.days",
            [Swap(
                STATUTES,
                "valid_from = \"2021-01-01\"",
                "valid_from = \"2020-01-01\"\nvalid_until = \"2020-12-31\"",
            )],
        ),
        bad(
            "never-fires.term-and-penalty",
            [Swap(STATUTES, "longest_term.years = 3", "penalty = {}\nlongest_term.years = 0")],
        ),
        bad(
            "matter-never-fires",
            [
                Swap(
                    COMMON,
                    "matters = [\"licensing/food-production\"]",
                    "matters = [\"licensing/food-production\", \"tendering/statutory-tender\"]",
                ),
                Swap(
                    COMMON,
                    "matters = [\"licensing/food-production\"]\nroles = [\"applicant\"]\nlists = [\"wage-arrears\"]",
                    "matters = [\"licensing/food-production\", \"awards/honour\", \"tendering/statutory-tender\"]\nroles = [\"applicant\"]\nlists = [\"licensing-barred\"]",
                ),
            ],
        ),
        bad("contradiction", [Append(STATUTES, SECOND)]),
        bad("validity-overlap.measure", [Append("measures/guofa-2016-33/opinions.toml", VERSION)]),
        bad(
            "validity-gap.measure",
            [
                Append("measures/guofa-2016-33/opinions.toml", VERSION),
                Swap(
                    "measures/guofa-2016-33/opinions.toml",
                    "valid_from = \"2016-05-30\"",
                    "valid_from = \"2016-05-30\"\nvalid_until = \"2019-12-01\"",
                ),
            ],
        ),
    ]
}

/// Many faults in many files.
fn many() -> Bad {
    bad(
        "many",
        [
            Swap(
                STATUTES,
                BASIS_79,
                "article = \"78\"\nclause = \"申请人在三年内不得再次申请该行政许可；\"\n",
            ),
            Swap(STATUTES, "longest_term.years = 3", "longest_term.years = 4"),
            Swap(STATUTES, "valid_from = \"2021-01-01\"", "valid_from = \"2019-01-01\""),
            Swap(STATUTES, "kind = \"disqualify\"", "kind = \"disqualification\""),
            Swap(STATUTES, "INTERPRETATION: the regulation", "The regulation"),
            Swap(
                COMMON,
                "lists = [\"wage-arrears\"]",
                "lists = [\"wage-arrear\", \"association-members\"]",
            ),
            Swap(
                COMMON,
                "text.en = \"The licence is examined strictly.\"",
                "text.en = \"\"\nremarks = []",
            ),
            Swap(LISTS, "article = \"48\"", "article = \"47\""),
            Swap("settings.toml", "amount_fen = 200000000", "amount_fen = 200000000 yuan"),
            Swap("overlays/shanghai.toml", "years = 5", "years = 0"),
            Swap(
                "overlays/shanghai.toml",
                "\"opinions-4-green-channel\"",
                "\"opinions-4-green-chanel\"",
            ),
            Append("measures/statutes/more.tml", "\n"),
        ],
    )
}
