//! The lint of a catalogue: every finding at once, each with its place, the clause that it offends
//! and how to fix it.
//!
//! Some rules look at one item alone and run once; the others look at an edition with an overlay,
//! and run for each pair that goes together. A finding of several pairs is reported once.

pub(crate) mod bases;
mod combination;
mod contradiction;
mod duplicates;
mod duration;
mod fires;
mod force;
mod lists;
mod local;
mod notes;
mod overlay;
mod persons;
mod publication;
mod rank;
mod references;
mod scope;
mod term;
mod validity;
mod versions;

use std::path::Path;

pub use crate::finding::{Finding, InLanguage, Quote, Rule, Severity, rules};
pub(crate) use combination::{Combination, here, stem};
pub use mustcheck_model::Language;

use crate::finding::Findings;
use crate::folder::{Folder, Wanted};
use crate::source::FilePlace;

/// Lints a catalogue's folder: each edition with each overlay that goes with it. Returns every
/// finding, in the order of files, lines and columns.
pub fn lint(folder: &Path) -> Vec<Finding> {
    let mut findings = Findings::default();
    let read = Folder::read(folder, Wanted::All, &mut findings);
    read.unread(&mut findings);
    if read.editions.is_empty() || read.overlays.is_empty() {
        let place = FilePlace::start_of(".");
        let (zh, en) = ("没有版本或没有地方采用", "there is no edition, or no overlay");
        findings.add(&rules::EMPTY, place, zh, en);
    }
    items(&read, &mut findings);
    versions::editions(&read, &mut findings);
    for edition in read.editions.values().flatten() {
        for overlay in read.overlays.values().flatten() {
            let goes = &overlay.value.editions;
            if here(goes, stem(edition)) {
                combination(&Combination::new(&read, edition, overlay), &mut findings);
            }
        }
    }
    findings.into_vec()
}

/// Runs the rules on single items.
pub(crate) fn items(folder: &Folder, findings: &mut Findings) {
    for (id, edition) in &folder.editions {
        let Some(edition) = edition else { continue };
        duplicates::head("edition", id, &edition.value.id, edition, findings);
        bases::edition(folder, edition, findings);
        notes::edition(edition, findings);
        validity::edition(edition, findings);
    }
    for (id, overlay) in &folder.overlays {
        let Some(overlay) = overlay else { continue };
        duplicates::head("overlay", id, &overlay.value.id, overlay, findings);
        bases::overlay(folder, overlay, findings);
        notes::overlay(overlay, findings);
        overlay::item(overlay, findings);
        references::overlay_editions(folder, overlay, findings);
    }
    for (_, part) in folder.parts() {
        part.instruments.iter().for_each(|i| publication::instrument(folder, i, findings));
        part.acts.iter().for_each(|act| bases::act(folder, act, findings));
        for list in &part.lists {
            bases::list(folder, list, findings);
            notes::list(list, findings);
            duplicates::list_itself(list, findings);
            lists::item(list, findings);
        }
        for matter in &part.matters {
            bases::matter(folder, matter, findings);
            notes::matter(matter, findings);
            scope::domain_of(matter, findings);
        }
        for measure in &part.measures {
            bases::measure(folder, measure, findings);
            notes::measure(measure, findings);
            validity::measure(measure, findings);
            term::measure(measure, findings);
            persons::unseated(measure, findings);
            scope::phrases(measure, findings);
            duplicates::measure_itself(measure, findings);
        }
        part.settings.iter().for_each(|setting| validity::setting(setting, findings));
        part.calendar.iter().for_each(|year| validity::year(year, findings));
    }
}

/// Runs the rules on an edition with an overlay.
pub(crate) fn combination(all: &Combination<'_>, findings: &mut Findings) {
    duplicates::codes(all, findings);
    references::all(all, findings);
    force::all(all, findings);
    lists::all(all, findings);
    publication::all(all, findings);
    persons::lists(all, findings);
    for matter in all.matters.items() {
        fires::due(all, matter, findings);
    }
    let lookups = fires::Lookups::of(all);
    for measure in all.measures.items() {
        rank::measure(all, measure, findings);
        scope::measure(all, measure, findings);
        persons::measure(all, measure, findings);
        references::lists(all, measure, findings);
        fires::measure(all, &lookups, measure, findings);
    }
    contradiction::all(all, findings);
    versions::all(all, findings);
    overlay::all(all, findings);
    local::all(all, findings);
}
