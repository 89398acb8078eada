//! The mistakes of the guide, each made on a copy, and the words in which it is reported.

use mustcheck_authoring as authoring;
use mustcheck_rules::catalogue::Catalogue;
use mustcheck_rules::catalogue::data::{CatalogueData, Measure};

use crate::example::{MEASURE, compiled, exercise, toml};
use crate::registry::listed;
use crate::{LANGUAGES, page};

/// Messages that the guide promises, row by row.
fn told(language: &str) -> Vec<String> {
    let guide = page("GUIDE", language);
    let table =
        guide.split("\n## ").find(|s| s.starts_with("Common mist") || s.starts_with("常见错误"));
    let rows = table.unwrap().lines().filter(|line| line.starts_with("| ")).skip(1);
    let fact = |row: &str| {
        let cell = row.split(" | ").nth(1).unwrap().trim();
        let cell = cell.strip_prefix("`` ").and_then(|c| c.strip_suffix(" ``")).unwrap_or(cell);
        if cell.starts_with('`') && cell.matches('`').count() == 2 {
            cell.trim_matches('`').to_owned()
        } else {
            cell.to_owned()
        }
    };
    rows.map(fact).collect()
}

type Change = fn(&mut CatalogueData);

fn measure(data: &mut CatalogueData) -> &mut Measure {
    data.measures.iter_mut().find(|m| m.id == *MEASURE).unwrap()
}

/// Changes that the rails report, in the order of the guide.
const FORBIDDEN: [Change; 12] = [
    |data| measure(data).legal_basis.clear(),
    |data| measure(data).legal_basis[0].instrument = "guofa-2016-33".to_owned().into(),
    |data| measure(data).matters.push("licensing/human-resources-service".into()),
    |data| measure(data).lists[0] = "licensing-bared".into(),
    |data| measure(data).acts[0] = "licensing/bribery".into(),
    |data| measure(data).matters[1] = "licensing/drugs".into(),
    |data| measure(data).lists.push("association-members".into()),
    |data| measure(data).lists.push("tax-class-a".into()),
    |data| {
        let again = measure(data).clone();
        data.measures.push(again);
    },
    |data| {
        let drugs = data.matters.iter_mut().find(|m| m.code == *"licensing/drug-production");
        drugs.unwrap().due.clear();
    },
    |data| {
        let list = data.lists.iter_mut().find(|l| l.code == *"licensing-barred").unwrap();
        let rule = list.persons[0].clone();
        list.persons.push(rule);
    },
    |data| data.overlay.adopts.push(MEASURE.into()),
];

/// Changes that the reading of the files reports, in the order of the guide: the text of the
/// measure, and the text that the reader wrote instead.
const MISREAD: [(&str, &str); 3] = [
    ("在三年内不得再次申请", "三年内不得再次申请"),
    ("fixed_term.years", "fixed_terms.years"),
    ("valid_from = \"2021-01-01\"", "valid_from = \"2019-04-22\""),
];

#[test]
fn each_mistake_is_reported_in_these_words() {
    let [en, zh] = LANGUAGES.map(told);
    assert_eq!(en, zh);
    assert_eq!(en.len(), FORBIDDEN.len() + MISREAD.len());
    let copied = exercise(&toml());
    let data = compiled(copied.path(), "default");
    for (change, expected) in FORBIDDEN.iter().zip(&en) {
        let mut wrong = data.clone();
        change(&mut wrong);
        let found = Catalogue::adopt(wrong).unwrap_err();
        assert!(found.lines().any(|line| line == expected), "{expected}: {found}");
    }
    for ((right, wrong), expected) in MISREAD.iter().zip(&en[FORBIDDEN.len()..]) {
        assert!(toml().contains(right), "{right}");
        let copied = exercise(&toml().replace(right, wrong));
        let found = authoring::compile(copied.path(), "statutes", "default").unwrap_err();
        let found = listed(&found);
        assert!(found.contains(expected), "{expected}: {found}");
    }
}
