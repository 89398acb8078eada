//! Bad overlays and local measures.

use super::{Bad, bad};
use crate::support::Edit::{Append, Swap};

const OVERLAY: &str = "overlays/shanghai.toml";
const LOCAL: &str = "overlays/shanghai/measures.toml";

const BIDDING: &str = "
[[measure]]
id = \"bidding-law-54-disqualification\"
effect = \"incentive\"
force = \"recommended\"
kind = \"green-channel\"
matters = [\"licensing/food-production\"]
roles = [\"applicant\"]
lists = [\"integrity-models\"]
valid_from = \"2021-01-01\"
text.zh = \"便利。\"
text.en = \"Easier.\"

[[measure.legal_basis]]
instrument = \"shanghai-social-credit-2017\"
article = \"29\"
clause = \"给予优先办理、简化程序等便利服务措施\"
";

const WIDER: &str = "
[[measure]]
id = \"shanghai-examination\"
effect = \"restriction\"
force = \"mandatory\"
kind = \"stricter-examination\"
matters = [\"licensing/food-production\"]
roles = [\"applicant\"]
lists = [\"wage-arrears\"]
valid_from = \"2021-01-01\"
text.zh = \"从严。\"
text.en = \"Strictly.\"

[[measure.legal_basis]]
instrument = \"guofa-2016-33\"
article = \"10\"
clause = \"从严审核行政许可审批项目\"

[[measure.legal_basis]]
instrument = \"shanghai-social-credit-2017\"
article = \"30\"
clause = \"列为重点审查对象\"
";

pub fn all() -> Vec<Bad> {
    vec![
        bad(
            "unknown-act.overlay",
            [
                Swap(
                    OVERLAY,
                    "except_acts = [\"market-order/wage-arrears\"]",
                    "except_acts = [\"market-order/wages\"]",
                ),
                Swap(OVERLAY, "lists = [\"wage-arrears\"]", "lists = [\"wage-arrear\"]"),
                Swap(OVERLAY, "matters = [\"awards/honour\"]", "matters = [\"awards/honor\"]"),
            ],
        ),
        bad(
            "unknown-matter.persons",
            [Swap(
                "lists/lists.toml",
                "roles = [\"legal-representative\"",
                "acts = [\"no-such/act\"]\nmatters = [\"awards/honors\"]\nroles = [\"legal-representative\"",
            )],
        ),
        bad(
            "unknown-edition.overlay",
            [Swap(OVERLAY, "editions = [\"statutes\"]", "editions = [\"statute\"]")],
        ),
        bad(
            "unknown-measure",
            [
                Swap(
                    OVERLAY,
                    "adopts = [\"shanghai-31-honour\"]",
                    "adopts = [\"shanghai-31-honor\"]",
                ),
                Swap(OVERLAY, "measures = [\"shanghai-31-honour\"]", "measures = [\"wage\"]"),
            ],
        ),
        bad(
            "adopts-not-recommended",
            [Swap(
                OVERLAY,
                "adopts = [\"shanghai-31-honour\"]",
                "adopts = [\"shanghai-31-honour\", \"wage-48-honour\"]",
            )],
        ),
        bad(
            "overlay-widens",
            [
                Append(LOCAL, WIDER),
                Swap(
                    OVERLAY,
                    "measures = [\"opinions-4-green-channel\"]",
                    "measures = [\"opinions-10-licence-examination\"]\nforce = \"mandatory\"",
                ),
            ],
        ),
        bad("mandatory-dropped", [Append(LOCAL, BIDDING)]),
        bad(
            "local-basis",
            [Swap(
                LOCAL,
                "instrument = \"shanghai-social-credit-2017\"\narticle = \"31\"\nitem = 6\nclause = \"限制获得相关荣誉称号\"",
                "instrument = \"wage-payment-regulations-2019\"\narticle = \"48\"\nclause = \"评优评先\"",
            )],
        ),
        bad("basis-elsewhere", [Swap(OVERLAY, "regions = [\"31\"]", "regions = [\"31\", \"32\"]")]),
        bad(
            "local-rank",
            [Swap(
                LOCAL,
                "matters = [\"awards/honour\"]",
                "matters = [\"licensing/food-production\"]",
            )],
        ),
        bad(
            "overlay-objection",
            [
                Swap(OVERLAY, "decide_within = 5", "decide_within = 8"),
                Swap(OVERLAY, "annotated = true\n", ""),
            ],
        ),
        bad("overlay-closing", [Swap(OVERLAY, "when = \"matter\"", "when = \"serious-record\"")]),
        bad(
            "overlay-disclosure",
            [
                Swap(OVERLAY, "years = 5", "years = 0"),
                Swap(
                    OVERLAY,
                    "lists = [\"bidding-disqualified\"]",
                    "lists = [\"bidding-disqualified\", \"integrity-models\"]",
                ),
            ],
        ),
        bad(
            "department-twice",
            [Swap(
                OVERLAY,
                "[[overlay.implementers]]\nmeasures = [\"shanghai-31-honour\"]",
                "[[overlay.initiators]]\nlists = [\"licensing-barred\", \"wage-arrears\"]\nname.zh = \"市监\"\nname.en = \"Market\"\nlegal_basis = [{ instrument = \"shanghai-social-credit-2017\", article = \"28\", clause = \"各级行政机关\" }]\n\n[[overlay.implementers]]\nmeasures = [\"shanghai-31-honour\", \"opinions-10-licence-examination\", \"opinions-10-licence-examination\"]",
            )],
        ),
    ]
}
