//! Law beside rule: every clause that code cites is verbatim in the text at hand.
//!
//! The clauses of the catalogue are compared when it is compiled (`authoring::compile`), so that a
//! build with a wrong quotation does not finish; the second test sees that comparison fail.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use mustcheck_authoring::{self as authoring, verbatim};
use mustcheck_model::SubjectKind;
use mustcheck_model::name::Name;
use mustcheck_rules::catalogue::data::CatalogueData;
use mustcheck_rules::cited::CITED;
use mustcheck_rules::clause::OPINIONS;

fn catalogue() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue")
}

#[test]
fn clauses_in_code_are_verbatim() {
    let text = fs::read_to_string(catalogue().join(format!("texts/{OPINIONS}.md"))).unwrap();
    for clause in CITED {
        for basis in clause.basis() {
            assert_eq!(verbatim::fault(&text, &basis), None);
        }
    }
}

#[test]
fn every_edition_compiles_and_quotes_verbatim() {
    let editions = authoring::editions(&catalogue()).unwrap();
    assert_eq!(editions, ["guofa-2016-33", "statutes"]);
    let mut clauses = 0;
    for edition in editions {
        let compiled = authoring::compile(&catalogue(), &edition, "default").unwrap();
        for measure in &compiled.data.measures {
            for basis in &measure.legal_basis {
                let file = catalogue().join(format!("texts/{}.md", basis.instrument));
                let text = fs::read_to_string(file).unwrap();
                assert_eq!(verbatim::fault(&text, basis), None, "{}", measure.id);
                clauses += 1;
            }
        }
    }
    assert!(clauses > 60, "only {clauses} clauses");
}

/// The articles that are kept are those of the whole texts, if these are beside the project.
#[test]
fn what_is_kept_of_a_text_is_what_the_whole_text_says() {
    let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/law/statutes");
    if !whole.is_dir() {
        println!("left out: the whole texts are not beside the project");
        return;
    }
    let flat = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let mut compared = 0;
    for file in fs::read_dir(catalogue().join("texts")).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let Ok(other) = fs::read_to_string(whole.join(&name)) else {
            assert_eq!(name, format!("{OPINIONS}.md"), "no whole text of it");
            continue;
        };
        let other = flat(&other);
        let own = fs::read_to_string(&file).unwrap();
        let kept = own.split("\n第").skip(1);
        for article in kept.map(|article| flat(&format!("第{article}"))) {
            assert!(
                other.contains(&article),
                "{name}: {}",
                article.chars().take(30).collect::<String>()
            );
            compared += 1;
        }
    }
    assert!(compared > 200, "only {compared} articles");
}

#[test]
fn a_word_that_differs_is_found() {
    let compiled = authoring::compile(&catalogue(), "statutes", "default").unwrap();
    let measure = compiled.data.measures.iter().find(|m| m.id == "procurement-law-77-ban").unwrap();
    let mut basis = measure.legal_basis[0].clone();
    let file = catalogue().join(format!("texts/{}.md", basis.instrument));
    let text = fs::read_to_string(file).unwrap();
    basis.clause = basis.clause.replace("一至三年", "一至五年").into();
    assert!(verbatim::fault(&text, &basis).unwrap().starts_with("its words are not verbatim"));
    // The right words under another article are no quotation of that article either.
    basis.clause = measure.legal_basis[0].clause.clone();
    basis.article = "78".into();
    assert!(verbatim::fault(&text, &basis).unwrap().starts_with("its words are not verbatim"));
}

#[test]
fn findings_name_the_file_and_come_all_at_once() {
    let folder = tempfile::tempdir().unwrap();
    copy(&catalogue(), folder.path());
    let lists = folder.path().join("lists");
    fs::write(lists.join("tax-serious.toml"), "[[list]]\ncode = \"tax-serious\"\ntypo = 1\n")
        .unwrap();
    fs::write(lists.join("wage-arrears.toml"), "[[list]\ncode = \"wage-arrears\"\n").unwrap();
    let findings = authoring::compile(folder.path(), "statutes", "default").unwrap_err();
    let files: Vec<_> = findings.iter().map(|f| f.place.file.as_str()).collect();
    assert_eq!(files.iter().collect::<BTreeSet<_>>().len(), 2, "{files:?}");
    assert_eq!(files.last().unwrap(), &"lists/wage-arrears.toml");
    let typo = findings.iter().find(|f| f.rule == "unknown-key").unwrap();
    assert!(typo.what.en.contains("unknown key `list[0].typo`"), "{typo}");
    assert!(
        findings.last().unwrap().line().starts_with("lists/wage-arrears.toml:1:"),
        "{}",
        findings.last().unwrap()
    );
}

/// The clause table names every clause from (一) to (二十七).
#[test]
fn the_clause_table_is_complete() {
    let readme = fs::read_to_string(catalogue().join("README.md")).unwrap();
    for number in 1..=27 {
        let clause = format!("| ({}) |", mustcheck_writer::Numeral::Number(number));
        assert!(readme.contains(&clause), "no row for {clause}");
    }
}

/// Every article of these texts has a row that names what implements it or why nothing does.
#[test]
fn every_article_that_was_read_has_its_row() {
    let read = |file: &str| fs::read_to_string(catalogue().join(file)).unwrap();
    let (statutes, places) = (read("README.md"), read("overlays/README.md"));
    let texts = [
        ("食品安全法", 154, &statutes),
        ("药品管理法", 155, &statutes),
        ("安全生产法", 119, &statutes),
        ("证券法", 226, &statutes),
        ("公司法", 266, &statutes),
        ("企业信息公示暂行条例", 25, &statutes),
        ("财政违法行为处罚处分条例", 35, &statutes),
        ("政府投资条例", 39, &statutes),
        ("优化营商环境条例", 72, &statutes),
        ("市场监督管理行政处罚信息公示规定", 19, &statutes),
        ("上海", 56, &places),
        ("山东", 61, &places),
        ("河南", 70, &places),
        ("浙江", 36, &places),
        ("深圳", 90, &places),
    ];
    for (title, last, page) in texts {
        let head = format!("| {title} ");
        let mut found = BTreeSet::new();
        for row in page.lines().filter_map(|line| line.strip_prefix(&head)) {
            found.extend(articles(row.split('|').next().unwrap()));
        }
        let missing: Vec<u16> = (1..=last).filter(|article| !found.contains(article)).collect();
        assert!(missing.is_empty(), "{title}: no row for {missing:?}");
        assert!(found.iter().all(|article| *article <= last), "{title} ends with {last}");
    }
}

/// The articles that a first cell names: `1–8, 10, 26 (3)`. A number in brackets is a pinpoint.
fn articles(cell: &str) -> Vec<u16> {
    let mut depth = 0;
    let plain: String = cell
        .chars()
        .filter(|c| {
            depth += i32::from(*c == '(') - i32::from(*c == ')');
            depth == 0 && *c != ')'
        })
        .collect();
    let number = |text: &str| text.trim().parse::<u16>().ok();
    let mut all = Vec::new();
    for part in plain.split(',') {
        let (first, last) = part.split_once('–').unwrap_or((part, part));
        if let (Some(first), Some(last)) = (number(first), number(last)) {
            all.extend(first..=last);
        }
    }
    all
}

/// Every measure that can meet a natural person speaks of 该人员, and of a firm as it is written.
#[test]
fn a_measure_calls_nobody_a_firm_who_is_none() {
    let mut turned = 0;
    for edition in authoring::editions(&catalogue()).unwrap() {
        let compiled = authoring::compile(&catalogue(), &edition, "default").unwrap();
        for measure in &compiled.data.measures {
            assert_eq!(*measure.text.about(SubjectKind::Organization), measure.text);
            if measure.subject == Some(SubjectKind::Organization) {
                continue;
            }
            let said = measure.text.about(SubjectKind::Person);
            let firm = said.zh.contains("该单位") && !said.zh.contains("该人员");
            assert!(!firm && !said.en.starts_with("The unit"), "{}: {said:?}", measure.id);
            turned += usize::from(*said != measure.text);
        }
    }
    assert!(turned > 50, "only {turned} measures");
}

/// Every reading and every gap that the data marks is listed for those who read the pages.
#[test]
fn every_note_is_listed() {
    let page = |file: &str| plain(&fs::read_to_string(catalogue().join(file)).unwrap());
    let (edition, places) = (page("README.md"), page("overlays/README.md"));
    let mut seen = 0;
    for overlay in authoring::overlays(&catalogue()).unwrap() {
        for id in ["guofa-2016-33", "statutes"] {
            let Ok(compiled) = authoring::compile(&catalogue(), id, &overlay) else { continue };
            for (of, note) in notes(&compiled.data) {
                let (_, words) = note.split_once(": ").unwrap();
                let listed = edition.contains(&plain(words)) || places.contains(&plain(words));
                assert!(listed, "{of}: {note}");
                seen += 1;
            }
        }
    }
    assert!(seen > 500, "only {seen} notes");
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

fn notes(data: &CatalogueData) -> Vec<(String, String)> {
    let mut all: Vec<(String, Vec<Name>)> = Vec::new();
    let mut add = |of: &str, notes: &[Name]| all.push((of.to_owned(), notes.to_vec()));
    data.measures.iter().for_each(|m| add(&m.id, &m.notes));
    data.lists.iter().for_each(|l| add(&l.code, &l.notes));
    data.matters.iter().for_each(|m| add(&m.code, &m.notes));
    data.edition.local_ranks.iter().for_each(|r| add(&data.edition.id, &r.notes));
    let place = &data.overlay;
    add(&place.id, &place.notes);
    place.adoptions.iter().for_each(|a| add(&place.id, &a.notes));
    place.disclosures.iter().for_each(|d| add(&place.id, &d.notes));
    place.closings.iter().for_each(|c| add(&place.id, &c.notes));
    place.remarks.iter().for_each(|r| add(&place.id, &r.notes));
    place.objection.iter().for_each(|o| add(&place.id, &o.notes));
    let each = all
        .into_iter()
        .flat_map(|(of, notes)| notes.into_iter().map(move |note| (of.clone(), note.to_string())));
    each.collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
