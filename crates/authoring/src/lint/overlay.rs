//! Checks that a place adopts, adds and shortens, and widens nothing.

use std::collections::BTreeSet;

use mustcheck_model::name::Name;
use mustcheck_model::{Effect, Force, Polarity};
use mustcheck_rules::catalogue::data::{ClosingWhen, Overlay};

use crate::finding::{Findings, rules};
use crate::lint::duplicates::itself;
use crate::lint::validity::ends_before_it_begins;
use crate::lint::{Combination, here};
use crate::shape::Item;
use crate::source::{FilePlace, Step};

/// Runs the rules on one overlay alone.
pub(super) fn item(item: &Item<Overlay>, findings: &mut Findings) {
    let place = &item.value;
    let id = &place.id;
    if let Some(from) = place.valid_from {
        ends_before_it_begins(item, "valid_until", (from, place.valid_until), findings);
    }
    itself(item, "地方采用", "overlay", id, "adopts", &place.adopts, findings);
    itself(item, "地方采用", "overlay", id, "editions", &place.editions, findings);
    if let Some(objection) = &place.objection {
        let late = objection.decide_within > objection.decide_at_most;
        let unsaid = objection.annotate_within.is_some() && !objection.annotated;
        for key in [late.then_some("decide_within"), unsaid.then_some("annotate_within")] {
            let Some(key) = key else { continue };
            let zh = format!("地方采用`{id}`关于异议的规定自相矛盾");
            let en = format!("overlay `{id}` contradicts itself on objections");
            let at = item.at(&["objection".into(), key.into()]);
            findings.add(&rules::OVERLAY_OBJECTION, at, zh, en);
        }
    }
    for (index, closing) in place.closings.iter().enumerate() {
        let named = !closing.matters.is_empty() || !closing.traits.is_empty();
        if (closing.when == ClosingWhen::Matter) != named {
            let zh = format!("地方采用`{id}`按事项关闭承诺而未列事项，或者相反");
            let en =
                format!("overlay `{id}` closes promises by matter and names none, or the reverse");
            let at = item.at(&["closings".into(), index.into(), "when".into()]);
            findings.add(&rules::OVERLAY_CLOSING, at, zh, en);
        }
    }
    for (index, disclosure) in place.disclosures.iter().enumerate() {
        if disclosure.years == 0 {
            let zh = format!("地方采用`{id}`在披露开始前结束披露");
            let en = format!("overlay `{id}` ends a disclosure before it begins");
            let at = item.at(&["disclosures".into(), index.into(), "years".into()]);
            findings.add(&rules::OVERLAY_DISCLOSURE, at, zh, en);
        }
    }
    let initiators = place.initiators.iter().map(|i| &i.lists);
    departments(item, "initiators", "lists", ("名单", "list"), initiators, findings);
    let implementers = place.implementers.iter().map(|i| &i.measures);
    departments(item, "implementers", "measures", ("措施", "measure"), implementers, findings);
}

fn departments<'a>(
    item: &Item<Overlay>,
    array: &'static str,
    key: &'static str,
    (kind_zh, kind): (&str, &str),
    all: impl Iterator<Item = &'a Vec<Name>>,
    findings: &mut Findings,
) {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (index, codes) in all.enumerate() {
        for (position, code) in codes.iter().enumerate().filter(|(_, code)| !seen.insert(code)) {
            let at = [array.into(), index.into(), key.into(), Step::Index(position)];
            let zh = format!("{kind_zh}`{code}`有两个部门");
            let en = format!("{kind} `{code}` has two departments");
            findings.add(&rules::DEPARTMENT_TWICE, item.at(&at), zh, en);
        }
    }
}

/// Runs the rules on an overlay with an edition.
pub(super) fn all(all: &Combination<'_>, findings: &mut Findings) {
    let item = all.overlay;
    let place = &item.value;
    if !here(&place.editions, all.id()) {
        let (id, edition) = (&place.id, all.id());
        let zh = format!("地方采用`{id}`不适用于版本`{edition}`");
        let en = format!("overlay `{id}` does not go with edition `{edition}`");
        findings.add(&rules::OVERLAY_EDITION, item.key("editions"), zh, en);
    }
    for (index, id) in place.adopts.iter().enumerate() {
        adopted(all, id, item.element("adopts", index), findings);
    }
    for (index, adoption) in place.adoptions.iter().enumerate() {
        let path = |key: &'static str| [Step::Key("adoptions"), Step::Index(index), Step::Key(key)];
        for (position, id) in adoption.measures.iter().enumerate() {
            let mut at = path("measures").to_vec();
            at.push(Step::Index(position));
            adopted(all, id, item.at(&at), findings);
            let restricts = all.measures.get(id).is_some_and(|m| m.effect == Effect::Restriction);
            if adoption.force == Some(Force::Mandatory) && restricts {
                let zh = format!("地方采用将惩戒措施`{id}`变为强制性");
                let en = format!("overlay makes restriction `{id}` mandatory");
                findings.add(&rules::WIDENS, item.at(&path("force")), zh, en);
            }
        }
    }
    // A watch list asks for a look and a commendation speaks for its subject: neither is shortened.
    for (index, disclosure) in place.disclosures.iter().enumerate() {
        for (position, code) in disclosure.lists.iter().enumerate() {
            let list = all.lists.get(code);
            if list.is_some_and(|list| list.polarity != Polarity::Restriction) {
                let id = &place.id;
                let at =
                    ["disclosures".into(), index.into(), "lists".into(), Step::Index(position)];
                let zh = format!("地方采用`{id}`结束`{code}`的披露，而它不是惩戒名单");
                let en = format!("overlay `{id}` ends the disclosure of `{code}`, no restriction");
                findings.add(&rules::OVERLAY_DISCLOSURE, item.at(&at), zh, en);
            }
        }
    }
}

/// Checks that a place adopts a measure only if the edition leaves it to the office.
fn adopted(all: &Combination<'_>, id: &str, at: FilePlace, findings: &mut Findings) {
    let measure = all.measures.get(id);
    if measure.is_some_and(|measure| measure.force != Force::Recommended) {
        let zh = format!("地方采用`{id}`，而它不是推荐性措施");
        let en = format!("overlay adopts `{id}`, which is no recommended measure");
        findings.add(&rules::NOT_RECOMMENDED, at, zh, en);
    }
}
