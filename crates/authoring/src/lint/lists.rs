//! Checks that a list says how its entries end, on every day (RAILS R4 and R5).

use mustcheck_model::date::Date;
use mustcheck_model::{LegalBasis, ListStanding, Polarity};
use mustcheck_rules::catalogue::data::{List, ListRegime};

use crate::finding::{Findings, rules};
use crate::lint::{Combination, bases};
use crate::shape::Item;
use crate::source::Step;

const FAR: Date = Date { year: 9999, month: 12, day: 31 };

/// Runs the rules on one list alone.
pub(super) fn item(item: &Item<List>, findings: &mut Findings) {
    let list = &item.value;
    let code = &list.code;
    let restricts =
        list.polarity == Polarity::Restriction && list.standing == ListStanding::Statutory;
    if restricts && list.rules.is_empty() {
        let zh = format!("名单`{code}`没有退出规则");
        let en = format!("list `{code}` does not say how its entries end");
        findings.add(&rules::LIST_WITHOUT_EXIT, item.head(), zh, en);
    }
    let span = |rules: &ListRegime| (rules.valid_from, rules.valid_until.unwrap_or(FAR));
    for (index, own) in list.rules.iter().enumerate() {
        let (from, until) = span(own);
        let before = list.rules.iter().take(index).map(span);
        let overlaps = { before }.any(|(first, last)| from <= last && first <= until);
        if until < from || overlaps {
            let zh = format!("名单`{code}`的规则自{from}起与另一版重叠，或者结束早于开始");
            let en = format!("the rules of list `{code}` from `{from}` overlap, or end too early");
            findings.add(&rules::LIST_RULES_OVERLAP, item.element("rules", index), zh, en);
        }
    }
}

/// Checks for lists whose texts all end before the edition does, and for versions of their rules on days on which a
/// cited text is not in force. Acts are not checked: one may be known to an ended text only.
pub(super) fn all(all: &Combination<'_>, findings: &mut Findings) {
    let last = all.edition.value.valid_until.unwrap_or(FAR);
    let ended = |bases: &[LegalBasis]| {
        let mut cited = bases.iter().filter_map(|b| all.instruments.get(&b.instrument));
        cited.next().is_some()
            && bases.iter().all(|b| {
                let known = all.instruments.get(&b.instrument);
                known.and_then(|instrument| instrument.in_force_until).is_some_and(|day| day < last)
            })
    };
    for item in all.lists.items() {
        let code = &item.value.code;
        if ended(&item.value.legal_basis) {
            let zh = format!("名单`{code}`所引法律文件均已失效或者将在本版终止前失效");
            let en = format!("list `{code}` cites only texts that end before the edition does");
            findings.add(&rules::TEXT_ENDED, item.head(), zh, en);
        }
        for (index, own) in item.value.rules.iter().enumerate() {
            rules_in_force(all, item, index, own, findings);
        }
    }
}

/// Checks that each version of a list's rules rests on texts in force on all its days.
fn rules_in_force(
    all: &Combination<'_>,
    item: &Item<List>,
    index: usize,
    own: &ListRegime,
    findings: &mut Findings,
) {
    for (path, cited) in bases::of_rules(index, own) {
        for (b, basis) in cited.iter().enumerate() {
            let Some(known) = all.instruments.get(&basis.instrument) else { continue };
            let last = known.in_force_until.unwrap_or(FAR);
            let outside =
                own.valid_from < known.in_force_from || own.valid_until.unwrap_or(FAR) > last;
            if outside {
                let (code, cited) = (&item.value.code, &basis.instrument);
                let from = own.valid_from;
                let zh = format!("名单`{code}`自{from}起的规则在`{cited}`未生效或已失效的日子有效");
                let en = format!(
                    "the rules of list `{code}` from `{from}` hold on days on which `{cited}` is \
                     not in force"
                );
                let mut place: Vec<Step<'static>> = path.clone();
                place.extend([Step::Key("legal_basis"), Step::Index(b), Step::Key("instrument")]);
                findings.add(&rules::NOT_IN_FORCE, item.at(&place), zh, en);
            }
        }
    }
}
