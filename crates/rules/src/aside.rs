//! Records set aside for their standing, by the rules of their list or else by the Opinions (RAILS
//! R4 and R5).

use mustcheck_model::date::Date;
use mustcheck_model::standing::objection_open;
use mustcheck_model::{Basis, Detail, SetAsideReason, SetAsideVerdict, Standing};

use crate::catalogue::{Catalogue, ListRule};
use crate::clause::Clause;
use crate::reach::Hit;

/// 33 (二十二). Reads as: information that turns out wrong is corrected or revoked, and has no
/// consequences.
///
/// INTERPRETATION: a revoked record has no consequences. Correction (更正) is different: the record
/// shows the new state, and nothing ends; 失信被执行人名单规定 9 separates the two likewise.
pub const CORRECTED: Clause =
    Clause {
        position: 0, article: "22", words: "经核实有误的信息应及时更正或撤销。"
    };

/// 33 (二十一). Reads as: a subject that has corrected the conduct and removed its effects is no
/// target any more.
///
/// INTERPRETATION: the list's own regulation says when that is so; until it allows a removal, an
/// event that reports one has no effect.
pub const NO_LONGER_A_TARGET: Clause = Clause {
    position: 1,
    article: "21",
    words: "在规定期限内纠正失信行为、消除不良影响的，不再作为联合惩戒对象。",
};

/// 33 (二十一). Reads as: restriction has a term; before and after it there is none.
pub const TERM: Clause = Clause {
    position: 2,
    article: "21",
    words: "联合惩戒措施的发起部门和实施部门应按照法律法规和政策规定明确各类失信行为的联合惩戒期限。",
};

/// 33 (二十二). Reads as: while the information is verified, the measure is not carried out.
///
/// INTERPRETATION: 联合惩戒措施 are joint measures that rest on information. A penalty, or a bar
/// that follows from one by its own law, is none: 行政处罚法 73 does not stop it. Each list's rules
/// say which of the two its entries are.
pub const VERIFICATION: Clause =
    Clause {
        position: 3, article: "22", words: "联合惩戒措施在信息核实期间暂不执行。"
    };

/// 33 (二十二). Reads as: a stay granted in reconsideration or in court is respected.
pub const LEGAL_REMEDY: Clause = Clause {
    position: 4,
    article: "22",
    words: "支持有关主体通过行政复议、行政诉讼等方式维护自身合法权益。",
};

/// Returns the reason for which a record of a standing is set aside on a day, and the rule; `None`
/// if the record is in force.
pub fn by_standing(
    catalogue: &Catalogue,
    hit: &Hit<'_>,
    standing: Standing,
    on: Date,
) -> Option<(SetAsideReason, Basis)> {
    let record = hit.record;
    let own = |rule: Option<ListRule>, clause: &Clause| {
        let own = hit.regime.zip(rule);
        own.map_or_else(
            || Catalogue::clause(clause),
            |((regime, _), rule)| catalogue.list_rule(hit.list_index, regime, rule),
        )
    };
    let regime = hit.regime.map(|(_, regime)| regime);
    Some(match standing {
        Standing::Annulled => (SetAsideReason::Annulled, Catalogue::clause(&CORRECTED)),
        Standing::Repaired => {
            (SetAsideReason::Repaired, own(Some(ListRule::Removal), &NO_LONGER_A_TARGET))
        }
        Standing::Lifted => {
            let rule = regime.and_then(|regime| regime.reorganisation.as_ref());
            let rule = rule.map(|_| ListRule::Reorganisation);
            (SetAsideReason::Lifted, own(rule, &NO_LONGER_A_TARGET))
        }
        Standing::Expired => {
            // The rule on the stay says why an entry without an end of its own has ended.
            let rule = regime.and_then(|regime| regime.stay.as_ref());
            let rule = rule.filter(|_| record.valid_until.is_none_or(|last| last >= on));
            (SetAsideReason::Expired, own(rule.map(|_| ListRule::Stay), &TERM))
        }
        Standing::NotYetInForce => (SetAsideReason::NotYetInForce, Catalogue::clause(&TERM)),
        Standing::Suspended if objection_open(record, on) => {
            let rule = regime.filter(|regime| regime.objection.suspends);
            let basis = own(rule.map(|_| ListRule::Objection), &VERIFICATION);
            (SetAsideReason::ObjectionUnderVerification, basis)
        }
        Standing::Suspended => (SetAsideReason::CourtStay, Catalogue::clause(&LEGAL_REMEDY)),
        Standing::InForce => return None,
    })
}

/// Makes the entry of a record that is set aside, with the measure that it would have triggered, if
/// one is concerned.
pub fn entry(
    hit: &Hit<'_>,
    measure: Option<u32>,
    reason: SetAsideReason,
    basis: Basis,
) -> SetAsideVerdict {
    SetAsideVerdict {
        record: Some(hit.position),
        measure,
        subject: hit.subject_index,
        reason,
        detail: Detail::Nothing,
        basis,
    }
}
