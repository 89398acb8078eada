//! Checks for codes that are used twice, heads whose file has another name, and items that refer to
//! themselves.

use std::collections::BTreeMap;

use mustcheck_model::Force;
use mustcheck_model::name::Name;
use mustcheck_rules::catalogue::MOST;
use mustcheck_rules::catalogue::data::{List, Measure};

use crate::finding::{Findings, rules};
use crate::lint::Combination;
use crate::lint::combination::{Coded, Table, is_local};
use crate::shape::Item;
use crate::source::FilePlace;

/// Checks that the id of an edition or overlay is the name of its file: it is found by the one and
/// known by the other.
pub(super) fn head<T>(what: &str, file: &str, id: &Name, item: &Item<T>, findings: &mut Findings) {
    if id != file {
        let named = if what == "edition" { "版本" } else { "地方采用" };
        let zh = format!("{named}`{file}`自称`{id}`");
        let en = format!("{what} `{file}` calls itself `{id}`");
        findings.add(&rules::ID_DIFFERS, item.key("id"), zh, en);
    }
}

/// Checks for codes that are used twice in the items which an edition and an overlay take together.
pub(super) fn codes(all: &Combination<'_>, findings: &mut Findings) {
    twice(&all.instruments, "id", findings);
    twice(&all.acts, "code", findings);
    twice(&all.lists, "code", findings);
    parts(&all.lists, findings);
    twice(&all.matters, "code", findings);
    let mut seen: BTreeMap<&str, &Item<Measure>> = BTreeMap::new();
    for item in all.measures.items() {
        let id = &item.value.id;
        let Some(first) = seen.get(id.as_str()) else {
            seen.insert(id, item);
            continue;
        };
        // A local file that takes the id of a mandatory measure would replace that measure.
        if is_local(item) && !is_local(first) && is_mandatory(first) {
            let FilePlace { file, line, .. } = first.key("id");
            let zh = format!("地方措施占用强制性措施`{id}`的代码（{file}第{line}行）");
            let en = format!(
                "the local measure takes the id of the mandatory measure `{id}` ({file}:{line})"
            );
            findings.add(&rules::DROPS, item.key("id"), zh, en);
        } else {
            duplicate(item.key("id"), &first.key("id"), "措施", "measure", id, findings);
        }
    }
    too_many("measure", &all.measures, findings);
}

fn is_mandatory(item: &Item<Measure>) -> bool {
    item.value.force == Force::Mandatory
}

fn twice<T: Coded>(table: &Table<'_, T>, key: &str, findings: &mut Findings) {
    let (zh, en) = T::NAMES;
    let mut seen: BTreeMap<&str, &Item<T>> = BTreeMap::new();
    for item in table.items() {
        let code = item.value.code();
        match seen.get(code.as_str()) {
            Some(first) => duplicate(item.key(key), &first.key(key), zh, en, code, findings),
            None => _ = seen.insert(code, item),
        }
    }
    too_many(en, table, findings);
}

fn duplicate(
    at: FilePlace,
    first: &FilePlace,
    kind_zh: &str,
    kind: &str,
    code: &str,
    findings: &mut Findings,
) {
    let FilePlace { file, line, column } = first;
    let zh = format!("{kind_zh}`{code}`重复，已见于{file}第{line}行第{column}列");
    let en = format!("{kind} `{code}` stands twice, first at {file}:{line}:{column}");
    findings.add(&rules::DUPLICATE, at, zh, en);
}

fn too_many<T: Coded>(kind: &str, table: &Table<'_, T>, findings: &mut Findings) {
    if let Some(item) = table.items().nth(MOST) {
        let zh = format!("{}超过{MOST}个", T::NAMES.0);
        let en = format!("there are more than {MOST} of kind {kind}");
        findings.add(&rules::TOO_MANY, item.head(), zh, en);
    }
}

/// Checks for parts of lists that are lists themselves, or parts of two lists.
fn parts(lists: &Table<'_, List>, findings: &mut Findings) {
    let mut seen: BTreeMap<&str, FilePlace> =
        lists.items().map(|item| (item.value.code.as_str(), item.key("code"))).collect();
    for item in lists.items() {
        for (index, part) in item.value.parts.iter().enumerate() {
            let at = item.element("parts", index);
            match seen.get(part.as_str()) {
                Some(first) => duplicate(at, first, "名单", "list", part, findings),
                None => _ = seen.insert(part, at),
            }
        }
    }
}

/// Checks for a measure that its own arrays name.
pub(super) fn measure_itself(item: &Item<Measure>, findings: &mut Findings) {
    let measure = &item.value;
    let arrays =
        [("matters", &measure.matters), ("lists", &measure.lists), ("acts", &measure.acts)];
    for (key, codes) in arrays {
        itself(item, "措施", "measure", &measure.id, key, codes, findings);
    }
}

/// Checks for a list that its own acts name.
pub(super) fn list_itself(item: &Item<List>, findings: &mut Findings) {
    itself(item, "名单", "list", &item.value.code, "acts", &item.value.acts, findings);
}

pub(super) fn itself<T>(
    item: &Item<T>,
    kind_zh: &str,
    kind: &str,
    own: &Name,
    key: &'static str,
    codes: &[Name],
    findings: &mut Findings,
) {
    for (index, _) in codes.iter().enumerate().filter(|(_, code)| *code == own) {
        let zh = format!("{kind_zh}`{own}`在`{key}`中引用自身");
        let en = format!("{kind} `{own}` names itself among its `{key}`");
        findings.add(&rules::NAMES_ITSELF, item.element(key, index), zh, en);
    }
}
