//! Joining a place's overlay with the edition, once, when the catalogue is adopted.

use mustcheck_model::Force;

#[cfg(target_family = "wasm")]
use crate::catalogue::data::Overlay;
use crate::catalogue::data::{CatalogueData, Due};

/// Joins an overlay that has passed the rails with its edition: adopted measures cite the place's
/// clause beside their own, lists and measures name its departments, matters get its lookups.
pub(super) fn resolve(data: &mut CatalogueData) {
    let overlay = &mut data.overlay;
    for adoption in &overlay.adoptions {
        for measure in data.measures.iter_mut().filter(|m| adoption.measures.contains(&m.id)) {
            measure.legal_basis.extend_from_slice(&adoption.legal_basis);
            if adoption.force == Some(Force::Mandatory) {
                measure.force = Force::Mandatory;
            } else if !overlay.adopts.contains(&measure.id) {
                overlay.adopts.push(measure.id.clone());
            }
        }
    }
    for initiator in &overlay.initiators {
        for list in data.lists.iter_mut().filter(|l| initiator.lists.contains(&l.code)) {
            list.initiator = initiator.name.clone();
        }
    }
    for implementer in &overlay.implementers {
        for measure in data.measures.iter_mut().filter(|m| implementer.measures.contains(&m.id)) {
            measure.implementer = Some(implementer.name.clone());
        }
    }
    for local in &overlay.due {
        for matter in data.matters.iter_mut().filter(|m| local.matters.contains(&m.code)) {
            matter.due.push(Due {
                editions: Vec::new(),
                roles: local.roles.clone(),
                required: false,
                lists: local.lists.clone(),
                legal_basis: local.legal_basis.clone(),
            });
        }
    }
}

/// Drops what [`resolve`] has joined, and notes, which no check uses.
#[cfg(target_family = "wasm")]
pub(super) fn without_commentary(overlay: &mut Overlay) {
    overlay.adoptions = Vec::new();
    overlay.initiators = Vec::new();
    overlay.implementers = Vec::new();
    overlay.due = Vec::new();
    overlay.notes = Vec::new();
    overlay.disclosures.iter_mut().for_each(|d| d.notes = Vec::new());
    overlay.closings.iter_mut().for_each(|c| c.notes = Vec::new());
    overlay.remarks.iter_mut().for_each(|r| r.notes = Vec::new());
    overlay.objection.iter_mut().for_each(|o| o.notes = Vec::new());
}
