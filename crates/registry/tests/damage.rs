//! Damaged identifiers in registry files, tables, workbooks and files of entities: no listed
//! subject comes out of the import with a proof that it is not listed, and subjects that the damage
//! cannot mean are not affected (RAIL R2). PostgreSQL is tested for the same in its own crate.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "../../model/tests/support/standards.rs"]
#[allow(dead_code, reason = "a part of it is used")]
mod standards;
#[path = "damage/victims.rs"]
mod victims;
#[path = "support/xlsx.rs"]
#[allow(dead_code, reason = "a part of it is used")]
mod xlsx;

use std::path::Path;
use std::sync::LazyLock;

use mustcheck::model::{AnswerStatus, Description, Scheme, SubjectKind};
use mustcheck::registry::Vocabulary;
use mustcheck::{Policy, Registry as _, validate_identifier};
use mustcheck_registry::SqliteRegistry;
use mustcheck_registry::follow_the_money::{self, MoneyMapping};
use mustcheck_registry::import::import;
use mustcheck_registry::table::{self, TableMapping};
use mustcheck_rules::Catalogue;
use serde_json::{Value, json};

use victims::{AS_OF, LIST, Victim, asked, document, hold};

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let editions = Policy::embedded_editions().into_iter();
    let all: Vec<Description> = editions
        .map(|e| Catalogue::from_json(Policy::embedded_catalogue(e).unwrap()).unwrap().describe())
        .collect();
    Vocabulary::of(&all)
});

/// Imports a registry file, and returns the answers of its sources about the victims and about the
/// bystanders.
fn imported(document: &Value, victims: &[Victim]) -> [Vec<(AnswerStatus, usize)>; 2] {
    let folder = tempfile::tempdir().unwrap();
    let (file, database) = (folder.path().join("r.json"), folder.path().join("r.db"));
    std::fs::write(&file, document.to_string()).unwrap();
    import(&file, &database, &VOCABULARY, &mut || {}).unwrap();
    let registry = SqliteRegistry::open(&database).unwrap();
    [Victim::subject, Victim::bystander]
        .map(|who| asked(victims, who, |asks| registry.lookup(asks).unwrap()))
}

/// Converts a file for each victim, and joins the results into one registry file.
fn together(victims: &[Victim], convert: impl Fn(usize, &Victim, &Path) -> Vec<u8>) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let mut whole = json!({ "sources": [], "records": [] });
    for (n, victim) in victims.iter().enumerate() {
        let made = convert(n, victim, folder.path());
        let mut made: Value = serde_json::from_slice(&made).unwrap();
        for part in ["sources", "records"] {
            whole[part].as_array_mut().unwrap().append(made[part].as_array_mut().unwrap());
        }
    }
    whole
}

#[test]
fn no_damage_in_a_registry_file_makes_a_listed_subject_clear() {
    hold(10_000, |_| false, |victims| imported(&document(victims), victims));
}

const HEADER: [&str; 6] = ["文书号", "名称", "代码", "人员", "证件号", "列入日期"];

/// Makes the mapping of a victim's table.
fn table_mapping(n: usize, victim: &Victim) -> TableMapping {
    let (kind, scheme) = match (victim.is_person, victim.is_behind()) {
        (true, false) => ("person", "resident-id"),
        _ => ("organization", "uscc"),
    };
    let split = victim.number.is_multiple_of(3);
    let mut text = format!(
        r#"
        [source]
        id = "source-{n}"
        as_of = "{AS_OF}"
        covers = ["{LIST}"]
        [record]
        id = ["文书号"]
        list = {{ constant = "{LIST}" }}
        valid_from = "列入日期"
        [record.subject]
        kind = {{ constant = "{kind}" }}
        scheme = {{ constant = "{scheme}" }}
        identifier = "代码"
        name = "名称"
        split = {split}
        "#
    );
    if victim.is_behind() {
        text += &format!(
            r#"
            [[record.persons]]
            role = {{ constant = "legal-representative" }}
            scheme = {{ constant = "resident-id" }}
            identifier = "证件号"
            name = "人员"
            split = {split}
            "#
        );
    }
    TableMapping::from_toml(&text).unwrap_or_else(|e| panic!("{e:?}"))
}

/// Makes the row of a victim.
fn row(n: usize, victim: &Victim) -> [Value; 6] {
    let written = victim.written();
    let (code, person) =
        if victim.is_behind() { (json!(victim.firm()), written) } else { (written, json!("")) };
    let name = if victim.is_behind() { "张三" } else { "" };
    [json!(format!("{n}号")), json!("甲"), code, json!(name), person, json!("2025-03-01")]
}

fn converted(n: usize, victim: &Victim, file: &Path, bytes: &[u8]) -> Vec<u8> {
    std::fs::write(file, bytes).unwrap();
    let mut made = Vec::new();
    let mapping = table_mapping(n, victim);
    table::convert(file, &mapping, &VOCABULARY, &mut made, None).unwrap();
    made
}

#[test]
fn no_damage_in_a_table_makes_a_listed_subject_clear() {
    let quoted = |cell: &Value| match cell {
        Value::String(text) => format!("\"{text}\""),
        number => number.to_string(),
    };
    let convert = |n: usize, victim: &Victim, folder: &Path| {
        let cells: Vec<String> = row(n, victim).iter().map(quoted).collect();
        let text = format!("{}\n{}\n", HEADER.join(","), cells.join(","));
        converted(n, victim, &folder.join("list.csv"), text.as_bytes())
    };
    hold(2_000, |_| false, |victims| imported(&together(victims, convert), victims));
}

#[test]
fn no_damage_in_a_workbook_makes_a_listed_subject_clear() {
    let cell = |cell: &Value| match cell {
        Value::String(text) => xlsx::text(text),
        number => xlsx::number(&number.to_string()),
    };
    let convert = |n: usize, victim: &Victim, folder: &Path| {
        let header = HEADER.iter().map(|name| xlsx::text(name)).collect();
        let rows = [header, row(n, victim).iter().map(cell).collect()];
        converted(n, victim, &folder.join("list.xlsx"), &xlsx::one_sheet(&rows))
    };
    hold(2_000, |_| false, |victims| imported(&together(victims, convert), victims));
}

/// Property that holds a victim's identifier: one for its scheme, or one for numbers of any
/// register.
fn property(victim: &Victim) -> &'static str {
    match (victim.is_person, victim.number % 2) {
        (true, _) => "idNumber",
        (false, 0) => "uscCode",
        (false, _) => "registrationNumber",
    }
}

/// Whether a damaged identifier may as well be a number of any other register, or passes for one of
/// another kind.
fn may_be_of_any_register(victim: &Victim) -> bool {
    const TELLING: usize = 15;
    let left = match victim.written() {
        Value::String(text) => text,
        number => number.to_string(),
    };
    let of_another = if victim.is_person {
        validate_identifier(SubjectKind::Organization, Scheme::Uscc, &left, None).is_ok()
    } else {
        validate_identifier(SubjectKind::Person, Scheme::ResidentId, &left, None).is_ok()
    };
    property(victim) != "uscCode" && left.chars().count() < TELLING || of_another
}

#[test]
fn no_damage_in_a_file_of_entities_makes_a_listed_subject_clear() {
    let convert = |n: usize, victim: &Victim, folder: &Path| {
        let mapping = format!(
            r#"
            [source]
            id = "source-{n}"
            as_of = "{AS_OF}"
            covers = ["{LIST}"]
            [[list]]
            list = "{LIST}"
            standing = "statutory"
            topics = ["debarment"]
            "#
        );
        let mapping = MoneyMapping::from_toml(&mapping).unwrap_or_else(|e| panic!("{e:?}"));
        // Numbers are texts in such a file.
        let written = match victim.written() {
            Value::String(text) => text,
            number => number.to_string(),
        };
        let schema = if victim.is_person { "Person" } else { "Company" };
        let mut entity = json!({
            "id": format!("e{n}"), "schema": schema, "caption": "Jia", "datasets": ["d"],
            "first_seen": "2025-02-10T08:00:00",
            "properties": { "name": ["Jia"], "topics": ["debarment"] } });
        entity["properties"][property(victim)] = json!([written]);
        let file = folder.join("entities.ftm.json");
        std::fs::write(&file, entity.to_string()).unwrap();
        let mut made = Vec::new();
        follow_the_money::convert(&file, &mapping, &VOCABULARY, &mut made, None).unwrap();
        made
    };
    hold(2_000, may_be_of_any_register, |victims| imported(&together(victims, convert), victims));
}
