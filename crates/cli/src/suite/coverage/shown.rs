//! Items that a decision shows of its policy.

use std::collections::{BTreeMap, BTreeSet};

use mustcheck::model::{
    Decision, EventKind, LegalBasis, ObligationKind, Role, SetAsideReason, Standing,
};
use mustcheck_rules::Catalogue;
use mustcheck_rules::catalogue::data::CatalogueData;

use super::universe::{add_clauses, exception_name, list_rule, lookup, of_edition};
use super::{Items, Kind, MeasureUse};
use crate::suite::policies::Deciding;
use crate::suite::run::Told;

/// Adds everything that a decision shows. `told` holds the acts and events of its records, `papers`
/// its papers in Chinese.
pub fn add(
    items: &mut Items,
    edition: &str,
    deciding: &Deciding,
    decision: &Decision,
    told: &BTreeMap<String, Told>,
    papers: &str,
) {
    items.add(Kind::Dispositions, decision.disposition.code());
    items.add(Kind::Rules, decision.disposition_rule.code());
    let events = told.values().flat_map(|told| &told.events);
    events.for_each(|event| items.add(Kind::Events, event.code()));
    items.add(Kind::Matters, of_edition(edition, &decision.matter));
    decision.records.iter().for_each(|r| items.add(Kind::Standings, r.standing.code()));
    for measure in &decision.measures {
        items.add(Kind::Measures, of_edition(edition, &measure.measure));
        items.add(Kind::MeasuresApplied, of_edition(edition, &measure.measure));
        add_clauses(items, &measure.legal_basis);
    }
    for entry in &decision.set_aside {
        items.add(Kind::Reasons, entry.reason.code());
        if let Some(measure) = &entry.measure {
            items.add(Kind::Measures, of_edition(edition, measure));
        }
        add_clauses(items, &entry.legal_basis);
    }
    decision.obligations.iter().for_each(|o| add_clauses(items, &o.legal_basis));
    add_lookups(items, edition, deciding, decision);
    if let Some(catalogue) = &deciding.catalogue {
        add_exceptions(items, edition, catalogue, decision);
        add_persons(items, catalogue, decision, told);
        add_list_rules(items, catalogue, decision, told);
        add_told(items, catalogue.data(), decision, papers);
        add_departments(items, catalogue.data(), decision);
    }
}

/// Adds the lookups that were made, and the clauses that made them due.
fn add_lookups(items: &mut Items, edition: &str, deciding: &Deciding, decision: &Decision) {
    let matters = &deciding.policy.description().matters;
    let Some(matter) = matters.iter().find(|m| m.code == decision.matter) else { return };
    for row in &decision.lookups {
        items.add(Kind::Lookups, lookup(edition, &matter.code, row.role.code(), &row.list));
        for due in &matter.due {
            if due.roles.contains(&row.role) && due.lists.contains(&row.list) {
                add_clauses(items, &due.legal_basis);
            }
        }
    }
}

/// Adds exceptions. One is shown by an entry that sets its measure aside with the exception's own
/// legal basis.
fn add_exceptions(items: &mut Items, edition: &str, catalogue: &Catalogue, decision: &Decision) {
    let unmet = |reason| reason == SetAsideReason::ConditionNotMet;
    for entry in decision.set_aside.iter().filter(|entry| unmet(entry.reason)) {
        let measures = catalogue.data().measures.iter();
        for measure in measures.filter(|m| entry.measure.as_deref() == Some(m.id.as_str())) {
            let own = measure.exceptions.iter().filter(|e| e.legal_basis == entry.legal_basis);
            own.for_each(|e| {
                items.add(Kind::Exceptions, exception_name(edition, &measure.id, e.when))
            });
        }
    }
}

/// Adds the clauses of lists' rules on persons. Such a rule is shown by a measure that reaches
/// somebody who is only behind an applicant: without the rule, nobody would be reached (RAIL R8).
fn add_persons(
    items: &mut Items,
    catalogue: &Catalogue,
    decision: &Decision,
    told: &BTreeMap<String, Told>,
) {
    let itself = |role| matches!(role, Role::Applicant | Role::ConsortiumMember | Role::Guarantor);
    for measure in decision.measures.iter().filter(|m| !itself(m.target.role)) {
        let because = |id: &String| measure.because.contains(id);
        for record in decision.records.iter().filter(|r| because(&r.record)) {
            let list = catalogue.list(&record.list);
            let act = told.get(&record.record).and_then(|told| told.act.as_deref());
            let act = act.and_then(|act| catalogue.described().act_position(act));
            let rule = list.and_then(|list| catalogue.persons_rule(list, act));
            rule.into_iter().for_each(|rule| add_clauses(items, &rule.legal_basis));
        }
    }
}

/// Adds the rules of lists. One is shown by a record that it ends, keeps, or brings back.
fn add_list_rules(
    items: &mut Items,
    catalogue: &Catalogue,
    decision: &Decision,
    told: &BTreeMap<String, Told>,
) {
    for finding in &decision.records {
        let Some(list) = catalogue.list(&finding.list) else { continue };
        let Some((_, rules)) = catalogue.regime(list, decision.made_on) else { continue };
        let Some(told) = told.get(&finding.record) else { continue };
        let entry = decision.set_aside.iter().find(|s| s.record.as_ref() == Some(&finding.record));
        let cites = |basis: &[LegalBasis]| entry.is_some_and(|s| s.legal_basis == basis);
        let happened = |event: EventKind| told.events.contains(&event);
        let stands = finding.standing == Standing::InForce;
        let suspended = finding.standing == Standing::Suspended;
        let shown = [
            ("stay", rules.stay.as_ref().is_some_and(|stay| cites(&stay.legal_basis))),
            // Repaired, or kept although somebody reports a repair.
            ("removal", happened(EventKind::Repaired)),
            ("objection", finding.disputed && (suspended || stands)),
            ("restoration", stands && happened(EventKind::RemovalRevoked)),
            ("reorganisation", finding.standing == Standing::Lifted),
        ];
        for (rule, _) in shown.into_iter().filter(|(_, shown)| *shown) {
            items.add(Kind::ListRules, list_rule(&list.code, rule));
        }
    }
}

/// Adds the clauses that only papers show: of remedies, remarks, and the handling of objections.
fn add_told(items: &mut Items, data: &CatalogueData, decision: &Decision, papers: &str) {
    // The forms of a sentence: in the sheet, or in a letter to a firm or a person, from an office
    // or another unit.
    let says = |zh: &str| {
        let own = [zh.to_owned(), zh.replace("本机关", "本单位")];
        own.iter().any(|zh| {
            let to_person = zh.replace("该人员", "你").replace("你发现其", "你发现自己的");
            let forms = [zh.clone(), zh.replace("该单位", "你单位"), to_person];
            forms.iter().any(|form| papers.contains(form.as_str()))
        })
    };
    let overlay = &data.overlay;
    for remedy in data.edition.remedies.iter().chain(&overlay.remedies) {
        if says(&remedy.text.zh) {
            add_clauses(items, &remedy.legal_basis);
        }
    }
    for remark in overlay.remarks.iter().filter(|remark| says(&remark.text.zh)) {
        add_clauses(items, &remark.legal_basis);
    }
    let disputed = (decision.records.iter())
        .any(|record| record.disputed && record.standing == Standing::Suspended);
    if let Some(objection) = overlay.objection.as_ref().filter(|_| disputed) {
        add_clauses(items, &objection.legal_basis);
    }
}

/// Adds the clauses on departments that the place names: those that are reported to, and those that
/// carry a measure out.
fn add_departments(items: &mut Items, data: &CatalogueData, decision: &Decision) {
    let feedback = || decision.obligations.iter().filter(|o| o.kind == ObligationKind::Feedback);
    for initiator in &data.overlay.initiators {
        if feedback().any(|obligation| obligation.to == initiator.name) {
            add_clauses(items, &initiator.legal_basis);
        }
    }
    for implementer in &data.overlay.implementers {
        let own = |id: &str| implementer.measures.iter().any(|m| m.as_str() == id);
        if decision.measures.iter().any(|measure| own(&measure.measure)) {
            add_clauses(items, &implementer.legal_basis);
        }
    }
}

/// Counts the measures of a decision, each once however many subjects it reaches.
pub fn count(
    uses: &mut BTreeMap<(String, String), MeasureUse>,
    edition: &str,
    decision: &Decision,
) {
    let applied: BTreeSet<&String> = decision.measures.iter().map(|m| &m.measure).collect();
    let aside: BTreeSet<&String> =
        decision.set_aside.iter().filter_map(|entry| entry.measure.as_ref()).collect();
    let place = |id: &String| (edition.to_owned(), id.clone());
    for id in applied {
        uses.entry(place(id)).and_modify(|measure| measure.applied += 1);
    }
    for id in aside {
        uses.entry(place(id)).and_modify(|measure| measure.set_aside += 1);
    }
}
