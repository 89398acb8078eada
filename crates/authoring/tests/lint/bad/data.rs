//! Bad instruments, lists, acts, matters, settings, calendars and editions.

use super::{Bad, bad};
use crate::support::Edit::{Append, Remove, Swap};

const INSTRUMENTS: &str = "instruments.toml";
const LISTS: &str = "lists/lists.toml";
const MATTERS: &str = "matters/matters.toml";
const STATUTES: &str = "editions/statutes.toml";
const OPINIONS: &str = "editions/guofa-2016-33.toml";

const SECOND_ACT: &str = "
[[act]]
code = \"bidding/fraudulent-bid\"
name.zh = \"骗取中标\"
name.en = \"Fraud\"

[[act.legal_basis]]
instrument = \"bidding-law-2017\"
article = \"54\"
clause = \"骗取中标\"
";

const LATER_SETTING: &str = "
[[setting]]
id = \"larger-fine\"
amount_fen = 300000000
valid_from = \"2026-01-01\"
source = \"财库〔2025〕1号\"
";

const YEAR_2028: &str = "[[calendar]]\nyear = 2028\nholidays = []\nworkdays = []\n";

pub fn all() -> Vec<Bad> {
    vec![
        bad(
            "duplicate",
            [
                Append("acts.toml", SECOND_ACT),
                Append(
                    "calendar/again.toml",
                    "[[calendar]]\nyear = 2026\nholidays = []\nworkdays = []\n",
                ),
                Append(
                    "measures/common/again.toml",
                    include_str!("../good/measures/guofa-2016-33/opinions.toml"),
                ),
            ],
        ),
        bad(
            "repeated-element",
            [Swap(
                MATTERS,
                "\"integrity-models\", \"ass",
                "\"integrity-models\", \"wage-arrears\", \"ass",
            )],
        ),
        bad(
            "text-missing",
            [
                Swap(LISTS, "name.zh = \"诚信典型名单\"", "name.zh = \"models\""),
                Swap(LISTS, "name.en = \"Models of integrity\"", "name.en = \"典型\""),
                Swap(STATUTES, "remark.zh = \"以法律、行政法规为依据。\"", "remark.zh = \" \""),
                Swap("overlays/default.toml", "name.en = \"Default\"", "name.en = \"\""),
            ],
        ),
        bad(
            "note-prefix",
            [
                Swap(LISTS, "NOT MODELLED: which", "not modelled: which"),
                Swap(STATUTES, "INTERPRETATION: a local", "A local"),
                Swap(
                    "overlays/shanghai.toml",
                    "NOT MODELLED: whether the measure is published.",
                    "INTERPRETATION: ",
                ),
            ],
        ),
        bad(
            "empty-validity",
            [
                Swap(
                    STATUTES,
                    "valid_from = \"2021-01-01\"",
                    "valid_from = \"2021-01-01\"\nvalid_until = \"2020-12-31\"",
                ),
                Swap("settings.toml", "secondary", "valid_until = \"2022-02-07\"\nsecondary"),
                Swap(
                    "overlays/shanghai.toml",
                    "regions",
                    "valid_from = \"2022-01-01\"\nvalid_until = \"2021-12-31\"\nregions",
                ),
            ],
        ),
        bad(
            "validity-gap",
            [
                Swap("settings.toml", "secondary", "valid_until = \"2025-12-30\"\nsecondary"),
                Append("settings.toml", LATER_SETTING),
                Append("calendar/2028.toml", YEAR_2028),
                Swap(OPINIONS, "remark.zh", "valid_until = \"2020-06-30\"\nremark.zh"),
            ],
        ),
        bad(
            "validity-overlap",
            [
                Append("settings.toml", LATER_SETTING),
                Swap(OPINIONS, "valid_from = \"2016-05-30\"", "valid_from = \"2021-01-01\""),
            ],
        ),
        bad(
            "calendar-day",
            [
                Swap("calendar/2026.toml", "\"2026-01-02\"", "\"2025-12-31\""),
                Swap("calendar/2026.toml", "\"2026-01-04\"", "\"2026-01-01\", \"2026-01-05\""),
            ],
        ),
        bad(
            "duplicate.parts",
            [
                Swap(
                    "lists/lists.toml",
                    "code = \"wage-arrears\"\n",
                    "code = \"wage-arrears\"\nparts = [\"licensing-barred\", \"city-arrears\"]\n",
                ),
                Swap(
                    "lists/lists.toml",
                    "code = \"licensing-barred\"\n",
                    "code = \"licensing-barred\"\nparts = [\"city-arrears\"]\n",
                ),
            ],
        ),
        bad(
            "duplicate.every-kind",
            [
                Append(INSTRUMENTS, include_str!("../good/overlays/shanghai/instruments.toml")),
                Append("instruments.toml", "\n"),
                Append("lists/again.toml", include_str!("../good/lists/lists.toml")),
                Append("matters/again.toml", include_str!("../good/matters/matters.toml")),
            ],
        ),
        bad("instrument-text-missing", [Remove("texts/bidding-law-2017.md")]),
        bad(
            "unpublished",
            [
                Swap(INSTRUMENTS, "number = \"国发〔2016〕33号\"\n", ""),
                Swap(
                    INSTRUMENTS,
                    "remark = \"The text at hand is the one amended on 2017-12-27.\"",
                    "remark = \"\"",
                ),
            ],
        ),
        bad(
            "unpublished.order",
            [
                Swap(INSTRUMENTS, " The text at hand prints no document number.", ""),
                Swap(
                    "texts/wage-payment-regulations-2019.md",
                    "<!-- INFO END -->",
                    "国务院令第1号公布\n\n<!-- INFO END -->",
                ),
            ],
        ),
        bad(
            "title-differs",
            [Swap(INSTRUMENTS, "中华人民共和国招标投标法", "中华人民共和国政府采购法")],
        ),
        bad(
            "persons-rule",
            [
                Swap(
                    LISTS,
                    "roles = [\"legal-representative\", \"directly-responsible\"]",
                    "roles = []",
                ),
                Swap(
                    LISTS,
                    "[[list.legal_basis]]",
                    "[[list.persons]]\nroles = [\"principal\"]\nown_record = true\nlegal_basis = [\
                     { instrument = \"guofa-2016-33\", article = \"14\", clause = \"落实到人\" }]\n\n\
                     [[list.legal_basis]]",
                ),
            ],
        ),
        bad(
            "no-due-lookups",
            [
                Swap(MATTERS, "editions = [\"guofa-2016-33\"]\n", "editions = [\"statutes\"]\n"),
                Swap(MATTERS, "roles = [\"applicant\", \"legal-representative\"]", "roles = []"),
                Append(
                    MATTERS,
                    "\n[[matter]]\ncode = \"awards/medal\"\ndomain = \"awards\"\nname.zh = \"奖章\"\nname.en = \"Medal\"\ndue = []\n",
                ),
            ],
        ),
        bad("matter-domain", [Swap(MATTERS, "domain = \"awards\"", "domain = \"supervision\"")]),
        bad(
            "unknown-edition",
            [
                Swap(LISTS, "editions = [\"statutes\"]", "editions = [\"statutes\", \"statute\"]"),
                Swap(MATTERS, "editions = [\"statutes\"]", "editions = [\"statutes\", \"2030\"]"),
                Swap(
                    "overlays/shanghai.toml",
                    "editions = [\"statutes\"]",
                    "editions = [\"statutes\", \"guofa-2016-34\"]",
                ),
            ],
        ),
        bad("kind-without-rank", [Swap(STATUTES, "\"disqualify\", ", "")]),
        bad(
            "region-code",
            [
                Swap("overlays/shanghai.toml", "regions = [\"31\"]", "regions = [\"31\", \"310\"]"),
                Swap("overlays/shanghai/instruments.toml", "region = \"31\"", "region = \"3\""),
            ],
        ),
    ]
}
