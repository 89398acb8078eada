//! Consistency checks on a policy's description of itself, before anything is decided by it.

use std::collections::BTreeSet;

use mustcheck_model::date::Date;
use mustcheck_model::{Description, Effect, LegalBasis, ListInfo, ListStanding};

use crate::input::shortened;

/// Largest amount of text in a description, in bytes: it is read once and kept.
const TEXT: usize = 16 << 20;

/// Checks a description: each code occurs once, every reference has a target, days exist, and every
/// measure has a basis.
///
/// # Errors
///
/// The first contradiction, in a sentence.
pub(crate) fn check(description: &Description) -> Result<(), String> {
    if text(description) > TEXT {
        return Err(format!("it describes itself in more than {TEXT} bytes of text"));
    }
    let lists = once("list", description.lists.iter().map(|list| &list.code))?;
    let matters = once("matter", description.matters.iter().map(|matter| &matter.code))?;
    let acts = once("act", description.acts.iter())?;
    once("measure", description.measures.iter().map(|measure| &measure.id))?;
    once("instrument", description.instruments.iter().map(|instrument| &instrument.id))?;
    for list in &description.lists {
        let named = format!("list `{}`", shortened(&list.code));
        known(&named, "act", &list.acts, &acts)?;
        list_rules(&named, list, description.grounds.len())?;
    }
    for matter in &description.matters {
        let named = format!("matter `{}`", shortened(&matter.code));
        for due in &matter.due {
            known(&named, "list", &due.lists, &lists)?;
        }
        // RAIL R1: a matter without due lookups would be decided without a check.
        if matter.due.iter().all(|due| due.lists.is_empty()) {
            return Err(format!("{named} has no due lookups"));
        }
    }
    for measure in &description.measures {
        let named = format!("measure `{}`", shortened(&measure.id));
        known(&named, "matter", &measure.matters, &matters)?;
        known(&named, "list", &measure.lists, &lists)?;
        days(&named, measure.valid_from, measure.valid_until)?;
        founded(&named, &measure.legal_basis)?;
        let reference = |code: &&String| {
            let list = description.lists.iter().find(|list| list.code == **code);
            list.is_some_and(|list| list.standing == ListStanding::Reference)
        };
        // RAIL R9: a reference list is no basis of a restriction.
        if let Some(code) = measure.lists.iter().find(reference)
            && measure.effect == Effect::Restriction
        {
            let code = shortened(code);
            return Err(format!("{named} rests on `{code}`, which is kept for reference"));
        }
    }
    for year in &description.calendar {
        if year.holidays.iter().chain(&year.workdays).any(|day| !day.exists()) {
            return Err(format!("its calendar of {} has a day that does not exist", year.year));
        }
    }
    days("it", description.valid_from, description.valid_until)
}

/// Checks that each code occurs once, and returns the codes.
fn once<'a>(
    what: &str,
    codes: impl Iterator<Item = &'a String>,
) -> Result<BTreeSet<&'a str>, String> {
    let mut seen = BTreeSet::new();
    for code in codes {
        if !seen.insert(code.as_str()) {
            return Err(format!("{what} `{}` stands twice", shortened(code)));
        }
    }
    Ok(seen)
}

fn known(named: &str, what: &str, codes: &[String], all: &BTreeSet<&str>) -> Result<(), String> {
    match codes.iter().find(|code| !all.contains(code.as_str())) {
        Some(code) => Err(format!("{named} names the unknown {what} `{}`", shortened(code))),
        None => Ok(()),
    }
}

fn days(named: &str, from: Date, until: Option<Date>) -> Result<(), String> {
    if !from.exists() || until.is_some_and(|until| !until.exists()) {
        return Err(format!("{named} has a day that does not exist"));
    }
    if until.is_some_and(|until| until < from) {
        return Err(format!("{named} ends before it begins"));
    }
    Ok(())
}

// RAIL R3
fn founded(named: &str, bases: &[LegalBasis]) -> Result<(), String> {
    if bases.is_empty() {
        return Err(format!("{named} has no legal basis"));
    }
    if bases.iter().any(|basis| basis.clause.trim().is_empty()) {
        return Err(format!("{named} cites an article without words"));
    }
    Ok(())
}

fn list_rules(named: &str, list: &ListInfo, grounds: usize) -> Result<(), String> {
    for rules in &list.rules {
        days(named, rules.valid_from, rules.valid_until)?;
        let ground = rules.removal.map(usize::try_from);
        if ground.is_some_and(|ground| ground.is_ok_and(|ground| ground >= grounds)) {
            return Err(format!("{named} names a ground that is not there"));
        }
    }
    Ok(())
}

/// Number of bytes in those texts that may be long.
fn text(description: &Description) -> usize {
    let basis = |bases: &[LegalBasis]| bases.iter().map(|b| b.clause.len()).sum::<usize>();
    let both = |text: &mustcheck_model::Text| text.zh.len() + text.en.len();
    let measures = description.measures.iter();
    let measures = measures.map(|m| m.id.len() + both(&m.text) + basis(&m.legal_basis));
    let lists = description.lists.iter().map(|l| l.code.len() + both(&l.name) + both(&l.initiator));
    let matters = description.matters.iter().map(|m| m.code.len() + both(&m.name));
    let acts = description.acts.iter().map(String::len);
    let instruments = description.instruments.iter().map(|i| i.id.len() + both(&i.title));
    let grounds = description.grounds.iter();
    let grounds = grounds.map(|g| g.text.as_ref().map_or(0, both) + basis(&g.legal_basis));
    let remedies = description.remedies.iter().map(|r| both(&r.text) + basis(&r.legal_basis));
    let remarks = description.place.remarks.iter().map(|r| both(&r.text) + basis(&r.legal_basis));
    let each = measures.chain(lists).chain(matters).chain(acts).chain(instruments);
    each.chain(grounds).chain(remedies).chain(remarks).sum()
}
