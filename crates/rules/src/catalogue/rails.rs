//! Rails that no catalogue can switch off: data that a rail forbids is not adopted.
//!
//! `lint` reports far more, with file and line; these are the few that a decision rests on.

mod place;

use std::collections::BTreeSet;

use mustcheck_model::name::Name;
use mustcheck_model::{Domain, Effect, InstrumentKind, LegalBasis, ListStanding, Polarity};

use crate::catalogue::data::{CatalogueData, Measure, PersonsRule};
use crate::catalogue::index::MOST;

/// Everything that a rail forbids, one line each.
pub(super) fn findings(data: &CatalogueData) -> Vec<String> {
    let mut found = Vec::new();
    codes(data, &mut found);
    for matter in &data.matters {
        let domain = matter.code.split('/').next().unwrap_or_default();
        if domain != Domain::code(matter.domain) {
            found.push(format!("matter `{}` is not of domain `{}`", matter.code, matter.domain));
        }
        if matter.due.is_empty() {
            // RAIL R1: a matter without due lookups would be decided without a check.
            found.push(format!("matter `{}` has no due lookups", matter.code));
        }
        for due in &matter.due {
            require_known(data, &due.lists, &format!("matter `{}`", matter.code), &mut found);
            require_basis(data, &due.legal_basis, &matter.code, &mut found);
        }
    }
    for list in &data.lists {
        require_basis(data, &list.legal_basis, &list.code, &mut found);
        // RAIL R8: for each act the one rule of its article, so that no role is read into another.
        // The last may be for all acts that no other names.
        let mut ruled = BTreeSet::new();
        let before_last = list.persons.len().saturating_sub(1);
        let apart = |rule: &PersonsRule| !rule.acts.is_empty();
        let mut once = |rule: &PersonsRule| rule.acts.iter().all(|act| ruled.insert(act.clone()));
        if !list.persons.iter().take(before_last).all(apart) || !list.persons.iter().all(&mut once)
        {
            found
                .push(format!("list `{}` has more than one rule on persons for an act", list.code));
        }
        for rule in &list.persons {
            // RAIL R8: the list's own rule, with its own basis.
            require_basis(data, &rule.legal_basis, &list.code, &mut found);
            if rule.roles.is_empty() != rule.own_record {
                let code = &list.code;
                found.push(format!(
                    "list `{code}` reaches persons by name in no role, or not at all"
                ));
            }
            for act in rule.acts.iter().filter(|act| data.acts.iter().all(|a| a.code != **act)) {
                found.push(format!("list `{}` names the unknown act `{act}`", list.code));
            }
            for code in rule.matters.iter().filter(|m| data.matters.iter().all(|o| o.code != **m)) {
                found.push(format!("list `{}` names the unknown matter `{code}`", list.code));
            }
        }
    }
    for measure in &data.measures {
        check_measure(data, measure, &mut found);
    }
    place::findings(data, &mut found);
    found
}

fn codes(data: &CatalogueData, found: &mut Vec<String>) {
    let groups: [(&str, Vec<&Name>); 5] = [
        ("instrument", data.instruments.iter().map(|i| &i.id).collect()),
        ("list", data.lists.iter().map(|l| &l.code).collect()),
        ("act", data.acts.iter().map(|a| &a.code).collect()),
        ("matter", data.matters.iter().map(|m| &m.code).collect()),
        ("measure", data.measures.iter().map(|m| &m.id).collect()),
    ];
    for (what, codes) in groups {
        if codes.len() > MOST {
            found.push(format!("there are more than {MOST} of kind {what}"));
        }
        let mut seen = BTreeSet::new();
        for code in codes {
            if !seen.insert(code) {
                found.push(format!("{what} `{code}` stands twice"));
            }
        }
    }
}

fn check_measure(data: &CatalogueData, measure: &Measure, found: &mut Vec<String>) {
    let place = format!("measure `{}`", measure.id);
    let mut say = |what: String| found.push(format!("{place} {what}"));
    // RAIL R3: no measure without a legal basis of sufficient rank.
    if measure.legal_basis.is_empty() {
        say("has no legal basis".into());
    }
    let kinds: Vec<InstrumentKind> = (measure.legal_basis.iter())
        .filter_map(|b| data.instruments.iter().find(|i| i.id == b.instrument).map(|i| i.kind))
        .collect();
    let ranks: Vec<_> =
        data.edition.ranks.iter().filter(|r| r.kinds.contains(&measure.kind)).collect();
    if ranks.is_empty() {
        say(format!("is of kind `{}`, for which the edition has no rank", measure.kind));
    }
    let ranked = ranks.iter().all(|rank| kinds.iter().any(|k| rank.founded_by.contains(k)));
    if !ranked && !place::founds(data, measure) {
        say(format!("of kind `{}` has no basis of sufficient rank", measure.kind));
    }
    if measure.matters.is_empty() || measure.roles.is_empty() || measure.lists.is_empty() {
        say("names no matter, no role or no list".into());
    }
    for code in &measure.matters {
        match data.matters.iter().find(|m| m.code == *code) {
            None => say(format!("names the unknown matter `{code}`")),
            // RAIL R7: never beyond the scope of the article.
            Some(matter) => {
                if measure.scope.is_some_and(|scope| !matter.traits.contains(&scope)) {
                    say(format!("reaches `{code}`, which is outside its article's scope"));
                }
            }
        }
    }
    for code in &measure.lists {
        let Some(list) = data.lists.iter().find(|l| l.code == *code) else { continue };
        // RAIL R9: a reference list is the basis of nothing.
        if list.standing == ListStanding::Reference {
            say(format!("rests on `{code}`, which is kept for reference"));
        }
        let fits = match measure.effect {
            Effect::Incentive => list.polarity == Polarity::Commendation,
            Effect::Restriction => list.polarity != Polarity::Commendation,
        };
        if !fits {
            say(format!("is of effect `{}` and rests on `{code}`", measure.effect));
        }
    }
    let acts = measure.acts.iter().chain(measure.exceptions.iter().flat_map(|e| &e.acts));
    for act in acts.filter(|act| data.acts.iter().all(|a| a.code != **act)) {
        say(format!("names the unknown act `{act}`"));
    }
    require_known(data, &measure.lists, &place, found);
    require_basis(data, &measure.legal_basis, &measure.id, found);
    for exception in &measure.exceptions {
        require_known(data, &exception.lists, &place, found);
        require_basis(data, &exception.legal_basis, &measure.id, found);
    }
}

fn require_known(data: &CatalogueData, lists: &[Name], place: &str, found: &mut Vec<String>) {
    for code in lists.iter().filter(|code| data.lists.iter().all(|l| l.code != **code)) {
        found.push(format!("{place} names the unknown list `{code}`"));
    }
}

fn require_basis(data: &CatalogueData, bases: &[LegalBasis], of: &str, found: &mut Vec<String>) {
    if bases.is_empty() {
        found.push(format!("`{of}` states a rule without a legal basis"));
    }
    for basis in bases {
        if data.instruments.iter().all(|i| i.id != basis.instrument) {
            found.push(format!("`{of}` cites the unknown instrument `{}`", basis.instrument));
        }
        if basis.clause.trim().is_empty() {
            found.push(format!("`{of}` cites an article of `{}` without words", basis.instrument));
        }
    }
}
