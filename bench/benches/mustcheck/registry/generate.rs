//! Databases with as many records as wanted, as the library's import would leave them.
//!
//! The smallest is written by the import itself. The large ones are written row by row, in the
//! order of the keys and with the secondary indexes last, which takes minutes rather than hours; a
//! check on the smallest shows that both ways give the same rows and the same schema.

use std::fs;
use std::path::{Path, PathBuf};

use mustcheck::model::{CreditRecord, RecordSubject, ResponsiblePerson, Role, Scheme, SubjectKind};
use mustcheck::registry::Vocabulary;
use mustcheck::registry::written::left_open;
use mustcheck::{Date, Policy};
use mustcheck_registry::import::import;
use rusqlite::{Connection, params};

use crate::identifiers::{resident, uscc};
use crate::measure::scratch;

/// Largest number of records for which the import writes the database.
const BY_IMPORT: u64 = 10_000;

const SOURCE: &str = "national-credit-platform";

/// Restriction lists, in turn.
const LISTS: [&str; 4] =
    ["wage-arrears", "judgment-defaulters", "market-supervision-serious", "tax-serious"];

/// Indexes that are made last.
const INDEXES: [&str; 2] = ["record_by_source", "party_by_record"];

/// Contents of a database of the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Number of records.
    pub records: u64,
    /// Number of entries whose identifier is masked, so that each leaves open every subject that
    /// fits it.
    pub masks: u64,
}

/// Path of the database of a size; it is made if it is not there yet.
pub fn database(size: Size, policy: &Policy) -> PathBuf {
    let Size { records, masks } = size;
    let folder = scratch().join("registries");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("layout-2-records-{records}-masks-{masks}.db"));
    if !path.exists() {
        eprintln!("writing a registry with {records} records; it is kept under target/");
        let unfinished = folder.join("unfinished.db");
        remove(&unfinished);
        if records <= BY_IMPORT {
            by_import(&unfinished, records, policy);
            let directly = folder.join("directly.db");
            remove(&directly);
            by_rows(&directly, records, policy);
            assert_eq!(content(&unfinished), content(&directly), "both ways give the same");
            remove(&directly);
        } else {
            by_rows(&unfinished, records, policy);
        }
        leave_open(&unfinished, masks);
        fs::rename(&unfinished, &path).unwrap();
    }
    path
}

/// Removes a database, if it is there.
pub fn remove(database: &Path) {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let _ = fs::remove_file(format!("{}{ending}", database.display()));
    }
}

/// The record of a number; records 2n and 2n + 1 name the same organization and the same person.
pub fn record(number: u64) -> CreditRecord {
    let list = LISTS[usize::try_from(number % 4).unwrap()];
    CreditRecord {
        id: format!("SR-{number:09}"),
        list: list.into(),
        source: SOURCE.into(),
        act: None,
        matter: None,
        subject: RecordSubject {
            kind: SubjectKind::Organization,
            scheme: Scheme::Uscc,
            identifier: uscc(number / 2),
            country: None,
            name: format!("上海第{}实业有限公司", number / 2),
            as_issued: None,
            also: Vec::new(),
        },
        responsible_persons: vec![ResponsiblePerson {
            role: Role::LegalRepresentative,
            scheme: Scheme::ResidentId,
            identifier: resident(number / 2),
            country: None,
            name: "沈国樑".into(),
        }],
        decided_by: Some("上海市人力资源和社会保障局".into()),
        document: Some(format!("沪人社监列〔2025〕{number}号")),
        legal_basis: Vec::new(),
        penalty: None,
        valid_from: Date { year: 2025, month: 3, day: 1 },
        valid_until: Some(Date { year: 2028, month: 2, day: 29 }),
        events: Vec::new(),
    }
}

/// The sources of a registry file.
pub fn head(policy: &Policy) -> serde_json::Value {
    let covers: Vec<_> = policy.description().lists.iter().map(|l| l.code.as_str()).collect();
    serde_json::json!([{
        "id": SOURCE,
        "name": "全国信用信息共享平台",
        "as_of": "2026-11-17T20:00:00+08:00",
        "records_from": "2016-01-01",
        "covers": covers,
    }])
}

/// A registry file with the source and its first records.
fn file(records: u64, policy: &Policy) -> serde_json::Value {
    serde_json::json!({
        "sources": head(policy),
        "records": (0..records).map(record).collect::<Vec<_>>(),
    })
}

fn by_import(database: &Path, records: u64, policy: &Policy) {
    let json = database.with_extension("json");
    fs::write(&json, serde_json::to_vec(&file(records, policy)).unwrap()).unwrap();
    let vocabulary = Vocabulary::of([policy.description()]);
    let report = import(&json, database, &vocabulary, &mut || {}).unwrap();
    assert!(report.rejected.is_empty(), "the invented records are valid");
    fs::remove_file(&json).unwrap();
}

fn by_rows(database: &Path, records: u64, policy: &Policy) {
    // The schema and the source are the import's own, and how many it keeps by which identifiers:
    // of each list as many.
    by_import(database, LISTS.len().try_into().unwrap(), policy);
    let mut connection = Connection::open(database).unwrap();
    connection.execute_batch("DELETE FROM party; DELETE FROM record; VACUUM;").unwrap();
    let kept = "UPDATE source SET kept = replace(kept, '\"entries\":1', '\"entries\":' || ?1)";
    let each = i64::try_from(records).unwrap() / i64::try_from(LISTS.len()).unwrap();
    assert_eq!(connection.execute(kept, [each]).unwrap(), 1);
    let set = |name: &str, value: &str| connection.pragma_update(None, name, value).unwrap();
    set("journal_mode", "OFF");
    set("synchronous", "OFF");
    set("cache_size", "-500000");
    let indexes = INDEXES.map(|name| {
        let sql = "SELECT sql FROM sqlite_schema WHERE name = ?1";
        connection.query_row(sql, [name], |row| row.get::<_, String>(0)).unwrap()
    });
    for name in INDEXES {
        connection.execute(&format!("DROP INDEX {name}"), []).unwrap();
    }
    let transaction = connection.transaction().unwrap();
    let mut parties = Vec::new();
    {
        let sql = "INSERT INTO record (key, id, source, list, until, body) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let mut insert = transaction.prepare(sql).unwrap();
        for number in 0..records {
            let record = record(number);
            let body = serde_json::to_string(&record).unwrap();
            let key = i64::try_from(number + 1).unwrap();
            let until = record.valid_until.unwrap().to_string();
            insert.execute(params![key, record.id, SOURCE, record.list, until, body]).unwrap();
            let bytes = |identifier: &str| <[u8; 18]>::try_from(identifier.as_bytes()).unwrap();
            let person = &record.responsible_persons[0].identifier;
            parties.push((bytes(&record.subject.identifier), Scheme::Uscc, key));
            parties.push((bytes(person), Scheme::ResidentId, key));
        }
        parties.sort_unstable();
        let sql = "INSERT INTO party (identifier, scheme, country, record) VALUES (?1, ?2, '', ?3)";
        let mut insert = transaction.prepare(sql).unwrap();
        for (identifier, scheme, key) in &parties {
            let identifier = std::str::from_utf8(identifier).unwrap();
            insert.execute(params![identifier, scheme.code(), key]).unwrap();
        }
    }
    for sql in indexes {
        transaction.execute(&sql, []).unwrap();
    }
    transaction.commit().unwrap();
    // As an import leaves it.
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.close().unwrap();
}

/// Writes entries whose identifier is masked, as an import leaves them. They mask other firms than
/// those that are asked about; some fit by chance.
fn leave_open(database: &Path, masks: u64) {
    let mut connection = Connection::open(database).unwrap();
    let transaction = connection.transaction().unwrap();
    for number in 0..masks {
        let code = uscc(50_000_000 + number);
        let mask = format!("{}**********{}", &code[..4], &code[14..]);
        transaction
            .prepare_cached(
                "INSERT INTO opening (source, list, place, reason, mark, since, reach) \
                 VALUES (?1, ?2, ?3, 'a mask', ?4, '2026-11-17T20:00:00+08:00', 'subjects')",
            )
            .unwrap()
            .execute(params![SOURCE, LISTS[0], format!("row {number}"), format!("{number:016x}")])
            .unwrap();
        let opening = transaction.last_insert_rowid();
        for pattern in left_open(&mask, Some(Scheme::Uscc)).into_patterns() {
            let shape = pattern.shape().to_string();
            transaction
                .prepare_cached(
                    "INSERT INTO pattern (key, opening, pattern, shape) VALUES (?1, ?2, ?3, ?4)",
                )
                .unwrap()
                .execute(params![pattern.key(), opening, pattern.as_str(), shape])
                .unwrap();
        }
    }
    transaction
        .execute("INSERT OR IGNORE INTO shape SELECT DISTINCT shape FROM pattern", [])
        .unwrap();
    transaction.commit().unwrap();
    connection.close().unwrap();
}

/// Everything that a lookup can see: schema, sources, records and parties, in order.
fn content(database: &Path) -> Vec<String> {
    let connection = Connection::open(database).unwrap();
    let mut all = Vec::new();
    for sql in [
        "SELECT name || coalesce(sql, '') FROM sqlite_schema ORDER BY name",
        "SELECT id || body || kept FROM source ORDER BY id",
        "SELECT key || id || source || list || until || body FROM record ORDER BY key",
        "SELECT identifier || scheme || country || record FROM party ORDER BY 1",
    ] {
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        all.extend(rows.map(Result::unwrap));
    }
    all
}
