//! The rails for a place: it may adopt, add and shorten; it may not widen.

use mustcheck_model::name::Name;
use mustcheck_model::{Effect, Force, Polarity};

use crate::catalogue::data::{CatalogueData, ClosingWhen, Measure};
use crate::catalogue::rails::{require_basis, require_known};

/// Whether a local regulation that holds in the place is a sufficient basis of a measure.
// RAIL R3: only the kinds and matters that the edition leaves to it.
pub(super) fn founds(data: &CatalogueData, measure: &Measure) -> bool {
    let local = |id: &str| {
        let instrument = data.instruments.iter().find(|i| i.id == *id);
        instrument.filter(|i| i.region.is_some()).map(|i| i.kind)
    };
    data.edition.local_ranks.iter().any(|rank| {
        rank.kinds.contains(&measure.kind)
            && measure.matters.iter().all(|matter| rank.matters.contains(matter))
            && (measure.legal_basis.iter())
                .filter_map(|basis| local(&basis.instrument))
                .any(|kind| rank.founded_by.contains(&kind))
    })
}

/// Everything about the overlay that a rail forbids, one line each.
pub(super) fn findings(data: &CatalogueData, found: &mut Vec<String>) {
    let overlay = &data.overlay;
    if !overlay.editions.is_empty() && !overlay.editions.contains(&data.edition.id) {
        let (id, edition) = (&overlay.id, &data.edition.id);
        found.push(format!("overlay `{id}` does not go with edition `{edition}`"));
    }
    regions(data, found);
    adoptions(data, found);
    let place = format!("overlay `{}`", overlay.id);
    for initiator in &overlay.initiators {
        require_known(data, &initiator.lists, &place, found);
        require_basis(data, &initiator.legal_basis, &overlay.id, found);
    }
    for implementer in &overlay.implementers {
        for id in implementer.measures.iter().filter(|id| measure(data, id).is_none()) {
            found.push(format!("{place} names the unknown measure `{id}`"));
        }
        require_basis(data, &implementer.legal_basis, &overlay.id, found);
    }
    for due in &overlay.due {
        require_matters(data, &due.matters, &place, found);
        require_known(data, &due.lists, &place, found);
        require_basis(data, &due.legal_basis, &overlay.id, found);
    }
    disclosures(data, &place, found);
    if let Some(objection) = &overlay.objection {
        if objection.decide_within > objection.decide_at_most
            || (objection.annotate_within.is_some() && !objection.annotated)
        {
            found.push(format!("{place} contradicts itself on objections"));
        }
        require_basis(data, &objection.legal_basis, &overlay.id, found);
    }
    for closing in &overlay.closings {
        let named = !closing.matters.is_empty() || !closing.traits.is_empty();
        if (closing.when == ClosingWhen::Matter) != named {
            found.push(format!("{place} closes promises by matter and names none, or the reverse"));
        }
        require_matters(data, &closing.matters, &place, found);
        require_basis(data, &closing.legal_basis, &overlay.id, found);
    }
    let remarks = overlay.remarks.iter().map(|r| &r.legal_basis);
    for basis in remarks.chain(overlay.remedies.iter().map(|r| &r.legal_basis)) {
        require_basis(data, basis, &overlay.id, found);
    }
}

fn require_matters(data: &CatalogueData, matters: &[Name], place: &str, found: &mut Vec<String>) {
    for code in matters.iter().filter(|code| data.matters.iter().all(|m| m.code != **code)) {
        found.push(format!("{place} names the unknown matter `{code}`"));
    }
}

fn measure<'a>(data: &'a CatalogueData, id: &str) -> Option<&'a Measure> {
    data.measures.iter().find(|m| m.id == *id)
}

// RAIL R3: a local regulation is the basis of nothing outside its place.
fn regions(data: &CatalogueData, found: &mut Vec<String>) {
    let overlay = &data.overlay;
    let is_code = |region: &str| {
        matches!(region.len(), 2 | 4 | 6) && region.bytes().all(|b| b.is_ascii_digit())
    };
    let own = data.instruments.iter().filter_map(|i| i.region.as_ref());
    for region in overlay.regions.iter().chain(own).filter(|region| !is_code(region)) {
        found.push(format!("`{region}` is no division code of two, four or six digits"));
    }
    for instrument in &data.instruments {
        let Some(region) = &instrument.region else { continue };
        let inside = |place: &Name| place.starts_with(region.as_str());
        if overlay.regions.is_empty() || !overlay.regions.iter().all(inside) {
            let (id, place) = (&instrument.id, &overlay.id);
            found.push(format!("instrument `{id}` does not hold where overlay `{place}` does"));
        }
    }
}

// A place takes up what is recommended. It may bind its offices to an incentive, never to a
// restriction that the edition only recommends.
fn adoptions(data: &CatalogueData, found: &mut Vec<String>) {
    let overlay = &data.overlay;
    let taken = overlay.adoptions.iter().flat_map(|a| &a.measures);
    for id in overlay.adopts.iter().chain(taken) {
        if measure(data, id).is_none_or(|m| m.force != Force::Recommended) {
            found.push(format!("overlay adopts `{id}`, which is no recommended measure"));
        }
    }
    for adoption in &overlay.adoptions {
        if adoption.force == Some(Force::Mandatory) {
            let restricts =
                |id: &&Name| measure(data, id).is_some_and(|m| m.effect == Effect::Restriction);
            for id in adoption.measures.iter().filter(restricts) {
                found.push(format!("overlay makes restriction `{id}` mandatory"));
            }
        }
        require_basis(data, &adoption.legal_basis, &overlay.id, found);
    }
}

// A watch list asks for a look and a commendation speaks for its subject: neither is shortened.
fn disclosures(data: &CatalogueData, place: &str, found: &mut Vec<String>) {
    for disclosure in &data.overlay.disclosures {
        require_known(data, &disclosure.lists, place, found);
        let known = data.lists.iter().filter(|l| disclosure.lists.contains(&l.code));
        for list in known.filter(|l| l.polarity != Polarity::Restriction) {
            found.push(format!("{place} ends the disclosure of `{}`, no restriction", list.code));
        }
        let unknown = |code: &&Name| data.acts.iter().all(|a| a.code != **code);
        for code in disclosure.except_acts.iter().filter(unknown) {
            found.push(format!("{place} names the unknown act `{code}`"));
        }
        if disclosure.years == 0 {
            found.push(format!("{place} ends a disclosure before it begins"));
        }
        require_basis(data, &disclosure.legal_basis, &data.overlay.id, found);
    }
}
