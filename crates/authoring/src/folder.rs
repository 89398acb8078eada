//! The folder of a catalogue, every file read once.

mod listing;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use mustcheck_model::CalendarYear;
use mustcheck_model::name::each_once;
use mustcheck_rules::catalogue::data::{
    Act, Edition, Instrument, List, Matter, Measure, Overlay, Setting,
};

use crate::finding::{Findings, rules};
use crate::law_text::LawText;
use crate::shape::{Item, Items, head, items, only};
use crate::source::{FaultKind, FilePlace, LIMIT, TomlFile};
pub(super) use listing::{missing, toml_files};

/// The part of a folder to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted<'a> {
    /// Every edition and every overlay.
    All,
    /// The files that one edition with one overlay takes.
    One { edition: &'a str, overlay: &'a str },
}

/// The kinds of item that have a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ItemKind {
    Instrument,
    Act,
    Setting,
    List,
    Matter,
    Measure,
}

/// The items of one folder.
#[derive(Debug, Default)]
pub(crate) struct FolderPart {
    pub(crate) instruments: Vec<Item<Instrument>>,
    pub(crate) acts: Vec<Item<Act>>,
    pub(crate) settings: Vec<Item<Setting>>,
    pub(crate) lists: Vec<Item<List>>,
    pub(crate) matters: Vec<Item<Matter>>,
    pub(crate) measures: Vec<Item<Measure>>,
    pub(crate) calendar: Vec<Item<CalendarYear>>,
    /// Codes of items that have a fault of their own.
    pub(crate) broken: BTreeSet<(ItemKind, String)>,
}

/// The folder of a catalogue as read.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    root: PathBuf,
    /// Editions by file name without its ending; `None` if the file has a fault.
    pub(crate) editions: BTreeMap<String, Option<Item<Edition>>>,
    pub(crate) overlays: BTreeMap<String, Option<Item<Overlay>>>,
    /// Items by folder; the catalogue's own folder has the empty name.
    parts: BTreeMap<String, FolderPart>,
    /// Texts by instrument; `None` if a text is missing or cannot be read.
    texts: BTreeMap<String, Option<LawText>>,
    /// Every edition that has a file, read or not.
    pub(crate) known_editions: BTreeSet<String>,
    /// Texts of the files with a fault; which items they hold is not certain.
    faulty: Vec<String>,
    /// Whether a file could not be read at all, so that its items are unknown.
    blind: bool,
}

/// The folders that every edition takes.
pub(crate) const SHARED: [&str; 5] = ["", "lists", "matters", "calendar", "measures/common"];
/// The folder in which a catalogue may keep its cases.
pub(crate) const CASES: &str = "cases";

impl Folder {
    /// Reads the wanted part. Anything that cannot be read is a finding, and the rest is still
    /// read.
    pub(crate) fn read(root: &Path, wanted: Wanted<'_>, findings: &mut Findings) -> Self {
        let mut folder = Self { root: root.to_owned(), ..Self::default() };
        let names = |files: Vec<String>| files.iter().filter_map(|f| stem(f)).collect::<Vec<_>>();
        let known = toml_files(root, "editions", &mut Findings::default());
        folder.known_editions = names(known).into_iter().collect();
        let (editions, overlays) = match wanted {
            Wanted::One { edition, overlay } => (vec![edition.into()], vec![overlay.into()]),
            Wanted::All => (
                names(toml_files(root, "editions", findings)),
                names(toml_files(root, "overlays", findings)),
            ),
        };
        each_once(|| {
            for id in &editions {
                let edition = folder.one(&format!("editions/{id}.toml"), "edition", findings);
                folder.editions.insert(id.clone(), edition);
            }
            for id in &overlays {
                let overlay = folder.one(&format!("overlays/{id}.toml"), "overlay", findings);
                folder.overlays.insert(id.clone(), overlay);
            }
            for part in SHARED {
                folder.part(part, findings);
            }
            let own = editions.iter().map(|id| format!("measures/{id}"));
            own.for_each(|part| folder.part(&part, findings));
            let local = overlays.iter().map(|id| format!("overlays/{id}"));
            let local: Vec<String> = local.filter(|part| root.join(part).is_dir()).collect();
            for part in &local {
                if !listing::leads_back(root, part, findings) {
                    folder.part(part, findings);
                }
            }
        });
        folder.read_texts(findings);
        folder
    }

    /// Returns the items of a folder, if it was read.
    pub(crate) fn get(&self, part: &str) -> Option<&FolderPart> {
        self.parts.get(part)
    }

    /// Returns every folder that was read, with its items.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (&str, &FolderPart)> {
        self.parts.iter().map(|(name, part)| (name.as_str(), part))
    }

    /// Returns the text of an instrument, if it was read.
    pub(crate) fn text(&self, instrument: &str) -> Option<&LawText> {
        self.texts.get(instrument)?.as_ref()
    }

    /// Whether a file that has a fault, or could not be read, may hold an item of this code.
    pub(crate) fn may_hold(&self, code: &str) -> bool {
        let quoted = [format!("\"{code}\""), format!("'{code}'")];
        self.blind || self.faulty.iter().any(|text| quoted.iter().any(|code| text.contains(code)))
    }

    /// Path of the catalogue's folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    fn one<T: serde::de::DeserializeOwned>(
        &mut self,
        file: &str,
        key: &'static str,
        findings: &mut Findings,
    ) -> Option<Item<T>> {
        let (source, readable) = self.source(file, findings)?;
        if !readable {
            return None;
        }
        let source = Rc::new(source);
        let table = source.table();
        only(&source, &table, &[key], findings);
        text::languages(&source, &table, findings);
        head(&source, &table, key, findings)
    }

    fn part(&mut self, name: &str, findings: &mut Findings) {
        let mut part = FolderPart::default();
        for file in toml_files(&self.root, name, findings) {
            let Some((source, readable)) = self.source(&file, findings) else { continue };
            let source = Rc::new(source);
            part.file(&source, readable, findings);
        }
        self.parts.insert(name.to_owned(), part);
    }

    /// Reads a file; returns it, and whether its content can be relied on.
    fn source(&mut self, file: &str, findings: &mut Findings) -> Option<(TomlFile, bool)> {
        let Some(bytes) = bytes(&self.root, file, findings) else {
            self.blind = true;
            return None;
        };
        let (source, faults) = TomlFile::read(file, &bytes);
        let readable = faults.iter().all(|fault| fault.kind.is_harmless());
        for fault in faults {
            let rule = match fault.kind {
                FaultKind::Encoding => &rules::ENCODING,
                FaultKind::ByteOrderMark => &rules::BYTE_ORDER_MARK,
                FaultKind::LineEnds => &rules::LINE_ENDS,
                FaultKind::Syntax => &rules::SYNTAX,
            };
            findings.add(rule, fault.place, &*fault.what.zh, &*fault.what.en);
        }
        if !readable {
            self.faulty.push(source.text().to_owned());
        }
        Some((source, readable))
    }

    fn read_texts(&mut self, findings: &mut Findings) {
        let ids: BTreeSet<String> = (self.parts.values())
            .flat_map(|part| part.instruments.iter().map(|i| i.value.id.to_string()))
            .collect();
        for id in ids {
            let file = format!("texts/{id}.md");
            // A missing text is reported at its instrument.
            let there = self.root.join(&file).symlink_metadata().is_ok();
            let text = if there { self.law_text(&id, &file, findings) } else { None };
            self.texts.insert(id, text);
        }
    }

    fn law_text(&self, id: &str, file: &str, findings: &mut Findings) -> Option<LawText> {
        let bytes = bytes(&self.root, file, findings)?;
        let (text, faults) = TomlFile::prose(file, &bytes);
        for fault in &faults {
            let rule =
                if fault.kind.is_harmless() { &rules::BYTE_ORDER_MARK } else { &rules::ENCODING };
            findings.add(rule, fault.place.clone(), &*fault.what.zh, &*fault.what.en);
        }
        let readable = faults.iter().all(|fault| fault.kind.is_harmless());
        readable.then(|| LawText::new(id, &text))
    }
}

impl FolderPart {
    fn file(&mut self, source: &Rc<TomlFile>, readable: bool, findings: &mut Findings) {
        const KEYS: [&str; 7] =
            ["instrument", "act", "setting", "list", "matter", "measure", "calendar"];
        let table = source.table();
        if readable {
            only(source, &table, &KEYS, findings);
            text::languages(source, &table, findings);
        }
        let broken = &mut self.broken;
        take(items(source, &table, "instrument", readable, findings), &mut self.instruments)
            .for_each(|code| _ = broken.insert((ItemKind::Instrument, code)));
        take(items(source, &table, "act", readable, findings), &mut self.acts)
            .for_each(|code| _ = broken.insert((ItemKind::Act, code)));
        take(items(source, &table, "setting", readable, findings), &mut self.settings)
            .for_each(|code| _ = broken.insert((ItemKind::Setting, code)));
        take(items(source, &table, "list", readable, findings), &mut self.lists)
            .for_each(|code| _ = broken.insert((ItemKind::List, code)));
        take(items(source, &table, "matter", readable, findings), &mut self.matters)
            .for_each(|code| _ = broken.insert((ItemKind::Matter, code)));
        take(items(source, &table, "measure", readable, findings), &mut self.measures)
            .for_each(|code| _ = broken.insert((ItemKind::Measure, code)));
        take(items(source, &table, "calendar", readable, findings), &mut self.calendar)
            .for_each(drop);
    }
}

/// Keeps the sound items, and returns the codes of the others.
fn take<T>(items: Items<T>, sound: &mut Vec<Item<T>>) -> impl Iterator<Item = String> + use<T> {
    sound.extend(items.sound);
    items.broken.into_iter()
}

fn stem(file: &str) -> Option<String> {
    Path::new(file).file_stem().map(|stem| stem.to_string_lossy().into_owned())
}

/// Reads the bytes of a file; `None`, and a finding, if it cannot be read or is too large.
fn bytes(root: &Path, file: &str, findings: &mut Findings) -> Option<Vec<u8>> {
    let path = root.join(file);
    let place = FilePlace::start_of(file);
    match fs::metadata(&path) {
        Ok(data) if data.len() > LIMIT => {
            let size = data.len();
            let zh = format!("文件有{size}字节，超过{LIMIT}字节的上限");
            let en = format!("the file has {size} bytes, more than the {LIMIT} that are read");
            findings.add(&rules::TOO_LARGE, place, zh, en);
            return None;
        }
        Ok(data) if data.is_file() => {}
        Ok(_) => {
            let (zh, en) = ("不是普通文件", "it is no regular file");
            findings.add(&rules::UNREADABLE, place, zh, en);
            return None;
        }
        Err(error) => {
            missing(&path, place, &error, findings);
            return None;
        }
    }
    fs::read(&path).map_err(|error| missing(&path, place, &error, findings)).ok()
}
