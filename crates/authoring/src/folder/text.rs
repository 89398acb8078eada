//! Checks that every text is in two languages, and that no array says the same twice.

use std::collections::BTreeSet;

use toml::de::{DeTable, DeValue};

use crate::finding::{Findings, rules};
use crate::shape::dotted;
use crate::source::{Step, TomlFile};

/// Checks every pair of `zh` and `en`, and every array of words, in a file.
pub(crate) fn languages(source: &TomlFile, table: &DeTable<'_>, findings: &mut Findings) {
    walk_table(source, table, &mut Vec::new(), findings);
}

fn walk<'t>(
    source: &TomlFile,
    value: &'t DeValue<'_>,
    path: &mut Vec<Step<'t>>,
    findings: &mut Findings,
) {
    match value {
        DeValue::Table(table) => walk_table(source, table, path, findings),
        DeValue::Array(array) => {
            let mut seen: BTreeSet<&str> = BTreeSet::new();
            for (index, element) in array.iter().enumerate() {
                path.push(Step::Index(index));
                if let Some(word) = element.get_ref().as_str().filter(|word| !seen.insert(word)) {
                    let zh = format!("`{word}`在同一数组中重复");
                    let en = format!("`{word}` stands twice in the array");
                    findings.add(&rules::REPEATED, source.find(path), zh, en);
                }
                walk(source, element.get_ref(), path, findings);
                path.pop();
            }
        }
        _ => {}
    }
}

fn walk_table<'t>(
    source: &TomlFile,
    table: &'t DeTable<'_>,
    path: &mut Vec<Step<'t>>,
    findings: &mut Findings,
) {
    let word = |key: &str| table.get(key).and_then(|value| value.get_ref().as_str());
    if let (Some(zh), Some(en)) = (word("zh"), word("en")) {
        for (key, text) in [("zh", zh), ("en", en)] {
            let Some((fault_zh, fault_en)) = fault(key, text) else { continue };
            path.push(Step::Key(key));
            let name = dotted(path);
            let (zh, en) = (format!("`{name}`{fault_zh}"), format!("`{name}` {fault_en}"));
            findings.add(&rules::TEXT_MISSING, source.find(path), zh, en);
            path.pop();
        }
    }
    for (key, value) in table {
        path.push(Step::Key(key.get_ref()));
        walk(source, value.get_ref(), path, findings);
        path.pop();
    }
}

/// Returns the fault of a text in its language, if there is one.
fn fault(key: &str, text: &str) -> Option<(&'static str, &'static str)> {
    if text.trim().is_empty() {
        return Some(("是空白", "is blank"));
    }
    match key {
        "zh" if !text.chars().any(is_han) => Some(("没有汉字", "has no Chinese character")),
        "en" if !text.chars().any(|c| c.is_ascii_alphabetic()) => {
            Some(("没有英文字母", "has no Latin letter"))
        }
        _ => None,
    }
}

/// Whether a character is a unified ideograph, the extensions included.
fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{323AF}')
}
