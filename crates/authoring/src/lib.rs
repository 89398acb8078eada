//! From the TOML files that people keep to the canonical JSON that the guest adopts.
//!
//! Native only. A catalogue folder holds `instruments.toml`, `acts.toml`, `settings.toml`, the
//! folders `lists`, `matters`, `calendar`, `measures/<group>`, `editions`, `overlays`, and `texts`
//! with each instrument's text. An edition takes `measures/common` and `measures/<its id>`; a place
//! adds what stands in its own folder `overlays/<its id>`, if it has one.

pub mod check;
pub mod combinations;
pub mod diff;
mod folder;
pub mod law_text;
pub mod lint;
pub mod scaffold;
mod shape;
pub mod source;
pub mod status;
pub mod temporal;
pub mod verbatim;

use std::path::Path;

pub use lint::{Finding, lint};
pub use source::Source;

use crate::folder::{Folder, Wanted, missing, toml_files};
use crate::lint::{Combination, Findings, rules};
use crate::source::Place;
use mustcheck_rules::catalogue::Catalogue;
use mustcheck_rules::catalogue::data::CatalogueData;

/// A compiled edition: data, and its canonical form.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The data.
    pub data: CatalogueData,
    /// Canonical JSON (RFC 8785), of which a digest is taken.
    pub canonical: String,
}

/// The editions of a catalogue folder, by id.
///
/// # Errors
///
/// If the folder cannot be read.
pub fn editions(folder: &Path) -> Result<Vec<String>, Box<Finding>> {
    named(folder, "editions")
}

/// The overlays of a catalogue folder, by id.
///
/// # Errors
///
/// If the folder cannot be read.
pub fn overlays(folder: &Path) -> Result<Vec<String>, Box<Finding>> {
    named(folder, "overlays")
}

/// The names of the TOML files of a folder, without their ending.
fn named(root: &Path, folder: &str) -> Result<Vec<String>, Box<Finding>> {
    let mut findings = Findings::default();
    if let Err(error) = root.join(folder).read_dir() {
        missing(&root.join(folder), Place::start_of(folder), &error, &mut findings);
    }
    if let Some(finding) = findings.into_vec().into_iter().next() {
        return Err(Box::new(finding));
    }
    let files = toml_files(root, folder, &mut Findings::default());
    let stem = |file: &String| Some(Path::new(file).file_stem()?.to_string_lossy().into_owned());
    Ok(files.iter().filter_map(stem).collect())
}

/// Compiles one edition with one overlay. What does not lint is not compiled: the rules are those of
/// [`lint()`], on what the two take.
///
/// # Errors
///
/// Every finding at once, warnings among them, if one of them is an error.
pub fn compile(folder: &Path, edition: &str, overlay: &str) -> Result<Compiled, Vec<Finding>> {
    let mut findings = Findings::default();
    let read = Folder::read(folder, Wanted::One { edition, overlay }, &mut findings);
    lint::items(&read, &mut findings);
    let heads = read.editions.get(edition).and_then(Option::as_ref);
    let heads = heads.zip(read.overlays.get(overlay).and_then(Option::as_ref));
    let Some((head, place)) = heads else { return Err(findings.into_vec()) };
    let all = Combination::new(&read, head, place);
    lint::combination(&all, &mut findings);
    if findings.has_errors() {
        return Err(findings.into_vec());
    }
    let data = all.data();
    // The guest's own rails, last: what they find, a rule has found before.
    if let Err(rails) = Catalogue::adopt(data.clone()) {
        for line in rails.lines() {
            findings.add(&rules::RAIL, Place::start_of("."), line, line);
        }
        return Err(findings.into_vec());
    }
    match canonical(&data) {
        Ok(canonical) => Ok(Compiled { data, canonical }),
        Err(error) => {
            let (at, text) = (Place::start_of("."), error.to_string());
            findings.add(&rules::RAIL, at, text.clone(), text);
            Err(findings.into_vec())
        }
    }
}

/// The data of an edition with an overlay as the files have it, without the rules: for tools that
/// show or compare what does not lint. What is baked comes from [`compile`] alone.
///
/// # Errors
///
/// Files that cannot be read as a catalogue's.
pub fn assemble(
    folder: &Path,
    edition: &str,
    overlay: &str,
) -> Result<CatalogueData, Vec<Finding>> {
    let mut findings = Findings::default();
    let read = Folder::read(folder, Wanted::One { edition, overlay }, &mut findings);
    let heads = read.editions.get(edition).and_then(Option::as_ref);
    match heads.zip(read.overlays.get(overlay).and_then(Option::as_ref)) {
        Some((head, place)) if !findings.has_errors() => {
            Ok(Combination::new(&read, head, place).data())
        }
        _ => Err(findings.into_vec()),
    }
}

/// Canonical JSON (RFC 8785). The catalogue's keys are ASCII and its numbers integers, for which
/// sorted keys without white space are the canonical form.
fn canonical(data: &CatalogueData) -> serde_json::Result<String> {
    // A `Value` keeps its keys in a sorted map.
    serde_json::to_string(&serde_json::to_value(data)?)
}
