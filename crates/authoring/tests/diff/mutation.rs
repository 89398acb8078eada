//! A catalogue changed leaf by leaf, as JSON, whatever fields it has.

use std::collections::BTreeSet;

use mustcheck_model::date::Date;
use mustcheck_rules::catalogue::data::CatalogueData;
use serde_json::{Map, Value};

/// Every code of the closed vocabularies, to be tried where a code stands.
const CODES: &[&str] = &[
    "applicant",
    "guarantor",
    "legal-representative",
    "fine",
    "warning",
    "criminal",
    "restriction",
    "commendation",
    "watch",
    "statutory",
    "reference",
    "licensing",
    "tendering",
    "incentive",
    "mandatory",
    "recommended",
    "disqualify",
    "stricter-examination",
    "priority",
    "law",
    "normative-document",
    "concerns-public-safety",
    "tender-required-by-law",
    "same",
    "unnamed",
    "at-least-larger-fine",
    "undecidable",
    "act",
    "ban-run-out",
    "serious-record",
    "matter",
    "restriction-applies",
    "tolerance-applies",
];

pub fn parsed(value: &Value) -> Option<CatalogueData> {
    serde_json::from_value(value.clone()).ok()
}

/// A place in the JSON: a value that is no object, or a whole entry.
#[derive(Clone)]
pub struct Leaf {
    /// A JSON pointer without its first slash.
    pub path: String,
}

impl Leaf {
    /// The path with `*` for every position.
    pub fn general(&self) -> String {
        let star = |part: &str| if part.parse::<u32>().is_ok() { "*" } else { part }.to_owned();
        self.path.split('/').map(star).collect::<Vec<_>>().join("/")
    }

    /// Whether it only comments: notes, remarks, names, sentences.
    pub fn comments(&self) -> bool {
        let parts: Vec<&str> = self.path.split('/').collect();
        let has = |names: &[&str]| parts.iter().any(|part| names.contains(part));
        if parts.first() == Some(&"overlay") && has(&["initiators", "implementers", "sources"]) {
            return false;
        }
        // A whole entry that is left out is more than its words.
        parts.len() > 1
            && (has(&["notes", "remark", "title", "number", "version", "secondary"])
                || (has(&["name", "text"]) && matches!(parts.last(), Some(&"zh" | &"en")))
                || self.general() == "settings/*/source")
    }

    /// Every other value that the field can hold, and the catalogue without the entry.
    pub fn mutants(&self, whole: &Value) -> Vec<CatalogueData> {
        (0..).map_while(|how| self.candidate(whole, how)).filter_map(|v| parsed(&v)).collect()
    }

    /// Returns one of the mutants that are still a catalogue.
    pub fn mutate(&self, whole: &Value, how: usize) -> Option<Value> {
        let all: Vec<Value> = (0..)
            .map_while(|how| self.candidate(whole, how))
            .filter(|v| parsed(v).is_some())
            .collect();
        (!all.is_empty()).then(|| all[how % all.len()].clone())
    }

    /// Returns the whole with another value here; `None` if there are no more to try.
    fn candidate(&self, whole: &Value, how: usize) -> Option<Value> {
        let pointer = format!("/{}", self.path);
        let current = whole.pointer(&pointer)?;
        let mut all: Vec<Option<Value>> = vec![None];
        match current {
            Value::Bool(flag) => all.push(Some(Value::Bool(!flag))),
            Value::Number(number) => {
                let number = number.as_u64().unwrap();
                all.push(Some((number + 1).into()));
                all.extend(number.checked_sub(1).map(|less| Some(less.into())));
            }
            Value::String(text) => match text.parse::<Date>() {
                Ok(date) => {
                    let other = |year| Date { year, day: date.day.min(28), ..date }.to_string();
                    all.push(Some(other(date.year + 1).into()));
                    all.push(Some(other(date.year - 1).into()));
                }
                Err(_) => {
                    all.push(Some(format!("{text}x").into()));
                    all.extend(CODES.iter().map(|code| Some((*code).into())));
                }
            },
            _ => {}
        }
        let chosen = all.into_iter().nth(how)?;
        let mut whole = whole.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        match (whole.pointer_mut(parent)?, chosen) {
            (Value::Array(items), None) => {
                items.remove(key.parse::<usize>().unwrap());
            }
            (Value::Array(items), Some(value)) => items[key.parse::<usize>().unwrap()] = value,
            (Value::Object(fields), None) => {
                fields.remove(key);
            }
            (Value::Object(fields), Some(value)) => {
                fields.insert(key.to_owned(), value);
            }
            _ => return None,
        }
        Some(whole)
    }
}

/// Every place of the JSON, entries and objects included.
pub fn leaves(value: &Value) -> Vec<Leaf> {
    let mut all = Vec::new();
    walk(value, String::new(), &mut all);
    all
}

fn walk(value: &Value, path: String, all: &mut Vec<Leaf>) {
    if !path.is_empty() {
        all.push(Leaf { path: path.clone() });
    }
    let join = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}/{key}") };
    match value {
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                walk(item, join(&i.to_string()), all);
            }
        }
        Value::Object(fields) => {
            for (key, field) in fields {
                walk(field, join(key), all);
            }
        }
        _ => {}
    }
}

/// One catalogue out of several with as few entries as show every field that any of them has.
pub fn slim(all: impl Iterator<Item = CatalogueData>) -> Value {
    let mut seen = BTreeSet::new();
    let mut slim: Option<Value> = None;
    for data in all {
        let mut value = serde_json::to_value(data).unwrap();
        prune(&mut value, "", &mut seen);
        match &mut slim {
            None => slim = Some(value),
            Some(slim) => merge(slim, value),
        }
    }
    slim.unwrap()
}

/// Keeps of each array the entries that show a field not seen, and the first two texts.
fn prune(value: &mut Value, path: &str, seen: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields.iter_mut() {
                prune(field, &format!("{path}/{key}"), seen);
            }
        }
        Value::Array(items) if items.iter().all(Value::is_object) => {
            items.retain_mut(|item| {
                let mut fields = BTreeSet::new();
                fields_of(item, path, &mut fields);
                let new = !fields.is_subset(seen);
                seen.extend(fields);
                prune(item, path, &mut BTreeSet::new());
                new
            });
        }
        Value::Array(items) => items.truncate(2),
        _ => {}
    }
}

fn fields_of(value: &Value, path: &str, all: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                fields_of(field, &format!("{path}/{key}"), all);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| fields_of(item, path, all)),
        _ => {
            all.insert(path.to_owned());
        }
    }
}

/// Adds entries and fields that the first lacks.
fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => merge_fields(into, from),
        (Value::Array(into), Value::Array(from)) if from.iter().all(Value::is_object) => {
            into.extend(from);
        }
        _ => {}
    }
}

fn merge_fields(into: &mut Map<String, Value>, from: Map<String, Value>) {
    for (key, field) in from {
        match into.get_mut(&key) {
            Some(known) => merge(known, field),
            None => {
                into.insert(key, field);
            }
        }
    }
}
