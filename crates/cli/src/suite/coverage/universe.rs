//! Items that a policy could show.
//!
//! A clause is in the universe if a decision can show it. How it is shown depends on what the
//! clause belongs to:
//!
//! - a measure that is mandatory or adopted, an exception, an end of disclosure, a closed promise,
//!   a rule in code: a decision cites it;
//! - a due lookup: it was made for a decision;
//! - a list's rule on persons: a measure reaches a person by a record of the list;
//! - a remedy, a remark of a place, its handling of objections: papers say it;
//! - a place's department: an obligation or a measure names it.
//!
//! Not in it are the clauses of measures that are neither mandatory nor adopted by an overlay of
//! the suite, and those that say why a list or an act is in the catalogue: no decision rests on
//! them.

use std::fmt::Write as _;

use mustcheck::model::{
    Description, Disposition, DispositionRule, EventKind, Force, LegalBasis, ListStanding,
    MeasureInfo, SetAsideReason, Standing,
};
use mustcheck_rules::Catalogue;
use mustcheck_rules::catalogue::data::ExceptionWhen;
use mustcheck_rules::cited::CITED;
use mustcheck_rules::clause::OPINIONS;

use super::{Items, Kind};
use crate::suite::policies::Deciding;

/// Adds the codes that are the same for every policy: reasons, standings, dispositions, rules,
/// events.
pub fn add_codes(items: &mut Items) {
    SetAsideReason::ALL.iter().for_each(|reason| items.add(Kind::Reasons, reason.code()));
    Standing::ALL.iter().for_each(|standing| items.add(Kind::Standings, standing.code()));
    Disposition::ALL.iter().for_each(|d| items.add(Kind::Dispositions, d.code()));
    DispositionRule::ALL.iter().for_each(|rule| items.add(Kind::Rules, rule.code()));
    EventKind::ALL.iter().for_each(|event| items.add(Kind::Events, event.code()));
}

/// Adds everything that a policy could show.
pub fn add(items: &mut Items, edition: &str, deciding: &Deciding) {
    let description = deciding.policy.description();
    for measure in &description.measures {
        items.add(Kind::Measures, of_edition(edition, &measure.id));
        if adopted(measure) {
            items.add(Kind::MeasuresApplied, of_edition(edition, &measure.id));
            add_clauses(items, &measure.legal_basis);
        }
    }
    add_matters(items, edition, description);
    if let Some(catalogue) = &deciding.catalogue {
        add_catalogue(items, edition, catalogue);
    }
}

/// Whether the policy applies a measure: it is mandatory, or the overlay adopts it.
pub fn adopted(measure: &MeasureInfo) -> bool {
    measure.adopted || measure.force == Force::Mandatory
}

fn add_matters(items: &mut Items, edition: &str, description: &Description) {
    for matter in &description.matters {
        items.add(Kind::Matters, of_edition(edition, &matter.code));
        for due in &matter.due {
            add_clauses(items, &due.legal_basis);
            for (role, list) in due.roles.iter().flat_map(|r| due.lists.iter().map(move |l| (r, l)))
            {
                items.add(Kind::Lookups, lookup(edition, &matter.code, role.code(), list));
            }
        }
    }
}

/// Adds the items that only a catalogue has, and not a policy's description: exceptions, rules of
/// lists, and clauses of the edition and the overlay.
fn add_catalogue(items: &mut Items, edition: &str, catalogue: &Catalogue) {
    for clause in CITED {
        items.add(Kind::Clauses, pinpoint(OPINIONS, clause.article, None, None));
    }
    let data = catalogue.data();
    for measure in data.measures.iter().filter(|m| catalogue.adopted(m)) {
        for exception in &measure.exceptions {
            items.add(Kind::Exceptions, exception_name(edition, &measure.id, exception.when));
            add_clauses(items, &exception.legal_basis);
        }
    }
    for list in &data.lists {
        list.persons.iter().for_each(|rule| add_clauses(items, &rule.legal_basis));
        // A list that is kept for reference restricts nobody, and ends nothing.
        let rules = list.rules.iter().filter(|_| list.standing == ListStanding::Statutory);
        for rules in rules {
            let own = [
                ("removal", true),
                ("objection", true),
                ("stay", rules.stay.is_some()),
                ("restoration", rules.restoration.is_some()),
                ("reorganisation", rules.reorganisation.is_some()),
            ];
            for (rule, _) in own.into_iter().filter(|(_, there)| *there) {
                items.add(Kind::ListRules, list_rule(&list.code, rule));
            }
        }
    }
    let overlay = &data.overlay;
    let remedies = data.edition.remedies.iter().chain(&overlay.remedies);
    remedies.for_each(|remedy| add_clauses(items, &remedy.legal_basis));
    overlay.remarks.iter().for_each(|remark| add_clauses(items, &remark.legal_basis));
    overlay.objection.iter().for_each(|o| add_clauses(items, &o.legal_basis));
    overlay.disclosures.iter().for_each(|d| add_clauses(items, &d.legal_basis));
    overlay.closings.iter().for_each(|c| add_clauses(items, &c.legal_basis));
    overlay.initiators.iter().for_each(|i| add_clauses(items, &i.legal_basis));
    overlay.implementers.iter().for_each(|i| add_clauses(items, &i.legal_basis));
}

/// Adds clauses by their citations: instrument, article, paragraph and item.
pub fn add_clauses(items: &mut Items, bases: &[LegalBasis]) {
    for basis in bases {
        let name = pinpoint(&basis.instrument, &basis.article, basis.paragraph, basis.item);
        items.add(Kind::Clauses, name);
    }
}

/// Returns `name (edition)`: an item in two editions counts as two.
pub fn of_edition(edition: &str, name: &str) -> String {
    format!("{name} ({edition})")
}

/// Returns the name of a due lookup: `matter role list (edition)`.
pub fn lookup(edition: &str, matter: &str, role: &str, list: &str) -> String {
    format!("{matter} {role} {list} ({edition})")
}

/// Returns the name of a rule of a list: `list rule`.
pub fn list_rule(list: &str, rule: &str) -> String {
    format!("{list} {rule}")
}

/// Returns the name of an exception: `measure when (edition)`.
pub fn exception_name(edition: &str, measure: &str, when: ExceptionWhen) -> String {
    let when = match when {
        ExceptionWhen::Act => "act",
        ExceptionWhen::BanRunOut => "ban-run-out",
    };
    format!("{measure} {when} ({edition})")
}

/// Returns `instrument article`, with ` para. n` for a 款 and ` item n` for a 项 where the basis has
/// them.
fn pinpoint(instrument: &str, article: &str, paragraph: Option<u8>, item: Option<u8>) -> String {
    let mut name = format!("{instrument} {article}");
    // Writing to a string cannot fail.
    if let Some(paragraph) = paragraph {
        let _ = write!(name, " para. {paragraph}");
    }
    if let Some(item) = item {
        let _ = write!(name, " item {item}");
    }
    name
}
