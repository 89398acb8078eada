//! Reading of TOML into the catalogue's types, item by item, so that one fault hides no other.
//!
//! serde stops at the first fault. Each is therefore noted, its value replaced by one that fits,
//! and the item read again, until nothing is left to note. An item with a fault is not used any
//! further. Its code stays known, so that a reference to it is not reported as unknown.

use std::rc::Rc;

use mustcheck_model::Text;
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::finding::{Findings, Rule, meant, rules};
use crate::source::{FilePlace, Step, TomlFile};

/// An item of a file, with its place.
#[derive(Clone, Debug)]
pub(crate) struct Item<T> {
    /// The value of the item.
    pub(crate) value: T,
    source: Rc<TomlFile>,
    key: &'static str,
    index: Option<usize>,
}

impl<T> Item<T> {
    /// Place of something within the item: `at(&["legal_basis".into(), 0.into()])`.
    pub(crate) fn at(&self, path: &[Step<'_>]) -> FilePlace {
        let mut whole = vec![Step::Key(self.key)];
        whole.extend(self.index.map(Step::Index));
        whole.extend_from_slice(path);
        self.source.find(&whole)
    }

    /// Place of a key of the item.
    pub(crate) fn key(&self, key: &str) -> FilePlace {
        self.at(&[Step::Key(key)])
    }

    /// Place of an element of an array of the item.
    pub(crate) fn element(&self, key: &str, index: usize) -> FilePlace {
        self.at(&[Step::Key(key), Step::Index(index)])
    }

    /// Place of the beginning of the item.
    pub(crate) fn head(&self) -> FilePlace {
        self.at(&[])
    }

    /// Path of the file that holds the item.
    pub(crate) fn file(&self) -> &str {
        self.source.file()
    }
}

/// The items under a key of a file: those without a fault, and the codes of the others.
pub(crate) struct Items<T> {
    pub(crate) sound: Vec<Item<T>>,
    pub(crate) broken: Vec<String>,
}

/// Reads an array of tables.
pub(crate) fn items<T: DeserializeOwned>(
    source: &Rc<TomlFile>,
    table: &DeTable<'_>,
    key: &'static str,
    readable: bool,
    findings: &mut Findings,
) -> Items<T> {
    let mut items = Items { sound: Vec::new(), broken: Vec::new() };
    let Some(value) = table.get(key) else { return items };
    let Some(array) = value.get_ref().as_array() else {
        if readable {
            let at = source.find(&[Step::Key(key)]);
            let zh = format!("`{key}`应当写作`[[{key}]]`");
            findings.add(&rules::WRONG_TYPE, at, zh, format!("`{key}` is written as `[[{key}]]`"));
        }
        return items;
    };
    for (index, element) in array.iter().enumerate() {
        let at = [Step::Key(key), Step::Index(index)];
        let value = if readable { read(source, element, &at, findings) } else { None };
        match value {
            Some(value) => {
                items.sound.push(Item {
                    value,
                    source: Rc::clone(source),
                    key,
                    index: Some(index),
                });
            }
            None => items.broken.extend(code(element)),
        }
    }
    items
}

/// Reads the one table of a file.
pub(crate) fn head<T: DeserializeOwned>(
    source: &Rc<TomlFile>,
    table: &DeTable<'_>,
    key: &'static str,
    findings: &mut Findings,
) -> Option<Item<T>> {
    let Some(value) = table.get(key) else {
        let (zh, en) = (format!("缺少`[{key}]`"), format!("there is no `[{key}]`"));
        findings.add(&rules::MISSING_KEY, FilePlace::start_of(source.file()), zh, en);
        return None;
    };
    let value = read(source, value, &[Step::Key(key)], findings)?;
    Some(Item { value, source: Rc::clone(source), key, index: None })
}

/// Reports the keys of a file that its kind does not have.
pub(crate) fn only(source: &TomlFile, table: &DeTable<'_>, keys: &[&str], findings: &mut Findings) {
    for key in table.keys().map(|key| key.get_ref().as_ref()).filter(|key| !keys.contains(key)) {
        unknown_key(source.find(&[Step::Key(key)]), key, key, keys, findings);
    }
}

fn code(element: &Spanned<DeValue<'_>>) -> Option<String> {
    let value = element.get_ref();
    let code = value.get("id").or_else(|| value.get("code"))?;
    code.get_ref().as_str().map(str::to_owned)
}

/// Largest number of faults reported for one item.
const MOST: usize = 200;

fn read<T: DeserializeOwned>(
    source: &TomlFile,
    element: &Spanned<DeValue<'_>>,
    at: &[Step<'_>],
    findings: &mut Findings,
) -> Option<T> {
    let fault = match parse::<T>(element) {
        Ok(value) => return Some(value),
        Err(fault) => fault,
    };
    let mut element = element.clone();
    let mut replaced: Vec<Vec<Owned>> = Vec::new();
    let mut next = Some(fault);
    for _ in 0..MOST {
        let Some(fault) = next.take() else { break };
        // A fault inside a value that was put in here is only a consequence.
        if !replaced.iter().any(|hole| fault.path.starts_with(hole)) {
            fault.tell(source, at, findings);
        }
        let Some(hole) = fault.repair::<T>(&mut element) else { break };
        replaced.push(hole);
        next = parse::<T>(&element).err();
    }
    None
}

/// A step that outlives the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Owned {
    Key(String),
    Index(usize),
}

impl Owned {
    fn borrowed(&self) -> Step<'_> {
        match self {
            Self::Key(key) => Step::Key(key),
            Self::Index(index) => Step::Index(*index),
        }
    }
}

struct ItemFault {
    /// Path of the value, or of the unknown key.
    path: Vec<Owned>,
    kind: ItemFaultKind,
    message: String,
}

enum ItemFaultKind {
    UnknownKey,
    /// The key that the table at the path lacks.
    MissingKey(String),
    UnknownValue,
    WrongType,
}

fn parse<T: DeserializeOwned>(element: &Spanned<DeValue<'_>>) -> Result<T, ItemFault> {
    let deserializer = ValueDeserializer::from(element.clone());
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let mut path: Vec<Owned> = Vec::new();
        for segment in error.path() {
            match segment {
                Segment::Map { key } => path.push(Owned::Key(key.clone())),
                Segment::Seq { index } => path.push(Owned::Index(*index)),
                Segment::Enum { .. } | Segment::Unknown => {}
            }
        }
        let message = error.inner().message().to_owned();
        let kind = if message.starts_with("unknown field") {
            ItemFaultKind::UnknownKey
        } else if message.starts_with("unknown variant") {
            ItemFaultKind::UnknownValue
        } else if let Some(key) =
            message.strip_prefix("missing field ").and_then(|_| quoted(&message).next())
        {
            ItemFaultKind::MissingKey(key.to_owned())
        } else {
            ItemFaultKind::WrongType
        };
        ItemFault { path, kind, message }
    })
}

/// Returns the words between back quotes.
fn quoted(message: &str) -> impl Iterator<Item = &str> {
    message.split('`').skip(1).step_by(2)
}

impl ItemFault {
    fn tell(&self, source: &TomlFile, at: &[Step<'_>], findings: &mut Findings) {
        let mut path = at.to_vec();
        path.extend(self.path.iter().map(Owned::borrowed));
        let place = source.find(&path);
        let name = dotted(&path);
        let message = &self.message;
        match &self.kind {
            ItemFaultKind::UnknownKey => {
                let known: Vec<&str> = quoted(message).skip(1).collect();
                let key = quoted(message).next().unwrap_or_default();
                unknown_key(place, key, &name, &known, findings);
            }
            ItemFaultKind::MissingKey(key) => {
                let (zh, en) =
                    (format!("`{name}`缺少键`{key}`"), format!("`{name}` lacks the key `{key}`"));
                findings.add(&rules::MISSING_KEY, place, zh, en);
            }
            ItemFaultKind::UnknownValue => {
                let known: Vec<&str> = quoted(message).skip(1).collect();
                let word = quoted(message).next().unwrap_or_default();
                let what = Text::new(
                    format!("`{name}`的值`{word}`不在词表内"),
                    format!("`{name}` has the unknown value `{word}`"),
                );
                let rule = &rules::UNKNOWN_VALUE;
                findings.add_mend(rule, place, what, meant(rule, word, &known));
            }
            ItemFaultKind::WrongType => {
                let zh = format!("`{name}`：{message}");
                findings.add(&rules::WRONG_TYPE, place, zh, format!("`{name}`: {message}"));
            }
        }
    }

    /// Puts something that fits in the place of the fault, and returns that place; `None` if
    /// nothing fits.
    fn repair<T: DeserializeOwned>(
        &self,
        element: &mut Spanned<DeValue<'_>>,
    ) -> Option<Vec<Owned>> {
        let mut hole = self.path.clone();
        match &self.kind {
            ItemFaultKind::UnknownKey => {
                let (last, parent) = hole.split_last()?;
                let table = table_mut(descend(element, parent)?)?;
                let Owned::Key(key) = last else { return None };
                table.remove(key.as_str())?;
                return Some(hole);
            }
            ItemFaultKind::MissingKey(key) => hole.push(Owned::Key(key.clone())),
            ItemFaultKind::UnknownValue | ItemFaultKind::WrongType => {}
        }
        let variants = quoted(&self.message)
            .skip(1)
            .take(1)
            .map(|word| DeValue::String(word.to_owned().into()));
        let others = [
            DeValue::String("2000-01-01".into()),
            DeValue::Integer(Default::default()),
            DeValue::Boolean(false),
            DeValue::Array(Default::default()),
            DeValue::Table(Default::default()),
        ];
        for candidate in variants.chain(others) {
            put(element, &hole, candidate)?;
            match parse::<T>(element) {
                Err(ItemFault {
                    path,
                    kind: ItemFaultKind::WrongType | ItemFaultKind::UnknownValue,
                    ..
                }) if path == hole => {}
                _ => return Some(hole),
            }
        }
        None
    }
}

fn unknown_key(place: FilePlace, key: &str, name: &str, known: &[&str], findings: &mut Findings) {
    let what = Text::new(format!("未知的键`{name}`"), format!("unknown key `{name}`"));
    let rule: &'static Rule = &rules::UNKNOWN_KEY;
    findings.add_mend(rule, place, what, meant(rule, key, known));
}

fn descend<'t, 'i>(
    element: &'t mut Spanned<DeValue<'i>>,
    path: &[Owned],
) -> Option<&'t mut Spanned<DeValue<'i>>> {
    let Some((step, rest)) = path.split_first() else { return Some(element) };
    let next = match (step, element.get_mut()) {
        (Owned::Key(key), DeValue::Table(table)) => table.get_mut(key.as_str())?,
        (Owned::Index(index), DeValue::Array(array)) => array.get_mut(*index)?,
        _ => return None,
    };
    descend(next, rest)
}

fn table_mut<'t, 'i>(element: &'t mut Spanned<DeValue<'i>>) -> Option<&'t mut DeTable<'i>> {
    match element.get_mut() {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}

fn put<'i>(element: &mut Spanned<DeValue<'i>>, path: &[Owned], value: DeValue<'i>) -> Option<()> {
    if let Some(there) = descend(element, path) {
        *there.get_mut() = value;
        return Some(());
    }
    let (last, parent) = path.split_last()?;
    let Owned::Key(key) = last else { return None };
    let table = table_mut(descend(element, parent)?)?;
    table.insert(Spanned::new(0..0, key.clone().into()), Spanned::new(0..0, value));
    Some(())
}

/// Writes a path as a person does: `measure[2].legal_basis[0].article`, counted from 0 as editors
/// of TOML do.
pub(crate) fn dotted(path: &[Step<'_>]) -> String {
    let mut name = String::new();
    for step in path {
        match step {
            Step::Key(key) if name.is_empty() => name.push_str(key),
            Step::Key(key) => name.push_str(&format!(".{key}")),
            Step::Index(index) => name.push_str(&format!("[{index}]")),
        }
    }
    name
}
