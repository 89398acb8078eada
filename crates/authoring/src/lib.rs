//! Compiler of the TOML files that people keep to the canonical JSON that the guest adopts.
//!
//! Native only. A catalogue folder holds `instruments.toml`, `acts.toml`, `settings.toml`, the
//! folders `lists`, `matters`, `calendar`, `measures/<group>`, `editions`, `overlays`, and `texts`
//! with each instrument's text. An edition takes `measures/common` and `measures/<its id>`; a place
//! adds the items of its own folder `overlays/<its id>`, if it has one.

pub mod check;
pub mod combinations;
pub mod diff;
mod finding;
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

use mustcheck_rules::catalogue::Catalogue;
use mustcheck_rules::catalogue::data::CatalogueData;

use crate::finding::{Findings, rules};
use crate::folder::{Folder, Wanted, missing, toml_files};
use crate::lint::Combination;
use crate::source::FilePlace;
pub use finding::Finding;
pub use lint::lint;
pub use source::TomlFile;

/// A compiled edition with its overlay: the data, and its canonical form.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The data.
    pub data: CatalogueData,
    /// Canonical JSON (RFC 8785), of which a digest is taken.
    pub canonical: String,
}

/// Returns the ids of the editions of a catalogue folder.
///
/// # Errors
///
/// A [`Finding`] if the folder cannot be read.
pub fn editions(folder: &Path) -> Result<Vec<String>, Box<Finding>> {
    named(folder, "editions")
}

/// Returns the ids of the overlays of a catalogue folder.
///
/// # Errors
///
/// A [`Finding`] if the folder cannot be read.
pub fn overlays(folder: &Path) -> Result<Vec<String>, Box<Finding>> {
    named(folder, "overlays")
}

/// Returns the names of the TOML files of a folder, without their ending.
fn named(root: &Path, folder: &str) -> Result<Vec<String>, Box<Finding>> {
    let mut findings = Findings::default();
    if let Err(error) = root.join(folder).read_dir() {
        missing(&root.join(folder), FilePlace::start_of(folder), &error, &mut findings);
    }
    if let Some(finding) = findings.into_vec().into_iter().next() {
        return Err(Box::new(finding));
    }
    let files = toml_files(root, folder, &mut Findings::default());
    let stem = |file: &String| Some(Path::new(file).file_stem()?.to_string_lossy().into_owned());
    Ok(files.iter().filter_map(stem).collect())
}

/// Compiles one edition with one overlay, unless they have an error by the rules of [`lint()`],
/// applied to the files that the two take.
///
/// # Errors
///
/// All findings at once, warnings among them, if one of them is an error.
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
    // The guest's own rails come last: a rule should have found before whatever they find.
    if let Err(rails) = Catalogue::adopt(data.clone()) {
        for line in rails.lines() {
            findings.add(&rules::RAIL, FilePlace::start_of("."), line, line);
        }
        return Err(findings.into_vec());
    }
    match canonical(&data) {
        Ok(canonical) => Ok(Compiled { data, canonical }),
        Err(error) => {
            let (at, text) = (FilePlace::start_of("."), error.to_string());
            findings.add(&rules::RAIL, at, text.clone(), text);
            Err(findings.into_vec())
        }
    }
}

/// Assembles the data of an edition with an overlay as the files have it, without the rules, for
/// tools that show or compare data with findings. Data to be baked comes from [`compile`] alone.
///
/// # Errors
///
/// The findings, if files cannot be read as those of a catalogue.
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

/// Serialises the data as canonical JSON (RFC 8785). The catalogue's keys are ASCII and its numbers
/// integers, for which sorted keys without white space are the canonical form.
fn canonical(data: &CatalogueData) -> serde_json::Result<String> {
    // A `Value` keeps its keys in a sorted map.
    serde_json::to_string(&serde_json::to_value(data)?)
}
