//! From the TOML files that people keep to the canonical JSON that the guest adopts.
//!
//! Native only. A catalogue folder holds `instruments.toml`, `acts.toml`, `settings.toml`, the
//! folders `lists`, `matters`, `calendar`, `measures/<group>`, `editions`, `overlays`, and `texts`
//! with each instrument's text. An edition takes `measures/common` and `measures/<its id>`; a place
//! adds what stands in its own folder `overlays/<its id>`, if it has one.

pub mod combinations;
pub mod diff;
pub mod scaffold;
pub mod temporal;
pub mod verbatim;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::catalogue::Catalogue;
use crate::catalogue::data::{
    Act, CalendarYear, CatalogueData, Edition, Instrument, List, Matter, Measure, Overlay, Setting,
};
use crate::model::LegalBasis;
use crate::name::Name;

/// One thing that is wrong with a catalogue, at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file, relative to the catalogue's folder; empty for the catalogue as a whole.
    pub file: PathBuf,
    /// What is wrong.
    pub detail: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.file.as_os_str().is_empty() {
            f.write_str(&self.detail)
        } else {
            write!(f, "{}: {}", self.file.display(), self.detail)
        }
    }
}

/// A compiled edition: data, and its canonical form.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The data.
    pub data: CatalogueData,
    /// Canonical JSON (RFC 8785), of which a digest is taken.
    pub canonical: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    instrument: Vec<Instrument>,
    #[serde(default)]
    act: Vec<Act>,
    #[serde(default)]
    setting: Vec<Setting>,
    #[serde(default)]
    list: Vec<List>,
    #[serde(default)]
    matter: Vec<Matter>,
    #[serde(default)]
    measure: Vec<Measure>,
    #[serde(default)]
    calendar: Vec<CalendarYear>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EditionFile {
    edition: Edition,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OverlayFile {
    overlay: Overlay,
}

/// The editions of a catalogue folder, by id.
///
/// # Errors
///
/// If the folder cannot be read.
pub fn editions(folder: &Path) -> Result<Vec<String>, Finding> {
    let files = toml_files(folder, Path::new("editions"))?;
    let stem = |path: &PathBuf| path.file_stem().map(|s| s.to_string_lossy().into_owned());
    Ok(files.iter().filter_map(stem).collect())
}

/// The overlays of a catalogue folder, by id.
///
/// # Errors
///
/// If the folder cannot be read.
pub fn overlays(folder: &Path) -> Result<Vec<String>, Finding> {
    let files = toml_files(folder, Path::new("overlays"))?;
    let stem = |path: &PathBuf| path.file_stem().map(|s| s.to_string_lossy().into_owned());
    Ok(files.iter().filter_map(stem).collect())
}

/// Whether an overlay goes with an edition.
///
/// # Errors
///
/// If the overlay's file cannot be read or does not parse.
pub fn goes_with(folder: &Path, overlay: &str, edition: &str) -> Result<bool, Finding> {
    let mut reader = Reader { folder, findings: Vec::new() };
    let file: Option<OverlayFile> = reader.file(&Path::new("overlays").join(named(overlay)));
    let unread = || Finding { file: PathBuf::from("overlays"), detail: "no overlay".into() };
    let Some(file) = file else { return Err(reader.findings.pop().unwrap_or_else(unread)) };
    let editions = &file.overlay.editions;
    Ok(editions.is_empty() || editions.iter().any(|e| e == edition))
}

/// Compiles one edition with one overlay.
///
/// # Errors
///
/// Every finding at once: files that do not parse, data that a rail forbids, words that are not
/// verbatim in their instrument's text.
pub fn compile(folder: &Path, edition: &str, overlay: &str) -> Result<Compiled, Vec<Finding>> {
    let mut reader = Reader { folder, findings: Vec::new() };
    let head: Option<EditionFile> = reader.file(&Path::new("editions").join(named(edition)));
    let place: Option<OverlayFile> = reader.file(&Path::new("overlays").join(named(overlay)));
    let (own, local) = (Path::new("measures").join(edition), Path::new("overlays").join(overlay));
    let mut folders = vec![
        Path::new("."),
        Path::new("lists"),
        Path::new("matters"),
        Path::new("calendar"),
        Path::new("measures/common"),
        &own,
    ];
    if folder.join(&local).is_dir() {
        folders.push(&local);
    }
    let mut all = reader.folders(&folders);
    let (Some(head), Some(place)) = (head, place) else { return Err(reader.findings) };
    if !reader.findings.is_empty() {
        return Err(reader.findings);
    }
    let here = |editions: &[Name]| editions.is_empty() || editions.iter().any(|e| e == edition);
    for list in &mut all.list {
        list.persons.retain(|rule| here(&rule.editions));
    }
    for matter in &mut all.matter {
        matter.due.retain(|due| here(&due.editions));
    }
    let data = CatalogueData {
        edition: head.edition,
        overlay: place.overlay,
        instruments: all.instrument,
        lists: all.list,
        acts: all.act,
        matters: all.matter,
        measures: all.measure,
        settings: all.setting,
        calendar: all.calendar,
    };
    let whole = |detail: String| Finding { file: PathBuf::new(), detail };
    let mut findings: Vec<Finding> = Vec::new();
    if data.edition.id != edition {
        findings.push(whole(format!("edition `{edition}` calls itself `{}`", data.edition.id)));
    }
    if data.overlay.id != overlay {
        findings.push(whole(format!("overlay `{overlay}` calls itself `{}`", data.overlay.id)));
    }
    findings.extend(verbatim::findings(folder, &data).into_iter().map(whole));
    findings.extend(validity(&data).into_iter().map(whole));
    if let Err(rails) = Catalogue::adopt(data.clone()) {
        findings.extend(rails.lines().map(|line| whole(line.to_owned())));
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let canonical = canonical(&data).map_err(|e| vec![whole(e.to_string())])?;
    Ok(Compiled { data, canonical })
}

/// Canonical JSON (RFC 8785). The catalogue's keys are ASCII and its numbers integers, for which
/// sorted keys without white space are the canonical form.
fn canonical(data: &CatalogueData) -> serde_json::Result<String> {
    // A `Value` keeps its keys in a sorted map.
    serde_json::to_string(&serde_json::to_value(data)?)
}

/// Every basis in the data, with the name of what cites it.
fn bases(data: &CatalogueData) -> Vec<(String, &LegalBasis)> {
    let mut all: Vec<(String, &LegalBasis)> = Vec::new();
    for remedy in &data.edition.remedies {
        all.extend(remedy.legal_basis.iter().map(|b| ("a remedy".to_owned(), b)));
    }
    let place = || format!("overlay `{}`", data.overlay.id);
    all.extend(local_bases(data).map(|b| (place(), b)));
    for list in &data.lists {
        let name = format!("list `{}`", list.code);
        let persons = list.persons.iter().flat_map(|p| &p.legal_basis);
        all.extend(list.legal_basis.iter().chain(persons).map(|b| (name.clone(), b)));
    }
    for act in &data.acts {
        all.extend(act.legal_basis.iter().map(|b| (format!("act `{}`", act.code), b)));
    }
    for matter in &data.matters {
        let due = matter.due.iter().flat_map(|d| &d.legal_basis);
        all.extend(due.map(|b| (format!("matter `{}`", matter.code), b)));
    }
    for measure in &data.measures {
        let exceptions = measure.exceptions.iter().flat_map(|e| &e.legal_basis);
        let name = format!("measure `{}`", measure.id);
        all.extend(measure.legal_basis.iter().chain(exceptions).map(|b| (name.clone(), b)));
    }
    all
}

/// Every basis that an overlay cites.
fn local_bases(data: &CatalogueData) -> impl Iterator<Item = &LegalBasis> {
    let overlay = &data.overlay;
    let adoptions = overlay.adoptions.iter().map(|a| &a.legal_basis);
    adoptions
        .chain(overlay.initiators.iter().map(|i| &i.legal_basis))
        .chain(overlay.implementers.iter().map(|i| &i.legal_basis))
        .chain(overlay.due.iter().map(|d| &d.legal_basis))
        .chain(overlay.disclosures.iter().map(|d| &d.legal_basis))
        .chain(overlay.objection.iter().map(|o| &o.legal_basis))
        .chain(overlay.closings.iter().map(|c| &c.legal_basis))
        .chain(overlay.remarks.iter().map(|r| &r.legal_basis))
        .chain(overlay.remedies.iter().map(|r| &r.legal_basis))
        .flatten()
}

/// What is cited on days on which it is not in force.
// RAIL R3
fn validity(data: &CatalogueData) -> Vec<String> {
    let mut found = Vec::new();
    let start = |id: &str| {
        data.instruments.iter().find(|i| i.id == id).map(|i| (i.in_force_from, i.in_force_until))
    };
    for measure in &data.measures {
        for basis in &measure.legal_basis {
            let Some((from, until)) = start(&basis.instrument) else { continue };
            let outlives = until.is_some_and(|u| measure.valid_until.is_none_or(|m| m > u));
            if measure.valid_from < from || outlives {
                found.push(format!(
                    "measure `{}` is valid on days on which `{}` is not in force",
                    measure.id, basis.instrument
                ));
            }
        }
    }
    // What a place says lasts from its first day on.
    let first = data.overlay.valid_from.unwrap_or(data.edition.valid_from);
    for basis in local_bases(data) {
        if start(&basis.instrument).is_some_and(|(from, _)| from > first) {
            found.push(format!(
                "overlay `{}` cites `{}` before it is in force",
                data.overlay.id, basis.instrument
            ));
        }
    }
    // A duty to ask lasts as long as the edition, so its basis must be there from the first day.
    for matter in &data.matters {
        for basis in matter.due.iter().flat_map(|due| &due.legal_basis) {
            if start(&basis.instrument).is_some_and(|(from, _)| from > data.edition.valid_from) {
                found.push(format!(
                    "matter `{}` cites `{}` before it is in force",
                    matter.code, basis.instrument
                ));
            }
        }
    }
    found
}

fn named(id: &str) -> String {
    format!("{id}.toml")
}

struct Reader<'a> {
    folder: &'a Path,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn file<T: DeserializeOwned>(&mut self, file: &Path) -> Option<T> {
        let problem = |detail: String| Finding { file: file.to_owned(), detail };
        let parsed = fs::read_to_string(self.folder.join(file))
            .map_err(|e| problem(format!("cannot be read: {e}")))
            .and_then(|text| toml::from_str(&text).map_err(|e| problem(e.to_string())));
        match parsed {
            Ok(value) => Some(value),
            Err(finding) => {
                self.findings.push(finding);
                None
            }
        }
    }

    fn folders(&mut self, folders: &[&Path]) -> File {
        let mut all = File {
            instrument: Vec::new(),
            act: Vec::new(),
            setting: Vec::new(),
            list: Vec::new(),
            matter: Vec::new(),
            measure: Vec::new(),
            calendar: Vec::new(),
        };
        for folder in folders {
            let files = match toml_files(self.folder, folder) {
                Ok(files) => files,
                Err(finding) => {
                    self.findings.push(finding);
                    continue;
                }
            };
            for file in files {
                let Some(part) = self.file::<File>(&file) else { continue };
                all.instrument.extend(part.instrument);
                all.act.extend(part.act);
                all.setting.extend(part.setting);
                all.list.extend(part.list);
                all.matter.extend(part.matter);
                all.measure.extend(part.measure);
                all.calendar.extend(part.calendar);
            }
        }
        all
    }
}

/// The TOML files of a folder, in the order of their names, so that every machine compiles the
/// same bytes.
fn toml_files(root: &Path, folder: &Path) -> Result<Vec<PathBuf>, Finding> {
    let problem = |detail: String| Finding { file: folder.to_owned(), detail };
    let entries = fs::read_dir(root.join(folder))
        .map_err(|e| problem(format!("cannot be read: {e}")))?
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| problem(format!("cannot be read: {e}")))?;
    let mut files: Vec<PathBuf> = (entries.into_iter())
        .map(|entry| entry.file_name())
        .filter(|name| Path::new(name).extension().is_some_and(|e| e == "toml"))
        .map(|name| if folder == Path::new(".") { name.into() } else { folder.join(name) })
        .collect();
    files.sort();
    Ok(files)
}
