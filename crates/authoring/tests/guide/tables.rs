//! Tables of the guide: every key and every value has its row, in both languages.

use std::collections::BTreeMap;

use mustcheck_model as m;
use mustcheck_rules::catalogue::data as d;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::{LANGUAGES, page};

/// A type, the page and the anchor of its table, and its keys or values as the type has them.
type Table = (&'static str, &'static str, &'static str, Vec<String>);

/// The names that an error of serde offers instead of the one it does not know.
fn offered(error: &serde_json::Error) -> Vec<String> {
    let text = error.to_string();
    let (_, expected) = text.split_once(", expected ").unwrap_or_else(|| panic!("{text}"));
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn keys<T: DeserializeOwned + std::fmt::Debug>() -> Vec<String> {
    offered(&serde_json::from_value::<T>(json!({ "?": 0 })).unwrap_err())
}

fn values<T: DeserializeOwned + std::fmt::Debug>() -> Vec<String> {
    offered(&serde_json::from_value::<T>(json!("?")).unwrap_err())
}

macro_rules! tables {
    ($read:ident: $($module:ident $name:ident $page:literal $anchor:literal,)+) => {
        vec![$((stringify!($name), $page, $anchor, $read::<$module::$name>())),+]
    };
}

fn structs() -> Vec<Table> {
    tables! { keys:
        m LegalBasis "GUIDE-keys" "legal-basis", m Text "GUIDE-keys" "text",
        d Edition "GUIDE-keys" "edition", d Rank "GUIDE-keys" "rank",
        d LocalRank "GUIDE-keys" "local-rank", d Remedy "GUIDE-keys" "remedy",
        d Instrument "GUIDE-keys" "instrument", d List "GUIDE-keys" "list",
        d ListRegime "GUIDE-keys" "list-rules", d StayRule "GUIDE-keys" "stay",
        d RemovalRule "GUIDE-keys" "removal", d ObjectionRule "GUIDE-keys" "list-objection",
        d FoundedRule "GUIDE-keys" "founded", d PersonsRule "GUIDE-keys" "persons", d Act "GUIDE-keys" "act",
        d Matter "GUIDE-keys" "matter", d Due "GUIDE-keys" "due",
        d Measure "GUIDE-keys" "measure", d PenaltyTest "GUIDE-keys" "penalty",
        m Term "GUIDE-keys" "term", d Exception "GUIDE-keys" "exception",
        d Setting "GUIDE-keys" "setting", m CalendarYear "GUIDE-keys" "calendar",
        d Overlay "GUIDE-keys" "overlay", d SourceFreshness "GUIDE-keys" "source",
        d Adoption "GUIDE-keys" "adoption", d Initiator "GUIDE-keys" "initiator",
        d Implementer "GUIDE-keys" "implementer", d LocalDue "GUIDE-keys" "local-due",
        d Disclosure "GUIDE-keys" "disclosure", d Objection "GUIDE-keys" "objection",
        d Closing "GUIDE-keys" "closing", d Remark "GUIDE-keys" "remark",
        m Application "GUIDE-cases" "application", m Office "GUIDE-cases" "office",
        m Subject "GUIDE-cases" "subject",
        m FurtherIdentifier "GUIDE-cases" "further-identifier", m Material "GUIDE-cases" "material",
        m Commitment "GUIDE-cases" "commitment", m CreditRecord "GUIDE-cases" "record",
        m RecordSubject "GUIDE-cases" "record-subject",
        m ResponsiblePerson "GUIDE-cases" "responsible",
        m Penalty "GUIDE-cases" "record-penalty", m Event "GUIDE-cases" "event",
        m Citation "GUIDE-cases" "citation",
    }
}

fn enums() -> Vec<Table> {
    tables! { values:
        m InstrumentKind "GUIDE-keys" "instrument-kind", m Polarity "GUIDE-keys" "polarity",
        m ListStanding "GUIDE-keys" "list-standing", m Domain "GUIDE-keys" "domain",
        d MatterTrait "GUIDE-keys" "trait", m Role "GUIDE-keys" "role",
        m Effect "GUIDE-keys" "effect", m Force "GUIDE-keys" "force",
        m MeasureKind "GUIDE-keys" "measure-kind", d RecordMatter "GUIDE-keys" "record-matter",
        m PenaltyKind "GUIDE-keys" "penalty-kind", d FineTest "GUIDE-keys" "fine-test",
        d ExceptionWhen "GUIDE-keys" "exception-when", d ClosingWhen "GUIDE-keys" "closing-when",
        m RemarkWhen "GUIDE-keys" "remark-when", m SubjectKind "GUIDE-cases" "subject-kind",
        m Scheme "GUIDE-cases" "scheme", m EventKind "GUIDE-cases" "event-kind",
        m Standing "GUIDE-cases" "standing", m AnswerStatus "GUIDE-cases" "answer-status",
        m Disposition "GUIDE-cases" "disposition",
        m DispositionRule "GUIDE-cases" "disposition-rule",
        m SetAsideReason "GUIDE-cases" "set-aside", m ObligationKind "GUIDE-cases" "obligation",
    }
}

/// The rows below an anchor, as cells.
fn rows(page: &str, anchor: &str) -> Vec<Vec<String>> {
    let start = page.find(&format!("<a id=\"{anchor}\"></a>"));
    let section = &page[start.unwrap_or_else(|| panic!("no section `{anchor}`"))..];
    let section = section.split("\n#").next().unwrap();
    let cells = |line: &str| {
        let plain = line.replace("\\|", "¦");
        plain.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    section.lines().filter(|line| line.starts_with('|')).skip(2).map(cells).collect()
}

fn names(rows: &[Vec<String>]) -> Vec<String> {
    rows.iter().map(|row| row[0].trim_matches('`').to_owned()).collect()
}

#[test]
fn every_key_is_explained() {
    let required = required();
    for (name, file, anchor, keys) in structs() {
        for language in LANGUAGES {
            let rows = rows(&page(file, language), anchor);
            assert_eq!(names(&rows), keys, "{name} in {file}{language}");
            for row in rows {
                let key = row[0].trim_matches('`');
                let yes = matches!(row[1].as_str(), "yes" | "是");
                assert!(yes || matches!(row[1].as_str(), "no" | "否"), "{name} {key}: {}", row[1]);
                assert_eq!(yes, required[&(name.to_owned(), key.to_owned())], "{name} {key}");
                assert!(!row[2].is_empty(), "{name} {key} says nothing");
                for rail in row[3].split_whitespace() {
                    let number = rail.strip_prefix('R').and_then(|n| n.parse::<u8>().ok());
                    assert!(number.is_some_and(|n| (1..=13).contains(&n)), "{name} {key}: {rail}");
                }
            }
        }
    }
}

#[test]
fn every_value_is_explained() {
    for (name, file, anchor, values) in enums() {
        for language in LANGUAGES {
            let rows = rows(&page(file, language), anchor);
            assert_eq!(names(&rows), values, "{name} in {file}{language}");
            let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            for row in rows {
                assert!(row[1].contains(han), "{name} {}: no statutory term", row[0]);
                assert!(!row[2].is_empty(), "{name} {} says nothing", row[0]);
            }
        }
    }
}

const DATA: [&str; 5] = [
    include_str!("../../../rules/src/catalogue/data.rs"),
    include_str!("../../../rules/src/catalogue/data/list.rs"),
    include_str!("../../../rules/src/catalogue/data/overlay.rs"),
    include_str!("../../../model/src/application.rs"),
    include_str!("../../../model/src/record.rs"),
];

/// Whether each key of each type must be there: it has no default.
fn required() -> BTreeMap<(String, String), bool> {
    let beside = [
        include_str!("../../../model/src/lib.rs"),
        include_str!("../../../model/src/decision.rs"),
        include_str!("../../../model/src/description.rs"),
        include_str!("../../../model/src/term.rs"),
    ];
    let mut all = BTreeMap::new();
    for source in DATA.into_iter().chain(beside) {
        let (mut of, mut default) = (String::new(), false);
        for line in source.lines().map(str::trim) {
            if let Some(rest) = line.strip_prefix("pub struct ") {
                of = rest.split([' ', '(']).next().unwrap().to_owned();
            } else if line.starts_with("#[serde(default") {
                default = true;
            } else if let Some((key, _)) = line.strip_prefix("pub ").and_then(|l| l.split_once(':'))
            {
                if !key.contains(' ') {
                    all.insert((of.clone(), key.to_owned()), !default);
                }
                default = false;
            }
        }
    }
    all
}

/// No type of a catalogue or a case is left out. Nobody writes the catalogue as a whole, nor the
/// values that pass between guest and host.
#[test]
fn no_type_is_left_out() {
    let told: Vec<&str> = structs().iter().chain(&enums()).map(|table| table.0).collect();
    let inner = ["CatalogueData", "Query", "SourceState", "Answer"];
    let mut seen = 0;
    for source in DATA {
        for line in source.lines() {
            let name = line.strip_prefix("pub struct ").or(line.strip_prefix("pub enum "));
            let Some(name) = name.map(|rest| rest.split(' ').next().unwrap()) else { continue };
            assert!(told.contains(&name) || inner.contains(&name), "{name} is not in the guide");
            seen += 1;
        }
    }
    let codes = include_str!("../../../model/src/code.rs").split("\ncodes! {").skip(1);
    for block in codes {
        let name = block.lines().map(str::trim).find_map(|line| line.strip_suffix(" {")).unwrap();
        assert!(told.contains(&name), "{name} is not in the guide");
        seen += 1;
    }
    let elsewhere = ["LegalBasis", "Text", "Term", "CalendarYear"];
    assert_eq!(seen, told.len() + inner.len() - elsewhere.len(), "{elsewhere:?} stand elsewhere");
}
